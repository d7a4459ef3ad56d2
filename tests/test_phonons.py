import numpy as np
import pytest
from scipy import integrate
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
