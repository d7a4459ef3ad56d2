"""Numbers that the papers quote about ripplons, the bump and the plateau, recomputed."""

from __future__ import annotations

import functools

import numpy as np

from relics import (
    barrier_distribution,
    membrane,
    phonons,
    rayleigh_scattering,
    resonance,
    ripplons,
    scattering_density,
    strain_coupling,
)
from relics.claims import Computed
from relics.constants import h, hbar, k_B
from relics.materials import glass

BEADS = 200.0
XI = BEADS ** (1 / 3)
T_G, T_D = 1500.0, 342.0
SILICA_RATIO = T_G / T_D


@functools.cache
def _bump(ratio: float) -> float:
    """Temperature (T_D) of the bump in the total heat capacity over T^3."""
    T = np.geomspace(5e-3, 0.1, 600)
    spectrum = resonance.broadened_spectrum(ratio, resonance.cutoff_frequency())
    y = ripplons.total_heat_capacity(T, ratio, spectrum) / T**3
    inner = np.flatnonzero((y[1:-1] > y[:-2]) & (y[1:-1] > y[2:])) + 1
    return float(T[inner[np.argmax(y[inner])]])


def _saddle_at_zero() -> float:
    saddle = scattering_density.SaddlePoint(ripplons.ripplon_spectrum(), 4.4)
    return float(saddle.ground(np.array(1e-6)))


def _quartic_is_small() -> bool:
    saddle = scattering_density.SaddlePoint(ripplons.ripplon_spectrum(), 4.4)
    return bool(np.max(saddle.corrections(np.geomspace(1e-3, 1, 300))[0]) < 0.6)


@functools.cache
def _growth() -> float:
    """Logarithmic slope of the exact density at high frequency: 95 at fixed T_g."""
    spectrum = ripplons.ripplon_spectrum()
    saddle = scattering_density.SaddlePoint(spectrum, 4.4)
    omega = np.array([9e3, 1e4])
    return float(np.diff(np.log(saddle.ground(omega)))[0] / np.diff(np.log(omega))[0])


@functools.cache
def _saddle_fails_below() -> float:
    """Frequency (omega_D) below which the saddle-point N_E is off by more than a factor two.

    Damped lines at T_g = 5 omega_D, the spectrum of LW07 Fig. 18; starting levels up to the same
    frequency.
    """
    spectrum = resonance.broadened_spectrum(5.0, resonance.cutoff_frequency())
    saddle = scattering_density.SaddlePoint(spectrum, 5.0)
    omega = np.geomspace(1e-3, 0.1, 300)
    exact = scattering_density.Counting.of(spectrum, 5.0, 0.2).cumulative(omega, omega)
    value = saddle.cumulative(omega, omega)
    bad = (exact == 0) | (value > 2 * np.maximum(exact, 1e-300)) | (value < 0.5 * exact)
    return float(omega[np.flatnonzero(bad)[-1]])


def _width_coefficient() -> float:
    """Half width over T_g (omega/omega_D)^3/hbar, from the golden rule in SI units."""
    density, sound, a, T_g = 2200.0, 4100.0, 3e-10, 1500.0
    coupling = float(strain_coupling.coupling(density, sound, a, T_g))
    omega_D = float(phonons.debye_frequency(sound, a))
    width = resonance.golden_rule_half_width_si(0.1 * omega_D, coupling, density, sound)
    return float(width / (k_B * T_g / hbar * 0.1**3))


def _shift_coefficient() -> float:
    """Static shift over T_g (omega_c/omega_D)^3, divided by the integral, one third."""
    return float(-resonance.shift(np.array(0.0), 1.0, 0.3, 0.0) / 0.3**3 * 3)


def _shift_exponent() -> float:
    shifts = [-float(resonance.shift(np.array(0.0), 1.0, c, 0.0)) for c in (0.2, 0.3)]
    return float(np.log(shifts[1] / shifts[0]) / np.log(1.5))


def _path(printed: bool) -> float:
    return rayleigh_scattering.path_in_wavelengths(XI, 4.4, 30.0, printed=printed)


def _background(beads: float) -> float:
    """Debye heat capacity (k_B) of a domain at a thousandth of T_D, over 1e-9."""
    return beads * float(ripplons.debye_heat_capacity(np.array(1e-3)) / 1e-9)


def _pressure() -> list[float]:
    radius, a = 1e-9, 3e-10
    tension = float(membrane.surface_free_energy(radius, 1.0, a) / (4 * np.pi * radius**2))
    p = membrane.compensating_pressure(radius, 1.0, a) * radius / tension
    return [p, 2 * membrane.stiffening_factor(radius, a)]


def _zero_point() -> bool:
    energy = ripplons.zero_point_energy(ripplons.ripplon_spectrum()) * T_D
    return energy > 1e3


LINES = ripplons.ripplon_spectrum(BEADS)
_PREFACTOR = Computed(
    lambda: membrane.barrier_top_prefactor(XI),
    "(a/xi) omega_D",
    "relics.membrane.barrier_top_prefactor",
    "{:.2f} from the stated tunnelling profile, {:.2f} from the activation profile",
    (
        lambda: membrane.barrier_top_prefactor(XI),
        lambda: membrane.barrier_top_prefactor(XI, profile="classical"),
    ),
)
_RIPPLON = Computed(
    ripplons.ripplon_prefactor, "(a/xi)^(5/4) omega_D", "relics.ripplons.ripplon_prefactor"
)
_LOWEST = Computed(
    lambda: float(LINES.frequencies[0]), "omega_D", "relics.ripplons.ripplon_frequencies"
)
_TERAHERTZ = Computed(
    lambda: float(LINES.frequencies[0]) * k_B * T_D / h / 1e12,
    "THz",
    "relics.ripplons.ripplon_frequencies",
)
_RATIO = Computed(
    lambda: SILICA_RATIO,
    "1",
    "relics.materials.glass",
    f"{T_G:g} K over {T_D:g} K, as LW07 has them",
)
_CUTOFF = Computed(
    lambda: 6 / float(rayleigh_scattering.radius_in_wave_numbers(1.0, 1.0)),
    "(a/xi) omega_D",
    "relics.rayleigh_scattering.radius_in_wave_numbers",
)

CLAIMS = {
    "L18-c28": _PREFACTOR,
    "L18-c31": _RIPPLON,
    "L18-c32": Computed(
        lambda: float(LINES.frequencies[0]),
        "omega_D",
        "relics.ripplons.ripplon_frequencies",
        "for 200 beads; the 10^2 that the text names would give {:.3f}",
        (lambda: float(ripplons.ripplon_spectrum(100.0).frequencies[0]),),
    ),
    "L18-c33": _TERAHERTZ,
    "L18-c34": _RATIO,
    "LW07-ca46": Computed(
        lambda: float(membrane.wall_mass(0.01 * 1e-25 * 4100.0**2 / k_B, 4100.0, 5.8) / 1e-25),
        "m",
        "relics.membrane.wall_mass",
    ),
    "LW07-ca47": Computed(
        lambda: float(membrane.wall_density(1.0, 1.0, 0.1)),
        "molecular mass",
        "relics.membrane.wall_density",
    ),
    "LW07-ca48": _PREFACTOR,
    "LW07-ca49": Computed(
        lambda: membrane.barrier_top_prefactor(5.8) / 5.8,
        "1",
        "relics.membrane.barrier_top_prefactor",
    ),
    "LW07-ca50": Computed(
        lambda: float(
            membrane.crossover_temperature(
                membrane.barrier_top_prefactor(XI) / XI * glass("silica").omega_D
            )
        ),
        "K",
        "relics.membrane.crossover_temperature",
    ),
    "LW07-ca51": Computed(membrane.stiffening_factor, "1", "relics.membrane.stiffening_factor"),
    "LW07-ca52": Computed(_pressure, "1", "relics.membrane.compensating_pressure"),
    "LW07-ca53": _RIPPLON,
    "LW07-ca54": _LOWEST,
    "LW07-ca55": Computed(
        lambda: float(ripplons.highest_order(BEADS)), "1", "relics.ripplons.highest_order"
    ),
    "LW07-ca56": _TERAHERTZ,
    "LW07-ca57": Computed(_zero_point, "", "relics.ripplons.zero_point_energy"),
    "LW07-ca58": Computed(
        lambda: _background(1.0),
        "k_B per particle",
        "relics.ripplons.debye_heat_capacity",
    ),
    "LW07-ca59": Computed(
        lambda: _background(5.8**3),
        "k_B per domain",
        "relics.ripplons.debye_heat_capacity",
        "xi/a = 5.8, whose cube the text rounds to 200; with 200 itself it is {:.3g}",
        (lambda: _background(BEADS),),
    ),
    "LW07-c101": Computed(_saddle_at_zero, "1", "relics.scattering_density.SaddlePoint"),
    "LW07-c102": Computed(
        lambda: _saddle_at_zero() - 1, "1", "relics.scattering_density.SaddlePoint"
    ),
    "LW07-c103": Computed(
        lambda: float(LINES.weights.sum()), "1", "relics.ripplons.ripplon_spectrum"
    ),
    "LW07-c104": Computed(
        _growth,
        "1",
        "relics.scattering_density.SaddlePoint",
        "tends to {:.0f} at fixed T_g: the structural energy adds no power; {:.0f} belongs to "
        "frequencies far below {:.0f} T_g",
        (_growth, *2 * [lambda: float(LINES.weights.sum())]),
    ),
    "LW07-c105": Computed(_quartic_is_small, "", "relics.scattering_density.SaddlePoint"),
    "LW07-c106": Computed(
        _saddle_fails_below,
        "omega_D",
        "relics.scattering_density.SaddlePoint",
        "damped lines at T_g = 5 omega_D as in Fig. 18, E = omega: off by more than a factor two "
        "below this frequency; sharp lines have no states there below {:.2g}",
        # Their lowest level lies within omega + E = 2 omega only above half of it.
        (lambda: float(LINES.frequencies[0]) / 2,),
    ),
    "LW07-c107": Computed(
        lambda: float(scattering_density.thermal_weight(0.0, 1.0)),
        "1",
        "relics.scattering_density.thermal_weight",
    ),
    "LW07-c108": _RATIO,
    "LW07-c111": Computed(_width_coefficient, "1", "relics.resonance.golden_rule_half_width_si"),
    "LW07-c112": Computed(_shift_coefficient, "1", "relics.resonance.shift"),
    "LW07-c114": _CUTOFF,
    "LW07-c116": Computed(
        lambda: _bump(2.0) / _bump(4.0),
        "1",
        "relics.ripplons.total_heat_capacity",
        "below the bump at a ratio of 2, which fits the data best",
    ),
    "LW07-c117": Computed(
        resonance.sign_change_of_shift,
        "omega_c",
        "relics.resonance.sign_change_of_shift",
        "{:.2f}, below the cut-off, not at a multiple of it",
        (resonance.sign_change_of_shift,),
    ),
    "LW07-c118": Computed(
        lambda: float(barrier_distribution.relative_width(30.0)) * 30**0.5,
        "omega_c D^(-1/2)",
        "relics.barrier_distribution.relative_width",
        "Appendix A, which is cited for it, has omega_l/(2 sqrt D)",
    ),
    "LW07-c152": Computed(
        lambda: 1 / float(rayleigh_scattering.radius_in_wave_numbers(1.0, 1.0)),
        "(a/xi) omega_D",
        "relics.rayleigh_scattering.radius_in_wave_numbers",
    ),
    "LW07-c153": Computed(lambda: 1 / XI, "1", "relics.ripplons.ripplon_spectrum"),
    "LW07-c154": Computed(
        lambda: _path(printed=False),
        "1",
        "relics.rayleigh_scattering.path_in_wavelengths",
        "D = 30, corrected weight (l-1)(l+2); with the printed one it is {:.2g}",
        (lambda: _path(printed=True),),
    ),
    "LW07-c155": Computed(
        lambda: float(strain_coupling.quality_factor(XI)),
        "1",
        "relics.strain_coupling.quality_factor",
    ),
    "LW07-c156": _CUTOFF,
    "LW07-c157": Computed(
        lambda: float(rayleigh_scattering.radius_in_wave_numbers(1 / 30, XI)),
        "1",
        "relics.rayleigh_scattering.radius_in_wave_numbers",
    ),
    "LW07-c158": Computed(
        lambda: rayleigh_scattering.quadratic_crossover(XI),
        "omega_D",
        "relics.rayleigh_scattering.quadratic_crossover",
        "{:.2g} if the linear term carries the reduction at the boundary of Sec. III.B",
        (lambda: rayleigh_scattering.quadratic_crossover(XI, edge_reduction=True),),
    ),
    "LW07-c159": Computed(
        lambda: float(ripplons.highest_order(BEADS)), "1", "relics.ripplons.highest_order"
    ),
    "LW07-c160": Computed(membrane.stiffening_factor, "1", "relics.membrane.stiffening_factor"),
    "LW07-c162": Computed(_shift_exponent, "1", "relics.resonance.shift"),
    "LW07-c164": Computed(
        rayleigh_scattering.mean_falling_displacement,
        "1",
        "relics.rayleigh_scattering.mean_falling_displacement",
    ),
}
