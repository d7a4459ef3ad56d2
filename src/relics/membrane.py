"""Domain wall as a membrane: its mass, its modes with a gas inside, and its stiffness (SI units).

A wall of mass `wall_density` per area and surface tension `tension` bounds a ball of radius
`radius`; the pressure that balances the tension comes from a gas of vanishing density. Harmonics of
order l = 2 and higher are shape modes; l = 0 is growth and l = 1 is translation.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize
from scipy.integrate import solve_ivp
from scipy.special import eval_legendre, spherical_jn

from relics.constants import hbar, k_B
from relics.domain import positive

DEBYE_NUMBER = (6 * np.pi**2) ** (1 / 3)
"""Debye wave number times the spacing of a simple cubic cell, q_D a = (6 pi^2)^(1/3)."""


def _shape_order(order: ArrayLike) -> np.ndarray:
    array = np.asarray(order)
    if array.size == 0 or not np.all(np.equal(np.mod(array, 1), 0)) or not np.all(array >= 2):
        raise ValueError(f"order = {order!r}: whole numbers from 2 on are accepted")
    return array.astype(int)


def wall_radius(xi: ArrayLike) -> np.ndarray:
    """Radius in m of the ball that has the volume xi^3 of a mosaic cell (LW07 Sec. IV.C)."""
    positive(xi=xi)
    return np.asarray(xi, dtype=float) * (3 / (4 * np.pi)) ** (1 / 3)


def surface_tension(T_g: ArrayLike, a: ArrayLike, radius: ArrayLike, lindemann: float = 0.1):
    """Tension in J/m^2 of a wall of the given radius (LW07 Sec. IV.C, after Xia and Wolynes).

    `T_g` in K, bead spacing `a` and `radius` in m, `lindemann` the ratio d_L/a, below
    1/sqrt(pi e) = 0.342. The tension falls as the inverse square root of the radius.
    """
    positive(T_g=T_g, a=a, radius=radius, lindemann=lindemann)
    if lindemann >= 1 / np.sqrt(np.pi * np.e):
        raise ValueError(f"lindemann = {lindemann!r}: values below 0.342 are accepted")
    scale = 0.75 * k_B * np.asarray(T_g) / np.asarray(a) ** 2
    return scale * np.log(1 / (lindemann**2 * np.pi * np.e)) * np.sqrt(np.asarray(a) / radius)


def wall_density(density: ArrayLike, a: ArrayLike, lindemann: float = 0.1):
    """Wall mass per area in kg/m^2: a layer of beads that moves only a Lindemann length."""
    positive(density=density, a=a, lindemann=lindemann)
    return lindemann**2 * np.asarray(density) * np.asarray(a)


def wall_mass(T_g: ArrayLike, sound_speed: ArrayLike, xi_over_a: ArrayLike):
    """Mass in kg of the wall of one cell, (xi/a)^2 k_B T_g / c_s^2 (LW07 Sec. IV.B)."""
    positive(T_g=T_g, sound_speed=sound_speed, xi_over_a=xi_over_a)
    return np.asarray(xi_over_a) ** 2 * k_B * np.asarray(T_g) / np.asarray(sound_speed) ** 2


def barrier_curvature(mismatch: float, slope: float, a: float) -> tuple[float, float]:
    """Top of V(r) = mismatch sqrt(N) - slope N with N = (4 pi/3)(r/a)^3: (radius, -V'').

    `mismatch` and `slope` in J, `a` in m; returns m and J/m^2. The top is found by minimisation
    and the curvature by a fourth-order difference, without the closed form 9 V_max/(2 r^2).
    """
    positive(mismatch=mismatch, slope=slope, a=a)

    def profile(x):
        number = 4 * np.pi / 3 * x**3
        return np.sqrt(number) - slope / mismatch * number

    outermost = ((mismatch / slope) ** 2 * 3 / (4 * np.pi)) ** (1 / 3)
    top = optimize.minimize_scalar(
        lambda x: -profile(x), bounds=(0, outermost), options={"xatol": 1e-12}
    ).x
    h = 4e-3 * top
    x = top + h * np.arange(-3, 4)
    weights = np.array([2, -27, 270, -490, 270, -27, 2]) / 180
    return top * a, -mismatch * float(weights @ profile(x)) / (h * a) ** 2


def barrier_top_frequency(
    T_g: float,
    sound_speed: float,
    a: float,
    xi_over_a: float,
    lindemann: float = 0.1,
    profile: str = "quantum",
) -> float:
    """Angular frequency in rad/s of wall motion at the top of the barrier (LW07 Eq. 29).

    `profile` is "quantum" (the tunnelling profile of LW07 Sec. III.A, whose entropy term carries
    2 sqrt(2) - 1) or "classical" (the activation profile, factor one).
    """
    factors = {"quantum": 2 * np.sqrt(2) - 1, "classical": 1.0}
    if profile not in factors:
        raise ValueError(f"profile = {profile!r}: {sorted(factors)} are accepted")
    positive(T_g=T_g, xi_over_a=xi_over_a, lindemann=lindemann)
    mismatch = 1.5 * np.sqrt(3 * np.pi) * k_B * T_g * np.log(1 / (lindemann**2 * np.pi * np.e))
    slope = factors[profile] * mismatch / xi_over_a**1.5
    _, curvature = barrier_curvature(mismatch, slope, a)
    return float(np.sqrt(curvature / wall_mass(T_g, sound_speed, xi_over_a)))


def barrier_top_prefactor(
    xi_over_a: float = 200 ** (1 / 3), lindemann: float = 0.1, profile: str = "quantum"
) -> float:
    """Coefficient of (a/xi) omega_D in the barrier-top frequency (printed 1.6, LW07 Eq. 29)."""
    omega = barrier_top_frequency(1000.0, 3000.0, 3e-10, xi_over_a, lindemann, profile)
    return float(omega * xi_over_a / (3000.0 / 3e-10 * DEBYE_NUMBER))


def crossover_temperature(omega: ArrayLike):
    """Temperature in K at which a barrier of top frequency `omega` (rad/s) is crossed classically.

    hbar omega / (2 pi k_B): tunnelling through an inverted parabola and thermal activation over
    it have the same exponent there (LW07 Sec. IV.B).
    """
    positive(omega=omega)
    return hbar * np.asarray(omega) / (2 * np.pi * k_B)


def cot_phase(order: int, z: ArrayLike):
    """The function cot(alpha_l(z)) of LW07 Eq. 30, equal to -j_l(z)/(z j_l'(z))."""
    _shape_order(order)
    positive(z=z)
    z = np.asarray(z, dtype=float)
    return -spherical_jn(order, z) / (z * spherical_jn(order, z, derivative=True))


def shell_frequency(order, tension, wall_density, radius, factor: float = 1.0):
    """Frequency in rad/s of a shape mode of an empty shell (LW07 Eqs. 31, 32).

    `tension` J/m^2, `wall_density` kg/m^2, `radius` m; `factor` is 1 for a constant tension and
    9/8 for the paper's estimate of a tension that falls as the inverse square root of the radius.
    """
    order = _shape_order(order)
    positive(tension=tension, wall_density=wall_density, radius=radius, factor=factor)
    stiffness = factor * np.asarray(tension) / (np.asarray(wall_density) * np.asarray(radius) ** 2)
    return np.sqrt(stiffness * (order - 1) * (order + 2))


def shell_gas_mismatch(order, omega, wall_density, tension, radius, gas_density, gas_speed):
    """Imbalance of a shell mode with gas, free of poles: zero exactly at the eigenfrequencies.

    The wall needs the pressure (wall_density omega^2 - tension (l-1)(l+2)/R^2) per displacement;
    the gas supplies gas_density omega^2 R j_l(z)/(z j_l'(z)) with the opposite sign. Multiplied
    by z j_l'(z) and divided by the wall's inertia.
    """
    z = np.asarray(omega) * radius / gas_speed
    stiff = tension * (order - 1) * (order + 2) / radius**2
    wall = 1 - stiff / (wall_density * np.asarray(omega) ** 2)
    gas = gas_density * radius / wall_density
    return wall * z * spherical_jn(order, z, derivative=True) + gas * spherical_jn(order, z)


def shell_gas_roots(
    order: int,
    wall_density: float,
    tension: float,
    radius: float,
    gas_density: float,
    gas_speed: float,
    count: int = 4,
) -> np.ndarray:
    """The lowest `count` eigenfrequencies (rad/s) of a shell with gas inside (LW07 Eq. 30).

    Sign changes of `shell_gas_mismatch` on a grid of z = omega R/c_g finer than the spacing of
    the zeros of j_l and j_l', then Brent's method.
    """
    order = int(_shape_order(order))
    positive(gas_density=gas_density, gas_speed=gas_speed, count=count)
    shell = float(shell_frequency(order, tension, wall_density, radius)) * radius / gas_speed
    last = np.pi * (count + order + 2)
    grid = np.linspace(0, last, 400 * (count + order + 2))[1:]
    around = shell * (
        1 + np.concatenate([-np.geomspace(1e-7, 0.5, 60), np.geomspace(1e-7, 0.5, 60)])
    )
    below = shell * np.geomspace(1e-3, 1, 200)
    z = np.unique(np.concatenate([grid, around[around < last], below[below < last]]))

    def mismatch(x):
        return shell_gas_mismatch(
            order, x * gas_speed / radius, wall_density, tension, radius, gas_density, gas_speed
        )

    value = mismatch(z)
    change = np.flatnonzero(np.sign(value[1:]) != np.sign(value[:-1]))[:count]
    if change.size < count:
        raise ValueError(f"count = {count}: only {change.size} roots lie below z = {last:.3g}")
    roots = [optimize.brentq(mismatch, z[i], z[i + 1], xtol=1e-14) for i in change]
    return np.array(roots) * gas_speed / radius


def surface_free_energy(radius: ArrayLike, tension_at_a: float, a: float):
    """Surface free energy 4 pi sigma_0 R^(3/2) a^(1/2) in J of a ball of the given radius in m."""
    positive(radius=radius, tension_at_a=tension_at_a, a=a)
    return 4 * np.pi * tension_at_a * np.asarray(radius) ** 1.5 * np.sqrt(a)


def compensating_pressure(
    radius: float, tension_at_a: float, a: float, step: float = 1e-3
) -> float:
    """Pressure in Pa that holds the wall, dF/dV by a central difference in the radius."""
    positive(step=step)
    r = radius * (1 + step * np.array([-2, -1, 1, 2]))
    energy = surface_free_energy(r, tension_at_a, a)
    slope = np.dot([1, -8, 8, -1], energy) / (12 * step * radius)
    return float(slope / (4 * np.pi * radius**2))


def stiffening_factor(radius: float = 1e-9, a: float = 3e-10, step: float = 1e-3) -> float:
    """Ratio of -dp/dR to its value 2 sigma/R^2 at constant tension (9/8; LW07 Sec. IV.C)."""
    r = radius * (1 + step * np.array([-2, -1, 1, 2]))
    pressure = np.array([compensating_pressure(x, 1.0, a, step) for x in r])
    slope = np.dot([1, -8, 8, -1], pressure) / (12 * step * radius)
    tension = surface_free_energy(radius, 1.0, a) / (4 * np.pi * radius**2)
    return float(-slope * radius**2 / (2 * tension))


def _axisymmetric(order: int, amplitude: float, nodes: int):
    """Radius, slope and weights of the surface r = 1 + amplitude P_l(cos theta)."""
    x, weight = np.polynomial.legendre.leggauss(nodes)
    shape = eval_legendre(order, x)
    slope = order * (eval_legendre(order - 1, x) - x * shape) / (1 - x**2)
    r = 1 + amplitude * shape
    return x, weight, r, -np.sqrt(1 - x**2) * amplitude * slope


def grand_surface_energy(order: int, amplitude: float, pressure: bool = True, nodes: int = 200):
    """Area minus 2 volume (R = 1, tension 1, axisymmetric P_l ripple), from the exact surface.

    With `pressure=False` the area alone. Its second derivative in `amplitude`, divided by the
    norm 4 pi/(2l+1) of the ripple, is the stiffness of a harmonic.
    """
    _, weight, r, slope = _axisymmetric(order, amplitude, nodes)
    area = 2 * np.pi * np.dot(weight, r * np.sqrt(r**2 + slope**2))
    volume = 2 * np.pi / 3 * np.dot(weight, r**3)
    return area - 2 * volume if pressure else area


def harmonic_stiffness(order: int, pressure: bool = True, step: float = 1e-2) -> float:
    """Stiffness of a harmonic in units of the tension, from `grand_surface_energy`.

    (l-1)(l+2) with the compensating pressure, l(l+1) + 2 for the area alone (LW07 Eqs. A1, A3).
    """
    if order < 0:
        raise ValueError(f"order = {order!r}: whole numbers from 0 on are accepted")
    amplitude = step * np.arange(-3, 4) / (1 + order)
    energy = [grand_surface_energy(order, b, pressure) for b in amplitude]
    weights = np.array([2, -27, 270, -490, 270, -27, 2]) / 180
    second = np.dot(weights, energy) / (step / (1 + order)) ** 2
    return float(second * (2 * order + 1) / (4 * np.pi))


def curvature_tension_factor(order: int) -> float:
    """Stiffening if the tension followed the local mean curvature: 9/8 - l(l+1)/16.

    Second variation of sigma_0 int sqrt(a H) dA with H the mean curvature, over that at constant
    tension: 9/8 at l = 0, 3/4 at l = 2, negative from l = 4 on. The uniform 9/8 of LW07 Eq. 32
    is therefore an estimate.
    """
    return 9 / 8 - order * (order + 1) / 16


def zero_point_amplitude(order: int, omega: float, wall_density: float, radius: float) -> float:
    """Zero-point rms of a harmonic amplitude in m, sqrt(hbar/(2 rho_W R^2 omega))."""
    _shape_order(order)
    positive(omega=omega, wall_density=wall_density, radius=radius)
    return float(np.sqrt(hbar / (2 * wall_density * radius**2 * omega)))


def tension_by_shooting(
    order: int,
    omega: float,
    wall_density: float,
    radius: float,
    gas_density: float,
    gas_speed: float,
) -> tuple[float, float]:
    """Tension in J/m^2 for which `omega` (rad/s) is an eigenfrequency of a shell with gas, and its
    error (LW07 Eq. 30).

    The radial equation of the gas is integrated from near the centre, where the potential grows
    as r^l, to the wall; no Bessel function is used. Negative where no wall rings so slowly.
    """
    order = int(_shape_order(order))
    positive(omega=omega, wall_density=wall_density, radius=radius, gas_speed=gas_speed)
    k = omega * radius / gas_speed

    def slope(x, y):
        return [y[1], -2 / x * y[1] - (k**2 - order * (order + 1) / x**2) * y[0]]

    def pull(tolerance):
        # The potential grows as r^l; what is missing of it here dies out as r^-(2l+1).
        near = 0.01 / (1 + k)
        start = [1, order / near]
        way = solve_ivp(slope, (near, 1), start, method="DOP853", rtol=tolerance, atol=1e-30)
        end = way.y[:, -1]
        load = wall_density + gas_density * radius * end[0] / end[1]
        return omega**2 * load * radius**2 / ((order - 1) * (order + 2))

    fine, coarse = pull(3e-14), pull(1e-11)
    return fine, 2 * abs(fine - coarse) + 1e-9 * abs(fine)


def frequency_from_surface(
    order: int, tension: float, wall_density: float, radius: float
) -> tuple[float, float]:
    """Frequency of an empty shell in rad/s and its error, from the exact surface (LW07 Eq. 31).

    The stiffness comes from second differences of area and volume, see `harmonic_stiffness`.
    """
    order = int(_shape_order(order))
    positive(tension=tension, wall_density=wall_density, radius=radius)
    scale = np.sqrt(tension / wall_density) / radius
    fine, coarse = (np.sqrt(harmonic_stiffness(order, step=h)) for h in (0.01, 0.02))
    return float(scale * fine), float(scale * (2 * abs(fine - coarse) + 1e-9 * fine))
