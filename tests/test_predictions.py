"""Predictions: uncertainty is propagated, time scales are checked, quantities are unique."""

from dataclasses import replace

import pytest

from relics import predictions
from relics.materials import glass
from relics.predictions import Quantity, predict, quantities


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
