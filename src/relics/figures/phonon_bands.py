"""Modes of a glass in three dimensions: bands of sound waves, and soft spots below them."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from relics.figures import Fact, Recipe, Table
from relics.glass import ensembles, modes, protocols
from relics.glass.density_of_states import density_of_states
from relics.glass.mode_protocols import BAND_MODES, BAND_PARENT, BAND_SQUARES
from relics.glass.models import model
from relics.plotting import COLOURS, style, subplots

STORE = "bands-polydisperse-r10-4000"
LAW = model("polydisperse-r10")
DEGENERACIES = {1: 12, 2: 24, 3: 16, 4: 12, 5: 48, 6: 48}
SPREAD = (0.16, 0.84)


def first_band(size: int) -> float:
    """Frequency of the longest transverse waves of N particles in units of c_s/a_0."""
    return float(2 * np.pi / np.cbrt(size))


def weighted_quantiles(values: np.ndarray, weights: np.ndarray, levels: tuple) -> np.ndarray:
    """Quantiles of weighted values, each weight standing at the middle of its step."""
    order = np.argsort(values)
    total = np.cumsum(weights[order])
    return np.interp(levels, (total - 0.5 * weights[order]) / total[-1], values[order])


def dagger(size: int, strength: float) -> tuple[float, float]:
    """Frequency where bands overlap in units of c_s/a_0: with counted and with mean degeneracies.

    The first is that of the first band whose width (LB21 Eq. 4) exceeds the gap to the next. For
    the second, the n = sqrt(q) in |k| = 2 pi n/L is continuous: there are 2 pi n vectors per
    unit of q with two polarisations each and gaps of omega_1/(2 n), whence
    n^(5/2) = sqrt(N/pi)/(4 strength) and omega ~ L^(-2/5) (LB21 Eq. 5).
    """
    edge = float(np.cbrt(size))
    counted = modes.omega_dagger(1.0, edge, 3, size, strength)
    n = (np.sqrt(size / np.pi) / (4 * strength)) ** 0.4
    return counted, float(n * first_band(size))


def compute() -> dict[str, Table]:
    """Modes of all samples, their density, the bands with their widths, and the samples."""
    samples = ensembles.read(protocols.stores() / STORE).samples
    size = samples[0].size
    shear = np.array([s.arrays["shear_modulus"].item() for s in samples])
    # c_s/a_0 with c_s = sqrt(G/rho) and a_0 = rho^(-1/3)
    unit = np.sqrt(shear / LAW.density) * np.cbrt(LAW.density)
    frequency = np.array([s.arrays["frequency"] for s in samples]) / unit[:, None]
    share = np.array([s.arrays["transverse"] for s in samples], dtype=float)
    participation = np.array([s.arrays["participation"] for s in samples], dtype=float)
    first = first_band(size)
    counted = {
        b.square: b.degeneracy
        for b in modes.phonon_bands(1.0, 2.0, 1.0, 3, max(BAND_SQUARES))
        if b.polarisation == "transverse"
    }
    reached = float(frequency[:, -1].min())
    edges = np.linspace(0.15 * first, reached, 40)
    density = density_of_states(list(frequency), 3 * size, edges)
    resolved = np.array(
        [
            np.histogram(frequency.ravel(), edges, weights=share[:, :, k].ravel())[0]
            for k in range(3)
        ]
    ) / (len(samples) * 3 * size * np.diff(edges))
    quantiles = np.array(
        [
            weighted_quantiles(frequency.ravel(), share[:, :, k].ravel(), (0.5, *SPREAD))
            for k in range(len(BAND_SQUARES))
        ]
    )
    low, high = 0.8 * first, 1.2 * first
    inside = (frequency > low) & (frequency < high)
    return {
        "modes": Table(
            {
                "sample": np.repeat([s.seed for s in samples], BAND_MODES),
                "frequency": frequency.ravel().round(6),
                "participation": participation.ravel().round(6),
                "waves": share.sum(axis=2).ravel().round(5),
            },
            {"sample": "1", "frequency": "c_s/a_0", "participation": "1", "waves": "1"},
        ),
        "density": Table(
            {
                "frequency": 0.5 * (edges[:-1] + edges[1:]),
                "D": density.density,
                "error": density.error,
                **{f"waves_{q}": resolved[k] for k, q in enumerate((1, 2, 3))},
            },
            {
                "frequency": "c_s/a_0",
                **dict.fromkeys(("D", "error", "waves_1", "waves_2", "waves_3"), "a_0/c_s"),
            },
        ),
        "bands": Table(
            {
                "q": np.array(BAND_SQUARES),
                "degeneracy": np.array([counted[q] for q in BAND_SQUARES]),
                "frequency": first * np.sqrt(BAND_SQUARES),
                "median": quantiles[:, 0],
                "low": quantiles[:, 1],
                "high": quantiles[:, 2],
                "seen": share.sum(axis=1).mean(axis=0),
            },
            {
                "q": "1",
                "degeneracy": "1",
                **dict.fromkeys(("frequency", "median", "low", "high"), "c_s/a_0"),
                "seen": "1",
            },
        ),
        "samples": Table(
            {
                "sample": [s.seed for s in samples],
                "N": np.full(len(samples), size),
                "shear": shear,
                "most_wavelike": frequency[np.arange(len(samples)), share[:, :, 0].argmax(axis=1)],
                "near_first": np.where(inside, share[:, :, 0], 0.0).sum(axis=1),
                "highest_e": np.where(inside, participation, 0.0).max(axis=1),
                "modes_near_first": inside.sum(axis=1),
            },
            {
                "sample": "1",
                "N": "1",
                "shear": "eps/sigma^3",
                "most_wavelike": "c_s/a_0",
                "near_first": "1",
                "highest_e": "1",
                "modes_near_first": "1",
            },
        ),
    }


def strength(panels: dict[str, Table]) -> float:
    """C chi of LB21 Eq. 4 from the widths (central 68 percent) of the first two bands."""
    bands, size = panels["bands"], panels["samples"]["N"][0]
    two = slice(0, 2)
    ratio = (bands["high"][two] - bands["low"][two]) / (
        bands["frequency"][two] * np.sqrt(bands["degeneracy"][two] / size)
    )
    return float(ratio.mean())


def draw(panels: dict[str, Table]) -> Figure:
    """Above, the participation ratio of every mode; below, the density of modes and of waves."""
    found, bands, density = panels["modes"], panels["bands"], panels["density"]
    size = int(panels["samples"]["N"][0])
    crossing = dagger(size, strength(panels))[0]
    first = bands["frequency"][0]
    right = found["frequency"].max()
    with style():
        figure, axes = subplots(2, 1, size=(6.6, 5.8), sharex=True)
        points = axes[0].scatter(
            found["frequency"],
            found["participation"],
            c=np.minimum(found["waves"], 1.0),
            s=12,
            cmap="viridis",
            clim=(0, 1),
            linewidths=0,
            zorder=3,
        )
        axes[0].set(yscale="log", ylim=(2e-3, 1), ylabel="participation ratio $e$")
        axes[0].axvspan(0, 0.85 * first, color=COLOURS[3], alpha=0.08, lw=0)
        axes[0].text(
            0.02, 0.04, "soft spots below the first band", color="#8f3a6b", fontsize=8.5,
            transform=axes[0].transAxes,
        )  # fmt: skip
        figure.colorbar(points, ax=axes[0], label="share of waves, $q=1$ to 6", shrink=0.9)
        axes[1].step(density["frequency"], density["D"], where="mid", color="0.25", lw=1.2)
        axes[1].errorbar(
            density["frequency"], density["D"], density["error"], fmt="none", ecolor="0.25", lw=0.6
        )
        for k in (1, 2, 3):
            axes[1].fill_between(
                density["frequency"],
                density[f"waves_{k}"],
                step="mid",
                color=COLOURS[k - 1],
                alpha=0.55,
                lw=0,
                label=f"waves of $q={k}$",
            )
        axes[1].set(
            xlabel=r"$\omega/\omega_0$",
            ylabel=r"$\mathcal{D}(\omega)\,\omega_0$",
            xlim=(0.1 * first, right),
            ylim=(0, None),
        )
        axes[1].legend(loc="upper left", title=f"{len(panels['samples']['N'])} glasses, $N={size}$")
        for axis in axes:
            axis.axvline(crossing, color=COLOURS[1], lw=1.4, ls="--", zorder=1)
            for q, frequency in zip(bands["q"], bands["frequency"], strict=True):
                if frequency < right:
                    axis.axvline(frequency, color="0.75", lw=0.8, zorder=0)
                    if axis is axes[0]:
                        axis.text(frequency, 1.03, f"{q}", ha="center", fontsize=8, color="0.4",
                                  transform=axis.get_xaxis_transform())  # fmt: skip
        axes[1].text(
            crossing, 0.92, r" $\omega_\dagger$", color=COLOURS[1], fontsize=11,
            transform=axes[1].get_xaxis_transform(),
        )  # fmt: skip
    return figure


def facts(panels: dict[str, Table]) -> list[Fact]:
    """Degeneracies, place and weight of the first band, localisation, and where bands overlap."""
    bands, found, per = panels["bands"], panels["modes"], panels["samples"]
    size, first = int(per["N"][0]), bands["frequency"][0]
    counted = dict(zip(bands["q"].tolist(), bands["degeneracy"].tolist(), strict=True))
    ratio = per["most_wavelike"] / first
    error = ratio.std(ddof=1) / np.sqrt(ratio.size)
    near, spread = per["near_first"].mean(), per["near_first"].std(ddof=1)
    below = found["participation"][found["frequency"] < 0.85 * first]
    counting, smooth = dagger(size, strength(panels))
    first_two = per["modes_near_first"].mean()
    return [
        Fact(", ".join(str(counted[q]) for q in BAND_SQUARES), counted == DEGENERACIES),
        Fact(
            f"{ratio.mean():.3f} +- {error:.3f} of 2 pi c_s/L, mean of {ratio.size} samples",
            abs(ratio.mean() - 1) < 0.05,
            why=""
            if abs(ratio.mean() - 1) < 0.05
            else "the wave that mixes least with soft spots is one of the slower ones: soft spots take "
            "the others apart, and the mean frequency of all of them is that of the homogeneous solid",
        ),
        Fact(f"{near:.2f} +- {spread / np.sqrt(ratio.size):.2f}", near >= 7),
        Fact(f"median {np.median(below):.3f} of {below.size} modes", np.median(below) < 0.1),
        Fact(f"{per['highest_e'].max():.3f}", per["highest_e"].max() > 0.3),
        Fact(
            f"{counting:.3f} and {smooth:.3f} c_s/a_0, C chi = {strength(panels):.2f}",
            1 / 1.5 < counting / smooth < 1.5,
        ),
        Fact(
            f"{first_two:.1f} modes within 20 percent of the first band; medians of the waves of "
            "q = 1, 2, 3, as far as 150 modes reach, at "
            + ", ".join(f"{m / f:.3f}" for m, f in zip(bands["median"][:3], bands["frequency"][:3], strict=True))
            + " of their band",
            beyond_reach=True,
            why=(
                f"at N = {size} the first band is already as wide as a third of its frequency and holds "
                "soft spots beside waves; separate bands need some 64,000 particles"
            ),
        ),
    ]  # fmt: skip


PHONON_BANDS = Recipe(
    compute,
    draw,
    facts,
    caption=(
        "Glasses of polydisperse spheres (\\(r^{-10}\\), \\(N=4000\\), annealed by swap Monte Carlo down to "
        "\\(T=0.4\\), where the energy still falls by two parts in a thousand, then minimised). Above: participation ratio of the 150 softest modes of each "
        "against frequency in units of \\(\\omega_0=c_s/a_0\\), coloured by the share that the transverse waves of the "
        "first six wavelengths have in them. Vertical lines: frequencies of these waves in a homogeneous "
        "solid with the glass's shear modulus, numbered by \\(q=(kL/2\\pi)^2\\); dashed: \\(\\omega_\\dagger\\), "
        "where widths fitted to the first bands reach the gaps. Below: density of modes with the parts that "
        "waves of one wavelength contribute. Ten times fewer particles than in the original: only the first "
        "band is still partly separate."
    ),
    alt=(
        "Two panels over one frequency axis. Above: points that rise from low participation at low "
        "frequency to a first peak at the first band and stay mixed beyond. Below: a histogram with the "
        "wave parts of three bands as overlapping humps."
    ),
    parameters={"model": LAW.name, "N": 4000, "T_p": BAND_PARENT, "modes": BAND_MODES},
    sources=("computed here from the store " + STORE,),
)
