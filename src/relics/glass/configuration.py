"""Configurations of a model glass: where the particles are, how large they are, in which box."""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import dataclass, replace
from os import PathLike

import numpy as np

from relics.glass.models import Model, mixed_diameter, model
from relics.glass.neighbours import NeighbourList, wrap

FORMAT = 1


@dataclass(frozen=True, eq=False)
class Configuration:
    """N particles in a periodic box, checked on construction.

    ``positions`` (N, d) are wrapped into ``[0, L)``, ``box`` (d,) holds the edges, ``diameters``
    and ``species`` (N,) describe the particles, ``model`` names their interaction. ``shear`` is a
    simple shear strain of the box: the periodic image above in y is displaced by ``shear * L_y``
    in x, and x is wrapped relative to that slanted edge.

    Raises ``ValueError`` for wrong shapes, coordinates or sizes that are not finite, boxes shorter
    than two cut-offs, unknown models and overlapping particles.
    """

    positions: np.ndarray
    box: np.ndarray
    diameters: np.ndarray
    species: np.ndarray
    model: str
    shear: float = 0.0

    def __post_init__(self) -> None:
        law = model(self.model)
        arrays = {
            "positions": np.array(self.positions, dtype=np.float64, order="C"),
            "box": np.array(self.box, dtype=np.float64),
            "diameters": np.array(self.diameters, dtype=np.float64),
            "species": np.array(self.species, dtype=np.int64),
        }
        _check_shapes(law, **arrays)
        _check_values(law, float(self.shear), **arrays)
        arrays["positions"] = wrap(arrays["positions"], arrays["box"], float(self.shear))
        for name, value in arrays.items():
            value.flags.writeable = False
            object.__setattr__(self, name, value)
        object.__setattr__(self, "shear", float(self.shear))
        _check_overlaps(law, self)

    @property
    def N(self) -> int:
        """Number of particles."""
        return self.positions.shape[0]

    @property
    def dimension(self) -> int:
        """Number of space dimensions."""
        return self.positions.shape[1]

    @property
    def volume(self) -> float:
        """Volume (area in the plane) of the box."""
        return float(np.prod(self.box))

    @property
    def density(self) -> float:
        """Particles per volume."""
        return self.N / self.volume

    def law(self) -> Model:
        """The model of this configuration."""
        return model(self.model)

    def moved(self, positions: np.ndarray) -> Configuration:
        """The same particles at other positions, shape ``(N, d)``."""
        return replace(self, positions=positions)

    def sheared(self, shear: float) -> Configuration:
        """Affine simple shear to the total strain ``shear``: x grows by ``(change) * y``."""
        positions = self.positions.copy()
        positions[:, 0] += (shear - self.shear) * positions[:, 1]
        return replace(self, positions=positions, shear=shear)

    def folded(self) -> Configuration:
        """The same periodic structure with a shear of at most half a box length either way."""
        turn = self.box[0] / self.box[1]
        return replace(self, shear=self.shear - turn * round(self.shear / turn))

    def digest(self) -> str:
        """SHA-256 of everything that defines the configuration, as hexadecimal text."""
        parts = (self.positions, self.box, self.diameters, self.species, np.float64(self.shear))
        blob = b"".join(np.ascontiguousarray(p).tobytes() for p in parts)
        return hashlib.sha256(self.model.encode() + b"\0" + blob).hexdigest()

    def save(self, path: str | PathLike[str]) -> None:
        """Write a compressed ``.npz`` with a digest of its content."""
        with open(path, "wb") as stream:
            np.savez_compressed(
                stream,
                format=FORMAT,
                positions=self.positions,
                box=self.box,
                diameters=self.diameters,
                species=self.species,
                model=self.model,
                shear=self.shear,
                digest=self.digest(),
            )


def load(path: str | PathLike[str]) -> Configuration:
    """Read what ``Configuration.save`` wrote; a damaged or foreign file raises ``ValueError``."""
    names = ("positions", "box", "diameters", "species", "model", "shear", "digest", "format")
    try:
        with open(path, "rb") as stream, np.load(stream, allow_pickle=False) as data:
            stored = {name: data[name] for name in names}
    except (KeyError, ValueError, EOFError, zipfile.BadZipFile, OSError) as error:
        if isinstance(error, FileNotFoundError):
            raise
        raise ValueError(f"{path} is not a readable configuration: {error}") from error
    if int(stored["format"]) != FORMAT:
        raise ValueError(f"{path} has format {stored['format']}, this version reads {FORMAT}")
    arrays = {name: stored[name] for name in names[:4]}
    conf = Configuration(**arrays, model=str(stored["model"]), shear=float(stored["shear"]))
    if conf.digest() != str(stored["digest"]):
        raise ValueError(f"{path} is damaged: its content does not match its digest")
    return conf


def _check_shapes(law, positions, box, diameters, species) -> None:
    d = law.dimension
    if positions.ndim != 2 or positions.shape[1] != d or len(positions) < 2:
        raise ValueError(f"positions must have shape (N >= 2, {d}), got {positions.shape}")
    if box.shape != (d,):
        raise ValueError(f"box must have shape ({d},), got {box.shape}")
    for name, value in (("diameters", diameters), ("species", species)):
        if value.shape != (len(positions),):
            raise ValueError(f"{name} must have shape ({len(positions)},), got {value.shape}")


def _check_values(law, shear, positions, box, diameters, species) -> None:
    for name, value in (("positions", positions), ("box", box), ("diameters", diameters)):
        if not np.all(np.isfinite(value)):
            raise ValueError(f"{name} must be finite")
    if not np.isfinite(shear):
        raise ValueError(f"shear must be finite, got {shear}")
    if abs(shear) * box[1] > box[0]:
        raise ValueError(f"shear {shear} exceeds one box length; fold it into [-1/2, 1/2]")
    if not (np.all(diameters > 0) and np.all(box > 0)):
        raise ValueError("box edges and diameters must be positive")
    if np.any(species < 0):
        raise ValueError("species must not be negative")
    pair = mixed_diameter(diameters.max(), diameters, law.nonadditivity)
    if np.any(pair <= 0):
        raise ValueError("the spread of diameters makes pair diameters negative")
    reach = 2.0 * law.cutoff * law.largest_pair_diameter(diameters)
    width = box * np.where(np.arange(len(box)) == 0, 1.0 / np.hypot(1.0, shear), 1.0)
    if np.any(width < reach):
        raise ValueError(f"box {box} is shorter than two cut-offs ({reach:.6g})")


def _check_overlaps(law: Model, conf: Configuration) -> None:
    touching = replace(law, cutoff=law.core)
    close = NeighbourList(touching, conf.positions, conf.diameters, conf.box, conf.shear, skin=0.0)
    if len(close.neighbour):
        i, j = (int(v[0]) for v in close.pairs)
        raise ValueError(
            f"particles {i} and {j} overlap: nearer than {law.core:g} of their pair diameter"
        )


def displacement(a: Configuration, b: Configuration) -> np.ndarray:
    """Minimal-image displacement from ``a`` to ``b``, shape ``(N, d)``.

    Raises ``ValueError`` unless both have the same box, shear and number of particles.
    """
    if a.positions.shape != b.positions.shape or a.shear != b.shear:
        raise ValueError("displacement needs configurations of the same shape and shear")
    if not np.array_equal(a.box, b.box):
        raise ValueError(f"displacement needs equal boxes, got {a.box} and {b.box}")
    return minimal_image(b.positions - a.positions, a.box, a.shear)


def minimal_image(vectors: np.ndarray, box: np.ndarray, shear: float = 0.0) -> np.ndarray:
    """Separation vectors ``(..., d)`` reduced to the nearest periodic image."""
    reduced = np.array(vectors, dtype=np.float64)
    turns = np.round(reduced[..., 1] / box[1])
    reduced[..., 1] -= turns * box[1]
    reduced[..., 0] -= turns * shear * box[1]
    for k in (0, *range(2, len(box))):
        reduced[..., k] -= box[k] * np.round(reduced[..., k] / box[k])
    return reduced


def random_configuration(
    name: str, N: int, seed: int, density: float | None = None
) -> Configuration:
    """Disordered start: uniform random points, pushed apart until no two overlap badly.

    Particles are numbered along the cells of the box.

    ``name`` is a model, ``N`` the number of particles, ``seed`` fixes the outcome and ``density``
    (N/V) replaces the model's own. Raises ``ValueError`` for bad numbers or a box too small.
    """
    from relics.glass.minimise import push_apart

    law = model(name)
    if N < 2:
        raise ValueError(f"a configuration needs at least two particles, got {N}")
    rho = law.density if density is None else float(density)
    if not (np.isfinite(rho) and rho > 0):
        raise ValueError(f"the density must be positive, got {density}")
    rng = np.random.default_rng(seed)
    diameters, species = law.diameters.draw(N)
    shuffle = rng.permutation(N)
    box = np.full(law.dimension, (N / rho) ** (1.0 / law.dimension))
    diameters, species = diameters[shuffle], species[shuffle]
    _check_values(law, 0.0, np.zeros((1, 1)), box, diameters, species)
    positions = push_apart(law, rng.random((N, law.dimension)) * box, diameters, box)
    near = NeighbourList(law, positions, diameters, box).order  # neighbours close in memory
    return Configuration(positions[near], box, diameters[near], species[near], name)
