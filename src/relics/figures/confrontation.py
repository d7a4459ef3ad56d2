"""The scenarios beside the measured numbers, for silica."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from relics import confrontation
from relics.figures import Fact, Recipe, Table
from relics.plotting import COLOURS, RECALLED_LABEL, style, subplots

PANELS = {
    "path over wavelength": r"$l_{mfp}/\lambda$",
    "tunnelling strength": r"$\bar P\gamma^2/\rho c^2$",
    "dipole": "transition dipole / D",
    "boson peak": "boson peak / K",
    "contraction at 1 K": r"$-\alpha_V$ at 1 K / K$^{-1}$",
}


def compute() -> dict[str, Table]:
    """Predictions and measurements as ranges, and the quality against the time of the quench."""
    predicted, measured = confrontation.predictions(), confrontation.measurements()
    times = np.geomspace(1e10, 1e20, 41)
    beads = [confrontation.cooperative_size(t) for t in times]
    return {
        "predicted": Table(
            {
                "observable": np.array([p.observable for p in predicted]),
                "scenario": np.array([p.scenario for p in predicted]),
                "low": np.array([p.low for p in predicted]),
                "high": np.array([p.high for p in predicted]),
                "unit": np.array([p.unit for p in predicted]),
            },
            {"observable": "", "scenario": "", "low": "row", "high": "row", "unit": ""},
        ),
        "measured": Table(
            {
                "observable": np.array([m.observable for m in measured]),
                "material": np.array([m.material for m in measured]),
                "value": np.array([m.value for m in measured]),
                "low": np.array([m.low for m in measured]),
                "high": np.array([m.high for m in measured]),
                "traced": np.array([m.traced for m in measured]),
                "unit": np.array([m.unit for m in measured]),
            },
            {
                "observable": "", "material": "", "value": "row", "low": "row", "high": "row", "traced": "", "unit": "",
            },
        ),
        "quench": Table(
            {"time": times, "relative_quality": np.array(beads) / confrontation.cooperative_size(3.6e15)},
            {"time": "tau/tau_0", "relative_quality": "1"},
        ),
    }  # fmt: skip


def draw(panels: dict[str, Table]) -> Figure:
    """One row a scenario, one panel an observable; measured ranges as grey bands."""
    predicted, measured, quench = panels["predicted"], panels["measured"], panels["quench"]
    names = confrontation.SCENARIOS
    most = max(len(measured.rows(observable=o)["value"]) for o in PANELS)
    depth = -1.6 - 0.75 * (most - 1)
    with style():
        figure, axes = subplots(2, 3, size=(10.5, 6.0))
        for axis, (observable, label) in zip(axes.flat, PANELS.items(), strict=False):
            rows = predicted.rows(observable=observable)
            for name, low, high in zip(rows["scenario"], rows["low"], rows["high"], strict=True):
                row = names.index(str(name))
                axis.plot([low, high], [row, row], lw=6, color=COLOURS[row], solid_capstyle="butt")
            found = measured.rows(observable=observable)
            for m, (material, value, low, high, traced) in enumerate(
                zip(
                    *(found[k] for k in ("material", "value", "low", "high", "traced")), strict=True
                )
            ):
                y = -1.2 - 0.75 * m
                error = [[value - low], [high - value]]
                axis.errorbar(
                    value, y, xerr=error, fmt="o", ms=4.5, color="black", mfc="black" if traced else "white", capsize=2
                )  # fmt: skip
                text = str(material).partition(",")[0] + ("" if traced else f"\n({RECALLED_LABEL})")
                place = {"xy": (value, y), "xytext": (0, 5), "textcoords": "offset points"}
                axis.annotate(text, ha="center", va="bottom", fontsize=7, **place)
            scale = "linear" if observable == "boson peak" else "log"
            axis.set(xscale=scale, xlabel=label, ylim=(depth, 3.6))
            axis.set_yticks([*range(len(names)), (depth - 0.8) / 2])
            axis.set_yticklabels([*names, "measured"] if axis in axes[:, 0] else [])
            axis.margins(x=0.35)
        last = axes.flat[-1]
        last.semilogx(quench["time"], quench["relative_quality"], color=COLOURS[3], label="mosaic")
        last.axhline(1.0, color=COLOURS[0], label="pairs, of any kind")
        last.set(xlabel=r"time of the quench $\tau/\tau_0$", ylabel=r"$l_{mfp}/\lambda$, relative")
        last.legend()
    return figure


def facts(panels: dict[str, Table]) -> list[Fact]:
    """Which ranges meet which traced measurements."""
    predicted, measured = panels["predicted"], panels["measured"]
    out = []
    for observable in PANELS:
        rows, found = predicted.rows(observable=observable), measured.rows(observable=observable)
        traced = found["traced"].astype(bool)
        if not traced.any():
            continue
        low, high = found["low"][traced].min(), found["high"][traced].max()
        meets = [
            str(n)
            for n, a, b in zip(rows["scenario"], rows["low"], rows["high"], strict=True)
            if a <= high and b >= low
        ]
        out.append(
            Fact(
                f"{observable}: measured {low:.2g} to {high:.2g}; met by {', '.join(meets) or 'none'}",
                "mosaic" in meets,
                why="" if "mosaic" in meets else "no scenario's range contains the measured one",
            )
        )
    return out


CONFRONTATION = Recipe(
    compute,
    draw,
    facts,
    caption=(
        "What three scenarios say of silica, beside measured numbers. Bars: ranges that each scenario "
        "leaves open (numerical factors dropped in the papers, times of the quench from a second to a day, "
        "partial charges from 0.01 to 0.1). Dots: measurements with their ranges; a hollow dot is a "
        "typical literature value, not traced, and enters no judgement. Empty rows: the scenario gives no number. The "
        "marginal scenario gives none of these. Last panel: only the mosaic changes with the time "
        "of the quench."
    ),
    alt=(
        "Six panels. In the first five, horizontal bars for the scenarios and dots for measurements on "
        "logarithmic axes; the mosaic has a bar in all five, the pairs in two. In the last a curve that "
        "rises slowly with the logarithm of the time of the quench and a level line."
    ),
    parameters={"timescales": confrontation.TIMESCALES, "charges": confrontation.PARTIAL_CHARGES},
    sources=tuple(m.source for m in confrontation.measurements()),
    data=("tls_dipole_moments.csv", "boson_peak_frequencies.csv"),
    seeds=(1,),
)
