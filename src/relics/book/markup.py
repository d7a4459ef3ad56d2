"""Small pieces of HTML inside the Markdown of generated pages."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from typing import Any


def text(value: Any) -> str:
    """Text in which nothing is markup."""
    return html.escape(str(value), quote=True)


def raw(lines: Iterable[str]) -> str:
    """A block that passes through Markdown as it is."""
    return "\n".join(["````{raw} html", *lines, "````", ""])


def table(head: Sequence[str], rows: Iterable[Sequence[str]], name: str = "") -> str:
    """A table; the cells are HTML, the first of a row is its header."""
    header = "".join(f'<th scope="col">{text(cell)}</th>' for cell in head)
    body = [
        f'<tr><th scope="row">{first}</th>' + "".join(f"<td>{cell}</td>" for cell in rest) + "</tr>"
        for first, *rest in rows
    ]
    identity = f' id="{name}"' if name else ""
    return "\n".join(
        [
            f'<div class="relics-scroll"><table{identity} class="relics-plain">',
            f"<thead><tr>{header}</tr></thead><tbody>",
            *body,
            "</tbody></table></div>",
        ]
    )


_SPELLED = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "eps": "ε", "epst": "ε̃", "zeta": "ζ",
    "eta": "η", "theta": "θ", "kappa": "κ", "lambda": "λ", "lam": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π",
    "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω", "Gamma": "Γ",
    "Delta": "Δ", "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω", "hbar": "ħ", "ht": "ħ̃", "Pbar": "P̄",
    "Ncal": "𝒩", "dagger": "†", "ddagger": "‡", "parallel": "∥",
}  # fmt: skip
_NAME = "|".join(sorted(_SPELLED, key=len, reverse=True))
_SCRIPT = r"(?:\{[^{}]*\}|[-−]?\([^()]*\)|[-−]?\d+(?:[./]\d+)?|[A-Za-z0-9]+\*?|\*)"
_SYMBOL = re.compile(
    rf"""
    # a symbol, a short word or a number with indices or powers: T_g, omega_D^2, 10^-3
    (?<![A-Za-z0-9_.\\])({_NAME}|[A-Za-z]{{1,2}}|max|min|log|ln|\d+)((?:[_^]{_SCRIPT})+)
        (?:(?<=[)}}])|(?![A-Za-z]))
    # a power of what a bracket holds
    |([)\]|])((?:\^{_SCRIPT})+)
    # a spelled letter, perhaps with a number for index: xi, b4
    |(?<![A-Za-z_\\])((?:{_NAME})|(?:b|log)(?=\d))(\d*)(?![A-Za-z_])
    # a letter alone, unless it names a panel "(a)", is a unit "3 K", "(m K)", or part of a word
    |(?!(?<=\()[a-d]\))(?<![A-Za-z0-9_.\\-])(?<!\d[ ])(?<!\(m[ ])([B-HJ-Zb-z])
        (?![A-Za-z0-9_.'’-]|[ ]K\)|/\(m[ ]K)
    # a number as a computer writes it: 3.2e-04
    |(?<![A-Za-z0-9.])(?:(\d+(?:\.\d+)?)e|1e)([+-]?\d+)(?![A-Za-z0-9])
    # the formula of a substance: As2S3, Ca(NO3)2
    |(?<![A-Za-z0-9])(\(?(?:[A-Z][a-z]?\d*){{2,}}\)?(?:\d+)?(?:\((?:[A-Z][a-z]?\d*)+\)\d*)*)
        (?![A-Za-z0-9-])
    """,
    re.VERBOSE,
)
_SIGNS = (
    (r"(?<![\w-])\+-\s?", "± "),
    (r"(?<![A-Za-z0-9])-(?=\d)| - ", lambda m: m[0].replace("-", "−")),
    (r"(?<=\d) x (?=\d)", " × "),
    ("&lt;=", "≤"),
    ("&gt;=", "≥"),
    ("&gt;&gt;", "≫"),
    ("&lt;&lt;", "≪"),
    ("-&gt;", "→"),
    (r"sqrt\(", "√("),
    (r"(?<![A-Za-z0-9])b(\d)(?=\^)", r"b_\1"),
)
_FORMULA = re.compile(r"(?<=[A-Za-z)])\d+")
_PAPER = re.compile(r"(?:LW|LB|KRZ|LSW|L)\d\d")


def mathematics(value: Any) -> str:
    """Text with its symbols set: letters in italics, indices, powers, formulas of substances."""
    signs = text(value)
    for pattern, sign in _SIGNS:
        signs = re.sub(pattern, sign, signs)
    return _SYMBOL.sub(_set, signs)


def _set(match: re.Match[str]) -> str:
    base, scripts, closing, powers, spelled, index, letter, mantissa, power, formula = (
        match.groups()
    )
    if scripts:
        if scripts.startswith("_ddagger"):
            scripts = scripts.replace("_", "^", 1)
        return _letter(base) + _scripts(scripts)
    if closing:
        return closing + _scripts(powers)
    if spelled:
        return _letter(spelled) + (f"<sub>{index}</sub>" if index else "")
    if letter:
        return _letter(letter)
    if power:
        size = f"<sup>{str(int(power)).replace('-', '−')}</sup>"
        return (f"{mantissa}·10" if mantissa and mantissa != "1" else "10") + size
    if not re.search(r"\d", formula) or _PAPER.match(formula):
        return formula
    return _FORMULA.sub(lambda n: f"<sub>{n[0]}</sub>", formula)


def _letter(name: str) -> str:
    if name.isdigit() or name in ("max", "min", "log", "ln"):
        return name
    return f"<i>{_SPELLED.get(name, name)}</i>"


def _scripts(written: str) -> str:
    out = ""
    for kind, script in re.findall(rf"([_^])({_SCRIPT})", written):
        bare = re.sub(r"^[{(](.*)[)}]$", r"\1", script).replace("-", "−")
        bare = re.sub(rf"(?<![A-Za-z])({_NAME})(?![A-Za-z])", lambda m: _SPELLED[m[1]], bare)
        tag = "sub" if kind == "_" else "sup"
        out += f"<{tag}>{bare}</{tag}>"
    return out
