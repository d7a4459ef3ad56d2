"""Procedures by which ensembles of glasses are made.

A protocol names a model, a size and a number; the number changes only when the procedure does,
because the key of a sample is (model, size, protocol number, seed). Besides the shipped ones a
protocol of one's own is addressed as ``module:attribute``.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Protocol:
    """A named procedure.

    ``make`` maps a seed and the path of a file for unfinished states to the arrays of a sample;
    ``observables`` maps those arrays to the numbers that are compared between ensembles.
    """

    name: str
    model: str
    size: int
    number: int
    make: Callable[[int, Path], Arrays]
    observables: Callable[[Arrays], dict[str, float]]
    says: str


PROTOCOLS: dict[str, Protocol] = {}


def protocol(name: str) -> Protocol:
    """The protocol of this name; raises ``ValueError`` for unknown names."""
    if name in PROTOCOLS:
        return PROTOCOLS[name]
    module, separator, attribute = name.partition(":")
    if separator:
        try:
            found = getattr(importlib.import_module(module), attribute)
        except (ImportError, AttributeError) as error:
            raise ValueError(f"protocol {name!r} cannot be imported: {error}") from error
        if isinstance(found, Protocol):
            return found
        raise ValueError(f"{name!r} is not a protocol but {type(found).__name__}")
    raise ValueError(f"unknown ensemble {name!r}; known: {', '.join(sorted(PROTOCOLS))}")
