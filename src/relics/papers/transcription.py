"""Equations as SymPy statements, transcribed from the papers part by part.

A `Statement` is the printed form (one or several relations), where it fails the corrected form,
the symbols with unit, domain and range, and the probes that fix it. It can also be made by hand,
for statements that belong to no paper.
"""

from __future__ import annotations

import functools
import hashlib
import json
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

import sympy as sp

from relics import papers
from relics.papers.dimensions import DimensionError, dimension, parse_unit
from relics.papers.expressions import CONSTANTS, ExpressionError, read

DOMAINS: dict[str, dict[str, bool]] = {
    "positive": {"positive": True},
    "negative": {"negative": True},
    "nonnegative": {"nonnegative": True},
    "real": {"real": True},
    "integer": {"integer": True},
    "positive integer": {"integer": True, "positive": True},
    "complex": {"complex": True},
    "operator": {"commutative": False},
    "matrix": {},
}

PROBES: dict[str, tuple[set[str], set[str]]] = {
    # kind: (required fields, optional fields)
    "relation": (set(), {"points"}),
    "limit": ({"variable", "to", "start"}, {"factor", "steps"}),
    "matrix": (set(), {"points"}),
    "operator": ({"boson"}, {"quanta", "modes", "hbar"}),
    "distribution": ({"variable", "support", "density"}, {"points", "normalised"}),
    "functional": ({"function", "variable", "support"}, {"directions"}),
    "simulation": (set(), set()),
    "property": ({"name", "then", "equals"}, {"solve", "at", "limit", "form"}),
}


@dataclass(frozen=True)
class Symbol:
    """A symbol of a statement: what it means, its unit, its domain and where it is sampled.

    A name ending in ``()`` is a function; its unit reads ``value; argument, argument``, and
    `instances` are concrete functions of `arguments` with which probes evaluate it.
    """

    name: str
    unit: str
    domain: str
    meaning: str
    latex: str = ""
    range: tuple[float, float] | None = None
    arguments: tuple[str, ...] = ()
    instances: tuple[str, ...] = ()

    @property
    def is_function(self) -> bool:
        """True for names declared with ``()``."""
        return self.name.endswith("()")

    @functools.cached_property
    def sympy(self) -> Any:
        """The SymPy symbol or function class that stands for it."""
        if not self.is_function:
            return sp.Symbol(self.name, **DOMAINS[self.domain])
        return sp.Function(self.name[:-2], **DOMAINS[self.domain])


@dataclass(frozen=True)
class Assumption:
    """A premise that is not an equation of a paper."""

    id: str
    relations: tuple[Any, ...]
    meaning: str
    symbols: dict[str, Symbol] = field(default_factory=dict)


@dataclass(frozen=True)
class Statement:
    """The SymPy reading of an equation; see the module's text."""

    id: str
    printed: tuple[Any, ...]
    symbols: dict[str, Symbol]
    corrected: tuple[Any, ...] | None = None
    natural: tuple[str, ...] = ()
    dimension: str = ""
    ambiguous: str = ""
    derived: tuple[str, ...] = ()
    probes: tuple[dict[str, Any], ...] = ({"kind": "relation"},)
    blind_because: str = ""
    ignore_latex: tuple[str, ...] = ()
    band: tuple[float, float] = (1 / 3, 3.0)
    note: str = ""
    digest: str = ""

    @property
    def names(self) -> dict[str, Any]:
        """SymPy objects by declared name, functions without their brackets."""
        return {k.removesuffix("()"): s.sympy for k, s in self.symbols.items()}

    @property
    def valid(self) -> tuple[Any, ...]:
        """The corrected form where there is one, otherwise the printed form."""
        return self.corrected if self.corrected is not None else self.printed

    def read(self, text: str) -> Any:
        """Read a further expression in the symbols of this statement."""
        return read(text, self.names)


_KEYS = {
    "id", "printed", "corrected", "natural", "dimension", "ambiguous", "symbols", "derived",
    "probes", "blind_because", "ignore_latex", "band", "note",
}  # fmt: skip


def _as_list(x: Any) -> list[str]:
    return [x] if isinstance(x, str) else list(x)


def make_symbols(table: dict[str, Any], where: str) -> dict[str, Symbol]:
    """Symbols from a table of plain data. Raises PaperError naming `where` and the symbol."""
    out = {}
    for name, row in table.items():
        if not isinstance(row, dict) or not {"unit", "domain", "meaning"} <= set(row):
            raise papers.PaperError(f"{where}: symbol {name}: needs unit, domain and meaning")
        unknown = set(row) - (set(Symbol.__dataclass_fields__) - {"name"})
        if unknown:
            raise papers.PaperError(
                f"{where}: symbol {name}: unknown keys {', '.join(sorted(unknown))}"
            )
        if row["domain"] not in DOMAINS:
            raise papers.PaperError(
                f"{where}: symbol {name}: domain {row['domain']!r} is none of {', '.join(DOMAINS)}"
            )
        try:
            for unit in str(row["unit"]).replace(";", ",").split(","):
                parse_unit(unit)
        except DimensionError as error:
            raise papers.PaperError(f"{where}: symbol {name}: {error}") from None
        bounds = row.get("range")
        if bounds is not None and (len(bounds) != 2 or not float(bounds[0]) <= float(bounds[1])):
            raise papers.PaperError(f"{where}: symbol {name}: range {bounds} is not [low, high]")
        lists = {k: tuple(row[k]) for k in ("arguments", "instances") if k in row}
        span = None if bounds is None else (float(bounds[0]), float(bounds[1]))
        given: dict[str, Any] = {"name": name} | row | lists | {"range": span}
        out[name] = Symbol(**given)
    return out


def make_statement(
    row: dict[str, Any], shared: dict[str, Symbol] | None = None, where: str = ""
) -> Statement:
    """A Statement from plain data in the schema of CONTRIBUTING.md.

    `shared` are symbols declared for the whole file. Raises PaperError for anything that is
    unknown, missing, inhomogeneous, or true without any physics.
    """
    name = f"{where}{row.get('id', 'a statement without id')}"
    unknown = set(row) - _KEYS
    if unknown or "id" not in row or "printed" not in row:
        raise papers.PaperError(
            f"{name}: needs id and printed; unknown keys: {', '.join(sorted(unknown)) or 'none'}"
        )
    known = dict(shared or {}) | make_symbols(row.get("symbols", {}), name)
    texts = {"printed": _as_list(row["printed"])}
    if "corrected" in row:
        texts["corrected"] = _as_list(row["corrected"])
    forms = {key: tuple(_relation(t, known, name) for t in value) for key, value in texts.items()}
    probes = tuple(row.get("probes", [{"kind": "relation"}]))
    used = _used_symbols([r for form in forms.values() for r in form], known, probes, row, name)
    out = Statement(
        id=row["id"],
        printed=forms["printed"],
        corrected=forms.get("corrected"),
        symbols=used,
        natural=tuple(row.get("natural", [])),
        dimension=row.get("dimension", ""),
        ambiguous=row.get("ambiguous", ""),
        derived=tuple(row.get("derived", _left_sides(forms.get("corrected", forms["printed"])))),
        probes=probes,
        blind_because=row.get("blind_because", ""),
        ignore_latex=tuple(row.get("ignore_latex", [])),
        band=tuple(row.get("band", (1 / 3, 3.0))),
        note=row.get("note", ""),
        digest=_digest(row, used),
    )
    _validate(out, name)
    return out


def _digest(row: dict[str, Any], symbols: dict[str, Symbol]) -> str:
    text = json.dumps(
        [row, {k: vars(s) | {"sympy": None} for k, s in symbols.items()}],
        sort_keys=True,
        default=str,
    )
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _relation(text: str, known: dict[str, Symbol], where: str) -> Any:
    try:
        out = read(text, {k.removesuffix("()"): s.sympy for k, s in known.items()})
    except (ExpressionError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise papers.PaperError(f"{where}: {error} in {text.strip()[:90]!r}") from None
    if not isinstance(out, sp.core.relational.Relational):
        raise papers.PaperError(f"{where}: not a relation between two sides: {text.strip()[:90]!r}")
    if isinstance(out, sp.Eq) and not isinstance(out.lhs, sp.MatrixBase) and _is_identity(out):
        raise papers.PaperError(
            f"{where}: true without any premise, so it states nothing: {text.strip()[:90]!r}"
        )
    return out


def _is_identity(eq: Any) -> bool:
    if isinstance(eq.rhs, sp.MatrixBase):
        return False
    difference = eq.lhs - eq.rhs
    if difference == 0:
        return True
    if (
        difference.has(sp.Integral, sp.Sum, sp.Derivative, sp.Limit)
        or not difference.is_commutative
    ):
        return False
    return sp.expand(difference) == 0


def _left_sides(relations: tuple[Any, ...]) -> list[str]:
    names = []
    for r in relations:
        if isinstance(r.lhs, sp.Symbol) and r.lhs.name not in names:
            names.append(r.lhs.name)
        elif isinstance(r.lhs, sp.core.function.AppliedUndef):
            names.append(f"{r.lhs.func.__name__}()")
    return list(dict.fromkeys(names))


def _used_symbols(
    relations: list[Any],
    known: dict[str, Symbol],
    probes: tuple[dict[str, Any], ...],
    row: dict[str, Any],
    where: str,
) -> dict[str, Symbol]:
    """Declared symbols that the statement, its probes or its functions' instances mention."""
    bosons = [f"{name}_dag" for p in probes for name in p.get("boson", {})]
    text = json.dumps([probes, row.get("derived", []), bosons])
    # Symbols of the entry itself are kept where they can be sampled: derivations may need them.
    own = (n for n in row.get("symbols", {}) if _always_kept(known[n]))
    wanted: set[str] = set(own)
    for r in relations:
        atoms = r.atoms(sp.Symbol) | r.atoms(sp.core.function.AppliedUndef)
        for a in atoms:
            wanted.add(a.name if isinstance(a, sp.Symbol) else f"{a.func.__name__}()")
    grown = True
    while grown:
        instances = " ".join(i for n in wanted if n in known for i in known[n].instances)
        tokens = set(_identifiers(instances + " " + text))
        more = {n for n in known if n.removesuffix("()") in tokens} - wanted
        wanted |= more
        grown = bool(more)
    return {n: known[n] for n in known if n in wanted}


def _always_kept(symbol: Symbol) -> bool:
    return symbol.range is not None or symbol.is_function or symbol.domain == "operator"


def _identifiers(text: str) -> list[str]:
    import re

    return re.findall(r"[A-Za-z_]\w*", text)


def _bound_symbols(relations: tuple[Any, ...]) -> set[str]:
    out: set[str] = set()
    for r in relations:
        for e in r.atoms(sp.Integral, sp.Sum, sp.Product):
            out |= {limit[0].name for limit in e.limits}
        for e in r.atoms(sp.Limit):
            out.add(e.args[1].name)
    return out


def _validate(s: Statement, where: str) -> None:
    for probe in s.probes:
        kind = probe.get("kind")
        if kind not in PROBES:
            raise papers.PaperError(f"{where}: probe kind {kind!r} is none of {', '.join(PROBES)}")
        required, optional = PROBES[kind]
        fields = set(probe) - {"kind"}
        if not required <= fields or not fields <= required | optional:
            raise papers.PaperError(
                f"{where}: probe {kind} needs {sorted(required)} and may have {sorted(optional)}; got {sorted(fields)}"
            )
    for name in s.derived:
        if name not in s.symbols and f"{name}()" not in s.symbols:
            raise papers.PaperError(f"{where}: derived symbol {name!r} is not declared")
    for name in s.natural:
        if name in s.symbols:
            raise papers.PaperError(
                f"{where}: {name} is declared natural but stands in the statement"
            )
    if not s.dimension.startswith("skip"):
        check_dimensions(s, where)


def check_dimensions(s: Statement, where: str = "") -> None:
    """Raise PaperError unless every relation of the statement is dimensionally homogeneous."""
    units = {k: parse_unit(v.unit) for k, v in s.symbols.items() if not v.is_function}
    functions = {}
    for k, v in s.symbols.items():
        if v.is_function:
            value, _, arguments = v.unit.partition(";")
            functions[k[:-2]] = (
                parse_unit(value),
                [parse_unit(a) for a in arguments.split(",") if a.strip()],
            )
    for form in (s.printed, s.corrected or ()):
        for relation in form:
            try:
                dimension(relation, units, functions)
            except DimensionError as error:
                raise papers.PaperError(f"{where or s.id}: {error}") from None


def statement_files() -> list[Path]:
    """The files that hold the transcriptions, one a part."""
    folder = Path(str(resources.files("relics.papers"))) / "statements"
    return sorted(folder.glob("*.toml"))


@functools.cache
def _rows() -> dict[str, tuple[str, dict[str, Any]]]:
    """File and plain data of every statement and assumption, not yet read as SymPy."""
    out: dict[str, tuple[str, dict[str, Any]]] = {}
    for path in (*papers.data_files(), *statement_files()):
        data = papers.read_toml(path)
        for key in ("statement", "assumption"):
            for row in data.get(key, []):
                name = row.get("id", "")
                if not name or name in out:
                    raise papers.PaperError(f"{path.name}: {key} {name!r}: missing or duplicate id")
                if key == "statement":
                    papers.equation(name)
                out[name] = (path.name, {"table": key, **row})
    return out


@functools.cache
def _shared(file: str) -> dict[str, Symbol]:
    path = next(p for p in (*papers.data_files(), *statement_files()) if p.name == file)
    return make_symbols(papers.read_toml(path).get("symbols", {}), file)


def raw(identifier: str) -> dict[str, Any]:
    """Plain data of a statement or assumption with its file's shared symbols, for digests."""
    file, row = _rows()[identifier]
    tokens = set(_identifiers(json.dumps(row)))
    return {"file": file, "row": row} | {
        "symbols": {
            k: vars(s) | {"sympy": None}
            for k, s in _shared(file).items()
            if k.removesuffix("()") in tokens
        }
    }


def statement_ids() -> list[str]:
    """Ids of all equations that have a transcription, in file order."""
    return [k for k, (_, row) in _rows().items() if row["table"] == "statement"]


def assumption_ids() -> list[str]:
    """Ids of all assumptions."""
    return [k for k, (_, row) in _rows().items() if row["table"] == "assumption"]


@functools.cache
def statement(identifier: str) -> Statement:
    """SymPy transcription of an equation. Raises ValueError for unknown ids and missing ones."""
    papers.equation(identifier)
    if identifier not in _rows():
        raise ValueError(f"equation {identifier} has no transcription yet")
    file, row = _rows()[identifier]
    plain = {k: v for k, v in row.items() if k != "table"}
    return make_statement(plain, _shared(file), f"{file}: ")


@functools.cache
def assumption(identifier: str) -> Assumption:
    """A premise that is not an equation of a paper. Raises ValueError for an unknown id."""
    found = _rows().get(identifier)
    if found is None or found[1]["table"] != "assumption":
        raise ValueError(f"unknown assumption {identifier!r}; known: {', '.join(assumption_ids())}")
    file, row = found
    where = f"{file}: {identifier}"
    known = _shared(file) | make_symbols(row.get("symbols", {}), where)
    relations = tuple(_relation(t, known, where) for t in _as_list(row["statement"]))
    used = {
        n: s
        for n, s in known.items()
        if any(
            s.sympy
            in (r.atoms(sp.Symbol) if not s.is_function else {f.func for f in r.atoms(sp.Function)})
            for r in relations
        )
    }
    return Assumption(identifier, relations, row.get("meaning", ""), used)


def problems() -> list[str]:
    """Everything wrong with the transcriptions, one line each: the loader's full validation."""
    out = []
    for identifier in (*statement_ids(), *assumption_ids()):
        try:
            statement(identifier) if identifier in statement_ids() else assumption(identifier)
        except ValueError as error:
            out.append(str(error))
    return out


__all__ = [
    "CONSTANTS",
    "Assumption",
    "Statement",
    "Symbol",
    "assumption",
    "make_statement",
    "statement",
]
