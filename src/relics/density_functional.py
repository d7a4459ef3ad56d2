"""Density functional of a liquid of beads, each a Gaussian cloud around a site.

The localisation parameter alpha (inverse squared width) is the order parameter: zero in the
uniform liquid, finite where cages hold. Densities in SI; the toy functional is reduced: lengths in
the Lennard-Jones diameter, energies in its depth.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq, minimize_scalar
from scipy.special import loggamma

from relics.constants import hbar, k_B
from relics.domain import finite, positive
from relics.quadrature import integrate

Array = NDArray[np.float64]


def gaussian_density(r: ArrayLike, sites: ArrayLike, alpha: ArrayLike) -> Array:
    """Density (1/m^3) at ``r`` (..., 3) of Gaussian clouds at ``sites`` (n, 3) (L18 Eq. 25).

    ``alpha`` in m^-2, positive; lengths in m. Shape (...) of the result.
    """
    (alpha,) = positive(alpha=alpha)
    r, sites = finite(r=r, sites=sites)
    if r.shape[-1:] != (3,) or sites.ndim != 2 or sites.shape[1] != 3:
        raise ValueError(f"expected r (..., 3) and sites (n, 3), got {r.shape} and {sites.shape}")
    squared = np.sum((r[..., None, :] - sites) ** 2, axis=-1)
    return np.exp(1.5 * np.log(alpha / np.pi)) * np.sum(np.exp(-alpha * squared), axis=-1)


def einstein_density(r: ArrayLike, site: ArrayLike, spring: float, T: float) -> Array:
    """Density (1/m^3) of one classical oscillator at ``site`` (3,) by its Boltzmann factor.

    ``spring`` in J/m^2, ``T`` in K; normalised by quadrature in each direction, so
    that nothing is assumed of the form of the density.
    """
    spring_, T_ = (float(x) for x in positive(spring=spring, T=T))
    r, site = finite(r=r, site=site)
    thermal = np.sqrt(k_B * T_ / spring_)
    reach = 12 * thermal
    partition, _ = integrate(lambda u: np.exp(-((u / thermal) ** 2) / 2), -reach, reach, 1e-14)
    return np.exp(-0.5 * spring_ * np.sum((r - site) ** 2, axis=-1) / (k_B * T_)) / partition**3


def localisation_parameter(displacement: ArrayLike) -> Array:
    """alpha (m^-2) of a cloud whose Lindemann displacement is ``displacement`` in m (L18 Sec. III)."""
    (d_L,) = positive(displacement=displacement)
    return d_L**-2.0


def debye_waller(q: ArrayLike, alpha: ArrayLike) -> Array:
    """Fourier transform of one cloud at wave number ``q`` in 1/m: what is left of the site."""
    (q,) = finite(q=q)
    (alpha,) = positive(alpha=alpha)
    return np.exp(-(q**2) / (4 * alpha))


def ideal_gas_free_energy(T: ArrayLike, V: ArrayLike, N: ArrayLike, m: ArrayLike) -> Array:
    """Helmholtz free energy for each particle (J) of a classical ideal gas, Stirling-free.

    ``T`` in K, ``V`` in m^3, ``N`` particles, ``m`` in kg: -k_B T ln(V^N/(N! Lambda^(3N)))/N. LW07
    Sec. II gives its limit for many particles.
    """
    T, V, N, m = positive(T=T, V=V, N=N, m=m)
    wavelength = np.sqrt(2 * np.pi * hbar**2 / (m * k_B * T))
    return -k_B * T * (np.log(V) - 3 * np.log(wavelength) - loggamma(N + 1) / N)


# --- a toy functional (reduced units) -----------------------------------------------------------

NEIGHBOURS = 12
SPACING = 1.12


class Stationary(NamedTuple):
    """Barrier and metastable minimum of the free energy along alpha, or NaN where there is none."""

    barrier: float
    minimum: float
    height: float
    depth: float


def lennard_jones_reduced(r: ArrayLike) -> Array:
    """4 (r^-12 - r^-6) for ``r`` > 0."""
    (r,) = positive(r=r)
    sixth = r**-6.0
    return 4 * sixth * (sixth - 1)


def bond_factor_reduced(alpha: ArrayLike, T: ArrayLike, spacing: float = SPACING) -> Array:
    """Boltzmann factor of one bond, averaged over the two clouds that it joins.

    The relative vector is Gaussian around the site distance ``spacing`` with the variance 1/alpha
    for each component, so that its length has the density
    r/(R s sqrt(2 pi)) [exp(-(r - R)^2/2 s^2) - exp(-(r + R)^2/2 s^2)]. ``alpha`` and ``T`` broadcast.
    """
    alpha, T = np.broadcast_arrays(*positive(alpha=alpha, T=T))
    (R,) = positive(spacing=spacing)
    s = 1 / np.sqrt(alpha)
    # The core leaves nothing below 0.8 diameters; the flanks are Gaussian.
    nodes, weights = np.polynomial.legendre.leggauss(160)
    low, high = np.maximum(0.75, R - 9 * s), R + 9 * s
    half = (high - low) / 2
    r = low[..., None] + half[..., None] * (nodes + 1)
    width = s[..., None]
    near = np.exp(-((r - R) ** 2) / (2 * width**2)) - np.exp(-((r + R) ** 2) / (2 * width**2))
    density = r * near / (R * width * np.sqrt(2 * np.pi))
    boltzmann = np.exp(-lennard_jones_reduced(r) / T[..., None])
    return np.sum(weights * density * boltzmann, axis=-1) * half


def free_energy_reduced(
    alpha: ArrayLike, T: ArrayLike, neighbours: float = NEIGHBOURS, spacing: float = SPACING
) -> Array:
    """Free energy for each bead, over k_B T, of an aperiodic lattice with localisation ``alpha``.

    Cost of confinement, (3/2) ln(alpha/(pi e)), against the bonds to ``neighbours`` clouds at the
    distance ``spacing``. A cartoon of the functional behind LW07 Fig. 2, with its two ingredients.
    """
    alpha, T = positive(alpha=alpha, T=T)
    bonds = np.log(bond_factor_reduced(alpha, T, spacing))
    return 1.5 * np.log(alpha / (np.pi * np.e)) - neighbours / 2 * bonds


def stationary_points_reduced(
    T: float, lowest: float = 1.0, highest: float = 2000.0, **model: float
) -> Stationary:
    """Maximum and metastable minimum of :func:`free_energy_reduced` along alpha at ``T``.

    Searched between the two bounds of alpha; all entries are NaN where the curve only rises.
    """
    grid = np.geomspace(lowest, highest, 800)
    values = free_energy_reduced(grid, T, **model)
    falling = np.flatnonzero(np.diff(values) < 0)
    if falling.size == 0:
        return Stationary(*(np.nan,) * 4)

    def refined(start: int, sign: float) -> tuple[float, float]:
        bounds = np.log(grid[[max(start - 1, 0), min(start + 1, grid.size - 1)]])
        found = minimize_scalar(
            lambda t: sign * float(free_energy_reduced(np.exp(t), T, **model)),
            bounds=tuple(bounds), options={"xatol": 1e-10},
        )  # fmt: skip
        return float(np.exp(found.x)), sign * float(found.fun)

    barrier, height = refined(int(falling[0]), -1.0)
    minimum, depth = refined(int(falling[-1]) + 1, 1.0)
    return Stationary(barrier, minimum, height, depth)


def onset_temperature_reduced(low: float = 0.3, high: float = 1.0, **model: float) -> float:
    """Temperature T_A at which the metastable minimum is born, by bisection on its existence.

    Raises ``ValueError`` unless the minimum exists at ``low`` and not at ``high``.
    """

    def caged(T: float) -> float:
        # The steepest descent of the curve: negative where a minimum exists.
        grid = np.geomspace(1.0, 2000.0, 800)
        return float(np.diff(free_energy_reduced(grid, T, **model)).min())

    if not caged(low) < 0 < caged(high):
        raise ValueError(f"no onset of cages between T = {low:g} and {high:g}")
    return brentq(caged, low, high, xtol=1e-6)
