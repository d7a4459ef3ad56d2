import mpmath as mp
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import integrate, optimize

from relics import two_level_systems as tls
from relics.constants import eV, hbar, k_B

RHO, C_S, G = 2200.0, 4100.0, 1.1 * eV
K = tls.rate_constant(G, RHO, C_S)


@given(st.floats(-5, 5), st.floats(0.01, 5), st.floats(0, 2), st.floats(-1, 1))
def test_splitting_is_the_hypotenuse_of_bias_and_element(bias, element, g, strain):
    assert tls.splitting(bias, element, g, strain) == pytest.approx(
        np.hypot(bias + 2 * g * strain, element)
    )


def test_transition_element_and_polarisation_are_legs_of_a_unit_triangle():
    bias, element = np.array([0.0, 1.0, -3.0]), np.array([1.0, 1.0, 4.0])
    assert np.allclose(tls.transition_element(bias, element), element / np.hypot(bias, element))


def test_schottky_maximum_is_the_textbook_one():
    # x tanh(x/2) = 2: x = 2.3994, C = 0.4392 k_B
    found = optimize.minimize_scalar(lambda x: -float(tls.schottky(x)), (1, 2, 4), tol=1e-12)
    assert found.x == pytest.approx(2.39936, abs=1e-4)
    assert -found.fun == pytest.approx(0.43923, abs=1e-5)


def test_schottky_does_not_overflow():
    assert tls.schottky(1e4) == 0.0


def test_relaxation_rate_is_the_golden_rule_with_hbar_restored():
    E, Delta, T = 1e-24, 4e-25, 0.1
    printed = (
        3 * G**2 * Delta**2 * E / (2 * np.pi * RHO * hbar**4 * C_S**5) / np.tanh(E / (2 * k_B * T))
    )
    assert tls.relaxation_rate(E, Delta, T, G, RHO, C_S) == pytest.approx(printed, rel=1e-13)


def test_relaxation_rate_in_a_box_summed_mode_by_mode():
    # standing waves of a periodic box, each mode broadened to its neighbours
    E, T = 2e-24, 0.2
    side = 2 * np.pi * C_S * hbar / E * 18
    k0 = 2 * np.pi / side
    n = np.arange(-26, 27)
    k = k0 * np.sqrt(np.add.outer(np.add.outer(n**2, n**2), n**2)).ravel()
    width = 1.5 * k0 * C_S
    k = k[(k > 0)]
    omega = C_S * k
    weight = np.exp(-(((omega - E / hbar) / width) ** 2) / 2) / (width * np.sqrt(2 * np.pi) * hbar)
    strain2 = k**2 * hbar / (2 * RHO * omega * side**3)
    rate = 2 * np.pi / hbar * 3 * G**2 * np.sum(weight * strain2) / np.tanh(E / (2 * k_B * T))
    assert tls.fastest_rate(E, T, G, RHO, C_S) == pytest.approx(rate, rel=0.06)


def test_an_element_above_the_splitting_is_refused():
    with pytest.raises(ValueError, match="exceed"):
        tls.relaxation_rate(1.0, 1.1, 1.0, G, RHO, C_S)


def test_joint_density_integrates_to_the_inner_integral_of_the_heat_capacity():
    E, rate_max, t, c = 1e-24, 1e6, 10.0, 0.1
    value = integrate.quad(
        lambda s: float(tls.joint_density(E, rate_max / np.cosh(s) ** 2, rate_max, 1.0, 1.0, c, 1e-21))
        * 2 * rate_max * np.tanh(s) / np.cosh(s) ** 2,
        1e-9, np.arccosh(np.sqrt(rate_max * t)),
    )[0]  # fmt: skip
    closed = 0.5 * (1e-21 / E) ** c * tls.relaxed_share(np.log(rate_max * t), c)
    assert value == pytest.approx(closed, rel=1e-7)


def test_joint_density_vanishes_above_the_fastest_rate():
    assert tls.joint_density(1e-24, 2.0, 1.0, 1.0, 1.0, 0.1, 1e-21) == 0.0


def hypergeometric_share(Z, c):
    with mp.workdps(60):  # the argument comes within exp(-Z) of the singularity
        w = -mp.expm1(-mp.mpf(Z))
        return float(2 * mp.sqrt(w) * mp.hyp2f1(0.5, 1 + mp.mpf(c) / 2, 1.5, w))


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.floats(0.01, 60), st.floats(0, 0.9))
@example(7.0, 5e-324)
@example(7.0, 1e-280)
def test_relaxed_share_agrees_with_the_hypergeometric_closed_form(Z, c):
    assert float(tls.relaxed_share(Z, c)) == pytest.approx(hypergeometric_share(Z, c), rel=1e-12)


def test_relaxed_share_without_exponent_is_twice_the_area_cosine():
    Z = np.array([0.1, 1.0, 30.0])
    assert np.allclose(tls.relaxed_share(Z, 0.0), 2 * np.arccosh(np.exp(Z / 2)), rtol=1e-13)


def test_relaxed_share_is_zero_before_the_first_centre_relaxes():
    assert tls.relaxed_share(-3.0, 0.1) == 0.0


def test_heat_capacity_agrees_with_adaptive_quadrature():
    T, t, c = 0.7, 5.0, 0.1

    def log_age(y):
        return np.log(t * K * (k_B * T) ** 3) + 3 * y - np.log(np.tanh(np.exp(y) / 2))

    lowest = optimize.brentq(log_age, -40, 5, xtol=1e-14)

    def outer(s):
        x = np.exp(lowest + s**2)
        return (
            2
            * s
            * float(tls.schottky(x))
            * x ** (1 - c)
            * hypergeometric_share(max(log_age(np.log(x)), 1e-300), c)
        )

    value = integrate.quad(outer, 0, np.sqrt(np.log(60) - lowest), epsrel=1e-10)[0]
    expected = 0.5 * k_B**2 * T * 1e45 * T**-c * value
    assert tls.heat_capacity(T, t, K, 1e45, c, 1.0, k_B) == pytest.approx(expected, rel=1e-9)


def test_heat_capacity_agrees_with_sampled_centres():
    for T, t in ((0.1, 1e-6), (1.0, 10.0)):
        value, error = tls.sampled_heat_capacity(T, t, K, 1e45, 0.1, 1.0, k_B, 200_000, 3)
        assert abs(value - tls.heat_capacity(T, t, K, 1e45, 0.1, 1.0, k_B)) < 4 * error


def test_logarithmic_growth_of_the_standard_tunnelling_model():
    T = 1.0
    late = tls.heat_capacity(T, np.array([1e3, 1e6]), K, 1e45, 0.0, 1.0, k_B)
    slope = np.diff(late)[0] / np.log(1e3)
    assert slope == pytest.approx(np.pi**2 / 12 * k_B**2 * 1e45 * T, rel=1e-6)


@pytest.mark.parametrize(("T", "c"), [(1.0, 0.1), (0.03, 0.1), (7.0, 0.1)])
def test_asymptote_is_reached_at_astronomical_times_only(T, c):
    ratio = [
        tls.heat_capacity(T, t, K, 1e45, c) / tls.long_time_heat_capacity(T, t, K, 1e45, c)
        for t in (1e3, 1e250)
    ]
    assert ratio[0] < 0.85
    assert ratio[1] == pytest.approx(1, abs=1e-10)


def test_local_exponents_tend_to_the_printed_ones():
    in_T, in_t = tls.local_exponents(1.0, 1e280, K, 0.1)
    assert (float(in_T), float(in_t)) == pytest.approx((1.05, 0.05), abs=1e-9)


def test_flat_splittings_give_the_linear_heat_capacity():
    assert tls.classical_heat_capacity(2.0, 1e45) == pytest.approx(np.pi**2 / 6 * k_B**2 * 1e45 * 2)


def test_inverse_path_is_that_of_a_crowd_of_lorentzians():
    arguments = (1e10, 1.0, 1e45, 1.6e-19, RHO, C_S)
    value, error = tls.sampled_inverse_path(
        *arguments, width=1e6, size=300_000, seed=2, isotropic=True
    )
    assert abs(value - tls.resonant_inverse_path(*arguments, orientation=1 / 3)) < 4 * error


def test_wavelengths_in_a_path_count_the_coupling_alone_when_cold():
    """2 pi^2 Pbar g^2/(rho c_s^2) for T -> 0, whatever the frequency; Hunklinger and Arnold (1976)."""
    strength = 1e45 * G**2 / (RHO * C_S**2)
    for omega in (1e9, 3e10):
        cold = tls.wavelength_over_path(omega, 1e-5, 1e45, G, RHO * C_S**2)
        assert cold == pytest.approx(2 * np.pi**2 * strength, rel=1e-12)
        warm = tls.wavelength_over_path(omega, 0.3, 1e45, G, RHO * C_S**2, 1 / 3)
        path = 1 / tls.resonant_inverse_path(omega, 0.3, 1e45, G, RHO, C_S, 1 / 3)
        assert warm == pytest.approx(2 * np.pi * C_S / omega / path, rel=1e-12)


def test_inverse_path_is_linear_in_frequency_when_cold_and_quadratic_when_hot():
    cold = tls.resonant_inverse_path(np.array([1e10, 2e10]), 1e-4, 1e45, G, RHO, C_S)
    hot = tls.resonant_inverse_path(np.array([1e6, 2e6]), 1.0, 1e45, G, RHO, C_S)
    assert cold[1] / cold[0] == pytest.approx(2)
    assert hot[1] / hot[0] == pytest.approx(4)


def test_sound_velocity_is_the_kramers_kronig_partner_of_absorption():
    omega, T, T_0, strength = 2e9, 0.4, 0.1, 1.0

    # absorption pi C tanh(hbar w/2kT) w/c; the shift is its principal value over all frequencies
    def difference(w):
        return np.tanh(hbar * w / (2 * k_B * T)) - np.tanh(hbar * w / (2 * k_B * T_0))

    def regular(y):
        w = np.exp(y)
        return w**2 * (difference(w) - difference(omega)) / (w**2 - omega**2)

    value = integrate.quad(
        regular, np.log(omega) - 30, np.log(omega) + 30, limit=400, points=[np.log(omega)]
    )[0]
    # with the constant taken out, the principal value of w/(w^2 - omega^2) over [0, top] is a logarithm
    top = omega * np.exp(30)
    value += difference(omega) * 0.5 * np.log(top**2 / omega**2 - 1)
    assert tls.sound_velocity_shift(omega, T, T_0, strength) == pytest.approx(-value, rel=1e-6)


def test_sound_velocity_is_logarithmic_at_low_frequency():
    assert tls.sound_velocity_shift(1e3, 1.0, 0.1, 3e-4) == pytest.approx(
        3e-4 * np.log(10), rel=1e-6
    )


@pytest.mark.parametrize("name", ["T", "t"])
@pytest.mark.parametrize("bad", [0.0, -1.0, np.nan])
def test_time_and_temperature_must_be_positive(name, bad):
    arguments = {"T": 1.0, "t": 1.0} | {name: bad}
    with pytest.raises(ValueError, match=f"{name} must be positive"):
        tls.heat_capacity(**arguments, rate_constant=K, Pbar=1e45)


@pytest.mark.parametrize("bad", [-0.1, 1.0, np.nan])
def test_exponent_must_be_a_fraction(bad):
    with pytest.raises(ValueError, match="c must be in"):
        tls.heat_capacity(1.0, 1.0, K, 1e45, bad)


def test_matrix_of_a_centre_under_strain():
    bias, element = np.array([[0.3], [-1.0]]), np.array([0.2, 0.5, 2.0])
    found = tls.hamiltonian(bias, element, 0.7, 0.1)
    assert found.shape == (2, 3, 2, 2)
    sigma_x, sigma_z = np.array([[0, 1], [1, 0]]), np.diag([1, -1])
    for i, j in np.ndindex(2, 3):
        expected = (bias[i, 0] / 2 + 0.07) * sigma_z + element[j] / 2 * sigma_x
        assert found[i, j] == pytest.approx(expected, rel=1e-14)
    bare = tls.hamiltonian(0.3, 0.2)
    for one in ({"coupling": 5.0}, {"strain": 5.0}):
        assert np.array_equal(tls.hamiltonian(0.3, 0.2, **one), bare)
        assert tls.splitting(0.3, 0.2, **one) == pytest.approx(np.hypot(0.3, 0.2))
    gaps = tls.splitting(bias, element, 0.7, 0.1)
    assert gaps == pytest.approx(np.hypot(bias + 0.14, element), rel=1e-12)
    elements = tls.transition_element(bias, element)
    assert elements == pytest.approx(element / np.hypot(bias, element), rel=1e-12)


def test_populations_are_boltzmanns():
    E, T = np.array([1e-24, 5e-23]), np.array([[0.1], [2.0]])
    up = np.exp(-E / (k_B * T))
    assert tls.population_difference(E, T) == pytest.approx((1 - up) / (1 + up), rel=1e-9)
    assert tls.population_difference(-E, T) == pytest.approx(-(1 - up) / (1 + up), rel=1e-9)


def test_fastest_rate_is_a_constant_times_energy_cubed_and_quanta():
    E, T = np.array([1e-25, 3e-23]), 0.4
    for g, density, c_s in ((G, RHO, C_S), (2 * G, 3 * RHO, 0.7 * C_S)):
        constant = 3 * g**2 / (2 * np.pi * density * hbar**4 * c_s**5)
        assert tls.rate_constant(g, density, c_s) == pytest.approx(constant, rel=1e-12)
        rate = tls.fastest_rate(E, T, g, density, c_s)
        assert rate == pytest.approx(constant * E**3 / np.tanh(E / (2 * k_B * T)), rel=1e-12)
    half = tls.relaxation_rate(E, E / 2, T, g, density, c_s)
    assert half == pytest.approx(rate / 4, rel=1e-12)
    with pytest.raises(ValueError, match="^Delta must not exceed the splitting E$"):
        tls.relaxation_rate(E, E * (1 + 1e-9), T, g, density, c_s)


def test_joint_density_has_the_jacobian_of_energies_and_rates():
    """rate = rate_max (Delta/E)^2 at fixed rate_max; derivatives of (E, rate) by differences."""
    bias, Delta, rate_max, h = 3e-24, 2e-24, 7.0, 1e-6

    def place(b, d):
        return np.array([np.hypot(b, d), rate_max * d**2 / (b**2 + d**2)])

    columns = [
        (place(bias * (1 + h), Delta) - place(bias * (1 - h), Delta)) / (2 * h * bias),
        (place(bias, Delta * (1 + h)) - place(bias, Delta * (1 - h))) / (2 * h * Delta),
    ]
    jacobian = abs(columns[0][0] * columns[1][1] - columns[0][1] * columns[1][0])
    E, rate = place(bias, Delta)
    for A, c in ((1.0, 0.0), (0.3, 0.2)):
        expected = 1e45 * A * (1e-22 / Delta) ** c / Delta / jacobian
        found = tls.joint_density(E, rate, rate_max, 1e45, A, c, 1e-22)
        assert found == pytest.approx(expected, rel=1e-7)
    edge = tls.joint_density(E, [rate, rate_max, 1.5 * rate_max], rate_max, 1e45, A, c, 1e-22)
    assert edge[0] == pytest.approx(expected, rel=1e-7) and edge[1:].tolist() == [0, 0]


def test_relaxed_shares_of_many_times_and_exponents():
    Z, c = np.array([-1.0, 0.0, 0.5, 6.0, 9.0, 40.0]), np.array([[0.0], [0.1], [0.8]])
    found = tls.relaxed_share(Z, c)
    for i, j in np.ndindex(found.shape):
        expected = hypergeometric_share(Z[j], c[i, 0]) if Z[j] > 0 else 0
        assert found[i, j] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("log_rate", [-200.0, -20.0, -1.0, 0.0, 1.0, 30.0, 200.0])
def test_lowest_splitting_relaxes_just_in_time(log_rate):
    found = float(tls._lowest_splitting(np.array([log_rate]))[0])
    with mp.workdps(30):
        x = mp.mpf(found)
        assert abs(log_rate + 3 * mp.log(x) - mp.log(mp.tanh(x / 2))) < 1e-12 * max(
            1, abs(log_rate)
        )


def test_heat_capacity_scales_with_its_amplitude_and_reference():
    T, t = np.array([[0.1], [2.0]]), np.array([1e-5, 1.0, 1e3])
    base = tls.heat_capacity(T, t, K, 1e45)
    assert base == pytest.approx(tls.heat_capacity(T, t, K, 1e45, 0.1, 1.0, k_B), rel=1e-14)
    other = tls.heat_capacity(T, t, K, 2e45, 0.1, 0.3, 5 * k_B)
    assert other == pytest.approx(base * 0.6 * 5**0.1, rel=1e-12)
    value, error = tls.heat_capacity(T, t, K, 1e45, error=True)
    assert np.array_equal(value, base) and np.all((error > 0) & (error <= 1e-10 * value))
    rough, error = tls.heat_capacity(T, t, K, 1e45, tolerance=1e-4, error=True)
    assert np.all(np.abs(rough - value) <= error) and np.all(error <= 1e-4 * value)
    # with one exponent for each time
    c = np.array([0.0, 0.2, 0.5])
    many = tls.heat_capacity(T, t, K, 1e45, c)
    single = [[float(tls.heat_capacity(a, b, K, 1e45, x)) for b, x in zip(t, c, strict=True)] for a in T[:, 0]]  # fmt: skip
    assert many == pytest.approx(np.array(single), rel=1e-9)


def test_asymptotes_of_other_amplitudes_and_exponents():
    c = np.array([0.1, 0.4])
    given = (np.array([[0.2], [3.0]]), 1e250, K, 2e45)
    exact = tls.heat_capacity(*given, c, 0.3, 7 * k_B)
    found = tls.long_time_heat_capacity(*given, c, 0.3, 7 * k_B)
    assert found == pytest.approx(exact, rel=1e-8)
    default = tls.long_time_heat_capacity(*given)
    assert default == pytest.approx(tls.long_time_heat_capacity(*given, 0.1, 1.0, k_B), rel=1e-14)


def test_local_exponents_are_the_slopes_of_the_heat_capacity():
    T, t, c, h = np.array([0.1, 1.0]), 1e-3, 0.1, 1e-3
    up, down = (tls.heat_capacity(T * np.exp(s), t, K, 1e45, c, tolerance=1e-13) for s in (h, -h))
    late, soon = (tls.heat_capacity(T, t * np.exp(s), K, 1e45, c, tolerance=1e-13) for s in (h, -h))
    expected = np.log(up / down) / (2 * h), np.log(late / soon) / (2 * h)
    for more in ({}, {"step": 0.01}):
        found = tls.local_exponents(T, t, K, c, **more)
        for a, b in zip(found, expected, strict=True):
            assert a == pytest.approx(b, rel=1e-6)


@pytest.mark.parametrize(("T", "t"), [(0.05, 1e-7), (30.0, 1e-9)])
def test_sampled_heat_capacities_scatter_by_their_error_about_the_integral(T, t):
    given = (T, t, K, 1e45, 0.2, 0.3, 3 * k_B)
    drawn = np.array([tls.sampled_heat_capacity(*given, 4000, seed) for seed in range(100)])
    assert drawn[:, 1].mean() == pytest.approx(drawn[:, 0].std(), rel=0.3)
    exact = float(tls.heat_capacity(T, t, K, 1e45, 0.2, 0.3, 3 * k_B))
    assert drawn[:, 1].mean() < 0.15 * exact
    assert abs(drawn[:, 0].mean() - exact) < 4 * drawn[:, 1].mean() / 10
    assert tls.sampled_heat_capacity(*given, 400, 3) == tls.sampled_heat_capacity(*given, 400, 3)
    assert np.isfinite(tls.sampled_heat_capacity(*given, 2, 3)).all()
    with pytest.raises(ValueError, match="^size must be at least 2, got 1$"):
        tls.sampled_heat_capacity(*given, 1, 3)


@pytest.mark.parametrize("isotropic", [False, True])
def test_sampled_paths_scatter_by_their_error_about_the_golden_rule(isotropic):
    given = (1e10, 0.3, 1e45, 1.6e-19, RHO, C_S)
    more = {"isotropic": True} if isotropic else {}
    drawn = np.array(
        [tls.sampled_inverse_path(*given, 2e6, 4000, seed, **more) for seed in range(100)]
    )
    exact = float(tls.resonant_inverse_path(*given, orientation=1 / 3 if isotropic else 1.0))
    assert drawn[:, 1].mean() == pytest.approx(drawn[:, 0].std(), rel=0.3)
    assert drawn[:, 1].mean() < 0.25 * exact
    # the window holds all but 2/(400 pi) of each line
    assert drawn[:, 0].mean() == pytest.approx(exact, rel=0.0016, abs=4 * drawn[:, 1].mean() / 10)
    assert np.unique(drawn[:, 0]).size == 100
    again = tls.sampled_inverse_path(*given, 2e6, 4000, 0, **more)
    assert again == tuple(drawn[0])
    for width, size in ((2.5e7, 10), (1e6, 1)):
        with pytest.raises(
            ValueError, match="^size must be at least 2 and 400 widths less than om"
        ):
            tls.sampled_inverse_path(*given, width, size, 0)
    assert np.isfinite(tls.sampled_inverse_path(*given, 2.4e7, 2, 0)).all()


def test_inverse_path_is_the_golden_rule_for_a_unit_cosine_unless_told():
    omega, T = np.array([1e9, 1e11]), np.array([[0.1], [3.0]])
    strength = 1e45 * G**2 / (RHO * C_S**2)
    expected = np.pi * strength * omega / C_S * np.tanh(hbar * omega / (2 * k_B * T))
    found = tls.resonant_inverse_path(omega, T, 1e45, G, RHO, C_S)
    assert found == pytest.approx(expected, rel=1e-12)
    third = tls.resonant_inverse_path(omega, T, 1e45, G, RHO, C_S, 1 / 3)
    assert third == pytest.approx(expected / 3, rel=1e-12)
    ratio = tls.wavelength_over_path(omega, T, 1e45, G, RHO * C_S**2)
    assert ratio == pytest.approx(2 * np.pi * C_S / omega * expected, rel=1e-12)


HEAT = {"T": 1.0, "t": 1.0, "rate_constant": K, "Pbar": 1e45, "A": 1.0, "Delta_0": k_B}
PATH = {"omega": 1e10, "T": 1.0, "Pbar": 1e45, "g": G, "density": RHO, "c_s": C_S}
GOOD = {
    tls.population_difference: {"E": 1e-23, "T": 1.0},
    tls.relaxation_rate: {"E": 1e-23, "Delta": 5e-24, "T": 1.0, "g": G, "density": RHO, "c_s": C_S},
    tls.rate_constant: {"g": G, "density": RHO, "c_s": C_S},
    tls.joint_density: {
        "E": 1e-23, "rate": 1.0, "rate_max": 2.0, "Pbar": 1e45, "A": 1.0, "c": 0.1, "Delta_0": k_B,
    },
    tls.heat_capacity: HEAT | {"c": 0.1},
    tls.long_time_heat_capacity: HEAT,
    tls.sampled_heat_capacity: HEAT | {"c": 0.1, "size": 9, "seed": 1},
    tls.local_exponents: {"T": 1.0, "t": 1.0, "rate_constant": K, "c": 0.1},
    tls.classical_heat_capacity: {"T": 1.0, "Pbar": 1e45},
    tls.resonant_inverse_path: PATH,
    tls.sampled_inverse_path: PATH | {"width": 1e6, "size": 9, "seed": 1},
    tls.wavelength_over_path: {"omega": 1e10, "T": 1.0, "Pbar": 1e45, "g": G, "modulus": 1e10},
    tls.sound_velocity_shift: {"omega": 1e9, "T": 1.0, "reference": 0.1, "strength": 1e-4},
}  # fmt: skip


@pytest.mark.parametrize(
    ("function", "name"),
    [(f, n) for f, good in GOOD.items() for n in good if n not in ("size", "seed")],
)
def test_arguments_outside_their_domain_are_named(function, name):
    call = GOOD[function] | ({"c": 0.1} if function is tls.long_time_heat_capacity else {})
    assert np.isfinite(function(**call)).all()
    words = {"c": r"in \[0, 1\)", "strength": "finite and not neg"}.get(name, "positive and finite")
    words = "finite, got nan" if (function, name) == (tls.population_difference, "E") else words
    for bad in (np.nan,) if words.startswith("finite, got") else (-1.0, np.nan):
        with pytest.raises(ValueError, match=f"^{name} must be {words}"):
            function(**call | {name: bad})


def test_matrix_and_heat_refuse_what_is_not_finite():
    good = {"bias": 0.1, "tunnelling": 0.2, "coupling": 0.3, "strain": 0.4}
    for name in good:
        with pytest.raises(ValueError, match=f"^{name} must be finite"):
            tls.hamiltonian(**good | {name: np.inf})
    for call, name in (
        (lambda: tls.schottky(np.nan), "x"),
        (lambda: tls.relaxed_share(np.nan, 0), "Z"),
    ):
        with pytest.raises(ValueError, match=f"^{name} must be finite"):
            call()
    for c in (0.0, 1.0):
        with pytest.raises(ValueError, match="^c must be"):
            tls.long_time_heat_capacity(1.0, 1.0, K, 1e45, c)
