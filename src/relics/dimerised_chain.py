"""A chain of alternating bonds with one malcoordinated site: the electron states in its gap.

Tight binding, H = - sum_n t_n (|n><n+1| + h.c.) + on-site energies, one orbital a site. A site
with two weak or two strong bonds separates the two ways of alternating; it binds a state in the
middle of the gap. Reduced units: the mean hopping t_0 is one. L18 Sec. III and Fig. 5.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import eigh_tridiagonal

from relics.domain import finite, positive

Array = NDArray[np.float64]


def bond_hoppings(sites: int, delta: float = 0.2, width: float = 5.0, t_0: float = 1.0) -> Array:
    """Hoppings t_n = t_0 + (-1)^(n+s) delta tanh((n - n_0)/width), shape (sites - 1,).

    `sites` is odd and at least 5 with an even number of bonds, the defect in the middle; s is
    chosen so that both ends carry strong bonds and no state is bound there. 0 < delta < t_0.
    """
    if sites < 5 or sites % 2 == 0:
        raise ValueError(f"sites must be odd and at least 5, got {sites}")
    positive(delta=delta, width=width, t_0=t_0)
    if delta >= t_0:
        raise ValueError(f"delta must be below t_0 = {t_0:g}, got {delta:g}")
    n = np.arange(1, sites)
    alternation = (-1.0) ** n * np.tanh((n - sites / 2) / width)
    return t_0 + delta * alternation * np.sign(alternation[0])


def levels(hoppings: ArrayLike, site_energies: ArrayLike | None = None) -> tuple[Array, Array]:
    """Energies, increasing, and states (columns) of a chain with the given hoppings.

    `hoppings` of shape (N-1,), `site_energies` of shape (N,) or None for zeros.
    """
    (hoppings,) = finite(hoppings=hoppings)
    on_site = np.zeros(hoppings.size + 1) if site_energies is None else finite(e=site_energies)[0]
    if hoppings.ndim != 1 or on_site.shape != (hoppings.size + 1,):
        raise ValueError(
            f"hoppings and site_energies need shapes (N-1,) and (N,), got {hoppings.shape}, {on_site.shape}"
        )
    return eigh_tridiagonal(on_site, -hoppings)


def participation(states: ArrayLike) -> Array:
    """Number of sites that each column is spread over, 1/sum |psi|^4 for normalised columns."""
    (states,) = finite(states=states)
    return 1 / np.sum(states**4, axis=0)


def gap_edge(delta: float) -> float:
    """Upper edge of the gap of the perfectly alternating chain: the gap is 4 delta wide."""
    positive(delta=delta)
    return 2 * delta


def zero_mode(hoppings: ArrayLike) -> Array:
    """State at zero energy of a chain of odd length, from the recursion of its amplitudes.

    H psi = 0 gives psi_(n+2)/psi_n = - t_n/t_(n+1) on every second site and zero on the others.
    """
    (hoppings,) = positive(hoppings=hoppings)
    if hoppings.size % 2:
        raise ValueError("a zero mode needs an odd number of sites")
    psi = np.zeros(hoppings.size + 1)
    psi[::2] = np.concatenate(([1.0], np.cumprod(-hoppings[::2] / hoppings[1::2])))
    return psi / np.linalg.norm(psi)


def density_of_states(energies: ArrayLike, at: ArrayLike, broadening: float = 0.02) -> Array:
    """Levels per energy at the energies `at`, each level a normalised Gaussian."""
    energies, at = finite(energies=energies, at=at)
    positive(broadening=broadening)
    z = (at[:, None] - energies) / broadening
    return np.sum(np.exp(-0.5 * z**2), axis=1) / (broadening * np.sqrt(2 * np.pi))


def site_disorder(sites: int, strength: float, seed: int) -> Array:
    """Independent on-site energies, uniform in +-strength/2."""
    if not strength >= 0:
        raise ValueError(f"strength must not be negative, got {strength}")
    return np.random.default_rng(seed).uniform(-strength / 2, strength / 2, sites)


def charge_and_spin(energies: ArrayLike, midgap: int, electrons: int) -> tuple[int, float]:
    """Charge (in +e) and spin (in hbar) of the chain with its midgap level holding 0, 1 or 2.

    The levels below are filled, those above empty. The charge is counted as the cores would see
    it: one core charge a site against the electrons.
    """
    (energies,) = finite(energies=energies)
    if electrons not in (0, 1, 2):
        raise ValueError(f"a level holds 0, 1 or 2 electrons, got {electrons}")
    total = 2 * midgap + electrons
    return energies.size - total, 0.5 if electrons == 1 else 0.0
