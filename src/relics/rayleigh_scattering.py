"""Phonons scattered by domain walls without a structural transition, and the strain cut-off (SI).

The wall follows the lattice and answers with its own shape modes (LW07 Appendix A); a transition
feels the strain averaged over its surface, which fades for wave lengths shorter than the domain
(LW07 Appendix B).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import sph_harm_y, spherical_jn

from relics.domain import finite, positive
from relics.membrane import DEBYE_NUMBER
from relics.quadrature import integrate


def directions(order: int = 24) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Polar angles, azimuths and weights of a product rule on the sphere, flat arrays.

    Exact for spherical harmonics up to degree 2 order - 1; the weights add up to 4 pi.
    """
    x, w = np.polynomial.legendre.leggauss(order)
    azimuth = 2 * np.pi * np.arange(2 * order) / (2 * order)
    theta, phi = np.meshgrid(np.arccos(x), azimuth, indexing="ij")
    return theta.ravel(), phi.ravel(), np.repeat(w, 2 * order) * np.pi / order


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
    sound = 1 / DEBYE_NUMBER  # with the spacing of the beads as unit of length
    radius = xi_over_a * (3 / (4 * np.pi)) ** (1 / 3)
    logarithm = np.log(1 / (lindemann**2 * np.pi * np.e))
    tension_over_density = 9 / 8 * 0.75 * lindemann**2 * sound**2 * logarithm * radius**-0.5
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


# --- the surface energy, varied numerically ------------------------------------------------------

SURFACE_ORDER = 14
"""Gauss nodes in the cosine of the polar angle on which surface energies are integrated."""


def _harmonic_labels(degree: int) -> list[tuple[int, int]]:
    return [(l, m) for l in range(degree + 1) for m in range(-l, l + 1)]


@lru_cache(maxsize=8)
def _harmonic_tables(degree: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Values and both slopes of all harmonics up to `degree` on the nodes, and the weights."""
    theta, phi, weight = directions(SURFACE_ORDER)
    l, m = np.array(_harmonic_labels(degree)).T[:, :, None]
    value, slope = sph_harm_y(l, m, theta, phi, diff_n=1)
    return value, slope[..., 0], slope[..., 1] / np.sin(theta), weight


def _taylor(fields: list[np.ndarray], weight: np.ndarray) -> np.ndarray:
    """Taylor coefficients zero to three of the energy of a unit sphere in a deformation's amplitude.

    Of the area less twice the volume, tension one. `fields` are a displacement and its slopes on
    the nodes; surfaces of small complex amplitude are integrated exactly, and Cauchy's formula
    gives the coefficients.
    """
    points, reach = 16, 0.1
    size = max(np.max(np.abs(f)) for f in fields)
    scale = reach / (size or 1.0)
    circle = np.exp(2j * np.pi * np.arange(points) / points)[:, None]
    displacement, along_theta, along_phi = (scale * circle * f for f in fields)
    r = 1 + displacement
    area = r * np.sqrt(r**2 + along_theta**2 + along_phi**2)
    energy = (area - 2 * r**3 / 3) @ weight
    orders = np.arange(4)
    return np.mean(energy[:, None] * circle**-orders, axis=0) / scale**orders


@lru_cache(maxsize=8)
def _stiffness_matrix(degree: int) -> np.ndarray:
    """Second derivatives of the surface energy in the amplitudes of all pairs of harmonics."""
    *tables, weight = _harmonic_tables(degree)
    matrix = np.empty((len(tables[0]),) * 2, dtype=complex)
    for a in range(len(matrix)):
        for b in range(a + 1):
            both = _taylor([f[a] + f[b] for f in tables], weight)[2]
            apart = _taylor([f[a] - f[b] for f in tables], weight)[2]
            matrix[a, b] = matrix[b, a] = (both - apart) / 2
    matrix.flags.writeable = False
    return matrix


def _shape_coefficients(shape, radius: float, degree: int) -> np.ndarray:
    """Coefficients of a displacement over `radius`; refused if harmonics above `degree` remain."""
    theta, phi, weight = directions(SURFACE_ORDER)
    value = _harmonic_tables(degree)[0]
    given = np.broadcast_to(shape(theta, phi), theta.shape)
    if not np.all(np.isfinite(given)):
        raise ValueError("shape: finite displacements in all directions are accepted")
    coefficients = np.conj(value) @ (weight * given)
    if np.max(np.abs(coefficients @ value - given)) > 1e-9 * np.max(np.abs(given)):
        raise ValueError(f"shape: harmonics up to l = {degree} are accepted, this one has others")
    return coefficients / radius


def surface_energy(
    shape: Callable[[np.ndarray, np.ndarray], np.ndarray],
    tension: float,
    radius: float,
    degree: int = 3,
) -> float:
    """Energy in J of a deformed wall under tension and the pressure that balances it.

    `shape(theta, phi)` is the displacement in m along the radius, real, with harmonics up to
    `degree` (``ValueError`` for others); `tension` J/m^2, `radius` m. The area and the volume of
    the deformed surface are integrated exactly at small complex amplitudes; returned is the
    Taylor polynomial of third order in the displacement (LW07 Eqs. A3 and A5, corrected).
    """
    positive(tension=tension, radius=radius)
    coefficients = _shape_coefficients(shape, radius, degree)
    *tables, weight = _harmonic_tables(degree)
    fields = [coefficients @ f for f in tables]
    return float(tension * radius**2 * np.sum(_taylor(fields, weight)).real)


def restoring_pressure(
    shape: Callable[[np.ndarray, np.ndarray], np.ndarray],
    theta: float,
    phi: float,
    tension: float,
    radius: float,
    degree: int = 3,
):
    """Force per area in Pa at the angles given that drives a deformed wall back.

    First variation of the surface energy, to first order in the displacement `shape(theta, phi)`
    in m (complex where that is complex); it is taken against the sharpest bump at the place that
    harmonics up to `degree` can form. Arguments otherwise as in `surface_energy`.
    """
    positive(tension=tension, radius=radius)
    finite(theta=theta, phi=phi)
    l, m = np.array(_harmonic_labels(degree)).T
    bump = np.conj(sph_harm_y(l, m, theta, phi))
    force = bump @ _stiffness_matrix(degree) @ _shape_coefficients(shape, radius, degree)
    return complex(force) * tension / radius


def wall_acceleration(
    shape: Callable[[np.ndarray, np.ndarray], np.ndarray],
    theta: float,
    phi: float,
    tension: float,
    wall_density: float,
    radius: float,
    factor: float = 1.125,
) -> float:
    """Acceleration in m/s^2 of a wall released from a shape, at the angles given (LW07 Eq. A1).

    `shape(theta, phi)` in m, harmonics up to l = 3; `wall_density` kg/m^2; `factor` is the
    stiffening by a tension that falls with the radius. By variation of the surface energy.
    """
    positive(wall_density=wall_density, factor=factor)
    pressure = restoring_pressure(shape, theta, phi, tension, radius).real
    return -factor * pressure / wall_density


def slope_jump(
    lattice: Callable[[np.ndarray, np.ndarray], np.ndarray],
    wall: Callable[[np.ndarray, np.ndarray], np.ndarray],
    theta: float,
    phi: float,
    tension: float,
    radius: float,
    density: float,
    sound_speed: float,
) -> complex:
    """Jump of the radial slope of the lattice displacement at a wall, no unit (LW07 Eq. A7).

    `lattice` is the displacement in m of the lattice against the centre of the domain and `wall`
    that of the wall against the lattice, functions of the angles with harmonics up to l = 3;
    `density` kg/m^3. The elastic stress takes up what the surface energy of their sum exerts.
    """
    positive(density=density, sound_speed=sound_speed)
    pressure = restoring_pressure(
        lambda x, y: lattice(x, y) + wall(x, y), theta, phi, tension, radius
    )
    return pressure / (density * sound_speed**2)


def _wave_on_wall(wave_vector: np.ndarray, radius: float, degree: int) -> np.ndarray:
    """Overlaps of exp(i k.n R) with the conjugates of all harmonics up to `degree`."""
    theta, phi, weight = directions(SURFACE_ORDER)
    wave = np.exp(1j * radius * (unit_vectors(theta, phi) @ wave_vector))
    return np.conj(_harmonic_tables(degree)[0]) @ (weight * wave)


def _wave_vector(name: str, value: ArrayLike, radius: float) -> np.ndarray:
    vector = finite(**{name: value})[0]
    if vector.shape[-1:] != (3,):
        raise ValueError(f"{name} of shape {vector.shape}: three components are accepted")
    if radius * np.max(np.abs(vector)) > SURFACE_ORDER / 2:
        raise ValueError(f"{name}: up to {SURFACE_ORDER / 2:g}/radius is accepted")
    return vector


def emitted_wave(
    wave_vector: ArrayLike,
    omega: float,
    centres: ArrayLike,
    coefficients: Mapping[tuple[int, int], ArrayLike],
    tension: float,
    density: float,
    radius: float,
    sound_speed: float,
    force: float = 0.0,
) -> complex:
    """Amplitude of the wave that rippling walls send out (LW07 Eq. A9).

    `wave_vector` (3,) in 1/m with kR below 7, `omega` rad/s off c_s k, `centres` (walls, 3) in m,
    `coefficients` the amplitudes of Y_lm, l >= 2, one for each wall. The force of a wall on the
    wave is minus the change of its surface energy, a quadrature over the sphere; `force` is added
    to it. Fourier integrals carry 1/(2 pi)^3 per wave vector. ``ValueError`` for other shapes.
    """
    positive(tension=tension, density=density, radius=radius, sound_speed=sound_speed)
    vector = _wave_vector("wave_vector", wave_vector, radius)
    centres = np.atleast_2d(finite(centres=centres)[0])
    if any(l < 2 or abs(m) > l for l, m in coefficients) or not coefficients:
        raise ValueError(f"coefficients of {list(coefficients)}: l >= 2, |m| <= l are accepted")
    degree = max(l for l, _ in coefficients)
    labels = _harmonic_labels(degree)
    shapes = np.zeros((len(labels), len(centres)), dtype=complex)
    for label, amplitude in coefficients.items():
        shapes[labels.index(label)] = amplitude
    # the bilinear form wants the field exp(-i k.n R) itself, not its conjugate
    wave = _wave_on_wall(-vector, radius, degree)
    work = wave @ _stiffness_matrix(degree) @ shapes
    phases = np.exp(-1j * (centres @ vector))
    drive = -tension / density * np.sum(phases * work) / (2 * np.pi) ** 3 + force
    return complex(drive / (sound_speed**2 * np.sum(vector**2) - omega**2))


def driven_coefficients(
    omega: complex,
    waves: ArrayLike,
    amplitudes: ArrayLike,
    centres: ArrayLike,
    lines: dict[int, float],
    radius: float,
) -> dict[tuple[int, int], np.ndarray]:
    """Amplitudes of Y_lm on each wall that plane waves of one frequency drive (LW07 Eq. A8).

    `waves` (waves, 3) in 1/m and their `amplitudes`, `lines` the frequencies in rad/s of the
    orders l >= 2 present, `omega` off the lines. The wall carries an inertia that makes its free
    harmonics ring at `lines`; its equations of motion are solved as one linear system.
    """
    positive(radius=radius, lines=list(lines.values()))
    vectors = np.atleast_2d(_wave_vector("waves", waves, radius))
    centres = np.atleast_2d(finite(centres=centres)[0])
    if min(lines) < 2:
        raise ValueError(f"lines of l = {sorted(lines)}: orders from 2 on are accepted")
    degree = max(lines)
    labels = _harmonic_labels(degree)
    kept = [i for i, (l, _) in enumerate(labels) if l in lines]
    stiffness = _stiffness_matrix(degree)[np.ix_(kept, kept)]
    overlaps = np.array([_wave_on_wall(vector, radius, degree)[kept] for vector in vectors])
    phases = np.exp(1j * (vectors @ centres.T))
    lattice = overlaps.T @ (np.asarray(amplitudes)[:, None] * phases)
    inertia = stiffness / np.array([lines[labels[i][0]] for i in kept]) ** 2
    moved = np.linalg.solve(stiffness - omega**2 * inertia, -stiffness @ lattice)
    return {labels[i]: row for i, row in zip(kept, moved, strict=True)}


def scattered_wave(
    wave_vector: ArrayLike,
    omega: float,
    waves: ArrayLike,
    amplitudes: ArrayLike,
    centres: ArrayLike,
    lines: dict[int, float],
    tension: float,
    density: float,
    radius: float,
    sound_speed: float,
) -> complex:
    """Amplitude of the wave that walls send out when plane waves shake them (LW07 Eq. A10).

    The walls are eliminated by solving for their ripples, see `driven_coefficients` and
    `emitted_wave`. `amplitudes` are those of `waves` times their cells of wave-vector space.
    """
    ripples = driven_coefficients(omega, waves, amplitudes, centres, lines, radius)
    return emitted_wave(wave_vector, omega, centres, ripples, tension, density, radius, sound_speed)


def forward_self_energy(
    omega: complex,
    wave_number: float,
    walls: float,
    tension: float,
    density: float,
    radius: float,
    lines: dict[int, Callable[[np.ndarray], np.ndarray]],
) -> complex:
    """Right side of LW07 Eq. A11 over the phonon amplitude, in 1/s^2, for any line shapes.

    `omega` rad/s with a positive imaginary part, `wave_number` k in 1/m with kR below 7, `walls`
    per m^3, `lines` the density in s of the frequency of each order l >= 2, a function of arrays.
    At each frequency of a line the equations of motion of one wall are solved and its force on
    the wave that goes on is found by quadrature over the sphere; the mean over the line is a
    quadrature as well. Walls at random places send nothing but this forward wave.
    """
    positive(walls=walls, wave_number=wave_number, decay=complex(omega).imag)
    positive(tension=tension, density=density, radius=radius)
    vector = _wave_vector("wave_number", np.array([0.0, 0.0, 1.0]) * wave_number, radius)
    degree = max(lines)
    if min(lines) < 2:
        raise ValueError(f"lines of l = {sorted(lines)}: orders from 2 on are accepted")
    arriving, leaving = (_wave_on_wall(s * vector, radius, degree) for s in (1, -1))
    total = 0j
    for order, share in lines.items():
        kept = slice(order**2, (order + 1) ** 2)
        stiffness = _stiffness_matrix(degree)[kept, kept]
        push = -stiffness @ arriving[kept]

        def sent(t, share=share, stiffness=stiffness, push=push, pull=leaving[kept] @ stiffness):
            x = abs(omega) * t / (1 - t)
            system = (1 - (omega / x) ** 2)[..., None, None] * stiffness
            moved = np.linalg.solve(system, push[:, None])[..., 0]
            return share(x) * (moved @ pull) * abs(omega) / (1 - t) ** 2

        total += complex(integrate(sent, 0.0, 1.0)[0])
    return -walls * tension / density * total
