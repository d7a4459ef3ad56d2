"""Sticky spheres: potentials, core lengths, prefactors and shapes of excitations by the cut-off."""

from __future__ import annotations

import numpy as np
import sympy as sp
from matplotlib.figure import Figure

from relics.figures import Fact, Panels, Recipe, Table
from relics.glass import _kernels, ensembles, potentials, protocols, tails
from relics.glass.models import model
from relics.plotting import COLOURS, style

STORES = {
    "1.1": "slow-sticky-1.1-1000",
    "1.2": "slow-sticky-1.2-1000",
    "1.3": "slow-sticky-1.3-1000",
    "1.5": "slow-sticky-1.5-1000",
}
CUTOFFS = tuple(STORES)
MINIMUM = 2.0 ** (1 / 6)


def pair_energy(cutoff: str, x: np.ndarray) -> np.ndarray:
    """Energy, slope and curvature (3, m) at reduced distances ``x`` inside the cut-off."""
    law = model(f"sticky-{cutoff}")
    c = np.asarray(law.coefficients)
    rungs = np.array([_kernels.sticky_4(float(v) ** 2, c)[:3] for v in x])
    # what the kernels hold are derivatives by half the square
    return np.array([rungs[:, 0], x * rungs[:, 1], rungs[:, 1] + x**2 * rungs[:, 2]])


def _conditions(cutoff: str) -> tuple[float, ...]:
    """How far a potential is from its conditions, with thirty digits.

    Depth and slope at the minimum, core against Lennard-Jones, jumps there and at the cut-off of
    value, slope and curvature, and where the energy is lowest.
    """
    potential = potentials.sticky(sp.Rational(cutoff))
    form, x = potentials.FORMS["sticky"], potentials.x
    minimum = sp.Integer(2) ** sp.Rational(1, 6)
    assert form.outer is not None
    outer = form.outer.subs(dict(zip(form.symbols, potential.coefficients, strict=True)))
    lennard_jones = 4 * (x**-12 - x**-6)

    def at(curve: sp.Expr, place: sp.Expr) -> np.ndarray:
        return np.array([float(sp.N(sp.diff(curve, x, k).subs(x, place), 30)) for k in range(3)])

    outside, inside = at(outer, minimum), at(lennard_jones, minimum)
    far = at(outer, potential.cutoff)
    inner = np.linspace(0.8, float(minimum) * (1 - 1e-9), 50)
    core = pair_energy(cutoff, inner)[0] - 4 * (inner**-12 - inner**-6)
    fine = np.linspace(0.97, float(cutoff), 20001)
    lowest = fine[np.argmin(pair_energy(cutoff, fine * MINIMUM)[0])]
    return (
        abs(outside[0] + 1), abs(outside[1]), np.abs(core).max(), np.abs(outside - inside).max(),
        np.abs(far).max(), lowest,
    )  # fmt: skip


def _potentials() -> dict[str, Table]:
    """Curves, and how far each potential is from its conditions."""
    curves: dict[str, list[np.ndarray]] = {"cutoff": [], "r": [], "energy": []}
    for cutoff in CUTOFFS:
        r = np.linspace(0.885, float(cutoff), 240)
        curves["cutoff"].append(np.full(r.size, float(cutoff)))
        curves["r"].append(r)
        curves["energy"].append(pair_energy(cutoff, r * MINIMUM)[0])
    units = {
        "cutoff": "r_0", "depth": "eps", "slope": "eps sig^-1", "core": "eps", "jump": "1",
        "end": "1", "lowest_at": "r_0",
    }  # fmt: skip
    checks = np.array([(float(cutoff), *_conditions(cutoff)) for cutoff in CUTOFFS])
    return {
        "potentials": Table(
            {k: np.concatenate(v) for k, v in curves.items()},
            {"cutoff": "r_0", "r": "r_0", "energy": "eps"},
        ),
        "conditions": Table(dict(zip(units, checks.T, strict=True)), units),
    }


def compute() -> dict[str, Table]:
    """Potentials with their conditions, and what the ensembles say at each cut-off."""
    rows, ratios = [], []
    for cutoff in CUTOFFS:
        store = ensembles.read(protocols.stores() / STORES[cutoff])
        seen = tails.tail(store, 3)
        length, length_error = tails.stiffness_length(store, 3)
        near, near_error = tails.decay_length(store, "mode_decay")
        prefactor, error, count = tails.nonlinear_prefactor(store, 3)
        ratio = tails.dilatancies(store)
        ratios.append(np.column_stack([np.full(ratio.size, float(cutoff)), ratio]))
        quartiles = np.quantile(ratio, (0.25, 0.75))
        rows.append(
            (
                float(cutoff), seen.samples, length, length_error, near, near_error,
                prefactor * seen.unit**5, error * seen.unit**5, count,
                *seen.reduced_prefactor, seen.count, seen.upper / seen.phonon, ratio.size,
                ratio.mean(), ratio.std(ddof=1) / np.sqrt(ratio.size), *quartiles,
                store.stack("pressure").mean(),
            )
        )  # fmt: skip
    units = {
        "cutoff": "r_0", "samples": "1", "length": "a_0", "length_error": "a_0", "near": "a_0",
        "near_error": "a_0", "prefactor": "omega_0^-5", "prefactor_error": "omega_0^-5",
        "modes": "1", "linear": "omega_0^-5", "linear_error": "omega_0^-5", "linear_modes": "1",
        "window": "omega_phonon", "shapes": "1", "ratio": "1", "ratio_error": "1", "lower": "1",
        "upper": "1", "pressure": "eps sig^-3",
    }  # fmt: skip
    columns = dict(zip(units, np.array(rows, dtype=float).T, strict=True))
    every = np.concatenate(ratios)
    return _potentials() | {
        "glasses": Table(columns, units),
        "shapes": Table({"cutoff": every[:, 0], "ratio": every[:, 1]}, {"cutoff": "r_0", "ratio": "1"}),
    }  # fmt: skip


def draw(panels: Panels) -> Figure:
    """Potentials, lengths, prefactors, ratios."""
    with style():
        figure = Figure(figsize=(8.6, 6.4), layout="constrained")
        axes = figure.subplots(2, 2)
        for k, cutoff in enumerate(CUTOFFS):
            rows = panels["potentials"].rows(cutoff=float(cutoff))
            axes[0, 0].plot(rows["r"], rows["energy"], color=COLOURS[k], label=f"$r_c = {cutoff}$")
        axes[0, 0].set(
            xlabel="$r/r_0$", ylabel=r"$\varphi/\varepsilon$", ylim=(-1.08, 0.6),
            title="(a) pair potentials",
        )  # fmt: skip
        axes[0, 0].legend()
        g = panels["glasses"]
        x = g["cutoff"]
        axes[0, 1].errorbar(
            x, g["length"], g["length_error"], fmt="o-", color=COLOURS[0], lw=1.0,
            label=r"$2\pi c_s/\omega_g$",
        )  # fmt: skip
        scale = (g["length"] / g["near"])[-1]
        axes[0, 1].errorbar(
            x, scale * g["near"], scale * g["near_error"], fmt="s--", color=COLOURS[1], lw=1.0,
            label=f"decay of the mode, times {scale:.1f}",
        )  # fmt: skip
        few, many = (int(f(g["samples"])) for f in (np.min, np.max))
        glasses = f"{many} glasses each" if few == many else f"{few} to {many} glasses"
        axes[0, 1].set(
            xlabel="$r_c/r_0$", ylabel=r"$\xi_g/a_0$", title=f"(b) core length, {glasses}"
        )
        axes[0, 1].set_ylim(0)
        axes[0, 1].legend()
        axes[1, 0].errorbar(
            x, g["prefactor"], np.minimum(g["prefactor_error"], 0.9 * g["prefactor"]), fmt="o-",
            color=COLOURS[0], lw=1.0, label="softest nonlinear modes",
        )  # fmt: skip
        clean = g["window"] < 0.8
        axes[1, 0].errorbar(
            x[clean], g["linear"][clean], g["linear_error"][clean], fmt="s", color=COLOURS[1],
            mfc="none", label="linear modes below the phonons",
        )  # fmt: skip
        axes[1, 0].set(
            yscale="log", xlabel="$r_c/r_0$", ylabel=r"$A_g\,\omega_0^5$", title="(c) prefactor"
        )
        axes[1, 0].legend()
        axes[1, 1].bar(
            x, g["upper"] - g["lower"], 0.045, g["lower"], color=COLOURS[5], alpha=0.7,
            label="middle half",
        )  # fmt: skip
        axes[1, 1].errorbar(
            x, g["ratio"], g["ratio_error"], fmt="_", ms=14, mew=2, color=COLOURS[0], label="mean"
        )
        axes[1, 1].set(
            xlabel="$r_c/r_0$", ylabel="dilatation / shear", title="(d) shape of excitations"
        )
        axes[1, 1].set_ylim(0)
        axes[1, 1].legend()
    return figure


def _decided(measured: str, holds: bool, why: str) -> Fact:
    return Fact(measured, bool(holds), "" if holds else why)


def facts(panels: Panels) -> list[Fact]:
    """Exact conditions of the potentials, and trends from weak to strong stickiness."""
    c, g = panels["conditions"], panels["glasses"]
    at_minimum = max(c["depth"].max(), c["slope"].max())
    off_place = float(np.abs(c["lowest_at"] - 1).max())
    length = float(g["length"][-1] / g["length"][0])
    error = length * np.hypot(
        g["length_error"][-1] / g["length"][-1], g["length_error"][0] / g["length"][0]
    )
    fall = float(g["prefactor"][-1] / g["prefactor"][0])
    fall_error = fall * np.hypot(
        g["prefactor_error"][-1] / g["prefactor"][-1], g["prefactor_error"][0] / g["prefactor"][0]
    )
    growth = float(g["ratio"][0] / g["ratio"][-1])
    growth_error = growth * np.hypot(
        g["ratio_error"][0] / g["ratio"][0], g["ratio_error"][-1] / g["ratio"][-1]
    )
    rising = bool((np.diff(g["ratio"]) < 0).all())
    ordered = bool((np.diff(g["prefactor"]) > 0).all())
    return [
        _decided(
            f"depth and slope at r_0 off by {at_minimum:.1e}, lowest point within {off_place:.0e} of r_0, "
            f"Lennard-Jones core off by {c['core'].max():.1e}",
            bool(at_minimum < 1e-9 and off_place < 1e-4 and c["core"].max() < 1e-9),
            "conditions violated",
        ),
        _decided(
            f"jumps of value, slope and curvature at r_0 up to {c['jump'].max():.1e}, "
            f"at r_c up to {c['end'].max():.1e}",
            bool(max(c["jump"].max(), c["end"].max()) < 1e-8),
            "conditions violated",
        ),
        _decided(
            f"2 pi c_s/omega_g falls by a factor {length:.2f} +- {error:.2f}",
            1.4 <= length <= 2.6,
            "outside the band",
        ),
        _decided(
            f"A_g omega_0^5 falls by a factor {fall:.3g} +- {fall_error:.2g}",
            fall > 3,
            "too little difference",
        ),
        _decided(
            f"means of the modulus {g['ratio'][0]:.3f} +- {g['ratio_error'][0]:.3f} at 1.1 and "
            f"{g['ratio'][-1]:.3f} +- {g['ratio_error'][-1]:.3f} at 1.5: a factor {growth:.2f} +- "
            f"{growth_error:.2f}",
            growth > 2,
            f"the factor lies {(2 - growth) / growth_error:.1f} errors below two",
        ),
        Fact(
            f"A_g {'falls' if ordered else 'does not fall'} monotonically, the ratio "
            f"{'grows' if rising else 'does not grow'} monotonically, from {g['ratio'][-1]:.2f} to "
            f"{g['ratio'][0]:.2f}",
            beyond_reach=True,
            why="curves with errors below the steps need about 1000 samples at each cut-off",
        ),
    ]


STICKY_SPHERES = Recipe(
    compute,
    draw,
    facts,
    caption=(
        r"(a) Pair potentials: a Lennard-Jones core and a tail that ends at \(r_c\), in units of the "
        r"position \(r_0\) of the minimum. (b) Core length from the frequency of dipole responses, and "
        r"the distance over which modes fall by a factor e near their cores (scaled at 1.5). (c) Prefactor of the quartic law "
        r"in units of \(\omega_0 = c_s/a_0\), from the softest nonlinear mode of each glass; squares "
        r"use linear modes where those of the tail lie below the phonons. (d) Modulus of the ratio of "
        r"dilatation to shear of nonlinear modes. Glasses of 1000 spheres at one density, cooled from "
        r"\(T = 1\) in 40 units of time; the originals had 3000 to 10000 spheres and thousands of "
        r"samples."
    ),
    alt=(
        "Four panels: potential wells that widen with the cut-off; a core length and a prefactor that "
        "grow with it; a ratio of dilatation to shear that is largest for the shortest reach."
    ),
    parameters={"cutoffs": list(CUTOFFS), "stores": list(STORES.values())},
    sources=("ensembles in stores/", "LB21 Eqs. 8 and 9"),
)
