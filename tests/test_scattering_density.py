import numpy as np
import pytest
from scipy.integrate import quad

from relics import resonance, ripplons
from relics import scattering_density as density

LINES = ripplons.ripplon_spectrum()
T_G = 4.4


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
