"""A small algebra of physical dimensions, enough to judge the homogeneity of every statement.

SymPy's own units do not survive functions, integrals and symbolic exponents; this does. A
dimension is a mapping from base names to rational powers; `ANY` fits every dimension (zero,
infinity).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import sympy as sp

Dimension = dict[str, Fraction]
ANY = "any"

_half = Fraction(1, 2)
UNITS: dict[str, dict[str, Any]] = {
    "1": {}, "rad": {},
    "m": {"L": 1}, "kg": {"M": 1}, "s": {"T": 1}, "K": {"K": 1}, "A": {"I": 1}, "mol": {"n": 1},
    "J": {"M": 1, "L": 2, "T": -2}, "N": {"M": 1, "L": 1, "T": -2}, "Pa": {"M": 1, "L": -1, "T": -2},
    "W": {"M": 1, "L": 2, "T": -3}, "Hz": {"T": -1}, "C": {"I": 1, "T": 1},
    "V": {"M": 1, "L": 2, "T": -3, "I": -1}, "F": {"M": -1, "L": -2, "T": 4, "I": 2},
    "eV": {"M": 1, "L": 2, "T": -2}, "nm": {"L": 1}, "GPa": {"M": 1, "L": -1, "T": -2},
    "cm": {"L": 1}, "g": {"M": 1}, "erg": {"M": 1, "L": 2, "T": -2}, "dyn": {"M": 1, "L": 1, "T": -2},
    "esu": {"M": _half, "L": Fraction(3, 2), "T": -1}, "statV": {"M": _half, "L": _half, "T": -1},
    "D": {"M": _half, "L": Fraction(5, 2), "T": -1},
    "eps": {"M": 1, "L": 2, "T": -2}, "sig": {"L": 1}, "mass": {"M": 1}, "tau": {"T": 1},
}  # fmt: skip


class DimensionError(ValueError):
    """A unit that is unknown, or terms that cannot be added."""


def parse_unit(text: str) -> Dimension:
    """Dimension of a product of powers such as ``m^-3 J^-1``, ``J/K`` or ``1``."""
    out: Dimension = {}
    sign, cleaned = 1, text.strip().replace("*", " ")
    if re.sub(r"[A-Za-z]+(?:\^-?\d+(?:/\d+)?)?|/|1|\s", "", cleaned):
        raise DimensionError(
            f"cannot read the unit {text!r}: write products of powers such as 'm^-3 J^-1'"
        )
    for token in re.findall(r"[A-Za-z]+(?:\^-?\d+(?:/\d+)?)?|/|1", cleaned):
        if token == "/":
            sign = -1
            continue
        name, _, power = token.partition("^")
        if name not in UNITS:
            raise DimensionError(f"unknown unit {name!r} in {text!r}; known: {' '.join(UNITS)}")
        out = product(
            out, {k: Fraction(v) for k, v in UNITS[name].items()}, Fraction(power or 1) * sign
        )
        sign = 1
    return out


def product(
    a: Mapping[str, Fraction], b: Mapping[str, Fraction], power: Fraction | int = 1
) -> Dimension:
    """a * b^power, zeros dropped."""
    out = dict(a)
    for key, value in b.items():
        out[key] = out.get(key, Fraction(0)) + value * power
    return {k: v for k, v in out.items() if v}


def spell(dimension: Any) -> str:
    """Dimension as text, for messages."""
    if dimension is ANY:
        return "any"
    return " ".join(f"{k}^{v}" if v != 1 else k for k, v in sorted(dimension.items())) or "1"


def _common(dimensions: list[Any], where: Any) -> Any:
    known = [d for d in dimensions if d is not ANY]
    for d in known[1:]:
        if d != known[0]:
            raise DimensionError(
                f"terms of different dimension in {str(where)[:70]}: {spell(known[0])} and {spell(d)}"
            )
    return known[0] if known else ANY


def dimension(
    e: Any,
    units: Mapping[str, Dimension],
    functions: Mapping[str, tuple[Dimension, list[Dimension]]],
) -> Any:
    """Dimension of a SymPy expression; raises DimensionError where it is not homogeneous.

    `units` gives the dimension of each symbol, `functions` value and argument dimensions of each
    undefined function.
    """

    def go(x: Any) -> Any:
        return dimension(x, units, functions)

    if isinstance(e, (tuple, list)):
        return _common([go(x) for x in e], e)
    if e.is_Number or e in (sp.pi, sp.E, sp.I, sp.EulerGamma):
        return ANY if e in (sp.S.Zero, sp.oo, -sp.oo) else {}
    if isinstance(e, sp.Symbol):
        if e.name not in units:
            raise DimensionError(f"no unit for {e.name}")
        return units[e.name]
    if isinstance(e, (sp.core.relational.Relational, sp.Add, sp.Max, sp.Min)):
        return _common([go(a) for a in e.args], e)
    if isinstance(e, (sp.And, sp.Or, sp.Not, sp.Tuple)):
        for a in e.args:
            go(a)
        return {}
    if isinstance(e, sp.Mul):
        out: Any = {}
        for a in e.args:
            d = go(a)
            if d is ANY:
                return ANY
            out = product(out, d)
        return out
    if isinstance(e, sp.Pow):
        return _power(e, go)
    if isinstance(e, sp.Derivative):
        d = go(e.expr)
        for variable, order in e.variable_count:
            d = product(d, go(variable), -int(order))
        return d
    if isinstance(e, (sp.Integral, sp.Sum, sp.Product)):
        return _with_limits(e, go)
    if isinstance(e, sp.Limit):
        return go(e.args[0])
    if isinstance(e, sp.Piecewise):
        return _common([go(x) for x, _ in e.args], e)
    if isinstance(e, (sp.Abs, sp.re, sp.im, sp.conjugate)):
        return go(e.args[0])
    if isinstance(e, sp.DiracDelta):
        return product({}, go(e.args[0]), -1)
    if isinstance(e, (sp.Heaviside, sp.sign, sp.atan2, sp.KroneckerDelta)):
        for a in e.args:
            go(a)
        return {}
    if isinstance(e, sp.MatrixBase):
        # The elements of a matrix may differ only if it is not meant as one operator.
        return _common([go(a) for a in e], "matrix") if len(e) else {}
    return _function(e, go, functions)


def _power(e: Any, go: Any) -> Any:
    base = go(e.base)
    if not e.exp.is_Rational:
        if go(e.exp) not in ({}, ANY):
            raise DimensionError(f"exponent with a dimension: {e}")
        if base not in ({}, ANY):
            raise DimensionError(f"dimensional base with a symbolic exponent: {e}")
        return {}
    if base is ANY:
        return ANY
    return {k: v * Fraction(int(e.exp.p), int(e.exp.q)) for k, v in base.items()}


def _with_limits(e: Any, go: Any) -> Any:
    d = go(e.function)
    for limit in e.limits:
        v = go(limit[0])
        for bound in limit[1:]:
            _common([v, go(bound)], f"limits of {limit[0]}")
        if isinstance(e, sp.Integral) and d is not ANY:
            d = product(d, v)
    return d


def _function(e: Any, go: Any, functions: Mapping[str, tuple[Dimension, list[Dimension]]]) -> Any:
    name = e.func.__name__
    if name in functions:
        value, wanted = functions[name]
        for a, want in zip(e.args, wanted, strict=False):
            _common([go(a), want], f"argument of {name}")
        return value
    if isinstance(e, sp.Function):
        for a in e.args:
            if go(a) not in ({}, ANY):
                raise DimensionError(
                    f"argument of {name} has the dimension {spell(go(a))}: {str(a)[:60]}"
                )
        return {}
    raise DimensionError(f"cannot read {type(e).__name__}: {str(e)[:60]}")
