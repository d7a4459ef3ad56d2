"""The page of derivations: what rests on what across the papers, from the dyes of the chapters.

The picture shows equations by part and depth; an equation stands to the right of all that it is
derived from. ``derivations.js`` lights up what an entry rests on and what falls with it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from relics import papers
from relics.book.equations import ledger_anchor
from relics.book.markup import raw, table, text

Entry = Mapping[str, Any]

COLUMN, ROW, PILL, LANE_HEAD, MARGIN = 92, 21, 76, 24, 10
"""Geometry of the picture in pixels: column, row, width of an entry, head of a lane, margin."""
MOST = 15


@dataclass(frozen=True)
class Graph:
    """Premises of each certified equation, and of everything what it carries directly."""

    premises: dict[str, tuple[str, ...]]
    carries: dict[str, tuple[str, ...]]

    @classmethod
    def of(cls, equations: Iterable[Entry]) -> Graph:
        """From the ledger's rows; owed equations have no premises."""
        premises = {e["id"]: tuple(e.get("premises") or ()) for e in equations}
        carries: dict[str, list[str]] = {}
        for identifier, needed in premises.items():
            for premise in needed:
                carries.setdefault(premise, []).append(identifier)
        return cls(premises, {k: tuple(v) for k, v in carries.items()})

    def reached(self, start: str, along: Mapping[str, tuple[str, ...]]) -> set[str]:
        """All that is reached from `start`, itself left out."""
        found: set[str] = set()
        stack = list(along.get(start, ()))
        while stack:
            other = stack.pop()
            if other not in found:
                found.add(other)
                stack.extend(along.get(other, ()))
        return found - {start}

    def falls(self, identifier: str) -> set[str]:
        """Equations whose derivation fails if the entry does."""
        return self.reached(identifier, self.carries)

    def rests_on(self, identifier: str) -> set[str]:
        """Everything that the derivation of an equation uses, directly or not."""
        return self.reached(identifier, self.premises)

    def circles(self) -> list[list[str]]:
        """Groups of equations that are derived from each other, in the order of the papers."""
        groups = {
            tuple(sorted({i} | (self.falls(i) & self.rests_on(i)), key=papers.sort_key))
            for i in self.premises
            if i in self.reached_again(i)
        }
        # A definition may be its own premise; only a group is a circle.
        several = [list(group) for group in groups if len(group) > 1]
        return sorted(several, key=lambda g: papers.sort_key(g[0]))

    def reached_again(self, identifier: str) -> set[str]:
        """The entry itself if it lies on a circle, with all that is reached from it."""
        found: set[str] = set()
        for other in self.carries.get(identifier, ()):
            found |= {other} | self.reached(other, self.carries)
        return found

    def depths(self) -> dict[str, int]:
        """Longest chain of equations below each; equations of one circle share a depth."""
        circle = {i: group[0] for group in self.circles() for i in group}
        above: dict[str, set[str]] = {}
        for identifier, needed in self.premises.items():
            key = circle.get(identifier, identifier)
            others = {circle.get(p, p) for p in needed if p in self.premises}
            above.setdefault(key, set()).update(others - {key})
        depth: dict[str, int] = {}
        waiting = list(above)
        while waiting:
            later = []
            for key in waiting:
                if all(p in depth for p in above[key]):
                    depth[key] = 1 + max((depth[p] for p in above[key]), default=-1)
                else:
                    later.append(key)
            waiting = later
        return {i: depth[circle.get(i, i)] for i in self.premises}


def layout(graph: Graph, parts: Mapping[str, str]) -> dict[str, tuple[int, int]]:
    """Upper left corner of every equation: a lane for each part, a column for each depth."""
    depths = graph.depths()
    places: dict[str, tuple[int, int]] = {}
    top = 0
    for part in dict.fromkeys(parts.values()):
        columns: dict[int, list[str]] = {}
        for identifier in sorted((i for i in parts if parts[i] == part), key=papers.sort_key):
            columns.setdefault(depths[identifier], []).append(identifier)
        for depth, members in columns.items():
            for row, identifier in enumerate(members):
                places[identifier] = (
                    MARGIN + COLUMN * depth,
                    top + LANE_HEAD + ROW * row,
                )
        top += LANE_HEAD + ROW * max(map(len, columns.values())) + MARGIN
    return places


def page(equations: list[dict[str, Any]], titles: Mapping[str, str]) -> str:
    """Markdown of the page: introduction, what carries most, picture, table."""
    graph = Graph.of(equations)
    known = [e for e in equations if e["outcome"] != "owed"]
    premises = {p for needed in graph.premises.values() for p in needed}
    assumptions = sorted(p for p in premises if p not in graph.premises)
    edges = sum(len(p) for p in graph.premises.values())
    lines = [
        "# What rests on what",
        "",
        "Every derivation of this book carries the dyes of the premises that it used, and of no "
        f"other. Together they are this graph: {len(known)} derived equations, "
        f"{len(assumptions)} named assumptions beside them, {edges} steps. Choose an equation or "
        "an assumption: what it rests on turns blue, and what would fall with it orange. An "
        "equation falls with each of its premises, as far as this book knows; another derivation, "
        "not written here, might hold it up.",
        "",
        _picture(graph, equations, titles, assumptions),
        "## What carries most",
        "",
        _most(graph, titles, assumptions),
    ]
    circles = graph.circles()
    if circles:
        lines += [
            "## Equations that imply each other",
            "",
            "These are derived from one another, in both directions. Such a group stands or falls "
            "as a whole, and what holds it up is listed with its members.",
            "",
            *[f"- {', '.join(group)}" for group in circles],
            "",
        ]
    lines += ["## As a table", "", _all(graph, equations)]
    return "\n".join(lines)


def _meaning(identifier: str) -> str:
    try:
        return papers.equation(identifier).meaning
    except ValueError:
        return papers.assumption(identifier).meaning


def _button(identifier: str) -> str:
    return f'<button type="button" data-entry="{text(identifier)}">{text(identifier)}</button>'


def _most(graph: Graph, titles: Mapping[str, str], assumptions: list[str]) -> str:
    falls = {i: graph.falls(i) for i in [*graph.premises, *assumptions]}
    ranked = sorted(falls, key=lambda i: (-len(falls[i]), i))[:MOST]
    rows = []
    for identifier in ranked:
        if not falls[identifier]:
            continue
        where = Counter(papers.equation(i).part for i in falls[identifier])
        spread = ", ".join(f"{titles.get(p, p)} {where[p]}" for p in papers.parts() if where[p])
        kind = "assumption" if identifier in assumptions else "equation"
        rows.append(
            [
                _button(identifier),
                kind,
                text(_meaning(identifier)),
                str(len(falls[identifier])),
                text(spread),
            ]
        )
    head = ["Entry", "Kind", "What it says", "Equations that fall with it", "Where"]
    return raw([table(head, rows)])


def _all(graph: Graph, equations: list[dict[str, Any]]) -> str:
    def links(identifiers: Iterable[str]) -> str:
        return ", ".join(
            f'<a href="equations.html#{ledger_anchor(i)}">{text(i)}</a>'
            if i in graph.premises
            else text(i)
            for i in identifiers
        )

    rows = [
        [
            f'<a href="equations.html#{ledger_anchor(e["id"])}">{text(e["id"])}</a>',
            links(graph.premises[e["id"]]),
            links(graph.carries.get(e["id"], ())),
            str(len(graph.falls(e["id"]))),
        ]
        for e in equations
        if e["outcome"] != "owed" or e["id"] in graph.carries
    ]
    head = ["Equation", "Derived from", "Used by", "Fall with it"]
    return raw(["<details><summary>All steps</summary>", table(head, rows), "</details>"])


def _state(entry: Entry) -> str:
    if entry["outcome"] != "established":
        return entry["outcome"]
    return "misprinted" if entry.get("printed") in ("fails", "ambiguous") else "established"


def _picture(
    graph: Graph,
    equations: list[dict[str, Any]],
    titles: Mapping[str, str],
    assumptions: list[str],
) -> str:
    parts = {e["id"]: e["part"] for e in equations}
    parts = {i: p for p in papers.parts() for i, own in parts.items() if own == p}
    places = layout(graph, parts)
    width = max(x for x, _ in places.values()) + PILL + MARGIN
    height = max(y for _, y in places.values()) + ROW + MARGIN
    svg = [
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="group" '
        'aria-label="Equations of the five papers by part and depth of derivation">'
    ]
    for part in dict.fromkeys(parts.values()):
        top = min(y for i, (_, y) in places.items() if parts[i] == part)
        svg.append(
            f'<text class="lane" x="{MARGIN}" y="{top - 7}">{text(titles.get(part, part))}</text>'
        )
        svg.append(f'<line class="lane" x1="0" x2="{width}" y1="{top - 22}" y2="{top - 22}"/>')
    svg.append('<g class="steps">')
    for identifier, needed in graph.premises.items():
        for premise in needed:
            if premise in places:
                svg.append(_step(premise, identifier, places))
    svg.append('</g><g class="entries">')
    for entry in equations:
        x, y = places[entry["id"]]
        name = text(entry["id"])
        svg.append(
            f'<g class="entry {_state(entry)}" data-entry="{name}" id="node-{name}" role="button" '
            f'tabindex="-1" aria-label="{name}, {_state(entry)}" transform="translate({x} {y})">'
            f'<rect width="{PILL}" height="{ROW - 4}" rx="4"/>'
            f'<text x="{PILL / 2}" y="12.5">{name}</text></g>'
        )
    svg.append("</g></svg>")
    data = {
        "equations": {
            e["id"]: {
                "meaning": papers.equation(e["id"]).meaning,
                "latex": papers.equation(e["id"]).latex,
                "part": titles.get(e["part"], e["part"]),
                "state": _state(e),
                "premises": list(graph.premises[e["id"]]),
                "chapter": (e.get("chapter") or "").removesuffix(".md"),
                "ledger": ledger_anchor(e["id"]),
            }
            for e in equations
        },
        "assumptions": {i: _meaning(i) for i in assumptions},
    }
    options = "".join(f'<option value="{text(i)}">' for i in [*graph.premises, *assumptions])
    blob = json.dumps(data, ensure_ascii=False).replace("</", "<\\/")
    return raw(
        [
            '<div class="relics-derivations">',
            '<form role="search" aria-label="Choose an entry"><label>equation or assumption '
            '<input type="search" list="relics-entries" name="entry" autocomplete="off" '
            'placeholder="LW07-7"></label>'
            f'<datalist id="relics-entries">{options}</datalist>'
            '<button type="reset">show all</button></form>',
            '<p class="keys">Keyboard: arrows move along the derivations and within a column, Enter '
            "chooses, Escape shows all.</p>",
            '<div class="panel mathjax_process" aria-live="polite"></div>',
            '<div class="stage relics-scroll" role="region" aria-label="Graph of derivations" '
            'tabindex="0">',
            *svg,
            "</div>",
            '<ul class="legend"><li class="established">established</li><li class="misprinted">'
            'misprinted or ambiguous</li><li class="refuted">refuted</li><li class="owed">owed</li>'
            "</ul>",
            f'<script type="application/json" class="data">{blob}</script>',
            "</div>",
            '<script src="../../_static/derivations.js" defer></script>',
        ]
    )


def _step(premise: str, identifier: str, places: Mapping[str, tuple[int, int]]) -> str:
    (ax, ay), (bx, by) = places[premise], places[identifier]
    x1, y1, x2, y2 = ax + PILL, ay + 8, bx, by + 8
    bend = max(24, abs(x2 - x1) / 2)
    return (
        f'<path data-from="{text(premise)}" data-to="{text(identifier)}" '
        f'd="M{x1} {y1}C{x1 + bend:g} {y1} {x2 - bend:g} {y2} {x2} {y2}"/>'
    )
