import numpy as np
import pytest
from scipy import integrate

from relics import mode_heat
from relics.constants import hbar, k_B


def test_heat_of_a_mode_is_the_slope_of_plancks_energy():
    omega, T, step = 3e11, 1.7, 1e-4

    def energy(t):
        return hbar * omega / np.expm1(hbar * omega / (k_B * t))

    slope = (energy(T + step) - energy(T - step)) / (2 * step)
    assert k_B * mode_heat.heat_of_mode(hbar * omega / (k_B * T)) == pytest.approx(
        slope, rel=1e-7, abs=0
    )


@pytest.mark.parametrize("delta", [0.0, 1.0, 2.0, 3.5, 4.0])
def test_closed_form_of_a_power_agrees_with_quadrature(delta):
    T = np.array([0.1, 1.0, 7.0])
    direct = mode_heat.specific_heat(T, lambda w: 1e-13 * (w / 1e11) ** delta)
    closed = mode_heat.power_law_heat(T, 1e-13 / 1e11**delta, delta)
    assert direct == pytest.approx(closed, rel=1e-12, abs=0)


def test_three_powers_have_the_integrals_of_the_textbooks():
    unit = k_B**2 / hbar
    assert mode_heat.power_law_heat(1.0, 1.0, 0) == pytest.approx(
        np.pi**2 / 3 * unit, rel=1e-6, abs=0
    )
    debye = 4 * np.pi**4 / 15 * k_B * (k_B / hbar) ** 3
    assert mode_heat.power_law_heat(1.0, 1.0, 2) == pytest.approx(debye)
    soft, _ = integrate.quad(lambda x: x**6 * np.exp(-x) / (1 - np.exp(-x)) ** 2, 0, 80)
    assert mode_heat.power_law_heat(1.0, 1.0, 4) == pytest.approx(soft * k_B * (k_B / hbar) ** 5)


def test_minimum_lies_where_the_asymptotes_cross():
    T, value = mode_heat.minimum_of_excess(3e-6, 5e-7)
    assert T**4 == pytest.approx(3e-6 / 5e-7, rel=1e-12)
    assert value == pytest.approx(2 * np.sqrt(3e-6 * 5e-7), rel=1e-12)
    around = mode_heat.reduced_excess([0.99 * T, 1.01 * T], 3e-6, 5e-7)
    assert np.all(around > value)


def test_excess_is_what_debyes_part_leaves():
    T = np.array([0.3, 1.0, 4.0])
    total = mode_heat.total_heat(T, 2.0, 3.0, 0.5)
    assert (total - 3.0 * T**3) / T**3 == pytest.approx(mode_heat.reduced_excess(T, 2.0, 0.5))


def test_fit_returns_the_coefficients_of_exact_data():
    T = np.geomspace(0.3, 2.0, 12)
    found = mode_heat.fit_excess(T, mode_heat.reduced_excess(T, 1.2e-6, 2e-7))
    assert found == pytest.approx((1.2e-6, 2e-7), rel=1e-9)


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda: mode_heat.power_law_heat(1.0, 1.0, -1.0), "above -1"),
        (lambda: mode_heat.power_law_heat(-1.0, 1.0, 2.0), "positive"),
        (lambda: mode_heat.fit_excess([1.0, 2.0], [1.0, 2.0]), "at least three"),
        (lambda: mode_heat.minimum_of_excess(0.0, 1.0), "positive"),
        (lambda: mode_heat.heat_of_mode(np.nan), "positive"),
    ],
)
def test_bad_input_is_refused_with_the_reason(call, reason):
    with pytest.raises(ValueError, match=reason):
        call()
