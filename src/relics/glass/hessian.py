"""Analytic Hessian of the potential energy as a sparse matrix (KRZ21 Eq. 2, LB21 Eq. 12)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numba import njit
from scipy.sparse import csc_matrix

from relics.glass._kernels import FLAGS
from relics.glass.configuration import Configuration
from relics.glass.energy import PairTerms, pair_terms


@njit(cache=True)
def _sorted_partners(N, I, J):
    """For every particle its partners in ascending order, and the pair that joins them."""
    start = np.zeros(N + 1, dtype=np.int64)
    for p in range(I.shape[0]):
        start[I[p] + 1] += 1
        start[J[p] + 1] += 1
    for i in range(N):
        start[i + 1] += start[i]
    loose_pair = np.empty(2 * I.shape[0], dtype=np.int32)
    filled = start[:-1].copy()
    for p in range(I.shape[0]):
        for i in (I[p], J[p]):
            loose_pair[filled[i]] = p
            filled[i] += 1
    partner = np.empty(2 * I.shape[0], dtype=np.int32)
    pair = np.empty(2 * I.shape[0], dtype=np.int32)
    filled = start[:-1].copy()
    for j in range(N):
        for q in range(start[j], start[j + 1]):
            p = loose_pair[q]
            i = I[p] + J[p] - j
            partner[filled[i]] = j
            pair[filled[i]] = p
            filled[i] += 1
    return start, partner, pair


@cache
def _assembly(d: int):
    @njit(cache=True, **FLAGS)
    def assemble(N, start, partner, pair, R, F, indptr, indices, data):
        own = np.empty((d, d))
        for j in range(N):
            lo, hi = start[j], start[j + 1]
            height = d * (hi - lo + 1)
            base = d * (d * lo + d * j)
            own[:] = 0.0
            row = 0
            own_row = -1
            for q in range(lo, hi + 1):
                if own_row < 0 and (q == hi or partner[q] > j):
                    own_row = row
                    row += d
                if q == hi:
                    break
                p, i = pair[q], partner[q]
                f1, f2 = F[1, p], F[2, p]
                for b in range(d):
                    at = base + b * height + row
                    for a in range(d):
                        value = f2 * R[p, a] * R[p, b]
                        if a == b:
                            value += f1
                        own[a, b] += value
                        indices[at + a] = i * d + a
                        data[at + a] = -value
                row += d
            for b in range(d):
                at = base + b * height + own_row
                for a in range(d):
                    indices[at + a] = j * d + a
                    data[at + a] = own[a, b]
                indptr[j * d + b] = base + b * height
        indptr[N * d] = d * (d * start[N] + d * N)

    return assemble


def hessian(
    system: Configuration | PairTerms, without: Sequence[int] | np.ndarray = ()
) -> csc_matrix:
    """Second derivatives of the energy, shape ``(N d, N d)``, row ``d i + a`` for component a of i.

    ``system`` is a configuration or its ``pair_terms``; ``without`` lists particles whose contacts
    are left out (rattlers), which leaves them zero rows. The matrix is symmetric with sorted
    indices; every column holds the full blocks of the particle and of its partners. Raises
    ``ValueError`` beyond 2**31 entries (some ten million particles).
    """
    terms = system if isinstance(system, PairTerms) else pair_terms(system)
    if len(without):
        terms = terms.without(without)
    N, d = terms.N, terms.r.shape[1]
    start, partner, pair = _sorted_partners(N, terms.i, terms.j)
    size = d * d * (2 * len(terms.i) + N)
    if size > np.iinfo(np.int32).max:
        raise ValueError(f"{N} particles are too many for a matrix with 32-bit indices")
    indptr = np.empty(N * d + 1, dtype=np.int32)
    indices, data = np.empty(size, dtype=np.int32), np.empty(size)
    _assembly(d)(N, start, partner, pair, terms.r, terms.f, indptr, indices, data)
    matrix = csc_matrix((data, indices, indptr), shape=(N * d, N * d))
    matrix.has_sorted_indices = True
    return matrix
