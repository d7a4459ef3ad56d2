"""Text to SymPy without evaluating text: a whitelist of names over Python's own parser."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

import sympy as sp


class ExpressionError(ValueError):
    """An expression that cannot be read; the message says what and why."""


def _rational(*args: Any) -> sp.Rational:
    return sp.Rational(*args)


# Order matters nowhere; names declared by a statement win over these.
CONSTANTS: dict[str, sp.Basic] = {
    "pi": sp.pi,
    "I": sp.I,
    "oo": sp.oo,
    "EulerGamma": sp.EulerGamma,
}
FUNCTIONS: dict[str, Any] = {
    name: getattr(sp, name)
    for name in (
        "exp log sqrt sin cos tan cot sinh cosh tanh coth sech csch asin acos atan atan2 asinh acosh "
        "atanh Abs sign erf erfc erfinv gamma loggamma digamma polygamma zeta polylog besselj bessely "
        "besseli besselk jn yn Ynm legendre hyper uppergamma lowergamma expint Ei Si Ci LambertW Heaviside "
        "DiracDelta KroneckerDelta Max Min Piecewise Integral Sum Product Derivative Limit Matrix re im "
        "conjugate factorial binomial floor Eq Ne Lt Le Gt Ge And Or Not diff limit det Tuple cbrt"
    ).split()
} | {"Rational": _rational, "transpose": sp.Transpose, "trace": sp.Trace}

_BINARY = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.Pow: lambda a, b: a**b,
}
_UNEVALUATED = {"Eq", "Ne", "Lt", "Le", "Gt", "Ge"}


def read(text: str, names: Mapping[str, Any]) -> Any:
    """Read `text` as a SymPy expression in `names` (symbols and functions) and the whitelist.

    Numbers are exact: ``1.6`` becomes 8/5. Raises ExpressionError for unknown names, calls that
    are not whitelisted, and anything that is not a mathematical expression.
    """
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except SyntaxError as error:
        raise ExpressionError(
            f"cannot be read as an expression: {text.strip()!r} ({error.msg})"
        ) from None
    return _Reader(names).visit(tree.body)


class _Reader(ast.NodeVisitor):
    def __init__(self, names: Mapping[str, Any]) -> None:
        self.names = names

    def generic_visit(self, node: ast.AST) -> Any:
        raise ExpressionError(f"{type(node).__name__} has no place in an expression")

    def visit_Constant(self, node: ast.Constant) -> Any:
        if isinstance(node.value, bool) or not isinstance(node.value, (int, float)):
            raise ExpressionError(f"not a number: {node.value!r}")
        return (
            sp.Integer(node.value) if isinstance(node.value, int) else sp.Rational(repr(node.value))
        )

    def visit_Name(self, node: ast.Name) -> Any:
        if node.id in self.names:
            return self.names[node.id]
        if node.id in CONSTANTS:
            return CONSTANTS[node.id]
        raise ExpressionError(f"undeclared symbol {node.id!r}")

    def visit_UnaryOp(self, node: ast.UnaryOp) -> Any:
        value = self.visit(node.operand)
        if isinstance(node.op, ast.USub):
            return -value
        if isinstance(node.op, ast.UAdd):
            return value
        raise ExpressionError(f"operator {type(node.op).__name__} has no place in an expression")

    def visit_BinOp(self, node: ast.BinOp) -> Any:
        if type(node.op) not in _BINARY:
            raise ExpressionError(
                f"operator {type(node.op).__name__} has no place in an expression"
            )
        left, right = self.visit(node.left), self.visit(node.right)
        return _BINARY[type(node.op)](left, right)

    def visit_Compare(self, node: ast.Compare) -> Any:
        kinds = {ast.Lt: sp.Lt, ast.LtE: sp.Le, ast.Gt: sp.Gt, ast.GtE: sp.Ge}
        if len(node.ops) != 1 or type(node.ops[0]) not in kinds:
            raise ExpressionError(
                "only a single <, <=, >, >= may stand in an expression; write Eq(a, b)"
            )
        return kinds[type(node.ops[0])](
            self.visit(node.left), self.visit(node.comparators[0]), evaluate=False
        )

    def visit_Tuple(self, node: ast.Tuple) -> Any:
        return tuple(self.visit(e) for e in node.elts)

    def visit_List(self, node: ast.List) -> Any:
        return [self.visit(e) for e in node.elts]

    def visit_Call(self, node: ast.Call) -> Any:
        if not isinstance(node.func, ast.Name) or node.keywords:
            raise ExpressionError("only plain calls f(x, ...) may stand in an expression")
        name, args = node.func.id, [self.visit(a) for a in node.args]
        declared = self.names.get(name)
        if isinstance(declared, sp.core.function.UndefinedFunction):
            return declared(*args)
        if name not in FUNCTIONS:
            raise ExpressionError(f"undeclared function {name!r}")
        if name in _UNEVALUATED:
            return FUNCTIONS[name](*args, evaluate=False)
        if name == "Limit" and len(args) == 3:
            return sp.Limit(*args, dir="-" if args[2] is sp.oo else "+")
        return FUNCTIONS[name](*args)
