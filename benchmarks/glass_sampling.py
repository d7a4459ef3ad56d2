"""Speed of sampling, paths and mode searches.

``python benchmarks/glass_sampling.py [--only NAME ...] [--rounds 7]``

Medians over rounds of processor time of this process, one thread, beside the goal; the scaling of
workers is wall time and means something only on a machine with nothing else to do. Starts come
from the shipped stores of equilibrated states.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import glass_core
import numpy as np

from relics.glass import (
    dynamics,
    ensembles,
    nonlinear_modes,
    shear,
    swap,
    tunnelling,
    well_protocols,
    wells,
)
from relics.glass.configuration import random_configuration
from relics.glass.minimise import minimise
from relics.glass.modes import lowest_modes

ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


@dataclass(frozen=True)
class Row:
    """One line: a measured number, its unit, the goal and which side of it is good."""

    what: str
    value: float
    unit: str
    goal: float | None
    larger_is_better: bool = False


def median_time(call: Callable[[], object], rounds: int) -> float:
    """Median processor time of a call, after one to warm up."""
    call()
    spent = []
    for _ in range(rounds):
        begun = time.process_time()
        call()
        spent.append(time.process_time() - begun)
    return float(np.median(spent))


def swaps(rounds: int) -> Iterator[Row]:
    """Moves a second of swap Monte Carlo at N = 1500."""
    state = swap.start(well_protocols.equilibrated_state(0.092, 1500, 0), 1)
    state, _ = swap.advance(state, 0.07, 3, 100)
    for temperature, goal in ((0.07, 1.5e6), (0.092, None)):
        spent = median_time(lambda t=temperature: swap.advance(state, t, 1, 60), rounds)
        yield Row(
            f"swap, N = 1500, T = {temperature}",
            60 * 1500 / spent / 1e6,
            "M moves/s",
            goal and goal / 1e6,
            True,
        )


def exchanges(rounds: int) -> Iterator[Row]:
    """Attempted exchanges a second on one binary mixture, beside LAMMPS fix atom/swap."""
    temperature, tries = 0.5, 200
    liquid = minimise(random_configuration("binary-r10-3d", 1500, 0), 1.0).configuration
    state = swap.start(liquid, 1, swap_fraction=1.0)
    ours = median_time(lambda: swap.advance(state, temperature, 1, 60), rounds)
    rate = 60 * liquid.N / ours
    yield Row("exchanges alone, binary, N = 1500", rate / 1e6, "M/s", None)
    try:
        engine = glass_core.lammps_instance(liquid, "lepton")
    except ImportError as error:
        print(f"LAMMPS: not installed ({error})", file=sys.stderr)
        return
    engine.command(f"fix s all atom/swap 1 {tries} 29494 {temperature} ke no types 1 2")
    engine.command("run 0 post no")
    theirs = median_time(lambda: engine.command("run 1 pre no post no"), rounds)
    yield Row("LAMMPS fix atom/swap, the same", tries / theirs, "1/s", None)
    yield Row("ratio", rate * theirs / tries, "x", 1000.0, True)


def motion(rounds: int) -> Iterator[Row]:
    """One step of molecular dynamics."""
    for name, size in (("binary-r10-3d", 500), ("binary-r10-2d", 400)):
        rng = np.random.default_rng(0)
        start = dynamics.start(random_configuration(name, size, 0), 0.5, rng)
        start, _ = dynamics.langevin(start, 0.5, 0.005, 300, rng, friction=5.0)
        spent = median_time(lambda m=start, r=rng: dynamics.langevin(m, 0.5, 0.01, 300, r), rounds)
        yield Row(f"Langevin step, {name}, N = {size}", spent / 300 * 1e6, "us", None)


def searches(rounds: int) -> Iterator[Row]:
    """Nonlinear modes and the approach to an instability."""
    glass = minimise(random_configuration("binary-r10-3d", 500, 1)).configuration
    at = nonlinear_modes.expansion(glass)
    start = lowest_modes(at.matrix, 1)[1][0]
    yield Row(
        "nonlinear mode by descent, N = 500",
        median_time(lambda: nonlinear_modes.descend_barrier(at, start), rounds),
        "s",
        None,
    )
    plane = minimise(random_configuration("binary-r10-2d", 400, 1))
    yield Row(
        "shear to the first instability, 2D, N = 400",
        median_time(lambda: shear.approach(plane), max(1, rounds // 3)),
        "s",
        None,
    )


def pairs(rounds: int) -> Iterator[Row]:
    """One double well: 40 images to 1e-6, splittings, all modes, first links of finer paths."""
    for size in (500, 1500):
        rng = np.random.default_rng(1)
        start = well_protocols.equilibrated_state(0.092, size, 0)
        seen = wells.explore(start, 0.04, 12, rng)
        spent: list[float] = []
        tried = 0
        first = None
        for i, j in seen.pairs():
            begun = time.process_time()
            search = wells.connect(seen.minima[i], seen.minima[j])
            tried += sum(search.outcomes.values()) - search.outcomes["split"]
            for band, ends in zip(search.bands, search.ends, strict=True):
                first = first or (band, ends)
                wells.double_well(band, ends).splitting(tunnelling.ARGON.planck_reduced)
            spent.append(time.process_time() - begun)
            if tried >= rounds:
                break
        yield Row(f"elementary path attempted, N = {size}", sum(spent) / max(tried, 1), "s", 10.0)
        if first is not None:
            well = wells.double_well(*first)
            begun = time.process_time()
            modes = wells.vibrations(well.minimum.configuration)
            wells.mode_overlaps(well, modes)
            yield Row(f"all modes and overlaps, N = {size}", time.process_time() - begun, "s", 20.0)
            begun = time.process_time()
            list(wells.first_links(*first, (150, 600), modes))
            spent_on_links = time.process_time() - begun
            yield Row(f"first links, 150 and 600 images, N = {size}", spent_on_links, "s", None)


def workers(rounds: int) -> Iterator[Row]:
    """Wall time of one worker over that of two, their start included, for a minute's ensemble."""
    name = "cooled-binary-r10-2d-400"
    walls = []
    for count in (1, 2):
        with tempfile.TemporaryDirectory() as folder:
            begun = time.monotonic()
            ensembles.run(name, 240, folder, count, first_seed=10**6, quiet=True)
            walls.append(time.monotonic() - begun)
    yield Row("two workers against one (wall time)", walls[0] / walls[1], "x", 1.8, True)


PARTS = {p.__name__: p for p in (swaps, exchanges, motion, searches, pairs, workers)}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    if any(os.environ.get(name) != value for name, value in ONE_THREAD.items()):
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **ONE_THREAD})
    print(f"{'what':46s} {'measured':>12s} {'':10s} {'goal':>8s}")
    for name in options.only:
        for row in PARTS[name](options.rounds):
            goal = "" if row.goal is None else f"{row.goal:8.2f}"
            met = ""
            if row.goal is not None:
                met = "met" if (row.value >= row.goal) == row.larger_is_better else "missed"
            print(f"{row.what:46s} {row.value:12.3f} {row.unit:10s} {goal:>8s} {met}", flush=True)


if __name__ == "__main__":
    main()
