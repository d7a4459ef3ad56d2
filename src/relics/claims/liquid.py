"""Numbers quoted for the supercooled liquid (L18 Sec. III, LW07 Sec. II), recomputed."""

from __future__ import annotations

import numpy as np

from relics import ageing, barrier_distribution, density_functional, rfot, viscosity
from relics.claims import Computed
from relics.configurational_entropy import HARD_SPHERE_FUSION, LENNARD_JONES_FUSION
from relics.constants import N_A, k_B
from relics.materials import glass

_LINDEMANN = 0.1
_MODULUS = 1e9  # Pa, the lower of the two orders of magnitude for molecular liquids
_L18 = 1 / _LINDEMANN  # gamma/(k_B T) of L18 Eq. 28 with Eq. 19
_SILICA_UNIT, _SILICA_ATOMS = 60.08e-3, 3


def _xi_over_a(timescale: float, mismatch: float) -> float:
    N_star = rfot.cooperative_size_at_glass_transition(timescale, mismatch)
    return float(rfot.cooperativity_length(N_star, 1.0))


def _xi() -> float:
    return _xi_over_a(1e15, _L18) * glass("silica").a


def _atoms() -> float:
    return glass("silica").density / _SILICA_UNIT * N_A * _SILICA_ATOMS * _xi() ** 3


def _relaxation(barrier: float, T: float) -> float:
    """Relaxation time over the microscopic one for a barrier in k_B T_g, at T in T_g."""
    return float(rfot.relaxation_time(2 * np.sqrt(barrier * T), k_B, T / k_B, 1.0))


def _barrier(timescale: float) -> float:
    mismatch = rfot.reduced_mismatch(_LINDEMANN)
    return float(rfot.barrier(mismatch, rfot.entropy_at_glass_transition(timescale, mismatch), 1.0))


def _crossover_viscosity() -> float:
    middle = np.sqrt(1e-9 * 1e-8)  # s, LW07 Sec. II
    return float(viscosity.maxwell_viscosity(_MODULUS, middle)) / viscosity.POISE


def _sizes() -> list[float]:
    N_star = rfot.cooperative_size_at_glass_transition(1e17, rfot.reduced_mismatch(_LINDEMANN))
    return [float(N_star)] * 2


def _s_c(timescale: float) -> float:
    return float(rfot.entropy_at_glass_transition(timescale, rfot.reduced_mismatch(_LINDEMANN)))


def _size_after(time: float) -> float:
    """Cooperative size with the constants of L18 if the glass transition takes so many seconds."""
    return float(rfot.cooperative_size_at_glass_transition(rfot.relative_timescale(time), _L18))


def _product(variant: str) -> float:
    return float(ageing.nonlinearity_product(1.25, 17.0, variant))


CLAIMS = {
    "L18-c11": Computed(
        lambda: float(density_functional.localisation_parameter(_LINDEMANN)),
        "a^-2",
        "relics.density_functional.localisation_parameter",
    ),
    "L18-c12": Computed(
        _crossover_viscosity,
        "P",
        "relics.viscosity.maxwell_viscosity",
        f"between relaxation times of 1 and 10 ns, modulus {_MODULUS / 1e9:g} GPa",
    ),
    "L18-c14": Computed(
        lambda: float(rfot.modulus_from_displacement(1 / k_B, 1.0, _LINDEMANN)),
        "k_B T",
        "relics.rfot.modulus_from_displacement",
    ),
    "L18-c15": Computed(
        lambda: _size_after(3600.0),
        "1",
        "relics.rfot.cooperative_size_at_glass_transition",
        "for an hour over a picosecond; one second gives {:.0f}",
        (lambda: _size_after(1.0),),
    ),
    "L18-c16": Computed(lambda: _xi_over_a(1e15, _L18), "a", "relics.rfot.cooperativity_length"),
    "L18-c17": Computed(lambda: _xi() * 1e9, "nm", "relics.rfot.cooperativity_length", "silica"),
    "L18-c18": Computed(
        lambda: float(rfot.region_density(glass("silica").a, _xi_over_a(1e15, _L18))) * 1e-6,
        "cm^-3",
        "relics.rfot.region_density",
        "silica",
    ),
    "L18-c19": Computed(_atoms, "1", "relics.rfot.cooperativity_length", "silica"),
    "L18-c20": Computed(
        lambda: 10**viscosity.LOG10_GLASS / float(viscosity.maxwell_viscosity(_MODULUS, 1e-12)),
        "1",
        "relics.viscosity.maxwell_viscosity",
        f"from the viscosity 1e{viscosity.LOG10_GLASS:g} Pa s at T_g and a modulus of "
        f"{_MODULUS / 1e9:g} GPa",
    ),
    "L18-c21": Computed(
        lambda: _relaxation(_barrier(1e15), 0.5), "1", "relics.rfot.relaxation_time"
    ),
    "L18-c22": Computed(
        lambda: float(rfot.entropy_at_glass_transition(1e15, _L18)),
        "k_B",
        "relics.rfot.entropy_at_glass_transition",
    ),
    "LW07-ca6": Computed(
        lambda: float(viscosity.strength(rfot.reduced_mismatch(_LINDEMANN), 1.0)),
        "1",
        "relics.viscosity.strength",
    ),
    "LW07-ca7": Computed(
        lambda: float(rfot.relative_timescale(3600.0)),
        "1",
        "relics.rfot.relative_timescale",
        "with the picosecond of the text; 1e17 needs {:.1g} ps",
        (lambda: float(rfot.relative_timescale(3600.0, 1e-12)) / 1e17,),
    ),
    "LW07-ca8": Computed(lambda: _s_c(1e17), "k_B", "relics.rfot.entropy_at_glass_transition"),
    "LW07-ca9": Computed(lambda: _s_c(1e17), "k_B", "relics.rfot.entropy_at_glass_transition"),
    "LW07-ca10": Computed(
        lambda: _s_c(1e17) / HARD_SPHERE_FUSION,
        "1",
        "relics.rfot.entropy_at_glass_transition",
        "over the entropy of fusion of hard spheres; {:.2f} for Lennard-Jones particles",
        (lambda: _s_c(1e17) / LENNARD_JONES_FUSION,),
    ),
    "LW07-ca11": Computed(
        lambda: _xi_over_a(1e17, float(rfot.reduced_mismatch(_LINDEMANN))),
        "1",
        "relics.rfot.cooperativity_length",
    ),
    "LW07-ca12": Computed(_sizes, "1", "relics.rfot.cooperative_size_at_glass_transition"),
    "LW07-ca13": Computed(
        lambda: float(barrier_distribution.relative_width(1.0)),
        "1",
        "relics.barrier_distribution.relative_width",
    ),
    "LW07-ca14": Computed(lambda: _barrier(1e15), "k_B T_g", "relics.rfot.barrier"),
    "LW07-ca15": Computed(
        lambda: _product("deep"),
        "1",
        "relics.ageing.nonlinearity_product",
        "barrier at T_K for T_g/T_K = 1.25; the slope right below T_g gives {:.0f}",
        (lambda: _product("local"),),
    ),
    "LW07-ca17": Computed(
        lambda: _relaxation(float(np.log(1e3)), 1.0) * 1e-12,
        "s",
        "relics.rfot.relaxation_time",
        "three decades",
    ),
}
