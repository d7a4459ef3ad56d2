"""Small changes of a statement, one site at a time: what a probe must be able to tell apart.

A site is a place in a relation together with a family of changes: a coefficient or an exponent
(by a continuous amount delta), a sign, a term, an operator, an index range (discrete).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import sympy as sp

CONTINUOUS = ("coefficient", "exponent")
DISCRETE = ("sign", "term", "operator", "index")
CLASSES = CONTINUOUS + DISCRETE

_SWAPS: dict[Any, Callable[..., Any]] = {
    sp.sin: sp.cos,
    sp.cos: sp.sin,
    sp.sinh: sp.cosh,
    sp.cosh: sp.sinh,
    sp.tanh: lambda x: 1 / sp.tanh(x),
    sp.coth: sp.tanh,
    sp.exp: lambda x: sp.exp(x) - 1,
    sp.log: lambda x: sp.log(1 + x),
    sp.Abs: lambda x: x,
    sp.Max: sp.Min,
    sp.Min: sp.Max,
    sp.asinh: sp.acosh,
    sp.erf: sp.erfc,
    sp.erfc: sp.erf,
}


@dataclass(frozen=True)
class Site:
    """One place of one relation and the family of changes made there."""

    relation: int
    path: tuple[int, ...]
    kind: str
    label: str
    change: Callable[[Any, Any], Any]

    def apply(
        self, relations: tuple[Any, ...], delta: Any, evaluate: bool = True
    ) -> tuple[Any, ...]:
        """The relations with this site changed by `delta` (ignored by discrete changes).

        Without `evaluate`, what stands around the site is put together as it was: enough for
        numbers, and much faster than SymPy's simplification of the whole.
        """

        def change(e: Any) -> Any:
            return self.change(e, delta)

        changed = _replace(relations[self.relation], self.path, change, evaluate)
        return (*relations[: self.relation], changed, *relations[self.relation + 1 :])


_PLAIN = (sp.Add, sp.Mul, sp.Pow, sp.Function)
"""Nodes that SymPy can put together without simplifying."""


def _replace(
    e: Any, path: tuple[int, ...], change: Callable[[Any], Any], evaluate: bool = True
) -> Any:
    if not path:
        return change(e)
    if isinstance(e, sp.MatrixBase):
        cells = list(e)
        cells[path[0]] = _replace(cells[path[0]], path[1:], change, evaluate)
        return sp.Matrix(*e.shape, cells)
    args = list(e.args)
    args[path[0]] = _replace(args[path[0]], path[1:], change, evaluate)
    if isinstance(e, sp.core.relational.Relational):
        return e.func(*args, evaluate=False)
    return e.func(*args, evaluate=False) if _is_plain(e) and not evaluate else e.func(*args)


def _is_plain(e: Any) -> bool:
    return isinstance(e, _PLAIN) and not isinstance(e, sp.Piecewise)


def sites(relations: tuple[Any, ...], scales: dict[str, float] | None = None) -> list[Site]:
    """All sites of the relations. `scales` gives a typical size of each symbol, for exponents."""
    found: list[Site] = []
    for number, relation in enumerate(relations):
        for side in (0, 1):
            e = relation.args[side]
            if side == 1 or not isinstance(e, (sp.Symbol, sp.core.function.AppliedUndef)):
                found += [
                    Site(number, (side, *p), *rest)
                    for p, *rest in _walk(e, (), scales or {}, top=True)
                ]
    return _distinct(found)


def _distinct(found: list[Site]) -> list[Site]:
    seen: dict[tuple[Any, ...], Site] = {}
    for s in found:
        seen.setdefault((s.relation, s.path, s.kind, s.label), s)
    return list(seen.values())


def _scaled(e: Any, delta: Any) -> Any:
    return e * (1 + delta)


def _flipped(e: Any, _: Any) -> Any:
    return -e


def _dropped(e: Any, _: Any) -> Any:
    return e * 0


def _short(e: Any) -> str:
    text = str(e)
    return text if len(text) <= 40 else text[:37] + "..."


def _walk(
    e: Any, path: tuple[int, ...], scales: dict[str, float], top: bool = False
) -> Iterator[tuple[Any, ...]]:
    if isinstance(e, sp.MatrixBase):
        for i, cell in enumerate(e):
            if cell != 0:
                yield from _walk(cell, (*path, i), scales, top=True)
        return
    if isinstance(e, (sp.Derivative, sp.Subs)):
        yield (path, "coefficient", _short(e), _scaled)
        yield (path, "sign", _short(e), _flipped)
        return
    if e == 0 or e in (sp.oo, -sp.oo):
        return
    if top and not isinstance(e, sp.Add):
        yield (path, "coefficient", _short(e), _scaled)
        yield (path, "sign", _short(e), _flipped)
    yield from _node(e, path, scales)


def _node(e: Any, path: tuple[int, ...], scales: dict[str, float]) -> Iterator[tuple[Any, ...]]:
    if isinstance(e, sp.Add):
        for i, term in enumerate(e.args):
            yield ((*path, i), "coefficient", _short(term), _scaled)
            yield ((*path, i), "sign", _short(term), _flipped)
            yield ((*path, i), "term", _short(term), _dropped)
            yield from _node(term, (*path, i), scales)
    elif isinstance(e, sp.Mul):
        for i, factor in enumerate(e.args):
            yield from _node(factor, (*path, i), scales)
    elif isinstance(e, sp.Pow):
        yield from _power(e, path, scales)
    elif isinstance(e, sp.Symbol):
        yield from _bare(e, path, scales)
    elif isinstance(e, (sp.Integral, sp.Sum, sp.Product)):
        yield from _walk(e.args[0], (*path, 0), scales)
        yield from _ranges(e, path)
    elif isinstance(e, sp.Limit):
        yield from _walk(e.args[0], (*path, 0), scales)
    elif isinstance(e, sp.Piecewise):
        for i, (value, _) in enumerate(e.args):
            yield from _walk(value, (*path, i, 0), scales, top=True)
    elif isinstance(e, (sp.core.function.Application, sp.Determinant)):
        if e.func in _SWAPS:
            swap = _SWAPS[e.func]
            yield (path, "operator", _short(e), lambda x, _, swap=swap: swap(*x.args))
        for i, argument in enumerate(e.args):
            if argument.is_Number and isinstance(e, sp.core.function.AppliedUndef):
                continue
            yield from _walk(argument, (*path, i), scales, top=True)
    elif e.is_Number and not e.is_Integer:
        yield (path, "coefficient", _short(e), _scaled)


def _power(e: Any, path: tuple[int, ...], scales: dict[str, float]) -> Iterator[tuple[Any, ...]]:
    base = e.base
    unit = scales.get(base.name, 1.0) if isinstance(base, sp.Symbol) else None
    if e.exp.is_Rational and (unit is not None or base.is_commutative is not False):
        if base.is_commutative is not False:
            yield (path, "exponent", _short(e), lambda x, d: x * _power_of(x.base, unit, d))
    elif not e.exp.is_Rational:
        yield from _walk(e.exp, (*path, 1), scales, top=True)
    if not isinstance(base, sp.Symbol):
        yield from _walk(base, (*path, 0), scales)


def _power_of(base: Any, unit: float | None, delta: Any) -> Any:
    # A float: SymPy would look for integer roots of a large rational number.
    reference = sp.Float(repr(unit), 40) if unit else 1
    return sp.Pow(base / reference, delta, evaluate=False)


def _bare(
    e: sp.Symbol, path: tuple[int, ...], scales: dict[str, float]
) -> Iterator[tuple[Any, ...]]:
    if e.is_commutative is False or not (e.is_positive or e.is_nonnegative) or e.name not in scales:
        return
    unit = float(scales[e.name])
    yield (path, "exponent", e.name, lambda x, delta: x * _power_of(x, unit, delta))


def _ranges(e: Any, path: tuple[int, ...]) -> Iterator[tuple[Any, ...]]:
    for j, limit in enumerate(e.limits):
        if len(limit) != 3:
            continue
        for end in (1, 2):
            bound = limit[end]
            if bound in (sp.oo, -sp.oo):
                continue
            if isinstance(e, sp.Integral):
                change = _shifted_bound(limit, end)
                if change is None:
                    continue
            else:
                step = 1 if end == 1 else -1
                change = lambda x, _, step=step: x + step  # noqa: E731
            yield ((*path, 1 + j, end), "index", f"{limit[0]}: {_short(bound)}", change)


def _shifted_bound(limit: Any, end: int) -> Callable[[Any, Any], Any] | None:
    bound, other = limit[end], limit[3 - end]
    if bound != 0:
        return lambda x, _: x * sp.Rational(11, 10)
    if other not in (sp.oo, -sp.oo) and other != 0:
        return lambda x, _: other / 10
    return None
