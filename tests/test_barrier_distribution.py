"""Distributed barriers and stretched relaxation."""

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import quad
from scipy.optimize import minimize

from relics import barrier_distribution as barriers


def test_width_is_half_over_the_root_of_the_strength():
    D = np.array([3.0, 20.0, 100.0])
    assert barriers.relative_width(D) == pytest.approx(1 / (2 * np.sqrt(D)), rel=1e-12)
    assert barriers.relative_width(D, mismatch=4.0) == pytest.approx(
        barriers.relative_width(D), rel=1e-12
    )


def test_relaxation_is_the_average_over_gaussian_barriers():
    for t in (-3.0, 0.0, 2.0):
        expected, _ = quad(
            lambda x, t=t: np.exp(-(x**2) / 2 - np.exp(t - 2.5 * x)) / np.sqrt(2 * np.pi),
            -8,
            8,
            epsabs=1e-12,
        )
        assert barriers.relaxation(t, 2.5) == pytest.approx(expected, abs=1e-9)


def test_cut_relaxation_matches_sampled_barriers():
    width, t = 2.0, np.array([-2.0, 0.0, 1.0])
    drawn = np.minimum(np.random.default_rng(2).normal(0, width, 200_000), 0.0)
    sampled = np.exp(-np.exp(t[:, None] - drawn)).mean(axis=1)
    assert barriers.relaxation(t, width, cut=True) == pytest.approx(sampled, abs=5e-3)


def test_one_barrier_relaxes_exponentially():
    fit = barriers.fit_stretched(0.0)
    assert (fit.beta, fit.log_time) == pytest.approx((1.0, 0.0), abs=1e-6)


@pytest.mark.parametrize("window", [barriers.WINDOW, (0.2, 0.6)])
@pytest.mark.parametrize("cut", [False, True])
def test_fit_is_the_least_square_inside_the_window(window, cut):
    width = 3.0
    t = np.linspace(-8 - 6 * width, 8 + 6 * width, 801)
    phi = barriers.relaxation(t, width, cut)
    inside = (phi > window[0]) & (phi < window[1])

    def squares(law):
        return np.sum((np.exp(-np.exp(law[0] * (t[inside] - law[1]))) - phi[inside]) ** 2)

    best = minimize(squares, (0.5, 0.0), method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 0})
    fit = barriers.fit_stretched(width, cut, window)
    assert (fit.beta, fit.log_time) == pytest.approx(best.x, rel=1e-5)
    assert fit.rms == pytest.approx(np.sqrt(best.fun / inside.sum()), rel=1e-5)


def test_estimate_halves_the_exponent_at_three_times_the_thermal_variance():
    found = barriers.stretching_estimate(np.sqrt([0.0, 3.0, 8.0, 99.0]))
    assert found == pytest.approx([1, 1 / 2, 1 / 3, 1 / 10], rel=1e-14)


def test_cut_barriers_never_exceed_the_most_probable_one():
    drawn = barriers.sample_barriers(10.0, 4.0, 20_000, seed=1, cut=True)
    assert drawn.max() == 10.0
    assert np.mean(drawn == 10.0) == pytest.approx(0.5, abs=0.02)


def test_exponent_grows_with_strength_and_with_the_cut():
    D = np.array([5.0, 50.0])
    plain, cut = barriers.stretching_exponent(D), barriers.stretching_exponent(D, cut=True)
    assert plain[0] < plain[1] and np.all(cut > plain)


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="D must be positive"):
        barriers.relative_width(-1.0)
    with pytest.raises(ValueError, match="must exceed one"):
        barriers.stretching_exponent(10.0, timescale=0.5)
    with pytest.raises(ValueError, match="size must be at least 1"):
        barriers.sample_barriers(1.0, 10.0, 0, seed=1)


def test_sampled_barriers_are_gaussian_with_the_width_of_the_liquid():
    drawn = barriers.sample_barriers(10.0, 4.0, 5000, seed=1)
    assert stats.kstest(drawn, stats.norm(10.0, 2.5).cdf).pvalue > 0.01
    again, other = (barriers.sample_barriers(10.0, 4.0, 5000, seed) for seed in (1, 2))
    assert np.array_equal(drawn, again) and not set(drawn) & set(other)
    cut = barriers.sample_barriers(10.0, 4.0, 5000, seed=1, cut=True)
    assert np.array_equal(cut, np.minimum(drawn, 10.0))
    assert barriers.sample_barriers(1.0, 4.0, 1, seed=1).shape == (1,)
    with pytest.raises(ValueError, match="^mean must be positive"):
        barriers.sample_barriers(0.0, 4.0, 1, seed=1)


def test_relaxation_is_one_before_all_barriers_and_zero_after():
    found = barriers.relaxation([[-1e4, -60.0], [60.0, 1e4]], 2.0)
    assert found == pytest.approx(np.array([[1.0, 1.0], [0.0, 0.0]]), abs=1e-15)
    with pytest.raises(ValueError, match="^width must be finite and not negative"):
        barriers.relaxation(0.0, -1.0)


def test_few_nodes_integrate_what_many_do():
    few, many = (barriers.relaxation([-3.0, 0.0, 2.0], 1.0, nodes=n) for n in (60, 300))
    assert few == pytest.approx(many, rel=1e-8)
    assert abs(barriers.relaxation(0.0, 1.0, nodes=4) / many[1] - 1) > 0.01


@pytest.mark.parametrize("cut", [False, True])
def test_exponents_of_several_liquids_are_those_of_their_widths(cut):
    D = np.array([[5.0, 20.0], [50.0, 100.0]])
    given = {"cut": True} if cut else {}
    found = barriers.stretching_exponent(D, 1e12, **given)
    for index in np.ndindex(D.shape):
        width = 12 * np.log(10) / (2 * np.sqrt(D[index]))
        fit = barriers.fit_stretched(width, cut)
        assert found[index] == pytest.approx(fit.beta, rel=1e-6)
    unlimited = barriers.fit_stretched(width, **given)
    assert unlimited.beta == fit.beta


def test_glass_transition_takes_seventeen_decades_unless_told():
    default, told = barriers.stretching_exponent(20.0), barriers.stretching_exponent(20.0, 1e17)
    assert default == told != barriers.stretching_exponent(20.0, 1e16)
    assert 0.99 < barriers.stretching_exponent(20.0, 1.5) < 1
    with pytest.raises(ValueError, match="^timescale .* must exceed one, got 1$"):
        barriers.stretching_exponent(20.0, 1.0)


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: barriers.relative_width(10.0, 0.0), "mismatch must be positive"),
        (lambda: barriers.fit_stretched(-1.0), "width must be finite and not negative"),
        (lambda: barriers.stretching_estimate(-1.0), "width must be finite and not negative"),
        (lambda: barriers.stretching_exponent(-1.0), "D must be positive"),
        (lambda: barriers.stretching_exponent(9.0, -1.0), "timescale must be positive"),
    ],
)
def test_arguments_outside_their_domain_are_named(call, name):
    with pytest.raises(ValueError, match=f"^{name}"):
        call()
