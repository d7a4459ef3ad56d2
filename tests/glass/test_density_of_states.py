"""Estimators of densities of states on samples drawn from known laws."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import kstest

from relics.glass.density_of_states import (
    debye_frequency,
    debye_prefactor,
    density_of_states,
    power_law_exponent,
    power_law_prefactor,
)


def draw(rng, beta, n, lower=0.0, upper=1.0):
    p = beta + 1
    return (lower**p + rng.random(n) * (upper**p - lower**p)) ** (1 / p)


def test_density_is_normalised_and_unbiased():
    rng = np.random.default_rng(0)
    samples = [draw(rng, 2, 300) for _ in range(200)]
    edges = np.linspace(0.2, 1.0, 9)
    spectrum = density_of_states(samples, 300, edges)
    exact = (edges[1:] ** 3 - edges[:-1] ** 3) / np.diff(edges)
    assert np.abs((spectrum.density - exact) / spectrum.error).max() < 4
    total = density_of_states(samples, 300, np.array([1e-9, 1.0]))
    assert total.density[0] == pytest.approx(1.0)
    assert spectrum.counts.sum() < 300 * 200


def test_error_bars_are_the_scatter_between_repeated_experiments():
    rng = np.random.default_rng(1)
    edges = np.array([0.3, 0.6, 0.9])
    runs = [density_of_states([draw(rng, 2, 50) for _ in range(40)], 50, edges) for _ in range(300)]
    scatter = np.std([r.density for r in runs], axis=0)
    stated = np.sqrt(np.mean([r.error**2 for r in runs], axis=0))
    np.testing.assert_allclose(stated, scatter, rtol=0.15)


def test_single_samples_have_counting_errors():
    spectrum = density_of_states([np.array([0.1, 0.2, 0.3, 0.7])], 10, np.array([0.05, 0.5, 1.0]))
    np.testing.assert_allclose(spectrum.error, np.sqrt([3, 1]) / (10 * np.array([0.45, 0.5])))
    np.testing.assert_allclose(spectrum.centres, np.sqrt([0.05 * 0.5, 0.5]))


@pytest.mark.parametrize(("beta", "lower"), [(4.0, 0.0), (4.0, 0.5), (2.5, 0.2), (-0.5, 0.1)])
def test_exponent_is_recovered_within_its_stated_error(beta, lower):
    rng = np.random.default_rng(2)
    pulls = []
    for _ in range(400):
        found, error = power_law_exponent(draw(rng, beta, 300, lower), 1.0, lower)
        pulls.append((found - beta) / error)
    assert abs(np.mean(pulls)) < 0.25
    assert np.std(pulls) == pytest.approx(1.0, abs=0.12)
    assert kstest(pulls - np.mean(pulls), "norm").pvalue > 1e-3


def test_truncated_likelihood_tends_to_the_closed_form():
    rng = np.random.default_rng(3)
    values = draw(rng, 4.0, 500)
    open_window = power_law_exponent(values, 1.0)
    narrow = power_law_exponent(values[values > 1e-3], 1.0, 1e-3)
    assert narrow == pytest.approx(open_window, rel=1e-6)


def test_prefactor_is_recovered_within_its_stated_error():
    # D = A omega^4 below 1 with A = 0.05: a mode lies there with probability A/5
    rng = np.random.default_rng(4)
    pulls = []
    for _ in range(300):
        n = rng.binomial(40_000, 0.01)
        found, error = power_law_prefactor(draw(rng, 4.0, n), 1.0, 40_000)
        pulls.append((found - 0.05) / error)
    assert abs(np.mean(pulls)) < 0.25
    assert np.std(pulls) == pytest.approx(1.0, abs=0.12)


@pytest.mark.parametrize("d", [2, 3, 4])
def test_debye_law_counts_lattice_vectors(d):
    # Count standing waves of a large box one by one
    c_t, c_l, L = 1.0, 1.9, 1.0
    frequency = 2 * np.pi * {2: 60.0, 3: 24.0, 4: 12.0}[d]
    reach = int(frequency / (2 * np.pi * c_t)) + 1
    axis = np.arange(-reach, reach + 1) ** 2
    square = axis
    for _ in range(d - 1):
        square = np.add.outer(square, axis)
    k = 2 * np.pi * np.sqrt(square) / L
    count = (d - 1) * np.sum(k < frequency / c_t) + np.sum(k < frequency / c_l)
    N = 1000
    law = debye_prefactor(c_t, c_l, N / L**d, d) * frequency**d / d
    assert count / (d * N) == pytest.approx(law, rel=0.02)


def test_debye_spectrum_integrates_to_one():
    A, edge = debye_prefactor(4.0, 11.0, 0.82, 3), debye_frequency(4.0, 11.0, 0.82, 3)
    assert quad(lambda w: A * w**2, 0, edge)[0] == pytest.approx(1.0)


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="rising"):
        density_of_states([np.ones(3)], 3, np.array([1.0, 1.0]))
    with pytest.raises(ValueError, match="at least one"):
        density_of_states([], 3, np.array([0.0, 1.0]))
    with pytest.raises(ValueError, match="finite"):
        density_of_states([np.array([np.nan])], 3, np.array([0.0, 1.0]))
    for args in ((np.ones(1), 2.0), (np.array([0.5, 0.6]), 0.1), (np.ones(5), 1.0, 2.0)):
        with pytest.raises(ValueError):
            power_law_exponent(*args)
    with pytest.raises(ValueError, match="upper edge"):
        power_law_exponent(np.ones(5), 1.0)
    with pytest.raises(ValueError, match="no frequency"):
        power_law_prefactor(np.ones(3), 0.5, 10)
    with pytest.raises(ValueError, match="positive"):
        power_law_prefactor(np.ones(3), -1.0, 10)
    with pytest.raises(ValueError, match="positive"):
        debye_prefactor(0.0, 1.0, 1.0, 3)
