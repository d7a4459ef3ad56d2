import numpy as np
import pytest
from numpy.polynomial import Polynomial
from scipy import integrate
from scipy.linalg import eigh
from scipy.special import zeta

from relics import phonons
from relics.constants import hbar, k_B
from relics.materials import glass

SILICA = glass("silica")


def test_silica_bead_size_from_the_debye_temperature():
    # LW07 uses 3.57 angstrom with T_D = 342 K and 4100 m/s
    assert phonons.bead_size(4100.0, SILICA.omega_D) == pytest.approx(3.57e-10, rel=1e-3, abs=0)


def test_debye_frequency_inverts_the_bead_size():
    assert phonons.debye_frequency(4100.0, phonons.bead_size(4100.0, 3e13)) == pytest.approx(3e13)


def test_debye_heat_capacity_is_cubic_at_low_temperature_and_three_per_bead_at_high():
    cold = phonons.debye_heat_capacity(0.5, SILICA.omega_D, SILICA.sound_speed)
    beads = SILICA.a**-3
    assert cold == pytest.approx(
        12 * np.pi**4 / 5 * k_B * beads * (0.5 / SILICA.T_D) ** 3, rel=1e-9
    )
    hot = phonons.debye_heat_capacity(1e5, SILICA.omega_D, SILICA.sound_speed)
    assert hot == pytest.approx(3 * k_B * beads, rel=1e-5)


def test_plane_wave_energy_over_full_periods_is_the_textbook_value():
    side, number = 1e-6, 2 * np.pi * 3 / 1e-6
    energy = phonons.plane_wave_energy(1e-12, number, 2200.0, 4100.0, side)
    assert energy == pytest.approx(
        2200 * 4100**2 * (1e-12 * number) ** 2 / 4 * side**3, rel=1e-6, abs=0
    )


def test_strain_noise_integrates_to_the_zero_point_strain_of_all_modes():
    # at T -> 0: sum over modes of hbar omega/(2 rho c^2 V) up to omega_D, hbar omega_D^4/(...)
    top = SILICA.omega_D
    value = integrate.quad(
        lambda x: phonons.strain_noise(x * top, 1e-3, 2200.0, 4100.0) * top / np.pi, 1e-9, 1
    )[0]
    assert value == pytest.approx(3 * hbar * top**4 / (16 * np.pi**2 * 2200 * 4100**5), rel=1e-6)


def test_conductivity_of_a_constant_quality_is_6_zeta_3_at_low_temperature():
    assert phonons.conductivity_at_quality(1e-3, 1.0) == pytest.approx(
        6 * zeta(3) * 1e-6, rel=1e-12
    )


def test_kinetic_sum_agrees_with_its_reduced_form():
    T = np.array([0.1, 5.0, 80.0])
    value = phonons.kinetic_conductivity(
        T, lambda omega, T: 150 * 2 * np.pi * 4100.0 / omega, SILICA.omega_D, 4100.0
    )
    unit = phonons.conductivity_scale(SILICA.T_D, 4100.0)
    assert np.allclose(
        value, unit * phonons.conductivity_at_quality(T / SILICA.T_D, 150.0), rtol=1e-9
    )


def test_measured_low_temperature_conductivity_of_silica_is_met_within_a_third():
    # 0.0248 W/(m K) at 1 K, Zeller and Pohl 1971 as tabulated by Pobell; l/lambda = 150
    kappa = phonons.conductivity_scale(342.0, 4100.0) * phonons.conductivity_at_quality(
        1 / 342, 150.0
    )
    assert kappa == pytest.approx(0.0248, rel=0.33)


@pytest.mark.parametrize("bad", [0.0, -1.0, np.nan, np.inf])
def test_temperature_must_be_positive(bad):
    with pytest.raises(ValueError, match="T must be positive"):
        phonons.thermal_wavelength(bad, 4100.0)


def test_energy_density_is_stress_over_strain_summed_up():
    """Half of stress times strain with the modulus of the sound speed, by adding up the work."""
    density, c_s, strain = 2200.0, 4000.0, 3e-3
    steps = np.linspace(0, strain, 20_001)
    work = np.trapezoid(density * c_s**2 * steps, steps)
    assert phonons.elastic_energy_density(strain, density, c_s) == pytest.approx(work, rel=1e-8)


def test_thermal_wavelength_is_that_of_a_phonon_of_energy_k_t():
    T, c_s = 2.0, 4000.0
    frequency = 1.380649e-23 * T / 6.62607015e-34
    assert phonons.thermal_wavelength(T, c_s) == pytest.approx(c_s / frequency, rel=1e-12)
    for bad in ({"T": -1.0, "c_s": c_s}, {"T": T, "c_s": 0.0}):
        with pytest.raises(ValueError):
            phonons.thermal_wavelength(**bad)


@pytest.mark.parametrize("side", [1.0, 2.5])
def test_plane_wave_energy_scales_with_wave_number_and_volume(side):
    amplitude, density, c_s = 2e-3, 1.7, 3.0
    for periods in (1, 2):
        k = 2 * np.pi * periods / side
        expected = density * c_s**2 * (amplitude * k) ** 2 / 4 * side**3
        got = phonons.plane_wave_energy(amplitude, k, density, c_s, side)
        assert got == pytest.approx(expected, rel=1e-9)


def test_quantum_strain_falls_with_the_root_of_the_volume():
    values = (1e12, 2200.0, 4000.0)
    ratio = phonons.quantum_strain(*values, 4e-27) / phonons.quantum_strain(*values, 1e-27)
    assert ratio == pytest.approx(0.5, rel=1e-12)


def test_strain_noise_is_classical_when_hot_and_zero_point_when_cold():
    omega, density, c_s = 1e11, 2200.0, 4000.0
    x = hbar * omega / k_B
    cold = phonons.strain_noise(omega, x / 60, density, c_s)
    hot = phonons.strain_noise(omega, 500 * x, density, c_s)
    assert hot / cold == pytest.approx(2 * 500, rel=1e-5)


def test_a_clamped_bar_vibrates_in_half_waves():
    # closed form: n half waves fit into the bar, omega_n = n pi c/L
    found = phonons.clamped_bar_frequencies(2.0, 8.0, 3.0)
    assert found[:6] == pytest.approx(np.arange(1, 7) * np.pi * 0.5 / 3.0, rel=1e-12)
    assert np.all(np.diff(found) > 0)
    with pytest.raises(ValueError, match="functions"):
        phonons.clamped_bar_frequencies(2.0, 8.0, 3.0, functions=7)
    with pytest.raises(ValueError, match="modulus"):
        phonons.clamped_bar_frequencies(-2.0, 8.0, 3.0)


def test_more_trial_functions_never_raise_a_frequency():
    few, many = (phonons.clamped_bar_frequencies(1.0, 1.0, 1.0, n) for n in (8, 12))
    assert np.all(many[:4] <= few * (1 + 1e-14))
    assert few[3] > 4 * np.pi * (1 + 1e-9)  # Ritz comes from above


def test_modulus_from_the_time_of_flight():
    # closed form: the time is L sqrt(rho/M)
    found = phonons.modulus_from_travel_time(2200.0, [1.0, 0.5], [[1e-4], [2e-4]])
    expected = 2200.0 * (np.array([1.0, 0.5]) / np.array([[1e-4], [2e-4]])) ** 2
    assert found == pytest.approx(expected, rel=1e-12)
    with pytest.raises(ValueError, match="time"):
        phonons.modulus_from_travel_time(2200.0, 1.0, 0.0)
    with pytest.raises(ValueError):
        phonons.modulus_from_travel_time(1.0, 1e60, 1e-60)


@pytest.mark.parametrize(
    ("function", "good"),
    [
        (phonons.bead_size, {"c_s": 4e3, "omega_D": 4e13}),
        (phonons.debye_frequency, {"c_s": 4e3, "a": 3e-10}),
        (phonons.elastic_energy_density, {"strain": 1e-3, "density": 2e3, "c_s": 4e3}),
        (
            phonons.plane_wave_energy,
            {"amplitude": 1e-12, "wave_number": 2e7, "density": 2e3, "c_s": 4e3, "side": 1e-6},
        ),
        (phonons.clamped_bar_frequencies, {"modulus": 2.0, "density": 8.0, "length": 3.0}),
        (phonons.modulus_from_travel_time, {"density": 2.0, "length": 1.0, "time": 0.5}),
        (phonons.quantum_strain, {"omega": 1e12, "density": 2e3, "c_s": 4e3, "volume": 1e-27}),
        (phonons.mode_density, {"omega": 1e12, "c_s": 4e3}),
        (phonons.strain_noise, {"omega": 1e12, "T": 1.0, "density": 2e3, "c_s": 4e3}),
        (phonons.thermal_wavelength, {"T": 1.0, "c_s": 4e3}),
        (phonons.debye_heat_capacity, {"T": 1.0, "omega_D": 4e13, "c_s": 4e3}),
        (phonons.conductivity_scale, {"T_D": 300.0, "c_s": 4e3}),
        (
            phonons.kinetic_conductivity,
            {"T": 1.0, "mean_free_path": lambda omega, T: omega * T, "omega_D": 4e13, "c_s": 4e3},
        ),
        (phonons.conductivity_at_quality, {"T_over_TD": 0.1, "quality": 150.0}),
    ],
)
def test_every_argument_must_be_positive_and_is_named(function, good):
    assert np.isfinite(function(**good)).all()
    for name in set(good) - {"strain", "mean_free_path"}:
        for bad in (-1.0, np.inf):
            with pytest.raises(ValueError, match=f"^{name} must be positive and finite"):
                function(**good | {name: bad})
    if "strain" in good:
        with pytest.raises(ValueError, match="^strain must be finite"):
            function(**good | {"strain": np.nan})


def test_bead_and_frequency_hold_one_wave_vector_each():
    c_s, a = 4100.0, np.array([2e-10, 3.5e-10])
    omega_D = phonons.debye_frequency(c_s, a)
    for branches in (1, 3):
        modes = [
            integrate.quad(lambda w: float(phonons.mode_density(w, c_s, branches)), 1e3, top)[0]  # noqa: B023
            for top in omega_D
        ]
        assert modes == pytest.approx(branches / a**3, rel=1e-9)
    assert phonons.mode_density(1e12, c_s) == phonons.mode_density(1e12, c_s, 1)
    assert phonons.bead_size(c_s, omega_D) == pytest.approx(a, rel=1e-12, abs=0)


def test_energy_of_strain_takes_either_sign_and_arrays():
    strain = np.array([-2e-3, 0.0, 1e-3])
    found = phonons.elastic_energy_density(strain, np.array([[2200.0], [4400.0]]), 4100.0)
    expected = [[0.5 * d * 4100.0**2 * s * s for s in strain] for d in (2200.0, 4400.0)]
    assert found == pytest.approx(np.array(expected), rel=1e-13)


def test_energies_of_several_waves_come_in_the_shape_of_amplitudes_and_numbers():
    side, amplitude = 2.0, np.array([[0.1], [0.3]])
    wave_number = np.array([1.0, 2.5, 4.0])
    found = phonons.plane_wave_energy(amplitude, wave_number, 1.7, 3.0, side)
    # closed form: int_0^L sin^2(k z) dz = L/2 - sin(2 k L)/(4 k)
    mean = side / 2 - np.sin(2 * wave_number * side) / (4 * wave_number)
    expected = 1.7 * 9.0 / 2 * (amplitude * wave_number) ** 2 * mean * side**2
    assert found.shape == (2, 3) and found == pytest.approx(expected, rel=1e-9)


def test_half_of_the_trial_functions_give_frequencies_and_eight_are_enough():
    assert phonons.clamped_bar_frequencies(2.0, 8.0, 3.0).size == 12
    few = phonons.clamped_bar_frequencies(2.0, 8.0, 3.0, functions=8)
    assert few.size == 4 and few[0] == pytest.approx(np.pi / 6, rel=1e-6)
    with pytest.raises(ValueError, match="^functions must be at least 8, got 7$"):
        phonons.clamped_bar_frequencies(2.0, 8.0, 3.0, functions=7)


@pytest.mark.parametrize("sign", [-1, 1])
def test_modulus_is_found_within_its_range_alone(sign):
    # at density and length one the modulus is time^-2; exp(200) is 7e86
    inside, outside = (np.exp(-sign * x / 2) for x in (199.9, 200.1))
    found = phonons.modulus_from_travel_time(1.0, 1.0, inside)
    assert found == pytest.approx(np.exp(sign * 199.9), rel=1e-9, abs=0)
    with pytest.raises(ValueError):
        phonons.modulus_from_travel_time(1.0, 1.0, outside)


def test_zero_point_strain_holds_a_quarter_of_a_quantum():
    """Half of hbar omega/2 is elastic: density c_s^2 strain^2 V/2 = hbar omega/4."""
    omega, density, c_s, volume = np.array([1e11, 3e12]), 2200.0, 4100.0, 5e-27
    strain = phonons.quantum_strain(omega, density, c_s, volume)
    energy = density * c_s**2 * strain**2 / 2 * volume
    assert energy == pytest.approx(hbar * omega / 4, rel=1e-12, abs=0)


@pytest.mark.parametrize("branches", [1, 3])
def test_strain_noise_is_zero_point_and_thermal_quanta_of_all_modes(branches):
    omega, density, c_s = 1e12, 2200.0, 4100.0
    T = np.array([1.0, 10.0, 300.0])
    quanta = 1 / np.expm1(hbar * omega / (k_B * T))
    expected = (2 * quanta + 1) * branches * hbar * omega**3 / (4 * np.pi * density * c_s**5)
    given = () if branches == 3 else (branches,)
    found = phonons.strain_noise(omega, T, density, c_s, *given)
    assert found == pytest.approx(expected, rel=1e-12, abs=0)


def test_heat_capacity_per_mode_is_einsteins():
    x = np.array([1e-3, 0.5, 2.0, 30.0])
    expected = x**2 * (x / 2 / np.sinh(x / 2)) ** 2
    assert phonons.debye_integrand(x) == pytest.approx(expected, rel=1e-11)
    assert phonons.debye_integrand(-x) == pytest.approx(expected, rel=1e-11)
    assert phonons.debye_integrand([0.0, 1e5]) == pytest.approx([0, 0], abs=1e-280)


def test_heat_capacity_of_several_solids_is_the_slope_of_their_energy():
    T, c_s = np.array([20.0, 100.0, 400.0]), np.array([[3000.0], [5000.0]])
    top = 4e13

    def energy(t, c):
        scale = 3 * hbar / (2 * np.pi**2 * c**3)
        planck = integrate.quad(
            lambda w: w**3 / np.expm1(hbar * w / (k_B * t)), 1.0, top, epsabs=0, epsrel=1e-12
        )[0]
        return scale * planck

    h = 1e-3
    expected = [
        [(energy(t * (1 + h), c) - energy(t * (1 - h), c)) / (2 * h * t) for t in T]
        for c in c_s[:, 0]
    ]
    found = phonons.debye_heat_capacity(T, top, c_s)
    assert found == pytest.approx(np.array(expected), rel=1e-5)


def test_kinetic_conductivity_resolves_a_path_that_depends_on_frequency_and_temperature():
    T, omega_D, c_s = np.array([2.0, 5.0, 700.0]), 4e13, 4100.0
    line = 3e12

    def path(omega, temperature):
        return 1e-6 / temperature / ((omega / line - 1) ** 2 + 1e-4)

    def per_omega(w, t):
        y = hbar * w / (2 * k_B * t)
        heat = k_B * (y / np.sinh(y)) ** 2 if y < 300 else 0.0
        return w**2 * heat * path(w, t)

    edges = line * np.array([1e-3, 0.5, 0.9, 0.99, 1.0, 1.01, 1.1, 2.0, omega_D / line])
    expected = [
        sum(
            integrate.quad(per_omega, a, b, args=(t,), epsabs=0, epsrel=1e-11)[0]
            for a, b in zip(edges[:-1], edges[1:], strict=True)
        )
        * 3 / (2 * np.pi**2 * c_s**3) * c_s / 3
        for t in T
    ]  # fmt: skip
    found = phonons.kinetic_conductivity(T, path, omega_D, c_s)
    assert found == pytest.approx(expected, rel=1e-8)
    rough = phonons.kinetic_conductivity(T, path, omega_D, c_s, tolerance=1e-2)
    assert rough == pytest.approx(expected, rel=1e-2) and np.any(rough != found)


def test_warm_conductivity_of_a_constant_quality_counts_all_modes():
    # at high temperature x^3 e^x/(e^x - 1)^2 tends to x: quality/2 whatever the temperature
    quality = np.array([[1.0], [150.0]])
    found = phonons.conductivity_at_quality(np.array([1e3, 2e3]), quality)
    assert found == pytest.approx(np.broadcast_to(quality / 2, (2, 2)), rel=1e-6)


def test_trial_functions_span_the_polynomials_that_vanish_at_the_ends():
    """Another basis of the same space, (1 - x^2) x^k, as a generalised eigenvalue problem."""
    powers = [Polynomial([1, 0, -1]) * Polynomial.basis(k) for k in range(8)]

    def overlap(p, q):
        whole = (p * q).integ()
        return whole(1) - whole(-1)

    stiffness = [[overlap(p.deriv(), q.deriv()) for q in powers] for p in powers]
    inertia = [[overlap(p, q) for q in powers] for p in powers]
    expected = np.sqrt(eigh(stiffness, inertia, eigvals_only=True)[:4] * 2.0 / 8.0) * 2 / 3.0
    found = phonons.clamped_bar_frequencies(2.0, 8.0, 3.0, functions=8)
    assert found == pytest.approx(expected, rel=1e-9)
