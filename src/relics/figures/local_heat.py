"""Local heat capacities of the bonds of a plane glass."""

from __future__ import annotations

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from numpy.typing import NDArray

from relics.figures import Fact, Recipe, Table
from relics.glass import ensembles, protocols, shear
from relics.glass.configuration import minimal_image, random_configuration
from relics.glass.minimise import minimise
from relics.glass.thermal_cubature import heat_by_cubature
from relics.plotting import COLOURS, style, subplots

STORE = "local-heat-binary-r10-2d-1600"
NEAR = 5.0
HOTTEST = 0.01
SMALL, SMALL_SEED, BONDS = 16, 2, 10

Array = NDArray[np.float64]


def _bonds() -> Table:
    """Every bond of every stored glass: ends, heat capacity, distance to the nearest core."""
    rows: dict[str, list] = {n: [] for n in ("sample", "x", "y", "dx", "dy", "heat", "core")}
    for sample in ensembles.read(protocols.stores() / STORE).samples:
        a = sample.arrays
        i, j = a["pairs"].astype(int)
        r = minimal_image(a["positions"][j] - a["positions"][i], a["box"])
        middle = a["positions"][i] + 0.5 * r
        away = minimal_image(middle[:, None, :] - a["cores"][None, :, :], a["box"])
        rows["sample"].append(np.full(i.size, sample.seed))
        for name, column in zip(("x", "y"), a["positions"][i].T, strict=True):
            rows[name].append(column)
        rows["dx"].append(r[:, 0])
        rows["dy"].append(r[:, 1])
        rows["heat"].append(a["harmonic"] - a["anharmonic"])
        rows["core"].append(np.nanmin(np.linalg.norm(away, axis=2), axis=1))
    units = dict.fromkeys(rows, "sig") | {"sample": "1", "heat": "k_B/2"}
    return Table({n: np.concatenate(v) for n, v in rows.items()}, units)


def _cores() -> Table:
    """Cores of the softest nonlinear modes of the glass with the softest one, which is drawn."""
    samples = ensembles.read(protocols.stores() / STORE).samples
    sample = min(samples, key=lambda s: s.arrays["nonlinear"][0, 0])
    core = sample.arrays["cores"]
    return Table(
        {
            "sample": np.full(len(core), sample.seed),
            "x": core[:, 0],
            "y": core[:, 1],
            "b2": sample.arrays["nonlinear"][:, 0],
        },
        {"sample": "1", "x": "sig", "y": "sig", "b2": "eps/sig^2"},
    )


def _small() -> Table:
    """The bonds of largest heat capacity of a small glass, by expansion and by cubature."""
    glass = minimise(random_configuration("binary-r10-2d", SMALL, SMALL_SEED)).configuration
    heat = shear.local_heat_capacity(glass)
    expansion = {
        (min(a, b), max(a, b)): v for a, b, v in zip(heat.i, heat.j, heat.value, strict=True)
    }
    pairs, rise = heat_by_cubature(glass)
    formula = np.array([expansion[tuple(p)] for p in pairs])
    largest = np.argsort(-np.abs(formula))[:BONDS]
    return Table(
        {"formula": formula[largest], "average": rise[largest]},
        {"formula": "k_B/2", "average": "k_B/2"},
    )


def compute() -> dict[str, Table]:
    """Bonds of all stored glasses, cores of one, and a small glass done in two ways."""
    return {"bonds": _bonds(), "cores": _cores(), "small": _small()}


def kurtosis(values: Array) -> float:
    """Fourth central moment over the square of the second (3 for a Gaussian)."""
    centred = values - values.mean()
    return float(np.mean(centred**4) / np.mean(centred**2) ** 2)


def tail_exponent(values: Array, share: float = 0.01) -> tuple[float, float]:
    """Hill's estimate of the exponent of the density of the largest moduli, and its error."""
    sizes = np.sort(np.abs(values))[::-1]
    count = max(int(share * sizes.size), 10)
    a = 1.0 / np.mean(np.log(sizes[:count] / sizes[count]))
    return float(1 + a), float(a / np.sqrt(count))


def draw(panels: dict[str, Table]) -> Figure:
    """The map of one glass with the cores, and the distribution over all glasses."""
    with style():
        figure, (left, right) = subplots(1, 2, size=(9.8, 4.9), width_ratios=[1.35, 1])
        cores = panels["cores"]
        bonds = panels["bonds"].rows(sample=cores["sample"][0])
        order = np.argsort(np.abs(bonds["heat"]))
        start = np.stack([bonds["x"], bonds["y"]], axis=1)[order]
        end = start + np.stack([bonds["dx"], bonds["dy"]], axis=1)[order]
        heat = bonds["heat"][order]
        width = 0.15 + 6.0 * np.abs(heat) / np.quantile(np.abs(heat), 0.998)
        colour = np.where(heat < 0, COLOURS[1], "black")
        left.add_collection(
            LineCollection(
                list(np.stack([start, end], axis=1)),
                linewidths=np.minimum(width, 6.0),
                colors=colour,
            )
        )
        left.plot(cores["x"], cores["y"], "o", ms=24, mfc="none", mec="white", mew=3.0)
        left.plot(cores["x"], cores["y"], "o", ms=24, mfc="none", mec=COLOURS[0], mew=1.4)
        edge = float(max(bonds["x"].max(), bonds["y"].max()))
        left.set(xlim=(0, edge), ylim=(0, edge), aspect="equal", xlabel="$x$", ylabel="$y$")
        left.set(title="(a) local heat capacity of every bond, $N=1600$")
        left.grid(False)
        everything = panels["bonds"]["heat"]
        for sign, name, tint in ((1, "positive", "black"), (-1, "negative", COLOURS[1])):
            sizes = np.sort(sign * everything[sign * everything > 0])[::-1]
            right.loglog(
                sizes, np.arange(1, sizes.size + 1) / everything.size, color=tint, label=name
            )
        top = np.quantile(np.abs(everything), 0.98)
        guide = top * np.array([1.0, 12.0])
        right.loglog(guide, 0.02 * (guide / top) ** (-5 / 4), "--", color=COLOURS[0], lw=1.2)
        right.annotate(r"$c^{-5/4}$", (guide[1], 0.02 * 12 ** (-5 / 4)), (-8, 8), textcoords="offset points", color=COLOURS[0])  # fmt: skip
        right.set(xlabel=r"$|c|$", ylabel="share of bonds beyond", xlim=(0.05, None))
        right.set(title=f"(b) {np.unique(panels['bonds']['sample']).size} glasses")
        right.legend(loc="lower left")
    return figure


def facts(panels: dict[str, Table]) -> list[Fact]:
    """Sum rule, signs, tails, hot spots at soft modes, and the check by averages."""
    bonds = panels["bonds"]
    samples = np.unique(bonds["sample"])
    each = [bonds.rows(sample=s) for s in samples]
    particles = 1600
    sums = np.array([t["heat"].sum() / (2 * particles - 2) - 1 for t in each])
    peaks = np.array([kurtosis(t["heat"]) for t in each])
    hot, cold = [], []
    for t in each:
        largest = np.argsort(-np.abs(t["heat"]))[: int(HOTTEST * t["heat"].size)]
        hot.append(float(np.mean(t["core"][largest] < NEAR)))
        cold.append(float(np.mean(t["core"] < NEAR)))
    low, high = bonds["heat"].min(), bonds["heat"].max()
    small = panels["small"]
    gap = float(np.abs(small["average"] / small["formula"] - 1).max())
    exponent, error = tail_exponent(bonds["heat"])
    close = float(np.mean(hot)) >= 0.6
    return [
        Fact(f"largest relative difference {np.abs(sums).max():.1e} in {len(each)} glasses", bool(np.abs(sums).max() < 1e-6)),
        Fact(f"from {low:.1f} to {high:.1f}", bool(low < 0 < high)),
        Fact(
            f"{kurtosis(bonds['heat']):.0f} of all bonds (single glasses from {peaks.min():.0f} to {peaks.max():.0f})",
            kurtosis(bonds["heat"]) > 10,
        ),
        Fact(
            f"{np.mean(hot):.2f} of them (from {min(hot):.2f} to {max(hot):.2f}; of all bonds {np.mean(cold):.2f})",
            close,
            "" if close else "hot bonds also lie at stiffer modes than the ten softest that are marked",
        ),
        Fact(f"largest relative difference {gap:.1e} of {BONDS} bonds of a glass of {SMALL} particles", gap < 0.01),
        Fact(
            f"exponent {-exponent:.2f} +- {error:.2f} from the largest hundredth of {bonds['heat'].size} bonds",
            beyond_reach=True,
            why="bonds of one soft spot are not independent and the softest spots decide the tail: hundreds of glasses are needed",
        ),
    ]  # fmt: skip


LOCAL_HEAT = Recipe(
    compute,
    draw,
    facts,
    caption=(
        "(a) Local heat capacity \\(c\\) of every interacting pair of a plane glass, black where it is positive, "
        "orange where negative, thickness in proportion to its size; circles: cores of its softest nonlinear "
        "modes. (b) Share of bonds beyond a value, over all stored glasses; dashed: the slope that modes counted "
        "by \\(\\omega^4\\) give."
    ),
    alt=(
        "Left, a mesh of thin bonds with a few knots of thick black and orange ones, most of them inside circles. "
        "Right, two tails that fall as a power."
    ),
    parameters={"near": NEAR, "hottest share": HOTTEST, "small glass": (SMALL, SMALL_SEED)},
    sources=(f"computed here from the store {STORE}",),
    seeds=(SMALL_SEED,),
)
