"""Ensembles about single soft modes: how far they reach, how they soften, where they lead.

Rows of numbers that belong to one mode start with its stiffness b2, its cubic and quartic
coefficients b3 and b4 and its participation ratio; rows that a search left empty are NaN.
Reduced units.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relics.glass.procedures import Arrays, Cooling, Make, Protocol, melt_and_cool

QUICK = Cooling(1.0, 6.0, 20.0, 0.01)
"""How the glasses of the ensembles ``cooled-MODEL-N`` are cooled."""

LINEAR_MODES = 60
LINEAR_STARTS = 4
DIPOLE_STARTS = 4
HARMONIC_ROWS = 10
RANDOM_DIPOLES = 4
SHELL = 0.5


def cooled_glass(model: str, size: int, seed: int) -> tuple[Any, np.random.Generator]:
    """Minimum of the glass number ``seed`` of the ensemble ``cooled-MODEL-SIZE``, and its generator.

    The same melt, cooling and random numbers as there, so that equal seeds give equal glasses.
    """
    from relics.glass.minimise import minimise

    melted, rng, _ = melt_and_cool(model, size, seed, QUICK)
    return minimise(melted), rng


def nonlinear_search(at: Any, starts: NDArray[Any]) -> list[Any]:
    """Distinct nonlinear modes by rising stiffness that descents from ``starts`` (m, N, d) reach."""
    from relics.glass import nonlinear_modes as search

    found = []
    for start in starts:
        try:
            found.append(search.descend_barrier(at, start, tolerance=1e-7))
        except search.NoMode:
            continue
    return search.distinct(found)


def _rows(modes: list[Any], count: int) -> NDArray[Any]:
    rows = np.full((count, 4), np.nan)
    for k, mode in enumerate(modes[:count]):
        rows[k] = mode.b2, mode.b3, mode.b4, mode.participation_ratio
    return rows


# Soft modes with their decay in space


def _soft_modes(model: str, size: int) -> Make:
    """Linear modes, distinct nonlinear modes, and the decay of the softest and of responses."""

    def make(seed: int, partial: Path) -> Arrays:
        from relics.glass import nonlinear_modes as search
        from relics.glass.elasticity import elasticity
        from relics.glass.hessian import hessian
        from relics.glass.modes import lowest_modes, participation_ratio

        found, rng = cooled_glass(model, size, seed)
        glass = found.configuration
        matrix = hessian(glass)
        stiffness, fields = lowest_modes(matrix, LINEAR_MODES)
        at = search.expansion(glass)
        responses, omega_g = search.soft_starts(at, DIPOLE_STARTS, rng)
        modes = nonlinear_search(at, np.concatenate([fields[:LINEAR_STARTS], responses]))
        if not modes:
            raise ValueError("no nonlinear mode was found")
        harmonic = np.array([search.coefficients(at, f) for f in fields[:HARMONIC_ROWS]])
        elastic = elasticity(glass, matrix)
        return {
            "energy": np.array(found.energy / size),
            "edge": np.array(float(glass.box[0])),
            "shear_modulus": np.array(elastic.shear),
            "transverse_speed": np.array(elastic.transverse_speed),
            "frequency": np.sqrt(stiffness),
            "participation": participation_ratio(fields).astype(np.float32),
            "harmonic": harmonic,
            "nonlinear": _rows(modes, LINEAR_STARTS + DIPOLE_STARTS),
            "omega_g": np.array(omega_g),
            **_decays(at, modes[0].field, rng),
        }

    return make


def shells(edge: float) -> NDArray[np.float64]:
    """Edges of shells of thickness 0.5 out to half the edge of a box."""
    return np.arange(0.0, edge / 2, SHELL)


def _decays(at: Any, field: NDArray[Any], rng: np.random.Generator) -> Arrays:
    """Amplitude of a mode and of responses to force dipoles in shells, and the mode's weight."""
    from relics.glass import nonlinear_modes as search
    from relics.glass.configuration import minimal_image

    glass = at.configuration
    edges = shells(float(glass.box[0]))
    centre = search.core(glass, field)
    radius, amplitude = search.decay(glass, field, edges, centre)
    away = minimal_image(glass.positions - centre, glass.box)
    weight, _ = np.histogram(np.linalg.norm(away, axis=1), edges, weights=(field**2).sum(axis=1))
    inside = np.flatnonzero(at.terms.f[1] != 0.0)
    bonds = rng.choice(inside, size=RANDOM_DIPOLES, replace=False)
    responses, _ = search.dipole_responses(at, bonds)
    middle = glass.positions[at.terms.i[bonds]] + 0.5 * at.terms.r[bonds]
    dipole = [search.decay(glass, u, edges, m)[1] for u, m in zip(responses, middle, strict=True)]
    return {
        "radius": radius,
        "amplitude": amplitude,
        "weight": weight,
        "response": np.array(dipole),
    }


def _soft_observables(arrays: Arrays) -> dict[str, float]:
    return {
        "energy": float(arrays["energy"].item()),
        "shear modulus": float(arrays["shear_modulus"].item()),
        "softest frequency": float(arrays["frequency"][0]),
        "softest nonlinear frequency": float(np.sqrt(arrays["nonlinear"][0, 0])),
        "participating particles": float(arrays["nonlinear"][0, 3]),
    }


# Plastic instabilities under simple shear

DISTANCES = 10.0 ** np.linspace(-7.0, -2.0, 21)
APPROACH_COLUMNS = ("softest", "b2", "b3", "b4", "participation", "coupling", "overlap")


def _instability(model: str, size: int) -> Make:
    """Quasistatic shear of a cooled glass to its first instability, followed back from there."""

    def make(seed: int, partial: Path) -> Arrays:
        from relics.glass import shear

        start, _ = cooled_glass(model, size, seed)
        met = shear.approach(start)
        return {
            "approach": approach_rows(met),
            "critical": np.array(met.critical),
            "error": np.array(met.error),
        }

    return make


def approach_rows(met: Any) -> NDArray[Any]:
    """Rows of APPROACH_COLUMNS at the DISTANCES before an instability, the nearest first.

    ``softest`` is the lowest eigenvalue, ``coupling`` the xy component of LB21 Eq. 8, ``overlap``
    that of the nonlinear mode with the mode one row above. NaN before the shear began and where
    the mode is lost.
    """
    from dataclasses import replace

    from relics.glass import nonlinear_modes as search
    from relics.glass import shear
    from relics.glass.hessian import hessian
    from relics.glass.modes import lowest_modes

    strains = met.critical - DISTANCES
    strains = strains[strains >= met.strain[0]]
    minima = []
    for strain in strains:
        before = met.minima[int(np.searchsorted(met.strain, strain, side="right")) - 1]
        minima.append(shear.strained(before, float(strain)))
    rows = np.full((len(DISTANCES), len(APPROACH_COLUMNS)), np.nan)
    rows[: len(minima), 0] = [
        lowest_modes(hessian(m.configuration), 1, m.configuration)[0][0] for m in minima
    ]
    followed = shear.follow_mode(replace(met, minima=tuple(minima[::-1])))
    for k, mode in enumerate(followed):
        at = search.expansion(minima[k].configuration)
        coupling = search.strain_coupling(at, mode.field)[0, 1]
        overlap = abs(float(np.vdot(followed[max(k - 1, 0)].field, mode.field)))
        rows[k, 1:] = mode.b2, mode.b3, mode.b4, mode.participation_ratio, coupling, overlap
    return rows


def _instability_observables(arrays: Arrays) -> dict[str, float]:
    return {"critical strain": float(arrays["critical"].item())}


# Local heat capacities

HOT_MODES = 10
HOT_LINEAR_STARTS = 20
HOT_DIPOLE_STARTS = 100
HOT_POOL = 1000


def _local_heat(model: str, size: int) -> Make:
    """Heat capacity of every pair, and the ten softest nonlinear modes, of a cooled glass."""

    def make(seed: int, partial: Path) -> Arrays:
        from relics.glass import nonlinear_modes as search
        from relics.glass import shear
        from relics.glass.hessian import hessian
        from relics.glass.modes import lowest_modes

        found, rng = cooled_glass(model, size, seed)
        glass = found.configuration
        heat = shear.local_heat_capacity(glass)
        at = search.expansion(glass)
        fields = lowest_modes(hessian(glass), HOT_LINEAR_STARTS)[1]
        responses, _ = search.soft_starts(at, HOT_DIPOLE_STARTS, rng, pool=HOT_POOL)
        modes = nonlinear_search(at, np.concatenate([fields, responses]))
        if not modes:
            raise ValueError("no nonlinear mode was found")
        cores = np.full((HOT_MODES, 2), np.nan)
        for k, mode in enumerate(modes[:HOT_MODES]):
            cores[k] = search.core(glass, mode.field)
        return {
            "energy": np.array(found.energy / size),
            "positions": glass.positions,
            "diameters": glass.diameters,
            "box": glass.box,
            "pairs": np.stack([heat.i, heat.j]).astype(np.int16),
            "harmonic": heat.harmonic,
            "anharmonic": heat.anharmonic,
            "nonlinear": _rows(modes, HOT_MODES),
            "cores": cores,
            "softest": modes[0].field.astype(np.float32),
        }

    return make


def _heat_observables(arrays: Arrays) -> dict[str, float]:
    value = arrays["harmonic"] - arrays["anharmonic"]
    return {
        "energy": float(arrays["energy"].item()),
        "standard deviation": float(value.std()),
        "softest nonlinear frequency": float(np.sqrt(arrays["nonlinear"][0, 0])),
    }


# Second minima along nonlinear modes of glasses from an equilibrated liquid

STATES = 10
SWEEPS = {0.5: (6000, 2000), 0.4: (12_000, 3000)}
MODES_PER_STATE = 2
INCREMENTS = 20
SECOND_COLUMNS = ("b2", "b3", "b4", "participation", "forward", "backward", "overlap", "distance", "rise")  # fmt: skip


def _second_minima(model: str, size: int, temperature: float) -> Make:
    """Quenches of one equilibrated trajectory; from each the second minima beside soft modes."""

    def make(seed: int, partial: Path) -> Arrays:
        from relics.glass import swap
        from relics.glass.configuration import random_configuration
        from relics.glass.minimise import minimise

        rng = np.random.default_rng((size, seed))
        state = swap.start(random_configuration(model, size, seed), seed)
        for hot, blocks in ((1.0, 10), (0.7, 10)):
            state, _ = swap.advance(state, hot, blocks, 100)
        settling, between = SWEEPS[temperature]
        state, first = swap.advance(state, temperature, settling // 100, 100)
        state = swap.restart(state)
        energy, overlap, rows, inherent = [], [], [], []
        for _ in range(STATES):
            state, trace = swap.advance(state, temperature, between // 100, 100)
            energy.append(trace.energy)
            overlap.append(trace.overlap)
            found = minimise(state.configuration)
            inherent.append(found.energy / size)
            rows.append(second_minimum_rows(found, rng))
        return {
            "before": (first.energy / size).astype(np.float32),
            "energy": (np.concatenate(energy) / size).astype(np.float32),
            "overlap": np.concatenate(overlap).astype(np.float32),
            "inherent": np.array(inherent),
            "second": np.array(rows),
        }

    return make


def second_minimum_rows(
    minimum: Any, rng: np.random.Generator, count: int = MODES_PER_STATE
) -> NDArray[Any]:
    """Rows of SECOND_COLUMNS of the ``count`` softest nonlinear modes of a minimum.

    ``forward`` and ``backward`` are the displacements along and against the barrier of the cubic
    at which descent first ends elsewhere (NaN where it was not met before the search ended),
    ``overlap`` that of the mode with the displacement between the minima, ``distance`` its norm,
    ``rise`` the energy of the second minimum above the first.
    """
    from relics.glass import nonlinear_modes as search
    from relics.glass.hessian import hessian
    from relics.glass.modes import lowest_modes

    glass = minimum.configuration
    at = search.expansion(glass)
    fields = lowest_modes(hessian(glass), LINEAR_STARTS)[1]
    responses, _ = search.soft_starts(at, DIPOLE_STARTS, rng)
    modes = nonlinear_search(at, np.concatenate([fields, responses]))
    rows = np.full((count, len(SECOND_COLUMNS)), np.nan)
    for row, mode in zip(rows, modes, strict=False):
        row[:4] = mode.b2, mode.b3, mode.b4, mode.participation_ratio
        row[4:] = second_minimum(minimum, mode.field)
    return rows


def second_minimum(minimum: Any, field: NDArray[Any]) -> tuple[float, ...]:
    """Last five of SECOND_COLUMNS for one mode: the first other minimum within a spacing.

    The displacement grows in twenty steps to the spacing of the particles, in both directions at
    once; the search ends with the step in which either direction leads elsewhere. If both do, the
    forward one is measured. A direction in which particles would overlap is not followed further.
    """
    from relics.glass import paths, wells
    from relics.glass.minimise import minimise

    glass = minimum.configuration
    spacing = glass.density ** (-1.0 / glass.dimension)
    open_ways = [1.0, -1.0]
    for s in spacing * np.arange(1, INCREMENTS + 1) / INCREMENTS:
        met = {}
        for sign in tuple(open_ways):
            try:
                pushed = glass.moved(glass.positions + sign * s * field)
            except ValueError:
                open_ways.remove(sign)
                continue
            other = minimise(pushed)
            if not wells.same(minimum, other):
                met[sign] = other
        if met:
            other = met[max(met)]
            u = paths.separation(glass, other.configuration)
            distance = float(np.linalg.norm(u))
            overlap = abs(float(np.vdot(u, field))) / distance
            forward, backward = (float(s) if sign in met else np.nan for sign in (1.0, -1.0))
            return forward, backward, overlap, distance, other.energy - minimum.energy
    return (np.nan,) * 5


def _second_observables(arrays: Arrays) -> dict[str, float]:
    return {
        "energy": float(arrays["energy"].mean()),
        "inherent energy": float(arrays["inherent"].mean()),
    }


def _ensemble(
    name: str,
    model: str,
    size: int,
    make: Make,
    observables: Callable[[Arrays], dict[str, float]],
    says: str,
) -> Protocol:
    return Protocol(name, model, size, 1, make, observables, says)


ENSEMBLES = (
    *(
        _ensemble(
            f"soft-modes-{model}-{size}",
            model,
            size,
            _soft_modes(model, size),
            _soft_observables,
            f"{model}, N = {size}, cooled; linear and nonlinear modes and their decay",
        )
        for model, size in (
            ("binary-r10-2d", 1600),
            ("binary-r10-3d", 500),
            ("binary-r10-3d", 4000),
            ("binary-r10-4d", 2401),
        )
    ),
    *(
        _ensemble(
            f"instability-binary-r10-2d-{size}",
            "binary-r10-2d",
            size,
            _instability("binary-r10-2d", size),
            _instability_observables,
            f"binary-r10-2d, N = {size}, cooled and sheared to the first plastic instability",
        )
        for size in (400, 1600, 6400)
    ),
    _ensemble(
        "local-heat-binary-r10-2d-1600",
        "binary-r10-2d",
        1600,
        _local_heat("binary-r10-2d", 1600),
        _heat_observables,
        "binary-r10-2d, N = 1600, cooled; heat capacity of every pair and soft modes",
    ),
    *(
        _ensemble(
            f"second-minima-{temperature:g}-500",
            f"polydisperse-r10@{temperature:g}",
            500,
            _second_minima("polydisperse-r10", 500, temperature),
            _second_observables,
            f"polydisperse-r10, N = 500, quenched from T = {temperature:g}; second minima",
        )
        for temperature in SWEEPS
    ),
)
