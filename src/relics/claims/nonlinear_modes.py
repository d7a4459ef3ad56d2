"""Numbers quoted about nonlinear modes, plastic instabilities and local heat capacities."""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from relics import force_dipole, plastic_softening
from relics.claims import Computed
from relics.glass import ensembles, protocols, shear
from relics.glass.configuration import Configuration, random_configuration
from relics.glass.energy import forces_at, neighbour_list
from relics.glass.hessian import hessian
from relics.glass.minimise import minimise
from relics.glass.modes import lowest_modes, pseudo_inverse
from relics.glass.nonlinear_modes import descend_barrier, expansion, soft_starts

COOLED = "cooled-binary-r10-3d-500"


@functools.cache
def _glass() -> Configuration:
    """A plane glass of a hundred particles."""
    return minimise(random_configuration("binary-r10-2d", 100, 5)).configuration


def _decay_exponent(dimension: int) -> float:
    """Logarithmic slope of the elastic field of a force dipole, in some direction."""
    axis, place = np.ones(dimension), np.arange(1.0, dimension + 1)
    near, far = (
        np.linalg.norm(force_dipole.displacement(r * place, axis, 1.0, 3.0)) for r in (1.0, 2.0)
    )
    return float(np.log2(far / near))


def _first_order() -> float:
    """Slope of the energy along a nonlinear mode at the minimum."""
    glass = _glass()
    at = expansion(glass)
    mode = descend_barrier(at, soft_starts(at, 1, np.random.default_rng(0))[0][0])
    forces = forces_at(glass.positions.copy(), neighbour_list(glass, skin=0.4))[1]
    return -float(np.vdot(forces, mode.field))


def _ratios() -> NDArray[np.float64]:
    """b3^2/(b2 b4) of the stored nonlinear modes of cooled glasses."""
    rows = ensembles.read(protocols.stores() / COOLED).stack("nonlinear").reshape(-1, 4)
    rows = rows[np.isfinite(rows[:, 0])]
    return rows[:, 1] ** 2 / (rows[:, 0] * rows[:, 2])


def _softening_exponent() -> float:
    """Slope of ln b2 against ln(gamma_c - gamma) when the equation of motion is integrated."""
    strains = np.array([0.01, 0.018, 0.019])
    run = solve_ivp(
        lambda _, b: plastic_softening.stiffness_rate(b, 0.8, 1.5),
        (0.0, strains[-1]),
        [float(plastic_softening.stiffness_before(0.02, 0.8, 1.5))],
        t_eval=strains,
        rtol=1e-12,
        atol=1e-14,
    )
    # The strain of the instability is the zero of the straight line of b2 squared.
    square = run.y[0] ** 2
    critical = strains[0] + square[0] * (strains[1] - strains[0]) / (square[0] - square[1])
    left = np.log(critical - strains)
    return float((np.log(run.y[0, 2]) - np.log(run.y[0, 0])) / (left[2] - left[0]))


def _exponent_at_the_join() -> float:
    """Logarithmic slope of the density of modes near thresholds where theta is one quarter."""
    low, high = (
        plastic_softening.density_near_thresholds(w, 0.25, 1.0, 1.0, 1.0) for w in (0.1, 0.2)
    )
    return float(np.log2(high / low))


def _inverse_exponent() -> float:
    """Slope of ln(mode . M^-1 . mode) against ln(frequency) over modes of a glass."""
    matrix = hessian(_glass())
    stiffness, fields = lowest_modes(matrix, 12)
    inverse = pseudo_inverse(matrix)
    compliance = [float(np.vdot(f, inverse(f))) for f in fields]
    return float(np.polyfit(0.5 * np.log(stiffness), np.log(compliance), 1)[0])


def _heat_adds_up() -> bool:
    """Whether local heat capacities add up to one half of k_B for every mode of a glass."""
    glass = _glass()
    heat = shear.local_heat_capacity(glass)
    return bool(abs(heat.value.sum() / (2 * glass.N - 2) - 1) < 1e-6)


CLAIMS: dict[str, Computed] = {
    "LB21-c1": Computed(
        lambda: [_decay_exponent(d) for d in (2, 3, 4)], "1", "relics.force_dipole.displacement"
    ),
    "LB21-c26": Computed(_first_order, "1", "relics.glass.energy.forces_at"),
    "LB21-c27": Computed(
        lambda: float(np.quantile(_ratios(), 1e-3)),
        "1",
        "relics.glass.nonlinear_modes.coefficients",
        "the ratio below which one mode in a thousand of the stored glasses lies",
    ),
    "LB21-c28": Computed(
        lambda: bool(np.mean(_ratios() <= 3.0) > 0.9),
        "1",
        "relics.glass.nonlinear_modes.coefficients",
        "more than nine in ten of the stored modes",
    ),
    "LB21-c33": Computed(_softening_exponent, "1", "relics.plastic_softening.stiffness_rate"),
    "LB21-c35": Computed(_inverse_exponent, "1", "relics.glass.modes.pseudo_inverse"),
    "LB21-c36": Computed(_heat_adds_up, "1", "relics.glass.shear.local_heat_capacity"),
    "LB21-c42": Computed(
        _exponent_at_the_join, "1", "relics.plastic_softening.density_near_thresholds"
    ),
}
