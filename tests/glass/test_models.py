"""The catalogue of models."""

import numpy as np
import pytest
from scipy.integrate import quad

from relics.glass.models import MODELS, Diameters, mixed_diameter, model, with_density


def test_binary_mixtures_have_the_published_pair_diameters():
    for name in ("binary-r10-2d", "binary-r10-3d", "sticky-1.2"):
        expected = [[1.0, 1.18], [1.18, 1.4]]
        np.testing.assert_allclose(model(name).pair_diameters(), expected, rtol=1e-15)


def test_size_law_of_the_polydisperse_model_has_mean_one_and_its_published_width():
    low, high = model("polydisperse-r12").diameters.values
    assert (low, high) == pytest.approx((0.72533, 1.60950), abs=1e-5)
    norm = quad(lambda s: s**-3, low, high)[0]
    mean = quad(lambda s: s**-2, low, high)[0] / norm
    width = np.sqrt(quad(lambda s: s**-1, low, high)[0] / norm - mean**2)
    assert mean == pytest.approx(1.0, abs=1e-12)
    assert width == pytest.approx(0.229, abs=5e-4)


def test_mean_quantiles_represent_the_size_law():
    law = Diameters((1.0, 2.22))
    drawn, _ = law.draw(4000)
    norm = quad(lambda s: s**-3, 1.0, 2.22)[0]
    for power in (1, 2, 3):
        exact = quad(lambda s, p=power: s ** (p - 3), 1.0, 2.22)[0] / norm
        assert np.mean(drawn**power) == pytest.approx(exact, rel=1e-5)


def test_pair_mean_of_the_interaction_diameter_is_not_the_particle_mean():
    # With non-additivity 0.2 the two readings of <sigma> = 1 differ by 5.4 percent.
    drawn, _ = model("polydisperse-r12").diameters.draw(1500)
    pair = mixed_diameter(drawn[:, None], drawn[None, :], 0.2)
    assert pair.mean() == pytest.approx(0.9463, abs=2e-4)


def test_species_get_their_share():
    d, species = model("binary-r10-3d").diameters.draw(501)
    assert np.bincount(species).tolist() in ([250, 251], [251, 250])
    assert set(d[species == 0]) == {1.0}


def test_largest_pair_diameter_bounds_all_pairs():
    for m in MODELS.values():
        d, _ = m.diameters.draw(100)
        pair = mixed_diameter(d[:, None], d[None, :], m.nonadditivity)
        assert m.largest_pair_diameter(d) == pytest.approx(pair.max(), rel=1e-12)


def test_sticky_cutoff_is_tunable():
    tuned, shipped = model("sticky-1.25"), model("sticky-1.2")
    assert tuned.cutoff == pytest.approx(1.25 * 2 ** (1 / 6))
    assert model("sticky-1.20").coefficients == pytest.approx(shipped.coefficients, rel=1e-12)


@pytest.mark.parametrize("name", ["", "binary", "sticky-", "sticky-0.9", "sticky-x", "sticky-9"])
def test_unknown_models_are_refused(name):
    with pytest.raises(ValueError, match="unknown model"):
        model(name)


@pytest.mark.parametrize("density", [0.0, -1.0, np.nan, np.inf])
def test_impossible_densities_are_refused(density):
    with pytest.raises(ValueError, match="density"):
        with_density("binary-r10-3d", density)


def test_composition_of_nothing_is_refused():
    with pytest.raises(ValueError, match="positive"):
        Diameters((1.0, 2.0)).draw(0)
