"""Strain, field and their coupling in a crystal without inversion symmetry.

The free-energy density is F(u, E) = u lambda u/2 - k E eps E/2 + beta E u with k the field constant
of the unit system (epsilon_0 in SI, 1/(4 pi) in Gaussian). Tensors are full arrays: strain u (3, 3)
and dielectric tensor eps (3, 3) symmetric; beta (3, 3, 3) symmetric in the last two indices;
stiffness lambda (3, 3, 3, 3) symmetric in both pairs and under their exchange. LSW06 Sec. II.B.
"""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize

from relics.domain import finite, positive
from relics.quadrature import derivative
from relics.unit_systems import field_constant

Array = NDArray[np.float64]

VOIGT = ((0, 0), (1, 1), (2, 2), (1, 2), (0, 2), (0, 1))
"""Pairs of Cartesian indices in the order xx, yy, zz, yz, xz, xy."""

_SYMMETRIES = {
    "u": (2, ((1, 0),)),
    "eps": (2, ((1, 0),)),
    "beta": (3, ((0, 2, 1),)),
    "lam": (4, ((1, 0, 2, 3), (0, 1, 3, 2), (2, 3, 0, 1))),
    "E": (1, ()),
}


def checked(**tensors: ArrayLike) -> tuple[Array, ...]:
    """The tensors as arrays, if each has its shape and symmetry; ValueError naming it otherwise.

    Names: u, eps, beta, lam, E, as in the module's text.
    """
    out = []
    for name, value in tensors.items():
        (array,) = finite(**{name: value})
        rank, symmetries = _SYMMETRIES[name]
        if array.shape != (3,) * rank:
            raise ValueError(f"{name} must have shape {(3,) * rank}, got {array.shape}")
        for order in symmetries:
            if not np.allclose(
                array, array.transpose(order), rtol=1e-9, atol=1e-9 * np.abs(array).max()
            ):
                raise ValueError(f"{name} lacks the symmetry under the exchange of indices {order}")
        out.append(array)
    return tuple(out)


def stress(u: ArrayLike, E: ArrayLike, lam: ArrayLike, beta: ArrayLike) -> Array:
    """dF/du: lambda u + beta E, shape (3, 3)."""
    u, E, lam, beta = checked(u=u, E=E, lam=lam, beta=beta)
    return np.einsum("ijkl,kl->ij", lam, u) + np.einsum("ijk,i->jk", beta, E)


def induction(
    u: ArrayLike, E: ArrayLike, eps: ArrayLike, beta: ArrayLike, system: str = "SI"
) -> Array:
    """Electric induction D = -(1/k') dF/dE, shape (3,), k' = 1 in SI and 1/(4 pi) in Gaussian."""
    u, E, eps, beta = checked(u=u, E=E, eps=eps, beta=beta)
    k = field_constant(system)
    polar = -np.einsum("ijk,jk->i", beta, u)
    return k * eps @ E + polar if system == "SI" else eps @ E + polar / k


def free_energy(
    u: ArrayLike, E: ArrayLike, lam: ArrayLike, eps: ArrayLike, beta: ArrayLike, system: str = "SI"
) -> float:
    """Free-energy density F(u, E), natural variables strain and field. LSW06 Eq. 7."""
    u, E, lam, eps, beta = checked(u=u, E=E, lam=lam, eps=eps, beta=beta)
    k = field_constant(system)
    elastic = 0.5 * np.einsum("ij,ijkl,kl", u, lam, u)
    return float(elastic - 0.5 * k * E @ eps @ E + np.einsum("ijk,i,jk", beta, E, u))


def reversible_work(
    strains: ArrayLike,
    fields: ArrayLike,
    lam: ArrayLike,
    eps: ArrayLike,
    beta: ArrayLike,
    system: str = "SI",
) -> float:
    """Work density of leading a crystal through a sequence of states, the sum of stress du - k' D dE.

    `strains` (n, 3, 3) and `fields` (n, 3) are the states, n >= 2, joined by straight steps; stress
    and induction at the middle of a step are their means over it. A closed path costs nothing, and
    one from rest costs the free energy, whatever lies between. LSW06 Sec. II.B.
    """
    strains, fields = finite(strains=strains, fields=fields)
    n = len(strains) if strains.ndim else 0
    if n < 2 or strains.shape != (n, 3, 3) or fields.shape != (n, 3):
        raise ValueError(
            f"strains and fields need shapes (n, 3, 3) and (n, 3), n >= 2, got {strains.shape}, {fields.shape}"
        )
    prime = 1.0 if system == "SI" else field_constant(system)
    work = 0.0
    for k in range(n - 1):
        u, E = (strains[k] + strains[k + 1]) / 2, (fields[k] + fields[k + 1]) / 2
        work += np.sum(stress(u, E, lam, beta) * (strains[k + 1] - strains[k]))
        work -= prime * induction(u, E, eps, beta, system) @ (fields[k + 1] - fields[k])
    return float(work)


def internal_field(u: ArrayLike, eps: ArrayLike, beta: ArrayLike, system: str = "SI") -> Array:
    """Field in a strained crystal without external charges, shape (3,). LSW06 Eq. 9."""
    u, eps, beta = checked(u=u, eps=eps, beta=beta)
    return np.linalg.solve(field_constant(system) * eps, np.einsum("ijk,jk->i", beta, u))


def stiffened(lam: ArrayLike, eps: ArrayLike, beta: ArrayLike, system: str = "SI") -> Array:
    """Apparent stiffness once the field is eliminated, shape (3, 3, 3, 3). LSW06 Eq. 11."""
    lam, eps, beta = checked(lam=lam, eps=eps, beta=beta)
    inverse = np.linalg.inv(field_constant(system) * eps)
    return lam + np.einsum("mn,mij,nkl->ijkl", inverse, beta, beta)


def energy_without_charges(
    u: ArrayLike, lam: ArrayLike, eps: ArrayLike, beta: ArrayLike, system: str = "SI"
) -> float:
    """Energy density of a strained crystal without external charges, by a search for its field.

    The free energy is maximised over the field by quasi-Newton steps along its slope, the
    induction; neither the stiffened tensor nor the inverse of `eps` is formed. `eps` must be
    positive definite. LSW06 Eq. 10.
    """
    u, lam, eps, beta = checked(u=u, lam=lam, eps=eps, beta=beta)
    lowest = float(np.linalg.eigvalsh(eps)[0])
    if lowest <= 0:
        raise ValueError(f"eps must be positive definite, its lowest eigenvalue is {lowest:g}")
    k = field_constant(system)
    prime = 1.0 if system == "SI" else k
    size = float(np.linalg.norm(np.einsum("ijk,jk->i", beta, u))) / (k * lowest)
    if size == 0:
        return free_energy(u, np.zeros(3), lam, eps, beta, system)
    scale = k * size**2

    def lowering(x: Array) -> tuple[float, Array]:
        E = size * x
        raised = free_energy(u, E, lam, eps, beta, system) - rest
        return -raised / scale, prime * induction(u, E, eps, beta, system) * size / scale

    rest = free_energy(u, np.zeros(3), lam, eps, beta, system)
    found = minimize(lowering, np.zeros(3), jac=True, options={"gtol": 1e-11})
    return rest - scale * float(found.fun)


def energy_of_phonon(
    phonon: ArrayLike,
    region: ArrayLike,
    lam: ArrayLike,
    eps: ArrayLike,
    beta: ArrayLike,
    system: str = "SI",
) -> float:
    """Energy density that a phonon's strain adds to a region which is strained already.

    Work of switching the strain `phonon` (3, 3) on above the strain `region` (3, 3), the field
    following so that no external charge is needed. LSW06 Eq. 14 without the energy of the region.
    """
    phonon, region = checked(u=phonon)[0], checked(u=region)[0]
    strains = np.array([region, region + phonon])
    fields = np.array([internal_field(u, eps, beta, system) for u in strains])
    return reversible_work(strains, fields, lam, eps, beta, system)


def energy_at_fixed_induction(
    u: ArrayLike, D: ArrayLike, lam: ArrayLike, eps: ArrayLike, beta: ArrayLike, system: str = "SI"
) -> float:
    """Energy density with strain and induction as variables, by maximising over the field.

    The potential F + k' E.D, whose differential is stress du + k' E dD. The maximum is taken
    numerically, so that no sign is assumed. LSW06 Sec. II.B, before Eq. 13.
    """
    u, E_D, lam, eps, beta = checked(u=u, E=D, lam=lam, eps=eps, beta=beta)
    k = field_constant(system)
    prime = 1.0 if system == "SI" else k
    pull = prime * E_D + np.einsum("ijk,jk->i", beta, u)
    E = np.linalg.solve(k * eps, pull)
    return free_energy(u, E, lam, eps, beta, system) + prime * float(E @ E_D)


def transition_dipole(
    field_change: ArrayLike, volume: float, eps: float, system: str = "SI"
) -> Array:
    """Dipole of a region whose internal field changes by the given mean at fixed induction.

    -k eps (field change) volume, shape (3,): the field inside a polarised body opposes its
    polarisation. LSW06 Eq. 13 with its sign corrected.
    """
    (change,) = checked(E=field_change)
    if not (volume > 0 and eps > 0):
        raise ValueError(f"volume and eps must be positive, got {volume} and {eps}")
    return -field_constant(system) * eps * change * volume


def coupling_tensor(lam: ArrayLike, integrated_strain: ArrayLike) -> Array:
    """g = lambda (integral of the tunnelling strain)/2, an energy, shape (3, 3). LSW06 Eq. 16.

    `integrated_strain` (3, 3) is symmetric, a volume.
    """
    lam, strain = checked(lam=lam, u=integrated_strain)
    return 0.5 * np.einsum("ijkl,kl->ij", lam, strain)


def integrated_strain(displacement, edges: ArrayLike, nodes: int = 12) -> Array:
    """Integral over a box of the symmetrised gradient of a displacement, from its surface alone.

    `displacement` maps points (..., 3) to vectors (..., 3); the box spans 0 to `edges` (3,).
    Gauss-Legendre of the given number of nodes on each face. LSW06 Sec. II.B, after Eq. 16.
    """
    (edges,) = finite(edges=edges)
    if edges.shape != (3,) or np.any(edges <= 0):
        raise ValueError(f"edges must be three positive lengths, got {edges}")
    x, w = np.polynomial.legendre.leggauss(nodes)
    x, w = (x + 1) / 2, w / 2
    flux = np.zeros((3, 3))
    for axis in range(3):
        p, q = (k for k in range(3) if k != axis)
        P, Q = np.meshgrid(x * edges[p], x * edges[q], indexing="ij")
        area = np.outer(w, w) * edges[p] * edges[q]
        for side, sign in ((edges[axis], 1.0), (0.0, -1.0)):
            points = np.empty((nodes, nodes, 3))
            points[..., p], points[..., q], points[..., axis] = P, Q, side
            flux[axis] += sign * np.einsum("ab,abi->i", area, displacement(points))
    return 0.5 * (flux + flux.T)


# Crystal class 32: a threefold axis along z and a twofold axis along x, as in alpha quartz.


def point_group_32() -> Array:
    """The six rotations of class 32, shape (6, 3, 3), generated from its two axes."""
    c, s = -0.5, np.sqrt(3) / 2
    threefold = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1.0]])
    twofold = np.diag([1.0, -1.0, -1.0])
    powers = [np.linalg.matrix_power(threefold, k) for k in range(3)]
    return np.array([p @ t for p, t in itertools.product(powers, (np.eye(3), twofold))])


def rotated(tensor: ArrayLike, rotation: ArrayLike) -> Array:
    """The tensor with every index turned by the rotation (3, 3)."""
    tensor, rotation = np.asarray(tensor, float), np.asarray(rotation, float)
    for axis in range(tensor.ndim):
        tensor = np.moveaxis(np.tensordot(rotation, tensor, axes=(1, axis)), 0, axis)
    return tensor


def symmetrised(tensor: ArrayLike, group: ArrayLike) -> Array:
    """Average of the tensor over a group of rotations: the part that the crystal allows.

    ``group`` (n, 3, 3); raises ``ValueError`` for another shape.
    """
    rotations = np.asarray(group, dtype=float)
    if rotations.ndim != 3 or rotations.shape[1:] != (3, 3):
        raise ValueError(f"a group of rotations must be (n, 3, 3), got {rotations.shape}")
    return np.mean([rotated(tensor, r) for r in rotations], axis=0)


def independent_constants(name: str, group: ArrayLike) -> int:
    """Number of independent constants of a tensor (eps, beta or lam) in a crystal class."""
    if name not in ("eps", "beta", "lam"):
        raise ValueError(f"name must be eps, beta or lam, got {name!r}")
    rank, symmetries = _SYMMETRIES[name]
    allowed = []
    for index in itertools.product(range(3), repeat=rank):
        unit = np.zeros((3,) * rank)
        unit[index] = 1.0
        for order in symmetries:
            unit = unit + unit.transpose(order)
        allowed.append(symmetrised(unit, group).ravel())
    return int(np.linalg.matrix_rank(np.array(allowed), tol=1e-9))


def piezoelectric_class_32(e11: float, e14: float) -> Array:
    """beta of class 32: beta_x,xx = e11 and beta_x,yz = e14, with all that symmetry makes of them."""
    finite(e11=e11, e14=e14)
    beta = np.zeros((3, 3, 3))
    beta[0, 0, 0], beta[0, 1, 1] = e11, -e11
    beta[1, 0, 1] = beta[1, 1, 0] = -e11
    beta[0, 1, 2] = beta[0, 2, 1] = e14
    beta[1, 0, 2] = beta[1, 2, 0] = -e14
    return beta


def dielectric_uniaxial(across: float, along: float) -> Array:
    """eps of a uniaxial crystal with its axis along z."""
    finite(across=across, along=along)
    return np.diag([across, across, along]).astype(float)


def stiffness_class_32(
    c11: float, c33: float, c12: float, c13: float, c14: float, c44: float
) -> Array:
    """lambda of class 32 from its six constants; c66 = (c11 - c12)/2."""
    finite(c11=c11, c33=c33, c12=c12, c13=c13, c14=c14, c44=c44)
    c = np.zeros((6, 6))
    c[0, 0] = c[1, 1] = c11
    c[2, 2] = c33
    c[0, 1] = c12
    c[0, 2] = c[1, 2] = c13
    c[0, 3], c[1, 3], c[4, 5] = c14, -c14, c14
    c[3, 3] = c[4, 4] = c44
    c[5, 5] = (c11 - c12) / 2
    return from_voigt(c + np.triu(c, 1).T)


def from_voigt(matrix: ArrayLike) -> Array:
    """Stiffness (3, 3, 3, 3) from its symmetric 6 x 6 matrix, or beta (3, 3, 3) from its 3 x 6."""
    (matrix,) = finite(matrix=matrix)
    if matrix.shape == (6, 6):
        lam = np.empty((3, 3, 3, 3))
        for (a, (i, j)), (b, (k, m)) in itertools.product(enumerate(VOIGT), repeat=2):
            lam[i, j, k, m] = lam[j, i, k, m] = lam[i, j, m, k] = lam[j, i, m, k] = matrix[a, b]
        return checked(lam=lam)[0]
    if matrix.shape == (3, 6):
        beta = np.empty((3, 3, 3))
        for a, (i, j) in enumerate(VOIGT):
            beta[:, i, j] = beta[:, j, i] = matrix[:, a]
        return beta
    raise ValueError(f"matrix must have shape (6, 6) or (3, 6), got {matrix.shape}")


def to_voigt(lam: ArrayLike) -> Array:
    """6 x 6 matrix of a stiffness tensor; acting on strains with doubled shears it gives stresses."""
    (lam,) = checked(lam=lam)
    return np.array([[lam[i, j, k, m] for k, m in VOIGT] for i, j in VOIGT])


def is_stable(lam: ArrayLike) -> bool:
    """Whether every strain costs energy: the stiffness is positive definite. LSW06 Sec. IV."""
    (lam,) = checked(lam=lam)
    basis = []
    for i, j in VOIGT:
        u = np.zeros((3, 3))
        u[i, j] += 0.5
        u[j, i] += 0.5
        basis.append(u / np.linalg.norm(u))
    b = np.array(basis)
    return bool(np.linalg.eigvalsh(np.einsum("aij,ijkl,bkl->ab", b, lam, b))[0] > 0)


def stiffness_isotropic(lame: float, shear: float) -> Array:
    """lambda of an isotropic solid from its first Lame constant and its shear modulus."""
    finite(lame=lame, shear=shear)
    one = np.eye(3)
    across = np.einsum("ik,jl->ijkl", one, one) + np.einsum("il,jk->ijkl", one, one)
    return lame * np.einsum("ij,kl->ijkl", one, one) + shear * across


def acoustic_speeds(lam: ArrayLike, density: float, direction: ArrayLike) -> tuple[Array, Array]:
    """Speeds (3,) of the three sound waves along a direction, increasing, and polarisations (3, 3).

    Square roots of the eigenvalues of the acoustic tensor over the density; polarisations are unit
    columns. Units of `lam` over `density` are those of a square of speed. Raises ValueError for a
    direction (3,) without length and where the crystal is unstable.
    """
    (lam,) = checked(lam=lam)
    (density_,) = positive(density=density)
    (n,) = checked(E=direction)
    if not np.any(n):
        raise ValueError("direction has no length")
    n = n / np.linalg.norm(n)
    squares, polarisations = np.linalg.eigh(np.einsum("ijkl,j,l->ik", lam, n, n) / float(density_))
    if squares[0] < 0:
        raise ValueError(f"the crystal is unstable: a squared speed is {squares[0]:g}")
    return np.sqrt(squares), polarisations


def ionic_stiffness(charge: float, a: float, system: str = "SI") -> float:
    """Modulus of a solid of ionic bonds, charges +-`charge` a length `a` apart, one bond per a^3.

    Second derivative of the Coulomb energy of a bond with respect to its strain, by Cauchy's
    integral, over the volume of a cell. In Pa for C and m, erg/cm^3 for esu and cm. LSW06 Sec. II.B,
    before Eq. 12, with strain in the place of the length of the bond.
    """
    (charge_,), (a_,) = finite(charge=charge), positive(a=a)
    k = field_constant(system)
    size = float(charge_) ** 2 / (4 * np.pi * k * float(a_))
    return size * derivative(lambda strain: 1 / (1 + strain), 0.0, 0.25, order=2) / float(a_) ** 3


def charge_fraction(
    beta: ArrayLike, lam: ArrayLike, system: str = "gaussian", eps: float | None = None
) -> Array:
    """zeta from zeta^2 = beta^2/lambda, or from the share (4 pi/eps) beta^2/lambda if eps is given.

    `beta` and `lam` are single constants in the unit system named. LSW06 Eqs. 11, 12.
    """
    (beta,), (lam,) = finite(beta=beta), finite(lam=lam)
    if np.any(lam <= 0) or (eps is not None and not eps > 0):
        raise ValueError("lam and eps must be positive")
    k = field_constant(system)
    share = beta**2 / (k * lam)
    return np.sqrt(share / (4 * np.pi) if eps is None else share / eps)
