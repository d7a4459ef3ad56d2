"""Mixtures of waves and soft spots: made by hand and taken apart again, and in a glass."""

import numpy as np
import pytest
from all_pairs import minimum

from relics.glass import nonlinear_modes
from relics.glass.configuration import minimal_image
from relics.glass.hybrids import compose, focus, wave_shares
from relics.glass.modes import plane_waves


@pytest.fixture(scope="module")
def composition():
    conf = minimum("binary-r10-2d").configuration
    return conf, compose(conf, 6, 4, np.random.default_rng(1))


def spot(conf, centre, width=1.5):
    away = minimal_image(conf.positions - centre, conf.box)
    envelope = np.exp(-np.sum(away**2, axis=1) / (2 * width**2))
    return envelope[:, None] * np.array([away[:, 1], -away[:, 0]]).T


def test_shares_of_a_mixture_are_the_squares_of_its_weights():
    conf = minimum("binary-r10-2d").configuration
    waves, _ = plane_waves(conf, 1)
    rest, _ = plane_waves(conf, 5)
    flat = waves.reshape(len(waves), -1)
    other = rest[0].ravel() - flat.T @ (flat @ rest[0].ravel())
    other /= np.linalg.norm(other)
    for weight in (0.0, 0.3, 0.8, 1.0):
        mixed = np.sqrt(weight) * (0.6 * flat[0] + 0.8 * flat[2]) + np.sqrt(1 - weight) * other
        share = wave_shares(mixed.reshape(1, *waves[0].shape), waves)
        assert share[0] == pytest.approx(weight, abs=1e-12)


def test_focus_finds_a_spot_under_a_wave():
    conf = minimum("binary-r10-2d").configuration
    for centre in ([0.5, 0.5], [5.0, 9.0]):  # the first sits on the edge of the box
        field = spot(conf, np.array(centre))
        field /= np.linalg.norm(field)
        wave = plane_waves(conf, 1)[0][0]
        off = minimal_image(focus(conf, field + wave) - centre, conf.box)
        assert np.linalg.norm(off) < 1.5


def test_parts_of_a_glass_are_consistent(composition):
    conf, seen = composition
    assert seen.frequency.shape == seen.participation.shape == seen.transverse.shape == (6,)
    assert (np.diff(seen.frequency) >= 0).all()
    assert ((seen.transverse >= 0) & (seen.transverse <= 1)).all()
    assert ((seen.overlap >= 0) & (seen.overlap <= 1)).all()
    assert seen.overlap.shape == seen.distance.shape == (6, len(seen.spots))
    # Squared projections on orthonormal modes cannot add up to more than one.
    assert (seen.overlap.sum(axis=0) <= 1 + 1e-9).all()
    assert (seen.spot_frequency >= seen.frequency[0] * (1 - 1e-9)).all()
    assert (seen.distance <= np.linalg.norm(conf.box / 2) + 1e-9).all()
    at = nonlinear_modes.expansion(conf)
    for field, frequency in zip(seen.spots, seen.spot_frequency, strict=True):
        assert nonlinear_modes.stiffness(at, field) == pytest.approx(frequency**2, rel=1e-9)


def test_hybrids_obey_what_defines_them(composition):
    _, seen = composition
    found = seen.hybrid()
    if found is not None:
        mode, place = found
        assert 0.2 < seen.transverse[mode] < 0.9 and 0.1 < seen.overlap[mode, place] < 0.8
        assert seen.distance[mode, place] < 3
    from dataclasses import replace

    shape = seen.overlap.shape
    forced = replace(
        seen,
        transverse=np.full(shape[0], 0.5),
        overlap=np.full(shape, 0.5),
        spot_frequency=np.full(shape[1], seen.wave),
        distance=np.where(np.arange(shape[0] * shape[1]).reshape(shape) == 9, 1.0, 5.0),
    )
    assert forced.hybrid() == tuple(np.unravel_index(9, shape))
    assert replace(forced, transverse=np.full(shape[0], 0.95)).hybrid() is None
    assert replace(forced, spot_frequency=np.full(shape[1], 1.2 * seen.wave)).hybrid() is None


def test_refusals():
    conf = minimum("binary-r10-2d").configuration
    with pytest.raises(ValueError, match="positive"):
        compose(conf, 0, 3, np.random.default_rng(0))
    moved = conf.moved(conf.positions + 0.1 * np.random.default_rng(0).normal(size=(conf.N, 2)))
    with pytest.raises(ValueError):
        compose(moved, 3, 3, np.random.default_rng(0))
