"""Phonons scattered by domain walls without a structural transition, and the strain cut-off (SI).

The wall follows the lattice and answers with its own shape modes (LW07 Appendix A); a transition
feels the strain averaged over its surface, which fades for wave lengths shorter than the domain
(LW07 Appendix B).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import sph_harm_y, spherical_jn

from relics.domain import positive
from relics.membrane import DEBYE_NUMBER


def directions(order: int = 24) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Polar angles, azimuths and weights of a product rule on the sphere, flat arrays.

    Exact for spherical harmonics up to degree 2 order - 1; the weights add up to 4 pi.
    """
    x, w = np.polynomial.legendre.leggauss(order)
    azimuth = 2 * np.pi * np.arange(2 * order) / (2 * order)
    theta, phi = np.meshgrid(np.arccos(x), azimuth, indexing="ij")
    weight = np.repeat(w[:, None], 2 * order, axis=1) * np.pi / order
    return theta.ravel(), phi.ravel(), weight.ravel()


def unit_vectors(theta: np.ndarray, phi: np.ndarray) -> np.ndarray:
    """Cartesian unit vectors, shape (..., 3)."""
    return np.stack([np.sin(theta) * np.cos(phi), np.sin(theta) * np.sin(phi), np.cos(theta)], -1)


def project(field: ArrayLike, order: int, degree: int, rule=None) -> complex:
    """Coefficient of Y_lm in a function given on the nodes of `directions` (LW07 Eq. A2)."""
    theta, phi, weight = directions() if rule is None else rule
    return complex(
        np.sum(weight * np.asarray(field) * np.conj(sph_harm_y(order, degree, theta, phi)))
    )


def synthesise(coefficients: dict[tuple[int, int], complex], theta, phi) -> np.ndarray:
    """Sum of coefficient times Y_lm over the given (l, m) at the given angles (LW07 Eq. A2)."""
    return sum(c * sph_harm_y(l, m, theta, phi) for (l, m), c in coefficients.items())


def plane_wave_projection(
    order: int, degree: int, wave_vector: ArrayLike, radius: float
) -> complex:
    """Integral over directions n of exp(-i k.n R) Y_lm(n), by quadrature (LW07 Eq. A9).

    `wave_vector` in 1/m (three components), `radius` in m.
    """
    rule = directions(40)
    n = unit_vectors(rule[0], rule[1])
    wave = np.exp(-1j * radius * (n @ np.asarray(wave_vector, dtype=float)))
    return complex(np.sum(rule[2] * wave * sph_harm_y(order, degree, rule[0], rule[1])))


def wall_response(omega: ArrayLike, line: float):
    """Wall amplitude over lattice amplitude, -omega_l^2/(omega_l^2 - omega^2) (LW07 Eq. A8)."""
    positive(line=line)
    return -(line**2) / (line**2 - np.asarray(omega) ** 2)


def harmonic_weight(order: ArrayLike, printed: bool = False):
    """Stiffness of a harmonic over the tension: (l-1)(l+2), or 2 + l(l+1) as printed (LW07 A7)."""
    order = np.asarray(order)
    return order * (order + 1) + (2 if printed else -2)


def self_energy(
    omega: complex,
    wave_number: float,
    walls: float,
    tension: float,
    density: float,
    radius: float,
    orders: ArrayLike,
    lines: ArrayLike,
    widths: ArrayLike,
    printed: bool = False,
) -> complex:
    """Right side of LW07 Eq. A11 over the phonon amplitude, in 1/s^2, for complex `omega`.

    `walls` per m^3; Gaussian distributions of the line frequencies with the given widths (rad/s),
    integrated by a trapezoidal sum that converges while Im omega exceeds the step.
    """
    orders, lines, widths = (np.asarray(v, dtype=float) for v in (orders, lines, widths))
    positive(walls=walls, tension=tension, density=density, radius=radius, lines=lines)
    positive(widths=widths)
    total = 0j
    for l, line, width in zip(orders, lines, widths, strict=True):
        grid = line + width * np.linspace(-9, 9, 40001)
        share = np.exp(-(((grid - line) / width) ** 2) / 2) / (np.sqrt(2 * np.pi) * width)
        mean = np.sum(share * grid**2 / (grid**2 - omega**2)) * (grid[1] - grid[0])
        shape = spherical_jn(int(l), wave_number * radius) ** 2
        total += 4 * np.pi * harmonic_weight(l, printed) * (2 * l + 1) * mean * shape
    return walls * tension / density * total


def amplitude_rate(
    omega: ArrayLike,
    wave_number: ArrayLike,
    walls: float,
    tension: float,
    density: float,
    radius: float,
    orders: ArrayLike,
    lines: ArrayLike,
    widths: ArrayLike,
    printed: bool = False,
) -> np.ndarray:
    """Decay rate in 1/s of a phonon amplitude by the walls (LW07 Eq. A12).

    Shaped like `omega` and `wave_number` broadcast; Gaussian line distributions.
    """
    positive(walls=walls, tension=tension, density=density, radius=radius)
    omega, wave_number = np.broadcast_arrays(np.asarray(omega, float), np.asarray(wave_number))
    total = np.zeros(omega.shape)
    for l, line, width in zip(
        np.atleast_1d(orders), np.atleast_1d(lines), np.atleast_1d(widths), strict=True
    ):
        share = np.exp(-(((omega - line) / width) ** 2) / 2) / (np.sqrt(2 * np.pi) * width)
        shape = spherical_jn(int(l), wave_number * radius) ** 2
        total += np.pi**2 * harmonic_weight(l, printed) * (2 * l + 1) * shape * share
    return walls * tension / density * total


def radius_in_wave_numbers(omega: ArrayLike, xi_over_a: float):
    """k R of a phonon of frequency `omega` (in omega_D) at the wall of a cell (LW07 App. A).

    omega/[0.4136 (a/xi) omega_D]; the paper rounds the number to 0.4.
    """
    positive(xi_over_a=xi_over_a)
    return DEBYE_NUMBER * (3 / (4 * np.pi)) ** (1 / 3) * xi_over_a * np.asarray(omega)


def path_in_wavelengths(
    xi_over_a: float,
    T_g: float,
    fragility: float,
    omega: float = 10**-1.5,
    lindemann: float = 0.1,
    printed: bool = False,
) -> float:
    """Mean free path over wave length by walls of l = 2 at `omega` (LW07 App. A, last estimate).

    Units of omega_D for `omega` and T_g; the line is put on resonance, omega_2 = omega, with
    width omega/(2 sqrt(fragility)); walls per volume omega/(T_g xi^3); the amplitude rate of LW07
    Eq. A12 with the paper's tension including 9/8.
    """
    positive(xi_over_a=xi_over_a, T_g=T_g, fragility=fragility, omega=omega, lindemann=lindemann)
    spacing, sound = 1.0, 1 / DEBYE_NUMBER
    radius = xi_over_a * (3 / (4 * np.pi)) ** (1 / 3)
    logarithm = np.log(1 / (lindemann**2 * np.pi * np.e))
    tension_over_density = (
        9 / 8 * 0.75 * lindemann**2 * sound**2 * spacing * logarithm * radius**-0.5
    )
    rate = amplitude_rate(
        omega,
        omega / sound,
        omega / (T_g * xi_over_a**3),
        tension_over_density,
        1.0,
        radius,
        [2],
        [omega],
        [omega / (2 * np.sqrt(fragility))],
        printed,
    )
    return float(omega / (2 * np.pi * rate))


def chain_frequencies(number: int, spacing: float, sound_speed: float) -> np.ndarray:
    """Angular frequencies of the discretised scalar field of LW07 Eq. A4 on a ring, ascending."""
    if number < 3:
        raise ValueError(f"number = {number}: at least 3 sites are accepted")
    positive(spacing=spacing, sound_speed=sound_speed)
    stiffness = 2 * np.eye(number) - np.roll(np.eye(number), 1, 0) - np.roll(np.eye(number), -1, 0)
    return np.sqrt(np.maximum(np.linalg.eigvalsh(stiffness), 0)) * sound_speed / spacing


def strain_form_factor(x: ArrayLike):
    """[d j_1(x)/dx]^2, fading of the uniform strain at x = kR (LW07 Fig. 24)."""
    return spherical_jn(1, np.asarray(x, dtype=float), derivative=True) ** 2


def _ball(radius: float, order: int):
    x, w = np.polynomial.legendre.leggauss(order)
    r = radius * (x + 1) / 2
    theta, phi, weight = directions(order)
    points = r[:, None, None] * unit_vectors(theta, phi)
    volume = (radius * w / 2 * r**2)[:, None] * weight
    return points, volume


def coupling_by_volume(
    strain: Callable[[np.ndarray], np.ndarray],
    dilation: Callable[[np.ndarray], np.ndarray],
    radius: float,
    density: float,
    sound_speed: float,
    order: int = 16,
) -> float:
    """Energy in J of a displacement in a strain field over a ball (LW07 Eq. B1).

    `strain` and `dilation` take points of shape (..., 3) in m and return the divergences of the
    elastic field and of the tunnelling displacement; `density` kg/m^3, `sound_speed` m/s.
    """
    positive(radius=radius, density=density, sound_speed=sound_speed)
    points, volume = _ball(radius, order)
    return float(density * sound_speed**2 * np.sum(volume * strain(points) * dilation(points)))


def coupling_by_surface(
    strain: Callable[[np.ndarray], np.ndarray],
    strain_gradient: Callable[[np.ndarray], np.ndarray],
    displacement: Callable[[np.ndarray], np.ndarray],
    radius: float,
    density: float,
    sound_speed: float,
    order: int = 16,
) -> float:
    """The same by Gauss' theorem: a surface term minus a strain-gradient term (LW07 Eq. B2)."""
    positive(radius=radius, density=density, sound_speed=sound_speed)
    points, volume = _ball(radius, order)
    theta, phi, weight = directions(order)
    normal = unit_vectors(theta, phi)
    at = radius * normal
    outward = np.sum(displacement(at) * normal, axis=-1)
    surface = radius**2 * np.sum(weight * outward * strain(at))
    gradient = np.sum(displacement(points) * strain_gradient(points), axis=-1)
    return float(density * sound_speed**2 * (surface - np.sum(volume * gradient)))


def quadratic_crossover(xi_over_a: float, edge_reduction: bool = False) -> float:
    """Frequency in omega_D where the strain-gradient term equals the linear one (LW07 App. B).

    (1/4) sqrt(N*) a^3 d_L k against a^2 N*^(1/3) d_L; with `edge_reduction` the linear term has
    the factor a/xi by which the displacement is smaller at the boundary (LW07 Sec. III.B).
    """
    positive(xi_over_a=xi_over_a)
    linear = xi_over_a * (1 / xi_over_a if edge_reduction else 1.0)
    return linear / (0.25 * xi_over_a**1.5) / DEBYE_NUMBER


def mean_falling_displacement(nodes: int = 20) -> float:
    """Mean over a ball of a displacement that falls linearly from one at the centre to zero.

    The factor 1/4 of LW07 Appendix B.
    """
    x, w = np.polynomial.legendre.leggauss(nodes)
    r = (x + 1) / 2
    return float(np.sum(3 * r**2 * (1 - r) * w / 2))


def frequency_spread(frequency: ArrayLike, relative_barrier_spread: ArrayLike):
    """Spread of a ripplon frequency that follows its barrier (LW07 Appendix A)."""
    positive(frequency=frequency, relative_barrier_spread=relative_barrier_spread)
    return np.asarray(frequency) * np.asarray(relative_barrier_spread)


def amplitude_rate_of_densities(
    wave_number: float, walls: float, tension: float, density: float, radius: float, densities
) -> float:
    """Decay rate in 1/s from the densities of the lines l = 2, 3, ... at the frequency (LW07 A12)."""
    positive(walls=walls, tension=tension, density=density, radius=radius)
    orders = np.arange(2, 2 + len(densities))
    shape = spherical_jn(orders, wave_number * radius) ** 2
    weights = harmonic_weight(orders) * (2 * orders + 1)
    return float(np.pi**2 * walls * tension / density * np.sum(weights * shape * densities))


def standing_wave_energy(
    momenta, amplitudes, radius: float, density: float, sound_speed: float, nodes: int = 200
) -> float:
    """Energy in J of spherical standing waves in a ball, by radial quadrature (LW07 Eq. A4).

    The n-th wave is radius sin(n pi r/radius)/r, with momentum density (kg/(m^2 s)) and
    displacement (m) amplitudes from the two lists.
    """
    positive(radius=radius, density=density, sound_speed=sound_speed)
    x, w = np.polynomial.legendre.leggauss(nodes)
    r = radius * (x + 1) / 2
    number = np.pi * np.arange(1, len(momenta) + 1)[:, None] / radius
    wave = radius * np.sin(number * r) / r
    slope = radius * (number * np.cos(number * r) / r - np.sin(number * r) / r**2)
    momentum = np.asarray(momenta) @ wave
    strain = np.asarray(amplitudes) @ slope
    energy = momentum**2 / (2 * density) + density * sound_speed**2 * strain**2 / 2
    return float(np.sum(energy * 4 * np.pi * r**2 * w) * radius / 2)
