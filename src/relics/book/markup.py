"""Small pieces of HTML inside the Markdown of generated pages."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from typing import Any


def text(value: Any) -> str:
    """Text in which nothing is markup."""
    return html.escape(str(value), quote=True)


def raw(lines: Iterable[str]) -> str:
    """A block that passes through Markdown as it is."""
    return "\n".join(["````{raw} html", *lines, "````", ""])


def table(head: Sequence[str], rows: Iterable[Sequence[str]], name: str = "") -> str:
    """A table; the cells are HTML, the first of a row is its header."""
    header = "".join(f'<th scope="col">{text(cell)}</th>' for cell in head)
    body = [
        f'<tr><th scope="row">{first}</th>' + "".join(f"<td>{cell}</td>" for cell in rest) + "</tr>"
        for first, *rest in rows
    ]
    identity = f' id="{name}"' if name else ""
    return "\n".join(
        [
            f'<div class="relics-scroll"><table{identity} class="relics-plain">',
            f"<thead><tr>{header}</tr></thead><tbody>",
            *body,
            "</tbody></table></div>",
        ]
    )
