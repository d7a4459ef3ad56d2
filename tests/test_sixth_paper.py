"""A sixth paper needs a TOML file, statements, a chapter and functions, and no change elsewhere."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TOY = Path(__file__).resolve().parent / "sixth_paper"
PLACES = {
    "TOY99.toml": "src/relics/papers/data/TOY99.toml",
    "statements.toml": "src/relics/papers/statements/pendulum.toml",
    "pendulum.py": "src/relics/pendulum.py",
    "claims.py": "src/relics/claims/pendulum.py",
    "figure.py": "src/relics/figures/pendulum_period.py",
    "chapter.md": "notebooks/pendulum/period.md",
}


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A copy of the package with nothing but the sixth paper's files added, its chapter executed."""
    root = tmp_path_factory.mktemp("house")
    leave = shutil.ignore_patterns("__pycache__", "*.egg-info")
    shutil.copytree(ROOT / "src", root / "src", ignore=leave)
    shutil.copy(ROOT / "requirements.lock", root)
    for name, place in PLACES.items():
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(TOY / name, root / place)
    registry = root / "src/relics/figures/pendulum.toml"
    registry.write_text('"TOY99-fig1" = "pendulum_period:PERIOD"\n')
    done = relics(root, "-m", "relics.book.execute", "-n", "1")
    assert done.returncode == 0, done.stderr + done.stdout
    return root


def relics(root, *arguments):
    env = {**os.environ, "PYTHONPATH": str(root / "src")}
    return subprocess.run(
        [sys.executable, *arguments], cwd=root, env=env, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def ledger(house):
    out = relics(house, "-m", "relics.cli", "ledger", "--allow-owed", "--format", "json")
    assert out.returncode == 0, out.stderr
    return json.loads(out.stdout)


def entries(ledger, kind):
    return {row["id"]: row for row in ledger[kind] if row["id"].startswith("TOY99-")}


def test_its_equations_are_established_and_its_misprint_found(ledger):
    rows = entries(ledger, "equations")
    assert {i: (r["outcome"], r["printed"]) for i, r in rows.items()} == {
        "TOY99-1": ("established", "holds"),
        "TOY99-2": ("established", "holds"),
        "TOY99-3": ("established", "fails"),
    }
    assert rows["TOY99-3"]["premises"] == ["pendulum/turn", "TOY99-2"]
    assert rows["TOY99-2"]["function"] == "relics.pendulum.frequency"


def test_its_figure_and_its_number_are_judged(ledger):
    assert [f["verdict"] for f in entries(ledger, "figures")["TOY99-fig1"]["facts"]] == ["holds"]
    claim = entries(ledger, "claims")["TOY99-c1"]
    assert (claim["computed"], claim["verdict"]) == ("2.006", "within-rounding")


def test_the_generated_pages_show_it(house, tmp_path):
    script = (
        "import json, sys; from pathlib import Path; from relics import ledger;"
        "from relics.book import pages; pages.write(Path(sys.argv[1]), ledger.collect())"
    )
    done = relics(house, "-c", script, str(tmp_path))
    assert done.returncode == 0, done.stderr
    written = {p.name: p.read_text() for p in tmp_path.rglob("*.md")}
    assert "TOY99-2" in written["equations.md"]
    assert "TOY99-3" in written["misprints.md"]
    assert "TOY99-c1" in written["claims.md"]


def test_a_slip_in_its_file_is_named(house):
    data = house / "src/relics/papers/data/TOY99.toml"
    text = data.read_text()
    data.write_text(text.replace('premises = ["TOY99-2"]', 'premises = ["TOY99-7"]'))
    try:
        out = relics(house, "-m", "relics.cli", "ledger", "--allow-owed")
        executed = relics(house, "-m", "relics.book.execute", "-n", "1")
    finally:
        data.write_text(text)
    assert (out.returncode, executed.returncode) == (2, 2)
    assert "TOY99.toml: TOY99-3: refers to unknown entry 'TOY99-7'" in executed.stderr
    assert "TOY99.toml: TOY99-3: refers to unknown entry 'TOY99-7'" in out.stderr
    assert out.stderr.count("\n") == 1
