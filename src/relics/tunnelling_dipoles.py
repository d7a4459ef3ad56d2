"""Electric dipoles of tunnelling centres: their size, their surroundings, their interactions.

SI units. The bond of a bead pair has length a and partial charges +-zeta e; during a transition
every bond of the region turns by about the Lindemann ratio d_L/a. LSW06.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from relics.constants import debye, e, epsilon_0, k_B
from relics.domain import finite, nonnegative, positive
from relics.unit_systems import field_constant

Array = NDArray[np.float64]


def bond_pairs(N_star: ArrayLike) -> Array:
    """Pairs of beads in a region of N_star beads. LSW06 Sec. II.A."""
    (N_star,) = positive(N_star=N_star)
    return N_star / 2


def bond_dipole(zeta: ArrayLike, a: ArrayLike) -> Array:
    """Dipole zeta e a (C m) of a bond of length a (m). LSW06 Sec. II.A."""
    zeta, a = nonnegative(zeta=zeta, a=a)
    return zeta * e * a


def turned_bond(dipole: ArrayLike, angle: ArrayLike) -> Array:
    """Change (C m) of a dipole that turns by an angle (rad) about a perpendicular axis: the chord."""
    dipole, angle = nonnegative(dipole=dipole, angle=angle)
    return 2 * dipole * np.sin(angle / 2)


def random_walk_dipole(
    zeta: ArrayLike,
    a: ArrayLike,
    N_star: ArrayLike = 200.0,
    lindemann: ArrayLike = 0.1,
    kirkwood: ArrayLike = 1.0,
) -> Array:
    """Root-mean-square transition dipole (C m), zeta e a sqrt(kirkwood N_star/2) d_L/a.

    `kirkwood` multiplies the square, for correlated bonds. LSW06 Eq. 1.
    """
    N_star, lindemann, kirkwood = positive(N_star=N_star, lindemann=lindemann, kirkwood=kirkwood)
    return bond_dipole(zeta, a) * np.sqrt(kirkwood * bond_pairs(N_star)) * lindemann


def sampled_dipoles(
    zeta: float, a: float, pairs: int = 100, angle: float = 0.1, samples: int = 1, seed: int = 0
) -> Array:
    """Transition dipoles (C m) of regions whose bonds turn about random axes, shape (samples, 3).

    Every bond points anywhere and turns by `angle` (rad) about an axis at right angles to it, by
    Rodrigues' formula. LSW06 Sec. II.A.
    """
    if pairs < 1 or samples < 1:
        raise ValueError(f"pairs and samples must be at least 1, got {pairs} and {samples}")
    nonnegative(zeta=zeta, a=a, angle=angle)
    rng = np.random.default_rng(seed)
    out = np.empty((samples, 3))
    for start in range(0, samples, 2000):
        size = (min(2000, samples - start), pairs, 3)
        bond = _unit(rng.normal(size=size))
        axis = _unit(np.cross(bond, rng.normal(size=size)))
        turned = bond * math.cos(angle) + np.cross(axis, bond) * math.sin(angle)
        out[start : start + size[0]] = (turned - bond).sum(axis=1)
    return out * float(bond_dipole(zeta, a))


def _unit(vectors: Array) -> Array:
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def sampled_rms_dipole(
    zeta: float,
    a: float,
    N_star: float = 200.0,
    lindemann: float = 0.1,
    samples: int = 10000,
    seed: int = 0,
) -> tuple[float, float]:
    """Root-mean-square length (C m) of `sampled_dipoles` and its standard error."""
    squares = np.sum(
        sampled_dipoles(zeta, a, round(N_star / 2), lindemann, samples, seed) ** 2, axis=1
    )
    rms = math.sqrt(squares.mean())
    return rms, float(squares.std(ddof=1) / math.sqrt(samples) / (2 * rms))


def piezoelectric_dipole(
    beta: ArrayLike, a: ArrayLike, N_star: ArrayLike = 200.0, lindemann: ArrayLike = 0.1
) -> Array:
    """Transition dipole (C m) from a piezoelectric constant (C/m^2). LSW06 Eq. 18."""
    beta, a, N_star, lindemann = positive(beta=beta, a=a, N_star=N_star, lindemann=lindemann)
    return beta * a**3 * np.sqrt(bond_pairs(N_star)) * lindemann


def matched_charge_fraction(beta: ArrayLike, a: ArrayLike) -> Array:
    """zeta at which the bond dipole equals beta a^3 (beta in C/m^2). LSW06 Eq. 19."""
    beta, a = positive(beta=beta, a=a)
    return beta * a**2 / e


def required_charge_fraction(
    dipole: ArrayLike, a: ArrayLike, N_star: float = 200.0, lindemann: float = 0.1
) -> Array:
    """zeta that the random walk needs for a given dipole (C m)."""
    (dipole,) = positive(dipole=dipole)
    return dipole / random_walk_dipole(1.0, a, N_star, lindemann)


# A dielectric sphere in its surroundings.


def sphere_fields(inside: float, outside: float) -> tuple[float, float]:
    """Field inside a dielectric sphere, and dipole of its image, for unit far field and radius.

    Solves the two conditions at the surface (the potential and the normal induction continue) for
    the potentials -inside_field r cos and (-r + image/r^2) cos. Permittivities are relative.
    """
    positive(inside=inside, outside=outside)
    conditions = np.array([[1.0, 1.0], [float(inside), -2.0 * float(outside)]])
    field, image = np.linalg.solve(conditions, np.array([1.0, float(outside)]))
    return float(field), float(image)


def sphere_response(inside: ArrayLike, outside: ArrayLike) -> Array:
    """(e1 - 1)(2 e2 + 1)/(4 pi (2 e2 + e1)): <mu_z^2>/(k_B T) over the volume, Gaussian units.

    e1 = `inside`, e2 = `outside`, complex allowed. LSW06 Eq. 2.
    """
    e1, e2 = np.asarray(inside), np.asarray(outside)
    return (e1 - 1) * (2 * e2 + 1) / (4 * np.pi * (2 * e2 + e1))


def sphere_response_by_fields(inside: float, outside: float) -> float:
    """The same from the two boundary-value problems: polarised sphere against empty cavity."""
    field = sphere_fields(inside, outside)[0]
    cavity = sphere_fields(1.0, outside)[0]
    return (inside - 1) / (4 * math.pi) * field / cavity


def permittivity_from_fluctuations(
    response: complex, outside: complex, system: str = "SI"
) -> complex:
    """Permittivity of a region whose moment is known by its fluctuations. LSW06 Eq. 2.

    `response` is the moment per volume (C/m^2 in SI, esu/cm^2 in Gaussian units) in a unit field of
    the empty cavity, `outside` the relative permittivity of the surroundings; both may be complex.
    The field inside is found with the moment as a given source, the permittivity is then the
    induction over it. Raises ValueError for values that are not finite or without a field inside.
    """
    e2, k = _complex("outside", outside), field_constant(system)
    if 2 * e2 == -1:
        raise ValueError("outside = -1/2: the empty cavity resonates")
    conditions = np.array([[1.0, 1.0], [1.0, -2 * e2]])
    cavity = np.linalg.solve(conditions, np.array([1.0, e2]))[0]
    excess = _complex("response", response) * cavity / k
    field = np.linalg.solve(conditions, np.array([1.0, e2 - excess]))[0]
    if field == 0:
        raise ValueError(f"response = {response} leaves no field inside")
    return complex(1 + excess / field)


def permittivity_in_its_own_medium(response: complex, system: str = "SI") -> complex:
    """Permittivity of a region in surroundings like itself (Onsager, Kirkwood). LSW06 Eq. 3.

    `response` as in :func:`permittivity_from_fluctuations`. The region is first put into vacuum, then
    into a medium of the permittivity found, until that no longer changes. Raises ArithmeticError
    where it changes for ever.
    """
    outside = 1 + 0j
    for _ in range(400):
        inside = permittivity_from_fluctuations(response, outside, system)
        if abs(inside - outside) <= 4 * np.finfo(float).eps * abs(inside):
            return inside
        outside = inside
    raise ArithmeticError(f"no permittivity found for response = {response}")


def one_sided_transform(
    function: Callable[[Array], Array], omega: float, time: float
) -> tuple[complex, float]:
    """Integral of exp(-i omega t) function(t) over t > 0, and its error.

    `function` takes an array of times (s), dies out over some multiple of `time` (s, positive) and
    faster than the waves of `omega` (rad/s, not negative) grow in number: double-exponential
    quadrature, the step halved until the integral stays. Raises ArithmeticError if it does not.
    """
    positive(time=time)
    nonnegative(omega=omega)

    def summed(step: float) -> complex:
        # Dense near zero, even in the logarithm far out, where slow memories end.
        s = np.arange(-4.3, 40.0, step)
        t = time * np.exp(s - np.exp(-s))
        weight = t * (1 + np.exp(-s)) * step
        return complex(np.sum(weight * np.exp(-1j * omega * t) * function(t)))

    step, coarse = 0.125, summed(0.25)
    while step > 0.005:
        fine = summed(step)
        if abs(fine - coarse) <= 1e-11 * abs(fine):
            return fine, abs(fine - coarse)
        step, coarse = step / 2, fine
    raise ArithmeticError(f"the transform at omega = {omega:g} does not converge")


def moment_transform(
    correlation: Callable[[NDArray[Any]], NDArray[Any]],
    omega: float,
    time: float,
) -> tuple[complex, float]:
    """Minus the one-sided transform of the slope of a correlation function, and its error.

    `correlation` takes an array of times (s), complex ones included: its slope is the imaginary part
    a tiny step beside the real axis. At omega = 0 it is the mean square of the moment, less what is
    remembered for ever. `omega`, `time` as in :func:`one_sided_transform`. LSW06 Sec. II.A.
    """
    (time_,) = positive(time=time)
    aside = 1e-30 * float(time_)

    def slope(t: Array) -> Array:
        return np.asarray(correlation(t + 1j * aside)).imag / aside

    value, error = one_sided_transform(slope, omega, time)
    return -value, error


def _complex(name: str, value: complex) -> complex:
    number = complex(value)
    finite(**{f"{name}.real": number.real, f"{name}.imag": number.imag})
    return number


def local_field_factor(inside: ArrayLike, outside: ArrayLike) -> Array:
    """(2 e2 + 1) 3 e1/((2 e1 + 1)(2 e2 + e1)), which corrects the random walk. LSW06 Eqs. 4, 5."""
    e1, e2 = np.asarray(inside), np.asarray(outside)
    return (2 * e2 + 1) * 3 * e1 / ((2 * e1 + 1) * (2 * e2 + e1))


def polarised_sphere_field(
    polarisation: ArrayLike, permittivity: ArrayLike, system: str = "SI"
) -> Array:
    """Field inside a sphere of frozen polarisation in a medium like its own.

    -P/(3 k eps) with k the field constant of the unit system; in V/m and C/m^2 for SI. LSW06's
    c_1 is -1/(3 eps). Sec. II.B.
    """
    (polarisation,) = finite(polarisation=polarisation)
    (permittivity,) = positive(permittivity=permittivity)
    return -polarisation / (3 * field_constant(system) * permittivity)


# Fields and interactions.


def field_energy(dipole: ArrayLike, field: ArrayLike, angle: ArrayLike = 0.0) -> Array:
    """mu E cos(angle) in J, dipole in C m and field in V/m. LSW06 Sec. II.C."""
    (dipole,), (field, angle) = nonnegative(dipole=dipole), finite(field=field, angle=angle)
    return dipole * field * np.cos(angle)


def shifted_bias(
    bias: ArrayLike, dipole: ArrayLike, field: ArrayLike, angle: ArrayLike = 0.0
) -> Array:
    """Bias (J) of a centre in a field, by diagonalising its two states' energies. LSW06 Sec. II.C."""
    (bias,) = finite(bias=bias)
    shift = field_energy(dipole, field, angle)
    # The states carry +-half of the bias and +-half of the dipole difference.
    upper, lower = bias / 2 - shift / 2, -bias / 2 + shift / 2
    return upper - lower


def biases_in_field(half_width: float, shift: float, samples: int, seed: int) -> Array:
    """Biases drawn evenly from +-half_width after shifts mu E cos with random directions."""
    positive(half_width=half_width)
    nonnegative(shift=shift)
    rng = np.random.default_rng(seed)
    return rng.uniform(-half_width, half_width, samples) - shift * rng.uniform(-1, 1, samples)


def dipole_interaction(
    mu_i: ArrayLike, mu_j: ArrayLike, separation: ArrayLike, permittivity: float = 1.0
) -> float:
    """Energy (J) of two dipoles (C m) a vector `separation` (m) apart in a medium."""
    mu_i, mu_j, separation = finite(mu_i=mu_i, mu_j=mu_j, separation=separation)
    if not mu_i.shape == mu_j.shape == separation.shape == (3,):
        raise ValueError(
            f"dipoles and separation must be vectors of three, got {mu_i.shape}, {mu_j.shape}, {separation.shape}"
        )
    positive(permittivity=permittivity)
    r = float(np.linalg.norm(separation))
    positive(separation=r)
    n = separation / r
    return float(
        (mu_i @ mu_j - 3 * (mu_i @ n) * (mu_j @ n)) / (4 * np.pi * epsilon_0 * permittivity * r**3)
    )


def elastic_interaction(T_g: ArrayLike, a: ArrayLike, r: ArrayLike) -> Array:
    """k_B T_g (a/r)^3 in J, numerical constants dropped. LSW06 Eq. 21."""
    T_g, a, r = positive(T_g=T_g, a=a, r=r)
    return k_B * T_g * (a / r) ** 3


def electric_interaction(
    zeta: ArrayLike, density: ArrayLike, c_s: ArrayLike, a: ArrayLike, r: ArrayLike
) -> Array:
    """zeta^2 rho c_s^2 a^3 (a/r)^3 in J, numerical constants dropped. LSW06 Eq. 22."""
    zeta, density, c_s, a, r = positive(zeta=zeta, density=density, c_s=c_s, a=a, r=r)
    return zeta**2 * density * c_s**2 * a**3 * (a / r) ** 3


def interaction_ratio(
    zeta: ArrayLike, density: ArrayLike, c_s: ArrayLike, a: ArrayLike, T_g: ArrayLike
) -> Array:
    """Electric over elastic interaction, zeta^2 rho c_s^2 a^3/(k_B T_g). LSW06 Sec. III."""
    return electric_interaction(zeta, density, c_s, a, 1.0) / elastic_interaction(T_g, a, 1.0)


def mean_angular_square(samples: int, seed: int) -> tuple[float, float]:
    """Mean of [3 (n_i.n)(n_j.n) - n_i.n_j]^2 over independent directions, and its error.

    The closed form is 2/3, the factor that LSW06 Eqs. 21, 22 leave out.
    """
    rng = np.random.default_rng(seed)
    n_i, n_j = _unit(rng.normal(size=(2, samples, 3)))
    squares = (3 * n_i[:, 2] * n_j[:, 2] - np.sum(n_i * n_j, axis=1)) ** 2
    return float(squares.mean()), float(squares.std(ddof=1) / math.sqrt(samples))


def in_debye(dipole: ArrayLike) -> Array:
    """A dipole in C m, in debye."""
    (dipole,) = finite(dipole=dipole)
    return dipole / debye
