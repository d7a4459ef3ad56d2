"""The mixed distribution of centres: normalisation, scattering and heat capacity."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq

from relics import fast_centres as fc
from relics.constants import hbar, k_B

T_D, T_G = 342.0, 1461.0
DEBYE, GLASS = k_B * T_D, k_B * T_G
RANGE = {"smallest": 1e-9 * DEBYE, "largest": DEBYE}
GLASS_KEYS = {"coupling": 1.6e-19, "density": 2200.0, "sound_speed": 4100.0}


@pytest.mark.parametrize("c", [0.0, 0.1, 0.4])
@pytest.mark.parametrize("least", [1e-9, 0.2, 0.8])
def test_normalisation_leaves_one_centre_in_each_domain(c, least):
    limits = {"smallest": least * DEBYE, "largest": DEBYE}

    def weight(u):
        amplitude = np.exp(u)
        return (limits["largest"] / amplitude) ** c * (1 + 232.0 * amplitude**2 / (DEBYE * GLASS))

    total = quad(weight, np.log(limits["smallest"]), np.log(limits["largest"]), epsrel=1e-12)[0]
    amplitude = fc.normalisation(232.0, c, **limits, glass_energy=GLASS, debye_energy=DEBYE)
    assert amplitude * total == pytest.approx(1, rel=1e-9)


def test_centres_below_ends_at_the_pile_up_and_at_all_centres():
    xi, tunnelling = 2e-9, 1e-3 * DEBYE
    repulsion = 100.0 * tunnelling**2 / DEBYE
    at_zero = fc.centres_below(0.0, tunnelling, 100.0, GLASS, DEBYE, xi)
    assert at_zero * xi**3 == pytest.approx(repulsion / GLASS, rel=1e-14)
    everywhere = fc.centres_below(60 * GLASS, tunnelling, 100.0, GLASS, DEBYE, xi)
    assert everywhere * xi**3 == pytest.approx(1 + repulsion / GLASS, rel=1e-14)


@pytest.mark.parametrize("c", [0.0, 0.1, 0.9])
@pytest.mark.parametrize("lower", [0.0, 0.2, 0.9])
def test_regular_scattering_is_its_integral(c, lower):
    angle = np.arcsin(lower)
    expected = quad(lambda t: np.sin(t) ** (1 - c), angle, np.pi / 2, epsabs=1e-13)[0]
    assert fc.regular_scattering(lower, c) == pytest.approx(expected, rel=1e-8)


def test_folded_scattering_counts_the_second_branch():
    # Biases below Sigma = strength*E*x^2 at amplitude xE, by brute force over the angle.
    strength, c = 0.7, 0.1
    angles = (np.arange(200_000) + 0.5) / 200_000 * np.pi / 2
    x = np.sin(angles)
    inside = np.cos(angles) < strength * x**2
    expected = np.mean(x ** (1 - c) * inside) * np.pi / 2
    found = fc.fast_scattering(strength * DEBYE / 100, 100.0, c, DEBYE, "folded")
    assert found == pytest.approx(expected, rel=1e-4)


def test_folded_scattering_equals_the_pile_up_at_low_energy_and_saturates():
    low, high = 1e-5 * DEBYE, 1e3 * DEBYE
    pile = fc.fast_scattering(low, 232.0, 0.1, DEBYE)
    assert fc.fast_scattering(low, 232.0, 0.1, DEBYE, "folded") == pytest.approx(pile, rel=1e-4)
    assert fc.fast_scattering(high, 232.0, 0.1, DEBYE, "folded") == pytest.approx(
        float(fc.regular_scattering(0.0, 0.1)), rel=0.01
    )


def test_decay_rate_is_the_golden_rule_over_the_joint_distribution():
    # n(eps, Delta) with the peak taken as a narrow exponential; resonant surface by quadrature.
    energy, T, c, b = 0.01 * DEBYE, 2.0, 0.1, 200.0
    a, xi = 3.42e-10, 2e-9
    amplitude = fc.normalisation(b, c, **RANGE, glass_energy=GLASS, debye_energy=DEBYE)
    width = 1e-5 * energy

    def per_angle(angle):
        tunnelling, bias = energy * np.sin(angle), energy * np.cos(angle)
        repulsion = b * tunnelling**2 / DEBYE
        density = (repulsion * np.exp(-bias / width) / width + 1) / (GLASS * xi**3)
        weight = amplitude * (DEBYE / tunnelling) ** c / tunnelling * density
        return weight * tunnelling**2 / energy * energy

    low = np.arcsin(RANGE["smallest"] / energy)
    near = quad(per_angle, np.pi / 2 - 60 * width / energy, np.pi / 2, epsrel=1e-9)[0]
    far = quad(per_angle, low, np.pi / 2 - 60 * width / energy, epsrel=1e-9, limit=200)[0]
    thermal = np.tanh(energy / (2 * k_B * T))
    expected = np.pi / 3 * a**3 * GLASS / hbar * (near + far) * thermal
    found = fc.phonon_decay_rate(
        energy, T, amplitude, b, c, **RANGE, debye_energy=DEBYE, size_ratio=xi / a
    )
    assert found == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("mixing", ["pile-up", "folded"])
def test_conductivity_is_the_kinetic_sum_over_modes(mixing):
    """A third of heat, c_s^2 and life of each mode; Einstein heats, modes counted by Debye."""
    v, arguments = 4100.0, (0.05, 232.0, 0.1, *RANGE.values(), DEBYE, 5.85)

    def per_log_energy(u, T):
        E = np.exp(u)
        heat = k_B * (E / (2 * k_B * T) / np.sinh(E / (2 * k_B * T))) ** 2
        modes = 3 * (E / hbar) ** 2 / (2 * np.pi**2 * v**3) * E / hbar
        return modes * heat * v**2 / 3 / float(fc.phonon_decay_rate(E, T, *arguments, mixing))

    ends = np.log(2 * RANGE["smallest"]), np.log(DEBYE)
    T = np.array([0.3, 20.0])
    expected = [
        quad(per_log_energy, ends[0], min(ends[1], np.log(60 * k_B * t)), args=(t,), limit=200)[0]
        for t in T
    ]
    found = fc.thermal_conductivity(T, *arguments, v, mixing)
    assert found == pytest.approx(expected, rel=1e-6, abs=0)


def test_conductivity_without_fast_centres_is_a_power_law():
    T = np.geomspace(0.1, 0.2, 3)
    kappa = fc.thermal_conductivity(
        T, 0.05, 0.0, 0.1, 1e-12 * DEBYE, DEBYE, 1e3 * DEBYE, 5.85, 4100.0
    )
    np.testing.assert_allclose(fc.local_exponent(kappa, T), 2.1, atol=1e-4)


def test_heat_capacity_terms_are_integrals_over_bias_and_amplitude():
    T, time, c, b = 0.5, 1e-5, 0.1, 232.0
    beta = 1 / (k_B * T)
    keys = {"glass_energy": GLASS, "debye_energy": DEBYE}
    fast, regular = fc.heat_capacity(
        T, time, 0.05, b, c, DEBYE, domain_size=2e-9, **keys, **GLASS_KEYS
    )
    g, rho, v = GLASS_KEYS.values()
    constant = 3 * g**2 / (2 * np.pi * rho * hbar**4 * v**5)

    def schottky(x):
        return (x / 2 / np.cosh(x / 2)) ** 2

    def relaxed(bias, amplitude):
        splitting = np.hypot(bias, amplitude)
        rate = constant * amplitude**2 * splitting / np.tanh(beta * splitting / 2)
        return rate * time > 1

    rng, size = np.random.default_rng(4), 2_000_000
    log_low = np.log(1e-4 * k_B * T)
    span = np.log(30 * k_B * T) - log_low
    amplitude = np.exp(log_low + span * rng.random(size))
    bias = 30 * k_B * T * rng.random(size)
    weights = schottky(beta * np.hypot(bias, amplitude)) * relaxed(bias, amplitude)
    samples = weights * (DEBYE / amplitude) ** c * span * 30 * k_B * T
    scale = 0.05 * k_B / (GLASS * 8e-27)
    assert abs(regular - scale * samples.mean()) < 5 * scale * samples.std() / np.sqrt(size)

    peak = quad(
        lambda u: (
            schottky(beta * np.exp(u))
            * (DEBYE * np.exp(-u)) ** c
            * b
            * np.exp(2 * u)
            / DEBYE
            * relaxed(0.0, np.exp(u))
        ),
        np.log(1e-3 * k_B * T),
        np.log(60 * k_B * T),
        limit=500,
    )[0]
    assert fast == pytest.approx(scale * peak, rel=1e-3)


def test_nothing_has_relaxed_up_to_the_shortest_relaxation_time():
    T, energy, log_time = 0.5, k_B * 0.5, np.array([-2.0, 0.0, 1e-3])
    fast, regular = fc.heat_capacity_per_energy(
        energy, T, log_time, 0.05, 232.0, 0.1, DEBYE, DEBYE, GLASS, 2e-9
    )
    assert not fast[:2].any() and not regular[:2].any()
    assert fast[2] > 0 and regular[2] > 0


def test_unmixed_heat_capacity_is_that_of_the_tunnelling_model():
    from relics.two_level_systems import heat_capacity, rate_constant

    T, time = np.array([0.05, 1.0]), 1e-4
    _, regular = fc.heat_capacity(
        T, time, 0.05, 0.0, 0.1, DEBYE, DEBYE, GLASS, 2e-9, *GLASS_KEYS.values()
    )
    density = 0.05 / (GLASS * 8e-27)
    expected = heat_capacity(T, time, rate_constant(*GLASS_KEYS.values()), density, 0.1, 1.0, DEBYE)
    np.testing.assert_allclose(regular, expected, rtol=1e-7)


def test_local_exponent_of_a_power():
    x = np.geomspace(1, 10, 7)
    np.testing.assert_allclose(fc.local_exponent(x**1.9, x), 1.9, rtol=1e-12)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: fc.normalisation(1.0, 0.1, 2.0, 1.0, 1.0, 1.0), "must be below"),
        (lambda: fc.normalisation(-1.0, 0.1, 1.0, 2.0, 1.0, 1.0), "not negative"),
        (lambda: fc.regular_scattering(1.5, 0.1), "at most 1"),
        (lambda: fc.regular_scattering(0.5, 1.0), r"in \[0, 1\)"),
        (lambda: fc.fast_scattering(1.0, 1.0, 0.1, 1.0, "sharp"), "pile-up"),
        (lambda: fc.local_exponent([1.0, 2.0], [1.0]), "equal lengths"),
        (lambda: fc.heat_capacity(0.0, 1.0, 1, 1, 0.1, 1, 1, 1, 1, 1, 1, 1), "temperature"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


NORM = {
    "sum_inverse": 232.0, "c": 0.1, "smallest": 1e-3 * DEBYE, "largest": DEBYE,
    "glass_energy": GLASS, "debye_energy": DEBYE,
}  # fmt: skip
RATE = {
    "energy": 0.01 * DEBYE, "temperature": 2.0, "normalisation": 0.05, "sum_inverse": 232.0,
    "c": 0.1, "smallest": 1e-3 * DEBYE, "largest": DEBYE, "debye_energy": DEBYE, "size_ratio": 5.85,
}  # fmt: skip
HEAT = {
    "normalisation": 0.05, "sum_inverse": 232.0, "c": 0.1, "largest": DEBYE, "debye_energy": DEBYE,
    "glass_energy": GLASS, "domain_size": 2e-9, "temperature": 0.5,
}  # fmt: skip
ALL = {
    fc.normalisation: NORM,
    fc.centres_below: {
        "bias": 0.0, "tunnelling": DEBYE, "sum_inverse": 1.0, "glass_energy": GLASS,
        "debye_energy": DEBYE, "domain_size": 2e-9,
    },
    fc.regular_scattering: {"lower": 0.5, "c": 0.1},
    fc.fast_scattering: {"energy": DEBYE, "sum_inverse": 1.0, "c": 0.1, "debye_energy": DEBYE},
    fc.phonon_decay_rate: RATE,
    fc.thermal_conductivity: {k: v for k, v in RATE.items() if k != "energy"} | {"sound_speed": 4e3},
    fc.heat_capacity_per_energy: HEAT | {"energy": k_B, "log_time": 3.0},
    fc.heat_capacity: HEAT | {"time": 1e-4} | GLASS_KEYS,
}  # fmt: skip
NONNEGATIVE = ("sum_inverse", "bias", "tunnelling", "lower")
CASES = [(f, n) for f, good in ALL.items() for n in good if n not in ("log_time",)]


@pytest.mark.parametrize(("function", "name"), CASES)
def test_arguments_outside_their_domain_are_named(function, name):
    assert np.isfinite(function(**ALL[function])).all()
    words = "must be finite and not negative" if name in NONNEGATIVE else "must be positive and fin"
    words = r"must be in \[0, 1\)" if name == "c" else words
    for bad in (-1.0, np.nan):
        with pytest.raises(ValueError, match=f"^{name} {words}"):
            function(**ALL[function] | {name: bad})


def test_smallest_amplitude_lies_below_the_largest():
    for least in (1.0, 2.0):
        with pytest.raises(ValueError, match="^smallest amplitude .* must be below the largest"):
            fc.normalisation(**NORM | {"smallest": least * DEBYE})


@pytest.mark.parametrize("mixing", ["pile-up", "folded"])
def test_decay_rate_counts_no_amplitude_below_the_smallest(mixing):
    """The bracket of LW07 Eq. 68 with its integral done over the angle, above and below."""
    for least in (0.3, 0.9, 1.0, 4.0):
        energy, T = 0.01 * DEBYE, 2.0
        low = np.arcsin(min(least, 1.0))
        regular = quad(lambda t: np.sin(t) ** 0.9, low, np.pi / 2)[0]
        fast = 2.32
        if mixing == "folded":  # amplitude x where strength x^2 exceeds the bias sqrt(1 - x^2)
            first = brentq(lambda t: 2.32 * np.sin(t) ** 2 - np.cos(t), 0, np.pi / 2)
            fast = quad(lambda t: np.sin(t) ** 0.9, first, np.pi / 2)[0]
        expected = np.pi / 3 * 0.05 / 5.85**3 * energy / hbar * 100**0.1 * (fast + regular)
        given = RATE | {"smallest": least * energy, "mixing": mixing}
        found = fc.phonon_decay_rate(**given)
        assert found == pytest.approx(expected * np.tanh(energy / (2 * k_B * T)), rel=1e-7)
    if mixing == "pile-up":
        del given["mixing"]
        assert fc.phonon_decay_rate(**given) == pytest.approx(float(found), rel=1e-12)


@pytest.mark.parametrize("mixing", ["pile-up", "folded"])
def test_phonons_below_twice_the_smallest_amplitude_conduct_nothing(mixing):
    v, T = 4100.0, np.array([0.3, 2.0])
    arguments = {k: x for k, x in RATE.items() if k not in ("energy", "temperature")}

    def per_energy(E, t):
        heat = k_B * (E / (2 * k_B * t) / np.sinh(E / (2 * k_B * t))) ** 2
        modes = 3 * (E / hbar) ** 2 / (2 * np.pi**2 * v**3) / hbar
        rate = fc.phonon_decay_rate(E, t, **arguments, mixing=mixing)
        return modes * heat * v**2 / 3 / float(rate)

    expected = [
        quad(lambda x, t=t: per_energy(x * k_B * t, t) * k_B * t, 2e-3 * T_D / t, 60, limit=200)[0]
        for t in T
    ]
    found = fc.thermal_conductivity(T, **arguments, sound_speed=v, mixing=mixing)
    assert found == pytest.approx(expected, rel=1e-7, abs=0)


@pytest.mark.parametrize("time", [1e-9, 1e-3])
def test_warm_and_cold_heat_capacity_is_the_sum_over_splittings(time):
    T = np.array([[0.05], [30.0]])
    found = fc.heat_capacity(T, time, **{k: v for k, v in HEAT.items() if k != "temperature"}, **GLASS_KEYS)  # fmt: skip
    g, rho, v = GLASS_KEYS.values()
    constant = 3 * g**2 / (2 * np.pi * rho * hbar**4 * v**5)
    for row, t in enumerate(T[:, 0]):
        log_x = np.linspace(np.log(1e-9), np.log(60), 60_001)
        energy = k_B * t * np.exp(log_x)
        log_time = np.log(constant * energy**3 / np.tanh(energy / (2 * k_B * t)) * time)
        terms = fc.heat_capacity_per_energy(
            energy, t, log_time, **{k: x for k, x in HEAT.items() if k != "temperature"}
        )
        for term, total in zip(terms, found, strict=True):
            expected = np.trapezoid(term * energy, log_x)
            assert total[row, 0] == pytest.approx(expected, rel=1e-3)


def test_slopes_need_two_points_of_one_list():
    assert fc.local_exponent([1.0, 8.0], [1.0, 2.0]) == pytest.approx([3, 3], rel=1e-12)
    for values in ([2.0], np.ones((2, 2))):
        with pytest.raises(ValueError, match="expected two equal lengths >= 2"):
            fc.local_exponent(values, values)
    for given, name in (
        (([1.0, -1.0], [1.0, 2.0]), "values"),
        (([1.0, 2.0], [0.0, 1]), "variable"),
    ):
        with pytest.raises(ValueError, match=f"^{name} must be positive"):
            fc.local_exponent(*given)
