import math

import pytest

from relics import confrontation
from relics.materials import glass, glasses
from relics.strain_coupling import quality_factor


def test_quality_from_strength_is_the_golden_rule_of_the_mosaic():
    # The same conversion through the resonant absorption of thermal phonons, xi/a = 5.8.
    strength = confrontation.strain_coupling.ORIENTATION / 5.8**3
    assert confrontation.quality_from_strength(strength) == pytest.approx(
        float(quality_factor(5.8)), rel=1e-6
    )


def test_pairing_constant_is_below_the_bound_by_an_order():
    assert 0.07 < confrontation.pairing_constant() < 0.085


def test_bound_of_pairs_is_far_below_what_is_measured_and_the_mosaic_is_not():
    found = confrontation.qualities(glass("silica"))
    measured = next(
        m for m in confrontation.measurements() if m.observable == "path over wavelength"
    )
    assert found["pairs"][1] < measured.low / 5
    assert found["mosaic"][0] < measured.value < found["mosaic"][1]


def test_quality_of_the_mosaic_grows_with_the_square_of_the_logarithm():
    tau = 3.6e15
    assert confrontation.preparation_exponent(tau) == pytest.approx(2 / math.log(tau), rel=1e-3)
    ratio = confrontation.time_for_quality_change(1.2, tau)
    assert ratio == pytest.approx(tau ** (math.sqrt(1.2) - 1), rel=1e-6)


def test_predictions_exist_for_every_traced_glass():
    for which in glasses().values():
        for row in confrontation.predictions(which):
            assert 0 < row.low <= row.high < math.inf


def test_measurements_say_whether_they_are_traced():
    rows = confrontation.measurements()
    assert all(m.low < m.value < m.high for m in rows)
    assert [m.observable for m in rows if not m.traced] == ["boson peak"]


def test_refusals():
    with pytest.raises(ValueError, match="positive"):
        confrontation.quality_from_strength(0.0)
    with pytest.raises(ValueError, match="positive"):
        confrontation.time_for_quality_change(-1.0)
