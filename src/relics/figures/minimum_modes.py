"""All modes of one minimum of the polydisperse r^-12 liquid, for two temperatures of origin."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from relics.figures import Fact, Recipe, Table
from relics.glass import ensembles, procedures, well_protocols
from relics.glass.models import model
from relics.glass.modes import participation_ratio
from relics.plotting import COLOURS, style, subplots

STORES = {t: f"minimum-{t:g}-1500" for t in (0.092, 0.07)}
COMPARED = {t: f"minimum-{t:g}-500" for t in (0.092, 0.07, 0.062)}
"""Minima of one size, for what depends on the temperature of origin."""
LOCALISED = 0.1
LAW = model("polydisperse-r12")


def _soft_localised(table: Table) -> np.ndarray:
    """Which modes are called quasi-localised: few particles, below the middle of the spectrum."""
    number, total = table["number"], table["number"].max()
    return (table["participation"] < LOCALISED) & (number > 3) & (number < 0.1 * total)


def _minima(panels: dict[str, Table], temperature: float) -> Table:
    """What is known of the minima of the store whose first sample is drawn."""
    drawn = panels["modes"].rows(T_f=temperature)["number"].max() // 3
    return panels["minima"].rows(T_f=temperature, N=drawn)


def _waves_and_noise() -> dict[str, float]:
    """Participation ratios of single standing waves and of random fields on a stored state."""
    conf = well_protocols.equilibrated_state(0.092, 1500, 0)
    k = 2 * np.pi / conf.box
    ratios = []
    for along in range(3):
        phase = conf.positions[:, along] * k[along]
        for wave in (np.sin(phase), np.cos(phase)):
            for across in {0, 1, 2} - {along}:
                ratios.append(participation_ratio(wave[:, None] * np.eye(3)[across]))
    noise = np.random.default_rng(21).normal(size=(200, conf.N, 3))
    return {"wave": float(np.mean(ratios)), "noise": float(participation_ratio(noise).mean())}


def compute() -> dict[str, Table]:
    """Frequency and participation of all modes of a minimum for each temperature, and of others."""
    columns: dict[str, list] = {n: [] for n in ("T_f", "number", "frequency", "participation")}
    rows: dict[str, list] = {
        n: []
        for n in ("T_f", "N", "sample", "zero", "near_first", "middle", "wave", "low_localised")
    }
    drawn = set(STORES.values())
    for temperature, name in sorted({*STORES.items(), *COMPARED.items()}, reverse=True):
        for sample in ensembles.read(procedures.stores() / name).samples:
            a = sample.arrays
            frequency, share = a["frequency"].astype(float), a["transverse"].astype(float)
            participation = a["participation"].astype(float)
            wave = 2 * np.pi * np.sqrt(a["shear_modulus"].item() / LAW.density) / a["box"][0]
            inside = np.abs(frequency / wave - 1) < 0.2
            rows["T_f"].append(temperature)
            rows["N"].append(sample.size)
            rows["sample"].append(sample.seed)
            rows["zero"].append(int(np.sum(np.abs(frequency) < 1e-4)))
            rows["near_first"].append(share[inside].sum())
            rows["middle"].append(frequency[np.searchsorted(np.cumsum(share), 6.0)] / wave)
            rows["wave"].append(wave)
            rows["low_localised"].append(np.mean(participation[3:60] < LOCALISED))
            if sample.seed or name not in drawn:
                continue
            columns["T_f"] += [temperature] * frequency.size
            columns["number"] += range(1, frequency.size + 1)
            columns["frequency"] += frequency.round(5).tolist()
            columns["participation"] += participation.round(5).tolist()
    simple = _waves_and_noise()
    return {
        "modes": Table(
            columns, {"T_f": "eps/k_B", "number": "1", "frequency": "1/tau", "participation": "1"}
        ),
        "minima": Table(
            rows,
            {
                "T_f": "eps/k_B",
                "N": "1",
                "sample": "1",
                "zero": "1",
                "near_first": "1",
                "middle": "1",
                "wave": "1/tau",
                "low_localised": "1",
            },
        ),
        "simple": Table({k: [v] for k, v in simple.items()}, {"wave": "1", "noise": "1"}),
    }


def draw(panels: dict[str, Table]) -> Figure:
    """Participation ratio against frequency, the soft localised modes as stars; inset: numbers."""
    with style():
        figure, axes = subplots(1, 2, size=(9.6, 4.0), sharex=True, sharey=True)
        for axis, temperature, colour in zip(axes, STORES, COLOURS, strict=False):
            table = panels["modes"].rows(T_f=temperature)
            moving = Table({k: v[3:] for k, v in table.columns.items()}, table.units)
            soft = _soft_localised(moving)
            minima = _minima(panels, temperature)
            wave = minima["wave"][minima["sample"] == 0].item()
            axis.axvline(wave, color="0.75", lw=0.8, zorder=0)
            axis.plot(
                moving["frequency"][~soft],
                moving["participation"][~soft],
                ".",
                ms=2.2,
                color=colour,
                alpha=0.55,
                rasterized=True,
            )
            axis.plot(
                moving["frequency"][soft], moving["participation"][soft], "*", ms=7, color="#D00000"
            )
            axis.axhline(LOCALISED, color="0.5", lw=0.8, ls=":")
            size = minima["N"][0]
            axis.set(
                yscale="log",
                ylim=(1.5e-3, 1),
                xlabel="frequency",
                title=f"$T_f={temperature:g}$, $N={size}$",
            )
            inset = axis.inset_axes((0.34, 0.14, 0.38, 0.34))
            first = moving["number"] <= 100
            inset.plot(
                moving["number"][first], moving["frequency"][first], ".", ms=2.5, color=colour
            )
            pick = first & soft
            inset.plot(
                moving["number"][pick], moving["frequency"][pick], "*", ms=5, color="#D00000"
            )
            inset.set_xlabel("mode", fontsize=8, labelpad=1)
            inset.set_ylabel("frequency", fontsize=8, labelpad=1)
            inset.tick_params(labelsize=7)
        axes[0].set_ylabel("participation ratio")
    return figure


def _both(values: list, form: str) -> str:
    texts = [
        f"{v:{form}} ($T_f$ = {t:g})".replace("$", "") for t, v in zip(STORES, values, strict=True)
    ]
    return ", ".join(texts)


def _mean(values: np.ndarray) -> tuple[float, float]:
    """Mean and its standard error."""
    return float(values.mean()), float(values.std(ddof=1) / np.sqrt(values.size))


def _says(minima: Table) -> str:
    value, error = _mean(minima["near_first"])
    return (
        f"{value:.2f} +- {error:.2f} in {minima['N'].size} minima of {minima['N'][0]} particles at "
        f"{minima['T_f'][0]:g}"
    )


def _spread(minima: list[Table], small: list[Table]) -> str:
    """Why fewer than seven of twelve units lie near the first band."""
    middle = ", ".join(f"{m['middle'].mean():.2f}" for m in minima)
    return (
        f"the frequency is right (medians of the projection at {middle} of it), but disorder spreads a "
        f"wave farther in small boxes and in badly annealed glasses ({_says(small[0])}); with 4000 "
        "better annealed particles it holds (LB21 Fig. 4)"
    )


def facts(panels: dict[str, Table]) -> list[Fact]:
    """Zeros, localisation along the spectrum, the first band of waves, and simple fields."""
    tables = [panels["modes"].rows(T_f=t) for t in STORES]
    zero = [int(np.sum(np.abs(t["frequency"]) < 1e-4)) for t in tables]
    moving = [t["participation"][3:] for t in tables]
    middle = [p[int(0.3 * p.size) : int(0.7 * p.size)] for p in moving]
    median = [float(np.median(p)) for p in middle]
    least = [float(p.min()) for p in middle]
    top = [float(np.median(p[int(0.99 * p.size) :])) for p in moving]
    low = [int(np.sum(p[: int(0.02 * p.size)] < LOCALISED)) for p in moving]
    minima = [_minima(panels, t) for t in STORES]
    near = [_mean(m["near_first"])[0] for m in minima]
    wave, noise = panels["simple"]["wave"][0], panels["simple"]["noise"][0]
    small = [panels["minima"].rows(T_f=t, N=500) for t in COMPARED]
    fractions = ", ".join(
        "{:.3f} +- {:.3f}".format(*_mean(m["low_localised"])) + f" in {m['N'].size} minima at {t:g}"
        for t, m in zip(COMPARED, small, strict=True)
    )
    return [
        Fact(_both(zero, "d"), zero == [3, 3]),
        Fact(_both(median, ".3f"), all(0.35 < m < 0.6 for m in median)),
        Fact("least " + _both(least, ".3f"), min(least) >= LOCALISED),
        Fact(_both(top, ".4f"), max(top) < 0.05),
        Fact(_both(low, "d"), min(low) > 0),
        Fact(
            ", ".join(_says(m) for m in minima),
            min(near) >= 7,
            why="" if min(near) >= 7 else _spread(minima, small),
        ),
        Fact(
            f"{wave:.4f} (12 waves), {noise:.4f} (200 fields)",
            abs(wave * 1.5 - 1) < 0.01 and abs(noise / 0.6 - 1) < 0.02,
        ),
        Fact(
            f"N = 500: {fractions}",
            beyond_reach=True,
            why="at T_f = 0.062 one state and three that swap moves lead to from there are compared, "
            "and ten independent ones at each temperature are needed for a trend",
        ),
    ]


MINIMUM_MODES = Recipe(
    compute,
    draw,
    facts,
    caption=(
        "Participation ratio of all modes of one minimum of the non-additive polydisperse liquid, "
        "equilibrated by swap Monte Carlo at \\(T_f\\) and minimised. Dotted: the value below which soft modes are "
        "called quasi-localised (stars, lowest tenth of the spectrum); grey: frequency of the longest "
        "transverse wave from the shear modulus of this minimum. Insets: frequencies of the modes 4 to 100. "
        "The stiffest modes are localised as well, on a few squeezed particles."
    ),
    alt=(
        "Two clouds of points, participation ratio against frequency: a broad plateau near one half, a "
        "steep fall at the highest frequencies, a few stars below one tenth at the lowest."
    ),
    parameters={"model": LAW.name, "T_f": tuple(STORES), "localised below": LOCALISED},
    sources=tuple(f"computed here from the store {name}" for name in STORES.values()),
)
