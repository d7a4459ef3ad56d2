"""The cubature rule on known moments, and heat capacities of pairs without third derivatives."""

import numpy as np
import pytest

from relics.glass import shear
from relics.glass.configuration import random_configuration
from relics.glass.minimise import minimise
from relics.glass.thermal_cubature import heat_by_cubature, nodes


@pytest.mark.parametrize("count", [2, 3, 5])
def test_rule_has_the_moments_of_a_gaussian(count):
    groups = list(nodes(count))
    weight = np.concatenate([np.full(len(y), w) for w, y in groups])
    y = np.concatenate([y for _, y in groups])
    assert len(weight) == 2 * count**2 + 1
    assert weight.sum() == pytest.approx(1.0)
    second = np.einsum("m,mi,mj->ij", weight, y, y)
    assert second == pytest.approx(np.eye(count), abs=1e-12)
    fourth = np.einsum("m,mi,mj,mk,ml->ijkl", weight, y, y, y, y)
    delta = np.eye(count)
    pairings = sum(
        np.einsum(s, delta, delta) for s in ("ij,kl->ijkl", "ik,jl->ijkl", "il,jk->ijkl")
    )
    assert fourth == pytest.approx(pairings, abs=1e-12)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_heat_of_every_pair_is_that_of_the_expansion(seed):
    glass = minimise(random_configuration("binary-r10-2d", 16, seed)).configuration
    pairs, rise = heat_by_cubature(glass)
    heat = shear.local_heat_capacity(glass)
    expected = {
        (min(a, b), max(a, b)): v for a, b, v in zip(heat.i, heat.j, heat.value, strict=True)
    }
    assert len(pairs) == len(expected)
    wanted = np.array([expected[tuple(p)] for p in pairs])
    assert rise == pytest.approx(wanted, rel=2e-3, abs=1e-3 * np.abs(wanted).max())
    assert rise.sum() == pytest.approx(2 * 16 - 2, rel=1e-3)


def test_bad_input_is_refused():
    loose = random_configuration("binary-r10-2d", 16, 0)
    with pytest.raises(ValueError, match="temperature"):
        heat_by_cubature(loose, 0.0)
    with pytest.raises(ValueError, match="sheared"):
        heat_by_cubature(loose.sheared(0.01))
    with pytest.raises(ValueError, match="no minimum"):
        heat_by_cubature(loose)
    with pytest.raises(ValueError, match="two variables"):
        list(nodes(1))
