"""Phonon exchange and second-order free energies, held against quadrature and diagonalisation."""

import inspect
import warnings

import numpy as np
import pytest
from scipy.integrate import quad

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
