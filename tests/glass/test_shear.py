"""Quasistatic shear towards an instability, and local heat capacities."""

import numpy as np
import pytest

from relics.glass import shear
from relics.glass.configuration import random_configuration
from relics.glass.elasticity import elasticity
from relics.glass.energy import energy, pair_terms
from relics.glass.minimise import minimise
from relics.glass.nonlinear_modes import expansion, strain_coupling


@pytest.fixture(scope="module")
def glass():
    return minimise(random_configuration("binary-r10-2d", 150, 3))


@pytest.fixture(scope="module")
def event(glass):
    return shear.approach(glass)


def test_stress_is_the_derivative_of_the_energy(glass):
    conf, h = glass.configuration, 1e-6
    slope = (energy(conf.sheared(h)) - energy(conf.sheared(-h))) / (2 * h * conf.volume)
    assert shear.shear_stress(conf) == pytest.approx(slope, rel=1e-6, abs=1e-8)


def test_first_steps_are_elastic(glass):
    """The slope of the stress is the relaxed modulus, found from the Hessian alone."""
    h = 1e-5
    stress = [shear.shear_stress(shear.strained(glass, s).configuration) for s in (-h, h)]
    modulus = elasticity(glass.configuration).simple_shear
    assert (stress[1] - stress[0]) / (2 * h) == pytest.approx(modulus, rel=1e-3)


def test_stress_integrates_to_the_energy_up_to_the_instability(glass, event):
    rise = np.trapezoid(event.stress, event.strain) * glass.configuration.volume
    assert event.energy[-1] - event.energy[0] == pytest.approx(rise, rel=5e-3)


def test_stiffness_vanishes_like_a_square_root(event):
    assert event.stiffness[-1] < 0.05 * event.stiffness[0]
    assert event.strain[-1] < event.critical < event.strain[-1] + 1e-6
    distance = event.critical - event.strain
    window = (distance > 1e-6) & (distance < 5e-4)
    assert window.sum() >= 3
    slope = np.polyfit(np.log(distance[window]), np.log(event.stiffness[window]), 1)[0]
    assert slope == pytest.approx(0.5, abs=0.06)


def test_the_minimum_is_gone_beyond_the_critical_strain(event):
    last = event.minima[-1]
    step = 2.0 * (event.critical - event.strain[-1]) + 1e-6
    beyond = shear.strained(last, event.strain[-1] + step)
    assert shear.jumped(last, beyond)
    assert beyond.energy < last.energy


def test_nonlinear_mode_obeys_the_saddle_node_law(event):
    """b2 = sqrt(2 b3 F (gamma_c - gamma)) with b3 and F of the mode itself (LB21 Eq. 21)."""
    modes = shear.follow_mode(event, 12)
    checked = 0
    for mode, minimum in zip(modes, event.minima[::-1], strict=False):
        distance = event.critical - minimum.configuration.shear
        if not 5e-7 < distance < 2e-4:
            continue
        force = strain_coupling(expansion(minimum.configuration), mode.field)[0, 1]
        assert mode.b2 / np.sqrt(2 * mode.b3 * force * distance) == pytest.approx(1.0, abs=0.08)
        rate = shear.softening_rate(minimum, mode)
        assert rate == pytest.approx(-mode.b2 / (2 * distance), rel=0.15)
        checked += 1
    assert checked >= 2


def test_local_heat_capacities_add_up_to_the_number_of_modes(glass):
    found = shear.local_heat_capacity(glass.configuration)
    assert found.value.sum() == pytest.approx(2 * 150 - 2, rel=1e-9)
    assert found.harmonic.sum() - found.value.sum() == pytest.approx(0.0, abs=1e-6)
    assert found.value.min() < 0 < found.value.max()


def test_local_heat_capacity_is_the_slope_of_a_thermal_average(glass):
    """Average of pair energies over the anharmonic Boltzmann weight, by importance sampling.

    Displacements are drawn from the harmonic weight in pairs x, -x and reweighted with the rest
    of the energy; the slope follows from two small temperatures.
    """
    conf = glass.configuration
    heat = shear.local_heat_capacity(conf)
    at = expansion(conf)
    stiff, vectors = np.linalg.eigh(at.matrix.toarray())
    stiff, vectors = stiff[2:], vectors[:, 2:]
    terms = pair_terms(conf)
    chosen = np.argsort(-np.abs(heat.value))[:5]
    law = conf.law()
    c = np.asarray(law.coefficients)
    sigma = law.pair_diameters()[conf.species[terms.i], conf.species[terms.j]]

    def pair_energies(shifts):
        r = terms.r + shifts[terms.j] - shifts[terms.i]
        x2 = (r**2).sum(axis=1) / sigma**2
        phi = x2**-5.0 + sum(a * x2**k for k, a in enumerate(c))
        return np.where(x2 < law.cutoff**2, phi, 0.0)

    rest = pair_energies(np.zeros_like(conf.positions))
    rng = np.random.default_rng(0)
    temperature, samples = 2e-6, 1500
    slopes = []
    for _ in range(samples):
        normal = rng.normal(size=stiff.size)
        x = (vectors @ (normal * np.sqrt(temperature / stiff))).reshape(conf.positions.shape)
        up, down = pair_energies(x) - rest, pair_energies(-x) - rest
        harmonic = 0.5 * temperature * (normal**2).sum()
        # weights exp(-(U - U_harmonic)/T) of the two, to first order in their small exponents
        wu = np.exp(-(up.sum() - harmonic) / temperature)
        wd = np.exp(-(down.sum() - harmonic) / temperature)
        slopes.append((wu * up[chosen] + wd * down[chosen], wu + wd))
    top = np.array([s[0] for s in slopes])
    weight = np.array([s[1] for s in slopes])
    mean = top.sum(axis=0) / weight.sum() / (0.5 * temperature)
    parts = np.array_split(np.arange(samples), 30)
    spread = np.array(
        [top[p].sum(axis=0) / weight[p].sum() / (0.5 * temperature) for p in parts]
    ).std(axis=0, ddof=1) / np.sqrt(30)
    assert (np.abs(mean - heat.value[chosen]) < 5.0 * spread + 0.02 * np.abs(mean)).all()
    assert (spread < 0.2 * np.abs(heat.value[chosen])).all()


@pytest.mark.parametrize(
    "call",
    [
        lambda g: shear.approach(g, step=-1.0),
        lambda g: shear.approach(g, step=1e-9),
        lambda g: shear.approach(g, step=1e-4, limit=2e-4),
        lambda g: shear.critical_strain([0, 1], [2, 1]),
        lambda g: shear.critical_strain([0, 1, 2, 3], [1, 2, 3, 4]),
        lambda g: shear.local_heat_capacity(g.configuration.sheared(0.4)),
    ],
)
def test_bad_input_is_refused(glass, call):
    with pytest.raises(ValueError):
        call(glass)
