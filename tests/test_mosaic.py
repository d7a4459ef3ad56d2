import numpy as np
import pytest
from scipy import stats

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


@pytest.mark.parametrize("name", ["radius", "core_radius", "inner", "outer"])
def test_lengths_of_a_region_must_be_positive_and_are_named(name):
    good = {"radius": 2.0, "core_radius": 1.0, "inner": 0.1, "outer": 0.02}
    with pytest.raises(ValueError, match=f"^{name} must be positive and finite"):
        mosaic.displacement_lengths(0.5, **good | {name: -1.0})
    with pytest.raises(ValueError, match="^distance must be finite and not negative"):
        mosaic.displacement_lengths([0.5, -0.1], **good)


@pytest.mark.parametrize(
    "bad", [np.zeros(8), np.zeros((5, 3)), np.zeros((3, 2)), np.zeros((4, 2, 2))]
)
def test_points_lie_in_the_plane_and_are_four_at_least(bad):
    with pytest.raises(ValueError, match="^points must be of shape"):
        mosaic.cells(bad, 1.0)


@pytest.mark.parametrize(
    "bad",
    [np.zeros(2), np.zeros((3, 3)), [[0.0, 1.0], [np.nan, 0.0], [1.0, 1.0]], np.zeros((2, 2, 2))],
)
def test_corners_of_a_polygon_lie_in_the_plane(bad):
    with pytest.raises(ValueError, match="^the corners of a polygon must be finite"):
        mosaic.area(bad)


def test_area_of_a_triangle_does_not_depend_on_its_sense():
    corners = np.array([[1.0, 1.0], [4.0, 1.5], [2.0, 5.0]])
    expected = np.linalg.det([corners[1] - corners[0], corners[2] - corners[0]]) / 2
    assert mosaic.area(corners) == pytest.approx(expected, rel=1e-12)
    assert mosaic.area(corners[::-1]) == pytest.approx(expected, rel=1e-12)


def test_cells_hold_what_lies_next_to_their_point_across_the_border():
    box, rng = 3.0, np.random.default_rng(4)
    points = rng.uniform(0, box, (9, 2))
    sampled = rng.uniform(0, box, (40_000, 2))
    way = sampled[:, None] - points
    way -= box * np.round(way / box)
    share = np.bincount(np.argmin((way**2).sum(axis=2), axis=1), minlength=9) / len(sampled)
    for point, cell, part in zip(points, mosaic.cells(points, box), share, strict=True):
        error = np.sqrt(part / len(sampled))
        assert abs(mosaic.area(cell) / box**2 - part) < 5 * error
        around = np.unwrap(np.arctan2(*(cell - point).T[::-1]))
        assert np.all(np.diff(around) > 0)


def test_seeds_start_at_random_and_end_in_the_middle_of_their_cells():
    box = 5.0
    start, again, other = (mosaic.even_seeds(300, box, seed, sweeps=0) for seed in (1, 1, 2))
    assert np.array_equal(start, again) and not np.any(start == other)
    assert stats.kstest(start.ravel() / box, "uniform").pvalue > 0.01
    even = mosaic.even_seeds(6, box, 3, sweeps=150)
    for point, cell in zip(even, mosaic.cells(even, box), strict=True):
        # centroid of a fan of triangles, each weighing its area
        fan = np.stack([np.broadcast_to(point, cell.shape), cell, np.roll(cell, -1, axis=0)])
        weight = [mosaic.area(fan[:, k]) for k in range(len(cell))]
        middle = np.average(fan.mean(axis=0), axis=0, weights=weight)
        assert point == pytest.approx(middle, abs=2e-2 * box)
    assert np.array_equal(mosaic.even_seeds(5, box, 3), mosaic.even_seeds(5, box, 3, sweeps=30))
    with pytest.raises(ValueError, match="sweeps not negative"):
        mosaic.even_seeds(6, box, 3, sweeps=-1)
    with pytest.raises(ValueError, match="^box must be positive"):
        mosaic.even_seeds(6, 0.0, 3)


def test_wall_of_two_modes_is_their_sum_at_every_angle():
    angle = np.array([[0.0, 0.7, 2.0], [3.0, 4.5, 6.0]])
    found = mosaic.wall_profile(angle, 3.0, [2, 5], [0.2, 0.1], [0.3, 1.0])
    for index in np.ndindex(angle.shape):
        waves = 0.2 * np.cos(2 * angle[index] + 0.3) + 0.1 * np.cos(5 * angle[index] + 1.0)
        assert found[index] == pytest.approx(3 * (1 + waves), rel=1e-12)
    single = mosaic.wall_profile(0.4, 3.0, 2, 0.2, 0.3)
    assert single == pytest.approx(3 * (1 + 0.2 * np.cos(1.1)), rel=1e-12)
