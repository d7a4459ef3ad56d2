"""Double wells of a small glass, and the overlaps of displacement fields with modes."""

import dataclasses
from collections import Counter

import numpy as np
import pytest
from scipy.stats import kendalltau

from relics.glass import swap, tunnelling, wells
from relics.glass.configuration import random_configuration
from relics.glass.hessian import hessian
from relics.glass.modes import all_modes, participation_ratio

N = 120


@pytest.fixture(scope="module")
def seen():
    state = swap.start(random_configuration("polydisperse-r12", N, 1), 1)
    for temperature, blocks in ((0.25, 2), (0.15, 4), (0.11, 10)):
        state, _ = swap.advance(state, temperature, blocks, 200)
    return wells.explore(state.configuration, 0.05, 40, np.random.default_rng(0), interval=60)


@pytest.fixture(scope="module")
def found(seen):
    """The first two double wells met, with the counts of all that was tried."""
    outcomes, measured = Counter(), []
    for i, j in seen.pairs():
        search = wells.connect(seen.minima[i], seen.minima[j])
        outcomes += search.outcomes
        measured += [
            (wells.double_well(band, ends), band, ends)
            for band, ends in zip(search.bands, search.ends, strict=True)
        ]
        if len(measured) >= 2:
            return measured, outcomes
    raise AssertionError(f"no two double wells: {dict(outcomes)}")


def test_exploration_identifies_the_minima_that_it_revisits(seen):
    assert len(seen.sequence) == 40 and 2 <= len(seen.minima) < 40
    for k, a in enumerate(seen.minima):
        assert a.max_force < 1e-10
        assert not any(wells.same(a, b) for b in seen.minima[:k])
    counts = seen.transitions()
    changes = sum(a != b for a, b in zip(seen.sequence[:-1], seen.sequence[1:], strict=True))
    assert sum(counts.values()) == changes
    assert all(counts[p] >= 2 for p in seen.pairs(2))


def test_exploration_continues(seen):
    more = wells.explore(seen, 0.05, 2, np.random.default_rng(1), interval=10)
    assert more.sequence[:40] == seen.sequence and len(more.sequence) == 42
    assert more.motion.time == pytest.approx(seen.motion.time + 0.2)


def test_saddle_has_one_unstable_direction_and_no_force(found):
    measured, _ = found
    for well, band, _ in measured:
        conf = well.minimum.configuration
        assert band.force < 1e-6
        gradient = band.gradients[band.saddle].reshape(conf.positions.shape)
        assert np.sqrt((gradient**2).sum(axis=1).max()) < 1e-6
        place = conf.positions + well.as_
        values = np.linalg.eigvalsh(hessian(conf.moved(place)).toarray())
        assert (values < -1e-6).sum() == 1
        assert (np.abs(values) < 1e-6).sum() == 3


def test_double_well_is_measured_from_its_lower_minimum(found):
    measured, outcomes = found
    assert outcomes["direct"] >= len(measured) == 2 or outcomes["direct"] > 2
    for well, _, ends in measured:
        energies = [m.energy for m in ends]
        assert well.energy[0] == 0.0 and well.energy[-1] >= 0.0
        assert well.minimum.energy == min(energies)
        assert well.asymmetry == pytest.approx(abs(energies[1] - energies[0]), abs=1e-9)
        assert well.barrier >= well.asymmetry
        assert well.position[-1] >= well.distance > np.linalg.norm(well.as_) > 0
        assert 1 <= wells.participation_number(well.ab) <= N
        assert min(well.stiffness) > 0


def test_splitting_lies_between_the_asymmetry_and_the_level_spacing(found):
    for well, _, _ in found[0]:
        levels = well.splitting(tunnelling.ARGON.planck_reduced)
        frequencies = np.sqrt(well.stiffness)
        assert levels.splitting > 0
        assert levels.splitting < 1.5 * tunnelling.ARGON.planck_reduced * frequencies.max()
        ground = levels.energy[0]
        assert well.splitting(tunnelling.NIP.planck_reduced).energy[0] < ground


def test_identical_minima_are_an_outcome_of_their_own(seen):
    a = seen.minima[0]
    assert wells.connect(a, a).outcomes == Counter({"identical": 1})


def test_a_pair_that_was_joined_is_not_joined_again(seen, found):
    _, _, ends = found[0][0]
    again = wells.connect(ends[1], ends[0], joined=[ends])
    assert again.outcomes == Counter({"met before": 1}) and again.bands == ()


def test_finer_first_links_start_at_the_same_minimum(found):
    """A first link is the length of the path over the number of links, and turns slowly."""
    well, band, ends = found[0][0]
    modes = wells.vibrations(well.minimum.configuration)
    links = list(wells.first_links(band, ends, (40, 60, 90), modes))
    length = well.position[-1]
    for count, link in zip((40, 60, 90), links, strict=True):
        assert np.linalg.norm(link) == pytest.approx(length / (count - 1), rel=0.1)
        assert wells.overlap_c(well.first_link, link) > 0.8
    assert wells.overlap_c(well.first_link, links[0]) > 0.999


def test_first_links_turn_as_steepest_descent_near_a_minimum_does(found):
    """KRZ21-u4: relative to the softest mode, another falls with the power k/k_1 - 1 of that one."""
    well, band, ends = found[0][0]
    modes = wells.vibrations(well.minimum.configuration)
    near, far = (
        modes.fields.reshape(len(modes.fields), -1) @ link.ravel()
        for link in wells.first_links(band, ends, (9600, 4800), modes)
    )
    power = modes.stiffness / modes.stiffness[0] - 1.0
    large = np.flatnonzero(np.abs(far[1:] / far[0]) > 0.02) + 1
    assert large.size >= 1
    np.testing.assert_allclose(
        (near / near[0])[large],
        (far / far[0])[large] * (near[0] / far[0]) ** power[large],
        rtol=0.06,
    )


def test_a_path_without_a_saddle_has_no_finer_links(found):
    well, band, ends = found[0][0]
    flat = dataclasses.replace(band, saddle=-1)
    with pytest.raises(ValueError, match="saddle"):
        next(wells.first_links(flat, ends, (60,), wells.vibrations(well.minimum.configuration)))


def test_vibrations_invert_the_hessian(found):
    modes = wells.vibrations(found[0][0][0].minimum.configuration)
    assert modes.fields.shape == (3 * N - 3, N, 3) and modes.stiffness[0] > 0
    force = np.random.default_rng(0).normal(size=(1, N, 3))
    force -= force.mean(axis=1)
    moved = modes.at.solve(force)
    back = (modes.at.matrix @ moved.ravel()).reshape(N, 3)
    np.testing.assert_allclose(back, force[0], atol=1e-8)


def test_a_saddle_has_no_vibrations(found):
    well, _, _ = found[0][0]
    conf = well.minimum.configuration
    with pytest.raises(ValueError, match="no minimum: the softest stiffness is -"):
        wells.vibrations(conf.moved(conf.positions + well.as_))


def test_soft_mode_is_the_lowest_that_is_localised(found):
    modes = wells.vibrations(found[0][0][0].minimum.configuration)
    ratio = participation_ratio(modes.fields)
    if modes.soft >= 0:
        assert ratio[modes.soft] < 0.1 and (ratio[: modes.soft] >= 0.1).all()
    else:
        assert (ratio >= 0.1).all()


def test_minima_along_a_double_well_and_along_a_stiff_mode(found):
    well = found[0][0][0]
    modes = wells.vibrations(well.minimum.configuration)
    assert wells.minima_along(modes.at, modes.fields[-1], reach=0.2) == 1
    assert wells.minima_along(modes.at, modes.fields[0], reach=1e-3) == 1


def test_chance_copies_keep_lengths_and_lose_directions():
    rng = np.random.default_rng(4)
    field = rng.normal(size=(400, 3))
    copy = wells.chance_copy(field, rng)
    lengths = [np.sort(np.linalg.norm(f, axis=1)) for f in (field, copy)]
    np.testing.assert_allclose(lengths[0], lengths[1])
    assert wells.overlap_c(field, copy) < 0.15


def test_overlaps_with_all_modes_obey_parseval_and_the_bounds(found):
    well = found[0][0][0]
    values, modes = all_modes(hessian(well.minimum.configuration))
    modes = modes[np.argsort(np.abs(values))[3:]]
    field = well.ab - well.ab.mean(axis=0)
    c, a = wells.overlap_c(field, modes), wells.overlap_a(field, modes)
    assert (c**2).sum() == pytest.approx(1.0, abs=1e-8)
    assert (c <= a + 1e-12).all() and (a <= 1 + 1e-12).all()
    assert c.max() >= 1 / np.sqrt(3 * N - 3)
    summary = wells.mode_overlaps(well)
    assert summary.linear_c[2] == pytest.approx(c.max(), abs=1e-9)
    assert summary.linear_a[2] == pytest.approx(a.max(), abs=1e-9)
    assert (summary.linear_c <= summary.linear_a + 1e-12).all()


def test_overlaps_do_not_depend_on_norm_or_sign():
    rng = np.random.default_rng(3)
    r, v = rng.normal(size=(2, 20, 3))
    for measure in (wells.overlap_c, wells.overlap_a):
        assert measure(-2.0 * r, 3.0 * v) == pytest.approx(float(measure(r, v)), rel=1e-12)
        assert measure(r, -r) == pytest.approx(1.0)
    turned = r[:, [1, 2, 0]] * np.array([1.0, -1.0, 1.0])
    assert wells.overlap_a(r, turned) == pytest.approx(1.0)
    assert wells.overlap_c(r, turned) < 0.5


def test_null_distribution_of_independent_fields():
    """Gaussian fields: a -> 8/(3 pi), and the mean square of c is 1/(3N)."""
    rng = np.random.default_rng(1)
    r, v = rng.normal(size=(2, 600, 3))
    c, a = wells.null_overlaps(r, v, 400, rng)
    assert a.mean() == pytest.approx(8 / (3 * np.pi), rel=0.02)
    assert (c**2).mean() == pytest.approx(1 / 1800, rel=0.3)
    localised = np.zeros((600, 3))
    localised[:5] = r[:5]
    c_local, a_local = wells.null_overlaps(localised, localised, 400, rng)
    assert a_local.mean() < 0.1 and c_local.mean() < 0.1
    assert wells.overlap_c(localised, localised) > 2.0 * c_local.max()


def test_participation_number_counts_particles():
    field = np.zeros((50, 3))
    field[:7] = [1.0, 2.0, -1.0]
    assert wells.participation_number(field) == pytest.approx(7.0)


def test_active_count_has_the_poisson_interval():
    """For three events the central 95 percent interval is 0.619 to 8.77 (Garwood 1936)."""
    count, low, high = wells.active([1e-4, 2e-4, 1e-3, 5e-3], 1.5e-3)
    assert count == 3
    assert (low, high) == pytest.approx((0.6187, 8.7673), abs=1e-4)
    assert wells.active([], 1.0)[:2] == (0, 0.0)


def test_unrelated_quantities_below_a_cut_have_no_rank_correlation():
    """The usual rank correlation sees the cut itself."""
    rng, found, usual = np.random.default_rng(3), [], []
    for _ in range(40):
        scale, values = rng.uniform(0.3, 1.3, 1500), rng.uniform(0, 2, 1500)
        kept = values < 0.6 * scale
        found.append(wells.rank_correlation_below(values[kept], scale[kept], 0.6))
        usual.append(kendalltau(values[kept], scale[kept]).statistic)
    assert abs(np.mean(found)) < 4 * np.std(found) / np.sqrt(40)
    assert np.mean(usual) > 0.2 > 10 * np.std(found) / np.sqrt(40)


def test_rank_correlation_below_a_far_cut_is_that_of_kendall():
    rng = np.random.default_rng(4)
    scale = rng.uniform(1, 2, 200)
    values = 0.1 * scale + rng.normal(0, 0.05, 200)
    expected = kendalltau(values, scale).statistic
    assert wells.rank_correlation_below(values, scale, 10.0) == pytest.approx(expected)
    falling = wells.rank_correlation_below(1 / scale, scale, 1e3)
    assert falling == pytest.approx(-1.0)


@pytest.mark.parametrize(
    "call",
    [
        lambda: wells.rank_correlation_below([0.5, 2.0], [1.0, 1.0], 1.0),
        lambda: wells.rank_correlation_below([0.5], [1.0], 1.0),
        lambda: wells.rank_correlation_below([0.5, 0.2], [1.0], 1.0),
        lambda: wells.rank_correlation_below([0.5, np.nan], [1.0, 2.0], 1.0),
        lambda: wells.overlap_c(np.zeros((3, 3)), np.ones((3, 3))),
        lambda: wells.overlap_c(np.ones((3, 3)), np.ones((4, 3))),
        lambda: wells.overlap_a(np.ones((3, 3)), np.full((3, 3), np.nan)),
        lambda: wells.participation_number(np.zeros((3, 3))),
        lambda: wells.null_overlaps(np.ones((3, 3)), np.ones((3, 3)), 0, None),
    ],
)
def test_bad_input_is_refused(call):
    with pytest.raises(ValueError):
        call()


def test_bad_counts_are_refused(seen):
    with pytest.raises(ValueError):
        seen.pairs(0)
    with pytest.raises(ValueError):
        wells.explore(seen, 0.05, 0, np.random.default_rng(0))
