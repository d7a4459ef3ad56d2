from itertools import product

import numpy as np
import pytest

from relics import jammed_spheres as jam


@pytest.fixture(scope="module")
def packing():
    return jam.jam(16, 2, seed=0)


def test_contacts_obey_maxwells_count(packing):
    assert jam.isostatic_contacts(packing) == pytest.approx(4, abs=1e-12)


def test_three_dimensions_need_six_contacts():
    assert jam.isostatic_contacts(jam.jam(24, 3, seed=0)) == pytest.approx(6, abs=1e-12)


def test_only_translations_move_no_gap(packing):
    matrix = packing.rigidity_matrix()
    rank = np.linalg.matrix_rank(matrix, tol=1e-8)
    assert rank == matrix.shape[1] - packing.dimension
    assert rank == len(packing.contacts) - 1


def test_one_set_of_forces_balances_on_every_disc(packing):
    *_, last = np.linalg.svd(packing.rigidity_matrix().T)[2]
    assert np.abs(packing.rigidity_matrix().T @ last).max() < 1e-6
    assert np.all(last > 0) or np.all(last < 0)


def test_refusals():
    with pytest.raises(ValueError, match="d = 2 or 3"):
        jam.jam(16, 4)


def overlaps(x, diameters):
    """Pairs and one minus distance over mean diameter, image by image."""
    images = np.array(list(product((-1, 0, 1), repeat=x.shape[1])))
    return {
        (i, j): 1
        - min(np.linalg.norm(x[i] - x[j] + s) for s in images) / ((diameters[i] + diameters[j]) / 2)
        for i in range(len(x))
        for j in range(i + 1, len(x))
    }


@pytest.mark.parametrize("d", [2, 3])
def test_energy_is_half_the_squared_overlaps_and_falls_along_its_force(d):
    rng = np.random.default_rng(1)
    x, diameters = rng.random((7, d)), rng.uniform(0.4, 0.7, 7)
    pairs = np.triu_indices(7, 1)

    def by_hand(y):
        return sum(max(u, 0) ** 2 / 2 for u in overlaps(y, diameters).values())

    energy, gradient = jam._overlap_energy(x.ravel(), diameters, d, pairs)
    assert energy == pytest.approx(by_hand(x), rel=1e-12)
    for n, step in enumerate(np.eye(7 * d) * 1e-6):
        slope = by_hand(x + step.reshape(7, d)) - by_hand(x - step.reshape(7, d))
        assert gradient[n] == pytest.approx(slope / 2e-6, rel=1e-6, abs=1e-8)


@pytest.mark.parametrize(("d", "count", "close"), [(2, 8, (0.70, 0.90)), (3, 15, (0.5, 0.72))])
def test_a_packing_is_a_mixture_that_just_begins_to_overlap(d, count, close):
    packing = jam.jam(count, d, seed=3)
    large, small = packing.diameters[1::2], packing.diameters[::2]
    assert large.tolist() == [large[0]] * (count // 2)
    assert small.tolist() == [small[0]] * (count - count // 2)
    assert large[0] / small[0] == pytest.approx(1.4, rel=1e-14)
    assert packing.positions.shape == (count, d) and packing.dimension == d
    assert np.all((packing.positions >= 0) & (packing.positions < 1))
    filled = np.sum(packing.diameters**d) * {2: np.pi / 4, 3: np.pi / 6}[d]
    assert close[0] < filled < close[1]
    found = overlaps(packing.positions, packing.diameters)
    energy = sum(max(u, 0) ** 2 / 2 for u in found.values()) / count
    assert 1e-17 < energy < 1e-15
    # Contacts are what overlaps by more than a hundredth of the mean, without rattlers.
    deep = {
        pair
        for pair, u in found.items()
        if u > 0.01 * np.mean([v for v in found.values() if v > 0])
    }
    for _ in range(count):
        held = np.bincount(np.ravel(sorted(deep)), minlength=count)
        deep = {(i, j) for i, j in deep if held[i] > d and held[j] > d}
    assert {tuple(pair) for pair in packing.contacts.tolist()} == deep
    assert packing.caged.tolist() == sorted({p for pair in deep for p in pair})


def test_packings_follow_their_seed():
    first, again, other = (jam.jam(8, 2, seed) for seed in (1, 1, 0))
    assert np.array_equal(first.positions, again.positions)
    assert not np.allclose(first.positions, other.positions)
    assert np.array_equal(other.positions, jam.jam(8).positions)


def test_rigidity_matrix_is_the_slope_of_the_gaps():
    rng = np.random.default_rng(5)
    x = rng.random((5, 3))
    packing = jam.Packing(x, np.full(5, 0.5), np.array([[0, 3], [1, 4], [3, 4]]))
    assert packing.caged.tolist() == [0, 1, 3, 4]
    matrix = packing.rigidity_matrix()
    assert matrix.shape == (3, 12)

    def gaps(y):
        found = overlaps(y, np.full(5, 2.0))  # diameter two: gap over one
        return np.array([1 - found[pair] for pair in ((0, 3), (1, 4), (3, 4))]) * 2

    for column, particle in enumerate([0, 1, 3, 4]):
        for axis in range(3):
            step = np.zeros((5, 3))
            step[particle, axis] = 1e-6
            slope = (gaps(x + step) - gaps(x - step)) / 2e-6
            assert matrix[:, 3 * column + axis] == pytest.approx(slope, abs=1e-8)


@pytest.mark.parametrize("d", [2, 3])
def test_count_of_contacts_allows_for_translations_and_pressure(d):
    """2 (contacts + d - 1)/caged, on a chain of four of six particles."""
    pairs = np.array([[0, 2], [2, 3], [3, 5]])
    packing = jam.Packing(np.zeros((6, d)), np.ones(6), pairs)
    assert jam.isostatic_contacts(packing) == pytest.approx((3 + d - 1) / 2, rel=1e-14)


def test_rattlers_that_hold_rattlers_go_too():
    """A hexagon around a disc is caged; a chain that hangs on it is taken away link by link."""
    angle = np.arange(6) * np.pi / 3
    ring = 0.5 + 0.1 * np.column_stack([np.cos(angle), np.sin(angle)])
    chain = ring[0] + np.outer([1, 2], [0.1 * np.cos(0.5), 0.1 * np.sin(0.5)])
    x = np.vstack([[0.5, 0.5], ring, chain])
    found = jam._contacts(x, np.full(9, 0.1001), np.triu_indices(9, 1))
    assert set(found.ravel().tolist()) == set(range(7))
    assert len(found) == 12
    assert len(jam._contacts(x[1:], np.full(8, 0.1001), np.triu_indices(8, 1))) == 0


@pytest.mark.parametrize(("part", "count"), [(0.02, 10), (0.005, 6)])
def test_grazing_pairs_are_no_contacts(part, count):
    """The corners of a tetrahedron overlap; the sphere in its middle overlaps ``part`` as much."""
    x = 0.5 + 0.1 * np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1], [0, 0, 0]])
    edge, arm, large = 0.2 * np.sqrt(2), 0.1 * np.sqrt(3), 0.3
    deep = 1 - edge / large
    # with u the overlap of the middle, the mean is (6 deep + 4 u)/10
    u = part * 0.6 * deep / (1 - 0.4 * part)
    small = 2 * arm / (1 - u) - large
    found = jam._contacts(x, np.array([large] * 4 + [small]), np.triu_indices(5, 1))
    # each corner keeps three neighbours, too few in space without the middle
    assert len(found) == (count if count == 10 else 0)


@pytest.mark.parametrize("bad", [(7, 2), (8, 1), (8, 4)])
def test_small_or_flat_packings_are_refused(bad):
    with pytest.raises(ValueError, match="needs d = 2 or 3 and at least 8 particles, got"):
        jam.jam(*bad)
