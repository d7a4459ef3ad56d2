"""Derivations that can be trusted: premises with dye, probes, certificates, resolution.

A small library that knows nothing of any particular paper. A statement (`make_statement`, or an
equation of `relics.papers`) is held against a derivation in SymPy and a number from a package:

>>> from relics.proof import premise, certify          # doctest: +SKIP
>>> F = premise("LW07-6")                              # right side carries a dye  # doctest: +SKIP

`certify` refuses results that do not rest on what they claim; `resolution` finds for every
coefficient, exponent, sign, term, operator and index of a statement the smallest change that the
probes reject.
"""

from relics.papers.transcription import make_statement
from relics.proof.certificates import (
    Certificate,
    Estimate,
    ProofError,
    certify,
    checked,
    package,
    samples,
)
from relics.proof.premises import Premise, assume, dyes, premise, undye
from relics.proof.resolution import resolve

__all__ = [
    "Certificate", "Estimate", "Premise", "ProofError", "assume", "certify", "checked", "dyes",
    "make_statement", "package", "premise", "resolve", "samples", "undye",
]  # fmt: skip
