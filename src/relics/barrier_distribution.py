"""Barriers that differ from region to region, and the stretched relaxation that follows.

The configurational entropy of a cooperative region fluctuates by its heat capacity; so does the
barrier, by 1/(2 sqrt D) of itself. The relaxation is the average of exponentials over the barriers.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import curve_fit
from scipy.stats import norm

from relics.domain import nonnegative, positive
from relics.rfot import barrier, cooperative_size

Array = NDArray[np.float64]

WINDOW = (0.02, 0.98)
"""Range of the relaxation function in which a stretched exponential is fitted."""


def relative_width(D: ArrayLike, mismatch: float = 1.0) -> Array:
    """Width of the barriers over their mean for a liquid of strength ``D`` (LW07 Sec. II).

    From the barriers of a region of N* beads at entropies a little up and down, extrapolated to a
    small fluctuation (k_B = T = 1). The ``mismatch`` drops out.
    """
    (D,) = positive(D=D)
    (gamma,) = positive(mismatch=mismatch)
    heat_capacity = gamma**2 / (4 * D)
    s_c = 0.1 * gamma  # any value: it drops out as well
    size = cooperative_size(gamma, s_c, 1.0)
    steps = 0.2 / 2.0 ** np.arange(8)
    fall = barrier(gamma, s_c * (1 - steps), 1.0) - barrier(gamma, s_c * (1 + steps), 1.0)
    slope = _extrapolated(fall / (2 * steps)) / barrier(gamma, s_c, 1.0)
    return slope * np.sqrt(heat_capacity * size) / (size * s_c)


def _extrapolated(rows: Array) -> float:
    """Limit of a series in the square of a step that is halved from term to term (Richardson)."""
    order = 1
    while len(rows) > 1:
        rows = (4**order * rows[1:] - rows[:-1]) / (4**order - 1)
        order += 1
    return float(rows[0])


def sample_barriers(mean: float, D: float, size: int, seed: int, cut: bool = False) -> Array:
    """Random barriers (in the unit of ``mean``), Gaussian with :func:`relative_width`.

    ``cut``: every barrier above the most probable one is replaced by it (Xia and Wolynes).
    """
    (centre,) = positive(mean=mean)
    if size < 1:
        raise ValueError(f"size must be at least 1, got {size}")
    drawn = np.random.default_rng(seed).normal(centre, float(relative_width(D)) * centre, size)
    return np.minimum(drawn, centre) if cut else drawn


def relaxation(log_time: ArrayLike, width: float, cut: bool = False, nodes: int = 200) -> Array:
    """Relaxation function at ``log_time`` = ln(t/tau(F_mean)) for barriers of ``width`` in k_B T.

    Average of exp(-t/tau(F)) over the Gaussian; with ``cut`` the upper half of the barriers
    relaxes with the mean one. Gauss-Legendre over eight standard deviations.
    """
    t = np.asarray(log_time, dtype=float)
    (sigma,) = nonnegative(width=width)
    x, w = np.polynomial.legendre.leggauss(nodes)
    deviation = 8 * x
    weight = w * norm.pdf(deviation)
    barrier_shift = sigma * (np.minimum(deviation, 0.0) if cut else deviation)
    left = np.exp(-np.exp(np.minimum(t[..., None] - barrier_shift, 700)))
    return left @ weight / weight.sum()


class StretchedFit(NamedTuple):
    """Exponent and ln of the time (over that of the mean barrier) of exp(-(t/t_0)^beta), and rms."""

    beta: float
    log_time: float
    rms: float


def fit_stretched(
    width: float, cut: bool = False, window: tuple[float, float] = WINDOW
) -> StretchedFit:
    """Stretched exponential fitted to :func:`relaxation` where it lies inside ``window``.

    Least squares in the function itself at times equally spaced in their logarithm.
    """
    (sigma,) = nonnegative(width=width)
    reach = 8 + 6 * float(sigma)
    t = np.linspace(-reach, reach, 801)
    phi = relaxation(t, width, cut)
    inside = (phi > window[0]) & (phi < window[1])
    t, phi = t[inside], phi[inside]
    start = (1 / np.sqrt(1 + float(sigma) ** 2), float(t[np.argmin(np.abs(phi - np.exp(-1)))]))

    def law(u: Array, beta: float, centre: float) -> Array:
        return np.exp(-np.exp(np.minimum(beta * (u - centre), 700)))

    (beta, centre), _ = curve_fit(law, t, phi, p0=start)
    return StretchedFit(
        float(beta), float(centre), float(np.sqrt(np.mean((law(t, beta, centre) - phi) ** 2)))
    )


def stretching_exponent(D: ArrayLike, timescale: float = 1e17, cut: bool = False) -> Array:
    """beta at the glass transition for strengths ``D``, the mean barrier being ln(timescale) k_B T_g."""
    (D,) = positive(D=D)
    (ratio,) = positive(timescale=timescale)
    if ratio <= 1:
        raise ValueError(f"timescale (tau/tau_0) must exceed one, got {ratio:g}")
    widths = np.log(ratio) * relative_width(D)
    return np.reshape([fit_stretched(float(w), cut).beta for w in np.ravel(widths)], D.shape)


def stretching_estimate(width: ArrayLike) -> Array:
    """Closed form [1 + (delta F/k_B T)^2]^(-1/2) often used for beta of Gaussian barriers."""
    (width,) = nonnegative(width=width)
    return 1 / np.sqrt(1 + width**2)
