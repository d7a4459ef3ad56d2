"""Every chapter has been executed as it stands, and its certificates can be read from it."""

import re
from pathlib import Path

import pytest

from relics.book import closure, execute

NOTEBOOKS = execute.notebooks()


def name(path: Path) -> str:
    return str(path.relative_to(closure.ROOT / "notebooks"))


@pytest.fixture(scope="session", autouse=True)
def cache():
    execute.CACHE.mkdir(parents=True, exist_ok=True)
    execute.open_cache()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_the_chapter_runs_and_certifies(path):
    made = execute.execute(path)
    if path.parent.name != "use":
        assert made["certificates"], "a chapter without any certificate establishes nothing"
    assert made["seconds"] < 120


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_cells_fit_a_screen_and_premises_are_not_retyped(path):
    for cell in closure.code_cells(path):
        assert len(cell.splitlines()) <= 60, cell[:80]
        assert max(map(len, cell.splitlines()), default=0) <= 85, "wider than its column"
        assert not re.search(r"\bsympify\(|parse_expr|\beval\(", cell)


def test_file_names_survive_every_builder():
    assert all(re.fullmatch(r"[a-z0-9-]+", p.stem) for p in NOTEBOOKS)
