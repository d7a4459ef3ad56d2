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
