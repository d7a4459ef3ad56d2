"""Python in a page of the book: runs a chapter's cells, one by one, with what they need before.

A page carries SymPy, mpmath, `relics.proof`, `relics.papers` and `relics.constants`, and no NumPy.
What a chapter imports beyond that becomes an `Absent` name: it can be mentioned, as `package` does
with the functions of the physics modules, but calling it is an error that says so. Certificates
are made as in the chapter, at the same points, without the package's number.
"""

from __future__ import annotations

import ast
import contextlib
import io
import itertools
import linecache
import sys
import time
import traceback
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from relics.book import page_arrays, page_cells

Show = Callable[[str, str], None]
"""What the session calls with a kind (``status text html latex error``) and the text."""


class NotInPageError(RuntimeError):
    """Something was called that Python in a page does not have."""


class Absent:
    """A name from a module that a page does not have."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.__module__, _, self.__qualname__ = name.rpartition(".")

    def __getattr__(self, name: str) -> Absent:
        if name.startswith("_"):
            raise AttributeError(name)
        return Absent(f"{self._name}.{name}")

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """Raise NotInPageError."""
        raise NotInPageError(
            f"{self._name} needs NumPy, which Python in this page does not have; "
            "run the chapter as a notebook"
        )

    def __repr__(self) -> str:
        return self._name


class _StandIn(types.ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Absent(f"{self.__name__}.{name}")


@contextlib.contextmanager
def _standing_in(constants: Mapping[str, float]) -> Iterator[None]:
    """While `relics.proof` is imported, the little of NumPy and SciPy that it needs."""
    numpy, scipy = _StandIn("numpy"), _StandIn("scipy")
    numpy.__dict__.update(
        {k: v for k, v in vars(page_arrays).items() if not k.startswith("_")},
        random=types.SimpleNamespace(default_rng=page_arrays.default_rng),
    )
    scipy.__dict__["constants"] = types.SimpleNamespace(**constants)
    sys.modules |= {"numpy": numpy, "scipy": scipy}
    try:
        yield
    finally:
        # SymPy must not take them for the real ones.
        del sys.modules["numpy"], sys.modules["scipy"]


def open_proof(constants: Mapping[str, float]) -> None:
    """Import what derivations use; `certify` then leaves the package's number out."""
    with _standing_in(constants):
        import relics.constants
        import relics.proof
    whole = relics.proof.certify

    def certify(
        which: Any, derived: Any = None, *, number: Mapping[str, Any] | None = None, **rest: Any
    ) -> Any:
        certificate = whole(which, derived, **rest)
        certificate.__dict__["unasked"] = [str(n.function) for n in (number or {}).values()]
        return certificate

    certify.__doc__ = whole.__doc__
    relics.proof.certify = certify


class _InPage(ast.NodeTransformer):
    """Imports of what a page lacks become names; functions of the package are only named."""

    def visit_Call(self, node: ast.Call) -> Any:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id in page_cells.NAMING:
            node.args, node.keywords = node.args[:1], []
        return node

    def visit_Import(self, node: ast.Import) -> Any:
        return [
            _absent(a.asname or a.name.partition(".")[0], a.name)
            if page_cells.is_absent(a.name)
            else ast.copy_location(ast.Import([a]), node)
            for a in node.names
        ]

    def visit_ImportFrom(self, node: ast.ImportFrom) -> Any:
        out: list[ast.stmt] = []
        for a in node.names:
            name = f"{node.module}.{a.name}"
            if page_cells.is_absent(name if node.module == "relics" else str(node.module)):
                out.append(_absent(a.asname or a.name, name))
            else:
                out.append(ast.copy_location(ast.ImportFrom(node.module, [a], node.level), node))
        return out


def _absent(name: str, full: str) -> ast.stmt:
    return ast.parse(f"{name} = _relics_absent({full!r})").body[0]


@dataclass
class _Result:
    made_from: tuple[str, tuple[tuple[int, int], ...]]
    version: int
    names: dict[str, Any]


class CellFailedError(Exception):
    """A cell that raised; the text is its traceback."""


class Session:
    """The chapter of one page. Each cell sees the names as they were just before it."""

    def __init__(self, show: Show) -> None:
        self.show = show
        self.results: dict[int, _Result] = {}
        self.versions = itertools.count()

    def run(self, sources: Sequence[str], place: int) -> bool:
        """Run one cell, after those before it that it needs and that have not run as they stand.

        What it prints and its last value are shown; an error is shown as a traceback and returns
        False.
        """
        started = time.monotonic()
        try:
            earlier = self._missing(sources, place)
            for count, other in enumerate(earlier, 1):
                self.show("status", f"Running an earlier cell, {count} of {len(earlier)} …")
                try:
                    self._execute(sources, other, quiet=True)
                except CellFailedError as failure:
                    self.show("error", f"An earlier cell that this one needs failed.\n{failure}")
                    return False
            self.show("status", "Running …")
            self._execute(sources, place, quiet=False)
        except CellFailedError as failure:
            self.show("error", str(failure))
            return False
        self.show("status", f"Done in {time.monotonic() - started:.1f} s.")
        return True

    def _chain(self, sources: Sequence[str], place: int) -> list[int]:
        """Cells that must stand before this one, in order; those that a page cannot run left out."""
        runs = page_cells.running(sources)
        found: set[int] = set()
        waiting = [place]
        while waiting:
            for other in self._suppliers(sources, waiting.pop()).values():
                if runs[other] and other not in found:
                    found.add(other)
                    waiting.append(other)
        return sorted(found)

    def _missing(self, sources: Sequence[str], place: int) -> list[int]:
        chain = self._chain(sources, place)
        stale: set[int] = set()
        for other in chain:
            before = set(self._suppliers(sources, other).values())
            result = self.results.get(other)
            if result is None or before & stale or result.made_from != self._origin(sources, other):
                stale.add(other)
        return sorted(stale)

    def _suppliers(self, sources: Sequence[str], place: int) -> dict[str, int]:
        try:
            return page_cells.suppliers(sources, place)
        except SyntaxError:
            return {}

    def _origin(
        self, sources: Sequence[str], place: int
    ) -> tuple[str, tuple[tuple[int, int], ...]]:
        others = sorted(set(self._suppliers(sources, place).values()))
        return sources[place], tuple(
            (o, self.results[o].version) for o in others if o in self.results
        )

    def _names(self, sources: Sequence[str], place: int) -> dict[str, Any]:
        names: dict[str, Any] = {
            "__name__": "__main__",
            "_relics_absent": Absent,
        }
        for name, other in self._suppliers(sources, place).items():
            given = self.results[other].names if other in self.results else {}
            names[name] = given.get(name, Absent(name))
        return names

    def _execute(self, sources: Sequence[str], place: int, quiet: bool) -> None:
        source, file = sources[place], f"<cell {place + 1}>"
        linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
        output = _Output(self.show, quiet)

        def display(*values: Any) -> None:
            output.flush()
            for value in () if quiet else values:
                _display(value, self.show)

        names = self._names(sources, place) | {"display": display}
        try:
            tree = ast.fix_missing_locations(_InPage().visit(ast.parse(source, file)))
            last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
            if last and quiet and page_cells.is_certify(last.value):
                last = None  # later cells need the names, not the card
            with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
                exec(compile(tree, file, "exec"), names)
                value = (
                    eval(compile(ast.Expression(last.value), file, "eval"), names) if last else None
                )
            output.flush()
            if not quiet:
                _display(value, self.show)
        except Exception as error:
            output.flush()
            raise CellFailedError(_traceback(error)) from None
        given = page_cells.read(source)
        kept = {n: names[n] for n in given.gives | given.lacks if n in names}
        self.results[place] = _Result(self._origin(sources, place), next(self.versions), kept)


class _Output(io.StringIO):
    """Passes complete lines on as they come."""

    def __init__(self, show: Show, quiet: bool) -> None:
        super().__init__()
        self.show = show
        self.quiet = quiet

    def write(self, text: str) -> int:
        count = super().write(text)
        if "\n" in text:
            self.flush()
        return count

    def flush(self) -> None:
        text = self.getvalue()
        self.seek(0)
        self.truncate()
        if text and not self.quiet:
            self.show("text", text)


def _traceback(error: BaseException) -> str:
    """The traceback from the first frame that is the reader's."""
    report = traceback.TracebackException.from_exception(error)
    own = [i for i, frame in enumerate(report.stack) if frame.filename.startswith("<cell ")]
    del report.stack[: own[0] if own else len(report.stack)]
    return "".join(report.format(chain=False))


def _display(value: Any, show: Show) -> None:
    import sympy as sp

    if value is None:
        return
    bundle = getattr(value, "_repr_mimebundle_", None)
    if bundle is not None:
        show("html", bundle()["text/html"])
        if getattr(value, "unasked", ()):
            names = ", ".join(value.unasked)
            show("note", f"Not compared here, where there is no NumPy: {names}.")
        return
    several = value.values() if isinstance(value, dict) else value
    if isinstance(value, (sp.Basic, sp.MatrixBase)) or (
        isinstance(value, (list, tuple, dict))
        and any(isinstance(v, (sp.Basic, sp.MatrixBase)) for v in several)
    ):
        show("latex", sp.latex(value))
    else:
        show("text", f"{value!r}\n")
