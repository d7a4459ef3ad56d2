"""A disc in a cage of four neighbours: buckling, anisotropic vibration, escape.

Reduced units: the cage's half length L is one and the repulsion v(r) = (L/r)^n, so that energies
are in units of v(L). The neighbours sit at (0, +b), (0, -b), (1 + retraction, 0) and (-1, 0).
L18 Sec. IV and Fig. 8.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq, root

from relics.constants import k_B
from relics.domain import finite, positive

Array = NDArray[np.float64]


def neighbours(b: float, retraction: float = 0.0) -> Array:
    """Places of the four neighbours, shape (4, 2). Needs b > 0 and retraction > -1."""
    positive(b=b)
    finite(retraction=retraction)
    if retraction <= -1:
        raise ValueError(f"retraction must exceed -1, got {retraction:g}")
    return np.array([[0.0, b], [0.0, -b], [1.0 + retraction, 0.0], [-1.0, 0.0]])


def _distances(place: ArrayLike, others: Array) -> tuple[Array, Array]:
    place = np.asarray(place, dtype=float)
    arrow = place[..., None, :] - others
    return arrow, np.linalg.norm(arrow, axis=-1)


def cage_energy(place: ArrayLike, n: float, b: float, retraction: float = 0.0) -> Array:
    """Energy of the disc at `place` (shape (..., 2)), summed over its neighbours."""
    positive(n=n)
    _, r = _distances(place, neighbours(b, retraction))
    return np.sum(r**-n, axis=-1)


def cage_gradient(place: ArrayLike, n: float, b: float, retraction: float = 0.0) -> Array:
    """Gradient of `cage_energy`, shape (..., 2)."""
    positive(n=n)
    arrow, r = _distances(place, neighbours(b, retraction))
    return np.sum((-n * r ** (-n - 2))[..., None] * arrow, axis=-2)


def cage_curvature(place: ArrayLike, n: float, b: float, retraction: float = 0.0) -> Array:
    """Matrix of second derivatives of `cage_energy`, shape (..., 2, 2)."""
    positive(n=n)
    arrow, r = _distances(place, neighbours(b, retraction))
    outer = arrow[..., :, None] * arrow[..., None, :]
    along = (n * (n + 2) * r ** (-n - 4))[..., None, None] * outer
    across = (n * r ** (-n - 2))[..., None, None] * np.eye(2)
    return np.sum(along - across, axis=-3)


def buckling_width(n: ArrayLike) -> Array:
    """Half width b below which the middle of the symmetric cage is unstable, (n+1)^(-1/(n+2))."""
    (n,) = positive(n=n)
    return (n + 1) ** (-1 / (n + 2))


def buckling_width_by_curvature(n: float) -> float:
    """The same from the sign of the curvature of the energy along the cage, found by bisection."""
    # Narrower cages only overflow: the stiffer the particles, the closer the width is to one.
    low = 10 ** (-6 / n) * 0.75
    return brentq(lambda b: cage_curvature((0.0, 0.0), n, b)[0, 0], low, 1.0, xtol=1e-14)


def _closest(n: float) -> float:
    """A distance to which two discs come only at energies beyond every interest and all floats."""
    return max(0.1, 10 ** (-250 / (n + 4)))


def buckled_position(n: float, b: float) -> float:
    """Displacement of the minimum along the cage; zero above the buckling width."""
    if b >= buckling_width(n):
        return 0.0

    def slope(x: float) -> float:
        return float(cage_gradient((x, 0.0), n, b)[0])

    grid = np.linspace(1e-7, 1 - _closest(n), 4000)
    values = cage_gradient(np.column_stack([grid, np.zeros_like(grid)]), n, b)[:, 0]
    first = int(np.flatnonzero(values > 0)[0])
    return brentq(slope, grid[first - 1], grid[first], xtol=1e-15)


def contacts(place: ArrayLike, b: float, retraction: float = 0.0, tolerance: float = 0.05) -> int:
    """Neighbours no farther than the nearest one by the given fraction."""
    _, r = _distances(place, neighbours(b, retraction))
    return int(np.count_nonzero(r <= (1 + tolerance) * r.min()))


def resting_place(n: float, b: float = 1.0, retraction: float = 0.0) -> Array:
    """Minimum of the disc on the axis of the cage that the middle rolls into, shape (2,)."""
    if retraction == 0:
        return np.array([buckled_position(n, b), 0.0])
    side = math.copysign(1.0, retraction)  # away from the closer of the two
    grid = side * np.linspace(0.0, 1 + max(retraction, 0.0) - _closest(n), 4000)
    slopes = cage_gradient(np.column_stack([grid, np.zeros_like(grid)]), n, b, retraction)[:, 0]
    first = int(np.flatnonzero(side * slopes > 0)[0])
    x = brentq(
        lambda s: float(cage_gradient((s, 0.0), n, b, retraction)[0]), grid[first - 1], grid[first]
    )
    return np.array([x, 0.0])


def amplitude_ratio(n: float, b: float = 1.0, retraction: float = 0.0) -> float:
    """Vibrational amplitude towards the retracted neighbour over that across it.

    By equipartition the square root of the ratio of curvatures: (alpha_x/alpha_y)^(1/2) of L18
    Eq. 45 with y the soft direction. Raises ValueError where the disc does not rest.
    """
    curvature = cage_curvature(resting_place(n, b, retraction), n, b, retraction)
    along, across = curvature[0, 0], curvature[1, 1]
    if not (along > 0 and across > 0):
        raise ValueError(
            f"the disc has no resting place at n = {n:g}, b = {b:g}, retraction = {retraction:g}"
        )
    return math.sqrt(across / along)


def escape_saddle(n: float, b: float = 1.0, retraction: float = 0.0) -> Array:
    """Saddle between the retracted neighbour and the one above, shape (2,).

    Raises ValueError where there is none off the axes of the cage: soft discs have lost it in cages
    far from square.
    """
    start = np.array([0.5 * (1 + retraction), 0.5 * b])
    found = root(
        cage_gradient, start, args=(n, b, retraction), jac=cage_curvature, options={"xtol": 1e-13}
    )
    curvature = cage_curvature(found.x, n, b, retraction)
    missed = np.linalg.norm(np.linalg.solve(curvature, found.fun))
    eigenvalues = np.linalg.eigvalsh(curvature)
    x, y = found.x / (1 + retraction, b)
    between = 1e-6 < min(x, y) and max(x, y) < 1
    if not (missed < 1e-9 and between and eigenvalues[0] < 0 < eigenvalues[1]):
        raise ValueError(
            f"no saddle between two neighbours at n = {n:g}, b = {b:g}, retraction = {retraction:g}"
        )
    return found.x


def gardner_coupling(
    alpha_x: ArrayLike, alpha_y: ArrayLike, K: ArrayLike, T: ArrayLike, rho: ArrayLike
) -> Array:
    """(alpha_x/alpha_y)^(1/2) (K k_B T/rho)^(1/2) in J. L18 Eq. 45.

    alpha in 1/m^2, modulus K in Pa, T in K, number density rho in 1/m^3, all positive.
    """
    alpha_x, alpha_y, K, T, rho = positive(alpha_x=alpha_x, alpha_y=alpha_y, K=K, T=T, rho=rho)
    return np.sqrt(alpha_x / alpha_y * K * k_B * T / rho)


def pressure_coupling(
    p: ArrayLike, alpha_x: ArrayLike, alpha_y: ArrayLike, rho: ArrayLike
) -> Array:
    """(p/rho)(alpha_x/alpha_y)^(1/2) in J: pressure times volume per particle. L18 Sec. IV, corrected."""
    p, alpha_x, alpha_y, rho = positive(p=p, alpha_x=alpha_x, alpha_y=alpha_y, rho=rho)
    return p / rho * np.sqrt(alpha_x / alpha_y)
