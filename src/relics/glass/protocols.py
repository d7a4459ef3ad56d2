"""Procedures by which ensembles of glasses are made.

A protocol names a model, a size and a number; the number changes only when the procedure does,
because the key of a sample is (model, size, protocol number, seed). Besides the shipped ones a
protocol of one's own is addressed as ``module:attribute``.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

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


# Equilibration by swap Monte Carlo. Cooling in stages, then two equal runs at the temperature: the
# first forgets the cooling, the second is the record from which equilibrium is judged.

SWAP_BLOCK = 500
SWAP_COOLING = ((0.25, 2), (0.15, 4), (0.12, 8), (0.1, 8))


def _stages(temperature: float, sweeps: int) -> list[tuple[float, int]]:
    cooling = [(t, blocks) for t, blocks in SWAP_COOLING if t > temperature]
    half = sweeps // (2 * SWAP_BLOCK)
    return [*cooling, (temperature, half), (temperature, half)]


def _keep(path: Path, **arrays: NDArray[Any]) -> None:
    """Replace an unfinished state at one stroke; where there is no such folder, do without."""
    if not path.parent.is_dir():
        return
    draft = path.with_suffix(".draft")
    with open(draft, "wb") as handle:
        np.savez(handle, **arrays)  # type: ignore[arg-type]
    draft.replace(path)


def _equilibrate(model: str, size: int, temperature: float, sweeps: int) -> Make:
    """Swap Monte Carlo from random points to equilibrium; its state is kept every few seconds."""

    def make(seed: int, partial: Path) -> Arrays:
        from relics.glass import swap
        from relics.glass.configuration import random_configuration

        stages = _stages(temperature, sweeps)
        energy: list[NDArray[Any]] = []
        overlap: list[NDArray[Any]] = []
        stage = done = 0
        if partial.is_file():
            with np.load(partial) as found:
                stage, done = (int(v) for v in found["place"])
                energy, overlap = [found["energy"]], [found["overlap"]]
                state = swap.from_arrays(found)
        else:
            state = swap.start(random_configuration(model, size, seed), seed)
        while stage < len(stages):
            here, blocks = stages[stage]
            if done == 0:
                state = swap.restart(state)
                energy, overlap = (energy, []) if stage == len(stages) - 1 else ([], [])
            some = min(20, blocks - done)
            state, trace = swap.advance(state, here, some, SWAP_BLOCK)
            energy.append(trace.energy)
            overlap.append(trace.overlap)
            done += some
            if done == blocks:
                stage, done = stage + 1, 0
            _keep(
                partial,
                place=np.array([stage, done]),
                energy=np.concatenate(energy),
                overlap=np.concatenate(overlap),
                **state.as_arrays(),
            )
        conf = state.configuration
        return {
            "positions": conf.positions,
            "diameters": conf.diameters,
            "box": conf.box,
            "temperature": np.array(temperature),
            "energy": (np.concatenate(energy) / size).astype(np.float32),
            "overlap": np.concatenate(overlap).astype(np.float32),
        }

    return make


def _equilibrated_observables(arrays: Arrays) -> dict[str, float]:
    return {"energy": float(arrays["energy"].mean())}


def _equilibrated(temperature: float, size: int, sweeps: int) -> Protocol:
    model = "polydisperse-r12"
    return Protocol(
        f"equilibrated-{temperature:g}" + ("" if size == 1500 else f"-{size}"),
        f"{model}@{temperature:g}",
        size,
        1,
        _equilibrate(model, size, temperature, sweeps),
        _equilibrated_observables,
        f"{model}, N = {size}, equilibrated at T = {temperature:g} by swap Monte Carlo",
    )


PROTOCOLS: dict[str, Protocol] = {
    p.name: p
    for p in (
        _equilibrated(0.092, 1500, 200_000),
        _equilibrated(0.07, 1500, 1_000_000),
        _equilibrated(0.062, 1500, 6_000_000),
    )
}


def protocol(name: str) -> Protocol:
    """The protocol of this name; raises ``ValueError`` for unknown names."""
    if name in PROTOCOLS:
        return PROTOCOLS[name]
    module, separator, attribute = name.partition(":")
    if separator:
        try:
            found = getattr(importlib.import_module(module), attribute)
        except (ImportError, AttributeError) as error:
            raise ValueError(f"protocol {name!r} cannot be imported: {error}") from error
        if isinstance(found, Protocol):
            return found
        raise ValueError(f"{name!r} is not a protocol but {type(found).__name__}")
    raise ValueError(f"unknown ensemble {name!r}; known: {', '.join(sorted(PROTOCOLS))}")
