"""Minimum energy paths between two minima by nudged elastic bands.

A band of images between two minima relaxes under the energy's forces across the path and under
springs along it. Tangents are the improved ones of Henkelman and Jonsson (2000), and the highest
image climbs to the saddle (Henkelman, Uberuaga and Jonsson 2000). The algorithm knows a landscape
only through a function that maps images ``(K, n)`` to energies ``(K,)`` and gradients ``(K, n)``.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import CubicSpline
from scipy.optimize import brentq

from relics.glass.configuration import Configuration, displacement
from relics.glass.energy import forces_at
from relics.glass.neighbours import NeighbourList

Array = NDArray[np.float64]
Landscape = Callable[[Array], tuple[Array, Array]]

SKIN = 0.3
MEMORY = 14
FIRST_STEP = 1e-3
GROWTH = 20.0
STEP_SHARE, SWEEPS, SOFTEST = 0.995, 12, 1.0


class NoPath(RuntimeError):
    """A band did not converge."""


@dataclass(frozen=True)
class Band:
    """Images of a path.

    ``images`` (K, n), ``energies`` (K,), ``gradients`` (K, n); ``saddle`` the number of the
    image that climbed to the saddle, or -1; ``force`` the largest force on a particle of any
    image (across the path and along the springs), ``iterations`` spent.
    """

    images: Array
    energies: Array
    gradients: Array
    saddle: int
    force: float
    iterations: int

    @property
    def arc_length(self) -> Array:
        """Length along the chords from the first image, shape (K,)."""
        return arc_length(self.images)

    @property
    def slopes(self) -> Array:
        """Derivative of the energy with respect to arc length at the images, shape (K,)."""
        tangents = CubicSpline(self.arc_length, self.images)(self.arc_length, 1)
        tangents /= np.linalg.norm(tangents, axis=1, keepdims=True)
        return np.einsum("ka,ka->k", self.gradients, tangents)

    @property
    def barriers(self) -> tuple[float, float]:
        """Height of the highest image above the first and above the last one."""
        top = float(self.energies.max())
        return top - float(self.energies[0]), top - float(self.energies[-1])

    @property
    def wells(self) -> list[int]:
        """Images strictly between the ends that lie below both their neighbours."""
        return _wells(self.energies)


def _wells(e: Array) -> list[int]:
    inside = np.arange(1, e.size - 1)
    return inside[(e[1:-1] < e[:-2]) & (e[1:-1] < e[2:])].tolist()


def arc_length(images: ArrayLike) -> Array:
    """Cumulative length of the chords between images ``(K, n)``, shape (K,)."""
    links = np.linalg.norm(np.diff(np.asarray(images, dtype=float), axis=0), axis=1)
    return np.concatenate([[0.0], np.cumsum(links)])


def first_link(stiffness: ArrayLike, place: ArrayLike, images: float) -> Array:
    """Direction in which a path of steepest descent through a place enters a minimum (KRZ21-u4).

    ``stiffness`` (n,) of the modes of the minimum, ``place`` (n,) on the path in components along
    them, in units of the path's length and within the range in which the energy is quadratic. The
    path is followed until its component along the softest mode is one ``images``-th of its length;
    returns the unit vector (n,) from the minimum to there. Raises ``ValueError`` for a stiffness
    that is not positive, no component along the softest mode, or fewer than one image.
    """
    rates, start = np.asarray(stiffness, dtype=float), np.asarray(place, dtype=float)
    if rates.ndim != 1 or rates.shape != start.shape:
        raise ValueError(f"stiffness and place must be vectors, got {rates.shape}, {start.shape}")
    if not ((rates > 0).all() and np.isfinite(rates).all() and np.isfinite(start).all()):
        raise ValueError("stiffnesses must be positive and all components finite")
    soft = int(np.argmin(rates))
    if start[soft] == 0 or not images >= 1:
        raise ValueError(
            f"a component along the softest mode and an image are needed, got {start[soft]}, {images}"
        )
    time = np.log(abs(start[soft]) * images) / rates[soft]
    # relative to the softest mode, which may have become too small for a number
    left = start / abs(start[soft]) * np.exp(-(rates - rates[soft]) * time)
    return left / np.linalg.norm(left)


def quadratic_descent(stiffness: ArrayLike, place: ArrayLike, share: float) -> Array:
    """Direction of a path of steepest descent at a share of its distance to a quadratic minimum.

    ``stiffness`` (n,) of the modes of the minimum, ``place`` (n,) on the path in components along
    them, in any unit; returns the unit vector (n,) from the minimum to the place on the same path
    whose distance is ``share`` of that. Raises ``ValueError`` for a stiffness that is not
    positive, a place that is the minimum, or a share outside (0, 1].
    """
    rates, start = np.asarray(stiffness, dtype=float), np.asarray(place, dtype=float)
    if rates.ndim != 1 or rates.shape != start.shape:
        raise ValueError(f"stiffness and place must be vectors, got {rates.shape}, {start.shape}")
    if not ((rates > 0).all() and np.isfinite(rates).all() and np.isfinite(start).all()):
        raise ValueError("stiffnesses must be positive and all components finite")
    away = float(np.linalg.norm(start))
    if away == 0 or not 0 < share <= 1:
        raise ValueError(f"a place off the minimum and a share of it are needed: {away}, {share}")

    def excess(time: float) -> float:
        return float(np.log(np.linalg.norm(start * np.exp(-rates * time)) / away / share))

    # relative to the softest of the modes that take part, for shares too small for a number
    rates = rates - (slowest := float(rates[start != 0].min()))
    latest = -np.log(share) / slowest * (1.0 + 1e-9)
    time = latest if latest == 0 else brentq(lambda t: excess(t) - slowest * t, 0.0, latest)
    left = start * np.exp(-rates * time)
    return left / np.linalg.norm(left)


def straight(first: ArrayLike, last: ArrayLike, count: int) -> Array:
    """``count`` images on the straight line between two points ``(n,)``, ends included."""
    a, b = np.asarray(first, dtype=float), np.asarray(last, dtype=float)
    if a.ndim != 1 or a.shape != b.shape:
        raise ValueError(f"ends must be points of one space, got shapes {a.shape}, {b.shape}")
    if count < 3:
        raise ValueError(f"a band needs at least three images, got {count}")
    if not (np.isfinite(a).all() and np.isfinite(b).all()) or np.linalg.norm(b - a) < 1e-9:
        raise ValueError("the ends of a band must be finite and distinct")
    return a + np.linspace(0.0, 1.0, count)[:, None] * (b - a)


def refined(images: ArrayLike, count: int) -> Array:
    """Images of a path redistributed at equal arc length by a cubic spline, ``(count, n)``."""
    x = np.asarray(images, dtype=float)
    if count < 3:
        raise ValueError(f"a band needs at least three images, got {count}")
    s = arc_length(x)
    curve = CubicSpline(s, x, bc_type="not-a-knot" if len(x) > 3 else "natural")
    new = curve(np.linspace(0.0, s[-1], count))
    new[0], new[-1] = x[0], x[-1]
    return new


def improved_tangents(images: Array, energies: Array) -> Array:
    """Unit tangents at the inner images, shape (K - 2, n) (Henkelman and Jonsson 2000)."""
    ahead = images[2:] - images[1:-1]
    behind = images[1:-1] - images[:-2]
    up = np.abs(energies[2:] - energies[1:-1])
    down = np.abs(energies[1:-1] - energies[:-2])
    rising = (energies[2:] > energies[1:-1]) & (energies[1:-1] > energies[:-2])
    falling = (energies[2:] < energies[1:-1]) & (energies[1:-1] < energies[:-2])
    large, small = np.maximum(up, down), np.minimum(up, down)
    higher_ahead = energies[2:] > energies[:-2]
    weight_ahead = np.where(higher_ahead, large, small)
    weight_behind = np.where(higher_ahead, small, large)
    weight_ahead = np.where(rising, 1.0, np.where(falling, 0.0, weight_ahead))
    weight_behind = np.where(rising, 0.0, np.where(falling, 1.0, weight_behind))
    level = (weight_ahead == 0.0) & (weight_behind == 0.0)
    weight_ahead, weight_behind = weight_ahead + level, weight_behind + level
    tangents = weight_ahead[:, None] * ahead + weight_behind[:, None] * behind
    return tangents / np.linalg.norm(tangents, axis=1, keepdims=True)


def band_forces(
    images: Array, energies: Array, gradients: Array, spring: float, held: int = -1
) -> Array:
    """Forces on the inner images, shape (K - 2, n): across the path, and of springs along it.

    A spring draws each image along its tangent to where it would stand if the images were equally
    spaced between the ends, or between an end and the image number ``held``, which feels nothing.
    (Springs between neighbours have the same fixed points, but the longer the band the softer
    their slowest motion.)
    """
    tangents = improved_tangents(images, energies)
    inner = gradients[1:-1]
    along = np.einsum("ka,ka->k", inner, tangents)
    pull = spring * (_even_places(images, held) - arc_length(images))[1:-1]
    forces = -inner + (along + pull)[:, None] * tangents
    if held > 0:
        forces[held - 1] = 0.0
    return forces


def _even_places(images: Array, held: int) -> Array:
    """Arc lengths of equally spaced images on each side of the one that is held."""
    s = arc_length(images)
    count = len(s)
    if held <= 0:
        return np.linspace(0.0, s[-1], count)
    return np.interp(np.arange(count), [0, held, count - 1], [0.0, s[held], s[-1]])


def _largest_force(forces: Array, dimension: int) -> float:
    return float(np.sqrt((forces.reshape(-1, dimension) ** 2).sum(axis=1).max()))


class _Memory:
    """Limited-memory inverse of the Jacobian of the band's forces, around a preconditioner."""

    def __init__(self, precondition: Callable[[Array], Array] | None) -> None:
        self.pairs: list[tuple[Array, Array, float]] = []
        self.precondition = precondition

    def learn(self, step: Array, change: Array) -> None:
        """Take in one step and the fall of the forces that it brought."""
        product = float(np.vdot(step, change))
        if product > 1e-12 * np.linalg.norm(step) * np.linalg.norm(change):
            self.pairs.append((step, change, product))
            del self.pairs[:-MEMORY]

    def apply(self, force: Array) -> Array:
        """The step that would cancel the forces (two-loop recursion)."""
        q = force.copy()
        weights = []
        for s, y, product in reversed(self.pairs):
            weight = np.vdot(s, q) / product
            q -= weight * y
            weights.append(weight)
        if self.precondition is not None:
            q = self.precondition(q)
        elif self.pairs:
            # the stiffest motion seen sets the scale of the unknown ones: no line search would
            # catch a step that is too long for them
            q *= min(product / float(np.vdot(y, y)) for _, y, product in self.pairs)
        else:
            q *= FIRST_STEP / max(float(np.abs(q).max()), 1.0)
        for (s, y, product), weight in zip(self.pairs, reversed(weights), strict=True):
            q += (weight - np.vdot(y, q) / product) * s
        return q


def _cancel(
    force: Callable[[Array], Array],
    x: Array,
    tolerance: float,
    limit: int,
    dimension: int,
    largest_step: float,
    precondition: Callable[[Array], Array] | None,
    stop: Callable[[float], bool] = lambda largest: False,
) -> tuple[Array, float, int]:
    """Move x until the largest force on a particle is below the tolerance, or ``stop`` says so."""
    memory = _Memory(precondition)
    forces = force(x)
    best = largest = _largest_force(forces, dimension)
    trust, ceiling = largest_step, 2.0 * largest
    for count in range(limit):
        if largest < tolerance or stop(largest):
            return x, largest, count
        step = memory.apply(forces)
        if memory.pairs and np.vdot(step, forces) <= 0:
            memory.pairs.clear()
            step = memory.apply(forces)
        longest = _largest_force(step, dimension)
        if longest > trust:
            step *= trust / longest
        following = force(x + step)
        reached = _largest_force(following, dimension)
        memory.learn(step, forces - following)
        if not reached < min(GROWTH * best, ceiling):
            memory.pairs.clear()
            trust = 0.3 * min(trust, longest)
            best = min(2.0 * best, largest)
            continue
        trust = min(1.5 * trust, largest_step)
        x, forces, largest = x + step, following, reached
        best = min(best, largest)
    raise NoPath(f"forces of {largest:.2g} are left after {limit} steps")


def relax(
    landscape: Landscape,
    images: ArrayLike,
    spring: float = 10.0,
    tolerance: float = 1e-6,
    climb_below: float = 1e-2,
    limit: int = 2000,
    dimension: int = 1,
    largest_step: float = 0.08,
    stop_at_wells: float = 0.0,
    precondition: Callable[[Array], Array] | None = None,
) -> Band:
    """Relax a band until the largest force on a particle is below ``tolerance``.

    ``images`` (K, n) with fixed ends; ``dimension`` groups the n coordinates into particles.
    First the band relaxes to forces ``climb_below``, then its highest image climbs to the saddle
    (zero: no climbing), and the images on both sides relax between the saddle and the ends.
    ``stop_at_wells``: once the force is below this, a band with a well between its ends is
    returned as it is, for splitting (zero: never). ``precondition`` maps forces ``(m, n)`` to the
    steps that an approximate Hessian would take. Limited-memory quasi-Newton steps, none longer
    than ``largest_step`` or the spacing of the images for any particle. Raises ``ValueError`` for bad images or numbers and
    ``NoPath`` if ``limit`` iterations of one stage do not suffice.
    """
    x = np.array(images, dtype=float)
    if x.ndim != 2 or len(x) < 3 or x.shape[1] % dimension or not np.isfinite(x).all():
        raise ValueError(f"a band needs at least three finite images (K, n), got {x.shape}")
    if not (spring > 0 and tolerance > 0 and largest_step > 0):
        raise ValueError("spring, tolerance and largest step must be positive")
    if not (np.linalg.norm(np.diff(x, axis=0), axis=1) > 0).all():
        raise ValueError("neighbouring images of a band must differ")
    energies, gradients = landscape(x)
    held = -1

    def force(inner: Array) -> Array:
        nonlocal energies, gradients
        x[1:-1] = inner
        energies, gradients = landscape(x)
        return band_forces(x, energies, gradients, spring, held)

    def band(largest: float, count: int) -> Band:
        return Band(x.copy(), energies, gradients, held, largest, count)

    def split_here(largest: float) -> bool:
        return largest < stop_at_wells and bool(_wells(energies))

    first = max(tolerance, climb_below)
    spacing = float(np.linalg.norm(np.diff(x, axis=0), axis=1).mean())
    rest = (dimension, largest_step, precondition)
    shortest = (limit, dimension, min(largest_step, spacing), precondition)
    _, largest, count = _cancel(force, x[1:-1].copy(), first, *shortest, stop=split_here)
    if split_here(largest):
        return band(largest, count)
    top = int(np.argmax(energies))
    if climb_below > 0 and 0 < top < len(x) - 1:
        saddle = climb(landscape, x, energies, top, tolerance, (10 * limit, *rest))
        x, held = _through(x, saddle, top)
    _, largest, more = _cancel(force, x[1:-1].copy(), tolerance, *shortest)
    return band(largest, count + more)


def _through(images: Array, saddle: Array, top: int) -> tuple[Array, int]:
    """The band bent smoothly through a saddle, equally spaced on both sides, and its number."""
    count = len(images)
    along = arc_length(images)
    reach = max(along[-1] / 8.0, 2.0 * float(np.linalg.norm(saddle - images[top])))
    weight = np.exp(-(((along - along[top]) / reach) ** 2))
    weight *= np.minimum(along / along[top], (along[-1] - along) / (along[-1] - along[top]))
    bent = images + weight[:, None] * (saddle - images[top])
    left, right = bent[: top + 1], bent[top:]
    lengths = arc_length(left)[-1], arc_length(right)[-1]
    place = round((count - 1) * lengths[0] / (lengths[0] + lengths[1]))
    place = min(max(place, 1), count - 2)
    return np.concatenate([_spread(left, place + 1)[:-1], _spread(right, count - place)]), place


def _spread(images: Array, count: int) -> Array:
    """Images at equal distances along the chords of a path."""
    s = arc_length(images)
    wanted = np.linspace(0.0, s[-1], count)
    after = np.clip(np.searchsorted(s, wanted), 1, len(s) - 1)
    share = (wanted - s[after - 1]) / (s[after] - s[after - 1])
    return images[after - 1] + share[:, None] * (images[after] - images[after - 1])


def climb(
    landscape: Landscape,
    images: Array,
    energies: Array,
    top: int,
    tolerance: float,
    rest: tuple[int, int, float, Callable[[Array], Array] | None],
) -> Array:
    """The saddle that image ``top`` climbs to along its tangent while its neighbours stay."""
    tangent = improved_tangents(images, energies)[top - 1]

    def uphill(point: Array) -> Array:
        gradient = landscape(point)[1]
        return -gradient + 2.0 * (gradient @ tangent)[:, None] * tangent

    start = images[top : top + 1].copy()
    found, _, _ = _cancel(uphill, start, tolerance, *rest)
    return found[0]


def steepest_descent(
    landscape: Landscape,
    images: ArrayLike,
    count: int,
    tolerance: float = 1e-4,
    dimension: int = 1,
    precondition: Callable[[float, Array], Array] | None = None,
    limit: int = 200,
) -> Array:
    """Path of steepest descent from a saddle to a minimum in equal steps, shape (count, n).

    ``images`` (K, n): a path from the minimum to the saddle, of which the ends and the direction
    at the saddle are used; the result runs the same way. Every image is the lowest point at one
    step from its neighbour above (a backward Euler step), so that the images are those of a
    converged band with improved tangents, however many. Forces across a step are left up to
    ``tolerance`` of the slope, or of the step where there is none. The step is adapted until the
    last one fits to a hundredth. ``dimension`` groups the n coordinates into particles;
    ``precondition`` maps a shift and forces ``(1, n)`` to the steps that an approximate Hessian
    plus the shift would take. Raises ``ValueError`` for bad images or numbers and ``NoPath`` if a
    step is not found in ``limit`` iterations or no step fits.
    """
    x = np.array(images, dtype=float)
    if x.ndim != 2 or len(x) < 2 or x.shape[1] % dimension or not np.isfinite(x).all():
        raise ValueError(f"a path needs at least two finite images (K, n), got {x.shape}")
    if count < 3 or not tolerance > 0:
        raise ValueError(f"three images and a positive tolerance are needed: {count}, {tolerance}")
    if not (np.linalg.norm(np.diff(x, axis=0), axis=1) > 0).all():
        raise ValueError("neighbouring images of a path must differ")

    def next_image(above: Array, guess: Array, step: float) -> Array:
        # what holds an image at its distance adds the slope over the step to every stiffness
        shift = max(float(np.linalg.norm(landscape(above[None])[1])) / step, SOFTEST)

        def force(point: Array) -> Array:
            gradient = landscape(point)[1]
            away = point - above
            length = float(np.linalg.norm(away))
            along = float(np.vdot(gradient, away)) / length + shift * (step - length)
            return -gradient + along * away / length

        start = (above + step * guess)[None]
        inverse = precondition and functools.partial(precondition, shift)
        small = tolerance * shift * step
        return _cancel(force, start, small, limit, dimension, step, inverse)[0][0]

    # a chord is shorter than its path, so the first sweep falls short of the minimum
    step = STEP_SHARE * float(arc_length(x)[-1]) / (count - 1)
    for _ in range(SWEEPS):
        downhill, guess = [x[-1]], x[-2] - x[-1]
        left = float(np.linalg.norm(x[-1] - x[0]))
        while len(downhill) < count - 1 and left > 0.5 * step:
            above = downhill[-1]
            downhill.append(next_image(above, guess / np.linalg.norm(guess), step))
            guess = downhill[-1] - above
            left = float(np.linalg.norm(downhill[-1] - x[0]))
        if len(downhill) == count - 1 and abs(left / step - 1.0) < 0.01:
            return np.array([*downhill, x[0]])[::-1]
        step = ((len(downhill) - 1) * step + left) / (count - 1)
    raise NoPath(f"no step divides the path from the saddle to the minimum into {count - 1}")


def curvature(images: ArrayLike) -> Array:
    """Curvature of a path at its inner images, shape (K - 2,), inverse length.

    The angle between successive chords over their mean length.
    """
    links = np.diff(np.asarray(images, dtype=float), axis=0)
    lengths = np.linalg.norm(links, axis=1)
    units = links / lengths[:, None]
    turn = 2.0 * np.arcsin(np.clip(0.5 * np.linalg.norm(np.diff(units, axis=0), axis=1), 0, 1))
    return turn / (0.5 * (lengths[1:] + lengths[:-1]))


def turning(images: ArrayLike) -> float:
    """Angle (radian) between the first and the last chord of a path."""
    links = np.diff(np.asarray(images, dtype=float), axis=0)
    first, last = links[0] / np.linalg.norm(links[0]), links[-1] / np.linalg.norm(links[-1])
    return float(2.0 * np.arctan2(np.linalg.norm(first - last), np.linalg.norm(first + last)))


def configuration_landscape(start: Configuration) -> Landscape:
    """Energies and gradients of images given as displacements ``(K, N d)`` from ``start``.

    Each image keeps a neighbour list of its own.
    """
    shape = start.positions.shape
    base = np.array(start.positions)
    lists: list[NeighbourList] = []

    def landscape(images: Array) -> tuple[Array, Array]:
        while len(lists) < len(images):
            x = base + images[len(lists)].reshape(shape)
            lists.append(
                NeighbourList(start.law(), x, start.diameters, start.box, start.shear, skin=SKIN)
            )
        energies = np.empty(len(images))
        gradients = np.empty_like(images)
        for k, image in enumerate(images):
            energies[k], forces, _ = forces_at(base + image.reshape(shape), lists[k])
            np.negative(forces.ravel(), out=gradients[k])
        return energies, gradients

    return landscape


def preconditioner(start: Configuration, shift: float = 1.0) -> Callable[[Array], Array]:
    """Inverse of the Hessian of a minimum plus ``shift``, for bands of displacements from it.

    A dense inverse in single precision: 4 (N d)^2 bytes. The shift keeps steps along directions
    short that are soft at this end of a path and may be stiff at the other.
    """
    from scipy.linalg import lapack

    from relics.glass.hessian import hessian

    matrix = hessian(start).toarray().astype(np.float32)
    matrix[np.diag_indices_from(matrix)] += np.float32(shift)
    factor, failed = lapack.spotrf(matrix, lower=1, overwrite_a=1)
    if failed:
        raise ValueError("the start of the path is no minimum: a direction is unstable")
    inverse, _ = lapack.spotri(factor, lower=1, overwrite_c=1)
    lower = np.tril_indices_from(inverse, -1)
    inverse.T[lower] = inverse[lower]

    def apply(forces: Array) -> Array:
        scale = float(np.abs(forces).max()) or 1.0
        return scale * ((forces / scale).astype(np.float32) @ inverse).astype(float)

    return apply


def separation(first: Configuration, last: Configuration) -> Array:
    """Displacement ``(N, d)`` between two configurations without the common translation."""
    u = displacement(first, last)
    return u - u.mean(axis=0)
