"""Verdicts on quoted numbers come from one function, and from the number alone."""

import dataclasses
import functools
import importlib
import math
import re
from string import Formatter

import numpy as np
import pytest
from scipy.special import zeta

from relics import claims, papers
from relics.claims import Computed, judge, verdict
from relics.constants import hbar, k_B
from relics.ripplons import ripplon_spectrum
from relics.scattering_density import exact_cumulative_density


@pytest.mark.parametrize(
    ("value", "low", "high", "computed", "expected"),
    [
        (190.0, 185.0, 195.0, 190.0, "agrees"),
        (190.0, 185.0, 195.0, 191.2, "within-rounding"),
        (190.0, 185.0, 195.0, 196.0, "disagrees"),
        (1.0, 0.3162, 3.162, 0.5, "order-of-magnitude"),
        (1.0, 0.3162, 3.162, 4.0, "disagrees"),
        (-0.5, -0.55, -0.45, -0.52, "within-rounding"),
        (2.0, 2.0, math.inf, 7.0, "order-of-magnitude"),
        (0.0, -1e-6, 1e-6, -3e-9, "agrees"),
        (0.0, -1e-6, 1e-6, 2e-6, "disagrees"),
    ],
)
def test_verdicts(value, low, high, computed, expected):
    assert verdict(value, low, high, "1", computed, "1") == expected


def test_units_must_match_and_numbers_must_be_numbers():
    with pytest.raises(ValueError, match="computed in 'K', quoted in 'J'"):
        verdict(1.0, 0.5, 1.5, "J", 1.0, "K")
    with pytest.raises(ValueError, match="not a number"):
        verdict(1.0, 0.5, 1.5, "J", math.nan, "J")


def test_statements_are_true_or_false():
    assert verdict(None, None, None, "", True, "") == "agrees"
    assert verdict(None, None, None, "", False, "") == "disagrees"


def test_an_input_is_never_judged():
    c = next(c for c in papers.claims() if c.kind == "input")
    assert judge(c, Computed(lambda: 1 / 0, "1", "never called"))["verdict"] == "input"


def test_lists_take_their_worst_verdict():
    c = papers.claim("LW07-ca12")
    good = judge(c, Computed(lambda: [191.0, 191.0], "1", "f"))
    bad = judge(c, Computed(lambda: [191.0, 400.0], "1", "f"))
    assert (good["verdict"], bad["verdict"]) == ("within-rounding", "disagrees")
    with pytest.raises(ValueError, match="1 computed values for 2 quoted"):
        judge(c, Computed(lambda: [191.0], "1", "f"))


@pytest.mark.parametrize("part", papers.parts())
def test_every_entry_belongs_to_its_part_and_names_a_real_function(part):
    for identifier, entry in claims.entries(part).items():
        c = papers.claim(identifier)
        assert c.part == part and c.kind != "input"
        module, _, name = entry.function.rpartition(".")
        assert callable(getattr(importlib.import_module(module), name)), entry.function


def test_numbers_fill_the_places_of_a_note_in_order():
    c = papers.claim("LW07-ca13")
    entry = Computed(
        lambda: 0.5, "1", "f", "{:.1f} for {{x}}, then {:.2g}", (lambda: 2.04, lambda: 1e-9)
    )
    assert judge(c, entry)["note"].endswith("2.0 for {x}, then 1e-09")


@pytest.mark.parametrize("note", ["a note", "x_{12} {", "{} {:.2g}"])
def test_a_note_without_numbers_is_used_as_it_is(note):
    assert judge(papers.claim("LW07-ca13"), Computed(lambda: 0.5, "1", "f", note))["note"].endswith(
        note
    )


@pytest.mark.parametrize(("note", "places"), [("none", 0), ("{{:g}}", 0), ("{:g} and {:g}", 2)])
def test_places_and_numbers_must_be_as_many(note, places):
    entry = Computed(lambda: 0.5, "1", "f", note, (lambda: 1.0,))
    with pytest.raises(ValueError, match=f"LW07-ca13: {places} places in the note for 1 numbers"):
        judge(papers.claim("LW07-ca13"), entry)


@functools.cache
def _entries() -> dict[str, Computed]:
    return {key: entry for part in papers.parts() for key, entry in claims.entries(part).items()}


def _note(identifier: str) -> str:
    """The note as readers see it; the entry's own value, which may be slow, is not computed."""
    c, entry = papers.claim(identifier), _entries()[identifier]
    value = True if c.holds is not None else c.low
    return judge(c, dataclasses.replace(entry, value=lambda: value))["note"]


_R = 200 ** (1 / 3)
_ROOT8 = 2 * math.sqrt(2)
_SILICA = (2200.0, 4100.0, 1500.0)  # kg/m^3, m/s, K
_MODES = sum(2 * l + 1 for l in range(2, 10))
_MISMATCH = 1.5 * math.sqrt(3 * math.pi) * math.log(100 / (math.pi * math.e))
_SQUARE = 8 / 3 * (1 - math.log(2))  # integral of 4 p q/(p + q) over the unit square


def _gaussian_exponent() -> float:
    """ln of the paths without barrier at the bottleneck, LW07 Eqs. 12 and 13 by hand.

    There gamma sqrt(N) = 2 (2 sqrt 2 - 1) s_c N, so that the exponent is s_c N (1 - x^2/8) with
    x = 4 sqrt 2 - 1, and s_c N = gamma^2/(4 (2 sqrt 2 - 1)^2 s_c); ln(1e17) = gamma^2/(4 s_c).
    """
    return math.log(1e17) / (_ROOT8 - 1) ** 2 * (1 - (2 * _ROOT8 - 1) ** 2 / 8)


def _rate_of_silica(a: float) -> float:
    """LW07 Eq. 25 at E = k_B T, 10 mK, with g^2 = rho c_s^2 a^3 k_B T_g and three branches."""
    density, c_s, T_g = _SILICA
    g_squared = density * c_s**2 * a**3 * k_B * T_g
    constant = 3 * g_squared / (2 * math.pi * density * hbar**4 * c_s**5)
    return constant * (k_B * 0.01) ** 3 / math.tanh(0.5)


def _silica_bead() -> float:
    """Bead (m) for which a Debye sphere of (6 pi^2)^(1/3)/a ends at 342 K."""
    return (6 * math.pi**2) ** (1 / 3) * 4100.0 * hbar / (k_B * 342.0)


def _ball(d: int) -> float:
    return math.pi ** (d / 2) / math.gamma(d / 2 + 1)


def _first_below_one() -> int:
    """Dimension from which (d/0.3)^2 over the square of the number of L18 Eq. 4 is below one.

    That number is 4 over the volume of the unit ball, here over its value in three dimensions.
    """
    return next(d for d in range(3, 40) if d / 0.3 * _ball(d) / _ball(3) < 1)


INDEPENDENT = {
    # N* = (4 (d_L/a) ln(tau/tau_0))^2, L18 Eq. 33 with d_L/a = 0.1
    "L18-c15": [(0.4 * math.log(1e12)) ** 2],
    # an hour in units of 1e-17 hours, in ps; notebooks/liquid/mosaic.md says 0.04
    "LW07-ca7": [3600 / 1e17 * 1e12],
    # s_c = 0.82 k_B (LW07 Sec. II) over the entropy of fusion 1.68 k_B
    "LW07-ca10": [0.82 / 1.68],
    # the driving force falls on cooling by its own entropy, so the slope doubles the 17 decades
    "LW07-ca15": [2 * 17],
    # exponents 1.11 to 1.09 in notebooks/centres/time-dependent-heat-capacity.md
    "L18-c30": [0.09, 0.11],
    "LW07-ca23": [math.exp(_gaussian_exponent())],
    # 3 N/(12 zeta(3)) of notebooks/centres/phonon-scattering.md
    "LW07-ca35": [1.5 * n / (6 * zeta(3)) for n in (200, 5.8**3)],
    "LW07-ca36": [150 * 4 * zeta(3) / 200],
    # l omega/c_s = 3/(pi strength tanh(1/2))
    "LW07-ca37": [3 / (150 * math.pi * math.tanh(0.5))],
    # hbar omega/(sqrt 2 k_B T_g), omega = 1.6 (a/xi) omega_D, T_g = 2 T_D
    "LW07-ca39": [1.6 / 5.8 / _ROOT8],
    "LW07-ca42": [_rate_of_silica(_silica_bead())],
    # notebooks/ripplons/wall-in-motion.md
    "L18-c28": [1.67, 1.51],
    # LW07 Eq. 33 prints 1.34
    "L18-c32": [1.34 * 100 ** (-5 / 12)],
    # 12 pi^4/5 (T/T_D)^3 for each bead
    "LW07-ca59": [200 * 12 * math.pi**4 / 5],
    # 2l + 1 modes, l = 2 to 9
    "LW07-c104": [_MODES - 1, _MODES, _MODES],
    # half the lowest frequency
    "LW07-c106": [1.34 * 200 ** (-5 / 12) / 2],
    "LW07-c158": [4 / 200**0.5 / (6 * math.pi**2) ** (1 / 3)],
    # N* = (4 ln(1e17)/mismatch)^2 with the mismatch of LW07 Sec. II
    "LW07-c120": [(4 * math.log(1e17) / _MISMATCH) ** 2],
    "LW07-c123": [10**1.65],
    # notebooks/quantum/fast-centres.md has B = 231
    "LW07-c129": [None, 231, None],
    # 1.34/2 is the slope of the frequencies in the order
    "LW07-c133": [_SQUARE / 0.67],
    "LW07-c135": [_SQUARE / 0.67 / 2],
    # what is printed, over the 4.03 of notebooks/quantum/thermal-contraction.md
    "LW07-c136": [-3 * math.log(2) ** 2 * math.pi**2 * _R**-1.75 * 1500 / 350 / 4.03],
    "LW07-c139": [
        -(math.log(2) ** 2)
        * math.pi**2
        * _R**-1.75
        * k_B
        / (2200 * 4100**2 / 3 * 8e-27 * 342)
        / 4.03
    ],
    # table of the same chapter: the printed energy is one half
    "LW07-c141": [2.1],
    "LW07-c144": [9.4],
    # the unit ball is largest at d = 5.25694640... (OEIS A074455)
    "L18-c10": [5.25694640, _first_below_one()],
    "L18-c42": [10 * math.sqrt(15**3 / 16)],
    # 6 pi eta R^3/(k_B T) in picoseconds
    "L18-c43": [6 * math.pi * 1e-3 * 1e-18 / (k_B * 300) * 1e12],
    # components of a piezoelectric tensor of class 32: xxx, xyy, yxy, xyz, yxz (Nye)
    "LSW06-c14": [2, 5],
    # 4 pi beta^2/(eps lambda)
    "LSW06-c15": [4 * math.pi * 5.2e4**2 / (4.58 * 8.8e11)],
    # one debye is 1e-21/c C m
    "LSW06-c20": [0.5 * 1e-21 / 299792458 * 1e7 / k_B],
}


def _written(identifier: str) -> list[tuple[str, str]]:
    """Format and text of each number in a note."""
    pattern, formats = "", []
    for literal, field, form, _ in Formatter().parse(_entries()[identifier].note):
        pattern += re.escape(literal)
        if field is not None:
            pattern += r"(-?\d[\d.]*(?:e[+-]\d+)?)"
            formats.append(form or "")
    found = re.search(pattern + "$", _note(identifier))
    assert found, identifier
    return list(zip(formats, found.groups(), strict=True))


@pytest.mark.parametrize("identifier", INDEPENDENT)
def test_numbers_in_notes_are_those_of_a_closed_form_or_of_the_text(identifier):
    expected = INDEPENDENT[identifier]
    written = _written(identifier)
    assert len(written) == len(expected)
    for (form, text), value in zip(written, expected, strict=True):
        if value is not None:
            assert text == format(value, form), identifier


def test_the_printed_weight_of_two_halves_the_rayleigh_path():
    """(l - 1)(l + 2) is 4 for l = 2 where 2 + l(l + 1) is 8."""
    corrected = _entries()["LW07-c154"].value()
    assert _written("LW07-c154") == [(".2g", f"{corrected * 4 / 8:.2g}")]


def test_sharp_lines_have_their_first_state_where_the_note_says():
    edge = float(_written("LW07-c106")[0][1])
    omega = np.array([0.99, 1.01]) * edge
    density = exact_cumulative_density(omega, omega, 5.0, ripplon_spectrum())
    assert density[0] == 0 < density[1]


def test_the_heat_capacity_is_largest_at_the_splitting_that_a_note_names():
    """x tanh(x/2) = 2 at the maximum of (x/2)^2/cosh^2(x/2)."""
    x = float(re.search(r"E = ([\d.]+) k_B T, where", _note("LW07-ca42"))[1])
    below, above = ((y * math.tanh(y / 2)) for y in (x - 0.05, x + 0.05))
    assert below < 2 < above


TYPED = {
    "L18-c9": {"0.494": "filling fraction of hard spheres at freezing"},
    "L18-c20": {"1e12": "viscosity at which a liquid counts as a glass"},
    "L18-c32": {"10^2": "number of beads that L18 names"},
    "L18-c37": {"3.5": "size of a bead that the entry is computed for"},
    "L18-c43": {"0.1": "radius that the entry is computed for"},
    "LSW06-c20": {"0.4": "measured dipole", "0.5": "dipole that LSW06 uses"},
    "LW07-ca7": {"1e17": "time scale that LW07 quotes"},
    "LW07-ca15": {"1.25": "ratio that the entry is computed for"},
    "LW07-ca35": {"5.8": "size in LW07 Sec. II"},
    "LW07-ca39": {"0.1": "bound that LW07 quotes"},
    "LW07-ca41": {"1e4": "time that the entry is computed for"},
    "LW07-ca42": {"2.4": "splitting that the entry is computed for"},
    "LW07-ca59": {"5.8": "size in LW07 Sec. II"},
    "LW07-c120": {"1e17": "time scale that LW07 quotes", "5.8": "size in LW07 Sec. II"},
    "LW07-c129": {"10^-3.5": "lower end of the range", "10^-2": "upper end of the range"},
}
_TYPED_NUMBER = re.compile(r"10\^-?\d+(?:\.\d+)?|\d+(?:\.\d+)?e[+-]?\d+|\d+\.\d+")


def _typed(note: str, filled: bool) -> list[str]:
    literals = "\0".join(part[0] for part in Formatter().parse(note)) if filled else note
    return _TYPED_NUMBER.findall(literals)


def test_numbers_are_told_from_places_and_numbers_of_equations():
    note = "{:.2g} at 10^-3.5 T_D, 1e4 s, 2.2e-11, Eq. 76 of Sec. III.B, {:.1f} for 0.5 D"
    assert _typed(note, True) == ["10^-3.5", "1e4", "2.2e-11", "0.5"]


def test_no_note_types_a_result():
    """Numbers with a decimal point or an exponent are computed, or are inputs with a reason."""
    typed = {key: _typed(entry.note, bool(entry.numbers)) for key, entry in _entries().items()}
    found = {key: sorted(numbers) for key, numbers in typed.items() if numbers}
    assert found == {key: sorted(reasons) for key, reasons in TYPED.items()}


def test_no_note_has_places_without_numbers_or_numbers_that_are_none():
    for identifier, entry in _entries().items():
        assert entry.numbers or "{" not in entry.note, identifier
        assert all(math.isfinite(number()) for number in entry.numbers), identifier
