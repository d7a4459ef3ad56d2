"""How sharply the probes resolve a statement: the smallest change of each site that they reject."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import Any

import sympy as sp

from relics.papers import transcription
from relics.papers.transcription import Statement
from relics.proof import evidence as ev
from relics.proof import mutations, sampling

_LADDER = (10**-6, 10**-3, 0.1, 1.0)
FREE_PREFACTOR = "the prefactor of a proportionality is free"


def resolve(statement: Statement | str, data: dict[str, Any]) -> dict[str, Any]:
    """Audit one certificate against its statement.

    Returns ``excess`` (above one: the statement as it now stands is rejected), ``resolution`` (for
    every class of site the largest of the smallest rejected changes; one for discrete classes that
    are rejected throughout), ``sites`` (count), ``blind`` (sites of which no change is rejected)
    and ``blind_because``.
    """
    s = transcription.statement(statement) if isinstance(statement, str) else statement
    relations = s.corrected if data["form"] == "corrected" and s.corrected else s.printed
    relation, heavy = data["relation"], ev.is_heavy(s)
    pieces = [ev.prepared(s, ev.eased(e, heavy)) for e in data["evidence"]]
    if data["outcome"] == "refuted":
        return _refuted(s, relations, pieces, relation)
    base = max((ev.excess(s, relations, e, relation) for e in pieces), default=math.inf)
    if base > 1 and heavy:
        # The lower precision was not enough: judge again at the precision of the certificate.
        base = max(ev.excess(s, relations, e, relation) for e in data["evidence"])
    found: dict[str, list[float]] = defaultdict(list)
    blind: list[str] = []
    sites = _sites(s, relations)
    few = [ev.prepared(s, ev.thinned(e, relation, heavy)) for e in data["evidence"]]
    few = [ev.calibrated(s, relations, e, relation) for e in few]
    for site in sites:
        delta = smallest_rejected(s, relations, few, relation, site)
        if delta is None:
            blind.append(f"{site.kind} of {site.label}")
        else:
            found[site.kind].append(delta)
    because = s.blind_because
    if blind and relation == "proportional" and not because:
        because = FREE_PREFACTOR
    return {
        "excess": base,
        "resolution": {k: float(f"{max(v):.1e}") for k, v in found.items()},
        "sites": len(sites),
        "blind": blind,
        "blind_because": because,
    }


def _sites(s: Statement, relations: tuple[Any, ...]) -> list[mutations.Site]:
    scales = {
        n: sampling.typical(x)
        for n, x in s.symbols.items()
        if x.range is not None and x.range[0] > 0
    }
    return mutations.sites(relations, scales)


def _refuted(
    s: Statement, relations: tuple[Any, ...], pieces: list[dict[str, Any]], relation: str
) -> dict[str, Any]:
    """A refuted statement is resolved by how far it is rejected, not by its mutants."""
    worst = max((ev.excess(s, relations, e, relation) for e in pieces), default=math.inf)
    size = float(f"{1 / worst:.1e}") if math.isfinite(worst) and worst > 0 else 0.0
    return {
        "excess": 0.0 if worst > 1 else 2.0,
        "resolution": {"refutation": size},
        "sites": 0,
        "blind": [],
        "blind_because": "",
    }


def smallest_rejected(
    s: Statement,
    relations: tuple[Any, ...],
    pieces: list[dict[str, Any]],
    relation: str,
    site: mutations.Site,
) -> float | None:
    """Smallest change of a site that the evidence rejects; None if it sees none.

    The response is linear for small changes, so one evaluation on a ladder of changes gives the
    threshold, and a second one at 1.5 times the threshold confirms that it is rejected.
    """

    # Consequences and operators are worked out by SymPy, so they want its normal form.
    evaluate = any(e["kind"] in ("property", "operator") for e in pieces)

    def excess(delta: Any) -> float:
        try:
            changed = site.apply(relations, delta, evaluate)
        except (ValueError, TypeError, ZeroDivisionError):
            return math.inf
        if any(
            r in (sp.true, sp.false) or not isinstance(r, sp.core.relational.Relational)
            for r in changed
        ):
            return math.inf
        worst = 0.0
        for e in pieces:
            worst = max(worst, ev.excess(s, changed, e, relation))
            if worst > 1e3 and site.kind in mutations.DISCRETE:
                break
        return worst

    if site.kind in mutations.DISCRETE:
        return 1.0 if excess(sp.Integer(1)) > 1 else None
    for step in _LADDER:
        x = excess(sp.Rational(repr(step)))
        if x <= 1:
            continue
        if not math.isfinite(x):
            return step
        guess = step * 1.5 / x
        if guess < 1e-30:
            return guess
        return guess if excess(sp.Rational(repr(guess)) if guess > 1e-300 else 0) > 1 else step
    return None
