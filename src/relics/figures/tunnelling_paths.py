"""Energies on the way from one state of a region to another: typical barrier, levels, paths."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from relics import random_energy
from relics.figures import Fact, Recipe, Table
from relics.plotting import COLOURS, style, subplots

S_C, N_STAR = 0.82, 190.0
GAMMA = S_C * np.sqrt(N_STAR)
SEED, REGIONS, BREADTH = 3, 200, 60
SIZES = np.array([4, 8, 14, 20, 26, 32, 40, 48, 57])


def _barriers(N: np.ndarray) -> np.ndarray:
    return random_energy.typical_barrier(N, GAMMA, S_C, 1.0)


def _lowest(N: float, count: int, size: int, seed: int) -> np.ndarray:
    """Lowest levels above a region of N beads, with the variance of a difference."""
    mean = N * float(random_energy.excess_energy(1.0, S_C)) + GAMMA * np.sqrt(N)
    variance = 2 * float(random_energy.level_variance(1.0, S_C)) * N
    return random_energy.sample_lowest_levels(N, S_C, mean, variance, count, size, seed)


def compute() -> dict[str, Table]:
    """Profiles, levels of one region, ways through them, statistics of the lowest, and the slope."""
    N = np.linspace(0.05, 62.0, 1241)
    units = {"N": "1", "V": "T_g"}
    landscape = random_energy.sample_landscape(SIZES, GAMMA, S_C, 1.0, BREADTH, SEED)
    levels = [level[:12] for level in landscape]
    ways = random_energy.sample_paths(landscape, 40, SEED)
    highest = ways.max(axis=1)
    generic = [int(np.argsort(highest)[i]) for i in (15, 30)]
    chosen = {"generic 1": generic[0], "generic 2": generic[1], "lowest": len(ways) - 1}
    means = np.array([_lowest(float(n), 1, REGIONS, 100 + int(n)).mean() for n in SIZES])
    size, height = random_energy.bottleneck(GAMMA, S_C, 1.0)
    near = float(height) + np.linspace(-0.05, 0.05, 5)
    return {
        "profile": Table(
            {"N": N, "tunnelling": _barriers(N),
             "classical": random_energy.ground_state_energy(N, GAMMA, S_C, 1.0)},
            {"N": "1", "tunnelling": "T_g", "classical": "T_g"},
        ),
        "levels": Table(
            {"N": np.repeat(SIZES, [len(x) for x in levels]).astype(float),
             "V": np.concatenate(levels)}, units,
        ),
        "paths": Table(
            {"curve": np.repeat(list(chosen), SIZES.size), "N": np.tile(SIZES, 3).astype(float),
             "V": ways[list(chosen.values())].ravel()}, {"curve": "", **units},
        ),
        "highest": Table({"path": np.arange(len(highest)), "V": highest}, {"path": "1", "V": "T_g"}),
        "lowest": Table(
            {"N": SIZES.astype(float), "mean": means, "typical": _barriers(SIZES.astype(float))},
            {"N": "1", "mean": "T_g", "typical": "T_g"},
        ),
        "slope": Table(
            {"V": near, "log_paths": random_energy.log_paths(near, size, GAMMA, S_C, 1.0)},
            {"V": "T_g", "log_paths": "1"},
        ),
    }  # fmt: skip


def draw(panels: dict[str, Table]) -> Figure:
    """Levels as ticks, the dense part shaded, two generic ways and the lowest one."""
    profile, levels, paths = panels["profile"], panels["levels"], panels["paths"]
    with style():
        figure, axes = subplots(size=(6.4, 4.6))
        axes.plot(profile["N"], profile["tunnelling"], color="black", linewidth=2,
                  label="typical barrier for tunnelling")  # fmt: skip
        axes.plot(profile["N"], profile["classical"], ":", color="0.4",
                  label=r"classical droplet, $E_{\rm GS}(N)$")  # fmt: skip
        for n in SIZES:
            own = levels["V"][levels["N"] == n]
            axes.hlines(own, n - 1.6, n + 1.6, color="0.25", linewidth=0.9)
            axes.fill_between([n - 1.6, n + 1.6], own.max(), 46, color="0.8", linewidth=0)
        for name, label, colour in (
            ("generic 1", "generic way", COLOURS[1]),
            ("generic 2", "another one", COLOURS[3]),
            ("lowest", "lowest way", COLOURS[2]),
        ):
            own = paths.rows(curve=name)
            axes.plot(
                np.append(0, own["N"]), np.append(0, own["V"]), "-o", color=colour, markersize=3,
                label=label,
            )  # fmt: skip
        axes.axhline(0, color="black", linewidth=0.7)
        axes.annotate(
            r"lowest way if $\hbar\omega^\ddagger<k_BT/2\pi$", (57, -4), ha="right", fontsize=8,
            color=COLOURS[2],
        )  # fmt: skip
        axes.set(xlim=(0, 62), ylim=(-8, 46), xlabel="beads moved, $N$", ylabel="energy / $k_BT_g$")
        figure.legend(loc="outside upper center", ncols=3, fontsize=8)
    return figure


def facts(panels: dict[str, Table]) -> list[Fact]:
    """Maximum and zero of the profile, order of the paths, lowest levels, slope of the count."""
    profile, highest, lowest, slope = (panels[k] for k in ("profile", "highest", "lowest", "slope"))
    top = int(np.argmax(profile["tunnelling"]))
    size, height = profile["N"][top], profile["tunnelling"][top]
    sign = np.flatnonzero(np.diff(np.sign(profile["tunnelling"][top:])))[0] + top
    zero = profile["N"][sign]
    window = (lowest["N"] >= 8) & (lowest["N"] <= 40)
    above = (lowest["mean"] - lowest["typical"])[window]
    steepness = np.polyfit(slope["V"] - slope["V"].mean(), slope["log_paths"], 2)[1]
    return [
        Fact(f"maximum at N = {size:.1f}", abs(size - 14) < 1),
        Fact(f"height {height:.2f} T_g = {height / S_C:.2f} T_g s_c", abs(height / S_C - 26) < 0.5),
        Fact(f"zero at N = {zero:.1f}", abs(zero - 57) < 1),
        Fact(f"highest level of the lowest path {highest['V'][-1]:.1f} T_g, of the others at least "
             f"{highest['V'][:-1].min():.1f} T_g", highest["V"][-1] <= highest["V"][:-1].min()),
        Fact(f"lowest sampled level above the typical one by {above.min():.2f} to {above.max():.2f} T_g",
             0 < above.min() and above.max() < 5),
        Fact(f"slope of ln Omega at V_max times sqrt(2): {steepness * np.sqrt(2):.4f}",
             abs(steepness * np.sqrt(2) - 1) < 0.01),
    ]  # fmt: skip


TUNNELLING_PATHS = Recipe(
    compute,
    draw,
    facts,
    caption=r"Energy against the number of beads moved, for \(s_c=0.82\,k_B\) and \(N^*=190\). Black: "
    r"the typical highest level, LW07 Eq. 12. Lines: the lowest levels drawn for one region at each "
    r"size; grey: the dense part above. Orange and pink: ways that take one of the 60 lowest levels "
    r"at each size at random; green: the way whose highest level is lowest, through the lowest level "
    r"at every size. It is followed if \(\hbar\omega^\ddagger\lt k_BT/2\pi\). Dotted: the classical "
    r"droplet, where heat pays for every level on the way.",
    alt="A dome-shaped black curve with its maximum near 14 beads and its zero near 57. Short "
    "horizontal lines mark levels at nine sizes; three zigzag paths run through them, one along the "
    "lowest levels.",
    parameters={"s_c": S_C, "N*": N_STAR, "breadth": BREADTH},
    sources=("random energy model, sampled",),
    seeds=(SEED,),
)
