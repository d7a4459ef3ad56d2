"""The workflow files call what exists, and the release recipe names it."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
FILES = [*sorted((ROOT / ".github" / "workflows").glob("*.yml")), ROOT / ".gitlab-ci.yml"]
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))


def texts(node):
    if isinstance(node, dict):
        for value in node.values():
            yield from texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from texts(value)
    else:
        yield str(node)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_a_workflow_is_readable_and_calls_targets_that_exist(path):
    data = yaml.safe_load(path.read_text())
    lines = list(texts(data))
    called = {t for line in lines for t in re.findall(r"\bmake ([a-z]+)", line)}
    matrices = re.findall(r"(?:target|TARGET): \[([a-z, ]+)\]", path.read_text())
    called |= {t.strip() for m in matrices for t in m.split(",")}
    assert called <= TARGETS
    if any(".ci/run" in line for line in lines):
        assert (ROOT / ".ci" / "run").stat().st_mode & 0o111


def test_the_release_recipe_names_targets_that_exist():
    named = set(re.findall(r"`make ([a-z]+)", (ROOT / "RELEASING.md").read_text()))
    assert named and named <= TARGETS


def test_the_plain_build_has_the_same_configuration():
    import runpy

    plain = runpy.run_path(str(ROOT / "book" / "sphinx" / "conf.py"))
    given = yaml.safe_load((ROOT / "_config.yml").read_text())
    assert plain["html_title"] == given["title"]
    assert plain["mathjax_path"] == given["sphinx"]["config"]["mathjax_path"]
    assert "relics.book" in plain["extensions"] and "jupyter_book" not in plain["extensions"]
    assert all(Path(p).is_dir() for p in plain["html_static_path"])
