"""The double wells that were counted, beside what two pictures of a glass expect of them."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from relics.figures import Fact, Recipe, Table
from relics.glass import census
from relics.plotting import COLOURS, style, subplots

TEMPERATURES = (0.092, 0.07)
MODES = 4
RANGES = ("low", "high", "mosaic_low", "mosaic_high", "soft_low", "soft_high")


def compute() -> dict[str, Table]:
    """Counted values with their ranges, and the ranges of both pictures (NaN where silent)."""
    rows = [row for t in TEMPERATURES for row in census.comparisons(t, census.soft_modes(t, MODES))]
    silent = (np.nan, np.nan)
    ranges = np.array([(*r.measured[1:], *(r.mosaic or silent), *(r.soft or silent)) for r in rows])
    columns = {
        "T_f": np.array([r.temperature for r in rows]),
        "quantity": np.array([r.quantity for r in rows]),
        "value": np.array([r.measured[0] for r in rows]),
        **dict(zip(RANGES, ranges.T, strict=True)),
    }
    units = dict.fromkeys(columns, "model") | {"quantity": ""}
    return {"census": Table(columns, units)}


def draw(panels: dict[str, Table]) -> Figure:
    """One panel a quantity, one row a temperature; bars are what the pictures expect."""
    found = panels["census"]
    names = list(dict.fromkeys(found["quantity"]))
    with style():
        figure, axes = subplots(1, len(names), size=(10.5, 3.0))
        for axis, name in zip(axes, names, strict=True):
            here = found.rows(quantity=name)
            for k in range(len(here["value"])):
                _counted(axis, k, *(float(here[c][k]) for c in ("value", "low", "high")))
                for shift, picture, colour in ((-0.18, "mosaic", 3), (0.18, "soft", 0)):
                    low, high = (float(here[f"{picture}_{end}"][k]) for end in ("low", "high"))
                    if np.isfinite(low):
                        axis.hlines(k + shift, low * 0.97, high * 1.03, color=COLOURS[colour], lw=5)
            axis.set(xscale="log", yticks=(0, 1), ylim=(-0.5, 1.5))
            low, high = axis.get_xlim()
            if high < 30 * low:
                decades = 10.0 ** np.arange(-6, 6)
                marks = np.outer(decades, (1, 2, 5)).ravel()
                marks = marks[(marks > low) & (marks < high)]
                axis.set_xticks(marks, [f"{m:g}" for m in marks])
            axis.tick_params(which="minor", labelbottom=False)
            axis.set_yticklabels(
                [f"$T_f={t:g}$" for t in here["T_f"]] if axis is axes[0] else ["", ""]
            )
            axis.set_title(name.replace(" with", "\nwith").replace(" (E", "\n(E"), fontsize=8)
        axes[-1].plot([], [], color=COLOURS[3], lw=5, label="mosaic")
        axes[-1].plot([], [], color=COLOURS[0], lw=5, label="soft potentials")
        axes[-1].legend(fontsize=7, loc="center right")
    return figure


def _counted(axis, k: int, value: float, low: float, high: float) -> None:
    """A point with its range; where nothing was counted an arrow from the upper limit."""
    if value > 0:
        spread = [[value - low], [high - value]]
        axis.errorbar([value], [k], xerr=spread, fmt="o", color="black", markersize=5)
    else:
        axis.errorbar([high], [k], xerr=[[high / 2], [0]], xuplims=True, fmt="|", color="black")


def facts(panels: dict[str, Table]) -> list[Fact]:
    """What the pictures can be told apart by, at each temperature."""
    moving = panels["census"].rows(quantity="number of moving particles")
    hop = panels["census"].rows(quantity="displacement of a moving particle")
    few = moving["high"] < moving["mosaic_low"]
    like_modes = (moving["low"] <= moving["soft_high"]) & (moving["high"] >= moving["soft_low"])
    far = hop["low"] > hop["mosaic_high"]
    return [
        _at(moving, few, "moving particles {value:.1f}, mosaic from {mosaic_low:.1f}"),
        _at(moving, like_modes, "quartiles {low:.1f} to {high:.1f}, modes {soft_low:.1f} to {soft_high:.1f}"),
        _at(hop, far, "lower quartile {low:.2f}, Lindemann length {mosaic_high:.2f}"),
    ]  # fmt: skip


def _at(rows, holds: np.ndarray, text: str) -> Fact:
    said = [
        text.format(**{k: float(rows[k][i]) for k in ("value", *RANGES)})
        + f" at {rows['T_f'][i]:g}"
        for i in range(len(holds))
    ]
    if holds.all():
        return Fact("; ".join(said), holds=True)
    why = "not at " + ", ".join(f"{t:g}" for t in rows["T_f"][~holds])
    return Fact("; ".join(said), holds=False, why=why)


TWO_LEVEL_CENSUS = Recipe(
    compute,
    draw,
    facts,
    caption=(
        "Double wells counted in the shipped stores (black: active centres with the interval of counting, an arrow "
        "for an upper limit; double wells with that of their mean over states; quartiles for sizes) beside what the mosaic and soft potentials expect. Energies "
        "and lengths in units of the model; glasses of 500 particles. Where a bar is missing the picture "
        "gives no number."
    ),
    alt="Four panels on logarithmic axes, with a row for each temperature of preparation: counted centres, "
    "counted double wells, displacements and numbers of moving particles, as points with ranges or as "
    "arrows, beside bars for the mosaic and for soft potentials. Displacements lie above both bars.",
    parameters={"T_f": list(TEMPERATURES), "N": census.SIZE, "soft modes": MODES},
    sources=("KRZ21 Sec. IV", "LW07 Sec. III", "LB21 Eq. 20"),
    data=("stores/wells-0.092-500", "stores/wells-0.07-500"),
)
