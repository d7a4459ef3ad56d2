"""Structure factors against direct sums, closed forms and ideal gases."""

import numpy as np
import pytest
from all_pairs import minimum

from relics import resonant_pairs
from relics.glass import structure
from relics.glass.configuration import random_configuration
from relics.glass.modes import wave_vectors


def test_partials_add_up_to_the_plain_structure_factor():
    conf = minimum("binary-r10-3d").configuration
    partials = structure.partial_structure_factors(conf, 6)
    for total, vectors in zip(partials.sum(axis=(1, 2)), wave_vectors(3, 6).values(), strict=True):
        q = 2 * np.pi * vectors / conf.box
        expected = resonant_pairs.structure_factor(q, conf.positions).mean()
        assert total == pytest.approx(expected, rel=1e-10)
    np.testing.assert_allclose(partials, partials.transpose(0, 2, 1), atol=1e-12)
    lengths = structure.shell_lengths(conf, 6)
    np.testing.assert_allclose(lengths**2, (2 * np.pi / conf.box[0]) ** 2 * np.arange(1, 7))


def test_an_ideal_gas_has_no_structure():
    """Means and scatter of |rho|^2/N of independent points are those of an exponential law."""
    start = random_configuration("harmonic-3d", 400, 0)
    rng = np.random.default_rng(5)
    samples = [
        structure.partial_structure_factors(start.moved(rng.random((400, 3)) * start.box), 9)
        for _ in range(40)
    ]
    mean = np.mean(samples, axis=0)
    error = np.std(samples, axis=0, ddof=1) / np.sqrt(40)
    expected = np.diag([0.5, 0.5])
    assert (np.abs(mean - expected) < 5 * error).all()
    part = structure.compressibility_part(mean, [0.5, 0.5])
    np.testing.assert_allclose(part, 1.0, atol=0.2)


def test_of_a_mixture_of_equal_particles_the_compressible_part_is_that_of_all():
    """Random labels on one fluid: S_ab = x_a x_b S + x_a (delta_ab - x_b)."""
    x = np.array([0.3, 0.7])
    for S in (0.02, 0.5, 1.7):
        partials = np.outer(x, x) * S + np.diag(x) - np.outer(x, x)
        assert structure.compressibility_part(partials, x) == pytest.approx(S, rel=1e-12)
    assert structure.compressibility_part([[0.4]], [1.0]) == pytest.approx(0.4)


def test_limit_of_a_parabola_is_found_with_its_error():
    q = np.linspace(0.3, 1.0, 8)
    errors = np.full(8, 0.01)
    rng = np.random.default_rng(1)
    draws = [
        structure.limit_at_zero(q, 0.2 + 0.05 * q**2 + rng.normal(0, 0.01, 8), errors)
        for _ in range(400)
    ]
    values = np.array([v for v, _ in draws])
    assert values.mean() == pytest.approx(0.2, abs=4 * values.std() / 20)
    assert draws[0][1] == pytest.approx(values.std(), rel=0.15)


def test_refusals():
    conf = minimum("binary-r10-3d").configuration
    with pytest.raises(ValueError, match="at least one"):
        structure.partial_structure_factors(conf, 0)
    with pytest.raises(ValueError, match="shear"):
        structure.partial_structure_factors(conf.sheared(0.1), 2)
    with pytest.raises(ValueError, match="fractions"):
        structure.compressibility_part(np.eye(2), [0.5, 0.6])
    with pytest.raises(ValueError, match="partials"):
        structure.compressibility_part(np.eye(3), [0.5, 0.5])
    with pytest.raises(ValueError, match="three lengths"):
        structure.limit_at_zero([1, 2], [1, 2], [1, 1])


def test_jackknife_errors_are_those_of_a_mean_and_of_a_ratio():
    rng = np.random.default_rng(2)
    x, y = rng.normal(3, 1, 50), rng.normal(5, 1, 50)
    value, error = structure.jackknife((x,), lambda m: m)
    assert value == pytest.approx(x.mean())
    assert error == pytest.approx(x.std(ddof=1) / np.sqrt(50))
    ratio, spread = structure.jackknife((x, y), lambda a, b: a / b)
    expected = (x - ratio * y).std(ddof=1) / y.mean() / np.sqrt(50)
    assert ratio == pytest.approx(x.mean() / y.mean())
    assert spread == pytest.approx(expected, rel=0.02)
    with pytest.raises(ValueError, match="two or more"):
        structure.jackknife((x, y[:3]), lambda a, b: a)


def test_bulk_modulus_of_one_particle_in_a_well_of_its_volume():
    """U(V) = a (V - V0)^2/2 with exact averages: only the stiffness and the gas remain."""
    a, V, T = 3.0, 2.0, 0.7
    found = structure.isothermal_bulk_modulus(a * V, 1.0, 1.0, V, 5, T)
    assert found == pytest.approx(5 / V * T + a * V)
    # fluctuations of the pressure soften
    assert structure.isothermal_bulk_modulus(a * V, 1.0, 1.3, V, 5, T) == pytest.approx(
        found - V / T * 0.3
    )
    with pytest.raises(ValueError, match="positive"):
        structure.isothermal_bulk_modulus(1.0, 1.0, 1.0, -1.0, 5, T)
