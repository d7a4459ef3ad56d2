"""Every locked package has a row, and a licence wherever it is installed."""

from importlib import metadata

from relics.book import dependencies


def test_every_pin_is_read(tmp_path):
    lock = tmp_path / "lock.txt"
    lock.write_text(
        "# made by a tool\n-e .\n    # via x\nnumpy==2.3.1\n    # via relics\n"
        "colorama==0.4.6 ; sys_platform == 'win32'\n"
    )
    assert dependencies.locked(lock) == [
        ("numpy", "2.3.1", ""),
        ("colorama", "0.4.6", "sys_platform == 'win32'"),
    ]


def test_the_locked_versions_are_those_installed():
    for name, version, condition in dependencies.locked():
        if not condition:
            assert metadata.version(name) == version


def test_every_installed_package_states_a_licence_that_is_free():
    for name, _, condition in dependencies.locked():
        says = dependencies.licence(name)
        if not condition:
            assert says and "not stated" not in says, name
            assert "Proprietary" not in says
    assert dependencies.licence("no-such-package-anywhere") == ""


def test_the_page_has_a_row_for_each():
    page = dependencies.page()
    assert page.count('<th scope="row">') == len(dependencies.locked())
