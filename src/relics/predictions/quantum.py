"""What quantum mixing and the attraction of centres say of one glass."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np

from relics import quantum_mixing, rfot
from relics import thermal_contraction as tc
from relics.predictions import Quantity
from relics.ripplons import ripplon_spectrum

LINDEMANN = 0.1
TEMPERATURE = 1.0
"""Temperature (K) at which expansivities and Grueneisen parameters are given."""

_STEPS = (
    "order of magnitude: each step recomputed (every pair once, ripplons l = 2 to 9), but point "
    "dipoles at contact and second order in the coupling"
)
_PRINTED = "the paper's number; its prefactor does not follow from its steps (see the chapter)"
_HALF = "the paper's number: about half of the sum over ripplons, each pair counted in one order"
_BROKEN = (
    "second order has broken down below a few kelvin, where this term exceeds the zeroth order"
)


def _domain(inputs: SimpleNamespace) -> dict[str, Any]:
    beads = rfot.cooperative_size_at_glass_transition(
        inputs.timescale, rfot.reduced_mismatch(LINDEMANN)
    )
    ratio = float(beads) ** (1 / 3)
    return {"size_ratio": ratio, "xi": ratio * inputs.a}


def _lines(inputs: SimpleNamespace) -> dict[str, Any]:
    spectrum = ripplon_spectrum(beads=_domain(inputs)["size_ratio"] ** 3)
    return {"frequencies": spectrum.frequencies, "degeneracies": spectrum.weights}


def _modulus(inputs: SimpleNamespace) -> float:
    return float(tc.bulk_modulus(inputs.density, inputs.sound_speed))


def _sum_inverse(inputs: SimpleNamespace) -> float:
    lines = _lines(inputs)
    return quantum_mixing.inverse_frequency_sum(lines["frequencies"], lines["degeneracies"], 1.0)


def _expansivity_rr(inputs: SimpleNamespace) -> float:
    keys = {**_domain(inputs), **_lines(inputs), "K": _modulus(inputs)}
    return float(tc.expansivity_ripplon_ripplon(TEMPERATURE, inputs.T_g, inputs.T_D, **keys)) / 3


def _expansivity_rT(inputs: SimpleNamespace) -> float:
    keys = {**_domain(inputs), **_lines(inputs), "K": _modulus(inputs)}
    return float(tc.expansivity_ripplon_structural(inputs.T_g, inputs.T_D, **keys)) / 3


def _expansivity_TT(inputs: SimpleNamespace) -> float:
    keys = {**_domain(inputs), "K": _modulus(inputs)}
    return float(tc.expansivity_structural(TEMPERATURE, inputs.T_g, **keys)) / 3


def _printed_rr(inputs: SimpleNamespace) -> float:
    keys = {**_domain(inputs), "K": _modulus(inputs)}
    return float(tc.printed_expansivity_ripplon_ripplon(TEMPERATURE, inputs.T_D, **keys)) / 3


def _printed_rT(inputs: SimpleNamespace) -> float:
    keys = {**_domain(inputs), "K": _modulus(inputs)}
    return float(tc.printed_expansivity_ripplon_structural(inputs.T_g, inputs.T_D, **keys)) / 3


def _gruneisen(
    expansivity: Callable[[SimpleNamespace], float],
) -> Callable[[SimpleNamespace], float]:
    def value(inputs: SimpleNamespace) -> float:
        capacity = tc.heat_capacity_of_centres(TEMPERATURE, inputs.T_g, _domain(inputs)["xi"])
        return float(tc.gruneisen(3 * expansivity(inputs), _modulus(inputs), capacity))

    return value


def _direct(inputs: SimpleNamespace) -> np.ndarray:
    bound = float(
        tc.direct_coupling_bound(inputs.T_g, inputs.density, inputs.sound_speed, inputs.a)
    )
    return np.array([-bound, bound])


def _breakdown(inputs: SimpleNamespace) -> float:
    keys = {**_domain(inputs), **_lines(inputs)}
    slope = tc.ripplon_structural_density(1.0, inputs.T_g, inputs.T_D, **keys)
    return tc.breakdown_temperature(float(slope), inputs.T_g, keys["xi"])


QUANTITIES: tuple[Quantity, ...] = (
    Quantity("mixing_sum", "sum of omega_D over ripplon frequencies, B", "1", _sum_inverse, ("LW07-65",), "good for the ripplon spectrum of the theory"),
    Quantity("expansivity_rr", "linear expansivity at 1 K, ripplon-ripplon", "1/K", _expansivity_rr, ("LW07-74", "LW07-75"), _STEPS),
    Quantity("expansivity_rr_printed", "the same with the printed prefactor", "1/K", _printed_rr, ("LW07-75",), _PRINTED),
    Quantity("expansivity_rT", "linear expansivity, ripplon-TLS", "1/K", _expansivity_rT, ("LW07-78", "LW07-79"), _BROKEN),
    Quantity("expansivity_rT_printed", "the same with the printed prefactor", "1/K", _printed_rT, ("LW07-79",), _HALF),
    Quantity("expansivity_TT", "linear expansivity at 1 K, TLS-TLS", "1/K", _expansivity_TT, ("LW07-81", "LW07-u116"), _STEPS),
    Quantity("gruneisen_rr", "Grueneisen parameter, ripplon-ripplon", "1", _gruneisen(_expansivity_rr), ("LW07-76",), _STEPS),
    Quantity("gruneisen_rr_printed", "the same with the printed prefactor", "1", _gruneisen(_printed_rr), ("LW07-76",), _PRINTED),
    Quantity("gruneisen_rT", "Grueneisen parameter at 1 K, ripplon-TLS", "1", _gruneisen(_expansivity_rT), ("LW07-80",), _BROKEN),
    Quantity("gruneisen_rT_printed", "the same with the printed prefactor", "1", _gruneisen(_printed_rT), ("LW07-80",), _HALF),
    Quantity("gruneisen_TT", "Grueneisen parameter at 1 K, TLS-TLS", "1", _gruneisen(_expansivity_TT), ("LW07-u116",), _STEPS),
    Quantity("gruneisen_direct", "Grueneisen parameter of direct coupling, bounds", "1", _direct, ("LW07-82",), "a bound of unknown sign on an estimate"),
    Quantity("series_breakdown", "temperature below which second order outweighs the centres", "K", _breakdown, ("LW07-78", "LW07-u115"), _STEPS),
)  # fmt: skip
