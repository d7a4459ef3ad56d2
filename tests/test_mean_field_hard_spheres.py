import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import minimize_scalar
from scipy.special import log_ndtr

from relics import mean_field_hard_spheres as glass


def test_dynamical_transition_agrees_with_the_published_numbers():
    # G. Parisi and F. Zamponi, Rev. Mod. Phys. 82, 789 (2010): 4.8067 and cage 1.1534.
    packing, cage = glass.dynamical_transition()
    assert packing == pytest.approx(4.8067, abs=1e-4)
    assert cage == pytest.approx(1.1534, abs=1e-4)


def test_gardner_line_ends_at_the_dynamical_transition():
    packing, cage = glass.dynamical_transition()
    assert glass.GlassState(packing, 0.0, cage, cage).stability == pytest.approx(1, abs=1e-8)


@pytest.mark.parametrize(
    ("memory", "cage", "compression"),
    [(0.3, 0.2, 0.1), (1e-3, 2e-3, 0.5), (0.1, 0.1, 8.0), (4, 5, -0.5), (60, 50, 0), (150, 200, 2)],
)
def test_overlap_integral_by_adaptive_quadrature(memory, cage, compression):
    def integrand(h):
        theta = log_ndtr((h + memory / 2) / math.sqrt(memory))
        return math.exp(h + theta) * log_ndtr((h - compression + cage / 2) / math.sqrt(cage))

    # Where e^h or either distribution function bends, and twelve widths beyond.
    reach = 12 * math.sqrt(max(memory, cage))
    bends = sorted({-memory / 2, memory / 2, compression - cage / 2, compression + cage / 2})
    ends = [bends[0] - reach, *bends, bends[-1] + reach]
    parts = [
        quad(integrand, a, b, epsabs=0, epsrel=1e-11, limit=400)[0]
        for a, b in zip(ends, ends[1:], strict=False)
    ]
    found = glass.overlap_integral(memory, cage, compression)
    assert found == pytest.approx(math.fsum(parts), rel=1e-8)


@pytest.mark.parametrize("packing", [4.9, 6.0, 8.0])
def test_stationarity_is_the_gradient_of_the_free_energy(packing):
    state = glass.follow(packing, smallest_cage=0.02)[2]

    def free_energy(memory, cage):
        overlap = glass.overlap_integral(memory, cage, state.compression)
        return math.log(cage) + memory / cage + packing * overlap

    step = 1e-4
    by_memory = free_energy(state.memory * (1 + step), state.cage) - free_energy(
        state.memory * (1 - step), state.cage
    )
    by_cage = free_energy(state.memory, state.cage * (1 + step)) - free_energy(
        state.memory, state.cage * (1 - step)
    )
    assert abs(by_memory) / (2 * step) < 1e-7
    assert abs(by_cage) / (2 * step) < 1e-7


def test_pressure_is_the_derivative_of_the_overlap_along_the_compression():
    state = glass.follow(6.0, smallest_cage=0.02)[4]
    step = 1e-4
    overlaps = [
        glass.overlap_integral(state.memory, state.cage, state.compression + k * step)
        for k in (1, -1)
    ]
    slope = (overlaps[0] - overlaps[1]) / (2 * step)
    assert state.pressure == pytest.approx(-state.prepared / 2 * slope, rel=1e-7)


def test_glass_and_liquid_have_one_pressure_where_the_glass_is_prepared():
    for packing in (4.85, 5.5, 7.0):
        pressure = glass.prepared_state(packing).pressure
        assert pressure == pytest.approx(packing / 2, abs=1e-9)
        assert glass.liquid_pressure(packing) == pytest.approx(pressure, abs=1e-9)


def test_glass_hardens_faster_than_the_liquid_on_compression():
    for packing in (4.9, 6.0, 8.0):
        first = glass.prepared_state(packing)
        second = glass.state_at_cage(packing, first.cage / 1.001, first)
        rise = (second.pressure - first.pressure) / (second.packing - first.packing)
        assert rise > 0.5


def test_denser_glasses_split_at_higher_pressure():
    pressures = [glass.gardner_state(p).pressure for p in (4.82, 5.0, 6.0, 8.0)]
    assert np.all(np.diff(pressures) > 0)
    assert all(abs(glass.gardner_state(p).stability - 1) < 1e-9 for p in (4.82, 6.0))


@pytest.mark.parametrize(("packing", "ratio"), [(4.82, 1.5), (6.0, 1.04), (6.0, 3.0)])
def test_decompression_ends_where_the_density_is_least(packing, ratio):
    branch = glass.decompress(packing, ratio)
    assert np.all(np.diff([s.packing for s in branch]) < 0)
    steps = np.diff(np.log([s.cage for s in branch]))
    assert np.all((steps > 0) & (steps < math.log(ratio) * (1 + 1e-12)))
    last = branch[-1]
    least = minimize_scalar(
        lambda u: glass.state_at_cage(packing, math.exp(u), last).compression,
        bounds=(math.log(last.cage) - 0.01, math.log(last.cage) + 0.01), method="bounded",
        options={"xatol": 1e-6},
    )  # fmt: skip
    assert math.log(last.cage) == pytest.approx(least.x, abs=4e-4)


def test_no_glass_below_the_dynamical_transition():
    with pytest.raises(ValueError, match="dynamical transition"):
        glass.equilibrium_cage(4.5)
    with pytest.raises(ValueError, match="positive"):
        glass.overlap_integral(-0.1, 0.2)
    with pytest.raises(ValueError, match="at most 200"):
        glass.overlap_integral(1.0, 200.1)
    with pytest.raises(ValueError, match="packing must be positive"):
        glass.liquid_pressure(-1.0)
    with pytest.raises(ValueError, match="ratio"):
        glass.follow(5.0, ratio=1.0)


def test_slopes_of_the_overlap_are_its_differences():
    for memory, cage, compression in ((0.3, 0.2, 0.1), (0.05, 0.08, 0.6), (2.0, 3.0, -0.4)):
        step = 1e-4
        up, down = (
            glass.overlap_integral(memory * (1 + s), cage, compression) for s in (step, -step)
        )
        by_memory = glass._by_memory(memory, cage, compression)
        assert by_memory == pytest.approx((up - down) / (2 * step * memory), rel=1e-6)
        up, down = (
            glass.overlap_integral(memory, cage * (1 + s), compression) for s in (step, -step)
        )
        by_cage = glass._by_cage(memory, cage, compression)
        assert by_cage == pytest.approx((up - down) / (2 * step * cage), rel=1e-6)
        found = glass.stationarity(5.0, compression, cage, memory)
        expected = [1 + 5 * cage * by_memory, 1 - memory / cage + 5 * cage * by_cage]
        assert found == pytest.approx(expected, rel=1e-12)


def test_pressure_and_stability_of_a_state_by_adaptive_quadrature():
    memory, cage, compression, prepared = 0.35, 0.2, 0.15, 5.3
    state = glass.GlassState(prepared, compression, cage, memory)

    def theta(h, D):
        return log_ndtr((h + D / 2) / math.sqrt(D))

    def integral(take):
        def integrand(h):
            u = (h - compression + cage / 2) / math.sqrt(cage)
            ratio = math.exp(-(u**2) / 2 - log_ndtr(u)) / math.sqrt(2 * math.pi)
            return math.exp(h + theta(h, memory)) * take(u, ratio)

        return sum(
            quad(integrand, a, b, epsabs=0, epsrel=1e-11)[0] for a, b in ((-8, -1), (-1, 1), (1, 9))
        )

    slope = integral(lambda u, ratio: ratio / math.sqrt(cage))
    assert state.pressure == pytest.approx(prepared / 2 * slope, rel=1e-9)
    bend = integral(lambda u, ratio: (ratio * (u + ratio) / cage) ** 2)
    assert state.stability == pytest.approx(prepared / 2 * cage**2 * bend, rel=1e-9)
    assert state.packing == pytest.approx(prepared * math.exp(0.15), rel=1e-14)


def test_packings_of_rows_of_cages_and_the_smaller_of_two_cages():
    cages = np.array([[0.1, 0.5, 1.1534], [1.5, 3.0, 8.0]])
    found = glass.inverse_packing(cages)
    assert found.shape == (2, 3)
    assert found[0, 2] == pytest.approx(1 / 4.8067, abs=5e-6) and found.argmax() == 2
    for k in np.ndindex(2, 3):
        assert found[k] == pytest.approx(float(glass.inverse_packing(cages[k])), rel=1e-12)
    for packing in (4.81, 6.0, 12.0):
        cage = glass.equilibrium_cage(packing)
        assert cage < glass.dynamical_transition()[1]
        assert float(glass.inverse_packing(cage)) == pytest.approx(1 / packing, rel=1e-12)
    with pytest.raises(ValueError, match="packing = 4.8: no glass below .* at 4.80"):
        glass.equilibrium_cage(4.8)


def test_cage_of_the_transition_is_where_the_packing_is_least():
    packing, cage = glass.dynamical_transition()
    step = 1e-3 * cage
    at = glass.inverse_packing(np.array([cage - step, cage, cage + step]))
    assert at[1] > at[0] and at[1] > at[2]
    # the slope vanishes to what differences of eight digits can tell
    vertex = step / 2 * (at[0] - at[2]) / (at[0] - 2 * at[1] + at[2])
    assert abs(vertex) < 2e-5 * cage and packing == pytest.approx(1 / at[1], rel=1e-12)


def test_followed_states_step_down_by_their_ratio_to_the_smallest_cage():
    for kept, smallest, ratio in (
        ({}, 1e-3, 1.15),
        ({"smallest_cage": 0.05, "ratio": 1.3}, 0.05, 1.3),
    ):
        states = glass.follow(7.0, **kept)
        cages = np.array([s.cage for s in states])
        assert states[0] == glass.prepared_state(7.0)
        assert cages[-1] == pytest.approx(smallest, rel=1e-12)
        assert cages[:-2] / cages[1:-1] == pytest.approx(np.full(len(cages) - 2, ratio), rel=1e-10)
        for state in states:
            found = glass.stationarity(7.0, state.compression, state.cage, state.memory)
            assert np.abs(found).max() < 1e-8
        assert all(s.prepared == 7.0 for s in states)
        assert np.all(np.diff([s.compression for s in states]) > 0)
    for name in ("packing", "smallest_cage"):
        for bad in (0.0, -1.0, np.nan):
            with pytest.raises(ValueError, match=f"{name} must be positive"):
                glass.follow(**({"packing": 7.0, "smallest_cage": 0.1} | {name: bad}))
    for f in (glass.follow, glass.decompress):
        for ratio in (1.0, 0.9, np.nan):
            with pytest.raises(ValueError, match="ratio must exceed 1"):
                f(7.0, ratio=ratio)


def test_decompression_steps_by_its_ratio_before_it_turns():
    branch = glass.decompress(7.0)
    cages = np.array([s.cage for s in branch])
    assert cages[1] / cages[0] == pytest.approx(1.04, rel=1e-10)
    assert all(s.prepared == 7.0 for s in branch)


def test_states_ahead_are_guessed_on_a_line_of_logarithms():
    first = glass.GlassState(6.0, 0.1, 0.4, 0.5)
    assert glass._extrapolated([first], 0.3) == first
    second = glass.GlassState(6.0, 0.3, 0.2, 0.25)
    ahead = glass._extrapolated([first, second], 0.1)
    assert ahead == glass.GlassState(6.0, pytest.approx(0.5), 0.1, pytest.approx(0.125))


def test_state_of_a_cage_is_refused_where_there_is_none():
    first = glass.prepared_state(6.0)
    for name in ("prepared", "cage"):
        given = {"prepared": 6.0, "cage": 0.1} | {name: 0.0}
        with pytest.raises(ValueError, match=f"{name} must be positive"):
            glass.state_at_cage(**given, guess=first)
    with pytest.raises(ValueError, match="no state of cage 50 near the guess"):
        glass.state_at_cage(6.0, 50.0, first)
    near = glass.state_at_cage(6.0, 0.9 * first.cage, first)
    assert near.prepared == 6.0 and near.cage == 0.9 * first.cage


def test_gardner_point_lies_between_its_neighbours_among_given_states():
    states = glass.follow(6.0)
    found = glass.gardner_state(6.0, states)
    assert found.stability == pytest.approx(1, abs=1e-9)
    k = next(n for n, s in enumerate(states) if s.stability >= 1)
    assert states[k].cage <= found.cage <= states[k - 1].cage
    assert found == glass.gardner_state(6.0)
    # of states that begin beyond it the first is taken, and of stable ones none
    assert glass.gardner_state(6.0, states[k:]) == states[k]
    assert glass.gardner_state(6.0, states[k - 1 :]).cage == pytest.approx(found.cage, rel=1e-9)
    with pytest.raises(ValueError, match="prepared at 6 is stable down to cage"):
        glass.gardner_state(6.0, states[:k])
