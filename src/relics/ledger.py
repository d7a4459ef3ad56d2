"""The ledger: what the executed book has established, read from its certificates and audited.

Nothing is typed here. Equations, figures and claims come from the papers' data; what is known of
them from the certificates in the records of executed chapters; how sharply, from the audit, which
holds every certificate against the transcription as it stands now.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from relics import papers
from relics.book import closure, execute

AUDITS = closure.ROOT / "_build" / "audit"
AUDIT_FORM = 2
"""Changes when the stored results hold other fields."""
BLIND_SHARE = 0.2
"""Share of sites that may stay unresolved without a justification."""


def certificates() -> tuple[dict[str, dict[str, Any]], list[str]]:
    """Valid certificates by entry id, and what is wrong with the rest (one line each).

    Where several chapters certify one entry, the chapter in the folder of the entry's part counts.
    """
    found: dict[str, dict[str, Any]] = {}
    problems = []
    for notebook in execute.notebooks():
        made = execute.record(notebook)
        name = str(notebook.relative_to(closure.ROOT))
        if made is None:
            problems.append(f"{name}: not executed")
            continue
        if made["digest"] != closure.digest(notebook):
            problems.append(
                f"{name}: stale, something it rests on has changed since it was executed"
            )
            continue
        for c in made["certificates"]:
            part = _part(c)
            c = {**c, "notebook": name, "seconds": made["seconds"]}
            if c["id"] not in found or f"/{part}/" in name:
                found[c["id"]] = c
    return found, problems


def _part(c: dict[str, Any]) -> str:
    if c["type"] == "equation":
        try:
            return papers.equation(c["id"]).part
        except ValueError:
            return ""
    return c.get("part", "")


# The audit.


def _audit_key(data: dict[str, Any]) -> str:
    from relics.papers import transcription

    own = {k: v for k, v in data.items() if k not in ("notebook", "seconds")}
    text = json.dumps(
        [own, transcription.raw(data["id"]), _proof_digest(), AUDIT_FORM],
        sort_keys=True,
        default=str,
    )
    return hashlib.sha256(text.encode()).hexdigest()


def _proof_digest() -> str:
    files = sorted((closure.PACKAGE / "proof").glob("*.py")) + sorted(
        (closure.PACKAGE / "papers").glob("*.py")
    )
    return hashlib.sha256(b"".join(f.read_bytes() for f in files)).hexdigest()


def _audit_one(data: dict[str, Any]) -> dict[str, Any]:
    from relics.papers import transcription
    from relics.proof.resolution import resolve

    try:
        return resolve(data["id"], data) | {"statement": transcription.statement(data["id"]).digest}
    except Exception as error:  # a certificate that cannot be audited is a finding, not a crash
        return {
            "excess": float("inf"),
            "resolution": {},
            "sites": 0,
            "blind": [],
            "blind_because": "",
            "error": str(error),
        }


def audit(equations: Iterable[dict[str, Any]], workers: int = 2) -> dict[str, dict[str, Any]]:
    """Resolution of each equation's certificate; unchanged ones are read back."""
    out: dict[str, dict[str, Any]] = {}
    fresh: list[tuple[dict[str, Any], Path]] = []
    for data in equations:
        path = AUDITS / f"{_audit_key(data)}.json"
        try:
            out[data["id"]] = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, json.JSONDecodeError):
            fresh.append((data, path))
    if len(fresh) > 4 and workers > 1:
        with ProcessPoolExecutor(workers) as pool:
            results = list(pool.map(_audit_and_store, *zip(*fresh, strict=True)))
    else:
        results = [_audit_and_store(*job) for job in fresh]
    return out | {data["id"]: result for (data, _), result in zip(fresh, results, strict=True)}


def _audit_and_store(data: dict[str, Any], path: Path) -> dict[str, Any]:
    result = _audit_one(data)
    _store(path, result)
    return result


def _store(path: Path, result: dict[str, Any]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.{os.getpid()}")
        temporary.write_text(json.dumps(result), encoding="utf-8")
        os.replace(temporary, path)
    except OSError:
        # A read-only folder costs time on the next call, nothing else.
        return


# The rows.


def _because(data: dict[str, Any], result: dict[str, Any]) -> str:
    if not result["blind"] or result["blind_because"]:
        return result["blind_because"]
    if data["relation"] == "estimate":
        return "an estimate is judged by a band of constants, so small changes inside the band are no contradiction"
    if len(result["blind"]) <= BLIND_SHARE * max(result["sites"], 1):
        return f"{len(result['blind'])} of {result['sites']} sites are not resolved by the probes"
    return ""


def _equation_row(
    e: papers.Equation, data: dict[str, Any] | None, result: dict[str, Any] | None
) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": e.id, "numbered": e.numbered, "part": e.part, "section": e.section, "kind": e.kind,
        "same_as": list(e.same_as),
    }  # fmt: skip
    if data is None or result is None:
        return row | {
            "chapter": "", "anchor": "", "relation": "", "printed": "", "outcome": "owed", "prefactor": None,
            "premises": [], "function": "", "routes": [], "numeric_max_rel_err": None, "resolution": {},
            "blind": [], "blind_because": "", "dimension": "",
        }  # fmt: skip
    return row | {
        "chapter": data["notebook"],
        "anchor": data["id"],
        "relation": data["relation"],
        "printed": data["printed"],
        "outcome": data["outcome"],
        "refuted": data["refuted"],
        "prefactor": data["prefactor"] if data["prefactor"] is not None else 1.0,
        "premises": data["premises"],
        "cancels": data["cancels"],
        "function": data["function"],
        "routes": data["routes"],
        "numeric_max_rel_err": data["numeric_max_rel_err"] if data["function"] else None,
        "resolution": result["resolution"],
        "sites": result["sites"],
        "blind": result["blind"],
        "blind_because": _because(data, result),
        "dimension": data["dimension"],
        "counterexample": data["counterexample"],
        "note": data["note"],
    }


def _explain(row: dict[str, Any], data: dict[str, Any], result: dict[str, Any]) -> list[str]:
    """What is unexplained about a certified equation."""
    out = []
    if "error" in result:
        out.append(f"{row['id']}: cannot be audited: {result['error']}")
    elif not result["excess"] <= 1:
        out.append(
            f"{row['id']}: the certificate rejects the transcription ({result['excess']:.3g} times the tolerance)"
        )
    if "error" not in result and data["statement"] != result["statement"]:
        out.append(
            f"{row['id']}: stale, its transcription has changed since the chapter was executed"
        )
    if not row["premises"] and row["outcome"] == "established":
        out.append(f"{row['id']}: established, but no premise is claimed")
    if len(row["blind"]) > BLIND_SHARE * max(result["sites"], 1) and not row["blind_because"]:
        out.append(
            f"{row['id']}: {len(row['blind'])} of {result['sites']} sites are blind and nothing says why"
        )
    return out


def _claim_row(c: papers.Claim, data: dict[str, Any] | None) -> dict[str, Any]:
    base = {"id": c.id, "part": c.part, "quoted": c.quoted, "claim": c.claim, "where": c.where}
    if c.kind == "input":
        return base | {
            "computed": "",
            "verdict": "input",
            "function": "",
            "note": c.note,
            "chapter": "",
        }
    if data is None:
        return base | {"computed": "", "verdict": "", "function": "", "note": "", "chapter": ""}
    keep = {k: data[k] for k in ("computed", "verdict", "function", "note")}
    return base | keep | {"chapter": data["notebook"]}


def _figure_row(f: papers.Figure, data: dict[str, Any] | None) -> dict[str, Any]:
    base = {"id": f.id, "part": f.part, "kind": f.kind}
    if data is None:
        return base | {"function": "", "data": [], "facts": [], "chapter": ""}
    return (
        base | {k: data[k] for k in ("function", "data", "facts")} | {"chapter": data["notebook"]}
    )


def collect(workers: int = 2) -> dict[str, Any]:
    """The whole ledger as plain data, in the form of `relics ledger --format json`.

    ``problems`` lists what is stale or unexplained, ``owed`` the ids still missing.
    """
    found, problems = certificates()
    certified = [
        c
        for c in found.values()
        if c["type"] == "equation" and c["id"] in {e.id for e in papers.equations()}
    ]
    audits = audit(certified, workers)
    rows = []
    for e in papers.equations():
        data = found.get(e.id)
        row = _equation_row(e, data, audits.get(e.id))
        if data is not None:
            problems += _explain(row, data, audits[e.id])
        rows.append(row)
    figures = [_figure_row(f, found.get(f.id)) for f in papers.figures()]
    claims = [_claim_row(c, found.get(c.id)) for c in papers.claims()]
    owed = [r["id"] for r in rows if r["outcome"] == "owed"]
    owed += [f["id"] for f in figures if not f["facts"]]
    owed += [c["id"] for c in claims if not c["verdict"]]
    return {
        "equations": rows,
        "figures": figures,
        "claims": claims,
        "problems": problems,
        "owed": owed,
    }


def table(data: dict[str, Any]) -> str:
    """Counts per part as text: decided and total of equations, figures and claims."""
    lines = [
        f"{'part':12s} {'equations':>12s} {'misprinted':>11s} {'refuted':>8s} {'figures':>10s} {'facts':>12s} {'claims':>10s} {'disagree':>9s}"
    ]
    for part in papers.parts():
        e = [r for r in data["equations"] if r["part"] == part]
        f = [r for r in data["figures"] if r["part"] == part]
        c = [r for r in data["claims"] if r["part"] == part]
        facts = [x for r in f for x in r["facts"]]
        verdicts = Counter(x["verdict"] for x in facts)
        lines.append(
            f"{part:12s} {sum(r['outcome'] != 'owed' for r in e):6d}/{len(e):<5d} "
            f"{sum(r['printed'] == 'fails' for r in e):11d} {sum(r['outcome'] == 'refuted' for r in e):8d} "
            f"{sum(bool(r['facts']) for r in f):5d}/{len(f):<4d} {verdicts['holds']:6d}/{len(facts):<5d} "
            f"{sum(bool(r['verdict']) for r in c):5d}/{len(c):<4d} {sum(r['verdict'] == 'disagrees' for r in c):9d}"
        )
    return "\n".join(lines)
