"""Numbers quoted for the rival scenarios and for electric dipoles (L18 Sec. II, IV; LSW06)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from relics import (
    hard_sphere_glass,
    jammed_spheres,
    phonons,
    piezoelectricity,
    resonant_pairs,
    rfot,
    strain_coupling,
    tunnelling_dipoles,
    unit_systems,
)
from relics.claims import Computed
from relics.constants import debye, eV, k_B

_LINDEMANN, _N_STAR = 0.1, 200.0
_BEAD = 3.5e-10  # m
_SILICA = (2200.0, 4100.0, _BEAD)  # density, sound speed, bead size as used by LSW06
_T_G = 1500.0  # K
_G, _K = 2e-19, 3e10  # J, Pa; they cancel
_BETA, _LAMBDA, _EPS = 5.2e4, 8.8e11, 4.58  # quartz, Gaussian, as quoted by LSW06
_ATMOSPHERE = 101325.0
_MEASURED_QUALITY = 150.0


def _excess_of_bound() -> float:
    """Bound 1/J over the density of states that gives the measured quality of 150."""
    J = resonant_pairs.interaction_strength(_G, _K)
    measured = _K / (_MEASURED_QUALITY * _G**2)
    return float(resonant_pairs.density_of_states_bound(J) / measured)


def _size_factor() -> float:
    def bound(r_a: float) -> float:
        g = resonant_pairs.coupling_from_size(5e-21, _K, r_a)
        return float(
            resonant_pairs.density_of_states_bound(resonant_pairs.interaction_strength(g, _K))
        )

    return bound(3e-10) / bound(6e-10)


def _lindemann_bound() -> float:
    J = resonant_pairs.interaction_strength(_G, _K)
    return float(resonant_pairs.phonon_quality(_LINDEMANN**2 / J, _G, _K))


def _bound_falls_to_one() -> bool:
    readings = resonant_pairs.phonon_quality_in_dimension(np.arange(4, 9), _LINDEMANN)
    return bool(any(np.any(values <= 1) for values in readings.values()))


def _first_dimension_below_one() -> float:
    """Lowest dimension above two in which some reading of the bound lies below one."""
    dimensions = np.arange(3, 101)
    readings = resonant_pairs.phonon_quality_in_dimension(dimensions, _LINDEMANN)
    return float(dimensions[np.any([values < 1 for values in readings.values()], axis=0)][0])


def _log_time_of_fifteen() -> float:
    """Logarithm of the time over the microscopic one at which xi/a = 15 freezes."""
    return float(np.sqrt(15.0**3 / 16) / _LINDEMANN)


def _time_of_fifteen() -> bool:
    """Whether xi/a = 15 needs times beyond the age of the universe."""
    ratio = np.exp(_log_time_of_fifteen())
    reached = rfot.cooperative_size_at_glass_transition(ratio, 1 / _LINDEMANN)
    age = 4.35e17  # s
    return bool(abs(reached / 15.0**3 - 1) < 1e-9 and ratio * 1e-12 > 1e6 * age)


def _colloidal_time(radius: float) -> float:
    """Brownian time of a sphere of this radius (m) in water, in picoseconds."""
    return float(hard_sphere_glass.brownian_time(radius, 1e-3, 300.0)) / 1e-12


def _pressures() -> list[float]:
    p = float(hard_sphere_glass.kinetic_pressure(_BEAD**-3, _T_G, 1 / _LINDEMANN))
    return [p / _ATMOSPHERE, p]


def _dipole(zeta: float, a: float) -> float:
    return float(tunnelling_dipoles.random_walk_dipole(zeta, a, _N_STAR, _LINDEMANN)) / debye


def _dipole_of_one_pair() -> float:
    """Angle of one bond: the walk of a single pair, in dipoles of the bond."""
    walk = tunnelling_dipoles.random_walk_dipole(0.1, _BEAD, 2.0, _LINDEMANN)
    return float(walk / tunnelling_dipoles.bond_dipole(0.1, _BEAD))


def _added_stiffness() -> float:
    beta = piezoelectricity.piezoelectric_class_32(_BETA, 0.6e4)
    bare = piezoelectricity.stiffness_class_32(_LAMBDA, 1e12, 1e11, 1e11, 0.0, 5e11)
    eps = piezoelectricity.dielectric_uniaxial(_EPS, _EPS)
    return float((piezoelectricity.stiffened(bare, eps, beta, "gaussian") - bare)[0, 0, 0, 0])


_EIGHTEEN = [(i, j, k) for i in range(3) for j in range(3) for k in range(j, 3)]


def _allowed(general: NDArray[np.float64]) -> NDArray[np.float64]:
    """What the symmetry of quartz leaves of the eighteen components."""
    symmetric = general + general.transpose(0, 2, 1)
    tensor = piezoelectricity.symmetrised(symmetric, piezoelectricity.point_group_32())
    return np.array([tensor[p] for p in _EIGHTEEN])


def _present() -> set[tuple[int, int, int]]:
    values = _allowed(np.random.default_rng(0).normal(size=(3, 3, 3)))
    return {p for p, value in zip(_EIGHTEEN, values, strict=True) if abs(value) > 1e-9}


def _independent() -> float:
    """Number of independent components: rank of the symmetry average."""
    averages = [_allowed(unit.reshape(3, 3, 3)) for unit in np.eye(27)]
    return float(np.linalg.matrix_rank(np.array(averages), tol=1e-9))


def _two_components() -> bool:
    """Whether symmetry leaves only beta_x,xx and beta_x,yz of the eighteen components."""
    return _present() == {(0, 0, 0), (0, 1, 2)}


def _beta_si() -> float:
    return float(unit_systems.convert(_BETA, "surface charge", "gaussian", "SI"))


def _surface_against_stability() -> float:
    stable = float(strain_coupling.coupling(*_SILICA, _T_G))
    displacement = _BEAD * np.sqrt(k_B * _T_G / strain_coupling.cohesive_energy(*_SILICA))
    xi = float(rfot.cooperativity_length(_N_STAR, _BEAD))
    surface = float(strain_coupling.surface_coupling(*_SILICA, xi, displacement))
    return max(stable / surface, surface / stable)


def _field_energy(dipole: float, volts_per_cm: float) -> float:
    return float(tunnelling_dipoles.field_energy(dipole * debye, 100 * volts_per_cm))


def _charge_share(eps: float | None) -> float:
    return float(piezoelectricity.charge_fraction(_BETA, _LAMBDA, eps=eps)) ** 2


_PAIRS, _DIPOLES = "relics.resonant_pairs.", "relics.tunnelling_dipoles."

CLAIMS = {
    "L18-c5": Computed(
        _excess_of_bound, "1", _PAIRS + "density_of_states_bound", f"against the measured quality of {_MEASURED_QUALITY:g}"
    ),
    "L18-c6": Computed(_size_factor, "1", _PAIRS + "coupling_from_size"),
    "L18-c7": Computed(
        lambda: [_lindemann_bound() ** -0.5, _lindemann_bound()], "1", _PAIRS + "phonon_quality"
    ),
    "L18-c8": Computed(_lindemann_bound, "1", _PAIRS + "phonon_quality"),
    "L18-c9": Computed(
        lambda: 1 / float(resonant_pairs.percus_yevick_compressibility(0.494)),
        "1",
        _PAIRS + "percus_yevick_compressibility",
        "hard spheres at freezing, filling fraction 0.494",
    ),
    "L18-c10": Computed(
        _bound_falls_to_one,
        "",
        _PAIRS + "phonon_quality_in_dimension",
        "the geometric number falls until d = {:.2f}; the bound grows, and falls below one only from d = {:.0f} on, in the reading that favours the claim most",
        (resonant_pairs.dimension_of_weakest_coupling, _first_dimension_below_one),
    ),
    "L18-c37": Computed(
        lambda: float(rfot.region_density(_BEAD, _N_STAR ** (1 / 3))) * 1e-6,
        "cm^-3",
        "relics.rfot.region_density",
        f"regions of {_N_STAR:g} beads of {_BEAD * 1e10:g} angstrom",
    ),
    "L18-c40": Computed(
        _pressures, ["ambient pressure", "Pa"], "relics.hard_sphere_glass.kinetic_pressure"
    ),
    "L18-c41": Computed(
        lambda: jammed_spheres.isostatic_contacts(jammed_spheres.jam(16, 2, seed=0)) / 2,
        "contacts per dimension",
        "relics.jammed_spheres.isostatic_contacts",
        "counted in a packing of discs",
    ),
    "L18-c42": Computed(
        _time_of_fifteen, "", "relics.rfot.cooperative_size_at_glass_transition", "ln(tau/tau_0) = {:.0f}",
        (_log_time_of_fifteen,),
    ),
    "L18-c43": Computed(
        lambda: _colloidal_time(1e-7),
        "1",
        "relics.hard_sphere_glass.brownian_time",
        "radius 0.1 micrometre in water; a micrometre gives {:.1e}",
        (lambda: _colloidal_time(1e-6),),
    ),
    "L18-c46": Computed(lambda: _dipole(0.1, _BEAD), "D", _DIPOLES + "random_walk_dipole"),
    "LSW06-c2": Computed(
        lambda: float(phonons.thermal_wavelength(1.0, 4100.0)) / _BEAD, "1", "relics.phonons.thermal_wavelength"
    ),
    "LSW06-c3": Computed(
        lambda: float(rfot.cooperativity_length(_N_STAR, 1.0)), "1", "relics.rfot.cooperativity_length"
    ),
    "LSW06-c4": Computed(
        _dipole_of_one_pair, "rad", _DIPOLES + "random_walk_dipole"
    ),
    "LSW06-c5": Computed(
        lambda: _dipole(0.1, _BEAD) * debye / float(tunnelling_dipoles.bond_dipole(0.1, _BEAD)),
        "1",
        _DIPOLES + "random_walk_dipole",
    ),
    "LSW06-c6": Computed(
        lambda: float(tunnelling_dipoles.bond_dipole(1.0, 1e-10)) / debye, "D", _DIPOLES + "bond_dipole"
    ),
    "LSW06-c7": Computed(
        lambda: float(tunnelling_dipoles.bond_dipole(1.0, 2e-10)) / debye, "D", _DIPOLES + "bond_dipole"
    ),
    "LSW06-c8": Computed(lambda: _dipole(0.1, 2e-10), "D", _DIPOLES + "random_walk_dipole"),
    "LSW06-c10": Computed(_added_stiffness, "dyn/cm^2", "relics.piezoelectricity.stiffened"),
    "LSW06-c11": Computed(
        lambda: _added_stiffness() / _LAMBDA, "1", "relics.piezoelectricity.stiffened"
    ),
    "LSW06-c14": Computed(
        _two_components,
        "",
        "relics.piezoelectricity.symmetrised",
        "{:.0f} are independent; {:.0f} of the eighteen differ from zero, e.g. beta_x,yy = -beta_x,xx",
        (_independent, lambda: float(len(_present()))),
    ),
    "LSW06-c15": Computed(
        lambda: _charge_share(None),
        "1",
        "relics.piezoelectricity.charge_fraction",
        "Eq. 12 as printed; with the factor 4 pi/eps of Eq. 11 it is {:.2g}",
        (lambda: _charge_share(_EPS),),
    ),
    "LSW06-c16": Computed(
        lambda: float(tunnelling_dipoles.matched_charge_fraction(_beta_si(), _BEAD)),
        "e",
        _DIPOLES + "matched_charge_fraction",
    ),
    "LSW06-c17": Computed(
        _surface_against_stability, "1", "relics.strain_coupling.surface_coupling"
    ),
    "LSW06-c18": Computed(
        lambda: float(tunnelling_dipoles.piezoelectric_dipole(_beta_si(), _BEAD)) / debye,
        "D",
        _DIPOLES + "piezoelectric_dipole",
    ),
    "LSW06-c19": Computed(
        lambda: [_field_energy(0.5, 1e6) / eV, _field_energy(0.5, 1e6) / k_B],
        ["eV", "K"],
        _DIPOLES + "field_energy",
    ),
    "LSW06-c20": Computed(
        lambda: _field_energy(0.4, 1e5) / k_B,
        "K",
        _DIPOLES + "field_energy",
        "the measured 0.4 D in a tenth of the breakdown field; 0.5 D gives {:.1f} K",
        (lambda: _field_energy(0.5, 1e5) / k_B,),
    ),
    "LSW06-c23": Computed(
        lambda: float(strain_coupling.coupling(*_SILICA, _T_G)) / eV, "eV", "relics.strain_coupling.coupling"
    ),
    "LSW06-c24": Computed(
        lambda: float(strain_coupling.cohesive_energy(*_SILICA)) / eV,
        "eV",
        "relics.strain_coupling.cohesive_energy",
    ),
    "LSW06-c25": Computed(
        lambda: float(tunnelling_dipoles.elastic_interaction(_T_G, _BEAD, _BEAD)) / eV,
        "eV",
        _DIPOLES + "elastic_interaction",
        "interaction of neighbours, k_B T_g",
    ),
    "LSW06-c26": Computed(
        lambda: float(tunnelling_dipoles.interaction_ratio(0.1, *_SILICA, _T_G)),
        "1",
        _DIPOLES + "interaction_ratio",
    ),
    "LSW06-c27": Computed(
        lambda: _charge_share(_EPS), "1", "relics.piezoelectricity.charge_fraction", "quartz, with 4 pi/eps"
    ),
    "LSW06-c28": Computed(
        lambda: float(resonant_pairs.vibration_ratio(_BEAD**-3, _T_G, _SILICA[0] * _SILICA[1] ** 2)),
        "1",
        _PAIRS + "vibration_ratio",
    ),
}  # fmt: skip
