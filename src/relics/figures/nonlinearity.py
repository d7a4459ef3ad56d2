"""Fragility against the non-linearity parameter of ageing."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from relics import ageing
from relics.figures import Fact, Panels, Recipe, Table
from relics.materials import load_table
from relics.plotting import COLOURS, RECALLED, RECALLED_LABEL, style, subplots

DECADES = 17.0
QUOTED = 19.0
DATA = "nmt_x_fragility"


def compute() -> dict[str, Table]:
    """The quoted hyperbola, both variants of its derivation, recalled points."""
    x = np.linspace(0.1, 1.0, 181)
    ratio = np.linspace(1.1, 1.5, 41)
    recalled = load_table(DATA).columns
    return {
        "hyperbola": Table({"x": x, "m": QUOTED / x}, {"x": "1", "m": "1"}),
        "products": Table(
            {
                "T_g/T_K": ratio,
                "deep": ageing.nonlinearity_product(ratio, DECADES, "deep"),
                "local": ageing.nonlinearity_product(ratio, DECADES, "local"),
            },
            {"T_g/T_K": "1", "deep": "1", "local": "1"},
        ),
        "recalled": Table(
            {k: recalled[k] for k in ("substance", "m", "x", "error x")},
            {"substance": "", "m": "1", "x": "1", "error x": "1"},
        ),
    }


def draw(panels: Panels) -> Figure:
    """Hyperbola, band of the derived products, and recalled points."""
    line, products, known = panels["hyperbola"], panels["products"], panels["recalled"]
    with style():
        figure, axes = subplots(size=(5.6, 4.0))
        low, high = products["deep"].min(), products["deep"].max()
        axes.fill_between(line["x"], low / line["x"], high / line["x"], color=COLOURS[0], alpha=0.2, lw=0,
                          label=r"barrier at $T_K$, $T_g/T_K$ from 1.1 to 1.5")  # fmt: skip
        axes.plot(line["x"], line["m"], color=COLOURS[0], label=r"$m = 19/x$")
        axes.plot(
            line["x"],
            products["local"].mean() / line["x"],
            "--",
            color=COLOURS[1],
            label=r"slope right below $T_g$",
        )
        axes.errorbar(known["x"], known["m"], 0.08 * known["m"], known["error x"], "o", color="0.35",
                      elinewidth=0.6, label=RECALLED_LABEL, **RECALLED)  # fmt: skip
        axes.set(
            xlim=(0, 1),
            ylim=(0, 205),
            xlabel=r"non-linearity parameter $x_{\mathrm{NMT}}$",
            ylabel=r"fragility index $m$",
        )
        axes.legend(loc="upper right")
    return figure


def facts(panels: Panels) -> list[Fact]:
    """The curve's product, its points, and both derivations of the number."""
    line, products = panels["hyperbola"], panels["products"]
    product = line["x"] * line["m"]
    at = {x: float(line["m"][np.argmin(np.abs(line["x"] - x))]) for x in (1.0, 0.19)}
    deep, local, ratio = products["deep"], products["local"], products["T_g/T_K"]
    middle = float(deep[np.argmin(np.abs(ratio - 1.25))])
    return [
        Fact(f"m x within {np.abs(product - QUOTED).max():.1e} of 19", bool(np.abs(product - QUOTED).max() < 1e-9)),
        Fact(f"m(1) = {at[1.0]:g}, m(0.19) = {at[0.19]:g}", abs(at[1.0] - 19) < 1e-9 and abs(at[0.19] - 100) < 1e-6),
        Fact(f"m x from {deep.min():.2f} to {deep.max():.2f}; {middle:.2f} at T_g/T_K = 1.25",
             bool(deep.min() >= 17.5 and deep.max() <= 21.5 and abs(middle - 19) < 0.5)),
        Fact(f"m x = {local.mean():.3f}", bool(np.abs(local - 34).max() < 0.1 and local.min() > deep.max())),
        Fact("strictly falling", bool(np.all(np.diff(line["m"]) < 0))),
    ]  # fmt: skip


NONLINEARITY = Recipe(
    compute,
    draw,
    facts,
    caption=(
        r"Fragility against the non-linearity parameter of ageing. Solid: \(m = 19/x\). Band: what "
        r"follows when the activation energy of the glass is the barrier of the frozen structure at "
        r"\(T_K\), for \(T_g/T_K\) from 1.1 to 1.5 (19 at 1.25). Dashed: what follows from the slope of "
        r"that barrier right below \(T_g\), 34 for every liquid. Hollow: typical literature value, not "
        r"traced (recalled, unverified), without weight in any verdict; polystyrene lies far above."
    ),
    alt=(
        "A hyperbola falling from 190 at 0.1 to 19 at 1 inside a narrow band, a dashed hyperbola "
        "almost twice as high, and ten hollow points near and above the solid curve."
    ),
    parameters={"decades": DECADES, "quoted product": QUOTED},
    sources=("LW07 Eqs. 5 and 8", "Hodge 1994, Angell et al. 2000 (class R)"),
    data=(f"{DATA}.csv",),
)
