"""Minimisation ends in minima, or in an error."""

import numpy as np
import pytest
from all_pairs import LAWS, dense_hessian, energy_forces_virial, minimum, start

from relics.glass.configuration import Configuration, displacement, random_configuration
from relics.glass.energy import pair_terms
from relics.glass.hessian import hessian
from relics.glass.minimise import NoMinimum, _newton, find_rattlers, minimise


@pytest.mark.parametrize("name", LAWS)
def test_every_model_is_minimised_to_forces_below_tolerance(name):
    found = minimum(name)
    _, forces, _ = energy_forces_virial(found.configuration)
    assert np.linalg.norm(forces, axis=1).max() < 1.1e-10
    assert found.max_force < 1e-10
    # The printed coefficients of the reference have 14 digits and cancel by three or four.
    assert found.energy == pytest.approx(energy_forces_virial(found.configuration)[0], rel=1e-10)


@pytest.mark.parametrize("name", ["binary-r10-2d", "sticky-1.2", "polydisperse-r12"])
def test_the_end_is_a_minimum_and_not_a_saddle(name):
    stiffness = np.linalg.eigvalsh(dense_hessian(minimum(name).configuration))
    d = minimum(name).configuration.dimension
    assert np.abs(stiffness[:d]).max() < 1e-9
    assert stiffness[d] > 1e-3


def test_five_of_five_starts_converge():
    for seed in range(5):
        assert minimise(random_configuration("binary-r10-3d", 300, seed)).max_force < 1e-10


def test_descent_from_a_small_push_returns_to_the_same_minimum():
    rest = minimum("binary-r10-3d")
    push = 1e-3 * np.random.default_rng(0).normal(size=rest.configuration.positions.shape)
    again = minimise(rest.configuration.moved(rest.configuration.positions + push))
    back = displacement(rest.configuration, again.configuration)
    np.testing.assert_allclose(back - back.mean(axis=0), 0, atol=1e-9)
    assert again.energy == pytest.approx(rest.energy, rel=1e-13)


def test_energy_falls_on_the_way():
    assert minimum("binary-r10-2d").energy < energy_forces_virial(start("binary-r10-2d"))[0]


def test_unfinished_minimisation_is_an_error():
    with pytest.raises(NoMinimum, match="stalled"):
        minimise(start("binary-r10-3d"), max_iterations=20)
    with pytest.raises(NoMinimum, match="stalled"):
        minimise(start("binary-r10-3d"), force_tolerance=1e-30)


def test_newton_steps_converge_quadratically_on_a_minimum():
    rest = minimum("binary-r10-3d").configuration
    push = 1e-5 * np.random.default_rng(2).normal(size=rest.positions.shape)

    def evaluate(x):
        energy, forces, _ = energy_forces_virial(rest.moved(x))
        return energy, -forces

    start_x = rest.positions + push
    before = np.linalg.norm(evaluate(start_x)[1])
    x, _, gradient = _newton(evaluate, rest, start_x, 1e-11)
    assert before > 1e-3
    assert np.linalg.norm(gradient, axis=1).max() < 1e-11
    back = x - rest.positions
    np.testing.assert_allclose(back - back.mean(axis=0), 0, atol=1e-9)


@pytest.mark.parametrize("tolerance", [0.0, -1.0, np.nan])
def test_tolerance_must_be_positive(tolerance):
    with pytest.raises(ValueError, match="tolerance"):
        minimise(start("binary-r10-2d"), force_tolerance=tolerance)


def test_a_particle_in_a_cage_too_large_for_it_is_a_rattler():
    # A square lattice of slightly compressed discs, its sites holding one disc much too small.
    n, spacing = 6, 0.98
    sites = np.stack(np.meshgrid(*[np.arange(n)] * 2), -1).reshape(-1, 2) * spacing
    diagonal = np.stack(np.meshgrid(*[np.arange(n) + 0.5] * 2), -1).reshape(-1, 2) * spacing
    positions = np.vstack([sites, diagonal[:1]])
    diameters = np.append(np.ones(n * n), 0.2)
    conf = Configuration(
        positions, np.full(2, n * spacing), diameters, np.zeros(n * n + 1), "harmonic-2d"
    )
    terms = pair_terms(conf)
    assert find_rattlers(terms).tolist() == [n * n]
    rows = hessian(conf, without=[0]).toarray()[:2]
    assert not rows.any()


def test_rattlers_are_reported_and_their_removal_can_free_others():
    conf = random_configuration("harmonic-2d", 200, 3, density=0.735)
    found = minimise(conf)
    terms = pair_terms(found.configuration)
    kept = terms.without(found.rattlers)
    contacts = np.bincount(kept.i, minlength=200) + np.bincount(kept.j, minlength=200)
    assert len(found.rattlers) > 0
    assert np.all(np.isin(np.flatnonzero(contacts == 0), found.rattlers))
    assert contacts[contacts > 0].min() >= 3
