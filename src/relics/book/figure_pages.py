"""A page for each figure: picture, what it must show, how it is made, and its files to take away.

The files are those that the execution of the chapter kept (`relics.book.execute.take_files`);
they are copied beside the pages when the book is built.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from relics import figures, papers
from relics.book import closure
from relics.book.markup import mathematics, raw, table, text

FOLDER = "figure"
"""Of the pages, in the folder of generated pages."""
FILES = "figures"
"""Of the files, in the folder of the built book."""
_FORMATS = {
    "svg": "vector graphics for the screen",
    "pdf": "vector graphics for print",
    "png": "pixels, 160 per inch",
    "csv": "plotted data, units in the header",
    "json": "provenance: parameters, sources, seeds, digests, versions, facts",
}


def files(identifier: str, folder: Path) -> list[Path]:
    """Files of a figure in `folder`: pictures first, then data, then provenance."""
    order = list(_FORMATS)
    found = [p for p in folder.glob(f"{identifier}.*") if p.suffix[1:] in _FORMATS]
    return sorted(found, key=lambda p: (order.index(p.suffix[1:]), p.name))


def pages(entries: list[dict[str, Any]], folder: Path) -> dict[str, str]:
    """Markdown of the pages by figure id, for figures of the ledger that are shown and kept."""
    out = {}
    for e in entries:
        provenance = _read(folder / f"{e['id']}.json")
        if e.get("function") and provenance is not None:
            out[e["id"]] = _page(e, files(e["id"], folder), provenance)
    return out


def _read(path: Path) -> dict[str, Any] | None:
    """Provenance of a figure; None if there is none, or one of an older form."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError):
        return None
    return found if {"caption", "alt", "facts"} <= set(found) else None


def title(identifier: str) -> str:
    """Paper and number of a figure, as its page is called."""
    paper, _, number = identifier.partition("-fig")
    return f"{paper}, Figure {number}"


def _page(entry: Mapping[str, Any], found: list[Path], provenance: Mapping[str, Any]) -> str:
    identifier = entry["id"]
    source = papers.figure(identifier)
    chapter = entry.get("chapter", "").removesuffix(".md")
    up = "../../../"
    lines = [
        f"# {title(identifier)}",
        "",
        raw(
            [
                f'<figure class="relics-figure mathjax_process" id="{text(identifier)}">',
                f'<img src="{up}{FILES}/{text(identifier)}.svg" alt="{text(provenance["alt"])}" '
                'style="background:#fff">',
                f"<figcaption>{provenance['caption']}</figcaption></figure>",
                f"<p>What the paper shows: {mathematics(source.shows)} "
                f'<a href="{up}{text(chapter)}.html#{text(identifier)}">The figure in its '
                "chapter.</a></p>",
            ]
        ),
        "## Files",
        "",
        raw([table(["File", "What it is", "Size"], [_row(p, up) for p in found])]),
        "## What it must show",
        "",
        raw([_facts(entry)]),
        "## How it is made",
        "",
        f"```\nrelics figures {identifier} --out figures\n```",
        "",
        "or, from Python,",
        "",
        f"```python\nfrom relics import figures\n\nfigures.panels({identifier!r})  # tables of "
        f"what is plotted\nfigures.make({identifier!r}, out)  # all files, into a folder\n```",
        "",
        raw([_provenance(provenance)]),
        "```````{dropdown} Code",
        "``````python",
        _code(identifier).strip(),
        "``````",
        "```````",
        "",
    ]
    return "\n".join(lines)


def _row(path: Path, up: str) -> list[str]:
    link = f'<a href="{up}{FILES}/{text(path.name)}" download>{text(path.name)}</a>'
    return [link, _FORMATS[path.suffix[1:]], f"{path.stat().st_size / 1000:.1f}\u00a0kB"]


def _facts(entry: Mapping[str, Any]) -> str:
    items = [
        f'<li class="relics-fact-{f["verdict"].split()[0]}"><span>{text(f["verdict"])}</span>: '
        f"{mathematics(f['fact'])} <em>{mathematics(f['measured'])}</em>"
        + (f" ({mathematics(f['why'])})" if f.get("why") else "")
        + "</li>"
        for f in entry["facts"]
    ]
    return f'<div class="relics-figure-facts"><ol>{"".join(items)}</ol></div>'


def _provenance(data: Mapping[str, Any]) -> str:
    rows = [["Function", f"<code>{text(data['function'])}</code>"]]
    for name, value in data["parameters"].items():
        rows.append([f"Parameter <code>{text(name)}</code>", text(value)])
    rows += [["Source", text(s)] for s in data["sources"]]
    rows += [
        [f"Data <code>{text(n)}</code>", f"SHA-256 <code>{text(d[:16])}…</code>"]
        for n, d in data["data"].items()
    ]
    if data["seeds"]:
        rows.append(["Seeds", text(", ".join(map(str, data["seeds"])))])
    versions = ", ".join(f"{name} {version}" for name, version in data["versions"].items())
    rows.append(["Made with", text(versions)])
    return table(["What", "Value"], rows)


def _code(identifier: str) -> str:
    module = figures.registry()[identifier].partition(":")[0]
    return (closure.PACKAGE / "figures" / f"{module}.py").read_text(encoding="utf-8")


def write(folder: Path, made: Mapping[str, str]) -> list[Path]:
    """Write the pages into `folder`; unchanged ones are left alone, those of no figure removed."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.md"):
        if path.stem not in made:
            path.unlink()
    paths = []
    for identifier, page in made.items():
        path = folder / f"{identifier}.md"
        if not path.exists() or path.read_text(encoding="utf-8") != page:
            path.write_text(page, encoding="utf-8")
        paths.append(path)
    return paths


def link(uri: str | None, html: str) -> str:
    """A shown figure whose link to its page leads there, or is left out where there is no page."""
    new = rf'<a href="{uri}">\1</a>' if uri else ""
    return re.sub(r'<a href="#files-[^"]+">(.*?)</a>', new, html)


def _copy(app: Sphinx, exception: Exception | None) -> None:
    kept = Path(app.srcdir) / "_build" / "figures"
    if exception is None and app.builder.format == "html" and kept.is_dir():
        out = Path(app.outdir) / FILES
        out.mkdir(exist_ok=True)
        for path in kept.glob("[!.]*"):
            there = out / path.name
            if not there.exists() or there.stat().st_mtime_ns < path.stat().st_mtime_ns:
                shutil.copyfile(path, there)


def setup(app: Sphinx) -> dict[str, Any]:
    """Copy the files when the pages have been written."""
    app.connect("build-finished", _copy)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
