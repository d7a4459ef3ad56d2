"""Moduli against straining and minimising again."""

from dataclasses import replace

import numpy as np
import pytest
from all_pairs import energy_forces_virial, minimum

from relics.glass.elasticity import (
    affine_curvature,
    deviatoric_strains,
    elasticity,
    pressure,
    strain_gradient,
)
from relics.glass.energy import energy, energy_and_forces, pair_terms
from relics.glass.minimise import minimise

NAME = "binary-r10-2d"


def relaxed(conf):
    return minimise(conf).energy


def test_simple_shear_modulus_is_the_curvature_of_the_relaxed_energy():
    conf = minimum(NAME).configuration
    h = 2e-4
    e = {m: relaxed(conf.sheared(m * h)) for m in (-1, 0, 1)}
    curvature = (e[1] - 2 * e[0] + e[-1]) / h**2 / conf.volume
    assert elasticity(conf).simple_shear == pytest.approx(curvature, rel=1e-4)


def test_pure_shear_is_the_curvature_of_the_relaxed_energy_at_constant_volume():
    conf = minimum(NAME).configuration
    h = 2e-4

    def stretched(s):
        factors = np.exp([0.5 * s, -0.5 * s])
        return replace(conf, box=conf.box * factors, positions=conf.positions * factors)

    e = {m: relaxed(stretched(m * h)) for m in (-1, 0, 1)}
    pure = (e[1] - 2 * e[0] + e[-1]) / h**2 / conf.volume
    found = elasticity(conf)
    # In the plane the isotropic average is that of both simple shears and the pure one; the two
    # simple ones differ by the difference of the normal stresses.
    virial = energy_forces_virial(conf)[2]
    other = found.simple_shear + (virial[0, 0] - virial[1, 1]) / conf.volume
    average = 0.25 * (found.simple_shear + other) + 0.5 * pure
    assert found.shear == pytest.approx(average, rel=1e-4)


def grown(conf, factor):
    return replace(conf, box=conf.box * factor, positions=conf.positions * factor)


def test_bulk_modulus_is_the_volume_derivative_of_the_pressure():
    conf = minimum(NAME).configuration
    h = 1e-4
    p = {m: pressure(minimise(grown(conf, 1 + m * h)).configuration) for m in (-1, 1)}
    volumes = {m: conf.volume * (1 + m * h) ** 2 for m in (-1, 1)}
    slope = (p[1] - p[-1]) / (volumes[1] - volumes[-1])
    assert elasticity(conf).bulk == pytest.approx(-conf.volume * slope, rel=1e-5)


def test_pressure_is_minus_the_volume_derivative_of_the_energy():
    conf = minimum("polydisperse-r12").configuration
    h = 1e-5
    slope = (energy(grown(conf, 1 + h)) - energy(grown(conf, 1 - h))) / (
        conf.volume * ((1 + h) ** 3 - (1 - h) ** 3)
    )
    assert pressure(conf) == pytest.approx(-slope, rel=1e-8)
    virial = energy_forces_virial(conf)[2]
    assert pressure(conf) == pytest.approx(-np.trace(virial) / (3 * conf.volume), rel=1e-12)


def test_affine_terms_are_strain_derivatives_at_fixed_fractions():
    conf = minimum(NAME).configuration
    terms = pair_terms(conf)
    shear = np.array([[0.0, 1.0], [0.0, 0.0]])
    h = 1e-5
    e = {m: energy(conf.sheared(m * h)) for m in (-1, 0, 1)}
    assert affine_curvature(terms, shear) == pytest.approx(
        (e[1] - 2 * e[0] + e[-1]) / h**2, rel=1e-4
    )
    forces = {m: energy_and_forces(conf.sheared(m * h))[1] for m in (-1, 1)}
    # the gradient is by fractional motion: dU/dx' = E^-T dU/dx, with dU/dx = 0 at the minimum
    np.testing.assert_allclose(
        strain_gradient(terms, shear),
        -(forces[1] - forces[-1]) / (2 * h),
        atol=1e-5 * np.abs(forces[1]).max() / h,
    )


def test_shear_average_does_not_depend_on_the_axes():
    # Born modulus of a rotated set of separations
    terms = pair_terms(minimum("binary-r10-3d").configuration)
    rotation = np.linalg.qr(np.random.default_rng(0).normal(size=(3, 3)))[0]
    turned = replace(terms, r=terms.r @ rotation.T)

    def average(t):
        return sum(w * affine_curvature(t, strain) for w, strain in deviatoric_strains(3))

    assert average(turned) == pytest.approx(average(terms), rel=1e-12)
    for d in (2, 3, 4):
        assert sum(w for w, _ in deviatoric_strains(d)) == pytest.approx(1.0)


def test_relaxation_lowers_moduli_and_speeds_follow():
    conf = minimum("binary-r10-3d").configuration
    e = elasticity(conf)
    assert 0 < e.shear < e.born_shear
    assert 0 < e.bulk < e.born_bulk
    assert e.transverse_speed == pytest.approx(np.sqrt(e.shear / 0.82))
    assert e.longitudinal_speed == pytest.approx(np.sqrt((e.bulk + 4 / 3 * e.shear) / 0.82))


def test_crystal_of_harmonic_springs_has_the_moduli_of_lattice_theory():
    # Triangular lattice of just-touching harmonic discs with unit springs k = 1: Lame constants
    # both sqrt(3)/4 k, bulk modulus sqrt(3)/2 k; the prestress of the small overlap is corrected.
    from relics.glass.configuration import Configuration

    rows, overlap = 8, 1e-7
    a = 1.0 - overlap
    cell = np.array([[0.0, 0.0], [0.5, np.sqrt(3) / 2]]) * a
    grid = np.stack(np.meshgrid(np.arange(rows), np.arange(rows // 2), indexing="ij"), -1)
    origin = grid.reshape(-1, 2) * np.array([a, np.sqrt(3) * a])
    positions = (origin[:, None] + cell).reshape(-1, 2) + 0.1
    box = np.array([rows * a, rows // 2 * np.sqrt(3) * a])
    n = len(positions)
    crystal = Configuration(positions, box, np.ones(n), np.zeros(n), "harmonic-2d")
    e = elasticity(crystal)
    assert e.shear == pytest.approx(np.sqrt(3) / 4, rel=1e-5)
    assert e.born_shear == pytest.approx(np.sqrt(3) / 4, rel=1e-5)
    assert e.bulk == pytest.approx(np.sqrt(3) / 2, rel=1e-5)
