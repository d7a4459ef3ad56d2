"""Bare against effective bias of mixed centres, and where the missing ones go."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from relics import quantum_mixing as qm
from relics.figures import Fact, Recipe, Table
from relics.plotting import COLOURS, style, subplots
from relics.ripplons import ripplon_spectrum

REPULSION = 0.3
REACH = 0.9
SAMPLES = 200_000
SEED = 2207
BINS = 90


def _centre() -> tuple[np.ndarray, np.ndarray]:
    """Equal amplitudes and energies of all modes, in units of the lowest ripplon energy."""
    lines = ripplon_spectrum()
    energies = qm.all_modes(lines.frequencies / lines.frequencies[0], lines.weights)
    return np.full(energies.size, np.sqrt(REPULSION / np.sum(1 / energies))), energies


def compute() -> dict[str, Table]:
    """Relation, its derivative, its values at special points, and a histogram of sampled centres."""
    amplitudes, energies = _centre()
    effective = np.linspace(0.0, 0.95, 381)
    special = {"origin": [-1e-6, 0.0, 1e-6], "area": [0.1, 0.5, 0.9], "divergence": [0.9999]}
    points = np.concatenate(list(special.values()))
    reach = float(qm.bare_bias(REACH, amplitudes, energies))
    bias = np.random.default_rng(SEED).uniform(0, reach, SAMPLES)
    magnitude = np.abs(qm.effective_bias(bias, amplitudes, energies))
    counts, edges = np.histogram(magnitude, np.linspace(0, REACH, BINS + 1))
    centres = (edges[1:] + edges[:-1]) / 2
    density = reach / SAMPLES / np.diff(edges)
    one = {"effective": "hbar omega_2", "bare": "hbar omega_2", "slope": "1"}
    return {
        "relation": Table(
            columns={
                "effective": effective,
                "bare": qm.bare_bias(effective, amplitudes, energies),
                "slope": qm.bias_jacobian(effective, amplitudes, energies),
            },
            units=one,
        ),
        "special": Table(
            columns={
                "place": np.repeat(list(special), [len(v) for v in special.values()]),
                "effective": points,
                "bare": qm.bare_bias(points, amplitudes, energies),
                "area": [_area(x, amplitudes, energies) for x in points],
            },
            units={"place": "", "effective": "hbar omega_2", "bare": "hbar omega_2", "area": "hbar omega_2"},
        ),
        "sums": Table(
            columns={
                "repulsion": [np.sum(amplitudes**2 / energies)],
                "squares": [np.sum((amplitudes / energies) ** 2)],
                "lowest": [np.sum(amplitudes[energies == energies[0]] ** 2)],
            },
            units={"repulsion": "hbar omega_2", "squares": "1", "lowest": "(hbar omega_2)^2"},
        ),
        "folded": Table(
            columns={
                "effective": centres,
                "density": counts * density,
                "error": np.sqrt(np.maximum(counts, 1)) * density,
                "count": counts,
                "exact": qm.folded_density(centres, amplitudes, energies),
            },
            units={"effective": "hbar omega_2", "density": "1", "error": "1", "count": "1", "exact": "1"},
        ),
    }  # fmt: skip


def _area(reach: float, amplitudes: np.ndarray, energies: np.ndarray) -> float:
    """Area under the smooth derivative from zero, by Gauss quadrature."""
    nodes, weights = np.polynomial.legendre.leggauss(120)
    x = reach / 2 * (nodes + 1)
    return float(reach / 2 * np.sum(weights * qm.bias_jacobian(x, amplitudes, energies)))


def draw(panels: dict[str, Table]) -> Figure:
    """(a) the relation, (b) its derivative with the paper's spike and the computed density."""
    relation, folded = panels["relation"], panels["folded"]
    repulsion = panels["sums"]["repulsion"][0]
    with style():
        figure, (left, right) = subplots(1, 2, size=(8.4, 3.7))
        left.plot(relation["effective"], relation["bare"], color=COLOURS[0])
        left.axvline(1, color="black", linewidth=0.8, linestyle=":")
        left.annotate(
            "lowest ripplon", (1, 2.95), (3, 0), textcoords="offset points", rotation=90,
            va="top", fontsize=8,
        )  # fmt: skip
        left.annotate(
            "no repulsion", (0.62, 0.62), (4, -14), textcoords="offset points", fontsize=8
        )
        left.plot([0, 1.05], [0, 1.05], "--", color="0.6", linewidth=1)
        left.annotate(
            r"$\Sigma$", (0, repulsion), (8, -8), textcoords="offset points", color=COLOURS[0]
        )
        left.plot(0, repulsion, "o", color=COLOURS[0])
        left.set(xlim=(0, 1.08), ylim=(0, 3), title="(a)")
        left.set(
            xlabel=r"$|\tilde\epsilon|$ / $\hbar\omega_2$", ylabel=r"$|\epsilon|$ / $\hbar\omega_2$"
        )
        right.plot(relation["effective"], relation["slope"], color=COLOURS[0], label="along Eq. 59")
        right.annotate(
            "", (0.008, 3.6), (0.008, 0),
            arrowprops={"arrowstyle": "-|>", "color": COLOURS[0], "linewidth": 1.8},
        )  # fmt: skip
        right.text(0.03, 3.35, r"$\Sigma\,\delta(\tilde\epsilon)$ of the paper", color=COLOURS[0])
        edges = np.append(folded["effective"] - 0.5 * REACH / BINS, REACH)
        right.stairs(
            folded["density"],
            edges,
            baseline=None,
            color=COLOURS[1],
            label="diagonalised (not in the paper)",
        )
        right.set(
            xlim=(0, 1.0), ylim=(0, 4), title="(b)", xlabel=r"$|\tilde\epsilon|$ / $\hbar\omega_2$"
        )
        right.set_ylabel(r"$|\partial\epsilon/\partial\tilde\epsilon|$")
        right.legend(loc="lower center")
    return figure


def facts(panels: dict[str, Table]) -> list[Fact]:
    """Intercept, slope, divergence, areas, growth, and the absence of a pile-up."""
    special, sums, folded = panels["special"], panels["sums"], panels["folded"]
    repulsion, squares, lowest = (sums[k][0] for k in ("repulsion", "squares", "lowest"))
    near = special.rows(place="origin")
    intercept = near["bare"][1]
    slope = (near["bare"][2] - near["bare"][0]) / (near["effective"][2] - near["effective"][0])
    edge = special.rows(place="divergence")
    product = edge["bare"][0] * (1 - edge["effective"][0])
    areas = special.rows(place="area")
    gap = np.abs(repulsion + areas["area"] - areas["bare"])
    growth = np.diff(panels["relation"]["slope"])
    total = folded["count"].sum() / SAMPLES
    close = folded["effective"] < 0.02
    neighbours = np.stack(
        [np.append(folded["density"][1:], np.nan), np.insert(folded["density"][:-1], 0, np.nan)]
    )
    excess = (folded["density"] - np.nanmax(neighbours, axis=0)) / folded["error"]
    return [
        Fact(f"intercept {intercept:.12f}, Sigma {repulsion:.12f}", abs(intercept - repulsion) < 1e-9),
        Fact(f"slope {slope:.9f}, expected {1 + squares:.9f}", abs(slope - 1 - squares) < 1e-6 and slope > 1),
        Fact(f"|eps| (omega_2 - |epst|) = {product:.6f}, sum over l = 2 {lowest:.6f}", abs(product / lowest - 1) < 0.01),
        Fact(f"largest difference {gap.max():.1e}", bool(np.all(gap < 1e-6))),
        Fact(f"smallest step {growth.min():.1e}", bool(np.all(growth > 0))),
        Fact(f"weight {total:.6f}; bins near zero exceed their neighbours by at most {excess[close].max():.1f} errors",
             abs(total - 1) < 1 / np.sqrt(SAMPLES) and bool(np.all(excess[close] <= 5))),
    ]  # fmt: skip


EFFECTIVE_BIAS = Recipe(
    compute,
    draw,
    facts,
    caption=(
        r"(a) Bare bias against the effective one left by level repulsion, for the full ripplon "
        r"spectrum with equal amplitudes and \(\Sigma = 0.3\,\hbar\omega_2\); dashed: no repulsion. (b) Its derivative: "
        r"the smooth part along Eq. 59, and the spike of weight \(\Sigma\) at zero (arrow) in "
        r"which the paper collects all centres with \(|\epsilon| < \Sigma\). The histogram is "
        r"what those centres do when the Hamiltonian is diagonalised, for evenly spread bare "
        r"biases: their upper level passes below the lower state, the density is doubled up to "
        r"nearly \(\Sigma\), and nothing piles up at zero."
    ),
    alt=(
        "Left, a curve that starts at Sigma on the vertical axis and diverges at the lowest ripplon "
        "energy. Right, its derivative rising from just above one, an arrow at the origin for the "
        "paper's delta function, and a histogram that is flat at about twice the curve up to Sigma "
        "and coincides with the curve beyond."
    ),
    parameters={
        "repulsion": REPULSION,
        "reach": REACH,
        "samples": SAMPLES,
        "bins": BINS,
        "beads": 200,
    },
    sources=("LW07 Eqs. 33, 59 and 66",),
    seeds=(SEED,),
)
