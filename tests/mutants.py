"""Mutation testing of the physics modules: which changes of the code no test notices.

``make mutants`` (all modules, hours), ``make mutants MODULES="phonons rfot"``, or, to estimate,
``make mutants SAMPLE=12`` (that many changes of each module, drawn at random; ``SEED=1`` draws
others; with ``--record`` the share is kept for the status page). Each module is changed in a copy of what is committed, one operator, number or argument at
a time, and the tests that reach the change are run. Every verdict is kept in
``_build/mutants/judged.jsonl`` as it comes and holds until the module or its tests change, so an
interrupted run goes on where it was. Survivors that change nothing a user can see are listed in
``mutants.toml`` with the reason; the rest are printed. Exit status 1 if fewer than nine in ten of
the changes that matter are noticed.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import functools
import hashlib
import json
import os
import random
import re
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scipy.stats import binomtest

from relics.book import measured

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "_build" / "mutants"
KEPT = WORK / "judged.jsonl"
GOAL = 0.9
NEEDED = ["src", "requirements.lock", "_toc.yml"]
SILENT = ("survived", "no tests")
CONFIG = """
[tool.mutmut]
source_paths = ["src/relics/{module}.py"]
pytest_add_cli_args_test_selection = {tests}
also_copy = {needed}
"""


def modules() -> list[str]:
    """Names of the physics modules: all in the package's own folder that hold formulas."""
    other = {"__init__", "cli", "ledger", "plotting", "materials", "constants"}
    return sorted(p.stem for p in (ROOT / "src" / "relics").glob("*.py") if p.stem not in other)


@functools.lru_cache(None)
def imports(path: Path) -> frozenset[str]:
    """Modules, and names out of modules, that a file imports with ``from``."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{a.name}" for a in node.names} | {str(node.module)}
    return frozenset(names)


def tests_of(module: str, root: Path = ROOT) -> list[str]:
    """Test files that import a module.

    Not the general properties, which also call the mutants, nor those of the book, which compare
    the text of functions.
    """
    found = []
    for path in sorted((root / "tests").glob("test_*.py")):
        if path.stem == "test_properties" or path.stem.startswith("test_book"):
            continue
        if f"relics.{module}" in imports(path):
            found.append(f"tests/{path.name}")
    return found


def copy(module: str) -> Path:
    """A fresh copy of what is committed and needed to run tests."""
    folder = WORK / module
    subprocess.run(["rm", "-rf", str(folder)], check=True)
    folder.mkdir(parents=True)
    archive = subprocess.run(
        ["git", "archive", "HEAD", *NEEDED, "tests", "pyproject.toml"],
        cwd=ROOT, capture_output=True, check=True,
    )  # fmt: skip
    subprocess.run(["tar", "x", "-C", str(folder)], input=archive.stdout, check=True)
    return folder


def content(folder: Path, files: list[str]) -> str:
    """A key that changes with the names and the content of files."""
    digest = hashlib.sha256()
    for name in files:
        digest.update(f"{name}\0".encode() + (folder / name).read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def every(folder: Path, source: str) -> list[str]:
    """Names of all changes of a module, as the mutation tester gives them."""
    from mutmut.mutation.file_mutation import mutate_file_contents
    from mutmut.utils.format_utils import get_mutant_name

    text = (folder / source).read_text(encoding="utf-8")
    names = mutate_file_contents(source, text, None, None).mutant_names
    return [get_mutant_name(Path(source), name) for name in names]


def draw(names: list[str], sample: int | None, seed: int) -> list[str]:
    """Some names at random, all if ``sample`` is None; a larger sample contains a smaller one."""
    order = sorted(names)
    random.Random(seed).shuffle(order)
    return order[:sample]


def kept(path: Path, key: str) -> dict[str, dict[str, str]]:
    """Verdicts of earlier runs on the same content; a line cut short by a crash is passed over."""
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
        with contextlib.suppress(json.JSONDecodeError):
            record = json.loads(line)
            if record["key"] == key:
                found[record["name"]] = record
    return found


def keep(path: Path, record: dict[str, str]) -> None:
    """Append a verdict. It brings its own start of line: what was cut short before stays apart."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a", encoding="utf-8") as handle:
        handle.write("\n" + json.dumps(record))


def verdicts(
    folder: Path, source: str, names: list[str], workers: int
) -> Iterator[tuple[str, str]]:
    """Run the changes named, and yield each name with what became of it, as soon as it is known.

    Raises ``RuntimeError`` where the mutation tester fails.
    """
    from mutmut.stats import status_by_exit_code

    meta, log, told = folder / "mutants" / f"{source}.meta", folder / "log", set()
    with open(log, "w", encoding="utf-8") as out:
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "mutmut", "run"]
            + ["--max-children", str(workers), *names],
            cwd=folder, env={**os.environ, "OMP_NUM_THREADS": "1"}, stdout=out, stderr=out,
        )  # fmt: skip
        ended = False
        while not ended:
            ended = process.poll() is not None
            codes = {}
            with contextlib.suppress(FileNotFoundError, json.JSONDecodeError):  # being written
                codes = json.loads(meta.read_text(encoding="utf-8"))["exit_code_by_key"]
            for name in names:
                if name not in told and codes.get(name) is not None:
                    told.add(name)
                    yield name, status_by_exit_code[codes[name]]
            time.sleep(0 if ended else 0.5)
    if process.returncode or told != set(names):
        raise RuntimeError(f"{folder.name}: {log.read_text(encoding='utf-8')[-1600:]}")


def difference(folder: Path, source: str, name: str) -> tuple[str, str]:
    """The lines before and after a change."""
    from mutmut.mutation.diff_apply import get_diff_for_mutant

    with contextlib.chdir(folder):
        lines = get_diff_for_mutant(name, path=source).splitlines()
    before = [x[1:].strip() for x in lines if x.startswith("-") and not x.startswith("---")]
    after = [x[1:].strip() for x in lines if x.startswith("+") and not x.startswith("+++")]
    return " ".join(before), " ".join(after)


def excused(module: str, before: str, after: str, rules: list[dict[str, Any]]) -> str:
    """The reason why a change cannot be noticed, empty if there is none."""
    for rule in rules:
        if module not in rule.get("modules", [module]):
            continue
        if re.search(rule["before"], before) and re.search(rule["after"], after):
            return rule["reason"]
    return ""


def interval(noticed: int, total: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share of which ``noticed`` of ``total`` were drawn."""
    if not total:
        return 0.0, 1.0
    found = binomtest(noticed, total).proportion_ci(method="wilson")
    return float(found.low), float(found.high)


def judge(
    module: str, rules: list[dict[str, Any]], workers: int, sample: int | None, seed: int
) -> tuple[int, int, int]:
    """Changes of a module that were noticed, could not be, and were not."""
    folder, source = copy(module), f"src/relics/{module}.py"
    tests = tests_of(module, folder)
    if not tests:
        print(f"{module}: no test imports it")
        return 0, 0, 1
    with open(folder / "pyproject.toml", "a", encoding="utf-8") as handle:
        handle.write(CONFIG.format(module=module, tests=tests, needed=NEEDED))
    key = content(folder, [source, *tests])
    known = kept(KEPT, key)
    names = draw(every(folder, source), sample, seed)
    missing = [name for name in names if name not in known]
    for name, state in verdicts(folder, source, missing, workers) if missing else ():
        record = {"module": module, "key": key, "name": name, "state": state}
        if state in SILENT:
            record["before"], record["after"] = difference(folder, source, name)
        keep(KEPT, record)
        known[name] = record
    alive = [known[name] for name in names if known[name]["state"] in SILENT]
    bad = [x for x in alive if not excused(module, x["before"], x["after"], rules)]
    noticed, silent = len(names) - len(alive), len(alive) - len(bad)
    share = noticed / max(noticed + len(bad), 1)
    print(
        f"{module}: {noticed} noticed, {silent} without effect, "
        f"{len(bad)} not noticed ({share:.1%})"
    )
    for x in bad:
        print(f"    {x['name']}\n    - {x['before']}\n    + {x['after']}")
    sys.stdout.flush()
    return noticed, silent, len(bad)


def summary(noticed: int, silent: int, bad: int, sample: int | None) -> str:
    """The last line: the share, and its interval where it is an estimate from a sample."""
    total = noticed + bad
    share = f"{noticed / max(total, 1):.1%}"
    if sample is not None:
        low, high = interval(noticed, total)
        share += f", 95 % interval {low:.1%} to {high:.1%}, up to {sample} drawn in each module"
    return f"{noticed} of {total} changes noticed ({share}); {silent} change nothing"


def record(noticed: int, bad: int, sample: int | None, seed: int) -> None:
    """Keep the share for the status page of the book."""
    total = noticed + bad
    drawn = f" SAMPLE={sample} SEED={seed}" if sample is not None else ""
    shares = [round(100 * x, 1) for x in (noticed / max(total, 1), *interval(noticed, total))]
    share = measured.Figure(
        "changes of the physics that a test notices",
        shares[0],
        "%",
        f"make mutants{drawn}",
        least=100 * GOAL,
        range=(shares[1], shares[2]) if sample is not None else None,
    )
    measured.keep(ROOT, [share])


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("modules", nargs="*")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--sample", type=int, help="changes drawn in each module (default: all)")
    parser.add_argument("--seed", type=int, default=0, help="of the draw (default: 0)")
    parser.add_argument("--record", action="store_true", help="keep the share (all modules only)")
    given = parser.parse_args()
    if given.record and given.modules:
        parser.error("--record: the share that is kept is that of all modules; name none")
    for name in given.modules:
        if name not in modules():
            parser.error(f"unknown module {name!r}; known: {', '.join(modules())}")
    if given.sample is not None and given.sample < 1:
        parser.error(f"--sample {given.sample}: give a number of changes, at least 1")
    rules = tomllib.loads((ROOT / "tests" / "mutants.toml").read_text(encoding="utf-8"))["rule"]
    counts = [
        judge(module, rules, given.workers, given.sample, given.seed)
        for module in given.modules or modules()
    ]
    noticed, silent, bad = (sum(c) for c in zip(*counts, strict=True))
    print(summary(noticed, silent, bad, given.sample))
    if given.record:
        record(noticed, bad, given.sample, given.seed)
    return 0 if noticed >= GOAL * (noticed + bad) else 1


if __name__ == "__main__":
    sys.exit(main())
