"""Normal modes of a minimum: lowest modes by shift-invert, full spectra, localisation, phonons.

Masses are one, so that stiffness is frequency squared (KRZ21 Eq. 3).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.linalg import eigh
from scipy.optimize import brentq
from scipy.sparse import csc_matrix, identity
from scipy.sparse.linalg import LinearOperator, eigsh, splu

from relics.glass.configuration import Configuration

try:
    from sksparse.cholmod import CholmodError, cholesky
except ImportError:  # optional, GPL parts
    cholesky = None

RELATIVE_SHIFT = 1e-6
START_SEED = 20210601


def solver(matrix: csc_matrix) -> Callable[[np.ndarray], np.ndarray]:
    """A function that solves ``matrix x = b`` for a symmetric positive definite sparse matrix.

    CHOLMOD where scikit-sparse is installed, SuperLU in symmetric mode otherwise. CHOLMOD is as
    fast as the BLAS it is linked with; a distribution's reference BLAS makes it five times slower
    than OpenBLAS. Raises ``ValueError`` when a pivot is not positive.
    """
    if cholesky is not None:
        try:
            return cholesky(matrix, mode="supernodal", ordering_method="metis")
        except CholmodError as error:
            raise ValueError(f"the matrix is not positive definite: {error}") from error
    factors = splu(
        matrix,
        permc_spec="MMD_AT_PLUS_A",
        diag_pivot_thresh=0.0,
        options={"SymmetricMode": True},
    )
    if not np.all(factors.U.diagonal() > 0):
        raise ValueError("the matrix is not positive definite")
    return factors.solve


def space_dimension(H: csc_matrix) -> int:
    """Dimension of space, found from the uniform translations that a Hessian annihilates."""
    size = H.shape[0]
    scale = abs(H.diagonal()).max()
    for d in (4, 3, 2):
        if size % d == 0:
            columns = np.tile(np.eye(d), (size // d, 1))
            if np.abs(H @ columns).max() < 1e-8 * scale:
                return d
    raise ValueError("the Hessian is not translation invariant in 2, 3 or 4 dimensions")


def translations(N: int, d: int) -> np.ndarray:
    """The d normalised uniform translations as columns, shape ``(N d, d)``."""
    return np.tile(np.eye(d), (N, 1)) / np.sqrt(N)


def _held(H: csc_matrix, d: int) -> np.ndarray:
    """Coordinates of the particles that interact at all (rattlers have only zero rows)."""
    stiff = H.diagonal().reshape(-1, d).any(axis=1)
    if not stiff.any():
        raise ValueError("the Hessian is zero")
    return np.flatnonzero(np.repeat(stiff, d))


@dataclass(frozen=True)
class _Restricted:
    """A Hessian without its rattlers, its factorised shift and the projector off translations."""

    matrix: csc_matrix
    held: np.ndarray
    uniform: np.ndarray
    solve: Callable[[np.ndarray], np.ndarray]

    def project(self, vector: np.ndarray) -> np.ndarray:
        return vector - self.uniform @ (self.uniform.T @ vector)


def _restrict(H: csc_matrix, d: int) -> _Restricted:
    held = _held(H, d)
    inner = H if len(held) == H.shape[0] else H[held][:, held].tocsc()
    size = inner.shape[0]
    shift = RELATIVE_SHIFT * float(np.mean(inner.diagonal()))
    solve = solver((inner + shift * identity(size, format="csc")).tocsc())
    return _Restricted(inner, held, translations(size // d, d), solve)


def lowest_modes(
    H: csc_matrix, k: int, conf: Configuration | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """The k softest modes apart from the uniform translations.

    Returns stiffnesses ``(k,)`` in ascending order and orthonormal fields ``(k, N, d)``. ``conf``
    only tells the dimension of space, which is otherwise found from ``H``. Particles with zero rows
    (rattlers) are left out and do not move. Shift-invert Lanczos about a point just below zero with
    a fixed start vector; translations are projected out of every step. Raises ``ValueError`` for k
    outside ``1 .. N d - d - 1`` and for a Hessian that is indefinite.
    """
    d = conf.dimension if conf is not None else space_dimension(H)
    inner = _restrict(H, d)
    size = inner.matrix.shape[0]
    if not 1 <= k < size - d:
        raise ValueError(f"the number of modes must be in 1..{size - d - 1}, got {k}")
    inverse = LinearOperator(
        (size, size),
        matvec=lambda b: inner.project(inner.solve(inner.project(b.ravel()))),
        dtype=np.float64,
    )
    start = inner.project(np.random.default_rng(START_SEED).normal(size=size))
    many = min(size - 1, max(2 * k + 1, k + 20))
    _, vectors = eigsh(inverse, k=k, which="LA", v0=start, ncv=many)
    stiffness, vectors = _rayleigh_ritz(inner.matrix, vectors)
    fields = np.zeros((k, H.shape[0]))
    fields[:, inner.held] = vectors.T
    return stiffness, fields.reshape(k, -1, d)


def pseudo_inverse(H: csc_matrix) -> Callable[[np.ndarray], np.ndarray]:
    """A function that solves ``H u = b`` apart from uniform translations and rattlers.

    Fields are ``(N, d)`` or flat, as given. The part of b along translations and on particles with
    zero rows is dropped and the solution has none. One factorisation of the slightly shifted matrix
    serves all calls; refinement removes the effect of the shift. The returned function raises
    ``ValueError`` when refinement does not converge (a zero mode that is no translation).
    """
    inner = _restrict(H, space_dimension(H))

    def inverse(b: np.ndarray) -> np.ndarray:
        target = inner.project(np.asarray(b, dtype=np.float64).ravel()[inner.held])
        u = np.zeros(len(target))
        residual = target
        for _ in range(200):
            u = inner.project(u + inner.solve(residual))
            residual = inner.project(target - inner.matrix @ u)
            if np.abs(residual).max() <= 1e-12 * np.abs(target).max():
                solution = np.zeros(H.shape[0])
                solution[inner.held] = u
                return solution.reshape(np.shape(b))
        raise ValueError("H u = b has no bounded solution: H has further zero modes")

    return inverse


def _rayleigh_ritz(H: csc_matrix, vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    basis, _ = np.linalg.qr(vectors)
    values, rotation = eigh(basis.T @ (H @ basis))
    return values, basis @ rotation


def all_modes(H: csc_matrix) -> tuple[np.ndarray, np.ndarray]:
    """All N d modes, translations included: stiffnesses ``(N d,)`` and fields ``(N d, N, d)``."""
    d = space_dimension(H)
    size = H.shape[0]
    values, vectors = eigh(H.toarray(), overwrite_a=True, check_finite=False, driver="evd")
    return values, np.ascontiguousarray(vectors.T).reshape(size, size // d, d)


def participation_ratio(fields: np.ndarray) -> np.ndarray:
    """Participation ratio ``(sum |u_i|^2)^2 / (N sum |u_i|^4)`` of fields ``(..., N, d)``.

    Between 1/N and 1, of any normalisation (LB21 Eq. 3, KRZ21 Eq. 4). Raises ``ValueError`` for
    fields that vanish, are not finite, or have fewer than two axes.
    """
    fields = np.asarray(fields, dtype=np.float64)
    if fields.ndim < 2 or fields.shape[-2] == 0:
        raise ValueError(f"fields must have shape (..., N, d), got {fields.shape}")
    weight = np.sum(fields * fields, axis=-1)
    total = weight.sum(axis=-1)
    if not np.all(np.isfinite(total)) or np.any(total <= 0):
        raise ValueError("fields must be finite and not zero")
    weight = weight / total[..., None]
    return 1.0 / (fields.shape[-2] * np.sum(weight**2, axis=-1))


# Phonons of a periodic box


@dataclass(frozen=True)
class Band:
    """Phonons of one wavelength: frequency, number of modes, |n|^2 and polarisation."""

    frequency: float
    degeneracy: int
    square: int
    polarisation: str


def wave_vectors(d: int, largest: int) -> dict[int, np.ndarray]:
    """Integer vectors ``(n, d)`` by their squared length, from 1 to ``largest``."""
    reach = int(np.sqrt(largest))
    grid = np.arange(-reach, reach + 1)
    vectors = np.stack(np.meshgrid(*[grid] * d, indexing="ij"), axis=-1).reshape(-1, d)
    square = np.sum(vectors**2, axis=1)
    order = np.argsort(square, kind="stable")
    values, first = np.unique(square[order], return_index=True)
    groups = np.split(vectors[order], first[1:])
    return {int(q): g for q, g in zip(values, groups, strict=True) if 1 <= q <= largest}


def phonon_bands(c_t: float, c_l: float, L: float, d: int, largest: int = 9) -> list[Band]:
    """Phonon bands of a periodic box of edge L up to ``|n|^2 = largest``, by rising frequency.

    A band at ``2 pi c sqrt(q) / L`` holds one longitudinal or d - 1 transverse modes for each
    integer vector of squared length q. Raises ``ValueError`` unless speeds and L are positive and
    d is 2, 3 or 4.
    """
    if not (c_t > 0 and c_l > 0 and L > 0 and d in (2, 3, 4) and largest >= 1):
        raise ValueError(f"positive c_t, c_l, L and d in 2..4 needed, got {(c_t, c_l, L, d)}")
    bands = []
    for q, vectors in wave_vectors(d, largest).items():
        k = 2 * np.pi * np.sqrt(q) / L
        bands.append(Band(float(c_t * k), (d - 1) * len(vectors), q, "transverse"))
        bands.append(Band(float(c_l * k), len(vectors), q, "longitudinal"))
    return sorted(bands, key=lambda band: band.frequency)


def band_width(
    frequency: np.ndarray, degeneracy: np.ndarray, N: float, strength: float
) -> np.ndarray:
    """Width ``strength * omega * sqrt(n_z / N)`` of a phonon band (LB21 Eq. 4).

    ``strength`` is the mechanical disorder times the free prefactor of the estimate.
    """
    return strength * np.asarray(frequency) * np.sqrt(np.asarray(degeneracy) / N)


def omega_dagger(
    c_t: float, L: float, d: int, N: int, strength: float, largest: int = 400
) -> float:
    """Frequency of the first transverse band that is wider than its gap to the next band.

    Above it phonon bands overlap (text around LB21 Eqs. 4 and 5). Raises ``ValueError`` when no
    band up to ``|n|^2 = largest`` is that wide.
    """
    bands = [b for b in phonon_bands(c_t, 1.0, L, d, largest) if b.polarisation == "transverse"]
    frequency = np.array([b.frequency for b in bands])
    width = band_width(frequency, np.array([b.degeneracy for b in bands]), N, strength)
    wide = np.flatnonzero(width[:-1] > np.diff(frequency))
    if not len(wide):
        raise ValueError(f"no band up to |n|^2 = {largest} is wider than its gap")
    return float(frequency[wide[0]])


def overlap_frequency(c_t: float, L: float, d: float, strength: float) -> float:
    """Frequency where transverse bands of mean degeneracy become as wide as their gaps (LB21 Eq. 5).

    Of a box of edge L at unit density, so that ``N = L^d``; ``n_z = (omega L/c_t)^(d-2)`` waves
    share one integer ``q = (omega L/(2 pi c_t))^2``. Arguments positive, ``d >= 2`` need not be
    whole. Found as a root; `omega_dagger` counts the bands of a real box instead.
    """
    if not (c_t > 0 and L > 0 and d >= 2 and strength > 0):
        raise ValueError(
            f"positive c_t, L, strength and d >= 2 needed, got {(c_t, L, d, strength)}"
        )

    def excess(log_omega: float) -> float:
        omega = np.exp(log_omega)
        width = band_width(omega, (omega * L / c_t) ** (d - 2), L**d, strength)
        gap = (2 * np.pi * c_t / L) ** 2 / (2 * omega)
        return float(np.log(width / gap))

    return float(np.exp(brentq(excess, -60.0, 60.0, xtol=1e-13, rtol=1e-14)))


def plane_waves(conf: Configuration, square: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Orthonormal standing waves of ``|n|^2 = square``: transverse and longitudinal fields.

    Shapes ``(n_t, N, d)`` and ``(n_l, N, d)``; sines and cosines of every wave vector, made
    orthogonal on the actual positions. Raises ``ValueError`` when no wave vector has that length.
    """
    d = conf.dimension
    vectors = wave_vectors(d, square).get(square)
    if vectors is None:
        raise ValueError(f"no integer vector in {d} dimensions has squared length {square}")
    half = [n for n in vectors if tuple(n) > (0,) * d]
    transverse, longitudinal = [], []
    for n in half:
        k = 2 * np.pi * n / conf.box
        phase = conf.positions @ k
        axes = np.linalg.qr(np.column_stack([k, np.eye(d)]))[0][:, :d]
        for wave in (np.sin(phase), np.cos(phase)):
            longitudinal.append(wave[:, None] * axes[:, 0])
            transverse += [wave[:, None] * axes[:, m] for m in range(1, d)]
    return _orthonormal(transverse), _orthonormal(longitudinal)


def _orthonormal(fields: list[np.ndarray]) -> np.ndarray:
    flat = np.stack(fields).reshape(len(fields), -1)
    left, _, right = np.linalg.svd(flat, full_matrices=False)
    return (left @ right).reshape(len(fields), *fields[0].shape)
