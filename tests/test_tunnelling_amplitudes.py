import numpy as np
import pytest
from scipy import integrate, stats

from relics import tunnelling_amplitudes as ta
from relics.constants import hbar, k_B


def test_action_of_a_parabola_is_pi_times_height_over_frequency_for_any_mass():
    for mass in (1e-27, 1.0):
        assert ta.parabolic_action(3e-21, 1e13, mass) == pytest.approx(
            np.pi * 3e-21 / 1e13, rel=1e-12, abs=0
        )


def test_action_by_the_barrier_itself():
    V, omega, mass = 2e-21, 5e12, 1e-25
    root = np.sqrt(2 * V / mass) / omega
    value = integrate.quad(
        lambda y: root * np.cos(y) * np.sqrt(2 * mass * max(ta.parabolic_barrier(root * np.sin(y), V, omega, mass), 0)),
        -np.pi / 2, np.pi / 2,
    )[0]  # fmt: skip
    assert ta.parabolic_action(V, omega, mass) == pytest.approx(value, rel=1e-9, abs=0)


def test_amplitude_squared_is_the_exact_transmission_of_a_high_barrier():
    V = 5 * hbar * 1e13
    assert ta.wkb_amplitude(V, 1e13, 1.0) ** 2 == pytest.approx(
        ta.transmission(V, 1e13), rel=1e-12, abs=0
    )
    assert ta.transmission(0.0, 1e13) == 0.5


def test_normalised_density_holds_one_centre():
    for c in (0.0, 0.1):
        A = ta.amplitude_norm(1e-21, 1e-28, c)
        total = integrate.quad(
            lambda y, c=c, A=A: float(ta.amplitude_density(np.exp(y), 1e-21, c, A)) * np.exp(y),
            np.log(1e-28), np.log(1e-21),
        )[0]  # fmt: skip
        assert total == pytest.approx(1)


def test_small_exponents_join_the_standard_tunnelling_model():
    assert ta.amplitude_norm(1e-21, 1e-28, 1e-12) == pytest.approx(
        ta.amplitude_norm(1e-21, 1e-28, 0.0)
    )


def test_sampled_elements_follow_the_density_with_the_derived_exponent():
    T_g, omega, top = 1000.0, 4e13, 1e-21
    V_max = 5 * k_B * T_g
    drawn = ta.sample_amplitudes(T_g, omega, top, V_max, 20_000, 1)
    c = ta.amplitude_exponent(omega, T_g)
    length = np.log(top / drawn)
    longest = np.pi * V_max / (hbar * omega)
    assert stats.kstest(length, lambda y: np.expm1(c * y) / np.expm1(c * longest)).pvalue > 1e-3
    printed = np.pi * c
    assert (
        stats.kstest(length, lambda y: np.expm1(printed * y) / np.expm1(printed * longest)).pvalue
        < 1e-6
    )


def test_barriers_stay_below_the_highest():
    drawn = ta.sample_barriers(1.0, 3.0, 1000, 2)
    assert drawn.min() >= 0 and drawn.max() <= 3


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ta.amplitude_density(1.0, 1.0, 1.0), "c must be in"),
        (lambda: ta.amplitude_norm(1.0, 2.0, 0.1), "below"),
        (lambda: ta.wkb_amplitude(-1.0, 1.0, 1.0), "V must be"),
        (lambda: ta.sample_barriers(1.0, 1.0, 0, 1), "size"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
