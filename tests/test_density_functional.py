"""Clouds, ideal gas and the toy functional of localisation."""

from math import factorial

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


def test_free_energy_of_few_particles_counts_their_permutations():
    T, V, m = 300.0, 1e-25, 4e-26
    wavelength = 2 * np.pi * hbar / np.sqrt(2 * np.pi * m * k_B * T)
    for N in (1, 3, 7):
        z = (V / wavelength**3) ** N / factorial(N)
        found = dft.ideal_gas_free_energy(T, V, N, m)
        assert found == pytest.approx(-k_B * T * np.log(z) / N, rel=1e-10, abs=0)


def test_densities_at_many_places_at_once():
    r = 1e-10 * np.random.default_rng(2).normal(size=(4, 2, 3))
    site, spring, T = np.array([1e-11, -2e-11, 0.0]), 3.0, 200.0
    alpha = spring / (2 * k_B * T)
    expected = np.exp(-alpha * ((r - site) ** 2).sum(axis=-1)) * (alpha / np.pi) ** 1.5
    assert dft.einstein_density(r, site, spring, T) == pytest.approx(expected, rel=1e-10)
    clouds = dft.gaussian_density(r, [site, -site], alpha)
    other = np.exp(-alpha * ((r + site) ** 2).sum(axis=-1)) * (alpha / np.pi) ** 1.5
    assert clouds == pytest.approx(expected + other, rel=1e-10)


@pytest.mark.parametrize(
    ("r", "sites"),
    [
        (np.zeros(2), np.zeros((1, 3))),
        (np.zeros(3), np.zeros(3)),
        (np.zeros(3), np.zeros((4, 2))),
        (np.zeros(3), np.zeros((1, 4, 3))),
    ],
)
def test_places_and_sites_have_three_coordinates(r, sites):
    with pytest.raises(ValueError, match=r"^expected r \(..., 3\) and sites \(n, 3\), got"):
        dft.gaussian_density(r, sites, 1.0)


@pytest.mark.parametrize("alpha", [3.0, 40.0])
def test_confinement_costs_the_entropy_of_a_cloud(alpha):
    """int rho ln rho over a Gaussian cloud, and half a bond for each neighbour."""

    def integrand(r):
        density = (alpha / np.pi) ** 1.5 * np.exp(-alpha * r**2)
        return 4 * np.pi * r**2 * density * np.log(density)

    cost = quad(integrand, 0, 12 / np.sqrt(alpha))[0]
    assert dft.free_energy_reduced(alpha, 0.5, 0.0) == pytest.approx(cost, rel=1e-9)
    for neighbours, spacing in ((12, 1.12), (8, 1.2)):
        bond = np.log(dft.bond_factor_reduced(alpha, 0.5, spacing))
        found = dft.free_energy_reduced(alpha, 0.5, neighbours, spacing)
        assert found == pytest.approx(cost - neighbours / 2 * bond, rel=1e-9)
    assert dft.free_energy_reduced(alpha, 0.5) == dft.free_energy_reduced(alpha, 0.5, 12, 1.12)


@pytest.mark.parametrize("model", [{}, {"neighbours": 14, "spacing": 1.1}])
def test_barrier_and_cage_are_stationary_and_highest_and_lowest(model):
    T = dft.onset_temperature_reduced(**model) - 0.01
    found = dft.stationary_points_reduced(T, **model)
    grid = np.geomspace(1, 2000, 6001)
    values = dft.free_energy_reduced(grid, T, **model)
    falling = np.flatnonzero(np.diff(values) < 0)
    assert found.barrier == pytest.approx(grid[falling[0]], rel=2e-3)
    assert found.minimum == pytest.approx(grid[falling[-1] + 1], rel=2e-3)
    for place, value in ((found.barrier, found.height), (found.minimum, found.depth)):
        step = place * np.exp(1e-3 * np.arange(-1, 2))
        below, at, above = dft.free_energy_reduced(step, T, **model)
        assert value == pytest.approx(at, rel=1e-12)
        # one step of Newton's method in ln alpha would move it by less than 1e-6
        assert abs((above - below) / 2 / (above - 2 * at + below)) * 1e-3 < 1e-6


def test_onset_lies_in_the_default_range_and_follows_the_model():
    T_A = dft.onset_temperature_reduced()
    assert T_A == pytest.approx(dft.onset_temperature_reduced(0.5, 0.65), abs=1e-5)
    for model in ({}, {"neighbours": 14, "spacing": 1.1}):
        onset = dft.onset_temperature_reduced(**model)
        assert np.isfinite(dft.stationary_points_reduced(onset - 2e-3, **model).minimum)
        assert np.isnan(dft.stationary_points_reduced(onset + 2e-3, **model).minimum)
    assert abs(onset - T_A) > 0.01
    with pytest.raises(ValueError, match="^no onset of cages between T = 0.3 and 0.4$"):
        dft.onset_temperature_reduced(0.3, 0.4)


@pytest.mark.parametrize(
    ("function", "good"),
    [
        (dft.gaussian_density, {"r": np.zeros(3), "sites": np.zeros((1, 3)), "alpha": 1.0}),
        (dft.einstein_density, {"r": np.zeros(3), "site": np.zeros(3), "spring": 1.0, "T": 1.0}),
        (dft.localisation_parameter, {"displacement": 0.1}),
        (dft.debye_waller, {"q": 1.0, "alpha": 2.0}),
        (dft.ideal_gas_free_energy, {"T": 300.0, "V": 1e-20, "N": 10.0, "m": 1e-26}),
        (dft.lennard_jones_reduced, {"r": 1.1}),
        (dft.bond_factor_reduced, {"alpha": 9.0, "T": 0.5, "spacing": 1.1}),
        (dft.free_energy_reduced, {"alpha": 9.0, "T": 0.5}),
    ],
)
def test_arguments_outside_their_domain_are_named(function, good):
    assert np.isfinite(function(**good)).all()
    signed = ("sites", "site", "q") + (("r",) if function is not dft.lennard_jones_reduced else ())
    for name in good:
        with pytest.raises(ValueError, match=f"^{name} must be (positive and )?finite"):
            function(**good | {name: good[name] * np.nan if name in signed else -1.0})


def test_bonds_of_many_clouds_and_temperatures():
    alpha, T = np.array([[5.0], [100.0]]), np.array([0.4, 0.6, 1.0])
    found = dft.bond_factor_reduced(alpha, T, 1.2)
    single = [[float(dft.bond_factor_reduced(a[0], t, 1.2)) for t in T] for a in alpha]
    assert found == pytest.approx(np.array(single), rel=1e-12)
    # a stiff lattice feels the potential at the spacing alone
    for stiff in (1e7, 1e9):
        factor = dft.bond_factor_reduced(stiff, 0.5, 1.2)
        assert factor == pytest.approx(np.exp(-4 * (1.2**-12 - 1.2**-6) / 0.5), rel=1e-4)


def test_what_only_falls_has_its_stationary_points_at_the_bounds():
    assert dft.stationary_points_reduced(0.4).barrier == pytest.approx(1, rel=1e-6)
    assert dft.stationary_points_reduced(0.4, lowest=9.0).barrier == pytest.approx(9, rel=1e-6)
    assert dft.stationary_points_reduced(0.01).minimum == pytest.approx(2000, rel=1e-6)
    assert dft.stationary_points_reduced(0.4, highest=30.0).minimum == pytest.approx(30, rel=1e-6)
