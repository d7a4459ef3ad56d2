"""Two executions are the same if certificates, files and drawings are; times do not count."""

import json
import shutil

import pytest

from relics.book import compare


@pytest.fixture
def copies(tmp_path):
    first = tmp_path / "first"
    build = first / "_build"
    (build / "notebooks").mkdir(parents=True)
    (build / "figures").mkdir()
    (build / ".jupyter_cache" / "executed" / "abc").mkdir(parents=True)
    certificate = {"type": "equation", "id": "LW07-7", "values": ["1.25"], "seconds": 1.0}
    record = {"notebook": "notebooks/liquid/a.md", "seconds": 3.0, "certificates": [certificate]}
    (build / "notebooks" / "a.json").write_text(json.dumps(record))
    (build / "figures" / "LW07-fig4.csv").write_text("N,F\n1,2\n")
    drawing = {"outputs": [{"data": {"image/svg+xml": ["<svg>", "</svg>"]}}]}
    base = build / ".jupyter_cache" / "executed" / "abc" / "base.ipynb"
    base.write_text(json.dumps({"cells": [{"source": ""}, drawing]}))
    second = tmp_path / "second"
    shutil.copytree(first, second)
    return first, second


def edit(root, pattern, old, new):
    (path,) = root.rglob(pattern)
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_equal_copies_do_not_differ_even_if_one_took_longer(copies, capsys):
    edit(copies[1], "a.json", "3.0", "9.0")
    edit(copies[1], "a.json", '"seconds": 1.0', '"seconds": 2.0')
    assert compare.main([str(c) for c in copies]) == 0
    assert capsys.readouterr().out == "3 compared, 0 different\n"


@pytest.mark.parametrize(
    ("pattern", "old", "new", "line"),
    [
        ("a.json", "1.25", "1.26", "notebooks/liquid/a.md: LW07-7 (output 0): differs"),
        ("*.csv", "1,2", "1,3", "figures/LW07-fig4.csv: differs"),
        ("base.ipynb", "</svg>", " </svg>", "abc, cell 1: differs"),
    ],
)
def test_one_changed_number_is_named(copies, capsys, pattern, old, new, line):
    edit(copies[1], pattern, old, new)
    assert compare.main([str(c) for c in copies]) == 1
    assert line in capsys.readouterr().out


def test_what_one_copy_lacks_is_named(copies):
    (copies[0] / "_build/figures/LW07-fig4.csv").unlink()
    assert compare.differences(*copies)[1] == ["figures/LW07-fig4.csv: only in the second"]


def test_a_copy_without_executed_chapters_is_refused(copies, tmp_path, capsys):
    with pytest.raises(SystemExit) as stop:
        compare.main([str(copies[0]), str(tmp_path / "nothing")])
    assert stop.value.code == 2
    assert "no executed chapters" in capsys.readouterr().err
