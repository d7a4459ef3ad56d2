"""Double wells of the computer glasses, counted, beside what two pictures of a glass expect.

The mosaic expects one centre in a region of N* particles within an energy of about T_f, all of
them moving by a Lindemann length. The soft-potential picture expects the double wells to be soft
modes whose profile has a second well. Reduced units; T_f is the temperature of preparation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from relics import confrontation, soft_potentials
from relics.glass import ensembles, procedures, well_protocols, wells
from relics.glass.nonlinear_modes import NonlinearMode
from relics.glass.tunnelling import ARGON

Array = NDArray[np.float64]

ACTIVE = 0.0015
LOW_BARRIER = 0.02
TIMESCALES = {0.092: (1e3, 1e6), 0.07: confrontation.TIMESCALES}
"""Relaxation time over the microscopic one at preparation: simulation, laboratory."""
SIZE = 500
STORES = {
    0.092: ("wells-0.092-500", "equilibrated-0.092-500"),
    0.07: ("wells-0.07-500", "equilibrated-0.07-500"),
}
"""Shipped double wells and the states they were found from, by temperature of preparation."""


@dataclass(frozen=True)
class Census:
    """Distinct double wells of one temperature of preparation.

    ``rows`` (m, columns) of WELL_COLUMNS, ``outcomes`` of all searches, ``states`` and
    ``trajectories`` that were followed.
    """

    temperature: float
    rows: Array
    outcomes: dict[str, int]
    states: int
    trajectories: int

    def column(self, name: str) -> Array:
        """One quantity of every double well, shape (m,)."""
        return self.rows[:, well_protocols.WELL_COLUMNS.index(name)]


def _samples(temperature: float) -> tuple[ensembles.Sample, ...]:
    if temperature not in STORES:
        known = ", ".join(f"{t:g}" for t in STORES)
        raise ValueError(f"double wells are shipped for T_f = {known}, not {temperature:g}")
    return ensembles.read(procedures.stores() / STORES[temperature][0]).samples


def census(temperature: float) -> Census:
    """Count the shipped double wells; raises ``ValueError`` where none are shipped."""
    samples = _samples(temperature)
    tried = np.sum([s.arrays["outcomes"] for s in samples], axis=0)
    return Census(
        temperature,
        well_protocols.distinct_wells(np.concatenate([s.arrays["wells"] for s in samples])),
        dict(zip(well_protocols.OUTCOMES, (int(n) for n in tried), strict=True)),
        len({s.seed // well_protocols.RUNS_PER_STATE for s in samples}),
        len(samples),
    )


def soft_modes(temperature: float, count: int) -> list[NonlinearMode]:
    """Nonlinear modes grown from the softest localised modes of ``count`` shipped minima."""
    found: list[NonlinearMode] = []
    for sample in _samples(temperature)[:count]:
        if not sample.arrays["example"].size:
            continue
        minima = well_protocols.example_minima(temperature, SIZE, sample.seed)
        modes = wells.vibrations(minima[0].configuration)
        mode = wells.nonlinear_mode(modes.at, modes.fields[modes.soft]) if modes.soft >= 0 else None
        found += [] if mode is None else [mode]
    return found


def quartic_prefactor(softest: Array, particles: int) -> float:
    """Prefactor A of a density A omega^4 per particle, from the softest modes of many minima.

    The count of modes below omega in a glass of n particles is n A omega^5/5, so the median of the
    softest has n A omega^5/5 = ln 2. A mean would not do: in small glasses some minima have no
    localised mode but at the top of the spectrum. Raises ``ValueError`` for frequencies that are
    not positive.
    """
    lowest = np.asarray(softest, dtype=float)
    if lowest.size == 0 or not (lowest > 0).all():
        raise ValueError(f"positive frequencies are needed, got {lowest}")
    return float(5.0 * np.log(2.0) / (particles * np.median(lowest) ** 5))


def low_barriers(B: float, A: float, b_4: float) -> tuple[float, float]:
    """Double wells per particle with barriers below B that soft potentials allow, low and high.

    Modes distributed as A omega^4, each with a second well as high (or equal) as it can be: the
    barrier is C omega^4 with C between those at the two thresholds of b_3 (LB21 Eqs. 18 to 20).
    """
    climbs = [
        soft_potentials.barrier(1.0, threshold(1.0, b_4) * (1.0 + 1e-9), b_4)
        for threshold in (
            soft_potentials.second_well_threshold,
            soft_potentials.global_minimum_threshold,
        )
    ]
    counts = [A / 5.0 * (B / climb) ** 1.25 for climb in climbs]
    return min(counts), max(counts)


@dataclass(frozen=True)
class Comparison:
    """A measured quantity (value, low, high) with the ranges of the mosaic and of soft potentials."""

    temperature: float
    quantity: str
    measured: tuple[float, float, float]
    mosaic: tuple[float, float] | None
    soft: tuple[float, float] | None


def _quartiles(values: Array) -> tuple[float, float, float]:
    low, middle, high = np.quantile(values[np.isfinite(values)], (0.25, 0.5, 0.75))
    return float(middle), float(low), float(high)


def _per_particle(values: Array, below: float, particles: int) -> tuple[float, float, float]:
    count, low, high = wells.active(values, below)
    return count / particles, low / particles, high / particles


def low_wells_by_state(temperature: float) -> NDArray[np.int64]:
    """Distinct double wells with a barrier below LOW_BARRIER in every state, shape (states,)."""
    barrier = well_protocols.WELL_COLUMNS.index("barrier")
    found: dict[int, list[Array]] = {}
    for sample in _samples(temperature):
        state = sample.seed // well_protocols.RUNS_PER_STATE
        found.setdefault(state, []).append(sample.arrays["wells"])
    rows = [well_protocols.distinct_wells(np.concatenate(of_state)) for of_state in found.values()]
    return np.array([np.sum(r[:, barrier] < LOW_BARRIER) for r in rows])


def mean_over_states(counts: ArrayLike) -> tuple[float, float, float]:
    """Mean of counts by state, and where it lies (95 percent) if the states are drawn anew.

    States differ by more than counting explains, so that they and not the wells are the
    observations. Raises ``ValueError`` for a single state, which says nothing of others.
    """
    values = np.asarray(counts, dtype=float)
    if values.ndim != 1 or values.size < 2:
        raise ValueError(f"a vector of at least two states is needed, got shape {values.shape}")
    rng = np.random.default_rng(1)
    anew = rng.choice(values, size=(4000, values.size)).mean(axis=1)
    low, high = np.quantile(anew, (0.025, 0.975))
    return float(values.mean()), float(low), float(high)


def comparisons(temperature: float, modes: list[NonlinearMode]) -> list[Comparison]:
    """What was counted at a temperature of preparation beside what two pictures expect.

    ``modes`` are soft nonlinear modes of such glasses (see `soft_modes`). Active centres, which are
    none or few, carry the Poisson interval (95 percent), double wells that of the mean over states,
    the others their quartiles. Raises ``ValueError`` without modes.
    """
    if not modes:
        raise ValueError("the soft-potential picture needs at least one soft mode")
    seen = census(temperature)
    particles = seen.states * SIZE
    regions = [confrontation.cooperative_size(t) for t in TIMESCALES[temperature]]
    frequency = np.unique(np.round(seen.column("soft_frequency"), 6))
    A = quartic_prefactor(frequency[np.isfinite(frequency)], SIZE)
    b_4 = float(np.median([m.b4 for m in modes]))
    moving = [m.participation_ratio * SIZE for m in modes]
    apart = [np.sqrt(12.0 * m.b2 / m.b4 / n) for m, n in zip(modes, moving, strict=True)]
    expected = [ACTIVE / (temperature * n) for n in regions]
    return [
        Comparison(
            temperature,
            f"active centres per particle (E < {ACTIVE}, {ARGON.name})",
            _per_particle(seen.column("splitting_argon"), ACTIVE, particles),
            (min(expected), max(expected)),
            None,
        ),
        Comparison(
            temperature,
            f"double wells per particle with a barrier below {LOW_BARRIER}",
            mean_over_states(low_wells_by_state(temperature) / SIZE),
            None,
            low_barriers(LOW_BARRIER, A, b_4),
        ),
        Comparison(
            temperature,
            "displacement of a moving particle",
            _quartiles(seen.column("distance") / np.sqrt(seen.column("participation"))),
            (confrontation.LINDEMANN, confrontation.LINDEMANN),
            (float(np.min(apart)), float(np.max(apart))),
        ),
        Comparison(
            temperature,
            "number of moving particles",
            _quartiles(seen.column("participation")),
            (min(regions), max(regions)),
            (float(np.min(moving)), float(np.max(moving))),
        ),
    ]
