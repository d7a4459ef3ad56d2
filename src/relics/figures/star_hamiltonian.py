"""Levels of a tunnelling centre coupled to its ripplons: bare, dressed, and against the bias."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from relics import quantum_mixing as qm
from relics.figures import Fact, Recipe, Table
from relics.plotting import COLOURS, style, subplots
from relics.ripplons import ripplon_spectrum

BIAS = 0.3
REPULSION = 0.1
TUNNELLING = 0.1
CROSSING_COUPLING = 0.004
CROSSING_ORDER = 4
ONSET = 0.2
EXACT = 1e-10


def _equal_amplitude(energies: np.ndarray, repulsion: float) -> float:
    """The amplitude, the same for all modes, that gives the level repulsion asked for."""
    return float(np.sqrt(repulsion / np.sum(1 / energies)))


def _scheme_levels() -> dict[str, Table]:
    lines = ripplon_spectrum()
    counts = lines.weights.astype(int)
    energies = qm.all_modes(lines.frequencies, counts)
    amplitude = _equal_amplitude(energies, REPULSION)
    coupling = np.full(energies.size, amplitude)
    matrix = qm.centre_hamiltonian(BIAS, TUNNELLING, coupling, energies)
    names = np.array(["lower", "upper", *(f"l={l}" for l in mode_orders(counts))])
    closed = qm.centre_levels(BIAS, 0.0, coupling, energies)
    dressed = qm.centre_levels(BIAS, TUNNELLING, coupling, energies)
    root = float(qm.effective_bias(BIAS, coupling, energies))
    return {
        "bare": Table(
            columns={
                "level": np.array(["lower", "upper", *(f"l={l}" for l in range(2, 10))]),
                "energy": np.array([0.0, BIAS, *lines.frequencies]),
                "degeneracy": np.array([1, 1, *counts]),
            },
            units={"level": "", "energy": "hbar omega_D", "degeneracy": "1"},
        ),
        "matrix": Table(
            columns={"state": names, "with_lower": matrix[0], "with_upper": matrix[1]},
            units={"state": "", "with_lower": "hbar omega_D", "with_upper": "hbar omega_D"},
        ),
        "dressed": Table(
            columns={
                "curve": np.repeat(["without tunnelling", "with tunnelling"], closed.size),
                "energy": np.concatenate([closed, dressed]),
            },
            units={"curve": "", "energy": "hbar omega_D"},
        ),
        "root": Table(
            columns={"amplitude": [amplitude], "effective_bias": [root]},
            units={"amplitude": "hbar omega_D", "effective_bias": "hbar omega_D"},
        ),
    }


def mode_orders(counts: np.ndarray) -> np.ndarray:
    """Order l of every single mode, shape (sum of counts,)."""
    return np.repeat(np.arange(2, 2 + counts.size), counts)


def _multiplets(panels: dict[str, Table]) -> tuple[np.ndarray, np.ndarray]:
    ripplons = panels["bare"]["energy"][2:], panels["bare"]["degeneracy"][2:]
    return ripplons


def draw_scheme(panels: dict[str, Table]) -> Figure:
    """Bare levels, levels dressed by the ripplons, and levels with tunnelling, side by side."""
    ripplons, counts = _multiplets(panels)
    with style():
        figure, axes = subplots(size=(6.4, 4.2))
        for energy, count in zip(ripplons, counts, strict=True):
            axes.hlines(energy, 0.75, 1.45, color=COLOURS[2], linewidth=0.22 * count)
        for order in (2, 3, 9):
            axes.annotate(
                f"$l={order}$ ({2 * order + 1})",
                (1.45, ripplons[order - 2]),
                (4, 0),
                textcoords="offset points",
                va="center",
                fontsize=8.5,
            )
        axes.hlines(0, -0.15, 1.45, color=COLOURS[0], linewidth=2)
        axes.hlines(BIAS, -0.15, 0.55, color=COLOURS[1], linewidth=2)
        arrow = {"arrowstyle": "<->", "color": "black", "linewidth": 0.9}
        axes.annotate("", (0.1, 0), (0.1, BIAS), arrowprops=arrow)
        axes.text(0.13, BIAS / 2, r"$\Delta/2$")
        axes.annotate("", (0.8, ripplons[3]), (0.5, BIAS), arrowprops=arrow)
        axes.text(0.58, (BIAS + ripplons[3]) / 2 + 0.02, r"$\Delta_i$", ha="right")
        for k, curve in enumerate(("without tunnelling", "with tunnelling")):
            levels = panels["dressed"].rows(curve=curve)["energy"]
            left = 2.1 + 0.95 * k
            axes.hlines(levels, left, left + 0.7, color="0.6", linewidth=0.5)
            axes.hlines(levels[:2], left, left + 0.7, color=(COLOURS[0], COLOURS[1]), linewidth=2)
        axes.set_xticks(
            [0.2, 1.1, 2.45, 3.4],
            ["structural\nstates", "ripplon\nstates", r"dressed," + "\n" + r"$\Delta=0$",
             r"dressed," + "\n" + rf"$\Delta={TUNNELLING}$"],
        )  # fmt: skip
        axes.set(xlim=(-0.3, 3.95), ylabel=r"energy / $\hbar\omega_D$")
        axes.grid(axis="x", visible=False)
    return figure


def scheme_facts(panels: dict[str, Table]) -> list[Fact]:
    """Couplings, and what diagonalisation without tunnelling leaves and moves."""
    ripplons, counts = _multiplets(panels)
    elements = panels["matrix"]
    ripplon_rows = np.char.startswith(elements["state"].astype(str), "l=")
    lower = np.count_nonzero(elements["with_lower"][ripplon_rows])
    upper = np.count_nonzero(elements["with_upper"][ripplon_rows])
    levels = panels["dressed"].rows(curve="without tunnelling")["energy"]
    at_zero = np.abs(levels).min()
    hub = np.delete(levels, np.abs(levels).argmin())
    amplitude = panels["root"]["amplitude"][0]
    modes = np.repeat(ripplons, counts)
    residual = hub[0] - BIAS + np.sum(amplitude**2 / (modes - hub[0]))
    bounds = np.sort(modes)
    inside = np.all(hub[:-1] <= bounds + EXACT) and np.all(hub[1:] >= bounds - EXACT)
    kept = np.array([np.count_nonzero(np.abs(hub - e) < EXACT) for e in ripplons])
    return [
        Fact(f"{lower} non-zero elements with the lower state, {upper} with the upper",
             lower == 0 and upper == modes.size),
        Fact(f"level nearest zero: {at_zero:.1e}", at_zero < 1e-12),
        Fact(f"level {hub[0]:.6f}, residual of Eq. 59 {residual:.1e}, |eps| = {BIAS}, omega_2 = {ripplons[0]:.4f}",
             abs(residual) < EXACT and hub[0] < BIAS and hub[0] < ripplons[0]),
        Fact(f"{hub.size} levels about {modes.size} ripplon energies", bool(inside)),
        Fact(f"states left at the ripplon energies: {', '.join(map(str, kept))}",
             np.array_equal(kept, counts - 1)),
    ]  # fmt: skip


LEVEL_SCHEME = Recipe(
    _scheme_levels,
    draw_scheme,
    scheme_facts,
    caption=(
        r"Levels of a tunnelling centre whose liquid-like state lies \(|\epsilon|\) above the other "
        r"one. Left: the two structural states and the ripplon states that stand on the lower one "
        r"(line width by degeneracy \(2l+1\)); only the upper state is coupled to them. Right: "
        r"the same Hamiltonian diagonalised, with equal \(\Delta_i\) that make \(\Sigma = "
        r"0.1\,\hbar\omega_D\). Of each multiplet one combination is displaced, the other \(2l\) "
        r"stay. The lower state moves only when \(\Delta\) is switched on."
    ),
    alt=(
        "Level diagram: two structural levels, a ladder of eight ripplon multiplets coupled to the "
        "upper one, and beside it the computed levels, in which the upper structural level has "
        "been pushed down below all ripplons."
    ),
    parameters={
        "bias": BIAS,
        "repulsion": REPULSION,
        "tunnelling": TUNNELLING,
        "beads": 200,
        "orders": "2-9",
    },
    sources=("LW07 Eqs. 33 and 58",),
)


def _crossing_levels() -> dict[str, Table]:
    lines = ripplon_spectrum(highest=CROSSING_ORDER)
    counts = lines.weights.astype(int)
    energies = qm.all_modes(lines.frequencies, counts)
    coupling = np.full(energies.size, CROSSING_COUPLING)
    bias = np.linspace(0.0, 3 * lines.frequencies[0], 1201)
    levels = qm.centre_levels(bias, 0.0, coupling, energies)
    kept = levels[levels.shape[0] // 2]
    unmoved = [np.count_nonzero(np.abs(kept - e) < EXACT) for e in lines.frequencies]
    orders = np.arange(2, CROSSING_ORDER + 1)
    return {
        "levels": Table(
            columns={
                "bias": np.repeat(bias, levels.shape[1]),
                "level": np.tile(np.arange(levels.shape[1]), bias.size),
                "energy": levels.ravel(),
            },
            units={"bias": "hbar omega_D", "level": "", "energy": "hbar omega_D"},
        ),
        "ripplons": Table(
            columns={
                "order": orders,
                "energy": lines.frequencies,
                "degeneracy": counts,
                "undisplaced": unmoved,
            },
            units={"order": "", "energy": "hbar omega_D", "degeneracy": "1", "undisplaced": "1"},
        ),
        "gaps": _gaps(lines.frequencies, counts),
        "text": _text_picture(lines.frequencies, counts),
        "diagonal": Table(
            columns={
                "temperature": np.array([0.0, ONSET, 0.5]),
                "energy": np.array([0.0, ONSET, 0.5]),
            },
            units={"temperature": "hbar omega_D/k_B", "energy": "hbar omega_D"},
        ),
    }


def _gaps(frequencies: np.ndarray, counts: np.ndarray) -> Table:
    """Smallest distance of the two coupled levels at each crossing, by diagonalisation."""
    rows = []
    for coupling in (0.0005, 0.001, 0.002, 0.0045):
        bright = coupling * np.sqrt(counts)
        reach = 4 * bright.max()
        for order, (energy, count) in enumerate(zip(frequencies, counts, strict=True), 2):
            bias = np.linspace(energy - reach, energy + reach, 2001)
            levels = qm.centre_levels(bias, 0.0, bright, frequencies)
            # Above the level at zero the coupled ones are ordered; the crossing pair follows.
            gap = levels[:, order] - levels[:, order - 1]
            rows.append((order, coupling, gap.min(), 2 * np.sqrt(count) * coupling))
    columns = dict(
        zip(("order", "coupling", "gap", "two_level_gap"), np.array(rows).T, strict=True)
    )
    units = {
        "order": "",
        "coupling": "hbar omega_D",
        "gap": "hbar omega_D",
        "two_level_gap": "hbar omega_D",
    }
    return Table(columns=columns, units=units)


def _text_picture(frequencies: np.ndarray, counts: np.ndarray) -> Table:
    """The states that the text grants a centre active at ONSET: ripplons above it only."""
    orders = mode_orders(counts)
    energies = np.repeat(frequencies, counts)
    return Table(
        columns={"order": orders, "energy": energies, "kept": energies > ONSET},
        units={"order": "", "energy": "hbar omega_D", "kept": ""},
    )


def draw_crossings(panels: dict[str, Table]) -> Figure:
    """Computed levels against the bias, and the text's picture for one centre."""
    table, text = panels["levels"], panels["text"]
    bias = np.unique(table["bias"])
    levels = table["energy"].reshape(bias.size, -1)
    diagonal = panels["diagonal"]
    with style():
        figure, (left, right) = subplots(1, 2, size=(8.6, 3.9), sharey=True)
        left.plot(bias, levels, color="0.55", linewidth=0.8)
        coupled = _coupled(levels, panels["ripplons"]["energy"])
        left.plot(bias, coupled, color=COLOURS[0], linewidth=1.4)
        left.plot(
            diagonal["temperature"], diagonal["energy"], "--", color=COLOURS[1], linewidth=1.2
        )
        left.text(0.035, 0.085, r"$E=|\epsilon|$", color=COLOURS[1], rotation=42, fontsize=9)
        left.set(xlim=(0, bias[-1]), ylim=(0, 0.48), xlabel=r"bias $|\epsilon|$ / $\hbar\omega_D$")
        left.set(ylabel=r"energy above the bottom state / $\hbar\omega_D$", title="diagonalised")
        right.plot(
            diagonal["temperature"], diagonal["energy"], "--", color=COLOURS[1], linewidth=1.2
        )
        right.hlines(ONSET, 0.12, 0.28, color=COLOURS[1], linewidth=2)
        for order in np.unique(text["order"]):
            rows = text.rows(order=order)
            kept = bool(rows["kept"][0])
            right.hlines(
                rows["energy"][0], 0.12, 0.28,
                color=COLOURS[2] if kept else "0.7", linewidth=0.3 * len(rows["energy"]),
                linestyle="-" if kept else (0, (2, 2)),
            )  # fmt: skip
            right.annotate(
                f"$l={order}$" + ("" if kept else " (absent)"), (0.12, rows["energy"][0]), (-4, 0),
                textcoords="offset points", va="center", ha="right", fontsize=8.5,
            )  # fmt: skip
        right.annotate("$T_0$", (0.28, ONSET), (4, 0), textcoords="offset points", va="center")
        right.set(
            xlim=(0, 0.45),
            xlabel=r"temperature / ($\hbar\omega_D/k_B$)",
            title="as the text has it",
        )
    return figure


def _coupled(levels: np.ndarray, ripplons: np.ndarray) -> np.ndarray:
    """Levels without those that stay at a ripplon energy or at zero, row by row."""
    still = np.append(ripplons, 0.0)
    moving = np.min(np.abs(levels[:, :, None] - still), axis=2) > EXACT
    count = moving.sum(axis=1).max()
    rows = [
        np.sort(np.append(row[use], np.full(count - use.sum(), np.nan)))
        for row, use in zip(levels, moving, strict=True)
    ]
    return np.array(rows)


def crossing_facts(panels: dict[str, Table]) -> list[Fact]:
    """Gaps at the crossings, states left behind, and the states that the text leaves out."""
    gaps, ripplons, text = panels["gaps"], panels["ripplons"], panels["text"]
    ratio = gaps["gap"] / gaps["two_level_gap"]
    expected = 2 * ripplons["order"]
    omitted = text["order"][~text["kept"]]
    above = text["energy"] > ONSET
    diagonal = panels["diagonal"]
    at_onset = np.interp(ONSET, diagonal["temperature"], diagonal["energy"])
    return [
        Fact(f"gap over 2 sqrt(2l+1) Delta_i from {ratio.min():.3f} to {ratio.max():.3f}",
             bool(np.all(gaps["gap"] > 0) and np.all(np.abs(ratio - 1) < 0.2))),
        Fact(f"undisplaced states: {', '.join(map(str, ripplons['undisplaced']))}",
             np.array_equal(ripplons["undisplaced"], expected)),
        Fact(f"{omitted.size} levels left out, orders {sorted(set(omitted.tolist()))}",
             omitted.size == 5 and set(omitted.tolist()) == {2} and bool(np.all(text["kept"][above]))),
        Fact(f"diagonal at T_0: {at_onset:.12f}", abs(at_onset - ONSET) < 1e-9),
    ]  # fmt: skip


LEVEL_CROSSINGS = Recipe(
    _crossing_levels,
    draw_crossings,
    crossing_facts,
    caption=(
        r"What happens when the energy of a transition reaches the ripplons. Left: the Hamiltonian "
        r"of Eq. 58 with the orders \(l = 2, 3, 4\) and \(\Delta_i = 0.004\,\hbar\omega_D\), "
        r"diagonalised for every bias: at each ripplon energy the level makes an avoided crossing "
        r"with one combination of the multiplet, and \(2l\) states (grey) stay. Right: what the "
        r"text concludes for a centre active at \(T_0\), where its energy is \(k_BT_0\) (dashed): the "
        r"ripplons below the transition are absent. No state is lost in the Hamiltonian itself; the right-hand picture is a further "
        r"assumption."
    ),
    alt=(
        "Left, energy levels against bias: a diagonal level crosses three horizontal multiplets "
        "with small gaps while most states of each multiplet stay put. Right, a level at T_0 with "
        "the l = 3 and l = 4 ripplons above it and the l = 2 ripplons marked as absent."
    ),
    parameters={"coupling": CROSSING_COUPLING, "onset": ONSET, "beads": 200, "orders": "2-4"},
    sources=("LW07 Eqs. 33 and 58",),
)
