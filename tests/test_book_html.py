"""What every page of the built book must keep: titles, links, images, no outside resources."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from urllib.parse import unquote, urlsplit

import nbclient
import nbformat
import pytest
from book_site import ROOT, html_files, parsed, site, small_book


@pytest.fixture(scope="module", params=["book", "small book"])
def folder(request) -> Path:
    return site() if request.param == "book" else small_book()


def content_pages(folder: Path) -> list[Path]:
    return [
        p
        for p in html_files(folder)
        if p.name not in ("index.html", "search.html", "genindex.html")
    ]


def test_every_page_has_a_title_and_one_main_heading(folder):
    for path in content_pages(folder):
        page = parsed(path)
        assert page.title and page.title.get_text(strip=True), path
        assert len(page.select("article h1")) == 1, path
        assert page.html.get("lang") == "en", path


def test_internal_links_and_anchors_resolve(folder):
    broken = []
    ids = {}
    for path in html_files(folder):
        for link in parsed(path).select("a[href]"):
            parts = urlsplit(link["href"])
            if parts.scheme or link["href"].startswith(("#!", "//")):
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if target.is_dir():
                target = target / "index.html"
            if not target.exists():
                broken.append(f"{path.relative_to(folder)}: {link['href']} (no such file)")
            elif parts.fragment and target.suffix == ".html":
                if target not in ids:
                    ids[target] = {tag["id"] for tag in parsed(target).select("[id]")}
                if unquote(parts.fragment) not in ids[target]:
                    broken.append(f"{path.relative_to(folder)}: {link['href']} (no such anchor)")
    assert not broken, "\n".join(broken[:40])


def test_no_page_loads_anything_from_elsewhere(folder):
    outside = []
    for path in html_files(folder):
        page = parsed(path)
        loads = [tag["src"] for tag in page.select("[src]")]
        loads += [t["href"] for t in page.select("link[href]") if _loads(t.get("rel", []))]
        loads += [tag["data"] for tag in page.select("object[data]")]
        outside += [
            f"{path.name}: {url}" for url in loads if url.startswith(("http:", "https:", "//"))
        ]
        missing = [
            url
            for url in loads
            if not urlsplit(url).scheme and not (path.parent / unquote(urlsplit(url).path)).exists()
        ]
        assert not missing, f"{path.name} loads what is not there: {missing}"
    for sheet in (ROOT / "book" / "_static").glob("*.css"):
        assert not re.search(r"url\(\s*['\"]?(https?:)?//|@import", sheet.read_text()), sheet
    assert not outside, "\n".join(outside[:20])


def _loads(rel: list[str]) -> bool:
    return bool({"stylesheet", "preload", "icon", "modulepreload", "shortcut"} & set(rel))


def test_every_image_has_alternative_text(folder):
    missing = [
        f"{path.relative_to(folder)}: {str(image)[:80]}"
        for path in html_files(folder)
        for image in parsed(path).select("img")
        if not (image.get("alt") or "").strip() and image.get("role") != "presentation"
    ]
    assert not missing, "\n".join(missing)


def test_ids_are_unique_on_each_page(folder):
    for path in content_pages(folder):
        counts = Counter(tag["id"] for tag in parsed(path).select("article [id]"))
        double = [name for name, count in counts.items() if count > 1]
        assert not double, f"{path.relative_to(folder)}: {double}"


def test_nothing_unrendered_is_left(folder):
    marks = (".system-message", ".problematic", ".traceback", ".output.stderr")
    for path in content_pages(folder):
        page = parsed(path)
        assert not page.select(", ".join(marks)), path
        for code in page.select("pre, code, script, .math, .mathjax_process"):
            code.extract()
        assert not re.search(r"\{(printed|eq|doc|term|cite\S*)\}", page.get_text()), path
    parsed.cache_clear()


def test_headings_do_not_skip_levels(folder):
    for path in content_pages(folder):
        levels = [int(tag.name[1]) for tag in parsed(path).select("article :is(h1,h2,h3,h4,h5,h6)")]
        steps = [b - a for a, b in zip(levels, levels[1:], strict=False)]
        assert all(step <= 1 for step in steps), f"{path.relative_to(folder)}: {levels}"


def test_chapters_can_be_launched_and_downloaded(folder):
    chapters = [p for p in content_pages(folder) if "notebooks" in p.relative_to(folder).parts]
    assert chapters
    for path in chapters:
        links = [tag["href"] for tag in parsed(path).select("a[href]")]
        name = path.relative_to(folder).with_suffix("").as_posix()
        assert any(url.startswith("https://mybinder.org/") and name in url for url in links), path
        assert any(url.endswith(f"{name}.ipynb") for url in links), path


def test_every_chapter_of_the_book_is_in_the_contents():
    folder = site()
    if folder == small_book():
        names = ["notebooks/foundation/first", "notebooks/foundation/second"]
    else:
        names = [
            p.relative_to(ROOT).with_suffix("").as_posix()
            for p in (ROOT / "notebooks").rglob("*.md")
            if ".ipynb_checkpoints" not in p.parts
        ]
    contents = parsed(folder / "book" / "intro.html").select(".bd-sidebar-primary a[href]")
    listed = {(folder / "book" / unquote(tag["href"])).resolve() for tag in contents}
    missing = [name for name in names if (folder / f"{name}.html").resolve() not in listed]
    assert not missing


def test_a_downloaded_notebook_runs():
    path = small_book() / "_sources" / "notebooks" / "foundation" / "first.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    nbclient.NotebookClient(notebook, timeout=120).execute()
    assert all(cell.outputs for cell in notebook.cells[-2:] if cell.cell_type == "code")
