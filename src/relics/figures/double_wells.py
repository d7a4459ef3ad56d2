"""Distributions over the double wells of the stores: overlaps, splittings, frequencies."""

from __future__ import annotations

import functools

import numpy as np
from matplotlib.figure import Figure
from scipy.stats import spearmanr

from relics.figures import Fact, Recipe, Table
from relics.glass import ensembles, procedures, tunnelling, well_protocols, wells
from relics.plotting import COLOURS, style, subplots

TEMPERATURES = (0.092, 0.07)
SIZE, SMALLER = 1500, 500
"""The paper's number of particles, and another that tells what depends on it."""
FEW_PARTICLES, LOW_BARRIER = 5.0, 0.05
PLANCK = tunnelling.ARGON.planck_reduced
NO_STATE = (
    "the shipped stores hold no double wells at T_f = 0.062; the paper's selection needs some "
    "10^4 double wells of that glass"
)
GLASSES = tuple((t, n) for n in (SIZE, SMALLER) for t in TEMPERATURES)
STORES = tuple(f"wells-{t:g}-{n}" for t, n in GLASSES)
FINER_STORES = ("links-0.092-1500", "links-0.092-500", "links-0.07-500")


@functools.cache
def _wells(temperature: float, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Distinct rows of WELL_COLUMNS (m, columns) and their profiles (m, 3, images)."""
    name = STORES[GLASSES.index((temperature, size))]
    samples = ensembles.read(procedures.stores() / name).samples
    rows = np.concatenate([s.arrays["wells"] for s in samples])
    profiles = np.concatenate([s.arrays["profiles"] for s in samples])
    kept = well_protocols.distinct_wells(rows)
    places = [int(np.flatnonzero((rows == row)[:, 0])[0]) for row in kept]
    return kept, profiles[places]


def well_table(*names: str) -> Table:
    """Columns of the distinct double wells of all glasses, with temperature and size of each."""
    columns: dict[str, list[np.ndarray]] = {n: [] for n in ("T_f", "N", *names)}
    for temperature, size in GLASSES:
        rows, _ = _wells(temperature, size)
        columns["T_f"].append(np.full(len(rows), temperature))
        columns["N"].append(np.full(len(rows), size))
        for name in names:
            columns[name].append(rows[:, well_protocols.WELL_COLUMNS.index(name)])
    return Table({n: np.concatenate(v) for n, v in columns.items()}, {n: "1" for n in columns})


def bootstrap_median(values: np.ndarray, seed: int = 0) -> float:
    """Standard error of a median, from 400 draws with replacement."""
    rng = np.random.default_rng(seed)
    draws = rng.choice(values, size=(400, values.size))
    return float(np.median(draws, axis=1).std())


def _median(values: np.ndarray) -> tuple[float, str]:
    values = values[np.isfinite(values)]
    middle, error = float(np.median(values)), bootstrap_median(values)
    return middle, f"{middle:.3f} +- {error:.3f}"


def _histogram(axes, values: np.ndarray, colour: str, label: str | None, line: str = "-") -> None:
    """Density with Poisson error bars; dotted lines, for comparison, go without."""
    values = values[np.isfinite(values)]
    counts, edges = np.histogram(values, bins=np.linspace(0.0, 1.0, 14))
    middle, scale = 0.5 * (edges[1:] + edges[:-1]), values.size * np.diff(edges)
    width = 1.0 if line == ":" else 1.5
    axes.stairs(counts / scale, edges, color=colour, linewidth=width, label=label, linestyle=line)
    if line == ":":
        return
    some = counts > 0
    axes.errorbar(middle[some], (counts / scale)[some], np.sqrt(counts[some]) / scale[some],
                  fmt="none", ecolor=colour, elinewidth=0.8, alpha=0.6)  # fmt: skip


# Overlap of three fields with linear modes (KRZ21-fig5).

FINER_IMAGES = 150
LINKS = {"c_first_link": r"$r_{12}$", "c_saddle": r"$r_{AS}$", "c_minimum": r"$r_{AB}$"}


def _finer_links() -> Table:
    """Largest overlap of the first link with 40 and with 150 images, where both are known."""
    names = ("T_f", "N", "c_first_link", "c_first_link_fine")
    pairs = well_table("c_first_link", "c_first_link_fine")
    fine = np.isfinite(pairs["c_first_link_fine"])
    rows = [np.stack([pairs[n][fine] for n in names], axis=1)]
    for name in FINER_STORES:
        for sample in ensembles.read(procedures.stores() / name).samples:
            place = int(np.flatnonzero(sample.arrays["images"] == FINER_IMAGES)[0])
            coarse, finer = sample.arrays["overlap"][[0, place]].max(axis=1)
            if np.isfinite(finer):
                temperature = float(sample.model.partition("@")[2])
                rows.append(np.array([[temperature, sample.size, coarse, finer]]))
    columns = np.unique(np.concatenate(rows).round(9), axis=0).T
    return Table(dict(zip(names, columns, strict=True)), dict.fromkeys(names, "1"))


def _compute_links() -> dict[str, Table]:
    found = well_table(*LINKS, "barrier", "participation", "splitting_argon")
    return {"wells": found, "finer": _finer_links()}


def _selected(found: Table) -> np.ndarray:
    return (found["barrier"] < LOW_BARRIER) & (found["participation"] < FEW_PARTICLES)


def _draw_links(panels: dict[str, Table]) -> Figure:
    finer = panels["finer"]
    found, other = (panels["wells"].rows(N=n) for n in (SIZE, SMALLER))
    chosen, compared = _selected(found), _selected(other)
    with style():
        figure, (left, right) = subplots(1, 2, size=(8.6, 3.6), width_ratios=(1.5, 1))
        for (name, label), colour in zip(LINKS.items(), COLOURS, strict=False):
            _histogram(left, found[name][chosen], colour, label)
            _histogram(left, other[name][compared], colour, None, ":")
        left.set(xlabel=r"$c=\max_\alpha c_\alpha$", ylabel="density", xlim=(0, 1))
        left.legend(title=f"{int(chosen.sum())} double wells")
        right.plot([0, 1], [0, 1], color="0.6", linewidth=0.8)
        for (t, n), marker in zip(GLASSES, "osos", strict=True):
            here, colour = finer.rows(T_f=t, N=n), COLOURS[2 + TEMPERATURES.index(t)]
            face = colour if n == SIZE else "none"
            right.plot(here["c_first_link"], here["c_first_link_fine"], marker, color=colour,
                       markerfacecolor=face, markersize=4.5, label=f"$T_f={t:g}$, {n}")  # fmt: skip
        right.set(xlabel="$c(r_{12})$, 40 images", ylabel="$c(r_{12})$, 150 images",
                  xlim=(0.3, 1.01), ylim=(0.3, 1.01), aspect="equal")  # fmt: skip
        right.legend(fontsize=8)
    return figure


def _link_facts(panels: dict[str, Table]) -> list[Fact]:
    finer = panels["finer"]
    found, other = (panels["wells"].rows(N=n) for n in (SIZE, SMALLER))
    chosen, compared = _selected(found), _selected(other)
    c = {name: found[name][chosen] for name in LINKS}
    medians = {name: _median(v) for name, v in c.items()}
    share = float((c["c_first_link"] > 0.4).mean())
    gain = finer["c_first_link_fine"] - finer["c_first_link"]
    error = gain.std() / np.sqrt(max(gain.size - 1, 1))
    first = medians["c_first_link"][0]
    gaps = [first - medians[n][0] for n in ("c_saddle", "c_minimum")]
    smaller = _median(other["c_first_link"][compared])[1]
    every, N = (
        np.concatenate([panels["wells"][k] for k in names]) for names in (LINKS, ["N"] * len(LINKS))
    )
    count = f"{chosen.sum()} double wells; {smaller} with {SMALLER} particles"
    return [
        _judged(f"median {medians['c_first_link'][1]} ({count})", first > 0.7,
                "with 40 images a link is still a chord, and at these temperatures of preparation modes lie close"),
        _judged(f"{share:.1%} above 0.4", share >= 0.9, "too few images, too close modes"),
        _judged("gaps " + ", ".join(f"{g:.3f}" for g in gaps), min(gaps) > 0.15, "the fields differ less"),
        _judged(f"mean gain {gain.mean():.4f} +- {error:.4f} on {gain.size} wells", gain.mean() > 0,
                "where two modes compete, a finer path may share its link between them"),
        _judged(f"between {every.min():.3f} and {every.max():.4f}",
                bool((every >= np.sqrt(1 / (3 * N - 3))).all() and every.max() <= 1.0), "a bound is broken"),
        Fact(f"{int((found['splitting_argon'][chosen] < 1e-3).sum())} wells with E < 1e-3 at T_f = 0.092 and 0.07",
             beyond_reach=True, why=NO_STATE),
    ]  # fmt: skip


def _judged(measured: str, holds: bool, why: str) -> Fact:
    return Fact(measured, bool(holds)) if holds else Fact(measured, False, why)


FIRST_LINKS = Recipe(
    _compute_links,
    _draw_links,
    _link_facts,
    caption=(
        "Left: the largest overlap of three fields of a double well with any linear mode of its "
        r"lower minimum, for double wells with a barrier below 0.05 that move fewer than five "
        r"particles, in samples of 1500 particles (dotted: of 500). Error bars from counts. Right: the overlap of "
        "the first link when the same path is resolved with more images; the legend gives temperature and size."
    ),
    alt="Left, three histograms: overlaps of the first link lie between one half and one, those of the other "
    "two fields around 0.3. Right, points mostly above the diagonal: finer paths have larger overlaps.",
    parameters={
        "T_f": list(TEMPERATURES),
        "N": [SIZE, SMALLER],
        "images": 40,
        "largest barrier": LOW_BARRIER,
    },
    sources=(*STORES, *FINER_STORES),
)


# Splitting against frequency (KRZ21-fig6).

WIDTHS = (0.15, 0.3, 0.6)


def _first_curvature(profile: np.ndarray) -> float:
    """Curvature of V(s) at its start from the slopes at the next four images."""
    s, _, slope = profile
    near = slice(1, 5)
    powers = np.stack([s[near], s[near] ** 2 / 2.0, s[near] ** 3 / 6.0], axis=1)
    return float(np.linalg.lstsq(powers, slope[near], rcond=None)[0][0])


def _quartic(s: np.ndarray, height: float, width: float) -> np.ndarray:
    return height * ((s / width) ** 2 - 1.0) ** 2


def _family() -> Table:
    """Symmetric quartic wells of fixed width and growing barrier (KRZ21-u1)."""
    rows = []
    for width in WIDTHS:
        for height in np.geomspace(3e-5, 4.0, 42):
            frequency = np.sqrt(8.0 * height) / width
            action = 4.0 / 3.0 * width * np.sqrt(2.0 * height) / PLANCK
            if action > 16.0:
                break
            found = tunnelling.levels(
                functools.partial(_quartic, height=height, width=width),
                (-1.5 * width, 1.5 * width), PLANCK, tolerance=1e-8,
            )  # fmt: skip
            rows.append((width, height, frequency, action, found.splitting, float(found.resolved)))
    names = ("width", "barrier", "omega", "action", "E", "resolved")
    units = {
        "width": "sig",
        "barrier": "eps",
        "omega": "tau^-1",
        "action": "1",
        "E": "eps",
        "resolved": "1",
    }
    return Table(dict(zip(names, np.array(rows).T, strict=True)), units)  # fmt: skip


def _compute_frequencies() -> dict[str, Table]:
    found = well_table(
        "splitting_argon", "stiffness_first", "stiffness_second", "barrier", "asymmetry"
    )
    profiles = np.concatenate([_wells(*glass)[1] for glass in GLASSES])
    curvature = np.array([_first_curvature(p) for p in profiles])
    return {
        "wells": Table(
            {
                "T_f": found["T_f"],
                "N": found["N"],
                "omega": np.sqrt(found["stiffness_first"]),
                "omega_second": np.sqrt(found["stiffness_second"]),
                "omega_profile": np.sqrt(np.maximum(curvature, 0.0)),
                "E": found["splitting_argon"],
                "asymmetry": found["asymmetry"],
            },
            {"T_f": "eps", "N": "1", "omega": "tau^-1", "omega_second": "tau^-1", "omega_profile": "tau^-1",
             "E": "eps", "asymmetry": "eps"},
        ),
        "family": _family(),
    }  # fmt: skip


def _draw_frequencies(panels: dict[str, Table]) -> Figure:
    found, family = panels["wells"], panels["family"]
    with style():
        figure, (left, right) = subplots(1, 2, size=(8.8, 3.8), sharex=False)
        for (t, n), marker in zip(GLASSES, "osos", strict=True):
            here, colour = found.rows(T_f=t, N=n), COLOURS[TEMPERATURES.index(t)]
            face = colour if n == SIZE else "none"
            left.plot(here["omega"], here["E"], marker, color=colour, markerfacecolor=face, markersize=3.5,
                      markeredgewidth=0.7, alpha=0.75,
                      label=f"$T_f={t:g}$, $N={n}$: {here['E'].size}")  # fmt: skip
        line = np.array([0.05, 8.0])
        for axes in (left, right):
            axes.plot(
                line, PLANCK * line, color="0.55", linewidth=1.0, label=r"$E=\tilde\hbar\,\omega$"
            )
            axes.set(xscale="log", yscale="log", xlabel=r"$\omega$", ylabel="$E$")
        left.axhline(0.0015, color="0.7", linestyle=":", linewidth=1.0)
        left.text(2.4, 0.00155, "active (argon)", fontsize=8, va="bottom", ha="right", color="0.4")
        left.set(xlim=(0.2, 2.5), ylim=(4e-5, 0.1))
        left.set_xticks((0.2, 0.5, 1.0, 2.0), labels=("0.2", "0.5", "1", "2"))
        left.set_xticks((), minor=True)
        left.legend(loc="lower left", fontsize=8)
        for width, colour in zip(WIDTHS, COLOURS[2:], strict=False):
            here = family.rows(width=width)
            good = here["resolved"] == 1.0
            right.plot(
                here["omega"][good],
                here["E"][good],
                color=colour,
                linewidth=1.6,
                label=f"$w={width:g}$",
            )
        right.set(xlim=(0.05, 8.0), ylim=(1e-8, 0.1))
        right.legend(loc="lower left", title="quartic wells")
    return figure  # fmt: skip


def _frequency_facts(panels: dict[str, Table]) -> list[Fact]:
    found, family = panels["wells"], panels["family"]
    quantum = PLANCK * family["omega"]
    high = (family["barrier"] > 0.1 * quantum) & (family["resolved"] == 1.0)
    ratio = family["E"] / quantum
    falls, slopes = [], []
    for width in WIDTHS:
        here = (family["width"] == width) & (family["resolved"] == 1.0)
        low = here & (ratio < 0.2)
        falls.append((np.diff(family["E"][low]) < 0).all())
        deep = here & (ratio < 0.1)
        reduced = np.log(ratio[deep] / np.sqrt(family["action"][deep]))
        slopes.append(np.polyfit(family["action"][deep], reduced, 1)[0])
    largest = np.maximum(found["omega"], found["omega_second"])
    below = float((found["E"] <= 1.2 * PLANCK * largest).mean())
    small = found["E"] < 0.3 * PLANCK * found["omega"]
    tenth = found["E"] <= np.quantile(found["E"], 0.1)
    medians = np.median(found["omega"][tenth]), np.median(found["omega"][~tenth])
    difference = np.median(np.abs(found["omega_profile"] / found["omega"] - 1.0))
    return [
        _judged(f"largest E/(ht omega) {ratio[high].max():.4f}", ratio[high].max() <= 1.0, "the ceiling is broken"),
        _judged(f"falls at all {len(WIDTHS)} widths", all(falls), "the splitting rises"),
        _judged("slopes " + ", ".join(f"{v:.3f}" for v in slopes),
                max(abs(v + 1.0) for v in slopes) < 0.15, "not yet semiclassical"),
        _judged(f"{below:.1%} of {largest.size}", below >= 0.8, "asymmetry lifts the splitting above one quantum"),
        _rank_fact(found, small),
        _judged(f"medians {medians[0]:.3f} and {medians[1]:.3f} ({tenth.sum()} and {(~tenth).sum()} wells)",
                medians[0] > medians[1],
                "among few wells the lowest splittings are those of small barriers and asymmetries, not of tunnelling"),
        _judged(f"median difference {difference:.1%}", difference < 0.1, "the profile is too coarse at its end"),
        Fact(f"{largest.size} double wells at T_f = 0.092 and 0.07", beyond_reach=True, why=NO_STATE),
    ]  # fmt: skip


def _rank_fact(found: Table, small: np.ndarray) -> Fact:
    count = int(small.sum())
    if count < 8:
        return Fact(
            f"{count} wells with E < 0.3 ht omega", False,
            "too few wells for a rank correlation: splittings far below a vibrational quantum are rare",
        )  # fmt: skip
    rank = spearmanr(np.log(found["E"][small]), found["omega"][small])
    free = wells.rank_correlation_below(found["E"][small], PLANCK * found["omega"][small], 0.3)
    return _judged(
        f"rank correlation {rank.statistic:.2f} (p = {rank.pvalue:.2g}) among {count} wells; "
        f"{free:+.2f} among the pairs that the cut leaves comparable",
        rank.statistic < 0,
        "a cut that rises with the frequency makes large splittings go with high frequencies by itself",
    )  # fmt: skip


FREQUENCIES = Recipe(
    _compute_frequencies,
    _draw_frequencies,
    _frequency_facts,
    caption=(
        "Left: lowest level difference of computed double wells (argon) against the frequency in "
        "the lower minimum along the path, both sizes together; the legend counts the wells. Dotted: "
        r"below it a well counts as active. Right: the same for symmetric quartic wells of fixed "
        r"half-width \(w\) and growing barrier: a ceiling \(\tilde\hbar\omega\), then an "
        "exponential fall."
    ),
    alt="Left, a cloud of points along a rising line and below it. Right, three curves of quartic wells that "
    "follow the line, level off and fall steeply.",
    parameters={"T_f": list(TEMPERATURES), "N": [SIZE, SMALLER], "Planck constant": PLANCK, "widths": list(WIDTHS)},
    sources=STORES,
)  # fmt: skip


# Linear and nonlinear modes against the whole displacement (KRZ21-fig7, fig8).

HIGH = 3.0
GAUSSIAN_A = 8.0 / (3.0 * np.pi)


def _gaussian_overlap() -> float:
    from relics.glass import wells

    r, v = np.random.default_rng(8).normal(size=(2, 40, 1500, 3))
    return float(np.mean([wells.overlap_a(a, b) for a, b in zip(r, v, strict=True)]))


def _compute_overlaps() -> dict[str, Table]:
    names = ("c_minimum", "a_minimum", "c_nonlinear", "a_nonlinear",
             "c_chance", "a_chance", "c_chance_nonlinear", "a_chance_nonlinear")  # fmt: skip
    measured = _gaussian_overlap()
    return {
        "wells": well_table(*names),
        "baseline": Table({"a_gaussian": [measured]}, {"a_gaussian": "1"}),
    }


def _draw_overlaps(panels: dict[str, Table]) -> Figure:
    found, other = (panels["wells"].rows(N=n) for n in (SIZE, SMALLER))
    with style():
        figure, axes = subplots(2, 2, size=(8.4, 6.0), sharex=True)
        for row, kind, label in zip(
            axes, ("minimum", "nonlinear"), ("linear", "nonlinear"), strict=True
        ):
            for ax, letter in zip(row, "ca", strict=True):
                chance = "chance" if kind == "minimum" else "chance_nonlinear"
                values = found[f"{letter}_{chance}"]
                values = values[np.isfinite(values)]
                counts, edges = np.histogram(values, bins=np.linspace(0, 1, 27))
                ax.stairs(
                    counts / values.size / np.diff(edges),
                    edges,
                    fill=True,
                    color="0.85",
                    label="chance",
                )
                for t, colour in zip(TEMPERATURES, COLOURS, strict=False):
                    overlaps = found.rows(T_f=t)[f"{letter}_{kind}"]
                    number = np.isfinite(overlaps).sum()
                    _histogram(ax, overlaps, colour, f"$T_f={t:g}$, {number} wells")
                    _histogram(ax, other.rows(T_f=t)[f"{letter}_{kind}"], colour, None, ":")
                ax.set(ylabel="density", title=f"{label} modes, ${letter}$", xlim=(0, 1))
                ax.set_ylim(0, 1.6 * max(p.get_data().values.max() for p in ax.patches[1:]))
                if letter == "a":
                    ax.axvline(GAUSSIAN_A, color="0.4", linestyle=":", linewidth=1.2)
        for ax in axes[:, 0]:
            ax.legend()
        axes[1, 0].set_xlabel("overlap $c$ with $r_{AB}$")
        axes[1, 1].set_xlabel("overlap $a$ with $r_{AB}$")
    return figure  # fmt: skip


def _overlap_facts(panels: dict[str, Table]) -> list[Fact]:
    found, baseline = panels["wells"].rows(N=SIZE), float(panels["baseline"]["a_gaussian"][0])
    known = np.isfinite(found["c_nonlinear"])
    excess = max(
        (found["c_minimum"] - found["a_minimum"]).max(),
        (found["c_nonlinear"] - found["a_nonlinear"])[known].max(),
    )
    texts: dict[str, list[str]] = {"c": [], "a": []}
    gains: dict[str, list[float]] = {"c": [], "a": []}
    for t in TEMPERATURES:
        here = found.rows(T_f=t)
        for letter in "ca":
            best, grown = (_median(here[f"{letter}_{k}"]) for k in ("minimum", "nonlinear"))
            texts[letter].append(f"{grown[1]} against {best[1]} at {t:g}")
            gains[letter].append(grown[0] - best[0])
    small = float((found["c_nonlinear"][known] < 0.5).mean())
    return [
        _judged(f"largest c - a {excess:.1e}", excess <= 1e-12, "a bound is broken"),
        _judged("; ".join(texts["c"]), min(gains["c"]) > 0.1, "the gain is smaller"),
        _judged("; ".join(texts["a"]), min(gains["a"]) > 0, "no gain"),
        _judged(f"{small:.1%} below 0.5 ({known.sum()} of {known.size} searches converged)", small >= 0.1, "fewer"),
        _judged(f"{baseline:.4f}", abs(baseline / GAUSSIAN_A - 1.0) < 0.02, "the baseline is off"),
        Fact(f"T_f = {', '.join(f'{t:g}' for t in TEMPERATURES)} only", beyond_reach=True, why=NO_STATE),
    ]  # fmt: skip


OVERLAPS = Recipe(
    _compute_overlaps,
    _draw_overlaps,
    _overlap_facts,
    caption=(
        r"Overlap of the displacement from minimum to minimum with linear modes (best of all, top) "
        "and with the nonlinear mode grown from that displacement (bottom), in samples of 1500 "
        "particles (dotted: of 500). Shaded: what chance "
        "gives for copies of the displacement that are dealt out and turned at random. Dotted: "
        r"\(a=8/(3\pi)\) of two independent Gaussian fields. The legends count double wells; for the nonlinear mode those whose "
        "search for it converged. Error bars from counts; the shading leaves the "
        "frame at small overlaps."
    ),
    alt="Four panels of histograms for two temperatures of preparation, with chance shaded: best linear modes "
    "overlap somewhat more than chance, nonlinear modes have a peak close to one, far from chance.",
    parameters={"T_f": list(TEMPERATURES), "N": [SIZE, SMALLER]},
    sources=STORES,
    seeds=(8,),
)


def _compute_soft() -> dict[str, Table]:
    return {
        "wells": well_table(
            "c_soft", "c_soft_nonlinear", "c_nonlinear", "soft_participation", "soft_number",
            "soft_nonlinear_minima", "nonlinear_minima", "c_chance_nonlinear", "soft_frequency",
        )
    }  # fmt: skip


def _shares(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Numbers of minima (four stands for more), the share of each and its error."""
    counts = counts[np.isfinite(counts)]
    kinds, found = np.unique(np.minimum(counts, 4), return_counts=True)
    share = found / counts.size
    return kinds, share, np.sqrt(share * (1 - share) / counts.size)


def _draw_soft(panels: dict[str, Table]) -> Figure:
    found, other = (panels["wells"].rows(N=n) for n in (SIZE, SMALLER))
    with style():
        figure, (left, right) = subplots(1, 2, size=(8.4, 3.5), width_ratios=(1.5, 1))
        for name, colour, label, line in (
            ("c_soft", COLOURS[0], "softest localised mode", "-"),
            ("c_soft_nonlinear", COLOURS[1], "nonlinear, grown from it", "-"),
            ("c_nonlinear", "0.55", "nonlinear, grown from $r_{AB}$", "--"),
        ):
            _histogram(left, found[name], colour, label, line)
            _histogram(left, other[name], colour, None, ":")
        left.set(xlabel="overlap $c$ with $r_{AB}$", ylabel="density", xlim=(0, 1))
        left.legend()
        for name, colour, label, shift in (
            ("soft_nonlinear_minima", COLOURS[1], "from the softest mode", -0.18),
            ("nonlinear_minima", "0.55", "from $r_{AB}$", 0.18),
        ):
            kinds, share, error = _shares(found[name])
            right.bar(kinds + shift, share, 0.34, color=colour, label=label)
            right.errorbar(kinds + shift, share, error, fmt="none", ecolor="black", elinewidth=0.9)
            kinds, share, error = _shares(other[name])
            mark = f"{SMALLER} particles" if shift > 0 else None
            right.plot(kinds + shift, share, "D", color="black", markerfacecolor="none",
                       markersize=4, label=mark)  # fmt: skip
        right.set(xlabel=r"minima of $V(r_A+s\pi)$, $|s|<2$", ylabel="share", xticks=(1, 2, 3, 4))
        right.set_xticklabels(["1", "2", "3", "4+"])
        right.set_ylim(0, 1.25 * max(bar.get_height() for bar in right.patches))
        right.legend()
    return figure


def _single_share(found: Table, temperature: float) -> float:
    """Share of profiles with one minimum, each mode counted once (double wells share minima)."""
    here = found.rows(T_f=temperature)
    _, first = np.unique(here["soft_frequency"].round(7), return_index=True)
    minima = here["soft_nonlinear_minima"][first]
    return float((minima[np.isfinite(minima)] == 1).mean())


def _soft_facts(panels: dict[str, Table]) -> list[Fact]:
    found, other = (panels["wells"].rows(N=n) for n in (SIZE, SMALLER))
    grown, soft, from_soft = (
        _median(found[n]) for n in ("c_nonlinear", "c_soft", "c_soft_nonlinear")
    )
    profiles = found["soft_nonlinear_minima"]
    profiles = profiles[np.isfinite(profiles)]
    single = float((profiles == 1).mean())
    error = np.sqrt(single * (1 - single) / profiles.size)
    shares = ", ".join(
        f"{_single_share(table, t):.0%} at {t:g}, N = {n}"
        for table, n in ((found, SIZE), (other, SMALLER))
        for t in TEMPERATURES
    )
    localised = found["soft_participation"][np.isfinite(found["soft_participation"])]
    missing = int((found["soft_number"] < 0).sum())
    high = int((found["soft_frequency"] > HIGH).sum())
    return [
        _judged(f"{soft[1]} against {grown[1]}", grown[0] - soft[0] > 0.15, "the gap is smaller"),
        _judged(f"{from_soft[1]} against {grown[1]}", grown[0] - from_soft[0] > 0.15, "the gap is smaller"),
        _judged(f"{single:.1%} +- {error:.1%} of {profiles.size}; of different minima {shares}", single > 0.8,
                "within |s| < 2 a displacement of a few particles reaches neighbouring cages; the paper does not say how far it looked"),
        _judged(f"largest participation ratio {localised.max():.4f}; {missing} minima without such a mode, {high} with none below omega = {HIGH:g}",
                localised.max() < 0.1, "a mode is extended"),
        Fact(f"{single:.1%} at T_f = 0.092 and 0.07", beyond_reach=True, why=NO_STATE),
    ]  # fmt: skip


SOFT_MODES = Recipe(
    _compute_soft,
    _draw_soft,
    _soft_facts,
    caption=(
        "Left: overlap of the displacement from minimum to minimum with the softest localised mode "
        "of the first minimum and with the nonlinear mode grown from it, which know nothing of the "
        "second minimum, in samples of 1500 particles (dotted: of 500). Right: how many minima the energy has "
        "along nonlinear modes. Errors from counts."
    ),
    alt="Left, two histograms of overlaps that peak at zero and one, dashed, that peaks near one. Right, bars: "
    "most of the profiles have a single minimum, fewer have two, three or more; with 500 particles only half have one.",
    parameters={"T_f": list(TEMPERATURES), "N": [SIZE, SMALLER], "participation ratio below": 0.1},
    sources=STORES,
)
