"""Execute the chapters, each exactly once, into the cache that the book is built from.

``python -m relics.book.execute [NOTEBOOK ...] [-n WORKERS] [--force]``

An entry of the cache is valid for the digest of `relics.book.closure`. Certificates are read from
the outputs at once and kept beside the digest, so they are exactly as old as the execution.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import json
import os
import re
import shutil
import sqlite3
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any

from relics.book.closure import ROOT, digest
from relics.papers import PaperError

MIME = "application/vnd.relics.certificate+json"
CACHE = ROOT / "_build" / ".jupyter_cache"
RECORDS = ROOT / "_build" / "notebooks"
FIGURES = ROOT / "_build" / "figures"
FILES_MIME = "application/vnd.relics.files+json"
TIMEOUT = 600
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def notebooks() -> list[Path]:
    """All chapters, in the order of their folders."""
    found = (ROOT / "notebooks").rglob("*.md")
    return sorted(p for p in found if ".ipynb_checkpoints" not in p.parts)


def record_path(notebook: Path) -> Path:
    """Where the record of a notebook's execution is kept."""
    relative = notebook.resolve().relative_to(ROOT).with_suffix("")
    return RECORDS / ("--".join(relative.parts) + ".json")


def record(notebook: Path) -> dict[str, Any] | None:
    """Record of the last execution, None if there is none or it cannot be read."""
    try:
        return json.loads(record_path(notebook).read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError):
        return None


def is_valid(notebook: Path) -> bool:
    """Whether the last execution still stands."""
    found = record(notebook)
    return found is not None and _stands(found, digest(notebook))


def _stands(found: dict[str, Any], wanted: str) -> bool:
    files = (FIGURES / name for name in found.get("files", ()))
    return found["digest"] == wanted and all(f.is_file() for f in files)


def certificates(nb: Any) -> list[dict[str, Any]]:
    """Certificates in the outputs of an executed notebook, in order."""
    out: list[dict[str, Any]] = []
    for cell in nb.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {}).get(MIME)
            out += data if isinstance(data, list) else [data] if data else []
    return out


def take_files(nb: Any, folder: Path) -> list[str]:
    """Move the files of the shown figures out of the outputs into `folder`; returns their names.

    Raises ValueError for a name that would leave the folder.
    """
    taken = []
    for cell in nb.cells:
        for output in cell.get("outputs", []):
            for name, data in output.get("data", {}).pop(FILES_MIME, {}).items():
                if Path(name).name != name:
                    raise ValueError(f"{name!r} is no name of a file")
                _write(folder / name, base64.b64decode(data))
                taken.append(name)
    return taken


def open_cache() -> Any:
    """The cache of executed notebooks, made if missing (call once before starting workers)."""
    from jupyter_cache import get_cache

    cache = get_cache(str(CACHE))
    cache.db  # noqa: B018  # touching it creates the tables
    return cache


def clear_damaged_cache() -> bool:
    """Remove a cache whose index cannot be read; whether there was one."""
    index = CACHE / "global.db"
    if not index.is_file():
        return False
    try:
        with contextlib.closing(sqlite3.connect(index)) as database:
            sound = database.execute("pragma quick_check").fetchone() == ("ok",)
    except sqlite3.DatabaseError:
        sound = False
    if not sound:
        shutil.rmtree(CACHE)
    return not sound


class ExecutionFailed(RuntimeError):
    """A chapter that raised, timed out or wrote to stderr."""


def execute(notebook: Path, force: bool = False) -> dict[str, Any]:
    """Execute one chapter unless its last execution still stands; returns its record.

    Raises ExecutionFailed with the traceback of the cell that failed.
    """
    from jupyter_cache.cache.main import CacheBundleIn, JupyterCacheBase
    from jupyter_cache.executors.utils import single_nb_execution

    notebook = notebook.resolve()
    try:
        before = digest(notebook)
    except SyntaxError as error:
        raise ExecutionFailed(f"{notebook.relative_to(ROOT)}: {error}") from None
    cache: JupyterCacheBase = open_cache()
    staged = cache.add_nb_to_project(
        str(notebook), read_data={"name": "myst_nb_md", "type": "plugin"}
    )
    nb = cache.get_project_notebook(staged.pk)
    try:
        match = cache.match_cache_notebook(nb.nb)
    except KeyError:
        match = None
    last = record(notebook)
    if match is not None and last is not None and _stands(last, before) and not force:
        return last
    if match is not None:
        cache.remove_cache(match.pk)
    environment = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}
    os.environ.update(environment)
    # The frozen-modules warning of the debugger would otherwise be printed to stderr.
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    result = single_nb_execution(
        nb.nb, cwd=str(notebook.parent), timeout=TIMEOUT, allow_errors=False
    )
    name = notebook.relative_to(ROOT)
    if result.err:
        raise ExecutionFailed(f"{name}\n{_COLOUR.sub('', result.exc_string)}")
    complaint = _stderr(nb.nb)
    if complaint:
        raise ExecutionFailed(f"{name} writes to stderr:\n{complaint}")
    taken = take_files(nb.nb, FIGURES)
    bundle = CacheBundleIn(nb.nb, str(notebook), data={"execution_seconds": result.time})
    cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
    made = {
        "notebook": str(name),
        "digest": before,
        "seconds": round(result.time, 2),
        "certificates": certificates(nb.nb),
        "files": taken,
    }
    _write(record_path(notebook), json.dumps(made).encode())
    return made


def _stderr(nb: Any) -> str:
    return "".join(
        o.get("text", "")
        for c in nb.cells
        for o in c.get("outputs", [])
        if o.get("name") == "stderr"
    )


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_bytes(data)
    os.replace(temporary, path)


def run(paths: list[Path], workers: int = 2, force: bool = False) -> list[str]:
    """Execute chapters in parallel with a line of progress for each; returns the failures."""
    if clear_damaged_cache():
        print(f"{CACHE.relative_to(ROOT)} was damaged and is made anew", file=sys.stderr)
    CACHE.mkdir(parents=True, exist_ok=True)
    open_cache()
    failures: list[str] = []
    start, done = time.time(), 0
    with ProcessPoolExecutor(max_workers=max(1, workers)) as pool:
        jobs = {pool.submit(execute, p, force): p for p in paths}
        for job in as_completed(jobs):
            done += 1
            path = jobs[job].resolve().relative_to(ROOT)
            try:
                made = job.result()
                state = f"{made['seconds']:.1f} s, {len(made['certificates'])} certificates"
            except ExecutionFailed as error:
                failures.append(str(error))
                state = "FAILED"
            print(
                f"[{done}/{len(paths)}] {path}: {state} ({time.time() - start:.0f} s in all)",
                flush=True,
            )
    return failures


def main(arguments: list[str] | None = None) -> int:
    """Command line of this module; exit status 1 if a chapter fails, 2 for bad arguments."""
    parser = argparse.ArgumentParser(
        prog="python -m relics.book.execute", description=__doc__.splitlines()[0]
    )
    parser.add_argument("notebooks", nargs="*", type=Path)
    parser.add_argument("-n", "--workers", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--force", action="store_true", help="execute even what is valid")
    given = parser.parse_args(arguments)
    for path in given.notebooks:
        if not path.is_file():
            parser.error(f"no such notebook: {path}")
    try:
        failures = run(given.notebooks or notebooks(), given.workers, given.force)
    except PaperError as error:
        parser.error(str(error))
    for failure in failures:
        print(failure, file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
