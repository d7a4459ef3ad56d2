"""What the monograph adds to Sphinx: equations, contents, offline reading, generated pages.

``relics.book`` is the Sphinx extension; ``relics.book.explorer`` is for notebooks.
"""

from __future__ import annotations

from typing import Any

_EXTENSIONS = (
    "equations", "contents", "cards", "offline", "pages", "figure_pages", "rereading",
)  # fmt: skip


def setup(app: Any) -> dict[str, Any]:
    """Load the parts of the extension."""
    for name in _EXTENSIONS:
        app.setup_extension(f"relics.book.{name}")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
