"""Two-level systems: spectrum, relaxation by phonons, absorption of phonons, heat capacity.

A centre has a bias and a tunnelling matrix element (both in J, standing with a factor one half
in front of the Pauli matrices), and couples to strain through its bias with an energy g (J).
Energies in J, temperatures in K, the bias counted on its positive side only unless said.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import digamma

from relics.constants import hbar, k_B
from relics.domain import finite, fraction, nonnegative, positive
from relics.phonons import BRANCHES, quantum_strain, strain_noise
from relics.quadrature import integrate

Array = NDArray[np.float64]

_SPAN = 50.0  # energies beyond the lowest, in k_B T, that the Schottky factor leaves
_SPLIT = 4.0  # where cosh(s)^c passes from quadrature to its exponential series


def hamiltonian(
    bias: ArrayLike, tunnelling: ArrayLike, coupling: ArrayLike = 0.0, strain: ArrayLike = 0.0
) -> Array:
    """Matrices (..., 2, 2) in J of a centre under a strain (L18 Eq. 1, LW07 Eq. 16).

    ``bias``, ``tunnelling``, ``coupling`` in J, ``strain`` dimensionless, all finite.
    """
    bias, tunnelling, coupling, strain = np.broadcast_arrays(
        *finite(bias=bias, tunnelling=tunnelling, coupling=coupling, strain=strain)
    )
    diagonal = bias / 2 + coupling * strain
    return np.stack(
        [np.stack([diagonal, tunnelling / 2], -1), np.stack([tunnelling / 2, -diagonal], -1)], -2
    )


def splitting(
    bias: ArrayLike, tunnelling: ArrayLike, coupling: ArrayLike = 0.0, strain: ArrayLike = 0.0
) -> Array:
    """Difference (J) of the two eigenvalues of :func:`hamiltonian`, by diagonalisation."""
    levels = np.linalg.eigvalsh(hamiltonian(bias, tunnelling, coupling, strain))
    return levels[..., 1] - levels[..., 0]


def transition_element(bias: ArrayLike, tunnelling: ArrayLike) -> Array:
    """Modulus of sigma_z between the two eigenstates (Delta/E), from the eigenvectors."""
    _, states = np.linalg.eigh(hamiltonian(bias, tunnelling))
    left, right = states[..., 0, :], states[..., 1, :]
    return np.abs(left[..., 0] * left[..., 1] - right[..., 0] * right[..., 1])


def population_difference(E: ArrayLike, T: ArrayLike) -> Array:
    """Lower minus upper thermal population, tanh(E/2 k_B T)."""
    (E,) = finite(E=E)
    (T,) = positive(T=T)
    return np.tanh(E / (2 * k_B * T))


def schottky(x: ArrayLike) -> Array:
    """Heat capacity of one two-level system in k_B, at splitting over temperature ``x``.

    (x/2 / cosh(x/2))^2, from the populations so that no exponential overflows (LW07-ua13).
    """
    (x,) = finite(x=x)
    decay = np.exp(-np.abs(x))
    return x**2 * decay / (1 + decay) ** 2


def relaxation_rate(
    E: ArrayLike, Delta: ArrayLike, T: ArrayLike, g: ArrayLike, density: ArrayLike, c_s: ArrayLike
) -> Array:
    """One-phonon relaxation rate (1/s) of a centre (LW07 Eq. 23, with hbar restored).

    From the power spectrum of the strain at the splitting: up plus down rate of a transverse
    field g Delta/E. ``E`` and ``Delta`` (J, 0 < Delta <= E), ``g`` (J), ``density`` (kg/m^3),
    ``c_s`` (m/s). Three branches, each fully coupled.
    """
    E, Delta, T, g, density, c_s = positive(E=E, Delta=Delta, T=T, g=g, density=density, c_s=c_s)
    if np.any(Delta > E * (1 + 1e-12)):
        raise ValueError("Delta must not exceed the splitting E")
    noise = strain_noise(E / hbar, T, density, c_s)
    return 2 * (g * Delta / (hbar * E)) ** 2 * noise


def fastest_rate(
    E: ArrayLike, T: ArrayLike, g: ArrayLike, density: ArrayLike, c_s: ArrayLike
) -> Array:
    """Relaxation rate (1/s) of the centre whose splitting is all tunnelling (LW07 Eq. 25)."""
    return relaxation_rate(E, E, T, g, density, c_s)


def rate_constant(g: ArrayLike, density: ArrayLike, c_s: ArrayLike) -> Array:
    """Constant (1/(s J^3)) that multiplies E^3 coth(E/2 k_B T) in :func:`fastest_rate`."""
    g, density, c_s = positive(g=g, density=density, c_s=c_s)
    return BRANCHES * g**2 / (2 * np.pi * density * hbar**4 * c_s**5)


def joint_density(
    E: ArrayLike,
    rate: ArrayLike,
    rate_max: ArrayLike,
    Pbar: ArrayLike,
    A: ArrayLike,
    c: ArrayLike,
    Delta_0: ArrayLike,
) -> Array:
    """Density (s/(J m^3)) of splittings and relaxation rates (LW07 Eq. 24), zero above ``rate_max``.

    From the density of bias (``Pbar``, 1/(J m^3)) and tunnelling elements
    A (Delta_0/Delta)^c/Delta with the Jacobian of (bias, Delta) -> (E, rate); ``rate_max``
    (1/s) is the rate at Delta = E. ``c`` in [0, 1).
    """
    E, rate, rate_max, Pbar, A, Delta_0 = positive(
        E=E, rate=rate, rate_max=rate_max, Pbar=Pbar, A=A, Delta_0=Delta_0
    )
    (c,) = fraction(c=c)
    share = rate / rate_max
    allowed = share < 1
    share = np.where(allowed, share, 0.5)
    Delta = E * np.sqrt(share)
    bias = E * np.sqrt(1 - share)
    bias_per_E = E / bias
    Delta_per_rate = Delta / (2 * rate)
    return np.where(
        allowed, Pbar * A * (Delta_0 / Delta) ** c / Delta * bias_per_E * Delta_per_rate, 0.0
    )


def relaxed_share(Z: ArrayLike, c: ArrayLike) -> Array:
    """Integral of exp(c z/2)/sqrt(1 - exp(-z)) over z from 0 to ``Z``; zero for negative ``Z``.

    The weight of centres that relax within exp(Z) times the shortest time (inner integral of LW07
    Eq. 27). With z = 2 ln cosh s it is twice the integral of cosh(s)^c: a Chebyshev series up to
    s = 4, the exponential series beyond. ``c`` in [0, 1); accuracy 1e-14.
    """
    (Z,), (c,) = finite(Z=Z), fraction(c=c)
    S = _arcosh_half(np.maximum(Z, 0.0))
    share = _near_share(S, c) + _far_share(np.maximum(S, _SPLIT), c)
    return np.where(Z > 0, 2 * share, 0.0)


def _arcosh_half(Z: Array) -> Array:
    """arcosh(exp(Z/2)) without overflow: Z/2 + ln(1 + sqrt(1 - exp(-Z)))."""
    return Z / 2 + np.log1p(np.sqrt(-np.expm1(-Z)))


@lru_cache(maxsize=1)
def _antiderivative_matrix(count: int = 36) -> tuple[Array, Array]:
    """Points in [0, 4] and the matrix from values there to Chebyshev coefficients of the integral."""
    angle = np.pi * (np.arange(count) + 0.5) / count
    to_coefficients = 2 / count * np.cos(np.outer(np.arange(count), angle))
    to_coefficients[0] /= 2
    integral = np.polynomial.chebyshev.chebint(to_coefficients, lbnd=-1, scl=_SPLIT / 2, axis=0)
    return _SPLIT / 2 * (1 + np.cos(angle)), integral


def _near_share(S: Array, c: Array) -> Array:
    """Integral of cosh(s)^c from 0 to S or to 4, whichever is smaller."""
    points, matrix = _antiderivative_matrix()
    values = np.moveaxis(np.cosh(points) ** c[..., None], -1, 0)
    coefficients = np.tensordot(matrix, values, axes=1)
    shape = np.broadcast_shapes(np.shape(S), c.shape)
    coefficients = coefficients.reshape(-1, *[1] * (len(shape) - c.ndim), *c.shape)
    share = np.broadcast_to(coefficients.sum(axis=0), shape).copy()
    early = np.broadcast_to(S < _SPLIT, shape)
    if np.any(early):
        # most centres are late: the series is summed only where it varies
        own = np.broadcast_to(coefficients, (len(matrix), *shape))[:, early]
        at = np.broadcast_to(S, shape)[early] * (2 / _SPLIT) - 1
        share[early] = np.polynomial.chebyshev.chebval(at, own, tensor=False)
    return share


def _far_share(S: Array, c: Array) -> Array:
    """Integral of cosh(s)^c from 4 to S by the binomial series in exp(-2 s)."""
    length = S - _SPLIT
    decay = np.exp(-2 * length)
    grows = c > 1e-290  # below, products with c have too few digits, and exp(c s) is one
    power = np.where(grows, c, 1.0)
    total = np.exp(c * _SPLIT) * np.where(grows, np.expm1(power * length) / power, length)
    grown, binomial, shrunk = np.exp(c * length), np.ones_like(c), np.ones_like(S)
    for k in range(1, 5):
        binomial, shrunk = binomial * (c - k + 1) / k, shrunk * decay
        power = c - 2 * k
        total = total + binomial * np.exp(power * _SPLIT) / power * (grown * shrunk - 1)
    return total / 2**c


def _lowest_splitting(log_rate: Array) -> Array:
    """Splitting in k_B T below which no centre relaxes in time.

    ``log_rate`` is the logarithm of t K (k_B T)^3, so that the fastest rate times t is
    exp(log_rate) x^3 coth(x/2).
    """
    x = np.minimum(np.exp(-log_rate / 3), np.exp(-(log_rate + np.log(2)) / 2))
    for _ in range(60):
        # Newton's method in ln x; the slope of ln(x^3 coth(x/2)) lies between 2 and 3
        value = log_rate + 3 * np.log(x) - np.log(np.tanh(x / 2))
        slope = 3 - x / np.sinh(np.minimum(x, 700.0))
        step = value / slope
        x = x * np.exp(-step)
        if np.all(np.abs(step) < 1e-14):
            break
    return x


def heat_capacity(
    T: ArrayLike,
    t: ArrayLike,
    rate_constant: ArrayLike,
    Pbar: ArrayLike,
    c: ArrayLike = 0.1,
    A: ArrayLike = 1.0,
    Delta_0: ArrayLike = k_B,
    tolerance: float = 1e-10,
    error: bool = False,
) -> Array | tuple[Array, Array]:
    """Heat capacity (J/(K m^3)) of the centres that relax within the time ``t`` (LW07 Eq. 27).

    ``T`` (K), ``t`` (s), ``rate_constant`` (1/(s J^3), see :func:`rate_constant`), ``Pbar``
    (1/(J m^3), positive bias only), tunnelling elements A (Delta_0/Delta)^c/Delta with
    ``Delta_0`` in J and ``c`` in [0, 1). All broadcast. The outer integral runs over the root
    of E - E_min, in which the threshold is smooth. With ``error`` a second
    array bounds the quadrature error. ``ValueError`` for a time or temperature not positive.
    """
    T, t, rate_constant, Pbar, A, Delta_0 = positive(
        T=T, t=t, rate_constant=rate_constant, Pbar=Pbar, A=A, Delta_0=Delta_0
    )
    (c,) = fraction(c=c)
    T, t, rate_constant, Pbar, c, A, Delta_0 = np.broadcast_arrays(
        T, t, rate_constant, Pbar, c, A, Delta_0
    )
    log_rate = np.log(t) + np.log(rate_constant) + 3 * np.log(k_B * T)
    lowest = _lowest_splitting(log_rate)
    scaled = log_rate[..., None]
    c_, lowest_ = c[..., None], lowest[..., None]

    def per_root(v: Array) -> Array:
        x = lowest_ + v**2
        Z = scaled + 3 * np.log(x) - np.log(np.tanh(x / 2))
        return schottky(x) * x**-c_ * relaxed_share(Z, c_) * 2 * v

    zero = np.zeros_like(lowest)
    value, bound = integrate(per_root, zero, zero + np.sqrt(_SPAN), tolerance, 1, order=32)
    unit = k_B * Pbar * k_B * T * A / 2 * (Delta_0 / (k_B * T)) ** c
    return (unit * value, unit * bound) if error else unit * value


def sampled_heat_capacity(
    T: float,
    t: float,
    rate_constant: float,
    Pbar: float,
    c: float,
    A: float,
    Delta_0: float,
    size: int,
    seed: int,
) -> tuple[float, float]:
    """The same heat capacity by sampling (bias, Delta), and its standard error; J/(K m^3).

    Bias uniform up to 40 k_B T, ln Delta uniform between the smallest element that relaxes in
    time at all and 40 k_B T; every centre weighs its Schottky heat capacity if its own
    relaxation time is below ``t``. No change of variables enters.
    """
    T, t, rate_constant, Pbar, A, Delta_0 = (
        float(value)
        for value in positive(
            T=T, t=t, rate_constant=rate_constant, Pbar=Pbar, A=A, Delta_0=Delta_0
        )
    )
    fraction(c=c)
    if size < 2:
        raise ValueError(f"size must be at least 2, got {size}")
    rng = np.random.default_rng(seed)
    top = 40 * k_B * T
    # rate = K Delta^2 E coth(E/2kT) and E coth(E/2kT) <= 41 kT sqrt(2) in the sampled square
    bottom = min(np.sqrt(1 / (t * rate_constant * 60 * k_B * T)), top / 2)
    bias = top * rng.random(size)
    Delta = bottom * (top / bottom) ** rng.random(size)
    E = np.hypot(bias, Delta)
    relaxed = rate_constant * Delta**2 * E / np.tanh(E / (2 * k_B * T)) * t > 1
    weight = A * (Delta_0 / Delta) ** c * schottky(E / (k_B * T)) * relaxed
    scale = k_B * Pbar * top * np.log(top / bottom)
    return scale * float(weight.mean()), scale * float(weight.std(ddof=1)) / np.sqrt(size)


def local_exponents(
    T: ArrayLike, t: ArrayLike, rate_constant: ArrayLike, c: ArrayLike, step: float = 0.02
) -> tuple[Array, Array]:
    """Slopes d ln C/d ln T and d ln C/d ln t of :func:`heat_capacity`, by central differences.

    Fourth-order differences in the logarithm of ``T`` (K) and ``t`` (s) with the given step.
    """
    T, t = positive(T=T, t=t)

    def slope(shift: ArrayLike, along_T: bool) -> Array:
        factor = np.exp(shift)
        hot, late = (T * factor, t) if along_T else (T, t * factor)
        return np.log(heat_capacity(hot, late, rate_constant, 1.0, c, tolerance=1e-12))

    def derivative(along_T: bool) -> Array:
        one = slope(step, along_T) - slope(-step, along_T)
        two = slope(2 * step, along_T) - slope(-2 * step, along_T)
        return (8 * one - two) / (12 * step)

    return derivative(True), derivative(False)


def long_time_heat_capacity(
    T: ArrayLike,
    t: ArrayLike,
    rate_constant: ArrayLike,
    Pbar: ArrayLike,
    c: ArrayLike = 0.1,
    A: ArrayLike = 1.0,
    Delta_0: ArrayLike = k_B,
) -> Array:
    """Leading power law (J/(K m^3)) of :func:`heat_capacity` at long times, 0 < c < 1 (LW07 Eq. 28).

    (A/c) k_B Pbar Delta_0^c (rate_constant t)^(c/2) (k_B T)^(1 + c/2) times the integral of the
    Schottky factor with (x coth(x/2))^(c/2) over x.
    """
    T, t, rate_constant, Pbar, A, Delta_0, c = positive(
        T=T, t=t, rate_constant=rate_constant, Pbar=Pbar, A=A, Delta_0=Delta_0, c=c
    )
    fraction(c=c)

    def per_x(x: Array) -> Array:
        return schottky(x) * (x / np.tanh(x / 2)) ** (c[..., None] / 2)

    number = integrate(per_x, 1e-12, _SPAN)[0]
    return (
        A / c * k_B * Pbar * Delta_0**c * np.exp(c / 2 * (np.log(rate_constant) + np.log(t)))
        * (k_B * T) ** (1 + c / 2) * number
    )  # fmt: skip


def classical_heat_capacity(T: ArrayLike, Pbar: ArrayLike) -> Array:
    """Heat capacity (J/(K m^3)) of splittings spread evenly with density ``Pbar`` per J and m^3.

    (pi^2/6) k_B^2 Pbar T, by quadrature of the Schottky factor.
    """
    T, Pbar = positive(T=T, Pbar=Pbar)
    number = integrate(schottky, 0.0, _SPAN)[0]
    return k_B**2 * Pbar * T * number


def resonant_inverse_path(
    omega: ArrayLike,
    T: ArrayLike,
    Pbar: ArrayLike,
    g: ArrayLike,
    density: ArrayLike,
    c_s: ArrayLike,
    orientation: float = 1.0,
) -> Array:
    """Inverse mean free path (1/m) of a phonon absorbed by resonant centres (LW07 Eq. 19).

    Golden-rule rate from the strain of one quantum in a unit volume, for centres whose splitting
    is all tunnelling; ``orientation`` is the mean square cosine between centre and wave vector
    (1 in Eq. 19, 1/3 in Eq. 20). ``omega`` (rad/s), ``Pbar`` (1/(J m^3)), ``g`` (J).
    """
    omega, T, Pbar, g = positive(omega=omega, T=T, Pbar=Pbar, g=g)
    density, c_s = positive(density=density, c_s=c_s)
    element = g * quantum_strain(omega, density, c_s, 1.0)
    rate = 2 * np.pi / hbar * element**2 * Pbar * population_difference(hbar * omega, T)
    return orientation * rate / c_s


def sampled_inverse_path(
    omega: float,
    T: float,
    Pbar: float,
    g: float,
    density: float,
    c_s: float,
    width: float,
    size: int,
    seed: int,
    isotropic: bool = False,
) -> tuple[float, float]:
    """Inverse mean free path (1/m) summed over sampled centres, and its standard error.

    Centres have splittings even in a window of 400 ``width`` (rad/s) on both sides of
    ``omega`` and answer as Lorentzians of that half width; with ``isotropic`` their axes are
    random. Converges to :func:`resonant_inverse_path` as the width goes to zero.
    """
    (omega_, T_, Pbar_, g_, density_, c_s_, width_) = (
        float(value)
        for value in positive(
            omega=omega, T=T, Pbar=Pbar, g=g, density=density, c_s=c_s, width=width
        )
    )
    reach = 400 * width_
    if size < 2 or reach >= omega_:
        raise ValueError("size must be at least 2 and 400 widths less than omega")
    rng = np.random.default_rng(seed)
    own = omega_ + reach * (2 * rng.random(size) - 1)
    cosine2 = rng.uniform(-1, 1, size) ** 2 if isotropic else np.ones(size)
    lorentzian = width_ / np.pi / ((own - omega_) ** 2 + width_**2)
    element2 = cosine2 * (g_ * quantum_strain(omega_, density_, c_s_, 1.0)) ** 2
    rate = 2 * np.pi / hbar**2 * element2 * lorentzian * population_difference(hbar * own, T_)
    per_centre = rate * Pbar_ * hbar * 2 * reach / c_s_
    return float(per_centre.mean()), float(per_centre.std(ddof=1) / np.sqrt(size))


def wavelength_over_path(
    omega: ArrayLike,
    T: ArrayLike,
    Pbar: ArrayLike,
    g: ArrayLike,
    modulus: ArrayLike,
    orientation: float = 1.0,
) -> Array:
    """Wavelength 2 pi c_s/omega over mean free path of resonant absorption (LW07 Eq. 20).

    ``modulus`` rho c_s^2 (Pa).
    """
    (modulus,) = positive(modulus=modulus)
    c_s = np.sqrt(modulus)  # at unit density
    inverse = resonant_inverse_path(omega, T, Pbar, g, 1.0, c_s, orientation)
    return 2 * np.pi * c_s / np.asarray(omega, dtype=float) * inverse


def sound_velocity_shift(
    omega: ArrayLike, T: ArrayLike, reference: ArrayLike, strength: ArrayLike
) -> Array:
    """Relative change of the sound speed by resonant centres between ``reference`` and ``T`` (K).

    ``strength`` is Pbar g^2/(rho c_s^2), dimensionless; Kramers-Kronig partner of
    :func:`resonant_inverse_path`, strength times the change of
    Re digamma(1/2 + i hbar omega/(2 pi k_B T)) + ln T; logarithmic for hbar omega << k_B T.
    """
    omega, T, reference = positive(omega=omega, T=T, reference=reference)
    (strength,) = nonnegative(strength=strength)

    def level(temperature: Array) -> Array:
        ratio = hbar * omega / (2 * np.pi * k_B * temperature)
        return np.real(digamma(0.5 + 1j * ratio)) + np.log(temperature)

    return strength * (level(T) - level(reference))
