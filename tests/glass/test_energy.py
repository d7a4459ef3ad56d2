"""Energy, forces and derivative contractions against a plain sum over all pairs."""

from dataclasses import replace

import numpy as np
import pytest
from all_pairs import LAWS, energy_forces_virial, minimum, start

from relics.glass.configuration import Configuration
from relics.glass.energy import (
    contract_fourth,
    contract_fourth_scalar,
    contract_second,
    contract_third,
    contract_third_scalar,
    energy,
    energy_and_forces,
    neighbour_list,
    pair_terms,
)


def fields(conf, n, seed=0):
    return np.random.default_rng(seed).normal(size=(n, *conf.positions.shape))


@pytest.mark.parametrize("name", LAWS)
@pytest.mark.parametrize("shear", [0.0, 0.17])
def test_energy_forces_and_virial_equal_the_sum_over_all_pairs(name, shear):
    conf = start(name).sheared(shear)
    ours, expected = energy_and_forces(conf), energy_forces_virial(conf)
    for a, b in zip(ours, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-11, atol=1e-11 * np.abs(b).max())


def test_two_particles_feel_the_potential_itself():
    # r^-10 with the printed coefficients at r = 1.2 between two small particles
    box = np.full(2, 12.0)
    points = np.array([[0.3, 5.0], [11.1, 5.0]])
    conf = Configuration(points, box, np.ones(2), np.zeros(2), "binary-r10-2d")
    even = (-1.1106337662511798, 1.2676152372297065, -0.4960406072849212, 0.0660511826415732)
    value = 1.2**-10 + sum(c * 1.2 ** (2 * k) for k, c in enumerate(even))
    slope = -10 * 1.2**-11 + sum(2 * k * c * 1.2 ** (2 * k - 1) for k, c in enumerate(even) if k)
    e, forces, virial = energy_and_forces(conf)
    assert e == pytest.approx(value, rel=1e-12)
    np.testing.assert_allclose(forces, [[-slope, 0], [slope, 0]], atol=1e-13)
    assert virial[0, 0] == pytest.approx(1.2 * slope, rel=1e-12)


@pytest.mark.parametrize("name", ["binary-r10-3d", "hertzian-3d", "sticky-1.2"])
def test_forces_are_minus_the_gradient_of_the_energy(name):
    conf = minimum(name).configuration
    conf = conf.moved(conf.positions + 0.02 * fields(conf, 1)[0])
    u = fields(conf, 1, seed=4)[0]
    h = 1e-5
    e = {m: energy(conf.moved(conf.positions + m * h * u)) for m in (-2, -1, 1, 2)}
    slope = (8 * (e[1] - e[-1]) - (e[2] - e[-2])) / (12 * h)
    assert -np.vdot(energy_and_forces(conf)[1], u) == pytest.approx(slope, rel=1e-6)


def test_virial_is_the_derivative_of_the_energy_by_strain():
    conf = start("binary-r10-3d")
    h = 1e-5
    e = {s: energy(conf.sheared(s * h)) for s in (-1, 1)}
    virial = energy_and_forces(conf)[2]
    assert virial[0, 1] == pytest.approx((e[1] - e[-1]) / (2 * h), rel=1e-6)
    grown = {s: replace_box(conf, 1 + s * h) for s in (-1, 1)}
    slope = (energy(grown[1]) - energy(grown[-1])) / (2 * h)
    assert np.trace(virial) == pytest.approx(slope, rel=1e-6)


def test_folding_the_shear_leaves_the_structure_as_it_is():
    conf = start("binary-r10-3d").sheared(0.7)
    folded = conf.folded()
    assert folded.shear == pytest.approx(-0.3)
    a, b = energy_and_forces(conf), energy_and_forces(folded)
    assert a[0] == pytest.approx(b[0], rel=1e-12)
    np.testing.assert_allclose(a[1], b[1], atol=1e-10 * np.abs(a[1]).max())


def replace_box(conf, factor):
    return replace(conf, box=conf.box * factor, positions=conf.positions * factor)


@pytest.mark.parametrize("name", ["binary-r10-2d", "binary-r10-4d", "polydisperse-r12"])
def test_contractions_equal_finite_differences_of_lower_ones(name):
    conf = start(name)
    u, v, w, z = fields(conf, 4)
    h = 3e-6  # so small that no pair crosses its cut-off, where high derivatives jump

    def along(function, direction):
        """Fourth-order central difference of a field along a direction."""
        at = {m: function(conf.moved(conf.positions + m * h * direction)) for m in (-2, -1, 1, 2)}
        return (8 * (at[1] - at[-1]) - (at[2] - at[-2])) / (12 * h)

    scale = 1e-6
    second = along(lambda c: -energy_and_forces(c)[1], u)
    third = along(lambda c: contract_second(c, v), u)
    fourth = along(lambda c: contract_third(c, v, w), u)
    for ours, expected in (
        (contract_second(conf, u), second),
        (contract_third(conf, u, v), third),
        (contract_fourth(conf, u, v, w), fourth),
    ):
        assert np.linalg.norm(ours - expected) < scale * np.linalg.norm(expected)
    terms = pair_terms(conf)
    assert contract_third_scalar(terms, u, v, w) == pytest.approx(np.vdot(third, w), rel=1e-5)
    assert contract_fourth_scalar(terms, u, v, w, z) == pytest.approx(np.vdot(fourth, z), rel=1e-5)


def test_contractions_are_symmetric_and_blind_to_translations():
    terms = pair_terms(start("binary-r10-3d"))
    u, v, w, z = fields(start("binary-r10-3d"), 4)
    uniform = np.ones_like(u)
    values = [contract_fourth_scalar(terms, *p) for p in ((u, v, w, z), (z, u, v, w), (w, z, u, v))]
    assert values == pytest.approx([values[0]] * 3, rel=1e-10)
    scale = np.linalg.norm(contract_third(terms, u, v))
    assert np.linalg.norm(contract_third(terms, u, uniform)) < 1e-12 * scale
    np.testing.assert_allclose(contract_third(terms, u, v).sum(axis=0), 0, atol=1e-11 * scale)


def test_radial_derivatives_of_the_pairs():
    from all_pairs import pairs

    conf = start("polydisperse-r12")
    _, _, _, distance, v, v1, v2 = pairs(conf)
    ours = pair_terms(conf).radial_derivatives()
    r = np.linalg.norm(pair_terms(conf).r, axis=1)
    order, expected = np.argsort(r), np.argsort(distance)
    for a, b in zip(ours[:3], (v, v1, v2), strict=True):
        np.testing.assert_allclose(a[order], b[expected], rtol=1e-10, atol=1e-10)


def test_an_earlier_list_gives_the_same_forces():
    conf = start("binary-r10-3d")
    neighbours = neighbour_list(conf, skin=0.3)
    moved = conf.moved(conf.positions + 0.05 * fields(conf, 1)[0])
    with_list, without = energy_and_forces(moved, neighbours), energy_and_forces(moved)
    np.testing.assert_allclose(with_list[1], without[1], rtol=1e-10, atol=1e-10)


def test_foreign_lists_and_fields_of_wrong_shape_are_refused():
    a, b = start("binary-r10-3d"), start("binary-r10-3d", 2)
    with pytest.raises(ValueError, match="other particles"):
        energy_and_forces(a, neighbour_list(b))
    with pytest.raises(ValueError, match="another box"):
        energy_and_forces(a.sheared(0.1), neighbour_list(a))
    with pytest.raises(ValueError, match="shape"):
        contract_third(a, np.zeros(3), np.zeros(3))
