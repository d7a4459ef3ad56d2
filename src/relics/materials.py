"""Glasses and literature tables: every value with its source and the class of that source.

Classes: T tabulated in the named source, F published fit, A stated in an abstract, Q quoted in
one of the five papers, D derived from other columns, R recalled and unverified. Class R values
may be drawn (hollow, labelled) but never enter a fit or a verdict.
"""

from __future__ import annotations

import csv
import functools
import math
from dataclasses import dataclass, field
from importlib import resources

import numpy as np

from relics.constants import hbar, k_B

_DATA = resources.files("relics") / "data"


@dataclass(frozen=True)
class DataTable:
    """A literature table: its columns by header name, and the block that says where it is from."""

    name: str
    columns: dict[str, np.ndarray]
    source: str

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))

    def rows(self, **equal: object) -> DataTable:
        """Rows whose columns equal the given values, e.g. ``rows(material="SiO2")``."""
        keep = np.ones(len(self), dtype=bool)
        for column, value in equal.items():
            if column not in self.columns:
                raise ValueError(
                    f"{self.name} has no column {column!r}; columns: {list(self.columns)}"
                )
            keep &= self.columns[column] == value
        return DataTable(self.name, {k: v[keep] for k, v in self.columns.items()}, self.source)


def table_names() -> list[str]:
    """Names of the literature tables that ship with the package."""
    return sorted(p.name[:-4] for p in _DATA.iterdir() if p.name.endswith(".csv"))


@functools.cache
def load_table(name: str) -> DataTable:
    """Literature table by name (without ``.csv``).

    Columns of numbers are float arrays (NaN where empty); all others are text. Raises ValueError
    for an unknown name or a row with the wrong number of fields.
    """
    if name not in table_names():
        raise ValueError(f"unknown table {name!r}; available: {', '.join(table_names())}")
    lines = (_DATA / f"{name}.csv").read_text(encoding="utf-8").splitlines()
    source = "\n".join(line[1:].strip() for line in lines if line.startswith("#"))
    rows = list(csv.reader(line for line in lines if line and not line.startswith("#")))
    header, body = rows[0], rows[1:]
    for number, row in enumerate(body, 1):
        if len(row) != len(header):
            raise ValueError(f"{name}.csv, row {number}: {len(row)} fields, expected {len(header)}")
    columns = {h.strip(): _column([row[i] for row in body]) for i, h in enumerate(header)}
    return DataTable(name, columns, source)


def _column(cells: list[str]) -> np.ndarray:
    try:
        return np.array([float(c) if c.strip() else np.nan for c in cells])
    except ValueError:
        return np.array([c.strip() for c in cells])


@dataclass(frozen=True)
class Glass:
    """What the theory needs to know of one glass.

    T_g, T_D in K; density in kg/m^3; sound_speed in m/s; bead_size in m (None: from the Debye
    temperature, see `a`). `uncertainties` holds one-sigma absolute errors by field name,
    `sources` where each value is from. Raises ValueError for values that no glass can have.
    """

    name: str
    T_g: float
    T_D: float
    density: float
    sound_speed: float
    bead_size: float | None = None
    uncertainties: dict[str, float] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        given = {
            "T_g": (self.T_g, "K"),
            "T_D": (self.T_D, "K"),
            "density": (self.density, "kg/m^3"),
            "sound_speed": (self.sound_speed, "m/s"),
        }
        if self.bead_size is not None:
            given["bead_size"] = (self.bead_size, "m")
        for key, (value, unit) in given.items():
            if (
                not isinstance(value, (int, float, np.floating))
                or not math.isfinite(value)
                or value <= 0
            ):
                raise ValueError(f"{key} = {value!r} {unit}: expected a finite positive number")
        for key, sigma in self.uncertainties.items():
            if key not in given and key != "bead_size":
                raise ValueError(
                    f"uncertainty for unknown field {key!r}; fields: {', '.join(given)}"
                )
            if not math.isfinite(sigma) or sigma < 0:
                raise ValueError(f"uncertainty of {key} = {sigma!r}: expected a finite number >= 0")

    @property
    def omega_D(self) -> float:
        """Debye frequency k_B T_D/hbar, rad/s."""
        return k_B * self.T_D / hbar

    @property
    def a(self) -> float:
        """Bead size in m: given, or (c_s/omega_D)(6 pi^2)^(1/3) from the Debye sphere."""
        if self.bead_size is not None:
            return self.bead_size
        return self.sound_speed / self.omega_D * (6 * math.pi**2) ** (1 / 3)


def _silica() -> Glass:
    return Glass(
        name="silica",
        T_g=1461.0,
        T_D=342.0,
        density=2200.0,
        sound_speed=4100.0,
        uncertainties={"T_g": 30.0, "T_D": 10.0, "density": 5.0, "sound_speed": 60.0},
        sources={
            "T_g": "SciGlass, median of 16 entries (class T)",
            "T_D": "Freeman and Anderson 1986, as quoted by LW07 (class Q)",
            "density": "Freeman and Anderson 1986, as quoted by LW07 (class Q)",
            "sound_speed": "Freeman and Anderson 1986, as quoted by LW07 (class Q)",
        },
    )


def _from_sciglass() -> list[Glass]:
    table = load_table("glass_constants_sciglass").columns
    out = []
    for i, formula in enumerate(table["glass"]):
        v_D, T_D = table["v_D derived (km/s)"][i], table["T_D derived per formula unit (K)"][i]
        if formula == "SiO2" or not np.isfinite(v_D):
            continue
        quartiles = table["Tg q75 (K)"][i] - table["Tg q25 (K)"][i]
        out.append(
            Glass(
                name=str(formula),
                T_g=float(table["Tg median (K)"][i]),
                T_D=float(T_D),
                density=1e3 * float(table["rho median (g cm^-3)"][i]),
                sound_speed=1e3 * float(v_D),
                uncertainties={
                    "T_g": max(10.0, float(quartiles) / 1.349),
                    "T_D": 0.2 * float(T_D),
                    "density": 10.0 * float(table["rho median (g cm^-3)"][i]),
                    "sound_speed": 30.0 * float(v_D),
                },
                sources={
                    "T_g": "SciGlass, median (class T)",
                    "T_D": "from sound speeds and density of formula units (class D)",
                    "density": "SciGlass, median (class T)",
                    "sound_speed": "from the elastic moduli, SciGlass (class D)",
                },
            )
        )
    return out


@functools.cache
def glasses() -> dict[str, Glass]:
    """Glasses with all constants traced, by name."""
    return {g.name: g for g in [_silica(), *_from_sciglass()]}


def __getattr__(name: str) -> dict[str, Glass]:
    # GLASSES is read from the tables on first use, so that importing the module stays instant.
    if name == "GLASSES":
        return glasses()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def glass(name: str) -> Glass:
    """Glass by name, case ignored. Raises ValueError naming the known ones."""
    known = {key.lower(): value for key, value in glasses().items()} | {"sio2": glasses()["silica"]}
    if name.lower() not in known:
        raise ValueError(f"unknown material {name!r}; known: {', '.join(glasses())}")
    return known[name.lower()]
