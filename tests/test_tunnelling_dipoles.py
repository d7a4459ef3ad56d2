import math

import numpy as np
import pytest
from scipy import stats

from relics import strain_coupling
from relics import tunnelling_dipoles as dipoles
from relics.constants import debye, epsilon_0, k_B

ELEMENTARY = 1.602176634e-19


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


def test_piezoelectric_dipole_is_that_of_the_matched_charge():
    beta, a = 0.15, 3.5e-10
    zeta = dipoles.matched_charge_fraction(beta, a)
    for rest in ({}, {"N_star": 90.0, "lindemann": 0.05}):
        expected = dipoles.random_walk_dipole(zeta, a, **rest)
        found = dipoles.piezoelectric_dipole(beta, a, **rest)
        assert found == pytest.approx(expected, rel=1e-12, abs=0)
        back = dipoles.required_charge_fraction(found, a, **rest)
        assert back == pytest.approx(zeta, rel=1e-12)


def test_correlated_bonds_add_up_by_the_root_of_their_kirkwood_factor():
    single = dipoles.random_walk_dipole(0.1, 3.5e-10)
    found = dipoles.random_walk_dipole(0.1, 3.5e-10, kirkwood=9.0)
    assert found == pytest.approx(3 * single, rel=1e-12, abs=0)


def test_a_debye_is_ten_to_the_minus_eighteen_statcoulomb_centimetres():
    assert dipoles.in_debye(1e-21 / 299792458) == pytest.approx(1, rel=1e-9)


def test_interactions_fall_as_the_cube_from_their_values_at_the_bead():
    density, c_s, a, T_g, zeta = 2200.0, 4100.0, 3.5e-10, 1500.0, 0.1
    elastic = [dipoles.elastic_interaction(T_g, a, r) for r in (a, 2 * a)]
    assert elastic == pytest.approx([k_B * T_g, k_B * T_g / 8], rel=1e-12, abs=0)
    electric = [dipoles.electric_interaction(zeta, density, c_s, a, r) for r in (a, 3 * a)]
    g = zeta * density * c_s**2 * a**3
    expected = [float(strain_coupling.interaction(g, density, c_s, r)) for r in (a, 3 * a)]
    assert electric == pytest.approx(expected, rel=1e-9, abs=0)


def test_refusals():
    with pytest.raises(ValueError, match="not negative"):
        dipoles.bond_dipole(-0.1, 1e-10)
    with pytest.raises(ValueError, match="positive"):
        dipoles.random_walk_dipole(0.1, 1e-10, N_star=0)
    with pytest.raises(ValueError, match="vectors of three"):
        dipoles.dipole_interaction([1, 0], [0, 1], [1, 1])
    with pytest.raises(ValueError, match="at least 1"):
        dipoles.sampled_dipoles(0.1, 1e-10, pairs=0)


# The fluctuating moment of a region.


@pytest.mark.parametrize("inside, outside", [(4.0, 2.0), (80.0, 1.0), (3 - 1.5j, 2 + 0.5j)])
def test_permittivity_from_fluctuations_inverts_the_response_of_the_sphere(inside, outside):
    response = complex(dipoles.sphere_response(inside, outside))
    found = dipoles.permittivity_from_fluctuations(response, outside, "gaussian")
    assert found == pytest.approx(inside, rel=1e-12)
    in_si = dipoles.permittivity_from_fluctuations(4 * math.pi * epsilon_0 * response, outside)
    assert in_si == pytest.approx(inside, rel=1e-12)


def test_a_region_without_fluctuations_is_empty():
    assert dipoles.permittivity_from_fluctuations(0.0, 7.0) == 1
    assert dipoles.permittivity_in_its_own_medium(0.0) == 1


@pytest.mark.parametrize("epsilon", [1.001, 5.0, 80.0, 6 - 4j])
def test_like_surroundings_give_the_root_of_onsager_and_kirkwood(epsilon):
    response = (epsilon - 1) * (2 * epsilon + 1) / (12 * math.pi * epsilon)
    found = dipoles.permittivity_in_its_own_medium(response, "gaussian")
    assert found == pytest.approx(epsilon, rel=1e-12)


def test_a_response_that_leaves_no_field_or_no_number_is_refused():
    for response, outside in ((math.nan, 2.0), (1.0, math.inf), (1j * math.inf, 2.0)):
        with pytest.raises(ValueError, match="finite"):
            dipoles.permittivity_from_fluctuations(response, outside)
    # closed form: the field inside vanishes where the excess is 3 e2, that is at response k (2 e2 + 1)
    with pytest.raises(ValueError, match="no field"):
        dipoles.permittivity_from_fluctuations(3 / (4 * math.pi), 1.0, "gaussian")
    with pytest.raises(ValueError, match="resonates"):
        dipoles.permittivity_from_fluctuations(1.0, -0.5)
    with pytest.raises(ArithmeticError):
        dipoles.permittivity_in_its_own_medium(-1 / math.pi, "gaussian")


@pytest.mark.parametrize("omega", [0.0, 0.3, 2.0])
def test_transform_of_an_exponential(omega):
    # closed form: 1/(rate + i omega)
    for rate in (0.5, 1.0, 4.0):
        found, error = dipoles.one_sided_transform(lambda t, r=rate: np.exp(-r * t), omega, 1.0)
        expected = 1 / (rate + 1j * omega)
        assert found == pytest.approx(expected, rel=1e-10)
        assert abs(found - expected) <= error + 1e-14


def test_a_transform_of_something_that_does_not_die_out_is_refused():
    with pytest.raises(ArithmeticError):
        dipoles.one_sided_transform(lambda t: 1 / (1 + t), 1.0, 1.0)
    with pytest.raises(ValueError):
        dipoles.one_sided_transform(np.exp, 1.0, 0.0)
    with pytest.raises(ValueError):
        dipoles.one_sided_transform(np.exp, -1.0, 1.0)


def test_the_moment_at_rest_is_what_is_forgotten():
    tau, remembered = 3e-12, 0.25
    found, _ = dipoles.moment_transform(
        lambda t: remembered + (1 - remembered) / (1 + t / tau) ** 2, 0.0, tau
    )
    assert found == pytest.approx(1 - remembered, rel=1e-12)


def test_a_relaxing_moment_answers_as_debye_says():
    tau, omega = 1e-11, 8e10
    found, _ = dipoles.moment_transform(lambda t: 5 * np.exp(-t / tau), omega, 2 * tau)
    assert found == pytest.approx(5 / (1 + 1j * omega * tau), rel=1e-10)


@pytest.mark.parametrize("angle", [0.0, 0.1, 1.0, 3.0])
def test_one_bond_turns_by_the_chord_of_its_angle(angle):
    mu = dipoles.sampled_dipoles(0.3, 2.0, pairs=1, angle=angle, samples=50, seed=3)
    chord = 2 * 0.3 * ELEMENTARY * 2.0 * math.sin(angle / 2)
    assert np.linalg.norm(mu, axis=1) == pytest.approx(np.full(50, chord), rel=1e-9, abs=1e-34)
    found = dipoles.turned_bond(dipoles.bond_dipole(0.3, 2.0), angle)
    assert found == pytest.approx(chord, rel=1e-12, abs=1e-34)


def test_samples_of_dipoles_have_their_number_seed_and_defaults():
    for samples in (1, 3, 2000, 4100):
        assert dipoles.sampled_dipoles(1.0, 1.0, 2, 0.2, samples, 1).shape == (samples, 3)
    long = dipoles.sampled_dipoles(1.0, 1.0, 2, 0.2, 4100, 1)
    assert np.all(np.linalg.norm(long, axis=1) > 0)
    assert np.array_equal(long, dipoles.sampled_dipoles(1.0, 1.0, 2, 0.2, 4100, 1))
    assert not np.array_equal(long, dipoles.sampled_dipoles(1.0, 1.0, 2, 0.2, 4100, 2))
    said = dipoles.sampled_dipoles(0.1, 1e-10, pairs=100, angle=0.1, samples=1, seed=0)
    assert np.array_equal(said, dipoles.sampled_dipoles(0.1, 1e-10))
    for given in ({"pairs": 0}, {"samples": 0}):
        with pytest.raises(ValueError, match="pairs and samples must be at least 1"):
            dipoles.sampled_dipoles(0.1, 1e-10, **given)
    for name in ("zeta", "a", "angle"):
        with pytest.raises(ValueError, match=f"{name} must"):
            dipoles.sampled_dipoles(**{"zeta": 0.1, "a": 1e-10, "angle": 0.1, name: -1.0})


def test_rms_of_samples_has_the_error_of_their_scatter():
    mu = dipoles.sampled_dipoles(0.2, 1.0, 30, 0.3, 500, 7)
    squares = np.sum(mu**2, axis=1)
    rms, error = dipoles.sampled_rms_dipole(0.2, 1.0, 60.0, 0.3, 500, 7)
    assert rms == pytest.approx(np.sqrt(np.mean(squares)), rel=1e-12, abs=0)
    # half the relative error of the mean square
    half = np.std(squares, ddof=1) / np.sqrt(500) / np.mean(squares) / 2
    assert error == pytest.approx(rms * half, rel=1e-12, abs=0)
    said = dipoles.sampled_rms_dipole(0.1, 1e-10, 200.0, 0.1, 50, 0)
    assert dipoles.sampled_rms_dipole(0.1, 1e-10, samples=50) == said


def test_random_walks_of_rows_of_bonds():
    zeta, N = np.array([[0.0], [0.3]]), np.array([50.0, 200.0])
    found = dipoles.random_walk_dipole(zeta, 2e-10, N, 0.07, 1.5)
    expected = zeta * ELEMENTARY * 2e-10 * np.sqrt(1.5 * N / 2) * 0.07
    assert found == pytest.approx(expected, rel=1e-12, abs=1e-45)
    assert dipoles.bond_pairs([3.0, 10.0]) == pytest.approx([1.5, 5])


@pytest.mark.parametrize("bad", [0.0, -1.0, np.nan])
@pytest.mark.parametrize(
    ("f", "names", "rest"),
    [
        (dipoles.bond_pairs, ("N_star",), {}),
        (dipoles.random_walk_dipole, ("N_star", "lindemann", "kirkwood"), {"zeta": 0.1, "a": 1.0}),
        (dipoles.piezoelectric_dipole, ("beta", "a", "N_star", "lindemann"), {}),
        (dipoles.matched_charge_fraction, ("beta", "a"), {}),
        (dipoles.required_charge_fraction, ("dipole", "N_star", "lindemann"), {"a": 1.0}),
        (dipoles.sphere_fields, ("inside", "outside"), {}),
        (dipoles.polarised_sphere_field, ("permittivity",), {"polarisation": 1.0}),
        (dipoles.elastic_interaction, ("T_g", "a", "r"), {}),
        (dipoles.electric_interaction, ("zeta", "density", "c_s", "a", "r"), {}),
        (dipoles.interaction_ratio, ("zeta", "density", "c_s", "a", "T_g"), {}),
        (dipoles.biases_in_field, ("half_width",), {"shift": 0.1, "samples": 2, "seed": 0}),
        (dipoles.one_sided_transform, ("time",), {"function": np.cos, "omega": 1.0}),
        (dipoles.moment_transform, ("time",), {"correlation": np.cos, "omega": 1.0}),
    ],
)
def test_every_size_charge_and_permittivity_must_be_positive(f, names, rest, bad):
    for name in names:
        with pytest.raises(ValueError, match=f"{name} must be positive"):
            f(**rest | dict.fromkeys(names, 1.0) | {name: bad})


@pytest.mark.parametrize("bad", [-1.0, np.nan])
def test_dipoles_and_angles_must_not_be_negative(bad):
    for f, names in (
        (dipoles.bond_dipole, ("zeta", "a")),
        (dipoles.turned_bond, ("dipole", "angle")),
    ):
        for name in names:
            with pytest.raises(ValueError, match=f"{name} must"):
                f(**dict.fromkeys(names, 1.0) | {name: bad})
    with pytest.raises(ValueError, match="dipole must"):
        dipoles.field_energy(bad, 1.0)
    with pytest.raises(ValueError, match="shift must"):
        dipoles.biases_in_field(1.0, bad, 2, 0)


def test_fields_biases_and_moments_must_be_numbers():
    for name in ("field", "angle"):
        with pytest.raises(ValueError, match=f"{name} must be finite"):
            dipoles.field_energy(**{"dipole": 1.0, "field": 1.0, "angle": 0.0, name: np.nan})
    with pytest.raises(ValueError, match="bias must be finite"):
        dipoles.shifted_bias(np.nan, 1.0, 1.0)
    with pytest.raises(ValueError, match="polarisation must be finite"):
        dipoles.polarised_sphere_field(np.nan, 1.0)
    with pytest.raises(ValueError, match="dipole must be finite"):
        dipoles.in_debye(np.nan)
    one = [1.0, 0.0, 0.0]
    for name in ("mu_i", "mu_j", "separation"):
        given = {"mu_i": one, "mu_j": one, "separation": one}
        with pytest.raises(ValueError, match=f"{name} must be finite"):
            dipoles.dipole_interaction(**(given | {name: [np.nan] * 3}))
        with pytest.raises(ValueError, match="vectors of three"):
            dipoles.dipole_interaction(**(given | {name: [1.0, 0.0]}))
    with pytest.raises(ValueError, match="permittivity must be positive"):
        dipoles.dipole_interaction(one, one, one, 0.0)
    with pytest.raises(ValueError, match="separation must be positive"):
        dipoles.dipole_interaction(one, one, [0.0] * 3)


def test_fields_act_along_the_dipole_and_shift_the_bias_back():
    angle = np.array([0.0, 1.0, math.pi])
    energy = dipoles.field_energy(2.0, [[3.0], [-5.0]], angle)
    assert energy == pytest.approx(np.array([[6.0], [-10.0]]) * np.cos(angle), rel=1e-13)
    assert dipoles.field_energy(2.0, 3.0) == 6.0
    found = dipoles.shifted_bias([[1.0], [-4.0]], 2.0, 3.0, angle)
    assert found == pytest.approx(np.array([[1.0], [-4.0]]) - 6 * np.cos(angle), rel=1e-13)
    assert dipoles.shifted_bias(1.0, 2.0, 3.0) == pytest.approx(-5)


def test_biases_spread_by_half_the_width_and_the_shift():
    found = dipoles.biases_in_field(2.0, 0.5, 100_000, 1)
    assert found.shape == (100_000,)
    # two even spreads add their variances and their ends
    assert found.var() == pytest.approx((4 + 0.25) / 3, rel=0.02)
    assert abs(found.mean()) < 4 * math.sqrt(4.25 / 3e5)
    assert 2.4 < np.abs(found).max() <= 2.5
    assert np.array_equal(found, dipoles.biases_in_field(2.0, 0.5, 100_000, 1))
    assert not np.array_equal(found, dipoles.biases_in_field(2.0, 0.5, 100_000, 2))


def test_a_medium_weakens_the_interaction_and_angular_means_have_errors():
    given = ([1e-30, 0, 0], [0, 1e-30, 1e-30], [1e-9, 2e-9, 0])
    one = dipoles.dipole_interaction(*given)
    assert dipoles.dipole_interaction(*given, permittivity=4.0) == pytest.approx(
        one / 4, rel=1e-12, abs=0
    )
    values = [dipoles.mean_angular_square(400, seed) for seed in range(80)]
    means, errors = np.transpose(values)
    assert np.median(errors) == pytest.approx(means.std(ddof=1), rel=0.25)
    assert dipoles.mean_angular_square(400, 0) == values[0]


@pytest.mark.parametrize("system", ["SI", "gaussian"])
def test_field_of_frozen_polarisation_in_both_unit_systems(system):
    k = epsilon_0 if system == "SI" else 1 / (4 * math.pi)
    found = dipoles.polarised_sphere_field([3.0, -1.0], 2.5, system)
    assert found == pytest.approx(np.array([-3.0, 1.0]) / (7.5 * k), rel=1e-12)
    if system == "SI":
        assert np.array_equal(found, dipoles.polarised_sphere_field([3.0, -1.0], 2.5))
        response = 2 * k
        assert dipoles.permittivity_in_its_own_medium(
            response
        ) == dipoles.permittivity_in_its_own_medium(response, "SI")
        assert dipoles.permittivity_from_fluctuations(
            response, 3.0
        ) == dipoles.permittivity_from_fluctuations(response, 3.0, "SI")


@pytest.mark.parametrize("time", [1e-12, 1.0, 1e6])
def test_transforms_of_slow_and_fast_memories(time):
    # the integral of exp(-i w t)/(1 + t)^2 by exponential integrals, at rest one
    found, error = dipoles.one_sided_transform(lambda t: (1 + t / time) ** -2.0, 0.0, time)
    assert found == pytest.approx(time, rel=1e-10) and error < 1e-9 * time
    omega = 0.7 / time
    found, _ = dipoles.one_sided_transform(lambda t: t * np.exp(-t / time), omega, time)
    assert found == pytest.approx(time**2 / (1 + 0.7j) ** 2, rel=1e-10)
