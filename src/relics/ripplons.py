"""Ripplons: vibrations of the domain wall on top of a structural transition (hbar = k_B = 1).

Frequencies, energies and temperatures of this module share one unit (any; the chapters use the
Debye frequency). A spectrum is a pair of arrays, `frequencies` and `weights`; for sharp lines the
weights are the degeneracies 2l + 1, for broadened ones the quadrature weights of a mode density,
so that every spectral sum is sum(weights * F(frequencies)). Heat capacities are per domain, in k_B.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import comb

from relics.constants import hbar, k_B
from relics.domain import positive
from relics.phonons import debye_integrand

DEBYE_DOMAIN = 200.0
"""Beads of a domain, (xi/a)^3, as LW07 rounds it."""
HIGHEST_ORDER = 9
"""Highest ripplon order that a wall made of beads supports (LW07 Sec. IV.C)."""


class Spectrum(NamedTuple):
    """Frequencies and the number of modes at each, two arrays of one shape."""

    frequencies: np.ndarray
    weights: np.ndarray


def as_spectrum(frequencies: ArrayLike, weights: ArrayLike) -> Spectrum:
    """Checked spectrum: positive finite frequencies, weights of the same shape, none negative."""
    frequencies, weights = np.atleast_1d(frequencies), np.atleast_1d(weights)
    positive(frequencies=frequencies)
    if frequencies.shape != weights.shape or not np.all(weights >= 0):
        raise ValueError(
            f"weights of shape {weights.shape} for frequencies of shape {frequencies.shape}: "
            "non-negative weights of the same shape are accepted"
        )
    return Spectrum(frequencies.astype(float), weights.astype(float))


def highest_order(beads: ArrayLike):
    """Largest ripplon order pi (R/a - 1/2) of a cell of so many beads (LW07 Sec. IV.C)."""
    positive(beads=beads)
    return np.pi * (np.cbrt(3 * np.asarray(beads) / (4 * np.pi)) - 0.5)


def ripplon_prefactor(lindemann: float = 0.1) -> float:
    """Coefficient of omega_D (a/xi)^(5/4) in the frequency of l = 2 (1.34, LW07 Eq. 33).

    `lindemann` is d_L/a, below 0.342.
    """
    positive(lindemann=lindemann)
    if lindemann >= 1 / np.sqrt(np.pi * np.e):
        raise ValueError(f"lindemann = {lindemann!r}: values below 0.342 are accepted")
    logarithm = np.log(1 / (np.pi * np.e * lindemann**2))
    tension_over_density = 27 / 32 * logarithm * (4 * np.pi / 3) ** (5 / 6)
    return float(np.sqrt(4 * tension_over_density) / (6 * np.pi**2) ** (1 / 3))


def ripplon_frequencies(orders: ArrayLike, xi_over_a: float, lindemann: float = 0.1) -> np.ndarray:
    """Frequencies of the given orders l >= 2 in units of omega_D (LW07 Eq. 33, L18 Eq. 44)."""
    orders = np.asarray(orders)
    if orders.size == 0 or not np.all(np.mod(orders, 1) == 0) or not np.all(orders >= 2):
        raise ValueError(f"orders = {orders!r}: whole numbers from 2 on are accepted")
    positive(xi_over_a=xi_over_a)
    lowest = ripplon_prefactor(lindemann) * xi_over_a**-1.25
    return lowest * np.sqrt((orders - 1) * (orders + 2) / 4)


def ripplon_spectrum(
    beads: float = DEBYE_DOMAIN, highest: int = HIGHEST_ORDER, lindemann: float = 0.1
) -> Spectrum:
    """Sharp lines l = 2..highest of a domain of so many beads, in units of omega_D.

    Weights are the degeneracies 2l + 1; 96 modes for l = 2..9.
    """
    orders = np.arange(2, highest + 1)
    frequencies = ripplon_frequencies(orders, float(np.cbrt(beads)), lindemann)
    return Spectrum(frequencies, 2.0 * orders + 1)


def zero_point_energy(spectrum: Spectrum) -> float:
    """Half the sum of the frequencies of all modes."""
    return float(0.5 * np.dot(spectrum.weights, spectrum.frequencies))


def bias_density(energy: ArrayLike, T_g: float):
    """Density of structural energies exp(-|eps|/T_g)/T_g on both signs (LW07 Eq. 34).

    Its integral over the whole axis is two, one per sign.
    """
    positive(T_g=T_g)
    return np.exp(-np.abs(energy) / T_g) / T_g


def occupation_sums(T: ArrayLike, spectrum: Spectrum):
    """log Z, mean energy over T and heat capacity of the free oscillators, each shaped like T."""
    T = np.asarray(T, dtype=float)
    x = spectrum.frequencies / T[..., None]
    decay = np.exp(-x)
    log_z = -np.log1p(-decay) @ spectrum.weights
    mean = (x * decay / -np.expm1(-x)) @ spectrum.weights
    capacity = (x**2 * decay / np.expm1(-x) ** 2) @ spectrum.weights
    return log_z, mean, capacity


def domain_partition_function(T: ArrayLike, energy: ArrayLike, spectrum: Spectrum):
    """Partition function 1 + exp(-eps/T) prod Z_l^(2l+1) of one domain (LW07 Eq. 35)."""
    positive(T=T)
    log_z, _, _ = occupation_sums(T, spectrum)
    return 1 + np.exp(log_z - np.asarray(energy) / np.asarray(T))


def domain_partition_function_by_levels(
    T: float, energy: float, spectrum: Spectrum, quanta: int
) -> float:
    """The same by adding Boltzmann factors of oscillator states, up to `quanta` in each mode.

    Multiplets of degeneracy g hold n quanta in binomial(n + g - 1, n) ways.
    """
    n = np.arange(quanta + 1)
    towers = 1.0
    for omega, g in zip(*spectrum, strict=True):
        towers *= np.dot(comb(n + g - 1, n), np.exp(-n * omega / T))
    return float(1 + np.exp(-energy / T) * towers)


def _fermi(v):
    """1/(e^v + 1) and its product with 1/(e^-v + 1), without overflow."""
    decay = np.exp(-np.abs(v))
    product = decay / (1 + decay) ** 2
    return np.where(v > 0, decay, 1.0) / (1 + decay), product


def domain_heat_capacity(T: ArrayLike, energy: ArrayLike, spectrum: Spectrum):
    """Heat capacity of one domain of bias `energy` (either sign), in k_B (LW07 Eq. 36).

    `T` and `energy` broadcast against each other.
    """
    positive(T=T)
    log_z, mean, capacity = occupation_sums(T, spectrum)
    u = np.asarray(energy) / np.asarray(T)
    occupied, fluctuation = _fermi(u - log_z)
    return (u + mean) ** 2 * fluctuation + capacity * occupied


_PANELS = np.array([-46.0, -23.0, -8.0, 8.0, 23.0, 46.0])
_GAUSS = np.polynomial.legendre.leggauss(24)


def mean_heat_capacity(
    T: ArrayLike, T_g: float, spectrum: Spectrum, signs: str = "both"
) -> np.ndarray:
    """Excess heat capacity per domain, averaged over structural energies, in k_B.

    `T` one-dimensional; `signs` says which structural energies are kept: "both" (weight two),
    "positive" or "negative" (weight one each). Average of LW07 Eq. 36 over Eq. 34.

    With u = eps/T and v = u - log Z the integrand is a bump at v = 0 plus a plateau that ends
    there; the plateau is integrated in closed form and the rest by Gauss-Legendre panels that
    break at u = 0 and v = 0.
    """
    if signs not in ("both", "positive", "negative"):
        raise ValueError(f"signs = {signs!r}: 'both', 'positive' or 'negative' are accepted")
    positive(T=T, T_g=T_g)
    T = np.atleast_1d(np.asarray(T, dtype=float))
    log_z, mean, capacity = (s[:, None] for s in occupation_sums(T, spectrum))
    t = T[:, None] / T_g

    edges = np.sort(np.concatenate([log_z + _PANELS, log_z, 0 * log_z], axis=1), axis=1)
    if signs == "positive":
        edges = np.maximum(edges, 0)
    if signs == "negative":
        edges = np.minimum(edges, 0)
    low, high = edges[:, :-1], edges[:, 1:]
    x, w = _GAUSS
    u = (low + high)[..., None] / 2 + (high - low)[..., None] / 2 * x
    weight = (high - low)[..., None] / 2 * w
    u, weight = u.reshape(T.size, -1), weight.reshape(T.size, -1)

    v = u - log_z
    occupied, fluctuation = _fermi(v)
    edge = np.where(v < 0, occupied - 1, occupied)
    density = np.exp(-np.abs(u) * t) * weight
    bump = np.sum(density * ((u + mean) ** 2 * fluctuation + capacity * edge), axis=1)
    plateau = {"positive": 0.0, "both": 1.0, "negative": 1.0}[signs] + (
        0.0 if signs == "negative" else -np.expm1(-log_z * t)[:, 0]
    )
    return t[:, 0] * bump + capacity[:, 0] * plateau


def debye_heat_capacity(T: ArrayLike, nodes: int = 80):
    """Debye heat capacity per bead in k_B at T in units of T_D, 9 T^3 int_0^(1/T) x^4 e^x/(e^x-1)^2.

    Tends to (12 pi^4/5) T^3 and to 3 (LW07 caption of Fig. 15, whose upper limit is inverted).
    """
    positive(T=T)
    T = np.asarray(T, dtype=float)
    x, w = np.polynomial.legendre.leggauss(nodes)
    upper = np.minimum(1 / T, 60.0)[..., None]
    return 9 * T**3 * np.sum(debye_integrand(upper * (x + 1) / 2) * w * upper / 2, axis=-1)


def total_heat_capacity(
    T: ArrayLike, T_g: float, spectrum: Spectrum, beads: float = DEBYE_DOMAIN, signs: str = "both"
) -> np.ndarray:
    """Excess plus Debye heat capacity per domain in k_B, T in units of T_D (LW07 Fig. 15)."""
    excess = mean_heat_capacity(T, T_g, spectrum, signs)
    return excess + beads * debye_heat_capacity(np.atleast_1d(T))


def domain_units(density: float, sound_speed: float, beads: float = DEBYE_DOMAIN) -> float:
    """Factor that turns C/T^3 in J/(kg K^4) into k_B per domain over (T/T_D)^3 (LW07 Fig. 15).

    hbar^3 rho c_s^3 6 pi^2 (xi/a)^3 / k_B^4 in kg K^4/J, with `density` kg/m^3, `sound_speed` m/s:
    the mass rho xi^3 of a domain times T_D^3/k_B.
    """
    positive(density=density, sound_speed=sound_speed, beads=beads)
    return 6 * np.pi**2 * beads * density * (hbar * sound_speed) ** 3 / k_B**4


def two_level_limit(T: float, energy: float) -> float:
    """Heat capacity in k_B of a domain with frozen ripplons: T-derivative of its mean energy.

    Central difference of the population of the upper level, eighth order; the limit of LW07
    Eq. 36 far below the lowest ripplon.
    """
    positive(T=T)
    weights = np.array([1 / 280, -4 / 105, 1 / 5, -4 / 5, 0, 4 / 5, -1 / 5, 4 / 105, -1 / 280])
    temperatures = T * (1 + 2e-3 * np.arange(-4, 5))
    mean = energy / (np.exp(energy / temperatures) + 1)
    return float(weights @ mean / (2e-3 * T))


def oscillator_partition(T: float, frequency: float) -> float:
    """Partition function of one harmonic by adding its Boltzmann factors (LW07 Sec. IV.C)."""
    positive(T=T, frequency=frequency)
    quanta = np.arange(int(60 * T / frequency) + 60)
    return float(np.sum(np.exp(-quanta * frequency / T)))


def level_table(energy: float, spectrum: Spectrum, highest: float):
    """Energies and degeneracies of a domain: the first state at zero, then the tower on `energy`.

    Occupations of the harmonics with up to `highest` ripplon energy.
    """
    positive(highest=highest)
    energies, counts = np.zeros(1), np.ones(1)
    for omega, g in zip(*spectrum, strict=True):
        n = np.arange(int(highest / omega) + 1)
        energies = (energies[:, None] + n * omega).ravel()
        counts = (counts[:, None] * comb(n + g - 1, n)).ravel()
        keep = energies <= highest
        energies, counts = energies[keep], counts[keep]
    return np.concatenate([[0.0], energy + energies]), np.concatenate([[1.0], counts])
