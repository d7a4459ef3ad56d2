"""Soft potentials: quartic profiles along a direction, their wells, barriers and densities.

A profile is ``b_2 s^2/2 + b_3 s^3/6 + b_4 s^4/24`` above a minimum at ``s = 0``. All functions are
homogeneous in their arguments and hold in any consistent units.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations, combinations_with_replacement, permutations
from math import factorial

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import OptimizeResult, brentq, minimize

from relics.domain import finite, positive
from relics.quadrature import derivative

Array = NDArray[np.float64]


def profile(s: ArrayLike, b_2: ArrayLike, b_3: ArrayLike, b_4: ArrayLike = 0.0) -> Array:
    """Energy above the minimum at a displacement (LB21 Eqs. 1, 11, 16), broadcast shape."""
    s_, second, third, fourth = finite(s=s, b_2=b_2, b_3=b_3, b_4=b_4)
    return s_**2 * (second / 2 + s_ * (third / 6 + s_ * fourth / 24))


def expansion(
    energy: Callable[[Array], float], place: ArrayLike, direction: ArrayLike, reach: float = 1.0
) -> Array:
    """Coefficients ``b_0 ... b_4`` of an energy along a line (LB21 Eqs. 12, 13, 17), shape (5,).

    ``energy`` takes a configuration of shape ``(n,)``, as `place` and `direction` have; seven
    Chebyshev points within `reach` of the place fix a polynomial of sixth order.
    """
    start, z = finite(place=place, direction=direction)
    (span,) = positive(reach=reach)
    if start.ndim != 1 or start.shape != z.shape:
        raise ValueError(
            f"place and direction must be vectors of one length, got shapes {start.shape}, {z.shape}"
        )
    nodes = np.polynomial.chebyshev.chebpts1(7)
    values = [float(energy(start + span * node * z)) for node in nodes]
    powers = np.linalg.solve(np.vander(nodes, increasing=True), values)
    return np.array([factorial(n) * powers[n] / float(span) ** n for n in range(5)])


def derivative_tensors(
    energy: Callable[[NDArray[np.complex128]], complex], place: ArrayLike, reach: float = 0.1
) -> tuple[Array, Array]:
    """Second and third derivatives of an energy, shapes (n, n) and (n, n, n) (KRZ21 Eq. 2).

    ``energy`` takes a complex configuration of shape ``(n,)`` and is analytic within `reach` of the
    place: derivatives along a line are means over a circle (Cauchy), and those along all sums of up
    to three axes fix the tensors.
    """
    (start,) = finite(place=place)
    (span,) = positive(reach=reach)
    if start.ndim != 1:
        raise ValueError(f"place must be a vector, got shape {start.shape}")

    def along(z: Array, order: int) -> float:
        return derivative(
            lambda s: np.array([energy(start + t * z) for t in s]), 0.0, float(span), order
        )

    n = start.size
    axes = np.eye(n)
    second, third = np.empty((n, n)), np.empty((n, n, n))
    for i, j in combinations_with_replacement(range(n), 2):
        pair = [along(axes[i] + sign * axes[j], 2) for sign in (1, -1)]
        second[i, j] = second[j, i] = (pair[0] - pair[1]) / 4
    for i, j, k in combinations_with_replacement(range(n), 3):
        signs = ((1, 1), (1, -1), (-1, 1), (-1, -1))
        lines = [a * b * along(axes[i] + a * axes[j] + b * axes[k], 3) for a, b in signs]
        for place_of in permutations((i, j, k)):
            third[place_of] = sum(lines) / 24
    return second, third


def _contractions(stiffness: ArrayLike, skewness: ArrayLike) -> tuple[Array, Array]:
    """Both tensors checked: symmetric (n, n) and (n, n, n)."""
    M, U = finite(stiffness=stiffness, skewness=skewness)
    if M.ndim != 2 or M.shape[0] != M.shape[1] or U.shape != (*M.shape, M.shape[0]):
        raise ValueError(
            f"stiffness and skewness must have shapes (n, n) and (n, n, n), got {M.shape}, {U.shape}"
        )
    turned = (M.T, M), (U.transpose(1, 2, 0), U), (U.transpose(1, 0, 2), U)
    if not all(np.allclose(a, b, atol=0) for a, b in turned):
        raise ValueError("stiffness and skewness must be symmetric")
    return M, U


def next_direction(stiffness: ArrayLike, skewness: ArrayLike, direction: ArrayLike) -> Array:
    """Next direction of the iteration for nonlinear modes (KRZ21 Eq. 6), shape (n,), not normalised.

    ``stiffness`` (n, n) and ``skewness`` (n, n, n) are the second and third derivatives at a
    minimum; ``ValueError`` where the cubic coefficient of the direction vanishes.
    """
    M, U = _contractions(stiffness, skewness)
    (z,) = finite(direction=direction)
    force = np.einsum("ijk,j,k->i", U, z, z)
    cubic = float(force @ z)
    if cubic == 0:
        raise ValueError("the direction has no cubic coefficient, so its barrier is infinite")
    return float(z @ M @ z) / cubic * np.linalg.solve(M, force)


def nonlinear_mode(
    stiffness: ArrayLike, skewness: ArrayLike, start: ArrayLike | None = None
) -> Array:
    """Direction whose cubic barrier is stationary (LB21 Eq. 15, KRZ21 Eq. 5), a unit vector (n,).

    ``stiffness`` (n, n) is positive definite and ``skewness`` (n, n, n) symmetric: second and third
    derivatives at a minimum. The logarithm of ``b_2^3/b_3^2`` is lowered from `start`, or from all
    normal modes and all sums and differences of two of them, of which the lowest is kept; its
    gradient is then brought to rounding by Newton steps. ``ValueError`` where that does not end.
    """
    M, U = _contractions(stiffness, skewness)
    values, vectors = np.linalg.eigh(M)
    if values[0] <= 0:
        raise ValueError("stiffness must be positive definite: this is no minimum")
    if start is None:
        pairs = combinations(vectors.T, 2)
        starts = [*vectors.T, *(v + sign * w for v, w in pairs for sign in (1, -1))]
    else:
        starts = list(finite(start=start))
    starts = [z for z in starts if np.einsum("ijk,i,j,k", U, z, z, z) != 0]
    if not starts:
        raise ValueError(
            "no direction to start from has a cubic coefficient, so none has a barrier"
        )

    def terms(z: Array) -> tuple[float, Array, Array]:
        """Logarithm of the barrier, its gradient and its second derivatives."""
        Mz, Uz = M @ z, U @ z
        Uzz = Uz @ z
        b_2, b_3 = z @ Mz, z @ Uzz
        height = 3 * np.log(b_2) - 2 * np.log(np.abs(b_3))
        slope = 6 * (Mz / b_2 - Uzz / b_3)
        curvature = 6 * (M / b_2 - 2 * Uz / b_3)
        curvature += 18 * np.outer(Uzz, Uzz) / b_3**2 - 12 * np.outer(Mz, Mz) / b_2**2
        return float(height), slope, curvature

    def lowered(z: Array) -> OptimizeResult:
        z = z / np.linalg.norm(z)
        return minimize(lambda y: terms(y)[:2], z, jac=True, options={"gtol": 1e-8})

    z = min((lowered(z) for z in starts), key=lambda found: found.fun).x
    for _ in range(20):
        _, slope, curvature = terms(z)
        # The barrier does not know the length: steps along the direction are left out.
        step = np.linalg.lstsq(curvature + np.outer(z, z), -slope, rcond=None)[0]
        z = z + step - z * (z @ step)
        z /= np.linalg.norm(z)
        if np.linalg.norm(step) < 1e-14:
            return z
    raise ValueError("no direction of stationary barrier was reached from this start")


def stationary_points(b_2: float, b_3: float, b_4: float) -> Array:
    """Displacements at which the profile is stationary, in ascending order, the origin included."""
    positive(b_2=b_2, b_4=b_4)
    finite(b_3=b_3)
    roots = np.roots([b_4 / 6, b_3 / 2, b_2])
    real = roots[np.abs(roots.imag) == 0].real
    return np.sort(np.append(real, 0.0))


def barrier(b_2: float, b_3: float, b_4: float) -> float:
    """Energy to be climbed from the origin to the other well of a quartic profile (LB21 Sec. IV.G).

    ``ValueError`` where there is no other well, that is below `second_well_threshold`.
    """
    points = stationary_points(b_2, b_3, b_4)
    if points.size < 3:
        raise ValueError(
            f"b_2={b_2:g}, b_3={b_3:g}, b_4={b_4:g} is a single well, without a barrier"
        )
    return float(profile(points[1], b_2, b_3, b_4))


def cubic_barrier(b_2: ArrayLike, b_3: ArrayLike) -> tuple[Array, Array]:
    """Height and position of the maximum of a cubic profile (LB21 Eq. 14); ``b_3`` not zero."""
    (second,) = positive(b_2=b_2)
    (third,) = finite(b_3=b_3)
    if np.any(third == 0):
        raise ValueError("b_3 must not be zero: without a cubic term there is no barrier")
    top = -2 * second / third
    return profile(top, second, third), top


def _threshold(excess: Callable[[float], float], b_2: float, b_4: float) -> float:
    """Cubic coefficient at which an excess changes sign, sought in units of sqrt(b_2 b_4)."""
    positive(b_2=b_2, b_4=b_4)
    scale = float(np.sqrt(b_2 * b_4))
    return scale * float(brentq(lambda u: excess(u * scale), 1.5, 10.0, xtol=1e-14))


def second_well_threshold(b_2: float, b_4: float) -> float:
    """Cubic coefficient above which a quartic profile has a second well (LB21 Sec. IV.G).

    There the slope at the inflection point far from the origin changes sign.
    """

    def slope(b_3: float) -> float:
        s = np.sort(np.roots([b_4 / 2, b_3, b_2]).real)[0]
        return float(b_2 * s + b_3 * s**2 / 2 + b_4 * s**3 / 6)

    return _threshold(slope, b_2, b_4)


def global_minimum_threshold(b_2: float, b_4: float) -> float:
    """Cubic coefficient above which the origin is not the lowest well (LB21 Sec. II.A).

    The energy over the squared displacement is a parabola; the sign of its lowest value decides.
    """
    return _threshold(lambda b_3: float(profile(-2 * b_3 / b_4, b_2, b_3, b_4)), b_2, b_4)


def density_of_minima(omega: float, P_0: float, Lambda: float, m: float) -> float:
    """Density of frequencies of all minima of a regular ensemble (LB21 Sec. II.A).

    The joint density of stiffness and cubic coefficient is ``P_0 |b_2|`` for ``|b_3| < Lambda``.
    """
    positive(omega=omega, P_0=P_0, Lambda=Lambda, m=m)
    return 2 * m * omega * density_of_stiffness(m * omega**2, P_0, Lambda)


def density_of_stiffness(b_2: float, P_0: float, Lambda: float) -> float:
    """Density of stiffnesses of all minima of a regular ensemble (LB21 Sec. II.A)."""
    positive(b_2=b_2, P_0=P_0, Lambda=Lambda)
    return 2 * Lambda * P_0 * b_2


def density_of_global_minima(omega: float, P_0: float, b_4: float, m: float) -> float:
    """Density of frequencies of global minima of a regular ensemble (LB21 Sec. II.A)."""
    positive(omega=omega, P_0=P_0, b_4=b_4, m=m)
    stiffness = m * omega**2
    return (
        2
        * m
        * omega
        * density_of_stiffness(stiffness, P_0, global_minimum_threshold(stiffness, b_4))
    )


def barrier_density(B: ArrayLike, A: float, C: float) -> Array:
    """Density of barriers ``B = C omega^4`` of modes distributed as ``A omega^4`` (LB21 Eq. 20).

    The slope of the count ``A omega^5/5`` with respect to the barrier, by a complex step.
    """
    height, prefactor, climb = positive(B=B, A=A, C=C)
    step = 1e-30
    count = prefactor / 5 * (height * (1 + 1j * step) / climb) ** 1.25
    return np.imag(count) / step / height


def sample_minima(size: int, seed: int) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Stiffness and cubic coefficient of all minima of random potentials, and which are lowest.

    The ensemble is ``q^4/24 + a_2 q^2/2 + a_1 q`` with ``a_1, a_2`` uniform in [-1, 1]. There
    ``b_4 = 1`` and ``b_3 = q_0``. Shapes ``(n,)``, with ``n`` at least the number `size` of potentials.
    """
    if size < 1:
        raise ValueError(f"size must be at least 1, got {size}")
    a_1, a_2 = np.random.default_rng(seed).uniform(-1, 1, (2, size))
    several = 8 * a_2**3 + 9 * a_1**2 < 0
    # Cardano: one root of q^3 + 6 a_2 q + 6 a_1, or the two outer ones of three.
    root = np.sqrt((8 * a_2**3 + 9 * a_1**2)[~several])
    alone = np.cbrt(-3 * a_1[~several] + root) + np.cbrt(-3 * a_1[~several] - root)
    radius = np.sqrt(-8 * a_2[several])
    angle = np.arccos(3 * a_1[several] / (a_2[several] * radius)) / 3
    right, left = radius * np.cos(angle), radius * np.cos(angle + 2 * np.pi / 3)
    places = np.concatenate([alone, right, left])
    quadratic = np.concatenate([a_2[~several], a_2[several], a_2[several]])
    # The linear term tilts the potential: the lower of two wells lies on the side it favours.
    to_right = a_1[several] < 0
    lowest = np.concatenate([np.ones(alone.size, dtype=bool), to_right, ~to_right])
    return quadratic + places**2 / 2, places, lowest
