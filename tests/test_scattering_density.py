import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import fsolve

from relics import resonance, ripplons
from relics import scattering_density as density

LINES = ripplons.ripplon_spectrum()
T_G = 4.4


def saddle_of_two(omega, energy):
    """Where the exponent of the cumulative density is level, by Newton's method from scipy."""

    def slopes(logarithms):
        lam, mu = np.exp(logarithms)
        x = 1 / T_G + lam - mu
        mean = np.sum(LINES.weights * LINES.frequencies / np.expm1(x * LINES.frequencies))
        return [omega + energy - mean - 1 / lam, mean - omega - 1 / mu]

    found = fsolve(slopes, np.log([2 / energy, 2 / energy]), xtol=1e-13)
    return np.exp(found)


def test_levels_of_two_oscillators():
    energies, counts = density.ripplon_levels(
        ripplons.Spectrum(np.array([1.0, 1.5]), np.array([2.0, 1.0])), 3.0
    )
    assert np.allclose(energies, [0, 1, 1.5, 2, 2.5, 3, 3])
    assert counts.sum() == 1 + 2 + 1 + 3 + 2 + 4 + 1


def test_grid_count_agrees_with_enumeration():
    counted = density.Counting.of(LINES, T_G)
    omega = np.array([0.05, 0.2, 0.7, 0.95])
    exact = density.exact_ground_density(omega, T_G, LINES)
    assert np.max(np.abs(counted.ground(omega) / exact - 1)) < 2e-3
    for w, e in ((0.05, 0.2), (0.1, 0.3), (0.3, 0.3)):
        expected = density.exact_cumulative_density(w, e, T_G, LINES)
        assert counted.cumulative(w, e) == pytest.approx(float(expected), rel=2e-3)


def test_grid_count_of_a_broadened_spectrum_converges():
    spectrum = resonance.broadened_spectrum(5.0, resonance.cutoff_frequency())
    coarse, fine = (density.Counting.of(spectrum, 5.0, 1.0, h) for h in (2e-4, 1e-4))
    omega = np.array([0.03, 0.2, 0.9])
    assert np.max(np.abs(coarse.ground(omega) / fine.ground(omega) - 1)) < 1e-3


def test_a_grid_need_not_resolve_modes_without_weight():
    spectrum = ripplons.Spectrum(np.array([0.002, 0.2]), np.array([1e-3, 20.0]))
    counts = density.count_on_grid(spectrum, 0.3, 1e-2)
    assert counts[20] == pytest.approx(20.0, rel=0.01)
    with pytest.raises(ValueError, match="resolves this spectrum"):
        density.count_on_grid(ripplons.Spectrum(np.array([0.002, 0.2]), np.ones(2)), 0.3, 1e-2)


def test_laplace_transform_factorises():
    two = ripplons.Spectrum(np.array([0.15, 0.24]), np.array([5.0, 7.0]))
    s = 20.0
    product = np.prod((1 - np.exp(-s * two.frequencies)) ** -two.weights) / (s + 1 / T_G)
    assert density.laplace_transform(s, T_G, two) == pytest.approx(product, rel=1e-12)
    direct = quad(
        lambda w: float(density.exact_ground_density(np.array([w]), T_G, two)[0]) * np.exp(-s * w),
        1e-9, 1.5, limit=500, epsabs=1e-7,
    )[0]  # fmt: skip
    assert direct == pytest.approx(product, rel=1e-4)


def test_tabulated_saddle_point_against_root_finding():
    table = density.SaddlePoint(LINES, T_G)
    for omega in (1e-3, 0.05, 0.4, 1.0):
        assert table.ground(np.array(omega)) == pytest.approx(
            density.saddle_ground(omega, T_G, LINES), rel=1e-7
        )
    for omega, energy in ((0.01, 0.01), (0.05, 0.2), (0.3, 0.3)):
        expected = density.saddle_cumulative(omega, energy, T_G, LINES)
        assert table.cumulative(omega, energy) == pytest.approx(expected, rel=1e-6)


def test_saddle_point_at_low_frequency_is_stirling_for_one():
    table = density.SaddlePoint(LINES, T_G)
    assert table.ground(np.array(1e-6)) == pytest.approx(np.e / np.sqrt(2 * np.pi), rel=1e-5)
    quartic, cubic = table.corrections(np.array(1e-6))
    assert (quartic, cubic) == (pytest.approx(0.25, rel=1e-4), pytest.approx(1 / 3, rel=1e-4))


def test_cumulants_are_derivatives_of_the_logarithm():
    x, h = 3.0, 1e-3
    z = [float(density.cumulants(x + k * h, LINES)[0]) for k in (-2, -1, 0, 1, 2)]
    _, k1, k2, k3, k4 = (float(v) for v in density.cumulants(x, LINES, 4))
    assert -(z[3] - z[1]) / (2 * h) == pytest.approx(k1, rel=1e-4)
    assert (z[3] - 2 * z[2] + z[1]) / h**2 == pytest.approx(k2, rel=1e-4)
    first = [float(density.cumulants(x + k * h, LINES, 3)[3]) for k in (-1, 1)]
    assert -(first[1] - first[0]) / (2 * h) == pytest.approx(k4, rel=1e-4)
    second = [float(density.cumulants(x + k * h, LINES, 2)[2]) for k in (-1, 1)]
    assert -(second[1] - second[0]) / (2 * h) == pytest.approx(k3, rel=1e-4)


def test_excited_density_of_the_exact_staircase_is_a_sum_over_levels():
    counted = density.Counting.of(LINES, T_G, 4.0, 2e-4)
    omega, T = 0.1, 0.03
    energies, counts = density.ripplon_levels(LINES, 1.6)
    gap = energies - omega
    above = gap > 0
    expected = np.sum(
        counts[above] * density.thermal_weight(gap[above], T) * np.exp(-gap[above] / T_G)
    )
    assert float(counted.excited(omega, T)) == pytest.approx(expected, rel=5e-3)


def test_nothing_is_absorbed_from_excited_levels_below_the_threshold():
    assert density.exact_cumulative_density(0.05, 0.09, T_G, LINES) == 0
    assert density.SaddlePoint(LINES, T_G).cumulative(0.05, 0.09) > 0


@pytest.mark.parametrize("T", [0.02, 3.0])
def test_averages_over_starting_levels(T):
    """Of E and E^2: int 2/(e^y + 1) dy = 2 ln 2 and int 4 y/(e^y + 1) dy = pi^2/3."""
    first = density.excited_from_cumulative(lambda e: e, T)
    assert first == pytest.approx(2 * np.log(2) * T, rel=1e-7)
    second = density.excited_from_cumulative(lambda e: e**2, T)
    assert second == pytest.approx(np.pi**2 / 3 * T**2, rel=1e-7)
    step = density.step_average(lambda e: 3 + e**2, T, alpha=2.5, steps=7)
    assert step == pytest.approx((2.5 * T) ** 2, rel=1e-12)


def test_determinant_is_that_of_the_curvatures_of_the_exponent():
    spectrum = ripplons.Spectrum(np.array([0.2, 0.31]), np.array([5.0, 7.0]))
    T_g, place, h = 4.4, np.array([30.0, 7.0]), 1e-2

    def exponent(lam, mu):
        log_z = -np.log1p(-np.exp(-(1 / T_g + lam - mu) * spectrum.frequencies)) @ spectrum.weights
        return log_z - np.log(lam) - np.log(mu)

    def second(i, j):
        e, signs = np.eye(2) * h, ((1, 1), (1, -1), (-1, 1), (-1, -1))
        terms = [s * t * exponent(*(place + s * e[i] + t * e[j])) for s, t in signs]
        return sum(terms) / (4 * h * h)

    expected = np.linalg.det([[second(i, j) for j in (0, 1)] for i in (0, 1)])
    found = density.hessian_determinant(*place, T_g, spectrum)
    assert found == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize(("omega", "energy"), [(0.05, 0.1), (0.01, 0.3), (0.3, 0.02)])
def test_largest_quartic_term_is_that_of_the_integrand_off_the_saddle(omega, energy):
    table = density.SaddlePoint(LINES, T_G)
    lam, mu = saddle_of_two(omega, energy)

    def exponent(p, q):
        """Real part of the exponent at imaginary distances p and q from the saddle."""
        first, second = lam + 1j * p, mu + 1j * q
        x = 1 / T_G + first - second
        modes = np.log(1 - np.exp(-np.multiply.outer(x, LINES.frequencies)))
        whole = x * omega + first * energy - np.log(first * second) - modes @ LINES.weights
        return whole.real

    found = []
    steps = np.array([0.0, 0.02, 0.04, 0.06])
    wide, ridge = np.geomspace(0.03, 30, 1000), np.linspace(0.8, 1.2, 1001)
    for slope in (*-wide, *wide, *ridge):
        values = exponent(steps * mu, steps * mu * slope)
        fourth, second = np.polynomial.polynomial.polyfit(steps**2, values - values[0], 3)[[2, 1]]
        found.append(fourth / (4 * second**2))
    assert table.cumulative_correction(omega, energy) == pytest.approx(max(found), rel=1e-4)


@pytest.mark.parametrize("omega", [0.1, 0.35])
def test_regulated_density_tends_to_the_staircase(omega):
    line, T_g = 0.2, 0.5
    steps = [ways * np.exp(-(omega - n * line) / T_g) for n, ways in ((0, 1), (1, 5))]
    expected = sum(step for n, step in enumerate(steps) if n * line < omega)
    found = density.regulated_density(omega, line, T_g, 1e-7)
    assert found == pytest.approx(expected, rel=1e-5)


def test_thermal_weight_is_one_at_zero_and_never_overflows():
    assert density.thermal_weight(0.0, 0.3) == 1
    assert density.thermal_weight(1e6, 1e-3) == 0


@pytest.mark.parametrize(
    "call",
    [
        lambda: density.exact_ground_density([], 4.4, LINES),
        lambda: density.Counting.of(LINES, -1.0),
        lambda: density.count_on_grid(LINES, 1.0, 0.2),
        lambda: density.SaddlePoint(LINES, 0.0),
        lambda: density.SaddlePoint(LINES, 4.4).saddle(-0.1),
        lambda: density.Counting.of(LINES, 4.4).ground(3.0),
    ],
)
def test_bad_input_is_refused(call):
    with pytest.raises(ValueError):
        call()


def test_level_sum_is_bose_factors():
    lines, x = ripplons.Spectrum(np.array([0.3, 0.47]), np.array([5.0, 7.0])), 1.3
    closed = (1 - np.exp(-0.3 * x)) ** -5 * (1 - np.exp(-0.47 * x)) ** -7
    assert density.level_sum(x, lines) == pytest.approx(closed, rel=1e-12)
    turned = np.prod((1 - np.exp(-lines.frequencies * (1 + 2j))) ** -lines.weights)
    assert density.level_sum(1 + 2j, lines) == pytest.approx(turned, rel=1e-10)


def test_saddle_place_is_where_the_contour_integrand_is_flat():
    # slopes of the exponent by differences, at the energies found
    lines, lam, mu, T_g = (
        ripplons.Spectrum(np.array([0.3, 0.47]), np.array([5.0, 7.0])),
        5.1,
        1.9,
        14.0,
    )
    omega, energy = density.saddle_place(lam, mu, T_g, lines)

    def exponent(lam_, mu_):
        x = 1 / T_g + lam_ - mu_
        log_z = -np.sum(lines.weights * np.log(-np.expm1(-x * lines.frequencies)))
        return x * omega + lam_ * energy + log_z - np.log(lam_ * mu_)

    h = 1e-5
    for step in ((h, 0), (0, h)):
        up, down = exponent(lam + step[0], mu + step[1]), exponent(lam - step[0], mu - step[1])
        assert abs(up - down) / (2 * h) < 1e-8
    # the starting levels reach as far as the two steps allow
    assert energy == pytest.approx(1 / lam + 1 / mu, rel=1e-12)


def test_saddle_place_inverts_the_search_for_the_saddle():
    lines, T_g = ripplons.Spectrum(np.array([0.3, 0.47]), np.array([5.0, 7.0])), 14.0
    lam, mu = 5.1, 4.3
    omega, energy = density.saddle_place(lam, mu, T_g, lines)
    log_z, _, k2 = density.cumulants(1 / T_g + lam - mu, lines)
    determinant = k2 * (lam**-2 + mu**-2) + (lam * mu) ** -2
    exponent = (1 / T_g + lam - mu) * omega + lam * energy + log_z
    expected = np.exp(exponent) / (2 * np.pi * np.sqrt(determinant) * lam * mu)
    found = density.saddle_cumulative(omega, energy, T_g, lines)
    assert found == pytest.approx(expected, rel=1e-7)


@pytest.mark.parametrize(
    "call",
    [
        lambda: density.level_sum(-1.0, LINES),
        lambda: density.level_sum(1.0, ripplons.Spectrum(np.array([0.3]), np.array([1.5]))),
        lambda: density.saddle_place(0.0, 1.0, 4.4, LINES),
        lambda: density.saddle_place(1.0, 9.0, 4.4, LINES),
    ],
)
def test_saddles_outside_the_domain_are_refused(call):
    with pytest.raises(ValueError):
        call()
