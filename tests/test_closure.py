"""A cached execution stands exactly as long as everything it rests on."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from book_site import HEADER

from relics.book import closure

ROOT = Path(__file__).resolve().parent.parent

DROPLETS = """```{code-cell} ipython3
from relics import rfot
from relics.proof import premise

premise("LW07-6").id, float(rfot.barrier(1e-19, 1e-23, 300.0))
```
"""

CONSTANTS = """```{code-cell} ipython3
from relics import materials

len(materials.load_table("tls_parameters"))
```
"""


@pytest.fixture
def house(tmp_path):
    """A copy of the package with two chapters: one uses droplets, the other a table."""
    shutil.copytree(
        ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info")
    )
    shutil.copy(ROOT / "requirements.lock", tmp_path)
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "droplets.md").write_text(HEADER + DROPLETS)
    (tmp_path / "notebooks" / "constants.md").write_text(HEADER + CONSTANTS)
    return tmp_path


def python(house: Path, code: str) -> str:
    out = subprocess.run(
        [sys.executable, "-c", code], cwd=house, env={"PYTHONPATH": str(house / "src"), "PATH": "/usr/bin:/bin", "HOME": str(house)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert out.returncode == 0, out.stderr
    return out.stdout


DIGESTS = (
    "import json; from relics.book import closure, execute; "
    "print(json.dumps({p.stem: closure.digest(p) for p in execute.notebooks()}))"
)


def digests(house: Path) -> dict[str, str]:
    return json.loads(python(house, DIGESTS))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


@pytest.mark.parametrize(
    ("file", "old", "new", "moved"),
    [
        ("src/relics/rfot.py", '"""', '"""Edited. ', {"droplets"}),
        ("src/relics/materials.py", '"""', '"""Edited. ', {"constants"}),
        ("src/relics/data/tls_parameters.csv", "SiO2", "SiO2 ", {"constants"}),
        ("src/relics/data/tnb_viscosity.csv", "#", "# ", set()),
        ("src/relics/papers/data/LW07.toml", "F(N) = \\gamma\\sqrt{N}", "F(N) = \\gamma \\sqrt{N}", {"droplets"}),
        ("src/relics/papers/statements/liquid.toml", '"Eq(F_b, gamma**2/(4*s_c*T))"', '"Eq(F_b, gamma**2/(5*s_c*T))"', set()),
        ("requirements.lock", "numpy", "numpy ", {"droplets", "constants"}),
        ("notebooks/constants.md", "len(", "1 + len(", {"constants"}),
    ],
)  # fmt: skip
def test_an_edit_moves_exactly_the_chapters_that_rest_on_it(house, file, old, new, moved):
    before = digests(house)
    edit(house / file, old, new)
    after = digests(house)
    assert {k for k in before if before[k] != after[k]} == moved


def test_an_edited_function_reruns_its_chapter_and_no_other(house):
    run = (
        "import json; from pathlib import Path; from relics.book import execute; "
        "execute.CACHE.mkdir(parents=True, exist_ok=True); execute.open_cache(); "
        "before = {p.stem: execute.is_valid(p) for p in execute.notebooks()}; "
        "[execute.execute(p) for p in execute.notebooks()]; "
        "print(json.dumps([before, {p.stem: execute.is_valid(p) for p in execute.notebooks()}]))"
    )
    assert json.loads(python(house, run)) == [
        {"constants": False, "droplets": False},
        {"constants": True, "droplets": True},
    ]
    edit(house / "src/relics/rfot.py", '"""', '"""Edited. ')
    assert json.loads(python(house, run))[0] == {"constants": True, "droplets": False}


def test_a_damaged_record_is_executed_again(house):
    code = (
        "from relics.book import execute; p = execute.notebooks()[0]; execute.CACHE.mkdir(parents=True); execute.open_cache(); "
        "execute.execute(p); execute.record_path(p).write_text('{half'); assert not execute.is_valid(p); "
        "execute.execute(p); assert execute.is_valid(p)"
    )
    python(house, code)


def test_modules_that_are_found_in_a_folder_are_followed():
    files, _ = closure.reach("from relics.predictions import predict")
    names = {p.name for p in files if p.parent.name == "predictions"}
    assert names == {p.name for p in (closure.PACKAGE / "predictions").glob("*.py")}
    assert closure.PACKAGE / "rfot.py" in files
