import numpy as np
import pytest
from scipy import integrate, optimize, stats

from relics import random_energy as rem
from relics.constants import k_B

GAMMA, S_C, T_G = 0.82 * np.sqrt(190), 0.82, 1.0


def test_states_integrate_to_their_number():
    N, variance = 20.0, 1.6
    total = integrate.quad(
        lambda E: float(np.exp(rem.log_states(E, N, S_C, 0.8, variance, GAMMA))), -200, 300
    )[0]
    assert total == pytest.approx(np.exp(S_C * N) * np.sqrt(2 * np.pi * N * variance), rel=1e-8)


def test_one_state_is_left_at_the_lowest_typical_level():
    E = rem.lowest_typical_level(50.0, S_C, 0.8, 1.6, GAMMA)
    assert rem.log_states(E, 50.0, S_C, 0.8, 1.6, GAMMA) == pytest.approx(0, abs=1e-10)


def test_calorimetry_puts_slope_and_bulk_ground_state_where_it_should():
    variance, excess = rem.level_variance(T_G, S_C), rem.excess_energy(T_G, S_C)
    bottom = rem.lowest_typical_level(100.0, S_C, excess, variance, 0.0)
    assert bottom == pytest.approx(-T_G * S_C * 100)
    above = rem.log_states(bottom + 1e-6, 100.0, S_C, excess, variance, 0.0)
    assert above / 1e-6 == pytest.approx(1 / T_G, rel=1e-6)


def test_ground_state_vanishes_at_the_cooperative_size():
    assert rem.ground_state_energy(190.0, GAMMA, S_C, T_G) == pytest.approx(0, abs=1e-12)


def test_bottleneck_is_the_maximum_of_the_typical_barrier():
    found = optimize.minimize_scalar(
        lambda N: -float(rem.typical_barrier(N, GAMMA, S_C, T_G)), (1, 14, 60), tol=1e-12
    )
    size, height = rem.bottleneck(GAMMA, S_C, T_G)
    assert size == pytest.approx(found.x, rel=1e-6)
    assert height == pytest.approx(-found.fun)


def test_tangent_touches_the_count_of_paths_at_the_bottleneck():
    size, height = rem.bottleneck(GAMMA, S_C, T_G)
    V = height + np.array([-1e-4, 1e-4])
    count = rem.log_paths(V, size, GAMMA, S_C, T_G)
    assert np.diff(count)[0] / 2e-4 == pytest.approx(1 / np.sqrt(2), rel=1e-6)
    assert np.allclose(count, rem.log_paths_tangent(V, height, T_G), atol=1e-8)


def test_tangent_overestimates_the_paths_without_a_barrier():
    size, height = rem.bottleneck(GAMMA, S_C, T_G)
    assert rem.log_paths(0.0, size, GAMMA, S_C, T_G) < rem.log_paths_tangent(0.0, height, T_G)


def test_density_of_states_of_silica():
    # LW07 Sec. III.A quotes 6e45 for T_g = 1500 K and xi = 20 angstrom
    assert rem.density_of_states(1500.0, 2e-9) == pytest.approx(6e45, rel=0.01)


def test_region_holds_one_state_below_the_reference():
    below = integrate.quad(lambda E: float(rem.region_density_of_states(E, 2.0)), -np.inf, 0)[0]
    assert below == pytest.approx(1)


def test_tail_levels_are_those_of_a_listed_spectrum():
    N, mean, variance = 9.0, 3.0, 7.0
    tail = rem.sample_lowest_levels(N, 0.8, mean, variance, 3, 3000, 1)
    rng = np.random.default_rng(2)
    listed = np.sort(rng.normal(mean, np.sqrt(variance), (3000, round(np.exp(7.2)))), axis=1)[:, :3]
    for column in range(3):
        assert stats.ks_2samp(tail[:, column], listed[:, column]).pvalue > 1e-3


@pytest.mark.parametrize("rank", [1, 10, 20])
def test_levels_above_the_mean_are_those_of_a_poisson_process(rank):
    """A level lies below the mean if half the expected number of arrivals holds as many."""
    size, mean = 20_000, 3.0
    levels = rem.sample_lowest_levels(2 * np.log(20), 0.5 + 1e-12, mean, 7.0, 20, size, 8)
    assert np.isfinite(levels).all() and np.all(np.diff(levels, axis=1) >= 0)
    share = stats.poisson.sf(rank - 1, 10)
    found = np.mean(levels[:, rank - 1] < mean)
    assert found == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / size))


def test_lowest_levels_follow_gumbel_with_the_slope_of_the_entropy():
    variance = rem.level_variance(T_G, S_C)
    lowest = rem.sample_lowest_levels(3000.0, S_C, 0.0, 3000 * variance, 1, 20_000, 4)[:, 0]
    assert lowest.std() == pytest.approx(stats.gumbel_l.std() * T_G, rel=0.03)


def test_landscape_is_drawn_from_levels_of_twice_the_variance():
    """The lowest of exp(s_c N) Gaussian levels lies above V with probability (1 - Phi)^exp(s_c N)."""
    N, gamma, s_c, T_g = 12.0, 3.0, 0.7, 1.6
    lowest = [rem.sample_landscape([5.0, N], gamma, s_c, T_g, 4, k)[1][0] for k in range(400)]
    mean = N * T_g * s_c + gamma * np.sqrt(N)
    width = np.sqrt(2 * 2 * s_c * T_g**2 * N)

    def below(V):
        return -np.expm1(np.exp(s_c * N) * stats.norm.logsf(V, mean, width))

    assert stats.kstest(lowest, below).pvalue > 1e-3


def test_no_path_beats_the_lowest_one():
    levels = rem.sample_landscape(np.array([4, 8, 14, 30]), GAMMA, S_C, T_G, 20, 5)
    ways = rem.sample_paths(levels, 50, 6)
    assert np.all(ways.max(axis=1) >= ways[-1].max())
    assert len(levels[0]) <= np.exp(S_C * 4)


@pytest.mark.parametrize("bad", [0.0, -2.0, np.nan])
def test_sizes_must_be_positive(bad):
    with pytest.raises(ValueError, match="N must be positive"):
        rem.ground_state_energy(bad, GAMMA, S_C, T_G)


@pytest.mark.parametrize("name", ["N", "s_c", "variance"])
@pytest.mark.parametrize("bad", [0.0, -1.0, np.nan])
def test_levels_of_no_region_are_refused(name, bad):
    law = {"N": 9.0, "s_c": 0.8, "mean": 0.0, "variance": 1.0} | {name: bad}
    with pytest.raises(ValueError, match=f"{name} must be positive"):
        rem.sample_lowest_levels(**law, count=1, size=1, seed=0)


def test_more_levels_than_states_are_refused():
    with pytest.raises(ValueError, match="count"):
        rem.sample_lowest_levels(1.0, 0.5, 0.0, 1.0, 10, 1, 0)


def test_prediction_scales_with_kelvin():
    assert rem.density_of_states(1000.0, 2e-9, -k_B * 1000.0) == pytest.approx(
        rem.density_of_states(1000.0, 2e-9) / np.e
    )


def test_frozen_biases_are_one_in_all_and_half_of_them_lie_below_their_median():
    # closed form: the median of an exponential law is T_g ln 2
    density = rem.frozen_bias_density
    total = integrate.quad(lambda E: float(density(E, 3.0)), 0, 200, epsabs=0, epsrel=1e-11)[0]
    below = integrate.quad(lambda E: float(density(E, 3.0)), 0, 3 * np.log(2))[0]
    assert (total, below) == pytest.approx((1.0, 0.5), rel=1e-9)
    assert density([0.0, 2.0], [[1.0], [2.0]]).shape == (2, 2)
    for E, T_g in ((-1.0, 1.0), (1.0, 0.0), (np.nan, 1.0)):
        with pytest.raises(ValueError):
            density(E, T_g)


def test_numbers_of_states_and_paths_are_gaussian_laws_at_every_argument():
    E, N, excess, variance = np.array([[3.0], [20.0]]), np.array([4.0, 9.0]), 0.6, 1.7
    centre = N * excess + 2.5 * np.sqrt(N)
    found = rem.log_states(E, N, 0.7, excess, variance, 2.5)
    assert found == pytest.approx(0.7 * N - (E - centre) ** 2 / (2 * variance * N), rel=1e-12)
    T_g = 1.6
    paths = rem.log_paths(E, N, 2.5, 0.7, T_g)
    centre = N * T_g * 0.7 + 2.5 * np.sqrt(N)
    expected = 0.7 * N - (E - centre) ** 2 / (2 * 2 * 2 * 0.7 * T_g**2 * N)
    assert paths == pytest.approx(expected, rel=1e-12)
    for f, doubled in ((rem.ground_state_energy, 1), (rem.typical_barrier, 2)):
        expected = centre - np.sqrt(2 * doubled * 0.7 * T_g**2 * N * 2 * 0.7 * N)
        assert f(N, 2.5, 0.7, T_g) == pytest.approx(expected, rel=1e-12)


def test_bottleneck_and_tangent_scale_with_the_glass_temperature():
    found = optimize.minimize_scalar(
        lambda N: -float(rem.typical_barrier(N, 3.0, 0.7, 1.6)), (0.05, 0.5, 5), tol=1e-12
    )
    size, height = rem.bottleneck(3.0, 0.7, 1.6)
    assert (size, height) == pytest.approx((found.x, -found.fun), rel=1e-6)
    V = np.array([1.0, 4.0])
    assert rem.log_paths_tangent(V, 2.0, 1.6) == pytest.approx((V - 2) / (2**0.5 * 1.6), rel=1e-13)


def test_densities_of_regions_and_centres_in_closed_form():
    E, T_g = np.array([[-3.0], [2.0]]), np.array([1.0, 4.0])
    assert rem.region_density_of_states(E, T_g) == pytest.approx(np.exp(E / T_g) / T_g, rel=1e-13)
    kelvin, xi = 700.0, 1.5e-9
    found = rem.density_of_states(kelvin, xi, 3e-21)
    expected = np.exp(3e-21 / (k_B * kelvin)) / (k_B * kelvin * xi**3)
    assert found == pytest.approx(expected, rel=1e-12)
    bias = np.array([[0.5], [3.0]])
    assert rem.frozen_bias_density(bias, T_g) == pytest.approx(np.exp(-bias / T_g) / T_g, rel=1e-10)


@pytest.mark.parametrize("bad", [0.0, -1.0, np.nan])
@pytest.mark.parametrize(
    ("f", "names", "rest"),
    [
        (rem.level_variance, ("T_g", "s_c"), {}),
        (rem.excess_energy, ("T_g", "s_c"), {}),
        (rem.log_states, ("N", "s_c", "variance"), {"E": 0.0, "excess": 0.0, "gamma": 1.0}),
        (rem.lowest_typical_level, ("N", "s_c", "variance"), {"excess": 0.0, "gamma": 1.0}),
        (rem.bottleneck, ("gamma", "s_c", "T_g"), {}),
        (rem.log_paths_tangent, ("V_max", "T_g"), {"V": 1.0}),
        (rem.region_density_of_states, ("T_g",), {"E": 1.0}),
        (rem.frozen_bias_density, ("T_g",), {"E": 1.0}),
        (rem.density_of_states, ("T_g", "xi"), {}),
    ],
)
def test_every_size_and_temperature_must_be_positive(f, names, rest, bad):
    for name in names:
        with pytest.raises(ValueError, match=f"{name} must be positive"):
            f(**rest | dict.fromkeys(names, 1.0) | {name: bad})


def test_energies_and_surfaces_must_be_numbers():
    given = {"N": 1.0, "s_c": 1.0, "excess": 0.0, "variance": 1.0, "gamma": 0.0}
    for f, extra in ((rem.log_states, {"E": 0.0}), (rem.lowest_typical_level, {})):
        assert np.isfinite(f(**given, **extra))
        with pytest.raises(ValueError, match="excess must be finite"):
            f(**(given | extra | {"excess": np.nan}))
        for bad in (-1.0, np.nan):
            with pytest.raises(ValueError, match="gamma must"):
                f(**(given | extra | {"gamma": bad}))
    with pytest.raises(ValueError, match="E must be finite"):
        rem.log_states(E=np.nan, **given)
    with pytest.raises(ValueError, match="V must be finite"):
        rem.log_paths_tangent(np.nan, 1.0, 1.0)
    with pytest.raises(ValueError, match="E must be finite"):
        rem.region_density_of_states(np.nan, 1.0)
    for bad in (0.0, -1.0, np.nan):
        with pytest.raises(ValueError, match="sizes must be positive"):
            rem.sample_landscape([4.0, bad], 1.0, 0.5, 1.0, 5, 0)


def test_draws_belong_to_their_seed():
    levels = [rem.sample_lowest_levels(20.0, 0.8, 1.0, 2.0, 3, 4, seed) for seed in (1, 1, 2)]
    assert levels[0].shape == (4, 3)
    assert np.array_equal(levels[0], levels[1]) and not np.array_equal(levels[0], levels[2])
    lands = [rem.sample_landscape([3.0, 9.0], 2.0, 0.8, 1.0, 6, seed) for seed in (1, 1, 2)]
    assert all(np.array_equal(a, b) for a, b in zip(lands[0], lands[1], strict=True))
    assert not np.array_equal(lands[0][0], lands[2][0])
    # the levels of two sizes are drawn independently
    same = rem.sample_landscape([9.0, 9.0], 2.0, 0.8, 1.0, 6, 1)
    assert not np.array_equal(same[0], same[1])
    ways = [rem.sample_paths(lands[0], 20, seed) for seed in (1, 1, 2)]
    assert np.array_equal(ways[0], ways[1]) and not np.array_equal(ways[0], ways[2])


def test_a_landscape_holds_as_many_levels_as_there_are_and_are_asked_for():
    # exp(0.5 N): 2.7, 7.4 and more than the list takes
    found = rem.sample_landscape([2.0, 4.0, 400.0], 2.0, 0.5, 1.0, 12, 3)
    assert [len(levels) for levels in found] == [2, 7, 12]
    assert all(np.all(np.diff(levels) >= 0) for levels in found)


def test_paths_take_levels_of_every_size_and_the_last_one_the_lowest():
    levels = [np.array([1.0, 2.0]), np.array([5.0]), np.array([7.0, 8.0, 9.0])]
    ways = rem.sample_paths(levels, 200, 4)
    assert ways.shape == (201, 3)
    assert np.array_equal(ways[-1], [1, 5, 7])
    for column, known in zip(ways.T, levels, strict=True):
        assert set(column) == set(known)
    assert rem.sample_paths(levels, 1, 0).shape == (2, 3)
    for bad in ((levels, 0), ([], 3)):
        with pytest.raises(ValueError, match="at least one path and one size"):
            rem.sample_paths(*bad, 0)
    for count, size in ((0, 1), (1, 0)):
        with pytest.raises(ValueError, match="must be at least 1"):
            rem.sample_lowest_levels(9.0, 0.8, 0.0, 1.0, count, size, 0)
    with pytest.raises(ValueError, match="at most exp"):
        rem.sample_lowest_levels(np.log(8), 0.999, 0.0, 1.0, 8, 1, 0)
    assert rem.sample_lowest_levels(np.log(8), 1.001, 0.0, 1.0, 8, 1, 0).shape == (1, 8)


@pytest.mark.parametrize(("mean", "variance"), [(0.0, 1.0), (5.0, 9.0)])
def test_lowest_of_many_levels_has_the_law_of_the_least_of_gaussians(mean, variance):
    lowest = rem.sample_lowest_levels(10.0, 0.7, mean, variance, 2, 2000, 6)[:, 0]

    def below(V):
        return -np.expm1(np.exp(7.0) * stats.norm.logsf(V, mean, np.sqrt(variance)))

    assert stats.kstest(lowest, below).pvalue > 1e-3
