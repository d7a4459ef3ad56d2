"""What the stored minima of interacting oscillators say about the quartic law."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from relics import interacting_oscillators as model
from relics.glass import ensembles, oscillator_protocols, protocols
from relics.glass.density_of_states import power_law_exponent
from relics.glass.tails import hill

Array = NDArray[np.float64]

COUNT = 60
"""Lowest modes of all samples from which a prefactor is measured."""
WEAK = (8.0, 22.0)
"""Range of ``kappa_0 h^(2/3)/J^2`` that is weak coupling and still has modes to count."""
NEAR_FOUR = 1.5
"""Largest distance of a measured exponent from four for a point of the quartic law."""
STRONG = (0.3, 1.0)
"""Couplings at field 0.01 and ``kappa_0 = 1`` between which the decay is fitted: beyond the maximum,
and before ``J^2 chi`` comes near ``kappa_0``, when no oscillator is left with a small stiffness."""

COLUMNS = (
    "oscillators", "h", "J", "kappa_0", "A_g", "error", "exponent", "exponent error", "window",
    "softest", "X", "Y",
)  # fmt: skip
"""Oscillators in all samples, point, prefactor and exponent of the lowest modes with errors, end of
their window, median number of oscillators in the softest mode, and the two variables of the
weak-coupling law."""

SIZES = (1000, 2000, oscillator_protocols.LARGE)
"""Sizes of the stored glassy states; the largest is made at a few of the points only."""


def prefactors(*sizes: int) -> dict[str, Array]:
    """Columns of COLUMNS for all points of the stored glassy states, samples of all sizes pooled.

    Modes at the bottom of a spectrum sit on a few oscillators: what counts is how many oscillators
    there are in all. States of one size alone show whether that is so.
    """
    found: dict[tuple[float, ...], list[tuple[int, Array, Array]]] = {}
    for size in sizes or SIZES:
        store = ensembles.read(protocols.stores() / f"khgps-glassy-{size}")
        frequencies, number = store.stack("frequency").astype(float), store.stack("participation")
        for k, point in enumerate(store.samples[0].arrays["point"].tolist()):
            entry = size * len(store.samples), frequencies[:, k].ravel(), number[:, k, 0]
            found.setdefault(tuple(point), []).append(entry)
    rows = []
    for (field, J, highest), entries in found.items():
        oscillators = sum(entry[0] for entry in entries)
        pooled = np.sort(np.concatenate([entry[1] for entry in entries]))
        softest = float(np.median(np.concatenate([entry[2] for entry in entries])))
        A_g, error = model.prefactor_of_lowest(pooled, oscillators, COUNT)
        exponent, spread, edge = hill(pooled, COUNT)
        X = float(model.weak_coupling_variable(field, J, highest))
        Y = float(np.log(np.sqrt(highest) * field ** (2 / 3) * J * A_g))
        point = (oscillators, field, J, highest)
        rows.append((*point, A_g, error, exponent, spread, edge, softest, X, Y))
    return dict(zip(COLUMNS, np.array(rows).T, strict=True))


def prefactor_below(size: int, point: tuple[float, ...], edge: float) -> tuple[float, float]:
    """Prefactor from the modes below ``edge`` in the states of one size, and its error from samples.

    ``point`` is field, coupling and highest stiffness. To one edge, sizes can be compared whatever
    the number of their samples. Raises ``ValueError`` where the stored modes do not reach the edge,
    for a point that is not stored, and for fewer than two samples.
    """
    store = ensembles.read(protocols.stores() / f"khgps-glassy-{size}")
    stored = [tuple(p) for p in store.samples[0].arrays["point"].tolist()]
    if tuple(point) not in stored:
        raise ValueError(f"no state of {size} oscillators at {point}; there are {stored}")
    frequency = store.stack("frequency")[:, stored.index(tuple(point))].astype(float)
    if len(frequency) < 2 or not frequency[:, -1].min() > edge > 0:
        raise ValueError(
            f"{len(frequency)} samples with modes up to {frequency[:, -1].min():.3g} say nothing of "
            f"the modes below {edge:.3g} and their scatter"
        )
    each = 5 * np.sum(frequency < edge, axis=1) / (size * edge**5)
    return float(each.mean()), float(each.std(ddof=1) / np.sqrt(len(each)))


def weakly_coupled(columns: dict[str, Array]) -> NDArray[np.bool_]:
    """Points of weak coupling whose lowest modes follow the quartic law."""
    X = columns["X"]
    return (X > WEAK[0]) & (X < WEAK[1]) & (np.abs(columns["exponent"] - 4) < NEAR_FOUR)


def strongly_coupled(columns: dict[str, Array]) -> NDArray[np.bool_]:
    """Points of the series in the coupling on which the prefactor decays."""
    one = (columns["h"] == 0.01) & (columns["kappa_0"] == 1.0)
    return one & (columns["J"] >= STRONG[0]) & (columns["J"] <= STRONG[1])


def line(x: Array, y: Array, error: Array) -> tuple[float, float, float]:
    """Slope of a straight line, its standard error, and the correlation of the points."""
    coefficients, covariance = np.polyfit(x, y, 1, w=1 / error, cov="unscaled")
    return (
        float(coefficients[0]),
        float(np.sqrt(covariance[0, 0])),
        float(np.corrcoef(x, y)[0, 1]),
    )


def weak_line(columns: dict[str, Array]) -> tuple[float, float, float]:
    """Slope of the logarithm of the prefactor with ``kappa_0 h^(2/3)/J^2``; see `line`."""
    kept = weakly_coupled(columns)
    error = (columns["error"] / columns["A_g"])[kept]
    return line(columns["X"][kept], columns["Y"][kept], error)


def strong_line(columns: dict[str, Array]) -> tuple[float, float, float]:
    """Power with which the prefactor decays with the coupling; see `line`."""
    kept = strongly_coupled(columns)
    error = (columns["error"] / columns["A_g"])[kept]
    return line(np.log(columns["J"][kept]), np.log(columns["A_g"][kept]), error)


ABOVE_CROSSOVER = (0.25, 0.45)
"""Frequencies above the quartic law of the most weakly coupled lattice."""


def lattice_exponents() -> tuple[tuple[float, float], tuple[float, float]]:
    """Exponents of the stored lattices with errors: of the softest modes, and above the crossover.

    The softest of all four lattices share one exponent, that of greatest likelihood; above the
    crossover it is the exponent of the lattice with the weakest coupling.
    """
    frequencies = ensembles.read(protocols.stores() / "gps-lattice-1000").stack("frequency")
    inverse = []
    for k in range(len(oscillator_protocols.LATTICES)):
        inverse.append(1 / (hill(frequencies[:, k], COUNT)[0] + 1))
    low = 1 / float(np.mean(inverse))
    error = low / np.sqrt(COUNT * len(inverse))
    weakest = int(np.argmin([J for _, J in oscillator_protocols.LATTICES]))
    above = power_law_exponent(
        frequencies[:, weakest].astype(float), ABOVE_CROSSOVER[1], ABOVE_CROSSOVER[0]
    )
    return (low - 1, float(error)), above
