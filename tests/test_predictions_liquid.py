"""Predictions of the liquid's theory for one glass."""

import numpy as np
import pytest

from relics.materials import glass
from relics.predictions import predict


def by_key(**options):
    return {p.key: p for p in predict(glass("silica"), **options)}


def test_sizes_follow_the_logarithm_of_the_time_scale():
    hour, year = by_key(timescale=3600.0), by_key(timescale=3.156e7)
    growth = (np.log(3.156e19) / np.log(3.6e15)) ** 2
    assert year["N_star"].value / hour["N_star"].value == pytest.approx(growth, rel=1e-12)
    assert year["barrier"].value == pytest.approx(np.log(3.156e19), rel=1e-12)


def test_length_is_the_bead_times_the_root_of_the_number():
    found = by_key()
    assert found["xi"].value == pytest.approx(
        found["bead_size"].value * found["N_star"].value ** (1 / 3), rel=1e-12
    )
    assert found["xi"].uncertainty == pytest.approx(
        found["xi"].value * found["bead_size"].uncertainty / found["bead_size"].value, rel=1e-9
    )


def test_fragility_is_a_band_between_strong_and_fragile():
    # For an entropy as in L18 Eq. 36, m = log10(tau/tau_0)/(T_g/T_K - 1).
    low, high = by_key()["fragility"].value
    decades = np.log10(3.6e15)
    assert (low, high) == pytest.approx((decades / 0.5, decades / 0.1), rel=1e-9)
