"""What the procedure of an ensemble is, and how most of them begin: with a melt that is cooled."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from relics.glass.configuration import Configuration
    from relics.glass.dynamics import Motion

Arrays = dict[str, NDArray[Any]]
Make = Callable[[int, Path], Arrays]


@dataclass(frozen=True)
class Protocol:
    """A named procedure.

    ``make`` maps a seed and the path of a file for unfinished states to the arrays of a sample;
    ``observables`` maps those arrays to the numbers that are compared between ensembles.
    """

    name: str
    model: str
    size: int
    number: int
    make: Make
    observables: Callable[[Arrays], dict[str, float]]
    says: str


@dataclass(frozen=True)
class Cooling:
    """A melt at ``temperature`` for ``equilibration``, cooled to zero in ``time``; one ``step``.

    Random points overlap: the first steps are shorter and damped by ``friction``.
    """

    temperature: float
    equilibration: float
    time: float
    step: float
    friction: float = 5.0


def melt(
    model: str, size: int, seed: int, way: Cooling
) -> tuple[Motion, np.random.Generator, NDArray[Any]]:
    """Random points brought to the temperature of the melt, with the run's random generator.

    The third value holds the energies per particle after the first steps, which identify the run.
    """
    from relics.glass import dynamics
    from relics.glass.configuration import random_configuration

    rng = np.random.default_rng((size, seed))
    motion = dynamics.start(random_configuration(model, size, seed), way.temperature, rng)
    motion, first = dynamics.langevin(
        motion, way.temperature, 0.3 * way.step, 200, rng, friction=way.friction
    )
    return motion, rng, first[:5] / size


def melt_and_cool(
    model: str, size: int, seed: int, way: Cooling
) -> tuple[Configuration, np.random.Generator, NDArray[Any]]:
    """A melt cooled to zero at a constant rate, not minimised; the rest as in `melt`."""
    from relics.glass import dynamics

    motion, rng, first = melt(model, size, seed, way)
    motion, _ = dynamics.langevin(
        motion, way.temperature, way.step, round(way.equilibration / way.step), rng
    )
    motion, _ = dynamics.langevin(
        motion,
        lambda t: way.temperature * max(0.0, 1.0 - t / way.time),
        way.step,
        round(way.time / way.step),
        rng,
    )
    return motion.configuration, rng, first


def stores() -> Path:
    """Folder of the shipped stores: ``stores`` beside ``src``, or where RELICS_STORES points."""
    named = os.environ.get("RELICS_STORES")
    return Path(named) if named else Path(__file__).parents[3] / "stores"
