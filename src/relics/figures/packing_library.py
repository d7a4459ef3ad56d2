"""Rearranged regions of a packing, and the levels of the local libraries they stand for."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Polygon

from relics import library, packing, random_energy, rfot
from relics.figures import Fact, Panels, Recipe, Table
from relics.plotting import COLOURS, style

DISKS, PACKING_SEED, MOVE_SEED, LEVEL_SEED = 200, 5, 1, 11
SIZES = (5, 7)
BULK = 12
COPIES = 1000
TIMESCALE = 1e17


def _liquid() -> tuple[float, float]:
    """gamma in k_B T_g and s_c in k_B."""
    mismatch = float(rfot.reduced_mismatch(0.1))
    return mismatch, float(rfot.entropy_at_glass_transition(TIMESCALE, mismatch))


def _disks() -> tuple[Table, Table]:
    initial = packing.soft_disk_packing(DISKS, PACKING_SEED)
    rows: list[list[np.ndarray]] = []
    corners: list[list[np.ndarray]] = []
    for size in (0, *SIZES):
        moving = packing.region(initial, max(size, 1)) if size else np.array([], int)
        now = packing.rearranged(initial, moving, MOVE_SEED) if size else initial
        moved = np.isin(np.arange(DISKS), moving).astype(int)
        rows.append(
            [
                np.full(DISKS, size),
                np.arange(DISKS),
                *now.positions.T,
                *initial.positions.T,
                initial.radii,
                moved,
            ]
        )
        for cell, polygon in zip(moving, packing.voronoi_cells(initial, moving), strict=True):
            count = len(polygon)
            corners.append([np.full(count, size), np.full(count, cell), *polygon.T])
    names = ("region", "disk", "x", "y", "x_before", "y_before", "radius", "moved")
    units = dict.fromkeys(names, "mean diameters") | {"region": "1", "disk": "1", "moved": "1"}
    disks = {n: np.concatenate(c) for n, c in zip(names, zip(*rows, strict=True), strict=True)}
    cells = {
        n: np.concatenate(c)
        for n, c in zip(("region", "disk", "x", "y"), zip(*corners, strict=True), strict=True)
    }
    return Table(disks, units), Table(cells, {n: units[n] for n in cells})


def _levels(gamma: float, s_c: float) -> tuple[Table, Table]:
    drawn = {N: library.sample_levels(N, gamma, s_c, 1.0, LEVEL_SEED)[0] for N in SIZES}
    states = int(np.rint(np.exp(s_c * BULK)))
    rng = np.random.default_rng(LEVEL_SEED)
    mean = BULK * float(random_energy.excess_energy(1.0, s_c))
    width = np.sqrt(BULK * float(random_energy.level_variance(1.0, s_c)))
    drawn = {0: rng.normal(mean, width, states), **drawn}
    levels = Table(
        {
            "N": np.repeat(list(drawn), [len(e) for e in drawn.values()]),
            "E": np.concatenate(list(drawn.values())),
        },
        {"N": "1", "E": "k_B T_g"},
    )
    rows = []
    for N in SIZES:
        many = library.sample_levels(N, gamma, s_c, 1.0, LEVEL_SEED + N, COPIES)
        spread = many.var()
        rows.append(
            (
                N,
                many.shape[1],
                np.exp(s_c * N),
                many.mean(),
                np.sqrt(spread / many.size),
                spread,
                spread * np.sqrt(2 / many.size),
                np.mean(many.min(axis=1) > 0),
            )  # fmt: skip
        )
    names = (
        "N",
        "levels",
        "e^(s_c N)",
        "mean",
        "mean_error",
        "variance",
        "variance_error",
        "above",
    )
    units = ("1", "1", "1", "k_B T_g", "k_B T_g", "(k_B T_g)^2", "(k_B T_g)^2", "1")
    columns = dict(zip(names, np.array(rows).T, strict=True))
    return levels, Table(columns, dict(zip(names, units, strict=True)))


def compute() -> dict[str, Table]:
    """Disks and cells of the three arrangements, drawn levels, their statistics, lowest levels."""
    gamma, s_c = _liquid()
    disks, cells = _disks()
    levels, statistics = _levels(gamma, s_c)
    N = np.arange(1, 241, dtype=float)
    lowest = Table(
        {"N": N, "E_GS": random_energy.ground_state_energy(N, gamma, s_c, 1.0)},
        {"N": "1", "E_GS": "k_B T_g"},
    )
    inputs = Table({"gamma": [gamma], "s_c": [s_c]}, {"gamma": "k_B T_g", "s_c": "k_B"})
    return {
        "disks": disks, "cells": cells, "levels": levels, "statistics": statistics,
        "lowest": lowest, "inputs": inputs,
    }  # fmt: skip


def draw(panels: Panels) -> Figure:
    """Three packings above, three stacks of levels below."""
    with style():
        figure = Figure(figsize=(8.4, 6.6), layout="constrained")
        axes = figure.subplots(2, 3)
        titles = ("a packing", *(f"{N} beads rearranged" for N in SIZES))
        for ax, size, title in zip(axes[0], (0, *SIZES), titles, strict=True):
            _draw_packing(ax, panels, size)
            ax.set_title(title)
        below = (f"bulk, {BULK} beads", *(f"library of {N} beads" for N in SIZES))
        for ax, size, title in zip(axes[1], (0, *SIZES), below, strict=True):
            energies = panels["levels"].rows(N=size)["E"]
            lines = [((0.05, e), (0.95, e)) for e in energies]
            alpha = min(0.9, 60 / len(lines) ** 0.85)
            strokes = LineCollection(lines, colors=COLOURS[0], linewidths=0.6, alpha=alpha)
            strokes.set_rasterized(len(lines) > 1000)  # as vectors they would weigh megabytes
            ax.add_collection(strokes)
            ax.axhline(0, color=COLOURS[1], linewidth=1.4)
            ax.set(xlim=(0, 1), ylim=(-12, 58), xticks=[], title=f"{title}: {len(lines)} states")
            ax.grid(False)
        axes[1, 0].set_ylabel(r"energy above the initial state / $k_BT_g$")
        axes[1, 1].annotate(
            "initial state",
            (0.5, 0),
            (0, -11),
            textcoords="offset points",
            ha="center",
            color=COLOURS[1],
        )
    return figure


def _draw_packing(ax: Axes, panels: Panels, size: int) -> None:
    rows = panels["disks"].rows(region=size)
    for cell in np.unique(panels["cells"].rows(region=size)["disk"]):
        corners = panels["cells"].rows(region=size, disk=cell)
        ax.add_patch(
            Polygon(
                np.column_stack([corners["x"], corners["y"]]), color=COLOURS[4], alpha=0.25, lw=0
            )
        )
    moved = rows["moved"] == 1
    for mask, colour in ((~moved, "0.75"), (moved, COLOURS[0])):
        circles = [
            Circle(c, r)
            for c, r in zip(
                np.column_stack([rows["x"], rows["y"]])[mask], rows["radius"][mask], strict=True
            )
        ]
        ax.add_collection(
            PatchCollection(circles, facecolor=colour, edgecolor="0.3", linewidth=0.6, alpha=0.8)
        )
    before = [
        Circle(c, r)
        for c, r in zip(
            np.column_stack([rows["x_before"], rows["y_before"]])[moved],
            rows["radius"][moved],
            strict=True,
        )
    ]
    ax.add_collection(
        PatchCollection(before, facecolor="none", edgecolor="black", linestyle="--", linewidth=0.9)
    )
    middle, reach = panels["disks"]["x"].max() / 2, 4.2
    ax.set(
        xlim=(middle - reach, middle + reach),
        ylim=(middle - reach, middle + reach),
        aspect="equal",
        xticks=[],
        yticks=[],
    )
    ax.grid(False)
    for spine in ax.spines.values():
        spine.set_visible(False)


def facts(panels: Panels) -> list[Fact]:
    """Levels against the random-energy law, and the size at which the lowest reaches zero."""
    gamma, s_c = panels["inputs"]["gamma"][0], panels["inputs"]["s_c"][0]
    stats = panels["statistics"].columns
    five = gamma * np.sqrt(5) - 5 * s_c
    deviation = np.sqrt(stats["variance"])
    drawn = [int(np.sum(panels["levels"]["N"] == N)) for N in SIZES]
    counts = [round(float(x)) for x in stats["e^(s_c N)"]]
    N, E = panels["lowest"]["N"], panels["lowest"]["E_GS"]
    back = np.flatnonzero(E <= 0)[0]
    crossing = N[back - 1] + E[back - 1] / (E[back - 1] - E[back])
    mean = stats["N"] * s_c + gamma * np.sqrt(stats["N"])
    variance = 2 * s_c * stats["N"]
    off_mean = np.abs(stats["mean"] - mean) / stats["mean_error"]
    off_variance = np.abs(stats["variance"] - variance) / stats["variance_error"]
    return [
        Fact(f"E_GS(5) = {five:.1f} k_B T_g; {100 * stats['above'][0]:.2f} percent of {COPIES} libraries lie above",
             five > 0 and stats["above"][0] >= 0.99),
        Fact(f"means {stats['mean'][0]:.2f}, {stats['mean'][1]:.2f}; deviations {deviation[0]:.2f}, {deviation[1]:.2f}",
             bool(np.diff(stats["mean"])[0] > 0 and np.diff(deviation)[0] > 0)),
        Fact(f"{drawn[0]} and {drawn[1]} levels drawn", drawn == counts),
        Fact(f"E_GS returns to zero at N = {crossing:.1f}", abs(crossing - 191) < 2),
        Fact(f"off by {off_mean.max():.1f} (mean) and {off_variance.max():.1f} (variance) standard errors",
             bool(off_mean.max() < 3 and off_variance.max() < 3)),
    ]  # fmt: skip


PACKING_LIBRARY = Recipe(
    compute,
    draw,
    facts,
    caption=(
        r"Above: an actual packing of 200 soft disks (only its middle is drawn) and two ways to "
        r"rearrange five and seven of them inside frozen neighbours; dashed circles are the old "
        r"places, shaded the Voronoi cells of the region. Below: states by energy above the initial "
        r"one (orange), drawn from the random-energy law with \(s_c = 0.82\,k_B\) and the mismatch of "
        r"a Lindemann ratio of one tenth. Left, all states of twelve beads in the bulk, where there is "
        r"no mismatch; middle and right, the local libraries. They grow and widen, but at five or "
        r"seven beads none comes near the initial state; the lowest one returns to it at 191 beads. "
        r"The disks illustrate, in two dimensions; the levels are those of the theory."
    ),
    alt=(
        "Three drawings of disk packings, the second and third with five and seven disks displaced, "
        "above three stacks of energy levels: a dense one around the initial energy, and two sparser "
        "ones of 60 and 311 levels that lie about 30 and 36 thermal energies above it."
    ),
    parameters={
        "disks": DISKS,
        "sizes": SIZES,
        "timescale": TIMESCALE,
        "lindemann": 0.1,
        "copies": COPIES,
    },
    sources=("LW07 Eqs. 9 to 11", "packing of soft disks made here"),
    seeds=(PACKING_SEED, MOVE_SEED, LEVEL_SEED),
)
