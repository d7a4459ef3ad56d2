"""What is read off stored minima of oscillators, on frequencies drawn from known laws."""

from types import SimpleNamespace

import numpy as np
import pytest

from relics.glass import oscillator_protocols
from relics.glass import oscillator_spectra as spectra

POINTS = np.array([[0.01, 0.3, 1.0], [0.01, 0.6, 1.0], [0.01, 1.0, 1.0]])
TOP = np.array([1.0, 1.3, 1.6])


class Store:
    """Samples of `modes` frequencies whose share below ``omega`` is ``(omega/top)^5``."""

    def __init__(self, seed, samples, columns, modes, top):
        drawn = np.random.default_rng(seed).uniform(size=(samples, columns, modes)) ** 0.2
        self.arrays = {"frequency": np.sort(drawn * top, axis=2)}
        self.arrays["participation"] = np.full((samples, columns, modes), 3.0)
        self.samples = [SimpleNamespace(arrays={"point": POINTS})] * samples

    def stack(self, name):
        return self.arrays[name]


def test_exponent_of_the_softest_modes_of_all_lattices_is_that_of_their_law(monkeypatch):
    lattices, inverse, errors = len(oscillator_protocols.LATTICES), [], []
    higher = []
    for seed in range(400):
        store = Store(seed, 20, lattices, 200, 1.0)
        monkeypatch.setattr(spectra.ensembles, "read", lambda path, store=store: store)
        (low, error), (above, _) = spectra.lattice_exponents()
        inverse.append(1 / (low + 1))
        errors.append(error / (low + 1))
        higher.append(above)
    # the inverse of exponent plus one is a mean of independent logarithms
    spread = np.std(inverse)
    assert np.mean(inverse) == pytest.approx(0.2, abs=3 * spread / np.sqrt(400))
    assert np.mean(errors) == pytest.approx(spread / 0.2, rel=0.2)
    assert np.mean(higher) == pytest.approx(4.0, abs=4 * np.std(higher) / np.sqrt(400))


def test_prefactors_of_all_sizes_are_those_of_their_law(monkeypatch):
    monkeypatch.setattr(spectra.ensembles, "read", lambda path: Store(3, 60, 3, 1000, TOP[:, None]))
    found = spectra.prefactors(1000, 1000)
    assert found["oscillators"] == pytest.approx([120_000] * 3)
    law = 5 / TOP**5
    assert np.abs(found["A_g"] - law).max() < 4 * found["error"].max()
    assert (np.abs(found["exponent"] - 4) < 4 * found["exponent error"]).all()
    assert found["softest"] == pytest.approx([3.0] * 3)
    scaled = np.exp(found["Y"]) / (0.01 ** (2 / 3) * found["J"])
    assert scaled == pytest.approx(found["A_g"])


def test_prefactor_below_an_edge_is_that_of_the_law_with_the_scatter_of_its_estimates(monkeypatch):
    # 50 modes in 100 oscillators with a share (omega/1.3)^5: A/5 = 0.5/1.3^5.
    point, found = (0.01, 0.6, 1.0), []
    for seed in range(200):
        store = Store(seed, 12, 3, 50, TOP[:, None])
        monkeypatch.setattr(spectra.ensembles, "read", lambda path, store=store: store)
        found.append(spectra.prefactor_below(100, point, 0.9))
    values, errors = np.array(found).T
    assert values.mean() == pytest.approx(2.5 / 1.3**5, abs=3 * values.std() / np.sqrt(200))
    assert np.sqrt(np.mean(errors**2)) == pytest.approx(values.std(), rel=0.15)
    with pytest.raises(ValueError, match="say nothing of the modes below 1.3"):
        spectra.prefactor_below(100, point, 1.3)
    with pytest.raises(ValueError, match="no state of 100 oscillators at"):
        spectra.prefactor_below(100, (0.01, 0.7, 1.0), 0.9)


def test_strong_line_weighs_points_by_their_errors():
    J = np.array([0.2, 0.3, 0.5, 1.0, 2.0])
    columns = {
        "h": np.full(5, 0.01), "kappa_0": np.ones(5), "J": J,
        "A_g": 30.0 * J**-2.5, "error": np.array([1.0, 0.3, 0.1, 0.02, 0.1]),
    }  # fmt: skip
    columns["A_g"][[0, -1]] *= 7.0  # outside the range of couplings that is fitted
    slope, error, correlation = spectra.strong_line(columns)
    assert slope == pytest.approx(-2.5) and correlation == pytest.approx(-1.0)
    kept = slice(1, 4)
    weight = (columns["A_g"] / columns["error"])[kept] ** 2
    x = np.log(J[kept])
    spread = np.sum(weight * (x - np.average(x, weights=weight)) ** 2)
    assert error == pytest.approx(1 / np.sqrt(spread))


def test_weak_points_need_modes_of_the_quartic_law():
    columns = {"X": np.array([5.0, 9.0, 12.0, 30.0]), "exponent": np.array([4.0, 6.0, 3.0, 4.0])}
    assert spectra.weakly_coupled(columns).tolist() == [False, False, True, False]
