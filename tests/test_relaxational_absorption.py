import numpy as np
import pytest
from scipy.integrate import quad

from relics import relaxational_absorption as relax
from relics.constants import k_B


@pytest.mark.parametrize("product", [0.05, 1.0, 8.0])
def test_driven_population_follows_with_a_delay(product):
    answer = relax.driven_response(1.0, 1 / product)
    assert answer == pytest.approx(1 / (1 - 1j * product), rel=1e-5)


def test_static_shift_is_half_the_relaxing_part_of_the_free_energy():
    bias, tunnelling, T, g = 3e-24, 2e-24, 0.5, 1e-19
    density, speed, volume = 2200.0, 4100.0, 1e-24
    found = relax.relaxational_shift(
        1.0, [bias], [tunnelling], [1e-12], T, g, density, speed, volume
    )

    def energy(u):
        return np.hypot(bias + 2 * g * u, tunnelling)

    def free(u):
        return -k_B * T * np.log(2 * np.cosh(energy(u) / (2 * k_B * T)))

    h = 2e-7
    total = (free(h) - 2 * free(0) + free(-h)) / h**2
    population = np.tanh(energy(0) / (2 * k_B * T))
    frozen = -population / 2 * (energy(h) - 2 * energy(0) + energy(-h)) / h**2
    assert found == pytest.approx((total - frozen) / volume / (2 * density * speed**2), rel=1e-3)


def test_average_over_times_is_logarithmic():
    a, b = relax.averaged_shift(np.array([1e4, 1e6]), 1e-12)
    assert b - a == pytest.approx(np.log(100), rel=1e-9)


def test_finite_longest_time_cuts_the_logarithm():
    assert relax.averaged_shift(1e-3, 1e-12, 1.0) == pytest.approx(
        relax.averaged_shift(1e-5, 1e-12, 1.0), abs=1e-5
    )


def test_bad_input_is_refused():
    with pytest.raises(ValueError):
        relax.driven_response(-1.0, 1.0)
    with pytest.raises(ValueError):
        relax.relaxational_shift_of_levels(
            1.0, [2e-24], [1e-24], [1e-9], 1.0, 1e-19, 2e3, 4e3, 1e-24
        )


def closed_form(omega, bias, tunnelling, tau, T, g, density, speed, volume):
    """Sum of -g^2 (bias/E)^2 sech^2(E/2k_BT)/(k_B T)/(1 + (omega tau)^2) over 2 rho c^2 V."""
    energy = np.hypot(bias, tunnelling)
    bend = (2 * g * bias / energy) ** 2 / (4 * k_B * T * np.cosh(energy / (2 * k_B * T)) ** 2)
    shares = bend / (1 + (omega * tau) ** 2)
    return -np.sum(shares) / volume / (2 * density * speed**2)


MEDIUM = {"T": 0.7, "coupling": 1.3e-19, "density": 2500.0, "sound_speed": 3900.0, "volume": 3e-24}


@pytest.mark.parametrize("omega", [1e3, 4e8, 3e9])
def test_shift_of_several_systems_is_the_sum_of_their_closed_forms(omega):
    bias = np.array([3e-24, -1e-23, 2e-25])
    tunnelling = np.array([2e-24, 5e-24, 1e-23])
    tau = np.array([1e-9, 3e-10, 5e-8])
    expected = closed_form(omega, bias, tunnelling, tau, *MEDIUM.values())
    found = relax.relaxational_shift(omega, bias, tunnelling, tau, **MEDIUM)
    assert found == pytest.approx(expected, rel=1e-7, abs=0)
    splitting = np.hypot(bias, tunnelling)
    value, error = relax.relaxational_shift_of_levels(omega, bias, splitting, tau, **MEDIUM)
    assert value == pytest.approx(expected, rel=1e-7, abs=0)
    assert abs(value - expected) <= error < 1e-6 * abs(value)
    one = relax.relaxational_shift(omega, -1e-23, 5e-24, 3e-10, **MEDIUM)
    assert one == pytest.approx(
        closed_form(omega, -1e-23, 5e-24, 3e-10, *MEDIUM.values()), rel=1e-7, abs=0
    )


@pytest.mark.parametrize("omega", [0.3, 2.0, 40.0])
def test_average_over_times_is_its_integral(omega):
    shortest, longest = 0.2, 5.0

    def average(end):
        return quad(
            lambda y: -1 / (1 + (omega * np.exp(y)) ** 2), np.log(shortest), end, epsabs=1e-13
        )[0]

    found = relax.averaged_shift(omega, shortest, longest)
    assert found == pytest.approx(average(np.log(longest)), rel=1e-9)
    assert relax.averaged_shift(omega, shortest) == pytest.approx(average(25.0), rel=1e-9)


@pytest.mark.parametrize("samples", [50, 400])
def test_driven_population_with_steps_is_right_to_their_square(samples):
    errors = [
        abs(relax.driven_response(3.0, 2.0, n) - 1 / (1 - 1.5j)) for n in (samples, 2 * samples)
    ]
    assert errors[0] / errors[1] == pytest.approx(4, rel=0.05)
    assert np.array_equal(relax.driven_response(3.0, 2.0), relax.driven_response(3.0, 2.0, 4000))


@pytest.mark.parametrize("bad", [0.0, -1.0, np.nan])
def test_every_constant_of_relaxation_must_be_positive(bad):
    for given, name in (((bad, 1.0), "omega"), ((1.0, bad), "rate")):
        with pytest.raises(ValueError, match=f"{name} must be positive"):
            relax.driven_response(*given)
    for given, name in (((bad, 1.0), "omega"), ((1.0, bad), "shortest")):
        with pytest.raises(ValueError, match=f"{name} must be positive"):
            relax.averaged_shift(*given)
    given = {"omega": 1.0, "tunnelling": [1e-24], "relaxation_time": [1e-9], **MEDIUM}
    for name in given:
        with pytest.raises(ValueError, match=f"{name} must be positive"):
            relax.relaxational_shift(bias=[1e-24], **(given | {name: bad}))


def test_splittings_at_or_below_the_bias_are_refused():
    for bias, splitting in ((2e-24, 2e-24), (-2e-24, 1e-24), ([1e-24, 3e-24], [2e-24, 2e-24])):
        with pytest.raises(ValueError, match="values above the bias"):
            relax.relaxational_shift_of_levels(1.0, bias, splitting, 1e-9, **MEDIUM)
