"""Procedures by which ensembles of glasses are made.

A protocol names a model, a size and a number; the number changes only when the procedure does,
because the key of a sample is (model, size, protocol number, seed). Besides the shipped ones a
protocol of one's own is addressed as ``module:attribute``.
"""

from __future__ import annotations

import importlib
import os
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


# Glasses cooled from the melt, minimised, and their softest modes.

MELT_TEMPERATURE = 1.0
COOLING_TIME = 20.0
STEP = 0.01
MODES = 30
STARTS = 3


def _cooled(model: str, size: int) -> Make:
    """Langevin melt at T = 1, cooled to zero at a constant rate, then minimised."""

    def make(seed: int, partial: Path) -> Arrays:
        from relics.glass import dynamics
        from relics.glass.configuration import random_configuration
        from relics.glass.elasticity import elasticity
        from relics.glass.hessian import hessian
        from relics.glass.minimise import minimise
        from relics.glass.modes import lowest_modes, participation_ratio

        rng = np.random.default_rng((size, seed))
        motion = dynamics.start(random_configuration(model, size, seed), MELT_TEMPERATURE, rng)
        motion, first = dynamics.langevin(motion, MELT_TEMPERATURE, 0.003, 200, rng, friction=5.0)
        motion, _ = dynamics.langevin(motion, MELT_TEMPERATURE, STEP, 600, rng)
        motion, _ = dynamics.langevin(
            motion,
            lambda t: MELT_TEMPERATURE * max(0.0, 1.0 - t / COOLING_TIME),
            STEP,
            round(COOLING_TIME / STEP),
            rng,
        )
        found = minimise(motion.configuration)
        matrix = hessian(found.configuration)
        stiffness, fields = lowest_modes(matrix, MODES)
        if stiffness[0] <= 0:
            raise ValueError(f"no minimum: the softest stiffness is {stiffness[0]:.3g}")
        moduli = elasticity(found.configuration, matrix)
        return {
            "energy": np.array(found.energy / size),
            "pressure": np.array(moduli.pressure),
            "shear_modulus": np.array(moduli.shear),
            "bulk_modulus": np.array(moduli.bulk),
            "frequency": np.sqrt(stiffness),
            "participation": participation_ratio(fields).astype(np.float32),
            "first_steps": first[:5] / size,
            **_nonlinear(found.configuration, fields, rng),
        }

    return make


def _nonlinear(conf: Any, fields: NDArray[Any], rng: np.random.Generator) -> Arrays:
    """Nonlinear modes that the softest modes and the softest dipole responses lead to.

    Rows of ``nonlinear``: b2, b3, b4 and participation ratio, NaN where a search failed. The
    first half comes from linear modes, the second from dipoles.
    """
    from relics.glass import nonlinear_modes as search

    at = search.expansion(conf)
    responses, omega_g = search.soft_starts(at, STARTS, rng)
    rows = np.full((2 * STARTS, 4), np.nan)
    for k, start in enumerate((*fields[:STARTS], *responses)):
        try:
            mode = search.descend_barrier(at, start, tolerance=1e-7)
        except search.NoMode:
            continue
        rows[k] = mode.b2, mode.b3, mode.b4, mode.participation_ratio
    return {"nonlinear": rows, "omega_g": np.array(omega_g)}


def _cooled_observables(arrays: Arrays) -> dict[str, float]:
    return {
        "energy": float(arrays["energy"].item()),
        "pressure": float(arrays["pressure"].item()),
        "shear modulus": float(arrays["shear_modulus"].item()),
        "softest frequency": float(arrays["frequency"][0]),
        "mean frequency": float(arrays["frequency"].mean()),
    }


def _cooled_glass(model: str, size: int) -> Protocol:
    return Protocol(
        f"cooled-{model}-{size}",
        model,
        size,
        1,
        _cooled(model, size),
        _cooled_observables,
        f"{model}, N = {size}, cooled from T = 1 in {COOLING_TIME:g}, minimised, {MODES} modes",
    )


# Double wells met from an equilibrated state. The state is that of seed // 1000 in the store of
# equilibrated states; the rest of the seed tells trajectories from one state apart.

RUNS_PER_STATE = 1000
QUENCHES = 30
PAIRS = 4
WELL_COLUMNS = (
    "barrier",
    "asymmetry",
    "distance",
    "length",
    "participation",
    "splitting_argon",
    "resolved_argon",
    "splitting_nip",
    "resolved_nip",
    "stiffness_first",
    "stiffness_second",
    "turning",
    "largest_curvature",
    "c_first_link",
    "c_saddle",
    "c_minimum",
    "a_first_link",
    "a_saddle",
    "a_minimum",
    "c_nonlinear",
    "a_nonlinear",
    "c_soft",
    "c_soft_nonlinear",
)
OUTCOMES = ("identical", "direct", "split", "no barrier", "unconverged", "no minimum")


def stores() -> Path:
    """Folder of the shipped stores: ``stores`` beside ``src``, or where RELICS_STORES points."""
    named = os.environ.get("RELICS_STORES")
    return Path(named) if named else Path(__file__).parents[3] / "stores"


def equilibrated_state(temperature: float, size: int, seed: int) -> Any:
    """Configuration of a shipped equilibrated state; raises ``ValueError`` if there is none."""
    from relics.glass import ensembles
    from relics.glass.configuration import Configuration

    name = _equilibrated(temperature, size, 0).name
    for sample in ensembles.read(stores() / name).samples:
        if sample.seed == seed:
            a = sample.arrays
            species = np.zeros(size, dtype=np.int64)
            return Configuration(
                a["positions"], a["box"], a["diameters"], species, sample.model.partition("@")[0]
            )
    raise ValueError(f"the store {name} holds no state with the seed {seed}")


def _wells(temperature: float, size: int) -> Make:
    def make(seed: int, partial: Path) -> Arrays:
        from relics.glass import wells

        state = equilibrated_state(temperature, size, seed // RUNS_PER_STATE)
        rng = np.random.default_rng((size, seed))
        seen = wells.explore(state, 0.04, QUENCHES, rng)
        rows: list[list[float]] = []
        tried = dict.fromkeys(OUTCOMES, 0)
        for i, j in seen.pairs()[:PAIRS]:
            search = wells.connect(seen.minima[i], seen.minima[j])
            for name, count in search.outcomes.items():
                tried[name] += count
            for band, ends in zip(search.bands, search.ends, strict=True):
                rows.append(_well_row(wells.double_well(band, ends)))
        return {
            "wells": np.array(rows, dtype=float).reshape(len(rows), len(WELL_COLUMNS)),
            "outcomes": np.array([tried[name] for name in OUTCOMES]),
            "minima": np.array([m.energy / size for m in seen.minima]),
            "sequence": np.array(seen.sequence, dtype=np.int16),
        }

    return make


def _well_row(well: Any) -> list[float]:
    """Numbers of a double well in the order of WELL_COLUMNS."""
    from relics.glass import tunnelling, wells

    argon = well.splitting(tunnelling.ARGON.planck_reduced)
    metal = well.splitting(tunnelling.NIP.planck_reduced)
    seen = wells.mode_overlaps(well)
    return [
        well.barrier,
        well.asymmetry,
        well.distance,
        float(well.position[-1]),
        wells.participation_number(well.ab),
        argon.splitting,
        float(argon.resolved),
        metal.splitting,
        float(metal.resolved),
        *well.stiffness,
        well.turning,
        float(well.curvature.max()),
        *seen.linear_c,
        *seen.linear_a,
        seen.nonlinear_c,
        seen.nonlinear_a,
        seen.soft_c,
        seen.soft_nonlinear_c,
    ]


def distinct_wells(rows: NDArray[Any], resolution: float = 1e-5) -> NDArray[Any]:
    """Rows of WELL_COLUMNS (m, columns) without repetitions, in their order.

    One double well may be met on several paths; two rows are the same if barrier, asymmetry and
    distance agree to ``resolution``. Raises ``ValueError`` for another number of columns.
    """
    rows = np.asarray(rows, dtype=float)
    if rows.ndim != 2 or rows.shape[1] != len(WELL_COLUMNS):
        raise ValueError(f"rows must have {len(WELL_COLUMNS)} columns, got shape {rows.shape}")
    kept: list[int] = []
    for k, row in enumerate(rows):
        if not any((np.abs(row[:3] - rows[other, :3]) < resolution).all() for other in kept):
            kept.append(k)
    return rows[kept]


def _well_observables(arrays: Arrays) -> dict[str, float]:
    return {"energy": float(arrays["minima"].mean()), "minima": float(arrays["minima"].size)}


def _well_glass(temperature: float, size: int) -> Protocol:
    return Protocol(
        f"wells-{temperature:g}-{size}",
        f"polydisperse-r12@{temperature:g}",
        size,
        1,
        _wells(temperature, size),
        _well_observables,
        f"double wells of polydisperse-r12, N = {size}, from states equilibrated at {temperature:g}",
    )


PROTOCOLS: dict[str, Protocol] = {
    p.name: p
    for p in (
        _equilibrated(0.092, 1500, 200_000),
        _equilibrated(0.07, 1500, 1_000_000),
        _equilibrated(0.062, 1500, 6_000_000),
        _equilibrated(0.092, 500, 200_000),
        _equilibrated(0.07, 500, 1_000_000),
        _well_glass(0.092, 500),
        _well_glass(0.07, 500),
        _well_glass(0.092, 1500),
        _well_glass(0.07, 1500),
        _cooled_glass("binary-r10-3d", 500),
        _cooled_glass("binary-r10-2d", 400),
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
