"""Pages that look at the book as a whole: abstracts of the chapters, how it stands, its condition.

Abstracts are the opening paragraphs of the chapters themselves; counts come from the ledger and
from the records of execution.
"""

from __future__ import annotations

import json
import platform
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from relics import papers
from relics.book import closure, links, measured
from relics.book.contents import matches
from relics.book.markup import raw, table, text

Ledger = Mapping[str, list[dict[str, Any]]]

_LEADS = ("Question", "What comes out")
_PACKAGES = (
    "relics", "numpy", "scipy", "sympy", "mpmath", "matplotlib", "numba", "jupyter-book", "sphinx",
    "myst-nb", "anywidget",
)  # fmt: skip


def order(root: Path) -> list[tuple[str, list[str]]]:
    """Captions of ``_toc.yml`` with the notebooks below each, globs written out."""
    contents = root / "_toc.yml"
    if not contents.is_file():
        return []
    data = yaml.safe_load(contents.read_text(encoding="utf-8"))
    seen: set[str] = set()
    listed = {c["file"] for part in data["parts"] for c in part["chapters"] if "file" in c}
    out = []
    for part in data["parts"]:
        names: list[str] = []
        for chapter in part["chapters"]:
            found = [chapter["file"]] if "file" in chapter else matches(root, chapter["glob"])
            names += [n for n in found if "file" in chapter or n not in listed | seen]
            seen |= set(names)
        out.append((part["caption"], [n for n in names if n.startswith("notebooks/")]))
    return [(caption, names) for caption, names in out if names]


def abstract(notebook: Path) -> tuple[str, dict[str, str]]:
    """Title of a chapter, and its opening paragraphs by their bold lead."""
    source = re.sub(r"\A---\n.*?\n---\n", "", notebook.read_text(encoding="utf-8"), flags=re.S)
    head = source.split("\n```{code-cell}")[0]
    title = re.search(r"^# (.+)$", head, re.M)
    paragraphs = re.findall(r"^\*\*([^*]+)\.\*\*\s+(.+)$", head, re.M)
    return title[1] if title else notebook.stem, dict(paragraphs)


def _rebased(markdown: str, folder: PurePosixPath) -> str:
    """Relative links of a chapter, as seen from the generated pages."""

    def link(match: re.Match[str]) -> str:
        target = match[1]
        if ":" in target or target.startswith("#"):
            return match[0]
        return f"](../../{folder}/{target})"

    return re.sub(r"\]\(([^)]+)\)", link, markdown)


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" + ("" if count == 1 else "s")


def _tally(name: str, ledger: Ledger) -> str:
    mine = {
        k: [e for e in v if e.get("chapter") == f"{name}.md"]
        for k, v in ledger.items()
        if k in ("equations", "figures", "claims")
    }
    done = [e for e in mine["equations"] if e["outcome"] != "owed"]
    relations = Counter(e["relation"] for e in done if e["outcome"] == "established")
    misprinted = sum(e.get("printed") in ("fails", "ambiguous") for e in done)
    refuted = sum(e["outcome"] == "refuted" for e in done)
    parts = []
    if done:
        kinds = ", ".join(f"{n} {relation}" for relation, n in relations.most_common())
        parts.append(f"{_plural(len(done), 'equation')} ({kinds})")
    if misprinted:
        parts.append(f"{misprinted} misprinted or ambiguous")
    if refuted:
        parts.append(f"{refuted} refuted")
    for key, noun in (("figures", "figure"), ("claims", "quoted number")):
        if mine[key]:
            parts.append(_plural(len(mine[key]), noun))
    return ", ".join(parts)


def chapters_page(root: Path, ledger: Ledger) -> str:
    """Page of all chapters with question, result and what has been established in each."""
    lines = [
        "# The chapters in brief",
        "",
        "What each chapter asks, what comes out, and how much of the five papers it settles.",
        "",
    ]
    for caption, names in order(root):
        lines += [f"## {caption}", ""]
        for name in names:
            title, paragraphs = abstract(root / f"{name}.md")
            folder = PurePosixPath(name).parent
            lines += [f"### [{title}](../../{name}.md)", ""]
            lines += [
                _rebased(paragraphs[lead], folder) + "\n" for lead in _LEADS if lead in paragraphs
            ]
            tally = _tally(name, ledger)
            lines += [f"*{tally}*", ""] if tally else []
    return "\n".join(lines)


def standing(ledger: Ledger) -> str:
    """A paragraph on how the book stands, for the preface."""
    equations = [e for e in ledger["equations"] if e["outcome"] != "owed"]
    established = [e for e in equations if e["outcome"] == "established"]
    printed = Counter(e.get("printed") for e in established)
    refuted = len(equations) - len(established)
    facts = Counter(f["verdict"] for e in ledger["figures"] for f in e.get("facts") or [])
    shown = sum(bool(e.get("facts")) for e in ledger["figures"])
    verdicts = Counter(e.get("verdict") or "owed" for e in ledger["claims"])
    judged = sum(verdicts.values()) - verdicts["owed"] - verdicts["input"]
    agree = verdicts["agrees"] + verdicts["within-rounding"] + verdicts["order-of-magnitude"]
    return (
        f"At present {len(established)} of the {len(ledger['equations'])} equations are "
        f"established and {refuted} refuted; {printed['fails']} fail as printed and stand corrected, "
        f"{printed['ambiguous']} can be read in two ways. {shown} of the "
        f"{len(ledger['figures'])} figures are shown; of their facts {facts['holds']} hold, "
        f"{facts['fails']} fail, {facts['beyond reach']} are beyond reach. Of {judged} recomputed "
        f"numbers {agree} agree with what is printed and {verdicts['disagrees']} do not.\n"
    )


def status_page(root: Path, ledger: Ledger) -> str:
    """Page on the condition of the book: what is covered, how long it takes, made with what."""
    chapters = [name for _, names in order(root) for name in names]
    records = _records(root)
    seconds = {n: records[n]["seconds"] for n in chapters if n in records}
    total = f"{len(seconds)} of {len(chapters)} chapters have been executed"
    if seconds:
        total += f", in {sum(seconds.values()):.0f} s together, {_median(seconds.values()):.1f} s in the middle"
    rows = [
        [
            f'<a href="../../{text(n)}.html">{text(abstract(root / f"{n}.md")[0])}</a>',
            f"{s:.1f}",
            str(len(records[n]["certificates"])),
        ]
        for n, s in sorted(seconds.items(), key=lambda item: -item[1])
    ]
    lines = ["# Status", "", "Written by the build, from what it found.", ""]
    lines += ["## Coverage", "", raw([table(["What", "done", "of", "share"], _coverage(ledger))])]
    lines += ["## Sharpness", "", _sharpness(ledger["equations"])]
    lines += ["## Execution", "", f"{total}.", ""]
    lines += [raw([table(["Chapter", "Seconds", "Certificates"], rows)])]
    lines += ["## Measured", "", measured.section(root)]
    lines += ["## Links", "", links.section()]
    lines += ["## Versions", "", raw([table(["Package", "Version"], _versions())])]
    return "\n".join(lines)


def _records(root: Path) -> dict[str, dict[str, Any]]:
    """Records of execution by notebook, without its ending."""
    out = {}
    for path in sorted((root / "_build" / "notebooks").glob("*.json")):
        try:
            made = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, json.JSONDecodeError):
            continue
        out[made["notebook"].removesuffix(".md")] = made
    return out


def _coverage(ledger: Ledger) -> list[list[str]]:
    equations, figures, claims = (ledger[k] for k in ("equations", "figures", "claims"))
    numbered = [e for e in equations if papers.equation(e["id"]).numbered]
    unnumbered = [e for e in equations if e not in numbered]
    facts = [f for e in figures for f in e.get("facts") or []]
    rows = [
        ("numbered equations", sum(e["outcome"] != "owed" for e in numbered), len(numbered)),
        ("equations without a number", sum(e["outcome"] != "owed" for e in unnumbered), len(unnumbered)),
        ("figures", sum(bool(e.get("facts")) for e in figures), len(figures)),
        ("facts of the figures shown, decided within reach", sum(f["verdict"] != "beyond reach" for f in facts), len(facts)),
        ("quoted numbers", sum(bool(e.get("verdict")) for e in claims), len(claims)),
        ("derived equations with a number from the package", sum(bool(e.get("function")) for e in equations), sum(e["outcome"] == "established" for e in equations)),
    ]  # fmt: skip
    return [
        [text(name), str(done), str(total), f"{done / total:.0%}" if total else "–"]
        for name, done, total in rows
    ]


def _median(values: Iterable[float]) -> float:
    ordered = sorted(values)
    return ordered[len(ordered) // 2]


def _sharpness(equations: list[dict[str, Any]]) -> str:
    found: dict[str, list[float]] = {}
    blind = 0
    for e in equations:
        blind += len(e.get("blind") or [])
        for kind, size in (e.get("resolution") or {}).items():
            if kind in ("coefficient", "exponent"):
                found.setdefault(kind, []).append(float(size))
    rows = [
        [text(kind), str(len(v)), f"{_median(v):.1e}", f"{max(v):.1e}"]
        for kind, v in sorted(found.items())
    ]
    head = ["Smallest change that would be noticed, of a", "equations", "typical", "worst"]
    note = f"{blind} sites of all equations stay blind; each equation's entry says why.\n"
    return raw([table(head, rows)]) + "\n" + note


def _versions() -> list[list[str]]:
    rows = [["Python", platform.python_version()]]
    for name in _PACKAGES:
        try:
            rows.append([name, metadata.version(name)])
        except metadata.PackageNotFoundError:
            continue
    rows.append(["locked environment", f"<code>{closure.lock_digest()[:16]}</code>"])
    return rows
