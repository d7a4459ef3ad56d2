"""Sphinx extension: cells of a chapter that a reader can change and run in the page itself.

No kernel and no network: `rerun.js` starts Python in a web worker from the scripts in
``_static/vendor/python`` when a reader first asks for it. Here the pages learn which of their cells
run there (`relics.book.page_cells`), and the modules and papers that derivations use are packed
into one more such script, from their sources.
"""

from __future__ import annotations

import base64
import functools
import gzip
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import scipy.constants
from docutils import nodes
from sphinx.application import Sphinx

from relics import papers
from relics.book import page_cells

PACKAGE = Path(__file__).resolve().parent.parent
NAME = "relics.zip"
SCRIPT = f"{NAME}.b64.js"
_MODULES = (
    "__init__.py", "constants.py", "papers/**/*.py", "papers/**/*.toml", "proof/*.py",
    "book/__init__.py", "book/page_*.py",
)  # fmt: skip
_EPOCH = (1980, 1, 1, 0, 0, 0)


def members() -> Iterator[tuple[str, bytes]]:
    """Files that a page's Python needs of the package, and SciPy's constants."""
    for pattern in _MODULES:
        for path in sorted(PACKAGE.glob(pattern)):
            yield f"relics/{path.relative_to(PACKAGE).as_posix()}", path.read_bytes()
    constants = {k: v for k, v in vars(scipy.constants).items() if isinstance(v, float)}
    yield "constants.json", json.dumps(constants).encode()


def script() -> str:
    """The package's part as a script, like those that ``book/vendor_python.py`` makes."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as made:
        for name, data in members():
            made.writestr(zipfile.ZipInfo(name, _EPOCH), data)
    packed = base64.b64encode(gzip.compress(archive.getvalue(), 9, mtime=0)).decode()
    return f'(self.relicsPython ??= {{}})["{NAME}"] = "{packed}";\n'


@functools.cache
def by_matrices() -> frozenset[str]:
    """Equations that are judged as operators."""
    statements = map(papers.statement, papers.statement_ids())
    return frozenset(s.id for s in statements if any(p["kind"] == "operator" for p in s.probes))


def sources(doctree: nodes.document) -> list[str]:
    """Code of the cells of a page, in order."""
    return [
        node.astext()
        for node in doctree.findall(nodes.literal_block)
        if "cell_input" in node.parent.get("classes", ())
    ]


def _offer(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Tell the page which of its cells run in it."""
    if doctree is None or app.builder.format != "html":
        return
    cells = sources(doctree)
    places = page_cells.offered(cells, by_matrices())
    if places:
        data = json.dumps({"cells": len(cells), "offered": places})
        context["body"] += f'<script type="application/json" id="relics-cells">{data}</script>\n'
        app.add_js_file("rerun.js", loading_method="defer")
        app.add_css_file("rerun.css")


def _pack(app: Sphinx, exception: Exception | None) -> None:
    if exception is None and app.builder.format == "html":
        Path(app.outdir, "_static", SCRIPT).write_text(script(), encoding="utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the page hook and the last step of the build."""
    app.connect("html-page-context", _offer)
    app.connect("build-finished", _pack)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
