"""How the stiffness of a soft direction falls under strain, and what that says about soft modes.

A direction of stationary cubic barrier has stiffness b_2, cubic coefficient b_3 and a coupling F to
the strain (the change of the force along it). Any consistent set of units.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def stiffness_rate(b_2: ArrayLike, b_3: ArrayLike, coupling: ArrayLike) -> Array:
    """Leading rate -b_3 F/b_2 at which strain changes a small stiffness (LB21 Eq. 21).

    Broadcasts. Raises ``ValueError`` unless the stiffness is positive.
    """
    b_2 = np.asarray(b_2, dtype=float)
    if not (b_2 > 0).all():
        raise ValueError(f"a stiffness must be positive, got {b_2}")
    return -np.asarray(b_3, dtype=float) * np.asarray(coupling, dtype=float) / b_2


def stiffness_before(distance: ArrayLike, b_3: ArrayLike, coupling: ArrayLike) -> Array:
    """Stiffness sqrt(2 b_3 F (gamma_c - gamma)) at a strain ``distance`` before an instability.

    The integral of LB21 Eq. 21 at constant b_3 F (LB21, text below Eq. 21, with its prefactor).
    Broadcasts. Raises ``ValueError`` unless distance and b_3 F are positive: a mode whose b_3 F is
    negative is stiffened by the strain.
    """
    distance = np.asarray(distance, dtype=float)
    drive = np.asarray(b_3, dtype=float) * np.asarray(coupling, dtype=float)
    if not ((distance > 0).all() and (drive > 0).all()):
        raise ValueError(f"distance and b_3 F must be positive, got {distance} and {drive}")
    return np.sqrt(2.0 * drive * distance)


def strain_to_instability(b_2: ArrayLike, b_3: ArrayLike, coupling: ArrayLike) -> Array:
    """Strain b_2^2/(2 b_3 F) that is left before a stiffness vanishes.

    The inverse of :func:`stiffness_before`. Broadcasts. Raises ``ValueError`` unless the stiffness
    and b_3 F are positive.
    """
    b_2 = np.asarray(b_2, dtype=float)
    drive = np.asarray(b_3, dtype=float) * np.asarray(coupling, dtype=float)
    if not ((b_2 > 0).all() and (drive > 0).all()):
        raise ValueError(f"stiffness and b_3 F must be positive, got {b_2} and {drive}")
    return b_2**2 / (2.0 * drive)


def density_near_thresholds(
    omega: ArrayLike, theta: float, P_0: float, mass: float, drive: float
) -> Array:
    """Density of frequencies of modes whose strain thresholds x have the density P_0 x^theta.

    A mode at the threshold x has mass * omega^2 = sqrt(2 drive x), ``drive`` being b_3 F. Broadcasts
    over ``omega``. Raises ``ValueError`` for theta <= -1 (no normalisable density) and for
    frequencies, P_0, mass or drive that are not positive.
    """
    omega = np.asarray(omega, dtype=float)
    if not (theta > -1 and P_0 > 0 and mass > 0 and drive > 0 and (omega > 0).all()):
        raise ValueError(
            "theta > -1 and positive omega, P_0, mass and drive are needed, got "
            f"{theta}, {omega}, {P_0}, {mass}, {drive}"
        )
    threshold = (mass * omega**2) ** 2 / (2.0 * drive)
    return P_0 * threshold**theta * 4.0 * threshold / omega


def density_exponent(theta: ArrayLike) -> Array:
    """Exponent of the density of soft modes at low frequency (LB21 Sec. IV.K).

    3 + 4 theta from modes near their thresholds, but not above the 4 of all others. Broadcasts.
    Raises ``ValueError`` for theta that is not above -1.
    """
    theta = np.asarray(theta, dtype=float)
    if not (theta > -1).all():
        raise ValueError(f"theta must be above -1, got {theta}")
    return np.minimum(3.0 + 4.0 * theta, 4.0)
