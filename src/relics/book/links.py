"""Links of the book: those inside are followed in every build, those to outside when asked.

As a Sphinx extension it looks through the written pages, refuses a build with a link that leads
nowhere, and tells the status page what it found. ``python -m relics.book.links [FOLDER]`` reports
on what Sphinx's link checker has left in a folder, and keeps that for the next build.
"""

from __future__ import annotations

import html
import json
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from sphinx.application import Sphinx
from sphinx.errors import SphinxError

from relics.book.closure import ROOT
from relics.book.markup import raw

CHECKED = Path("_build") / "linkcheck"
"""Folder of the link checker's answers, below the root."""
KEPT = Path("_build") / "links.json"
"""What the last round of questions found, below the root."""
PAGE = "book/generated/status"
PLACE = '<p id="relics-links">The links have not been counted.</p>'

_PLACE = re.compile(r'<p id="relics-links">.*?</p>', re.S)
_SCRIPT = re.compile(r"<(script|style)\b.*?</\1>", re.S)
_HREF = re.compile(r'<a\b[^>]*?\shref="([^"]*)"')
_ID = re.compile(r'<[a-zA-Z][^>]*?\sid="([^"]*)"')
_ARTICLE = re.compile(r"<article\b.*</article>", re.S)
_NOT_PAGES = ("_static", "_sources", "_images", "_sphinx_design_static", "jupyter_execute")
_SILENT = re.compile(
    r"Max retries|Failed to (resolve|establish)|Name or service|timed out|Connection|ProxyError",
    re.I,
)


@dataclass(frozen=True)
class Survey:
    """Links of the written pages: how many lead where, and those that lead nowhere."""

    pages: int
    internal: int
    external: frozenset[str]
    broken: tuple[str, ...]


def survey(site: Path) -> Survey:
    """Follow every link between the pages of a built book; collect those of its text to outside."""
    paths = [p for p in site.rglob("*.html") if p.relative_to(site).parts[0] not in _NOT_PAGES]
    hrefs: dict[Path, list[str]] = {}
    ids: dict[Path, frozenset[str]] = {}
    external: set[str] = set()
    for path in sorted(paths):
        page = _SCRIPT.sub("", path.read_text(encoding="utf-8"))
        hrefs[path] = [html.unescape(h) for h in _HREF.findall(page)]
        ids[path] = frozenset(html.unescape(i) for i in _ID.findall(page))
        text = _ARTICLE.search(page)
        if text:
            inside = (html.unescape(h) for h in _HREF.findall(text[0]))
            external |= {h for h in inside if urlsplit(h).scheme in ("http", "https")}
    count, broken = 0, []
    for path, links in hrefs.items():
        for link in links:
            if urlsplit(link).scheme or link.startswith(("//", "#!")):
                continue
            count += 1
            if why := _nowhere(path, link, ids):
                broken.append(f"{path.relative_to(site)}: {link} ({why})")
    return Survey(len(paths), count, frozenset(external), tuple(broken))


def _nowhere(page: Path, link: str, ids: Mapping[Path, frozenset[str]]) -> str:
    """Why a link of a page leads nowhere; empty if it leads somewhere."""
    parts = urlsplit(link)
    target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
    if target.is_dir():
        target /= "index.html"
    if not target.exists():
        return "no such file"
    anchors = ids.get(target)
    if anchors is not None and parts.fragment and unquote(parts.fragment) not in anchors:
        return "no such anchor"
    return ""


# Links to outside ---------------------------------------------------------------------------------


def answers(folder: Path) -> dict[str, dict[str, str]]:
    """What became of each address: found, refused (to a program), missing or silent, and why.

    Raises ValueError where the link checker has left nothing.
    """
    path = folder / "output.json"
    if not path.is_file():
        raise ValueError(f"no answers in {folder}; run the link checker first")
    out = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        asked = json.loads(line)
        if asked["status"] in ("local", "unchecked", "ignored"):
            continue
        # Sphinx gives the status of an error in words alone.
        status = re.match(r"(\d{3}) (Client|Server) Error", asked["info"])
        code = int(status[1]) if status else int(asked["code"] or 0)
        if asked["status"] in ("working", "redirected"):
            verdict = "found"
        elif code in (401, 403, 418, 429) or asked["status"] == "rate-limited":
            verdict = "refused"
        elif asked["status"] == "timeout" or (not code and _SILENT.search(asked["info"])):
            verdict = "silent"
        else:
            verdict = "missing"
        where = f"{asked['filename']}:{asked['lineno']}"
        out[asked["uri"]] = {"verdict": verdict, "why": asked["info"], "where": where}
    return out


def _hosts(found: Mapping[str, Mapping[str, str]]) -> tuple[list[str], list[str]]:
    """Hosts that answered at least once, and hosts that never did."""
    every = {urlsplit(uri).netloc for uri in found}
    heard = {urlsplit(uri).netloc for uri, f in found.items() if f["verdict"] != "silent"}
    return sorted(heard), sorted(every - heard)


def report(found: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Lines that say what became of the addresses."""
    heard, silent = _hosts(found)
    of = {
        v: [u for u, f in found.items() if f["verdict"] == v]
        for v in ("found", "refused", "missing", "silent")
    }
    lines = [f"{len(found)} addresses: " + ", ".join(f"{len(us)} {v}" for v, us in of.items())]
    for uri in of["missing"]:
        lines.append(f"missing: {uri} ({found[uri]['where']}): {found[uri]['why']}")
    for host in silent:
        count = sum(urlsplit(uri).netloc == host for uri in found)
        lines.append(f"no answer from {host} ({count} {'address' if count == 1 else 'addresses'})")
    if found and not heard:
        lines.append("No host answered: is there a network? Nothing is said of these links.")
    return lines


def main(arguments: list[str] | None = None) -> int:
    """Command line; status 1 if an address is missing, 2 if no host answered or none was asked."""
    words = sys.argv[1:] if arguments is None else arguments
    folder = Path(words[0]) if words else ROOT / CHECKED
    try:
        found = answers(folder)
    except ValueError as error:
        print(f"links: {error}", file=sys.stderr)
        return 2
    print("\n".join(report(found)))
    kept = {
        "asked": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "verdicts": {uri: f["verdict"] for uri, f in sorted(found.items())},
    }
    (folder.parent / KEPT.name).write_text(json.dumps(kept, indent=1), encoding="utf-8")
    if any(f["verdict"] == "missing" for f in found.values()):
        return 1
    return 2 if found and not _hosts(found)[0] else 0


# On the status page -------------------------------------------------------------------------------


def sentences(found: Survey, kept: Mapping[str, Any] | None) -> str:
    """What is known of the links, for the status page."""
    inside = (
        f"{found.internal} links inside the book, navigation included, have been followed on "
        f"{found.pages} pages in this build: {len(found.broken) or 'none'} of them "
        f"{'leads' if len(found.broken) < 2 else 'lead'} nowhere."
    )
    outside = f"The text names {len(found.external)} addresses outside"
    if kept is None:
        return (
            f"{inside} {outside}; they have not been asked in this build (<code>make links</code>)."
        )
    verdicts = {u: kept["verdicts"].get(u, "") for u in found.external}
    asked = [v for v in verdicts.values() if v]
    parts = [
        f"{asked.count(v)} {words}"
        for v, words in (
            ("found", "found"),
            ("refused", "refused to a program"),
            ("missing", "missing"),
            ("silent", "without an answer"),
        )
        if asked.count(v)
    ]
    never = len(verdicts) - len(asked)
    tail = f" Not asked: {never}." if never else ""
    result = f": {', '.join(parts)}" if parts else ""
    return f"{inside} {outside}; {len(asked)} of them were asked on {kept['asked']}{result}.{tail}"


def section() -> str:
    """Markdown of the status page, filled in once the pages have been written."""
    return raw([PLACE])


def kept(root: Path) -> dict[str, Any] | None:
    """What the last round of questions found; None if there was none that can be read."""
    try:
        data = json.loads((root / KEPT).read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError):
        return None
    return data if {"asked", "verdicts"} <= set(data) else None


def _follow(app: Sphinx, exception: Exception | None) -> None:
    if exception is not None or app.builder.format != "html":
        return
    found = survey(Path(app.outdir))
    if found.broken:
        shown = "\n".join(found.broken[:40])
        raise SphinxError(f"{len(found.broken)} links inside the book lead nowhere:\n{shown}")
    page = Path(app.outdir) / f"{PAGE}.html"
    if page.is_file():
        text = page.read_text(encoding="utf-8")
        told = f'<p id="relics-links">{sentences(found, kept(Path(app.srcdir)))}</p>'
        page.write_text(_PLACE.sub(lambda _: told, text), encoding="utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Follow the links when everything is in its place."""
    app.connect("build-finished", _follow, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


if __name__ == "__main__":
    sys.exit(main())
