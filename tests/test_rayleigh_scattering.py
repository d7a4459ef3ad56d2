import numpy as np
import pytest
from scipy.special import sph_harm_y, spherical_jn

from relics import membrane
from relics import rayleigh_scattering as wall
from relics.constants import k_B


def test_sphere_rule_integrates_harmonics_exactly():
    theta, phi, weight = wall.directions(12)
    for l, m in ((0, 0), (3, 2), (5, -4)):
        norm = np.sum(weight * np.abs(sph_harm_y(l, m, theta, phi)) ** 2)
        assert norm == pytest.approx(1, rel=1e-12)
    assert (
        abs(np.sum(weight * sph_harm_y(3, 1, theta, phi) * np.conj(sph_harm_y(4, 1, theta, phi))))
        < 1e-12
    )


def test_ball_of_a_cell_holds_as_many_waves_up_to_its_radius_as_beads():
    """Plane waves below k in the volume of the ball, V k^3/(6 pi^2), at the Debye frequency."""
    for ratio in (1.0, 5.8):
        kR = wall.radius_in_wave_numbers(np.array([1.0, 0.5]), ratio)
        waves = 4 * np.pi / 3 * kR**3 / (6 * np.pi**2)
        assert waves == pytest.approx(ratio**3 * np.array([1, 1 / 8]), rel=1e-6)


def test_path_in_wavelengths_is_that_of_a_glass_in_si_units():
    density, sound, a, lindemann, xi_over_a, T_g, fragility = (
        2200.0,
        4100.0,
        3.5e-10,
        0.1,
        5.8,
        4.4,
        20,
    )
    omega_D = sound * (6 * np.pi**2) ** (1 / 3) / a
    omega, radius = 0.03 * omega_D, xi_over_a * a * (3 / (4 * np.pi)) ** (1 / 3)
    # The tension of the mosaic with k_B T_g = rho c^2 a^3 d_L^2, and 9/8 for its pressure.
    temperature = density * sound**2 * a**3 * lindemann**2 / k_B
    tension = 9 / 8 * membrane.surface_tension(temperature, a, radius, lindemann)
    x = omega / sound * radius
    bessel = (3 / x**3 - 1 / x) * np.sin(x) - 3 * np.cos(x) / x**2
    width = omega / (2 * np.sqrt(fragility))
    walls = 0.03 / (T_g * (xi_over_a * a) ** 3)
    rate = np.pi**2 * walls * tension / density * wall.harmonic_weight(2) * 5 * bessel**2
    rate /= np.sqrt(2 * np.pi) * width
    expected = (sound / rate) / (2 * np.pi * sound / omega)
    found = wall.path_in_wavelengths(xi_over_a, T_g, fragility, 0.03, lindemann)
    assert found == pytest.approx(expected, rel=1e-12)


def test_projection_inverts_synthesis():
    rule = wall.directions()
    given = {(2, 1): 0.3 - 0.2j, (4, 0): 1.1, (3, -3): 0.5j}
    field = wall.synthesise(given, rule[0], rule[1])
    for (l, m), value in given.items():
        assert wall.project(field, l, m) == pytest.approx(value, abs=1e-12)


def test_plane_wave_overlap_is_a_bessel_function():
    k, radius = np.array([0.5, 0.2, -1.3]), 1.7
    size = np.linalg.norm(k)
    theta, phi = np.arccos(k[2] / size), np.arctan2(k[1], k[0])
    for l, m in ((2, 0), (3, 2), (4, -1)):
        closed = (
            4
            * np.pi
            * 1j**l
            * spherical_jn(l, size * radius)
            * sph_harm_y(l, m, np.pi - theta, phi + np.pi)
        )
        assert wall.plane_wave_projection(l, m, k, radius) == pytest.approx(closed, abs=1e-12)


def test_rate_is_the_imaginary_part_of_the_self_energy():
    arguments = (3.0, 0.7, 1.9, 1.1, 0.6, [2, 3], [1.0, 1.5], [0.2, 0.2])
    rate = float(wall.amplitude_rate(1.1, *arguments))
    finite = [wall.self_energy(1.1 + 1j * e, *arguments).imag / (2 * 1.1) for e in (4e-3, 2e-3)]
    assert 2 * finite[1] - finite[0] == pytest.approx(rate, rel=2e-3)


def test_printed_weight_doubles_the_lowest_order():
    assert wall.harmonic_weight(2, printed=True) == 2 * wall.harmonic_weight(2)


def test_static_wall_cancels_the_lattice():
    assert wall.wall_response(0.0, 2.0) == -1


def test_both_forms_of_the_coupling_agree_for_any_fields():
    def strain(x):
        return np.cos(x[..., 0] + 2 * x[..., 1]) + x[..., 2] ** 2

    def gradient(x):
        s = -np.sin(x[..., 0] + 2 * x[..., 1])
        return np.stack([s, 2 * s, 2 * x[..., 2]], -1)

    def displacement(x):
        return np.stack([x[..., 0] ** 2, np.sin(x[..., 1]), x[..., 0] * x[..., 2]], -1)

    def dilation(x):
        return 3 * x[..., 0] + np.cos(x[..., 1])

    volume = wall.coupling_by_volume(strain, dilation, 1.2, 1.0, 1.0)
    surface = wall.coupling_by_surface(strain, gradient, displacement, 1.2, 1.0, 1.0)
    assert volume == pytest.approx(surface, rel=1e-11)


def test_form_factor_is_the_response_to_a_plane_wave():
    # derivative of j_1 by differences
    x, h = 2.7, 1e-4
    slope = (spherical_jn(1, x + h) - spherical_jn(1, x - h)) / (2 * h)
    assert wall.strain_form_factor(x) == pytest.approx(slope**2, rel=1e-6)


def test_chain_has_the_dispersion_of_sound():
    ring = wall.chain_frequencies(100, 0.1, 2.0)
    assert ring[1] == pytest.approx(2.0 * 2 * np.pi / 10, rel=1e-3)


def test_standing_waves_are_independent_oscillators():
    L, rho, c = 1.3, 2.0, 0.7
    energy = wall.standing_wave_energy([0.4, -0.2], [0.1, 0.3], L, rho, c)
    expected = sum(
        2 * np.pi * L**3 * (p**2 / (2 * rho) + rho * c**2 * (n * np.pi / L * q) ** 2 / 2)
        for n, p, q in ((1, 0.4, 0.1), (2, -0.2, 0.3))
    )
    assert energy == pytest.approx(expected, rel=1e-12)


def test_mean_of_a_falling_displacement():
    assert wall.mean_falling_displacement() == pytest.approx(0.25, rel=1e-12)


@pytest.mark.parametrize(
    "call",
    [
        lambda: wall.wall_response(1.0, -1.0),
        lambda: wall.chain_frequencies(2, 1.0, 1.0),
        lambda: wall.path_in_wavelengths(5.8, 4.4, -3.0),
        lambda: wall.amplitude_rate_of_densities(1e9, -1e24, 0.1, 2200.0, 1e-9, [1.0]),
        lambda: wall.coupling_by_volume(lambda x: 1, lambda x: 1, -1.0, 1.0, 1.0),
    ],
)
def test_bad_input_is_refused(call):
    with pytest.raises(ValueError):
        call()


def ripple(theta, phi):
    return 1e-11 * (
        0.3 * np.cos(theta)
        + 0.2 * (3 * np.cos(theta) ** 2 - 1)
        - 0.7 * np.sin(theta) * (5 * np.cos(theta) ** 2 - 1) * np.sin(phi)
    )


def test_a_ripple_is_driven_back_by_the_stiffness_of_its_harmonics():
    # (l - 1)(l + 2) is 0, 4 and 10 for the three harmonics of the ripple
    theta, phi, tension, radius = 1.1, 2.3, 0.2, 1.3e-9
    stiff = 0.2 * 4 * (3 * np.cos(theta) ** 2 - 1)
    stiff -= 0.7 * 10 * np.sin(theta) * (5 * np.cos(theta) ** 2 - 1) * np.sin(phi)
    pressure = wall.restoring_pressure(ripple, theta, phi, tension, radius)
    assert pressure == pytest.approx(1e-11 * stiff * tension / radius**2, rel=1e-9, abs=0)


def test_a_growing_wall_is_unstable_and_a_shifted_one_is_at_rest():
    # the pressure 2 sigma/R falls with the radius: d(2 sigma/R)/dR = -2 sigma/R^2
    growth = wall.restoring_pressure(lambda x, y: 1e-11, 0.7, 1.0, 0.2, 1e-9)
    assert growth == pytest.approx(-2 * 0.2 * 1e-11 / 1e-18, rel=1e-9, abs=0)
    shifted = wall.restoring_pressure(lambda x, y: 1e-11 * np.cos(x), 0.7, 1.0, 0.2, 1e-9)
    assert abs(shifted) < 1e-9 * abs(growth)


def test_acceleration_of_one_harmonic_is_that_of_the_shell():
    def shape(theta, phi):
        return 2e-12 * np.sin(theta) ** 2 * np.cos(2 * phi)

    acceleration = wall.wall_acceleration(shape, 1.2, 0.4, 0.1, 1e-8, 1e-9)
    frequency = membrane.shell_frequency(2, 0.1, 1e-8, 1e-9, factor=1.125)
    assert acceleration == pytest.approx(-(frequency**2) * shape(1.2, 0.4), rel=1e-9, abs=0)


def test_surface_energy_of_a_swollen_ball_is_exact():
    # the area is quadratic and the volume cubic in a uniform displacement
    grown, radius, tension = 0.4e-9, 1e-9, 0.3
    area, volume = 4 * np.pi * (radius + grown) ** 2, 4 * np.pi / 3 * (radius + grown) ** 3
    expected = tension * (area - 2 / radius * volume)
    energy = wall.surface_energy(lambda x, y: grown, tension, radius)
    assert energy == pytest.approx(expected, rel=1e-12, abs=0)
    at_rest = wall.surface_energy(lambda x, y: 0 * x, tension, radius)
    assert at_rest == pytest.approx(tension * radius**2 * 4 * np.pi / 3, rel=1e-12, abs=0)


def test_surface_energy_follows_the_true_surface_to_third_order():
    # the ripple P_2 on the exact surface of revolution; the next term is of fourth order
    def gap(amplitude):
        exact = membrane.grand_surface_energy(2, amplitude)
        return exact - wall.surface_energy(
            lambda x, y: amplitude * (3 * np.cos(x) ** 2 - 1) / 2, 1.0, 1.0
        )

    assert gap(0.1) / gap(0.05) == pytest.approx(16, rel=0.1)
    assert gap(0.02) / gap(0.01) == pytest.approx(16, rel=0.01)


def test_slope_jump_feels_the_sum_of_wall_and_lattice():
    def lattice(theta, phi):
        return ripple(theta, phi) - 4e-12

    def wall_shape(theta, phi):
        return 3e-12 * sph_harm_y(2, 1, theta, phi)

    jump = wall.slope_jump(lattice, wall_shape, 0.9, 2.0, 0.2, 1e-9, 2000.0, 3000.0)
    drawn = wall.slope_jump(lattice, lambda x, y: 0 * x, 0.9, 2.0, 0.2, 1e-9, 2000.0, 3000.0)
    stress = 2000.0 * 3000.0**2
    assert jump - drawn == pytest.approx(
        0.2 / 1e-18 * 4 * wall_shape(0.9, 2.0) / stress, rel=1e-9, abs=0
    )
    # lattice and wall are interchangeable: only their sum strains the surface
    swapped = wall.slope_jump(wall_shape, lattice, 0.9, 2.0, 0.2, 1e-9, 2000.0, 3000.0)
    assert swapped == pytest.approx(jump, rel=1e-12, abs=0)


K = np.array([0.4, -0.7, 1.1])
CENTRES = np.array([[0.0, 0.0, 0.3], [1.0, 2.0, 3.0]])


def test_emitted_wave_is_a_sum_over_bessel_functions():
    tension, density, radius, speed, omega = 1.1, 2.2, 1.3, 0.9, 0.2
    ripples = {(2, 1): [0.1, 0.2], (3, -2): [0.5j, 0.3]}
    size = np.linalg.norm(K)
    back = np.arccos(-K[2] / size), np.arctan2(-K[1], -K[0])
    drive = sum(
        -tension / density * amplitude * (l - 1) * (l + 2) / (2 * np.pi**2)
        * np.exp(-1j * K @ centre) * sph_harm_y(l, m, *back) * 1j**l * spherical_jn(l, size * radius)
        for (l, m), amplitudes in ripples.items()
        for amplitude, centre in zip(amplitudes, CENTRES, strict=True)
    )  # fmt: skip
    expected = drive / (speed**2 * size**2 - omega**2)
    found = wall.emitted_wave(K, omega, CENTRES, ripples, tension, density, radius, speed)
    assert found == pytest.approx(expected, rel=1e-10)
    # a force on the lattice adds the bare propagator
    pushed = wall.emitted_wave(K, omega, CENTRES, ripples, tension, density, radius, speed, 0.3)
    assert pushed - found == pytest.approx(0.3 / (speed**2 * size**2 - omega**2), rel=1e-9)


def test_driven_walls_answer_as_oscillators():
    lines, omega, radius = {2: 1.7, 3: 2.4}, 0.6, 1.3
    waves, amplitudes = np.array([K, [0.3, 0.2, -0.5]]), [0.4, -0.9]
    ripples = wall.driven_coefficients(omega, waves, amplitudes, CENTRES, lines, radius)
    assert len(ripples) == 5 + 7
    for (l, m), found in ripples.items():
        for centre, amplitude in zip(CENTRES, found, strict=True):
            felt = sum(
                a * np.exp(1j * k @ centre) * np.conj(wall.plane_wave_projection(l, m, k, radius))
                for a, k in zip(amplitudes, waves, strict=True)
            )
            expected = wall.wall_response(omega, lines[l]) * felt
            assert amplitude == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_scattering_between_two_waves_is_reciprocal():
    # what goes from k to q comes back from -q to -k
    q, arguments = np.array([1.2, 0.1, 0.6]), (CENTRES, {2: 1.7, 3: 2.4}, 1.1, 2.2, 1.3)
    omega, speed = 0.2, 0.9
    forth = wall.scattered_wave(q, omega, K, [1.0], *arguments, speed)
    back = wall.scattered_wave(-K, omega, -q, [1.0], *arguments, speed)
    propagators = [speed**2 * v @ v - omega**2 for v in (q, K)]
    assert forth * propagators[0] == pytest.approx(back * propagators[1], rel=1e-9)
    # slow walls stand still against a lattice that shakes fast
    still = wall.scattered_wave(q, 50.0, K, [1.0], *arguments, speed)
    assert abs(still * (speed**2 * q @ q - 2500)) < 0.01 * abs(forth * propagators[0])


def test_forward_self_energy_of_gaussian_lines():
    def gaussian(centre, width):
        return lambda x: np.exp(-(((x - centre) / width) ** 2) / 2) / (np.sqrt(2 * np.pi) * width)

    omega, arguments = 1.3 + 0.4j, (1.3, 0.3, 1.1, 2.2, 0.8)
    lines = {2: gaussian(3.0, 0.3), 3: gaussian(4.0, 0.4)}
    found = wall.forward_self_energy(omega, *arguments, lines)
    closed = wall.self_energy(omega, *arguments, [2, 3], [3.0, 4.0], [0.3, 0.4])
    assert found == pytest.approx(closed, rel=1e-9)


@pytest.mark.parametrize(
    "call",
    [
        lambda: wall.surface_energy(lambda x, y: np.cos(x) ** 5, 1.0, 1.0),
        lambda: wall.surface_energy(lambda x, y: np.nan * x, 1.0, 1.0),
        lambda: wall.restoring_pressure(ripple, np.nan, 0.0, 1.0, 1.0),
        lambda: wall.wall_acceleration(ripple, 1.0, 0.0, 1.0, -1.0, 1.0),
        lambda: wall.slope_jump(ripple, ripple, 1.0, 0.0, 1.0, 1.0, 1.0, 0.0),
        lambda: wall.emitted_wave(K, 0.2, CENTRES, {(1, 0): [1, 1]}, 1.0, 1.0, 1.0, 1.0),
        lambda: wall.emitted_wave(K[:2], 0.2, CENTRES, {(2, 0): [1, 1]}, 1.0, 1.0, 1.0, 1.0),
        lambda: wall.emitted_wave(20 * K, 0.2, CENTRES, {(2, 0): [1, 1]}, 1.0, 1.0, 1.0, 1.0),
        lambda: wall.driven_coefficients(0.2, K, [1.0], CENTRES, {1: 1.0}, 1.0),
        lambda: wall.driven_coefficients(0.2, K, [1.0], CENTRES, {2: -1.0}, 1.0),
        lambda: wall.forward_self_energy(1.0, 1.0, 1.0, 1.0, 1.0, 1.0, {2: np.exp}),
        lambda: wall.forward_self_energy(1.0 + 1j, 1.0, 1.0, 1.0, 1.0, 1.0, {1: np.exp}),
    ],
)
def test_walls_outside_the_domain_are_refused(call):
    with pytest.raises(ValueError):
        call()
