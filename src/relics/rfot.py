"""Entropic droplets: what it costs a supercooled liquid to rearrange N of its beads.

A region of N beads that takes up another aperiodic packing gains configurational entropy, s_c for
each bead, and pays a mismatch gamma N^x where it meets its surroundings, x = 1/2 for a wall that
wanders among random energies. The maximum over N is the barrier, the zero beyond it the size of a
cell of the mosaic. Energies in J, entropies in J/K for each bead, temperatures in K.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq

from relics.constants import k_B
from relics.domain import finite, fraction, nonnegative, positive
from relics.quadrature import derivative, legendre

Array = NDArray[np.float64]

WANDERING_WALL = 0.5
"""Exponent of the mismatch, N^(1/2), of a wall renormalised by random energies (Villain)."""
FLAT_WALL = 2 / 3
"""Exponent of the mismatch of a wall with a bare surface tension in three dimensions."""


def droplet_free_energy(
    N: ArrayLike,
    gamma: ArrayLike,
    s_c: ArrayLike,
    T: ArrayLike,
    exponent: ArrayLike = WANDERING_WALL,
) -> Array:
    """Free energy (J) of a droplet of ``N`` >= 0 beads, gamma N^x - T s_c N (LW07 Eq. 6).

    ``gamma`` in J, ``s_c`` in J/K, ``T`` in K, all positive; ``exponent`` in (0, 1). All broadcast.
    """
    (N,) = nonnegative(N=N)
    gamma, s_c, T = positive(gamma=gamma, s_c=s_c, T=T)
    return gamma * N ** _exponent(exponent) - T * s_c * N


def activation_profile(
    N: ArrayLike, gamma: ArrayLike, s_c: ArrayLike, T: ArrayLike, bulk_gain: ArrayLike = 0.0
) -> Array:
    """Free energy of activation (J) out of equilibrium (LW07 Eq. 5, second line).

    ``bulk_gain`` (J for each bead, any sign) is what the initial arrangement has in bulk free
    energy above the equilibrated one: (Phi_in - Phi_eq)/N. Zero in the equilibrium liquid, where
    this is :func:`droplet_free_energy`; positive in an ageing glass.
    """
    (N,) = nonnegative(N=N)
    (gain,) = finite(bulk_gain=bulk_gain)
    return droplet_free_energy(N, gamma, s_c, T) - gain * N


def reconfiguration_rate(
    N: ArrayLike, gamma: ArrayLike, s_c: ArrayLike, T: ArrayLike, tau_micro: ArrayLike = 1e-12
) -> Array:
    """Rate (1/s) at which a region of ``N`` beads finds another packing (LW07 Eq. 4).

    The number of packings, exp(s_c N/k_B), times the Boltzmann factor of the mismatch, over the
    microscopic time ``tau_micro`` in s.
    """
    (N,) = nonnegative(N=N)
    gamma, s_c, T, tau_micro = positive(gamma=gamma, s_c=s_c, T=T, tau_micro=tau_micro)
    packings = s_c * N / k_B
    return np.exp(packings - gamma * np.sqrt(N) / (k_B * T)) / tau_micro


def critical_size(
    gamma: ArrayLike, s_c: ArrayLike, T: ArrayLike, exponent: ArrayLike = WANDERING_WALL
) -> Array:
    """Number of beads at the maximum of the free energy (L18 Eq. 30; any exponent in (0, 1))."""
    gamma, s_c, T = positive(gamma=gamma, s_c=s_c, T=T)
    x = _exponent(exponent)
    return (x * gamma / (T * s_c)) ** (1 / (1 - x))


def cooperative_size(
    gamma: ArrayLike, s_c: ArrayLike, T: ArrayLike, exponent: ArrayLike = WANDERING_WALL
) -> Array:
    """Number of beads at which the free energy is back to zero (L18 Eq. 31, LW07 F(N*) = 0)."""
    gamma, s_c, T = positive(gamma=gamma, s_c=s_c, T=T)
    return (gamma / (T * s_c)) ** (1 / (1 - _exponent(exponent)))


def barrier(
    gamma: ArrayLike, s_c: ArrayLike, T: ArrayLike, exponent: ArrayLike = WANDERING_WALL
) -> Array:
    """Height (J) of the barrier: the free energy of the critical droplet (LW07 Eq. 7)."""
    size = critical_size(gamma, s_c, T, exponent)
    return droplet_free_energy(size, gamma, s_c, T, exponent)


def relaxation_time(
    gamma: ArrayLike, s_c: ArrayLike, T: ArrayLike, tau_micro: ArrayLike = 1e-12
) -> Array:
    """Relaxation time (s) over the barrier (L18 Sec. III, LW07 Sec. II): tau_micro exp(F/k_B T)."""
    T, tau_micro = positive(T=T, tau_micro=tau_micro)
    with np.errstate(over="ignore"):  # close to T_K the time exceeds every number
        return tau_micro * np.exp(barrier(gamma, s_c, T) / (k_B * T))


def cooperativity_length(N_star: ArrayLike, a: ArrayLike) -> Array:
    """Length (m) of a region of ``N_star`` beads of size ``a`` in m (L18 Eq. 32)."""
    N_star, a = positive(N_star=N_star, a=a)
    return a * np.cbrt(N_star)


def droplet_radius(N: ArrayLike, a: ArrayLike) -> Array:
    """Radius (m) of a sphere of ``N`` beads, each of volume ``a``^3."""
    (N,) = nonnegative(N=N)
    (a,) = positive(a=a)
    return a * np.cbrt(3 * N / (4 * np.pi))


# --- the mismatch coefficient -------------------------------------------------------------------


def localisation_cost(T: ArrayLike, lindemann: ArrayLike = 0.1) -> Array:
    """Free energy (J) of confining a bead from the spacing a to ``lindemann`` times a.

    Difference of two ideal-gas entropies: a Gaussian cloud with alpha = 1/(lindemann a)^2 against
    one bead in every a^3. Raises ``ValueError`` unless ``lindemann`` < 1/sqrt(pi e) = 0.342, below
    which the confined bead is worse off.
    """
    (T,) = positive(T=T)
    (ratio,) = positive(lindemann=lindemann)
    widest = 1 / np.sqrt(np.pi * np.e)
    if np.any(ratio >= widest):
        raise ValueError(
            f"lindemann must be below {widest:.3f} (1/sqrt(pi e)), got {ratio.max():g}"
        )
    return -1.5 * k_B * T * np.log(np.pi * np.e * ratio**2)


def wall_tension(R: ArrayLike, a: ArrayLike, T: ArrayLike, lindemann: ArrayLike = 0.1) -> Array:
    """Tension (J/m^2) of a droplet's wall of radius ``R`` in m (LW07 Sec. IV.C).

    A sharp wall confines one bead in every square of edge ``a`` from one side; the wandering wall
    has sqrt(a/R) of that.
    """
    R, a = positive(R=R, a=a)
    sharp = localisation_cost(T, lindemann) / (2 * a**2)
    return sharp * np.sqrt(a / R)


def mismatch_energy(T: ArrayLike, lindemann: ArrayLike = 0.1) -> Array:
    """Mismatch coefficient gamma (J) from the Lindemann ratio (Xia and Wolynes; LW07 Sec. II).

    Surface of a one-bead sphere times the tension of its wall.
    """
    radius = droplet_radius(1.0, 1.0)
    return 4 * np.pi * radius**2 * wall_tension(radius, 1.0, T, lindemann)


def mismatch_from_modulus(K: ArrayLike, T: ArrayLike, rho: ArrayLike) -> Array:
    """Mismatch coefficient gamma (J) as the spontaneous Gibbs energy of one bead (L18 Eq. 28).

    ``K`` bulk modulus in Pa, ``T`` in K, ``rho`` beads in m^-3, all positive.
    """
    K, T, rho = positive(K=K, T=T, rho=rho)
    volume = 1 / rho
    pressure = np.sqrt(k_B * T * K / volume)
    return volume * pressure


def number_variance(N: ArrayLike, K: ArrayLike, rho: ArrayLike, T: ArrayLike) -> Array:
    """Variance of the number of beads in a fixed volume that holds ``N`` on average (L18-u5).

    k_B T dN/dmu: the chemical potential comes from the pressure by quadrature (Gibbs and Duhem), its
    density by Newton's method, the response by Cauchy's integral over a circle of chemical
    potentials. ``K`` (Pa) is taken constant, ``rho`` in beads per m^3, ``T`` in K, all positive.
    """
    N, K, rho, T = np.broadcast_arrays(*positive(N=N, K=K, rho=rho, T=T))
    out = np.empty(N.shape)
    for at in np.ndindex(N.shape):
        rest, stiffness = float(rho[at]), float(K[at])
        reservoir = partial(_density_at, rest=rest, K=stiffness)
        response = derivative(reservoir, 0.0, stiffness / rest / 8)
        out[at] = k_B * T[at] * response * N[at] / rho[at]
    return out


def _density_at(mu: NDArray[np.complex128], rest: float, K: float) -> NDArray[np.complex128]:
    """Density at chemical potentials `mu` (J) above that at the density `rest`, at a modulus `K`."""
    nodes, weights = legendre(32)
    density = np.full(mu.shape, rest, complex)
    for _ in range(12):
        way = density - rest
        # dmu = dp/density and dp = K d(density)/density
        per_density = K / (rest + way[:, None] * (nodes + 1) / 2) ** 2
        density -= (way * (per_density @ weights) / 2 - mu) * density**2 / K
    return density


def size_of_unit_fluctuation(K: ArrayLike, rho: ArrayLike, T: ArrayLike) -> Array:
    """Beads in a volume whose number fluctuates by one (L18-u5), as a root of :func:`number_variance`.

    Arguments as there; a number between 1e-40 and 1e40.
    """
    K, rho, T = np.broadcast_arrays(*positive(K=K, rho=rho, T=T))
    out = np.empty(K.shape)
    for at in np.ndindex(K.shape):

        def excess(logarithm: float, at: tuple[int, ...] = at) -> float:
            return float(np.log(number_variance(np.exp(logarithm), K[at], rho[at], T[at])))

        out[at] = np.exp(brentq(excess, -92.0, 92.0, xtol=1e-15, rtol=1e-15))
    return out


def modulus_from_displacement(T: ArrayLike, a: ArrayLike, lindemann: ArrayLike = 0.1) -> Array:
    """Bulk modulus (Pa) at which the thermal displacement is ``lindemann`` times ``a`` (L18 Eq. 19).

    One bead in every a^3: K = k_B T/(lindemann^2 a^3).
    """
    T, a, ratio = positive(T=T, a=a, lindemann=lindemann)
    return k_B * T / (ratio**2 * a**3)


def reduced_mismatch(lindemann: ArrayLike = 0.1) -> Array:
    """gamma/(k_B T) of :func:`mismatch_energy`: a function of the Lindemann ratio alone."""
    return mismatch_energy(1 / k_B, lindemann)


# --- the glass transition on a given time scale ---------------------------------------------------


def relative_timescale(time: ArrayLike, tau_micro: ArrayLike = 1e-12) -> Array:
    """A laboratory time in units of the microscopic one; both in s."""
    time, tau_micro = positive(time=time, tau_micro=tau_micro)
    return time / tau_micro


def entropy_at_glass_transition(timescale: ArrayLike, mismatch: ArrayLike) -> Array:
    """s_c/k_B that makes the relaxation time ``timescale`` = tau/tau_0 > 1.

    ``mismatch`` is gamma/(k_B T_g) > 0. LW07 Sec. II quotes 0.82 for 1e17.
    """
    decades, mismatch = _log_timescale(timescale), *positive(mismatch=mismatch)
    return mismatch**2 / (4 * decades)


def cooperative_size_at_glass_transition(timescale: ArrayLike, mismatch: ArrayLike) -> Array:
    """N* for the relaxation time ``timescale`` = tau/tau_0 > 1 (L18 Eq. 33, LW07 Sec. II)."""
    s_c = entropy_at_glass_transition(timescale, mismatch)
    return cooperative_size(mismatch, s_c, 1.0)


def region_density(a: ArrayLike, relative_length: ArrayLike) -> Array:
    """Cooperative regions in m^-3 for beads of ``a`` m and xi/a = ``relative_length`` (L18 Eq. 35)."""
    a, relative_length = positive(a=a, relative_length=relative_length)
    return (a * relative_length) ** -3.0


def _exponent(exponent: ArrayLike) -> Array:
    (x,) = positive(exponent=exponent)
    return fraction(exponent=x)[0]


def _log_timescale(timescale: ArrayLike) -> Array:
    (ratio,) = positive(timescale=timescale)
    if np.any(ratio <= 1):
        raise ValueError(f"timescale (tau/tau_0) must exceed one, got {ratio.min():g}")
    return np.log(ratio)


# --- softening towards the crossover --------------------------------------------------------------


def softening(T: ArrayLike, T_A: ArrayLike, power: float = 8.0) -> Array:
    """Factor 1 - (T/T_A)^power by which the mismatch is lowered towards T_A; zero beyond.

    A stand-in for the fluctuations of the order parameter, which LW07 and L18 describe but do not
    specify: with a high ``power`` it acts near T_A only.
    """
    T, T_A, n = positive(T=T, T_A=T_A, power=power)
    return np.clip(1 - (T / T_A) ** n, 0.0, None)


def softening_temperature(T_cross: float, radius: float, power: float = 8.0) -> float:
    """T_A (K) at which the softened critical radius at ``T_cross`` (K) is one bead.

    ``radius`` is the unsoftened critical radius there, in beads; it must exceed one. The radius goes
    as the mismatch to the power two thirds.
    """
    T_, r, n = (float(v) for v in positive(T_cross=T_cross, radius=radius, power=power))
    if r <= 1:
        raise ValueError(
            f"the critical radius is {r:g} beads at the crossover already: nothing to soften"
        )
    return T_ * (1 - r**-1.5) ** (-1 / n)
