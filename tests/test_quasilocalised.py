import numpy as np
import pytest
from scipy import integrate, stats

from relics import quasilocalised as qle

A_G, MODES = 0.02, 400


def test_softest_of_independent_modes_follows_its_probability():
    drawn = qle.sample_softest(A_G, MODES, 5000, seed=5)
    assert drawn.shape == (5000,)
    found = stats.kstest(drawn, lambda w: qle.softest_probability(w, A_G, MODES))
    assert found.pvalue > 0.01


def test_weibull_law_is_the_limit_of_many_modes():
    w = np.linspace(0.3, 1.2, 9) * qle.mean_softest(A_G, 10**7)
    few = qle.softest_probability(w, A_G, 10**7)
    assert few == pytest.approx(qle.weibull_probability(w, A_G, 10**7), rel=1e-6)


def test_weibull_law_is_that_of_scipy():
    w = np.linspace(0.05, 1.0, 12)
    scale = (5 / (MODES * A_G)) ** 0.2
    assert qle.weibull_probability(w, A_G, MODES) == pytest.approx(
        stats.weibull_min.cdf(w, 5, scale=scale), rel=1e-12
    )


def test_mean_is_the_integral_of_the_survival_probability():
    mean, _ = integrate.quad(lambda w: 1 - qle.weibull_probability(w, A_G, MODES), 0, 5)
    assert qle.mean_softest(A_G, MODES) == pytest.approx(mean, rel=1e-9)


def test_expected_number_is_the_integral_of_the_density():
    below, _ = integrate.quad(lambda w: MODES * qle.density(w, A_G), 0, 0.7)
    assert qle.expected_below(0.7, A_G, MODES) == pytest.approx(below, rel=1e-10)
    assert qle.density(0.0, A_G) == qle.expected_below(0.0, A_G, MODES) == 0


def test_all_modes_are_used_up_at_the_end_of_the_law():
    end = (5 / A_G) ** 0.2
    assert qle.softest_probability([end, 2 * end], A_G, 3) == pytest.approx([1.0, 1.0])


def test_shape_agrees_with_scipys_fit_and_its_error_with_the_scatter():
    rng = np.random.default_rng(2)
    drawn = rng.weibull(5.0, (200, 300))
    shapes = np.array([qle.weibull_shape(row) for row in drawn])
    assert np.isfinite(qle.weibull_shape(drawn[0, :3])).all()
    assert shapes[0, 0] == pytest.approx(stats.weibull_min.fit(drawn[0], floc=0)[0], rel=1e-3)
    assert shapes[:, 0].mean() == pytest.approx(5.0, abs=0.06)
    assert shapes[:, 1].mean() == pytest.approx(shapes[:, 0].std(), rel=0.15)


def test_sites_are_excited_as_counted_in_a_sampled_ensemble():
    rng = np.random.default_rng(8)
    weights = np.exp(-np.array([0.0, 1.3]) / 0.7)
    excited = rng.choice(2, 200_000, p=weights / weights.sum()).mean()
    assert qle.thermal_number(0.7, 1.0, 1.3) == pytest.approx(excited, abs=0.004)
    assert qle.thermal_number(0.05, 3.0, 1.3) == pytest.approx(3 * np.exp(-26), rel=1e-9, abs=0)


def test_formation_energy_is_found_again_with_its_error():
    rng = np.random.default_rng(4)
    T = np.array([0.35, 0.4, 0.5, 0.6])
    exact = 2.0 * np.exp(-1.7 / T)
    found = np.array(
        [qle.formation_energy(T, exact * rng.normal(1, 0.03, 4), 0.03 * exact) for _ in range(400)]
    )
    assert found[:, 0].mean() == pytest.approx(1.7, abs=0.01)
    assert found[:, 1].mean() == pytest.approx(found[:, 0].std(), rel=0.1)
    assert (found[:, 2] < -0.95).all()


@pytest.mark.parametrize(
    "call",
    [
        lambda: qle.density([-0.1], 1.0),
        lambda: qle.density(0.1, 0.0),
        lambda: qle.mean_softest(np.nan, 10),
        lambda: qle.mean_softest(1.0, -10),
        lambda: qle.mean_softest(1.0, 0),
        lambda: qle.number_density(1.0, -1.0),
        lambda: qle.thermal_number(0.0, 1.0, 1.0),
        lambda: qle.weibull_shape([1.0, 1.0, 1.0]),
        lambda: qle.weibull_shape([1.0, 2.0]),
        lambda: qle.formation_energy([0.5, 0.5], [1, 2], [0.1, 0.1]),
        lambda: qle.formation_energy([0.5, 0.6], [1, 2, 3], [0.1, 0.1]),
    ],
)
def test_bad_input_is_refused(call):
    with pytest.raises(ValueError, match=r"positive|negative|three|two"):
        call()
