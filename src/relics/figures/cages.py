"""A particle that escapes its cage, and a cage that buckles."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Ellipse

from relics import caged_particle as cage
from relics.figures import Fact, Recipe, Table
from relics.plotting import COLOURS, style, subplots

EXPONENTS = (12, 36, 100)
SOFT, RETRACTION, SHOWN = 36, 0.12, 0.98


def compute() -> dict[str, Table]:
    """Energies along the cage, the pitchfork, amplitude ratios, and the cage with its way out."""
    critical = {n: float(cage.buckling_width(n)) for n in (*EXPONENTS, 1000)}
    between = np.geomspace(10.0, 1000.0, 81)
    x = np.linspace(-0.14, 0.14, 281)
    widths = {"above": 1.02, "at": 1.0, "below": SHOWN}
    line = np.column_stack([x, np.zeros_like(x)])
    energies = {k: cage.cage_energy(line, SOFT, f * critical[SOFT]) for k, f in widths.items()}
    depth = np.concatenate([-np.geomspace(1e-3, 0.03, 12)[::-1], np.geomspace(1e-6, 0.03, 40)])
    fork = np.array([cage.buckled_position(SOFT, critical[SOFT] - e) for e in depth])
    retraction = np.linspace(0.0, 0.2, 101)
    ratios = np.array([[cage.amplitude_ratio(n, 1.0, r) for r in retraction] for n in EXPONENTS])
    place = cage.resting_place(SOFT, 1.0, RETRACTION)
    saddle = cage.escape_saddle(SOFT, 1.0, RETRACTION)
    curvature = cage.cage_curvature(place, SOFT, 1.0, RETRACTION)
    buckled = cage.buckled_position(SOFT, SHOWN * critical[SOFT])
    return {
        "energy": Table(
            {
                "curve": np.repeat(list(widths), x.size),
                "x": np.tile(x, 3),
                "E": np.concatenate([e - e[x.size // 2] for e in energies.values()]),
            },
            {"curve": "", "x": "L", "E": "v(L)"},
        ),
        "pitchfork": Table({"depth": depth, "x": fork}, {"depth": "L", "x": "L"}),
        "amplitude": Table(
            {"n": np.repeat(EXPONENTS, retraction.size), "retraction": np.tile(retraction, 3), "ratio": ratios.ravel()},
            {"n": "1", "retraction": "L", "ratio": "1"},
        ),
        "threshold": Table(
            {
                "n": np.array([*EXPONENTS, 1000]),
                "closed_form": np.array(list(critical.values())),
                "by_curvature": np.array([cage.buckling_width_by_curvature(n) for n in critical]),
            },
            {"n": "1", "closed_form": "L", "by_curvature": "L"},
        ),
        "threshold_curve": Table(
            {"n": between, "closed_form": np.array([float(cage.buckling_width(n)) for n in between])},
            {"n": "1", "closed_form": "L"},
        ),
        "contacts": Table(
            {
                "state": np.array(["before", "buckled"]),
                "b": np.array([1.0, SHOWN * critical[SOFT]]),
                "x": np.array([0.0, buckled]),
                "contacts": np.array(
                    [cage.contacts((0, 0), 1.0), cage.contacts((buckled, 0), SHOWN * critical[SOFT])]
                ),
            },
            {"state": "", "b": "L", "x": "L", "contacts": "1"},
        ),
        "cage": Table(
            {
                "what": np.array(["neighbour"] * 4 + ["rest", "saddle"]),
                "x": np.concatenate([cage.neighbours(1.0, RETRACTION)[:, 0], [place[0], saddle[0]]]),
                "y": np.concatenate([cage.neighbours(1.0, RETRACTION)[:, 1], [place[1], saddle[1]]]),
                "amplitude_x": np.append(np.zeros(4), [curvature[0, 0] ** -0.5, 0.0]),
                "amplitude_y": np.append(np.zeros(4), [curvature[1, 1] ** -0.5, 0.0]),
            },
            {"what": "", "x": "L", "y": "L", "amplitude_x": "L (v(L)/k_B T)^-1/2", "amplitude_y": "L (v(L)/k_B T)^-1/2"},
        ),
    }  # fmt: skip


def _discs(axes, places: np.ndarray, radius: float, colour: str, **kwargs: object) -> None:
    for x, y in places:
        axes.add_patch(Circle((x, y), radius, facecolor=colour, edgecolor="0.3", lw=0.8, **kwargs))


def draw(panels: dict[str, Table]) -> Figure:
    """Above: escape from an anisotropic cage. Below: buckling on compression."""
    with style():
        figure, axes = subplots(2, 3, size=(9.6, 5.8))
        _draw_escape(axes[0, 0], panels)
        for k, n in enumerate(EXPONENTS):
            rows = panels["amplitude"].rows(n=n)
            axes[0, 1].plot(rows["retraction"], rows["ratio"], color=COLOURS[k], label=f"$n={n}$")
        axes[0, 1].set(
            xlabel="retraction of one neighbour / $L$", ylabel=r"$(\alpha_x/\alpha_y)^{1/2}$"
        )
        axes[0, 1].set_title("(a) softening of one direction")
        axes[0, 1].legend()
        for k, (curve, label) in enumerate(
            (("above", "wider"), ("at", "critical"), ("below", "compressed"))
        ):
            rows = panels["energy"].rows(curve=curve)
            axes[1, 1].plot(rows["x"], rows["E"], color=COLOURS[k], label=label)
        axes[1, 1].set(
            xlabel="place along the cage, $x/L$", ylabel="$E(x)-E(0)$ / $v(L)$", ylim=(-4, 12)
        )
        axes[1, 1].set_title("(b) one minimum becomes two")
        axes[1, 1].legend()
        fork = panels["pitchfork"]
        below = fork["depth"] > 0
        for sign in (1, -1):
            axes[1, 2].plot(fork["depth"][below], sign * fork["x"][below], color=COLOURS[2])
        axes[1, 2].plot(fork["depth"][~below], fork["x"][~below], color=COLOURS[2], label="minima")
        axes[1, 2].plot([0, fork["depth"].max()], [0, 0], color=COLOURS[2], ls=":", label="maximum")
        axes[1, 2].set(xlabel="$(b_c-b)/L$", ylabel="$x/L$")
        axes[1, 2].set_title("(b) pitchfork")
        axes[1, 2].legend()
        _draw_buckling(axes[1, 0], panels)
        threshold = panels["threshold"]
        axes[0, 2].plot(
            panels["threshold_curve"]["n"],
            panels["threshold_curve"]["closed_form"],
            ":",
            color=COLOURS[0],
            label="$(n+1)^{-1/(n+2)}$",
        )
        axes[0, 2].plot(
            threshold["n"],
            threshold["by_curvature"],
            "o",
            color=COLOURS[1],
            label="from the curvature",
        )
        axes[0, 2].set(xscale="log", xlabel="exponent $n$", ylabel="$b_c/L$")
        axes[0, 2].set_title("(b) where it buckles")
        axes[0, 2].legend()
    return figure


def _draw_escape(axes, panels: dict[str, Table]) -> None:
    rows = panels["cage"]
    around = rows.rows(what="neighbour")
    rest, saddle = rows.rows(what="rest"), rows.rows(what="saddle")
    _discs(axes, np.column_stack([around["x"], around["y"]]), 0.36, "0.85")
    scale = 10.0
    axes.add_patch(
        Ellipse(
            (rest["x"][0], 0), scale * rest["amplitude_x"][0], scale * rest["amplitude_y"][0],
            facecolor=COLOURS[5], edgecolor=COLOURS[0], alpha=0.7,
        )
    )  # fmt: skip
    axes.plot(rest["x"], rest["y"], "o", color="black", ms=3)
    start, top = np.array([rest["x"][0], 0.0]), np.array([saddle["x"][0], saddle["y"][0]])
    axes.annotate("", 2 * top - start, start, arrowprops={"arrowstyle": "->", "color": COLOURS[1]})
    axes.plot(saddle["x"], saddle["y"], "x", color=COLOURS[1], label="saddle")
    axes.set(
        xlim=(-1.5, 1.7),
        ylim=(-1.45, 1.45),
        aspect="equal",
        title="(a) escape past the low-pressure side",
    )
    axes.set_axis_off()
    axes.legend(loc="lower right")


def _draw_buckling(axes, panels: dict[str, Table]) -> None:
    rows = panels["contacts"]
    for offset, row in ((0.0, 0), (3.6, 1)):
        b, x = rows["b"][row], rows["x"][row]
        around = cage.neighbours(b) + [offset, 0]
        _discs(axes, around, 0.36, "0.85")
        _discs(axes, np.array([[offset + x, 0.0]]), 0.36, COLOURS[5])
        if x:
            _discs(axes, np.array([[offset - x, 0.0]]), 0.36, "none", linestyle="--")
        axes.text(offset, -1.55, f"{rows['contacts'][row]} contacts", ha="center", fontsize=8.5)
    axes.set(
        xlim=(-1.5, 5.1), ylim=(-1.7, 1.45), aspect="equal", title="(b) before and after buckling"
    )
    axes.set_axis_off()


def facts(panels: dict[str, Table]) -> list[Fact]:
    """Thresholds, the pitchfork, contacts, and the ratio of amplitudes."""
    threshold = panels["threshold"]
    expected = {12: 0.8326, 36: 0.9094, 100: 0.9558}
    values = dict(zip(threshold["n"], threshold["by_curvature"], strict=True))
    fork = panels["pitchfork"]
    near = (fork["depth"] > 0) & (fork["depth"] < 1e-3)
    exponent = np.polyfit(np.log(fork["depth"][near]), np.log(fork["x"][near]), 1)[0]
    still = np.all(fork["x"][fork["depth"] < 0] == 0)
    rows = panels["energy"].rows(curve="below")
    minima = np.count_nonzero(
        (rows["E"][1:-1] < rows["E"][:-2]) & (rows["E"][1:-1] < rows["E"][2:])
    )
    before, after = panels["contacts"]["contacts"]
    amplitude = panels["amplitude"]
    span = amplitude["retraction"]
    starts = amplitude["ratio"][span == 0]
    inside = amplitude["ratio"][(span >= 0.02 - 1e-12) & (span <= 0.2)]
    largest = [amplitude.rows(n=n)["ratio"].max() for n in EXPONENTS]
    return [
        Fact(
            "b_c/L = " + ", ".join(f"{values[n]:.4f} (n = {n})" for n in expected),
            all(abs(values[n] - e) < 1e-3 for n, e in expected.items()),
        ),
        Fact(f"b_c/L = {values[1000]:.4f} at n = 1000", 0.99 < values[1000] < 1),
        Fact(
            f"{minima} minima below the threshold, none beside the middle above; exponent {exponent:.4f}",
            minima == 2 and bool(still) and abs(exponent - 0.5) < 0.02,
        ),
        Fact(f"{before} contacts before, {after} at the displaced minimum", before == 4 and after < 4),
        Fact(
            f"ratio {starts.max():.6f} for the symmetric cage, at least {inside.min():.3f} from 0.02 to 0.2",
            bool(np.all(np.abs(starts - 1) < 1e-9) and np.all(inside > 1)),
        ),
        Fact(
            "largest ratios " + ", ".join(f"{r:.2f} (n = {n})" for n, r in zip(EXPONENTS, largest, strict=True)),
            bool(np.all(np.diff(largest) > 0) and largest[-1] > 3 > largest[0]),
        ),
    ]  # fmt: skip


CAGES = Recipe(
    compute,
    draw,
    facts,
    caption=(
        r"A disc among four neighbours that repel as \((L/r)^n\); the original is a pair of sketches. "
        r"(a) One neighbour is drawn back by \(0.12L\) (\(n=36\)): the disc settles toward it, vibrates "
        "more in that direction (ellipse: thermal amplitudes from the curvatures, enlarged) and can leave over the "
        r"saddle (cross). Beside it, the ratio of amplitudes that multiplies the coupling in L18 Eq. 45. "
        r"(b) The cage is compressed from above and below, in the drawings to \(0.98\,b_c\) (\(n=36\)). At \(b_c=(n+1)^{-1/(n+2)}L\) the middle turns from a "
        "minimum into a maximum; the disc moves to one side and loses contacts at the other."
    ),
    alt=(
        "Six panels. Top: a disc in a cage with an open side and an arrow past a saddle; amplitude ratio "
        "against retraction for three exponents; buckling threshold against exponent. Bottom: a cage before "
        "and after buckling; energy curves with one and two minima; a pitchfork."
    ),
    parameters={"exponents": EXPONENTS, "retraction": RETRACTION, "compression": SHOWN},
    sources=("computed here",),
)
