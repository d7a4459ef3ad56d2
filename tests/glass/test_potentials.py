"""Pair potentials: derived coefficients, generated derivatives, the committed kernel module."""

import mpmath as mp
import numpy as np
import pytest
import sympy as sp
from all_pairs import IPL10, POLY

from relics.glass import _kernels, potentials

NAMES = list(potentials.potentials())
STICKY = {  # tail coefficients a, b, c0, c2, c4, c6 tabulated for these cut-offs (over 4 eps)
    "1.1": (-516.34967888988, 1693.9475969574, -6439.7084012101, 8939.5802517932),
    "1.3": (-4.4389128469664, 12.59333072477, -34.645679182527, 40.428940161569),
    "1.5": (0.28956100717322, 0.56548706111923, -3.1036751116231, 3.1460886475759),
}


def evaluate(name, x, order=4):
    form, coefficients, _ = _kernels.PARAMETERS[name]
    function = (_kernels.evaluate_0, _kernels.evaluate_1, None, None, _kernels.evaluate_4)[order]
    return function(_kernels.FORMS.index(form), x * x, np.array(coefficients or (0.0,)))


def test_committed_kernels_are_what_the_generator_writes():
    with open(_kernels.__file__, encoding="utf-8") as stream:
        assert stream.read() == potentials.source()


@pytest.mark.parametrize("name", NAMES)
def test_compiled_derivatives_agree_with_numerical_differentiation(name):
    p = potentials.potentials()[name]
    inner, outer = 0.8, float(p.cutoff) * 0.995
    phi = sp.lambdify(potentials.x, potentials.expression(p), "mpmath")
    with mp.workdps(60):
        for x in (inner, 0.5 * (inner + outer), outer):
            g = evaluate(name, x)
            radial = (
                g[0],
                x * g[1],
                g[1] + x**2 * g[2],
                x * (3 * g[2] + x**2 * g[3]),
                3 * g[2] + 6 * x**2 * g[3] + x**4 * g[4],
            )
            # Central differences of eighth order on a potential known to 50 digits.
            exact = [mp.diff(phi, mp.mpf(x), n, h=mp.mpf("1e-8")) for n in range(5)]
            scale = max(abs(float(e)) for e in exact)
            for n in range(5):
                assert radial[n] == pytest.approx(float(exact[n]), rel=1e-9, abs=1e-10 * scale)


@pytest.mark.parametrize("name", NAMES)
def test_lower_orders_are_the_first_entries_of_the_ladder(name):
    for x in (0.9, 0.97, float(potentials.potentials()[name].cutoff) * 0.99):
        full = evaluate(name, x)
        rounding = 1e-15 * max(1.0, *map(abs, _kernels.PARAMETERS[name][1] or (1.0,)))
        assert evaluate(name, x, 0) == pytest.approx(full[0], rel=1e-13, abs=rounding)
        assert evaluate(name, x, 1) == pytest.approx(full[:2], rel=1e-13, abs=4 * rounding)


@pytest.mark.parametrize("name", [n for n in NAMES if n not in ("hertzian", "harmonic")])
def test_potential_vanishes_smoothly_at_its_cutoff(name):
    p = potentials.potentials()[name]
    piece = potentials.expression(p).args[-2].expr
    for n in range(p.smoothness + 1):
        assert abs(sp.N(sp.diff(piece, potentials.x, n).subs(potentials.x, p.cutoff), 30)) < 1e-25
    jump = sp.N(sp.diff(piece, potentials.x, p.smoothness + 1).subs(potentials.x, p.cutoff), 30)
    assert abs(jump) > 1e-4


def test_third_derivative_of_the_polydisperse_model_jumps_at_the_cutoff():
    # -12*14*16 y_c^-15 from the closed form of the coefficients
    p = potentials.potentials()["inverse-power-12-cut-1.25"]
    piece = potentials.expression(p).args[0].expr
    jump = sp.diff(piece, potentials.x, 3).subs(potentials.x, sp.Rational(5, 4))
    assert jump == -12 * 14 * 16 / sp.Rational(5, 4) ** 15


def test_closed_form_of_the_smoothing_coefficients():
    # c_2l of Lerner 2019 by double factorials, against the solved continuity conditions
    for n, q, cut in ((10, 3, sp.Rational(37, 25)), (12, 2, sp.Rational(5, 4))):
        solved = potentials.inverse_power(n, q, cut).coefficients
        for k in range(q + 1):
            numerator = (-1) ** (k + 1) * sp.factorial2(n + 2 * q)
            product = sp.factorial2(2 * q - 2 * k) * sp.factorial2(2 * k) * sp.factorial2(n - 2)
            assert solved[k] == numerator / (product * (n + 2 * k)) / cut ** (n + 2 * k)


@pytest.mark.parametrize(
    ("name", "printed"), [("inverse-power-10-cut-1.48", IPL10), ("inverse-power-10-cut-1.4", POLY)]
)
def test_solved_coefficients_equal_the_published_ones(name, printed):
    assert _kernels.PARAMETERS[name][1] == pytest.approx(printed, rel=1e-14)


@pytest.mark.parametrize("cutoff", STICKY)
def test_sticky_tail_equals_the_tabulated_solution(cutoff):
    ours = np.array(_kernels.PARAMETERS[f"sticky-{cutoff}"][1][:4]) / 4
    assert ours == pytest.approx(STICKY[cutoff], rel=1e-10)


def test_sticky_spheres_keep_depth_and_place_of_their_minimum():
    minimum = 2 ** (1 / 6)
    for cutoff in ("1.1", "1.5"):
        g = evaluate(f"sticky-{cutoff}", minimum)
        assert g[0] == pytest.approx(-1.0, abs=1e-12)
        assert g[1] == pytest.approx(0.0, abs=1e-12)


def test_cutoff_of_sticky_spheres_must_exceed_the_minimum():
    with pytest.raises(ValueError, match="exceed 1"):
        potentials.sticky(sp.Rational(9, 10))
