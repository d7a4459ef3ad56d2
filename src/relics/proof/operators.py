"""Operator statements as matrices in a truncated Fock space."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import mpmath as mp
import numpy as np
import sympy as sp

from relics.papers.transcription import Statement
from relics.proof.evaluate import EvaluationError, bound, compiled


def bosons(modes: int, quanta: int) -> list[np.ndarray]:
    """Annihilation operators of `modes` bosonic modes, each cut off above `quanta` quanta."""
    lower = np.diag(np.sqrt(np.arange(1, quanta + 1)), 1)
    identity = np.eye(quanta + 1)
    out = []
    for k in range(modes):
        m = np.eye(1)
        for j in range(modes):
            m = np.kron(m, lower if j == k else identity)
        out.append(m.astype(complex))
    return out


def low_states(modes: int, quanta: int, most: int) -> np.ndarray:
    """Indices of basis states with at most `most` quanta in all: those the cut-off does not touch."""
    grid = np.indices((quanta + 1,) * modes).reshape(modes, -1)
    return np.flatnonzero(grid.sum(axis=0) <= most)


class Representation:
    """Matrices of a statement's operators at one truncation."""

    def __init__(self, statement: Statement, probe: Mapping[str, Any], quanta: int) -> None:
        boson = probe["boson"]
        count = 1 + max(m for v in boson.values() for m in ([v] if isinstance(v, int) else v))
        lower = bosons(count, quanta)
        self.size, self.modes, self.quanta = lower[0].shape[0], count, quanta
        self.operators: dict[str, np.ndarray] = {}
        self.families: dict[str, list[np.ndarray]] = {}
        for name, modes in boson.items():
            if isinstance(modes, int):
                self.operators[name] = lower[modes]
                self.operators[f"{name}_dag"] = lower[modes].conj().T
            else:
                self.families[name] = [lower[m] for m in modes]
                self.families[f"{name}_dag"] = [lower[m].conj().T for m in modes]

    def matrix(self, e: Any, env: Mapping[str, Any]) -> Any:
        """Matrix (or number) of `e`; operator symbols may also be given as arrays in `env`."""
        if isinstance(e, sp.Symbol) and isinstance(env.get(e.name), np.ndarray):
            return env[e.name]
        if isinstance(e, sp.Symbol) and e.name in self.operators:
            return self.operators[e.name]
        if isinstance(e, sp.core.function.AppliedUndef) and e.func.__name__ in self.families:
            index = int(mp.nint(mp.re(compiled(e.args[0])(env))))
            family = self.families[e.func.__name__]
            if not 1 <= index <= len(family):
                raise EvaluationError(f"there is no mode {index} of {e.func.__name__}")
            return family[index - 1]
        if isinstance(e, sp.Add):
            return self._total([self.matrix(a, env) for a in e.args])
        if isinstance(e, sp.Mul):
            out: Any = 1.0
            for a in e.args:
                m = self.matrix(a, env)
                both = isinstance(out, np.ndarray) and isinstance(m, np.ndarray)
                out = out @ m if both else out * m
            return out
        if isinstance(e, sp.Pow) and not e.base.is_commutative:
            return np.linalg.matrix_power(self.matrix(e.base, env), int(e.exp))
        if isinstance(e, sp.Sum) and not e.is_commutative:
            ((index, low, high),) = e.limits
            a, b = (int(mp.nint(mp.re(compiled(x)(env)))) for x in (low, high))
            return self._total(
                [
                    self.matrix(e.function, bound(env, {index.name: mp.mpf(k)}))
                    for k in range(a, b + 1)
                ]
            )
        if e.is_commutative is False:
            raise EvaluationError(f"no matrix for {type(e).__name__}: {str(e)[:60]}")
        return complex(compiled(e)(env))

    def _total(self, parts: list[Any]) -> Any:
        if any(isinstance(p, np.ndarray) for p in parts):
            parts = [p if isinstance(p, np.ndarray) else p * np.eye(self.size) for p in parts]
        return sum(parts[1:], start=parts[0])

    def block(self, m: Any, margin: int = 2) -> np.ndarray:
        """Elements between states that `margin` applications of an operator cannot take past the cut-off."""
        if not isinstance(m, np.ndarray):
            m = m * np.eye(self.size)
        keep = low_states(self.modes, self.quanta, max(1, self.quanta - margin))
        return m[np.ix_(keep, keep)]

    def lowering(self, m: np.ndarray) -> np.ndarray:
        """Elements of `m` between the vacuum and the states of one quantum, mode after mode."""
        return m[0, [(self.quanta + 1) ** k for k in reversed(range(self.modes))]]
