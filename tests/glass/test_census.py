"""Counting double wells, and what two pictures expect of the counts."""

import numpy as np
import pytest

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


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="soft mode"):
        census.comparisons(0.092, [])
    with pytest.raises(ValueError, match=r"0\.092"):
        census.census(0.05)
