"""Displacement that a pair of opposite forces causes in an isotropic elastic continuum.

Any dimension from two on. This is the far field of every localised excitation of a solid: forces
that add up to zero leave a dipole.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gamma

Array = NDArray[np.float64]


def sphere_area(dimension: int) -> float:
    """Area of the unit sphere in ``dimension`` dimensions; raises ``ValueError`` below two."""
    if dimension < 2:
        raise ValueError(f"at least two dimensions are needed, got {dimension}")
    return float(2.0 * np.pi ** (dimension / 2) / gamma(dimension / 2))


def displacement(
    place: ArrayLike, axis: ArrayLike, shear_modulus: float, longitudinal_modulus: float
) -> Array:
    """Displacement (..., d) at places (..., d) from a unit force dipole at the origin.

    The dipole is the strength one of two forces along ``axis`` (d,), pushed apart along it: the
    derivative along the axis of the Green function of Navier's equations. Moduli mu and
    lambda + 2 mu. The field falls as r^-(d-1) in every direction (LB21 Sec. I and Fig. 1). Raises
    ``ValueError`` for a place at the origin, an axis of length zero, or moduli without
    0 < mu < lambda + 2 mu.
    """
    x, a = np.asarray(place, dtype=float), np.asarray(axis, dtype=float)
    if a.ndim != 1 or x.shape[-1:] != a.shape:
        raise ValueError(f"places {x.shape} and axis {a.shape} must have one dimension of space")
    if not 0 < shear_modulus < longitudinal_modulus:
        raise ValueError(
            f"moduli need 0 < mu < lambda + 2 mu, got {shear_modulus}, {longitudinal_modulus}"
        )
    r, length = np.linalg.norm(x, axis=-1, keepdims=True), np.linalg.norm(a)
    if not ((r > 0).all() and length > 0):
        raise ValueError("the place must lie off the origin and the axis must not vanish")
    d = a.size
    n, a = x / r, a / length
    along = n @ a
    along = along[..., None]
    mixed = 1.0 - shear_modulus / longitudinal_modulus
    # Green function: ((1 - mixed/2) phi delta_ij + mixed/2 r^(2-d) n_i n_j / S_d) / mu, where phi is
    # that of Laplace's equation with the slope -r^(1-d)/S_d.
    field = -(1.0 - mixed / 2) * along * a
    field = field + mixed / 2 * (along * a + n - d * along**2 * n)
    return -field * r ** (1 - d) / (sphere_area(d) * shear_modulus)
