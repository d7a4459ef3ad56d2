"""Bond order of crystals against their published values, and of a liquid."""

import numpy as np
import pytest

from relics.glass.configuration import Configuration, random_configuration
from relics.glass.order import bond_order

CELLS = {
    "fcc": [[0, 0, 0], [0, 0.5, 0.5], [0.5, 0, 0.5], [0.5, 0.5, 0]],
    "bcc": [[0, 0, 0], [0.5, 0.5, 0.5]],
    "sc": [[0, 0, 0]],
}
# Steinhardt, Nelson, Ronchetti 1983, Table: Q6 of fcc with 12, bcc with 14, sc with 6 neighbours
PUBLISHED = {"fcc": (0.57452, 12), "bcc": (0.51069, 14), "sc": (0.35355, 6)}


def crystal(kind, edge=8):
    cell = np.array(CELLS[kind])
    grid = np.stack(np.meshgrid(*[np.arange(edge)] * 3, indexing="ij"), -1).reshape(-1, 1, 3)
    constant = np.cbrt(len(cell))  # one particle per unit volume
    places = (grid + cell).reshape(-1, 3) * constant
    N = len(places)
    box = np.full(3, edge * constant)
    return Configuration(places, box, np.ones(N), np.zeros(N, int), "one-component-r6"), constant


@pytest.mark.parametrize(("kind", "reach"), [("fcc", 0.85), ("bcc", 1.2), ("sc", 1.2)])
def test_crystals_have_the_published_order(kind, reach):
    conf, constant = crystal(kind)
    found = bond_order(conf, reach * constant)
    order, neighbours = PUBLISHED[kind]
    assert found.overall == pytest.approx(order, abs=2e-5)
    assert found.neighbours == neighbours
    assert found.solid == (0.0 if neighbours < 8 else 1.0)


def test_order_does_not_depend_on_the_orientation_of_the_axes():
    conf, constant = crystal("bcc")
    turned = conf.moved(conf.positions[:, [2, 0, 1]])
    assert bond_order(turned, 1.2 * constant).overall == pytest.approx(0.51069, abs=2e-5)


def test_disorder_has_the_order_of_random_bonds():
    """Independent bonds give a root mean square of one over the root of their number."""
    orders = []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        start = random_configuration("harmonic-3d", 300, seed)
        gas = start.moved(rng.random((300, 3)) * start.box)
        found = bond_order(gas, 1.45)
        orders.append(found.overall**2 * found.neighbours * 150)
        assert found.solid < 0.05
    assert np.mean(orders) == pytest.approx(1.0, abs=4 / np.sqrt(13 * 12))


def test_refusals():
    conf, _ = crystal("sc", 7)
    plane = random_configuration("binary-r10-2d", 64, 0)
    for bad in (0.0, -1.0, 3.6, np.nan):
        with pytest.raises(ValueError, match="reach"):
            bond_order(conf, bad)
    with pytest.raises(ValueError, match="three dimensions"):
        bond_order(plane, 1.0)
    with pytest.raises(ValueError, match="degree"):
        bond_order(conf, 1.2, 5)
    with pytest.raises(ValueError, match="no two"):
        bond_order(conf, 0.5)
