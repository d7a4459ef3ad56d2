import inspect
import math

import numpy as np
import pytest

from relics import resonant_pairs as pairs
from relics.constants import k_B


def relaxed_lattice_energy(size: int, separation: int, axis: int) -> float:
    """Energy of two unit force dipoles along `axis`, relaxed on a periodic lattice.

    The pair energy is half the difference of like and unlike signs, so that self-energies drop.
    """
    k = 2 * np.pi * np.fft.fftfreq(size)
    grids = np.meshgrid(k, k, k, indexing="ij")
    k2 = sum(2 - 2 * np.cos(g) for g in grids)
    k2[0, 0, 0] = np.inf
    # Central differences couple each dipole to the field: i sin(k).
    sources = []
    for sign in (1, -1):
        source = np.zeros((size,) * 3)
        source[0, 0, 0] += 1
        source[(separation if axis == 0 else 0), (separation if axis == 1 else 0), 0] += sign
        sources.append(np.abs(np.fft.fftn(source)) ** 2)
    drive = np.sin(grids[0]) ** 2
    energies = [-0.5 * np.sum(drive * s / k2) / size**3 for s in sources]
    return (energies[0] - energies[1]) / 2


@pytest.mark.parametrize("axis, bracket", [(0, 2.0), (1, -1.0)])
def test_coupling_agrees_with_a_relaxed_lattice(axis, bracket):
    # Dipoles along x, separated along x (axis 0) or y; the periodic images add a uniform term
    # -1/(3 volume) that a pair of sizes removes.
    r = 12
    small, large = (relaxed_lattice_energy(n, r, axis) for n in (72, 96))
    volume = np.array([72.0**-3, 96.0**-3])
    free = small - (small - large) / (volume[0] - volume[1]) * volume[0]
    separation = np.eye(3)[axis] * r
    expected = pairs.coupling([1, 0, 0], [1, 0, 0], separation, 1.0)
    assert expected == pytest.approx(bracket / (4 * math.pi * r**3), rel=1e-12)
    assert free == pytest.approx(expected, rel=0.06)


@pytest.mark.parametrize("d", [3, 4, 6])
def test_coupling_is_minus_the_second_derivative_of_the_green_function(d):
    rng = np.random.default_rng(d)
    g_i, g_j, r = rng.normal(size=(3, d))
    step = 1e-4
    G = lambda s, t: float(pairs.green_function(np.linalg.norm(r + s * g_i + t * g_j), d))  # noqa: E731
    mixed = (G(step, step) - G(step, -step) - G(-step, step) + G(-step, -step)) / (4 * step**2)
    assert pairs.coupling(g_i, g_j, r, 2.0) == pytest.approx(mixed / 2, rel=1e-5)


def test_geometric_factor_is_four_over_the_volume_of_the_unit_ball():
    volumes = {3: 4 * math.pi / 3, 4: math.pi**2 / 2, 5: 8 * math.pi**2 / 15, 8: math.pi**4 / 24}
    for d, volume in volumes.items():
        assert pairs.geometric_factor(d) == pytest.approx(4 / volume, rel=1e-13)


def test_geometric_factor_falls_before_it_rises():
    d = np.arange(3, 13)
    factor = pairs.geometric_factor(d)
    assert d[np.argmin(factor)] == 5
    assert d[factor > factor[0]][0] == 8
    best = pairs.dimension_of_weakest_coupling()
    around = pairs.geometric_factor([best - 1e-3, best, best + 1e-3])
    assert around[1] < around[0] and around[1] < around[2]


def test_flat_heat_capacity_is_pi_squared_over_six():
    value = pairs.flat_heat_capacity(2.0, 3.0)
    assert value == pytest.approx(math.pi**2 / 6 * k_B**2 * 2.0 * 3.0, rel=1e-10, abs=0)


def test_freezing_ratio_maximises_the_two_level_heat_capacity():
    x = pairs.freezing_ratio()
    near = pairs.two_level_heat_capacity(np.array([x - 1e-3, x, x + 1e-3]) * k_B, 1.0)
    assert near[1] > near[0] and near[1] > near[2]


def test_summed_coupling_grows_as_the_volume_integral():
    shells = np.array([1.0, 3.0, 10.0, 30.0])
    sums = pairs.summed_coupling(0.02, shells, samples=1500, seed=3)
    expected = pairs.broadening(1.0, 0.02, 1.0, shells[1:], measure="volume")
    error = sums.std(axis=0, ddof=1) / math.sqrt(len(sums))
    assert np.all(np.abs(sums.mean(axis=0) - expected) < 4 * error)


def test_random_signs_remove_the_logarithm():
    shells = np.array([1.0, 3.0, 10.0, 30.0])
    sums = pairs.summed_coupling(0.05, shells, samples=1000, seed=4, random_signs=True)
    # Var = (4 pi rho/3)(1/r_min^3 - 1/r_max^3).
    expected = np.sqrt(4 * math.pi * 0.05 / 3 * (1 - shells[1:] ** -3.0))
    assert sums.std(axis=0, ddof=1) == pytest.approx(expected, rel=0.08)


def test_pairing_leaves_a_density_of_states_that_forgets_the_density():
    found = []
    for seed, density in ((1, 1e27), (2, 1e25)):
        points, edge = pairs.scattered_points(60000, density, seed)
        lengths = pairs.pair_off(points, edge)
        assert lengths.size == 30000
        found.append(pairs.pairing_constant(lengths, edge, (0.01 * density, 1.0 * density)))
    (a, da), (b, db) = found
    assert abs(a - b) < 4 * math.hypot(da, db)
    assert 0.07 < a < 0.085


def test_windows_side_by_side_count_every_pair_once():
    lengths, edge = np.array([0.5, 1.0, 1.0, 2.0, 4.0]), 3.0
    ends = [2.0**-6, 2.0**-3, 1.0, 8.5]
    counts = [
        pairs.pairing_constant(lengths, edge, (low, high))[0] * edge**3 * (high - low)
        for low, high in zip(ends, ends[1:], strict=False)
    ]
    assert counts == pytest.approx([1, 1, 3], rel=1e-12)


def test_pairing_is_the_greedy_one():
    points, edge = pairs.scattered_points(60, 1.0, 9)
    gap = points[:, None] - points
    gap -= edge * np.round(gap / edge)
    r = np.linalg.norm(gap, axis=-1)
    np.fill_diagonal(r, np.inf)
    greedy = []
    while np.isfinite(r).any():
        i, j = np.unravel_index(np.argmin(r), r.shape)
        greedy.append(r[i, j])
        r[[i, j]] = np.inf
        r[:, [i, j]] = np.inf
    assert pairs.pair_off(points, edge) == pytest.approx(greedy, rel=1e-12)


def test_percus_yevick_obeys_the_compressibility_sum_rule_and_its_limits():
    for eta in (0.1, 0.3, 0.494):
        assert pairs.percus_yevick_structure_factor(0.0, eta) == pytest.approx(
            pairs.percus_yevick_compressibility(eta), rel=1e-12
        )
    assert pairs.percus_yevick_structure_factor(60.0, 0.3) == pytest.approx(1, abs=0.01)
    # dp/drho of the compressibility route, by differentiation of its pressure.
    eta, step = 0.3, 1e-5
    Z = lambda x: x * (1 + x + x**2) / (1 - x) ** 3  # noqa: E731
    slope = (Z(eta + step) - Z(eta - step)) / (2 * step)
    assert pairs.percus_yevick_compressibility(eta) == pytest.approx(1 / slope, rel=1e-8)


def test_structure_factor_of_a_lattice_and_of_chance():
    edge = 8
    lattice = np.stack(np.meshgrid(*[np.arange(edge)] * 3, indexing="ij"), axis=-1).reshape(-1, 3)
    q = 2 * np.pi / edge * np.array([[1, 0, 0], [2, 1, 0], [edge, 0, 0]])
    assert pairs.structure_factor(q, lattice) == pytest.approx([0, 0, edge**3], abs=1e-9)
    rng = np.random.default_rng(5)
    chance = [pairs.structure_factor(q[:2], rng.uniform(0, edge, (200, 3))) for _ in range(400)]
    assert np.mean(chance) == pytest.approx(1, abs=0.15)


def test_equipartition_holds_with_the_volume_of_a_cell():
    value, error = pairs.lattice_equipartition(10, 1e-19, 1500.0, samples=40, seed=2)
    assert abs(value - k_B * 1500 / 1e-19 * (1 - 1e-3)) < 4 * error


def test_bound_rises_with_dimension_where_only_the_lindemann_ratio_changes():
    bound = pairs.phonon_quality_in_dimension(np.arange(3, 9))
    assert bound["lindemann"][0] == pytest.approx(100)
    for reading in bound.values():
        assert np.all(reading[:4] >= reading[0])


def test_areas_of_spheres():
    assert pairs.sphere_area([2, 3, 4]) == pytest.approx(
        [2 * math.pi, 4 * math.pi, 2 * math.pi**2], rel=1e-13
    )


def test_a_coupling_from_the_atomic_size_gives_back_its_energy_there():
    C, K, r_a = 2e-19, 4e10, 3e-10
    J = pairs.interaction_strength(pairs.coupling_from_size(C, K, r_a), K)
    assert pairs.pair_energy(J, r_a) == pytest.approx(C, rel=1e-12, abs=0)
    assert pairs.pair_energy(J, 2 * r_a) == pytest.approx(C / 8, rel=1e-12, abs=0)


@pytest.mark.parametrize("T", [0.1, 3.0])
def test_bounds_count_one_pair_in_every_frozen_sphere(T):
    J = 5e-48
    r = pairs.freezing_radius(T, J)
    assert pairs.pair_energy(J, r) == pytest.approx(k_B * T, rel=1e-12, abs=0)
    bound = pairs.heat_capacity_bound(T, J)
    assert bound == pytest.approx(k_B / r**3, rel=1e-12, abs=0)
    assert k_B**2 * T * pairs.density_of_states_bound(J) == pytest.approx(bound, rel=1e-12, abs=0)


def test_width_by_energies_is_that_by_radii():
    J, rho, E, E_max = 5e-48, 1e26, 2e-24, 3e-20
    found = pairs.broadening_by_energy(J, rho, E, E_max)
    radii = np.cbrt(J / E_max), np.cbrt(J / E)
    assert found == pytest.approx(pairs.broadening(J, rho, *radii, "r3"), rel=1e-12, abs=0)
    assert pairs.broadening(J, rho, 1.0, math.e, "one") == pytest.approx(J * rho, rel=1e-12, abs=0)


def test_logarithmic_exponent_is_the_slope_of_the_number_of_states():
    E, step = 0.03, 1e-4
    number = [
        x * pairs.density_of_states_logarithmic(x, 2.0, 5.0) for x in E * np.exp([-step, step])
    ]
    slope = np.diff(np.log(number))[0] / (2 * step)
    assert pairs.logarithmic_exponent(E, 5.0) == pytest.approx(slope, rel=1e-7)


def test_one_of_an_odd_number_stays_alone():
    points, edge = pairs.scattered_points(61, 1.0, 9)
    assert pairs.pair_off(points, edge).size == 30


def test_readings_of_the_bound_differ_by_the_ratio_of_unit_balls():
    bound = pairs.phonon_quality_in_dimension(4, lindemann=0.2)
    weaker = (4 * math.pi / 3) / (math.pi**2 / 2)
    assert bound["lindemann"] == pytest.approx((4 / 3 / 0.2) ** 2, rel=1e-12)
    assert bound["coupling"] == pytest.approx(bound["lindemann"] / weaker, rel=1e-12)
    assert bound["squared"] == pytest.approx(bound["lindemann"] / weaker**2, rel=1e-12)


@pytest.mark.parametrize("bad", [0.0, -1.0, math.nan])
@pytest.mark.parametrize(
    "f",
    [
        pairs.interaction_strength,
        pairs.pair_energy,
        pairs.freezing_radius,
        pairs.two_level_heat_capacity,
        pairs.heat_capacity_bound,
        pairs.flat_heat_capacity,
        pairs.density_of_states_bound,
        pairs.coupling_from_size,
        pairs.density_of_states_low,
        pairs.vibration_ratio,
        pairs.phonon_quality,
        pairs.resonance_temperature,
        pairs.largest_strength,
    ],
)
def test_every_argument_must_be_positive(f, bad):
    names = list(inspect.signature(f).parameters)
    for name in names:
        with pytest.raises(ValueError, match=f"{name} must be positive"):
            f(**dict.fromkeys(names, 1.0) | {name: bad})


def test_structured_states_are_at_the_wave_number_of_the_pair():
    J, E = 2.0, np.array([0.3, 5.0])
    found = pairs.density_of_states_structured(E, J, lambda q: q**6)
    assert found == pytest.approx(E**2 / J**3, rel=1e-12)


def test_structure_of_equilibrium_makes_the_path_the_squared_inverse_amplitude():
    rho, T_g, K, g = 2e28, 1500.0, 4e10, 1.6e-19
    amplitude = pairs.vibration_ratio(rho, T_g, K)
    # Equipartition in a volume 1/rho: K u^2/2 = k_B T/2 for the strain u.
    assert K * amplitude**2 / rho == pytest.approx(k_B * T_g, rel=1e-12, abs=0)
    J = pairs.interaction_strength(g, K)
    low = pairs.density_of_states_low(rho, T_g, K, J)
    even = pairs.density_of_states_structured(1.0, J, lambda q: amplitude**2 + 0 * q)
    assert low == pytest.approx(even, rel=1e-12)
    assert pairs.phonon_quality(low, g, K) == pytest.approx(amplitude**-2, rel=1e-12)


def test_scattering_is_resonant_below_the_temperature_at_which_two_lengths_meet():
    T_D, a, J = 342.0, 3.5e-10, 5e-48
    T = pairs.resonance_temperature(T_D, a, J)
    assert pairs.freezing_radius(T, J) == pytest.approx(a * T_D / T, rel=1e-12, abs=0)
    most = pairs.largest_strength(T_D, a)
    assert pairs.resonance_temperature(T_D, a, most) == pytest.approx(T_D, rel=1e-12)


def test_heat_of_two_levels_is_the_schottky_anomaly():
    x = np.array([0.01, 1.0, 5.0, 500.0])
    found = pairs.two_level_heat_capacity(x * k_B * 0.3, 0.3) / k_B
    assert found == pytest.approx(x**2 / (np.exp(x / 2) + np.exp(-x / 2)) ** 2, rel=1e-12)


def test_refusals():
    with pytest.raises(ValueError, match="d >= 3"):
        pairs.green_function(1.0, 2)
    with pytest.raises(ValueError, match="d >= 3"):
        pairs.coupling([1, 0], [1, 0], [0, 1], 1.0)
    with pytest.raises(ValueError, match="one length"):
        pairs.coupling([1, 0, 0], [1, 0], [0, 1, 0], 1.0)
    with pytest.raises(ValueError, match="measure"):
        pairs.broadening(1, 1, 1, 2, measure="area")
    with pytest.raises(ValueError, match="below E_max"):
        pairs.density_of_states_logarithmic(2.0, 1.0, 1.0)
    with pytest.raises(ValueError, match="positive"):
        pairs.freezing_radius(float("nan"), 1.0)


def test_gap_of_a_cage_fills_its_fraction():
    fraction, d = np.array([[0.3], [0.95]]), np.array([1.0, 3.0, 50.0, 1e6])
    gap = pairs.cage_gap(fraction, d)
    assert gap.shape == (2, 4)
    assert (1 - gap) ** d == pytest.approx(np.broadcast_to(fraction, (2, 4)), rel=1e-8)
    # closed form: the gap of a line is one less the fraction, and falls as the inverse dimension
    assert gap[:, 0] == pytest.approx([0.7, 0.05], rel=1e-8)
    assert gap[:, 3] == pytest.approx(-np.log(fraction[:, 0]) / 1e6, rel=1e-5)


@pytest.mark.parametrize("fraction", [0.3, 0.64, 0.95])
def test_constant_of_cages_in_many_dimensions(fraction):
    # closed form: -1/ln(fraction)
    assert pairs.cage_constant(fraction) == pytest.approx(-1 / math.log(fraction), rel=1e-12)


@pytest.mark.parametrize("given", [(0.0, 3.0), (1.0, 3.0), (0.5, 0.5), (0.5, np.nan)])
def test_cages_that_are_full_empty_or_flat_are_refused(given):
    with pytest.raises(ValueError):
        pairs.cage_gap(*given)


def test_dimension_of_the_weakest_coupling_is_that_of_the_largest_unit_ball():
    # OEIS A074455: the dimension in which the volume of the unit ball is largest.
    assert pairs.dimension_of_weakest_coupling() == pytest.approx(5.25694640486057678, rel=1e-13)


def test_freezing_ratio_solves_its_equation_to_the_last_digit():
    x = pairs.freezing_ratio()
    assert x * math.tanh(x / 2) == pytest.approx(2, rel=4e-15)


def test_vectors_of_another_shape_zero_length_or_modulus_are_refused():
    one, row = [1.0, 0.0, 0.0], [[1.0, 0.0, 0.0]]
    for given in ((row, one, one), (one, row, one), (one, one, row), (row, row, row)):
        with pytest.raises(ValueError, match="one length"):
            pairs.coupling(*given, 1.0)
    for given in (([1.0] * 4, one, one), (one, [1.0] * 4, one), (one, one, [1.0] * 4)):
        with pytest.raises(ValueError, match="one length"):
            pairs.coupling(*given, 1.0)
    with pytest.raises(ValueError, match="separation must be positive"):
        pairs.coupling(one, one, [0.0, 0.0, 0.0], 1.0)
    with pytest.raises(ValueError, match="K must be positive"):
        pairs.coupling(one, one, one, 0.0)
    for name in ("g_i", "g_j", "separation"):
        with pytest.raises(ValueError, match=f"{name} must be finite"):
            pairs.coupling(**{"g_i": one, "g_j": one, "separation": one, name: [np.nan] * 3}, K=1.0)


def test_dimensions_at_which_nothing_falls_off_are_refused():
    assert pairs.geometric_factor(2.5) == pytest.approx(4 * math.gamma(2.25) / math.pi**1.25)
    with pytest.raises(ValueError, match="d > 2"):
        pairs.geometric_factor([3.0, 2.0])
    with pytest.raises(ValueError, match="d must be finite"):
        pairs.geometric_factor(math.nan)
    with pytest.raises(ValueError, match="d = 2.9"):
        pairs.phonon_quality_in_dimension([4.0, 2.9])
    with pytest.raises(ValueError, match="d must be finite"):
        pairs.green_function(1.0, math.nan)
    with pytest.raises(ValueError, match="r must be positive"):
        pairs.green_function(0.0, 3)
    with pytest.raises(ValueError, match="d must be positive"):
        pairs.sphere_area(0.0)
    with pytest.raises(ValueError, match="lindemann must be positive"):
        pairs.phonon_quality_in_dimension(3, 0.0)


@pytest.mark.parametrize("bad", [0.0, -1.0, math.nan])
@pytest.mark.parametrize(
    ("f", "given"),
    [
        (pairs.broadening, {"J": 1.0, "rho_b": 1.0, "r_min": 1.0, "r_max": 2.0}),
        (pairs.broadening_by_energy, {"J": 1.0, "rho_b": 1.0, "E": 1.0, "E_max": 2.0}),
        (pairs.density_of_states_logarithmic, {"E": 1.0, "J": 1.0, "E_max": 2.0}),
        (pairs.logarithmic_exponent, {"E": 1.0, "E_max": 2.0}),
        (pairs.cage_gap, {"fraction": 0.5, "d": 2.0}),
        (pairs.percus_yevick_compressibility, {"eta": 0.1}),
    ],
)
def test_every_argument_of_logarithms_must_be_positive(f, given, bad):
    for name in given:
        with pytest.raises(ValueError, match=f"{name} must be positive"):
            f(**given | {name: bad})


def test_energies_at_and_above_the_largest_are_refused():
    for E in (2.0, 3.0):
        with pytest.raises(ValueError, match="below E_max"):
            pairs.broadening_by_energy(1.0, 1.0, E, 2.0)
        with pytest.raises(ValueError, match="below E_max"):
            pairs.density_of_states_logarithmic(E, 1.0, 2.0)
        with pytest.raises(ValueError, match="below E_max"):
            pairs.logarithmic_exponent(E, 2.0)
    with pytest.raises(ValueError, match="r_max"):
        pairs.broadening(1.0, 1.0, [1.0, 2.0], 1.5)
    assert pairs.broadening(1.0, 1.0, 2.0, 2.0) == 0


def test_width_of_every_measure():
    # int 4 pi r^2 dr/r^3, int d(r^3)/r^3, int dr/r
    factors = {"volume": 4 * math.pi, "r3": 3.0, "one": 1.0}
    for name, factor in factors.items():
        found = pairs.broadening(2.0, 0.3, 1.5, [1.5, 6.0], name)
        assert found == pytest.approx([0, 0.6 * factor * math.log(4)], rel=1e-13)
    assert pairs.broadening(2.0, 0.3, 1.5, 6.0) == pytest.approx(1.8 * math.log(4), rel=1e-13)


def test_as_many_states_as_fill_their_own_width_with_one_centre():
    J, rho, E, E_max = 2.0, 0.7, np.array([0.1, 0.5]), 3.0
    n = pairs.density_of_states_logarithmic(E, J, E_max)
    assert n * pairs.broadening_by_energy(J, rho, E, E_max) == pytest.approx([rho] * 2, rel=1e-13)


def wertheim(q, eta, sigma):
    """Closed form of the Percus-Yevick S(q) (D. J. Kinning, E. L. Thomas, Macromolecules 1984)."""
    x, alpha = q * sigma, (1 + 2 * eta) ** 2 / (1 - eta) ** 4
    beta, gamma = -6 * eta * (1 + eta / 2) ** 2 / (1 - eta) ** 4, eta * alpha / 2
    s, c = np.sin(x), np.cos(x)
    last = -(x**4) * c + 4 * ((3 * x**2 - 6) * c + (x**3 - 6 * x) * s + 6)
    G = alpha / x**2 * (s - x * c) + beta / x**3 * (2 * x * s + (2 - x**2) * c - 2)
    return 1 / (1 + 24 * eta * (G + gamma / x**5 * last) / x)


@pytest.mark.parametrize(("eta", "sigma"), [(0.1, 1.0), (0.45, 2.5), (0.73, 0.4)])
def test_percus_yevick_at_all_wave_numbers_is_wertheims(eta, sigma):
    q = np.array([[1.0, 3.0, 7.0], [11.0, 20.0, 40.0]]) / sigma
    found = pairs.percus_yevick_structure_factor(q, eta, sigma)
    assert found == pytest.approx(wertheim(q, eta, sigma), rel=1e-9)
    single = pairs.percus_yevick_structure_factor(7.0 / sigma, eta, sigma)
    assert np.shape(single) == () and single == pytest.approx(found[0, 2], rel=1e-12)
    if sigma == 1:
        default = pairs.percus_yevick_structure_factor(q, eta)
        assert np.array_equal(default, found)


def test_structure_of_spheres_or_shapes_that_cannot_be_is_refused():
    for eta in (0.0, 0.74, 0.8, math.nan):
        with pytest.raises(ValueError, match="eta must be"):
            pairs.percus_yevick_structure_factor(1.0, eta)
    with pytest.raises(ValueError, match="q must be"):
        pairs.percus_yevick_structure_factor(-1.0, 0.3)
    with pytest.raises(ValueError, match="sigma must be positive"):
        pairs.percus_yevick_structure_factor(1.0, 0.3, 0.0)
    for q, places in (([1.0, 2.0], np.ones((4, 2))), (np.ones((3, 2)), [1.0, 2.0])):
        with pytest.raises(ValueError, match="need shapes"):
            pairs.structure_factor(q, places)
    with pytest.raises(ValueError, match="need shapes"):
        pairs.structure_factor(np.ones((3, 2)), np.ones((4, 3)))
    for name in ("q", "positions"):
        with pytest.raises(ValueError, match=f"{name} must be finite"):
            pairs.structure_factor(**{"q": [[1.0]], "positions": [[1.0]], name: [[np.nan]]})


def test_scattered_points_fill_their_cube_at_the_density():
    points, edge = pairs.scattered_points(4000, 0.03, 5)
    assert points.shape == (4000, 3)
    assert edge**3 * 0.03 == pytest.approx(4000, rel=1e-12)
    assert points.min() >= 0 and points.max() < edge
    assert np.allclose(points.mean(axis=0), edge / 2, atol=4 * edge / np.sqrt(12 * 4000))
    assert np.allclose(points.std(axis=0), edge / math.sqrt(12), rtol=0.05)
    assert np.array_equal(points, pairs.scattered_points(4000, 0.03, 5)[0])
    assert pairs.scattered_points(2, 1.0, 0)[0].shape == (2, 3)
    with pytest.raises(ValueError, match="at least 2"):
        pairs.scattered_points(1, 1.0, 0)
    with pytest.raises(ValueError, match="density must be positive"):
        pairs.scattered_points(2, 0.0, 0)


def test_sums_are_drawn_anew_for_another_seed_alone():
    shells = [1.0, 2.0, 5.0]
    for signs in (False, True):
        first, again, other = (
            pairs.summed_coupling(0.2, shells, 6, seed, random_signs=signs) for seed in (1, 1, 2)
        )
        assert first.shape == (6, 2)
        assert np.array_equal(first, again) and not np.array_equal(first, other)
    assert (pairs.summed_coupling(0.2, shells, 50, 3) >= 0).all()
    for bad in ([1.0], [2.0, 1.0], [1.0, 1.0], [[1.0, 2.0]], [0.0, 1.0]):
        with pytest.raises(ValueError, match="shells"):
            pairs.summed_coupling(0.2, bad, 6, 1)
    with pytest.raises(ValueError, match="density must be positive"):
        pairs.summed_coupling(0.0, shells, 6, 1)


def test_places_beyond_the_cube_are_folded_back_before_they_pair():
    points, edge = pairs.scattered_points(40, 2.0, 3)
    shifted = points + edge * np.random.default_rng(1).integers(-2, 3, points.shape)
    assert pairs.pair_off(shifted, edge) == pytest.approx(pairs.pair_off(points, edge), rel=1e-9)
    assert pairs.pair_off([[0.1, 0, 0], [0.9, 0, 0]], 1.0) == pytest.approx([0.2], rel=1e-12)
    for bad in ([[0.0, 0.0, 0.0]], [[0.0, 0.0], [1.0, 1.0]], [0.0, 0.0, 0.0]):
        with pytest.raises(ValueError, match="positions must have shape"):
            pairs.pair_off(bad, 1.0)
    with pytest.raises(ValueError, match="positions must be finite"):
        pairs.pair_off([[0.0, 0.0, np.nan], [0.1, 0.2, 0.3]], 1.0)
    with pytest.raises(ValueError, match="edge must be positive"):
        pairs.pair_off([[0.0, 0.0, 0.0], [0.1, 0.2, 0.3]], 0.0)


def test_pairs_in_a_window_have_the_error_of_counting():
    lengths = np.array([1.0, 0.9, 0.8, 0.7, 3.0])
    value, error = pairs.pairing_constant(lengths, 2.0, (0.5, 3.5))
    assert value == pytest.approx(4 / (8 * 3.0), rel=1e-13)
    assert error == pytest.approx(value / 2, rel=1e-13)
    for window in ((0.0, 1.0), (1.0, 1.0), (2.0, 1.0), (-1.0, 1.0)):
        with pytest.raises(ValueError, match="0 < low < high"):
            pairs.pairing_constant(lengths, 2.0, window)
    with pytest.raises(ValueError, match="no pair"):
        pairs.pairing_constant(lengths, 2.0, (10.0, 11.0))
    with pytest.raises(ValueError, match="lengths must be positive"):
        pairs.pairing_constant([0.0, 1.0], 2.0, (0.5, 3.5))


def test_scatter_of_equipartition_over_seeds_is_its_stated_error():
    found = [pairs.lattice_equipartition(4, 2e-19, 900.0, 5, seed) for seed in range(60)]
    values, errors = np.transpose(found)
    # one cell in 64 moves with the whole lattice and has no gradient
    expected = k_B * 900 / 2e-19 * (1 - 1 / 64)
    assert values.mean() == pytest.approx(expected, abs=4 * values.std() / np.sqrt(60))
    assert np.sqrt(np.mean(errors**2)) == pytest.approx(values.std(ddof=1), rel=0.3)
    assert pairs.lattice_equipartition(4, 2e-19, 900.0, 5, 0) == found[0]


def test_smallest_lattice_and_sample():
    # two cells a side: seven modes in eight carry energy
    values = [pairs.lattice_equipartition(2, 1e-19, 300.0, 2, seed)[0] for seed in range(100)]
    error = np.std(values) / 10
    assert np.mean(values) == pytest.approx(k_B * 300 / 1e-19 * 7 / 8, abs=4 * error)
    for edge, samples in ((1, 2), (2, 1)):
        with pytest.raises(ValueError, match="at least 2"):
            pairs.lattice_equipartition(edge, 1e-19, 300.0, samples, 0)
    for stiffness, T in ((0.0, 1.0), (1.0, 0.0)):
        with pytest.raises(ValueError, match="must be positive"):
            pairs.lattice_equipartition(4, stiffness, T, 2, 0)


def test_strength_of_structure_needs_positive_energies_and_strengths():
    for E, J in ((0.0, 1.0), (1.0, 0.0)):
        with pytest.raises(ValueError, match="must be positive"):
            pairs.density_of_states_structured(E, J, lambda q: q)


def test_every_cage_fraction_and_dimension_is_checked():
    for fraction, d in (([0.5, 1.0], 3.0), (0.5, [3.0, 0.9])):
        with pytest.raises(ValueError, match="fraction must be below 1 and d at least 1"):
            pairs.cage_gap(fraction, d)
