"""What a notebook rests on: its code, the modules it can reach, the entries and data it names.

A cached execution is valid as long as the digest of all that is unchanged. Modules are followed
through import statements; papers' entries, data tables, figures and claims through the ids that
stand as string constants in the code.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import json
import os
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).resolve().parent.parent
ROOT = PACKAGE.parent.parent
PARSED = ROOT / "_build" / "closure"

_CELL = re.compile(r"^```\{code-cell\}[^\n]*\n(.*?)^```\s*$", re.S | re.M)
_DISCOVERED = ("relics.predictions",)
"""Packages that find their modules by looking into their folder."""
_BESIDE = re.compile(r"[\w.-]{1,60}\.(?:js|css|toml)")
_NAME = re.compile(r"\S{1,80}")
_HEADER = re.compile(r"\A(---\n.*?\n---\n|(?::[^\n]*\n)+)", re.S)


def code_cells(notebook: Path) -> list[str]:
    """Sources of the code cells of a MyST notebook, without their options."""
    text = notebook.read_text(encoding="utf-8")
    return [_HEADER.sub("", body) for body in _CELL.findall(text)]


def notebook_code(notebook: Path) -> str:
    """All code of a notebook as one module, magics left out."""
    lines = "\n".join(code_cells(notebook)).splitlines()
    return "\n".join(line for line in lines if not line.lstrip().startswith(("%", "!")))


@functools.cache
def module_file(name: str) -> Path | None:
    """File of a module of the package, None if there is no such module."""
    parts = name.split(".")
    if parts[0] != "relics":
        return None
    base = PACKAGE.joinpath(*parts[1:])
    for candidate in (base.with_suffix(".py"), base / "__init__.py"):
        if candidate.is_file():
            return candidate
    return None


def _named(tree: ast.AST, package: str) -> tuple[set[str], set[str]]:
    """Modules of the package that a syntax tree imports, and its string constants, in one walk.

    Only strings that can be an id or a file name are kept: short and without blanks.
    """
    imported: set[str] = set()
    strings: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant):
            if isinstance(node.value, str) and _NAME.fullmatch(node.value):
                strings.add(node.value)
        elif isinstance(node, ast.Import):
            imported |= {a.name for a in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                stem = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*stem, *([base] if base else [])])
            imported.add(base)
            imported |= {f"{base}.{a.name}" for a in node.names}
    return {n for n in imported if n.split(".")[0] == "relics"}, strings


@functools.cache
def _parsed(path: Path) -> tuple[frozenset[str], frozenset[str]]:
    """Imports and names of a module; read back if its content has been parsed before."""
    name = ".".join(("relics", *path.relative_to(PACKAGE).with_suffix("").parts))
    kept = PARSED / f"{name}-{_content(path)}.json"
    try:
        imported, strings = json.loads(kept.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        package = (
            name.removesuffix(".__init__")
            if path.name == "__init__.py"
            else name.rpartition(".")[0]
        )
        imported, strings = _named(ast.parse(path.read_text(encoding="utf-8")), package)
        _keep(kept, json.dumps([sorted(imported), sorted(strings)]))
    return frozenset(imported), frozenset(strings)


def _keep(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        draft.write_text(text, encoding="utf-8")
        os.replace(draft, path)
    except OSError:
        # A read-only folder costs time on the next call, nothing else.
        return


def _with_parents(names: Iterable[str]) -> set[str]:
    out = set()
    for n in names:
        parts = n.split(".")
        out |= {".".join(parts[:k]) for k in range(1, len(parts) + 1)}
    return out


def reach(code: str) -> tuple[set[Path], set[str]]:
    """Files of all modules that `code` can reach, and all string constants on the way."""
    imported_here, strings = _named(ast.parse(code), "")
    queue = _with_parents(imported_here) | _indirect(strings)
    seen: set[str] = set()
    files: set[Path] = set()
    while queue:
        name = queue.pop()
        if name in seen:
            continue
        seen.add(name)
        path = module_file(name)
        if path is None:
            continue
        files.add(path)
        imported, inner = _parsed(path)
        beside = (path.parent / s for s in inner if _BESIDE.fullmatch(s))
        files |= {p for p in beside if p.is_file()}
        strings |= inner
        queue |= _with_parents(imported) - seen
        if name in _DISCOVERED:
            queue |= {f"{name}.{p.stem}" for p in path.parent.glob("*.py")} - seen
    return files, strings


def _indirect(strings: set[str]) -> set[str]:
    """Modules that are loaded by id: figures by the registry, claims by the part of the book."""
    from relics import figures, papers

    out = set()
    registered = figures.registry()
    claims = {c.id: c.part for c in papers.claims()} | {part: part for part in papers.parts()}
    for s in strings:
        if s in registered:
            out.add("relics.figures." + registered[s].partition(":")[0])
        if s in claims:
            out.add("relics.claims." + claims[s])
    return _with_parents(out)


def _entries(strings: set[str]) -> dict[str, object]:
    """Entries of the papers that the strings name, with their transcriptions."""
    from relics import papers
    from relics.papers import transcription

    everything: list[Any] = [*papers.equations(), *papers.figures(), *papers.claims()]
    known = {e.id: e for e in everything}
    stated = transcription._rows()
    out: dict[str, object] = {}
    for s in sorted(strings):
        if s in known:
            out[s] = repr(known[s])
        if s in stated:
            out[s + " statement"] = transcription.raw(s)
    for part in papers.parts():
        if part in strings:
            out[part] = repr([c for c in papers.claims() if c.part == part])
    return out


def _data(strings: set[str]) -> set[Path]:
    folder, stores = PACKAGE / "data", ROOT / "stores"
    out = {p for p in folder.glob("*.csv") if p.name in strings or p.stem in strings}
    if stores.is_dir():
        for p in stores.iterdir():
            if p.name in strings:
                # What an ensemble still works on lies in a folder of its own and is no result.
                out |= {f for f in p.glob("*.*") if f.is_file()} if p.is_dir() else {p}
    return out


@functools.cache
def _content(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def lock_digest() -> str:
    """Digest of the locked environment and the Python version."""
    lock = ROOT / "requirements.lock"
    text = lock.read_bytes() if lock.is_file() else b""
    return hashlib.sha256(text + f"{sys.version_info[:2]}".encode()).hexdigest()


def digest(notebook: Path) -> str:
    """Digest of all that an execution of `notebook` rests on."""
    code = notebook_code(notebook)
    files, strings = reach(code)
    files |= _data(strings)
    names = [(str(p.relative_to(ROOT)), _content(p)) for p in sorted(files)]
    whole = json.dumps(
        [code_cells(notebook), names, _entries(strings), lock_digest()], sort_keys=True, default=str
    )
    return hashlib.sha256(whole.encode()).hexdigest()
