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
