"""How a prediction depends on its inputs, found numerically: a power law times a function of few.

Most predictions for a glass are pure powers of its constants; the others are a power times a
smooth function of one or two combinations of them, such as T_g/T_D. Both are found by comparing
values, so that a page can evaluate a prediction without the package, with a known error.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import NDArray

Array = NDArray[np.float64]
Function = Callable[[Array], float]
"""A value of one sign at positive inputs; ValueError outside its domain."""

MAX_COMBINATIONS = 2
TOLERANCE = 5e-3
"""Relative error at which the tables stop being refined."""
DEGREES = (6, 12, 24)
_EXACT = 1e-8


@dataclass(frozen=True)
class Scaling:
    """``sign * product of inputs^exponents * exp(p(u))`` with u = combinations @ log(inputs).

    p is a Chebyshev series in each u mapped from its `ranges` to [-1, 1]. `error` is twice
    the largest relative error found at points between the nodes of the series.
    """

    sign: float
    exponents: tuple[float, ...]
    combinations: tuple[tuple[float, ...], ...]
    ranges: tuple[tuple[float, float], ...]
    coefficients: Array
    error: float

    def __call__(self, inputs: Array) -> float:
        """Value at positive `inputs`; ValueError outside the ranges of the combinations."""
        x = np.log(np.asarray(inputs, float))
        t = [
            _unit(float(np.dot(row, x)), span)
            for row, span in zip(self.combinations, self.ranges, strict=True)
        ]
        if any(abs(v) > 1 + 1e-12 for v in t):
            raise ValueError("outside the range of the table")
        return float(self.sign * np.exp(np.dot(self.exponents, x) + _series(self.coefficients, t)))


def _unit(u: float, span: tuple[float, float]) -> float:
    return (2 * u - span[0] - span[1]) / (span[1] - span[0])


def _series(coefficients: Array, t: list[float]) -> float:
    for value in t:
        coefficients = np.asarray(chebyshev.chebval(value, coefficients))
    return float(coefficients)


def reduce(function: Function, points: Array, examples: Array) -> Scaling:
    """The scaling of `function` over the inputs.

    Parameters
    ----------
    function
        Value at an array of inputs.
    points
        Inputs (at least three sets) at which the dependence is looked for, all in the domain.
    examples
        Inputs of known cases. A combination is tabulated over its values there, widened by as much
        as a factor two in each input makes, as far as the function has values.

    Raises
    ------
    ValueError
        More than two combinations matter, or the sign changes.
    """
    points = np.asarray(points, float)
    if points.ndim != 2 or len(points) < 3:
        raise ValueError(f"points need shape (at least 3, inputs), got {points.shape}")
    signs = {math.copysign(1.0, function(p)) for p in points}
    if len(signs) > 1:
        raise ValueError("the sign changes between the points; only one sign is accepted")
    sign = signs.pop()

    def logarithm(x: Array) -> float:
        value = sign * function(np.exp(x))
        if not value > 0:
            raise ValueError(f"value {sign * value:g} has no logarithm")
        return math.log(value)

    exponents, combinations = _dependence(logarithm, np.log(points))
    anchor = np.log(points[0])
    ranges = _ranges(logarithm, combinations, anchor, np.log(examples))
    coefficients, error = _tabulate(logarithm, exponents, combinations, ranges, anchor)
    return Scaling(
        sign,
        tuple(exponents.tolist()),
        tuple(tuple(row) for row in combinations.tolist()),
        tuple(ranges),
        coefficients,
        error,
    )


def _dependence(logarithm: Function, points: Array) -> tuple[Array, Array]:
    """Exponents, and the combinations on which the rest depends, one row each."""
    found = _along_ratio(logarithm, points)
    return found if found is not None else _by_gradients(logarithm, points)


def _along_ratio(logarithm: Function, points: Array) -> tuple[Array, Array] | None:
    """Dependence on the ratio of the first two inputs alone, or on none: by doubling the inputs.

    Doubling both keeps their ratio to the last bit, so a cache by the ratio is hit. None if the
    dependence is another.
    """
    n = points.shape[1]
    directions = np.eye(n)
    directions[1, 0] = 1.0  # the first two together
    steps = math.log(2) * np.vstack([directions[1:], directions[:1]])
    directions = steps / math.log(2)
    base = [logarithm(p) for p in points]
    rises = np.empty((len(points), n))
    for column, step in enumerate(steps):
        for row, (p, b) in enumerate(zip(points, base, strict=True)):
            rises[row, column] = logarithm(p + step) - b
        constant = np.ptp(rises[:, column]) < _EXACT
        if not constant and column < n - 1:
            return None
    rises /= math.log(2)
    ratio = np.zeros((1, n))
    ratio[0, :2] = 1.0, -1.0
    if np.ptp(rises[:, -1]) < _EXACT:
        return _tidy(np.linalg.solve(directions, rises[0])), np.zeros((0, n))
    rises[0, -1] = 0.0  # the exponent of the first input goes into the table
    return _tidy(np.linalg.solve(directions, rises[0])), ratio


def _by_gradients(logarithm: Function, points: Array, step: float = 1e-3) -> tuple[Array, Array]:
    """Dependence on any one or two combinations: the space that differences of gradients span."""
    axes = step * np.eye(points.shape[1])
    slopes = np.array(
        [[(logarithm(p + e) - logarithm(p - e)) / (2 * step) for e in axes] for p in points]
    )
    _, size, rows = np.linalg.svd(slopes - slopes.mean(axis=0))
    rank = int(np.sum(size > 1e-4 * max(1.0, np.abs(slopes).max())))
    if not 0 < rank <= MAX_COMBINATIONS:
        raise ValueError(f"{rank} combinations of the inputs matter, at most 2 are accepted")
    combinations, pivots = _echelon(rows[:rank])
    exponents = slopes - slopes[:, pivots] @ combinations
    if np.max(np.ptp(exponents, axis=0)) > 1e-3:
        raise ValueError("no power law is left beside the combinations")
    return _tidy(exponents.mean(axis=0)), combinations


def _echelon(rows: Array) -> tuple[Array, list[int]]:
    """Reduced row echelon form with tidy numbers, and the columns of its pivots."""
    rows = rows.copy()
    pivots: list[int] = []
    for i in range(len(rows)):
        free = [c for c in range(rows.shape[1]) if c not in pivots]
        pivot = next(c for c in free if np.max(np.abs(rows[i:, c])) > 0.05)
        best = i + int(np.argmax(np.abs(rows[i:, pivot])))
        rows[[i, best]] = rows[[best, i]]
        rows[i] /= rows[i, pivot]
        for j in range(len(rows)):
            if j != i:
                rows[j] -= rows[j, pivot] * rows[i]
        pivots.append(pivot)
    return _tidy(rows), pivots


def _tidy(values: Array) -> Array:
    """Values next to a fraction of a small denominator become that fraction."""
    out = np.array(values, float)
    for index, value in np.ndenumerate(out):
        near = float(Fraction(float(value)).limit_denominator(12))
        if abs(near - value) < 1e-4:
            out[index] = near + 0.0
    return out


def _at(combinations: Array, u: Array, anchor: Array) -> Array:
    """Logarithmic inputs next to `anchor` whose combinations are `u`."""
    return anchor + np.linalg.pinv(combinations) @ (u - combinations @ anchor)


def _ranges(
    logarithm: Function, combinations: Array, anchor: Array, examples: Array
) -> list[tuple[float, float]]:
    """What each combination can be, as far as there are values."""
    spans = []
    for row in combinations:
        margin = math.log(2) * np.abs(row).max()
        low, high = np.min(examples @ row) - margin, np.max(examples @ row) + margin
        if len(combinations) == 1:
            low, high = (_last(logarithm, combinations, float(end), anchor) for end in (low, high))
        spans.append((float(low), float(high)))
    return spans


def _last(logarithm: Function, combinations: Array, end: float, anchor: Array) -> float:
    """The combination's value closest to `end`, seen from `anchor`, up to which there are values."""

    def has_value(u: float) -> bool:
        try:
            logarithm(_at(combinations, np.array([u]), anchor))
        except ValueError:
            return False
        return True

    good = float(combinations[0] @ anchor)
    if has_value(end):
        return end
    for _ in range(5):
        middle = (good + end) / 2
        good, end = (middle, end) if has_value(middle) else (good, middle)
    return good


def _tabulate(
    logarithm: Function,
    exponents: Array,
    combinations: Array,
    ranges: list[tuple[float, float]],
    anchor: Array,
) -> tuple[Array, float]:
    """Chebyshev coefficients on nested points, and the error at points between them."""

    def rest(t: tuple[float, ...]) -> float:
        u = np.array([(a + b + v * (b - a)) / 2 for v, (a, b) in zip(t, ranges, strict=True)])
        x = _at(combinations, u, anchor)
        return logarithm(x) - float(exponents @ x)

    if not len(combinations):
        constant = logarithm(anchor) - float(exponents @ anchor)
        return np.array(constant), _EXACT
    known: dict[tuple[float, ...], float] = {}
    for degree in DEGREES:
        nodes = [round(math.cos(math.pi * j / degree), 15) for j in range(degree + 1)]
        grid = [tuple(t) for t in itertools.product(nodes, repeat=len(combinations))]
        known |= {t: rest(t) for t in grid if t not in known}
        coefficients = np.array([known[t] for t in grid])
        coefficients = coefficients.reshape((degree + 1,) * len(combinations))
        inverse = np.linalg.inv(chebyshev.chebvander(np.array(nodes), degree))
        for axis in range(len(combinations)):
            coefficients = np.moveaxis(np.tensordot(inverse, coefficients, (1, axis)), 0, axis)
        # Between the nodes, and most densely where they are: at both ends and in the middle.
        between = [(j + 0.5) / degree for j in (0, 1, degree // 2, degree - 2, degree - 1)]
        checks = itertools.product(np.cos(math.pi * np.array(between)), repeat=len(combinations))
        misses = [_series(coefficients, list(t)) - rest(t) for t in checks]
        # The worst point need not be among them.
        error = 2 * max(abs(math.expm1(miss)) for miss in misses)
        if error < TOLERANCE:
            break
    return coefficients, float(error)
