"""A landscape of two coordinates with two wells: path, saddle, three vectors, levels (KRZ21-u3)."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from scipy.integrate import solve_ivp

from relics.figures import Fact, Recipe, Table
from relics.glass import paths, tunnelling
from relics.plotting import COLOURS, style, subplots

BEND, STIFFNESS = 0.8, 6.0
IMAGES = (15, 40, 150)
PLANCK = 0.6


def landscape(bend: float, stiffness: float) -> paths.Landscape:
    """Energies and gradients of (x^2 - 1)^2 + k (y - a (1 - x^2))^2/2."""

    def evaluated(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        x, y = images.T
        u, off = x**2 - 1.0, y - bend * (1.0 - x**2)
        slope = 4.0 * x * u + 2.0 * stiffness * bend * x * off
        return u**2 + 0.5 * stiffness * off**2, np.stack([slope, stiffness * off], axis=1)

    return evaluated


def curvatures(bend: float, stiffness: float, x: float) -> np.ndarray:
    """Second derivatives, shape (2, 2), on the valley's bottom line at x."""
    mixed = 2.0 * stiffness * bend * x
    return np.array([[12.0 * x**2 - 4.0 + mixed**2 / stiffness, mixed], [mixed, stiffness]])


def bands(bend: float, stiffness: float, counts: tuple[int, ...]) -> dict[int, paths.Band]:
    """Bands between the minima with these numbers of images, each started from the one before."""
    images = paths.straight([-1.0, 0.0], [1.0, 0.0], counts[0])
    images[1:-1, 1] += 0.4 * bend
    found = {}
    for count in counts:
        band = paths.relax(landscape(bend, stiffness), paths.refined(images, count), tolerance=1e-9)
        found[count], images = band, band.images
    return found


def descent(bend: float, stiffness: float, distances: np.ndarray) -> np.ndarray:
    """Stiff over soft component on the line of steepest descent at distances from a minimum."""
    force = landscape(bend, stiffness)
    _, modes = np.linalg.eigh(curvatures(bend, stiffness, -1.0))

    def arrived(t: float, z: np.ndarray) -> float:
        return float(np.hypot(z[0] + 1.0, z[1]) - 0.5 * distances.min())

    arrived.terminal = True  # type: ignore[attr-defined]
    line = solve_ivp(
        lambda t, z: -force(z[None])[1][0], (0.0, 100.0), [-1e-4, bend],
        method="DOP853", rtol=1e-12, atol=1e-15, events=arrived, dense_output=True, max_step=0.01,
    )  # fmt: skip
    t = np.linspace(0.0, line.t[-1], 20_001)
    components = modes.T @ (line.sol(t) - np.array([[-1.0], [0.0]]))
    away = np.linalg.norm(components, axis=0)
    near = np.argmax(away < 2.0 * distances.max())
    log_ratio = np.log(np.abs(components[1] / components[0]))[near:][::-1]
    return np.exp(np.interp(np.log(distances), np.log(away[near:][::-1]), log_ratio))


def _angle(u: np.ndarray, v: np.ndarray) -> float:
    cosine = abs(u @ v) / np.linalg.norm(u) / np.linalg.norm(v)
    return float(np.degrees(np.arccos(min(1.0, cosine))))


def _path_table(found: dict[int, paths.Band]) -> Table:
    count = np.concatenate([np.full(n, n) for n in found])
    images = np.concatenate([b.images for b in found.values()])
    across = []
    for band in found.values():
        tangents = paths.improved_tangents(band.images, band.energies)
        inner = band.gradients[1:-1]
        rest = inner - np.einsum("ka,ka->k", inner, tangents)[:, None] * tangents
        across += [0.0, *np.linalg.norm(rest, axis=1), 0.0]
    return Table(
        {
            "images": count,
            "x": images[:, 0],
            "y": images[:, 1],
            "s": np.concatenate([b.arc_length for b in found.values()]),
            "V": np.concatenate([b.energies for b in found.values()]),
            "force_across": np.array(across),
        },
        {"images": "1", "x": "sig", "y": "sig", "s": "sig", "V": "eps", "force_across": "eps/sig"},
    )


def _level_table(band: paths.Band) -> Table:
    hessian = curvatures(BEND, STIFFNESS, -1.0)
    link = band.images[1] - band.images[0]
    end = float(link @ hessian @ link / (link @ link))
    well = tunnelling.profile(band.arc_length, band.energies, band.slopes, (end, end))
    rows = []
    for planck in (PLANCK, 0.8 * PLANCK, 0.6 * PLANCK):
        found = tunnelling.profile_levels(well, planck)
        rows.append((planck, *found.energy[:2], found.splitting))
    columns = np.array(rows).T
    names = ("planck", "first", "second", "E")
    return Table(
        dict(zip(names, columns, strict=True)),
        {"planck": "eps tau", "first": "eps", "second": "eps", "E": "eps"},
    )


def compute() -> dict[str, Table]:
    """Contours, paths with 15, 40 and 150 images, angles of their first links, levels."""
    found = bands(BEND, STIFFNESS, IMAGES)
    x, y = np.meshgrid(np.linspace(-1.6, 1.6, 121), np.linspace(-0.75, 1.35, 85))
    energy = landscape(BEND, STIFFNESS)(np.stack([x.ravel(), y.ravel()], axis=1))[0]
    _, modes = np.linalg.eigh(curvatures(BEND, STIFFNESS, -1.0))
    links = {n: b.images[1] - b.images[0] for n, b in found.items()}
    straight = np.array([1.0, 0.0])
    top = found[150]
    return {
        "energy": Table(
            {"x": x.ravel(), "y": y.ravel(), "V": energy}, {"x": "sig", "y": "sig", "V": "eps"}
        ),
        "paths": _path_table(found),
        "angles": Table(
            {
                "images": np.array(IMAGES),
                "to_soft_mode": [_angle(u, modes[:, 0]) for u in links.values()],
                "to_straight_line": [_angle(u, straight) for u in links.values()],
            },
            {"images": "1", "to_soft_mode": "degree", "to_straight_line": "degree"},
        ),
        "saddle": Table(
            {
                "x": [top.images[top.saddle, 0]],
                "y": [top.images[top.saddle, 1]],
                "V": [top.energies[top.saddle]],
                "low": [np.linalg.eigvalsh(curvatures(BEND, STIFFNESS, 0.0))[0]],
                "high": [np.linalg.eigvalsh(curvatures(BEND, STIFFNESS, 0.0))[1]],
            },
            {"x": "sig", "y": "sig", "V": "eps", "low": "eps/sig^2", "high": "eps/sig^2"},
        ),
        "levels": _level_table(top),
    }


def _arrow(axes, start, end, colour, text, at) -> None:
    axes.annotate("", end, start, arrowprops={"arrowstyle": "-|>", "color": colour, "lw": 1.8,
                                               "shrinkA": 0, "shrinkB": 0})  # fmt: skip
    axes.text(*at, text, color=colour, fontsize=12)


def draw(panels: dict[str, Table]) -> Figure:
    """Contours with the path and the three vectors; the profile with its two lowest levels."""
    grid, saddle, levels = panels["energy"], panels["saddle"], panels["levels"]
    coarse, fine = panels["paths"].rows(images=15), panels["paths"].rows(images=150)
    shape = (np.unique(grid["y"]).size, -1)
    with style():
        figure, (left, right) = subplots(1, 2, size=(9.2, 4.0), width_ratios=(1.45, 1))
        left.contour(*(grid[n].reshape(shape) for n in ("x", "y", "V")),
                     levels=(0.05, 0.2, 0.45, 0.8, 1.2, 2, 3.5, 6), colors="0.72", linewidths=0.8)  # fmt: skip
        left.plot(fine["x"], fine["y"], color="black", linewidth=1.2)
        left.plot(coarse["x"], coarse["y"], "o", color="black", markersize=4)
        first = np.array([coarse["x"][1] + 1.0, coarse["y"][1]])
        tangent = np.array([-1.0, 0.0]) + 0.55 * first / np.linalg.norm(first)
        place = (saddle["x"][0], saddle["y"][0])
        _arrow(left, (-1, 0), (1, 0), COLOURS[0], r"$r_{AB}$", (0.1, -0.17))
        _arrow(left, (-1, 0), place, COLOURS[1], r"$r_{AS}$", (-0.42, 0.3))
        _arrow(left, (-1, 0), tangent, COLOURS[2], r"$r_{12}$", (-1.08, 0.42))
        for name, point, shift in (("A", (-1, 0), (-0.14, -0.2)), ("B", (1, 0), (0.06, -0.2)),
                                   ("S", place, (0.0, 0.1))):  # fmt: skip
            left.plot(*point, "o", color=COLOURS[1] if name == "S" else COLOURS[0], markersize=7)
            left.text(point[0] + shift[0], point[1] + shift[1], name, fontsize=13)
        left.set(xlabel=r"$x$", ylabel=r"$y$", aspect="equal")
        right.plot(fine["s"], fine["V"], color="black", linewidth=1.6)
        ends = fine["s"].max()
        for name, colour in (("first", COLOURS[0]), ("second", COLOURS[1])):
            right.hlines(levels[name][0], 0.08 * ends, 0.92 * ends, color=colour, linewidth=1.6)
        right.text(0.5 * ends, levels["second"][0] + 0.03,
                   rf"$E={levels['E'][0]:.3f}$ at $\tilde\hbar={levels['planck'][0]:g}$",
                   ha="center", va="bottom", fontsize=9)  # fmt: skip
        right.set(xlabel="arc length $s$", ylabel="$V(s)$", ylim=(0, 1.12))
    return figure


def facts(panels: dict[str, Table]) -> list[Fact]:
    """Saddle, forces across, angles, distance from the parabola, and levels."""
    saddle, angles, path, levels = (panels[n] for n in ("saddle", "angles", "paths", "levels"))
    fine = path.rows(images=150)
    soft, straight = angles["to_soft_mode"], angles["to_straight_line"]
    off = [saddle["x"][0], saddle["y"][0] - BEND, saddle["V"][0] - 1.0,
           saddle["low"][0] + 4.0, saddle["high"][0] - STIFFNESS]  # fmt: skip
    line = np.linspace(-1.0, 1.0, 4001)
    parabola = np.stack([line, BEND * (1.0 - line**2)], axis=1)
    places = np.stack([fine["x"], fine["y"]], axis=1)
    gap = np.linalg.norm(places[:, None] - parabola[None], axis=2).min(axis=1).max()
    return [
        Fact(f"largest deviation {np.abs(off).max():.1e}", bool(np.abs(off).max() < 1e-6)),
        Fact(
            f"largest force across {path['force_across'].max():.1e}",
            bool(path["force_across"].max() < 1e-4),
        ),
        Fact(
            "angles " + ", ".join(f"{v:.2f}" for v in soft) + " degrees",
            bool((np.diff(soft) < 0).all() and soft[-1] < 0.5),
        ),
        Fact("angles " + ", ".join(f"{v:.1f}" for v in straight) + " degrees", bool((straight > 60).all())),
        Fact(f"largest distance {gap:.3f}", bool(0.03 < gap < 0.2)),
        Fact(
            f"maximum at image {int(fine['V'].argmax())}, splittings "
            + ", ".join(f"{e:.3g}" for e in levels["E"]),
            bool(abs(fine["V"].max() - saddle["V"][0]) < 1e-12 and (np.diff(levels["E"]) < 0).all()),
        ),
    ]  # fmt: skip


BENT_VALLEY = Recipe(
    compute,
    draw,
    facts,
    caption=(
        "A landscape of two coordinates. Left: energy contours, the path of least energy from A "
        r"over the saddle S to B (line: 150 images, dots: 15), and three vectors: \(r_{AB}\) from "
        r"minimum to minimum, \(r_{AS}\) to the saddle, and \(r_{12}\) along the first link of the "
        "path (lengthened). Right: the energy along the path and its two lowest levels."
    ),
    alt=(
        "Contour plot with two wells joined by a path that arches over the straight line between "
        "them; beside it a symmetric double-well profile with two close levels."
    ),
    parameters={"bend a": BEND, "stiffness k": STIFFNESS, "images": list(IMAGES), "Planck constant": PLANCK},
)  # fmt: skip
