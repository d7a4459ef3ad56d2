"""The transcription against an independent reading of the same equations.

Two readings find slips, a copy finds none. A relation of the inventory counts as found if some
relation of the transcription determines one of its symbols so that it holds at random points,
under some assignment of differently named symbols of equal dimension. `inventory/names.toml` gives
names of the reading as expressions in the transcription's symbols, where units or powers differ;
`inventory/differences.toml` lists entries where the readings differ on purpose, with the reason, and
`inventory/not-yet-compared.toml` those that still wait for one or the other.
"""

import itertools
import tomllib
from pathlib import Path

import mpmath as mp
import pytest
import sympy as sp

from relics.papers import transcription
from relics.papers.dimensions import parse_unit
from relics.papers.expressions import ExpressionError, read
from relics.proof import sampling
from relics.proof.evaluate import EvaluationError, compiled

INVENTORY = Path(__file__).resolve().parent / "inventory"
READINGS = {
    r["id"]: r
    for path in INVENTORY.glob("*.toml")
    for r in tomllib.loads(path.read_text(encoding="utf-8")).get("reading", [])
}
DIFFERENCES = tomllib.loads((INVENTORY / "differences.toml").read_text(encoding="utf-8"))
NAMES = tomllib.loads((INVENTORY / "names.toml").read_text(encoding="utf-8"))
PENDING = set(
    tomllib.loads((INVENTORY / "not-yet-compared.toml").read_text(encoding="utf-8"))["ids"]
)
BOTH = [i for i in transcription.statement_ids() if i in READINGS]
POINTS = 2


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
    if not isinstance(relation, sp.Eq) or isinstance(relation.rhs, sp.MatrixBase):
        return
    left = relation.lhs
    target = left.name if isinstance(left, sp.Symbol) else None
    if target is None and not isinstance(left, sp.core.function.AppliedUndef):
        target = next((d for d in s.derived if d in free(relation)), None)
    for point in sampling.points(s, POINTS, "inventory"):
        env = sampling.exact(point)
        for name, symbol in s.symbols.items():
            if (
                not symbol.is_function
                and name not in env
                and symbol.range
                and symbol.domain not in ("operator", "matrix")
            ):
                env[name] = mp.mpf(sampling.typical(symbol) * 1.2345)
        env |= sampling.functions(s, env)
        if isinstance(left, sp.Symbol):
            env[target] = compiled(relation.rhs)(env)
        elif isinstance(left, sp.core.function.AppliedUndef):
            value = compiled(relation.rhs)(env)
            env[left.func.__name__ + "()"] = lambda *_, v=value: v
        elif target is not None:
            start = sampling.typical(s.symbols[target])
            gap = compiled(left - relation.rhs)
            root = mp.findroot(
                lambda u, gap=gap, env=env, start=start: gap({**env, target: u * start}),
                mp.mpf("1.1"),
            )
            env[target] = root * start
        else:
            return
        yield env


def dimension_of(units, name, natural):
    if natural:
        return None
    return tuple(sorted(parse_unit(units[name].partition(";")[0]).items()))


def assignments(s, reading, theirs, ours):
    """Maps from the reading's names to the transcription's: same names first, then equal dimensions."""
    natural = bool(reading.get("natural") or s.natural or "dimension" in reading or s.dimension)
    units = {n: x.unit for n, x in s.symbols.items()}
    same = {n: n for n in theirs if n in ours}
    rest, pool = sorted(theirs - set(same)), sorted(ours - set(same))
    if len(rest) > len(pool):
        return
    for chosen in itertools.islice(itertools.permutations(pool, len(rest)), 6000):
        fits = all(
            a.endswith("()") == b.endswith("()")
            and (
                natural or dimension_of(reading["units"], a, False) == dimension_of(units, b, False)
            )
            for a, b in zip(rest, chosen, strict=True)
        )
        if fits:
            yield same | dict(zip(rest, chosen, strict=True))


def holds(relation, mapping, given, envs):
    if not isinstance(relation, sp.Eq):
        return False
    left, right = compiled(relation.lhs), compiled(relation.rhs)
    for env in envs:
        mine = {a: env[b] for a, b in mapping.items() if b in env}
        values = {a: f(env) for a, f in given.items()}
        mine |= {a: (lambda *_, v=v: v) if a.endswith("()") else v for a, v in values.items()}
        x, y = left(mine), right(mine)
        scale = max(abs(x), abs(y))
        if not mp.isfinite(scale) or abs(x - y) > mp.mpf("1e-9") * scale:
            return False
    return True


def takes_minutes(relation):
    """A multiple integral over derivatives of functions; such entries are listed with their reason."""
    return any(len(e.limits) > 1 and e.has(sp.Derivative) for e in relation.atoms(sp.Integral))


def is_found(s, reading, relation):
    if takes_minutes(relation):
        return False
    with mp.workdps(20):
        for mine in (*s.printed, *(s.corrected or ())):
            try:
                envs = list(solved_points(s, mine))
                if not envs:
                    continue
                bound = {v.name for e in relation.atoms(sp.Integral, sp.Sum) for v in e.variables}
                given = {a: compiled(s.read(e)) for a, e in NAMES.get(s.id, {}).items()}
                theirs, ours = free(relation) - bound - set(given), set(envs[0])
                for mapping in assignments(s, reading, theirs, ours):
                    if holds(relation, mapping, given, envs):
                        return True
            except (EvaluationError, ArithmeticError, ValueError, TypeError, KeyError):
                continue
    return False


def missing(identifier):
    s, reading = transcription.statement(identifier), READINGS[identifier]
    try:
        relations = list(relations_of(reading))
    except (ExpressionError, TypeError, ValueError):
        return ["unreadable"]
    return [str(r) for r in relations if not is_found(s, reading, r)]


@pytest.mark.parametrize("identifier", [i for i in BOTH if i not in PENDING | set(DIFFERENCES)])
def test_two_readings_agree(identifier):
    left = missing(identifier)
    assert not left, f"{identifier}: the transcription has nothing equal to {left}"


def test_every_difference_has_its_reason():
    assert not set(DIFFERENCES) & PENDING
    assert all(len(reason) > 20 for reason in DIFFERENCES.values())


def test_differences_are_those_of_known_equations():
    assert set(DIFFERENCES) | PENDING <= set(READINGS)
