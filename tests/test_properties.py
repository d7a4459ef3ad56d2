"""What must hold for public functions whatever their formula: no number out of nothing, scaling,
monotony, limits, broadcasting."""

import importlib
import inspect
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relics import (
    mosaic,
    phonons,
    rfot,
    soft_potentials,
    strain_coupling,
    two_level_systems,
    viscosity,
)
from relics.book import reference

NUMERIC = {"float": float, "ArrayLike": float, "Array": np.array, "np.ndarray": np.array}


def numeric_functions():
    """Public physics functions all of whose required arguments are numbers or arrays."""
    for m in reference._listed("physics"):
        module = importlib.import_module(m.name)
        for e in m.entries:
            f = getattr(module, e.name)
            if not inspect.isfunction(f):
                continue
            needed = [
                p for p in inspect.signature(f).parameters.values()
                if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
            ]  # fmt: skip
            if needed and all(p.annotation in NUMERIC for p in needed):
                yield pytest.param(f, [p.annotation for p in needed], id=f"{m.name}.{e.name}")


FUNCTIONS = list(numeric_functions())


def numbers(value):
    """Everything numerical in a result, as a flat array."""
    if isinstance(value, tuple | list):
        return np.concatenate([numbers(v) for v in value]) if value else np.array([])
    if hasattr(value, "__dataclass_fields__"):
        return numbers([getattr(value, name) for name in value.__dataclass_fields__])
    return np.atleast_1d(np.asarray(value, dtype=complex)).ravel()


def test_most_of_the_physics_is_looked_at():
    assert len(FUNCTIONS) > 350


@pytest.mark.parametrize(("f", "kinds"), FUNCTIONS)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_no_number_comes_out_of_nothing(f, kinds):
    """Not-a-number in: an error that says so, or not-a-number out; never a finite result."""
    nothing = [math.nan if NUMERIC[k] is float else np.array([math.nan, math.nan]) for k in kinds]
    try:
        result = f(*nothing)
    except ValueError as error:
        assert str(error)
    else:
        assert not np.isfinite(numbers(result)).any()


size = st.floats(0.2, 5.0)
factor = st.floats(1.1, 8.0)

POWERS = [
    # function, typical arguments, which argument grows, power of the result
    (rfot.barrier, (8e-20, 1e-23, 300.0), 0, 2.0),
    (rfot.barrier, (8e-20, 1e-23, 300.0), 1, -1.0),
    (rfot.barrier, (8e-20, 1e-23, 300.0), 2, -1.0),
    (rfot.cooperativity_length, (190.0, 3e-10), 0, 1 / 3),
    (rfot.cooperativity_length, (190.0, 3e-10), 1, 1.0),
    (rfot.region_density, (3e-10, 5.8), 0, -3.0),
    (phonons.bead_size, (4000.0, 5e13), 0, 1.0),
    (phonons.bead_size, (4000.0, 5e13), 1, -1.0),
    (phonons.elastic_energy_density, (1e-3, 2200.0, 4000.0), 0, 2.0),
    (phonons.elastic_energy_density, (1e-3, 2200.0, 4000.0), 2, 2.0),
    (phonons.mode_density, (1e12, 4000.0), 0, 2.0),
    (phonons.mode_density, (1e12, 4000.0), 1, -3.0),
    (phonons.conductivity_scale, (300.0, 4000.0), 0, 2.0),
    (phonons.conductivity_scale, (300.0, 4000.0), 1, -1.0),
    (strain_coupling.coupling, (2200.0, 4000.0, 3e-10, 1400.0), 3, 0.5),
    (strain_coupling.coupling, (2200.0, 4000.0, 3e-10, 1400.0), 1, 1.0),
    (strain_coupling.coupling, (2200.0, 4000.0, 3e-10, 1400.0), 2, 1.5),
    (strain_coupling.strain_variance, (2200.0, 4000.0, 3e-10, 1400.0), 3, 1.0),
    (strain_coupling.interaction, (1e-19, 2200.0, 4000.0, 1e-9), 3, -3.0),
    (strain_coupling.coupling_strength, (1e45, 1e-19, 2200.0, 4000.0), 1, 2.0),
    (two_level_systems.rate_constant, (1e-19, 2200.0, 4000.0), 0, 2.0),
    (two_level_systems.rate_constant, (1e-19, 2200.0, 4000.0), 2, -5.0),
    (two_level_systems.classical_heat_capacity, (1.0, 1e45), 0, 1.0),
    (viscosity.maxwell_viscosity, (3e10, 100.0), 1, 1.0),
    (viscosity.strength, (2.0, 3.0), 0, 2.0),
]  # fmt: skip


@pytest.mark.parametrize(
    ("f", "arguments", "which", "power"),
    POWERS,
    ids=[f"{f.__name__} argument {k} power {p:g}" for f, _, k, p in POWERS],
)
@given(at=size, by=factor)
@settings(max_examples=15, deadline=None, derandomize=True)
def test_powers(f, arguments, which, power, at, by):
    here, there = list(arguments), list(arguments)
    here[which] *= at
    there[which] *= at * by
    measured = math.log(float(f(*there)) / float(f(*here))) / math.log(by)
    assert measured == pytest.approx(power, abs=1e-9)


@given(st.floats(0.01, 20.0), st.floats(0.0, 20.0))
@settings(max_examples=30, deadline=None, derandomize=True)
def test_a_splitting_is_not_below_either_of_its_parts(bias, tunnelling):
    E = float(two_level_systems.splitting(bias, tunnelling))
    assert max(bias, tunnelling) <= E * (1 + 1e-12)
    assert E <= (bias + tunnelling) * (1 + 1e-12)


@given(st.floats(1e-3, 50.0), factor)
@settings(max_examples=30, deadline=None, derandomize=True)
def test_a_schottky_anomaly_stays_between_zero_and_its_maximum(x, by):
    """The maximum 0.4392 lies where x tanh(x/2) = 2; beyond it the anomaly falls."""
    value, later = (float(two_level_systems.schottky(u)) for u in (x, x * by))
    assert 0 <= value < 0.43923
    assert later < value or x < 2.3994


@given(st.floats(0.05, 3.0), st.floats(1.05, 3.0))
@settings(max_examples=20, deadline=None, derandomize=True)
def test_relaxation_never_gets_slower_on_heating(E, by):
    splitting = 1e-24 * E
    slow, fast = (
        two_level_systems.relaxation_rate(splitting, 0.3 * splitting, T, 1e-19, 2200.0, 4000.0)
        for T in (0.1, 0.1 * by)
    )
    assert float(slow) <= float(fast)


@given(st.floats(0.1, 3.0), st.floats(0.1, 3.0))
@settings(max_examples=30, deadline=None, derandomize=True)
def test_a_second_well_appears_before_it_is_the_deeper_one(b_2, b_4):
    second = soft_potentials.second_well_threshold(b_2, b_4)
    deeper = soft_potentials.global_minimum_threshold(b_2, b_4)
    assert second < deeper
    assert second == pytest.approx(math.sqrt(8 * b_2 * b_4 / 3), rel=1e-6)
    assert deeper == pytest.approx(math.sqrt(3 * b_2 * b_4), rel=1e-6)


@given(st.lists(st.tuples(st.floats(-5, 5), st.floats(-5, 5)), min_size=3, max_size=8), size)
@settings(max_examples=30, deadline=None, derandomize=True)
def test_area_is_invariant_under_translation_and_grows_as_a_square(corners, scale):
    polygon = np.array(corners)
    area = mosaic.area(polygon)
    assert mosaic.area(polygon + [3.0, -7.0]) == pytest.approx(area, abs=1e-9)
    assert mosaic.area(scale * polygon) == pytest.approx(scale**2 * area, abs=1e-9)
    assert mosaic.area(polygon[::-1]) == pytest.approx(area, abs=1e-9)


@pytest.mark.parametrize(
    ("f", "grid", "rest"),
    [
        (rfot.cooperativity_length, np.geomspace(10, 500, 7), (3e-10,)),
        (two_level_systems.schottky, np.geomspace(0.01, 30, 7), ()),
        (phonons.thermal_wavelength, np.geomspace(0.1, 10, 7), (4000.0,)),
        (phonons.debye_integrand, np.geomspace(0.01, 30, 7), ()),
        (viscosity.vogel_fulcher, np.linspace(300, 600, 7), (10.0, 200.0)),
    ],
    ids=lambda x: getattr(x, "__name__", ""),
)
def test_an_array_gives_what_its_members_give(f, grid, rest):
    together = f(grid.reshape(7, 1), *rest)
    assert np.shape(together) == (7, 1)
    assert np.allclose(together.ravel(), [float(f(x, *rest)) for x in grid], rtol=1e-13)
