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


@pytest.mark.parametrize("function", [qle.density, qle.expected_below, qle.softest_probability])
@pytest.mark.parametrize("omega", [[], [0.2, np.nan], np.inf])
def test_frequencies_that_are_none_are_refused(function, omega):
    modes = () if function is qle.density else (10,)
    with pytest.raises(ValueError, match="^omega (must be finite and not negative, got|is empty)"):
        function(omega, 1.0, *modes)


@pytest.mark.parametrize(
    ("function", "good"),
    [
        (qle.density, {"omega": 0.3, "A_g": 2.0}),
        (qle.expected_below, {"omega": 0.3, "A_g": 2.0, "modes": 30}),
        (qle.mean_softest, {"A_g": 2.0, "modes": 30}),
        (qle.sample_softest, {"A_g": 2.0, "modes": 30, "size": 4, "seed": 1}),
        (qle.number_density, {"A_g": 2.0, "omega_g": 0.3}),
        (qle.thermal_number, {"T_p": 0.5, "N_0": 3.0, "energy": 1.3}),
        (
            qle.formation_energy,
            {"T_p": [0.4, 0.6], "number": [0.1, 0.2], "error": [0.01, 0.02]},
        ),
        (qle.weibull_shape, {"values": [0.2, 0.5, 0.9]}),
    ],
)
def test_every_argument_must_be_positive_and_is_named(function, good):
    assert np.isfinite(function(**good)).all()
    for name in set(good) - {"omega", "seed"}:
        for bad in (0.0, -1.0, np.nan, np.inf, []):
            with pytest.raises(
                ValueError, match=f"^{name} (must be positive and finite, got |is empty)"
            ):
                function(**good | {name: bad})


def test_number_per_mode_is_five_times_what_lies_below_the_edge():
    A_g, omega_g = np.array([[0.3], [0.7]]), np.array([0.5, 1.7, 2.0])
    expected = [[5 * qle.expected_below(w, a, 1.0) for w in omega_g] for a in A_g[:, 0]]
    assert qle.number_density(A_g, omega_g) == pytest.approx(np.array(expected), rel=1e-12)
    assert qle.number_density(0.3, 2.0) == pytest.approx(0.3 * 32, rel=1e-14)


def test_draws_follow_their_seed():
    first, again, other = (qle.sample_softest(A_G, 20, 300, seed) for seed in (3, 3, 4))
    assert first.tolist() == again.tolist() and not set(first) & set(other)
    assert np.unique(first).size == 300


@pytest.mark.parametrize("shape", [0.4, 30.0])
def test_shapes_far_from_five_maximise_the_likelihood(shape):
    x = stats.weibull_min.ppf((np.arange(40) + 0.5) / 40, shape, scale=3.0)
    found, error = qle.weibull_shape(x)
    near = found * np.array([0.999, 1.0, 1.001])
    likelihood = [
        stats.weibull_min.logpdf(x, k, scale=np.mean(x**k) ** (1 / k)).sum() for k in near
    ]
    assert np.argmax(likelihood) == 1
    # Fisher information of logarithms of shape and scale, by quadrature; y = (x/scale)^shape
    score = {"k": lambda y: 1 + np.log(y) * (1 - y), "s": lambda y: y - 1}
    info = [
        [
            integrate.quad(lambda y, a=a, b=b: score[a](y) * score[b](y) * np.exp(-y), 0, 60)[0]
            for b in "ks"
        ]
        for a in "ks"
    ]
    assert error / found == pytest.approx(np.sqrt(np.linalg.inv(info)[0, 0] / 40), rel=1e-6)


def test_two_temperatures_suffice_for_a_formation_energy():
    T, number = [0.4, 0.5], np.exp([-1.1, -0.3])
    energy, error, correlation = qle.formation_energy(T, number, [0.1 * number[0], 0.2 * number[1]])
    # closed form: 1/T is 2.5 and 2, errors of the logarithms are 0.1 and 0.2
    assert energy == pytest.approx(0.8 / 0.5, rel=1e-12)
    assert error == pytest.approx(np.hypot(0.1, 0.2) / 0.5, rel=1e-12)
    assert correlation == pytest.approx(-1, rel=1e-12)
    grid = np.full((2, 2), 0.1)
    with pytest.raises(ValueError, match="at least two temperatures"):
        qle.formation_energy([[0.4, 0.5], [0.6, 0.7]], grid, grid)
