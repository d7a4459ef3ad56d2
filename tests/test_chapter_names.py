"""What the chapters take from the package is there, seen without running them."""

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from relics.book import closure, execute


def taken(code: str) -> Iterator[tuple[str, str]]:
    """Modules of the package and the names that code takes from them."""
    tree, modules = ast.parse(code), {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "relics":
            for name in node.names:
                inner = f"{node.module}.{name.name}"
                if closure.module_file(inner):
                    modules[name.asname or name.name] = inner
                else:
                    yield str(node.module), name.name
        elif isinstance(node, ast.Import):
            own = [n for n in node.names if n.name.split(".")[0] == "relics"]
            modules |= {n.asname or n.name: n.name for n in own}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.value.id in modules:
                yield modules[node.value.id], node.attr


def missing(code: str) -> list[str]:
    found = {(m, n) for m, n in taken(code) if not hasattr(importlib.import_module(m), n)}
    return sorted(f"{m}.{n}" for m, n in found if not closure.module_file(f"{m}.{n}"))


@pytest.mark.parametrize("path", execute.notebooks(), ids=lambda p: p.stem)
def test_every_name_that_a_chapter_takes_from_the_package_exists(path: Path):
    assert not missing(closure.notebook_code(path))


def test_a_name_that_is_gone_is_found():
    code = "from relics import rfot, glass\nfrom relics.rfot import gone\nrfot.away(glass.energy)"
    assert missing(code) == ["relics.rfot.away", "relics.rfot.gone"]
