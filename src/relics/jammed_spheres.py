"""Small packings of frictionless discs and spheres at the verge of rigidity, and their contacts.

Reduced units: harmonic repulsion (1 - r/sigma)^2/2 in a periodic cube of edge one. L18 Sec. IV.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Array = NDArray[np.float64]
Indices = NDArray[np.int_]

_RATIO = 1.4


@dataclass(frozen=True)
class Packing:
    """Positions (N, d) in the unit cube, diameters (N,) and contacting pairs (contacts, 2)."""

    positions: Array
    diameters: Array
    contacts: NDArray[np.int64]

    @property
    def dimension(self) -> int:
        """Dimension of space."""
        return self.positions.shape[1]

    @property
    def caged(self) -> NDArray[np.int64]:
        """Indices of the particles that hold and are held: rattlers are taken away."""
        return np.unique(self.contacts)

    def rigidity_matrix(self) -> Array:
        """Gap changes per displacement of the caged particles, shape (contacts, d * caged)."""
        index = {int(p): k for k, p in enumerate(self.caged)}
        d = self.dimension
        rows = np.zeros((len(self.contacts), d * len(index)))
        for row, (i, j) in zip(rows, self.contacts, strict=True):
            arrow = self.positions[i] - self.positions[j]
            arrow -= np.round(arrow)
            arrow /= np.linalg.norm(arrow)
            a, b = index[int(i)], index[int(j)]
            row[d * a : d * a + d] = arrow
            row[d * b : d * b + d] = -arrow
        return rows


def _overlap_energy(
    flat: Array, diameters: Array, d: int, pairs: tuple[Indices, Indices]
) -> tuple[float, Array]:
    x = flat.reshape(-1, d)
    i, j = pairs
    arrow = x[i] - x[j]
    arrow -= np.round(arrow)
    sigma = (diameters[i] + diameters[j]) / 2
    r = np.sqrt(np.sum(arrow**2, axis=1))
    overlap = np.maximum(1 - r / sigma, 0.0)
    force = (-overlap / (sigma * r))[:, None] * arrow
    gradient = np.zeros_like(x)
    np.add.at(gradient, i, force)
    np.add.at(gradient, j, -force)
    return 0.5 * float(np.sum(overlap**2)), gradient.ravel()


def jam(particles: int, d: int = 2, seed: int = 0) -> Packing:
    """A packing of a half-and-half mixture (diameters 1 and 1.4) as it just becomes rigid.

    Diameters grow and shrink by ever smaller steps around the point where the overlap energy can
    no longer be relaxed away; a contact is a pair whose overlap is above a hundredth of the mean
    one. `particles` >= 8, `d` 2 or 3.
    """
    if d not in (2, 3) or particles < 8:
        raise ValueError(f"needs d = 2 or 3 and at least 8 particles, got {d} and {particles}")
    rng = np.random.default_rng(seed)
    shape = np.where(np.arange(particles) % 2, _RATIO, 1.0)
    pairs = np.triu_indices(particles, 1)
    ball = {2: np.pi / 4, 3: np.pi / 6}[d]

    def diameters(fraction: float) -> Array:
        return shape * (fraction / (ball * np.sum(shape**d))) ** (1 / d)

    def relax(x: Array, fraction: float) -> tuple[Array, float]:
        sizes = diameters(fraction)
        for _ in range(4):
            found = minimize(
                _overlap_energy, x, args=(sizes, d, pairs), jac=True, method="L-BFGS-B",
                options={"maxiter": 20000, "maxfun": 40000, "ftol": 1e-30, "gtol": 1e-15, "maxcor": 30},
            )  # fmt: skip
            x = found.x
        return x, found.fun / particles

    x = rng.uniform(size=particles * d)
    fraction, step = {2: 0.70, 3: 0.50}[d], 0.02
    x, energy = relax(x, fraction)
    rigid = (x, fraction, energy)
    growing = True
    while step > 1e-9 or not growing:
        trial = fraction + (step if growing else -step)
        x, energy = relax(x, trial)
        fraction = trial
        if energy > 1e-17:
            rigid = (x, fraction, energy)
            if energy < 1e-15:
                break
        if growing == (energy > 1e-17):
            growing, step = not growing, step / 2
    x, fraction, _ = rigid
    sizes = diameters(fraction)
    positions = np.mod(x.reshape(-1, d), 1.0)
    return Packing(positions, sizes, _contacts(positions, sizes, pairs))


def _contacts(x: Array, diameters: Array, pairs: tuple[Indices, Indices]) -> NDArray[np.int64]:
    i, j = pairs
    arrow = x[i] - x[j]
    arrow -= np.round(arrow)
    overlap = 1 - np.linalg.norm(arrow, axis=1) / ((diameters[i] + diameters[j]) / 2)
    touching = overlap > 0
    touching &= overlap > 0.01 * overlap[touching].mean()
    found = np.column_stack([i[touching], j[touching]])
    d = x.shape[1]
    while len(found):
        labels, counts = np.unique(found, return_counts=True)
        rattlers = labels[counts < d + 1]
        if rattlers.size == 0:
            break
        found = found[~np.isin(found, rattlers).any(axis=1)]
    return found


def isostatic_contacts(packing: Packing) -> float:
    """Contacts per caged particle, corrected for what a finite periodic packing cannot have.

    The d overall translations need no contact and one contact more carries the pressure, so that
    2 (contacts + d - 1)/caged tends to the infinite packing's number; Maxwell's count says 2 d.
    """
    return 2 * (len(packing.contacts) + packing.dimension - 1) / len(packing.caged)
