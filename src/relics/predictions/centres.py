"""What the theory of tunnelling centres says of one glass."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from relics import (
    random_energy,
    rfot,
    strain_coupling,
    tunnelling_amplitudes,
    two_level_systems,
)
from relics.constants import eV, k_B
from relics.predictions import TAU_MICRO, Quantity

LINDEMANN = 0.1
EXPONENT = 0.1
"""Upper end of the exponent c (LW07 Sec. III.C)."""


def _xi(inputs: SimpleNamespace) -> float:
    beads = rfot.cooperative_size_at_glass_transition(
        inputs.timescale, rfot.reduced_mismatch(LINDEMANN)
    )
    return float(rfot.cooperativity_length(beads, inputs.a))


def _density(inputs: SimpleNamespace) -> float:
    return float(random_energy.density_of_states(inputs.T_g, _xi(inputs)))


def _coupling(inputs: SimpleNamespace) -> float:
    return float(strain_coupling.coupling(inputs.density, inputs.sound_speed, inputs.a, inputs.T_g))


def _strength(inputs: SimpleNamespace) -> float:
    return float(
        strain_coupling.coupling_strength(
            _density(inputs), _coupling(inputs), inputs.density, inputs.sound_speed
        )
    )


def _quality(inputs: SimpleNamespace) -> float:
    return float(strain_coupling.quality_factor(_xi(inputs) / inputs.a))


def _strain(inputs: SimpleNamespace) -> float:
    variance = strain_coupling.strain_variance(
        inputs.density, inputs.sound_speed, inputs.a, inputs.T_g
    )
    return float(np.sqrt(variance))


def _long_time(inputs: SimpleNamespace) -> float:
    return float(two_level_systems.classical_heat_capacity(1.0, _density(inputs)))


def _timed(inputs: SimpleNamespace) -> np.ndarray:
    """Band between the standard tunnelling model and c = 0.1, at 1 K after the waiting time.

    The tunnelling elements of the centres that relax at 1 K within the time scale of the glass
    transition make up one centre per region.
    """
    constant = two_level_systems.rate_constant(
        _coupling(inputs), inputs.density, inputs.sound_speed
    )
    slowest = 1 / (inputs.timescale * TAU_MICRO)
    top = k_B * inputs.T_D
    bottom = np.sqrt(slowest * np.tanh(0.5) / (constant * k_B))
    exponents = np.array([0.0, EXPONENT])
    norm = tunnelling_amplitudes.amplitude_norm(top, bottom, exponents)
    both = two_level_systems.heat_capacity(
        1.0, inputs.waiting_time, constant, _density(inputs), exponents, norm, top
    )
    return np.sort(both)


def _shortest(inputs: SimpleNamespace) -> float:
    rate = two_level_systems.fastest_rate(
        k_B, 1.0, _coupling(inputs), inputs.density, inputs.sound_speed
    )
    return 1 / float(rate)


def _barrier(inputs: SimpleNamespace) -> float:
    mismatch = rfot.reduced_mismatch(LINDEMANN)
    entropy = rfot.entropy_at_glass_transition(inputs.timescale, mismatch)
    return float(random_energy.bottleneck(mismatch, entropy, 1.0)[1])


_ESTIMATE = "no adjustable parameter, but factors of order one are left open"

QUANTITIES = (
    Quantity(
        "V_max", "highest typical tunnelling barrier", "k_B T_g", _barrier,
        ("LW07-12", "LW07-13"), "random energies at fourteen beads",
    ),
    Quantity(
        "Pbar", "density of two-level systems", "1/(J m^3)", _density,
        ("LW07-ua8", "L18-37"), "estimate; measured by absorption several times lower",
    ),
    Quantity(
        "g", "coupling of a centre to strain", "eV", lambda inputs: _coupling(inputs) / eV,
        ("LW07-18",), _ESTIMATE,
    ),
    Quantity(
        "thermal_strain", "thermal strain of a bead at T_g", "1", _strain,
        ("LW07-17", "LW07-ua10"), "equipartition; sensitive to the bead size",
    ),
    Quantity(
        "coupling_strength", "Pbar g^2/(rho c_s^2)", "1", _strength,
        ("LW07-18", "LW07-ua8", "L18-40"),
        "the constants of the glass cancel; about seven times the measured values after the "
        "average over orientations",
    ),
    Quantity(
        "l_over_lambda", "mean free path over wavelength of the thermal phonon", "1", _quality,
        ("LW07-20",), "measured: about 150; the average over the phonons that carry heat is lower "
        "by 0.63",
    ),
    Quantity(
        "tau_min_1K", "shortest relaxation time of centres with E = k_B T at 1 K", "s", _shortest,
        ("LW07-25",), _ESTIMATE,
    ),
    Quantity(
        "c_TLS_1K", "heat capacity of all two-level systems at 1 K", "J/(K m^3)", _long_time,
        ("LW07-ua8", "LW07-ua13"), "every region counted, positive bias; no barriers",
    ),
    Quantity(
        "c_TLS_1K_waiting", "heat capacity at 1 K of the centres that relax in the waiting time",
        "J/(K m^3)", _timed, ("LW07-27",),
        "band from c = 0 to 0.1; the elements of centres that relax within the time scale of the glass transition make up one centre per region",
    ),
)  # fmt: skip
