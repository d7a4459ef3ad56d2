"""Dependences are found as they are, tables keep their stated error, domains end where they end."""

from __future__ import annotations

import numpy as np
import pytest

from relics.book.scaling import TOLERANCE, reduce

POINTS = np.array(
    [[192.0, 128.0, 3.0], [768.0, 256.0, 5.0], [400.0, 200.0, 2.0], [384.0, 128.0, 7.0]]
)
EXAMPLES = np.array([[300.0, 150.0, 2.0], [900.0, 150.0, 9.0]])


def spot(size=20, seed=1):
    low, high = EXAMPLES.min(axis=0), EXAMPLES.max(axis=0)
    return np.random.default_rng(seed).uniform(low, high, (size, 3))


def test_a_power_law_is_exact():
    def law(x):
        return -2.5 * x[0] ** 0.5 * x[1] ** -1.5 * x[2] ** 3

    found = reduce(law, POINTS, EXAMPLES)
    assert found.exponents == (0.5, -1.5, 3.0) and found.combinations == ()
    for x in spot():
        assert found(x) == pytest.approx(law(x), rel=1e-9)


def test_a_function_of_the_ratio_is_tabulated():
    def law(x):
        return x[2] ** 2 * x[1] / (1 + (x[0] / x[1]) ** 2)

    found = reduce(law, POINTS, EXAMPLES)
    assert found.combinations == ((1.0, -1.0, 0.0),) and found.exponents[2] == 2.0
    worst = max(abs(found(x) / law(x) - 1) for x in spot())
    assert worst < TOLERANCE and found.error < TOLERANCE


def test_two_combinations_are_found_by_their_gradients():
    def law(x):
        return np.log1p(x[0] * x[2] ** 3) * np.exp(-x[1] / 300) / x[2]

    found = reduce(law, POINTS, EXAMPLES)
    assert found.combinations == ((1.0, 0.0, 3.0), (0.0, 1.0, 0.0))
    worst = max(abs(found(x) / law(x) - 1) for x in spot())
    assert worst < TOLERANCE and found.error < TOLERANCE


def test_the_table_ends_where_the_function_does():
    def law(x):
        if x[0] / x[1] > 6.5:
            raise ValueError("no value")
        return 1 / (1 + x[0] / x[1])

    found = reduce(law, POINTS, EXAMPLES)
    ((low, high),) = found.ranges
    assert low == pytest.approx(np.log(1.0)) and np.log(5.8) < high <= np.log(6.5)
    with pytest.raises(ValueError, match="outside the range"):
        found([1000.0, 100.0, 1.0])


def test_what_cannot_be_reduced_is_refused():
    with pytest.raises(ValueError, match="3 combinations"):
        reduce(lambda x: np.exp(x[0] / 300) + (x[1] / 100) ** 2 + x[2], POINTS, EXAMPLES)
    with pytest.raises(ValueError, match="sign changes"):
        reduce(lambda x: x[2] - 4, POINTS, EXAMPLES)
    with pytest.raises(ValueError, match="at least 3"):
        reduce(lambda x: x[0], POINTS[:2], EXAMPLES)
