"""Athermal quasistatic shear of a glass, and the zero-temperature slope of local energies.

The strain grows in small affine steps, each followed by a minimisation, until a minimum
disappears: a saddle-node at the strain gamma_c, where the stiffness of one direction falls like
the square root of the distance (LB21 Eq. 21). Reduced units.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import eigh

from relics.glass.configuration import Configuration
from relics.glass.energy import pair_terms
from relics.glass.hessian import hessian
from relics.glass.minimise import Minimum, minimise
from relics.glass.modes import lowest_modes
from relics.glass.nonlinear_modes import (
    NoMode,
    NonlinearMode,
    descend_barrier,
    expansion,
    strain_coupling,
)
from relics.glass.paths import separation

Array = NDArray[np.float64]

JUMP = 0.05


@dataclass(frozen=True)
class Instability:
    """Approach to the first plastic event under simple shear.

    ``strain`` (m,) ascending, ``energy`` (m,), ``stress`` (m,) the derivative of the energy per
    volume, ``stiffness`` (m,) the lowest eigenvalue, ``critical`` the strain at which it reaches
    zero with its ``error``, ``minima`` (m,) the configurations.
    """

    strain: Array
    energy: Array
    stress: Array
    stiffness: Array
    critical: float
    error: float
    minima: tuple[Minimum, ...]


def strained(minimum: Minimum, strain: float, force_tolerance: float = 1e-10) -> Minimum:
    """Minimum after affine simple shear of the box to the total ``strain``."""
    return minimise(minimum.configuration.sheared(strain), force_tolerance)


def shear_stress(configuration: Configuration) -> float:
    """Derivative of the energy with respect to simple shear strain, per volume."""
    terms = pair_terms(configuration)
    virial = float(np.sum(terms.f[1] * terms.r[:, 0] * terms.r[:, 1]))
    return virial / configuration.volume


def jumped(before: Minimum, after: Minimum) -> bool:
    """Whether a strain step was plastic: some particle left its place by more than 0.05.

    Places are compared in the strained frame, so that the affine motion does not count.
    """
    carried = before.configuration.sheared(after.configuration.shear)
    u = separation(carried, after.configuration)
    return float((u**2).sum(axis=1).max()) > JUMP**2


def approach(
    start: Minimum, step: float = 1e-3, finest: float = 2e-8, limit: float = 0.2
) -> Instability:
    """Shear a minimum until it disappears, with ever finer steps towards that strain.

    A step after which particles have jumped is undone and repeated with a quarter of its size,
    down to ``finest``.
    Raises ``ValueError`` for steps that are not positive or if nothing happens up to ``limit``.
    """
    if not (step > 0 and 0 < finest < step and limit > step):
        raise ValueError(f"steps must satisfy 0 < finest < step < limit, got {finest}, {step}")
    path = [start]
    while step > finest:
        here = path[-1]
        strain = here.configuration.shear + step
        if strain - start.configuration.shear > limit:
            raise ValueError(f"no instability up to a strain of {limit}")
        after = strained(here, strain)
        if jumped(here, after):
            step /= 4.0
        else:
            path.append(after)
    strains = np.array([m.configuration.shear for m in path])
    stiffness = np.array(
        [lowest_modes(hessian(m.configuration), 1, m.configuration)[0][0] for m in path]
    )
    critical, error = critical_strain(strains, stiffness)
    return Instability(
        strains,
        np.array([m.energy for m in path]),
        np.array([shear_stress(m.configuration) for m in path]),
        stiffness,
        critical,
        error,
        tuple(path),
    )


def critical_strain(
    strain: ArrayLike, stiffness: ArrayLike, points: int = 3
) -> tuple[float, float]:
    """Strain at which the square of a stiffness extrapolates to zero, and its uncertainty.

    Near a saddle-node the square of the softest stiffness is linear in the strain; the line
    through the last ``points`` values gives the strain, the change when only the last two are used
    its uncertainty. Raises ``ValueError`` for fewer than four values or a stiffness that does not fall.
    """
    g, k = np.asarray(strain, dtype=float), np.asarray(stiffness, dtype=float)
    if g.ndim != 1 or g.shape != k.shape or g.size < 4:
        raise ValueError(f"at least four strains with their stiffness are needed, got {g.shape}")

    def root(x: Array, y: Array) -> float:
        origin, width = x[-1], x[-1] - x[0]
        slope, level = np.polyfit((x - origin) / width, y, 1)
        if not slope < 0:
            raise ValueError("the stiffness does not fall towards an instability")
        return float(origin - width * level / slope)

    last = slice(-min(points, g.size), None)
    x, y = g[last], k[last] ** 2
    found = root(x, y)
    return found, abs(found - root(x[-2:], y[-2:]))


def follow_mode(instability: Instability, count: int | None = None) -> list[NonlinearMode]:
    """Nonlinear mode of the instability at its last ``count`` strains, the last one first.

    It starts from the softest eigenvector next to the instability and is followed backwards, each
    mode being the start of the next search. The list ends early where the mode is lost.
    """
    modes: list[NonlinearMode] = []
    minima = instability.minima[::-1][:count]
    softest = lowest_modes(hessian(minima[0].configuration), 1)[1][0]
    for minimum in minima:
        start = modes[-1].field if modes else softest
        try:
            modes.append(descend_barrier(expansion(minimum.configuration), start, 1e-8))
        except NoMode:
            break
    return modes


def softening_rate(minimum: Minimum, mode: NonlinearMode) -> float:
    """Leading rate -b3 F/b2 at which simple shear changes the stiffness of a mode (LB21 Eq. 21)."""
    at = expansion(minimum.configuration)
    coupling = strain_coupling(at, mode.field)[0, 1]
    return -mode.b3 * float(coupling) / mode.b2


@dataclass(frozen=True)
class LocalHeat:
    """Zero-temperature slope of the energy of every pair, in units of k_B/2.

    ``harmonic`` (P,) and ``anharmonic`` (P,) parts, ``value`` their difference; ``i``, ``j`` (P,)
    the pairs (LB21 Eq. 22 with a pair energy as the observable).
    """

    i: NDArray[np.int32]
    j: NDArray[np.int32]
    harmonic: Array
    anharmonic: Array

    @property
    def value(self) -> Array:
        """c of every pair."""
        return self.harmonic - self.anharmonic


def local_heat_capacity(configuration: Configuration) -> LocalHeat:
    """Local heat capacities c of all pairs of a minimum (LB21 Eq. 22).

    c = e'':G - e'.G.(U''':G) with G the inverse of the Hessian apart from translations. The
    inverse is dense: 8 (N d)^2 bytes. The sum over pairs is the number of modes that are not
    translations. Raises ``ValueError`` if the configuration is no minimum.
    """
    terms = pair_terms(configuration)
    n, d = configuration.positions.shape
    values, vectors = eigh(hessian(terms).toarray(), overwrite_a=True, check_finite=False)
    order = np.argsort(np.abs(values))[d:]
    if values[order].min() <= 0:
        raise ValueError("the configuration is no minimum: a direction is unstable")
    inverse = (vectors[:, order] / values[order]) @ vectors[:, order].T
    blocks = inverse.reshape(n, d, n, d)
    i, j, r = terms.i, terms.j, terms.r
    f1, f2, f3 = terms.f[1], terms.f[2], terms.f[3]
    # covariance of the relative displacement u_j - u_i of each pair
    pair = blocks[i, :, i] + blocks[j, :, j] - blocks[i, :, j] - blocks[j, :, i]
    pair = 0.5 * (pair + pair.transpose(0, 2, 1))
    trace = np.einsum("paa->p", pair)
    along = np.einsum("pa,pab->pb", r, pair)
    radial = (along * r).sum(axis=1)
    harmonic = f2 * radial + f1 * trace
    cubic = (f3 * radial + f2 * trace)[:, None] * r + 2.0 * f2[:, None] * along
    gradient = np.zeros((n, d))
    np.add.at(gradient, j, cubic)
    np.add.at(gradient, i, -cubic)
    shift = (inverse @ gradient.ravel()).reshape(n, d)
    anharmonic = f1 * (r * (shift[j] - shift[i])).sum(axis=1)
    return LocalHeat(i, j, harmonic, anharmonic)
