import numpy as np
import pytest

from relics import soft_potentials as soft


@pytest.mark.parametrize("ratio", [2.0, 2.6, 2.7, 2.9, 3.2, 8.0])
def test_wells_counted_on_a_grid_follow_the_thresholds(ratio):
    b_2, b_4 = 0.7, 1.9
    b_3 = np.sqrt(ratio * b_2 * b_4)
    s = np.linspace(-8, 4, 400_001)
    energy = soft.profile(s, b_2, b_3, b_4)
    minima = np.sum((energy[1:-1] < energy[:-2]) & (energy[1:-1] < energy[2:]))
    assert minima == 1 + (b_3 > soft.second_well_threshold(b_2, b_4))
    assert (energy.min() < -1e-9) == (b_3 > soft.global_minimum_threshold(b_2, b_4))


def test_second_well_and_global_minimum_set_in_at_the_published_ratios():
    # LB21 Secs. II.A and IV.G quote 8/3 and 3.
    assert soft.second_well_threshold(1.3, 0.4) ** 2 / (1.3 * 0.4) == pytest.approx(8 / 3)
    assert soft.global_minimum_threshold(1.3, 0.4) ** 2 / (1.3 * 0.4) == pytest.approx(3)


def test_barrier_at_equal_wells_is_that_of_the_symmetric_double_well():
    # (b_4/24) s^2 (s - l)^2 has equal wells; its barrier is b_4 l^4/384.
    b_4, length = 1.7, 1.3
    assert soft.barrier(b_4 * length**2 / 12, -b_4 * length / 2, b_4) == pytest.approx(
        b_4 * length**4 / 384
    )


def test_barrier_tends_to_the_cubic_one_far_from_the_second_well():
    height, _ = soft.cubic_barrier(0.5, -1.0)
    assert soft.barrier(0.5, -1.0, 1e-5) == pytest.approx(float(height), rel=1e-4)


def test_cubic_barrier_is_the_highest_point_on_the_way_out():
    height, top = soft.cubic_barrier(0.8, -1.1)
    s = np.linspace(0, 2 * float(top), 200_001)
    energy = soft.profile(s, 0.8, -1.1)
    climbed = s < 1.4 * float(top)
    assert energy[climbed].max() == pytest.approx(float(height), rel=1e-9)
    assert s[np.argmax(np.where(climbed, energy, -np.inf))] == pytest.approx(float(top), rel=1e-4)


def test_expansion_finds_the_derivatives_of_a_smooth_energy():
    found = soft.expansion(lambda x: np.exp(x[0]) * np.cos(x[1]), [0.0, 0.0], [1.0, 1.0], 0.05)
    # exp(s) cos(s) = 1 + s - s^3/3 - s^4/6 + ...
    assert found == pytest.approx([1, 1, 0, -2, -4], abs=2e-6)


@pytest.mark.parametrize("omega", [0.45, 0.6, 0.8])
def test_sampled_global_minima_follow_the_quartic_law(omega):
    size = 400_000
    stiffness, _, lowest = soft.sample_minima(size, seed=5)
    counted = np.sum(lowest & (stiffness < omega**2)) / size
    # P_0 is the density 1/4 of the coefficients; unit mass and quartic coefficient.
    expected = soft.density_of_global_minima(omega, 0.25, 1.0, 1.0) * omega / 5
    assert counted == pytest.approx(expected, abs=3.5 * np.sqrt(expected / size))


def test_all_sampled_minima_follow_the_cubic_law():
    size, omega = 400_000, 0.2
    stiffness, cubic, _ = soft.sample_minima(size, seed=6)
    counted = np.sum((stiffness < omega**2) & (np.abs(cubic) < 1)) / size
    expected = soft.density_of_minima(omega, 0.25, 1.0, 1.0) * omega / 4
    assert counted == pytest.approx(expected, abs=3.5 * np.sqrt(expected / size))


def test_sampled_places_are_stationary_minima():
    stiffness, cubic, lowest = soft.sample_minima(1000, seed=7)
    assert stiffness.min() > 0
    assert lowest.sum() == 1000
    assert np.all(cubic[lowest] ** 2 <= 3 * stiffness[lowest] * (1 + 1e-9))
    assert np.all(cubic[~lowest] ** 2 >= 3 * stiffness[~lowest] * (1 - 1e-9))


def test_barrier_density_counts_as_many_barriers_as_modes():
    from scipy.integrate import quad

    A, C, omega = 0.3, 0.8, 0.6
    barriers = quad(lambda B: float(soft.barrier_density(B, A, C)), 0, C * omega**4)[0]
    assert barriers == pytest.approx(A * omega**5 / 5, rel=1e-7)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: soft.barrier(1.0, 0.1, 1.0), "single well"),
        (lambda: soft.barrier(-1.0, 2.0, 1.0), "b_2 must be positive"),
        (lambda: soft.cubic_barrier(1.0, 0.0), "b_3 must not be zero"),
        (lambda: soft.profile(np.nan, 1.0, 1.0), "s must be finite"),
        (lambda: soft.second_well_threshold(1.0, 0.0), "b_4 must be positive"),
        (lambda: soft.expansion(np.sum, [0.0, 0.0], [1.0]), "vectors of one length"),
        (lambda: soft.barrier_density([], 1.0, 1.0), "B is empty"),
        (lambda: soft.sample_minima(0, 1), "size must be at least 1"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
