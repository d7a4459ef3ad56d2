"""Nonlinear modes: two algorithms, finite differences and closed forms against each other."""

import numpy as np
import pytest

from relics.glass import nonlinear_modes as nm
from relics.glass.configuration import random_configuration
from relics.glass.energy import energy_and_forces
from relics.glass.minimise import minimise
from relics.glass.modes import lowest_modes, participation_ratio, pseudo_inverse


@pytest.fixture(scope="module")
def at():
    return nm.expansion(minimise(random_configuration("binary-r10-2d", 150, 3)).configuration)


@pytest.fixture(scope="module")
def linear(at):
    return lowest_modes(at.matrix, 6)


@pytest.fixture(scope="module")
def found(at, linear):
    return [nm.descend_barrier(at, v) for v in linear[1]]


def test_coefficients_are_the_derivatives_of_the_energy_along_the_direction(at, linear):
    z = linear[1][0]
    h = 6e-3
    s = h * np.arange(-4, 5)
    energy = nm.energy_along(at, z, s)
    fit = np.polynomial.polynomial.polyfit(s / h, energy, 8)
    b2, b3, b4 = nm.coefficients(at, 3.0 * z)
    assert 2.0 * fit[2] / h**2 == pytest.approx(b2, rel=1e-5)
    assert 6.0 * fit[3] / h**3 == pytest.approx(b3, rel=1e-3, abs=1e-3)
    assert 24.0 * fit[4] / h**4 == pytest.approx(b4, rel=2e-2)
    assert b2 == pytest.approx(linear[0][0], rel=1e-9)


def test_descent_gives_stationary_barriers(at, found):
    rng = np.random.default_rng(0)
    for mode in found:
        assert mode.residual < 1e-9
        for _ in range(3):
            w = rng.normal(size=at.shape)
            w -= w.mean(axis=0)
            w -= np.vdot(w, mode.field) * mode.field
            w /= np.linalg.norm(w)
            shifted = [nm.coefficients(at, mode.field + e * w)[:2] for e in (-1e-4, 1e-4)]
            low, high = (float(nm.cubic_barrier(*c)[0]) for c in shifted)
            assert abs(high - low) / 2e-4 < 1e-3 * (high + low - 2 * mode.barrier) / 1e-8 * 1e-4
            assert high > mode.barrier and low > mode.barrier


def test_descent_never_ends_above_its_start(at, linear, found):
    for v, mode in zip(linear[1], found, strict=True):
        assert mode.barrier <= float(nm.cubic_barrier(*nm.coefficients(at, v)[:2])[0])
        assert mode.b3 < 0


def test_iteration_and_descent_agree(at, linear, found):
    iterated = nm.iterate(at, linear[1], tolerance=1e-9)
    assert len(iterated) >= 4
    for mode in iterated:
        assert mode.residual < 1e-9
        closest = max(abs(np.vdot(mode.field, other.field)) for other in found)
        again = nm.descend_barrier(at, mode.field)
        assert again.iterations == 0
        if closest > 0.999:
            partner = max(found, key=lambda o: abs(np.vdot(mode.field, o.field)))
            assert partner.b2 == pytest.approx(mode.b2, rel=1e-7)
    assert any(abs(np.vdot(a.field, b.field)) > 1 - 1e-10 for a in iterated for b in found)


def test_step_keeps_the_projection_on_the_stiff_direction(at, linear):
    """pi_n.M.pi_(n+1) = pi_n.M.pi_n, from any field (KRZ21 Eq. 6)."""
    z = np.random.default_rng(4).normal(size=(3, *at.shape))
    z -= z.mean(axis=1, keepdims=True)
    following, _ = nm.iteration_step(at, z)
    for a, b in zip(z, following, strict=True):
        stiff = (at.matrix @ a.ravel()).reshape(a.shape)
        assert np.vdot(stiff, b) == pytest.approx(np.vdot(stiff, a), rel=1e-10)


def test_modes_obey_the_bounds_of_the_spectrum(at, linear, found):
    for mode in found:
        assert mode.b2 >= linear[0][0] * (1 - 1e-12)
        assert 1 / at.shape[0] <= mode.participation_ratio <= 1
        assert mode.frequency == pytest.approx(np.sqrt(mode.b2))


def test_cubic_barrier_is_the_maximum_of_the_cubic():
    s = np.linspace(0, 6, 600001)
    height, place = nm.cubic_barrier(0.7, -0.5)
    profile = 0.35 * s**2 - 0.5 * s**3 / 6
    assert profile.max() == pytest.approx(float(height), rel=1e-9)
    assert s[profile.argmax()] == pytest.approx(float(place), abs=2e-5)


def test_dense_and_sparse_solvers_agree(at, monkeypatch):
    rng = np.random.default_rng(2)
    fields = rng.normal(size=(2, *at.shape))
    monkeypatch.setattr(nm, "LARGEST_DENSE", 0)
    sparse = nm.expansion(at.configuration)
    np.testing.assert_allclose(at.solve(fields), sparse.solve(fields), atol=1e-9)
    direct = pseudo_inverse(at.matrix)(fields[0])
    np.testing.assert_allclose(at.solve(fields)[0], direct, atol=1e-9)


def test_dipole_response_balances_the_dipole(at):
    bonds = np.array([5, 40, 77])
    u, squared = nm.dipole_responses(at, bonds)
    forces = nm.dipole_forces(at, bonds)
    for field, force, value in zip(u, forces, squared, strict=True):
        np.testing.assert_allclose((at.matrix @ field.ravel()), force.ravel(), atol=1e-8)
        assert value == pytest.approx(nm.stiffness(at, field), rel=1e-8)
    starts, omega_g = nm.soft_starts(at, 4, np.random.default_rng(0))
    soft = [nm.stiffness(at, s) for s in starts]
    assert soft == sorted(soft) and soft[-1] < omega_g**2


def test_strain_coupling_is_the_change_of_the_gradient_with_strain(at, found):
    """Mixed finite difference: strain the box in shear, displace along the mode."""
    mode = found[0]
    coupling = nm.strain_coupling(at, mode.field)
    np.testing.assert_allclose(coupling, coupling.T, atol=1e-10)
    h = 1e-5
    conf = at.configuration
    slopes = []
    for strain in (-h, h):
        sheared = conf.sheared(strain)
        gradient = -energy_and_forces(sheared)[1]
        slopes.append(np.vdot(gradient, mode.field))
    by_difference = (slopes[1] - slopes[0]) / (2 * h)
    assert by_difference == pytest.approx(coupling[0, 1], rel=1e-5, abs=1e-6)


def test_dilatancy_ratio_of_known_tensors():
    assert nm.dilatancy_ratio(np.diag([1.0, -1.0, 0.0])) == pytest.approx(0.0)
    assert nm.dilatancy_ratio(np.diag([1.0, 0.0, 0.0])) == pytest.approx(0.5)
    assert nm.dilatancy_ratio(np.diag([1.0, 0.0])) == pytest.approx(1.0)
    assert nm.dilatancy_ratio(np.eye(3)) == np.inf
    rng = np.random.default_rng(0)
    f = rng.normal(size=(3, 3))
    f += f.T
    q, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    assert nm.dilatancy_ratio(2.0 * q @ f @ q.T) == pytest.approx(nm.dilatancy_ratio(f))


def test_core_and_decay_recover_a_field_made_by_hand(at):
    conf = at.configuration
    centre = np.array([0.4, conf.box[1] - 0.3])
    away = conf.positions - centre
    away -= conf.box * np.round(away / conf.box)
    r = np.linalg.norm(away, axis=1)
    field = np.zeros(at.shape)
    field[:, 0] = 1.0 / np.maximum(r, 1.5) ** 3
    found = nm.core(conf, field) - centre
    found -= conf.box * np.round(found / conf.box)
    assert np.linalg.norm(found) < 0.5
    radius, amplitude = nm.decay(conf, field, np.arange(2.0, 6.5, 0.5), centre)
    slope = np.polyfit(np.log(radius), np.log(amplitude), 1)[0]
    assert slope == pytest.approx(-3.0, abs=0.15)


def test_core_length_is_where_the_elastic_law_begins():
    r = np.linspace(0.5, 12.0, 60)
    amplitude = 1.0 / (r * (1.0 + (4.0 / r) ** 4))
    length = nm.core_length(r, amplitude, 2)
    assert (1.0 + (4.0 / length) ** 4) == pytest.approx(1.5, rel=0.15)


def test_distinct_modes_keep_the_softest_of_each_kind(found):
    kept = nm.distinct(found * 2)
    stiff = [m.b2 for m in kept]
    assert stiff == sorted(stiff)
    overlaps = [abs(np.vdot(a.field, b.field)) for a in kept for b in kept if a is not b]
    assert max(overlaps, default=0) <= 0.9
    assert participation_ratio(kept[0].field) == pytest.approx(kept[0].participation_ratio)


@pytest.mark.parametrize(
    "call",
    [
        lambda at: nm.coefficients(at, np.zeros(at.shape)),
        lambda at: nm.coefficients(at, np.ones(at.shape)),
        lambda at: nm.coefficients(at, np.ones((3, 2))),
        lambda at: nm.iterate(at, np.full(at.shape, np.nan)),
        lambda at: nm.cubic_barrier(-1.0, 1.0),
        lambda at: nm.cubic_barrier(1.0, 0.0),
        lambda at: nm.soft_starts(at, 0, np.random.default_rng(0)),
        lambda at: nm.decay(at.configuration, np.ones(at.shape), [2.0, 1.0]),
        lambda at: nm.core_length([1, 2, 3], [1, 2, 3], 2),
        lambda at: nm.dilatancy_ratio([[1.0, 0.5], [0.0, 1.0]]),
        lambda at: nm.dilatancy_ratio(np.ones(3)),
    ],
)
def test_bad_input_is_refused(at, call):
    with pytest.raises(ValueError):
        call(at)
