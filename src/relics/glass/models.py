"""Model glass formers: who interacts with whom, how densely, and what the diameters are.

Reduced units throughout: energy in the energy scale of the pair potential, length in the unit
named by the model, all masses one, k_B = 1.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from relics.glass import _kernels

BINARY_NONADDITIVITY = 1.0 / 24.0


@dataclass(frozen=True)
class Diameters:
    """Composition of a model: either species with fractions, or a power law of the size.

    ``values`` and ``fractions`` list the species; for a continuous law ``values`` is
    ``(smallest, largest)``, ``fractions`` is empty and the density of diameters is proportional to
    ``d**-exponent`` between them.
    """

    values: tuple[float, ...]
    fractions: tuple[float, ...] = ()
    exponent: float = 3.0

    @property
    def discrete(self) -> bool:
        """True for a mixture of species, False for a continuous size law."""
        return bool(self.fractions)

    def draw(self, N: int) -> tuple[np.ndarray, np.ndarray]:
        """Diameters and species, shape ``(N,)`` each, ordered by size and without randomness.

        Species get the rounded share of their fraction; a continuous law is represented by its N
        mid-quantiles, so that every sample of a size has the same composition.
        """
        if N < 1:
            raise ValueError(f"the number of particles must be positive, got {N}")
        if self.discrete:
            edges = np.rint(np.cumsum(self.fractions) * N).astype(np.int64)
            species = np.searchsorted(edges, np.arange(N), side="right")
            return np.asarray(self.values)[species], species
        quantile = (np.arange(N) + 0.5) / N
        low, high = (v ** (1.0 - self.exponent) for v in self.values)
        diameters = (low + quantile * (high - low)) ** (1.0 / (1.0 - self.exponent))
        return diameters, np.zeros(N, dtype=np.int64)


@dataclass(frozen=True)
class Model:
    """A pair-potential glass former in ``dimension`` dimensions.

    ``potential`` is a key of the potentials (``relics.glass.potentials``), ``form`` the index of
    its compiled form, ``coefficients`` its numbers and ``cutoff`` the reduced distance r/sigma_ij
    beyond which pairs do not interact. Pair diameters follow
    ``sigma_ij = (d_i + d_j)/2 * (1 - nonadditivity * |d_i - d_j|)``. ``density`` is N/V, ``core``
    the reduced distance below which two particles count as overlapping, ``units`` and ``source``
    say what is measured in what and where the constants come from.
    """

    name: str
    dimension: int
    potential: str
    form: int
    coefficients: tuple[float, ...]
    cutoff: float
    nonadditivity: float
    density: float
    diameters: Diameters
    core: float
    units: str
    source: str

    @property
    def numbers(self) -> tuple[float, ...]:
        """The coefficients padded with zeros to the length that compiled kernels expect."""
        return (*self.coefficients, *(0.0,) * (7 - len(self.coefficients)))

    def pair_diameters(self) -> np.ndarray:
        """Interaction diameters between the listed diameters, shape ``(S, S)``."""
        d = np.asarray(self.diameters.values)
        return mixed_diameter(d[:, None], d[None, :], self.nonadditivity)

    def largest_pair_diameter(self, diameters: np.ndarray) -> float:
        """Largest interaction diameter among particles of the given diameters."""
        d = np.unique(diameters)
        if len(d) > 64:  # sigma_ij grows with both diameters: its maximum is at the largest pair
            d = d[-1:]
        return float(mixed_diameter(d[:, None], d[None, :], self.nonadditivity).max())


def mixed_diameter(a: np.ndarray, b: np.ndarray, nonadditivity: float) -> np.ndarray:
    """``(a + b)/2 * (1 - nonadditivity * |a - b|)``, the interaction diameter of two particles.

    For diameters 1 and 1.4 and non-additivity 1/24 it is the 1, 1.18, 1.4 of the binary mixtures.
    """
    return 0.5 * (a + b) * (1.0 - nonadditivity * np.abs(a - b))


def _model(name: str, dimension: int, potential: str, **rest: object) -> Model:
    form, coefficients, cutoff = _kernels.PARAMETERS[potential]
    return Model(
        name=name,
        dimension=dimension,
        potential=potential,
        form=_kernels.FORMS.index(form),
        coefficients=coefficients,
        cutoff=cutoff,
        **rest,  # type: ignore[arg-type]
    )


BINARY = Diameters((1.0, 1.4), (0.5, 0.5))
LERNER_2016 = "Lerner, During, Bouchbinder, Phys. Rev. Lett. 117, 035501 (2016); LB21 refs 52, 53"


def _binary(dimension: int, density: float, source: str) -> Model:
    return _model(
        f"binary-r10-{dimension}d",
        dimension,
        "inverse-power-10-cut-1.48",
        nonadditivity=BINARY_NONADDITIVITY,
        density=density,
        diameters=BINARY,
        core=0.25,
        units="length: diameter of the small particles; T_g about 0.5",
        source=source,
    )


def _polydisperse_r10(dimension: int, density: float) -> Model:
    suffix = "" if dimension == 3 else f"-{dimension}d"
    return _model(
        f"polydisperse-r10{suffix}",
        dimension,
        "inverse-power-10-cut-1.4",
        nonadditivity=0.1,
        density=density,
        diameters=Diameters((1.0, 2.22)),
        core=0.25,
        units="length: smallest diameter; onset of activated relaxation near T = 0.66",
        source=(
            "Lerner, J. Non-Cryst. Solids 522, 119570 (2019); density inferred, not read there: in "
            "three dimensions energies of quenched liquids then leave their plateau at T = 0.7"
        ),
    )


def _sticky(cutoff: str, numbers: tuple[float, ...], reach: float) -> Model:
    return Model(
        name=f"sticky-{cutoff}",
        dimension=3,
        potential=f"sticky-{cutoff}",
        form=_kernels.FORMS.index("sticky"),
        coefficients=numbers,
        cutoff=reach,
        nonadditivity=BINARY_NONADDITIVITY,
        density=0.52,
        diameters=BINARY,
        core=0.25,
        units="length: Lennard-Jones diameter of the small particles; cut-off in minimum distances",
        source=(
            "Karmakar, Lerner, Procaccia, Zylberg, Phys. Rev. E 83, 046106 (2011); density not "
            "confirmed there: chosen so that the quenched pressure is near zero for R >= 1.3"
        ),
    )


def _contact(form: str, dimension: int, packing_fraction: float) -> Model:
    ball = {2: np.pi / 4, 3: np.pi / 6}[dimension]
    mean_volume = ball * (1.0 + 1.4**dimension) / 2
    return _model(
        f"{form}-{dimension}d",
        dimension,
        form,
        nonadditivity=0.0,
        density=packing_fraction / mean_volume,
        diameters=BINARY,
        core=1e-6,
        units=f"length: small diameter; packing fraction {packing_fraction}",
        source="O'Hern, Silbert, Liu, Nagel, Phys. Rev. E 68, 011306 (2003)",
    )


MODELS: dict[str, Model] = {
    m.name: m
    for m in (
        _binary(2, 0.86, LERNER_2016),
        _binary(3, 0.82, LERNER_2016),
        _binary(4, 0.80, "Kapteijns, Bouchbinder, Lerner, Phys. Rev. Lett. 121, 055501 (2018)"),
        _polydisperse_r10(3, 0.50),
        _polydisperse_r10(2, 0.64),
        _model(
            "polydisperse-r12",
            3,
            "inverse-power-12-cut-1.25",
            nonadditivity=0.2,
            density=1.0,
            # sizes with mean one and ratio 2.219
            diameters=Diameters((3.219 / 4.438, 3.219 / 2)),
            core=0.25,
            units="length: mean diameter; mode-coupling temperature 0.104",
            source="Ninarello, Berthier, Coslovich, Phys. Rev. X 7, 021039 (2017); KRZ21 Eq. 1",
        ),
        *(
            _sticky(r, *_kernels.PARAMETERS[f"sticky-{r}"][1:])
            for r in ("1.1", "1.2", "1.3", "1.4", "1.5")
        ),
        _contact("hertzian", 3, 0.94),
        _contact("hertzian", 2, 1.00),
        _contact("harmonic", 3, 0.70),
        _contact("harmonic", 2, 0.90),
        _model(
            "one-component-r6",
            3,
            "inverse-power-6-cut-3",
            nonadditivity=0.0,
            density=1.0,
            diameters=Diameters((1.0,), (1.0,)),
            core=0.1,
            units="length: the potential's sigma, which is the mean spacing at this density",
            source="Laird, Schober, Phys. Rev. Lett. 66, 636 (1991)",
        ),
    )
}


def model(name: str) -> Model:
    """The model of this name; ``sticky-R`` with any number R above 1 is solved on the spot.

    Raises ``ValueError`` for names that are neither in ``MODELS`` nor of that form.
    """
    if name in MODELS:
        return MODELS[name]
    family, _, reach = name.partition("-")
    if family == "sticky":
        try:
            cutoff = float(reach)
        except ValueError:
            cutoff = float("nan")
        if 1.0 < cutoff <= 3.0:
            return _tuned_sticky(reach)
    known = ", ".join(MODELS)
    raise ValueError(f"unknown model {name!r}; known: {known}, and sticky-R with 1 < R <= 3")


def _tuned_sticky(reach: str) -> Model:
    from sympy import Rational

    from relics.glass.potentials import sticky

    solved = sticky(Rational(reach))
    return _sticky(reach, tuple(map(float, solved.coefficients)), float(solved.cutoff))


def with_density(name: str, density: float) -> Model:
    """The model of this name at another number density (N/V, positive)."""
    if not (np.isfinite(density) and density > 0):
        raise ValueError(f"the density must be positive, got {density}")
    return replace(model(name), density=float(density))
