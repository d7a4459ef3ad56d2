"""Thermal conductivity of a glass whose phonons scatter off ripplon-dressed transitions.

Reduced units: hbar = k_B = omega_D = c_s = 1, temperatures in T_D. Conductivities are in units of
K = k_B^3 T_D^2/(pi hbar^2 c_s), `relics.phonons.conductivity_scale`. The wave length is 2 pi c_s/omega throughout, as in "the mean free
path is 150 wave lengths"; the low-temperature level is that measured number, and the densities of
`relics.scattering_density` say how much shorter the path becomes (LW07 Sec. IV.E).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from relics.phonons import conductivity_at_quality, debye_integrand
from relics.scattering_density import (
    SADDLE_NORM,
    Counting,
    SaddlePoint,
    fermi_slope,
    logarithmic_rule,
)

MEASURED_PATH = 150.0
"""Mean free path over wave length below 1 K (Freeman and Anderson 1986, as LW07 quotes it)."""


def _temperatures(T: ArrayLike) -> np.ndarray:
    T = np.atleast_1d(np.asarray(T, dtype=float))
    if T.size == 0 or T.ndim != 1 or not np.all(np.isfinite(T)) or not np.all(T > 0):
        raise ValueError(f"T = {T!r}: a list of positive temperatures in T_D is accepted")
    return T


def summed_conductivity(T: ArrayLike, omega: np.ndarray, weight: np.ndarray, path: ArrayLike):
    """Conductivity in units of K from the mean free path in wave lengths (LW07 Sec. IV.E).

    `omega` nodes up to omega_D with `weight` in log omega, `path` of shape (temperatures, nodes)
    or (nodes,): T^2 int x^3 e^x/(e^x-1)^2 (l/lambda) dx, three polarisations.
    """
    T = _temperatures(T)
    return T**2 * ((debye_integrand(omega / T[:, None]) * path) @ weight)


def wavelength_limited_conductivity(T: ArrayLike) -> np.ndarray:
    """Conductivity in units of K if every path is one wave length, the floor of all curves."""
    return conductivity_at_quality(_temperatures(T), 1.0)


def scattering_enhancement(
    T: ArrayLike,
    omega: np.ndarray,
    density: SaddlePoint | Counting,
    thermal: str = "fermi",
    alpha: float = 1.0,
) -> np.ndarray:
    """How many times the bare two-level scattering, shape (temperatures, frequencies).

    T_g (rho + rho_exc) over its low-frequency value. `thermal="fermi"` weights starting levels
    with 2/(e^(E/T) + 1) (LW07 Eq. 43); "step" counts all levels up to alpha T (LW07 Sec. IV.F).
    """
    T = _temperatures(T)
    if thermal not in ("fermi", "step"):
        raise ValueError(f"thermal = {thermal!r}: 'fermi' or 'step' are accepted")
    if thermal == "step":
        excited = density.cumulative(omega, alpha * T[:, None])
    else:
        # Counted states make steps, which need finer panels than a smooth saddle point.
        width = 0.12 if isinstance(density, Counting) else 0.5
        energy, weight = logarithmic_rule(1e-7 * T.min(), 45 * T.max(), width)
        rate = fermi_slope(np.minimum(energy / T[:, None], 700)) * weight
        excited = rate @ density.cumulative(omega, energy[:, None])
    norm = SADDLE_NORM if isinstance(density, SaddlePoint) else 1.0
    return (density.ground(omega) + excited) / norm


def plateau_conductivity(
    T: ArrayLike,
    density: SaddlePoint | Counting,
    thermal: str = "fermi",
    alpha: float = 1.0,
    path: float = MEASURED_PATH,
) -> np.ndarray:
    """Conductivity in units of K with l = c_s tau + lambda (LW07 Figs. 19, 20; L18 Fig. 4).

    `T` in T_D; `density` supplies T_g rho and T_g N_E; `path` is the measured l/lambda at low T.
    """
    T = _temperatures(T)
    if isinstance(density, Counting):
        omega, weight = logarithmic_rule(1e-4 * T.min(), 1.0, width=0.04)
    else:
        omega, weight = logarithmic_rule(1e-4 * T.min(), 1.0)
    enhancement = scattering_enhancement(T, omega, density, thermal, alpha)
    return summed_conductivity(T, omega, weight, path / enhancement + 1)


def local_slope(T: ArrayLike, kappa: ArrayLike) -> np.ndarray:
    """Logarithmic slope d ln kappa / d ln T on the given temperatures."""
    return np.gradient(np.log(kappa), np.log(_temperatures(T)))


def scattering_rate(omega: ArrayLike, enhancement: ArrayLike, xi_over_a: float):
    """Rate 1/tau in units of omega_D, pi (a/xi)^3 omega T_g (rho + rho_exc) (LW07 Eq. 48).

    `omega` in omega_D; `enhancement` the dimensionless density per domain; the coupling
    g^2 = rho c_s^2 a^3 k_B T_g and the volume xi^3 of a domain are inserted.
    """
    return np.pi * np.asarray(omega) * np.asarray(enhancement) / xi_over_a**3


def discrete_conductivity(capacities, lifetimes, wavelengths, sound_speed: float) -> float:
    """Conductivity of a list of modes with l = c_s tau + lambda, SI units (LW07 Sec. IV.E).

    One third of heat capacity (J/(K m^3)), path (m) and speed (m/s), added up.
    """
    capacity, life, wave = (np.asarray(v, float) for v in (capacities, lifetimes, wavelengths))
    return float(np.dot(capacity, life * sound_speed + wave) * sound_speed / 3)
