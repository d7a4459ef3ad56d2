"""Samples of a store made again from their keys, and compared with what was stored."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from relics.glass import ensembles, protocols
from relics.glass.procedures import Arrays


@dataclass(frozen=True)
class Regenerated:
    """One sample made again.

    ``differences``: by array, the largest difference from the stored one over its largest entry; 0
    means equal bit for bit, infinity another shape or an array that only one of them has.
    ``deviations``: by observable, the distance of the new sample from the mean of the store in
    standard deviations of the store; NaN where the store holds fewer than two samples.
    """

    seed: int
    differences: dict[str, float]
    deviations: dict[str, float]

    @property
    def largest(self) -> tuple[str, float]:
        """The array that differs most, and by how much."""
        name = max(self.differences, key=self.differences.__getitem__)
        return name, self.differences[name]

    def says(self, tolerance: float) -> str:
        """Verdict in one line."""
        name, difference = self.largest
        if difference == 0:
            return "identical"
        if difference <= tolerance:
            return f"the same to {difference:.1e} ({name})"
        others = sum(d > tolerance for d in self.differences.values()) - 1
        where = name + (f" and {others} more" if others else "")
        ensemble = ", ".join(f"{k} {v:+.1f}" for k, v in self.deviations.items())
        return (
            f"differs by {difference:.1e} in {where}; standard deviations from the mean: {ensemble}"
        )


def regenerate(store: str | Path, count: int = 3, seed: int = 0) -> Iterator[Regenerated]:
    """Make ``count`` samples of a store again, chosen at random by ``seed``; the store is only read.

    A procedure that follows chaotic motion repeats bit for bit on the processor and libraries
    that it was stored with; elsewhere it ends in another glass of the same ensemble, and then the
    deviations say whether it is one. Raises ``ValueError`` for a count below one, a folder that is
    no store, an ensemble that is not known here under its model, size and number, or an empty store.
    """
    if count < 1:
        raise ValueError(f"the number of samples to make again must be at least one, got {count}")
    identity = ensembles.status(store)
    protocol = protocols.protocol(identity["name"])
    known = {"model": protocol.model, "size": protocol.size, "protocol": protocol.number}
    held = {name: identity[name] for name in known}
    if held != known:
        raise ValueError(f"{store} was made by {held}, the procedure known here is {known}")
    samples = ensembles.read(store).samples
    if not samples:
        raise ValueError(f"{store} holds no usable sample")
    measured = [protocol.observables(s.arrays) for s in samples]
    chosen = np.random.default_rng(seed).permutation(len(samples))[:count]
    for stored in (samples[k] for k in chosen):
        again = ensembles.make(protocol.name, stored.seed)
        yield Regenerated(
            stored.seed,
            _differences(again.arrays, stored.arrays),
            _deviations(protocol.observables(again.arrays), measured),
        )


def _differences(new: Arrays, old: Arrays) -> dict[str, float]:
    return {
        name: _difference(new[name], old[name]) if name in new and name in old else np.inf
        for name in sorted(new.keys() | old.keys())
    }


def _difference(new: NDArray[np.generic], old: NDArray[np.generic]) -> float:
    if new.shape != old.shape:
        return np.inf
    a, b = new.astype(float), old.astype(float)
    if np.array_equal(a, b, equal_nan=True):
        return 0.0
    if not np.array_equal(np.isnan(a), np.isnan(b)):
        return np.inf
    return float(np.nanmax(np.abs(a - b)) / np.nanmax(np.abs(b)))


def _deviations(found: dict[str, float], measured: list[dict[str, float]]) -> dict[str, float]:
    deviations = {}
    for name, value in found.items():
        values = np.array([m[name] for m in measured])
        spread = values.std(ddof=1) if len(values) > 1 else 0.0
        deviations[name] = float((value - values.mean()) / spread) if spread > 0 else np.nan
    return deviations
