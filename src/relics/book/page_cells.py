"""What the code cells of a chapter need of each other, and which run without NumPy.

Read from the source alone, both when the book is built (which cells get a button) and in the page
(which earlier cells have to run first, after the reader has changed one).
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

SHIPPED = ("relics.constants", "relics.papers", "relics.proof")
"""Modules of the package that a page carries."""
CARRIED = frozenset({"sympy", "mpmath"})
NAMING = frozenset({"package", "samples"})
"""Calls that name a function of the package without calling it."""


def is_absent(module: str) -> bool:
    """Whether a page has no such module."""
    head = module.partition(".")[0]
    if head == "relics":
        return not any(f"{module}.".startswith(f"{name}.") for name in SHIPPED)
    return head not in CARRIED and head not in sys.stdlib_module_names


@dataclass
class Cell:
    """Names that a cell uses, merely mentions, gives, and imports from what a page lacks."""

    uses: set[str] = field(default_factory=set)
    mentions: set[str] = field(default_factory=set)
    gives: set[str] = field(default_factory=set)
    lacks: set[str] = field(default_factory=set)
    functions: dict[str, set[str]] = field(default_factory=dict)
    """Names that the bodies of its functions use; they matter when one is called."""
    calls: set[str] = field(default_factory=set)
    """Which of its own functions it uses."""
    only_imports: bool = True


class _Reader(ast.NodeVisitor):
    def __init__(self) -> None:
        self.cell = Cell()
        self.inner: list[set[str]] = []
        self.naming = 0
        self.body: set[str] | None = None

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self._read(node.id)
        else:
            self._bind(node.id)

    def _read(self, name: str) -> None:
        if any(name in scope for scope in self.inner):
            return
        if self.body is not None:
            self.body.add(name)
        elif name not in self.cell.gives:
            (self.cell.mentions if self.naming else self.cell.uses).add(name)
        elif name in self.cell.functions and not self.naming:
            self.cell.calls.add(name)

    def _bind(self, name: str) -> None:
        if self.inner:
            self.inner[-1].add(name)
        else:
            self.cell.gives.add(name)

    def _in_order(self, *nodes: ast.AST | None) -> None:
        for node in nodes:
            if node is not None:
                self.visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        self._in_order(node.value, *node.targets)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self._in_order(node.value, node.target)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self._in_order(node.value, node.target)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            self._read(node.target.id)
        self._in_order(node.value, node.target)

    def visit_For(self, node: ast.For) -> None:
        self._in_order(node.iter, node.target, *node.body, *node.orelse)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        self.generic_visit(node)
        # What is changed in place belongs to this cell from here on.
        if isinstance(node.ctx, ast.Store) and isinstance(node.value, ast.Name):
            self._bind(node.value.id)

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self._imported(alias.asname or alias.name.partition(".")[0], alias.name)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            name = f"{node.module}.{alias.name}" if node.module == "relics" else str(node.module)
            self._imported(alias.asname or alias.name, name)

    def _imported(self, name: str, module: str) -> None:
        if is_absent(module):
            self.cell.lacks.add(name)
        else:
            self._bind(name)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._in_order(*node.decorator_list, *_defaults(node.args))
        self._bind(node.name)
        outermost = not self.inner
        if outermost:
            self.body = self.cell.functions[node.name] = set()
        self._inside(node.args, node.body)
        if outermost:
            self.body = None

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._in_order(*_defaults(node.args))
        self._inside(node.args, [node.body])

    def _inside(self, arguments: ast.arguments, body: Sequence[ast.AST]) -> None:
        given = {a.arg for a in ast.walk(arguments) if isinstance(a, ast.arg)}
        self.inner.append(given.union(*map(_stored, body)))
        self._in_order(*body)
        self.inner.pop()

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._in_order(*node.decorator_list, *node.bases)
        self._bind(node.name)
        self.inner.append(set())
        self._in_order(*node.body)
        self.inner.pop()

    def _comprehension(self, node: ast.AST) -> None:
        self.inner.append(set())
        for part in node.generators:  # type: ignore[attr-defined]
            self._in_order(part.iter, part.target, *part.ifs)
        for name in ("key", "value", "elt"):
            self._in_order(getattr(node, name, None))
        self.inner.pop()

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _comprehension

    def visit_Call(self, node: ast.Call) -> None:
        names = isinstance(node.func, ast.Name) and node.func.id in NAMING
        self.visit(node.func)
        self.naming += names
        self._in_order(*node.args)
        for keyword in node.keywords:
            self.naming += keyword.arg == "number"
            self.visit(keyword.value)
            self.naming -= keyword.arg == "number"
        self.naming -= names


def _defaults(arguments: ast.arguments) -> list[ast.expr | None]:
    return [*arguments.defaults, *arguments.kw_defaults]


def _stored(node: ast.AST) -> set[str]:
    """Names that a piece of a function's body binds in that function."""
    if isinstance(node, ast.Name):
        return {node.id} if isinstance(node.ctx, ast.Store) else set()
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return {node.name}
    if isinstance(node, (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
        return set()
    return set().union(*map(_stored, ast.iter_child_nodes(node)))


def read(source: str) -> Cell:
    """What a cell uses and gives; SyntaxError where it is no Python."""
    tree = ast.parse(source)
    reader = _Reader()
    for statement in tree.body:
        reader.visit(statement)
        reader.cell.only_imports &= isinstance(statement, (ast.Import, ast.ImportFrom))
        # A call of a method of a name may change it: x.append(...)
        call = statement.value if isinstance(statement, ast.Expr) else None
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
            owner = call.func.value
            if isinstance(owner, ast.Name) and owner.id not in reader.cell.lacks:
                reader.cell.gives.add(owner.id)
    return reader.cell


def _idle(cell: Cell, absent: set[str]) -> set[str]:
    """Functions of a cell that can be defined but not called: they use what is absent."""
    out: set[str] = set()
    foreign = absent - cell.gives
    while more := {n for n, used in cell.functions.items() if used & (foreign | out)} - out:
        out |= more
    return out


def running(sources: Sequence[str]) -> list[bool]:
    """For each cell of a chapter whether it runs in a page: nothing that it uses needs NumPy."""
    out: list[bool] = []
    absent: set[str] = set()
    for source in sources:
        try:
            cell = read(source)
        except SyntaxError:
            out.append(False)
            continue
        before = absent | cell.lacks
        idle = _idle(cell, before)
        runs = not (cell.uses & before or cell.calls & idle)
        absent = (before - cell.gives if runs else before | cell.gives) | idle
        out.append(runs)
    return out


def offered(sources: Sequence[str], by_matrices: Collection[str] = ()) -> list[int]:
    """Places of the cells that a reader may want to run: those that do more than import.

    Statements about operators are judged by matrices, which a page has not: cells that certify one
    of `by_matrices`, or one made in the cell with such a probe, are left out.
    """
    runs = running(sources)
    return [
        place
        for place, source in enumerate(sources)
        if runs[place]
        and not read(source).only_imports
        and not _needs_matrices(source, by_matrices)
    ]


def _needs_matrices(source: str, by_matrices: Collection[str]) -> bool:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and is_certify(node) and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and first.value in by_matrices:
                return True
        if isinstance(node, ast.Dict):
            pairs = {(_text(k), _text(v)) for k, v in zip(node.keys, node.values, strict=True)}
            if ("kind", "operator") in pairs:
                return True
    return False


def is_certify(node: ast.AST) -> bool:
    """Whether a piece of code is a call of `certify`."""
    return (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "certify"
    )


def _text(node: ast.AST | None) -> object:
    return node.value if isinstance(node, ast.Constant) else None


def suppliers(sources: Sequence[str], place: int) -> dict[str, int]:
    """For each name that a cell needs, the last earlier cell that gives it (or imports it)."""
    wanted = read(sources[place])
    return {
        name: earlier
        for name in sorted(wanted.uses.union(wanted.mentions, *wanted.functions.values()))
        for earlier in _last_giver(sources[:place], name)
    }


def _last_giver(sources: Sequence[str], name: str) -> Iterator[int]:
    for place in reversed(range(len(sources))):
        try:
            cell = read(sources[place])
        except SyntaxError:
            continue
        if name in cell.gives | cell.lacks:
            yield place
            return
