"""Abstracts come from the chapters, counts from the ledger, times from the records."""

from __future__ import annotations

import json
from pathlib import Path

import bs4
import pytest
from book_site import ROOT, ledger

from relics import papers
from relics.book import overview

CHAPTER = """---
kernelspec: {name: python3}
---

# A chapter

**Question.** Why, as [before](other.md) and on [the web](https://example.org)?

**What comes out.** This: {eq}`LW07-7`.

```{code-cell} ipython3
# not a title
```

**Where it fails.** Later.
"""
CONTENTS = """format: jb-book
root: book/intro
parts:
  - caption: Prose
    chapters:
      - file: book/how-to-read
  - caption: The liquid
    chapters:
      - file: notebooks/liquid/second
      - glob: notebooks/liquid/*
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "_toc.yml").write_text(CONTENTS)
    (tmp_path / "notebooks" / "liquid").mkdir(parents=True)
    for name in ("first", "second"):
        (tmp_path / "notebooks" / "liquid" / f"{name}.md").write_text(CHAPTER)
    records = tmp_path / "_build" / "notebooks"
    records.mkdir(parents=True)
    made = {"notebook": "notebooks/liquid/first.md", "seconds": 3.25, "certificates": [{}, {}]}
    (records / "first.json").write_text(json.dumps(made))
    (records / "torn.json").write_text('{"notebook"')
    return tmp_path


def test_chapters_stand_in_the_order_of_the_contents(root):
    names = ["notebooks/liquid/second", "notebooks/liquid/first"]
    assert overview.order(root) == [("The liquid", names)]


def test_an_abstract_is_what_the_chapter_says_before_its_first_cell(root):
    title, paragraphs = overview.abstract(root / "notebooks" / "liquid" / "first.md")
    assert title == "A chapter" and list(paragraphs) == ["Question", "What comes out"]


def test_links_of_abstracts_still_lead_to_their_chapters(root):
    data = ledger()
    established = next(e for e in data["equations"] if e["id"] == "LW07-7")
    established["chapter"] = "notebooks/liquid/first.md"
    page = overview.chapters_page(root, data)
    assert "[before](../../notebooks/liquid/other.md)" in page
    assert "[the web](https://example.org)" in page
    assert page.count("*1 equation (1 equal)*") == 1


def test_every_chapter_of_the_book_opens_with_a_question():
    names = [n for _, names in overview.order(ROOT) for n in names]
    assert not [n for n in names if "Question" not in overview.abstract(ROOT / f"{n}.md")[1]]


def test_standing_counts_the_ledger():
    text = overview.standing(ledger())
    total = len(papers.equations())
    assert f"2 of the {total} equations are established and 1 refuted; 1 fail as printed" in text
    assert (
        "their facts 0 hold, 1 fail" in text and "0 agree with what is printed and 1 do not" in text
    )


def test_status_gives_times_and_shares(root):
    page = bs4.BeautifulSoup(overview.status_page(root, ledger()), "html.parser")
    coverage, sharpness, times, versions = page.select("table")
    numbered = sum(e.numbered for e in papers.equations())
    first = [cell.get_text() for cell in coverage.select("tbody tr")[0].select("th, td")]
    assert first == ["numbered equations", "3", str(numbered), f"{3 / numbered:.0%}"]
    assert [c.get_text() for c in sharpness.select("tbody th, tbody td")][:2] == [
        "coefficient",
        "1",
    ]
    assert [c.get_text() for c in times.select("tbody th, tbody td")] == ["A chapter", "3.2", "2"]
    assert "Python" in versions.get_text()
    assert "1 of 2 chapters have been executed, in 3 s together" in page.get_text()
