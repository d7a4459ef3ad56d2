"""Cubic nonlinear modes: soft directions free of the phonons that linear modes mix in.

Along a direction z (z.z = 1) from a minimum the energy grows as b2 s^2/2 + b3 s^3/6 + b4 s^4/24.
Directions where the barrier 2 b2^3/(3 b3^2) of the cubic is stationary obey
M pi = (b2/b3) U''':pi pi (LB21 Eqs. 11 to 15, KRZ21 Eq. 5). They are found here in two ways: by
the iteration of KRZ21 Eq. 6 and by descending the barrier itself. Reduced units.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse import csc_matrix

from relics.glass.configuration import Configuration, minimal_image
from relics.glass.energy import (
    PairTerms,
    contract_fourth_scalar,
    contract_third,
    forces_at,
    neighbour_list,
    pair_terms,
)
from relics.glass.hessian import hessian
from relics.glass.modes import participation_ratio, pseudo_inverse, translations

Array = NDArray[np.float64]

LARGEST_DENSE = 3000


class NoMode(RuntimeError):
    """A search for a nonlinear mode did not converge."""


@dataclass(frozen=True)
class Expansion:
    """A minimum with what its nonlinear modes need.

    ``terms`` of its pairs, its Hessian ``matrix`` and ``solve``, which applies the inverse of the
    Hessian (translations left out) to fields ``(m, N, d)``.
    """

    configuration: Configuration
    terms: PairTerms
    matrix: csc_matrix
    solve: Callable[[Array], Array]

    @property
    def shape(self) -> tuple[int, int]:
        """Shape ``(N, d)`` of a field."""
        return self.configuration.positions.shape


def expansion(configuration: Configuration) -> Expansion:
    """Derivatives at a minimum; small systems get a dense inverse, large ones a sparse factor."""
    terms = pair_terms(configuration)
    matrix = hessian(terms)
    n, d = configuration.positions.shape
    if n * d > LARGEST_DENSE:
        inverse = pseudo_inverse(matrix)

        def solve(fields: Array) -> Array:
            return np.stack([inverse(f) for f in fields])

        return Expansion(configuration, terms, matrix, solve)
    uniform = translations(n, d)
    scale = float(matrix.diagonal().mean())
    try:
        factor = cho_factor(
            matrix.toarray() + scale * (uniform @ uniform.T), overwrite_a=True, check_finite=False
        )
    except np.linalg.LinAlgError as error:
        raise ValueError("the configuration is no minimum: a direction is unstable") from error

    def solve_dense(fields: Array) -> Array:
        columns = fields.reshape(len(fields), -1).T
        columns = columns - uniform @ (uniform.T @ columns)
        found = cho_solve(factor, columns, check_finite=False)
        return found.T.reshape(fields.shape)

    return Expansion(configuration, terms, matrix, solve_dense)


def _unit(fields: ArrayLike, shape: tuple[int, int]) -> Array:
    """Fields ``(m, N, d)`` of norm one without translation."""
    z = np.asarray(fields, dtype=float)
    if z.shape[-2:] != shape or z.ndim not in (2, 3) or not np.isfinite(z).all():
        raise ValueError(f"fields must be finite and of shape (..., {shape}), got {z.shape}")
    z = z.reshape(-1, *shape)
    z = z - z.mean(axis=1, keepdims=True)
    norm = np.sqrt((z**2).sum(axis=(1, 2), keepdims=True))
    if not (norm > 1e-150).all():
        raise ValueError("a field is zero or a mere translation")
    return z / norm


def stiffness(at: Expansion, field: Array) -> float:
    """b2 of a direction: the Hessian contracted twice (LB21 Eq. 12); any norm is divided out."""
    z = _unit(field, at.shape).ravel()
    return float(z @ (at.matrix @ z))


def coefficients(at: Expansion, field: Array) -> tuple[float, float, float]:
    """b2, b3 and b4 of a direction (LB21 Eqs. 12, 13, 17); any norm is divided out."""
    z = _unit(field, at.shape)[0]
    b3 = float(np.vdot(contract_third(at.terms, z, z), z))
    return stiffness(at, z), b3, contract_fourth_scalar(at.terms, z, z, z, z)


def cubic_barrier(b2: ArrayLike, b3: ArrayLike) -> tuple[Array, Array]:
    """Height 2 b2^3/(3 b3^2) and place -2 b2/b3 of the barrier of a cubic (LB21 Eq. 14).

    Broadcasts. Raises ``ValueError`` unless b2 is positive and b3 differs from zero.
    """
    b2, b3 = np.asarray(b2, dtype=float), np.asarray(b3, dtype=float)
    if not ((b2 > 0).all() and (b3 != 0).all()):
        raise ValueError("a cubic barrier needs b2 > 0 and b3 != 0")
    return 2.0 * b2**3 / (3.0 * b3**2), -2.0 * b2 / b3


@dataclass(frozen=True)
class NonlinearMode:
    """A direction of stationary cubic barrier.

    ``field`` (N, d) with norm one and b3 < 0, so that the barrier lies at positive s; ``residual``
    the norm of M pi - (b2/b3) U''':pi pi relative to M pi; ``iterations`` spent on it.
    """

    field: Array
    b2: float
    b3: float
    b4: float
    residual: float
    iterations: int

    @property
    def frequency(self) -> float:
        """Square root of the stiffness."""
        return float(np.sqrt(self.b2))

    @property
    def barrier(self) -> float:
        """Height of the cubic barrier."""
        return float(cubic_barrier(self.b2, self.b3)[0])

    @property
    def participation_ratio(self) -> float:
        """Participation ratio of the field."""
        return float(participation_ratio(self.field))

    @property
    def rho(self) -> float:
        """b3^2/(b2 b4): above 8/3 the quartic has two wells, above 3 the other is the deeper."""
        return self.b3**2 / (self.b2 * self.b4)


def iteration_step(at: Expansion, fields: Array) -> tuple[Array, Array]:
    """One step of KRZ21 Eq. 6 for fields ``(m, N, d)``, not renormalised, and their residuals.

    The residual is that of Eq. 5 for the fields that came in.
    """
    flat = fields.reshape(len(fields), -1)
    third = np.stack([contract_third(at.terms, z, z) for z in fields])
    stiff = (at.matrix @ flat.T).T
    b2 = np.einsum("ma,ma->m", stiff, flat)
    b3 = np.einsum("ma,ma->m", third.reshape(flat.shape), flat)
    if not (b3 != 0).all():
        raise NoMode("the cubic coefficient vanishes: the iteration is undefined")
    ratio = (b2 / b3)[:, None]
    defect = stiff - ratio * third.reshape(flat.shape)
    residual = np.linalg.norm(defect, axis=1) / np.linalg.norm(stiff, axis=1)
    return ratio[:, :, None] * at.solve(third), residual


def _mode(at: Expansion, field: Array, residual: float, iterations: int) -> NonlinearMode:
    b2, b3, b4 = coefficients(at, field)
    sign = -1.0 if b3 > 0 else 1.0
    return NonlinearMode(sign * field, b2, sign * b3, b4, residual, iterations)


def iterate(
    at: Expansion, starts: Array, tolerance: float = 1e-9, limit: int = 400
) -> list[NonlinearMode]:
    """Nonlinear modes by the iteration of KRZ21 Eq. 6 from starts ``(m, N, d)`` or ``(N, d)``.

    One mode per start that converges to ``tolerance`` (relative residual of Eq. 5) within
    ``limit`` steps; the others are left out, so that the length of the list tells how many failed.
    """
    fields = _unit(starts, at.shape)
    found: list[NonlinearMode] = []
    for count in range(limit):
        following, residual = iteration_step(at, fields)
        done = residual < tolerance
        found += [
            _mode(at, f, float(r), count) for f, r in zip(fields[done], residual[done], strict=True)
        ]
        if done.all():
            return found
        fields = _unit(following[~done], at.shape)
    return found


def descend_barrier(
    at: Expansion, start: Array, tolerance: float = 1e-9, limit: int = 1000
) -> NonlinearMode:
    """Nonlinear mode by descending the cubic barrier from a start ``(N, d)`` (LB21 Sec. IV.F).

    Conjugate gradients in the metric of the Hessian. Along a line b2 and b3 are polynomials of
    second and third degree, so that each line search is the root of a cubic, without evaluations.
    The barrier never rises. Raises ``NoMode`` if the residual of LB21 Eq. 15 stays above
    ``tolerance``.
    """
    z = _unit(start, at.shape)[0]
    direction = None
    previous = None
    for count in range(limit):
        third = contract_third(at.terms, z, z)
        stiff = (at.matrix @ z.ravel()).reshape(z.shape)
        b2, b3 = float(np.vdot(stiff, z)), float(np.vdot(third, z))
        if b3 == 0:
            raise NoMode("the cubic coefficient vanishes: the barrier is infinite")
        gradient = stiff - (b2 / b3) * third
        residual = float(np.linalg.norm(gradient) / np.linalg.norm(stiff))
        if residual < tolerance:
            return _mode(at, z, residual, count)
        scaled = z - (b2 / b3) * at.solve(third[None])[0]
        product = float(np.vdot(gradient, scaled))
        if direction is None or previous is None:
            direction = -scaled
        else:
            old_gradient, old_product = previous
            beta = max(0.0, float(np.vdot(gradient - old_gradient, scaled)) / old_product)
            direction = -scaled + beta * direction
        if np.vdot(direction, gradient) >= 0:
            direction = -scaled
        step = _lowest_barrier(at, z, direction, third, stiff)
        z = z + step * direction
        z /= np.linalg.norm(z)
        previous = (gradient, product)
    raise NoMode(f"the barrier did not become stationary: residual {residual:.2g}")


def _lowest_barrier(at: Expansion, z: Array, p: Array, third: Array, stiff: Array) -> float:
    """Step along p to the nearest minimum of the barrier, exactly."""
    cross = contract_third(at.terms, z, p)
    own = contract_third(at.terms, p, p)
    stiff_p = (at.matrix @ p.ravel()).reshape(p.shape)
    b2 = np.polynomial.Polynomial([np.vdot(stiff, z), 2.0 * np.vdot(stiff, p), np.vdot(stiff_p, p)])
    b3 = np.polynomial.Polynomial(
        [np.vdot(third, z), 3.0 * np.vdot(third, p), 3.0 * np.vdot(cross, p), np.vdot(own, p)]
    )
    slope = 3.0 * b2.deriv() * b3 - 2.0 * b2 * b3.deriv()
    roots = np.roots(slope.coef[3::-1])  # the fourth-degree terms cancel
    real = roots[np.abs(roots.imag) < 1e-9 * np.maximum(np.abs(roots), 1e-300)].real
    if real.size == 0:
        raise NoMode("the barrier has no minimum along a direction")
    # Directions z + a p close on themselves: past a = infinity the search goes on from -infinity.
    ahead = np.sort(real[real > 0])
    return float(ahead[0] if ahead.size else real.min())


def distinct(modes: list[NonlinearMode], overlap: float = 0.9) -> list[NonlinearMode]:
    """Modes by rising stiffness, without those that overlap a softer one by more than this."""
    kept: list[NonlinearMode] = []
    for mode in sorted(modes, key=lambda m: m.b2):
        if all(abs(np.vdot(mode.field, other.field)) <= overlap for other in kept):
            kept.append(mode)
    return kept


def dipole_forces(at: Expansion, bonds: NDArray[np.int64]) -> Array:
    """Unit force dipoles ``(m, N, d)`` on the pairs with these numbers among the pair terms."""
    terms = at.terms
    direction = terms.r[bonds] / np.linalg.norm(terms.r[bonds], axis=1, keepdims=True)
    forces = np.zeros((len(bonds), *at.shape))
    rows = np.arange(len(bonds))
    forces[rows, terms.j[bonds]] = direction / np.sqrt(2.0)
    forces[rows, terms.i[bonds]] = -direction / np.sqrt(2.0)
    return forces


def dipole_responses(at: Expansion, bonds: NDArray[np.int64]) -> tuple[Array, Array]:
    """Displacements ``(m, N, d)`` that dipoles on bonds cause, and their squared frequencies.

    The squared frequency of a response u = M^-1 d is u.M.u/u.u; its mean over random bonds is
    omega_g squared (LB21 Sec. IV.B).
    """
    forces = dipole_forces(at, bonds)
    u = at.solve(forces)
    return u, (u * forces).sum(axis=(1, 2)) / (u**2).sum(axis=(1, 2))


def soft_starts(
    at: Expansion, count: int, rng: np.random.Generator, pool: int = 200
) -> tuple[Array, float]:
    """The ``count`` softest dipole responses among ``pool`` random bonds, and omega_g.

    omega_g is the root of the mean squared frequency over the whole pool. Raises ``ValueError``
    for a count outside 1 .. pool.
    """
    if not 1 <= count <= pool:
        raise ValueError(f"the number of starts must be in 1..{pool}, got {count}")
    total = len(at.terms.i)
    inside = np.flatnonzero(at.terms.f[1] != 0.0)
    bonds = rng.choice(inside, size=min(pool, inside.size, total), replace=False)
    u, squared = dipole_responses(at, bonds)
    softest = np.argsort(squared)[:count]
    return u[softest], float(np.sqrt(squared.mean()))


def core(configuration: Configuration, field: Array) -> Array:
    """Centre of a field on the torus, shape (d,): circular mean weighted with |u_i|^2."""
    weight = (np.asarray(field) ** 2).sum(axis=1)
    angle = 2.0 * np.pi * configuration.positions / configuration.box
    mean = (weight[:, None] * np.exp(1j * angle)).sum(axis=0)
    return np.mod(np.angle(mean), 2.0 * np.pi) / (2.0 * np.pi) * configuration.box


def decay(
    configuration: Configuration, field: Array, edges: ArrayLike, centre: Array | None = None
) -> tuple[Array, Array]:
    """Radii and root median square displacement in shells around the core of a field.

    ``edges`` (m + 1,) of the shells; returns two arrays (m,), the mean distance and the root of
    the median of |u_i|^2, with NaN for empty shells. Raises ``ValueError`` for edges that do not
    increase from zero or more.
    """
    edges = np.asarray(edges, dtype=float)
    if edges.ndim != 1 or edges.size < 2 or edges[0] < 0 or not (np.diff(edges) > 0).all():
        raise ValueError("edges of shells must increase from zero or more")
    centre = core(configuration, field) if centre is None else centre
    away = minimal_image(configuration.positions - centre, configuration.box, configuration.shear)
    distance = np.linalg.norm(away, axis=1)
    square = (np.asarray(field) ** 2).sum(axis=1)
    shell = np.digitize(distance, edges) - 1
    radius = np.full(edges.size - 1, np.nan)
    amplitude = np.full(edges.size - 1, np.nan)
    for k in range(edges.size - 1):
        inside = shell == k
        if inside.any():
            radius[k] = distance[inside].mean()
            amplitude[k] = np.sqrt(np.median(square[inside]))
    return radius, amplitude


def core_length(radius: ArrayLike, amplitude: ArrayLike, dimension: int) -> float:
    """Distance from which a decay profile follows the elastic law r^-(d-1).

    The scaled profile amplitude * r^(d-1) has a plateau in its outer third; the core ends at the
    first radius from which on it stays within a factor 1.5 of the plateau. Raises ``ValueError``
    for fewer than six usable points.
    """
    r, a = np.asarray(radius, dtype=float), np.asarray(amplitude, dtype=float)
    usable = np.isfinite(r) & np.isfinite(a) & (a > 0)
    r, a = r[usable], a[usable]
    if r.size < 6:
        raise ValueError(f"a core length needs at least six points, got {r.size}")
    scaled = a * r ** (dimension - 1)
    plateau = np.median(scaled[-max(2, r.size // 3) :])
    near = (scaled < 1.5 * plateau) & (scaled > plateau / 1.5)
    outside = np.flatnonzero(~near)
    first = 0 if outside.size == 0 else min(outside[-1] + 1, r.size - 1)
    return float(r[first])


def strain_coupling(at: Expansion, field: Array) -> Array:
    """Tensor d2U/(d strain dx).pi of a direction, shape (d, d), symmetric (LB21 Eq. 8)."""
    z = _unit(field, at.shape)[0]
    r, f1, f2 = at.terms.r, at.terms.f[1], at.terms.f[2]
    u = z[at.terms.j] - z[at.terms.i]
    along = f2 * (r * u).sum(axis=1)
    mixed = (f1[:, None] * r).T @ u
    return (along[:, None] * r).T @ r + mixed + mixed.T


def dilatancy_ratio(coupling: ArrayLike) -> float:
    """Isotropic part of a coupling tensor over its largest deviatoric eigenvalue (LB21 Eq. 9).

    In the plane the two deviatoric eigenvalues are equal and opposite; the positive one is used.
    Infinite for an isotropic tensor. Raises ``ValueError`` unless the tensor is square, symmetric
    and finite.
    """
    f = np.asarray(coupling, dtype=float)
    if f.ndim != 2 or f.shape[0] != f.shape[1] or not np.isfinite(f).all():
        raise ValueError(f"a coupling must be a finite square tensor, got shape {f.shape}")
    if np.abs(f - f.T).max() > 1e-8 * max(np.abs(f).max(), 1e-300):
        raise ValueError("a coupling must be symmetric")
    mean = np.trace(f) / f.shape[0]
    deviatoric = np.linalg.eigvalsh(f - mean * np.eye(f.shape[0]))
    largest = deviatoric[np.argmax(np.abs(deviatoric))]
    if f.shape[0] == 2:
        largest = np.abs(largest)
    return float(mean / largest) if largest else np.inf


def energy_along(at: Expansion, field: Array, s: ArrayLike) -> Array:
    """Energy at displacements ``s`` (m,) along a direction, from that of the minimum."""
    z = _unit(field, at.shape)[0]
    neighbours = neighbour_list(at.configuration, skin=0.4)
    x = at.configuration.positions
    base = forces_at(x.copy(), neighbours)[0]
    steps = np.atleast_1d(np.asarray(s, dtype=float))
    return np.array([forces_at(x + a * z, neighbours)[0] - base for a in steps])
