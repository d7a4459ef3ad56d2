"""Predictions: uncertainty is propagated, time scales are checked, quantities are unique."""

from dataclasses import replace

import numpy as np
import pytest

from relics import predictions
from relics.materials import glass
from relics.predictions import Quantity, predict, quantities, ripplons


def linear(inputs):
    return 2 * inputs.T_g + inputs.density


def test_uncertainty_of_a_linear_quantity_is_exact(monkeypatch):
    q = Quantity("q", "linear", "1", linear, (), "exact")
    monkeypatch.setattr(predictions, "quantities", lambda: [q])
    g = replace(glass("silica"), uncertainties={"T_g": 30.0, "density": 5.0})
    (made,) = predict(g)
    assert made.value == pytest.approx(2 * g.T_g + g.density)
    assert made.uncertainty == pytest.approx((60.0**2 + 5.0**2) ** 0.5)


def test_a_band_keeps_its_ends(monkeypatch):
    q = Quantity("q", "band", "1", lambda inputs: [3.0, 1.0], (), "a band")
    monkeypatch.setattr(predictions, "quantities", lambda: [q])
    assert predict(glass("silica"))[0].value == (1.0, 3.0)


def test_a_quantity_without_a_value_is_refused(monkeypatch):
    q = Quantity("q", "nothing", "1", lambda inputs: float("nan"), (), "none")
    monkeypatch.setattr(predictions, "quantities", lambda: [q])
    with pytest.raises(ValueError, match="nothing cannot be computed for silica"):
        predict(glass("silica"))


@pytest.mark.parametrize("bad", [0.0, -1.0, float("nan"), float("inf"), 1e-13])
def test_time_scales_are_checked(bad):
    with pytest.raises(ValueError, match="timescale"):
        predict(glass("silica"), timescale=bad)


def test_keys_are_unique():
    keys = [q.key for q in quantities()]
    assert len(keys) == len(set(keys))


def test_a_quantity_outside_its_domain_says_so_and_leaves_the_others(monkeypatch):
    def refuse(inputs):
        raise ValueError("no maximum")

    refused = Quantity("q", "bump", "K", refuse, (), "trust")
    good = Quantity("p", "linear", "1", linear, (), "exact")
    monkeypatch.setattr(predictions, "quantities", lambda: [refused, good])
    none, some = predict(glass("silica"))
    assert none.value is None and none.trust == "no value: no maximum; trust"
    assert some.value == linear(glass("silica"))


def test_at_the_edge_of_its_domain_a_slope_is_taken_on_one_side(monkeypatch):
    g = replace(glass("silica"), uncertainties={"T_g": 30.0})

    def edge(inputs):
        if inputs.T_g > g.T_g:
            raise ValueError("beyond the edge")
        return 2 * inputs.T_g

    monkeypatch.setattr(
        predictions, "quantities", lambda: [Quantity("q", "edge", "K", edge, (), "")]
    )
    assert predict(g)[0].uncertainty == pytest.approx(60.0)


def test_every_quantity_has_a_value_for_silica():
    assert not [p.key for p in predict(glass("silica")) if p.value is None]


def test_the_bump_moves_smoothly_with_the_glass():
    """Place and height are those of the maximum, not of the nearest point of a grid."""
    places = [ripplons._bump(ratio, 160.0, 0.1)[0] for ratio in (4.0, 4.001, 4.002)]
    steps = np.diff(places)
    assert (steps < 0).all() and steps[1] == pytest.approx(steps[0], rel=0.02)
