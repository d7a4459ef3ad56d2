"""Viscosity of glass formers: Maxwell's relation, the Vogel-Fulcher law, fragility, and fits.

Viscosities in Pa s (1 poise = 0.1 Pa s) and as log10 of that; the glass temperature T_g is where
the viscosity is 1e12 Pa s. The fragility index m is the slope of log10 against T_g/T at T_g.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import least_squares

from relics.configurational_entropy import hyperbolic_entropy, linear_entropy
from relics.domain import finite, nonnegative, positive
from relics.materials import load_table
from relics.quadrature import integrate

Array = NDArray[np.float64]

LOG10_E = float(np.log10(np.e))
LOG10_GLASS = 12.0
"""log10 of the viscosity in Pa s that defines the glass temperature."""
LOG10_BOILING = -3.0
"""log10 of the viscosity of any liquid near boiling, a centipoise (LW07 Sec. II)."""
LOG10_CROSSOVER = 0.0
"""log10 of the viscosity at the crossover to activation, three decades above (LW07 Sec. II)."""
POISE = 0.1
READING = 0.1
"""Accuracy of one reading of log10 viscosity; beyond it the fits weigh points down."""


def relaxation_modulus(t: ArrayLike, mu: ArrayLike, tau: ArrayLike) -> Array:
    """Stress (Pa) left at ``t`` >= 0 s after a unit step of strain, for one relaxation time."""
    (t,) = nonnegative(t=t)
    mu, tau = positive(mu=mu, tau=tau)
    return mu * np.exp(-t / tau)


def maxwell_viscosity(mu: ArrayLike, tau: ArrayLike) -> Array:
    """Viscosity (Pa s) of a Maxwell element, the area under its relaxation modulus (L18 Eq. 26).

    ``mu`` in Pa, ``tau`` in s. By quadrature over 60 relaxation times, far beyond double precision.
    """
    mu, tau = np.broadcast_arrays(*positive(mu=mu, tau=tau))
    return mu * tau * integrate(lambda s: np.exp(-s), 0.0, 60.0)[0]


def vogel_fulcher(T: ArrayLike, D: ArrayLike, T_0: ArrayLike) -> Array:
    """ln(tau/tau_pre) = D T_0/(T - T_0) (LW07 Eq. 1). ``ValueError`` for T at or below T_0."""
    T, T_0 = np.broadcast_arrays(*positive(T=T, T_0=T_0))
    (D,) = positive(D=D)
    if np.any(T <= T_0):
        raise ValueError(
            f"T = {T[T <= T_0].flat[0]:g} K is not above T_0 = {T_0[T <= T_0].flat[0]:g} K"
        )
    return D * T_0 / (T - T_0)


def strength(mismatch: ArrayLike, Delta_c_p: ArrayLike) -> Array:
    """D from gamma/(k_B T) and the heat-capacity jump in k_B for each bead (LW07 Sec. II)."""
    mismatch, jump = positive(mismatch=mismatch, Delta_c_p=Delta_c_p)
    # The barrier in k_B T is mismatch^2/(4 s_c); at s_c = Delta c_p it is D itself.
    return mismatch**2 / (4 * linear_entropy(2.0, 1.0, jump))


def fragility_from_strength(D: ArrayLike, timescale: ArrayLike) -> Array:
    """m of a Vogel-Fulcher law with tau(T_g)/tau_0 = ``timescale`` > 1: log10(e)(L + L^2/D)."""
    (D,) = positive(D=D)
    L = _log(timescale)
    T_0 = L / (L + D)  # in units of T_g: D T_0/(1 - T_0) = L
    return LOG10_E * D * T_0 / (1 - T_0) ** 2


def fragility_from_entropy(timescale: ArrayLike, Delta_c_p: ArrayLike, s_c: ArrayLike) -> Array:
    """m from the heat-capacity jump over the configurational entropy at T_g (one unit for both).

    The mismatch is taken proportional to the temperature, so that only the entropy varies
    (LW07 Fig. 5): m = log10(e) L Delta c_p/s_c.
    """
    jump, s_c = positive(Delta_c_p=Delta_c_p, s_c=s_c)
    return LOG10_E * _log(timescale) * jump / s_c


def activated_decades(
    T: ArrayLike, T_g: ArrayLike, T_K: ArrayLike, decades: ArrayLike, mismatch_power: float = 1.0
) -> Array:
    """log10(tau/tau_0) over an entropic barrier that gives ``decades`` at T_g.

    Configurational entropy as in L18 Eq. 36, mismatch gamma proportional to T^mismatch_power: 1 for
    an entropic one (LW07), 1/2 for that of a constant bulk modulus (L18 Eq. 28), which is exactly
    the Vogel-Fulcher law with T_0 = T_K.
    """
    T_g, decades = positive(T_g=T_g, decades=decades)
    relative = hyperbolic_entropy(T, T_K, T_g, 1.0) / hyperbolic_entropy(T_g, T_K, T_g, 1.0)
    return decades * (np.asarray(T) / T_g) ** (2 * mismatch_power - 2) / relative


# --- measured viscosities -----------------------------------------------------------------------


@dataclass(frozen=True)
class Viscosities:
    """Measured points of one liquid: temperatures in K, log10 of Pa s, and the curve of each."""

    material: str
    T: Array
    log10_viscosity: Array
    curve: NDArray[np.int_]


@dataclass(frozen=True)
class ViscosityFit:
    """Glass temperature (K) and fragility index with one-sigma errors, and the law fitted.

    log10 eta = log10_limit + B/(T - T_0) with the T_g of each curve left free; `rms` in decades.
    """

    T_g: float
    T_g_error: float
    m: float
    m_error: float
    log10_limit: float
    T_0: float
    rms: float
    points: int
    curves: int

    def log10_viscosity(self, T: ArrayLike) -> Array:
        """log10 of the viscosity (Pa s) of the fitted law at ``T`` > T_0."""
        (T,) = positive(T=T)
        if np.any(T <= self.T_0):
            raise ValueError(f"the fitted law ends at T_0 = {self.T_0:g} K, got {T.min():g} K")
        rise = LOG10_GLASS - self.log10_limit
        return self.log10_limit + rise * (self.T_g - self.T_0) / (T - self.T_0)


def materials() -> list[str]:
    """Liquids with traced viscosities (SciGlass)."""
    return list(dict.fromkeys(load_table("viscosity_inorganic_sciglass").columns["material"]))


def measured(material: str) -> Viscosities:
    """Traced viscosities of one liquid, without the points flagged as outliers in the table."""
    if material not in materials():
        raise ValueError(f"no viscosities of {material!r}; known: {', '.join(materials())}")
    rows = load_table("viscosity_inorganic_sciglass").rows(material=material, kept=1.0).columns
    names = [f"{a} {y:.0f}" for a, y in zip(rows["author"], rows["year"], strict=True)]
    curve = np.unique(names, return_inverse=True)[1]
    order = np.argsort(rows["T (K)"], kind="stable")
    return Viscosities(
        material, rows["T (K)"][order], rows["log10 viscosity (Pa s)"][order], curve[order]
    )


def fit_vogel_fulcher(
    T: ArrayLike,
    log10_viscosity: ArrayLike,
    curve: ArrayLike | None = None,
    window: tuple[float, float] = (6.0, 13.0),
) -> ViscosityFit:
    """Glass temperature and fragility from measured viscosities inside ``window`` (log10 of Pa s).

    All curves share the shape in T_g/T (fragility and high-temperature limit); every curve keeps a
    T_g of its own, because samples differ in water and impurities more than readings do. Errors:
    of m from the scatter between curves where there are five or more, otherwise from the residuals;
    of T_g from its scatter over the curves. Raises ``ValueError`` for fewer than four points in the
    window or a spread below two decades, and names what is missing.
    """
    T, y = positive(T=T)[0], finite(log10_viscosity=log10_viscosity)[0]
    labels = np.zeros(T.shape, int) if curve is None else np.asarray(curve)
    if T.ndim != 1 or T.shape != y.shape or T.shape != labels.shape:
        raise ValueError(
            f"expected three columns of one length, got {T.shape}, {y.shape}, {labels.shape}"
        )
    inside = (y >= window[0]) & (y <= window[1])
    T, y = T[inside], y[inside]
    if T.size < 4 or np.ptp(y) < 2:
        raise ValueError(
            f"{T.size} points over {np.ptp(y) if T.size else 0:.1f} decades between log10(eta/Pa s) = "
            f"{window[0]:g} and {window[1]:g}: the activated regime needs four points over two decades"
        )
    labels = np.unique(labels[inside], return_inverse=True)[1]
    curves = labels.max() + 1

    def residuals(p: Array) -> Array:
        m, kauzmann, T_g = p[0], p[1], p[2:][labels]  # the second is T_0/T_g
        rise = m * (1 - kauzmann)
        return LOG10_GLASS - rise + rise * (1 - kauzmann) / (T / T_g - kauzmann) - y

    slope, level = np.polyfit(1 / T, y, 1)
    guess = slope / (LOG10_GLASS - level)
    start = np.concatenate([[slope / guess, 0.5], np.full(curves, guess)])
    bounds = (
        np.concatenate([[10.0, 0.0], np.full(curves, 0.7 * guess)]),
        np.concatenate([[400.0, 0.95], np.full(curves, 1.4 * guess)]),
    )
    fit = least_squares(
        residuals,
        np.clip(start, *bounds),
        bounds=bounds,
        x_scale="jac",
        loss="soft_l1",
        f_scale=READING,
    )
    weights = 1 / np.sqrt(1 + (fit.fun / READING) ** 2)
    variance = _covariance(_jacobian(residuals, fit.x), fit.fun, weights, labels)
    (m, kauzmann), T_g = fit.x[:2], fit.x[2:]
    shares = np.bincount(labels) / T.size
    middle = float(shares @ T_g)
    if curves >= 3:
        T_g_error = np.sqrt(shares @ (T_g - middle) ** 2 / (curves - 1))
    else:
        T_g_error = np.sqrt(np.mean(np.diag(variance)[2:]))
    return ViscosityFit(
        T_g=middle,
        T_g_error=float(T_g_error),
        m=float(m),
        m_error=float(np.sqrt(variance[0, 0])),
        log10_limit=float(LOG10_GLASS - m * (1 - kauzmann)),
        T_0=float(middle * kauzmann),
        rms=float(np.sqrt(np.average(fit.fun**2, weights=weights))),
        points=T.size,
        curves=int(curves),
    )


@dataclass(frozen=True)
class ActivatedFit:
    """Activated law fitted below the crossover: T_g, T_K in K with errors, and the rms in decades."""

    T_g: float
    T_K: float
    T_g_error: float
    T_K_error: float
    mismatch_power: float
    log10_limit: float
    rms: float
    points: int

    def log10_viscosity(self, T: ArrayLike) -> Array:
        """log10 of the viscosity (Pa s) by activation alone, at ``T`` > T_K."""
        rise = LOG10_GLASS - self.log10_limit
        return self.log10_limit + activated_decades(
            T, self.T_g, self.T_K, rise, self.mismatch_power
        )


def fit_activated(
    T: ArrayLike,
    log10_viscosity: ArrayLike,
    mismatch_power: float = 1.0,
    above: float = 3.0,
    log10_limit: float = LOG10_BOILING,
) -> ActivatedFit:
    """T_g and T_K of the activated law from points with log10(eta/Pa s) >= ``above``.

    The prefactor is not fitted: it is the viscosity near boiling. Raises ``ValueError`` for fewer
    than four such points or a spread below two decades.
    """
    T, y = positive(T=T)[0], finite(log10_viscosity=log10_viscosity)[0]
    if T.ndim != 1 or T.shape != y.shape:
        raise ValueError(f"expected two columns of one length, got {T.shape} and {y.shape}")
    slow = y >= above
    if slow.sum() < 4 or np.ptp(y[slow]) < 2:
        raise ValueError(
            f"only {int(slow.sum())} points above log10(eta/Pa s) = {above:g}: no overlap with the "
            "activated regime, where four over two decades are needed"
        )
    T, y = T[slow], y[slow]

    def residuals(p: Array) -> Array:
        T_g, ratio = p
        law = activated_decades(
            T, T_g, ratio * min(T_g, T.min()), LOG10_GLASS - log10_limit, mismatch_power
        )
        return log10_limit + law - y

    start = float(np.interp(-LOG10_GLASS, -np.sort(y)[::-1], np.sort(T)))
    bounds = ([0.5 * start, 0.01], [2 * start, 0.9999])
    fit = least_squares(
        residuals, [start, 0.7], bounds=bounds, x_scale="jac", loss="soft_l1", f_scale=READING
    )
    weights = 1 / np.sqrt(1 + (fit.fun / READING) ** 2)
    clusters = np.zeros(T.size, int)
    variance = _covariance(_jacobian(residuals, fit.x), fit.fun, weights, clusters)
    T_g, ratio = fit.x
    coldest = min(float(T_g), float(T.min()))
    return ActivatedFit(
        float(T_g), float(ratio) * coldest, float(np.sqrt(variance[0, 0])),
        float(np.sqrt(variance[1, 1])) * coldest, mismatch_power, log10_limit,
        float(np.sqrt(np.average(fit.fun**2, weights=weights))), T.size,
    )  # fmt: skip


def _jacobian(residuals: Callable[[Array], Array], x: Array) -> Array:
    """Central differences; the solver's own Jacobian is already scaled by the robust loss."""
    steps = 1e-6 * np.maximum(np.abs(x), 1e-2)
    shifts = np.diag(steps)
    return np.column_stack(
        [
            (residuals(x + d) - residuals(x - d)) / (2 * h)
            for d, h in zip(shifts, steps, strict=True)
        ]
    )


def _covariance(jac: Array, residual: Array, weights: Array, clusters: NDArray[np.int_]) -> Array:
    """Covariance of a robust fit: from the scatter between clusters if there are five.

    With fewer, from the residuals by Huber's formula, but never better than one reading: compilers
    interpolate. The score of a point is its weighted residual; the slope of the score is the cube
    of the weight for the loss used here.
    """
    score, slope = weights * residual, weights**3
    count = clusters.max() + 1
    if count < 5:
        points, parameters = jac.shape
        # Few points: the mean slope is itself uncertain (Huber, Robust Statistics, Sec. 7.6).
        few = 1 + parameters / points * slope.var() / slope.mean() ** 2
        noise = few * np.sqrt(np.sum(score**2) / max(points - parameters, 1)) / slope.mean()
        return np.linalg.pinv(jac.T @ jac) * max(noise, READING) ** 2
    bread = np.linalg.pinv(jac.T @ (slope[:, None] * jac))
    scores = np.zeros((count, jac.shape[1]))
    np.add.at(scores, clusters, jac * score[:, None])
    return bread @ (scores.T @ scores) @ bread * count / (count - 1)


def _log(timescale: ArrayLike) -> Array:
    (ratio,) = positive(timescale=timescale)
    if np.any(ratio <= 1):
        raise ValueError(f"timescale (tau/tau_0) must exceed one, got {ratio.min():g}")
    return np.log(ratio)
