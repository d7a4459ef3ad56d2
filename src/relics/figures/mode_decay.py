"""One soft mode of a plane glass, and how modes decay in two, three and four dimensions."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from relics.figures import Fact, Recipe, Table
from relics.glass import ensembles, protocols
from relics.glass.configuration import minimal_image
from relics.plotting import COLOURS, MARKERS, style, subplots

MAP = "local-heat-binary-r10-2d-1600"
STORES = {
    2: ("soft-modes-binary-r10-2d-1600", 1600),
    3: ("soft-modes-binary-r10-3d-4000", 4000),
    4: ("soft-modes-binary-r10-4d-2401", 2401),
}
CORE = 10.0
NEAR = {2: 5.0, 3: 3.0, 4: 2.0}
FAR = {2: 1 / 3, 3: 0.35, 4: 0.5}


def _map() -> Table:
    """Places relative to the core, and displacements, of the softest nonlinear mode of all stored maps."""
    store = ensembles.read(protocols.stores() / MAP)
    found = min((s.arrays for s in store.samples), key=lambda a: a["nonlinear"][0, 0])
    place = minimal_image(found["positions"] - found["cores"][0], found["box"])
    field = found["softest"].astype(float)
    return Table(
        {"x": place[:, 0], "y": place[:, 1], "u": field[:, 0], "v": field[:, 1]},
        {"x": "sig", "y": "sig", "u": "1", "v": "1"},
    )


def there() -> dict[int, tuple[str, int]]:
    """Dimensions whose ensembles are in the stores."""
    return {d: s for d, s in STORES.items() if ensembles.filled(protocols.stores() / s[0])}


def compute() -> dict[str, Table]:
    """The mode that is drawn, mean decays by dimension, and numbers of every mode."""
    decay: dict[str, list] = {
        n: [] for n in ("d", "edge", "radius", "mode", "mode_error", "response")
    }
    modes: dict[str, list] = {n: [] for n in ("d", "sample", "participants", "core", "rim")}
    for d, (name, size) in there().items():
        store = ensembles.read(protocols.stores() / name)
        amplitude = store.stack("amplitude")
        usable = np.isfinite(amplitude).sum(axis=0) > len(store.samples) / 2
        radius = np.nanmean(store.stack("radius")[:, usable], axis=0)
        mode = np.log(amplitude[:, usable])
        response = np.nanmean(np.log(store.stack("response")[..., usable]), axis=(0, 1))
        error = np.nanstd(mode, axis=0) / np.sqrt(len(store.samples))
        edge = float(store.stack("edge")[0])
        decay["d"] += [d] * int(usable.sum())
        decay["edge"] += [edge] * int(usable.sum())
        decay["radius"] += radius.tolist()
        decay["mode"] += np.exp(np.nanmean(mode, axis=0)).tolist()
        decay["mode_error"] += error.tolist()
        decay["response"] += np.exp(response).tolist()
        for sample, profile in zip(store.samples, amplitude, strict=True):
            finite = profile[np.isfinite(profile)]
            modes["d"].append(d)
            modes["sample"].append(sample.seed)
            modes["participants"].append(size * float(sample.arrays["nonlinear"][0, 3]))
            modes["core"].append(float(finite[0]))
            modes["rim"].append(float(finite[-1]))
    return {
        "map": _map(),
        "decay": Table(
            decay,
            {
                "d": "1",
                "edge": "sig",
                "radius": "sig",
                "mode": "1",
                "mode_error": "1",
                "response": "sig^2/eps",
            },
        ),
        "modes": Table(modes, dict.fromkeys(modes, "1")),
    }


def window(rows: Table) -> np.ndarray:
    """Which shells of one dimension lie where slopes are measured."""
    d = int(rows["d"][0])
    return (rows["radius"] > NEAR[d]) & (rows["radius"] < FAR[d] * rows["edge"])


def slope(rows: Table, column: str) -> float:
    """Logarithmic slope of a decay in its window."""
    use = window(rows)
    return float(np.polyfit(np.log(rows["radius"][use]), np.log(rows[column][use]), 1)[0])


def draw(panels: dict[str, Table]) -> Figure:
    """The field with its core circled; the decays, shifted apart, with guides."""
    with style():
        figure, (left, right) = subplots(1, 2, size=(9.6, 4.6))
        field = panels["map"]
        length = np.hypot(field["u"], field["v"])
        left.plot(field["x"], field["y"], ".", color="0.85", ms=2.2, zorder=1, rasterized=True)
        left.quiver(
            field["x"], field["y"], field["u"], field["v"], length,
            angles="xy", scale_units="xy", scale=length.max() / 6.0, width=0.004,
            cmap="viridis_r", norm="log", clim=(length.max() / 60, length.max()), zorder=3,
        )  # fmt: skip
        turn = np.linspace(0, 2 * np.pi, 200)
        left.plot(CORE * np.cos(turn), CORE * np.sin(turn), color=COLOURS[1], lw=1.6, zorder=4)
        half = np.abs(field["x"]).max()
        left.set(xlim=(-half, half), ylim=(-half, half), aspect="equal", xlabel="$x$", ylabel="$y$")
        left.set(title="(a) softest nonlinear mode, $N=1600$")
        left.grid(False)
        for k, d in enumerate(there()):
            rows = panels["decay"].rows(d=d)
            unit = rows["mode"][0] * 8.0**k
            amplitude, glasses = rows["mode"] / unit, len(panels["modes"].rows(d=d)["d"])
            right.errorbar(
                rows["radius"], amplitude, amplitude * rows["mode_error"], fmt=MARKERS[k],
                color=COLOURS[k], elinewidth=0.8, label=f"{d}D, {glasses} glass{'es' if glasses > 1 else ''}",
            )  # fmt: skip
            use = window(rows)
            match = np.exp(np.mean(np.log(rows["mode"][use] / rows["response"][use])))
            right.loglog(
                rows["radius"],
                match * rows["response"] / unit,
                "-",
                color=COLOURS[k],
                lw=1.2,
            )
            guide = rows["radius"][use][[0, -1]] * np.array([0.9, 1.15])
            middle = np.exp(np.mean(np.log(rows["radius"][use])))
            level = np.exp(np.mean(np.log(rows["mode"][use]))) / unit
            right.loglog(guide, 0.55 * level * (guide / middle) ** (1 - d), "k--", lw=1)
            right.annotate(
                f"$r^{{-{d - 1}}}$", (guide[1], 0.55 * level * (guide[1] / middle) ** (1 - d)),
                (3, -6), textcoords="offset points",
            )  # fmt: skip
        right.plot([], [], "-", color="0.4", lw=1.2, label="responses")
        right.set(xscale="log", yscale="log", xlim=(None, 30), title="(b)")
        right.set(xlabel="distance from the core / diameters", ylabel="displacement (shifted)")
        right.legend(loc="lower left")
    return figure


def facts(panels: dict[str, Table]) -> list[Fact]:
    """Slopes of modes and responses, size of the core, and what small boxes cannot show."""
    rows = {d: panels["decay"].rows(d=d) for d in there()}
    modes = {d: panels["modes"].rows(d=d) for d in there()}
    mode = {d: slope(rows[d], "mode") for d in there()}
    response = {d: slope(rows[d], "response") for d in there()}
    gap = {d: abs(mode[d] - response[d]) for d in (2, 3)}
    size = {d: float(np.median(modes[d]["participants"])) for d in there()}
    ratio = {d: float(np.median(modes[d]["core"] / modes[d]["rim"])) for d in there()}
    count = {d: modes[d]["d"].size for d in there()}
    field = panels["map"]
    weight = field["u"] ** 2 + field["v"] ** 2
    inside = float(weight[np.hypot(field["x"], field["y"]) < CORE].sum() / weight.sum())
    close = all(g <= 0.2 for g in gap.values())
    return [
        Fact(f"{mode[2]:.2f} ({count[2]} modes)", abs(mode[2] + 1) <= 0.3),
        Fact(f"{mode[3]:.2f} ({count[3]} modes) against {mode[2]:.2f}", mode[3] < mode[2] - 0.5),
        Fact(
            f"modes {mode[2]:.2f}, responses {response[2]:.2f} in 2D; {mode[3]:.2f} and {response[3]:.2f} in 3D",
            close,
            "" if close else "at these sizes a third of the box is still inside or just outside the core of a mode, "
            "while the response to a dipole on one bond has a smaller core; periodic images add to both",
        ),
        Fact(
            ", ".join(f"{size[d]:.0f} in {d}D" for d in rows),
            all(10 <= size[d] <= 150 for d in rows),
        ),
        Fact(f"median {ratio[2]:.0f}", ratio[2] > 10),
        Fact(f"{inside:.2f} of the weight within {CORE:g}", inside > 0.5),
        Fact(
            f"3D: slope {mode[3]:.2f} between 3 and 0.35 L, core over rim {ratio[3]:.0f} (N = 4000); "
            + (f"4D: {mode[4]:.2f} between 2 and L/2 (N = {STORES[4][1]})" if 4 in mode else "4D: not in the stores"),
            beyond_reach=True,
            why="the decay is seen only beyond a core of about ten diameters: 3D needs N of 16000 and more, 4D above 20000",
        ),
    ]  # fmt: skip


MODE_DECAY = Recipe(
    compute,
    draw,
    facts,
    caption=(
        "(a) Displacements of the softest nonlinear mode of a plane glass of 1600 particles, lengths in "
        "proportion and colour by magnitude; the circle has a radius of ten diameters. (b) Decay of the "
        "softest modes (symbols, root of the median square in a shell, geometric mean over glasses with its error) and of "
        "the responses to force dipoles on single bonds (lines, scaled to meet the modes) in two, three and "
        "four dimensions; dashed: \\(r^{-(d-1)}\\). Dimensions are shifted by factors of eight."
    ),
    alt=(
        "Left, arrows that swirl about a spot and fade away from it. Right, three decaying curves, "
        "steeper in higher dimension."
    ),
    parameters={"stores": {d: s[0] for d, s in STORES.items()}, "windows": {d: (NEAR[d], FAR[d]) for d in STORES}},
    sources=tuple(f"computed here from the store {name}" for name, _ in STORES.values()),
)  # fmt: skip
