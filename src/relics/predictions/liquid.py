"""What the theory of the liquid says of one glass: sizes, barrier and fragility at the transition."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from relics import rfot
from relics.configurational_entropy import hyperbolic_entropy
from relics.predictions import Quantity
from relics.viscosity import fragility_from_entropy

LINDEMANN = 0.1
KAUZMANN_RANGE = (1.5, 1.1)
"""T_g/T_K of strong and of fragile glass formers."""


def _size(inputs: SimpleNamespace) -> float:
    return float(
        rfot.cooperative_size_at_glass_transition(
            inputs.timescale, rfot.reduced_mismatch(LINDEMANN)
        )
    )


def _entropy(inputs: SimpleNamespace) -> float:
    return float(
        rfot.entropy_at_glass_transition(inputs.timescale, rfot.reduced_mismatch(LINDEMANN))
    )


def _barrier(inputs: SimpleNamespace) -> float:
    return float(rfot.barrier(rfot.reduced_mismatch(LINDEMANN), _entropy(inputs), 1.0))


def _fragility(inputs: SimpleNamespace) -> np.ndarray:
    """Band between the heat-capacity jumps that T_g/T_K = 1.5 and 1.1 require."""
    ratio = np.array(KAUZMANN_RANGE)
    jump = _entropy(inputs) / hyperbolic_entropy(ratio, 1.0, ratio, 1.0)
    return fragility_from_entropy(inputs.timescale, jump, _entropy(inputs))


QUANTITIES: tuple[Quantity, ...] = (
    Quantity(
        "bead_size", "bead size", "m", lambda inputs: inputs.a, (),
        "from the Debye sphere, or as given; 15 percent by the papers' own word",
    ),
    Quantity(
        "s_c", "configurational entropy of a bead at T_g", "k_B", _entropy, ("LW07-7", "LW07-ua1", "L18-u4"),
        "the same for every glass; within a factor of two (softening of the barrier)",
    ),
    Quantity(
        "N_star", "beads in a cooperative region", "1", _size, ("LW07-ua2", "L18-33"),
        "the same for every glass, logarithmic in the time scale; within 15 percent",
    ),
    Quantity(
        "xi", "cooperativity length", "m",
        lambda inputs: float(rfot.cooperativity_length(_size(inputs), inputs.a)), ("L18-32", "LW07-ua2"),
        "as good as the bead size; its ratio to the bead is robust (5 percent)",
    ),
    Quantity(
        "barrier", "barrier to reconfiguration at T_g", "k_B T_g", _barrier, ("LW07-7", "L18-u4"),
        "fixed by the time scale alone",
    ),
    Quantity(
        "fragility", "fragility index", "1", _fragility, ("LW07-ua5", "L18-36", "LW07-7"),
        "range for T_g/T_K from 1.5 to 1.1; the heat-capacity jump or a viscosity curve narrows it",
    ),
)  # fmt: skip
