"""Pages of the figures: made from the kept files, complete, safe, and gone with their figure."""

from __future__ import annotations

import bs4
import pytest
from book_site import ledger

from relics import figures, papers
from relics.book import figure_pages, markup, pages


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The page of one figure, from files made for it, with its entry in a ledger."""
    root = tmp_path_factory.mktemp("book")
    figures.make("LW07-fig2", root / "_build" / "figures")
    data = ledger()
    entry = next(e for e in data["figures"] if e["id"] == "LW07-fig2")
    entry |= figures.row("LW07-fig2") | {"chapter": "notebooks/liquid/cages.md"}
    entry["facts"][0]["measured"] = "a <bold> & more: T_g/T_D^3 = 2e-04"
    return root, data, pages.write(root, data)


def test_a_page_for_the_figure_whose_files_are_kept(made):
    root, _, paths = made
    folder = root / "book" / "generated" / figure_pages.FOLDER
    assert [p.name for p in folder.iterdir()] == [
        "LW07-fig2.md"
    ] and folder / "LW07-fig2.md" in paths
    table = bs4.BeautifulSoup(
        (root / "book" / "generated" / "figures.md").read_text(encoding="utf-8"), "html.parser"
    )
    links = [a["href"] for a in table.select("td a") if a["href"].startswith("figure/")]
    assert links == ["figure/LW07-fig2.html"]


def test_the_page_offers_every_file_and_says_how_it_is_made(made):
    root, _, _ = made
    text = (root / "book" / "generated" / "figure" / "LW07-fig2.md").read_text(encoding="utf-8")
    page = bs4.BeautifulSoup(text, "html.parser")
    offered = {a.get_text() for a in page.select("a[download]")}
    assert offered == {p.name for p in (root / "_build" / "figures").iterdir()}
    assert page.select_one("img")["alt"] == figures.recipe("LW07-fig2").alt
    assert len(page.select("ol li")) == len(papers.figure("LW07-fig2").accept)
    assert "a &lt;bold&gt; &amp; more: <i>T</i><sub>g</sub>/<i>T</i><sub>D</sub>" in text
    assert "= 2·10<sup>−4</sup>" in text
    assert "def compute" in text or "def " in text.split("{dropdown} Code")[1]
    for name in figures.recipe("LW07-fig2").parameters:
        assert f"<code>{name}</code>" in text


def test_pages_of_vanished_figures_go(made, tmp_path):
    figure_pages.write(tmp_path, {"LW07-fig1": "# x", "LW07-fig2": "# y"})
    figure_pages.write(tmp_path, {"LW07-fig2": "# y"})
    assert [p.name for p in tmp_path.iterdir()] == ["LW07-fig2.md"]


def test_the_link_to_the_files_is_resolved_or_left_out():
    html = '<nav><a href="x">SVG</a> <a href="#files-LW07-fig2">all</a></nav>'
    assert figure_pages.link("../f.html", html).endswith('<a href="../f.html">all</a></nav>')
    assert figure_pages.link(None, html) == '<nav><a href="x">SVG</a> </nav>'


@pytest.mark.parametrize(
    ("plain", "set_"),
    [
        ("r_AB and xi_g ~ omega^-2", "<i>r</i><sub>AB</sub> and <i>ξ</i><sub>g</sub> ~ <i>ω</i><sup>−2</sup>"),
        ("maximum at N_ddagger for 2 K", "maximum at <i>N</i><sup>‡</sup> for 2 K"),
        ("(a) F(N), (b) W/(m K)", "(a) <i>F</i>(<i>N</i>), (b) W/(m K)"),
        ("a-SiO2 and (B2O3)84(Na2O)16, 2D, LW07-36",
         "a-SiO<sub>2</sub> and (B<sub>2</sub>O<sub>3</sub>)<sub>84</sub>(Na<sub>2</sub>O)<sub>16</sub>, 2D, LW07-36"),
        ("E <= 1e-3, 0.5 +- 0.1, slope -2", "<i>E</i> ≤ 10<sup>−3</sup>, 0.5 ± 0.1, slope −2"),
        ("kappa_0^(1/2)h^(2/3) and (T/T_D)^3",
         "<i>κ</i><sub>0</sub><sup>1/2</sup><i>h</i><sup>2/3</sup> and (<i>T</i>/<i>T</i><sub>D</sub>)<sup>3</sup>"),
        ("below omega_dagger", "below <i>ω</i><sub>†</sub>"),
        ("alphabet of a glass", "alphabet of a glass"),
    ],
)  # fmt: skip
def test_symbols_of_plain_text_are_set(plain, set_):
    assert markup.mathematics(plain) == set_


@pytest.mark.parametrize("figure", papers.figures(), ids=lambda f: f.id)
def test_no_mark_of_plain_text_is_left_on_a_figure_page(figure):
    for sentence in (figure.shows, *figure.accept):
        page = bs4.BeautifulSoup(markup.mathematics(sentence), "html.parser")
        assert not {*"_^"} & {*page.get_text()}, page.get_text()
