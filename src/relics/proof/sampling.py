"""Points at which a statement is judged: reproducible, exact as floats, spread over its domain."""

from __future__ import annotations

import functools
import hashlib
import math
from collections.abc import Callable
from typing import Any

import mpmath as mp
import numpy as np

from relics.papers.transcription import Statement, Symbol, _bound_symbols
from relics.proof.evaluate import DIGITS, compiled


class SamplingError(ValueError):
    """A symbol that cannot be sampled; the message names it."""


def seed(*parts: object) -> int:
    """A seed that depends only on the text of its arguments."""
    return int.from_bytes(hashlib.sha256(repr(parts).encode()).digest()[:8], "big")


def draw(symbol: Symbol, rng: np.random.Generator) -> float:
    """One float from the symbol's range: log-uniform over more than a decade, else uniform."""
    if symbol.range is None:
        raise SamplingError(f"{symbol.name} has no range to be sampled from and is not derived")
    low, high = symbol.range
    if "integer" in symbol.domain:
        return float(rng.integers(math.ceil(low), math.floor(high) + 1))
    if low == high:
        return low
    if low > 0 and high / low > 10:
        return float(math.exp(rng.uniform(math.log(low), math.log(high))))
    return float(rng.uniform(low, high))


def typical(symbol: Symbol) -> float:
    """A typical size of the symbol: the geometric or arithmetic middle of its range."""
    if symbol.range is None:
        return 1.0
    low, high = symbol.range
    if low > 0:
        return math.sqrt(low * high)
    return max(abs(low), abs(high)) / 2 or 1.0


def points(statement: Statement, count: int, label: str = "") -> list[dict[str, float]]:
    """`count` points as plain floats: values of all symbols that are neither derived nor bound."""
    rng = np.random.default_rng(seed(statement.id, label))
    bound = _bound_symbols((*statement.printed, *(statement.corrected or ())))
    # The variable of a limit or a distribution is placed by its probe.
    placed = {p["variable"] for p in statement.probes if p["kind"] in ("limit", "distribution")}
    names = [
        s
        for n, s in statement.symbols.items()
        if not s.is_function
        and s.domain not in ("operator", "matrix")
        and n not in statement.derived
        and (s.range is not None or n not in bound | placed)
    ]
    return [{s.name: draw(s, rng) for s in names} for _ in range(count)]


def exact(point: dict[str, float]) -> dict[str, Any]:
    """The point as mpmath numbers, each exactly the float."""
    return {k: mp.mpf(v) for k, v in point.items()}


def functions(
    statement: Statement, point: dict[str, Any], which: int = 0
) -> dict[str, Callable[..., Any]]:
    """Concrete functions for the statement's undefined ones: a declared instance, or a random table.

    Functions of integers without an instance take one random value of their range for each
    argument, the same on every call.
    """
    out: dict[str, Callable[..., Any]] = {}
    for name, symbol in statement.symbols.items():
        if not symbol.is_function or name in statement.derived or symbol.domain == "operator":
            continue
        if symbol.instances:
            out[name] = _instance(statement, symbol, point, which)
        elif symbol.range is not None:
            out[name] = _table(statement, symbol)
    return out


def _instance(
    statement: Statement, symbol: Symbol, point: dict[str, Any], which: int
) -> Callable[..., Any]:
    body = _body(statement, symbol, which)
    tables = functions_of_instances(statement, symbol, point)

    def f(*values: Any) -> Any:
        return body({**tables, **point, **dict(zip(symbol.arguments, values, strict=True))})

    return f


_BODIES: dict[tuple[str, str, str, str], Callable[..., Any]] = {}


def _body(statement: Statement, symbol: Symbol, which: int) -> Callable[..., Any]:
    """The compiled instance of a function; an audit asks for the same ones thousands of times."""
    import sympy as sp

    from relics.papers.expressions import read

    text = symbol.instances[which % len(symbol.instances)]
    key = (statement.id, statement.digest, symbol.name, text)
    if key not in _BODIES:
        names = statement.names | {a: sp.Symbol(a) for a in symbol.arguments}
        _BODIES[key] = compiled(read(text, names))
    return _BODIES[key]


def functions_of_instances(
    statement: Statement, outer: Symbol, env: dict[str, Any]
) -> dict[str, Any]:
    """Tables that an instance may itself refer to (functions of integers only)."""
    return {
        n: _table(statement, s)
        for n, s in statement.symbols.items()
        if s.is_function and n != outer.name and not s.instances and s.range is not None
    }


def _table(statement: Statement, symbol: Symbol) -> Callable[..., Any]:
    def f(*arguments: Any) -> Any:
        key = tuple(mp.nstr(mp.mpmathify(a), DIGITS) for a in arguments)
        return mp.mpf(_entry(statement.id, symbol, key))

    return f


@functools.lru_cache(maxsize=100_000)
def _entry(identifier: str, symbol: Symbol, key: tuple[str, ...]) -> float:
    return draw(symbol, np.random.default_rng(seed(identifier, symbol.name, key)))
