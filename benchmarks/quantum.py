"""Speed of the workhorses of the quantum chapters on one core.

Run with ``OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python benchmarks/quantum.py``: threads of the
linear algebra library only get in each other's way with matrices of this size.
"""

from __future__ import annotations

import time

import numpy as np

from relics import elastic_casimir as ec
from relics import quantum_mixing as qm
from relics.ripplons import ripplon_spectrum

CENTRES = 10_000
SITES = 2_000
BATCH = 500


def _timed(name: str, work) -> None:
    start = time.perf_counter()
    work()
    print(f"{name:58s} {time.perf_counter() - start:7.2f} s")


def main() -> None:
    """Print wall times of batched diagonalisation, root finding and pair sums."""
    lines = ripplon_spectrum()
    energies = qm.all_modes(lines.frequencies, lines.weights)
    rng = np.random.default_rng(0)
    amplitudes = rng.normal(0, 0.01, (CENTRES, energies.size))
    bias = rng.uniform(0, 0.3, CENTRES)
    sites = rng.random((SITES, 3))

    def full() -> None:
        for start in range(0, CENTRES, BATCH):
            part = slice(start, start + BATCH)
            qm.centre_levels(bias[part], 0.01, amplitudes[part], energies)

    _timed(f"{CENTRES} centres of 98 levels, full diagonalisation", full)
    _timed(
        f"{CENTRES} centres, bright modes only",
        lambda: qm.level_splitting(bias, 0.01, amplitudes, energies),
    )
    _timed(
        "1000000 effective biases of one centre",
        lambda: qm.effective_bias(np.tile(bias, 100), amplitudes[0], energies),
    )
    _timed(f"pair sum over {SITES} sites", lambda: ec.pair_sum_inverse_sixth(sites))


if __name__ == "__main__":
    main()
