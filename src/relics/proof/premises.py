"""Premises: equations handed to a derivation with a dye that shows up in whatever rests on them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sympy as sp

from relics.papers import transcription
from relics.papers.transcription import Statement, Symbol

_DYE = "dye:"


class Dye(sp.Symbol):
    """The marker of a premise; shown as a small mark that names it, not as a letter."""

    __slots__ = ()

    def _latex(self, printer: Any) -> str:
        name = self.name.removeprefix(_DYE).replace("-", r"\text{-}").replace("_", r"\_")
        return rf"\langle\scriptstyle\mathrm{{{name}}}\rangle"


@dataclass(frozen=True)
class Premise:
    """One premise: its relations, each with the right side multiplied by the dye."""

    id: str
    all: tuple[Any, ...]
    dye: sp.Symbol
    declared: dict[str, Symbol]

    @property
    def lhs(self) -> Any:
        """Left side of the first relation."""
        return self.all[0].lhs

    @property
    def rhs(self) -> Any:
        """Right side of the first relation, dyed."""
        return self.all[0].rhs

    @property
    def eq(self) -> Any:
        """The first relation, dyed."""
        return self.all[0]

    def symbols(self, names: str | Iterable[str]) -> Any:
        """SymPy symbols of this premise by name, as `sympy.symbols` would return them."""
        wanted = names.replace(",", " ").split() if isinstance(names, str) else list(names)
        known = {k.removesuffix("()"): s.sympy for k, s in self.declared.items()}
        missing = [n for n in wanted if n not in known]
        if missing:
            raise ValueError(
                f"{self.id} has no symbol {', '.join(missing)}; it has {', '.join(sorted(known))}"
            )
        found = tuple(known[n] for n in wanted)
        return found[0] if len(found) == 1 else found


def dye_of(identifier: str) -> sp.Symbol:
    """The marker symbol of a premise."""
    return Dye(_DYE + identifier, positive=True)


def is_dye(symbol: sp.Symbol) -> bool:
    """Whether a symbol is the marker of a premise."""
    return symbol.name.startswith(_DYE)


def dyes(expression: Any) -> set[str]:
    """Ids of the premises whose dye is in an expression (or in a container of expressions)."""
    if isinstance(expression, dict):
        return set().union(*(dyes(e) for e in expression.values())) if expression else set()
    if isinstance(expression, (list, tuple)):
        return set().union(*(dyes(e) for e in expression)) if expression else set()
    free: set[sp.Symbol] = getattr(sp.sympify(expression), "free_symbols", set())
    return {s.name.removeprefix(_DYE) for s in free if is_dye(s)}


def undye(expression: Any, value: Any = 1, only: str | None = None) -> Any:
    """The expression with all dyes (or one) set to one, or to `value`."""
    if isinstance(expression, dict):
        return {k: undye(v, value, only) for k, v in expression.items()}
    free = {s for s in expression.free_symbols if is_dye(s)}
    wanted = {s: value for s in free if only is None or s == dye_of(only)}
    return expression.subs(wanted) if wanted else expression


def _dyed(relation: Any, dye: sp.Symbol) -> Any:
    if relation.rhs != 0:
        return relation.func(relation.lhs, dye * relation.rhs, evaluate=False)
    # Nothing to multiply on the right: the first term on the left carries the dye.
    terms = list(sp.Add.make_args(relation.lhs))
    return relation.func(sp.Add(dye * terms[0], *terms[1:]), 0, evaluate=False)


def premise(which: str | Statement, form: str = "valid") -> Premise:
    """The equation `which` as a premise.

    `form` is ``valid`` (the corrected form where there is one), ``printed`` or ``corrected``.
    Raises ValueError for unknown ids and for forms that do not exist.
    """
    statement = transcription.statement(which) if isinstance(which, str) else which
    if form not in ("valid", "printed", "corrected"):
        raise ValueError(f"form {form!r} is none of valid, printed, corrected")
    relations = {
        "valid": statement.valid,
        "printed": statement.printed,
        "corrected": statement.corrected,
    }[form]
    if relations is None:
        raise ValueError(f"{statement.id} has no corrected form")
    dye = dye_of(statement.id)
    return Premise(statement.id, tuple(_dyed(r, dye) for r in relations), dye, statement.symbols)


def assume(identifier: str) -> Premise:
    """A declared assumption as a premise, dyed like an equation."""
    assumption = transcription.assumption(identifier)
    dye = dye_of(identifier)
    return Premise(
        identifier, tuple(_dyed(r, dye) for r in assumption.relations), dye, assumption.symbols
    )


def perturbed(p: Premise, factor: Any) -> Premise:
    """The premise with its dye replaced by a number: one (clean) or anything else (perturbed)."""
    relations = tuple(
        r.func(*(undye(a, factor, p.id) for a in r.args), evaluate=False) for r in p.all
    )
    return Premise(p.id, relations, p.dye, p.declared)
