"""Squared cubic coefficient against stiffness times quartic coefficient of nonlinear modes."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from relics import soft_potentials
from relics.figures import Fact, Recipe, Table
from relics.glass import ensembles, protocols
from relics.plotting import COLOURS, MARKERS, style, subplots

COOLED, LINEAR = "cooled-binary-r10-3d-500", "soft-modes-binary-r10-3d-500"
PARENTS = {t: f"parent-{t:g}-500" for t in (0.38, 0.45, 0.6, 1.0)}
LOWER, UPPER = 0.4, 3.0
SAME = 1e-5
SHOWN = 700

Array = NDArray[np.float64]


def distinct_rows(rows: Array) -> Array:
    """Rows (m, 4) of one glass without repetitions of a mode (equal b2) and empty rows."""
    rows = rows[np.isfinite(rows[:, 0])]
    rows = rows[np.argsort(rows[:, 0])]
    if len(rows) < 2:
        return rows
    return rows[np.append(True, np.diff(rows[:, 0]) > SAME * rows[1:, 0])]


def nonlinear_modes(store: str) -> Array:
    """b2, b3, b4 of the distinct nonlinear modes of an ensemble, (m, 3)."""
    stacked = ensembles.read(protocols.stores() / store).stack("nonlinear")
    return np.concatenate([distinct_rows(rows) for rows in stacked])[:, :3]


def parents() -> dict[float, str]:
    """Parent temperatures whose ensembles are in the stores."""
    return {t: n for t, n in PARENTS.items() if ensembles.filled(protocols.stores() / n)}


def compute() -> dict[str, Table]:
    """Coefficients of nonlinear modes by ensemble, and of the softest linear modes."""
    found = {"cooled": nonlinear_modes(COOLED)}
    found |= {f"{t:g}": nonlinear_modes(name) for t, name in parents().items()}
    found["linear"] = ensembles.read(protocols.stores() / LINEAR).stack("harmonic").reshape(-1, 3)
    table = {
        "ensemble": np.concatenate([[n] * len(a) for n, a in found.items()]),
        **{
            n: np.concatenate([a[:, k] for a in found.values()])
            for k, n in enumerate(("b2", "b3", "b4"))
        },
    }
    units = {"ensemble": "", "b2": "eps/sig^2", "b3": "eps/sig^3", "b4": "eps/sig^4"}
    grid = np.geomspace(4, 2e4, 40)
    bounds = {
        "product": grid,
        "upper": [soft_potentials.global_minimum_threshold(v, 1.0) ** 2 for v in grid],
        "lower": LOWER * grid,
    }
    return {
        "modes": Table(table, units),
        "bounds": Table(bounds, dict.fromkeys(bounds, "eps^2/sig^6")),
    }  # fmt: skip


def ratio(rows: Table) -> Array:
    """b3^2/(b2 b4) of every row."""
    return rows["b3"] ** 2 / (rows["b2"] * rows["b4"])


def _names(modes: Table) -> list[str]:
    """Ensembles of nonlinear modes, the binary one first, then by parent temperature."""
    there = set(modes["ensemble"].tolist()) - {"cooled", "linear"}
    return ["cooled", *sorted(there, key=float)]


def shares(rows: Table) -> tuple[float, float]:
    """Shares of rows between both bounds and above the upper one."""
    rho = ratio(rows)
    return float(np.mean((rho >= LOWER) & (rho <= UPPER))), float(np.mean(rho > UPPER))


def cubic_slope(rows: Table) -> float:
    """Slope of ln |b3| against ln b2 by least squares."""
    return float(np.polyfit(np.log(rows["b2"]), np.log(np.abs(rows["b3"])), 1)[0])


def draw(panels: dict[str, Table]) -> Figure:
    """Nonlinear modes between the lines, linear modes below them; distributions of the ratio."""
    modes, bounds = panels["modes"], panels["bounds"]
    with style():
        figure, (left, right) = subplots(1, 2, size=(9.4, 4.2))
        linear = modes.rows(ensemble="linear")
        left.loglog(
            linear["b2"] * linear["b4"], linear["b3"] ** 2, ".", ms=3, color="0.75",
            label="linear modes", rasterized=True,
        )  # fmt: skip
        names = _names(modes)
        texts = ["cooled (binary)", *(f"$T_p={n}$" for n in names[1:])]
        for k, (name, text) in enumerate(zip(names, texts, strict=True)):
            rows = modes.rows(ensemble=name)
            x, y = rows["b2"] * rows["b4"], rows["b3"] ** 2
            step = max(1, x.size // SHOWN)
            left.loglog(x[::step], y[::step], MARKERS[k], ms=2.6, color=COLOURS[k], alpha=0.55, mew=0, label=text, rasterized=True)  # fmt: skip
            rho = np.sort(ratio(rows))
            share = (np.arange(rho.size) + 0.5) / rho.size
            right.semilogx(rho, share, color=COLOURS[k], label=text)
        rho = np.sort(ratio(linear))
        right.semilogx(
            rho, (np.arange(rho.size) + 0.5) / rho.size, color="0.6", label="linear modes"
        )
        left.loglog(bounds["product"], bounds["upper"], "k-", lw=1.2)
        left.loglog(bounds["product"], bounds["lower"], "k--", lw=1.2)
        left.set(xlabel="$b_2b_4$", ylabel="$b_3^2$", title="(a)", ylim=(0.05, 3e4))
        left.legend(loc="lower right", markerscale=2)
        for value, line in ((UPPER, "-"), (LOWER, "--")):
            right.axvline(value, color="black", lw=1, ls=line)
        right.set(xlim=(0.03, 12), xlabel="$b_3^2/b_2b_4$", ylabel="share of modes below")
        right.set(title="(b) distribution of the ratio")
        right.legend(loc="center left")
    return figure


def facts(panels: dict[str, Table]) -> list[Fact]:
    """Both bounds, the middle of the ratio, how b3 follows b2, and linear modes."""
    modes = panels["modes"]
    names = _names(modes)
    rows = {n: modes.rows(ensemble=n) for n in names}
    between = {n: shares(r)[0] for n, r in rows.items()}
    above = {n: shares(r)[1] for n, r in rows.items()}
    middle = {n: float(np.median(ratio(r))) for n, r in rows.items()}
    slopes = {n: cubic_slope(r) for n, r in rows.items()}
    least = float(ratio(modes.rows(ensemble="linear")).min())

    def text(values: dict[str, float], digits: int) -> str:
        labelled = {("cooled" if n == "cooled" else f"T_p = {n}"): v for n, v in values.items()}
        return ", ".join(f"{v:.{digits}f} ({n})" for n, v in labelled.items())

    count = ", ".join(str(r["b2"].size) for r in rows.values())
    return [
        Fact(f"{text(between, 3)}; {count} modes", all(v >= 0.9 for v in between.values()),
             "" if all(v >= 0.9 for v in between.values()) else "the glasses of the hottest liquids keep more double wells above the upper line"),
        Fact(text(middle, 2), all(1.0 <= v <= 1.6 for v in middle.values()),
             "" if all(1.0 <= v <= 1.6 for v in middle.values()) else "the medians of some ensembles lie outside"),
        Fact(text(above, 4), all(v <= 0.05 for v in above.values()),
             "" if all(v <= 0.05 for v in above.values()) else "glasses quenched at once from hot liquids rest in the higher of two wells more often"),
        Fact(text(slopes, 2), all(0.4 <= v <= 0.8 for v in slopes.values()),
             "" if all(0.4 <= v <= 0.8 for v in slopes.values()) else "the range of stiffnesses is narrow and b4 varies with it"),
        Fact(f"{least:.1e}", least < 0.1),
        Fact(
            f"above 3: {text({n: v for n, v in above.items() if n != 'cooled'}, 4)}; slopes {text(slopes, 2)}",
            beyond_reach=True,
            why="modes above the line are so few that their share needs thousands of modes at each of several lower parent temperatures",
        ),
    ]  # fmt: skip


CUBIC_AGAINST_QUARTIC = Recipe(
    compute,
    draw,
    facts,
    caption=(
        "(a) Squared cubic coefficient of nonlinear modes against the product of stiffness and quartic "
        "coefficient: three-dimensional binary glasses cooled from the melt and polydisperse ones quenched from "
        "four parent temperatures (at most 700 points each), and the softest linear modes of binary glasses "
        "(grey). Solid: \\(3b_2b_4\\), above which the other well is deeper; dashed: \\(0.4\\,b_2b_4\\). (b) Share "
        "of modes below a ratio."
    ),
    alt=(
        "Left, a narrow band of points along two parallel lines, with grey points scattered far below. "
        "Right, cumulative curves that rise between the two lines, the grey one long before."
    ),
    parameters={"bounds": (LOWER, UPPER)},
    sources=tuple(f"computed here from the store {n}" for n in (COOLED, LINEAR, *PARENTS.values())),
)
