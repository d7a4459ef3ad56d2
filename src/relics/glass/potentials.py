"""Pair potentials of the model glasses, written once in SymPy.

Every potential is a function ``phi(x)`` of the reduced distance ``x = r/sigma_ij``, in units of the
energy scale, zero beyond its cut-off. Kernels need it as a function of the square ``s = x**2``
with the ladder of derivatives

    g_0 = phi,    g_{n+1} = (1/x) d g_n / dx = 2 d g_n / ds,

because ``f_n = g_n / sigma**(2 n)`` are the scalars that multiply the tensors of a pair expansion
(``f_1 r`` is the pair force, ``f_2 (r.u)**2 + f_1 u.u`` the curvature along ``u``, and so on).
Smoothing coefficients are solved from the continuity conditions, never typed in.

``python -m relics.glass.potentials`` writes the module ``relics.glass._kernels``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import sympy as sp

x = sp.Symbol("x", positive=True)
s = sp.Symbol("s", positive=True)
DIGITS = 50


@dataclass(frozen=True)
class Potential:
    """One pair potential: its form, its coefficients and its reduced cut-off.

    ``form`` names the generated function, ``coefficients`` are the numbers it is called with,
    ``cutoff`` is the reduced distance beyond which it vanishes and ``smoothness`` the highest
    derivative that is continuous there.
    """

    form: str
    coefficients: tuple[sp.Expr, ...]
    cutoff: sp.Expr
    smoothness: int


@dataclass(frozen=True)
class Form:
    """A family ``phi(x; c0, c1, ...)``; ``split`` is the coefficient holding the border in ``s``."""

    inner: sp.Expr
    symbols: tuple[sp.Symbol, ...]
    outer: sp.Expr | None = None
    split: sp.Symbol | None = None


def _even_polynomial(symbols: tuple[sp.Symbol, ...]) -> sp.Expr:
    return sum(c * x ** (2 * k) for k, c in enumerate(symbols))


def _inverse_power_form(n: int, terms: int) -> Form:
    c = sp.symbols(f"c:{terms}", real=True)
    return Form(x**-n + _even_polynomial(c), c)


def _sticky_form() -> Form:
    c = sp.symbols("c:7", real=True)
    lennard_jones = 4 * (x**-12 - x**-6)
    return Form(lennard_jones, c, c[0] * x**-12 + c[1] * x**-6 + _even_polynomial(c[2:6]), c[6])


FORMS: dict[str, Form] = {
    "inverse_power_6": _inverse_power_form(6, 3),
    "inverse_power_10": _inverse_power_form(10, 4),
    "inverse_power_12": _inverse_power_form(12, 3),
    "sticky": _sticky_form(),
    "hertzian": Form(sp.Rational(2, 5) * (1 - x) ** sp.Rational(5, 2), ()),
    "harmonic": Form(sp.Rational(1, 2) * (1 - x) ** 2, ()),
}


def _match(expression: sp.Expr, point: sp.Expr, targets: list[sp.Expr]) -> list[sp.Expr]:
    """Conditions: the derivatives of ``expression`` at ``point`` equal ``targets``, from order 0."""
    return [sp.diff(expression, x, k).subs(x, point) - v for k, v in enumerate(targets)]


def inverse_power(n: int, smoothness: int, cutoff: sp.Expr) -> Potential:
    """``x**-n`` plus an even polynomial that makes derivatives 0..smoothness vanish at ``cutoff``.

    KRZ21 Eq. 1 is ``n = 12, smoothness = 2, cutoff = 5/4`` (with the polynomial in ``r/sigma``).
    """
    form = FORMS[f"inverse_power_{n}"]
    unknowns = form.symbols[: smoothness + 1]
    phi = form.inner.subs({c: 0 for c in form.symbols[smoothness + 1 :]})
    solution = sp.solve(_match(phi, cutoff, [sp.S.Zero] * (smoothness + 1)), unknowns, dict=True)[0]
    values = [solution.get(c, sp.S.Zero) for c in form.symbols]
    return Potential(f"inverse_power_{n}", tuple(values), cutoff, smoothness)


def schober_laird(cutoff: sp.Expr) -> Potential:
    """``x**-6 + A x**4 + B`` with value and slope zero at the cut-off (LB21 ref. 86)."""
    form = FORMS["inverse_power_6"]
    constant, square, quartic = form.symbols
    phi = form.inner.subs(square, 0)
    solution = sp.solve(_match(phi, cutoff, [sp.S.Zero, sp.S.Zero]), (constant, quartic), dict=True)
    values = (solution[0][constant], sp.S.Zero, solution[0][quartic])
    return Potential("inverse_power_6", values, cutoff, 1)


@cache
def sticky(cutoff: sp.Expr) -> Potential:
    """Lennard-Jones core with a tunable attractive tail that ends at ``cutoff`` minimum distances.

    Beyond the minimum at ``2**(1/6)`` the tail ``a x**-12 + b x**-6 + even polynomial`` is fixed by
    continuity of the value and two derivatives at both ends. ``cutoff`` (above 1) is in units of
    the position of the minimum.
    """
    cutoff = sp.nsimplify(cutoff)
    if not cutoff > 1:
        raise ValueError(f"the cut-off of sticky spheres must exceed 1, got {cutoff}")
    form = FORMS["sticky"]
    minimum = sp.Integer(2) ** sp.Rational(1, 6)
    core = [sp.diff(form.inner, x, k).subs(x, minimum) for k in range(3)]
    tail = form.outer
    assert tail is not None
    conditions = _match(tail, minimum, core)
    conditions += _match(tail, minimum * cutoff, [sp.S.Zero] * 3)
    matrix, right = sp.linear_eq_to_matrix(conditions, form.symbols[:6])
    values = matrix.evalf(DIGITS).LUsolve(right.evalf(DIGITS))
    return Potential("sticky", (*values, minimum**2), minimum * cutoff, 2)


def contact(form: str) -> Potential:
    """Repulsion of overlapping spheres, ``hertzian`` (power 5/2) or ``harmonic`` (power 2).

    The third derivative of the Hertzian one diverges at contact.
    """
    return Potential(form, (), sp.S.One, 2 if form == "hertzian" else 1)


@cache
def potentials() -> dict[str, Potential]:
    """All potentials of the shipped models by name."""
    return {
        "inverse-power-10-cut-1.48": inverse_power(10, 3, sp.Rational(37, 25)),
        "inverse-power-10-cut-1.4": inverse_power(10, 3, sp.Rational(7, 5)),
        "inverse-power-12-cut-1.25": inverse_power(12, 2, sp.Rational(5, 4)),
        "inverse-power-6-cut-3": schober_laird(sp.Integer(3)),
        **{f"sticky-{r}": sticky(sp.Rational(r)) for r in ("1.1", "1.2", "1.3", "1.4", "1.5")},
        "hertzian": contact("hertzian"),
        "harmonic": contact("harmonic"),
    }


def expression(potential: Potential) -> sp.Expr:
    """``phi(x)`` of a potential with its coefficients put in, as a piecewise expression."""
    form = FORMS[potential.form]
    values = dict(zip(form.symbols, potential.coefficients, strict=True))
    pieces = [(form.inner.subs(values), x <= sp.sqrt(values[form.split]))] if form.split else []
    last = form.inner if form.outer is None else form.outer
    return sp.Piecewise(*pieces, (last.subs(values), x < potential.cutoff), (0, True))


def ladder(phi: sp.Expr, order: int) -> list[sp.Expr]:
    """``[g_0, ..., g_order]`` of ``phi(x)`` by repeated application of ``(1/x) d/dx``."""
    rungs = [phi]
    for _ in range(order):
        # half-integer powers of the overlap stay as they are
        rungs.append(sp.expand(sp.diff(rungs[-1], x) / x, power_base=False, multinomial=False))
    return rungs


# Emission of Python source. An expression is a sum of numbers times symbols times powers of a few
# basis quantities; powers become chains of products, so that no call to pow remains.

w = sp.Symbol("w", positive=True)  # square root of the overlap 1 - x


def _in_basis(phi: sp.Expr, polynomial: bool) -> sp.Expr:
    if polynomial:
        return sp.expand(phi.subs(x, sp.sqrt(s)))
    return sp.expand(sp.powdenest(phi.subs(1 - x, w**2), force=True))


def _number(value: sp.Expr) -> str:
    return repr(float(sp.N(value, DIGITS)))


def _power(name: str, exponent: int) -> str:
    if exponent == 0:
        return ""
    return name if exponent == 1 else f"{name}{exponent}"


def _chain(name: str, powers: set[int]) -> list[str]:
    """Assignments for ``name2, name3, ...`` up to the powers needed, each by one product."""
    needed, lines = set(powers), []
    for p in sorted(needed, reverse=True):
        stack = [p]
        while stack:
            q = stack.pop()
            if q > 1:
                halves = {q // 2, q - q // 2}
                stack += [h for h in halves if h not in needed]
                needed |= halves
    for q in sorted(n for n in needed if n > 1):
        lines.append(f"{name}{q} = {_power(name, q // 2)} * {_power(name, q - q // 2)}")
    return lines


def _terms(expr: sp.Expr, symbols: tuple[sp.Symbol, ...]) -> list[tuple[sp.Expr, str, dict]]:
    rows = []
    for term in sp.Add.make_args(expr):
        number, rest = term.as_coeff_Mul()
        exponents, coefficient = {}, ""
        for factor in sp.Mul.make_args(rest):
            base, exponent = factor.as_base_exp()
            if base in symbols:
                coefficient = f"c[{symbols.index(base)}]"
            elif base != 1:
                exponents[base] = int(exponent)
        rows.append((number, coefficient, exponents))
    return rows


INVERSE = {"s": "q", "x": "y", "w": "v"}  # names of the reciprocals


def _emit(exprs: dict[str, sp.Expr], symbols: tuple[sp.Symbol, ...]) -> list[str]:
    """Lines of code that assign the named expressions in ``s``, ``x`` and ``w``."""
    powers: dict[str, set[int]] = {}
    bodies = {}
    for target, expr in exprs.items():
        parts = []
        for number, coefficient, exponents in _terms(expr, symbols):
            factors = [coefficient] if coefficient else []
            for base, e in sorted(exponents.items(), key=lambda item: item[0].name):
                name = base.name if e > 0 else INVERSE[base.name]
                powers.setdefault(name, set()).add(abs(e))
                factors.append(_power(name, abs(e)))
            if abs(number) != 1 or not factors:
                factors.insert(0, _number(abs(number)))
            parts.append(("- " if number < 0 else "+ ") + " * ".join(factors))
        parts[0] = parts[0].removeprefix("+ ").replace("- ", "-")
        bodies[target] = " ".join(parts)
    lines = [f"{q} = 1.0 / {base}" for base, q in INVERSE.items() if q in powers]
    for name in sorted(powers):
        lines += _chain(name, powers[name])
    return lines + [f"{target} = {body}" for target, body in bodies.items()]


def _function(name: str, form: Form, order: int) -> str:
    """Source of ``name_order(s, c)``; a split form selects between two sides without branching."""
    polynomial = not (form.inner.has(1 - x))
    orders = range(order + 1)
    side = "g" if form.outer is None else "inner"
    rungs = {f"{side}{k}": g for k, g in enumerate(ladder(form.inner, order))}
    if form.outer is not None:
        rungs |= {f"outer{k}": g for k, g in enumerate(ladder(form.outer, order))}
    body = [] if polynomial else ["x = math.sqrt(s)", "w = math.sqrt(max(1.0 - x, 0.0))"]
    body += _emit({k: _in_basis(g, polynomial) for k, g in rungs.items()}, form.symbols)
    if form.outer is not None:
        border = f"c[{form.symbols.index(form.split)}]"
        body += [f"g{k} = inner{k} if s <= {border} else outer{k}" for k in orders]
    returned = "g0" if order == 0 else "(" + ", ".join(f"g{k}" for k in orders) + ")"
    head = f"@njit(cache=True, **FLAGS)\ndef {name}_{order}(s, c):"
    return "\n".join([head, *(f"    {line}" for line in [*body, f"return {returned}"])])


SLOPES = """@njit(cache=True, **FLAGS)
def {name}_slopes(square, inverse, slope, n, limit, c):
    energy = 0.0
    for m in range(n):
        s = square[m] * inverse[m]
        g0, g1 = {name}_1(s, c)
        inside = 1.0 * (s < limit)
        energy += g0 * inside
        slope[m] = g1 * (inverse[m] * inside)
    return energy"""


HEADER = '''"""Pair potentials and their derivatives for compiled kernels.

Written by ``python -m relics.glass.potentials`` from the SymPy definitions there; do not edit.
``NAME_k(s, c)`` returns g_0 .. g_k of one form at the squared reduced distance ``s`` (inside the
cut-off), with its coefficients ``c``. ``NAME_slopes`` does so for n pairs at once, in loops that
compile to vector instructions, given squared distances and inverse squares of pair diameters: it
writes f_1 = g_1/sigma**2 (zero beyond the cut-off, whose square is ``limit``) and returns the
energy. ``PARAMETERS`` maps the name of a potential to its form, its coefficients and its cut-off.
"""

import math

from numba import njit

FLAGS = {"error_model": "numpy", "fastmath": {"contract", "reassoc", "nsz", "arcp"}}
'''


def source() -> str:
    """The complete text of ``relics/glass/_kernels.py``."""
    names = tuple(FORMS)
    parts = [HEADER, "FORMS = (\n" + "".join(f'    "{n}",\n' for n in names) + ")\n"]
    rows = []
    for name, p in potentials().items():
        numbers = ", ".join(_number(c) for c in p.coefficients)
        rows.append(f'    "{name}": ("{p.form}", ({numbers}), {_number(p.cutoff)}),\n')
    parts.append("PARAMETERS = {\n" + "".join(rows) + "}\n")
    for name, form in FORMS.items():
        parts += ["\n" + _function(name, form, order) + "\n" for order in (0, 1, 4)]
        parts.append("\n" + SLOPES.format(name=name) + "\n")
    for order in (0, 1, 4):
        parts.append("\n" + _dispatch(names, order) + "\n")
    parts.append("\n" + _dispatch_slopes(names) + "\n")
    return "\n".join(parts)


def _dispatch(names: tuple[str, ...], order: int) -> str:
    what = "phi(s)" if order == 0 else f"(g_0, ..., g_{order})"
    lines = [
        "@njit(cache=True, **FLAGS)",
        f"def evaluate_{order}(form, s, c):",
        f'    """{what} of the form with this index in FORMS."""',
    ]
    for k, name in enumerate(names[:-1]):
        lines += [f"    if form == {k}:", f"        return {name}_{order}(s, c)"]
    return "\n".join([*lines, f"    return {names[-1]}_{order}(s, c)"])


def _dispatch_slopes(names: tuple[str, ...]) -> str:
    arguments = "square, inverse, slope, n, limit, c"
    lines = [
        "@njit(cache=True, **FLAGS)",
        f"def slopes(form, {arguments}):",
        '    """Energy of n pairs, and f_1 of each in ``slope``, of the form with this index."""',
    ]
    for k, name in enumerate(names):
        call = f"return {name}_slopes({arguments})"
        lines += (
            [f"    if form == {k}:", f"        {call}"] if name != names[-1] else [f"    {call}"]
        )
    return "\n".join(lines)


def main() -> None:
    """Write the kernel module beside this file and drop compiled code that was made from it."""
    folder = Path(__file__).parent
    (folder / "_kernels.py").write_text(source(), encoding="utf-8")
    # numba's cache of a caller does not notice that the functions it has inlined have changed
    for compiled in (folder / "__pycache__").glob("*.nb[ci]"):
        compiled.unlink()


if __name__ == "__main__":
    main()
