"""Double wells of a glass: found by following its inherent structures, measured along their path.

A glass at low temperature hops among minima of its energy. Pairs visited one after the other are
joined by a minimum energy path; a path that passes a third minimum is split there. What remains
are double wells: two minima and the saddle between them, with a tunnel splitting from the
one-dimensional Schroedinger equation along the path, and displacement fields whose overlap with
the modes of the first minimum can be asked for (KRZ21 Eqs. 7 and 8). Reduced units.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import chi2

from relics.glass import dynamics, paths, tunnelling
from relics.glass.configuration import Configuration
from relics.glass.energy import pair_terms
from relics.glass.hessian import hessian
from relics.glass.minimise import Minimum, NoMinimum, minimise
from relics.glass.modes import all_modes, participation_ratio
from relics.glass.nonlinear_modes import (
    Expansion,
    NoMode,
    NonlinearMode,
    energy_along,
    iterate,
)

Array = NDArray[np.float64]

SAME_ENERGY = 1e-6
SAME_PLACE = 0.02
SEARCH_IMAGES = 12
SPRING = 2.0
SHIFT = 10.0
COARSE = 0.02
PUSH = 0.05
LOCALISED = 0.1


def same(first: Minimum, second: Minimum) -> bool:
    """Whether two minima are one: equal energy and no particle farther than 0.02 from its place."""
    if abs(first.energy - second.energy) > SAME_ENERGY * max(1.0, abs(first.energy)):
        return False
    u = paths.separation(first.configuration, second.configuration)
    return float((u**2).sum(axis=1).max()) < SAME_PLACE**2


@dataclass(frozen=True)
class Exploration:
    """Inherent structures met by a trajectory.

    ``minima`` in the order of their discovery, ``sequence`` the number of the minimum at each
    quench, ``motion`` where the trajectory stands.
    """

    minima: tuple[Minimum, ...]
    sequence: tuple[int, ...]
    motion: dynamics.Motion

    def transitions(self) -> Counter[tuple[int, int]]:
        """How often each unordered pair of different minima followed one another."""
        steps = zip(self.sequence[:-1], self.sequence[1:], strict=True)
        return Counter((min(a, b), max(a, b)) for a, b in steps if a != b)

    def pairs(self, visits: int = 1) -> list[tuple[int, int]]:
        """Pairs that followed one another at least ``visits`` times, the most frequent first."""
        if visits < 1:
            raise ValueError(f"the number of visits must be at least one, got {visits}")
        return [pair for pair, times in self.transitions().most_common() if times >= visits]


def explore(
    start: Configuration | Exploration,
    temperature: float,
    quenches: int,
    rng: np.random.Generator,
    interval: int = 100,
    step: float = 0.01,
    friction: float = 0.1,
) -> Exploration:
    """Follow a Langevin trajectory and minimise it every ``interval`` time steps.

    ``start`` is a configuration or an earlier exploration, which is continued. Raises
    ``ValueError`` for counts below one.
    """
    if quenches < 1 or interval < 1:
        raise ValueError(f"quenches and interval must be at least one, got {quenches}, {interval}")
    if isinstance(start, Exploration):
        minima, sequence, motion = list(start.minima), list(start.sequence), start.motion
    else:
        minima, sequence, motion = [], [], dynamics.start(start, temperature, rng)
    for _ in range(quenches):
        motion, _ = dynamics.langevin(motion, temperature, step, interval, rng, friction)
        found = minimise(motion.configuration)
        known = [k for k, m in enumerate(minima) if same(m, found)]
        if not known:
            minima.append(found)
            known = [len(minima) - 1]
        sequence.append(known[0])
    return Exploration(tuple(minima), tuple(sequence), motion)


@dataclass(frozen=True)
class Search:
    """Outcome of joining two minima.

    ``bands`` of direct paths with the two ``ends`` of each; ``outcomes`` counts 'identical'
    (nothing to join), 'direct', 'split' (a path with wells on the way), 'no barrier',
    'unconverged', 'no minimum' (a well that could not be minimised) and 'met before' (a pair that
    was joined already).
    """

    bands: tuple[paths.Band, ...]
    ends: tuple[tuple[Minimum, Minimum], ...]
    outcomes: Counter[str]


Ends = tuple[Minimum, Minimum]


def connect(
    first: Minimum,
    last: Minimum,
    images: int = 40,
    tolerance: float = 1e-6,
    depth: int = 12,
    joined: Sequence[Ends] = (),
) -> Search:
    """Direct minimum energy paths that lead from one minimum to another.

    A coarse band is relaxed first; wells on the way are minimised and joined pairwise, at most
    ``depth`` splittings in all; direct paths are refined to ``images`` images and ``tolerance``
    (largest force on a particle), the saddle among them. Pairs among those ``joined`` already are
    not joined again. Nothing is dropped silently: every path is counted in the outcomes.
    """
    outcomes: Counter[str] = Counter()
    bands: list[paths.Band] = []
    ends: list[Ends] = []
    waiting = [(first, last)]
    while waiting:
        a, b = waiting.pop(0)
        if same(a, b):
            outcomes["identical"] += 1
            continue
        if any(_same_ends((a, b), pair) for pair in (*joined, *ends)):
            outcomes["met before"] += 1
            continue
        try:
            band, chain = _direct_or_chain(a, b, images, tolerance)
        except paths.NoPath:
            outcomes["unconverged"] += 1
        except NoMinimum:
            outcomes["no minimum"] += 1
        else:
            if chain:
                outcomes["split"] += 1
                if outcomes["split"] <= depth:
                    waiting += zip([a, *chain], [*chain, b], strict=True)
                else:
                    outcomes["unconverged"] += 1
            elif band.saddle < 0:
                outcomes["no barrier"] += 1
            elif band.wells:
                outcomes["unconverged"] += 1
            else:
                outcomes["direct"] += 1
                bands.append(band)
                ends.append((a, b))
    return Search(tuple(bands), tuple(ends), outcomes)


def _same_ends(first: Ends, last: Ends) -> bool:
    (a, b), (c, d) = first, last
    return (same(a, c) and same(b, d)) or (same(a, d) and same(b, c))


def _direct_or_chain(
    a: Minimum, b: Minimum, images: int, tolerance: float
) -> tuple[paths.Band, list[Minimum]]:
    """A converged band and no minima, or a coarse band and the minima that it passes."""
    u = paths.separation(a.configuration, b.configuration)
    landscape = paths.configuration_landscape(a.configuration)
    band = paths.relax(
        landscape,
        paths.straight(np.zeros(u.size), u.ravel(), SEARCH_IMAGES),
        spring=SPRING,
        tolerance=COARSE,
        climb_below=0.0,
        limit=400,
        dimension=u.shape[1],
        stop_at_wells=0.3,
    )
    chain = _between(a, b, band) or _beside_saddle(a, b, band, landscape)
    if chain:
        return band, chain
    finer = paths.refined(band.images, images)
    final = {"tolerance": tolerance, "climb_below": 2.0 * COARSE, "dimension": u.shape[1]}
    try:
        approximate = paths.preconditioner(a.configuration, SHIFT)
        fine = paths.relax(landscape, finer, SHIFT, limit=150, precondition=approximate, **final)
    except paths.NoPath:
        fine = paths.relax(landscape, finer, SPRING, limit=600, **final)
    return fine, []


def _between(a: Minimum, b: Minimum, band: paths.Band) -> list[Minimum]:
    """Minima under the wells of a band, other than the ends and one another."""
    conf = a.configuration
    found: list[Minimum] = []
    for k in band.wells:
        here = conf.moved(conf.positions + band.images[k].reshape(conf.positions.shape))
        well = minimise(here)
        if not any(same(well, other) for other in (a, b, *found)):
            found.append(well)
    return found


def _beside_saddle(
    a: Minimum, b: Minimum, band: paths.Band, landscape: paths.Landscape
) -> list[Minimum]:
    """Minima on both sides of the highest saddle of a coarse band, other than its ends."""
    top = int(np.argmax(band.energies))
    if not 0 < top < len(band.images) - 1:
        return []
    conf = a.configuration
    dimension = conf.dimension
    saddle = paths.climb(
        landscape, band.images, band.energies, top, 1e-5, (5000, dimension, 0.05, None)
    )
    tangent = paths.improved_tangents(band.images, band.energies)[top - 1]
    found: list[Minimum] = []
    for side in (-PUSH, PUSH):
        place = (saddle + side * tangent).reshape(conf.positions.shape)
        well = minimise(conf.moved(conf.positions + place))
        if not any(same(well, other) for other in (a, b, *found)):
            found.append(well)
    return found


def participation_number(field: ArrayLike) -> float:
    """Number of particles that take part in a transition, (sum r_i^2)^2 / sum r_i^4.

    ``field`` (N, d); between 1 and N (KRZ21 Sec. IV, where it selects PR_DW < 5).
    """
    r = np.asarray(field, dtype=float)
    if r.ndim != 2 or not np.isfinite(r).all() or not r.any():
        raise ValueError(f"a displacement field must be finite, not zero and (N, d), got {r.shape}")
    square = (r**2).sum(axis=1)
    return float(square.sum() ** 2 / (square**2).sum())


def overlap_c(displacement: ArrayLike, mode: ArrayLike) -> Array:
    """Normalised scalar product of displacement fields, between 0 and 1 (KRZ21 Eq. 7).

    ``displacement`` (N, d), ``mode`` (..., N, d). Raises ``ValueError`` for fields that are zero,
    not finite or of different shapes.
    """
    r, v = _fields(displacement, mode)
    product = np.einsum("ia,...ia->...", r, v)
    return np.abs(product) / np.sqrt((r**2).sum() * (v**2).sum(axis=(-2, -1)))


def overlap_a(displacement: ArrayLike, mode: ArrayLike) -> Array:
    """Overlap of the particles' mobilities, directions ignored (KRZ21 Eq. 8); c <= a <= 1."""
    r, v = _fields(displacement, mode)
    sizes = np.sqrt((r**2).sum(axis=1)), np.sqrt((v**2).sum(axis=-1))
    product = np.einsum("i,...i->...", *sizes)
    return product / np.sqrt((r**2).sum() * (v**2).sum(axis=(-2, -1)))


def _fields(displacement: ArrayLike, mode: ArrayLike) -> tuple[Array, Array]:
    r, v = np.asarray(displacement, dtype=float), np.asarray(mode, dtype=float)
    if r.ndim != 2 or v.ndim < 2 or v.shape[-2:] != r.shape:
        raise ValueError(
            f"fields must have shapes (N, d) and (..., N, d), got {r.shape}, {v.shape}"
        )
    if not (np.isfinite(r).all() and np.isfinite(v).all()):
        raise ValueError("fields must be finite")
    if not (r.any() and (v**2).sum(axis=(-2, -1)).all()):
        raise ValueError("fields must not be zero")
    return r, v


def null_overlaps(
    displacement: ArrayLike, mode: ArrayLike, samples: int, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Overlaps c and a of a field with randomly turned copies of a mode, ``(samples,)`` each.

    Every particle of the copy keeps the length of its displacement, is given a random direction,
    and the displacements are dealt out to the particles at random: what chance alone gives for
    fields as localised as these. Raises ``ValueError`` for fewer than one sample.
    """
    if samples < 1:
        raise ValueError(f"the number of samples must be at least one, got {samples}")
    r, v = _fields(displacement, mode)
    c, a = np.empty(samples), np.empty(samples)
    for k in range(samples):
        copy = chance_copy(v, rng)
        c[k], a[k] = overlap_c(r, copy), overlap_a(r, copy)
    return c, a


@dataclass(frozen=True)
class DoubleWell:
    """Two minima and the saddle between them.

    ``position`` and ``energy`` (K,) along the path from the lower minimum, ``slope`` (K,) its
    derivative; ``saddle`` the number of the image at the saddle; ``stiffness`` the curvatures of
    the profile at the two ends; ``ab``, ``as_`` and ``first_link`` (N, d) the displacements from
    the first minimum to the second, to the saddle and to the next image; ``curvature`` (K - 2,)
    and ``turning`` of the path; ``minimum`` the lower one.
    """

    position: Array
    energy: Array
    slope: Array
    saddle: int
    stiffness: tuple[float, float]
    ab: Array
    as_: Array
    first_link: Array
    curvature: Array
    turning: float
    minimum: Minimum

    @property
    def barrier(self) -> float:
        """Height of the saddle above the lower minimum."""
        return float(self.energy[self.saddle] - self.energy.min())

    @property
    def asymmetry(self) -> float:
        """Difference of the two minima, not negative."""
        return float(abs(self.energy[-1] - self.energy[0]))

    @property
    def distance(self) -> float:
        """Length of the straight line between the minima."""
        return float(np.linalg.norm(self.ab))

    def profile(self) -> tunnelling.Profile:
        """Energy along the path, continued harmonically."""
        return tunnelling.profile(
            self.position, self.energy - self.energy.min(), self.slope, self.stiffness
        )

    def splitting(self, planck: float) -> tunnelling.Levels:
        """Lowest levels and their splitting for a reduced Planck constant (KRZ21-u1)."""
        return tunnelling.profile_levels(self.profile(), planck)


def double_well(band: paths.Band, ends: tuple[Minimum, Minimum]) -> DoubleWell:
    """Measure a converged direct path, from its lower minimum.

    The end stiffnesses are those of the Hessians along the first and the last link. Raises
    ``ValueError`` for a band without a saddle or with wells on the way.
    """
    if band.saddle < 0 or band.wells:
        raise ValueError("a double well needs a path with one saddle and no well on the way")
    shape = ends[0].configuration.positions.shape
    images, slopes, saddle = band.images, band.slopes, band.saddle
    energy = band.energies
    if energy[0] > energy[-1]:
        images, slopes, energy = images[::-1], -slopes[::-1], energy[::-1]
        saddle, ends = len(images) - 1 - saddle, ends[::-1]
    links = (images[1] - images[0], images[-2] - images[-1])
    stiffness = tuple(_along(m.configuration, u) for m, u in zip(ends, links, strict=True))
    return DoubleWell(
        paths.arc_length(images),
        energy - energy[0],
        slopes,
        saddle,
        (stiffness[0], stiffness[1]),
        (images[-1] - images[0]).reshape(shape),
        (images[saddle] - images[0]).reshape(shape),
        links[0].reshape(shape),
        paths.curvature(images),
        paths.turning(images),
        ends[0],
    )


def _along(conf: Configuration, u: Array) -> float:
    z = u / np.linalg.norm(u)
    return float(z @ (hessian(conf) @ z))


@dataclass(frozen=True)
class Vibrations:
    """A minimum with its linear modes, translations left out.

    ``stiffness`` (n,) ascending and orthonormal ``fields`` (n, N, d); ``at`` is the expansion that
    nonlinear modes need, whose inverse Hessian is made of the modes.
    """

    at: Expansion
    stiffness: Array
    fields: Array

    @property
    def soft(self) -> int:
        """Number of the softest mode with a participation ratio below 0.1, or -1."""
        localised = np.flatnonzero(participation_ratio(self.fields) < LOCALISED)
        return int(localised[0]) if localised.size else -1


def vibrations(conf: Configuration) -> Vibrations:
    """All linear modes of a minimum by dense diagonalisation.

    Raises ``ValueError`` if a direction other than the translations is not stable.
    """
    terms = pair_terms(conf)
    matrix = hessian(terms)
    values, modes = all_modes(matrix)
    translations = np.sort(np.argsort(np.abs(values))[: conf.dimension])
    if translations[-1] >= conf.dimension:
        raise ValueError(f"no minimum: the softest stiffness is {values[0]:.3g}")
    # without them what is left of all modes is no copy: a third of a gigabyte for 1500 particles
    values, modes = values[conf.dimension :], modes[conf.dimension :]
    flat = modes.reshape(len(values), -1)

    def solve(fields: Array) -> Array:
        along = fields.reshape(len(fields), -1) @ flat.T
        return ((along / values) @ flat).reshape(fields.shape)

    return Vibrations(Expansion(conf, terms, matrix, solve), values, modes)


def minima_along(at: Expansion, field: Array, reach: float = 2.0, points: int = 201) -> int:
    """Number of minima of V(r_A + s pi) for |s| < ``reach``, the minimum at s = 0 among them."""
    energy = energy_along(at, field, np.linspace(-reach, reach, points))
    inside = (energy[1:-1] < energy[:-2]) & (energy[1:-1] <= energy[2:])
    return int(inside.sum())


@dataclass(frozen=True)
class Overlaps:
    """Overlaps of a double well with the modes of its lower minimum.

    ``linear_c`` and ``linear_a``: the largest over all linear modes for the fields (first link,
    minimum to saddle, minimum to minimum); ``tangent`` the number of the mode with the largest c
    for the first link, ``straight`` of that for minimum to minimum. ``nonlinear`` is the mode
    grown from minimum to minimum, None if the iteration failed, with its overlaps ``nonlinear_c``
    and ``nonlinear_a`` (NaN without a mode). ``soft`` is the number of the softest localised
    linear mode (participation ratio below 0.1; -1: none), ``soft_c`` its overlap,
    ``soft_nonlinear`` the mode grown from it and ``soft_nonlinear_c`` the overlap of that.
    """

    linear_c: Array
    linear_a: Array
    tangent: int
    straight: int
    nonlinear: NonlinearMode | None
    nonlinear_c: float
    nonlinear_a: float
    soft: int
    soft_c: float
    soft_nonlinear: NonlinearMode | None
    soft_nonlinear_c: float


def mode_overlaps(well: DoubleWell, modes: Vibrations | None = None) -> Overlaps:
    """Overlaps of a double well with all linear and two nonlinear modes of its lower minimum."""
    seen = vibrations(well.minimum.configuration) if modes is None else modes
    links = (well.first_link, well.as_, well.ab - well.ab.mean(axis=0))
    c = np.array([overlap_c(f, seen.fields) for f in links])
    a = np.array([overlap_a(f, seen.fields) for f in links])
    soft = seen.soft
    grown = nonlinear_mode(seen.at, links[2])
    soft_grown = nonlinear_mode(seen.at, seen.fields[soft]) if soft >= 0 else None
    return Overlaps(
        c.max(axis=1),
        a.max(axis=1),
        int(c[0].argmax()),
        int(c[2].argmax()),
        grown,
        np.nan if grown is None else float(overlap_c(links[2], grown.field)),
        np.nan if grown is None else float(overlap_a(links[2], grown.field)),
        soft,
        np.nan if soft < 0 else float(c[2, soft]),
        soft_grown,
        np.nan if soft_grown is None else float(overlap_c(links[2], soft_grown.field)),
    )


def nonlinear_mode(at: Expansion, start: Array) -> NonlinearMode | None:
    """The mode that the iteration of KRZ21 Eq. 6 reaches, or None."""
    try:
        found = iterate(at, start, tolerance=1e-6, limit=600)
    except NoMode:
        return None
    return found[0] if found else None


def chance_copy(field: ArrayLike, rng: np.random.Generator) -> Array:
    """A field ``(N, d)`` with its displacements dealt out at random and turned at random.

    What an overlap with it is worth is chance: it is as localised as the field.
    """
    v = np.asarray(field, dtype=float)
    direction = rng.normal(size=v.shape)
    direction /= np.sqrt((direction**2).sum(axis=1, keepdims=True))
    return rng.permutation(np.sqrt((v**2).sum(axis=1)))[:, None] * direction


def first_links(
    band: paths.Band, ends: Ends, counts: Sequence[int], modes: Vibrations
) -> Iterator[Array]:
    """First links ``(N, d)`` from the lower minimum if the path had so many images in all.

    ``modes`` are those of that minimum. Only the part from there to the saddle is followed again,
    each time from the last one. Raises ``NoPath`` if it cannot be and ``ValueError`` for a band
    without a saddle.
    """
    if band.saddle < 0:
        raise ValueError("a path without a saddle has no part to refine")
    upwards = band.energies[0] <= band.energies[-1]
    half = band.images[: band.saddle + 1] if upwards else band.images[band.saddle :][::-1]
    share = paths.arc_length(half)[-1] / band.arc_length[-1]
    landscape = paths.configuration_landscape(ends[0].configuration)
    fields = modes.fields.reshape(len(modes.fields), -1).astype(np.float32)

    def inverse(shift: float, forces: Array) -> Array:
        scale = float(np.abs(forces).max()) or 1.0
        parts = fields @ (forces[0] / scale).astype(np.float32)
        return scale * (parts / (modes.stiffness + shift).astype(np.float32) @ fields)[None]

    for count in counts:
        half = paths.steepest_descent(
            landscape,
            half,
            max(4, round(count * share)),
            dimension=modes.fields.shape[2],
            precondition=inverse,
        )
        yield (half[1] - half[0]).reshape(modes.fields.shape[1:])


def active(splittings: Iterable[float], threshold: float) -> tuple[int, float, float]:
    """Count of splittings below a threshold and its 95 percent Poisson interval."""
    count = int(sum(1 for e in splittings if e < threshold))
    low = 0.5 * chi2.ppf(0.025, 2 * count) if count else 0.0
    return count, float(low), float(0.5 * chi2.ppf(0.975, 2 * count + 2))


def rank_correlation_below(values: ArrayLike, scale: ArrayLike, share: float) -> float:
    """Kendall's rank correlation of values with a scale, all values being below a share of it.

    Keeping ``value < share * scale`` makes large values go with large scales where the two have
    nothing to do with each other. So only those pairs are compared which would both be kept if
    their scales were exchanged: in these, unrelated quantities agree as often as they disagree
    (Tsai 1990). ``values`` and ``scale`` (m,). Raises ``ValueError`` for values that are not below
    the cut, and where no pair can be compared.
    """
    y, x = np.asarray(values, dtype=float), np.asarray(scale, dtype=float)
    if y.ndim != 1 or y.shape != x.shape:
        raise ValueError(
            f"values and scale must be vectors of one length, got {y.shape}, {x.shape}"
        )
    if not (y < share * x).all():
        raise ValueError(f"all values must lie below {share:g} of the scale")
    kept = y[:, None] < share * x
    pairs = np.triu(kept & kept.T, 1)
    agree = np.sign(y[:, None] - y) * np.sign(x[:, None] - x)
    if not pairs.any():
        raise ValueError(f"no two of {y.size} values can be compared")
    return float(agree[pairs].mean())
