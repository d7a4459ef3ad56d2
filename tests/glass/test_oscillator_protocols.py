"""Two routes to the softest modes of a state of many oscillators."""

from __future__ import annotations

import numpy as np
import pytest

from relics import interacting_oscillators as model
from relics.glass import oscillator_protocols, oscillators


def hessian(size: int = 300) -> np.ndarray:
    """Second derivatives at a minimum of a small mean-field system."""
    rng = np.random.default_rng(7)
    couplings = oscillators.gaussian_couplings(size, 0.3, rng)
    kappa = rng.uniform(0, 1, size)
    state = model.minimise(couplings.times, kappa, rng.normal(size=size), 0.01)
    matrix = couplings.dense()
    matrix[np.diag_indices(size)] = model.stiffness(state.x, kappa)
    return matrix


def test_modes_by_inversion_are_those_of_the_reduced_matrix():
    matrix = hessian()
    frequency, number = oscillator_protocols._spectrum(matrix.copy(), 50)
    inverted, counted = oscillator_protocols._spectrum_by_inversion(matrix.copy(), 50)
    assert np.all(np.diff(inverted) >= 0)
    assert np.allclose(inverted, frequency, rtol=1e-6)
    assert np.allclose(counted, number, rtol=1e-5)


@pytest.mark.parametrize(
    "spectrum", [oscillator_protocols._spectrum, oscillator_protocols._spectrum_by_inversion]
)
def test_a_saddle_is_not_taken_for_a_minimum(spectrum):
    matrix = hessian()
    matrix[5, 5] = -1.0
    with pytest.raises(ValueError, match="no minimum"):
        spectrum(matrix, 20)


def test_large_states_are_points_of_the_smaller_ones():
    assert set(oscillator_protocols.LARGE_POINTS) <= set(oscillator_protocols.GLASSY)
