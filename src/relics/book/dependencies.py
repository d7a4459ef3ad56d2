"""The packages that the locked environment holds, with their licences, as a page of the book."""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

from relics.book.closure import ROOT
from relics.book.markup import raw, table, text

_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)(?: *; *(.*))?")
_GENERIC = re.compile(r"^License :: (?:OSI Approved :: )?")


def locked(path: Path | None = None) -> list[tuple[str, str, str]]:
    """Name, version and condition of each locked package, from ``requirements.lock``."""
    lock = (path or ROOT / "requirements.lock").read_text(encoding="utf-8")
    found = (_PIN.match(line) for line in lock.splitlines())
    return [(m[1], m[2], (m[3] or "").strip()) for m in found if m]


def licence(name: str) -> str:
    """What an installed package says of its licence, shortest first; empty if it is not installed."""
    try:
        data = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return ""
    if "License-Expression" in data:
        return data["License-Expression"]
    classified = [
        _GENERIC.sub("", c)
        for c in data.get_all("Classifier") or []
        if c.startswith("License ::") and not c.endswith("OSI Approved")
    ]
    if classified:
        return ", ".join(sorted(set(classified)))
    first = data["License"].strip().splitlines() if "License" in data else []
    return first[0] if first else "not stated in its metadata"


def page() -> str:
    """Markdown of the page: one row a package; what another platform needs is marked."""
    rows = []
    for name, version, condition in locked():
        says = licence(name) or "not needed on the platform that made this page"
        rows.append((text(name), text(version), text(says), text(condition)))
    return "\n".join(
        [
            "# Dependencies and their licences",
            "",
            f"The book is made with {len(rows)} packages in the versions of `requirements.lock`; "
            "licences as the packages state them.",
            "",
            raw([table(["package", "version", "licence", "condition"], rows, "dependencies")]),
        ]
    )
