"""The papers as data: complete, validated, and clear about what is wrong."""

import re

import pytest

from relics import papers
from relics.papers import transcription
from relics.papers.dimensions import DimensionError, parse_unit
from relics.papers.expressions import ExpressionError, read


def test_all_entries_of_the_five_papers_are_there():
    numbered = [e for e in papers.equations() if e.numbered]
    assert (len(numbered), len(papers.equations()) - len(numbered)) == (194, 88)
    assert (len(papers.figures()), len(papers.claims())) == (56, 273)
    count = {k: sum(e.numbered for e in p.equations) for k, p in papers.papers().items()}
    assert count == {"L18": 45, "LW07": 96, "LB21": 23, "KRZ21": 8, "LSW06": 22}


def test_same_as_leads_to_entries_of_the_same_kind():
    by_id = {e.id: e for e in papers.equations()}
    for e in by_id.values():
        assert all(other in by_id and other != e.id for other in e.same_as)


def test_ids_sort_as_a_reader_would():
    assert sorted(["LW07-10", "LW07-2", "LW07-ua1"], key=papers.sort_key) == [
        "LW07-2",
        "LW07-10",
        "LW07-ua1",
    ]


@pytest.mark.parametrize("lookup", [papers.equation, papers.figure, papers.claim])
def test_unknown_ids_are_refused_with_examples(lookup):
    with pytest.raises(ValueError, match="unknown .* 'LW07-999'; ids look like LW07-"):
        lookup("LW07-999")


HEAD = '[paper]\nkey = "X1"\ntitle = "t"\nauthors = ["a"]\njournal = "j"\nyear = 2000\n'
EQUATION = (
    '[[equation]]\nid = "X1-1"\nnumbered = true\npart = "toy"\nsection = "I"\nlatex = "a = b"\n'
    'meaning = "m"\nkind = "derived"\npremises = []\n'
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("not toml [", r"X1\.toml: not readable as TOML"),
        (EQUATION, r"X1\.toml: \[paper\]: missing table"),
        (HEAD + EQUATION.replace("derived", "guessed"), "X1-1: kind 'guessed' is none of"),
        (HEAD + EQUATION.replace('part = "toy"\n', ""), "X1-1: missing part"),
        (HEAD + EQUATION + "colour = 1\n", "X1-1: unknown keys colour"),
        (HEAD + EQUATION.replace("X1-1", "Y-1"), "Y-1: id must begin with X1-"),
    ],
)
def test_damaged_papers_are_refused_by_entry(tmp_path, text, message):
    path = tmp_path / "X1.toml"
    path.write_text(text)
    with pytest.raises(papers.PaperError, match=message):
        papers.load_paper(path)


# Transcriptions.

SYMBOLS = {
    "v": {"unit": "m/s", "domain": "positive", "range": [1, 2], "meaning": "speed", "latex": "v"},
    "x": {"unit": "m", "domain": "positive", "range": [1, 2], "meaning": "way", "latex": "x"},
    "t": {"unit": "s", "domain": "positive", "range": [1, 2], "meaning": "time", "latex": "t"},
}


def statement(**row):
    return transcription.make_statement({"id": "toy", "symbols": SYMBOLS, **row})


def test_a_homogeneous_statement_is_read():
    s = statement(printed="Eq(x, v*t)")
    assert s.derived == ("x",)
    assert set(s.symbols) == {"v", "x", "t"}


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"printed": "Eq(x, v*t + v)"}, "terms of different dimension"),
        ({"printed": "Eq(x, v*q)"}, "undeclared symbol 'q'"),
        ({"printed": "Eq(x, v*t"}, "cannot be read as an expression"),
        ({"printed": "x*v"}, "not a relation"),
        ({"printed": "Eq((x + v*t)**2, x**2 + 2*x*v*t + v**2*t**2)"}, "true without any premise"),
        ({"printed": "Eq(x, v*t)", "probes": [{"kind": "guess"}]}, "probe kind 'guess' is none of"),
        ({"printed": "Eq(x, v*t)", "probes": [{"kind": "limit"}]}, "probe limit needs"),
        ({"printed": "Eq(x, v*t)", "derived": ["z"]}, "derived symbol 'z' is not declared"),
        ({"printed": "Eq(x, v*t)", "natural": ["v"]}, "natural but stands in the statement"),
        ({"printed": "Eq(x, v*t)", "colour": 1}, "unknown keys: colour"),
        ({"printed": "Eq(x, exp(t))"}, "argument of exp has the dimension T"),
    ],
)
def test_bad_statements_are_refused_by_name(row, message):
    with pytest.raises(papers.PaperError, match=r"toy.*" + message):
        statement(**row)


def test_expressions_never_run_code():
    for text in ("__import__('os')", "x.subs", "[x for x in y]", "lambda: 1", "'a'", "open(1)"):
        with pytest.raises(ExpressionError):
            read(text, {})


def test_decimal_numbers_are_exact():
    assert read("1.6", {}) == read("Rational(8, 5)", {})


def test_units_are_products_of_powers():
    assert parse_unit("J/K") == parse_unit("m^2 kg s^-2 K^-1")
    assert parse_unit("esu^2") == parse_unit("erg cm")
    with pytest.raises(DimensionError, match="unknown unit 'furlong'"):
        parse_unit("furlong")


def test_every_transcription_loads():
    assert transcription.problems() == []


def _letters(latex: str) -> set[str]:
    """Symbols that stand in LaTeX: Greek commands and single Latin letters outside of words."""
    latex = re.sub(
        r"\\(?:text|mathrm|textrm|rm|mbox|operatorname)\s*\{(?:[^{}]|\{[^{}]*\})*\}", " ", latex
    )
    latex = re.sub(
        r"\\(?:begin|end)\{[^{}]*\}|\\(?:left|right|big|Big)[lrg]*(?![A-Za-z])", " ", latex
    )
    greek = set(re.findall(
        r"\\(alpha|beta|gamma|Gamma|delta|Delta|epsilon|varepsilon|zeta|eta|theta|Theta|kappa|lambda|Lambda|mu|nu|xi|Xi|rho|sigma|Sigma|tau|phi|varphi|Phi|chi|psi|Psi|omega|Omega|Upsilon|hbar)(?![A-Za-z])",
        latex,
    ))  # fmt: skip
    plain = re.sub(r"\\[A-Za-z]+", " ", latex)
    return greek | set(re.findall(r"[A-Za-z]", plain))


# Letters with a fixed meaning in formulas, and bound or index letters, need no symbol of their own.
_FREE = set("deidxyzrklmnjpqst") | {"i", "e"}


@pytest.mark.parametrize("identifier", transcription.statement_ids())
def test_every_symbol_of_the_latex_is_in_the_statement(identifier):
    s, latex = transcription.statement(identifier), papers.equation(identifier).latex
    told = " ".join(x.latex for x in s.symbols.values()) + " " + " ".join(s.ignore_latex)
    # Word-like subscripts are part of a symbol's name.
    missing = _letters(latex) - _letters(told) - _FREE - {"pi"}
    names = {n.removesuffix("()").split("_")[0] for n in s.symbols}
    assert not {m for m in missing if m not in names}, (
        f"{identifier}: {sorted(missing)} of the LaTeX are in no symbol"
    )
