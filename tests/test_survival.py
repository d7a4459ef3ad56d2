"""Killed at a bad moment, no room left, a folder that is none, a damaged cache: nothing is lost."""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from book_site import HEADER

ROOT = Path(__file__).resolve().parent.parent
CHAPTER = (
    HEADER
    + """```{code-cell} ipython3
import time
from pathlib import Path

from relics.proof import certify, premise

flag = Path("../../started")
if not flag.exists():
    flag.touch()
    time.sleep(600)
F = premise("LW07-6")
```
"""
)


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    root = tmp_path_factory.mktemp("source")
    leave = shutil.ignore_patterns("__pycache__", "*.egg-info")
    shutil.copytree(ROOT / "src", root / "src", ignore=leave)
    shutil.copy(ROOT / "requirements.lock", root)
    return root


@pytest.fixture
def house(source, tmp_path):
    """A package of its own and one chapter that waits the first time it is executed."""
    home = tmp_path / "house"
    shutil.copytree(source, home)
    (home / "notebooks" / "liquid").mkdir(parents=True)
    (home / "notebooks" / "liquid" / "waits.md").write_text(CHAPTER)
    return home


def start(house, *arguments, **options):
    env = {**os.environ, "PYTHONPATH": str(house / "src")}
    return subprocess.Popen(
        [sys.executable, *arguments], cwd=house, env=env, text=True, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options,
    )  # fmt: skip


def finish(house, *arguments, **options):
    process = start(house, *arguments, **options)
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


EXECUTE = ("-m", "relics.book.execute", "-n", "1")


def test_a_chapter_killed_while_it_runs_is_executed_again(house):
    process = start(house, *EXECUTE)
    for _ in range(600):
        if (house / "started").exists():
            break
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    records = house / "_build" / "notebooks"
    assert not list(records.glob("*.json"))
    code, out, err = finish(house, *EXECUTE)
    assert (code, err) == (0, "")
    assert "[1/1] notebooks/liquid/waits.md" in out
    assert [json.loads(p.read_text())["notebook"] for p in records.glob("*.json")] == [
        "notebooks/liquid/waits.md"
    ]


def test_a_damaged_cache_is_set_aside_and_said(house):
    (house / "started").touch()
    assert finish(house, *EXECUTE)[0] == 0
    database = house / "_build" / ".jupyter_cache" / "global.db"
    database.write_bytes(b"no database" * 500)
    code, out, err = finish(house, *EXECUTE)
    assert code == 0, err
    assert "was damaged and is made anew" in err
    assert "[1/1]" in out
    assert finish(house, *EXECUTE)[::2] == (0, "")


def no_room():
    resource.setrlimit(resource.RLIMIT_FSIZE, (2048, 2048))


def test_a_full_disk_leaves_no_half_written_figure(house):
    out = house / "drawn"
    arguments = ("-m", "relics.cli", "figures", "LW07-fig4", "--out", str(out))
    code, _, err = finish(house, *arguments, preexec_fn=no_room)
    assert code == 2
    assert err == "relics figures: File too large\n"
    assert not [p for p in out.rglob("*") if p.is_file()]
    assert finish(house, *arguments)[0] == 0
    assert len(list(out.iterdir())) >= 4


@pytest.mark.parametrize(
    "arguments",
    [
        ("figures", "LW07-fig4", "--out"),
        ("ensemble", "run", "cooled-binary-r10-2d-400", "--samples", "1", "--out"),
    ],
    ids=lambda a: a[0],
)
def test_a_folder_that_cannot_be_made_is_named(house, arguments):
    (house / "file").write_text("not a folder")
    code, _, err = finish(house, "-m", "relics.cli", *arguments, str(house / "file" / "below"))
    assert code == 2
    assert str(house / "file") in err and err.count("\n") == 1
