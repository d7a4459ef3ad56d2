"""One coefficient, one sign, one factor, one typed result: each fails and names the equation."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from book_site import HEADER

ROOT = Path(__file__).resolve().parent.parent
CHAPTER = (
    HEADER
    + """```{code-cell} ipython3
import sympy as sp

from relics import rfot
from relics.proof import certify, package, premise

F = premise("LW07-6")
gamma, N, s_c, T = F.symbols("gamma N s_c T")
barrier = F.rhs.subs(N, sp.solve(sp.diff(F.rhs, N), N)[0])
number = {"F_b": package(rfot.barrier, gamma="gamma", s_c="s_c", T="T")}
certify("LW07-7", {"F_b": barrier}, premises=["LW07-6"], number=number)
```
"""
)


@pytest.fixture
def house(tmp_path):
    shutil.copytree(
        ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info")
    )
    shutil.copy(ROOT / "requirements.lock", tmp_path)
    (tmp_path / "notebooks" / "liquid").mkdir(parents=True)
    (tmp_path / "notebooks" / "liquid" / "droplets.md").write_text(CHAPTER)
    return tmp_path


def execute(house: Path) -> subprocess.CompletedProcess:
    env = {**os.environ, "PYTHONPATH": str(house / "src")}
    return subprocess.run(
        [sys.executable, "-m", "relics.book.execute", "-n", "1"],
        cwd=house,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )


EDITS = {
    "a coefficient in the transcription": (
        "src/relics/papers/statements/liquid.toml", "Eq(F_b, gamma**2/(4*s_c*T))", "Eq(F_b, gamma**2/(4.000001*s_c*T))",
        "LW07-7: the derivation does not establish the statement",
    ),
    "a sign in the derivation": (
        "notebooks/liquid/droplets.md", '{"F_b": barrier}', '{"F_b": -barrier}',
        "LW07-7: the derivation does not establish the statement",
    ),
    "a result that is typed in": (
        "notebooks/liquid/droplets.md", '{"F_b": barrier}', '{"F_b": gamma**2/(4*s_c*T)}',
        "LW07-7: the result does not rest on LW07-6",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", EDITS)
def test_an_edit_turns_the_chapter_red_by_name(house, what):
    file, old, new, message = EDITS[what]
    text = (house / file).read_text()
    assert text.count(old) >= 1
    (house / file).write_text(text.replace(old, new))
    out = execute(house)
    assert out.returncode == 1
    assert message in out.stderr


def test_a_factor_in_the_package_turns_the_chapter_red_by_name(house):
    assert execute(house).returncode == 0
    with (house / "src/relics/rfot.py").open("a") as f:
        f.write(
            "\n\n_right = barrier\n\n\ndef barrier(*args, **kwargs):\n    return 1.0000001 * _right(*args, **kwargs)\n"
        )
    out = execute(house)
    assert out.returncode == 1
    assert "LW07-7: the derivation does not establish the statement" in out.stderr
    assert "number: Eq(F_b" in out.stderr
