"""Sources of an equation to take away: LaTeX as printed, a SymPy program, the NumPy function.

The SymPy program declares the symbols and states the printed form (and the corrected one) so that
it runs by itself; the function comes with the imports that it needs.
"""

from __future__ import annotations

import ast
import builtins
import functools
from collections.abc import Collection

from relics import papers
from relics.book import closure
from relics.book.markup import text
from relics.papers import transcription
from relics.papers.expressions import CONSTANTS, FUNCTIONS

_UNEVALUATED = {"Eq", "Ne", "Lt", "Le", "Gt", "Ge"}
_COMPARED = {ast.Lt: "Lt", ast.LtE: "Le", ast.Gt: "Gt", ast.GtE: "Ge"}


def latex(identifier: str) -> str:
    """LaTeX of an equation as its paper prints it. Raises ValueError for an unknown id."""
    return papers.equation(identifier).latex.strip()


def sympy(identifier: str) -> str:
    """A program that states an equation in SymPy, imports and symbols included.

    Raises ValueError for an unknown id and an equation without transcription.
    """
    statement = transcription.statement(identifier)
    row = transcription.raw(identifier)["row"]
    names = {name.removesuffix("()") for name in statement.symbols}
    forms = {
        form: [_program(t, names) for t in ([found] if isinstance(found, str) else found)]
        for form in ("printed", "corrected")
        if (found := row.get(form))
    }
    tokens = {n for f in forms.values() for t in f for n in transcription._identifiers(t)}
    lines = ["import sympy as sp", "", *_declarations(statement, tokens), ""]
    for form, relations in forms.items():
        one = relations[0] if len(relations) == 1 else None
        lines += (
            [f"{form} = {one}"] if one else [f"{form} = [", *(f"    {r}," for r in relations), "]"]
        )
    return "\n".join(lines)


def _declarations(statement: transcription.Statement, tokens: Collection[str]) -> list[str]:
    groups: dict[str, list[str]] = {}
    functions = []
    for name, symbol in statement.symbols.items():
        plain = name.removesuffix("()")
        given = "".join(f", {k}={v}" for k, v in transcription.DOMAINS[symbol.domain].items())
        if plain not in tokens:
            continue
        if symbol.is_function:
            functions.append(f'{plain} = sp.Function("{plain}"{given})')
        else:
            groups.setdefault(given, []).append(plain)
    symbols = [
        f'{", ".join(names)} = sp.symbols("{" ".join(names)}"{given})'
        for given, names in groups.items()
    ]
    return symbols + functions


def _program(relation: str, names: Collection[str]) -> str:
    """Text of a relation as Python that builds the same SymPy object."""
    tree = ast.parse(relation.strip(), mode="eval")
    return ast.unparse(_Exact(names).visit(tree.body))


def _call(function: str, *arguments: ast.expr) -> ast.Call:
    return ast.Call(ast.Name(f"sp.{function}"), list(arguments), [])


def _is_number(node: ast.expr) -> bool:
    return not any(isinstance(n, ast.Name) for n in ast.walk(node))


class _Exact(ast.NodeTransformer):
    """Names of SymPy spelt out, relations left as they stand, fractions of integers kept exact."""

    def __init__(self, names: Collection[str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.expr:
        known = node.id in self.names or node.id not in CONSTANTS
        return node if known else ast.Name(f"sp.{node.id}")

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        if isinstance(node.value, float):
            return _call("Rational", ast.Constant(repr(node.value)))
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        # Python would make a float of a quotient or a negative power of two plain numbers.
        exact = isinstance(node.op, ast.Div | ast.Pow) and _is_number(node)
        left, right = self.visit(node.left), self.visit(node.right)
        return ast.BinOp(_call("S", left) if exact else left, node.op, right)

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        made = _call(
            _COMPARED[type(node.ops[0])], self.visit(node.left), self.visit(node.comparators[0])
        )
        made.keywords = [ast.keyword("evaluate", ast.Constant(False))]
        return made

    def visit_Call(self, node: ast.Call) -> ast.expr:
        assert isinstance(node.func, ast.Name)
        name, arguments = node.func.id, [self.visit(a) for a in node.args]
        if name not in FUNCTIONS:
            return ast.Call(node.func, arguments, [])
        made = _call({"transpose": "Transpose", "trace": "Trace"}.get(name, name), *arguments)
        if name in _UNEVALUATED:
            made.keywords = [ast.keyword("evaluate", ast.Constant(False))]
        if name == "Limit" and len(arguments) == 3:
            to = node.args[2]
            from_below = isinstance(to, ast.Name) and to.id == "oo"
            made.keywords = [ast.keyword("dir", ast.Constant("-" if from_below else "+"))]
        return made


# NumPy --------------------------------------------------------------------------------------------


def numpy(function: str) -> str:
    """Source of a function of the package (``relics.rfot.barrier``) with the imports it needs.

    Raises ValueError where there is no such function.
    """
    parts = function.split(".")
    for cut in range(len(parts) - 1, 0, -1):
        module = ".".join(parts[:cut])
        if closure.module_file(module) is not None:
            break
    else:
        raise ValueError(f"{function} is not in the package")
    source, tree = _module(module)
    node = _definition(tree, parts[cut])
    if node is None:
        raise ValueError(f"{module} has no {parts[cut]}")
    first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
    body = "\n".join(source.splitlines()[first - 1 : node.end_lineno])
    return f"{_imports(module, tree, node)}\n\n\n{body}".lstrip()


@functools.cache
def _module(name: str) -> tuple[str, ast.Module]:
    path = closure.module_file(name)
    assert path is not None
    source = path.read_text(encoding="utf-8")
    return source, ast.parse(source)


def _definition(tree: ast.Module, name: str) -> ast.FunctionDef | ast.ClassDef | None:
    defined = (n for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef))
    return next((n for n in defined if n.name == name), None)


def _imports(module: str, tree: ast.Module, node: ast.FunctionDef | ast.ClassDef) -> str:
    """Import statements for every name of the module that a definition uses."""
    used = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} - {node.name}
    lines = ["from __future__ import annotations"] if _annotated(node) else []
    own = []
    for statement in tree.body:
        if isinstance(statement, ast.ImportFrom) and statement.module != "__future__":
            names = [a for a in statement.names if (a.asname or a.name) in used]
            if names:
                lines.append(ast.unparse(ast.ImportFrom(statement.module, names, 0)))
        elif isinstance(statement, ast.Import):
            names = [a for a in statement.names if (a.asname or a.name.split(".")[0]) in used]
            lines += [ast.unparse(ast.Import(names))] if names else []
        else:
            own += [name for name in _binds(statement) if name in used]
    own = [name for name in own if not hasattr(builtins, name)]
    return "\n".join([*lines, *([f"from {module} import {', '.join(own)}"] if own else [])])


def _annotated(node: ast.FunctionDef | ast.ClassDef) -> bool:
    return any(isinstance(n, ast.arg) and n.annotation is not None for n in ast.walk(node))


def _binds(statement: ast.stmt) -> list[str]:
    """Names that a statement of a module defines."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return [statement.name]
    stored = (n for n in ast.walk(statement) if isinstance(n, ast.Name))
    return [n.id for n in stored if isinstance(n.ctx, ast.Store)]


# On a card ----------------------------------------------------------------------------------------


def html(identifier: str, function: str = "") -> str:
    """Buttons that copy the sources of an equation, and the sources themselves, folded.

    `function` names the package function that gives the equation's number, if any.
    """
    found = {"LaTeX": latex(identifier)}
    if identifier in transcription.statement_ids():
        found["SymPy"] = sympy(identifier)
    if function:
        found["NumPy"] = numpy(function)
    name = text(identifier)
    buttons = "".join(
        f'<button type="button" data-copies="{kind}">Copy {kind}</button>' for kind in found
    )
    shown = "".join(
        f'<p>{kind}</p><pre data-source="{kind}"><code>{text(source)}</code></pre>'
        for kind, source in found.items()
    )
    return (
        f'<div class="relics-copies" role="group" aria-label="Sources of {name}" hidden>{buttons}'
        f'<output aria-live="polite"></output></div><details class="relics-sources">'
        f"<summary>{', '.join(found)}</summary>{shown}</details>"
    )
