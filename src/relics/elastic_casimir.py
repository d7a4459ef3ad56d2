"""Interaction of tunnelling centres by exchange of phonons, and the free energy it gains.

A centre couples to the strain with a vector g; the static field of one acts on the other as
between dipoles, J ~ 1/r^3. Where the coupling acts between states (off the diagonal) it lowers
the free energy in second order, as between neutral molecules: an elastic Casimir effect.

Couplings of the phonon exchange are in SI units. Level energies and couplings of a pair are in
one unit of the caller's choice, since no constant enters; ``beta`` = 1/k_B T is in its inverse.
"""

from __future__ import annotations

import itertools
import warnings

import numpy as np
from numpy.typing import ArrayLike, NDArray

from relics.domain import finite, positive
from relics.quadrature import ORDER, legendre, slope
from relics.quantum_mixing import PerturbationWarning

Array = NDArray[np.float64]


def _vectors(name: str, value: ArrayLike) -> Array:
    array = np.asarray(value, dtype=float)
    if array.ndim == 0 or array.shape[-1] != 3 or not np.all(np.isfinite(array)):
        raise ValueError(f"{name} of shape {array.shape}: expected finite vectors, (..., 3)")
    return array


def phonon_exchange(
    coupling_i: ArrayLike,
    coupling_j: ArrayLike,
    separation: ArrayLike,
    density: float,
    sound_speed: float,
    branches: int = 3,
) -> Array:
    """Coupling J of sigma_z sigma_z between two centres by exchange of phonons, J, shape (...).

    ``coupling_i``, ``coupling_j`` = g in J and ``separation`` in m are vectors (..., 3);
    ``branches`` scalar phonon branches add up. Its sign is opposite to that printed in LW07
    Eq. 70: couplings along the line between the centres repel equal states. Raises
    ``ValueError`` for vectors that are not, zero separation, non-positive constants.
    """
    positive(density=density, sound_speed=sound_speed, branches=branches)
    g_i, g_j = _vectors("coupling_i", coupling_i), _vectors("coupling_j", coupling_j)
    r = _vectors("separation", separation)
    distance = np.linalg.norm(r, axis=-1)
    if np.any(distance == 0):
        raise ValueError("separation is zero: expected centres at different places")
    along = np.sum(g_i * r, axis=-1) * np.sum(g_j * r, axis=-1) / distance**2
    stiffness = density * sound_speed**2
    return (
        -branches * (np.sum(g_i * g_j, axis=-1) - 3 * along) / (4 * np.pi * stiffness * distance**3)
    )


def mean_square_exchange(
    coupling: ArrayLike,
    distance: ArrayLike,
    density: float,
    sound_speed: float,
    branches: int = 3,
) -> Array:
    """Mean of `phonon_exchange` squared over the directions of both couplings, J^2.

    ``coupling`` = |g| in J. Two thirds of (branches g^2/(4 pi rho c_s^2 r^3))^2: of the matrix
    1 - 3nn, with eigenvalues 1, 1, -2, the mean of (u.M.v)^2 is tr(M^2)/9.
    """
    positive(coupling=coupling, distance=distance, density=density, sound_speed=sound_speed)
    scale = branches * np.asarray(coupling, float) ** 2
    scale = scale / (4 * np.pi * density * sound_speed**2 * np.asarray(distance, float) ** 3)
    return 2 / 3 * scale**2


def random_directions(size: int, seed: int) -> Array:
    """Unit vectors drawn evenly over the sphere, shape (size, 3)."""
    vectors = np.random.default_rng(seed).normal(size=(size, 3))
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def pair_sum_inverse_sixth(positions: ArrayLike) -> float:
    """Sum of 1/r^6 over the unordered pairs of ``positions`` (n, 3), 1/m^6.

    Raises ``ValueError`` for fewer than two sites or two sites at one place.
    """
    positions = _vectors("positions", positions)
    if positions.ndim != 2 or len(positions) < 2:
        raise ValueError(f"positions of shape {positions.shape}: expected (n, 3) with n >= 2")
    i, j = np.triu_indices(len(positions), 1)
    squares = np.sum((positions[i] - positions[j]) ** 2, axis=1)
    if np.any(squares == 0):
        raise ValueError("two positions coincide")
    return float(np.sum(squares**-3.0))


def dilated_attraction(positions: ArrayLike, dilation: float, step: float = 0.01) -> float:
    """Minus the sum of 1/r^6 over pairs after a dilation dV/V, to first order in it, 1/m^6.

    The sites (n, 3) in m are displaced away from the origin until the volume has changed by
    multiples of ``step``, and the slope of `pair_sum_inverse_sixth` is taken by differences of
    sixth order (LW07 Sec. VI). ``ValueError`` as there, and for steps of a third and more.
    """
    positive(step=step, room=1 - 3 * step)
    (dilation_,) = finite(dilation=dilation)
    positions = _vectors("positions", positions)

    def stretched(volume: float) -> float:
        return pair_sum_inverse_sixth(positions * np.cbrt(volume))

    return -stretched(1.0) - float(dilation_) * slope(stretched, 1.0, step)


def three_level(splitting: float, ripplon: float) -> Array:
    """Centre with structural energy ``splitting`` and one ripplon quantum on top (LW07 Eq. 71)."""
    positive(splitting=splitting, ripplon=ripplon)
    return np.diag([0.0, splitting, splitting + ripplon])


def transition(levels: int, lower: int, upper: int) -> Array:
    """|lower><upper| + |upper><lower| among ``levels`` states, numbered from one as in Eq. 71."""
    if not 1 <= lower < upper <= levels:
        raise ValueError(f"states {lower}, {upper} of {levels}: expected 1 <= lower < upper")
    matrix = np.zeros((levels, levels))
    matrix[lower - 1, upper - 1] = matrix[upper - 1, lower - 1] = 1.0
    return matrix


def exchange_operator(transition_i: ArrayLike, transition_j: ArrayLike) -> Array:
    """Product of two transitions on the pair: flip-flop and its counter-rotating partner.

    The coupling that sigma_x sigma_x (or sigma_z sigma_z before the rotation of LW07 Sec. VI)
    stands for; shape (mn, mn).
    """
    return np.kron(np.asarray(transition_i, float), np.asarray(transition_j, float))


def flip_flop(transition_i: ArrayLike, transition_j: ArrayLike) -> Array:
    """The part of `exchange_operator` that LW07 Eq. 72 keeps: one site goes up, the other down.

    Both operators are square; raises ``ValueError`` for anything else.
    """
    up_i, up_j = (np.triu(_square(t)) for t in (transition_i, transition_j))
    half = np.kron(up_i, up_j.T)
    return half + half.T


def free_energy(hamiltonian: ArrayLike, beta: ArrayLike) -> Array:
    """-log tr exp(-beta H)/beta of symmetric matrices (..., n, n), by diagonalisation.

    ``beta`` > 0 in inverse units of the Hamiltonian, broadcast with the leading shape. Raises
    ``ValueError`` for matrices that are not symmetric or finite and for beta <= 0.
    """
    positive(beta=beta)
    levels = np.linalg.eigvalsh(_symmetric(hamiltonian))
    beta = np.asarray(beta, float)
    lowest = levels[..., 0]
    weights = np.sum(np.exp(-beta[..., None] * (levels - lowest[..., None])), axis=-1)
    return lowest - np.log(weights) / beta


def _square(matrix: ArrayLike) -> Array:
    array = np.asarray(matrix, dtype=float)
    if array.ndim != 2 or array.shape[0] != array.shape[1] or not np.isfinite(array).all():
        raise ValueError(f"an operator must be a finite square matrix, got shape {array.shape}")
    return array


def _symmetric(hamiltonian: ArrayLike) -> Array:
    matrix = np.asarray(hamiltonian, dtype=float)
    if matrix.ndim < 2 or matrix.shape[-1] != matrix.shape[-2] or not np.all(np.isfinite(matrix)):
        raise ValueError(f"Hamiltonian of shape {matrix.shape}: expected finite square matrices")
    swapped = np.swapaxes(matrix, -1, -2)
    if not np.allclose(matrix, swapped, rtol=1e-12, atol=1e-14 * np.max(np.abs(matrix))):
        raise ValueError("Hamiltonian is not symmetric")
    return matrix


def pair_hamiltonian(
    levels_i: ArrayLike, levels_j: ArrayLike, interaction: ArrayLike, coupling: ArrayLike
) -> Array:
    """H_i + H_j + J V on the product space, shape (..., mn, mn).

    ``levels_i`` (m,) and ``levels_j`` (n,) are the energies of the sites, ``interaction`` the
    symmetric V of shape (mn, mn), ``coupling`` J of shape (...).
    """
    levels_i, levels_j = np.asarray(levels_i, float), np.asarray(levels_j, float)
    interaction, coupling = _symmetric(interaction), np.asarray(coupling, float)
    bare = np.diag((levels_i[:, None] + levels_j[None, :]).ravel())
    if interaction.shape != bare.shape:
        raise ValueError(f"interaction of shape {interaction.shape}: expected {bare.shape}")
    return bare + coupling[..., None, None] * interaction


def second_order_coefficient(
    levels_i: ArrayLike, levels_j: ArrayLike, interaction: ArrayLike, beta: float, coupling: float
) -> float:
    """Coefficient of J^2 in the free energy of a pair, from exact diagonalisation.

    Free energies at +-``coupling`` and +-2``coupling``, extrapolated to remove the fourth order.
    Warns (`PerturbationWarning`) if the two steps differ by more than a tenth: the coupling is
    then too large for the series.
    """
    positive(beta=beta, coupling=coupling)
    couplings = coupling * np.array([0.0, 1.0, -1.0, 2.0, -2.0])
    energies = free_energy(pair_hamiltonian(levels_i, levels_j, interaction, couplings), beta)
    one = (energies[1] + energies[2] - 2 * energies[0]) / (2 * coupling**2)
    two = (energies[3] + energies[4] - 2 * energies[0]) / (8 * coupling**2)
    if abs(two - one) > 0.1 * abs(one):
        warnings.warn(
            f"second-order coefficient {one:.3g} at J = {coupling:.3g} becomes {two:.3g} at 2J: "
            "beyond the perturbation series",
            PerturbationWarning,
            stacklevel=2,
        )
    return float((4 * one - two) / 3)


def second_order_shift(
    levels_i: ArrayLike, levels_j: ArrayLike, interaction: ArrayLike, coupling: float, beta: float
) -> float:
    """Second-order free energy of a pair at any temperature, by quadrature over imaginary time.

    Minus half the integral from 0 to ``beta`` of <V(tau) V(0)>, V = ``coupling`` times the
    symmetric ``interaction`` (mn, mn); ``levels_i`` (m,) and ``levels_j`` (n,) as in
    `pair_hamiltonian`. Panels shrink towards both ends, where V(tau) relaxes; no difference of
    energies is divided by, so that equal transitions cost nothing, and no digits are lost where
    the pair is hardly ever excited.
    """
    positive(beta=beta)
    finite(coupling=coupling)
    bare = np.diagonal(pair_hamiltonian(levels_i, levels_j, interaction, 0.0))
    V = np.asarray(interaction, dtype=float)
    energies = bare - bare.min()
    rows, columns = np.nonzero(V)
    # <V(tau) V(0)> does not change under tau -> beta - tau
    edges = np.concatenate([[0.0], beta / 2 * 2.0 ** np.arange(-24, 1)])
    change = energies[columns] - energies[rows]
    tau_integral = 0.0
    nodes, weights = legendre(ORDER)
    for low, high in itertools.pairwise(edges):
        tau = (low + high) / 2 + (high - low) / 2 * nodes
        with np.errstate(under="ignore"):
            both = V[rows, columns] ** 2 @ np.exp(
                -(beta * energies[rows])[:, None] - np.multiply.outer(change, tau)
            )
        tau_integral += (high - low) / 2 * float(weights @ both)
    return -(coupling**2) * tau_integral / float(np.sum(np.exp(-beta * energies)))


def _tanh_quotient(x: ArrayLike, y: ArrayLike, beta: ArrayLike) -> Array:
    """(x tanh(beta x/2) - y tanh(beta y/2))/(x^2 - y^2), finite at x = y."""
    x, y, beta = (np.asarray(v, float) for v in (x, y, beta))
    mean = (x + y) / 2
    close = np.abs(x - y) < 1e-4 * mean
    tanh = np.tanh(beta * mean / 2)
    equal = (tanh + beta * mean / 2 * (1 - tanh**2)) / (2 * mean)
    difference = np.where(close, 1.0, x**2 - y**2)
    apart = (x * np.tanh(beta * x / 2) - y * np.tanh(beta * y / 2)) / difference
    return np.where(close, equal, apart)


def _upper_weight(splitting: ArrayLike, ripplon: ArrayLike, beta: ArrayLike) -> Array:
    """Probability that a three-level centre is in its upper structural state."""
    splitting, ripplon, beta = (np.asarray(v, float) for v in (splitting, ripplon, beta))
    upper = np.exp(-beta * splitting) * (1 + np.exp(-beta * ripplon))
    return upper / (1 + upper)


def _flagged(coupling: ArrayLike, transition_energy: ArrayLike) -> Array:
    coupling = np.asarray(coupling, dtype=float)
    ratio = np.max(np.abs(coupling) / np.asarray(transition_energy, float))
    if ratio > 0.5:
        warnings.warn(
            f"coupling reaches {ratio:.3g} of the transition energies: second order in it has "
            "no meaning there",
            PerturbationWarning,
            stacklevel=3,
        )
    return coupling


def ripplon_ripplon(
    coupling: ArrayLike,
    splitting_i: ArrayLike,
    splitting_j: ArrayLike,
    ripplon_i: ArrayLike,
    ripplon_j: ArrayLike,
    beta: ArrayLike,
) -> Array:
    """Second-order free energy of one pair, ripplon on both sites (LW07 Eq. 73, one pair).

    All arguments but ``coupling`` positive, broadcast. Warns (`PerturbationWarning`) where the
    coupling exceeds half the sum of the transition energies.
    """
    positive(splitting_i=splitting_i, splitting_j=splitting_j, beta=beta)
    positive(ripplon_i=ripplon_i, ripplon_j=ripplon_j)
    coupling = _flagged(coupling, np.add(ripplon_i, ripplon_j))
    weights = _upper_weight(splitting_i, ripplon_i, beta)
    weights = weights * _upper_weight(splitting_j, ripplon_j, beta)
    return -(coupling**2) * weights * _tanh_quotient(ripplon_i, ripplon_j, beta)


def ripplon_ripplon_cold(
    coupling: ArrayLike,
    splitting_i: ArrayLike,
    splitting_j: ArrayLike,
    ripplon_i: ArrayLike,
    ripplon_j: ArrayLike,
    beta: ArrayLike,
) -> Array:
    """`ripplon_ripplon` at temperatures far below the ripplons (LW07 Eq. 74, one pair and mode)."""
    positive(splitting_i=splitting_i, splitting_j=splitting_j, beta=beta)
    positive(ripplon_i=ripplon_i, ripplon_j=ripplon_j)
    coupling = _flagged(coupling, np.add(ripplon_i, ripplon_j))
    weights = _upper_weight(splitting_i, np.inf, beta) * _upper_weight(splitting_j, np.inf, beta)
    return -(coupling**2) * weights / np.add(ripplon_i, ripplon_j)


def ripplon_structural(
    coupling: ArrayLike,
    splitting_i: ArrayLike,
    ripplon_i: ArrayLike,
    splitting_j: ArrayLike,
    beta: ArrayLike,
) -> Array:
    """Second-order free energy, ripplon at i and direct transition at j (LW07 Eq. 77, one term)."""
    positive(splitting_i=splitting_i, ripplon_i=ripplon_i, splitting_j=splitting_j, beta=beta)
    coupling = _flagged(coupling, np.add(ripplon_i, splitting_j))
    weight = _upper_weight(splitting_i, ripplon_i, beta)
    return -(coupling**2) * weight * _tanh_quotient(ripplon_i, splitting_j, beta)


def ripplon_structural_cold(
    coupling: ArrayLike,
    splitting_i: ArrayLike,
    ripplon_i: ArrayLike,
    splitting_j: ArrayLike,
    beta: ArrayLike,
) -> Array:
    """`ripplon_structural` with both hyperbolic tangents at one (LW07 Eq. 78, one term)."""
    positive(splitting_i=splitting_i, ripplon_i=ripplon_i, splitting_j=splitting_j, beta=beta)
    coupling = _flagged(coupling, np.add(ripplon_i, splitting_j))
    weight = _upper_weight(splitting_i, np.inf, beta)
    return -(coupling**2) * weight / np.add(ripplon_i, splitting_j)


def structural_structural(
    coupling: ArrayLike, splitting_i: ArrayLike, splitting_j: ArrayLike, beta: ArrayLike
) -> Array:
    """Second-order free energy of one pair of direct transitions (LW07 Eq. 81, one pair)."""
    positive(splitting_i=splitting_i, splitting_j=splitting_j, beta=beta)
    coupling = _flagged(coupling, np.add(splitting_i, splitting_j))
    return -(coupling**2) * _tanh_quotient(splitting_i, splitting_j, beta)


def pair_sum(pair_energies: ArrayLike, ordered: bool = False) -> Array:
    """Sum of pair energies (..., n, n) over the pairs of different sites, shape (...).

    Unordered pairs by default: half the sum over both orders; ``ordered`` counts each twice.
    """
    energies = np.asarray(pair_energies, dtype=float)
    if energies.ndim < 2 or energies.shape[-1] != energies.shape[-2]:
        raise ValueError(f"pair energies of shape {energies.shape}: expected (..., n, n)")
    total = np.sum(energies, axis=(-1, -2)) - np.trace(energies, axis1=-2, axis2=-1)
    return total if ordered else total / 2
