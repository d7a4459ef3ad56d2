"""Thermal conductivities of glasses, each in its own units, with kinetic theory."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from relics import phonons, strain_coupling
from relics.figures import Fact, Recipe, Table
from relics.materials import load_table
from relics.plotting import COLOURS, RECALLED_LABEL, style, subplots

QUALITIES = {"l/lambda = 150": 150.0, "l/lambda = 1": 1.0}
PREDICTED = "LW07 Eq. 20"
XI_OVER_A = 200 ** (1 / 3)
TRACED = {
    "epoxy": ("epoxy Stycast 1266 (unfilled)", "PMMA", 0.0),
    "PMMA above 8 K": ("PMMA (Plexiglas)", "PMMA", 8.0),
    "fused silica": ("fused silica", "a-SiO2", 0.0),
}
"""Label, name in the table of points, glass whose constants scale it, lowest temperature used."""


def _constants(material: str) -> tuple[float, float]:
    """Debye temperature (K) and sound speed (m/s) used to scale a glass."""
    row = load_table("scaling_constants").rows(material=material).columns
    return float(row["T_D (K)"][0]), float(row["c_s (m/s)"][0])


def _theory() -> Table:
    x = np.geomspace(1e-5, 10.0, 241)
    curves = QUALITIES | {PREDICTED: float(strain_coupling.quality_factor(XI_OVER_A))}
    names = np.repeat(list(curves), x.size)
    value = np.concatenate([phonons.conductivity_at_quality(x, q) for q in curves.values()])
    return Table(
        {"curve": names, "T": np.tile(x, len(curves)), "kappa": value,
         "quality": np.repeat(list(curves.values()), x.size)},
        {"curve": "", "T": "T_D", "kappa": "K", "quality": "1"},
    )  # fmt: skip


def _scaled(
    name: str, T: np.ndarray, kappa: np.ndarray, glass: str, error: float, kind: str
) -> dict:
    T_D, c_s = _constants(glass)
    unit = phonons.conductivity_scale(T_D, c_s)
    return {
        "curve": np.full(T.size, name),
        "T": T / T_D,
        "kappa": kappa / unit,
        "error": kappa / unit * error,
        "kind": np.full(T.size, kind),
    }


def _measured() -> Table:
    points = load_table("thermal_conductivity_points").columns
    parts = []
    for label, (material, glass, lowest) in TRACED.items():
        chosen = (points["material"] == material) & (points["T (K)"] >= lowest)
        kappa = points["kappa (W m^-1 K^-1)"][chosen]
        parts.append(_scaled(label, points["T (K)"][chosen], kappa, glass, 0.1, "traced"))
    silica = load_table("asio2_thermal_conductivity_anchors").columns
    for kind, wanted, error in (
        ("recalled", "R", 0.15),
        ("recalled", "D", 0.15),
        ("fit", "F", 0.08),
    ):
        chosen = silica["prov"] == wanted
        kappa = silica["kappa (W m^-1 K^-1)"][chosen]
        parts.append(_scaled("a-SiO2", silica["T (K)"][chosen], kappa, "a-SiO2", error, kind))
    merged = {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}
    return Table(merged, {"curve": "", "T": "T_D", "kappa": "K", "error": "K", "kind": ""})


def compute() -> dict[str, Table]:
    """Theory lines up to T = 10 T_D and the conductivities whose source could be traced."""
    return {"theory": _theory(), "measured": _measured()}


def draw(panels: dict[str, Table]) -> Figure:
    """Lines of kinetic theory, traced points, silica as a band where it is recalled."""
    theory, measured = panels["theory"], panels["measured"]
    with style():
        figure, axes = subplots(size=(5.6, 4.6))
        for i, (name, line) in enumerate(
            zip(np.unique(theory["curve"]), ("--", "-.", "-"), strict=True)
        ):
            chosen = theory["curve"] == name
            label = name.replace("lambda", r"$\lambda$").replace("l/", "$l$/")
            axes.loglog(theory["T"][chosen], theory["kappa"][chosen], line, color=COLOURS[i],
                        label=label, linewidth=1.4)  # fmt: skip
        for i, name in enumerate(TRACED):
            chosen = measured["curve"] == name
            axes.errorbar(
                measured["T"][chosen], measured["kappa"][chosen], measured["error"][chosen],
                fmt="osD"[i], color=COLOURS[3 + i], label=name, markersize=3.5, linewidth=0.8,
            )  # fmt: skip
        silica = measured["curve"] == "a-SiO2"
        recalled = silica & (measured["kind"] == "recalled")
        order = np.argsort(measured["T"][recalled])
        T, kappa, error = (measured[key][recalled][order] for key in ("T", "kappa", "error"))
        axes.fill_between(T, kappa - error, kappa + error, color="0.75", alpha=0.6, linewidth=0,
                          label=f"a-SiO$_2$: {RECALLED_LABEL}")  # fmt: skip
        fit = silica & (measured["kind"] == "fit")
        axes.plot(measured["T"][fit], measured["kappa"][fit], "^", color="black", markersize=4,
                  label="a-SiO$_2$, published fit")  # fmt: skip
        start = np.array([0.03, 0.3])
        for slope in (1.8, 2.0):
            axes.plot(start, 1e-6 * (start / start[0]) ** slope, color="0.4", linewidth=0.9)
        axes.annotate(
            r"slopes $1.9\pm0.1$ (Stephens)", (start[0], 1e-6), (-12, -14),
            textcoords="offset points", fontsize=8, color="0.3",
        )  # fmt: skip
        axes.set(xlim=(1e-5, 10), ylim=(1e-8, 100), xlabel=r"$T/T_D$", ylabel=r"$\kappa/K$")
        axes.legend(loc="upper left", fontsize=7.5)
    return figure


def _slopes(curve: Table) -> np.ndarray:
    return np.gradient(np.log(curve["kappa"]), np.log(curve["T"]))


def facts(panels: dict[str, Table]) -> list[Fact]:
    """Slopes, ratio, both limits and the place of the predicted line, from the plotted lines."""
    high, low, own = (panels["theory"].rows(curve=name) for name in (*QUALITIES, PREDICTED))
    x = high["T"]
    slopes = np.stack([_slopes(high), _slopes(low)])
    cold = (x < 0.05) & (x > x[0])
    worst = np.abs(slopes[:, cold] - 2).max()
    ratio = np.abs(high["kappa"] / low["kappa"] / 150 - 1).max()
    at = int(np.argmin(np.abs(np.log(x / 0.01))))
    level = low["kappa"][at] / x[at] ** 2
    falls = x[1:-1][slopes[1, 1:-1] < 1.9][0]
    hot = low["kappa"][-1]
    quality = own["quality"][0]
    below = (high["kappa"] / own["kappa"])[[0, -1]]
    target = 6 * 1.2020569031595943
    return [
        Fact(f"largest deviation of the slope from 2 below 0.05 T_D: {worst:.1e}", worst < 0.01),
        Fact(f"largest relative deviation of the ratio from 150: {ratio:.1e}", ratio < 1e-9),
        Fact(f"{level:.4f} at T/T_D = {x[at]:.3g}, 6 zeta(3) = {target:.4f}",
             abs(level / target - 1) < 1e-3),
        Fact(f"slope below 1.9 from T/T_D = {falls:.3f} on", 0.09 <= falls <= 0.14),
        Fact(f"kappa/(alpha K) = {hot:.5f} at T/T_D = {x[-1]:.3g}", abs(hot / 0.5 - 1) < 1e-3),
        Fact(f"alpha = {quality:.1f}, below the 150 line by {below[0]:.3f} to {below[1]:.3f}",
             bool(60 < quality < 75 and 2 < below[0] < 3 and abs(below[1] / below[0] - 1) < 1e-9)),
    ]  # fmt: skip


SCALED_CONDUCTIVITY = Recipe(
    compute,
    draw,
    facts,
    caption=r"Thermal conductivity in units of \(K=k_B^3T_D^2/(\pi\hbar^2c_s)\) against \(T/T_D\). "
    r"Lines: kinetic theory with a mean free path of 150, of 1, and of the 66 wavelengths that LW07 "
    r"Eq. 20 gives for \((\xi/a)^3=200\). Points with a traced source: epoxy (Olson 1993), whose "
    r"Debye temperature could not be traced and which is scaled with the constants of PMMA (20 per "
    r"cent in \(T_D\)), PMMA above 8 K, and a recommended curve of fused silica above 100 K. Silica below 77 K: typical literature value, not traced. "
    r"Of the substances in the original (Freeman and Anderson 1986) selenium, polystyrene, "
    r"polybutadiene, B2O3 and others are missing: their points could not be found. The polyimides, "
    r"traced but without constants of their own, are left out, and so is an average-glass curve.",
    alt="Log-log plot. Three parallel lines of slope two that bend near the Debye temperature. "
    "Points of epoxy lie near the line for 150 wavelengths; silica leaves it into a plateau and "
    "reaches the line for one wavelength.",
    parameters={"qualities": [150.0, 1.0], "(xi/a)^3": 200.0},
    sources=("Olson 1993", "integral table of PMMA", "recommended curve of fused silica", "Cahill 1990 fit", "recalled silica anchors (R)",
             "Freeman and Anderson 1986 constants as quoted by LW07"),
    data=("thermal_conductivity_points.csv", "asio2_thermal_conductivity_anchors.csv",
          "scaling_constants.csv"),
)  # fmt: skip
