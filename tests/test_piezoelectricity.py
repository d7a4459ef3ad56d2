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
