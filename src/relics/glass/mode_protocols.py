"""Procedures of the ensembles in which modes of single glasses are looked at."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from relics.glass.procedures import Arrays, Cooling, Make, Protocol, melt, melt_and_cool
from relics.glass.well_protocols import RUNS_PER_STATE, equilibrated_state


def _cool(model: str, size: int, seed: int, way: Cooling) -> Any:
    """Minimum of a melt cooled to zero at a constant rate, the generator, the first energies."""
    from relics.glass.minimise import minimise

    melted, rng, first = melt_and_cool(model, size, seed, way)
    return minimise(melted), rng, first


def _moduli(found: Any, matrix: Any) -> tuple[Any, Arrays]:
    from relics.glass.elasticity import elasticity

    elastic = elasticity(found.configuration, matrix)
    return elastic, {
        "energy": np.array(found.energy / found.configuration.N),
        "pressure": np.array(elastic.pressure),
        "shear_modulus": np.array(elastic.shear),
        "bulk_modulus": np.array(elastic.bulk),
    }


# The one-component glass of the earliest searches: neighbours reach to the first minimum of the
# pair correlation function.

COOLING_R6 = Cooling(0.5, 8.0, 20.0, 0.02)
NEIGHBOUR_R6 = 1.45


def _one_component(size: int, modes: int | None) -> Make:
    """All modes, or the softest ``modes``, of r^-6 spheres cooled from 2.5 melting temperatures."""

    def make(seed: int, partial: Path) -> Arrays:
        from relics.glass.hessian import hessian
        from relics.glass.modes import all_modes, lowest_modes, participation_ratio
        from relics.glass.order import bond_order

        found, _, first = _cool("one-component-r6", size, seed, COOLING_R6)
        matrix = hessian(found.configuration)
        if modes is None:
            stiffness, fields = (values[3:] for values in all_modes(matrix))
        else:
            stiffness, fields = lowest_modes(matrix, modes)
        if stiffness[0] <= 0:
            raise ValueError(f"no minimum: the softest stiffness is {stiffness[0]:.3g}")
        order = bond_order(found.configuration, NEIGHBOUR_R6)
        return {
            **_moduli(found, matrix)[1],
            "frequency": np.sqrt(stiffness).astype(np.float32),
            "participation": participation_ratio(fields).astype(np.float32),
            "bond_order": np.array([order.overall, order.solid]),
            "first_steps": first,
        }

    return make


# Waves and soft spots in the plane.

COOLING_PLANE = Cooling(1.0, 4.0, 20.0, 0.01)
HYBRID_MODES = 8
HYBRID_SPOTS = 6


def _hybrids(size: int) -> Make:
    """Softest modes of a cooled plane glass; particles only where a wave and a spot mix."""

    def make(seed: int, partial: Path) -> Arrays:
        from relics.glass.hybrids import compose

        found, rng, first = _cool("binary-r10-2d", size, seed, COOLING_PLANE)
        conf = found.configuration
        seen = compose(conf, HYBRID_MODES, HYBRID_SPOTS, rng)
        spots = np.full((HYBRID_SPOTS, 2), np.nan)
        spots[: len(seen.spots)] = np.column_stack([seen.spot_frequency, seen.spot_participation])
        overlap = np.zeros((HYBRID_MODES, HYBRID_SPOTS))
        overlap[:, : len(seen.spots)] = seen.overlap
        hybrid = seen.hybrid()
        return {
            "energy": np.array(found.energy / size),
            "shear_modulus": np.array(seen.elastic.shear),
            "wave": np.array(seen.wave),
            "frequency": seen.frequency,
            "participation": seen.participation,
            "transverse": seen.transverse,
            "spots": spots,
            "overlap": overlap,
            "hybrid": np.array(hybrid if hybrid else (), dtype=np.int64),
            "positions": conf.positions if hybrid else np.empty((0, 2)),
            "species": (conf.species if hybrid else np.empty(0)).astype(np.int8),
            "first_steps": first,
        }

    return make


# Bands of waves in a well annealed glass.

BAND_COOLING = ((1.0, 200), (0.8, 300), (0.7, 400), (0.6, 600), (0.5, 1000), (0.45, 1500))
BAND_PARENT = 0.4
BAND_SWEEPS = 3000
BAND_MODES = 150
BAND_SQUARES = (1, 2, 3, 4, 5, 6)


def _bands(size: int) -> Make:
    """Swap Monte Carlo down to T = 0.4, minimised; softest modes and their shares of waves."""

    def make(seed: int, partial: Path) -> Arrays:
        from relics.glass import swap
        from relics.glass.configuration import random_configuration
        from relics.glass.hessian import hessian
        from relics.glass.hybrids import wave_shares
        from relics.glass.minimise import minimise
        from relics.glass.modes import lowest_modes, participation_ratio, plane_waves

        state = swap.start(random_configuration("polydisperse-r10", size, seed), seed)
        record = []
        for temperature, sweeps in (*BAND_COOLING, (BAND_PARENT, BAND_SWEEPS)):
            state = swap.restart(state)
            state, trace = swap.advance(state, temperature, sweeps // 100, 100)
            record.append(trace.energy / size)
        found = minimise(state.configuration)
        matrix = hessian(found.configuration)
        _, moduli = _moduli(found, matrix)
        stiffness, fields = lowest_modes(matrix, BAND_MODES)
        if stiffness[0] <= 0:
            raise ValueError(f"no minimum: the softest stiffness is {stiffness[0]:.3g}")
        waves = (plane_waves(found.configuration, q) for q in BAND_SQUARES)
        shares = [[wave_shares(fields, kind) for kind in kinds] for kinds in waves]
        transverse, longitudinal = np.array(shares).transpose(1, 2, 0)
        return {
            **moduli,
            "frequency": np.sqrt(stiffness),
            "participation": participation_ratio(fields).astype(np.float32),
            "transverse": transverse.astype(np.float32),
            "longitudinal": longitudinal[:, :1].astype(np.float32),
            "parent_energy": np.concatenate(record).astype(np.float32),
            "overlap": trace.overlap.astype(np.float32),
        }

    return make


# All modes of minima of an equilibrated liquid.

SWEEPS_BETWEEN = {0.092: 20_000, 0.07: 50_000, 0.062: 300_000}


def _minimum(temperature: float, size: int) -> Make:
    """All modes of the minimum under an equilibrated state.

    The state is number seed // 1000 of the store of its temperature. Where seed % 1000 is not zero,
    swap Monte Carlo at that temperature leads to another one first.
    """

    def make(seed: int, partial: Path) -> Arrays:
        from relics.glass import swap
        from relics.glass.hessian import hessian
        from relics.glass.hybrids import wave_shares
        from relics.glass.minimise import minimise
        from relics.glass.modes import all_modes, participation_ratio, plane_waves

        state = equilibrated_state(temperature, size, seed // RUNS_PER_STATE)
        memory = 1.0
        if seed % RUNS_PER_STATE:
            blocks = SWEEPS_BETWEEN[temperature] // 500
            walk, trace = swap.advance(swap.start(state, seed), temperature, blocks, 500)
            state, memory = walk.configuration, float(trace.overlap[-1])
        found = minimise(state)
        matrix = hessian(found.configuration)
        stiffness, fields = all_modes(matrix)
        return {
            **_moduli(found, matrix)[1],
            "box": found.configuration.box,
            "frequency": (np.sign(stiffness) * np.sqrt(np.abs(stiffness))).astype(np.float32),
            "participation": participation_ratio(fields).astype(np.float32),
            "transverse": wave_shares(fields, plane_waves(found.configuration, 1)[0]).astype(
                np.float32
            ),
            "memory": np.array(memory),
        }

    return make


# Structure factors of a liquid in equilibrium, of the minima below it, and of packings.

LIQUID = Cooling(1.0, 20.0, 20.0, 0.01)  # held in the melt, never cooled
STRUCTURE_SHELLS = 26
SNAPSHOTS = 60
SNAPSHOT_STEPS = 30
MINIMA = 4


def _structure(size: int) -> Make:
    """Liquid at T = 1: partial structure factors, pressure, stiffness; and of minima below it.

    Sums over the snapshots of a run: ``pressures`` holds the mean and the mean square of the
    pressure, ``stiffness`` the mean second derivative of the energy by volume times the volume.
    """

    def make(seed: int, partial: Path) -> Arrays:
        from relics.glass import dynamics
        from relics.glass.elasticity import affine_curvature, elasticity, pressure
        from relics.glass.energy import pair_terms
        from relics.glass.minimise import minimise
        from relics.glass.structure import partial_structure_factors

        hot, step = LIQUID.temperature, LIQUID.step
        motion, rng, first = melt("binary-r10-3d", size, seed, LIQUID)
        motion, _ = dynamics.langevin(motion, hot, step, round(LIQUID.equilibration / step), rng)
        liquid, pressures, stiffness, frozen, moduli = [], [], [], [], []
        for k in range(SNAPSHOTS):
            motion, _ = dynamics.langevin(motion, hot, step, SNAPSHOT_STEPS, rng)
            conf = motion.configuration
            terms = pair_terms(conf)
            p = pressure(conf, terms)
            pressures.append(p)
            stiffness.append(affine_curvature(terms, np.eye(3)) / (9 * conf.volume) + p)
            liquid.append(partial_structure_factors(conf, STRUCTURE_SHELLS))
            if k % (SNAPSHOTS // MINIMA) == 0:
                rest = minimise(conf).configuration
                elastic = elasticity(rest)
                moduli.append((elastic.bulk, elastic.shear, elastic.pressure))
                frozen.append(partial_structure_factors(rest, STRUCTURE_SHELLS))
        bulk, shear, rest_pressure = np.mean(moduli, axis=0)
        return {
            "liquid": np.mean(liquid, axis=0).astype(np.float32),
            "frozen": np.mean(frozen, axis=0).astype(np.float32),
            "pressures": np.array([np.mean(pressures), np.mean(np.square(pressures))]),
            "stiffness": np.array(np.mean(stiffness)),
            "bulk_modulus": np.array(bulk),
            "shear_modulus": np.array(shear),
            "pressure": np.array(rest_pressure),
            "box": conf.box,
            "first_steps": first,
        }

    return make


def _packing(size: int) -> Make:
    """Harmonic spheres thrown in at random and minimised: partial structure factors and moduli."""

    def make(seed: int, partial: Path) -> Arrays:
        from relics.glass.configuration import random_configuration
        from relics.glass.elasticity import elasticity
        from relics.glass.hessian import hessian
        from relics.glass.minimise import minimise
        from relics.glass.structure import partial_structure_factors

        found = minimise(random_configuration("harmonic-3d", size, seed))
        conf = found.configuration
        elastic = elasticity(conf, hessian(conf, without=found.rattlers))
        return {
            "frozen": partial_structure_factors(conf, STRUCTURE_SHELLS).astype(np.float32),
            "bulk_modulus": np.array(elastic.bulk),
            "shear_modulus": np.array(elastic.shear),
            "pressure": np.array(elastic.pressure),
            "rattlers": np.array(len(found.rattlers)),
            "box": conf.box,
        }

    return make


def _structure_observables(arrays: Arrays) -> dict[str, float]:
    first = arrays["frozen"].sum(axis=(1, 2))
    return {
        "pressure": float(arrays["pressure"].item()),
        "bulk modulus": float(arrays["bulk_modulus"].item()),
        "shear modulus": float(arrays["shear_modulus"].item()),
        "small wavevectors": float(first[:6].mean()),
    }


def _observables(arrays: Arrays) -> dict[str, float]:
    return {
        "energy": float(arrays["energy"].item()),
        "shear modulus": float(arrays["shear_modulus"].item()),
        "mean frequency": float(arrays["frequency"].mean()),
        "mean participation": float(arrays["participation"].mean()),
    }


def _ensemble(
    name: str,
    model: str,
    size: int,
    make: Make,
    says: str,
    observables: Callable[[Arrays], dict[str, float]] = _observables,
) -> Protocol:
    return Protocol(name, model, size, 1, make, observables, says)


ENSEMBLES = (
    _ensemble(
        "spectrum-one-component-r6-500",
        "one-component-r6",
        500,
        _one_component(500, None),
        "one-component-r6, N = 500, cooled from T = 0.5 in 20, minimised, all modes",
    ),
    *(
        _ensemble(
            f"spectrum-one-component-r6-{size}",
            "one-component-r6",
            size,
            _one_component(size, 60),
            f"one-component-r6, N = {size}, cooled from T = 0.5 in 20, minimised, 60 modes",
        )
        for size in (1024, 5488)
    ),
    _ensemble(
        "hybrids-binary-r10-2d-2500",
        "binary-r10-2d",
        2500,
        _hybrids(2500),
        "binary-r10-2d, N = 2500, cooled from T = 1 in 20; linear and nonlinear modes",
    ),
    _ensemble(
        "bands-polydisperse-r10-4000",
        "polydisperse-r10",
        4000,
        _bands(4000),
        "polydisperse-r10, N = 4000, annealed by swap to T = 0.4, minimised, 150 modes",
    ),
    *(
        _ensemble(
            f"minimum-{temperature:g}-{size}",
            f"polydisperse-r12@{temperature:g}",
            size,
            _minimum(temperature, size),
            f"all modes of minima of polydisperse-r12, N = {size}, equilibrated at {temperature:g}",
        )
        for temperature in (0.092, 0.07, 0.062)
        for size in (500, 1500)
    ),
    _ensemble(
        "structure-binary-r10-3d-1000",
        "binary-r10-3d",
        1000,
        _structure(1000),
        "structure factors of binary-r10-3d, N = 1000, liquid at T = 1 and minima below it",
        _structure_observables,
    ),
    _ensemble(
        "structure-harmonic-3d-1000",
        "harmonic-3d",
        1000,
        _packing(1000),
        "structure factors of packings of harmonic-3d, N = 1000",
        _structure_observables,
    ),
)
