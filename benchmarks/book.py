"""How long the house itself takes: chapters from an empty cache, rebuild, audit, ledger, start-up.

Run by `make bench`. The book must have been built once; the cold figures use a copy of the tree.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent


def timed(*command: str, cwd: Path = ROOT, env: dict[str, str] | None = None) -> float:
    """Wall time of a command, s; its output is shown only if it fails."""
    start = time.perf_counter()
    out = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    if out.returncode not in (0, 1):
        sys.exit(f"{' '.join(command)} failed:\n{out.stdout[-2000:]}{out.stderr[-2000:]}")
    return time.perf_counter() - start


def cold(folder: Path) -> tuple[float, float]:
    """Seconds to execute all chapters and to build the HTML from an empty cache, in a copy."""
    import os

    keep = shutil.ignore_patterns(".git", ".venv", "_build", "__pycache__", "*.egg-info")
    copy = folder / "relics"
    shutil.copytree(ROOT, copy, ignore=keep)
    env = {**os.environ, "PYTHONPATH": str(copy / "src"), "OMP_NUM_THREADS": "1"}
    chapters = timed(sys.executable, "-m", "relics.book.execute", "-n", "2", cwd=copy, env=env)
    html = timed(
        str(BIN / "jupyter-book"),
        "build",
        ".",
        "-W",
        "-n",
        "--keep-going",
        "--quiet",
        cwd=copy,
        env=env,
    )
    return chapters, html


def main() -> None:
    """Print every figure with the goal it is held to."""
    relics = str(BIN / "relics")
    rows = [
        ("relics --help", timed(relics, "--help"), 0.5),
        ("relics ledger", timed(relics, "ledger", "--allow-owed"), 2.0),
    ]
    audits = ROOT / "_build" / "audit"
    with tempfile.TemporaryDirectory() as folder:
        if audits.is_dir():
            shutil.move(audits, Path(folder) / "audit")
        rows.append(("audit of all certificates", timed(relics, "ledger", "--allow-owed"), 30.0))
        build = (str(BIN / "jupyter-book"), "build", ".", "-W", "-n", "--keep-going", "--quiet")
        rows.append(
            (
                "unchanged rebuild",
                timed(sys.executable, "-m", "relics.book.execute") + timed(*build),
                10.0,
            )
        )
        if "--cold" in sys.argv:
            chapters, html = cold(Path(folder))
            rows += [
                ("all chapters, empty cache", chapters, 240.0),
                ("HTML after that", html, 60.0),
            ]
    for name, seconds, goal in rows:
        print(f"{name:28s} {seconds:8.2f} s   goal {goal:g} s")


if __name__ == "__main__":
    main()
