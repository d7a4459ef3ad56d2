"""Procedures about single soft modes on small glasses, against known minima and other code."""

import numpy as np
import pytest

from relics.glass import ensembles, minimise, paths, protocols, shear, swap, wells
from relics.glass import excitation_protocols as procedures
from relics.glass.configuration import random_configuration
from relics.glass.nonlinear_modes import expansion, soft_starts


@pytest.fixture(scope="module")
def glass():
    return minimise.minimise(random_configuration("binary-r10-2d", 100, 4))


@pytest.fixture(scope="module")
def modes(glass):
    at = expansion(glass.configuration)
    return procedures.nonlinear_search(at, soft_starts(at, 8, np.random.default_rng(0))[0])


def test_equal_seeds_give_the_glasses_of_the_cooled_ensemble():
    found, _ = procedures.cooled_glass("binary-r10-2d", 400, 31)
    sample = ensembles.make("cooled-binary-r10-2d-400", 31)
    assert found.energy / 400 == pytest.approx(sample.arrays["energy"].item(), rel=1e-12)


def test_search_gives_distinct_modes_by_rising_stiffness(modes):
    stiffness = [m.b2 for m in modes]
    assert stiffness == sorted(stiffness)
    overlaps = [abs(np.vdot(a.field, b.field)) for a in modes for b in modes if a is not b]
    assert max(overlaps, default=0.0) <= 0.9


def test_shells_hold_the_weight_of_a_mode(glass, modes):
    at = expansion(glass.configuration)
    seen = procedures._decays(at, modes[0].field, np.random.default_rng(1))
    edges = procedures.shells(float(glass.configuration.box[0]))
    assert seen["radius"].shape == seen["amplitude"].shape == (edges.size - 1,)
    # A disc in the box leaves out the corners only.
    assert 0.6 < seen["weight"].sum() <= 1.0 + 1e-12
    assert seen["response"].shape == (procedures.RANDOM_DIPOLES, edges.size - 1)


def test_a_known_second_minimum_is_found_along_the_way_there():
    """The displacement between two minima that a trajectory met, taken as the mode, leads across."""
    state = swap.start(random_configuration("polydisperse-r12", 120, 1), 1)
    for temperature, blocks in ((0.25, 2), (0.15, 4), (0.11, 10)):
        state, _ = swap.advance(state, temperature, blocks, 200)
    seen = wells.explore(state.configuration, 0.05, 20, np.random.default_rng(0), interval=60)
    pairs = [
        (float(np.linalg.norm(paths.separation(a.configuration, b.configuration))), a, b)
        for k, a in enumerate(seen.minima)
        for b in seen.minima[:k]
    ]
    distance, first, second = min(pairs, key=lambda pair: pair[0])
    way = paths.separation(first.configuration, second.configuration) / distance
    forward, backward, overlap, length, rise = procedures.second_minimum(first, way)
    assert 0 < forward <= distance + 0.05 and np.isnan(backward)
    assert overlap == pytest.approx(1.0, abs=1e-6)
    assert length == pytest.approx(distance, rel=1e-6)
    assert rise == pytest.approx(second.energy - first.energy, abs=1e-8)


def test_rows_of_an_instability_follow_the_square_root(glass):
    met = shear.approach(glass)
    rows = procedures.approach_rows(met)
    assert rows.shape == (len(procedures.DISTANCES), len(procedures.APPROACH_COLUMNS))
    soft, b2, b3, _, _, coupling, overlap = rows[:6].T
    d = procedures.DISTANCES[:6]
    assert (b2 >= soft * (1 - 1e-9)).all()
    assert (overlap > 0.99).all()
    assert b2 / np.sqrt(2 * b3 * coupling * d) == pytest.approx(np.ones(6), abs=0.1)
    assert np.polyfit(np.log(d), np.log(soft), 1)[0] == pytest.approx(0.5, abs=0.02)
    begun = met.critical - procedures.DISTANCES >= met.strain[0]
    assert np.isnan(rows[~begun]).all()


def test_every_ensemble_is_registered():
    for known in procedures.ENSEMBLES:
        assert protocols.protocol(known.name) is known
