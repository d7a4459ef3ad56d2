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


def test_heat_of_modes_in_both_limits():
    # k_B (1 - x^2/12) where the quantum is small, x^2 exp(-x) where it is large
    assert mode_heat.heat_of_mode([1e-3, 1e-8]) == pytest.approx([1 - 1e-6 / 12, 1], rel=1e-12)
    x = np.array([[40.0, 300.0], [700.0, 1e4]])
    assert mode_heat.heat_of_mode(x) == pytest.approx(x**2 * np.exp(-x), rel=1e-12, abs=0)


def test_specific_heat_of_a_table_of_temperatures_and_of_one_line():
    T = np.array([[0.5, 1.0, 2.0], [3.0, 5.0, 9.0]])
    found = mode_heat.specific_heat(T, lambda w: w**0.5)
    closed = mode_heat.power_law_heat(T, 1.0, 0.5)
    assert found.shape == (2, 3) and found == pytest.approx(closed, rel=1e-9, abs=0)
    # a density that falls as the root at zero, and one cut off smoothly above
    assert mode_heat.specific_heat(T, lambda w: w**-0.5) == pytest.approx(
        mode_heat.power_law_heat(T, 1.0, -0.5), rel=3e-6, abs=0
    )
    scale = k_B * 2.0 / hbar
    expected, _ = integrate.quad(
        lambda x: (x / 2 / np.sinh(x / 2)) ** 2 * np.exp(-x / 3), 0, 80, epsabs=0, epsrel=1e-12
    )
    one = mode_heat.specific_heat(2.0, lambda w: np.exp(-w / scale / 3))
    assert one == pytest.approx(k_B * scale * expected, rel=1e-11, abs=0)


def test_sum_of_three_powers():
    T = np.array([0.5, 2.0])
    assert mode_heat.total_heat(T, 2.0, 3.0, 0.5) == pytest.approx(
        [1 + 0.375 + 0.5 / 32, 4 + 24 + 16], rel=1e-14
    )
    assert mode_heat.reduced_excess(T, 2.0, 0.5) == pytest.approx([8.125, 2.5], rel=1e-14)


@pytest.mark.parametrize("ratio", [1e-9, 1e-3, 1.0, 1e4, 1e9])
def test_minimum_lies_at_the_fourth_root_of_any_ratio(ratio):
    T, value = mode_heat.minimum_of_excess(2.0 * ratio, 2.0)
    assert T == pytest.approx(ratio**0.25, rel=1e-13)
    assert value == pytest.approx(4 * np.sqrt(ratio), rel=1e-13)


def test_fit_weighs_relative_errors_alike():
    # multiplicative noise in pairs leaves the logarithms of both coefficients where they are
    T = np.repeat(np.geomspace(0.1, 4.0, 40), 2)
    exact = mode_heat.reduced_excess(T, 3e-5, 7e-6)
    found = mode_heat.fit_excess(T, exact * np.tile([1.2, 1 / 1.2], 40))
    assert found == pytest.approx((3e-5, 7e-6), rel=1e-8)
    shuffled = np.random.default_rng(2).permutation(80)
    assert mode_heat.fit_excess(T[shuffled], exact[shuffled]) == pytest.approx(
        (3e-5, 7e-6), rel=1e-9
    )
    three = mode_heat.fit_excess([1.0, 2.0, 3.0], mode_heat.reduced_excess([1.0, 2, 3], 5.0, 0.1))
    assert three == pytest.approx((5.0, 0.1), rel=1e-8)
    for T, y in (([1.0, 2, 3, 4], [1.0, 2, 3]), (np.ones((3, 3)), np.ones((3, 3)))):
        with pytest.raises(ValueError, match="vectors of one length"):
            mode_heat.fit_excess(T, y)


@pytest.mark.parametrize("bad", [0.0, -1.0, np.nan])
@pytest.mark.parametrize(
    ("f", "names"),
    [
        (mode_heat.heat_of_mode, ("x",)),
        (mode_heat.total_heat, ("T", "C_TLS", "C_D", "C_sm")),
        (mode_heat.reduced_excess, ("T", "C_TLS", "C_sm")),
        (mode_heat.minimum_of_excess, ("C_TLS", "C_sm")),
    ],
)
def test_every_temperature_and_coefficient_must_be_positive(f, names, bad):
    for name in names:
        with pytest.raises(ValueError, match=f"{name} must be positive"):
            f(**dict.fromkeys(names, 1.0) | {name: bad})
    with pytest.raises(ValueError, match="T must be positive"):
        mode_heat.specific_heat(bad, lambda w: w)
    for given, name in (((bad, 1.0), "T"), ((1.0, bad), "prefactor")):
        with pytest.raises(ValueError, match=f"{name} must be positive"):
            mode_heat.power_law_heat(*given, 2.0)
    for given, name in (
        (([1.0, 2, bad], [1.0, 2, 3]), "T"),
        (([1.0, 2, 3], [1, 2, bad]), "excess"),
    ):
        with pytest.raises(ValueError, match=f"{name} must be positive"):
            mode_heat.fit_excess(*given)


def test_powers_need_a_finite_integral():
    with pytest.raises(ValueError, match="delta must be finite"):
        mode_heat.power_law_heat(1.0, 1.0, np.nan)
    with pytest.raises(ValueError, match="above -1 .* got -2"):
        mode_heat.power_law_heat(1.0, 1.0, [2.0, -2.0])
