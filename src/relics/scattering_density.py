"""Densities of phonon-absorbing transitions: saddle point and exact counting (hbar = k_B = 1).

All frequencies, energies and temperatures share one unit (the chapters use omega_D). Densities
are per domain and multiplied by T_g, so that they are dimensionless and tend to one (exact) or to
e/sqrt(2 pi) (saddle point) at low frequency. A spectrum is `relics.ripplons.Spectrum`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize
from scipy.interpolate import CubicSpline
from scipy.special import comb

from relics.domain import positive
from relics.ripplons import Spectrum

SADDLE_NORM = np.e / np.sqrt(2 * np.pi)
"""Low-frequency value of the saddle-point T_g rho, where the exact one is 1 (LW07 Sec. IV.E)."""


def thermal_weight(energy: ArrayLike, T: float):
    """Weight 2/(exp(E/T) + 1) of a starting level, one at zero energy (LW07 Eq. 43)."""
    decay = np.exp(-np.asarray(energy, dtype=float) / T)
    return 2 * decay / (1 + decay)


# --- exact counting ------------------------------------------------------------------------------


def ripplon_levels(spectrum: Spectrum, highest: float) -> tuple[np.ndarray, np.ndarray]:
    """Energies up to `highest`, sorted, and degeneracies of all occupations of sharp lines.

    n quanta in a multiplet of degeneracy g can be placed in binomial(n + g - 1, n) ways; the first
    level is the empty state.
    """
    positive(highest=highest)
    energies, counts = np.zeros(1), np.ones(1)
    for omega, g in zip(*spectrum, strict=True):
        n = np.arange(int(highest / omega) + 1)
        energies = (energies[:, None] + n * omega).ravel()
        counts = (counts[:, None] * comb(n + g - 1, n)).ravel()
        keep = energies <= highest
        energies, counts = energies[keep], counts[keep]
    order = np.argsort(energies, kind="stable")
    return energies[order], counts[order]


def exact_ground_density(omega: ArrayLike, T_g: float, spectrum: Spectrum) -> np.ndarray:
    """T_g rho(omega) by enumeration of the levels of sharp lines (LW07 Eq. 37)."""
    positive(T_g=T_g)
    omega = np.atleast_1d(positive(omega=omega)[0])
    energies, counts = ripplon_levels(spectrum, float(omega.max()))
    gap = omega[:, None] - energies
    return np.where(gap >= 0, np.exp(-np.maximum(gap, 0) / T_g), 0.0) @ counts


def exact_cumulative_density(
    omega: ArrayLike, energy: ArrayLike, T_g: float, spectrum: Spectrum
) -> np.ndarray:
    """T_g N_E(omega) by enumeration (LW07 Eq. 42); `omega` and `energy` broadcast."""
    omega, energy = np.broadcast_arrays(*positive(omega=omega, energy=energy))
    positive(T_g=T_g)
    energies, counts = ripplon_levels(spectrum, float((omega + energy).max()))
    gap = energies - omega[..., None]
    inside = (gap >= 0) & (gap <= energy[..., None])
    return np.where(inside, np.exp(-np.abs(gap) / T_g), 0.0) @ counts


def count_on_grid(spectrum: Spectrum, highest: float, step: float = 1e-4) -> np.ndarray:
    """Number of oscillator states in each cell [k step, (k+1) step) up to `highest`.

    Each mode is shared between the two nearest grid energies (mean energy kept). The generating
    function prod (1 - x^j)^(-g_j) is expanded by its logarithmic derivative,
    n a_n = sum_k c_k a_(n-k), in O(n^2) operations. Entry 0 is the empty state.
    """
    positive(highest=highest, step=step)
    lowest = float(np.min(spectrum.frequencies[spectrum.weights > 1e-3 * spectrum.weights.max()]))
    if step > lowest / 4:
        raise ValueError(f"step = {step:g}: a grid below {lowest / 4:.3g} resolves this spectrum")
    size = int(np.floor(highest / step + 1e-9)) + 1
    modes = np.zeros(size + 1)
    position = spectrum.frequencies / step
    cell = np.floor(position).astype(int)
    part = position - cell
    near = cell < size
    np.add.at(modes, cell[near], (spectrum.weights * (1 - part))[near])
    np.add.at(modes, cell[near] + 1, (spectrum.weights * part)[near])
    modes[1] += modes[0]
    derivative = np.zeros(size)
    for j in np.flatnonzero(modes[1:size]) + 1:
        derivative[j::j] += j * modes[j]
    counts = np.zeros(size)
    counts[0] = 1
    reverse = derivative[::-1]
    for n in range(1, size):
        counts[n] = np.dot(reverse[size - 1 - n : size - 1], counts[:n]) / n
    return counts


@dataclass(frozen=True)
class Counting:
    """Exact densities from a table of the numbers of states, on multiples of `step`.

    The states of a grid energy are spread evenly over the cell around it; the empty state is sharp.
    """

    counts: np.ndarray
    step: float
    T_g: float

    @classmethod
    def of(cls, spectrum: Spectrum, T_g: float, highest: float = 1.0, step: float = 1e-4):
        """Count the states of `spectrum` up to `highest` on a grid of `step`."""
        positive(T_g=T_g)
        return cls(count_on_grid(spectrum, highest, step), step, T_g)

    @property
    def highest(self) -> float:
        """Largest energy that was counted."""
        return (self.counts.size - 0.5) * self.step

    @cached_property
    def _edges(self) -> np.ndarray:
        return (np.arange(self.counts.size) + 0.5) * self.step

    @cached_property
    def _falling(self) -> np.ndarray:
        """Sum of counts weighted with exp(-S/T_g), up to each cell edge, empty state excluded."""
        energy = np.arange(self.counts.size) * self.step
        weighted = self.counts * np.exp(-energy / self.T_g)
        weighted[0] = 0
        return np.cumsum(weighted)

    @cached_property
    def _rising(self) -> np.ndarray:
        """The same with exp(+S/T_g)."""
        energy = np.arange(self.counts.size) * self.step
        weighted = self.counts * np.exp(energy / self.T_g)
        weighted[0] = 0
        return np.cumsum(weighted)

    def _check(self, omega: ArrayLike) -> np.ndarray:
        omega = np.asarray(omega, dtype=float)
        if omega.size == 0 or not np.all(omega > 0) or not np.all(omega <= self.highest):
            raise ValueError(f"omega = {omega!r}: values from 0 to {self.highest:g} were counted")
        return omega

    def ground(self, omega: ArrayLike) -> np.ndarray:
        """T_g rho(omega) (LW07 Eq. 37)."""
        omega = self._check(omega)
        below = np.interp(omega, self._edges, self._rising)
        return np.exp(-omega / self.T_g) * (1 + below)

    def cumulative(self, omega: ArrayLike, energy: ArrayLike) -> np.ndarray:
        """T_g N_E(omega) (LW07 Eq. 42); states beyond the table are left out."""
        omega = self._check(omega)
        below = np.interp(omega, self._edges, self._falling)
        above = np.interp(omega + np.asarray(energy), self._edges, self._falling)
        return np.exp(omega / self.T_g) * (above - below)

    def excited(self, omega: ArrayLike, T: ArrayLike) -> np.ndarray:
        """T_g rho_exc(omega, T), a sum over states (LW07 Eq. 43); `omega` and `T` broadcast."""
        omega, T = np.broadcast_arrays(self._check(omega), *positive(T=T))
        energy = np.arange(self.counts.size) * self.step
        total = np.empty(omega.shape)
        for index in np.ndindex(omega.shape):
            gap = energy - omega[index]
            share = np.clip(gap / self.step + 0.5, 0, 1)
            weight = thermal_weight(np.maximum(gap, 0), float(T[index])) * np.exp(-gap / self.T_g)
            total[index] = np.dot(self.counts[1:], (share * weight)[1:])
        return total


# --- saddle points -------------------------------------------------------------------------------


def cumulants(x: ArrayLike, spectrum: Spectrum, highest: int = 2) -> list[np.ndarray]:
    """Sums over modes at inverse temperature x: log Z, then its cumulants up to order four.

    Entry n is (-d/dx)^n of log Z = -sum g log(1 - e^(-x omega)); each shaped like x.
    """
    x = np.asarray(x, dtype=float)
    y = np.minimum(x[..., None] * spectrum.frequencies, 700.0)
    decay = np.exp(-y)
    n = decay / -np.expm1(-y)
    w, g = spectrum.frequencies, spectrum.weights
    terms = [
        -np.log1p(-decay) @ g,
        n @ (g * w),
        (n * (1 + n)) @ (g * w**2),
        (n * (1 + n) * (1 + 2 * n)) @ (g * w**3),
        (n * (1 + n) * (1 + 6 * n * (1 + n))) @ (g * w**4),
    ]
    return terms[: highest + 1]


def _bisect(function, low: np.ndarray, high: np.ndarray, steps: int = 200) -> np.ndarray:
    """Zeros of a decreasing function on brackets, by bisection to rounding."""
    for _ in range(steps):
        middle = (low + high) / 2
        positive = function(middle) > 0
        low, high = np.where(positive, middle, low), np.where(positive, high, middle)
        if np.all(high - low <= 4e-16 * np.maximum(np.abs(low), np.abs(high))):
            break
    return (low + high) / 2


def saddle_ground(omega: float, T_g: float, spectrum: Spectrum) -> float:
    """T_g rho(omega) at the saddle point by root finding and direct sums (LW07 Eqs. 39-41)."""
    positive(omega=omega, T_g=T_g)

    def excess(log_x):
        x = np.exp(log_x)
        return float(cumulants(x, spectrum)[1]) + 1 / (x + 1 / T_g) - omega

    high = np.log(10 / omega + 10 / T_g)
    x = float(np.exp(optimize.brentq(excess, -25.0 + high, high, xtol=1e-15)))
    kappa = x + 1 / T_g
    log_z, _, variance = cumulants(x, spectrum)
    return float(np.exp(x * omega + log_z) / (kappa * np.sqrt(2 * np.pi * (variance + kappa**-2))))


def saddle_cumulative(omega: float, energy: float, T_g: float, spectrum: Spectrum) -> float:
    """T_g N_E(omega) at the saddle point by root finding and direct sums (LW07 Eqs. 44-47)."""
    positive(omega=omega, energy=energy, T_g=T_g)

    def both(share):
        lam, mu = 1 / (energy * (1 - share)), 1 / (energy * share)
        return 1 / T_g + lam - mu, lam, mu

    def excess(share):
        x, _, mu = both(share)
        return float(cumulants(x, spectrum)[1]) - 1 / mu - omega

    least = optimize.brentq(lambda s: both(s)[0], 1e-12, 1 - 1e-12)
    share = optimize.brentq(excess, least * (1 + 1e-10), 1 - 1e-12, xtol=1e-15)
    x, lam, mu = both(share)
    log_z, _, k2 = cumulants(x, spectrum)
    determinant = k2 * (lam**-2 + mu**-2) + (lam * mu) ** -2
    exponent = x * omega + lam * energy + log_z
    return float(np.exp(exponent) / (2 * np.pi * np.sqrt(determinant) * lam * mu))


def excited_from_cumulative(cumulative, T: float) -> float:
    """Thermal average -int f'(E) N_E dE of a function of the starting energy (LW07 Eq. 43)."""
    positive(T=T)
    y, weight = fermi_rule()
    return float(np.dot(weight, [cumulative(T * x) for x in y]))


def laplace_transform(s: float, T_g: float, spectrum: Spectrum) -> float:
    """T_g times the Laplace transform of rho, by adding the transforms of all levels."""
    positive(s=s, T_g=T_g)
    energies, counts = ripplon_levels(spectrum, 60 / s)
    return float(np.sum(counts * np.exp(-s * energies)) / (s + 1 / T_g))


class SaddlePoint:
    """Saddle-point densities of a spectrum at one T_g (LW07 Eqs. 39-47).

    The sums over modes depend on one inverse temperature x only; they are tabulated once on a
    logarithmic grid and interpolated by cubic splines (relative error below 1e-8).
    """

    def __init__(self, spectrum: Spectrum, T_g: float, points: int = 2400):
        positive(T_g=T_g)
        self.spectrum, self.T_g = spectrum, float(T_g)
        self._log_x = np.linspace(np.log(1e-4), np.log(1e7), points)
        log_z, mean, variance = cumulants(np.exp(self._log_x), spectrum)
        tiny = 1e-290
        table = np.log(np.maximum(np.stack([log_z, mean, variance]), tiny))
        self._spline = CubicSpline(self._log_x, table, axis=1)

    def _sums(self, x: np.ndarray):
        log_x = np.log(np.maximum(x, 1e-4))
        return np.exp(self._spline(np.minimum(log_x, self._log_x[-1])))

    def saddle(self, omega: ArrayLike) -> np.ndarray:
        """x = kappa_0 - 1/T_g at the saddle of LW07 Eq. 40, shaped like omega."""
        (omega,) = positive(omega=omega)

        def excess(log_x):
            x = np.exp(log_x)
            return self._sums(x)[1] + 1 / (x + 1 / self.T_g) - omega

        low, high = np.full(omega.shape, self._log_x[0]), np.full(omega.shape, self._log_x[-1])
        return np.exp(_bisect(excess, low, high, 60))

    def ground(self, omega: ArrayLike) -> np.ndarray:
        """T_g rho(omega) (LW07 Eq. 39)."""
        omega = np.asarray(omega, dtype=float)
        x = self.saddle(omega)
        kappa = x + 1 / self.T_g
        log_z, _, variance = self._sums(x)
        return np.exp(x * omega + log_z) / (kappa * np.sqrt(2 * np.pi * (variance + kappa**-2.0)))

    def corrections(self, omega: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        """Quartic and cubic terms of the exponent one sigma from the saddle (LW07 Fig. 17).

        f4/(24 f2^2) and |f3|/(6 f2^(3/2)), with the exact sums over modes.
        """
        x = self.saddle(omega)
        kappa = x + 1 / self.T_g
        _, _, k2, k3, k4 = cumulants(x, self.spectrum, 4)
        f2, f3, f4 = k2 + kappa**-2.0, k3 + 2 * kappa**-3.0, k4 + 6 * kappa**-4.0
        return f4 / (24 * f2**2), f3 / (6 * f2**1.5)

    def _pair(self, omega: np.ndarray, energy: np.ndarray):
        """x = 1/T_g + lambda - mu, lambda and mu at the saddle of LW07 Eqs. 45, 46.

        Their difference gives 1/lambda + 1/mu = E, so that one unknown is left: the logarithm of
        the ratio lambda/mu.
        """

        def inverse(log_ratio):
            mu = (1 + np.exp(log_ratio)) / energy * np.exp(-log_ratio)
            lam = (1 + np.exp(log_ratio)) / energy
            return 1 / self.T_g + lam - mu, lam, mu

        def excess(log_ratio):
            x, _, mu = inverse(log_ratio)
            return np.where(x > 1e-4, self._sums(np.maximum(x, 1e-4))[1] - 1 / mu - omega, np.inf)

        low, high = np.full(omega.shape, -60.0), np.full(omega.shape, 60.0)
        return inverse(_bisect(excess, low, high, 64))

    def cumulative(self, omega: ArrayLike, energy: ArrayLike) -> np.ndarray:
        """T_g N_E(omega) (LW07 Eq. 44); `omega` and `energy` broadcast."""
        omega, energy = np.broadcast_arrays(*positive(omega=omega, energy=energy))
        x, lam, mu = self._pair(omega, energy)
        log_z, _, variance = self._sums(x)
        determinant = variance * (lam**-2.0 + mu**-2.0) + (lam * mu) ** -2.0
        return np.exp(x * omega + lam * energy + log_z) / (
            2 * np.pi * np.sqrt(determinant) * lam * mu
        )

    def cumulative_correction(self, omega: ArrayLike, energy: ArrayLike) -> np.ndarray:
        """Largest quartic term of the exponent on the one-sigma ellipse (LW07 Fig. 18).

        Both variables run along their imaginary directions; the Hessian H fixes the ellipse
        y.H y = 1, and the fourth derivatives are contracted with y four times over 24.
        """
        omega, energy = np.broadcast_arrays(*positive(omega=omega, energy=energy))
        x, lam, mu = self._pair(omega, energy)
        _, _, k2, _, k4 = cumulants(x, self.spectrum, 4)
        # With p = y_1/lam and q = y_2/mu the ellipse is a circle seen through Cholesky's triangle:
        # angles spaced evenly on it resolve the ridge lam p = mu q, however narrow.
        angle = np.linspace(0, np.pi, 721).reshape(-1, *np.ones(x.ndim, dtype=int))
        a = np.sqrt(1 + k2 * lam**2)
        q = np.sin(angle) / np.sqrt(1 + k2 * (mu / a) ** 2)
        p = (np.cos(angle) + k2 * lam * mu / a * q) / a
        quartic = k4 * (lam * p - mu * q) ** 4 + 6 * p**4 + 6 * q**4
        return np.max(quartic, axis=0) / 24

    def excited(self, omega: ArrayLike, T: ArrayLike) -> np.ndarray:
        """T_g rho_exc(omega, T), minus int f'(E) N_E dE by parts (LW07 Eq. 43).

        `omega` and `T` broadcast.
        """
        omega, T = np.broadcast_arrays(*positive(omega=omega, T=T))
        y, weight = fermi_rule()
        return self.cumulative(omega[..., None], T[..., None] * y) @ weight


def logarithmic_rule(low: float, high: float, width: float = 0.5, nodes: int = 8):
    """Nodes and weights d(log y) of Gauss-Legendre panels in the logarithm, low to high."""
    positive(low=low, high=high)
    x, w = np.polynomial.legendre.leggauss(nodes)
    edges = np.linspace(np.log(low), np.log(high), max(int(np.log(high / low) / width), 1) + 1)
    half = np.diff(edges)[:, None] / 2
    return np.exp((edges[:-1, None] + half + half * x).ravel()), (half * w).ravel()


def fermi_slope(y: ArrayLike):
    """-y d/dy of 2/(e^y + 1)."""
    y = np.asarray(y, dtype=float)
    decay = np.exp(-y)
    return 2 * y * decay / (1 + decay) ** 2


def fermi_rule() -> tuple[np.ndarray, np.ndarray]:
    """Nodes y = E/T from 1e-8 to 45 and weights of -d/dy 2/(e^y + 1)."""
    y, weight = logarithmic_rule(1e-8, 45.0)
    return y, weight * fermi_slope(y)


def step_average(cumulative, T: float, alpha: float = 1.0, steps: int = 1000) -> float:
    """Increments of N_E added up over starting levels below alpha T (LW07 Sec. IV.F)."""
    positive(T=T, alpha=alpha, steps=steps)
    edges = np.linspace(0, alpha * T, steps + 1)
    values = np.array([cumulative(e) for e in edges])
    return float(np.sum(np.diff(values)))


def hessian_determinant(lam: float, mu: float, T_g: float, spectrum: Spectrum) -> float:
    """Determinant of the curvatures of the exponent at saddle values lam, mu (LW07 Eq. 47)."""
    positive(lam=lam, mu=mu, T_g=T_g)
    fluctuation = float(cumulants(1 / T_g + lam - mu, spectrum)[2])
    matrix = fluctuation * np.array([[1, -1], [-1, 1]]) + np.diag([lam**-2, mu**-2])
    return float(np.linalg.det(matrix))


def level_sum(x: complex, spectrum: Spectrum) -> complex:
    """Partition sum of sharp lines at the inverse temperature x, by adding up all occupations.

    `x` may be complex, its real part positive; degeneracies of the lines are whole numbers. n quanta
    are placed in binomial(n + g - 1, n) ways. ``ValueError`` otherwise.
    """
    positive(x=np.real(x), frequencies=spectrum.frequencies, weights=spectrum.weights)
    if np.any(spectrum.weights != np.round(spectrum.weights)):
        raise ValueError(f"degeneracies {spectrum.weights}: whole numbers are accepted")
    total = complex(1)
    for line, ways in zip(*spectrum, strict=True):
        decay = float(np.real(x) * line)
        n = np.arange(int(np.ceil((60 + 3 * ways) / decay)) + 1)
        total *= np.sum(comb(n + ways - 1, n) * np.exp(-n * line * x))
    return total


def saddle_place(lam: float, mu: float, T_g: float, spectrum: Spectrum) -> tuple[float, float]:
    """Energy of the transition and highest starting level whose saddle lies at (lam, mu).

    The exponent of LW07 Eq. 44 is made stationary (Eqs. 45, 46): the two energies multiply lam
    and mu, and balance the slopes of log Z - log lam - log mu with 1/T_g + lam - mu > 0 in Z. The
    slopes are taken in the complex direction of a sum over occupations, without Planck's law.
    """
    positive(lam=lam, mu=mu, T_g=T_g, inverse_temperature=1 / T_g + lam - mu)

    def rest(lam_: complex, mu_: complex) -> complex:
        log_z = np.log(level_sum(1 / T_g + lam_ - mu_, spectrum))
        return complex(log_z - np.log(lam_) - np.log(mu_))

    h = 1e-20
    along_lam = rest(lam + 1j * h * lam, mu).imag / (h * lam)
    along_mu = rest(lam, mu + 1j * h * mu).imag / (h * mu)
    return along_mu, -along_lam - along_mu


def regulated_density(omega: float, line: float, T_g: float, regulator: float) -> float:
    """T_g rho(omega) of one multiplet l = 2 with at most one quantum, from LW07 Eq. 38.

    The step is the Fourier integral with a finite regulator. The real axis is bent towards the
    side where the exponential decays and integrated by the trapezoidal rule in a variable that
    resolves the pole.
    """
    positive(omega=omega, line=line, T_g=T_g, regulator=regulator)
    total = 0.0
    for quanta, ways in ((0, 1), (1, 5)):
        gap = omega - quanta * line
        side, scale = np.sign(gap), abs(gap)
        grain = min(1.0, regulator * scale)
        s = np.linspace(-1, 1, 40001) * np.arcsinh(90 / grain)
        u = grain * np.sinh(s)
        k = (u + 1j * side * (np.sqrt(1 + u**2) - 1)) / scale
        slope = grain * np.cosh(s) * (1 + 1j * side * u / np.sqrt(1 + u**2)) / scale
        values = slope / (2 * np.pi * (1j * k + regulator)) * np.exp(1j * k * gap)
        step = np.sum(values).real * (s[1] - s[0])
        total += ways * step * np.exp(-gap / T_g)
    return float(total)
