"""The scripts and fonts that the book carries are the published ones, with their licences."""

from __future__ import annotations

import hashlib
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

VENDOR = Path(__file__).resolve().parent.parent / "book" / "_static" / "vendor"
FILES = tomllib.loads((VENDOR / "VENDORED.toml").read_text(encoding="utf-8"))["file"]


@pytest.mark.parametrize("entry", FILES, ids=lambda entry: entry["path"])
def test_digest_and_licence(entry):
    assert hashlib.sha256((VENDOR / entry["path"]).read_bytes()).hexdigest() == entry["sha256"]
    assert len((VENDOR / entry["licence_text"]).read_text(encoding="utf-8")) > 200


def test_every_vendored_file_is_declared():
    declared = {entry["path"] for entry in FILES} | {"VENDORED.toml"}
    present = {p.relative_to(VENDOR).as_posix() for p in VENDOR.rglob("*") if p.is_file()}
    undeclared = {p for p in present - declared if "LICENSE" not in Path(p).name}
    assert not undeclared


def test_widget_script_belongs_to_the_installed_package():
    entry = next(e for e in FILES if e["package"] == "anywidget")
    installed = version("anywidget")
    assert entry["version"] == installed, (
        f"anywidget {installed} is installed, the book carries {entry['version']}"
    )


def test_vendored_files_stay_small():
    assert sum(p.stat().st_size for p in VENDOR.rglob("*") if p.is_file()) < 10e6
