import numpy as np
import pytest
from scipy.special import sph_harm_y, spherical_jn

from relics import rayleigh_scattering as wall


def test_sphere_rule_integrates_harmonics_exactly():
    theta, phi, weight = wall.directions(12)
    for l, m in ((0, 0), (3, 2), (5, -4)):
        norm = np.sum(weight * np.abs(sph_harm_y(l, m, theta, phi)) ** 2)
        assert norm == pytest.approx(1, rel=1e-12)
    assert (
        abs(np.sum(weight * sph_harm_y(3, 1, theta, phi) * np.conj(sph_harm_y(4, 1, theta, phi))))
        < 1e-12
    )


def test_projection_inverts_synthesis():
    rule = wall.directions()
    given = {(2, 1): 0.3 - 0.2j, (4, 0): 1.1, (3, -3): 0.5j}
    field = wall.synthesise(given, rule[0], rule[1])
    for (l, m), value in given.items():
        assert wall.project(field, l, m) == pytest.approx(value, abs=1e-12)


def test_plane_wave_overlap_is_a_bessel_function():
    k, radius = np.array([0.5, 0.2, -1.3]), 1.7
    size = np.linalg.norm(k)
    theta, phi = np.arccos(k[2] / size), np.arctan2(k[1], k[0])
    for l, m in ((2, 0), (3, 2), (4, -1)):
        closed = (
            4
            * np.pi
            * 1j**l
            * spherical_jn(l, size * radius)
            * sph_harm_y(l, m, np.pi - theta, phi + np.pi)
        )
        assert wall.plane_wave_projection(l, m, k, radius) == pytest.approx(closed, abs=1e-12)


def test_rate_is_the_imaginary_part_of_the_self_energy():
    arguments = (3.0, 0.7, 1.9, 1.1, 0.6, [2, 3], [1.0, 1.5], [0.2, 0.2])
    rate = float(wall.amplitude_rate(1.1, *arguments))
    finite = [wall.self_energy(1.1 + 1j * e, *arguments).imag / (2 * 1.1) for e in (4e-3, 2e-3)]
    assert 2 * finite[1] - finite[0] == pytest.approx(rate, rel=2e-3)


def test_printed_weight_doubles_the_lowest_order():
    assert wall.harmonic_weight(2, printed=True) == 2 * wall.harmonic_weight(2)


def test_static_wall_cancels_the_lattice():
    assert wall.wall_response(0.0, 2.0) == -1


def test_both_forms_of_the_coupling_agree_for_any_fields():
    def strain(x):
        return np.cos(x[..., 0] + 2 * x[..., 1]) + x[..., 2] ** 2

    def gradient(x):
        s = -np.sin(x[..., 0] + 2 * x[..., 1])
        return np.stack([s, 2 * s, 2 * x[..., 2]], -1)

    def displacement(x):
        return np.stack([x[..., 0] ** 2, np.sin(x[..., 1]), x[..., 0] * x[..., 2]], -1)

    def dilation(x):
        return 3 * x[..., 0] + np.cos(x[..., 1])

    volume = wall.coupling_by_volume(strain, dilation, 1.2, 1.0, 1.0)
    surface = wall.coupling_by_surface(strain, gradient, displacement, 1.2, 1.0, 1.0)
    assert volume == pytest.approx(surface, rel=1e-11)


def test_form_factor_is_the_response_to_a_plane_wave():
    # derivative of j_1 by differences
    x, h = 2.7, 1e-4
    slope = (spherical_jn(1, x + h) - spherical_jn(1, x - h)) / (2 * h)
    assert wall.strain_form_factor(x) == pytest.approx(slope**2, rel=1e-6)


def test_chain_has_the_dispersion_of_sound():
    ring = wall.chain_frequencies(100, 0.1, 2.0)
    assert ring[1] == pytest.approx(2.0 * 2 * np.pi / 10, rel=1e-3)


def test_standing_waves_are_independent_oscillators():
    L, rho, c = 1.3, 2.0, 0.7
    energy = wall.standing_wave_energy([0.4, -0.2], [0.1, 0.3], L, rho, c)
    expected = sum(
        2 * np.pi * L**3 * (p**2 / (2 * rho) + rho * c**2 * (n * np.pi / L * q) ** 2 / 2)
        for n, p, q in ((1, 0.4, 0.1), (2, -0.2, 0.3))
    )
    assert energy == pytest.approx(expected, rel=1e-12)


def test_mean_of_a_falling_displacement():
    assert wall.mean_falling_displacement() == pytest.approx(0.25, rel=1e-12)


@pytest.mark.parametrize(
    "call",
    [
        lambda: wall.wall_response(1.0, -1.0),
        lambda: wall.chain_frequencies(2, 1.0, 1.0),
        lambda: wall.path_in_wavelengths(5.8, 4.4, -3.0),
        lambda: wall.coupling_by_volume(lambda x: 1, lambda x: 1, -1.0, 1.0, 1.0),
    ],
)
def test_bad_input_is_refused(call):
    with pytest.raises(ValueError):
        call()
