"""Slopes of thermal averages at zero temperature against closed forms and quadrature."""

import numpy as np
import pytest

from relics import low_temperature as cold

STIFFNESS = np.array([[2.0, 0.7], [0.7, 1.5]])
CUBIC = np.zeros((2, 2, 2))
for index, value in {(0, 0, 0): 0.9, (0, 0, 1): -0.6, (0, 1, 1): 0.4, (1, 1, 1): 1.1}.items():
    for a, b, c in {index, index[::-1], (index[1], index[0], index[2]), (index[1], index[2], index[0]),
                    (index[2], index[0], index[1]), (index[0], index[2], index[1])}:  # fmt: skip
        CUBIC[a, b, c] = value
GRADIENT = np.array([1.3, -0.8])
CURVATURE = np.array([[0.5, -0.2], [-0.2, 1.9]])


def energy(x):
    quadratic = np.einsum("ij,im,jm->m", STIFFNESS, x, x) / 2
    cubic = np.einsum("ijk,im,jm,km->m", CUBIC, x, x, x) / 6
    return quadratic + cubic + 0.4 * (x**2).sum(axis=0) ** 2


def observable(x):
    return 0.3 + GRADIENT @ x + np.einsum("ij,im,jm->m", CURVATURE, x, x) / 2


def test_slope_is_that_of_averages_by_quadrature():
    """Averages at T and T/2, extrapolated to zero temperature, in units of k_B/2."""

    def rise(t):
        return (cold.thermal_average(observable, energy, STIFFNESS, t) - 0.3) / t

    extrapolated = 2 * rise(1e-4) - rise(2e-4)
    harmonic, anharmonic = cold.thermal_slope(GRADIENT, CURVATURE, STIFFNESS, CUBIC)
    assert (harmonic - anharmonic) / 2 == pytest.approx(extrapolated, rel=1e-5)
    assert abs(anharmonic) > 0.1 * abs(harmonic)


def test_energy_gains_half_k_t_per_coordinate():
    harmonic, anharmonic = cold.thermal_slope(np.zeros(2), STIFFNESS, STIFFNESS, CUBIC)
    assert harmonic == pytest.approx(2.0)
    assert anharmonic == 0.0


def test_thermal_expansion_of_one_bond():
    """<x> = -g k_B T/(2 k^2) in a well k x^2/2 + g x^3/6, known in closed form."""
    k, g = 1.7, 0.6
    harmonic, anharmonic = cold.thermal_slope([1.0], [[0.0]], [[k]], [[[g]]])
    assert (harmonic - anharmonic) / 2 == pytest.approx(-g / (2 * k**2))


def test_one_harmonic_coordinate_obeys_equipartition():
    average = cold.thermal_average(lambda x: x[0] ** 2, lambda x: 0.9 * x[0] ** 2, [[1.8]], 0.3)
    assert average == pytest.approx(0.3 / 1.8, rel=1e-12)


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="no minimum"):
        cold.thermal_slope([1.0], [[0.0]], [[-1.0]], [[[0.0]]])
    with pytest.raises(ValueError, match="square"):
        cold.thermal_slope([1.0], [[0.0]], [[1.0, 2.0]], [[[0.0]]])
    with pytest.raises(ValueError, match="do not fit"):
        cold.thermal_slope([1.0, 2.0], [[0.0]], [[1.0]], [[[0.0]]])
    for curvature, cubic in (([[0.0, 0.0]], [[[0.0]]]), ([[0.0]], [[[0.0, 0.0]]])):
        with pytest.raises(ValueError, match="do not fit"):
            cold.thermal_slope([1.0], curvature, [[1.0]], cubic)
    with pytest.raises(ValueError, match="temperature"):
        cold.thermal_average(observable, energy, STIFFNESS, 0.0)
    with pytest.raises(ValueError, match="one or two"):
        cold.thermal_average(observable, energy, np.eye(3), 0.1)
    with pytest.raises(ValueError, match="decay"):
        cold.thermal_average(lambda x: x[0], lambda x: x[0] ** 3, [[1.0]], 0.1)


@pytest.mark.parametrize(
    "bad", [[1.0, 2.0], [[1.0, 2.0]], [[np.nan]], [[1.0, np.inf], [np.inf, 1.0]], [[[1.0]]]]
)
def test_a_stiffness_is_a_finite_square_matrix(bad):
    with pytest.raises(ValueError, match="must be a finite square matrix, got"):
        cold.thermal_slope([1.0], [[0.0]], bad, [[[0.0]]])


@pytest.mark.parametrize(
    "bad", [np.eye(2) * -1.0, np.diag([1.0, -0.1]), np.eye(3), np.zeros((0, 0)), np.zeros((1, 1))]
)
def test_averages_need_one_or_two_stable_coordinates(bad):
    with pytest.raises(ValueError, match="one or two stable coordinates"):
        cold.thermal_average(lambda x: x[0], lambda x: (x**2).sum(axis=0), bad, 0.1)


@pytest.mark.parametrize("temperature", [0.0, -0.3, np.nan])
def test_averages_need_a_temperature(temperature):
    with pytest.raises(ValueError, match="temperature must be positive, got"):
        cold.thermal_average(observable, energy, STIFFNESS, temperature)


def test_two_soft_coordinates_obey_equipartition_and_correlate():
    """<x_i x_j> is k_B T times the inverse stiffness, here with very different widths."""
    stiffness, T = np.array([[4.0, 0.9], [0.9, 0.3]]), 0.7
    inverse = np.linalg.inv(stiffness)

    def quadratic(x):
        return np.einsum("ij,im,jm->m", stiffness, x, x) / 2

    for i, j in ((0, 0), (0, 1), (1, 1)):
        found = cold.thermal_average(lambda x, i=i, j=j: x[i] * x[j], quadratic, stiffness, T)
        assert found == pytest.approx(T * inverse[i, j], rel=1e-9)


def test_a_grid_must_reach_where_the_weight_has_fallen_to_a_billionth():
    """exp(-reach^2/2) of the largest weight is left at the end: 1e-9 at 6.44 widths."""

    def mean_square(reach):
        return cold.thermal_average(
            lambda x: x[0] ** 2, lambda x: 0.9 * x[0] ** 2 + 5.0, [[1.8]], 0.3, reach=reach
        )

    assert mean_square(6.45) == pytest.approx(0.3 / 1.8, rel=1e-6)
    with pytest.raises(ValueError, match="k_B T = 0.3 the weight does not decay"):
        mean_square(6.43)


@pytest.mark.parametrize("flat", [0, 1])
def test_a_weight_that_stays_along_one_coordinate_is_refused(flat):
    with pytest.raises(ValueError, match="does not decay"):
        cold.thermal_average(lambda x: x[0], lambda x: x[1 - flat] ** 2, np.eye(2), 0.1)


def test_few_points_miss_what_a_grid_of_many_resolves():
    def wave(points):
        given = {} if points is None else {"points": points}
        return cold.thermal_average(
            lambda x: np.cos(9 * x[0]), lambda x: x[0] ** 2 / 2, [[1.0]], 1.0, **given
        )

    assert wave(None) == pytest.approx(np.exp(-40.5), abs=1e-12)
    assert abs(wave(11)) > 0.1
