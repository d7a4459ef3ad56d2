import math

import numpy as np
import pytest

from relics import caged_particle as cage
from relics.constants import k_B


def test_gradient_and_curvature_are_derivatives_of_the_energy():
    place, step = np.array([0.07, -0.03]), 1e-6
    arguments = (12, 0.9, 0.05)
    unit = np.eye(2) * step
    slope = [
        (cage.cage_energy(place + u, *arguments) - cage.cage_energy(place - u, *arguments))
        / (2 * step)
        for u in unit
    ]
    assert cage.cage_gradient(place, *arguments) == pytest.approx(slope, rel=1e-6)
    bend = [
        (cage.cage_gradient(place + u, *arguments) - cage.cage_gradient(place - u, *arguments))
        / (2 * step)
        for u in unit
    ]
    assert cage.cage_curvature(place, *arguments) == pytest.approx(np.array(bend), rel=1e-6)


@pytest.mark.parametrize("n", [6, 12.5])
def test_energy_counts_the_neighbours_at_their_distances(n):
    assert cage.cage_energy((0.0, 0.0), n, 1.0) == pytest.approx(4, rel=1e-14)
    assert cage.cage_energy((0.0, 0.0), n, 0.8) == pytest.approx(2 + 2 * 0.8**-n, rel=1e-14)
    assert cage.cage_energy((0.0, 0.0), n, 1.0, 1.0) == pytest.approx(3 + 2**-n, rel=1e-14)


@pytest.mark.parametrize("n", [200.0, 1000.0])
def test_stiff_discs_rest_where_the_forces_balance(n):
    b = 0.97 * float(cage.buckling_width(n))
    x = cage.buckled_position(n, b)
    # Back by n/(1-x)^(n+1) - n/(1+x)^(n+1), on by 2 n x/r^(n+2) of the two beside; logarithms.
    along = -(n + 1) * math.log1p(-x) + math.log1p(-(((1 - x) / (1 + x)) ** (n + 1)))
    beside = math.log(2 * x) - (n / 2 + 1) * math.log(x**2 + b**2)
    assert 0 < x < 1 - b
    assert along == pytest.approx(beside, rel=1e-9)


@pytest.mark.parametrize("n, expected", [(12, 0.8326), (36, 0.9094), (100, 0.9558)])
def test_buckling_width(n, expected):
    assert cage.buckling_width(n) == pytest.approx(expected, abs=1e-4)
    assert cage.buckling_width_by_curvature(n) == pytest.approx(
        float(cage.buckling_width(n)), rel=1e-12
    )


def test_pitchfork_is_supercritical():
    n = 36
    critical = float(cage.buckling_width(n))
    assert cage.buckled_position(n, critical + 1e-3) == 0
    depths = np.geomspace(1e-6, 1e-4, 5)
    x = [cage.buckled_position(n, critical - depth) for depth in depths]
    assert np.polyfit(np.log(depths), np.log(x), 1)[0] == pytest.approx(0.5, abs=0.005)
    b = critical - 1e-3
    x = cage.buckled_position(n, b)
    assert (
        cage.cage_curvature((0.0, 0.0), n, b)[0, 0] < 0 < cage.cage_curvature((x, 0.0), n, b)[0, 0]
    )


def test_buckling_loses_contacts():
    b = 0.98 * float(cage.buckling_width(36))
    assert cage.contacts((0.0, 0.0), 1.0) == 4
    assert cage.contacts((cage.buckled_position(36, b), 0.0), b) < 4


def test_resting_place_is_a_minimum():
    narrow = 0.98 * float(cage.buckling_width(36))
    aside = cage.resting_place(36, narrow)
    assert aside[0] > 0.01 and aside[1] == 0
    assert np.abs(cage.cage_gradient(aside, 36, narrow)).max() < 1e-6 * cage.cage_energy(
        aside, 36, narrow
    )
    place = cage.resting_place(100, 1.0, 0.1)
    assert np.abs(cage.cage_gradient(place, 100, 1.0, 0.1)).max() < 1e-8
    assert np.linalg.eigvalsh(cage.cage_curvature(place, 100, 1.0, 0.1))[0] > 0


def test_amplitudes_follow_equipartition():
    # Metropolis-free: the Gaussian integral of exp(-E) on a grid about the resting place.
    n, retraction, temperature = 36, 0.05, 1e-4
    place = cage.resting_place(n, 1.0, retraction)
    s = np.linspace(-0.01, 0.01, 301)
    X, Y = np.meshgrid(s, s, indexing="ij")
    energy = cage.cage_energy(place + np.stack([X, Y], axis=-1), n, 1.0, retraction)
    weight = np.exp(-(energy - energy.min()) / temperature)
    x = np.sum(X * weight) / weight.sum()
    ratio = math.sqrt(np.sum((X - x) ** 2 * weight) / np.sum(Y**2 * weight))
    assert cage.amplitude_ratio(n, 1.0, retraction) == pytest.approx(ratio, rel=0.01)


@pytest.mark.parametrize(
    ("n", "b", "retraction"), [(12, 1.0, 0.1), (2, 0.3, -0.3), (6, 1.2, 0.5), (36, 0.8, 1.0)]
)
def test_saddle_lies_between_two_neighbours(n, b, retraction):
    """A circle about it: the energy is above its own twice, below twice, towards the neighbours."""
    saddle = cage.escape_saddle(n, b, retraction)
    assert 0 < saddle[0] < 1 + retraction and 0 < saddle[1] < b
    angle = np.linspace(0, 2 * np.pi, 720, endpoint=False)
    circle = saddle + 1e-3 * np.column_stack([np.cos(angle), np.sin(angle)])
    height = cage.cage_energy(circle, n, b, retraction)
    rise = height / cage.cage_energy(saddle, n, b, retraction) - 1
    assert np.count_nonzero(np.diff(np.sign(rise), append=np.sign(rise[0]))) == 4
    # Opposite points rise alike: no slope is left, only curvature.
    assert np.abs(rise - np.roll(rise, 360)).max() < 0.1 * np.abs(rise).max()


@pytest.mark.parametrize(("n", "b", "retraction"), [(1, 1.0, 1.0), (2, 3.0, 1.0), (3, 3.0, -0.7)])
def test_soft_discs_far_from_square_have_no_saddle_off_the_axes(n, b, retraction):
    """No point between the two neighbours is without force, by a grid finer than the cage."""
    with pytest.raises(ValueError, match="no saddle"):
        cage.escape_saddle(n, b, retraction)
    x, y = np.linspace(0, 1 + retraction, 401)[1:-1], np.linspace(0, b, 401)[1:-1]
    force = cage.cage_gradient(np.stack(np.meshgrid(x, y), axis=-1), n, b, retraction)
    sign = np.sign(force)
    corners = [sign[i : i - 1 or None, j : j - 1 or None] for i in (0, 1) for j in (0, 1)]
    turns = np.ptp(np.array(corners), axis=0) > 0
    assert turns.any() and not turns.all(axis=-1).any()


def test_couplings():
    # p = sqrt(K rho k_B T) turns the pressure's coupling into the modulus's (L18 Eq. 45).
    K, T, rho = 3e10, 800.0, 2e28
    p = math.sqrt(K * rho * k_B * T)
    assert cage.pressure_coupling(p, 4e21, 1e21, rho) == pytest.approx(
        float(cage.gardner_coupling(4e21, 1e21, K, T, rho)), rel=1e-12, abs=0
    )


def test_refusals():
    with pytest.raises(ValueError, match="positive"):
        cage.cage_energy((0, 0), 12, -1)
    with pytest.raises(ValueError, match="retraction"):
        cage.neighbours(1.0, -2.0)
    with pytest.raises(ValueError, match="positive"):
        cage.buckling_width(-3)
