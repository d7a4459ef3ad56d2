"""Molecular dynamics of model glasses: at constant energy, and with a Langevin thermostat.

Unit masses, reduced units, k_B = 1. Positions are integrated without folding, so that
displacements can be followed across the periodic box.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from relics.glass.configuration import Configuration
from relics.glass.energy import forces_at
from relics.glass.neighbours import NeighbourList

Array = NDArray[np.float64]

SKIN = 0.4


@dataclass(frozen=True)
class Motion:
    """Particles on the move.

    ``configuration``; ``velocities`` (N, d); ``displacement`` (N, d) since the start, not folded;
    ``time`` elapsed.
    """

    configuration: Configuration
    velocities: Array
    displacement: Array
    time: float

    @property
    def kinetic_energy(self) -> float:
        """Total kinetic energy."""
        return 0.5 * float(np.sum(self.velocities**2))

    @property
    def temperature(self) -> float:
        """Kinetic temperature, without the motion of the centre of mass."""
        n, d = self.velocities.shape
        return 2.0 * self.kinetic_energy / (d * (n - 1))


def start(configuration: Configuration, temperature: float, rng: np.random.Generator) -> Motion:
    """Maxwell velocities with no total momentum; raises ``ValueError`` if T is negative."""
    if not 0 <= temperature < np.inf:
        raise ValueError(f"the temperature must not be negative, got {temperature}")
    shape = configuration.positions.shape
    velocities = np.sqrt(temperature) * rng.normal(size=shape)
    velocities -= velocities.mean(axis=0)
    return Motion(configuration, velocities, np.zeros(shape), 0.0)


def _check(motion: Motion, step: float, count: int) -> None:
    if not 0 < step < np.inf:
        raise ValueError(f"the time step must be positive, got {step}")
    if count < 1:
        raise ValueError(f"the number of steps must be at least one, got {count}")
    if not np.isfinite(motion.velocities).all():
        raise ValueError("velocities must be finite")


def _list(configuration: Configuration) -> NeighbourList:
    conf = configuration
    return NeighbourList(
        conf.law(), conf.positions, conf.diameters, conf.box, conf.shear, skin=SKIN
    )


def _ended(motion: Motion, x: Array, v: Array, elapsed: float) -> Motion:
    if not np.isfinite(x).all():
        raise ValueError("the motion diverged: the time step is too long")
    moved = x - motion.configuration.positions
    return replace(
        motion,
        configuration=motion.configuration.moved(x),
        velocities=v,
        displacement=motion.displacement + moved,
        time=motion.time + elapsed,
    )


def constant_energy(motion: Motion, step: float, count: int) -> tuple[Motion, Array]:
    """Velocity-Verlet motion; also the total energy after each step, shape ``(count,)``.

    Raises ``ValueError`` for steps that are not positive or a motion that diverges.
    """
    _check(motion, step, count)
    neighbours = _list(motion.configuration)
    x = motion.configuration.positions.copy()
    v = motion.velocities.copy()
    forces = forces_at(x, neighbours)[1]
    total = np.empty(count)
    for k in range(count):
        v += 0.5 * step * forces
        x += step * v
        potential, forces, _ = forces_at(x, neighbours)
        v += 0.5 * step * forces
        total[k] = potential + 0.5 * np.vdot(v, v)
    return _ended(motion, x, v, step * count), total


def langevin(
    motion: Motion,
    temperature: float | Callable[[float], float],
    step: float,
    count: int,
    rng: np.random.Generator,
    friction: float = 1.0,
) -> tuple[Motion, Array]:
    """Langevin motion (BAOAB splitting); also the potential energy after each step.

    ``temperature`` is a number or a function of the time since the call, for cooling. ``friction``
    is the rate at which velocities are forgotten. Raises ``ValueError`` for numbers that are not
    positive or a motion that diverges.
    """
    _check(motion, step, count)
    if not 0 < friction < np.inf:
        raise ValueError(f"the friction must be positive, got {friction}")
    if not callable(temperature) and not 0 <= temperature < np.inf:
        raise ValueError(f"the temperature must not be negative, got {temperature}")
    neighbours = _list(motion.configuration)
    x = motion.configuration.positions.copy()
    v = motion.velocities.copy()
    forces = forces_at(x, neighbours)[1]
    potential = np.empty(count)
    memory = np.exp(-friction * step)
    for k in range(count):
        here = temperature(k * step) if callable(temperature) else temperature
        noise = np.sqrt(here * (1.0 - memory**2))
        v += 0.5 * step * forces
        x += 0.5 * step * v
        v *= memory
        v += noise * rng.standard_normal(v.shape)
        x += 0.5 * step * v
        potential[k], forces, _ = forces_at(x, neighbours)
        v += 0.5 * step * forces
    return _ended(motion, x, v, step * count), potential
