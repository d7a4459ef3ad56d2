"""Gaussian and SI electrical units, converted one into the other.

LSW06 is written in Gaussian units. A quantity here is named by its kind; the numbers of both
systems are per base unit of each (cm, g, s, statC against m, kg, s, C).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.constants import speed_of_light

from relics.constants import epsilon_0
from relics.domain import finite

SYSTEMS = ("SI", "gaussian")

# One Gaussian unit of each kind in SI units.
_STATCOULOMB = 0.1 / speed_of_light
_GAUSSIAN_IN_SI = {
    "length": 1e-2,
    "energy": 1e-7,
    "energy density": 0.1,
    "mass density": 1e3,
    "velocity": 1e-2,
    "charge": _STATCOULOMB,
    "dipole": _STATCOULOMB * 1e-2,
    "surface charge": _STATCOULOMB * 1e4,
    "electric field": 1e-6 * speed_of_light * 1e2,
    "number": 1.0,
}


def system(name: str) -> str:
    """The name itself if it is a known unit system; ValueError otherwise."""
    if name not in SYSTEMS:
        raise ValueError(f"unit system must be one of {', '.join(SYSTEMS)}, got {name!r}")
    return name


def convert(value: ArrayLike, kind: str, source: str, target: str) -> NDArray[np.float64]:
    """`value` of the given kind from one unit system into another.

    Kinds: length, energy, energy density, mass density, velocity, charge, dipole, surface charge
    (also polarisation and piezoelectric constant), electric field, number. Raises ValueError for
    an unknown kind or system.
    """
    (value,) = finite(value=value)
    if kind not in _GAUSSIAN_IN_SI:
        raise ValueError(f"kind must be one of {', '.join(_GAUSSIAN_IN_SI)}, got {kind!r}")
    exponent = (system(source) == "gaussian") - (system(target) == "gaussian")
    return value * _GAUSSIAN_IN_SI[kind] ** exponent


def field_constant(name: str) -> float:
    """The constant k in the energy density k eps E^2/2: epsilon_0 in SI, 1/(4 pi) in Gaussian."""
    return {"SI": epsilon_0, "gaussian": 1 / (4 * math.pi)}[system(name)]
