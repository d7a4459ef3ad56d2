"""Slips of the package: is each number, made wrong by a thousandth, refused by its chapter?

``make slips`` runs the derivations of all chapters (a quarter of an hour). After each of them that
is established, every number which the package supplied to it is multiplied by 1.001, one at a
time, and the same derivation has to be refused. ``FACTOR=1.00001`` tries others, ``--record`` keeps
the share for the status page. Exit status 1 if a slip passes that EXCUSED does not explain.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jupytext
import matplotlib

from relics import proof
from relics.book import measured
from relics.book.execute import notebooks
from relics.proof import certificates

ROOT = Path(__file__).resolve().parent.parent
EXCUSED = {
    ("LB21-9", "relics.glass.nonlinear_modes.dilatancy_ratio"): "for a pure shear it is zero",
    ("L18-u3", "relics.resonant_pairs.lattice_equipartition"): "an average over samples, known to half a percent",
}  # fmt: skip
Slip = tuple[str, str, bool]
"""Statement, function of the package, and whether the slip was refused."""


def slips(
    certify: Callable[..., Any], factor: float, found: list[Slip]
) -> Callable[..., certificates.Certificate]:
    """``certify``, which then tries the same with each number wrong and notes what became of it."""

    def watched(which: Any, *given: Any, **named: Any) -> certificates.Certificate:
        made = certify(which, *given, **named)
        for number in (named.get("number") or {}).values():
            if isinstance(number, certificates.Package):
                refused = _refused(number, factor, lambda: certify(which, *given, **named))
                found.append((made["id"], number.name, refused))
        return made

    return watched


def _refused(number: certificates.Package, factor: float, again: Callable[[], Any]) -> bool:
    right = certificates._call

    def wrong(s: Any, call: certificates.Package, *rest: Any) -> tuple[Any, float]:
        value, error = right(s, call, *rest)
        if call is not number:
            return value, error
        return ([factor * x for x in value] if isinstance(value, list) else factor * value), error

    certificates._call = wrong
    try:
        again()
    except certificates.ProofError:
        return True
    finally:
        certificates._call = right
    return False


def tried(chapter: Path, factor: float) -> list[Slip]:
    """Slips of one chapter. Its cells run in this process; what they draw is not looked at."""
    found: list[Slip] = []
    certify = proof.certify
    names: dict[str, Any] = {"display": lambda *shown: None, "__name__": "__main__"}
    proof.certify = slips(certify, factor, found)
    try:
        for cell in jupytext.read(chapter).cells:
            if cell.cell_type == "code":
                with contextlib.redirect_stdout(io.StringIO()):
                    exec(compile(cell.source, str(chapter), "exec"), names)
    finally:
        proof.certify = certify
    return found


def chapters() -> dict[str, Path]:
    """Chapters with derivations by their paths below the root."""
    return {
        str(path.relative_to(ROOT)): path
        for path in notebooks()
        if "certify(" in path.read_text(encoding="utf-8")
    }


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("chapters", nargs="*", help="paths below the root (default: all)")
    parser.add_argument("--factor", type=float, default=1.001, help="of the slip (default: 1.001)")
    parser.add_argument("--record", action="store_true", help="keep the share (all chapters only)")
    given = parser.parse_args()
    if given.factor == 1:
        parser.error("--factor 1: give a number other than one")
    if given.record and given.chapters:
        parser.error("--record: the share that is kept is that of all chapters; name none")
    known = chapters()
    for name in given.chapters:
        if name not in known:
            parser.error(f"no chapter {name!r} with derivations, such as {next(iter(known))}")
    matplotlib.use("Agg")
    found: list[Slip] = []
    for name in given.chapters or known:
        here = tried(known[name], given.factor)
        print(
            f"{name}: {sum(r for *_, r in here)} of {len(here)} refused",
            flush=True,
        )
        found += here
    passed = [slip[:2] for slip in found if not slip[2]]
    for slip in passed:
        print(f"passed: {slip[0]}, {slip[1]}; {EXCUSED.get(slip, 'nothing excuses it')}")
    print(f"{len(found) - len(passed)} of {len(found)} wrong numbers refused")
    if given.record:
        share = round(100 * (1 - len(passed) / len(found)), 1)
        what = (
            f"numbers of the package, off by a factor {given.factor:g}, that their chapter refuses"
        )
        measured.keep(ROOT, [measured.Figure(what, share, "%", "make slips", least=99)])
    return 1 if {*passed} - {*EXCUSED} else 0


if __name__ == "__main__":
    sys.exit(main())
