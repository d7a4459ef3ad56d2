"""Energy, forces, virial and higher derivatives of a configuration.

Notation for one pair: ``r = r_j - r_i``, ``f_n`` the n-fold ``(1/r) d/dr`` of the pair energy. The
force on j is ``-f_1 r``; contractions of the derivative tensors with displacement fields are sums
over pairs of ``f_n`` times products of ``r.u`` and ``u.v``, where ``u`` stands for ``u_j - u_i``
(LB21 Eqs. 12, 13, 16).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numba import njit

from relics.glass._kernels import FLAGS, evaluate_4, slopes
from relics.glass.configuration import Configuration
from relics.glass.neighbours import NeighbourList, scatter

CHUNK = 512


@cache
def _force_kernel(d: int):
    @njit(cache=True, **FLAGS)
    def kernel(
        x, box, tilt, first, neighbour, inverse_square, form, c, cutoff, forces, virial, wanted
    ):
        # Pairs are taken in chunks that fit the first-level cache. All but the gathering of
        # separations and the scattering of forces runs in loops without dependence between pairs,
        # which compile to vector instructions.
        N = x.shape[0]
        size = CHUNK
        for i in range(N):
            size = max(size, first[i + 1] - first[i])
        r = np.empty((d, size))
        square = np.empty(size)
        slope = np.empty(size)
        energy = 0.0
        virial[:] = 0.0 if wanted else np.nan
        forces[:] = 0.0
        lo = 0
        while lo < N:
            base = first[lo]
            hi = lo + 1
            while hi < N and first[hi + 1] - base <= size:
                hi += 1
            n = first[hi] - base
            for i in range(lo, hi):
                # Slices that start at zero spare every access a test for negative indices.
                near = neighbour[first[i] : first[i + 1]]
                own = r[:, first[i] - base : first[i + 1] - base]
                for m in range(len(near)):
                    for k in range(d):
                        own[k, m] = x[near[m], k] - x[i, k]
            if tilt != 0.0:
                half = 0.5 * box[1]
                for m in range(n):
                    r[0, m] -= tilt * ((r[1, m] > half) * 1.0 - (r[1, m] < -half) * 1.0)
            for k in range(d):
                edge = box[k]
                half = 0.5 * edge
                for m in range(n):
                    y = r[k, m]
                    r[k, m] = y - edge * ((y > half) * 1.0 - (y < -half) * 1.0)
            for m in range(n):
                total = 0.0
                for k in range(d):
                    total += r[k, m] * r[k, m]
                square[m] = total
            inverse = inverse_square[base : base + n]
            energy += slopes(form, square, inverse, slope, n, cutoff * cutoff, c)
            for k in range(d * wanted):
                for l in range(k, d):
                    total = 0.0
                    for m in range(n):
                        total += slope[m] * r[k, m] * r[l, m]
                    virial[k, l] += total
                    virial[l, k] = virial[k, l]
            for i in range(lo, hi):
                near = neighbour[first[i] : first[i + 1]]
                own = r[:, first[i] - base : first[i + 1] - base]
                f1 = slope[first[i] - base : first[i + 1] - base]
                for m in range(len(near)):
                    for k in range(d):
                        push = f1[m] * own[k, m]
                        forces[i, k] += push
                        forces[near[m], k] -= push
            lo = hi
        return energy

    return kernel


def neighbour_list(conf: Configuration, skin: float = 0.0) -> NeighbourList:
    """A neighbour list of this configuration, of exactly the interacting pairs by default."""
    return NeighbourList(
        conf.law(), conf.positions, conf.diameters, conf.box, conf.shear, skin=skin
    )


def forces_at(
    positions: np.ndarray, neighbours: NeighbourList, virial_wanted: bool = True
) -> tuple[float, np.ndarray, np.ndarray]:
    """Energy, forces ``(N, d)`` and virial ``(d, d)`` at raw positions.

    The list is updated when particles have moved too far. This is the inner call of minimisers and
    integrators; nothing is validated. A virial that is not wanted is returned as ``nan``.
    """
    places = neighbours.places(positions)
    d, law = positions.shape[1], neighbours.model
    sorted_forces, forces, virial = np.empty_like(places), np.empty_like(places), np.empty((d, d))
    energy = _force_kernel(d)(
        places,
        neighbours.box,
        neighbours.shear * neighbours.box[1],
        neighbours.first,
        neighbours.neighbour,
        neighbours.inverse_square,
        law.form,
        law.numbers,
        law.cutoff,
        sorted_forces,
        virial,
        virial_wanted,
    )
    scatter(sorted_forces, neighbours.order, forces)
    return energy, forces, virial


def energy_and_forces(
    conf: Configuration, neighbours: NeighbourList | None = None
) -> tuple[float, np.ndarray, np.ndarray]:
    """Total energy, forces ``(N, d)`` and virial ``(d, d)`` of a configuration.

    The virial is ``sum_pairs f_1 r_a r_b``, the derivative of the energy with respect to an affine
    strain; the pressure is minus its trace over ``d V``. ``neighbours`` may be a list of the same
    particles from an earlier, similar configuration; it is updated in place where needed.
    """
    if neighbours is None:
        neighbours = neighbour_list(conf)
    elif not np.array_equal(neighbours.diameters, conf.diameters):
        raise ValueError("the neighbour list belongs to other particles")
    elif neighbours.shear != conf.shear or not np.array_equal(neighbours.box, conf.box):
        raise ValueError("the neighbour list belongs to another box")
    return forces_at(conf.positions, neighbours)


def energy(conf: Configuration) -> float:
    """Total potential energy of a configuration."""
    return energy_and_forces(conf)[0]


@dataclass(frozen=True, eq=False)
class PairTerms:
    """Interacting pairs with the scalars of their derivative tensors.

    ``i``, ``j`` (P,) are particle numbers, ``r`` (P, d) the separations ``r_j - r_i``, ``f`` (5, P)
    the pair energy and ``f_1 .. f_4``; ``N`` is the number of particles.
    """

    N: int
    i: np.ndarray
    j: np.ndarray
    r: np.ndarray
    f: np.ndarray

    def without(self, particles: Sequence[int] | np.ndarray) -> PairTerms:
        """The same terms less all pairs of the given particles."""
        dropped = np.zeros(self.N, dtype=bool)
        dropped[np.asarray(particles)] = True
        kept = ~(dropped[self.i] | dropped[self.j])
        return PairTerms(self.N, self.i[kept], self.j[kept], self.r[kept], self.f[:, kept])

    def radial_derivatives(self) -> np.ndarray:
        """Pair energy and its first to fourth derivative with respect to distance, ``(5, P)``."""
        f0, f1, f2, f3, f4 = self.f
        r2 = np.sum(self.r**2, axis=1)
        r = np.sqrt(r2)
        third = r * (3 * f2 + r2 * f3)
        return np.stack([f0, r * f1, f1 + r2 * f2, third, 3 * f2 + 6 * r2 * f3 + r2**2 * f4])


@cache
def _pair_kernel(d: int):
    @njit(cache=True, **FLAGS)
    def kernel(x, box, tilt, order, first, neighbour, inverse_square, form, c, cutoff, I, J, R, F):
        limit = cutoff * cutoff
        dx = np.empty(d)
        count = 0
        for place in range(x.shape[0]):
            for p in range(first[place], first[place + 1]):
                other = neighbour[p]
                for k in range(d):
                    dx[k] = x[other, k] - x[place, k]
                dx[0] -= tilt * np.round(dx[1] / box[1])
                r2 = 0.0
                for k in range(d):
                    dx[k] -= box[k] * np.round(dx[k] / box[k])
                    r2 += dx[k] * dx[k]
                q = inverse_square[p]
                if r2 * q < limit:
                    g0, g1, g2, g3, g4 = evaluate_4(form, r2 * q, c)
                    I[count] = order[place]
                    J[count] = order[other]
                    for k in range(d):
                        R[count, k] = dx[k]
                    F[0, count] = g0
                    F[1, count] = g1 * q
                    F[2, count] = g2 * q * q
                    F[3, count] = g3 * q * q * q
                    F[4, count] = g4 * q * q * q * q
                    count += 1
        return count

    return kernel


def pair_terms(conf: Configuration, neighbours: NeighbourList | None = None) -> PairTerms:
    """Interacting pairs of a configuration with everything the derivative tensors need."""
    if neighbours is None:
        neighbours = neighbour_list(conf)
    places = neighbours.places(conf.positions)
    law, d, P = neighbours.model, conf.dimension, len(neighbours.neighbour)
    I, J = np.empty(P, dtype=np.int32), np.empty(P, dtype=np.int32)
    R, F = np.empty((P, d)), np.empty((5, P))
    count = _pair_kernel(d)(
        places,
        neighbours.box,
        neighbours.shear * neighbours.box[1],
        neighbours.order,
        neighbours.first,
        neighbours.neighbour,
        neighbours.inverse_square,
        law.form,
        law.numbers,
        law.cutoff,
        I,
        J,
        R,
        F,
    )
    return PairTerms(conf.N, I[:count], J[:count], R[:count], F[:, :count])


@cache
def _contractions(d: int):
    @njit(cache=True, **FLAGS)
    def third(I, J, R, F, u, v, out):
        a, b = np.empty(d), np.empty(d)
        for p in range(I.shape[0]):
            i, j = I[p], J[p]
            ra = rb = ab = 0.0
            for k in range(d):
                a[k] = u[j, k] - u[i, k]
                b[k] = v[j, k] - v[i, k]
                ra += R[p, k] * a[k]
                rb += R[p, k] * b[k]
                ab += a[k] * b[k]
            f2, f3 = F[2, p], F[3, p]
            along = f3 * ra * rb + f2 * ab
            for k in range(d):
                value = along * R[p, k] + f2 * (rb * a[k] + ra * b[k])
                out[j, k] += value
                out[i, k] -= value

    @njit(cache=True, **FLAGS)
    def fourth(I, J, R, F, u, v, w, out):
        a, b, c = np.empty(d), np.empty(d), np.empty(d)
        for p in range(I.shape[0]):
            i, j = I[p], J[p]
            ra = rb = rc = ab = ac = bc = 0.0
            for k in range(d):
                a[k] = u[j, k] - u[i, k]
                b[k] = v[j, k] - v[i, k]
                c[k] = w[j, k] - w[i, k]
                ra += R[p, k] * a[k]
                rb += R[p, k] * b[k]
                rc += R[p, k] * c[k]
                ab += a[k] * b[k]
                ac += a[k] * c[k]
                bc += b[k] * c[k]
            f2, f3, f4 = F[2, p], F[3, p], F[4, p]
            along = f4 * ra * rb * rc + f3 * (ab * rc + ac * rb + bc * ra)
            on_a = f3 * rb * rc + f2 * bc
            on_b = f3 * ra * rc + f2 * ac
            on_c = f3 * ra * rb + f2 * ab
            for k in range(d):
                value = along * R[p, k] + on_a * a[k] + on_b * b[k] + on_c * c[k]
                out[j, k] += value
                out[i, k] -= value

    @njit(cache=True, **FLAGS)
    def second(I, J, R, F, u, out):
        a = np.empty(d)
        for p in range(I.shape[0]):
            i, j = I[p], J[p]
            ra = 0.0
            for k in range(d):
                a[k] = u[j, k] - u[i, k]
                ra += R[p, k] * a[k]
            for k in range(d):
                value = F[2, p] * ra * R[p, k] + F[1, p] * a[k]
                out[j, k] += value
                out[i, k] -= value

    return second, third, fourth


def _fields(terms: PairTerms, *fields: np.ndarray) -> list[np.ndarray]:
    shape = (terms.N, terms.r.shape[1])
    arrays = [np.ascontiguousarray(f, dtype=np.float64) for f in fields]
    for a in arrays:
        if a.shape != shape:
            raise ValueError(f"a displacement field must have shape {shape}, got {a.shape}")
    return arrays


def _contract(order: int, system: Configuration | PairTerms, *fields: np.ndarray) -> np.ndarray:
    terms = system if isinstance(system, PairTerms) else pair_terms(system)
    arrays = _fields(terms, *fields)
    out = np.zeros_like(arrays[0])
    kernel = _contractions(terms.r.shape[1])[order - 2]
    kernel(terms.i, terms.j, terms.r, terms.f, *arrays, out)
    return out


def contract_second(system: Configuration | PairTerms, u: np.ndarray) -> np.ndarray:
    """Hessian applied to a field ``u`` (N, d) without forming it, shape ``(N, d)``.

    ``system`` is a configuration, or its ``pair_terms`` when several contractions follow.
    """
    return _contract(2, system, u)


def contract_third(system: Configuration | PairTerms, u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Third-derivative tensor contracted with two fields ``(N, d)``, shape ``(N, d)`` (LB21-15)."""
    return _contract(3, system, u, v)


def contract_third_scalar(
    system: Configuration | PairTerms, u: np.ndarray, v: np.ndarray, w: np.ndarray
) -> float:
    """Third-derivative tensor contracted with three fields; ``b_3`` for equal ones (LB21-13)."""
    return float(np.vdot(contract_third(system, u, v), w))


def contract_fourth(
    system: Configuration | PairTerms, u: np.ndarray, v: np.ndarray, w: np.ndarray
) -> np.ndarray:
    """Fourth-derivative tensor contracted with three fields ``(N, d)``, shape ``(N, d)``."""
    return _contract(4, system, u, v, w)


def contract_fourth_scalar(
    system: Configuration | PairTerms,
    u: np.ndarray,
    v: np.ndarray,
    w: np.ndarray,
    z: np.ndarray,
) -> float:
    """Fourth-derivative tensor contracted with four fields; ``b_4`` for equal ones."""
    return float(np.vdot(contract_fourth(system, u, v, w), z))
