"""Reference for the glass engine: the energy as a plain sum over all pairs, typed by hand.

Every potential and its first two derivatives are written out from the papers; nothing is taken
from the package but the configuration that is examined.
"""

from functools import cache

import numpy as np

from relics.glass.configuration import Configuration, random_configuration
from relics.glass.minimise import Minimum, minimise

# Smoothing coefficients as the sources print them (see each model).
IPL10 = (-1.1106337662511798, 1.2676152372297065, -0.4960406072849212, 0.0660511826415732)
POLY = (-1.9360103298820351, 2.4694009309719835, -1.0799129435737537, 0.1607013308889515)
STICKY_12 = (  # Lennard-Jones tail with cut-off 1.2, before the factor 4 of the core
    -26.747903381663,
    76.229617264892,
    (-234.84700949855, 297.67740564001, -135.32503289689, 21.467123422868),
)


def _power_law(x, n, even):
    v = x**-n + sum(c * x ** (2 * k) for k, c in enumerate(even))
    v1 = -n * x ** -(n + 1) + sum(2 * k * c * x ** (2 * k - 1) for k, c in enumerate(even) if k)
    v2 = n * (n + 1) * x ** -(n + 2)
    v2 = v2 + sum(2 * k * (2 * k - 1) * c * x ** (2 * k - 2) for k, c in enumerate(even) if k)
    return v, v1, v2


def ninarello(x):
    y = 1.25
    return _power_law(x, 12, (-28 / y**12, 48 / y**14, -21 / y**16))


def schober_laird(x):
    return _power_law(x, 6, (-2.5 / 3**6, 0.0, 1.5 / 3**10))


def sticky_12(x):
    a, b, even = STICKY_12
    core = [4 * (p - q) for p, q in zip(_power_law(x, 12, ()), _power_law(x, 6, ()), strict=True)]
    twelve, six = _power_law(x, 12, ()), _power_law(x, 6, ())
    rest = _power_law(x, 1, even)
    one = _power_law(x, 1, ())
    tail = [4 * (a * twelve[k] + b * six[k] + rest[k] - one[k]) for k in range(3)]
    return [np.where(x <= 2 ** (1 / 6), core[k], tail[k]) for k in range(3)]


def hertzian(x):
    u = 1 - x
    return 0.4 * u**2.5, -(u**1.5), 1.5 * u**0.5


def harmonic(x):
    u = 1 - x
    return 0.5 * u**2, -u, np.ones_like(x)


# model: potential, cut-off, non-additivity
LAWS = {
    "binary-r10-2d": (lambda x: _power_law(x, 10, IPL10), 1.48, 1 / 24),
    "binary-r10-3d": (lambda x: _power_law(x, 10, IPL10), 1.48, 1 / 24),
    "binary-r10-4d": (lambda x: _power_law(x, 10, IPL10), 1.48, 1 / 24),
    "polydisperse-r10": (lambda x: _power_law(x, 10, POLY), 1.4, 0.1),
    "polydisperse-r12": (ninarello, 1.25, 0.2),
    "sticky-1.2": (sticky_12, 1.2 * 2 ** (1 / 6), 1 / 24),
    "one-component-r6": (schober_laird, 3.0, 0.0),
    "hertzian-3d": (hertzian, 1.0, 0.0),
    "harmonic-2d": (harmonic, 1.0, 0.0),
}
SIZES = {"binary-r10-4d": 600, "one-component-r6": 250}


def pairs(conf: Configuration):
    """Separations, distances and radial derivatives of all interacting pairs."""
    potential, cutoff, nonadditivity = LAWS[conf.model]
    i, j = np.triu_indices(conf.N, 1)
    r = conf.positions[j] - conf.positions[i]
    turns = np.rint(r[:, 1] / conf.box[1])
    r[:, 1] -= turns * conf.box[1]
    r[:, 0] -= turns * conf.shear * conf.box[1]
    for k in (0, *range(2, conf.dimension)):
        r[:, k] -= conf.box[k] * np.rint(r[:, k] / conf.box[k])
    d = conf.diameters
    sigma = (d[i] + d[j]) / 2 * (1 - nonadditivity * np.abs(d[i] - d[j]))
    distance = np.sqrt(np.sum(r**2, axis=1))
    near = distance < cutoff * sigma
    i, j, r, distance, sigma = (v[near] for v in (i, j, r, distance, sigma))
    v, v1, v2 = potential(distance / sigma)
    return i, j, r, distance, v, v1 / sigma, v2 / sigma**2


def energy_forces_virial(conf: Configuration):
    i, j, r, distance, v, v1, _ = pairs(conf)
    push = (v1 / distance)[:, None] * r
    forces = np.zeros_like(conf.positions)
    np.add.at(forces, i, push)
    np.add.at(forces, j, -push)
    return v.sum(), forces, push.T @ r


def dense_hessian(conf: Configuration) -> np.ndarray:
    i, j, r, distance, _, v1, v2 = pairs(conf)
    n = r / distance[:, None]
    along = n[:, :, None] * n[:, None, :]
    across = np.eye(conf.dimension) - along
    block = v2[:, None, None] * along + (v1 / distance)[:, None, None] * across
    H = np.zeros((conf.N, conf.dimension, conf.N, conf.dimension))
    for p in range(len(i)):
        H[i[p], :, j[p]] -= block[p]
        H[j[p], :, i[p]] -= block[p]
        H[i[p], :, i[p]] += block[p]
        H[j[p], :, j[p]] += block[p]
    return H.reshape(conf.N * conf.dimension, -1)


@cache
def start(name: str, seed: int = 1) -> Configuration:
    return random_configuration(name, SIZES.get(name, 220), seed)


@cache
def minimum(name: str, seed: int = 1) -> Minimum:
    return minimise(start(name, seed))
