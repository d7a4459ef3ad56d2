"""Sums behind the thermal contraction, each by a second route."""

import numpy as np
import pytest
from scipy.integrate import dblquad, quad
from scipy.optimize import minimize_scalar

from relics import thermal_contraction as tc
from relics.constants import k_B
from relics.elastic_casimir import ripplon_ripplon_cold, structural_structural
from relics.papers import transcription
from relics.ripplons import ripplon_spectrum

LINES = ripplon_spectrum()
SILICA = {"T_g": 1461.0, "T_D": 342.0, "size_ratio": 200 ** (1 / 3), "xi": 2e-9}
K = tc.bulk_modulus(2200.0, 4100.0)


def test_bulk_modulus_balances_three_branches():
    strain = 1e-3
    energy = 3 * 2200.0 * 4100.0**2 / 2 * strain**2
    assert K / 2 * (3 * strain) ** 2 == pytest.approx(energy, rel=1e-14)


def test_excluded_pair_integral():
    assert tc.excluded_pair_integral(2e-9) == pytest.approx((4 * np.pi / 3) ** 2 / 8e-27, rel=1e-12)


def test_active_centres_reach_the_low_temperature_form():
    for T in (1.0, 10.0):
        exact = tc.active_centres_exact(T, 1000.0, 1e-9)
        simple = tc.active_centres(T, 1000.0, 1e-9)
        # First correction of the exponential density: -(pi^2/12) T/T_g of T ln 2.
        expected = 1 - np.pi**2 / 12 / np.log(2) * T / 1000.0
        assert exact / simple == pytest.approx(expected, abs=2 * (T / 1000.0) ** 2)


def test_harmonic_sum_is_the_sum_over_all_modes():
    modes = np.repeat(LINES.frequencies, LINES.weights.astype(int))
    direct = sum(1 / (a + b) for a in modes for b in modes)
    assert tc.harmonic_sum(*LINES) == pytest.approx(direct, rel=1e-12)


def test_continuum_is_the_double_integral():
    ratio = 5.85
    highest, slope = np.pi * np.cbrt(3 / (4 * np.pi)) * ratio, 0.67 * ratio**-1.25
    direct = dblquad(lambda x, y: 4 * x * y / (slope * (x + y)), 0, highest, 0, highest)[0]
    assert tc.harmonic_sum_continuum(ratio) == pytest.approx(direct, rel=1e-8)


def test_ripplon_density_is_that_of_placed_centres():
    # Shells of partners around one centre, energies sampled: the density is half the sum.
    T, rng, size = 5.0, np.random.default_rng(2), 400_000
    biases = rng.exponential(k_B * SILICA["T_g"], (2, size))
    modes = k_B * SILICA["T_D"] * LINES.frequencies
    pairs = sum(
        ga * gb * ripplon_ripplon_cold(1e-30, *biases, a, b, 1 / (k_B * T))
        for a, ga in zip(modes, LINES.weights, strict=True)
        for b, gb in zip(modes, LINES.weights, strict=True)
    )
    contact = tc.contact_energy(SILICA["T_g"], SILICA["size_ratio"], SILICA["xi"])
    sampled = 0.5 * contact * pairs / 1e-60 / SILICA["xi"] ** 6
    error = sampled.std() / np.sqrt(size)
    found = tc.ripplon_ripplon_density(T, **SILICA, frequencies=LINES[0], degeneracies=LINES[1])
    assert abs(sampled.mean() - found) < 5 * error + 0.01 * abs(found)


def test_ripplon_structural_density_averages_the_bias_by_quadrature():
    T, thermal = 1.0, k_B * SILICA["T_g"]
    modes = k_B * SILICA["T_D"] * LINES.frequencies
    average = sum(
        g * quad(lambda x, w=w: np.exp(-x) / (w / thermal + x), 0, 50, limit=200)[0] / thermal
        for w, g in zip(modes, LINES.weights, strict=True)
    )
    contact = tc.contact_energy(SILICA["T_g"], SILICA["size_ratio"], SILICA["xi"])
    n = tc.active_centres(T, SILICA["T_g"], SILICA["xi"])
    expected = -n * contact * average / SILICA["xi"] ** 3
    found = tc.ripplon_structural_density(T, **SILICA, frequencies=LINES[0], degeneracies=LINES[1])
    assert found == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("t", [0.3, 0.05])
def test_structural_average_is_the_double_integral(t):
    def integrand(v, u):
        # Polar-like variables x = uv, y = u(1 - v) keep the removable line v = 1/2 simple.
        x, y = u * v, u * (1 - v)
        return -u * np.exp(-u) * structural_structural(1e-12, x, y, 1 / t) / 1e-24

    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        half = dblquad(integrand, 1e-9, 50, 1e-9, 0.5, epsabs=1e-9, epsrel=1e-8)[0]
    assert tc.structural_average(t) == pytest.approx(2 * half - 1, abs=2e-6)


def test_structural_average_falls_as_the_square_times_a_logarithm():
    for t in (1e-4, 1e-6):
        leading = -(np.pi**2) / 3 * t**2 * np.log(1 / t)
        assert tc.structural_average(t) / leading == pytest.approx(1, abs=0.5 / np.log(1 / t))


def test_dilation_minimises_the_free_energy():
    f, modulus = -2.0, 1e3
    found = minimize_scalar(lambda x: modulus / 2 * x**2 + f * (1 - 2 * x), tol=1e-12).x
    # A parabola's minimum is known to the root of the rounding error only.
    assert tc.equilibrium_dilation(f, modulus) == pytest.approx(found, rel=1e-5)


def test_expansivities_are_derivatives_of_the_dilation():
    T, h = 1.3, 1e-3
    lines = {"frequencies": LINES[0], "degeneracies": LINES[1]}

    def slope(density):
        up, down = (tc.equilibrium_dilation(density(T + s), K) for s in (h, -h))
        return (up - down) / (2 * h)

    rr = slope(lambda x: tc.ripplon_ripplon_density(x, **SILICA, **lines))
    assert tc.expansivity_ripplon_ripplon(T, **SILICA, K=K, **lines) == pytest.approx(
        rr, rel=1e-6, abs=0
    )
    rt = slope(lambda x: tc.ripplon_structural_density(x, **SILICA, **lines))
    assert tc.expansivity_ripplon_structural(**SILICA, K=K, **lines) == pytest.approx(
        rt, rel=1e-6, abs=0
    )


def test_structural_expansivity_is_positive_and_follows_the_logarithm():
    keys = {k: v for k, v in SILICA.items() if k != "T_D"}
    T = 1e-3
    found = tc.expansivity_structural(T, **keys, K=K)
    contact = tc.contact_energy(keys["T_g"], keys["size_ratio"], keys["xi"])
    strength = contact / keys["xi"] ** 6 / (k_B * keys["T_g"]) / K
    log = np.log(keys["T_g"] / T)
    leading = strength * 2 * np.pi**2 / 3 * T / keys["T_g"] ** 2 * log
    assert found > 0
    assert found / leading == pytest.approx(1, abs=1 / log)


def test_gruneisen_parameters_do_not_depend_on_the_modulus():
    lines = {"frequencies": LINES[0], "degeneracies": LINES[1]}
    expansivity = tc.expansivity_ripplon_ripplon(2.0, **SILICA, K=K, **lines)
    capacity = tc.heat_capacity_of_centres(2.0, SILICA["T_g"], SILICA["xi"])
    expected = tc.gruneisen(expansivity, K, capacity)
    found = tc.gruneisen_ripplon_ripplon(SILICA["T_g"], SILICA["T_D"], SILICA["size_ratio"], *LINES)
    assert found == pytest.approx(float(expected), rel=1e-12)


def test_grueneisen_parameters_of_mixed_and_direct_attraction_do_not_depend_on_the_modulus():
    T, T_g, ratio = 2.0, SILICA["T_g"], SILICA["size_ratio"]
    capacity = tc.heat_capacity_of_centres(T, T_g, SILICA["xi"])
    lines = {"frequencies": LINES[0], "degeneracies": LINES[1]}
    mixed = tc.expansivity_ripplon_structural(**SILICA, K=K, **lines)
    found = tc.gruneisen_ripplon_structural(T, T_g, SILICA["T_D"], ratio, *LINES)
    assert found == pytest.approx(float(tc.gruneisen(mixed, K, capacity)), rel=1e-10)
    direct = tc.expansivity_structural(T, T_g, ratio, SILICA["xi"], K)
    found = tc.gruneisen_structural(T, T_g, ratio)
    assert found == pytest.approx(float(tc.gruneisen(direct, K, capacity)), rel=1e-10)


def test_structural_expansivity_is_the_slope_of_the_dilation():
    T, h, keys = 150.0, 0.5, {k: v for k, v in SILICA.items() if k != "T_D"}
    up, down = (
        tc.equilibrium_dilation(tc.structural_structural_density(T + s, **keys), K) for s in (h, -h)
    )
    found = tc.expansivity_structural(T, **keys, K=K)
    assert found == pytest.approx((up - down) / (2 * h), rel=1e-4, abs=0)


@pytest.mark.parametrize("ratio", [1e-3, 0.2, 4.0])
def test_mean_inverse_energy_is_its_integral(ratio):
    expected = quad(lambda x: np.exp(-x) / (ratio + x), 0, 60, points=[ratio, 1], limit=200)[0]
    assert tc.mean_inverse_energy(ratio) == pytest.approx(expected, rel=1e-8)


def test_continuum_of_mixed_pairs_is_its_closed_form():
    """Integral over l up to L of 2 l (-ln(s l) - gamma_E): L^2 (1/2 - gamma_E - ln(s L))."""
    highest = np.pi * np.cbrt(3 / (4 * np.pi)) * SILICA["size_ratio"]
    slope = 0.67 * SILICA["size_ratio"] ** -1.25 * SILICA["T_D"] / SILICA["T_g"]
    total = highest**2 * (0.5 - np.euler_gamma - np.log(slope * highest))
    contact = tc.contact_energy(SILICA["T_g"], SILICA["size_ratio"], SILICA["xi"])
    for T in (1.0, 3.0):
        n = tc.active_centres(T, SILICA["T_g"], SILICA["xi"])
        expected = -n * contact * total / (k_B * SILICA["T_g"]) / SILICA["xi"] ** 3
        found = tc.ripplon_structural_continuum(T, **SILICA)
        assert found == pytest.approx(expected, rel=1e-8)


def printed(name, **values):
    """The right side of an equation as transcribed from the paper, at values."""
    (statement,) = transcription.statement(name).printed
    rest = {str(s): s for s in statement.rhs.free_symbols}
    return float(statement.rhs.subs({rest[k]: values[k] for k in rest}).evalf())


def test_printed_results_are_those_of_the_transcription():
    T, T_g, T_D, a, xi = 3.0, 1200.0, 400.0, 3e-10, 1.7e-9
    silicon = {"T": T, "T_D": T_D, "a": a, "xi": xi, "K": 3e10, "k_B": k_B}
    found = tc.printed_expansivity_ripplon_ripplon(T, T_D, xi / a, xi, 3e10)
    assert found == pytest.approx(printed("LW07-75", **silicon), rel=1e-9, abs=0)
    found = tc.printed_gruneisen_ripplon_ripplon(T_g, T_D, xi / a)
    assert found == pytest.approx(printed("LW07-76", **silicon, T_g=T_g), rel=1e-9)
    # Temperatures are energies in the other two.
    thermal = {"T": k_B * T, "T_g": k_B * T_g, "omega_D": k_B * T_D, "a": a, "xi": xi, "K": 3e10}
    found = tc.printed_expansivity_ripplon_structural(T_g, T_D, xi / a, xi, 3e10)
    assert found == pytest.approx(k_B * printed("LW07-79", **thermal), rel=1e-9, abs=0)
    found = tc.printed_gruneisen_ripplon_structural(T, T_g, T_D, xi / a)
    assert found == pytest.approx(printed("LW07-80", **thermal), rel=1e-9)


def test_breakdown_is_where_the_two_free_energies_cross():
    slope = -1e-6 * k_B / 8e-27
    T = tc.breakdown_temperature(slope, 1461.0, 2e-9)
    assert tc.centre_free_energy(T, 1461.0, 2e-9) == pytest.approx(slope * T, rel=1e-9)
    assert T / 1461.0 == pytest.approx(12 / np.pi**2 * 1e-6, rel=1e-5)


def test_direct_coupling_is_pressure_over_heat_capacity():
    found = tc.direct_coupling_gruneisen(1e-19, 0.3, 2.0)
    expected = 12 * 1e-19 * 0.3 * np.log(2) / (np.pi**2 * k_B * 2.0)
    assert found == pytest.approx(expected, rel=1e-9)


def test_direct_bound_depends_on_the_lindemann_ratio_alone():
    a = 3e-10
    ratio = np.sqrt(2200.0 * 4100.0**2 * a**3 / (k_B * 1461.0))
    found = tc.direct_coupling_bound(1461.0, 2200.0, 4100.0, a)
    assert found == pytest.approx(12 * np.log(2) / np.pi**2 * ratio, rel=1e-9)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: tc.active_centres(0.0, 1.0, 1.0), "T must be positive"),
        (lambda: tc.harmonic_sum([1.0, 2.0], [5.0]), "one length"),
        (lambda: tc.direct_coupling_gruneisen(1e-19, 1.5, 1.0), "at most 1"),
        (lambda: tc.breakdown_temperature(1.0, 1461.0, 2e-9), "slope must be positive"),
        (lambda: tc.breakdown_temperature(-1e9, 1461.0, 2e-9), "outweighs"),
        (lambda: tc.gruneisen(1.0, 1.0, -1.0), "positive"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_amplitude_of_the_logarithm():
    # -4 int u/(1 + e^u) du times the slope -1 of the principal value in ln u
    weight = quad(lambda u: u / (1 + np.exp(u)), 0, 60)[0]
    assert tc.logarithm_amplitude() == pytest.approx(4 * weight, rel=1e-9)


def test_leading_terms_of_the_structural_attraction():
    given = {"T_g": 1461.0, "size_ratio": SILICA["size_ratio"], "xi": 2e-9}
    full = tc.structural_structural_density(np.array([0.01, 0.1]), **given)
    leading = tc.structural_structural_leading(np.array([0.01, 0.1]), **given)
    at_rest = tc.structural_structural_leading(1e-9, **given)
    thermal = (full - at_rest) / (leading - at_rest)
    # what is left out is smaller by a logarithm
    assert np.allclose(thermal, 1, atol=0.1) and abs(thermal[0] - 1) < abs(thermal[1] - 1)


def test_share_of_the_interaction_is_that_of_the_heat_capacities():
    # second differences of both free energies at a low temperature
    def mixed(T):
        return tc.mixed_attraction(T, *SILICA.values(), *LINES)

    T = 1e-3 * SILICA["T_g"] * np.array([0.9, 1.0, 1.1])
    centres = tc.centre_free_energy(T, SILICA["T_g"], SILICA["xi"])
    expected = np.dot([1, -2, 1], mixed(T)) / np.dot([1, -2, 1], centres)
    share = tc.heat_capacity_share(mixed, SILICA["T_g"], SILICA["xi"])
    assert share == pytest.approx(expected, rel=0.01) and share < 0


def test_share_of_the_ripplons_is_the_ratio_of_the_squares():
    # both free energies are squares of the temperature: their ratio at one temperature is the share
    def pairs(T):
        return tc.ripplon_ripplon_density(T, *SILICA.values(), *LINES)

    share = tc.heat_capacity_share(pairs, SILICA["T_g"], SILICA["xi"])
    square = np.pi**2 / 12 * k_B / (SILICA["T_g"] * SILICA["xi"] ** 3)
    assert share == pytest.approx(float(-pairs(1.0)) / square, rel=1e-9)
    assert 0.15 < share < 0.3


def test_share_of_the_relaxation_is_the_difference_of_the_heat_capacities():
    # c_p - c_V = alpha^2 K T, with the expansivity of the mixed attraction
    def relaxation(T):
        linear = tc.ripplon_structural_density(T, *SILICA.values(), *LINES)
        return tc.relaxation_energy(linear, K)

    expansivity = tc.expansivity_ripplon_structural(
        SILICA["T_g"], SILICA["T_D"], SILICA["size_ratio"], SILICA["xi"], K, *LINES
    )
    centres = np.pi**2 / 6 * tc.heat_capacity_of_centres(1.0, SILICA["T_g"], SILICA["xi"])
    share = tc.heat_capacity_share(relaxation, SILICA["T_g"], SILICA["xi"])
    assert share == pytest.approx(float(expansivity**2 * K / centres), rel=1e-9, abs=0)


def test_relaxation_energy_is_the_depth_of_the_minimum():
    f = -3e4
    found = minimize_scalar(lambda y: 3e10 / 2 * y**2 + f * (1 - 2 * y), bracket=(-1e-5, 1e-5))
    # the difference of two energies cost digits
    assert tc.relaxation_energy(f, 3e10) == pytest.approx(found.fun - f, rel=1e-6, abs=0)


@pytest.mark.parametrize(
    "call",
    [
        lambda: tc.structural_structural_leading(-1.0, 300.0, 5.8, 1e-9),
        lambda: tc.heat_capacity_share(lambda T: -(T**2), 0.0, 1e-9),
        lambda: tc.heat_capacity_share(lambda T: -(T**2), 300.0, np.nan),
        lambda: tc.heat_capacity_share(lambda T: np.nan * T, 300.0, 1e-9),
        lambda: tc.heat_capacity_share(lambda T: -1.0, 300.0, 1e-9),
        lambda: tc.mixed_attraction(1.0, 300.0, 0.0, 5.8, 1e-9, *LINES),
        lambda: tc.relaxation_energy(-1.0, 0.0),
    ],
)
def test_terms_outside_the_domain_are_refused(call):
    with pytest.raises(ValueError):
        call()
