"""A state in the middle of a gap: a dimerised chain with one malcoordinated site, clean and disordered."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from relics import dimerised_chain as chain
from relics.figures import Fact, Recipe, Table
from relics.plotting import COLOURS, style, subplots

SITES, DELTA, WIDTH = 301, 0.2, 5.0
DISORDER, SAMPLES, BROADENING = 0.3, 100, 0.02


def _clean(sites: int) -> tuple[np.ndarray, np.ndarray]:
    return chain.levels(chain.bond_hoppings(sites, DELTA, WIDTH))


def _disordered(seed: int) -> tuple[np.ndarray, np.ndarray]:
    hoppings = chain.bond_hoppings(SITES, DELTA, WIDTH)
    return chain.levels(hoppings, chain.site_disorder(SITES, DISORDER, seed))


def compute() -> dict[str, Table]:
    """Densities of states, three states of one disordered chain, and what the facts need."""
    energies, _ = _clean(SITES)
    at = np.linspace(-2.6, 2.6, 521)
    runs = [_disordered(seed) for seed in range(SAMPLES)]
    mean = np.mean([chain.density_of_states(e, at, BROADENING) for e, _ in runs], axis=0)
    middle = SITES // 2
    chosen = {"midgap": middle, "valence edge": middle - 1, "conduction edge": middle + 1}
    clean_states = _clean(SITES)[1]
    spread = {n: chain.participation(_clean(n)[1]) for n in (201, 401)}
    hoppings = chain.bond_hoppings(SITES, DELTA, WIDTH)
    psi = clean_states[:, middle]
    far = np.arange(middle + 20, middle + 60, 2)
    return {
        "density": Table(
            {
                "curve": np.repeat(["clean", "disordered"], at.size),
                "E": np.tile(at, 2),
                "states": np.concatenate([chain.density_of_states(energies, at, BROADENING), mean]),
            },
            {"curve": "", "E": "t_0", "states": "1/t_0"},
        ),
        "states": Table(
            {
                "curve": np.repeat(list(chosen), SITES),
                "site": np.tile(np.arange(SITES) - middle, 3),
                "weight": np.concatenate([runs[0][1][:, k] ** 2 for k in chosen.values()]),
            },
            {"curve": "", "site": "1", "weight": "1"},
        ),
        "levels": Table(
            {"E": energies, "participation": chain.participation(clean_states)},
            {"E": "t_0", "participation": "sites"},
        ),
        "lengths": Table(
            {
                "sites": np.array([201.0, 401.0]),
                "midgap": np.array([spread[n][n // 2] for n in (201, 401)]),
                "band_edge": np.array([spread[n][n // 2 - 1] for n in (201, 401)]),
            },
            {"sites": "1", "midgap": "sites", "band_edge": "sites"},
        ),
        "decay": Table(
            {
                "site": far - middle,
                "ratio": psi[far + 2] / psi[far],
                "bonds": -hoppings[far] / hoppings[far + 1],
                "other_sublattice": np.full(far.size, np.abs(psi[1::2]).max()),
            },
            {"site": "1", "ratio": "1", "bonds": "1", "other_sublattice": "1"},
        ),
        "samples": Table(
            {
                "seed": np.arange(SAMPLES),
                "inside": np.array([np.count_nonzero(np.abs(e) < DELTA) for e, _ in runs]),
                "band_edge": np.array([chain.participation(s)[middle - 1] for _, s in runs]),
            },
            {"seed": "1", "inside": "levels", "band_edge": "sites"},
        ),
        "filling": Table(
            {
                "electrons": np.arange(3),
                "charge": np.array(
                    [chain.charge_and_spin(energies, middle, n)[0] for n in range(3)]
                ),
                "spin": np.array([chain.charge_and_spin(energies, middle, n)[1] for n in range(3)]),
            },
            {"electrons": "1", "charge": "e", "spin": "hbar"},
        ),
    }


def draw(panels: dict[str, Table]) -> Figure:
    """Density of states above, three states of one disordered chain below."""
    density, states = panels["density"], panels["states"]
    with style():
        figure, (top, bottom) = subplots(2, 1, size=(5.6, 5.8))
        for k, curve in enumerate(("clean", "disordered")):
            rows = density.rows(curve=curve)
            top.plot(rows["E"], rows["states"], color=COLOURS[k], label=curve, zorder=2 - k)
        top.annotate("midgap state", (0.03, 18), (0.45, 40), arrowprops={"arrowstyle": "->"})
        top.set(
            xlabel="energy / $t_0$", ylabel="levels per $t_0$", xlim=(-2.6, 2.6), ylim=(0, None)
        )
        top.legend(title="chain")
        for k, curve in enumerate(("valence edge", "conduction edge", "midgap")):
            rows = states.rows(curve=curve)
            bottom.plot(
                rows["site"], rows["weight"], color=COLOURS[(3, 2, 1)[k]], label=curve, lw=1.1
            )
        bottom.set(
            xlabel="site, counted from the defect", ylabel="weight $|\\psi|^2$", ylim=(0, None)
        )
        bottom.legend()
    return figure


def facts(panels: dict[str, Table]) -> list[Fact]:
    """Level in the gap, its localisation and decay, disorder, and the filling."""
    E = panels["levels"]["E"]
    inside = E[np.abs(E) < 0.98 * 2 * DELTA]
    band = E[-1] - E[0]
    edge = np.abs(E)[np.abs(E) > 1e-6].min()
    lengths, decay = panels["lengths"], panels["decay"]
    change = abs(lengths["midgap"][1] / lengths["midgap"][0] - 1)
    growth = lengths["band_edge"][1] / lengths["band_edge"][0]
    off = np.abs(decay["ratio"] / decay["bonds"] - 1).max()
    other = decay["other_sublattice"].max()
    samples = panels["samples"]
    share = np.mean(samples["inside"] == 1)
    clean_edge = panels["levels"]["participation"][SITES // 2 - 1]
    lower = samples["band_edge"].mean()
    filling = panels["filling"]
    as_expected = list(filling["charge"]) == [1, 0, -1] and list(filling["spin"]) == [0.0, 0.5, 0.0]
    return [
        Fact(
            f"{inside.size} level inside the gap, at {np.abs(inside).max() / band:.1e} of the band width",
            inside.size == 1 and np.abs(inside).max() < 1e-10 * band,
        ),
        Fact(f"gap edge at {edge:.4f} (2 delta = {2 * DELTA})", abs(edge / (2 * DELTA) - 1) < 0.01),
        Fact(
            f"participation of the midgap state changes by {change:.1e}, of the band edge by {growth:.2f}",
            change < 0.05 and abs(growth - 2) < 0.2,
        ),
        Fact(
            f"other sublattice below {other:.1e}; decay per two sites off by {off:.1e}",
            other < 1e-10 and off < 1e-6,
        ),
        Fact(
            f"one level within {DELTA} in {share:.0%} of {SAMPLES} samples; band edges {lower:.0f} sites, clean {clean_edge:.0f}",
            share >= 0.9 and lower < clean_edge,
        ),
        Fact("charge +1, 0, -1 and spin 0, 1/2, 0 with 0, 1, 2 electrons", as_expected),
    ]


MIDGAP_STATES = Recipe(
    compute,
    draw,
    facts,
    caption=(
        "A model in place of the original. L18 shows the density of states of a computer-made amorphous "
        r"As\(_2\)Se\(_3\) sample from a hybrid-functional calculation and three of its wave functions, "
        "which cannot be recomputed here. Shown is a tight-binding chain of 301 sites whose bonds "
        r"alternate, \(t_0\pm0.2\,t_0\), with one malcoordinated site in the middle where the alternation "
        "changes its phase. Top: density of states, levels broadened by 0.02, without disorder and "
        r"averaged over 100 chains with on-site energies spread evenly over \(\pm0.15\,t_0\). One level "
        "stays deep in the gap. Bottom: that level and the two states at the band edges of one "
        "disordered chain."
    ),
    alt=(
        "Top: two broad bands separated by a gap with one narrow peak in its middle, for a clean and a "
        "disordered chain. Bottom: the weight of the midgap state is concentrated on some ten sites at "
        "the defect, the band-edge states extend over many sites."
    ),
    parameters={
        "sites": SITES, "delta": DELTA, "width": WIDTH, "disorder": DISORDER, "samples": SAMPLES, "broadening": BROADENING,
    },
    sources=("model computed here; original: J. Phys. Chem. B 122, 8082 (2018)",),
    seeds=tuple(range(SAMPLES)),
)  # fmt: skip
