"""Thermal averages of pair energies about a minimum, by cubature of the Boltzmann factor.

The whole energy is evaluated at 2 n^2 + 1 displacements of n normal coordinates: the fully symmetric
rule that integrates every polynomial of fifth degree against a Gaussian exactly (McNamee and Stenger,
Numer. Math. 10, 327 (1967)). To first order in the temperature averages are integrals of such
polynomials, so that the rule leaves an error of second order. No derivative beyond the Hessian
enters, which makes it a test of formulas that contain them. Reduced units with k_B = 1.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.linalg import eigh

from relics.glass._kernels import FLAGS, evaluate_0
from relics.glass.configuration import Configuration
from relics.glass.energy import pair_terms
from relics.glass.hessian import hessian
from relics.glass.models import mixed_diameter

Array = NDArray[np.float64]

NODE = np.sqrt(3.0)


def nodes(count: int) -> Iterator[tuple[float, Array]]:
    """Weights and nodes (m, count) of the rule for ``count`` standard normal variables, in groups.

    The origin, the points at a distance sqrt(3) on the axes, and those at that distance on two axes
    each. Raises ``ValueError`` for fewer than two variables.
    """
    if count < 2:
        raise ValueError(f"the rule needs at least two variables, got {count}")
    yield 1.0 + (count**2 - 7.0 * count) / 18.0, np.zeros((1, count))
    axes = NODE * np.eye(count)
    yield (4.0 - count) / 18.0, np.concatenate([axes, -axes])
    for k in range(1, count):
        for sign in (1.0, -1.0):
            edge = axes[:k] + sign * axes[k]
            yield 1.0 / 36.0, np.concatenate([edge, -edge])


@njit(cache=True, **FLAGS)
def _pair_energies(places, box, inverse_square, form, c, limit, out):
    """Energies of all pairs i < j of configurations (m, N, d) in the rows of ``out`` (m, pairs)."""
    for s in range(places.shape[0]):
        p = 0
        for i in range(places.shape[1]):
            for j in range(i + 1, places.shape[1]):
                r2 = 0.0
                for k in range(places.shape[2]):
                    y = places[s, j, k] - places[s, i, k]
                    y -= box[k] * np.round(y / box[k])
                    r2 += y * y
                scaled = r2 * inverse_square[p]
                out[s, p] = evaluate_0(form, scaled, c) if scaled < limit else 0.0
                p += 1


def heat_by_cubature(
    configuration: Configuration, temperature: float = 1e-5
) -> tuple[NDArray[np.int64], Array]:
    """Rise of every pair's mean energy with temperature, in units of k_B/2.

    Pairs (P, 2) with i < j that interact at the minimum, and 2 (<e>_T - e_0)/T (P,). Meant for small
    systems: all pairs are evaluated at 2 n^2 + 1 configurations, n = N d - d. Raises ``ValueError``
    for a temperature that is not positive, a sheared box, or a configuration that is no minimum.
    """
    if not temperature > 0:
        raise ValueError(f"the temperature must be positive, got {temperature}")
    if configuration.shear:
        raise ValueError(f"the box must not be sheared, got {configuration.shear}")
    x, law = configuration.positions, configuration.law()
    n, d = x.shape
    i, j = np.triu_indices(n, 1)
    size = mixed_diameter(configuration.diameters[i], configuration.diameters[j], law.nonadditivity)
    values, vectors = eigh(hessian(configuration).toarray())
    order = np.argsort(np.abs(values))[d:]
    values, vectors = values[order], vectors[:, order]
    if values.min() <= 0:
        raise ValueError("the configuration is no minimum: a direction is unstable")

    def energies(places: Array) -> Array:
        out = np.empty((len(places), i.size))
        _pair_energies(
            places, configuration.box, size**-2.0, law.form, law.numbers, law.cutoff**2, out
        )
        return out

    rest = energies(x[None])[0]
    weighted, total = np.zeros(i.size), 0.0
    for share, normal in nodes(values.size):
        step = (normal * np.sqrt(temperature / values)) @ vectors.T
        rise = energies(x + step.reshape(-1, n, d)) - rest
        harmonic = 0.5 * temperature * (normal**2).sum(axis=1)
        factor = share * np.exp(-(rise.sum(axis=1) - harmonic) / temperature)
        weighted += factor @ rise
        total += factor.sum()
    terms = pair_terms(configuration)
    there = np.zeros((n, n), dtype=bool)
    there[np.minimum(terms.i, terms.j), np.maximum(terms.i, terms.j)] = True
    use = there[i, j]
    pairs = np.stack([i, j], axis=1)[use]
    return pairs, 2.0 * weighted[use] / (total * temperature)
