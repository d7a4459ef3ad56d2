"""Generated pages: every entry is there, counted, linked and escaped."""

from __future__ import annotations

import re

import bs4
import pytest
from book_site import ledger

from relics import papers
from relics.book import pages


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    root = tmp_path_factory.mktemp("pages")
    return {path.stem: path for path in pages.write(root, ledger())}


def rows(written, name):
    return bs4.BeautifulSoup(written[name].read_text(encoding="utf-8"), "html.parser").select(
        f"#{name} tbody tr"
    )


@pytest.mark.parametrize(
    ("name", "entries"),
    [("equations", papers.equations), ("figures", papers.figures), ("claims", papers.claims)],
)
def test_every_entry_has_its_row(written, name, entries):
    ids = [row["id"] for row in rows(written, name)]
    assert ids == [f"ledger-{entry.id}" for entry in entries()]


def test_counts_add_up(written):
    page = bs4.BeautifulSoup(written["equations"].read_text(encoding="utf-8"), "html.parser")
    table = [
        [int(cell.get_text()) for cell in row.select("td")]
        for row in page.select(".relics-counts tbody tr")
    ]
    *parts, total = table
    assert total == [sum(column) for column in zip(*parts, strict=True)]
    assert total[0] == len(papers.equations())
    # One equal, one estimate, one refuted; the fourth equation and all after it are owed.
    assert total[1:] == [1, 0, 0, 1, 0, 1, 2, len(papers.equations()) - 3]


def test_dependents_are_found_through_others():
    assert pages.uses(ledger()["equations"]) == {
        "LW07-6": {"LW07-7", "LW07-8", "LW07-9"},
        "LW07-7": {"LW07-8", "LW07-9"},
        "LW07-8": {"LW07-9"},
    }


def test_dependents_end_in_a_circle_of_premises():
    circle = [{"id": "a", "premises": ["b"]}, {"id": "b", "premises": ["a"]}]
    assert pages.uses(circle) == {"a": {"b"}, "b": {"a"}}


def test_notation_tells_meanings_of_one_letter_apart():
    table = pages.notation()
    units = {unit for _, unit in table["\\epsilon"]}
    assert len(units) > 1
    page = bs4.BeautifulSoup(pages.notation_page(), "html.parser")
    shown = page.select("#symbols tbody tr")
    assert len(shown) == len(table)
    several = [row for row in shown if row["data-sense"] == "several units"]
    assert len(several) == sum(len({unit for _, unit in m}) > 1 for m in table.values())


def test_misprints_page_lists_failures_and_refutations(written):
    page = bs4.BeautifulSoup(written["misprints"].read_text(encoding="utf-8"), "html.parser")
    cards = {card["id"]: card for card in page.select(".relics-card")}
    assert set(cards) == {"misprint-LW07-8", "misprint-LW07-9"}
    assert "relics-refuted" in cards["misprint-LW07-9"]["class"]
    assert "it does not follow" in cards["misprint-LW07-9"].get_text()
    assert "Eq(x, 1) at x = 2: left side 2, right side 1" in cards["misprint-LW07-9"].get_text()
    assert "a <remark> & more" in cards["misprint-LW07-8"].get_text()
    assert "the ensemble is small" in page.get_text()


def test_misprints_page_says_how_a_form_can_be_read():
    everything = ledger()
    everything["equations"][0] |= {
        "id": "LW07-82",
        "outcome": "established",
        "printed": "ambiguous",
    }
    page = bs4.BeautifulSoup(pages.misprints_page(everything), "html.parser")
    card = page.select_one("#misprint-LW07-82")
    assert papers.statement("LW07-82").ambiguous in card.get_text()
    assert [term.get_text() for term in card.select("dt")][1:3] == ["Two readings", "Corrected"]


def test_text_from_the_ledger_cannot_become_markup(written):
    assert "4 &lt;5&gt;" in written["claims"].read_text(encoding="utf-8")
    assert "<remark>" not in written["misprints"].read_text(encoding="utf-8")


def test_owed_entries_are_named(written):
    text = written["owed"].read_text(encoding="utf-8")
    assert "LW07-6" in text
    assert not re.search(r"\bLW07-7\b", text)


def test_nothing_owed_is_said_so():
    everything = ledger()
    for entry in everything["equations"]:
        entry["outcome"] = "established"
    for entry in everything["figures"]:
        entry |= {"function": "f", "facts": [{"verdict": "holds"}]}
    for entry in everything["claims"]:
        entry["verdict"] = "agrees"
    assert "Nothing is owed." in pages.owed_page(everything)


def test_unchanged_pages_are_left_alone(tmp_path):
    first = {path: path.stat().st_mtime_ns for path in pages.write(tmp_path, ledger())}
    again = {path: path.stat().st_mtime_ns for path in pages.write(tmp_path, ledger())}
    assert first == again


@pytest.mark.parametrize(
    ("value", "text"), [(1e-12, "10⁻¹²"), (3e-9, "3.0·10⁻⁹"), (0.3, "0.3"), (1.0, "1")]
)
def test_resolutions_are_written_as_powers_of_ten(value, text):
    assert pages._number(value) == text
