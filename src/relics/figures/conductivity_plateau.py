"""The plateau of the thermal conductivity, with and without coupling of ripplons to phonons."""

from __future__ import annotations

import functools

import numpy as np
from matplotlib.figure import Figure

from relics import phonons, plateau, resonance, ripplons
from relics import scattering_density as density
from relics.figures import Fact, Recipe, Table
from relics.materials import load_table
from relics.plotting import COLOURS, RECALLED_LABEL, style, subplots

T = np.geomspace(1e-4, 0.3, 140)
RATIOS = (2.0, 2.5, 3.5, 4.4, 5.0)
CRUDE = (5.0, 3.5, 2.0)
ALPHA = 1.0
CRUDE_CUTOFF = 2.0
LEVEL = 1082.0
"""150 times the integral of x^3 e^x/(e^x-1)^2: the level of kappa/K over (T/T_D)^2."""


def _saddle(spectrum: ripplons.Spectrum, ratio: float, thermal: str = "fermi") -> np.ndarray:
    return plateau.plateau_conductivity(T, density.SaddlePoint(spectrum, ratio), thermal, ALPHA)


def _counted(spectrum: ripplons.Spectrum, ratio: float) -> np.ndarray:
    return plateau.plateau_conductivity(T, density.Counting.of(spectrum, ratio, 6.0, 5e-4))


def _scaled_silica() -> Table:
    table = load_table("asio2_thermal_conductivity_anchors").columns
    row = load_table("scaling_constants").rows(material="a-SiO2").columns
    T_D, speed = float(row["T_D (K)"][0]), float(row["c_s (m/s)"][0])
    scale = float(phonons.conductivity_scale(T_D, speed))
    kelvin, kappa = table["T (K)"], table["kappa (W m^-1 K^-1)"] / scale
    return Table(
        {
            "T": kelvin / T_D,
            "kappa": kappa,
            "error": kappa * np.where(kelvin < 77, 0.15, 0.08),
            "class": table["prov"],
        },
        {"T": "T_D", "kappa": "K", "error": "K", "class": ""},
    )


def _table(curves: dict[str, np.ndarray]) -> Table:
    names = list(curves)
    return Table(
        {
            "curve": np.repeat(names, T.size),
            "T": np.tile(T, len(names)),
            "kappa": np.concatenate(list(curves.values())),
            "slope": np.concatenate([plateau.local_slope(T, k) for k in curves.values()]),
        },
        {"curve": "", "T": "T_D", "kappa": "K", "slope": "1"},
    )


@functools.cache
def _curves() -> dict[str, np.ndarray]:
    cut, lines = resonance.cutoff_frequency(), ripplons.ripplon_spectrum()
    found = {f"no coupling {r:g}": _saddle(lines, r) for r in (2.0, 5.0)}
    found["no coupling 4.4, exact count"] = _counted(lines, 4.4)
    for r in RATIOS:
        damped = resonance.broadened_spectrum(r, cut)
        found[f"coupling {r:g}"] = _saddle(damped, r)
        if r == 4.4:
            found[f"coupling {r:g}, exact count"] = _counted(damped, r)
    found["coupling 4.4, modes conserved"] = _saddle(resonance.diagonalised_spectrum(4.4, cut), 4.4)
    for label, smearing in (("sharp", 0.0), ("D = 10", 10**-0.5), ("D = 100", 0.1)):
        found[f"coupling 4.4, {label}"] = _saddle(
            resonance.broadened_spectrum(4.4, cut, smearing), 4.4
        )
    found["floor"] = plateau.wavelength_limited_conductivity(T)
    return found


def compute() -> dict[str, Table]:
    """Saddle-point curves, exact counting beside them, the open choices, and recalled silica."""
    return {"curves": _table(_curves()), "silica": _scaled_silica()}


def compute_crude() -> dict[str, Table]:
    """The same with all starting levels up to T counted fully, and a larger cut-off."""
    cut = resonance.cutoff_frequency(CRUDE_CUTOFF)
    curves = {
        f"step {r:g}": _saddle(resonance.broadened_spectrum(r, cut), r, "step") for r in CRUDE
    }
    curves |= {f"fermi {r:g}": _curves()[f"coupling {r:g}"] for r in CRUDE}
    curves["floor"] = _curves()["floor"]
    return {"curves": _table(curves), "silica": _scaled_silica()}


def _silica(axis, silica: Table) -> None:
    axis.errorbar(
        silica["T"], silica["kappa"], silica["error"], fmt="o", fillstyle="none", color="0.35",
        markersize=4, label=f"a-SiO$_2$: {RECALLED_LABEL}",
    )  # fmt: skip


def draw(panels: dict[str, Table]) -> Figure:
    """Left: the paper's curves. Right: what saddle point, recipe and smearing change."""
    curves = panels["curves"]
    with style():
        figure, axes = subplots(1, 2, size=(9.2, 4.0))
        bare = curves.rows(curve="no coupling 5")
        axes[0].loglog(bare["T"], bare["kappa"], color="black", linewidth=1, label="no coupling")
        lines = ("-", "--", "-.", (0, (5, 1, 1, 1, 1, 1)), (0, (2, 0.8)))
        for ratio, colour, line in zip(RATIOS, COLOURS, lines, strict=False):
            c = curves.rows(curve=f"coupling {ratio:g}")
            label = rf"$T_g/\omega_D={ratio:g}$"
            axes[0].loglog(c["T"], c["kappa"], linestyle=line, color=colour, label=label)
        floor = curves.rows(curve="floor")
        axes[0].loglog(floor["T"], floor["kappa"], ":", color="0.4", label=r"$l=\lambda$")
        _silica(axes[0], panels["silica"])
        axes[0].set(title="saddle point, printed recipe", ylabel=r"$\kappa/K$")
        band = np.array(
            [
                curves.rows(curve=f"coupling 4.4{k}")["kappa"]
                for k in ("", ", sharp", ", D = 10", ", D = 100")
            ]
        )
        axes[1].fill_between(
            T,
            band.min(axis=0),
            band.max(axis=0),
            color=COLOURS[3],
            alpha=0.3,
            label="smearing of the cut-off",
        )
        for name, label, line, colour in (
            ("coupling 4.4", "saddle point", "-", COLOURS[3]),
            ("coupling 4.4, exact count", "exact count", "--", COLOURS[0]),
            ("coupling 4.4, modes conserved", "modes conserved", "-.", COLOURS[1]),
            ("no coupling 4.4, exact count", "no coupling, exact count", "-", "black"),
        ):
            c = curves.rows(curve=name)
            axes[1].loglog(c["T"], c["kappa"], line, color=colour, linewidth=1.3, label=label)
        axes[1].set(title=r"choices left open, $T_g/\omega_D=4.4$")
        for axis in axes:
            axis.set(xlim=(1e-3, 0.3), ylim=(8e-4, 1), xlabel="$T/T_D$")
        *drawn, points = axes[0].get_legend_handles_labels()[0]
        axes[0].add_artist(
            axes[0].legend(
                handles=[points], fontsize=7, loc="lower right", handlelength=0.6, borderaxespad=0
            )
        )
        axes[0].legend(handles=drawn, fontsize=7, loc="upper left", handlelength=3)
        axes[1].legend(fontsize=7, loc="upper left")
    return figure


def draw_crude(panels: dict[str, Table]) -> Figure:
    """Three curves of the cruder weight, with those of the thermal weight behind them."""
    curves = panels["curves"]
    with style():
        figure, axes = subplots()
        for ratio, colour in zip(CRUDE, COLOURS, strict=False):
            c, d = curves.rows(curve=f"step {ratio:g}"), curves.rows(curve=f"fermi {ratio:g}")
            axes.loglog(c["T"], c["kappa"], color=colour, label=rf"$T_g/\omega_D={ratio:g}$")
            axes.loglog(d["T"], d["kappa"], ":", color=colour, linewidth=1)
        _silica(axes, panels["silica"])
        axes.set(xlim=(1e-3, 0.3), ylim=(8e-4, 1), xlabel="$T/T_D$", ylabel=r"$\kappa/K$")
        axes.legend(fontsize=7.5)
    return figure


def _bends(c: Table) -> tuple[float, float, float]:
    """Temperatures of the local maximum and minimum and the height of the maximum."""
    y, x = np.log(c["kappa"]), np.log(c["T"])
    inner = slice(1, -1)
    top = np.flatnonzero((y[inner] > y[:-2]) & (y[inner] > y[2:])) + 1
    low = np.flatnonzero((y[inner] < y[:-2]) & (y[inner] < y[2:])) + 1
    if not top.size or not low.size:
        return float("nan"), float("nan"), float("nan")

    def refined(i: int) -> tuple[float, float]:
        a, b, c0 = np.polyfit(x[i - 1 : i + 2] - x[i], y[i - 1 : i + 2], 2)
        return float(np.exp(x[i] - b / (2 * a))), float(np.exp(c0 - b * b / (4 * a)))

    place, height = refined(top[0])
    return place, refined(low[0])[0], height


def facts(panels: dict[str, Table]) -> list[Fact]:
    """Levels, slopes, extrema and their order, from the saddle-point curves."""
    curves = panels["curves"]
    names = ["no coupling 2", "no coupling 5", *[f"coupling {r:g}" for r in RATIOS]]
    c = {k: curves.rows(curve=k) for k in names}
    start = {
        k: float(np.interp(-3 * np.log(10), np.log(v["T"]), np.log(v["kappa"])))
        for k, v in c.items()
    }
    level = {k: np.exp(v) / (LEVEL * 1e-6) for k, v in start.items()}
    slopes = np.concatenate([v["slope"][(v["T"] <= 1e-3) & (v["T"] > 2e-4)] for v in c.values()])
    bare = c["no coupling 5"]
    flat = bare["T"][np.argmax(bare["slope"] < 0.5)]
    bends = {k: _bends(v) for k, v in c.items()}
    order = ["no coupling 5", "coupling 2", "coupling 3.5", "coupling 5"]
    places = [bends[k][0] for k in order]
    ranges = ((0.028, 0.042), (0.022, 0.032), (0.018, 0.027), (0.014, 0.022))
    minima = [bends[k][1] for k in order]
    steep = [
        c[k]["slope"][(c[k]["T"] > bends[k][0]) & (c[k]["T"] < bends[k][1])].min() for k in order
    ]
    heights = [bends[k][2] for k in order]
    floor = curves.rows(curve="floor")["kappa"]
    hot = T > 0.2
    over = {k: v["kappa"] / floor for k, v in c.items()}
    apart = np.max(np.abs(c["no coupling 2"]["kappa"] / c["no coupling 5"]["kappa"] - 1))
    return [
        Fact("kappa/K at 1e-3 over 1082 (T/T_D)^2: " + ", ".join(f"{x:.3f}" for x in level.values()),
             max(abs(x - 1) for x in level.values()) < 0.06),
        Fact(f"slopes {slopes.min():.3f} to {slopes.max():.3f} up to 1e-3 T_D", bool(np.all(np.abs(slopes - 2) < 0.05)),
             why="" if np.all(np.abs(slopes - 2) < 0.05) else "transitions from excited levels already bend the curves of strong coupling at 1e-3"),
        Fact(f"no coupling: slope 0.5 at {flat:.4f}, maximum at {places[0]:.4f}", 0.02 < flat < 0.04 and np.isfinite(places[0])),
        Fact("maxima at " + ", ".join(f"{p:.4f}" for p in places),
             all(a < p < b for p, (a, b) in zip(places, ranges, strict=True)) and bool(np.all(np.diff(places) < 0))),
        Fact("minima at " + ", ".join(f"{p:.4f}" for p in minima),
             all(abs(p / q - 1) < 0.2 for p, q in zip(minima, (0.11, 0.087, 0.068, 0.053), strict=True))),
        Fact("steepest slopes " + ", ".join(f"{s:.2f}" for s in steep), steep[0] < -1.2 and all(-1.5 < s < -0.7 for s in steep[1:])),
        Fact("heights " + ", ".join(f"{h:.3f}" for h in heights), bool(np.all(np.diff(heights) < 0))),
        Fact(f"over l = lambda: at least {min(v.min() for v in over.values()):.4f}, above 0.2 T_D at most {max(v[hot].max() for v in over.values()):.4f}",
             all(v.min() > 1 - 1e-9 for v in over.values()) and all(v[hot].max() < 1.02 for v in over.values())),
        Fact(f"without coupling the curves for 2 and 5 differ by {apart:.3f} at most", apart < 0.1),
    ]  # fmt: skip


def facts_crude(panels: dict[str, Table]) -> list[Fact]:
    """Slopes in the plateau, their order, and the approach to the floor."""
    curves = panels["curves"]
    c = {r: curves.rows(curve=f"step {r:g}") for r in CRUDE}
    level = [
        np.exp(np.interp(np.log(1e-3), np.log(v["T"]), np.log(v["kappa"]))) / (LEVEL * 1e-6)
        for v in c.values()
    ]
    window = (T > 0.008) & (T < 0.12)
    least = {r: v["slope"][window].min() for r, v in c.items()}
    place = {r: v["T"][window][np.argmin(v["slope"][window])] for r, v in c.items()}
    old = {r: curves.rows(curve=f"fermi {r:g}")["slope"][window].min() for r in CRUDE}
    floor = curves.rows(curve="floor")["kappa"]
    over = {r: float(np.interp(0.2, T, v["kappa"] / floor)) - 1 for r, v in c.items()}
    targets = {5.0: 0.0, 3.5: -0.13, 2.0: -0.20}
    ranges = {5.0: (0.02, 0.04), 3.5: (0.035, 0.06), 2.0: (0.055, 0.09)}
    limits = {5.0: 0.02, 3.5: 0.05, 2.0: 0.2}
    return [
        Fact("kappa/K at 1e-3 over 1082 (T/T_D)^2: " + ", ".join(f"{x:.3f}" for x in level), max(abs(x - 1) for x in level) < 0.06),
        Fact("least slopes " + ", ".join(f"{least[r]:.3f} ({r:g})" for r in CRUDE), all(abs(least[r] - targets[r]) < 0.1 for r in CRUDE)),
        Fact("found at " + ", ".join(f"{place[r]:.4f}" for r in CRUDE), all(ranges[r][0] < place[r] < ranges[r][1] for r in CRUDE)),
        Fact("the higher the plateau in T, the more negative its slope",
             bool(np.all(np.diff([place[r] for r in CRUDE]) > 0) and np.all(np.diff([least[r] for r in CRUDE]) < 0))),
        Fact("flatter than with the thermal weight by " + ", ".join(f"{least[r] - old[r]:.2f}" for r in CRUDE),
             all(least[r] - old[r] > 0.5 for r in CRUDE)),
        Fact("above l = lambda at 0.2 T_D by " + ", ".join(f"{over[r]:.4f}" for r in CRUDE), all(abs(over[r]) < limits[r] for r in CRUDE)),
    ]  # fmt: skip


_SOURCES = (
    "LW07 Eqs. 39 to 48 and 53 to 55",
    "l/lambda = 150: Freeman and Anderson 1986, as quoted by LW07 (class Q)",
    "a-SiO2: recalled below 77 K (class R), fit of Cahill 1990 above (class F)",
)

PLATEAU = Recipe(
    compute,
    draw,
    facts,
    caption=(
        r"Thermal conductivity in units of \(K=k_B^3T_D^2/\pi\hbar^2c_s\). Left: saddle-point "
        r"densities with sharp ripplons (black) and with ripplons damped and shifted by phonons; "
        r"the level at low temperature is the measured \(l/\lambda=150\), everything else is "
        r"computed. The dotted line is a path of one wave length. Right: for silica, exact counting "
        r"in place of the saddle point, a recipe that conserves the number of modes, and the band "
        r"of smearings from a sharp cut-off to fragilities of 10 and 100. The points are typical "
        r"literature values, not traced to the measurement that the paper shows; data on "
        r"polybutadiene were not found."
    ),
    alt=(
        "Two logarithmic plots of conductivity against temperature: a quadratic rise, a maximum "
        "near a thirtieth of the Debye temperature, a dip and a second rise; stronger coupling "
        "moves the maximum to lower temperature and lowers it."
    ),
    parameters={
        "ratios": list(RATIOS),
        "cutoff": resonance.CUTOFF,
        "fragility": 30,
        "path": plateau.MEASURED_PATH,
    },
    sources=_SOURCES,
    data=("asio2_thermal_conductivity_anchors.csv", "scaling_constants.csv"),
    seeds=(),
)

CRUDER_PLATEAU = Recipe(
    compute_crude,
    draw_crude,
    facts_crude,
    caption=(
        r"The conductivity of LW07 Fig. 19 with a cruder thermal weight: all starting levels up to \(T\) count fully, and "
        r"the cut-off is \(2(a/\xi)\omega_D\). The plateaus become flat; dotted: the thermal weight "
        r"of that figure. The points are typical literature values, not traced."
    ),
    alt=(
        "Three conductivity curves with flat plateaus at different temperatures and, dotted behind "
        "them, the corresponding curves with a dip."
    ),
    parameters={"ratios": list(CRUDE), "alpha": ALPHA, "cutoff": CRUDE_CUTOFF, "fragility": 30},
    sources=_SOURCES,
    data=("asio2_thermal_conductivity_anchors.csv", "scaling_constants.csv"),
    seeds=(),
)
