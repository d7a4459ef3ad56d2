"""How long a heat-capacity curve, a conductivity curve and an exact count take, and how well.

Run by `make bench`. Each is held to its goal and compared with a straightforward double or triple
loop of `scipy.integrate.quad`, timed on a few temperatures; errors are against refined grids.
"""

from __future__ import annotations

import resource
import time

import numpy as np
from scipy.integrate import quad

from relics import plateau, resonance, ripplons
from relics import scattering_density as density

RATIO = 4.4
CUT = resonance.cutoff_frequency()


def timed(call, repeat: int = 3) -> tuple[float, object]:
    """Best processor time of a call in s, and its result."""
    best, result = np.inf, None
    for _ in range(repeat):
        start = time.process_time()
        result = call()
        best = min(best, time.process_time() - start)
    return best, result


def heat_curve(T: np.ndarray, nodes: int = 8) -> np.ndarray:
    """One damped heat-capacity curve, spectrum included."""
    return ripplons.mean_heat_capacity(
        T, RATIO, resonance.broadened_spectrum(RATIO, CUT, nodes=nodes)
    )


def heat_by_quad(T: float) -> float:
    """The same at one temperature: quad over structural energies, quad over the spectrum."""
    lines = ripplons.ripplon_spectrum()

    def over_spectrum(weight) -> float:
        def integrand(w: float) -> float:
            shapes = [
                g * float(resonance.line_profile(np.array(w), line, RATIO, CUT, resonance.SMEARING))
                for line, g in zip(*lines, strict=True)
            ]
            return sum(shapes) * weight(w / T)

        return quad(integrand, 1e-9, 3, limit=400, points=[0.05, 0.3, 1.0], epsrel=1e-8)[0]

    log_z = over_spectrum(lambda y: -np.log1p(-np.exp(-y)))
    mean = over_spectrum(lambda y: y / np.expm1(y) if y < 600 else 0.0)
    capacity = over_spectrum(lambda y: y**2 * np.exp(-y) / np.expm1(-y) ** 2 if y < 600 else 0.0)

    def averaged(e: float) -> float:
        v = min(max(e / T - log_z, -600), 600)
        occupied = 1 / (np.exp(v) + 1)
        term = (e / T + mean) ** 2 * occupied * (1 - occupied) + capacity * occupied
        return term * np.exp(-abs(e) / RATIO) / RATIO

    marks = np.unique([-200.0, -10.0, 0.0, *(T * (log_z + np.array([-40, 0, 40]))), 200.0])
    return sum(quad(averaged, a, b, limit=200)[0] for a, b in zip(marks, marks[1:], strict=False))


def conductivity_curve(T: np.ndarray, points: int = 2400) -> np.ndarray:
    """One conductivity curve with both densities, tables included."""
    spectrum = resonance.broadened_spectrum(RATIO, CUT)
    return plateau.plateau_conductivity(T, density.SaddlePoint(spectrum, RATIO, points))


def conductivity_by_quad(T: float) -> float:
    """The same at one temperature: quad over phonons and over starting levels, root finding."""
    spectrum = resonance.broadened_spectrum(RATIO, CUT)

    def enhancement(omega: float) -> float:
        ground = density.saddle_ground(omega, RATIO, spectrum)
        excited = quad(
            lambda y: density.saddle_cumulative(omega, T * y, RATIO, spectrum)
            * 2 * np.exp(-y) / (1 + np.exp(-y)) ** 2,
            1e-6, 30, limit=60, epsrel=1e-5,
        )[0]  # fmt: skip
        return (ground + excited) / density.SADDLE_NORM

    def integrand(x: float) -> float:
        weight = x**3 * np.exp(-x) / np.expm1(-x) ** 2
        return weight * (plateau.MEASURED_PATH / enhancement(x * T) + 1)

    return T**2 * quad(integrand, 1e-3, min(1 / T, 40), limit=60, epsrel=1e-4)[0]


def main() -> None:
    """Print every figure with the goal it is held to."""
    heat_curve(np.geomspace(1e-3, 1, 400))
    conductivity_curve(np.geomspace(1e-4, 0.3, 200))
    density.Counting.of(resonance.broadened_spectrum(RATIO, CUT), RATIO)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"largest memory of a curve of each kind and a count: {memory:.0f} MB (goal 500)")
    T = np.geomspace(1e-3, 1, 400)
    seconds, curve = timed(lambda: heat_curve(T))
    error = np.max(np.abs(curve / heat_curve(T, 24) - 1))
    slow, value = timed(lambda: heat_by_quad(0.02), 1)
    agreement = abs(float(np.interp(0.02, T, curve)) / value - 1)
    print(
        f"damped heat capacity, 400 temperatures: {seconds:.3f} s (goal 0.2), error {error:.1e}; "
        f"quad {slow * 400 / seconds:.0f} times slower, agrees to {agreement:.0e}"
    )
    T = np.geomspace(1e-4, 0.3, 200)
    seconds, curve = timed(lambda: conductivity_curve(T))
    error = np.max(np.abs(curve / conductivity_curve(T, 9000) - 1))
    slow, value = timed(lambda: conductivity_by_quad(0.02), 1)
    agreement = abs(float(np.exp(np.interp(np.log(0.02), np.log(T), np.log(curve)))) / value - 1)
    print(
        f"conductivity, 200 temperatures: {seconds:.2f} s (goal 2), error {error:.1e}; "
        f"quad {slow * 200 / seconds:.0f} times slower, agrees to {agreement:.0e}"
    )
    spectrum = resonance.broadened_spectrum(RATIO, CUT)
    seconds, _ = timed(lambda: density.Counting.of(spectrum, RATIO))
    print(f"exact count up to omega_D on a grid of 1e-4: {seconds:.3f} s (goal 1)")


if __name__ == "__main__":
    main()
