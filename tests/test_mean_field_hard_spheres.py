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
