"""Scaling of soft excitations of sphere packings near unjamming, with prefactors set to one.

``excess`` is the number of contacts per particle above the Maxwell threshold. Reduced units of the
contact stiffness. LB21 Sec. IV.D; the mechanics behind it are those of LB21 refs. 107, 122, 128.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def _excess(excess: ArrayLike) -> Array:
    z = np.asarray(excess, dtype=float)
    if not (z.size and np.isfinite(z).all() and (z > 0).all()):
        raise ValueError(f"the excess of contacts must be positive, got {excess!r}")
    return z


def _dimension(d: int) -> int:
    if d != int(d) or d < 1:
        raise ValueError(f"the dimension must be a positive integer, got {d}")
    return int(d)


def maxwell_contacts(d: int) -> float:
    """Contacts per particle at which constraints and degrees of freedom balance.

    Each contact constrains one distance and is shared by two particles, each particle has d
    coordinates: the root of ``z/2 - d``.
    """
    shared, coordinates = 0.5, _dimension(d)
    return coordinates / shared


def edge_frequency(excess: ArrayLike) -> Array:
    """Frequency below which the plateau of the density of states ends: in proportion to excess."""
    return _excess(excess)


def transverse_speed(excess: ArrayLike) -> Array:
    """Speed of shear waves; the shear modulus is in proportion to the excess."""
    return np.sqrt(_excess(excess))


def core_length(excess: ArrayLike) -> Array:
    """Speed of shear waves over the edge frequency."""
    return transverse_speed(excess) / edge_frequency(excess)


def dimensionless_prefactor(excess: ArrayLike) -> Array:
    """``A_g omega_0**5`` when the quartic law meets a plateau of height one at the edge."""
    prefactor = edge_frequency(excess) ** -4
    return prefactor * transverse_speed(excess) ** 5


def response_volume(excess: ArrayLike) -> Array:
    """Sum of squares of the response to a unit dipole, over a plateau of modes above the edge.

    Modes of frequency w stretch a contact by an amount in proportion to w, so that each adds
    ``w**2/w**4``; up to a fixed highest frequency of one. Raises ``ValueError`` for an edge at or
    above it.
    """
    edge = edge_frequency(excess)
    if not (edge < 1).all():
        raise ValueError(f"the edge must lie below the highest frequency one, got {edge}")
    return 1.0 / edge - 1.0


def core_sums(length: ArrayLike, d: int) -> tuple[Array, Array]:
    """Sums of the second and fourth power of a displacement that falls as r^-(d-2)/2 in the core.

    From the distance one, where the displacement is one, to ``length``; integrals over the radius,
    without the area of the unit sphere. Their ratio ``sum2**2/sum4`` is the participation number,
    ``sum2`` the volume in units of the largest displacement. Raises ``ValueError`` for lengths not
    above one.
    """
    d = _dimension(d)
    far = np.asarray(length, dtype=float)
    if not (np.isfinite(far).all() and (far > 1).all()):
        raise ValueError(f"the core must reach beyond the distance one, got {length!r}")
    square = (far**2 - 1.0) / 2.0
    power = 4 - d
    fourth = np.log(far) if power == 0 else (far**power - 1.0) / power
    return square, fourth
