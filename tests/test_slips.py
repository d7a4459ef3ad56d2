"""A slip of the package counts as refused only where the derivation refuses it."""

import pytest
import slips
import sympy as sp
from book_site import HEADER
from test_proof import NUMBER, quadratic, toy

from relics import proof
from relics.proof import certificates, certify, package

a, x, b = (sp.Symbol(n, positive=True) for n in "axb")
CHAPTER = (
    HEADER
    + """```{code-cell} ipython3
from relics.proof import certify
from test_slips import made

made(certify)
```
"""
)


def made(with_):
    number = {"y": package(quadratic, **NUMBER)}
    return with_(toy("Eq(y, a*x**2 + b)"), {"y": a * x**2 + b}, number=number)


def test_a_slip_beyond_rounding_is_refused_and_none_is_not():
    before = certificates._call
    found = []
    made(slips.slips(certify, 1.001, found))
    made(slips.slips(certify, 1 + 1e-9, found))
    made(slips.slips(certify, 1.0, found))
    assert found == [("toy", "relics.toy.quadratic", refused) for refused in (True, True, False)]
    assert certificates._call is before


def test_only_numbers_of_the_package_are_tried():
    found = []
    slips.slips(certify, 1.001, found)(toy("Eq(y, 2*a)"), {"y": 2 * a})
    assert found == []


def test_the_cells_of_a_chapter_are_run_and_nothing_of_it_stays(tmp_path, capsys):
    path = tmp_path / "chapter.md"
    path.write_text(CHAPTER + "\n```{code-cell} ipython3\nprint('loud')\n```\n")
    assert slips.tried(path, 1.001) == [("toy", "relics.toy.quadratic", True)]
    assert proof.certify is certify and capsys.readouterr().out == ""


def test_every_excuse_names_a_number_that_exists():
    for _, function in slips.EXCUSED:
        module, _, name = function.rpartition(".")
        assert callable(getattr(__import__(module, fromlist=[name]), name))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--factor", "1"], "other than one"),
        (["nowhere.md"], "no chapter 'nowhere.md'"),
        (["--record", "notebooks/liquid/cages.md"], "name none"),
    ],
)
def test_bad_arguments_end_with_one_line(monkeypatch, capsys, arguments, message):
    monkeypatch.setattr("sys.argv", ["slips.py", *arguments])
    with pytest.raises(SystemExit) as stopped:
        slips.main()
    assert stopped.value.code == 2
    assert message in capsys.readouterr().err
