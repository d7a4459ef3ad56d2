import numpy as np
import pytest

from relics import strain_coupling as sc
from relics.constants import eV, k_B

RHO, C_S, A, T_G = 2200.0, 4100.0, 3.57e-10, 1500.0


def test_thermal_strain_obeys_equipartition():
    energy = sc.cohesive_energy(RHO, C_S, A) * sc.strain_variance(RHO, C_S, A, T_G)
    assert energy == pytest.approx(k_B * T_G, rel=1e-10, abs=0)


def test_coupling_is_the_geometric_mean_of_two_energies():
    g = sc.coupling(RHO, C_S, A, T_G)
    assert g == pytest.approx(np.sqrt(RHO * C_S**2 * A**3 * k_B * T_G), rel=1e-10, abs=0)
    assert g / eV == pytest.approx(1.0, rel=0.2)  # "of the order of an electron volt", LW07


@pytest.mark.parametrize("T", [4.0, T_G])
def test_mean_strain_is_that_of_a_half_normal_law(T):
    root = np.sqrt(k_B * T / (RHO * C_S**2 * A**3))
    assert sc.mean_strain(RHO, C_S, A, T) == pytest.approx(np.sqrt(2 / np.pi) * root, rel=1e-10)
    assert sc.strain_variance(RHO, C_S, A, T) == pytest.approx(root**2, rel=1e-10)


def test_surface_coupling_is_half_the_modulus_times_a_sampled_flux():
    beads = 300  # on the boundary of a ball of volume xi^3 that has the area (36 pi)^(1/3) xi^2
    xi = A * np.sqrt(beads / np.cbrt(36 * np.pi))
    root, error = sc.sampled_surface_integral(beads, 20_000, 2)
    flux = A**2 * (0.1 * A) * A / xi
    found = sc.surface_coupling(RHO, C_S, A, xi, 0.1 * A) / (RHO * C_S**2 / 2 * flux)
    assert abs(found - root) < 4 * error


def test_mean_strain_makes_the_coupling_larger_by_the_gaussian_factor():
    ratio = sc.coupling_of_mean_strain(RHO, C_S, A, T_G) / sc.coupling(RHO, C_S, A, T_G)
    assert ratio == pytest.approx(np.sqrt(np.pi / 2), rel=1e-10)


def test_surface_estimate_agrees_with_marginal_stability_within_a_factor_of_two():
    # LW07: "within a factor of two or so", with the Lindemann length equal to the thermal strain
    d_L = A * np.sqrt(sc.strain_variance(RHO, C_S, A, T_G))
    ratio = sc.surface_coupling(RHO, C_S, A, 5.8 * A, d_L) / sc.coupling(RHO, C_S, A, T_G)
    assert 0.5 < ratio < 2


def test_surface_estimate_does_not_depend_on_the_size_of_the_region():
    values = sc.surface_coupling(RHO, C_S, A, np.array([4.0, 8.0]) * A, 0.1 * A)
    assert values[0] == pytest.approx(values[1], rel=1e-6, abs=0)


def test_sampled_flux_grows_with_the_root_of_the_boundary():
    root, error = sc.sampled_surface_integral(300, 20_000, 1)
    assert abs(root - 10.0) < 4 * error


def test_balanced_strain_minimises_the_energy():
    g, modulus = 1e-19, 4e10
    u = sc.balanced_strain(g, modulus, A)
    energy = lambda x: g * x + modulus * A**3 * x**2 / 2  # noqa: E731
    assert energy(u) < min(energy(u * 0.999), energy(u * 1.001))


def test_interaction_at_the_bead_size_is_the_thermal_energy():
    g = sc.coupling(RHO, C_S, A, T_G)
    assert sc.interaction(g, RHO, C_S, A) == pytest.approx(k_B * T_G, rel=1e-9, abs=0)


def test_static_field_is_a_small_part_of_the_thermal_energy():
    g = sc.coupling(RHO, C_S, A, T_G)
    field = sc.static_field(g, RHO, C_S, 1.0, T_G, 5.8 * A)
    assert field / k_B == pytest.approx(5.8**-3, rel=1e-9)
    warmer = sc.static_field(g, RHO, C_S, 7.0, T_G, 5.8 * A)
    assert warmer == pytest.approx(7 * field, rel=1e-9, abs=0)


def test_constants_of_the_material_cancel():
    strengths = [
        sc.predicted_strength(a, 5.8 * a, T, K)
        for a, T, K in ((2e-10, 300, 1e9), (6e-10, 1500, 1e11))
    ]
    assert strengths == pytest.approx([5.8**-3] * 2, rel=1e-10)


def test_thermal_path_depends_on_the_number_of_beads_alone():
    """2 pi^2 (a/xi)^3 <cos^2> tanh(1/2) at hbar omega = k_B T (LW07 Eq. 20)."""
    for rest in ({}, {"T_g": 300.0, "modulus": 3e9}):
        found = sc.thermal_wavelength_over_path(2e-10, 1e-9, **rest)
        expected = 2 * np.pi**2 / 5**3 / 3 * np.tanh(0.5)
        assert found == pytest.approx(expected, rel=1e-9)
    threefold = sc.thermal_wavelength_over_path(2e-10, 1e-9, orientation=1.0)
    assert threefold == pytest.approx(3 * found, rel=1e-12)


def test_quality_factor_of_two_hundred_beads():
    # LW07 quotes about 70 for (xi/a)^3 = 200
    assert sc.quality_factor(200 ** (1 / 3)) == pytest.approx(70, rel=0.08)


def test_length_from_time_is_that_of_the_paper_at_an_hour():
    # (4 x 0.1 x ln 1e15)^2 = 191 beads
    assert sc.length_from_time(1.0, 0.1, 1e15) ** 3 == pytest.approx(191, rel=2e-3)
    longer = sc.length_from_time(3e-10, 0.3e-10, 1e30) / sc.length_from_time(1.0, 0.1, 1e15)
    assert longer == pytest.approx(3e-10 * 2 ** (2 / 3), rel=1e-12, abs=0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: sc.coupling(-1.0, C_S, A, T_G), "density"),
        (lambda: sc.length_from_time(1.0, 0.1, 0.5), "ratio"),
        (lambda: sc.sampled_surface_integral(0, 10, 1), "boundary"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("warmth", [0.01, 0.3, 1.0])
def test_a_centre_forces_the_strain_of_its_balance_at_every_temperature(warmth):
    g, modulus = 1.2 * eV, RHO * C_S**2
    balance = float(sc.balanced_strain(g, modulus, A))
    T = warmth * g * abs(balance) / k_B
    correlation, forced = sc.strain_with_centre(g, modulus, A, T)
    assert correlation == pytest.approx(balance, rel=1e-10)
    assert forced == pytest.approx(balance**2, rel=1e-9)
    # g <s u> = - modulus a^3 <u u>, LSW06 with its cell volume
    assert g * correlation == pytest.approx(-modulus * A**3 * forced, rel=1e-9, abs=0)


def test_strain_with_a_centre_broadcasts_and_refuses():
    correlation, forced = sc.strain_with_centre([1e-19, 2e-19], RHO * C_S**2, A, [[100.0], [300.0]])
    assert correlation.shape == forced.shape == (2, 2)
    assert correlation[0, 1] == pytest.approx(2 * correlation[0, 0], rel=1e-9)
    for name in ("g", "modulus", "a", "T"):
        given = {"g": 1e-19, "modulus": 1e10, "a": A, "T": 10.0} | {name: -1.0}
        with pytest.raises(ValueError, match=name):
            sc.strain_with_centre(**given)


GLASS = {"density": RHO, "c_s": C_S, "a": A}
GOOD = {
    sc.cohesive_energy: GLASS,
    sc.strain_variance: GLASS | {"T": 300.0},
    sc.mean_strain: GLASS | {"T": 300.0},
    sc.coupling: GLASS | {"T_g": T_G},
    sc.coupling_of_mean_strain: GLASS | {"T_g": T_G},
    sc.balanced_strain: {"g": 1e-19, "modulus": 1e10, "a": A},
    sc.surface_coupling: GLASS | {"xi": 5 * A, "displacement": 0.1 * A},
    sc.interaction: {"g": 1e-19, "density": RHO, "c_s": C_S, "r": 1e-9},
    sc.static_field: {"g": 1e-19, "density": RHO, "c_s": C_S, "T": 1.0, "T_g": T_G, "xi": 2e-9},
    sc.coupling_strength: {"Pbar": 1e45, "g": 1e-19, "density": RHO, "c_s": C_S},
    sc.predicted_strength: {"a": A, "xi": 2e-9, "T_g": T_G, "modulus": 1e10},
    sc.quality_factor: {"xi_over_a": 5.8},
    sc.length_from_time: {"a": A, "d_L": 0.1 * A, "ratio": 1e15},
}


@pytest.mark.parametrize(("function", "name"), [(f, n) for f, good in GOOD.items() for n in good])
def test_arguments_outside_their_domain_are_named(function, name):
    assert np.isfinite(function(**GOOD[function])).all()
    signed = function is sc.balanced_strain and name == "g"
    with pytest.raises(
        ValueError, match=f"^{name} must be " + ("finite" if signed else "positive")
    ):
        function(**GOOD[function] | {name: np.nan if signed else -1.0})


def test_strength_is_density_of_centres_times_the_square_of_their_coupling():
    g = np.array([1e-19, 3e-19])
    found = sc.coupling_strength(2e45, g, RHO, C_S)
    assert found == pytest.approx(2e45 * g**2 / (RHO * C_S * C_S), rel=1e-12)
    energy = sc.interaction(g, RHO, C_S, 2e-9)
    assert energy * 2e45 * 8e-27 == pytest.approx(found, rel=1e-12)


def test_surface_coupling_adds_squares_over_the_beads_of_a_ball():
    xi, shift = 2.1e-9, 0.4e-10
    radius = (3 * xi**3 / (4 * np.pi)) ** (1 / 3)
    beads = 4 * np.pi * radius**2 / A**2
    flux = np.sqrt(beads * (A**2 * shift * A / xi) ** 2 / 3)
    found = sc.surface_coupling(RHO, C_S, A, xi, shift)
    assert found == pytest.approx(RHO * C_S**2 / 2 * flux, rel=1e-12, abs=0)


def test_sampled_flux_follows_its_seed_and_scatters_by_its_error():
    assert sc.sampled_surface_integral(9, 40, 1) == sc.sampled_surface_integral(9, 40, 1)
    found = np.array([sc.sampled_surface_integral(9, 100, seed) for seed in range(400)])
    assert np.unique(found[:, 0]).size == 400
    assert found[:, 1].mean() == pytest.approx(found[:, 0].std(), rel=0.15)
    assert np.all(np.isfinite(sc.sampled_surface_integral(1, 2, 0)))
    for bad in ((0, 9), (9, 1)):
        with pytest.raises(ValueError, match="^boundary must be at least 1 and size at least 2$"):
            sc.sampled_surface_integral(*bad, 1)


def test_a_very_cold_centre_does_not_overflow():
    g, modulus = 1.2 * eV, RHO * C_S**2
    balance = float(sc.balanced_strain(g, modulus, A))
    correlation, forced = sc.strain_with_centre(g, modulus, A, 1e-4 * g * abs(balance) / k_B)
    assert correlation == pytest.approx(balance, rel=1e-9)
    assert forced == pytest.approx(balance**2, rel=1e-9)


def test_short_times_have_short_lengths_and_none_is_shorter_than_vibrations():
    found = sc.length_from_time(A, 0.1 * A, [1.5, np.e])
    assert (found / A) ** 3 == pytest.approx([0.16 * np.log(1.5) ** 2, 0.16], rel=1e-12)
    for bad in (1.0, 0.5):
        with pytest.raises(ValueError, match=f"^ratio must be above 1, got {bad:g}$"):
            sc.length_from_time(A, 0.1 * A, [bad, 9.0])
