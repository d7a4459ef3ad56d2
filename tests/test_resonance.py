import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from relics import resonance, ripplons
from relics.constants import hbar, k_B


@pytest.mark.parametrize("u", [0.0, 0.2, 0.7, 0.95, 1.3, 2.9, 3.1, 40.0])
def test_shift_integral_is_a_principal_value(u):
    if u in (0.0,) or u > 1:
        expected = quad(lambda t: t**3 / (t - u) if t != u else t**2, 0, 1)[0]
    else:
        expected = quad(lambda t: t**3, 0, 1, weight="cauchy", wvar=u)[0]
    assert resonance.shift_integral(u) == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_shift_changes_sign_where_its_principal_value_vanishes():
    root = resonance.sign_change_of_shift()
    assert quad(lambda t: t**3, 0, 1, weight="cauchy", wvar=root)[0] == pytest.approx(0, abs=1e-9)
    assert 0.5 < root < 0.99
    line, omega_c = 2e12, 5e12
    shifted = [
        resonance.shifted_frequency_si(u * omega_c, line, 2e-20, 4100.0, 3.5e-10, omega_c)
        for u in (root, 0.5)
    ]
    assert shifted[0] == pytest.approx(line, rel=1e-9)
    # Minus (3/2) k_B T_g/hbar (omega_c/omega_D)^3 times the principal value.
    omega_D = 4100.0 / 3.5e-10 * np.cbrt(6 * np.pi**2)
    value = quad(lambda t: t**3, 0, 1, weight="cauchy", wvar=0.5)[0]
    expected = -1.5 * 2e-20 / hbar * (omega_c / omega_D) ** 3 * value
    assert shifted[1] - line == pytest.approx(expected, rel=1e-6)


def test_coupling_survives_below_the_cut_off():
    omega = np.array([0.5, 0.8, 1.0, 1.1, 2.0]) * 0.3
    assert resonance.survival(omega, 0.3, 0.0).tolist() == [1, 1, 1, 0, 0]
    smeared = resonance.survival(omega, 0.3, 0.1)
    assert smeared == pytest.approx(norm.sf(omega, loc=0.3, scale=0.03), rel=1e-10)


def test_lorentzians_hold_one_mode_each_and_halve_at_their_width():
    centres, widths = [0.2, 0.5], [0.01, 0.03]
    total, _ = quad(
        lambda w: resonance.lorentzians(w, centres, widths), -300, 300, points=centres, limit=500
    )
    assert total == pytest.approx(2, abs=1e-4)
    peak = resonance.lorentzians(0.2, [0.2], [0.01])
    assert peak == pytest.approx(1 / (np.pi * 0.01), rel=1e-12)
    assert resonance.lorentzians(0.21, [0.2], [0.01]) == pytest.approx(peak / 2, rel=1e-12)


def test_one_mode_and_a_resonance_repel_along_a_hyperbola():
    found = resonance.one_quantum_levels(0.7, [0.3], [0.1])
    assert found == pytest.approx(0.5 + np.array([-1, 1]) * np.hypot(0.2, 0.1), rel=1e-12)


def test_shift_and_damping_are_kramers_kronig_partners():
    T_g, cut = 3.0, 0.3

    def width(x):
        return float(resonance.damping(x, T_g))

    for omega in (0.05, 0.22):
        principal = quad(width, 0, cut, weight="cauchy", wvar=omega)[0] / np.pi
        assert resonance.shift(np.array(omega), T_g, cut, 0.0) == pytest.approx(
            -principal, rel=1e-9
        )


def test_damping_follows_from_the_golden_rule_in_si_units():
    density, sound, a, T_g = 2200.0, 4100.0, 3.5e-10, 1500.0
    omega_D = sound / a * (6 * np.pi**2) ** (1 / 3)
    coupling = np.sqrt(density * sound**2 * a**3 * k_B * T_g)
    si = resonance.golden_rule_half_width_si(0.2 * omega_D, coupling, density, sound)
    reduced = resonance.damping(0.2, k_B * T_g / (hbar * omega_D)) * omega_D
    assert si == pytest.approx(reduced, rel=1e-12)


@pytest.mark.parametrize("omega", [0.0, 0.11, 0.33, 0.8])
def test_smeared_shift_is_a_mixture_of_sharp_ones(omega):
    cut, T_g = 0.3, 4.0
    width = resonance.SMEARING * cut

    def mixed(c):
        return norm.pdf(c, cut, width) * float(resonance.shift(np.array(omega), T_g, c, 0.0))

    edges = sorted([1e-9, cut, min(max(omega, 1e-8), cut + 8 * width), cut + 8.5 * width])
    expected = sum(
        quad(mixed, a, b, limit=400)[0] for a, b in zip(edges[:-1], edges[1:], strict=True)
    )
    # cut-offs below zero, five standard deviations away, are not in the mixture
    assert resonance.shift(np.array(omega), T_g, cut, resonance.SMEARING) == pytest.approx(
        expected, rel=1e-6
    )


def test_diagonalisation_conserves_modes_and_agrees_with_continuum_and_pole():
    T_g, cut = 4.4, resonance.cutoff_frequency()
    lines = ripplons.ripplon_spectrum()
    spectrum = resonance.diagonalised_spectrum(T_g, cut, 0.0)
    assert spectrum.weights.sum() == pytest.approx(96, rel=1e-12)
    for i in (0, 4, 7):
        line = lines.frequencies[i]

        def inside(x, line=line):
            return float(resonance.line_profile(np.array(x), line, T_g, cut, 0.0, causal=True))

        continuum = quad(inside, 0, cut * (1 - 1e-13), limit=1000, points=[0.5 * cut, 0.99 * cut])[
            0
        ]
        place, weight = resonance.pole_above_cutoff(line, T_g, cut)
        assert continuum + weight == pytest.approx(1, abs=2e-4)
        assert place > cut


def test_diagonalised_moments_are_those_of_the_hamiltonian():
    T_g, cut = 3.0, 0.3
    one = ripplons.Spectrum(np.array([0.4]), np.ones(1))
    spectrum = resonance.diagonalised_spectrum(T_g, cut, 0.0, one)
    mean = np.dot(spectrum.weights, spectrum.frequencies)
    square = np.dot(spectrum.weights, spectrum.frequencies**2)
    assert mean == pytest.approx(0.4, rel=1e-12)
    assert square - mean**2 == pytest.approx(1.5 * T_g * cut**4 / 4, rel=1e-9)


def test_green_function_against_many_phonons():
    line, T_g, cut = 0.3, 2.0, 0.25
    bath, couplings = resonance.discretised_bath(T_g, cut, 0.0, 2000)
    z = 0.15 + 0.01j
    discrete = resonance.local_green_function(z, line, bath, couplings)
    integral = complex(
        quad(lambda x: (1.5 * T_g * x**3 / (z - x)).real, 0, cut)[0],
        quad(lambda x: (1.5 * T_g * x**3 / (z - x)).imag, 0, cut)[0],
    )
    assert discrete == pytest.approx(1 / (z - line - integral), rel=1e-8)


def test_unitary_evolution_keeps_the_norm():
    bath, couplings = resonance.discretised_bath(4.4, 0.3, nodes=60)
    amplitudes = resonance.amplitudes_in_time([0.0, 7.0, 40.0], 0.15, bath, couplings)
    assert np.allclose(np.sum(np.abs(amplitudes) ** 2, axis=1), 1, rtol=1e-12)
    assert amplitudes[0, 0] == pytest.approx(1)


def test_rates_are_the_slopes_of_the_amplitudes():
    line, bath, couplings = 0.7, [0.3, 0.9], [0.1, -0.2]
    step = 1e-4
    later, earlier = (
        resonance.amplitudes_in_time([t], line, bath, couplings)[0] for t in (step, -step)
    )
    rates = resonance.one_quantum_rates(line, bath, couplings)
    assert rates[0] == pytest.approx((later - earlier) / (2 * step), rel=1e-7, abs=1e-12)
    assert rates[2] == pytest.approx([0.2j, 0, -0.9j], rel=1e-12, abs=1e-15)


def test_spectra_are_converged_in_their_quadrature():
    T = np.geomspace(1e-3, 1, 60)
    cut = resonance.cutoff_frequency()
    for make, few, many in (
        (resonance.broadened_spectrum, 8, 20),
        (resonance.diagonalised_spectrum, 160, 400),
    ):
        a, b = (ripplons.mean_heat_capacity(T, 5.0, make(5.0, cut, nodes=n)) for n in (few, many))
        assert np.max(np.abs(a / b - 1)) < 1e-8


def test_sharp_lines_return_when_the_coupling_vanishes():
    T = np.geomspace(0.02, 1, 20)
    weak = resonance.broadened_spectrum(1e-4, 0.3)
    bare = ripplons.ripplon_spectrum()
    a, b = (ripplons.mean_heat_capacity(T, 4.4, s) for s in (weak, bare))
    assert np.max(np.abs(a / b - 1)) < 5e-3


def test_instability_is_reported_with_the_limit():
    limit = resonance.stability_limit(0.1477, resonance.cutoff_frequency(2.5))
    with pytest.raises(ValueError, match=f"{limit:.2f}"[:3]):
        resonance.broadened_spectrum(4.4, resonance.cutoff_frequency(2.5))
    with pytest.raises(ValueError, match="below zero"):
        resonance.diagonalised_spectrum(12.0, resonance.cutoff_frequency())


@pytest.mark.parametrize(
    "call",
    [
        lambda: resonance.damping(0.1, -1.0),
        lambda: resonance.shift(np.array(0.1), 1.0, 0.0),
        lambda: resonance.shift(np.array(0.1), 1.0, 0.3, -0.1),
        lambda: resonance.shift_integral(-1.0),
        lambda: resonance.arrowhead(1.0, [], []),
        lambda: resonance.arrowhead(1.0, [1.0], [1.0, 2.0]),
        lambda: resonance.self_energy_si(2e13, 1e-19, 2000.0, 4000.0, 1e9),
    ],
)
def test_bad_input_is_refused(call):
    with pytest.raises(ValueError):
        call()
