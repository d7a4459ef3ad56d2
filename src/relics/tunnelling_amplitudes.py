"""Tunnelling elements of a centre: the action under its barrier and their distribution.

Barriers V and elements Delta in J, under-barrier frequencies in rad/s, T_g in K. LW07 Sec. III.C.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq

from relics.constants import hbar, k_B
from relics.domain import fraction, nonnegative, positive
from relics.quadrature import gauss, integrate

Array = NDArray[np.float64]


def parabolic_barrier(x: ArrayLike, V: ArrayLike, omega: ArrayLike, mass: ArrayLike) -> Array:
    """Energy (J) V - mass omega^2 x^2/2 of an inverted parabola, x in m, mass in kg."""
    V, omega, mass = positive(V=V, omega=omega, mass=mass)
    return V - mass * omega**2 * np.asarray(x, dtype=float) ** 2 / 2


def parabolic_action(V: ArrayLike, omega: ArrayLike, mass: ArrayLike = 1.0) -> Array:
    """Action (J s) under an inverted parabola at zero energy, by quadrature between its roots.

    The integral of sqrt(2 mass V(x)) with x = b sin(theta); the mass drops out (L18-u1).
    """
    (V,) = nonnegative(V=V)
    omega, mass = positive(omega=omega, mass=mass)
    V, omega, mass = np.broadcast_arrays(V, omega, mass)
    root = np.sqrt(2 * V / mass) / omega
    momentum = np.sqrt(2 * mass * V)
    squared = integrate(lambda angle: np.cos(angle) ** 2, -np.pi / 2, np.pi / 2)[0]
    return root * momentum * squared


def wkb_amplitude(V: ArrayLike, omega: ArrayLike, Delta_0: ArrayLike) -> Array:
    """Tunnelling element (J) Delta_0 exp(-action/hbar) through a parabolic barrier (LW07 Eq. 21)."""
    (Delta_0,) = positive(Delta_0=Delta_0)
    return Delta_0 * np.exp(-parabolic_action(V, omega) / hbar)


def transmission(V: ArrayLike, omega: ArrayLike) -> Array:
    """Exact probability to pass an inverted parabola at zero energy, V below its top."""
    (V,), (omega,) = nonnegative(V=V), positive(omega=omega)
    decay = np.exp(-2 * np.pi * V / (hbar * omega))
    return decay / (1 + decay)


def amplitude_exponent(omega_dagger: ArrayLike, T_g: ArrayLike) -> Array:
    """Exponent c = hbar omega/(pi sqrt2 k_B T_g) of the distribution of tunnelling elements.

    Follows from LW07 Eqs. 14 and 21; the sentence after Eq. 22 prints it without the pi.
    """
    omega_dagger, T_g = positive(omega_dagger=omega_dagger, T_g=T_g)
    return hbar * omega_dagger / (np.pi * np.sqrt(2) * k_B * T_g)


def amplitude_density(
    Delta: ArrayLike, Delta_0: ArrayLike, c: ArrayLike, A: ArrayLike = 1.0
) -> Array:
    """Density (1/J) A (Delta_0/Delta)^c/Delta of tunnelling elements (LW07 Eq. 22), c in [0, 1)."""
    Delta, Delta_0, A = positive(Delta=Delta, Delta_0=Delta_0, A=A)
    (c,) = fraction(c=c)
    return A * np.exp(c * np.log(Delta_0 / Delta)) / Delta


def barrier_of_amplitude(Delta: float, omega: float, Delta_0: float) -> float:
    """Barrier (J) through which the tunnelling element is ``Delta`` (J), as a root; 0 < Delta <= Delta_0."""
    (Delta_,), (Delta_0_,) = positive(Delta=Delta), positive(Delta_0=Delta_0)
    if Delta_ > Delta_0_:
        raise ValueError(f"Delta = {Delta:g} must not exceed Delta_0 = {Delta_0:g}")
    wanted, scale = float(np.log(Delta_0_ / Delta_)), hbar * float(positive(omega=omega)[0])

    def excess(x: float) -> float:
        return float(parabolic_action(x * scale, omega)) / hbar - wanted

    return scale * brentq(excess, 0.0, 1.0 + wanted)


def counted_amplitude_density(
    Delta: float, omega: float, Delta_0: float, width: float, P_0: float = 1.0
) -> float:
    """Density (1/J) of tunnelling elements at ``Delta`` (J), by counting barriers between elements.

    Barriers V have the density P_0 exp(V/width); those whose elements lie within a factor exp(h) of
    ``Delta`` are counted, for h from 2 down to 1/8, and extrapolated to h = 0. ``omega`` (rad/s) as
    in :func:`wkb_amplitude`. Raises ValueError unless Delta is below Delta_0/exp(2). LSW06 Sec. II.C.
    """
    width_, P_0_, _ = positive(width=width, P_0=P_0, Delta_0=Delta_0)
    if not Delta < Delta_0 / np.exp(2):
        raise ValueError(f"Delta = {Delta:g} must be below Delta_0/e^2 = {Delta_0 / np.exp(2):g}")
    steps = 2.0 / 2 ** np.arange(5)
    per_logarithm = []
    for h in steps:
        low, high = (barrier_of_amplitude(Delta * np.exp(s), omega, Delta_0) for s in (h, -h))
        count = gauss(lambda V: P_0_ * np.exp(V / width_), low, high, panels=4)
        per_logarithm.append(float(count) / (2 * h))
    # Means over an interval are even in its width: Romberg's extrapolation.
    for order in range(1, len(steps)):
        per_logarithm = [
            (4**order * fine - coarse) / (4**order - 1) for coarse, fine in pairwise(per_logarithm)
        ]
    return per_logarithm[0] / Delta


def amplitude_norm(Delta_0: ArrayLike, Delta_min: ArrayLike, c: ArrayLike) -> Array:
    """Constant A that gives one element between ``Delta_min`` and ``Delta_0`` (both J)."""
    Delta_0, Delta_min = positive(Delta_0=Delta_0, Delta_min=Delta_min)
    (c,) = fraction(c=c)
    if np.any(Delta_min >= Delta_0):
        raise ValueError("Delta_min must be below Delta_0")
    decades = np.log(Delta_0 / Delta_min)
    power = np.where(c > 0, c, 1.0)
    return np.where(c > 0, power / np.expm1(power * decades), 1 / decades)


def sample_barriers(width: ArrayLike, V_max: ArrayLike, size: int, seed: int) -> Array:
    """Barriers (J) with density proportional to exp(V/width) on [0, V_max], shape (size,)."""
    width, V_max = positive(width=width, V_max=V_max)
    if size < 1:
        raise ValueError(f"size must be at least 1, got {size}")
    share = np.random.default_rng(seed).random(size)
    return width * np.log1p(share * np.expm1(V_max / width))


def sample_amplitudes(
    T_g: ArrayLike,
    omega_dagger: ArrayLike,
    Delta_0: ArrayLike,
    V_max: ArrayLike,
    size: int,
    seed: int,
) -> Array:
    """Tunnelling elements (J) of sampled barriers of width sqrt2 k_B T_g up to ``V_max`` (J)."""
    (T_g,) = positive(T_g=T_g)
    barriers = sample_barriers(np.sqrt(2) * k_B * T_g, V_max, size, seed)
    return wkb_amplitude(barriers, omega_dagger, Delta_0)
