import csv
import math
import re
from importlib import resources

import pytest
from scipy.optimize import minimize_scalar

from relics import confrontation, papers
from relics.caged_particle import cage_energy
from relics.constants import k_B
from relics.materials import glass, glasses
from relics.plateau import MEASURED_PATH
from relics.strain_coupling import quality_factor


def test_quality_from_strength_is_the_golden_rule_of_the_mosaic():
    # The same conversion through the resonant absorption of thermal phonons, xi/a = 5.8.
    strength = confrontation.strain_coupling.ORIENTATION / 5.8**3
    assert confrontation.quality_from_strength(strength) == pytest.approx(
        float(quality_factor(5.8)), rel=1e-6
    )


def test_pairing_constant_is_below_the_bound_by_an_order():
    assert 0.07 < confrontation.pairing_constant() < 0.085


def test_coupling_of_a_buckling_mode_follows_from_the_energy_of_its_cage_alone():
    def anisotropy(n, retraction):
        found = minimize_scalar(
            lambda x: math.log(cage_energy([x, 0.0], n, 1.0, retraction)),
            bounds=(-0.01, 0.5), method="bounded", options={"xatol": 1e-9},
        )  # fmt: skip
        (x, y), step = (found.x, 0.0), 1e-4
        here, *around = (
            float(cage_energy([x + i * step, y + j * step], n, 1.0, retraction))
            for i, j in ((0, 0), (1, 0), (-1, 0), (0, 1), (0, -1))
        )
        return math.sqrt((around[2] + around[3] - 2 * here) / (around[0] + around[1] - 2 * here))

    by_energy = [anisotropy(n, k / 200) for n in (12, 36, 100) for k in range(41)]
    assert confrontation.gardner_coupling_ratio() == pytest.approx(
        (min(by_energy), max(by_energy)), rel=2e-3
    )


def test_bound_of_pairs_is_far_below_what_is_measured_and_the_mosaic_is_not():
    found = confrontation.qualities(glass("silica"))
    measured = next(
        m for m in confrontation.measurements() if m.observable == "path over wavelength"
    )
    assert found["pairs"][1] < measured.low / 5
    assert found["mosaic"][0] < measured.value < found["mosaic"][1]


@pytest.mark.parametrize("factor", [1.2, 100.0, (1.5 / math.log(3.6e15)) ** 2])
def test_quality_of_the_mosaic_grows_with_the_square_of_the_logarithm(factor):
    tau = 3.6e15
    assert confrontation.preparation_exponent(tau) == pytest.approx(2 / math.log(tau), rel=1e-3)
    ratio = confrontation.time_for_quality_change(factor, tau)
    assert ratio == pytest.approx(tau ** (math.sqrt(factor) - 1), rel=1e-6, abs=0)


def test_structured_pairs_are_as_strong_as_the_square_of_how_far_beads_move_against_each_other():
    for which in glasses().values():
        # Equipartition of a bead's share a^3 of the elastic energy: K a^3 (u/a)^2 = k_B T_g.
        energy = which.density * which.sound_speed**2 * which.a**3
        ends = k_B * which.T_g / energy, 0.1**2
        assert confrontation.strengths(which)["structured pairs"] == pytest.approx(
            (min(ends), max(ends)), rel=1e-12, abs=0
        )


def test_predictions_exist_for_every_traced_glass():
    for which in glasses().values():
        for row in confrontation.predictions(which):
            assert 0 < row.low <= row.high < math.inf


def test_measurements_say_whether_they_are_traced():
    rows = confrontation.measurements()
    assert all(m.low < m.value < m.high for m in rows)
    assert [m.observable for m in rows if not m.traced] == ["boson peak"]


def test_what_is_measured_is_predicted_in_the_same_unit():
    predicted = {(p.observable, p.unit) for p in confrontation.predictions()}
    assert {(m.observable, m.unit) for m in confrontation.measurements()} <= predicted
    assert {p.scenario for p in confrontation.predictions()} == set(confrontation.SCENARIOS)


def test_predictions_rest_on_equations_of_the_papers():
    known = {equation.id for equation in papers.equations()}
    for row in confrontation.predictions():
        named = re.findall(r"(?:LB|LW|LSW|L)\d\d-\w+", row.basis)
        rest = re.sub("|".join(named), "", row.basis).replace(",", "").strip()
        assert named and rest in ("", "; pairing constant")
        assert set(named) <= known


def test_ranges_are_those_that_their_sources_say():
    rows = confrontation.measurements()
    twice = [m for m in rows if "factor two" in m.source]
    assert len(twice) == 2
    for m in twice:
        assert (m.low, m.high) == pytest.approx((m.value / 2, m.value * 2), rel=1e-12, abs=0)
    path = next(m for m in rows if m.observable == "path over wavelength")
    assert path.value == MEASURED_PATH
    contraction = next(m for m in rows if m.observable == "contraction at 1 K")
    assert contraction.value == pytest.approx(3 * 1e-9, rel=1e-12, abs=0)


def test_every_traced_dipole_of_the_table_is_confronted_once():
    table = resources.files("relics") / "data" / "tls_dipole_moments.csv"
    lines = [x for x in table.read_text().splitlines() if not x.startswith("#")]
    listed = {
        (r["glass"], float(r["dipole (D)"])) for r in csv.DictReader(lines) if r["prov"] in "AQ"
    }
    found = [(m.material, m.value) for m in confrontation.measurements() if m.unit == "D"]
    assert sorted(found) == sorted(listed)


def test_refusals():
    with pytest.raises(ValueError, match="positive"):
        confrontation.quality_from_strength(0.0)
    with pytest.raises(ValueError, match="positive"):
        confrontation.time_for_quality_change(-1.0)
