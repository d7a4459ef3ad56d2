"""Gauss quadrature of many integrals at once, with an error for each."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from relics.domain import finite, positive

Array = NDArray[np.float64]

ORDER = 16
"""Gauss-Legendre nodes in a panel."""


@lru_cache(maxsize=32)
def legendre(order: int) -> tuple[Array, Array]:
    """Nodes and weights of the Gauss-Legendre rule on [-1, 1]; ``order`` at least one."""
    if order < 1:
        raise ValueError(f"order must be at least 1, got {order}")
    nodes, weights = np.polynomial.legendre.leggauss(order)
    nodes.flags.writeable = weights.flags.writeable = False
    return nodes, weights


@lru_cache(maxsize=32)
def _panels(count: int, order: int) -> tuple[Array, Array]:
    """Nodes in (0, 1) and weights of ``count`` equal panels."""
    nodes, weights = legendre(order)
    left = np.arange(count)[:, None]
    unit = ((left + (nodes + 1) / 2) / count).ravel()
    return unit, np.tile(weights / (2 * count), count)


def gauss(
    integrand: Callable[[Array], Array],
    lower: ArrayLike,
    upper: ArrayLike,
    panels: int = 1,
    order: int = ORDER,
) -> Array:
    """Integrals of ``integrand`` over [lower, upper] by ``panels`` equal Gauss-Legendre panels.

    ``lower`` and ``upper`` broadcast to the shape (...) of the result; ``integrand`` gets nodes
    of shape (..., nodes) and returns that shape. ``ValueError`` for limits that are not finite
    or fewer than one panel.
    """
    return _rule(integrand, lower, upper, panels, order)[0]


def _rule(
    integrand: Callable[[Array], Array],
    lower: ArrayLike,
    upper: ArrayLike,
    panels: int,
    order: int = ORDER,
) -> tuple[Array, Array]:
    """Integral and integral of the absolute value from one evaluation."""
    lower, upper = finite(lower=lower, upper=upper)
    if panels < 1:
        raise ValueError(f"panels must be at least 1, got {panels}")
    unit, weights = _panels(panels, order)
    width = upper - lower
    samples = integrand(np.asarray(lower)[..., None] + np.asarray(width)[..., None] * unit)
    return (samples @ weights) * width, (np.abs(samples) @ weights) * np.abs(width)


def integrate(
    integrand: Callable[[Array], Array],
    lower: ArrayLike,
    upper: ArrayLike,
    tolerance: float = 1e-10,
    panels: int = 4,
    most_panels: int = 4096,
    order: int = ORDER,
) -> tuple[Array, Array]:
    """Integrals over [lower, upper] and their errors, to a relative ``tolerance`` for each.

    All integrals share the panels, which are doubled until every error (the change at the last
    doubling, which bounds the error that remains for an analytic integrand) is below
    ``tolerance`` times the integral of the absolute value. Shapes as in :func:`gauss`.
    ``ValueError`` for a tolerance that is not positive or an integrand that is not finite,
    ``ArithmeticError`` when ``most_panels`` do not suffice (a singular integrand, say).
    """
    (tolerance_,) = positive(tolerance=tolerance)
    value = gauss(integrand, lower, upper, panels, order)
    while panels <= most_panels // 2:
        panels *= 2
        finer, scale = _rule(integrand, lower, upper, panels, order)
        if not np.all(np.isfinite(finer)):
            raise ValueError("the integrand must be finite on the whole interval")
        error = np.abs(finer - value)
        if np.all(error <= float(tolerance_) * scale):
            return finer, np.maximum(error, np.finfo(float).eps * scale)
        value = finer
    raise ArithmeticError(f"no convergence to {tolerance:g} with {panels} panels of {order} nodes")


def derivative(
    function: Callable[[NDArray[np.complex128]], NDArray[np.complex128]],
    at: float,
    radius: float,
    order: int = 1,
    nodes: int = 64,
) -> float:
    """Derivative of an analytic real function at a real point, by Cauchy's integral on a circle.

    ``function`` takes an array of complex numbers; it must have no singularity within ``radius`` of
    ``at``. The trapezoidal rule on the circle is exact up to ratio^nodes, with the ratio of
    ``radius`` to the distance of the nearest singularity. ``ValueError`` for a radius that is not
    positive, an order below one, too few nodes, or values that are not finite.
    """
    (at_,), (radius_,) = finite(at=at), positive(radius=radius)
    if order < 1 or nodes <= order:
        raise ValueError(f"order must be at least 1 and below nodes, got {order} and {nodes}")
    turn = np.exp(2j * np.pi * np.arange(nodes) / nodes)
    values = np.asarray(function(at_ + radius_ * turn))
    if not np.all(np.isfinite(values)):
        raise ValueError("the function must be finite on the circle")
    return float(math.factorial(order) * np.mean(values * turn**-order).real / radius_**order)


def slope(function: Callable[[float], float], at: float, step: float) -> float:
    """First derivative of a real function by central differences of sixth order.

    For functions that take no complex argument; `derivative` is sharper where they do. ``ValueError``
    for a step that is not positive.
    """
    (at_,), (step_,) = finite(at=at), positive(step=step)
    values = [function(float(at_ + n * step_)) for n in (-3, -2, -1, 1, 2, 3)]
    return float(np.dot([-1, 9, -45, 45, -9, 1], values)) / (60 * float(step_))
