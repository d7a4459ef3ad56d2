"""Speed of the oscillator models on one core, and the memory they take.

Run with ``OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python benchmarks/oscillators.py``. The cavity
equations of the whole diagram are to take under 60 s; for 16,000 oscillators a gradient is to be at
least 1.8 times as fast as NumPy's product of the whole matrix with a vector, and a minimisation to
forces of 1e-10 is to take under 60 s within 2.5 GB once the couplings are drawn. The softest modes
are a separate, slower job: ``python benchmarks/oscillators.py modes``. Times are processor times.
"""

from __future__ import annotations

import resource
import sys
import time

import numpy as np
from scipy.sparse.linalg import LinearOperator, eigsh

from relics import interacting_oscillators as model
from relics.figures import oscillator_transition
from relics.glass.oscillators import Couplings, gaussian_couplings

SIZE, FIELD, J = 16_000, 0.01, 0.2
ROWS = 2000
"""Rows of the full matrix that NumPy's product is timed on; the whole would take 2 GB more."""


def _timed(name: str, work) -> object:
    start = time.process_time()
    result = work()
    print(f"{name:66s} {time.process_time() - start:8.2f} s")
    return result


def _memory() -> None:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"{'most memory of the process so far':66s} {peak:8.2f} GB")


def _gradients(couplings: Couplings, kappa: np.ndarray, rng: np.random.Generator) -> None:
    """Gradient against NumPy's product, interleaved; medians."""
    x, rows = rng.normal(size=SIZE), rng.normal(size=(ROWS, SIZE))
    ours, theirs = [], []
    for _ in range(9):
        start = time.process_time()
        model.gradient(x, couplings.times(x), kappa, FIELD)
        ours.append(time.process_time() - start)
        start = time.process_time()
        rows @ x
        theirs.append((time.process_time() - start) * SIZE / ROWS)
    mine, numpy_ = np.median(ours), np.median(theirs)
    print(
        f"gradient of {SIZE} oscillators {1e3 * mine:.1f} ms, NumPy's product {1e3 * numpy_:.1f} ms"
    )
    print(f"ratio {numpy_ / mine:.2f}, at least 1.8 asked for")


def _softest(couplings: Couplings, stiff: np.ndarray, number: int = 12) -> np.ndarray:
    operator = LinearOperator(
        (SIZE, SIZE), matvec=lambda y: stiff * y.ravel() + couplings.times(y.ravel()), dtype=float
    )
    values = eigsh(operator, k=number, which="SA", ncv=160, tol=1e-6, return_eigenvectors=False)
    return np.sqrt(np.sort(values))


def main(with_modes: bool) -> None:
    """Print times of the diagram, of spectra, of one large gradient and of its minimisation."""
    _timed("critical lines and special points of two parents, 43 states", _diagram)
    state = model.critical_coupling(0.1, 0.1, 1.0).cavity
    _timed("density of states from the Pastur equation", lambda: model.density_of_states(state))
    rng = np.random.default_rng(1)
    couplings = _timed(
        f"{SIZE} oscillators: couplings drawn", lambda: gaussian_couplings(SIZE, J, rng)
    )
    kappa = rng.uniform(0, 1, SIZE)
    couplings.times(kappa)
    _gradients(couplings, kappa, rng)
    start = rng.normal(size=SIZE)
    found = _timed(
        f"{SIZE} oscillators: minimised to 1e-10, h = {FIELD:g}, J = {J:g}",
        lambda: model.minimise(couplings.times, kappa, start, FIELD),
    )
    fresh = model.gradient(found.x, couplings.times(found.x), kappa, FIELD)
    print(f"largest force {np.abs(fresh).max():.1e} after {found.products} products")
    _memory()
    if with_modes:
        stiff = model.stiffness(found.x, kappa)
        print(_timed("its 12 softest frequencies", lambda: _softest(couplings, stiff)))
        _memory()


def _diagram() -> None:
    for lowest, number in ((oscillator_transition.GAP, 27), (oscillator_transition.GAP / 2, 14)):
        for field in np.geomspace(1e-4, 3.0, number):
            model.critical_coupling(float(field), lowest, oscillator_transition.TOP)
        model.special_field(lowest, oscillator_transition.TOP)


if __name__ == "__main__":
    main("modes" in sys.argv[1:])
