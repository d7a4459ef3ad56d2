import csv
import math
import re
from importlib import resources

import pytest
from scipy.optimize import minimize_scalar

from relics import confrontation, papers
from relics.caged_particle import cage_energy
from relics.constants import debye, k_B
from relics.materials import glass, glasses, load_table
from relics.plateau import MEASURED_PATH
from relics.ripplons import ripplon_prefactor, ripplon_spectrum
from relics.strain_coupling import ORIENTATION, quality_factor
from relics.thermal_contraction import (
    expansivity_ripplon_ripplon,
    expansivity_ripplon_structural,
)


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


def test_strengths_and_qualities_of_the_mosaic_are_those_of_its_two_time_scales():
    sizes = [confrontation.cooperative_size(t) for t in (1e12, 1e17)]
    assert sizes[0] < sizes[1]
    # LW07 Sec. II: the size goes as the square of the logarithm of the time
    assert sizes[1] / sizes[0] == pytest.approx((17 / 12) ** 2, rel=1e-9)
    for which in glasses().values():
        low, high = confrontation.strengths(which)["mosaic"]
        assert high == pytest.approx(1 / sizes[0], rel=1e-12)
        assert low == pytest.approx(ORIENTATION / sizes[1], rel=1e-12)
        strengths = confrontation.strengths(which)
        assert strengths["pairs"] == (confrontation.pairing_constant(), 1.0)
        assert list(confrontation.qualities(which)) == list(strengths)
        for name, (worst, best) in confrontation.qualities(which).items():
            low, high = strengths[name]
            factor = 2 * math.pi**2 * math.tanh(0.5)
            assert worst == pytest.approx(1 / (factor * high), rel=1e-12)
            assert best == pytest.approx(1 / low, rel=1e-12)


def test_rules_of_the_mosaic_follow_a_changed_lindemann_ratio(monkeypatch):
    which = glass("silica")
    beads = confrontation.cooperative_size(3.6e15)
    walk = 1.602176634e-19 * which.a * math.sqrt(beads / 2) / debye
    assert confrontation.dipoles(which) == pytest.approx((0.001 * walk, 0.01 * walk), rel=1e-9)
    monkeypatch.setattr(confrontation, "LINDEMANN", 0.08)
    other = confrontation.cooperative_size(3.6e15)
    assert abs(other / beads - 1) > 0.1
    expected = 1.602176634e-19 * which.a * math.sqrt(other / 2) / debye * 0.08
    assert confrontation.dipoles(which)[1] == pytest.approx(0.1 * expected, rel=1e-9)
    low, high = confrontation.boson_peak(which)
    ratios = [confrontation.cooperative_size(t) ** (1 / 3) for t in (1e12, 1e17)]
    lines = [ripplon_prefactor(0.08) * r**-1.25 * which.T_D for r in ratios]
    assert (low, high) == pytest.approx((min(lines), max(lines)), rel=1e-9)
    assert confrontation.contraction(which) == pytest.approx(
        contraction(which, 1.0, 0.08), rel=1e-9
    )


def contraction(which, T, lindemann):
    """Without and with the second part, mode by mode instead of multiplet by multiplet."""
    beads = confrontation.cooperative_size(3.6e15)
    spectrum = ripplon_spectrum(beads, 9, lindemann)
    modes = [f for f, g in zip(*spectrum, strict=True) for _ in range(int(g))]
    ratio = beads ** (1 / 3)
    K = which.density * which.sound_speed**2 / 3
    lines = (ratio, ratio * which.a, K, modes, [1.0] * len(modes))
    mixed = float(expansivity_ripplon_structural(which.T_g, which.T_D, *lines))
    both = mixed + float(expansivity_ripplon_ripplon(T, which.T_g, which.T_D, *lines))
    return both, mixed


@pytest.mark.parametrize("T", [1.0, 3.0])
def test_contraction_adds_up_mode_by_mode(T):
    which = glass("silica")
    assert len(ripplon_spectrum().frequencies) == 8
    found = confrontation.contraction(which, T)
    assert found == pytest.approx(contraction(which, T, 0.1), rel=1e-9)
    if T == 1:
        assert confrontation.contraction(which) == found


def test_time_scales_are_an_hour_where_none_is_said():
    assert confrontation.preparation_exponent() == confrontation.preparation_exponent(3.6e15)
    assert confrontation.time_for_quality_change(2.0) == confrontation.time_for_quality_change(
        2.0, 3.6e15
    )
    for bad in (0.0, -1.0, math.nan):
        with pytest.raises(ValueError, match="timescale must be positive"):
            confrontation.preparation_exponent(bad)
        with pytest.raises(ValueError, match="factor must be positive"):
            confrontation.time_for_quality_change(bad)


def test_coupling_ratio_of_one_stiffness_grows_from_that_of_a_square_cage():
    low, high = confrontation.gardner_coupling_ratio((12,))
    whole = confrontation.gardner_coupling_ratio()
    assert whole[0] <= low <= 1 <= high <= whole[1]
    pairs = [confrontation.gardner_coupling_ratio((n,)) for n in (12, 36, 100)]
    assert whole == (min(p[0] for p in pairs), max(p[1] for p in pairs))


def test_predictions_are_the_ranges_of_their_functions():
    for which in (glass("silica"), *list(glasses().values())[1:3]):
        rows = {(r.observable, r.scenario): r for r in confrontation.predictions(which)}
        assert len(rows) == 10
        spans = {
            ("dipole", "mosaic"): confrontation.dipoles(which),
            ("boson peak", "mosaic"): confrontation.boson_peak(which),
            ("coupling over mosaic's", "marginal"): confrontation.gardner_coupling_ratio(),
        }
        low, high = confrontation.contraction(which)
        spans["contraction at 1 K", "mosaic"] = (-high, -low)
        for name, span in confrontation.strengths(which).items():
            spans["tunnelling strength", name] = span
        for name, span in confrontation.qualities(which).items():
            spans["path over wavelength", name] = span
        assert {key: (r.low, r.high) for key, r in rows.items()} == spans
    assert confrontation.predictions() == confrontation.predictions(glass("silica"))


def test_measurements_have_the_ranges_and_places_that_are_quoted():
    rows = confrontation.measurements()
    assert {(m.observable, m.material, m.unit) for m in rows if m.unit != "D"} == {
        ("path over wavelength", "insulating glasses", "1"),
        ("tunnelling strength", "glasses", "1"),
        ("contraction at 1 K", "silica", "1/K"),
        ("boson peak", "silica", "K"),
    }
    for m in rows:
        if m.observable == "contraction at 1 K":
            assert (m.low, m.high) == pytest.approx((m.value / 2, 2 * m.value), rel=1e-12, abs=0)
        if m.observable == "tunnelling strength":
            # half to twice the typical strength: C of order 3e-4 (Carruzzo and Yu 2020)
            assert (m.low, m.high) == pytest.approx((1.5e-4, 6e-4), rel=1e-12, abs=0)
        if m.unit == "D":
            assert (m.low, m.high) == pytest.approx((0.6 * m.value, 1.5 * m.value), rel=1e-12)
            assert m.observable == "dipole" and m.traced and m.source
    table = load_table("boson_peak_frequencies").rows(glass="SiO2").columns
    peak = rows[-1]
    # one wave number is hc/k_B = 1.4388 K
    sigma = float(table["error (cm^-1)"][0]) * 100 * 6.62607015e-34 * 299792458 / k_B
    assert peak.value == float(table["(K)"][0])
    assert (peak.low, peak.high) == pytest.approx(
        (peak.value - sigma, peak.value + sigma), rel=1e-5
    )
