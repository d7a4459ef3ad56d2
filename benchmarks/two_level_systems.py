"""Heat capacity of two-level systems on 200 temperatures: Gauss quadrature against scipy.integrate.quad.

Both solve LW07 Eq. 27 to about the same error, measured against 30-digit values. Prints times,
errors and the speed ratios, once with the inner integral by quadrature too (the equation as it
stands) and once with its closed form.
"""

from __future__ import annotations

import time

import mpmath as mp
import numpy as np
from scipy import integrate, optimize
from scipy.special import beta, hyp2f1

from relics import two_level_systems as tls
from relics.constants import eV, k_B

K = float(tls.rate_constant(1.1 * eV, 2200.0, 4100.0))
T = np.geomspace(0.01, 3.0, 200)
TIME, C = 10.0, 0.1


def _log_age(y: float, T: float) -> float:
    """Logarithm of the waiting time over the shortest relaxation time at E = k_B T exp(y)."""
    return float(np.log(TIME * K * (k_B * T) ** 3) + 3 * y - np.log(np.tanh(np.exp(y) / 2)))


def _nested(Z: float) -> float:
    return integrate.quad(
        lambda s: 2 * np.cosh(s) ** C, 0, np.arccosh(np.exp(Z / 2)), epsrel=1e-11
    )[0]


def _closed(Z: float) -> float:
    share = np.exp(-Z)
    leading = 2 / C * np.exp(C * Z / 2) * hyp2f1(0.5, -C / 2, 1 - C / 2, share)
    return leading + beta(-C / 2, 0.5)


def by_quad(T: float, inner) -> float:
    """One temperature by scipy.integrate.quad."""
    lowest = optimize.brentq(_log_age, -40, 5, args=(T,), xtol=1e-14)

    def outer(s: float) -> float:
        x = np.exp(lowest + s**2)
        share = inner(max(_log_age(lowest + s**2, T), 0.0))
        return 2 * s * (x / 2 / np.cosh(x / 2)) ** 2 * x ** (1 - C) * share

    value = integrate.quad(outer, 0, np.sqrt(np.log(80) - lowest), epsrel=1e-10)[0]
    return 0.5 * k_B**2 * T * (1 / T) ** C * value


def exact(T: float) -> float:
    """One temperature at 30 digits."""
    with mp.workdps(30):
        base = mp.log(TIME * mp.mpf(K) * (k_B * mp.mpf(T)) ** 3)

        def age(y):
            return base + 3 * y - mp.log(mp.tanh(mp.exp(y) / 2))

        lowest = mp.findroot(age, -(base + mp.log(2)) / 2)

        def outer(s):
            x = mp.exp(lowest + s**2)
            w = max(-mp.expm1(-age(lowest + s**2)), mp.mpf(0))  # rounding at the threshold
            share = 2 * mp.sqrt(w) * mp.hyp2f1(0.5, 1 + mp.mpf(C) / 2, 1.5, w)
            return 2 * s * (x / 2 / mp.cosh(x / 2)) ** 2 * x ** (1 - mp.mpf(C)) * share

        top = mp.sqrt(mp.log(90) - lowest)
        value = mp.quad(outer, [0, top / 4, top / 2, 3 * top / 4, top])
        return float(0.5 * mp.mpf(k_B) ** 2 * T * (1 / mp.mpf(T)) ** C * value)


def main() -> None:
    """Print one line for each way."""
    some = np.arange(0, T.size, 40)
    truth = np.array([exact(float(t)) for t in T[some]])
    tls.heat_capacity(T, TIME, K, 1.0, C)
    runs = 20
    start = time.process_time()
    for _ in range(runs):
        values, bound = tls.heat_capacity(T, TIME, K, 1.0, C, error=True)
    fast = (time.process_time() - start) / runs
    error = np.max(np.abs(values[some] / truth - 1))
    print(
        f"Gauss quadrature: {1e3 * fast:8.1f} ms, error {error:.1e}, own bound {np.max(bound / values):.1e}"
    )
    for name, inner in (("quad of quad", _nested), ("quad, closed inner integral", _closed)):
        start = time.process_time()
        slow_values = np.array([by_quad(float(t), inner) for t in T])
        slow = time.process_time() - start
        error = np.max(np.abs(slow_values[some] / truth - 1))
        print(f"{name}: {1e3 * slow:8.1f} ms, error {error:.1e}, ratio {slow / fast:.0f}")


if __name__ == "__main__":
    main()
