"""A cooperative region whose bonds turn during a transition, and the dipole that this makes."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.figure import Figure
from scipy import stats
from scipy.optimize import linear_sum_assignment

from relics import tunnelling_dipoles as dipoles
from relics.constants import debye
from relics.figures import Fact, Recipe, Table
from relics.packing import soft_disk_packing
from relics.plotting import COLOURS, style, subplots
from relics.unit_systems import convert

ZETA, BEAD, N_STAR, LINDEMANN = 0.1, 3.5e-10, 200.0, 0.1
RADIUS, INNER = 2.9, 1.45
DISCS, SEED, SAMPLES = 260, 5, 10_000
QUARTZ_BETA = 5.2e4


def _bonds(places: np.ndarray, reach: float = 1.35) -> list[tuple[int, int]]:
    """Pairs of near discs, each disc in one at most, as many as an assignment finds."""
    distance = np.linalg.norm(places[:, None] - places, axis=-1)
    cost = np.where((distance > 0) & (distance < reach), distance, 1e3)
    partner = linear_sum_assignment(cost)[1]
    pairs, used = [], set()
    order = sorted(range(len(places)), key=lambda k: cost[k, partner[k]])
    for k in order:
        m = int(partner[k])
        if cost[k, m] < 1e3 and k not in used and m not in used:
            pairs.append((k, m))
            used |= {k, m}
    free = [k for k in range(len(places)) if k not in used]
    for k in free:
        near = [m for m in free if m != k and m not in used and cost[k, m] < 1e3]
        if k not in used and near:
            m = min(near, key=lambda n: cost[k, n])
            pairs.append((k, m))
            used |= {k, m}
    return pairs


def compute() -> dict[str, Table]:
    """Discs and bonds of the region in its two states, and dipoles of many regions in space."""
    packing = soft_disk_packing(DISCS, seed=SEED)
    places = packing.positions - packing.box / 2
    distance = np.linalg.norm(places, axis=1)
    spacing = math.sqrt(packing.box**2 / DISCS)
    region = np.flatnonzero(distance < RADIUS * spacing)
    rng = np.random.default_rng(SEED)
    size = LINDEMANN * spacing * np.clip(
        (RADIUS - distance / spacing) / (RADIUS - INNER) * (1 - 1 / (2 * RADIUS)) + 1 / (2 * RADIUS), 0, 1
    )  # fmt: skip
    size[distance >= RADIUS * spacing] = 0.0
    moved = places.copy()
    rows = []
    for k, m in _bonds(places[region]):
        i, j = int(region[k]), int(region[m])
        bond = places[j] - places[i]
        across = np.array([-bond[1], bond[0]]) / np.linalg.norm(bond)
        # The ends move against each other by the displacement at the middle of the bond.
        relative = rng.choice((-1, 1)) * 0.5 * (size[i] + size[j]) * np.linalg.norm(bond) / spacing
        moved[i] -= across * relative / 2
        moved[j] += across * relative / 2
        after = moved[j] - moved[i]
        turn = math.atan2(bond[0] * after[1] - bond[1] * after[0], bond @ after)
        middle = np.linalg.norm((places[i] + places[j]) / 2) / spacing
        rows.append((i, j, rng.choice((-1, 1)), turn, middle))
    loose = np.setdiff1d(region, [r[n] for r in rows for n in (0, 1)])
    angles = rng.uniform(0, 2 * np.pi, loose.size)
    moved[loose] += size[loose, None] * np.column_stack([np.cos(angles), np.sin(angles)])
    mu = dipoles.sampled_dipoles(ZETA, BEAD, round(N_STAR / 2), LINDEMANN, SAMPLES, SEED) / debye
    beta = float(convert(QUARTZ_BETA, "surface charge", "gaussian", "SI"))
    lines = {
        "LSW06-1, 3.5 angstrom": dipoles.random_walk_dipole(ZETA, BEAD, N_STAR, LINDEMANN),
        "LSW06-1, 2 angstrom": dipoles.random_walk_dipole(ZETA, 2e-10, N_STAR, LINDEMANN),
        "LSW06-18, quartz": dipoles.piezoelectric_dipole(beta, BEAD, N_STAR, LINDEMANN),
    }
    columns = list(zip(*rows, strict=True))
    return {
        "discs": Table(
            {
                "x": places[:, 0] / spacing, "y": places[:, 1] / spacing, "x_after": moved[:, 0] / spacing,
                "y_after": moved[:, 1] / spacing, "radius": packing.radii / spacing, "distance": distance / spacing,
            },
            {"x": "a", "y": "a", "x_after": "a", "y_after": "a", "radius": "a", "distance": "a"},
        ),
        "bonds": Table(
            {
                "first": np.array(columns[0]), "second": np.array(columns[1]), "sign": np.array(columns[2]),
                "angle": np.array(columns[3]), "distance": np.array(columns[4]),
            },
            {"first": "1", "second": "1", "sign": "1", "angle": "rad", "distance": "a"},
        ),
        "dipoles": Table(
            {"mu_x": mu[:, 0], "mu_y": mu[:, 1], "mu_z": mu[:, 2]}, {"mu_x": "D", "mu_y": "D", "mu_z": "D"}
        ),
        "lines": Table(
            {"curve": np.array(list(lines)), "mu": np.array([float(v) / debye for v in lines.values()])},
            {"curve": "", "mu": "D"},
        ),
        "count": Table(
            {
                "pairs": np.array([float(dipoles.bond_pairs(N_STAR))]),
                "bracket": np.sqrt(dipoles.bond_pairs(N_STAR))[None] * LINDEMANN,
            },
            {"pairs": "1", "bracket": "1"},
        ),
    }  # fmt: skip


def draw(panels: dict[str, Table]) -> Figure:
    """The region with its bonds, one bond enlarged, and the distribution of dipoles."""
    from matplotlib.patches import Circle

    discs, bonds, mu = panels["discs"], panels["bonds"], panels["dipoles"]
    with style():
        figure, (left, middle, right) = subplots(1, 3, size=(11.0, 3.8))
        for n in np.flatnonzero(discs["distance"] < 4.4):
            inside = discs["distance"][n] < RADIUS
            left.add_patch(
                Circle((discs["x"][n], discs["y"][n]), discs["radius"][n], facecolor="0.95" if inside else "0.85", edgecolor="0.5", lw=0.7)
            )  # fmt: skip
            if inside:
                left.add_patch(
                    Circle((discs["x_after"][n], discs["y_after"][n]), discs["radius"][n], fill=False, ls="--", lw=0.8, edgecolor=COLOURS[1])
                )  # fmt: skip
        for i, j in zip(bonds["first"], bonds["second"], strict=True):
            left.plot(discs["x"][[i, j]], discs["y"][[i, j]], color=COLOURS[0], lw=1.6)
        left.add_patch(Circle((0, 0), RADIUS, fill=False, color="0.3", lw=1.2))
        left.add_patch(Circle((0, 0), INNER, fill=False, color="0.3", lw=1.0, ls=":"))
        left.set(xlim=(-4, 4), ylim=(-4, 4), aspect="equal", title="a region and its bonds")
        left.set_axis_off()
        _draw_bond(middle, panels)
        length = np.sqrt(mu["mu_x"] ** 2 + mu["mu_y"] ** 2 + mu["mu_z"] ** 2)
        right.hist(
            length, bins=50, density=True, color=COLOURS[5], alpha=0.7, label="10 000 regions"
        )
        scale = math.sqrt(np.mean(length**2) / 3)
        x = np.linspace(0, length.max(), 200)
        right.plot(x, stats.maxwell(scale=scale).pdf(x), color=COLOURS[0], label="Maxwell")
        for k, (name, value) in enumerate(zip(*panels["lines"].columns.values(), strict=True)):
            right.axvline(
                float(value),
                0,
                0.68,
                color=COLOURS[(1, 2, 3)[k]],
                ls=("-", "--", "-.")[k],
                label=str(name),
            )
        right.set(
            xlabel=r"transition dipole $|\mu_T|$ / D", ylabel="density / D$^{-1}$", ylim=(0, 1.05)
        )
        right.legend(fontsize=7.5, loc="upper right")
    return figure


def _draw_bond(axes, panels: dict[str, Table]) -> None:
    from matplotlib.patches import Circle

    discs, bonds = panels["discs"], panels["bonds"]
    n = int(np.argmin(np.abs(np.abs(bonds["angle"]) - LINDEMANN) + bonds["distance"] * 1e-3))
    i, j = bonds["first"][n], bonds["second"][n]
    centre = np.array([discs["x"][[i, j]].mean(), discs["y"][[i, j]].mean()])
    for end, charge in ((i, bonds["sign"][n]), (j, -bonds["sign"][n])):
        before = np.array([discs["x"][end], discs["y"][end]]) - centre
        after = np.array([discs["x_after"][end], discs["y_after"][end]]) - centre
        axes.add_patch(Circle(before, discs["radius"][end], facecolor="0.95", edgecolor="0.4"))
        axes.add_patch(
            Circle(after, discs["radius"][end], fill=False, ls="--", edgecolor=COLOURS[1])
        )
        axes.text(
            *(1.55 * before), rf"${'+' if charge > 0 else '-'}\zeta q$", ha="center", va="center"
        )
        axes.annotate(
            "", after, (0, 0), arrowprops={"arrowstyle": "-", "color": COLOURS[1], "ls": "--"}
        )
        axes.annotate(
            "", before, (0, 0), arrowprops={"arrowstyle": "-", "color": COLOURS[0], "lw": 1.6}
        )
    axes.set(
        xlim=(-1.3, 1.3),
        ylim=(-1.3, 1.3),
        aspect="equal",
        title=f"one bond turns by {abs(bonds['angle'][n]):.3f} rad",
    )
    axes.set_axis_off()


def facts(panels: dict[str, Table]) -> list[Fact]:
    """Angles, numbers, and the statistics of the dipoles."""
    bonds, lines = panels["bonds"], dict(zip(*panels["lines"].columns.values(), strict=True))
    inner = np.abs(bonds["angle"][bonds["distance"] < INNER])
    mu = np.column_stack([panels["dipoles"][k] for k in ("mu_x", "mu_y", "mu_z")])
    length = np.linalg.norm(mu, axis=1)
    rms = math.sqrt(np.mean(length**2))
    closed = float(lines["LSW06-1, 3.5 angstrom"])
    sigmas = np.abs(mu.mean(axis=0)) / (mu.std(axis=0, ddof=1) / math.sqrt(len(mu)))
    p = stats.kstest(length, stats.maxwell(scale=closed / math.sqrt(3)).cdf).pvalue
    pairs, bracket = panels["count"]["pairs"][0], panels["count"]["bracket"][0]
    small = float(lines["LSW06-1, 2 angstrom"])
    return [
        Fact(f"mean rotation {inner.mean():.3f} rad over {inner.size} bonds inside the inner contour", abs(inner.mean() - 0.1) < 0.03),
        Fact(f"{pairs:.0f} pairs", pairs == 100),
        Fact(f"bracket {bracket:.12f}", abs(bracket - 1) < 1e-9),
        Fact(f"root mean square {rms:.4f} D, LSW06-1 {closed:.4f} D", abs(rms / closed - 1) < 0.02),
        Fact(f"means within {sigmas.max():.2f} standard errors of zero", bool(np.all(sigmas < 4))),
        Fact(f"{small:.3f} D for 2 angstrom, {closed:.3f} D for 3.5 angstrom", abs(small / 0.96 - 1) < 0.01 and abs(closed / 1.68 - 1) < 0.01),
        Fact(f"Kolmogorov-Smirnov p = {p:.3f} against Maxwell's law with that variance", p > 0.01),
    ]  # fmt: skip


BOND_DIPOLES = Recipe(
    compute,
    draw,
    facts,
    caption=(
        "Left: discs of a computed packing; inside the outer contour (the region, "
        r"\(\xi=5.8a\) across) two structures are drawn, solid and dashed, and the discs are paired off "
        r"into bonds (blue). The ends of a bond move against each other, across it, by \(d_L=0.1a\) inside the "
        "dotted contour and less toward the outer one. Middle: one bond enlarged, with its partial "
        r"charges. Right: dipoles of 10 000 regions in space, each of 100 bonds of \(3.5\) angstrom and "
        r"\(\zeta=0.1\) that turn by a tenth of a radian about random axes, with Maxwell's law and the "
        "estimates of LSW06 Eqs. 1 and 18."
    ),
    alt=(
        "Left: a round region of paired discs in two slightly different arrangements. Middle: two charged "
        "discs whose bond turns by a tenth of a radian. Right: a histogram of dipoles between zero and four "
        "debye with a Maxwell curve and three vertical lines."
    ),
    parameters={
        "zeta": ZETA,
        "a": BEAD,
        "N_star": N_STAR,
        "lindemann": LINDEMANN,
        "beta": QUARTZ_BETA,
    },
    sources=("piezoelectric constant of quartz as quoted by LSW06 (class Q)",),
    data=(),
    seeds=(SEED,),
)
