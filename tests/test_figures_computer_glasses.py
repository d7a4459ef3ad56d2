"""Figures of glasses by model, parent temperature and stickiness, against the stores and closed forms."""

import numpy as np
import pytest

from relics import figures
from relics.figures import parent_temperatures, quartic_law, sticky_spheres
from relics.glass import ensembles, protocols

FIGURES = ("LB21-fig5", "LB21-fig6", "LB21-fig7")


@pytest.mark.parametrize("identifier", FIGURES)
def test_every_fact_is_decided_with_a_reason_where_it_fails(identifier):
    row = figures.row(identifier)
    assert {f["verdict"] for f in row["facts"]} <= {"holds", "fails", "beyond reach"}
    assert figures.picture(identifier, "svg").startswith(b"<?xml")


def test_spectra_integrate_to_the_counted_share_of_modes():
    panels = figures.panels("LB21-fig5")
    for name, (_, store, d) in quartic_law.CURVES.items():
        points = panels["spectra"].rows(curve=name)
        if not len(points["omega"]):
            assert quartic_law._available(store) is None
            continue
        samples = ensembles.read(protocols.stores() / store).samples
        modes = len(samples) * samples[0].size * d
        # every mode below the last edge is counted once, whatever the bins
        lowest = min(float(s.arrays["frequency"][-1]) for s in samples)
        below = sum(int((s.arrays["frequency"] < lowest).sum()) for s in samples)
        assert points["modes"].sum() == pytest.approx(below, abs=1)
        assert (points["density"] * modes >= points["modes"] * 0.99).any()


def test_prefactors_count_the_tail():
    """n modes below the edge of a quartic law: A = 5 n/(modes edge^5)."""
    tails = figures.panels("LB21-fig5")["tails"].columns
    for k, name in enumerate(tails["curve"]):
        modes = tails["samples"][k] * tails["N"][k] * tails["d"][k]
        expected = 5 * tails["count"][k] / (modes * tails["upper"][k] ** 5)
        # rattlers, which are no part of the density, leave up to two per cent
        assert tails["prefactor"][k] == pytest.approx(expected, rel=0.02), name


def test_tails_end_below_the_phonons_of_their_box():
    tails = figures.panels("LB21-fig5")["tails"].columns
    length = tails["N"] ** (1 / tails["d"])
    assert tails["phonon"] == pytest.approx(2 * np.pi / length, rel=0.01)


def test_numbers_of_excitations_are_products_of_their_columns():
    rows = figures.panels("LB21-fig6")["numbers"]
    assert rows["number"] == pytest.approx(rows["A_g"] * rows["omega_g"] ** 5, rel=1e-12)
    assert (rows["number_error"] / rows["number"] > rows["A_g_error"] / rows["A_g"]).all()


def test_mean_field_slope_approaches_that_of_the_leading_term_in_weak_fields():
    panel = figures.panels("LB21-fig6")["mean_field"]
    off = []
    for h in sorted(parent_temperatures.FIELDS):
        rows = panel.rows(h=h)
        solved, closed = (
            np.polyfit(rows["variable"], rows[name], 1)[0] for name in ("solved", "closed")
        )
        assert closed == pytest.approx(-1 / (3 * 6 ** (1 / 3)), rel=1e-9)
        off.append(solved / closed - 1)
    assert abs(off[0]) < 0.03
    assert abs(off[0]) < abs(off[-1]) < 0.15


def test_cores_of_the_map_are_where_particles_move():
    panels = figures.panels("LB21-fig6")
    for t in parent_temperatures.MAPS:
        points, cores = panels["map"].rows(T_p=t), panels["cores"].rows(T_p=t)
        box = max(points["x"].max(), points["y"].max())
        for x, y in zip(cores["x"], cores["y"], strict=True):
            apart = np.stack([points["x"] - x, points["y"] - y])
            apart -= box * np.rint(apart / box)
            near = np.hypot(*apart) < 4.0
            assert points["weight"][near].max() > 0.3


def test_sticky_potentials_are_lennard_jones_inside_and_vanish_at_the_cutoff():
    for cutoff in sticky_spheres.CUTOFFS:
        x = np.linspace(0.85, sticky_spheres.MINIMUM, 30, endpoint=False)
        energy, slope, curvature = sticky_spheres.pair_energy(cutoff, x)
        assert energy == pytest.approx(4 * (x**-12 - x**-6), rel=1e-9, abs=1e-9)
        step = 1e-5
        up, down = (sticky_spheres.pair_energy(cutoff, x + s)[0] for s in (step, -step))
        inside = x + step < sticky_spheres.MINIMUM
        assert slope[inside] == pytest.approx(
            ((up - down) / (2 * step))[inside], rel=1e-5, abs=1e-5
        )
        second = ((up - 2 * energy + down) / step**2)[inside]
        assert curvature[inside] == pytest.approx(second, rel=1e-3)
        end = float(cutoff) * sticky_spheres.MINIMUM * (1 - 1e-9)
        assert np.abs(sticky_spheres.pair_energy(cutoff, np.array([end]))).max() < 1e-3


def test_shapes_are_those_of_the_stores():
    glasses = figures.panels("LB21-fig7")["glasses"]
    shapes = figures.panels("LB21-fig7")["shapes"]
    for k, cutoff in enumerate(glasses["cutoff"]):
        ratio = shapes.rows(cutoff=cutoff)["ratio"]
        assert glasses["ratio"][k] == pytest.approx(ratio.mean())
        assert glasses["lower"][k] <= np.median(ratio) <= glasses["upper"][k]
