"""Numbers quoted about excitations of computer glasses: statistics, preparation, stickiness, unjamming."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from relics import quasilocalised as qle
from relics import unjamming
from relics.claims import Computed


def _slope(function: Callable[[float], float], start: float) -> float:
    """Logarithmic slope of a function between an argument and twice that argument."""
    return float(np.log2(function(2 * start) / function(start)))


def _weibull_slope() -> float:
    """Slope of ln(-ln(1 - P)) for the softest excitation."""

    def exposure(omega: float) -> float:
        return -float(np.log1p(-qle.weibull_probability(omega, 0.02, 1500)))

    return _slope(exposure, 0.2)


def _dimension_of_prefactor() -> float:
    """Power of the unit of frequency in a prefactor measured on one set of frequencies."""
    from relics.glass.density_of_states import power_law_prefactor

    frequencies = qle.sample_softest(0.02, 500, 200, seed=3)

    def measured(unit: float) -> float:
        return power_law_prefactor(frequencies * unit, 1.1 * frequencies.max() * unit, 100_000)[0]

    return _slope(measured, 1.0)


def _no_unit_left() -> bool:
    """Whether the number of excitations stays when the unit of time changes."""
    unit = 7.3
    before = qle.number_density(0.02, 3.1)
    return bool(np.isclose(qle.number_density(0.02 * unit**5, 3.1 / unit), before, rtol=1e-12))


def _stickiness() -> list[float]:
    """Core length and reduced prefactor at the longest cut-off over those at the shortest."""
    from relics.glass import ensembles, protocols, tails

    found = []
    for name in ("slow-sticky-1.5-1000", "slow-sticky-1.1-1000"):
        store = ensembles.read(protocols.stores() / name)
        unit = tails.tail(store, 3).unit
        prefactor = tails.nonlinear_prefactor(store, 3)[0] * unit**5
        found.append((tails.stiffness_length(store, 3)[0], prefactor))
    return [a / b for a, b in zip(*found, strict=True)]


def _unjamming() -> list[float]:
    """Exponents of prefactor, volume and length of the core in the excess of contacts."""
    excess = 1e-9
    return [
        _slope(lambda z: float(unjamming.dimensionless_prefactor(z)), excess),
        _slope(lambda z: float(unjamming.response_volume(z)), excess),
        _slope(lambda z: float(unjamming.core_length(z)), excess),
    ]


CLAIMS: dict[str, Computed] = {
    "LB21-c12": Computed(_weibull_slope, "1", "relics.quasilocalised.weibull_probability"),
    "LB21-c14": Computed(
        _dimension_of_prefactor,
        "power of frequency",
        "relics.glass.density_of_states.power_law_prefactor",
    ),
    "LB21-c15": Computed(_no_unit_left, "1", "relics.quasilocalised.number_density"),
    "LB21-c16": Computed(
        _stickiness,
        "1",
        "relics.glass.tails.nonlinear_prefactor",
        "glasses of 1000 spheres at one density; length from dipole responses",
    ),
    "LB21-c17": Computed(
        lambda: unjamming.maxwell_contacts(3) / 3,
        "contacts per dimension",
        "relics.unjamming.maxwell_contacts",
    ),
    "LB21-c18": Computed(
        _unjamming,
        "1",
        "relics.unjamming.dimensionless_prefactor",
        "the volume is the sum of squares of a response, not the participation number",
    ),
}
