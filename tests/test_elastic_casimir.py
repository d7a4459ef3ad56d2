"""Phonon exchange and second-order free energies, held against quadrature and diagonalisation."""

import inspect
import warnings

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq

from relics import elastic_casimir as ec
from relics.quantum_mixing import PerturbationWarning

DENSITY, SPEED = 2200.0, 4100.0


def test_exchange_is_the_fourier_integral_of_the_strain_field():
    # Pair energy -(1/rho c^2) int d^3k/(2 pi)^3 (g.k)(g'.k)/k^2 exp(ik.r - (k s)^2) per branch;
    # the smearing s = r/12 changes it by exp(-36).
    g, distance = 1.6e-19, 3e-9
    smear = distance / 12

    def over_angle(k, parallel):
        def integrand(c):
            weight = c**2 if parallel else (1 - c**2) / 2
            return weight * np.cos(k * distance * c)

        return quad(integrand, -1, 1, epsabs=1e-12, epsrel=1e-12)[0]

    for direction, parallel in (([0, 0, 1.0], True), ([1.0, 0, 0], False)):
        radial = quad(
            lambda k, p=parallel: k**2 * np.exp(-((k * smear) ** 2)) * over_angle(k, p),
            0,
            7 / smear,
            limit=400,
            epsrel=1e-9,
        )[0]
        expected = -(g**2) / (DENSITY * SPEED**2) * radial / (2 * np.pi) ** 2
        vector = g * np.array(direction)
        found = ec.phonon_exchange(vector, vector, [0, 0, distance], DENSITY, SPEED, branches=1)
        assert found == pytest.approx(expected, rel=1e-6, abs=0)


def test_parallel_couplings_along_the_line_repel_equal_states():
    g = np.array([0, 0, 1e-19])
    assert ec.phonon_exchange(g, g, [0, 0, 2e-9], DENSITY, SPEED) > 0


def test_mean_square_is_that_of_sampled_directions():
    g, r, size = 1.6e-19, 2e-9, 200_000
    u, v = ec.random_directions(size, 1), ec.random_directions(size, 2)
    squares = ec.phonon_exchange(g * u, g * v, [r, 0, 0], DENSITY, SPEED) ** 2
    error = squares.std() / np.sqrt(size)
    assert abs(squares.mean() - ec.mean_square_exchange(g, r, DENSITY, SPEED)) < 4 * error


CASES = {
    "ripplon-ripplon": (
        ec.three_level(0.37, 1.13),
        ec.three_level(0.81, 1.72),
        ec.transition(3, 2, 3),
        ec.transition(3, 2, 3),
        lambda beta: ec.ripplon_ripplon(1.0, 0.37, 0.81, 1.13, 1.72, beta),
    ),
    "ripplon-structural": (
        ec.three_level(0.37, 1.13),
        np.diag([0, 0.81]),
        ec.transition(3, 2, 3),
        ec.transition(2, 1, 2),
        lambda beta: ec.ripplon_structural(1.0, 0.37, 1.13, 0.81, beta),
    ),
    "structural-structural": (
        np.diag([0, 0.37]),
        np.diag([0, 0.81]),
        ec.transition(2, 1, 2),
        ec.transition(2, 1, 2),
        lambda beta: ec.structural_structural(1.0, 0.37, 0.81, beta),
    ),
}


@pytest.mark.filterwarnings("ignore::relics.quantum_mixing.PerturbationWarning")
@pytest.mark.parametrize("beta", [0.4, 1.9, 6.0])
@pytest.mark.parametrize("case", CASES)
def test_second_order_is_that_of_the_diagonalised_pair(case, beta):
    site_i, site_j, up_i, up_j, closed = CASES[case]
    levels = np.diag(site_i), np.diag(site_j)
    exact = ec.second_order_coefficient(*levels, ec.exchange_operator(up_i, up_j), beta, 0.02)
    assert closed(beta) == pytest.approx(exact, rel=2e-6)
    half = ec.second_order_coefficient(*levels, ec.flip_flop(up_i, up_j), beta, 0.02)
    assert abs(half) < 0.9 * abs(exact)


def test_flip_flop_alone_freezes_out():
    levels = np.diag(ec.three_level(0.05, 1.0)), np.diag(ec.three_level(0.05, 1.3))
    up = ec.transition(3, 2, 3)
    both = ec.second_order_coefficient(*levels, ec.exchange_operator(up, up), 20.0, 0.02)
    alone = ec.second_order_coefficient(*levels, ec.flip_flop(up, up), 20.0, 0.02)
    assert abs(alone) < 1e-6 * abs(both)


def test_quotient_is_continuous_where_the_ripplons_agree():
    same = ec.ripplon_ripplon(0.01, 0.3, 0.4, 1.2, 1.2, 2.0)
    near = ec.ripplon_ripplon(0.01, 0.3, 0.4, 1.2, 1.2 * (1 + 3e-4), 2.0)
    assert near == pytest.approx(float(same), rel=1e-3)


def test_cold_limits_are_reached_exponentially():
    for beta in (8.0, 12.0):
        full = ec.ripplon_ripplon(0.01, 0.2, 0.3, 1.0, 1.4, beta)
        cold = ec.ripplon_ripplon_cold(0.01, 0.2, 0.3, 1.0, 1.4, beta)
        assert abs(full / cold - 1) < 6 * np.exp(-beta)
        mixed = ec.ripplon_structural(0.01, 0.2, 1.0, 2.4, beta)
        frozen = ec.ripplon_structural_cold(0.01, 0.2, 1.0, 2.4, beta)
        assert abs(mixed / frozen - 1) < 6 * np.exp(-beta)


def test_ground_state_of_two_coupled_resonances():
    levels = np.array([-0.5, 0.5]), np.array([-0.7, 0.7])
    pair = ec.pair_hamiltonian(
        *levels, ec.exchange_operator(ec.transition(2, 1, 2), ec.transition(2, 1, 2)), 0.1
    )
    assert np.linalg.eigvalsh(pair)[0] == pytest.approx(-np.hypot(1.2, 0.1), rel=1e-14)


def test_dilation_weakens_the_sum_of_inverse_sixths_as_the_square_of_the_density():
    sites = np.random.default_rng(3).random((30, 3))
    base = ec.pair_sum_inverse_sixth(sites)
    for x in (0.01, 1.0):
        swollen = ec.pair_sum_inverse_sixth(sites * np.cbrt(1 + x))
        assert swollen / base == pytest.approx((1 + x) ** -2, rel=1e-12)


def test_sum_over_ordered_pairs_is_twice_that_over_pairs():
    energies = np.arange(16.0).reshape(4, 4)
    energies = energies + energies.T
    assert ec.pair_sum(energies) == np.sum(np.triu(energies, 1))
    assert ec.pair_sum(energies, ordered=True) == 2 * ec.pair_sum(energies)


def test_strong_couplings_are_flagged():
    with pytest.warns(PerturbationWarning):
        ec.structural_structural(1.0, 0.1, 0.2, 1.0)
    with pytest.warns(PerturbationWarning):
        levels = np.array([0.0, 0.1]), np.array([0.0, 0.2])
        up = ec.transition(2, 1, 2)
        ec.second_order_coefficient(*levels, ec.exchange_operator(up, up), 5.0, 0.5)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ec.structural_structural(0.01, 0.1, 0.2, 1.0)


@pytest.mark.parametrize("bad", [0.0, -1.0, np.nan])
@pytest.mark.parametrize(
    "f",
    [
        ec.ripplon_ripplon,
        ec.ripplon_ripplon_cold,
        ec.ripplon_structural,
        ec.ripplon_structural_cold,
        ec.structural_structural,
    ],
)
def test_all_but_the_coupling_must_be_positive(f, bad):
    names = list(inspect.signature(f).parameters)
    for name in names[1:]:
        values = {"coupling": 0.01} | dict.fromkeys(names[1:], 1.0) | {name: bad}
        with pytest.raises(ValueError, match=f"{name} must be positive"):
            f(**values)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ec.free_energy([[0.0, 1.0], [0.0, 0.0]], 1.0), "not symmetric"),
        (lambda: ec.free_energy(np.eye(2), 0.0), "beta must be positive"),
        (lambda: ec.free_energy(np.eye(2), -1.0), "beta must be positive"),
        (lambda: ec.free_energy(np.full((2, 2), np.nan), 1.0), "finite"),
        (lambda: ec.phonon_exchange([1, 0, 0], [1, 0, 0], [0, 0, 0], 1.0, 1.0), "zero"),
        (lambda: ec.phonon_exchange([1, 0], [1, 0, 0], [0, 0, 1], 1.0, 1.0), "vectors"),
        (lambda: ec.transition(3, 2, 2), "lower < upper"),
        (lambda: ec.structural_structural(0.1, 0.0, 1.0, 1.0), "positive"),
        (lambda: ec.pair_sum([1.0, 2.0]), "expected"),
        (lambda: ec.pair_sum_inverse_sixth([[0, 0, 0], [0, 0, 0]]), "coincide"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_imaginary_time_gives_the_second_order_of_the_diagonalised_pair():
    a, b = [0.0, 0.37, 1.5], [0.0, 0.81, 2.53]
    operator = ec.exchange_operator(ec.transition(3, 2, 3), ec.transition(3, 2, 3))
    operator = operator + 0.3 * ec.flip_flop(ec.transition(3, 1, 2), ec.transition(3, 1, 3))
    exact = ec.second_order_coefficient(a, b, operator, 1.9, 0.01)
    found = ec.second_order_shift(a, b, operator, 0.2, 1.9)
    assert found == pytest.approx(0.04 * exact, rel=1e-6)


@pytest.mark.parametrize("beta", [0.3, 1.9, 40.0, 400.0])
def test_imaginary_time_is_the_closed_form_at_all_temperatures(beta):
    up = {name: ec.transition(*n) for name, n in (("ripplon", (3, 2, 3)), ("direct", (2, 1, 2)))}
    both = ec.exchange_operator(up["ripplon"], up["ripplon"])
    # equal ripplons included, where differences of energies vanish
    for omega in (1.72, 1.13):
        found = ec.second_order_shift([0, 0.37, 1.5], [0, 0.11, 0.11 + omega], both, 0.3, beta)
        closed = ec.ripplon_ripplon(0.3, 0.37, 0.11, 1.13, omega, beta)
        assert found == pytest.approx(closed, rel=1e-12, abs=0)
    mixed = ec.exchange_operator(up["ripplon"], up["direct"])
    found = ec.second_order_shift([0, 0.37, 1.5], [0, 0.81], mixed, 0.3, beta)
    closed = ec.ripplon_structural(0.3, 0.37, 1.13, 0.81, beta)
    assert found == pytest.approx(closed, rel=1e-12, abs=0)


def test_attraction_goes_as_the_square_of_the_density():
    sites = np.random.default_rng(5).normal(0, 3e-9, (6, 3))
    at_rest = ec.pair_sum_inverse_sixth(sites)
    assert ec.dilated_attraction(sites, 0.0) == -at_rest
    found = ec.dilated_attraction(sites, 3e-4)
    assert found == pytest.approx(-at_rest * (1 - 2 * 3e-4), rel=1e-12, abs=0)
    # to first order the exact sum agrees
    stretched = ec.pair_sum_inverse_sixth(sites * np.cbrt(1 + 1e-6))
    assert ec.dilated_attraction(sites, 1e-6) == pytest.approx(-stretched, rel=1e-11, abs=0)


@pytest.mark.parametrize(
    "call",
    [
        lambda: ec.second_order_shift([0, 1], [0, 1], np.eye(4), 0.1, 0.0),
        lambda: ec.second_order_shift([0, 1], [0, 1], np.eye(4), np.inf, 1.0),
        lambda: ec.second_order_shift([0, 1], [0, 1], np.eye(3), 0.1, 1.0),
        lambda: ec.dilated_attraction([[0, 0, 0]], 0.1),
        lambda: ec.dilated_attraction(np.eye(3), np.nan),
        lambda: ec.dilated_attraction(np.eye(3), 0.1, 0.4),
    ],
)
def test_pairs_outside_the_domain_are_refused(call):
    with pytest.raises(ValueError):
        call()


def test_three_branches_are_meant_where_none_are_said():
    g, r = [1e-19, 2e-19, -1e-19], [1e-9, 2e-9, 3e-9]
    one = ec.phonon_exchange(g, g, r, DENSITY, SPEED, branches=1)
    assert ec.phonon_exchange(g, g, r, DENSITY, SPEED) == pytest.approx(3 * one, rel=1e-14, abs=0)
    one = ec.mean_square_exchange(1e-19, 2e-9, DENSITY, SPEED, branches=1)
    three = ec.mean_square_exchange(1e-19, 2e-9, DENSITY, SPEED)
    assert three == pytest.approx(9 * one, rel=1e-14, abs=0)


def test_exchange_in_closed_form_for_rows_of_vectors():
    rng = np.random.default_rng(8)
    g_i, g_j, r = rng.normal(size=(4, 1, 3)), rng.normal(size=(2, 3)), rng.normal(size=(3,))
    found = ec.phonon_exchange(g_i, g_j, r, 2.0, 3.0, branches=2)
    assert found.shape == (4, 2)
    n, cube = r / np.linalg.norm(r), np.linalg.norm(r) ** 3
    for k in np.ndindex(4, 2):
        u, v = g_i[k[0], 0], g_j[k[1]]
        expected = -2 * (u @ v - 3 * (u @ n) * (v @ n)) / (4 * np.pi * 18 * cube)
        assert found[k] == pytest.approx(expected, rel=1e-12)


def test_directions_are_even_on_the_sphere_and_belong_to_their_seed():
    u = ec.random_directions(40_000, 3)
    assert u.shape == (40_000, 3)
    assert np.linalg.norm(u, axis=1) == pytest.approx(np.ones(40_000), rel=1e-14)
    assert np.abs(u.mean(axis=0)).max() < 4 / np.sqrt(3 * 40_000)
    assert u.T @ u / 40_000 == pytest.approx(np.eye(3) / 3, abs=0.01)
    assert np.array_equal(u, ec.random_directions(40_000, 3))
    assert not np.array_equal(u, ec.random_directions(40_000, 4))


def test_inverse_sixths_of_three_places_by_hand():
    # sides 3, 4 and 5 of a right triangle
    found = ec.pair_sum_inverse_sixth([[0, 0, 0], [3, 0, 0], [0, 4, 0]])
    assert found == pytest.approx(3.0**-6 + 4.0**-6 + 5.0**-6, rel=1e-14)
    assert ec.pair_sum_inverse_sixth([[0, 0, 0], [0, 0.5, 0]]) == pytest.approx(64, rel=1e-14)
    for bad in ([[0, 0, 0]], [0, 0, 0], [[[0, 0, 0], [1, 0, 0]]]):
        with pytest.raises(ValueError, match="n >= 2"):
            ec.pair_sum_inverse_sixth(bad)


def test_steps_of_a_dilation_end_below_a_third():
    sites = np.eye(3)
    for step in (0.05, 1e-3):
        found = ec.dilated_attraction(sites, 0.1, step)
        assert found == pytest.approx(-3 / 8 * (1 - 0.2), rel=1e-3)
    assert np.isfinite(ec.dilated_attraction(sites, 0.1, 0.33))
    assert ec.dilated_attraction(sites, 0.1) == ec.dilated_attraction(sites, 0.1, 0.01)
    with pytest.raises(ValueError, match="room must be positive"):
        ec.dilated_attraction(sites, 0.1, 0.34)
    with pytest.raises(ValueError, match="step must be positive"):
        ec.dilated_attraction(sites, 0.1, 0.0)
    with pytest.raises(ValueError, match="dilation must be finite"):
        ec.dilated_attraction(sites, np.inf)


def test_matrices_of_centres_by_their_elements():
    assert np.array_equal(ec.three_level(0.3, 1.0), np.diag([0.0, 0.3, 1.3]))
    assert np.array_equal(ec.transition(3, 1, 3), [[0, 0, 1], [0, 0, 0], [1, 0, 0]])
    assert np.array_equal(ec.transition(2, 1, 2), [[0, 1], [1, 0]])
    for levels, lower, upper in ((3, 0, 2), (3, 1, 4), (3, 2, 2), (3, 3, 1)):
        with pytest.raises(ValueError, match="1 <= lower < upper"):
            ec.transition(levels, lower, upper)
    for given in ((0.0, 1.0), (1.0, 0.0)):
        with pytest.raises(ValueError, match="must be positive"):
            ec.three_level(*given)
    a, b = ec.transition(2, 1, 2), ec.transition(3, 2, 3)
    flip = np.zeros((6, 6))
    flip[1 * 3 + 1, 0 * 3 + 2] = flip[0 * 3 + 2, 1 * 3 + 1] = 1
    assert np.array_equal(ec.flip_flop(a, b), flip)
    counter = np.zeros((6, 6))
    counter[0 * 3 + 1, 1 * 3 + 2] = counter[1 * 3 + 2, 0 * 3 + 1] = 1
    assert np.array_equal(ec.exchange_operator(a, b), flip + counter)
    for bad in (np.ones((2, 3)), np.ones(2), np.full((2, 2), np.nan)):
        for pair in ((bad, a), (a, bad)):
            with pytest.raises(ValueError, match="finite square matrix"):
                ec.flip_flop(*pair)


def test_free_energies_of_rows_of_two_levels():
    # -log(2 cosh(beta E/2))/beta about the mean level
    coupling, beta = np.array([0.3, 1.0, 2.0]), np.array([[0.7], [4.0]])
    pairs = coupling[:, None, None] * np.array([[0.0, 1.0], [1.0, 0.0]]) + 0.4 * np.eye(2)
    found = ec.free_energy(pairs, beta)
    expected = 0.4 - np.log(2 * np.cosh(beta * coupling)) / beta
    assert found == pytest.approx(expected, rel=1e-13)
    # far below the splitting the lowest level is left, without overflow
    assert ec.free_energy(1e4 * pairs[2], 1.0) == pytest.approx(1e4 * (0.4 - 2.0), rel=1e-13)


def test_only_symmetric_finite_square_matrices_have_a_free_energy():
    for size in (1e-20, 1.0, 1e20):
        matrix = size * np.array([[1.0, 1.0], [1.0 + 1e-13, 2.0]])
        ec.free_energy(matrix, 1 / size)
        with pytest.raises(ValueError, match="not symmetric"):
            ec.free_energy(matrix + size * np.array([[0, 0], [1e-10, 0]]), 1 / size)
    for bad in (np.ones((2, 3)), np.ones(2), [[1.0, np.inf], [np.inf, 1.0]]):
        with pytest.raises(ValueError, match="finite square matrices"):
            ec.free_energy(bad, 1.0)
    with pytest.raises(ValueError, match=r"expected \(4, 4\)"):
        ec.pair_hamiltonian([0, 1], [0, 1], np.eye(3), 0.1)


def test_pairs_add_their_levels_and_the_coupling_times_the_interaction():
    V = np.arange(36.0).reshape(6, 6)
    V = V + V.T
    found = ec.pair_hamiltonian([0.0, 1.0], [0.0, 10.0, 20.0], V, [0.5, 2.0])
    for one, J in zip(found, (0.5, 2.0), strict=True):
        assert np.array_equal(one, np.diag([0.0, 10, 20, 1, 11, 21]) + J * V)


def test_coefficient_warns_where_its_two_steps_differ_by_a_tenth():
    # Cold, the ground state alone is left, of two states a splitting of one apart.
    def coefficient(J):
        return (1 - np.sqrt(1 + 4 * J**2)) / (2 * J**2)

    edge = brentq(lambda J: abs(coefficient(2 * J) / coefficient(J) - 1) - 0.1, 0.01, 1)
    up, levels = ec.transition(2, 1, 2), np.array([0.0, 0.5])
    operator = ec.exchange_operator(up, up)
    for coupling, warned in ((0.99 * edge, 0), (1.01 * edge, 1)):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            found = ec.second_order_coefficient(levels, levels, operator, 400.0, coupling)
        assert [w.category for w in caught] == [PerturbationWarning] * warned
        expected = (4 * coefficient(coupling) - coefficient(2 * coupling)) / 3
        assert found == pytest.approx(expected, rel=1e-9)
    for given in ((0.0, 0.1), (1.0, 0.0)):
        with pytest.raises(ValueError, match="must be positive"):
            ec.second_order_coefficient(levels, levels, operator, *given)


SUMS = {
    ec.ripplon_ripplon: ("ripplon_i", "ripplon_j"),
    ec.ripplon_ripplon_cold: ("ripplon_i", "ripplon_j"),
    ec.ripplon_structural: ("ripplon_i", "splitting_j"),
    ec.ripplon_structural_cold: ("ripplon_i", "splitting_j"),
    ec.structural_structural: ("splitting_i", "splitting_j"),
}


@pytest.mark.parametrize("f", SUMS)
def test_couplings_above_half_the_transition_energies_are_flagged(f):
    names = list(inspect.signature(f).parameters)[1:]
    values = dict.fromkeys(names, 0.01) | {SUMS[f][0]: 0.7, SUMS[f][1]: 1.3, "beta": 1.0}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        f(coupling=[0.99, -0.99, 1.0], **values)
    for strong in (1.01, -1.01):
        with pytest.warns(PerturbationWarning, match="coupling reaches 0.50"):
            f(coupling=[0.1, strong, 0.2], **values)


def test_free_energies_of_pairs_in_closed_form():
    """Sums over the levels: weights of the upper states, and one over the sum of the energies."""
    s_i, s_j, w_i, w_j, beta = 0.3, 0.5, 1.1, 1.9, np.array([0.7, 3.0])

    def cold(s):
        return np.exp(-beta * s) / (1 + np.exp(-beta * s))

    def warm(s, w):
        up = np.exp(-beta * s) * (1 + np.exp(-beta * w))
        return up / (1 + up)

    def quotient(x, y):
        return (x * np.tanh(beta * x / 2) - y * np.tanh(beta * y / 2)) / (x**2 - y**2)

    cases = [
        (
            ec.ripplon_ripplon(0.2, s_i, s_j, w_i, w_j, beta),
            warm(s_i, w_i) * warm(s_j, w_j),
            w_i,
            w_j,
        ),
        (ec.ripplon_structural(0.2, s_i, w_i, s_j, beta), warm(s_i, w_i), w_i, s_j),
        (ec.structural_structural(0.2, s_i, s_j, beta), 1.0, s_i, s_j),
    ]
    for found, weight, x, y in cases:
        assert found == pytest.approx(-0.04 * weight * quotient(x, y), rel=1e-12)
    found = ec.ripplon_ripplon_cold(0.2, s_i, s_j, w_i, w_j, beta)
    assert found == pytest.approx(-0.04 * cold(s_i) * cold(s_j) / (w_i + w_j), rel=1e-12)
    found = ec.ripplon_structural_cold(0.2, s_i, w_i, s_j, beta)
    assert found == pytest.approx(-0.04 * cold(s_i) / (w_i + s_j), rel=1e-12)


@pytest.mark.parametrize("apart", [0.0, 3e-5, 0.9e-4, 1.1e-4, 1e-3])
def test_quotient_of_nearly_equal_transitions_is_an_integral_over_imaginary_time(apart):
    # (x tanh - y tanh)/(x^2 - y^2) at x = y(1 + apart) by its Taylor series about the mean
    beta, mean = 1.7, 0.8
    x, y = mean * (1 + apart / 2), mean * (1 - apart / 2)
    t = np.tanh(beta * mean / 2)
    slope = t + beta * mean / 2 * (1 - t**2)
    found = -ec.structural_structural(1e-3, x, y, beta) / 1e-6
    # the third derivative of x tanh enters at apart^2
    assert found == pytest.approx(slope / (2 * mean), rel=1e-11 + apart**2)


def test_sums_over_pairs_leave_out_the_diagonal_of_every_block():
    blocks = np.random.default_rng(6).normal(size=(3, 4, 4))
    upper = [np.sum(np.triu(b, 1) + np.tril(b, -1)) for b in blocks]
    assert ec.pair_sum(blocks, ordered=True) == pytest.approx(upper, rel=1e-12)
    assert ec.pair_sum(blocks) == pytest.approx(np.array(upper) / 2, rel=1e-12)
    with pytest.raises(ValueError, match=r"\(..., n, n\)"):
        ec.pair_sum(np.ones((4, 3)))


@pytest.mark.parametrize("bad", [0.0, -1.0, np.nan])
def test_constants_of_the_medium_must_be_positive(bad):
    names = ("density", "sound_speed", "branches")
    for name in names:
        given = dict.fromkeys(names, 1.0) | {name: bad}
        with pytest.raises(ValueError, match=f"{name} must be positive"):
            ec.phonon_exchange([1, 0, 0], [1, 0, 0], [1, 0, 0], **given)
    names = ("coupling", "distance", "density", "sound_speed")
    for name in names:
        given = dict.fromkeys(names, 1.0) | {name: bad}
        with pytest.raises(ValueError, match=f"{name} must be positive"):
            ec.mean_square_exchange(**given)
    one = [1.0, 0, 0]
    for given in ((np.nan, one, one), (one, [np.nan, 0, 0], one), (one, one, [[1.0, 0]])):
        with pytest.raises(ValueError, match="expected finite vectors"):
            ec.phonon_exchange(*given, 1.0, 1.0)
