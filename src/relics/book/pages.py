"""Sphinx extension: the pages of the book that are generated from the ledger, never typed.

Before the build `write` puts one Markdown page each for equations, figures, claims, misprints and
what is owed into ``book/generated/``. Tables are plain HTML; ``relics.js`` filters them.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.util import logging

from relics import papers
from relics.book import dependencies, derivations, figure_pages, overview, reference
from relics.book.equations import ledger_anchor
from relics.book.markup import mathematics, table

FOLDER = "book/generated"
PART_TITLES = {
    "liquid": "The liquid",
    "centres": "Tunnelling centres",
    "ripplons": "Ripplons, boson peak, plateau",
    "quantum": "Beyond the semiclassical picture",
    "rivals": "Rivals and electrodynamics",
    "simulation": "Glasses made in the computer",
    "excitations": "Quasilocalised excitations",
    "wells": "Double wells and soft modes",
}
RELATIONS = ("equal", "tends", "proportional", "estimate", "property")

Entry = Mapping[str, Any]
Ledger = Mapping[str, list[dict[str, Any]]]

_STATUS = {
    "established": "relics-established",
    "refuted": "relics-refuted",
    "owed": "relics-owed",
    "holds": "relics-established",
    "fails": "relics-printed-fails",
    "ambiguous": "relics-printed-fails",
    "beyond reach": "relics-owed",
    "agrees": "relics-established",
    "within-rounding": "relics-established",
    "order-of-magnitude": "relics-estimate",
    "disagrees": "relics-refuted",
    "input": "relics-input",
}


def write(root: Path, ledger: Ledger) -> list[Path]:
    """Write all generated pages under `root`; a page whose text is unchanged is left untouched."""
    pages: dict[str, Callable[[Ledger], str]] = {
        "equations": equations_page,
        "misprints": misprints_page,
        "claims": claims_page,
        "owed": owed_page,
        "derivations": lambda data: derivations.page(data["equations"], PART_TITLES),
        "notation": lambda _: notation_page(),
        "dependencies": lambda _: dependencies.page(),
        "architecture": lambda _: reference.architecture_page(),
        "api-physics": lambda _: reference.api_page("physics"),
        "api-engine": lambda _: reference.api_page("engine"),
        "api-machinery": lambda _: reference.api_page("machinery"),
    }
    folder = root / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    kept = figure_pages.pages(ledger["figures"], root / "_build" / "figures")
    pages["figures"] = lambda data: figures_page(data, kept)
    pages["chapters"] = lambda data: overview.chapters_page(root, data)
    pages["status"] = lambda data: overview.status_page(root, data)
    pages["standing"] = overview.standing
    paths = []
    for name, make in pages.items():
        path, text = folder / f"{name}.md", make(ledger)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
        paths.append(path)
    return paths + figure_pages.write(folder / figure_pages.FOLDER, kept)


# Pieces of HTML -----------------------------------------------------------------------------------


def _text(value: Any) -> str:
    return html.escape(str(value), quote=True)


def _formula(latex: str) -> str:
    body = latex.strip()
    if "\\\\" in body and "\\begin{" not in body:
        body = f"\\begin{{split}}{body}\\end{{split}}"
    return f"\\[{html.escape(body, quote=False)}\\]"


def _status(word: str, text: str | None = None) -> str:
    return f'<span class="{_STATUS.get(word, "relics-owed")}">{_text(text or word)}</span>'


def _muted(text: str) -> str:
    return f'<small class="relics-muted">{_text(text)}</small>'


def _number(value: float) -> str:
    mantissa, _, exponent = f"{value:.1e}".partition("e")
    power = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    if -3 <= int(exponent) <= 3:
        return f"{value:.2g}"
    return f"10{power}" if mantissa == "1.0" else f"{mantissa}·10{power}"


def _chapter_link(entry: Entry, text: str) -> str:
    chapter = entry.get("chapter")
    if not chapter:
        return ""
    page = chapter.removesuffix(".md").removesuffix(".ipynb")
    anchor = entry.get("anchor") or entry["id"]
    return f'<a href="../../{_text(page)}.html#{_text(anchor)}">{_text(text)}</a>'


def _entry_links(identifiers: Iterable[str], known: set[str]) -> str:
    return ", ".join(
        f'<a href="#{ledger_anchor(i)}">{_text(i)}</a>' if i in known else _text(i)
        for i in identifiers
    )


def _row(entry: Entry, cells: list[str], filters: Mapping[str, str], *classes: str) -> str:
    data = "".join(f' data-{name}="{_text(value)}"' for name, value in filters.items())
    body = "".join(
        f'<td class="{name}">{cell}</td>' if name else f"<td>{cell}</td>"
        for name, cell in zip([*classes, *[""] * (len(cells) - len(classes))], cells, strict=True)
    )
    return f'<tr id="{ledger_anchor(entry["id"])}"{data}>{body}</tr>'


def _filtered_table(
    name: str, head: list[str], rows: list[str], filters: Mapping[str, list[str]], caption: str
) -> str:
    selects = "".join(
        f'<label>{_text(key)}<select name="{_text(key)}"><option value="">all</option>'
        + "".join(f'<option value="{_text(v)}">{_text(v)}</option>' for v in values)
        + "</select></label>"
        for key, values in filters.items()
    )
    header = "".join(f'<th scope="col">{_text(cell)}</th>' for cell in head)
    lines = [
        f'<form class="relics-filter" data-filters="{name}" role="search" '
        f'aria-label="{_text(caption)}" hidden>'
        f'<label>search<input type="search" placeholder="words, symbols, ids"></label>{selects}'
        '<output aria-live="polite"></output></form>',
        f'<div class="relics-scroll"><table id="{name}" class="relics-ledger mathjax_process">',
        f"<thead><tr>{header}</tr></thead>",
        "<tbody>",
        *rows,
        "</tbody></table></div>",
    ]
    return _raw(lines)


def _raw(lines: list[str]) -> str:
    return "\n".join(["````{raw} html", *lines, "````", ""])


def _counts(head: list[str], rows: list[tuple[Any, ...]]) -> str:
    header = "".join(f'<th scope="col">{_text(cell)}</th>' for cell in head)
    body = [
        "<tr>"
        + f'<th scope="row">{_text(first)}</th>'
        + "".join(f"<td>{c}</td>" for c in rest)
        + "</tr>"
        for first, *rest in rows
    ]
    return _raw(
        [
            '<div class="relics-scroll"><table class="relics-counts">',
            f"<thead><tr>{header}</tr></thead><tbody>",
            *body,
            "</tbody></table></div>",
        ]
    )


def _parts(entries: Iterable[Entry]) -> list[str]:
    present = {entry["part"] for entry in entries}
    return [part for part in papers.parts() if part in present]


def _title(part: str) -> str:
    return PART_TITLES.get(part, part)


# Equations ----------------------------------------------------------------------------------------


def uses(equations: Iterable[Entry]) -> dict[str, set[str]]:
    """For each equation all others that rest on it, directly or through others."""
    direct: dict[str, set[str]] = {}
    for entry in equations:
        for premise in entry.get("premises") or ():
            direct.setdefault(premise, set()).add(entry["id"])
    reached: dict[str, set[str]] = {}
    for identifier in direct:
        found: set[str] = set()
        stack = list(direct[identifier])
        while stack:
            other = stack.pop()
            if other not in found:
                found.add(other)
                stack.extend(direct.get(other, ()))
        reached[identifier] = found - {identifier}
    return reached


def _outcome(entry: Entry) -> str:
    outcome = entry["outcome"]
    if outcome == "owed":
        return _status("owed")
    if outcome == "refuted":
        return _status("refuted")
    relation = entry.get("relation") or "equal"
    if relation == "estimate":
        factor = entry.get("prefactor")
        text = "estimate" if factor is None else f"estimate, printed/derived = {factor:.3g}"
        return f'<span class="relics-estimate">{_text(text)}</span>'
    return _status("established", relation)


def _evidence(entry: Entry) -> str:
    lines = [_outcome(entry)]
    if entry["outcome"] != "owed":
        printed = entry.get("printed")
        if printed and printed != "holds":
            lines.append(_status(printed, f"printed form {printed}"))
        resolution = entry.get("resolution") or {}
        if resolution:
            lines.append(
                "resolves " + _text(", ".join(f"{k} {_number(v)}" for k, v in resolution.items()))
            )
        blind = entry.get("blind") or []
        if blind:
            lines.append(f"blind: {_text(len(blind))}")
        error = entry.get("numeric_max_rel_err")
        if error is not None:
            lines.append(f"number agrees to {_number(error) if error else 'all digits'}")
        dimension = entry.get("dimension")
        if dimension and dimension != "ok":
            lines.append(_text(dimension))
    return "<br>".join(lines)


def _connections(entry: Entry, known: set[str], rests: Mapping[str, set[str]]) -> str:
    lines = []
    premises = entry.get("premises") or []
    if premises:
        lines.append(f"from {_entry_links(premises, known)}")
    dependents = sorted(rests.get(entry["id"], ()), key=papers.sort_key)
    if dependents:
        lines.append(
            f"<details><summary>{len(dependents)} rest on it</summary>"
            f"{_entry_links(dependents, known)}</details>"
        )
    if premises or dependents:
        lines.append(f'<a href="derivations.html#node-{_text(entry["id"])}">in the graph</a>')
    if entry.get("function"):
        lines.append(f"<code>{_text(entry['function'])}</code>")
    return "<br>".join(lines)


def equations_page(ledger: Ledger) -> str:
    """Page of all equations with what is known of each."""
    entries = ledger["equations"]
    known = {entry["id"] for entry in entries}
    rests = uses(entries)
    rows = []
    for entry in entries:
        source = papers.equation(entry["id"])
        name = _chapter_link(entry, f"({entry['id']})") or f"({_text(entry['id'])})"
        where = f"{_text(_title(entry['part']))}, Section {_text(source.section)}"
        rows.append(
            _row(
                entry,
                [
                    name,
                    f"{_formula(source.latex)}{_text(source.meaning)}{_muted(where)}",
                    _evidence(entry),
                    _connections(entry, known, rests),
                ],
                {
                    "paper": entry["id"].split("-")[0],
                    "part": _title(entry["part"]),
                    "relation": entry.get("relation") or "",
                    "printed": entry.get("printed") or "",
                    "outcome": entry["outcome"],
                },
                "relics-id",
                "relics-formula",
                "relics-wide",
                "relics-wide",
            )
        )
    filters = {
        "paper": sorted({entry["id"].split("-")[0] for entry in entries}),
        "part": [_title(part) for part in _parts(entries)],
        "relation": list(RELATIONS),
        "printed": ["holds", "fails", "ambiguous"],
        "outcome": ["established", "refuted", "owed"],
    }
    head = ["Equation", "As printed", "Established", "Rests on, used by"]
    return "\n".join(
        [
            "# All equations",
            "",
            "Every equation of the five papers, numbered or not (those without a number carry a *u* "
            "in their id), with what the book has found of it. The relation says how the derived "
            "form stands to the printed one; the printed form is judged apart from it; *resolves* "
            "gives the smallest change of a coefficient or exponent that the checks would notice. "
            "{doc}`../how-to-read` explains the words.",
            "",
            _equation_counts(entries),
            _filtered_table("equations", head, rows, filters, "Filter the equations"),
        ]
    )


def _equation_counts(entries: list[dict[str, Any]]) -> str:
    def line(name: str, chosen: list[dict[str, Any]]) -> tuple[Any, ...]:
        outcome = Counter(entry["outcome"] for entry in chosen)
        done = [entry for entry in chosen if entry["outcome"] == "established"]
        relation = Counter(entry.get("relation") for entry in done)
        fails = sum(
            entry.get("printed") in ("fails", "ambiguous")
            for entry in chosen
            if entry["outcome"] != "owed"
        )
        return (
            name,
            len(chosen),
            *(relation[r] for r in RELATIONS),
            outcome["refuted"],
            fails,
            outcome["owed"],
        )

    lines = [line(_title(p), [e for e in entries if e["part"] == p]) for p in _parts(entries)]
    head = ["Part", "equations", *RELATIONS, "refuted", "misprinted", "owed"]
    return _counts(head, [*lines, line("All", entries)])


# Figures ------------------------------------------------------------------------------------------


def figures_page(ledger: Ledger, kept: Iterable[str] = ()) -> str:
    """Page of all figures with their kind, data and facts; `kept` have pages of their own."""
    entries = ledger["figures"]
    rows = []
    for entry in entries:
        source = papers.figure(entry["id"])
        facts = entry.get("facts") or []
        tally = Counter(fact["verdict"] for fact in facts)
        details = "".join(
            f"<li>{mathematics(fact['fact'])}: {_status(fact['verdict'])}, "
            + mathematics(fact["measured"])
            + (f" ({mathematics(fact['why'])})" if fact.get("why") else "")
            + "</li>"
            for fact in facts
        )
        summary = ", ".join(f"{count} {verdict}" for verdict, count in tally.items())
        state = "shown" if entry.get("function") else "owed"
        rows.append(
            _row(
                entry,
                [
                    _chapter_link(entry, entry["id"]) or _text(entry["id"]),
                    mathematics(source.shows) + _muted(f"{entry['kind']}; {_title(entry['part'])}"),
                    f"<details><summary>{_text(summary)}</summary><ul>{details}</ul></details>"
                    if facts
                    else _status("owed"),
                    "<br>".join(_text(item) for item in _list(entry.get("data"))),
                    _files_of_figure(entry["id"]) if entry["id"] in kept else "",
                ],
                {
                    "paper": entry["id"].split("-")[0],
                    "part": _title(entry["part"]),
                    "kind": entry["kind"],
                    "state": state,
                },
                "relics-id",
                "relics-wide",
                "relics-wide",
            )
        )
    filters = {
        "paper": sorted({entry["id"].split("-")[0] for entry in entries}),
        "part": [_title(part) for part in _parts(entries)],
        "kind": sorted({entry["kind"] for entry in entries}),
        "state": ["shown", "owed"],
    }
    verdicts = ("holds", "fails", "beyond reach")
    counts = []
    for part in _parts(entries):
        chosen = [entry for entry in entries if entry["part"] == part]
        tally = Counter(f["verdict"] for e in chosen for f in e.get("facts") or [])
        shown = sum(bool(entry.get("function")) for entry in chosen)
        counts.append((_title(part), len(chosen), shown, *(tally[v] for v in verdicts)))
    head = ["Figure", "What it shows", "Facts", "Data", "Files and code"]
    return "\n".join(
        [
            "# All figures",
            "",
            "Every figure of the five papers, regenerated. For each a list of facts was fixed "
            "beforehand that a faithful figure must show; a program decides them from the computed "
            "data. A fact that fails is kept with its reason. `relics figures ID --out FOLDER` "
            "writes picture, data and provenance.",
            "",
            _counts(["Part", "figures", "shown", *(f"facts: {v}" for v in verdicts)], counts),
            _filtered_table("figures", head, rows, filters, "Filter the figures"),
        ]
    )


def _files_of_figure(identifier: str) -> str:
    page = f"{figure_pages.FOLDER}/{_text(identifier)}.html"
    return f'<a href="{page}">SVG, PDF, PNG, CSV, code</a>'


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


# Claims -------------------------------------------------------------------------------------------

VERDICTS = ("agrees", "within-rounding", "order-of-magnitude", "disagrees", "input")


def claims_page(ledger: Ledger) -> str:
    """Page of all quoted numbers, printed against recomputed."""
    entries = ledger["claims"]
    rows = []
    for entry in entries:
        source = papers.claim(entry["id"])
        verdict = entry.get("verdict") or "owed"
        rows.append(
            _row(
                entry,
                [
                    _chapter_link(entry, entry["id"]) or _text(entry["id"]),
                    _text(source.claim) + _muted(f"Section {source.where}"),
                    _text(entry["quoted"]),
                    _text(_value(entry.get("computed"))),
                    _status(verdict),
                    f"<code>{_text(entry['function'])}</code>" if entry.get("function") else "",
                ],
                {
                    "paper": entry["id"].split("-")[0],
                    "part": _title(source.part),
                    "verdict": verdict,
                },
                "relics-id",
                "relics-wide",
            )
        )
    parts = [papers.claim(entry["id"]).part for entry in entries]
    counts = []
    for part in [p for p in papers.parts() if p in parts]:
        tally = Counter(
            entry.get("verdict") or "owed"
            for entry, home in zip(entries, parts, strict=True)
            if home == part
        )
        counts.append((_title(part), sum(tally.values()), *(tally[v] for v in (*VERDICTS, "owed"))))
    filters = {
        "paper": sorted({entry["id"].split("-")[0] for entry in entries}),
        "part": [_title(p) for p in papers.parts() if p in parts],
        "verdict": [*VERDICTS, "owed"],
    }
    head = ["Number", "What", "Printed", "Recomputed", "Verdict", "Function"]
    return "\n".join(
        [
            "# All quoted numbers",
            "",
            "Numbers that the papers quote, beside what the package computes for them. The verdict "
            "is reached by one function from the interval that the printed digits stand for. Inputs "
            "(measured constants, parameters of a model) are listed and not judged.",
            "",
            _counts(["Part", "numbers", *VERDICTS, "owed"], counts),
            _filtered_table("claims", head, rows, filters, "Filter the numbers"),
        ]
    )


def _value(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(_value(item) for item in value)
    if isinstance(value, int | float):
        return f"{value:.4g}"
    return str(value)


# Misprints and what does not follow ---------------------------------------------------------------


def misprints_page(ledger: Ledger) -> str:
    """Page of printed forms that fail, refuted statements, numbers and facts that disagree."""
    done = [entry for entry in ledger["equations"] if entry["outcome"] != "owed"]
    established = [entry for entry in done if entry["outcome"] == "established"]
    sections = {
        "Printed forms that fail": [e for e in established if e.get("printed") == "fails"],
        "Printed forms that can be read in two ways": [
            e for e in established if e.get("printed") == "ambiguous"
        ],
        "Statements that do not follow": [e for e in done if e["outcome"] == "refuted"],
    }
    lines = [
        "# Misprints and results that do not follow",
        "",
        "This list is generated from the certificates of the chapters. Each entry links to the "
        "derivation that shows it, so that it can be checked and cited by its permanent link. Not "
        "all are slips of the press. Some forms have lost a symbol, a sign or a power; in some one "
        "member of a chain sets a constant or the volume of a particle to one and its neighbours "
        "do not; in some a coefficient is not what the steps of the text give; and some do not "
        "follow from the premises from which the paper takes them. The corrected form passes the "
        "checks that the printed one fails.",
        "",
    ]
    for title, entries in sections.items():
        lines += [f"## {title}", ""]
        lines += [_raw([_finding(entry)]) for entry in entries] or ["None.", ""]
    estimates = [
        e
        for e in established
        if e.get("relation") == "estimate" and abs((e.get("prefactor") or 1) - 1) > 0.005
    ]
    lines += ["## Estimates and their prefactors", ""]
    lines += [
        "For a formula that its paper gives as an estimate the chapters derive the constant; the "
        "ratio of the printed to the derived constant follows.",
        "",
    ]
    if estimates:
        rows = [
            (f"({e['id']})", f"{e['prefactor']:.3g}", _chapter_link(e, "derivation"))
            for e in estimates
        ]
        lines.append(_counts(["Equation", "printed / derived", ""], rows))
    else:
        lines += ["None.", ""]
    disagree = [e for e in ledger["claims"] if e.get("verdict") == "disagrees"]
    lines += ["## Numbers that disagree", ""]
    if disagree:
        numbers = [
            (
                e["id"],
                _text(papers.claim(e["id"]).claim),
                _text(e["quoted"]),
                _text(_value(e.get("computed"))),
                _text(e.get("note") or ""),
            )
            for e in disagree
        ]
        head = ["Number", "what", "printed", "recomputed", "remark"]
        lines.append(_raw([table(head, numbers, "disagreeing-numbers")]))
    else:
        lines += ["None.", ""]
    lines += ["## Facts that a figure should show and does not", ""]
    failing = [
        (
            fact["id"],
            _text(fact["fact"]),
            _text(fact["measured"]),
            _text(fact.get("why") or ""),
        )
        for e in ledger["figures"]
        for fact in e["facts"]
        if fact["verdict"] == "fails"
    ]
    if failing:
        head = ["Fact", "expected", "found", "why"]
        lines.append(_raw([table(head, failing, "failing-facts")]))
    else:
        lines += ["None.", ""]
    return "\n".join(lines)


def _finding(entry: Entry) -> str:
    source = papers.equation(entry["id"])
    facts = [("Printed", _formula(source.latex))]
    if entry.get("printed") == "ambiguous":
        facts.append(("Two readings", _text(_two_readings(entry["id"]))))
    corrected = _corrected(entry["id"]) if entry.get("printed") in ("fails", "ambiguous") else ""
    if corrected:
        facts.append(("Corrected", corrected))
    if entry.get("refuted"):
        facts.append(("Finding", _text(entry["refuted"])))
    if entry.get("counterexample"):
        facts.append(("Where it fails", _counterexample(entry["counterexample"])))
    if entry.get("note"):
        facts.append(("Remark", _text(entry["note"])))
    if entry.get("premises"):
        facts.append(("Derived from", _text(", ".join(entry["premises"]))))
    link = _chapter_link(entry, "the derivation")
    if link:
        facts.append(("Shown in", link))
    status = "relics-refuted" if entry["outcome"] == "refuted" else "relics-printed-fails"
    body = "".join(f"<dt>{label}</dt><dd>{value}</dd>" for label, value in facts)
    return (
        f'<div class="relics-card mathjax_process {status}" id="misprint-{_text(entry["id"])}">'
        f'<header><a href="#misprint-{_text(entry["id"])}">({_text(entry["id"])})</a> '
        f"<span>{_text(source.meaning)}</span></header>"
        f'<dl class="relics-facts">{body}</dl></div>'
    )


def _counterexample(found: Mapping[str, Any]) -> str:
    point = ", ".join(f"{_text(name)} = {value:.6g}" for name, value in found["point"].items())
    sides = f"left side {_text(found['left'])}, right side {_text(found['right'])}"
    return f"<code>{_text(found['relation'])}</code> at {point}: {sides}"


def _two_readings(identifier: str) -> str:
    try:
        return papers.statement(identifier).ambiguous
    except ValueError:
        return ""


def _corrected(identifier: str) -> str:
    try:
        statement = papers.statement(identifier)
    except ValueError:
        return ""
    if not statement.corrected:
        return ""
    import sympy

    out = []
    for relation in statement.corrected:
        names = {
            symbol: statement.symbols[str(symbol)].latex
            for symbol in relation.free_symbols
            if str(symbol) in statement.symbols and statement.symbols[str(symbol)].latex
        }
        out.append(_formula(sympy.latex(relation, symbol_names=names)))
    return "".join(out)


# Owed ---------------------------------------------------------------------------------------------


def owed_page(ledger: Ledger) -> str:
    """Page of what the book still owes, part by part."""
    missing = {
        "equations": [e for e in ledger["equations"] if e["outcome"] == "owed"],
        "figures": [e for e in ledger["figures"] if not e.get("function") or not e.get("facts")],
        "numbers": [e for e in ledger["claims"] if (e.get("verdict") or "owed") == "owed"],
    }
    homes = {
        "equations": lambda entry: entry["part"],
        "figures": lambda entry: entry["part"],
        "numbers": lambda entry: papers.claim(entry["id"]).part,
    }
    total = sum(len(entries) for entries in missing.values())
    lines = [
        "# What is owed",
        "",
        "Entries of the five papers that no chapter has treated yet. The list is generated; it "
        "shrinks only when a certificate, a figure or a computed number appears.",
        "",
    ]
    if not total:
        return "\n".join([*lines, "Nothing is owed.", ""])
    counts = [
        (_title(part), *(sum(homes[k](e) == part for e in v) for k, v in missing.items()))
        for part in papers.parts()
    ]
    lines.append(_counts(["Part", *missing], counts))
    for part in papers.parts():
        names = {
            kind: [entry["id"] for entry in entries if homes[kind](entry) == part]
            for kind, entries in missing.items()
        }
        if any(names.values()):
            lines += [f"## {_title(part)}", ""]
            lines += [f"- {kind}: {', '.join(ids)}" for kind, ids in names.items() if ids]
            lines.append("")
    return "\n".join(lines)


# Notation -----------------------------------------------------------------------------------------


def notation() -> dict[str, dict[tuple[str, str], list[str]]]:
    """Every symbol of the transcribed equations: LaTeX -> (meaning, unit) -> equation ids."""
    table: dict[str, dict[tuple[str, str], list[str]]] = {}
    for identifier in papers.statement_ids():
        for name, symbol in papers.statement(identifier).symbols.items():
            meanings = table.setdefault(symbol.latex or rf"\mathrm{{{name}}}", {})
            meanings.setdefault((symbol.meaning, symbol.unit), []).append(identifier)
    return table


def _plain_letters(latex: str) -> tuple[str, str]:
    """Sort symbols by their letter: Greek by name, Latin before decoration, case last."""
    letters = "".join(
        c for c in latex.replace("\\mathrm", "").replace("\\mathcal", "") if c.isalpha()
    )
    return letters.lower(), latex


def notation_page() -> str:
    """Page of all symbols with what each means in which paper."""
    rows = []
    known = {equation.id for equation in papers.equations()}
    for latex, meanings in sorted(notation().items(), key=lambda item: _plain_letters(item[0])):
        units = {unit for _, unit in meanings}
        keys = sorted({i.split("-")[0] for ids in meanings.values() for i in ids})
        items = []
        for (meaning, unit), ids in meanings.items():
            shown = sorted((i for i in ids if i in known), key=papers.sort_key)
            links = ", ".join(
                f'<a href="equations.html#{ledger_anchor(i)}">{_text(i)}</a>' for i in shown[:5]
            )
            more = f" and {len(shown) - 5} more" if len(shown) > 5 else ""
            items.append(f"<li>{_text(meaning)}, {_unit(unit)} {_muted_inline(links + more)}</li>")
        sense = "several units" if len(units) > 1 else "one unit"
        data = f'data-papers="{_text(" ".join(keys))}" data-sense="{sense}" data-text="{_text(_searchable(latex, meanings))}"'
        rows.append(
            f"<tr {data}><td>\\({html.escape(latex, quote=False)}\\)</td>"
            f"<td>{_text(', '.join(keys))}</td><td><ul>{''.join(items)}</ul></td></tr>"
        )
    several = sum("several units" in row for row in rows)
    return "\n".join(
        [
            "# Notation",
            "",
            "One letter often means different things in different papers, and sometimes in one. "
            "This concordance is generated from the transcribed equations: each symbol as it is "
            "printed, every meaning that it has, its unit (after a semicolon the units of its "
            f"arguments) and where. Of {len(rows)} symbols {several} occur with more than one unit; "
            "choose *several units* to see them. Reduced units are written `eps sig mass tau`, "
            "Gaussian ones `esu statV erg cm g`.",
            "",
            _filtered_table(
                "symbols",
                ["Symbol", "Papers", "Meaning, unit, equations"],
                rows,
                {"sense": ["several units", "one unit"]},
                "Filter the symbols",
            ),
        ]
    )


def _unit(unit: str) -> str:
    return re.sub(r"\^(-?[\d./]+)", lambda m: f"<sup>{m[1].replace('-', '−')}</sup>", _text(unit))


def _searchable(latex: str, meanings: Mapping[tuple[str, str], list[str]]) -> str:
    words = [latex.replace("\\", " "), *(f"{meaning} {unit}" for meaning, unit in meanings)]
    return " ".join([*words, *(i for ids in meanings.values() for i in ids)])


def _muted_inline(text: str) -> str:
    return f'<small class="relics-where">{text}</small>'


def _generate(app: Sphinx, config: Any) -> None:
    if config.relics_pages:
        from relics import ledger

        logging.getLogger(__name__).info("reading the ledger and writing its pages")
        write(Path(app.srcdir), ledger.collect())


def setup(app: Sphinx) -> dict[str, Any]:
    """Write the pages before the table of contents is read."""
    app.add_config_value("relics_pages", False, "env", bool)
    app.connect("config-inited", _generate, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
