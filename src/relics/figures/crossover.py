"""Viscosity from the glass transition to the crossover, and the lengths of cooperative motion."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from relics import rfot, viscosity
from relics.configurational_entropy import hyperbolic_entropy
from relics.figures import Fact, Panels, Recipe, Table
from relics.plotting import COLOURS, style, subplots

LIQUID = "B2O3"
TIMESCALE, LINDEMANN = 1e17, 0.1
FITTED_ABOVE = 3.0
DEVIATION = 0.3
SOFTENING_POWER = 8.0
PAIRS = {
    "L18": (10.0, np.log(1e15)),
    "LW07": (float(rfot.reduced_mismatch(LINDEMANN)), np.log(1e17)),
    "mixed": (float(rfot.reduced_mismatch(LINDEMANN)), np.log(1e15)),
}


def _crossover(T: np.ndarray, y: np.ndarray, law: viscosity.ActivatedFit) -> float:
    """Highest temperature up to which the running median of the deviation stays below DEVIATION."""
    fast = y < FITTED_ABOVE
    T, off = T[fast], y[fast] - law.log10_viscosity(T[fast])
    width = 25
    running = np.array([np.median(off[i : i + width]) for i in range(T.size - width)])
    middle = T[width // 2 : width // 2 + running.size]
    beyond = np.flatnonzero(np.abs(running) > DEVIATION)
    if beyond.size == 0:
        raise ValueError(f"the viscosity of {LIQUID} never leaves the activated law")
    agreed = np.flatnonzero(np.abs(running) <= DEVIATION)
    return float(middle[agreed[-1]]) if agreed.size else float(T.min())


def _lengths(
    T: np.ndarray, T_g: float, T_K: float, soft: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Critical radius and cooperativity length in beads, mismatch proportional to T."""
    mismatch = float(rfot.reduced_mismatch(LINDEMANN))
    s_g = float(rfot.entropy_at_glass_transition(TIMESCALE, mismatch))
    s_c = s_g * hyperbolic_entropy(T, T_K, T_g, 1.0) / hyperbolic_entropy(T_g, T_K, T_g, 1.0)
    gamma = np.maximum(mismatch * soft, 1e-12)
    critical, cooperative = (
        rfot.critical_size(gamma, s_c, 1.0),
        rfot.cooperative_size(gamma, s_c, 1.0),
    )
    return rfot.droplet_radius(critical, 1.0), rfot.cooperativity_length(cooperative, 1.0)


def compute() -> dict[str, Table]:
    """Points, activated laws with and without softening, lengths, and the numbers behind the facts."""
    data = viscosity.measured(LIQUID)
    entropic = viscosity.fit_activated(data.T, data.log10_viscosity, 1.0, FITTED_ABOVE)
    elastic = viscosity.fit_activated(data.T, data.log10_viscosity, 0.5, FITTED_ABOVE)
    T_g, T_K = entropic.T_g, entropic.T_K
    T_cr = _crossover(data.T, data.log10_viscosity, elastic)
    radius = float(_lengths(np.array([T_cr]), T_g, T_K, np.ones(1))[0][0])
    T_A = rfot.softening_temperature(T_cr, radius, SOFTENING_POWER)
    T = np.linspace(T_g, data.T.max(), 241)
    cold = np.linspace(T_g, min(1.15 * T_cr, 0.995 * T_A), 161)
    return {
        "points": Table(
            {"T": data.T, "log10_viscosity": data.log10_viscosity, "curve": data.curve},
            {"T": "K", "log10_viscosity": "log10 Pa s", "curve": "1"},
        ),
        "laws": _laws(T, entropic, elastic, T_A),
        "lengths": _length_table(cold, T_g, T_K, T_A),
        "marks": Table(
            {
                "mark": ["T_g", "T_K", "T_cr", "T_A", "T_K error", "T_K for gamma^2 ~ T"],
                "T": [T_g, T_K, T_cr, T_A, entropic.T_K_error, elastic.T_K],
            },
            {"mark": "", "T": "K"},
        ),
        "pairs": _pairs(),
        "times": _times(T_g, T_K),
    }


def _laws(
    T: np.ndarray, entropic: viscosity.ActivatedFit, elastic: viscosity.ActivatedFit, T_A: float
) -> Table:
    limit = viscosity.LOG10_BOILING
    plain = entropic.log10_viscosity(T)
    soft = limit + (plain - limit) * rfot.softening(T, T_A, SOFTENING_POWER) ** 2
    curves = {
        "gamma ~ T": plain,
        "gamma^2 ~ T": elastic.log10_viscosity(T),
        "gamma ~ T, softened": soft,
    }
    return Table(
        {
            "law": np.repeat(list(curves), T.size),
            "T": np.tile(T, len(curves)),
            "log10_viscosity": np.concatenate(list(curves.values())),
        },
        {"law": "", "T": "K", "log10_viscosity": "log10 Pa s"},
    )


def _length_table(T: np.ndarray, T_g: float, T_K: float, T_A: float) -> Table:
    plain = _lengths(T, T_g, T_K, np.ones_like(T))
    soft = _lengths(T, T_g, T_K, rfot.softening(T, T_A, SOFTENING_POWER))
    return Table(
        {"T": T, "r": plain[0], "xi": plain[1], "r_softened": soft[0], "xi_softened": soft[1]},
        {"T": "K", "r": "a", "xi": "a", "r_softened": "a", "xi_softened": "a"},
    )


def _pairs() -> Table:
    """N* and xi/a for pairs of mismatch and time scale."""
    mismatch, log_time = np.array(list(PAIRS.values())).T
    N_star = rfot.cooperative_size_at_glass_transition(np.exp(log_time), mismatch)
    return Table(
        {"pair": list(PAIRS), "mismatch": mismatch, "ln(tau/tau_0)": log_time, "N*": N_star,
         "xi": rfot.cooperativity_length(N_star, 1.0)},
        {"pair": "", "mismatch": "k_B T_g", "ln(tau/tau_0)": "1", "N*": "1", "xi": "a"},
    )  # fmt: skip


def _times(T_g: float, T_K: float) -> Table:
    """log10(tau/tau_0) of both laws for the pair of LW07, from T_g upwards."""
    T = np.linspace(T_g, 4 * T_g, 1201)
    decades = np.log10(TIMESCALE)
    laws = {p: viscosity.activated_decades(T, T_g, T_K, decades, p) for p in (1.0, 0.5)}
    return Table(
        {"T": T, "entropic": laws[1.0], "elastic": laws[0.5]},
        {"T": "K", "entropic": "decades", "elastic": "decades"},
    )


def draw(panels: Panels) -> Figure:
    """Viscosity on the left, lengths on the right."""
    marks = dict(zip(panels["marks"]["mark"], panels["marks"]["T"], strict=True))
    with style():
        figure, (left, right) = subplots(1, 2, size=(9.4, 4.1))
        points, laws = panels["points"], panels["laws"]
        left.plot(
            points["T"],
            points["log10_viscosity"],
            ".",
            color="0.6",
            markersize=3,
            label=f"{LIQUID}, measured",
        )
        names = {"gamma ~ T": r"$\gamma\propto T$", "gamma^2 ~ T": r"$\gamma\propto\sqrt{T}$",
                 "gamma ~ T, softened": r"$\gamma\propto T$, softened"}  # fmt: skip
        for (law, label), line, colour in zip(
            names.items(), ("-", "--", "-."), COLOURS, strict=False
        ):
            rows = laws.rows(law=law)
            left.plot(rows["T"], rows["log10_viscosity"], line, color=colour, label=label)
        for key, text in (("T_cr", r"$T_{cr}$"), ("T_A", r"$T_A$")):
            left.axvline(marks[key], color="0.4", linewidth=0.8, linestyle=":")
            left.annotate(text, (marks[key], 12.4), (3, 0), textcoords="offset points")
        left.set(
            xlabel="temperature / K",
            ylabel=r"$\log_{10}$ of the viscosity in Pa s",
            ylim=(-3.4, 13.2),
        )
        left.legend(loc="upper right", bbox_to_anchor=(1.0, 0.93))
        rows = panels["lengths"]
        for name, label, line, width, colour in (
            ("xi", r"$\xi$", "--", 2.4, COLOURS[1]),
            ("xi_softened", r"$\xi$, softened", "--", 1.2, COLOURS[1]),
            ("r", r"$r^\ddagger$", "-", 2.4, COLOURS[0]),
            ("r_softened", r"$r^\ddagger$, softened", "-", 1.2, COLOURS[0]),
        ):
            right.plot(rows["T"], rows[name], line, linewidth=width, color=colour, label=label)
        right.axhline(1, color="black", linewidth=0.7)
        right.axvline(marks["T_cr"], color="0.4", linewidth=0.8, linestyle=":")
        right.annotate(r"$T_{cr}$", (marks["T_cr"], 5.6), (3, 0), textcoords="offset points")
        right.set(xlabel="temperature / K", ylabel="length / bead size", ylim=(0, 6.2))
        right.legend(loc="upper center")
    return figure


def facts(panels: Panels) -> list[Fact]:
    """Sizes of the pairs, shapes of the lengths, and the two activated laws."""
    pairs, rows, times = panels["pairs"], panels["lengths"], panels["times"]
    marks = dict(zip(panels["marks"]["mark"], panels["marks"]["T"], strict=True))
    T_g, T_K = marks["T_g"], marks["T_K"]
    matched = pairs["pair"] != "mixed"
    xi, N_star = pairs["xi"][matched], pairs["N*"][matched]
    mixed = float(pairs["xi"][~matched][0])
    share = rows["r"] / rows["xi"]
    falling = all(np.all(np.diff(rows[k]) < 0) for k in ("r", "xi", "r_softened", "xi_softened"))
    shorter = bool(
        np.all(rows["r"] < rows["xi"]) and np.all(rows["r_softened"] < rows["xi_softened"])
    )
    T, ln_eta = times["T"], {k: np.log(10) * times[k] for k in ("elastic", "entropic")}
    line = np.polyfit(T_K / (T - T_K), ln_eta["elastic"], 1)
    slope = np.log(TIMESCALE) * (T_g - T_K) / T_K
    bent = np.abs(np.polyval(line, T_K / (T - T_K)) / ln_eta["elastic"] - 1).max()
    A, constant = np.polyfit(T / (T - T_K), ln_eta["entropic"], 1)
    off = np.abs((A * T / (T - T_K) + constant) / ln_eta["entropic"] - 1).max()
    at_T_g = times["elastic"][0]
    T_3 = np.interp(-3.0, -times["elastic"], T)
    left = at_T_g - np.interp(T_3, T, times["elastic"])
    poise = 0.01 * 10 ** np.interp(T_3, T, times["elastic"])
    softer = [rows[f"{k}_softened"] / rows[k] for k in ("r", "xi")]
    return [
        Fact("xi/a = " + ", ".join(f"{x:.3f}" for x in xi) + "; N* = " + ", ".join(f"{x:.1f}" for x in N_star),
             bool(np.all((xi >= 5.7) & (xi <= 6.0)) and np.all((N_star >= 185) & (N_star <= 216)))),
        Fact(f"xi/a = {mixed:.3f}", mixed < 5.5),
        Fact(f"{share.min():.6f} to {share.max():.6f}", bool(np.abs(share - (3 / (16 * np.pi)) ** (1 / 3)).max() < 1e-3)),
        Fact(f"xi from {rows['xi'][0]:.2f} to {rows['xi'][-1]:.2f}, r from {rows['r'][0]:.2f} to {rows['r'][-1]:.2f}",
             bool(falling and shorter)),
        Fact(f"slope over prediction {line[0] / slope:.9f}, bent by {bent:.1e}", bool(abs(line[0] / slope - 1) < 1e-6 and bent < 1e-6)),
        Fact(f"constant {constant:.1e}, off by {off:.1e}", bool(off < 1e-6)),
        Fact(f"{at_T_g:.2f} decades at T_g, three at {T_3:.0f} K, {left:.2f} in between (gamma^2 ~ T)",
             bool(abs(at_T_g - 17) < 0.1 and abs(left - 14) < 0.2)),
        Fact(f"{poise:.1f} poise at {T_3:.0f} K", bool(3 <= poise <= 300)),
        Fact(f"softened over unsoftened at most {max(s.max() for s in softer):.6f}; xi at T_g changes by "
             f"{100 * (1 - softer[1][0]):.3f} percent",
             bool(all(np.all(s < 1) for s in softer) and 1 - softer[1][0] < 0.05)),
    ]  # fmt: skip


CROSSOVER = Recipe(
    compute,
    draw,
    facts,
    caption=(
        r"Left: measured viscosities of boron trioxide (63 curves of many authors) and the activated "
        r"law fitted to those above \(10^3\) Pa s, with a prefactor of one centipoise that is not "
        r"fitted. A mismatch proportional to \(\sqrt T\) (constant bulk modulus) follows the data until "
        r"\(T_{cr}\) and falls below them beyond it; one proportional to \(T\) runs above the data on the "
        r"way and calls for softening. Right: critical radius and cooperativity length for "
        r"\(\gamma\propto T\), thick as they are, thin with the softening "
        r"\(\gamma\to\gamma[1-(T/T_A)^8]\), \(T_A\) chosen so that the critical radius is one bead at "
        r"\(T_{cr}\). The softening is our stand-in: the papers refer to another one for it. The original "
        r"shows tris-naphthylbenzene, whose table could not be traced."
    ),
    alt=(
        "Left, log viscosity from 12 to 0 against temperature from 500 to 1900 kelvin: a band of points, "
        "one curve through it that drops below at high temperature, one above it, and a softened one that "
        "plunges. Right, four falling curves: cooperativity length from 5.8 and critical radius from 2.3 beads."
    ),
    parameters={
        "liquid": LIQUID,
        "timescale": TIMESCALE,
        "lindemann": LINDEMANN,
        "fitted above": FITTED_ABOVE,
        "deviation": DEVIATION,
        "softening power": SOFTENING_POWER,
    },
    sources=("SciGlass (class T, ODbL)", "LW07 Eq. 7, L18 Eqs. 26, 28, 36"),
    data=("viscosity_inorganic_sciglass.csv",),
)
