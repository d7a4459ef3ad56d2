"""A cooperative region in a packing of beads, and its place in the mosaic."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Polygon
from scipy.spatial import cKDTree

from relics import dimerised_chain, membrane, mosaic, ripplons
from relics.figures import Fact, Recipe, Table
from relics.materials import glass
from relics.packing import Packing, soft_disk_packing
from relics.plotting import COLOURS, style, subplots

XI = 5.8
"""Mosaic length over bead spacing (LW07 Sec. II)."""
LINDEMANN = 0.1
CORE = 0.25
"""Share of the region inside the transition state, N_ddagger/N* of the droplet (LW07 Eq. 6)."""
FRACTION = 0.82
SPREAD = 0.17
ORDERS = np.arange(2, 10)


def _packing(count: int, seed: int) -> tuple[Packing, float]:
    found = soft_disk_packing(count, seed, FRACTION, SPREAD)
    return found, found.box / np.sqrt(count)


def _beads(packing: Packing, a: float, centre: np.ndarray, seed: int) -> Table:
    """Beads with their displacement around ``centre``, all lengths in the mean spacing."""
    offset = packing.positions - centre
    offset -= packing.box * np.rint(offset / packing.box)
    position = offset / a
    distance = np.linalg.norm(position, axis=1)
    radius = XI / 2
    lengths = mosaic.displacement_lengths(
        distance, radius, radius * np.sqrt(CORE), LINDEMANN, LINDEMANN / XI
    )
    shift = mosaic.random_displacements(lengths, seed)
    areas = [mosaic.area(cell) / a**2 for cell in mosaic.cells(packing.positions, packing.box)]
    return Table(
        columns={
            "x": position[:, 0],
            "y": position[:, 1],
            "radius": packing.radii / a,
            "dx": shift[:, 0],
            "dy": shift[:, 1],
            "distance": distance,
            "cell": np.array(areas),
        },
        units={name: "a" for name in ("x", "y", "radius", "dx", "dy", "distance")}
        | {"cell": "a^2"},
    )


def _outline(packing: Packing, a: float, centre: np.ndarray, within: float) -> Table:
    """Corners of the Voronoi cells of the beads within a distance, in the mean spacing."""
    offset = packing.positions - centre
    offset -= packing.box * np.rint(offset / packing.box)
    chosen = np.flatnonzero(np.linalg.norm(offset, axis=1) / a <= within)
    cells = mosaic.cells(packing.positions, packing.box)
    rows = [
        (i, *((corner - packing.positions[i] + offset[i]) / a))
        for i in chosen
        for corner in cells[i]
    ]
    bead, x, y = np.array(rows).T
    return Table({"bead": bead.astype(int), "x": x, "y": y}, {"bead": "1", "x": "a", "y": "a"})


def _typical_place(packing: Packing, a: float) -> np.ndarray:
    """The place near the middle where region and core hold the area they have on average."""
    areas = np.array([mosaic.area(cell) for cell in mosaic.cells(packing.positions, packing.box)])
    grid = packing.box / 2 + a * np.stack(np.meshgrid(*[np.linspace(-2, 2, 41)] * 2), -1).reshape(
        -1, 2
    )
    distance = np.linalg.norm(grid[:, None] - packing.positions, axis=-1) / a
    mismatch = sum(
        np.abs((distance <= r) @ areas / (np.pi * r**2 * a**2) - 1)
        for r in (XI / 2, XI / 2 * np.sqrt(CORE))
    )
    return grid[np.argmin(mismatch)]


def _overlap(packing: Packing) -> float:
    """Largest overlap of two beads, over their contact distance."""
    tree = cKDTree(packing.positions % packing.box, boxsize=packing.box)
    pairs = tree.query_pairs(2 * packing.radii.max(), output_type="ndarray")
    gap = packing.positions[pairs[:, 0]] - packing.positions[pairs[:, 1]]
    gap -= packing.box * np.rint(gap / packing.box)
    contact = packing.radii[pairs].sum(axis=1)
    return float(np.max(1 - np.linalg.norm(gap, axis=1) / contact, initial=0.0))


REGION_SEED, REGION_COUNT = 5, 400
MOSAIC_SEED, MOSAIC_COUNT, MOSAIC_CELLS = 11, 1200, 36
CHAIN_SITES = 61


def compute_region() -> dict[str, Table]:
    """Four hundred beads with one region of average size near the middle."""
    packing, a = _packing(REGION_COUNT, REGION_SEED)
    centre = _typical_place(packing, a)
    return {
        "beads": _beads(packing, a, centre, REGION_SEED),
        "region": _outline(packing, a, centre, XI / 2),
        "core": _outline(packing, a, centre, XI / 2 * np.sqrt(CORE)),
    }


def _polygons(outline: Table) -> list[Any]:
    return [
        Polygon(np.column_stack([outline["x"], outline["y"]])[outline["bead"] == bead])
        for bead in np.unique(outline["bead"])
    ]


def _draw_beads(axes: Any, beads: Table, reach: float) -> None:
    shown = (np.abs(beads["x"]) < reach) & (np.abs(beads["y"]) < reach)
    moves = np.hypot(beads["dx"], beads["dy"]) > 0
    for chosen, colour in ((shown & ~moves, "0.55"), (shown & moves, COLOURS[0])):
        circles = [
            Circle((beads["x"][i], beads["y"][i]), beads["radius"][i])
            for i in np.flatnonzero(chosen)
        ]
        axes.add_collection(
            PatchCollection(circles, facecolor="none", edgecolor=colour, linewidth=0.9)
        )
    ghosts = [
        Circle((beads["x"][i] + beads["dx"][i], beads["y"][i] + beads["dy"][i]), beads["radius"][i])
        for i in np.flatnonzero(shown & moves)
    ]
    axes.add_collection(
        PatchCollection(
            ghosts, facecolor="none", edgecolor=COLOURS[1], linewidth=0.9, linestyle=(0, (3, 2))
        )
    )
    axes.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal", xticks=[], yticks=[])
    for side in axes.spines.values():
        side.set_visible(False)
    axes.grid(False)


def draw_region(panels: dict[str, Table]) -> Figure:
    """Both positions of every bead that moves, the region and its core shaded."""
    with style():
        figure, axes = subplots(size=(5.2, 5.2))
        for name, shade in (("region", 0.12), ("core", 0.22)):
            axes.add_collection(
                PatchCollection(
                    _polygons(panels[name]), facecolor=COLOURS[5], edgecolor="none", alpha=shade * 2
                )
            )
        _draw_beads(axes, panels["beads"], 5.0)
        for radius, text in ((XI / 2, "region"), (XI / 2 * np.sqrt(CORE), "transition state size")):
            axes.add_patch(Circle((0, 0), radius, fill=False, linewidth=1.6, edgecolor="black"))
            axes.annotate(
                text, (0, -radius), (0, -9), textcoords="offset points", ha="center", fontsize=8,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 1, "alpha": 0.8},
            )  # fmt: skip
        axes.annotate(
            "", (-XI / 2, 3.6), (XI / 2, 3.6), arrowprops={"arrowstyle": "<->", "linewidth": 1.2}
        )
        axes.text(
            0, 3.7, rf"$\xi = {XI}\,a$", ha="center", va="bottom",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
        )  # fmt: skip
        axes.text(
            -4.8, -4.7, rf"dashed: the other state, $d_L = {LINDEMANN}\,a$ inside", fontsize=8,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
        )  # fmt: skip
    return figure


def _displacement_facts(beads: Table) -> list[Fact]:
    length = np.hypot(beads["dx"], beads["dy"])
    inside = beads["distance"] <= XI / 2
    core = beads["distance"] <= XI / 2 * np.sqrt(CORE)
    shell = inside & (beads["distance"] > XI / 2 - 0.5)
    return [
        Fact(f"core displacements between {length[core].min():.4f} a and {length[core].max():.4f} a",
             bool(np.all(np.abs(length[core] - LINDEMANN) < 0.002))),
        Fact(f"mean displacement in the last half spacing {length[shell].mean():.3f} a",
             0.015 < length[shell].mean() < 0.035),
        Fact(f"largest displacement outside {length[~inside].max():.1e} a",
             bool(np.all(length[~inside] == 0))),
    ]  # fmt: skip


def facts_region(panels: dict[str, Table]) -> list[Fact]:
    """Size of the domain from the area of its cells; lengths of the displacements."""
    beads = panels["beads"]
    inside = beads["distance"] <= XI / 2
    core = beads["distance"] <= XI / 2 * np.sqrt(CORE)
    area = beads["cell"][inside].sum()
    diameter = 2 * np.sqrt(area / np.pi)
    share = beads["cell"][core].sum() / area
    return [
        Fact(f"diameter of the union of cells {diameter:.2f} a", abs(diameter - XI) < 0.3),
        Fact(f"{inside.sum()} beads in the domain", 23 <= int(inside.sum()) <= 33),
        *_displacement_facts(beads),
        Fact(f"core over domain {share:.3f}, stated {CORE}", abs(share - CORE) < 0.05),
    ]


COOPERATIVE_REGION = Recipe(
    compute_region,
    draw_region,
    facts_region,
    caption=r"A tunnelling centre in a computed packing of 400 polydisperse beads (the middle is "
    r"shown). Beads inside the outer contour, \(\xi=5.8\,a\) across, have two positions: inside the "
    r"inner contour they are a Lindemann length \(d_L=0.1\,a\) apart, from there the distance falls "
    r"linearly to \((a/\xi)d_L\) at the border. The inner contour holds a quarter of the region, the "
    r"critical size of the classical droplet; the tunnelling bottleneck of LW07 Eq. 13 is smaller "
    r"(14 beads of 190).",
    alt="A dense packing of circles. About 27 circles in the middle are drawn twice, slightly "
    "displaced; an outer and an inner circle mark the region and the transition state.",
    parameters={"xi/a": XI, "d_L/a": LINDEMANN, "core": CORE, "packing fraction": FRACTION},
    sources=("packing by energy minimisation of soft disks",),
    seeds=(REGION_SEED,),
)


def compute_mosaic() -> dict[str, Table]:
    """Twelve hundred beads, 36 cells, one of them with its second state, its wall and its chain."""
    packing, a = _packing(MOSAIC_COUNT, MOSAIC_SEED)
    centres = mosaic.even_seeds(MOSAIC_CELLS, packing.box, MOSAIC_SEED)
    middle = centres[np.argmin(np.linalg.norm(centres - packing.box / 2, axis=1))]
    cells = mosaic.cells(centres, packing.box)
    rows = [(i, *((corner - middle) / a), mosaic.area(cell) / a**2)
            for i, cell in enumerate(cells) for corner in cell]  # fmt: skip
    cell, x, y, area = np.array(rows).T
    return {
        "beads": _beads(packing, a, middle, MOSAIC_SEED),
        "cells": Table(
            {"cell": cell.astype(int), "x": x, "y": y, "area": area},
            {"cell": "1", "x": "a", "y": "a", "area": "a^2"},
        ),
        "wall": _wall(),
        "midgap": _midgap(),
        "contact": Table({"overlap": np.array([_overlap(packing)])}, {"overlap": "1"}),
    }


def _wall() -> Table:
    """Modes of the wall with their zero-point amplitudes over its radius, for silica."""
    silica = glass("silica")
    radius = membrane.wall_radius(XI * silica.a)
    mass = float(membrane.wall_density(silica.density, silica.a, LINDEMANN))
    frequency = ripplons.ripplon_frequencies(ORDERS, XI, LINDEMANN) * silica.omega_D
    amplitude = [
        membrane.zero_point_amplitude(int(order), float(omega), mass, float(radius)) / float(radius)
        for order, omega in zip(ORDERS, frequency, strict=True)
    ]
    return Table(
        {"order": ORDERS, "frequency": frequency, "amplitude": np.array(amplitude)},
        {"order": "1", "frequency": "rad/s", "amplitude": "wall radius"},
    )


def _midgap() -> Table:
    """Weight of the state in the gap of a dimerised chain with a wall in its middle."""
    energies, states = dimerised_chain.levels(dimerised_chain.bond_hoppings(CHAIN_SITES))
    state = states[:, np.argmin(np.abs(energies))]
    site = np.arange(CHAIN_SITES) - CHAIN_SITES // 2
    return Table({"site": site, "weight": state**2}, {"site": "bond", "weight": "1"})


def draw_mosaic(panels: dict[str, Table]) -> Figure:
    """Mosaic with one region in two states, two phases of its wall, and the halo of a bound state."""
    cells, wall, midgap = panels["cells"], panels["wall"], panels["midgap"]
    reach = 10.5
    with style():
        figure, axes = subplots(size=(6.0, 6.0))
        _draw_beads(axes, panels["beads"], reach)
        span = np.ptp(panels["beads"]["x"]) + 1
        for index in np.unique(cells["cell"]):
            corners = np.column_stack([cells["x"], cells["y"]])[cells["cell"] == index]
            shift = span * np.rint(corners.mean(axis=0) / span)
            axes.add_patch(
                Polygon(corners - shift, fill=False, edgecolor="black", linewidth=1.4, alpha=0.7)
            )
        angle = np.linspace(0, 2 * np.pi, 400)
        phases = np.random.default_rng(MOSAIC_SEED).uniform(0, 2 * np.pi, ORDERS.size)
        for turn in (0.0, np.pi):
            radius = mosaic.wall_profile(
                angle, XI / 2, wall["order"], wall["amplitude"], phases + turn
            )
            axes.plot(
                radius * np.cos(angle), radius * np.sin(angle), color=COLOURS[2], linewidth=1.3
            )
        along = midgap["site"] / (XI / 2)
        near = np.abs(along) < np.pi
        axes.scatter(
            XI / 2 * np.cos(along[near]), XI / 2 * np.sin(along[near]),
            s=900 * midgap["weight"][near], color=COLOURS[3], alpha=0.5, linewidths=0,
        )  # fmt: skip
        box = {"facecolor": "white", "edgecolor": "none", "pad": 1.5, "alpha": 0.85}
        axes.annotate(
            "", (-XI / 2, -3.6), (XI / 2, -3.6), arrowprops={"arrowstyle": "<->", "linewidth": 1.2}
        )
        axes.text(0, -3.7, rf"$\xi = {XI}\,a$", ha="center", va="top", bbox=box)
        axes.text(
            XI / 2 + 0.6, 0, "midgap state", color="#8f3a6b", va="center", bbox=box, fontsize=8
        )
        axes.text(
            0, XI / 2 + 0.55, "vibrating wall", color="#00664a", ha="center", bbox=box, fontsize=8
        )
        axes.text(
            -reach + 0.3, -reach + 0.45, rf"dashed: second state, $d_L = {LINDEMANN}\,a$", bbox=box,
            fontsize=8,
        )  # fmt: skip
    return figure


def facts_mosaic(panels: dict[str, Table]) -> list[Fact]:
    """Cell size, displacements, wall modes, overlaps and the extent of the bound state."""
    cells, wall, midgap = panels["cells"], panels["wall"], panels["midgap"]
    areas = [cells["area"][cells["cell"] == i][0] for i in np.unique(cells["cell"])]
    diameter = float(np.mean(np.sqrt(areas)))
    near = midgap["weight"][np.abs(midgap["site"]) <= 5].sum()
    overlap = panels["contact"]["overlap"][0]
    displaced = _displacement_facts(panels["beads"])
    both = Fact(f"{displaced[0].measured}; {displaced[1].measured}",
                displaced[0].holds and displaced[1].holds)  # fmt: skip
    return [
        Fact(f"mean square root of a cell's area {diameter:.2f} a", abs(diameter - XI) < 0.2),
        both,
        displaced[2],
        Fact(f"orders {wall['order'].min()} to {wall['order'].max()}",
             bool(wall["order"].min() == 2 and wall["order"].max() <= 9)),
        Fact(f"largest overlap {overlap:.1e} of the contact distance", overlap < 0.05),
        Fact(f"weight {near:.2f} within five bonds of the wall", near > 0.5),
    ]  # fmt: skip


MOSAIC = Recipe(
    compute_mosaic,
    draw_mosaic,
    facts_mosaic,
    caption=r"The mosaic in a computed packing of 1200 beads: Voronoi cells of 36 even seeds, "
    r"\(5.8\,a\) across. In the middle cell every bead has a second position (dashed). Green: two "
    r"phases of the wall's vibration, orders 2 to 9 with their zero-point amplitudes for silica. "
    r"Violet: weight of the electronic state in the gap of a dimerised chain that crosses the wall, "
    r"laid along it.",
    alt="A packing of circles divided into polygonal cells. One round region in the middle shows a "
    "second, dashed set of circles, a doubled wavy wall, and a halo on its right side.",
    parameters={
        "xi/a": XI,
        "d_L/a": LINDEMANN,
        "cells": MOSAIC_CELLS,
        "packing fraction": FRACTION,
    },
    sources=("packing by energy minimisation of soft disks", "silica constants as quoted by LW07"),
    seeds=(MOSAIC_SEED,),
)
