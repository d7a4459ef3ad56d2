"""The book on paper: pages in the order of the contents, links inside the one document."""

from __future__ import annotations

import re

import bs4
import pytest
from book_site import small_book

from relics.book import pdf


@pytest.fixture(scope="module")
def joined() -> bs4.BeautifulSoup:
    return bs4.BeautifulSoup(pdf.join(small_book(), "../html"), "html.parser")


def test_pages_follow_the_contents():
    names = [name for name, _ in pdf.contents(small_book())]
    assert names[:4] == [
        "book/intro.html",
        "book/how-to-read.html",
        "notebooks/foundation/first.html",
        "notebooks/foundation/second.html",
    ]
    assert names[-1] == "book/generated/owed.html" and len(set(names)) == len(names)


def test_ids_are_unique_and_every_link_has_its_target(joined):
    ids = [tag["id"] for tag in joined.select("body [id]")]
    assert len(ids) == len(set(ids))
    targets = {a["href"][1:] for a in joined.select("a[href^='#']")}
    missing = {t for t in targets if t and t not in ids}
    assert not missing
    first = "notebooks--foundation--first"
    card = joined.select_one(f"#{first}--LW07-7")
    hrefs = [a["href"] for a in card.select("a")]
    assert hrefs[0] == "#notebooks--foundation--second--LW07-6"
    assert hrefs[1] == "#book--generated--equations--ledger-LB21-15"


def test_files_are_found_from_beside_the_site(joined):
    loads = [t["src"] for t in joined.select("[src]")]
    loads += [t["href"] for t in joined.select("link[rel=stylesheet]")]
    for url in loads:
        if url.startswith("../html/"):
            assert (small_book() / re.sub(r"\?.*", "", url.removeprefix("../html/"))).exists(), url
        else:
            assert url.startswith("data:"), url


def test_without_a_book_it_says_what_to_do(tmp_path, capsys):
    assert pdf.main([str(tmp_path), str(tmp_path / "x.pdf")]) == 2
    assert "make html first" in capsys.readouterr().err


@pytest.mark.browser
def test_the_book_is_printed_with_its_mathematics(tmp_path):
    out = pdf.print_book(small_book(), tmp_path / "book.pdf")
    data = out.read_bytes()
    assert data.startswith(b"%PDF-") and len(re.findall(rb"/Type\s*/Page\b", data)) > 10
    assert b"/Outlines" in data and b"/StructTreeRoot" in data
    assert not list(tmp_path.glob(".*"))
