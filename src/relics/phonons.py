"""Phonons of an isotropic elastic solid: Debye counting, the strain of one quantum, heat flow.

All polarisations share one sound speed, as in the scalar elasticity of LW07 Sec. III.B. SI units.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq

from relics.constants import hbar, k_B
from relics.domain import finite, positive
from relics.quadrature import integrate, legendre

Array = NDArray[np.float64]

BRANCHES = 3
"""Acoustic branches of a solid in three dimensions."""

_LARGEST = 700.0  # hbar omega/k_B T beyond which exp(x) leaves the range of a float


def bead_size(c_s: ArrayLike, omega_D: ArrayLike) -> Array:
    """Size a (m) of a bead whose number density 1/a^3 gives the Debye frequency (LW07-ua10).

    ``c_s`` sound speed (m/s), ``omega_D`` Debye frequency (rad/s), positive.
    """
    c_s, omega_D = positive(c_s=c_s, omega_D=omega_D)
    return c_s / omega_D * (6 * np.pi**2) ** (1 / 3)


def debye_frequency(c_s: ArrayLike, a: ArrayLike) -> Array:
    """Debye frequency (rad/s) of beads of size ``a`` (m): a sphere of 1/a^3 wave vectors."""
    c_s, a = positive(c_s=c_s, a=a)
    return c_s * (6 * np.pi**2 / a**3) ** (1 / 3)


def elastic_energy_density(strain: ArrayLike, density: ArrayLike, c_s: ArrayLike) -> Array:
    """Energy per volume (J/m^3) of a strain: half the modulus times its square (LW07-15)."""
    (strain,) = finite(strain=strain)
    density, c_s = positive(density=density, c_s=c_s)
    return density * c_s**2 / 2 * strain**2


def plane_wave_energy(
    amplitude: ArrayLike, wave_number: ArrayLike, density: ArrayLike, c_s: ArrayLike, side: float
) -> Array:
    """Elastic energy (J) in a cube of a standing wave amplitude*cos(k z), by quadrature over z.

    ``amplitude`` (m), ``wave_number`` (1/m), cube of ``side`` (m).
    """
    amplitude, wave_number, side_ = positive(
        amplitude=amplitude, wave_number=wave_number, side=side
    )
    amplitude, wave_number = np.broadcast_arrays(amplitude, wave_number)

    def energy_per_length(z: Array) -> Array:
        k = wave_number[..., None]
        strain = amplitude[..., None] * k * np.sin(k * z)
        return elastic_energy_density(strain, density, c_s) * side_**2

    return integrate(energy_per_length, np.zeros_like(wave_number), side_)[0]


def clamped_bar_frequencies(
    modulus: float, density: float, length: float, functions: int = 24
) -> Array:
    """Lowest angular frequencies (rad/s) of a bar clamped at both ends, increasing.

    Rayleigh and Ritz: stiffness and inertia of ``functions`` trial displacements, the integrals of
    Legendre polynomials, which vanish at the ends. The lower half of the frequencies is returned;
    the highest trial functions describe no wave. ``modulus`` (Pa), ``density`` (kg/m^3), ``length``
    (m), positive; ``functions`` at least 8.
    """
    modulus_, density_, length_ = (
        float(x) for x in positive(modulus=modulus, density=density, length=length)
    )
    if functions < 8:
        raise ValueError(f"functions must be at least 8, got {functions}")
    x, w = legendre(functions + 2)
    order = np.arange(1, functions + 1)
    # The slope of trial function n is sqrt(n + 1/2) P_n(x): all slopes are orthonormal.
    P = np.polynomial.legendre.legvander(x, functions + 1)
    trial = (P[:, order + 1] - P[:, order - 1]) / np.sqrt(2 * (2 * order + 1))
    inverse_squares = np.linalg.eigvalsh(np.einsum("x,xm,xn->mn", w, trial, trial))[::-1]
    lowest = inverse_squares[: functions // 2]
    return 2 / length_ * np.sqrt(modulus_ / density_ / lowest)


def modulus_from_travel_time(density: ArrayLike, length: ArrayLike, time: ArrayLike) -> Array:
    """Modulus (Pa) of a bar through which sound takes ``time`` (s) from end to end (LSW06 Eq. 8).

    The modulus at which the lowest vibration of the clamped bar has the period of a way to and fro,
    found as a root in its logarithm. ``density`` (kg/m^3), ``length`` (m), positive; ``ValueError``
    for a modulus that is not between 1e-86 and 1e86.
    """
    density, length, time = np.broadcast_arrays(
        *positive(density=density, length=length, time=time)
    )
    out = np.empty(density.shape)
    for index in np.ndindex(density.shape):
        wanted = math.log(np.pi / time[index])

        def excess(logarithm: float, at: tuple[int, ...] = index, wanted: float = wanted) -> float:
            bar = clamped_bar_frequencies(math.exp(logarithm), density[at], length[at])
            return math.log(bar[0]) - wanted

        out[index] = math.exp(brentq(excess, -200.0, 200.0, xtol=1e-15, rtol=1e-15))
    return out


def quantum_strain(
    omega: ArrayLike, density: ArrayLike, c_s: ArrayLike, volume: ArrayLike
) -> Array:
    """Strain amplitude of one quantum of a mode, k sqrt(hbar/(2 rho omega V)), dimensionless."""
    omega, density, c_s, volume = positive(omega=omega, density=density, c_s=c_s, volume=volume)
    return omega / c_s * np.sqrt(hbar / (2 * density * omega * volume))


def mode_density(omega: ArrayLike, c_s: ArrayLike, branches: int = 1) -> Array:
    """Modes per volume and angular frequency (s/m^3), branches omega^2/(2 pi^2 c_s^3)."""
    omega, c_s = positive(omega=omega, c_s=c_s)
    return branches * omega**2 / (2 * np.pi**2 * c_s**3)


def strain_noise(
    omega: ArrayLike, T: ArrayLike, density: ArrayLike, c_s: ArrayLike, branches: int = BRANCHES
) -> Array:
    """Symmetrised power spectrum (s) of the local strain in thermal equilibrium.

    Modes at ``omega`` (rad/s) times their squared quantum strain times coth(hbar omega/2 k_B T);
    its integral over omega/pi is the variance of the strain. ``T`` in K.
    """
    omega, T = positive(omega=omega, T=T)
    squared = quantum_strain(omega, density, c_s, 1.0) ** 2
    return (
        np.pi * mode_density(omega, c_s, branches) * squared / np.tanh(hbar * omega / (2 * k_B * T))
    )


def thermal_wavelength(T: ArrayLike, c_s: ArrayLike) -> Array:
    """Wavelength (m) 2 pi c_s/omega of the phonon with hbar omega = k_B T."""
    T, c_s = positive(T=T, c_s=c_s)
    return 2 * np.pi * hbar * c_s / (k_B * T)


def debye_integrand(x: ArrayLike) -> Array:
    """x^4 e^x/(e^x - 1)^2: the heat capacity per dx of modes counted by x^2, in k_B."""
    x = np.minimum(np.abs(np.asarray(x, dtype=float)), _LARGEST)
    return x**4 * np.exp(-x) / np.where(x > 0, np.expm1(-x), 1.0) ** 2


def debye_heat_capacity(T: ArrayLike, omega_D: ArrayLike, c_s: ArrayLike) -> Array:
    """Heat capacity per volume (J/(K m^3)) of three Debye branches cut at ``omega_D`` (rad/s)."""
    T, omega_D, c_s = np.broadcast_arrays(*positive(T=T, omega_D=omega_D, c_s=c_s))
    top = np.minimum(hbar * omega_D / (k_B * T), _LARGEST)
    modes = BRANCHES / (2 * np.pi**2) * (k_B * T / (hbar * c_s)) ** 3
    return k_B * modes * integrate(debye_integrand, np.zeros_like(top), top)[0]


def conductivity_scale(T_D: ArrayLike, c_s: ArrayLike) -> Array:
    """Natural unit k_B^3 T_D^2/(pi hbar^2 c_s) of the thermal conductivity, W/(m K) (LW07-ua11)."""
    T_D, c_s = positive(T_D=T_D, c_s=c_s)
    return k_B**3 * T_D**2 / (np.pi * hbar**2 * c_s)


def kinetic_conductivity(
    T: ArrayLike,
    mean_free_path: Callable[[Array, Array], Array],
    omega_D: float,
    c_s: float,
    tolerance: float = 1e-9,
) -> Array:
    """Thermal conductivity (W/(m K)): a third of heat capacity, path and speed, summed over modes.

    ``mean_free_path(omega, T)`` (m) takes arrays that broadcast, omega in rad/s; modes are three
    branches cut at ``omega_D`` (rad/s). LW07-ua11, first formula.
    """
    (T,) = positive(T=T)
    omega_D, c_s = (float(value) for value in positive(omega_D=omega_D, c_s=c_s))
    thermal = k_B * T / hbar
    top = np.minimum(omega_D / thermal, _LARGEST)

    def per_x(x: Array) -> Array:
        return debye_integrand(x) * mean_free_path(x * thermal[..., None], T[..., None])

    modes = BRANCHES / (2 * np.pi**2) * (thermal / c_s) ** 3
    value, _ = integrate(per_x, np.zeros_like(top), top, tolerance)
    return k_B * modes * value * c_s / 3


def conductivity_at_quality(T_over_TD: ArrayLike, quality: ArrayLike) -> Array:
    """Thermal conductivity in units of :func:`conductivity_scale` for a path of ``quality``
    wavelengths 2 pi c_s/omega, at T/T_D = ``T_over_TD`` (both positive)."""
    T_over_TD, quality = positive(T_over_TD=T_over_TD, quality=quality)
    top = np.minimum(1 / T_over_TD, _LARGEST)

    def per_x(x: Array) -> Array:
        return x**3 * np.exp(-x) / np.expm1(-x) ** 2

    return quality * T_over_TD**2 * integrate(per_x, np.zeros_like(top), top, 1e-12)[0]
