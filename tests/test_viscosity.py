"""Viscosities: Maxwell, Vogel-Fulcher, fragility, fits to traced data."""

import numpy as np
import pytest
from scipy.integrate import quad

from relics import viscosity
from relics.materials import load_table


def test_maxwell_viscosity_is_the_steady_stress_over_the_rate():
    mu, tau, rate, step = 2e9, 3e-4, 10.0, 1e-7
    stress = 0.0
    for _ in range(40_000):  # thirteen relaxation times of an explicit integration
        stress += step * (mu * rate - stress / tau)
    assert viscosity.maxwell_viscosity(mu, tau) == pytest.approx(stress / rate, rel=1e-5)


def test_no_element_without_a_modulus_relaxes():
    for mu, tau in ((0.0, 1.0), (1.0, -1.0)):
        with pytest.raises(ValueError, match="must be positive"):
            viscosity.relaxation_modulus(1.0, mu, tau)


def test_fragility_is_the_slope_at_the_glass_transition():
    D, timescale = 12.0, 1e16
    L = np.log(timescale)
    T_0 = L / (L + D)
    h = 1e-5
    tau = [
        viscosity.LOG10_E * float(viscosity.vogel_fulcher(1 / u, D, T_0)) for u in (1 - h, 1 + h)
    ]
    assert viscosity.fragility_from_strength(D, timescale) == pytest.approx(
        (tau[1] - tau[0]) / (2 * h), rel=1e-8
    )


def test_viscosity_is_the_area_under_the_relaxation_modulus():
    area, _ = quad(lambda t: float(viscosity.relaxation_modulus(t, 3e9, 2.0)), 0, np.inf)
    assert viscosity.maxwell_viscosity(3e9, 2.0) == pytest.approx(area, rel=1e-9)


@pytest.mark.parametrize(("T_K", "jump"), [(150.0, 2.0), (120.0, 0.7)])
def test_fragility_from_entropy_is_the_slope_of_the_activated_time(T_K, jump):
    T_g, h = 200.0, 1e-3
    cold, hot = viscosity.activated_decades([T_g - h, T_g + h], T_g, T_K, 15.0)
    s_c = jump * (T_g / T_K - 1)  # of a heat capacity that falls as 1/T, jump at T_g
    slope = (cold - hot) / (2 * h) * T_g
    found = viscosity.fragility_from_entropy(1e15, jump, s_c)
    assert found == pytest.approx(slope, rel=1e-6)


def test_strength_is_thirty_two_over_the_jump():
    # LW07 Sec. II: (27 pi/16) ln^2(100/(pi e)) = 32.09.
    from relics.rfot import reduced_mismatch

    expected = 27 * np.pi / 16 * np.log(100 / (np.pi * np.e)) ** 2
    assert viscosity.strength(reduced_mismatch(0.1), 2.0) == pytest.approx(expected / 2, rel=1e-12)


def test_constant_modulus_gives_vogel_fulcher_exactly():
    T = np.linspace(220.0, 500.0, 30)
    law = viscosity.activated_decades(T, 210.0, 160.0, 17.0, mismatch_power=0.5)
    expected = viscosity.vogel_fulcher(T, 17.0 * 50.0 / 160.0, 160.0)
    assert law == pytest.approx(expected, rel=1e-12)


def test_fit_recovers_a_law_from_noisy_curves():
    rng = np.random.default_rng(1)
    m, limit, T, y, curve = 60.0, -4.0, [], [], []
    for number, T_g in enumerate(300.0 + rng.normal(0, 1.5, 8)):
        T_0 = T_g * (1 - 16.0 / m)
        temperatures = T_g * np.linspace(1.0, 1.25, 12)
        T.append(temperatures)
        y.append(limit + 16.0 * (T_g - T_0) / (temperatures - T_0) + rng.normal(0, 0.03, 12))
        curve.append(np.full(12, number))
    fit = viscosity.fit_vogel_fulcher(np.concatenate(T), np.concatenate(y), np.concatenate(curve))
    assert abs(fit.m - m) < 4 * fit.m_error < 8
    assert abs(fit.T_g - 300.0) < 4 * fit.T_g_error < 8


@pytest.mark.parametrize("noise", [0.1, 0.2, 0.4])
def test_errors_of_single_noisy_curves_are_their_scatter(noise):
    T, rng = np.linspace(300.0, 360.0, 30), np.random.default_rng(7)
    y = -4.0 + 16.0 * 80.0 / (T - 220.0)
    fits = [viscosity.fit_vogel_fulcher(T, y + rng.normal(0, noise, 30)) for _ in range(60)]
    for name in ("m", "T_g"):
        scatter = np.std([getattr(fit, name) for fit in fits], ddof=1)
        said = np.median([getattr(fit, f"{name}_error") for fit in fits])
        # Sixty fits know their scatter to nine percent.
        assert said == pytest.approx(scatter, rel=0.25)


def test_one_wild_reading_does_not_move_the_fit():
    T = np.linspace(300.0, 360.0, 25)
    y = -4.0 + 16.0 * 80.0 / (T - 220.0)
    clean = viscosity.fit_vogel_fulcher(T, y)
    spoilt = y.copy()
    spoilt[12] += 3.0
    assert viscosity.fit_vogel_fulcher(T, spoilt).m == pytest.approx(clean.m, rel=0.03)


@pytest.mark.parametrize("material", ["SiO2", "B2O3", "As2S3", "As2Se3", "BeF2"])
def test_fragilities_agree_with_straight_lines_through_single_curves(material):
    # The table's medians: each curve fitted by a straight line in 1/T, another method.
    table = load_table("fragility_inorganic_sciglass").rows(material=material).columns
    data = viscosity.measured(material)
    fit = viscosity.fit_vogel_fulcher(data.T, data.log10_viscosity, data.curve)
    assert fit.m == pytest.approx(table["m median"][0], rel=0.12)
    assert fit.T_g == pytest.approx(table["Tg median (K)"][0], rel=0.015)


def test_activated_fit_recovers_its_law():
    T = np.linspace(305.0, 420.0, 40)
    y = viscosity.LOG10_BOILING + viscosity.activated_decades(T, 300.0, 230.0, 15.0)
    fit = viscosity.fit_activated(T, y, above=2.0)
    assert (fit.T_g, fit.T_K) == pytest.approx((300.0, 230.0), rel=1e-6)
    assert fit.log10_viscosity(T) == pytest.approx(y)


def test_two_and_a_half_decades_in_four_points_are_enough():
    T = np.array([300.0, 304.0, 308.0, 313.0])
    y = -4.0 + 16.0 * 80.0 / (T - 220.0)
    assert 2 < np.ptp(y) < 3
    assert viscosity.fit_vogel_fulcher(T, y).T_g == pytest.approx(300.0, abs=0.5)


def test_tables_that_cannot_be_fitted_are_refused_with_the_reason():
    with pytest.raises(ValueError, match="3 points over .* needs four points over two decades"):
        viscosity.fit_vogel_fulcher([300.0, 310.0, 320.0], [12.0, 10.0, 9.0])
    with pytest.raises(ValueError, match="no overlap with the activated regime"):
        viscosity.fit_activated([900.0, 950.0, 1000.0, 1100.0], [0.5, 0.3, 0.2, 0.1])
    with pytest.raises(ValueError, match="one length"):
        viscosity.fit_vogel_fulcher([300.0, 310.0], [12.0, 10.0, 9.0])
    with pytest.raises(ValueError, match="no viscosities of 'water'; known: SiO2"):
        viscosity.measured("water")
    with pytest.raises(ValueError, match="not above T_0"):
        viscosity.vogel_fulcher(200.0, 10.0, 200.0)
    with pytest.raises(ValueError, match="T must be positive"):
        viscosity.fit_vogel_fulcher([np.nan, 310.0, 320.0, 330.0], [12.0, 10.0, 9.0, 8.0])


@pytest.mark.parametrize("bad", [0.0, -1.0, np.nan])
@pytest.mark.parametrize(
    ("f", "given"),
    [
        (viscosity.maxwell_viscosity, {"mu": 1.0, "tau": 1.0}),
        (viscosity.vogel_fulcher, {"T": 2.0, "D": 1.0, "T_0": 1.0}),
        (viscosity.strength, {"mismatch": 1.0, "Delta_c_p": 1.0}),
        (viscosity.fragility_from_strength, {"D": 1.0, "timescale": 10.0}),
        (
            viscosity.fragility_from_entropy,
            {"timescale": 10.0, "Delta_c_p": 1.0, "s_c": 1.0},
        ),
    ],
)
def test_every_constant_of_a_liquid_must_be_positive(f, given, bad):
    for name in given:
        with pytest.raises(ValueError, match=f"{name} must be positive"):
            f(**given | {name: bad})


def test_times_scales_and_decades_outside_the_domain_are_refused():
    for t in (-1.0, np.nan):
        with pytest.raises(ValueError, match="t must"):
            viscosity.relaxation_modulus(t, 1.0, 1.0)
    for timescale in (1.0, [10.0, 0.5]):
        with pytest.raises(ValueError, match="must exceed one"):
            viscosity.fragility_from_strength(1.0, timescale)
    for name in ("T_g", "decades"):
        given = {"T_g": 200.0, "decades": 15.0} | {name: 0.0}
        with pytest.raises(ValueError, match=f"{name} must be positive"):
            viscosity.activated_decades(250.0, T_K=150.0, **given)
    with pytest.raises(ValueError, match="T = 150 K is not above T_0 = 160 K"):
        viscosity.vogel_fulcher([150.0, 200.0], 10.0, [160.0, 100.0])


def test_relaxation_in_a_table_of_times_and_elements():
    t, tau = np.array([[0.0], [2.0]]), np.array([1.0, 4.0, 0.5])
    found = viscosity.relaxation_modulus(t, 3.0, tau)
    assert found == pytest.approx(3.0 * np.exp(-t / tau), rel=1e-14)
    found = viscosity.maxwell_viscosity([[2.0], [3.0]], tau)
    assert found == pytest.approx(np.array([[2, 8, 1], [3, 12, 1.5]]), rel=1e-13)


def test_barrier_of_a_mismatch_that_grows_with_a_power_of_the_temperature():
    # L18 Eq. 36: s_c = c T_g (1/T_K - 1/T), barrier over T ~ T^(2p)/(s_c T^2)
    T, T_g, T_K = np.array([260.0, 300.0, 380.0]), 250.0, 200.0
    entropy = (1 / T_K - 1 / T) / (1 / T_K - 1 / T_g)
    for power in (0.5, 1.0, 1.5):
        found = viscosity.activated_decades(T, T_g, T_K, 14.0, power)
        assert found == pytest.approx(14.0 * (T / T_g) ** (2 * power - 2) / entropy, rel=1e-12)
    assert np.array_equal(
        viscosity.activated_decades(T, T_g, T_K, 14.0),
        viscosity.activated_decades(T, T_g, T_K, 14.0, 1.0),
    )


def law(T, T_g, m=60.0, limit=-4.0):
    """log10 viscosity of a Vogel-Fulcher law through 12 at T_g with the index m."""
    T_0 = T_g * (1 - (12 - limit) / m)
    return limit + (12 - limit) * (T_g - T_0) / (T - T_0)


def test_fitted_law_is_the_one_that_was_drawn_and_ends_at_its_T_0():
    T = np.linspace(290.0, 380.0, 30)
    fit = viscosity.fit_vogel_fulcher(T, law(T, 300.0))
    assert (fit.T_g, fit.m, fit.log10_limit) == pytest.approx((300.0, 60.0, -4.0), rel=1e-6)
    assert fit.T_0 == pytest.approx(300 * (1 - 16 / 60), rel=1e-6)
    assert fit.rms < 1e-7 and fit.curves == 1
    inside = (law(T, 300.0) >= 6) & (law(T, 300.0) <= 13)
    assert fit.points == inside.sum() < 30
    assert fit.log10_viscosity([300.0, 350.0]) == pytest.approx(law(np.array([300, 350]), 300.0))
    for bad in (fit.T_0, 200.0, [400.0, 210.0]):
        with pytest.raises(ValueError, match="ends at T_0"):
            fit.log10_viscosity(bad)
    for bad in (0.0, np.nan):
        with pytest.raises(ValueError, match="T must be positive"):
            fit.log10_viscosity(bad)


def test_window_takes_in_its_ends():
    y = np.array([13.0, 12.0, 9.0, 7.0, 6.0])
    rise = (60.0 * (1 - (1 - 16 / 60))) / (y + 4.0)
    T = 300.0 * ((1 - 16 / 60) + rise * 16 / 60)
    assert viscosity.fit_vogel_fulcher(T, y).points == 5
    assert viscosity.fit_vogel_fulcher(T, y, window=(6.5, 13.0)).points == 4
    assert viscosity.fit_vogel_fulcher(T, y, window=(6.0, 12.0)).points == 4
    with pytest.raises(ValueError, match="0 points over 0.0 decades"):
        viscosity.fit_vogel_fulcher(T, y, window=(20.0, 30.0))
    with pytest.raises(ValueError, match="4 points over 1.5 decades"):
        viscosity.fit_vogel_fulcher(T[:4], [12.0, 11.5, 11.0, 10.5])
    for bad in ((T, y, np.zeros(4)), (T[:4], y), (np.stack([T, T]), np.stack([y, y]))):
        with pytest.raises(ValueError, match="three columns of one length"):
            viscosity.fit_vogel_fulcher(*bad)


@pytest.mark.parametrize("sizes", [(8, 12, 20), (8, 12), (10, 8, 12, 9, 14, 7)])
def test_curves_share_a_shape_and_keep_their_own_glass_temperatures(sizes):
    T_g = 300.0 + 2.0 * np.arange(len(sizes)) ** 1.5
    label = np.repeat([f"curve {n}" for n in range(len(sizes))], sizes)
    own = np.repeat(T_g, sizes)
    T = own * np.concatenate([np.linspace(0.99, 1.2, n) for n in sizes])
    fit = viscosity.fit_vogel_fulcher(T, law(T, own), label)
    counted = np.bincount(
        np.unique(label, return_inverse=True)[1], (law(T, own) >= 6) & (law(T, own) <= 13)
    )
    shares = counted / counted.sum()
    middle = shares @ T_g
    assert (fit.T_g, fit.m) == pytest.approx((middle, 60.0), rel=1e-6)
    assert fit.T_0 / fit.T_g == pytest.approx(1 - 16 / 60, rel=1e-5)
    assert (fit.points, fit.curves) == (counted.sum(), len(sizes))
    if len(sizes) >= 3:
        scatter = np.sqrt(shares @ (T_g - middle) ** 2 / (len(sizes) - 1))
        assert fit.T_g_error == pytest.approx(scatter, rel=1e-4)
    else:
        assert fit.T_g_error < 1.0  # of readings good to a tenth of a decade


def straight(number, parameters, seed):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(number, parameters)), rng.normal(size=number), rng


def test_covariance_of_even_weights_is_that_of_ordinary_least_squares():
    jac, residual, _ = straight(12, 3, 1)
    variance = viscosity._covariance(jac, residual, np.ones(12), np.zeros(12, int))
    expected = np.linalg.inv(jac.T @ jac) * np.sum(residual**2) / (12 - 3)
    assert variance == pytest.approx(expected, rel=1e-10)
    # compilers interpolate: no point is better than one reading
    least = viscosity._covariance(jac, 1e-5 * residual, np.ones(12), np.zeros(12, int))
    assert least == pytest.approx(np.linalg.inv(jac.T @ jac) * viscosity.READING**2, rel=1e-10)
    # as many parameters as points leave one degree of freedom, not none
    full = viscosity._covariance(jac[:3], residual[:3], np.ones(3), np.zeros(3, int))
    expected = np.linalg.inv(jac[:3].T @ jac[:3]) * np.sum(residual[:3] ** 2)
    assert full == pytest.approx(expected, rel=1e-8)


def test_covariance_of_uneven_weights_is_hubers():
    jac, residual, rng = straight(15, 2, 2)
    w = rng.uniform(0.3, 1, 15)
    slopes = w**3
    mean = sum(slopes) / 15
    spread = sum((s - mean) ** 2 for s in slopes) / 15
    factor = 1 + 2 / 15 * spread / mean**2
    variance = sum((a * r) ** 2 for a, r in zip(w, residual, strict=True)) / 13 / mean**2
    found = viscosity._covariance(jac, residual, w, np.arange(15) % 4)
    assert found == pytest.approx(np.linalg.inv(jac.T @ jac) * factor**2 * variance, rel=1e-10)


def test_covariance_of_five_clusters_is_the_scatter_of_their_scores():
    jac, residual, rng = straight(20, 2, 3)
    w, clusters = rng.uniform(0.3, 1, 20), np.arange(20) % 5
    bread = np.linalg.inv(sum(a**3 * np.outer(j, j) for a, j in zip(w, jac, strict=True)))
    meat = np.zeros((2, 2))
    for c in range(5):
        score = sum(w[k] * residual[k] * jac[k] for k in range(20) if clusters[k] == c)
        meat += np.outer(score, score)
    found = viscosity._covariance(jac, residual, w, clusters)
    assert found == pytest.approx(bread @ meat @ bread * 5 / 4, rel=1e-10)


def test_jacobian_of_residuals_by_differences():
    def residuals(p):
        return np.array([p[0] ** 2 * p[1], np.exp(p[1]), p[0], 0.0 * p[0]])

    for x in ([300.0, 0.5], [0.0, -2.0]):
        found = viscosity._jacobian(residuals, np.array(x))
        a, b = x
        assert found == pytest.approx(
            np.array([[2 * a * b, a**2], [0, np.exp(b)], [1, 0], [0, 0]]), rel=1e-6, abs=1e-7
        )


def scaled_rms(found, y):
    """Root mean square of residuals, each weighed by the loss that grows as its size far out."""
    r = found - y
    w = 1 / np.sqrt(1 + (r / 0.1) ** 2)
    return np.sqrt(np.sum(w * r**2) / np.sum(w))


def test_deviation_of_a_fit_is_weighed_like_its_loss():
    rng = np.random.default_rng(4)
    T = np.linspace(300.0, 360.0, 25)
    y = law(T, 299.0) + rng.normal(0, 0.2, 25)
    fit = viscosity.fit_vogel_fulcher(T, y)
    used = (y >= 6) & (y <= 13)
    expected = scaled_rms(fit.log10_viscosity(T[used]), y[used])
    assert fit.rms == pytest.approx(expected, rel=1e-9)
    fit = viscosity.fit_activated(T, y)
    assert fit.rms == pytest.approx(scaled_rms(fit.log10_viscosity(T), y), rel=1e-9)


@pytest.mark.parametrize(("power", "limit"), [(0.5, -3.0), (1.0, -5.0), (1.3, -3.5)])
def test_activated_fit_keeps_the_power_and_the_prefactor_it_is_given(power, limit):
    T = np.linspace(295.0, 420.0, 40)
    y = limit + viscosity.activated_decades(T, 300.0, 230.0, 12 - limit, power)
    fit = viscosity.fit_activated(T, y, power, 2.5, limit)
    assert (fit.T_g, fit.T_K) == pytest.approx((300.0, 230.0), rel=1e-6)
    assert (fit.mismatch_power, fit.log10_limit) == (power, limit)
    assert fit.points == np.sum(y >= 2.5) and fit.rms < 1e-6
    assert fit.log10_viscosity(T) == pytest.approx(y, abs=1e-5)


def test_activated_fit_uses_points_from_a_thousand_pascal_seconds_on():
    T = np.array([300.0, 310.0, 320.0, 330.0, 500.0])
    y = np.append(-3 + viscosity.activated_decades(T[:4], 300.0, 230.0, 15.0), 2.99)
    assert viscosity.fit_activated(T, y).points == 4
    y[4] = 3.0
    assert viscosity.fit_activated(T, y).points == 5
    for bad in ((T[:4], y), (np.stack([T, T]), np.stack([y, y]))):
        with pytest.raises(ValueError, match="two columns of one length"):
            viscosity.fit_activated(*bad)
    with pytest.raises(ValueError, match="only 4 points above"):
        viscosity.fit_activated(T[:4], [12.0, 11.5, 11.0, 10.5])
    with pytest.raises(ValueError, match="only 3 points above"):
        viscosity.fit_activated(T[:3], [12.0, 9.0, 7.0])


def test_errors_of_activated_fits_are_their_scatter():
    T, rng = np.linspace(300.0, 400.0, 30), np.random.default_rng(5)
    y = -3 + viscosity.activated_decades(T, 300.0, 230.0, 15.0)
    fits = [viscosity.fit_activated(T, y + rng.normal(0, 0.15, 30)) for _ in range(50)]
    for name in ("T_g", "T_K"):
        scatter = np.std([getattr(fit, name) for fit in fits], ddof=1)
        said = np.median([getattr(fit, f"{name}_error") for fit in fits])
        assert said == pytest.approx(scatter, rel=0.3)


def test_measured_points_are_those_of_the_table_in_the_order_of_temperature():
    table = load_table("viscosity_inorganic_sciglass").columns
    assert viscosity.materials() == list(dict.fromkeys(table["material"]))
    for material in viscosity.materials()[:3]:
        data = viscosity.measured(material)
        kept = (np.array(table["material"]) == material) & (np.array(table["kept"]) == 1.0)
        pairs = sorted(
            zip(table["T (K)"][kept], table["log10 viscosity (Pa s)"][kept], strict=True)
        )
        assert data.material == material and np.all(np.diff(data.T) >= 0)
        assert sorted(zip(data.T, data.log10_viscosity, strict=True)) == pairs
        sources = {
            (a, y) for a, y, k in zip(table["author"], table["year"], kept, strict=True) if k
        }
        assert len(np.unique(data.curve)) == len(sources)
