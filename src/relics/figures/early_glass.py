"""The one-component glass in which soft localised modes were first seen."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from relics.figures import Fact, Recipe, Table
from relics.glass import ensembles, protocols
from relics.glass.density_of_states import (
    debye_prefactor,
    density_of_states,
    power_law_exponent,
)
from relics.glass.models import model
from relics.plotting import COLOURS, MARKERS, style, subplots

STORES = {size: f"spectrum-one-component-r6-{size}" for size in (500, 1024, 5488)}
LAW = model("one-component-r6")
CRYSTALLINE = 0.2
WIDER = 0.6
LOWEST = 45
FEWEST = 5


def _all(size: int) -> list:
    return list(ensembles.read(protocols.stores() / STORES[size]).samples)


def _glassy(size: int) -> list:
    return [s for s in _all(size) if s.arrays["bond_order"][0] < CRYSTALLINE]


def first_band(size: int, samples: list) -> float:
    """Frequency 2 pi c_s/L of the longest transverse waves, with the median shear modulus."""
    shear = np.median([s.arrays["shear_modulus"].item() for s in samples])
    return float(2 * np.pi * np.sqrt(shear / LAW.density) * np.cbrt(LAW.density / size))


def sound_level(samples: list) -> float:
    """D/omega^2 of sound waves alone, from the median moduli."""
    shear, bulk = (
        np.median([s.arrays[name].item() for s in samples])
        for name in ("shear_modulus", "bulk_modulus")
    )
    fast = np.sqrt((bulk + 4 / 3 * shear) / LAW.density)
    return debye_prefactor(np.sqrt(shear / LAW.density), fast, LAW.density, 3)


def lonely(frequencies: np.ndarray) -> float:
    """Frequency below which a glass has one mode on average: (samples, modes) to a number.

    Modes below it are rare enough to be alone, and the first waves lie above.
    """
    pooled = np.sort(np.ravel(frequencies))
    count = len(frequencies)
    return float(np.sqrt(pooled[count - 1] * pooled[count]))


def filled(frequencies: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Those edges, from the last down, between which at least ``FEWEST`` frequencies lie."""
    kept = [edges[-1]]
    for edge in edges[-2:0:-1]:
        inside = np.sum((frequencies >= edge) & (frequencies < kept[-1]))
        if inside >= FEWEST and np.sum(frequencies < edge) >= FEWEST:
            kept.append(edge)
    return np.array([edges[0], *reversed(kept)])


def _describe(size: int) -> dict[str, np.ndarray]:
    """Numbers of every sample of a size that the facts need."""
    samples = _all(size)
    rows: dict[str, list] = {n: [] for n in ("compact", "middle", "stiffest")}
    for sample in samples:
        e = sample.arrays["participation"].astype(float)
        whole = e.size == 3 * size - 3
        tenth = e[: (3 * size - 3) // 10] * size
        rows["compact"].append(np.sum((tenth > 10) & (tenth < 60)) if whole else -1)
        rows["middle"].append(
            np.median(e[int(0.3 * e.size) : int(0.7 * e.size)]) if whole else np.nan
        )
        rows["stiffest"].append(np.median(e[int(0.98 * e.size) :]) if whole else np.nan)
    order = np.array([s.arrays["bond_order"] for s in samples])
    return {
        "N": np.full(len(samples), size),
        "sample": np.array([s.seed for s in samples]),
        "order": order[:, 0],
        "solid": order[:, 1],
        "used": order[:, 0] < CRYSTALLINE,
        **{name: np.array(values) for name, values in rows.items()},
    }


def compute() -> dict[str, Table]:
    """All modes of one glass, the softest of all, the reduced density, and every sample."""
    samples = {size: _glassy(size) for size in STORES}
    band = {size: first_band(size, samples[size]) for size in STORES}
    window = {
        size: lonely(np.array([s.arrays["frequency"][:60] for s in samples[size]], dtype=float))
        for size in STORES
    }
    one = samples[500][0].arrays
    soft = {
        name: np.concatenate([s.arrays[name][:LOWEST] for s in samples[500]]).astype(float).round(5)
        for name in ("frequency", "participation")
    }
    density: dict[str, list] = {n: [] for n in ("N", "frequency", "reduced", "error")}
    below: dict[str, list] = {n: [] for n in ("N", "frequency")}
    for size in STORES:
        frequency = [s.arrays["frequency"].astype(float) for s in samples[size]]
        top = min(1.3 * band[size], min(f[-1] for f in frequency))
        edges = filled(np.concatenate(frequency), np.linspace(0.0, top, 15))
        found = density_of_states(frequency, 3 * size, edges)
        # Over the mean of omega^2 in the bin, which the middle of a wide one is not.
        squared = np.diff(edges**3) / (3 * np.diff(edges))
        density["N"] += [size] * squared.size
        density["frequency"] += np.sqrt(squared).tolist()
        density["reduced"] += (found.density / squared).tolist()
        density["error"] += (found.error / squared).tolist()
        pooled = np.concatenate(frequency)
        pooled = np.sort(pooled[pooled < WIDER * band[size]])
        below["N"] += [size] * pooled.size
        below["frequency"] += pooled.tolist()
    rows = [_describe(size) for size in STORES]
    return {
        "modes": Table(
            {name: one[name].astype(float).round(5) for name in ("frequency", "participation")},
            {"frequency": "1/tau", "participation": "1"},
        ),
        "soft": Table(soft, {"frequency": "1/tau", "participation": "1"}),
        "density": Table(
            density, {"N": "1", "frequency": "1/tau", "reduced": "tau^3", "error": "tau^3"}
        ),
        "below": Table(below, {"N": "1", "frequency": "1/tau"}),
        "bands": Table(
            {
                "N": list(STORES),
                "first": list(band.values()),
                "window": list(window.values()),
                "sound": [sound_level(samples[size]) for size in STORES],
            },
            {"N": "1", "first": "1/tau", "window": "1/tau", "sound": "tau^3"},
        ),
        "samples": Table(
            {name: np.concatenate([r[name] for r in rows]) for name in rows[0]},
            dict.fromkeys(rows[0], "1"),
        ),
    }


def draw(panels: dict[str, Table]) -> Figure:
    """Participation ratio against frequency; reduced density of modes."""
    with style():
        figure, axes = subplots(1, 2, size=(9.4, 3.9))
        soft, one = panels["soft"], panels["modes"]
        axes[0].plot(
            soft["frequency"],
            soft["participation"],
            ".",
            ms=2.5,
            color=COLOURS[5],
            rasterized=True,
            label=f"softest {LOWEST} of every glass",
        )
        axes[0].plot(
            one["frequency"],
            one["participation"],
            ".",
            ms=3,
            color=COLOURS[0],
            rasterized=True,
            label="all of one glass",
        )
        axes[0].set(
            yscale="log", xlabel="frequency", ylabel="participation ratio", title="(a) $N=500$"
        )
        axes[0].legend(loc="lower left", bbox_to_anchor=(0.2, 0.0), markerscale=2)
        for k, size in enumerate(STORES):
            rows = panels["density"].rows(N=size)
            band = panels["bands"].rows(N=size)["first"][0]
            axes[1].errorbar(
                rows["frequency"],
                rows["reduced"],
                rows["error"],
                fmt=MARKERS[k],
                color=COLOURS[k],
                ms=4,
                capsize=2,
                lw=1,
                label=f"$N={size}$",
            )
            axes[1].axvline(band, color=COLOURS[k], lw=1, ls=":")
            window = panels["bands"].rows(N=size)["window"][0]
            sound = panels["bands"].rows(N=size)["sound"][0]
            axes[1].axhline(sound, color=COLOURS[k], lw=1, ls="--")
            axes[1].axvspan(0, window, color=COLOURS[k], alpha=0.1, lw=0)
        axes[1].set(
            xlabel="frequency",
            ylabel=r"$\mathcal{D}(\omega)/\omega^2$",
            ylim=(0, None),
            xlim=(0, None),
            title="(b) reduced density of modes",
        )
        axes[1].legend(loc="lower right")
    return figure


def facts(panels: dict[str, Table]) -> list[Fact]:
    """Localisation at both ends of the spectrum, the rise of the density, and no crystals."""
    samples, band = panels["samples"], panels["bands"]
    used = samples["used"]
    whole = used & (samples["N"] == 500)
    compact = int(samples["compact"][whole].sum())
    texts, exponents, halves, rising = [], {}, [], []
    for size in STORES:
        below = panels["below"].rows(N=size)["frequency"]
        row = band.rows(N=size)
        upper, wider = row["window"][0], WIDER * row["first"][0]
        value, error = power_law_exponent(below, upper)
        other, spread = power_law_exponent(below, wider)
        exponents[size] = value, error
        texts.append(
            f"{value:.2f} +- {error:.2f} (N = {size}, {np.sum(below <= upper)} modes below "
            f"{upper / row['first'][0]:.2f} of the first band; {other:.2f} +- {spread:.2f} below {WIDER:g})"
        )
        # Averages of D/omega^2 over halves of the window are sums of omega^-2 over their modes.
        inside = below[below <= upper]
        low, high = (inside[part] ** -2.0 for part in (inside < upper / 2, inside >= upper / 2))
        above = (
            f"{high.sum() / low.sum():.1f} times as large" if low.size else "no mode in the lower"
        )
        halves.append(f"{above} (N = {size}, {inside.size} modes)")
        rising.append(high.sum() > low.sum())
    # The panel is of the largest glasses; in the smaller ones the softest modes are more frequent.
    value, error = exponents[max(STORES)]
    steep = 3 < value < 5
    rejected = int((~used).sum())
    return [
        Fact(f"{compact} in {int(whole.sum())} glasses", compact >= 3),
        Fact(
            f"medians of the samples {samples['middle'][whole].min():.3f} to {samples['middle'][whole].max():.3f}",
            bool(np.all((samples["middle"][whole] > 0.25) & (samples["middle"][whole] < 0.65))),
        ),
        Fact(
            f"median {np.median(samples['stiffest'][whole]):.3f}",
            np.median(samples["stiffest"][whole]) < 0.15,
        ),
        Fact(
            "; ".join(texts),
            steep,
            why=""
            if steep
            else f"four is {abs(4 - value) / error:.1f} errors away: quickly cooled glasses have an excess of "
            "the softest modes; slower cooling crystallises this model",
        ),
        Fact(", ".join(halves), all(rising)),
        Fact(
            f"at most {samples['order'][used].max():.3f} (threshold {CRYSTALLINE}; {rejected} of {used.size} rejected)",
            bool(np.all(samples["order"][used] < CRYSTALLINE)),
        ),
    ]  # fmt: skip


EARLY_GLASS = Recipe(
    compute,
    draw,
    facts,
    caption=(
        "The model of the first searches: one kind of particle, \\(r^{-6}\\) repulsion cut at three "
        "lengths, cooled within 20 units of time from two and a half melting temperatures. "
        "(a) Participation ratio of all modes of one glass, and of the softest modes of all. "
        "(b) Density of modes over \\(\\omega^2\\), which sound waves alone would leave level (dashed, "
        "from the moduli); dotted: frequency of the longest transverse wave; shaded: the window below "
        "which a glass has one mode on average, from which the exponent is taken; bins hold at least five "
        "modes. In the smaller glasses the softest modes are more frequent. Samples with a bond order "
        "\\(Q_6\\) above 0.2 are rejected as crystalline (0.51 for bcc)."
    ),
    alt=(
        "Left, a cloud of points with low participation at both ends of the spectrum. Right, a density "
        "over frequency squared that rises from zero to two or three times the level of sound waves."
    ),
    parameters={"model": LAW.name, "sizes": tuple(STORES), "threshold of Q6": CRYSTALLINE},
    sources=tuple(f"computed here from the store {name}" for name in STORES.values()),
)
