"""Softest nonlinear modes of plane glasses, whatever the waves, and their linear modes."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from relics.figures import Fact, Recipe, Table
from relics.glass import ensembles, protocols
from relics.glass.models import model
from relics.plotting import COLOURS, style, subplots

SMALL, LARGE = "cooled-binary-r10-2d-400", "soft-modes-binary-r10-2d-1600"
SIZES = {"small": 400, "large": 1600}
DENSITY = model("binary-r10-2d").density
TAIL = 0.2
BOOTSTRAPS = 200
SEED = 5021

Array = NDArray[np.float64]


def first_band(shear_modulus: Array, size: int) -> float:
    """Frequency 2 pi c_s/L of the longest transverse waves, with the median modulus."""
    speed = np.sqrt(np.median(shear_modulus) / DENSITY)
    return float(2 * np.pi * speed * np.sqrt(DENSITY / size))


def compute() -> dict[str, Table]:
    """Softest nonlinear and linear frequencies of every glass, and linear modes with their e."""
    samples: dict[str, list] = {n: [] for n in ("ensemble", "nonlinear", "linear", "participants")}
    bands: dict[str, list] = {"ensemble": [], "first": [], "second": []}
    for ensemble, name in (("small", SMALL), ("large", LARGE)):
        store = ensembles.read(protocols.stores() / name)
        rows = store.stack("nonlinear")
        b2 = np.where(np.isfinite(rows[..., 0]), rows[..., 0], np.inf)
        softest = np.argmin(b2, axis=1)
        found = np.isfinite(b2.min(axis=1))
        chosen = rows[np.arange(len(rows)), softest][found]
        samples["ensemble"] += [ensemble] * len(chosen)
        samples["nonlinear"] += np.sqrt(chosen[:, 0]).tolist()
        samples["participants"] += (SIZES[ensemble] * chosen[:, 3]).tolist()
        samples["linear"] += store.stack("frequency")[found, 0].tolist()
        first = first_band(store.stack("shear_modulus"), SIZES[ensemble])
        bands["ensemble"].append(ensemble)
        bands["first"].append(first)
        bands["second"].append(np.sqrt(2) * first)
    large = ensembles.read(protocols.stores() / LARGE)
    rows = large.stack("nonlinear").reshape(-1, 4)
    rows = rows[np.isfinite(rows[:, 0])]
    return {
        "samples": Table(
            samples,
            {"ensemble": "", "nonlinear": "1/tau", "linear": "1/tau", "participants": "1"},
        ),
        "bands": Table(bands, {"ensemble": "", "first": "1/tau", "second": "1/tau"}),
        "modes": Table(
            {
                "frequency": large.stack("frequency").ravel().round(5),
                "participation": large.stack("participation").ravel().astype(float).round(6),
            },
            {"frequency": "1/tau", "participation": "1"},
        ),
        "nonlinear": Table(
            {"frequency": np.sqrt(rows[:, 0]), "participation": rows[:, 3]},
            {"frequency": "1/tau", "participation": "1"},
        ),
    }


def cumulative(frequencies: Array) -> tuple[Array, Array]:
    """Sorted frequencies and the share of samples up to each, counted to the middle of its step."""
    values = np.sort(np.asarray(frequencies, dtype=float))
    return values, (np.arange(values.size) + 0.5) / values.size


def hazard_exponent(frequencies: Array, lower: float, upper: float) -> float:
    """Exponent of -ln(1 - F) between two frequencies, by maximum likelihood.

    Where soft modes are independent and their number below w grows as a power, the softest of a
    sample follows exp(-c w^a), also where F is no longer small. ``lower`` may be zero. Samples
    above ``upper`` count as seen to be above it, those below ``lower`` are left out.
    """
    from scipy.optimize import brentq

    values = np.asarray(frequencies, dtype=float)
    values = values[values > lower] / upper
    inside = values[values <= 1.0]
    if inside.size < 10:
        raise ValueError(f"{inside.size} samples in the window are too few for an exponent")
    capped = np.minimum(values, 1.0)
    floor = lower / upper

    def score(a: float) -> float:
        # c is eliminated: c = inside.size / sum(capped^a - floor^a).
        weight = capped**a - floor**a
        low = floor**a * np.log(floor) if floor > 0 else 0.0
        slope = np.sum(capped**a * np.log(capped) - low)
        return inside.size / a + np.sum(np.log(inside)) - inside.size * slope / weight.sum()

    return float(brentq(score, 0.3, 40.0))


def measured(frequencies: Array, lower: float, upper: float) -> tuple[float, float]:
    """Exponent of a window and its standard error over bootstraps of the samples."""
    rng = np.random.default_rng(SEED)
    values = np.asarray(frequencies, dtype=float)
    drawn = [
        hazard_exponent(rng.choice(values, values.size), lower, upper) for _ in range(BOOTSTRAPS)
    ]
    return hazard_exponent(values, lower, upper), float(np.std(drawn, ddof=1))


def windows(panels: dict[str, Table]) -> dict[str, tuple[float, float]]:
    """Windows of the exponents: the low tail, below the first band, and across it."""
    w = panels["samples"].rows(ensemble="small")["nonlinear"]
    band = panels["bands"].rows(ensemble="small")["first"][0]
    return {
        "tail": (0.0, float(np.quantile(w, TAIL))),
        "below": (0.0, 0.9 * band),
        "across": (0.9 * band, 1.2 * band),
    }


def draw(panels: dict[str, Table]) -> Figure:
    """Cumulative distribution with its power; participation ratio against frequency."""
    with style():
        figure, (left, right) = subplots(1, 2, size=(9.4, 4.0))
        rows = panels["samples"].rows(ensemble="small")
        band = panels["bands"].rows(ensemble="small")
        for column, colour, text in (
            ("nonlinear", COLOURS[0], "nonlinear"),
            ("linear", COLOURS[5], "linear"),
        ):
            w, share = cumulative(rows[column])
            left.loglog(w, share, ".", ms=3, color=colour, label=f"softest {text} mode")
        w, share = cumulative(rows["nonlinear"])
        top = windows(panels)["tail"][1]
        guide = np.array([w[2], 1.15 * top])
        left.loglog(guide, 2.2 * TAIL * (guide / top) ** 5, "k--", lw=1)
        left.annotate(
            r"$\omega^5$",
            (guide[1], 2.2 * TAIL * (guide[1] / top) ** 5),
            (-28, -4),
            textcoords="offset points",
        )
        for q in ("first", "second"):
            left.axvline(band[q][0], color=COLOURS[1], lw=1, ls=":")
        left.set(
            xlabel=r"$\omega_{\min}$",
            ylabel="share of glasses below",
            title=f"(a) $N=400$, {w.size} glasses",
        )
        left.set_xticks([0.2, 0.5, 1.0, 2.0], ["0.2", "0.5", "1", "2"])
        left.set_xticks([], minor=True)
        left.legend(loc="upper left")
        modes, nonlinear = panels["modes"], panels["nonlinear"]
        band = panels["bands"].rows(ensemble="large")
        right.semilogy(
            modes["frequency"],
            modes["participation"],
            ".",
            ms=2,
            color=COLOURS[5],
            rasterized=True,
            label="linear modes",
        )
        right.semilogy(
            nonlinear["frequency"],
            nonlinear["participation"],
            "o",
            ms=3,
            mfc="white",
            mew=0.8,
            color=COLOURS[0],
            label="nonlinear modes",
        )
        for q in ("first", "second"):
            right.axvline(band[q][0], color=COLOURS[1], lw=1, ls=":")
        right.set(xlabel=r"$\omega$", ylabel="participation ratio")
        glasses = len(panels["samples"].rows(ensemble="large")["linear"])
        right.set(title=f"(b) $N=1600$, {glasses} glasses", ylim=(0.005, 1))
        right.set(xlim=(0, np.quantile(modes["frequency"], 0.995)))
        right.set_yticks([0.01, 0.03, 0.1, 0.3, 1.0], ["0.01", "0.03", "0.1", "0.3", "1"])
        right.set_yticks([], minor=True)
        right.legend(loc="lower center", ncols=2, markerscale=2)
    return figure  # fmt: skip


def facts(panels: dict[str, Table]) -> list[Fact]:
    """Exponents, the absence of a kink, localisation, hybrids, and the bound by the spectrum."""
    small, large = (panels["samples"].rows(ensemble=e) for e in ("small", "large"))
    found = {n: measured(small["nonlinear"], *w) for n, w in windows(panels).items()}
    tail, tail_error = found["tail"]
    kink = abs(found["below"][0] - found["across"][0])
    kink_error = float(np.hypot(found["below"][1], found["across"][1]))
    participants = float(np.median(small["participants"]))
    band = panels["bands"].rows(ensemble="large")["first"][0]
    modes = panels["modes"]
    near = np.abs(modes["frequency"] / band - 1) < 0.1
    lowest = float(modes["participation"][near].min())
    compact = int(np.sum(modes["participation"][near] < 0.05))
    excess = np.concatenate([p["nonlinear"] / p["linear"] for p in (small, large)])
    spread = (small["nonlinear"].min(), windows(panels)["tail"][1])
    wide = measured(large["nonlinear"], 0.0, float(large["nonlinear"].max()))
    holds = {"tail": abs(tail - 5) <= 0.7, "kink": kink <= 2 * kink_error}
    return [
        Fact(
            f"{tail:.2f} +- {tail_error:.2f} from the softest fifth of {small['nonlinear'].size} glasses; "
            f"{wide[0]:.2f} +- {wide[1]:.2f} from all {large['nonlinear'].size} of N = 1600",
            holds["tail"],
            ""
            if holds["tail"]
            else "modes of these glasses are counted by about the third power: small plane glasses cooled in a moment "
            "are known for smaller exponents (LB21 Sec. IV.K), which are put down to their size",
        ),
        Fact(
            f"{found['below'][0]:.2f} +- {found['below'][1]:.2f} below, {found['across'][0]:.2f} +- {found['across'][1]:.2f} across",
            holds["kink"],
            "" if holds["kink"] else "the exponent falls gradually with frequency, without a step at the band: most glasses have their softest mode below it",
        ),
        Fact(f"median {participants:.0f}", participants < 150),
        Fact(
            f"{int(near.sum())} modes in the band, least participation {lowest:.3f}, {compact} below 0.05",
            compact == 0,
            "" if compact == 0 else "soft spots that lie well within the band's width but couple weakly to its waves stay compact",
        ),
        Fact(f"smallest ratio of frequencies {excess.min():.6f}", bool(excess.min() >= 1 - 1e-9)),
        Fact(
            f"{tail:.2f} +- {tail_error:.2f} over a factor {spread[1] / spread[0]:.1f} in frequency",
            beyond_reach=True,
            why="two decades of probability with an error of 0.2 need the softest modes of about 10000 glasses of N = 1600",
        ),
    ]  # fmt: skip


NONLINEAR_SPECTRUM = Recipe(
    compute,
    draw,
    facts,
    caption=(
        "Plane glasses cooled from the melt. (a) Share of glasses whose softest nonlinear mode (dark) or "
        "linear mode (light) lies below a frequency; dashed: the power that modes counted by \\(\\omega^4\\) "
        "give. (b) Participation ratio of linear modes of larger glasses and of their nonlinear modes. "
        "Dotted: frequencies of the two longest transverse waves."
    ),
    alt=(
        "Left, two cumulative curves that fall towards low frequency along a fifth power. Right, a cloud of "
        "linear modes with high participation at the waves, and nonlinear modes far below it at all frequencies."
    ),
    parameters={"tail": TAIL, "bootstraps": BOOTSTRAPS},
    sources=(f"computed here from the stores {SMALL} and {LARGE}",),
    seeds=(SEED,),
)
