"""Hard spheres in three dimensions: liquid, free-volume glasses, and barriers between them.

A model of an off-equilibrium diagram (L18 Fig. 7), not a fit: the liquid is Carnahan and
Starling's; a glass that jams at the filling fraction phi_J is a cell model, each particle free to
move by the difference of its cell's and its own linear size, with the entropy and the pressure
that follow from one free energy; a glass is prepared where its pressure equals the liquid's.
Reduced units: k_B T = 1, entropies per particle in k_B, pressures as Z = p/(rho k_B T), volumes
per particle as the inverse filling fraction.
"""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq

from relics.constants import k_B
from relics.domain import positive
from relics.quadrature import derivative

Array = NDArray[np.float64]

IDEAL_GLASS_FRACTION = 0.62
"""Filling fraction at which the configurational entropy is taken to vanish (a choice)."""
SMALLEST_EVENT = 4 * np.pi / 3
"""Particles inside the radius of one spacing: the least size that an activated event can have."""


def _fraction(phi: ArrayLike, below: float = 1.0) -> Array:
    (phi,) = positive(phi=phi)
    if np.any(phi >= below):
        raise ValueError(f"phi must be below {below:.4g}, got {phi.max():.4g}")
    return phi


def filling_fraction(rho: ArrayLike, sigma: ArrayLike) -> Array:
    """rho pi sigma^3/6 for a number density (1/m^3) and a diameter (m). L18 Fig. 6, corrected."""
    rho, sigma = positive(rho=rho, sigma=sigma)
    return rho * np.pi * sigma**3 / 6


def liquid_compressibility_factor(phi: ArrayLike) -> Array:
    """Z = p/(rho k_B T) of the liquid, Carnahan and Starling; 0 < phi < 1."""
    phi = _fraction(phi)
    return (1 + phi + phi**2 - phi**3) / (1 - phi) ** 3


def liquid_entropy(phi: ArrayLike) -> Array:
    """Entropy per particle of the liquid, up to a constant: -ln phi less the excess free energy."""
    phi = _fraction(phi)
    return -np.log(phi) - phi * (4 - 3 * phi) / (1 - phi) ** 2


def liquid_modulus(phi: ArrayLike) -> Array:
    """K/(rho k_B T) = d(phi Z)/d phi of the liquid."""
    phi = _fraction(phi)
    return (1 + 4 * phi + 4 * phi**2 - 4 * phi**3 + phi**4) / (1 - phi) ** 4


def _below_jamming(phi: ArrayLike, phi_J: ArrayLike) -> tuple[Array, Array]:
    phi, phi_J = positive(phi=phi, phi_J=phi_J)
    if np.any(phi >= phi_J):
        raise ValueError("phi must be below phi_J")
    return phi, phi_J


def glass_compressibility_factor(phi: ArrayLike, phi_J: ArrayLike) -> Array:
    """Z = 1/(1 - (phi/phi_J)^(1/3)) of a glass that jams at phi_J > phi; 3/(1 - phi/phi_J) there."""
    phi, phi_J = _below_jamming(phi, phi_J)
    return 1 / (1 - np.cbrt(phi / phi_J))


def glass_fraction(pressure: ArrayLike, phi_J: ArrayLike) -> Array:
    """Filling fraction of a glass at the reduced pressure phi Z."""
    pressure, phi_J = positive(pressure=pressure, phi_J=phi_J)
    # x = (phi/phi_J)^(1/3) solves x^3 phi_J = pressure (1 - x): one real root, as a hyperbolic sine.
    scale = np.sqrt(pressure / (3 * phi_J))
    return (2 * scale * np.sinh(np.arcsinh(1.5 / scale) / 3)) ** 3 * phi_J


def glass_modulus(phi: ArrayLike, phi_J: ArrayLike) -> Array:
    """K/(rho k_B T) = d(phi Z)/d phi of a glass; Z^2/3 at jamming. L18 Sec. IV, before Eq. 45."""
    phi, phi_J = _below_jamming(phi, phi_J)
    x = np.cbrt(phi / phi_J)
    return (1 - 2 * x / 3) / (1 - x) ** 2


def free_volume_modulus(p: ArrayLike, rho: ArrayLike, T: ArrayLike) -> Array:
    """Modulus (Pa) of rigid particles under the pressure ``p`` (Pa) near jamming (L18 Sec. IV).

    The free energy per particle is -3 k_B T ln(v - v_J) in its volume v. Both v_J, by the pressure,
    and the modulus come from derivatives by Cauchy's integral. ``rho`` in 1/m^3, ``T`` in K, all
    positive; below p = 3 rho k_B T, far from jamming, v_J is negative and the formula a mere
    continuation.
    """
    p, rho, T = np.broadcast_arrays(*positive(p=p, rho=rho, T=T))
    out = np.empty(p.shape)
    for at in np.ndindex(p.shape):
        thermal = rho[at] * k_B * T[at]
        wanted = float(p[at] / thermal)

        def slope(free: float, order: int) -> float:
            """Derivative by the relative change of the volume; `free` is (v - v_J)/v."""
            return derivative(lambda x: -3 * np.log(free + x), 0.0, free / 2, order)

        def excess(logarithm: float, wanted: float = wanted) -> float:
            return np.log(-slope(np.exp(logarithm), 1) / wanted)

        free = np.exp(brentq(excess, -200.0, 200.0, xtol=1e-15, rtol=1e-15))
        out[at] = thermal * slope(free, 2)
    return out


def vibrational_entropy(phi: ArrayLike, phi_J: ArrayLike) -> Array:
    """3 ln(phi^(-1/3) - phi_J^(-1/3)), whose density derivative is the pressure of the glass."""
    phi, phi_J = _below_jamming(phi, phi_J)
    return 3 * np.log(1 / np.cbrt(phi) - 1 / np.cbrt(phi_J))


def jamming_fraction(phi: ArrayLike) -> Array:
    """phi_J of the glass prepared from the liquid at phi: the pressures agree there."""
    phi = _fraction(phi)
    return phi / (1 - 1 / liquid_compressibility_factor(phi)) ** 3


@functools.cache
def _entropy_origin(ideal: float) -> float:
    return float(liquid_entropy(ideal) - vibrational_entropy(ideal, jamming_fraction(ideal)))


def configurational_entropy(phi: ArrayLike, ideal: float = IDEAL_GLASS_FRACTION) -> Array:
    """Liquid less vibrational entropy per particle, zero at the filling fraction `ideal`."""
    phi = _fraction(phi)
    return (
        liquid_entropy(phi)
        - vibrational_entropy(phi, jamming_fraction(phi))
        - _entropy_origin(ideal)
    )


def liquid_fraction(pressure: float) -> float:
    """Filling fraction of the liquid at the reduced pressure phi Z."""
    positive(pressure=pressure)
    return brentq(
        lambda phi: phi * float(liquid_compressibility_factor(phi)) - pressure,
        1e-9,
        0.999,
    )


@functools.lru_cache(maxsize=100_000)
def driving_force(phi: float, prepared: float, ideal: float = IDEAL_GLASS_FRACTION) -> float:
    """Gibbs free energy per particle (k_B T) that a glass at `phi` releases on reaching equilibrium.

    The glass was prepared at `prepared`; equilibrium at the same pressure is the liquid, or beyond
    `ideal` the glass without configurational entropy. At phi = prepared it is s_c. L18 Sec. IV.
    """
    phi_J = float(jamming_fraction(prepared))
    Z = float(glass_compressibility_factor(phi, phi_J))
    pressure = phi * Z
    glass_energy = -float(vibrational_entropy(phi, phi_J)) + Z
    other = liquid_fraction(pressure)
    if other <= ideal:
        entropy = float(liquid_entropy(other)) - _entropy_origin(ideal)
    else:
        ideal_J = float(jamming_fraction(ideal))
        other = float(glass_fraction(pressure, ideal_J))
        entropy = float(vibrational_entropy(other, ideal_J))
    return glass_energy - (pressure / other - entropy)


def critical_size(phi: float, prepared: float, ideal: float = IDEAL_GLASS_FRACTION) -> float:
    """Particles at the top of the barrier, [gamma/(2 driving force)]^2 with gamma^2 = K k_B T/rho.

    On the equilibrium line (phi = prepared) K is the liquid's, elsewhere the glass's; L18 Eqs. 28,
    30 with the driving force of `driving_force`. Raises ValueError where nothing drives.
    """
    force = driving_force(phi, prepared, ideal)
    if force <= 0:
        raise ValueError(f"no driving force at phi = {phi:g} (prepared {prepared:g})")
    modulus = (
        liquid_modulus(phi) if phi == prepared else glass_modulus(phi, jamming_fraction(prepared))
    )
    return float(modulus) / (2 * force) ** 2


def activated_crossover(size: float = SMALLEST_EVENT, ideal: float = IDEAL_GLASS_FRACTION) -> float:
    """Filling fraction of the liquid at which the critical size equals `size`."""
    positive(size=size)
    low, high = (critical_size(phi, phi, ideal) for phi in (0.40, ideal - 1e-4))
    if not low < size < high:
        raise ValueError(
            f"size = {float(size):g}: between 0.40 and {ideal:g} it is {low:.3g} to {high:.3g}"
        )
    return brentq(lambda phi: critical_size(phi, phi, ideal) - size, 0.40, ideal - 1e-4)


def string_spinodal(
    prepared: float, size: float = SMALLEST_EVENT, ideal: float = IDEAL_GLASS_FRACTION
) -> list[float]:
    """Filling fractions at which the critical size of one glass equals `size`, possibly none.

    Searched between preparation and jamming on a grid even in the logarithm of the free volume.
    """
    positive(prepared=prepared, size=size)
    phi_J = float(jamming_fraction(prepared))
    phis = phi_J - (phi_J - prepared) * np.geomspace(1 - 1e-9, 1e-5, 60)
    excess = np.array([critical_size(phi, prepared, ideal) - size for phi in phis])
    crossings = np.flatnonzero(np.sign(excess[:-1]) != np.sign(excess[1:]))
    return [
        brentq(lambda phi: critical_size(phi, prepared, ideal) - size, phis[k], phis[k + 1])
        for k in crossings
    ]


def gibbs_energy_of_compression(
    p_0: ArrayLike, p_1: ArrayLike, v_J: ArrayLike, thermal_energy: ArrayLike
) -> Array:
    """Delta G = int V dp per particle of rigid particles near jamming, by quadrature, in J.

    V = v_J + 3 k_B T/p with v_J in m^3, `thermal_energy` = k_B T in J, pressures in Pa. L18 Sec. IV.
    """
    p_0, p_1, v_J, kT = positive(p_0=p_0, p_1=p_1, v_J=v_J, thermal_energy=thermal_energy)
    nodes, weights = np.polynomial.legendre.leggauss(64)
    span = np.log(p_1 / p_0) / 2
    p = p_0 * np.exp(span * (nodes.reshape((-1,) + (1,) * span.ndim) + 1))
    return span * np.tensordot(weights, v_J * p + 3 * kT, axes=1)


def kinetic_pressure(rho: ArrayLike, T: ArrayLike, Z: ArrayLike) -> Array:
    """Pressure (Pa) that particles exert by their motion, rho k_B T Z; rho in 1/m^3. L18 Sec. IV."""
    rho, T, Z = positive(rho=rho, T=T, Z=Z)
    return rho * k_B * T * Z


def brownian_time(radius: ArrayLike, viscosity: ArrayLike, T: ArrayLike) -> Array:
    """Time (s) in which a sphere diffuses its own radius, 6 pi eta R^3/(k_B T), up to order one."""
    radius, viscosity, T = positive(radius=radius, viscosity=viscosity, T=T)
    return 6 * np.pi * viscosity * radius**3 / (k_B * T)
