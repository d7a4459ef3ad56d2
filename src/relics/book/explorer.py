"""Curves that move with sliders, in a live notebook and in the printed page of the book alike.

Everything is computed when the cell runs: one frame for each combination of slider values. The
page then needs neither kernel nor network; the drawing is done by ``explorer.js``.
"""

from __future__ import annotations

import base64
import io
import itertools
import json
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import anywidget
import numpy as np
import traitlets

from relics import plotting

MAX_FRAMES = 600
MAX_BYTES = 1_500_000
_DIGITS = 5
_HERE = Path(__file__).parent

Curves = Mapping[str, tuple[Any, Any]]


class Explorer(anywidget.AnyWidget):
    """Sliders and a line plot of precomputed frames; made by `explorer`."""

    _esm = (_HERE / "explorer.js").read_text(encoding="utf-8")
    _css = (_HERE / "explorer.css").read_text(encoding="utf-8")

    family = traitlets.Dict().tag(sync=True)
    position = traitlets.List(traitlets.Int()).tag(sync=True)

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict, dict] | None:
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None:
            return None
        data, metadata = bundle
        still = base64.b64encode(_still(self.family, self.position)).decode()
        return {**data, "text/plain": self.family["alt"], "image/png": still}, metadata


def explorer(
    compute: Callable[..., Mapping[str, Curves]],
    sliders: Mapping[str, Sequence[float] | Sequence[str]],
    *,
    x_label: str,
    y_label: str,
    title: str,
    alt: str,
    log_x: bool = False,
    log_y: bool = False,
    labels: Mapping[str, str] | None = None,
    start: Mapping[str, float | str] | None = None,
) -> Explorer:
    """Interactive plot of `compute` over all combinations of the sliders' values.

    Parameters
    ----------
    compute
        ``compute(**values)`` with one value for each slider returns ``{"curves": {label: (x, y)},
        "marks": {label: (x, y)}}``; either may be missing. Curves are lines, marks are symbols;
        x and y are arrays (or floats) of equal length. Values that are not finite, or not
        positive on a logarithmic axis, leave a gap.
    sliders
        Name of each argument and its values, in the order of the slider's steps: numbers, or
        words for a choice that is no number.
    x_label, y_label, title, alt
        Plain text with units (Unicode, no LaTeX; ``k_B``, ``x^2`` and ``T_{TLS}`` get their
        subscripts and superscripts); `alt` says what the plot shows to those who do not see it.
    log_x, log_y
        Logarithmic axes.
    labels
        What to call a slider on the page, for example ``{"s_c": "s_c / k_B"}``; default its name.
    start
        Values at which the sliders begin, each one of its slider's; default the middle one.

    Returns
    -------
    A widget, to be the last expression of a cell.

    Raises
    ------
    ValueError
        Empty, mixed or not finite slider values, more than 600 combinations, arrays of different length,
        frames without a point that can be drawn, or frames that together exceed 1.5 MB.
    """
    if not sliders:
        raise ValueError("explorer needs at least one slider, got none")
    labels = dict(labels or {})
    for name in [*labels, *(start or {})]:
        if name not in sliders:
            raise ValueError(f"{name!r} is no slider; the sliders are {', '.join(sliders)}")
    steps = {name: _steps(name, values) for name, values in sliders.items()}
    count = math.prod(len(values) for values in steps.values())
    if count > MAX_FRAMES:
        raise ValueError(
            f"{count} combinations of slider values, at most {MAX_FRAMES} are accepted"
        )
    begin = dict(start or {})
    position = [_index(name, steps[name], begin.get(name)) for name in steps]
    frames = [
        _frame(compute(**dict(zip(steps, values, strict=True))), log_x, log_y)
        for values in itertools.product(*steps.values())
    ]
    family = {
        "title": title,
        "alt": alt,
        "x": {"label": x_label, "log": log_x},
        "y": {"label": y_label, "log": log_y},
        "sliders": [
            {"name": name, "label": labels.get(name, name), "values": values}
            for name, values in steps.items()
        ],
        **_shared(frames),
    }
    size = len(json.dumps(family))
    if size > MAX_BYTES:
        raise ValueError(
            f"the frames take {size / 1e6:.1f} MB, at most {MAX_BYTES / 1e6:.1f} MB are accepted: "
            "use fewer slider values or fewer points"
        )
    return Explorer(family=family, position=position)


def _steps(name: str, values: Sequence[float] | Sequence[str]) -> list[float] | list[str]:
    listed = list(values)
    if listed and all(isinstance(value, str) and value for value in listed):
        return [str(value) for value in listed]
    try:
        array = np.asarray(listed, dtype=float)
    except ValueError:
        array = np.empty(0)
    if array.ndim != 1 or array.size == 0 or not np.all(np.isfinite(array)):
        raise ValueError(
            f"slider {name!r} takes a list of finite numbers or of words, got {values!r}"
        )
    return [float(value) for value in array]


def _index(name: str, values: list[float] | list[str], start: float | str | None) -> int:
    if start is None:
        return len(values) // 2
    for place, value in enumerate[float | str](values):
        if value == start or _close(value, start):
            return place
    raise ValueError(f"start of slider {name!r} is {start!r}, not one of {values}")


def _close(value: float | str, start: float | str) -> bool:
    if isinstance(value, str) or isinstance(start, str):
        return False
    return abs(value - start) <= 1e-9 * max(abs(start), abs(value))


def _frame(result: Mapping[str, Curves], log_x: bool, log_y: bool) -> list[dict[str, Any]]:
    unknown = set(result) - {"curves", "marks"}
    if unknown:
        raise ValueError(f"compute returned {sorted(unknown)}; accepted are 'curves' and 'marks'")
    series = []
    for kind in ("curves", "marks"):
        for label, (x, y) in result.get(kind, {}).items():
            x, y = (np.atleast_1d(np.asarray(a, dtype=float)) for a in (x, y))
            if x.ndim != 1 or y.ndim != 1 or x.size == 0:
                shapes = f"{x.shape} and {y.shape}"
                raise ValueError(f"{kind} {label!r}: x and y must be one-dimensional, got {shapes}")
            if x.size != y.size:
                lengths = f"{x.size} and {y.size}"
                raise ValueError(f"{kind} {label!r}: x and y differ in length: {lengths}")
            series.append(
                {"label": label, "kind": kind, "x": _numbers(x, log_x), "y": _numbers(y, log_y)}
            )
    if not any(
        a is not None and b is not None
        for entry in series
        for a, b in zip(entry["x"], entry["y"], strict=True)
    ):
        raise ValueError("compute returned no point that can be drawn on these axes")
    return series


def _numbers(values: np.ndarray, log: bool) -> list[float | None]:
    usable = np.isfinite(values) & ((values > 0) if log else True)
    return [
        float(f"{value:.{_DIGITS}g}") if good else None
        for value, good in zip(values, usable, strict=True)
    ]


def _shared(frames: list[list[dict[str, Any]]]) -> dict[str, Any]:
    """Store each distinct array once: families usually share their abscissa."""
    arrays: list[list[float | None]] = []
    index: dict[tuple[float | None, ...], int] = {}

    def number(values: list[float | None]) -> int:
        key = tuple(values)
        if key not in index:
            index[key] = len(arrays)
            arrays.append(values)
        return index[key]

    names: list[tuple[str, str]] = []
    packed = []
    for frame in frames:
        entries = []
        for entry in frame:
            name = (entry["label"], entry["kind"])
            if name not in names:
                names.append(name)
            entries.append([names.index(name), number(entry["x"]), number(entry["y"])])
        packed.append(entries)
    series = [{"label": label, "kind": kind} for label, kind in names]
    return {"series": series, "arrays": arrays, "frames": packed}


def _still(family: Mapping[str, Any], position: Sequence[int]) -> bytes:
    """The frame at `position` as a PNG, for paper and for readers without widgets."""
    number = 0
    for slider, step in zip(family["sliders"], position, strict=True):
        number = number * len(slider["values"]) + step
    figure, axes = plotting.subplots()
    with plotting.style():
        for name, x, y in family["frames"][number]:
            entry = family["series"][name]
            x, y = (np.array(family["arrays"][i], dtype=float) for i in (x, y))
            colour = plotting.COLOURS[name % len(plotting.COLOURS)]
            if entry["kind"] == "curves":
                line = plotting.LINES[name % len(plotting.LINES)]
                axes.plot(x, y, line, color=colour, label=_plain(entry["label"]))
            else:
                marker = plotting.MARKERS[name % len(plotting.MARKERS)]
                axes.plot(x, y, marker, color=colour, label=_plain(entry["label"]))
        axes.set_xscale("log" if family["x"]["log"] else "linear")
        axes.set_yscale("log" if family["y"]["log"] else "linear")
        axes.set_xlabel(_plain(family["x"]["label"]))
        axes.set_ylabel(_plain(family["y"]["label"]))
        values = (
            f"{slider['label']} = {_shown(slider['values'][step])}"
            for slider, step in zip(family["sliders"], position, strict=True)
        )
        axes.set_title(_plain(f"{family['title']}\n{', '.join(values)}"))
        axes.legend()
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=110, metadata={"Software": None})
    return buffer.getvalue()


def _shown(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.4g}"


def _plain(text: str) -> str:
    return text.replace("$", r"\$")
