"""The softest mode of a plane glass: a sound wave with a soft spot in it."""

from __future__ import annotations

import numpy as np
from matplotlib.colors import hsv_to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Circle

from relics.figures import Fact, Recipe, Table
from relics.glass import ensembles, protocols
from relics.glass.configuration import Configuration, minimal_image
from relics.glass.hybrids import Composition, compose, focus
from relics.glass.mode_protocols import HYBRID_MODES, HYBRID_SPOTS
from relics.glass.models import model
from relics.plotting import COLOURS, style, subplots

STORE = "hybrids-binary-r10-2d-2500"
CORE = 5.0


def _unevenness(arrays: dict) -> float:
    """By how much the shares of wave and spot in the hybrid of a sample differ."""
    mode, spot = arrays["hybrid"]
    return abs(arrays["transverse"][mode] - arrays["overlap"][mode, spot])


def example() -> tuple[int, Configuration, Composition]:
    """The glass whose softest mode is the most even mixture, and its modes, computed anew."""
    samples = ensembles.read(protocols.stores() / STORE).samples
    softest = [s for s in samples if len(s.arrays["hybrid"]) and s.arrays["hybrid"][0] == 0]
    if not softest:
        raise ValueError(f"no sample of {STORE} has a hybrid as its softest mode")
    chosen = min(softest, key=lambda s: _unevenness(s.arrays))
    law = model(chosen.model)
    species = chosen.arrays["species"].astype(np.int64)
    box = np.full(2, np.sqrt(len(species) / law.density))
    diameters = np.asarray(law.diameters.values)[species]
    conf = Configuration(chosen.arrays["positions"], box, diameters, species, law.name)
    rng = np.random.default_rng(chosen.seed)
    return chosen.seed, conf, compose(conf, HYBRID_MODES, HYBRID_SPOTS, rng)


def compute() -> dict[str, Table]:
    """The mode and its soft spot on every particle, their numbers, and all glasses of the scan."""
    seed, conf, seen = example()
    pair = seen.hybrid()
    if pair is None:
        raise ValueError(f"sample {seed} of {STORE} holds no hybrid when its modes are found anew")
    mode, spot = pair
    field, soft = seen.fields[mode], seen.spots[spot]
    soft = soft * np.sign(np.vdot(field, soft))
    centre = focus(conf, soft)
    place = conf.box / 2 + minimal_image(conf.positions - centre, conf.box)
    units = dict.fromkeys(("x", "y", "u_x", "u_y", "w_x", "w_y"), "sigma")
    samples = ensembles.read(protocols.stores() / STORE).samples
    wave = np.array([s.arrays["wave"].item() for s in samples])
    share = np.array([s.arrays["transverse"] for s in samples])
    spots = np.array([s.arrays["overlap"].max(axis=1) for s in samples])
    frequency = np.array([s.arrays["frequency"] for s in samples]) / wave[:, None]
    return {
        "fields": Table(
            {
                "x": place[:, 0].round(4),
                "y": place[:, 1].round(4),
                "diameter": conf.diameters,
                "u_x": field[:, 0].round(7),
                "u_y": field[:, 1].round(7),
                "w_x": soft[:, 0].round(7),
                "w_y": soft[:, 1].round(7),
            },
            {**units, "diameter": "sigma"},
        ),
        "numbers": Table(
            {
                "seed": [seed],
                "mode": [mode + 1],
                "wave": [seen.wave],
                "frequency": [seen.frequency[mode]],
                "participation": [seen.participation[mode]],
                "transverse": [seen.transverse[mode]],
                "spot_frequency": [seen.spot_frequency[spot]],
                "spot_participation": [seen.spot_participation[spot]],
                "overlap": [seen.overlap[mode, spot]],
                "distance": [seen.distance[mode, spot]],
                "box": [conf.box[0]],
            },
            {
                "seed": "1",
                "mode": "1",
                "wave": "1/tau",
                "frequency": "1/tau",
                "participation": "1",
                "transverse": "1",
                "spot_frequency": "1/tau",
                "spot_participation": "1",
                "overlap": "1",
                "distance": "sigma",
                "box": "sigma",
            },
        ),
        "scan": Table(
            {
                "sample": np.repeat([s.seed for s in samples], HYBRID_MODES),
                "frequency": frequency.ravel(),
                "transverse": share.ravel(),
                "spot": spots.ravel(),
            },
            {"sample": "1", "frequency": "2 pi c_s/L", "transverse": "1", "spot": "1"},
        ),
    }


def _map(axis, table: Table, field: str, longest: float) -> None:
    """Arrows of a field, coloured by their direction."""
    u, v = table[f"{field}_x"], table[f"{field}_y"]
    length = np.hypot(u, v)
    # A core moves ten times farther than the wave around it: the longest arrows are held back.
    held = np.minimum(1.0, longest / np.maximum(length, 1e-300))
    turn = np.arctan2(v, u) / (2 * np.pi) % 1.0
    hue = np.column_stack([turn, np.full((turn.size, 2), (0.85, 0.78))])
    axis.quiver(
        table["x"],
        table["y"],
        u * held,
        v * held,
        color=hsv_to_rgb(hue),
        rasterized=True,
        angles="xy",
        scale_units="xy",
        scale=longest / 3.4,
        width=0.0032,
        headwidth=3.2,
        headlength=3.6,
    )


def draw(panels: dict[str, Table]) -> Figure:
    """The mode, its soft spot alone, and what the soft modes of all scanned glasses consist of."""
    table = panels["fields"]
    one = {name: values[0] for name, values in panels["numbers"].columns.items()}
    box = one["box"]
    typical = float(np.sqrt(np.median(table["u_x"] ** 2 + table["u_y"] ** 2)))
    with style():
        figure, axes = subplots(1, 3, size=(12.0, 4.4), width_ratios=[1, 1, 0.92])
        for axis, field, title in (
            (axes[0], "u", f"mode {one['mode']:.0f}, $e={one['participation']:.2f}$"),
            (axes[1], "w", f"its soft spot alone, $e={one['spot_participation']:.3f}$"),
        ):
            _map(axis, table, field, 3.0 * typical)
            axis.add_patch(
                Circle((box / 2, box / 2), CORE, fill=False, color="black", lw=1.8, zorder=4)
            )
            axis.set(xlim=(0, box), ylim=(0, box), aspect="equal", title=title)
            axis.set(xticks=[], yticks=[])
            axis.grid(False)
            axis.spines[:].set_visible(True)
        scan = panels["scan"]
        points = axes[2].scatter(
            scan["transverse"],
            scan["spot"],
            c=scan["frequency"],
            s=13,
            cmap="viridis",
            clim=(0.6, 1.6),
            linewidths=0,
        )
        axes[2].plot(
            one["transverse"], one["overlap"], "o", ms=11, mfc="none", mec=COLOURS[1], mew=1.6
        )
        axes[2].plot([0, 1], [1, 0], color="0.6", lw=0.8)
        axes[2].set(
            xlabel="share of the four longest transverse waves",
            ylabel="largest share of one soft spot",
            xlim=(0, 1),
            ylim=(0, 1),
            title=f"eight softest modes of {np.unique(scan['sample']).size} glasses",
        )
        figure.colorbar(points, ax=axes[2], label=r"$\omega L/2\pi c_s$", shrink=0.9)
    return figure


def facts(panels: dict[str, Table]) -> list[Fact]:
    """Shares of waves and spot, localisation, places and frequencies."""
    one = {name: float(values[0]) for name, values in panels["numbers"].columns.items()}
    apart = abs(one["spot_frequency"] / one["wave"] - 1)
    return [
        Fact(f"{one['transverse']:.3f}", 0.2 < one["transverse"] < 0.9),
        Fact(f"{one['overlap']:.3f}", 0.1 < one["overlap"] < 0.8),
        Fact(
            f"e = {one['participation']:.3f} against {one['spot_participation']:.4f}",
            one["spot_participation"] < one["participation"] < 1,
        ),
        Fact(f"{one['distance']:.2f} diameters apart", one["distance"] < 3),
        Fact(
            f"{one['wave']:.4f} and {one['spot_frequency']:.4f}, {100 * apart:.1f} percent apart",
            apart < 0.1,
        ),
    ]


HYBRID_MODE = Recipe(
    compute,
    draw,
    facts,
    caption=(
        "Left: the softest mode of a two-dimensional glass (binary mixture, \\(N=2500\\), cooled from the "
        "melt); every arrow is a particle, colours tell directions, the longest arrows are held back. A "
        "transverse wave of the length of the box runs through it, and in the circle a few particles move "
        "on their own account. Middle: the nonlinear mode found from the same minimum, which is that spot "
        "without the wave. Right: the squared projections of the eight softest modes of every scanned glass "
        "on the four longest transverse waves and on their closest soft spot; the mode drawn is ringed. "
        "Pure waves lie at the lower right, pure spots at the upper left; the two are not orthogonal, so that "
        "shares may add up to more than one."
    ),
    alt=(
        "Two maps of arrows in a square box, the first with stripes of a standing wave and a strong spot "
        "at the centre, the second with the spot alone; a scatter of wave share against spot share."
    ),
    parameters={"model": "binary-r10-2d", "N": 2500, "modes": HYBRID_MODES},
    sources=("computed here from the store " + STORE,),
)
