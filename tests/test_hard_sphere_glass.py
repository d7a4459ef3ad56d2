import numpy as np
import pytest
from scipy.integrate import quad

from relics import hard_sphere_glass as hs


def derivative(f, x, step=1e-6):
    return (f(x + step) - f(x - step)) / (2 * step)


def test_close_packing_fills_the_share_of_the_cannon_balls():
    # Four balls in a cube whose face diagonal is two diameters: pi/sqrt(18).
    sigma = 3e-10
    cube = (np.sqrt(2) * sigma) ** 3
    assert hs.filling_fraction(4 / cube, sigma) == pytest.approx(np.pi / np.sqrt(18), rel=1e-14)


@pytest.mark.parametrize("phi", [0.2, 0.45, 0.58])
def test_liquid_pressure_is_the_density_derivative_of_its_entropy(phi):
    slope = derivative(hs.liquid_entropy, phi)
    assert -phi * slope == pytest.approx(hs.liquid_compressibility_factor(phi), rel=1e-7)


@pytest.mark.parametrize("phi, phi_J", [(0.5, 0.64), (0.6, 0.66)])
def test_glass_pressure_is_the_density_derivative_of_its_entropy(phi, phi_J):
    slope = derivative(lambda x: hs.vibrational_entropy(x, phi_J), phi)
    assert -phi * slope == pytest.approx(hs.glass_compressibility_factor(phi, phi_J), rel=1e-7)


def test_moduli_are_derivatives_of_pressure():
    liquid = derivative(lambda x: x * hs.liquid_compressibility_factor(x), 0.5)
    assert hs.liquid_modulus(0.5) == pytest.approx(liquid, rel=1e-8)
    glass = derivative(lambda x: x * hs.glass_compressibility_factor(x, 0.65), 0.6)
    assert hs.glass_modulus(0.6, 0.65) == pytest.approx(glass, rel=1e-7)


def test_modulus_is_a_third_of_the_squared_pressure_at_jamming():
    phi_J = 0.65
    phi = phi_J * (1 - np.array([1e-2, 1e-3, 1e-4]))
    ratio = hs.glass_modulus(phi, phi_J) / hs.glass_compressibility_factor(phi, phi_J) ** 2
    assert np.all(np.diff(np.abs(ratio - 1 / 3)) < 0)
    assert ratio[-1] == pytest.approx(1 / 3, rel=2e-4)


def test_pressure_inverts():
    for phi, phi_J in ((0.3, 0.7), (0.62, 0.66), (0.6599, 0.66)):
        pressure = phi * hs.glass_compressibility_factor(phi, phi_J)
        assert hs.glass_fraction(pressure, phi_J) == pytest.approx(phi, rel=1e-12)


def test_glass_is_prepared_at_the_pressure_of_the_liquid():
    phi = np.array([0.42, 0.5, 0.6])
    glass = hs.glass_compressibility_factor(phi, hs.jamming_fraction(phi))
    assert glass == pytest.approx(hs.liquid_compressibility_factor(phi), rel=1e-12)


def test_carnahan_starling_against_virial_coefficients():
    # B_2 to B_4 of hard spheres in units of the packing fraction: 4, 10, 18.3648.
    phi = 1e-3
    excess = (hs.liquid_compressibility_factor(phi) - 1 - 4 * phi - 10 * phi**2) / phi**3
    assert excess == pytest.approx(18.36, abs=0.5)


def test_driving_force_is_the_configurational_entropy_where_the_glass_was_prepared():
    for phi in (0.45, 0.52, 0.6):
        assert hs.driving_force(phi, phi) == pytest.approx(
            float(hs.configurational_entropy(phi)), abs=1e-9
        )


def test_driving_force_grows_as_the_integral_of_the_volume_difference():
    prepared, phi = 0.5, 0.56
    phi_J = float(hs.jamming_fraction(prepared))

    def pressure(x):
        return x * float(hs.glass_compressibility_factor(x, phi_J))

    def volume_difference(p):
        return 1 / float(hs.glass_fraction(p, phi_J)) - 1 / hs.liquid_fraction(p)

    gained = quad(volume_difference, pressure(prepared), pressure(phi), epsabs=1e-11)[0]
    found = hs.driving_force(phi, prepared) - hs.driving_force(prepared, prepared)
    assert found == pytest.approx(gained, rel=1e-8)


def test_crossover_and_spinodal_have_the_stated_size():
    crossover = hs.activated_crossover()
    assert hs.critical_size(crossover, crossover) == pytest.approx(hs.SMALLEST_EVENT, rel=1e-9)
    (phi,) = hs.string_spinodal(0.44)
    assert hs.critical_size(phi, 0.44) == pytest.approx(hs.SMALLEST_EVENT, rel=1e-8)
    assert hs.string_spinodal(0.52) == []


@pytest.mark.parametrize("size", [3.5, hs.SMALLEST_EVENT])
def test_spinodal_is_that_of_the_ideal_glass_asked_for(size):
    (phi,) = hs.string_spinodal(0.48, size, ideal=0.64)
    assert 0.48 < phi < hs.jamming_fraction(0.48)
    assert hs.critical_size(phi, 0.48, ideal=0.64) == pytest.approx(size, rel=1e-8)
    assert hs.string_spinodal(0.44, size, ideal=0.59) == []


def test_gibbs_energy_of_compression_against_its_closed_form():
    value = hs.gibbs_energy_of_compression(1e8, 1e10, 1e-29, 2e-20)
    assert value == pytest.approx(1e-29 * 9.9e9 + 3 * 2e-20 * np.log(100), rel=1e-10, abs=0)


def test_refusals():
    with pytest.raises(ValueError, match="phi must be below"):
        hs.liquid_entropy(1.0)
    with pytest.raises(ValueError, match="below phi_J"):
        hs.glass_compressibility_factor(0.7, 0.64)
    with pytest.raises(ValueError, match="size"):
        hs.activated_crossover(1.0)
    with pytest.raises(ValueError, match="positive"):
        hs.filling_fraction(-1, 1)


def test_kinetic_pressure_of_air_and_diffusion_of_a_colloid():
    # Air at 300 K has 2.446e25 molecules per m^3 at one atmosphere.
    assert hs.kinetic_pressure(2.446e25, 300.0, 1.0) == pytest.approx(101325, rel=1e-3)
    # Stokes and Einstein: D = 4.4e-13 m^2/s for half a micrometre in water at 300 K.
    R, eta, T = 0.5e-6, 1e-3, 300.0
    assert R**2 / hs.brownian_time(R, eta, T) == pytest.approx(4.4e-13, rel=0.01, abs=0)


def test_modulus_of_free_volume_is_a_third_of_the_squared_pressure():
    rho, T = 3e28, 300.0
    thermal = rho * hs.k_B * T
    p = np.array([5.0, 40.0, 1e4]) * thermal
    found = hs.free_volume_modulus(p, rho, T)
    assert found == pytest.approx(p**2 / (3 * thermal), rel=1e-11)


def test_modulus_of_free_volume_is_the_limit_of_the_cell_model():
    phi_J, gap = 0.64, 1e-6
    phi = phi_J * (1 - gap)
    Z = float(hs.glass_compressibility_factor(phi, phi_J))
    thermal = 1e28 * hs.k_B * 100.0
    found = hs.free_volume_modulus(Z * thermal, 1e28, 100.0) / thermal
    assert found == pytest.approx(float(hs.glass_modulus(phi, phi_J)), rel=10 * gap)


@pytest.mark.parametrize("name", ["p", "rho", "T"])
def test_modulus_of_free_volume_refuses(name):
    with pytest.raises(ValueError, match=name):
        hs.free_volume_modulus(**({"p": 1e9, "rho": 1e28, "T": 100.0} | {name: -1.0}))
