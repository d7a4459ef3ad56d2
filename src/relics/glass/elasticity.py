"""Elastic moduli of a minimum: affine (Born) part, non-affine relaxation, pressure, sound speeds.

Moduli are second derivatives of the energy with respect to a strain under which all particles are
free to relax, ``(U_ee - U_ex . H^-1 . U_xe) / V``. They contain the pressure of the prestressed
state, so that the transverse sound speed is ``sqrt(G / rho)`` as the dynamical matrix has it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_matrix

from relics.glass.configuration import Configuration
from relics.glass.energy import PairTerms, pair_terms
from relics.glass.hessian import hessian
from relics.glass.modes import pseudo_inverse


@dataclass(frozen=True)
class Elasticity:
    """Moduli (energy per volume) and sound speeds of one configuration.

    ``shear`` and ``born_shear`` are averages over all directions of deviatoric strain, so that
    they do not depend on the orientation of the box; ``simple_shear`` is the relaxed modulus of
    displacing x in proportion to y alone. Speeds are ``nan`` where the modulus is negative.
    """

    pressure: float
    shear: float
    born_shear: float
    simple_shear: float
    bulk: float
    born_bulk: float
    transverse_speed: float
    longitudinal_speed: float


def strain_gradient(terms: PairTerms, strain: np.ndarray) -> np.ndarray:
    """Mixed derivative of the energy by particle positions and an affine strain, ``(N, d)``.

    ``strain`` is the ``(d, d)`` displacement gradient E of ``r -> (1 + s E) r``; the result is the
    derivative by s of the gradient of the energy (LB21 Eq. 8 before its contraction with a mode).
    """
    r, f1, f2 = terms.r, terms.f[1], terms.f[2]
    moved = r @ np.asarray(strain, dtype=np.float64).T
    along = f2 * np.sum(r * moved, axis=1)
    # In the frame of the strained particles the gradient picks up both E r and E^T r.
    value = along[:, None] * r + f1[:, None] * (moved + r @ np.asarray(strain))
    field = np.empty((terms.N, r.shape[1]))
    for k in range(r.shape[1]):
        field[:, k] = np.bincount(terms.j, value[:, k], terms.N)
        field[:, k] -= np.bincount(terms.i, value[:, k], terms.N)
    return field


def affine_curvature(terms: PairTerms, strain: np.ndarray) -> float:
    """Second derivative of the energy along the affine deformation ``r -> exp(s E) r``.

    The exponential keeps the volume where E has no trace; a straight ``1 + s E`` would mix the
    pressure into pure shear.
    """
    r, f1, f2 = terms.r, terms.f[1], terms.f[2]
    E = np.asarray(strain, dtype=np.float64)
    first, second = r @ E.T, r @ (E @ E).T
    stiff = f2 * np.sum(r * first, axis=1) ** 2
    stress = f1 * (np.sum(first**2, axis=1) + np.sum(r * second, axis=1))
    return float(np.sum(stiff + stress))


def deviatoric_strains(d: int) -> list[tuple[float, np.ndarray]]:
    """Weights (sum one) and unit shears whose average is the isotropic shear modulus.

    Simple shears of every ordered pair of axes and pure shears of every plane, weighted so that
    all directions of traceless symmetric strain count alike.
    """
    planes = [(a, b) for a in range(d) for b in range(d) if a != b]
    count = d * (d - 1) / 2 + d - 1
    strains = []
    for a, b in planes:
        simple, pure = np.zeros((d, d)), np.zeros((d, d))
        simple[a, b] = 1.0
        pure[a, a], pure[b, b] = 0.5, -0.5
        strains += [(0.5 / count, simple), (1.0 / d / count, pure)]
    return strains


def pressure(conf: Configuration, terms: PairTerms | None = None) -> float:
    """Pressure of the pair forces, ``-sum f_1 r^2 / (d V)``, without a kinetic part."""
    terms = terms or pair_terms(conf)
    virial = float(np.sum(terms.f[1] * np.sum(terms.r**2, axis=1)))
    return -virial / (conf.dimension * conf.volume)


def elasticity(conf: Configuration, H: csc_matrix | None = None) -> Elasticity:
    """Moduli and sound speeds of a minimum; ``H`` is its Hessian when already known.

    The configuration must be minimised: the formulas hold where all forces vanish.
    """
    terms = pair_terms(conf)
    H = hessian(terms) if H is None else H
    solve = pseudo_inverse(H)
    d, volume, rho = conf.dimension, conf.volume, conf.density

    def moduli(strain: np.ndarray) -> tuple[float, float]:
        born = affine_curvature(terms, strain)
        force = strain_gradient(terms, strain)
        return born, born - float(np.vdot(force, solve(force)))

    shears = [(w, *moduli(strain)) for w, strain in deviatoric_strains(d)]
    born_shear = sum(w * born for w, born, _ in shears) / volume
    shear = sum(w * relaxed for w, _, relaxed in shears) / volume
    p = pressure(conf, terms)
    born_bulk, bulk = (value / (d * d * volume) + p for value in moduli(np.eye(d)))
    with np.errstate(invalid="ignore"):
        transverse = np.sqrt(shear / rho)
        longitudinal = np.sqrt((bulk + 2 * (d - 1) / d * shear) / rho)
    return Elasticity(
        pressure=p,
        shear=shear,
        born_shear=born_shear,
        simple_shear=shears[0][2] / volume,
        bulk=bulk,
        born_bulk=born_bulk,
        transverse_speed=float(transverse),
        longitudinal_speed=float(longitudinal),
    )
