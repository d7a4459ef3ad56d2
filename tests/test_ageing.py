"""Ageing: the frozen driving force and the law of its rate."""

import numpy as np
import pytest

from relics import ageing
from relics.configurational_entropy import hyperbolic_entropy
from relics.constants import k_B


def test_driving_force_grows_with_the_entropy():
    T_g, T_K, h = 300.0, 240.0, 1e-3
    T = np.array([250.0, 270.0, 295.0])
    slope = (ageing.driving_force(T + h, T_g, T_K) - ageing.driving_force(T - h, T_g, T_K)) / (
        2 * h
    )
    assert slope == pytest.approx(hyperbolic_entropy(T, T_K, T_g, 1.0), rel=1e-7)


def test_driving_force_at_the_kauzmann_temperature_is_enthalpy_alone():
    assert ageing.driving_force(240.0, 300.0, 240.0, 2.0) == pytest.approx(
        600.0 * np.log(300 / 240), rel=1e-12
    )


def test_product_has_its_closed_forms():
    q = np.array([1.1, 1.25, 1.5])
    assert ageing.nonlinearity_product(q, 17.0) == pytest.approx(
        17.0 * (q - 1) / np.log(q), rel=1e-12
    )
    assert ageing.nonlinearity_product(q, 17.0, "local") == pytest.approx(34.0, rel=1e-6)


def test_rate_is_continuous_and_loses_the_right_share_of_its_slope():
    law = {"T_g": 400.0, "x": 0.4, "Delta_E": 6e-19, "k_0": 1e35}
    at_T_g = law["k_0"] * np.exp(-law["Delta_E"] / (k_B * 400.0))
    assert ageing.nmt_rate(400.0, **law) == pytest.approx(at_T_g, rel=1e-12, abs=0)
    w = 1 / np.array([398.0, 399.0])
    slope = np.diff(np.log(ageing.nmt_rate(1 / w, **law)))[0] / np.diff(w)[0]
    assert slope == pytest.approx(-0.4 * 6e-19 / k_B, rel=1e-9)


def test_fragility_of_an_activation_energy():
    # Forty k_B T_g of apparent energy in natural logarithms.
    assert ageing.fragility_from_activation_energy(
        40 * np.log(10) * k_B * 300, 300.0
    ) == pytest.approx(40.0)


def test_bad_input_is_refused():
    law = {"T_g": 400.0, "x": 0.4, "Delta_E": 6e-19, "k_0": 1e35}
    with pytest.raises(ValueError, match="at and below T_g only"):
        ageing.nmt_rate(410.0, **law)
    with pytest.raises(ValueError, match=r"x must be in \[0, 1\]"):
        ageing.nmt_rate(390.0, **(law | {"x": 1.2}))
    with pytest.raises(ValueError, match="expected T_K < T_g"):
        ageing.driving_force(200.0, 300.0, 240.0)
    with pytest.raises(ValueError, match="must exceed one"):
        ageing.nonlinearity_product(1.0, 17.0)
    with pytest.raises(ValueError, match="variant"):
        ageing.nonlinearity_product(1.2, 17.0, "middle")


def test_rate_of_every_limit_of_nonlinearity_and_row_of_temperatures():
    # x = 0: the rate stays that of T_g; x = 1: the law of the liquid goes on.
    T, Delta_E, k_0 = np.array([[300.0, 350.0, 400.0]]), 5e-19, 1e30
    T_g = np.array([[400.0], [420.0]])
    frozen = ageing.nmt_rate(T, T_g, 0.0, Delta_E, k_0)
    at_T_g = k_0 * np.exp(-Delta_E / (k_B * T_g))
    assert frozen == pytest.approx(np.broadcast_to(at_T_g, (2, 3)), rel=1e-12, abs=0)
    liquid = ageing.nmt_rate(T, T_g, 1.0, Delta_E, k_0)
    going_on = k_0 * np.exp(-Delta_E / (k_B * T))
    assert liquid == pytest.approx(np.broadcast_to(going_on, (2, 3)), rel=1e-11, abs=0)


@pytest.mark.parametrize("bad", [0.0, -1.0, np.nan])
def test_every_constant_of_a_frozen_structure_must_be_positive(bad):
    law = {"T": 390.0, "T_g": 400.0, "Delta_E": 6e-19, "k_0": 1e35}
    for name in law:
        with pytest.raises(ValueError, match=f"{name} must be positive"):
            ageing.nmt_rate(**(law | {name: bad}), x=0.4)
    force = {"T": 250.0, "T_g": 300.0, "T_K": 240.0, "Delta_c_p": 1.0}
    for name in force:
        with pytest.raises(ValueError, match=f"{name} must be positive"):
            ageing.driving_force(**(force | {name: bad}))
    with pytest.raises(ValueError, match="T_g must be positive"):
        ageing.fragility_from_activation_energy(1.0, bad)
    for given in ((bad, 17.0), (1.2, bad)):
        with pytest.raises(ValueError, match="must be positive"):
            ageing.nonlinearity_product(*given)


def test_temperatures_outside_the_glass_and_other_shares_are_refused():
    for given in ((310.0, 300.0, 240.0), (300.0, 300.0, 300.0), ([250.0, 239.0], 300.0, 240.0)):
        with pytest.raises(ValueError, match="expected T_K < T_g and T between them"):
            ageing.driving_force(*given)
    for x in (-0.1, np.nan):
        with pytest.raises(ValueError, match="x must be"):
            ageing.nmt_rate(390.0, 400.0, x, 6e-19, 1e35)
    with pytest.raises(ValueError, match="Delta_E must be finite"):
        ageing.fragility_from_activation_energy(np.nan, 300.0)
    with pytest.raises(ValueError, match="must exceed one, got 0.9"):
        ageing.nonlinearity_product([1.2, 0.9], 17.0)


def test_driving_force_in_closed_form_and_the_barrier_as_its_inverse():
    # T s_c = c (T_g/T_K)(T - T_K) T_g/T_g..., enthalpy c T_g ln(T_g/T)
    T_g, T_K, jump = 300.0, 240.0, 1.7
    T = np.array([[240.0, 251.0], [280.0, 300.0]])
    expected = jump * T_g * ((T - T_K) / T_K + np.log(T_g / T))
    assert ageing.driving_force(T, T_g, T_K, jump) == pytest.approx(expected, rel=1e-12)
    default = ageing.driving_force(T, T_g, T_K)
    assert default == pytest.approx(expected / jump, rel=1e-12)
    barrier = ageing.frozen_barrier(T, T_g, T_K)
    assert barrier == pytest.approx(expected[1, 1] / expected, rel=1e-12)


def test_products_of_a_table_of_ratios_and_decades():
    q, decades = np.array([[1.1], [1.4]]), np.array([15.0, 17.0, 19.0])
    found = ageing.nonlinearity_product(q, decades)
    assert found == pytest.approx(decades * (q - 1) / np.log(q), rel=1e-12)
    assert ageing.nonlinearity_product(q, 17.0).shape == (2, 1)
    local = ageing.nonlinearity_product(1.01, 17.0, "local")
    assert local == pytest.approx(34.0, rel=1e-8)
