import numpy as np
import pytest
from scipy.integrate import quad
from scipy.linalg import expm
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


@pytest.mark.parametrize("smearing", [0.09, resonance.SMEARING])
@pytest.mark.parametrize("omega", [0.0, 0.11, 0.33, 0.8])
def test_smeared_shift_is_a_mixture_of_sharp_ones(omega, smearing):
    cut, T_g = 0.3, 4.0
    width = smearing * cut

    def mixed(c):
        return norm.pdf(c, cut, width) * float(resonance.shift(np.array(omega), T_g, c, 0.0))

    edges = sorted([1e-9, cut, min(max(omega, 1e-8), cut + 8 * width), cut + 8.5 * width])
    expected = sum(
        quad(mixed, a, b, limit=400)[0] for a, b in zip(edges[:-1], edges[1:], strict=True)
    )
    # cut-offs below zero, five standard deviations away, are not in the mixture
    assert resonance.shift(np.array(omega), T_g, cut, smearing) == pytest.approx(expected, rel=1e-6)


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
    bath, couplings = resonance.discretised_bath(T_g, cut, 0.0, 400)
    z = 0.15 + 0.02j
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
        (resonance.diagonalised_spectrum, 160, 260),
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


def bath_integral(power, omega, T_g, cut):
    """int (3/2) T_g x^3/(omega - x)^power dx up to the sharp cut-off, for omega above it."""
    return quad(lambda x: 1.5 * T_g * x**3 / (omega - x) ** power, 0, cut, epsabs=0, epsrel=1e-12)[
        0
    ]


def test_cut_off_and_smearing_are_those_of_the_paper():
    """Fig. 19: 1.8 (a/xi) omega_D, with (xi/a)^3 beads in a domain; fragility 30."""
    assert resonance.cutoff_frequency(2.0, 8.0) == pytest.approx(1.0, rel=1e-14)
    beads = (1.8 / resonance.cutoff_frequency()) ** 3
    assert beads == pytest.approx(ripplons.DEBYE_DOMAIN, rel=1e-12)
    assert resonance.survival(0.33, 0.3) == pytest.approx(norm.sf(0.1 * 30**0.5), rel=1e-12)
    for given, name in (((0.0, 8.0), "factor"), ((1.8, -1.0), "beads")):
        with pytest.raises(ValueError, match=f"^{name} must be positive"):
            resonance.cutoff_frequency(*given)


def test_self_energy_is_reduced_shift_and_golden_rule_width():
    density, sound, a, T_g = 2200.0, 4100.0, 3.5e-10, 1500.0
    omega_D = sound / a * (6 * np.pi**2) ** (1 / 3)
    coupling = np.sqrt(density * sound**2 * a**3 * k_B * T_g)
    cut, omega = 0.3 * omega_D, 0.11 * omega_D
    found = resonance.self_energy_si(omega, coupling, density, sound, cut / sound, 3)
    ratio = k_B * T_g / (hbar * omega_D)
    expected = omega_D * resonance.shift(np.array(0.11), ratio, 0.3, 0.0)
    assert found.real == pytest.approx(float(expected), rel=1e-10)
    width = resonance.golden_rule_half_width_si(omega, coupling, density, sound)
    assert found.imag == pytest.approx(-float(width), rel=1e-10)
    single = resonance.self_energy_si(omega, coupling, density, sound, cut / sound)
    assert 3 * single == pytest.approx(found, rel=1e-12)
    one = resonance.golden_rule_half_width_si(omega, coupling, density, sound, 1)
    assert 3 * one == pytest.approx(float(width), rel=1e-12)
    line = 0.2 * omega_D
    green = resonance.green_function_si(omega, line, coupling, density, sound, cut / sound)
    assert 2 * np.pi * green * (omega - line - single) == pytest.approx(1, rel=1e-12)


def test_self_energy_is_refused_from_the_cut_off_on():
    good = {"omega": 2e12, "coupling": 1e-19, "density": 2e3, "sound_speed": 4e3, "k_c": 1e9}
    for name in good:
        with pytest.raises(ValueError, match=f"^{name} must be positive"):
            resonance.self_energy_si(**good | {name: -1.0})
    with pytest.raises(ValueError, match="frequencies below 4e[+]12 are accepted"):
        resonance.self_energy_si(**good | {"omega": 4e12})
    for name in ("coupling", "density", "sound_speed"):
        given = {k: good[k] for k in ("omega", "coupling", "density", "sound_speed")}
        with pytest.raises(ValueError, match=f"^{name} must be positive"):
            resonance.golden_rule_half_width_si(**given | {name: 0.0})


@pytest.mark.parametrize("line", [0.2, 0.5])
def test_pole_above_a_sharp_cut_off_solves_the_eigenvalue_equation(line):
    T_g, cut = 4.0, 0.3
    place, weight = resonance.pole_above_cutoff(line, T_g, cut)
    assert place > cut
    assert place - line == pytest.approx(bath_integral(1, place, T_g, cut), rel=1e-9)
    assert 1 / weight == pytest.approx(1 + bath_integral(2, place, T_g, cut), rel=1e-9)
    # The largest level of the arrowhead with a finely discretised bath.
    bath, couplings = resonance.discretised_bath(T_g, cut, 0.0, 120)
    levels, vectors = np.linalg.eigh(resonance.arrowhead(line, bath, couplings))
    assert levels[-1] == pytest.approx(place, rel=1e-10)
    assert vectors[0, -1] ** 2 == pytest.approx(weight, rel=1e-8)


@pytest.mark.parametrize("smearing", [0.09, resonance.SMEARING])
def test_smeared_shift_is_smooth_across_its_quadrature_nodes_and_its_end(smearing):
    """At a node the difference quotient is a derivative, at the end of the bath the logarithm stops."""
    T_g, cut = 4.0, 0.3
    edge = cut * (1 + 8.5 * smearing)
    nodes = (np.arange(24)[:, None] + (np.polynomial.legendre.leggauss(12)[0] + 1) / 2) / 24
    places = edge * nodes[[3, 9, 11], [2, 5, 7]]
    at, below, above = (
        resonance.shift(places * f, T_g, cut, smearing) for f in (1, 1 - 3e-5, 1 + 3e-5)
    )
    assert at == pytest.approx((below + above) / 2, rel=1e-6)
    end, beyond = (
        float(resonance.shift(np.array(x), T_g, cut, smearing)) for x in (edge, edge * 1.0001)
    )
    assert end == pytest.approx(beyond, rel=1e-3)


def test_stability_limit_is_where_the_static_shift_eats_the_lowest_line():
    # Sharp cut-off: the static shift is -(3/2) T_g omega_c^3/3.
    assert resonance.stability_limit(0.2, 0.5, 0.0) == pytest.approx(0.4 / 0.125, rel=1e-12)
    lines = ripplons.Spectrum(np.array([0.3, 0.2]), np.ones(2))
    resonance.diagonalised_spectrum(3.199, 0.5, 0.0, lines)
    for make in (resonance.diagonalised_spectrum, resonance.broadened_spectrum):
        with pytest.raises(ValueError, match="omega_D: values below 3.2 are accepted"):
            make(3.201, 0.5, 0.0, lines)
    limit = resonance.stability_limit(0.2, 0.5, 0.0)
    with pytest.raises(ValueError, match="lowest ripplon below zero at omega_c = 0.5 omega_D"):
        resonance.diagonalised_spectrum(limit, 0.5, 0.0, lines)
    for given, name in (((0.0, 0.5), "lowest"), ((0.2, 0.0), "omega_c")):
        with pytest.raises(ValueError, match=f"^{name} must be positive"):
            resonance.stability_limit(*given)


@pytest.mark.parametrize("causal", [False, True])
def test_line_profile_is_the_resolvent_on_the_real_axis(causal):
    """The printed recipe keeps friction where the smeared coupling is gone, the causal one does not."""
    line, T_g, cut, smearing = 0.25, 3.0, 0.3, 0.1
    for omega in (0.1, 0.26, 0.36):
        width = 1.5 * np.pi * T_g * omega**3
        if causal:
            width *= norm.sf(omega, loc=cut, scale=smearing * cut)
        shift = float(resonance.shift(np.array(omega), T_g, cut, smearing))
        expected = -1 / (omega - line - shift + 1j * width)
        found = resonance.line_profile(np.array(omega), line, T_g, cut, smearing, causal=causal)
        assert found == pytest.approx(expected.imag / np.pi, rel=1e-10)
    if not causal:
        plain = resonance.line_profile(np.array(omega), line, T_g, cut, smearing)
        assert plain == pytest.approx(float(found), rel=1e-14)


@pytest.mark.parametrize("smearing", [0.0, 0.1, resonance.SMEARING])
def test_discretised_bath_has_the_moments_of_the_coupling(smearing):
    T_g, cut = 2.0, 0.25
    given = () if smearing == resonance.SMEARING else (smearing,)
    bath, couplings = resonance.discretised_bath(T_g, cut, *given)
    assert bath.size > 100 and np.all(couplings > 0)

    def density(x):
        kept = norm.sf(x, loc=cut, scale=smearing * cut) if smearing else 1.0
        return 1.5 * T_g * x**3 * kept

    end = cut * (1 + 10 * smearing)
    for power in (-2, 0, 3):
        expected = quad(lambda x, n=power: density(x) * x**n, 0, end, points=[cut], epsabs=0)[0]
        assert np.sum(couplings**2 * bath**power) == pytest.approx(expected, rel=1e-8)
    for given, name in (
        ((0.0, 0.3), "T_g"),
        ((1.0, 0.0), "omega_c"),
        ((1.0, 0.3, 0.0, 0), "nodes"),
    ):
        with pytest.raises(ValueError, match=f"^{name} must be positive"):
            resonance.discretised_bath(*given)


@pytest.mark.parametrize("T_g", [0.05, 3.0])
@pytest.mark.parametrize("smearing", [0.0, resonance.SMEARING])
def test_broadened_spectrum_is_a_quadrature_of_the_line_profiles(T_g, smearing):
    cut = 0.3
    lines = ripplons.Spectrum(np.array([0.2, 0.45]), np.array([5.0, 7.0]))
    given = () if smearing == resonance.SMEARING else (smearing,)
    found = resonance.broadened_spectrum(T_g, cut, *given, lines=lines)
    # Many equal panels, crowded at the cut-off and at zero, and then geometric ones.
    crowd = 0.3 * 2.0 ** -np.arange(3, 48)
    far = np.geomspace(1.2, 1e5, 200)
    edges = np.unique(
        np.concatenate([[0.0], crowd, cut - crowd, cut + crowd, far, np.arange(2400) / 2e3])
    )
    x, w = np.polynomial.legendre.leggauss(8)
    half = np.diff(edges)[:, None] / 2
    omega, weight = edges[:-1, None] + half * (x + 1), half * w
    density = sum(
        g * resonance.line_profile(omega, line, T_g, cut, smearing)
        for line, g in zip(*lines, strict=True)
    )
    # Half of the first moment at strong coupling comes from far away: the tail falls as a cube.
    for power in (-1, 0, 1):
        expected = np.sum(weight * density * omega**power)
        assert found.weights @ found.frequencies**power == pytest.approx(expected, rel=1e-9)


def test_evolution_is_the_exponential_of_the_matrix():
    line, bath, couplings = 0.7, [0.3, 0.9, 1.1], [0.1, -0.2, 0.3]
    matrix = np.diag([line, *bath])
    matrix[0, 1:] = matrix[1:, 0] = couplings
    found = resonance.amplitudes_in_time([0.5, 3.0], line, bath, couplings)
    for t, row in zip((0.5, 3.0), found, strict=True):
        assert row == pytest.approx(expm(-1j * t * matrix)[0], rel=1e-10)
    single = resonance.amplitudes_in_time(0.5, line, bath, couplings)
    assert single[0] == pytest.approx(found[0], rel=1e-14)
    z = 0.4 + 0.2j
    green = resonance.local_green_function(z, line, bath, couplings)
    assert green == pytest.approx(np.linalg.inv(z * np.eye(4) - matrix)[0, 0], rel=1e-12)


@pytest.mark.parametrize("bad", [([0.3], [0.1, 0.2]), ([], []), ([[0.3]], [[0.1]])])
def test_an_arrowhead_needs_two_lists_of_one_length(bad):
    with pytest.raises(ValueError, match="two non-empty lists of one length"):
        resonance.arrowhead(1.0, *bad)


def test_far_and_near_shifts_join_in_one_array():
    u = np.array([[0.0, 0.5, 3.0], [3.0001, 5.0, 1e3]])
    one_by_one = [[float(resonance.shift_integral(x)) for x in row] for row in u]
    found = resonance.shift_integral(u)
    assert found == pytest.approx(np.array(one_by_one), rel=1e-14)
    assert found[1, 0] == pytest.approx(found[0, 2], rel=2e-4)
    # Far away the integral is -1/(4u) - 1/(5u^2).
    assert found[1, 2] == pytest.approx(-1 / 4e3 - 1 / 5e6, rel=1e-6)
    with pytest.raises(ValueError, match="values from 0 on are accepted"):
        resonance.shift_integral([0.1, np.nan])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: resonance.damping(0.1, 0.0), "T_g must be positive"),
        (lambda: resonance.shift(np.array(0.1), 0.0, 0.3), "T_g must be positive"),
        (lambda: resonance.shift(np.array(0.1), 1.0, -0.3), "omega_c must be positive"),
        (lambda: resonance.shift(np.array(0.1), 1.0, 0.3, -0.1), "zero or a positive width"),
        (lambda: resonance.pole_above_cutoff(0.0, 1.0, 0.3), "line must be positive"),
        (lambda: resonance.pole_above_cutoff(0.2, 0.0, 0.3), "T_g must be positive"),
        (lambda: resonance.pole_above_cutoff(0.2, 1.0, 0.0), "omega_c must be positive"),
        (lambda: resonance.lorentzians(0.2, [0.1, 0.2], [0.1, 0.0]), "widths must be positive"),
    ],
)
def test_what_is_not_positive_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_each_line_mixes_with_as_many_bath_modes_as_asked_for():
    lines = ripplons.Spectrum(np.array([0.2, 0.45, 0.5]), np.array([5.0, 7.0, 9.0]))
    found = resonance.diagonalised_spectrum(2.0, 0.3, 0.0, lines, nodes=20)
    assert found.frequencies.size == 3 * 21
    assert found.weights.reshape(3, 21).sum(axis=1) == pytest.approx([5, 7, 9], rel=1e-12)


@pytest.mark.parametrize("make", [resonance.diagonalised_spectrum, resonance.broadened_spectrum])
def test_lines_without_a_degeneracy_are_refused(make):
    with pytest.raises(ValueError, match="zip"):
        make(1.0, 0.3, lines=ripplons.Spectrum(np.array([0.2, 0.4]), np.ones(1)))
