"""Statistics of quasilocalised excitations whose density of states rises as the fourth power.

Frequencies in any one unit; densities are normalised to one over all modes. LB21 Secs. III, IV.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.special import expit, gamma

from relics.domain import nonnegative, positive

Array = NDArray[np.float64]


def density(omega: ArrayLike, A_g: ArrayLike) -> Array:
    """Density of excitations ``A_g omega**4`` (LB21 Eq. 6); shape of ``omega``."""
    (omega,), (A_g,) = nonnegative(omega=omega), positive(A_g=A_g)
    return A_g * omega**4


def expected_below(omega: ArrayLike, A_g: ArrayLike, modes: ArrayLike) -> Array:
    """Number of excitations below ``omega`` that a glass with ``modes`` modes has on average."""
    (omega,), (A_g, modes) = nonnegative(omega=omega), positive(A_g=A_g, modes=modes)
    return modes * A_g * omega**5 / 5.0


def softest_probability(omega: ArrayLike, A_g: ArrayLike, modes: ArrayLike) -> Array:
    """Probability that the softest of ``modes`` independent excitations lies below ``omega``.

    ``modes`` is the number over which the density of states is normalised. One where the law has
    used up all modes.
    """
    share = np.minimum(expected_below(omega, A_g, modes) / modes, 1.0)
    with np.errstate(divide="ignore"):
        return -np.expm1(modes * np.log1p(-share))


def weibull_probability(omega: ArrayLike, A_g: ArrayLike, modes: ArrayLike) -> Array:
    """The same for many modes: a Weibull law of shape five (LB21 Sec. IV.A)."""
    return -np.expm1(-expected_below(omega, A_g, modes))


def mean_softest(A_g: ArrayLike, modes: ArrayLike) -> Array:
    """Mean of the Weibull law of the softest, ``Gamma(6/5) (5/(modes A_g))**(1/5)``."""
    A_g, modes = positive(A_g=A_g, modes=modes)
    return gamma(1.2) * (5.0 / (A_g * modes)) ** 0.2


def sample_softest(A_g: float, modes: int, size: int, seed: int) -> Array:
    """Lowest of ``modes`` independent frequencies of the quartic law, ``size`` times.

    The law is cut where it integrates to one. All frequencies are drawn.
    """
    positive(A_g=A_g, modes=modes, size=size)
    rng = np.random.default_rng(seed)
    share = [rng.random((min(256, size - k), modes)).min(axis=1) for k in range(0, size, 256)]
    return (5.0 * np.concatenate(share) / A_g) ** 0.2


def number_density(A_g: ArrayLike, omega_g: ArrayLike) -> Array:
    """Number of excitations per mode ``A_g omega_g**5`` (LB21 Sec. IV.B); no unit is left."""
    A_g, omega_g = positive(A_g=A_g, omega_g=omega_g)
    return A_g * omega_g**5


def thermal_number(T_p: ArrayLike, N_0: ArrayLike, energy: ArrayLike) -> Array:
    """Mean number of excited sites among ``N_0`` that cost ``energy`` each, at temperature T_p.

    Temperature and energy in the same unit. For ``T_p`` well below ``energy`` it is the Boltzmann
    law of LB21 Eq. 7.
    """
    T_p, N_0, energy = positive(T_p=T_p, N_0=N_0, energy=energy)
    return N_0 * expit(-energy / T_p)


def formation_energy(
    T_p: ArrayLike, number: ArrayLike, error: ArrayLike
) -> tuple[float, float, float]:
    """Energy E and its standard error of ``number ~ exp(-E/T_p)``, and the linear correlation.

    Weighted straight line of ``ln number`` against ``1/T_p``; ``error`` is the standard error of
    ``number``. Arrays of one length, at least two different temperatures, else ``ValueError``.
    """
    x, n, e = positive(T_p=T_p, number=number, error=error)
    if not (x.ndim == 1 and x.shape == n.shape == e.shape and np.unique(x).size > 1):
        raise ValueError("a formation energy needs at least two temperatures with their numbers")
    inverse, value, weight = 1.0 / x, np.log(n), (n / e) ** 2
    middle = np.average(inverse, weights=weight)
    lever = inverse - middle
    spread = np.sum(weight * lever**2)
    slope = np.sum(weight * lever * value) / spread
    correlation = np.corrcoef(inverse, value)[0, 1]
    return float(-slope), float(1.0 / np.sqrt(spread)), float(correlation)


def weibull_shape(values: ArrayLike) -> tuple[float, float]:
    """Maximum-likelihood shape of a Weibull law and its asymptotic standard error.

    Raises ``ValueError`` for fewer than three values, equal values or values that are not positive.
    """
    x = np.ravel(positive(values=values))
    if x.size < 3 or np.ptp(x) == 0:
        raise ValueError(f"a shape needs at least three different values, got {x.size}")
    logs = np.log(x / x.max())

    def score(k: float) -> float:
        weight = np.exp(k * logs)
        return float(np.sum(weight * logs) / np.sum(weight) - 1.0 / k - logs.mean())

    shape = brentq(score, 1e-3, 1e4)
    # inverse Fisher information of the shape with the scale estimated too
    return float(shape), float(shape * np.sqrt(6.0 / x.size) / np.pi)
