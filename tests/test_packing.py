"""Packings of soft disks and their rearranged regions."""

import numpy as np
import pytest

from relics import packing


@pytest.fixture(scope="module")
def disks():
    return packing.soft_disk_packing(60, seed=1)


def test_packing_is_at_rest_and_reproducible(disks):
    assert packing.residual_force(disks, np.arange(60)) < 1e-6
    assert np.array_equal(disks.positions, packing.soft_disk_packing(60, seed=1).positions)


@pytest.mark.parametrize("fraction", [0.7, 0.95])
def test_disks_cover_the_fraction_of_the_box_asked_for(fraction):
    found = packing.soft_disk_packing(20, seed=1, packing_fraction=fraction)
    assert np.sum(np.pi * found.radii**2) / found.box**2 == pytest.approx(fraction, rel=1e-12)


def test_forces_are_the_slope_of_the_energy(disks):
    shaken = packing.Packing(
        disks.positions + 0.02 * np.sin(np.arange(120)).reshape(60, 2), disks.radii, disks.box
    )
    gradient = packing._gradient(shaken)
    h = 1e-6
    for i, axis in ((0, 0), (17, 1)):
        moved = []
        for sign in (1, -1):
            positions = shaken.positions.copy()
            positions[i, axis] += sign * h
            moved.append(packing.energy(packing.Packing(positions, shaken.radii, shaken.box)))
        assert gradient[i, axis] == pytest.approx((moved[0] - moved[1]) / (2 * h), abs=1e-7)


def test_energy_splits_into_inside_border_and_outside(disks):
    inside = packing.region(disks, 12)
    outside = np.setdiff1d(np.arange(60), inside)
    parts = (
        packing.energy(disks, inside)
        + packing.energy(disks, inside, outside)
        + packing.energy(disks, outside)
    )
    assert packing.energy(disks) == pytest.approx(parts, rel=1e-12)


def test_rearranged_region_is_another_minimum_in_frozen_surroundings(disks):
    inside = packing.region(disks, 7)
    new = packing.rearranged(disks, inside, seed=0)
    outside = np.setdiff1d(np.arange(60), inside)
    moved = packing.displacements(disks, new)
    assert moved[outside].max() < 1e-12 and moved[inside].max() > 0.2
    assert packing.residual_force(new, inside) < 1e-6


def test_border_energies_are_those_of_the_frozen_environment(disks):
    inside = packing.region(disks, 7)
    new = packing.rearranged(disks, inside, seed=0)
    found = packing.border_energies(disks, new, inside)
    cost = (found.inside + found.mixed) - (found.initial_inside + found.initial)
    assert packing.energy(new) - packing.energy(disks) == pytest.approx(cost, rel=1e-9)
    with pytest.raises(ValueError, match="share the environment"):
        packing.border_energies(disks, packing.soft_disk_packing(60, seed=2), inside)


def test_voronoi_cells_fill_the_box(disks):
    cells = packing.voronoi_cells(disks, np.arange(60))
    area = 0.0
    for c in cells:
        x, y = c.T
        area += 0.5 * abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1)))
    assert area == pytest.approx(disks.box**2, rel=1e-9)


def test_bad_input_is_refused(disks):
    with pytest.raises(ValueError, match="at least four"):
        packing.soft_disk_packing(3)
    with pytest.raises(ValueError, match="spread"):
        packing.soft_disk_packing(10, spread=1.0)
    with pytest.raises(ValueError, match="between 1 and 60"):
        packing.region(disks, 61)
    with pytest.raises(ValueError, match="no disks"):
        packing.relaxed(disks, [])


def contacts(disks, first=None, second=None):
    """Energy of all pairs, disk by disk and image by image; between two groups where given."""
    n, total = len(disks.radii), 0.0
    first = range(n) if first is None else first
    second = first if second is None else second
    counted = {(min(i, j), max(i, j)) for i in first for j in second if i != j}
    for i, j in counted:
        for shift in np.array([[a, b] for a in (-1, 0, 1) for b in (-1, 0, 1)]) * disks.box:
            gap = disks.positions[i] - disks.positions[j] + shift
            overlap = disks.radii[i] + disks.radii[j] - np.hypot(*gap)
            total += 0.5 * max(overlap, 0.0) ** 2
    return total


def test_three_disks_across_the_border_by_hand():
    # overlaps 0.1 across the border in x and 0.2 in y; the pair of small ones does not touch
    disks = packing.Packing(
        np.array([[0.1, 0.2], [4.5, 0.2], [0.1, 4.55]]), np.array([0.4, 0.3, 0.45]), 5.0
    )
    assert packing.energy(disks) == pytest.approx((0.1**2 + 0.2**2) / 2, rel=1e-12)
    assert packing.energy(disks, [0, 1]) == pytest.approx(0.1**2 / 2, rel=1e-12)
    assert packing.energy(disks, [0], [2]) == pytest.approx(0.2**2 / 2, rel=1e-12)
    assert packing.energy(disks, [1], [2]) == 0
    force = packing._gradient(disks)
    assert force == pytest.approx(np.array([[-0.1, -0.2], [0.1, 0], [0, 0.2]]), abs=1e-12)
    assert packing.residual_force(disks, [1]) == pytest.approx(0.1, rel=1e-12)
    assert packing.residual_force(disks, [1, 2]) == pytest.approx(0.2, rel=1e-12)


def test_energies_of_groups_are_sums_over_disks_and_images(disks):
    inside = packing.region(disks, 9)
    outside = np.setdiff1d(np.arange(60), inside)
    assert packing.energy(disks) == pytest.approx(contacts(disks), rel=1e-10)
    for groups in ((inside,), (outside,), (inside, outside), (outside, inside)):
        found = packing.energy(disks, *groups)
        assert found == pytest.approx(contacts(disks, *groups), rel=1e-10)


def test_diameters_spread_evenly_about_one():
    disks = packing.soft_disk_packing(300, seed=3, packing_fraction=0.5, spread=0.3)
    diameters = 2 * disks.radii
    assert 0.7 <= diameters.min() < 0.72 and 1.28 < diameters.max() <= 1.3
    assert diameters.mean() == pytest.approx(1, abs=4 * 0.3 / np.sqrt(3 * 300))
    assert packing.energy(disks) < 1e-9  # far below jamming nothing touches
    assert np.all((disks.positions >= 0) & (disks.positions < disks.box))
    same = packing.soft_disk_packing(5, seed=0, packing_fraction=0.5, spread=0.0)
    assert np.array_equal(same.radii, np.full(5, 0.5))
    other = packing.soft_disk_packing(5, seed=1, packing_fraction=0.5, spread=0.0)
    assert not np.allclose(same.positions, other.positions)


def test_two_hundred_disks_of_a_rigid_packing_where_nothing_is_said():
    found = packing.soft_disk_packing()
    assert np.sum(np.pi * found.radii**2) / found.box**2 == pytest.approx(0.88, rel=1e-12)
    assert len(found.radii) == 200 and packing.energy(found) > 1e-3
    assert np.array_equal(found.radii, packing.soft_disk_packing(200, seed=0).radii)
    assert 0.8 <= 2 * found.radii.min() < 0.81 and 1.19 < 2 * found.radii.max() <= 1.2


def test_a_region_is_the_disks_nearest_to_its_centre(disks):
    for centre in (None, [0.1, disks.box - 0.2]):
        middle = np.full(2, disks.box / 2) if centre is None else np.array(centre)
        gap = np.abs(disks.positions - middle)
        distance = np.hypot(*np.minimum(gap, disks.box - gap).T)
        for count in (1, 13, 60):
            found = packing.region(disks, count, centre)
            assert np.array_equal(found, np.sort(np.argsort(distance)[:count]))
    for count in (0, 61):
        with pytest.raises(ValueError, match="between 1 and 60"):
            packing.region(disks, count)
    with pytest.raises(ValueError, match="centre must be finite"):
        packing.region(disks, 3, [np.nan, 0.0])


def test_frozen_disks_stay_and_free_ones_fold_back_into_the_box():
    disks = packing.Packing(np.array([[0.2, 2.0], [0.5, 2.0], [3.0, 3.0]]), np.full(3, 0.5), 4.0)
    after = packing.relaxed(disks, [0])
    assert np.array_equal(after.positions[1:], disks.positions[1:])
    # pushed straight left over the border until the two no longer overlap
    x, y = after.positions[0]
    assert 3.1 < x < 3.5 + 1e-6 and y == pytest.approx(2.0, abs=1e-9)
    assert packing.energy(after) == pytest.approx(0, abs=1e-12)
    assert packing.displacements(disks, after) == pytest.approx([4.2 - x, 0, 0], abs=1e-9)


def test_a_rearrangement_belongs_to_its_seed_and_stays_in_its_region(disks):
    inside = packing.region(disks, 7)
    said = packing.rearranged(disks, inside, seed=0, kick=0.9, least_move=0.2, attempts=400)
    assert np.array_equal(said.positions, packing.rearranged(disks, inside, seed=0).positions)
    for seed in (0, 1, 2):
        new = packing.rearranged(disks, inside, seed, least_move=0.3)
        gap = np.abs(new.positions[inside][:, None] - disks.positions)
        distance = np.linalg.norm(np.minimum(gap, disks.box - gap), axis=-1)
        assert np.isin(distance.argmin(axis=1), inside).all()
        assert distance.min(axis=1).max() >= 0.3
    with pytest.raises(ValueError, match="3 attempts found no other .* of these 7 disks"):
        packing.rearranged(disks, inside, 0, least_move=3.0, attempts=3)
    for name in ("kick", "least_move"):
        with pytest.raises(ValueError, match=f"{name} must be positive"):
            packing.rearranged(disks, inside, 0, **{name: 0.0})


def test_pure_border_is_that_of_surroundings_relaxed_around_the_region(disks):
    inside = packing.region(disks, 7)
    outside = np.setdiff1d(np.arange(60), inside)
    new = packing.rearranged(disks, inside, seed=1)
    found = packing.border_energies(disks, new, inside)
    assert found.inside == pytest.approx(contacts(new, inside), rel=1e-9)
    assert found.initial_inside == pytest.approx(contacts(disks, inside), rel=1e-9)
    assert found.mixed == pytest.approx(contacts(new, inside, outside), rel=1e-9)
    assert found.initial == pytest.approx(contacts(disks, inside, outside), rel=1e-9)
    around = packing.relaxed(new, outside)
    assert packing.residual_force(around, outside) < 1e-6
    assert found.pure == pytest.approx(contacts(around, inside, outside), rel=1e-6)


def test_cells_hold_their_disks_and_go_round_them(disks):
    which = [4, 17, 33]
    for i, cell in zip(which, packing.voronoi_cells(disks, which), strict=True):
        ahead = np.roll(cell, -1, axis=0) - cell
        to_disk = disks.positions[i] - cell
        # counter-clockwise: the disk lies to the left of every side
        assert np.all(ahead[:, 0] * to_disk[:, 1] - ahead[:, 1] * to_disk[:, 0] > 0)


def test_a_packing_needs_disks_an_area_and_diameters():
    assert len(packing.soft_disk_packing(4, packing_fraction=0.1).radii) == 4
    for bad in (0.0, -1.0, np.nan):
        with pytest.raises(ValueError, match="packing_fraction must be positive"):
            packing.soft_disk_packing(10, packing_fraction=bad)
    for bad in (-0.1, 1.0, np.nan):
        with pytest.raises(ValueError, match="spread must be in"):
            packing.soft_disk_packing(10, spread=bad)
