"""Free energy of an aperiodic lattice against the localisation of its beads."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from relics import density_functional as dft
from relics.figures import Fact, Panels, Recipe, Table
from relics.plotting import COLOURS, style, subplots

TEMPERATURES = (0.65, 0.60, 0.57, 0.54, 0.51, 0.48)
LOCALISED = 5.0


def compute() -> dict[str, Table]:
    """Curves at six temperatures, their barriers and minima, and the temperature of the onset."""
    alpha = np.geomspace(0.5, 2000, 321)
    f = [dft.free_energy_reduced(alpha, T) for T in TEMPERATURES]
    points = [dft.stationary_points_reduced(T) for T in TEMPERATURES]
    units = {"T": "epsilon/k_B", "alpha": "1/sigma^2", "f": "k_B T"}
    return {
        "free_energy": Table(
            {
                "T": np.repeat(TEMPERATURES, alpha.size),
                "alpha": np.tile(alpha, len(f)),
                "f": np.concatenate(f),
            },
            units,
        ),
        "stationary": Table(
            {
                "T": TEMPERATURES,
                **{k: [getattr(p, k) for p in points] for k in dft.Stationary._fields},
            },
            {
                "T": units["T"],
                "barrier": "1/sigma^2",
                "minimum": "1/sigma^2",
                "height": "k_B T",
                "depth": "k_B T",
            },
        ),
        "onset": Table({"T_A": [dft.onset_temperature_reduced(0.5, 0.65)]}, {"T_A": units["T"]}),
    }


def draw(panels: Panels) -> Figure:
    """One curve a temperature, barriers as triangles and minima as circles."""
    with style():
        figure, axes = subplots(size=(5.6, 4.2))
        shades = np.linspace(0.15, 1.0, len(TEMPERATURES))
        for T, shade in zip(TEMPERATURES, shades, strict=True):
            rows = panels["free_energy"].rows(T=T)
            axes.plot(rows["alpha"], rows["f"], color=COLOURS[0], alpha=shade)
            axes.annotate(
                f"{T:.2f}",
                (rows["alpha"][-1], rows["f"][-1]),
                (3, -3),
                textcoords="offset points",
                fontsize=8,
            )
        stationary = panels["stationary"]
        axes.plot(
            stationary["barrier"], stationary["height"], "^", color=COLOURS[1], label="barrier"
        )
        axes.plot(
            stationary["minimum"], stationary["depth"], "o", color=COLOURS[2], label="caged minimum"
        )
        axes.set(xscale="log", xlim=(0.5, 4500), ylim=(-7.4, -0.4))
        axes.set_xlabel(r"localisation $\alpha\sigma^2$")
        axes.set_ylabel(r"free energy of a bead $f/k_BT$")
        onset = panels["onset"]["T_A"][0]
        axes.legend(loc="upper left", title=rf"cages below $k_BT_A = {onset:.3f}\,\epsilon$")
    return figure


def _minimum(panels: Panels, T: float) -> tuple[np.ndarray, np.ndarray]:
    """Positions and values of the local minima beyond LOCALISED on the drawn curve."""
    rows = panels["free_energy"].rows(T=T)
    f, alpha = rows["f"], rows["alpha"]
    inner = np.flatnonzero((f[1:-1] < f[:-2]) & (f[1:-1] < f[2:])) + 1
    inner = inner[alpha[inner] > LOCALISED]
    return alpha[inner], f[inner]


def facts(panels: Panels) -> list[Fact]:
    """Existence and place of the caged minimum, from the drawn curves."""
    onset = float(panels["onset"]["T_A"][0])
    stationary = panels["stationary"]
    cold = stationary["T"] < onset
    minima = stationary["minimum"][cold]
    hot_minima = _minimum(panels, TEMPERATURES[0])[0]
    cold_minima = _minimum(panels, TEMPERATURES[-1])[0]
    barrier = stationary["barrier"][-1]
    just_below = stationary["T"][cold].max()
    depth = stationary["depth"][stationary["T"] == just_below][0]
    liquid = panels["free_energy"].rows(T=just_below)["f"][0]
    return [
        Fact(f"{hot_minima.size} minima beyond {LOCALISED:g} at T = {TEMPERATURES[0]:g}", hot_minima.size == 0),
        Fact(f"minimum at {cold_minima.max():.0f}, maximum at {barrier:.1f}, T = {TEMPERATURES[-1]:g}",
             bool(cold_minima.size == 1 and 0 < barrier < cold_minima[0])),
        Fact(f"T_A = {onset:.4f}", 0.54 <= onset <= 0.60),
        Fact(f"at T = {just_below:g}: {depth:.2f} against {liquid:.2f} at the smallest alpha", depth > liquid),
        Fact("minima on cooling at " + ", ".join(f"{x:.1f}" for x in minima), bool(np.all(np.diff(minima) > 0))),
        Fact(f"minima between {minima.min():.1f} and {minima.max():.1f}",
             bool(np.all((minima > 10) & (minima < 100)))),
    ]  # fmt: skip


LOCALISATION = Recipe(
    compute,
    draw,
    facts,
    caption=(
        r"Free energy of a bead in an aperiodic lattice against its localisation, computed from a "
        r"cartoon functional: every bead is a Gaussian cloud, bound to twelve neighbours by the "
        r"Lennard-Jones potential averaged over both clouds. Numbers at the right are "
        r"\(k_BT/\epsilon\). On cooling a second minimum is born at finite localisation, above the "
        r"liquid at small \(\alpha\), behind a barrier. This is not the functional of the original "
        r"figure, which treats the hard core through a reference liquid; its localisation (about "
        r"a hundred) is larger than the one found here, and the order of events is the same."
    ),
    alt=(
        "Six curves of free energy against localisation on a logarithmic axis. The hottest only rises; "
        "colder ones show a maximum near 3 to 10 and a minimum near 23 to 51 that moves right on cooling."
    ),
    parameters={"neighbours": dft.NEIGHBOURS, "spacing": dft.SPACING, "temperatures": TEMPERATURES},
    sources=("LW07 Sec. II (the two ingredients)", "functional defined here"),
)
