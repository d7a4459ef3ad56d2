"""The table of contents: chapters listed in ``_toc.yml`` first, others of the folder after them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx


def complete(app: Sphinx, config: Any) -> None:
    """Replace each ``glob`` of ``_toc.yml`` by the files it matches that are not listed already.

    Parts and sections without any page disappear, so that a book under construction builds.
    """
    from sphinx_external_toc.api import Document, FileItem, GlobItem

    site = getattr(config, "external_site_map", None)
    if site is None:
        return
    documents = list(site.values())
    listed = {str(item) for one in documents for tree in one.subtrees for item in tree.files()}
    for tree in [tree for one in documents for tree in one.subtrees]:
        items = []
        for item in tree.items:
            if not isinstance(item, GlobItem):
                items.append(item)
                continue
            for name in matches(Path(app.srcdir), str(item)):
                if name not in listed:
                    listed.add(name)
                    items.append(FileItem(name))
                    site[name] = Document(docname=name)
        tree.items = items
    for one in documents:
        one.subtrees = [tree for tree in one.subtrees if tree.items]
    config.exclude_patterns = [
        pattern for pattern in config.exclude_patterns if pattern.removesuffix(".md") not in listed
    ]


def matches(root: Path, pattern: str) -> list[str]:
    """Documents below `root` that a glob of ``_toc.yml`` means, sorted, figure 2 before figure 10."""
    found = [
        path.relative_to(root).with_suffix("").as_posix() for path in root.glob(f"{pattern}.md")
    ]
    return sorted(
        found, key=lambda n: [p.zfill(9) if p.isdigit() else p for p in re.split(r"(\d+)", n)]
    )


def setup(app: Sphinx) -> dict[str, Any]:
    """Complete the contents as soon as ``_toc.yml`` has been read."""
    app.connect("config-inited", complete, priority=901)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
