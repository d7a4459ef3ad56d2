"""Relaxational change of the sound speed by two-level systems (SI units)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from relics.constants import k_B
from relics.domain import positive


def driven_response(omega: float, rate: float, samples: int = 4000) -> complex:
    """Complex response of a population to a slow drive of its equilibrium, over the static one.

    Integrates dn/dt = -rate (n - n_eq) with n_eq = cos(omega t) by the exact step of a piecewise
    linear drive, until the transient is gone, and projects on cos and sin over one period.
    """
    positive(omega=omega, rate=rate)
    step = 2 * np.pi / (omega * samples)
    decay = np.exp(-rate * step)
    # exact for a drive linear within a step
    new = 1 - (1 - decay) / (rate * step)
    old = 1 - decay - new
    phase = 2 * np.pi * np.arange(samples + 1) / samples
    drive = np.cos(phase)
    increment = old * drive[:-1] + new * drive[1:]
    powers = decay ** np.arange(samples)
    period = np.sum(increment * powers[::-1])
    n = period / -np.expm1(-rate * step * samples)
    values = np.empty(samples)
    for i in range(samples):
        values[i] = n
        n = decay * n + increment[i]
    return complex(2 * np.mean(values * np.exp(1j * phase[:-1])))


def relaxational_shift(
    omega: float,
    bias: ArrayLike,
    tunnelling: ArrayLike,
    relaxation_time: ArrayLike,
    T: float,
    coupling: float,
    density: float,
    sound_speed: float,
    volume: float,
) -> float:
    """Relative change of the sound speed by relaxing two-level systems in a volume (LW07 Eq. 56).

    `bias`, `tunnelling` in J and `relaxation_time` in s, one entry per system; negative, because
    populations that follow the strain soften the medium. The free energy -k_B T ln 2cosh(E/2k_BT)
    is differentiated numerically in the strain; the relaxing part follows the drive with a delay.
    """
    bias, tunnelling, time = (
        np.atleast_1d(np.asarray(v, dtype=float)) for v in (bias, tunnelling, relaxation_time)
    )
    positive(tunnelling=tunnelling, relaxation_time=time, T=T, coupling=coupling)
    positive(density=density, sound_speed=sound_speed, volume=volume, omega=omega)
    energy = np.hypot(bias, tunnelling)
    beta = 1 / (k_B * T)

    def polarisation(e):
        return np.tanh(beta * e / 2)

    # change of <sigma_z along E> when the strain moves E by dE = 2 g (bias/E) du
    h = 1e-4 * k_B * T
    susceptibility = (polarisation(energy + h) - polarisation(energy - h)) / (2 * h)
    arm = 2 * coupling * bias / energy
    stiffness = -0.5 * arm**2 * susceptibility / (1 + (omega * time) ** 2)
    return float(np.sum(stiffness) / volume / (2 * density * sound_speed**2))


def averaged_shift(omega: ArrayLike, shortest: float, longest: float = np.inf):
    """Average of -1/(1 + omega^2 tau^2) over d tau/tau from `shortest` (s) on (LW07 Sec. IV.G).

    -(1/2) ln(1 + 1/(omega tau_min)^2) with no upper end: slope one in ln omega below 1/tau_min.
    """
    positive(omega=omega, shortest=shortest)
    x = np.asarray(omega, dtype=float)
    low = 0.5 * np.log1p((x * shortest) ** -2.0)
    high = 0.0 if np.isinf(longest) else 0.5 * np.log1p((x * longest) ** -2.0)
    return high - low


def relaxational_shift_of_levels(
    omega: float,
    bias: ArrayLike,
    splitting: ArrayLike,
    relaxation_time: ArrayLike,
    T: float,
    coupling: float,
    density: float,
    sound_speed: float,
    volume: float,
) -> tuple[float, float]:
    """`relaxational_shift` for systems given by bias and splitting (J), and its error."""
    bias, splitting = np.asarray(bias, dtype=float), np.asarray(splitting, dtype=float)
    if np.any(splitting <= np.abs(bias)):
        raise ValueError("splitting: values above the bias are accepted")
    tunnelling = np.sqrt(splitting**2 - bias**2)
    value = relaxational_shift(
        omega, bias, tunnelling, relaxation_time, T, coupling, density, sound_speed, volume
    )
    return value, 1e-7 * abs(value)
