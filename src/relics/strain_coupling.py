"""How strongly a tunnelling centre couples to strain, and what universality follows.

SI units; T_g in K, density in kg/m^3, sound speed in m/s, lengths in m. LW07 Sec. III.B.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from relics.constants import hbar, k_B
from relics.domain import finite, positive
from relics.quadrature import integrate
from relics.random_energy import density_of_states
from relics.two_level_systems import wavelength_over_path

Array = NDArray[np.float64]

ORIENTATION = 1 / 3
"""Mean square cosine between the axis of a centre and a wave vector."""


def cohesive_energy(density: ArrayLike, c_s: ArrayLike, a: ArrayLike) -> Array:
    """Elastic energy scale rho c_s^2 a^3 (J) of one bead."""
    density, c_s, a = positive(density=density, c_s=c_s, a=a)
    return density * c_s**2 * a**3


def strain_variance(density: ArrayLike, c_s: ArrayLike, a: ArrayLike, T: ArrayLike) -> Array:
    """Mean square strain of a bead at ``T``, averaged with its Boltzmann weight (LW07 Eq. 17)."""
    stiffness = cohesive_energy(density, c_s, a) / (k_B * positive(T=T)[0])
    reach = 12 / np.sqrt(stiffness)

    def weight(u: Array) -> Array:
        return np.exp(-stiffness[..., None] * u**2 / 2)

    norm = integrate(weight, -reach, reach)[0]
    return integrate(lambda u: u**2 * weight(u), -reach, reach)[0] / norm


def coupling(density: ArrayLike, c_s: ArrayLike, a: ArrayLike, T_g: ArrayLike) -> Array:
    """Coupling g (J) of a centre at marginal stability with the thermal strain (LW07 Eq. 18).

    The static strain -g/(rho c_s^2 a^3) that the centre forces on its bead equals in size the
    root mean square thermal strain at ``T_g``.
    """
    (T_g,) = positive(T_g=T_g)
    strain = np.sqrt(strain_variance(density, c_s, a, T_g))
    return cohesive_energy(density, c_s, a) * strain


def balanced_strain(g: ArrayLike, modulus: ArrayLike, a: ArrayLike) -> Array:
    """Strain of a bead that is pulled by a centre and held by the lattice (L18-u9).

    Minimum over u of g u + modulus a^3 u^2/2 by one step of Newton's method from zero, exact for
    a quadratic energy. ``g`` (J) has the sign of the state; ``modulus`` in Pa.
    """
    (g,) = finite(g=g)
    modulus, a = positive(modulus=modulus, a=a)
    force, curvature = g, modulus * a**3
    return -force / curvature


def strain_with_centre(
    g: ArrayLike, modulus: ArrayLike, a: ArrayLike, T: ArrayLike
) -> tuple[Array, Array]:
    """Correlation of a centre's state with the strain of its bead, and the strain that it forces.

    Thermal means over both states, s = +-1, and all strains u with the energy g s u + modulus a^3
    u^2/2, by quadrature: <s u>, and <u^2> less its value without the centre. Neither depends on the
    temperature, since the energy is quadratic in u; T (K) is best between g^2/(modulus a^3 k_B) and
    a hundredth of it. ``g`` in J, ``modulus`` in Pa. LSW06 Sec. II.C, before Eq. 17.
    """
    g, modulus, a, T = np.broadcast_arrays(*positive(g=g, modulus=modulus, a=a, T=T))
    stiffness, pull = modulus * a**3 / (k_B * T), g / (k_B * T)
    thermal = 12 / np.sqrt(stiffness)
    deepest = pull**2 / (2 * stiffness)
    reach = pull / stiffness + thermal

    def weight(u: Array, state: int) -> Array:
        """Boltzmann factor; that of the deepest place is taken out, so that it does not overflow."""
        spring = stiffness[..., None] * u**2 / 2
        return np.exp(-state * pull[..., None] * u - spring - deepest[..., None])

    def mean(of: Callable[[Array, int], Array]) -> Array:
        def both(u: Array) -> Array:
            return of(u, 1) * weight(u, 1) + of(u, -1) * weight(u, -1)

        return integrate(both, -reach, reach)[0]

    def spring(u: Array) -> Array:
        return np.exp(-stiffness[..., None] * u**2 / 2)

    bare = integrate(lambda u: u**2 * spring(u), -thermal, thermal)[0]
    bare = bare / integrate(spring, -thermal, thermal)[0]
    total = mean(lambda u, s: np.ones_like(u))
    return mean(lambda u, s: s * u) / total, mean(lambda u, s: u**2) / total - bare


def mean_strain(density: ArrayLike, c_s: ArrayLike, a: ArrayLike, T: ArrayLike) -> Array:
    """Mean absolute strain of a bead at ``T``, averaged with its Boltzmann weight."""
    stiffness = cohesive_energy(density, c_s, a) / (k_B * positive(T=T)[0])
    reach = 12 / np.sqrt(stiffness)

    def weight(u: Array) -> Array:
        return np.exp(-stiffness[..., None] * u**2 / 2)

    zero = np.zeros_like(reach)
    norm = integrate(weight, zero, reach)[0]
    return integrate(lambda u: u * weight(u), zero, reach)[0] / norm


def coupling_of_mean_strain(
    density: ArrayLike, c_s: ArrayLike, a: ArrayLike, T_g: ArrayLike
) -> Array:
    """Coupling (J) if g times the mean absolute strain is the thermal elastic energy (LW07 Eq. 17).

    Larger than :func:`coupling` by sqrt(pi/2), the Gaussian factor that Eq. 18 leaves out.
    """
    (T_g,) = positive(T_g=T_g)
    energy = cohesive_energy(density, c_s, a) * strain_variance(density, c_s, a, T_g)
    return energy / mean_strain(density, c_s, a, T_g)


def surface_coupling(
    density: ArrayLike, c_s: ArrayLike, a: ArrayLike, xi: ArrayLike, displacement: ArrayLike
) -> Array:
    """Coupling (J) as half the modulus times a random flux through the boundary (LW07-ua9).

    A ball of volume xi^3 has one boundary bead per area a^2, displaced by (a/xi) ``displacement``
    (m) in a random direction; the fluxes, a third of each square, add in squares.
    """
    density, c_s, a, xi, displacement = positive(
        density=density, c_s=c_s, a=a, xi=xi, displacement=displacement
    )
    boundary = np.cbrt(36 * np.pi) * (xi / a) ** 2
    flux = a**2 * (displacement * a / xi) * np.sqrt(boundary / 3)
    return density * c_s**2 * flux / 2


def sampled_surface_integral(boundary: int, size: int, seed: int) -> tuple[float, float]:
    """Root mean square of a sum of ``boundary`` normal components of random unit displacements.

    And its standard error, from ``size`` samples; grows as sqrt(boundary/3).
    """
    if boundary < 1 or size < 2:
        raise ValueError("boundary must be at least 1 and size at least 2")
    rng = np.random.default_rng(seed)
    squares = rng.uniform(-1, 1, (size, boundary)).sum(axis=1) ** 2
    root = float(np.sqrt(squares.mean()))
    return root, float(squares.std(ddof=1) / np.sqrt(size) / (2 * root))


def interaction(g: ArrayLike, density: ArrayLike, c_s: ArrayLike, r: ArrayLike) -> Array:
    """Strain-mediated interaction (J) of two centres at distance ``r``, factor of one left out."""
    g, density, c_s, r = positive(g=g, density=density, c_s=c_s, r=r)
    return g**2 / (density * c_s**2 * r**3)


def static_field(
    g: ArrayLike, density: ArrayLike, c_s: ArrayLike, T: ArrayLike, T_g: ArrayLike, xi: ArrayLike
) -> Array:
    """Field (J) at a point of the centres active at ``T``, one per xi^3 T_g/T (LW07-ua23)."""
    T, T_g, xi = positive(T=T, T_g=T_g, xi=xi)
    concentration = density_of_states(T_g, xi) * k_B * T
    return interaction(g, density, c_s, concentration ** (-1 / 3))


def coupling_strength(Pbar: ArrayLike, g: ArrayLike, density: ArrayLike, c_s: ArrayLike) -> Array:
    """The universal combination Pbar g^2/(rho c_s^2), dimensionless."""
    Pbar, g, density, c_s = positive(Pbar=Pbar, g=g, density=density, c_s=c_s)
    return Pbar * g**2 / (density * c_s**2)


def predicted_strength(a: ArrayLike, xi: ArrayLike, T_g: ArrayLike, modulus: ArrayLike) -> Array:
    """Pbar g^2/(rho c_s^2) with both factors from the theory; equals (a/xi)^3."""
    (modulus,) = positive(modulus=modulus)
    g = coupling(modulus, 1.0, a, T_g)
    return coupling_strength(density_of_states(T_g, xi), g, modulus, 1.0)


def thermal_wavelength_over_path(
    a: ArrayLike,
    xi: ArrayLike,
    T_g: ArrayLike = 1000.0,
    modulus: ArrayLike = 1e10,
    orientation: float = ORIENTATION,
) -> Array:
    """Wavelength over mean free path of a phonon with hbar omega = k_B T (LW07 Eq. 20).

    Built from the density of states and the coupling; ``T_g`` (K) and ``modulus`` (Pa) drop out.
    """
    g = coupling(modulus, 1.0, a, T_g)
    T = 1.0
    return wavelength_over_path(
        k_B * T / hbar, T, density_of_states(T_g, xi), g, modulus, orientation
    )


def quality_factor(xi_over_a: ArrayLike) -> Array:
    """Wavelengths in a thermal mean free path with the prefactor of LW07 Eq. 20."""
    (xi_over_a,) = positive(xi_over_a=xi_over_a)
    return 1 / thermal_wavelength_over_path(1e-10, 1e-10 * xi_over_a)


def length_from_time(a: ArrayLike, d_L: ArrayLike, ratio: ArrayLike) -> Array:
    """Cooperativity length (m) of a glass transition ``ratio`` vibrational times long (L18 Eq. 41).

    ``a`` and ``d_L`` in m; ``ratio`` tau_g/tau_0 above one.
    """
    a, d_L, ratio = positive(a=a, d_L=d_L, ratio=ratio)
    if np.any(ratio <= 1):
        raise ValueError(f"ratio must be above 1, got {np.min(ratio):g}")
    beads = (4 * d_L / a * np.log(ratio)) ** 2
    return a * np.cbrt(beads)
