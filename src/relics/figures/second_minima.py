"""Overlap of nonlinear modes with the displacement to the second minimum that they lead to."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from relics import soft_potentials
from relics.figures import Fact, Recipe, Table
from relics.glass import ensembles, protocols
from relics.glass.excitation_protocols import SECOND_COLUMNS
from relics.glass.models import model
from relics.plotting import COLOURS, MARKERS, style, subplots

STORES = {0.5: "second-minima-0.5-500", 0.4: "second-minima-0.4-500"}
SPACING = model("polydisperse-r10").density ** (-1 / 3)
BINS = np.linspace(0.0, 1.0, 6)
RHO = 3.2


def _there() -> dict[float, str]:
    """Parent temperatures whose ensembles are in the stores."""
    return {t: n for t, n in STORES.items() if ensembles.filled(protocols.stores() / n)}


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
            counts, edges = np.histogram(rows["overlap"][use], BINS)
            scale = max(counts.sum(), 1) * np.diff(edges)
            left.stairs(
                counts / scale, edges, lw=1.8, color=COLOURS[k],
                label=f"$T_p={t:g}$: {int(use.sum())} of {use.size} modes",
            )  # fmt: skip
            left.errorbar(
                0.5 * (edges[1:] + edges[:-1]) + 0.01 * k, counts / scale, np.sqrt(counts) / scale,
                fmt="none", ecolor=COLOURS[k], elinewidth=0.9, alpha=0.7,
            )  # fmt: skip
            right.plot(
                rows["distance"][use] / SPACING, rows["overlap"][use], MARKERS[k], ms=4, mfc="white",
                mew=0.9, color=COLOURS[k], label=f"$T_p={t:g}$",
            )  # fmt: skip
        left.set(xlabel=r"$|\hat\Delta\cdot\pi|$", ylabel="density", title="(a)", xlim=(0, 1))
        left.set_ylim(0, left.get_ylim()[1] * 1.8)
        left.legend(loc="upper right")
        inset = left.inset_axes((0.05, 0.56, 0.36, 0.4))
        quartic = panels["quartic"]
        inset.plot(quartic["s"], quartic["energy"], color="black", lw=1.2)
        inset.set(xticks=[], yticks=[], ylim=(-1.0, 1.4), title="")
        inset.grid(False)
        inset.text(0.0, -0.35, "$x_0$", ha="center")
        inset.text(quartic["s"][np.argmin(quartic["energy"])], -0.8, "$x_1$", ha="center")
        right.set(
            xscale="log",
            xlabel=r"$|\Delta|/a_0$",
            ylabel=r"$|\hat\Delta\cdot\pi|$",
            ylim=(0, 1.02),
            title="(b)",
        )
        right.set_xticks([0.3, 0.5, 1.0, 2.0, 4.0], ["0.3", "0.5", "1", "2", "4"])
        right.set_xticks([], minor=True)
        right.legend(loc="lower left")
    return figure


def _describe(rows: Table) -> dict[str, float]:
    """What the facts need of the modes of one parent temperature."""
    use = successes(rows)
    overlap, distance = rows["overlap"][use], rows["distance"][use] / SPACING
    forward, backward = np.isfinite(rows["forward"][use]), np.isfinite(rows["backward"][use])
    only = forward ^ backward
    near = distance < 1.0
    return {
        "modes": float(use.size),
        "found": float(use.sum()),
        "middle": float(np.median(overlap)),
        "near": float(near.sum()),
        "near middle": float(np.median(overlap[near])) if near.any() else np.nan,
        "share": float(use.mean()),
        "straight": float(np.mean(forward[only])),
        "one way": float(only.sum()),
        "high": float(np.mean(overlap > 0.8)),
        "mean distance": float(distance.mean()),
        "middle distance": float(np.median(distance)),
    }


def facts(panels: dict[str, Table]) -> list[Fact]:
    """Overlaps, share and direction of successes where most modes were followed; the sketch."""
    modes = panels["modes"]
    temperatures = [float(t) for t in np.unique(modes["T_p"])]
    seen = {t: _describe(modes.rows(T_p=t)) for t in temperatures}
    main = max(temperatures, key=lambda t: seen[t]["modes"])
    followed = modes.rows(T_p=main)
    bins = np.histogram(followed["overlap"][successes(followed)], 5, (0, 1))[0]
    here = seen[main]
    quartic = panels["quartic"]
    e = quartic["energy"]
    wells = np.flatnonzero((e[1:-1] < e[:-2]) & (e[1:-1] < e[2:])) + 1

    def each(form: str) -> str:
        return "; ".join(f"T_p = {t:g}: {form.format(**seen[t])}" for t in temperatures)

    far = (
        "pushed through a spacing, a mode of a glass of 500 particles often starts an avalanche; the minimum at "
        "its end lies far away, and most of the way there is not along the mode"
    )
    holds = [here["middle"] > 0.6, int(np.argmax(bins)) == 4, 0.05 <= here["share"] <= 0.4]
    return [
        Fact(
            each("median {middle:.2f} of {found:.0f}, of those nearer than a spacing {near middle:.2f} of {near:.0f}"),
            holds[0], "" if holds[0] else far,
        ),
        Fact(f"counts {', '.join(map(str, bins))} at T_p = {main:g}", holds[1], "" if holds[1] else far),
        Fact(
            each("{share:.2f} of {modes:.0f} modes"), holds[2],
            "" if holds[2] else "every minimum other than the first counts here, avalanches included, and small glasses have many",
        ),
        Fact(each("{straight:.2f} of {one way:.0f} that crossed one way first"), here["straight"] >= 0.7,
             "" if here["straight"] >= 0.7 else "avalanches do not know the sign of the cubic term"),
        Fact(
            f"{wells.size} minima, energies {', '.join(f'{v:.3f}' for v in e[wells])}",
            wells.size == 2 and bool(e[wells[1]] < e[wells[0]] - 1e-6),
        ),
        Fact(
            each("success {share:.2f}, above 0.8 {high:.2f}, distance {mean distance:.2f} a_0 in the mean, {middle distance:.2f} in the median"),
            beyond_reach=True,
            why="the paper's numbers are of 40000 glasses of 16000 particles, one soft mode of each",
        ),
    ]  # fmt: skip


SECOND_MINIMA = Recipe(
    compute,
    draw,
    facts,
    caption=(
        "Glasses of 500 polydisperse particles, quenched from an equilibrated liquid at \\(T_p\\), displaced step by step along a soft nonlinear mode, up to "
        "the spacing \\(a_0\\) of the particles, and minimised. (a) Overlap of the mode with the displacement to "
        "the first other minimum, with counting errors; inset: the quartic along a mode when \\(b_3^2=3.2\\,b_2b_4\\). (b) Overlap "
        "against the distance between the minima. Facts are judged at the parent temperature with the most modes."
    ),
    alt=(
        "Left, two histograms of overlaps, spread broadly between zero and one, and a sketch of a double well. "
        "Right, overlaps that fall from close to one for near minima to small values for minima several "
        "spacings away."
    ),
    parameters={"model": "polydisperse-r10", "N": 500, "rho of the sketch": RHO},
    sources=tuple(f"computed here from the store {name}" for name in STORES.values()),
)
