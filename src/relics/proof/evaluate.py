"""SymPy expressions as numbers: a tree walker over mpmath, without code generation.

`compiled(expression)` turns a tree into nested closures once; calling the result with an
environment (names to mpmath numbers, ``"f()"`` to functions) evaluates it at the working precision
of mpmath. Integrals are scaled to the integrand, since mpmath's tolerance is absolute.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import mpmath as mp
import sympy as sp

Environment = Mapping[Any, Any]
Evaluator = Callable[[Environment], Any]
Names = frozenset[str]

DIGITS = 30
"""Working precision of all probes, decimal digits; five more than a probe relies on."""


class EvaluationError(ValueError):
    """An expression that has no numerical value; the message says which and why."""


def _spherical_j(n: Any, x: Any) -> Any:
    return (
        mp.mpf(1)
        if x == 0 and n == 0
        else mp.sqrt(mp.pi / (2 * x)) * mp.besselj(n + mp.mpf(1) / 2, x)
    )


def _spherical_y(n: Any, x: Any) -> Any:
    return mp.sqrt(mp.pi / (2 * x)) * mp.bessely(n + mp.mpf(1) / 2, x)


def _harmonic(l: Any, m: Any, theta: Any, phi: Any) -> Any:
    return mp.spherharm(int(mp.nint(mp.re(l))), int(mp.nint(mp.re(m))), theta, phi)


def _heaviside(x: Any, half: Any = None) -> Any:
    x = mp.re(x)
    if x == 0:
        return mp.mpf("0.5") if half is None else half
    return mp.mpf(1 if x > 0 else 0)


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "exp": mp.exp, "log": mp.log, "sin": mp.sin, "cos": mp.cos, "tan": mp.tan, "cot": mp.cot,
    "sinh": mp.sinh, "cosh": mp.cosh, "tanh": mp.tanh, "coth": mp.coth, "sech": mp.sech,
    "csch": mp.csch, "sec": mp.sec, "csc": mp.csc, "asin": mp.asin, "acos": mp.acos,
    "atan": mp.atan, "asinh": mp.asinh, "acosh": mp.acosh, "atanh": mp.atanh, "acoth": mp.acoth,
    "atan2": lambda y, x: mp.atan2(mp.re(y), mp.re(x)), "Abs": abs, "sign": mp.sign,
    "erf": mp.erf, "erfc": mp.erfc, "erfi": mp.erfi, "erfinv": mp.erfinv, "gamma": mp.gamma,
    "loggamma": mp.loggamma, "digamma": mp.digamma,
    "polygamma": lambda n, x: mp.polygamma(int(mp.re(n)), x), "zeta": mp.zeta,
    "polylog": mp.polylog, "besselj": mp.besselj, "bessely": mp.bessely, "besseli": mp.besseli,
    "besselk": mp.besselk, "Ynm": _harmonic, "jn": _spherical_j, "yn": _spherical_y, "legendre": mp.legendre,
    "LambertW": lambda x, k=0: mp.lambertw(x, int(mp.re(k))), "Heaviside": _heaviside,
    "Max": lambda *a: max(mp.re(x) for x in a), "Min": lambda *a: min(mp.re(x) for x in a),
    "re": mp.re, "im": mp.im, "conjugate": mp.conj, "factorial": mp.factorial,
    "binomial": mp.binomial, "floor": mp.floor, "ceiling": mp.ceil, "uppergamma": mp.gammainc,
    "lowergamma": lambda s, x: mp.gammainc(s, 0, x), "expint": mp.expint, "Ei": mp.ei,
    "Si": mp.si, "Ci": mp.ci, "Shi": mp.shi, "Chi": mp.chi, "li": mp.li,
    "elliptic_k": mp.ellipk, "elliptic_e": mp.ellipe, "beta": mp.beta,
    "KroneckerDelta": lambda a, b: mp.mpf(1 if a == b else 0), "arg": mp.arg,
}  # fmt: skip

_CONSTANTS = {
    sp.pi: lambda: mp.pi + 0,
    sp.E: lambda: mp.e + 0,
    sp.I: lambda: mp.mpc(0, 1),
    sp.EulerGamma: lambda: mp.euler + 0,
    sp.Catalan: lambda: mp.catalan + 0,
    sp.oo: lambda: mp.inf,
    -sp.oo: lambda: -mp.inf,
}


def compiled(e: Any, within: Names = frozenset()) -> Evaluator:
    """Closure that evaluates `e` in an environment. Raises EvaluationError for unknown nodes.

    `within` names the variables that integrals, sums and the like around `e` bind.
    """
    e = e.as_immutable() if isinstance(e, sp.MatrixBase) else e
    return _build(e, within & _names(e))


@functools.lru_cache(maxsize=20_000)
def _build(e: Any, within: Names) -> Evaluator:
    for cls, build in _BUILDERS:
        if isinstance(e, cls):
            value = build(e, within)
            if not e.args:
                return value
            return _remembered(e, value, within) if _names(e) else _once_a_precision(value)
    raise EvaluationError(f"{type(e).__name__} has no numerical value: {str(e)[:80]}")


@functools.lru_cache(maxsize=40_000)
def _names(e: Any) -> Names:
    """Names in `e` whose values it may depend on; those of undefined functions end in ``()``."""
    if isinstance(e, sp.Symbol):
        return frozenset([e.name])
    own = [f"{e.func.__name__}()"] if isinstance(e, sp.core.function.AppliedUndef) else []
    return frozenset(own).union(*(_names(a) for a in e.args))


def _once_a_precision(value: Evaluator) -> Evaluator:
    known: dict[int, Any] = {}

    def kept(env: Environment) -> Any:
        if mp.mp.prec not in known:
            known[mp.mp.prec] = value(env)
        return known[mp.mp.prec]

    return kept


class Memory:
    """Values already found in one environment, by expression, precision and bound variables.

    Values of the expressions `lasting` stay; the others go when `forget` is called. So the parts of
    a statement that a change leaves alone are evaluated once, at every node of an integral too.
    """

    MOST = 400_000

    def __init__(self, lasting: frozenset[Any] = frozenset()) -> None:
        self.known: dict[Any, Any] = {}
        self.lasting = lasting
        self.passing: list[Any] = []

    def keep(self, key: Any, value: Any, lasts: bool) -> None:
        """Remember a value, for good or until the next `forget`."""
        if len(self.known) < self.MOST:
            self.known[key] = value
            if not lasts:
                self.passing.append(key)

    def forget(self) -> None:
        """Drop the values of what is not lasting."""
        for key in self.passing:
            del self.known[key]
        self.passing.clear()


def subexpressions(expressions: Iterable[Any]) -> frozenset[Any]:
    """The expressions with all their subexpressions."""
    return frozenset(a for e in expressions for a in sp.preorder_traversal(e))


_MEMORY, _WITHIN = "values already found", "names that a memory tells apart"
_INNERMOST = "variable bound last"
_numbered = itertools.count()


def remembering(env: Environment, memory: Memory | None = None) -> Environment:
    """The environment with a memory, an empty one of its own if none is given."""
    return {**env, _MEMORY: memory or Memory()}


def told_apart(env: Environment, names: Iterable[str], mark: str) -> Environment:
    """The environment as one of several that share a memory and differ in `names`.

    What rests on one of the names is remembered under `mark`, everything else for all of them.
    """
    names = frozenset(names)
    return {**env, **{(name,): mark for name in names}, _WITHIN: names}


def evaluated(e: Any, env: Environment) -> Any:
    """Value of `e` in an environment, as far as possible from its memory."""
    return compiled(e, env.get(_WITHIN, frozenset()))(env)


def bound(env: Environment, values: Mapping[str, Any]) -> Environment:
    """The environment with some names bound anew, and with nothing evaluated yet."""
    return {**env, **values, _MEMORY: Memory(), _WITHIN: frozenset(), _INNERMOST: None}


def _placed(env: Environment, name: str, x: Any) -> Environment:
    """The environment at one value of a variable that an expression binds; memory is shared."""
    mark = (name,)
    return {**env, name: x, mark: x._mpf_ if isinstance(x, mp.mpf) else x, _INNERMOST: mark}


def _remembered(e: Any, find: Evaluator, within: Names) -> Evaluator:
    """The value of a node, evaluated once for each set of values of the variables bound around it.

    What belongs to a change and rests on the innermost variable is not asked for again, unless it
    is a function that stands in several places.
    """
    repeated = isinstance(e, sp.core.function.AppliedUndef)
    me, marks = next(_numbered), tuple((name,) for name in sorted(within))
    only = marks[0] if len(marks) == 1 else None
    among: frozenset[Any] | None = None
    lasts = False

    def kept(env: Environment) -> Any:
        nonlocal among, lasts
        memory = env.get(_MEMORY)
        if memory is None:
            return find(env)
        if memory.lasting is not among:
            among, lasts = memory.lasting, e in memory.lasting
        if not lasts and not repeated and env.get(_INNERMOST) in marks:
            return find(env)
        precision = mp.mp.prec
        key = (me, precision, env[only]) if only else (me, precision, *[env[m] for m in marks])
        found = memory.known.get(key)
        if found is None:
            found = find(env)
            memory.keep(key, found, lasts)
        return found

    return kept


def number(e: Any, env: Environment | None = None) -> Any:
    """Value of `e` in `env` at DIGITS digits."""
    with mp.workdps(DIGITS):
        return compiled(sp.sympify(e))(env or {})


def _constant(e: Any, within: Names) -> Evaluator:
    if e in _CONSTANTS:
        make = _CONSTANTS[e]
        return lambda env: make()
    if e.is_Rational:
        p, q = int(e.p), int(e.q)
        return lambda env: mp.mpf(p) / q if q != 1 else mp.mpf(p)
    text = str(e)
    return lambda env: mp.mpf(text)


def _symbol(e: sp.Symbol, within: Names) -> Evaluator:
    name = e.name

    def value(env: Environment) -> Any:
        if name not in env:
            raise EvaluationError(f"no value for {name}")
        return env[name]

    return value


def _add(e: Any, within: Names) -> Evaluator:
    first, *rest = (compiled(a, within) for a in e.args)

    def value(env: Environment) -> Any:
        total = first(env)
        for p in rest:
            total = total + p(env)
        return total

    return value


def _mul(e: Any, within: Names) -> Evaluator:
    # A Kronecker delta that is zero spares the other factors.
    choices = [compiled(a, within) for a in e.args if isinstance(a, sp.KroneckerDelta)]
    rest = [compiled(a, within) for a in e.args if not isinstance(a, sp.KroneckerDelta)]
    first, *others = rest or [lambda env: mp.mpf(1)]

    def product(env: Environment) -> Any:
        total = first(env)
        for p in others:
            total = total * p(env)
        return total

    if not choices:
        return product
    return lambda env: mp.mpf(0) if any(c(env) == 0 for c in choices) else product(env)


def _pow(e: Any, within: Names) -> Evaluator:
    base = compiled(e.base, within)
    if e.exp == sp.Rational(1, 2):
        return lambda env: mp.sqrt(base(env))
    if e.exp.is_Integer:
        n = int(e.exp)
        return lambda env: base(env) ** n
    exponent = compiled(e.exp, within)
    return lambda env: mp.power(base(env), exponent(env))


def _function(e: Any, within: Names) -> Evaluator:
    name = e.func.__name__
    if name not in _FUNCTIONS:
        raise EvaluationError(f"function {name} has no numerical value here: {str(e)[:80]}")
    f, parts = _FUNCTIONS[name], [compiled(a, within) for a in e.args]
    if len(parts) == 1:
        only = parts[0]
        return lambda env: f(only(env))
    return lambda env: f(*[p(env) for p in parts])


def _applied(e: Any, within: Names) -> Evaluator:
    name, parts = f"{e.func.__name__}()", [compiled(a, within) for a in e.args]

    def value(env: Environment) -> Any:
        if name not in env:
            raise EvaluationError(f"no function given for {name}")
        return env[name](*[p(env) for p in parts])

    return value


def _derivative(e: sp.Derivative, within: Names) -> Evaluator:
    variables = [(v, int(n)) for v, n in e.variable_count]
    if not e.expr.has(sp.core.function.AppliedUndef):
        return compiled(e.doit(), within)
    names, orders = [v.name for v, _ in variables], tuple(n for _, n in variables)
    inner = compiled(e.expr, within.union(names))

    def value(env: Environment) -> Any:
        # Work in units of the point, since mpmath's step is absolute.
        centre = [env[n] for n in names]
        scale = [abs(c) if c != 0 else mp.mpf(1) for c in centre]

        def f(*x: Any) -> Any:
            there = env
            for n, c, s, t in zip(names, centre, scale, x, strict=True):
                there = _placed(there, n, c + s * t)
            return inner(there)

        with mp.workdps(mp.mp.dps + 10):
            d = mp.diff(f, tuple(mp.mpf(0) for _ in names), orders)
        return d / mp.fprod(s**n for s, n in zip(scale, orders, strict=True))

    return value


def _subs(e: sp.Subs, within: Names) -> Evaluator:
    inner = compiled(e.expr, within.union(v.name for v in e.variables))
    pairs = [(v.name, compiled(x, within)) for v, x in zip(e.variables, e.point, strict=True)]

    def value(env: Environment) -> Any:
        there = env
        for n, x in pairs:
            there = _placed(there, n, x(env))
        return inner(there)

    return value


def _scopes(limits: list[Any], within: Names) -> list[Names]:
    """Variables that are bound where each limit is evaluated: those of the limits after it."""
    return [within.union(later[0].name for later in limits[k + 1 :]) for k in range(len(limits))]


def _integral(e: sp.Integral, within: Names) -> Evaluator:
    limits = list(e.limits)
    if any(len(limit) != 3 for limit in limits):
        raise EvaluationError(f"an integral without limits has no value: {str(e)[:80]}")
    scopes = _scopes(limits, within)
    if e.function.has(sp.DiracDelta):
        x, low, high = limits.pop(0)
        inner = _sifted(e.function, x, low, high, scopes.pop(0))
    else:
        inner = compiled(e.function, within.union(limit[0].name for limit in limits))
    for (x, low, high), scope in zip(limits, scopes, strict=True):
        inner = _one_integral(inner, x.name, compiled(low, scope), compiled(high, scope))
    return inner


def _sifted(f: Any, x: sp.Symbol, low: Any, high: Any, within: Names) -> Evaluator:
    """Integral over `x` of an integrand with a delta function whose argument is linear in `x`."""
    deltas = [d for d in sp.Mul.make_args(f) if isinstance(d, sp.DiracDelta)]
    if len(deltas) != 1:
        raise EvaluationError(
            f"only one delta function, as a factor, can be integrated over: {str(f)[:80]}"
        )
    argument = sp.expand(deltas[0].args[0])
    slope = argument.coeff(x, 1)
    rest = argument - slope * x
    if slope == 0 or rest.has(x):
        raise EvaluationError(
            f"the argument of the delta function is not linear in {x}: {argument}"
        )
    root = compiled(-rest / slope, within)
    weight = compiled((f / deltas[0]) / sp.Abs(slope), within | {x.name})
    a, b = compiled(low, within), compiled(high, within)

    def value(env: Environment) -> Any:
        at = root(env)
        return weight(_placed(env, x.name, at)) if a(env) <= at <= b(env) else mp.mpf(0)

    return value


def _one_integral(f: Evaluator, name: str, low: Evaluator, high: Evaluator) -> Evaluator:
    def value(env: Environment) -> Any:
        here = env if _MEMORY in env else remembering(env)
        return integrate(lambda x: f(_placed(here, name, x)), low(here), high(here))

    return value


def integrate(f: Callable[[Any], Any], a: Any, b: Any) -> Any:
    """Integral of `f` over [a, b] (either may be infinite), scaled to where the integrand lives.

    mpmath.quad's nodes and tolerance are absolute; physics in SI units is not of order one. The
    weight |f| x is scanned over a logarithmic grid, the interval is cut around its maximum, and
    the integrand is divided by its size there.
    """
    a, b = mp.mpf(a), mp.mpf(b)
    if a == b:
        return mp.mpf(0)
    if a > b:
        return -integrate(f, b, a)
    if mp.isinf(a) and mp.isinf(b):
        return integrate(f, a, mp.mpf(0)) + integrate(f, mp.mpf(0), b)
    if mp.isinf(a):
        return integrate(lambda x: f(-x), -b, mp.inf)
    length = _scale(f, a, b)
    if mp.isinf(b):
        cuts = [mp.mpf(0), length / 8, length, 3 * length, 10 * length, 40 * length, mp.inf]
    else:
        inner = [
            c for c in (length / 64, length / 8, length, 3 * length, 12 * length) if c < (b - a)
        ]
        cuts = [mp.mpf(0), *inner, b - a]
    at = (lambda x: a + x) if a else (lambda x: x)
    probe = [
        abs(f(a + length * t)) * length
        for t in (mp.mpf("0.31"), mp.mpf("0.83"), mp.mpf("1.7"))
        if a + length * t < b
    ]
    size = max([x for x in probe if mp.isfinite(x)], default=mp.mpf(0)) or mp.mpf(1)
    scaled = [c / length for c in cuts]
    return mp.quad(lambda u: f(at(length * u)) * length / size, scaled) * size


def _scale(f: Callable[[Any], Any], a: Any, b: Any) -> Any:
    span = b - a
    best, where = mp.mpf(0), (mp.mpf(1) if mp.isinf(span) else span / 2)
    grid = range(-46, 47, 2) if mp.isinf(span) else range(-40, 1, 2)
    with mp.workdps(10):
        for k in grid:
            x = mp.mpf(10) ** (mp.mpf(k) / (1 if mp.isinf(span) else 2)) * (
                1 if mp.isinf(span) else span * mp.mpf("0.7")
            )
            try:
                weight = abs(f(a + x)) * x
            except (ZeroDivisionError, ValueError, OverflowError):
                continue
            if mp.isfinite(weight) and weight > best:
                best, where = weight, x
        if mp.isinf(span):
            coarse = where
            for j in range(-8, 9):
                x = coarse * mp.mpf(10) ** (mp.mpf(j) / 4)
                try:
                    weight = abs(f(a + x)) * x
                except (ZeroDivisionError, ValueError, OverflowError):
                    continue
                if mp.isfinite(weight) and weight > best:
                    best, where = weight, x
    return where


def _sum(e: sp.Sum, within: Names) -> Evaluator:
    return _summed(e, within, product=False)


def _product(e: sp.Product, within: Names) -> Evaluator:
    return _summed(e, within, product=True)


def _summed(e: Any, within: Names, product: bool) -> Evaluator:
    limits = list(e.limits)
    inner = compiled(e.function, within.union(limit[0].name for limit in limits))
    for (n, low, high), scope in zip(limits, _scopes(limits, within), strict=True):
        inner = _one_sum(inner, n.name, compiled(low, scope), compiled(high, scope), product)
    return inner


def _one_sum(f: Evaluator, name: str, low: Evaluator, high: Evaluator, product: bool) -> Evaluator:
    def value(env: Environment) -> Any:
        here = env if _MEMORY in env else remembering(env)
        a, b = low(here), high(here)
        if mp.isinf(a) or mp.isinf(b):
            total = mp.nprod if product else mp.nsum
            return total(lambda n: f(_placed(here, name, n)), [a, b])
        steps = range(int(mp.nint(a)), int(mp.nint(b)) + 1)
        terms = (f(_placed(here, name, mp.mpf(n))) for n in steps)
        return mp.fprod(terms) if product else mp.fsum(terms)

    return value


def _limit(e: sp.Limit, within: Names) -> Evaluator:
    expression, variable, target = e.args[0], e.args[1], e.args[2]
    name, end = variable.name, compiled(target, within)
    inner = compiled(expression, within | {name})

    def value(env: Environment) -> Any:
        x0 = end(env)
        sign = -1 if str(e.args[3]) == "-" and not mp.isinf(x0) else 1

        def along(k: int) -> Any:
            h = mp.mpf(2) ** k
            x = (h if x0 > 0 else -h) if mp.isinf(x0) else x0 + sign / h * (abs(x0) or 1)
            return inner(_placed(env, name, x))

        terms = [along(k) for k in range(4, 28, 2)]
        return _settled(terms, 4)

    return value


def _settled(terms: list[Any], ratio: int) -> Any:
    """Limit of terms whose steps shrink by `ratio`: the extrapolation that has settled best.

    Richardson's is exact for power series of the step, Aitken's serves other approaches.
    """
    guesses = [(f(terms), f(terms[:-1])) for f in (_extrapolated, lambda t: _richardson(t, ratio))]
    return min(guesses, key=lambda pair: abs(pair[0] - pair[1]))[0]


def _richardson(terms: list[Any], ratio: int) -> Any:
    """Limit of a power series in a step that shrinks by `ratio` from term to term."""
    row, weight = list(terms), mp.mpf(1)
    while len(row) > 1:
        weight *= ratio
        row = [(weight * b - a) / (weight - 1) for a, b in zip(row, row[1:], strict=False)]
    return row[0]


def _extrapolated(terms: list[Any]) -> Any:
    """Limit of a sequence that converges geometrically (Aitken), or its last term."""
    x0, x1, x2 = terms[-3:]
    second = x2 - 2 * x1 + x0
    return x2 if second == 0 else x2 - (x2 - x1) ** 2 / second


def _piecewise(e: sp.Piecewise, within: Names) -> Evaluator:
    branches = [(compiled(x, within), compiled(c, within)) for x, c in e.args]

    def value(env: Environment) -> Any:
        for x, condition in branches:
            if condition(env):
                return x(env)
        raise EvaluationError(f"no branch applies in {str(e)[:60]}")

    return value


def _relational(e: Any, within: Names) -> Evaluator:
    import operator

    names = {
        sp.StrictLessThan: operator.lt,
        sp.LessThan: operator.le,
        sp.StrictGreaterThan: operator.gt,
        sp.GreaterThan: operator.ge,
        sp.Equality: operator.eq,
        sp.Unequality: operator.ne,
    }
    compare, left, right = names[type(e)], compiled(e.lhs, within), compiled(e.rhs, within)
    return lambda env: compare(mp.re(left(env)), mp.re(right(env)))


def _boolean(e: Any, within: Names) -> Evaluator:
    if e in (sp.true, sp.false):
        truth = bool(e)
        return lambda env: truth
    parts = [compiled(a, within) for a in e.args]
    if isinstance(e, sp.And):
        return lambda env: all(p(env) for p in parts)
    if isinstance(e, sp.Or):
        return lambda env: any(p(env) for p in parts)
    return lambda env: not parts[0](env)


def _matrix(e: Any, within: Names) -> Evaluator:
    rows, columns = e.shape
    cells = [[compiled(e[i, j], within) for j in range(columns)] for i in range(rows)]
    return lambda env: mp.matrix([[c(env) for c in row] for row in cells])


def _determinant(e: Any, within: Names) -> Evaluator:
    inner = compiled(e.arg, within)
    return lambda env: mp.det(inner(env))


_BUILDERS: list[tuple[Any, Callable[[Any, Names], Evaluator]]] = [
    (sp.Symbol, _symbol),
    (sp.Add, _add),
    (sp.Mul, _mul),
    (sp.Pow, _pow),
    (sp.core.function.AppliedUndef, _applied),
    (sp.Derivative, _derivative),
    (sp.Subs, _subs),
    (sp.Integral, _integral),
    (sp.Sum, _sum),
    (sp.Product, _product),
    (sp.Limit, _limit),
    (sp.Piecewise, _piecewise),
    (sp.core.relational.Relational, _relational),
    ((sp.logic.boolalg.BooleanFunction, sp.logic.boolalg.BooleanAtom), _boolean),
    (sp.Determinant, _determinant),
    (sp.MatrixBase, _matrix),
    (sp.DiracDelta, lambda e, within: _no_value(e, within)),
    ((sp.Number, sp.NumberSymbol, sp.core.numbers.ImaginaryUnit), _constant),
    (sp.core.function.Application, _function),
]


def _no_value(e: Any, within: Names) -> Evaluator:
    raise EvaluationError(
        f"a delta function has no value at a point; state it through its integral: {str(e)[:60]}"
    )


def size(e: Any, env: Environment) -> Any:
    """Magnitude of the largest additive term of `e`: the scale on which a cancellation is judged."""
    terms = e.args if isinstance(e, sp.Add) else (e,)
    return max((abs(compiled(t)(env)) for t in terms), default=mp.mpf(0))
