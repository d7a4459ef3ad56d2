import inspect

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.special import spherical_jn

from relics import membrane, rfot, tunnelling_amplitudes
from relics.constants import hbar, k_B


@pytest.mark.parametrize("slope", [2e-21, 6e-20])
def test_top_of_barrier_has_the_curvature_of_a_mixture_of_powers(slope):
    mismatch, a = 5e-20, 3e-10
    radius, curvature = membrane.barrier_curvature(mismatch, slope, a)
    number = (mismatch / (2 * slope)) ** 2
    expected_radius = a * (3 * number / (4 * np.pi)) ** (1 / 3)
    height = mismatch**2 / (4 * slope)
    assert radius == pytest.approx(expected_radius, rel=1e-7, abs=0)
    assert curvature == pytest.approx(4.5 * height / expected_radius**2, rel=1e-7)


def test_prefactors_of_both_profiles_bracket_the_printed_one():
    quantum = membrane.barrier_top_prefactor()
    classical = membrane.barrier_top_prefactor(profile="classical")
    assert classical < 1.6 < quantum
    # closed form: (9/2) V_max/(k_B T_g) (a/r)^2 in the square, with the droplet's own numbers
    mismatch = 1.5 * np.sqrt(3 * np.pi) * np.log(100 / (np.pi * np.e))
    slope = (2 * np.sqrt(2) - 1) * mismatch / np.sqrt(200)
    number = (mismatch / (2 * slope)) ** 2
    radius = (3 * number / (4 * np.pi)) ** (1 / 3)
    expected = np.sqrt(4.5 * mismatch**2 / (4 * slope)) / radius / (6 * np.pi**2) ** (1 / 3)
    assert quantum == pytest.approx(expected, rel=1e-6)


def test_roots_of_the_shell_with_gas_satisfy_the_paper_equation():
    roots = membrane.shell_gas_roots(2, 1.0, 2.0, 1.0, 1.0, 1.0, 4)
    for z in roots:
        left = 1 / (-2 + z * spherical_jn(3, z) / spherical_jn(2, z))
        assert left == pytest.approx(1.0 - 4 * 2.0 / z**2, rel=1e-9)


def test_thin_gas_leaves_the_wall_alone():
    for order in (2, 3, 5):
        shell = membrane.shell_frequency(order, 1.0, 1.0, 1.0)
        root = membrane.shell_gas_roots(order, 1.0, 1.0, 1.0, 1e-7, 5.0, 1)[0]
        assert root == pytest.approx(shell, rel=1e-6)


def test_shooting_reproduces_the_tension_behind_a_root():
    root = membrane.shell_gas_roots(3, 1.0, 0.7, 1.0, 0.5, 1.0, 2)[1]
    tension, error = membrane.tension_by_shooting(3, root, 1.0, 1.0, 0.5, 1.0)
    assert abs(tension - 0.7) < 3 * error
    assert error < 1e-7


def test_shooting_reproduces_the_tension_whatever_wall_and_gas():
    wall, radius, gas, speed = 2.3, 1.7, 0.5, 3.1
    roots = membrane.shell_gas_roots(3, wall, 0.7, radius, gas, speed, 3)
    assert np.all(np.diff(roots) > 0)
    for root in roots:
        tension, error = membrane.tension_by_shooting(3, root, wall, radius, gas, speed)
        assert abs(tension - 0.7) < 3 * error
        # Also LW07 Eq. 30 with cot(alpha) by the recursion of the Bessel functions.
        z = root * radius / speed
        cot = 1 / (-3 + z * spherical_jn(4, z) / spherical_jn(3, z))
        assert membrane.cot_phase(3, z) == pytest.approx(cot, rel=1e-9)
        inertia = 1 - 10 * 0.7 / (wall * radius**2 * root**2)
        assert inertia == pytest.approx(gas * radius / wall * cot, rel=1e-7)


def test_exact_surface_rings_as_a_membrane():
    for order in (2, 4):
        value, error = membrane.frequency_from_surface(order, 0.03, 2e-7, 1e-9)
        assert abs(value - membrane.shell_frequency(order, 0.03, 2e-7, 1e-9)) < error
        assert error < 1e-6 * value


def test_wall_weighs_what_its_beads_weigh_if_heat_moves_them_by_the_lindemann_length():
    T_g, density, sound, a, ratio = 900.0, 2200.0, 4100.0, 3e-10, 5.8
    lindemann = np.sqrt(k_B * T_g / (density * sound**2 * a**3))
    expected = membrane.wall_density(density, a, lindemann) * (ratio * a) ** 2
    found = membrane.wall_mass(T_g, sound, ratio)
    assert found == pytest.approx(expected, rel=1e-12, abs=0)


def test_tension_of_the_wall_is_that_of_the_droplet():
    for lindemann in (0.1, 0.2):
        found = membrane.surface_tension(700.0, 3e-10, 1.2e-9, lindemann)
        assert found == pytest.approx(rfot.wall_tension(1.2e-9, 3e-10, 700.0, lindemann), rel=1e-12)


def test_half_of_the_zero_point_energy_is_potential():
    omega, wall, radius = 5e12, 2e-7, 1e-9
    rms = membrane.zero_point_amplitude(2, omega, wall, radius)
    potential = wall * radius**2 * omega**2 * rms**2 / 2
    assert potential == pytest.approx(hbar * omega / 4, rel=1e-12, abs=0)


def test_tunnelling_and_activation_have_one_exponent_at_the_crossover():
    V, omega = 3e-20, 4e12
    T = membrane.crossover_temperature(omega)
    tunnelling = 2 * tunnelling_amplitudes.parabolic_action(V, omega) / hbar
    assert V / (k_B * T) == pytest.approx(tunnelling, rel=1e-12)


def test_ball_of_a_cell_has_its_volume():
    assert 4 * np.pi / 3 * membrane.wall_radius(2e-9) ** 3 == pytest.approx(8e-27, rel=1e-12, abs=0)


def test_exact_surface_has_the_stiffness_of_a_membrane():
    for order in range(6):
        assert membrane.harmonic_stiffness(order) == pytest.approx(
            (order - 1) * (order + 2), abs=1e-8
        )
        assert membrane.harmonic_stiffness(order, pressure=False) == pytest.approx(
            order * (order + 1) + 2, rel=1e-9
        )


def test_wandering_tension_stiffens_by_nine_eighths():
    assert membrane.stiffening_factor() == pytest.approx(9 / 8, rel=1e-9)
    tension = membrane.surface_free_energy(1e-9, 0.1, 3e-10) / (4 * np.pi * 1e-18)
    assert membrane.compensating_pressure(1e-9, 0.1, 3e-10) == pytest.approx(
        1.5 * tension / 1e-9, rel=1e-9
    )


def test_tension_of_local_curvature_stiffens_each_harmonic_differently():
    """Second variation of int sqrt(H) dA - p V for axisymmetric ripples, by differences."""

    def energy(order, amplitude, nodes=400):
        x, w, r, slope = membrane._axisymmetric(order, amplitude, nodes)
        theta = np.arccos(x)
        # derivatives in theta of r = 1 + b P_l, exactly from Legendre's equation
        s = np.sqrt(1 - x**2)
        shape = (r - 1) / amplitude if amplitude else 0 * x
        second = -x / s * slope - order * (order + 1) * amplitude * shape
        area = r * np.sqrt(r**2 + slope**2)
        q = r**2 + slope**2
        meridian = (r**2 + 2 * slope**2 - r * second) / q**1.5
        parallel = (1 - slope / r * (np.cos(theta) / np.sin(theta))) / np.sqrt(q)
        mean = (meridian + parallel) / 2
        pressure = 1.5
        return 2 * np.pi * np.sum(w * (np.sqrt(mean) * area - pressure * r**3 / 3))

    step = 2e-3
    weights = np.array([2, -27, 270, -490, 270, -27, 2]) / 180
    for order in (2, 3, 4):
        values = [energy(order, b) for b in step * np.arange(-3, 4)]
        values[3] = energy(order, 1e-300)
        stiffness = weights @ values / step**2 * (2 * order + 1) / (4 * np.pi)
        ratio = stiffness / ((order - 1) * (order + 2))
        assert ratio == pytest.approx(membrane.curvature_tension_factor(order), abs=2e-3)


POSITIVE = {
    membrane.wall_radius: "xi",
    membrane.surface_tension: "T_g a radius lindemann",
    membrane.wall_density: "density a lindemann",
    membrane.wall_mass: "T_g sound_speed xi_over_a",
    membrane.barrier_curvature: "mismatch slope a",
    membrane.barrier_top_frequency: "T_g sound_speed a xi_over_a lindemann",
    membrane.crossover_temperature: "omega",
    membrane.shell_frequency: "tension wall_density radius factor",
    membrane.shell_gas_roots: "wall_density tension radius gas_density gas_speed count",
    membrane.surface_free_energy: "radius tension_at_a a",
    membrane.compensating_pressure: "radius tension_at_a a step",
    membrane.zero_point_amplitude: "omega wall_density radius",
    membrane.tension_by_shooting: "omega wall_density radius gas_speed",
    membrane.frequency_from_surface: "tension wall_density radius",
}
OTHERS = {"order": 2, "gas_density": 1.0}


@pytest.mark.parametrize(
    ("function", "name"), [(f, name) for f, names in POSITIVE.items() for name in names.split()]
)
@pytest.mark.parametrize("bad", [0.0, -0.1, float("nan")])
def test_what_must_be_positive_is_named(function, name, bad):
    known = set(inspect.signature(function).parameters)
    good = dict.fromkeys(POSITIVE[function].split(), 0.1) | OTHERS
    given = {key: value for key, value in good.items() if key in known} | {name: bad}
    with pytest.raises(ValueError, match=f"{name} must be positive"):
        function(**given)


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: membrane.shell_frequency(1, 1, 1, 1), "2"),
        (lambda: membrane.shell_frequency(2, -1, 1, 1), "positive"),
        (lambda: membrane.surface_tension(300, 3e-10, 1e-9, 0.5), "0.342"),
        (lambda: membrane.surface_tension(300, 3e-10, 1e-9, 1 / np.sqrt(np.pi * np.e)), "0.342"),
        (lambda: membrane.barrier_top_frequency(1, 1, 1, 1, profile="none"), "profile"),
        (lambda: membrane.crossover_temperature(float("nan")), "positive"),
        (lambda: membrane.compensating_pressure(-1e-9, 0.1, 3e-10), "radius must be positive"),
    ],
)
def test_bad_input_is_refused(call, word):
    with pytest.raises(ValueError, match=word):
        call()


def test_roots_that_nearly_coincide_are_both_found():
    """A shell that rings almost as the gas: both zeros of a thin gas lie where one was."""
    z = brentq(lambda x: spherical_jn(2, x, derivative=True), 3, 4, xtol=1e-14)
    for part in (1e-5, -1e-5):
        tension = (z * (1 + part)) ** 2 / 4
        roots = membrane.shell_gas_roots(2, 1.0, tension, 1.0, 1e-13, 1.0, 2)
        assert roots == pytest.approx(sorted([z, z * (1 + part)]), rel=1e-7)


@pytest.mark.parametrize("speed", [30.0, 1e3, 5e3])
def test_a_wall_in_a_fast_gas_rings_alone_and_first(speed):
    """With z = omega R/c_g << 1 the gas adds the mass rho_g R/l to the wall."""
    wall, radius, gas, tension = 2.0, 1.5, 0.3, 0.7
    expected = membrane.shell_frequency(3, tension, wall + gas * radius / 3, radius)
    roots = membrane.shell_gas_roots(3, wall, tension, radius, gas, speed, 2)
    assert roots[0] == pytest.approx(expected, rel=0.1 / speed)
    assert roots[1] > 100 * roots[0] or speed < 100
    near = roots[0] * np.array([1 - 1e-10, 1 + 1e-10])
    signs = np.sign(membrane.shell_gas_mismatch(3, near, wall, tension, radius, gas, speed))
    assert signs[0] == -signs[1]


def test_roots_are_as_many_as_asked_for_and_none_is_left_out():
    """Also by counting sign changes of the paper's equation on a grid of another kind."""
    few = membrane.shell_gas_roots(4, 1.0, 2.0, 1.0, 1.0, 1.0)
    many = membrane.shell_gas_roots(4, 1.0, 2.0, 1.0, 1.0, 1.0, 9)
    assert few.shape == (4,) and many.shape == (9,)
    assert few == pytest.approx(many[:4], rel=1e-12)
    z = np.arange(1e-3, many[-1] + 1e-3, 2e-3)
    j, slope = spherical_jn(4, z), spherical_jn(4, z, derivative=True)
    changes = np.count_nonzero(np.diff(np.sign((z**2 - 36) * slope / z + j)))
    assert changes == 9


def test_a_ball_as_large_as_a_bead_has_the_tension_of_a_bead():
    a, tension = 3e-10, 0.07
    found = membrane.surface_free_energy([a, 4 * a], tension, a)
    assert found == pytest.approx(4 * np.pi * a**2 * tension * np.array([1, 8]), rel=1e-12, abs=0)


def test_defaults_are_those_of_the_paper():
    """A Lindemann ratio of a tenth, and a domain of 200 beads."""
    assert membrane.wall_density(2200.0, 3e-10) == pytest.approx(2200 * 3e-12, rel=1e-12)
    tension = membrane.surface_tension(700.0, 3e-10, 1.2e-9)
    assert tension == pytest.approx(rfot.wall_tension(1.2e-9, 3e-10, 700.0, 0.1), rel=1e-12)
    given = (900.0, 4100.0, 3e-10, 200 ** (1 / 3))
    default = membrane.barrier_top_frequency(*given)
    assert default == membrane.barrier_top_frequency(*given, 0.1, "quantum")
    unit = 4100.0 / 3e-10 * (6 * np.pi**2) ** (1 / 3) / 200 ** (1 / 3)
    assert default / unit == pytest.approx(membrane.barrier_top_prefactor(), rel=1e-7)
    wide = membrane.barrier_top_prefactor(8.0, 0.2, "classical")
    omega = membrane.barrier_top_frequency(500.0, 2e3, 2e-10, 8.0, 0.2, "classical")
    assert wide == pytest.approx(omega * 8 / (2e3 / 2e-10 * (6 * np.pi**2) ** (1 / 3)), rel=1e-7)
    with pytest.raises(ValueError, match=r"\['classical', 'quantum'\] are accepted"):
        membrane.barrier_top_frequency(*given, profile="none")


@pytest.mark.parametrize("order", [1, 2.5, -2, [], [2, 1], np.nan])
def test_shapes_have_whole_orders_from_two_on(order):
    for call in (
        lambda: membrane.shell_frequency(order, 1.0, 1.0, 1.0),
        lambda: membrane.cot_phase(order, 1.0),
        lambda: membrane.zero_point_amplitude(order, 1.0, 1.0, 1.0),
    ):
        with pytest.raises(ValueError, match="whole numbers from 2 on are accepted"):
            call()


def test_shape_modes_of_many_shells_at_once():
    """omega^2 = (l - 1)(l + 2) sigma/(rho_W R^2), nine eighths of it for a wandering tension."""
    order, tension, wall, radius = np.array([2, 3, 5]), np.array([[0.1], [0.3]]), 2e-7, 3e-9
    expected = np.sqrt(np.array([4, 10, 28]) * tension / (wall * radius**2))
    found = membrane.shell_frequency(order, tension, wall, radius)
    assert found == pytest.approx(expected, rel=1e-12)
    wandering = membrane.shell_frequency(order, tension, wall, radius, 9 / 8)
    assert wandering == pytest.approx(expected * np.sqrt(9 / 8), rel=1e-12)
    assert membrane.shell_frequency(2.0, 1.0, 1.0, 1.0) == pytest.approx(2)


def test_stiffness_is_of_growth_and_translation_too_and_of_no_negative_order():
    assert membrane.harmonic_stiffness(0, pressure=False) == pytest.approx(2, rel=1e-9)
    assert membrane.grand_surface_energy(0, 0.3) == pytest.approx(
        4 * np.pi * (1.3**2 - 2 / 3 * 1.3**3), rel=1e-12
    )
    assert membrane.grand_surface_energy(3, 0.0, pressure=False) == pytest.approx(4 * np.pi)
    with pytest.raises(ValueError, match="whole numbers from 0 on are accepted"):
        membrane.harmonic_stiffness(-1)


def test_error_of_a_frequency_is_seen_from_a_coarser_difference():
    value, error = membrane.frequency_from_surface(6, 0.03, 2e-7, 1e-9)
    assert abs(value - membrane.shell_frequency(6, 0.03, 2e-7, 1e-9)) < error < 1e-6 * value
    steps = [np.sqrt(membrane.harmonic_stiffness(6, step=h)) for h in (0.01, 0.02)]
    assert error > np.sqrt(0.03 / 2e-7) / 1e-9 * abs(steps[0] - steps[1])


def test_shooting_through_many_wavelengths_meets_the_paper_equation():
    for z, order in ((0.2, 2), (40.3, 4)):
        tension, error = membrane.tension_by_shooting(order, z, 1.0, 1.0, 0.5, 1.0)
        cot = 1 / (-order + z * spherical_jn(order + 1, z) / spherical_jn(order, z))
        expected = z**2 * (1 - 0.5 * cot) / ((order - 1) * (order + 2))
        assert abs(tension - expected) < error < 1e-6 * abs(tension)
        assert membrane.cot_phase(order, z) == pytest.approx(cot, rel=1e-9)


def test_slow_wall_has_no_tension():
    bare, _ = membrane.tension_by_shooting(2, 1.5, 2.0, 1.0, 0.0, 1.0)
    assert bare == pytest.approx(1.5**2 * 2.0 / 4, rel=1e-9)
    heavy, _ = membrane.tension_by_shooting(2, 4.0, 0.01, 1.0, 5.0, 1.0)
    assert heavy < 0


@pytest.mark.parametrize("step", [0.05, 0.2])
def test_stiffening_is_seen_with_the_step_asked_for(step):
    """Energy and pressure are powers 3/2 and -3/2 of the radius: errors of their differences."""

    def measured(power):
        points = (1 + step * np.array([-2, -1, 1, 2])) ** power
        return np.dot([1, -8, 8, -1], points) / (12 * step * power)

    found = membrane.stiffening_factor(2e-9, 3e-10, step)
    assert found == pytest.approx(9 / 8 * measured(1.5) * measured(-1.5), rel=1e-9)
