"""Certificates: what a derivation established about a statement, as data and as a card.

`certify` is called at the end of a derivation. It checks that the result rests on the premises it
claims, evaluates it at the statement's probes, asks the package for the same numbers, and decides
which form of the statement holds. It raises `ProofError` where nothing is established.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import mpmath as mp
import numpy as np
import sympy as sp
from sympy.core import random as sympy_random

from relics.papers import transcription
from relics.papers.transcription import Statement
from relics.proof import evidence as ev
from relics.proof import sampling
from relics.proof.evaluate import DIGITS, compiled
from relics.proof.premises import Premise, assume, dye_of, dyes, perturbed, premise, undye

MIME = "application/vnd.relics.certificate+json"
RELATIONS = ("equal", "tends", "proportional", "estimate", "property")
EPS = 2.0**-52
ROUNDING = ev.ROUNDING
SAME = 1e-9
"""Largest relative difference of the package from a derivation where the statement cannot tell."""

SEED = 0
"""Of SymPy's random choices, made when it factors polynomials: a derivation takes the same path,
and the same time, whenever it is made."""

sympy_random.seed(SEED)


class ProofError(AssertionError):
    """A derivation that does not establish what it claims; the message names the equation."""


@dataclass(frozen=True)
class Package:
    """A call of the package that supplies one derived symbol; see `package`."""

    function: Callable[..., Any]
    arguments: dict[str, Any]
    error: bool = False
    times: str = ""
    using: Callable[..., Any] | None = None

    @property
    def name(self) -> str:
        """Full dotted name of the function."""
        return f"{self.function.__module__}.{getattr(self.function, '__qualname__', self.function)}"


@dataclass(frozen=True)
class Samples:
    """A sampler of the package that stands for a distribution; see `samples`."""

    function: Callable[..., np.ndarray]
    arguments: dict[str, Any]
    size: int = 20_000

    @property
    def name(self) -> str:
        """Full dotted name of the sampler."""
        return f"{self.function.__module__}.{self.function.__qualname__}"


@dataclass(frozen=True)
class Estimate:
    """Statistical estimates of a statement's left sides at one point, with standard errors."""

    point: dict[str, float]
    value: dict[str, float]
    error: dict[str, float]


def package(
    function: Callable[..., Any],
    *,
    error: bool = False,
    times: str = "",
    using: Callable[..., Any] | None = None,
    **arguments: Any,
) -> Package:
    """The package's number for a symbol.

    Keyword arguments of `function` are expressions in the statement's symbols (text) or plain
    values. With ``error=True`` the function returns (value, error). `times` is a factor
    (expression) that converts its result to the statement's unit. `using(function, values)`
    replaces the plain call where arguments need preparing; `values` maps symbols to floats.
    """
    _own(function)
    return Package(function, arguments, error, times, using)


def samples(
    function: Callable[..., np.ndarray], *, count: int = 20_000, **arguments: Any
) -> Samples:
    """Samples from the package that the stated density must describe.

    `function(..., size=..., seed=...)` returns an array of `count` values.
    """
    _own(function)
    return Samples(function, arguments, count)


def _own(function: Callable[..., Any]) -> None:
    module = getattr(function, "__module__", "") or ""
    if not module.startswith("relics.") or module.startswith(("relics.papers", "relics.proof")):
        raise ProofError(f"{function!r} is not a function of a physics module of the package")


class Certificate:
    """What was established about one equation: `data` is plain JSON, the card is for the reader."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data

    def __getitem__(self, key: str) -> Any:
        return self.data[key]

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        from relics.proof import card

        return {
            MIME: self.data,
            "text/html": card.html(self.data),
            "text/plain": card.text(self.data),
        }


def certify(
    which: str | Statement,
    derived: Mapping[str, Any] | None = None,
    *,
    derive: Callable[..., Mapping[str, Any]] | None = None,
    premises: Sequence[str] = (),
    relation: str = "equal",
    number: Mapping[str, Any] | None = None,
    routes: Sequence[str] = (),
    cancels: Sequence[str] = (),
    refuted: str = "",
    estimates: Sequence[Estimate] | None = None,
    covariance: Any = None,
    note: str = "",
    points: int | None = None,
) -> Certificate:
    """Hold a derivation and the package against a statement; see CONTRIBUTING.md.

    Raises ProofError where the derivation does not rest on its premises, where the statement
    fails in all its forms (unless `refuted`), or where the package's number differs.
    """
    sympy_random.seed(SEED)
    s = transcription.statement(which) if isinstance(which, str) else which
    if relation not in RELATIONS:
        raise ProofError(f"{s.id}: relation {relation!r} is none of {', '.join(RELATIONS)}")
    if derive is not None and derived is not None:
        raise ProofError(f"{s.id}: give derived or derive, not both")
    if derive is not None:
        derived = _replayed(s, derive, premises, cancels)
    else:
        derived = dict(derived or {})
        _check_dyes(s, derived, premises, cancels)
    clean = {_key(s, k, relation): _clean(s, v, relation) for k, v in derived.items()}
    kinds = {p["kind"] for p in s.probes}
    if relation == "tends" and not kinds & {"limit", "property"}:
        raise ProofError(f"{s.id}: 'tends' needs a limit probe in the transcription")
    if relation == "property" and "property" not in kinds:
        raise ProofError(f"{s.id}: 'property' needs a property probe in the transcription")
    if not clean and not estimates and relation != "property":
        raise ProofError(f"{s.id}: nothing was derived")
    request = _Request(
        s, clean, dict(number or {}), relation, list(estimates or []), covariance, points
    )
    outcome = _decide(request, refuted)
    data = {
        "type": "equation",
        "id": s.id,
        "statement": s.digest,
        "relation": relation,
        "printed": outcome["printed"],
        "outcome": "refuted" if refuted else "established",
        "refuted": refuted,
        "form": outcome["form"],
        "prefactor": outcome.get("prefactor"),
        "premises": list(premises),
        "cancels": list(cancels),
        "function": next((n.name for n in (number or {}).values()), ""),
        "routes": list(routes),
        "numeric_max_rel_err": outcome["numeric"],
        "counterexample": outcome.get("counterexample"),
        "derived": {
            k: str(v) for k, v in clean.items() if isinstance(v, (sp.Basic, sp.MatrixBase))
        },
        "simplified": _simplified(s, clean, outcome["form"]),
        "note": note,
        "evidence": outcome["evidence"],
        "dimension": _dimension(s),
    }
    return Certificate(data)


def _dimension(s: Statement) -> str:
    if s.dimension.startswith("skip"):
        return "inhomogeneous as printed" if "inhomogeneous" in s.dimension else s.dimension
    return "natural units" if s.natural else "ok"


# What the derivation rests on.


def _check_dyes(
    s: Statement, derived: Mapping[str, Any], premises: Sequence[str], cancels: Sequence[str]
) -> None:
    expressions = {
        k: v
        for k, v in derived.items()
        if not callable(v) or isinstance(v, (sp.Basic, sp.MatrixBase))
    }
    if len(expressions) < len(derived) and premises:
        raise ProofError(
            f"{s.id}: a numerical derivation with premises is passed as derive=, so that it can be replayed"
        )
    present = dyes({k: sp.sympify(v) for k, v in expressions.items()})
    missing = set(premises) - present - set(cancels)
    extra = present - set(premises)
    if missing and expressions:
        raise ProofError(
            f"{s.id}: the result does not rest on {', '.join(sorted(missing))}: no trace of it is left in the result"
        )
    if extra:
        raise ProofError(
            f"{s.id}: the result rests on {', '.join(sorted(extra))}, which is not claimed"
        )
    for c in cancels:
        if c not in premises:
            raise ProofError(f"{s.id}: {c} is said to cancel but is not a premise")


def _premise(identifier: str) -> Premise:
    return assume(identifier) if "/" in identifier else premise(identifier)


def _replayed(
    s: Statement,
    derive: Callable[..., Mapping[str, Any]],
    premises: Sequence[str],
    cancels: Sequence[str],
) -> dict[str, Any]:
    """Result of `derive` with clean premises, after each perturbed premise was seen to move it."""
    if not premises:
        raise ProofError(f"{s.id}: a derivation that is replayed needs premises")
    given = [_premise(i) for i in premises]
    clean = dict(derive(*(perturbed(p, 1) for p in given)))
    place = _places(s, "replay", 1)[0]
    place["point"] = _left_over(s, given) | place["point"]
    reference = _values(s, clean, place)
    for i, p in enumerate(given):
        if p.id in cancels:
            continue
        if not any(_moved(s, derive, given, i, f, place, reference) for f in _factors(p)):
            raise ProofError(f"{s.id}: the result does not move when {p.id} is perturbed")
    return clean


def _left_over(s: Statement, given: Sequence[Premise]) -> dict[str, float]:
    """Values of the symbols that only the premises have.

    They cancel in the clean result; that they no longer do is one way to feel a perturbation.
    """
    return {
        name: sampling.typical(symbol)
        for p in given
        for name, symbol in p.declared.items()
        if name not in s.symbols
        and not symbol.is_function
        and symbol.domain not in ("operator", "matrix")
    }


def _factors(p: Premise) -> list[Any]:
    """Perturbations of a premise: a constant factor, then factors that vary with each symbol.

    A stationary point or a normalised density does not feel a constant factor; it feels one that
    depends on where it is.
    """
    out: list[Any] = [sp.Rational(9, 8)]
    for name, symbol in p.declared.items():
        if not symbol.is_function and symbol.domain not in ("operator", "matrix"):
            scale = sp.Rational(repr(sampling.typical(symbol)))
            out.append(1 + p.symbols(name) / (8 * scale))
    return out


def _moved(
    s: Statement,
    derive: Callable[..., Mapping[str, Any]],
    given: list[Premise],
    which: int,
    factor: Any,
    place: dict[str, Any],
    reference: dict[str, Any],
) -> bool:
    changed = [perturbed(q, factor if j == which else 1) for j, q in enumerate(given)]
    try:
        return _moves(reference, _values(s, dict(derive(*changed)), place))
    except (ArithmeticError, ValueError, TypeError, IndexError, KeyError, ProofError):
        # A perturbed premise may leave nothing to solve. That shows nothing: another factor has to.
        return False


def _moves(a: dict[str, Any], b: dict[str, Any]) -> bool:
    for key in a:
        (x, sx), (y, sy) = a[key], b[key]
        x, y = np.ravel(_plain(x)), np.ravel(_plain(y))
        if x.shape != y.shape:
            return True
        noise = 5 * math.hypot(float(sx or 0), float(sy or 0))
        if np.any(np.abs(x - y) > noise + 1e-9 * np.maximum(np.abs(x), np.abs(y))):
            return True
    return False


def _plain(x: Any) -> Any:
    if isinstance(x, mp.matrix):
        return np.array([complex(v) for v in x])
    if isinstance(x, (list, tuple, np.ndarray)):
        return np.array([complex(v) for v in np.ravel(x)])
    return np.array([complex(x)])


def _key(s: Statement, name: str, relation: str) -> str:
    if name in s.symbols or relation == "property":
        return name
    if f"{name}()" in s.symbols:
        return f"{name}()"
    raise ProofError(
        f"{s.id}: derived {name!r} is no symbol of the statement ({', '.join(s.symbols)})"
    )


def _clean(s: Statement, value: Any, relation: str) -> Any:
    if callable(value) and not isinstance(value, (sp.Basic, sp.MatrixBase)):
        return value
    value = undye(sp.sympify(value))
    unevaluated = value.has(sp.Integral) and not any(
        r.has(sp.Integral) for r in (*s.printed, *s.valid)
    )
    if unevaluated and relation != "property":
        raise ProofError(
            f"{s.id}: an unevaluated integral is left in the result: {str(value)[:100]}"
        )
    if value.has(sp.nan, sp.zoo) or (
        value.has(sp.oo) and not value.has(sp.Integral, sp.Sum, sp.Limit)
    ):
        raise ProofError(f"{s.id}: the result is not finite: {str(value)[:100]}")
    return value


def _simplified(s: Statement, derived: dict[str, Any], form: str) -> bool:
    """Whether SymPy itself reduces the difference of the two sides to zero (reported, never needed)."""
    relations = s.corrected if form == "corrected" and s.corrected else s.printed
    done = False
    for r in relations:
        name = ev._lhs_name(r)
        value = derived.get(name)
        if value is None or not isinstance(value, sp.Basic) or isinstance(value, sp.MatrixBase):
            continue
        difference = value - r.rhs
        if not isinstance(difference, sp.Expr) or difference.has(
            sp.Integral, sp.Sum, sp.Limit, sp.Derivative
        ):
            return False
        if sp.count_ops(difference) > 60:
            return False
        if difference != 0 and sp.simplify(difference) != 0:
            return False
        done = True
    return done


# Evidence for one form of the statement.


@dataclass(frozen=True)
class _Request:
    s: Statement
    derived: dict[str, Any]
    number: dict[str, Any]
    relation: str
    estimates: list[Estimate]
    covariance: Any
    points: int | None


def _places(s: Statement, label: str, count: int) -> list[dict[str, Any]]:
    return [{"point": p, "instance": i} for i, p in enumerate(sampling.points(s, count, label))]


def _probe_places(
    s: Statement, probe: dict[str, Any], count: int
) -> tuple[list[dict[str, Any]], int]:
    """Places of one probe, and the length of its sequences (0 if it has none)."""
    if probe["kind"] == "limit":
        steps, factor = int(probe.get("steps", 5)), float(probe.get("factor", 10))
        out = []
        for place in _places(s, "limit", 2 if ev.is_heavy(s) else 3):
            exact = sampling.exact(place["point"])
            names = {k: sp.Symbol(k) for k in exact}
            start = compiled(transcription.read(str(probe["start"]), s.names))(exact)
            to = str(probe["to"])
            end = (
                None
                if to in ("0", "oo")
                else compiled(transcription.read(to, s.names or names))(exact)
            )
            for x in ev.approach(start, to, factor, steps, end):
                out.append({**place, "point": {**place["point"], probe["variable"]: float(x)}})
        return out, steps
    places = _places(s, probe["kind"], count)
    if probe["kind"] == "functional":
        low, high = (str(x) for x in probe["support"])
        out = list(places)
        for place in places[:2]:
            exact = sampling.exact(place["point"])
            a, b = (
                mp.nstr(compiled(transcription.read(x, s.names))(exact), DIGITS)
                for x in (low, high)
            )
            for direction in range(int(probe.get("directions", 3))):
                for step in ("0.1", "-0.1"):
                    out.append({
                        **place, "function": probe["function"], "direction": direction, "step": step, "low": a, "high": b,
                    })  # fmt: skip
        return out, 0
    if probe["kind"] == "distribution":
        return [_inside(s, probe, p, i) for i, p in enumerate(places)], 0
    return places, 0


def _inside(s: Statement, probe: dict[str, Any], place: dict[str, Any], i: int) -> dict[str, Any]:
    exact = sampling.exact(place["point"])
    low, high = (compiled(transcription.read(str(x), s.names))(exact) for x in probe["support"])
    u = mp.mpf(2 * i + 1) / 13
    if (
        mp.isinf(low)
        or mp.isinf(high)
        or probe["variable"] in place["point"]
        and s.symbols[probe["variable"]].range
    ):
        return place
    x = low * (high / low) ** u if low > 0 and high / low > 10 else low + u * (high - low)
    return {**place, "point": {**place["point"], probe["variable"]: float(x)}}


def _values(
    s: Statement, derived: dict[str, Any], place: dict[str, Any]
) -> dict[str, tuple[Any, Any]]:
    """(value, standard error or None) of every derived symbol at a place."""
    with mp.workdps(mp.mp.dps if mp.mp.dps > DIGITS else DIGITS):
        env = ev.environment(s, place)
        out = {}
        for name, expression in derived.items():
            if callable(expression) and not isinstance(expression, (sp.Basic, sp.MatrixBase)):
                result = expression({k: float(v) if not callable(v) else v for k, v in env.items()})
                pair = result if isinstance(result, tuple) else (result, None)
                out[name] = (_numeric(pair[0]), pair[1])
            else:
                out[name] = (compiled(undye(expression))(env), None)
        return out


def _numeric(x: Any) -> Any:
    if isinstance(x, np.ndarray) and x.ndim == 2:
        return mp.matrix(x.tolist())
    if isinstance(x, (list, tuple, np.ndarray)) and np.ndim(x) == 1:
        return [mp.mpmathify(v) for v in x]
    return mp.mpmathify(x)


def _build(request: _Request, relations: tuple[Any, ...]) -> list[dict[str, Any]]:
    """Evidence of all probes for one form."""
    out = []
    for probe in request.s.probes:
        kind = probe["kind"]
        if kind == "simulation":
            out.append(_simulation(request))
        elif kind == "operator":
            out.append(_operator(request, relations, probe))
        elif kind == "property":
            out.append(_property(request, relations, probe))
        else:
            out += _pointwise(request, relations, probe)
    return out


def _pointwise(
    request: _Request, relations: tuple[Any, ...], probe: dict[str, Any]
) -> list[dict[str, Any]]:
    s = request.s
    count = request.points or (3 if ev.is_heavy(s) else 6)
    places, steps = _probe_places(s, probe, count)
    found = [_values(s, request.derived, p) for p in places]
    evidence: dict[str, Any] = {"kind": probe["kind"], "places": places, "routes": {}}
    if steps:
        evidence["steps"] = steps
    statistical = any(e is not None for row in found for _, e in row.values())
    route: dict[str, Any] = {
        "values": [{k: ev.encode(v) for k, (v, _) in row.items()} for row in found]
    }
    if statistical:
        route |= {
            "statistical": True,
            "errors": [
                {k: ev.encode(e) for k, (_, e) in row.items() if e is not None} for row in found
            ],
        }
    evidence["routes"]["derivation"] = route
    if not statistical:
        route["tolerance"] = _precision(request, relations, evidence)
    _spread(request, relations, evidence, "derivation")
    if statistical:
        evidence["z"] = ev.standardised(s, relations, evidence)
    out = [evidence]
    numbers = {k: v for k, v in request.number.items() if isinstance(v, Package)}
    if numbers:
        _add_number(request, relations, evidence, found, numbers)
    for name, sampler in request.number.items():
        if isinstance(sampler, Samples):
            out.append(_sampled(request, relations, probe, _key(s, name, ""), sampler))
    return out


def _spread(
    request: _Request, relations: tuple[Any, ...], evidence: dict[str, Any], route: str
) -> None:
    if request.relation not in ("proportional", "estimate") or evidence["kind"] == "limit":
        return
    with mp.workdps(DIGITS):
        means, spread = ev.ratio_spread(request.s, relations, evidence, route)
    if request.relation == "proportional":
        # Proportionality means that no deviation beyond precision is allowed.
        spread = [mp.mpf(0) for _ in spread]
    evidence["routes"][route]["spread"] = [ev.encode(x) for x in spread]
    evidence["routes"][route]["prefactor"] = [ev.encode(x) for x in means]


def _precision(
    request: _Request, relations: tuple[Any, ...], evidence: dict[str, Any]
) -> list[list[str]]:
    """Tolerances of a deterministic route: how far its residuals change with working precision."""
    s = request.s
    rows: list[list[list[Any]]] = []
    for digits in (DIGITS, 20 if ev.is_heavy(s) else DIGITS + 12):
        with mp.workdps(digits):
            table = []
            for place in evidence["places"]:
                env = ev.environment(s, place)
                values = {
                    k: (
                        compiled(e)(env)
                        if isinstance(e, (sp.Basic, sp.MatrixBase))
                        else _numeric_at(s, e, place)
                    )
                    for k, e in request.derived.items()
                }
                try:
                    table.append(ev.residuals(relations, ev._env(s, place, values)))
                except (ArithmeticError, ValueError, KeyError, TypeError) as error:
                    raise ProofError(
                        f"{s.id}: the statement cannot be evaluated: {error}"
                    ) from None
            rows.append(table)
    if evidence["kind"] == "limit":
        gaps = ev.limit_gaps(rows[0], evidence["steps"])
        count = len(relations)
        flat = [ev.encode(3 * spread) for _, spread in gaps]
        return [flat[i : i + count] for i in range(0, len(flat), count)]
    doubles = any(
        callable(e) and not isinstance(e, (sp.Basic, sp.MatrixBase))
        for e in request.derived.values()
    )
    least = mp.mpf(ROUNDING * EPS) if doubles else 10 * ev.FLOOR
    if any(r.has(sp.Limit) for r in relations):
        # A limit is extrapolated from a sequence, which costs digits.
        least *= 10**6
    return [
        [
            ev.encode(least + 20 * abs(a - b) if abs(a) < 1e-3 else least)
            for a, b in zip(x, y, strict=True)
        ]
        for x, y in zip(rows[0], rows[1], strict=True)
    ]


def _numeric_at(s: Statement, f: Callable[..., Any], place: dict[str, Any]) -> Any:
    result = f({k: float(v) if not callable(v) else v for k, v in ev.environment(s, place).items()})
    return _numeric(result[0] if isinstance(result, tuple) else result)


# The package's number.


def _call(
    s: Statement, call: Package, env: dict[str, Any], nudge: float = 0.0
) -> tuple[Any, float]:
    """Value and stated error of a package call at one place; all float inputs scaled by 1 + nudge."""
    if call.using is not None:
        values = {k: float(v) * (1 + nudge) if isinstance(v, mp.mpf) else v for k, v in env.items()}
        result = call.using(call.function, values)
    else:
        arguments = {k: _argument(s, v, env, nudge) for k, v in call.arguments.items()}
        result = call.function(**arguments)
    value, error = result if call.error else (result, 0.0)
    if isinstance(value, np.ndarray) and value.size == 1:
        value = value.reshape(()).item()
    factor = compiled(s.read(call.times))(env) if call.times else mp.mpf(1)
    if isinstance(value, (np.ndarray, list, tuple)):
        array = np.asarray(value) * (
            complex(factor) if isinstance(factor, mp.mpc) else float(factor)
        )
        return _numeric(array), float(np.max(np.asarray(error, float)))
    return mp.mpmathify(value) * factor, abs(
        float(np.asarray(error).reshape(-1)[0]) * float(abs(factor))
    )


def _argument(s: Statement, given: Any, env: dict[str, Any], nudge: float) -> Any:
    if not isinstance(given, str):
        return given
    e = s.read(given)
    value = compiled(e)(env)
    if isinstance(value, mp.mpc) and value.imag != 0:
        return complex(value)
    x = float(mp.re(value))
    if e.is_integer or (x == int(x) and e.is_Integer):
        return int(round(x))
    return x * (1 + nudge)


def _add_number(
    request: _Request,
    relations: tuple[Any, ...],
    evidence: dict[str, Any],
    found: list[dict[str, Any]],
    numbers: dict[str, Package],
) -> None:
    s = request.s
    values, tolerances, worst = [], [], 0.0
    with mp.workdps(DIGITS):
        for place, row in zip(evidence["places"], found, strict=True):
            env = ev.environment(s, place)
            base = {k: v for k, (v, _) in row.items()}
            mine, slack = dict(base), {}
            for given, call in numbers.items():
                name = _key(s, given, "")
                mine[name], slack[name] = _with_slack(s, call, {**env, **base})
                if name in base and not isinstance(mine[name], list):
                    worst = max(worst, _difference(mine[name], base[name]))
            values.append({k: ev.encode(v) for k, v in mine.items()})
            tolerances.append(_propagated(s, relations, place, mine, slack))
        statistical = evidence["routes"]["derivation"].get("statistical")
        # A sequence judges the statement, and a band of constants would excuse a slip of the
        # package: there the number is held against the derivation directly.
        judged_apart = evidence["kind"] == "limit" or statistical
        if judged_apart or request.relation in ("proportional", "estimate"):
            _refuse_number(s, found, values, numbers)
        if judged_apart:
            evidence["numeric"] = worst
            return
        route: dict[str, Any] = {"values": values, "tolerance": tolerances}
        evidence["routes"]["number"] = route
        _spread(request, relations, evidence, "number")
        if request.relation in ("proportional", "estimate"):
            noise = max(mp.mpf(t) for row in tolerances for t in row)
            route["spread"] = [ev.encode(max(mp.mpf(x), 2 * noise)) for x in route["spread"]]
    evidence["numeric"] = worst


def _refuse_number(
    s: Statement,
    found: list[dict[str, Any]],
    values: list[dict[str, Any]],
    numbers: dict[str, Package],
) -> None:
    for index, (row, mine) in enumerate(zip(found, values, strict=True)):
        for given in numbers:
            name = _key(s, given, "")
            if name not in row or isinstance(mine[name], list):
                continue
            value, sigma = row[name]
            x = ev.decode(mine[name])
            allowed = 5 * abs(sigma) if sigma is not None else abs(value) * mp.mpf(SAME)
            if abs(x - value) > allowed:
                raise ProofError(
                    f"{s.id}: {numbers[given].name} gives {mp.nstr(x, 12)} where the derivation gives {mp.nstr(value, 12)} (place {index})"
                )


def _with_slack(s: Statement, call: Package, env: dict[str, Any]) -> tuple[Any, Any]:
    value, error = _call(s, call, env)
    if isinstance(value, (list, mp.matrix)):
        return value, mp.mpf(ROUNDING * EPS) * 8 + error
    nudged, _ = _call(s, call, env, 1e-6)
    size = abs(value)
    condition = (
        float(abs(nudged - value) / size / mp.mpf(1e-6))
        if size > 0 and abs(nudged - value) < size
        else 1.0
    )
    return value, size * mp.mpf(ROUNDING * EPS * (1 + condition)) + mp.mpf(error)


def _difference(a: Any, b: Any) -> float:
    if isinstance(a, mp.matrix):
        scale = max(abs(x) for x in b) or 1
        return float(max(abs(x - y) for x, y in zip(a, b, strict=True)) / scale)
    if b == 0:
        return float(abs(a))
    return float(abs(a - b) / abs(b))


def _propagated(
    s: Statement,
    relations: tuple[Any, ...],
    place: dict[str, Any],
    values: dict[str, Any],
    slack: dict[str, Any],
) -> list[str]:
    """Tolerance of each residual when the package's values are off by their slack."""
    centre = ev.residuals(relations, ev._env(s, place, values))
    allowed = [mp.mpf(EPS) * 8] * len(centre)
    for name, delta in slack.items():
        if isinstance(values[name], (list, mp.matrix)):
            allowed = [a + delta for a in allowed]
            continue
        moved = ev.residuals(relations, ev._env(s, place, values | {name: values[name] + delta}))
        allowed = [a + abs(m - c) for a, m, c in zip(allowed, moved, centre, strict=True)]
    return [ev.encode(a) for a in allowed]


# The other probes.


def _simulation(request: _Request) -> dict[str, Any]:
    if not request.estimates:
        raise ProofError(f"{request.s.id}: a simulation probe needs estimates")
    rows = [
        {
            "point": {k: float(v) for k, v in e.point.items()},
            "value": {k: repr(float(v)) for k, v in e.value.items()},
            "error": {k: repr(float(v)) for k, v in e.error.items()},
        }
        for e in request.estimates
    ]
    covariance = (
        None if request.covariance is None else np.asarray(request.covariance, float).tolist()
    )
    return {"kind": "simulation", "estimates": rows, "covariance": covariance, "routes": {}}


def _operator(
    request: _Request, relations: tuple[Any, ...], probe: dict[str, Any]
) -> dict[str, Any]:
    s = request.s
    quanta = probe.get("quanta", [2, 3])
    places = _places(s, "operator", 2)
    derived = {k: str(v) for k, v in request.derived.items() if isinstance(v, sp.Basic)}
    out: dict[str, Any] = {
        "kind": "operator",
        "probe": probe,
        "quanta": quanta,
        "places": places,
        "derived": derived,
        "routes": {},
    }
    with mp.workdps(DIGITS):
        numbers = [
            {name: _listed(s, call, place) for name, call in request.number.items()}
            for place in places
        ]
    if request.number:
        route = out["routes"]["number"] = {"values": numbers}
        out["numeric"] = ev.operator_gap(s, relations, out, route)
    return out


def _listed(s: Statement, call: Package, place: dict[str, Any]) -> list[Any]:
    """What the package says of an operator at a place: a list of encoded numbers."""
    value, _ = _call(s, call, ev.environment(s, place))
    return ev.encode(value if isinstance(value, list) else [value])


def _property(
    request: _Request, relations: tuple[Any, ...], probe: dict[str, Any]
) -> dict[str, Any]:
    s = request.s
    places = _places(s, "property " + probe["name"], 3 if ev.is_heavy(s) else 5)
    out: dict[str, Any] = {
        "kind": "property",
        "probe": probe,
        "places": places,
        "routes": {},
        "tolerance": [],
    }
    try:
        then = ev.consequence(s, relations, probe)
        tolerance = []
        for place in places:
            rows = []
            for digits in (DIGITS, 20):
                with mp.workdps(digits):
                    env = ev.environment(s, place)
                    rows.append((ev._settled(then, env, probe), env))
            with mp.workdps(DIGITS):
                a, b = rows[0][0], rows[1][0]
                scale = max(abs(a), ev._size(then, a, rows[0][1])) or mp.mpf(1)
                loose = mp.mpf(10) ** -18 if "limit" not in probe else mp.mpf(10) ** -6
                tolerance.append(ev.encode(loose + 20 * abs(a - b) / scale))
        out["tolerance"] = tolerance
    except (ArithmeticError, ValueError, TypeError, KeyError) as error:
        raise ProofError(
            f"{s.id}: property {probe['name']!r} cannot be evaluated: {error}"
        ) from None
    key = probe["name"] if probe["name"] in request.derived else None
    sole = sum(p["kind"] == "property" for p in s.probes) == 1
    if key is None and sole and len(request.derived) == 1:
        key = next(iter(request.derived))
    if key is not None:
        values = [_values(s, {key: request.derived[key]}, p)[key] for p in places]
        slack = [
            mp.mpf(5) * abs(e) / (abs(v) or 1) if e is not None else mp.mpf(0) for v, e in values
        ]
        numeric = callable(request.derived[key]) and not isinstance(request.derived[key], sp.Basic)
        least = mp.mpf(ROUNDING * EPS) if numeric else mp.mpf(0)
        out["routes"]["derivation"] = {
            "values": [ev.encode(v) for v, _ in values],
            "tolerance": [
                ev.encode(mp.mpf(t) + x + least)
                for t, x in zip(out["tolerance"], slack, strict=True)
            ],
        }
    for name, call in request.number.items():
        if name not in (probe["name"], key) and not (sole and len(request.number) == 1):
            continue
        values, tolerance = [], []
        with mp.workdps(DIGITS):
            for place in places:
                value, slack_ = _with_slack(s, call, ev.environment(s, place))
                values.append(ev.encode(value))
                tolerance.append(
                    ev.encode(
                        slack_ / (abs(value) or 1) + mp.mpf(out["tolerance"][len(values) - 1])
                    )
                )
        out["routes"]["number"] = {"values": values, "tolerance": tolerance}
    return out


def _sampled(
    request: _Request,
    relations: tuple[Any, ...],
    probe: dict[str, Any],
    name: str,
    sampler: Samples,
) -> dict[str, Any]:
    """Counts of the package's samples between their own deciles (edges rounded, so not fitted)."""
    s = request.s
    place = _places(s, "samples", 1)[0]
    with mp.workdps(DIGITS):
        env = ev.environment(s, place)
        arguments = {k: _argument(s, v, env, 0.0) for k, v in sampler.arguments.items()}
        low, high = (compiled(transcription.read(str(x), s.names))(env) for x in probe["support"])
        values = {
            k: ev.encode(v)
            for k, (v, _) in _values(
                s, {k: e for k, e in request.derived.items() if k != name}, place
            ).items()
        }
    seed = sampling.seed(s.id, "samples") % 2**32
    # One set of samples places the edges, another is counted: the test stays honest.
    pilot = np.asarray(sampler.function(**arguments, size=2000, seed=seed + 1), float)
    drawn = np.asarray(sampler.function(**arguments, size=sampler.size, seed=seed), float)
    if drawn.shape != (sampler.size,) or not np.all(np.isfinite(drawn)):
        raise ProofError(f"{s.id}: {sampler.name} did not return {sampler.size} finite samples")
    if drawn.min() < float(low) * (1 - 1e-12) - 1e-300 or drawn.max() > float(high) * (1 + 1e-12):
        raise ProofError(f"{s.id}: samples of {sampler.name} leave the support of the density")
    inner = np.quantile(pilot, np.arange(1, 10) / 10)
    edges = [
        float(low) if mp.isfinite(low) else -math.inf,
        *inner,
        float(high) if mp.isfinite(high) else math.inf,
    ]
    counts = np.histogram(drawn, bins=np.array(edges))[0]
    out = {
        "kind": "samples", "places": [place], "density": name, "variable": probe["variable"],
        "edges": [repr(float(e)) for e in edges], "counts": counts.tolist(), "values": values, "routes": {},
    }  # fmt: skip
    return out


# The decision.


def _decide(request: _Request, refuted: str) -> dict[str, Any]:
    s = request.s
    results: dict[str, tuple[list[dict[str, Any]], list[float]]] = {}
    problems: dict[str, str] = {}
    for form, relations in (("printed", s.printed), ("corrected", s.corrected)):
        if relations is None:
            continue
        try:
            built = _build(request, relations)
            for e in built:
                if e["kind"] in ("simulation", "samples"):
                    e["z"] = ev.standardised(s, relations, e)
            results[form] = (built, [ev.excess(s, relations, e, request.relation) for e in built])
        except ProofError as error:
            problems[form] = str(error)
            results[form] = ([], [math.inf])
    holds = {form: max(x, default=math.inf) <= 1 for form, (_, x) in results.items()}
    numeric = max(
        (e.get("numeric", 0.0) for built, _ in results.values() for e in built), default=0.0
    )
    if refuted:
        if any(holds.values()):
            raise ProofError(
                f"{s.id}: said to be refuted, but the {next(f for f, h in holds.items() if h)} form holds"
            )
        if problems:
            raise ProofError(f"{s.id}: said to be refuted, but cannot be judged: {problems}")
        # No form of the statement holds the number, so the derivation has to.
        if not numeric <= SAME:
            raise ProofError(
                f"{s.id}: the numbers of the package and of the derivation differ by {numeric:.2g}"
            )
        example = _counterexample(request)
        built = results["printed"][0]
        return {
            "printed": "fails",
            "form": "printed",
            "evidence": built,
            "numeric": numeric,
            "counterexample": example,
        }
    if holds.get("corrected") and holds["printed"] and not s.ambiguous:
        raise ProofError(f"{s.id}: a corrected form is declared, but the printed one holds as well")
    form = "printed" if holds["printed"] else "corrected" if holds.get("corrected") else ""
    if not form:
        raise ProofError(_explain(request, results, problems))
    if s.ambiguous:
        printed = "ambiguous"
    else:
        printed = "holds" if form == "printed" else "fails"
    out = {"printed": printed, "form": form, "evidence": results[form][0], "numeric": numeric}
    if request.relation in ("proportional", "estimate"):
        out["prefactor"] = next(
            (float(mp.re(ev.decode(e["routes"]["derivation"]["prefactor"][0]))) for e in results[form][0]
             if "prefactor" in e.get("routes", {}).get("derivation", {})), None,
        )  # fmt: skip
    if printed == "fails":
        out["counterexample"] = _counterexample(request)
    return out


def _counterexample(request: _Request) -> dict[str, Any] | None:
    """A place where the two sides of the printed form differ, with both values."""
    s = request.s
    try:
        place = _places(s, "relation", 1)[0]
        with mp.workdps(DIGITS):
            values = {k: v for k, (v, _) in _values(s, request.derived, place).items()}
            env = ev._env(s, place, values)
            for r in s.printed:
                if ev._is_matrix(r):
                    continue
                left, right = compiled(r.lhs)(env), compiled(r.rhs)(env)
                if abs(left - right) > mp.mpf("1e-9") * max(abs(left), abs(right)):
                    return {
                        "point": place["point"],
                        "relation": str(r),
                        "left": mp.nstr(left, 10),
                        "right": mp.nstr(right, 10),
                    }
    except (ArithmeticError, ValueError, TypeError, KeyError):
        return None
    return None


def _explain(request: _Request, results: dict[str, Any], problems: dict[str, str]) -> str:
    s = request.s
    lines = [f"{s.id}: the derivation does not establish the statement ({request.relation})"]
    for form, (built, excess) in results.items():
        relations = s.printed if form == "printed" else s.corrected
        if form in problems:
            lines.append(f"  {form} form: {problems[form]}")
            continue
        for e, x in zip(built, excess, strict=True):
            if x > 1:
                lines.append(
                    f"  {form} form, probe {e['kind']}: off by {x:.3g} times what is allowed"
                )
                lines += _sides(s, relations or (), e)
    return "\n".join(lines)


def _sides(s: Statement, relations: tuple[Any, ...], e: dict[str, Any]) -> list[str]:
    out = []
    for route in e.get("routes", {}):
        if e["kind"] in ("property", "operator") or "values" not in e["routes"][route]:
            continue
        with mp.workdps(DIGITS):
            place, values, _ = next(iter(ev.place_values(e, route)))
            env = ev._env(s, place, values)
            for r in relations:
                if ev._is_matrix(r):
                    continue
                try:
                    left, right = compiled(r.lhs)(env), compiled(r.rhs)(env)
                except (ArithmeticError, ValueError, KeyError, TypeError):
                    continue
                ratio = mp.nstr(left / right, 12) if right != 0 else "inf"
                out.append(
                    f"    {route}: {str(r)[:80]}: left {mp.nstr(left, 12)}, right {mp.nstr(right, 12)}, ratio {ratio}"
                )
    return out


def checked(expression: Any, values: Mapping[Any, float] | None = None) -> Any:
    """Evaluate an integral, sum or limit with SymPy and verify the result numerically.

    `expression` is unevaluated (`Integral`, `Sum`, `Limit`); `values` gives numbers for its free
    symbols (default: one random value of order one each). Raises ProofError if SymPy leaves an
    `Integral` or `oo`, or if its result differs from the numerical value.
    """
    result = expression.doit()
    if result.has(sp.Integral, sp.Limit) or result.has(sp.oo, sp.nan, sp.zoo):
        raise ProofError(f"SymPy leaves {str(result)[:120]} for {str(expression)[:80]}")
    free = sorted(expression.free_symbols | result.free_symbols, key=lambda x: x.name)
    rng = np.random.default_rng(sampling.seed(str(expression)))
    env = {x.name: mp.mpf(float(rng.uniform(0.6, 1.9))) for x in free}
    env |= {
        (k.name if isinstance(k, sp.Symbol) else k): mp.mpf(v) for k, v in (values or {}).items()
    }
    with mp.workdps(20):
        a, b = compiled(expression)(env), compiled(result)(env)
    if not mp.isfinite(b) or abs(a - b) > mp.mpf("1e-8") * max(abs(a), abs(b)):
        raise ProofError(
            f"SymPy gives {mp.nstr(b, 10)} where quadrature gives {mp.nstr(a, 10)} for {str(expression)[:80]}"
        )
    return result


__all__ = [
    "Certificate", "Estimate", "Package", "ProofError", "Samples", "certify", "checked", "dye_of", "package", "samples",
]  # fmt: skip
