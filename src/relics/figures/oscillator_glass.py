"""Oscillators coupled to all others, parent without a gap: the quartic law and its prefactor."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from relics import interacting_oscillators as model
from relics.figures import Fact, Recipe, Table
from relics.glass import ensembles, oscillator_protocols, protocols
from relics.glass import oscillator_spectra as spectra
from relics.glass.density_of_states import density_of_states
from relics.plotting import COLOURS, MARKERS, style, subplots

DRAWN = 2000
"""Size of the samples whose spectra are drawn."""
SHOWN = ((0.05, 1.0), (0.1, 1.0), (0.2, 1.0), (0.5, 1.0), (0.1, 2.0), (0.5, 2.0))
FIELD = 0.01


def _store(size: int) -> ensembles.Contents:
    return ensembles.read(protocols.stores() / f"khgps-glassy-{size}")


def _theory() -> Table:
    """Leading law, and every oscillator in the lower of its wells, for the points of the stores."""
    rows = []
    for field, J, highest in oscillator_protocols.GLASSY:
        X = float(model.weak_coupling_variable(field, J, highest))
        if X < 2:
            continue
        scale = np.sqrt(highest) * field ** (2 / 3) * J
        wells = model.quartic_prefactor(model.lowest_wells(field, J, highest))
        rows.append(
            (
                field,
                J,
                highest,
                X,
                float(np.log(scale * model.weak_coupling_prefactor(field, J, highest))),
                float(np.log(scale * wells)),
            )
        )
    names = ("h", "J", "kappa_0", "X", "leading", "lowest wells")
    return Table(
        columns=dict(zip(names, zip(*rows, strict=True), strict=True)),
        units=dict.fromkeys(names, "1"),
    )


def compute() -> dict[str, Table]:
    """Histograms, prefactors with errors and exponents, and the two theories."""
    measured = spectra.prefactors()
    alone = [(size, spectra.prefactors(size)) for size in spectra.SIZES]
    by_size = {
        name: np.concatenate([columns[name] for _, columns in alone])
        for name in ("h", "J", "kappa_0", "A_g", "error")
    }
    by_size["N"] = np.concatenate([np.full(c["h"].size, float(size)) for size, c in alone])
    store = _store(DRAWN)
    frequencies = store.stack("frequency").astype(float)
    bars = []
    for J, highest in SHOWN:
        k = oscillator_protocols.GLASSY.index((FIELD, J, highest))
        complete = frequencies[:, k, -1].min()
        edges = np.geomspace(0.08, 0.55, 15)
        edges = edges[edges < complete]
        found = density_of_states(list(frequencies[:, k]), DRAWN, edges)
        seen = found.counts > 3
        middle = np.sqrt(found.edges[1:] * found.edges[:-1])[seen]
        drawn = found.density[seen], found.error[seen], found.counts[seen]
        label = [np.full(seen.sum(), v) for v in (J, highest, len(frequencies))]
        bars.append(np.array([*label, middle, *drawn]))
    columns = ("J", "kappa_0", "samples", "omega", "D", "error", "modes")
    return {
        "spectra": Table(
            columns=dict(zip(columns, np.concatenate(bars, axis=1), strict=True)),
            units=dict.fromkeys(columns, "1"),
        ),
        "prefactors": Table(columns=measured, units=dict.fromkeys(measured, "1")),
        "sizes": Table(columns=by_size, units=dict.fromkeys(by_size, "1")),
        "theory": _theory(),
    }


def _along_J(table: Table) -> Table:
    one = table.rows(h=FIELD, kappa_0=1.0)
    order = np.argsort(one["J"])
    return Table({k: v[order] for k, v in one.columns.items()}, one.units)


def draw(panels: dict[str, Table]) -> Figure:
    """(a) densities of states; (b) the prefactor at weak coupling; (c) against the coupling."""
    table, theory = panels["prefactors"], panels["theory"]
    with style():
        figure, (a, b, c) = subplots(1, 3, size=(11.8, 3.9))
        for k, (J, highest) in enumerate(SHOWN):
            one = panels["spectra"].rows(J=J, kappa_0=highest)
            a.errorbar(
                one["omega"],
                one["D"],
                one["error"],
                marker=MARKERS[k],
                ms=3.5,
                lw=0.9,
                color=COLOURS[k],
                label=f"{J:g}, {highest:g}: {one['modes'].sum():.0f}",
            )
        samples = panels["spectra"]["samples"][0]
        guide = np.array([0.1, 0.2])
        a.plot(guide, 9e2 * guide**4, "k--", lw=1)
        a.text(0.12, 0.35, "$\\omega^4$")
        a.set(
            xscale="log",
            yscale="log",
            xlabel="frequency $\\omega$",
            ylabel="$D(\\omega)$",
            title=f"(a)  {samples:.0f} samples",
            ylim=(5e-5, 3),
        )
        a.set_xticks([0.1, 0.2, 0.4], ["0.1", "0.2", "0.4"])
        a.set_xticks([], minor=True)
        a.legend(title="$J$, $\\kappa_0$: modes", loc="lower right")
        near = np.abs(table["exponent"] - 4) < spectra.NEAR_FOUR
        for k, field in enumerate(sorted(set(table["h"]))):
            for chosen, face in ((near, COLOURS[k]), (~near, "none")):
                kept = chosen & (table["h"] == field) & (table["X"] > 0.1)
                b.errorbar(
                    table["X"][kept],
                    table["Y"][kept],
                    (table["error"] / table["A_g"])[kept],
                    fmt=MARKERS[k],
                    ms=4,
                    lw=0.8,
                    mfc=face,
                    color=COLOURS[k],
                    label=f"$h={field:g}$" if face != "none" else None,
                )
            own = theory.rows(h=field, kappa_0=1.0)
            order = np.argsort(own["X"])
            b.plot(own["X"][order], own["lowest wells"][order], "-", lw=0.9, color=COLOURS[k])
        x = np.array([0.0, 40.0])
        slope, start = np.polyfit(theory["X"], theory["leading"], 1)
        b.plot(x, start + slope * x, "k--", lw=1.2, label="leading law")
        b.set(
            xlabel="$\\kappa_0h^{2/3}/J^2$",
            ylabel="$\\ln[\\kappa_0^{1/2}h^{2/3}J\\,A_g]$",
            title="(b)",
            xlim=(-1, 42),
            ylim=(-6.2, 2.4),
        )
        b.legend(loc="upper right")
        for k, size in enumerate(spectra.SIZES):
            one = _along_J(panels["sizes"].rows(N=float(size)))
            c.errorbar(
                one["J"],
                one["A_g"],
                one["error"],
                fmt=MARKERS[k],
                ms=4,
                lw=0.9,
                color=COLOURS[k],
                mfc="none" if k else COLOURS[k],
                label=f"$N={size}$",
            )
        own = theory.rows(h=FIELD, kappa_0=1.0)
        order = np.argsort(own["J"])
        scale = np.log(np.sqrt(own["kappa_0"]) * np.cbrt(own["h"]) ** 2 * own["J"])
        c.plot(
            own["J"][order],
            np.exp(own["leading"] - scale)[order],
            "k--",
            lw=1.1,
            label="leading law",
        )
        strong = np.array([0.3, 1.4])
        c.plot(strong, 60 * (strong / 0.3) ** -2.5, ":", color="0.3", label="$J^{-5/2}$")
        c.set(
            xscale="log",
            yscale="log",
            xlabel="coupling $J$",
            ylabel="$A_g$",
            title="(c)  $h=0.01$, $\\kappa_0=1$",
            ylim=(3e-3, 1e3),
        )
        c.legend(loc="lower left")
    return figure


def facts(panels: dict[str, Table]) -> list[Fact]:
    """The six facts of the figure, from its tables."""
    table = panels["prefactors"]
    here = table.rows(h=FIELD)
    shown = [here.rows(J=J, kappa_0=k) for J, k in SHOWN]
    exponents = np.array([s["exponent"][0] + 1 for s in shown])
    # The exponent of greatest likelihood that all sets share: errors grow with the exponent, and
    # weights from them would favour what came out low.
    mean = 1 / float(np.mean(1 / exponents))
    error = mean / np.sqrt(spectra.COUNT * len(shown))
    softest = max(float(s["softest"][0]) for s in shown)
    windows = (
        f"{min(s['window'][0] for s in shown):.2f} to {max(s['window'][0] for s in shown):.2f}"
    )
    slope, slope_error, _ = spectra.weak_line(table.columns)
    kept = spectra.weakly_coupled(table.columns)
    theory = panels["theory"]
    leading = np.interp(table["X"][kept], *_sorted(theory["X"], theory["leading"]))
    factors = np.exp(np.abs(table["Y"][kept] - leading))
    along = _along_J(table)
    top = int(along["A_g"].argmax())
    decay, decay_error, _ = spectra.strong_line(table.columns)
    far = float(factors.max())
    points = zip(*(table[name][kept] for name in ("h", "J", "kappa_0")), strict=True)
    solved = np.array([theory.rows(h=h, J=J, kappa_0=k)["lowest wells"][0] for h, J, k in points])
    relative = (table["error"] / table["A_g"])[kept]
    expected, _, _ = spectra.line(table["X"][kept], solved, relative)
    return [
        Fact(
            f"exponent of the count {mean:.2f} +- {error:.2f} over {len(shown)} parameter sets "
            f"({exponents.min():.1f} to {exponents.max():.1f})",
            abs(mean - 5) < 0.5,
            ""
            if abs(mean - 5) < 0.5
            else f"the {spectra.COUNT} softest modes of each set lie below {windows}: there minima of 2000 "
            "oscillators, reached by descent, have more modes than the quartic law; the original had 16000",
        ),
        Fact(f"median number of oscillators at most {softest:.1f}", softest < 20),
        Fact(
            f"slope {slope:.3f} +- {slope_error:.3f} over {int(kept.sum())} points; the cavity "
            f"equations in the lower wells have {expected:.3f} at the same points",
            abs(slope + 0.18) < 0.04,
            ""
            if abs(slope + 0.18) < 0.04
            else "at the couplings that have modes to count, the spread of the field still changes, "
            "as it does in the cavity equations",
        ),
        Fact(
            f"largest factor {far:.2f} over {int(kept.sum())} points",
            far < 2,
            ""
            if far < 2
            else "the leading law takes the random field from oscillators that do not interact; "
            "with the field that the oscillators make themselves the prefactor is larger",
        ),
        Fact(
            f"largest at J = {along['J'][top]:g}",
            0 < top < along["J"].size - 1,
        ),
        Fact(
            f"slope {decay:.2f} +- {decay_error:.2f} for J from {spectra.STRONG[0]:g} to "
            f"{spectra.STRONG[1]:g}; steeper beyond",
            abs(decay + 2.5) < 0.4,
            "" if abs(decay + 2.5) < 0.4 else "the decay is not that of the dimension alone",
        ),
    ]


def _sorted(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    order = np.argsort(x)
    return x[order], y[order]


OSCILLATOR_GLASS = Recipe(
    compute,
    draw,
    facts,
    caption=r"Oscillators coupled to all others, bare stiffnesses even in \([0,\kappa_0]\), quartic coefficient "
    r"one, minimised from random coordinates to forces below \(10^{-10}\). (a) Density of states at "
    r"\(h=0.01\), with standard errors over samples of 2000 oscillators and the number of modes that make up each curve. (b) Prefactor of the lowest 60 modes "
    r"of all samples, with counting errors; hollow where the exponent of these modes is more than 1.5 from "
    r"four. Dashed: the leading law; full lines: every oscillator in the lower of its wells, in the field that "
    r"they make themselves. (c) The same against the coupling for each of three sizes, whose lowest modes lie the deeper in the tail the more samples there are; it drops faster where "
    r"\(J^2\chi\) comes near \(\kappa_0\), so that no oscillator is left at rest with a small stiffness. The original uses 16,000 oscillators throughout; here a few samples of that size are made at three couplings.",
    alt="Spectra that rise by nearly the fourth power at low frequency; logarithms of prefactors falling along a straight line; the "
    "prefactor rising to a maximum and falling as a power of the coupling.",
    parameters={"kappa_min": 0.0, "A": 1.0, "modes in the window": spectra.COUNT},
    sources=("LB21 Fig. 9", "LB21 Sec. IV.E"),
    data=tuple(f"stores/khgps-glassy-{size}" for size in spectra.SIZES),
)
