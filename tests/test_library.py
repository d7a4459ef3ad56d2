"""The library of local packings."""

import numpy as np
import pytest

from relics import library
from relics.constants import k_B


def test_mismatch_vanishes_without_a_change_and_follows_the_bonds():
    assert library.mismatch_of_borders(2.0, 2.0, 2.0) == 0.0
    assert library.mismatch_of_borders(5.0, 1.0, 2.0) == 3.5


def test_escape_rate_is_the_sum_over_a_list_of_states():
    T, S_0, Phi_0, width, mismatch = 300.0, 9 * k_B, 4e-20, 6e-21, 1e-20
    states = np.random.default_rng(4).normal(Phi_0, width, 400_000)
    weights = np.exp(-(states + mismatch) / (k_B * T))
    count = np.exp(9) * np.sqrt(2 * np.pi) * width / 1e-21
    rate = library.escape_rate(T, mismatch, 0.0, S_0, Phi_0, width, 1e-21)
    error = weights.std() / weights.mean() / np.sqrt(states.size)
    assert rate == pytest.approx(count * weights.mean() / 1e-12, rel=5 * error)


def test_escape_rate_by_quadrature_is_that_of_a_gaussian_density_in_closed_form():
    T, width, mismatch, start, cell = 300.0, 6e-21, 1e-20, 2e-20, 1e-21
    found = library.log_escape_rate(
        lambda Phi: 9 * k_B - k_B * (Phi / width) ** 2 / 2,
        T,
        mismatch,
        start,
        cell,
        (-1e-19, 6e-20),
    )
    beta = 1 / (k_B * T)
    expected = 9 + (beta * width) ** 2 / 2 + beta * (start - mismatch)
    expected += np.log(np.sqrt(2 * np.pi) * width / cell * 1e12)
    assert found == pytest.approx(expected, rel=1e-12)


def test_equilibrium_energy_has_the_slope_of_the_temperature():
    T, h = 250.0, 1e-24
    at = float(library.equilibrium_energy(T, 1e-20, 8e-21))
    S = [float(library.gaussian_entropy(at + d, 1e-22, 1e-20, 8e-21)) for d in (-h, h)]
    assert (S[1] - S[0]) / (2 * h) == pytest.approx(1 / T, rel=1e-5)


def test_levels_have_the_calorimetric_mean_and_variance():
    levels = library.sample_levels(5, 11.33, 0.82, 1.0, seed=1, copies=2000)
    assert levels.shape == (2000, 60)
    spread = np.sqrt(2 * 0.82 * 5)
    assert levels.mean() == pytest.approx(
        5 * 0.82 + 11.33 * np.sqrt(5), abs=5 * spread / np.sqrt(levels.size)
    )
    assert levels.var() == pytest.approx(spread**2, rel=5 * np.sqrt(2 / levels.size))


def test_libraries_too_long_to_list_are_refused():
    with pytest.raises(ValueError, match="no list of levels"):
        library.sample_levels(190, 11.33, 0.82, 1.0, seed=1)
    with pytest.raises(ValueError, match="s_c must be positive"):
        library.sample_levels(5, 11.33, -0.82, 1.0, seed=1)
