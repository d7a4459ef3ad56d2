"""The card of a certificate: what the reader sees below a derivation."""

from __future__ import annotations

import html as _html
from typing import Any

from relics import papers

_RELATION = {
    "equal": "equal: both sides agree at every probe",
    "tends": "tends: the sides agree in the stated limit",
    "proportional": "proportional: all logarithmic derivatives agree",
    "estimate": "estimate: right up to a factor of order one",
    "property": "property: the definition has its named consequence",
}
_FALLBACK = (
    "border:1px solid #8888;border-left:5px solid #0072B2;border-radius:4px;padding:.6em .9em;"
    "margin:1em 0;overflow-x:auto;font-size:.95em"
)


def _e(text: object) -> str:
    return _html.escape(str(text))


def _latex(data: dict[str, Any]) -> str:
    try:
        return papers.equation(data["id"]).latex
    except ValueError:
        return ""


def _state(data: dict[str, Any]) -> str:
    classes = ["relics-refuted" if data["outcome"] == "refuted" else "relics-established"]
    if data["printed"] == "fails" and data["outcome"] != "refuted":
        classes.append("relics-printed-fails")
    if data["relation"] == "estimate":
        classes.append("relics-estimate")
    return " ".join(classes)


def summary(data: dict[str, Any]) -> str:
    """One line: what was established of the equation."""
    if data["outcome"] == "refuted":
        return f"refuted: {data['refuted']}"
    words = [_RELATION[data["relation"]]]
    if data.get("prefactor") is not None:
        words.append(f"printed over derived {data['prefactor']:.4g}")
    if data["printed"] == "fails":
        words.append("the printed form fails, the corrected form holds")
    if data["printed"] == "ambiguous":
        words.append("the printed form can be read in two ways")
    return "; ".join(words)


def html(data: dict[str, Any]) -> str:
    """The card as HTML, readable without any style sheet."""
    identifier = _e(data["id"])
    rows = [("Established", _e(summary(data)))]
    if data["premises"]:
        links = ", ".join(f'<a href="#{_e(p)}"><code>{_e(p)}</code></a>' for p in data["premises"])
        rows.append(("From", links))
    if data["function"]:
        error = data["numeric_max_rel_err"]
        rows.append(
            (
                "Number",
                f"<code>{_e(data['function'])}</code>, largest relative difference {error:.1e}",
            )
        )
    if data["routes"]:
        rows.append(("Routes", _e(" — ".join(data["routes"]))))
    rows.append(("Probes", _e(", ".join(dict.fromkeys(e["kind"] for e in data["evidence"])))))
    rows.append(("Dimension", _e(data["dimension"])))
    if data["note"]:
        rows.append(("Note", _e(data["note"])))
    facts = "".join(f"<dt>{k}</dt><dd>{v}</dd>" for k, v in rows)
    latex = _latex(data)
    shown = f'<div class="relics-equation">\\[{_e(latex)}\\]</div>' if latex else ""
    return (
        f'<div class="relics-card mathjax_process {_state(data)}" id="{identifier}" style="{_FALLBACK}" '
        f'role="group" aria-label="Certificate of equation {identifier}">'
        f'<header><strong>({identifier})</strong> <a class="relics-permalink" href="#{identifier}" '
        f'aria-label="Permalink to {identifier}">#</a> <span class="relics-badge">{_e(_badge(data))}</span></header>'
        f'{shown}<dl class="relics-facts">{facts}</dl>{_counterexample(data)}{_details(data)}</div>'
    )


def _badge(data: dict[str, Any]) -> str:
    if data["outcome"] == "refuted":
        return "refuted"
    return {
        "holds": data["relation"],
        "fails": f"{data['relation']}, misprinted",
        "ambiguous": f"{data['relation']}, ambiguous",
    }[data["printed"]]


def _counterexample(data: dict[str, Any]) -> str:
    example = data.get("counterexample")
    if not example:
        return ""
    point = ", ".join(f"{_e(k)} = {v:.6g}" for k, v in example["point"].items())
    return (
        f"<details><summary>Where the printed form fails</summary><p>At {point}:</p>"
        f"<p><code>{_e(example['relation'])}</code></p>"
        f"<p>left side {_e(example['left'])}, right side {_e(example['right'])}</p></details>"
    )


def _details(data: dict[str, Any]) -> str:
    from relics.papers import transcription

    try:
        s = transcription.statement(data["id"])
    except ValueError:
        return ""
    rows = "".join(
        f"<tr><td>\\({_e(x.latex or n)}\\)</td><td><code>{_e(n)}</code></td><td>{_e(x.meaning)}</td><td>{_e(x.unit)}</td></tr>"
        for n, x in s.symbols.items()
    )
    forms = "".join(f"<p><code>{_e(r)}</code></p>" for r in s.printed)
    if s.corrected:
        forms += "<p>Corrected:</p>" + "".join(f"<p><code>{_e(r)}</code></p>" for r in s.corrected)
    derived = "".join(f"<p><code>{_e(k)} = {_e(v)}</code></p>" for k, v in data["derived"].items())
    return (
        f"<details><summary>Symbols</summary><table><thead><tr><th>Symbol</th><th>Name</th><th>Meaning</th><th>Unit</th></tr></thead>"
        f"<tbody>{rows}</tbody></table></details>"
        f"<details><summary>Transcription and result</summary>{forms}<p>Derived:</p>{derived}</details>"
    )


def text(data: dict[str, Any]) -> str:
    """The card as plain text."""
    return f"({data['id']}) {summary(data)}; from {', '.join(data['premises']) or 'no premises'}"
