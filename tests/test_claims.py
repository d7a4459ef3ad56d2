"""Verdicts on quoted numbers come from one function, and from the number alone."""

import math

import pytest

from relics import claims, papers
from relics.claims import Computed, judge, verdict


@pytest.mark.parametrize(
    ("value", "low", "high", "computed", "expected"),
    [
        (190.0, 185.0, 195.0, 190.0, "agrees"),
        (190.0, 185.0, 195.0, 191.2, "within-rounding"),
        (190.0, 185.0, 195.0, 196.0, "disagrees"),
        (1.0, 0.3162, 3.162, 0.5, "order-of-magnitude"),
        (1.0, 0.3162, 3.162, 4.0, "disagrees"),
        (-0.5, -0.55, -0.45, -0.52, "within-rounding"),
        (2.0, 2.0, math.inf, 7.0, "order-of-magnitude"),
        (0.0, -1e-6, 1e-6, -3e-9, "agrees"),
        (0.0, -1e-6, 1e-6, 2e-6, "disagrees"),
    ],
)
def test_verdicts(value, low, high, computed, expected):
    assert verdict(value, low, high, "1", computed, "1") == expected


def test_units_must_match_and_numbers_must_be_numbers():
    with pytest.raises(ValueError, match="computed in 'K', quoted in 'J'"):
        verdict(1.0, 0.5, 1.5, "J", 1.0, "K")
    with pytest.raises(ValueError, match="not a number"):
        verdict(1.0, 0.5, 1.5, "J", math.nan, "J")


def test_statements_are_true_or_false():
    assert verdict(None, None, None, "", True, "") == "agrees"
    assert verdict(None, None, None, "", False, "") == "disagrees"


def test_an_input_is_never_judged():
    c = next(c for c in papers.claims() if c.kind == "input")
    assert judge(c, Computed(lambda: 1 / 0, "1", "never called"))["verdict"] == "input"


def test_lists_take_their_worst_verdict():
    c = papers.claim("LW07-ca12")
    good = judge(c, Computed(lambda: [191.0, 191.0], "1", "f"))
    bad = judge(c, Computed(lambda: [191.0, 400.0], "1", "f"))
    assert (good["verdict"], bad["verdict"]) == ("within-rounding", "disagrees")
    with pytest.raises(ValueError, match="1 computed values for 2 quoted"):
        judge(c, Computed(lambda: [191.0], "1", "f"))


@pytest.mark.parametrize("part", papers.parts())
def test_every_entry_belongs_to_its_part_and_names_a_real_function(part):
    import importlib

    for identifier, entry in claims.entries(part).items():
        c = papers.claim(identifier)
        assert c.part == part and c.kind != "input"
        module, _, name = entry.function.rpartition(".")
        assert callable(getattr(importlib.import_module(module), name)), entry.function
