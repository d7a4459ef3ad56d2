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


@pytest.mark.parametrize("n", [3.0, 12.0, 36.0, 57.0, 100.0, 230.0, 800.0])
def test_buckling_width_by_curvature_is_the_closed_form_to_thirteen_digits(n):
    found = cage.buckling_width_by_curvature(n)
    assert found == pytest.approx((n + 1) ** (-1 / (n + 2)), rel=1e-13)
    assert cage.buckled_position(n, float(cage.buckling_width(n))) == 0


def test_square_cage_has_its_symmetry_where_nothing_else_is_said():
    for n in (6.0, 12.0, 40.0):
        assert cage.amplitude_ratio(n) == pytest.approx(1, rel=1e-12)
        assert np.array_equal(cage.resting_place(n), [0.0, 0.0])
        x, y = cage.escape_saddle(n)
        assert x == pytest.approx(y, rel=1e-12)
    assert np.array_equal(cage.neighbours(0.7), [[0, 0.7], [0, -0.7], [1, 0], [-1, 0]])
    assert np.array_equal(cage.neighbours(0.7, 0.25)[2], [1.25, 0])
    for f in (cage.cage_energy, cage.cage_gradient, cage.cage_curvature):
        assert np.array_equal(f((0.1, 0.2), 6, 0.9), f((0.1, 0.2), 6, 0.9, 0.0))


def test_rows_of_places_are_evaluated_one_by_one():
    places = np.random.default_rng(1).uniform(-0.3, 0.3, (2, 5, 2))
    for f, shape in (
        (cage.cage_energy, ()),
        (cage.cage_gradient, (2,)),
        (cage.cage_curvature, (2, 2)),
    ):
        found = f(places, 7, 0.9, 0.1)
        assert found.shape == (2, 5, *shape)
        for k in np.ndindex(2, 5):
            assert found[k] == pytest.approx(f(places[k], 7, 0.9, 0.1), rel=1e-13)


@pytest.mark.parametrize(("n", "depth"), [(4.0, 0.9), (12.0, 0.999), (36.0, 0.95)])
def test_buckled_disc_is_at_rest_to_the_last_digits(n, depth):
    b = depth * float(cage.buckling_width(n))
    x = cage.buckled_position(n, b)
    side = 2 * x * (x**2 + b**2) ** (-n / 2 - 1)
    assert side == pytest.approx((1 - x) ** (-n - 1) - (1 + x) ** (-n - 1), rel=1e-12)


@pytest.mark.parametrize(
    ("n", "retraction"), [(6.0, 0.01), (36.0, 0.2), (300.0, 0.5), (12.0, -0.3), (30.0, -0.05)]
)
def test_disc_rests_where_the_forces_of_an_open_or_a_closing_cage_balance(n, retraction):
    x, y = cage.resting_place(n, 1.1, retraction)
    s, far = abs(x), 1 + max(retraction, 0)
    near = 1 + min(retraction, 0)
    side = 2 * s * (s**2 + 1.21) ** (-n / 2 - 1)
    assert y == 0 and x * retraction > 0
    assert (near + s) ** (-n - 1) + side == pytest.approx((far - s) ** (-n - 1), rel=1e-9)


def test_neighbours_within_a_twentieth_of_the_nearest_touch():
    # 0.98 and 1.02 along the cage, and beside it b
    assert cage.contacts((0.02, 0.0), 0.98 * 1.049) == 4
    assert cage.contacts((0.02, 0.0), 0.98 * 1.051) == 2
    assert cage.contacts((0.0, 0.0), 1.2) == 2
    assert cage.contacts((0.0, 0.0), 1.2, tolerance=0.2) == 4
    assert cage.contacts((0.0, 0.0), 1.0, 0.3) == 3


def test_couplings_have_their_values_and_refuse_what_is_not_positive():
    root = math.sqrt(6.0 / 1.5)
    found = cage.gardner_coupling(6.0, 1.5, 3e10, 800.0, 2e28)
    assert found == pytest.approx(root * math.sqrt(3e10 * k_B * 800 / 2e28), rel=1e-12, abs=0)
    assert cage.pressure_coupling(3e9, 6.0, 1.5, 2e28) == pytest.approx(
        root * 1.5e-19, rel=1e-12, abs=0
    )
    for f, names in (
        (cage.gardner_coupling, ("alpha_x", "alpha_y", "K", "T", "rho")),
        (cage.pressure_coupling, ("p", "alpha_x", "alpha_y", "rho")),
    ):
        for name in names:
            for bad in (0.0, -1.0, np.nan):
                with pytest.raises(ValueError, match=f"{name} must be positive"):
                    f(**dict.fromkeys(names, 1.0) | {name: bad})


def test_cages_that_cannot_be_are_refused_by_every_function():
    for f in (cage.cage_energy, cage.cage_gradient, cage.cage_curvature):
        with pytest.raises(ValueError, match="n must be positive"):
            f((0.0, 0.0), 0.0, 1.0)
        with pytest.raises(ValueError, match="b must be positive"):
            f((0.0, 0.0), 6.0, 0.0)
        with pytest.raises(ValueError, match="retraction must exceed -1"):
            f((0.0, 0.0), 6.0, 1.0, -1.0)
        with pytest.raises(ValueError, match="retraction must be finite"):
            f((0.0, 0.0), 6.0, 1.0, np.nan)
    assert cage.neighbours(1.0, -0.999)[2, 0] == pytest.approx(0.001)


def test_a_disc_that_would_roll_out_sideways_has_no_amplitudes():
    # drawn back so far, the disc stands between the two neighbours beside, on a saddle
    with pytest.raises(ValueError, match="no resting place at n = 12, b = 2, retraction = 0.1"):
        cage.amplitude_ratio(12, 2.0, 0.1)
