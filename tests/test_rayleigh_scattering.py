import numpy as np
import pytest
from scipy.special import eval_legendre, sph_harm_y, spherical_jn
from scipy.stats import norm

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


WALL = {"walls": 0.3, "tension": 1.1, "density": 2.2, "radius": 0.8}
LINES = {"orders": [2, 3], "lines": [1.0, 1.5], "widths": [0.2, 0.3]}
MEDIUM = {"tension": 1.1, "density": 2.2, "radius": 0.8, "sound_speed": 0.9}
BALL = {"radius": 1.2, "density": 2.2, "sound_speed": 0.9}
FIELD = {"strain": lambda x: x[..., 0], "dilation": lambda x: x[..., 0] ** 3}
SURFACE = {
    "strain": FIELD["strain"], "strain_gradient": lambda x: np.eye(3)[0] + 0 * x,
    "displacement": lambda x: np.stack([x[..., 0] ** 4 / 4, 0 * x[..., 0], 0 * x[..., 0]], -1),
}  # fmt: skip
GOOD = {
    wall.wall_response: {"omega": 0.5, "line": 1.2},
    wall.self_energy: {"omega": 1.1 + 0.1j, "wave_number": 1.3} | WALL | LINES,
    wall.amplitude_rate: {"omega": 1.1, "wave_number": 1.3} | WALL | LINES,
    wall.radius_in_wave_numbers: {"omega": 0.1, "xi_over_a": 5.8},
    wall.path_in_wavelengths: {
        "xi_over_a": 5.8, "T_g": 4.4, "fragility": 30.0, "omega": 0.03, "lindemann": 0.1,
    },
    wall.chain_frequencies: {"number": 3, "spacing": 0.2, "sound_speed": 2.0},
    wall.coupling_by_volume: FIELD | BALL,
    wall.coupling_by_surface: SURFACE | BALL,
    wall.quadratic_crossover: {"xi_over_a": 5.8},
    wall.frequency_spread: {"frequency": 2.0, "relative_barrier_spread": 0.1},
    wall.amplitude_rate_of_densities: {"wave_number": 1.3, "densities": [0.2, 0.4]} | WALL,
    wall.standing_wave_energy: {"momenta": [0.1], "amplitudes": [0.2]} | BALL,
    wall.surface_energy: {"shape": ripple, "tension": 0.2, "radius": 1e-9},
    wall.restoring_pressure: {
        "shape": ripple, "theta": 1.0, "phi": 0.4, "tension": 0.2, "radius": 1e-9,
    },
    wall.wall_acceleration: {
        "shape": ripple, "theta": 1.0, "phi": 0.4, "tension": 0.2, "wall_density": 1e-7,
        "radius": 1e-9, "factor": 1.125,
    },
    wall.slope_jump: {
        "lattice": ripple, "wall": ripple, "theta": 1.0, "phi": 0.4, "tension": 0.2,
        "radius": 1e-9, "density": 2e3, "sound_speed": 3e3,
    },
    wall.emitted_wave: {
        "wave_vector": K, "omega": 0.2, "centres": CENTRES, "coefficients": {(2, 0): [1.0, 2.0]},
    } | MEDIUM,
    wall.driven_coefficients: {
        "omega": 0.2, "waves": K, "amplitudes": [1.0], "centres": CENTRES, "lines": {2: 1.7},
        "radius": 1.3,
    },
    wall.forward_self_energy: {
        "omega": 1.3 + 0.4j, "wave_number": 1.3, "lines": {2: lambda x: np.exp(-((x - 3) ** 2))},
    } | WALL,
}  # fmt: skip
FREE = (
    "omega",
    "theta",
    "phi",
    "wave_vector",
    "centres",
    "waves",
    "amplitudes",
    "momenta",
    "number",
)
CASES = [
    (f, n)
    for f, good in GOOD.items()
    for n, value in good.items()
    if not callable(value) and not isinstance(value, dict)
    and n not in (*FREE, "orders", "densities")
    and not (n == "wave_number" and f is not wall.forward_self_energy)
    and not (n in ("lines", "widths") and f is wall.amplitude_rate)
]  # fmt: skip


@pytest.mark.parametrize(("function", "name"), CASES)
def test_arguments_outside_their_domain_are_named(function, name):
    function(**GOOD[function])
    with pytest.raises(ValueError, match=f"^{name} must be positive and finite"):
        function(**GOOD[function] | {name: -1.0 * np.asarray(GOOD[function][name])})


@pytest.mark.parametrize("printed", [False, True])
def test_rate_and_self_energy_add_the_orders_with_their_weights(printed):
    """The limit of small widths against oscillators, and the golden rule on Gaussian lines."""
    k, volume = 1.7, 4 * np.pi * 0.3 * 1.1 / 2.2
    given = {"printed": True} if printed else {}
    sharp = LINES | {"widths": [1e-3, 1e-3]}
    omega = 0.7 + 0.4j
    stiff = (8, 14) if printed else (4, 10)
    terms = [
        s * (2 * l + 1) * spherical_jn(l, k * 0.8) ** 2 for s, l in zip(stiff, (2, 3), strict=True)
    ]
    expected = volume * sum(
        t * line**2 / (line**2 - omega**2) for t, line in zip(terms, (1.0, 1.5), strict=True)
    )
    found = wall.self_energy(omega, k, **WALL, **sharp, **given)
    assert found == pytest.approx(expected, rel=1e-5)
    frequencies = np.array([[0.9], [1.3]])
    shares = [
        norm.pdf(frequencies, line, width)
        for line, width in zip((1.0, 1.5), (0.2, 0.3), strict=True)
    ]
    rate = np.pi / 4 * volume * sum(t * s for t, s in zip(terms, shares, strict=True))
    found = wall.amplitude_rate(frequencies, k, **WALL, **LINES, **given)
    assert found == pytest.approx(rate, rel=1e-12)
    if not printed:
        densities = [float(share[0, 0]) for share in shares]
        single = wall.amplitude_rate_of_densities(k, **WALL, densities=densities)
        assert single == pytest.approx(float(rate[0, 0]), rel=1e-12)
    for function, first in ((wall.self_energy, omega), (wall.amplitude_rate, 0.9)):
        with pytest.raises(ValueError, match="zip"):
            function(first, k, **WALL, **LINES | {"widths": [0.2]})


def test_path_by_the_printed_weight_is_half_as_long():
    half = wall.path_in_wavelengths(5.8, 4.4, 30.0) / wall.path_in_wavelengths(
        5.8, 4.4, 30.0, printed=True
    )
    assert half == pytest.approx(2, rel=1e-12)
    told = wall.path_in_wavelengths(5.8, 4.4, 30.0, 10**-1.5, 0.1)
    assert told == wall.path_in_wavelengths(5.8, 4.4, 30.0)
    assert told != wall.path_in_wavelengths(5.8, 4.4, 30.0, 10**-1.5, 0.11)


def test_gradient_term_overtakes_where_the_paper_counts():
    """(1/4) sqrt(N) a^3 d k = a^2 N^(1/3) d, and the right side times a/xi at the edge."""
    for ratio in (2.0, 5.8):
        N, q_D = ratio**3, (6 * np.pi**2) ** (1 / 3)
        k = N ** (1 / 3) / (np.sqrt(N) / 4)
        assert wall.quadratic_crossover(ratio) == pytest.approx(k / q_D, rel=1e-12)
        edge = wall.quadratic_crossover(ratio, edge_reduction=True)
        assert edge == pytest.approx(k / ratio / q_D, rel=1e-12)


def test_spread_of_frequencies_is_relative_to_them():
    found = wall.frequency_spread([1.0, 3.0], 0.2)
    assert found == pytest.approx([0.2, 0.6], rel=1e-14)


@pytest.mark.parametrize("number", [3, 4, 7])
def test_chain_of_few_sites_has_the_frequencies_of_its_waves(number):
    found = wall.chain_frequencies(number, 0.3, 2.0)
    waves = 2 * 2.0 / 0.3 * np.abs(np.sin(np.pi * np.arange(number) / number))
    assert found == pytest.approx(np.sort(waves), rel=1e-9, abs=1e-6)
    with pytest.raises(ValueError, match="^number = 2: at least 3 sites are accepted$"):
        wall.chain_frequencies(2, 0.3, 2.0)


def test_couplings_carry_the_modulus_and_the_rule_asked_for():
    """int x x^3 over a ball is 4 pi R^7/35; three nodes are too few for an eighth power."""
    expected = 2.2 * 0.9**2 * 4 * np.pi / 35 * 1.2**7
    assert wall.coupling_by_volume(**FIELD, **BALL) == pytest.approx(expected, rel=1e-12)
    assert wall.coupling_by_surface(**SURFACE, **BALL) == pytest.approx(expected, rel=1e-12)
    for function, fields in ((wall.coupling_by_volume, FIELD), (wall.coupling_by_surface, SURFACE)):
        assert abs(function(**fields, **BALL, order=2) / expected - 1) > 0.01


def test_rules_on_the_sphere_have_twice_their_order_of_azimuths():
    theta, phi, weight = wall.directions()
    assert theta.shape == phi.shape == weight.shape == (24 * 48,)
    assert weight.sum() == pytest.approx(4 * np.pi, rel=1e-12)
    assert np.unique(phi).size == 48 and np.unique(np.round(theta, 12)).size == 24
    n = wall.unit_vectors(theta.reshape(24, 48), phi.reshape(24, 48))
    assert n.shape == (24, 48, 3)
    polar = np.stack([n[..., 0] ** 2 + n[..., 1] ** 2, n[..., 2] ** 2])
    assert polar.sum(axis=0) == pytest.approx(np.ones((24, 48)), rel=1e-14)
    assert np.arctan2(n[3, 5, 1], n[3, 5, 0]) == pytest.approx(phi.reshape(24, 48)[3, 5])
    rule = wall.directions(3)
    field = sph_harm_y(2, 1, *rule[:2])
    assert wall.project(field, 2, 1, rule) == pytest.approx(1, rel=1e-12)


def test_short_waves_on_a_wall_are_resolved():
    k, radius = np.array([0.0, 0.0, 9.0]), 2.0
    found = wall.plane_wave_projection(4, 0, k, radius)
    closed = 4 * np.pi * spherical_jn(4, 18.0) * np.sqrt(9 / (4 * np.pi))
    assert found == pytest.approx(closed, rel=1e-9)


@pytest.mark.parametrize("degree", [1, 2, 4])
def test_shapes_up_to_the_degree_asked_for_are_accepted(degree):
    """Legendre's polynomial of this degree pushes back with (l - 1)(l + 2) sigma/R^2."""
    shape = lambda x, y: 1e-3 * eval_legendre(degree, np.cos(x))  # noqa: E731
    found = wall.restoring_pressure(shape, 0.4, 0.1, 2.0, 0.5, degree)
    expected = (degree - 1) * (degree + 2) * 2.0 / 0.25 * shape(0.4, 0.1)
    assert found == pytest.approx(expected, rel=1e-8, abs=1e-9)
    exact = membrane.grand_surface_energy(degree, 2e-3)
    energy = wall.surface_energy(shape, 2.0, 0.5, degree)
    assert energy == pytest.approx(2.0 * 0.25 * exact, rel=1e-9)
    few = "harmonics up to l = 3" if degree == 4 else f"harmonics up to l = {degree - 1}"
    given = () if degree == 4 else (degree - 1,)
    for call in (
        lambda: wall.surface_energy(shape, 2.0, 0.5, *given),
        lambda: wall.restoring_pressure(shape, 0.4, 0.1, 2.0, 0.5, *given),
    ):
        with pytest.raises(ValueError, match=f"^shape: {few} are accepted, this one has others$"):
            call()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: wall.surface_energy(lambda x, y: np.inf, 1.0, 1.0),
            "^shape: finite displacements",
        ),
        (lambda: wall.restoring_pressure(ripple, np.nan, 0.0, 1.0, 1.0), "^theta must be finite"),
        (lambda: wall.restoring_pressure(ripple, 0.0, np.inf, 1.0, 1.0), "^phi must be finite"),
        (
            lambda: wall.emitted_wave(**GOOD[wall.emitted_wave] | {"coefficients": {}}),
            r"^coefficients of \[\]: l >= 2, \|m\| <= l are accepted",
        ),
        (
            lambda: wall.emitted_wave(**GOOD[wall.emitted_wave] | {"coefficients": {(2, 3): 1.0}}),
            r"^coefficients of \[\(2, 3\)\]",
        ),
        (
            lambda: wall.emitted_wave(**GOOD[wall.emitted_wave] | {"wave_vector": [1.0, 2.0]}),
            r"^wave_vector of shape \(2,\): three components are accepted",
        ),
        (
            lambda: wall.emitted_wave(**GOOD[wall.emitted_wave] | {"wave_vector": [9.0, 0.0, 0.0]}),
            "^wave_vector: up to 7/radius is accepted",
        ),
        (
            lambda: wall.emitted_wave(
                **GOOD[wall.emitted_wave] | {"centres": [[0.0, 0.0, np.nan]]}
            ),
            "^centres must be finite",
        ),
        (
            lambda: wall.driven_coefficients(0.2, 9 * K, [1.0], CENTRES, {2: 1.7}, 1.3),
            "^waves: up to 7/radius is accepted",
        ),
        (
            lambda: wall.driven_coefficients(0.2, K, [1.0], CENTRES, {3: 1.7, 1: 2.0}, 1.3),
            r"^lines of l = \[1, 3\]: orders from 2 on are accepted",
        ),
        (
            lambda: wall.driven_coefficients(0.2, K, [1.0], CENTRES, {2: -1.7}, 1.3),
            "^lines must be positive",
        ),
        (
            lambda: wall.forward_self_energy(**GOOD[wall.forward_self_energy] | {"omega": 1 - 1j}),
            "^decay must be positive",
        ),
        (
            lambda: wall.forward_self_energy(
                **GOOD[wall.forward_self_energy] | {"wave_number": 9.0}
            ),
            "^wave_number: up to 7/radius is accepted",
        ),
        (
            lambda: wall.forward_self_energy(
                **GOOD[wall.forward_self_energy] | {"lines": {1: abs}}
            ),
            r"^lines of l = \[1\]: orders from 2 on are accepted",
        ),
    ],
)
def test_refusals_say_what_is_accepted(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_wall_released_is_stiffened_by_nine_eighths_unless_told():
    given = GOOD[wall.wall_acceleration].copy()
    told = wall.wall_acceleration(**given)
    del given["factor"]
    assert wall.wall_acceleration(**given) == told
    bare = wall.wall_acceleration(**given, factor=1.0)
    assert told / bare == pytest.approx(9 / 8, rel=1e-12)


def test_mean_of_few_nodes_is_exact_already():
    assert wall.mean_falling_displacement(2) == pytest.approx(0.25, rel=1e-12)


def test_waves_nearly_as_short_as_accepted_are_emitted_with_their_bessel_function():
    """A ripple of l = 2 on the axis of the wave, k R = 6.9."""
    k = 6.9 / 0.8
    found = wall.emitted_wave([0, 0, k], 0.2, [[0.0, 0, 0]], {(2, 0): [0.3]}, 1.1, 2.2, 0.8, 0.9)
    force = -1.1 / 2.2 * 0.3 * 4 * 4 * np.pi * -spherical_jn(2, 6.9) * np.sqrt(5 / (4 * np.pi))
    expected = force / (2 * np.pi) ** 3 / (0.81 * k**2 - 0.04)
    assert found == pytest.approx(expected, rel=1e-5)
