import math

import numpy as np
import pytest
from scipy import stats

from relics import tunnelling_dipoles as dipoles
from relics.constants import debye, epsilon_0, k_B


def test_sampled_bonds_give_the_random_walk():
    rms, error = dipoles.sampled_rms_dipole(0.1, 3.5e-10, samples=10000, seed=1)
    expected = dipoles.turned_bond(dipoles.bond_dipole(0.1, 3.5e-10), 0.1) * 10
    assert abs(rms - expected) < 4 * error


def test_small_turns_are_the_angle():
    assert dipoles.turned_bond(1.0, 1e-4) == pytest.approx(1e-4, rel=1e-8)
    assert dipoles.random_walk_dipole(0.1, 3.5e-10) == pytest.approx(1.681 * debye, rel=1e-3, abs=0)


def test_sampled_dipoles_have_no_direction_and_maxwellian_lengths():
    mu = dipoles.sampled_dipoles(1.0, 1.0, 100, 0.1, 5000, seed=2)
    error = mu.std(axis=0, ddof=1) / math.sqrt(len(mu))
    assert np.all(np.abs(mu.mean(axis=0)) < 4 * error)
    scale = math.sqrt(np.mean(np.sum(mu**2, axis=1)) / 3)
    assert stats.kstest(np.linalg.norm(mu, axis=1), stats.maxwell(scale=scale).cdf).pvalue > 0.01


def test_sphere_in_field_against_its_closed_form_and_limits():
    field, image = dipoles.sphere_fields(4.0, 2.0)
    assert field == pytest.approx(3 * 2 / (2 * 2 + 4), rel=1e-14)
    assert image == pytest.approx((4 - 2) / (4 + 2 * 2), rel=1e-14)
    assert dipoles.sphere_fields(2.5, 2.5) == pytest.approx((1.0, 0.0), abs=1e-15)


@pytest.mark.parametrize("inside, outside", [(4.0, 2.0), (1.5, 9.0), (80.0, 1.0)])
def test_response_of_the_sphere_from_two_boundary_problems(inside, outside):
    expected = float(dipoles.sphere_response(inside, outside))
    assert dipoles.sphere_response_by_fields(inside, outside) == pytest.approx(expected, rel=1e-13)


def test_response_in_three_limits():
    e = 5.0
    clausius_mossotti = 3 * (e - 1) / (4 * math.pi * (e + 2))
    assert dipoles.sphere_response(e, 1.0) == pytest.approx(clausius_mossotti)
    kirkwood = (e - 1) * (2 * e + 1) / (12 * math.pi * e)
    assert dipoles.sphere_response(e, e) == pytest.approx(kirkwood)
    assert dipoles.sphere_response(e, 1e12) == pytest.approx((e - 1) / (4 * math.pi), rel=1e-10)


def test_local_field_factor_is_the_ratio_of_two_responses_and_one_at_equality():
    e1, e2 = 3.0 + 0.5j, 2.1
    ratio = dipoles.sphere_response(e1, e2) / dipoles.sphere_response(e1, e1)
    assert dipoles.local_field_factor(e1, e2) == pytest.approx(ratio, rel=1e-13)
    assert dipoles.local_field_factor(2.1, 2.1) == pytest.approx(1)


def test_polarised_sphere_field_from_the_poisson_problem():
    # A sphere of frozen P in vacuum: the two surface conditions with the jump of P, P = eps_0 = 1.
    conditions = np.array([[1.0, 1.0], [1.0, -2.0]])
    inner, _ = np.linalg.solve(conditions, np.array([0.0, -1.0]))
    assert dipoles.polarised_sphere_field(epsilon_0, 1.0) == pytest.approx(inner, rel=1e-12)


def test_breakdown_field_moves_half_a_debye_by_twelve_kelvin():
    energy = dipoles.field_energy(0.5 * debye, 1e8)
    assert energy / k_B == pytest.approx(12.08, abs=0.01)


def test_even_biases_stay_even_in_a_field():
    biases = dipoles.biases_in_field(1.0, 0.05, 200000, seed=3)
    counts, _ = np.histogram(biases, bins=18, range=(-0.9, 0.9))
    assert stats.chisquare(counts).pvalue > 0.01


def test_shifted_bias():
    assert dipoles.shifted_bias(2.0, 1.0, 0.5, math.pi / 3) == pytest.approx(1.75)


def test_dipole_interaction_against_four_charges():
    k = 1 / (4 * math.pi * epsilon_0)
    half = 1e-13
    mu_i, mu_j, r = (
        np.array([1e-30, 2e-30, 0]),
        np.array([0, 1e-30, -1e-30]),
        np.array([3e-9, 1e-9, 0]),
    )
    energy = 0.0
    for s in (1, -1):
        for t in (1, -1):
            separation = r + t * half * mu_j / 1e-30 - s * half * mu_i / 1e-30
            energy += s * t * k * (1e-30 / (2 * half)) ** 2 / np.linalg.norm(separation)
    assert dipoles.dipole_interaction(mu_i, mu_j, r) == pytest.approx(energy, rel=1e-4, abs=0)


def test_angular_factor_of_random_dipoles_is_two_thirds():
    value, error = dipoles.mean_angular_square(200000, seed=4)
    assert abs(value - 2 / 3) < 4 * error


def test_interaction_ratio_is_the_charge_fraction_over_the_lindemann_ratio_squared():
    density, c_s, a, T_g = 2200.0, 4100.0, 3.5e-10, 1500.0
    lindemann = math.sqrt(k_B * T_g / (density * c_s**2 * a**3))
    assert dipoles.interaction_ratio(0.1, density, c_s, a, T_g) == pytest.approx(
        (0.1 / lindemann) ** 2
    )


def test_refusals():
    with pytest.raises(ValueError, match="not negative"):
        dipoles.bond_dipole(-0.1, 1e-10)
    with pytest.raises(ValueError, match="positive"):
        dipoles.random_walk_dipole(0.1, 1e-10, N_star=0)
    with pytest.raises(ValueError, match="vectors of three"):
        dipoles.dipole_interaction([1, 0], [0, 1], [1, 1])
    with pytest.raises(ValueError, match="at least 1"):
        dipoles.sampled_dipoles(0.1, 1e-10, pairs=0)
