"""Structure factors of simulated liquids and packings, of each kind of particle and of all.

Wavevectors are those of the periodic box, so that the average over a shell of equal length is
exact and nothing is tapered. Reduced units.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from relics.glass.configuration import Configuration
from relics.glass.modes import wave_vectors

Array = NDArray[np.float64]


def shell_lengths(conf: Configuration, largest: int) -> Array:
    """Lengths 2 pi sqrt(q)/L of the wavevectors with q = |n|^2 up to ``largest``, rising."""
    return 2 * np.pi * np.sqrt(list(wave_vectors(conf.dimension, largest))) / conf.box[0]


def partial_structure_factors(conf: Configuration, largest: int) -> Array:
    """S_ab(q) = <Re rho_a rho_b*>/N by shells of equal |q|, shape ``(shells, species, species)``.

    Averages over the wavevectors 2 pi n/L with |n|^2 up to ``largest``. The number structure factor
    is the sum over a and b (L18 Sec. II). Raises ``ValueError`` unless the box is a cube without
    shear and ``largest`` at least one.
    """
    if conf.shear or np.ptp(conf.box) > 1e-12 * conf.box[0]:
        raise ValueError(f"shells need a cubic box without shear, got {conf.box}, {conf.shear}")
    if largest < 1:
        raise ValueError(f"the largest |n|^2 must be at least one, got {largest}")
    kinds = int(conf.species.max()) + 1
    shells = []
    for vectors in wave_vectors(conf.dimension, largest).values():
        half = vectors[[tuple(n) > (0,) * conf.dimension for n in vectors]]
        phase = (2 * np.pi / conf.box[0]) * (half @ conf.positions.T)
        wave = np.exp(1j * phase)
        rho = np.stack([wave[:, conf.species == a].sum(axis=1) for a in range(kinds)])
        shells.append((rho @ rho.conj().T).real / (conf.N * len(half)))
    return np.array(shells)


def compressibility_part(partials: ArrayLike, fractions: ArrayLike) -> Array:
    """1/(x . S^-1 . x), whose limit at q = 0 is rho k_B T/K_T of a mixture in equilibrium.

    ``partials`` (..., species, species) and ``fractions`` (species,). Exchanges of unlike particles
    at constant pressure change the number in a volume but do not compress it; this combination
    leaves them out (Kirkwood, Buff, J. Chem. Phys. 19, 774 (1951)). For one kind it is S itself.
    Raises ``ValueError`` for fractions that do not add up to one or partials of another shape.
    """
    S, x = np.asarray(partials, dtype=float), np.asarray(fractions, dtype=float)
    if x.ndim != 1 or not np.all(x > 0) or abs(x.sum() - 1) > 1e-9:
        raise ValueError(f"fractions must be positive and add up to one, got {fractions!r}")
    if S.shape[-2:] != (x.size, x.size):
        raise ValueError(f"partials of {x.size} kinds needed, got shape {S.shape}")
    columns = np.linalg.solve(S, np.broadcast_to(x[:, None], (*S.shape[:-1], 1)))
    return 1.0 / (columns[..., 0] @ x)


def limit_at_zero(lengths: ArrayLike, values: ArrayLike, errors: ArrayLike) -> tuple[float, float]:
    """Value at q = 0 and its standard error of a quantity that is a + b q^2 at small q.

    A weighted fit through all given points (at least three). Raises ``ValueError`` for fewer, or
    for errors that are not positive.
    """
    q, y, e = (np.asarray(v, dtype=float) for v in (lengths, values, errors))
    if not (q.ndim == 1 and q.shape == y.shape == e.shape and q.size >= 3 and np.all(e > 0)):
        raise ValueError("at least three lengths, values and positive errors of one shape needed")
    design = np.column_stack([np.ones_like(q), q**2]) / e[:, None]
    covariance = np.linalg.inv(design.T @ design)
    best = covariance @ design.T @ (y / e)
    return float(best[0]), float(np.sqrt(covariance[0, 0]))


def jackknife(
    samples: tuple[ArrayLike, ...], function: Callable[..., ArrayLike]
) -> tuple[Array, Array]:
    """Value of a function of means over independent samples, and its standard error.

    ``samples`` are arrays with one row per sample; ``function`` takes their means. The error is
    that of leaving out one sample at a time. Raises ``ValueError`` for fewer than two samples or
    arrays of different lengths.
    """
    rows = [np.asarray(s, dtype=float) for s in samples]
    count = len(rows[0])
    if count < 2 or any(len(r) != count for r in rows):
        raise ValueError(
            f"two or more samples of equal number needed, got {[len(r) for r in rows]}"
        )
    total = [r.sum(axis=0) for r in rows]
    value = np.asarray(function(*(t / count for t in total)))
    without = np.array(
        [
            function(*((t - r[k]) / (count - 1) for t, r in zip(total, rows, strict=True)))
            for k in range(count)
        ]
    )
    return value, np.sqrt((count - 1) * without.var(axis=0))


def isothermal_bulk_modulus(
    stiffness: float, pressure: float, squared: float, volume: float, N: int, temperature: float
) -> float:
    """-V dp/dV of a liquid at constant temperature, from fluctuations of the pressure.

    ``stiffness`` is the mean of V d2U/dV2, ``pressure`` and ``squared`` are the means of the
    pressure of the forces and of its square: rho k_B T + <V U''> - V (<p^2> - <p>^2)/(k_B T). Raises
    ``ValueError`` unless volume, number and temperature are positive.
    """
    if not (volume > 0 and N > 0 and temperature > 0):
        raise ValueError(f"positive volume, N and T needed, got {(volume, N, temperature)}")
    return float(
        N / volume * temperature + stiffness - volume / temperature * (squared - pressure**2)
    )
