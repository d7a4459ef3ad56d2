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


GOOD = {
    hs.filling_fraction: {"rho": 1e28, "sigma": 3e-10},
    hs.liquid_compressibility_factor: {"phi": 0.5},
    hs.liquid_entropy: {"phi": 0.5},
    hs.liquid_modulus: {"phi": 0.5},
    hs.jamming_fraction: {"phi": 0.5},
    hs.configurational_entropy: {"phi": 0.5},
    hs.glass_compressibility_factor: {"phi": 0.5, "phi_J": 0.6},
    hs.glass_modulus: {"phi": 0.5, "phi_J": 0.6},
    hs.vibrational_entropy: {"phi": 0.5, "phi_J": 0.6},
    hs.glass_fraction: {"pressure": 5.0, "phi_J": 0.6},
    hs.liquid_fraction: {"pressure": 5.0},
    hs.activated_crossover: {"size": 4.0},
    hs.string_spinodal: {"prepared": 0.44, "size": 4.0},
    hs.gibbs_energy_of_compression: {"p_0": 1.0, "p_1": 2.0, "v_J": 3.0, "thermal_energy": 0.5},
    hs.kinetic_pressure: {"rho": 1e28, "T": 300.0, "Z": 5.0},
    hs.brownian_time: {"radius": 1e-6, "viscosity": 1e-3, "T": 300.0},
}


@pytest.mark.parametrize(("function", "name"), [(f, n) for f, good in GOOD.items() for n in good])
def test_arguments_outside_their_domain_are_named(function, name):
    assert np.isfinite(function(**GOOD[function])).all()
    with pytest.raises(ValueError, match=f"^{name} must be positive and finite"):
        function(**GOOD[function] | {name: -1.0})
    if name == "phi":
        full = 1.0 if len(GOOD[function]) == 1 else 0.6
        with pytest.raises(ValueError, match="^phi must be below (1, got 1|phi_J)$"):
            function(**GOOD[function] | {name: full})


def test_pressures_of_liquids_and_glasses_invert_in_arrays():
    phi, phi_J = np.array([[1e-4], [0.3], [0.61]]), np.array([0.62, 0.7])
    pressure = phi * hs.glass_compressibility_factor(phi, phi_J)
    found = hs.glass_fraction(pressure, phi_J)
    assert found == pytest.approx(np.broadcast_to(phi, (3, 2)), rel=1e-12)
    for phi in (1e-3, 0.3, 0.9):
        z = (1 + phi + phi**2 - phi**3) / (1 - phi) ** 3
        assert hs.liquid_fraction(phi * z) == pytest.approx(phi, rel=1e-9)


def test_compression_of_many_glasses_is_the_integral_of_their_volume():
    p_0, p_1 = np.array([[1.0], [3.0]]), np.array([5.0, 9.0, 0.5])
    found = hs.gibbs_energy_of_compression(p_0, p_1, 0.7, 0.2)
    for i, j in np.ndindex(2, 3):
        expected = quad(lambda p: 0.7 + 0.6 / p, p_0[i, 0], p_1[j])[0]
        assert found[i, j] == pytest.approx(expected, rel=1e-10)


def test_kinetic_pressure_grows_with_every_factor():
    found = hs.kinetic_pressure([1e27, 2e28], 300.0, 7.0)
    assert found == pytest.approx(np.array([1e27, 2e28]) * hs.k_B * 300 * 7, rel=1e-12)


def test_critical_size_has_the_modulus_of_the_liquid_on_the_line_and_of_the_glass_off_it():
    phi, prepared = 0.55, 0.5
    s_c = float(hs.configurational_entropy(phi))
    expected = float(hs.liquid_modulus(phi)) / (2 * s_c) ** 2
    assert hs.critical_size(phi, phi) == pytest.approx(expected, rel=1e-7)
    # d(phi Z)/d phi of the cell model by differences
    phi_J = float(hs.jamming_fraction(prepared))
    modulus = derivative(lambda x: x * hs.glass_compressibility_factor(x, phi_J), phi)
    expected = modulus / (2 * hs.driving_force(phi, prepared)) ** 2
    assert hs.critical_size(phi, prepared) == pytest.approx(expected, rel=1e-6)
    with pytest.raises(ValueError, match=r"^no driving force at phi = 0.63 \(prepared 0.63\)$"):
        hs.critical_size(0.63, 0.63)


@pytest.mark.parametrize(("size", "ideal"), [(5.0, 0.64), (20.0, 0.6), (4.2, 0.62)])
def test_crossover_is_that_of_the_ideal_glass_asked_for(size, ideal):
    found = hs.activated_crossover(size, ideal)
    assert 0.4 < found < ideal
    assert hs.critical_size(found, found, ideal) == pytest.approx(size, rel=1e-8)
    assert hs.configurational_entropy(ideal, ideal) == pytest.approx(0, abs=1e-12)
    low, high = (hs.critical_size(x, x, ideal) for x in (0.4, ideal - 1e-4))
    for bad in (0.99 * low, 1.01 * high):
        with pytest.raises(ValueError, match=f"between 0.40 and {ideal:g} it is {low:.3g} to"):
            hs.activated_crossover(bad, ideal)


def test_a_glass_prepared_from_the_ideal_one_stays_in_equilibrium_with_it():
    """Beyond the ideal fraction equilibrium is the ideal glass: nothing drives its own glass."""
    assert hs.driving_force(0.63, hs.IDEAL_GLASS_FRACTION) == pytest.approx(0, abs=1e-12)
    assert hs.driving_force(0.63, 0.6) > 0
    ideal_J = float(hs.jamming_fraction(hs.IDEAL_GLASS_FRACTION))
    phi_J = float(hs.jamming_fraction(0.6))
    pressure = 0.63 * float(hs.glass_compressibility_factor(0.63, phi_J))
    start = hs.driving_force(0.615, 0.6)
    p_0 = 0.615 * float(hs.glass_compressibility_factor(0.615, phi_J))
    if hs.liquid_fraction(p_0) > hs.IDEAL_GLASS_FRACTION:
        gained = quad(
            lambda p: 1 / float(hs.glass_fraction(p, phi_J)) - 1 / float(hs.glass_fraction(p, ideal_J)),
            p_0, pressure, epsabs=1e-12,
        )[0]  # fmt: skip
        assert hs.driving_force(0.63, 0.6) - start == pytest.approx(gained, rel=1e-7)


@pytest.mark.parametrize("sign", [-1, 1])
def test_free_volume_is_found_within_its_range_alone(sign):
    # the pressure is 3 rho k_B T over the free share of the volume
    thermal = 1e28 * hs.k_B * 100.0
    inside, outside = (3 * thermal * np.exp(sign * x) for x in (199.9, 200.1))
    found = hs.free_volume_modulus(inside, 1e28, 100.0)
    assert found / thermal == pytest.approx(3 * np.exp(sign * 399.8), rel=1e-9)
    with pytest.raises(ValueError):
        hs.free_volume_modulus(outside, 1e28, 100.0)
