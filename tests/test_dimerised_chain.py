import numpy as np
import pytest

from relics import dimerised_chain as chain


def test_one_level_lies_in_the_middle_of_the_gap():
    energies, _ = chain.levels(chain.bond_hoppings(301))
    inside = energies[np.abs(energies) < 0.99 * chain.gap_edge(0.2)]
    assert inside.size == 1 and abs(inside[0]) < 1e-12


def test_perfectly_alternating_ring_has_the_gap():
    # Bloch bands of the infinite chain: |t_1 + t_2 exp(ik)|.
    k = np.linspace(-np.pi, np.pi, 20001)
    lowest = np.abs(1.2 + 0.8 * np.exp(1j * k)).min()
    assert lowest == pytest.approx(chain.gap_edge(0.2), abs=1e-7)


def test_zero_mode_from_recursion_and_from_diagonalisation():
    hoppings = chain.bond_hoppings(201)
    energies, states = chain.levels(hoppings)
    middle = states[:, 100]
    assert abs(middle @ chain.zero_mode(hoppings)) == pytest.approx(1, abs=1e-12)
    assert np.abs(middle[1::2]).max() < 1e-12


def test_zero_mode_decays_at_the_analytic_rate_far_from_the_defect():
    psi = chain.zero_mode(chain.bond_hoppings(301))
    assert psi[220] / psi[218] == pytest.approx(-0.8 / 1.2, rel=1e-6)


def test_midgap_state_is_local_and_band_edge_states_are_not():
    small, large = (
        chain.participation(chain.levels(chain.bond_hoppings(n))[1])[n // 2 - 1 : n // 2 + 1]
        for n in (201, 401)
    )
    assert large[1] == pytest.approx(small[1], rel=1e-6)
    assert large[0] / small[0] == pytest.approx(2, abs=0.2)


def test_density_of_states_counts_the_levels():
    energies, _ = chain.levels(chain.bond_hoppings(51))
    at = np.linspace(-3, 3, 2001)
    total = np.trapezoid(chain.density_of_states(energies, at), at)
    assert total == pytest.approx(51, rel=1e-9)


def test_reversed_charge_and_spin():
    energies, _ = chain.levels(chain.bond_hoppings(101))
    assert [chain.charge_and_spin(energies, 50, n) for n in (0, 1, 2)] == [
        (1, 0.0),
        (0, 0.5),
        (-1, 0.0),
    ]


def test_disorder_is_reproducible_and_bounded():
    first, second = chain.site_disorder(50, 0.3, 7), chain.site_disorder(50, 0.3, 7)
    assert np.array_equal(first, second) and np.abs(first).max() <= 0.15
    many = chain.site_disorder(4000, 0.3, 8)
    # Mean and variance of a uniform distribution, within four of their standard errors.
    assert abs(many.mean()) < 4 * 0.3 / np.sqrt(12 * many.size)
    assert many.var() == pytest.approx(0.3**2 / 12, rel=4 * np.sqrt(0.8 / many.size))


def test_refusals():
    with pytest.raises(ValueError, match="odd"):
        chain.bond_hoppings(300)
    with pytest.raises(ValueError, match="below t_0"):
        chain.bond_hoppings(301, delta=1.5)
    with pytest.raises(ValueError, match="shapes"):
        chain.levels([1.0, 1.0], [0.0])
    with pytest.raises(ValueError, match="0, 1 or 2"):
        chain.charge_and_spin(np.zeros(3), 1, 3)
