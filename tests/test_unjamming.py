import numpy as np
import pytest
from scipy import integrate

from relics import jammed_spheres, unjamming


def test_beads_on_a_line_touch_their_two_neighbours():
    assert unjamming.maxwell_contacts(1) == 2


@pytest.mark.parametrize("d", [2, 3])
def test_a_packing_at_the_verge_of_rigidity_has_the_maxwell_number_of_contacts(d):
    packing = jammed_spheres.jam(40, d, seed=2)
    contacts = 2 * len(packing.contacts) / len(packing.caged)
    # one contact more than coordinates, without those of a common translation
    expected = unjamming.maxwell_contacts(d) - 2 * (d - 1) / len(packing.caged)
    assert contacts == pytest.approx(expected, abs=0.1)


def test_response_volume_is_the_sum_over_a_plateau_of_modes():
    for excess in (0.01, 0.2):
        value, _ = integrate.quad(lambda w: w**2 / w**4, excess, 1.0)
        assert unjamming.response_volume(excess) == pytest.approx(value, rel=1e-9)


@pytest.mark.parametrize("d", [2, 3, 4, 5])
def test_core_sums_are_integrals_over_the_radius(d):
    found = unjamming.core_sums(30.0, d)
    expected = [
        integrate.quad(lambda r, p=power: r ** (d - 1) * r ** (-p * (d - 2) / 2), 1, 30)[0]
        for power in (2, 4)
    ]
    assert found == pytest.approx(expected, rel=1e-8)


def test_quartic_law_meets_the_plateau_at_the_edge():
    excess = np.array([0.02, 0.3])
    prefactor = unjamming.dimensionless_prefactor(excess) / unjamming.transverse_speed(excess) ** 5
    assert prefactor * unjamming.edge_frequency(excess) ** 4 == pytest.approx([1.0, 1.0])


def test_core_volume_in_three_dimensions_is_the_square_of_its_length():
    volume = unjamming.response_volume(1e-6)
    assert volume == pytest.approx(unjamming.core_length(1e-6) ** 2, rel=1e-5)


@pytest.mark.parametrize(
    "call",
    [
        lambda: unjamming.maxwell_contacts(2.5),
        lambda: unjamming.edge_frequency(0.0),
        lambda: unjamming.core_length([0.1, np.nan]),
        lambda: unjamming.response_volume(1.0),
        lambda: unjamming.core_sums(1.0, 3),
    ],
)
def test_bad_input_is_refused(call):
    with pytest.raises(ValueError, match=r"positive|below|beyond"):
        call()


def test_speeds_and_lengths_are_powers_of_the_excess():
    z = np.array([0.04, 0.25])
    assert unjamming.edge_frequency(z) == pytest.approx(z)
    assert unjamming.transverse_speed(z) == pytest.approx([0.2, 0.5], rel=1e-14)
    assert unjamming.core_length(z) == pytest.approx([5, 2], rel=1e-14)
    assert unjamming.dimensionless_prefactor(z) == pytest.approx([0.04**-1.5, 8], rel=1e-12)


@pytest.mark.parametrize("length", [1.001, 1.5, [1.2, 7.0]])
@pytest.mark.parametrize("d", [1, 4, 6])
def test_short_cores_have_sums_too(length, d):
    square, fourth = unjamming.core_sums(length, d)
    for far, a, b in np.broadcast(length, square, fourth):
        expected = [
            integrate.quad(lambda r, p=p: r ** (d - 1 - p * (d - 2) / 2), 1, far)[0] for p in (2, 4)
        ]
        assert [a, b] == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: unjamming.maxwell_contacts(0), "^the dimension must be a positive integer, got 0"),
        (lambda: unjamming.maxwell_contacts(1.5), "positive integer, got 1.5"),
        (lambda: unjamming.core_sums(3.0, 0), "^the dimension must be a positive integer"),
        (lambda: unjamming.transverse_speed([]), "^the excess of contacts must be positive"),
        (lambda: unjamming.transverse_speed(np.inf), "^the excess of contacts must be positive"),
        (lambda: unjamming.response_volume([0.5, 1.0]), "^the edge must lie below the highest"),
        (
            lambda: unjamming.core_sums([2.0, 1.0], 3),
            "^the core must reach beyond the distance one",
        ),
        (lambda: unjamming.core_sums(np.inf, 3), "^the core must reach beyond the distance one"),
    ],
)
def test_refusals_say_what_is_needed(call, message):
    with pytest.raises(ValueError, match=message):
        call()
