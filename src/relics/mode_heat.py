"""Specific heat of harmonic modes, and the minimum that tunnelling centres and soft modes leave.

Temperatures in kelvins, frequencies in radians per second. A density of states per mode gives a
specific heat in J/K per mode; per mole or per gram of modes, per mole or per gram.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize
from scipy.special import gamma, zeta

from relics.constants import hbar, k_B
from relics.domain import finite, positive
from relics.quadrature import gauss

Array = NDArray[np.float64]

FARTHEST = 60.0
"""Quantum over thermal energy beyond which a mode is frozen to double precision."""


def heat_of_mode(x: ArrayLike) -> Array:
    """Specific heat over k_B of one mode with quantum ``x k_B T`` (LB21 Sec. V); x positive."""
    (x_,) = positive(x=x)
    return (x_ * np.exp(-x_ / 2) / np.expm1(-x_)) ** 2


def specific_heat(T: ArrayLike, density: Callable[[Array], Array]) -> Array:
    """Specific heat of a density of states (LB21 Sec. V), shape of `T`.

    ``density`` maps frequencies to a density per frequency; it may have an integrable power at zero.
    """
    (T_,) = positive(T=T)
    scale = k_B * T_ / hbar

    def integrand(t: Array) -> Array:
        x = FARTHEST * t**3
        omega = x * scale[..., None]
        return heat_of_mode(x) * density(omega) * 3 * FARTHEST * t**2

    zero = np.zeros_like(T_)
    return k_B * scale * gauss(integrand, zero, zero + 1, panels=24)


def power_law_heat(T: ArrayLike, prefactor: ArrayLike, delta: ArrayLike) -> Array:
    """Specific heat of ``D = prefactor omega^delta`` in closed form; delta above -1.

    ``k_B D_1 (k_B T/hbar)^(delta + 1) Gamma(delta + 3) zeta(delta + 2)`` (LB21 Eq. 23).
    """
    T_, D_1 = positive(T=T, prefactor=prefactor)
    (d,) = finite(delta=delta)
    if np.any(d <= -1):
        raise ValueError(f"delta must be above -1 for a finite specific heat, got {d.min():g}")
    return k_B * D_1 * (k_B * T_ / hbar) ** (d + 1) * gamma(d + 3) * zeta(d + 2)


def total_heat(T: ArrayLike, C_TLS: ArrayLike, C_D: ArrayLike, C_sm: ArrayLike) -> Array:
    """``C_TLS T + C_D T^3 + C_sm T^5`` (LB21 Eq. 23), in the unit of the coefficients."""
    T_, tls, debye, soft = positive(T=T, C_TLS=C_TLS, C_D=C_D, C_sm=C_sm)
    return tls * T_ + debye * T_**3 + soft * T_**5


def reduced_excess(T: ArrayLike, C_TLS: ArrayLike, C_sm: ArrayLike) -> Array:
    """``(C - C_D T^3)/T^3 = C_TLS T^-2 + C_sm T^2`` (LB21 Fig. 15a)."""
    T_, tls, soft = positive(T=T, C_TLS=C_TLS, C_sm=C_sm)
    return tls / T_**2 + soft * T_**2


def minimum_of_excess(C_TLS: float, C_sm: float) -> tuple[float, float]:
    """Temperature and value of the minimum of `reduced_excess`, as the root of its slope."""
    positive(C_TLS=C_TLS, C_sm=C_sm)

    def slope(log_T: float) -> float:
        return float(C_sm * np.exp(2 * log_T) - C_TLS * np.exp(-2 * log_T))

    guess = np.log(C_TLS / C_sm) / 4
    T = float(np.exp(optimize.brentq(slope, guess - 2, guess + 3, xtol=1e-14)))
    return T, float(reduced_excess(T, C_TLS, C_sm))


def fit_excess(T: ArrayLike, excess: ArrayLike) -> tuple[float, float]:
    """Coefficients C_TLS and C_sm that fit a reduced excess with relative errors of one size.

    Least squares of the logarithm. ``ValueError`` for fewer than three points.
    """
    T_, y = positive(T=T, excess=excess)
    if T_.ndim != 1 or T_.shape != y.shape or T_.size < 3:
        raise ValueError(
            f"T and excess must be vectors of one length of at least three, got {T_.shape}, {y.shape}"
        )
    start = np.log([y[np.argmin(T_)] * T_.min() ** 2, y[np.argmax(T_)] / T_.max() ** 2])
    found = optimize.least_squares(
        lambda p: np.log(reduced_excess(T_, np.exp(p[0]), np.exp(p[1])) / y), start
    )
    return float(np.exp(found.x[0])), float(np.exp(found.x[1]))
