"""The sparse Hessian against an independent dense one and against finite differences."""

import numpy as np
import pytest
from all_pairs import LAWS, dense_hessian, energy_forces_virial, start

from relics.glass.energy import contract_second, pair_terms
from relics.glass.hessian import hessian


@pytest.mark.parametrize("name", LAWS)
def test_hessian_equals_the_all_pairs_sum(name):
    conf = start(name).sheared(0.1)
    expected = dense_hessian(conf)
    np.testing.assert_allclose(
        hessian(conf).toarray(), expected, rtol=1e-10, atol=1e-11 * np.abs(expected).max()
    )


@pytest.mark.parametrize("name", ["binary-r10-2d", "binary-r10-3d"])
def test_hessian_is_the_derivative_of_the_forces(name):
    conf = start(name)
    u = np.random.default_rng(0).normal(size=conf.positions.shape)
    h = 1e-4
    forces = {
        m: energy_forces_virial(conf.moved(conf.positions + m * h * u))[1] for m in (-2, -1, 1, 2)
    }
    slope = -(8 * (forces[1] - forces[-1]) - (forces[2] - forces[-2])) / (12 * h)
    applied = (hessian(conf) @ u.ravel()).reshape(u.shape)
    assert np.linalg.norm(applied - slope) < 1e-6 * np.linalg.norm(slope)
    np.testing.assert_allclose(contract_second(conf, u), applied, atol=1e-9)


def test_matrix_is_symmetric_sorted_and_annihilates_translations():
    conf = start("polydisperse-r12")
    H = hessian(pair_terms(conf))
    assert abs(H - H.T).max() < 1e-12 * abs(H).max()
    for column in range(0, H.shape[0], 17):
        rows = H.indices[H.indptr[column] : H.indptr[column + 1]]
        assert np.all(np.diff(rows) > 0)
    for k in range(3):
        uniform = np.tile(np.eye(3)[k], conf.N)
        np.testing.assert_allclose(H @ uniform, 0, atol=1e-10 * abs(H).max())


def test_leaving_out_nobody_changes_nothing():
    conf = start("binary-r10-2d")
    assert abs(hessian(conf) - hessian(conf, without=[])).max() == 0
