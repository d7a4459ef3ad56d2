"""Levels of a domain: two structural states, and ripplons on one of them."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from relics import ripplons
from relics.figures import Fact, Recipe, Table
from relics.plotting import COLOURS, style, subplots

BIASES = (0.05, -0.05)
ORDERS = np.arange(2, 7)
HIGHEST = 0.8
T = 0.05


def _spectrum() -> ripplons.Spectrum:
    lines = ripplons.ripplon_spectrum(highest=int(ORDERS[-1]))
    return lines


def compute() -> dict[str, Table]:
    """Levels up to 0.8 omega_D for both signs of the structural energy, and two partition functions."""
    lines = _spectrum()
    rows: list[tuple] = []
    for bias in BIASES:
        rows.append((bias, "first state", 0.0, 1.0, 0))
        rows.append((bias, "alternative state", bias, 1.0, 0))
        for order, omega, g in zip(ORDERS, *lines, strict=True):
            rows.append((bias, "one ripplon", bias + omega, g, order))
        energies, counts = ripplons.level_table(bias, lines, HIGHEST - bias)
        known = {round(r[2], 9) for r in rows if r[0] == bias}
        for e, n in zip(energies, counts, strict=True):
            if round(e, 9) not in known and e <= HIGHEST:
                rows.append((bias, "several ripplons", e, n, 0))
    levels = [np.array(c) for c in zip(*rows, strict=True)]
    sums = []
    for b in BIASES:
        energies, counts = ripplons.level_table(b, lines, 60 * T)
        direct = float(np.sum(counts * np.exp(-energies / T)))
        sums.append((b, direct, float(ripplons.domain_partition_function(T, b, lines))))
    totals = [np.array(c) for c in zip(*sums, strict=True)]
    return {
        "levels": Table(
            dict(zip(("bias", "kind", "energy", "degeneracy", "order"), levels, strict=True)),
            {"bias": "omega_D", "kind": "", "energy": "omega_D", "degeneracy": "1", "order": "1"},
        ),
        "sums": Table(
            dict(zip(("bias", "levels", "product"), totals, strict=True)),
            {"bias": "omega_D", "levels": "1", "product": "1"},
        ),
    }


def draw(panels: dict[str, Table]) -> Figure:
    """Two ladders side by side; line width grows with the degeneracy."""
    table = panels["levels"]
    with style():
        figure, axes = subplots(1, 2, sharey=True)
        for axis, bias in zip(axes, BIASES, strict=True):
            here = table.rows(bias=bias)
            for kind, energy, g, order in zip(
                here["kind"], here["energy"], here["degeneracy"], here["order"], strict=True
            ):
                left = kind == "first state"
                ends = (0.05, 0.4) if left else (0.6, 0.95)
                colour = (
                    COLOURS[0]
                    if left
                    else COLOURS[1]
                    if kind == "alternative state"
                    else COLOURS[2]
                )
                if kind == "several ripplons":
                    axis.hlines(energy, *ends, color="0.75", linewidth=0.6, zorder=1)
                    continue
                axis.hlines(energy, *ends, color=colour, linewidth=0.8 + 0.2 * g, zorder=2)
                if kind == "one ripplon":
                    axis.text(0.97, energy, f"$l={int(order)}$", va="center", fontsize=7)
                    axis.annotate(
                        "", (0.6, energy), (0.4, 0), arrowprops={"arrowstyle": "<->", "lw": 0.6}
                    )
            axis.annotate(
                "",
                (0.78, here.rows(order=2)["energy"][0]),
                (0.78, bias),
                arrowprops={"arrowstyle": "<->", "ls": "--", "lw": 0.8},
            )
            axis.text(0.22, -0.075, "first state", ha="center", fontsize=8)
            axis.text(0.78, bias - 0.035, "alternative state", ha="center", fontsize=8)
            axis.set(
                xlim=(0, 1.12),
                ylim=(-0.12, HIGHEST),
                xticks=[],
                title=rf"$\epsilon={bias:+.2f}\,\hbar\omega_D$",
            )
            axis.grid(False)
        axes[0].set_ylabel(r"energy / $\hbar\omega_D$")
    return figure


def facts(panels: dict[str, Table]) -> list[Fact]:
    """Gaps, degeneracies, which state is lowest, and the sum over levels."""
    table = panels["levels"]
    up = table.rows(bias=BIASES[0])
    one = up.rows(kind="one ripplon")
    gap = one["energy"] - BIASES[0]
    degeneracy = {int(o): g for o, g in zip(one["order"], one["degeneracy"], strict=True)}
    attached = {b: table.rows(bias=b).rows(kind="one ripplon")["energy"] for b in BIASES}
    offset = [np.min(np.abs(attached[b] - gap)) for b in BIASES]
    lowest = {
        b: str(table.rows(bias=b)["kind"][np.argmin(table.rows(bias=b)["energy"])]) for b in BIASES
    }
    sums = panels["sums"]
    error = np.max(np.abs(sums["levels"] / sums["product"] - 1))
    return [
        Fact(f"lowest ripplon {gap[0]:.4f} omega_D", abs(gap[0] - 0.15) < 0.005),
        Fact(f"omega_3/omega_2 = {gap[1] / gap[0]:.4f}", abs(gap[1] / gap[0] - 1.581) < 1e-3),
        Fact(f"degeneracies {degeneracy[2]:.0f} and {degeneracy[3]:.0f}", degeneracy[2] == 5 and degeneracy[3] == 7),
        Fact(f"ladders are shifted by the structural energy, by at least {min(offset):.3f} omega_D from zero",
             min(offset) > 0.049),
        Fact(f"lowest level: {lowest[BIASES[1]]} for eps < 0, {lowest[BIASES[0]]} for eps > 0",
             lowest[BIASES[1]] == "alternative state" and lowest[BIASES[0]] == "first state"),
        Fact(f"sum over levels equals the product within {error:.1e} at T = {T} omega_D", error < 1e-6),
    ]  # fmt: skip


RIPPLON_LADDER = Recipe(
    compute,
    draw,
    facts,
    caption=(
        r"Levels of a domain whose alternative state lies above (left) or below (right) the first "
        r"one. Ripplons exist on the alternative state only; thick lines are states with one "
        r"ripplon, their width grows with the degeneracy \(2l+1\), grey lines are states with "
        r"several. Full arrows: transitions that change the structure and couple to strain in first "
        r"order. Dashed: change of the wall alone, which couples in higher order only."
    ),
    alt=(
        "Two level diagrams. On the left of each a single level at zero; on the right of each the "
        "alternative state and a ladder of ripplon levels above it, joined to the first state by "
        "arrows."
    ),
    parameters={"biases": list(BIASES), "highest": HIGHEST, "temperature": T},
    sources=("LW07 Eqs. 33 and 35",),
    data=(),
    seeds=(),
)
