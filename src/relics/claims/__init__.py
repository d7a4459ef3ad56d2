"""Numbers that the papers quote, recomputed by the package and judged by one function."""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Any

from relics import papers

MIME = "application/vnd.relics.certificate+json"


@dataclass(frozen=True)
class Computed:
    """The package call behind a claim: `value()` in `unit`, and the public function's full name.

    Results that `note` mentions are computed as well: it has places like ``{:.2g}``, which the
    values of `numbers` fill in order. A note without `numbers` is used as it is.
    """

    value: Callable[[], Any]
    unit: str | list[str]
    function: str
    note: str = ""
    numbers: tuple[Callable[[], float], ...] = ()


def verdict(
    value: float | None,
    low: float | None,
    high: float | None,
    unit: str,
    computed: float | bool,
    computed_unit: str,
) -> str:
    """Judge a recomputed number against the interval that the printed one stands for.

    `agrees`: equal within 1e-6 (of the quoted value, or of the unit where zero is quoted), or a
    statement that turns out true; `within-rounding`: inside an
    interval narrower than a factor three; `order-of-magnitude`: inside a wider one; otherwise
    `disagrees`. Units must be the same text; raises ValueError if they are not or if the computed
    number is not finite.
    """
    if isinstance(computed, bool):
        if low is not None or high is not None:
            raise ValueError("a truth value cannot be judged against an interval")
        return "agrees" if computed else "disagrees"
    if unit != computed_unit:
        raise ValueError(f"computed in {computed_unit!r}, quoted in {unit!r}")
    if low is None or high is None:
        raise ValueError("no interval to judge against")
    if math.isnan(computed):
        raise ValueError("computed value is not a number")
    if value is not None and abs(computed - value) <= 1e-6 * (abs(value) or 1.0):
        return "agrees"
    if not low <= computed <= high:
        return "disagrees"
    narrow = low > 0 and high / low < 3 or high < 0 and low / high < 3
    narrow = narrow or (value is not None and value != 0 and (high - low) < abs(value))
    return "within-rounding" if narrow else "order-of-magnitude"


_WORST = ("agrees", "within-rounding", "order-of-magnitude", "disagrees")


def judge(claim: papers.Claim, entry: Computed | None) -> dict[str, Any]:
    """The ledger's row of one claim: quoted, computed, verdict, function, note.

    Raises ValueError if the computed value is not of the claim's form, or if the places in the
    entry's note are not as many as its numbers.
    """
    row = {
        "id": claim.id,
        "part": claim.part,
        "quoted": claim.quoted,
        "claim": claim.claim,
        "where": claim.where,
    }
    if claim.kind == "input":
        return row | {"computed": "", "verdict": "input", "function": "", "note": claim.note}
    if entry is None:
        return row | {"computed": "", "verdict": "", "function": "", "note": ""}
    computed = entry.value()
    if claim.holds is not None:
        if not isinstance(computed, bool):
            raise ValueError(f"{claim.id} is a statement: its function must return True or False")
        outcome = verdict(None, None, None, "", computed, "")
        text = "true" if computed else "false"
    else:
        outcome, text = _judge_numbers(claim, entry, computed)
    note = " ".join(n for n in (claim.note, _filled(claim, entry)) if n)
    return row | {"computed": text, "verdict": outcome, "function": entry.function, "note": note}


def _filled(claim: papers.Claim, entry: Computed) -> str:
    """The note of an entry with its numbers in their places."""
    if not entry.numbers:
        return entry.note
    places = sum(field is not None for _, field, _, _ in Formatter().parse(entry.note))
    if places != len(entry.numbers):
        raise ValueError(
            f"{claim.id}: {places} places in the note for {len(entry.numbers)} numbers"
        )
    return entry.note.format(*(number() for number in entry.numbers))


def _judge_numbers(claim: papers.Claim, entry: Computed, computed: Any) -> tuple[str, str]:
    quoted, lows, highs = (_listed(x) for x in (claim.value, claim.low, claim.high))
    numbers = [float(x) for x in _listed(computed)]
    # A range may be recomputed as one number inside it or as its two ends.
    if claim.range and len(lows) == 1:
        quoted, lows, highs = [None] * len(numbers), lows * len(numbers), highs * len(numbers)
    if len(numbers) != len(lows):
        raise ValueError(f"{claim.id}: {len(numbers)} computed values for {len(lows)} quoted ones")
    units = _listed(claim.unit) * (len(numbers) if not isinstance(claim.unit, list) else 1)
    mine = _listed(entry.unit) * (len(numbers) if not isinstance(entry.unit, list) else 1)
    verdicts = [
        verdict(*row) for row in zip(quoted, lows, highs, units, numbers, mine, strict=True)
    ]
    text = ", ".join(f"{x:.4g}" for x in numbers)
    return max(verdicts, key=_WORST.index), text


def _listed(x: Any) -> list[Any]:
    return list(x) if isinstance(x, Sequence) and not isinstance(x, str) else [x]


def entries(part: str) -> dict[str, Computed]:
    """The package calls of one part of the book; empty if the part has none yet."""
    try:
        return importlib.import_module(f"{__name__}.{part}").CLAIMS
    except ModuleNotFoundError as error:
        if error.name != f"{__name__}.{part}":
            raise
        return {}


def rows(*which: str) -> list[dict[str, Any]]:
    """Judged claims: ids, or the name of a part for all of its claims."""
    wanted: list[papers.Claim] = []
    for key in which:
        part = [c for c in papers.claims() if c.part == key]
        wanted.extend(part or [papers.claim(key)])
    calls: dict[str, dict[str, Computed]] = {c.part: entries(c.part) for c in wanted}
    return [judge(c, calls[c.part].get(c.id)) for c in wanted]


class ClaimsTable:
    """Claims with their verdicts, shown as a table and read back from the executed notebook."""

    def __init__(self, judged: list[dict[str, Any]]) -> None:
        self.rows = judged

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        head = "<tr><th>id</th><th>quoted</th><th>recomputed</th><th>verdict</th></tr>"
        body = "".join(
            f'<tr id="{r["id"]}"><td><a href="#{r["id"]}">{r["id"]}</a></td>'
            f"<td>{_escape(r['claim'])}: {_escape(r['quoted'])}</td><td>{_escape(r['computed'])}</td>"
            f'<td class="relics-verdict-{r["verdict"] or "owed"}">{r["verdict"] or "owed"}</td></tr>'
            for r in self.rows
        )
        html = f'<table class="relics-claims"><thead>{head}</thead><tbody>{body}</tbody></table>'
        text = "\n".join(
            f"{r['id']}: {r['quoted']} | {r['computed']} | {r['verdict']}" for r in self.rows
        )
        return {
            MIME: [{"type": "claim", **r} for r in self.rows if r["verdict"]],
            "text/html": html,
            "text/plain": text,
        }


def _escape(text: str) -> str:
    import html

    return html.escape(str(text))


def show(*which: str) -> ClaimsTable:
    """Table of claims (ids, or a part's name) with quoted and recomputed values and verdicts."""
    return ClaimsTable(rows(*which))
