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


def test_hoppings_have_the_defect_in_the_middle_and_strong_bonds_at_the_ends():
    for sites in (5, 7, 9, 101, 103):
        t = chain.bond_hoppings(sites, delta=0.3, width=2.0, t_0=1.5)
        assert t.shape == (sites - 1,)
        assert t == pytest.approx(t[::-1], rel=1e-14)
        n = np.arange(sites - 1)
        # bonds lie halfway between sites; the middle one of them is the defect
        distance = np.abs(n - (sites - 2) / 2)
        assert np.abs(t - 1.5) == pytest.approx(0.3 * np.tanh(distance / 2), rel=1e-12)
        assert t[0] > 1.5 and np.all(np.sign(t - 1.5)[: sites // 2] == (-1) ** n[: sites // 2])
    default = chain.bond_hoppings(401)
    assert default[0] == pytest.approx(1.2, rel=1e-14) and default[1] == pytest.approx(0.8)
    middle = np.abs(default[200] - 1)
    assert middle == pytest.approx(0.2 * np.tanh(0.5 / 5), rel=1e-12)


def test_levels_are_those_of_the_dense_matrix():
    rng = np.random.default_rng(3)
    hoppings, on_site = rng.uniform(0.5, 1.5, 8), rng.normal(size=9)
    for energies_of_sites in (None, on_site):
        dense = np.diag(-hoppings, 1) + np.diag(-hoppings, -1)
        dense += np.diag(np.zeros(9) if energies_of_sites is None else on_site)
        energies, states = chain.levels(hoppings, energies_of_sites)
        assert energies == pytest.approx(np.linalg.eigvalsh(dense), abs=1e-13)
        assert dense @ states == pytest.approx(states * energies, abs=1e-12)
    for given in (([[1.0, 1.0]], None), ([1.0, 1.0], [0.0, 0.0]), ([1.0], [[0.0, 0.0]])):
        with pytest.raises(ValueError, match="need shapes"):
            chain.levels(*given)
    for given, name in ((([np.nan], None), "hoppings"), (([1.0], [np.nan, 0.0]), "e")):
        with pytest.raises(ValueError, match=f"{name} must be finite"):
            chain.levels(*given)


def test_participation_counts_sites():
    states = np.zeros((6, 3))
    states[0, 0] = 1
    states[:4, 1] = 0.5
    states[:, 2] = 6**-0.5
    assert chain.participation(states) == pytest.approx([1, 4, 6], rel=1e-14)
    with pytest.raises(ValueError, match="states must be finite"):
        chain.participation([[np.nan]])


def test_zero_mode_of_few_sites_by_hand():
    # 2 psi_1 + 3 psi_3 = 0 and 5 psi_3 + 7 psi_5 = 0
    psi = chain.zero_mode([2.0, 3.0, 5.0, 7.0])
    expected = np.array([1, 0, -2 / 3, 0, 10 / 21])
    assert psi == pytest.approx(expected / np.linalg.norm(expected), rel=1e-13)
    assert np.linalg.norm(chain.zero_mode(chain.bond_hoppings(51))) == pytest.approx(1, rel=1e-14)
    with pytest.raises(ValueError, match="odd number of sites"):
        chain.zero_mode([1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="hoppings must be positive"):
        chain.zero_mode([1.0, 0.0])


def test_a_level_is_a_normalised_gaussian_of_the_broadening():
    for given in ({}, {"broadening": 0.5}):
        width = given.get("broadening", 0.02)
        at = 0.3 + width * np.array([-1.0, 0.0, 2.0])
        found = chain.density_of_states([0.3], at, **given)
        peak = 1 / (width * np.sqrt(2 * np.pi))
        assert found == pytest.approx(peak * np.exp([-0.5, 0, -2]), rel=1e-12)
    both = chain.density_of_states([0.0, 0.1], [0.05], 0.1)
    assert both == pytest.approx([2 * np.exp(-0.125) / (0.1 * np.sqrt(2 * np.pi))], rel=1e-12)
    for given in (([np.nan], [0.0]), ([0.0], [np.nan])):
        with pytest.raises(ValueError, match="must be finite"):
            chain.density_of_states(*given)
    with pytest.raises(ValueError, match="broadening must be positive"):
        chain.density_of_states([0.0], [0.0], 0.0)


def test_disorder_may_vanish_but_not_be_negative():
    assert np.array_equal(chain.site_disorder(4, 0.0, 1), np.zeros(4))
    assert not np.array_equal(chain.site_disorder(4, 1.0, 1), chain.site_disorder(4, 1.0, 2))
    for bad in (-0.1, np.nan):
        with pytest.raises(ValueError, match="must not be negative"):
            chain.site_disorder(4, bad, 1)


def test_refusals_at_the_edges_of_the_domain():
    for sites in (3, 6, 1):
        with pytest.raises(ValueError, match="odd and at least 5"):
            chain.bond_hoppings(sites)
    for name in ("delta", "width", "t_0"):
        for bad in (0.0, -1.0, np.nan):
            with pytest.raises(ValueError, match=f"{name} must be positive"):
                chain.bond_hoppings(11, **{name: bad})
    with pytest.raises(ValueError, match="below t_0 = 1, got 1"):
        chain.bond_hoppings(11, delta=1.0)
    with pytest.raises(ValueError, match="delta must be positive"):
        chain.gap_edge(0.0)
    with pytest.raises(ValueError, match="energies must be finite"):
        chain.charge_and_spin([np.nan], 0, 1)
    for electrons in (-1, 3):
        with pytest.raises(ValueError, match="0, 1 or 2"):
            chain.charge_and_spin(np.zeros(3), 1, electrons)
