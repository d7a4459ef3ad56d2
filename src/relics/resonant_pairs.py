"""Bare defects in an elastic solid and the resonant pairs that they form (Yu and Leggett).

Scalar elasticity with the energy density K (grad phi)^2/2 in d >= 3 dimensions, a defect i being
driven by sigma_i g_i . grad phi. SI units; K and g belong to d = 3 where no dimension is named.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.spatial import cKDTree
from scipy.special import digamma, gammaln

from relics.constants import k_B
from relics.domain import finite, nonnegative, positive

Array = NDArray[np.float64]


def _dimension(d: ArrayLike) -> Array:
    (d,) = finite(d=d)
    if np.any(d < 3):
        raise ValueError(
            f"d = {d.min():g}: below d = 3 the Green's function of the elastic field does not fall "
            "off; accepted: d >= 3"
        )
    return d


def sphere_area(d: ArrayLike) -> Array:
    """Area of the unit sphere in d dimensions, 2 pi^(d/2)/Gamma(d/2); d > 0."""
    (d,) = positive(d=d)
    return 2 * np.exp(0.5 * d * math.log(math.pi) - gammaln(d / 2))


def green_function(r: ArrayLike, d: ArrayLike = 3) -> Array:
    """Green's function of minus the Laplacian, r^(2-d)/((d-2) S_d), in m^(2-d).

    `r` > 0 in m, `d` >= 3. Raises ValueError otherwise. L18 Sec. II, before Eq. 3.
    """
    d = _dimension(d)
    (r,) = positive(r=r)
    return r ** (2.0 - d) / ((d - 2) * sphere_area(d))


def coupling(g_i: ArrayLike, g_j: ArrayLike, separation: ArrayLike, K: float) -> float:
    """Energy J of the term J sigma_i sigma_j left when the field is eliminated, in J.

    `g_i`, `g_j` (J) and `separation` (m) are vectors of one length d >= 3, `K` the modulus. The
    sign is that of a relaxed field: equal couplings along the separation repel the like signs,
    J = +2 g^2/(4 pi K r^3) in three dimensions. L18 Eq. 3.
    """
    g_i, g_j, separation = finite(g_i=g_i, g_j=g_j, separation=separation)
    if not (
        g_i.ndim == g_j.ndim == separation.ndim == 1 and g_i.size == g_j.size == separation.size
    ):
        raise ValueError(
            f"g_i, g_j and separation must be vectors of one length, got shapes "
            f"{g_i.shape}, {g_j.shape}, {separation.shape}"
        )
    d = float(_dimension(separation.size))
    positive(K=K)
    r = float(np.linalg.norm(separation))
    positive(separation=r)
    n = separation / r
    return float((d * (g_i @ n) * (g_j @ n) - g_i @ g_j) / (sphere_area(d) * K * r**d))


def geometric_factor(d: ArrayLike) -> Array:
    """Gamma(d/2 - 1) pi^(-d/2) d (d - 2), which is 4 over the volume of the unit ball.

    Real d > 2. L18 Eq. 4.
    """
    (d,) = finite(d=d)
    if np.any(d <= 2):
        raise ValueError(f"d = {d.min():g}: the factor needs d > 2")
    return np.exp(gammaln(d / 2 - 1) - 0.5 * d * math.log(math.pi)) * d * (d - 2)


def dimension_of_weakest_coupling() -> float:
    """The real d at which `geometric_factor` is least: digamma(d/2 + 1) = ln pi."""
    return float(brentq(lambda d: digamma(d / 2 + 1) - math.log(math.pi), 3, 10, xtol=1e-13))


def interaction_strength(g: ArrayLike, K: ArrayLike) -> Array:
    """J = g^2/K in J m^3, from the coupling g (J) and the modulus K (Pa). L18 Eq. 6."""
    g, K = positive(g=g, K=K)
    return g**2 / K


def pair_energy(J: ArrayLike, r: ArrayLike) -> Array:
    """J/r^3 in J, angular factor and 1/(4 pi) dropped. L18 Eq. 5."""
    J, r = positive(J=J, r=r)
    return J / r**3


def freezing_radius(T: ArrayLike, J: ArrayLike) -> Array:
    """Distance (m) below which pairs are frozen at temperature T (K). L18 Eq. 7."""
    T, J = positive(T=T, J=J)
    return np.cbrt(J / (k_B * T))


def two_level_heat_capacity(splitting: ArrayLike, T: ArrayLike) -> Array:
    """Heat capacity (J/K) of one two-level system of the given splitting (J) at T (K)."""
    splitting, T = positive(splitting=splitting, T=T)
    x = splitting / (k_B * T)
    return k_B * (x * np.exp(-x / 2) / (1 + np.exp(-x))) ** 2


def freezing_ratio() -> float:
    """Splitting over k_B T at which the heat capacity of a two-level system is largest."""
    return float(brentq(lambda x: x * math.tanh(x / 2) - 2, 1, 5, xtol=1e-14))


def heat_capacity_bound(T: ArrayLike, J: ArrayLike) -> Array:
    """Largest heat capacity per volume, k_B^2 T/J in J/(K m^3). L18 Eq. 8."""
    T, J = positive(T=T, J=J)
    return k_B**2 * T / J


def flat_heat_capacity(T: ArrayLike, n: ArrayLike) -> Array:
    """Heat capacity per volume of two-level systems of flat density n (1/(J m^3)), by quadrature.

    In J/(K m^3). The closed form is pi^2/6 k_B^2 T n.
    """
    T, n = positive(T=T, n=n)
    nodes, weights = np.polynomial.legendre.leggauss(200)
    x = 40 * (nodes + 1)
    integral = np.sum(40 * weights * (x / 2 / np.cosh(x / 2)) ** 2)
    return n * k_B**2 * T * integral


def density_of_states_bound(J: ArrayLike) -> Array:
    """Largest density of resonances, 1/J in 1/(J m^3). L18 Eqs. 9, 14."""
    (J,) = positive(J=J)
    return 1 / J


def broadening(
    J: ArrayLike, rho_b: ArrayLike, r_min: ArrayLike, r_max: ArrayLike, measure: str = "r3"
) -> Array:
    """Static width (J) of a resonance from all centres between two radii (m).

    `rho_b` is the density of centres (1/m^3). `measure` reads the printed ``dr^3``: ``"r3"`` as
    d(r^3), ``"volume"`` as the volume element, ``"one"`` drops the constant. L18 Eqs. 10, 11.
    """
    constants = {"r3": 3.0, "volume": 4 * math.pi, "one": 1.0}
    if measure not in constants:
        raise ValueError(f"measure must be one of {', '.join(constants)}, got {measure!r}")
    J, rho_b, r_min, r_max = positive(J=J, rho_b=rho_b, r_min=r_min, r_max=r_max)
    if np.any(r_max < r_min):
        raise ValueError("r_max must not be smaller than r_min")
    return constants[measure] * J * rho_b * np.log(r_max / r_min)


def broadening_by_energy(J: ArrayLike, rho_b: ArrayLike, E: ArrayLike, E_max: ArrayLike) -> Array:
    """Static width (J) of a resonance of energy E (J), J rho_b ln(E_max/E). L18 Eq. 12."""
    J, rho_b, E, E_max = positive(J=J, rho_b=rho_b, E=E, E_max=E_max)
    if np.any(E >= E_max):
        raise ValueError("E must be below E_max")
    return J * rho_b * np.log(E_max / E)


def density_of_states_logarithmic(E: ArrayLike, J: ArrayLike, E_max: ArrayLike) -> Array:
    """1/(J ln(E_max/E)) in 1/(J m^3), for E well below E_max. L18 Eq. 13."""
    E, J, E_max = positive(E=E, J=J, E_max=E_max)
    if np.any(E >= E_max):
        raise ValueError("E must be below E_max")
    return 1 / (J * np.log(E_max / E))


def logarithmic_exponent(E: ArrayLike, E_max: ArrayLike) -> Array:
    """Local exponent d ln(E n)/d ln E = 1 + 1/ln(E_max/E) of the number of states."""
    E, E_max = positive(E=E, E_max=E_max)
    if np.any(E >= E_max):
        raise ValueError("E must be below E_max")
    return 1 + 1 / np.log(E_max / E)


def coupling_from_size(C: ArrayLike, K: ArrayLike, r_a: ArrayLike) -> Array:
    """g = sqrt(C K r_a^3) in J for an energy C (J) and an atomic size r_a (m). L18 Eq. 16."""
    C, K, r_a = positive(C=C, K=K, r_a=r_a)
    return np.sqrt(C * K * r_a**3)


def density_of_states_structured(E: ArrayLike, J: float, structure_factor) -> Array:
    """S((E/J)^(1/3))/J in 1/(J m^3); `structure_factor` maps q (1/m) to S. L18 Eq. 17."""
    (E,) = positive(E=E)
    positive(J=J)
    return np.asarray(structure_factor(np.cbrt(E / J)), dtype=float) / J


def density_of_states_low(rho: ArrayLike, T_g: ArrayLike, K: ArrayLike, J: ArrayLike) -> Array:
    """rho k_B T_g/(K J) in 1/(J m^3); rho is the number density (1/m^3). L18 Eq. 18."""
    rho, T_g, K, J = positive(rho=rho, T_g=T_g, K=K, J=J)
    return rho * k_B * T_g / (K * J)


def vibration_ratio(rho: ArrayLike, T_g: ArrayLike, K: ArrayLike) -> Array:
    """Vibrational amplitude over spacing, sqrt(rho k_B T_g/K). L18 Eq. 19."""
    rho, T_g, K = positive(rho=rho, T_g=T_g, K=K)
    return np.sqrt(rho * k_B * T_g / K)


def phonon_quality(Pbar: ArrayLike, g: ArrayLike, K: ArrayLike) -> Array:
    """Mean free path over wavelength, K/(Pbar g^2). L18 Eq. 2, with Eq. 20 also Eq. 21."""
    Pbar, g, K = positive(Pbar=Pbar, g=g, K=K)
    return K / (Pbar * g**2)


def cage_gap(fraction: ArrayLike, d: ArrayLike) -> Array:
    """Gap over spacing in a cage at a fraction of close packing in d >= 1 dimensions, as a root.

    The particle's linear size is one less the gap, its d-th power the fraction (0 < fraction < 1) of
    the cage that it fills. L18 Sec. II, before Eq. 24.
    """
    fraction, d = np.broadcast_arrays(*positive(fraction=fraction, d=d))
    if np.any(fraction >= 1) or np.any(d < 1):
        raise ValueError(
            f"fraction must be below 1 and d at least 1, got {fraction.max():g} and {d.min():g}"
        )
    out = np.empty(d.shape)
    for at in np.ndindex(d.shape):
        filled, n = math.log(fraction[at]), float(d[at])
        # In one dimension the gap is one less the fraction, in more it is smaller.
        out[at] = brentq(
            lambda gap, n=n, filled=filled: n * math.log1p(-gap) - filled,
            0.0, 1 - float(fraction[at]) * (1 - 1e-9), xtol=1e-300, rtol=1e-15,
        )  # fmt: skip
    return out


def cage_constant(fraction: float) -> float:
    """Limit of the spacing over d times the gap of :func:`cage_gap` in many dimensions. L18 Eq. 24.

    Extrapolated (Richardson) from dimensions that double, 8 to 1024.
    """
    dimensions = 8.0 * 2.0 ** np.arange(8)
    row = 1 / (dimensions * cage_gap(fraction, dimensions))
    for order in range(1, row.size):
        row = (2**order * row[1:] - row[:-1]) / (2**order - 1)
    return float(row[0])


def phonon_quality_in_dimension(d: ArrayLike, lindemann: float = 0.1) -> dict[str, Array]:
    """The bound of L18 Eq. 21 continued from three to d dimensions, in three readings.

    `lindemann` is d_L/a at d = 3 and a/d_L grows as d (L18 Eq. 24). ``"lindemann"`` lets only that
    ratio change; ``"coupling"`` divides by the geometric factor of Eq. 4 relative to d = 3, J being
    the coupling that broadens while g^2/K scatters; ``"squared"`` divides by its square.
    """
    d = _dimension(d)
    positive(lindemann=lindemann)
    bare = (d / 3 / lindemann) ** 2
    f = geometric_factor(d) / geometric_factor(3.0)
    return {"lindemann": bare, "coupling": bare / f, "squared": bare / f**2}


def resonance_temperature(T_D: ArrayLike, a: ArrayLike, J: ArrayLike) -> Array:
    """Temperature (K) below which scattering is resonant, (k_B T_D a)^(3/2)/(k_B J^(1/2)).

    L18 Eq. 22: where the freezing radius equals the thermal wavelength a T_D/T.
    """
    T_D, a, J = positive(T_D=T_D, a=a, J=J)
    return (k_B * T_D * a) ** 1.5 / np.sqrt(J) / k_B


def largest_strength(T_D: ArrayLike, a: ArrayLike) -> Array:
    """Largest J (J m^3) that keeps scattering resonant down to the spacing a. L18 Eq. 23."""
    T_D, a = positive(T_D=T_D, a=a)
    return k_B * T_D * a**3


# Structure factor of the bare centres.


def structure_factor(q: ArrayLike, positions: ArrayLike) -> Array:
    """S(q) = |sum_j exp(i q.r_j)|^2/N of one configuration.

    `q` of shape (m, d) in 1/m, `positions` of shape (N, d) in m; returns shape (m,). L18 Sec. II.
    """
    q, positions = finite(q=q, positions=positions)
    if q.ndim != 2 or positions.ndim != 2 or q.shape[1] != positions.shape[1]:
        raise ValueError(
            f"q and positions need shapes (m, d) and (N, d), got {q.shape}, {positions.shape}"
        )
    phase = q @ positions.T
    return (np.cos(phase).sum(axis=1) ** 2 + np.sin(phase).sum(axis=1) ** 2) / len(positions)


def percus_yevick_structure_factor(q: ArrayLike, eta: float, sigma: float = 1.0) -> Array:
    """S(q) of hard spheres in the Percus-Yevick approximation.

    `eta` in (0, 0.74) is the packing fraction, `sigma` the diameter (m), `q` >= 0 in 1/m. The
    direct correlation function is a cubic in r inside the core; its transform is taken
    analytically, with the series where q sigma is small.
    """
    (q,) = nonnegative(q=q)
    positive(eta=eta, sigma=sigma)
    if eta >= 0.74:
        raise ValueError(f"eta must be below 0.74, got {eta:g}")
    lam1 = (1 + 2 * eta) ** 2 / (1 - eta) ** 4
    lam2 = -((1 + eta / 2) ** 2) / (1 - eta) ** 4
    # -c(r) = lam1 + 6 eta lam2 x + (eta/2) lam1 x^3 for x = r/sigma < 1
    nodes, weights = np.polynomial.legendre.leggauss(64)
    x = 0.5 * (nodes + 1)
    minus_c = lam1 + 6 * eta * lam2 * x + 0.5 * eta * lam1 * x**3
    y = np.atleast_1d(q * sigma)[..., None] * x
    transform = np.sum(0.5 * weights * 4 * np.pi * x**2 * minus_c * np.sinc(y / np.pi), axis=-1)
    S = 1 / (1 + 6 * eta / np.pi * transform)
    return S.reshape(np.shape(q)) if np.ndim(q) else S[0]


def percus_yevick_compressibility(eta: ArrayLike) -> Array:
    """rho k_B T/K of Percus-Yevick spheres (compressibility route), (1-eta)^4/(1+2 eta)^2."""
    (eta,) = positive(eta=eta)
    return (1 - eta) ** 4 / (1 + 2 * eta) ** 2


# Randomly placed centres, counted.


def scattered_points(number: int, density: float, seed: int) -> tuple[Array, float]:
    """`number` independent uniform points in a cube at the density (1/m^3); points, edge (m)."""
    if number < 2:
        raise ValueError(f"number must be at least 2, got {number}")
    positive(density=density)
    edge = (number / density) ** (1 / 3)
    return np.random.default_rng(seed).uniform(0, edge, (number, 3)), edge


def summed_coupling(
    density: float, shells: ArrayLike, samples: int, seed: int, random_signs: bool = False
) -> Array:
    """Sum over centres of J/r^3 (J = 1 J m^3) within each outer radius, seen from one centre.

    `shells` is an increasing sequence of radii (m), the first being the inner cut-off; returns
    shape (samples, len(shells) - 1). Every sample draws the Poisson numbers of centres and their
    places anew; with `random_signs` each coupling has an independent sign. L18 Eq. 10.
    """
    (shells,) = positive(shells=shells)
    positive(density=density)
    if shells.ndim != 1 or shells.size < 2 or np.any(np.diff(shells) <= 0):
        raise ValueError("shells must be an increasing sequence of at least two radii")
    rng = np.random.default_rng(seed)
    out = np.empty((samples, shells.size - 1))
    volumes = 4 * np.pi / 3 * np.diff(shells**3)
    for k, volume in enumerate(volumes):
        counts = rng.poisson(density * volume, samples)
        cubes = rng.uniform(shells[k] ** 3, shells[k + 1] ** 3, counts.sum())
        terms = 1 / cubes
        if random_signs:
            terms *= rng.choice((-1.0, 1.0), terms.size)
        owner = np.repeat(np.arange(samples), counts)
        out[:, k] = np.bincount(owner, weights=terms, minlength=samples)
    return np.cumsum(out, axis=1)


def pair_off(positions: ArrayLike, edge: float) -> Array:
    """Lengths of the pairs when the closest two free centres pair off, again and again.

    `positions` of shape (N, 3) in a periodic cube of the given edge. This is the freezing-out
    of L18 Sec. II made constructive: couplings fall with distance, so the strongest free pair
    takes its ground state first and leaves the rest. Returns the N//2 lengths, increasing. The
    pairs are made with a few neighbours of each free centre at a time.
    """
    (positions,) = finite(positions=positions)
    positive(edge=edge)
    if positions.ndim != 2 or positions.shape[1] != 3 or len(positions) < 2:
        raise ValueError(f"positions must have shape (N, 3) with N >= 2, got {positions.shape}")
    free = np.arange(len(positions))
    lengths: list[Array] = []
    while free.size > 1:
        tree = cKDTree(np.mod(positions[free], edge), boxsize=edge)
        distance, neighbour = tree.query(tree.data, k=2)
        near, partner = distance[:, 1], neighbour[:, 1]
        # Two centres that are each other's nearest free neighbour pair whatever the others do.
        mutual = np.flatnonzero(
            (partner[partner] == np.arange(free.size)) & (np.arange(free.size) < partner)
        )
        lengths.append(near[mutual])
        gone = np.concatenate((mutual, partner[mutual]))
        free = np.delete(free, gone)
    return np.sort(np.concatenate(lengths))


def pairing_constant(
    lengths: ArrayLike, edge: float, window: tuple[float, float]
) -> tuple[float, float]:
    """n J of a paired-off sample: pairs per volume and energy in the window, and its error.

    `window` bounds E/J = 1/r^3 (1/m^3). If pairs of energy below E number E/J per volume times a
    constant, the value is that constant, whatever the density of the centres. L18 Eq. 9.
    """
    (lengths,) = positive(lengths=lengths)
    low, high = window
    if not 0 < low < high:
        raise ValueError(f"the window must satisfy 0 < low < high, got {window}")
    energies = lengths**-3.0
    count = int(np.count_nonzero((energies >= low) & (energies < high)))
    if count == 0:
        raise ValueError("no pair lies in the window")
    value = count / (edge**3 * (high - low))
    return value, value / math.sqrt(count)


def lattice_equipartition(
    edge: int, stiffness: float, T: float, samples: int, seed: int
) -> tuple[float, float]:
    """<(grad phi)^2> on a periodic cubic lattice in equilibrium at T, and its standard error.

    The energy is K a^3 (grad phi)^2/2 per cell, `stiffness` = K a^3 in J, `edge` cells a side.
    Fields are drawn mode by mode from the Boltzmann distribution and differentiated on the
    lattice, so that the answer tests the sum over modes. L18 Sec. II, before Eq. 19.
    """
    positive(stiffness=stiffness, T=T)
    if edge < 2 or samples < 2:
        raise ValueError("edge and samples must be at least 2")
    rng = np.random.default_rng(seed)
    k = 2 * np.sin(np.pi * np.fft.fftfreq(edge))
    k2 = k[:, None, None] ** 2 + k[None, :, None] ** 2 + k[None, None, :] ** 2
    amplitude = np.zeros_like(k2)
    amplitude[k2 > 0] = np.sqrt(k_B * T / (stiffness * k2[k2 > 0]))
    values = np.empty(samples)
    for s in range(samples):
        white = np.fft.fftn(rng.normal(size=k2.shape))
        phi = np.fft.ifftn(white * amplitude).real
        values[s] = sum(np.mean((np.roll(phi, -1, axis) - phi) ** 2) for axis in range(3))
    return float(values.mean()), float(values.std(ddof=1) / math.sqrt(samples))
