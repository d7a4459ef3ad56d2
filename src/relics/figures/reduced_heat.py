"""Specific heat of glasses less Debye's part: the minimum between two powers."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from relics import mode_heat
from relics.figures import Fact, Recipe, Table
from relics.materials import load_table
from relics.plotting import COLOURS, RECALLED, RECALLED_LABEL, style, subplots

SEED = 15
NOISE = 0.03
FIT_REACH = 1.5
"""Upper end of the fitted range over the temperature of the minimum."""


def _silica(quantity: str) -> float:
    rows = load_table("lb21_fig15_fallback").rows(quantity=f"a-SiO2 {quantity}")
    return float(rows.columns["value"][0])


def compute() -> dict[str, Table]:
    """Curve and synthetic points with silica's recalled coefficients; the line of the minima."""
    tls, soft = _silica("C_TLS"), _silica("C_sm")
    T_min, lowest = mode_heat.minimum_of_excess(tls, soft)
    T = T_min * np.geomspace(0.1, 10, 161)
    measured = T_min * np.geomspace(0.25, FIT_REACH, 40)
    noise = np.exp(NOISE * np.random.default_rng(SEED).normal(size=measured.size))
    points = mode_heat.reduced_excess(measured, tls, soft) * noise
    fitted = mode_heat.fit_excess(measured, points)
    found, _ = mode_heat.minimum_of_excess(*fitted)
    line = np.geomspace(0.5, 10, 41)
    minima = [mode_heat.minimum_of_excess(ratio, 1.0)[0] for ratio in line**4]
    return {
        "curve": Table(
            columns={
                "T": T,
                "excess": mode_heat.reduced_excess(T, tls, soft),
                "centres": tls / T**2,
                "modes": soft * T**2,
                "fit": mode_heat.reduced_excess(T, *fitted),
            },
            units={"T": "K"} | dict.fromkeys(("excess", "centres", "modes", "fit"), "J/(g K^4)"),
        ),
        "synthetic": Table(
            columns={"T": measured, "excess": points}, units={"T": "K", "excess": "J/(g K^4)"}
        ),
        "minimum": Table(
            columns={"T": [T_min], "excess": [lowest], "fitted": [found], "ratio": [tls / soft]},
            units={"T": "K", "excess": "J/(g K^4)", "fitted": "K", "ratio": "K^4"},
        ),
        "line": Table(
            columns={"T_min": np.array(minima), "ratio": line**4},
            units={"T_min": "K", "ratio": "K^4"},
        ),
    }


def draw(panels: dict[str, Table]) -> Figure:
    """(a) the curve, its asymptotes and points made from it; (b) the line of all minima."""
    curve, points, minimum, line = (panels[k] for k in ("curve", "synthetic", "minimum", "line"))
    unit = 1e-6
    with style():
        figure, (left, right) = subplots(1, 2, size=(8.6, 3.8))
        left.loglog(curve["T"], curve["excess"] / unit, color=COLOURS[0], label="two powers")
        left.loglog(curve["T"], curve["centres"] / unit, "--", color=COLOURS[1], lw=1.1)
        left.loglog(curve["T"], curve["modes"] / unit, "--", color=COLOURS[2], lw=1.1)
        left.loglog(
            points["T"],
            points["excess"] / unit,
            "o",
            color=COLOURS[6],
            ms=3,
            mfc="none",
            label="synthetic: formula and 3 % noise",
        )
        left.axvline(minimum["T"][0], color="0.6", lw=0.8)
        left.annotate("$T_{\\min}$", (minimum["T"][0], 0.06), (3, 0), textcoords="offset points")
        left.text(0.3, 3.2, "$T^{-2}$", color=COLOURS[1])
        left.text(6.2, 3.2, "$T^{2}$", color=COLOURS[2])
        left.set(
            xlim=(0.15, 16),
            ylim=(0.05, 60),
            xlabel="temperature [K]",
            ylabel="$(C-C_DT^3)/T^3$  [µJ/(g K$^4$)]",
            title="(a)",
        )
        left.legend(loc="upper center")
        right.loglog(line["T_min"], line["ratio"], color=COLOURS[0], label="$T_{\\min}^4$, exact")
        ratio = minimum["ratio"]
        right.errorbar(
            minimum["T"],
            ratio,
            xerr=0.15 * minimum["T"],
            yerr=[ratio / 3, ratio / 2],
            marker="o",
            color=COLOURS[1],
            label=f"silica: {RECALLED_LABEL}",
            **RECALLED,
        )
        right.set(
            xlabel="$T_{\\min}$ [K]",
            ylabel="$C_{\\rm TLS}/C_{\\rm sm}$ [K$^4$]",
            title="(b)",
        )
        right.legend(loc="upper left")
    return figure


def _slope(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.gradient(np.log(y), np.log(x))


def facts(panels: dict[str, Table]) -> list[Fact]:
    """The six facts of the figure, from the drawn curves."""
    curve, minimum, line = panels["curve"], panels["minimum"], panels["line"]
    T, y = curve["T"], curve["excess"]
    expected = float(minimum["ratio"][0]) ** 0.25
    off = abs(float(minimum["T"][0]) / expected - 1)
    twice = 2 * np.sqrt(curve["centres"] * curve["modes"])[0]
    value = abs(float(minimum["excess"][0]) / twice - 1)
    slopes = _slope(T, y)[[1, -2]]
    gap = np.interp(0.0, np.log(curve["modes"] / curve["centres"]), np.log(T))
    at_crossing = float(np.exp(np.interp(gap, np.log(T), np.log(y))))
    asymptote = float(np.exp(np.interp(gap, np.log(T), np.log(curve["modes"]))))
    crossing = max(abs(np.exp(gap) / expected - 1), abs(at_crossing / asymptote / 2 - 1))
    power = _slope(line["T_min"], line["ratio"])
    unit = np.abs(line["ratio"] / line["T_min"] ** 4 - 1).max()
    fitted = float(minimum["fitted"][0]) / expected - 1
    straight = max(float(np.abs(power - 4).max()), float(unit))
    return [
        Fact(f"minimum off by {off:.1e}, relative", off < 1e-6),
        Fact(f"value off by {value:.1e}, relative", value < 1e-9),
        Fact(
            f"slopes {slopes[0]:.4f} and {slopes[1]:.4f}",
            bool(np.all(np.abs(slopes - [-2, 2]) < 0.01)),
        ),
        Fact(f"crossing and factor two within {crossing:.1e}", crossing < 1e-9),
        Fact(f"slope four and prefactor one within {straight:.1e}", straight < 1e-9),
        Fact(
            f"minimum of the fit to synthetic data off by {100 * fitted:+.2f} percent",
            abs(fitted) < 0.02,
        ),
    ]


REDUCED_HEAT = Recipe(
    compute,
    draw,
    facts,
    caption=r"Specific heat less Debye's part, over \(T^3\). (a) The sum of the two powers with the "
    r"coefficients of silica (recalled, unverified), its asymptotes (dashed), and synthetic points made "
    r"from the formula with three percent noise. The measured points of the borate glass that the "
    r"original figure shows could not be traced and are missing. (b) The place of the minimum: the line "
    r"is exact. Of twelve glasses in the original only silica is shown, hollow, with recalled "
    r"coefficients from which its minimum is derived, so that it lies on the line by construction; the "
    r"published table could not be traced.",
    alt="Left: a curve with a minimum between two straight dashed lines, with points scattered on it. "
    "Right: a straight line on logarithmic axes with one hollow point for silica on it.",
    parameters={"noise": NOISE, "fit up to over T_min": FIT_REACH},
    sources=("LB21 Eq. 23", "LB21 Sec. V"),
    data=("lb21_fig15_fallback.csv",),
    seeds=(SEED,),
)
