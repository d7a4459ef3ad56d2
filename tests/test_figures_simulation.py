"""Figures of single glasses: their estimators against closed forms, their tables by other means."""

import numpy as np
import pytest

from relics import figures
from relics.figures import early_glass, phonon_bands


def test_weighted_quantiles_are_those_of_repeated_values():
    rng = np.random.default_rng(0)
    values, counts = rng.normal(size=40), rng.integers(1, 5, 40)
    levels = (0.16, 0.5, 0.84)
    found = phonon_bands.weighted_quantiles(values, counts, levels)
    repeated = np.quantile(np.repeat(values, counts), levels, method="hazen")
    assert np.abs(found - repeated).max() < 0.12
    equal = phonon_bands.weighted_quantiles(values, np.full(40, 0.3), levels)
    np.testing.assert_allclose(equal, np.quantile(values, levels, method="hazen"))


def test_bins_are_joined_until_each_holds_enough_and_none_is_lost():
    rng = np.random.default_rng(2)
    frequencies = rng.power(5, 400)
    edges = np.linspace(0, 1, 40)
    kept = early_glass.filled(frequencies, edges)
    assert kept[0] == 0 and kept[-1] == 1 and set(kept) < set(edges)
    counts = np.histogram(frequencies, kept)[0]
    assert counts.sum() == 400 and counts.min() >= early_glass.FEWEST
    crowded = edges[1:][np.histogram(frequencies, edges)[0] >= 20]
    assert set(crowded) <= set(kept)
    wide = np.array([0, 0.6, 0.8, 1])
    np.testing.assert_array_equal(early_glass.filled(frequencies, wide), wide)


def test_crossing_of_widths_and_gaps_obeys_its_own_equation():
    """With mean degeneracies: strength omega sqrt(4 pi n/N) equals the gap omega_1/(2 n)."""
    for size, strength in ((4000, 4.0), (64_000, 1.5)):
        first = phonon_bands.first_band(size)
        smooth = phonon_bands.dagger(size, strength)[1]
        n = smooth / first
        assert strength * smooth * np.sqrt(4 * np.pi * n / size) == pytest.approx(first / (2 * n))


def test_crossing_shrinks_as_the_scaling_law_says():
    sizes = np.array([1e4, 1e5, 1e6, 1e7])
    counted, smooth = np.array([phonon_bands.dagger(int(n), 2.0) for n in sizes]).T
    edge = np.cbrt(sizes)
    assert np.polyfit(np.log(edge), np.log(smooth), 1)[0] == pytest.approx(-0.4, abs=1e-6)
    assert np.polyfit(np.log(edge), np.log(counted), 1)[0] == pytest.approx(-0.4, abs=0.12)
    assert np.all((counted / smooth < 1.5) & (counted / smooth > 1 / 1.5))


def test_below_the_lonely_frequency_lies_one_mode_per_glass():
    rng = np.random.default_rng(3)
    glasses = np.sort(rng.random((200, 30)) ** 0.2, axis=1)  # density ~ omega^4
    edge = early_glass.lonely(glasses)
    assert np.sum(glasses < edge) == 200
    assert edge == pytest.approx((1 / 30) ** 0.2, rel=0.03)


def test_the_level_of_sound_is_that_of_counted_waves():
    """Waves of a periodic box below a frequency, counted one by one."""
    shear, bulk = 2.0, 40.0
    sample = type(
        "Sample",
        (),
        {"arrays": {"shear_modulus": np.array(shear), "bulk_modulus": np.array(bulk)}},
    )()
    level = early_glass.sound_level([sample])
    edge, top = 60.0, 2.5
    grid = np.arange(-20, 21)
    n = np.stack(np.meshgrid(grid, grid, grid), -1).reshape(-1, 3)
    k = 2 * np.pi / edge * np.linalg.norm(n, axis=1)[np.any(n != 0, axis=1)]
    slow, fast = np.sqrt(shear), np.sqrt(bulk + 4 / 3 * shear)
    waves = 2 * np.sum(slow * k < top) + np.sum(fast * k < top)
    # D is normalised to one over 3 N modes at unit density
    assert level * top**3 / 3 == pytest.approx(waves / (3 * edge**3), rel=0.05)


def test_the_drawn_mode_projects_on_waves_written_by_hand():
    panels = figures.panels("LB21-fig3")
    table, one = panels["fields"], panels["numbers"]
    u = np.column_stack([table["u_x"], table["u_y"]])
    soft = np.column_stack([table["w_x"], table["w_y"]])
    assert np.sum(u**2) == pytest.approx(1, abs=1e-4)
    assert np.vdot(u, soft) ** 2 == pytest.approx(one["overlap"][0], abs=1e-4)
    k = 2 * np.pi / one["box"][0]
    share = 0.0
    for across, along in ((table["u_y"], table["x"]), (table["u_x"], table["y"])):
        for wave in (np.sin(k * along), np.cos(k * along)):
            share += np.sum(across * wave) ** 2 / np.sum(wave**2)
    assert share == pytest.approx(one["transverse"][0], abs=0.02)
    ratio = np.sum(u**2) ** 2 / (len(u) * np.sum(np.sum(u**2, axis=1) ** 2))
    assert ratio == pytest.approx(one["participation"][0], rel=1e-3)


def test_modes_of_a_minimum_are_numbered_and_sorted():
    table = figures.panels("KRZ21-fig2")["modes"]
    for temperature in np.unique(table["T_f"]):
        rows = table.rows(T_f=temperature)
        np.testing.assert_array_equal(rows["number"], np.arange(1, len(rows["number"]) + 1))
        assert (np.diff(rows["frequency"]) >= 0).all()
