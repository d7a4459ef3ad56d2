"""Fast tunnelling centres: what quantum mixing does to phonon scattering and heat capacity.

Level repulsion moves centres of small bias towards zero bias. The paper lets all of them pile up
there (LW07 Eqs. 66, 67), as centres whose splitting is their tunnelling amplitude. Diagonalised,
the same centres are spread over effective biases up to Sigma, below the lower state: the density
is doubled there. Both are offered, as ``mixing="pile-up"`` and ``mixing="folded"``.

Energies in J (the glass transition as k_B T_g, the Debye frequency as hbar omega_D), lengths in
m, temperatures in K. ``sum_inverse`` is B of LW07 Eq. 65; ``c`` the exponent of LW07 Eq. 22.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import beta as beta_function
from scipy.special import betainc

from relics.constants import hbar, k_B
from relics.domain import fraction, nonnegative, positive
from relics.phonons import debye_integrand
from relics.quadrature import integrate
from relics.two_level_systems import fastest_rate, relaxed_share, schottky

Array = NDArray[np.float64]
Mixing = Literal["pile-up", "folded"]

_SPAN = 60.0
"""Splitting over temperature beyond which a centre has no heat capacity left."""


def normalisation(
    sum_inverse: float,
    c: float,
    smallest: float,
    largest: float,
    glass_energy: float,
    debye_energy: float,
) -> float:
    """A_1, which leaves one centre in each domain (LW07, before Eq. 68), dimensionless.

    Inverse integral of (largest/Delta)^c (1 + Sigma(Delta)/k_B T_g)/Delta over the tunnelling
    amplitudes from ``smallest`` to ``largest``.
    """
    positive(smallest=smallest, largest=largest)
    positive(glass_energy=glass_energy, debye_energy=debye_energy)
    nonnegative(sum_inverse=sum_inverse)
    fraction(c=c)
    if smallest >= largest:
        raise ValueError(f"smallest amplitude {smallest:g} must be below the largest {largest:g}")
    span = np.log(largest / smallest)
    regular = np.expm1(c * span) / c if c > 0 else span
    fast = (largest**2 - largest**c * smallest ** (2 - c)) / (2 - c)
    return float(1 / (sum_inverse * fast / (glass_energy * debye_energy) + regular))


def centres_below(
    bias: ArrayLike,
    tunnelling: ArrayLike,
    sum_inverse: float,
    glass_energy: float,
    debye_energy: float,
    domain_size: float,
) -> Array:
    """Centres per volume whose effective bias is below ``bias``, at one amplitude, 1/m^3.

    The integral of LW07 Eq. 67 from zero, pile-up included; shape of the broadcast arguments.
    """
    nonnegative(sum_inverse=sum_inverse)
    bias, tunnelling = nonnegative(bias=bias, tunnelling=tunnelling)
    positive(glass_energy=glass_energy, debye_energy=debye_energy, domain_size=domain_size)
    repulsion = sum_inverse * tunnelling**2 / debye_energy
    return (repulsion / glass_energy - np.expm1(-bias / glass_energy)) / domain_size**3


def regular_scattering(lower: ArrayLike, c: float) -> Array:
    """Integral of x^(1-c)/sqrt(1-x^2) from ``lower`` to one (LW07 Eq. 68, second term).

    ``lower`` = Delta_min/E, between 0 and 1; ``ValueError`` otherwise.
    """
    (lower,) = nonnegative(lower=lower)
    fraction(c=c)
    if np.any(lower > 1):
        raise ValueError(f"lower must be at most 1, got {np.max(lower):g}")
    first = 1 - c / 2
    return beta_function(first, 0.5) / 2 * (1 - betainc(first, 0.5, lower**2))


def fast_scattering(
    energy: ArrayLike, sum_inverse: float, c: float, debye_energy: float, mixing: Mixing = "pile-up"
) -> Array:
    """Contribution of quantum mixing to the bracket of LW07 Eq. 68, shape of ``energy``.

    Piled up it is BE/(hbar omega_D) and grows without bound. Folded it is the part of the regular
    integral that comes from effective biases below Sigma: the same at small E, never more than
    the regular term.
    """
    (energy,) = positive(energy=energy)
    positive(debye_energy=debye_energy)
    nonnegative(sum_inverse=sum_inverse)
    fraction(c=c)
    strength = sum_inverse * energy / debye_energy
    if mixing == "pile-up":
        return strength
    if mixing != "folded":
        raise ValueError(f"mixing must be 'pile-up' or 'folded', got {mixing!r}")
    # A centre of amplitude xE has its bias below Sigma where strength*x^2 > sqrt(1 - x^2).
    lowest = np.sqrt(2 / (1 + np.sqrt(1 + 4 * strength**2)))
    return regular_scattering(lowest, c)


def phonon_decay_rate(
    energy: ArrayLike,
    temperature: ArrayLike,
    normalisation: float,
    sum_inverse: float,
    c: float,
    smallest: float,
    largest: float,
    debye_energy: float,
    size_ratio: float,
    mixing: Mixing = "pile-up",
) -> Array:
    """Resonant decay rate of phonons, 1/s (LW07 Eq. 68 with thermal factor and hbar restored).

    ``normalisation`` = A_1, ``size_ratio`` = xi/a, ``smallest`` and ``largest`` the limits of the
    tunnelling amplitudes; shape of the broadcast ``energy`` and ``temperature``.
    """
    energy, temperature = positive(energy=energy, temperature=temperature)
    positive(normalisation=normalisation, size_ratio=size_ratio, smallest=smallest, largest=largest)
    bracket = fast_scattering(energy, sum_inverse, c, debye_energy, mixing)
    bracket = bracket + regular_scattering(np.minimum(smallest / energy, 1.0), c)
    thermal = np.tanh(energy / (2 * k_B * temperature))
    prefactor = np.pi / 3 * normalisation / size_ratio**3 * energy / hbar
    return prefactor * (largest / energy) ** c * bracket * thermal


def thermal_conductivity(
    temperature: ArrayLike,
    normalisation: float,
    sum_inverse: float,
    c: float,
    smallest: float,
    largest: float,
    debye_energy: float,
    size_ratio: float,
    sound_speed: float,
    mixing: Mixing = "pile-up",
) -> Array:
    """Conductivity (W/m/K) of three phonon branches, cut at ``debye_energy``, that decay as in
    `phonon_decay_rate`; arguments as there, shape of ``temperature``.

    Kinetic sum of heat capacity, c_s^2 and lifetime over three. Phonons below twice the smallest
    amplitude are left out, since hardly any centre can absorb them.
    """
    (temperature,) = positive(temperature=temperature)
    positive(smallest=smallest, debye_energy=debye_energy, sound_speed=sound_speed)
    thermal = k_B * temperature

    def per_root(u: Array) -> Array:
        x = u**4
        rate = phonon_decay_rate(
            thermal[..., None] * x,
            temperature[..., None],
            normalisation,
            sum_inverse,
            c,
            smallest,
            largest,
            debye_energy,
            size_ratio,
            mixing,
        )
        return debye_integrand(x) / rate * 4 * u**3

    # Lifetimes diverge as a power of the energy; the fourth root makes the integrand smooth.
    top = np.minimum(debye_energy / thermal, _SPAN) ** 0.25
    integral = integrate(per_root, (2 * smallest / thermal) ** 0.25, top, 1e-8)[0]
    return k_B * thermal**3 / (2 * np.pi**2 * hbar**3 * sound_speed) * integral


def regular_relaxation(log_time: ArrayLike, c: float) -> Array:
    """Integral of e^(cz/2)/(2 sqrt(1-e^-z)) from 0 to ``log_time`` (LW07 Eq. 69, second term).

    ``log_time`` = log(t/tau_min); zero where it is negative.
    """
    return relaxed_share(log_time, c) / 2


def heat_capacity_per_energy(
    energy: ArrayLike,
    temperature: ArrayLike,
    log_time: ArrayLike,
    normalisation: float,
    sum_inverse: float,
    c: float,
    largest: float,
    debye_energy: float,
    glass_energy: float,
    domain_size: float,
) -> tuple[Array, Array]:
    """Heat capacity per volume and splitting, 1/(K m^3): fast and regular term (LW07 Eq. 69).

    ``log_time`` is the logarithm of the time of observation over the shortest relaxation time at
    the splitting ``energy`` (J); both terms vanish where it is not positive.
    """
    energy, temperature = positive(energy=energy, temperature=temperature)
    positive(normalisation=normalisation, largest=largest, domain_size=domain_size)
    positive(debye_energy=debye_energy, glass_energy=glass_energy)
    nonnegative(sum_inverse=sum_inverse)
    weight = k_B * schottky(energy / (k_B * temperature)) * (largest / energy) ** c
    weight = weight * normalisation / (glass_energy * domain_size**3)
    in_time = np.asarray(log_time, dtype=float) > 0
    fast = weight * sum_inverse * energy / debye_energy * in_time
    return fast, weight * regular_relaxation(log_time, c)


def heat_capacity(
    temperature: ArrayLike,
    time: ArrayLike,
    normalisation: float,
    sum_inverse: float,
    c: float,
    largest: float,
    debye_energy: float,
    glass_energy: float,
    domain_size: float,
    coupling: float,
    density: float,
    sound_speed: float,
) -> tuple[Array, Array]:
    """Heat capacity after ``time``, J/(K m^3): the fast and the regular term of LW07 Eq. 69.

    Centres count once they relax within ``time`` (s); the fast ones do so at the rate of
    `relics.two_level_systems.fastest_rate`. ``coupling`` = g in J, ``density`` in kg/m^3.
    """
    temperature, time = np.broadcast_arrays(*positive(temperature=temperature, time=time))
    positive(coupling=coupling, sound_speed=sound_speed)
    thermal = (k_B * temperature)[..., None]

    def log_time(x: Array) -> Array:
        rate = fastest_rate(x * thermal, temperature[..., None], coupling, density, sound_speed)
        return np.log(time[..., None] * rate)

    first = _threshold(log_time, thermal.shape)

    def term(root: Array, which: int) -> Array:
        # x = first*exp(root^2) takes out the root with which the regular term sets in.
        x = first * np.exp(root**2)
        per_energy = heat_capacity_per_energy(
            x * thermal,
            temperature[..., None],
            log_time(x),
            normalisation,
            sum_inverse,
            c,
            largest,
            debye_energy,
            glass_energy,
            domain_size,
        )
        return per_energy[which] * thermal * x * 2 * root

    top = np.sqrt(np.log(_SPAN / first[..., 0]))
    fast = integrate(lambda root: term(root, 0), 1e-9 * top, top)[0]
    return fast, integrate(lambda root: term(root, 1), 1e-9 * top, top)[0]


def _threshold(log_time, shape: tuple[int, ...]) -> Array:
    """Splitting over temperature at which centres begin to count, by bisection in its logarithm."""
    low, high = np.full(shape, np.log(1e-12)), np.full(shape, np.log(_SPAN))
    for _ in range(60):
        middle = (low + high) / 2
        late = log_time(np.exp(middle)) > 0
        low, high = np.where(late, low, middle), np.where(late, middle, high)
    return np.exp(high)


def local_exponent(values: ArrayLike, variable: ArrayLike) -> Array:
    """Logarithmic derivative d log(values)/d log(variable) along positive arrays of one length."""
    values, variable = positive(values=values, variable=variable)
    if values.shape != variable.shape or values.ndim != 1 or values.size < 2:
        raise ValueError(
            f"shapes {values.shape}, {variable.shape}: expected two equal lengths >= 2"
        )
    return np.gradient(np.log(values), np.log(variable))
