"""Mutation testing of the physics modules: which changes of the code no test notices.

``make mutants`` (all modules) or ``make mutants MODULES="phonons rfot"``. Each module is changed in
a copy of the repository, one operator, number or argument at a time, and the tests that reach the
change are run. Survivors that change nothing a user can see are listed in ``mutants.toml`` with the
reason; the rest are printed. Exit status 1 if fewer than nine in ten of the changes that matter
are noticed.
"""

from __future__ import annotations

import argparse
import ast
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "_build" / "mutants"
GOAL = 0.9
CONFIG = """
[tool.mutmut]
source_paths = ["src/relics/{module}.py"]
pytest_add_cli_args_test_selection = {tests}
also_copy = ["src", "requirements.lock", "_toc.yml"]
"""


def modules() -> list[str]:
    """Names of the physics modules: all in the package's own folder that hold formulas."""
    other = {"__init__", "cli", "ledger", "plotting", "materials", "constants"}
    return sorted(p.stem for p in (ROOT / "src" / "relics").glob("*.py") if p.stem not in other)


def tests_of(module: str) -> list[str]:
    """Test files that import a module; not the general properties, which also call the mutants."""
    found = []
    for path in sorted((ROOT / "tests").glob("test_*.py")):
        if path.stem == "test_properties":
            continue
        names = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                names |= {f"{node.module}.{a.name}" for a in node.names} | {str(node.module)}
        if f"relics.{module}" in names:
            found.append(f"tests/{path.name}")
    return found


def copy(module: str, tests: list[str]) -> Path:
    """A fresh copy of what is committed, set up for one module."""
    folder = WORK / module
    subprocess.run(["rm", "-rf", str(folder)], check=True)
    folder.mkdir(parents=True)
    archive = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, capture_output=True, check=True)
    subprocess.run(["tar", "x", "-C", str(folder)], input=archive.stdout, check=True)
    with open(folder / "pyproject.toml", "a", encoding="utf-8") as handle:
        handle.write(CONFIG.format(module=module, tests=tests))
    return folder


def mutmut(folder: Path, *arguments: str) -> str:
    """Output of the mutation tester in a copy; raises ``RuntimeError`` where it fails."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "mutmut", *arguments],
        cwd=folder, env={**os.environ, "OMP_NUM_THREADS": "1"}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{folder.name}: {done.stdout[-800:]}{done.stderr[-800:]}")
    return done.stdout


def changes(folder: Path, name: str) -> tuple[str, str]:
    """The line before and after a mutation."""
    lines = mutmut(folder, "show", name).splitlines()
    before = [x[1:].strip() for x in lines if x.startswith("-") and not x.startswith("---")]
    after = [x[1:].strip() for x in lines if x.startswith("+") and not x.startswith("+++")]
    return " ".join(before), " ".join(after)


def excused(before: str, after: str, rules: list[dict[str, str]]) -> str:
    """The reason why a change cannot be noticed, empty if there is none."""
    for rule in rules:
        if re.search(rule["before"], before) and re.search(rule["after"], after):
            return rule["reason"]
    return ""


def judge(module: str, rules: list[dict[str, str]], workers: int) -> tuple[int, int, int]:
    """Changes of a module that were noticed, could not be, and were not."""
    tests = tests_of(module)
    if not tests:
        print(f"{module}: no test imports it")
        return 0, 0, 1
    folder = copy(module, tests)
    mutmut(folder, "run", "--max-children", str(workers))
    every = re.findall(
        r"^\s*(\S+__mutmut_\d+): ([\w ]+)$", mutmut(folder, "results", "--all", "true"), re.M
    )
    alive = [name for name, state in every if state.strip() in ("survived", "no tests")]
    silent, bad = 0, []
    for name in alive:
        before, after = changes(folder, name)
        if excused(before, after, rules):
            silent += 1
        else:
            bad.append(f"    - {before}\n    + {after}")
    killed = len(every) - len(alive)
    share = killed / max(killed + len(bad), 1)
    print(
        f"{module}: {killed} noticed, {silent} without effect, {len(bad)} not noticed ({share:.1%})"
    )
    print("\n".join(bad), flush=True)
    return killed, silent, len(bad)


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("modules", nargs="*")
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    for name in given.modules:
        if name not in modules():
            parser.error(f"unknown module {name!r}; known: {', '.join(modules())}")
    rules = tomllib.loads((ROOT / "tests" / "mutants.toml").read_text(encoding="utf-8"))["rule"]
    counts = [judge(m, rules, given.workers) for m in given.modules or modules()]
    killed, silent, bad = (sum(c) for c in zip(*counts, strict=True))
    share = killed / max(killed + bad, 1)
    print(f"{killed} of {killed + bad} changes noticed ({share:.1%}); {silent} change nothing")
    return 0 if share >= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
