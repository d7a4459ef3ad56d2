"""Pages of chapters that were executed again, which Sphinx cannot see: their sources are the same."""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx

from relics.book import execute


def executed_since(app: Sphinx, env: Any, *changes: set[str]) -> list[str]:
    """Chapters whose record of execution is younger than what is known of their page."""
    out = []
    for name, read in env.all_docs.items():
        source = execute.ROOT / f"{name}.md"
        record = execute.record_path(source) if source.is_file() else source
        if record.is_file() and record.stat().st_mtime_ns // 1000 > read:
            out.append(name)
    return out


def setup(app: Sphinx) -> dict[str, Any]:
    """Add them to what a build reads."""
    app.connect("env-get-outdated", executed_since)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
