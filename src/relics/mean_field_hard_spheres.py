"""Hard spheres in infinitely many dimensions: a glass followed from the liquid to jamming.

Replica-symmetric state following (Rainone, Urbani, Yoshino, Zamponi, Phys. Rev. Lett. 114, 015701
(2015)), the mean-field theory that L18 Fig. 6 draws. Reduced units throughout: the scaled packing
fraction is 2^d phi/d, pressures are p/(rho d k_B T), cages are d^2 times squared displacements
over squared diameters. `cage` is the cage size D of the glass, `memory` the squared displacement
from the configuration that was prepared, `compression` the logarithm of the density ratio to it.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq, minimize_scalar, root
from scipy.special import erfcx, log_ndtr

from relics.domain import finite, positive

Array = NDArray[np.float64]

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(24)
_MULTIPLES = np.array([0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 5.5, 7.5, 10.0, 14.0, 20.0])


def _grid(memory: float, cage: float, compression: float) -> tuple[Array, Array]:
    """Nodes and weights on the gap axis, dense where either cage's edge lies."""
    marks = [np.linspace(-12.0, 20.0, 33)]
    for centre, width in (
        (-memory / 2, math.sqrt(memory)),
        (compression - cage / 2, math.sqrt(cage)),
    ):
        marks += [centre + width * _MULTIPLES, centre - width * _MULTIPLES]
    edges = np.unique(np.concatenate(marks))
    half = np.diff(edges) / 2
    h = (edges[:-1] + half)[:, None] + half[:, None] * _NODES
    return h.ravel(), (half[:, None] * _WEIGHTS).ravel()


def _mills(u: Array) -> Array:
    """Normal density over normal distribution function, without underflow."""
    return math.sqrt(2 / math.pi) / erfcx(-u / math.sqrt(2))


def _edge(h: Array, cage: float) -> Array:
    return (h + cage / 2) / math.sqrt(cage)


def _edge_by_cage(h: Array, cage: float) -> Array:
    return (0.5 - h / cage) / (2 * math.sqrt(cage))


def overlap_integral(memory: float, cage: float, compression: float = 0.0) -> float:
    """int dh e^h Theta(h; memory) ln Theta(h - compression; cage).

    Theta(h; D) is the normal distribution function of (h + D/2)/sqrt(D). Both cages are positive
    and at most 200, where the panels end (eight digits).
    """
    positive(memory=memory, cage=cage)
    if max(memory, cage) > 200:
        raise ValueError(f"memory and cage must be at most 200, got {memory:g} and {cage:g}")
    finite(compression=compression)
    h, w = _grid(memory, cage, compression)
    weight = np.exp(h + log_ndtr(_edge(h, memory)))
    return float(np.sum(w * weight * log_ndtr(_edge(h - compression, cage))))


def _by_memory(memory: float, cage: float, compression: float) -> float:
    h, w = _grid(memory, cage, compression)
    u = _edge(h, memory)
    slope = np.exp(h - 0.5 * u**2) / math.sqrt(2 * math.pi) * _edge_by_cage(h, memory)
    return float(np.sum(w * slope * log_ndtr(_edge(h - compression, cage))))


def _by_cage(memory: float, cage: float, compression: float) -> float:
    h, w = _grid(memory, cage, compression)
    weight = np.exp(h + log_ndtr(_edge(h, memory)))
    shifted = h - compression
    return float(np.sum(w * weight * _mills(_edge(shifted, cage)) * _edge_by_cage(shifted, cage)))


def inverse_packing(cage: ArrayLike) -> Array:
    """1/phi at which an equilibrium cage of the given size is stationary.

    Its maximum over the cage is the dynamical transition; at higher packing there are two cages,
    of which the smaller is the glass.
    """
    (cage,) = positive(cage=cage)
    return np.array([-D * _by_memory(float(D), float(D), 0.0) for D in cage.flat]).reshape(
        cage.shape
    )


@functools.cache
def dynamical_transition() -> tuple[float, float]:
    """Scaled packing fraction and cage where glassy minima first exist."""
    # The maximum of a quadratic extremum is found to 1e-8 only through a root of its slope.
    best = minimize_scalar(lambda D: -float(inverse_packing(D)), bracket=(0.8, 1.2, 1.6)).x

    def slope(D: float) -> float:
        step = 1e-4 * D
        f = inverse_packing(np.array([D - 2 * step, D - step, D + step, D + 2 * step]))
        return float((f[0] - 8 * f[1] + 8 * f[2] - f[3]) / (12 * step))

    cage = brentq(slope, 0.98 * best, 1.02 * best, xtol=1e-12)
    return 1 / float(inverse_packing(cage)), cage


def equilibrium_cage(packing: float) -> float:
    """Cage of the equilibrium glass at a scaled packing fraction above the dynamical transition."""
    positive(packing=packing)
    threshold, largest = dynamical_transition()
    if packing < threshold:
        raise ValueError(
            f"packing = {packing:g}: no glass below the dynamical transition at {threshold:.4f}"
        )
    f = lambda log_D: packing * float(inverse_packing(math.exp(log_D))) - 1  # noqa: E731
    return math.exp(brentq(f, math.log(1e-5), math.log(largest), xtol=1e-15))


def liquid_pressure(packing: ArrayLike) -> Array:
    """Reduced pressure of the liquid, half the scaled packing fraction."""
    (packing,) = positive(packing=packing)
    return packing / 2


@dataclass(frozen=True)
class GlassState:
    """One state of a glass prepared at `prepared` and followed to another density."""

    prepared: float
    compression: float
    cage: float
    memory: float

    @property
    def packing(self) -> float:
        """Scaled packing fraction, prepared density times e^compression."""
        return self.prepared * math.exp(self.compression)

    @property
    def pressure(self) -> float:
        """Reduced pressure."""
        h, w = _grid(self.memory, self.cage, self.compression)
        weight = np.exp(h + log_ndtr(_edge(h, self.memory)))
        slope = _mills(_edge(h - self.compression, self.cage)) / math.sqrt(self.cage)
        return float(self.prepared / 2 * np.sum(w * weight * slope))

    @property
    def stability(self) -> float:
        """Below one: the state is a single minimum; at one it splits (the Gardner point)."""
        h, w = _grid(self.memory, self.cage, self.compression)
        weight = np.exp(h + log_ndtr(_edge(h, self.memory)))
        u = _edge(h - self.compression, self.cage)
        ratio = _mills(u)
        curvature = ratio * (u + ratio) / self.cage
        return float(self.prepared / 2 * self.cage**2 * np.sum(w * weight * curvature**2))


def stationarity(prepared: float, compression: float, cage: float, memory: float) -> Array:
    """Two numbers that vanish when cage and memory are stationary (multiplied by the cage)."""
    return np.array(
        [
            1 + prepared * cage * _by_memory(memory, cage, compression),
            1 - memory / cage + prepared * cage * _by_cage(memory, cage, compression),
        ]
    )


def state_at_cage(prepared: float, cage: float, guess: GlassState) -> GlassState:
    """The state of the glass prepared at `prepared` whose cage has the given size.

    The cage falls all the way from the spinodal of decompression to jamming, so it labels the
    states uniquely where the density does not. `guess` is a neighbouring state. Raises
    ValueError where no state is found.
    """
    positive(prepared=prepared, cage=cage)

    def residual(x: Array) -> Array:
        return stationarity(prepared, x[0], cage, math.exp(x[1]))

    start = np.array([guess.compression, math.log(guess.memory)])
    found = root(residual, start, method="hybr", options={"xtol": 1e-13})
    if np.max(np.abs(found.fun)) > 1e-9:
        raise ValueError(f"no state of cage {cage:g} near the guess, residual {found.fun}")
    return GlassState(prepared, float(found.x[0]), cage, math.exp(found.x[1]))


def prepared_state(packing: float) -> GlassState:
    """The equilibrium glass at a scaled packing fraction, from which following starts."""
    cage = equilibrium_cage(packing)
    return GlassState(packing, 0.0, cage, cage)


def follow(packing: float, smallest_cage: float = 1e-3, ratio: float = 1.15) -> list[GlassState]:
    """States from the prepared glass towards jamming, cages falling by `ratio` or less.

    Glasses prepared just above the dynamical transition have no replica-symmetric state left
    beyond some compression, deep in their unstable range; the list ends there, to one part in
    ten thousand of the cage.
    """
    positive(packing=packing, smallest_cage=smallest_cage)
    if not ratio > 1:
        raise ValueError(f"ratio must exceed 1, got {ratio}")
    states = [prepared_state(packing)]
    step = ratio
    while states[-1].cage > smallest_cage and step > 1.0001:
        cage = max(states[-1].cage / step, smallest_cage)
        try:
            states.append(state_at_cage(packing, cage, _extrapolated(states, cage)))
        except ValueError:
            step = math.sqrt(step)
    return states


def decompress(packing: float, ratio: float = 1.04) -> list[GlassState]:
    """States from the prepared glass to the spinodal, where its density is least.

    Cages grow by `ratio` or less from state to state until the compression turns round, to four
    parts in ten thousand of the cage.
    """
    if not ratio > 1:
        raise ValueError(f"ratio must exceed 1, got {ratio}")
    states = [prepared_state(packing)]
    step = ratio
    while step > 1.0001:
        cage = states[-1].cage * step
        try:
            new = state_at_cage(packing, cage, _extrapolated(states, cage))
        except ValueError:
            step = math.sqrt(step)
            continue
        if new.compression < states[-1].compression:
            states.append(new)
        else:  # the last state may lie beyond the turn already
            step = math.sqrt(step)
            if len(states) > 1:
                states.pop()
    return states


def _extrapolated(states: list[GlassState], cage: float) -> GlassState:
    last = states[-1]
    if len(states) < 2:
        return last
    before = states[-2]
    share = math.log(cage / last.cage) / math.log(last.cage / before.cage)
    return GlassState(
        last.prepared,
        last.compression + share * (last.compression - before.compression),
        cage,
        last.memory * (last.memory / before.memory) ** share,
    )


def gardner_state(packing: float, states: list[GlassState] | None = None) -> GlassState:
    """The state at which the glass prepared at `packing` becomes marginally stable.

    `states` are its followed states, made here if not given. Raises ValueError if it stays stable
    down to the smallest cage.
    """
    states = follow(packing) if states is None else states
    stabilities = np.array([s.stability for s in states])
    above = np.flatnonzero(stabilities >= 1)
    if above.size == 0:
        raise ValueError(
            f"the glass prepared at {packing:g} is stable down to cage {states[-1].cage:g}"
        )
    k = int(above[0])
    if k == 0:
        return states[0]
    nearby = states[k - 1]

    def excess(log_cage: float) -> float:
        return state_at_cage(packing, math.exp(log_cage), nearby).stability - 1

    log_cage = brentq(excess, math.log(states[k].cage), math.log(nearby.cage), xtol=1e-13)
    return state_at_cage(packing, math.exp(log_cage), nearby)
