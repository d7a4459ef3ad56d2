"""Entropic droplets, their mismatch and the mosaic."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq, minimize_scalar

from relics import rfot
from relics.constants import k_B

LIQUID = {"gamma": 6e-20, "s_c": 1.1e-23, "T": 400.0}


@pytest.mark.parametrize("exponent", [rfot.WANDERING_WALL, 0.6, rfot.FLAT_WALL])
def test_barrier_is_the_maximum_of_the_profile(exponent):
    liquid = LIQUID | {"exponent": exponent}
    upper = float(rfot.cooperative_size(**liquid))
    found = minimize_scalar(
        lambda N: -float(rfot.droplet_free_energy(N, **liquid)) * 1e20, bounds=(1e-9, upper), method="bounded",
        options={"xatol": 1e-9 * upper},
    )  # fmt: skip
    assert rfot.critical_size(**liquid) == pytest.approx(found.x, rel=1e-5)
    assert rfot.barrier(**liquid) == pytest.approx(-found.fun * 1e-20, rel=1e-9, abs=0)


def test_profile_returns_to_zero_at_the_cooperative_size():
    zero = brentq(lambda N: float(rfot.droplet_free_energy(N, **LIQUID)) * 1e20, 50, 1e5)
    assert rfot.cooperative_size(**LIQUID) == pytest.approx(zero, rel=1e-9)
    assert rfot.cooperative_size(**LIQUID) == pytest.approx(
        4 * rfot.critical_size(**LIQUID), rel=1e-14
    )


def test_bottleneck_of_the_rate_is_the_relaxation_rate():
    N = np.linspace(1, 400, 400_001)
    slowest = rfot.reconfiguration_rate(N, **LIQUID, tau_micro=2e-12).min()
    assert 1 / rfot.relaxation_time(**LIQUID, tau_micro=2e-12) == pytest.approx(slowest, rel=1e-8)


def test_activation_profile_is_the_droplet_profile_in_equilibrium_and_lower_in_a_glass():
    N = np.array([0.0, 10.0, 60.0])
    assert rfot.activation_profile(N, **LIQUID) == pytest.approx(
        rfot.droplet_free_energy(N, **LIQUID), rel=1e-6, abs=0
    )
    aged = rfot.activation_profile(N, **LIQUID, bulk_gain=1e-21)
    assert rfot.droplet_free_energy(N, **LIQUID) - aged == pytest.approx(1e-21 * N, rel=1e-6, abs=0)


def test_localisation_cost_is_the_entropy_lost_by_a_bead():
    T, ratio, a = 300.0, 0.1, 3e-10
    alpha = 1 / (ratio * a) ** 2

    def density(r: float) -> float:
        return (alpha / np.pi) ** 1.5 * np.exp(-alpha * r**2)

    def integrand(
        x: float,
    ) -> float:  # x = r/a; the unit a^3 of the logarithm is that of the free bead
        n = density(x * a)
        return 4 * np.pi * (x * a) ** 2 * n * np.log(n * a**3) * a if n > 0 else 0.0

    caged, _ = quad(integrand, 0, 1.5, epsabs=0, epsrel=1e-11)
    assert rfot.localisation_cost(T, ratio) == pytest.approx(k_B * T * caged, rel=1e-9, abs=0)


def test_mismatch_is_surface_times_tension_at_every_radius():
    T, a = 300.0, 4e-10
    for R in (5e-10, 1e-9, 3e-9):
        N = 4 * np.pi / 3 * (R / a) ** 3
        surface = 4 * np.pi * R**2 * rfot.wall_tension(R, a, T)
        assert surface / np.sqrt(N) == pytest.approx(
            float(rfot.mismatch_energy(T)), rel=1e-13, abs=0
        )


def test_mismatch_of_one_tenth_is_the_published_multiple():
    # Xia and Wolynes, as printed in LW07 Sec. II: (3/2) sqrt(3 pi) ln(100/(pi e)).
    assert rfot.reduced_mismatch(0.1) == pytest.approx(
        1.5 * np.sqrt(3 * np.pi) * np.log(100 / (np.pi * np.e))
    )


def test_mismatch_from_modulus_is_the_fluctuation_of_sampled_volumes():
    K, T, rho, beads = 5e9, 300.0, 2e28, 200
    rng = np.random.default_rng(3)
    V = beads / rho
    volumes = rng.normal(0.0, np.sqrt(k_B * T * V / K), 200_000)
    spread = (K * volumes).std() / np.sqrt(beads)
    assert rfot.mismatch_from_modulus(K, T, rho) == pytest.approx(
        spread, rel=5 / np.sqrt(2 * 200_000), abs=0
    )


def test_modulus_and_lindemann_ratio_give_ten_thermal_energies():
    T, a = 500.0, 3.5e-10
    K = rfot.modulus_from_displacement(T, a)
    assert rfot.mismatch_from_modulus(K, T, a**-3.0) == pytest.approx(10 * k_B * T, rel=1e-6, abs=0)
    looser = rfot.modulus_from_displacement(T, a, 0.2)
    assert rfot.mismatch_from_modulus(looser, T, a**-3.0) == pytest.approx(
        5 * k_B * T, rel=1e-6, abs=0
    )


def test_sizes_at_the_glass_transition_match_the_reviews():
    # LW07: 190 beads, 5.8, 0.82 at 1e17; L18: about 200 and 6 with gamma = 10 k_B T at 1e15.
    mismatch = rfot.reduced_mismatch(0.1)
    assert rfot.cooperative_size_at_glass_transition(1e17, mismatch) == pytest.approx(190, abs=2)
    assert rfot.entropy_at_glass_transition(1e17, mismatch) == pytest.approx(0.82, abs=0.005)
    assert rfot.cooperative_size_at_glass_transition(1e15, 10.0) == pytest.approx(190.9, abs=0.1)


def test_entropy_at_the_glass_transition_gives_back_the_time_scale():
    s_c = rfot.entropy_at_glass_transition(1e14, 11.0)
    time = rfot.relaxation_time(11.0 * k_B * 250, s_c * k_B, 250.0, 1e-12)
    assert time == pytest.approx(100.0, rel=1e-9)


def test_time_beyond_all_numbers_is_infinite():
    assert rfot.relaxation_time(11.0 * k_B * 250, 1e-3 * k_B, 250.0) == np.inf


def test_region_density_is_the_inverse_volume():
    assert rfot.region_density(4e-10, 5.0) == pytest.approx(1 / (2e-9) ** 3)


def test_softening_makes_the_critical_radius_one_bead_at_the_crossover():
    radius, T_cross = 1.4, 900.0
    T_A = rfot.softening_temperature(T_cross, radius)
    factor = float(rfot.softening(T_cross, T_A))
    # N goes as the square of the mismatch, the radius as its cube root.
    assert radius * factor ** (2 / 3) == pytest.approx(1.0)
    assert rfot.softening(1.1 * T_A, T_A) == 0.0
    for radius in (0.9, 1.0):
        with pytest.raises(ValueError, match="nothing to soften"):
            rfot.softening_temperature(T_cross, radius)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: rfot.barrier(1e-20, -1e-23, 300.0), "s_c must be positive"),
        (lambda: rfot.barrier(1e-20, np.nan, 300.0), "s_c must be positive"),
        (lambda: rfot.barrier(1e-20, 1e-23, []), "T is empty"),
        (lambda: rfot.barrier(1e-20, 1e-23, 300.0, exponent=1.0), "exponent"),
        (lambda: rfot.droplet_free_energy(-1.0, 1e-20, 1e-23, 300.0), "N must be"),
        (lambda: rfot.entropy_at_glass_transition(0.5, 10.0), "must exceed one"),
        (lambda: rfot.mismatch_energy(300.0, 0.5), "lindemann must be below"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_the_number_of_beads_fluctuates_as_the_compressibility_says():
    # closed form: the variance is N rho k_B T/K; rho k_B T is the modulus of an ideal gas (Poisson)
    K, rho, T = 5e9, 2e28, 400.0
    found = rfot.number_variance([10.0, 300.0], K, rho, T)
    assert found == pytest.approx(np.array([10.0, 300.0]) * rho * k_B * T / K, rel=1e-11)
    poisson = rfot.number_variance(7.0, rho * k_B * T, rho, T)
    assert poisson == pytest.approx(7.0, rel=1e-11)


def test_unit_fluctuation_of_a_lindemann_solid_takes_a_hundred_beads():
    a, T = 3.5e-10, 500.0
    K = rfot.modulus_from_displacement(T, a, 0.1)
    size = rfot.size_of_unit_fluctuation([float(K), 2 * float(K)], a**-3, T)
    assert size == pytest.approx([100.0, 200.0], rel=1e-10)
    assert rfot.number_variance(size, [K, 2 * K], a**-3, T) == pytest.approx(1.0, rel=1e-10)


@pytest.mark.parametrize("name", ["N", "K", "rho", "T"])
def test_numbers_do_not_fluctuate_out_of_the_domain(name):
    given = {"N": 10.0, "K": 1e10, "rho": 2e28, "T": 300.0} | {name: 0.0}
    with pytest.raises(ValueError, match=name):
        rfot.number_variance(**given)
    del given["N"]
    if name != "N":
        with pytest.raises(ValueError, match=name):
            rfot.size_of_unit_fluctuation(**given)


GOOD = {
    rfot.droplet_free_energy: LIQUID | {"N": 9.0, "exponent": 0.6},
    rfot.activation_profile: LIQUID | {"N": 9.0},
    rfot.reconfiguration_rate: LIQUID | {"N": 9.0, "tau_micro": 1e-12},
    rfot.critical_size: LIQUID | {"exponent": 0.6},
    rfot.cooperative_size: LIQUID | {"exponent": 0.6},
    rfot.barrier: LIQUID | {"exponent": 0.6},
    rfot.relaxation_time: LIQUID | {"tau_micro": 1e-12},
    rfot.cooperativity_length: {"N_star": 200.0, "a": 3e-10},
    rfot.droplet_radius: {"N": 200.0, "a": 3e-10},
    rfot.localisation_cost: {"T": 300.0, "lindemann": 0.1},
    rfot.wall_tension: {"R": 1e-9, "a": 3e-10, "T": 300.0, "lindemann": 0.1},
    rfot.mismatch_energy: {"T": 300.0, "lindemann": 0.1},
    rfot.mismatch_from_modulus: {"K": 1e10, "T": 300.0, "rho": 2e28},
    rfot.modulus_from_displacement: {"T": 300.0, "a": 3e-10, "lindemann": 0.1},
    rfot.reduced_mismatch: {"lindemann": 0.1},
    rfot.relative_timescale: {"time": 100.0, "tau_micro": 1e-12},
    rfot.entropy_at_glass_transition: {"timescale": 1e15, "mismatch": 10.0},
    rfot.cooperative_size_at_glass_transition: {"timescale": 1e15, "mismatch": 10.0},
    rfot.region_density: {"a": 3e-10, "relative_length": 5.8},
    rfot.softening: {"T": 300.0, "T_A": 500.0, "power": 8.0},
    rfot.softening_temperature: {"T_cross": 300.0, "radius": 1.4, "power": 8.0},
}


@pytest.mark.parametrize(("function", "name"), [(f, n) for f, good in GOOD.items() for n in good])
def test_arguments_outside_their_domain_are_named(function, name):
    assert np.isfinite(function(**GOOD[function])).all()
    words = "finite and not negative" if name == "N" else "positive and finite"
    for bad in (-1.0, np.nan, np.inf):
        with pytest.raises(ValueError, match=f"^{name} must be {words}"):
            function(**GOOD[function] | {name: bad})
    with pytest.raises(ValueError, match="^bulk_gain must be finite"):
        rfot.activation_profile(5.0, **LIQUID, bulk_gain=np.nan)


def test_lengths_of_beads_and_balls():
    N, a = np.array([1.0, 64.0]), 3e-10
    assert rfot.cooperativity_length(N, a) == pytest.approx([a, 4 * a], rel=1e-12, abs=0)
    volume = 4 * np.pi / 3 * rfot.droplet_radius(N, a) ** 3
    assert volume == pytest.approx(N * a**3, rel=1e-12, abs=0)
    assert rfot.droplet_radius(0.0, a) == 0
    density = rfot.region_density(a, np.array([2.0, 5.0]))
    assert density * np.array([8, 125]) * a**3 == pytest.approx([1, 1], rel=1e-12)


def test_microscopic_time_is_a_picosecond_unless_told():
    assert rfot.relative_timescale([1e-12, 100.0]) == pytest.approx([1, 1e14], rel=1e-12)
    assert rfot.relative_timescale(3.0, 2e-3) == pytest.approx(1500, rel=1e-12)
    ratio = rfot.relaxation_time(**LIQUID) / rfot.relaxation_time(**LIQUID, tau_micro=3e-12)
    assert ratio == pytest.approx(1 / 3, rel=1e-12)
    rate = rfot.reconfiguration_rate(50.0, **LIQUID)
    assert rate == pytest.approx(3 * rfot.reconfiguration_rate(50.0, **LIQUID, tau_micro=3e-12))


def test_lindemann_ratio_is_a_tenth_unless_told():
    for function, given in (
        (rfot.localisation_cost, (300.0,)),
        (rfot.wall_tension, (1e-9, 3e-10, 300.0)),
        (rfot.mismatch_energy, (300.0,)),
        (rfot.modulus_from_displacement, (300.0, 3e-10)),
        (rfot.reduced_mismatch, ()),
    ):
        assert function(*given) == function(*given, 0.1) != function(*given, 0.11)
    for ratio in (0.05, 0.3):
        expected = 1.5 * np.sqrt(3 * np.pi) * np.log(1 / (np.pi * np.e * ratio**2))
        assert rfot.reduced_mismatch(ratio) == pytest.approx(expected, rel=1e-12)
    with pytest.raises(ValueError, match=r"^lindemann must be below 0.342 .*, got 0.5$"):
        rfot.localisation_cost(300.0, [0.1, 0.5])


def test_density_at_a_finite_chemical_potential():
    """dmu = K d(rho)/rho^2 at a constant modulus: mu = K (1/rest - 1/rho)."""
    rest, K = 2.0, 3.0
    mu = np.array([-0.4, 0.0, 0.3, 0.2 + 0.1j], complex)
    expected = 1 / (1 / rest - mu / K)
    assert rfot._density_at(mu, rest, K) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("sign", [-1, 1])
def test_size_of_unit_fluctuation_is_found_within_its_range_alone(sign):
    rho, T = 2e28, 300.0
    inside, outside = (np.exp(sign * x) * rho * k_B * T for x in (91.9, 92.1))
    found = rfot.size_of_unit_fluctuation(inside, rho, T)
    assert found == pytest.approx(np.exp(sign * 91.9), rel=1e-8, abs=0)
    with pytest.raises(ValueError):
        rfot.size_of_unit_fluctuation(outside, rho, T)


def test_glass_transitions_of_arrays_and_of_short_times():
    """N* is four times the critical size, whose barrier is the logarithm of the time scale."""
    timescale, mismatch = np.array([[1.5], [1e3], [1e15]]), np.array([5.0, 10.0])
    s_c = rfot.entropy_at_glass_transition(timescale, mismatch)
    size = rfot.cooperative_size_at_glass_transition(timescale, mismatch)
    assert size.shape == (3, 2)
    barrier = mismatch * np.sqrt(size / 4) - s_c * size / 4
    assert barrier == pytest.approx(np.broadcast_to(np.log(timescale), (3, 2)), rel=1e-12)
    for bad in (1.0, 0.5):
        with pytest.raises(ValueError, match=f"^timescale .* must exceed one, got {bad:g}$"):
            rfot.entropy_at_glass_transition([1e3, bad], 10.0)


def test_softening_is_a_power_of_the_temperature():
    T = np.array([300.0, 450.0, 500.0, 600.0])
    expected = [1 - 0.6**8, 1 - 0.9**8, 0, 0]
    assert rfot.softening(T, 500.0) == pytest.approx(expected, rel=1e-12)
    assert rfot.softening(T, 500.0, 2.0) == pytest.approx([0.64, 0.19, 0, 0], rel=1e-12)
    for power in (2.0, 8.0):
        T_A = rfot.softening_temperature(300.0, 2.0, power)
        assert 2.0 * rfot.softening(300.0, T_A, power) ** (2 / 3) == pytest.approx(1, rel=1e-12)
    assert T_A == rfot.softening_temperature(300.0, 2.0)


def test_mismatch_from_modulus_is_a_geometric_mean():
    K, T, rho = 4e9, np.array([200.0, 800.0]), 3e28
    found = rfot.mismatch_from_modulus(K, T, rho)
    assert found**2 == pytest.approx((K / rho) * (k_B * T), rel=1e-12, abs=0)
    tension = rfot.wall_tension(4e-9, 1e-9, 300.0)
    assert tension == pytest.approx(float(rfot.localisation_cost(300.0)) / 4 * 1e18, rel=1e-12)
