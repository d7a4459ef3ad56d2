"""Densities of vibrational states of five kinds of glass, in two and three dimensions, and by history."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator

from relics.figures import Fact, Panels, Recipe, Table
from relics.glass import ensembles, protocols, tails
from relics.glass.density_of_states import density_of_states
from relics.plotting import COLOURS, MARKERS, style

CURVES: dict[str, tuple[str, str, int]] = {
    "Hertzian spheres": ("a", "slow-hertzian-3d-500", 3),
    "network": ("a", "former-network-512", 3),
    "polymer": ("a", "former-bonded-500", 3),
    "CuZr": ("a", "former-metallic-500", 3),
    "2D": ("b", "cooled-binary-r10-2d-400", 2),
    "3D, cooled in 20": ("b", "cooled-binary-r10-3d-500", 3),
    "3D, cooled in 200": ("b", "slow-binary-r10-3d-500", 3),
    "T_p = 1": ("c", "parent-1-500", 3),
    "T_p = 0.6": ("c", "parent-0.6-500", 3),
    "T_p = 0.45": ("c", "parent-0.45-500", 3),
    "T_p = 0.38": ("c", "parent-0.38-500", 3),
}
PARENTS = tuple(name for name, (panel, _, _) in CURVES.items() if panel == "c")
SLOWEST = tuple(n for n in CURVES if n != "3D, cooled in 20" and n not in PARENTS[:-1])
BINS = 11
LEAST = 7
TAIL = (
    "panel N d samples count upper phonon exponent exponent_error prefactor prefactor_error "
    "participation_number"
).split()


def _spectrum(store: Any, seen: tails.Tail) -> dict[str, np.ndarray]:
    """Density in logarithmic bins, frequency in units of speed over spacing."""
    frequency = store.stack("frequency") / seen.unit
    low, high = frequency.min(), frequency[:, -1].min()
    edges = np.geomspace(low * 0.999, high, BINS + 1)
    made = density_of_states(list(frequency), round(seen.size * seen.dimension), edges)
    kept = made.counts > 0
    return {
        "omega": made.centres[kept],
        "density": made.density[kept],
        "error": made.error[kept],
        "modes": made.counts[kept],
    }


def _available(name: str) -> Any:
    """The ensemble of this name if it has a tail, None where it has not been made."""
    folder = protocols.stores() / name
    if not (folder / "store.json").is_file():
        return None
    store = ensembles.read(folder)
    return store if len(store.samples) >= LEAST else None


def compute() -> dict[str, Table]:
    """Spectra in units of omega_0 = c_s/a_0, and the tails that their exponents come from."""
    spectra: dict[str, list[np.ndarray]] = {}
    rows = []
    for curve, (panel, name, d) in CURVES.items():
        store = _available(name)
        if store is None:
            continue
        seen = tails.tail(store, d)
        made = _spectrum(store, seen)
        length = len(made["omega"])
        for key, column in (
            {"curve": np.full(length, curve), "panel": np.full(length, panel)} | made
        ).items():
            spectra.setdefault(key, []).append(column)  # fmt: skip
        rows.append(
            (
                curve, panel, store.samples[0].size, d, seen.samples, seen.count,
                seen.upper / seen.unit, seen.phonon / seen.unit, seen.exponent, seen.exponent_error,
                *seen.reduced_prefactor, seen.participation_number,
            )
        )  # fmt: skip
    columns = dict(zip(("curve", *TAIL), zip(*rows, strict=True), strict=True))
    units = dict.fromkeys(columns, "1") | {
        "upper": "omega_0", "phonon": "omega_0", "prefactor": "omega_0^-5",
        "prefactor_error": "omega_0^-5",
    }  # fmt: skip
    return {
        "spectra": Table(
            {k: np.concatenate(v) for k, v in spectra.items()},
            {
                "curve": "1", "panel": "1", "omega": "omega_0", "density": "omega_0^-1",
                "error": "omega_0^-1", "modes": "1",
            },
        ),
        "tails": Table({k: np.array(v) for k, v in columns.items()}, units),
    }  # fmt: skip


def draw(panels: Panels) -> Figure:
    """Three panels, curves shifted upwards by a factor thirty each."""
    with style():
        figure = Figure(figsize=(9.6, 4.4), layout="constrained")
        axes = figure.subplots(1, 3)
        titles = ("glass formers", "dimensions", "parent temperatures")
        for ax, panel, title in zip(axes, "abc", titles, strict=True):
            _draw(ax, panels, panel)
            ax.set_title(f"({panel}) {title}")
        axes[0].set_ylabel(r"$D(\omega)\,\omega_0$, shifted")
    return figure


def _draw(ax: Axes, panels: Panels, panel: str) -> None:
    made = set(panels["tails"]["curve"])
    names = [n for n, (where, _, _) in CURVES.items() if where == panel and n in made]
    for k, name in enumerate(names):
        row = {key: v[0] for key, v in panels["tails"].rows(curve=name).columns.items()}
        points = panels["spectra"].rows(curve=name)
        up = 30.0**k
        y, error = points["density"] * up, points["error"] * up
        lower = np.minimum(error, 0.9 * y)
        label = name.replace("T_p", "$T_p$") + (
            rf": ${row['exponent']:.1f}\pm{row['exponent_error']:.1f}$ ({row['samples']})"
        )
        ax.errorbar(
            points["omega"], y, [lower, error], fmt=MARKERS[k], color=COLOURS[k], label=label,
            elinewidth=0.8,
        )  # fmt: skip
        guide = np.array([points["omega"].min() * 0.8, 0.8 * row["phonon"]])
        ax.plot(guide, up * row["prefactor"] * guide**4, "-", color=COLOURS[k], lw=1.0, alpha=0.75)
        ax.axvline(row["phonon"], 0, 0.75, ls="--", lw=0.8, color=COLOURS[k], alpha=0.7)
    ax.set(xscale="log", yscale="log", xlabel=r"$\omega/\omega_0$")
    ax.xaxis.set_major_locator(FixedLocator([0.05, 0.1, 0.2, 0.4, 0.8]))
    ax.xaxis.set_major_formatter("{x:g}")
    ax.xaxis.set_minor_locator(NullLocator())
    ax.legend(loc="upper left", reverse=True, fontsize=8, borderaxespad=0.0)
    low, high = ax.get_ylim()
    ax.set_ylim(low, high * 6.0 ** len(names))


def _off(row: dict[str, Any]) -> float:
    return tails.departure(row["exponent"], int(row["count"]))


def _says(row: dict[str, Any]) -> str:
    return f"{row['exponent']:.2f} +- {row['exponent_error']:.2f} ({row['count']} modes)"


def _in_band(rows: dict[str, dict[str, Any]], names: tuple[str, ...], error: float) -> Fact:
    """Whether the exponents of these curves lie in [3, 5] with errors below the given one."""
    absent = [n for n in names if n not in rows]
    names = tuple(n for n in names if n in rows)
    outside = [n for n in names if not 3 <= rows[n]["exponent"] <= 5]
    vague = [n for n in names if rows[n]["exponent_error"] >= error]
    needed = round((5 / error) ** 2 / tails.PER_SAMPLE)
    reasons = [f"{n} has no ensemble of {LEAST} samples yet" for n in absent]
    reasons += [f"{n} lies outside" for n in outside]
    reasons += [
        f"{n} has {rows[n]['samples']} samples; an error below {error} needs about {needed}"
        for n in vague
    ]
    measured = "; ".join(f"{n}: {_says(rows[n])}" for n in names)
    return Fact(measured, not reasons, "; ".join(reasons))


def _decided(measured: str, holds: bool, why: str) -> Fact:
    return Fact(measured, bool(holds), "" if holds else why)


def facts(panels: Panels) -> list[Fact]:
    """Exponents against four, prefactors by history, windows against phonons."""
    table = panels["tails"].columns
    rows = {str(name): {k: table[k][i] for k in table} for i, name in enumerate(table["curve"])}
    slowest = [n for n in SLOWEST if n in rows]
    far = {n: _off(rows[n]) for n in slowest if _off(rows[n]) >= 2}
    hot, cold = rows[PARENTS[0]], rows[PARENTS[-1]]
    fall = (hot["prefactor"] - cold["prefactor"]) / np.hypot(
        hot["prefactor_error"], cold["prefactor_error"]
    )
    parents = [rows[name] for name in PARENTS]
    apart = max(
        abs(a["exponent"] - b["exponent"]) / np.hypot(a["exponent_error"], b["exponent_error"])
        for a in parents for b in parents
    )  # fmt: skip
    large = [n for n, r in rows.items() if r["participation_number"] >= 150]
    above = [n for n, r in rows.items() if r["upper"] >= r["phonon"]]
    best = min(rows.values(), key=lambda r: r["exponent_error"])
    return [
        _in_band(rows, ("2D", "3D, cooled in 20"), 0.7),
        _in_band(rows, ("Hertzian spheres",), 0.7),
        _in_band(rows, ("network", "CuZr", "polymer"), 1.0),
        _decided(
            "distances from 4 in sigmas: " + ", ".join(f"{n} {_off(rows[n]):.1f}" for n in slowest),
            not far,
            "; ".join(f"{n} is {x:.1f} sigmas away" for n, x in far.items()),
        ),
        _decided(
            f"A_g omega_0^5 = {hot['prefactor']:.2f} +- {hot['prefactor_error']:.2f} at {PARENTS[0]} "
            f"and {cold['prefactor']:.2f} +- {cold['prefactor_error']:.2f} at {PARENTS[-1]}: "
            f"{fall:.1f} errors",
            bool(fall > 2),
            f"{hot['count']} and {cold['count']} modes show no such fall; the paper follows it to "
            "0.32",
        ),
        _decided(
            "; ".join(_says(r) for r in parents) + f": at most {apart:.1f} errors apart",
            bool(apart < 2),
            "glasses quenched at once from hot liquids have lower exponents",
        ),
        _decided(
            f"median participation numbers {min(r['participation_number'] for r in rows.values()):.0f} "
            f"to {max(r['participation_number'] for r in rows.values()):.0f}; windows end at "
            f"{max(r['upper'] / r['phonon'] for r in rows.values()):.2f} of the lowest phonon or below",
            not large and not above,
            "; ".join([f"{n}: extended modes" for n in large] + [f"{n}: phonons" for n in above]),
        ),
        Fact(
            f"smallest error of an exponent: {best['exponent_error']:.2f}; no 4D ensemble and no "
            "parent temperature below 0.38",
            beyond_reach=True,
            why=(
                "an error of 0.2 needs 625 modes in the tail, about 2100 samples of each model; "
                "4D needs boxes of 2400 particles and more"
            ),
        ),
    ]


QUARTIC_LAW = Recipe(
    compute,
    draw,
    facts,
    caption=(
        r"Low-frequency densities of states, normalised over all modes, against frequency in units "
        r"of \(\omega_0 = c_s/a_0\), shifted upwards by factors of thirty. (a) Hertzian spheres and, "
        r"as far as their ensembles have seven samples, a Stillinger-Weber network, chains of "
        r"Lennard-Jones beads and Cu50Zr50; (b) the binary "
        r"\(r^{-10}\) mixture in two and three dimensions, in three at two rates of cooling; (c) the "
        r"polydisperse mixture quenched from equilibrium at four parent temperatures. Lines have "
        r"slope four and the prefactor of the tail, the softest 0.3 modes a sample; dashed lines mark "
        r"the lowest transverse phonon of each box; numbers are the exponents of the tails and, in "
        r"brackets, of glasses. Boxes "
        r"hold 400 to 512 particles and ensembles tens to thousands of samples, where the originals "
        r"used thousands of particles and tens of thousands of samples."
    ),
    alt=(
        "Three panels of logarithmic spectra; in each the densities rise along lines of slope four "
        "at low frequency and bend over towards the dashed line of the lowest phonon."
    ),
    parameters={"modes per sample in a tail": tails.PER_SAMPLE, "bins": BINS},
    sources=("ensembles in stores/", "LB21 Eq. 6"),
)
