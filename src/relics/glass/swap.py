"""Monte Carlo of polydisperse particles with exchanges of diameters.

Two moves leave the Boltzmann distribution at fixed diameters set invariant: a particle is shifted
within a cube, or two particles exchange their diameters. The second lets a polydisperse liquid
reach equilibrium far below the temperatures that shifts alone can reach (Ninarello, Berthier,
Coslovich 2017, the preparation used by KRZ21).

The pair energies must not be negative: then a sum that is cut short as soon as it exceeds the
largest acceptable value decides exactly as the complete sum would. The random threshold of the
Metropolis rule is therefore drawn before the energies. Reduced units.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from relics.glass import _kernels
from relics.glass.configuration import Configuration
from relics.glass.models import Model, model

Array = NDArray[np.float64]

SKIN = 0.35
MARGIN = 0.08
NEIGHBOURS = 96


@dataclass(frozen=True)
class SwapState:
    """Everything that continues a run exactly.

    ``configuration``; ``generator`` (4,) state of the random numbers; ``displacement`` (N, d) since
    the start, periodic images not folded; ``moves`` made so far; ``step`` edge of the cube of
    shifts; ``swap_fraction`` of the moves that exchange diameters.
    """

    configuration: Configuration
    generator: NDArray[np.uint64]
    displacement: Array
    moves: int
    step: float
    swap_fraction: float

    def as_arrays(self) -> dict[str, NDArray[Any]]:
        """The state as named arrays, for files."""
        conf = self.configuration
        return {
            "positions": conf.positions,
            "box": conf.box,
            "diameters": conf.diameters,
            "species": conf.species,
            "model": np.array(conf.model),
            "generator": self.generator,
            "displacement": self.displacement,
            "moves": np.array(self.moves),
            "step": np.array(self.step),
            "swap_fraction": np.array(self.swap_fraction),
        }


def from_arrays(found: Mapping[str, NDArray[Any]]) -> SwapState:
    """Inverse of :meth:`SwapState.as_arrays`; raises ``ValueError`` if something is missing."""
    try:
        conf = Configuration(
            found["positions"],
            found["box"],
            found["diameters"],
            found["species"],
            str(found["model"]),
        )
        return SwapState(
            conf,
            found["generator"],
            found["displacement"],
            int(found["moves"]),
            float(found["step"]),
            float(found["swap_fraction"]),
        )
    except KeyError as error:
        raise ValueError(f"no state of a swap run: {error} is missing") from error


@dataclass(frozen=True)
class Trace:
    """Record of a run: potential energy after each block, and what was accepted.

    ``energy`` (blocks,), ``overlap`` (blocks,) the fraction of particles within 0.3 of where the
    run started, ``shifts`` and ``swaps`` the accepted fractions, ``sweeps`` per block.
    """

    energy: Array
    overlap: Array
    shifts: float
    swaps: float
    sweeps: int


@njit(cache=True, **_kernels.FLAGS)
def _next(state):
    """Next number of xoshiro256+ (Blackman and Vigna 2018), uniform in [0, 1)."""
    result = state[0] + state[3]
    t = state[1] << np.uint64(17)
    state[2] ^= state[0]
    state[3] ^= state[1]
    state[1] ^= state[2]
    state[0] ^= state[3]
    state[2] ^= t
    state[3] = (state[3] << np.uint64(45)) | (state[3] >> np.uint64(19))
    return np.float64(result >> np.uint64(11)) * 1.1102230246251565e-16


def random_state(seed: int) -> NDArray[np.uint64]:
    """Seeded state of the generator, shape (4,)."""
    if seed < 0:
        raise ValueError(f"the seed must not be negative, got {seed}")
    return np.random.SeedSequence(seed).generate_state(4, np.uint64).astype(np.uint64)


class _Law(NamedTuple):
    form: int
    c: Array
    cutoff: float
    nonadditivity: float


class _Lists(NamedTuple):
    """Who may interact with whom, mended particle by particle.

    A pair is in the lists unless its listed places are farther apart than its cut-off at the
    listed diameters plus ``MARGIN``, plus ``SKIN``. So the lists are complete as long as every
    particle is within SKIN/2 of its listed place and has not outgrown its listed diameter by more
    than MARGIN; a particle that would break this is listed anew. Cells hold the listed places.
    """

    near: NDArray[np.int32]
    counts: NDArray[np.int64]
    listed: Array
    cells: NDArray[np.int64]
    cell: NDArray[np.int64]
    members: NDArray[np.int32]
    filled: NDArray[np.int64]


@njit(cache=True, inline="always", **_kernels.FLAGS)
def _pair(law, r2, a, b):
    mixed = 0.5 * (a + b) * (1.0 - law.nonadditivity * abs(a - b))
    mixed *= mixed
    if r2 >= law.cutoff * law.cutoff * mixed:
        return 0.0
    return _kernels.evaluate_0(law.form, r2 / mixed, law.c)


@njit(cache=True, inline="always", **_kernels.FLAGS)
def _distance2(p, j, x, y, z, box, inverse):
    dx = p[j, 0] - x
    dy = p[j, 1] - y
    dz = p[j, 2] - z
    dx -= box[0] * np.rint(dx * inverse[0])
    dy -= box[1] * np.rint(dy * inverse[1])
    dz -= box[2] * np.rint(dz * inverse[2])
    return dx * dx + dy * dy + dz * dz


@njit(cache=True, **_kernels.FLAGS)
def _bounded_energy(i, x, y, z, a, p, box, inverse, lists, law, limit):
    """Energy of particle i at (x, y, z) with diameter a, or any value above the limit."""
    total = 0.0
    for k in range(lists.counts[i]):
        j = lists.near[i, k]
        r2 = _distance2(p, j, x, y, z, box, inverse)
        total += _pair(law, r2, a, p[j, 3])
        if total > limit:
            return total
    return total


@njit(cache=True, **_kernels.FLAGS)
def _cell_of(place, box, cells):
    index = 0
    for k in range(3):
        fraction = place[k] / box[k]
        fraction -= np.floor(fraction)
        index = index * cells[k] + min(int(fraction * cells[k]), cells[k] - 1)
    return index


@njit(cache=True, **_kernels.FLAGS)
def _list_anew(i, diameter, p, box, inverse, lists, law, skin, margin):
    """List particle i where it is now, with the given diameter; False when a list overflows."""
    near, count, listed, cells = lists.near, lists.counts, lists.listed, lists.cells
    members, filled, cell = lists.members, lists.filled, lists.cell
    for k in range(count[i]):
        j = near[i, k]
        for m in range(count[j]):
            if near[j, m] == i:
                near[j, m] = near[j, count[j] - 1]
                count[j] -= 1
                break
    count[i] = 0
    if cell[i] >= 0:
        home = cell[i]
        for m in range(filled[home]):
            if members[home, m] == i:
                members[home, m] = members[home, filled[home] - 1]
                filled[home] -= 1
                break
    for k in range(3):
        listed[i, k] = p[i, k]
    listed[i, 3] = diameter
    home = _cell_of(listed[i], box, cells)
    cell[i] = home
    if filled[home] == members.shape[1]:
        return False
    place = (home // (cells[1] * cells[2]), home // cells[2] % cells[1], home % cells[2])
    a = diameter + margin
    spread = (min(1, cells[0] - 1), min(1, cells[1] - 1), min(1, cells[2] - 1))
    for u in range(-spread[0], spread[0] + 1):
        for v in range(-spread[1], spread[1] + 1):
            for w in range(-spread[2], spread[2] + 1):
                other = (place[0] + u) % cells[0]
                other = other * cells[1] + (place[1] + v) % cells[1]
                other = other * cells[2] + (place[2] + w) % cells[2]
                for m in range(filled[other]):
                    j = members[other, m]
                    r2 = _distance2(listed, j, p[i, 0], p[i, 1], p[i, 2], box, inverse)
                    b = listed[j, 3] + margin
                    far = 0.5 * (a + b) * (1.0 - law.nonadditivity * abs(a - b))
                    far = law.cutoff * far + skin
                    if r2 < far * far:
                        if count[i] == near.shape[1] or count[j] == near.shape[1]:
                            return False
                        near[i, count[i]] = j
                        near[j, count[j]] = i
                        count[i] += 1
                        count[j] += 1
    members[home, filled[home]] = i
    filled[home] += 1
    return True


@njit(cache=True, **_kernels.FLAGS)
def _energies(p, box, inverse, lists, law, energy):
    total = 0.0
    for i in range(p.shape[0]):
        energy[i] = _bounded_energy(
            i, p[i, 0], p[i, 1], p[i, 2], p[i, 3], p, box, inverse, lists, law, np.inf
        )
        total += energy[i]
    return 0.5 * total


@njit(cache=True, **_kernels.FLAGS)
def _tell_partners(i, skip, new, p, box, inverse, lists, law, energy):
    """Change the energies of the partners of i when (x, y, z, diameter) of i becomes ``new``."""
    for k in range(lists.counts[i]):
        j = lists.near[i, k]
        if j == skip:
            continue
        old = _distance2(p, j, p[i, 0], p[i, 1], p[i, 2], box, inverse)
        now = _distance2(p, j, new[0], new[1], new[2], box, inverse)
        energy[j] += _pair(law, now, new[3], p[j, 3]) - _pair(law, old, p[i, 3], p[j, 3])


@njit(cache=True, **_kernels.FLAGS)
def _block(
    p,
    box,
    dimension,
    moves,
    temperature,
    step,
    swap_fraction,
    law,
    lists,
    skin,
    margin,
    generator,
    accepted,
):
    """Make ``moves`` moves; returns the energy, or NaN when a list overflows."""
    n = p.shape[0]
    inverse = 1.0 / box
    energy = np.empty(n)
    new = np.empty(4)
    lists.counts[:] = 0
    lists.filled[:] = 0
    lists.cell[:] = -1
    for i in range(n):
        if not _list_anew(i, p[i, 3], p, box, inverse, lists, law, skin, margin):
            return np.nan
    _energies(p, box, inverse, lists, law, energy)
    allowed = 0.25 * skin * skin
    for _ in range(moves):
        exchange = _next(generator) < swap_fraction
        i = int(_next(generator) * n)
        spare = -temperature * np.log(1.0 - _next(generator))
        if not exchange:
            accepted[0] += 1
            moved = 0.0
            for k in range(4):
                new[k] = p[i, k]
                if k < dimension:
                    new[k] += step * (_next(generator) - 0.5)
                    moved += (new[k] - lists.listed[i, k]) ** 2
            # the list must hold for the place that is tried, not only for the present one
            if moved > allowed and not _list_anew(
                i, p[i, 3], p, box, inverse, lists, law, skin, margin
            ):
                return np.nan
            limit = energy[i] + spare
            tried = _bounded_energy(
                i, new[0], new[1], new[2], new[3], p, box, inverse, lists, law, limit
            )
            if tried <= limit:
                accepted[1] += 1
                _tell_partners(i, -1, new, p, box, inverse, lists, law, energy)
                energy[i] = tried
                for k in range(3):
                    p[i, k] = new[k]
            continue
        accepted[2] += 1
        j = int(_next(generator) * n)
        if i == j:
            continue
        if p[i, 3] > p[j, 3]:
            i, j = j, i
        small, big = p[i, 3], p[j, 3]
        limit = energy[i] + energy[j] + spare
        p[i, 3], p[j, 3] = big, small
        grown = _bounded_energy(
            i, p[i, 0], p[i, 1], p[i, 2], big, p, box, inverse, lists, law, limit
        )
        if grown <= limit and big > lists.listed[i, 3] + margin:
            # what was summed is a lower bound only: partners may be missing from the list
            if not _list_anew(i, big, p, box, inverse, lists, law, skin, margin):
                return np.nan
            grown = _bounded_energy(
                i, p[i, 0], p[i, 1], p[i, 2], big, p, box, inverse, lists, law, limit
            )
        shrunk = 0.0
        if grown <= limit:
            shrunk = _bounded_energy(
                j, p[j, 0], p[j, 1], p[j, 2], small, p, box, inverse, lists, law, limit - grown
            )
        p[i, 3], p[j, 3] = small, big
        if grown + shrunk > limit:
            continue
        accepted[3] += 1
        for k in range(3):
            new[k] = p[i, k]
        new[3] = big
        _tell_partners(i, j, new, p, box, inverse, lists, law, energy)
        for k in range(3):
            new[k] = p[j, k]
        new[3] = small
        _tell_partners(j, i, new, p, box, inverse, lists, law, energy)
        p[i, 3], p[j, 3] = big, small
        energy[i], energy[j] = grown, shrunk
        if lists.listed[j, 3] > small + 2.0 * margin and not _list_anew(
            j, small, p, box, inverse, lists, law, skin, margin
        ):
            return np.nan
    return _energies(p, box, inverse, lists, law, energy)


def _lists(n: int, box: Array, dimension: int, law: Model, largest: float) -> _Lists:
    reach = law.cutoff * (largest + MARGIN) + SKIN
    cells = np.ones(3, np.int64)
    cells[:dimension] = np.maximum(box[:dimension] / reach, 1).astype(np.int64)
    if cells[:dimension].min() < 3:
        cells[:] = 1
    total = int(cells.prod())
    room = n if total == 1 else min(n, 64 + 8 * n // total)
    return _Lists(
        np.empty((n, NEIGHBOURS), np.int32),
        np.zeros(n, np.int64),
        np.empty((n, 4)),
        cells,
        np.full(n, -1, np.int64),
        np.empty((total, room), np.int32),
        np.zeros(total, np.int64),
    )


def start(
    configuration: Configuration, seed: int, step: float = 0.12, swap_fraction: float = 0.2
) -> SwapState:
    """First state of a run from a configuration.

    ``step`` is the edge of the cube of shifts (in lengths of the model), ``swap_fraction`` the
    share of exchanges, from 0 (ordinary Monte Carlo) to 1. Raises ``ValueError`` for values
    outside these ranges or a model whose pair energies can be negative.
    """
    if not 0 < step < SKIN / 2:
        raise ValueError(f"the step must lie between 0 and {SKIN / 2}, got {step}")
    if not 0 <= swap_fraction <= 1:
        raise ValueError(f"the fraction of swaps must lie between 0 and 1, got {swap_fraction}")
    law = model(configuration.model)
    _require_repulsive(law)
    largest = float(configuration.diameters.max())
    if 2.0 * law.nonadditivity * (largest + MARGIN) >= 1.0:
        raise ValueError(f"diameters up to {largest} are too large for the list of {law.name}")
    return SwapState(
        configuration,
        random_state(seed),
        np.zeros_like(configuration.positions),
        0,
        step,
        swap_fraction,
    )


def restart(state: SwapState) -> SwapState:
    """The same state with displacements counted from here."""
    return replace(state, displacement=np.zeros_like(state.displacement))


def _require_repulsive(law: Model) -> None:
    s = np.linspace(0.3, law.cutoff, 400, endpoint=False) ** 2
    c = np.asarray(law.coefficients or (0.0,), dtype=float)
    lowest = min(_kernels.evaluate_0(law.form, float(v), c) for v in s)
    if lowest < -1e-12:
        raise ValueError(f"pair energies of {law.name} reach {lowest:.3g}; they must be positive")


def advance(
    state: SwapState, temperature: float, blocks: int, sweeps: int = 100
) -> tuple[SwapState, Trace]:
    """Continue a run for ``blocks`` blocks of ``sweeps`` sweeps (N moves each).

    Blocks are the unit of exactness: a run that is saved between blocks and resumed goes on as if
    it had never stopped. Raises ``ValueError`` for a temperature that is not positive or counts
    below one.
    """
    if not 0 < temperature < np.inf:
        raise ValueError(f"the temperature must be positive, got {temperature}")
    if blocks < 1 or sweeps < 1:
        raise ValueError(f"blocks and sweeps must be at least one, got {blocks}, {sweeps}")
    conf = state.configuration
    law = model(conf.model)
    n, d = conf.positions.shape
    if d not in (2, 3):
        raise ValueError(f"two or three dimensions are supported, got {d}")
    p = np.zeros((n, 4))
    p[:, :d] = conf.positions
    p[:, 3] = conf.diameters
    box = np.ones(3)
    box[:d] = conf.box
    lists = _lists(n, box, d, law, float(conf.diameters.max()))
    generator = state.generator.copy()
    accepted = np.zeros(4, np.int64)
    energies, overlaps = np.empty(blocks), np.empty(blocks)
    displacement = state.displacement.copy()
    c = np.asarray(law.coefficients or (0.0,), dtype=float)
    rule = _Law(law.form, c, law.cutoff, law.nonadditivity)
    for b in range(blocks):
        before = p[:, :d].copy()
        energies[b] = _block(
            p,
            box,
            d,
            sweeps * n,
            temperature,
            state.step,
            state.swap_fraction,
            rule,
            lists,
            SKIN,
            MARGIN,
            generator,
            accepted,
        )
        if np.isnan(energies[b]):
            raise ValueError(
                f"a particle has more than {NEIGHBOURS} neighbours: density too high for the list"
            )
        displacement += p[:, :d] - before
        p[:, :d] -= conf.box * np.floor(p[:, :d] / conf.box)
        overlaps[b] = np.mean((displacement**2).sum(axis=1) < 0.09)
    moved = Configuration(p[:, :d].copy(), conf.box, p[:, 3].copy(), conf.species, conf.model)
    made = state.moves + blocks * sweeps * n
    trace = Trace(
        energies,
        overlaps,
        accepted[1] / max(accepted[0], 1),
        accepted[3] / max(accepted[2], 1),
        sweeps,
    )
    after = SwapState(moved, generator, displacement, made, state.step, state.swap_fraction)
    return after, trace


@dataclass(frozen=True)
class Equilibration:
    """Whether a record of the energy looks like equilibrium.

    ``mean`` and ``error`` of the energy in the second half, ``correlation`` its integrated
    autocorrelation time in blocks, ``drift`` the difference between the halves in standard errors,
    ``independent`` the number of correlation times in the record, ``overlap`` the last value.
    """

    mean: float
    error: float
    correlation: float
    drift: float
    independent: float
    overlap: float

    @property
    def reached(self) -> bool:
        """No drift beyond three errors, ten correlation times, and the start forgotten."""
        return abs(self.drift) < 3.0 and self.independent > 10.0 and self.overlap < 0.3


def integrated_time(series: Array) -> float:
    """Integrated autocorrelation time of a series in units of its spacing (Sokal's window)."""
    x = np.asarray(series, dtype=float)
    if x.ndim != 1 or x.size < 8 or not np.isfinite(x).all():
        raise ValueError(f"a series needs at least eight finite values, got shape {x.shape}")
    x = x - x.mean()
    if not x.any():
        return 1.0
    transform = np.fft.rfft(x, 2 * x.size)
    correlation = np.fft.irfft(np.abs(transform) ** 2)[: x.size]
    rho = correlation / correlation[0]
    tau = 2.0 * np.cumsum(rho) - 1.0
    window = np.arange(x.size) >= 6.0 * tau
    last = int(np.argmax(window)) if window.any() else x.size - 1
    return float(max(tau[last], 1.0))


def equilibration(trace: Trace) -> Equilibration:
    """Diagnostics of a record; raises ``ValueError`` for fewer than sixteen blocks."""
    energy = trace.energy
    if energy.size < 16:
        raise ValueError(f"diagnostics need at least sixteen blocks, got {energy.size}")
    halves = np.array_split(energy, 2)
    tau = max(integrated_time(h) for h in halves)
    errors = [h.std(ddof=1) * np.sqrt(tau / h.size) for h in halves]
    drift = (halves[1].mean() - halves[0].mean()) / max(np.hypot(*errors), 1e-300)
    return Equilibration(
        float(halves[1].mean()),
        float(errors[1]),
        tau,
        float(drift),
        energy.size / tau,
        float(trace.overlap[-1]),
    )
