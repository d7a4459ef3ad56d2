"""Procedures by which ensembles of glasses are made.

A protocol names a model, a size and a number; the number changes only when the procedure does,
because the key of a sample is (model, size, protocol number, seed). Besides the shipped ones a
protocol of one's own is addressed as ``module:attribute``.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relics.glass import (
    excitation_protocols,
    mode_protocols,
    oscillator_protocols,
    well_protocols,
)
from relics.glass.procedures import Arrays, Cooling, Make, Protocol, melt_and_cool
from relics.glass.procedures import stores as stores

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


PROTOCOLS: dict[str, Protocol] = {
    p.name: p
    for p in (
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
        *well_protocols.ENSEMBLES,
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
