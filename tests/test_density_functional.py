"""Clouds, ideal gas and the toy functional of localisation."""

import numpy as np
import pytest
from scipy.integrate import quad

from relics import density_functional as dft
from relics.constants import hbar, k_B


def test_density_is_that_of_thermal_oscillators():
    sites = np.array([[0.0, 0.0, 0.0], [3e-10, 0.0, 0.0]])
    r, T, alpha = np.array([1e-10, 2e-11, -3e-11]), 300.0, 5e20
    oscillators = sum(dft.einstein_density(r, s, 2 * alpha * k_B * T, T) for s in sites)
    assert dft.gaussian_density(r, sites, alpha) == pytest.approx(float(oscillators), rel=1e-12)


def test_clouds_of_a_wide_lattice_fill_space_uniformly():
    a = 1.0
    lattice = a * np.array(np.meshgrid(*[np.arange(-6, 7)] * 3)).reshape(3, -1).T
    points = np.random.default_rng(0).uniform(-0.5, 0.5, (5, 3))
    assert dft.gaussian_density(points, lattice, 0.8) == pytest.approx(1.0, abs=2e-3)


def test_debye_waller_factor_is_the_transform_of_a_cloud():
    q, alpha = 3.0, 2.0
    wave, _ = quad(
        lambda x: np.cos(q * x) * np.exp(-alpha * x**2) * np.sqrt(alpha / np.pi), -10, 10
    )
    assert dft.debye_waller(q, alpha) == pytest.approx(wave)


def test_ideal_gas_tends_to_sackur_and_tetrode():
    T, m, density = 87.0, 6.6e-26, 1e25
    N = 1e12
    wavelength = np.sqrt(2 * np.pi * hbar**2 / (m * k_B * T))
    expected = -k_B * T * (1 - np.log(density * wavelength**3))
    assert dft.ideal_gas_free_energy(T, N / density, N, m) == pytest.approx(
        expected, rel=1e-9, abs=0
    )


def test_bond_factor_agrees_with_adaptive_quadrature():
    R, T = dft.SPACING, 0.5
    for alpha in (0.5, 10.0, 500.0):
        s = alpha**-0.5

        def integrand(r: float, s: float = s) -> float:
            shells = np.exp(-((r - R) ** 2) / (2 * s * s)) - np.exp(-((r + R) ** 2) / (2 * s * s))
            return r / (R * s * np.sqrt(2 * np.pi)) * shells * np.exp(-4 * (r**-12 - r**-6) / T)

        expected, _ = quad(integrand, 0.3, R + 12 * s, limit=400, epsabs=0, epsrel=1e-10)
        assert dft.bond_factor_reduced(alpha, T) == pytest.approx(expected, rel=1e-8)


def test_pair_potential_is_deepest_where_its_force_vanishes():
    r = 2 ** (1 / 6)
    assert dft.lennard_jones_reduced([1.0, r, 2.0]) == pytest.approx([0, -1, -63 / 1024], abs=1e-14)
    around = dft.lennard_jones_reduced(r * np.array([0.99, 1.01]))
    assert np.all(around > -1)


def test_cloud_of_a_lindemann_displacement_scatters_a_quarter_of_its_square():
    d_L = 3e-11
    alpha = dft.localisation_parameter(d_L)
    assert dft.debye_waller(2 / d_L, alpha) == pytest.approx(np.exp(-1), rel=1e-12)


def test_cages_exist_below_the_onset_only():
    T_A = dft.onset_temperature_reduced(0.5, 0.65)
    assert np.isnan(dft.stationary_points_reduced(1.01 * T_A).minimum)
    found = dft.stationary_points_reduced(0.97 * T_A)
    cut = dft.stationary_points_reduced(0.97 * T_A, highest=0.7 * found.minimum)
    assert cut.minimum == pytest.approx(0.7 * found.minimum, rel=1e-3)
    assert cut.barrier == pytest.approx(found.barrier, rel=1e-6)
    assert 1 < found.barrier < found.minimum and found.height > found.depth
    near = dft.free_energy_reduced(found.minimum * np.array([0.99, 1.0, 1.01]), 0.97 * T_A)
    assert near[1] < near[0] and near[1] < near[2]


def test_distance_of_barrier_and_cage_opens_as_a_square_root():
    T_A = dft.onset_temperature_reduced(0.5, 0.65)
    gap = [
        np.log(p.minimum / p.barrier)
        for p in (dft.stationary_points_reduced(T_A * (1 - d)) for d in (0.002, 0.008))
    ]
    assert gap[1] / gap[0] == pytest.approx(2.0, rel=0.05)


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="sites"):
        dft.gaussian_density([0.0, 0.0], [[0.0, 0.0, 0.0]], 1.0)
    with pytest.raises(ValueError, match="alpha must be positive"):
        dft.free_energy_reduced(-1.0, 0.5)
    with pytest.raises(ValueError, match="no onset"):
        dft.onset_temperature_reduced(0.8, 0.9)
