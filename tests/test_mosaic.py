import numpy as np
import pytest

from relics import mosaic


def test_displacements_fall_linearly_and_end_at_the_border():
    lengths = mosaic.displacement_lengths([0.0, 1.0, 1.5, 2.0, 2.1], 2.0, 1.0, 0.1, 0.02)
    assert np.allclose(lengths, [0.1, 0.1, 0.06, 0.02, 0.0])


def test_random_displacements_have_the_given_length():
    shift = mosaic.random_displacements([0.0, 0.3, 1.0], 1)
    assert np.allclose(np.linalg.norm(shift, axis=1), [0.0, 0.3, 1.0])


def test_random_displacements_are_isotropic_and_repeat_with_their_seed():
    size = 40_000
    shift = mosaic.random_displacements(np.ones(size), 5)
    assert np.array_equal(shift, mosaic.random_displacements(np.ones(size), 5))
    assert not np.allclose(shift, mosaic.random_displacements(np.ones(size), 6))
    assert np.allclose(shift.mean(axis=0), 0, atol=4 / np.sqrt(2 * size))
    assert np.allclose(shift.T @ shift / size, np.eye(2) / 2, atol=4 / np.sqrt(8 * size))


def test_cells_tile_the_box():
    points = np.random.default_rng(3).uniform(0, 7.0, (20, 2))
    assert sum(mosaic.area(cell) for cell in mosaic.cells(points, 7.0)) == pytest.approx(49.0)


def test_even_seeds_have_cells_of_nearly_one_size():
    seeds = mosaic.even_seeds(30, 10.0, 2)
    areas = np.array([mosaic.area(cell) for cell in mosaic.cells(seeds, 10.0)])
    assert areas.std() / areas.mean() < 0.15


def test_four_seeds_are_the_fewest():
    assert mosaic.even_seeds(4, 10.0, 2).shape == (4, 2)
    with pytest.raises(ValueError, match="count must be at least 4"):
        mosaic.even_seeds(3, 10.0, 2)


def test_wall_of_one_mode_closes_and_keeps_its_mean_radius():
    angle = np.linspace(0, 2 * np.pi, 721)
    radius = mosaic.wall_profile(angle, 3.0, [2, 5], [0.02, 0.01], [0.3, 1.0])
    with pytest.raises(ValueError, match="orders, amplitudes and phases must have one shape"):
        mosaic.wall_profile(angle, 3.0, [2, 5], [0.02], [0.3, 1.0])
    assert radius[0] == pytest.approx(radius[-1])
    assert radius[:-1].mean() == pytest.approx(3.0)


def test_a_core_larger_than_the_region_is_refused():
    with pytest.raises(ValueError, match="core_radius"):
        mosaic.displacement_lengths(0.0, 1.0, 1.0, 0.1, 0.01)
