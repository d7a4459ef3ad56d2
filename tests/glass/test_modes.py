"""Modes against dense diagonalisation; localisation measures against closed forms; phonons."""

import numpy as np
import pytest
from all_pairs import dense_hessian, minimum
from scipy.sparse import csc_matrix

from relics.glass import modes
from relics.glass.configuration import random_configuration
from relics.glass.energy import pair_terms
from relics.glass.hessian import hessian
from relics.glass.minimise import find_rattlers, minimise


@pytest.mark.parametrize("name", ["binary-r10-2d", "binary-r10-3d", "polydisperse-r12"])
def test_lowest_modes_equal_those_of_a_dense_diagonalisation(name):
    conf = minimum(name).configuration
    stiffness, fields = modes.lowest_modes(hessian(conf), 12, conf)
    expected, vectors = np.linalg.eigh(dense_hessian(conf))
    d = conf.dimension
    np.testing.assert_allclose(stiffness, expected[d : d + 12], rtol=1e-9)
    overlap = fields.reshape(12, -1) @ vectors[:, d : d + 12]
    np.testing.assert_allclose(np.abs(np.diag(overlap)), 1, atol=1e-8)


def test_lowest_modes_solve_the_eigenvalue_equation_and_do_not_drift():
    conf = minimum("binary-r10-3d").configuration
    H = hessian(conf)
    stiffness, fields = modes.lowest_modes(H, 30)
    flat = fields.reshape(30, -1)
    residual = H @ flat.T - flat.T * stiffness
    assert np.linalg.norm(residual, axis=0).max() < 1e-10
    np.testing.assert_allclose(flat @ flat.T, np.eye(30), atol=1e-12)
    np.testing.assert_allclose(fields.sum(axis=1), 0, atol=1e-9)
    again = modes.lowest_modes(H, 30)[1]
    np.testing.assert_array_equal(fields, again)


def test_cholmod_and_superlu_give_the_same_modes(monkeypatch):
    H = hessian(minimum("binary-r10-2d").configuration)
    first = modes.lowest_modes(H, 8)
    monkeypatch.setattr(modes, "cholesky", None)
    second = modes.lowest_modes(H, 8)
    np.testing.assert_allclose(first[0], second[0], rtol=1e-10)


def test_an_indefinite_matrix_is_refused_by_both_factorisations(monkeypatch):
    H = hessian(minimum("binary-r10-2d").configuration)
    softened = (H - 5.0 * csc_matrix(np.eye(H.shape[0]))).tocsc()
    with pytest.raises(ValueError, match="positive definite"):
        modes.solver(softened)
    monkeypatch.setattr(modes, "cholesky", None)
    with pytest.raises(ValueError, match="positive definite"):
        modes.solver(softened)


def test_full_spectrum_has_as_many_zeros_as_dimensions_and_the_right_trace():
    for name in ("binary-r10-2d", "polydisperse-r12"):
        conf = minimum(name).configuration
        H = hessian(conf)
        stiffness, fields = modes.all_modes(H)
        assert np.sum(np.abs(stiffness) < 1e-8) == conf.dimension
        assert stiffness.sum() == pytest.approx(H.diagonal().sum(), rel=1e-12)
        assert fields.shape == (conf.N * conf.dimension, conf.N, conf.dimension)
        soft, _ = modes.lowest_modes(H, 5)
        np.testing.assert_allclose(stiffness[conf.dimension :][:5], soft, rtol=1e-8)


def test_rattlers_are_left_out_of_the_modes():
    rest = minimise(random_configuration("harmonic-2d", 200, 3, density=0.735))
    terms = pair_terms(rest.configuration)
    loose = find_rattlers(terms)
    stiffness, fields = modes.lowest_modes(hessian(terms, without=loose), 6)
    assert len(loose) > 0
    assert stiffness[0] > 1e-8
    assert not fields[:, loose].any()


def test_pseudo_inverse_solves_apart_from_translations():
    H = hessian(minimum("binary-r10-3d").configuration)
    size = H.shape[0]
    b = np.random.default_rng(0).normal(size=(size // 3, 3))
    u = modes.pseudo_inverse(H)(b)
    expected = (np.linalg.pinv(H.toarray(), rcond=1e-12) @ b.ravel()).reshape(b.shape)
    np.testing.assert_allclose(u, expected, atol=1e-9 * np.abs(expected).max())
    np.testing.assert_allclose((H @ u.ravel()).reshape(b.shape), b - b.mean(axis=0), atol=1e-10)


def test_dimension_is_read_off_the_matrix():
    for name, d in (("binary-r10-2d", 2), ("binary-r10-3d", 3), ("binary-r10-4d", 4)):
        assert modes.space_dimension(hessian(minimum(name).configuration)) == d
    with pytest.raises(ValueError, match="translation"):
        modes.space_dimension(csc_matrix(np.diag(np.arange(1.0, 13.0))))


@pytest.mark.parametrize("k", [0, -1, 438])
def test_impossible_numbers_of_modes_are_refused(k):
    with pytest.raises(ValueError, match="number of modes"):
        modes.lowest_modes(hessian(minimum("binary-r10-2d").configuration), k)


def test_participation_ratio_of_simple_fields():
    N = 400
    rng = np.random.default_rng(0)
    core = np.zeros((N, 3))
    core[:20] = rng.normal(size=3)
    one = np.zeros((N, 3))
    one[7, 1] = -2.0
    # sine on a lattice: <s^2>^2/<s^4> = (1/4)/(3/8)
    wave = np.sin(2 * np.pi * np.arange(N) / N)[:, None] * np.array([0.0, 1.0, 0.0])
    fields = np.stack([core, one, np.ones((N, 3)), wave])
    expected = [20 / N, 1 / N, 1.0, 2 / 3]
    np.testing.assert_allclose(modes.participation_ratio(fields), expected, rtol=1e-12)
    np.testing.assert_allclose(modes.participation_ratio(-7 * fields), expected, rtol=1e-12)
    # Gaussian field in three dimensions: <u^2>^2/<u^4> = 9/15
    noise = rng.normal(size=(200_000, 3))
    assert modes.participation_ratio(noise) == pytest.approx(3 / 5, rel=5e-3)


@pytest.mark.parametrize("field", [np.zeros((5, 3)), np.full((5, 3), np.nan), np.ones(4)])
def test_participation_ratio_of_no_field_is_refused(field):
    with pytest.raises(ValueError, match="fields"):
        modes.participation_ratio(field)


def test_transverse_bands_of_a_cube_have_the_counted_degeneracies():
    bands = [b for b in modes.phonon_bands(1.0, 2.0, 10.0, 3, 6) if b.polarisation == "transverse"]
    assert [b.degeneracy for b in bands] == [12, 24, 16, 12, 48, 48]
    assert [b.square for b in bands] == [1, 2, 3, 4, 5, 6]
    assert bands[3].frequency == pytest.approx(2 * np.pi * 2 / 10)
    flat = [b for b in modes.phonon_bands(1.0, 2.0, 10.0, 2, 5) if b.polarisation == "transverse"]
    assert [b.degeneracy for b in flat] == [4, 4, 4, 8]


def test_omega_dagger_falls_with_size_as_the_scaling_argument_says():
    # (chi L)^(-2/(d+2)) at fixed density; true degeneracies scatter about their mean and in the
    # plane grow a little faster for the bands that overlap first.
    for d, largest_size, strength, most in ((2, 400, 0.05, 1200), (3, 160, 0.3, 200)):
        sizes = np.geomspace(20, largest_size, 12)
        found = [modes.omega_dagger(1.0, L, d, L**d, strength, most) for L in sizes]
        slope = np.polyfit(np.log(sizes), np.log(found), 1)[0]
        assert slope == pytest.approx(-2 / (d + 2), abs=0.07)


def test_band_width_grows_with_degeneracy_and_falls_with_size():
    assert modes.band_width(2.0, 16, 400, 0.5) == pytest.approx(0.5 * 2.0 * 4 / 20)


def test_plane_waves_are_orthonormal_and_polarised():
    conf = minimum("binary-r10-3d").configuration
    transverse, longitudinal = modes.plane_waves(conf, 1)
    assert transverse.shape == (12, conf.N, 3)
    assert longitudinal.shape == (6, conf.N, 3)
    for waves in (transverse, longitudinal):
        flat = waves.reshape(len(waves), -1)
        np.testing.assert_allclose(flat @ flat.T, np.eye(len(waves)), atol=1e-12)
    mixed = transverse.reshape(12, -1) @ longitudinal.reshape(6, -1).T
    assert np.abs(mixed).max() < 0.2
    with pytest.raises(ValueError, match="squared length 7"):
        modes.plane_waves(conf, 7)


@pytest.mark.parametrize("bad", [(0.0, 1.0, 1.0, 3), (1.0, 1.0, -1.0, 3), (1.0, 1.0, 1.0, 5)])
def test_impossible_phonons_are_refused(bad):
    with pytest.raises(ValueError, match="positive"):
        modes.phonon_bands(*bad)


def test_no_overlapping_bands_is_an_error():
    with pytest.raises(ValueError, match="no band"):
        modes.omega_dagger(1.0, 10.0, 3, 1000, 1e-9, 20)


def test_bands_overlap_where_width_and_gap_are_equal():
    c_t, L, d, strength = 2.3, 40.0, 3.0, 0.4
    omega = modes.overlap_frequency(c_t, L, d, strength)
    degeneracy = (omega * L / c_t) ** (d - 2)
    step = (2 * np.pi * c_t / L) ** 2
    gap = np.sqrt(omega**2 + step / 2) - np.sqrt(omega**2 - step / 2)
    assert modes.band_width(omega, degeneracy, L**d, strength) == pytest.approx(gap, rel=1e-2)
    assert modes.overlap_frequency(2 * c_t, L, d, strength) == pytest.approx(2 * omega, rel=1e-12)


@pytest.mark.parametrize("arguments", [(0, 1, 3, 1), (1, 1, 1.5, 1), (1, 1, 3, -1)])
def test_overlap_of_bands_refuses_what_is_no_box(arguments):
    with pytest.raises(ValueError, match="positive c_t, L, strength and d >= 2"):
        modes.overlap_frequency(*arguments)
