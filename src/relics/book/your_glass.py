"""The page *Your glass*: four constants in, every prediction out, beside the glasses of the catalogue.

When the cell runs, each prediction is reduced to a power law and, where needed, a small table
(`relics.book.scaling`). The page evaluates these without kernel and network; with a kernel a
button asks the package itself.
"""

from __future__ import annotations

import base64
import functools
import io
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import anywidget
import numpy as np
import traitlets

from relics import papers, plotting
from relics.book.scaling import Scaling, reduce
from relics.constants import hbar, k_B
from relics.materials import Glass, glass, glasses
from relics.predictions import TAU_MICRO, Prediction, Quantity, predict, quantities

TIMESCALE = 3600.0
WAITING_TIME = 1.0
INPUTS = (
    ("T_g", "glass transition temperature T_g", "K", (30.0, 3000.0)),
    ("T_D", "Debye temperature T_D", "K", (10.0, 2000.0)),
    ("density", "density ρ", "kg/m^3", (100.0, 25000.0)),
    ("sound_speed", "speed of sound c_s", "m/s", (100.0, 20000.0)),
    ("bead_size", "bead size a (optional, else from T_D)", "m", (5e-11, 3e-9)),
)
"""Field, name, unit, and the range in which a number can be meant."""
SYMBOLS = ("T_g", "T_D", "ρ", "c_s", "a")
_HERE = Path(__file__).parent
_PROBES = np.array(
    [
        [192.0, 128.0, 2000.0, 4000.0, 3.2e-10],
        [768.0, 256.0, 4000.0, 1500.0, 2.5e-10],
        [400.0, 200.0, 1500.0, 2500.0, 4.1e-10],
        [384.0, 128.0, 1234.0, 1800.0, 5.0e-10],
    ]
)
"""Constants at which the dependence is looked for; few ratios T_g/T_D, which cost most."""


def _constants(g: Glass) -> list[float]:
    return [g.T_g, g.T_D, g.density, g.sound_speed, g.a]


@functools.cache
def scalings(q: Quantity) -> tuple[Scaling, ...]:
    """The scaling of a quantity for one hour and one second; two for a band, low end first."""
    known: dict[bytes, np.ndarray] = {}

    def ends(x: np.ndarray) -> np.ndarray:
        key = x.tobytes()
        if key not in known:
            inputs = dict(zip(("T_g", "T_D", "density", "sound_speed", "a"), x, strict=True))
            times = {"timescale": TIMESCALE / TAU_MICRO, "waiting_time": WAITING_TIME}
            value = q.function(SimpleNamespace(**inputs, **times))
            known[key] = np.sort(np.atleast_1d(np.asarray(value, float)))
        return known[key]

    def end(i: int) -> Callable[[np.ndarray], float]:
        return lambda x: float(ends(x)[i])

    examples = np.array([_constants(g) for g in glasses().values()])
    return tuple(reduce(end(i), _PROBES, examples) for i in range(ends(_PROBES[0]).size))


def _packed(s: Scaling) -> dict[str, Any]:
    return {
        "sign": s.sign,
        "exponents": list(s.exponents),
        "combinations": [list(row) for row in s.combinations],
        "ranges": [list(span) for span in s.ranges],
        "coefficients": np.asarray(s.coefficients).tolist(),
        "error": s.error,
    }


def _part(q: Quantity) -> str:
    return q.function.__module__.rpartition(".")[2]


def tables() -> dict[str, Any]:
    """Everything that the page needs, as plain data."""
    rows = [
        {
            "key": q.key,
            "name": q.name,
            "unit": q.unit,
            "equations": list(q.equations),
            "trust": q.trust,
            "part": _part(q),
            "ends": [_packed(s) for s in scalings(q)],
        }
        for q in quantities()
    ]
    order = [*papers.parts(), *{r["part"] for r in rows}]
    rows.sort(key=lambda r: order.index(r["part"]))
    return {
        "inputs": [
            {"key": key, "name": name, "unit": unit, "range": list(span)}
            for key, name, unit, span in INPUTS
        ],
        "symbols": list(SYMBOLS),
        "bead": (6 * np.pi**2) ** (1 / 3) * hbar / k_B,
        "catalogue": [
            {
                "name": g.name,
                "uncertainties": g.uncertainties,
                "sources": g.sources,
                **{key: getattr(g, key) for key, *_ in INPUTS},
            }
            for g in glasses().values()
        ],
        "quantities": rows,
        "timescale": TIMESCALE,
        "waiting_time": WAITING_TIME,
    }


class YourGlass(anywidget.AnyWidget):
    """Form, table and plot of the predictions for one glass; made by `your_glass`."""

    _esm = (_HERE / "explorer.js").read_text(encoding="utf-8").replace(
        "export default { render };", ""
    ) + (_HERE / "your_glass.js").read_text(encoding="utf-8")
    _css = (_HERE / "explorer.css").read_text(encoding="utf-8") + (
        _HERE / "your_glass.css"
    ).read_text(encoding="utf-8")

    tables = traitlets.Dict().tag(sync=True)
    glass = traitlets.Dict().tag(sync=True)

    def __init__(self, **keywords: Any) -> None:
        super().__init__(**keywords)
        self.on_msg(self._answer)

    def _answer(self, _: object, message: Mapping[str, Any], buffers: object) -> None:
        """Say that a kernel is there, or what the package makes of the constants."""
        if message.get("ask") == "kernel":
            self.send({"kernel": True})
        elif message.get("ask") == "predict":
            try:
                self.send({"rows": exact(message["glass"])})
            except (ValueError, TypeError, KeyError) as error:
                self.send({"refused": str(error)})

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict, dict] | None:
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None:
            return None
        data, metadata = bundle
        still = base64.b64encode(_still(self.tables)).decode()
        text = "Form for the constants of a glass, with all predictions and a plot."
        return {**data, "text/plain": text, "image/png": still}, metadata


def exact(given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Predictions of the package for the constants of a form, as rows of plain data."""
    constants: dict[str, Any] = {key: given.get(key) for key, *_ in INPUTS}
    constants["uncertainties"] = dict(given.get("uncertainties", {}))
    g = Glass(name=str(given.get("name", "your glass")), **constants)
    return [_row(p) for p in predict(g, TIMESCALE, WAITING_TIME)]


def _row(p: Prediction) -> dict[str, Any]:
    value = p.value if p.value is None or isinstance(p.value, float) else list(p.value)
    return {"key": p.key, "value": value, "uncertainty": p.uncertainty, "trust": p.trust}


def your_glass(start: str = "silica") -> YourGlass:
    """The form, filled with a glass of the catalogue; as the last expression of a cell.

    Raises ValueError for an unknown glass.
    """
    made = tables()
    name = glass(start).name
    entry = next(g for g in made["catalogue"] if g["name"] == name)
    widget = YourGlass(tables=json.loads(json.dumps(made)), glass=dict(entry))
    return widget


def _unpacked(data: Mapping[str, Any]) -> Scaling:
    return Scaling(
        data["sign"],
        tuple(data["exponents"]),
        tuple(map(tuple, data["combinations"])),
        tuple(map(tuple, data["ranges"])),
        np.array(data["coefficients"]),
        data["error"],
    )


def _formula(name: str) -> str:
    """A chemical formula with its indices, As2S3 or Na2O-2SiO2; other names as they are."""
    return re.sub(r"(?<=[A-Za-z)])(\d+)", r"$_{\1}$", name).replace("-", "·")


def _still(data: Mapping[str, Any]) -> bytes:
    """The conductivity of the plateau for the catalogue, for paper."""
    row = next(q for q in data["quantities"] if q["key"] == "plateau_conductivity")
    low, high = (_unpacked(end) for end in row["ends"])
    figure, axes = plotting.subplots()
    with plotting.style():
        for g in glasses().values():
            try:
                band = [low(np.array(_constants(g))), high(np.array(_constants(g)))]
            except ValueError:
                continue
            axes.plot([g.T_g] * 2, band, "-o", color=plotting.COLOURS[0])
            axes.annotate(f" {_formula(g.name)}", (g.T_g, band[1]), fontsize=8)
        axes.set(xscale="log", yscale="log")
        axes.set_xlabel("$T_g$ (K)")
        axes.set_ylabel(f"{row['name']} ({row['unit']})")
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=110, metadata={"Software": None})
    return buffer.getvalue()
