import numpy as np
import pytest

from relics import jammed_spheres as jam


@pytest.fixture(scope="module")
def packing():
    return jam.jam(16, 2, seed=0)


def test_contacts_obey_maxwells_count(packing):
    assert jam.isostatic_contacts(packing) == pytest.approx(4, abs=1e-12)


def test_three_dimensions_need_six_contacts():
    assert jam.isostatic_contacts(jam.jam(24, 3, seed=0)) == pytest.approx(6, abs=1e-12)


def test_only_translations_move_no_gap(packing):
    matrix = packing.rigidity_matrix()
    rank = np.linalg.matrix_rank(matrix, tol=1e-8)
    assert rank == matrix.shape[1] - packing.dimension
    assert rank == len(packing.contacts) - 1


def test_one_set_of_forces_balances_on_every_disc(packing):
    *_, last = np.linalg.svd(packing.rigidity_matrix().T)[2]
    assert np.abs(packing.rigidity_matrix().T @ last).max() < 1e-6
    assert np.all(last > 0) or np.all(last < 0)


def test_refusals():
    with pytest.raises(ValueError, match="d = 2 or 3"):
        jam.jam(16, 4)
