import itertools

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


def random_tensors(n, seed):
    """A positive definite matrix and a symmetric tensor of third order."""
    rng = np.random.default_rng(seed)
    A = rng.normal(size=(n, n))
    U = rng.normal(size=(n, n, n))
    U = sum(U.transpose(p) for p in itertools.permutations(range(3))) / 6
    return A @ A.T + np.eye(n), U


def barrier_of(M, U, z):
    return float(soft.cubic_barrier(z @ M @ z, np.einsum("ijk,i,j,k", U, z, z, z))[0])


@pytest.mark.parametrize("n", [2, 3, 6])
def test_barrier_is_stationary_along_a_nonlinear_mode(n):
    M, U = random_tensors(n, n)
    z = soft.nonlinear_mode(M, U)
    here = barrier_of(M, U, z)
    assert np.linalg.norm(z) == pytest.approx(1, rel=1e-14)
    for sideways in np.linalg.svd(z[None])[2][1:]:
        up, down = (barrier_of(M, U, z + h * sideways) for h in (1e-4, -1e-4))
        assert up == pytest.approx(here, rel=1e-6) and down == pytest.approx(here, rel=1e-6)
        assert min(up, down) > here * (1 - 1e-10)


@pytest.mark.parametrize("length", [1e-9, 1e9])
def test_a_start_is_a_direction_whatever_its_length(length):
    M, U = random_tensors(5, 4)
    start = np.random.default_rng(1).normal(size=5)
    one, other = (soft.nonlinear_mode(M, U, scale * start) for scale in (1, length))
    assert abs(one @ other) == pytest.approx(1, rel=1e-12)
    assert barrier_of(M, U, one) < barrier_of(M, U, start)


@pytest.mark.parametrize("seed", range(12))
def test_without_a_start_the_lowest_barrier_of_the_plane_is_found(seed):
    M, U = random_tensors(2, 30 + seed)
    angles = np.linspace(0, np.pi, 20_001)
    z = np.array([np.cos(angles), np.sin(angles)])
    b_2, b_3 = np.einsum("ij,ia,ja->a", M, z, z), np.einsum("ijk,ia,ja,ka->a", U, z, z, z)
    lowest = float(np.min(2 * b_2**3 / (3 * b_3**2)))
    assert barrier_of(M, U, soft.nonlinear_mode(M, U)) == pytest.approx(lowest, rel=1e-5)


@pytest.mark.parametrize("n", [2, 5])
def test_nonlinear_modes_are_the_fixed_points_of_the_iteration(n):
    M, U = random_tensors(n, 10 + n)
    z = soft.nonlinear_mode(M, U)
    assert np.allclose(soft.next_direction(M, U, z), z, rtol=1e-11, atol=1e-12)
    other = np.random.default_rng(3).normal(size=n)
    step = soft.next_direction(M, U, other)
    assert step @ M @ other == pytest.approx(other @ M @ other, rel=1e-12)
    assert np.linalg.norm(step - other) > 1e-2


def test_tensors_of_a_cubic_energy_are_its_coefficients():
    M, U = random_tensors(3, 8)
    centre = np.array([0.3, -0.2, 0.5])

    def energy(x):
        y = x - centre
        return 0.5 * y @ M @ y + np.einsum("ijk,i,j,k", U, y, y, y) / 6 + 0.7 * y.sum() + 2

    second, third = soft.derivative_tensors(energy, centre)
    assert np.allclose(second, M, rtol=1e-12, atol=1e-12)
    assert np.allclose(third, U, rtol=1e-10, atol=1e-10)
    away, _ = soft.derivative_tensors(energy, centre + np.array([1.0, 0.0, 0.0]))
    assert np.allclose(away, M + U[0], rtol=1e-12, atol=1e-12)


def test_tensors_of_an_exponential_are_products_of_its_exponents():
    k = np.array([0.7, -1.1])
    second, third = soft.derivative_tensors(lambda x: np.exp(x @ k), np.zeros(2))
    assert np.allclose(second, np.outer(k, k), rtol=1e-12, atol=0)
    assert np.allclose(third, np.einsum("i,j,k->ijk", k, k, k), rtol=1e-10, atol=0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: soft.derivative_tensors(np.sum, np.eye(2)), "place must be a vector"),
        (lambda: soft.next_direction(np.eye(2), np.zeros((2, 2, 2)), [1, 0]), "no cubic"),
        (lambda: soft.nonlinear_mode(np.eye(2), np.zeros((2, 2, 2))), "no direction to start"),
        (lambda: soft.nonlinear_mode(-np.eye(2), np.ones((2, 2, 2))), "positive definite"),
        (lambda: soft.nonlinear_mode(np.eye(2), np.ones((3, 3, 3))), "shapes"),
        (lambda: soft.nonlinear_mode([[1, 1], [0, 1]], np.ones((2, 2, 2))), "symmetric"),
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


def test_profile_of_rows_by_its_powers():
    s, b_3 = np.array([[-1.0], [2.0]]), np.array([0.0, 3.0, -6.0])
    expected = 5 * s**2 / 2 + b_3 * s**3 / 6 + 7 * s**4 / 24
    assert soft.profile(s, 5.0, b_3, 7.0) == pytest.approx(expected, rel=1e-14)
    assert soft.profile(s, 5.0, b_3) == pytest.approx(expected - 7 * s**4 / 24, rel=1e-13)
    for name in ("s", "b_2", "b_3", "b_4"):
        with pytest.raises(ValueError, match=f"{name} must be finite"):
            soft.profile(**{"s": 1.0, "b_2": 1.0, "b_3": 1.0, "b_4": 1.0, name: np.nan})


@pytest.mark.parametrize("reach", [0.3, 1.0, 4.0])
def test_expansion_of_a_polynomial_of_sixth_order_is_exact(reach):
    rng = np.random.default_rng(1)
    powers, place = rng.normal(size=7), np.array([0.2, -0.4, 1.0])
    along = np.array([1.0, 2.0, -2.0]) / 3

    def energy(x):
        return np.polynomial.polynomial.polyval((x - place) @ along, powers)

    kept = {} if reach == 1 else {"reach": reach}
    found = soft.expansion(energy, place, along, **kept)
    factorials = np.array([1, 1, 2, 6, 24])
    assert found == pytest.approx(factorials * powers[:5], rel=1e-9, abs=1e-9)
    for bad in (0.0, -1.0, np.nan):
        with pytest.raises(ValueError, match="reach must be positive"):
            soft.expansion(energy, place, along, bad)
    for pair in ((np.eye(3), np.eye(3)), (place, along[:2])):
        with pytest.raises(ValueError, match="vectors of one length"):
            soft.expansion(energy, *pair)
    for name in ("place", "direction"):
        given = {"place": place, "direction": along} | {name: [np.nan] * 3}
        with pytest.raises(ValueError, match=f"{name} must be finite"):
            soft.expansion(energy, **given)


def test_expansion_reaches_one_where_nothing_is_said():
    seen = []
    found = soft.expansion(lambda x: seen.append(x[0]) or 0.0, [5.0], [1.0])
    assert np.array_equal(found, np.zeros(5))
    # the seven zeros of the Chebyshev polynomial
    zeros = np.cos(np.pi * (np.arange(7) + 0.5) / 7)
    assert sorted(seen) == pytest.approx(sorted(5 + zeros), rel=1e-12)


def test_tensors_have_a_reach_within_which_the_energy_is_analytic():
    # 1/(1 - x) has its pole at one: circles of a length of two axes stay inside a third of it
    second, third = soft.derivative_tensors(lambda x: 1 / (1 - x[0] - 2 * x[1]), np.zeros(2))
    k = np.array([1.0, 2.0])
    assert np.allclose(second, 2 * np.outer(k, k), rtol=1e-10, atol=0)
    assert np.allclose(third, 6 * np.einsum("i,j,k->ijk", k, k, k), rtol=1e-9, atol=0)
    narrow = soft.derivative_tensors(lambda x: 1 / (1 - 9 * x[0]), np.zeros(1), reach=0.02)
    assert narrow[0][0, 0] == pytest.approx(162, rel=1e-9)
    for bad in (0.0, np.nan):
        with pytest.raises(ValueError, match="reach must be positive"):
            soft.derivative_tensors(np.sum, np.zeros(2), bad)
    with pytest.raises(ValueError, match="place must be finite"):
        soft.derivative_tensors(np.sum, [np.nan])


def test_shapes_and_symmetries_of_both_tensors_are_checked():
    M, U = random_tensors(3, 1)
    for given in ((M[:2], U), (M[0], U), (M, U[:2]), (M, U[:, :, :2]), (M, U[0])):
        with pytest.raises(ValueError, match="shapes"):
            soft.next_direction(*given, [1.0, 0, 0])
    tilted, lopsided = M.copy(), U.copy()
    tilted[0, 1] *= 1.01
    lopsided[0, 1, 2] *= 1.01
    turning = np.zeros((3, 3, 3))
    turning[[0, 1, 2], [1, 2, 0], [2, 0, 1]], turning[[0, 2, 1], [2, 1, 0], [1, 0, 2]] = 1, -1
    for given in ((tilted, U), (M, lopsided), (M, U + turning), (1e-9 * tilted, U)):
        with pytest.raises(ValueError, match="must be symmetric"):
            soft.next_direction(*given, [1.0, 0, 0])
    for name, given in (("stiffness", (np.nan * M, U)), ("skewness", (M, np.nan * U))):
        with pytest.raises(ValueError, match=f"{name} must be finite"):
            soft.next_direction(*given, [1.0, 0, 0])
    with pytest.raises(ValueError, match="direction must be finite"):
        soft.next_direction(M, U, [np.nan, 0, 0])


def test_next_direction_of_diagonal_tensors_by_hand():
    # stiffnesses 2 and 8, cubic coefficients 3 and 5, no mixed ones; b_2 = 34, force (3, 20),
    # b_3 = 3 + 40
    U = np.zeros((2, 2, 2))
    U[0, 0, 0], U[1, 1, 1] = 3.0, 5.0
    found = soft.next_direction(np.diag([2.0, 8.0]), U, [1.0, 2.0])
    assert found == pytest.approx(34 / 43 * np.array([1.5, 2.5]), rel=1e-13)
    # the barrier is lowest along one of the axes or between them
    z = soft.nonlinear_mode(np.diag([2.0, 8.0]), U)
    assert np.abs(z) == pytest.approx([1, 0], abs=1e-9)


def test_stationary_points_and_barriers_of_all_kinds_of_profiles():
    # s (s + 1)(s + 3) b_4/6: minimum at the origin, top at -1, well at -3
    found = soft.stationary_points(3.0, 8.0, 6.0)
    assert found == pytest.approx([-3, -1, 0], abs=1e-12)
    assert soft.stationary_points(3.0, -8.0, 6.0) == pytest.approx([0, 1, 3], abs=1e-12)
    assert np.array_equal(soft.stationary_points(1.0, 0.5, 1.0), [0.0])
    expected = 3 / 2 - 8 / 6 + 6 / 24
    assert soft.barrier(3.0, 8.0, 6.0) == pytest.approx(expected, rel=1e-12)
    assert soft.barrier(3.0, -8.0, 6.0) == pytest.approx(expected, rel=1e-12)
    for name in ("b_2", "b_4"):
        for bad in (0.0, -1.0, np.nan):
            with pytest.raises(ValueError, match=f"{name} must be positive"):
                soft.stationary_points(**{"b_2": 1.0, "b_3": 1.0, "b_4": 1.0, name: bad})
    with pytest.raises(ValueError, match="b_3 must be finite"):
        soft.stationary_points(1.0, np.nan, 1.0)


def test_cubic_barriers_of_rows_in_closed_form():
    b_2, b_3 = np.array([[0.5], [2.0]]), np.array([-1.0, 3.0])
    height, top = soft.cubic_barrier(b_2, b_3)
    assert top == pytest.approx(-2 * b_2 / b_3, rel=1e-14)
    assert height == pytest.approx(2 * b_2**3 / (3 * b_3**2), rel=1e-13)
    with pytest.raises(ValueError, match="b_2 must be positive"):
        soft.cubic_barrier(0.0, 1.0)
    with pytest.raises(ValueError, match="b_3 must be finite"):
        soft.cubic_barrier(1.0, np.nan)
    with pytest.raises(ValueError, match="b_3 must not be zero"):
        soft.cubic_barrier(1.0, [1.0, 0.0])


@pytest.mark.parametrize(("b_2", "b_4"), [(1.0, 1.0), (1e-6, 40.0), (3e5, 2e-3)])
def test_thresholds_scale_with_both_coefficients(b_2, b_4):
    assert soft.second_well_threshold(b_2, b_4) == pytest.approx(
        np.sqrt(8 / 3 * b_2 * b_4), rel=1e-7
    )
    assert soft.global_minimum_threshold(b_2, b_4) == pytest.approx(
        np.sqrt(3 * b_2 * b_4), rel=1e-12
    )
    for f in (soft.second_well_threshold, soft.global_minimum_threshold):
        for bad in ((0.0, 1.0), (1.0, -1.0), (np.nan, 1.0)):
            with pytest.raises(ValueError, match="must be positive"):
                f(*bad)


def test_densities_of_regular_ensembles_in_closed_form():
    # density of stiffness P_0 b_2 over the cubic coefficients kept; dk = 2 m omega d omega
    assert soft.density_of_stiffness(3.0, 0.2, 5.0) == pytest.approx(2 * 5 * 0.2 * 3, rel=1e-14)
    found = soft.density_of_minima(0.7, 0.2, 5.0, 1.3)
    assert found == pytest.approx(4 * 1.3**2 * 0.7**3 * 5 * 0.2, rel=1e-13)
    found = soft.density_of_global_minima(0.7, 0.2, 1.9, 1.3)
    # up to |b_3| = sqrt(3 b_2 b_4), and the profile takes both signs
    stiffness = 1.3 * 0.49
    expected = 2 * 1.3 * 0.7 * 2 * np.sqrt(3 * stiffness * 1.9) * 0.2 * stiffness
    assert found == pytest.approx(expected, rel=1e-10)
    height = np.array([0.1, 3.0])
    expected = 0.3 / 4 * height**0.25 / 0.8**1.25
    assert soft.barrier_density(height, 0.3, 0.8) == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize("bad", [0.0, -1.0, np.nan])
@pytest.mark.parametrize(
    ("f", "names"),
    [
        (soft.density_of_minima, ("omega", "P_0", "Lambda", "m")),
        (soft.density_of_stiffness, ("b_2", "P_0", "Lambda")),
        (soft.density_of_global_minima, ("omega", "P_0", "b_4", "m")),
        (soft.barrier_density, ("B", "A", "C")),
    ],
)
def test_every_frequency_mass_and_density_must_be_positive(f, names, bad):
    for name in names:
        with pytest.raises(ValueError, match=f"{name} must be positive"):
            f(**dict.fromkeys(names, 1.0) | {name: bad})


def test_sampled_minima_are_the_roots_of_their_potentials():
    size, seed = 300, 11
    a_1, a_2 = np.random.default_rng(seed).uniform(-1, 1, (2, size))
    found, expected = soft.sample_minima(size, seed), []
    for tilt, bend in zip(a_1, a_2, strict=True):
        roots = np.roots([1 / 6, 0, bend, tilt])
        real = roots[np.abs(roots.imag) < 1e-9].real
        wells = [q for q in real if bend + q**2 / 2 > 0]
        heights = [q**4 / 24 + bend * q**2 / 2 + tilt * q for q in wells]
        for q, height in zip(wells, heights, strict=True):
            expected.append((bend + q**2 / 2, q, height == min(heights)))
    assert len(expected) > size
    stiffness, places, lowest = np.array(sorted(expected)).T
    order = np.argsort(found[0])
    assert found[0][order] == pytest.approx(stiffness, abs=1e-7)
    assert found[1][order] == pytest.approx(places, abs=1e-6)
    assert np.array_equal(found[2][order], lowest == 1)
    assert soft.sample_minima(1, 0)[0].size >= 1
