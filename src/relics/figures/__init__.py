"""Figures by topic, loaded lazily: compute tables, draw only what is in them, decide facts from them.

A figure of the papers is registered by id in a TOML file beside this module, one file a part of the
book; its module is imported when the figure is asked for. `make` writes pictures, tidy CSV and
provenance; `show` displays a figure in a chapter.
"""

from __future__ import annotations

import base64
import csv
import functools
import hashlib
import html
import importlib
import io
import json
import logging
import os
import platform
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import metadata, resources
from pathlib import Path
from typing import Any

import numpy as np

from relics import papers

MIME = "application/vnd.relics.certificate+json"
FILES_MIME = "application/vnd.relics.files+json"
"""The files of a shown figure, base64 by name; the execution of the chapter takes them out."""
FORMATS = ("svg", "pdf", "png")


@dataclass(frozen=True)
class Table:
    """The plotted data of one panel: columns of equal length, with the unit of each."""

    columns: dict[str, Any]
    units: dict[str, str]

    def __post_init__(self) -> None:
        arrays = {k: np.atleast_1d(np.asarray(v)) for k, v in self.columns.items()}
        lengths = {k: a.shape for k, a in arrays.items()}
        if (
            not arrays
            or len(set(lengths.values())) != 1
            or any(a.ndim != 1 for a in arrays.values())
        ):
            raise ValueError(f"columns of a table need one common length, got {lengths}")
        if set(arrays) != set(self.units):
            raise ValueError(f"units given for {sorted(self.units)}, columns are {sorted(arrays)}")
        object.__setattr__(self, "columns", arrays)

    def __getitem__(self, name: str) -> np.ndarray:
        return self.columns[name]

    def rows(self, **equal: object) -> Table:
        """The rows whose columns equal the given values, e.g. ``rows(curve="theory")``."""
        keep = np.ones(len(next(iter(self.columns.values()))), dtype=bool)
        for name, value in equal.items():
            keep &= self.columns[name] == value
        return Table({k: v[keep] for k, v in self.columns.items()}, self.units)

    def to_csv(self) -> str:
        """Tidy CSV, units in the header, numbers with all their digits."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow([f"{name} [{self.units[name]}]" for name in self.columns])
        writer.writerows(
            [_cell(x) for x in row] for row in zip(*self.columns.values(), strict=True)
        )
        return out.getvalue()


def _cell(x: Any) -> str:
    return repr(float(x)) if isinstance(x, (float, np.floating)) else str(x)


@dataclass(frozen=True)
class Fact:
    """What a figure's data say about one fact that it must show."""

    measured: str
    holds: bool = False
    why: str = ""
    beyond_reach: bool = False

    @property
    def verdict(self) -> str:
        """``holds``, ``fails`` or ``beyond reach``."""
        return "beyond reach" if self.beyond_reach else "holds" if self.holds else "fails"


Panels = dict[str, Table]


@dataclass(frozen=True)
class Recipe:
    """How one figure is made: tables, picture, facts, and what the reader is told."""

    compute: Callable[[], dict[str, Table]]
    draw: Callable[[Panels], Any]
    facts: Callable[[Panels], list[Fact]]
    caption: str
    alt: str
    parameters: dict[str, Any] = field(default_factory=dict)
    sources: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    seeds: tuple[int, ...] = ()


@functools.cache
def registry() -> dict[str, str]:
    """``module:NAME`` of every figure that can be made, by id."""
    out: dict[str, str] = {}
    folder = Path(str(resources.files(__name__)))
    for path in sorted(folder.glob("*.toml")):
        for identifier, target in tomllib.loads(path.read_text(encoding="utf-8")).items():
            if identifier in out:
                raise ValueError(f"{path.name}: figure {identifier} is registered twice")
            out[identifier] = target
    return out


def recipe(identifier: str) -> Recipe:
    """Recipe of a figure. Raises ValueError for ids that are unknown or not made yet."""
    if identifier not in registry():
        known = (
            "it is not made yet"
            if any(f.id == identifier for f in papers.figures())
            else "no such figure"
        )
        raise ValueError(
            f"unknown figure {identifier!r} ({known}); available: {', '.join(registry())}"
        )
    module, _, name = registry()[identifier].partition(":")
    return getattr(importlib.import_module(f"{__name__}.{module}"), name)


@functools.lru_cache(maxsize=8)
def panels(identifier: str) -> dict[str, Table]:
    """Computed tables of a figure, by panel."""
    return recipe(identifier).compute()


def row(identifier: str) -> dict[str, Any]:
    """The ledger's row of one figure: its facts with what was measured and the verdict."""
    made = recipe(identifier)
    facts = made.facts(panels(identifier))
    known = {f.id: f for f in papers.figures()}.get(identifier)
    if known is not None and len(facts) != len(known.accept):
        raise ValueError(
            f"{identifier}: {len(facts)} facts decided, the inventory has {len(known.accept)}"
        )
    for number, fact in enumerate(facts, 1):
        if fact.verdict != "holds" and not fact.why:
            raise ValueError(
                f"{identifier}: fact {number} {fact.verdict} without a reason: {fact.measured}"
            )
    return {
        "id": identifier,
        "part": known.part if known else "",
        "kind": known.kind if known else "theory",
        "function": f"{__name__}.{registry()[identifier].replace(':', '.')}",
        "data": list(made.data),
        "facts": [
            {
                "id": f"{identifier}.{n}", "measured": f.measured, "verdict": f.verdict, "why": f.why,
                "fact": known.accept[n - 1] if known else "",
            }
            for n, f in enumerate(facts, 1)
        ],
    }  # fmt: skip


def picture(identifier: str, format: str = "svg") -> bytes:
    """The drawn figure as bytes; the same on every run of one machine."""
    from relics import plotting

    # Fonts without a date make the subsetter complain about the year 1904.
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    if format not in FORMATS:
        raise ValueError(f"format {format!r} is none of {', '.join(FORMATS)}")
    with plotting.style():
        figure = recipe(identifier).draw(panels(identifier))
        out = io.BytesIO()
        # A date in the file would make every run differ.
        stamp = {"svg": {"Date": None}, "pdf": {"CreationDate": None}, "png": {}}[format]
        figure.savefig(out, format=format, metadata=stamp, dpi=160)
    return out.getvalue()


def provenance(identifier: str) -> dict[str, Any]:
    """Where a figure is from: parameters, sources, seeds, versions, digests of its data."""
    made = recipe(identifier)
    data = Path(str(resources.files("relics"))) / "data"
    return {
        "id": identifier,
        "function": f"{__name__}.{registry()[identifier].replace(':', '.')}",
        "caption": made.caption,
        "alt": made.alt,
        "parameters": made.parameters,
        "sources": list(made.sources),
        "seeds": list(made.seeds),
        "data": {
            name: _digest((data / name).read_bytes())
            for name in made.data
            if (data / name).is_file()
        },
        "panels": {name: _digest(t.to_csv().encode()) for name, t in panels(identifier).items()},
        "versions": {p: metadata.version(p) for p in ("relics", "numpy", "scipy", "matplotlib")}
        | {"python": platform.python_version()},
        "facts": row(identifier)["facts"],
    }


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def write(path: Path, data: bytes) -> None:
    """Write a file in one step, so that an interrupted run leaves the old file or none."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_bytes(data)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def files(identifier: str, formats: tuple[str, ...] = FORMATS) -> dict[str, bytes]:
    """Contents of all files of a figure by name: pictures, one CSV a panel, provenance."""
    bad = [f for f in formats if f not in FORMATS]
    if bad or not formats:
        raise ValueError(f"format {', '.join(bad) or '(none)'} is none of {', '.join(FORMATS)}")
    out: dict[str, bytes] = {f"{identifier}.{f}": picture(identifier, f) for f in formats}
    out |= {
        f"{identifier}.{name}.csv": t.to_csv().encode() for name, t in panels(identifier).items()
    }
    text = json.dumps(provenance(identifier), indent=1, default=_plain) + "\n"
    return out | {f"{identifier}.json": text.encode()}


def make(identifier: str, out: Path, formats: tuple[str, ...] = FORMATS) -> list[Path]:
    """Write pictures, one CSV a panel and the provenance of a figure into the folder `out`."""
    # Everything is computed before the first file is written.
    made = files(identifier, formats)
    out.mkdir(parents=True, exist_ok=True)
    for name, data in made.items():
        write(out / name, data)
    return [out / name for name in made]


def _plain(x: Any) -> Any:
    return x.tolist() if isinstance(x, (np.ndarray, np.generic)) else str(x)


class Shown:
    """A figure in a chapter: picture, caption, downloads, and its facts for the ledger."""

    def __init__(self, identifier: str) -> None:
        self.identifier = identifier
        self.recipe = recipe(identifier)
        self.row = row(identifier)
        self.files = files(identifier)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return {
            MIME: {"type": "figure", **self.row},
            FILES_MIME: {n: base64.b64encode(d).decode() for n, d in self.files.items()},
            "text/html": self._html(),
            "text/plain": f"{self.identifier}: {self.recipe.alt}",
        }

    def _html(self) -> str:
        name = html.escape(self.identifier)
        svg = re.sub(
            rb"<\?xml.*?\?>|<!DOCTYPE.*?>", b"", self.files[f"{self.identifier}.svg"], flags=re.S
        )
        image = f"data:image/svg+xml;base64,{base64.b64encode(svg.strip()).decode()}"
        links = [f'<a download="{name}.svg" href="{image}">SVG</a>']
        for panel in panels(self.identifier):
            data = base64.b64encode(self.files[f"{self.identifier}.{panel}.csv"]).decode()
            links.append(
                f'<a download="{name}.{panel}.csv" href="data:text/csv;base64,{data}">CSV {html.escape(panel)}</a>'
            )
        links.append(f'<a href="#files-{name}">PDF, PNG, code, provenance</a>')
        facts = "".join(
            f'<li class="relics-fact-{f["verdict"].split()[0]}"><span>{f["verdict"]}</span>: {html.escape(f["fact"])}'
            f" <em>{html.escape(f['measured'])}</em>{' — ' + html.escape(f['why']) if f['why'] else ''}</li>"
            for f in self.row["facts"]
        )
        return (
            f'<figure class="relics-figure mathjax_process" id="{name}">'
            f'<img src="{image}" alt="{html.escape(self.recipe.alt)}" style="max-width:100%;background:#fff">'
            f"<figcaption><strong>{name.replace('-fig', ' Fig. ')}.</strong> {self.recipe.caption} "
            f'<a class="relics-permalink" href="#{name}" aria-label="Permalink to {name}">#</a></figcaption>'
            f'<nav class="relics-downloads" aria-label="Downloads of {name}">{" ".join(links)} '
            f"<code>relics figures {name} --out .</code></nav>"
            f"<details><summary>Facts that this figure must show</summary><ol>{facts}</ol></details></figure>"
        )


def show(identifier: str) -> Shown:
    """Display a figure in a chapter; as the last expression of its cell."""
    return Shown(identifier)
