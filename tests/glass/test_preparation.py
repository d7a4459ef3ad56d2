"""Small members of the ensembles of glasses by preparation and interaction."""

from pathlib import Path

import numpy as np
import pytest

from relics.glass import nonlinear_modes, protocols, swap
from relics.glass.configuration import random_configuration
from relics.glass.elasticity import pressure
from relics.glass.hessian import hessian
from relics.glass.minimise import minimise
from relics.glass.modes import all_modes

NOWHERE = Path("nowhere/x")
SIZE = 120


@pytest.fixture(scope="module")
def packing():
    """A packing barely above unjamming, where particles without contacts are common."""
    conf = random_configuration("harmonic-3d", SIZE, 3, density=0.67)
    return minimise(conf), protocols._described(conf, np.random.default_rng(0))


def test_modes_without_rattlers_are_those_of_the_whole_matrix(packing):
    found, arrays = packing
    assert arrays["rattlers"] == len(found.rattlers) > 0
    values, _ = all_modes(hessian(found.configuration))
    # every rattler adds three zeros to those of the translations
    real = values[3 * len(found.rattlers) + 3 :]
    assert arrays["frequency"][:20] == pytest.approx(np.sqrt(real[:20]), rel=1e-4)


def test_contacts_are_overlapping_pairs(packing):
    found, arrays = packing
    conf = found.configuration
    keep = np.setdiff1d(np.arange(SIZE), found.rattlers)
    apart = conf.positions[keep][:, None] - conf.positions[keep][None]
    apart -= conf.box * np.rint(apart / conf.box)
    reach = (conf.diameters[keep][:, None] + conf.diameters[keep][None]) / 2
    touching = np.linalg.norm(apart, axis=2) < reach
    assert arrays["contacts"] == pytest.approx((touching.sum() - len(keep)) / len(keep))
    assert arrays["pressure"] == pytest.approx(pressure(conf), rel=1e-9)


def test_profiles_are_normalised_displacements(packing):
    _, arrays = packing
    assert arrays["mode_decay"].shape == arrays["response_decay"].shape == (protocols.SHELLS,)
    known = arrays["response_decay"][np.isfinite(arrays["response_decay"])]
    assert (known > 0).all()
    assert (known <= 1).all()
    assert known[0] > known[-1]


def test_dilatancy_is_that_of_the_strain_coupling(packing):
    found, _ = packing
    held = protocols._without(found.configuration, found.rattlers)
    at = nonlinear_modes.expansion(held)
    mode = nonlinear_modes.descend_barrier(
        at, np.random.default_rng(3).normal(size=at.shape), tolerance=1e-7
    )
    arrays = protocols._geometry(at, [mode, None], np.random.default_rng(1))
    ratio = nonlinear_modes.dilatancy_ratio(nonlinear_modes.strain_coupling(at, mode.field))
    assert arrays["dilatancy"][0] == pytest.approx(ratio)
    assert np.isnan(arrays["dilatancy"][1])


def test_parents_are_sampled_at_their_temperature():
    """Mean energy of the record against a second, longer run from another start."""
    made = protocols._parent(150, 1.0, 900)(5, NOWHERE)
    state = swap.start(random_configuration("polydisperse-r10", 150, 77), 77)
    state, _ = swap.advance(state, 1.0, 1, 500)
    _, trace = swap.advance(state, 1.0, 20, 100)
    blocks = made["parent_energy"]
    error = np.hypot(blocks.std() / np.sqrt(blocks.size), trace.energy.std() / 150 / np.sqrt(20))
    assert abs(blocks.mean() - trace.energy.mean() / 150) < 5 * error
    assert made["energy"] < blocks.mean()
    assert made["frequency"][0] > 0


def test_cooled_glasses_are_minima_of_their_model(monkeypatch):
    short = protocols.Cooling(0.02, 5.0, 20.0, 0.1)
    monkeypatch.setitem(protocols.COOLINGS, "hertzian-3d", short)
    made = protocols._slowly_cooled("hertzian-3d", 80)(2, NOWHERE)
    again = protocols._slowly_cooled("hertzian-3d", 80)(2, NOWHERE)
    assert made["energy"] == again["energy"]
    assert made["contacts"] > 6
    assert (np.diff(made["frequency"]) >= 0).all()


def test_maps_hold_distinct_modes(monkeypatch):
    monkeypatch.setattr(protocols, "MAP_POOL", 60)
    monkeypatch.setattr(protocols, "MAP_STARTS", 8)
    made = protocols._map(196, 1.0, 240)(1, NOWHERE)
    assert (np.diff(made["mode_frequency"]) >= 0).all()
    assert made["weight"].sum(axis=1) == pytest.approx(np.ones(len(made["weight"])), abs=2e-3)
    assert made["core"].shape == (len(made["mode_frequency"]), 2)


def test_fields_that_overlap_are_left_out():
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=(2, 20, 2))
    kept = protocols._apart(np.stack([first, -2 * first, second, first + 0.01 * second]))
    assert len(kept) == 2
    np.testing.assert_array_equal(kept, np.stack([first, second]))
