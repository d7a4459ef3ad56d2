import numpy as np
import pytest
from scipy import integrate, optimize

from relics import interacting_oscillators as model
from relics.glass import oscillators as engine


def small_system(size=6, seed=0, J=0.4):
    rng = np.random.default_rng(seed)
    matrix = np.triu(rng.normal(0, J / np.sqrt(size), (size, size)), 1)
    return matrix + matrix.T, rng.uniform(0.1, 1, size), rng.normal(size=size), rng


# The model.


def test_forces_and_stiffness_are_derivatives_of_the_energy():
    matrix, kappa, x, _ = small_system()
    step, eye = 1e-5, np.eye(6)

    def energy(y):
        return model.energy(y, matrix @ y, kappa, 0.3, 1.7)

    slopes = [(energy(x + step * e) - energy(x - step * e)) / (2 * step) for e in eye]
    assert model.gradient(x, matrix @ x, kappa, 0.3, 1.7) == pytest.approx(slopes, rel=1e-6)

    def force(y):
        return model.gradient(y, matrix @ y, kappa, 0.3, 1.7)

    hessian = np.array([(force(x + step * e) - force(x - step * e)) / (2 * step) for e in eye])
    assert np.diag(hessian) == pytest.approx(model.stiffness(x, kappa, 1.7), rel=1e-7)
    assert hessian - np.diag(np.diag(hessian)) == pytest.approx(matrix, abs=1e-8)


def test_without_a_field_the_energy_is_even():
    matrix, kappa, x, _ = small_system()
    assert model.energy(x, matrix @ x, kappa) == model.energy(-x, -matrix @ x, kappa)


def test_quartic_coefficient_only_rescales():
    matrix, kappa, x, _ = small_system(20)
    soft = model.minimise(matrix.__matmul__, kappa, x, 0.2, 1.0)
    hard = model.minimise(matrix.__matmul__, kappa, x / 2, 0.1, 4.0)
    spectra = [
        np.linalg.eigvalsh(matrix + np.diag(model.stiffness(found.x, kappa, A)))
        for found, A in ((soft, 1.0), (hard, 4.0))
    ]
    assert spectra[0] == pytest.approx(spectra[1], abs=1e-9)


def test_lattice_couplings_have_the_variance_of_dipoles():
    side, J = 8, 0.7
    matrix = model.dipolar_couplings(side, J, np.random.default_rng(1)).astype(float)
    assert np.array_equal(matrix, matrix.T) and not np.diag(matrix).any()
    apart = np.minimum(np.arange(side), side - np.arange(side))
    square = sum(a**2 for a in np.meshgrid(apart, apart, apart)).ravel()
    expected = J**2 / 12 * np.sum(square[1:] ** -3.0)
    rows = np.sum(matrix**2, axis=1)
    assert rows.mean() == pytest.approx(expected, abs=4 * rows.std() / np.sqrt(rows.size))
    assert expected == pytest.approx(0.70016 * J**2, rel=0.02)


def test_power_law_stiffnesses_have_their_exponent():
    kappa = model.power_law_stiffnesses(40_000, 1.0, np.random.default_rng(2))
    assert np.mean(kappa < 0.5) == pytest.approx(0.25, abs=4 * np.sqrt(0.1875 / 40_000))


# Couplings stored once.


@pytest.mark.parametrize("number", [2, 63, 64, 65, 300])
def test_product_is_that_of_the_dense_matrix(number):
    rng = np.random.default_rng(number)
    couplings = engine.gaussian_couplings(number, 0.7, rng)
    matrix, x = couplings.dense(), rng.normal(size=number)
    assert np.array_equal(matrix, matrix.T) and not np.diag(matrix).any()
    assert couplings.times(x) == pytest.approx(matrix @ x, abs=1e-13 * number)
    assert engine.scaled(couplings, 2.0).times(x) == pytest.approx(2 * matrix @ x, abs=1e-12)


def test_couplings_are_gaussian_of_the_right_variance():
    matrix = engine.gaussian_couplings(500, 0.3, np.random.default_rng(5)).dense()
    drawn = matrix[np.triu_indices(500, 1)] * np.sqrt(500) / 0.3
    assert drawn.mean() == pytest.approx(0, abs=4 / np.sqrt(drawn.size))
    assert drawn.var() == pytest.approx(1, abs=4 * np.sqrt(2 / drawn.size))
    assert np.mean(drawn**4) == pytest.approx(3, abs=4 * np.sqrt(96 / drawn.size))


# Minimisation.


def test_minima_are_those_of_a_general_minimiser():
    matrix, kappa, _, rng = small_system(5, seed=3, J=1.5)
    for _ in range(5):
        start = rng.normal(size=5)
        found = model.minimise(matrix.__matmul__, kappa, start, 0.2)
        assert found.max_force < 1e-10
        polished = optimize.minimize(
            lambda x: model.energy(x, matrix @ x, kappa, 0.2),
            found.x + 1e-3 * rng.normal(size=5),
            jac=lambda x: model.gradient(x, matrix @ x, kappa, 0.2),
            tol=1e-12,
        )
        assert polished.x == pytest.approx(found.x, abs=1e-6)
        hessian = matrix + np.diag(model.stiffness(found.x, kappa))
        assert np.linalg.eigvalsh(hessian)[0] > 0


def test_two_oscillators_end_at_the_bottom_of_a_grid():
    matrix = np.array([[0, -0.9], [-0.9, 0]])
    kappa = np.array([0.3, 0.2])
    found = model.minimise(matrix.__matmul__, kappa, np.array([0.5, 0.4]), 0.05)
    grid = np.linspace(-4, 4, 801)
    a, b = np.meshgrid(grid, grid, indexing="ij")
    energy = 0.15 * a**2 + 0.1 * b**2 - 0.9 * a * b + (a**4 + b**4) / 24 - 0.05 * (a + b)
    lowest = np.unravel_index(energy.argmin(), energy.shape)
    assert found.x == pytest.approx(grid[list(lowest)], abs=0.011)
    assert found.energy <= energy.min()


def test_energy_falls_to_rounding_level_forces_in_a_large_system():
    rng = np.random.default_rng(11)
    couplings = engine.gaussian_couplings(700, 0.5, rng)
    kappa, start = rng.uniform(0, 1, 700), rng.normal(size=700)
    found = model.minimise(couplings.times, kappa, start, 0.01)
    force = model.gradient(found.x, couplings.dense() @ found.x, kappa, 0.01)
    assert np.abs(force).max() < 1e-10
    assert found.energy < model.energy(start, couplings.times(start), kappa, 0.01)


def test_a_minimisation_that_may_not_take_long_enough_says_so():
    matrix, kappa, x, _ = small_system()
    with pytest.raises(model.NoMinimum, match="after"):
        model.minimise(matrix.__matmul__, kappa, x, most=3)


# One oscillator among all.


def test_response_is_the_lowest_point_of_its_potential():
    x = np.linspace(-6, 6, 48_001)
    for m, force in ((0.5, 0.2), (-0.3, 0.1), (-0.8, 0.0), (0.0, 0.4), (1e-6, 1e-9)):
        root = float(model.response(m, force, 1.3))
        assert m * root + 1.3 * root**3 / 6 == pytest.approx(force, abs=1e-14)
        energy = m * x**2 / 2 + 1.3 * x**4 / 24 - force * x
        value = m * root**2 / 2 + 1.3 * root**4 / 24 - force * root
        assert value <= energy.min() + 1e-12


def iterated(field, J, lowest, highest):
    """The cavity equations iterated with damping, with the noise as the variable."""
    z = np.linspace(-8.5, 8.5, 1201)
    weight = np.exp(-(z**2) / 2)
    weight /= weight.sum()
    node, share = np.polynomial.legendre.leggauss(60)
    kappa = (lowest + highest) / 2 + (highest - lowest) / 2 * node
    q, chi = field**2, 1.0
    for _ in range(80):
        force = field + J * np.sqrt(q) * z
        m = kappa - J**2 * chi
        # One real root of x^3 + 6 m x - 6 f = 0 for positive m (Cardano with hyperbolic sine).
        scale = np.sqrt(2 * m)[:, None]
        x = 2 * scale * np.sinh(np.arcsinh(3 * force / scale**3) / 3)
        new_q = share / 2 @ (x**2 @ weight)
        new_chi = share / 2 @ ((1 / (m[:, None] + x**2 / 2)) @ weight)
        q, chi = (q + new_q) / 2, (chi + new_chi) / 2
    return q, chi


@pytest.mark.parametrize(("field", "J"), [(0.1, 0.17), (0.5, 0.2), (0.02, 0.12)])
def test_cavity_equations_agree_with_their_iteration(field, J):
    state = model.cavity(field, J, 0.1, 1.0)
    q, chi = iterated(field, J, 0.1, 1.0)
    assert state.q == pytest.approx(q, rel=1e-6)
    assert state.chi == pytest.approx(chi, rel=1e-6)
    assert state.J == pytest.approx(J, rel=1e-10)
    assert state.reaction == pytest.approx(J**2 * chi, rel=1e-6)
    assert state.gap > 0 and state.replicon > 0


@pytest.mark.parametrize("A", [1.0, 2.5])
def test_energy_without_coupling_is_that_of_each_oscillator_at_its_minimum(A):
    def depth(kappa):
        x = optimize.brentq(lambda x: kappa * x + A * x**3 / 6 - 0.5, 0, 5)
        return kappa * x**2 / 2 + A * x**4 / 24 - 0.5 * x

    mean, _ = integrate.quad(depth, 0.1, 1.0)
    state = model.cavity(0.5, 1e-4, 0.1, 1.0, A)
    assert state.energy == pytest.approx(mean / 0.9, rel=1e-7)


def test_averages_do_not_depend_on_the_number_of_nodes(monkeypatch):
    coarse = model.at_reaction(0.1, 0.1, 0.1, 1.0)
    monkeypatch.setattr(model, "NODES", 160)
    fine = model.at_reaction(0.1, 0.1, 0.1, 1.0)
    assert coarse.J == pytest.approx(fine.J, rel=1e-12)
    assert coarse.replicon == pytest.approx(fine.replicon, rel=1e-7)


def minimum(number, J, seed):
    """A minimum of oscillators whose parent has a gap, in a field of 0.1, and its Hessian."""
    rng = np.random.default_rng(seed)
    couplings = engine.gaussian_couplings(number, J, rng)
    kappa = rng.uniform(0.1, 1.0, number)
    found = model.minimise(couplings.times, kappa, np.zeros(number), 0.1)
    return found, couplings.dense() + np.diag(model.stiffness(found.x, kappa))


def test_minima_of_a_large_system_have_the_averages_of_the_cavity():
    state, rows = model.cavity(0.1, 0.16, 0.1, 1.0), []
    for seed in range(10):
        found, hessian = minimum(500, 0.16, seed)
        chi = np.trace(np.linalg.inv(hessian)) / 500
        rows.append((np.mean(found.x**2), chi, found.x.mean(), found.energy / 500))
    mean = np.mean(rows, axis=0)
    error = np.std(rows, axis=0, ddof=1) / np.sqrt(len(rows))
    expected = (state.q, state.chi, state.mean, state.energy)
    assert np.all(np.abs(mean - expected) < 4 * error)


# The critical line.


def test_zero_field_is_the_limit_of_small_fields():
    closed = model.critical_coupling_without_field(0.1, 1.0)
    a = optimize.brentq(
        lambda a: a / (np.log((1 - a) / (0.1 - a)) / 0.9) - (0.1 - a) * (1 - a), 1e-6, 0.0999
    )
    assert closed**2 == pytest.approx((0.1 - a) * (1 - a), rel=1e-9)
    assert model.critical_coupling(1e-9, 0.1, 1.0).J == pytest.approx(closed, rel=1e-5)


def test_each_branch_ends_where_its_own_condition_fails():
    weak, strong = (model.critical_coupling(h, 0.1, 1.0) for h in (0.005, 0.1))
    assert (weak.exponent, strong.exponent) == (2, 4)
    assert abs(weak.cavity.replicon) < 1e-10 and weak.cavity.gap > 1e-3
    assert abs(strong.cavity.gap) < 1e-12 and strong.cavity.replicon > 0.1


def test_both_conditions_meet_at_the_special_field():
    field = model.special_field(0.1, 1.0)
    state = model.at_reaction(0.1, field, 0.1, 1.0)
    assert abs(state.replicon) < 1e-8 and abs(state.gap) < 1e-12
    assert model.critical_coupling(0.99 * field, 0.1, 1.0).exponent == 2
    assert model.critical_coupling(1.01 * field, 0.1, 1.0).exponent == 4


@pytest.mark.parametrize("A", [0.01, 100.0])
def test_special_field_is_in_units_of_the_quartic_coefficient(A):
    expected = model.special_field(0.1, 1.0) / np.sqrt(A)
    assert model.special_field(0.1, 1.0, A) == pytest.approx(expected, rel=1e-9)


def test_fields_are_in_units_of_the_quartic_coefficient():
    one, four = model.critical_coupling(0.1, 0.1, 1.0), model.critical_coupling(0.05, 0.1, 1.0, 4.0)
    assert one.J == pytest.approx(four.J, rel=1e-10)


def test_scaling_all_stiffnesses_scales_the_critical_line():
    one = model.critical_coupling(0.1, 0.1, 1.0)
    two = model.critical_coupling(0.1 * 2**1.5, 0.2, 2.0)
    assert two.J == pytest.approx(2 * one.J, rel=1e-9)


# Densities.


def test_density_of_stiffness_is_that_of_drawn_oscillators():
    state = model.cavity(0.1, 0.17, 0.1, 1.0)
    rng = np.random.default_rng(4)
    m = rng.uniform(0.1, 1, 200_000) - state.reaction
    x = model.response_by_noise(m, rng.normal(size=m.size), 0.1, state.spread, 1.0)
    drawn = m + x**2 / 2
    for low, high in ((0.05, 0.2), (0.3, 0.6), (0.8, 1.2)):
        expected, _ = integrate.quad(
            lambda v: float(model.density_of_stiffness(v, state)), low, high
        )
        found = np.mean((drawn > low) & (drawn < high))
        assert found == pytest.approx(expected, abs=4 * np.sqrt(expected / drawn.size) + 1e-5)


def test_density_of_states_is_that_of_random_matrices():
    state, values = model.cavity(0.1, 0.15, 0.1, 1.0), []
    for seed in range(6):
        rng = np.random.default_rng(seed)
        m = rng.uniform(0.1, 1.0, 800) - state.reaction
        x = model.response_by_noise(m, rng.normal(size=800), 0.1, state.spread, 1.0)
        matrix = engine.gaussian_couplings(800, 0.15, rng).dense()
        # The bare diagonal: in the matrix the reaction comes from the couplings themselves.
        matrix[np.diag_indices(800)] = m + state.reaction + x**2 / 2
        values.append(np.sqrt(np.linalg.eigvalsh(matrix)))
    pooled = np.sort(np.concatenate(values))
    omega, density = model.density_of_states(state)
    count = integrate.cumulative_trapezoid(density, omega, initial=0)
    for quantile in (0.05, 0.2, 0.5, 0.8, 0.95):
        expected = np.interp(quantile, count / count[-1], omega)
        assert np.quantile(pooled, quantile) == pytest.approx(expected, abs=0.006)
    assert pooled[0] > 0.9 * model.spectral_edge(state)


@pytest.mark.parametrize(("field", "power"), [(0.005, 2.0), (0.1, 4.0)])
def test_exponent_on_the_critical_line(field, power):
    state = model.critical_coupling(field, 0.1, 1.0).cavity
    omega, density = model.density_of_states(state)
    low = (omega > 0.004) & (omega < 0.03)
    slope = np.polyfit(np.log(omega[low]), np.log(density[low]), 1)[0]
    assert slope == pytest.approx(power, abs=0.02)
    if power == 4:
        ratio = (density / omega**4)[low] / model.quartic_prefactor(state)
    else:
        law = model.quadratic_prefactor(state.J, model.inverse_cube(state))
        ratio = (density / omega**2)[low] / law
    assert np.median(ratio) == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize(("field", "J"), [(0.1, 0.15), (1.0, 0.1)])
def test_inverse_cube_is_that_of_drawn_oscillators(field, J):
    state = model.cavity(field, J, 0.1, 1.0)
    rng = np.random.default_rng(5)
    m = rng.uniform(0.1, 1, 400_000) - state.reaction
    x = model.response_by_noise(m, rng.normal(size=m.size), field, state.spread, 1.0)
    cubes = (m + x**2 / 2) ** -3
    error = cubes.std() / np.sqrt(cubes.size)
    assert error < 0.02 * cubes.mean()
    assert model.inverse_cube(state) == pytest.approx(cubes.mean(), abs=4 * error)
    with pytest.raises(ValueError, match="gap"):
        model.inverse_cube(model.lowest_wells(0.01, 0.03, 1.0))


def test_soft_oscillators_in_their_lower_well_are_counted_with_the_root_of_three():
    """The share below v is 4/5 sqrt(3) v^(5/2) times the densities of m and of the force at zero."""
    rng, size, top = np.random.default_rng(6), 1_000_000, 0.1
    m, force = rng.uniform(-0.3, 0.3, size), rng.uniform(0, 0.2, size)
    v = m + model.response(m, force) ** 2 / 2
    expected = size * 0.8 * np.sqrt(3) * top**2.5 / (0.6 * 0.4)
    assert abs(np.sum(v < top) - expected) < 4 * np.sqrt(expected)


def test_density_of_states_is_that_of_minima():
    """The couplings that set the coordinates also stand in the Hessian."""
    state, each = model.cavity(0.1, 0.17, 0.1, 1.0), []
    omega, density = model.density_of_states(state)
    count = integrate.cumulative_trapezoid(density, omega, initial=0)
    for seed in range(6):
        _, hessian = minimum(800, 0.17, seed)
        each.append(np.sqrt(np.linalg.eigvalsh(hessian)))
    for share in (0.05, 0.2, 0.5, 0.8, 0.95):
        values = [np.quantile(frequencies, share) for frequencies in each]
        error = np.std(values, ddof=1) / np.sqrt(len(values))
        assert error < 0.01
        expected = np.interp(share, count / count[-1], omega)
        assert np.mean(values) == pytest.approx(expected, abs=4 * error)


def test_exponent_at_the_special_point_is_seven_thirds():
    state = model.at_reaction(0.1, model.special_field(0.1, 1.0), 0.1, 1.0)
    omega, density = model.density_of_states(state)
    low = (omega > 0.004) & (omega < 0.03)
    slope = np.polyfit(np.log(omega[low]), np.log(density[low]), 1)[0]
    assert slope == pytest.approx(7 / 3, abs=0.02)


def test_gap_closes_steadily():
    end = model.critical_coupling(0.1, 0.1, 1.0).J
    edges = [model.spectral_edge(model.cavity(0.1, s * end, 0.1, 1.0)) for s in (0.7, 0.9, 0.99, 1)]
    assert np.all(np.diff(edges) < 0) and edges[-1] < 1e-6


# The prefactor at weak coupling.


def test_weak_coupling_prefactor_follows_from_uncoupled_oscillators():
    h, J, top = 0.02, 0.03, 1.5
    farthest = np.cbrt(6 * h)
    squared, _ = integrate.quad(lambda x: x**2 * (h / x**2 + x / 3), 0, farthest)
    variance = J**2 * squared / top
    at_rest = np.exp(-(h**2) / (2 * variance)) / np.sqrt(2 * np.pi * variance)
    found = model.weak_coupling_prefactor(h, J, top, lowest_well=False)
    assert float(found) == pytest.approx(4 * np.sqrt(2) * at_rest / top, rel=1e-10, abs=0)
    ratio = model.weak_coupling_prefactor(h, J, top) / found
    assert float(ratio) == pytest.approx(np.sqrt(1.5))


def test_weak_coupling_law_is_a_line_in_its_variable():
    h, top = np.array([0.001, 0.01, 0.1]), np.array([1.0, 2.0, 0.7])
    J = np.array([0.05, 0.03, 0.1])
    scaled = np.sqrt(top) * h ** (2 / 3) * J * model.weak_coupling_prefactor(h, J, top)
    X = model.weak_coupling_variable(h, J, top)
    line = np.polyfit(X, np.log(scaled), 1)
    assert np.log(scaled) == pytest.approx(np.polyval(line, X), abs=1e-10)
    assert line[0] == pytest.approx(-1 / (3 * np.cbrt(6)), rel=1e-9)


def test_quartic_prefactor_beyond_a_gap_counts_oscillators_in_their_lower_wells():
    """Stiffnesses below v are 2/5 C v^(5/2) of all, and D = 2 C lambda_R^(-5/2) omega^4."""
    state, size, top = model.lowest_wells(0.01, 0.08, 1.0), 1_500_000, 0.02
    rng = np.random.default_rng(9)
    m = rng.uniform(0, 1, size) - state.reaction
    x = model.response(m, np.abs(rng.normal(state.field, state.spread, size)))
    C = model.quartic_prefactor(state) * state.replicon**2.5 / 2
    expected = size * 0.4 * C * top**2.5
    assert abs(np.sum(m + x**2 / 2 < top) - expected) < 4 * np.sqrt(expected) < 0.1 * expected
    assert float(model.density_of_stiffness(1e-3, state)) == pytest.approx(C * 1e-3**1.5, rel=1e-3)


def test_states_in_lowest_wells_approach_uncoupled_oscillators():
    state = model.lowest_wells(0.01, 0.003, 1.0)
    x, _ = integrate.quad(lambda k: float(model.response(k, 0.01)) ** 2, 0, 1)
    assert state.q == pytest.approx(x, rel=2e-3)
    assert state.gap < 0 < state.replicon


@pytest.mark.parametrize(("field", "reaction"), [(0.01, 1e-9), (1.0, 0.4), (10.0, 1.4)])
def test_lowest_wells_find_the_reaction_of_a_coupling(field, reaction):
    given = model.at_reaction(reaction, field, 0.0, 3.0)
    found = model.lowest_wells(field, given.J, 3.0)
    assert (found.reaction, found.J) == pytest.approx((reaction, given.J), rel=1e-10, abs=0)


def test_prefactor_of_drawn_modes_is_that_of_their_law():
    # F = (omega/top)^5 below the top, so that A/5 = 1/top^5.
    rng, found = np.random.default_rng(8), []
    for _ in range(60):
        drawn = 1.3 * rng.uniform(size=20_000) ** 0.2
        found.append(model.prefactor_of_lowest(drawn, 20_000, 50))
    values, errors = np.transpose(found)
    assert values.mean() == pytest.approx(5 / 1.3**5, rel=0.06)
    assert errors.mean() == pytest.approx(values.std(), rel=0.3)


def test_reconstructed_oscillators_are_counted_by_their_first_power():
    m = np.random.default_rng(9).uniform(-1, 1, 100_000)
    places = model.response(m, np.zeros_like(m))
    stiffness = np.where(m > 0, m, m + places**2 / 2)
    expected = integrate.quad(lambda w: float(model.density_after_reconstruction(w, 0.5)), 0, 0.5)[
        0
    ]
    assert np.mean(stiffness < 0.25) == pytest.approx(expected, abs=4 * np.sqrt(expected / m.size))


# Bad input.


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda: model.cavity(0.1, 0.3, 0.1, 1.0), "must not exceed the critical coupling"),
        (lambda: model.cavity(0.1, 0.1, 0.0, 1.0), "kappa_min must be positive"),
        (lambda: model.critical_coupling(0.1, 1.0, 0.5), "kappa_min must lie below kappa_0"),
        (lambda: model.critical_coupling(-0.1, 0.1, 1.0), "h must be positive"),
        (lambda: model.special_field(0.0, 1.0), "without a gap symmetry is broken"),
        (lambda: model.at_reaction(1.2, 0.1, 0.1, 1.0), "below kappa_0"),
        (lambda: model.lowest_wells(0.01, 5.0, 1.0), "too strong"),
        (lambda: model.lowest_wells(0.01, 0.6, 1.0), "its stability is"),
        (lambda: model.inverse_cube(model.at_reaction(0.1, 0.1, 0.1, 1.0)), "needs a gap"),
        (lambda: model.quartic_prefactor(model.cavity(0.1, 0.1, 0.1, 1.0)), "has a gap"),
        (lambda: model.prefactor_of_lowest(np.linspace(0.1, 1, 50), 1000, 5), "at least 10 modes"),
        (lambda: model.prefactor_of_lowest(np.linspace(0.1, 1, 20), 1000, 30), "are needed"),
        (lambda: model.draw_stiffnesses(1, 0.0, 1.0, np.random.default_rng(0)), "at least 2"),
        (lambda: model.draw_stiffnesses(9, 2.0, 1.0, np.random.default_rng(0)), "below kappa_0"),
        (lambda: model.power_law_stiffnesses(9, -1.0, np.random.default_rng(0)), "above -1"),
        (lambda: model.dipolar_couplings(1, 0.1, np.random.default_rng(0)), "at least 2"),
        (lambda: model.response(0.1, -1.0), "not negative"),
        (
            lambda: engine.gaussian_couplings(10, 0.0, np.random.default_rng(0)),
            "J must be positive",
        ),
        (lambda: engine.gaussian_couplings(1, 1.0, np.random.default_rng(0)), "at least 2"),
        (
            lambda: engine.gaussian_couplings(10, 1.0, np.random.default_rng(0)).times(np.ones(9)),
            "must have shape",
        ),
        (
            lambda: model.minimise(lambda x: x, np.ones(3), np.ones(4)),
            "vectors of one length",
        ),
        (lambda: model.minimise(lambda x: x, np.ones(3), np.ones(3), A=0.0), "A must be positive"),
    ],
)
def test_bad_input_is_refused_with_the_reason(call, reason):
    with pytest.raises(ValueError, match=reason):
        call()


# By hand.


def test_energy_of_two_oscillators_by_hand():
    x, kappa, coupled = np.array([2.0, -1.0]), np.array([3.0, 5.0]), np.array([-0.5, 1.0])
    expected = (12 + 5) / 2 + (-1 - 1) / 2 + 7 * (16 + 1) / 24 - 0.3 * (2 - 1)
    assert model.energy(x, coupled, kappa, 0.3, 7.0) == pytest.approx(expected, rel=1e-14)
    plain = model.energy(x, coupled, kappa)
    assert plain == pytest.approx((12 + 5) / 2 - 1 + 17 / 24, rel=1e-14)
    force = model.gradient(x, coupled, kappa, 0.3, 7.0)
    assert force == pytest.approx([6 - 0.5 + 56 / 6 - 0.3, -5 + 1 - 7 / 6 - 0.3], rel=1e-14)
    assert model.gradient(x, coupled, kappa) == pytest.approx(
        [6 - 0.5 + 8 / 6, -5 + 1 - 1 / 6], rel=1e-14
    )
    assert model.stiffness(x, kappa, 7.0) == pytest.approx([17, 8.5], rel=1e-14)
    assert model.stiffness(x, kappa) == pytest.approx([5, 5.5], rel=1e-14)


def test_drawn_stiffnesses_fill_their_parent():
    for seed in (1, 2):
        kappa = model.draw_stiffnesses(20_000, 0.3, 1.5, np.random.default_rng(seed))
        assert kappa.shape == (20_000,) and 0.3 <= kappa.min() < 0.301 and 1.499 < kappa.max() < 1.5
        assert kappa.mean() == pytest.approx(0.9, abs=4 * 1.2 / np.sqrt(12 * 20_000))
    assert model.draw_stiffnesses(2, 0.0, 1.0, np.random.default_rng(0)).size == 2
    for beta in (-0.5, 0.0, 3.0):
        kappa = model.power_law_stiffnesses(20_000, beta, np.random.default_rng(3))
        share = 0.4 ** (beta + 1)
        error = np.sqrt(share * (1 - share) / 20_000)
        assert np.mean(kappa < 0.4) == pytest.approx(share, abs=4 * error)
    assert model.power_law_stiffnesses(2, 0.0, np.random.default_rng(0)).size == 2
    for bad in (np.nan, np.inf, -1.5):
        with pytest.raises(ValueError, match="beta must be above -1"):
            model.power_law_stiffnesses(9, bad, np.random.default_rng(0))
    with pytest.raises(ValueError, match="at least 2, got 1"):
        model.power_law_stiffnesses(1, 0.0, np.random.default_rng(0))


@pytest.mark.parametrize("side", [2, 3, 5])
def test_lattice_couplings_are_even_up_to_half_over_the_cube_of_the_nearest_image(side):
    J = 0.7
    each = [
        model.dipolar_couplings(side, J, np.random.default_rng(k)).astype(float) for k in range(60)
    ]
    site = np.array([(a, b, c) for a in range(side) for b in range(side) for c in range(side)])
    apart = np.abs(site[:, None] - site)
    cube = np.sum(np.minimum(apart, side - apart) ** 2, axis=-1) ** 1.5
    scaled = np.array(each) * cube / J
    off = ~np.eye(side**3, dtype=bool)
    drawn = scaled[:, off]
    assert 0.49 < np.abs(drawn).max() <= 0.5 * (1 + 1e-6)
    count = drawn.size / 2
    assert abs(drawn.mean()) < 5 / np.sqrt(12 * count)
    assert drawn.var() == pytest.approx(1 / 12, rel=5 * np.sqrt(0.8 / count))
    assert not np.array_equal(each[0], each[1])
    with pytest.raises(ValueError, match="J must be positive"):
        model.dipolar_couplings(side, 0.0, np.random.default_rng(0))


def test_edges_of_a_parent_are_checked_and_returned():
    assert model.parent(0, 2) == (0.0, 2.0)
    for lowest, highest in ((1.0, 1.0), (2.0, 1.0)):
        with pytest.raises(ValueError, match="kappa_min must lie below kappa_0"):
            model.parent(lowest, highest)
    for lowest, highest, name in ((-0.1, 1.0, "kappa_min"), (np.nan, 1.0, "kappa_min"),
                                  (0.0, 0.0, "kappa_0"), (0.0, np.nan, "kappa_0")):  # fmt: skip
        with pytest.raises(ValueError, match=f"{name} must"):
            model.parent(lowest, highest)


def test_lowest_point_ahead_on_a_line_is_the_nearest_root_of_its_slope():
    # slope -6 t-roots at 1, 2, 3: (t - 1)(t - 2)(t - 3) = t^3 - 6 t^2 + 11 t - 6
    assert model._line_minimum(-6.0, 11.0, -12.0, 6.0) == pytest.approx(1, rel=1e-9)
    # one root ahead, two behind: (t - 2)(t + 1)(t + 3)
    assert model._line_minimum(-6.0, -5.0, 4.0, 6.0) == pytest.approx(2, rel=1e-9)
    # a pair of complex roots: (t - 2)(t^2 + 1)
    assert model._line_minimum(-2.0, 1.0, -4.0, 6.0) == pytest.approx(2, rel=1e-9)
    with pytest.raises(model.NoMinimum, match="no minimum ahead on a line with slope 6"):
        model._line_minimum(6.0, 11.0, 12.0, 6.0)


def test_directions_of_limited_memory_solve_a_quadratic_problem():
    """With the changes of all independent steps the direction is Newton's."""
    rng = np.random.default_rng(2)
    A = rng.normal(size=(4, 4))
    H, g, diagonal = A @ A.T + np.eye(4), rng.normal(size=4), rng.uniform(0.5, 2, 4)
    assert model._two_loops(g, [], [], diagonal) == pytest.approx(-g / diagonal, rel=1e-13)
    # steps that are conjugate to one another, as exact line minima make them
    steps = []
    for v in np.eye(4):
        steps.append(v - sum((v @ H @ s) / (s @ H @ s) * s for s in steps))
    changes = [H @ s for s in steps]
    found = model._two_loops(g, steps, changes, diagonal)
    assert found == pytest.approx(-np.linalg.solve(H, g), rel=1e-10)
    # the secant condition of the last step, whatever is remembered
    y = changes[1]
    assert -model._two_loops(y, steps[:2], changes[:2], diagonal) == pytest.approx(
        steps[1], rel=1e-10, abs=1e-12
    )


def test_minimum_says_what_it_found_and_counts_its_products():
    matrix, kappa, x, _ = small_system(12, seed=8, J=0.8)
    calls = []

    def couple(v):
        calls.append(1)
        return matrix @ v

    found = model.minimise(couple, kappa, x, 0.2, 1.7)
    assert found.products == len(calls) > 12
    again = matrix @ found.x
    assert found.energy == pytest.approx(model.energy(found.x, again, kappa, 0.2, 1.7), rel=1e-12)
    force = np.abs(model.gradient(found.x, again, kappa, 0.2, 1.7)).max()
    assert found.max_force == pytest.approx(force, abs=1e-14) and force < 1e-10
    loose = model.minimise(matrix.__matmul__, kappa, x, 0.2, 1.7, tolerance=1e-2)
    assert 1e-10 < loose.max_force < 1e-2 and loose.products < found.products
    plain = model.minimise(matrix.__matmul__, kappa, x)
    assert np.abs(model.gradient(plain.x, matrix @ plain.x, kappa, 0.0, 1.0)).max() < 1e-10
    assert np.array_equal(x, small_system(12, seed=8, J=0.8)[2])  # the start is left as it was
    for bad in (0.0, -1.0, np.nan):
        with pytest.raises(ValueError, match="tolerance must be positive"):
            model.minimise(matrix.__matmul__, kappa, x, tolerance=bad)
    for given, name in (((np.nan * kappa, x), "kappa"), ((kappa, np.nan * x), "start")):
        with pytest.raises(ValueError, match=f"{name} must be finite"):
            model.minimise(matrix.__matmul__, *given)
    with pytest.raises(ValueError, match="vectors of one length"):
        model.minimise(matrix.__matmul__, matrix, matrix)


def test_graded_nodes_integrate_powers_between_rows_of_limits():
    start, end = np.array([0.0, 1.0, -2.0]), np.array([2.0, 1.5, 3.0])
    for power in (1, 3, 5):
        nodes, weights = model._graded(start, end, power, 20)
        assert nodes.shape == weights.shape == (3, 20)
        for n in range(5):
            found = np.sum(weights * nodes**n, axis=-1)
            expected = (end ** (n + 1) - start ** (n + 1)) / (n + 1)
            assert found == pytest.approx(expected, rel=1e-12)
        # crowded towards the first limit as the power says
        assert np.median(nodes[0]) == pytest.approx(2 * 0.5**power, rel=0.2 * power)


def test_response_to_noise_is_odd_and_follows_its_field():
    m, z = np.array([[0.5], [0.02]]), np.array([-3.0, -0.5, 0.0, 2.0])
    found = model.response_by_noise(m, z, 0.1, 0.2, 1.7)
    assert m * found + 1.7 * found**3 / 6 == pytest.approx(0.1 + 0.2 * np.array([z, z]), abs=1e-13)
    assert found == pytest.approx(-model.response_by_noise(m, -z, -0.1, 0.2, 1.7), rel=1e-13)
    # the lower of two wells, beyond the place at which the slope is least
    deep = model.response_by_noise(-0.5, np.array([-1.0, 1.0]), 0.0, 0.01, 1.0)
    assert np.array_equal(np.sign(deep), [-1, 1]) and np.all(deep**2 > 3)
    for bad in (0.0, np.nan):
        with pytest.raises(ValueError, match="A must be positive"):
            model.response(1.0, 1.0, bad)
    with pytest.raises(ValueError, match="m must be finite"):
        model.response(np.nan, 1.0)


def made(**changes):
    """A state put together by hand."""
    given = {
        "field": 0.3, "lowest": 0.2, "highest": 1.4, "A": 1.0, "reaction": 0.2, "spread": 0.25,
        "J": 0.5, "q": 0.1, "chi": 1.0, "mean": 0.2, "inverse_square": 3.0, "energy": -0.1,
    }  # fmt: skip
    return model.Cavity(**(given | changes))


def test_gap_and_stability_of_a_state_by_hand():
    state = made(reaction=0.15)
    assert state.gap == pytest.approx(0.05) and state.replicon == pytest.approx(0.25)


@pytest.mark.parametrize(("reaction", "widest"), [(0.2, 2.0), (0.3, 3.0)])
@pytest.mark.parametrize("scale", [1e-4, 1.0, 1e5])
def test_quartic_prefactor_by_hand_on_every_scale(scale, reaction, widest):
    unit = {"lowest": 0.2 * scale, "highest": 1.4 * scale, "A": 2.5}
    state = made(reaction=reaction * scale, **unit)
    at_rest = np.exp(-(0.3**2) / (2 * 0.25**2)) / (np.sqrt(2 * np.pi) * 0.25)
    C = 2 * np.sqrt(widest / 2.5) * at_rest / (1.2 * scale)
    assert model.quartic_prefactor(state) == pytest.approx(2 * C * 0.25**-2.5, rel=1e-12)
    # what is left of a gap is measured by the highest stiffness
    for left, closed in ((1e-9, True), (2e-9, False)):
        state = made(reaction=0.2 * scale - left * scale, **unit)
        if closed:
            expected = 2 * C * np.sqrt(2 / widest) * 0.25**-2.5
            assert model.quartic_prefactor(state) == pytest.approx(expected, rel=1e-12)
        else:
            with pytest.raises(ValueError, match="has a gap"):
                model.quartic_prefactor(state)
    # and so is what lies beyond one
    beyond = made(reaction=0.2 * scale + 1e-9 * scale, **unit)
    assert model.quartic_prefactor(beyond) < model.quartic_prefactor(
        made(reaction=0.2 * scale + 2e-9 * scale, **unit)
    )


def test_states_at_the_edge_of_stability_and_of_a_gap_are_refused():
    for inverse_square in (4.0, 5.0):
        with pytest.raises(ValueError, match="is not stable"):
            model.quartic_prefactor(made(inverse_square=inverse_square))
    for reaction in (0.2, 0.3):
        with pytest.raises(ValueError, match="needs a gap"):
            model.inverse_cube(made(reaction=reaction))
    for reaction in (1.0, 1.5):
        with pytest.raises(ValueError, match="reaction must lie below kappa_0=1"):
            model.at_reaction(reaction, 0.1, 0.1, 1.0)
    for name in ("reaction", "field", "A"):
        given = {"reaction": 0.05, "field": 0.1, "lowest": 0.1, "highest": 1.0, "A": 1.0}
        for bad in (0.0, -1.0, np.nan):
            with pytest.raises(ValueError, match="must be positive"):
                model.at_reaction(**(given | {name: bad}))
    for bad in (0.0, -1.0, np.nan):
        with pytest.raises(ValueError, match="J must be positive"):
            model.cavity(0.1, bad, 0.1, 1.0)
        for given in ((bad, 0.1), (0.1, bad)):
            with pytest.raises(ValueError, match="must be positive"):
                model.lowest_wells(*given, 1.0)
        with pytest.raises(ValueError, match="kappa_min must"):
            model.critical_coupling_without_field(bad, 1.0)
        with pytest.raises(ValueError, match="v must be positive"):
            model.density_of_stiffness(bad, made())


def test_density_of_stiffness_is_the_integral_over_coordinates():
    """v over the width of the parent times the densities of both forces, by adaptive quadrature."""
    for reaction, A in ((0.1, 1.0), (0.35, 2.5)):
        state = made(reaction=reaction, A=A)
        low, high = 0.2 - reaction, 1.4 - reaction
        for v in (0.05, 0.3, 1.1, 2.0):
            least = np.sqrt(max(2 * (v - high) / A, 0))
            most = np.sqrt(max(2 * (v - low) / A, 0))
            if low < 0:
                most = min(most, np.sqrt(3 * v / A))

            def integrand(x, v=v, A=A):
                force = x * (v - A * x**2 / 3)
                both = [np.exp(-(((s * force - 0.3) / 0.25) ** 2) / 2) for s in (1, -1)]
                return sum(both) / (np.sqrt(2 * np.pi) * 0.25)

            expected = (
                v / 1.2 * integrate.quad(integrand, least, most, epsabs=1e-13)[0]
                if most > least
                else 0.0
            )
            found = float(model.density_of_stiffness(v, state))
            assert found == pytest.approx(expected, rel=1e-8, abs=1e-14)


def test_resolvent_of_a_broken_line_and_its_imaginary_part():
    v, density = np.array([0.5, 0.8, 1.5, 2.0]), np.array([0.0, 1.0, 0.4, 0.2])
    for u in (0.3 + 0.2j, 1.1 + 0.05j, 2.5 + 0.4j):

        def part(take, u=u):
            return sum(
                integrate.quad(
                    lambda t: take(np.interp(t, v, density) / (t - u)), a, b, limit=200,
                    epsabs=1e-13,
                )[0]
                for a, b in zip(v, v[1:], strict=False)
            )  # fmt: skip

        expected = part(np.real) + 1j * part(np.imag)
        found = model._resolvent(np.array([u]), v, density)[0]
        assert found == pytest.approx(expected, rel=1e-9)
        imaginary = model._absorption(np.array([u.real]), np.array([u.imag]), v, density)[0]
        assert imaginary == pytest.approx(expected.imag, rel=1e-9)
        excess = model._excess(np.array([u.real]), np.log([u.imag]), v, density, 0.7)[0]
        assert excess == pytest.approx(0.7 * expected.imag / u.imag - 1, rel=1e-9)


def test_prefactors_in_closed_form_for_rows():
    J, cube = np.array([0.1, 0.2]), np.array([[3.0], [50.0]])
    found = model.quadratic_prefactor(J, cube)
    assert found == pytest.approx(2 / (np.pi * J**3 * np.sqrt(cube)), rel=1e-13)
    h, top = np.array([0.01, 0.1]), np.array([[1.0], [3.0]])
    for A in (1.0, 4.0):
        kept = {} if A == 1 else {"A": A}
        variance = 0.09**2 * 1.5 * h * (6 * h / A) ** (1 / 3) / top
        at_rest = np.exp(-(h**2) / (2 * variance)) / np.sqrt(2 * np.pi * variance)
        expected = 4 * np.sqrt(3 / A) * at_rest / top
        assert model.weak_coupling_prefactor(h, 0.09, top, **kept) == pytest.approx(
            expected, rel=1e-12
        )
    found = model.weak_coupling_variable(h, 0.09, top)
    assert found == pytest.approx(top * h ** (2 / 3) / 0.0081, rel=1e-12)
    omega = np.array([0.2, 3.0])
    assert model.density_after_reconstruction(omega, [[0.5], [2.0]]) == pytest.approx(
        3 * omega * np.array([[0.5], [2.0]]), rel=1e-14
    )


@pytest.mark.parametrize("bad", [0.0, -1.0, np.nan])
@pytest.mark.parametrize(
    ("f", "given"),
    [
        (model.quadratic_prefactor, {"J": 1.0, "mean_inverse_cube": 1.0}),
        (model.density_after_reconstruction, {"omega": 1.0, "p_0": 1.0}),
        (model.prefactor_of_lowest, {"frequencies": 1.0}),
    ],
)
def test_every_coupling_and_frequency_must_be_positive(f, given, bad):
    rest = {"total": 100, "count": 10} if f is model.prefactor_of_lowest else {}
    for name in given:
        with pytest.raises(ValueError, match=f"{name} must be positive"):
            f(**(given | {name: [bad] * 20 if rest else bad}), **rest)
    for f_, names in (
        (model.weak_coupling_prefactor, ("h", "J", "kappa_0")),
        (model.weak_coupling_variable, ("h", "J", "kappa_0")),
    ):
        for k, name in enumerate(names):
            with pytest.raises(ValueError, match=f"{name} must be positive"):
                f_(*[bad if n == k else 1.0 for n in range(3)])
    with pytest.raises(ValueError, match="A must be positive"):
        model.weak_coupling_prefactor(1.0, 1.0, 1.0, bad)


def test_window_of_the_lowest_modes_closes_at_the_next_one():
    values = np.array([[2.0, 0.5, 1.5], [1.0, 0.7, 0.9]])
    ten = np.concatenate([values.ravel(), [0.6, 0.8, 1.1, 1.2, 1.3]])
    prefactor, error = model.prefactor_of_lowest(ten.reshape(1, 11), 400, 10)
    assert prefactor == pytest.approx(5 * 10 / (400 * 2.0**5), rel=1e-13)
    assert error == pytest.approx(prefactor / np.sqrt(10), rel=1e-13)
    assert model.prefactor_of_lowest(ten, 11, 10)[0] > prefactor
    for total, count, reason in ((400, 9, "at least 10"), (400, 11, "needed"), (10, 10, "needed")):
        with pytest.raises(ValueError, match=reason):
            model.prefactor_of_lowest(ten, total, count)
