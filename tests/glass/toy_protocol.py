"""A procedure that takes a moment and no physics, for tests of stores."""

import time

import numpy as np

from relics.glass.procedures import Protocol


def _make(scale):
    def make(seed, partial):
        time.sleep(0.02)
        if seed == 13:
            raise ValueError("this seed is unlucky")
        return {"energy": scale * np.random.default_rng(seed).normal(1.0, 0.1, 3)}

    return make


def _observables(arrays):
    return {"energy": float(arrays["energy"].mean()), "last": float(arrays["energy"][-1])}


TOY = Protocol("toy_protocol:TOY", "toy", 3, 1, _make(1.0), _observables, "three numbers")
WRONG = Protocol("toy_protocol:WRONG", "toy", 3, 1, _make(1.5), _observables, "other numbers")
OTHER = Protocol("toy_protocol:OTHER", "toy", 4, 1, _make(1.0), _observables, "another size")
