"""What was measured of the project, with the goals it is held to.

Scripts that measure (``benchmarks/fresh.py``, ``tests/mutants.py --record``) keep their figures in
``benchmarks/measured.json``; the status page shows them. A figure stands until it is measured again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from relics.book.markup import raw, table, text

KEPT = Path("benchmarks") / "measured.json"
"""The figures, below the root."""
NONE = "Nothing has been measured yet.\n"
NO_BREAK = "\u2011"
"""A hyphen at which no line is broken."""


@dataclass(frozen=True)
class Figure:
    """One measured figure: ``value`` in ``unit``, found by ``command``.

    ``most`` and ``least`` are its goals (None: none on that side), ``range`` its uncertainty where
    it is an estimate.
    """

    what: str
    value: float
    unit: str
    command: str
    most: float | None = None
    least: float | None = None
    range: tuple[float, float] | None = None

    @property
    def met(self) -> bool:
        """Whether the value meets its goals."""
        above = self.least is None or self.value >= self.least
        return above and (self.most is None or self.value <= self.most)


def read(root: Path) -> dict[str, dict[str, Any]]:
    """Figures by what they measure, each with its day and machine; empty if there are none.

    Raises ``ValueError`` if the file is damaged.
    """
    path = root / KEPT
    if not path.exists():
        return {}
    known = {f.name for f in fields(Figure)} | {"day", "machine"}
    try:
        found = {row["what"]: row for row in json.loads(path.read_text(encoding="utf-8"))}
        strange = {key for row in found.values() for key in set(row) ^ known}
    except (json.JSONDecodeError, TypeError, KeyError) as error:
        raise ValueError(f"{KEPT} is damaged ({error}); delete it and measure again") from error
    if strange:
        raise ValueError(f"{KEPT}: {', '.join(sorted(strange))} missing or unknown")
    return found


def keep(root: Path, figures: Iterable[Figure]) -> None:
    """Keep figures, in the place of older ones of the same things. The file is replaced whole."""
    made = {"day": f"{datetime.now(UTC):%Y-%m-%d}", "machine": f"{os.cpu_count()} cores"}
    rows = read(root) | {f.what: asdict(f) | made for f in figures}
    path = root / KEPT
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_text(json.dumps([*rows.values()], indent=1) + "\n", encoding="utf-8")
    os.replace(draft, path)


def section(root: Path) -> str:
    """The figures as a part of the status page."""
    rows = [_row(row) for row in read(root).values()]
    if not rows:
        return NONE
    head = "What no build measures of itself, with the goals that the project is held to.\n\n"
    columns = ["What", "measured", "goal", "by"]
    return head + raw([table(columns, rows, "relics-measured")])


def _row(row: dict[str, Any]) -> list[str]:
    figure = Figure(**{f.name: row[f.name] for f in fields(Figure)})
    value = _number(figure.value, figure.unit)
    if figure.range is not None:
        value += f" ({_number(figure.range[0])} to {_number(figure.range[1])})"
    limits = (("≤", figure.most), ("≥", figure.least))
    goals = [f"{sign}\u00a0{_number(x, figure.unit)}" for sign, x in limits if x is not None]
    if goals:
        goals.append("met" if figure.met else "missed")
    return [
        text(figure.what),
        text(value),
        text(", ".join(goals) or "–"),
        text(f"{figure.command}, {row['day'].replace('-', NO_BREAK)}, {row['machine']}"),
    ]


def _number(value: float, unit: str = "") -> str:
    number = f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{number}\u00a0{unit}" if unit else number
