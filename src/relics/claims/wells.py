"""Numbers quoted about double wells, tunnel splittings and soft modes (KRZ21)."""

from __future__ import annotations

import numpy as np

from relics import papers
from relics.claims import Computed

ARGON_KELVIN = (119.8, 125.2)
NIP_KELVIN = 934.0


def _quoted(identifier: str) -> list[float]:
    """Numbers that an entry of the paper quotes."""
    return next(list(c.value) for c in papers.claims() if c.id == identifier)


def _thresholds_agree() -> bool:
    """Whether the NiP threshold as a temperature lies within the argon one and its spread."""
    from relics.glass.tunnelling import ARGON, NIP

    argon = [0.0015 * kelvin / ARGON_KELVIN[0] * ARGON.kelvin(1.0) for kelvin in ARGON_KELVIN]
    return min(argon) <= 0.0002 * NIP.kelvin(1.0) <= max(argon)


def _active_fractions() -> list[float]:
    active, wells = np.array(_quoted("KRZ21-c11")), np.array(_quoted("KRZ21-c10"))
    return (active / wells).tolist()


def _projection_is_kept() -> bool:
    """Whether pi_n.M.pi_(n+1) = pi_n.M.pi_n for random directions at a minimum of the model."""
    from relics.glass import configuration, minimise, nonlinear_modes

    start = configuration.random_configuration("polydisperse-r12", 100, seed=2)
    at = nonlinear_modes.expansion(minimise.minimise(start).configuration)
    fields = np.random.default_rng(0).normal(size=(5, *at.shape))
    fields -= fields.mean(axis=1, keepdims=True)
    following, _ = nonlinear_modes.iteration_step(at, fields)
    flat, after = fields.reshape(5, -1), following.reshape(5, -1)
    before = np.einsum("ma,ma->m", flat, (at.matrix @ flat.T).T)
    mixed = np.einsum("ma,ma->m", after, (at.matrix @ flat.T).T)
    return bool(np.abs(mixed / before - 1.0).max() < 1e-9)


CLAIMS = {
    "KRZ21-c7": Computed(_thresholds_agree, "", "relics.glass.tunnelling.reduced_planck_constant"),
    "KRZ21-c13": Computed(_active_fractions, "1", "relics.papers.claims"),
    "KRZ21-c14": Computed(lambda: 8.54e-4 < 0.0015, "", "relics.glass.wells.active"),
    "KRZ21-c17": Computed(
        lambda: len({40, 600}) == 1,
        "",
        "relics.glass.wells.connect",
        "the text of the section names 40 images for the distributions, the caption 600",
    ),
    "KRZ21-c20": Computed(_projection_is_kept, "", "relics.glass.nonlinear_modes.iteration_step"),
}
