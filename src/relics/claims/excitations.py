"""Numbers quoted about quasilocalised excitations; the topics have modules of their own."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from relics import soft_potentials as soft
from relics.claims import Computed, computer_glasses, nonlinear_modes, oscillators


def _slope(function: Callable[[float], float], start: float) -> float:
    """Logarithmic slope of a function between an argument and twice that argument."""
    return float(np.log2(function(2 * start) / function(start)))


def _cubic_at_fixed_ratio(omega: float) -> float:
    """Cubic coefficient that stays at the edge of global stability, at unit mass."""
    return soft.global_minimum_threshold(omega**2, 1.3)


def _barrier_at_fixed_ratio(omega: float) -> float:
    """Quartic barrier of a well that stays at the edge of global stability, at unit mass."""
    return soft.barrier(omega**2, _cubic_at_fixed_ratio(omega), 1.3)


def _barrier_position() -> float:
    """Position of the highest point of a cubic profile over b_2/b_3, by search."""
    from scipy.optimize import minimize_scalar

    top = minimize_scalar(
        lambda s: -float(soft.profile(s, 0.7, -1.1)),
        bounds=(0, 2),
        method="bounded",
        options={"xatol": 1e-10},
    )
    return float(top.x / (0.7 / -1.1))


CLAIMS = {
    "LB21-c2": Computed(
        lambda: _slope(lambda b: soft.density_of_stiffness(b, 0.4, 1.0), 1e-3),
        "1",
        "relics.soft_potentials.density_of_stiffness",
    ),
    "LB21-c3": Computed(
        lambda: _slope(lambda w: soft.density_of_minima(w, 0.4, 1.0, 1.0), 0.01),
        "1",
        "relics.soft_potentials.density_of_minima",
    ),
    "LB21-c4": Computed(
        lambda: soft.global_minimum_threshold(0.7, 1.9) ** 2 / (0.7 * 1.9),
        "1",
        "relics.soft_potentials.global_minimum_threshold",
    ),
    "LB21-c5": Computed(
        lambda: _slope(lambda w: soft.density_of_global_minima(w, 0.4, 1.3, 1.0), 0.01),
        "1",
        "relics.soft_potentials.density_of_global_minima",
    ),
    "LB21-c25": Computed(_barrier_position, "b_2/b_3", "relics.soft_potentials.profile"),
    "LB21-c29": Computed(
        lambda: _slope(_cubic_at_fixed_ratio, 0.01),
        "1",
        "relics.soft_potentials.global_minimum_threshold",
    ),
    "LB21-c30": Computed(
        lambda: _slope(_barrier_at_fixed_ratio, 0.01), "1", "relics.soft_potentials.barrier"
    ),
    "LB21-c31": Computed(
        lambda: soft.second_well_threshold(0.7, 1.9) ** 2 / (0.7 * 1.9),
        "1",
        "relics.soft_potentials.second_well_threshold",
    ),
    "LB21-c32": Computed(
        lambda: _slope(lambda B: float(soft.barrier_density(B, 0.3, 0.8)), 1e-4),
        "1",
        "relics.soft_potentials.barrier_density",
    ),
    **computer_glasses.CLAIMS,
    **nonlinear_modes.CLAIMS,
    **oscillators.CLAIMS,
}
