"""The whole way of somebody who clones the repository: install, build, build again, test, read.

`python benchmarks/fresh.py [--record]` clones what is committed into a temporary folder. With
`--record` the figures are kept in `benchmarks/measured.json` for the status page of the book. Run
it on an idle machine; it takes half an hour.
"""

from __future__ import annotations

import json
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import sync_playwright

from relics.book.measured import Figure, keep

ROOT = Path(__file__).resolve().parent.parent
COMMAND = "make fresh"
PAGES = 5
"""How many of the largest pages, and of those with most formulas, are opened."""


def made(target: str, folder: Path) -> tuple[float, str]:
    """Wall time of a target, s, and what it printed; ends the run if it fails."""
    start = time.perf_counter()
    done = subprocess.run(["make", target], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"make {target} failed:\n{(done.stdout + done.stderr)[-4000:]}")
    return time.perf_counter() - start, done.stdout


def figure(what: str, value: float, most: float | None = None, unit: str = "s") -> Figure:
    """One figure of this script."""
    return Figure(what, round(value, 2), unit, COMMAND, most)


def build_and_test(folder: Path) -> Iterator[Figure]:
    """Times from an empty folder to a tested book."""
    setup, _ = made("setup", folder)
    yield figure("environment from the lock file", setup)
    book, _ = made("book", folder)
    yield figure("make book from an empty cache", book, 900)
    records = (folder / "_build" / "notebooks").glob("*.json")
    seconds = [json.loads(path.read_text(encoding="utf-8"))["seconds"] for path in records]
    yield figure("a chapter, the one in the middle", statistics.median(seconds), 30)
    yield figure("a chapter, the slowest", max(seconds), 60)
    again, _ = made("book", folder)
    yield figure("make book with nothing changed", again, 15)
    test, printed = made("test", folder)
    yield figure("make test from an empty folder", setup + book + test, 1800)
    passed = re.search(r"(\d+) passed", printed)
    yield figure("tests passed", int(passed[1]) if passed else 0, unit="")


def opening(site: Path) -> float:
    """Longest time, s, from opening one of the heaviest pages to its last formula, from disk."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    texts = {p: p.read_text(encoding="utf-8") for p in site.glob("*/**/*.html")}
    largest = sorted(texts, key=lambda p: len(texts[p]))[-PAGES:]
    densest = sorted(texts, key=lambda p: texts[p].count("\\("))[-PAGES:]
    longest = 0.0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for page in {*largest, *densest}:
            context = browser.new_context(offline=True)
            tab = context.new_page()
            start = time.perf_counter()
            tab.goto(page.as_uri())
            tab.wait_for_function("window.MathJax?.startup?.promise !== undefined")
            tab.evaluate("MathJax.startup.promise.then(() => null)")
            longest = max(longest, time.perf_counter() - start)
            context.close()
        browser.close()
    return longest


def main() -> None:
    """Measure, print, and keep if asked to."""
    found = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "relics"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder)], check=True)
        for one in build_and_test(folder):
            found.append(one)
            print(f"{one.what:34s} {one.value:8.2f} {one.unit}", flush=True)
        slowest = opening(folder / "_build" / "html")
        found.append(figure("the heaviest pages, until the last formula is set", slowest, 3))
        print(f"{found[-1].what:34s} {found[-1].value:8.2f} s")
    if "--record" in sys.argv:
        keep(ROOT, found)


if __name__ == "__main__":
    main()
