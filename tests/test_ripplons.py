import numpy as np
import pytest
from scipy.integrate import quad

from relics import ripplons


def test_prefactor_from_its_parts_in_si_units():
    from relics import membrane, phonons
    from relics.constants import k_B

    density, sound, a, xi = 2200.0, 4100.0, 3e-10, 3e-10 * 5.8
    T_g = density * sound**2 * a**3 * 0.01 / k_B
    radius = membrane.wall_radius(xi)
    omega = membrane.shell_frequency(
        4,
        membrane.surface_tension(T_g, a, radius),
        membrane.wall_density(density, a),
        radius,
        9 / 8,
    )
    expected = ripplons.ripplon_frequencies([4], 5.8)[0] * phonons.debye_frequency(sound, a)
    assert omega == pytest.approx(expected, rel=1e-12)


def test_ninety_six_modes():
    assert ripplons.ripplon_spectrum().weights.sum() == 96


@pytest.mark.parametrize("bias", [-0.4, -0.02, 0.0, 0.3])
def test_heat_capacity_is_the_variance_of_the_energy(bias):
    spectrum = ripplons.Spectrum(np.array([0.2, 0.31]), np.array([5.0, 7.0]))
    T = 0.07
    energies, counts = ripplons.level_table(bias, spectrum, 5.0)
    weights = counts * np.exp(-(energies - energies.min()) / T)
    mean = np.average(energies, weights=weights)
    variance = np.average((energies - mean) ** 2, weights=weights)
    assert ripplons.domain_heat_capacity(T, bias, spectrum) == pytest.approx(
        variance / T**2, rel=1e-10
    )


def test_partition_function_is_a_sum_over_levels():
    spectrum = ripplons.Spectrum(np.array([0.2, 0.31]), np.array([5.0, 7.0]))
    direct = ripplons.domain_partition_function_by_levels(0.05, 0.1, spectrum, 60)
    assert ripplons.domain_partition_function(0.05, 0.1, spectrum) == pytest.approx(
        direct, rel=1e-12
    )


@pytest.mark.parametrize("signs", ["both", "positive", "negative"])
@pytest.mark.parametrize("T", [1e-3, 0.02, 0.1, 1.0])
def test_average_over_structural_energies_against_quadrature(signs, T):
    spectrum, T_g = ripplons.ripplon_spectrum(), 4.4
    log_z = float(ripplons.occupation_sums(np.array(T), spectrum)[0]) * T

    def integrand(e):
        return float(ripplons.domain_heat_capacity(T, e, spectrum) * ripplons.bias_density(e, T_g))

    marks = np.unique(
        [-300.0, -30.0, -3.0, 0.0, *(log_z + T * np.array([-40, -8, 0, 8, 40])), log_z + 300]
    )
    keep = {
        "both": lambda a, b: True,
        "positive": lambda a, b: a >= 0,
        "negative": lambda a, b: b <= 0,
    }[signs]
    expected = sum(
        quad(integrand, a, b, epsabs=1e-13, epsrel=1e-11, limit=200)[0]
        for a, b in zip(marks[:-1], marks[1:], strict=True)
        if keep(a, b)
    )
    found = ripplons.mean_heat_capacity([T], T_g, spectrum, signs)[0]
    assert found == pytest.approx(expected, rel=1e-9)


def test_linear_heat_capacity_at_low_temperature():
    found = ripplons.mean_heat_capacity([1e-4], 4.4, ripplons.ripplon_spectrum())[0]
    assert found == pytest.approx(np.pi**2 / 3 * 1e-4 / 4.4, rel=1e-4)


@pytest.mark.parametrize("T", [0.02, 0.3, 5.0])
@pytest.mark.parametrize("bias", [-0.4, 0.05, 0.9])
def test_frozen_ripplons_leave_a_schottky_anomaly(T, bias):
    expected = (bias / (2 * T * np.cosh(bias / (2 * T)))) ** 2
    assert ripplons.two_level_limit(T, bias) == pytest.approx(expected, rel=1e-9, abs=1e-11)


@pytest.mark.parametrize("T", [0.05, 0.7, 30.0])
@pytest.mark.parametrize("frequency", [0.2, 3.0])
def test_partition_function_of_one_harmonic_is_the_geometric_series(T, frequency):
    expected = -1 / np.expm1(-frequency / T)
    assert ripplons.oscillator_partition(T, frequency) == pytest.approx(expected, rel=1e-12)


def test_highest_order_of_two_hundred_beads_is_nine():
    assert int(ripplons.highest_order(ripplons.DEBYE_DOMAIN)) == ripplons.HIGHEST_ORDER == 9
    radius_of_two_spacings = 4 * np.pi / 3 * 2**3
    assert ripplons.highest_order(radius_of_two_spacings) == pytest.approx(1.5 * np.pi, rel=1e-12)


def test_every_mode_has_half_a_quantum_at_rest():
    spectrum = ripplons.Spectrum(np.array([0.2, 0.3]), np.array([5.0, 7.0]))
    assert ripplons.zero_point_energy(spectrum) == pytest.approx(5 * 0.1 + 7 * 0.15, rel=1e-14)


@pytest.mark.parametrize("beads", [200.0, 90.0])
def test_beads_of_a_domain_add_the_law_of_debye(beads):
    T, spectrum = np.array([2e-3, 5e-3]), ripplons.ripplon_spectrum()
    total = ripplons.total_heat_capacity(T, 4.4, spectrum, beads, "positive")
    phonons = total - ripplons.mean_heat_capacity(T, 4.4, spectrum, "positive")
    assert phonons == pytest.approx(beads * 12 * np.pi**4 / 5 * T**3, rel=1e-6)


def test_debye_limits():
    assert ripplons.debye_heat_capacity(np.array(1e-3)) == pytest.approx(
        12 * np.pi**4 / 5 * 1e-9, rel=1e-10
    )
    assert ripplons.debye_heat_capacity(np.array(100.0)) == pytest.approx(3, rel=1e-5)


def test_units_of_the_figure_are_mass_of_a_domain_times_debye_temperature_cubed():
    from relics.constants import hbar, k_B

    density, sound, T_D = 2200.0, 4100.0, 342.0
    a = sound / (k_B * T_D / hbar) * (6 * np.pi**2) ** (1 / 3)
    expected = density * 200 * a**3 * T_D**3 / k_B
    assert ripplons.domain_units(density, sound) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    "call",
    [
        lambda: ripplons.ripplon_frequencies([1], 5.8),
        lambda: ripplons.ripplon_frequencies([], 5.8),
        lambda: ripplons.ripplon_prefactor(0.4),
        lambda: ripplons.ripplon_prefactor(1 / np.sqrt(np.pi * np.e)),
        lambda: ripplons.mean_heat_capacity([0.1], -1.0, ripplons.ripplon_spectrum()),
        lambda: ripplons.mean_heat_capacity([0.1], 1.0, ripplons.ripplon_spectrum(), "sideways"),
        lambda: ripplons.as_spectrum([1.0, 2.0], [1.0]),
        lambda: ripplons.as_spectrum([1.0], [-1.0]),
        lambda: ripplons.debye_heat_capacity(float("nan")),
        lambda: ripplons.two_level_limit(0.0, 1.0),
        lambda: ripplons.oscillator_partition(0.0, 1.0),
        lambda: ripplons.oscillator_partition(1.0, -1.0),
    ],
)
def test_bad_input_is_refused(call):
    with pytest.raises(ValueError):
        call()
