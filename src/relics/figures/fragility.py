"""Fragility measured in kinetics against fragility computed from thermodynamics."""

from __future__ import annotations

import re

import numpy as np
from matplotlib.figure import Figure

from relics import rfot, viscosity
from relics.configurational_entropy import LENNARD_JONES_FUSION
from relics.figures import Fact, Panels, Recipe, Table
from relics.materials import load_table
from relics.plotting import COLOURS, RECALLED, RECALLED_LABEL, style, subplots

TIMESCALE, LINDEMANN = 1e17, 0.1
DATA = "fragility_thermodynamics"
LEFT_OUT = ("SiO2", "GeO2")
"""Network formers whose recalled heat-capacity jump is uncertain by a factor."""


def _entropy() -> float:
    return float(rfot.entropy_at_glass_transition(TIMESCALE, rfot.reduced_mismatch(LINDEMANN)))


def compute() -> dict[str, Table]:
    """Diagonal, recalled liquids, traced fragilities, and the law m(D) with D = 32/(Delta c_p/k_B)."""
    table = load_table(DATA).columns
    jump = table["Delta c_p/Delta S_m"]
    usable = np.isfinite(jump) & ~np.isin(table["substance"], LEFT_OUT)
    per_bead = LENNARD_JONES_FUSION * jump[usable]
    predicted = viscosity.fragility_from_entropy(TIMESCALE, per_bead, _entropy())
    D = np.geomspace(3, 100, 61)
    far = np.array([1e4, 1e6])
    heat = np.geomspace(0.01, 8, 61)
    strength = viscosity.strength(rfot.reduced_mismatch(LINDEMANN), heat)
    line = np.array([0.0, 200.0])
    return {
        "diagonal": Table({"m_theory": line, "m_measured": line}, {"m_theory": "1", "m_measured": "1"}),
        "recalled": Table(
            {
                "substance": table["substance"][usable],
                "m_theory": predicted,
                "error m_theory": predicted * table["error of Delta c_p (%)"][usable] / 100,
                "m_measured": table["m measured recalled"][usable],
                "error m_measured": table["error of m"][usable],
            },
            {
                "substance": "", "m_theory": "1", "error m_theory": "1", "m_measured": "1",
                "error m_measured": "1",
            },
        ),
        "traced": _traced(),
        "strength": Table(
            {"D": np.concatenate([D, far]), "m": viscosity.fragility_from_strength(np.concatenate([D, far]), TIMESCALE)},
            {"D": "1", "m": "1"},
        ),
        "heat_capacity": Table(
            {"Delta_c_p": heat, "D": strength, "m": viscosity.fragility_from_strength(strength, TIMESCALE)},
            {"Delta_c_p": "k_B", "D": "1", "m": "1"},
        ),
    }  # fmt: skip


def _traced() -> Table:
    """Fragilities fitted to traced viscosities, of the liquids that have enough points."""
    rows = []
    for name in viscosity.materials():
        data = viscosity.measured(name)
        try:
            fit = viscosity.fit_vogel_fulcher(data.T, data.log10_viscosity, data.curve)
        except ValueError:
            continue
        rows.append((name, fit.m, fit.m_error, fit.T_g, fit.T_g_error, fit.curves))
    names = ("material", "m", "error m", "T_g", "error T_g", "curves")
    units = ("", "1", "1", "K", "K", "1")
    columns = dict(zip(names, (np.array(c) for c in zip(*rows, strict=True)), strict=True))
    return Table(columns, dict(zip(names, units, strict=True)))


def draw(panels: Panels) -> Figure:
    """Scatter over the diagonal; fragility against the heat capacity of a bead with traced liquids."""
    with style():
        figure, (left, right) = subplots(1, 2, size=(9.4, 4.3))
        points = panels["recalled"]
        left.plot(panels["diagonal"]["m_theory"], panels["diagonal"]["m_measured"], color=COLOURS[0],
                  label="prediction, no parameter")  # fmt: skip
        left.errorbar(points["m_theory"], points["m_measured"], points["error m_measured"], points["error m_theory"],
                      "o", color="0.35", elinewidth=0.6, label=RECALLED_LABEL, **RECALLED)  # fmt: skip
        left.set(xlim=(0, 200), ylim=(0, 200), aspect="equal", xlabel=r"fragility from $\Delta c_p$ and fusion",
                 ylabel="fragility from kinetics")  # fmt: skip
        left.legend(loc="upper left")
        law, traced = panels["heat_capacity"], panels["traced"]
        order = np.argsort(traced["m"])
        right.errorbar(traced["m"][order], np.arange(order.size), xerr=traced["error m"][order], fmt="s",
                       color=COLOURS[1], elinewidth=1.0, label="from measured viscosities")  # fmt: skip
        right.axvline(
            panels["strength"]["m"][-1],
            color="0.4",
            linewidth=0.8,
            linestyle=":",
            label="strong limit",
        )
        names = [re.sub(r"(?<=[A-Za-z)])(\d+)", r"$_{\1}$", m) for m in traced["material"][order]]
        right.set_yticks(np.arange(order.size), names, fontsize=8)
        right.set(xlim=(10, 110), xlabel="fragility index $m$")
        rise, strong = np.polyfit(law["Delta_c_p"], law["m"], 1)
        jump_of = (lambda m: (m - strong) / rise, lambda c: strong + rise * c)
        needed = right.secondary_xaxis("top", functions=jump_of)
        needed.set_xlabel(r"heat-capacity jump that it needs, a bead / $k_B$")
        right.legend(loc="lower right")
    return figure


def facts(panels: Panels) -> list[Fact]:
    """The diagonal, the limits of m(D), and what the recalled points do not do."""
    x, y = panels["diagonal"]["m_theory"], panels["diagonal"]["m_measured"]
    slope, intercept = np.polyfit(x, y, 1)
    strength, law = panels["strength"], panels["heat_capacity"]
    near = strength["D"] <= 100
    limit = strength["m"][-1]
    floor = np.log10(TIMESCALE)
    power = np.diff(np.log(law["m"] - floor)) / np.diff(np.log(law["Delta_c_p"]))
    drawn = _limits(panels)
    without = _limits({**panels, "recalled": panels["recalled"].rows(substance="none")})
    return [
        Fact(f"slope {slope:.12g}, intercept {intercept:.1e}", abs(slope - 1) < 1e-12 and abs(intercept) < 1e-9),
        Fact(f"m = {limit:.4f} at D = {strength['D'][-1]:g}", abs(limit - 17.0) < 0.05),
        Fact(f"from {strength['m'][0]:.1f} at D = 3 to {strength['m'][near][-1]:.1f} at D = 100",
             bool(np.all(np.diff(strength["m"][near]) < 0))),
        Fact(f"log slope between {power.min():.9f} and {power.max():.9f}", bool(np.abs(power - 1).max() < 1e-6)),
        Fact(f"axes {drawn} with the recalled points and without", drawn == without),
    ]  # fmt: skip


def _limits(panels: Panels) -> str:
    left = draw(panels).axes[0]
    return ", ".join(f"{v:g}" for v in (*left.get_xlim(), *left.get_ylim()))


FRAGILITY = Recipe(
    compute,
    draw,
    facts,
    caption=(
        r"Left: fragility measured in kinetics against the one that follows from calorimetry, "
        r"\(m = \log_{10}(e)\,L\,\Delta c_p/s_c\) for each bead, the number of beads being the entropy "
        r"of fusion over \(1.68\,k_B\); \(L = \ln 10^{17}\), \(s_c = 0.82\,k_B\). The line has no "
        r"parameter. Hollow: typical literature value, not traced (heat-capacity jumps and fragilities "
        r"recalled, unverified; SiO2 and GeO2 left out); they enter no fit, verdict or axis. Right: "
        r"fragilities fitted to traced viscosities (SciGlass) with one standard error, and above them the "
        r"heat-capacity jump of a bead that the theory needs for each, \(m = \log_{10}(e)(L + L^2/D)\) "
        r"with \(D = 32\,k_B/\Delta c_p\) (the jump at \(T_K\), smaller than that at \(T_g\) by \(s_c\)). Dotted: the strong limit, 17."
    ),
    alt=(
        "Left, a diagonal with about fifteen hollow points around and mostly above it. Right, a "
        "list of twelve liquids with their fragilities, from silica near 19 to a nitrate melt near 90."
    ),
    parameters={
        "timescale": TIMESCALE,
        "lindemann": LINDEMANN,
        "entropy of fusion per bead": LENNARD_JONES_FUSION,
    },
    sources=(
        "SciGlass (class T, ODbL)",
        "CRC Handbook (class T)",
        "Delta c_p and m recalled (class R)",
    ),
    data=(f"{DATA}.csv", "viscosity_inorganic_sciglass.csv"),
)
