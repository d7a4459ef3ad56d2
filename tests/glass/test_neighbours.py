"""Neighbour lists against a search through all pairs."""

from dataclasses import replace

import numpy as np
import pytest
from all_pairs import LAWS, pairs, start

from relics.glass.configuration import random_configuration
from relics.glass.energy import neighbour_list
from relics.glass.neighbours import NeighbourList, wrap


def as_set(i, j):
    return {(min(a, b), max(a, b)) for a, b in zip(i.tolist(), j.tolist(), strict=True)}


@pytest.mark.parametrize("name", LAWS)
def test_list_without_skin_holds_exactly_the_interacting_pairs(name):
    conf = start(name)
    listed = neighbour_list(conf).pairs
    i, j, *_ = pairs(conf)
    assert len(listed[0]) == len(i)
    assert as_set(*listed) == as_set(i, j)


@pytest.mark.parametrize(
    ("name", "N", "shear"),
    [
        ("binary-r10-2d", 900, 0.0),
        ("binary-r10-2d", 900, 0.37),
        ("binary-r10-3d", 1800, 0.0),
        ("binary-r10-3d", 1800, -0.21),
        ("polydisperse-r12", 1500, 0.0),
    ],
)
def test_cells_find_the_same_pairs_as_the_full_search(name, N, shear):
    conf = random_configuration(name, N, 2).sheared(shear)
    listed = neighbour_list(conf).pairs
    i, j, *_ = pairs(conf)
    assert len(listed[0]) == len(i)
    assert as_set(*listed) == as_set(i, j)


def test_boxes_that_are_not_cubes():
    conf = random_configuration("binary-r10-3d", 1200, 0)
    box = conf.box * np.array([1.2, 0.8, 1.0])
    squeezed = replace(conf, positions=conf.positions * box / conf.box, box=box)
    i, j, *_ = pairs(squeezed)
    assert as_set(*neighbour_list(squeezed).pairs) == as_set(i, j)


def test_list_is_rebuilt_only_when_a_particle_has_moved_half_the_skin():
    conf = start("binary-r10-2d")
    neighbours = NeighbourList(conf.law(), conf.positions, conf.diameters, conf.box, skin=0.3)
    moved = conf.positions.copy()
    moved[7, 1] += 0.149
    assert not neighbours.update(moved)
    moved[7, 1] += conf.box[1]  # another periodic image is no motion
    assert not neighbours.update(moved)
    moved[7, 1] += 0.002
    assert neighbours.update(moved)
    assert neighbours.rebuilds == 2


def test_list_stays_complete_while_particles_move_less_than_half_the_skin():
    conf = start("binary-r10-3d")
    neighbours = NeighbourList(conf.law(), conf.positions, conf.diameters, conf.box, skin=0.4)
    angle = np.random.default_rng(0).normal(size=conf.positions.shape)
    step = 0.199 * angle / np.linalg.norm(angle, axis=1)[:, None]
    moved = replace(conf, positions=conf.positions + step)
    assert not neighbours.update(moved.positions)
    i, j, *_ = pairs(moved)
    assert as_set(i, j) <= as_set(*neighbours.pairs)


def test_stored_inverse_squares_belong_to_their_pairs():
    conf = start("polydisperse-r12")
    neighbours = neighbour_list(conf)
    i, j = neighbours.pairs
    d = conf.diameters
    sigma = 0.5 * (d[i] + d[j]) * (1 - 0.2 * np.abs(d[i] - d[j]))
    np.testing.assert_allclose(neighbours.inverse_square, sigma**-2, rtol=1e-14)


def test_wrapping_keeps_lattice_points_apart_by_lattice_vectors():
    box, shear = np.array([3.0, 4.0, 5.0]), 0.4
    points = np.random.default_rng(0).uniform(-30, 30, (300, 3))
    inside = wrap(points, box, shear)
    lattice = np.array([[3.0, shear * 4.0, 0.0], [0.0, 4.0, 0.0], [0.0, 0.0, 5.0]])
    turns = np.linalg.solve(lattice, (points - inside).T)
    np.testing.assert_allclose(turns, np.rint(turns), atol=1e-9)
    fraction = np.linalg.solve(lattice, inside.T)
    assert fraction.min() >= -1e-12
    assert fraction.max() < 1 + 1e-12


def test_wrapping_twice_changes_nothing():
    conf = start("binary-r10-3d").sheared(0.37)
    np.testing.assert_array_equal(wrap(conf.positions, conf.box, conf.shear), conf.positions)
    neighbours = neighbour_list(conf)
    assert not neighbours.update(conf.positions)


def test_negative_skin_is_refused():
    conf = start("binary-r10-2d")
    with pytest.raises(ValueError, match="skin"):
        NeighbourList(conf.law(), conf.positions, conf.diameters, conf.box, skin=-0.1)
