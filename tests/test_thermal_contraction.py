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


BAD = [0.0, -1.0, np.nan]
POSITIVE = {
    tc.bulk_modulus: ("density", "sound_speed"),
    tc.excluded_pair_integral: ("xi",),
    tc.active_centres: ("T", "T_g", "xi"),
    tc.active_centres_exact: ("T", "T_g", "xi"),
    tc.harmonic_sum: ("frequencies", "degeneracies"),
    tc.harmonic_sum_continuum: ("size_ratio", "prefactor"),
    tc.contact_energy: ("T_g", "size_ratio", "xi"),
    tc.mean_inverse_energy: ("ratio",),
    tc.ripplon_structural_continuum: ("T", "T_g", "T_D", "size_ratio", "xi"),
    tc.structural_average: ("t",),
    tc.structural_structural_density: ("T", "T_g", "size_ratio", "xi"),
    tc.structural_structural_leading: ("T", "T_g", "size_ratio", "xi"),
    tc.centre_free_energy: ("T", "T_g", "xi"),
    tc.expansivity_structural: ("T", "T_g", "size_ratio", "xi", "K"),
    tc.heat_capacity_of_centres: ("T", "T_g", "xi"),
    tc.printed_expansivity_ripplon_ripplon: ("T", "T_D", "size_ratio", "xi", "K"),
    tc.printed_expansivity_ripplon_structural: ("T_g", "T_D", "size_ratio", "xi", "K"),
    tc.direct_coupling_bound: ("T_g", "density", "sound_speed", "a"),
    tc.interaction_heat_capacity_ratio: ("size_ratio", "lindemann"),
}


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("f", POSITIVE)
def test_every_temperature_length_and_modulus_must_be_positive(f, bad):
    names = POSITIVE[f]
    for name in names:
        with pytest.raises(ValueError, match=f"{name} must be positive"):
            f(**dict.fromkeys(names, [1.0] if f is tc.harmonic_sum else 1.0) | {name: bad})


@pytest.mark.parametrize("bad", BAD)
def test_other_arguments_that_must_be_positive(bad):
    lines = {"frequencies": [0.2], "degeneracies": [5.0]}
    medium = {"T": 1.0, "T_g": 300.0, "T_D": 200.0, "size_ratio": 5.8, "xi": 1e-9}
    for f in (tc.ripplon_ripplon_density, tc.ripplon_structural_density):
        for name in medium:
            with pytest.raises(ValueError, match=f"{name} must be positive"):
                f(**(medium | {name: bad}), **lines)
    for name, call in (
        ("K", lambda: tc.equilibrium_dilation(1.0, bad)),
        ("K", lambda: tc.gruneisen(1.0, bad, 1.0)),
        ("heat_capacity", lambda: tc.gruneisen(1.0, 1.0, bad)),
        ("coupling", lambda: tc.direct_coupling_gruneisen(bad, 0.5, 1.0)),
        ("T", lambda: tc.direct_coupling_gruneisen(1.0, 0.5, bad)),
        ("T_g", lambda: tc.heat_capacity_share(lambda T: -(T**2), bad, 1e-9)),
        ("xi", lambda: tc.heat_capacity_share(lambda T: -(T**2), 300.0, bad)),
    ):
        with pytest.raises(ValueError, match=f"{name} must be positive"):
            call()
    for correlation in (-0.1, 1.01, np.nan):
        with pytest.raises(ValueError, match="correlation must"):
            tc.direct_coupling_gruneisen(1e-19, correlation, 1.0)
    assert tc.direct_coupling_gruneisen(1e-19, 0.0, 1.0) == 0
    assert tc.direct_coupling_gruneisen(1e-19, 1.0, 1.0) > 0
    for given in (([[1.0]], [[1.0]]), ([1.0], [1.0, 2.0])):
        with pytest.raises(ValueError, match="two arrays of one length"):
            tc.harmonic_sum(*given)


def test_centres_contacts_and_capacities_of_rows_in_closed_form():
    T, T_g, xi = np.array([[1.0], [4.0]]), np.array([900.0, 1200.0]), 1.7e-9
    assert tc.bulk_modulus([2.0, 3.0], 5.0) == pytest.approx([50 / 3, 25], rel=1e-14)
    found = tc.active_centres(T, T_g, xi)
    assert found == pytest.approx(np.log(2) * T / T_g / xi**3, rel=1e-13)
    found = tc.heat_capacity_of_centres(T, T_g, xi)
    assert found == pytest.approx(k_B * T / T_g / xi**3, rel=1e-13, abs=0)
    # exponential biases: the integral of exp(-x T/T_g)/(1 + exp(x))
    exact = tc.active_centres_exact(300 * T, T_g, xi)
    for k in np.ndindex(2, 2):
        t = 300 * T[k[0], 0] / T_g[k[1]]
        share = quad(lambda x, t=t: np.exp(-t * x) / (1 + np.exp(x)), 0, 60)[0]
        assert exact[k] == pytest.approx(t * share / xi**3, rel=1e-9)
    free = tc.centre_free_energy(300 * T, T_g, xi)
    for k in np.ndindex(2, 2):
        kT, t = k_B * 300 * T[k[0], 0], 300 * T[k[0], 0] / T_g[k[1]]
        share = quad(lambda x, t=t: np.exp(-t * x) * np.log1p(np.exp(-x)), 0, 60)[0]
        assert free[k] == pytest.approx(-kT * t * share / xi**3, rel=1e-9)
    ratio = np.array([[5.0], [6.0]])
    found = tc.contact_energy(T_g, ratio, xi)
    # the mean square over directions, 2/3 (3/4 pi)^2, and (4 pi/3)^2/xi^3 beyond the domain
    expected = 2 / 3 * (k_B * T_g) ** 2 * (xi / ratio) ** 6 / xi**3
    assert found == pytest.approx(expected, rel=1e-10, abs=0)


def test_sums_over_two_multiplets_by_hand():
    found = tc.harmonic_sum([1.0, 3.0], [5.0, 2.0])
    assert found == pytest.approx(25 / 2 + 2 * 10 / 4 + 4 / 6, rel=1e-13)
    ratio = np.array([[4.0, 5.0, 6.0]])
    # 2 L^3/s times twice the triangle 4 (1 - ln 2)/3, for omega = s l
    highest = np.pi * (3 / (4 * np.pi)) ** (1 / 3) * ratio
    for kept, prefactor in (({}, 1.34), ({"prefactor": 2.0}, 2.0)):
        slope = prefactor / 2 * ratio**-1.25
        expected = highest**3 / slope * 8 / 3 * (1 - np.log(2))
        assert tc.harmonic_sum_continuum(ratio, **kept) == pytest.approx(expected, rel=1e-10)


def test_densities_of_the_three_attractions_for_rows_of_temperatures():
    T, T_g = np.array([[2.0], [7.0]]), np.array([800.0, 1000.0, 1500.0])
    rest = {"T_D": 300.0, "size_ratio": 5.5, "xi": 2e-9}
    lines = {"frequencies": [0.2, 0.5], "degeneracies": [5.0, 7.0]}
    xi, contact = 2e-9, 2 / 3 * (k_B * T_g) ** 2 * (2e-9 / 5.5) ** 6 / 2e-9**3
    active = np.log(2) * T / T_g / xi**3
    total = 25 / 0.4 + 2 * 35 / 0.7 + 49 / 1.0
    found = tc.ripplon_ripplon_density(T, T_g, **rest, **lines)
    expected = -0.5 * active**2 * contact * total / (k_B * 300)
    assert found == pytest.approx(expected, rel=1e-9)
    mean = sum(g * tc.mean_inverse_energy(w * 300 / T_g) for w, g in ((0.2, 5.0), (0.5, 7.0))) / (
        k_B * T_g
    )
    found = tc.ripplon_structural_density(T, T_g, **rest, **lines)
    assert found == pytest.approx(-active * contact * mean / xi**3, rel=1e-9)
    found = tc.structural_structural_density(T, T_g, 5.5, xi)
    average = (1 + tc.structural_average(T / T_g)) / (k_B * T_g)
    assert found == pytest.approx(-0.5 * contact * average / xi**6, rel=1e-9)
    assert tc.structural_average(T / T_g)[1, 2] == pytest.approx(
        float(tc.structural_average(7 / 1500)), rel=1e-8
    )
    for power in (1.34, 2.0):
        kept = {} if power == 1.34 else {"prefactor": power}
        found = tc.ripplon_structural_continuum(T, T_g, **rest, **kept)
        highest = np.pi * (3 / (4 * np.pi)) ** (1 / 3) * 5.5
        s = power / 2 * 5.5**-1.25 * 300 / T_g
        bracket = highest**2 * (0.5 - np.euler_gamma - np.log(s * highest)) / (k_B * T_g)
        assert found == pytest.approx(-active * contact * bracket / xi**3, rel=1e-8)


def test_expansivities_and_gruneisen_parameters_of_rows():
    T, lines = np.array([1.0, 3.0]), (LINES.frequencies, LINES.weights)
    medium = (SILICA["T_D"], SILICA["size_ratio"])
    rr = tc.expansivity_ripplon_ripplon(T, SILICA["T_g"], *medium, SILICA["xi"], K, *lines)
    assert rr[1] == pytest.approx(3 * rr[0], rel=1e-10, abs=0)
    given = {"T": 2.0, "T_g": SILICA["T_g"], "size_ratio": SILICA["size_ratio"]}
    tt = tc.expansivity_structural(np.array([2.0, 5.0]), given["T_g"], given["size_ratio"], 2e-9, K)
    assert tt[0] == pytest.approx(
        float(tc.expansivity_structural(**given, xi=2e-9, K=K)), rel=1e-9, abs=0
    )
    # both sides per Kelvin: the parameter of the mixed attraction falls as 1/T
    mixed = tc.gruneisen_ripplon_structural(T, SILICA["T_g"], *medium, *lines)
    assert mixed[0] == pytest.approx(3 * mixed[1], rel=1e-12)
    assert tc.gruneisen([6.0, 9.0], 5.0, [2.0, 3.0]) == pytest.approx([15, 15], rel=1e-14)
    assert tc.equilibrium_dilation([6, 9], 3) == pytest.approx([4, 6], rel=1e-14)
    assert tc.relaxation_energy([6, 9], 3) == pytest.approx([-24, -54], rel=1e-14)


def test_leading_terms_in_closed_form():
    # amplitude of t^2 ln t: pi^2/3
    T, T_g = np.array([0.02, 0.3]), 900.0
    assert tc.logarithm_amplitude() == pytest.approx(np.pi**2 / 3, rel=1e-9)
    contact = float(tc.contact_energy(T_g, 5.5, 2e-9))
    t = T / T_g
    average = (1 + np.pi**2 / 3 * t**2 * np.log(t)) / (k_B * T_g)
    found = tc.structural_structural_leading(T, T_g, 5.5, 2e-9)
    assert found == pytest.approx(-0.5 * contact * average / 2e-9**6, rel=1e-13)


def test_breakdown_is_found_down_to_the_smallest_slopes():
    for share in (1e-8, 1e-3, 0.05):
        slope = -share * k_B / 8e-27
        T = tc.breakdown_temperature(slope, 1000.0, 2e-9)
        assert tc.centre_free_energy(T, 1000.0, 2e-9) == pytest.approx(slope * T, rel=1e-11)
    # heaviest slope that the centres outweigh below T_g
    heaviest = float(tc.centre_free_energy(1000.0, 1000.0, 2e-9)) / 1000.0
    assert tc.breakdown_temperature(0.999 * heaviest, 1000.0, 2e-9) < 1000
    with pytest.raises(ValueError, match="outweighs the centres"):
        tc.breakdown_temperature(1.001 * heaviest, 1000.0, 2e-9)


def test_stated_ratio_and_mixed_attraction_in_closed_form():
    assert tc.interaction_heat_capacity_ratio([2.0, 5.0], 0.2) == pytest.approx(
        [0.4 / 32, 0.4 / 3125], rel=1e-13
    )
    assert tc.interaction_heat_capacity_ratio(2.0) == pytest.approx(0.1 / 32, rel=1e-13)
    T = np.array([3.0, 200.0])
    linear = tc.ripplon_structural_density(T, *SILICA.values(), *LINES)
    found = tc.mixed_attraction(T, *SILICA.values(), *LINES)
    for t, one, whole in zip(T / SILICA["T_g"], linear, found, strict=True):
        share = quad(lambda x, t=t: np.exp(-t * x) / (1 + np.exp(x)), 0, 60)[0] / np.log(2)
        assert whole == pytest.approx(share * one, rel=1e-9)


def test_share_of_an_energy_with_a_square_is_that_of_the_squares():
    # centres: -pi^2/12 k_B T^2/(T_g xi^3); a linear term has no heat capacity
    T_g, xi = 700.0, 1.5e-9
    square = np.pi**2 / 12 * k_B / (T_g * xi**3)
    found = tc.heat_capacity_share(lambda T: -5 * T - 0.3 * square * T**2, T_g, xi)
    assert found == pytest.approx(0.3, rel=1e-7)
    with pytest.raises(ValueError, match="one finite energy for each of 10 temperatures"):
        tc.heat_capacity_share(lambda T: np.where(T > 1, np.nan, T), T_g, xi)
    with pytest.raises(ValueError, match=r"got an array of shape \(9,\)"):
        tc.heat_capacity_share(lambda T: T[:-1], T_g, xi)
