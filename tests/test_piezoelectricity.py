import numpy as np
import pytest

from relics import piezoelectricity as piezo
from relics.unit_systems import convert, field_constant

RNG = np.random.default_rng(20)


def symmetric(shape, orders, rng):
    out = rng.normal(size=shape)
    for order in orders:
        out = out + out.transpose(order)
    return out


@pytest.fixture
def crystal():
    rng = np.random.default_rng(7)
    m = rng.normal(size=(6, 6))
    lam = piezo.from_voigt(m @ m.T + np.eye(6))
    r = rng.normal(size=(3, 3))
    eps = r @ r.T + 2 * np.eye(3)
    beta = symmetric((3, 3, 3), [(0, 2, 1)], rng)
    u = symmetric((3, 3), [(1, 0)], rng)
    return lam, eps, beta, u, rng.normal(size=3)


def derivative(f, x, step=1e-6):
    """Gradient of a scalar function of a symmetric matrix or vector, by differences."""
    out = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        d = np.zeros_like(x)
        d[index] += step / 2
        d = d + d.T if x.ndim == 2 else 2 * d
        out[index] = (f(x + d) - f(x - d)) / (2 * step)
    return out


@pytest.mark.parametrize("system", ["gaussian"])
def test_stress_and_induction_are_derivatives_of_the_free_energy(crystal, system):
    lam, eps, beta, u, E = crystal
    by_strain = derivative(lambda x: piezo.free_energy(x, E, lam, eps, beta, system), u)
    assert piezo.stress(u, E, lam, beta) == pytest.approx(by_strain, rel=1e-6, abs=1e-6)
    by_field = derivative(lambda x: piezo.free_energy(u, x, lam, eps, beta, system), E)
    D = piezo.induction(u, E, eps, beta, system)
    assert D == pytest.approx(-by_field / field_constant(system), rel=1e-6)


def test_internal_field_leaves_no_induction(crystal):
    lam, eps, beta, u, _ = crystal
    E = piezo.internal_field(u, eps, beta, "gaussian")
    assert piezo.induction(u, E, eps, beta, "gaussian") == pytest.approx(np.zeros(3), abs=1e-9)


def test_stiffened_energy_is_the_free_energy_in_the_internal_field(crystal):
    lam, eps, beta, u, _ = crystal
    E = piezo.internal_field(u, eps, beta, "gaussian")
    stiff = piezo.stiffened(lam, eps, beta, "gaussian")
    expected = piezo.free_energy(u, E, lam, eps, beta, "gaussian")
    assert 0.5 * np.einsum("ij,ijkl,kl", u, stiff, u) == pytest.approx(expected, rel=1e-12)


def test_term_linear_in_the_induction_gives_the_sign_of_the_dipole(crystal):
    # Energy = -mu.E_ext with E_ext = D/eps defines mu; it must be `transition_dipole` of the
    # field change, for an isotropic eps.
    lam, _, beta, u, D = crystal
    eps, volume = 3.7, 2.0
    tensor = eps * np.eye(3)

    def energy(D):
        return piezo.energy_at_fixed_induction(u, D, lam, tensor, beta, "gaussian")

    linear = (energy(D) - energy(-D)) / 2 * volume
    change = piezo.internal_field(u, tensor, beta, "gaussian")
    dipole = piezo.transition_dipole(change, volume, eps, "gaussian")
    assert linear == pytest.approx(-dipole @ D / eps, rel=1e-10)


def test_both_unit_systems_give_one_energy(crystal):
    lam, eps, beta, u, E = crystal
    si = piezo.free_energy(u, 1e7 * E, 1e10 * lam, eps, 0.1 * beta, "SI")
    gaussian = piezo.free_energy(
        u,
        convert(1e7 * E, "electric field", "SI", "gaussian"),
        convert(1e10 * lam, "energy density", "SI", "gaussian"),
        eps,
        convert(0.1 * beta, "surface charge", "SI", "gaussian"),
        "gaussian",
    )
    assert convert(gaussian, "energy density", "gaussian", "SI") == pytest.approx(si, rel=1e-9)


def test_class_32_leaves_two_piezoelectric_two_dielectric_and_six_elastic_constants():
    group = piezo.point_group_32()
    assert len(group) == 6
    assert [piezo.independent_constants(n, group) for n in ("eps", "beta", "lam")] == [2, 2, 6]


def test_class_32_tensors_are_invariant():
    group = piezo.point_group_32()
    beta = piezo.piezoelectric_class_32(0.171, -0.0406)
    lam = piezo.stiffness_class_32(86.7, 107.2, 7.0, 11.9, -17.9, 57.9)
    assert piezo.symmetrised(beta, group) == pytest.approx(beta, abs=1e-14)
    assert piezo.symmetrised(lam, group) == pytest.approx(lam, abs=1e-12)
    general = symmetric((3, 3, 3), [(0, 2, 1)], RNG)
    part = piezo.symmetrised(general, group)
    rebuilt = piezo.piezoelectric_class_32(part[0, 0, 0], part[0, 1, 2])
    assert part == pytest.approx(rebuilt, abs=1e-14)


def test_quartz_stiffens_by_less_than_a_hundredth():
    beta = piezo.piezoelectric_class_32(5.2e4, 0.6e4)
    lam = piezo.stiffness_class_32(8.8e11, 1.07e12, 0.7e11, 1.2e11, -1.8e11, 5.8e11)
    eps = piezo.dielectric_uniaxial(4.58, 4.6)
    added = piezo.to_voigt(piezo.stiffened(lam, eps, beta, "gaussian")) - piezo.to_voigt(lam)
    assert added[0, 0] == pytest.approx(7.42e9, rel=1e-3)
    # Nothing couples to a field along the threefold axis, so two directions stiffen, not three.
    assert np.linalg.matrix_rank(added, tol=1.0) == 2
    assert np.linalg.eigvalsh(added).min() > -1e3


def test_negative_stiffness_may_be_saved_by_the_charges():
    lam = piezo.from_voigt(np.diag([-0.5, 1, 1, 1, 1, 1]))
    beta = piezo.from_voigt(np.diag([1.0, 1.0, 1.0, 0, 0, 0])[:3])
    assert not piezo.is_stable(lam)
    assert piezo.is_stable(piezo.stiffened(lam, np.eye(3), beta, "gaussian"))


def test_coupling_tensor_and_surface_integral():
    lam = piezo.from_voigt(
        np.diag([3.0, 3, 3, 1, 1, 1]) + 1.0 - np.pad(np.ones((3, 3)), ((3, 0), (3, 0)))
    )
    G = RNG.normal(size=(3, 3))
    edges = np.array([1.0, 2.0, 0.5])
    strain = piezo.integrated_strain(lambda x: x @ G.T, edges)
    assert strain == pytest.approx(0.5 * (G + G.T) * edges.prod(), abs=1e-12)
    shear = np.zeros((3, 3))
    shear[0, 1] = shear[1, 0] = 1.0
    assert piezo.coupling_tensor(lam, shear)[0, 1] == pytest.approx(0.5 * 2 * lam[0, 1, 0, 1])


def test_shear_displacement_gives_half_the_volume():
    # d = (y, 0, 0): the xy strain is 1/2 everywhere, half of what LSW06 prints after Eq. 16.
    strain = piezo.integrated_strain(
        lambda x: np.stack([x[..., 1], 0 * x[..., 0], 0 * x[..., 0]], -1), [1, 1, 1]
    )
    assert strain[0, 1] == pytest.approx(0.5, rel=1e-12)


def test_charge_fraction_with_and_without_the_dielectric_factor():
    assert piezo.charge_fraction(5.2e4, 8.8e11) ** 2 == pytest.approx(0.00307, abs=1e-5)
    assert piezo.charge_fraction(5.2e4, 8.8e11, eps=4.58) ** 2 == pytest.approx(0.00843, abs=1e-5)


def test_quantities_are_in_si_where_no_system_is_named(crystal):
    lam, eps, beta, u, E = crystal
    for f, arguments in (
        (piezo.induction, (u, E, eps, beta)),
        (piezo.free_energy, (u, E, lam, eps, beta)),
        (piezo.energy_at_fixed_induction, (u, E, lam, eps, beta)),
        (piezo.internal_field, (u, eps, beta)),
        (piezo.stiffened, (lam, eps, beta)),
    ):
        assert np.array_equal(f(*arguments), f(*arguments, "SI"))
        assert not np.allclose(f(*arguments), f(*arguments, "gaussian"), rtol=1e-7, atol=0)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_constants_of_a_crystal_must_be_finite(bad):
    for f in (piezo.piezoelectric_class_32, piezo.dielectric_uniaxial):
        for arguments in ((bad, 1.0), (1.0, bad)):
            with pytest.raises(ValueError, match="must be finite"):
                f(*arguments)


def test_refusals(crystal):
    lam, eps, beta, u, E = crystal
    with pytest.raises(ValueError, match="beta lacks the symmetry"):
        piezo.internal_field(u, eps, RNG.normal(size=(3, 3, 3)))
    with pytest.raises(ValueError, match="shape"):
        piezo.free_energy(u, E[:2], lam, eps, beta)
    with pytest.raises(ValueError, match="unit system"):
        piezo.stiffened(lam, eps, beta, "planck")
    with pytest.raises(ValueError, match="name must be"):
        piezo.independent_constants("gamma", piezo.point_group_32())
    with pytest.raises(ValueError, match="edges"):
        piezo.integrated_strain(lambda x: x, [1, -1, 1])


# Ways through the space of strain and field.


@pytest.mark.parametrize("system", ["SI", "gaussian"])
def test_work_does_not_depend_on_the_way(crystal, system):
    lam, eps, beta, u, E = crystal
    rng = np.random.default_rng(31)
    start, end = (np.zeros((3, 3)), np.zeros(3)), (u, E)
    energy = piezo.free_energy(u, E, lam, eps, beta, system)
    for steps in (0, 1, 4):
        between = [(symmetric((3, 3), [(1, 0)], rng), rng.normal(size=3)) for _ in range(steps)]
        way = [start, *between, end]
        work = piezo.reversible_work(
            [w[0] for w in way], [w[1] for w in way], lam, eps, beta, system
        )
        assert work == pytest.approx(energy, rel=1e-12)
        way += [*between, start]
        closed = piezo.reversible_work(
            [w[0] for w in way], [w[1] for w in way], lam, eps, beta, system
        )
        assert abs(closed) < 1e-11 * abs(energy)


def test_work_of_straining_at_a_fixed_field_counts_the_pull_of_the_field(crystal):
    lam, eps, beta, u, E = crystal
    work = piezo.reversible_work([0 * u, u], [E, E], lam, eps, beta)
    mean_stress = (piezo.stress(0 * u, E, lam, beta) + piezo.stress(u, E, lam, beta)) / 2
    assert work == pytest.approx(float(np.sum(mean_stress * u)), rel=1e-12)


@pytest.mark.parametrize(
    "strains, fields",
    [
        (np.zeros((1, 3, 3)), np.zeros((1, 3))),
        (np.zeros((2, 3)), np.zeros((2, 3))),
        (np.zeros((2, 3, 3)), np.zeros((3, 3))),
        (0.0, np.zeros((2, 3))),
        (np.full((2, 3, 3), np.nan), np.zeros((2, 3))),
    ],
)
def test_a_way_of_wrong_shape_is_refused(crystal, strains, fields):
    lam, eps, beta, _, _ = crystal
    with pytest.raises(ValueError):
        piezo.reversible_work(strains, fields, lam, eps, beta)


@pytest.mark.parametrize("system", ["SI", "gaussian"])
def test_energy_without_charges_is_that_of_the_stiffened_crystal(crystal, system):
    lam, eps, beta, u, _ = crystal
    stiff = piezo.stiffened(lam, eps, beta, system)
    expected = np.einsum("ij,ijkl,kl", u, stiff, u) / 2
    assert piezo.energy_without_charges(u, lam, eps, beta, system) == pytest.approx(
        expected, rel=1e-12
    )


def test_energy_without_charges_of_a_centred_crystal_is_elastic(crystal):
    lam, eps, beta, u, _ = crystal
    assert piezo.energy_without_charges(u, lam, eps, 0 * beta) == pytest.approx(
        np.einsum("ij,ijkl,kl", u, lam, u) / 2, rel=1e-14
    )


def test_without_charges_the_energy_needs_a_positive_permittivity(crystal):
    lam, _, beta, u, _ = crystal
    with pytest.raises(ValueError, match="positive definite"):
        piezo.energy_without_charges(u, lam, np.diag([1.0, 1.0, -1.0]), beta)


@pytest.mark.parametrize("system", ["SI", "gaussian"])
def test_a_phonon_costs_its_own_energy_and_twice_the_cross_term(crystal, system):
    lam, eps, beta, u, _ = crystal
    phonon = symmetric((3, 3), [(1, 0)], np.random.default_rng(5))
    both, alone = (piezo.energy_without_charges(x, lam, eps, beta, system) for x in (u + phonon, u))
    found = piezo.energy_of_phonon(phonon, u, lam, eps, beta, system)
    assert found == pytest.approx(both - alone, rel=1e-11)


# Isotropic solids and ionic bonds.


def test_an_isotropic_stiffness_is_isotropic_and_has_its_two_constants():
    lam = piezo.stiffness_isotropic(3.0, 2.0)
    angle = 0.7
    turn = np.array(
        [[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]]
    )
    tilt = turn[[2, 0, 1]][:, [2, 0, 1]] @ turn
    assert np.allclose(piezo.rotated(lam, tilt), lam, rtol=0, atol=1e-13)
    voigt = piezo.to_voigt(lam)
    assert (voigt[0, 0], voigt[0, 1], voigt[3, 3]) == pytest.approx((7.0, 3.0, 2.0))


def test_sound_of_an_isotropic_solid_has_two_speeds_in_every_direction():
    # closed form: transverse speed sqrt(mu/rho) twice, longitudinal sqrt((lambda + 2 mu)/rho)
    lam = piezo.stiffness_isotropic(3.0, 2.0)
    for direction in ([1, 0, 0], [1, -2, 0.5]):
        speeds, polarisations = piezo.acoustic_speeds(lam, 0.5, direction)
        assert speeds == pytest.approx([2.0, 2.0, np.sqrt(14.0)], rel=1e-12)
        along = np.array(direction) / np.linalg.norm(direction)
        assert abs(polarisations[:, 2] @ along) == pytest.approx(1.0, rel=1e-12)


def test_sound_along_the_axis_of_quartz_is_that_of_two_constants():
    lam = piezo.stiffness_class_32(8.8e11, 1.07e12, 7e10, 1.19e11, -1.79e11, 5.79e11)
    speeds, _ = piezo.acoustic_speeds(lam, 2.65, [0, 0, 1])
    assert speeds == pytest.approx(np.sqrt([5.79e11 / 2.65] * 2 + [1.07e12 / 2.65]), rel=1e-12)


def test_speeds_of_an_unstable_crystal_and_of_no_direction_are_refused():
    with pytest.raises(ValueError, match="unstable"):
        piezo.acoustic_speeds(piezo.stiffness_isotropic(1.0, -1.0), 1.0, [1, 0, 0])
    with pytest.raises(ValueError, match="direction"):
        piezo.acoustic_speeds(piezo.stiffness_isotropic(1.0, 1.0), 1.0, [0, 0, 0])
    with pytest.raises(ValueError, match="density"):
        piezo.acoustic_speeds(piezo.stiffness_isotropic(1.0, 1.0), 0.0, [1, 0, 0])


def test_stiffness_of_ionic_bonds_in_both_unit_systems():
    # closed form: U'' of q^2/r at r = a is 2 q^2/a^3; times a^2/a^3 it is 2 (q/a^2)^2
    charge, a = 4.8e-10, 3.5e-8
    found = piezo.ionic_stiffness(charge, a, "gaussian")
    assert found == pytest.approx(2 * (charge / a**2) ** 2, rel=1e-12, abs=0)
    si = piezo.ionic_stiffness(float(convert(charge, "charge", "gaussian", "SI")), a * 1e-2)
    assert si == pytest.approx(
        float(convert(found, "energy density", "gaussian", "SI")), rel=1e-8, abs=0
    )


@pytest.mark.parametrize("given", [(np.nan, 1.0), (1.0, 0.0), (1.0, -1.0), (1.0, np.inf)])
def test_ionic_bonds_without_a_length_or_charge_are_refused(given):
    with pytest.raises(ValueError):
        piezo.ionic_stiffness(*given)
