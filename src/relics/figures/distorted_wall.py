"""The wall of a cooperative region at rest and in vibration, in the same packing."""

from __future__ import annotations

import numpy as np
from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Circle

from relics import membrane, ripplons
from relics.figures import Fact, Recipe, Table
from relics.figures.cooperative_region import LINDEMANN, XI, compute_region
from relics.materials import glass
from relics.plotting import COLOURS, style, subplots

ORDER = 2
AMPLITUDE = 0.22
"""Drawn amplitude over the radius; exaggerated, the factor is a fact of the figure."""


def _zero_point() -> float:
    """Zero-point amplitude of the harmonic over the radius of the wall, for silica."""
    silica = glass("silica")
    radius = float(membrane.wall_radius(XI * silica.a))
    frequency = float(ripplons.ripplon_frequencies([ORDER], XI, LINDEMANN)[0]) * silica.omega_D
    density = float(membrane.wall_density(silica.density, silica.a, LINDEMANN))
    return membrane.zero_point_amplitude(ORDER, frequency, density, radius) / radius


def _wall(angle: np.ndarray, amplitude: float) -> np.ndarray:
    return XI / 2 * (1 + amplitude * np.cos(ORDER * angle))


def compute() -> dict[str, Table]:
    """Beads of the shared packing, which contour holds each, and the two contours."""
    beads = compute_region()["beads"]
    angle = np.arctan2(beads["y"], beads["x"])
    resting = beads["distance"] <= _wall(angle, 0.0)
    ringing = beads["distance"] <= _wall(angle, AMPLITUDE)
    turn = np.linspace(0, 2 * np.pi, 721)
    return {
        "beads": Table(
            {k: beads[k] for k in ("x", "y", "radius", "dx", "dy", "distance")}
            | {"angle": angle, "at_rest": resting.astype(int), "vibrating": ringing.astype(int)},
            {k: "a" for k in ("x", "y", "radius", "dx", "dy", "distance")}
            | {"angle": "rad", "at_rest": "1", "vibrating": "1"},
        ),
        "walls": Table(
            {
                "curve": np.repeat(["at rest", "vibrating"], turn.size),
                "angle": np.tile(turn, 2),
                "radius": np.concatenate([_wall(turn, 0.0), _wall(turn, AMPLITUDE)]),
            },
            {"curve": "", "angle": "rad", "radius": "a"},
        ),
        "amplitudes": Table(
            {
                "drawn": [AMPLITUDE],
                "zero_point": [_zero_point()],
                "factor": [AMPLITUDE / _zero_point()],
            },
            {"drawn": "R", "zero_point": "R", "factor": "1"},
        ),
    }


def draw(panels: dict[str, Table]) -> Figure:
    """Beads coloured by the contours that hold them, with both positions of those that move."""
    beads, walls = panels["beads"], panels["walls"]
    near = beads["distance"] < XI / 2 + 2.2
    both = (beads["at_rest"] == 1) & (beads["vibrating"] == 1)
    changed = beads["at_rest"] != beads["vibrating"]
    colours = np.where(both, COLOURS[5], np.where(changed, COLOURS[4], "#e6e6e6"))
    with style():
        figure, axes = subplots(size=(4.6, 4.6))
        circles = [
            Circle((x, y), r)
            for x, y, r in zip(
                beads["x"][near], beads["y"][near], beads["radius"][near], strict=True
            )
        ]
        axes.add_collection(
            PatchCollection(
                circles, facecolors=list(colours[near]), edgecolors="white", linewidths=0.6
            )
        )
        moved = near & (both | changed)
        shifted = [
            Circle((x, y), r)
            for x, y, r in zip(
                (beads["x"] + beads["dx"])[moved], (beads["y"] + beads["dy"])[moved],
                beads["radius"][moved], strict=True,
            )
        ]  # fmt: skip
        axes.add_collection(
            PatchCollection(shifted, facecolors="none", edgecolors="black", linewidths=0.5)
        )
        for name, colour, line in (("at rest", COLOURS[0], "-"), ("vibrating", COLOURS[1], "--")):
            wall = walls.rows(curve=name)
            axes.plot(
                wall["radius"] * np.cos(wall["angle"]), wall["radius"] * np.sin(wall["angle"]),
                line, color=colour, linewidth=2, label=f"wall {name}",
            )  # fmt: skip
        factor = panels["amplitudes"]["factor"][0]
        axes.set(xlim=(-4.9, 4.9), ylim=(-4.9, 4.9), aspect="equal", xlabel="$x/a$", ylabel="$y/a$")
        axes.set_title(f"amplitude: {factor:.1f} times the zero-point motion in silica")
        axes.grid(False)
        axes.legend(loc="lower right", frameon=True)
    return figure


def _area(wall: Table) -> float:
    angle, radius = wall["angle"], wall["radius"]
    return float(np.trapezoid(radius**2 / 2, angle))


def facts(panels: dict[str, Table]) -> list[Fact]:
    """Areas, multipole content, displacements, colours, and the factor of exaggeration."""
    beads, walls = panels["beads"], panels["walls"]
    rest, ring = (walls.rows(curve=c) for c in ("at rest", "vibrating"))
    ratio = _area(ring) / _area(rest)
    content = np.abs(np.fft.rfft(ring["radius"][:-1]))[1:40]
    others = np.delete(content, ORDER - 1).max() / content[ORDER - 1]
    reference = compute_region()["beads"]
    both = (beads["at_rest"] == 1) & (beads["vibrating"] == 1)
    same = bool(
        np.array_equal(beads["dx"][both], reference["dx"][both])
        and np.array_equal(beads["dy"][both], reference["dy"][both])
    )
    changed = beads["at_rest"] != beads["vibrating"]
    low, high = np.sort([_wall(beads["angle"], 0.0), _wall(beads["angle"], AMPLITUDE)], axis=0)
    between = bool(
        np.all(
            (beads["distance"][changed] >= low[changed])
            & (beads["distance"][changed] <= high[changed])
        )
    )
    amplitudes = panels["amplitudes"]
    factor = amplitudes["factor"][0]
    return [
        Fact(f"areas differ by {ratio - 1:.3f}", abs(ratio - 1) < 0.05),
        Fact(f"other multipoles below {others:.1e} of l = {ORDER}", others < 0.01),
        Fact(f"{int(both.sum())} beads inside both contours move alike", same and both.sum() > 0),
        Fact(f"{int(changed.sum())} beads change colour, all between the contours", between and changed.sum() > 0),
        Fact(f"exaggerated {factor:.2f} times (zero-point amplitude {amplitudes['zero_point'][0]:.4f} R)",
             abs(factor * _zero_point() / AMPLITUDE - 1) < 0.01),
    ]  # fmt: skip


DISTORTED_WALL = Recipe(
    compute,
    draw,
    facts,
    caption=(
        r"The cooperative region of LW07 Fig. 9, in the same packing and with the same "
        r"displacements (thin circles: the other positions), but with its wall in vibration. Full line: the wall at rest; dashed: a "
        r"single multipole \(l=2\). Blue beads belong to the region in both cases, orange ones join "
        r"or leave it. The amplitude is drawn larger than the zero-point motion by the factor in "
        r"the title."
    ),
    alt=(
        "A packing of discs with a circle and an ellipse-like contour around the same centre; discs "
        "between the two contours are coloured differently from those inside both."
    ),
    parameters={"order": ORDER, "amplitude": AMPLITUDE, "xi_over_a": XI, "lindemann": LINDEMANN},
    sources=("LW07 Fig. 12; geometry computed",),
    data=(),
    seeds=(),
)
