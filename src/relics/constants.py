"""Physical constants in SI units (CODATA 2022, through SciPy) and the few that the papers add."""

from __future__ import annotations

from scipy import constants as _codata

k_B: float = _codata.Boltzmann
"""Boltzmann constant, J/K."""
hbar: float = _codata.hbar
"""Reduced Planck constant, J s."""
h: float = _codata.Planck
"""Planck constant, J s."""
N_A: float = _codata.Avogadro
"""Avogadro constant, 1/mol."""
R: float = _codata.gas_constant
"""Gas constant, J/(mol K)."""
e: float = _codata.elementary_charge
"""Elementary charge, C."""
epsilon_0: float = _codata.epsilon_0
"""Vacuum permittivity, F/m."""
atomic_mass: float = _codata.atomic_mass
"""Unified atomic mass unit, kg."""
eV: float = _codata.electron_volt
"""Electron volt, J."""
debye: float = 1e-21 / _codata.speed_of_light
"""One debye, C m (1e-18 statC cm)."""
