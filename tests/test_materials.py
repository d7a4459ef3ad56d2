"""Glasses and literature tables: complete, sourced, and strict about bad constants."""

import math

import numpy as np
import pytest

from relics import materials
from relics.materials import Glass, glass, glasses, load_table, table_names


@pytest.mark.parametrize("name", table_names())
def test_every_table_loads_with_its_source(name):
    table = load_table(name)
    assert len(table) > 0 and "REFERENCE" in table.source.upper()
    assert all(len(c) == len(table) for c in table.columns.values())


def test_rows_select_by_column():
    silica = load_table("viscosity_inorganic_sciglass").rows(material="SiO2")
    assert 0 < len(silica) < 2587 and set(silica.columns["material"]) == {"SiO2"}
    with pytest.raises(ValueError, match="no column 'colour'"):
        silica.rows(colour="red")


def test_unknown_tables_are_refused():
    with pytest.raises(ValueError, match="unknown table 'nothing'; available:"):
        load_table("nothing")


def test_silica_reproduces_its_debye_temperature_from_density_and_sound_speed():
    # T_D = (hbar/k_B) c_s (6 pi^2 n)^(1/3) with n of SiO2 units: Freeman and Anderson's pair.
    g = glass("silica")
    n = g.density / (60.0843 * 1.66053906892e-27)
    assert 7.638233e-12 * g.sound_speed * (6 * math.pi**2 * n) ** (1 / 3) == pytest.approx(
        g.T_D, rel=2e-3
    )
    assert g.a**-3 == pytest.approx(n, rel=6e-3)


def test_every_glass_says_where_its_constants_are_from():
    for g in glasses().values():
        assert {"T_g", "T_D", "density", "sound_speed"} == set(g.sources) == set(g.uncertainties)
        assert all("class" in s for s in g.sources.values())
    assert materials.GLASSES is glasses()


@pytest.mark.parametrize("field", ["T_g", "T_D", "density", "sound_speed", "bead_size"])
@pytest.mark.parametrize("bad", [0.0, -1.0, math.nan, math.inf, "300"])
def test_impossible_constants_are_refused_by_name(field, bad):
    good = {"name": "x", "T_g": 300.0, "T_D": 100.0, "density": 1e3, "sound_speed": 2e3}
    with pytest.raises(ValueError, match=f"^{field} = "):
        Glass(**(good | {field: bad}))


def test_uncertainties_are_checked():
    with pytest.raises(ValueError, match="uncertainty for unknown field 'colour'"):
        Glass("x", 300.0, 100.0, 1e3, 2e3, uncertainties={"colour": 1.0})
    with pytest.raises(ValueError, match="uncertainty of T_g"):
        Glass("x", 300.0, 100.0, 1e3, 2e3, uncertainties={"T_g": -1.0})


def test_tables_hold_numbers_as_numbers():
    columns = load_table("glass_constants_sciglass").columns
    assert columns["Tg median (K)"].dtype == np.float64
    assert np.isnan(columns["E median (GPa)"]).any()
