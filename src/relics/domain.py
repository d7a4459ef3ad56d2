"""The domain on which a formula holds, checked before it is evaluated."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def _array(name: str, value: ArrayLike) -> Array:
    try:
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"{name} must be a number or an array of numbers, got {value!r}"
        ) from error
    if array.size == 0:
        raise ValueError(f"{name} is empty")
    return array


def _refuse(name: str, array: Array, bad: NDArray[np.bool_], accepted: str) -> None:
    if np.any(bad):
        raise ValueError(f"{name} must be {accepted}, got {array[bad].flat[0]:g}")


def positive(**values: ArrayLike) -> tuple[Array, ...]:
    """Arrays of the named values, all finite and above zero; ``ValueError`` otherwise."""
    arrays = {name: _array(name, value) for name, value in values.items()}
    for name, array in arrays.items():
        _refuse(name, array, ~((array > 0) & np.isfinite(array)), "positive and finite")
    return tuple(arrays.values())


def nonnegative(**values: ArrayLike) -> tuple[Array, ...]:
    """Arrays of the named values, all finite and not below zero; ``ValueError`` otherwise."""
    arrays = {name: _array(name, value) for name, value in values.items()}
    for name, array in arrays.items():
        _refuse(name, array, ~((array >= 0) & np.isfinite(array)), "finite and not negative")
    return tuple(arrays.values())


def finite(**values: ArrayLike) -> tuple[Array, ...]:
    """Arrays of the named values, all finite; ``ValueError`` otherwise."""
    arrays = {name: _array(name, value) for name, value in values.items()}
    for name, array in arrays.items():
        _refuse(name, array, ~np.isfinite(array), "finite")
    return tuple(arrays.values())


def fraction(**values: ArrayLike) -> tuple[Array, ...]:
    """Arrays of the named values, all in [0, 1); ``ValueError`` otherwise."""
    arrays = {name: _array(name, value) for name, value in values.items()}
    for name, array in arrays.items():
        _refuse(name, array, ~((array >= 0) & (array < 1)), "in [0, 1)")
    return tuple(arrays.values())
