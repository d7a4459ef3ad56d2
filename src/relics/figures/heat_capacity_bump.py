"""The bump in the heat capacity of a glass, with and without damping of the ripplons."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from relics import resonance, ripplons
from relics.figures import Fact, Recipe, Table
from relics.materials import load_table
from relics.plotting import COLOURS, RECALLED_LABEL, style, subplots

BEADS = ripplons.DEBYE_DOMAIN
T = np.geomspace(1e-3, 0.5, 300)
RATIOS = (2.0, 3.5, 4.0, 4.4, 5.0)
SILICA = 4.4
SMEARINGS = {"sharp": 0.0, "D = 10": 10**-0.5, "D = 30": 30**-0.5, "D = 100": 0.1}
DENSITY, SOUND, T_D = 2200.0, 4100.0, 342.0


def _spectra() -> dict[str, tuple[float, ripplons.Spectrum]]:
    cut = resonance.cutoff_frequency()
    found = {f"undamped {r:g}": (r, ripplons.ripplon_spectrum()) for r in (2.0, SILICA, 5.0)}
    for r in RATIOS:
        found[f"printed {r:g}"] = (r, resonance.broadened_spectrum(r, cut))
        found[f"mode-conserving {r:g}"] = (r, resonance.diagonalised_spectrum(r, cut))
    for label, smearing in SMEARINGS.items():
        found[f"{label}, {SILICA:g}"] = (
            SILICA,
            resonance.broadened_spectrum(SILICA, cut, smearing),
        )
    return found


def _measured() -> Table:
    table = load_table("asio2_heat_capacity").columns
    points = [
        (float(name.split()[2]), float(value), float(str(error).split()[0]) / 100)
        for name, value, error in zip(
            table["quantity"], table["value"], table["accuracy"], strict=True
        )
        if str(name).startswith("C/T^3 at ")
    ]
    kelvin, value, error = (np.array(c) for c in zip(*points, strict=True))
    factor = ripplons.domain_units(DENSITY, SOUND, BEADS)
    scaled = value * 1e3 * factor
    return Table(
        {"T": kelvin / T_D, "reduced": scaled, "error": scaled * error},
        {"T": "T_D", "reduced": "k_B", "error": "k_B"},
    )


def compute() -> dict[str, Table]:
    """Excess and total per domain for all spectra, marks for the facts, recalled silica."""
    spectra = _spectra()
    background = BEADS * ripplons.debye_heat_capacity(T)
    excess = {k: ripplons.mean_heat_capacity(T, r, s) for k, (r, s) in spectra.items()}
    undamped = ripplons.ripplon_spectrum()
    excess["undamped 4.4, eps > 0"] = ripplons.mean_heat_capacity(T, SILICA, undamped, "positive")
    names = list(excess)
    probes = np.array([1e-3, 1.98e-3, 2e-3, 2.02e-3, 0.01, 10.0])
    return {
        "curves": Table(
            {
                "curve": np.repeat(names, T.size),
                "T": np.tile(T, len(names)),
                "excess": np.concatenate([excess[k] for k in names]),
                "reduced": np.concatenate([(excess[k] + background) / T**3 for k in names]),
            },
            {"curve": "", "T": "T_D", "excess": "k_B", "reduced": "k_B"},
        ),
        "limits": Table(
            {
                "T": probes,
                "background": BEADS * ripplons.debye_heat_capacity(probes),
                "excess": ripplons.mean_heat_capacity(probes, SILICA, undamped),
                "positive": ripplons.mean_heat_capacity(probes, SILICA, undamped, "positive"),
            },
            {"T": "T_D", "background": "k_B", "excess": "k_B", "positive": "k_B"},
        ),
        "lines": Table(
            {"order": np.arange(2, 10), "frequency": undamped.frequencies},
            {"order": "1", "frequency": "omega_D"},
        ),
        "silica": _measured(),
    }


def draw(panels: dict[str, Table]) -> Figure:
    """Left: the printed recipe against silica. Right: what is left open, for silica."""
    curves, silica = panels["curves"], panels["silica"]
    with style():
        figure, axes = subplots(1, 2, size=(9.2, 3.8))
        axis = axes[0]
        bare = curves.rows(curve=f"undamped {SILICA:g}")
        axis.loglog(bare["T"], bare["reduced"], color="black", linewidth=1, label="no damping")
        for ratio, colour in zip((2.0, 3.5, 4.4, 5.0), COLOURS, strict=False):
            c = curves.rows(curve=f"printed {ratio:g}")
            axis.loglog(c["T"], c["reduced"], color=colour, label=rf"$T_g/\omega_D={ratio:g}$")
            top = np.argmax(np.where(c["T"] > 5e-3, c["reduced"], 0.0))
            axis.annotate(
                f"{ratio:g}", (c["T"][top], c["reduced"][top]), (0, 3), ha="center",
                textcoords="offset points", fontsize=8, color=colour,
            )  # fmt: skip
        axis.errorbar(
            silica["T"], silica["reduced"], silica["error"], fmt="o", fillstyle="none",
            color="0.35", markersize=5, label=f"a-SiO$_2$: {RECALLED_LABEL}",
        )  # fmt: skip
        axis.set(
            title="printed recipe, Debye part included",
            ylabel=r"$C\,/\,(T/T_D)^3$ per domain, $k_B$",
        )
        axis = axes[1]
        band = np.array([curves.rows(curve=f"{k}, {SILICA:g}")["reduced"] for k in SMEARINGS])
        axis.fill_between(
            T,
            band.min(axis=0),
            band.max(axis=0),
            color=COLOURS[2],
            alpha=0.3,
            label="smearing of the cut-off",
        )
        for name, label, line, colour in (
            (f"printed {SILICA:g}", "printed recipe", "-", COLOURS[2]),
            (f"mode-conserving {SILICA:g}", "mode number conserved", "--", COLOURS[1]),
            (f"undamped {SILICA:g}", "no damping", "-", "black"),
        ):
            c = curves.rows(curve=name)
            axis.loglog(c["T"], c["reduced"], line, color=colour, linewidth=1.4, label=label)
        half = curves.rows(curve="undamped 4.4, eps > 0")
        axis.loglog(
            half["T"],
            half["excess"] / half["T"] ** 3,
            ":",
            color="black",
            label=r"excess, $\epsilon>0$ only",
        )
        axis.set(title=rf"choices left open, $T_g/\omega_D={SILICA:g}$")
        for axis in axes:
            axis.set(xlabel="$T/T_D$", xlim=(1e-3, 0.5), ylim=(3e3, 2e6))
            axis.legend(fontsize=7)
    return figure


def _extremum(
    table: Table, name: str, lowest: bool = False, above: float = 5e-3
) -> tuple[float, float]:
    """Place and height of the bump of the total, refined by a parabola in the logarithms."""
    c = table.rows(curve=name)
    inside = c["T"] > above
    x, y = np.log(c["T"][inside]), np.log(c["reduced"][inside])
    sign = -1 if lowest else 1
    inner = np.flatnonzero((sign * y[1:-1] > sign * y[:-2]) & (sign * y[1:-1] >= sign * y[2:])) + 1
    if inner.size == 0:
        return float("nan"), float("nan")
    i = inner[np.argmax(sign * y[inner])]
    a, b, c0 = np.polyfit(x[i - 1 : i + 2] - x[i], y[i - 1 : i + 2], 2)
    shift = -b / (2 * a)
    return float(np.exp(x[i] + shift)), float(np.exp(c0 + b * shift + a * shift**2))


def facts(panels: dict[str, Table]) -> list[Fact]:
    """Limits, extrema and their order, all from the tables."""
    curves, limits, lines = panels["curves"], panels["limits"], panels["lines"]
    at = {t: i for i, t in enumerate(limits["T"])}
    level = max(abs(limits["background"][at[t]] / t**3 / 4.6756e4 - 1) for t in (1e-3, 0.01))
    low = limits["excess"][at[1e-3]] / 1e-3 * SILICA / (np.pi**2 / 3)
    half = limits["positive"][at[1e-3]] / 1e-3 * SILICA / (np.pi**2 / 6)
    up, down = (limits["excess"][at[t]] / t**3 for t in (2.02e-3, 1.98e-3))
    slope = np.log(up / down) / np.log(2.02 / 1.98)
    minimum, _ = _extremum(curves, f"undamped {SILICA:g}", lowest=True)
    place, height = _extremum(curves, f"undamped {SILICA:g}", above=0.02)
    others = [_extremum(curves, f"undamped {r:g}", above=0.02) for r in (2.0, 5.0)]
    moved = abs(others[1][0] / others[0][0] - 1), abs(others[1][1] / others[0][1] - 1)
    positive = curves.rows(curve="undamped 4.4, eps > 0")
    y = (positive["excess"] / positive["T"] ** 3)[positive["T"] < 0.1]
    maxima = (y[1:-1] > y[:-2]) & (y[1:-1] > y[2:])
    bumps = [_extremum(curves, f"printed {r:g}") for r in (2.0, 3.5, 4.4, 5.0)]
    ordered = all(a[0] > b[0] and a[1] < b[1] for a, b in zip(bumps, bumps[1:], strict=False))
    four, _ = _extremum(curves, "printed 4")
    hot = limits["background"][at[10.0]], limits["excess"][at[10.0]]
    lowest = lines["frequency"][0]
    return [
        Fact(f"Debye level off by {level:.1e} from 4.68e4 at T/T_D <= 0.01", level < 0.01),
        Fact(f"excess over (pi^2/3) T/T_g: {low:.4f}; one sign over pi^2/6: {half:.4f}",
             abs(low - 1) < 0.01 and abs(half - 1) < 0.01),
        Fact(f"logarithmic slope {slope:.4f}", abs(slope + 2) < 0.02),
        Fact(f"minimum at {minimum:.4f}, maximum at {place:.4f}", 0.009 < minimum < 0.014 and 0.033 < place < 0.042),
        Fact(f"between 2 and 5 the maximum moves by {moved[0]:.3f}, its height by {moved[1]:.3f}", max(moved) < 0.03),
        Fact(f"with eps > 0 alone {int(maxima.sum())} maxima below 0.1 T_D", not maxima.any()),
        Fact("maxima at " + ", ".join(f"{a:.4f} ({b:.3g})" for a, b in bumps), ordered),
        Fact(f"ratio of temperatures {place / four:.2f} at T_g/omega_D = 4", 2 < place / four < 4),
        Fact(f"at T/T_D = 10: background {hot[0]:.1f}, excess {hot[1]:.1f}",
             abs(hot[0] / 600 - 1) < 0.01 and abs(hot[1] / 192 - 1) < 0.02),
        Fact(f"smallest total over (T/T_D)^3: {curves['reduced'].min():.3g}", bool(np.all(curves["reduced"] > 0))),
        Fact(f"lowest ripplon {lowest:.4f} omega_D", 0.147 < lowest < 0.149),
    ]  # fmt: skip


HEAT_CAPACITY_BUMP = Recipe(
    compute,
    draw,
    facts,
    caption=(
        r"Heat capacity of a domain of two hundred beads over the cube of the temperature, the "
        r"Debye part included. Left: structural transitions with sharp ripplons (black) and with "
        r"ripplons damped and shifted by phonons in the printed recipe. Right: what the paper "
        r"leaves open, for silica: the smearing of the cut-off (band: sharp, and fragilities 10 to "
        r"100) and the friction above it (dashed: number of modes conserved). Below a twentieth of "
        r"the Debye temperature the two recipes agree; the smearing matters more. The points are "
        r"typical literature values, not traced to the curve that the paper shows, and enter no "
        r"verdict; that curve was not found."
    ),
    alt=(
        "Two logarithmic plots of reduced heat capacity against reduced temperature: curves fall "
        "from the left, pass a minimum and a bump, and join below a tenth of the Debye temperature; "
        "larger glass temperatures move the bump to lower temperature and raise it."
    ),
    parameters={
        "beads": BEADS,
        "cutoff": resonance.CUTOFF,
        "fragility": 30,
        "ratios": list(RATIOS),
    },
    sources=(
        "LW07 Eqs. 34, 36 and 53 to 55",
        "a-SiO2 recalled (class R): Zeller and Pohl 1971; Pohl 1981; Flubacher et al. 1959",
    ),
    data=("asio2_heat_capacity.csv",),
    seeds=(),
)
