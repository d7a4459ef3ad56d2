"""What the theory predicts of the ripplons of one glass: bump, plateau and what carries them."""

from __future__ import annotations

import functools
from types import SimpleNamespace
from typing import Any

import numpy as np

from relics import membrane, phonons, plateau, resonance, rfot, ripplons
from relics import scattering_density as density
from relics.constants import h, hbar, k_B
from relics.predictions import Quantity

SMEARINGS = (resonance.SMEARING, 0.1)
"""Relative widths of the smeared cut-off for fragilities 30 and 100, the band of the book."""
TERAHERTZ = 1e12


def _beads(inputs: SimpleNamespace) -> float:
    mismatch = float(rfot.reduced_mismatch(0.1))
    return float(rfot.cooperative_size_at_glass_transition(inputs.timescale, mismatch))


def _ratio(inputs: SimpleNamespace) -> float:
    return inputs.T_g / inputs.T_D


def _lowest(inputs: SimpleNamespace) -> float:
    return float(ripplons.ripplon_spectrum(_beads(inputs)).frequencies[0])


@functools.lru_cache(maxsize=8)
def _spectrum(ratio: float, beads: float, smearing: float) -> Any:
    lines = ripplons.ripplon_spectrum(beads)
    return resonance.broadened_spectrum(
        ratio, resonance.cutoff_frequency(beads=beads), smearing, lines
    )


def _maximum(T: np.ndarray, y: np.ndarray, ratio: float) -> tuple[float, float]:
    """Place and height of the highest inner maximum, by the parabola through three points.

    `T` equidistant in logarithm. Raises ValueError where there is none.
    """
    inner = np.flatnonzero((y[1:-1] > y[:-2]) & (y[1:-1] > y[2:])) + 1
    if not inner.size:
        raise ValueError(f"no maximum: at T_g/T_D = {ratio:.3g} the lowest ripplon is too soft")
    i = inner[np.argmax(y[inner])]
    left, middle, right = y[i - 1 : i + 2]
    shift = (left - right) / (left - 2 * middle + right) / 2
    return float(T[i] * (T[i + 1] / T[i]) ** shift), float(middle - (left - right) * shift / 4)


@functools.lru_cache(maxsize=1024)
def _bump(ratio: float, beads: float, smearing: float) -> tuple[float, float]:
    """Place (T_D) and height (over the Debye level) of the bump in C/T^3."""
    T = np.geomspace(2e-5, 0.1, 300)
    spectrum = _spectrum(ratio, beads, smearing)
    y = ripplons.total_heat_capacity(T, ratio, spectrum, beads) / T**3
    place, height = _maximum(T, y, ratio)
    if place < 2e-3:
        raise ValueError(f"at T_g/T_D = {ratio:.3g} the bump lies below 0.002 T_D")
    return place, height / (beads * 12 * np.pi**4 / 5)


@functools.lru_cache(maxsize=1024)
def _plateau(ratio: float, beads: float, smearing: float) -> tuple[float, float]:
    """Place (T_D) and level (K) of the local maximum of the conductivity."""
    T = np.geomspace(5e-3, 0.08, 40)
    spectrum = _spectrum(ratio, beads, smearing)
    kappa = plateau.plateau_conductivity(T, density.SaddlePoint(spectrum, ratio, 800))
    return _maximum(T, kappa, ratio)


def _band(find, inputs: SimpleNamespace, which: int, unit: float) -> np.ndarray:
    values = [find(_ratio(inputs), _beads(inputs), s)[which] for s in SMEARINGS]
    return np.sort(values) * unit


def _conductivity_unit(inputs: SimpleNamespace) -> float:
    return float(phonons.conductivity_scale(inputs.T_D, inputs.sound_speed))


_BUMP = ("LW07-34", "LW07-36", "LW07-53", "LW07-54", "LW07-55")
_PLATEAU = ("LW07-39", "LW07-44", "LW07-48", "LW07-53", "LW07-54", "LW07-55")
_TRUST = "band: smearing of the cut-off for fragilities 30 and 100; the cut-off itself is adjusted"

QUANTITIES = (
    Quantity(
        "ripplon_frequency",
        "frequency of the lowest ripplon",
        "THz",
        lambda inputs: _lowest(inputs) * k_B * inputs.T_D / h / TERAHERTZ,
        ("LW07-33",),
        "sphere, uniform factor 9/8: good to a few tens of percent",
    ),
    Quantity(
        "highest_ripplon_frequency",
        "frequency of the ripplon of order 9",
        "THz",
        lambda inputs: (
            float(ripplons.ripplon_spectrum(_beads(inputs)).frequencies[-1])
            * k_B
            * inputs.T_D
            / h
            / TERAHERTZ
        ),
        ("LW07-33", "LW07-ua18"),
        "continuum theory at the length of a bead",
    ),
    Quantity(
        "wall_crossover",
        "temperature of the crossover from tunnelling to activation",
        "K",
        lambda inputs: float(
            membrane.crossover_temperature(
                membrane.barrier_top_prefactor(_beads(inputs) ** (1 / 3))
                / _beads(inputs) ** (1 / 3)
                * k_B
                * inputs.T_D
                / hbar
            )
        ),
        ("LW07-29", "LW07-ua15"),
        "without friction, which lowers it",
    ),
    Quantity(
        "boson_peak_temperature",
        "temperature of the bump in C/T^3",
        "K",
        lambda inputs: _band(_bump, inputs, 0, inputs.T_D),
        _BUMP,
        _TRUST,
    ),
    Quantity(
        "boson_peak_height",
        "height of the bump over the Debye value",
        "1",
        lambda inputs: _band(_bump, inputs, 1, 1.0),
        _BUMP,
        _TRUST,
    ),
    Quantity(
        "plateau_temperature",
        "temperature at which the plateau begins",
        "K",
        lambda inputs: _band(_plateau, inputs, 0, inputs.T_D),
        _PLATEAU,
        _TRUST + "; low-temperature level from measured paths of 150 wave lengths",
    ),
    Quantity(
        "plateau_conductivity",
        "thermal conductivity in the plateau",
        "W/(m K)",
        lambda inputs: _band(_plateau, inputs, 1, 1.0) * _conductivity_unit(inputs),
        _PLATEAU,
        _TRUST + "; low-temperature level from measured paths of 150 wave lengths",
    ),
)
