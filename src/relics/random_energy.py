"""Random energy model of a frozen region: its states, its lowest level, the barriers between them.

Energies are in any one unit, with T_g in the same unit (k_B = 1) and the configurational entropy
s_c per bead in k_B; N counts beads. LW07 Sec. III.A.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri_exp
from scipy.stats import norm

from relics.constants import k_B
from relics.domain import finite, nonnegative, positive
from relics.quadrature import integrate

Array = NDArray[np.float64]

BARRIER_REDUCTION = 2 * np.sqrt(2) - 1
"""Classical over highest typical tunnelling barrier (LW07 Eq. 13)."""


def level_variance(T_g: ArrayLike, s_c: ArrayLike) -> Array:
    """Variance of energy per bead that makes the lowest states freeze at T_g (LW07-ua7)."""
    T_g, s_c = positive(T_g=T_g, s_c=s_c)
    return 2 * s_c * T_g**2


def excess_energy(T_g: ArrayLike, s_c: ArrayLike) -> Array:
    """Mean energy per bead above the liquid at T_g: the bulk ground state lies at -T_g s_c N."""
    T_g, s_c = positive(T_g=T_g, s_c=s_c)
    return np.sqrt(2 * level_variance(T_g, s_c) * s_c) - T_g * s_c


def log_states(
    E: ArrayLike,
    N: ArrayLike,
    s_c: ArrayLike,
    excess: ArrayLike,
    variance: ArrayLike,
    gamma: ArrayLike,
) -> Array:
    """Exponent of the number of states of N beads at energy E, a Gaussian law (LW07 Eq. 9).

    Total count exp(s_c N), mean N excess + gamma sqrt(N), variance N ``variance``; normalised to
    s_c N at its top.
    """
    E, excess = finite(E=E, excess=excess)
    N, s_c, variance = positive(N=N, s_c=s_c, variance=variance)
    (gamma,) = nonnegative(gamma=gamma)
    centre, width = N * excess + gamma * np.sqrt(N), np.sqrt(variance * N)
    return s_c * N + norm.logpdf(E, centre, width) - norm.logpdf(0.0, 0.0, width)


def lowest_typical_level(
    N: ArrayLike, s_c: ArrayLike, excess: ArrayLike, variance: ArrayLike, gamma: ArrayLike
) -> Array:
    """Energy below the mean at which one state is left (LW07 Eq. 10)."""
    (excess,) = finite(excess=excess)
    N, s_c, variance = positive(N=N, s_c=s_c, variance=variance)
    (gamma,) = nonnegative(gamma=gamma)
    return N * excess + gamma * np.sqrt(N) - np.sqrt(variance * N) * np.sqrt(2 * s_c * N)


def ground_state_energy(N: ArrayLike, gamma: ArrayLike, s_c: ArrayLike, T_g: ArrayLike) -> Array:
    """Lowest typical energy of N beads with the calorimetric mean and variance (LW07 Eq. 11)."""
    return lowest_typical_level(N, s_c, excess_energy(T_g, s_c), level_variance(T_g, s_c), gamma)


def log_paths(
    V: ArrayLike, N: ArrayLike, gamma: ArrayLike, s_c: ArrayLike, T_g: ArrayLike
) -> Array:
    """Exponent of the number of final states reached over a highest level V (LW07 Eq. 12).

    The law of :func:`log_states` with its variance doubled: V is the difference of two levels.
    """
    return log_states(V, N, s_c, excess_energy(T_g, s_c), 2 * level_variance(T_g, s_c), gamma)


def typical_barrier(N: ArrayLike, gamma: ArrayLike, s_c: ArrayLike, T_g: ArrayLike) -> Array:
    """Typical highest level on the way to N beads, where :func:`log_paths` vanishes."""
    return lowest_typical_level(
        N, s_c, excess_energy(T_g, s_c), 2 * level_variance(T_g, s_c), gamma
    )


def bottleneck(gamma: ArrayLike, s_c: ArrayLike, T_g: ArrayLike) -> tuple[Array, Array]:
    """Size and height of the maximum of :func:`typical_barrier` (LW07 Eq. 13)."""
    gamma, s_c, T_g = positive(gamma=gamma, s_c=s_c, T_g=T_g)
    root_N = gamma / (2 * BARRIER_REDUCTION * T_g * s_c)
    return root_N**2, gamma * root_N / 2


def log_paths_tangent(V: ArrayLike, V_max: ArrayLike, T_g: ArrayLike) -> Array:
    """Tangent of :func:`log_paths` at the bottleneck, of slope 1/(sqrt 2 T_g) (LW07 Eq. 14)."""
    (V,) = finite(V=V)
    V_max, T_g = positive(V_max=V_max, T_g=T_g)
    return (V - V_max) / np.hypot(T_g, T_g)


def region_density_of_states(E: ArrayLike, T_g: ArrayLike) -> Array:
    """States of one region per energy, E below the liquid reference: exp(E/T_g)/T_g (LW07-ua6)."""
    (E,) = finite(E=E)
    (T_g,) = positive(T_g=T_g)
    return np.exp(E / T_g) / T_g


def frozen_bias_density(E: ArrayLike, T_g: ArrayLike) -> Array:
    """Density per energy of the bias E >= 0 of a centre whose states were populated at T_g.

    Boltzmann weight over its integral, taken by quadrature. LSW06 Sec. II.C.
    """
    (E,), (T_g,) = nonnegative(E=E), positive(T_g=T_g)
    norm_ = integrate(lambda e: np.exp(-e / T_g[..., None]), np.zeros_like(T_g), 60 * T_g)[0]
    return np.exp(-E / T_g) / norm_


def density_of_states(T_g: ArrayLike, xi: ArrayLike, E: ArrayLike = 0.0) -> Array:
    """Structural states per energy and volume (1/(J m^3)) at E (L18 Eq. 37; Pbar at E = 0).

    ``T_g`` in K, mosaic length ``xi`` in m, ``E`` in J measured from the reference.
    """
    T_g, xi = positive(T_g=T_g, xi=xi)
    return region_density_of_states(E, k_B * T_g) / xi**3


def sample_lowest_levels(
    N: float, s_c: float, mean: float, variance: float, count: int, size: int, seed: int
) -> Array:
    """The ``count`` lowest of exp(s_c N) independent Gaussian levels, in ``size`` regions.

    ``mean`` and ``variance`` of one level. Shape (size, count), ascending. The ordered levels of
    a large region are a Poisson process in their own distribution function, so that exp(s_c N)
    of any size can be drawn.
    """
    positive(N=N, s_c=s_c, variance=variance)
    if count < 1 or size < 1 or np.log(count) > s_c * N:
        raise ValueError("count and size must be at least 1 and count at most exp(s_c N)")
    rng = np.random.default_rng(seed)
    arrivals = np.cumsum(rng.exponential(size=(size, count)), axis=1)
    log_share = np.minimum(np.log(arrivals) - s_c * N, -1e-12)
    return mean + np.sqrt(variance) * ndtri_exp(log_share)


def sample_landscape(
    sizes: ArrayLike, gamma: float, s_c: float, T_g: float, breadth: int, seed: int
) -> list[Array]:
    """Lowest levels, ascending, that one region can reach at each of the ``sizes`` (beads).

    At most ``breadth`` of them, fewer where the region has fewer; drawn from the law of
    :func:`log_paths`, sizes independent of each other.
    """
    (steps,) = positive(sizes=sizes)
    mean = steps * excess_energy(T_g, s_c) + gamma * np.sqrt(steps)
    variance = 2 * level_variance(T_g, s_c) * steps
    counts = np.minimum(breadth, np.exp(np.minimum(s_c * steps, 30.0))).astype(int)
    seeds = np.random.default_rng(seed).integers(2**31, size=steps.size)
    return [
        sample_lowest_levels(float(n), s_c, float(m), float(v), int(count), 1, int(one))[0]
        for n, m, v, count, one in zip(steps, mean, variance, counts, seeds, strict=True)
    ]


def sample_paths(levels: list[Array], paths: int, seed: int) -> Array:
    """Energies along ways that take any level at every size, shape (paths + 1, len(levels)).

    The last row goes through the lowest level of every size, so that no way has a lower highest
    level.
    """
    if paths < 1 or not levels:
        raise ValueError("at least one path and one size are needed")
    rng = np.random.default_rng(seed)
    chosen = np.array([[rng.choice(level) for level in levels] for _ in range(paths)])
    return np.vstack([chosen, [level[0] for level in levels]])
