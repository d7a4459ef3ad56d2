"""The scripts and fonts that the book carries are the published ones, with their licences."""

from __future__ import annotations

import _imp
import base64
import gzip
import hashlib
import importlib.util
import io
import struct
import tomllib
import zipfile
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
    assert sum(p.stat().st_size for p in VENDOR.rglob("*") if p.is_file()) < 25e6


PYTHON = [entry for entry in declared_files(VENDOR) if "content_sha256" in entry]


def content(entry: dict[str, str]) -> bytes:
    """What a script of the page's Python carries."""
    script = (VENDOR / entry["path"]).read_text(encoding="ascii")
    return gzip.decompress(base64.b64decode(script.split('"')[3]))


@pytest.mark.parametrize("entry", PYTHON, ids=[entry["path"] for entry in PYTHON])
def test_python_of_the_pages_is_what_it_says(entry):
    assert hashlib.sha256(content(entry)).hexdigest() == entry["content_sha256"]


@pytest.mark.parametrize("name", ["sympy", "mpmath"])
def test_compiled_modules_belong_to_the_installed_sources(name):
    """Every compiled module carries a hash of the source that it was made from."""
    entry = next(e for e in PYTHON if e["package"] == name)
    assert entry["version"] == version(name)
    folder = Path(importlib.util.find_spec(name).origin).parent.parent
    with zipfile.ZipFile(io.BytesIO(content(entry))) as archive:
        modules = [n for n in archive.namelist() if n.endswith(".pyc")]
        for module in modules:
            magic, flags, digest = struct.unpack("<4sI8s", archive.read(module)[:16])
            assert int.from_bytes(magic[:2], "little") == 3571 and flags == 1, module
            source = (folder / module[:-1]).read_bytes()
            assert digest == _imp.source_hash(int.from_bytes(magic, "little"), source), module
    assert len(modules) > 50
