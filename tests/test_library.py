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


def test_mismatch_of_every_border_of_a_table():
    mixed, pure = np.array([[5.0], [7.0]]), np.array([1.0, 2.0, 4.0])
    found = library.mismatch_of_borders(mixed, pure, 3.0)
    assert found == pytest.approx(mixed - (pure + 3) / 2, rel=1e-14)
    for k in range(3):
        with pytest.raises(ValueError, match="must be finite"):
            library.mismatch_of_borders(*[np.nan if n == k else 1.0 for n in range(3)])


def test_entropy_is_a_parabola_of_its_width():
    Phi, width = np.array([1.0, 3.0, 7.0]), np.array([[2.0], [0.5]])
    found = library.gaussian_entropy(Phi, 5.0, 3.0, width)
    assert found == pytest.approx(5.0 - k_B * (Phi - 3) ** 2 / (2 * width**2), rel=1e-14)
    for name in ("Phi", "S_0", "Phi_0"):
        given = {"Phi": 1.0, "S_0": 1.0, "Phi_0": 1.0, "width": 1.0} | {name: np.nan}
        with pytest.raises(ValueError, match=f"{name} must be finite"):
            library.gaussian_entropy(**given)
    with pytest.raises(ValueError, match="width must be positive"):
        library.gaussian_entropy(1.0, 1.0, 1.0, 0.0)


@pytest.mark.parametrize("tau", [1e-12, 3e-9])
def test_rate_of_a_gaussian_library_is_its_closed_form_and_its_logarithm(tau):
    T, mismatch, Phi_in, S_0, Phi_0, width, cell = (
        300.0,
        3e-20,
        1e-20,
        20 * k_B,
        5e-20,
        7e-21,
        2e-21,
    )
    beta = 1 / (k_B * T)
    log_rate = 20 + (beta * width) ** 2 / 2 - beta * (Phi_0 - Phi_in + mismatch)
    log_rate += np.log(np.sqrt(2 * np.pi) * width / cell / tau)
    kept = {} if tau == 1e-12 else {"tau_micro": tau}
    found = library.escape_rate(T, mismatch, Phi_in, S_0, Phi_0, width, cell, **kept)
    assert np.log(found) == pytest.approx(log_rate, abs=1e-11)
    optimum = Phi_0 - beta * width**2
    assert library.equilibrium_energy(T, Phi_0, width) == pytest.approx(optimum, rel=1e-13, abs=0)
    by_list = library.log_escape_rate(
        lambda Phi: library.gaussian_entropy(Phi, S_0, Phi_0, width),
        T, mismatch, Phi_in, cell, (optimum - 1e-19, optimum + 1e-19), **kept,
    )  # fmt: skip
    assert by_list == pytest.approx(log_rate, abs=1e-11)


@pytest.mark.parametrize("bad", [0.0, -1.0, np.nan])
def test_every_constant_of_a_library_must_be_positive(bad):
    for name in ("T", "c_phi", "tau_micro"):
        given = {"T": 300.0, "c_phi": 1e-21, "tau_micro": 1e-12} | {name: bad}
        with pytest.raises(ValueError, match=f"{name} must be positive"):
            library.log_escape_rate(
                lambda Phi: 0 * Phi, mismatch=1e-20, Phi_in=0.0, span=(0.0, 1e-20), **given
            )
    for given, name in (((bad, 1.0, 1.0), "T"), ((1.0, 1.0, bad), "width")):
        with pytest.raises(ValueError, match=f"{name} must be positive"):
            library.equilibrium_energy(*given)
    for name in ("gamma", "s_c", "T_g"):
        given = {"gamma": 1.0, "s_c": 0.5, "T_g": 1.0} | {name: bad}
        with pytest.raises(ValueError, match=f"{name} must be positive"):
            library.sample_levels(5, seed=1, **given)


def test_energies_that_are_no_numbers_are_refused():
    given = {"mismatch": 1e-20, "Phi_in": 0.0, "span": (0.0, 1e-20)}
    for name, bad in (("mismatch", np.nan), ("Phi_in", np.inf), ("span", (0.0, np.nan))):
        with pytest.raises(ValueError, match=f"{name} must be finite"):
            library.log_escape_rate(
                lambda Phi: 0 * Phi, 300.0, c_phi=1e-21, **(given | {name: bad})
            )
    with pytest.raises(ValueError, match="Phi_0 must be finite"):
        library.equilibrium_energy(300.0, np.nan, 1e-21)


def test_levels_belong_to_their_seed_and_scale_with_the_temperature():
    one, again = (library.sample_levels(4, 3.0, 0.7, 1.0, seed=2) for _ in range(2))
    assert one.shape == (1, round(np.exp(2.8))) and np.array_equal(one, again)
    assert not np.array_equal(one, library.sample_levels(4, 3.0, 0.7, 1.0, seed=3))
    # twice the temperature and twice the surface energy: all energies double
    double = library.sample_levels(4, 6.0, 0.7, 2.0, seed=2)
    assert double == pytest.approx(2 * one, rel=1e-12)
    assert library.sample_levels(1, 3.0, 0.7, 1.0, seed=0).shape == (1, 2)


def test_lists_end_at_ten_million_levels():
    for N, copies in ((0, 1), (1, 0), (1, 6_000_000), (20, 2)):
        with pytest.raises(ValueError, match="no list of levels"):
            library.sample_levels(N, 3.0, 0.8, 1.0, seed=0, copies=copies)
    assert library.sample_levels(10, 3.0, 0.8, 1.0, seed=0, copies=3).shape == (3, 2981)
