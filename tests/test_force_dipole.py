"""Elastic field of a force dipole against Kelvin's solution, Navier's equations and its decay."""

import numpy as np
import pytest

from relics import force_dipole

MU, LONGITUDINAL = 1.3, 3.4


def kelvin(x, force):
    """Displacement of a point force in three dimensions (Kelvin 1848, in Landau and Lifshitz)."""
    poisson = (LONGITUDINAL - 2 * MU) / (2 * (LONGITUDINAL - MU))
    r = np.linalg.norm(x)
    radial = ((3 - 4 * poisson) * force + (force @ x) * x / r**2) / r
    return radial / (16 * np.pi * MU * (1 - poisson))


def test_two_point_forces_make_the_dipole():
    axis, apart = np.array([0.48, 0.6, 0.64]), 1e-4
    places = np.array([[0.7, -0.4, 1.1], [-0.2, 0.3, 0.1], [4.0, 1.0, -3.0]])
    pairs = [
        (kelvin(x - apart / 2 * axis, axis) - kelvin(x + apart / 2 * axis, axis)) / apart
        for x in places
    ]
    found = force_dipole.displacement(places, 2 * axis, MU, LONGITUDINAL)
    assert found == pytest.approx(np.array(pairs), rel=1e-6)


@pytest.mark.parametrize("d", [2, 3, 4])
def test_no_force_acts_away_from_the_dipole(d):
    rng = np.random.default_rng(d)
    axis, place = rng.normal(size=d), rng.normal(size=d)
    place *= 2.0 / np.linalg.norm(place)
    h, e = 2e-3, np.eye(d)

    def u(x):
        return force_dipole.displacement(x, axis, MU, LONGITUDINAL)

    def second(i, j):
        steps = [(s, t) for s in (1, -1) for t in (1, -1)]
        return sum(s * t * u(place + h * (s * e[i] + t * e[j])) for s, t in steps) / (4 * h * h)

    laplacian = sum(second(i, i) for i in range(d))
    divergence = np.array([sum(second(i, j)[j] for j in range(d)) for i in range(d)])
    force = MU * laplacian + (LONGITUDINAL - MU) * divergence
    assert np.abs(force).max() < 1e-4 * np.abs(MU * laplacian).max()


@pytest.mark.parametrize("d", [2, 3, 4])
def test_field_decays_with_the_dimension_less_one(d):
    axis, place = np.ones(d), np.arange(1.0, d + 1)
    near, far = (force_dipole.displacement(s * place, axis, MU, LONGITUDINAL) for s in (1.0, 3.0))
    assert near == pytest.approx(3.0 ** (d - 1) * far)


def test_twice_the_moduli_halve_the_displacement():
    place, axis = np.array([[0.7, 0.4, -0.2]]), np.array([1.0, 0.5, 0.0])
    soft, stiff = (force_dipole.displacement(place, axis, 0.3 * k, 0.9 * k) for k in (1.0, 2.0))
    assert stiff == pytest.approx(soft / 2, rel=1e-14)


def test_the_push_opens_along_its_axis():
    out = force_dipole.displacement([0.0, 2.0], [0.0, 1.0], MU, LONGITUDINAL)
    assert out[1] > 0 and out[0] == 0


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="origin"):
        force_dipole.displacement([0.0, 0.0], [1.0, 0.0], MU, LONGITUDINAL)
    with pytest.raises(ValueError, match="one dimension"):
        force_dipole.displacement([1.0, 0.0, 0.0], [1.0, 0.0], MU, LONGITUDINAL)
    with pytest.raises(ValueError, match="moduli"):
        force_dipole.displacement([1.0, 0.0], [1.0, 0.0], 2.0, 1.0)
    with pytest.raises(ValueError, match="two dimensions"):
        force_dipole.sphere_area(1)


def test_areas_of_unit_spheres():
    found = [force_dipole.sphere_area(d) for d in (2, 3, 4, 5)]
    expected = [2 * np.pi, 4 * np.pi, 2 * np.pi**2, 8 * np.pi**2 / 3]
    assert found == pytest.approx(expected, rel=1e-14)


def test_rows_of_places_near_and_far_are_evaluated_one_by_one():
    axis = [1, 2, 0]
    places = np.array([[[1, 2, 2], [0, 0, 3]], [[40, 10, -10], [1, 0, 0]]]) / 10
    found = force_dipole.displacement(places, axis, MU, LONGITUDINAL)
    assert found.shape == (2, 2, 3)
    for k in np.ndindex(2, 2):
        one = force_dipole.displacement(places[k], axis, MU, LONGITUDINAL)
        assert found[k] == pytest.approx(one, rel=1e-13)


def test_every_modulus_place_and_axis_is_checked():
    one = [1.0, 0.0]
    for moduli in ((0.0, 1.0), (-1.0, 1.0), (1.0, 1.0), (2.0, 1.0), (np.nan, 1.0), (1.0, np.nan)):
        with pytest.raises(ValueError, match="moduli"):
            force_dipole.displacement(one, one, *moduli)
    for place, axis in (([one, [0, 0]], one), (one, [0, 0])):
        with pytest.raises(ValueError, match="off the origin and the axis"):
            force_dipole.displacement(place, axis, 1.0, 2.0)
    for place, axis in ((one, [one]), (1.0, one), ([1.0], one)):
        with pytest.raises(ValueError, match="one dimension of space"):
            force_dipole.displacement(place, axis, 1.0, 2.0)
