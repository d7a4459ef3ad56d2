"""The book on paper: pages in the order of the contents, links inside the one document."""

from __future__ import annotations

import importlib
import re
import shutil
import sys

import bs4
import pytest
from book_site import parsed, small_book

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


def test_code_keeps_its_words_and_few_of_its_colours(joined):
    page = parsed(small_book() / "notebooks" / "foundation" / "first.html")
    screen = [block.get_text() for block in page.select("div.highlight pre")]
    paper = joined.select("#notebooks--foundation--first div.highlight pre")
    assert [block.get_text() for block in paper] == screen
    classes = {" ".join(s["class"]) for block in paper for s in block.select("span[class]")}
    assert {"kn", "k"} & classes and not {"p", "n", "o", "mi"} & classes


def test_a_shape_lies_in_its_box():
    curve = b"0 0 m\n1 50 2 60 100 4 c\nh\nf\n"
    left, bottom, right, top = pdf._box(curve)
    assert left < 0 and bottom < 0 and right > 100 and top > 60
    assert pdf._box(b"10 20 -30 5 re\nf\n")[0] < -20


@pytest.mark.parametrize(
    ("drawn", "shapes"),
    [
        (b"1 0 0 1 5 5 cm\n0 0 m\n9 9 l\n1 2 3 4 y\n1 2 3 4 v\nh\nf\n", 1),
        (b"0 0 m\n1e-05 9 l\n0 0 m\n8 8 l\nh\nf\n", 0),
        (b"0 0 m\n9 9 l\n1e-05 2 l\n8 8 l\nh\nf\n", 0),
        (b"0 0 9 9 re\nf\n0 0 m\n9 9 l\nS\n", 2),
        (b"0 0 9 9 re\nW n\n", 0),
    ],
)
def test_a_shape_is_a_whole_path_or_nothing(drawn, shapes):
    found = pdf._SHAPE.findall(drawn)
    assert len(found) == shapes
    assert all(re.match(rb"[-\d. ]+ (m|re)\n", shape) for shape in found)


@pytest.fixture
def pikepdf():
    assert pdf.TOOLS.is_dir(), "make pdf puts pikepdf there; without it select -m 'not browser'"
    sys.path.append(str(pdf.TOOLS))
    yield importlib.import_module("pikepdf")
    sys.path.remove(str(pdf.TOOLS))


@pytest.mark.browser
def test_the_book_is_printed_small_with_all_that_was_drawn(tmp_path, monkeypatch, pikepdf):
    plain, compact = tmp_path / "plain.pdf", pdf.compact

    def keep(draft):
        shutil.copy(draft, plain)
        compact(draft)

    monkeypatch.setattr(pdf, "compact", keep)
    out = pdf.print_book(small_book(), tmp_path / "book.pdf")
    assert not list(tmp_path.glob(".*"))
    assert out.stat().st_size < 0.4 * plain.stat().st_size
    shapes = 0
    with pikepdf.open(plain) as before, pikepdf.open(out) as after:
        assert len(before.pages) == len(after.pages) > 10
        for old, new in zip(before.pages, after.pages, strict=True):
            forms = dict(new.Resources.get("/XObject", {}))
            drawn = re.sub(
                rb"^(/Shape\d+) Do\n",
                lambda m, forms=forms: forms[m[1].decode()].read_bytes(),
                new.Contents.read_bytes(),
                flags=re.M,
            )
            assert drawn == old.Contents.read_bytes()
            assert not re.search(rb"( [mlcvy]|\nh| re)\n/Shape", new.Contents.read_bytes())
            shapes += len(set(forms) - set(dict(old.Resources.get("/XObject", {}))))
        assert shapes > 20
        said = {
            str(o.Alt) for o in after.objects if isinstance(o, pikepdf.Dictionary) and "/Alt" in o
        }
        assert "F = \\gamma^2" in said
        root = after.Root
        assert "/Outlines" in root and "/StructTreeRoot" in root and root.MarkInfo.Marked
        assert len(before.objects) <= len(after.objects)
