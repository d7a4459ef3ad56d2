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
        value = positions[i, 0] - turns * shear * box[1]
        value -= box[0] * np.floor((value - origin) / box[0])
        out[i, 0] = value if value - origin < box[0] else origin
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
    def search(x, diameter, nonadditivity, cutoff, skin, box, shear, cells, start, rows, out):
        # For every cell the particles of half of its surroundings are copied side by side, moved
        # to the right periodic image; each particle of the cell then scans that block in loops
        # which compile to vector instructions. rows: half of the stencil in all but the last
        # direction, along which cells are contiguous in memory up to the periodic border.
        first, neighbour, inverse_square = out
        capacity = neighbour.shape[0]
        total = start.shape[0] - 1
        fullest = 0
        for cell in range(total):
            fullest = max(fullest, start[cell + 1] - start[cell])
        size = fullest * 3 * rows.shape[0]
        block = np.empty((d, size))
        sizes = np.empty(size)
        place = np.empty(size, dtype=np.uint32)
        excess = np.empty(size)
        sigma_squared = np.empty(size)
        here = np.zeros(d, dtype=np.int64)
        shift = np.zeros(d)
        last = d - 1
        count = 0
        for cell in range(total):
            rest = cell
            for k in range(d - 1, -1, -1):
                here[k] = rest % cells[k]
                rest //= cells[k]
            n = 0
            for row in range(rows.shape[0]):
                shift[:] = 0.0
                base = 0
                for k in range(d - 1):
                    c = here[k] + rows[row, k]
                    turn = (c >= cells[k]) * 1 - (c < 0) * 1
                    shift[k] += turn * box[k]
                    if k == 1:
                        shift[0] += turn * shear * box[1]
                    base = base * cells[k] + c - turn * cells[k]
                for offset in range(0 if row == 0 else -1, 2):
                    c = here[last] + offset
                    turn = (c >= cells[last]) * 1 - (c < 0) * 1
                    skew = turn * shear * box[1] if last == 1 else 0.0
                    c += base * cells[last] - turn * cells[last]
                    a, width = start[c], start[c + 1] - start[c]
                    for k in range(d):
                        by = shift[k]
                        if k == last:
                            by += turn * box[last]
                        if k == 0:
                            by += skew
                        target, source = block[k, n : n + width], x[k, a : a + width]
                        for m in range(width):
                            target[m] = source[m] + by
                    their_sizes, their_places = sizes[n : n + width], place[n : n + width]
                    source = diameter[a : a + width]
                    for m in range(width):
                        their_sizes[m] = source[m]
                        their_places[m] = a + m
                    n += width
            for i in range(start[cell], start[cell + 1]):
                first[i] = count
                if count + n > capacity:
                    return -1
                # Slices that start at zero spare every access a test for negative indices.
                begin = i - start[cell] + 1
                width = n - begin
                surplus, squares = excess[begin:n], sigma_squared[begin:n]
                their_sizes, their_places = sizes[begin:n], place[begin:n]
                for m in range(width):
                    surplus[m] = 0.0
                for k in range(d):
                    own, theirs = x[k, i], block[k, begin:n]
                    for m in range(width):
                        surplus[m] += (theirs[m] - own) * (theirs[m] - own)
                own_size = diameter[i]
                for m in range(width):
                    sigma = 0.5 * (own_size + their_sizes[m])
                    sigma *= 1.0 - nonadditivity * abs(own_size - their_sizes[m])
                    squares[m] = sigma * sigma
                    reach = cutoff * sigma + skin
                    surplus[m] -= reach * reach
                found, found_squares = neighbour[count:], inverse_square[count:]
                new = np.uint64(0)
                for m in range(width):
                    found[new] = their_places[m]
                    found_squares[new] = squares[m]
                    new += np.uint64(surplus[m] < 0.0)
                for m in range(int(new)):
                    found_squares[m] = 1.0 / found_squares[m]
                count += int(new)
        first[x.shape[1]] = count
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
def _searches(d: int):
    return _pair_search(d), _exhaustive_search(d)


@cache
def _half_stencil(d: int) -> np.ndarray:
    """Row offsets in the first d-1 directions, own row first, one of every opposite pair."""
    offsets = product((-1, 0, 1), repeat=d - 1)
    later = [o for o in offsets if o > (0,) * (d - 1)]
    return np.array([(0,) * (d - 1), *later], dtype=np.int64)


@njit(cache=True)
def _gather(positions, reference, order, box, shear, limit, places):
    """Positions in cell order, each as the image nearest to its reference.

    True when a particle is farther than ``limit`` from its reference.
    """
    d = positions.shape[1]
    step = np.empty(d)
    far = False
    for place in range(len(order)):
        i = order[place]
        for k in range(d):
            step[k] = positions[i, k] - reference[place, k]
        step[0] -= np.round(step[1] / box[1]) * shear * box[1]
        r2 = 0.0
        for k in range(d):
            step[k] -= box[k] * np.round(step[k] / box[k])
            r2 += step[k] * step[k]
            places[place, k] = reference[place, k] + step[k]
        far |= not r2 <= limit * limit
    return far


@njit(cache=True)
def scatter(sorted_field, order, field):
    """Bring a field ``(N, d)`` from cell order back to the order of the particles."""
    for place in range(len(order)):
        for k in range(field.shape[1]):
            field[order[place], k] = sorted_field[place, k]


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
        self.diameters = np.array(diameters, dtype=np.float64)
        self.box = np.array(box, dtype=np.float64)
        self.shear = float(shear)
        self.skin = float(skin)
        self.rebuilds = 0
        self._capacity = 0
        self._neighbour = np.empty(0, dtype=np.uint32)
        self.build(positions)

    def build(self, positions: np.ndarray) -> None:
        """List the pairs of these positions, shape ``(N, d)``, wrapped or not."""
        N, d = positions.shape
        search, exhaustive = _searches(d)
        wrapped = wrap(np.ascontiguousarray(positions), self.box, self.shear)
        cells = self._cells(d)
        self.order, start = _sort_into_cells(wrapped, self.box, self.shear, cells)
        self.reference = wrapped[self.order]
        columns, sizes = np.ascontiguousarray(self.reference.T), self.diameters[self.order]
        numbers = (self.model.nonadditivity, self.model.cutoff, self.skin, self.box, self.shear)
        while True:
            self._allocate(N)
            out = (self.first, self._neighbour, self._inverse_square)
            if cells.min() < 3:
                count = exhaustive(columns, sizes, *numbers, out)
            else:
                count = search(columns, sizes, *numbers, cells, start, _half_stencil(d), out)
            if count >= 0:
                break
            self._capacity *= 2
        self.neighbour = self._neighbour[:count]
        self.inverse_square = self._inverse_square[:count]
        self.rebuilds += 1

    def _cells(self, d: int) -> np.ndarray:
        """Cells per direction, none narrower than the radius; all one where some are below 3."""
        width = self.box.copy()
        width[0] /= np.hypot(1.0, self.shear)
        cells = (width / self.radius).astype(np.int64)
        most = max(int(len(self.diameters) ** (1 / d)), 3)
        return np.minimum(cells, most) if cells.min() >= 3 else np.ones(d, dtype=np.int64)

    def _allocate(self, N: int) -> None:
        self._capacity = max(self._capacity, 16 * N, 1024)
        if len(self._neighbour) < self._capacity:
            self.first = np.empty(N + 1, dtype=np.int64)
            self._neighbour = np.empty(self._capacity, dtype=np.uint32)
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

    def places(self, positions: np.ndarray) -> np.ndarray:
        """Positions ``(N, d)`` in cell order, after building the list anew where it is stale."""
        out = np.empty_like(self.reference)
        limit = 0.5 * self.skin
        if _gather(positions, self.reference, self.order, self.box, self.shear, limit, out):
            self.build(positions)
            return self.reference
        return out

    def update(self, positions: np.ndarray) -> bool:
        """Make the list valid for these positions; True when it had to be built anew."""
        before = self.rebuilds
        self.places(positions)
        return self.rebuilds > before
