"""Stretching exponent of the relaxation against fragility."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from relics import barrier_distribution as barriers
from relics import viscosity
from relics.figures import Fact, Panels, Recipe, Table
from relics.materials import load_table
from relics.plotting import COLOURS, RECALLED, RECALLED_LABEL, style, subplots

TIMESCALE = 1e17
STRENGTHS = np.geomspace(3, 100, 22)
SAMPLES, SEED = 40_000, 5
DATA = "fragility_beta_boehmer1993"


def compute() -> dict[str, Table]:
    """beta of both barrier distributions, the closed form, sampled widths, recalled points."""
    D = np.concatenate([STRENGTHS, [1000.0]])
    width = np.log(TIMESCALE) * barriers.relative_width(D)
    sampled = [
        np.std(s) / np.mean(s) for s in (barriers.sample_barriers(1.0, d, SAMPLES, SEED) for d in D)
    ]
    recalled = load_table(DATA).columns
    known = np.isfinite(recalled["beta"])
    return {
        "exponents": Table(
            {
                "D": D,
                "m": viscosity.fragility_from_strength(D, TIMESCALE),
                "width": width,
                "beta_gaussian": barriers.stretching_exponent(D, TIMESCALE),
                "beta_cut": barriers.stretching_exponent(D, TIMESCALE, cut=True),
                "beta_closed_form": barriers.stretching_estimate(width),
                "sampled_relative_width": sampled,
            },
            {
                "D": "1", "m": "1", "width": "k_B T_g", "beta_gaussian": "1", "beta_cut": "1",
                "beta_closed_form": "1", "sampled_relative_width": "1",
            },
        ),
        "recalled": Table(
            {k: recalled[k][known] for k in ("substance", "m", "beta", "error m", "error beta")},
            {"substance": "", "m": "1", "beta": "1", "error m": "1", "error beta": "1"},
        ),
    }  # fmt: skip


def draw(panels: Panels) -> Figure:
    """Both predictions over the recalled points."""
    rows, known = panels["exponents"], panels["recalled"]
    drawn = rows["D"] <= 100
    with style():
        figure, axes = subplots(size=(5.8, 4.2))
        axes.errorbar(
            known["m"], known["beta"], known["error beta"], known["error m"], "o", color="0.35",
            elinewidth=0.6, markersize=4, label=RECALLED_LABEL, **(RECALLED | {"alpha": 0.55}),
        )  # fmt: skip
        axes.plot(
            rows["m"][drawn],
            rows["beta_cut"][drawn],
            color=COLOURS[0],
            label="cut at the most probable barrier",
        )
        axes.plot(
            rows["m"][drawn],
            rows["beta_gaussian"][drawn],
            "--",
            color=COLOURS[1],
            label="Gaussian barriers",
        )
        axes.plot(
            rows["m"][drawn],
            rows["beta_closed_form"][drawn],
            ":",
            color=COLOURS[2],
            label=r"$[1 + (\delta F/k_BT)^2]^{-1/2}$",
        )
        axes.set(
            xlim=(15, 245),
            ylim=(0, 1.05),
            xlabel=r"fragility index $m$",
            ylabel=r"stretching exponent $\beta$",
        )
        axes.legend(loc="upper right")
    return figure


def facts(panels: Panels) -> list[Fact]:
    """Monotony, order, limits and widths of the computed curves."""
    rows = panels["exponents"]
    D, gaussian, cut = rows["D"], rows["beta_gaussian"], rows["beta_cut"]
    off = rows["sampled_relative_width"] * 2 * np.sqrt(D) - 1
    band = (D >= 5) & (D <= 100)
    below = 1 - rows["beta_closed_form"][band] / gaussian[band]
    return [
        Fact(f"from {gaussian[0]:.3f} at D = 3 to {gaussian[-2]:.3f} at D = 100", bool(np.all(np.diff(gaussian) > 0))),
        Fact(f"from {cut[0]:.3f} at D = 3 to {cut[-2]:.3f} at D = 100", bool(np.all(np.diff(cut) > 0))),
        Fact(f"smallest difference {np.min(cut - gaussian):.3f}", bool(np.all(cut > gaussian))),
        Fact(f"at D = 1000: {gaussian[-1]:.3f} and {cut[-1]:.3f}", bool(min(gaussian[-1], cut[-1]) > 0.85)),
        Fact(f"sampled widths off by at most {100 * np.abs(off).max():.2f} percent", bool(np.abs(off).max() < 0.01)),
        Fact(f"below by {100 * below.min():.1f} to {100 * below.max():.1f} percent",
             bool(below.min() > 0 and below.max() <= 0.15)),
    ]  # fmt: skip


STRETCHING = Recipe(
    compute,
    draw,
    facts,
    caption=(
        r"Stretching exponent at the glass transition against fragility. Dashed: relaxation averaged "
        r"over Gaussian barriers of relative width \(1/(2\sqrt D)\), fitted by a stretched exponential "
        r"where it lies between 0.02 and 0.98. Solid: all barriers above the most probable one replaced "
        r"by it. Dotted: a closed form for the dashed curve. The mean barrier is \(\ln 10^{17}\,k_BT_g\), "
        r"and \(m = \log_{10}(e)(L + L^2/D)\). Hollow: typical literature value, not traced (37 of about "
        r"70 entries of a compilation, recalled and unverified); they enter no fit and no verdict."
    ),
    alt=(
        "Two curves that fall with fragility, the solid one from 0.7 to 0.2 above the dashed one from 0.5 "
        "to 0.1, and hollow points scattered around and above the solid curve."
    ),
    parameters={"timescale": TIMESCALE, "window": barriers.WINDOW, "samples": SAMPLES},
    sources=("LW07 Sec. II", "Boehmer et al. 1993 (class R)"),
    data=(f"{DATA}.csv",),
    seeds=(SEED,),
)
