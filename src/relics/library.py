"""The library of local packings: how many there are at each energy, and how fast one escapes.

A region of a liquid inside a frozen environment can take many other packings; each has the bulk
energy Phi of its own, and costs a mismatch Gamma at the border (LW07 Eqs. 2 to 4).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from relics import random_energy
from relics.constants import k_B
from relics.domain import finite, positive
from relics.quadrature import integrate

Array = NDArray[np.float64]


def mismatch_of_borders(mixed: ArrayLike, pure: ArrayLike, initial: ArrayLike) -> Array:
    """Mismatch (J): energy of the mixed border above the mean of the two pure ones.

    ``mixed``: new packing inside, old environment; ``pure``: new packing in its own environment;
    ``initial``: old packing in the old environment. All finite, in J.
    """
    mixed, pure, initial = finite(mixed=mixed, pure=pure, initial=initial)
    return mixed - np.mean(np.broadcast_arrays(pure, initial), axis=0)


def gaussian_entropy(Phi: ArrayLike, S_0: ArrayLike, Phi_0: ArrayLike, width: ArrayLike) -> Array:
    """Entropy (J/K) of a library of random energies at the bulk free energy ``Phi`` in J.

    A parabola with the top ``S_0`` (J/K) at ``Phi_0`` (J); ``width`` (J) is that of the density of
    states.
    """
    Phi, S_0, Phi_0 = finite(Phi=Phi, S_0=S_0, Phi_0=Phi_0)
    (width,) = positive(width=width)
    return S_0 - k_B * ((Phi - Phi_0) / width) ** 2 / 2


def log_escape_rate(
    entropy: Callable[[Array], Array],
    T: float,
    mismatch: float,
    Phi_in: float,
    c_phi: float,
    span: tuple[float, float],
    tau_micro: float = 1e-12,
) -> float:
    """ln of the escape rate (1/s), the sum over final states by quadrature (LW07 Eq. 3, first line).

    ``entropy`` (J/K) of the bulk free energy (J); ``c_phi`` (J) counts the states; ``span`` (J) holds
    all states that matter. The largest exponent is taken out, so that nothing overflows.
    """
    T_, c, tau = (float(v) for v in positive(T=T, c_phi=c_phi, tau_micro=tau_micro))
    finite(mismatch=mismatch, Phi_in=Phi_in, span=np.asarray(span))

    def exponent(Phi: Array) -> Array:
        return entropy(Phi) / k_B - (Phi - Phi_in + mismatch) / (k_B * T_)

    top = float(np.max(exponent(np.linspace(*span, 2001))))
    total = integrate(lambda Phi: np.exp(exponent(Phi) - top), span[0], span[1], 1e-12, panels=64)[
        0
    ]
    return float(top + np.log(total / (c * tau)))


def escape_rate(
    T: float,
    mismatch: float,
    Phi_in: float,
    S_0: float,
    Phi_0: float,
    width: float,
    c_phi: float,
    tau_micro: float = 1e-12,
) -> float:
    """Escape rate (1/s) from a Gaussian library, by :func:`log_escape_rate` around its optimum."""
    optimum = float(equilibrium_energy(T, Phi_0, width))
    span = (optimum - 12 * width, optimum + 12 * width)
    log_rate = log_escape_rate(
        lambda Phi: gaussian_entropy(Phi, S_0, Phi_0, width),
        T,
        mismatch,
        Phi_in,
        c_phi,
        span,
        tau_micro,
    )
    return float(np.exp(log_rate))


def equilibrium_energy(T: ArrayLike, Phi_0: ArrayLike, width: ArrayLike) -> Array:
    """Bulk free energy (J) at which the Gaussian library is in equilibrium at T: dS/dPhi = 1/T."""
    T, width = positive(T=T, width=width)
    (Phi_0,) = finite(Phi_0=Phi_0)
    return Phi_0 - width**2 / (k_B * T)


def sample_levels(
    N: int, gamma: float, s_c: float, T_g: float, seed: int, copies: int = 1
) -> Array:
    """Energies of all local packings of ``N`` beads above the initial one, (copies, e^(s_c N)).

    Random energies of LW07 Eq. 9: mean T_g s_c N + gamma sqrt(N), variance 2 T_g^2 s_c N. Energies
    and T_g in one unit (k_B = 1), s_c in k_B. Raises ``ValueError`` above ten million levels, where
    only the lowest can be drawn (:func:`relics.random_energy.sample_lowest_levels`).
    """
    positive(gamma=gamma, s_c=s_c, T_g=T_g)
    if N < 1 or copies < 1 or s_c * N > np.log(1e7 / copies):
        raise ValueError(
            f"N = {N} and copies = {copies} with s_c = {s_c:g} is no list of levels to draw"
        )
    states = int(np.rint(np.exp(s_c * N)))
    mean = N * random_energy.excess_energy(T_g, s_c) + gamma * np.sqrt(N)
    width = np.sqrt(N * random_energy.level_variance(T_g, s_c))
    return np.random.default_rng(seed).normal(mean, width, (copies, states))
