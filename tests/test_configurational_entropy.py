"""Configurational entropy from heat capacities."""

import numpy as np
import pytest
from scipy.integrate import quad

from relics import configurational_entropy as entropy


def test_hyperbolic_law_integrates_a_heat_capacity_that_falls_as_one_over_T():
    T_K, T_g, jump = 150.0, 200.0, 2.5
    for T in (160.0, 200.0, 400.0):
        expected, _ = quad(lambda t: jump * T_g / t / t, T_K, T, epsabs=0, epsrel=1e-12)
        assert entropy.hyperbolic_entropy(T, T_K, T_g, jump) == pytest.approx(expected, rel=1e-12)


def test_linear_law_integrates_a_heat_capacity_proportional_to_T():
    expected, _ = quad(lambda t: 2.0 * t / 100.0 / t, 100.0, 170.0)
    assert entropy.linear_entropy(170.0, 100.0, 2.0) == pytest.approx(expected)


def test_laws_agree_to_first_order_at_the_kauzmann_temperature():
    T_K, T_g = 150.0, 200.0
    T = T_K * (1 + 1e-6)
    ratio = entropy.hyperbolic_entropy(T, T_K, T_g, 1.0) / entropy.linear_entropy(T, T_K, T_g / T_K)
    assert ratio == pytest.approx(1.0, abs=2e-6)


def test_quadrature_of_any_heat_capacity():
    T = np.array([210.0, 300.0])
    found = entropy.integrated_entropy(T, 200.0, lambda t: np.log(t))
    assert found == pytest.approx([(np.log(x) ** 2 - np.log(200.0) ** 2) / 2 for x in T])


def test_calorimetry_recovers_the_law_it_was_sampled_from():
    T = np.linspace(160.0, 300.0, 81)
    fusion = float(entropy.hyperbolic_entropy(300.0, 150.0, 200.0, 2.5))
    found = entropy.entropy_from_calorimetry(T, 2.5 * 200.0 / T, fusion)
    assert found == pytest.approx(entropy.hyperbolic_entropy(T, 150.0, 200.0, 2.5), abs=1e-6)


def test_three_close_temperatures_that_use_up_all_entropy_are_enough():
    T = np.array([299.0, 299.5, 300.0])
    assert entropy.entropy_from_calorimetry(T, T, 1.0) == pytest.approx([0, 0.5, 1], abs=1e-15)


def test_kauzmann_temperature_uses_up_the_entropy_of_fusion():
    fusion = float(entropy.hyperbolic_entropy(300.0, 150.0, 200.0, 2.5))
    found = entropy.kauzmann_temperature(300.0, fusion, lambda t: 2.5 * 200.0 / t)
    assert found == pytest.approx(150.0, rel=1e-9)
    with pytest.raises(ValueError, match="does not use up"):
        entropy.kauzmann_temperature(300.0, 50.0, lambda t: 0 * t + 1e-3)


def test_beads_of_glycerol():
    # CRC Handbook: 18.3 kJ/mol at 291.35 K, so 7.55 k_B a molecule.
    assert entropy.beads(18.3e3 / 291.35 / 8.314462618) == pytest.approx(4.5, abs=0.05)


@pytest.mark.parametrize("T", [150.0, 120.0])
def test_no_entropy_is_left_at_the_kauzmann_temperature(T):
    for law in (
        lambda: entropy.hyperbolic_entropy(T, 150.0, 200.0, 2.5),
        lambda: entropy.linear_entropy(T, 150.0, 2.5),
        lambda: entropy.integrated_entropy(T, 150.0, lambda t: 1 + 0 * t),
    ):
        with pytest.raises(ValueError, match="not above T_K"):
            law()


def test_calorimetry_refuses_what_it_cannot_integrate():
    good = np.linspace(200.0, 300.0, 11)
    with pytest.raises(ValueError, match="at least three"):
        entropy.entropy_from_calorimetry(good[:2], good[:2], 1.0)
    with pytest.raises(ValueError, match="ascend"):
        entropy.entropy_from_calorimetry(good[::-1], good, 1.0)
    with pytest.raises(ValueError, match="past the Kauzmann"):
        entropy.entropy_from_calorimetry(good, np.full(11, 5.0), 0.1)
    with pytest.raises(ValueError, match="must be positive"):
        entropy.entropy_from_calorimetry(good, np.full(11, -1.0), 1.0)


@pytest.mark.parametrize(
    ("function", "good"),
    [
        (entropy.hyperbolic_entropy, {"T": 300.0, "T_K": 150.0, "T_g": 200.0, "Delta_c_p": 2.5}),
        (entropy.linear_entropy, {"T": 300.0, "T_K": 150.0, "Delta_c_p": 2.5}),
        (
            entropy.integrated_entropy,
            {"T": 300.0, "T_K": 150.0, "excess_heat_capacity": lambda t: 1 + 0 * t},
        ),
        (
            entropy.entropy_from_calorimetry,
            {"T": [1.0, 2.0, 3.0], "excess_heat_capacity": [0.1, 0.1, 0.1], "entropy_of_fusion": 1},
        ),
        (
            entropy.kauzmann_temperature,
            {"T_m": 300.0, "entropy_of_fusion": 1.0, "excess_heat_capacity": lambda t: 1 + 0 * t},
        ),
        (entropy.beads, {"entropy_of_fusion": 7.0, "reference": 1.16}),
    ],
)
def test_arguments_outside_their_domain_are_named(function, good):
    assert np.isfinite(function(**good)).all()
    for name, value in good.items():
        if not callable(value):
            with pytest.raises(ValueError, match=f"^{name} must be positive and finite"):
                function(**good | {name: -1.0})


def test_the_temperature_furthest_below_is_named_with_its_own():
    T, T_K = np.array([[140.0, 12.0], [149.0, 9.0]]), np.array([150.0, 10.0])
    for call in (
        lambda: entropy.linear_entropy(T, T_K, 1.0),
        lambda: entropy.hyperbolic_entropy(T, T_K, 200.0, 1.0),
    ):
        with pytest.raises(ValueError, match="^T = 140 K is not above T_K = 150 K: no configur"):
            call()


def test_laws_broadcast_over_liquids():
    T, T_K = np.array([[200.0], [300.0]]), np.array([100.0, 125.0, 150.0])
    c_p = np.array([1.0, 2.0, 4.0])
    found = entropy.hyperbolic_entropy(T, T_K, 180.0, c_p)
    linear = entropy.linear_entropy(T, T_K, c_p)
    for i, j in np.ndindex(found.shape):
        t, k, c = T[i, 0], T_K[j], c_p[j]
        assert found[i, j] == pytest.approx(c * 180.0 * (t - k) / (t * k), rel=1e-12)
        assert linear[i, j] == pytest.approx(c * (t - k) / k, rel=1e-12)


@pytest.mark.parametrize(
    ("T", "c_p", "message"),
    [
        ([1.0, 2.0], [0.1, 0.1], r"at least three rows, got \(2,\) and \(2,\)"),
        ([1.0, 2.0, 3.0], [0.1, 0.1], r"got \(3,\) and \(2,\)"),
        ([[1.0, 2.0, 3.0]], [[0.1, 0.1, 0.1]], r"got \(1, 3\) and \(1, 3\)"),
        ([1.0, 2.0, 2.0], [0.1, 0.1, 0.1], "^temperatures must ascend strictly$"),
        ([1.0, 2.0, 3.0, 4.0], [9.0, 9.0, 0.1, 0.1], "turns negative below 2 K: past the Kauz"),
    ],
)
def test_calorimetry_says_what_is_wrong_with_its_columns(T, c_p, message):
    with pytest.raises(ValueError, match=message):
        entropy.entropy_from_calorimetry(T, c_p, 1.0)


@pytest.mark.parametrize("T_m", [0.3, 300.0])
def test_kauzmann_temperature_is_found_down_to_a_thousandth_of_melting(T_m):
    """With a constant excess the entropy falls as its logarithm: T_K = T_m exp(-s/c)."""
    for ratio in (1.001, 10.0, 990.0):
        found = entropy.kauzmann_temperature(T_m, np.log(ratio) * 2.5, lambda t: 2.5 + 0 * t)
        assert found == pytest.approx(T_m / ratio, rel=1e-9)
    with pytest.raises(ValueError, match="does not use up the entropy of fusion"):
        entropy.kauzmann_temperature(T_m, np.log(1010.0) * 0.02, lambda t: 0.02 + 0 * t)


def test_beads_are_counted_against_lennard_jones_particles_unless_told():
    assert entropy.beads([1.68, 8.4]) == pytest.approx([1, 5], rel=1e-12)
    assert entropy.beads(5.8, entropy.HARD_SPHERE_FUSION) == pytest.approx(5, rel=1e-12)
