"""Thermal contraction by the attraction of tunnelling centres, and its Grueneisen parameters.

Centres attract by second-order phonon exchange (`relics.elastic_casimir`); the gain grows with
temperature and with the density, so that a glass contracts on heating. Every sum that leads to
LW07 Eqs. 75 to 80 is done here step by step: each pair once, ripplons one by one. What the paper
prints is kept beside it in the functions ``printed_...``.

SI units, temperatures in K; ``size_ratio`` = xi/a. Ripplon frequencies are in units of the Debye
frequency, with the number of modes at each. Energy densities are in J/m^3, expansivities that of
the volume, in 1/K, at the bulk modulus given.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.polynomial import Polynomial
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.special import exp1, expi

from relics.constants import k_B
from relics.domain import nonnegative, positive
from relics.quadrature import integrate

Array = NDArray[np.float64]


def bulk_modulus(density: ArrayLike, sound_speed: ArrayLike) -> Array:
    """rho c_s^2/3 in Pa: three scalar branches, the strain of each a third of the dilation."""
    density, sound_speed = positive(density=density, sound_speed=sound_speed)
    return density * sound_speed**2 / 3


def excluded_pair_integral(xi: ArrayLike) -> Array:
    """Integral of 1/r^6 over the space outside a sphere of the volume xi^3, 1/m^3, by quadrature."""
    (xi,) = positive(xi=xi)
    radius = xi * np.cbrt(3 / (4 * np.pi))
    # With r = R/u the range is finite and the integrand a polynomial.
    return 4 * np.pi / radius**3 * integrate(lambda u: u**2, 0.0, 1.0)[0]


def active_centres(T: ArrayLike, T_g: ArrayLike, xi: ArrayLike) -> Array:
    """Centres thermally in their upper state per volume, 1/m^3, for T far below T_g: ln 2 T/T_g."""
    T, T_g, xi = positive(T=T, T_g=T_g, xi=xi)
    return np.log(2) * T / (T_g * xi**3)


def active_centres_exact(T: ArrayLike, T_g: ArrayLike, xi: ArrayLike) -> Array:
    """The same with the exponential density of biases (LW07 Eq. 34), by quadrature."""
    T, T_g, xi = np.broadcast_arrays(*positive(T=T, T_g=T_g, xi=xi))
    ratio = (T / T_g)[..., None]
    zero, top = np.zeros_like(T), np.full_like(T, 60.0)
    number = integrate(lambda x: np.exp(-ratio * x) / (1 + np.exp(x)), zero, top)[0]
    return T / T_g * number / xi**3


def harmonic_sum(frequencies: ArrayLike, degeneracies: ArrayLike) -> float:
    """Double sum of g_1 g_2/(omega_1 + omega_2) over the multiplets, inverse unit of frequency."""
    (frequencies,) = positive(frequencies=frequencies)
    (degeneracies,) = positive(degeneracies=degeneracies)
    if frequencies.ndim != 1 or frequencies.shape != degeneracies.shape:
        raise ValueError(
            f"frequencies of shape {frequencies.shape}, degeneracies {degeneracies.shape}: "
            "expected two arrays of one length"
        )
    products = np.multiply.outer(degeneracies, degeneracies)
    return float(np.sum(products / np.add.outer(frequencies, frequencies)))


def harmonic_sum_continuum(size_ratio: ArrayLike, prefactor: ArrayLike = 1.34) -> Array:
    """The same with omega_l = (prefactor/2)(a/xi)^(5/4) l and l from 0 to pi R/a, by quadrature.

    In units of 1/omega_D; R is the radius of a domain.
    """
    size_ratio, prefactor = positive(size_ratio=size_ratio, prefactor=prefactor)
    highest = np.pi * np.cbrt(3 / (4 * np.pi)) * size_ratio
    slope = prefactor / 2 * size_ratio**-1.25
    # The square splits into two equal triangles; with y = ux the double integral factorises.
    triangle = 2 * integrate(lambda u: 4 * u / (1 + u), 0.0, 1.0)[0] / 3
    return highest**3 / slope * triangle


def contact_energy(T_g: ArrayLike, size_ratio: ArrayLike, xi: ArrayLike) -> Array:
    """Mean squared coupling summed over all partners outside the domain, J^2, per centre density.

    (2/3)(3/4 pi)^2 (k_B T_g)^2 a^6 times `excluded_pair_integral`: J^2 once multiplied by the
    density of partners (1/m^3), so the unit is J^2 m^3.
    """
    T_g, size_ratio, xi = positive(T_g=T_g, size_ratio=size_ratio, xi=xi)
    square = 2 / 3 * (3 / (4 * np.pi)) ** 2 * (k_B * T_g) ** 2 * (xi / size_ratio) ** 6
    return square * excluded_pair_integral(xi)


def ripplon_ripplon_density(
    T: ArrayLike,
    T_g: ArrayLike,
    T_D: ArrayLike,
    size_ratio: ArrayLike,
    xi: ArrayLike,
    frequencies: ArrayLike,
    degeneracies: ArrayLike,
) -> Array:
    """Free energy of the ripplon-ripplon attraction, each pair counted once, J/m^3 (negative)."""
    (T_D,) = positive(T_D=T_D)
    virtual = harmonic_sum(frequencies, degeneracies) / (k_B * T_D)
    return -0.5 * active_centres(T, T_g, xi) ** 2 * contact_energy(T_g, size_ratio, xi) * virtual


def mean_inverse_energy(ratio: ArrayLike) -> Array:
    """T_g times the mean of 1/(omega + eps) over exponential biases eps; ``ratio`` = omega/T_g."""
    (ratio,) = positive(ratio=ratio)
    return np.exp(ratio) * exp1(ratio)


def ripplon_structural_density(
    T: ArrayLike,
    T_g: ArrayLike,
    T_D: ArrayLike,
    size_ratio: ArrayLike,
    xi: ArrayLike,
    frequencies: ArrayLike,
    degeneracies: ArrayLike,
) -> Array:
    """Free energy of the ripplon-TLS attraction, J/m^3 (negative).

    Either centre of a pair may hold the ripplon, so both orders count. The bias of the other is
    averaged over LW07 Eq. 34 with the exponential integral, not with its expansion.
    """
    T_g, T_D = positive(T_g=T_g, T_D=T_D)
    inverse = mean_inverse_energy(np.asarray(frequencies, float) * (T_D / T_g)[..., None])
    average = np.sum(np.asarray(degeneracies, float) * inverse, axis=-1) / (k_B * T_g)
    contact = contact_energy(T_g, size_ratio, xi)
    return -active_centres(T, T_g, xi) * contact * average / np.asarray(xi, float) ** 3


def ripplon_structural_continuum(
    T: ArrayLike,
    T_g: ArrayLike,
    T_D: ArrayLike,
    size_ratio: ArrayLike,
    xi: ArrayLike,
    prefactor: ArrayLike = 1.34,
) -> Array:
    """`ripplon_structural_density` by the steps of the text, J/m^3, by quadrature over the order.

    Orders from 0 to pi R/a with omega_l = (prefactor/2)(a/xi)^(5/4) l and degeneracy 2l; of the
    mean over biases the two leading terms ln(T_g/omega) - gamma_E at small omega/T_g.
    """
    T, T_g, T_D, size_ratio, xi = positive(T=T, T_g=T_g, T_D=T_D, size_ratio=size_ratio, xi=xi)
    highest = np.pi * np.cbrt(3 / (4 * np.pi)) * size_ratio
    slope = prefactor / 2 * size_ratio**-1.25 * T_D / T_g

    def per_root(u: Array) -> Array:
        # l = highest*u^2 takes out the logarithm at the origin.
        order = np.asarray(highest)[..., None] * u**2
        leading = -np.log(np.asarray(slope)[..., None] * order) - np.euler_gamma
        return 2 * order * leading * 2 * np.asarray(highest)[..., None] * u

    zero = np.zeros_like(highest * slope)
    total = integrate(per_root, zero + 1e-9, zero + 1.0, 1e-13)[0] / (k_B * T_g)
    return -active_centres(T, T_g, xi) * contact_energy(T_g, size_ratio, xi) * total / xi**3


def structural_average(t: ArrayLike) -> Array:
    """T_g times the mean of LW07 Eq. 81 over both biases, less its value one at T = 0.

    ``t`` = T/T_g > 0. The double integral done once in closed form (exponential integrals) and
    once by quadrature; negative, so that this attraction weakens on heating.
    """
    (t,) = positive(t=t)

    def per_x(x: Array) -> Array:
        e = t[..., None] * x
        principal_value = np.exp(-e) * expi(e) + np.exp(e) * exp1(e)
        return -2 * t[..., None] / (1 + np.exp(x)) * np.exp(-e) * principal_value

    # x = u^2 smooths the logarithm at the origin.
    root = integrate(
        lambda u: 2 * u * per_x(u**2), np.full_like(t, 1e-7), np.full_like(t, np.sqrt(60.0))
    )
    return root[0]


def structural_structural_density(
    T: ArrayLike, T_g: ArrayLike, size_ratio: ArrayLike, xi: ArrayLike
) -> Array:
    """Free energy of the TLS-TLS attraction, each pair counted once, J/m^3 (negative)."""
    T, T_g, xi = positive(T=T, T_g=T_g, xi=xi)
    average = (1 + structural_average(T / T_g)) / (k_B * T_g)
    return -0.5 * contact_energy(T_g, size_ratio, xi) * average / xi**6


def logarithm_amplitude() -> float:
    """Amplitude of t^2 ln t in `structural_average` as t -> 0.

    The averages at eight temperatures from 1e-5 to 1e-3 of T_g over t^2 are resolved into powers
    of t up to the third, each with and without the logarithm.
    """
    t = np.geomspace(1e-5, 1e-3, 8)
    powers = t[:, None] ** np.arange(4)
    basis = np.concatenate([powers * np.log(t)[:, None], powers], axis=1)
    scale = np.max(np.abs(basis), axis=0)
    return float(np.linalg.solve(basis / scale, structural_average(t) / t**2)[0] / scale[0])


def structural_structural_leading(
    T: ArrayLike, T_g: ArrayLike, size_ratio: ArrayLike, xi: ArrayLike
) -> Array:
    """The two leading terms of `structural_structural_density` at low T, J/m^3 (LW07 Sec. VI).

    Its value at T = 0 and the term in T^2 ln T, with the amplitude `logarithm_amplitude`.
    """
    T, T_g, xi = positive(T=T, T_g=T_g, xi=xi)
    t = T / T_g
    average = (1 + logarithm_amplitude() * t**2 * np.log(t)) / (k_B * T_g)
    return -0.5 * contact_energy(T_g, size_ratio, xi) * average / xi**6


def centre_free_energy(T: ArrayLike, T_g: ArrayLike, xi: ArrayLike) -> Array:
    """Free energy of two-level systems with exponential biases, J/m^3, by quadrature."""
    T, T_g, xi = np.broadcast_arrays(*positive(T=T, T_g=T_g, xi=xi))
    ratio = (T / T_g)[..., None]
    zero, top = np.zeros_like(T), np.full_like(T, 60.0)
    number = integrate(lambda x: np.exp(-ratio * x) * np.log1p(np.exp(-x)), zero, top)[0]
    return -k_B * T**2 / T_g * number / xi**3


def equilibrium_dilation(energy_density: ArrayLike, K: ArrayLike) -> Array:
    """dV/V that minimises K/2 (dV/V)^2 + f (1 - 2 dV/V): the attraction goes as 1/V^2."""
    (K,) = positive(K=K)
    return 2 * np.asarray(energy_density, float) / K


def expansivity_ripplon_ripplon(
    T: ArrayLike,
    T_g: ArrayLike,
    T_D: ArrayLike,
    size_ratio: ArrayLike,
    xi: ArrayLike,
    K: ArrayLike,
    frequencies: ArrayLike,
    degeneracies: ArrayLike,
) -> Array:
    """Volume expansivity by the ripplon-ripplon attraction, 1/K: LW07 Eq. 75 recomputed."""
    density = ripplon_ripplon_density(T, T_g, T_D, size_ratio, xi, frequencies, degeneracies)
    return 2 * equilibrium_dilation(density, K) / np.asarray(T, float)


def expansivity_ripplon_structural(
    T_g: ArrayLike,
    T_D: ArrayLike,
    size_ratio: ArrayLike,
    xi: ArrayLike,
    K: ArrayLike,
    frequencies: ArrayLike,
    degeneracies: ArrayLike,
) -> Array:
    """Volume expansivity by the ripplon-TLS attraction, 1/K, at any low T: LW07 Eq. 79 recomputed."""
    density = ripplon_structural_density(1.0, T_g, T_D, size_ratio, xi, frequencies, degeneracies)
    return equilibrium_dilation(density, K)


def expansivity_structural(
    T: ArrayLike, T_g: ArrayLike, size_ratio: ArrayLike, xi: ArrayLike, K: ArrayLike
) -> Array:
    """Volume expansivity by the TLS-TLS attraction, 1/K; positive, since it weakens on heating."""
    T, T_g, xi = positive(T=T, T_g=T_g, xi=xi)
    h = 0.01

    def dilation(shift: float) -> Array:
        # The part at T = 0 drops out of the derivative and would cost all digits.
        average = structural_average(T * np.exp(shift) / T_g) / (k_B * T_g)
        return equilibrium_dilation(-0.5 * contact_energy(T_g, size_ratio, xi) * average / xi**6, K)

    slope = (8 * (dilation(h) - dilation(-h)) - (dilation(2 * h) - dilation(-2 * h))) / (12 * h)
    return slope / T


def heat_capacity_of_centres(T: ArrayLike, T_g: ArrayLike, xi: ArrayLike) -> Array:
    """k_B T/(T_g xi^3) in J/(K m^3), which LW07 Sec. VI divides by (without pi^2/6)."""
    T, T_g, xi = positive(T=T, T_g=T_g, xi=xi)
    return k_B * T / (T_g * xi**3)


def gruneisen(expansivity: ArrayLike, K: ArrayLike, heat_capacity: ArrayLike) -> Array:
    """Grueneisen parameter K alpha_V/c_V; expansivity in 1/K, heat capacity in J/(K m^3)."""
    K, heat_capacity = positive(K=K, heat_capacity=heat_capacity)
    return np.asarray(expansivity, float) * K / heat_capacity


def gruneisen_ripplon_ripplon(
    T_g: ArrayLike,
    T_D: ArrayLike,
    size_ratio: ArrayLike,
    frequencies: ArrayLike,
    degeneracies: ArrayLike,
) -> Array:
    """Grueneisen parameter of the ripplon-ripplon attraction: LW07 Eq. 76 recomputed."""
    expansivity = expansivity_ripplon_ripplon(
        1.0, T_g, T_D, size_ratio, 1.0, 1.0, frequencies, degeneracies
    )
    return gruneisen(expansivity, 1.0, heat_capacity_of_centres(1.0, T_g, 1.0))


def gruneisen_ripplon_structural(
    T: ArrayLike,
    T_g: ArrayLike,
    T_D: ArrayLike,
    size_ratio: ArrayLike,
    frequencies: ArrayLike,
    degeneracies: ArrayLike,
) -> Array:
    """Grueneisen parameter of the ripplon-TLS attraction: LW07 Eq. 80 recomputed."""
    expansivity = expansivity_ripplon_structural(
        T_g, T_D, size_ratio, 1.0, 1.0, frequencies, degeneracies
    )
    return gruneisen(expansivity, 1.0, heat_capacity_of_centres(T, T_g, 1.0))


def gruneisen_structural(T: ArrayLike, T_g: ArrayLike, size_ratio: ArrayLike) -> Array:
    """Grueneisen parameter of the TLS-TLS attraction (positive)."""
    expansivity = expansivity_structural(T, T_g, size_ratio, 1.0, 1.0)
    return gruneisen(expansivity, 1.0, heat_capacity_of_centres(T, T_g, 1.0))


def printed_expansivity_ripplon_ripplon(
    T: ArrayLike, T_D: ArrayLike, size_ratio: ArrayLike, xi: ArrayLike, K: ArrayLike
) -> Array:
    """LW07 Eq. 75 as printed, 1/K."""
    T, T_D, size_ratio, xi, K = positive(T=T, T_D=T_D, size_ratio=size_ratio, xi=xi, K=K)
    return -3 * (np.log(2) * np.pi) ** 2 * k_B * T / (K * xi**3 * T_D) * size_ratio**-1.75


def printed_expansivity_ripplon_structural(
    T_g: ArrayLike, T_D: ArrayLike, size_ratio: ArrayLike, xi: ArrayLike, K: ArrayLike
) -> Array:
    """LW07 Eq. 79 as printed (k_B restored), 1/K."""
    T_g, T_D, size_ratio, xi, K = positive(T_g=T_g, T_D=T_D, size_ratio=size_ratio, xi=xi, K=K)
    return -k_B / (xi**3 * K) * size_ratio**-4.0 * np.log(2 * T_g / T_D * size_ratio**0.25)


def printed_gruneisen_ripplon_ripplon(
    T_g: ArrayLike, T_D: ArrayLike, size_ratio: ArrayLike
) -> Array:
    """LW07 Eq. 76 as printed."""
    expansivity = printed_expansivity_ripplon_ripplon(1.0, T_D, size_ratio, 1.0, 1.0)
    return gruneisen(expansivity, 1.0, heat_capacity_of_centres(1.0, T_g, 1.0))


def printed_gruneisen_ripplon_structural(
    T: ArrayLike, T_g: ArrayLike, T_D: ArrayLike, size_ratio: ArrayLike
) -> Array:
    """LW07 Eq. 80 as printed."""
    expansivity = printed_expansivity_ripplon_structural(T_g, T_D, size_ratio, 1.0, 1.0)
    return gruneisen(expansivity, 1.0, heat_capacity_of_centres(T, T_g, 1.0))


def breakdown_temperature(energy_density_per_kelvin: float, T_g: float, xi: float) -> float:
    """Temperature (K) where a free energy linear in T outweighs that of the centres themselves.

    ``energy_density_per_kelvin`` in J/(K m^3) is the (negative) ripplon-TLS density over T. Below
    that temperature the second order is larger than the zeroth, and the series has no meaning.
    """
    (slope,) = positive(slope=-np.asarray(energy_density_per_kelvin, float))

    def excess(T: float) -> float:
        return float(-centre_free_energy(T, T_g, xi) - slope * T)

    if excess(T_g) < 0:
        raise ValueError("the correction outweighs the centres at every temperature below T_g")
    return float(brentq(excess, 1e-9 * T_g, T_g, rtol=1e-12))


def direct_coupling_gruneisen(coupling: ArrayLike, correlation: ArrayLike, T: ArrayLike) -> Array:
    """Size of the Grueneisen parameter by coupling of splittings to dilation (LW07, before Eq. 82).

    Phillips' 12 g alpha_0 ln 2/(pi^2 k_B T): pressure by 2 g alpha_0 per excited centre, over the
    heat capacity of centres of even density. ``coupling`` = g in J, ``correlation`` in [0, 1].
    """
    coupling, T = positive(coupling=coupling, T=T)
    (correlation,) = nonnegative(correlation=correlation)
    if np.any(correlation > 1):
        raise ValueError(f"correlation must be at most 1, got {np.max(correlation):g}")
    excited = integrate(lambda x: 1 / (1 + np.exp(x)), 0.0, 60.0)[0]
    capacity = integrate(lambda x: (x / (2 * np.cosh(x / 2))) ** 2, 0.0, 60.0)[0]
    return 2 * coupling * correlation / (k_B * T) * excited / capacity


def direct_coupling_bound(
    T_g: ArrayLike, density: ArrayLike, sound_speed: ArrayLike, a: ArrayLike
) -> Array:
    """Bound on that contribution once the correlation falls as T/T_g (LW07 Eq. 82)."""
    T_g, density, sound_speed, a = positive(T_g=T_g, density=density, sound_speed=sound_speed, a=a)
    coupling = np.sqrt(density * sound_speed**2 * a**3 * k_B * T_g)
    return direct_coupling_gruneisen(coupling, 1.0, T_g)


def heat_capacity_share(attraction: Callable[[Array], ArrayLike], T_g: float, xi: float) -> float:
    """Heat capacity by an attraction over that of the centres themselves, as T -> 0.

    ``attraction(T)`` is a free energy density in J/m^3 at temperatures in K far below T_g, without
    a part that stays at T = 0. Ratio of the second derivatives of the two free energies; what is
    linear in T has none. Both are read off polynomials through low temperatures, no series is used.
    """
    positive(T_g=T_g, xi=xi)
    t = 0.05 * (1 - np.cos(np.pi * (np.arange(10) + 0.5) / 10)) / 2
    energies = np.asarray(attraction(t * T_g), float)
    if energies.shape != t.shape or not np.all(np.isfinite(energies)):
        raise ValueError(
            f"attraction must return one finite energy for each of {t.size} temperatures, "
            f"got an array of shape {energies.shape}"
        )

    def coefficient(values: Array, order: int) -> float:
        return float(Polynomial.fit(t, values, 9, domain=[0, 0.05]).convert().coef[order])

    return coefficient(energies / t, 1) / coefficient(
        centre_free_energy(t * T_g, T_g, xi) / t**2, 0
    )


def mixed_attraction(
    T: ArrayLike,
    T_g: ArrayLike,
    T_D: ArrayLike,
    size_ratio: ArrayLike,
    xi: ArrayLike,
    frequencies: ArrayLike,
    degeneracies: ArrayLike,
) -> Array:
    """`ripplon_structural_density` with exponential biases (LW07 Eq. 34) in the centres that are up.

    Its first correction is the lowest order that has a heat capacity. J/m^3.
    """
    linear = ripplon_structural_density(T, T_g, T_D, size_ratio, xi, frequencies, degeneracies)
    return linear * active_centres_exact(T, T_g, xi) / active_centres(T, T_g, xi)


def relaxation_energy(energy_density: ArrayLike, K: ArrayLike) -> Array:
    """What the dilation gains by giving way to an attraction, J/m^3 (negative); see LW07 Eq. 79.

    Minimum of K/2 (dV/V)^2 + f (1 - 2 dV/V) less its value f at constant volume: the difference of
    the heat capacities at constant pressure and volume comes from it.
    """
    dilation = equilibrium_dilation(energy_density, K)
    return np.asarray(K) / 2 * dilation**2 - 2 * np.asarray(energy_density, float) * dilation


def interaction_heat_capacity_ratio(size_ratio: ArrayLike, lindemann: ArrayLike = 0.1) -> Array:
    """Share of the interaction in the heat capacity as LW07 states it after Eq. 81."""
    size_ratio, lindemann = positive(size_ratio=size_ratio, lindemann=lindemann)
    return 10 * size_ratio**-5.0 * lindemann**2
