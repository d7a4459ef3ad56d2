"""The graph of derivations: what falls with what, where each equation stands, what the page says."""

from __future__ import annotations

import itertools
import json

import bs4
import pytest
from book_site import ledger

from relics import papers
from relics.book import derivations, pages
from relics.book.derivations import COLUMN, PILL, ROW, Graph

CHAIN = [
    {"id": "LW07-1", "premises": ["bulk"]},
    {"id": "LW07-2", "premises": ["LW07-1", "border"]},
    {"id": "LW07-3", "premises": ["LW07-1"]},
    {"id": "LW07-4", "premises": ["LW07-3", "LW07-2"]},
    {"id": "LW07-5"},
]
CIRCLE = [
    *CHAIN,
    {"id": "LW07-6", "premises": ["LW07-4", "LW07-7"]},
    {"id": "LW07-7", "premises": ["LW07-6"]},
    {"id": "LW07-8", "premises": ["LW07-7", "LW07-8"]},
]


def test_what_falls_and_what_is_rested_on_go_through_others():
    graph = Graph.of(CHAIN)
    assert graph.falls("bulk") == {"LW07-1", "LW07-2", "LW07-3", "LW07-4"}
    assert graph.falls("border") == {"LW07-2", "LW07-4"}
    assert graph.rests_on("LW07-4") == {"LW07-1", "LW07-2", "LW07-3", "bulk", "border"}
    assert graph.falls("LW07-5") == graph.rests_on("LW07-5") == set()


def test_depth_is_the_longest_chain_of_equations():
    assert Graph.of(CHAIN).depths() == {
        "LW07-1": 0, "LW07-2": 1, "LW07-3": 1, "LW07-4": 2, "LW07-5": 0,
    }  # fmt: skip


def test_a_circle_shares_a_depth_and_is_named():
    graph = Graph.of(CIRCLE)
    assert graph.circles() == [["LW07-6", "LW07-7"]]
    depths = graph.depths()
    assert depths["LW07-6"] == depths["LW07-7"] == 3 and depths["LW07-8"] == 4


def test_entries_do_not_overlap_and_stand_right_of_their_premises():
    graph = Graph.of(CIRCLE)
    parts = {e["id"]: "liquid" if e["id"] < "LW07-4" else "wells" for e in CIRCLE}
    places = derivations.layout(graph, parts)
    for a, b in itertools.combinations(places.values(), 2):
        assert abs(a[0] - b[0]) >= PILL or abs(a[1] - b[1]) >= ROW
    assert places["LW07-4"][0] - places["LW07-1"][0] == 2 * COLUMN
    lanes = [
        {p: y for i, (_, y) in places.items() if (p := parts[i])}[k] for k in ("liquid", "wells")
    ]
    assert lanes[0] < lanes[1]


@pytest.fixture(scope="module")
def page():
    text = derivations.page(ledger()["equations"], pages.PART_TITLES)
    return bs4.BeautifulSoup(text, "html.parser")


def test_every_equation_is_in_the_picture_with_its_state(page):
    nodes = {g["data-entry"]: g for g in page.select("g.entry")}
    assert set(nodes) == {e.id for e in papers.equations()}
    assert "established" in nodes["LW07-7"]["class"]
    assert "misprinted" in nodes["LW07-8"]["class"]
    assert "refuted" in nodes["LW07-9"]["class"]
    assert "owed" in nodes["LW07-10"]["class"]
    steps = {(p["data-from"], p["data-to"]) for p in page.select(".steps path")}
    assert steps == {("LW07-6", "LW07-7"), ("LW07-7", "LW07-8"), ("LW07-8", "LW07-9")}


def test_the_data_of_the_page_are_those_of_the_ledger(page):
    data = json.loads(page.select_one("script.data").string)
    assert data["equations"]["LW07-8"]["premises"] == ["LW07-7"]
    assert data["assumptions"] == {}
    (first, *_) = page.select("table.relics-plain tbody tr")
    assert first.select_one("button")["data-entry"] == "LW07-6"
    assert [td.get_text() for td in first.select("td")][-2:] == [
        "3",
        "The liquid 2, Tunnelling centres 1",
    ]
