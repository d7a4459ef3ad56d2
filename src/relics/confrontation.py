"""What each scenario says of the same measurable numbers, and what was measured.

Scenarios: ``pairs`` (Yu and Leggett: the bound, and what pairing off leaves), ``structured pairs``
(the bound with the structure factor), ``mosaic`` (the quantised mosaic), ``marginal`` (the Gardner
transition, where it gives a number). Predictions carry the range that the scenario itself leaves
open: numerical factors that its papers drop, time scales, partial charges. L18 Secs. II to V.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from relics import (
    caged_particle,
    resonant_pairs,
    rfot,
    ripplons,
    strain_coupling,
    thermal_contraction,
    tunnelling_dipoles,
)
from relics.constants import debye
from relics.domain import positive
from relics.materials import Glass, glass, load_table

LINDEMANN = 0.1
TIMESCALES = (1e12, 1e17)
"""Glass transitions of a second, and of a day, over a picosecond."""
PARTIAL_CHARGES = (0.01, 0.1)
SCENARIOS = ("pairs", "structured pairs", "marginal", "mosaic")


@dataclass(frozen=True)
class Prediction:
    """Range (low, high) that a scenario gives for an observable of one glass."""

    observable: str
    scenario: str
    low: float
    high: float
    unit: str
    basis: str


@dataclass(frozen=True)
class Measurement:
    """A measured value with its range; `traced` is False for recalled values (class R)."""

    observable: str
    material: str
    value: float
    low: float
    high: float
    unit: str
    source: str
    traced: bool


def quality_from_strength(strength: float) -> float:
    """Mean free path over wavelength of a thermal phonon, 1/(2 pi^2 C tanh(1/2)).

    C = Pbar gamma^2/(rho c^2) with gamma^2 averaged over directions (LW07 Eqs. 19, 20); the papers'
    rougher form is 1/C (L18 Eq. 2).
    """
    positive(strength=strength)
    return float(1 / (2 * math.pi**2 * strength * math.tanh(0.5)))


@functools.cache
def pairing_constant() -> float:
    """Density of states times J that pairing off random centres leaves."""
    points, edge = resonant_pairs.scattered_points(100_000, 1.0, seed=1)
    return resonant_pairs.pairing_constant(
        resonant_pairs.pair_off(points, edge), edge, (0.01, 1.0)
    )[0]


def cooperative_size(timescale: float) -> float:
    """Beads of a region of the mosaic frozen on a time scale (over the microscopic time)."""
    return float(
        rfot.cooperative_size_at_glass_transition(timescale, rfot.reduced_mismatch(LINDEMANN))
    )


def strengths(which: Glass) -> dict[str, tuple[float, float]]:
    """C = Pbar g^2/(rho c^2) by scenario: range (low, high). L18 Eqs. 9, 20, 40, 45.

    For the mosaic the low end has the orientation average of the coupling.
    """
    modulus = which.density * which.sound_speed**2
    vibration = float(resonant_pairs.vibration_ratio(which.a**-3, which.T_g, modulus))
    sizes = [1 / cooperative_size(t) for t in TIMESCALES]
    return {
        "pairs": (pairing_constant(), 1.0),
        "structured pairs": (min(vibration, LINDEMANN) ** 2, max(vibration, LINDEMANN) ** 2),
        "mosaic": (strain_coupling.ORIENTATION * min(sizes), max(sizes)),
    }


def qualities(which: Glass) -> dict[str, tuple[float, float]]:
    """Mean free path over wavelength by scenario: from the numbers kept to those dropped."""
    return {
        name: (quality_from_strength(high), 1 / low)
        for name, (low, high) in strengths(which).items()
    }


def preparation_exponent(timescale: float = 3.6e15) -> float:
    """d ln(l/lambda)/d ln(tau) of the mosaic: 2/ln(tau/tau_0), by differences (L18 Eq. 41)."""
    positive(timescale=timescale)
    step = 1.01
    return math.log(cooperative_size(timescale * step) / cooperative_size(timescale / step)) / (
        2 * math.log(step)
    )


def time_for_quality_change(factor: float, timescale: float = 3.6e15) -> float:
    """Ratio of times by which a quench must be slower for l/lambda to grow by `factor`."""
    positive(factor=factor)
    target = factor * cooperative_size(timescale)
    log_time = brentq(lambda x: cooperative_size(math.exp(x)) - target, 1.0, 600.0)
    return math.exp(log_time) / timescale


def dipoles(which: Glass) -> tuple[float, float]:
    """Transition dipole of the mosaic, debye, for partial charges of 0.01 and 0.1 (LSW06 Eq. 1)."""
    low, high = tunnelling_dipoles.random_walk_dipole(
        np.array(PARTIAL_CHARGES), which.a, cooperative_size(3.6e15), LINDEMANN
    )
    return float(low) / debye, float(high) / debye


def boson_peak(which: Glass) -> tuple[float, float]:
    """Lowest ripplon line of the mosaic in K, for the two time scales (LW07 Eq. 33)."""
    lines = [
        float(ripplons.ripplon_frequencies([2], np.cbrt(cooperative_size(t)), LINDEMANN)[0])
        * which.T_D
        for t in TIMESCALES
    ]
    return min(lines), max(lines)


def contraction(which: Glass, T: float = 1.0) -> tuple[float, float]:
    """Volume expansivity (1/K) of the mosaic at T: with and without the ripplon-ripplon part."""
    beads = cooperative_size(3.6e15)
    ratio = float(np.cbrt(beads))
    xi = ratio * which.a
    K = float(thermal_contraction.bulk_modulus(which.density, which.sound_speed))
    orders = np.arange(2, 10)
    lines = ripplons.ripplon_frequencies(orders, ratio, LINDEMANN)
    common = (ratio, xi, K, lines, 2 * orders + 1)
    mixed = float(thermal_contraction.expansivity_ripplon_structural(which.T_g, which.T_D, *common))
    both = mixed + float(
        thermal_contraction.expansivity_ripplon_ripplon(T, which.T_g, which.T_D, *common)
    )
    return min(mixed, both), max(mixed, both)


def gardner_coupling_ratio(stiffness: tuple[float, ...] = (12, 36, 100)) -> tuple[float, float]:
    """Coupling of a buckling mode over that of a region of the mosaic (L18 Eq. 45 over Eq. 38).

    Least and largest anisotropy of a cage with one neighbour drawn back by up to a fifth.
    """
    ratios = [
        caged_particle.amplitude_ratio(n, 1.0, r)
        for n in stiffness
        for r in np.linspace(0, 0.2, 21)
    ]
    return min(ratios), max(ratios)


def predictions(which: Glass | None = None) -> list[Prediction]:
    """Every number that the scenarios give for one glass (default: silica)."""
    which = glass("silica") if which is None else which
    basis = {
        "pairs": "L18-9, L18-15; pairing constant",
        "structured pairs": "L18-20, L18-21",
        "mosaic": "L18-37, L18-38, L18-40, LW07-20",
    }
    rows = [
        Prediction("tunnelling strength", name, *span, "1", basis[name])
        for name, span in strengths(which).items()
    ]
    rows += [
        Prediction("path over wavelength", name, *span, "1", basis[name])
        for name, span in qualities(which).items()
    ]
    rows.append(Prediction("dipole", "mosaic", *dipoles(which), "D", "LSW06-1"))
    rows.append(Prediction("boson peak", "mosaic", *boson_peak(which), "K", "LW07-33"))
    low, high = contraction(which)
    rows.append(Prediction("contraction at 1 K", "mosaic", -high, -low, "1/K", "LW07-75, LW07-79"))
    rows.append(
        Prediction("coupling over mosaic's", "marginal", *gardner_coupling_ratio(), "1", "L18-45")
    )
    return rows


def measurements() -> list[Measurement]:
    """Measured values of the same observables, each with its range and source."""
    found = [
        Measurement("path over wavelength", "insulating glasses", 150.0, 75.0, 300.0, "1",
                    "Freeman and Anderson 1986, as quoted by LSW06; range of a factor two", True),
        Measurement("tunnelling strength", "glasses", 3e-4, 1.5e-4, 6e-4, "1",
                    "stated as universal, Carruzzo and Yu 2020 (abstract); range of a factor two", True),
        Measurement("contraction at 1 K", "silica", 3e-9, 1.5e-9, 6e-9, "1/K",
                    "linear coefficient of Ackerman et al. 1984 as quoted by LW07, times three", True),
    ]  # fmt: skip
    moments = load_table("tls_dipole_moments").columns
    for name, value, prov, reference in zip(
        moments["glass"], moments["dipole (D)"], moments["prov"], moments["reference"], strict=True
    ):
        known = any(m.material == name and m.value == float(value) for m in found if prov == "Q")
        if prov in ("A", "Q") and not known:
            x = float(value)
            found.append(
                Measurement("dipole", str(name), x, 0.6 * x, 1.5 * x, "D", str(reference), True)
            )
    peaks = load_table("boson_peak_frequencies").rows(glass="SiO2").columns
    x, sigma = float(peaks["(K)"][0]), float(peaks["error (cm^-1)"][0]) * 1.4388
    found.append(
        Measurement("boson peak", "silica", x, x - sigma, x + sigma, "K", "Raman, recalled", False)
    )
    return found
