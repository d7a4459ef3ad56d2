"""Configurations: what is accepted, what is refused, and that files come back unchanged."""

from dataclasses import replace

import numpy as np
import pytest
from all_pairs import start

from relics.glass.configuration import (
    Configuration,
    displacement,
    load,
    minimal_image,
    random_configuration,
)

NAME = "binary-r10-2d"


def changed(field, index, value):
    array = np.array(getattr(start(NAME), field), dtype=float)
    array[index] = value
    return array


def test_random_configuration_is_reproducible_and_within_its_box():
    a, b = random_configuration(NAME, 120, 5), random_configuration(NAME, 120, 5)
    assert a.digest() == b.digest() != random_configuration(NAME, 120, 6).digest()
    assert np.all((a.positions >= 0) & (a.positions < a.box))
    assert a.density == pytest.approx(0.86)
    assert random_configuration(NAME, 120, 5, density=0.7).density == pytest.approx(0.7)


def test_positions_are_wrapped_without_changing_the_configuration():
    conf = start(NAME)
    shift = np.rint(np.random.default_rng(0).normal(scale=2, size=conf.positions.shape))
    moved = conf.moved(conf.positions + shift * conf.box)
    np.testing.assert_allclose(displacement(conf, moved), 0, atol=1e-12)


def test_arrays_cannot_be_changed_in_place():
    with pytest.raises(ValueError, match="read-only"):
        start(NAME).positions[0, 0] = 0.0


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"positions": lambda: changed("positions", (3, 1), np.nan)}, "positions must be finite"),
        ({"positions": lambda: start(NAME).positions[:, :1]}, "shape"),
        ({"positions": lambda: start(NAME).positions[1:]}, "diameters must have shape"),
        ({"box": lambda: start(NAME).box * 0.25}, "two cut-offs"),
        ({"box": lambda: start(NAME).box * np.array([1.0, -1.0])}, "positive"),
        ({"box": lambda: start(NAME).box[:1]}, "box must have shape"),
        ({"diameters": lambda: changed("diameters", 0, 0.0)}, "positive"),
        ({"diameters": lambda: changed("diameters", 0, np.inf)}, "finite"),
        ({"species": lambda: changed("species", 0, -1)}, "species"),
        ({"model": lambda: "no such glass"}, "unknown model"),
        ({"shear": lambda: np.nan}, "shear"),
        ({"shear": lambda: 1.5}, "shear"),
        ({"positions": lambda: changed("positions", 1, start(NAME).positions[0])}, "overlap"),
    ],
)
def test_bad_input_is_refused(change, match):
    with pytest.raises(ValueError, match=match):
        replace(start(NAME), **{k: v() for k, v in change.items()})


@pytest.mark.parametrize(("N", "density"), [(1, None), (100, -1.0), (100, np.nan), (6, None)])
def test_impossible_random_configurations_are_refused(N, density):
    with pytest.raises(ValueError):
        random_configuration(NAME, N, 0, density)


def test_files_come_back_unchanged_and_damage_is_noticed(tmp_path):
    conf = start(NAME).sheared(0.1)
    path = tmp_path / "glass.npz"
    conf.save(path)
    assert load(path).digest() == conf.digest()
    blob = path.read_bytes()
    path.write_bytes(blob[: len(blob) // 2])
    with pytest.raises(ValueError, match="not a readable configuration"):
        load(path)
    np.savez(path, positions=conf.positions)
    with pytest.raises(ValueError, match="not a readable configuration"):
        load(path)
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "absent.npz")


def test_altered_content_does_not_match_its_digest(tmp_path):
    path = tmp_path / "glass.npz"
    conf = start(NAME)
    conf.save(path)
    with np.load(path) as data:
        stored = dict(data)
    stored["diameters"] = stored["diameters"][::-1]
    np.savez(path, **stored)
    with pytest.raises(ValueError, match="digest"):
        load(path)


def test_displacement_takes_the_nearest_image():
    conf = start(NAME)
    step = np.random.default_rng(3).uniform(-0.02, 0.02, conf.positions.shape)
    np.testing.assert_allclose(
        displacement(conf, conf.moved(conf.positions + step)), step, atol=1e-13
    )
    with pytest.raises(ValueError, match="equal boxes"):
        displacement(conf, replace(conf, box=conf.box * 1.01))


def test_minimal_image_in_a_sheared_box_is_shortest_among_lattice_translations():
    box, shear = np.array([5.0, 7.0]), 0.3
    points = np.random.default_rng(1).uniform(-20, 20, (500, 2))
    reduced = minimal_image(points, box, shear)
    n = np.stack(np.meshgrid(*[np.arange(-2, 3)] * 2), -1).reshape(-1, 2)
    images = reduced[:, None] + n[None] @ np.array([[5.0, 0.0], [shear * 7.0, 7.0]])
    shortest = np.linalg.norm(images, axis=2).min(axis=1)
    near = shortest < 2.0  # any pair nearer than half a box must be found
    np.testing.assert_allclose(np.linalg.norm(reduced[near], axis=1), shortest[near], rtol=1e-12)
    turns = np.linalg.solve(np.array([[5.0, shear * 7.0], [0.0, 7.0]]), (points - reduced).T)
    np.testing.assert_allclose(turns, np.rint(turns), atol=1e-9)


def test_a_configuration_needs_its_own_dimension():
    conf = start(NAME)
    with pytest.raises(ValueError, match="shape"):
        Configuration(conf.positions, conf.box, conf.diameters, conf.species, "binary-r10-3d")
