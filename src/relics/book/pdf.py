"""The book on paper: all built pages joined in the order of the contents and printed by chromium.

``python -m relics.book.pdf [SITE] [OUT]``; needs the built HTML, playwright, a chromium and pikepdf.
Chromium draws every letter of a formula anew each time; in the file each is kept once.
"""

from __future__ import annotations

import os
import posixpath
import re
import shutil
import sys
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import bs4

from relics.book.closure import ROOT

SITE = ROOT / "_build" / "html"
OUT = ROOT / "_build" / "pdf" / "relics.pdf"
PATIENCE = 1_800_000
"""Milliseconds that the mathematics of the whole book may take."""
TOOLS = ROOT / "_build" / "pdf-tools"
"""Where ``make pdf`` puts the library that rewrites the printed file."""
WORTH = 150, 3
"""Bytes of a drawn shape, and how often it must occur, for it to be kept once."""

_STYLE = """
.relics-page { break-before: page; }
.relics-title { height: 80vh; display: flex; flex-direction: column; justify-content: center; }
.headerlink, .relics-permalink, .copybtn, .toggle-details, button, .prev-next-area,
.relics-downloads, .relics-copies, .relics-sources, .relics-filter, .relics-derivations form, .relics-derivations .keys { display: none !important; }
.relics-derivations .stage { max-height: none !important; overflow: visible !important; }
.relics-derivations svg { width: 100%; height: auto; }
div.cell_input pre, div.highlight pre { white-space: pre-wrap !important; font-size: 7.5pt; }
table { font-size: 8pt !important; }
.relics-scroll, .relics-derivations .panel { overflow: visible !important; }
body { font-size: 10pt; padding: 0 !important; }
article { max-width: none !important; }
mjx-container[display="true"] { overflow: visible !important; max-width: 100%; }
mjx-container[display="true"] > svg { max-width: 100%; height: auto; }
mjx-container g[stroke-width="0"] { stroke: none; }
.relics-card, .relics-figure { break-inside: auto; box-decoration-break: clone; }
h1, h2, h3, h4, summary, dt, .relics-card > :first-child, .relics-figure > img { break-after: avoid; }
mjx-container[display="true"], tr, pre, dd, img, figcaption { break-inside: avoid; }
p, li { orphans: 2; widows: 2; }
"""
_SHAPE = re.compile(
    rb"(?<! [mlcvy]\n)(?<!\nh\n)(?<! re\n)^(?:-?[\d.]+ )+(?:m|re)\n"
    rb"(?:^(?:-?[\d.]+ )+(?:[mlcvy]|re)\n|^h\n)*^(?:f\*?|B\*?|S)\n",
    re.M,
)
"""A path from its beginning to its painting; one with anything unknown in it is left alone."""
_POINTS = re.compile(rb"^((?:-?[\d.]+ )+)([mlcvy]|re)$", re.M)
_COLOURED = re.compile(r"[cks]\w*|nf|nc|sd")
"""Classes of code that keep their colour on paper: comments, keywords, strings, defined names."""
_PREPARE = """() => {
  const opened = ".relics-card details, .relics-figure details, details.sd-dropdown, details.admonition";
  document.querySelectorAll(opened).forEach((box) => { box.open = true });
  for (const {typesetRoot: box, math} of MathJax.startup.document.math) {
    box?.querySelector("mjx-assistive-mml")?.remove();
    const drawn = box?.querySelector("svg");
    drawn?.removeAttribute("aria-hidden");
    drawn?.setAttribute("role", "img");
    drawn?.setAttribute("aria-label", math);
  }
}"""
"""Nothing can be opened on paper. A formula is read aloud as its source: chromium loses track of
the tags of a book in which every letter has one."""
_REFERENCES = ("for", "aria-labelledby", "aria-describedby", "list", "data-filters")


def contents(site: Path) -> list[tuple[str, int]]:
    """Pages of the site in the order of its contents, with their depth."""
    home = site / "book" / "intro.html"
    soup = bs4.BeautifulSoup(home.read_text(encoding="utf-8"), "html.parser")
    pages = {"book/intro.html": 0}
    for link in soup.select(".bd-sidebar-primary nav a[href]"):
        target = posixpath.normpath(
            posixpath.join("book", unquote(urlsplit(str(link["href"])).path))
        )
        if (site / target).is_file() and target not in pages:
            pages[target] = len(link.find_parents("ul"))
    return list(pages.items())


def _slug(page: str) -> str:
    return page.removesuffix(".html").replace("/", "--")


def _rebase(tag: bs4.Tag, page: str, pages: set[str], site: str) -> None:
    """Point the ids and addresses of a tag to where they are in the joined document."""
    slug = _slug(page)
    if tag.get("id"):
        tag["id"] = f"{slug}--{tag['id']}"
    for name in _REFERENCES:
        if tag.get(name):
            tag[name] = " ".join(f"{slug}--{one}" for one in str(tag[name]).split())
    for name in ("href", "src", "data"):
        value = tag.get(name)
        if not value or not isinstance(value, str):
            continue
        parts = urlsplit(value)
        if parts.scheme or parts.netloc:
            continue
        path = posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(parts.path)))
        target = path if parts.path else page
        if name == "href" and target in pages:
            tag[name] = f"#{_slug(target)}" + (f"--{parts.fragment}" if parts.fragment else "")
        else:
            tag[name] = f"{site}/{path}"


def _article(site: Path, page: str, pages: set[str], prefix: str) -> bs4.Tag:
    soup = bs4.BeautifulSoup((site / page).read_text(encoding="utf-8"), "html.parser")
    article = soup.select_one("article.bd-article")
    if article is None:
        raise ValueError(f"{page} has no article; is {site} the built book?")
    for tag in article.find_all(True):
        _rebase(tag, page, pages, prefix)
    for token in article.select("div.highlight pre span[class]"):
        if not _COLOURED.fullmatch(" ".join(token["class"])):
            token.unwrap()
    article.name = "section"
    article["class"] = "relics-page"
    article["id"] = _slug(page)
    return article


def _head(site: Path, page: str, prefix: str) -> bs4.Tag:
    """Head of a built page, its addresses changed; scripts of widgets included."""
    soup = bs4.BeautifulSoup((site / page).read_text(encoding="utf-8"), "html.parser")
    head = soup.head
    if head is None:
        raise ValueError(f"{page} has no head")
    for tag in head.find_all(["link", "script"]):
        _rebase(tag, page, set(), prefix)
        if tag.name == "script" and tag.string and "baseUrl" in tag.string:
            tag.string = f'var require = {{"baseUrl": "{prefix}/_static/vendor/widgets/"}};'
        if tag.get("src") and "thebe" in str(tag["src"]):
            tag.decompose()
    return head


def join(site: Path, prefix: str) -> str:
    """One document with all pages of the site; `prefix` leads from it to the site's folder.

    Raises ValueError where there is no built book.
    """
    if not (site / "book" / "intro.html").is_file():
        raise ValueError(f"no built book in {site}; make html first")
    order = contents(site)
    pages = {page for page, _ in order}
    articles = {page: _article(site, page, pages, prefix) for page in pages}
    with_widgets = next(
        (p for p, _ in order if "embed-amd.js" in (site / p).read_text(encoding="utf-8")),
        order[0][0],
    )
    head = _head(site, with_widgets, prefix)
    style = bs4.BeautifulSoup("", "html.parser").new_tag("style")
    style.string = _STYLE
    head.append(style)
    lines = []
    for page, depth in order:
        heading = articles[page].find("h1")
        name = heading.get_text().rstrip("#").strip() if heading else page
        lines.append(f'<p style="margin:0 0 0 {depth}em"><a href="#{_slug(page)}">{name}</a></p>')
    body = [
        '<div class="relics-title"><h1>Relics</h1><p>Low-temperature anomalies of glasses, '
        "derived and checked</p><p>The Relics authors</p></div>",
        '<section class="relics-page"><h1>Contents</h1>',
        *lines,
        "</section>",
        *(str(articles[page]) for page, _ in order),
    ]
    return (
        f'<!doctype html><html lang="en" data-theme="light" data-mode="light">{head}'
        f'<body data-theme="light">{"".join(body)}</body></html>'
    )


def _box(shape: bytes) -> list[float]:
    """A rectangle that holds a drawn shape and the width of its lines."""
    xs: list[float] = []
    ys: list[float] = []
    for words, operator in _POINTS.findall(shape):
        numbers = [float(w) for w in words.split()]
        if operator == b"re":
            numbers[2:] = [numbers[0] + numbers[2], numbers[1] + numbers[3]]
        xs += numbers[::2]
        ys += numbers[1::2]
    margin = 10 + 0.1 * max(max(xs) - min(xs), max(ys) - min(ys))
    return [min(xs) - margin, min(ys) - margin, max(xs) + margin, max(ys) + margin]


def compact(path: Path) -> None:
    """Keep every shape that a printed file draws again and again once, and pack its objects.

    What is shown stays the same. Raises ValueError where pikepdf is missing.
    """
    if str(TOOLS) not in sys.path:
        sys.path.append(str(TOOLS))
    try:
        import pikepdf
    except ModuleNotFoundError:
        raise ValueError(
            "no pikepdf here to make the file small with; make pdf installs it"
        ) from None

    with pikepdf.open(path, allow_overwriting_input=True) as document:
        contents = [page.Contents.read_bytes() for page in document.pages]
        seen = Counter(shape for content in contents for shape in _SHAPE.findall(content))
        size, times = WORTH
        names: dict[bytes, str] = {}
        forms: dict[str, Any] = {}
        for shape, count in seen.items():
            if len(shape) >= size and count >= times:
                name = names[shape] = f"/Shape{len(names)}"
                forms[name] = document.make_stream(
                    shape, Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, BBox=_box(shape)
                )
        for page, content in zip(document.pages, contents, strict=True):
            used: set[str] = set()

            def shared(match: re.Match[bytes], used: set[str] = used) -> bytes:
                name = names.get(match[0])
                if name is None:
                    return match[0]
                used.add(name)
                return name.encode() + b" Do\n"

            page.Contents = document.make_stream(_SHAPE.sub(shared, content))
            if used and "/XObject" not in page.Resources:
                page.Resources.XObject = pikepdf.Dictionary()
            for name in sorted(used):
                page.Resources.XObject[name] = forms[name]
        pikepdf.settings.set_flate_compression_level(9)
        document.save(
            path,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            recompress_flate=True,
        )


def print_book(site: Path, out: Path) -> Path:
    """Print the built book in `site` to the file `out`; returns it.

    Raises ValueError where there is no built book, no chromium or no pikepdf.
    """
    from playwright.sync_api import sync_playwright

    names = ("chromium", "chromium-browser", "google-chrome")
    chromium = next(filter(None, map(shutil.which, names)), None)
    if chromium is None:
        raise ValueError("no chromium here to print with")
    out.parent.mkdir(parents=True, exist_ok=True)
    prefix = posixpath.relpath(site.resolve().as_posix(), out.parent.resolve().as_posix())
    source = out.with_suffix(".html")
    source.write_text(join(site, prefix), encoding="utf-8")
    draft = out.with_name(f".{out.name}.{os.getpid()}")
    footer = '<div style="font-size:8px;width:100%;text-align:center"><span class="pageNumber"></span></div>'
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--allow-file-access-from-files"]
        )
        page = browser.new_context(offline=True).new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(source.resolve().as_uri())
        page.wait_for_function("window.MathJax?.startup?.promise !== undefined")
        page.evaluate("MathJax.startup.promise.then(() => null)")
        page.evaluate(_PREPARE)
        page.pdf(
            path=draft,
            format="A4",
            margin={"top": "18mm", "bottom": "18mm", "left": "17mm", "right": "17mm"},
            display_header_footer=True,
            header_template="<span></span>",
            footer_template=footer,
            outline=True,
            tagged=True,
        )
        browser.close()
    compact(draft)
    os.replace(draft, out)
    return out


def main(arguments: list[str] | None = None) -> int:
    """Command line of this module; exit status 2 where the book cannot be printed."""
    words = sys.argv[1:] if arguments is None else arguments
    site, out = (Path(w) for w in [*words, *map(str, (SITE, OUT)[len(words) :])][:2])
    try:
        made = print_book(site, out)
    except ValueError as error:
        print(f"pdf: {error}", file=sys.stderr)
        return 2
    print(f"{made} ({made.stat().st_size / 1e6:.1f} MB)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
