"""All contributions to the low-temperature expansion of silica by its tunnelling centres."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from relics import thermal_contraction as tc
from relics.figures import Fact, Recipe, Table
from relics.materials import load_table
from relics.plotting import COLOURS, style, subplots
from relics.ripplons import ripplon_spectrum

SILICA = {"T_g": 1500.0, "T_D": 342.0, "size_ratio": 200 ** (1 / 3), "xi": 2e-9}
DENSITY, SOUND = 2200.0, 4100.0


def compute() -> dict[str, Table]:
    """Linear expansivities from 10 mK to 5 K: recomputed, printed, and the measured value."""
    T = np.geomspace(0.01, 5.0, 120)
    K = float(tc.bulk_modulus(DENSITY, SOUND))
    lines = dict(zip(("frequencies", "degeneracies"), ripplon_spectrum(), strict=True))
    domain = {key: SILICA[key] for key in ("size_ratio", "xi")}
    flat = np.ones_like(T)
    curves = {
        "ripplon-ripplon": tc.expansivity_ripplon_ripplon(T, **SILICA, K=K, **lines),
        "ripplon-TLS": flat * tc.expansivity_ripplon_structural(**SILICA, K=K, **lines),
        "TLS-TLS": tc.expansivity_structural(T, SILICA["T_g"], **domain, K=K),
        "ripplon-ripplon, printed": tc.printed_expansivity_ripplon_ripplon(
            T, SILICA["T_D"], **domain, K=K
        ),
        "ripplon-TLS, printed": flat * tc.printed_expansivity_ripplon_structural(**SILICA, K=K),
    }
    bound = tc.direct_coupling_bound(
        SILICA["T_g"], DENSITY, SOUND, SILICA["xi"] / SILICA["size_ratio"]
    )
    curves["direct coupling, bound"] = (
        -bound * tc.heat_capacity_of_centres(T, SILICA["T_g"], SILICA["xi"]) / K
    )
    slope = tc.ripplon_structural_density(1.0, **SILICA, **lines)
    breakdown = tc.breakdown_temperature(float(slope), SILICA["T_g"], SILICA["xi"])
    measured = load_table("silica_thermal_expansion").rows(
        quantity="linear expansion coefficient at 1 K"
    )
    return {
        "expansivity": Table(
            columns={
                "curve": np.repeat(list(curves), T.size),
                "T": np.tile(T, len(curves)),
                "alpha": np.concatenate([np.asarray(v) / 3 for v in curves.values()]),
            },
            units={"curve": "", "T": "K", "alpha": "1/K"},
        ),
        "measured": Table(
            columns={"T": [1.0], "alpha": measured.columns["value"].astype(float)},
            units={"T": "K", "alpha": "1/K"},
        ),
        "breakdown": Table(columns={"T": [breakdown]}, units={"T": "K"}),
    }


def draw(panels: dict[str, Table]) -> Figure:
    """Sizes on logarithmic axes; dotted where the contribution expands the sample."""
    table, measured = panels["expansivity"], panels["measured"]
    looks = {
        "ripplon-ripplon": (COLOURS[0], "-"),
        "ripplon-ripplon, printed": (COLOURS[0], "--"),
        "ripplon-TLS": (COLOURS[1], "-"),
        "ripplon-TLS, printed": (COLOURS[1], "--"),
        "TLS-TLS": (COLOURS[2], ":"),
        "direct coupling, bound": (COLOURS[3], "-."),
    }
    with style():
        figure, axes = subplots(size=(6.4, 4.4))
        axes.axvspan(0.01, min(panels["breakdown"]["T"][0], 5.0), color="0.93", zorder=0)
        for curve, (colour, line) in looks.items():
            rows = table.rows(curve=curve)
            expands = bool(np.all(rows["alpha"] > 0))
            axes.loglog(
                rows["T"],
                np.abs(rows["alpha"]),
                line,
                color=colour,
                label=curve + (" (expands)" if expands else ""),
            )
        axes.loglog(
            measured["T"], np.abs(measured["alpha"]), "ks", label="measured at 1 K (contracts)"
        )
        axes.set(xlim=(0.01, 5), ylim=(1e-19, 1e-8), xlabel="temperature / K")
        axes.set_ylabel(r"size of the linear expansivity / K$^{-1}$")
        axes.legend(loc="lower center", ncols=2)
    return figure


def facts(panels: dict[str, Table]) -> list[Fact]:
    """Share of the measured contraction at 1 K, and the order of the contributions."""
    table = panels["expansivity"]

    def at_one(curve: str) -> float:
        rows = table.rows(curve=curve)
        return float(np.interp(0.0, np.log(rows["T"]), rows["alpha"]))

    total = at_one("ripplon-ripplon") + at_one("ripplon-TLS") + at_one("TLS-TLS")
    share = total / panels["measured"]["alpha"][0]
    return [
        Fact(
            f"computed sum at 1 K {total:.2e} 1/K, {share:.0%} of the measured one", 0 < share < 1
        ),
        Fact(f"TLS-TLS term at 1 K {at_one('TLS-TLS'):+.1e} 1/K", at_one("TLS-TLS") > 0),
    ]


EXPANSIVITY = Recipe(
    compute,
    draw,
    facts,
    caption=(
        r"Contributions of tunnelling centres to the linear expansivity of silica, recomputed step "
        r"by step (solid) and as printed (dashed). Ripplon-ripplon and ripplon-TLS attraction "
        r"contract the sample, TLS-TLS attraction expands it, being weakened by heat. Direct "
        r"coupling (dash-dotted) is a bound of unknown sign. Shaded: temperatures at which the "
        r"ripplon-TLS energy exceeds the free energy of the centres, so that second order means "
        r"nothing. Square: the measured value, quoted by LW07 from Ackerman et al. 1984. Not a "
        r"figure of the papers."
    ),
    alt=(
        "Expansivities against temperature on logarithmic axes: a flat ripplon-TLS line at "
        "2e-10 per kelvin, a rising ripplon-ripplon line ten times lower at one kelvin, a TLS-TLS "
        "line three orders lower, a rising bound for direct coupling, and one measured point at "
        "1e-9 per kelvin above them."
    ),
    parameters={**SILICA, "density": DENSITY, "sound_speed": SOUND, "orders": "2-9"},
    sources=("LW07 Eqs. 75, 79, 81 and 82", "Ackerman et al. 1984, as quoted by LW07 (class Q)"),
    data=("silica_thermal_expansion.csv",),
)
