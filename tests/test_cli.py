"""The command line: contracts of its output, and one clear line for whatever is wrong."""

import json
import os
import subprocess
import sys

import pytest

from relics import cli, papers


def run(capsys, *words):
    try:
        status = cli.main(list(words))
    except SystemExit as stop:
        status = stop.code
    out = capsys.readouterr()
    return status, out.out, out.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["figures", "LW07-fig99"], "unknown figure 'LW07-fig99'"),
        (["figures"], "name the figures to make"),
        (["figures", "LW07-fig4", "--all"], "name the figures to make"),
        (["figures", "LW07-fig4", "--format", "bmp"], "format bmp is none of svg, pdf, png"),
        (["figures", "LW07-fig4", "--format", ","], "format (none)"),
        (["predict", "unobtainium"], "unknown material 'unobtainium'; known: silica"),
        (["predict", "silica", "--tg", "300"], "not both"),
        (["predict", "--tg", "300"], "missing: --td, --rho, --cs"),
        (["predict", "--tg", "0", "--td", "300", "--rho", "2000", "--cs", "4000"], "T_g = 0.0 K: expected a finite positive"),
        (["predict", "--tg", "300", "--td", "nan", "--rho", "2000", "--cs", "4000"], "T_D = nan K"),
        (["predict", "--tg", "300", "--td", "300", "--rho", "-1", "--cs", "4000"], "density = -1.0 kg/m^3"),
        (["predict", "--tg", "abc"], "invalid float value"),
        (["predict", "silica", "--timescale", "1e-13"], "timescale = 1e-13 s"),
        (["predict", "silica", "--waiting-time", "-2"], "waiting_time = -2.0 s"),
        (["ledger", "--format", "xml"], "invalid choice: 'xml'"),
        (["nonsense"], "invalid choice: 'nonsense'"),
        ([], "required: COMMAND"),
    ],
)  # fmt: skip
def test_bad_input_is_one_line_and_status_two(capsys, tmp_path, monkeypatch, words, message):
    monkeypatch.chdir(tmp_path)
    status, out, err = run(capsys, *words)
    assert (status, out) == (2, "")
    assert message in err and err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_help_names_every_command(capsys):
    status, out, _ = run(capsys, "--help")
    assert status == 0
    for word in ("ledger", "figures", "predict", "ensemble"):
        assert word in out


def test_figures_are_listed_with_what_they_show(capsys):
    status, out, _ = run(capsys, "figures", "--list")
    assert status == 0
    assert all(f.id in out for f in papers.figures())
    assert all(len(line.split(maxsplit=2)[2]) > 30 for line in out.splitlines())


def test_a_figure_is_written_whole_and_the_same_twice(capsys, tmp_path):
    first, second = tmp_path / "a", tmp_path / "b"
    for folder in (first, second):
        assert run(capsys, "figures", "LW07-fig4", "--out", str(folder))[0] == 0
    names = {p.name for p in first.iterdir()}
    assert {"LW07-fig4.svg", "LW07-fig4.pdf", "LW07-fig4.png", "LW07-fig4.json"} <= names
    assert any(n.endswith(".csv") for n in names)
    for name in names:
        assert (first / name).read_bytes() == (second / name).read_bytes(), name
    header = next(first.glob("*.csv")).read_text().splitlines()[0]
    assert all("[" in column and column.endswith("]") for column in header.split(","))
    told = json.loads((first / "LW07-fig4.json").read_text())
    assert {"parameters", "sources", "seeds", "versions", "panels", "data"} <= set(told)


def test_an_unwritable_folder_is_refused(capsys):
    status, _, err = run(capsys, "figures", "LW07-fig4", "--out", "/proc/figures")
    assert status == 2 and "cannot write into /proc/figures" in err


def test_predictions_carry_unit_uncertainty_equations_and_trust(capsys):
    status, out, _ = run(capsys, "predict", "silica", "--format", "json")
    told = json.loads(out)
    assert status == 0 and told["material"] == "silica"
    assert set(told["inputs"]) == {"T_g", "T_D", "density", "sound_speed", "a"}
    known = {e.id for e in papers.equations()}
    assert told["predictions"]
    for p in told["predictions"]:
        assert {"key", "name", "unit", "value", "uncertainty", "equations", "trust"} <= set(p)
        assert set(p["equations"]) <= known and p["trust"]


def test_errors_are_told_where_they_are_more_than_rounding(capsys):
    _, out, _ = run(capsys, "predict", "silica")
    lines = [block.splitlines() for block in out.split("\n\n")[1:]]
    told = {name: value for name, value, _ in lines}
    assert "±" in told["coupling of a centre to strain"]
    assert "±" not in told["Pbar g^2/(rho c_s^2)"]  # the constants of the glass cancel


def test_a_glass_of_ones_own_gives_the_catalogue_values_for_the_same_constants(capsys):
    _, mine, _ = run(
        capsys,
        "predict",
        "--tg",
        "1461",
        "--td",
        "342",
        "--rho",
        "2200",
        "--cs",
        "4100",
        "--format",
        "json",
    )
    _, theirs, _ = run(capsys, "predict", "silica", "--format", "json")
    values = [[p["value"] for p in json.loads(x)["predictions"]] for x in (mine, theirs)]
    assert values[0] == values[1]


@pytest.mark.parametrize(("given", "used"), [(None, "1"), ("2", "2")])
def test_ensembles_are_made_on_one_thread_unless_told_otherwise(given, used):
    environment = {k: v for k, v in os.environ.items() if k != "OMP_NUM_THREADS"}
    if given:
        environment["OMP_NUM_THREADS"] = given
    code = "import os, relics.cli as c; c.main(['ensemble', 'list']); print(os.environ['OMP_NUM_THREADS'])"
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.split()[-1] == used
