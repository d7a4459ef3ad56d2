"""The free energy of an entropic droplet against its size."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from relics import rfot
from relics.figures import Fact, Recipe, Table
from relics.plotting import COLOURS, style, subplots

TIMESCALE = 1e17
LINDEMANN = 0.1


def _liquid() -> tuple[float, float, float]:
    """gamma (J), s_c (J/K) and T (K) with k_B T_g as the unit of energy."""
    mismatch = rfot.reduced_mismatch(LINDEMANN)
    s_c = rfot.entropy_at_glass_transition(TIMESCALE, mismatch)
    return float(mismatch), float(s_c), 1.0


def _profile(N: np.ndarray) -> np.ndarray:
    return rfot.droplet_free_energy(N, *_liquid())


def compute() -> dict[str, Table]:
    """Profile up to N = 250, its marks, and three close points each where slopes are judged."""
    N = np.linspace(0.0, 250.0, 501)
    critical, cooperative = rfot.critical_size(*_liquid()), rfot.cooperative_size(*_liquid())
    places = {"start": 1e-4, "cooperative": float(cooperative), "far": 1e4 * float(cooperative)}
    around = np.array([N * (1 + d) for N in places.values() for d in (-1e-5, 0.0, 1e-5)])
    marks = np.array([0.0, critical, cooperative])
    units = {"N": "1", "F": "k_B T_g"}
    gamma, s_c, _ = _liquid()
    return {
        "profile": Table(columns={"N": N, "F": _profile(N)}, units=units),
        "marks": Table(
            columns={
                "mark": np.array(["origin", "critical", "cooperative"]),
                "N": marks,
                "F": _profile(marks),
            },
            units={"mark": "", **units},
        ),
        "slopes": Table(
            columns={"place": np.repeat(list(places), 3), "N": around, "F": _profile(around)},
            units={"place": "", **units},
        ),
        "inputs": Table(
            columns={"gamma": np.array([gamma]), "s_c": np.array([s_c])},
            units={"gamma": "k_B T_g", "s_c": "k_B"},
        ),
    }


def draw(panels: dict[str, Table]) -> Figure:
    """The profile with the critical droplet and the cooperative region marked."""
    profile, marks = panels["profile"].columns, panels["marks"].columns
    (_, critical, cooperative), (_, height, _) = marks["N"], marks["F"]
    with style():
        figure, axes = subplots()
        axes.axhline(0, color="black", linewidth=0.8)
        axes.plot(profile["N"], profile["F"], color=COLOURS[0])
        axes.plot(marks["N"][1:], marks["F"][1:], "o", color=COLOURS[1], zorder=3)
        axes.vlines(critical, 0, height, color=COLOURS[1], linestyle=":", linewidth=1)
        label = rf"$F^\ddagger = {height:.1f}\,k_BT_g$ at $N^\ddagger = {critical:.1f}$"
        axes.annotate(label, (critical, height), (-6, 8), textcoords="offset points")
        axes.annotate(
            rf"$N^* = {cooperative:.0f}$", (cooperative, 0), (4, 8), textcoords="offset points"
        )
        axes.set(xlim=(0, 250), ylim=(-15, 45), xlabel=r"beads in the droplet, $N$")
        axes.set_ylabel(r"free energy $F(N)$ / $k_BT_g$")
    return figure


def facts(panels: dict[str, Table]) -> list[Fact]:
    """Height, sizes, and slopes at both ends, all from the computed points."""
    profile, marks = panels["profile"].columns, panels["marks"].columns
    (_, critical, cooperative), (origin, height, zero) = marks["N"], marks["F"]
    s_c = panels["inputs"].columns["s_c"][0]
    N, F = (panels["slopes"].columns[key].reshape(3, 3) for key in ("N", "F"))
    slopes = np.diff(F) / np.diff(N)
    power = np.log(slopes[0, 1] / slopes[0, 0]) / np.log((N[0, 2] + N[0, 1]) / (N[0, 1] + N[0, 0]))
    at_zero, far = slopes[1].mean(), slopes[2].mean()
    beyond = profile["F"][profile["N"] > cooperative]
    tallest = profile["F"].max()
    return [
        Fact(f"barrier {height:.2f} k_B T_g, largest plotted value {tallest:.2f}",
             abs(height - 39) < 1 and 0 <= height - tallest < 0.01),
        Fact(f"N* = {cooperative:.1f}", abs(cooperative - 190) < 2),
        Fact(f"N_ddagger/N* = {critical / cooperative:.9f}", abs(4 * critical / cooperative - 1) < 1e-6),
        Fact(f"F(0) = {origin:g}, log slope of dF/dN at N = 1e-4: {power:.4f}",
             origin == 0 and abs(power + 0.5) < 0.02),
        Fact(f"F(N*)/F_ddagger = {zero / height:.1e}, dF/dN there = {at_zero / s_c:.9f} T_g s_c",
             abs(zero / height) < 1e-9 and abs(at_zero / (-s_c / 2) - 1) < 1e-6),
        Fact(f"largest F beyond N*: {beyond.max():.3f} k_B T_g", bool(np.all(beyond < 0))),
        Fact(f"dF/dN at 1e4 N* = {far / s_c:.5f} T_g s_c", abs(far / -s_c - 1) < 0.01),
    ]  # fmt: skip


DROPLET_PROFILE = Recipe(
    compute,
    draw,
    facts,
    caption=(
        r"Free energy of a droplet of \(N\) beads at the glass transition on the scale of "
        r"\(\tau/\tau_0 = 10^{17}\): the square-root mismatch wins first, the entropy of the "
        r"packings last. The maximum is the barrier; the zero beyond it is the size of a cell of "
        r"the mosaic. The mismatch follows from a Lindemann ratio of one tenth, the entropy from "
        r"the time scale. Beyond \(N^*\) the curve has no meaning for a single droplet."
    ),
    alt=(
        "A curve that rises steeply from zero, passes a maximum of 39 thermal energies near 48 "
        "beads, falls through zero at 191 beads and goes on falling almost linearly."
    ),
    parameters={"timescale": TIMESCALE, "lindemann": LINDEMANN},
    sources=("LW07 Eqs. 6 and 7", "Lindemann ratio 0.1 as quoted by LW07 (class Q)"),
    data=(),
    seeds=(),
)
