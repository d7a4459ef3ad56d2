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
