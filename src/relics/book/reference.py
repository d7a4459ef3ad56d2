"""Pages about the package itself, read from its source: public functions, and who imports whom.

Nothing is imported for it: signatures, docstrings and import statements come from the syntax
trees, so the pages are made in a second and cannot go out of date.
"""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from relics import papers
from relics.book import closure
from relics.book.equations import ledger_anchor
from relics.book.markup import raw, table, text

AREAS = {
    "physics": "The physics: formulas as functions, SI units unless a name ends in `_reduced`.",
    "engine": "The engine `relics.glass`: glasses made in the computer, reduced units.",
    "machinery": "The machinery: papers as data, proofs, figures, claims, predictions, the book.",
}
LAYERS = {
    "cli": "command line",
    "book": "book",
    "ledger": "ledger",
    "figures": "figures",
    "claims": "claims",
    "predictions": "predictions",
    "proof": "proof",
    "papers": "papers",
    "physics": "physics",
    "glass": "glass engine",
    "materials": "materials",
    "plotting": "plotting",
    "constants": "constants",
}
"""Boxes of the architecture's picture; physics stands for all modules directly in the package."""

_SINGLE = {"cli", "ledger", "materials", "plotting", "constants"}
_CITATION = re.compile(r"\b([A-Z]+\d\d) Eqs?\. (u?[A-Z]?\d+[a-z]?)")


@dataclass(frozen=True)
class Entry:
    """A public function or class: its signature in one line, its docstring, its place."""

    name: str
    signature: str
    doc: str
    line: int


@dataclass(frozen=True)
class Module:
    """A module of the package: dotted name, docstring, public entries, modules it imports."""

    name: str
    doc: str
    entries: tuple[Entry, ...]
    imports: tuple[str, ...]
    lines: int


@functools.cache
def modules() -> tuple[Module, ...]:
    """All modules of the package, by name; generated kernels and packages' tests left out."""
    found = []
    for path in sorted(closure.PACKAGE.rglob("*.py")):
        if path.name.startswith("_") and path.name != "__init__.py":
            continue
        parts = path.relative_to(closure.PACKAGE).with_suffix("").parts
        name = ".".join(("relics", *(p for p in parts if p != "__init__")))
        found.append(_module(name, path))
    return tuple(sorted(found, key=lambda m: m.name))


def _module(name: str, path: Path) -> Module:
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    entries = tuple(
        Entry(node.name, _signature(node), ast.get_docstring(node) or "", node.lineno)
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
    )
    imported, _ = closure._parsed(path)
    known = {n for n in imported if closure.module_file(n)} - {name, "relics"}
    return Module(
        name, ast.get_docstring(tree) or "", entries, tuple(sorted(known)), source.count("\n")
    )


def _signature(node: ast.FunctionDef | ast.ClassDef) -> str:
    if isinstance(node, ast.FunctionDef):
        gives = f" -> {ast.unparse(node.returns)}" if node.returns else ""
        return f"{node.name}({ast.unparse(node.args)}){gives}"
    fields = [
        ast.unparse(item)
        for item in node.body
        if isinstance(item, ast.AnnAssign) and not ast.unparse(item.target).startswith("_")
    ]
    return f"class {node.name}({', '.join(fields)})"


# The reference ------------------------------------------------------------------------------------


def area(name: str) -> str:
    """The reference page to which a module belongs."""
    second = name.split(".")[1] if "." in name else ""
    if second == "glass":
        return "engine"
    named = set(LAYERS) - {"physics", "glass"}
    return "machinery" if second in named or not second else "physics"


def _listed(which: str) -> list[Module]:
    """Modules of an area; of figures, claims and predictions only what is common to all of them."""
    single = ("relics.figures.", "relics.claims.", "relics.predictions.")
    return [
        m
        for m in modules()
        if area(m.name) == which and m.entries and not m.name.startswith(single)
    ]


def api_page(which: str) -> str:
    """Markdown of one reference page: every public function and class of an area."""
    known = {e.id for e in papers.equations()}
    listed = _listed(which)
    count = sum(len(m.entries) for m in listed)
    lines = [
        f"# Reference: {which}",
        "",
        AREAS[which],
        "",
        f"{count} public functions and classes in {len(listed)} modules, with their docstrings.",
        "",
    ]
    for m in listed:
        lines += [f"## `{m.name}`", "", raw(_described(m, known))]
    return "\n".join(lines)


def _described(m: Module, known: set[str]) -> list[str]:
    out = [f'<div class="relics-api">{_prose(m.doc, known)}']
    for e in m.entries:
        out.append(
            f'<details id="{m.name}.{e.name}"><summary><code>{text(e.signature)}</code></summary>'
            f"{_prose(e.doc, known)}</details>"
        )
    return [*out, "</div>"]


def _prose(doc: str, known: set[str]) -> str:
    """A docstring as HTML: paragraphs, code between backticks, equations linked to the ledger."""
    blocks = [b for b in doc.split("\n\n") if b.strip()]
    return "".join(f"<p>{_linked(_code(text(b)), known)}</p>" for b in blocks)


def _code(escaped: str) -> str:
    return re.sub(r"``(.+?)``|`(.+?)`", lambda m: f"<code>{m[1] or m[2]}</code>", escaped)


def _linked(escaped: str, known: set[str]) -> str:
    def link(match: re.Match[str]) -> str:
        identifier = f"{match[1]}-{match[2]}"
        if identifier not in known:
            return match[0]
        return f'<a href="equations.html#{ledger_anchor(identifier)}">{match[0]}</a>'

    return _CITATION.sub(link, escaped)


# The architecture ---------------------------------------------------------------------------------


def layer(name: str) -> str:
    """Box of the architecture's picture to which a module belongs."""
    second = name.split(".")[1] if "." in name else ""
    return second if second in LAYERS and second != "physics" else "physics"


def layer_imports() -> dict[str, dict[str, int]]:
    """For each layer the layers it imports, with the number of import statements."""
    out: dict[str, dict[str, int]] = {name: {} for name in LAYERS}
    for m in modules():
        if m.name == "relics":
            continue
        for imported in m.imports:
            a, b = layer(m.name), layer(imported)
            if a != b:
                out[a][b] = out[a].get(b, 0) + 1
    return out


def ranks(edges: Mapping[str, Iterable[str]]) -> dict[str, int]:
    """Height of each node: one above the highest it points to; members of a cycle share theirs."""
    below = {a: _reached(a, edges) for a in edges}
    together = {a: {b for b in below[a] if a in below[b]} | {a} for a in edges}
    height: dict[str, int] = {}
    for a in sorted(edges, key=lambda n: len(below[n] - together[n])):
        deeper = [height[b] for b in below[a] - together[a]]
        height[a] = max(deeper, default=-1) + 1
    return height


def _reached(start: str, edges: Mapping[str, Iterable[str]]) -> set[str]:
    seen: set[str] = set()
    queue = list(edges.get(start, ()))
    while queue:
        here = queue.pop()
        if here not in seen:
            seen.add(here)
            queue += edges.get(here, ())
    return seen


def reduced(edges: Mapping[str, Iterable[str]]) -> list[tuple[str, str]]:
    """Pairs of the graph that no longer way implies."""
    below = {a: _reached(a, edges) for a in edges}
    return [
        (a, b)
        for a in edges
        for b in edges[a]
        if not any(b in below[c] for c in edges[a] if c != b and a not in below[c])
    ]


BOX, GAP, RISE = 132, 26, 92


def diagram(edges: Mapping[str, Mapping[str, int]]) -> str:
    """SVG of the layers: what stands higher imports what stands lower.

    A line that follows from two others is left out.
    """
    height = ranks(edges)
    rows: dict[int, list[str]] = {}
    for name in edges:
        rows.setdefault(height[name], []).append(name)
    top = max(rows)
    width = max(len(r) for r in rows.values()) * (BOX + GAP) + GAP
    place: dict[str, tuple[float, float]] = {}
    for rank, names in rows.items():
        start = (width - len(names) * (BOX + GAP) + GAP) / 2
        for k, name in enumerate(names):
            place[name] = (start + k * (BOX + GAP), 16 + (top - rank) * RISE)
    arrows = [
        _arrow(place[a], place[b], f"{LAYERS[a]} imports {LAYERS[b]}: {edges[a][b]}")
        for a, b in reduced(edges)
    ]
    boxes = [_box(*place[name], LAYERS[name], _size(name)) for name in edges]
    tall = 16 + top * RISE + 60
    return (
        f'<svg class="relics-architecture" viewBox="0 0 {width} {tall}" role="img" '
        f'aria-label="Layers of the package; each imports only what stands below it" '
        f'style="max-width:{width}px;width:100%">{"".join(arrows)}{"".join(boxes)}</svg>'
    )


def _size(name: str) -> str:
    own = [m for m in modules() if layer(m.name) == name and m.name != "relics"]
    lines = sum(m.lines for m in own)
    return (
        f"{len(own)} modules, {lines} lines"
        if name not in _SINGLE
        else f"{sum(m.lines for m in own)} lines"
    )


def _box(x: float, y: float, title: str, size: str) -> str:
    return (
        f'<g><rect x="{x:.0f}" y="{y:.0f}" width="{BOX}" height="46" rx="6" '
        f'style="fill:var(--pst-color-background, white)" '
        f'stroke="currentColor"/><text x="{x + BOX / 2:.0f}" y="{y + 20:.0f}" '
        f'text-anchor="middle" fill="currentColor" font-size="14">{text(title)}</text>'
        f'<text x="{x + BOX / 2:.0f}" y="{y + 37:.0f}" text-anchor="middle" fill="currentColor" '
        f'font-size="10">{text(size)}</text></g>'
    )


def _arrow(a: tuple[float, float], b: tuple[float, float], says: str) -> str:
    level = abs(a[1] - b[1]) < 1
    y_1, y_2 = (a[1] + 23, b[1] + 23) if level else (a[1] + 46, b[1])
    x_1, x_2 = a[0] + BOX / 2, b[0] + BOX / 2
    return (
        f'<line x1="{x_1:.0f}" y1="{y_1:.0f}" x2="{x_2:.0f}" y2="{y_2:.0f}" '
        f'stroke="currentColor" stroke-opacity="0.35"><title>{text(says)}</title></line>'
    )


def architecture_page() -> str:
    """Markdown of the page that shows how the package is built."""
    edges = layer_imports()
    users: dict[str, list[str]] = {}
    for m in modules():
        for imported in m.imports:
            users.setdefault(imported, []).append(m.name)
    rows = [
        (
            f"<code>{text(LAYERS[a])}</code>",
            text(", ".join(f"{LAYERS[b]} ({n})" for b, n in sorted(below.items())) or "nothing"),
        )
        for a, below in edges.items()
    ]
    listed = [
        (
            f"<code>{text(m.name)}</code>",
            str(m.lines),
            text(", ".join(n.removeprefix("relics.") for n in m.imports) or "nothing"),
            str(len(users.get(m.name, []))),
        )
        for m in modules()
        if m.name != "relics"
    ]
    return "\n".join(
        [
            "# Architecture",
            "",
            "Imports go one way: what stands higher in the picture uses what stands lower, never "
            "the reverse. Physics knows nothing of papers and proofs, so that a number in the "
            "package cannot be the formula it is held against. The picture and the tables are "
            "made from the import statements of the source.",
            "",
            raw([diagram(edges)]),
            "## Layers",
            "",
            raw([table(["layer", "imports (statements)"], rows)]),
            "## Modules",
            "",
            raw([table(["module", "lines", "imports", "imported by"], listed, "module-list")]),
        ]
    )
