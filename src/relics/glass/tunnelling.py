"""Tunnelling along a path: the one-dimensional Schroedinger equation of a double well.

All masses being equal, a point that follows the minimum energy path through the configuration
space moves as one particle of that mass along the arc length s, in the energy V(s)
(KRZ21-u1). In units of the pair energy, the diameter and the mass the only constant left is the
reduced Planck constant (KRZ21-u2), which names the substance that the model stands for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import CubicHermiteSpline, CubicSpline
from scipy.linalg import eigh

from relics.constants import atomic_mass, hbar, k_B

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Substance:
    """What the units of the model stand for.

    ``diameter`` in m, ``energy`` in J, ``mass`` in kg; ``source`` says where they come from.
    """

    name: str
    diameter: float
    energy: float
    mass: float
    source: str

    @property
    def planck_reduced(self) -> float:
        """Reduced Planck constant in the units of the model (KRZ21-u2)."""
        return reduced_planck_constant(self.diameter, self.energy, self.mass)

    def kelvin(self, energy_reduced: float) -> float:
        """Temperature (K) that an energy in units of the pair energy corresponds to."""
        return energy_reduced * self.energy / k_B


def reduced_planck_constant(diameter: float, energy: float, mass: float) -> float:
    """Planck constant in units of diameter, pair energy and mass (KRZ21-u2).

    Arguments in m, J and kg, all positive; raises ``ValueError`` otherwise.
    """
    if not (0 < diameter < np.inf and 0 < energy < np.inf and 0 < mass < np.inf):
        raise ValueError(
            f"diameter, energy and mass must be positive, got {diameter}, {energy}, {mass}"
        )
    return hbar / (diameter * np.sqrt(mass * energy))


ARGON = Substance(
    "argon",
    3.405e-10,
    119.8 * k_B,
    39.948 * atomic_mass,
    "Lennard-Jones constants of argon: 3.405 angstrom, 119.8 K, 39.948 u",
)
NIP = Substance(
    "NiP",
    2.21e-10,
    934.0 * k_B,
    58.6934 * atomic_mass,
    "nickel-phosphorus mapping of Heuer and Silbey (1993): 2.21 angstrom, 934 K; mass of nickel",
)
SUBSTANCES = {"argon": ARGON, "NiP": NIP}


@dataclass(frozen=True)
class Profile:
    """Energy along a path between two minima, harmonic outside them.

    ``position`` (K,) increasing arc length, ``energy`` (K,), ``stiffness`` the second derivatives
    at the two ends, which continue the profile as parabolas.
    """

    position: Array
    energy: Array
    stiffness: tuple[float, float]
    interior: Callable[[Array], Array]

    def __call__(self, s: ArrayLike) -> Array:
        """Energy at arc length ``s`` (any shape)."""
        s = np.asarray(s, dtype=float)
        left = self.position[0]
        right = self.position[-1]
        inside = self.interior(np.clip(s, left, right))
        below = 0.5 * self.stiffness[0] * np.minimum(s - left, 0.0) ** 2
        above = 0.5 * self.stiffness[1] * np.maximum(s - right, 0.0) ** 2
        return inside + below + above


def profile(
    position: ArrayLike,
    energy: ArrayLike,
    slope: ArrayLike | None = None,
    stiffness: tuple[float, float] | None = None,
) -> Profile:
    """Smooth energy profile through the images of a path.

    ``position`` and ``energy`` (K,), K >= 4, positions increasing, the ends being minima.
    ``slope`` (K,) are the derivatives along the path, if known (the ends are set to zero);
    otherwise a cubic spline with zero end slopes is used. ``stiffness``: second derivatives at
    the ends; by default those of the interpolation. Raises ``ValueError`` for other shapes,
    values that are not finite, or a stiffness that is not positive.
    """
    s = np.asarray(position, dtype=float)
    v = np.asarray(energy, dtype=float)
    if s.ndim != 1 or s.shape != v.shape or s.size < 4:
        raise ValueError(
            f"position and energy must be equal one-dimensional arrays of at least four, "
            f"got shapes {s.shape} and {v.shape}"
        )
    if not (np.isfinite(s).all() and np.isfinite(v).all() and (np.diff(s) > 0).all()):
        raise ValueError("positions must increase, and positions and energies be finite")
    interior: CubicSpline | CubicHermiteSpline
    if slope is None:
        interior = CubicSpline(s, v, bc_type="clamped")
    else:
        g = np.array(slope, dtype=float)
        if g.shape != s.shape or not np.isfinite(g).all():
            raise ValueError(f"slope must be finite and of shape {s.shape}, got {g.shape}")
        g[0] = g[-1] = 0.0
        interior = CubicHermiteSpline(s, v, g)
    if stiffness is None:
        stiffness = (float(interior(s[0], 2)), float(interior(s[-1], 2)))
    if not min(stiffness) > 0:
        raise ValueError(f"both ends must be minima, got second derivatives {stiffness}")
    return Profile(s, v, stiffness, interior)


@dataclass(frozen=True)
class Levels:
    """Lowest levels of a profile.

    ``energy`` (n,) ascending; ``splitting`` the difference of the lowest two; ``error`` its change
    at the last refinement; ``floor`` what rounding allows to resolve; ``position`` (m,) and
    ``wave`` (n, m) the grid and the normalised wave functions on it.
    """

    energy: Array
    splitting: float
    error: float
    floor: float
    position: Array
    wave: Array

    @property
    def resolved(self) -> bool:
        """Whether the splitting stands clear of rounding and of the last refinement."""
        return self.splitting > 10.0 * max(self.error, self.floor)


def levels(
    potential: Callable[[Array], Array],
    interval: tuple[float, float],
    planck: float,
    count: int = 2,
    tolerance: float = 1e-6,
    largest_grid: int = 2048,
) -> Levels:
    """Lowest levels of -(h^2/2) psi'' + V psi = E psi with unit mass (KRZ21-u1).

    ``potential`` maps arrays to arrays; ``interval`` holds the wells, and is widened until the
    wave functions have decayed at its ends; ``planck`` is the reduced Planck constant. The grid
    (sinc functions) is refined until the levels and the splitting change by less than
    ``tolerance`` (relative) or by what rounding allows. Raises ``ValueError`` for a bad interval
    or constant, or if ``largest_grid`` does not suffice.
    """
    left, right = map(float, interval)
    if not (np.isfinite(left) and np.isfinite(right) and left < right):
        raise ValueError(f"the interval must be finite and increasing, got {interval}")
    if not 0 < planck < np.inf:
        raise ValueError(f"the Planck constant must be positive, got {planck}")
    if count < 2:
        raise ValueError(f"at least two levels are needed for a splitting, got {count}")
    left, right = _decayed(potential, left, right, planck, count)
    size = 64
    previous = None
    while size <= largest_grid:
        found = _sinc_levels(potential, left, right, planck, count, size)
        if previous is not None:
            change = np.abs(found.energy - previous.energy).max()
            error = abs(found.splitting - previous.splitting)
            scale = tolerance * max(abs(found.energy[0] - _bottom(potential, left, right)), 1e-300)
            if change < scale and error < max(tolerance * found.splitting, 4.0 * found.floor):
                return Levels(
                    found.energy, found.splitting, error, found.floor, found.position, found.wave
                )
        previous = found
        size *= 2
    raise ValueError(
        f"{largest_grid} grid points do not resolve the levels between {left} and {right} "
        f"for a Planck constant {planck}"
    )


def _bottom(potential: Callable[[Array], Array], left: float, right: float) -> float:
    return float(potential(np.linspace(left, right, 1025)).min())


def _decayed(
    potential: Callable[[Array], Array], left: float, right: float, planck: float, count: int
) -> tuple[float, float]:
    """Widen an interval until exp(-18) of a wave function is left at its ends."""
    for _ in range(60):
        probe = _sinc_levels(potential, left, right, planck, count, 256)
        s = probe.position
        excess = np.maximum(potential(s) - probe.energy[-1], 0.0)
        action = np.cumsum(np.sqrt(2.0 * excess)) * (s[1] - s[0]) / planck
        allowed = np.flatnonzero(excess == 0.0)
        if allowed.size == 0:
            raise ValueError("the interval holds no well that is deeper than the levels found")
        step = 0.15 * (right - left)
        enough_left = action[allowed[0]] > 18.0
        enough_right = action[-1] - action[allowed[-1]] > 18.0
        if enough_left and enough_right:
            return left, right
        left -= 0.0 if enough_left else step
        right += 0.0 if enough_right else step
    raise ValueError("the potential does not confine the levels that were asked for")


def _sinc_levels(
    potential: Callable[[Array], Array],
    left: float,
    right: float,
    planck: float,
    count: int,
    size: int,
) -> Levels:
    """Levels in a basis of sinc functions on a uniform grid (Colbert and Miller 1992)."""
    s = np.linspace(left, right, size)
    step = s[1] - s[0]
    distance = np.arange(size)
    row = np.empty(size)
    row[0] = np.pi**2 / 3.0
    row[1:] = 2.0 * (-1.0) ** distance[1:] / distance[1:] ** 2
    row *= planck**2 / (2.0 * step**2)
    hamiltonian = row[np.abs(distance[:, None] - distance[None, :])]
    hamiltonian[distance, distance] += potential(s)
    energy, vectors = eigh(hamiltonian, subset_by_index=(0, count - 1))
    largest = np.abs(hamiltonian[distance, distance]).max()
    floor = float(np.finfo(float).eps * np.sqrt(size) * largest)
    return Levels(energy, float(energy[1] - energy[0]), np.inf, floor, s, vectors.T / np.sqrt(step))


def profile_levels(well: Profile, planck: float, count: int = 2, tolerance: float = 1e-4) -> Levels:
    """Lowest levels of a profile along a path; see :func:`levels`.

    The tolerance is looser: an interpolated profile is smooth to its first derivative only.
    """
    reach = (
        6.0 * np.sqrt(planck / np.sqrt(well.stiffness[0])),
        6.0 * np.sqrt(planck / np.sqrt(well.stiffness[1])),
    )
    interval = (well.position[0] - reach[0], well.position[-1] + reach[1])
    return levels(well, interval, planck, count, tolerance)


def wkb_splitting(
    potential: Callable[[Array], Array],
    minima: tuple[float, float],
    planck: float,
    frequency: float,
) -> float:
    """Semiclassical splitting of a symmetric double well.

    Lowest order in the Planck constant with the instanton prefactor for two equal wells of
    ``frequency`` at ``minima``: E = 2 h w sqrt(w a^2 e^(2C)/(pi h)) exp(-S/h), computed by
    regularising the action's logarithm; used to check the diagonalisation. Raises ``ValueError``
    for a frequency or constant that is not positive.
    """
    if not (frequency > 0 and planck > 0):
        raise ValueError(f"frequency and constant must be positive, got {frequency}, {planck}")
    left, right = minima
    nodes, weights = np.polynomial.legendre.leggauss(400)
    s = 0.5 * (left + right) + 0.5 * (right - left) * nodes
    half = 0.5 * (right - left)
    momentum = np.sqrt(2.0 * np.maximum(potential(s) - potential(np.array([left]))[0], 0.0))
    action = half * float(weights @ momentum)
    middle = 0.5 * (left + right)
    t = middle + 0.5 * half * (nodes + 1.0)
    speed = np.sqrt(2.0 * np.maximum(potential(t) - potential(np.array([right]))[0], 0.0))
    correction = 0.5 * half * float(weights @ (frequency / speed - 1.0 / (right - t)))
    amplitude = half * np.exp(correction)
    return float(
        2.0
        * planck
        * frequency
        * np.sqrt(frequency * amplitude**2 / (np.pi * planck))
        * np.exp(-action / planck)
    )
