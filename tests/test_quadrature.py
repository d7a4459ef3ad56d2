import numpy as np
import pytest

from relics import quadrature


def test_polynomials_are_exact_to_twice_the_order():
    for degree in (0, 5, 31):
        value = quadrature.gauss(lambda x, d=degree: x**d, -1.0, 2.0)
        assert value == pytest.approx(
            (2.0 ** (degree + 1) - (-1) ** (degree + 1)) / (degree + 1), rel=1e-13
        )


def test_many_integrals_share_one_call():
    upper = np.array([[0.5, 1.0], [2.0, 3.0]])
    value, error = quadrature.integrate(np.exp, np.zeros_like(upper), upper)
    assert value.shape == error.shape == upper.shape
    assert np.allclose(value, np.expm1(upper), rtol=1e-14)


def test_error_bounds_the_true_error():
    # closed form: the integral of 1/(1 + 25 x^2) over [-1, 1] is 2 atan(5)/5
    value, error = quadrature.integrate(lambda x: 1 / (1 + 25 * x**2), -1.0, 1.0, 1e-6)
    assert abs(value - 2 * np.arctan(5) / 5) <= error


def test_nothing_integrates_to_nothing_without_error():
    value, error = quadrature.integrate(lambda x: 0 * x, [0.0, 1.0], [2.0, 1.0])
    assert value.tolist() == error.tolist() == [0, 0]


def test_reversed_limits_change_the_sign():
    assert quadrature.gauss(np.cos, 1.0, 0.0) == pytest.approx(-np.sin(1.0))


def test_a_singular_integrand_is_refused():
    with pytest.raises(ArithmeticError, match="no convergence"):
        quadrature.integrate(lambda x: 1 / np.sqrt(np.abs(x)), 0.0, 1.0, 1e-12, most_panels=64)


@pytest.mark.parametrize("limits", [(0.0, np.inf), (np.nan, 1.0)])
def test_limits_must_be_finite(limits):
    with pytest.raises(ValueError, match="finite"):
        quadrature.gauss(np.exp, *limits)


def test_an_integrand_that_is_not_finite_is_named():
    with pytest.raises(ValueError, match="integrand"):
        quadrature.integrate(lambda x: np.full_like(x, np.nan), 0.0, 1.0)


@pytest.mark.parametrize("order, expected", [(1, 2.0), (2, 4.0), (5, 32.0)])
def test_derivatives_of_an_exponential(order, expected):
    found = quadrature.derivative(lambda z: np.exp(2 * z), 0.0, 1.0, order)
    assert found == pytest.approx(expected, rel=1e-13)


def test_derivative_is_the_first_unless_another_is_asked_for():
    assert quadrature.derivative(np.sin, 0.3, 1.0) == pytest.approx(np.cos(0.3), rel=1e-13)


def test_derivatives_next_to_a_pole_are_taken_inside_it():
    # closed form: the n-th derivative of 1/(1 + x) at zero is (-1)^n n!
    found = quadrature.derivative(lambda z: 1 / (1 + z), 0.0, 0.5, 3)
    assert found == pytest.approx(-6.0, rel=1e-13)
    around = quadrature.derivative(lambda z: 1 / (1 + z), 0.0, 2.0, 3)
    assert abs(around + 6.0) > 1  # the circle encloses the pole


@pytest.mark.parametrize(
    "change", [{"radius": 0.0}, {"radius": np.nan}, {"at": np.inf}, {"order": 0}, {"nodes": 2}]
)
def test_a_derivative_without_a_circle_is_refused(change):
    given = {"at": 0.0, "radius": 1.0, "order": 2, "nodes": 16} | change
    with pytest.raises(ValueError):
        quadrature.derivative(np.exp, **given)


def test_a_pole_on_the_circle_is_refused():
    with np.errstate(divide="ignore", invalid="ignore"), pytest.raises(ValueError, match="finite"):
        quadrature.derivative(lambda z: 1 / (1 - z), 0.0, 1.0)


def test_slope_is_exact_for_polynomials_of_sixth_order():
    found = quadrature.slope(lambda x: 2 * x**6 - x**3 + 5, 1.3, 0.1)
    assert found == pytest.approx(12 * 1.3**5 - 3 * 1.3**2, rel=1e-12)
    coarse, fine = (abs(quadrature.slope(np.sin, 0.4, h) - np.cos(0.4)) for h in (0.4, 0.2))
    assert coarse / fine == pytest.approx(2**6, rel=0.05)
    with pytest.raises(ValueError, match="step"):
        quadrature.slope(np.sin, 0.4, 0.0)


def seen(record, function=np.exp):
    """The function, leaving behind how many nodes it was asked for."""

    def watched(x):
        record.append(x.shape[-1])
        return function(x)

    return watched


def test_one_panel_of_sixteen_nodes_unless_told():
    record = []
    quadrature.gauss(seen(record), 0.0, 1.0)
    quadrature.gauss(seen(record), 0.0, 1.0, panels=3)
    quadrature.gauss(seen(record), 0.0, 1.0, panels=3, order=5)
    assert record == [16, 48, 15]
    for degree, exact in ((9, True), (10, False)):
        value = quadrature.gauss(lambda x, d=degree: x**d, 0.0, 2.0, 1, 5)
        assert (abs(value / (2.0 ** (degree + 1) / (degree + 1)) - 1) < 1e-13) == exact
    with pytest.raises(ValueError, match="^panels must be at least 1, got 0$"):
        quadrature.gauss(np.exp, 0.0, 1.0, panels=0)


def test_panels_are_doubled_until_nothing_changes_or_there_are_too_many():
    record = []
    quadrature.integrate(seen(record), 0.0, 1.0)
    assert record == [4 * 16, 8 * 16]
    record.clear()
    with pytest.raises(ArithmeticError, match="^no convergence to 1e-12 with 8 panels of 3 nodes$"):
        quadrature.integrate(seen(record, np.sqrt), 0.0, 1.0, 1e-12, 1, 8, 3)
    assert record == [3, 6, 12, 24]
    record.clear()
    with pytest.raises(ArithmeticError, match="with 4096 panels of 16 nodes"):
        quadrature.integrate(seen(record, lambda x: x**-0.9), 0.0, 1.0)
    assert record[-1] == 4096 * 16


def test_error_is_a_ten_billionth_unless_told():
    record = []
    value, error = quadrature.integrate(seen(record, lambda x: x**1.5), 0.0, 1.0)
    assert abs(value - 0.4) <= error <= 1e-10 * 0.4
    fine = record[-1]
    value, error = quadrature.integrate(seen(record, lambda x: x**1.5), 0.0, 1.0, 1e-6)
    assert abs(value - 0.4) <= error <= 1e-6 * 0.4 and record[-1] < fine
    with pytest.raises(ValueError, match="^tolerance must be positive"):
        quadrature.integrate(np.exp, 0.0, 1.0, 0.0)


@pytest.mark.parametrize("scale", [1.0, 1e-9, 1e9])
def test_tolerance_is_relative_to_what_is_added_up(scale):
    value, error = quadrature.integrate(lambda x: scale * np.sin(x), 0.0, 2 * np.pi, 1e-8)
    assert abs(value) <= error + 1e-15 * scale and error <= 1e-8 * 4 * scale
    value, error = quadrature.integrate(lambda x: scale * np.exp(x), [1.0, 0.0], [0.0, 1.0])
    assert value == pytest.approx(np.array([-1, 1]) * np.expm1(1.0) * scale, rel=1e-13)
    assert np.all(error > 0)


def test_a_circle_has_sixty_four_nodes_unless_told():
    record = []
    quadrature.derivative(seen(record), 0.0, 1.0)
    quadrature.derivative(seen(record), 0.0, 1.0, nodes=9)
    assert record == [64, 9]
    assert quadrature.derivative(np.exp, 0.0, 1.0, order=8, nodes=9) == pytest.approx(1, rel=0.01)
    for order, nodes in ((0, 64), (9, 9)):
        with pytest.raises(ValueError, match=f"below nodes, got {order} and {nodes}"):
            quadrature.derivative(np.exp, 0.0, 1.0, order, nodes)
    for given, name in (((np.inf, 1.0), "at must be finite"), ((0.0, -1.0), "radius must be pos")):
        with pytest.raises(ValueError, match=f"^{name}"):
            quadrature.derivative(np.exp, *given)
    with pytest.raises(ValueError, match="^at must be finite"):
        quadrature.slope(np.exp, np.nan, 0.1)


def test_rules_are_shared_and_cannot_be_written_to():
    nodes, weights = quadrature.legendre(3)
    assert nodes == pytest.approx([-np.sqrt(0.6), 0, np.sqrt(0.6)], abs=1e-15)
    assert weights == pytest.approx([5 / 9, 8 / 9, 5 / 9], rel=1e-14)
    for array in (nodes, weights):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1.0
    assert quadrature.legendre(1)[1] == pytest.approx([2.0])
    with pytest.raises(ValueError, match="^order must be at least 1, got 0$"):
        quadrature.legendre(0)
