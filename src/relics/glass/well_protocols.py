"""Procedures of the polydisperse r^-12 liquid: equilibrium states, and double wells met from them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relics.glass.procedures import Arrays, Make, Protocol, stores

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


# Double wells met from an equilibrated state. The state is that of seed // 1000 in the store of
# equilibrated states; the rest of the seed tells trajectories from one state apart.

RUNS_PER_STATE = 1000
QUENCHES = 30
PAIRS = 8
EXPLORING_TEMPERATURE = 0.04
FINE_IMAGES = 150
WELL_COLUMNS = (
    "barrier",
    "asymmetry",
    "distance",
    "length",
    "participation",
    "largest_move",
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
    "c_first_link_fine",
    "tangent_number",
    "tangent_frequency",
    "tangent_participation",
    "straight_participation",
    "c_nonlinear",
    "a_nonlinear",
    "nonlinear_frequency",
    "nonlinear_participation",
    "nonlinear_minima",
    "soft_number",
    "soft_frequency",
    "soft_participation",
    "c_soft",
    "c_soft_nonlinear",
    "soft_nonlinear_minima",
    "c_chance",
    "a_chance",
    "c_chance_nonlinear",
    "a_chance_nonlinear",
)
OUTCOMES = (
    "identical",
    "direct",
    "split",
    "no barrier",
    "unconverged",
    "no minimum",
    "met before",
    "unresolved levels",
)


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
        seen = wells.explore(state, EXPLORING_TEMPERATURE, QUENCHES, rng)
        tried = dict.fromkeys(OUTCOMES, 0)
        joined: list[tuple[Any, Any]] = []
        bands: list[Any] = []
        for i, j in seen.pairs()[:PAIRS]:
            search = wells.connect(seen.minima[i], seen.minima[j], joined=joined)
            for name, count in search.outcomes.items():
                tried[name] += count
            bands += search.bands
            joined += search.ends
        found = [wells.double_well(*pair) for pair in zip(bands, joined, strict=True)]
        rows, unresolved = _well_rows(found, bands, joined, rng)
        tried["unresolved levels"] = unresolved
        return {
            "wells": rows,
            "profiles": _profiles(found),
            "example": _example(rows, found),
            "outcomes": np.array([tried[name] for name in OUTCOMES]),
            "minima": np.array([m.energy / size for m in seen.minima]),
            "sequence": np.array(seen.sequence, dtype=np.int16),
        }

    return make


def _profiles(found: list[Any]) -> NDArray[Any]:
    """Arc length, energy and slope of every double well, shape (m, 3, images)."""
    stacked = [np.stack([w.position, w.energy, w.slope]) for w in found]
    return np.array(stacked).reshape(len(found), 3, -1) if found else np.empty((0, 3, 0))


def _example(rows: NDArray[Any], found: list[Any]) -> NDArray[Any]:
    """Positions of the two minima of the double well with the smallest splitting, (2, N, d).

    Single precision: minimised again they lead back to the minima. Empty where nothing was found.
    """
    if not found:
        return np.empty((0, 0, 0), dtype=np.float32)
    well = found[int(np.nanargmin(rows[:, WELL_COLUMNS.index("splitting_argon")]))]
    x = well.minimum.configuration.positions
    return np.stack([x, x + well.ab]).astype(np.float32)


def _well_rows(
    found: list[Any], bands: list[Any], ends: list[Any], rng: np.random.Generator
) -> tuple[NDArray[Any], int]:
    """Numbers of double wells in the order of WELL_COLUMNS, and splittings that were not resolved.

    The first link with FINE_IMAGES images is found for the first well only, elsewhere it is NaN.
    """
    from relics.glass import wells

    rows = np.full((len(found), len(WELL_COLUMNS)), np.nan)
    copies = [wells.chance_copy(well.ab, rng) for well in found]
    for group in _by_minimum(found):
        # All modes of 1500 particles take a third of a gigabyte: of one minimum at a time.
        modes = wells.vibrations(found[group[0]].minimum.configuration)
        for k in group:
            values = _profile_values(found[k]) | _overlap_values(found[k], modes, copies[k])
            if k == 0:
                try:
                    link = next(wells.first_links(bands[k], ends[k], (FINE_IMAGES,), modes))
                    values["c_first_link_fine"] = wells.overlap_c(link, modes.fields).max()
                except wells.paths.NoPath:
                    pass
            rows[k] = [values.get(name, np.nan) for name in WELL_COLUMNS]
        del modes
    resolved = rows[:, [WELL_COLUMNS.index("resolved_argon"), WELL_COLUMNS.index("resolved_nip")]]
    return rows, int((resolved != 1.0).any(axis=1).sum())


def _by_minimum(found: list[Any]) -> list[list[int]]:
    """Numbers of the double wells that share their lower minimum, minima in order of appearance."""
    from relics.glass import wells

    groups: list[list[int]] = []
    for k, well in enumerate(found):
        of_this = (g for g in groups if wells.same(found[g[0]].minimum, well.minimum))
        group = next(of_this, None)
        if group is None:
            groups.append([k])
        else:
            group.append(k)
    return groups


def _profile_values(well: Any) -> dict[str, float]:
    """Columns that the path alone determines."""
    from relics.glass import tunnelling, wells

    values = {
        "barrier": well.barrier,
        "asymmetry": well.asymmetry,
        "distance": well.distance,
        "length": float(well.position[-1]),
        "participation": wells.participation_number(well.ab),
        "largest_move": float(np.sqrt((well.ab**2).sum(axis=1).max())),
        "stiffness_first": well.stiffness[0],
        "stiffness_second": well.stiffness[1],
        "turning": well.turning,
        "largest_curvature": float(well.curvature.max()),
    }
    for name, substance in (("argon", tunnelling.ARGON), ("nip", tunnelling.NIP)):
        try:
            levels = well.splitting(substance.planck_reduced)
        except ValueError:  # the grid does not resolve the levels: NaN, counted as unresolved
            continue
        values[f"splitting_{name}"] = levels.splitting
        values[f"resolved_{name}"] = float(levels.resolved)
    return values


def _overlap_values(well: Any, modes: Any, copy: NDArray[Any]) -> dict[str, float]:
    """Columns about the modes of the lower minimum, and about a copy of its transition by chance.

    NaN where a search failed.
    """
    from relics.glass import wells
    from relics.glass.modes import participation_ratio

    seen = wells.mode_overlaps(well, modes)
    fields, frequency = modes.fields, np.sqrt(modes.stiffness)
    values = {
        **dict(zip(("c_first_link", "c_saddle", "c_minimum"), seen.linear_c, strict=True)),
        **dict(zip(("a_first_link", "a_saddle", "a_minimum"), seen.linear_a, strict=True)),
        "tangent_number": seen.tangent,
        "tangent_frequency": frequency[seen.tangent],
        "tangent_participation": participation_ratio(fields[seen.tangent]),
        "straight_participation": participation_ratio(fields[seen.straight]),
        "c_nonlinear": seen.nonlinear_c,
        "a_nonlinear": seen.nonlinear_a,
        "c_soft": seen.soft_c,
        "c_soft_nonlinear": seen.soft_nonlinear_c,
        "soft_number": seen.soft,
        "c_chance": wells.overlap_c(copy, fields).max(),
        "a_chance": wells.overlap_a(copy, fields).max(),
    }
    if seen.soft >= 0:
        values["soft_frequency"] = frequency[seen.soft]
        values["soft_participation"] = participation_ratio(fields[seen.soft])
    if seen.nonlinear is not None:
        mode = seen.nonlinear
        values["nonlinear_frequency"] = mode.frequency
        values["nonlinear_participation"] = mode.participation_ratio
        values["nonlinear_minima"] = wells.minima_along(modes.at, mode.field)
        values["c_chance_nonlinear"] = wells.overlap_c(copy, mode.field)
        values["a_chance_nonlinear"] = wells.overlap_a(copy, mode.field)
    if seen.soft_nonlinear is not None:
        along = wells.minima_along(modes.at, seen.soft_nonlinear.field)
        values["soft_nonlinear_minima"] = along
    return {name: float(value) for name, value in values.items()}


LINK_IMAGES = (40, 80, 150, 300, 600, 1200, 2400)


def example_minima(temperature: float, size: int, seed: int) -> tuple[Any, Any]:
    """The two minima of the example of a stored trajectory; ``ValueError`` if there is none."""
    from relics.glass import ensembles
    from relics.glass.minimise import minimise

    name = _well_glass(temperature, size).name
    for sample in ensembles.read(stores() / name).samples:
        if sample.seed == seed and sample.arrays["example"].size:
            state = equilibrated_state(temperature, size, seed // RUNS_PER_STATE)
            first, second = sample.arrays["example"].astype(float)
            return minimise(state.moved(first)), minimise(state.moved(second))
    raise ValueError(f"the store {name} holds no example with the seed {seed}")


def _links(temperature: float, size: int) -> Make:
    """First links of one double well with ever more images, against all modes of its minimum."""

    def make(seed: int, partial: Path) -> Arrays:
        from relics.glass import tunnelling, wells
        from relics.glass.modes import participation_ratio

        search = wells.connect(*example_minima(temperature, size, seed), images=LINK_IMAGES[0])
        if len(search.bands) != 1:
            raise ValueError(f"no single path joins the example: {dict(search.outcomes)}")
        band, ends = search.bands[0], search.ends[0]
        well = wells.double_well(band, ends)
        modes = wells.vibrations(well.minimum.configuration)
        overlap = np.full((len(LINK_IMAGES), len(modes.stiffness)), np.nan)
        overlap[0] = wells.overlap_c(well.first_link, modes.fields)
        try:
            links = wells.first_links(band, ends, LINK_IMAGES[1:], modes)
            for k, link in enumerate(links, start=1):
                overlap[k] = wells.overlap_c(link, modes.fields)
        except wells.paths.NoPath:  # the finer bands stay NaN
            pass
        levels = well.splitting(tunnelling.ARGON.planck_reduced)
        return {
            "images": np.array(LINK_IMAGES),
            "overlap": overlap,
            "frequency": np.sqrt(modes.stiffness),
            "participation": participation_ratio(modes.fields),
            "splitting": np.array(levels.splitting),
            "barrier": np.array(well.barrier),
        }

    return make


def _link_observables(arrays: Arrays) -> dict[str, float]:
    return {"barrier": float(arrays["barrier"].item())}


def _link_glass(temperature: float, size: int) -> Protocol:
    return Protocol(
        f"links-{temperature:g}-{size}",
        f"polydisperse-r12@{temperature:g}",
        size,
        2,
        _links(temperature, size),
        _link_observables,
        f"first links of stored double wells, N = {size}, with {LINK_IMAGES} images",
    )


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
        2,
        _wells(temperature, size),
        _well_observables,
        f"double wells of polydisperse-r12, N = {size}, from states equilibrated at {temperature:g}",
    )


ENSEMBLES = (
    _equilibrated(0.092, 1500, 200_000),
    _equilibrated(0.07, 1500, 1_000_000),
    _equilibrated(0.062, 1500, 6_000_000),
    _equilibrated(0.092, 500, 200_000),
    _equilibrated(0.07, 500, 1_000_000),
    _equilibrated(0.062, 500, 6_000_000),
    _well_glass(0.062, 500),
    _well_glass(0.092, 500),
    _well_glass(0.07, 500),
    _well_glass(0.092, 1500),
    _well_glass(0.07, 1500),
    _link_glass(0.092, 500),
    _link_glass(0.07, 500),
    _link_glass(0.092, 1500),
)
