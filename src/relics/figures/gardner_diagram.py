"""Mean-field hard spheres: liquid, glasses, and the line where each glass splits."""

from __future__ import annotations

import functools

import numpy as np
from matplotlib.figure import Figure

from relics import mean_field_hard_spheres as spheres
from relics.figures import Fact, Recipe, Table
from relics.plotting import COLOURS, style, subplots

PREPARED = (4.82, 5.0, 5.5, 6.0, 6.5, 7.0, 7.5, 8.0)
LINE = (
    4.8069,
    4.81,
    4.83,
    4.87,
    4.92,
    5.0,
    5.15,
    5.3,
    5.5,
    5.75,
    6.0,
    6.25,
    6.5,
    6.75,
    7.0,
    7.25,
    7.5,
    7.75,
    8.0,
)


@functools.cache
def _glass(prepared: float) -> list[spheres.GlassState]:
    return spheres.follow(prepared)


def compute() -> dict[str, Table]:
    """Liquid line, glass branches with their stability, decompression, Gardner line, transition."""
    packing, cage = spheres.dynamical_transition()
    liquid = np.linspace(2.5, 9.0, 131)
    branches: dict[str, list[object]] = {
        k: [] for k in ("prepared", "branch", "packing", "inverse_pressure", "stability", "cage")
    }

    def add(prepared: float, branch: str, states: list[spheres.GlassState]) -> None:
        for s in states:
            row = (prepared, branch, s.packing, 1 / s.pressure, s.stability, s.cage)
            for key, value in zip(branches, row, strict=True):
                branches[key].append(value)

    for prepared in PREPARED:
        states = _glass(prepared)
        add(prepared, "compressed", states)
        add(prepared, "Gardner", [spheres.gardner_state(prepared, states)])
        add(prepared, "decompressed", spheres.decompress(prepared))
    line = [spheres.gardner_state(p) for p in LINE]
    start = spheres.GlassState(packing, 0.0, cage, cage)
    near = [
        spheres.follow(p, smallest_cage=_glass(p)[0].cage / 1.001, ratio=1.001)[1] for p in PREPARED
    ]
    return {
        "liquid": Table(
            {"packing": liquid, "inverse_pressure": 1 / spheres.liquid_pressure(liquid)},
            {"packing": "2^d phi/d", "inverse_pressure": "rho d k_B T/p"},
        ),
        "glasses": Table(
            {k: np.array(v) for k, v in branches.items()},
            {
                "prepared": "2^d phi/d", "branch": "", "packing": "2^d phi/d", "inverse_pressure": "rho d k_B T/p",
                "stability": "1", "cage": "1",
            },
        ),
        "gardner": Table(
            {
                "prepared": np.array(LINE),
                "packing": np.array([s.packing for s in line]),
                "inverse_pressure": np.array([1 / s.pressure for s in line]),
            },
            {"prepared": "2^d phi/d", "packing": "2^d phi/d", "inverse_pressure": "rho d k_B T/p"},
        ),
        "transition": Table(
            {
                "packing": [packing],
                "cage": [cage],
                "stability": [start.stability],
                "inverse_pressure": [1 / start.pressure],
            },
            {"packing": "2^d phi/d", "cage": "1", "stability": "1", "inverse_pressure": "rho d k_B T/p"},
        ),
        "starts": Table(
            {
                "prepared": np.array(PREPARED),
                "pressure": np.array([_glass(p)[0].pressure for p in PREPARED]),
                "slope": np.array(
                    [(s.pressure - _glass(p)[0].pressure) / (s.packing - p) for p, s in zip(PREPARED, near, strict=True)]
                ),
            },
            {"prepared": "2^d phi/d", "pressure": "p/(rho d k_B T)", "slope": "1"},
        ),
    }  # fmt: skip


def draw(panels: dict[str, Table]) -> Figure:
    """Packing against inverse pressure: liquid, glasses solid to the Gardner line and dashed beyond."""
    glasses, transition = panels["glasses"], panels["transition"]
    threshold = transition["packing"][0]
    with style():
        figure, axes = subplots(size=(6.0, 4.4))
        liquid = panels["liquid"]
        below = liquid["packing"] <= threshold
        axes.plot(
            liquid["packing"][below],
            liquid["inverse_pressure"][below],
            color="black",
            label="liquid",
        )
        axes.plot(
            liquid["packing"][~below], liquid["inverse_pressure"][~below], color="black", ls=":",
            label="liquid, minima counted by $e^{Ns_c}$",
        )  # fmt: skip
        for n, prepared in enumerate(PREPARED):
            rows = glasses.rows(prepared=prepared, branch="compressed")
            single = rows["stability"] < 1
            split = glasses.rows(prepared=prepared, branch="Gardner")
            x = np.append(rows["packing"][single], split["packing"])
            y = np.append(rows["inverse_pressure"][single], split["inverse_pressure"])
            axes.plot(
                x, y, color=COLOURS[0], lw=1.3, label="glass, one minimum" if n == 0 else None
            )
            x = np.append(split["packing"], rows["packing"][~single])
            y = np.append(split["inverse_pressure"], rows["inverse_pressure"][~single])
            axes.plot(
                x, y, color=COLOURS[0], lw=1.0, ls="--", label="glass, split" if n == 0 else None
            )
            rows = glasses.rows(prepared=prepared, branch="decompressed")
            axes.plot(
                rows["packing"], rows["inverse_pressure"], color=COLOURS[5], lw=0.8,
                label="decompressed" if n == 0 else None,
            )  # fmt: skip
        line = panels["gardner"]
        axes.plot(
            line["packing"],
            line["inverse_pressure"],
            color=COLOURS[1],
            lw=2.2,
            label="Gardner line",
        )
        axes.plot(threshold, transition["inverse_pressure"], "o", color=COLOURS[1], ms=6)
        axes.annotate(
            r"$(\varphi_A,1/p_A)$", (threshold, transition["inverse_pressure"][0]), (-8, -6),
            textcoords="offset points", ha="right", va="top",
        )  # fmt: skip
        axes.set(
            xlabel=r"scaled filling fraction $2^d\varphi/d$", ylabel=r"inverse pressure $\rho d\,k_BT/p$",
            xlim=(2.6, 10.2), ylim=(0, 0.75),
        )  # fmt: skip
        axes.legend(loc="upper right")
    return figure


def facts(panels: dict[str, Table]) -> list[Fact]:
    """The transition, the ends of the lines, and the order of the glasses."""
    transition, starts, line = panels["transition"], panels["starts"], panels["gardner"]
    packing, cage = transition["packing"][0], transition["cage"][0]
    stability = transition["stability"][0]
    off = np.abs(starts["pressure"] - starts["prepared"] / 2).max()
    falling = bool(np.all(np.diff(line["inverse_pressure"]) < 0))
    monotonic, beyond = True, True
    for prepared in PREPARED:
        rows = panels["glasses"].rows(prepared=prepared, branch="compressed")
        x, y = rows["packing"], rows["inverse_pressure"]
        monotonic &= bool(np.all(np.diff(x) > 0) and np.all(np.diff(y) < 0))
        end = x[-1] - y[-1] * (x[-1] - x[-2]) / (y[-1] - y[-2])
        beyond &= end > prepared
    return [
        Fact(f"packing {packing:.5f}, cage {cage:.5f}", abs(packing - 4.8067) < 5e-4 and abs(cage - 1.153) < 2e-3),
        Fact(f"stability integral {stability:.10f} at the transition", abs(stability - 1) < 1e-3),
        Fact(f"largest deviation from half the packing {off:.1e}", off < 1e-6),
        Fact(
            f"slopes of the glasses {starts['slope'].min():.2f} to {starts['slope'].max():.2f}, liquid 0.50",
            bool(np.all(starts["slope"] > 0.5)),
        ),
        Fact(
            f"1/p on the Gardner line falls from {line['inverse_pressure'][0]:.4f} to {line['inverse_pressure'][-1]:.4f}",
            falling,
        ),
        Fact("1/p falls along every branch and reaches zero beyond its preparation", monotonic and bool(beyond)),
    ]  # fmt: skip


GARDNER_DIAGRAM = Recipe(
    compute,
    draw,
    facts,
    caption=(
        "Hard spheres in infinitely many dimensions, solved by replica-symmetric state following. Glasses "
        r"leave the liquid (black) at the density at which they were prepared, at or above \(\varphi_A\), "
        "where minima of the free energy first appear (dot). Compressed, each stays in one minimum down to "
        "the Gardner line, where the minimum splits; beyond it the branch drawn (dashed) is the unstable "
        "replica-symmetric one, and the exact one differs. Decompressed, a glass melts where its thin line "
        "ends. In this construction the Gardner line ends on the liquid at the dot; reports on that end "
        r"vary. The filling fraction is \(\rho\pi\sigma^3/6\) in three dimensions (inverted in the "
        "original caption); axes are scaled with the dimension."
    ),
    alt=(
        "Inverse pressure against filling fraction. A falling liquid line; eight steeper glass lines leave "
        "it, solid and then dashed below a red Gardner line that starts at the dynamical transition and "
        "falls toward zero inverse pressure at high density."
    ),
    parameters={"prepared": PREPARED},
    sources=(
        "state following: C. Rainone et al., Phys. Rev. Lett. 114, 015701 (2015), solved here",
    ),
)
