"""Tagged equations: numbers, links and labels in HTML and LaTeX, and messages for wrong ids."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from book_site import parsed, small_book

from relics import papers

INDEX = """# Title

```{toctree}
other
```

See {eq}`LW07-7` and {eq}`other-label`.

```{printed} LW07-7
```
"""
OTHER = """# Other

```{printed} LW07-7
```

```{math}
:label: other-label
:enumerator: B2
a = b
```
"""


def sphinx(tmp_path: Path, builder: str, **files: str) -> tuple[subprocess.CompletedProcess, Path]:
    source, out = tmp_path / "source", tmp_path / builder
    source.mkdir(exist_ok=True)
    config = "extensions = ['myst_parser', 'relics.book.equations']\nlatex_engine = 'xelatex'\n"
    (source / "conf.py").write_text(config, encoding="utf-8")
    for name, text in files.items():
        (source / f"{name}.md").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "sphinx", "-W", "-n", "-b", builder, str(source), str(out)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120), out


def test_latex_carries_the_tag_of_the_paper(tmp_path):
    done, out = sphinx(tmp_path, "latex", index=INDEX, other=OTHER)
    assert done.returncode == 0, done.stderr
    text = next(out.glob("*.tex")).read_text(encoding="utf-8")
    assert text.count(r"\tag{LW07-7}") == 2
    assert text.count(r"\label{equation:index:LW07-7}\tag{LW07-7}") == 1
    assert r"\label{equation:other:other-label}\tag{B2}" in text
    assert papers.equation("LW07-7").latex.strip() in text


def test_the_first_printing_carries_the_label(tmp_path):
    done, out = sphinx(tmp_path, "html", index=INDEX, other=OTHER)
    assert done.returncode == 0, done.stderr
    first, second = (parsed(out / f"{name}.html") for name in ("index", "other"))
    assert first.select_one("#equation-lw07-7") and not second.select_one("#equation-lw07-7")
    assert "(LW07-7)" in second.select_one(".eqno").get_text()
    links = {a.get_text(): a["href"] for a in first.select("a[href*=equation]")}
    assert links["(B2)"] == "other.html#equation-other-label"
    assert links["(LW07-7)"] == "#equation-lw07-7"


def test_inside_parentheses_a_number_has_none_of_its_own(tmp_path):
    text = INDEX + "Later ({math}`f(x`, see {eq}`LW07-7` and *{eq}`LW07-7`*) and {eq}`LW07-7`.\n"
    done, out = sphinx(tmp_path, "html", index=text, other=OTHER)
    assert done.returncode == 0, done.stderr
    (last,) = (p for p in parsed(out / "index.html").select("p") if "Later" in p.get_text())
    assert [a.get_text() for a in last.select("a")] == ["LW07-7", "LW07-7", "(LW07-7)"]


def test_printed_equations_are_in_the_index_and_found_by_search(tmp_path):
    done, out = sphinx(tmp_path, "html", index=INDEX, other=OTHER)
    assert done.returncode == 0, done.stderr
    link = parsed(out / "genindex.html").select_one("a[href='index.html#equation-lw07-7']")
    assert link.get_text() == "LW07-7"
    assert '"lw07-7"' in (out / "searchindex.js").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# T\n\n```{printed} LW07-999\n```\n", "LW07-999"),
        ("# T\n\nSee {eq}`LW07-999`.\n", "equation not found: LW07-999"),
    ],
)
def test_an_unknown_equation_stops_the_build(tmp_path, text, message):
    done, _ = sphinx(tmp_path, "html", index=text)
    assert done.returncode != 0
    assert message in done.stderr


def test_an_equation_without_a_chapter_links_to_the_ledger():
    page = parsed(small_book() / "notebooks" / "foundation" / "first.html")
    link = next(a for a in page.select("article a") if a.get_text() == "(LB21-15)")
    assert link["href"] == "../../book/generated/equations.html#ledger-LB21-15"


def test_the_page_shows_the_formula_as_transcribed():
    page = parsed(small_book() / "notebooks" / "foundation" / "first.html")
    shown = page.select_one("#equation-lw07-7").get_text()
    assert papers.equation("LW07-7").latex.strip() in shown
