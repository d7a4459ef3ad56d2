"""The mosaic of cooperative regions drawn in the plane: cells, and the beads that move in one of them.

Lengths in any one unit; the box is a periodic square. L18 Fig. 2, LW07 Fig. 9.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import Voronoi

from relics.domain import nonnegative, positive

Array = NDArray[np.float64]


def displacement_lengths(
    distance: ArrayLike, radius: float, core_radius: float, inner: float, outer: float
) -> Array:
    """Displacement of a bead at ``distance`` from the centre of a region.

    ``inner`` up to ``core_radius``, falling linearly to ``outer`` at ``radius``, zero beyond
    (LW07 Sec. III.B: the Lindemann length inside, a/xi of it at the border).
    """
    (distance,) = nonnegative(distance=distance)
    positive(radius=radius, core_radius=core_radius, inner=inner, outer=outer)
    if core_radius >= radius:
        raise ValueError("core_radius must be below radius")
    return np.where(
        distance <= radius,
        np.interp(distance, [core_radius, radius], [inner, outer]),
        0.0,
    )


def random_displacements(lengths: ArrayLike, seed: int) -> Array:
    """Vectors (n, 2) of the given ``lengths`` (n,) in random directions."""
    (lengths,) = nonnegative(lengths=lengths)
    angle = np.random.default_rng(seed).uniform(0, 2 * np.pi, lengths.size)
    return lengths[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])


def even_seeds(count: int, box: float, seed: int, sweeps: int = 30) -> Array:
    """Centres (count, 2) of cells of nearly equal size: random points, each moved to the middle
    of its Voronoi cell ``sweeps`` times (Lloyd)."""
    if count < 4 or sweeps < 0:
        raise ValueError("count must be at least 4 and sweeps not negative")
    positive(box=box)
    points = np.random.default_rng(seed).uniform(0, box, (count, 2))
    for _ in range(sweeps):
        points = np.array([_centroid(cell) for cell in cells(points, box)]) % box
    return points


def cells(points: ArrayLike, box: float) -> list[Array]:
    """Corners (k, 2) of the Voronoi cell of each point (n, 2), in order around it.

    Cells may reach over the border of the periodic box.
    """
    points = np.asarray(points, dtype=float)
    if points.ndim != 2 or points.shape[1] != 2 or len(points) < 4:
        raise ValueError(f"points must be of shape (n >= 4, 2), got {points.shape}")
    shifts = box * np.array([[i, j] for i in (0, -1, 1) for j in (0, -1, 1)])
    diagram = Voronoi((points + shifts[:, None, :]).reshape(-1, 2))
    out = []
    for i, point in enumerate(points):
        corners = diagram.vertices[diagram.regions[diagram.point_region[i]]]
        around = corners - point
        out.append(corners[np.argsort(np.arctan2(around[:, 1], around[:, 0]))])
    return out


def area(polygon: ArrayLike) -> float:
    """Area of a polygon with corners (k, 2); raises ``ValueError`` for other shapes."""
    corners = np.asarray(polygon, dtype=float)
    if corners.ndim != 2 or corners.shape[1] != 2 or not np.isfinite(corners).all():
        raise ValueError(f"the corners of a polygon must be finite and (k, 2), got {corners.shape}")
    x, y = corners.T
    return float(abs(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1))) / 2)


def _centroid(polygon: Array) -> Array:
    after = np.roll(polygon, -1, axis=0)
    cross = polygon[:, 0] * after[:, 1] - polygon[:, 1] * after[:, 0]
    return ((polygon + after) * cross[:, None]).sum(axis=0) / (3 * cross.sum())


def wall_profile(
    angle: ArrayLike, radius: float, orders: ArrayLike, amplitudes: ArrayLike, phases: ArrayLike
) -> Array:
    """Radius of a vibrating wall in the plane, radius (1 + sum of amplitude cos(l angle + phase))."""
    angle = np.asarray(angle, dtype=float)
    orders, amplitudes, phases = (np.atleast_1d(x) for x in (orders, amplitudes, phases))
    if not orders.shape == amplitudes.shape == phases.shape:
        raise ValueError("orders, amplitudes and phases must have one shape")
    waves = np.cos(orders[:, None] * angle.ravel() + phases[:, None])
    return (radius * (1 + amplitudes @ waves)).reshape(angle.shape)
