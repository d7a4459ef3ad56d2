import inspect

import numpy as np
import pytest
from scipy.special import spherical_jn

from relics import membrane, rfot, tunnelling_amplitudes
from relics.constants import hbar, k_B


def test_top_of_barrier_has_the_curvature_of_a_mixture_of_powers():
    mismatch, slope, a = 5e-20, 2e-21, 3e-10
    radius, curvature = membrane.barrier_curvature(mismatch, slope, a)
    number = (mismatch / (2 * slope)) ** 2
    expected_radius = a * (3 * number / (4 * np.pi)) ** (1 / 3)
    height = mismatch**2 / (4 * slope)
    assert radius == pytest.approx(expected_radius, rel=1e-7)
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
