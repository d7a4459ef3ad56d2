"""Oscillators coupled to all others: the critical line and the density of states towards it."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from relics import interacting_oscillators as model
from relics.figures import Fact, Recipe, Table
from relics.glass import ensembles, oscillator_protocols, protocols
from relics.glass.density_of_states import density_of_states
from relics.plotting import COLOURS, style, subplots

GAP, TOP = oscillator_protocols.GAP, oscillator_protocols.TOP
FIELDS = oscillator_protocols.FIELDS
NEARNESS = oscillator_protocols.NEARNESS
STORES = {375: "khgps-gapped-375", 1500: "khgps-gapped-1500", 3000: "khgps-critical-3000"}
DRAWN = 1500
"""Size whose density of states is drawn."""
LOW = (0.004, 0.03)
"""Window of frequencies in which exponents are measured."""


def _line(lowest: float, number: int) -> Table:
    fields = np.geomspace(1e-4, 3.0, number)
    ends = [model.critical_coupling(h, lowest, TOP) for h in fields]
    return Table(
        columns={
            "h": fields,
            "J_c": [e.J for e in ends],
            "exponent": [e.exponent for e in ends],
        },
        units={"h": "1", "J_c": "1", "exponent": "1"},
    )


def _special(lowest: float) -> Table:
    field = model.special_field(lowest, TOP)
    state = model.at_reaction(lowest, field, lowest, TOP)
    omega, density = model.density_of_states(state)
    low = (omega > LOW[0]) & (omega < LOW[1])
    return Table(
        columns={
            "kappa_min": [lowest],
            "h": [field],
            "J": [state.J],
            "gap": [state.gap],
            "replicon": [state.replicon],
            "exponent": [np.polyfit(np.log(omega[low]), np.log(density[low]), 1)[0]],
        },
        units=dict.fromkeys(("kappa_min", "h", "J", "gap", "replicon", "exponent"), "1"),
    )


def _spectra() -> tuple[Table, Table]:
    rows: list[tuple[float, float, np.ndarray, np.ndarray]] = []
    edges: list[tuple[float, float, float, float, float]] = []
    for field in FIELDS:
        end = model.critical_coupling(field, GAP, TOP)
        for share in NEARNESS:
            state = model.cavity(field, share * end.J, GAP, TOP)
            rows.append((field, share, *model.density_of_states(state)))
            law = np.nan
            if end.exponent == 4 and share == 1.0:
                law = model.quartic_prefactor(state)
            edges.append((field, share, state.J, model.spectral_edge(state), law))
    lengths = [r[2].size for r in rows]
    spectra = Table(
        columns={
            "h": np.repeat([r[0] for r in rows], lengths),
            "share": np.repeat([r[1] for r in rows], lengths),
            "omega": np.concatenate([r[2] for r in rows]),
            "D": np.concatenate([r[3] for r in rows]),
        },
        units=dict.fromkeys(("h", "share", "omega", "D"), "1"),
    )
    names = ("h", "share", "J", "edge", "prefactor")
    return spectra, Table(
        columns=dict(zip(names, zip(*edges, strict=True), strict=True)),
        units=dict.fromkeys(names, "1"),
    )


def _minimised() -> tuple[Table, Table]:
    """Histograms of eigenfrequencies, and on how many oscillators the softest modes are."""
    bars: list[np.ndarray] = []
    softest: list[tuple[float, float, float, float, float]] = []
    for size, name in STORES.items():
        store = ensembles.read(protocols.stores() / name)
        points, frequencies = store.samples[0].arrays["point"], store.stack("frequency")
        number = store.stack("participation")[:, :, 0]
        shares = NEARNESS if len(points) > len(FIELDS) else (1.0,)
        for k, (field, share) in enumerate((f, s) for f in FIELDS for s in shares):
            assert np.isclose(points[k, 0], field)
            if size == DRAWN and share in (0.8, 1.0):
                found = density_of_states(
                    list(frequencies[:, k]), size, np.geomspace(0.05, 1.05, 21)
                )
                middle = np.sqrt(found.edges[1:] * found.edges[:-1])
                seen = found.counts > 3
                label = np.full(seen.sum(), field), np.full(seen.sum(), share)
                bars.append(
                    np.array([*label, middle[seen], found.density[seen], found.error[seen]])
                )
            values = number[:, k]
            spread = 1.25 * values.std(ddof=1) / np.sqrt(len(values))
            softest.append((field, share, size, float(np.median(values)), float(spread)))
    names = ("h", "share", "omega", "D", "error")
    histogram = dict(zip(names, np.concatenate(bars, axis=1), strict=True))
    columns = ("h", "share", "N", "participants", "error")
    return (
        Table(columns=histogram, units=dict.fromkeys(names, "1")),
        Table(
            columns=dict(zip(columns, zip(*softest, strict=True), strict=True)),
            units=dict.fromkeys(columns, "1"),
        ),
    )


def compute() -> dict[str, Table]:
    """Critical line, special points, spectra and edges, and what minimised samples show."""
    spectra, edges = _spectra()
    histogram, softest = _minimised()
    special = [_special(lowest) for lowest in (GAP, GAP / 2)]
    weak = 1e-10
    limit = model.critical_coupling(weak, GAP, TOP).J
    return {
        "line": _line(GAP, 27),
        "lower gap": _line(GAP / 2, 14),
        "special": Table(
            {k: np.concatenate([s[k] for s in special]) for k in special[0].columns},
            special[0].units,
        ),
        "spectra": spectra,
        "edges": edges,
        "no field": Table(
            columns={
                "h": [weak],
                "J_c": [limit],
                "closed": [model.critical_coupling_without_field(GAP, TOP)],
            },
            units=dict.fromkeys(("h", "J_c", "closed"), "1"),
        ),
        "minimised": histogram,
        "softest": softest,
    }


def _draw_line(axes, panels: dict[str, Table]) -> None:
    line, special = panels["line"], panels["special"]
    h, J_c = line["h"], line["J_c"]
    spot = special["h"][0], special["J"][0]
    below, above = line["exponent"] == 2, line["exponent"] == 4
    axes.plot([*h[below], spot[0]], [*J_c[below], spot[1]], ":", color=COLOURS[0], lw=2.4)
    axes.plot([spot[0], *h[above]], [spot[1], *J_c[above]], "-", color=COLOURS[0], lw=2.4)
    axes.plot(*spot, "o", color=COLOURS[1], ms=7)
    axes.fill_between(h, J_c, 0.5, color="0.5", alpha=0.12, lw=0)
    axes.text(2e-4, 0.07, "one minimum, gapped")
    axes.text(2e-4, 0.33, "many minima")
    axes.annotate(
        "$\\omega^2$", (6e-4, 0.148), (0, 4), textcoords="offset points", color=COLOURS[0]
    )
    axes.annotate(
        "$\\omega^4$", (0.2, 0.228), (-20, 6), textcoords="offset points", color=COLOURS[0]
    )
    axes.annotate("$\\omega^{7/3}$", spot, (4, -14), textcoords="offset points", color=COLOURS[1])
    for field, colour in zip(FIELDS, COLOURS[2:], strict=False):
        end = np.interp(np.log(field), np.log(h), J_c)
        axes.plot([field, field], [0.8 * end, end], color=colour, lw=1.4)
    axes.set(
        xscale="log",
        xlabel="field $h$",
        ylabel="coupling $J$",
        title="(a)",
        ylim=(0.04, 0.42),
        xlim=(1e-4, 3),
    )


def draw(panels: dict[str, Table]) -> Figure:
    """(a) the critical line; (b), (c) the density of states towards its two branches."""
    with style():
        figure, axes = subplots(1, 3, size=(11.4, 3.8))
        _draw_line(axes[0], panels)
        for ax, field, power, name in zip(axes[1:], FIELDS, (2, 4), "bc", strict=True):
            for k, share in enumerate(NEARNESS):
                curve = panels["spectra"].rows(h=field, share=share)
                ax.loglog(curve["omega"], curve["D"], color=COLOURS[k], lw=1.3, label=f"{share:g}")
                found = panels["minimised"].rows(h=field, share=share)
                ax.errorbar(
                    found["omega"],
                    found["D"],
                    found["error"],
                    fmt="o",
                    ms=3,
                    color=COLOURS[k],
                    lw=0.8,
                )
            last = panels["spectra"].rows(h=field, share=1.0)
            at = np.interp(0.02, last["omega"], last["D"])
            guide = np.array([0.012, 0.033])
            ax.loglog(guide, 2.5 * at * (guide / 0.02) ** power, "k--", lw=1)
            ax.text(0.0135, 2.9 * at, f"$\\omega^{power}$")
            floor = 3e-4 if power == 2 else 3e-7
            ax.set(
                xlim=(0.009, 1.8),
                ylim=(floor, 8),
                xlabel="frequency $\\omega$",
                ylabel="$D(\\omega)$",
                title=f"({name})  $h={field:g}$",
            )
            ax.legend(title="$J/J_c$", loc="lower right", bbox_to_anchor=(0.87, 0.0))
    return figure


def _slope(spectrum: Table) -> float:
    low = (spectrum["omega"] > LOW[0]) & (spectrum["omega"] < LOW[1])
    return float(np.polyfit(np.log(spectrum["omega"][low]), np.log(spectrum["D"][low]), 1)[0])


def _softest(panels: dict[str, Table]) -> Fact:
    at_end = panels["softest"].rows(share=1.0)
    small, large = min(STORES), max(STORES)
    found = {
        (field, size): at_end.rows(h=field, N=size)["participants"][0]
        for field in FIELDS
        for size in (small, large)
    }
    error = {
        (field, size): at_end.rows(h=field, N=size)["error"][0]
        for field in FIELDS
        for size in (small, large)
    }
    weak, strong = FIELDS
    growth = {f: found[f, large] - found[f, small] for f in FIELDS}
    noise = {f: np.hypot(error[f, large], error[f, small]) for f in FIELDS}
    holds = bool(
        found[weak, large] > found[strong, large]
        and growth[weak] > 2 * noise[weak]
        and abs(growth[strong]) < 3 * noise[strong]
    )
    words = "; ".join(
        f"h={f:g}: {found[f, small]:.1f} +- {error[f, small]:.1f} at N={small}, "
        f"{found[f, large]:.1f} +- {error[f, large]:.1f} at N={large}"
        for f in FIELDS
    )
    return Fact(words, holds, "" if holds else "the statistics of the softest modes do not show it")


def facts(panels: dict[str, Table]) -> list[Fact]:
    """The nine facts of the figure, from its tables."""
    line, lower, special = panels["line"], panels["lower gap"], panels["special"]
    edges, spectra = panels["edges"], panels["spectra"]
    changes = int(np.abs(np.diff(line["exponent"])).sum() / 2)
    residual = max(abs(special["gap"][0]), abs(special["replicon"][0]))
    slopes = [_slope(spectra.rows(h=field, share=1.0)) for field in FIELDS]
    falling = [edges.rows(h=field)["edge"] for field in FIELDS]
    monotonic = all(
        np.all(np.diff(e) < 0) and np.all(e[:-1] > 0) and e[-1] < 0.02 * e[0] for e in falling
    )
    strong = spectra.rows(h=FIELDS[1], share=1.0)
    low = (strong["omega"] > LOW[0]) & (strong["omega"] < LOW[1])
    measured = np.median((strong["D"] / strong["omega"] ** 4)[low])
    closed = edges.rows(h=FIELDS[1], share=1.0)["prefactor"][0]
    ratio = float(measured / closed)
    off = abs(float(panels["no field"]["J_c"][0] / panels["no field"]["closed"][0]) - 1)
    rising = bool(np.all(np.diff(line["J_c"]) > 0))
    above = np.interp(np.log(lower["h"]), np.log(line["h"]), line["J_c"])
    both = bool(np.all(lower["J_c"] < above) and special["h"][1] < special["h"][0])
    return [
        Fact(
            f"{changes} change of exponent, at h = {special['h'][0]:.6f}; gap and stability there "
            f"below {max(residual, 1e-16):.0e}",
            changes == 1 and residual < 1e-8,
        ),
        Fact(f"slope {slopes[0]:.3f} at h = {FIELDS[0]:g}", abs(slopes[0] - 2) < 0.1),
        Fact(f"slope {slopes[1]:.3f} at h = {FIELDS[1]:g}", abs(slopes[1] - 4) < 0.2),
        Fact(
            f"slope {special['exponent'][0]:.3f} at the special point",
            abs(special["exponent"][0] - 7 / 3) < 0.1,
        ),
        Fact(
            "edges "
            + "; ".join(
                ", ".join(f"{x:.4f}" for x in e) + f" at h = {f:g}"
                for e, f in zip(falling, FIELDS, strict=True)
            ),
            bool(monotonic),
        ),
        Fact(f"prefactor over closed form {ratio:.4f}", abs(ratio - 1) < 0.05),
        Fact(
            f"J_c rises along the line: {rising}; at h = 1e-10 off the closed form by {off:.1e}",
            rising and off < 1e-6,
        ),
        Fact(
            f"half the gap: special field {special['h'][1]:.5f} instead of {special['h'][0]:.5f}, J_c "
            f"lower everywhere, by {np.min(above - lower['J_c']):.4f} at least",
            both,
        ),
        _softest(panels),
    ]


OSCILLATOR_TRANSITION = Recipe(
    compute,
    draw,
    facts,
    caption=r"Oscillators coupled to all others, bare stiffnesses even in \([0.1,1]\), quartic coefficient "
    r"one. (a) Critical coupling against field: on the dotted branch stability is lost first, on the solid one "
    r"the gap of stiffnesses; they meet at the marked point. Short bars: the approaches of (b) and (c). "
    r"(b), (c) Density of states on approach; lines from the cavity solution and the Pastur equation, points "
    r"from minimised systems of 1500 oscillators at 0.8 and 1 of the critical coupling, with standard errors.",
    alt="A critical line rising with the field, dotted at small and solid at large field; two families of "
    "spectra whose gaps close, one with slope two, one with slope four.",
    parameters={"kappa_min": GAP, "kappa_0": TOP, "A": 1.0},
    sources=("LB21 Fig. 8", "LB21 Sec. IV.E"),
    data=tuple(f"stores/{name}" for name in STORES.values()),
)
