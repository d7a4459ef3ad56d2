"""Procedures of the ensembles of interacting oscillators.

One sample goes through all points of its list with the same random numbers: couplings drawn once and scaled,
bare stiffnesses and starting coordinates (normal, of unit width) drawn once. All minima have forces
below 1e-10 in units in which the quartic coefficient and the masses are one.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relics.glass.procedures import Arrays, Make, Protocol

COUPLINGS = (0.03, 0.05, 0.07, 0.1, 0.14, 0.2, 0.3, 0.5, 1.0, 2.0, 4.0)
GLASSY = (
    *((0.01, J, 1.0) for J in COUPLINGS),
    *((0.01, J, 2.0) for J in (0.05, 0.1, 0.2, 0.5)),
    *((0.003, J, 1.0) for J in (0.03, 0.04, 0.06)),
    *((0.03, J, 1.0) for J in (0.055, 0.08, 0.11)),
    *((0.1, J, 1.0) for J in (0.075, 0.09, 0.11, 0.14, 0.2)),
    *((0.3, J, 1.0) for J in (0.12, 0.15, 0.2, 0.3)),
)
"""Field, coupling and highest bare stiffness of the states without a gap of the parent."""

FIELDS = (0.005, 0.1)
NEARNESS = (0.8, 0.9, 0.95, 0.99, 1.0)
GAP, TOP = 0.1, 1.0

LATTICES = ((0.0, 0.1), (0.0, 0.3), (1.0, 0.3), (1.0, 0.6))
"""Exponent of the bare stiffnesses and coupling strength of the lattice ensembles."""

LARGE = 16_000
LARGE_POINTS = tuple((0.01, J, 1.0) for J in (0.1, 0.3, 1.0))
"""Size of the originals' ensembles, and the states at which a few of that size are made."""

KEPT = 150
LARGE_KEPT = 60
LATTICE_KEPT = 400
LOOKED_AT = 40


def _participation(fields: NDArray[Any]) -> NDArray[np.float32]:
    """Number of oscillators that take part in each mode, from the columns of its fields."""
    return (1 / np.sum(fields**4, axis=0)).astype(np.float32)


def _spectrum(matrix: NDArray[Any], count: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """The softest frequencies, and on how many oscillators the softest modes are."""
    from scipy import linalg

    count = min(count, len(matrix))
    squares, fields = linalg.eigh(matrix, subset_by_index=[0, count - 1], overwrite_a=True)
    if squares[0] <= 0:
        raise ValueError(f"no minimum: the softest stiffness is {squares[0]:.3g}")
    return np.sqrt(squares).astype(np.float32), _participation(fields[:, :LOOKED_AT])


def _spectrum_by_inversion(matrix: NDArray[Any], count: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """As `_spectrum`, without the reduction of the whole matrix, which large ones do not allow.

    A minimum has a Cholesky factor; its inverse has the softest modes as its largest. The matrix,
    of which one triangle is read, is overwritten by the factor.
    """
    from scipy import linalg
    from scipy.sparse.linalg import LinearOperator, eigsh

    try:
        factor = linalg.cho_factor(matrix.T, lower=True, overwrite_a=True, check_finite=False)
    except linalg.LinAlgError as error:
        raise ValueError("no minimum: the softest stiffness is not positive") from error
    inverse = LinearOperator(
        matrix.shape, lambda v: linalg.cho_solve(factor, v, check_finite=False), dtype=float
    )
    compliance, fields = eigsh(inverse, k=count, which="LA", v0=np.ones(len(matrix)))
    fields = fields[:, ::-1]
    return (1 / np.sqrt(compliance[::-1])).astype(np.float32), _participation(fields[:, :LOOKED_AT])


def _mean_field(
    size: int,
    points: Callable[[], Any],
    lowest: float,
    count: int,
    spectrum: Callable[[NDArray[Any], int], tuple[NDArray[Any], NDArray[Any]]] = _spectrum,
) -> Make:
    def make(seed: int, partial: Path) -> Arrays:
        from relics import interacting_oscillators as model
        from relics.glass.oscillators import gaussian_couplings, scaled

        rng = np.random.default_rng((size, seed))
        unit = gaussian_couplings(size, 1.0, rng)
        share, start = rng.uniform(0, 1, size), rng.normal(size=size)
        found: dict[str, list[Any]] = {
            name: [] for name in ("point", "frequency", "participation", "energy", "x", "x2")
        }
        for field, J, highest in points():
            couplings = scaled(unit, J)
            kappa = lowest + (highest - lowest) * share
            state = model.minimise(couplings.times, kappa, start, field)
            matrix = couplings.dense()
            matrix[np.diag_indices(size)] = model.stiffness(state.x, kappa)
            frequency, number = spectrum(matrix, count)
            values = (
                (field, J, highest),
                frequency,
                number,
                state.energy / size,
                state.x.mean(),
                np.mean(state.x**2),
            )
            for name, value in zip(found, values, strict=True):
                found[name].append(value)
        return {name: np.array(values) for name, values in found.items()}

    return make


def near_transition(nearness: tuple[float, ...] = NEARNESS) -> list[tuple[float, float, float]]:
    """Points below and on the critical line for a parent with a gap (LB21 Fig. 8)."""
    from relics import interacting_oscillators as model

    return [
        (field, share * model.critical_coupling(field, GAP, TOP).J, TOP)
        for field in FIELDS
        for share in nearness
    ]


def _lattice(side: int) -> Make:
    def make(seed: int, partial: Path) -> Arrays:
        from relics import interacting_oscillators as model

        rng = np.random.default_rng((side, seed))
        unit = model.dipolar_couplings(side, 1.0, rng).astype(float)
        start, state = rng.normal(size=side**3), rng.bit_generator.state
        found: dict[str, list[Any]] = {
            name: [] for name in ("point", "frequency", "participation", "energy")
        }
        for beta, J in LATTICES:
            rng.bit_generator.state = state
            kappa = model.power_law_stiffnesses(side**3, beta, rng)
            matrix = J * unit
            minimum = model.minimise(matrix.__matmul__, kappa, start)
            matrix[np.diag_indices(side**3)] = model.stiffness(minimum.x, kappa)
            frequency, number = _spectrum(matrix, LATTICE_KEPT)
            for name, value in zip(
                found, ((beta, J), frequency, number, minimum.energy / side**3), strict=True
            ):
                found[name].append(value)
        return {name: np.array(values) for name, values in found.items()}

    return make


def _softest_observables(arrays: Arrays) -> dict[str, float]:
    """Softest frequency and energy of the first point."""
    return {"softest": float(arrays["frequency"][0, 0]), "energy": float(arrays["energy"][0])}


def _ensemble(name: str, size: int, make: Make, says: str) -> Protocol:
    model = name.split("-")[0]
    return Protocol(f"{name}-{size}", model, size, 1, make, _softest_observables, says)


ENSEMBLES = (
    *(
        _ensemble(
            "khgps-glassy",
            size,
            _mean_field(size, lambda: GLASSY, 0.0, KEPT),
            f"{size} oscillators coupled at random, parent without a gap, {len(GLASSY)} points",
        )
        for size in (500, 1000, 2000)
    ),
    _ensemble(
        "khgps-glassy",
        LARGE,
        _mean_field(LARGE, lambda: LARGE_POINTS, 0.0, LARGE_KEPT, _spectrum_by_inversion),
        f"{LARGE} oscillators coupled at random, parent without a gap, {len(LARGE_POINTS)} points",
    ),
    *(
        _ensemble(
            "khgps-gapped",
            size,
            _mean_field(size, near_transition, GAP, size),
            f"{size} oscillators coupled at random, parent with a gap, towards the critical line",
        )
        for size in (375, 1500)
    ),
    _ensemble(
        "khgps-critical",
        3000,
        _mean_field(3000, lambda: near_transition((1.0,)), GAP, KEPT),
        "3000 oscillators coupled at random, parent with a gap, on the critical line",
    ),
    _ensemble(
        "gps-lattice",
        1000,
        _lattice(10),
        "oscillators on a periodic cubic lattice of 10^3 sites, random dipolar couplings",
    ),
)
