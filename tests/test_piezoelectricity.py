import numpy as np
import pytest

from relics import piezoelectricity as piezo
from relics.constants import epsilon_0
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
        (piezo.reversible_work, ([0 * u, u], [0 * E, E], lam, eps, beta)),
        (piezo.energy_without_charges, (u, lam, eps, beta)),
        (piezo.energy_of_phonon, (u, 2 * u, lam, eps, beta)),
        (piezo.transition_dipole, (E, 2.0, 3.0)),
        (piezo.ionic_stiffness, (2.0, 3.0)),
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


@pytest.mark.parametrize("system", ["SI", "gaussian"])
def test_induction_and_internal_field_are_those_of_one_axis(system):
    # One component of each tensor: D = eps_0 eps E - beta u in SI, eps E - 4 pi beta u in Gaussian.
    u, E, eps, beta = np.zeros((3, 3)), np.zeros(3), np.diag([2.0, 5.0, 3.0]), np.zeros((3, 3, 3))
    u[2, 2], E[1], beta[1, 2, 2] = 0.3, 7.0, 11.0
    k, factor = (epsilon_0, 1.0) if system == "SI" else (1.0, 4 * np.pi)
    D = piezo.induction(u, E, eps, beta, system)
    assert D == pytest.approx([0, k * 5.0 * 7.0 - factor * 3.3, 0], rel=1e-12)
    field = piezo.internal_field(u, eps, beta, system)
    assert field == pytest.approx([0, factor * 3.3 / (5.0 * k), 0], rel=1e-12)
    lam = piezo.stiffness_isotropic(1.0, 1.0)
    added = piezo.stiffened(lam, eps, beta, system) - lam
    expected = np.zeros((3,) * 4)
    expected[2, 2, 2, 2] = factor * 121 / (5.0 * k)
    assert added == pytest.approx(expected, rel=1e-12, abs=1e-13)
    dipole = piezo.transition_dipole(E, 4.0, 5.0, system)
    assert dipole == pytest.approx([0, -k / factor * 5 * 7 * 4, 0], rel=1e-12)


@pytest.mark.parametrize("system", ["SI", "gaussian"])
def test_energy_at_fixed_induction_is_the_largest_over_the_field(crystal, system):
    lam, eps, beta, u, E = crystal
    prime = 1.0 if system == "SI" else field_constant(system)
    D = piezo.induction(u, E, eps, beta, system)
    here = piezo.free_energy(u, E, lam, eps, beta, system) + prime * E @ D
    assert piezo.energy_at_fixed_induction(u, D, lam, eps, beta, system) == pytest.approx(
        here, rel=1e-9
    )
    for step in 0.1 * np.eye(3):
        for sign in (1, -1):
            away = E + sign * step
            assert piezo.free_energy(u, away, lam, eps, beta, system) + prime * away @ D < here


def test_tensors_that_are_not_symmetric_enough_are_refused():
    lam, eye = piezo.stiffness_isotropic(1.0, 1.0), np.eye(3)
    for index in ((0, 0, 0, 1), (0, 1, 0, 0)):
        broken = lam.copy()
        broken[index] += 1e-6
        with pytest.raises(ValueError, match="lam lacks the symmetry"):
            piezo.checked(lam=broken)
    broken = lam.copy()
    broken[0, 1, 1, 2] = broken[1, 0, 1, 2] = broken[0, 1, 2, 1] = broken[1, 0, 2, 1] = 1e-6
    with pytest.raises(ValueError, match="lam lacks the symmetry"):
        piezo.checked(lam=broken)
    for name in ("u", "eps"):
        shear = eye.copy()
        shear[0, 1] = 3e-9
        with pytest.raises(ValueError, match=f"{name} lacks the symmetry"):
            piezo.checked(**{name: shear})
        # Rounding is no lack of symmetry, whatever the size.
        for size in (1e-20, 1e20):
            shear[0, 1] = 5e-10
            assert np.array_equal(piezo.checked(**{name: size * shear})[0], size * shear)
            shear[0, 1] = 3e-9
            with pytest.raises(ValueError, match="lacks the symmetry"):
                piezo.checked(**{name: size * shear})
    with pytest.raises(ValueError, match="E must be finite"):
        piezo.checked(E=[np.nan, 0, 0])
    with pytest.raises(ValueError, match=r"E must have shape \(3,\), got \(2,\)"):
        piezo.checked(E=[1, 2])
    found = piezo.checked(u=eye, E=[1, 2, 3])
    assert np.array_equal(found[0], eye) and np.array_equal(found[1], [1, 2, 3])


def test_symmetry_is_checked_by_every_function(crystal):
    lam, eps, beta, u, E = crystal
    given = {"u": u, "E": E, "lam": lam, "eps": eps, "beta": beta}
    takes = {
        piezo.stress: ("u", "E", "lam", "beta"),
        piezo.induction: ("u", "E", "eps", "beta"),
        piezo.free_energy: ("u", "E", "lam", "eps", "beta"),
        piezo.internal_field: ("u", "eps", "beta"),
        piezo.stiffened: ("lam", "eps", "beta"),
        piezo.energy_without_charges: ("u", "lam", "eps", "beta"),
    }
    for f, names in takes.items():
        for name in names:
            arguments = {n: given[n] for n in names} | {name: np.ones((3, 2))}
            with pytest.raises(ValueError, match=f"{name} must have shape"):
                f(**arguments)
    for f in (piezo.to_voigt, piezo.is_stable):
        with pytest.raises(ValueError, match="lam must have shape"):
            f(eps)
    with pytest.raises(ValueError, match="lam must have shape"):
        piezo.coupling_tensor(eps, u)
    with pytest.raises(ValueError, match="u must have shape"):
        piezo.coupling_tensor(lam, E)
    with pytest.raises(ValueError, match="E must have shape"):
        piezo.transition_dipole(eps, 1.0, 1.0)
    with pytest.raises(ValueError, match="E must have shape"):
        piezo.energy_at_fixed_induction(u, eps, lam, eps, beta)
    for pair in ((E, u), (u, E)):
        with pytest.raises(ValueError, match="u must have shape"):
            piezo.energy_of_phonon(*pair, lam, eps, beta)


@pytest.mark.parametrize("bad", [0.0, -1.0, np.nan])
def test_volumes_and_permittivities_must_be_positive(bad):
    for volume, eps in ((bad, 1.0), (1.0, bad)):
        with pytest.raises(ValueError, match="volume and eps must be positive"):
            piezo.transition_dipole([1.0, 0, 0], volume, eps)
    with pytest.raises(ValueError, match="must be"):
        piezo.charge_fraction(1.0, bad)
    with pytest.raises(ValueError, match="must be positive"):
        piezo.charge_fraction(1.0, 1.0, eps=bad)
    with pytest.raises(ValueError, match="beta must be finite"):
        piezo.charge_fraction(np.nan, 1.0)


def test_charge_fraction_is_one_number_in_both_unit_systems():
    beta, lam = 0.17, 8.7e10
    gaussian = [
        float(convert(beta, "surface charge", "SI", "gaussian")),
        float(convert(lam, "energy density", "SI", "gaussian")),
    ]
    for eps in (None, 4.5):
        assert piezo.charge_fraction(beta, lam, "SI", eps) == pytest.approx(
            piezo.charge_fraction(*gaussian, "gaussian", eps), rel=1e-8
        )
    share = beta**2 / (epsilon_0 * lam)
    assert piezo.charge_fraction(beta, lam, "SI", 4.5) ** 2 == pytest.approx(share / 4.5)


def test_surface_integral_of_a_curved_displacement_is_that_of_its_strain():
    # d = (x y^2 z, x^3, y z): the volume integrals of its six strains over the box, by hand.
    a, b, c = edges = np.array([1.5, 0.7, 2.0])

    def displacement(x):
        x, y, z = np.moveaxis(x, -1, 0)
        return np.stack([x * y**2 * z, x**3, y * z], axis=-1)

    xx, yy, zz = a * b**3 * c**2 / 6, 0.0, a * b**2 * c / 2
    xy = (a**2 * b**2 * c**2 / 4 + a**3 * b * c) / 2
    xz, yz = a**2 * b**3 * c / 12, a * b * c**2 / 4
    expected = [[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]]
    for nodes in ({}, {"nodes": 3}):
        found = piezo.integrated_strain(displacement, edges, **nodes)
        assert found == pytest.approx(np.array(expected), rel=1e-12, abs=1e-13)
    # One node a face sees a plane only.
    assert piezo.integrated_strain(displacement, edges, nodes=1)[0, 0] != pytest.approx(xx)
    for bad in ([1.0, 0.0, 1.0], [1.0, 1.0], [1.0, np.nan, 1.0]):
        with pytest.raises(ValueError, match="edges must be"):
            piezo.integrated_strain(displacement, bad)


def test_twelve_nodes_integrate_powers_up_to_the_twenty_third():
    def displacement(x):
        return x[..., [1]] ** 23 * np.array([1.0, 0.0, 0.0]) * x[..., [0]]

    found = piezo.integrated_strain(displacement, [1.0, 1.0, 1.0])
    assert found[0, 0] == pytest.approx(1 / 24, rel=1e-11)


def test_class_32_is_a_group_of_rotations_with_its_two_axes():
    group = piezo.point_group_32()
    assert np.linalg.det(group) == pytest.approx(np.ones(6), rel=1e-12)
    for a in group:
        for b in group:
            assert np.abs(group - a @ b).max(axis=(1, 2)).min() < 1e-12
    # Three turns about z, three halves about axes in the plane, one of them x.
    assert sorted(np.round(group[:, 2, 2])) == [-1, -1, -1, 1, 1, 1]
    assert any(np.allclose(r, np.diag([1, -1, -1])) for r in group)


def test_a_turned_tensor_is_the_product_of_turned_vectors():
    a, b, c = RNG.normal(size=(3, 3))
    turn = np.linalg.qr(RNG.normal(size=(3, 3)))[0]
    found = piezo.rotated(np.einsum("i,j,k->ijk", a, b, c), turn)
    assert found == pytest.approx(np.einsum("i,j,k->ijk", turn @ a, turn @ b, turn @ c), rel=1e-10)
    for bad in (np.eye(3), np.ones((2, 3, 2))):
        with pytest.raises(ValueError, match="group of rotations"):
            piezo.symmetrised(a, bad)


def test_tensors_of_quartz_stand_where_the_tables_put_them():
    # J. F. Nye, Physical Properties of Crystals, Table 9: class 32.
    e = piezo.piezoelectric_class_32(2.0, 3.0)
    rows = np.array([[e[i, j, k] for j, k in piezo.VOIGT] for i in range(3)])
    assert np.array_equal(rows, [[2, -2, 0, 3, 0, 0], [0, 0, 0, 0, -3, -2], [0] * 6])
    c = piezo.to_voigt(piezo.stiffness_class_32(11.0, 33.0, 5.0, 13.0, 14.0, 44.0))
    assert np.array_equal(c, c.T)
    assert np.array_equal(
        np.triu(c),
        [
            [11, 5, 13, 14, 0, 0],
            [0, 11, 13, -14, 0, 0],
            [0, 0, 33, 0, 0, 0],
            [0, 0, 0, 44, 0, 0],
            [0, 0, 0, 0, 44, 14],
            [0, 0, 0, 0, 0, 3],
        ],
    )
    assert np.array_equal(piezo.dielectric_uniaxial(2, 3), np.diag([2.0, 2.0, 3.0]))
    assert piezo.dielectric_uniaxial(2, 3).dtype == float
    for k in range(6):
        with pytest.raises(ValueError, match="c.. must be finite"):
            piezo.stiffness_class_32(*[np.nan if n == k else 1.0 for n in range(6)])


def test_voigt_matrices_of_tensors_and_back():
    m = RNG.normal(size=(6, 6))
    lam = piezo.from_voigt(m + m.T)
    assert np.array_equal(piezo.to_voigt(lam), m + m.T)
    strain, one = symmetric((3, 3), [(1, 0)], RNG), np.array([1, 1, 1, 2, 2, 2])
    doubled = one * np.array([strain[i, j] for i, j in piezo.VOIGT])
    pull = np.einsum("ijkl,kl->ij", lam, strain)
    assert (m + m.T) @ doubled == pytest.approx(np.array([pull[i, j] for i, j in piezo.VOIGT]))
    rows = RNG.normal(size=(3, 6))
    beta = piezo.from_voigt(rows)
    assert np.array_equal(beta, beta.transpose(0, 2, 1))
    assert np.array_equal([[beta[n, i, j] for i, j in piezo.VOIGT] for n in range(3)], rows)
    with pytest.raises(ValueError, match="lam lacks the symmetry"):
        piezo.from_voigt(m)
    for bad in (np.eye(3), np.ones((6, 3))):
        with pytest.raises(ValueError, match=r"shape \(6, 6\) or \(3, 6\)"):
            piezo.from_voigt(bad)
    with pytest.raises(ValueError, match="matrix must be finite"):
        piezo.from_voigt(np.full((6, 6), np.nan))


@pytest.mark.parametrize("which", range(6))
def test_one_soft_strain_makes_a_crystal_unstable(which):
    values = np.ones(6)
    values[which] = -1e-6
    turn = np.linalg.qr(np.random.default_rng(which).normal(size=(3, 3)))[0]
    for constants, stable in ((np.ones(6), True), (values, False), (0 * values, False)):
        lam = piezo.rotated(piezo.from_voigt(np.diag(constants)), turn)
        assert piezo.is_stable((lam + lam.transpose(2, 3, 0, 1)) / 2) is stable


def test_constants_of_isotropic_solids_and_directions_must_be_numbers():
    for given in ((np.nan, 1.0), (1.0, np.inf)):
        with pytest.raises(ValueError, match="must be finite"):
            piezo.stiffness_isotropic(*given)
    lam = piezo.stiffness_isotropic(1.0, 0.0)
    speeds, _ = piezo.acoustic_speeds(lam, 4.0, [0, 3, 0])
    assert speeds == pytest.approx([0, 0, 0.5])
    with pytest.raises(ValueError, match="lam must have shape"):
        piezo.acoustic_speeds(np.eye(3), 1.0, [1, 0, 0])


def test_a_crystal_that_does_not_polarise_may_have_any_shape_of_permittivity(crystal):
    lam, eps, beta, u, _ = crystal
    stretched = piezo.energy_without_charges(u, lam, 40 * eps, beta)
    expected = np.einsum("ij,ijkl,kl", u, piezo.stiffened(lam, 40 * eps, beta), u) / 2
    assert stretched == pytest.approx(expected, rel=1e-12)
    with pytest.raises(ValueError, match="positive definite"):
        piezo.energy_without_charges(u, lam, np.diag([1.0, 0.0, 1.0]), beta)


def test_ways_need_two_states_or_more(crystal):
    lam, eps, beta, u, E = crystal
    assert piezo.reversible_work([u, u], [E, E], lam, eps, beta) == 0
    for strains, fields in (([u, u], [E, [np.nan, 0, 0]]), ([u], [E]), ([u, u], [E])):
        with pytest.raises(ValueError, match="strains|fields"):
            piezo.reversible_work(strains, fields, lam, eps, beta)
