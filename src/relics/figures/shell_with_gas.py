"""Eigenfrequencies of a shell with gas inside, read off from two curves."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from scipy.optimize import brentq
from scipy.special import spherical_jn

from relics.figures import Fact, Recipe, Table
from relics.membrane import cot_phase, shell_gas_roots
from relics.plotting import COLOURS, style, subplots

ORDER = 2
INERTIA, STIFFNESS = 1.0, 8.0
THIN = 1e5
SHELLS = {"slow wall": 2.5, "fast wall": 5.0}
LAST = 15.0


def _zeros(derivative: bool) -> np.ndarray:
    """Zeros of j_2 or of its derivative up to the end of the axis."""
    x = np.linspace(0.5, LAST, 2000)
    value = spherical_jn(ORDER, x, derivative)
    change = np.flatnonzero(np.sign(value[1:]) != np.sign(value[:-1]))
    return np.array(
        [brentq(lambda y: spherical_jn(ORDER, y, derivative), x[i], x[i + 1]) for i in change]
    )


def _roots(inertia: float, stiffness: float, count: int = 4, gas_speed: float = 1.0) -> np.ndarray:
    """Roots in z = omega R/c_g for rho_W/(rho_g R) and (l-1)(l+2) sigma/(rho_g R c_g^2), R = 1."""
    tension = stiffness / ((ORDER - 1) * (ORDER + 2))
    return shell_gas_roots(ORDER, inertia, tension, 1.0, 1.0, gas_speed, count) / gas_speed


def compute() -> dict[str, Table]:
    """Both sides for arbitrary parameters, and for thin gas with a slow and a fast wall."""
    z = np.linspace(0.02, LAST, 1500)
    left = cot_phase(ORDER, z)
    panels = {"left": Table({"z": z, "side": left}, {"z": "1", "side": "1"})}
    cases = {"arbitrary": (INERTIA, STIFFNESS)} | {
        name: (THIN, THIN * shell**2) for name, shell in SHELLS.items()
    }
    rows = [(name, *p) for name, p in cases.items()]
    panels["right"] = Table(
        {
            "curve": np.repeat([r[0] for r in rows], z.size),
            "z": np.tile(z, len(rows)),
            "side": np.concatenate([r[1] - r[2] / z**2 for r in rows]),
        },
        {"curve": "", "z": "1", "side": "1"},
    )
    roots = {name: _roots(*p) for name, p in cases.items()}
    faster = _roots(THIN, THIN * SHELLS["slow wall"] ** 2, gas_speed=1.0)
    doubled = shell_gas_roots(ORDER, THIN, THIN * SHELLS["slow wall"] ** 2 / 4, 1.0, 1.0, 2.0, 1)
    panels["roots"] = Table(
        {
            "curve": np.repeat(list(roots), [len(v) for v in roots.values()]),
            "z": np.concatenate(list(roots.values())),
            "side": cot_phase(ORDER, np.concatenate(list(roots.values()))),
        },
        {"curve": "", "z": "1", "side": "1"},
    )
    panels["marks"] = Table(
        {
            "kind": np.array(["limit", "lowest", "lowest, gas twice as fast"]),
            "value": np.array([cot_phase(ORDER, 1e-4), faster[0], doubled[0]]),
        },
        {"kind": "", "value": "1"},
    )
    poles, zeros = _zeros(True)[:3], _zeros(False)[:3]
    panels["poles"] = Table({"pole": poles, "zero": zeros}, {"pole": "1", "zero": "1"})
    return panels


def draw(panels: dict[str, Table]) -> Figure:
    """Left: arbitrary parameters. Right: thin gas, where one root belongs to the wall alone."""
    left = panels["left"]
    broken = np.where(np.abs(left["side"]) > 12, np.nan, left["side"])
    with style():
        figure, axes = subplots(1, 2)
        for axis, names in ((axes[0], ["arbitrary"]), (axes[1], list(SHELLS))):
            axis.plot(left["z"], broken, color=COLOURS[0], label=r"$\cot\alpha_2(z)$")
            for name, colour in zip(names, (COLOURS[1], COLOURS[2]), strict=False):
                curve = panels["right"].rows(curve=name)
                roots = panels["roots"].rows(curve=name)
                axis.plot(
                    curve["z"], curve["side"], "--", color=colour, label=f"other side, {name}"
                )
                axis.plot(roots["z"], roots["side"], "o", color=colour)
            axis.set(xlim=(0, 13.2), ylim=(-4, 4), xlabel=r"$z=\omega R/c_g$")
            axis.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=len(names) + 1)
        axes[0].set(ylabel="both sides of the equation", title="gas as heavy as the wall")
        axes[1].set(title="gas of vanishing density")
    return figure


def facts(panels: dict[str, Table]) -> list[Fact]:
    """Limits, poles, zeros and the places of the roots."""
    marks, poles, zeros = panels["marks"], panels["poles"]["pole"], panels["poles"]["zero"]
    start = marks.rows(kind="limit")["value"][0]
    arbitrary = panels["roots"].rows(curve="arbitrary")["z"]
    slow = panels["roots"].rows(curve="slow wall")["z"]
    fast = panels["roots"].rows(curve="fast wall")["z"]
    edges = np.concatenate([[0], poles, [np.inf]])
    counts = np.histogram(arbitrary, bins=np.minimum(edges, 1e9))[0]
    one, two = (marks.rows(kind=k)["value"][0] for k in ("lowest", "lowest, gas twice as fast"))
    return [
        Fact(f"left side tends to {start:.8f}", abs(start + 0.5) < 1e-6),
        Fact("poles at " + ", ".join(f"{p:.4f}" for p in poles),
             bool(np.all(np.abs(poles - [3.342, 7.290, 10.614]) < 1e-3))),
        Fact("zeros at " + ", ".join(f"{p:.4f}" for p in zeros),
             bool(np.all(np.abs(zeros - [5.763, 9.095, 12.323]) < 1e-3))),
        Fact(f"roots below and between the poles: {counts[:3].tolist()}", bool(np.all(counts[:3] == 1))),
        Fact(f"thin gas: {slow[0]:.5f} for a wall at {SHELLS['slow wall']}, then "
             + ", ".join(f"{x:.4f}" for x in slow[1:]),
             abs(slow[0] / SHELLS["slow wall"] - 1) < 1e-3
             and bool(np.all(np.abs(slow[1:4] / poles - 1) < 1e-3))),
        Fact(f"lowest frequency changes by {abs(two / one - 1):.1e} when the gas gets twice as fast",
             abs(two / one - 1) < 1e-3),
        Fact(f"fast wall at {SHELLS['fast wall']}: roots {fast[0]:.4f}, {fast[1]:.4f}",
             abs(fast[1] / SHELLS["fast wall"] - 1) < 1e-3),
    ]  # fmt: skip


SHELL_WITH_GAS = Recipe(
    compute,
    draw,
    facts,
    caption=(
        r"Both sides of the equation for the eigenfrequencies of a shell with gas inside, for "
        r"\(l=2\). Crossings are the eigenfrequencies. With thin gas one of them stays where the "
        r"empty wall rings, the others sit at the zeros of \(j_2'\), where the wall is rigid. The "
        r"root of the wall is the lowest only while the wall is slower than the lowest sound wave: "
        r"for the fast wall it is the second one. The parameters on the left are arbitrary, as in "
        r"the paper."
    ),
    alt=(
        "Two panels with the branches of a cotangent-like function that starts at minus one half "
        "and the other side of the equation: on the left a curve that rises from minus infinity and "
        "crosses every branch once, on the right two vertical lines; circles mark the crossings."
    ),
    parameters={"order": ORDER, "inertia": INERTIA, "stiffness": STIFFNESS, "thin": THIN},
    sources=("LW07 Eq. 30",),
    data=(),
    seeds=(),
)
