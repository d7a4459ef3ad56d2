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
