"""Ageing below the glass transition: the barrier of a structure frozen in at T_g.

Below T_g the initial arrangement keeps the bulk free energy of T_g, so that a droplet gains, beside
the entropy T s_c(T) for each bead, the enthalpy that the liquid would have lost on cooling. The
apparent activation energy falls to the fraction x (of Narayanaswamy, Moynihan and Tool).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from relics.configurational_entropy import hyperbolic_entropy
from relics.constants import k_B
from relics.domain import finite, nonnegative, positive
from relics.quadrature import gauss
from relics.viscosity import LOG10_E

Array = NDArray[np.float64]


def nmt_rate(
    T: ArrayLike, T_g: ArrayLike, x: ArrayLike, Delta_E: ArrayLike, k_0: ArrayLike
) -> Array:
    """Relaxation rate (1/s) of a glass below T_g (LW07 Eq. 8).

    ``T`` <= ``T_g`` in K, ``x`` in [0, 1], ``Delta_E`` (J) the apparent activation energy of the
    liquid at T_g, ``k_0`` (1/s) its prefactor. From the rate at T_g with the slope x Delta_E.
    """
    T, T_g, Delta_E, k_0 = positive(T=T, T_g=T_g, Delta_E=Delta_E, k_0=k_0)
    (x,) = nonnegative(x=x)
    if np.any(x > 1):
        raise ValueError(f"x must be in [0, 1], got {x.max():g}")
    if np.any(T > T_g):
        raise ValueError("the law of a frozen structure holds at and below T_g only")
    at_T_g = np.log(k_0) - Delta_E / (k_B * T_g)
    return np.exp(at_T_g - x * Delta_E / k_B * (1 / T - 1 / T_g))


def fragility_from_activation_energy(Delta_E: ArrayLike, T_g: ArrayLike) -> Array:
    """m = log10(e) Delta_E/(k_B T_g) (LW07 Sec. II)."""
    (Delta_E,) = finite(Delta_E=Delta_E)
    (T_g,) = positive(T_g=T_g)
    return LOG10_E * Delta_E / (k_B * T_g)


def driving_force(T: ArrayLike, T_g: float, T_K: float, Delta_c_p: float = 1.0) -> Array:
    """Free energy gained for each bead, T s_c(T) + integral of Delta c_p from T to T_g.

    For ``T_K`` <= T <= ``T_g`` with the heat capacity of L18 Eq. 36; in the unit of ``Delta_c_p``
    times K. At T_K the entropy is gone and the enthalpy alone drives.
    """
    (T,) = positive(T=T)
    T_g_, T_K_, jump = (float(v) for v in positive(T_g=T_g, T_K=T_K, Delta_c_p=Delta_c_p))
    if np.any(T < T_K_) or np.any(T > T_g_) or T_K_ >= T_g_:
        raise ValueError(f"expected T_K < T_g and T between them ({T_K_:g} to {T_g_:g} K)")
    # The entropy vanishes continuously at T_K, where the law itself is not defined.
    entropic = T * hyperbolic_entropy(np.maximum(T, np.nextafter(T_K_, T_g_)), T_K_, T_g_, jump)
    return entropic + gauss(lambda t: jump * T_g_ / t, T, T_g_, panels=8)


def frozen_barrier(T: ArrayLike, T_g: float, T_K: float) -> Array:
    """Barrier of the frozen structure at T over that of the liquid at T_g, mismatch unchanged.

    Inverse ratio of the driving forces (LW07 Eq. 5 with the initial state of T_g).
    """
    return driving_force(T_g, T_g, T_K) / driving_force(T, T_g, T_K)


def nonlinearity_product(ratio: ArrayLike, decades: ArrayLike, variant: str = "deep") -> Array:
    """m x of the frozen structure, for ``ratio`` = T_g/T_K > 1 and log10(tau/tau_0) at T_g.

    ``variant`` "deep": the activation energy far below T_g is the barrier at T_K. "local": the slope
    of the barrier over T right below T_g. Both by evaluating :func:`frozen_barrier`.
    """
    (ratio,) = positive(ratio=ratio)
    (decades,) = positive(decades=decades)
    if np.any(ratio <= 1):
        raise ValueError(f"T_g/T_K must exceed one, got {ratio.min():g}")
    if variant not in ("deep", "local"):
        raise ValueError(f"variant must be 'deep' or 'local', got {variant!r}")
    slopes = [_activation_energy(float(u), variant) for u in np.ravel(ratio)]
    return decades * np.reshape(slopes, ratio.shape)


def _activation_energy(ratio: float, variant: str) -> float:
    """Apparent activation energy of the frozen structure over its barrier at T_g."""
    T_g, T_K = 1.0, 1.0 / ratio
    if variant == "deep":
        return float(frozen_barrier(T_K, T_g, T_K))
    # One-sided derivative of F/T in 1/T at T_g, third order.
    step = 1e-3 * (T_g - T_K)
    T = 1 / (1 / T_g + step * np.arange(4))
    action = frozen_barrier(T, T_g, T_K) / T
    return float(np.dot([-11 / 6, 3, -3 / 2, 1 / 3], action) / step)
