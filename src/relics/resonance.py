"""A localised boson in the phonon bath: damping, shift and broadened ripplon spectra.

Unless a name ends in `_si`, frequencies and temperatures are in units of the Debye frequency
(hbar = k_B = omega_D = 1): a phonon field of three polarisations couples with
g^2 = rho c_s^2 a^3 k_B T_g, so that T_g/omega_D is the only material parameter. The coupling is cut
off above `omega_c`: sharply, or smeared by a Gaussian of relative width `smearing` = 1/sqrt(D).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize
from scipy.integrate import quad
from scipy.special import ndtr, xlogy
from scipy.stats import cauchy

from relics.constants import hbar
from relics.domain import positive
from relics.phonons import debye_frequency, mode_density, quantum_strain
from relics.ripplons import DEBYE_DOMAIN, Spectrum, ripplon_spectrum

CUTOFF = 1.8
"""Cut-off frequency in units of (a/xi) omega_D that LW07 uses in Fig. 19."""
SMEARING = 30**-0.5
"""Relative width of the smeared cut-off for a fragility D = 30."""


def cutoff_frequency(factor: float = CUTOFF, beads: float = DEBYE_DOMAIN) -> float:
    """Cut-off `factor` (a/xi) omega_D in units of omega_D."""
    positive(factor=factor, beads=beads)
    return factor / float(np.cbrt(beads))


def damping(omega: ArrayLike, T_g: float):
    """Half width (3 pi/2) T_g omega^3 of a resonance by phonon emission (LW07 Eq. 53)."""
    positive(T_g=T_g)
    return 1.5 * np.pi * T_g * np.asarray(omega, dtype=float) ** 3


def golden_rule_half_width_si(omega, coupling, density, sound_speed, polarisations: int = 3):
    """Half width in 1/s from the golden rule: pi/hbar^2 times coupling^2 per mode times modes.

    `omega` rad/s, `coupling` J, `density` kg/m^3, `sound_speed` m/s. The zero-point strain of a
    plane wave along the coupling, averaged over directions, times the Debye density of states.
    """
    positive(coupling=coupling, sound_speed=sound_speed)
    strain = quantum_strain(omega, density, sound_speed, 1.0) ** 2 / 3
    states = mode_density(omega, sound_speed, polarisations)
    return np.pi / hbar**2 * np.asarray(coupling) ** 2 * strain * states


def shift_integral(u: ArrayLike):
    """Principal value of int_0^1 t^3/(t - u) dt = 1/3 + u/2 + u^2 + u^3 ln|(1-u)/u| (LW07 Eq. 54).

    Defined for u >= 0; logarithmically singular at u = 1; zero at u = 0.8992.
    """
    u = np.asarray(u, dtype=float)
    if not np.all(u >= 0):
        raise ValueError(f"u = {u!r}: values from 0 on are accepted")
    with np.errstate(divide="ignore"):
        logarithm = u**3 * np.log(np.abs(1 - u)) - u**2 * xlogy(u, u)
    direct = 1 / 3 + u / 2 + u**2 + logarithm
    safe = np.maximum(u, 3.0)
    return np.where(u > 3, -sum(safe ** -(n - 3.0) / n for n in range(4, 40)), direct)


def sign_change_of_shift() -> float:
    """The frequency over omega_c at which the shift integral changes sign (0.8992)."""
    return float(optimize.brentq(shift_integral, 0.5, 0.99))


def survival(omega: ArrayLike, omega_c: float, smearing: float = SMEARING):
    """Part of the coupling left at `omega`: a step at omega_c, or a Gaussian-smeared one."""
    omega = np.asarray(omega, dtype=float)
    if smearing == 0:
        return np.where(omega <= omega_c, 1.0, 0.0)
    return ndtr((omega_c - omega) / (smearing * omega_c))


def _bath_edge(omega_c: float, smearing: float) -> float:
    return omega_c * (1 + 8.5 * smearing)


def _panels(edges: np.ndarray, nodes: int):
    x, w = np.polynomial.legendre.leggauss(nodes)
    low, high = edges[:-1, None], edges[1:, None]
    return ((low + high) / 2 + (high - low) / 2 * x).ravel(), ((high - low) / 2 * w).ravel()


def shift(omega: ArrayLike, T_g: float, omega_c: float, smearing: float = SMEARING):
    """Shift omega_l(omega) - omega_l of a resonance by virtual phonons (LW07 Eq. 54).

    Minus (3/2) T_g times the principal value of int omega'^3 S/(omega' - omega), S the survival
    of the coupling. Closed form for a sharp cut-off, subtracted quadrature for a smeared one.
    """
    positive(T_g=T_g, omega_c=omega_c)
    if smearing < 0:
        raise ValueError(f"smearing = {smearing!r}: zero or a positive width is accepted")
    omega = np.asarray(omega, dtype=float)
    if smearing == 0:
        return -1.5 * T_g * omega_c**3 * shift_integral(omega / omega_c)
    edge = _bath_edge(omega_c, smearing)
    x, w = _panels(np.linspace(0, edge, 25), 12)

    def strength(y):
        return y**3 * survival(y, omega_c, smearing)

    at = omega[..., None]
    inside = omega < edge
    difference = x - at
    small = np.abs(difference) < 1e-9 * edge
    quotient = (strength(x) - np.where(inside, strength(omega), 0.0)[..., None]) / np.where(
        small, 1.0, difference
    )
    near = 3 * x**2 * survival(x, omega_c, smearing) - x**3 * np.exp(
        -(((x - omega_c) / (smearing * omega_c)) ** 2) / 2
    ) / (np.sqrt(2 * np.pi) * smearing * omega_c)
    quotient = np.where(small, near, quotient)
    with np.errstate(divide="ignore"):
        logarithm = np.where(inside & (omega > 0), np.log(np.abs((edge - omega) / omega)), 0.0)
    return -1.5 * T_g * (quotient @ w + np.where(inside, strength(omega), 0.0) * logarithm)


def stability_limit(lowest: float, omega_c: float, smearing: float = SMEARING) -> float:
    """Largest T_g/omega_D for which the static shift leaves the lowest line above zero."""
    positive(lowest=lowest)
    return float(lowest / -shift(np.array(0.0), 1.0, omega_c, smearing))


def _require_stable(T_g: float, lines: Spectrum, omega_c: float, smearing: float) -> None:
    limit = stability_limit(float(np.min(lines.frequencies)), omega_c, smearing)
    if limit <= T_g:
        raise ValueError(
            f"T_g/omega_D = {T_g:g} drives the lowest ripplon below zero at "
            f"omega_c = {omega_c:.4g} omega_D: values below {limit:.4g} are accepted"
        )


def line_profile(
    omega: ArrayLike, line: float, T_g: float, omega_c: float, smearing: float, causal: bool = False
):
    """Density at `omega` of one resonance with bare frequency `line` (LW07 Eq. 55).

    The printed recipe keeps the cubic friction at all frequencies; `causal=True` cuts friction
    and shift by the same survival (with a sharp cut-off the shifted pole above it is extra).
    """
    omega = np.asarray(omega, dtype=float)
    width = damping(omega, T_g)
    if causal:
        width = width * survival(omega, omega_c, smearing)
    offset = omega - line - shift(omega, T_g, omega_c, smearing)
    return width / np.pi / (offset**2 + width**2)


def pole_above_cutoff(line: float, T_g: float, omega_c: float) -> tuple[float, float]:
    """Frequency and weight of the undamped pole above a sharp cut-off."""
    positive(line=line)

    def offset(y):
        omega = omega_c * (1 + np.exp(y))
        return omega - line - float(shift(np.array(omega), T_g, omega_c, 0.0))

    y = optimize.brentq(offset, -700, 20)
    omega = omega_c * (1 + np.exp(y))
    u = omega / omega_c
    gap = np.exp(y)
    slope = 0.5 + 2 * u + 3 * u**2 * np.log(gap / u) + u**3 * (1 / gap - 1 / u)
    return omega, 1 / (1 + 1.5 * T_g * omega_c**2 * slope)


def _refined_edges(lines: Spectrum, T_g: float, omega_c: float, smearing: float) -> np.ndarray:
    """Panel edges from zero to far above, crowded where a line crosses its shifted frequency."""
    grid = np.linspace(1e-3, 1.5, 1500)
    moved = grid - shift(grid, T_g, omega_c, smearing)
    edges = [np.zeros(1), np.geomspace(1e-5, 1e5, 110)]
    for line in lines.frequencies:
        for i in np.flatnonzero(np.diff(np.sign(moved - line))):
            place = optimize.brentq(
                lambda x, line=line: x - line - float(shift(np.array(x), T_g, omega_c, smearing)),
                grid[i],
                grid[i + 1],
            )
            width = max(float(damping(place, T_g)), 1e-9)
            ladder = width * 2.0 ** np.arange(-1, max(8, np.ceil(np.log2(0.05 / width))))
            edges.append(np.concatenate([place - ladder, [place], place + ladder]))
    if smearing == 0:
        near = omega_c * 4.0 ** -np.arange(1, 16)
        edges.append(np.concatenate([omega_c - near, [omega_c], omega_c + near]))
    found = np.sort(np.concatenate(edges))
    return found[found >= 0]


def broadened_spectrum(
    T_g: float,
    omega_c: float,
    smearing: float = SMEARING,
    lines: Spectrum | None = None,
    nodes: int = 8,
) -> Spectrum:
    """Ripplon spectrum with damping and shift in the printed recipe (LW07 Eqs. 53-55).

    Quadrature nodes and weights of the mode density; the weights do not add up to the number of
    modes, because the cubic friction is continued above the cut-off. Refused if the shift drives
    a line below zero.
    """
    lines = ripplon_spectrum() if lines is None else lines
    _require_stable(T_g, lines, omega_c, smearing)
    x, w = _panels(_refined_edges(lines, T_g, omega_c, smearing), nodes)
    width = damping(x, T_g)
    moved = x - shift(x, T_g, omega_c, smearing)
    density = sum(
        g * width / np.pi / ((moved - line) ** 2 + width**2) for line, g in zip(*lines, strict=True)
    )
    weight = w * density
    keep = weight > 1e-18 * weight.sum()
    return Spectrum(x[keep], weight[keep])


def arrowhead(line: float, bath: ArrayLike, couplings: ArrayLike) -> np.ndarray:
    """One-quantum matrix of LW07 Eq. 49: the resonance first, then the bath modes."""
    bath, couplings = np.asarray(bath, dtype=float), np.asarray(couplings, dtype=float)
    if bath.ndim != 1 or bath.shape != couplings.shape or bath.size == 0:
        raise ValueError(
            f"bath {bath.shape}, couplings {couplings.shape}: two non-empty lists of one length"
        )
    matrix = np.diag(np.concatenate([[line], bath]))
    matrix[0, 1:] = matrix[1:, 0] = couplings
    return matrix


def local_green_function(omega: complex, line: float, bath: ArrayLike, couplings: ArrayLike):
    """2 pi times A of LW07 Eq. 51: the (0, 0) element of (omega - M)^-1 by solving the system."""
    matrix = arrowhead(line, bath, couplings)
    unit = np.eye(len(matrix))
    return np.linalg.solve(omega * unit - matrix, unit[0])[0]


def amplitudes_in_time(
    time: ArrayLike, line: float, bath: ArrayLike, couplings: ArrayLike
) -> np.ndarray:
    """Amplitudes of resonance and bath at the given times, all quanta on the resonance at zero.

    Shape (times, 1 + bath modes); exp(-iMt) of the matrix of LW07 Eq. 50 by its eigenvectors.
    """
    energies, vectors = np.linalg.eigh(arrowhead(line, bath, couplings))
    phases = np.exp(-1j * np.multiply.outer(np.atleast_1d(time), energies))
    return (phases * vectors[0]) @ vectors.T


def discretised_bath(T_g: float, omega_c: float, smearing: float = SMEARING, nodes: int = 160):
    """Bath frequencies and couplings whose strength is (3/2) T_g omega^3 S(omega).

    Gauss-Legendre nodes in the square root of the frequency, so that low frequencies are resolved.
    """
    positive(T_g=T_g, omega_c=omega_c, nodes=nodes)
    edge = _bath_edge(omega_c, smearing)
    x, w = np.polynomial.legendre.leggauss(nodes)
    root, weight = (x + 1) / 2, w / 2
    bath, measure = edge * root**2, 2 * edge * root * weight
    strength = 1.5 * T_g * bath**3 * survival(bath, omega_c, smearing) * measure
    keep = strength > 1e-26
    return bath[keep], np.sqrt(strength[keep])


def diagonalised_spectrum(
    T_g: float,
    omega_c: float,
    smearing: float = SMEARING,
    lines: Spectrum | None = None,
    nodes: int = 160,
) -> Spectrum:
    """Ripplon spectrum of the Hamiltonian LW07 Eq. 49 by diagonalisation, mode number conserved.

    Each line is an arrowhead matrix with a discretised bath; its eigenvalues and the weights of
    the resonance in them are a quadrature rule for the local density of states. The weights of a
    multiplet add up to 2l + 1.
    """
    lines = ripplon_spectrum() if lines is None else lines
    _require_stable(T_g, lines, omega_c, smearing)
    bath, couplings = discretised_bath(T_g, omega_c, smearing, nodes)
    frequencies, weights = [], []
    for line, g in zip(*lines, strict=True):
        energies, vectors = np.linalg.eigh(arrowhead(line, bath, couplings))
        frequencies.append(energies)
        weights.append(g * vectors[0] ** 2)
    return Spectrum(np.concatenate(frequencies), np.concatenate(weights))


def self_energy_si(omega, coupling, density, sound_speed, k_c, polarisations: int = 1) -> complex:
    """Self-energy in 1/s of LW07 Eq. 52, by quadrature over the wave number.

    `omega` (rad/s) below the cut-off c_s k_c (1/m), `coupling` in J. The real part is a Cauchy
    principal value, the imaginary part the residue of the retarded pole.
    """
    positive(omega=omega, coupling=coupling, density=density, sound_speed=sound_speed, k_c=k_c)
    pole = omega / sound_speed / k_c
    if not pole < 1:
        raise ValueError(f"omega = {omega:g}: frequencies below {sound_speed * k_c:g} are accepted")
    scale = polarisations * coupling**2 / (12 * np.pi**2 * hbar * density * sound_speed**2)
    principal = -quad(lambda t: t**3, 0, 1, weight="cauchy", wvar=pole)[0]
    return scale * k_c**3 * (principal - 1j * np.pi * pole**3)


def green_function_si(omega, line, coupling, density, sound_speed, k_c) -> complex:
    """Fourier transform in s of the retarded Green's function of the resonance (LW07 Eq. 52).

    One polarisation; 1/(2 pi) of the inverse of omega - line - self-energy, all in rad/s.
    """
    energy = self_energy_si(omega, coupling, density, sound_speed, k_c)
    return 1 / (2 * np.pi * (omega - line - energy))


def lorentzians(omega: float, centres: ArrayLike, widths: ArrayLike) -> float:
    """Sum at `omega` of Lorentzian densities of the given centres and half widths (LW07 Eq. 55)."""
    centres, widths = np.asarray(centres, dtype=float), np.asarray(widths, dtype=float)
    positive(widths=widths)
    return float(np.sum(cauchy.pdf(omega, loc=centres, scale=widths)))


def shifted_frequency_si(omega, line, energy_scale, sound_speed, spacing, omega_c):
    """Shifted frequency in rad/s at `omega` of a resonance `line` (rad/s), sharp cut-off (LW07 54).

    `energy_scale` k_B T_g in J, `sound_speed` m/s, bead `spacing` m, `omega_c` rad/s.
    """
    omega_D = debye_frequency(sound_speed, spacing)
    ratio = energy_scale / (hbar * omega_D)
    return line + omega_D * shift(omega / omega_D, float(ratio), float(omega_c / omega_D), 0.0)


def one_quantum_levels(line: float, bath: ArrayLike, couplings: ArrayLike) -> np.ndarray:
    """Energies of the states with one quantum, ascending (LW07 Eq. 49)."""
    return np.linalg.eigvalsh(arrowhead(line, bath, couplings))


def one_quantum_rates(line: float, bath: ArrayLike, couplings: ArrayLike) -> np.ndarray:
    """Rates R of the equations of motion do_i/dt = sum_j R_ij o_j (LW07 Eq. 50), shape (m + 1, m + 1).

    The operators are the resonance first, then the m bath modes. Their motion is a superposition of
    the stationary states with one quantum, and its first derivative at the start is -i times the sum
    of the levels over these states.
    """
    levels, states = np.linalg.eigh(arrowhead(line, bath, couplings))
    return -1j * np.einsum("in,n,jn->ij", states, levels, states)
