"""How the strain that a domain feels fades with the wave length."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from scipy.optimize import brentq, minimize_scalar

from relics.figures import Fact, Recipe, Table
from relics.plotting import COLOURS, style, subplots
from relics.rayleigh_scattering import radius_in_wave_numbers, strain_form_factor

XI_OVER_A = 200 ** (1 / 3)


def compute() -> dict[str, Table]:
    """The form factor up to kR = 12, its zeros and maxima from the curve's own function."""
    x = np.linspace(0, 12, 481)
    value = strain_form_factor(x)
    inner = np.flatnonzero((value[1:-1] < value[:-2]) & (value[1:-1] < value[2:])) + 1
    tops = np.flatnonzero((value[1:-1] > value[:-2]) & (value[1:-1] > value[2:])) + 1

    def slope(y: float) -> float:
        h = 1e-4
        return float(strain_form_factor(y + h) - strain_form_factor(y - h))

    zeros = [brentq(slope, x[i - 1], x[i + 1]) for i in inner]
    maxima = [
        minimize_scalar(
            lambda y: -strain_form_factor(y), bounds=(x[i - 1], x[i + 1]), method="bounded"
        ).x
        for i in tops
    ]
    places = np.array([*zeros, *maxima, 0.0, 6.0])
    return {
        "curve": Table(
            {"kR": x, "frequency": x / radius_in_wave_numbers(1.0, 1.0), "square": value},
            {"kR": "1", "frequency": "(a/xi) omega_D", "square": "1"},
        ),
        "marks": Table(
            {
                "kind": np.array(
                    ["zero"] * len(zeros) + ["maximum"] * len(maxima) + ["origin", "six"]
                ),
                "kR": places,
                "square": strain_form_factor(places),
            },
            {"kind": "", "kR": "1", "square": "1"},
        ),
    }


def draw(panels: dict[str, Table]) -> Figure:
    """The curve, its zeros, and the cut-off that the paper reads off."""
    curve, marks = panels["curve"], panels["marks"]
    with style():
        figure, axes = subplots()
        axes.plot(curve["kR"], curve["square"], color=COLOURS[0])
        zeros = marks.rows(kind="zero")
        axes.plot(zeros["kR"], zeros["square"], "o", color=COLOURS[1], label="zeros of $j_1'$")
        axes.axvline(6, color=COLOURS[1], linestyle=":", linewidth=1)
        axes.annotate("$kR=6$", (6, 0.09), (4, 0), textcoords="offset points")
        axes.set(
            xlim=(0, 12), ylim=(0, 0.118), xlabel="$kR$", ylabel=r"$[\,dj_1(x)/dx\,]^2$ at $x=kR$"
        )
        scale = radius_in_wave_numbers(1.0, 1.0)
        top = axes.secondary_xaxis("top", functions=(lambda x: x / scale, lambda x: x * scale))
        top.set_xlabel(r"$\omega$ in units of $(a/\xi)\,\omega_D$")
        axes.legend()
    return figure


def facts(panels: dict[str, Table]) -> list[Fact]:
    """Value at zero, zeros, secondary maxima, and what is left at six."""
    marks = panels["marks"]
    origin = marks.rows(kind="origin")["square"][0]
    zeros = marks.rows(kind="zero")["kR"][:3]
    top = marks.rows(kind="maximum")
    heights, places = top["square"][:3], top["kR"][:3]
    six = marks.rows(kind="six")["square"][0]
    curve = panels["curve"]
    lobe = curve["square"][(curve["kR"] > zeros[0]) & (curve["kR"] < zeros[1])].max()
    wanted = np.array([0.06185, 0.01773, 0.00864]), np.array([3.870, 7.443, 10.713])
    return [
        Fact(f"{origin:.10f} at zero", abs(origin - 1 / 9) < 1e-9),
        Fact("zeros at " + ", ".join(f"{z:.4f}" for z in zeros),
             bool(np.all(np.abs(zeros - [2.0816, 5.9404, 9.2058]) < 1e-3))),
        Fact("maxima " + ", ".join(f"{h:.5f} at {p:.3f}" for h, p in zip(heights, places, strict=True)),
             bool(np.all(np.abs(heights / wanted[0] - 1) < 0.01) and np.all(np.abs(places - wanted[1]) < 0.01))),
        Fact(f"{six / origin:.1e} of the value at zero is left at 6, the lobe before it reaches {lobe / origin:.2f}",
             six < 1e-3 * origin and lobe > 0.5 * origin),
    ]  # fmt: skip


FORM_FACTOR = Recipe(
    compute,
    draw,
    facts,
    caption=(
        r"Square of the slope of the spherical Bessel function \(j_1\), by which the uniform strain "
        r"over a domain of radius \(R\) fades for waves of wave number \(k\). The second zero, close "
        r"to \(kR=6\), gives the cut-off \(2.5\,(a/\xi)\,\omega_D\); but the lobe before it still "
        r"reaches more than half of the value at long waves, so the cut-off is anything but sharp."
    ),
    alt=(
        "A curve that starts at one ninth, falls to zero at 2.08, rises to a lobe of 0.062 at 3.87, "
        "touches zero again at 5.94 and continues with ever smaller lobes."
    ),
    parameters={"xi_over_a": XI_OVER_A},
    sources=("LW07 Appendix B",),
    data=(),
    seeds=(),
)
