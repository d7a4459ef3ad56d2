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


def test_frequencies_of_all_orders_from_the_printed_prefactor():
    # LW07 Eq. 33: 1.34 omega_D (a/xi)^(5/4) sqrt((l - 1)(l + 2)/4)
    assert ripplons.ripplon_prefactor() == pytest.approx(1.34, abs=0.01)
    lowest = ripplons.ripplon_prefactor() * 4.7**-1.25
    orders = np.array([[2, 3], [5, 9]])
    found = ripplons.ripplon_frequencies(orders, 4.7)
    assert found == pytest.approx(lowest * np.sqrt((orders - 1) * (orders + 2)) / 2, rel=1e-13)
    other = ripplons.ripplon_frequencies(orders, 4.7, 0.05)
    ratio = ripplons.ripplon_prefactor(0.05) / ripplons.ripplon_prefactor(0.1)
    assert other == pytest.approx(ratio * found, rel=1e-13)
    # surface tension: logarithm of 1/(pi e d^2)
    logarithms = [-np.log(np.pi * np.e * d**2) for d in (0.05, 0.1)]
    assert ratio == pytest.approx(np.sqrt(logarithms[0] / logarithms[1]), rel=1e-12)


def test_spectra_of_other_sizes_orders_and_lindemann_ratios():
    lines = ripplons.ripplon_spectrum(125.0, 5, 0.07)
    assert np.array_equal(lines.weights, [5, 7, 9, 11])
    expected = ripplons.ripplon_frequencies([2, 3, 4, 5], 5.0, 0.07)
    assert lines.frequencies == pytest.approx(expected, rel=1e-13)
    default = ripplons.ripplon_spectrum()
    assert np.array_equal(default.frequencies, ripplons.ripplon_spectrum(200.0, 9, 0.1).frequencies)
    assert default.frequencies.size == 8


def test_checked_spectra_are_floating_rows():
    lines = ripplons.as_spectrum(2, 0)
    assert lines.frequencies.dtype == lines.weights.dtype == float
    assert np.array_equal(lines.frequencies, [2.0]) and np.array_equal(lines.weights, [0.0])
    for given in (([1.0, 0.0], [1.0, 1.0]), ([np.nan], [1.0])):
        with pytest.raises(ValueError, match="frequencies must be positive"):
            ripplons.as_spectrum(*given)
    for weights in ([[1.0]], [np.nan], [-1e-9], [1.0, 1.0]):
        with pytest.raises(ValueError, match="non-negative weights of the same shape"):
            ripplons.as_spectrum([1.0], weights)


def test_biases_of_both_signs_have_one_density_each():
    e = np.array([[-3.0, 0.0], [0.5, 2.0]])
    assert ripplons.bias_density(e, 4.0) == pytest.approx(np.exp(-np.abs(e) / 4) / 4, rel=1e-14)
    assert 2 * quad(lambda x: ripplons.bias_density(x, 4.0), 0, 400)[0] == pytest.approx(2)


def test_sums_over_oscillators_are_derivatives_of_one_another():
    spectrum = ripplons.Spectrum(np.array([0.2, 0.31, 0.5]), np.array([5.0, 7.0, 1.0]))
    T, h = np.array([[0.05, 0.2], [0.7, 3.0]]), 1e-4
    log_z, mean, capacity = ripplons.occupation_sums(T, spectrum)
    assert log_z.shape == mean.shape == capacity.shape == (2, 2)
    direct = -np.log(1 - np.exp(-spectrum.frequencies / T[..., None])) @ spectrum.weights
    assert log_z == pytest.approx(direct, rel=1e-12)
    up, down = (ripplons.occupation_sums(T * (1 + s * h), spectrum) for s in (1, -1))
    assert mean == pytest.approx((up[0] - down[0]) / (2 * h), rel=1e-6)
    energies = [s[1] * T * (1 + sign * h) for s, sign in ((up, 1), (down, -1))]
    assert capacity == pytest.approx((energies[0] - energies[1]) / (2 * h * T), rel=1e-6)


def test_partition_functions_of_rows_of_biases_and_of_few_quanta():
    spectrum = ripplons.Spectrum(np.array([0.2]), np.array([3.0]))
    T, energy = np.array([0.1, 0.3]), np.array([[-0.2], [0.4]])
    found = ripplons.domain_partition_function(T, energy, spectrum)
    expected = 1 + np.exp(-energy / T) * (1 - np.exp(-0.2 / T)) ** -3
    assert found == pytest.approx(expected, rel=1e-12)
    # no, one and two quanta among three oscillators: one, three and six ways
    few = ripplons.domain_partition_function_by_levels(0.5, 0.3, spectrum, 2)
    b = np.exp(-0.4)
    assert few == pytest.approx(1 + np.exp(-0.6) * (1 + 3 * b + 6 * b**2), rel=1e-12)


def test_levels_up_to_the_highest_with_their_degeneracies():
    spectrum = ripplons.Spectrum(np.array([1.0, 1.5]), np.array([2.0, 1.0]))
    energies, counts = ripplons.level_table(0.25, spectrum, 3.0)
    # towers: 0, 1, 2, 3 in one, 2, 3, 4 ways, and 1.5, 3 of the other
    found = sorted(zip(energies, counts, strict=True))
    expected = [(0, 1), (0.25, 1), (1.25, 2), (1.75, 1), (2.25, 3), (2.75, 2), (3.25, 1), (3.25, 4)]
    assert found == [pytest.approx(pair) for pair in expected]
    with pytest.raises(ValueError, match="highest must be positive"):
        ripplons.level_table(0.25, spectrum, 0.0)


def test_capacity_of_rows_of_temperatures_and_biases_and_far_off():
    spectrum = ripplons.Spectrum(np.array([0.2, 0.31]), np.array([5.0, 7.0]))
    T, energy = np.array([[0.05], [0.2]]), np.array([-0.3, 0.1, 0.4])
    found = ripplons.domain_heat_capacity(T, energy, spectrum)
    for k in np.ndindex(2, 3):
        one = ripplons.domain_heat_capacity(T[k[0], 0], energy[k[1]], spectrum)
        assert found[k] == pytest.approx(one, rel=1e-12)
    # occupied for certain: the oscillators alone; empty for certain: nothing
    _, _, capacity = ripplons.occupation_sums(0.05, spectrum)
    assert ripplons.domain_heat_capacity(0.05, -90.0, spectrum) == pytest.approx(capacity)
    assert ripplons.domain_heat_capacity(0.05, 90.0, spectrum) == 0


def test_debye_at_all_temperatures_is_its_integral():
    T = np.array([[0.01, 0.05], [0.3, 2.0]])

    def integral(t):
        return (
            9
            * t**3
            * quad(lambda x: x**4 / (4 * np.sinh(x / 2) ** 2), 0, min(1 / t, 100), epsrel=1e-12)[0]
        )

    found = ripplons.debye_heat_capacity(T)
    assert found == pytest.approx(np.vectorize(integral)(T), rel=1e-10)
    assert ripplons.debye_heat_capacity(T, 60) == pytest.approx(found, rel=1e-9)


def test_total_has_two_hundred_beads_and_both_signs_where_nothing_is_said():
    T, lines = np.array([0.004, 0.05]), ripplons.ripplon_spectrum()
    found = ripplons.total_heat_capacity(T, 4.4, lines)
    expected = ripplons.mean_heat_capacity(T, 4.4, lines, "both")
    assert found == pytest.approx(expected + 200 * ripplons.debye_heat_capacity(T), rel=1e-13)
    both, up, down = (
        ripplons.mean_heat_capacity(T, 4.4, lines, s) for s in ("both", "positive", "negative")
    )
    assert both == pytest.approx(up + down, rel=1e-9)
    assert np.array_equal(both, ripplons.mean_heat_capacity(T, 4.4, lines))
    assert ripplons.mean_heat_capacity(0.004, 4.4, lines) == pytest.approx(both[:1], rel=1e-13)


@pytest.mark.parametrize("bad", [0.0, -1.0, np.nan])
def test_every_temperature_size_and_density_must_be_positive(bad):
    lines = ripplons.ripplon_spectrum()
    for name, call in (
        ("beads", lambda: ripplons.highest_order(bad)),
        ("lindemann", lambda: ripplons.ripplon_prefactor(bad)),
        ("xi_over_a", lambda: ripplons.ripplon_frequencies([2], bad)),
        ("T_g", lambda: ripplons.bias_density(1.0, bad)),
        ("T", lambda: ripplons.domain_partition_function(bad, 1.0, lines)),
        ("T", lambda: ripplons.domain_heat_capacity(bad, 1.0, lines)),
        ("T", lambda: ripplons.mean_heat_capacity([bad], 1.0, lines)),
        ("T_g", lambda: ripplons.mean_heat_capacity([1.0], bad, lines)),
        ("T", lambda: ripplons.debye_heat_capacity(bad)),
        ("density", lambda: ripplons.domain_units(bad, 1.0)),
        ("sound_speed", lambda: ripplons.domain_units(1.0, bad)),
        ("beads", lambda: ripplons.domain_units(1.0, 1.0, bad)),
        ("T", lambda: ripplons.oscillator_partition(bad, 1.0)),
        ("frequency", lambda: ripplons.oscillator_partition(1.0, bad)),
        ("T", lambda: ripplons.two_level_limit(bad, 1.0)),
    ):
        with pytest.raises(ValueError, match=f"{name} must be positive"):
            call()
    for orders in ([2.5], [1, 2], [np.nan], []):
        with pytest.raises(ValueError, match="whole numbers from 2 on"):
            ripplons.ripplon_frequencies(orders, 5.8)
    with pytest.raises(ValueError, match="'both', 'positive' or 'negative'"):
        ripplons.mean_heat_capacity([1.0], 1.0, lines, "Both")
    for ratio in (1 / np.sqrt(np.pi * np.e), 0.343):
        with pytest.raises(ValueError, match="below 0.342"):
            ripplons.ripplon_prefactor(ratio)
    assert ripplons.ripplon_prefactor(0.342) > 0


def test_units_of_other_sizes_are_in_proportion():
    assert ripplons.domain_units(2.0, 3.0, 50.0) == pytest.approx(
        ripplons.domain_units(1.0, 1.0) * 2 * 27 / 4, rel=1e-12, abs=0
    )


def test_spectra_of_uneven_length_are_not_cut_short():
    uneven = ripplons.Spectrum(np.array([0.2, 0.3]), np.array([5.0]))
    for call in (
        lambda: ripplons.level_table(0.1, uneven, 1.0),
        lambda: ripplons.domain_partition_function_by_levels(0.1, 0.1, uneven, 3),
    ):
        with pytest.raises(ValueError, match="zip"):
            call()
