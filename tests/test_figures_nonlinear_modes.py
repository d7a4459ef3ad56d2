"""Estimators of the figures about nonlinear modes, on samples whose answer is known."""

import numpy as np
import pytest

from relics.figures import Table, cubic_against_quartic, local_heat, mode_decay
from relics.figures import nonlinear_spectrum as spectrum
from relics.figures import plastic_instability as plastic


@pytest.mark.parametrize("window", [(0.0, 0.6), (0.0, 2.0), (0.7, 1.2)])
def test_hazard_exponent_of_softest_modes(window):
    """The softest of many independent modes counted by w^4 follows exp(-c w^5)."""
    draws = np.random.default_rng(2).exponential(size=20_000) ** (1 / 5)
    assert spectrum.hazard_exponent(draws, *window) == pytest.approx(5.0, abs=0.25)


def test_error_of_an_exponent_covers_its_scatter():
    rng = np.random.default_rng(3)
    found = [
        spectrum.hazard_exponent(rng.exponential(size=400) ** 0.2, 0.0, 1.0) for _ in range(60)
    ]
    _, error = spectrum.measured(rng.exponential(size=400) ** 0.2, 0.0, 1.0)
    assert error == pytest.approx(np.std(found), rel=0.35)


def test_too_few_samples_are_refused():
    with pytest.raises(ValueError, match="too few"):
        spectrum.hazard_exponent(np.ones(5), 0.0, 2.0)


def test_kurtosis_and_tail_of_known_distributions():
    rng = np.random.default_rng(4)
    assert local_heat.kurtosis(rng.normal(size=200_000)) == pytest.approx(3.0, abs=0.1)
    pareto = rng.random(200_000) ** (-1 / 1.25)
    exponent, error = local_heat.tail_exponent(pareto)
    assert exponent == pytest.approx(2.25, abs=4 * error)


def test_repeated_and_empty_rows_are_dropped():
    rows = np.array([[2.0, 1, 1, 1], [np.nan] * 4, [1.0, 2, 2, 2], [2.0 + 1e-9, 1, 1, 1]])
    assert cubic_against_quartic.distinct_rows(rows)[:, 0] == pytest.approx([1.0, 2.0])
    assert cubic_against_quartic.distinct_rows(rows[1:2]).shape == (0, 4)


def test_slope_of_b3_of_a_fixed_ratio():
    b2 = np.geomspace(0.1, 10, 30)
    rows = Table({"b2": b2, "b3": -np.sqrt(1.3 * b2), "b4": np.ones(30)}, dict.fromkeys(("b2", "b3", "b4"), "1"))  # fmt: skip
    assert cubic_against_quartic.cubic_slope(rows) == pytest.approx(0.5)
    assert cubic_against_quartic.shares(rows) == (1.0, 0.0)


def event(bend):
    """An instability whose stiffness is 3 sqrt(d) (1 + bend sqrt(d))."""
    d = plastic.DISTANCES
    k = 3.0 * np.sqrt(d) * (1.0 + bend * np.sqrt(d))
    return Table({"distance": d, "linear": k, "b2": k}, dict.fromkeys(("distance", "linear", "b2"), "1"))  # fmt: skip


def test_reach_of_the_square_root_law():
    assert plastic.prefactor(event(0.0)) == pytest.approx(3.0)
    assert plastic.slope(event(0.0), "b2", plastic.WINDOW) == pytest.approx(0.5)
    assert plastic.reach(event(0.0), "linear") == pytest.approx(1e-2)
    # A tenth is lost where 5 sqrt(d) is a tenth, at 4e-4.
    assert plastic.reach(event(-5.0), "linear") == pytest.approx(4e-4, rel=0.3)


def test_slope_of_a_decay_in_its_window():
    r = np.linspace(0.5, 20, 60)
    rows = Table(
        {"d": np.full(60, 2), "edge": np.full(60, 43.0), "radius": r, "mode": 1 / (1 + r)},
        {"d": "1", "edge": "sig", "radius": "sig", "mode": "1"},
    )
    assert -1.0 < mode_decay.slope(rows, "mode") < -0.85
