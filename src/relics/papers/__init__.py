"""The five papers as data: equations, figures and quoted numbers, read and validated from TOML.

This package knows nothing else of the project. `equation`, `figure`, `claim` look entries up by
id; `statement` and `assumption` give the SymPy transcription of an equation (and import SymPy only
then). Everything read is validated: an error names the file and the entry.
"""

from __future__ import annotations

import functools
import re
import tomllib
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from relics.papers.transcription import Assumption, Statement

__all__ = [
    "Claim", "Equation", "Figure", "Paper", "PaperError", "assumption", "claim", "claims",
    "equation", "equations", "figure", "figures", "paper", "papers", "parts", "statement",
    "statement_ids",
]  # fmt: skip

PARTS = ("liquid", "centres", "ripplons", "quantum", "rivals", "simulation", "excitations", "wells")
"""Parts of the book in the order in which they are read."""

EQUATION_KINDS = (
    "definition", "model", "derived", "asymptotic", "estimate", "scaling", "empirical", "formula",
)  # fmt: skip
FIGURE_KINDS = ("theory", "simulation", "data+theory", "schematic")
CLAIM_KINDS = ("exact", "rounded", "order-of-magnitude", "input")


class PaperError(ValueError):
    """An entry of the papers' data that cannot be used; the message names file and entry."""


@dataclass(frozen=True)
class Equation:
    """One equation as its paper prints it."""

    id: str
    numbered: bool
    part: str
    section: str
    latex: str
    meaning: str
    kind: str
    premises: tuple[str, ...]
    same_as: tuple[str, ...] = ()

    @property
    def tag(self) -> str:
        """The number shown beside the equation, e.g. ``LW07-7``."""
        return self.id


@dataclass(frozen=True)
class Figure:
    """One figure: what it shows and the facts that a regenerated one must show."""

    id: str
    part: str
    kind: str
    shows: str
    accept: tuple[str, ...]
    same_as: tuple[str, ...] = ()
    shares: tuple[str, ...] = ()


@dataclass(frozen=True)
class Claim:
    """One number (or statement) that a paper quotes, with the interval that it stands for."""

    id: str
    part: str
    where: str
    claim: str
    quoted: str
    kind: str
    value: Any = None
    low: Any = None
    high: Any = None
    unit: Any = None
    range: bool = False
    holds: str | None = None
    source: str = ""
    note: str = ""


@dataclass(frozen=True)
class Paper:
    """One paper with all that is numbered in it."""

    key: str
    title: str
    authors: tuple[str, ...]
    journal: str
    year: int
    doi: str = ""
    arxiv: str = ""
    equations: tuple[Equation, ...] = ()
    figures: tuple[Figure, ...] = ()
    claims: tuple[Claim, ...] = ()


def data_files() -> list[Path]:
    """The files that hold the papers, one a paper."""
    folder = Path(str(resources.files(__name__))) / "data"
    return sorted(folder.glob("*.toml"))


def read_toml(path: Path) -> dict[str, Any]:
    """Parsed TOML; raises PaperError naming the file and line if it is damaged."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PaperError(f"{path.name}: not readable as TOML: {error}") from None


def _build(cls: Any, row: dict[str, Any], file: str, required: tuple[str, ...]) -> Any:
    name = row.get("id", "an entry without id")
    missing = [k for k in required if k not in row]
    if missing:
        raise PaperError(f"{file}: {name}: missing {', '.join(missing)}")
    unknown = set(row) - set(cls.__dataclass_fields__)
    if unknown:
        raise PaperError(f"{file}: {name}: unknown keys {', '.join(sorted(unknown))}")
    tuples = {"premises", "same_as", "shares", "accept"}
    return cls(
        **{k: tuple(v) if k in tuples else v.strip() if k == "latex" else v for k, v in row.items()}
    )


def _require(condition: bool, file: str, name: str, message: str) -> None:
    if not condition:
        raise PaperError(f"{file}: {name}: {message}")


def load_paper(path: Path) -> Paper:
    """Read and validate one paper's file."""
    file, data = path.name, read_toml(path)
    head: Any = data.get("paper")
    _require(isinstance(head, dict), file, "[paper]", "missing table")
    equations = tuple(
        _build(
            Equation,
            r,
            file,
            ("id", "numbered", "part", "section", "latex", "meaning", "kind", "premises"),
        )
        for r in data.get("equation", [])
    )
    figures = tuple(
        _build(Figure, r, file, ("id", "part", "kind", "shows", "accept"))
        for r in data.get("figure", [])
    )
    claims = tuple(
        _build(Claim, r, file, ("id", "part", "where", "claim", "quoted", "kind"))
        for r in data.get("claim", [])
    )
    for entries, kinds in (
        (equations, EQUATION_KINDS),
        (figures, FIGURE_KINDS),
        (claims, CLAIM_KINDS),
    ):
        for e in entries:
            _require(e.kind in kinds, file, e.id, f"kind {e.kind!r} is none of {', '.join(kinds)}")
            _require(
                e.id.startswith(head["key"] + "-"), file, e.id, f"id must begin with {head['key']}-"
            )
    for c in claims:
        judged = c.holds is not None or (
            c.low is not None and c.high is not None and c.unit is not None
        )
        _require(c.kind == "input" or judged, file, c.id, "needs low, high and unit, or holds")
    meta: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in head.items()}
    return Paper(**meta, equations=equations, figures=figures, claims=claims)


@functools.cache
def papers() -> dict[str, Paper]:
    """All papers by key, validated against each other."""
    found = [load_paper(path) for path in data_files()]
    by_key = {p.key: p for p in found}
    seen: dict[str, str] = {}
    for p in found:
        e: Any
        for e in (*p.equations, *p.figures, *p.claims):
            _require(
                e.id not in seen, f"{p.key}.toml", e.id, f"duplicate id, also in {seen.get(e.id)}"
            )
            seen[e.id] = f"{p.key}.toml"
    for p in found:
        for e in (*p.equations, *p.figures):
            for other in (*getattr(e, "premises", ()), *e.same_as):
                _require(other in seen, f"{p.key}.toml", e.id, f"refers to unknown entry {other!r}")
    return by_key


def paper(key: str) -> Paper:
    """Paper by key, e.g. ``LW07``."""
    if key not in papers():
        raise ValueError(f"unknown paper {key!r}; known: {', '.join(papers())}")
    return papers()[key]


def sort_key(identifier: str) -> list[Any]:
    """Sorts ids as a reader would: LW07-2 before LW07-10, numbered before unnumbered."""
    return [
        (0, int(p), "") if p.isdigit() else (1, 0, p) for p in re.split(r"(\d+)", identifier) if p
    ]


@functools.cache
def _index(kind: str) -> dict[str, Any]:
    return {e.id: e for p in papers().values() for e in getattr(p, kind)}


def _lookup(kind: str, identifier: str) -> Any:
    found = _index(kind).get(identifier)
    if found is None:
        prefix = identifier.split("-")[0]
        near = [i for i in _index(kind) if i.startswith(prefix)][:4]
        hint = f"; ids look like {', '.join(near)}" if near else f"; papers: {', '.join(papers())}"
        raise ValueError(f"unknown {kind[:-1]} {identifier!r}{hint}")
    return found


def equation(identifier: str) -> Equation:
    """Equation by id, e.g. ``LW07-7``. Raises ValueError for an unknown id."""
    return _lookup("equations", identifier)


def figure(identifier: str) -> Figure:
    """Figure by id, e.g. ``LW07-fig4``. Raises ValueError for an unknown id."""
    return _lookup("figures", identifier)


def claim(identifier: str) -> Claim:
    """Claim by id, e.g. ``LW07-ca12``. Raises ValueError for an unknown id."""
    return _lookup("claims", identifier)


def equations() -> list[Equation]:
    """All equations of all papers, in the order of the papers."""
    return list(_index("equations").values())


def figures() -> list[Figure]:
    """All figures of all papers."""
    return list(_index("figures").values())


def claims() -> list[Claim]:
    """All claims of all papers."""
    return list(_index("claims").values())


def parts() -> tuple[str, ...]:
    """Parts of the book in reading order, with any that a further paper adds at the end."""
    everything: list[Any] = [*equations(), *figures(), *claims()]
    named = {e.part for e in everything}
    return tuple(p for p in PARTS if p in named) + tuple(sorted(named - set(PARTS)))


def statement(identifier: str) -> Statement:
    """SymPy transcription of an equation. Raises ValueError if there is none yet."""
    from relics.papers import transcription

    return transcription.statement(identifier)


def assumption(identifier: str) -> Assumption:
    """A premise that is not an equation of a paper, e.g. ``liquid/equal-bulk``."""
    from relics.papers import transcription

    return transcription.assumption(identifier)


def statement_ids() -> list[str]:
    """Ids of all equations that have a transcription."""
    from relics.papers import transcription

    return transcription.statement_ids()
