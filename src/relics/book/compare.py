"""Whether two executions of the book gave the same: certificates, figures, tables.

``python -m relics.book.compare FIRST SECOND`` takes two copies of the repository whose chapters
have been executed, prints every difference and exits with status 1 if there is one.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

TIMES = ("seconds", "digest")
"""What a record says about the run, not about its result."""


def certificates(root: Path) -> dict[str, str]:
    """Digest of each certificate, by chapter, entry and place in the chapter."""
    out = {}
    for path in sorted((root / "_build" / "notebooks").glob("*.json")):
        data = json.loads(path.read_text(encoding="utf-8"))
        for number, certificate in enumerate(data["certificates"]):
            name = f"{data['notebook']}: {certificate['id']} (output {number})"
            out[name] = _digest(json.dumps(_lasting(certificate), sort_keys=True))
    return out


def _lasting(certificate: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in certificate.items() if k not in TIMES}


def files(root: Path) -> dict[str, str]:
    """Digest of each file of a shown figure (tables, pictures, provenance)."""
    folder = root / "_build" / "figures"
    return {f"figures/{p.name}": _digest(p.read_bytes()) for p in sorted(folder.glob("*"))}


def drawings(root: Path) -> dict[str, str]:
    """Digest of each drawing in the executed chapters, by chapter and cell."""
    out = {}
    for path in sorted((root / "_build" / ".jupyter_cache" / "executed").glob("*/base.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        for number, cell in enumerate(cells):
            for output in cell.get("outputs", []):
                drawn = output.get("data", {}).get("image/svg+xml")
                if drawn is not None:
                    out[f"{path.parent.name}, cell {number}"] = _digest("".join(drawn))
    return out


def _digest(content: str | bytes) -> str:
    data = content.encode() if isinstance(content, str) else content
    return hashlib.sha256(data).hexdigest()


def differences(first: Path, second: Path) -> tuple[int, list[str]]:
    """How many things were compared, and a line for each that differs or is missing.

    Raises ``ValueError`` where a copy has no executed chapters.
    """
    compared, out = 0, []
    for look in (certificates, files, drawings):
        a, b = look(first), look(second)
        if look is certificates and not (a and b):
            raise ValueError(f"no executed chapters in {first if not a else second}")
        for name in sorted(a.keys() | b.keys()):
            compared += 1
            if name not in a or name not in b:
                out.append(f"{name}: only in the {'first' if name in a else 'second'}")
            elif a[name] != b[name]:
                out.append(f"{name}: differs")
    return compared, out


def main(arguments: list[str] | None = None) -> int:
    """Command line of this module; exit status 1 if something differs, 2 for bad arguments."""
    parser = argparse.ArgumentParser(prog="python -m relics.book.compare", description=__doc__)
    parser.add_argument("first", type=Path)
    parser.add_argument("second", type=Path)
    given = parser.parse_args(arguments)
    try:
        compared, found = differences(given.first, given.second)
    except ValueError as error:
        parser.error(str(error))
    for line in found:
        print(line)
    print(f"{compared} compared, {len(found)} different")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
