import numpy as np
import pytest
from scipy.integrate import dblquad, quad
from scipy.special import zeta

from relics import phonons, plateau, resonance
from relics import scattering_density as density

SPECTRUM = resonance.broadened_spectrum(4.4, resonance.cutoff_frequency())


def test_constant_path_gives_the_closed_form_at_low_temperature():
    assert plateau.wavelength_limited_conductivity([1e-3])[0] == pytest.approx(
        6 * zeta(3) * 1e-6, rel=1e-9
    )


def test_floor_agrees_with_the_kinetic_integral_in_si_units():
    T_D, speed = 342.0, 4100.0
    omega_D = 1.380649e-23 * T_D / 1.0545718176461565e-34
    si = phonons.kinetic_conductivity(
        np.array([5.0, 40.0]), lambda omega, T: 2 * np.pi * speed / omega, omega_D, speed
    )
    reduced = plateau.wavelength_limited_conductivity(np.array([5.0, 40.0]) / T_D)
    assert np.allclose(si / phonons.conductivity_scale(T_D, speed), reduced, rtol=1e-8)


def test_low_temperature_level_is_the_measured_path():
    saddle = density.SaddlePoint(SPECTRUM, 4.4)
    kappa = plateau.plateau_conductivity([1e-4, 2e-4], saddle)
    # l = 150 wave lengths, plus the one that the random walk adds; the saddle point of the excited
    # levels does not vanish at low energy, which takes a percent away
    assert kappa[0] == pytest.approx(151 * 6 * zeta(3) * 1e-8, rel=2e-2)
    assert kappa[0] < 151 * 6 * zeta(3) * 1e-8


def test_excited_density_against_a_double_integral():
    saddle = density.SaddlePoint(SPECTRUM, 4.4)
    T, omega = 0.02, 0.06
    expected = dblquad(
        lambda _, y: float(saddle.cumulative(omega, T * y)) * 2 * np.exp(-y) / (1 + np.exp(-y)) ** 2,
        1e-8, 45, 0, 1, epsrel=1e-5,
    )[0]  # fmt: skip
    assert float(saddle.excited(omega, T)) == pytest.approx(expected, rel=1e-4)


def test_conductivity_is_converged_in_its_panels(monkeypatch):
    T = np.geomspace(1e-3, 0.2, 12)
    saddle = density.SaddlePoint(SPECTRUM, 4.4)
    coarse = plateau.plateau_conductivity(T, saddle)
    monkeypatch.setattr(
        plateau,
        "logarithmic_rule",
        lambda low, high, width=0.5, nodes=8: density.logarithmic_rule(low, high, width / 2, 12),
    )
    fine = plateau.plateau_conductivity(T, density.SaddlePoint(SPECTRUM, 4.4, 6000))
    assert np.max(np.abs(coarse / fine - 1)) < 1e-6


def test_every_curve_stays_above_one_wave_length():
    T = np.geomspace(1e-3, 0.3, 40)
    floor = plateau.wavelength_limited_conductivity(T)
    for thermal in ("fermi", "step"):
        kappa = plateau.plateau_conductivity(T, density.SaddlePoint(SPECTRUM, 4.4), thermal)
        assert np.all(kappa >= floor * (1 - 1e-9))


def test_exact_count_and_saddle_point_agree_at_high_temperature():
    T = np.array([0.05, 0.1])
    counted = plateau.plateau_conductivity(T, density.Counting.of(SPECTRUM, 4.4, 6.0, 5e-4))
    saddle = plateau.plateau_conductivity(T, density.SaddlePoint(SPECTRUM, 4.4))
    assert np.max(np.abs(counted / saddle - 1)) < 0.05


class EvenLevels:
    """Bare two-level scattering and levels spread evenly: rho = 1, N_E = E/0.1 at any frequency."""

    def ground(self, omega):
        return np.ones_like(omega)

    def cumulative(self, omega, energy):
        return energy / 0.1 * np.ones_like(omega)


class EvenCount(EvenLevels, density.Counting):
    """The same as levels that were counted."""

    def __init__(self):
        pass


@pytest.mark.parametrize("levels", [EvenLevels(), EvenCount()], ids=["smooth", "counted"])
@pytest.mark.parametrize("path", [150.0, 20.0])
def test_evenly_spread_levels_shorten_every_path_alike(path, levels):
    """Thermal levels up to alpha T, or on average int 2/(e^y + 1) dy = 2 ln 2 of them per T.

    The waves end at omega_D, which is seen at the higher temperatures.
    """
    T = np.array([1e-3, 4e-3, 0.2, 0.7])
    integrals = [
        quad(lambda x: x**3 / (4 * np.sinh(x / 2) ** 2), 0, min(1 / t, 60), epsrel=1e-10)[0]
        for t in T
    ]
    wave = T**2 * integrals
    omega = np.array([0.01, 0.5])
    for kept, count in (
        ({}, 2 * np.log(2)),
        ({"thermal": "step"}, 1.0),
        ({"thermal": "step", "alpha": 2.5}, 2.5),
    ):
        factor = 1 + count * T / 0.1
        found = plateau.scattering_enhancement(T, omega, levels, **kept)
        assert found == pytest.approx(np.outer(factor, [1, 1]), rel=1e-6)
        kappa = plateau.plateau_conductivity(T, levels, path=path, **kept)
        assert kappa == pytest.approx((path / factor + 1) * wave, rel=1e-6)


def test_slope_of_a_power_law_is_its_power():
    T = np.geomspace(0.01, 1, 7)
    assert plateau.local_slope(T, 3 * T**1.8) == pytest.approx(np.full(7, 1.8), rel=1e-12)


def test_listed_modes_add_up_to_the_kinetic_integral():
    """Debye modes in slices, each with a life of 30 periods and one wave length on top."""
    T, speed, omega_D = 20.0, 4100.0, 4e13
    edges = np.linspace(0, omega_D, 20_001)
    omega = (edges[1:] + edges[:-1]) / 2
    quanta = 1.0545718176461565e-34 * omega / (1.380649e-23 * T)
    share = 1.380649e-23 * phonons.debye_integrand(quanta) / quanta**2
    capacity = share * 3 / (2 * np.pi**2 * speed**3) * np.diff(edges**3) / 3
    wave = 2 * np.pi * speed / omega
    listed = plateau.discrete_conductivity(capacity, 30 * 2 * np.pi / omega, wave, speed)
    integral = phonons.kinetic_conductivity(
        np.array([T]), lambda omega, T: 31 * 2 * np.pi * speed / omega, omega_D, speed
    )
    assert listed == pytest.approx(integral[0], rel=1e-6)


def test_rate_inserts_coupling_and_volume():
    # pi omega (a/xi)^3 is LW07 Eq. 19 without saturation
    assert plateau.scattering_rate(0.1, 1.0, 5.8) == pytest.approx(np.pi * 0.1 / 5.8**3, rel=1e-12)


@pytest.mark.parametrize(
    "call",
    [
        lambda: plateau.plateau_conductivity([], density.SaddlePoint(SPECTRUM, 4.4)),
        lambda: plateau.plateau_conductivity([-1.0], density.SaddlePoint(SPECTRUM, 4.4)),
        lambda: plateau.plateau_conductivity([0.1], density.SaddlePoint(SPECTRUM, 4.4), "box"),
        lambda: plateau.wavelength_limited_conductivity([float("nan")]),
    ],
)
def test_bad_input_is_refused(call):
    with pytest.raises(ValueError):
        call()


def test_sum_over_modes_weighs_every_path_by_its_heat():
    # two nodes by hand: T^2 x^3 e^x/(e^x - 1)^2 path times the weight in log omega, x^4/x
    omega, weight = np.array([0.02, 0.3]), np.array([0.4, 0.9])
    T, path = np.array([0.01, 0.05, 0.2]), np.array([[3.0, 5.0], [7.0, 11.0], [2.0, 1.0]])
    x = omega / T[:, None]
    heat = x**4 * np.exp(x) / (np.exp(x) - 1) ** 2
    expected = T**2 * np.sum(heat * path * weight, axis=1)
    assert plateau.summed_conductivity(T, omega, weight, path) == pytest.approx(expected, rel=1e-12)
    same = plateau.summed_conductivity(T, omega, weight, path[0])
    assert same == pytest.approx(T**2 * np.sum(heat * path[0] * weight, axis=1), rel=1e-12)


def test_whole_numbers_are_numbers():
    found = plateau.discrete_conductivity([2, 3], [4, 5], [6, 7], 8)
    assert found == pytest.approx((2 * (32 + 6) + 3 * (40 + 7)) * 8 / 3, rel=1e-14)
    rate = plateau.scattering_rate([1, 2], [3, 5], 2.0)
    assert rate == pytest.approx(np.pi * np.array([3, 10]) / 8, rel=1e-14)


@pytest.mark.parametrize("bad", [[], [[0.1]], [0.1, np.nan], [0.1, np.inf], [0.1, 0.0], [-0.1]])
def test_temperatures_must_be_a_list_of_positive_numbers(bad):
    levels = EvenLevels()
    for call in (
        lambda: plateau.wavelength_limited_conductivity(bad),
        lambda: plateau.summed_conductivity(bad, np.ones(2), np.ones(2), 1.0),
        lambda: plateau.scattering_enhancement(bad, np.ones(2), levels),
        lambda: plateau.plateau_conductivity(bad, levels),
        lambda: plateau.local_slope(bad, np.ones(2)),
    ):
        with pytest.raises(ValueError, match="a list of positive temperatures"):
            call()


def test_unknown_ways_of_counting_thermal_levels_are_refused():
    for thermal in ("box", "Fermi", "STEP"):
        with pytest.raises(ValueError, match="'fermi' or 'step' are accepted"):
            plateau.scattering_enhancement([0.1], np.ones(2), EvenLevels(), thermal)
