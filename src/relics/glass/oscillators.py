"""Symmetric random couplings of many oscillators, stored once, and their products with vectors.

A product of a dense matrix with a vector is limited by reading the matrix. Here only the lower
triangle is kept, in single precision, in square tiles that are read once for both of their sides,
while all sums are in double precision: the stored numbers *are* the couplings, and forces can be
brought to rounding level.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

TILE = 64
FLAGS = {"error_model": "numpy", "fastmath": {"contract", "reassoc", "nsz", "arcp"}}

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Couplings:
    """Symmetric couplings of ``number`` oscillators with zero diagonal.

    ``tiles`` (tiles, 64, 64) in single precision: blocks of the lower triangle by rows of
    blocks; what lies on or above the diagonal or beyond the last oscillator is zero.
    """

    tiles: NDArray[np.float32]
    number: int

    def times(self, x: Array) -> Array:
        """Product with a vector (number,), summed in double precision."""
        if x.shape != (self.number,):
            raise ValueError(f"x must have shape ({self.number},), got {x.shape}")
        blocks = -(-self.number // TILE)
        padded = np.zeros(blocks * TILE)
        padded[: self.number] = x
        return _product(self.tiles, padded)[: self.number]

    def dense(self) -> Array:
        """The whole matrix (number, number) in double precision."""
        blocks = -(-self.number // TILE)
        full = np.zeros((blocks * TILE, blocks * TILE))
        k = 0
        for i in range(blocks):
            for j in range(i + 1):
                rows, columns = slice(i * TILE, (i + 1) * TILE), slice(j * TILE, (j + 1) * TILE)
                full[rows, columns] = self.tiles[k]
                k += 1
        full += full.T
        return np.ascontiguousarray(full[: self.number, : self.number])


def gaussian_couplings(number: int, J: float, rng: np.random.Generator) -> Couplings:
    """Independent Gaussian couplings of variance ``J^2/number`` (LB21 Eq. 10)."""
    if number < 2:
        raise ValueError(f"number of oscillators must be at least 2, got {number}")
    if not (np.isfinite(J) and J > 0):
        raise ValueError(f"J must be positive and finite, got {J}")
    blocks = -(-number // TILE)
    tiles = np.empty((blocks * (blocks + 1) // 2, TILE, TILE), dtype=np.float32)
    below = np.tri(TILE, k=-1, dtype=np.float32)
    last = number - (blocks - 1) * TILE
    k = 0
    for i in range(blocks):
        for j in range(i + 1):
            rng.standard_normal(out=tiles[k], dtype=np.float32)
            tiles[k] *= np.float32(J / np.sqrt(number))
            if i == j:
                tiles[k] *= below
            if i == blocks - 1:
                tiles[k, last:] = 0
            k += 1
    return Couplings(tiles, number)


def scaled(couplings: Couplings, factor: float) -> Couplings:
    """The same random numbers for another strength."""
    return Couplings(couplings.tiles * np.float32(factor), couplings.number)


@njit(cache=True, **FLAGS)
def _product(tiles, x):
    """Sum over tiles of block times vector, for both of a block's sides; four rows at a time."""
    n = x.size
    y = np.zeros(n)
    blocks = n // TILE
    k = 0
    for i in range(blocks):
        a = i * TILE
        for j in range(i + 1):
            b = j * TILE
            tile = tiles[k]
            xb = x[b : b + TILE]
            yb = y[b : b + TILE]
            for r in range(0, TILE, 4):
                t0 = tile[r]
                t1 = tile[r + 1]
                t2 = tile[r + 2]
                t3 = tile[r + 3]
                x0 = x[a + r]
                x1 = x[a + r + 1]
                x2 = x[a + r + 2]
                x3 = x[a + r + 3]
                s0 = 0.0
                s1 = 0.0
                s2 = 0.0
                s3 = 0.0
                for c in range(TILE):
                    v0 = np.float64(t0[c])
                    v1 = np.float64(t1[c])
                    v2 = np.float64(t2[c])
                    v3 = np.float64(t3[c])
                    w = xb[c]
                    s0 += v0 * w
                    s1 += v1 * w
                    s2 += v2 * w
                    s3 += v3 * w
                    yb[c] += v0 * x0 + v1 * x1 + v2 * x2 + v3 * x3
                y[a + r] += s0
                y[a + r + 1] += s1
                y[a + r + 2] += s2
                y[a + r + 3] += s3
            k += 1
    return y
