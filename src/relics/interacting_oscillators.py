"""Anharmonic oscillators with random couplings: the lattice of Gurevich, Parshin and Schober, and
its mean-field form with a field (LB21 Eqs. 2 and 10).

Reduced units: masses are one, and so is the quartic coefficient ``A`` unless it is an argument.
Then stiffnesses, couplings and ``h^(2/3)`` have one unit, and squared frequencies too. Changing
``A`` only rescales: ``x -> x/sqrt(A)`` and ``h -> h/sqrt(A)`` leave all spectra as they are.

Couplings enter as a function that multiplies a vector by the symmetric matrix ``J_ij`` with a zero
diagonal. Along a straight line the energy is a polynomial of fourth order whose coefficients need
one such product, so that every step of a minimisation ends at the exact lowest point of its line.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import integrate, optimize
from scipy.optimize import elementwise

from relics.domain import finite, nonnegative, positive
from relics.quadrature import legendre

Array = NDArray[np.float64]
Couple = Callable[[Array], Array]

MEMORY = 24
REFRESH = 25
"""Steps after which the product of couplings and coordinates is computed afresh."""


class NoMinimum(RuntimeError):
    """A minimisation did not reach its tolerance."""


@dataclass(frozen=True)
class Minimum:
    """A stable state: coordinates (N,), energy, largest force, and products with the couplings."""

    x: Array
    energy: float
    max_force: float
    products: int


# The model: energy, forces, stiffness.


def energy(x: Array, coupled: Array, kappa: Array, field: float = 0.0, A: float = 1.0) -> float:
    """Energy of coordinates (N,) given the product ``coupled = J x`` (LB21 Eqs. 2, 10)."""
    return float(x @ (kappa * x / 2 + coupled / 2 + A * x**3 / 24 - field))


def gradient(x: Array, coupled: Array, kappa: Array, field: float = 0.0, A: float = 1.0) -> Array:
    """Minus the forces on all oscillators, shape (N,), given the product ``coupled = J x``."""
    return kappa * x + coupled + A * x**3 / 6 - field


def stiffness(x: Array, kappa: Array, A: float = 1.0) -> Array:
    """Diagonal of the Hessian, shape (N,); off it stand the couplings."""
    return kappa + A * x**2 / 2


def draw_stiffnesses(number: int, lowest: float, highest: float, rng: np.random.Generator) -> Array:
    """Bare stiffnesses spread evenly over an interval, shape (number,)."""
    if number < 2:
        raise ValueError(f"number of oscillators must be at least 2, got {number}")
    parent(lowest, highest)
    return rng.uniform(lowest, highest, number)


def power_law_stiffnesses(number: int, beta: float, rng: np.random.Generator) -> Array:
    """Bare stiffnesses in [0, 1] with a density proportional to ``kappa^beta``, beta above -1."""
    if number < 2:
        raise ValueError(f"number of oscillators must be at least 2, got {number}")
    if not (np.isfinite(beta) and beta > -1):
        raise ValueError(f"beta must be above -1 for a density that can be normalised, got {beta}")
    return rng.uniform(0, 1, number) ** (1 / (beta + 1))


def dipolar_couplings(side: int, J: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """Couplings ``J g/r^3`` on a periodic cubic lattice, g even in [-1/2, 1/2] (LB21 Eq. 2).

    Shape (side^3, side^3), symmetric with zero diagonal; distances to the nearest image, in units
    of the lattice spacing.
    """
    if side < 2:
        raise ValueError(f"side must be at least 2 sites, got {side}")
    positive(J=J)
    site = np.indices((side, side, side)).reshape(3, -1)
    number = side**3
    matrix = np.zeros((number, number), dtype=np.float32)
    for i in range(number - 1):
        apart = np.abs(site[:, i + 1 :] - site[:, i, None])
        apart = np.minimum(apart, side - apart)
        cube = np.sum(apart**2, axis=0) ** 1.5
        matrix[i, i + 1 :] = J * rng.uniform(-0.5, 0.5, number - 1 - i) / cube
    matrix += matrix.T
    return matrix


def parent(lowest: float, highest: float) -> tuple[float, float]:
    """Edges of the density of bare stiffnesses, checked: ``0 <= lowest < highest``."""
    nonnegative(kappa_min=lowest)
    positive(kappa_0=highest)
    if lowest >= highest:
        raise ValueError(
            f"kappa_min must lie below kappa_0, got kappa_min={lowest:g}, kappa_0={highest:g}"
        )
    return float(lowest), float(highest)


# Minimisation.


def _line_minimum(slope: float, second: float, third: float, fourth: float) -> float:
    """Nearest positive place where ``slope t + second t^2/2 + third t^3/6 + fourth t^4/24`` is least."""
    roots = np.roots([fourth / 6, third / 2, second, slope])
    ahead = roots[(np.abs(roots.imag) <= 1e-9 * np.abs(roots)) & (roots.real > 0)].real
    if ahead.size == 0:
        raise NoMinimum(f"no minimum ahead on a line with slope {slope:.3g}")
    return float(ahead.min())


def _two_loops(g: Array, steps: list[Array], changes: list[Array], diagonal: Array) -> Array:
    """Direction of limited-memory BFGS with a diagonal first guess of the Hessian."""
    q = g.copy()
    weights = []
    for s, y in zip(reversed(steps), reversed(changes), strict=True):
        a = (s @ q) / (s @ y)
        q -= a * y
        weights.append(a)
    if steps:
        y = changes[-1]
        q *= (steps[-1] @ y) / (y @ (y / diagonal))
    q /= diagonal
    for s, y, a in zip(steps, changes, reversed(weights), strict=True):
        q += (a - (y @ q) / (s @ y)) * s
    return -q


def minimise(
    couple: Couple,
    kappa: Array,
    start: Array,
    field: float = 0.0,
    A: float = 1.0,
    tolerance: float = 1e-10,
    most: int = 20_000,
) -> Minimum:
    """Follow the energy down to a minimum whose largest force is below `tolerance`.

    Limited-memory BFGS; each step ends at the lowest point of its line, which is a root of a cubic.
    ``NoMinimum`` after `most` products with the couplings.
    """
    positive(A=A, tolerance=tolerance)
    kappa_, x = (a.copy() for a in finite(kappa=kappa, start=start))
    if kappa_.ndim != 1 or kappa_.shape != x.shape:
        raise ValueError(f"kappa {kappa_.shape} and start {x.shape} must be vectors of one length")
    coupled, products, since = couple(x), 1, 0
    steps: list[Array] = []
    changes: list[Array] = []
    while products < most:
        g = gradient(x, coupled, kappa_, field, A)
        if np.abs(g).max() < tolerance:
            if since == 0:
                return Minimum(
                    x, energy(x, coupled, kappa_, field, A), float(np.abs(g).max()), products
                )
            coupled, products, since = couple(x), products + 1, 0
            continue
        diagonal = np.maximum(stiffness(x, kappa_, A), 0.1 * np.mean(kappa_))
        direction = _two_loops(g, steps, changes, diagonal)
        if g @ direction >= 0:
            steps, changes = [], []
            direction = -g / diagonal
        pushed = couple(direction)
        products += 1
        bent = stiffness(x, kappa_, A) * direction + pushed
        t = _line_minimum(
            float(g @ direction),
            float(direction @ bent),
            float(A * (x @ direction**3)),
            float(A * np.sum(direction**4)),
        )
        move = t * direction
        x += move
        coupled += t * pushed
        since += 1
        change = gradient(x, coupled, kappa_, field, A) - g
        if move @ change > 0:
            steps, changes = [*steps, move][-MEMORY:], [*changes, change][-MEMORY:]
        if since == REFRESH:
            coupled, products, since = couple(x), products + 1, 0
    raise NoMinimum(f"force {np.abs(g).max():.2g} after {products} products with the couplings")


# Without broken symmetry: the cavity equations.

NODES = 80
REACH = 9.0
"""Standard deviations of the random field that are followed."""


def _graded(start: ArrayLike, end: ArrayLike, power: int, nodes: int) -> tuple[Array, Array]:
    """Nodes and weights between two arrays of limits, crowded towards the first."""
    node, weight = legendre(nodes)
    t = (node + 1) / 2
    span = np.asarray(end, dtype=float) - np.asarray(start, dtype=float)
    places = np.multiply.outer(span, t**power) + np.asarray(start)[..., None]
    return places, np.multiply.outer(span, power * t ** (power - 1) * weight / 2)


def response(m: ArrayLike, force: ArrayLike, A: float = 1.0) -> Array:
    """Largest root of ``m x + A x^3/6 = force`` for a force that is not negative.

    For positive ``m`` the only root; for negative ``m`` the lower of two wells.
    """
    (_,) = positive(A=A)
    (m_,) = finite(m=m)
    (f,) = nonnegative(force=force)
    m_, f = np.broadcast_arrays(m_, f)
    x = np.sqrt(np.maximum(-6 * m_ / A, 0)) + np.cbrt(6 * f / A)
    with np.errstate(divide="ignore", invalid="ignore"):
        x = np.where(m_ > 0, np.minimum(x, f / m_), x)
    for _ in range(100):  # from above on a convex branch: falls steadily to the root
        slope = m_ + A * x**2 / 2
        excess = x * (m_ + A * x**2 / 6) - f
        move = np.where(slope > 0, excess / np.where(slope > 0, slope, 1.0), 0.0)
        x = x - move
        if np.all(np.abs(move) <= 4e-16 * np.abs(x)):
            break
    return x


def response_by_noise(m: ArrayLike, z: ArrayLike, field: float, spread: float, A: float) -> Array:
    """Coordinate in a field with noise ``z`` of the given spread (LB21 Sec. IV.E)."""
    force = field + spread * np.asarray(z, dtype=float)
    return np.sign(force) * response(m, np.abs(force), A)


@dataclass(frozen=True)
class Cavity:
    """One oscillator among all, with symmetry unbroken (LB21 Sec. IV.E).

    ``reaction = J^2 chi`` is taken from every stiffness, ``spread = J sqrt(q)`` is the standard
    deviation of the random field; ``inverse_square = <v^-2>`` for the stiffness ``v`` of an
    oscillator in its place. ``gap`` is what is left of the lowest bare stiffness, ``replicon``
    the stability ``1 - J^2 <v^-2>``; both are positive where symmetry is unbroken. ``energy`` is
    that of the whole system over the number of oscillators.
    """

    field: float
    lowest: float
    highest: float
    A: float
    reaction: float
    spread: float
    J: float
    q: float
    chi: float
    mean: float
    inverse_square: float
    energy: float

    @property
    def gap(self) -> float:
        """Lowest stiffness without displacement, ``kappa_min - J^2 chi``."""
        return self.lowest - self.reaction

    @property
    def replicon(self) -> float:
        """``lambda_R = 1 - J^2 <v^-2>`` (LB21 Sec. IV.E)."""
        return 1 - self.J**2 * self.inverse_square


def _gaussian(force: Array, field: float, spread: float) -> Array:
    return np.exp(-(((force - field) / spread) ** 2) / 2) / (np.sqrt(2 * np.pi) * spread)


def _averages(
    reaction: float, spread: float, field: float, edges: tuple[float, float], A: float
) -> dict[str, float]:
    """Averages over bare stiffnesses and the random field, with the coordinate as the variable.

    The norm, ``x``, ``x^2``, ``1/v``, ``1/v^2`` and ``m x^2/2 + A x^4/24``. A coordinate is the
    lowest minimum in its field: where the remaining stiffness ``m`` is negative, ``x^2 > -6 m/A``.
    """
    low, high = edges[0] - reaction, edges[1] - reaction
    panels = [(0.0, low), (0.0, high)] if low < 0 < high else [(low, high)]
    sums = np.zeros(6)
    for start, end in panels:
        m, weight = _graded(start, end, 4, NODES)
        for side in (1.0, -1.0):
            least, most = side * field - REACH * spread, side * field + REACH * spread
            if most <= 0:
                continue
            inner = response(m, np.full_like(m, max(least, 0.0)), A)
            outer = response(m, np.full_like(m, most), A)
            x, dx = _graded(inner, outer, 3, NODES)
            force = x * (m[:, None] + A * x**2 / 6)
            v = m[:, None] + A * x**2 / 2
            density = _gaussian(side * force, field, spread) * dx * np.abs(weight)[:, None]
            own = x**2 * (m[:, None] / 2 + A * x**2 / 24)
            terms = (v, side * v * x, v * x**2, np.ones_like(v), 1 / v, v * own)
            sums += [float(np.sum(density * term)) for term in terms]
    names = ("norm", "x", "x2", "chi", "inverse_square", "own")
    return dict(zip(names, sums / (edges[1] - edges[0]), strict=True))


def at_reaction(
    reaction: float, field: float, lowest: float, highest: float, A: float = 1.0
) -> Cavity:
    """Solution of the cavity equations in which every stiffness has lost `reaction`.

    The spread of the random field is the one unknown; the coupling strength follows. With a
    reaction above `lowest` the state is not the true one (symmetry is broken): each oscillator is
    then taken in the lower of its wells. ``ValueError`` for a field that is not positive, or a
    reaction not below `highest`.
    """
    positive(reaction=reaction, h=field, A=A)
    edges = parent(lowest, highest)
    if reaction >= highest:
        raise ValueError(f"reaction must lie below kappa_0={highest:g}, got {reaction:g}")

    def excess(log_spread: float) -> float:
        found = _averages(reaction, np.exp(log_spread), field, edges, A)
        return 2 * log_spread - np.log(reaction * found["x2"] / found["chi"])

    start = np.log(field)
    low, high = start - 1, start + 1
    while excess(low) > 0:
        low -= 2
    while excess(high) < 0:
        high += 2
    spread = float(np.exp(optimize.brentq(excess, low, high, xtol=1e-13)))
    found = _averages(reaction, spread, field, edges, A)
    return Cavity(
        field=float(field),
        lowest=edges[0],
        highest=edges[1],
        A=A,
        reaction=float(reaction),
        spread=spread,
        J=float(np.sqrt(reaction / found["chi"])),
        q=found["x2"],
        chi=found["chi"],
        mean=found["x"],
        inverse_square=found["inverse_square"],
        # The coupling energy is -J^2 q chi; half of it returns in the reaction on each oscillator.
        energy=found["own"] - field * found["x"] - reaction * found["x2"] / 2,
    )


@dataclass(frozen=True)
class Transition:
    """Where a gapped density of states closes: coupling strength and exponent of the frequency.

    The exponent is 2 where stability is lost first, 4 where the gap of stiffnesses is.
    """

    J: float
    exponent: int
    cavity: Cavity


def critical_coupling(field: float, lowest: float, highest: float, A: float = 1.0) -> Transition:
    """Coupling strength at which the gap closes in a field (LB21 Sec. IV.E, Fig. 8a).

    ``ValueError`` for a parent without a gap: there is no coupling at which symmetry is unbroken.
    """
    _gapped(lowest)
    closed = at_reaction(lowest, field, lowest, highest, A)
    if closed.replicon >= 0:
        return Transition(closed.J, 4, closed)
    reaction = optimize.brentq(
        lambda a: at_reaction(a, field, lowest, highest, A).replicon,
        lowest * 1e-6,
        lowest,
        xtol=1e-14,
        rtol=1e-13,
    )
    unstable = at_reaction(reaction, field, lowest, highest, A)
    return Transition(unstable.J, 2, unstable)


def critical_coupling_without_field(lowest: float, highest: float) -> float:
    """Closed form of the critical coupling for a vanishing field (LB21 Sec. IV.E).

    All coordinates are zero, so that ``chi`` and ``<v^-2>`` are averages over bare stiffnesses.
    """
    low, high = parent(lowest, highest)
    _gapped(low)

    def excess(a: float) -> float:
        product = (low - a) * (high - a)
        return product * np.log((high - a) / (low - a)) - a * (high - low)

    a = optimize.brentq(excess, low * 1e-9, low * (1 - 1e-15), xtol=1e-16, rtol=1e-14)
    return float(np.sqrt((low - a) * (high - a)))


def special_field(lowest: float, highest: float, A: float = 1.0) -> float:
    """Field above which the quartic law replaces the quadratic one on the critical line."""
    _gapped(lowest)

    def replicon(log_field: float) -> float:
        return at_reaction(lowest, np.exp(log_field), lowest, highest, A).replicon

    scale = np.log(lowest**1.5)
    low, high = scale - 1, scale + 1
    while replicon(low) > 0:
        low -= 1
    while replicon(high) < 0:
        high += 1
    return float(np.exp(optimize.brentq(replicon, low, high, xtol=1e-13)))


def cavity(field: float, J: float, lowest: float, highest: float, A: float = 1.0) -> Cavity:
    """Solution of the cavity equations at a coupling strength below the critical one.

    ``ValueError`` above it, where symmetry is broken, and for a parent without a gap.
    """
    positive(J=J)
    _gapped(lowest)
    end = critical_coupling(field, lowest, highest, A)
    if end.J < J:
        raise ValueError(
            f"J must not exceed the critical coupling {end.J:.6g} of the field h={field:g}, "
            f"above which symmetry is broken; got {J:g}"
        )
    if end.J == J:
        return end.cavity
    reaction = optimize.brentq(
        lambda a: at_reaction(a, field, lowest, highest, A).J - J,
        1e-9 * end.cavity.reaction,
        end.cavity.reaction,
        xtol=1e-14,
        rtol=1e-13,
    )
    return at_reaction(reaction, field, lowest, highest, A)


def lowest_wells(field: float, J: float, highest: float, A: float = 1.0) -> Cavity:
    """Symmetric estimate for a parent without a gap, every oscillator in the lower of its wells.

    Not the true state (symmetry is broken at any coupling), but the leading one at weak coupling.
    ``ValueError`` where it is unstable, and where its reaction would exceed half of `highest`.
    """
    positive(J=J, h=field)

    def excess(log_reaction: float) -> float:
        return at_reaction(np.exp(log_reaction), field, 0.0, highest, A).J - J

    ends = np.log(1e-12 * highest), np.log(highest / 2)
    if excess(ends[1]) < 0:
        raise ValueError(f"J={J:g} is too strong for an estimate with unbroken symmetry")
    reaction = np.exp(optimize.brentq(excess, *ends, xtol=1e-13))
    found = at_reaction(reaction, field, 0.0, highest, A)
    if found.replicon <= 0:
        raise ValueError(
            f"J={J:g} is too strong for an estimate with unbroken symmetry: "
            f"its stability is {found.replicon:.3g}"
        )
    return found


def _gapped(lowest: float) -> None:
    if not (np.isfinite(lowest) and lowest > 0):
        raise ValueError(
            f"kappa_min must be positive, got {lowest:g}: without a gap symmetry is broken at any J"
        )


# Densities of stiffness and of frequency.


def density_of_stiffness(v: ArrayLike, state: Cavity, nodes: int = 400) -> Array:
    """Density of the stiffness of one oscillator in its place, shape of `v`.

    For given stiffness the coordinate runs over all values for which the bare stiffness lies
    inside the parent and the well is the lower one.
    """
    (v_,) = positive(v=v)
    low, high = state.lowest - state.reaction, state.highest - state.reaction
    outer = 2 * (v_ - low) / state.A
    if low < 0:
        outer = np.minimum(outer, 3 * v_ / state.A)
    outer = np.sqrt(np.maximum(outer, 0))
    inner = np.sqrt(np.maximum(2 * (v_ - high) / state.A, 0))
    x, weight = _graded(inner, np.maximum(outer, inner), 3, nodes)
    force = x * (v_[..., None] - state.A * x**2 / 3)
    both = sum(_gaussian(side * force, state.field, state.spread) for side in (1, -1))
    return v_ * np.sum(both * weight, axis=-1) / (state.highest - state.lowest)


def _stiffness_table(state: Cavity, nodes: int) -> tuple[Array, Array]:
    """Rising stiffnesses, crowded at both edges of the parent, and the density at them."""
    low, high = state.lowest - state.reaction, state.highest - state.reaction
    start = max(low, 0.0)
    strongest = float(response(start, state.field + REACH * state.spread, state.A))
    t = np.linspace(0.01, 1, nodes)
    middle = (start + high) / 2
    v = np.unique(
        np.concatenate(
            [
                start + (middle - start) * t**5,
                high - (high - middle) * t**3,
                high + state.A * strongest**2 / 2 * t**3,
            ]
        )
    )
    density = density_of_stiffness(v, state)
    norm = integrate.trapezoid(density, v)
    if abs(norm - 1) > 0.02:
        raise ValueError(
            f"field h={state.field:g} is too weak to tabulate stiffnesses: their density sums to {norm:.3g}"
        )
    return np.append(start, v), np.append(0.0, density)


def _resolvent(u: NDArray[np.complex128], v: Array, density: Array) -> NDArray[np.complex128]:
    """``<1/(v - u)>`` for a density that is linear between its nodes; u with positive imaginary part."""
    logs = np.log(v - u[:, None])
    slope = np.diff(density) / np.diff(v)
    value = density[:-1] + slope * (u[:, None] - v[:-1])
    return np.sum(value * np.diff(logs, axis=1), axis=1) + np.sum(slope * np.diff(v))


def density_of_states(state: Cavity, number: int = 160, nodes: int = 500) -> tuple[Array, Array]:
    """Frequencies (rising) and their density from the Pastur equation (LB21 Fig. 8b, c).

    A stiffness matrix with independent couplings off its diagonal has the resolvent
    ``G = <1/(v - u)>`` with ``u = lambda + J^2 (G - chi)``. Along the real part of ``u`` its
    imaginary part is the root of ``J^2 <1/|v - u|^2> = 1``, and the eigenvalue follows without
    iteration. ``ValueError`` where symmetry is broken so far that there is no stable edge.
    """
    v, density = _stiffness_table(state, nodes)
    J2 = state.J**2
    top = v[-1]
    real = _edge(v, density, J2) + np.linspace(0.002, 1, number) ** 4 * 1.2 * top
    low, high = np.log(1e-13 * top), np.log(2 * state.J)
    real = real[_excess(real, np.full(number, low), v, density, J2) > 0]
    found = elementwise.find_root(
        lambda log_imag, t: _excess(t, log_imag, v, density, J2),
        (np.full_like(real, low), np.full_like(real, high)),
        args=(real,),
        tolerances={"xatol": 1e-8, "xrtol": 0, "fatol": 0, "frtol": 0},
    )
    u = real + 1j * np.exp(found.x)
    zero = _resolvent(np.array([1e-15j * top]), v, density).real
    eigenvalue = (u - J2 * (_resolvent(u, v, density) - zero)).real
    kept = eigenvalue > 0
    omega = np.sqrt(eigenvalue[kept])
    return omega, 2 * omega * u.imag[kept] / (np.pi * J2)


def _excess(real: Array, log_imag: Array, v: Array, density: Array, J2: float) -> Array:
    imag = np.exp(log_imag)
    return J2 * _absorption(real, imag, v, density) / imag - 1


def _absorption(real: Array, imag: Array, v: Array, density: Array) -> Array:
    """Imaginary part of `_resolvent`, in real arithmetic."""
    away = v - real[..., None]
    angle = -np.arctan2(imag[..., None], away)
    logs = np.log(away**2 + imag[..., None] ** 2) / 2
    slope = np.diff(density) / np.diff(v)
    value = density[:-1] - slope * away[..., :-1]
    return np.sum(value * np.diff(angle), axis=-1) + imag * np.sum(slope * np.diff(logs), axis=-1)


def _edge(v: Array, density: Array, J2: float) -> float:
    """Real part of ``u`` at the edge of the spectrum, from below; zero on the critical line."""

    def excess(t: float) -> float:
        return float(_excess(np.array([t]), np.array([np.log(1e-13 * v[-1])]), v, density, J2)[0])

    if excess(0.0) >= 0 or v[0] <= 0:
        return 0.0
    return float(optimize.brentq(excess, 0.0, v[0] + 1e-3 * (v[1] - v[0])))


def spectral_edge(state: Cavity, nodes: int = 500) -> float:
    """Lowest frequency of the spectrum of a state with unbroken symmetry, zero if it is gapless."""
    v, density = _stiffness_table(state, nodes)
    t = _edge(v, density, state.J**2)
    tiny = 1e-15j * v[-1]
    found = _resolvent(np.array([t + tiny, tiny]), v, density).real
    return float(np.sqrt(max(t - state.J**2 * (found[0] - found[1]), 0.0)))


# The two laws and their prefactors.


def inverse_cube(state: Cavity) -> float:
    """``<v^-3>`` of a state with a gap, by quadrature over the density of stiffness.

    ``ValueError`` without a gap: there the average does not exist.
    """
    if state.gap <= 0:
        raise ValueError(f"<v^-3> needs a gap of stiffnesses, got {state.gap:.3g}")
    high = state.highest - state.reaction
    strongest = float(response(state.gap, state.field + REACH * state.spread, state.A))
    total = 0.0
    for start, end in ((state.gap, high), (high, high + state.A * strongest**2 / 2)):
        v, weight = _graded(start, end, 5, 400)
        total += float(np.sum(weight * density_of_stiffness(v, state) / v**3))
    return total


def quadratic_prefactor(J: ArrayLike, mean_inverse_cube: ArrayLike) -> Array:
    """Prefactor ``2/(pi J^3 <v^-3>^(1/2))`` of ``omega^2`` where stability is lost (LB21 Sec. IV.E)."""
    J_, cube = positive(J=J, mean_inverse_cube=mean_inverse_cube)
    return 2 / (np.pi * J_**3 * np.sqrt(cube))


def quartic_prefactor(state: Cavity) -> float:
    """Prefactor of ``omega^4`` of a state without a gap (LB21 Sec. IV.E).

    ``D = 2 C lambda_R^(-5/2) omega^4``, where ``C v^(3/2)`` is the density of small stiffnesses.
    It holds at the end of a gap (``reaction = lowest``) and below it, where the lower of two wells
    is kept. ``ValueError`` for a state with a gap or one that is not stable.
    """
    if state.gap > 1e-9 * state.highest:
        raise ValueError(f"the density of states has a gap: kappa_min - J^2 chi = {state.gap:.3g}")
    if state.replicon <= 0:
        raise ValueError(f"the state is not stable: lambda_R = {state.replicon:.3g}")
    widest = 2.0 if abs(state.gap) <= 1e-9 * state.highest else 3.0
    at_rest = float(_gaussian(np.zeros(1), state.field, state.spread)[0])
    C = 2 * np.sqrt(widest / state.A) * at_rest / (state.highest - state.lowest)
    return float(2 * C * state.replicon**-2.5)


def weak_coupling_prefactor(
    field: ArrayLike, J: ArrayLike, highest: ArrayLike, A: float = 1.0, lowest_well: bool = True
) -> Array:
    """Leading prefactor of ``omega^4`` at weak coupling for a parent without a gap.

    The mean squared coordinate is that of oscillators that do not interact,
    ``h = kappa x + A x^3/6`` (LB21 Sec. IV.E). `lowest_well` keeps the lower of two wells;
    otherwise only single wells count, and the prefactor is smaller by the root of 2/3.
    """
    h, J_, top = positive(h=field, J=J, kappa_0=highest)
    (A_,) = positive(A=A)
    variance = J_**2 * 1.5 * h * np.cbrt(6 * h / A_) / top
    at_rest = np.exp(-(h**2) / (2 * variance)) / np.sqrt(2 * np.pi * variance)
    return 4 * np.sqrt((3.0 if lowest_well else 2.0) / A_) * at_rest / top


def weak_coupling_variable(field: ArrayLike, J: ArrayLike, highest: ArrayLike) -> Array:
    """``kappa_0 h^(2/3)/J^2``, in which the logarithm of the prefactor falls linearly."""
    h, J_, top = positive(h=field, J=J, kappa_0=highest)
    return top * np.cbrt(h) ** 2 / J_**2


def density_after_reconstruction(omega: ArrayLike, p_0: ArrayLike) -> Array:
    """Density of frequencies once unstable oscillators have moved to their minima (LB21 Sec. II.B).

    The remaining stiffness ``m`` of independent even oscillators has the density ``p_0`` about
    zero. One with negative ``m`` moves to ``x^2 = -6 m/A``, where its stiffness is ``-2 m``.
    """
    frequency, density = positive(omega=omega, p_0=p_0)
    return 2 * frequency * density * (1 + 1 / 2)


def prefactor_of_lowest(frequencies: ArrayLike, total: int, count: int) -> tuple[float, float]:
    """Prefactor of ``omega^4`` from the `count` lowest of `total` modes, and its counting error.

    `frequencies` are pooled over samples and hold at least the ``count + 1`` lowest; the next one
    closes the window. ``ValueError`` for fewer than ten modes in the window or too few frequencies.
    """
    values = np.sort(positive(frequencies=frequencies)[0].ravel())
    if count < 10:
        raise ValueError(f"a window needs at least 10 modes for a prefactor, got {count}")
    if values.size <= count or total < values.size:
        raise ValueError(
            f"{count} modes and one more are needed out of {total}, got {values.size} frequencies"
        )
    prefactor = 5 * count / (total * values[count] ** 5)
    return float(prefactor), float(prefactor / np.sqrt(count))
