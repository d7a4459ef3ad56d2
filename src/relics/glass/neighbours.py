"""Neighbour lists of periodic configurations by sorting particles into cells.

Particles are held in the order of their cells, so that neighbours in space are neighbours in
memory; every pair appears once (a half list). Boxes are orthorhombic; a simple shear strain
``shear`` displaces the periodic image above in y by ``shear * L_y`` in x.
"""

from __future__ import annotations

from functools import cache
from itertools import product

import numpy as np
from numba import njit

from relics.glass._kernels import FLAGS
from relics.glass.models import Model

DEFAULT_SKIN = 0.2
CELLS_PER_RADIUS = {2: 2, 3: 2, 4: 1}


@njit(cache=True)
def wrap(positions, box, shear):
    """Positions ``(N, d)`` folded into the box; in the sheared cell where ``shear`` is not zero."""
    N, d = positions.shape
    out = np.empty((N, d))
    for i in range(N):
        for k in range(d - 1, 0, -1):
            value = positions[i, k] - box[k] * np.floor(positions[i, k] / box[k])
            out[i, k] = value if value < box[k] else 0.0
        turns = np.round((positions[i, 1] - out[i, 1]) / box[1])
        origin = shear * out[i, 1]
        value = positions[i, 0] - turns * shear * box[1] - origin
        value -= box[0] * np.floor(value / box[0])
        out[i, 0] = (value if value < box[0] else 0.0) + origin
    return out


@njit(cache=True)
def _sort_into_cells(positions, box, shear, cells):
    """Order of the particles by cell and the start of every cell in it."""
    N, d = positions.shape
    total = 1
    for k in range(d):
        total *= cells[k]
    cell_of = np.empty(N, dtype=np.int64)
    start = np.zeros(total + 1, dtype=np.int64)
    for i in range(N):
        index = 0
        for k in range(d):
            value = positions[i, k] - (shear * positions[i, 1] if k == 0 else 0.0)
            c = int(value / box[k] * cells[k])
            index = index * cells[k] + min(max(c, 0), cells[k] - 1)
        cell_of[i] = index
        start[index + 1] += 1
    for c in range(total):
        start[c + 1] += start[c]
    order = np.empty(N, dtype=np.int64)
    filled = start[:-1].copy()
    for i in range(N):
        order[filled[cell_of[i]]] = i
        filled[cell_of[i]] += 1
    return order, start


def _pair_search(d: int):
    """Kernel that lists, for every particle, the later half of its neighbours."""

    @njit(cache=True, **FLAGS)
    def search(
        x, diameter, nonadditivity, cutoff, skin, box, shear, cells, start, rows, depth, out
    ):
        # rows: half of the stencil in all but the last direction; along the last direction the
        # 2*depth+1 cells are contiguous in memory up to the periodic border.
        N = x.shape[1]
        first, neighbour, inverse_square = out
        capacity = neighbour.shape[0]
        squared = np.empty(N)
        inverse = np.empty(N)
        here = np.zeros(d, dtype=np.int64)
        shift = np.zeros(d)
        last = d - 1
        count = 0
        total = start.shape[0] - 1
        for cell in range(total):
            rest = cell
            for k in range(d - 1, -1, -1):
                here[k] = rest % cells[k]
                rest //= cells[k]
            for i in range(start[cell], start[cell + 1]):
                first[i] = count
                for row in range(rows.shape[0]):
                    for k in range(d):
                        shift[k] = 0.0
                    base = 0
                    for k in range(d - 1):
                        c = here[k] + rows[row, k]
                        turn = 0
                        if c < 0:
                            c += cells[k]
                            turn = -1
                        elif c >= cells[k]:
                            c -= cells[k]
                            turn = 1
                        shift[k] += turn * box[k]
                        if k == 1:
                            shift[0] += turn * shear * box[1]
                        base = base * cells[k] + c
                    lowest = here[last] - (0 if row == 0 else depth)
                    highest = here[last] + depth
                    plain = shift[last], shift[0]
                    for part in range(3):
                        turn = part - 1
                        lo = max(lowest, turn * cells[last])
                        hi = min(highest, turn * cells[last] + cells[last] - 1)
                        if lo > hi:
                            continue
                        shift[last] = plain[0] + turn * box[last]
                        shift[0] = plain[1]
                        if last == 1:
                            shift[0] += turn * shear * box[1]
                        a = start[base * cells[last] + lo - turn * cells[last]]
                        b = start[base * cells[last] + hi - turn * cells[last] + 1]
                        if row == 0 and turn == 0:
                            a = i + 1
                        n = b - a
                        for m in range(n):
                            r2 = 0.0
                            for k in range(d):
                                dx = x[k, a + m] - (x[k, i] - shift[k])
                                r2 += dx * dx
                            dj = diameter[a + m]
                            sigma = 0.5 * (diameter[i] + dj)
                            sigma *= 1.0 - nonadditivity * abs(diameter[i] - dj)
                            reach = cutoff * sigma + skin
                            squared[m] = r2 - reach * reach
                            inverse[m] = 1.0 / (sigma * sigma)
                        if count + n > capacity:
                            return -1
                        for m in range(n):
                            neighbour[count] = a + m
                            inverse_square[count] = inverse[m]
                            count += squared[m] < 0.0
        first[N] = count
        return count

    return search


def _exhaustive_search(d: int):
    """The same list for boxes too small for cells, by looking at every pair."""

    @njit(cache=True, **FLAGS)
    def search(x, diameter, nonadditivity, cutoff, skin, box, shear, out):
        N = x.shape[1]
        first, neighbour, inverse_square = out
        dx = np.empty(d)
        count = 0
        for i in range(N):
            first[i] = count
            for j in range(i + 1, N):
                for k in range(d):
                    dx[k] = x[k, j] - x[k, i]
                turn = np.round(dx[1] / box[1])
                dx[0] -= turn * shear * box[1]
                r2 = 0.0
                for k in range(d):
                    dx[k] -= box[k] * np.round(dx[k] / box[k])
                    r2 += dx[k] * dx[k]
                sigma = 0.5 * (diameter[i] + diameter[j])
                sigma *= 1.0 - nonadditivity * abs(diameter[i] - diameter[j])
                reach = cutoff * sigma + skin
                if r2 < reach * reach:
                    if count == neighbour.shape[0]:
                        return -1
                    neighbour[count] = j
                    inverse_square[count] = 1.0 / (sigma * sigma)
                    count += 1
        first[N] = count
        return count

    return search


@cache
def _kernels(d: int):
    return _pair_search(d), _exhaustive_search(d)


@cache
def _half_stencil(d: int, depth: int) -> np.ndarray:
    """Row offsets in the first d-1 directions, own row first, one of every opposite pair."""
    offsets = product(range(-depth, depth + 1), repeat=d - 1)
    later = [o for o in offsets if o > (0,) * (d - 1)]
    return np.array([(0,) * (d - 1), *later], dtype=np.int64)


@njit(cache=True)
def _moved(positions, reference, box, shear, limit):
    """True when a particle is farther than ``limit`` from where it was, periodic images aside."""
    N, d = positions.shape
    step = np.empty(d)
    for i in range(N):
        for k in range(d):
            step[k] = positions[i, k] - reference[i, k]
        turn = np.round(step[1] / box[1])
        step[0] -= turn * shear * box[1]
        r2 = 0.0
        for k in range(d):
            step[k] -= box[k] * np.round(step[k] / box[k])
            r2 += step[k] * step[k]
        if not r2 <= limit * limit:
            return True
    return False


class NeighbourList:
    """Half list of the pairs that interact or may soon interact.

    In cell order: ``order`` (N,) is the particle at each place, ``first`` (N+1,) the start of each
    particle's pairs in ``neighbour`` (P,) (places again) and ``inverse_square`` (P,), one over the
    squared pair diameter. A pair is listed when it is nearer than its cut-off plus ``skin``; the
    list stays valid until a particle has moved half of that.
    """

    def __init__(
        self,
        model: Model,
        positions: np.ndarray,
        diameters: np.ndarray,
        box: np.ndarray,
        shear: float = 0.0,
        skin: float = DEFAULT_SKIN,
    ) -> None:
        if not skin >= 0:
            raise ValueError(f"the skin of a neighbour list must not be negative, got {skin}")
        self.model = model
        self.diameters = np.ascontiguousarray(diameters, dtype=np.float64)
        self.box = np.ascontiguousarray(box, dtype=np.float64)
        self.shear = float(shear)
        self.skin = float(skin)
        self.rebuilds = 0
        self._capacity = 0
        self.build(positions)

    def build(self, positions: np.ndarray) -> None:
        """List the pairs of these positions, shape ``(N, d)``, wrapped or not."""
        N, d = positions.shape
        search, exhaustive = _kernels(d)
        self.reference = wrap(np.ascontiguousarray(positions), self.box, self.shear)
        radius = self.radius
        width = self.box.copy()
        width[0] /= np.hypot(1.0, self.shear)
        depth = CELLS_PER_RADIUS[d]
        cells = np.maximum((width * depth / radius).astype(np.int64), 1)
        cells = np.minimum(cells, max(int((2.0 * N) ** (1 / d)), 1))
        depth = int(np.ceil(radius * np.max(cells / width) - 1e-12))
        small = bool(np.any(cells < 2 * depth + 1))
        if small:
            cells[:] = 1
        self.order, start = _sort_into_cells(self.reference, self.box, self.shear, cells)
        places = np.ascontiguousarray(self.reference[self.order].T)
        sizes = self.diameters[self.order]
        numbers = (self.model.nonadditivity, self.model.cutoff, self.skin, self.box, self.shear)
        while True:
            self._allocate(N, d)
            out = (self._first, self._neighbour, self._inverse_square)
            if small:
                count = exhaustive(places, sizes, *numbers, out)
            else:
                rows = _half_stencil(d, depth)
                count = search(places, sizes, *numbers, cells, start, rows, depth, out)
            if count >= 0:
                break
            self._capacity *= 2
        self.first = self._first
        self.neighbour = self._neighbour[:count]
        self.inverse_square = self._inverse_square[:count]
        self.rebuilds += 1

    def _allocate(self, N: int, d: int) -> None:
        self._capacity = max(self._capacity, 16 * N, 1024)
        if getattr(self, "_neighbour", np.empty(0)).shape[0] < self._capacity:
            self._first = np.empty(N + 1, dtype=np.int64)
            self._neighbour = np.empty(self._capacity, dtype=np.int32)
            self._inverse_square = np.empty(self._capacity)

    @property
    def radius(self) -> float:
        """Largest distance at which a pair is listed."""
        return self.model.cutoff * self.model.largest_pair_diameter(self.diameters) + self.skin

    @property
    def pairs(self) -> tuple[np.ndarray, np.ndarray]:
        """Listed pairs as particle numbers ``i`` and ``j``, shape ``(P,)`` each."""
        i = np.repeat(self.order, np.diff(self.first))
        return i, self.order[self.neighbour]

    def update(self, positions: np.ndarray) -> bool:
        """Make the list valid for these positions; True when it had to be built anew."""
        stale = _moved(positions, self.reference, self.box, self.shear, 0.5 * self.skin)
        if stale:
            self.build(positions)
        return stale
