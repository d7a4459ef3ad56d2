"""Figures that were measured are kept whole, replaced by newer ones, and shown with their goals."""

from __future__ import annotations

import json

import bs4
import mutants
import pytest
from book_site import ROOT

from relics.book import measured
from relics.book.measured import Figure


@pytest.fixture
def root(tmp_path):
    (tmp_path / "benchmarks").mkdir()
    return tmp_path


FAST = Figure("make book", 600.0, "s", "make fresh", most=900.0)
SLOW = Figure("make test", 2000.0, "s", "make fresh", most=1800.0)
SHARE = Figure("changes", 91.5, "%", "make mutants", least=90.0, range=(88.0, 94.0))


def cells(root):
    page = bs4.BeautifulSoup(measured.section(root), "html.parser")
    return [
        [c.get_text().replace("\u00a0", " ") for c in row.select("th, td")]
        for row in page.select("tbody tr")
    ]


@pytest.mark.parametrize(
    ("value", "most", "least", "met"),
    [
        (9.0, 9.0, None, True),
        (9.1, 9.0, None, False),
        (9.0, None, 9.0, True),
        (8.9, None, 9.0, False),
        (5.0, 9.0, 1.0, True),
        (0.5, 9.0, 1.0, False),
        (1e9, None, None, True),
    ],
)
def test_a_figure_meets_its_goals_or_not(value, most, least, met):
    assert Figure("x", value, "s", "c", most, least).met is met


def test_nothing_measured_says_so(root):
    assert measured.read(root) == {}
    assert measured.section(root) == "Nothing has been measured yet.\n"


def test_figures_are_shown_with_goal_and_verdict(root):
    measured.keep(root, [FAST, SLOW, SHARE])
    rows = cells(root)
    assert [row[:3] for row in rows] == [
        ["make book", "600 s", "≤ 900 s, met"],
        ["make test", "2000 s", "≤ 1800 s, missed"],
        ["changes", "91.5 % (88 to 94)", "≥ 90 %, met"],
    ]
    assert [row[3].split(", ")[0] for row in rows] == ["make fresh", "make fresh", "make mutants"]
    assert all("cores" in row[3] for row in rows)


def test_a_newer_figure_takes_the_place_of_the_older_one_and_leaves_the_others(root):
    measured.keep(root, [FAST, SHARE])
    measured.keep(root, [Figure("make book", 500.0, "s", "make fresh", most=900.0)])
    assert [row[1] for row in cells(root)] == ["500 s", "91.5 % (88 to 94)"]
    assert [path.name for path in (root / "benchmarks").iterdir()] == ["measured.json"]


@pytest.mark.parametrize("content", ["[{", "[{}]", "3", '[{"what": "x"}]'])
def test_a_damaged_file_is_named(root, content):
    (root / measured.KEPT).write_text(content)
    with pytest.raises(ValueError, match="measured.json"):
        measured.read(root)


def test_the_share_of_noticed_changes_is_kept_with_its_interval(root, monkeypatch):
    monkeypatch.setattr(mutants, "ROOT", root)
    mutants.record(184, 16, 4, 7)
    (row,) = json.loads((root / measured.KEPT).read_text())
    assert (row["value"], row["least"]) == (92.0, 90.0)
    low, high = row["range"]
    assert 87 < low < 92 < high < 96
    assert row["command"] == "make mutants SAMPLE=4 SEED=7"
    mutants.record(184, 16, None, 0)
    (row,) = json.loads((root / measured.KEPT).read_text())
    assert row["range"] is None and row["command"] == "make mutants"


def test_what_is_committed_can_be_read():
    assert all(row["value"] >= 0 for row in measured.read(ROOT).values())
