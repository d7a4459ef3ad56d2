"""Densities of vibrational states from pooled samples, and what their low-frequency tails say.

Densities are normalised to one over all modes of a sample, translations included, so that
prefactors of different sizes compare (LB21 Eq. 6 and the text after it).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import gamma


@dataclass(frozen=True)
class Spectrum:
    """Histogram of frequencies.

    ``edges`` (B+1,) of the bins, ``density`` (B,) with its standard ``error`` (B,), and the pooled
    ``counts`` (B,).
    """

    edges: np.ndarray
    density: np.ndarray
    error: np.ndarray
    counts: np.ndarray

    @property
    def centres(self) -> np.ndarray:
        """Geometric centres of the bins."""
        return np.sqrt(self.edges[:-1] * self.edges[1:])


def _frequencies(values: np.ndarray) -> np.ndarray:
    array = np.asarray(values, dtype=np.float64).ravel()
    if not np.all(np.isfinite(array)):
        raise ValueError("frequencies must be finite")
    return array


def density_of_states(
    samples: Sequence[np.ndarray], modes_per_sample: int, edges: np.ndarray
) -> Spectrum:
    """Density of states of independent samples in the bins between ``edges``.

    ``samples`` holds one array of frequencies per sample (they may be only the lowest modes, as
    long as all below the last edge are there), ``modes_per_sample`` is N d. The error is the
    standard error of the mean over samples; for one sample, and for bins in which samples do not
    differ, it is the counting error. Raises ``ValueError`` for no samples or edges that do not rise.
    """
    edges = np.asarray(edges, dtype=np.float64)
    if edges.ndim != 1 or len(edges) < 2 or np.any(np.diff(edges) <= 0):
        raise ValueError("edges must be a rising sequence of at least two numbers")
    if not len(samples) or modes_per_sample < 1:
        raise ValueError("at least one sample with at least one mode is needed")
    counts = np.array([np.histogram(_frequencies(s), edges)[0] for s in samples])
    total = counts.sum(axis=0)
    size = len(samples)
    spread = np.sqrt(size * counts.var(axis=0, ddof=1)) if size > 1 else np.zeros(len(total))
    spread = np.where(spread > 0, spread, np.sqrt(total))
    scale = 1.0 / (size * modes_per_sample * np.diff(edges))
    return Spectrum(edges, total * scale, spread * scale, total)


def power_law_exponent(
    frequencies: np.ndarray, upper: float, lower: float = 0.0
) -> tuple[float, float]:
    """Maximum-likelihood exponent and its standard error for a density ``omega**beta``.

    Uses the frequencies within ``lower < omega <= upper``; for ``lower = 0`` it is
    ``n / sum ln(upper / omega) - 1`` with error ``(beta + 1) / sqrt(n)``, otherwise the root of
    the likelihood equation of the doubly truncated law with the error of its Fisher information.
    Raises ``ValueError`` for fewer than two frequencies in the window or a window that is empty.
    """
    if not 0 <= lower < upper < np.inf:
        raise ValueError(f"the window needs 0 <= lower < upper, got {lower}, {upper}")
    values = _frequencies(frequencies)
    values = values[(values > lower) & (values <= upper)]
    n = len(values)
    if n < 2:
        raise ValueError(f"{n} frequencies in the window are too few for an exponent")
    mean = float(np.mean(np.log(upper / values)))
    if mean == 0:
        raise ValueError("all frequencies lie on the upper edge of the window")
    if lower == 0:
        return 1.0 / mean - 1.0, 1.0 / mean / np.sqrt(n)
    width = np.log(upper / lower)  # t = ln(upper/omega) has density ~ exp(-a t) on [0, width]
    a = brentq(lambda a: _truncated_mean(a, width) - mean, -700 / width, 700 / width, xtol=1e-12)
    information = _truncated_variance(a, width)
    return a - 1.0, 1.0 / np.sqrt(n * information)


def _truncated_mean(a: float, width: float) -> float:
    z = a * width
    if abs(z) < 1e-4:
        return width * (0.5 - z / 12)
    return width * (1.0 / z - 1.0 / np.expm1(z))


def _truncated_variance(a: float, width: float) -> float:
    z = a * width
    if abs(z) < 1e-2:
        return width**2 * (1.0 / 12 - z**2 / 240)
    return width**2 * (1.0 / z**2 - 0.25 / np.sinh(0.5 * z) ** 2)


def power_law_prefactor(
    frequencies: np.ndarray, upper: float, total_modes: int, exponent: float = 4.0
) -> tuple[float, float]:
    """Prefactor A of ``D = A omega**exponent`` below ``upper`` and its counting error.

    ``frequencies`` are pooled over samples, ``total_modes`` is N d times the number of samples.
    Raises ``ValueError`` when no frequency lies in the window or a number is not positive.
    """
    if not (upper > 0 and total_modes > 0 and exponent > -1):
        raise ValueError("upper and total_modes must be positive, exponent above -1")
    values = _frequencies(frequencies)
    n = int(np.sum((values > 0) & (values <= upper)))
    if n == 0:
        raise ValueError(f"no frequency lies below {upper}")
    A = n * (exponent + 1) / (total_modes * upper ** (exponent + 1))
    return A, A / np.sqrt(n)


def debye_prefactor(c_t: float, c_l: float, density: float, d: int) -> float:
    """Prefactor ``A_D`` of the phonon density of states ``A_D omega**(d-1)``.

    ``d - 1`` transverse branches and one longitudinal, divided by the d modes per particle;
    ``density`` is N/V. Raises ``ValueError`` for arguments that are not positive.
    """
    if not (c_t > 0 and c_l > 0 and density > 0 and d >= 1):
        raise ValueError(f"positive arguments needed, got {(c_t, c_l, density, d)}")
    sphere = 2 * np.pi ** (d / 2) / gamma(d / 2)
    return float(sphere / (2 * np.pi) ** d / (d * density) * ((d - 1) * c_t**-d + c_l**-d))


def debye_frequency(c_t: float, c_l: float, density: float, d: int) -> float:
    """Frequency up to which ``A_D omega**(d-1)`` integrates to one."""
    return float((d / debye_prefactor(c_t, c_l, density, d)) ** (1.0 / d))
