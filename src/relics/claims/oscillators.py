"""Numbers quoted about oscillator models and about the specific heat."""

from __future__ import annotations

import numpy as np

from relics import interacting_oscillators as model
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


def _exponent_at(field: float, lowest: float, highest: float, low: float, high: float) -> float:
    """Logarithmic slope of the density of states on the critical line, between two frequencies."""
    state = model.critical_coupling(field, lowest, highest).cavity
    omega, density = model.density_of_states(state, number=240)
    kept = (omega > low) & (omega < high)
    return float(np.polyfit(np.log(omega[kept]), np.log(density[kept]), 1)[0])


def _lower_gap_lowers_both() -> bool:
    """Whether half the gap lowers the critical coupling and the field of the special point."""
    couplings = [model.critical_coupling(0.1, gap, 1.0).J for gap in (0.1, 0.05, 0.025)]
    fields = [model.special_field(gap, 1.0) for gap in (0.1, 0.05, 0.025)]
    return bool(np.all(np.diff(couplings) < 0) and np.all(np.diff(fields) < 0))


def _never_unbroken_without_a_gap() -> bool:
    """Whether oscillators without a gap keep a negative stiffness at every coupling tried."""
    states = [model.lowest_wells(0.01, J, 1.0) for J in (0.002, 0.01, 0.03, 0.06)]
    return all(state.gap < 0 for state in states)


def _lattice_exponents() -> list[float]:
    """Exponents of the stored lattices, at the softest modes and above the crossover."""
    from relics.glass import oscillator_spectra as spectra

    return [exponent for exponent, _ in spectra.lattice_exponents()]


def _falls_linearly() -> bool:
    """Whether the logarithm of the prefactor falls along a line at weak coupling.

    The line is that of the cavity equations in the lower wells; the stored minima must fall too.
    """
    from relics.glass import oscillator_spectra as spectra

    X, Y = [], []
    for J in np.geomspace(0.025, 0.06, 6):
        prefactor = model.quartic_prefactor(model.lowest_wells(0.01, J, 1.0))
        X.append(float(model.weak_coupling_variable(0.01, J, 1.0)))
        Y.append(np.log(0.01 ** (2 / 3) * J * prefactor))
    slope, error, _ = spectra.weak_line(spectra.prefactors())
    return bool(np.corrcoef(X, Y)[0, 1] < -0.999 and slope < -5 * error)


def _decays_as_a_power() -> bool:
    """Whether the stored prefactors fall along a line on logarithmic axes beyond their maximum."""
    from relics.glass import oscillator_spectra as spectra

    slope, error, correlation = spectra.strong_line(spectra.prefactors())
    return slope < -5 * error and correlation < -0.98


CLAIMS: dict[str, Computed] = {
    "LB21-c6": Computed(
        lambda: float(np.log2(np.divide(*model.density_after_reconstruction([0.02, 0.01], 1.0)))),
        "1",
        "relics.interacting_oscillators.density_after_reconstruction",
    ),
    "LB21-c7": Computed(_lattice_exponents, "1", "relics.interacting_oscillators.minimise"),
    "LB21-c19": Computed(
        lambda: _exponent_at(0.1, 0.995, 1.005, 0.004, 0.03),
        "1",
        "relics.interacting_oscillators.density_of_states",
    ),
    "LB21-c20": Computed(
        lambda: [_exponent_at(h, 0.1, 1.0, 0.004, 0.03) for h in (0.005, 0.1)],
        "1",
        "relics.interacting_oscillators.density_of_states",
    ),
    "LB21-c21": Computed(
        _lower_gap_lowers_both, "", "relics.interacting_oscillators.critical_coupling"
    ),
    "LB21-c22": Computed(
        _never_unbroken_without_a_gap, "", "relics.interacting_oscillators.lowest_wells"
    ),
    "LB21-c23": Computed(_falls_linearly, "", "relics.interacting_oscillators.prefactor_of_lowest"),
    "LB21-c24": Computed(
        _decays_as_a_power, "", "relics.interacting_oscillators.prefactor_of_lowest"
    ),
    "LB21-c43": Computed(lambda: _heat_exponent(3.0) - 3.0, "1", "relics.mode_heat.specific_heat"),
    "LB21-c44": Computed(lambda: _heat_exponent(0.0), "1", "relics.mode_heat.specific_heat"),
    "LB21-c45": Computed(lambda: _heat_exponent(4.0), "1", "relics.mode_heat.specific_heat"),
    "LB21-c46": Computed(
        lambda: [_excess_slope(-8.0), _excess_slope(8.0)], "1", "relics.mode_heat.reduced_excess"
    ),
    "LB21-c47": Computed(_ratio_at_minimum, "1", "relics.mode_heat.minimum_of_excess"),
}
