"""Order of the neighbours of a particle: has a simulated glass begun to crystallise?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from scipy.special import sph_harm_y

from relics.glass.configuration import Configuration, minimal_image

Array = NDArray[np.float64]

ALIKE = 0.7
BONDS = 8


@dataclass(frozen=True)
class BondOrder:
    """Steinhardt's order of the bonds between neighbours.

    ``overall`` is Q_l of all bonds together: about one over the root of their number in a liquid,
    0.51 in bcc and 0.57 in fcc for l = 6. ``solid`` is the fraction of particles with at least
    ``BONDS`` neighbours whose surroundings point as their own do (correlation above ``ALIKE``),
    ``neighbours`` the mean number of bonds of a particle.
    """

    overall: float
    solid: float
    neighbours: float


def bond_order(conf: Configuration, reach: float, degree: int = 6) -> BondOrder:
    """Bond order of a three-dimensional configuration, neighbours being nearer than ``reach``.

    After Steinhardt, Nelson, Ronchetti, Phys. Rev. B 28, 784 (1983) and ten Wolde, Ruiz-Montero,
    Frenkel, J. Chem. Phys. 104, 9932 (1996). Raises ``ValueError`` for a plane, a sheared box, a
    reach outside (0, half the box), an odd or negative degree, or when nobody is that near.
    """
    if conf.dimension != 3 or conf.shear:
        raise ValueError("bond order needs three dimensions and an unsheared box")
    if not 0 < reach < conf.box.min() / 2:
        raise ValueError(f"the reach must lie between 0 and half the box, got {reach}")
    if degree < 2 or degree % 2:
        raise ValueError(f"the degree must be even and at least 2, got {degree}")
    pairs = cKDTree(conf.positions, boxsize=conf.box).query_pairs(reach, output_type="ndarray")
    if not len(pairs):
        raise ValueError(f"no two particles are nearer than {reach}")
    i, j = pairs.T
    r = minimal_image(conf.positions[j] - conf.positions[i], conf.box)
    polar = np.arccos(r[:, 2] / np.linalg.norm(r, axis=1))
    azimuth = np.arctan2(r[:, 1], r[:, 0])
    harmonics = np.array(
        [sph_harm_y(degree, m, polar, azimuth) for m in range(-degree, degree + 1)]
    )
    overall = np.sqrt(4 * np.pi / (2 * degree + 1) * np.sum(np.abs(harmonics.mean(axis=1)) ** 2))
    around = np.zeros((conf.N, 2 * degree + 1), dtype=complex)
    # Even harmonics do not tell a bond from its reverse.
    np.add.at(around, i, harmonics.T)
    np.add.at(around, j, harmonics.T)
    norm = np.linalg.norm(around, axis=1, keepdims=True)
    around /= np.where(norm > 0, norm, 1.0)
    correlation = np.real(np.sum(around[i] * around[j].conj(), axis=1))
    connected = np.bincount(pairs[correlation > ALIKE].ravel(), minlength=conf.N)
    return BondOrder(float(overall), float(np.mean(connected >= BONDS)), 2 * len(pairs) / conf.N)
