"""Counting double wells, and what two pictures expect of the counts."""

from types import SimpleNamespace

import numpy as np
import pytest

from relics import soft_potentials
from relics.glass import census, well_protocols


def test_quartic_prefactor_from_softest_modes():
    """Softest of n modes drawn from A omega^4 by inverting the count."""
    rng = np.random.default_rng(0)
    A, particles = 0.03, 500
    count = -np.log(rng.uniform(size=20_000))  # n A omega^5/5 is exponential for the softest
    softest = (5.0 * count / (particles * A)) ** 0.2
    assert census.quartic_prefactor(softest, particles) == pytest.approx(A, rel=0.05)
    with pytest.raises(ValueError):
        census.quartic_prefactor(np.array([0.0]), particles)


def test_low_barriers_lie_between_the_two_thresholds():
    """The barrier of an equal well is 3 b2^2/(8 b4), that of a well that just appears a third more."""
    A, b_4, B = 0.02, 300.0, 0.02
    low, high = census.low_barriers(B, A, b_4)
    assert high == pytest.approx(A / 5.0 * (B * b_4 * 8.0 / 3.0) ** 1.25, rel=1e-4)
    assert low == pytest.approx(A / 5.0 * (B * b_4 * 2.0) ** 1.25, rel=1e-3)


def test_census_counts_every_search_and_repeats_no_well():
    for temperature in (0.092, 0.07):
        seen = census.census(temperature)
        assert len(seen.rows) == len(well_protocols.distinct_wells(seen.rows))
        assert seen.outcomes["direct"] >= len(seen.rows) > 0
        assert 1 <= seen.states <= seen.trajectories
        assert (seen.column("barrier") > 0).all()


def test_pictures_expect_equal_wells_and_one_centre_in_a_region_and_in_an_energy():
    modes = [SimpleNamespace(b2=0.5, b4=80.0, participation_ratio=0.02)]
    modes.append(SimpleNamespace(b2=0.9, b4=60.0, participation_ratio=0.01))
    rows = {row.quantity.split()[0]: row for row in census.comparisons(0.07, modes)}
    apart = []
    for mode, moving in zip(modes, (10, 5), strict=True):
        equal = soft_potentials.global_minimum_threshold(mode.b2, mode.b4)
        points = soft_potentials.stationary_points(mode.b2, equal, mode.b4)
        apart.append(np.ptp(points) / np.sqrt(moving))
    assert rows["displacement"].soft == pytest.approx((min(apart), max(apart)), rel=1e-6)
    assert rows["number"].soft == pytest.approx((5.0, 10.0))
    regions = np.array(rows["number"].mosaic)
    # as many regions below the energy T_f as there are, each of so many particles
    assert 0.07 * regions[::-1] * rows["active"].mosaic == pytest.approx([0.0015, 0.0015])
    seen = census.census(0.07)
    assert rows["active"].measured[0] * 500 * seen.states == pytest.approx(
        np.sum(seen.column("splitting_argon") < 0.0015)
    )
    assert rows["double"].measured[0] * 500 * seen.states == pytest.approx(
        np.sum(seen.column("barrier") < 0.02)
    )
    spread = seen.column("distance") / np.sqrt(seen.column("participation"))
    assert rows["displacement"].measured[0] == pytest.approx(np.median(spread))


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="soft mode"):
        census.comparisons(0.092, [])
    with pytest.raises(ValueError, match=r"0\.092"):
        census.census(0.05)


def test_states_that_agree_leave_no_doubt_and_two_leave_their_own_values():
    assert census.mean_over_states([4, 4, 4]) == (4.0, 4.0, 4.0)
    mean, low, high = census.mean_over_states([0, 10])
    # A quarter of the draws takes one of two states twice.
    assert (mean, low, high) == (5.0, 0.0, 10.0)
    with pytest.raises(ValueError, match="two states"):
        census.mean_over_states([7])


def test_errors_over_many_states_are_those_of_a_mean():
    counts = np.random.default_rng(5).poisson(40.0, 300)
    mean, low, high = census.mean_over_states(counts)
    error = counts.std(ddof=1) / np.sqrt(counts.size)
    assert (high - mean, mean - low) == pytest.approx((1.96 * error, 1.96 * error), rel=0.1)
    assert mean == counts.mean()


@pytest.mark.parametrize("temperature", census.STORES)
def test_low_wells_of_all_states_are_those_of_the_census(temperature):
    everywhere = census.census(temperature).column("barrier") < census.LOW_BARRIER
    assert census.low_wells_by_state(temperature).sum() == everywhere.sum()
