"""What the softest modes of a finite glass are made of: sound waves and soft spots.

A linear mode is projected on the standing waves of the longest wavelength and on the nonlinear
modes of the same minimum, which are soft spots free of waves. Reduced units, masses one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relics.glass import nonlinear_modes
from relics.glass.configuration import Configuration, minimal_image
from relics.glass.elasticity import Elasticity, elasticity
from relics.glass.modes import lowest_modes, participation_ratio, plane_waves

Array = NDArray[np.float64]

TOLERANCE = 1e-7


def wave_shares(fields: Array, waves: Array) -> Array:
    """Sums of squared projections of unit fields ``(k, N, d)`` on orthonormal ``waves``, (k,)."""
    overlap = np.reshape(fields, (len(fields), -1)) @ np.reshape(waves, (len(waves), -1)).T
    return np.sum(overlap**2, axis=1)


def focus(configuration: Configuration, field: Array) -> Array:
    """Place (d,) about which a field is concentrated: circular mean with the weight |u_i|^4.

    The fourth power keeps a wave in the background from drawing the place toward its crests.
    """
    weight = np.sum(np.asarray(field) ** 2, axis=1) ** 2
    turns = np.exp(2j * np.pi * configuration.positions / configuration.box)
    angle = np.angle((weight[:, None] * turns).sum(axis=0))
    return np.mod(angle, 2 * np.pi) / (2 * np.pi) * configuration.box


@dataclass(frozen=True)
class Composition:
    """The k softest linear modes of a minimum beside its s softest nonlinear modes.

    ``elastic`` moduli, ``wave`` the frequency 2 pi c_s/L of the longest transverse waves;
    ``frequency``, ``participation`` and ``transverse`` (k,), the last the squared projection on
    those waves; ``fields`` (k, N, d). Of the nonlinear modes ``spot_frequency`` and
    ``spot_participation`` (s,) and ``spots`` (s, N, d). ``overlap`` (k, s) are squared scalar
    products of the two, ``distance`` (k, s) between the places where they are concentrated.
    """

    elastic: Elasticity
    wave: float
    frequency: Array
    participation: Array
    transverse: Array
    fields: Array
    spot_frequency: Array
    spot_participation: Array
    spots: Array
    overlap: Array
    distance: Array

    def hybrid(self) -> tuple[int, int] | None:
        """Numbers of the softest mode that a wave and a soft spot share, and of the spot.

        The wave holds a share of 0.2 to 0.9, the spot of 0.1 to 0.8; the spot alone would be
        within a tenth of the frequency of the wave, and it is where the mode is concentrated.
        None if no mode is of this kind.
        """
        mixed = (
            (self.transverse > 0.2)[:, None]
            & (self.transverse < 0.9)[:, None]
            & (self.overlap > 0.1)
            & (self.overlap < 0.8)
            & (np.abs(self.spot_frequency / self.wave - 1) < 0.1)
            & (self.distance < 3.0)
        )
        found = np.argwhere(mixed)
        return (int(found[0, 0]), int(found[0, 1])) if len(found) else None


def compose(
    configuration: Configuration, modes: int, spots: int, rng: np.random.Generator
) -> Composition:
    """Softest linear and nonlinear modes of a minimum and what they have in common.

    Nonlinear modes are sought from the ``modes`` softest linear modes and from as many soft force
    dipoles (bonds drawn by ``rng``); the ``spots`` softest different ones are kept, fewer if fewer
    are found. Raises ``ValueError`` for counts below one or a configuration that is no minimum.
    """
    if modes < 1 or spots < 1:
        raise ValueError(f"counts of modes and spots must be positive, got {modes}, {spots}")
    at = nonlinear_modes.expansion(configuration)
    elastic = elasticity(configuration, at.matrix)
    stiffness, fields = lowest_modes(at.matrix, modes, configuration)
    if stiffness[0] <= 0:
        raise ValueError(f"no minimum: the softest stiffness is {stiffness[0]:.3g}")
    starts, _ = nonlinear_modes.soft_starts(at, modes, rng)
    found = []
    for start in (*fields, *starts):
        try:
            found.append(nonlinear_modes.descend_barrier(at, start, TOLERANCE))
        except nonlinear_modes.NoMode:
            continue
    kept = nonlinear_modes.distinct(found)[:spots]
    soft = np.array([mode.field for mode in kept]).reshape(-1, *configuration.positions.shape)
    places = [focus(configuration, field) for field in fields]
    others = np.array([focus(configuration, field) for field in soft]).reshape(len(kept), -1)
    apart = [minimal_image(others - place, configuration.box) for place in places]
    return Composition(
        elastic=elastic,
        wave=float(2 * np.pi * elastic.transverse_speed / configuration.box[0]),
        frequency=np.sqrt(stiffness),
        participation=participation_ratio(fields),
        transverse=wave_shares(fields, plane_waves(configuration, 1)[0]),
        fields=fields,
        spot_frequency=np.array([mode.frequency for mode in kept]),
        spot_participation=np.array([mode.participation_ratio for mode in kept]),
        spots=soft,
        overlap=(fields.reshape(modes, -1) @ soft.reshape(len(kept), fields[0].size).T) ** 2,
        distance=np.linalg.norm(np.array(apart), axis=2),
    )
