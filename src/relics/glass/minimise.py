"""Minimisation of the potential energy to forces at rounding level.

Limited-memory BFGS whose steps are accepted on gradients: below forces of about 1e-5 the energy
no longer resolves a step, its slope still does (the approximate Wolfe conditions of Hager and
Zhang, SIAM J. Optim. 16, 170 (2005)). Newton steps on the sparse Hessian finish what stalls.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numba import njit

from relics.glass import _kernels
from relics.glass.configuration import Configuration, minimal_image
from relics.glass.energy import PairTerms, forces_at, pair_terms
from relics.glass.hessian import hessian
from relics.glass.models import Model
from relics.glass.modes import pseudo_inverse
from relics.glass.neighbours import NeighbourList

MEMORY = 8
LARGEST_MOVE = 0.1
SLOPE_DECREASE = 0.9
SLOPE_EXCESS = 0.8
PATIENCE = 500
NEWTON_STEPS = 20
HARMONIC = _kernels.FORMS.index("harmonic")


class NoMinimum(RuntimeError):
    """A minimisation did not reach its tolerance."""


@dataclass(frozen=True)
class Minimum:
    """A mechanically stable configuration and how well it is one.

    ``energy`` is the total energy, ``max_force`` the largest force on any particle (Euclidean
    norm), ``iterations`` the number of accepted steps, ``rattlers`` the numbers of particles that
    carry no force network (fewer than d + 1 contacts, removed one after another).
    """

    configuration: Configuration
    energy: float
    max_force: float
    iterations: int
    rattlers: np.ndarray


def push_apart(
    law: Model,
    positions: np.ndarray,
    diameters: np.ndarray,
    box: np.ndarray,
    clearance: float = 0.7,
) -> np.ndarray:
    """Positions moved downhill in a soft repulsion until no pair is nearer than ``clearance``.

    The distance is in units of the pair diameter. Raises ``NoMinimum`` when 5000 steps are not
    enough (density too high).
    """
    if law.core < 0.01:  # bounded potentials accept any overlap
        return positions
    soft = replace(law, form=HARMONIC, coefficients=(), cutoff=1.0)
    neighbours = NeighbourList(soft, positions, diameters, box, skin=0.3)
    positions = positions.copy()
    for step in range(5000):
        _, forces, _ = forces_at(positions, neighbours, virial_wanted=False)
        if step % 20 == 0:
            i, j = neighbours.pairs
            r = minimal_image(positions[j] - positions[i], box)
            x2 = np.sum(r * r, axis=1)
            if np.all(x2 * neighbours.inverse_square >= clearance**2):
                return positions
        positions += 0.2 * forces
    raise NoMinimum("the particles could not be pushed apart; is the density too high?")


@njit(cache=True, **_kernels.FLAGS)
def _dot(a, b):
    total = 0.0
    for k in range(len(a)):
        total += a[k] * b[k]
    return total


@njit(cache=True, **_kernels.FLAGS)
def _lbfgs_direction(gradient, steps, changes, scale, used, newest, out):
    """Two-loop recursion: minus the inverse-Hessian estimate times the gradient."""
    memory, n = steps.shape
    alpha = np.empty(memory)
    for k in range(n):
        out[k] = -gradient[k]
    for back in range(used):
        m = (newest - back) % memory
        alpha[m] = scale[m] * _dot(steps[m], out)
        change = changes[m]
        for k in range(n):
            out[k] -= alpha[m] * change[k]
    if used:
        gamma = 1.0 / (scale[newest] * _dot(changes[newest], changes[newest]))
        for k in range(n):
            out[k] *= gamma
    for back in range(used - 1, -1, -1):
        m = (newest - back) % memory
        beta = alpha[m] - scale[m] * _dot(changes[m], out)
        step = steps[m]
        for k in range(n):
            out[k] += beta * step[k]


@njit(cache=True)
def _largest_norm(forces):
    largest = 0.0
    for i in range(forces.shape[0]):
        total = 0.0
        for k in range(forces.shape[1]):
            total += forces[i, k] ** 2
        if not total <= largest:
            largest = total
    return np.sqrt(largest)


Evaluate = Callable[[np.ndarray], tuple[float, np.ndarray]]


def _line_search(
    evaluate: Evaluate,
    x: np.ndarray,
    direction: np.ndarray,
    energy: float,
    slope: float,
    longest: float,
) -> tuple[float, float, np.ndarray] | None:
    """Step length, energy and gradient that satisfy the approximate Wolfe conditions, or None."""
    blur = 1e-10 * abs(energy) + 1e-14
    low, low_slope, high, high_slope = 0.0, slope, 0.0, 0.0
    a = min(1.0, longest)
    for _ in range(30):
        e, g = evaluate(x + a * direction)
        s = float(np.vdot(g, direction))
        climbs = not e <= energy + blur
        if not climbs and SLOPE_DECREASE * slope <= s <= -SLOPE_EXCESS * slope:
            return a, e, g
        if not climbs and s < 0:
            if a >= longest:
                return a, e, g
            low, low_slope = a, s
            if high == 0.0:
                a = min(longest, a * min(4.0, max(1.5, slope / (slope - s) if s > slope else 4.0)))
                continue
        else:
            high, high_slope = a, (np.inf if climbs and s <= 0 else s)
        width = high - low
        if width <= 1e-14 * high:
            return None
        if np.isfinite(high_slope):
            guess = low - low_slope * width / (high_slope - low_slope)
            a = min(max(guess, low + 0.1 * width), high - 0.1 * width)
        else:
            a = low + 0.3 * width
    return None


def _descend(
    evaluate: Evaluate, x: np.ndarray, tolerance: float, limit: int
) -> tuple[np.ndarray, float, np.ndarray, int]:
    """L-BFGS until the largest force is below ``tolerance``, it stalls or ``limit`` is reached.

    It stalls when for ``PATIENCE`` steps neither the energy nor the forces have become smaller
    beyond rounding, or when no step along steepest descent is acceptable.
    """
    energy, gradient = evaluate(x)
    steps, changes = np.empty((MEMORY, x.size)), np.empty((MEMORY, x.size))
    scale = np.zeros(MEMORY)
    used, newest, progress = 0, -1, 0
    lowest_energy, smallest_force = energy, np.inf
    direction = np.empty(x.size)
    for iteration in range(limit):
        force = float(_largest_norm(gradient))
        if force < 0.99 * smallest_force or energy < lowest_energy - 1e-14 * abs(lowest_energy):
            progress = iteration
        smallest_force, lowest_energy = min(force, smallest_force), min(energy, lowest_energy)
        if force <= tolerance or iteration - progress > PATIENCE:
            return x, energy, gradient, iteration
        flat = gradient.ravel()
        _lbfgs_direction(flat, steps, changes, scale, used, newest, direction)
        move = direction.reshape(x.shape)
        slope = float(flat @ direction)
        longest = LARGEST_MOVE / max(float(_largest_norm(move)), 1e-300)
        found = _line_search(evaluate, x, move, energy, slope, longest) if slope < 0 else None
        if found is None:
            if not used:
                return x, energy, gradient, iteration
            used = 0
            continue
        a, energy, new_gradient = found
        place = (newest + 1) % MEMORY
        np.multiply(direction, a, out=steps[place])
        np.subtract(new_gradient.ravel(), flat, out=changes[place])
        x = x + a * move
        gradient = new_gradient
        product = float(steps[place] @ changes[place])
        if product > 0:
            scale[place] = 1.0 / product
            newest, used = place, min(used + 1, MEMORY)
    return x, energy, gradient, limit


def find_rattlers(terms: PairTerms) -> np.ndarray:
    """Numbers of the particles outside the rigid network, ascending.

    A particle with fewer than d + 1 contacts cannot be held in place; it and its contacts are
    removed, which may free others.
    """
    needed = terms.r.shape[1] + 1
    live = np.ones(len(terms.i), dtype=bool)
    loose = np.zeros(terms.N, dtype=bool)
    while True:
        contacts = np.bincount(terms.i[live], minlength=terms.N)
        contacts += np.bincount(terms.j[live], minlength=terms.N)
        new = (contacts < needed) & ~loose
        if not new.any():
            return np.flatnonzero(loose)
        loose |= new
        live &= ~(loose[terms.i] | loose[terms.j])


def _newton(
    evaluate: Evaluate, conf: Configuration, x: np.ndarray, tolerance: float
) -> tuple[np.ndarray, float, np.ndarray]:
    """Newton steps from a point where descent has stalled; stops when they no longer help."""
    energy, gradient = evaluate(x)
    for _ in range(NEWTON_STEPS):
        if _largest_norm(gradient) <= tolerance:
            break
        terms = pair_terms(conf.moved(x))
        try:
            step = -pseudo_inverse(hessian(terms, without=find_rattlers(terms)))(gradient)
        except ValueError:
            break
        step *= min(1.0, LARGEST_MOVE / _largest_norm(step))
        new_energy, new_gradient = evaluate(x + step)
        if not np.linalg.norm(new_gradient) < np.linalg.norm(gradient):
            break
        x, energy, gradient = x + step, new_energy, new_gradient
    return x, energy, gradient


def minimise(
    conf: Configuration, force_tolerance: float = 1e-10, max_iterations: int = 100_000
) -> Minimum:
    """The minimum that descent from ``conf`` leads to, with all forces below ``force_tolerance``.

    Raises ``NoMinimum`` when the tolerance is not reached within ``max_iterations`` steps, and
    ``ValueError`` for a tolerance that is not positive.
    """
    if not force_tolerance > 0:
        raise ValueError(f"the force tolerance must be positive, got {force_tolerance}")
    neighbours = NeighbourList(conf.law(), conf.positions, conf.diameters, conf.box, conf.shear)

    def evaluate(x: np.ndarray) -> tuple[float, np.ndarray]:
        energy, forces, _ = forces_at(x, neighbours, virial_wanted=False)
        return energy, -forces

    start = np.array(conf.positions)
    x, energy, gradient, count = _descend(evaluate, start, force_tolerance, max_iterations)
    if count < max_iterations:
        x, energy, gradient = _newton(evaluate, conf, x, force_tolerance)
    largest = float(_largest_norm(gradient))
    if not largest <= force_tolerance:
        raise NoMinimum(f"forces stalled at {largest:.3g} after {count} steps")
    final = conf.moved(x)
    return Minimum(final, energy, largest, count, find_rattlers(pair_terms(final)))
