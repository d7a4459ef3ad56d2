"""Low-frequency tails of ensembles of glasses: exponent, prefactor, and what lies around them.

A tail holds the softest modes of an ensemble, a fixed number per sample, so that the same rule
serves every model and size. Frequencies, lengths and energies in the units of the model.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from relics.glass.ensembles import Contents
from relics.glass.models import model

Array = NDArray[np.float64]

PER_SAMPLE = 0.3
"""Modes of a tail per sample: in most samples none, in some one, in few two."""


@dataclass(frozen=True)
class Tail:
    """The softest modes of an ensemble.

    ``samples`` of mean ``size`` particles in ``dimension`` dimensions at number ``density``;
    ``count`` modes below the frequency ``upper``, with maximum-likelihood ``exponent`` and with
    the ``prefactor`` of the fourth power (densities normalised to one over all modes), standard
    errors of both, the median ``participation_number`` of the modes; ``phonon`` the frequency of
    the lowest transverse wave of the box and ``unit`` the transverse speed over the spacing
    ``density**(-1/dimension)``.
    """

    samples: int
    size: float
    dimension: int
    density: float
    count: int
    upper: float
    exponent: float
    exponent_error: float
    prefactor: float
    prefactor_error: float
    participation_number: float
    phonon: float
    unit: float

    @property
    def reduced_prefactor(self) -> tuple[float, float]:
        """``A_g omega_0**5`` and its error, free of units."""
        return self.prefactor * self.unit**5, self.prefactor_error * self.unit**5


def hill(frequencies: NDArray[Any], count: int) -> tuple[float, float, float]:
    """Exponent of a power law from the ``count`` lowest of the frequencies, its error, the edge.

    The edge is the frequency that follows them (Hill's estimator). Raises ``ValueError`` unless
    2 <= count < number of frequencies, all positive.
    """
    values = np.sort(np.asarray(frequencies, dtype=float).ravel())
    if not (np.isfinite(values).all() and values.size and values[0] > 0):
        raise ValueError("frequencies must be positive and finite")
    if not 2 <= count < values.size:
        raise ValueError(f"a tail of {count} among {values.size} frequencies has no exponent")
    edge = values[count]
    mean = float(np.mean(np.log(edge / values[:count])))
    return 1.0 / mean - 1.0, 1.0 / mean / np.sqrt(count), float(edge)


def departure(exponent: float, count: int, expected: float = 4.0) -> float:
    """How far a Hill estimate from ``count`` modes is from an expected exponent, in sigmas.

    For few modes the estimate is far from normal; the sum of logarithms is exactly a gamma variable
    of that shape, and its two-sided probability is expressed by the normal deviate. Raises
    ``ValueError`` for exponents not above -1 or a count below one.
    """
    if not (exponent > -1 and expected > -1 and count >= 1):
        raise ValueError(f"exponents above -1 and a count needed, got {exponent}, {count}")
    total = count * (expected + 1.0) / (exponent + 1.0)
    law = stats.gamma(count)
    share = min(1.0, 2.0 * min(law.cdf(total), law.sf(total)))
    return float(stats.norm.isf(share / 2.0))


def _mean(store: Contents, name: str) -> float:
    return float(store.stack(name).mean())


def _elastic(store: Contents, dimension: int, size: float) -> tuple[float, float]:
    """Density and transverse speed of the mean modulus, or of the lowest transverse wave."""
    first = store.samples[0]
    named = first.model.partition("@")[0]
    density = _mean(store, "density") if "density" in first.arrays else model(named).density
    if "shear_modulus" in first.arrays:
        return density, float(np.sqrt(_mean(store, "shear_modulus") / density))
    edge = (size / density) ** (1.0 / dimension)
    return density, _mean(store, "transverse_frequency") * edge / (2.0 * np.pi)


def tail(store: Contents, dimension: int, per_sample: float = PER_SAMPLE) -> Tail:
    """Tail of the ensemble in a store, ``per_sample`` modes a sample.

    Raises ``ValueError`` for fewer than two modes in the tail, or for a tail so wide that some
    sample might have more modes in it than were stored.
    """
    frequency = store.stack("frequency")
    samples, kept = frequency.shape
    count = round(per_sample * samples)
    exponent, error, upper = hill(frequency, count)
    if frequency[:, -1].min() < upper:
        raise ValueError(f"a sample may have more than its {kept} stored modes below {upper:.3g}")
    size = float(store.samples[0].size)
    if "rattlers" in store.samples[0].arrays:
        size -= _mean(store, "rattlers")
    density, speed = _elastic(store, dimension, size)
    edge = (size / density) ** (1.0 / dimension)
    prefactor = 5.0 * count / (samples * size * dimension * upper**5)
    inside = frequency < upper
    return Tail(
        samples=samples,
        size=size,
        dimension=dimension,
        density=density,
        count=count,
        upper=upper,
        exponent=exponent,
        exponent_error=error,
        prefactor=prefactor,
        prefactor_error=prefactor / np.sqrt(count),
        participation_number=float(np.median(store.stack("participation")[inside]) * size),
        phonon=2.0 * np.pi * speed / edge,
        unit=speed * density ** (1.0 / dimension),
    )


def characteristic_frequency(store: Contents) -> tuple[float, float]:
    """Mean over samples of the frequency of dipole responses, omega_g, and its standard error."""
    values = store.stack("omega_g")
    return float(values.mean()), float(values.std(ddof=1) / np.sqrt(values.size))


def stiffness_length(store: Contents, dimension: int) -> tuple[float, float]:
    """``2 pi c_s/omega_g`` over the spacing, and its standard error over samples.

    The speed is that of the ensemble's mean modulus; the error is that of omega_g and of the mean
    modulus, correlations kept by leaving out one sample at a time.
    """
    omega, modulus = store.stack("omega_g"), store.stack("shear_modulus")
    density = store.stack("density")

    def length(keep: NDArray[np.bool_]) -> float:
        speed = np.sqrt(modulus[keep].mean() / density[keep].mean())
        spacing = density[keep].mean() ** (-1.0 / dimension)
        return float(2.0 * np.pi * speed / omega[keep].mean() / spacing)

    every = np.ones(omega.size, dtype=bool)
    without = []
    for k in range(omega.size):
        every[k] = False
        without.append(length(every))
        every[k] = True
    spread = np.std(without) * np.sqrt(omega.size - 1)
    return length(every), float(spread)


def profile(store: Contents, name: str) -> tuple[Array, Array]:
    """Radii of the shells over the spacing, and root mean square decay ``name`` over samples.

    Shells that hold no particle in any sample are NaN.
    """
    rows = store.stack(name).astype(float) ** 2
    reach = store.stack("box")[:, 0].mean() / 2
    spacing = store.stack("density").mean() ** (-1.0 / store.stack("box").shape[1])
    radius = (np.arange(rows.shape[1]) + 0.5) * reach / rows.shape[1] / spacing
    return radius, _root_mean(rows)


def _root_mean(rows: Array) -> Array:
    filled = np.isfinite(rows).sum(axis=0)
    return np.where(filled, np.sqrt(np.nansum(rows, axis=0) / np.maximum(filled, 1)), np.nan)


def decay_length(store: Contents, name: str) -> tuple[float, float]:
    """Distance over which a profile falls by the factor e near its core, over the spacing.

    Boxes of a few hundred particles end before the elastic far field begins, so that a core cannot
    be told from it; this length compares ensembles of one size. Straight line through the
    logarithm of the profile between its largest value and two thirds of half the box. The error is
    found by leaving out one sample at a time.
    """
    rows = store.stack(name).astype(float) ** 2
    radius = profile(store, name)[0]
    near = np.arange(radius.size) < 2 * radius.size // 3

    def length(some: Array) -> float:
        mean = _root_mean(some)
        use = near & (np.arange(mean.size) >= np.nanargmax(mean)) & np.isfinite(mean)
        return float(-1.0 / np.polyfit(radius[use], np.log(mean[use]), 1)[0])

    without = [length(np.delete(rows, k, axis=0)) for k in range(len(rows))]
    return length(rows), float(np.std(without) * np.sqrt(len(rows) - 1))


def nonlinear_prefactor(
    store: Contents, dimension: int, share: float = 0.5
) -> tuple[float, float, int]:
    """Prefactor of the quartic law from the softest nonlinear mode of each sample, error, count.

    Phonons do not mix into nonlinear modes, so that this works where the softest linear modes are
    phonons. Maximum likelihood of the Weibull law of shape five, with the samples whose softest
    mode lies above the quantile ``share`` counted but not followed. Modes that the searches missed
    make the prefactor too small. Raises ``ValueError`` for a share outside (0, 1] or fewer than two
    samples below it.
    """
    if not 0 < share <= 1:
        raise ValueError(f"the share of samples must lie in (0, 1], got {share}")
    squared = store.stack("nonlinear")[:, :, 0]
    lowest = np.sort(np.sqrt(np.nanmin(squared[np.isfinite(squared).any(axis=1)], axis=1)))
    count = int(share * lowest.size)
    if count < 2:
        raise ValueError(f"{count} of {lowest.size} samples are too few for a prefactor")
    size = float(store.samples[0].size)
    if "rattlers" in store.samples[0].arrays:
        size -= _mean(store, "rattlers")
    exposure = np.sum(lowest[:count] ** 5) + (lowest.size - count) * lowest[count - 1] ** 5
    prefactor = 5.0 * count / (size * dimension * exposure)
    return float(prefactor), float(prefactor / np.sqrt(count)), count


def dilatancies(store: Contents) -> Array:
    """Dilatancy ratios of the distinct nonlinear modes of all samples, in modulus."""
    found: list[float] = []
    for sample in store.samples:
        stiffness = sample.arrays["nonlinear"][:, 0]
        ratio = np.abs(sample.arrays["dilatancy"])
        known = np.isfinite(stiffness) & np.isfinite(ratio)
        # one mode is often reached from several starts, with the same stiffness
        _, first = np.unique(np.round(stiffness[known], 6), return_index=True)
        found += ratio[known][first].tolist()
    return np.array(found)
