import numpy as np
import pytest

from relics.glass import density_of_states, tails
from relics.glass.ensembles import Contents, Sample

SIZE, A_G = 300, 0.05


def synthetic(samples, seed, **extra):
    """An ensemble whose modes are independent draws from the quartic law."""
    rng = np.random.default_rng(seed)
    made = []
    for k in range(samples):
        modes = np.sort((5.0 * rng.random(3 * SIZE) / A_G) ** 0.2)[:30]
        made.append(
            Sample(
                "binary-r10-3d", SIZE, 1, k,
                {
                    "frequency": modes,
                    "participation": np.full(30, 0.1),
                    "shear_modulus": np.array([12.0 + rng.normal()]),
                    "density": np.array([0.82]),
                    "omega_g": np.array([3.0 + 0.2 * rng.normal()]),
                    "nonlinear": np.stack([np.r_[modes[:3] ** 2, modes[:3] ** 2]] * 4, axis=1),
                    "dilatancy": np.tile(rng.normal(size=3), 2),
                    "box": np.full(3, (SIZE / 0.82) ** (1 / 3)),
                }
                | {name: value for name, value in extra.items()},
            )
        )  # fmt: skip
    return Contents(tuple(made), (), (), (), 0)


@pytest.fixture(scope="module")
def store():
    return synthetic(400, 1)


def test_exponent_of_a_tail_agrees_with_the_likelihood_below_its_edge(store):
    frequency = store.stack("frequency")
    beta, error, edge = tails.hill(frequency, 120)
    inside = frequency[frequency < edge]
    expected = density_of_states.power_law_exponent(inside, edge)
    assert (beta, error) == pytest.approx(expected)


def test_quartic_law_is_found_again(store):
    seen = tails.tail(store, 3)
    assert seen.count == 120
    assert abs(seen.exponent - 4) < 3 * seen.exponent_error
    assert abs(seen.prefactor - A_G) < 3 * seen.prefactor_error
    assert seen.participation_number == pytest.approx(30)


def test_prefactors_are_those_of_the_law_on_average():
    ensembles = [synthetic(400, seed) for seed in range(100, 120)]
    linear = np.array(
        [[seen.prefactor, seen.prefactor_error] for seen in (tails.tail(e, 3) for e in ensembles)]
    )
    softest = np.array([tails.nonlinear_prefactor(e, 3)[:2] for e in ensembles])
    for values, errors in (linear.T, softest.T):
        assert values.mean() == pytest.approx(A_G, abs=4 * values.std() / np.sqrt(20))
        assert values.std() / np.sqrt(20) < 0.03 * A_G
        assert errors.mean() == pytest.approx(values.std(), rel=0.5)


def test_errors_of_exponents_are_their_scatter():
    found = [tails.tail(synthetic(60, seed), 3) for seed in range(2, 42)]
    beta = np.array([f.exponent for f in found])
    assert np.mean([f.exponent_error for f in found]) == pytest.approx(beta.std(), rel=0.35)
    assert beta.mean() == pytest.approx(4, abs=3 * beta.std() / np.sqrt(40) + 5 / 18)


def test_departures_of_small_tails_are_normal_deviates():
    rng = np.random.default_rng(7)
    found = []
    for _ in range(3000):
        beta, _, _ = tails.hill(np.sort(rng.random(40) ** 0.2), 4)
        found.append(tails.departure(beta, 4))
    assert np.mean(np.array(found) > 1.0) == pytest.approx(0.317, abs=0.03)
    assert np.mean(np.array(found) > 2.0) == pytest.approx(0.0455, abs=0.015)
    assert tails.departure(3.8, 10_000) == pytest.approx(5 * 0.2 / 4.8 * 20, rel=0.02)


def test_phonon_and_unit_come_from_the_mean_modulus(store):
    seen = tails.tail(store, 3)
    speed = np.sqrt(store.stack("shear_modulus").mean() / 0.82)
    assert seen.phonon == pytest.approx(2 * np.pi * speed / (SIZE / 0.82) ** (1 / 3))
    assert seen.phonon / seen.unit == pytest.approx(2 * np.pi * SIZE ** (-1 / 3))


def test_a_tail_beyond_the_stored_modes_is_refused():
    with pytest.raises(ValueError, match="stored modes"):
        tails.tail(synthetic(20, 3), 3, per_sample=29.0)


def test_softest_nonlinear_modes_give_the_same_prefactor(store):
    value, error, count = tails.nonlinear_prefactor(store, 3)
    assert count == 200
    assert abs(value - A_G) < 3 * error
    every, smaller, _ = tails.nonlinear_prefactor(store, 3, share=1.0)
    assert abs(every - A_G) < 3 * smaller


def test_error_of_the_length_is_the_scatter_of_its_estimates():
    found = np.array([tails.stiffness_length(synthetic(50, seed), 3) for seed in range(30)])
    assert found[:, 1].mean() == pytest.approx(found[:, 0].std(), rel=0.4)
    expected = 2 * np.pi * np.sqrt(12 / 0.82) / 3.0 * 0.82 ** (1 / 3)
    assert found[:, 0].mean() == pytest.approx(expected, rel=0.01)


def test_decay_length_of_an_exponential_profile_is_its_own():
    reach = (SIZE / 0.82) ** (1 / 3) / 2
    radius = (np.arange(16) + 0.5) * reach / 16
    decay = np.exp(-radius / 1.7).astype(np.float32)
    decay[0] = np.nan
    value, error = tails.decay_length(synthetic(5, 6, decay=decay), "decay")
    assert value == pytest.approx(1.7 * 0.82 ** (1 / 3), rel=1e-5)
    assert error < 1e-5


def test_a_mode_found_twice_counts_once(store):
    ratios = tails.dilatancies(store)
    assert ratios.size == 3 * len(store.samples)
    assert (ratios > 0).all()


def test_bad_input_is_refused(store):
    with pytest.raises(ValueError, match="no exponent"):
        tails.hill(np.ones(3), 3)
    with pytest.raises(ValueError, match="positive and finite"):
        tails.hill(np.array([-1.0, 2.0, 3.0]), 2)
    with pytest.raises(ValueError, match="above -1"):
        tails.departure(-2.0, 5)
    with pytest.raises(ValueError, match="share"):
        tails.nonlinear_prefactor(store, 3, share=0.0)
