from itertools import combinations_with_replacement

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import fsolve

from relics import resonance, ripplons
from relics import scattering_density as density
from relics.quadrature import derivative

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
    counted = density.Counting.of(LINES, T_G, 1.6, 2e-4)
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


TWO = ripplons.Spectrum(np.array([0.3, 0.5]), np.array([5.0, 2.0]))


def levels_by_hand(highest):
    """Energies in steps of 0.1 and numbers of placements, by counting multisets one by one."""
    table = {}
    for n in range(int(highest / 0.3) + 1):
        for m in range(int(highest / 0.5) + 1):
            ways = sum(1 for _ in combinations_with_replacement(range(5), n)) * (m + 1)
            table[3 * n + 5 * m] = table.get(3 * n + 5 * m, 0) + ways
    return {k: v for k, v in sorted(table.items()) if k <= round(highest * 10)}


def test_levels_and_their_degeneracies_are_those_of_counted_multisets():
    energies, counts = density.ripplon_levels(TWO, 2.05)
    table = dict.fromkeys(np.round(energies * 10).astype(int).tolist(), 0)
    for energy, count in zip(energies, counts, strict=True):
        table[round(energy * 10)] += count
    assert table == levels_by_hand(2.05)
    assert np.all(np.diff(energies) >= 0)
    eighths = ripplons.Spectrum(np.array([0.25, 0.375]), np.ones(2))
    assert density.ripplon_levels(eighths, 0.75)[0].tolist() == [
        0,
        0.25,
        0.375,
        0.5,
        0.625,
        0.75,
        0.75,
    ]


@pytest.mark.parametrize("step", [0.05, 0.025])
def test_counts_on_a_grid_that_holds_the_lines_are_exact(step):
    counts = density.count_on_grid(TWO, 2.0, step)
    assert counts.shape == (round(2.0 / step) + 1,)
    expected = np.zeros(counts.size)
    for tenths, ways in levels_by_hand(2.0).items():
        expected[round(tenths * 0.1 / step)] = ways
    assert counts == pytest.approx(expected, rel=1e-9, abs=1e-6)


def test_modes_between_and_beside_grid_energies_keep_their_mean_energy():
    spectrum = ripplons.Spectrum(np.array([0.333, 0.61, 5.0]), np.array([3.0, 4.0, 9.0]))
    counts = density.count_on_grid(spectrum, 0.64, 0.05)
    grid = np.arange(counts.size) * 0.05
    near, far = (grid < 0.5) & (grid > 0), grid > 0.55
    assert counts.size == 13 and counts[near].sum() == pytest.approx(3.0, rel=1e-12)
    assert counts[near] @ grid[near] == pytest.approx(3 * 0.333, rel=1e-12)
    # The grid ends at 0.6, where four fifths of the mode at 0.61 are, and two quanta of the part of
    # the first mode that was put at 0.3: m(m + 1)/2 ways.
    m = 3 * 0.34
    assert counts[far][-1] == pytest.approx(4 * 0.8 + m * (m + 1) / 2, rel=1e-12)


def test_a_soft_mode_without_weight_is_counted_in_the_first_cell():
    spectrum = ripplons.Spectrum(np.array([0.004, 0.3]), np.array([1e-3, 20.0]))
    counts = density.count_on_grid(spectrum, 0.2, 0.02)
    assert counts[1] == pytest.approx(1e-3, rel=1e-12)


def test_a_quarter_of_the_lowest_line_is_the_widest_grid():
    lines = ripplons.Spectrum(np.array([0.5]), np.array([3.0]))
    assert density.count_on_grid(lines, 1.0, 0.125)[[4, 8]] == pytest.approx([3, 6], rel=1e-12)
    with pytest.raises(ValueError, match="step = 0.126: a grid below 0.125 resolves"):
        density.count_on_grid(lines, 1.0, 0.126)
    for given, name in (((0.0, 0.1), "highest"), ((1.0, -0.1), "step")):
        with pytest.raises(ValueError, match=f"^{name} must be positive"):
            density.count_on_grid(lines, *given)
    with pytest.raises(ValueError, match="^highest must be positive"):
        density.ripplon_levels(lines, 0.0)


def test_steps_of_the_staircase_belong_to_their_frequency():
    T_g = 0.7
    lines = ripplons.Spectrum(np.array([0.25, 0.375]), np.array([5.0, 2.0]))
    omega = np.array([0.125, 0.25, 0.3125, 0.375])
    expected = [
        np.exp(-w / T_g) + 5 * (w >= 0.25) * np.exp((0.25 - w) / T_g)
        + 2 * (w >= 0.375) * np.exp((0.375 - w) / T_g)
        for w in omega
    ]  # fmt: skip
    assert density.exact_ground_density(omega, T_g, lines) == pytest.approx(expected, rel=1e-12)
    energy = np.array([[0.0625], [0.125]])
    found = density.exact_cumulative_density(omega, energy, T_g, lines)
    levels = {0.25: 5, 0.375: 2, 0.5: 15}
    expected = [
        [
            sum(g * np.exp((w - s) / T_g) for s, g in levels.items() if w <= s <= w + e[0])
            for w in omega
        ]
        for e in energy
    ]
    assert found == pytest.approx(np.array(expected), rel=1e-12)
    for given, name in (
        (([0.1, -0.1], 0.1, T_g), "omega"),
        ((0.1, 0.0, T_g), "energy"),
        ((0.1, 0.1, -T_g), "T_g"),
    ):
        with pytest.raises(ValueError, match=f"^{name} must be positive"):
            density.exact_cumulative_density(*given, lines)
    for given, name in ((([0.1, 0.0], T_g), "omega"), ((0.1, 0.0), "T_g")):
        with pytest.raises(ValueError, match=f"^{name} must be positive"):
            density.exact_ground_density(*given, lines)


def test_counted_states_fill_the_cells_around_their_energies_evenly():
    counts, step, T_g = np.array([1.0, 0.0, 4.0, 0.0, 0.0, 9.0, 25.0]), 0.2, 0.6
    table = density.Counting(counts, step, T_g)
    assert table.highest == pytest.approx(1.3, rel=1e-12)
    grid = 0.2 * np.arange(7)

    def below(omega):
        return np.clip((omega - grid) / step + 0.5, 0, 1)

    omega = np.array([0.11, 0.37, 0.95, 1.05, 1.3])
    for w, found in zip(omega, table.ground(omega), strict=True):
        expected = np.exp(-w / T_g) + np.sum((counts * below(w) * np.exp((grid - w) / T_g))[1:])
        assert found == pytest.approx(expected, rel=1e-12)
    energy = np.array([[0.05], [0.4]])
    found = table.cumulative(omega, energy)
    for i, e in enumerate(energy[:, 0]):
        for j, w in enumerate(omega):
            terms = counts * (below(w + e) - below(w)) * np.exp((w - grid) / T_g)
            assert found[i, j] == pytest.approx(terms[1:].sum(), rel=1e-12, abs=1e-12)
    T = np.array([[0.1], [0.5]])
    found = table.excited(omega, T)
    for i, t in enumerate(T[:, 0]):
        for j, w in enumerate(omega):
            gap = grid - w
            start = 1 - np.tanh(np.maximum(gap, 0) / (2 * t))
            terms = counts * (1 - below(w)) * start * np.exp(-gap / T_g)
            assert found[i, j] == pytest.approx(terms[1:].sum(), rel=1e-12)
    for bad in (0.0, 1.31, np.nan, []):
        for call in (
            table.ground,
            lambda x: table.cumulative(x, 0.1),
            lambda x: table.excited(x, 1),
        ):
            with pytest.raises(ValueError, match="values from 0 to 1.3 were counted"):
                call(bad)


def test_a_counting_reaches_to_one_in_steps_of_a_ten_thousandth():
    table = density.Counting.of(ripplons.Spectrum(np.array([0.3]), np.array([2.0])), 4.4)
    assert table.counts.size == 10001 and table.step == 1e-4 and table.T_g == 4.4
    assert table.counts[[0, 3000, 6000, 9000]] == pytest.approx([1, 2, 3, 4], rel=1e-9)


def test_sums_over_modes_are_logarithm_and_planck_for_arrays():
    x = np.array([[0.5, 1.0, 7.0], [20.0, 100.0, 1e5]])
    log_z, mean, variance = density.cumulants(x, TWO)
    for index in np.ndindex(x.shape):
        y = x[index] * TWO.frequencies
        z = np.prod((1 - np.exp(-y)) ** -TWO.weights)
        assert log_z[index] == pytest.approx(np.log(z), rel=1e-12, abs=1e-15)
        planck = TWO.weights * TWO.frequencies / np.expm1(np.minimum(y, 700))
        assert mean[index] == pytest.approx(planck.sum(), rel=1e-12)
        square = TWO.weights * (TWO.frequencies / 2 / np.sinh(np.minimum(y, 700) / 2)) ** 2
        assert variance[index] == pytest.approx(square.sum(), rel=1e-12)
    assert len(density.cumulants(x, TWO, 4)) == 5


@pytest.mark.parametrize("omega", [0.05, 0.4])
def test_corrections_are_derivatives_of_the_exponent_at_the_saddle(omega):
    table = density.SaddlePoint(LINES, T_G)
    x = float(table.saddle(omega))
    modes = np.sum(LINES.weights * LINES.frequencies / np.expm1(x * LINES.frequencies))
    assert modes + 1 / (x + 1 / T_G) == pytest.approx(omega, rel=1e-7)

    def exponent(z):
        log_z = -np.log(1 - np.exp(-np.multiply.outer(z, LINES.frequencies))) @ LINES.weights
        return log_z - np.log(z + 1 / T_G)

    f2, f3, f4 = (derivative(exponent, x, x / 2, n) for n in (2, 3, 4))
    quartic, cubic = table.corrections(omega)
    assert quartic == pytest.approx(f4 / (24 * f2**2), rel=1e-6)
    assert cubic == pytest.approx(abs(f3) / (6 * f2**1.5), rel=1e-6)
    height = np.exp(x * omega + exponent(np.array(x))) / np.sqrt(2 * np.pi * f2)
    assert table.ground(omega) == pytest.approx(float(height), rel=1e-6)
    assert density.saddle_ground(omega, T_G, LINES) == pytest.approx(float(height), rel=1e-6)


def test_saddle_points_of_arrays_are_those_of_their_elements():
    table = density.SaddlePoint(LINES, T_G)
    omega, energy = np.array([0.02, 0.05, 0.2]), np.array([[0.1], [0.3]])
    for method in (table.cumulative, table.cumulative_correction):
        found = method(omega, energy)
        single = [[float(method(w, e[0])) for w in omega] for e in energy]
        assert found == pytest.approx(np.array(single), rel=1e-9)
    expected = [[density.saddle_cumulative(w, e[0], T_G, LINES) for w in omega] for e in energy]
    assert table.cumulative(omega, energy) == pytest.approx(np.array(expected), rel=1e-6)
    T = np.array([[0.02], [0.1]])
    expected = [
        [
            density.excited_from_cumulative(
                lambda e, w=w: density.saddle_cumulative(w, e, T_G, LINES) if e > 1e-6 else 0.0,
                t[0],
            )
            for w in omega
        ]
        for t in T
    ]
    assert table.excited(omega, T) == pytest.approx(np.array(expected), rel=1e-4)


@pytest.mark.parametrize(("omega", "energy"), [(0.05, 0.2), (0.3, 0.3)])
def test_cumulative_saddle_is_where_scipy_finds_it(omega, energy):
    lam, mu = saddle_of_two(omega, energy)
    x = 1 / T_G + lam - mu
    log_z = -np.log1p(-np.exp(-x * LINES.frequencies)) @ LINES.weights
    determinant = density.hessian_determinant(lam, mu, T_G, LINES)
    height = np.exp(x * omega + lam * energy + log_z) / (lam * mu)
    expected = height / (2 * np.pi * np.sqrt(determinant))
    assert density.saddle_cumulative(omega, energy, T_G, LINES) == pytest.approx(expected, rel=1e-7)


@pytest.mark.parametrize("regulator", [1e-3, 0.4, 3.0])
def test_a_finite_regulator_damps_each_step_exponentially(regulator):
    """int dk/2pi e^(ikg)/(ik + r) is exp(-r g) above the step and nothing below."""
    line, T_g = 0.2, 0.5
    for omega in (0.1, 0.35, 2.0):
        steps = [(1, omega), (5, omega - line)]
        expected = sum(g * np.exp(-gap * (regulator + 1 / T_g)) for g, gap in steps if gap > 0)
        found = density.regulated_density(omega, line, T_g, regulator)
        assert found == pytest.approx(expected, rel=1e-7)
    good = {"omega": 0.1, "line": 0.2, "T_g": 0.5, "regulator": 0.1}
    for name in good:
        with pytest.raises(ValueError, match=f"^{name} must be positive"):
            density.regulated_density(**good | {name: 0.0})


def test_panels_in_the_logarithm_are_half_a_unit_wide_and_exact_for_powers():
    y, weight = density.logarithmic_rule(0.5, 0.5 * np.exp(2.0))
    assert y.size == 4 * 8 and np.all((y > 0.5) & (y < 0.5 * np.exp(2.0)))
    for power in (-1.5, 1, 2):
        expected = ((0.5 * np.exp(2.0)) ** power - 0.5**power) / power
        assert weight @ y**power == pytest.approx(expected, rel=1e-10)
    assert weight.sum() == pytest.approx(2.0, rel=1e-12)
    wide, _ = density.logarithmic_rule(1.0, 1.2, nodes=3)
    assert wide.size == 3
    wide, weight = density.logarithmic_rule(1.0, 16.0, width=1.0, nodes=3)
    assert wide.size == 2 * 3 and weight.sum() == pytest.approx(np.log(16), rel=1e-12)
    for given, name in (((0.0, 1.0), "low"), ((1.0, -1.0), "high")):
        with pytest.raises(ValueError, match=f"^{name} must be positive"):
            density.logarithmic_rule(*given)


def test_fermi_slope_is_that_of_the_weight_of_starting_levels():
    y, h = np.array([1e-3, 0.5, 3.0, 20.0]), 1e-5
    slope = (
        density.thermal_weight(y * (1 - h), 1.0) - density.thermal_weight(y * (1 + h), 1.0)
    ) / (2 * h)
    assert density.fermi_slope(y) == pytest.approx(slope, rel=1e-7)
    assert density.thermal_weight(0.6, 0.3) == pytest.approx(2 / (np.exp(2) + 1), rel=1e-14)
    y, weight = density.fermi_rule()
    assert (
        weight.sum() == pytest.approx(1, rel=1e-7) and 1e-8 < y.min() < 2e-8 and 40 < y.max() < 45
    )
    assert weight @ y == pytest.approx(2 * np.log(2), rel=1e-12)


def test_average_over_equal_steps_reaches_to_alpha_t():
    seen = []
    found = density.step_average(lambda e: seen.append(e) or e**2, 0.3)
    assert found == pytest.approx(0.09, rel=1e-12)
    assert seen == pytest.approx(np.arange(1001) * 0.3 / 1000, rel=1e-12)


@pytest.mark.parametrize(
    ("function", "good", "spectrum"),
    [
        (density.saddle_ground, {"omega": 0.1, "T_g": 4.4}, True),
        (density.saddle_cumulative, {"omega": 0.1, "energy": 0.1, "T_g": 4.4}, True),
        (density.laplace_transform, {"s": 20.0, "T_g": 4.4}, True),
        (density.hessian_determinant, {"lam": 9.0, "mu": 3.0, "T_g": 4.4}, True),
        (density.saddle_place, {"lam": 9.0, "mu": 3.0, "T_g": 4.4}, True),
        (density.SaddlePoint(TWO, 4.4).cumulative, {"omega": 0.1, "energy": 0.1}, False),
        (density.SaddlePoint(TWO, 4.4).saddle, {"omega": 0.1}, False),
        (density.step_average, {"T": 0.1, "alpha": 1.0, "steps": 3, "cumulative": abs}, False),
        (density.excited_from_cumulative, {"T": 0.1, "cumulative": abs}, False),
    ],
)
def test_every_argument_must_be_positive_and_is_named(function, good, spectrum):
    given = good | ({"spectrum": TWO} if spectrum else {})
    assert np.isfinite(function(**given)).all()
    for name in set(good) - {"cumulative"}:
        with pytest.raises(ValueError, match=f"^{name} must be positive"):
            function(**given | {name: -1 if name == "steps" else -0.1})


def test_level_sums_and_saddles_name_what_they_refuse():
    odd = ripplons.Spectrum(np.array([0.3, 0.4]), np.array([2.0, 1.5]))
    with pytest.raises(ValueError, match="whole numbers are accepted"):
        density.level_sum(1.0, odd)
    for x, lines, name in (
        (-1.0 + 1j, TWO, "x"),
        (1.0, ripplons.Spectrum(np.array([-0.3]), np.ones(1)), "frequencies"),
        (1.0, ripplons.Spectrum(np.array([0.3]), -np.ones(1)), "weights"),
    ):
        with pytest.raises(ValueError, match=f"^{name} must be positive"):
            density.level_sum(x, lines)
    with pytest.raises(ValueError, match="^inverse_temperature must be positive"):
        density.saddle_place(1.0, 9.0, 4.4, TWO)
    with pytest.raises(ValueError, match="^T_g must be positive"):
        density.SaddlePoint(TWO, 0.0)
    with pytest.raises(ValueError, match="^T_g must be positive"):
        density.Counting.of(TWO, 0.0)


@pytest.mark.parametrize("x", [0.05, 40.0])
def test_level_sums_reach_as_far_as_hot_and_cold_need(x):
    closed = np.prod((1 - np.exp(-TWO.frequencies * x)) ** -TWO.weights)
    assert density.level_sum(x, TWO) == pytest.approx(closed, rel=1e-11)


def test_lines_beyond_the_grid_are_left_out():
    """Also one that would lie in the first cell beyond it."""
    for beyond in (1.05, 1.15, 1.25, 7.0):
        lines = ripplons.Spectrum(np.array([0.4, beyond]), np.array([3.0, 5.0]))
        counts = density.count_on_grid(lines, 1.0, 0.1)
        assert counts.size == 11
        assert counts[[0, 4, 8]] == pytest.approx([1, 3, 6], rel=1e-12)
        assert counts[[1, 2, 3, 5, 6, 7, 9]] == pytest.approx(np.zeros(7), abs=1e-12)
        assert counts[10] == pytest.approx(2.5 if beyond == 1.05 else 0.0, abs=1e-9)


def test_temperatures_and_energies_must_be_positive_and_are_named():
    table, counted = density.SaddlePoint(TWO, T_G), density.Counting.of(TWO, T_G, 1.0, 0.05)
    for call, name in (
        (lambda: table.excited(0.1, [0.1, -0.1]), "T"),
        (lambda: table.excited(-0.1, 0.1), "omega"),
        (lambda: table.cumulative(0.1, 0.0), "energy"),
        (lambda: table.cumulative_correction(0.1, -0.2), "energy"),
        (lambda: table.cumulative_correction(0.0, 0.2), "omega"),
        (lambda: counted.excited(0.1, 0.0), "T"),
    ):
        with pytest.raises(ValueError, match=f"^{name} must be positive"):
            call()


def test_lines_without_a_degeneracy_are_refused():
    torn = ripplons.Spectrum(np.array([0.3, 0.5]), np.array([5.0]))
    for call in (
        lambda: density.ripplon_levels(torn, 1.0),
        lambda: density.level_sum(1.0, torn),
    ):
        with pytest.raises(ValueError, match="zip"):
            call()


def test_a_grid_has_steps_of_a_ten_thousandth_unless_told():
    counts = density.count_on_grid(ripplons.Spectrum(np.array([0.01]), np.ones(1)), 0.05)
    assert counts.shape == (501,) and counts[[100, 200]] == pytest.approx([1, 1], rel=1e-9)
