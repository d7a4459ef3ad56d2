"""The one style of all figures: fonts, sizes, and colours that colour-blind readers can tell apart."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
from cycler import cycler
from matplotlib.figure import Figure

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
"""Okabe and Ito's palette, in the order in which curves take their colours."""

MARKERS = ("o", "s", "^", "D", "v", "P", "X")
LINES = ("-", "--", "-.", ":")
RECALLED = {"fillstyle": "none", "linestyle": "none", "alpha": 0.8}
"""How a class R value (recalled, unverified) is drawn: hollow, and with its error bar."""
RECALLED_LABEL = "typical literature value, not traced"

_STYLE: dict[Any, Any] = {
    "figure.dpi": 110,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "figure.constrained_layout.use": True,
    "font.size": 10,
    "axes.titlesize": 10,
    "axes.labelsize": 10,
    "legend.fontsize": 8.5,
    "legend.frameon": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.alpha": 0.25,
    "grid.linewidth": 0.6,
    "lines.linewidth": 1.6,
    "lines.markersize": 4.5,
    "mathtext.fontset": "cm",
    "svg.hashsalt": "relics",
    "svg.fonttype": "path",
    "pdf.fonttype": 42,
    "axes.prop_cycle": cycler(color=COLOURS),
}


@contextmanager
def style() -> Iterator[None]:
    """Context in which figures take the style of the book."""
    with mpl.rc_context(_STYLE):
        yield


class ShownFigure(Figure):
    """A figure that displays itself in a notebook without pyplot, the same on every run."""

    def _picture(self, format: str, metadata: dict[str, None]) -> bytes:
        out = io.BytesIO()
        with style():
            self.savefig(out, format=format, metadata=metadata, dpi=160)
        return out.getvalue()

    def _repr_svg_(self) -> str:
        return self._picture("svg", {"Date": None}).decode()

    def _repr_png_(self) -> bytes:
        return self._picture("png", {})


def subplots(
    rows: int = 1, columns: int = 1, size: tuple[float, float] | None = None, **kwargs: object
) -> tuple[Figure, Any]:
    """Figure and axes in the style of the book, without touching pyplot's global state.

    `size` is in inches (default 5.2 x 3.6 for one panel, 4.2 x 3.4 for each of several).
    """
    if size is None:
        size = (5.2, 3.6) if rows == columns == 1 else (4.2 * columns, 3.4 * rows)
    with style():
        figure = ShownFigure(figsize=size, layout="constrained")
        return figure, figure.subplots(rows, columns, **kwargs)
