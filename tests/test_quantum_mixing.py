"""Level repulsion in a tunnelling centre, held against diagonalisation and limits."""

import warnings

import numpy as np
import pytest
from scipy.optimize import brentq

from relics import quantum_mixing as qm
from relics.ripplons import ripplon_spectrum

SPECTRUM = ripplon_spectrum()
ENERGIES = qm.all_modes(SPECTRUM.frequencies, SPECTRUM.weights)


def amplitudes(seed, scale=0.02):
    return np.random.default_rng(seed).normal(0, scale, ENERGIES.size)


def test_effective_bias_is_an_eigenvalue_of_the_decoupled_centre():
    bias = np.linspace(0, 3 * ENERGIES[0], 40)
    levels = qm.centre_levels(bias, 0.0, amplitudes(1), ENERGIES)
    root = qm.effective_bias(bias, amplitudes(1), ENERGIES)
    distance = np.min(np.abs(levels - root[:, None]), axis=1)
    assert np.all(distance < 1e-14)
    assert np.all(root < ENERGIES[0])


def test_effective_bias_inverts_the_bare_one_on_both_branches():
    effective = np.linspace(-0.05, 0.9 * ENERGIES[0], 30)
    bare = qm.bare_bias(effective, amplitudes(2), ENERGIES)
    reachable = bare >= 0
    back = qm.effective_bias(bare[reachable], amplitudes(2), ENERGIES)
    np.testing.assert_allclose(back, effective[reachable], atol=1e-15)


def test_level_repulsion_is_the_bias_that_becomes_singular():
    d = amplitudes(3)
    block = qm.centre_hamiltonian(qm.level_repulsion(d, ENERGIES), 0.0, d, ENERGIES)[1:, 1:]
    assert np.min(np.abs(np.linalg.eigvalsh(block))) < 1e-15


def test_reduced_centre_has_the_levels_of_the_full_one():
    bias, d = np.array([0.0, 0.03, 0.1]), amplitudes(4)
    full = qm.centre_levels(bias, 0.01, d, ENERGIES)
    reduced = qm.centre_levels(bias, 0.01, *qm.bright_modes(d, ENERGIES))
    for row, few in zip(full, reduced, strict=True):
        assert np.all(np.min(np.abs(few[:, None] - row[None, :]), axis=1) < 1e-13)
    np.testing.assert_allclose(
        qm.level_splitting(bias, 0.01, d, ENERGIES), full[:, 1] - full[:, 0], atol=1e-14
    )


def test_secular_equation_of_the_star_with_tunnelling():
    d, bias, tunnelling = amplitudes(5), 0.04, 0.015
    level = qm.centre_levels(bias, tunnelling, d, ENERGIES)[0]

    def secular(x):
        return x - bias - (tunnelling / 2) ** 2 / x - np.sum(d**2 / (x - ENERGIES))

    assert brentq(secular, level - 1e-4, level + 1e-4, xtol=1e-16) == pytest.approx(
        level, abs=1e-14
    )


def test_franck_condon_factor_is_the_overlap_in_the_eigenvector():
    d = amplitudes(6)
    matrix = qm.centre_hamiltonian(0.08, 0.0, d, ENERGIES)[1:, 1:]
    levels, vectors = np.linalg.eigh(matrix)
    overlap = abs(vectors[0, 0])
    assert qm.franck_condon(d, ENERGIES, levels[0]) == pytest.approx(overlap, rel=1e-12)


def test_series_of_the_factor_departs_at_second_order_of_the_parameter():
    d = amplitudes(7)
    departures = []
    for scale in (0.1, 0.05):
        exact = qm.franck_condon(scale * d, ENERGIES)
        departures.append(exact - qm.franck_condon_series(scale * d, ENERGIES))
    assert departures[0] / departures[1] == pytest.approx(16, rel=0.02)


def test_dressed_tunnelling_tends_to_the_series():
    d, small = 0.1 * amplitudes(8), 1e-7
    ratio = qm.dressed_tunnelling(small, d, ENERGIES) / small
    parameter = qm.coupling_parameter(d, ENERGIES)
    assert ratio == pytest.approx(qm.franck_condon_series(d, ENERGIES), abs=parameter**2)
    assert 1 - ratio > 0.1 * parameter


def test_series_beyond_its_range_is_flagged():
    with pytest.warns(qm.PerturbationWarning, match="above one"):
        qm.franck_condon_series(np.full(ENERGIES.size, 1.0), ENERGIES)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        qm.franck_condon_series(np.full(ENERGIES.size, 1e-3), ENERGIES)


def test_folded_density_counts_every_bias_once():
    d = amplitudes(9)
    deepest = -float(qm.effective_bias(0.0, d, ENERGIES))
    reach = 0.8 * ENERGIES[0]
    nodes, weights = np.polynomial.legendre.leggauss(60)
    total = 0.0
    for low, high in ((0, deepest), (deepest, reach)):
        u = low + (high - low) * (nodes + 1) / 2
        total += (high - low) / 2 * np.sum(weights * qm.folded_density(u, d, ENERGIES))
    assert total == pytest.approx(float(qm.bare_bias(reach, d, ENERGIES)), rel=1e-12)


def test_folded_density_is_that_of_sampled_centres():
    d, size = amplitudes(10), 200_000
    bias = np.random.default_rng(1).random(size) * qm.bare_bias(0.8 * ENERGIES[0], d, ENERGIES)
    magnitude = np.abs(qm.effective_bias(bias, d, ENERGIES))
    edges = np.linspace(0, 0.8 * ENERGIES[0], 21)
    counts = np.histogram(magnitude, edges)[0]
    cumulated = [np.sum(magnitude < e) for e in edges]
    deepest = -float(qm.effective_bias(0.0, d, ENERGIES))
    exact = [
        qm.bare_bias(e, d, ENERGIES) - qm.bare_bias(-min(e, deepest), d, ENERGIES) for e in edges
    ]
    expected = size * np.diff(exact) / bias.max()
    assert np.all(np.abs(counts - expected) < 5 * np.sqrt(expected + 1))
    assert cumulated[-1] == size


@pytest.mark.parametrize("bare", [1e-3, 0.1, 3.0])
def test_dressed_amplitudes_solve_their_equations(bare):
    closed = qm.dressed_amplitude_closed(bare, 200.0, 1.0)
    assert closed == pytest.approx(bare * (1 - 100.0 * closed**2), rel=1e-12)
    flow = qm.dressed_amplitude(bare, 200.0, 1.0)
    assert flow == pytest.approx(bare * np.exp(-100.0 * flow**2), rel=1e-12)


def test_only_the_closed_form_is_bounded():
    bound = np.sqrt(2 / 200.0)
    assert qm.dressed_amplitude_closed(1e9, 200.0, 1.0) == pytest.approx(bound, rel=1e-9)
    grown = qm.dressed_amplitude(np.array([1e2, 1e4, 1e8, 1e100]), 200.0, 1.0)
    assert np.all(np.diff(grown) > 0.01) and grown[-1] > 2 * bound
    assert np.isfinite(qm.dressed_amplitude(1e300, 200.0, 1.0))
    assert qm.dressed_amplitude(0.0, 200.0, 1.0) == 0


def test_the_two_sums_differ_and_count_all_modes():
    degeneracies = SPECTRUM.weights
    unit = np.ones_like(SPECTRUM.frequencies)
    assert qm.inverse_frequency_sum(unit, degeneracies, 1.0) == 96
    first = qm.inverse_frequency_sum(SPECTRUM.frequencies, degeneracies, 1.0)
    second = qm.inverse_square_frequency_sum(SPECTRUM.frequencies, degeneracies, 1.0)
    direct = sum((2 * l + 1) / SPECTRUM.frequencies[l - 2] for l in range(2, 10))
    assert first == pytest.approx(direct, rel=1e-14)
    assert second > 3 * first


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: qm.centre_hamiltonian(-1.0, 0.1, [0.1], [1.0]), "not negative"),
        (lambda: qm.centre_hamiltonian(1.0, 0.1, [0.1, 0.2], [1.0]), "one for each mode"),
        (lambda: qm.centre_hamiltonian(1.0, 0.1, [0.1], [0.0]), "positive"),
        (lambda: qm.centre_hamiltonian(np.nan, 0.1, [0.1], [1.0]), "bias"),
        (lambda: qm.bare_bias(1.0, [0.1], [1.0]), "lowest ripplon energy"),
        (lambda: qm.dressed_amplitude(1.0, -2.0, 1.0), "positive"),
        (lambda: qm.all_modes([1.0], [1.5]), "positive integer"),
        (lambda: qm.bright_modes([[0.1]], [[1.0]]), "one spectrum"),
        (lambda: qm.level_repulsion([], []), "empty"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_weak_overlap_is_half_the_sum_of_squares():
    given = amplitudes(3)
    expected = -0.5 * np.sum((given / ENERGIES) ** 2)
    assert qm.weak_overlap(given, ENERGIES) == pytest.approx(expected, rel=1e-9, abs=0)
    assert qm.weak_overlap(np.zeros(3), [1.0, 2.0, 3.0]) == 0


def test_small_steps_follow_the_flow_of_the_dressed_amplitude():
    # d log(dressed/bare)/d(dressed) along the curve that the integrated flow gives
    energies = np.array([1.0, 1.4, 2.3])
    squares = np.sum(energies**-2)

    def path(bare):
        return float(qm.dressed_amplitude(bare, squares, 1.0))

    bare, h = 0.7, 1e-4
    slope = (np.log(path(bare + h) / (bare + h)) - np.log(path(bare - h) / (bare - h))) / (2 * h)
    assert qm.renormalisation_rate(path, bare, energies) == pytest.approx(slope, rel=1e-7)


@pytest.mark.parametrize(
    "call",
    [
        lambda: qm.weak_overlap([[0.1, 0.2]], [1.0, 2.0]),
        lambda: qm.weak_overlap([0.1], [1.0, 2.0]),
        lambda: qm.renormalisation_rate(lambda s: s, 0.0, [1.0]),
        lambda: qm.renormalisation_rate(lambda s: s, 1.0, [-1.0]),
        lambda: qm.renormalisation_rate(lambda s: np.nan, 1.0, [1.0]),
    ],
)
def test_steps_outside_the_domain_are_refused(call):
    with pytest.raises(ValueError):
        call()


def test_hamiltonians_of_rows_of_centres_are_stars():
    bias, tunnelling = np.array([[0.3], [0.7]]), np.array([0.1, 0.2, 0.4])
    d, energies = np.array([0.5, -0.6]), np.array([1.0, 3.0])
    found = qm.centre_hamiltonian(bias, tunnelling, d, energies)
    assert found.shape == (2, 3, 4, 4)
    for k in np.ndindex(2, 3):
        e, t = bias[k[0], 0], tunnelling[k[1]] / 2
        star = [[0, t, 0, 0], [t, e, 0.5, -0.6], [0, 0.5, 1, 0], [0, -0.6, 0, 3]]
        assert np.array_equal(found[k], star)
    levels = qm.centre_levels(bias, tunnelling, d, energies)
    assert levels == pytest.approx(np.linalg.eigvalsh(found), abs=1e-14)
    rows = np.array([[0.5, -0.6], [0.1, 0.2]])
    one = qm.centre_hamiltonian(0.3, 0.1, rows, [[1.0, 3.0], [2.0, 5.0]])
    assert np.array_equal(one[1, 1, 2:], [0.1, 0.2]) and one[1, 3, 3] == 5.0


def test_modes_of_one_energy_couple_with_the_root_of_their_squares():
    d = np.array([[0.3, 1.0, 0.4, 2.0], [5.0, 0.0, 12.0, 1.0]])
    bright, distinct = qm.bright_modes(d, [2.0, 1.0, 2.0, 3.0])
    assert np.array_equal(distinct, [1.0, 2.0, 3.0])
    assert bright == pytest.approx(np.array([[1.0, 0.5, 2.0], [0.0, 13.0, 1.0]]), rel=1e-14)


def test_repulsion_and_parameter_of_rows_by_hand():
    d = np.array([[1.0, 2.0], [3.0, 4.0]])
    assert qm.level_repulsion(d, [2.0, 4.0]) == pytest.approx([1.5, 8.5], rel=1e-14)
    assert qm.coupling_parameter(d, [2.0, 4.0]) == pytest.approx([0.5, 3.25], rel=1e-14)
    assert qm.franck_condon([1.0, 2.0], [2.0, 1.5], 0.5) == pytest.approx(
        1 / np.sqrt(1 + 1 / 1.5**2 + 4 / 1.0**2), rel=1e-13
    )
    assert qm.bare_bias([0.5, -1.0], [1.0, 2.0], [2.0, 1.5]) == pytest.approx(
        [0.5 + 1 / 1.5 + 4, -1 + 1 / 3 + 4 / 2.5], rel=1e-13
    )
    step = 1e-5
    slope = np.diff(qm.bare_bias([0.5 - step, 0.5 + step], [1.0, 2.0], [2.0, 1.5])) / (2 * step)
    assert qm.bias_jacobian(0.5, [1.0, 2.0], [2.0, 1.5]) == pytest.approx(slope[0], rel=1e-8)
    series = qm.franck_condon_series([[0.2, 0.4], [0.3, 0.1]], [2.0, 1.0])
    assert series == pytest.approx([1 - 0.17 / 2, 1 - 0.0325 / 2], rel=1e-13)


def test_strong_and_weak_biases_have_one_root_below_the_ripplons():
    d, energies = np.array([0.4, 0.2]), np.array([1.0, 1.3])
    bias = np.array([[0.0, 1e-3], [1.0, 1e4]])
    found = qm.effective_bias(bias, d, energies)
    assert found.shape == (2, 2) and np.all(found < 1.0)
    assert qm.bare_bias(found, d, energies) == pytest.approx(bias, abs=1e-9, rel=1e-8)


def test_factor_at_rest_is_that_of_no_effective_bias():
    d = amplitudes(11)
    assert qm.franck_condon(d, ENERGIES) == qm.franck_condon(d, ENERGIES, 0.0)


def test_sums_of_inverse_frequencies_by_hand():
    given = ([1.0, 4.0], [3, 2], 2.0)
    assert qm.inverse_frequency_sum(*given) == pytest.approx(3 * 2 + 2 * 0.5, rel=1e-14)
    assert qm.inverse_square_frequency_sum(*given) == pytest.approx(3 * 4 + 2 * 0.25, rel=1e-14)
    for f in (qm.inverse_frequency_sum, qm.inverse_square_frequency_sum):
        for bad in (([1.0, 0.0], [3, 2], 2.0), ([1.0, 4.0], [3, 2], 0.0)):
            with pytest.raises(ValueError, match="must be positive"):
                f(*bad)


def test_degeneracies_are_positive_whole_numbers_one_for_each_value():
    assert np.array_equal(qm.all_modes([1.5, 2.5], [2, 1]), [1.5, 1.5, 2.5])
    assert np.array_equal(qm.all_modes(1.5, 3.0), [1.5] * 3)
    for counts in ([1, 0], [1, -1], [1, 1.5], [1], [[1, 1]]):
        with pytest.raises(ValueError, match="expected one positive integer per value"):
            qm.all_modes([1.0, 2.0], counts)
    with pytest.raises(ValueError, match="values must be finite"):
        qm.all_modes([np.nan], [1])


def test_series_is_flagged_above_a_parameter_of_one_alone():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert qm.franck_condon_series([[1.0], [-1.0]], [1.0]) == pytest.approx([0.5, 0.5])
    with pytest.warns(qm.PerturbationWarning, match="reaches 1.02"):
        qm.franck_condon_series([[0.1], [1.01]], [1.0])


def test_biases_energies_and_amplitudes_outside_the_domain_are_refused():
    for name, bad in (("bias", -1.0), ("tunnelling", np.nan), ("amplitudes", [np.inf])):
        given = {"bias": 1.0, "tunnelling": 0.1, "amplitudes": [0.1], "ripplon_energies": [1.0]}
        with pytest.raises(ValueError, match=f"{name} must"):
            qm.centre_hamiltonian(**(given | {name: bad}))
    for f in (qm.bare_bias, qm.bias_jacobian):
        for effective in (1.0, [0.5, 1.5]):
            with pytest.raises(ValueError, match="less than the lowest ripplon energy 1.0"):
                f(effective, [0.1, 0.2], [2.0, 1.0])
        with pytest.raises(ValueError, match="effective must be finite"):
            f(np.nan, [0.1], [1.0])
    for bad in (-0.1, np.nan):
        with pytest.raises(ValueError, match="bias must"):
            qm.effective_bias(bad, [0.1], [1.0])
        with pytest.raises(ValueError, match="magnitude must"):
            qm.folded_density(bad, [0.1], [1.0])
    for f in (qm.dressed_amplitude, qm.dressed_amplitude_closed):
        for name, bad in (("bare", -1.0), ("sum_squares", 0.0), ("scale", 0.0)):
            with pytest.raises(ValueError, match=f"{name} must"):
                f(**({"bare": 1.0, "sum_squares": 1.0, "scale": 1.0} | {name: bad}))


def test_dressed_amplitudes_scale_with_their_unit():
    bare = np.array([0.0, 0.3, 4.0])
    for f in (qm.dressed_amplitude, qm.dressed_amplitude_closed):
        one = f(bare, 50.0, 1.0)
        assert f(7 * bare, 50.0, 7.0) == pytest.approx(7 * one, rel=1e-12)
        assert one[0] == 0 and np.all(np.diff(one) > 0)


def test_second_branch_of_the_folded_density_ends_where_the_bias_does():
    d, energies = np.array([0.4, 0.2]), np.array([1.0, 1.3])
    end = -float(qm.effective_bias(0.0, d, energies))
    assert 0 < end < 0.9
    inside, outside = qm.folded_density([0.999 * end, 1.001 * end], d, energies)
    below = float(qm.bias_jacobian(-end, d, energies))
    assert inside - outside == pytest.approx(below, abs=0.02)
    assert outside == pytest.approx(float(qm.bias_jacobian(1.001 * end, d, energies)), rel=1e-12)


def test_splitting_at_the_cancelling_bias_is_that_of_the_full_star():
    d, energies = np.array([[0.1, 0.2, 0.05], [0.02, 0.03, 0.0]]), np.array([1.0, 1.0, 2.0])
    sigma = np.sum(d**2 / energies, axis=-1)
    levels = np.linalg.eigvalsh(qm.centre_hamiltonian(sigma, 0.03, d, energies))
    found = qm.dressed_tunnelling(0.03, d, energies)
    assert found == pytest.approx(levels[:, 1] - levels[:, 0], rel=1e-10)


@pytest.mark.parametrize("step", [0.01, 0.03])
def test_rate_along_a_power_is_that_of_its_square(step):
    # overlap -(sum of squares)/2 times the square of the amplitude s^3: slope -3 s^5 sum
    energies, place = np.array([1.0, 2.0]), 0.8
    kept = {} if step == 0.01 else {"step": step}
    found = qm.renormalisation_rate(lambda s: s**3, place, energies, **kept)
    assert found == pytest.approx(-3 * place**5 * 1.25, rel=1e-7)
    with pytest.raises(ValueError, match="step must be positive"):
        qm.renormalisation_rate(lambda s: s, 1.0, [1.0], step=0.0)


def test_overlap_of_one_strong_mode_is_its_second_order():
    # whatever the size: second order alone, -(Delta/omega)^2/2
    for amplitude in (1e-8, 0.5, 30.0):
        found = qm.weak_overlap([amplitude, 0.0], [2.0, 1.0])
        assert found == pytest.approx(-(amplitude**2) / 8, rel=1e-8, abs=0)
    for given in (([[0.1]], [1.0]), ([0.1], [[1.0]])):
        with pytest.raises(ValueError, match="expected those of one centre"):
            qm.weak_overlap(*given)
