import numpy as np
import pytest

from relics import unit_systems as units
from relics.constants import debye, e, epsilon_0


def test_coulombs_law_gives_one_energy_in_both_systems():
    q, r = 1.6e-19, 3e-10
    si = q**2 / (4 * np.pi * epsilon_0 * r)
    gaussian = units.convert(q, "charge", "SI", "gaussian") ** 2 / units.convert(
        r, "length", "SI", "gaussian"
    )
    assert units.convert(gaussian, "energy", "gaussian", "SI") == pytest.approx(si, rel=1e-9, abs=0)


def test_field_energy_density_is_one_in_both_systems():
    E = 1e8
    si = units.field_constant("SI") * E**2 / 2
    gaussian = (
        units.field_constant("gaussian")
        * units.convert(E, "electric field", "SI", "gaussian") ** 2
        / 2
    )
    assert units.convert(gaussian, "energy density", "gaussian", "SI") == pytest.approx(
        si, rel=1e-9
    )


def test_known_values():
    # CODATA: the elementary charge is 4.80320e-10 statC; 1 D = 1e-18 statC cm.
    assert units.convert(e, "charge", "SI", "gaussian") == pytest.approx(
        4.80320471e-10, rel=1e-8, abs=0
    )
    assert units.convert(1e-18, "dipole", "gaussian", "SI") == pytest.approx(
        debye, rel=1e-12, abs=0
    )
    # Bechmann 1958: 0.171 C/m^2 and the 5.2e4 statC/cm^2 of LSW06 agree to the rounding.
    assert units.convert(0.171, "surface charge", "SI", "gaussian") == pytest.approx(
        5.2e4, rel=0.02
    )


def test_round_trip():
    for kind in (
        "length",
        "energy",
        "energy density",
        "mass density",
        "velocity",
        "charge",
        "number",
    ):
        there = units.convert(3.7, kind, "SI", "gaussian")
        assert units.convert(there, kind, "gaussian", "SI") == pytest.approx(3.7, rel=1e-14)


def test_refusals():
    with pytest.raises(ValueError, match="unit system"):
        units.convert(1.0, "charge", "SI", "heaviside")
    with pytest.raises(ValueError, match="kind"):
        units.convert(1.0, "colour", "SI", "gaussian")
    with pytest.raises(ValueError, match="unit system"):
        units.field_constant("atomic")


@pytest.mark.parametrize(
    ("kind", "gaussian"),
    [
        ("length", 1e2),
        ("energy", 1e7),
        ("energy density", 10.0),
        ("mass density", 1e-3),
        ("velocity", 1e2),
        ("charge", 2.99792458e9),
        ("dipole", 2.99792458e11),
        ("surface charge", 2.99792458e5),
        ("electric field", 1e4 / 299792458),
        ("number", 1.0),
    ],
)
def test_one_si_unit_of_every_kind_is_what_the_tables_say(kind, gaussian):
    # J. D. Jackson, Classical Electrodynamics, Table 4 of the appendix.
    assert units.convert(3.0, kind, "SI", "gaussian") == pytest.approx(3 * gaussian, rel=1e-12)
    assert units.convert(3.0, kind, "gaussian", "SI") == pytest.approx(3 / gaussian, rel=1e-12)
    for system in ("SI", "gaussian"):
        assert np.array_equal(units.convert([3.0, 4.0], kind, system, system), [3.0, 4.0])


def test_refusals_name_what_is_known():
    with pytest.raises(ValueError, match="one of SI, gaussian, got 'cgs'"):
        units.system("cgs")
    with pytest.raises(ValueError, match="one of length, energy, energy density, .*got 'colour'"):
        units.convert(1.0, "colour", "SI", "SI")
    for given in (("cgs", "SI"), ("SI", "cgs")):
        with pytest.raises(ValueError, match="got 'cgs'"):
            units.convert(1.0, "length", *given)
    with pytest.raises(ValueError, match="value must be finite"):
        units.convert(np.nan, "length", "SI", "gaussian")
    assert units.system("SI") == "SI" and units.system("gaussian") == "gaussian"
