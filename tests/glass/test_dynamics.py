"""Molecular dynamics: conservation, order of the integrator, and the canonical distribution."""

import numpy as np
import pytest

from relics.glass import dynamics
from relics.glass.configuration import random_configuration
from relics.glass.energy import energy
from relics.glass.hessian import hessian
from relics.glass.minimise import minimise
from relics.glass.modes import lowest_modes


@pytest.fixture(scope="module")
def glass():
    return minimise(random_configuration("binary-r10-2d", 64, 2)).configuration


def moving(glass, temperature=0.05, seed=0):
    return dynamics.start(glass, temperature, np.random.default_rng(seed))


def test_energy_error_falls_with_the_square_of_the_step(glass):
    drifts = []
    for step in (0.008, 0.004):
        motion = moving(glass)
        total = dynamics.constant_energy(motion, step, round(2.0 / step))[1]
        drifts.append(np.std(total))
    assert drifts[0] / drifts[1] == pytest.approx(4.0, rel=0.15)


def test_energy_and_momentum_are_conserved(glass):
    motion, total = dynamics.constant_energy(moving(glass), 0.002, 600)
    assert np.ptp(total) < 1e-3 * moving(glass).kinetic_energy
    assert total[-1] == pytest.approx(energy(motion.configuration) + motion.kinetic_energy)
    assert np.abs(motion.velocities.sum(axis=0)).max() < 1e-10


def test_motion_can_be_reversed(glass):
    there, _ = dynamics.constant_energy(moving(glass), 0.004, 150)
    turned = dynamics.Motion(there.configuration, -there.velocities, there.displacement, there.time)
    back, _ = dynamics.constant_energy(turned, 0.004, 150)
    assert np.abs(back.displacement).max() < 1e-9


def test_small_vibration_has_the_frequency_of_its_mode(glass):
    stiffness, fields = lowest_modes(hessian(glass), 3)
    omega = np.sqrt(stiffness[2])
    amplitude = 1e-5
    start = dynamics.Motion(glass, amplitude * fields[2], np.zeros(glass.positions.shape), 0.0)
    quarter = 0.5 * np.pi / omega
    count = 400
    motion, _ = dynamics.constant_energy(start, quarter / count, count)
    along = np.vdot(motion.displacement, fields[2])
    assert along == pytest.approx(amplitude / omega, rel=1e-3)
    assert abs(np.vdot(motion.velocities, fields[2])) < 2e-3 * amplitude


def test_langevin_motion_is_canonical(glass):
    """Kinetic energy: mean d N T/2 with variance d N T^2/2; potential: equipartition at low T."""
    temperature, rng = 0.002, np.random.default_rng(3)
    motion = dynamics.start(glass, temperature, rng)
    motion, _ = dynamics.langevin(motion, temperature, 0.02, 1500, rng, friction=0.5)
    kinetic, potential = [], []
    for _ in range(250):
        motion, u = dynamics.langevin(motion, temperature, 0.02, 20, rng, friction=0.5)
        kinetic.append(motion.kinetic_energy)
        potential.append(u[-1])
    degrees = 2 * 64
    scaled = np.array(kinetic) / (0.5 * degrees * temperature)
    assert scaled.mean() == pytest.approx(1.0, abs=0.05)
    assert scaled.var() == pytest.approx(2.0 / degrees, rel=0.5)
    rise = (np.mean(potential) - energy(glass)) / (0.5 * (degrees - 2) * temperature)
    assert rise == pytest.approx(1.0, abs=0.08)


def test_cooling_ends_cold(glass):
    rng = np.random.default_rng(0)
    motion, _ = dynamics.langevin(
        moving(glass, 0.3), lambda t: 0.3 * max(0.0, 1 - t / 8.0), 0.01, 1000, rng, friction=2.0
    )
    assert motion.temperature < 0.01
    assert motion.time == pytest.approx(10.0)


def test_displacements_are_not_folded(glass):
    speed = np.zeros(glass.positions.shape)
    speed[:, 0] = 10.0
    drift = dynamics.Motion(glass, speed, np.zeros(glass.positions.shape), 0.0)
    motion, _ = dynamics.constant_energy(drift, 0.01, 200)
    np.testing.assert_allclose(motion.displacement[:, 0], 20.0, atol=1e-6)
    assert (motion.configuration.positions < glass.box).all()


@pytest.mark.parametrize(
    "call",
    [
        lambda g, rng: dynamics.start(g, -1.0, rng),
        lambda g, rng: dynamics.constant_energy(moving(g), 0.0, 5),
        lambda g, rng: dynamics.constant_energy(moving(g), 0.01, 0),
        lambda g, rng: dynamics.langevin(moving(g), -0.1, 0.01, 5, rng),
        lambda g, rng: dynamics.langevin(moving(g), 0.1, 0.01, 5, rng, friction=0.0),
        lambda g, rng: dynamics.constant_energy(
            dynamics.Motion(g, np.full(g.positions.shape, np.nan), g.positions, 0.0), 0.01, 5
        ),
    ],
)
def test_bad_input_is_refused(glass, call):
    with pytest.raises(ValueError):
        call(glass, np.random.default_rng(0))
