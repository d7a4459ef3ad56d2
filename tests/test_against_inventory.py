"""The transcription against an independent reading of the same equations.

Two readings find slips, a copy finds none. A relation of the inventory counts as found if some
relation of the transcription determines one of its symbols so that it holds at random points,
under some assignment of differently named symbols of equal dimension. An inequality is found if the
transcription states its bound, elements of a matrix if it states the matrix.

`inventory/names.toml` gives names of the reading as expressions in the transcription's symbols, where
units or powers differ: `x`, `"f()"` for a function that is a number here, `"f(x, y)"` for one that
is an expression of its arguments. `inventory/differences.toml` lists entries where the readings
differ on purpose, with the reason: a whole entry, or those of its relations, counted from one, that
are not found while all others are.
"""

import itertools
import tomllib
from pathlib import Path

import mpmath as mp
import numpy as np
import pytest
import sympy as sp

from relics.papers import transcription
from relics.papers.dimensions import parse_unit
from relics.papers.expressions import read
from relics.proof import sampling
from relics.proof.evaluate import EvaluationError, bound, compiled

INVENTORY = Path(__file__).resolve().parent / "inventory"
READINGS = {
    r["id"]: r
    for path in INVENTORY.glob("*.toml")
    for r in tomllib.loads(path.read_text(encoding="utf-8")).get("reading", [])
}
DIFFERENCES = tomllib.loads((INVENTORY / "differences.toml").read_text(encoding="utf-8"))
NAMES = tomllib.loads((INVENTORY / "names.toml").read_text(encoding="utf-8"))
WHOLE = {i for i, difference in DIFFERENCES.items() if isinstance(difference, str)}
BOTH = [i for i in transcription.statement_ids() if i in READINGS]
POINTS = 2
DECADES = 80


def relations_of(reading):
    names = {}
    for name in reading["units"]:
        bare = name.removesuffix("()")
        names[bare] = sp.Function(bare) if name.endswith("()") else sp.Symbol(bare, positive=True)
    for text in reading["target"].split(";"):
        if text.strip():
            yield read(text, names)


def free(e):
    return {a.name for a in e.free_symbols} | {
        f.func.__name__ + "()" for f in e.atoms(sp.core.function.AppliedUndef)
    }


def solved_points(s, relation):
    """Points at which a relation of the transcription holds, its left side computed from the right."""
    if not isinstance(relation, sp.Eq):
        return
    left, right, names = relation.lhs, compiled(relation.rhs), free(relation)
    is_function = isinstance(left, sp.core.function.AppliedUndef)
    if is_function or (isinstance(left, sp.Symbol) and left.name not in free(relation.rhs)):
        targets = []
    else:
        targets = [d for d in (*s.derived, str(left)) if d in names]
        if not targets:
            return
    for point in sampling.points(s, POINTS, "inventory"):
        env = sampling.exact(point)
        for name, symbol in s.symbols.items():
            placed = symbol.is_function or symbol.domain in ("operator", "matrix") or name in env
            if not placed and (symbol.range or name in names):
                env[name] = mp.mpf(sampling.typical(symbol) * off_centre(s.id, name))
        env |= sampling.functions(s, env)
        if targets:
            env |= first_root(s, relation, targets, env)
        elif isinstance(relation.rhs, sp.MatrixBase):
            env[f"{left}()"] = elements(right(env))
        elif is_function:
            env[left.func.__name__ + "()"] = constant(right(env))
        else:
            env[left.name] = right(env)
        yield env


def first_root(s, relation, targets, env):
    """The first of the symbols for which the relation can be solved, with its value."""
    for target in targets:
        try:
            return {target: root(relation, target, env, s.symbols[target])}
        except ValueError as error:
            reason = error
    raise reason


def constant(value):
    return lambda *_: value


def elements(matrix):
    return lambda i, j: matrix[int(i) - 1, int(j) - 1]


def off_centre(*parts):
    """A factor of order one that no other name has."""
    return np.random.default_rng(sampling.seed(*parts)).uniform(1.1, 1.9)


def root(relation, target, env, symbol):
    """The value of a symbol that solves a relation: near its typical size, or decades away."""
    left, right = (
        compiled(side) if target in free(side) else constant(compiled(side)(env))
        for side in relation.args
    )

    def sides(u):
        there = bound(env, {target: u * start})
        return left(there), right(there)

    def gap(u):
        x, y = sides(u)
        return (x - y) / scale

    def share(decades):
        x, y = sides(mp.mpf(10) ** decades)
        return mp.re(x - y) / (abs(x) + abs(y))

    start = sampling.typical(symbol)
    scale = max(abs(x) for x in sides(mp.mpf("1.1")))
    try:
        u = mp.findroot(gap, mp.mpf("1.1"))
        x, y = sides(u)
        size = scale if relation.rhs == 0 else max(abs(x), abs(y))
        if u != 0 and abs(x - y) < mp.mpf("1e-15") * size:
            return u * start
    except (ArithmeticError, ValueError):
        pass
    grid = range(-DECADES, DECADES + 1, 2)
    signs = [mp.sign(share(k)) for k in grid]
    for k, low, high in zip(grid, signs, signs[1:], strict=False):
        if low * high <= 0:
            between = mp.findroot(share, (k, k + 2), solver="anderson", tol=mp.mpf("1e-38"))
            return mp.mpf(10) ** between * start
    raise ValueError(f"no {target} makes the two sides equal")


def dimension_of(units, name, natural):
    if natural:
        return None
    return tuple(sorted(parse_unit(units[name].partition(";")[0]).items()))


def assignments(s, reading, theirs, ours):
    """Maps from the reading's names to the transcription's: same names first, then equal dimensions."""
    natural = bool(reading.get("natural") or s.natural or "dimension" in reading or s.dimension)
    units = {n: x.unit for n, x in s.symbols.items()}
    same = {n: n for n in theirs if n in ours}
    pool = sorted(n for n in ours - set(same) if n in units)

    def fits(a, b):
        return a.endswith("()") == b.endswith("()") and (
            natural or dimension_of(reading["units"], a, False) == dimension_of(units, b, False)
        )

    def chosen(rest):
        if not rest:
            yield {}
            return
        for b in (b for b in pool if fits(rest[0], b)):
            yield from ({rest[0]: b} | m for m in chosen(rest[1:]) if b not in m.values())

    yield from (same | m for m in itertools.islice(chosen(sorted(theirs - set(same))), 6000))


def named(s, relation):
    """Names of the reading that occur in its relation, as functions of an environment."""
    matrices = {n: sp.Function(n) for n, x in s.symbols.items() if x.domain == "matrix"}
    out = {}
    for key, text in NAMES.get(s.id, {}).items():
        name, bracket, arguments = key.partition("(")
        arguments = [a.strip() for a in arguments.rstrip(")").split(",") if a.strip()]
        name += "()" if bracket else ""
        if name in free(relation):
            symbols = {a: sp.Symbol(a) for a in arguments}
            value = compiled(read(text, s.names | matrices | symbols))
            out[name] = as_function(value, arguments) if bracket else value
    return out


def as_function(value, arguments):
    """A function of the environment whose value is a function of `arguments`, or of any if none."""

    def at(env):
        if not arguments:
            return constant(value(env))
        return lambda *x: value(bound(env, dict(zip(arguments, x, strict=True))))

    return at


BOUNDS = (sp.Eq, sp.LessThan, sp.StrictLessThan, sp.GreaterThan, sp.StrictGreaterThan)


def holds(relation, mapping, given, envs):
    """Whether both sides are equal at all points; an inequality is judged at its bound."""
    if not isinstance(relation, BOUNDS):
        return False
    left, right = compiled(relation.lhs), compiled(relation.rhs)
    for env in envs:
        mine = {a: env[b] for a, b in mapping.items()} | {a: f(env) for a, f in given.items()}
        x, y = left(mine), right(mine)
        scale = max(abs(x), abs(y))
        if relation.rhs == 0:
            scale = max(abs(compiled(term)(mine)) for term in sp.Add.make_args(relation.lhs))
        if not mp.isfinite(scale) or abs(x - y) > mp.mpf("1e-9") * scale:
            return False
    return True


def takes_minutes(relation):
    """A multiple integral over unknown functions; such entries are listed with their reason."""
    unknown = sp.core.function.AppliedUndef
    return any(len(e.limits) > 1 and e.has(unknown) for e in relation.atoms(sp.Integral))


IMPOSSIBLE = (EvaluationError, ArithmeticError, ValueError, TypeError, KeyError)


def solved(s):
    """For every relation of the transcription that can be solved, the points at which it holds."""
    for mine in (*s.printed, *(s.corrected or ())):
        try:
            envs = list(solved_points(s, mine))
        except IMPOSSIBLE:
            continue
        if envs:
            yield envs


def is_found(s, reading, relation, transcribed):
    if takes_minutes(relation):
        return False
    inner = {v.name for e in relation.atoms(sp.Integral, sp.Sum) for v in e.variables}
    given = named(s, relation)
    theirs = free(relation) - inner - set(given)
    for envs in transcribed:
        for mapping in assignments(s, reading, theirs, set(envs[0])):
            try:
                if holds(relation, mapping, given, envs):
                    return True
            except IMPOSSIBLE:
                break
    return False


def missing(identifier):
    """Numbers and texts of the relations of the reading that the transcription does not have."""
    s, reading = transcription.statement(identifier), READINGS[identifier]
    with mp.workdps(20):
        transcribed = list(solved(s))
        return {
            number: str(relation)
            for number, relation in enumerate(relations_of(reading), 1)
            if not is_found(s, reading, relation, transcribed)
        }


@pytest.mark.parametrize("identifier", [i for i in BOTH if i not in WHOLE])
def test_two_readings_agree(identifier):
    left, different = missing(identifier), DIFFERENCES.get(identifier, {"relations": []})
    assert set(left) == set(different["relations"]), (
        f"{identifier}: the transcription has nothing equal to {left}, "
        f"while relations {different['relations']} are listed as different"
    )


@pytest.mark.parametrize("identifier", ["LW07-62", "L18-4", "L18-23", "LSW06-7", "LSW06-20"])
def test_a_factor_of_two_is_noticed(identifier):
    s, reading = transcription.statement(identifier), READINGS[identifier]
    with mp.workdps(20):
        transcribed = list(solved(s))
        for relation in relations_of(reading):
            doubled = relation.func(relation.lhs, 2 * relation.rhs, evaluate=False)
            assert is_found(s, reading, relation, transcribed)
            assert not is_found(s, reading, doubled, transcribed)


def test_every_difference_has_its_reason():
    reasons = [d if isinstance(d, str) else d["reason"] for d in DIFFERENCES.values()]
    assert all(len(reason) > 20 for reason in reasons)


def test_differences_are_those_of_known_equations():
    assert set(DIFFERENCES) <= set(READINGS)
    assert set(NAMES) <= set(READINGS) - WHOLE
