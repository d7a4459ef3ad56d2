"""Overlap of nonlinear modes with the displacement to the second minimum that they lead to."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from relics import soft_potentials
from relics.figures import Fact, Recipe, Table
from relics.glass import ensembles, protocols
from relics.glass.excitation_protocols import SECOND_COLUMNS
from relics.glass.models import model
from relics.plotting import COLOURS, style, subplots

STORES = {0.5: "second-minima-0.5-500", 0.4: "second-minima-0.4-500"}
SPACING = model("polydisperse-r10").density ** (-1 / 3)
BINS = np.linspace(0.0, 1.0, 11)
RHO = 3.2


def _there() -> dict[float, str]:
    """Parent temperatures whose ensembles are in the stores."""
    return {t: n for t, n in STORES.items() if (protocols.stores() / n / "store.json").is_file()}


def compute() -> dict[str, Table]:
    """Every mode that was followed, and a quartic whose second well is the deeper one."""
    rows, temperature, rank = [], [], []
    for t, name in _there().items():
        second = ensembles.read(protocols.stores() / name).stack("second")
        table = second.reshape(-1, second.shape[-1])
        order = np.tile(np.arange(second.shape[2]), second.shape[0] * second.shape[1])
        found = np.isfinite(table[:, 0])
        rows.append(table[found])
        rank.append(order[found])
        temperature.append(np.full(int(found.sum()), t))
    table = np.concatenate(rows)
    units = {
        "b2": "eps/sig^2",
        "b3": "eps/sig^3",
        "b4": "eps/sig^4",
        "forward": "sig",
        "backward": "sig",
        "distance": "sig",
        "rise": "eps",
    }
    columns = {name: table[:, k] for k, name in enumerate(SECOND_COLUMNS)}
    s = np.linspace(-1.2, 6.5, 400)
    return {
        "modes": Table(
            {"T_p": np.concatenate(temperature), "rank": np.concatenate(rank)} | columns,
            {"T_p": "eps/k_B", "rank": "1"} | {n: units.get(n, "1") for n in SECOND_COLUMNS},
        ),
        "quartic": Table(
            {"s": s, "energy": soft_potentials.profile(s, 1.0, -np.sqrt(RHO), 1.0)},
            {"s": "sqrt(b2/b4)", "energy": "b2^2/b4"},
        ),
    }


def successes(rows: Table) -> np.ndarray:
    """Which modes led to a second minimum."""
    return np.isfinite(rows["overlap"])


def draw(panels: dict[str, Table]) -> Figure:
    """Histogram of the overlaps with the sketch inset; overlap against distance."""
    modes = panels["modes"]
    with style():
        figure, (left, right) = subplots(1, 2, size=(9.4, 4.0))
        for k, t in enumerate(sorted(np.unique(modes["T_p"]))):
            rows = modes.rows(T_p=t)
            use = successes(rows)
            left.hist(
                rows["overlap"][use], BINS, density=True, histtype="step", lw=1.8, color=COLOURS[k],
                label=f"$T_p={t:g}$: {int(use.sum())} of {use.size} modes",
            )  # fmt: skip
            right.plot(
                rows["distance"][use] / SPACING, rows["overlap"][use], "o", ms=4, mfc="white",
                mew=0.9, color=COLOURS[k], label=f"$T_p={t:g}$",
            )  # fmt: skip
        left.set(xlabel=r"$|\hat\Delta\cdot\pi|$", ylabel="density", title="(a)", xlim=(0, 1))
        left.set_ylim(0, left.get_ylim()[1] * 1.45)
        left.legend(loc="upper right")
        inset = left.inset_axes((0.07, 0.58, 0.38, 0.36))
        quartic = panels["quartic"]
        inset.plot(quartic["s"], quartic["energy"], color="black", lw=1.2)
        inset.set(xticks=[], yticks=[], ylim=(-0.5, 1.4), title="")
        inset.grid(False)
        inset.text(0.0, -0.28, "$x_0$", ha="center")
        inset.text(quartic["s"][np.argmin(quartic["energy"])], -0.45, "$x_1$", ha="center")
        right.set(
            xscale="log",
            xlabel=r"$|\Delta|/a_0$",
            ylabel=r"$|\hat\Delta\cdot\pi|$",
            ylim=(0, 1.02),
            title="(b) near minima are those along the mode",
        )
        right.legend(loc="upper right")
    return figure


def facts(panels: dict[str, Table]) -> list[Fact]:
    """Overlaps, share and direction of successes, and the sketch."""
    modes = panels["modes"]
    main = modes.rows(T_p=max(_there()) if modes["T_p"].size else 0.5)
    temperatures = sorted(np.unique(modes["T_p"]))
    use = successes(main)
    overlap = main["overlap"][use]
    bins = np.histogram(overlap, 5, (0, 1))[0]
    forward, backward = np.isfinite(main["forward"][use]), np.isfinite(main["backward"][use])
    only = forward ^ backward
    straight = float(np.mean(forward[only]))
    near = main["distance"][use] < SPACING
    quartic = panels["quartic"]
    e = quartic["energy"]
    wells = np.flatnonzero((e[1:-1] < e[:-2]) & (e[1:-1] < e[2:])) + 1
    middle, share = float(np.median(overlap)), float(use.mean())
    nearby = (
        f"; of the {int(near.sum())} minima nearer than a spacing the median is "
        f"{np.median(overlap[near]):.2f}"
    )
    far = (
        "glasses of 500 particles quenched from the liquid are so close to instability that pushing a mode "
        "through a spacing starts avalanches; those end far away and lower the overlap"
    )
    by_temperature = []
    for t in temperatures:
        rows = modes.rows(T_p=t)
        there = successes(rows)
        by_temperature.append(
            f"T_p = {t:g}: success {there.mean():.2f}, above 0.8 {np.mean(rows['overlap'][there] > 0.8):.2f}, "
            f"mean distance {np.mean(rows['distance'][there]) / SPACING:.2f} a_0, median {np.median(rows['distance'][there]) / SPACING:.2f}"
        )
    holds = [middle > 0.6, int(np.argmax(bins)) == 4, 0.05 <= share <= 0.4]
    return [
        Fact(f"median {middle:.2f} of {overlap.size} at T_p = 0.5{nearby}", holds[0], "" if holds[0] else far),
        Fact(f"counts {', '.join(map(str, bins))}", holds[1], "" if holds[1] else far),
        Fact(
            f"{share:.2f} of {use.size} modes at T_p = 0.5", holds[2],
            "" if holds[2] else "glasses quenched from T_p = 0.5 are less stable than those of the paper, from 0.4",
        ),
        Fact(f"{straight:.2f} of {int(only.sum())}", straight >= 0.7),
        Fact(
            f"{wells.size} minima, energies {', '.join(f'{v:.3f}' for v in e[wells])}",
            wells.size == 2 and bool(e[wells[1]] < e[wells[0]] - 1e-6),
        ),
        Fact(
            "; ".join(by_temperature),
            beyond_reach=True,
            why="the paper's numbers are of 40000 glasses of 16000 particles, one soft mode of each",
        ),
    ]  # fmt: skip


SECOND_MINIMA = Recipe(
    compute,
    draw,
    facts,
    caption=(
        "Glasses quenched from an equilibrated liquid, displaced step by step along a soft nonlinear mode, up to "
        "the spacing \\(a_0\\) of the particles, and minimised. (a) Overlap of the mode with the displacement to "
        "the first other minimum; inset: the quartic along a mode when \\(b_3^2=3.2\\,b_2b_4\\). (b) Overlap "
        "against the distance between the minima."
    ),
    alt=(
        "Left, a histogram of overlaps with a peak near one and a broad shoulder below. Right, overlaps close "
        "to one for near minima and small ones for minima several spacings away."
    ),
    parameters={"model": "polydisperse-r10", "N": 500, "rho of the sketch": RHO},
    sources=tuple(f"computed here from the store {name}" for name in STORES.values()),
)
