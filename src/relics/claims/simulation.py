"""Numbers quoted about the making of computer glasses."""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq

from relics.claims import Computed
from relics.papers.dimensions import parse_unit

MODEL = "polydisperse-r12"


def _smoothness() -> float:
    """Highest derivative of the interaction that is continuous at the cut-off."""
    from relics.glass import models, potentials

    law = potentials.potentials()[models.model(MODEL).potential]
    inside = potentials.expression(law).args[0][0]
    jumps = [inside.diff(potentials.x, n).subs(potentials.x, law.cutoff) for n in range(6)]
    return float(next(n for n, jump in enumerate(jumps) if jump != 0) - 1)


def _power_of_time() -> float:
    """Power of time in sqrt(epsilon/(m <sigma>^2)), from the dimensions of its factors."""
    return float(parse_unit("eps mass^-1 sig^-2")["T"]) / 2


def _pair_mean() -> float:
    """Mean interaction diameter over pairs of particles of unit mean diameter."""
    from relics.glass import models

    law = models.model(MODEL)
    sizes, _ = law.diameters.draw(1500)
    pairs = models.mixed_diameter(sizes[:, None], sizes[None, :], law.nonadditivity)
    return float(pairs.mean() / sizes.mean())


def _modes() -> list[float]:
    """Modes for each particle, scaled to N = 1500, and the modes without stiffness."""
    from relics.glass import configuration, hessian, minimise, modes

    found = minimise.minimise(configuration.random_configuration(MODEL, 200, seed=3))
    stiffness, _ = modes.all_modes(hessian.hessian(found.configuration))
    flat = int(np.sum(np.abs(stiffness) < 1e-9 * stiffness.max()))
    return [1500 * stiffness.size / 200, float(flat - 3 * len(found.rattlers))]


def _localisation() -> list[float]:
    """N e/N_c of a compact core of equal amplitudes, and e of a standing wave."""
    from relics.glass.modes import participation_ratio

    core, wave = np.zeros((2, 1000, 3))
    core[:20] = [0.6, 0.8, 0.0]
    wave[:, 1] = np.sin(2 * np.pi * np.arange(1000) / 1000)
    return [float(participation_ratio(core)) * 1000 / 20, float(participation_ratio(wave))]


def overlap_slope(d: int, L: float = 1e3) -> float:
    """Logarithmic slope with L of the frequency at which mean band width and gap are equal."""
    from relics.glass.modes import band_width

    def crossing(edge: float) -> float:
        def excess(log_omega: float) -> float:
            omega = np.exp(log_omega)
            width = band_width(omega, (omega * edge) ** (d - 2), round(edge**d), 0.1)
            return float(np.log(width * 2 * omega * (edge / (2 * np.pi)) ** 2))

        return float(brentq(excess, -60, 20, xtol=1e-13))

    return (crossing(2 * L) - crossing(L)) / np.log(2)


def _softest_slope(d: int) -> float:
    """Slope with L of the softest of N modes distributed as omega^4: N omega^5 is constant."""
    softest = [
        brentq(lambda w, N=L**d: N * w**5 / 5 - 1, 1e-12, 10.0, xtol=1e-16) for L in (10, 20)
    ]
    return float(np.log(softest[1] / softest[0]) / np.log(2))


CLAIMS = {
    "KRZ21-c2": Computed(_smoothness, "order of derivative", "relics.glass.potentials.expression"),
    "KRZ21-c3": Computed(_power_of_time, "power of time", "relics.papers.dimensions.parse_unit"),
    "KRZ21-c4": Computed(
        _pair_mean,
        "length unit",
        "relics.glass.models.mixed_diameter",
        "the source of the model sets the mean over particles to one, not over pairs",
    ),
    "KRZ21-c8": Computed(_modes, "1", "relics.glass.modes.all_modes"),
    "LB21-c8": Computed(_localisation, "1", "relics.glass.modes.participation_ratio"),
    "LB21-c10": Computed(
        lambda: [overlap_slope(d) for d in (2, 3, 4)], "1", "relics.glass.modes.band_width"
    ),
    "LB21-c11": Computed(
        lambda: [overlap_slope(2), _softest_slope(2)], "1", "relics.glass.modes.band_width"
    ),
}
