"""Softening of modes under strain: against a landscape that loses its minimum, and by counting."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from relics import plastic_softening as soft


def minimum(distance, g=0.7, f=1.3, quartic=0.4):
    """Stiffness and cubic coefficient of U = -f d x + g x^3/6 + q x^4/24 at its minimum, d > 0."""
    x = brentq(lambda x: -f * distance + g * x**2 / 2 + quartic * x**3 / 6, 0.0, 10.0)
    return g * x + quartic * x**2 / 2, g + quartic * x


def test_rate_is_that_of_a_followed_minimum():
    """The minimum of U loses its stiffness as the force f d is taken away."""
    d, h, f = 0.3, 1e-5, 1.3
    b_2, b_3 = minimum(d)
    measured = (minimum(d + h)[0] - minimum(d - h)[0]) / (2 * h)
    # Strain grows while the distance d shrinks, so the coupling of the strain is +f.
    assert soft.stiffness_rate(b_2, b_3, f) == pytest.approx(-measured, rel=1e-8)


def test_square_root_law_is_reached_at_the_end():
    for d in (1e-6, 1e-8):
        b_2, b_3 = minimum(d)
        assert b_2 / soft.stiffness_before(d, b_3, 1.3) == pytest.approx(1.0, abs=2 * np.sqrt(d))


def test_square_root_law_integrates_the_rate():
    b_3, f, start = 0.9, 1.7, 0.05
    run = solve_ivp(
        lambda _, b: soft.stiffness_rate(b, b_3, f),
        (0.0, 0.045),
        [float(soft.stiffness_before(start, b_3, f))],
        rtol=1e-10,
        atol=1e-12,
    )
    assert run.y[0, -1] == pytest.approx(float(soft.stiffness_before(0.005, b_3, f)), rel=1e-7)


def test_strain_to_instability_inverts_the_law():
    left = np.array([1e-4, 0.02])
    stiffness = soft.stiffness_before(left, 2.0, 0.6)
    assert soft.strain_to_instability(stiffness, 2.0, 0.6) == pytest.approx(left)


@pytest.mark.parametrize("theta", [-0.5, 0.0, 0.2, 0.6])
def test_density_near_thresholds_counts_sampled_modes(theta):
    """Thresholds drawn from x^theta on (0, 1), each turned into a frequency."""
    rng = np.random.default_rng(8)
    x = rng.random(400_000) ** (1 / (1 + theta))
    mass, drive = 0.7, 1.9
    omega = np.sqrt(soft.stiffness_before(x, drive, 1.0) / mass)
    edges = np.linspace(0.5, 1.2, 8)
    counts = np.histogram(omega, edges)[0]
    fine = np.linspace(edges[:-1], edges[1:], 201)
    density = soft.density_near_thresholds(fine, theta, 1 + theta, mass, drive)
    expected = len(x) * np.trapezoid(density, fine, axis=0)
    assert np.all(np.abs(counts - expected) < 5 * np.sqrt(expected))


def test_exponent_is_the_smaller_one():
    theta = np.array([0.0, 0.1, 0.25, 0.3, 1.0])
    assert soft.density_exponent(theta) == pytest.approx([3.0, 3.4, 4.0, 4.0, 4.0])
    slope = np.log2(
        soft.density_near_thresholds(0.2, 0.1, 1.0, 1.0, 1.0)
        / soft.density_near_thresholds(0.1, 0.1, 1.0, 1.0, 1.0)
    )
    assert slope == pytest.approx(soft.density_exponent(0.1))


@pytest.mark.parametrize(
    "call",
    [
        lambda: soft.stiffness_rate(0.0, 1.0, 1.0),
        lambda: soft.stiffness_before(-1e-3, 1.0, 1.0),
        lambda: soft.stiffness_before(1e-3, 1.0, -1.0),
        lambda: soft.strain_to_instability(1.0, -1.0, 1.0),
        lambda: soft.density_near_thresholds(0.1, -1.0, 1.0, 1.0, 1.0),
        lambda: soft.density_near_thresholds(0.0, 0.1, 1.0, 1.0, 1.0),
        lambda: soft.density_near_thresholds(0.1, 0.1, 0.0, 1.0, 1.0),
        lambda: soft.density_near_thresholds(0.1, 0.1, 1.0, 0.0, 1.0),
        lambda: soft.density_near_thresholds(0.1, 0.1, 1.0, 1.0, 0.0),
        lambda: soft.stiffness_before(0.0, 1.0, 1.0),
        lambda: soft.stiffness_before(1e-3, 1.0, 0.0),
        lambda: soft.strain_to_instability(0.0, 1.0, 1.0),
        lambda: soft.strain_to_instability(1.0, 0.0, 1.0),
        lambda: soft.density_exponent(-1.0),
    ],
)
def test_bad_input_is_refused(call):
    with pytest.raises(ValueError, match="got"):
        call()


def test_small_numbers_are_as_good_as_large_ones():
    b_2, b_3, coupling = np.array([1e-3, 0.2]), 0.4, np.array([[0.01], [0.3]])
    left = soft.strain_to_instability(b_2, b_3, coupling)
    assert left == pytest.approx(b_2**2 / (2 * b_3 * coupling), rel=1e-12)
    assert soft.stiffness_before(left, b_3, coupling) == pytest.approx(
        np.broadcast_to(b_2, (2, 2)), rel=1e-12
    )
    rate = soft.stiffness_rate(b_2, b_3, coupling)
    assert rate == pytest.approx(-b_3 * coupling / b_2, rel=1e-12)
    # the rate of the square-root law, by its slope
    h = 1e-6
    later, earlier = (soft.stiffness_before(left * (1 + s), b_3, coupling) for s in (-h, h))
    assert (later - earlier) / (2 * h * left) == pytest.approx(rate, rel=1e-7)


def test_density_near_thresholds_is_the_law_of_thresholds_times_its_slope():
    omega, theta, P_0, mass, drive = np.array([0.02, 0.5, 3.0]), 0.3, 0.2, 0.6, 0.05
    x, h = (mass * omega**2) ** 2 / (2 * drive), 1e-6
    stiffness = soft.stiffness_before([x * (1 - h), x * (1 + h)], drive, 1.0)
    below, above = np.sqrt(stiffness / mass)
    found = soft.density_near_thresholds(omega, theta, P_0, mass, drive)
    assert found == pytest.approx(P_0 * x**theta * 2 * h * x / (above - below), rel=1e-7)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: soft.stiffness_rate(-1.0, 1.0, 1.0), "^a stiffness must be positive, got -1"),
        (lambda: soft.stiffness_before(0.1, -1.0, 1.0), "^distance and b_3 F must be positive"),
        (
            lambda: soft.strain_to_instability(-0.1, 1.0, 1.0),
            "^stiffness and b_3 F must be positive",
        ),
        (
            lambda: soft.density_near_thresholds(0.5, -2.0, 1.0, 1.0, 1.0),
            "^theta > -1 and positive omega, P_0, mass and drive are needed, got -2",
        ),
        (lambda: soft.density_near_thresholds(0.5, 0.1, 0.0, 1.0, 1.0), "P_0, mass and drive"),
        (lambda: soft.density_near_thresholds([0.5, -1.0], 0.1, 1.0, 1.0, 1.0), "positive omega"),
        (lambda: soft.density_exponent([0.1, -1.5]), "^theta must be above -1, got"),
    ],
)
def test_refusals_say_what_is_needed(call, message):
    with pytest.raises(ValueError, match=message):
        call()
