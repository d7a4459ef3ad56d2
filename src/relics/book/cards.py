"""Sphinx extension: what a card can only know in the book as a whole.

A card names its premises as ``#LW07-6``. On the page that becomes a link to the card of that
equation wherever it is, or to its entry in the ledger, or plain text for anything else. Each card
also gets where its equation is printed, which other cards rest on it, and its sources to copy.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.osutil import relative_uri

from relics.book import figure_pages, sources
from relics.book.equations import LEDGER_PAGE, ledger_anchor
from relics.book.markup import text as plain

_ANCHOR = re.compile(r'<(?:div|figure)\b[^>]*\bclass="relics-(?:card|figure)[^>]*>')
_ID = re.compile(r'\bid="([^"]+)"')
_FILES = re.compile(r'href="#files-([^"]+)"')
_LINK = re.compile(r'<a href="#([^"]+)">(.*?)</a>', re.DOTALL)
_CARD = re.compile(r'<div class="relics-card\b[^>]*\bid="([^"]+)"')
_FROM = re.compile(r"<dt>From</dt><dd>(.*?)</dd>", re.DOTALL)
_NUMBER = re.compile(r"<dt>Number</dt><dd><code>([^<]+)</code>")


def _raw(doctree: nodes.document) -> list[nodes.raw]:
    return [
        node
        for node in doctree.findall(nodes.raw)
        if "html" in node.get("format", "") and 'class="relics-' in node.astext()
    ]


def _cards(env: Any) -> dict[str, list[str]]:
    """For each page the ids of its cards and figures."""
    if not hasattr(env, "relics_cards"):
        env.relics_cards = {}
    return env.relics_cards


def _premises(env: Any) -> dict[str, dict[str, list[str]]]:
    """For each page the premises of its cards."""
    if not hasattr(env, "relics_premises"):
        env.relics_premises = {}
    return env.relics_premises


def _collect(app: Sphinx, doctree: nodes.document) -> None:
    found, premises = [], {}
    for node in _raw(doctree):
        for tag in _ANCHOR.findall(node.astext()):
            found += _ID.findall(tag)
        card, named = _CARD.search(node.astext()), _FROM.search(node.astext())
        if card and named:
            premises[card[1]] = [identifier for identifier, _ in _LINK.findall(named[1])]
    _cards(app.env)[app.env.docname] = found
    _premises(app.env)[app.env.docname] = premises


def _forget(app: Sphinx, env: Any, docname: str) -> None:
    _cards(env).pop(docname, None)
    _premises(env).pop(docname, None)


def _merge(app: Sphinx, env: Any, docnames: set[str], other: Any) -> None:
    for docname in docnames:
        _cards(env)[docname] = _cards(other).get(docname, [])
        _premises(env)[docname] = _premises(other).get(docname, {})


def uses(env: Any, identifier: str) -> list[str]:
    """Entries whose cards name an entry among their premises, in the order of the papers."""
    from relics import papers

    known = {e.id for e in papers.equations()}
    found = {
        entry
        for cards in _premises(env).values()
        for entry, premises in cards.items()
        if identifier in premises
    }
    return sorted(found & known, key=papers.sort_key) + sorted(found - known)


def _moved(app: Sphinx, env: Any) -> list[str]:
    """Pages to write again: those with cards, when any card or premise has appeared or gone."""
    premises = _premises(env)
    now = {n: (sorted(ids), premises.get(n, {})) for n, ids in _cards(env).items() if ids}
    before = getattr(env, "relics_cards_written", now)
    env.relics_cards_written = now
    return list(now) if now != before else []


def home(env: Any, identifier: str) -> str | None:
    """The page that holds the card of an entry: the chapter of its own part before any other."""
    from relics import papers

    pages = sorted(name for name, ids in _cards(env).items() if identifier in ids)
    try:
        part = papers.equation(identifier).part
    except ValueError:
        part = ""
    own = [name for name in pages if part in PurePosixPath(name).parts]
    return next(iter(own or pages), None)


def completed(env: Any, card: str) -> str:
    """A card of an equation of the papers, with where it is printed, its uses and its sources."""
    from relics import papers

    identifier, end = _CARD.search(card), card.rfind("</div>")
    try:
        equation = papers.equation(identifier[1] if identifier else "")
    except ValueError:
        return card
    section = (
        equation.section if equation.section.startswith("App") else f"Section {equation.section}"
    )
    facts = f"<dt>Printed in</dt><dd>{equation.id.split('-')[0]}, {plain(section)}</dd>"
    if users := uses(env, equation.id):
        links = ", ".join(f'<a href="#{plain(u)}"><code>{plain(u)}</code></a>' for u in users)
        facts += f"<dt>Used by</dt><dd>{links}</dd>"
    number = _NUMBER.search(card)
    tail = sources.html(equation.id, number[1] if number else "")
    return f"{card[:end].replace('</dl>', f'{facts}</dl>', 1)}{tail}{card[end:]}"


def _resolve(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    from relics import papers

    env, builder = app.env, app.builder
    if builder.format != "html":
        return
    here = set(_cards(env).get(docname, ()))

    def link(match: re.Match[str]) -> str:
        identifier, text = match.groups()
        if identifier in here or identifier.startswith("ledger-"):
            return match.group()
        page, anchor = home(env, identifier), identifier
        if page is None:
            try:
                papers.equation(identifier)
            except ValueError:
                return text
            if LEDGER_PAGE not in env.found_docs:
                return text
            page, anchor = LEDGER_PAGE, ledger_anchor(identifier)
        uri = relative_uri(builder.get_target_uri(docname), builder.get_target_uri(page))
        return f'<a href="{uri}#{anchor}">{text}</a>'

    for node in _raw(doctree):
        text = node.astext()
        if 'class="relics-card' in text:
            node.children = [nodes.Text(_LINK.sub(link, completed(env, text)))]
        elif wanted := _FILES.search(text):
            page = f"book/generated/{figure_pages.FOLDER}/{wanted[1]}"
            uri = None
            if page in env.found_docs:
                uri = relative_uri(builder.get_target_uri(docname), builder.get_target_uri(page))
            node.children = [nodes.Text(figure_pages.link(uri, text))]


def setup(app: Sphinx) -> dict[str, Any]:
    """Collect the cards while reading, resolve their links while writing, follow all at the end."""
    app.setup_extension("relics.book.links")
    app.connect("doctree-read", _collect)
    app.connect("env-purge-doc", _forget)
    app.connect("env-merge-info", _merge)
    app.connect("env-updated", _moved)
    app.connect("doctree-resolved", _resolve)
    return {"parallel_read_safe": True, "parallel_write_safe": True, "env_version": 2}
