"""Normal modes of a minimum: lowest modes by shift-invert, full spectra, localisation, phonons.

Masses are one, so that stiffness is frequency squared (KRZ21 Eq. 3).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.linalg import eigh
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

    CHOLMOD where scikit-sparse is installed, SuperLU in symmetric mode otherwise. Raises
    ``ValueError`` when CHOLMOD finds the matrix indefinite.
    """
    if cholesky is not None:
        try:
            return cholesky(matrix, mode="supernodal", ordering_method="metis")
        except CholmodError as error:
            raise ValueError(f"the matrix is not positive definite: {error}") from error
    return splu(
        matrix,
        permc_spec="MMD_AT_PLUS_A",
        diag_pivot_thresh=0.0,
        options={"SymmetricMode": True},
    ).solve


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


def lowest_modes(
    H: csc_matrix, k: int, conf: Configuration | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """The k softest modes apart from the uniform translations.

    Returns stiffnesses ``(k,)`` in ascending order and orthonormal fields ``(k, N, d)``. ``conf``
    only tells the dimension of space, which is otherwise found from ``H``. Shift-invert Lanczos
    about a point just below zero with a fixed start vector; translations are projected out of
    every step. Raises ``ValueError`` for k outside ``1 .. N d - d - 1``.
    """
    d = conf.dimension if conf is not None else space_dimension(H)
    size = H.shape[0]
    if not 1 <= k < size - d:
        raise ValueError(f"the number of modes must be in 1..{size - d - 1}, got {k}")
    uniform = translations(size // d, d)
    shift = RELATIVE_SHIFT * float(np.mean(H.diagonal()))
    solve = solver((H + shift * identity(size, format="csc")).tocsc())

    def project(vector: np.ndarray) -> np.ndarray:
        return vector - uniform @ (uniform.T @ vector)

    inverse = LinearOperator(
        H.shape, matvec=lambda b: project(solve(project(b.ravel()))), dtype=np.float64
    )
    start = project(np.random.default_rng(START_SEED).normal(size=size))
    many = min(size - 1, max(2 * k + 1, k + 20))
    _, vectors = eigsh(inverse, k=k, which="LA", v0=start, ncv=many)
    stiffness, vectors = _rayleigh_ritz(H, vectors)
    return stiffness, np.ascontiguousarray(vectors.T).reshape(k, size // d, d)


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
