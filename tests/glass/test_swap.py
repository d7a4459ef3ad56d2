"""Swap Monte Carlo: it samples the Boltzmann distribution, and its lists do not change it."""

from itertools import permutations

import numpy as np
import pytest
from scipy.signal import lfilter

from relics.glass import swap
from relics.glass.configuration import Configuration, random_configuration
from relics.glass.energy import energy, energy_and_forces
from relics.glass.models import model

NAME = "polydisperse-r12"


@pytest.fixture(scope="module")
def liquid():
    state = swap.start(random_configuration(NAME, 250, 4), 4)
    return swap.advance(state, 0.2, 2, 500)[0]


def test_energy_of_the_run_is_that_of_the_configuration(liquid):
    state, trace = swap.advance(liquid, 0.2, 3, 50)
    assert trace.energy[-1] == pytest.approx(energy(state.configuration), rel=1e-12)
    assert 0.1 < trace.shifts < 0.9 and 0.01 < trace.swaps < 0.9


def test_lists_do_not_change_the_chain(liquid, monkeypatch):
    """Wide lists that never need mending accept exactly the same moves."""
    found, trace = swap.advance(liquid, 0.2, 1, 30)
    monkeypatch.setattr(swap, "MARGIN", 1.0)
    monkeypatch.setattr(swap, "SKIN", 0.9)
    monkeypatch.setattr(swap, "NEIGHBOURS", 249)
    wide, wide_trace = swap.advance(liquid, 0.2, 1, 30)
    np.testing.assert_array_equal(found.generator, wide.generator)
    np.testing.assert_array_equal(found.configuration.diameters, wide.configuration.diameters)
    np.testing.assert_allclose(
        found.configuration.positions, wide.configuration.positions, atol=1e-12
    )
    assert trace.swaps == wide_trace.swaps and trace.shifts == wide_trace.shifts


def test_diameters_are_exchanged_and_never_changed(liquid):
    state, trace = swap.advance(liquid, 0.2, 1, 50)
    assert trace.swaps > 0
    before, after = liquid.configuration.diameters, state.configuration.diameters
    assert not np.array_equal(before, after)
    np.testing.assert_array_equal(np.sort(before), np.sort(after))


def test_saved_run_resumes_as_if_never_stopped(liquid, tmp_path):
    whole, whole_trace = swap.advance(liquid, 0.15, 4, 40)
    half, first = swap.advance(liquid, 0.15, 2, 40)
    np.savez(tmp_path / "state.npz", **half.as_arrays())
    with np.load(tmp_path / "state.npz") as found:
        resumed, second = swap.advance(swap.from_arrays(found), 0.15, 2, 40)
    np.testing.assert_array_equal(whole_trace.energy, np.concatenate([first.energy, second.energy]))
    for name, value in whole.as_arrays().items():
        np.testing.assert_array_equal(value, resumed.as_arrays()[name])


def mean_and_error(series):
    series = series[len(series) // 5 :]
    tau = swap.integrated_time(series)
    return series.mean(), series.std(ddof=1) * np.sqrt(tau / series.size)


def test_swap_and_ordinary_monte_carlo_agree_on_the_energy_distribution(liquid):
    """At a temperature that ordinary Monte Carlo equilibrates: mean and spread of the energy."""
    temperature = 0.4
    results = []
    for fraction, seed in ((0.0, 1), (0.2, 2)):
        state = swap.start(liquid.configuration, seed, 0.15, fraction)
        state, _ = swap.advance(state, temperature, 1, 400)
        trace = swap.advance(state, temperature, 900, 6)[1]
        spread = (trace.energy - trace.energy.mean()) ** 2
        results.append((mean_and_error(trace.energy), mean_and_error(spread)))
    for (a, da), (b, db) in zip(*results, strict=True):
        assert abs(a - b) < 4.0 * np.hypot(da, db)
        assert max(da / a, db / b) < 0.2


def test_fluctuations_of_the_energy_give_its_derivative(liquid):
    """dU/dT = var(U)/T^2, which holds only for the Boltzmann distribution at that temperature."""
    temperature, means, spreads = 0.4, [], []
    for t, seed in ((0.36, 5), (0.4, 6), (0.44, 7)):
        state = swap.start(liquid.configuration, seed, 0.15)
        state, _ = swap.advance(state, t, 1, 400)
        trace = swap.advance(state, t, 1200, 6)[1]
        means.append(mean_and_error(trace.energy))
        spreads.append(mean_and_error((trace.energy - trace.energy.mean()) ** 2))
    slope = (means[2][0] - means[0][0]) / 0.08
    slope_error = np.hypot(means[2][1], means[0][1]) / 0.08
    expected, error = (v / temperature**2 for v in spreads[1])
    assert slope == pytest.approx(expected, abs=4.0 * np.hypot(slope_error, error))
    assert slope_error / slope < 0.2


def test_dilute_gas_obeys_the_virial_expansion():
    """Z = 1 + B2 rho with the pair average of B2 by quadrature, at a tenth of a percent packing."""
    law, temperature, density, n = model(NAME), 0.5, 0.004, 150
    edge = (n / density) ** (1.0 / 3.0)
    diameters, species = law.diameters.draw(n)
    grid = np.stack(np.meshgrid(*[np.arange(6)] * 3, indexing="ij"), -1).reshape(-1, 3)[:n]
    conf = Configuration(grid * edge / 6, np.full(3, edge), diameters, species, NAME)
    state = swap.start(conf, 8, 0.17, 0.3)
    virial = []
    for _ in range(500):
        state, _ = swap.advance(state, temperature, 1, 40)
        virial.append(-np.trace(energy_and_forces(state.configuration)[2]))
    excess, error = mean_and_error(np.array(virial) / (3.0 * n * temperature))
    x = np.linspace(1e-6, law.cutoff, 4001)
    c = np.asarray(law.coefficients)
    phi = x**-12.0 + c[0] + c[1] * x**2 + c[2] * x**4
    per_volume = 2.0 * np.pi * np.trapezoid(x**2 * (1.0 - np.exp(-phi / temperature)), x)
    mixed = (
        0.5
        * (diameters[:, None] + diameters)
        * (1.0 - law.nonadditivity * abs(diameters[:, None] - diameters))
    )
    pairs = mixed[~np.eye(n, dtype=bool)]
    second = per_volume * (pairs**3).mean()
    assert excess == pytest.approx(
        second * density, abs=4.0 * error + 5.0 * (second * density) ** 2
    )
    assert error < 0.3 * second * density


def test_exchanges_of_two_particles_have_boltzmann_weights():
    """A small and a large particle change places beside fixed neighbours as their energies say."""
    law = model(NAME)
    diameters = np.array([0.75, 1.25, 1.0, 1.0])
    places = np.array([[0.0, 0, 0], [3.2, 0, 0], [0.97, 0, 0], [3.2, 1.16, 0]]) + 4.0
    conf = Configuration(places, np.full(3, 9.0), diameters, np.zeros(4, int), NAME)
    temperature = 1.0
    state = swap.start(conf, 3, 1e-9, 1.0)
    weights = {}
    for order in set(permutations(range(4))):
        d = diameters[list(order)]
        other = Configuration(places, np.full(3, 9.0), d, np.zeros(4, int), law.name)
        weights[tuple(d)] = np.exp(-energy(other) / temperature)
    seen = dict.fromkeys(weights, 0)
    samples = 12000
    for _ in range(samples):
        state, _ = swap.advance(state, temperature, 1, 5)
        seen[tuple(state.configuration.diameters)] += 1
    expected = np.array(list(weights.values()))
    expected *= samples / expected.sum()
    counts = np.array(list(seen.values()))
    assert expected.min() > 20 and expected.max() > 3.0 * expected.min()
    chi2 = ((counts - expected) ** 2 / expected).sum()
    assert chi2 < 40.0  # 11 degrees of freedom: exceeded once in thirty thousand


def test_generator_is_uniform_and_seeded():
    a, b = swap.random_state(1), swap.random_state(1)
    np.testing.assert_array_equal(a, b)
    numbers = np.array([swap._next(a) for _ in range(20000)])
    assert numbers.min() >= 0 and numbers.max() < 1
    assert abs(numbers.mean() - 0.5) < 4 * np.sqrt(1 / 12 / 20000)
    assert abs(np.corrcoef(numbers[1:], numbers[:-1])[0, 1]) < 0.03


def test_integrated_time_of_an_autoregressive_series():
    rng = np.random.default_rng(0)
    a = 0.8
    x = lfilter([1.0], [1.0, -a], rng.normal(size=400_000))
    assert swap.integrated_time(x) == pytest.approx((1 + a) / (1 - a), rel=0.1)


def test_equilibration_is_refused_to_a_drifting_record():
    rng = np.random.default_rng(1)
    noise = rng.normal(size=400)
    forgotten = np.linspace(1.0, 0.0, 400)
    steady = swap.equilibration(swap.Trace(noise, forgotten, 0.3, 0.1, 10))
    assert steady.reached
    drifting = swap.equilibration(
        swap.Trace(noise + np.linspace(2.0, 0.0, 400), forgotten, 0.3, 0.1, 10)
    )
    frozen = swap.equilibration(swap.Trace(noise, np.full(400, 0.9), 0.3, 0.1, 10))
    assert not drifting.reached and not frozen.reached


@pytest.mark.parametrize(
    "call",
    [
        lambda s: swap.start(s.configuration, -1),
        lambda s: swap.start(s.configuration, 1, step=0.5),
        lambda s: swap.start(s.configuration, 1, swap_fraction=1.5),
        lambda s: swap.advance(s, -0.1, 1),
        lambda s: swap.advance(s, np.nan, 1),
        lambda s: swap.advance(s, 0.1, 0),
        lambda s: swap.from_arrays({}),
        lambda s: swap.integrated_time(np.ones(3)),
        lambda s: swap.equilibration(swap.Trace(np.ones(3), np.ones(3), 0.3, 0.1, 10)),
    ],
)
def test_bad_input_is_refused(liquid, call):
    with pytest.raises(ValueError):
        call(liquid)


def test_attractive_models_are_refused():
    conf = random_configuration("sticky-1.3", 400, 1)
    with pytest.raises(ValueError, match="positive"):
        swap.start(conf, 1)
