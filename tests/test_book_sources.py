"""Sources on the cards run by themselves and give what the book uses."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp
from book_site import parsed, small_book

from relics import ledger, papers, rfot
from relics.book import sources
from relics.papers import transcription


def run(source: str) -> dict:
    names: dict = {"__name__": "taken_away"}
    exec(compile(source, "<source>", "exec"), names)
    return names


def as_list(made) -> list:
    return made if isinstance(made, list) else [made]


def test_every_sympy_source_states_what_the_transcription_says():
    wrong = []
    for identifier in transcription.statement_ids():
        names, statement = run(sources.sympy(identifier)), papers.statement(identifier)
        if as_list(names["printed"]) != list(statement.printed):
            wrong.append(identifier)
        if as_list(names.get("corrected", [])) != list(statement.corrected or ()):
            wrong.append(f"{identifier} corrected")
    assert not wrong


def test_a_quotient_of_integers_stays_exact():
    assert sources._program("Eq(x, 1/3*0.2)", {"x"}) == (
        "sp.Eq(x, sp.S(1) / 3 * sp.Rational('0.2'), evaluate=False)"
    )
    assert sources._program("Eq(x, y**(-3/2)*10**-2)", {"x", "y"}) == (
        "sp.Eq(x, y ** (sp.S(-3) / 2) * sp.S(10) ** (-2), evaluate=False)"
    )
    assert sp.srepr(run("import sympy as sp\na = sp.S(10)**-2")["a"]) == "Rational(1, 100)"


def test_a_declared_name_wins_over_a_function_of_the_same_name():
    program = sources._program("Eq(gamma, gamma(3)*pi)", {"gamma"})
    assert program == "sp.Eq(gamma, sp.gamma(3) * sp.pi, evaluate=False)"


def test_a_function_taken_away_gives_the_same_number():
    names = run(sources.numpy("relics.rfot.barrier"))
    gamma, s_c, T = 6e-20, 1.1e-23, np.array([300.0, 500.0])
    assert names["barrier"] is not rfot.barrier
    np.testing.assert_array_equal(names["barrier"](gamma, s_c, T), rfot.barrier(gamma, s_c, T))


def test_every_function_named_by_a_card_can_be_taken_away():
    functions = {e.get("function") for e in ledger.collect()["equations"]} - {"", None}
    for function in functions or {"relics.rfot.barrier"}:
        assert function.rpartition(".")[2] in run(sources.numpy(function))


@pytest.mark.parametrize("name", ["relics.rfot.no_such", "numpy.sin"])
def test_a_function_that_is_not_there_is_refused(name):
    with pytest.raises(ValueError, match=r"no_such|not in the package"):
        sources.numpy(name)


def test_an_equation_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="LW07-999"):
        sources.html("LW07-999")


def test_the_printed_latex_is_the_papers():
    html = sources.html("LW07-7", "relics.rfot.barrier")
    assert html.count("<button") == html.count("<pre") == 3
    assert 'data-copies="NumPy"' not in sources.html("LW07-7")


def test_a_card_says_where_it_is_printed_and_what_rests_on_it():
    pages = {
        n: parsed(small_book() / f"notebooks/foundation/{n}.html") for n in ("first", "second")
    }
    facts = {}
    for page in pages.values():
        for card in page.select(".relics-card"):
            facts[card["id"]] = dict(
                zip(
                    [t.get_text() for t in card.select("dt")],
                    [t.get_text() for t in card.select("dd")],
                    strict=True,
                )
            )
    section = papers.equation("LW07-7").section
    assert facts["LW07-7"]["Printed in"] == f"LW07, Section {section}"
    assert facts["LW07-6"]["Used by"] == "LW07-7" and "Used by" not in facts["LW07-7"]
    link = pages["second"].select_one("#LW07-6 dd a[href*=first]")
    assert link["href"] == "first.html#LW07-7"
    shown = pages["first"].select_one("#LW07-7 pre[data-source=SymPy]").get_text()
    assert shown == sources.sympy("LW07-7")
    assert not pages["second"].select("#LW07-6 pre[data-source=NumPy]")
