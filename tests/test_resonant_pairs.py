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
    sums = pairs.summed_coupling(0.02, shells, samples=3000, seed=3)
    expected = pairs.broadening(1.0, 0.02, 1.0, shells[1:], measure="volume")
    error = sums.std(axis=0, ddof=1) / math.sqrt(len(sums))
    assert np.all(np.abs(sums.mean(axis=0) - expected) < 4 * error)


def test_random_signs_remove_the_logarithm():
    shells = np.array([1.0, 3.0, 10.0, 30.0])
    sums = pairs.summed_coupling(0.05, shells, samples=3000, seed=4, random_signs=True)
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
