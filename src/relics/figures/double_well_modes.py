"""One double well against the modes of its minimum: in space, and mode by mode (KRZ21-fig3, 4)."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from relics.figures import Fact, Recipe, Table
from relics.figures.bent_valley import curvatures, descent
from relics.glass import ensembles, paths, procedures, well_protocols
from relics.plotting import COLOURS, style, subplots

TEMPERATURE = 0.092
WELLS, SIZE = "wells-0.092-500", 500
LINKS, LINKS_SIZE = "links-0.092-1500", 1500
FIELDS = ("double well", "linear mode", "nonlinear mode")
MOST = 10
BEND, STIFFNESS = 0.05, 9.0


def _lowest_example() -> int:
    """Seed of the trajectory whose example has the smallest splitting (argon)."""
    column = well_protocols.WELL_COLUMNS.index("splitting_argon")
    samples = ensembles.read(procedures.stores() / WELLS).samples
    lowest = {
        s.seed: np.nanmin(s.arrays["wells"][:, column]) for s in samples if len(s.arrays["wells"])
    }
    return min(lowest, key=lambda seed: lowest[seed])  # fmt: skip


def _compute_fields() -> dict[str, Table]:
    from relics.glass import wells

    seed = _lowest_example()
    ends = sorted(well_protocols.example_minima(TEMPERATURE, SIZE, seed), key=lambda m: m.energy)
    conf = ends[0].configuration
    modes = wells.vibrations(conf)
    ab = paths.separation(conf, ends[1].configuration)
    linear = modes.fields[int(wells.overlap_c(ab, modes.fields).argmax())]
    grown = wells.nonlinear_mode(modes.at, ab)
    if grown is None:
        raise ValueError(f"no nonlinear mode grows from the example of trajectory {seed}")
    rows: dict[str, list[np.ndarray]] = {
        "field": [],
        "x": [],
        "y": [],
        "z": [],
        "u": [],
        "v": [],
        "w": [],
    }
    for name, field in zip(FIELDS, (ab / np.linalg.norm(ab), linear, grown.field), strict=True):
        rows["field"].append(np.full(len(field), name))
        for axis, label in enumerate("xyz"):
            rows[label].append(np.mod(conf.positions[:, axis], conf.box[axis]))
        for axis, label in enumerate("uvw"):
            rows[label].append(field[:, axis])
    units = {"field": "", **dict.fromkeys("xyz", "sig"), **dict.fromkeys("uvw", "1")}
    return {"fields": Table({k: np.concatenate(v) for k, v in rows.items()}, units)}


def _vectors(table: Table, name: str) -> tuple[np.ndarray, np.ndarray]:
    here = table.rows(field=name)
    return (np.stack([here[k] for k in "xyz"], axis=1), np.stack([here[k] for k in "uvw"], axis=1))


def _draw_fields(panels: dict[str, Table]) -> Figure:
    table = panels["fields"]
    _, jump = _vectors(table, FIELDS[0])
    movers = np.argsort((jump**2).sum(axis=1))[-MOST:]
    with style():
        figure, axes = subplots(
            1, 2, size=(9.0, 4.6), subplot_kw={"projection": "3d", "computed_zorder": False}
        )
        for ax, name in zip(axes, FIELDS[1:], strict=True):
            places, field = _vectors(table, name)
            edge = places.max()
            size = np.sqrt((field**2).sum(axis=1))
            area = 900.0 * size**2 / (size**2).max() + 1.0
            colour = np.full(len(size), COLOURS[0], dtype=object)
            colour[movers] = "#C00000"
            for axis, wall in ((0, 0.0), (1, edge), (2, 0.0)):
                flat = places.copy()
                flat[:, axis] = wall
                ax.scatter(*flat.T, s=0.35 * area, c="0.6", alpha=0.25, linewidths=0)
            order = np.argsort(places[:, 1])[::-1]
            ax.scatter(
                *places[order].T, s=area[order], c=list(colour[order]), alpha=0.75, linewidths=0
            )
            share = 1.0 / (len(size) * (size**4).sum())
            overlap = abs((jump * field).sum())
            ax.set_title(f"{name}\n$c={overlap:.2f}$, participation ratio {share:.3f}", fontsize=10)
            ax.set(
                xlim=(0, edge), ylim=(0, edge), zlim=(0, edge), xlabel="x", ylabel="y", zlabel="z"
            )
            ax.tick_params(labelsize=7, pad=-2)
            for axis in (ax.xaxis, ax.yaxis, ax.zaxis):
                axis.labelpad = -6
    return figure  # fmt: skip


def _field_facts(panels: dict[str, Table]) -> list[Fact]:
    table = panels["fields"]
    jump, linear, grown = (_vectors(table, name)[1] for name in FIELDS)
    c = [abs((jump * f).sum()) / np.linalg.norm(jump) / np.linalg.norm(f) for f in (linear, grown)]
    most = [set(np.argsort((f**2).sum(axis=1))[-MOST:]) for f in (jump, grown)]
    common = len(most[0] & most[1])
    ratio = [1.0 / (len(f) * ((f**2).sum(axis=1) ** 2).sum()) for f in (linear, grown)]
    drift = max(np.abs(f.sum(axis=0)).max() for f in (linear, grown))
    norm = max(abs(np.linalg.norm(f) - 1.0) for f in (linear, grown))
    return [
        Fact(f"c = {c[1]:.3f} and {c[0]:.3f}", c[1] >= c[0], "" if c[1] >= c[0] else
             "from this displacement the iteration ends in a mode that lies elsewhere"),
        Fact(f"{common} of {MOST}", common >= 5, "" if common >= 5 else "the mode moves other particles"),
        Fact(f"participation ratios {ratio[1]:.4f} and {ratio[0]:.4f}", ratio[1] < ratio[0],
             "" if ratio[1] < ratio[0] else "the linear mode is the more localised one"),
        Fact(f"norms to {norm:.0e}, translation {drift:.0e}", bool(norm < 1e-6 and drift < 1e-6)),
    ]  # fmt: skip


FIELDS_IN_SPACE = Recipe(
    _compute_fields,
    _draw_fields,
    _field_facts,
    caption=(
        "The linear mode (left) with the largest overlap with the displacement of a double well, and "
        "the nonlinear mode (right) grown from it. The area of a sphere is its particle's squared "
        "displacement; red: the ten particles that move most in the double well. Shadows on the walls."
    ),
    alt="Two boxes of spheres: the linear mode is spread out, the nonlinear one sits on few particles.",
    parameters={"T_f": TEMPERATURE, "N": SIZE, "double well": "smallest splitting in the store"},
    sources=(WELLS, "equilibrated-0.092-500"),
)


# The first link, mode by mode, with ever more images.

SHOWN = (40, 150, 600, 2400)
ACTIVE = 0.0015
ON_THE_AXIS = 0.003
"""Overlaps too small to be told from the axis; drawn, they would fill the picture's file."""
PAPER_IMAGES = 600


def _compute_links() -> dict[str, Table]:
    samples = ensembles.read(procedures.stores() / LINKS).samples
    chosen = min((s.arrays for s in samples), key=lambda a: float(a["splitting"].item()))
    images, overlap = chosen["images"], chosen["overlap"]
    number = np.arange(4, 4 + overlap.shape[1])
    away = np.geomspace(1e-5, 1e-3, 9)
    stiffness = np.linalg.eigvalsh(curvatures(BEND, STIFFNESS, -1.0))
    ratio = descent(BEND, STIFFNESS, away)
    count = len(number)
    return {
        "overlaps": Table(
            {
                "images": np.repeat(images, count),
                "mode": np.tile(number, len(images)),
                "c": overlap.ravel().round(11),
                "participation": np.tile(chosen["participation"].round(6), len(images)),
                "omega": np.tile(chosen["frequency"].round(6), len(images)),
            },
            {"images": "1", "mode": "1", "c": "1", "participation": "1", "omega": "tau^-1"},
        ),
        "well": Table({"E": [chosen["splitting"].item()]}, {"E": "eps"}),
        "descent": Table(
            {"distance": away, "ratio": ratio, "exponent": np.full(9, stiffness[1] / stiffness[0] - 1.0)},
            {"distance": "sig", "ratio": "1", "exponent": "1"},
        ),
    }  # fmt: skip


def _largest(table: Table) -> np.ndarray:
    """Numbers of the four modes with the largest overlaps at the finest resolution."""
    finest = table.rows(images=table["images"].max())
    return finest["mode"][np.argsort(finest["c"])[-4:]][::-1]


def _continued(table: Table, mode: int, counts: np.ndarray) -> np.ndarray:
    """Overlap of a mode with links finer than the finest, by descent in a quadratic minimum."""
    finest = table.rows(images=table["images"].max())
    stiffness, this = finest["omega"] ** 2, finest["mode"] == mode
    shares = (finest["images"][0] - 1) / (counts - 1)
    return np.array([paths.quadratic_descent(stiffness, finest["c"], s)[this][0] for s in shares])


def _draw_links(panels: dict[str, Table]) -> Figure:
    table, companion = panels["overlaps"], panels["descent"]
    shown, largest = _largest(table), int(table["images"].max())
    with style():
        figure = Figure(figsize=(9.0, 5.4), layout="constrained")
        axes = figure.subplot_mosaic(
            [["modes", "images"], ["modes", "companion"]], width_ratios=(1.5, 1)
        )
        left, above, below = (axes[k] for k in ("modes", "images", "companion"))
        for count, marker, face in zip(SHOWN, "o^sD", ("none", "none", "none", None), strict=True):
            here = table.rows(images=count)
            seen = here["c"] > ON_THE_AXIS
            left.plot(
                here["participation"][seen],
                here["c"][seen],
                ".",
                color="0.8",
                markersize=2.5,
                zorder=1,
            )
            for mode, colour in zip(shown, COLOURS, strict=False):
                one = here.rows(mode=mode)
                left.plot(one["participation"], one["c"], marker, color=colour, markersize=7,
                          markerfacecolor=colour if face is None else "none", zorder=3)  # fmt: skip
            left.plot([], [], marker, color="0.35", linestyle="none",
                      markerfacecolor="0.35" if face is None else "none", label=f"{count} images")  # fmt: skip
        counts = np.geomspace(largest, 1e5, 20)
        for mode, colour in zip(shown, COLOURS, strict=False):
            one = table.rows(mode=mode)
            left.annotate(f"mode {mode}", (one["participation"][-1], one["c"][-1]), xytext=(8, -3),
                          textcoords="offset points", color=colour, fontsize=9)  # fmt: skip
            above.plot(one["images"], one["c"], "o-", color=colour, markersize=4)
            above.plot(counts, _continued(table, mode, counts), "--", color=colour, linewidth=1.1)
        left.set(
            xlabel="participation ratio of the mode", ylabel=r"$c_\alpha$ of $r_{12}$", ylim=(0, 1)
        )
        left.legend(loc="upper right")
        above.axvline(PAPER_IMAGES, color="0.6", linestyle=":", linewidth=1.0)
        above.set(xscale="log", xlabel="images", ylabel=r"$c_\alpha$", ylim=(0, 1))
        below.loglog(companion["distance"], companion["ratio"], "o", color=COLOURS[0], markersize=4)
        law = (
            companion["ratio"][0]
            * (companion["distance"] / companion["distance"][0]) ** companion["exponent"]
        )
        below.loglog(companion["distance"], law, color="0.4", linewidth=1.0,
                     label=r"power $(\omega_2/\omega_1)^2-1$")  # fmt: skip
        below.set(xlabel="distance to the minimum", ylabel="stiff over soft")
        below.legend()
    return figure  # fmt: skip


def _link_facts(panels: dict[str, Table]) -> list[Fact]:
    table, companion = panels["overlaps"], panels["descent"]
    counts = np.unique(table["images"])
    c = np.array([table.rows(images=n)["c"] for n in counts])
    total = np.abs((c**2).sum(axis=1) - 1.0).max()
    order = np.argsort(c[-1])[::-1]
    first, rest = order[0], order[1]
    growing = c[:, first]
    here = table.rows(images=counts[-1])
    others = np.argsort(np.where(np.arange(c.shape[1]) == first, 0.0, c[0]))[::-1][:3]
    change = c[-1, others] - c[0, others]
    slope = np.polyfit(np.log(companion["distance"]), np.log(companion["ratio"]), 1)[0]
    expected = float(companion["exponent"][0])
    localised = here["participation"][first] < 0.1
    far = growing[-1] > 0.9 and c[-1, rest] < 0.4
    paper = int(np.flatnonzero(counts == PAPER_IMAGES)[0])
    then = np.sort(c[paper])[::-1]
    splitting = float(panels["well"]["E"][0])
    return [
        Fact(f"sums of squares are one to {total:.0e}", bool(total < 1e-8)),
        Fact(
            f"mode {first + 4} (participation ratio {here['participation'][first]:.3f}): "
            + ", ".join(f"{v:.3f}" for v in growing),
            bool((np.diff(growing) > 0).all() and localised),
            "" if localised else "the overlap grows, but the mode is not localised at this size",
        ),
        Fact(
            f"{growing[-1]:.3f} and {c[-1, rest]:.3f} with {counts[-1]} images; "
            f"{then[0]:.3f} and {then[1]:.3f} with {PAPER_IMAGES}", bool(far),
            "" if far else "modes lie close, so that the convergence is slow: it goes with a small power of the number of images",
        ),
        Fact("changes " + ", ".join(f"{v:+.3f}" for v in change), bool((change < 0).all()),
             "" if (change < 0).all() else "the second of two close modes gains first and falls later"),
        Fact(f"exponent {slope:.4f}, expected {expected:.4f}", bool(abs(slope / expected - 1.0) < 0.02)),
        Fact(
            f"N = {LINKS_SIZE}, {PAPER_IMAGES} images and up to {counts[-1]}, E = {splitting:.2g}",
            splitting < ACTIVE,
            "" if splitting < ACTIVE else "no double well of the store is active",
        ),
    ]  # fmt: skip


FIRST_LINK = Recipe(
    _compute_links,
    _draw_links,
    _link_facts,
    caption=(
        "Left: overlap of the first link of a path with every mode of its minimum against the "
        "participation ratio of the mode, for growing numbers of images; the four modes with the "
        "largest overlaps are marked and numbered from 4 on. The double well is an active one in "
        "a sample of 1500 particles. Top right: the same four overlaps against the number of images; "
        "dashed: continued by steepest descent in a quadratic minimum; dotted: the paper's number of "
        "images. Bottom right: the companion of two coordinates, where the share of the stiffer mode "
        "falls with a known power."
    ),
    alt="One mode's overlap grows with the number of images from below one half to more than nine tenths "
    "while those of the others fall, one of them after a rise.",
    parameters={"T_f": TEMPERATURE, "N": LINKS_SIZE, "images": list(well_protocols.LINK_IMAGES)},
    sources=(LINKS,),
)
