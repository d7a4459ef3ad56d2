"""Figures: tables are tidy, facts are decided, files are whole and reproducible."""

import os

import nbformat
import numpy as np
import pytest

from relics import figures, papers
from relics.book import execute
from relics.figures import Fact, Table

MADE = sorted(figures.registry())
OF_PAPERS = [i for i in MADE if any(f.id == i for f in papers.figures())]


def test_a_table_needs_equal_columns_and_units():
    with pytest.raises(ValueError, match="one common length"):
        Table({"x": [1, 2], "y": [1]}, {"x": "1", "y": "1"})
    with pytest.raises(ValueError, match="units given for"):
        Table({"x": [1, 2]}, {"y": "1"})


def test_csv_keeps_all_digits_and_units():
    t = Table({"x": [0.1, 1 / 3], "curve": ["a", "b"]}, {"x": "K", "curve": "1"})
    assert t.to_csv() == "x [K],curve [1]\n0.1,a\n0.3333333333333333,b\n"
    assert t.rows(curve="b")["x"].tolist() == [1 / 3]


def test_facts_have_one_of_three_verdicts():
    found = [
        Fact("m", True).verdict,
        Fact("m", False, "w").verdict,
        Fact("m", why="w", beyond_reach=True).verdict,
    ]
    assert found == ["holds", "fails", "beyond reach"]


def test_unknown_figures_are_refused():
    with pytest.raises(ValueError, match="unknown figure 'nothing'"):
        figures.recipe("nothing")


@pytest.mark.parametrize("identifier", MADE)
def test_a_recipe_tells_the_reader_what_is_shown(identifier):
    made = figures.recipe(identifier)
    assert len(made.caption) > 60 and len(made.alt) > 30
    for name in made.data:
        assert name.endswith((".csv", ".toml", ".json", ".npz")) or "stores" in name


@pytest.mark.parametrize("identifier", OF_PAPERS)
def test_facts_are_decided_in_the_order_of_the_inventory(identifier):
    row = figures.row(identifier)
    assert [f["id"] for f in row["facts"]] == [
        f"{identifier}.{n + 1}" for n in range(len(papers.figure(identifier).accept))
    ]
    assert all(f["measured"] for f in row["facts"])


@pytest.mark.parametrize("identifier", MADE)
def test_plotted_numbers_are_finite_where_drawn(identifier):
    for name, table in figures.panels(identifier).items():
        for column, values in table.columns.items():
            if values.dtype.kind == "f":
                assert np.isfinite(values).any(), f"{identifier}.{name}.{column} holds no number"


def test_an_interrupted_write_leaves_nothing(tmp_path, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="No space left"):
        figures.write(tmp_path / "a.csv", b"data")
    assert list(tmp_path.iterdir()) == []


def test_the_files_of_a_shown_figure_leave_the_output_for_a_folder(tmp_path):
    shown = figures.show("LW07-fig2")
    output = nbformat.v4.new_output("display_data", data=shown._repr_mimebundle_())
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(outputs=[output])])
    taken = execute.take_files(nb, tmp_path)
    assert execute.FILES_MIME == figures.FILES_MIME not in nb.cells[0].outputs[0]["data"]
    assert sorted(taken) == sorted(p.name for p in tmp_path.iterdir())
    assert {p.suffix for p in tmp_path.iterdir()} == {".svg", ".pdf", ".png", ".csv", ".json"}
    made = {p.name: p.read_bytes() for p in figures.make("LW07-fig2", tmp_path / "made")}
    assert made == {name: (tmp_path / name).read_bytes() for name in taken}


def test_a_file_cannot_leave_its_folder(tmp_path):
    bundle = {execute.FILES_MIME: {"../x": "QQ=="}}
    output = nbformat.v4.new_output("display_data", data=bundle)
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(outputs=[output])])
    with pytest.raises(ValueError, match="no name of a file"):
        execute.take_files(nb, tmp_path / "inner")
