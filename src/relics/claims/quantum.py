"""What LW07 quotes on quantum mixing and on the elastic Casimir effect, recomputed.

Silica as the paper takes it: T_g = 1500 K, T_D = 342 K, 2200 kg/m^3, 4100 m/s, domains of 200
beads and 20 angstrom.
"""

from __future__ import annotations

import numpy as np

from relics import elastic_casimir as ec
from relics import fast_centres as fc
from relics import quantum_mixing as qm
from relics import rfot
from relics import thermal_contraction as tc
from relics.claims import Computed
from relics.constants import k_B
from relics.quadrature import integrate
from relics.ripplons import ripplon_frequencies, ripplon_spectrum
from relics.two_level_systems import schottky

T_G, T_D, DENSITY, SOUND, XI = 1500.0, 342.0, 2200.0, 4100.0, 2e-9
RATIO = 200 ** (1 / 3)
EXPONENT = 0.1
MINUTE = 60.0
RELAXATION = 2.0e-6
"""Shortest relaxation time (s) at the splitting 5.7e-4 T_D, as LW07 Sec. III.C has it."""


def _sum_inverse() -> float:
    lines = ripplon_spectrum()
    return qm.inverse_frequency_sum(lines.frequencies, lines.weights, 1.0)


def _modulus() -> float:
    return float(tc.bulk_modulus(DENSITY, SOUND))


def _cooperative_size() -> float:
    mismatch = rfot.reduced_mismatch(0.1)
    s_c = rfot.entropy_at_glass_transition(1e17, mismatch)
    return float(rfot.cooperative_size(mismatch, s_c, 1.0))


def _conductivity(T: np.ndarray, sum_inverse: float, mixing: fc.Mixing = "pile-up") -> np.ndarray:
    """Conductivity at T in units of T_D, up to a constant factor."""
    debye = k_B * T_D
    return fc.thermal_conductivity(
        T * T_D, 1.0, sum_inverse, EXPONENT, 1e-12 * debye, debye, debye, RATIO, SOUND, mixing
    )


def _slope(low: float, high: float, sum_inverse: float, mixing: fc.Mixing = "pile-up") -> float:
    T = np.array([low, high])
    kappa = _conductivity(T, sum_inverse, mixing)
    return float(np.log(kappa[1] / kappa[0]) / np.log(high / low))


def _parting() -> float:
    T = 1e-3 * np.array([1.0, 10**1.5])
    kappa = _conductivity(T, 0.0)
    return float(kappa[1] / kappa[0] / (10**1.5) ** 1.9)


def _shortest(splitting: float) -> float:
    """Shortest relaxation time at a splitting (in T_D), cold side of LW07 Eq. 25."""
    return RELAXATION * (5.7e-4 / splitting) ** 3


def _regular_term(T: float, time: float) -> float:
    """Second term of LW07 Eq. 69 averaged over thermal centres; T in units of T_D."""

    def weight(x: np.ndarray) -> np.ndarray:
        return schottky(x)

    def term(x: np.ndarray) -> np.ndarray:
        return weight(x) * fc.regular_relaxation(
            np.log(time / _shortest(1.0) * (T * x) ** 3), EXPONENT
        )

    norm = integrate(weight, 1e-3, 40.0)[0]
    return float(integrate(term, 1e-3, 40.0, 1e-6)[0] / norm)


def _fast_term(T: float) -> float:
    """First term of LW07 Eq. 69 averaged over thermal centres; T in units of T_D."""
    norm = integrate(schottky, 1e-3, 40.0)[0]
    energy = integrate(lambda x: schottky(x) * x, 1e-3, 40.0)[0] / norm
    return float(fc.fast_scattering(k_B * T_D * T * energy, _sum_inverse(), EXPONENT, k_B * T_D))


def _needed_sum(term: float) -> float:
    """B for which the first term has this value at E = 1e-2 k_B T_D."""
    return term / float(fc.fast_scattering(1e-2 * k_B * T_D, 1.0, EXPONENT, k_B * T_D))


def _dilation_coefficient() -> float:
    sites = np.random.default_rng(124).random((12, 3))
    step = 1e-4
    up, down = (ec.pair_sum_inverse_sixth(sites * np.cbrt(1 + s)) for s in (step, -step))
    return (up - down) / (2 * step * ec.pair_sum_inverse_sixth(sites))


def _orientation_average() -> float:
    """Mean over the six directions of the axes, exact for a quadratic form in each coupling."""
    axes = np.concatenate([np.eye(3), -np.eye(3)])
    g = np.sqrt(DENSITY * SOUND**2 * (XI / RATIO) ** 3 * k_B * T_G)
    couplings = ec.phonon_exchange(
        g * axes[:, None], g * axes[None, :], [3e-9, 0, 0], DENSITY, SOUND
    )
    unit = (3 / (4 * np.pi) * k_B * T_G * (XI / RATIO / 3e-9) ** 3) ** 2
    return float(np.mean(couplings**2) / unit)


def _harmonic_coefficient(harmonic_sum: float) -> float:
    return harmonic_sum / (3 / (4 * np.pi) * np.pi**3 * RATIO**4.25)


def _recomputed_rr() -> float:
    """Coefficient of the part of dF_rr/V linear in dV/V, in the paper's unit."""
    density = tc.ripplon_ripplon_density(1.0, T_G, T_D, RATIO, XI, *ripplon_spectrum())
    unit = (np.log(2) * np.pi) ** 2 * k_B / (XI**3 * T_D) * RATIO**-1.75
    return float(-2 * density / unit)


def _continuum_rr() -> float:
    """The same with the continuum sum over the orders, which it is proportional to."""
    continuum = float(tc.harmonic_sum_continuum(RATIO))
    return _recomputed_rr() * continuum / tc.harmonic_sum(*ripplon_spectrum())


def _linear_expansivity_rr() -> float:
    """Linear expansivity (1/K) of silica at 1 K by the ripplon-ripplon attraction."""
    volume = tc.expansivity_ripplon_ripplon(
        1.0, T_G, T_D, RATIO, XI, _modulus(), *ripplon_spectrum()
    )
    return float(volume) / 3


def _expansivity_ratios() -> tuple[float, float]:
    """Ripplon-TLS over ripplon-ripplon, and that over the TLS-TLS expansivity, at 1 K."""
    ripplons = tc.expansivity_ripplon_ripplon(1.0, T_G, T_D, RATIO, XI, 1.0, *ripplon_spectrum())
    mixed = tc.expansivity_ripplon_structural(T_G, T_D, RATIO, XI, 1.0, *ripplon_spectrum())
    structural = tc.expansivity_structural(1.0, T_G, RATIO, XI, 1.0)
    return float(mixed / ripplons), float(abs(ripplons / structural))


def _printed_slope() -> float:
    """Ripplon-TLS energy over T, J/(K m^3), that goes with LW07 Eq. 79 as printed."""
    return float(tc.printed_expansivity_ripplon_structural(T_G, T_D, RATIO, XI, 1.0)) / 2


def _ripplon_structural_constants() -> list[float]:
    """Prefactor and constant in the logarithm of dF_rT/V, from the text's continuum sum."""

    def scaled(T_g: float) -> float:
        density = tc.ripplon_structural_continuum(1.0, T_g, T_D, RATIO, XI)
        return float(-density * XI**3 / k_B * RATIO**4)

    first, second = scaled(1000.0), scaled(1000.0 * np.e)
    prefactor = second - first
    return [prefactor, float(np.exp(first / prefactor) / (1000.0 / T_D * RATIO**0.25))]


def _exponential_integral_orders() -> list[float]:
    small = 1e-9
    first, second = (float(tc.mean_inverse_energy(w)) for w in (small, small * np.e))
    return [first - second, first + np.log(small)]


def _structural_logarithm() -> float:
    """Coefficient of (pi T/T_g)^2 ln(T_g/T), isolated from two temperatures."""
    low, high = 1e-6, 1e-5
    low_value, high_value = (
        float(tc.structural_average(t)) / (np.pi * t) ** 2 for t in (low, high)
    )
    return (low_value - high_value) / np.log(high / low)


def _thermal_ratio() -> float:
    """Thermal ripplon-ripplon over TLS-TLS term at 1 K, both with the paper's counting."""
    ripplons = tc.printed_expansivity_ripplon_ripplon(1.0, T_D, RATIO, XI, 1.0) / 4
    structural = tc.contact_energy(T_G, RATIO, XI) / XI**6 / (k_B * T_G)
    return float(abs(ripplons / (structural * tc.structural_average(1.0 / T_G))))


def _rate_ratio() -> float:
    T = np.array([1.0, 1.0 + 1e-6])
    pair = tc.ripplon_ripplon_density(T, T_G, T_D, RATIO, XI, *ripplon_spectrum())
    single = tc.active_centres(T, T_G, XI)
    return float(np.log(pair[1] / pair[0]) / np.log(single[1] / single[0]))


def _breakdown() -> float:
    return tc.breakdown_temperature(_printed_slope(), T_G, XI) / T_G


def _steps_over_print() -> float:
    """Ripplon-TLS energy by the steps of the text over the printed one."""
    return float(tc.ripplon_structural_continuum(1.0, T_G, T_D, RATIO, XI)) / _printed_slope()


def _bound_at_tenth() -> float:
    a = (100 * k_B * T_G / (DENSITY * SOUND**2)) ** (1 / 3)
    return float(tc.direct_coupling_bound(T_G, DENSITY, SOUND, a))


def _overlap_coefficient() -> float:
    energies = np.array([0.5, 0.8, 1.1])
    couplings = 1e-4 * np.array([1.0, 2.0, 1.5])
    lost = 1 - float(qm.dressed_tunnelling(1e-7, couplings, energies)) / 1e-7
    return lost / float(qm.coupling_parameter(couplings, energies))


def _bounded() -> bool:
    grown = qm.dressed_amplitude(np.array([1e30, 1e60, 1e120]), 700.0, 1.0)
    return bool(np.all(np.diff(grown) < 1e-3 * grown[0]))


CLAIMS = {
    "LW07-c119": Computed(lambda: float(ripplon_spectrum().weights.sum()), "1", "relics.ripplons.ripplon_spectrum"),
    "LW07-c120": Computed(lambda: _cooperative_size() ** (1 / 3), "1", "relics.rfot.cooperative_size", "at the time scale 1e17, where N* is {:.0f}; Sec. II has 190 and 5.8", (_cooperative_size,)),
    "LW07-c121": Computed(_sum_inverse, "1", "relics.quantum_mixing.inverse_frequency_sum"),
    "LW07-c122": Computed(lambda: [float(fc.regular_scattering(0.0, c)) for c in (0.0, 1 - 1e-12)], "1", "relics.fast_centres.regular_scattering"),
    "LW07-c123": Computed(_parting, "1", "relics.fast_centres.thermal_conductivity", "the exponent printed, c + 1, would give {:.0f}", (lambda: 10 ** (1.5 * (EXPONENT + 1)),)),
    "LW07-c124": Computed(lambda: _needed_sum(10**0.5), "1", "relics.fast_centres.fast_scattering", "geometric middle of {:.0f} to {:.0f}", (lambda: _needed_sum(1.0), lambda: _needed_sum(10.0))),
    "LW07-c125": Computed(lambda: _regular_term(1e-2, MINUTE), "1", "relics.fast_centres.regular_relaxation", "after one minute"),
    "LW07-c126": Computed(lambda: _fast_term(1e-2), "1", "relics.fast_centres.fast_scattering"),
    "LW07-c127": Computed(lambda: _fast_term(1e-2) / _regular_term(1e-2, MINUTE), "1", "relics.fast_centres.regular_relaxation"),
    "LW07-c128": Computed(lambda: _slope(1e-4, 1e-3, 0.0), "1", "relics.fast_centres.thermal_conductivity"),
    "LW07-c129": Computed(lambda: _slope(10**-3.5, 1e-2, 100.0), "1", "relics.fast_centres.thermal_conductivity", "mean slope from 10^-3.5 to 10^-2 T_D with B = 100, piled up; {:.2f} with B = {:.0f}, {:.2f} with the folded distribution", (lambda: _slope(10**-3.5, 1e-2, _sum_inverse()), _sum_inverse, lambda: _slope(10**-3.5, 1e-2, _sum_inverse(), "folded"))),
    "LW07-c130": Computed(lambda: float(ripplon_frequencies(2, RATIO)) * T_D, "K", "relics.ripplons.ripplon_frequencies"),
    "LW07-c131": Computed(_dilation_coefficient, "1", "relics.elastic_casimir.pair_sum_inverse_sixth"),
    "LW07-c132": Computed(_orientation_average, "(3/4 pi)^2 T_g^2 (a/r)^6", "relics.elastic_casimir.phonon_exchange"),
    "LW07-c133": Computed(lambda: _harmonic_coefficient(tc.harmonic_sum(*ripplon_spectrum())), "(3/4 pi) pi^3 (xi/a)^(17/4)/omega_D", "relics.thermal_contraction.harmonic_sum", "l = 2 to 9; {:.2f} in the continuum", (lambda: _harmonic_coefficient(float(tc.harmonic_sum_continuum(RATIO))),)),
    "LW07-c134": Computed(lambda: float(tc.active_centres_exact(1e-8, 1.0, 1.0)) / 1e-8, "k_B T/(T_g xi^3)", "relics.thermal_contraction.active_centres_exact"),
    "LW07-c135": Computed(_recomputed_rr, "(ln 2)^2 pi^2", "relics.thermal_contraction.ripplon_ripplon_density", "each pair once, l = 2 to 9; {:.2f} in the continuum", (_continuum_rr,)),
    "LW07-c136": Computed(lambda: float(tc.printed_gruneisen_ripplon_ripplon(1500.0, 350.0, RATIO)), "1", "relics.thermal_contraction.printed_gruneisen_ripplon_ripplon", "Eq. 76 as printed; recomputed it is {:.1f}", (lambda: float(tc.gruneisen_ripplon_ripplon(1500.0, 350.0, RATIO, *ripplon_spectrum())),)),
    "LW07-c139": Computed(lambda: float(tc.printed_expansivity_ripplon_ripplon(1.0, T_D, RATIO, XI, _modulus())) / 3, "K^-1", "relics.thermal_contraction.printed_expansivity_ripplon_ripplon", "Eq. 75 as printed with the constants named; recomputed it is {:.1e}", (_linear_expansivity_rr,)),
    "LW07-c140": Computed(lambda: float(tc.bulk_modulus(1.0, 1.0)), "rho c_s^2", "relics.thermal_contraction.bulk_modulus"),
    "LW07-c141": Computed(_ripplon_structural_constants, "1", "relics.thermal_contraction.ripplon_structural_continuum", "together {:.1f} times the printed energy for silica", (_steps_over_print,)),
    "LW07-c142": Computed(lambda: -float(tc.centre_free_energy(1e-8, 1.0, 1.0)) / (k_B * 1e-16), "T^2/(T_g xi^3)", "relics.thermal_contraction.centre_free_energy"),
    "LW07-c143": Computed(_breakdown, "T_g", "relics.thermal_contraction.breakdown_temperature"),
    "LW07-c144": Computed(lambda: float(tc.printed_expansivity_ripplon_structural(T_G, T_D, RATIO, XI, 1.0) / tc.printed_expansivity_ripplon_ripplon(1.0, T_D, RATIO, XI, 1.0)), "1", "relics.thermal_contraction.printed_expansivity_ripplon_structural", "both as printed; recomputed {:.1f}", (lambda: _expansivity_ratios()[0],)),
    "LW07-c145": Computed(_exponential_integral_orders, "1", "relics.thermal_contraction.mean_inverse_energy"),
    "LW07-c146": Computed(_structural_logarithm, "(pi T/T_g)^2 ln(T_g/T)", "relics.thermal_contraction.structural_average", "the sign is the opposite one"),
    "LW07-c147": Computed(_thermal_ratio, "1", "relics.thermal_contraction.structural_average", "recomputed expansivities differ by a factor {:.0f}", (lambda: _expansivity_ratios()[1],)),
    "LW07-c148": Computed(lambda: float(tc.interaction_heat_capacity_ratio(RATIO, 0.1)), "1", "relics.thermal_contraction.interaction_heat_capacity_ratio", "the formula as printed; the ripplon-ripplon energy of the same section makes it large (see the chapter)"),
    "LW07-c149": Computed(_bound_at_tenth, "1", "relics.thermal_contraction.direct_coupling_bound"),
    "LW07-c150": Computed(lambda: float(tc.direct_coupling_gruneisen(k_B, 1.0, 1.0)), "1", "relics.thermal_contraction.direct_coupling_gruneisen"),
    "LW07-c151": Computed(_rate_ratio, "1", "relics.thermal_contraction.ripplon_ripplon_density"),
    "LW07-c163": Computed(_overlap_coefficient, "1", "relics.quantum_mixing.dressed_tunnelling", "Eq. 60 has the one half that the text drops here"),
    "LW07-c166": Computed(_bounded, "1", "relics.quantum_mixing.dressed_amplitude", "true of Eq. 62 only"),
}  # fmt: skip
