"""The mathematical pendulum in small oscillations."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike


def frequency(length: ArrayLike, gravity: float = 9.81):
    """Frequency in 1/s of a pendulum of a length in m (TOY99 Eq. 2); ValueError unless positive."""
    length = np.asarray(length, dtype=float)
    if not (length > 0).all():
        raise ValueError(f"a length must be positive, got {length}")
    return np.sqrt(gravity / length)


def period(length: ArrayLike, gravity: float = 9.81):
    """Period in s (TOY99 Eq. 3)."""
    return 2 * np.pi / frequency(length, gravity)
