"""The scripts and fonts that the book carries are the published ones, with their licences."""

from __future__ import annotations

import hashlib
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent
VENDOR = TESTS.parent / "book" / "_static" / "vendor"
FOLDERS = (VENDOR, TESTS / "vendor")


def declared_files(folder: Path) -> list[dict[str, str]]:
    return tomllib.loads((folder / "VENDORED.toml").read_text(encoding="utf-8"))["file"]


ENTRIES = [(folder, entry) for folder in FOLDERS for entry in declared_files(folder)]


@pytest.mark.parametrize(("folder", "entry"), ENTRIES, ids=[entry["path"] for _, entry in ENTRIES])
def test_digest_and_licence(folder, entry):
    assert hashlib.sha256((folder / entry["path"]).read_bytes()).hexdigest() == entry["sha256"]
    assert len((folder / entry["licence_text"]).read_text(encoding="utf-8")) > 200


@pytest.mark.parametrize("folder", FOLDERS, ids=["book", "tests"])
def test_every_vendored_file_is_declared(folder):
    declared = {entry["path"] for entry in declared_files(folder)} | {"VENDORED.toml"}
    present = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    undeclared = {p for p in present - declared if "LICENSE" not in Path(p).name}
    assert not undeclared


def test_widget_script_belongs_to_the_installed_package():
    entry = next(e for e in declared_files(VENDOR) if e["package"] == "anywidget")
    installed = version("anywidget")
    assert entry["version"] == installed, (
        f"anywidget {installed} is installed, the book carries {entry['version']}"
    )


def test_vendored_files_stay_small():
    assert sum(p.stat().st_size for p in VENDOR.rglob("*") if p.is_file()) < 10e6
