"""Procedures by which ensembles of glasses are made.

A protocol names a model, a size and a number; the number changes only when the procedure does,
because the key of a sample is (model, size, protocol number, seed). Besides the shipped ones a
protocol of one's own is addressed as ``module:attribute``.
"""

from __future__ import annotations

import importlib
import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relics.glass import excitation_protocols, mode_protocols, oscillator_protocols
from relics.glass.procedures import Arrays, Cooling, Make, Protocol, melt_and_cool

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

QUICK = excitation_protocols.QUICK
MODES = 30
STARTS = 3


def _cooled(model: str, size: int) -> Make:
    """Langevin melt at T = 1, cooled to zero at a constant rate, then minimised."""

    def make(seed: int, partial: Path) -> Arrays:
        melted, rng, first = melt_and_cool(model, size, seed, QUICK)
        _, arrays = _minimum(melted, rng)
        return {**arrays, "first_steps": first}

    return make


def _minimum(conf: Any, rng: np.random.Generator) -> tuple[Any, Arrays]:
    """The minimum below a configuration, and its energy, moduli and soft modes."""
    from relics.glass.elasticity import elasticity
    from relics.glass.hessian import hessian
    from relics.glass.minimise import minimise
    from relics.glass.modes import lowest_modes, participation_ratio

    found = minimise(conf)
    matrix = hessian(found.configuration)
    stiffness, fields = lowest_modes(matrix, MODES)
    if stiffness[0] <= 0:
        raise ValueError(f"no minimum: the softest stiffness is {stiffness[0]:.3g}")
    moduli = elasticity(found.configuration, matrix)
    return found.configuration, {
        "energy": np.array(found.energy / conf.N),
        "pressure": np.array(moduli.pressure),
        "shear_modulus": np.array(moduli.shear),
        "bulk_modulus": np.array(moduli.bulk),
        "frequency": np.sqrt(stiffness),
        "participation": participation_ratio(fields).astype(np.float32),
        **_nonlinear(found.configuration, fields, rng),
    }


def _nonlinear(conf: Any, fields: NDArray[Any], rng: np.random.Generator) -> Arrays:
    """Nonlinear modes that the softest modes and the softest dipole responses lead to.

    Rows of ``nonlinear``: b2, b3, b4 and participation ratio, NaN where a search failed. The
    first half comes from linear modes, the second from dipoles.
    """
    return _searched(conf, fields, rng)[2]


def _searched(conf: Any, fields: NDArray[Any], rng: np.random.Generator) -> Any:
    """The expansion of a minimum, its nonlinear modes (None where none came), and their rows."""
    from relics.glass import nonlinear_modes as search

    at = search.expansion(conf)
    responses, omega_g = search.soft_starts(at, STARTS, rng)
    rows = np.full((2 * STARTS, 4), np.nan)
    modes: list[Any] = [None] * (2 * STARTS)
    for k, start in enumerate((*fields[:STARTS], *responses)):
        try:
            modes[k] = mode = search.descend_barrier(at, start, tolerance=1e-7)
        except search.NoMode:
            continue
        rows[k] = mode.b2, mode.b3, mode.b4, mode.participation_ratio
    return at, modes, {"nonlinear": rows, "omega_g": np.array(omega_g)}


# The same observables and the spatial ones: how modes and responses decay, how they couple to
# strain. Distances are the centres of SHELLS equal shells up to half the box.

SHELLS = 16
RESPONSES = 40


def _described(conf: Any, rng: np.random.Generator) -> Arrays:
    """The minimum below a configuration with its soft modes, their decay and their dilatancy."""
    from relics.glass.elasticity import elasticity
    from relics.glass.hessian import hessian
    from relics.glass.minimise import minimise
    from relics.glass.modes import lowest_modes, participation_ratio

    found = minimise(conf)
    held = _without(found.configuration, found.rattlers)
    matrix = hessian(held)
    stiffness, fields = lowest_modes(matrix, MODES)
    if stiffness[0] <= 0:
        raise ValueError(f"no minimum: the softest stiffness is {stiffness[0]:.3g}")
    moduli = elasticity(held, matrix)
    at, modes, searched = _searched(held, fields, rng)
    return {
        "energy": np.array(found.energy / conf.N),
        "pressure": np.array(moduli.pressure),
        "shear_modulus": np.array(moduli.shear),
        "bulk_modulus": np.array(moduli.bulk),
        "density": np.array(held.density),
        "contacts": np.array(2 * np.count_nonzero(at.terms.f[1]) / held.N),
        "rattlers": np.array(len(found.rattlers)),
        "frequency": np.sqrt(stiffness),
        "participation": participation_ratio(fields).astype(np.float32),
        **searched,
        **_geometry(at, modes, rng),
    }


def _without(conf: Any, rattlers: NDArray[Any]) -> Any:
    """The configuration without these particles, in the same box."""
    from dataclasses import replace

    if not len(rattlers):
        return conf
    keep = np.setdiff1d(np.arange(conf.N), rattlers)
    return replace(
        conf,
        positions=conf.positions[keep],
        diameters=conf.diameters[keep],
        species=conf.species[keep],
    )


def _geometry(at: Any, modes: list[Any], rng: np.random.Generator) -> Arrays:
    """Dilatancy ratio of each mode; decay of the softest mode and of RESPONSES dipole responses.

    The response's decay is the root of the mean over dipoles of the median squared displacement in
    a shell, normalised like the modes.
    """
    from relics.glass import nonlinear_modes as search

    conf = at.configuration
    edges = np.linspace(0.0, conf.box.min() / 2, SHELLS + 1)
    dilatancy = np.full(len(modes), np.nan)
    for k, mode in enumerate(modes):
        if mode is not None:
            dilatancy[k] = search.dilatancy_ratio(search.strain_coupling(at, mode.field))
    kept = [mode for mode in modes if mode is not None]
    softest = np.full(SHELLS, np.nan)
    if kept:
        softest = search.decay(conf, min(kept, key=lambda mode: mode.b2).field, edges)[1]
    inside = np.flatnonzero(at.terms.f[1] != 0.0)
    bonds = rng.choice(inside, size=min(RESPONSES, inside.size), replace=False)
    fields, squared = search.dipole_responses(at, bonds)
    fields /= np.sqrt((fields**2).sum(axis=(1, 2), keepdims=True))
    shells = np.full((len(bonds), SHELLS), np.nan)
    for k, bond in enumerate(bonds):
        middle = conf.positions[at.terms.i[bond]] + at.terms.r[bond] / 2
        shells[k] = search.decay(conf, fields[k], edges, middle)[1] ** 2
    filled = np.isfinite(shells).sum(axis=0)
    response = np.full(SHELLS, np.nan)
    response[filled > 0] = np.sqrt(np.nansum(shells, axis=0)[filled > 0] / filled[filled > 0])
    return {
        "dilatancy": dilatancy,
        "mode_decay": softest.astype(np.float32),
        "response_decay": response.astype(np.float32),
        "response_frequency": np.sqrt(squared).astype(np.float32),
        "box": conf.box,
    }


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
        f"{model}, N = {size}, cooled from T = 1 in {QUICK.time:g}, minimised, {MODES} modes",
    )


# Glasses quenched at once from liquids that swap Monte Carlo has equilibrated at a parent
# temperature: stages of sweeps down to it, of which the last is twenty or more relaxation times.

PARENT_COOLING = ((2.0, 250), (1.0, 250), (0.6, 1000), (0.45, 3000))
PARENT_SWEEPS = {1.0: 1200, 0.6: 2400, 0.52: 3600, 0.45: 6000, 0.38: 15000}
PARENT_BLOCK = 100


def _parent(size: int, temperature: float, sweeps: int) -> Make:
    """Swap Monte Carlo to equilibrium at the parent temperature, then straight to the minimum."""

    def make(seed: int, partial: Path) -> Arrays:
        from relics.glass import swap
        from relics.glass.configuration import random_configuration

        state = swap.start(random_configuration("polydisperse-r10", size, seed), seed)
        for here, count in PARENT_COOLING:
            if here > temperature:
                state, _ = swap.advance(state, here, 1, count)
        state, _ = swap.advance(state, temperature, 1, sweeps // 3)
        state, trace = swap.advance(
            swap.restart(state), temperature, 2 * sweeps // (3 * PARENT_BLOCK), PARENT_BLOCK
        )
        rng = np.random.default_rng((size, seed))
        return {
            **_described(state.configuration, rng),
            "parent_energy": (trace.energy / size).astype(np.float32),
            "parent_overlap": trace.overlap.astype(np.float32),
        }

    return make


def _parent_glass(temperature: float, size: int = 500) -> Protocol:
    sweeps = PARENT_SWEEPS[temperature]
    return Protocol(
        f"parent-{temperature:g}-{size}",
        f"polydisperse-r10@{temperature:g}",
        size,
        1,
        _parent(size, temperature, sweeps),
        _cooled_observables,
        f"polydisperse-r10, N = {size}, quenched from equilibrium at {temperature:g} "
        f"({sweeps} sweeps of swap Monte Carlo)",
    )


# Maps of the cores in the plane: distinct nonlinear modes that the softest dipoles lead to.

MAP_SWEEPS = {1.0: 3000, 0.3: 30000}
MAP_POOL = 1500
MAP_STARTS = 50
MAP_FIELDS = 30


def _map(size: int, temperature: float, sweeps: int) -> Make:
    """A polydisperse glass in the plane from a parent temperature, and its softest cores."""

    def make(seed: int, partial: Path) -> Arrays:
        from relics.glass import nonlinear_modes as search
        from relics.glass import swap
        from relics.glass.configuration import random_configuration
        from relics.glass.minimise import minimise
        from relics.glass.modes import participation_ratio

        state = swap.start(random_configuration("polydisperse-r10-2d", size, seed), seed)
        for here, count in ((2.0, 300), (1.0, 1000), (0.6, 2000), (0.45, 4000)):
            if here > temperature:
                state, _ = swap.advance(state, here, 1, count)
        state, _ = swap.advance(state, temperature, 1, sweeps // 3)
        state, trace = swap.advance(swap.restart(state), temperature, 40, sweeps // 60)
        found = minimise(state.configuration)
        at = search.expansion(found.configuration)
        rng = np.random.default_rng((size, seed))
        starts, omega_g = search.soft_starts(at, MAP_POOL // 2, rng, pool=MAP_POOL)
        modes = []
        for start in _apart(starts)[:MAP_STARTS]:
            try:
                modes.append(search.descend_barrier(at, start, tolerance=1e-6))
            except search.NoMode:
                continue
        modes = search.distinct(modes, 0.5)[:MAP_FIELDS]
        fields = np.stack([mode.field for mode in modes])
        conf = found.configuration
        return {
            "positions": conf.positions.astype(np.float32),
            "diameters": conf.diameters.astype(np.float32),
            "box": conf.box,
            "energy": np.array(found.energy / size),
            "parent_energy": (trace.energy / size).astype(np.float32),
            "omega_g": np.array(omega_g),
            "mode_frequency": np.array([mode.frequency for mode in modes]),
            "mode_participation": participation_ratio(fields),
            "weight": (fields**2).sum(axis=2).astype(np.float16),
            "core": np.stack([search.core(conf, mode.field) for mode in modes]),
        }

    return make


def _apart(fields: NDArray[Any], overlap: float = 0.3) -> NDArray[Any]:
    """Fields (m, N, d) without those that overlap an earlier one by more than this."""
    flat = fields.reshape(len(fields), -1)
    flat = flat / np.linalg.norm(flat, axis=1, keepdims=True)
    common = np.abs(flat @ flat.T)
    kept: list[int] = []
    for k in range(len(flat)):
        if not (common[k, kept] > overlap).any():
            kept.append(k)
    return fields[kept]


def _map_observables(arrays: Arrays) -> dict[str, float]:
    return {
        "energy": float(arrays["energy"].item()),
        "softest mode": float(arrays["mode_frequency"].min()),
        "omega_g": float(arrays["omega_g"].item()),
    }


def _map_glass(temperature: float, size: int = 1444) -> Protocol:
    sweeps = MAP_SWEEPS[temperature]
    return Protocol(
        f"map-{temperature:g}-{size}",
        f"polydisperse-r10-2d@{temperature:g}",
        size,
        1,
        _map(size, temperature, sweeps),
        _map_observables,
        f"polydisperse-r10-2d, N = {size}, quenched from equilibrium at {temperature:g}, and the "
        "distinct nonlinear modes among its softest",
    )


# Glasses cooled from a melt whose temperature, step and cooling time are those of the model.


COOLINGS = {
    "binary-r10-3d": Cooling(1.0, 10.0, 200.0, 0.01),
    "hertzian-3d": Cooling(0.02, 100.0, 300.0, 0.1, friction=0.5),
    **{f"sticky-{r}": Cooling(1.0, 8.0, 40.0, 0.01) for r in ("1.1", "1.2", "1.3", "1.5")},
}


def _slowly_cooled(model: str, size: int) -> Make:
    def make(seed: int, partial: Path) -> Arrays:
        melted, rng, _ = melt_and_cool(model, size, seed, COOLINGS[model])
        return _described(melted, rng)

    return make


def _slowly_cooled_glass(model: str, size: int) -> Protocol:
    way = COOLINGS[model]
    return Protocol(
        f"slow-{model}-{size}",
        model,
        size,
        1,
        _slowly_cooled(model, size),
        _cooled_observables,
        f"{model}, N = {size}, cooled from T = {way.temperature:g} in {way.time:g}, minimised, "
        f"{MODES} modes, rattlers removed",
    )


# Packings of harmonic spheres quenched at once from random points, above the unjamming transition.

PACKED = "harmonic-3d"
PACKING_FRACTIONS = (0.655, 0.67, 0.7, 0.76, 0.85)


def _packing(packing_fraction: float, size: int) -> Make:
    def make(seed: int, partial: Path) -> Arrays:
        from relics.glass.configuration import random_configuration

        mean_volume = np.pi / 6 * (1.0 + 1.4**3) / 2
        conf = random_configuration(PACKED, size, seed, packing_fraction / mean_volume)
        return _described(conf, np.random.default_rng((size, seed)))

    return make


def _packing_glass(packing_fraction: float, size: int = 500) -> Protocol:
    return Protocol(
        f"packing-{packing_fraction:g}-{size}",
        f"{PACKED}@{packing_fraction:g}",
        size,
        1,
        _packing(packing_fraction, size),
        _cooled_observables,
        f"{PACKED}, N = {size}, quenched from random points at packing fraction "
        f"{packing_fraction:g}, rattlers removed",
    )


# Glass formers beyond pair potentials, cooled and minimised by LAMMPS as a separate program.


def _former(name: str) -> Make:
    def make(seed: int, partial: Path) -> Arrays:
        from relics.glass import formers
        from relics.glass.modes import participation_ratio

        glass = formers.make(name, seed)
        frequency, fields = formers.modes(glass, MODES)
        return {
            "energy": np.array(glass.energy),
            "residual": np.array(glass.residual),
            "density": np.array(len(glass.positions) / glass.edge**3),
            "frequency": frequency,
            "participation": participation_ratio(fields).astype(np.float32),
            "transverse_frequency": np.array(formers.lowest_transverse_frequency(glass)),
        }

    return make


def _former_observables(arrays: Arrays) -> dict[str, float]:
    return {
        "energy": float(arrays["energy"].item()),
        "lowest transverse frequency": float(arrays["transverse_frequency"].item()),
        "softest frequency": float(arrays["frequency"][0]),
        "mean frequency": float(arrays["frequency"].mean()),
    }


def _former_glass(name: str, size: int) -> Protocol:
    return Protocol(
        f"former-{name}-{size}",
        f"former-{name}",
        size,
        1,
        _former(name),
        _former_observables,
        f"{name} former, N = {size}, cooled and minimised by LAMMPS, {MODES} modes",
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
    known: list[tuple[Any, Any]] = []
    for k, well in enumerate(found):
        modes = next((v for m, v in known if wells.same(m, well.minimum)), None)
        if modes is None:
            modes = wells.vibrations(well.minimum.configuration)
            known.append((well.minimum, modes))
        values = _profile_values(well) | _overlap_values(well, modes, rng)
        if k == 0:
            try:
                link = next(wells.first_links(bands[k], ends[k], (FINE_IMAGES,)))
                values["c_first_link_fine"] = wells.overlap_c(link, modes.fields).max()
            except wells.paths.NoPath:
                pass
        rows[k] = [values.get(name, np.nan) for name in WELL_COLUMNS]
    resolved = rows[:, [WELL_COLUMNS.index("resolved_argon"), WELL_COLUMNS.index("resolved_nip")]]
    return rows, int((resolved != 1.0).any(axis=1).sum())


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


def _overlap_values(well: Any, modes: Any, rng: np.random.Generator) -> dict[str, float]:
    """Columns about the modes of the lower minimum; NaN where a search failed."""
    from relics.glass import wells
    from relics.glass.modes import participation_ratio

    seen = wells.mode_overlaps(well, modes)
    fields, frequency = modes.fields, np.sqrt(modes.stiffness)
    copy = wells.chance_copy(well.ab, rng)
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


LINK_IMAGES = (40, 80, 150, 300)


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
            links = wells.first_links(band, ends, LINK_IMAGES[1:], limit=1000)
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
        1,
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


PROTOCOLS: dict[str, Protocol] = {
    p.name: p
    for p in (
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
        _cooled_glass("binary-r10-3d", 500),
        _cooled_glass("binary-r10-2d", 400),
        *(_map_glass(temperature) for temperature in MAP_SWEEPS),
        *(_packing_glass(fraction) for fraction in PACKING_FRACTIONS),
        _former_glass("network", 512),
        _former_glass("metallic", 500),
        _former_glass("bonded", 500),
        *(_parent_glass(temperature) for temperature in PARENT_SWEEPS),
        *(
            _slowly_cooled_glass(model, 1000 if model.startswith("sticky") else 500)
            for model in COOLINGS
        ),
        *mode_protocols.ENSEMBLES,
        *excitation_protocols.ENSEMBLES,
        *oscillator_protocols.ENSEMBLES,
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
