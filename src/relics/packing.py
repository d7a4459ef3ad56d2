"""Aperiodic packings of soft disks in two dimensions, and what it takes to rearrange a few.

Reduced units: lengths in the mean disk diameter, energies in the stiffness of a contact. Disks that
overlap repel harmonically; the box is a periodic square.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.spatial import Voronoi, cKDTree

from relics.domain import finite, positive

Array = NDArray[np.float64]
Indices = NDArray[np.int_]


@dataclass(frozen=True)
class Packing:
    """Positions (n, 2), radii (n,) and edge of the periodic box, all in mean diameters."""

    positions: Array
    radii: Array
    box: float


@dataclass(frozen=True)
class BorderEnergies:
    """Energies of a region in two packings: inside, across the border, and mixed (LW07 Eq. 2).

    `inside` and `initial_inside`: contacts within the region, new and initial packing; `mixed`: new
    packing against the initial environment; `pure`: new packing against an environment relaxed
    around it; `initial`: initial packing in its own environment. In contact stiffnesses.
    """

    inside: float
    initial_inside: float
    mixed: float
    pure: float
    initial: float


def energy(packing: Packing, among: Indices | None = None, against: Indices | None = None) -> float:
    """Elastic energy of a packing: all contacts, or those of two groups of disks.

    With ``among`` alone, contacts within that group; with both, contacts from one to the other.
    """
    i, j, overlap = _contacts(packing)
    n = len(packing.radii)
    if among is None:
        return float(0.5 * np.sum(overlap**2))
    first = _mask(among, n)
    second = first if against is None else _mask(against, n)
    counted = (first[i] & second[j]) | (first[j] & second[i])
    return float(0.5 * np.sum(overlap[counted] ** 2))


def soft_disk_packing(
    count: int = 200, seed: int = 0, packing_fraction: float = 0.88, spread: float = 0.2
) -> Packing:
    """Packing of ``count`` polydisperse disks at an energy minimum, quenched from a random start.

    Diameters uniform in 1 +- ``spread`` (in [0, 1)); ``packing_fraction`` > 0 counts the area of the
    undeformed disks. Above about 0.84 the packing is rigid.
    """
    if count < 4:
        raise ValueError(f"a packing needs at least four disks, got {count}")
    (fraction,) = positive(packing_fraction=packing_fraction)
    if not 0 <= spread < 1:
        raise ValueError(f"spread must be in [0, 1), got {spread}")
    rng = np.random.default_rng(seed)
    radii = 0.5 * rng.uniform(1 - spread, 1 + spread, count)
    box = float(np.sqrt(np.pi * np.sum(radii**2) / fraction))
    start = Packing(rng.uniform(0, box, (count, 2)), radii, box)
    return relaxed(start, np.arange(count))


def relaxed(packing: Packing, moving: ArrayLike) -> Packing:
    """The packing with the disks ``moving`` (indices) brought to an energy minimum, others frozen."""
    free = np.asarray(moving)
    if free.size == 0:
        raise ValueError("no disks to relax")

    def cost(x: Array) -> tuple[float, Array]:
        positions = packing.positions.copy()
        positions[free] = x.reshape(-1, 2)
        trial = replace(packing, positions=positions)
        return energy(trial), _gradient(trial)[free].ravel()

    start = packing.positions[free].ravel()
    options = {"maxiter": 20000, "maxfun": 40000, "gtol": 1e-10, "ftol": 1e-16, "maxcor": 30}
    found = minimize(cost, start, jac=True, method="L-BFGS-B", options=options)
    positions = packing.positions.copy()
    positions[free] = found.x.reshape(-1, 2)
    return replace(packing, positions=np.mod(positions, packing.box))


def residual_force(packing: Packing, moving: ArrayLike) -> float:
    """Largest force left on the disks ``moving``, in stiffness times diameter."""
    return float(np.abs(_gradient(packing)[np.asarray(moving)]).max())


def region(packing: Packing, count: int, centre: ArrayLike | None = None) -> Indices:
    """Indices of the ``count`` disks nearest to ``centre`` (default: the middle of the box)."""
    if not 1 <= count <= len(packing.radii):
        raise ValueError(f"count must be between 1 and {len(packing.radii)}, got {count}")
    middle = np.full(2, packing.box / 2) if centre is None else finite(centre=centre)[0]
    distance = np.linalg.norm(_nearest_image(packing.positions - middle, packing.box), axis=1)
    return np.sort(np.argsort(distance, kind="stable")[:count])


def rearranged(
    packing: Packing,
    moving: ArrayLike,
    seed: int,
    kick: float = 0.9,
    least_move: float = 0.2,
    attempts: int = 400,
) -> Packing:
    """Another arrangement of the disks ``moving`` inside their frozen surroundings.

    Every disk starts up to ``kick`` diameters from its site and relaxes. The first minimum is
    returned in which all disks are still in the area of the region (nearest to one of its former
    sites) and one lies ``least_move`` diameters away from every former site, so that disks that
    merely changed places do not count. Raises ``ValueError`` if ``attempts`` find none.
    """
    free = np.asarray(moving)
    positive(kick=kick, least_move=least_move)
    rng = np.random.default_rng(seed)
    for _ in range(attempts):
        turn, length = (
            rng.uniform(0, 2 * np.pi, free.size),
            kick * np.sqrt(rng.uniform(size=free.size)),
        )
        start = packing.positions.copy()
        start[free] += length[:, None] * np.column_stack([np.cos(turn), np.sin(turn)])
        trial = relaxed(replace(packing, positions=start), free)
        gaps = trial.positions[free][:, None] - packing.positions
        distance = np.linalg.norm(_nearest_image(gaps, packing.box), axis=-1)
        at_home = np.isin(distance.argmin(axis=1), free).all()
        if at_home and distance.min(axis=1).max() >= least_move:
            return trial
    raise ValueError(f"{attempts} attempts found no other arrangement of these {free.size} disks")


def displacements(before: Packing, after: Packing) -> Array:
    """Distance (n,) that every disk has moved."""
    return np.linalg.norm(_nearest_image(after.positions - before.positions, before.box), axis=1)


def border_energies(initial: Packing, new: Packing, moving: ArrayLike) -> BorderEnergies:
    """Energies of the region ``moving`` that enter the mismatch, by direct sums over contacts.

    ``new`` differs from ``initial`` only inside the region; its own environment is found by relaxing
    everything else around it.
    """
    inside = np.asarray(moving)
    outside = np.setdiff1d(np.arange(len(initial.radii)), inside)
    if not np.allclose(new.positions[outside], initial.positions[outside]):
        raise ValueError("the two packings must share the environment of the region")
    at_home = relaxed(new, outside)
    return BorderEnergies(
        inside=energy(new, inside),
        initial_inside=energy(initial, inside),
        mixed=energy(new, inside, outside),
        pure=energy(at_home, inside, outside),
        initial=energy(initial, inside, outside),
    )


def voronoi_cells(packing: Packing, which: ArrayLike) -> list[Array]:
    """Corners (k, 2) of the Voronoi cell of each of the disks ``which``, in order around it.

    Cells reach over the periodic border, so corners may lie outside the box.
    """
    shifts = packing.box * np.array([[i, j] for i in (0, -1, 1) for j in (0, -1, 1)])
    images = (packing.positions + shifts[:, None, :]).reshape(-1, 2)
    diagram = Voronoi(images)
    cells = []
    for i in np.asarray(which):
        corners = diagram.vertices[diagram.regions[diagram.point_region[i]]]
        around = corners - images[i]
        cells.append(corners[np.argsort(np.arctan2(around[:, 1], around[:, 0]))])
    return cells


def _nearest_image(vectors: Array, box: float) -> Array:
    return vectors - box * np.rint(vectors / box)


def _mask(indices: ArrayLike, count: int) -> NDArray[np.bool_]:
    out = np.zeros(count, dtype=bool)
    out[np.asarray(indices)] = True
    return out


def _pairs(packing: Packing) -> tuple[Indices, Indices, Array, Array]:
    wrapped = np.mod(packing.positions, packing.box)
    wrapped[wrapped >= packing.box] = 0.0  # np.mod may round up to the edge itself
    tree = cKDTree(wrapped, boxsize=packing.box)
    i, j = tree.query_pairs(2 * packing.radii.max(), output_type="ndarray").T
    vectors = _nearest_image(wrapped[i] - wrapped[j], packing.box)
    return i, j, vectors, np.maximum(np.linalg.norm(vectors, axis=1), 1e-12)


def _contacts(packing: Packing) -> tuple[Indices, Indices, Array]:
    i, j, _, distance = _pairs(packing)
    overlap = np.maximum(packing.radii[i] + packing.radii[j] - distance, 0.0)
    return i, j, overlap


def _gradient(packing: Packing) -> Array:
    i, j, vectors, distance = _pairs(packing)
    overlap = np.maximum(packing.radii[i] + packing.radii[j] - distance, 0.0)
    push = -(overlap / distance)[:, None] * vectors
    out = np.zeros_like(packing.positions)
    np.add.at(out, i, push)
    np.add.at(out, j, -push)
    return out
