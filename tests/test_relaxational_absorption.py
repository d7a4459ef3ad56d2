import numpy as np
import pytest

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
