import mpmath as mp
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import integrate, optimize

from relics import two_level_systems as tls
from relics.constants import eV, hbar, k_B

RHO, C_S, G = 2200.0, 4100.0, 1.1 * eV
K = tls.rate_constant(G, RHO, C_S)


@given(st.floats(-5, 5), st.floats(0.01, 5), st.floats(0, 2), st.floats(-1, 1))
def test_splitting_is_the_hypotenuse_of_bias_and_element(bias, element, g, strain):
    assert tls.splitting(bias, element, g, strain) == pytest.approx(
        np.hypot(bias + 2 * g * strain, element)
    )


def test_transition_element_and_polarisation_are_legs_of_a_unit_triangle():
    bias, element = np.array([0.0, 1.0, -3.0]), np.array([1.0, 1.0, 4.0])
    assert np.allclose(tls.transition_element(bias, element), element / np.hypot(bias, element))


def test_schottky_maximum_is_the_textbook_one():
    # x tanh(x/2) = 2: x = 2.3994, C = 0.4392 k_B
    found = optimize.minimize_scalar(lambda x: -float(tls.schottky(x)), (1, 2, 4), tol=1e-12)
    assert found.x == pytest.approx(2.39936, abs=1e-4)
    assert -found.fun == pytest.approx(0.43923, abs=1e-5)


def test_schottky_does_not_overflow():
    assert tls.schottky(1e4) == 0.0


def test_relaxation_rate_is_the_golden_rule_with_hbar_restored():
    E, Delta, T = 1e-24, 4e-25, 0.1
    printed = (
        3 * G**2 * Delta**2 * E / (2 * np.pi * RHO * hbar**4 * C_S**5) / np.tanh(E / (2 * k_B * T))
    )
    assert tls.relaxation_rate(E, Delta, T, G, RHO, C_S) == pytest.approx(printed, rel=1e-13)


def test_relaxation_rate_in_a_box_summed_mode_by_mode():
    # standing waves of a periodic box, each mode broadened to its neighbours
    E, T = 2e-24, 0.2
    side = 2 * np.pi * C_S * hbar / E * 18
    k0 = 2 * np.pi / side
    n = np.arange(-26, 27)
    k = k0 * np.sqrt(np.add.outer(np.add.outer(n**2, n**2), n**2)).ravel()
    width = 1.5 * k0 * C_S
    k = k[(k > 0)]
    omega = C_S * k
    weight = np.exp(-(((omega - E / hbar) / width) ** 2) / 2) / (width * np.sqrt(2 * np.pi) * hbar)
    strain2 = k**2 * hbar / (2 * RHO * omega * side**3)
    rate = 2 * np.pi / hbar * 3 * G**2 * np.sum(weight * strain2) / np.tanh(E / (2 * k_B * T))
    assert tls.fastest_rate(E, T, G, RHO, C_S) == pytest.approx(rate, rel=0.06)


def test_an_element_above_the_splitting_is_refused():
    with pytest.raises(ValueError, match="exceed"):
        tls.relaxation_rate(1.0, 1.1, 1.0, G, RHO, C_S)


def test_joint_density_integrates_to_the_inner_integral_of_the_heat_capacity():
    E, rate_max, t, c = 1e-24, 1e6, 10.0, 0.1
    value = integrate.quad(
        lambda s: float(tls.joint_density(E, rate_max / np.cosh(s) ** 2, rate_max, 1.0, 1.0, c, 1e-21))
        * 2 * rate_max * np.tanh(s) / np.cosh(s) ** 2,
        1e-9, np.arccosh(np.sqrt(rate_max * t)),
    )[0]  # fmt: skip
    closed = 0.5 * (1e-21 / E) ** c * tls.relaxed_share(np.log(rate_max * t), c)
    assert value == pytest.approx(closed, rel=1e-7)


def test_joint_density_vanishes_above_the_fastest_rate():
    assert tls.joint_density(1e-24, 2.0, 1.0, 1.0, 1.0, 0.1, 1e-21) == 0.0


def hypergeometric_share(Z, c):
    with mp.workdps(60):  # the argument comes within exp(-Z) of the singularity
        w = -mp.expm1(-mp.mpf(Z))
        return float(2 * mp.sqrt(w) * mp.hyp2f1(0.5, 1 + mp.mpf(c) / 2, 1.5, w))


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.floats(0.01, 60), st.floats(0, 0.9))
@example(7.0, 5e-324)
@example(7.0, 1e-280)
def test_relaxed_share_agrees_with_the_hypergeometric_closed_form(Z, c):
    assert float(tls.relaxed_share(Z, c)) == pytest.approx(hypergeometric_share(Z, c), rel=1e-12)


def test_relaxed_share_without_exponent_is_twice_the_area_cosine():
    Z = np.array([0.1, 1.0, 30.0])
    assert np.allclose(tls.relaxed_share(Z, 0.0), 2 * np.arccosh(np.exp(Z / 2)), rtol=1e-13)


def test_relaxed_share_is_zero_before_the_first_centre_relaxes():
    assert tls.relaxed_share(-3.0, 0.1) == 0.0


def test_heat_capacity_agrees_with_adaptive_quadrature():
    T, t, c = 0.7, 5.0, 0.1

    def log_age(y):
        return np.log(t * K * (k_B * T) ** 3) + 3 * y - np.log(np.tanh(np.exp(y) / 2))

    lowest = optimize.brentq(log_age, -40, 5, xtol=1e-14)

    def outer(s):
        x = np.exp(lowest + s**2)
        return (
            2
            * s
            * float(tls.schottky(x))
            * x ** (1 - c)
            * hypergeometric_share(max(log_age(np.log(x)), 1e-300), c)
        )

    value = integrate.quad(outer, 0, np.sqrt(np.log(60) - lowest), epsrel=1e-10)[0]
    expected = 0.5 * k_B**2 * T * 1e45 * T**-c * value
    assert tls.heat_capacity(T, t, K, 1e45, c, 1.0, k_B) == pytest.approx(expected, rel=1e-9)


def test_heat_capacity_agrees_with_sampled_centres():
    for T, t in ((0.1, 1e-6), (1.0, 10.0)):
        value, error = tls.sampled_heat_capacity(T, t, K, 1e45, 0.1, 1.0, k_B, 200_000, 3)
        assert abs(value - tls.heat_capacity(T, t, K, 1e45, 0.1, 1.0, k_B)) < 4 * error


def test_logarithmic_growth_of_the_standard_tunnelling_model():
    T = 1.0
    late = tls.heat_capacity(T, np.array([1e3, 1e6]), K, 1e45, 0.0, 1.0, k_B)
    slope = np.diff(late)[0] / np.log(1e3)
    assert slope == pytest.approx(np.pi**2 / 12 * k_B**2 * 1e45 * T, rel=1e-6)


@pytest.mark.parametrize(("T", "c"), [(1.0, 0.1), (0.03, 0.1), (7.0, 0.1)])
def test_asymptote_is_reached_at_astronomical_times_only(T, c):
    ratio = [
        tls.heat_capacity(T, t, K, 1e45, c) / tls.long_time_heat_capacity(T, t, K, 1e45, c)
        for t in (1e3, 1e250)
    ]
    assert ratio[0] < 0.85
    assert ratio[1] == pytest.approx(1, abs=1e-10)


def test_local_exponents_tend_to_the_printed_ones():
    in_T, in_t = tls.local_exponents(1.0, 1e280, K, 0.1)
    assert (float(in_T), float(in_t)) == pytest.approx((1.05, 0.05), abs=1e-9)


def test_flat_splittings_give_the_linear_heat_capacity():
    assert tls.classical_heat_capacity(2.0, 1e45) == pytest.approx(np.pi**2 / 6 * k_B**2 * 1e45 * 2)


def test_inverse_path_is_that_of_a_crowd_of_lorentzians():
    arguments = (1e10, 1.0, 1e45, 1.6e-19, RHO, C_S)
    value, error = tls.sampled_inverse_path(
        *arguments, width=1e6, size=300_000, seed=2, isotropic=True
    )
    assert abs(value - tls.resonant_inverse_path(*arguments, orientation=1 / 3)) < 4 * error


def test_wavelengths_in_a_path_count_the_coupling_alone_when_cold():
    """2 pi^2 Pbar g^2/(rho c_s^2) for T -> 0, whatever the frequency; Hunklinger and Arnold (1976)."""
    strength = 1e45 * G**2 / (RHO * C_S**2)
    for omega in (1e9, 3e10):
        cold = tls.wavelength_over_path(omega, 1e-5, 1e45, G, RHO * C_S**2)
        assert cold == pytest.approx(2 * np.pi**2 * strength, rel=1e-12)
        warm = tls.wavelength_over_path(omega, 0.3, 1e45, G, RHO * C_S**2, 1 / 3)
        path = 1 / tls.resonant_inverse_path(omega, 0.3, 1e45, G, RHO, C_S, 1 / 3)
        assert warm == pytest.approx(2 * np.pi * C_S / omega / path, rel=1e-12)


def test_inverse_path_is_linear_in_frequency_when_cold_and_quadratic_when_hot():
    cold = tls.resonant_inverse_path(np.array([1e10, 2e10]), 1e-4, 1e45, G, RHO, C_S)
    hot = tls.resonant_inverse_path(np.array([1e6, 2e6]), 1.0, 1e45, G, RHO, C_S)
    assert cold[1] / cold[0] == pytest.approx(2)
    assert hot[1] / hot[0] == pytest.approx(4)


def test_sound_velocity_is_the_kramers_kronig_partner_of_absorption():
    omega, T, T_0, strength = 2e9, 0.4, 0.1, 1.0

    # absorption pi C tanh(hbar w/2kT) w/c; the shift is its principal value over all frequencies
    def difference(w):
        return np.tanh(hbar * w / (2 * k_B * T)) - np.tanh(hbar * w / (2 * k_B * T_0))

    def regular(y):
        w = np.exp(y)
        return w**2 * (difference(w) - difference(omega)) / (w**2 - omega**2)

    value = integrate.quad(
        regular, np.log(omega) - 30, np.log(omega) + 30, limit=400, points=[np.log(omega)]
    )[0]
    # with the constant taken out, the principal value of w/(w^2 - omega^2) over [0, top] is a logarithm
    top = omega * np.exp(30)
    value += difference(omega) * 0.5 * np.log(top**2 / omega**2 - 1)
    assert tls.sound_velocity_shift(omega, T, T_0, strength) == pytest.approx(-value, rel=1e-6)


def test_sound_velocity_is_logarithmic_at_low_frequency():
    assert tls.sound_velocity_shift(1e3, 1.0, 0.1, 3e-4) == pytest.approx(
        3e-4 * np.log(10), rel=1e-6
    )


@pytest.mark.parametrize("name", ["T", "t"])
@pytest.mark.parametrize("bad", [0.0, -1.0, np.nan])
def test_time_and_temperature_must_be_positive(name, bad):
    arguments = {"T": 1.0, "t": 1.0} | {name: bad}
    with pytest.raises(ValueError, match=f"{name} must be positive"):
        tls.heat_capacity(**arguments, rate_constant=K, Pbar=1e45)


@pytest.mark.parametrize("bad", [-0.1, 1.0, np.nan])
def test_exponent_must_be_a_fraction(bad):
    with pytest.raises(ValueError, match="c must be in"):
        tls.heat_capacity(1.0, 1.0, K, 1e45, bad)
