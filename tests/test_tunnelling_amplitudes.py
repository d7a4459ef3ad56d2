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


def test_a_barrier_that_hardly_reduces_the_amplitude_has_all_its_digits():
    """ln(Delta_0/Delta) = pi V/(hbar omega), however small V is."""
    for reduction in (1e-3, 1e-6, 1e-9):
        V = ta.barrier_of_amplitude(1e-22 * np.exp(-reduction), 2e12, 1e-22)
        exact = hbar * 2e12 * np.log(1e-22 / (1e-22 * np.exp(-reduction))) / np.pi
        assert V == pytest.approx(exact, rel=1e-11, abs=0)


def test_barrier_of_an_element_gives_it_back():
    for Delta in (1e-30, 3e-24, 1e-22):
        V = ta.barrier_of_amplitude(Delta, 2e12, 1e-22)
        assert ta.wkb_amplitude(V, 2e12, 1e-22) == pytest.approx(Delta, rel=1e-12, abs=0)
    assert ta.barrier_of_amplitude(1e-22, 2e12, 1e-22) == pytest.approx(0.0, abs=1e-36)
    for given in ((2e-22, 2e12, 1e-22), (0.0, 2e12, 1e-22), (1e-23, -1.0, 1e-22)):
        with pytest.raises(ValueError):
            ta.barrier_of_amplitude(*given)


@pytest.mark.parametrize("omega", [1e12, 3e13])
def test_counted_elements_follow_the_power_law(omega):
    # closed form: c = hbar omega/(pi width), amplitude P_0 hbar omega/pi at Delta_0
    Delta_0, width, P_0 = 1e-22, 2e-21, 5e20
    c = hbar * omega / (np.pi * width)
    for Delta in (1e-27, 1e-23):
        found = ta.counted_amplitude_density(Delta, omega, Delta_0, width, P_0)
        expected = ta.amplitude_density(Delta, Delta_0, c, P_0 * hbar * omega / np.pi)
        assert found == pytest.approx(float(expected), rel=3e-12)


def test_counted_elements_agree_with_sampled_ones():
    T_g, omega, Delta_0 = 300.0, 1e13, 1e-22
    width, V_max = np.sqrt(2) * k_B * T_g, 40 * hbar * 1e13
    drawn = ta.sample_amplitudes(T_g, omega, Delta_0, V_max, 200_000, seed=3)
    edges = 1e-25, 4e-25
    share = np.mean((drawn > edges[0]) & (drawn < edges[1]))
    norm = width * np.expm1(V_max / width)
    expected = integrate.quad(
        lambda x: np.exp(x) * ta.counted_amplitude_density(np.exp(x), omega, Delta_0, width, 1 / norm),
        *np.log(edges), epsrel=1e-6,
    )[0]  # fmt: skip
    assert abs(share - expected) < 4 * np.sqrt(expected / drawn.size)


def test_elements_too_close_to_the_largest_are_not_counted():
    with pytest.raises(ValueError, match="below"):
        ta.counted_amplitude_density(5e-23, 1e12, 1e-22, 2e-21)
    with pytest.raises(ValueError, match="width"):
        ta.counted_amplitude_density(1e-24, 1e12, 1e-22, 0.0)
    with pytest.raises(ValueError):
        ta.counted_amplitude_density(np.nan, 1e12, 1e-22, 2e-21)


@pytest.mark.parametrize(
    ("function", "good"),
    [
        (ta.parabolic_barrier, {"x": 1e-11, "V": 1e-21, "omega": 1e13, "mass": 1e-26}),
        (ta.parabolic_action, {"V": 1e-21, "omega": 1e13, "mass": 1e-26}),
        (ta.wkb_amplitude, {"V": 1e-21, "omega": 1e13, "Delta_0": 1e-22}),
        (ta.transmission, {"V": 1e-21, "omega": 1e13}),
        (ta.amplitude_exponent, {"omega_dagger": 1e13, "T_g": 300.0}),
        (ta.amplitude_density, {"Delta": 1e-24, "Delta_0": 1e-22, "c": 0.1, "A": 0.3}),
        (ta.barrier_of_amplitude, {"Delta": 1e-24, "omega": 1e13, "Delta_0": 1e-22}),
        (
            ta.counted_amplitude_density,
            {"Delta": 1e-24, "omega": 1e13, "Delta_0": 1e-22, "width": 1e-21, "P_0": 2.0},
        ),
        (ta.amplitude_norm, {"Delta_0": 1e-22, "Delta_min": 1e-28, "c": 0.1}),
        (ta.sample_barriers, {"width": 1.0, "V_max": 3.0, "size": 5, "seed": 1}),
    ],
)
def test_arguments_outside_their_domain_are_named(function, good):
    assert np.isfinite(function(**good)).all()
    words = {"c": r"must be in \[0, 1\)", "V": "must be finite and not neg"}
    for name in set(good) - {"x", "size", "seed"}:
        accepted = words.get(name, "must be positive and finite")
        if function is ta.parabolic_barrier:
            accepted = "must be positive and finite"
        with pytest.raises(ValueError, match=f"^{name} {accepted}"):
            function(**good | {name: -1.0})


def test_actions_of_many_barriers_come_in_their_shape():
    V, omega = np.array([[1e-21], [4e-21]]), np.array([1e12, 5e12, 2e13])
    found = ta.parabolic_action(V, omega)
    assert found == pytest.approx(np.pi * V / omega, rel=1e-12, abs=0)
    assert ta.parabolic_action(0.0, 1e13) == 0
    amplitude = ta.wkb_amplitude(V, omega, 1e-22)
    assert amplitude == pytest.approx(1e-22 * np.exp(-np.pi * V / (hbar * omega)), rel=1e-9, abs=0)


def test_density_of_elements_is_a_power_with_the_given_prefactor():
    Delta = np.array([1e-27, 3e-24])
    found = ta.amplitude_density(Delta, 1e-22, 0.2, 0.7)
    assert found == pytest.approx(0.7 * (1e-22) ** 0.2 * Delta**-1.2, rel=1e-11)
    assert ta.amplitude_density(Delta, 1e-22, 0.2) == pytest.approx(found / 0.7, rel=1e-13)
    omega, T_g = 2e13, np.array([300.0, 900.0])
    c = ta.amplitude_exponent(omega, T_g)
    # barriers of width sqrt(2) k_B T_g under an action of pi V/omega
    assert c * np.pi * np.sqrt(2) * k_B * T_g == pytest.approx(hbar * omega, rel=1e-12, abs=0)


def test_norms_of_several_exponents_join():
    c = np.array([0.0, 1e-9, 0.3])
    found = ta.amplitude_norm(2e-22, 1e-26, c)
    span = np.log(2e4)
    assert found == pytest.approx([1 / span, 1 / span, 0.3 / (2e4**0.3 - 1)], rel=1e-7)
    for least in (2e-22, 3e-22):
        with pytest.raises(ValueError, match="^Delta_min must be below Delta_0$"):
            ta.amplitude_norm(2e-22, least, 0.1)


def test_draws_follow_their_seed_and_size():
    given = (300.0, 1e13, 1e-22, 1e-20)
    first, again, other = (ta.sample_amplitudes(*given, 50, seed) for seed in (1, 1, 2))
    assert np.array_equal(first, again) and not set(first) & set(other)
    assert ta.sample_barriers(1.0, 2.0, 1, 3).shape == (1,)
    with pytest.raises(ValueError, match="^size must be at least 1, got 0$"):
        ta.sample_barriers(1.0, 2.0, 0, 3)
    with pytest.raises(ValueError, match="^T_g must be positive"):
        ta.sample_amplitudes(-1.0, *given[1:], 5, 1)


def test_counted_density_is_for_one_barrier_per_energy_unless_told():
    given = (1e-25, 1e13, 1e-22, 2e-21)
    assert 3 * ta.counted_amplitude_density(*given) == pytest.approx(
        ta.counted_amplitude_density(*given, 3.0), rel=1e-12
    )
    with pytest.raises(ValueError, match=r"must be below Delta_0/e\^2 = 1.35335e-23"):
        ta.counted_amplitude_density(1.36e-23, *given[1:])
    with pytest.raises(ValueError, match="must not exceed Delta_0"):
        ta.barrier_of_amplitude(1.01e-22, 1e13, 1e-22)


def test_barrier_of_an_inverted_parabola():
    V, omega, mass, x = 2e-21, 5e12, 1e-25, np.array([0.0, 1e-11, -4e-11])
    found = ta.parabolic_barrier(x, V, omega, mass)
    expected = [V * (1 - (y / np.sqrt(2 * V / mass) * omega) ** 2) for y in x]
    assert found == pytest.approx(expected, rel=1e-12, abs=0)
