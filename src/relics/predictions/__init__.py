"""What the theory predicts for one glass: each part of the book adds its quantities.

A quantity is a function of the measured inputs; the uncertainty of the inputs is propagated to it
by central differences, and its equations and a word on how far to trust it come along.
"""

from __future__ import annotations

import importlib
import math
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from types import SimpleNamespace

import numpy as np

from relics.materials import Glass

TAU_MICRO = 1e-12
"""Microscopic time that turns a laboratory time into the ratio tau/tau_0, s (LW07 Sec. II)."""


@dataclass(frozen=True)
class Quantity:
    """One prediction: a function of the inputs, returning a float, or (low, high) for a band.

    The function raises ValueError with the reason for a glass of which the theory says nothing.
    """

    key: str
    name: str
    unit: str
    function: Callable[[SimpleNamespace], float | np.ndarray]
    equations: tuple[str, ...]
    trust: str


@dataclass(frozen=True)
class Prediction:
    """A quantity evaluated for one glass.

    `value` is one number, (low, high) for a band, or None where the theory says nothing of this
    glass; `trust` then begins with the reason. `uncertainty` is that of the inputs, propagated.
    """

    key: str
    name: str
    unit: str
    value: float | tuple[float, float] | None
    uncertainty: float
    equations: tuple[str, ...]
    trust: str


def quantities() -> list[Quantity]:
    """All quantities that the parts of the book define, sorted by part."""
    found: list[Quantity] = []
    for module in sorted(m.name for m in pkgutil.iter_modules(__path__)):
        found.extend(importlib.import_module(f"{__name__}.{module}").QUANTITIES)
    return found


def predict(glass: Glass, timescale: float = 3600.0, waiting_time: float = 1.0) -> list[Prediction]:
    """Everything that the theory says of `glass`.

    `timescale` is the laboratory time scale of the glass transition in s, `waiting_time` that of
    a heat-capacity measurement in s. Raises ValueError unless both are finite and positive and
    the time scale exceeds a picosecond.
    """
    for key, value, least in (
        ("timescale", timescale, TAU_MICRO),
        ("waiting_time", waiting_time, 0.0),
    ):
        if not math.isfinite(value) or value <= least:
            raise ValueError(f"{key} = {value!r} s: expected a finite time above {least:g} s")
    return [_evaluate(q, glass, timescale, waiting_time) for q in quantities()]


def _inputs(glass: Glass, timescale: float, waiting_time: float) -> SimpleNamespace:
    return SimpleNamespace(
        T_g=glass.T_g,
        T_D=glass.T_D,
        density=glass.density,
        sound_speed=glass.sound_speed,
        a=glass.a,
        timescale=timescale / TAU_MICRO,
        waiting_time=waiting_time,
    )


def _evaluate(q: Quantity, glass: Glass, timescale: float, waiting_time: float) -> Prediction:
    def at(g: Glass) -> np.ndarray:
        return np.atleast_1d(np.asarray(q.function(_inputs(g, timescale, waiting_time)), float))

    try:
        centre = at(glass)
    except ValueError as reason:
        trust = f"no value: {str(reason).splitlines()[0]}; {q.trust}"
        return Prediction(q.key, q.name, q.unit, None, 0.0, q.equations, trust)
    if centre.size not in (1, 2) or not np.all(np.isfinite(centre)):
        raise ValueError(f"{q.name} cannot be computed for {glass.name}: got {centre}")
    variance = 0.0
    for key, sigma in glass.uncertainties.items():
        given = getattr(glass, key)
        if sigma == 0 or given is None:
            continue
        step = min(sigma, 0.05 * given)
        ends = []
        for shift in (-step, step):
            try:
                ends.append((shift, at(replace(glass, **{key: given + shift}))))
            except ValueError:
                # One side of the domain is enough for a slope.
                ends.append((0.0, centre))
        (low, down), (high, up) = ends
        slope = np.mean(up - down) / (high - low) if high > low else 0.0
        variance += float(slope) ** 2 * sigma**2
    value = float(centre[0]) if centre.size == 1 else (float(centre.min()), float(centre.max()))
    return Prediction(q.key, q.name, q.unit, value, math.sqrt(variance), q.equations, q.trust)
