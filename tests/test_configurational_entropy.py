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
