"""Heat capacity of two-level systems at three waiting times."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from relics import two_level_systems
from relics.constants import k_B
from relics.figures import Fact, Recipe, Table
from relics.materials import glass
from relics.plotting import COLOURS, style, subplots

C = 0.1
TIMES = {"10 microseconds": 1e-5, "10 seconds": 10.0, "10000 seconds": 1e4}
SHORTEST, AT = 2.0e-6, 5.7e-4
"""Fastest relaxation (s) at this splitting over T_D (LW07 Sec. III.C), with coth = 1."""
DEBYE_DOMAIN = 234.0
T_D = glass("silica").T_D


def _rate_constant() -> float:
    return 1 / (SHORTEST * (AT * k_B * T_D) ** 3)


def _scaled(T: np.ndarray, t: float | np.ndarray, c: float) -> np.ndarray:
    """Heat capacity over k_B Pbar k_B T_D, at T in units of T_D."""
    per_volume = two_level_systems.heat_capacity(
        T * T_D, t, _rate_constant(), 1.0, c, Delta_0=k_B * T_D
    )
    return np.asarray(per_volume) / (k_B * k_B * T_D)


def compute() -> dict[str, Table]:
    """Curves, their local exponents, the growth at vanishing c, and the guide of Debye phonons."""
    T = np.geomspace(1e-5, 1e-2, 121)
    names = np.repeat(list(TIMES), T.size)
    times = np.repeat(list(TIMES.values()), T.size)
    temperature = np.tile(T, len(TIMES))
    in_T, in_t = two_level_systems.local_exponents(temperature * T_D, times, _rate_constant(), C)
    curves = Table(
        {"curve": names, "T": temperature, "t": times, "C": _scaled(temperature, times, C),
         "slope_T": in_T, "slope_t": in_t},
        {"curve": "", "T": "T_D", "t": "s", "C": "k_B Pbar k_B T_D", "slope_T": "1", "slope_t": "1"},
    )  # fmt: skip
    late = np.array([10.0, 10.0 * 1.01, 1e4, 1e4 * 1.01])
    growth = Table(
        {"t": late, "C": _scaled(np.full(4, 1e-3), late, 1e-6)},
        {"t": "s", "C": "k_B Pbar k_B T_D"},
    )
    return {"curves": curves, "growth": growth, "far": _far(), "debye": _debye(T)}


def _far() -> Table:
    """Local exponents where the time is 1e10, 1e40 and 1e160 times the shortest at E = k_B T."""
    x = 1e-3
    shortest = 1 / (_rate_constant() * (x * k_B * T_D) ** 3 / np.tanh(0.5))
    times = shortest * np.array([1e10, 1e40, 1e160])
    in_T, in_t = two_level_systems.local_exponents(np.full(3, x * T_D), times, _rate_constant(), C)
    return Table(
        {"time": times / shortest, "slope_T": in_T, "slope_t": in_t},
        {"time": "tau_min", "slope_T": "1", "slope_t": "1"},
    )


def _debye(T: np.ndarray) -> Table:
    """Debye phonons in the same unit, for Pbar = 1/(k_B T_g xi^3) and T_g = 4.4 T_D."""
    T_g = 4.4
    return Table(
        {"T": T, "C": DEBYE_DOMAIN * T**3 * 200.0 * T_g}, {"T": "T_D", "C": "k_B Pbar k_B T_D"}
    )


def draw(panels: dict[str, Table]) -> Figure:
    """The three curves with the asymptotic slope, and their local exponents."""
    curves, debye = panels["curves"], panels["debye"]
    with style():
        figure, (left, right) = subplots(1, 2, size=(9.0, 4.0))
        for i, (name, line) in enumerate(zip(TIMES, ("-", "--", "-."), strict=True)):
            own = curves.rows(curve=name)
            left.loglog(own["T"], own["C"], line, color=COLOURS[i], label=name)
            right.semilogx(own["T"], own["slope_T"], line, color=COLOURS[i], label=name)
        last = curves.rows(curve=list(TIMES)[-1])
        guide = last["C"][-1] * 2.5 * (last["T"] / last["T"][-1]) ** (1 + C / 2)
        left.loglog(last["T"], guide, ":", color="0.4", label=r"$T^{1+c/2}$")
        left.loglog(debye["T"], debye["C"], color="0.6", linewidth=1.0, label="Debye phonons")
        left.set(xlabel=r"$T/T_D$", ylabel=r"$C/(k_B\bar P k_BT_D)$", ylim=(1e-6, 3))
        right.axhline(1 + C / 2, color="0.4", linestyle=":")
        right.annotate("$1+c/2$", (1.2e-5, 1 + C / 2), (0, -11), textcoords="offset points")
        right.set(xlabel=r"$T/T_D$", ylabel=r"$d\ln C/d\ln T$", ylim=(1.0, 1.6))
        left.legend(fontsize=8)
    return figure


def facts(panels: dict[str, Table]) -> list[Fact]:
    """Apparent gap, local exponents, growth with time, and the distance from the asymptote."""
    curves, growth, far = panels["curves"], panels["growth"], panels["far"]
    short, middle, long = (curves.rows(curve=name) for name in TIMES)
    T = short["T"]
    gap = short["slope_T"][T <= 1.0001e-4].min()
    warm = short["slope_T"][T >= 0.9999e-3]
    rising = bool(np.all(short["C"] < middle["C"]) and np.all(middle["C"] < long["C"]))
    near = np.argmin(np.abs(np.log(T / 3e-3)))
    slopes = middle["slope_T"][near], long["slope_T"][near]
    one = np.argmin(np.abs(np.log(T / 1e-3)))
    ratio = long["C"][one] / middle["C"][one]
    step = np.log(1.01)
    early, late = np.diff(growth["C"].reshape(2, 2))[:, 0] / step
    excess_T, excess_t = far["slope_T"][0] - (1 + C / 2), far["slope_t"][0] - C / 2
    return [
        Fact(f"smallest local slope below 1e-4 T_D: {gap:.1f}", gap > 3),
        Fact(f"local slope {warm.min():.3f} to {warm.max():.3f} from 1e-3 to 1e-2 T_D",
             1.15 < warm.min() and warm.max() < 1.40,
             "" if warm.max() < 1.40 and warm.min() > 1.15 else
             "the curve at 10 microseconds leaves the band at the ends of the interval"),
        Fact("the three curves never cross" if rising else "the curves cross", rising),
        Fact(f"local slopes {slopes[0]:.3f} and {slopes[1]:.3f} at 3e-3 T_D",
             all(1.08 < s < 1.13 for s in slopes)),
        Fact(f"ratio {ratio:.2f} at 1e-3 T_D", 1.4 < ratio < 1.8),
        Fact(f"dC/d ln t = {early:.4e} and {late:.4e} at c = 1e-6", abs(early / late - 1) < 0.02),
        Fact(f"at 1e10 shortest times the exponents exceed the asymptotic ones by {excess_T:.3f} and "
             f"{excess_t:.3f}", excess_T > 0.03 and excess_t > 0.01),
    ]  # fmt: skip


WAITING_TIMES = Recipe(
    compute,
    draw,
    facts,
    caption=r"Left: heat capacity of two-level systems that relax within 10 microseconds, 10 s and "
    r"\(10^4\) s, for \(c=0.1\), \(A=1\), \(\Delta_0=k_BT_D\) and a fastest relaxation of 2.0 "
    r"microseconds at \(E/k_BT_D=5.7\times10^{-4}\) (with coth set to one there). At short times no "
    r"centre of low energy is fast enough: an apparent gap. Grey: Debye phonons for "
    r"\(\bar P=1/(k_BT_g\xi^3)\), \((\xi/a)^3=200\), \(T_g=4.4\,T_D\); dotted: the asymptotic power. Right: the local exponent in "
    r"temperature. At laboratory times it is about twice as far above one as the asymptote "
    r"\(1+c/2\).",
    alt="Left, three rising curves on a log-log plot, the shortest time falling steeply below a "
    "temperature of 1e-4 Debye temperatures. Right, local exponents between 1.05 and 1.6.",
    parameters={"c": C, "A": 1.0, "times": list(TIMES.values()), "tau_min": SHORTEST, "E/T_D": AT},
    sources=("quadrature of LW07 Eq. 27",),
)
