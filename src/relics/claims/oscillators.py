"""Numbers quoted about oscillator models and about the specific heat."""

from __future__ import annotations

import numpy as np

from relics import mode_heat
from relics.claims import Computed


def _heat_exponent(delta: float) -> float:
    """Logarithmic slope of the specific heat of a power of the frequency, by quadrature."""
    heat = mode_heat.specific_heat([1.0, 2.0], lambda w: (w / 1e11) ** delta)
    return float(np.log2(heat[1] / heat[0]))


def _excess_slope(log_distance: float) -> float:
    """Logarithmic slope of the reduced specific heat so far from its minimum."""
    T = np.exp(log_distance) * np.array([1.0, 2.0])
    return float(np.log2(np.divide(*mode_heat.reduced_excess(T, 1.0, 1.0)[::-1])))


def _ratio_at_minimum() -> float:
    """Ratio of the coefficients over the fourth power of the temperature of the minimum."""
    return 1.2e-6 / 2e-7 / mode_heat.minimum_of_excess(1.2e-6, 2e-7)[0] ** 4


CLAIMS: dict[str, Computed] = {
    "LB21-c43": Computed(lambda: _heat_exponent(3.0) - 3.0, "1", "relics.mode_heat.specific_heat"),
    "LB21-c44": Computed(lambda: _heat_exponent(0.0), "1", "relics.mode_heat.specific_heat"),
    "LB21-c45": Computed(lambda: _heat_exponent(4.0), "1", "relics.mode_heat.specific_heat"),
    "LB21-c46": Computed(
        lambda: [_excess_slope(-8.0), _excess_slope(8.0)], "1", "relics.mode_heat.reduced_excess"
    ),
    "LB21-c47": Computed(_ratio_at_minimum, "1", "relics.mode_heat.minimum_of_excess"),
}
