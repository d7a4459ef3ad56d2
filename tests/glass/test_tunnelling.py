"""The levels along a path against closed forms and against a second basis."""

import numpy as np
import pytest

from relics.glass import tunnelling


def test_harmonic_levels_are_equally_spaced():
    found = tunnelling.levels(lambda s: 0.5 * 4.0 * s**2, (-1.0, 1.0), planck=0.05, count=4)
    np.testing.assert_allclose(found.energy, 0.05 * 2.0 * (np.arange(4) + 0.5), rtol=1e-9)
    assert found.resolved


def test_morse_levels_match_the_closed_form():
    depth, alpha, planck = 1.0, 1.3, 0.09

    def potential(s):
        return depth * (1.0 - np.exp(-alpha * s)) ** 2

    found = tunnelling.levels(potential, (-0.6, 2.5), planck, count=3)
    n = np.arange(3) + 0.5
    omega = alpha * np.sqrt(2.0 * depth)
    expected = planck * omega * n - (planck * omega * n) ** 2 / (4.0 * depth)
    np.testing.assert_allclose(found.energy, expected, rtol=1e-7)


def quartic(height, width, tilt=0.0):
    return lambda s: height * ((s / width) ** 2 - 1.0) ** 2 + tilt * s / (2.0 * width)


def oscillator_basis_splitting(height, width, tilt, planck, size=120):
    """Splitting of the quartic double well with ladder operators, no grid involved."""
    omega = np.sqrt(8.0 * height) / width
    n = np.arange(1, size + 6)
    x = np.diag(np.sqrt(n), 1)
    x = np.sqrt(planck / (2.0 * omega)) * (x + x.T)
    p = np.diag(np.sqrt(n), 1)
    p = np.sqrt(planck * omega / 2.0) * (p.T - p)  # i times the momentum
    u = x @ x / width**2 - np.eye(size + 6)
    h = -p @ p / 2.0 + height * u @ u + tilt * x / (2.0 * width)
    energy = np.linalg.eigvalsh(h[:size, :size])
    return energy[1] - energy[0]


@pytest.mark.parametrize("tilt", [0.0, 1e-4, 3e-3])
def test_quartic_splitting_agrees_with_ladder_operators(tilt):
    found = tunnelling.levels(quartic(0.01, 0.4, tilt), (-0.8, 0.8), planck=0.0296)
    expected = oscillator_basis_splitting(0.01, 0.4, tilt, 0.0296)
    assert found.splitting == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("height", [0.02, 0.04, 0.08])
def test_deep_symmetric_well_follows_the_instanton_series(height):
    """The perturbation series about one instanton, Zinn-Justin and Jentschura (2004), g = h/6S."""
    width, planck = 0.3, 0.01
    potential = quartic(height, width)
    found = tunnelling.levels(potential, (-0.6, 0.6), planck)
    omega = np.sqrt(8.0 * height) / width
    leading = tunnelling.wkb_splitting(potential, (-width, width), planck, omega)
    g = planck / (6.0 * (4.0 / 3.0) * width * np.sqrt(2.0 * height))
    series = 1.0 - 71.0 * g / 12.0 - 6299.0 * g**2 / 288.0 - 2691107.0 * g**3 / 10368.0
    assert found.resolved
    assert found.splitting / leading == pytest.approx(series, abs=9000.0 * g**4)


def test_splitting_below_rounding_is_said_to_be_unresolved():
    found = tunnelling.levels(quartic(1.0, 1.0), (-1.5, 1.5), planck=0.02)
    assert not found.resolved


def test_splitting_of_a_tilted_well_obeys_the_two_level_formula():
    """E^2 = Delta0^2 + Delta^2 while the tilt is small beside the next levels."""
    bare = tunnelling.levels(quartic(0.03, 0.3), (-0.6, 0.6), 0.01)
    step = bare.position[1] - bare.position[0]
    centre = abs(step * np.sum(bare.wave[0] * bare.position * bare.wave[1]))
    for ratio in (0.5, 1.0, 3.0):
        tilt = ratio * bare.splitting
        found = tunnelling.levels(quartic(0.03, 0.3, tilt), (-0.6, 0.6), 0.01).splitting
        assert found == pytest.approx(np.hypot(bare.splitting, tilt * centre / 0.3), rel=1e-5)


def test_profile_through_images_gives_the_splitting_of_the_function():
    potential = quartic(0.01, 0.4)
    s = np.linspace(-0.4, 0.4, 40)
    slope = 4.0 * 0.01 * s / 0.4**2 * ((s / 0.4) ** 2 - 1.0)
    stiffness = (8.0 * 0.01 / 0.4**2,) * 2
    well = tunnelling.profile(s, potential(s), slope, stiffness)
    np.testing.assert_allclose(well(s), potential(s), atol=1e-15)
    inside = tunnelling.profile_levels(well, 0.0296).splitting
    outside_harmonic = tunnelling.levels(
        lambda x: np.where(np.abs(x) < 0.4, potential(x), 0.25 * (np.abs(x) - 0.4) ** 2),
        (-0.8, 0.8),
        0.0296,
    ).splitting
    assert inside == pytest.approx(outside_harmonic, rel=1e-4)


def test_planck_constant_of_argon_and_nickel_phosphorus():
    """0.029568 follows from CODATA and the Lennard-Jones constants by hand."""
    by_hand = 1.054571817e-34 / (
        3.405e-10 * np.sqrt(39.948 * 1.66053906892e-27 * 119.8 * 1.380649e-23)
    )
    assert tunnelling.ARGON.planck_reduced == pytest.approx(by_hand, rel=1e-8)
    assert tunnelling.NIP.planck_reduced == pytest.approx(0.0135, abs=2e-4)


def test_active_thresholds_of_both_substances_are_one_temperature():
    """KRZ21: E < 0.0015 (argon) and E < 0.0002 (NiP)."""
    argon = tunnelling.ARGON.kelvin(0.0015)
    metal = tunnelling.NIP.kelvin(0.0002)
    assert argon == pytest.approx(metal, rel=0.06)
    assert 0.1 < argon < 0.3


@pytest.mark.parametrize(
    "call",
    [
        lambda: tunnelling.reduced_planck_constant(-1.0, 1.0, 1.0),
        lambda: tunnelling.levels(np.square, (1.0, -1.0), 0.1),
        lambda: tunnelling.levels(np.square, (-1.0, 1.0), 0.0),
        lambda: tunnelling.levels(np.square, (-1.0, 1.0), 0.1, count=1),
        lambda: tunnelling.levels(lambda s: -(s**2), (-1.0, 1.0), 0.1),
        lambda: tunnelling.profile([0, 1, 2], [0, 1, 0]),
        lambda: tunnelling.profile([0, 1, 1, 2], [0, 1, 1, 0]),
        lambda: tunnelling.profile([0, 1, 2, np.nan], [0, 1, 1, 0]),
        lambda: tunnelling.profile([0, 1, 2, 3], [0, 1, 1, 0], stiffness=(1.0, -1.0)),
        lambda: tunnelling.wkb_splitting(np.square, (-1.0, 1.0), 0.1, -1.0),
    ],
)
def test_bad_input_is_refused(call):
    with pytest.raises(ValueError):
        call()
