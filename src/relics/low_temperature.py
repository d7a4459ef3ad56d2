"""Thermal averages about one minimum: their slope at zero temperature, and quadrature to test it.

Classical Boltzmann averages over n coordinates x about a minimum at x = 0. Any consistent set of
units; temperatures come as energies k_B T.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import cho_factor, cho_solve

Array = NDArray[np.float64]


def _inverse(stiffness: ArrayLike) -> Array:
    matrix = np.asarray(stiffness, dtype=float)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or not np.isfinite(matrix).all():
        raise ValueError(f"the stiffness must be a finite square matrix, got {matrix.shape}")
    try:
        return cho_solve(cho_factor(matrix), np.eye(len(matrix)))
    except np.linalg.LinAlgError as error:
        raise ValueError("the stiffness is not positive definite: this is no minimum") from error


def thermal_slope(
    gradient: ArrayLike, curvature: ArrayLike, stiffness: ArrayLike, cubic: ArrayLike
) -> tuple[float, float]:
    """Harmonic and anharmonic part of d<O>/dT at T = 0 in units of k_B/2 (LB21 Eq. 22).

    ``gradient`` (n,) and ``curvature`` (n, n) of the observable, ``stiffness`` (n, n) and ``cubic``
    (n, n, n) of the energy, all at the minimum. The slope is the first part minus the second.
    Raises ``ValueError`` for shapes that do not fit and for a stiffness that is not positive
    definite.
    """
    inverse = _inverse(stiffness)
    n = len(inverse)
    o_1, o_2, u_3 = (np.asarray(a, dtype=float) for a in (gradient, curvature, cubic))
    if o_1.shape != (n,) or o_2.shape != (n, n) or u_3.shape != (n, n, n):
        raise ValueError(f"shapes {o_1.shape}, {o_2.shape}, {u_3.shape} do not fit {n} coordinates")
    harmonic = float(np.sum(o_2 * inverse))
    shift = inverse @ np.einsum("ijk,jk->i", u_3, inverse)
    return harmonic, float(o_1 @ shift)


def thermal_average(
    observable: Callable[[Array], Array],
    energy: Callable[[Array], Array],
    stiffness: ArrayLike,
    temperature: float,
    points: int = 121,
    reach: float = 9.0,
) -> float:
    """Boltzmann average over one or two coordinates about a minimum, by quadrature on a grid.

    ``observable`` and ``energy`` map points (n, m) to values (m,); the grid spans ``reach`` thermal
    widths of the harmonic modes either way. The trapezoidal rule converges faster than any power for
    what decays inside the grid. Raises ``ValueError`` for a temperature that is not positive, more
    than two coordinates, and weights that do not decay before the end of the grid.
    """
    if not temperature > 0:
        raise ValueError(f"the temperature must be positive, got {temperature}")
    values, vectors = np.linalg.eigh(np.asarray(stiffness, dtype=float))
    if not 1 <= len(values) <= 2 or not (values > 0).all():
        raise ValueError("one or two stable coordinates are needed for quadrature")
    y = np.linspace(-reach, reach, points)
    grid = np.stack(np.meshgrid(*[y] * len(values))).reshape(len(values), -1)
    x = vectors @ (grid * np.sqrt(temperature / values)[:, None])
    weight = np.exp(-energy(x) / temperature)
    edge = weight[(np.abs(grid) == reach).any(axis=0)]
    if edge.max() > 1e-9 * weight.max():
        raise ValueError(f"at k_B T = {temperature:g} the weight does not decay inside the grid")
    return float(np.sum(weight * observable(x)) / np.sum(weight))
