"""Tunnelling centres mixed with their ripplon states: level repulsion beyond the semiclassics.

A centre with a negative bias has its lower structural state at energy zero, the upper one at
|epsilon|, and above the lower one the states with one ripplon at hbar omega_i. Tunnelling couples
the upper state to the lower one (Delta/2) and to each ripplon state (Delta_i), so that the
Hamiltonian is a star with the upper state at its hub (LW07 Eq. 58).

All energies of one call are in the same unit, J or any other; results come in that unit.
Arrays of amplitudes and ripplon energies have the modes along their last axis.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import wrightomega

from relics.domain import finite, nonnegative, positive
from relics.quadrature import slope

Array = NDArray[np.float64]


class PerturbationWarning(UserWarning):
    """The couplings are so large that the perturbation series behind a result has no meaning."""


def _modes(amplitudes: ArrayLike, ripplon_energies: ArrayLike) -> tuple[Array, Array]:
    amplitudes = np.atleast_1d(finite(amplitudes=amplitudes)[0])
    energies = np.atleast_1d(positive(ripplon_energies=ripplon_energies)[0])
    if amplitudes.shape[-1] != energies.shape[-1]:
        raise ValueError(
            f"{amplitudes.shape[-1]} amplitudes for {energies.shape[-1]} ripplon energies: "
            "expected one for each mode"
        )
    return amplitudes, energies


def all_modes(values: ArrayLike, degeneracies: ArrayLike) -> Array:
    """Values of multiplets, shape (m,), repeated for each of their states, shape (sum,).

    Degeneracies are positive integers, for ripplons 2l+1; raises ``ValueError`` otherwise.
    """
    values, counts = np.atleast_1d(finite(values=values)[0]), np.atleast_1d(degeneracies)
    if values.shape != counts.shape or np.any(counts != np.round(counts)) or np.any(counts < 1):
        raise ValueError(f"degeneracies {degeneracies!r}: expected one positive integer per value")
    return np.repeat(values, counts.astype(int))


def centre_hamiltonian(
    bias: ArrayLike, tunnelling: ArrayLike, amplitudes: ArrayLike, ripplon_energies: ArrayLike
) -> Array:
    """Hamiltonian of a centre with n ripplon states, shape (..., n+2, n+2) (LW07 Eq. 58).

    ``bias`` = |epsilon| >= 0, ``tunnelling`` = Delta, of shape (...); ``amplitudes`` Delta_i and
    ``ripplon_energies`` hbar omega_i > 0 of shape (..., n). Order of the states: lower, upper,
    ripplon states. Raises ``ValueError`` for negative biases, non-positive ripplon energies,
    numbers that are not finite, shapes that do not fit.
    """
    bias, tunnelling = nonnegative(bias=bias)[0], finite(tunnelling=tunnelling)[0]
    amplitudes, energies = _modes(amplitudes, ripplon_energies)
    batch = np.broadcast_shapes(
        bias.shape, tunnelling.shape, amplitudes.shape[:-1], energies.shape[:-1]
    )
    n = energies.shape[-1]
    matrix = np.zeros((*batch, n + 2, n + 2))
    matrix[..., 1, 1] = bias
    matrix[..., 0, 1] = matrix[..., 1, 0] = tunnelling / 2
    matrix[..., 1, 2:] = matrix[..., 2:, 1] = amplitudes
    matrix[..., np.arange(2, n + 2), np.arange(2, n + 2)] = energies
    return matrix


def centre_levels(
    bias: ArrayLike, tunnelling: ArrayLike, amplitudes: ArrayLike, ripplon_energies: ArrayLike
) -> Array:
    """All n+2 energies of centres in ascending order, shape (..., n+2), by diagonalisation.

    Arguments and errors as in `centre_hamiltonian`.
    """
    matrix = centre_hamiltonian(bias, tunnelling, amplitudes, ripplon_energies)
    return np.asarray(np.linalg.eigvalsh(matrix), dtype=float)


def bright_modes(amplitudes: ArrayLike, ripplon_energies: ArrayLike) -> tuple[Array, Array]:
    """Amplitudes and energies of the combinations of degenerate modes that couple to the centre.

    Of g modes of the same energy only one combination couples, with the root of the summed
    squares of their amplitudes; the other g-1 stay where they are. ``ripplon_energies`` has shape
    (n,), ``amplitudes`` (..., n); returned are shapes (..., m) and (m,), energies ascending.
    The coupled levels of the reduced centre are those of the full one.
    """
    amplitudes, energies = _modes(amplitudes, ripplon_energies)
    if energies.ndim != 1:
        raise ValueError(f"ripplon energies of shape {energies.shape}: expected one spectrum, (n,)")
    distinct, of = np.unique(energies, return_inverse=True)
    squares = np.zeros((*amplitudes.shape[:-1], distinct.size))
    for column, multiplet in enumerate(of):
        squares[..., multiplet] += amplitudes[..., column] ** 2
    return np.sqrt(squares), distinct


def level_splitting(
    bias: ArrayLike, tunnelling: ArrayLike, amplitudes: ArrayLike, ripplon_energies: ArrayLike
) -> Array:
    """Energy between the two lowest levels of centres, shape (...), by exact diagonalisation.

    ``ripplon_energies`` has shape (n,) and is common to all centres; degenerate modes are reduced
    first, so that a centre with 96 ripplon states costs a matrix of ten rows. The level found is
    the one that couples; an undisplaced state of a multiplet lies lower only where the splitting
    would exceed the lowest ripplon energy. Errors as in `centre_hamiltonian`.
    """
    bright, distinct = bright_modes(amplitudes, ripplon_energies)
    levels = centre_levels(bias, tunnelling, bright, distinct)
    return levels[..., 1] - levels[..., 0]


def level_repulsion(amplitudes: ArrayLike, ripplon_energies: ArrayLike) -> Array:
    """Sigma, the bias that level repulsion brings to zero, shape (...) (LW07 Eq. 61)."""
    amplitudes, energies = _modes(amplitudes, ripplon_energies)
    return np.sum(amplitudes**2 / energies, axis=-1)


def coupling_parameter(amplitudes: ArrayLike, ripplon_energies: ArrayLike) -> Array:
    """Sum of (Delta_i/hbar omega_i)^2, shape (...): the series of Eqs. 60 and 62 needs it small."""
    amplitudes, energies = _modes(amplitudes, ripplon_energies)
    return np.sum((amplitudes / energies) ** 2, axis=-1)


def bare_bias(effective: ArrayLike, amplitudes: ArrayLike, ripplon_energies: ArrayLike) -> Array:
    """Bare bias |epsilon| that level repulsion turns into ``effective``, shape of ``effective``.

    LW07 Eq. 59 solved for |epsilon|, exact for Delta = 0. ``effective`` carries a sign, negative
    where the upper state has passed below the lower one, and lies below the lowest ripplon
    energy; ``amplitudes`` and ``ripplon_energies`` have shape (n,). Raises ``ValueError``
    otherwise.
    """
    effective, amplitudes, energies = _below_ripplons(effective, amplitudes, ripplon_energies)
    return effective + np.sum(amplitudes**2 / (energies - effective[..., None]), axis=-1)


def bias_jacobian(
    effective: ArrayLike, amplitudes: ArrayLike, ripplon_energies: ArrayLike
) -> Array:
    """d|epsilon|/d(effective bias) along LW07 Eq. 59: one plus a sum of positive terms.

    The inverse of the weight of the upper state in the dressed one. Arguments as in `bare_bias`.
    """
    effective, amplitudes, energies = _below_ripplons(effective, amplitudes, ripplon_energies)
    return 1 + np.sum((amplitudes / (energies - effective[..., None])) ** 2, axis=-1)


def _below_ripplons(
    effective: ArrayLike, amplitudes: ArrayLike, ripplon_energies: ArrayLike
) -> tuple[Array, Array, Array]:
    effective = finite(effective=effective)[0]
    amplitudes, energies = _modes(amplitudes, ripplon_energies)
    if np.any(effective >= energies.min()):
        raise ValueError(
            f"effective bias {effective.max()}: expected less than the lowest ripplon energy "
            f"{energies.min()}"
        )
    return effective, amplitudes, energies


def effective_bias(bias: ArrayLike, amplitudes: ArrayLike, ripplon_energies: ArrayLike) -> Array:
    """Energy of the dressed upper state for Delta = 0, shape of ``bias`` (root of LW07 Eq. 59).

    The root below the lowest ripplon energy, with its sign: negative where ``bias`` is less than
    Sigma. ``bias`` >= 0; ``amplitudes`` and ``ripplon_energies`` have shape (n,).
    """
    (bias,) = nonnegative(bias=bias)
    amplitudes, energies = bright_modes(amplitudes, ripplon_energies)
    # With the lowest multiplet alone the root is explicit and lies above the full one; from there
    # Newton's method descends monotonically, since |epsilon|(effective) is convex and increasing.
    lowest, square = energies[0], amplitudes[..., 0] ** 2
    root = (bias + lowest - np.sqrt((bias - lowest) ** 2 + 4 * square)) / 2
    root = np.where(square == 0, np.minimum(bias, np.nextafter(lowest, 0)), root)
    for _ in range(100):
        gap = energies - root[..., None]
        excess = root + np.sum(amplitudes**2 / gap, axis=-1) - bias
        step = excess / (1 + np.sum((amplitudes / gap) ** 2, axis=-1))
        root = root - step
        if np.all(np.abs(step) <= 4e-16 * (np.abs(bias) + np.abs(root))):
            break
    return root


def franck_condon(
    amplitudes: ArrayLike, ripplon_energies: ArrayLike, effective: ArrayLike = 0.0
) -> Array:
    """Factor by which the ripplon cloud reduces the tunnelling amplitude: root of the weight Z.

    Z = 1/(1 + sum Delta_i^2/(hbar omega_i - effective)^2), the weight of the upper state in the
    dressed one; between 0 and 1 at any coupling. Arguments as in `bare_bias`.
    """
    return 1 / np.sqrt(bias_jacobian(effective, amplitudes, ripplon_energies))


def franck_condon_series(amplitudes: ArrayLike, ripplon_energies: ArrayLike) -> Array:
    """The same factor to lowest order in the couplings, shape (...) (LW07 Eq. 60).

    Warns (`PerturbationWarning`) where the sum of (Delta_i/hbar omega_i)^2 exceeds one: the
    series then changes sign nearby and means nothing.
    """
    parameter = coupling_parameter(amplitudes, ripplon_energies)
    if np.any(parameter > 1):
        warnings.warn(
            f"sum (Delta_i/hbar omega_i)^2 reaches {parameter.max():.3g}: the series in it "
            "has no meaning above one",
            PerturbationWarning,
            stacklevel=2,
        )
    return 1 - parameter / 2


def dressed_tunnelling(
    tunnelling: ArrayLike, amplitudes: ArrayLike, ripplon_energies: ArrayLike
) -> Array:
    """Splitting left by a centre whose bias level repulsion just cancels, by diagonalisation.

    The bias is set to Sigma (LW07 Eq. 61), where the two lower levels meet for Delta = 0; what
    separates them is the dressed tunnelling amplitude, Eq. 60 to lowest order in Delta_i and
    Delta. ``tunnelling`` has shape (...), ``amplitudes`` and ``ripplon_energies`` (n,).
    """
    repulsion = level_repulsion(amplitudes, ripplon_energies)
    return level_splitting(repulsion, tunnelling, amplitudes, ripplon_energies)


def folded_density(
    magnitude: ArrayLike, amplitudes: ArrayLike, ripplon_energies: ArrayLike
) -> Array:
    """Density of |effective bias| for a unit density of biases |epsilon| >= 0, dimensionless.

    Both branches together: the dressed level above the lower state, and below it for
    |epsilon| < Sigma. The second branch ends where |epsilon| = 0. ``magnitude`` >= 0 lies below
    the lowest ripplon energy. Integrated from 0 to X past that end it gives |epsilon|(X).
    """
    magnitude = nonnegative(magnitude=magnitude)[0]
    deepest = -effective_bias(0.0, amplitudes, ripplon_energies)
    below = bias_jacobian(-magnitude, amplitudes, ripplon_energies)
    above = bias_jacobian(magnitude, amplitudes, ripplon_energies)
    return above + np.where(magnitude < deepest, below, 0.0)


def dressed_amplitude_closed(bare: ArrayLike, sum_squares: ArrayLike, scale: ArrayLike) -> Array:
    """Dressed amplitude of the self-consistent closure, same unit as ``bare`` (LW07 Eq. 62).

    ``sum_squares`` = B > 0 is the sum of (omega_D/omega_i)^2, ``scale`` = hbar omega_D > 0,
    ``bare`` >= 0. Bounded by scale*sqrt(2/B) however large ``bare`` is.
    """
    (bare,) = nonnegative(bare=bare)
    b, scale = positive(sum_squares=sum_squares, scale=scale)
    return 2 * bare / (1 + np.sqrt(1 + 2 * b * (bare / scale) ** 2))


def dressed_amplitude(bare: ArrayLike, sum_squares: ArrayLike, scale: ArrayLike) -> Array:
    """Dressed amplitude of the integrated flow, same unit as ``bare`` (LW07 Eq. 64).

    The equation solved with Lambert's W; grows without bound, as the root of a logarithm.
    Arguments as in `dressed_amplitude_closed`.
    """
    (bare,) = nonnegative(bare=bare)
    b, scale = positive(sum_squares=sum_squares, scale=scale)
    # W(e^y), so that huge amplitudes do not overflow; a bare amplitude of zero stays zero.
    with np.errstate(divide="ignore"):
        logarithm = np.log(b) + 2 * np.log(bare / scale)
    return scale / np.sqrt(b) * np.sqrt(wrightomega(logarithm).real)


def weak_overlap(amplitudes: ArrayLike, ripplon_energies: ArrayLike) -> float:
    """Logarithm of the overlap of bare and dressed upper state, to second order in the amplitudes.

    From eigenvectors: the star without its lower state, at the bias that level repulsion brings to
    zero, for amplitudes scaled down to where the overlap is near one; the logarithm over the square
    of the scale is extrapolated to zero. ``amplitudes`` and ``ripplon_energies`` have shape (n,).
    """
    amplitudes, energies = _modes(amplitudes, ripplon_energies)
    if amplitudes.ndim != 1 or energies.ndim != 1:
        raise ValueError(f"amplitudes of shape {amplitudes.shape}: expected those of one centre")
    parameter = float(coupling_parameter(amplitudes, energies))
    if parameter == 0:
        return 0.0
    squares = 0.01 * np.arange(1, 8)
    scaled = np.sqrt(squares / parameter)[:, None] * amplitudes
    stars = centre_hamiltonian(level_repulsion(scaled, energies), 0.0, scaled, energies)
    vectors = np.linalg.eigh(stars[:, 1:, 1:])[1]
    slopes = np.log(np.abs(vectors[:, 0, 0])) / squares
    weights = [np.prod([b / (b - a) for b in squares if b != a]) for a in squares]
    return parameter * float(np.dot(weights, slopes))


def renormalisation_rate(
    path: Callable[[float], float], place: float, ripplon_energies: ArrayLike, step: float = 0.01
) -> float:
    """Growth of log(dressed/bare) in small steps along a path of amplitudes (LW07 Eq. 63).

    ``path`` gives the amplitude common to all modes as a function of a parameter; the derivative
    of `weak_overlap` at ``place`` > 0 is taken by differences of sixth order over steps of
    ``place`` times ``step``. ``ripplon_energies`` in the unit of the amplitude, shape (n,).
    """
    positive(place=place, step=step)
    (energies,) = positive(ripplon_energies=ripplon_energies)

    def overlap(s: float) -> float:
        return weak_overlap(np.full(np.shape(energies), path(s)), energies)

    return slope(overlap, place, place * step)


def inverse_frequency_sum(
    frequencies: ArrayLike, degeneracies: ArrayLike, debye_frequency: float
) -> float:
    """Sum of omega_D/omega_i over all ripplon states: the B of LW07 Eq. 65.

    ``frequencies`` and ``degeneracies`` have shape (m,), one entry for each multiplet.
    """
    frequencies, debye = positive(frequencies=frequencies, debye_frequency=debye_frequency)
    return float(np.sum(debye / all_modes(frequencies, degeneracies)))


def inverse_square_frequency_sum(
    frequencies: ArrayLike, degeneracies: ArrayLike, debye_frequency: float
) -> float:
    """Sum of (omega_D/omega_i)^2 over all ripplon states: the B that Eqs. 60 and 62 call for."""
    frequencies, debye = positive(frequencies=frequencies, debye_frequency=debye_frequency)
    return float(np.sum((debye / all_modes(frequencies, degeneracies)) ** 2))
