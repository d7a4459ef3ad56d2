"""The package described from its source: public names, links to the ledger, layers, their heights."""

import importlib
import inspect
import re

import pytest

from relics.book import reference

AREAS = tuple(reference.AREAS)


@pytest.mark.parametrize("which", AREAS)
def test_every_entry_is_what_the_interpreter_finds(which):
    """The syntax tree's names, lines and docstrings against the imported objects."""
    for m in reference._listed(which)[::4]:
        module = importlib.import_module(m.name)
        for e in m.entries:
            found = inspect.unwrap(getattr(module, e.name))
            assert found.__module__ == m.name
            if inspect.isfunction(found):
                assert inspect.getdoc(found) == (inspect.cleandoc(e.doc) if e.doc else None)
                assert all(n in e.signature for n in inspect.signature(found).parameters)


def test_no_public_function_is_left_out():
    physics = {m.name for m in reference._listed("physics")}
    assert {"relics.rfot", "relics.ripplons", "relics.two_level_systems"} <= physics
    assert "relics.glass.swap" in {m.name for m in reference._listed("engine")}
    assert "relics.proof.certificates" in {m.name for m in reference._listed("machinery")}


def test_an_equation_in_a_docstring_is_linked_to_the_ledger():
    page = reference.api_page("physics")
    links = re.findall(r'equations\.html#ledger-([\w-]+)"', page)
    assert len(links) > 100
    assert "LW07-7" in links
    assert reference._linked("LW07 Eq. 9999", {"LW07-7"}) == "LW07 Eq. 9999"


def test_text_of_a_docstring_is_not_markup():
    assert reference._prose("a < b and `c`", set()) == "<p>a &lt; b and <code>c</code></p>"


def test_heights_put_users_above_what_they_use():
    edges = {"top": ["middle", "base"], "middle": ["base"], "base": [], "a": ["b"], "b": ["a"]}
    heights = reference.ranks(edges)
    assert heights["top"] > heights["middle"] > heights["base"] == 0
    assert heights["a"] == heights["b"]
    assert ("top", "base") not in reference.reduced(edges)
    assert ("a", "b") in reference.reduced(edges)


def test_physics_stands_below_all_that_states_or_proves_it():
    edges = reference.layer_imports()
    assert not set(edges["physics"]) & {"papers", "proof", "figures", "claims", "book", "cli"}
    assert not set(edges["papers"])
    heights = reference.ranks(edges)
    assert heights["cli"] == max(heights.values())


def test_the_page_draws_every_layer_and_lists_every_module():
    page = reference.architecture_page()
    assert all(f">{title}</text>" in page for title in reference.LAYERS.values())
    assert page.count("<code>relics.") == len(reference.modules()) - 1
