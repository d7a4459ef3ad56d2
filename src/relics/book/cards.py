"""Sphinx extension: the links of equation cards, which know ids but not in which chapter they lie.

A card names its premises as ``#LW07-6``. On the page that becomes a link to the card of that
equation wherever it is, or to its entry in the ledger, or plain text for anything else.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.osutil import relative_uri

from relics.book import figure_pages
from relics.book.equations import LEDGER_PAGE, ledger_anchor

_ANCHOR = re.compile(r'<(?:div|figure)\b[^>]*\bclass="relics-(?:card|figure)[^>]*>')
_ID = re.compile(r'\bid="([^"]+)"')
_FILES = re.compile(r'href="#files-([^"]+)"')
_LINK = re.compile(r'<a href="#([^"]+)">(.*?)</a>', re.DOTALL)


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


def _collect(app: Sphinx, doctree: nodes.document) -> None:
    found = []
    for node in _raw(doctree):
        for tag in _ANCHOR.findall(node.astext()):
            found += _ID.findall(tag)
    _cards(app.env)[app.env.docname] = found


def _forget(app: Sphinx, env: Any, docname: str) -> None:
    _cards(env).pop(docname, None)


def _merge(app: Sphinx, env: Any, docnames: set[str], other: Any) -> None:
    for docname in docnames:
        _cards(env)[docname] = _cards(other).get(docname, [])


def _moved(app: Sphinx, env: Any) -> list[str]:
    """Pages to write again: those with cards, when any card has appeared or gone."""
    now = {name: sorted(ids) for name, ids in _cards(env).items() if ids}
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
            node.children = [nodes.Text(_LINK.sub(link, text))]
        elif wanted := _FILES.search(text):
            page = f"book/generated/{figure_pages.FOLDER}/{wanted[1]}"
            uri = None
            if page in env.found_docs:
                uri = relative_uri(builder.get_target_uri(docname), builder.get_target_uri(page))
            node.children = [nodes.Text(figure_pages.link(uri, text))]


def setup(app: Sphinx) -> dict[str, Any]:
    """Collect the cards while reading, resolve their links while writing."""
    app.connect("doctree-read", _collect)
    app.connect("env-purge-doc", _forget)
    app.connect("env-merge-info", _merge)
    app.connect("env-updated", _moved)
    app.connect("doctree-resolved", _resolve)
    return {"parallel_read_safe": True, "parallel_write_safe": True, "env_version": 1}
