"""Speed of the workhorses of the chapters on rival scenarios, on one core.

Run with ``OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python benchmarks/rivals.py``. The whole
mean-field diagram is to be solved to 1e-8 in under a minute.
"""

from __future__ import annotations

import time

import numpy as np

from relics import dimerised_chain, jammed_spheres, mean_field_hard_spheres, resonant_pairs
from relics.figures import gardner_diagram


def _timed(name: str, work) -> object:
    start = time.perf_counter()
    result = work()
    print(f"{name:62s} {time.perf_counter() - start:7.2f} s")
    return result


def _pair_off(number: int) -> None:
    points, edge = resonant_pairs.scattered_points(number, 1.0, seed=1)
    resonant_pairs.pair_off(points, edge)


def _worst_residual() -> float:
    """Largest residual of the stationarity conditions over all states of the diagram."""
    worst = 0.0
    for prepared in gardner_diagram.PREPARED:
        for s in mean_field_hard_spheres.follow(prepared):
            found = mean_field_hard_spheres.stationarity(prepared, s.compression, s.cage, s.memory)
            worst = max(worst, float(np.abs(found).max()))
    return worst


def main() -> None:
    """Print wall times of pairing, state following, jamming and diagonalisation."""
    _timed("100000 points paired off", lambda: _pair_off(100_000))
    _timed("1000000 points paired off", lambda: _pair_off(1_000_000))
    _timed("mean-field diagram: glasses, spinodals, Gardner line", gardner_diagram.compute)
    print(f"largest residual of a followed state: {_worst_residual():.1e}")
    _timed("32 discs jammed", lambda: jammed_spheres.jam(32, 2, seed=0))
    _timed(
        "chain of 3001 sites diagonalised",
        lambda: dimerised_chain.levels(dimerised_chain.bond_hoppings(3001)),
    )


if __name__ == "__main__":
    main()
