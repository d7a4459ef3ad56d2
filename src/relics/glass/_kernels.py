"""Pair potentials and their derivatives for compiled kernels.

Written by ``python -m relics.glass.potentials`` from the SymPy definitions there; do not edit.
``NAME_k(s, c)`` returns g_0 .. g_k of one form at the squared reduced distance ``s`` (inside the
cut-off), with its coefficients ``c``. ``NAME_slopes`` does so for n pairs at once, in loops that
compile to vector instructions, given squared distances and inverse squares of pair diameters: it
writes f_1 = g_1/sigma**2 (zero beyond the cut-off, whose square is ``limit``) and returns the
energy. ``PARAMETERS`` maps the name of a potential to its form, its coefficients and its cut-off.
"""

import math

from numba import njit

FLAGS = {"error_model": "numpy", "fastmath": {"contract", "reassoc", "nsz", "arcp"}}

FORMS = (
    "inverse_power_6",
    "inverse_power_10",
    "inverse_power_12",
    "sticky",
    "hertzian",
    "harmonic",
)

PARAMETERS = {
    "inverse-power-10-cut-1.48": ("inverse_power_10", (-1.1106337662511796, 1.2676152372297063, -0.4960406072849211, 0.06605118264157323), 1.48),
    "inverse-power-10-cut-1.4": ("inverse_power_10", (-1.936010329882035, 2.4694009309719833, -1.0799129435737538, 0.16070133088895144), 1.4),
    "inverse-power-12-cut-1.25": ("inverse_power_12", (-1.924145348608, 2.11106232532992, -0.5910974510923775), 1.25),
    "inverse-power-6-cut-3": ("inverse_power_6", (-0.003429355281207133, 0.0, 2.540263171264543e-05), 3.0),
    "sticky-1.1": ("sticky", (-2065.3987155595396, 6775.790387829653, -25758.833604840518, 35758.32100717277, -17961.463421784134, 3172.8363373045163, 1.2599210498948732), 1.2347082531403102),
    "sticky-1.2": ("sticky", (-106.99161352665233, 304.9184690595669, -939.388037994211, 1190.7096225600226, -541.3001315875514, 85.86849369147131, 1.2599210498948732), 1.3469544579712476),
    "sticky-1.3": ("sticky", (-17.7556513878655, 50.37332289908063, -138.58271673010663, 161.7157606462764, -66.72528320987642, 9.502830974880974, 1.2599210498948732), 1.459200662802185),
    "sticky-1.4": ("sticky", (-2.9420145359605288, 12.11892507229411, -35.72455291073822, 38.70071979329346, -14.54155947386011, 1.8620146504956872, 1.2599210498948732), 1.5714468676331221),
    "sticky-1.5": ("sticky", (1.1582440286928841, 2.261948244476934, -12.414700446492478, 12.584354590303438, -4.320508006050318, 0.4986255116288099, 1.2599210498948732), 1.6836930724640595),
    "hertzian": ("hertzian", (), 1.0),
    "harmonic": ("harmonic", (), 1.0),
}


@njit(cache=True, **FLAGS)
def inverse_power_6_0(s, c):
    q = 1.0 / s
    q2 = q * q
    q3 = q * q2
    s2 = s * s
    g0 = c[0] + q3 + c[1] * s + c[2] * s2
    return g0


@njit(cache=True, **FLAGS)
def inverse_power_6_1(s, c):
    q = 1.0 / s
    q2 = q * q
    q3 = q * q2
    q4 = q2 * q2
    s2 = s * s
    g0 = c[0] + q3 + c[1] * s + c[2] * s2
    g1 = -6.0 * q4 + 2.0 * c[1] + 4.0 * c[2] * s
    return (g0, g1)


@njit(cache=True, **FLAGS)
def inverse_power_6_4(s, c):
    q = 1.0 / s
    q2 = q * q
    q3 = q * q2
    q4 = q2 * q2
    q5 = q2 * q3
    q6 = q3 * q3
    q7 = q3 * q4
    s2 = s * s
    g0 = c[0] + q3 + c[1] * s + c[2] * s2
    g1 = -6.0 * q4 + 2.0 * c[1] + 4.0 * c[2] * s
    g2 = 8.0 * c[2] + 48.0 * q5
    g3 = -480.0 * q6
    g4 = 5760.0 * q7
    return (g0, g1, g2, g3, g4)


@njit(cache=True, **FLAGS)
def inverse_power_6_slopes(square, inverse, slope, n, limit, c):
    energy = 0.0
    for m in range(n):
        s = square[m] * inverse[m]
        g0, g1 = inverse_power_6_1(s, c)
        inside = 1.0 * (s < limit)
        energy += g0 * inside
        slope[m] = g1 * (inverse[m] * inside)
    return energy


@njit(cache=True, **FLAGS)
def inverse_power_10_0(s, c):
    q = 1.0 / s
    q2 = q * q
    q3 = q * q2
    q5 = q2 * q3
    s2 = s * s
    s3 = s * s2
    g0 = c[0] + q5 + c[1] * s + c[2] * s2 + c[3] * s3
    return g0


@njit(cache=True, **FLAGS)
def inverse_power_10_1(s, c):
    q = 1.0 / s
    q2 = q * q
    q3 = q * q2
    q5 = q2 * q3
    q6 = q3 * q3
    s2 = s * s
    s3 = s * s2
    g0 = c[0] + q5 + c[1] * s + c[2] * s2 + c[3] * s3
    g1 = -10.0 * q6 + 2.0 * c[1] + 4.0 * c[2] * s + 6.0 * c[3] * s2
    return (g0, g1)


@njit(cache=True, **FLAGS)
def inverse_power_10_4(s, c):
    q = 1.0 / s
    q2 = q * q
    q3 = q * q2
    q4 = q2 * q2
    q5 = q2 * q3
    q6 = q3 * q3
    q7 = q3 * q4
    q8 = q4 * q4
    q9 = q4 * q5
    s2 = s * s
    s3 = s * s2
    g0 = c[0] + q5 + c[1] * s + c[2] * s2 + c[3] * s3
    g1 = -10.0 * q6 + 2.0 * c[1] + 4.0 * c[2] * s + 6.0 * c[3] * s2
    g2 = 8.0 * c[2] + 120.0 * q7 + 24.0 * c[3] * s
    g3 = -1680.0 * q8 + 48.0 * c[3]
    g4 = 26880.0 * q9
    return (g0, g1, g2, g3, g4)


@njit(cache=True, **FLAGS)
def inverse_power_10_slopes(square, inverse, slope, n, limit, c):
    energy = 0.0
    for m in range(n):
        s = square[m] * inverse[m]
        g0, g1 = inverse_power_10_1(s, c)
        inside = 1.0 * (s < limit)
        energy += g0 * inside
        slope[m] = g1 * (inverse[m] * inside)
    return energy


@njit(cache=True, **FLAGS)
def inverse_power_12_0(s, c):
    q = 1.0 / s
    q2 = q * q
    q3 = q * q2
    q6 = q3 * q3
    s2 = s * s
    g0 = c[0] + q6 + c[1] * s + c[2] * s2
    return g0


@njit(cache=True, **FLAGS)
def inverse_power_12_1(s, c):
    q = 1.0 / s
    q2 = q * q
    q3 = q * q2
    q4 = q2 * q2
    q6 = q3 * q3
    q7 = q3 * q4
    s2 = s * s
    g0 = c[0] + q6 + c[1] * s + c[2] * s2
    g1 = -12.0 * q7 + 2.0 * c[1] + 4.0 * c[2] * s
    return (g0, g1)


@njit(cache=True, **FLAGS)
def inverse_power_12_4(s, c):
    q = 1.0 / s
    q2 = q * q
    q3 = q * q2
    q4 = q2 * q2
    q5 = q2 * q3
    q6 = q3 * q3
    q7 = q3 * q4
    q8 = q4 * q4
    q9 = q4 * q5
    q10 = q5 * q5
    s2 = s * s
    g0 = c[0] + q6 + c[1] * s + c[2] * s2
    g1 = -12.0 * q7 + 2.0 * c[1] + 4.0 * c[2] * s
    g2 = 8.0 * c[2] + 168.0 * q8
    g3 = -2688.0 * q9
    g4 = 48384.0 * q10
    return (g0, g1, g2, g3, g4)


@njit(cache=True, **FLAGS)
def inverse_power_12_slopes(square, inverse, slope, n, limit, c):
    energy = 0.0
    for m in range(n):
        s = square[m] * inverse[m]
        g0, g1 = inverse_power_12_1(s, c)
        inside = 1.0 * (s < limit)
        energy += g0 * inside
        slope[m] = g1 * (inverse[m] * inside)
    return energy


@njit(cache=True, **FLAGS)
def sticky_0(s, c):
    q = 1.0 / s
    q2 = q * q
    q3 = q * q2
    q6 = q3 * q3
    s2 = s * s
    s3 = s * s2
    inner0 = -4.0 * q3 + 4.0 * q6
    outer0 = c[2] + c[0] * q6 + c[1] * q3 + c[3] * s + c[4] * s2 + c[5] * s3
    g0 = inner0 if s <= c[6] else outer0
    return g0


@njit(cache=True, **FLAGS)
def sticky_1(s, c):
    q = 1.0 / s
    q2 = q * q
    q3 = q * q2
    q4 = q2 * q2
    q6 = q3 * q3
    q7 = q3 * q4
    s2 = s * s
    s3 = s * s2
    inner0 = -4.0 * q3 + 4.0 * q6
    inner1 = -48.0 * q7 + 24.0 * q4
    outer0 = c[2] + c[0] * q6 + c[1] * q3 + c[3] * s + c[4] * s2 + c[5] * s3
    outer1 = 2.0 * c[3] - 12.0 * c[0] * q7 - 6.0 * c[1] * q4 + 4.0 * c[4] * s + 6.0 * c[5] * s2
    g0 = inner0 if s <= c[6] else outer0
    g1 = inner1 if s <= c[6] else outer1
    return (g0, g1)


@njit(cache=True, **FLAGS)
def sticky_4(s, c):
    q = 1.0 / s
    q2 = q * q
    q3 = q * q2
    q4 = q2 * q2
    q5 = q2 * q3
    q6 = q3 * q3
    q7 = q3 * q4
    q8 = q4 * q4
    q9 = q4 * q5
    q10 = q5 * q5
    s2 = s * s
    s3 = s * s2
    inner0 = -4.0 * q3 + 4.0 * q6
    inner1 = -48.0 * q7 + 24.0 * q4
    inner2 = -192.0 * q5 + 672.0 * q8
    inner3 = -10752.0 * q9 + 1920.0 * q6
    inner4 = -23040.0 * q7 + 193536.0 * q10
    outer0 = c[2] + c[0] * q6 + c[1] * q3 + c[3] * s + c[4] * s2 + c[5] * s3
    outer1 = 2.0 * c[3] - 12.0 * c[0] * q7 - 6.0 * c[1] * q4 + 4.0 * c[4] * s + 6.0 * c[5] * s2
    outer2 = 8.0 * c[4] + 24.0 * c[5] * s + 48.0 * c[1] * q5 + 168.0 * c[0] * q8
    outer3 = 48.0 * c[5] - 2688.0 * c[0] * q9 - 480.0 * c[1] * q6
    outer4 = 5760.0 * c[1] * q7 + 48384.0 * c[0] * q10
    g0 = inner0 if s <= c[6] else outer0
    g1 = inner1 if s <= c[6] else outer1
    g2 = inner2 if s <= c[6] else outer2
    g3 = inner3 if s <= c[6] else outer3
    g4 = inner4 if s <= c[6] else outer4
    return (g0, g1, g2, g3, g4)


@njit(cache=True, **FLAGS)
def sticky_slopes(square, inverse, slope, n, limit, c):
    energy = 0.0
    for m in range(n):
        s = square[m] * inverse[m]
        g0, g1 = sticky_1(s, c)
        inside = 1.0 * (s < limit)
        energy += g0 * inside
        slope[m] = g1 * (inverse[m] * inside)
    return energy


@njit(cache=True, **FLAGS)
def hertzian_0(s, c):
    x = math.sqrt(s)
    w = math.sqrt(max(1.0 - x, 0.0))
    w2 = w * w
    w3 = w * w2
    w5 = w2 * w3
    g0 = 0.4 * w5
    return g0


@njit(cache=True, **FLAGS)
def hertzian_1(s, c):
    x = math.sqrt(s)
    w = math.sqrt(max(1.0 - x, 0.0))
    y = 1.0 / x
    w2 = w * w
    w3 = w * w2
    w5 = w2 * w3
    g0 = 0.4 * w5
    g1 = -w3 * y
    return (g0, g1)


@njit(cache=True, **FLAGS)
def hertzian_4(s, c):
    x = math.sqrt(s)
    w = math.sqrt(max(1.0 - x, 0.0))
    y = 1.0 / x
    v = 1.0 / w
    v2 = v * v
    v3 = v * v2
    w2 = w * w
    w3 = w * w2
    w5 = w2 * w3
    y2 = y * y
    y3 = y * y2
    y4 = y2 * y2
    y5 = y2 * y3
    y6 = y3 * y3
    y7 = y3 * y4
    g0 = 0.4 * w5
    g1 = -w3 * y
    g2 = w3 * y3 + 1.5 * w * y2
    g3 = -3.0 * w3 * y5 - 4.5 * w * y4 - 0.75 * v * y3
    g4 = 15.0 * w3 * y7 - 0.375 * v3 * y4 + 4.5 * v * y5 + 22.5 * w * y6
    return (g0, g1, g2, g3, g4)


@njit(cache=True, **FLAGS)
def hertzian_slopes(square, inverse, slope, n, limit, c):
    energy = 0.0
    for m in range(n):
        s = square[m] * inverse[m]
        g0, g1 = hertzian_1(s, c)
        inside = 1.0 * (s < limit)
        energy += g0 * inside
        slope[m] = g1 * (inverse[m] * inside)
    return energy


@njit(cache=True, **FLAGS)
def harmonic_0(s, c):
    x = math.sqrt(s)
    w = math.sqrt(max(1.0 - x, 0.0))
    w2 = w * w
    w4 = w2 * w2
    g0 = 0.5 * w4
    return g0


@njit(cache=True, **FLAGS)
def harmonic_1(s, c):
    x = math.sqrt(s)
    w = math.sqrt(max(1.0 - x, 0.0))
    y = 1.0 / x
    w2 = w * w
    w4 = w2 * w2
    g0 = 0.5 * w4
    g1 = 1.0 - y
    return (g0, g1)


@njit(cache=True, **FLAGS)
def harmonic_4(s, c):
    x = math.sqrt(s)
    w = math.sqrt(max(1.0 - x, 0.0))
    y = 1.0 / x
    w2 = w * w
    w4 = w2 * w2
    y2 = y * y
    y3 = y * y2
    y4 = y2 * y2
    y5 = y2 * y3
    y7 = y3 * y4
    g0 = 0.5 * w4
    g1 = 1.0 - y
    g2 = y3
    g3 = -3.0 * y5
    g4 = 15.0 * y7
    return (g0, g1, g2, g3, g4)


@njit(cache=True, **FLAGS)
def harmonic_slopes(square, inverse, slope, n, limit, c):
    energy = 0.0
    for m in range(n):
        s = square[m] * inverse[m]
        g0, g1 = harmonic_1(s, c)
        inside = 1.0 * (s < limit)
        energy += g0 * inside
        slope[m] = g1 * (inverse[m] * inside)
    return energy


@njit(cache=True, **FLAGS)
def evaluate_0(form, s, c):
    """phi(s) of the form with this index in FORMS."""
    if form == 0:
        return inverse_power_6_0(s, c)
    if form == 1:
        return inverse_power_10_0(s, c)
    if form == 2:
        return inverse_power_12_0(s, c)
    if form == 3:
        return sticky_0(s, c)
    if form == 4:
        return hertzian_0(s, c)
    return harmonic_0(s, c)


@njit(cache=True, **FLAGS)
def evaluate_1(form, s, c):
    """(g_0, ..., g_1) of the form with this index in FORMS."""
    if form == 0:
        return inverse_power_6_1(s, c)
    if form == 1:
        return inverse_power_10_1(s, c)
    if form == 2:
        return inverse_power_12_1(s, c)
    if form == 3:
        return sticky_1(s, c)
    if form == 4:
        return hertzian_1(s, c)
    return harmonic_1(s, c)


@njit(cache=True, **FLAGS)
def evaluate_4(form, s, c):
    """(g_0, ..., g_4) of the form with this index in FORMS."""
    if form == 0:
        return inverse_power_6_4(s, c)
    if form == 1:
        return inverse_power_10_4(s, c)
    if form == 2:
        return inverse_power_12_4(s, c)
    if form == 3:
        return sticky_4(s, c)
    if form == 4:
        return hertzian_4(s, c)
    return harmonic_4(s, c)


@njit(cache=True, **FLAGS)
def slopes(form, square, inverse, slope, n, limit, c):
    """Energy of n pairs, and f_1 of each in ``slope``, of the form with this index."""
    if form == 0:
        return inverse_power_6_slopes(square, inverse, slope, n, limit, c)
    if form == 1:
        return inverse_power_10_slopes(square, inverse, slope, n, limit, c)
    if form == 2:
        return inverse_power_12_slopes(square, inverse, slope, n, limit, c)
    if form == 3:
        return sticky_slopes(square, inverse, slope, n, limit, c)
    if form == 4:
        return hertzian_slopes(square, inverse, slope, n, limit, c)
    return harmonic_slopes(square, inverse, slope, n, limit, c)
