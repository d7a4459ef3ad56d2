"""The droplet barrier against measured viscosities of one glass former."""

from __future__ import annotations

import numpy as np

from relics import plotting, viscosity
from relics.figures import Fact, Panels, Recipe, Table

MATERIAL = "B2O3"


def compute() -> dict[str, Table]:
    """Traced points, the activated law and the Vogel-Fulcher law fitted to them, and what follows."""
    points = viscosity.measured(MATERIAL)
    shape = viscosity.fit_vogel_fulcher(points.T, points.log10_viscosity, points.curve)
    activated = viscosity.fit_activated(points.T, points.log10_viscosity)
    T = np.linspace(max(0.92 * activated.T_g, 1.02 * activated.T_K), points.T.max(), 300)
    laws = {
        "activated law (LW07-7)": activated.log10_viscosity(T),
        "Vogel-Fulcher law": shape.log10_viscosity(T),
    }
    return {
        "points": Table(
            {
                "T": points.T,
                "log10_viscosity": points.log10_viscosity,
                "curve": [f"{MATERIAL} {c}" for c in points.curve],
            },
            {"T": "K", "log10_viscosity": "Pa s", "curve": "1"},
        ),
        "laws": Table(
            {
                "T": np.tile(T, len(laws)),
                "log10_viscosity": np.concatenate(list(laws.values())),
                "curve": np.repeat(list(laws), T.size),
            },
            {"T": "K", "log10_viscosity": "Pa s", "curve": "1"},
        ),
        "fit": Table(
            {
                "quantity": ["T_g", "T_K", "m"],
                "value": [activated.T_g, activated.T_K, shape.m],
                "error": [activated.T_g_error, activated.T_K_error, shape.m_error],
                "rms": [activated.rms, activated.rms, shape.rms],
            },
            {"quantity": "1", "value": "K or 1", "error": "K or 1", "rms": "decades"},
        ),
    }


def draw(panels: Panels):
    """Angell plot: logarithm of the viscosity against T_g/T."""
    figure, axes = plotting.subplots()
    fit = panels["fit"]
    T_g = float(fit.rows(quantity="T_g")["value"][0])
    points = panels["points"]
    with plotting.style():
        axes.plot(
            T_g / points["T"], points["log10_viscosity"], ".", color="0.55", ms=3.5,
            label=f"{MATERIAL}, {len(points['T'])} measured points",
        )  # fmt: skip
        for name, line in zip(dict.fromkeys(panels["laws"]["curve"]), ("-", "--"), strict=True):
            law = panels["laws"].rows(curve=name)
            axes.plot(T_g / law["T"], law["log10_viscosity"], line, label=name)
        axes.axvline(1, color="0.7", lw=0.8)
        axes.set(
            xlabel="$T_g/T$",
            ylabel=r"$\log_{10}(\eta/\mathrm{Pa\,s})$",
            title="Measured viscosities",
        )
        axes.set_ylim(bottom=-1)
        axes.legend()
    return figure


def facts(panels: Panels) -> list[Fact]:
    """The fit describes the slow liquid, and the fragility is that of a moderately strong one."""
    fit = panels["fit"]
    T_g, T_K, m = fit["value"]
    return [
        Fact(f"rms of the activated law {fit['rms'][0]:.2f} decades", bool(fit["rms"][0] < 0.5)),
        Fact(f"T_K = {T_K:.0f} K below T_g = {T_g:.0f} K", bool(0 < T_K < T_g)),
        Fact(f"fragility m = {m:.1f} +- {fit['error'][2]:.1f}", bool(20 < m < 60)),
    ]


VISCOSITY = Recipe(
    compute,
    draw,
    facts,
    caption=(
        "Viscosity of boron oxide against reduced temperature. Dots: all traced points of the table "
        "(SciGlass, Open Database Licence; author and year stand in the table). Solid: the droplet "
        "barrier with an entropy that vanishes at \\(T_K\\), two numbers fitted above a thousand pascal "
        "seconds. Dashed: the Vogel-Fulcher law shared by all curves between \\(10^6\\) and "
        "\\(10^{13}\\) Pa s, from which fragility and its error are read."
    ),
    alt="Logarithm of the viscosity of boron oxide against T_g over T: a cloud of measured points rising from 0 to 13 decades, followed by two curves that agree near the glass transition.",
    parameters={"material": MATERIAL},
    sources=("SciGlass open dump, EPAM Systems (ODbL), author and year for each point",),
    data=("viscosity_inorganic_sciglass.csv",),
)
