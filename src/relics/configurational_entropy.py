"""Configurational entropy of a supercooled liquid, from its excess heat capacity.

The heat capacity of the liquid exceeds that of its glass (or crystal) by Delta c_p; the entropy
that goes with it shrinks on cooling and extrapolates to zero at the Kauzmann temperature T_K.
Entropies and heat capacities are for each bead (or each mole, or in k_B: one unit throughout).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.integrate import cumulative_simpson
from scipy.optimize import brentq

from relics.domain import positive
from relics.quadrature import integrate

Array = NDArray[np.float64]

HARD_SPHERE_FUSION = 1.16
LENNARD_JONES_FUSION = 1.68
"""Entropy of fusion of the two reference liquids, k_B for each particle (as quoted by LW07)."""


def hyperbolic_entropy(T: ArrayLike, T_K: ArrayLike, T_g: ArrayLike, Delta_c_p: ArrayLike) -> Array:
    """s_c = Delta c_p(T_g) T_g (1/T_K - 1/T), in the unit of ``Delta_c_p`` (L18 Eq. 36).

    Exact for an excess heat capacity that falls as 1/T. Raises ``ValueError`` for T at or below
    T_K, where no configurational entropy is left.
    """
    T, T_K = _above_kauzmann(T, T_K)
    T_g, Delta_c_p = positive(T_g=T_g, Delta_c_p=Delta_c_p)
    return Delta_c_p * T_g * (1 / T_K - 1 / T)


def linear_entropy(T: ArrayLike, T_K: ArrayLike, Delta_c_p: ArrayLike) -> Array:
    """s_c = Delta c_p (T - T_K)/T_K, in the unit of ``Delta_c_p`` (LW07 Sec. II).

    The tangent of every smooth law at T_K. Raises ``ValueError`` for T at or below T_K.
    """
    T, T_K = _above_kauzmann(T, T_K)
    (Delta_c_p,) = positive(Delta_c_p=Delta_c_p)
    return Delta_c_p * (T / T_K - 1)


def integrated_entropy(
    T: ArrayLike, T_K: float, excess_heat_capacity: Callable[[Array], Array]
) -> Array:
    """Integral of Delta c_p(T')/T' from T_K to T > T_K by quadrature."""
    T, lower = _above_kauzmann(T, T_K)
    return integrate(lambda x: excess_heat_capacity(x) / x, np.broadcast_to(lower, T.shape), T)[0]


def entropy_from_calorimetry(
    T: ArrayLike, excess_heat_capacity: ArrayLike, entropy_of_fusion: float
) -> Array:
    """Excess entropy at every measured temperature, from that of fusion at the highest one.

    ``T`` (n,) in K, strictly ascending and ending at the melting point; ``excess_heat_capacity``
    (n,) liquid minus crystal. Integrates downwards from ``entropy_of_fusion`` (Simpson's rule).
    Raises ``ValueError`` for fewer than three points, for unsorted ones, and where the entropy
    turns negative: there the data have been extrapolated past T_K.
    """
    T, c_p = positive(T=T, excess_heat_capacity=excess_heat_capacity)
    (fusion,) = positive(entropy_of_fusion=entropy_of_fusion)
    if T.ndim != 1 or T.shape != c_p.shape or T.size < 3:
        raise ValueError(
            f"expected two columns of at least three rows, got {T.shape} and {c_p.shape}"
        )
    if np.any(np.diff(T) <= 0):
        raise ValueError("temperatures must ascend strictly")
    risen = cumulative_simpson(c_p / T, x=T, initial=0)
    entropy = fusion - (risen[-1] - risen)
    if np.any(entropy < 0):
        raise ValueError(
            f"the entropy turns negative below {T[entropy < 0].max():g} K: past the Kauzmann temperature"
        )
    return entropy


def kauzmann_temperature(
    T_m: float, entropy_of_fusion: float, excess_heat_capacity: Callable[[Array], Array]
) -> float:
    """Temperature (K) at which the entropy of fusion at ``T_m`` has been used up.

    ``excess_heat_capacity`` as a function of temperature (K), in the unit of the entropy. Raises
    ``ValueError`` if it does not suffice down to a thousandth of ``T_m``.
    """
    T_m_, fusion = (float(x) for x in positive(T_m=T_m, entropy_of_fusion=entropy_of_fusion))

    def left(T: float) -> float:
        return fusion - float(integrate(lambda x: excess_heat_capacity(x) / x, T, T_m_)[0])

    lowest = 1e-3 * T_m_
    if left(lowest) > 0:
        raise ValueError("the excess heat capacity does not use up the entropy of fusion")
    return brentq(left, lowest, T_m_)


def beads(entropy_of_fusion: ArrayLike, reference: ArrayLike = LENNARD_JONES_FUSION) -> Array:
    """Beads of a molecule: its entropy of fusion over that of one particle (both in k_B)."""
    fusion, reference = positive(entropy_of_fusion=entropy_of_fusion, reference=reference)
    return fusion / reference


def _above_kauzmann(T: ArrayLike, T_K: ArrayLike) -> tuple[Array, Array]:
    T, T_K = np.broadcast_arrays(*positive(T=T, T_K=T_K))
    if np.any(T <= T_K):
        worst = np.argmin(T - T_K)
        raise ValueError(
            f"T = {T.flat[worst]:g} K is not above T_K = {T_K.flat[worst]:g} K: no configurational "
            "entropy is left, and the theory has no barrier to offer"
        )
    return T, T_K
