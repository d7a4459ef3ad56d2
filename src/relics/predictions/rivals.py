"""What the rival scenarios, and the theory of electric dipoles, say of one glass."""

from __future__ import annotations

import functools
from types import SimpleNamespace

import numpy as np

from relics import resonant_pairs, rfot, strain_coupling, tunnelling_dipoles
from relics.constants import debye, k_B
from relics.predictions import Quantity

LINDEMANN = 0.1
CHARGES = (0.01, 0.1)
"""Partial charges that molecular and ionic glasses span (LSW06 Sec. II.A)."""


def _beads(inputs: SimpleNamespace) -> float:
    mismatch = rfot.reduced_mismatch(LINDEMANN)
    return float(rfot.cooperative_size_at_glass_transition(inputs.timescale, mismatch))


def _dipoles(inputs: SimpleNamespace) -> np.ndarray:
    moments = tunnelling_dipoles.random_walk_dipole(CHARGES, inputs.a, _beads(inputs), LINDEMANN)
    return moments / debye


def _strength(inputs: SimpleNamespace) -> float:
    g = strain_coupling.coupling(inputs.density, inputs.sound_speed, inputs.a, inputs.T_g)
    return float(resonant_pairs.interaction_strength(g, inputs.density * inputs.sound_speed**2))


def _breakdown(inputs: SimpleNamespace) -> np.ndarray:
    return tunnelling_dipoles.field_energy(_dipoles(inputs) * debye, 1e8) / k_B


@functools.cache
def _pairing_constant() -> float:
    """Density of states times J that pairing off random centres leaves."""
    points, edge = resonant_pairs.scattered_points(100_000, 1.0, seed=1)
    return resonant_pairs.pairing_constant(
        resonant_pairs.pair_off(points, edge), edge, (0.01, 1.0)
    )[0]


def _vibration(inputs: SimpleNamespace) -> float:
    modulus = inputs.density * inputs.sound_speed**2
    return float(resonant_pairs.vibration_ratio(inputs.a**-3, inputs.T_g, modulus))


QUANTITIES = (
    Quantity(
        key="transition_dipole",
        name="electric dipole of a transition, partial charges from 0.01 to 0.1 e",
        unit="D",
        function=_dipoles,
        equations=("LSW06-1",),
        trust="order of magnitude; proportional to a partial charge that must be known",
    ),
    Quantity(
        key="breakdown_shift",
        name="shift of a bias in a field of 1e6 V/cm, same partial charges",
        unit="K",
        function=_breakdown,
        equations=("LSW06-1", "LSW06-u8"),
        trust="as good as the dipole; local-field corrections left out",
    ),
    Quantity(
        key="electric_over_elastic",
        name="electric over elastic interaction of two transitions, partial charges from 0.01 to 0.1 e",
        unit="1",
        function=lambda x: tunnelling_dipoles.interaction_ratio(
            CHARGES, x.density, x.sound_speed, x.a, x.T_g
        ),
        equations=("LSW06-21", "LSW06-22"),
        trust="factor of ten: angular factors and screening left out",
    ),
    Quantity(
        key="resonant_pair_density",
        name="density of states of resonant pairs, from pairing off to the bound 1/J",
        unit="1/(J m^3)",
        function=lambda x: (
            np.array([_pairing_constant(), 1.0])
            * resonant_pairs.density_of_states_bound(_strength(x))
        ),
        equations=("L18-9", "L18-38"),
        trust="a rival: ten to a hundred times what is measured; assumes defects with the mosaic's coupling",
    ),
    Quantity(
        key="vibration_ratio",
        name="vibrational amplitude over bead size at the glass transition",
        unit="1",
        function=_vibration,
        equations=("L18-19",),
        trust="estimate; bulk and shear modulus not told apart",
    ),
    Quantity(
        key="resonant_pair_quality",
        name="bound on mean free path over wavelength of resonant pairs at low temperature",
        unit="1",
        function=lambda x: _vibration(x) ** -2,
        equations=("L18-20", "L18-21"),
        trust="a rival: the structure factor on which it rests is absent when pairs are made by pairing off",
    ),
    Quantity(
        key="resonance_temperature",
        name="temperature below which pairs are smaller than the thermal wavelength",
        unit="K",
        function=lambda x: float(resonant_pairs.resonance_temperature(x.T_D, x.a, _strength(x))),
        equations=("L18-22",),
        trust="order of magnitude",
    ),
)
