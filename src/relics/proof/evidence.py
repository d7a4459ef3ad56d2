"""Evidence: the numbers a derivation and the package gave at a probe's points, and their judgement.

Evidence is plain data (it lives in certificates). `excess` evaluates a form of the statement (as
transcribed, or changed at one site) against it: above one, the form is rejected. Tolerances come
from working precision, conditioning, stated numerical error or sampling error, never by hand.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator
from typing import Any

import mpmath as mp
import numpy as np
import sympy as sp
from scipy import stats

from relics.papers.expressions import read
from relics.papers.transcription import Statement
from relics.proof import sampling
from relics.proof.evaluate import (
    DIGITS,
    EvaluationError,
    Memory,
    _extrapolated,
    bound,
    compiled,
    evaluated,
    integrate,
    remembering,
    subexpressions,
    told_apart,
)
from relics.proof.operators import Representation

FLOOR = mp.mpf(10) ** (5 - DIGITS)
"""Smallest relative difference that working precision lets a probe rely on."""

ROUNDING = 256
"""Rounding errors granted to a double-precision function, in units of its conditioning."""

FALSE_ALARM, POWER = 0.01, 0.95


def encode(value: Any) -> Any:
    """A number, matrix or array as JSON: decimal strings, pairs for complex numbers."""
    if isinstance(value, mp.matrix):
        return [[encode(value[i, j]) for j in range(value.cols)] for i in range(value.rows)]
    if isinstance(value, (list, tuple, np.ndarray)):
        return [encode(v) for v in value]
    value = mp.mpmathify(value)
    if isinstance(value, mp.mpc) and value.imag != 0:
        return {"re": mp.nstr(value.real, DIGITS), "im": mp.nstr(value.imag, DIGITS)}
    return mp.nstr(mp.re(value), DIGITS)


def decode(data: Any) -> Any:
    """Inverse of `encode`; nested lists become matrices, flat lists stay lists."""
    if isinstance(data, dict):
        return mp.mpc(mp.mpf(data["re"]), mp.mpf(data["im"]))
    if isinstance(data, list):
        inner = [decode(d) for d in data]
        return mp.matrix(inner) if inner and isinstance(inner[0], list) else inner
    return mp.mpf(data)


def environment(statement: Statement, place: dict[str, Any]) -> dict[str, Any]:
    """Values and functions at one place of a probe: a point, an instance, a direction."""
    env = sampling.exact(place["point"])
    env |= sampling.functions(statement, env, place.get("instance", 0))
    if "direction" in place:
        env |= _varied(statement, env, place)
    return env


def _varied(statement: Statement, env: dict[str, Any], place: dict[str, Any]) -> dict[str, Any]:
    """The argument function of a functional, moved along one random direction."""
    name, low, high = place["function"], mp.mpf(place["low"]), mp.mpf(place["high"])
    base, step = env[name], mp.mpf(place["step"])
    rng = np.random.default_rng(sampling.seed(statement.id, "direction", place["direction"]))
    weights = [mp.mpf(float(w)) for w in rng.normal(size=4)]

    def moved(x: Any) -> Any:
        u = (x - low) / (high - low)
        bump = mp.fsum(w * mp.sin((k + 1) * mp.pi * u) for k, w in enumerate(weights))
        return base(x) + step * bump

    return {name: moved}


def is_heavy(s: Statement) -> bool:
    """Whether evaluating the statement means quadrature or an infinite sum."""
    forms = (*s.printed, *s.valid)
    endless = (
        sp.oo in limit for r in forms for e in r.atoms(sp.Sum, sp.Product) for limit in e.limits
    )
    return any(r.has(sp.Integral, sp.Limit) for r in forms) or any(endless)


def eased(evidence: dict[str, Any], heavy: bool) -> dict[str, Any]:
    """The evidence of a statement with integrals, to be judged at a lower precision."""
    return _loosened(evidence, *WHOLE) if heavy else evidence


def thinned(evidence: dict[str, Any], relation: str, heavy: bool) -> dict[str, Any]:
    """The part of deterministic evidence that suffices to see a change: few places, one route.

    Fewer places can only make the resolution look worse. Statistical evidence stays whole, since
    its power lies in all of it.
    """
    kind, routes = evidence["kind"], evidence.get("routes", {})
    if kind in ("simulation", "samples") or any(r.get("statistical") for r in routes.values()):
        return eased(evidence, heavy)
    count = evidence.get("steps") or (1 if heavy else 2) + (
        relation in ("proportional", "estimate")
    )
    kept = routes
    if kind not in ("property", "operator") and "derivation" in routes:
        kept = {"derivation": routes["derivation"]}
    out = evidence | {"places": evidence["places"][:count]}
    lists = ("values", "tolerance", "errors")
    out["routes"] = {
        name: {k: v[:count] if k in lists else v for k, v in r.items()} for name, r in kept.items()
    }
    if kind == "limit":
        rows = count // evidence["steps"]
        out["routes"]["derivation"]["tolerance"] = routes["derivation"]["tolerance"][:rows]
    if kind == "property":
        out["tolerance"] = evidence["tolerance"][:count]
    if kind == "operator":
        out["quanta"], out["routes"] = evidence["quanta"][:1], {}
    return _loosened(out, *QUICK) if heavy else out


WHOLE, QUICK = (20, "1e-16"), (16, "1e-11")
"""Digits at which statements with integrals are judged again, as they stand and when changed, and
the smallest difference that these digits can be trusted with."""


def calibrated(
    s: Statement, relations: tuple[Any, ...], evidence: dict[str, Any], relation: str
) -> dict[str, Any]:
    """Thinned evidence whose tolerance is never below what the quick evaluation really reaches.

    The statement itself must pass with room to spare; otherwise changes would seem to be seen that
    are nothing but the error of a quick quadrature.
    """
    found = excess(s, relations, evidence, relation)
    if "digits" not in evidence or found <= 0.1 or not math.isfinite(found):
        return evidence
    digits = evidence["digits"]
    return evidence | _loosened(evidence, digits, mp.nstr(mp.mpf(QUICK[1]) * 10 * found, 5))


def _loosened(evidence: dict[str, Any], digits: int, smallest: str) -> dict[str, Any]:
    floor = mp.mpf(smallest)

    def loose(t: Any) -> Any:
        return [loose(x) for x in t] if isinstance(t, list) else encode(max(mp.mpf(t), floor))

    routes = {
        name: r | ({"tolerance": loose(r["tolerance"])} if "tolerance" in r else {})
        for name, r in evidence.get("routes", {}).items()
    }
    out = evidence | {"routes": routes, "digits": digits}
    return out | ({"tolerance": loose(evidence["tolerance"])} if "tolerance" in evidence else {})


# Residuals of relations.


def residuals(relations: tuple[Any, ...], env: dict[str, Any]) -> list[Any]:
    """Relative difference of the two sides of each relation (a violation, for inequalities)."""
    out = []
    for r in relations:
        out += _matrix_residuals(r, env) if _is_matrix(r) else [_residual(r, env)]
    return out


def _is_matrix(r: Any) -> bool:
    return isinstance(r.rhs, sp.MatrixBase) or isinstance(r.lhs, sp.MatrixBase)


def _residual(r: Any, env: dict[str, Any]) -> Any:
    left, right = evaluated(r.lhs, env), evaluated(r.rhs, env)
    if isinstance(left, bool) or isinstance(right, bool):
        raise EvaluationError(f"a side is a truth value in {r}")
    sizes = [_size(side, x, env) for side, x in ((r.lhs, left), (r.rhs, right))]
    scale = max(sizes)
    if scale == 0:
        return mp.mpf(0)
    difference = (left - right) / scale
    if isinstance(r, (sp.Le, sp.Lt)):
        return max(mp.mpf(0), mp.re(difference))
    if isinstance(r, (sp.Ge, sp.Gt)):
        return max(mp.mpf(0), -mp.re(difference))
    if isinstance(r, sp.Ne):
        return mp.mpf(0) if abs(difference) > mp.sqrt(FLOOR) else mp.mpf(1)
    return difference


def _size(e: Any, total: Any, env: dict[str, Any]) -> Any:
    if isinstance(e, sp.Add):
        terms = (t for t in e.args if not t.has(sp.Integral, sp.Sum))
        return max([abs(total)] + [abs(evaluated(t, env)) for t in terms])
    return abs(total)


def _matrix_residuals(r: Any, env: dict[str, Any]) -> list[Any]:
    left, right = (_as_matrix(s, env) for s in (r.lhs, r.rhs))
    if isinstance(left, list):  # the package gave eigenvalues
        levels = sorted(
            mp.eigsy(right, eigvals_only=True) if _symmetric(right) else mp.eig(right)[0], key=mp.re
        )
        scale = max(abs(x) for x in levels) or 1
        return [
            (a - b) / scale
            for a, b in zip(sorted(left, key=mp.re), levels[: len(left)], strict=True)
        ]
    scale = max(abs(x) for x in right) or max(abs(x) for x in left) or mp.mpf(1)
    difference = [(a - b) / scale for a, b in zip(left, right, strict=True)]
    trace = mp.fsum(left[i, i] - right[i, i] for i in range(right.rows)) / scale
    return [*difference, trace]


def _symmetric(m: Any) -> bool:
    return all(m[i, j] == m[j, i] for i in range(m.rows) for j in range(i)) and all(
        mp.im(x) == 0 for x in m
    )


def _as_matrix(side: Any, env: dict[str, Any]) -> Any:
    if isinstance(side, sp.Symbol):
        return env[side.name]
    return evaluated(side, env)


# Routes: who supplied the derived symbols, and how well.


def place_values(
    evidence: dict[str, Any], route: str
) -> Iterator[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]]:
    """(place, values, errors) of one route, decoded."""
    data = evidence["routes"][route]
    errors = data.get("errors") or [{}] * len(data["values"])
    for place, values, error in zip(evidence["places"], data["values"], errors, strict=True):
        yield (
            place,
            {k: decode(v) for k, v in values.items()},
            {k: decode(v) for k, v in error.items()},
        )


def _env(statement: Statement, place: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    env = environment(statement, place)
    for name, value in values.items():
        # In place: the concrete functions of this environment may rest on a derived symbol.
        env[name] = (lambda *_, value=value: value) if name.endswith("()") else value
    return env


def prepared(s: Statement, evidence: dict[str, Any]) -> dict[str, Any]:
    """The evidence with its environments made once, for all changes that are judged against it.

    The routes share what is known at a place, as far as it does not rest on the derived symbols.
    """
    routes = evidence.get("routes", {})
    if evidence["kind"] in ("property", "operator", "simulation", "samples"):
        return evidence
    if any(r.get("statistical") for r in routes.values()):
        return evidence
    lasting = subexpressions((*s.printed, *s.valid))
    memories = [Memory(lasting) for _ in evidence["places"]]

    def environments(route: str) -> list[Any]:
        return [
            told_apart(remembering(_env(s, place, values), memory), _resting_on(s, values), route)
            for memory, (place, values, _) in zip(
                memories, place_values(evidence, route), strict=True
            )
        ]

    with mp.workdps(evidence.get("digits", DIGITS)):
        ready = {name: r | {"environments": environments(name)} for name, r in routes.items()}
    return evidence | {"routes": ready, "memories": memories}


def _resting_on(s: Statement, values: dict[str, Any]) -> set[str]:
    """The derived symbols, and the functions whose instances mention one, or one that does."""
    mentions = {
        name: set(re.findall(r"\w+", " ".join(symbol.instances)))
        for name, symbol in s.symbols.items()
    }
    resting: set[str] = set()
    grown = set(values)
    while grown != resting:
        resting = grown
        own = {name.removesuffix("()") for name in resting}
        grown = resting | {name for name, words in mentions.items() if words & own}
    return resting


def _environments(s: Statement, evidence: dict[str, Any], route: str) -> list[Any]:
    """Environments at the places of a route, made now if they are not `prepared`."""
    made = evidence["routes"][route].get("environments")
    if made is not None:
        return made
    return [remembering(_env(s, p, values)) for p, values, _ in place_values(evidence, route)]


def excess(
    statement: Statement, relations: tuple[Any, ...], evidence: dict[str, Any], relation: str
) -> float:
    """How far a form is from what the evidence allows: above one it is rejected.

    The largest over the routes of the evidence. A form that cannot be evaluated is rejected.
    """
    for memory in evidence.get("memories", ()):
        memory.forget()
    with mp.workdps(evidence.get("digits", DIGITS)):
        try:
            kind = evidence["kind"]
            if kind == "simulation":
                return _chi2_excess(standardised(statement, relations, evidence), evidence)
            if kind == "property":
                return _property_excess(statement, relations, evidence)
            if kind == "operator":
                return _operator_excess(statement, relations, evidence)
            if kind == "samples":
                z = standardised(statement, relations, evidence)
                return _chi2_excess(z, evidence, max(1, len(z) - 1))
            worst = 0.0
            for route in evidence["routes"]:
                worst = max(worst, _route_excess(statement, relations, evidence, route, relation))
            return worst
        except (
            EvaluationError,
            ZeroDivisionError,
            OverflowError,
            mp.libmp.NoConvergence,
            ValueError,
            TypeError,
            KeyError,
        ):
            return math.inf


def _route_excess(
    s: Statement, relations: tuple[Any, ...], evidence: dict[str, Any], route: str, relation: str
) -> float:
    tolerance = [[mp.mpf(t) for t in row] for row in evidence["routes"][route].get("tolerance", [])]
    if evidence["routes"][route].get("statistical"):
        return _chi2_excess(_statistical(s, relations, evidence, route), evidence)
    if relation in ("proportional", "estimate") and evidence["kind"] != "limit":
        return _ratio_excess(s, relations, evidence, route, relation, tolerance)
    rows = [residuals(relations, env) for env in _environments(s, evidence, route)]
    if evidence["kind"] == "limit":
        return _limit_excess(rows, evidence, tolerance)
    found = 0.0
    for row, allowed in zip(rows, tolerance, strict=True):
        if len(row) != len(allowed):
            return math.inf
        for r, t in zip(row, allowed, strict=True):
            found = max(found, _quotient(abs(r), t))
    return found


def _quotient(x: Any, tolerance: Any) -> float:
    if not mp.isfinite(x):
        return math.inf
    q = x / tolerance
    return float(q) if q < mp.mpf(10) ** 300 else 1e300


def limit_gaps(rows: list[list[Any]], steps: int) -> list[tuple[Any, Any]]:
    """Extrapolated residual and its uncertainty, for every sequence and relation."""
    out = []
    for start in range(0, len(rows), steps):
        for column in zip(*rows[start : start + steps], strict=True):
            terms = [mp.mpmathify(x) for x in column]
            last, before = _extrapolated(terms), _extrapolated(terms[:-1])
            # A sequence that has not settled is worth no more than its last step.
            spread = (
                abs(last - before) + abs(terms[-1] - terms[-2]) * FLOOR ** mp.mpf("0.25") + FLOOR
            )
            out.append((last, spread))
    return out


def _limit_excess(
    rows: list[list[Any]], evidence: dict[str, Any], tolerance: list[list[Any]]
) -> float:
    gaps = limit_gaps(rows, evidence["steps"])
    allowed = [t for row in tolerance for t in row]
    if len(allowed) != len(gaps):
        return math.inf
    shrinking = _shrinking(rows, evidence["steps"])
    if not shrinking:
        return math.inf
    return max(_quotient(abs(g), t) for (g, _), t in zip(gaps, allowed, strict=True))


def _shrinking(rows: list[list[Any]], steps: int) -> bool:
    for start in range(0, len(rows), steps):
        for column in zip(*rows[start : start + steps], strict=True):
            first, last = abs(column[0]), abs(column[-1])
            if last > FLOOR * 100 and last >= first * mp.mpf("0.9") and last > mp.mpf("1e-6"):
                return False
    return True


def ratios(
    s: Statement, relations: tuple[Any, ...], evidence: dict[str, Any], route: str
) -> list[list[Any]]:
    """Printed side over derived side (right over left) of each relation at each place."""
    return [
        [evaluated(r.rhs, env) / evaluated(r.lhs, env) for r in relations]
        for env in _environments(s, evidence, route)
    ]


def _ratio_excess(
    s: Statement,
    relations: tuple[Any, ...],
    evidence: dict[str, Any],
    route: str,
    relation: str,
    tolerance: list[list[Any]],
) -> float:
    found = ratios(s, relations, evidence, route)
    worst = 0.0
    spread = [mp.mpf(x) for x in evidence["routes"][route]["spread"]]
    for j, column in enumerate(zip(*found, strict=True)):
        centre = column[0]
        if relation == "estimate":
            low, high = s.band
            # Distance to the nearer edge of the band, as a factor; one at the edge.
            for x in column:
                x = mp.re(x)
                if x <= 0 or not mp.isfinite(x):
                    return math.inf
                inside = max(mp.log(x / 1) / mp.log(high) if x >= 1 else mp.log(x) / mp.log(low), 0)
                worst = max(worst, _quotient(inside, mp.mpf(1)))
        for i, x in enumerate(column[1:], 1):
            deviation = abs(x / centre - 1)
            worst = max(
                worst,
                _quotient(
                    deviation, max(spread[j] * mp.mpf("1.5"), tolerance[0][j], tolerance[i][j])
                ),
            )
    return worst


def ratio_spread(
    s: Statement, relations: tuple[Any, ...], evidence: dict[str, Any], route: str
) -> tuple[list[Any], list[Any]]:
    """Mean ratio and its largest relative deviation over the places, for each relation."""
    found = ratios(s, relations, evidence, route)
    means, spreads = [], []
    for column in zip(*found, strict=True):
        mean = mp.fsum(column) / len(column)
        means.append(mean)
        spreads.append(max(abs(x / column[0] - 1) for x in column))
    return means, spreads


# Statistical evidence.


def noncentrality(degrees: int) -> float:
    """Shift of chi-squared that a test with FALSE_ALARM detects with POWER."""
    from scipy import optimize

    threshold = stats.chi2.ppf(1 - FALSE_ALARM, degrees)
    return float(optimize.brentq(lambda x: stats.ncx2.sf(threshold, degrees, x) - POWER, 1e-6, 1e4))


def _statistical(
    s: Statement, relations: tuple[Any, ...], evidence: dict[str, Any], route: str
) -> list[float]:
    """Residuals of a statistical route in units of their standard errors."""
    out = []
    for place, values, errors in place_values(evidence, route):
        centre = residuals(relations, _env(s, place, values))
        variance = [mp.mpf(0)] * len(centre)
        for name, sigma in errors.items():
            moved = residuals(relations, _env(s, place, values | {name: values[name] + sigma}))
            variance = [
                v + abs(m - c) ** 2 for v, m, c in zip(variance, moved, centre, strict=True)
            ]
        for r, v in zip(centre, variance, strict=True):
            if v > 0:
                out.append(float(mp.re(r) / mp.sqrt(v)))
            elif abs(r) > ROUNDING * 2.0**-52:
                out.append(math.inf)
    return out


def standardised(s: Statement, relations: tuple[Any, ...], evidence: dict[str, Any]) -> list[float]:
    """Differences between statistical evidence and the relations, in standard errors."""
    with mp.workdps(evidence.get("digits", DIGITS)):
        if evidence["kind"] == "simulation":
            return _simulation(s, relations, evidence)
        if evidence["kind"] == "samples":
            return _samples(s, relations, evidence)
        return _statistical(s, relations, evidence, "derivation")


def _chi2_excess(z: list[float], evidence: dict[str, Any], degrees: int | None = None) -> float:
    """Chi-squared over its threshold; for a changed relation, its shift over what is detected.

    The square root makes the response to a small change linear. A change counts as seen only
    where the test, which raises FALSE_ALARM, would see it with the asked-for POWER.
    """
    if not z or not np.all(np.isfinite(z)):
        return math.inf
    degrees = len(z) if degrees is None else degrees
    reference = evidence.get("z")
    if reference is None or np.allclose(z, reference, rtol=1e-9, atol=1e-9):
        return float(np.sum(np.square(z))) / float(stats.chi2.ppf(1 - FALSE_ALARM, degrees))
    shift = float(np.sum((np.array(z) - np.array(reference)) ** 2))
    return math.sqrt(shift / noncentrality(degrees))


def _simulation(s: Statement, relations: tuple[Any, ...], evidence: dict[str, Any]) -> list[float]:
    differences: list[float] = []
    sigmas: list[float] = []
    for estimate in evidence["estimates"]:
        env = environment(s, {"point": estimate["point"]})
        values = {k: mp.mpf(v) for k, v in estimate["value"].items()}
        for r in relations:
            name = _lhs_name(r)
            if name in values:
                others = {k: v for k, v in values.items() if k != name}
                predicted = compiled(r.rhs)(bound(env, others))
                differences.append(float(mp.re(predicted - values[name])))
                sigmas.append(float(estimate["error"][name]))
    if not differences:
        raise EvaluationError("no estimate matches the left side of the statement")
    if evidence.get("covariance") is None:
        return [d / x for d, x in zip(differences, sigmas, strict=True)]
    root = np.linalg.cholesky(np.array(evidence["covariance"], float))
    return np.linalg.solve(root, np.array(differences)).tolist()


def _samples(s: Statement, relations: tuple[Any, ...], evidence: dict[str, Any]) -> list[float]:
    """Counts between fixed edges against the density that the relation states."""
    place = evidence["places"][0]
    env = environment(s, place) | {k: decode(v) for k, v in evidence.get("values", {}).items()}
    name, variable = evidence["density"], evidence["variable"]
    relation = next(r for r in relations if _lhs_name(r) == name)
    body = compiled(relation.rhs)
    applied = isinstance(relation.lhs, sp.core.function.AppliedUndef)
    argument = relation.lhs.args[0].name if applied else variable
    edges = [mp.mpf(e) for e in evidence["edges"]]

    def density(x: Any) -> Any:
        return body(bound(env, {argument: x}))

    with mp.workdps(15):
        mass = [mp.re(integrate(density, a, b)) for a, b in itertools.pairwise(edges)]
    norm = mp.fsum(mass)
    counts = np.array(evidence["counts"], float)
    expected = np.array([float(m / norm) for m in mass]) * counts.sum()
    if np.any(expected <= 0):
        return [math.inf]
    return ((counts - expected) / np.sqrt(expected)).tolist()


def _lhs_name(r: Any) -> str:
    if isinstance(r.lhs, sp.Symbol):
        return r.lhs.name
    return (
        f"{r.lhs.func.__name__}()"
        if isinstance(r.lhs, sp.core.function.AppliedUndef)
        else str(r.lhs)
    )


# Properties: named consequences.


def consequence(s: Statement, relations: tuple[Any, ...], probe: dict[str, Any]) -> Any:
    """The expression `then` of a property probe, with the statement put into it."""
    then = s.read(probe["then"])
    known = _solved(s, relations, probe.get("solve"))
    for _ in range(len(known) + 1):
        then = _put(then, known)
    at = {s.names[k]: s.read(v) for k, v in probe.get("at", {}).items()}
    then = then.doit() if then.has(sp.Derivative) else then
    return _put(then.subs(at, simultaneous=True), known) if at else then


def _solved(s: Statement, relations: tuple[Any, ...], solve: str | None) -> dict[Any, Any]:
    known: dict[Any, Any] = {}
    if solve is not None:
        target = s.names[solve]
        for r in relations:
            if r.has(target):
                found = [x for x in sp.solve(sp.Eq(r.lhs, r.rhs), target)]
                if not found:
                    raise EvaluationError(f"cannot solve {r} for {solve}")
                known[target] = found[0]
                break
        else:
            raise EvaluationError(f"{solve} does not occur in {s.id}")
    for r in relations:
        if isinstance(r.lhs, (sp.Symbol, sp.core.function.AppliedUndef)) and (
            solve is None or r.lhs != s.names[solve]
        ):
            known.setdefault(r.lhs, r.rhs)
    return known


def _put(e: Any, known: dict[Any, Any]) -> Any:
    for left, right in known.items():
        if isinstance(left, sp.Symbol):
            e = e.subs(left, right)
        else:
            variables = left.args

            def body(*a: Any, variables: Any = variables, right: Any = right) -> Any:
                return right.subs(dict(zip(variables, a, strict=True)), simultaneous=True)

            e = e.replace(left.func, body)
    return e


def _property_excess(s: Statement, relations: tuple[Any, ...], evidence: dict[str, Any]) -> float:
    probe = evidence["probe"]
    then, equals = consequence(s, relations, probe), s.read(probe["equals"])
    worst = 0.0
    for i, place in enumerate(evidence["places"]):
        tolerance = mp.mpf(evidence["tolerance"][i])
        env = environment(s, place)
        value = _settled(then, env, probe)
        targets = [compiled(equals)(env)]
        targets += [decode(r["values"][i]) for r in evidence["routes"].values()]
        allowed = [tolerance] + [mp.mpf(r["tolerance"][i]) for r in evidence["routes"].values()]
        scale = max([abs(value), abs(targets[0]), _size(then, value, env)])
        scale = scale if scale > 0 else mp.mpf(1)
        for target, t in zip(targets, allowed, strict=True):
            worst = max(worst, _quotient(abs(value - target) / scale, t))
    return worst


def _settled(e: Any, env: dict[str, Any], probe: dict[str, Any]) -> Any:
    if "limit" not in probe:
        return compiled(e)(env)
    variable, to = probe["limit"]["variable"], probe["limit"]["to"]
    terms = [
        compiled(e)(bound(env, {variable: x}))
        for x in approach(mp.mpf(probe["limit"].get("start", 1)), to, 10, 6)
    ]
    return _extrapolated(terms)


def approach(start: Any, to: str, factor: float, steps: int, end: Any = None) -> list[Any]:
    """A geometric sequence from `start` towards 0, infinity, or a finite end."""
    if to == "0":
        return [start / mp.mpf(factor) ** k for k in range(steps)]
    if to == "oo":
        return [start * mp.mpf(factor) ** k for k in range(steps)]
    return [end + (start - end) / mp.mpf(factor) ** k for k in range(steps)]


# Operators.


LEVELS = 2.0**-52 * 4096
"""Relative error that eigenvalues of the matrices met here stay far below."""


def _operator_excess(s: Statement, relations: tuple[Any, ...], evidence: dict[str, Any]) -> float:
    worst = 0.0
    names = s.names
    for place in evidence["places"]:
        env = environment(s, place)
        for quanta in evidence["quanta"]:
            space = Representation(s, evidence["probe"], quanta)
            derived = {k: space.matrix(read(v, names), env) for k, v in evidence["derived"].items()}
            full = bound(env, derived)
            for r in relations:
                left, right = (space.block(space.matrix(side, full)) for side in (r.lhs, r.rhs))
                scale = max(np.abs(left).max(), np.abs(right).max()) or 1.0
                # Matrix elements are double precision; products of a few of them lose a few digits.
                worst = max(worst, float(np.abs(left - right).max() / scale) / (2.0**-52 * 256))
    for route in evidence.get("routes", {}).values():
        worst = max(worst, operator_gap(s, relations, evidence, route) / LEVELS)
    return worst


def operator_gap(
    s: Statement, relations: tuple[Any, ...], evidence: dict[str, Any], route: dict[str, Any]
) -> float:
    """Largest relative difference of the package's numbers from the statement's matrices.

    What is Hermitian is known by its eigenvalues, among which the package's levels must be;
    anything else by its elements between the vacuum and the states of one quantum.
    """
    worst = 0.0
    for place, numbers in zip(evidence["places"], route["values"], strict=True):
        env = environment(s, place)
        space = Representation(s, evidence["probe"], evidence["quanta"][-1])
        for r in relations:
            if r.lhs.name not in numbers:
                continue
            matrix = space.matrix(r.rhs, env)
            given = np.array([complex(decode(v)) for v in numbers[r.lhs.name]])
            if np.abs(matrix - matrix.conj().T).max() < 1e-12 * np.abs(matrix).max():
                levels = np.linalg.eigvalsh(matrix)
                gaps, scale = np.abs(levels[:, None] - given).min(axis=0), np.abs(levels).max()
            else:
                elements = space.lowering(matrix)
                gaps, scale = np.abs(elements - given), np.abs(elements).max()
            worst = max(worst, float(gaps.max() / scale))
    return worst
