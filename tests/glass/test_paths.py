"""Bands on landscapes whose paths, saddles and tangents are known."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from relics.glass import paths

A, K = 0.8, 6.0


def bent(images):
    """V = (x^2-1)^2 + k (y - a (1-x^2))^2 / 2: minima (-1, 0), (1, 0), saddle (0, a) at V = 1."""
    x, y = images.T
    u, w = x**2 - 1.0, y - A * (1.0 - x**2)
    energy = u**2 + 0.5 * K * w**2
    gradient = np.stack([4.0 * x * u + 2.0 * K * A * x * w, K * w], axis=1)
    return energy, gradient


def three_wells(images):
    """A row of three wells at x = -1, 0, 1, the middle one higher; harmonic across."""
    x, y = images.T
    energy = 8.0 * x**2 * (x**2 - 1.0) ** 2 + 0.1 * (1 - x**2) + 2.0 * y**2
    slope = 16.0 * x * (x**2 - 1.0) ** 2 + 32.0 * x**3 * (x**2 - 1.0) - 0.2 * x
    return energy, np.stack([slope, 4.0 * y], axis=1)


ENDS = np.array([[-1.0, 0.0], [1.0, 0.0]])


@pytest.fixture(scope="module")
def band():
    start = paths.straight(*ENDS, 21)
    start[1:-1, 1] += 0.3
    return paths.relax(bent, start, tolerance=1e-8)


def test_climbing_image_finds_the_saddle(band):
    top = band.images[band.saddle]
    np.testing.assert_allclose(top, [0.0, A], atol=1e-6)
    assert band.energies[band.saddle] == pytest.approx(1.0, abs=1e-12)
    assert band.barriers == pytest.approx((1.0, 1.0), abs=1e-12)


def steepest_descent(points):
    """Path downhill from both sides of the saddle, integrated independently of any band."""
    from scipy.integrate import solve_ivp

    branches = []
    for side in (-1.0, 1.0):
        solution = solve_ivp(
            lambda t, z: -bent(z[None])[1][0],
            (0.0, 12.0),
            [side * 1e-5, A],
            rtol=1e-10,
            atol=1e-12,
            dense_output=True,
        )
        branches.append(solution.sol(np.linspace(0.0, 12.0, points)).T)
    return np.concatenate([branches[0][::-1], branches[1]])


def test_band_lies_on_the_path_of_steepest_descent():
    exact = steepest_descent(4000)
    errors = []
    for count in (11, 21, 41):
        start = paths.straight(*ENDS, count)
        start[1:-1, 1] += 0.3
        found = paths.relax(bent, start, tolerance=1e-8)
        gaps = np.linalg.norm(found.images[:, None] - exact[None], axis=2).min(axis=1)
        errors.append(gaps.max())
    assert errors[0] > 1.6 * errors[1] > 2.5 * errors[2]
    assert errors[-1] < 6e-3


def test_images_keep_equal_distances(band):
    links = np.diff(band.arc_length)
    one_side = links[: band.saddle]
    assert one_side.std() / one_side.mean() < 1e-5


def test_forces_across_the_path_vanish(band):
    energies, gradients = bent(band.images)
    forces = paths.band_forces(band.images, energies, gradients, 1.0, band.saddle)
    assert np.abs(gradients[band.saddle]).max() < 1e-8
    assert np.abs(forces).max() < 1e-8
    tangents = paths.improved_tangents(band.images, energies)
    across = gradients[1:-1] - np.einsum("ka,ka->k", gradients[1:-1], tangents)[:, None] * tangents
    assert np.abs(across).max() < 1e-8


def test_slopes_integrate_to_the_energy(band):
    from scipy.interpolate import CubicHermiteSpline

    s = band.arc_length
    step = np.diff(s)
    rise = np.diff(band.energies)
    simpson = step * (band.slopes[1:] + band.slopes[:-1]) / 2.0
    assert np.abs(simpson - rise).max() < 0.05 * np.abs(rise).max()
    spline = CubicHermiteSpline(s, band.energies, band.slopes)
    middle = 0.5 * (band.images[1:] + band.images[:-1])
    direct = bent(middle)[0]
    assert np.abs(spline(0.5 * (s[1:] + s[:-1])) - direct).max() < 0.03


def test_quadratic_descent_follows_the_equation_of_motion():
    stiffness, place = np.array([0.4, 0.7, 3.0]), np.array([0.2, -0.5, 0.9])
    np.testing.assert_allclose(
        paths.quadratic_descent(stiffness, place, 1.0), place / np.linalg.norm(place), rtol=1e-12
    )
    line = solve_ivp(
        lambda t, x: -stiffness * x, (0.0, 12.0), place, rtol=1e-11, atol=1e-14, dense_output=True
    )
    for time in (0.3, 2.0, 9.0):
        there = line.sol(time)
        share = np.linalg.norm(there) / np.linalg.norm(place)
        found = paths.quadratic_descent(stiffness, 7.0 * place, share)
        np.testing.assert_allclose(found, there / np.linalg.norm(there), rtol=1e-7, atol=1e-12)
    for start, end in ((place, [1.0, 0.0, 0.0]), ([0.0, 0.5, 0.9], [0.0, 1.0, 0.0])):
        found = paths.quadratic_descent(stiffness, start, 1e-100)
        np.testing.assert_allclose(found, end, atol=1e-12)
    np.testing.assert_array_equal(
        paths.quadratic_descent(stiffness, [0.0, 3.0, 0.0], 0.3), [0.0, 1.0, 0.0]
    )


def test_quadratic_descent_names_what_is_wrong():
    for stiffness, place, share in (
        ([1.0, 2.0], [1.0], 0.5),
        ([0.0, 2.0], [1.0, 1.0], 0.5),
        ([1.0, 2.0], [0.0, 0.0], 0.5),
        ([1.0, np.inf], [1.0, 1.0], 0.5),
        ([1.0, 2.0], [1.0, 1.0], 0.0),
        ([1.0, 2.0], [1.0, 1.0], 1.5),
    ):
        with pytest.raises(ValueError):
            paths.quadratic_descent(stiffness, place, share)


UPPER_HALF = np.array([ENDS[0], [-0.5, A], [0.0, A]])


def test_steepest_descent_meets_the_integrated_path_at_first_order():
    exact = steepest_descent(40_000)
    errors = []
    for count in (20, 40, 80):
        images = paths.steepest_descent(bent, UPPER_HALF, count, tolerance=1e-8)
        assert images.shape == (count, 2)
        np.testing.assert_array_equal(images[[0, -1]], UPPER_HALF[[0, -1]])
        links = np.linalg.norm(np.diff(images, axis=0), axis=1)
        assert np.ptp(links[1:]) < 1e-9 and links[0] == pytest.approx(links[1], rel=0.01)
        gaps = np.linalg.norm(images[:, None] - exact[None], axis=2).min(axis=1)
        errors.append(gaps.max())
    np.testing.assert_allclose(np.log2(errors[:-1]) - np.log2(errors[1:]), 1.0, atol=0.15)


def test_steepest_descent_has_the_images_of_a_band_with_as_many():
    images = paths.steepest_descent(bent, UPPER_HALF, 30, tolerance=1e-8)
    band = paths.relax(bent, paths.refined(images, 30), tolerance=1e-9, climb_below=0.0)
    np.testing.assert_allclose(images, band.images, atol=1e-3)


def test_steepest_descent_takes_any_inverse_for_its_steps():
    """An inverse Hessian changes what a step costs, not where it leads."""
    hessian = np.array([[8 + 4 * A**2 * K, -2 * A * K], [-2 * A * K, K]])
    shifts = set()

    def inverse(shift, forces):
        shifts.add(shift)
        return np.linalg.solve(hessian + shift * np.eye(2), forces[0])[None]

    plain = paths.steepest_descent(bent, UPPER_HALF, 25, tolerance=1e-8)
    helped = paths.steepest_descent(bent, UPPER_HALF, 25, tolerance=1e-8, precondition=inverse)
    np.testing.assert_allclose(plain, helped, atol=1e-7)
    assert min(shifts) >= 1.0 and len(shifts) > 20


def test_steepest_descent_says_what_it_cannot_do():
    for images, count, tolerance in (
        (UPPER_HALF[:1], 10, 1e-6),
        (np.array([UPPER_HALF[0], UPPER_HALF[0], UPPER_HALF[2]]), 10, 1e-6),
        (np.full((3, 2), np.nan), 10, 1e-6),
        (UPPER_HALF, 2, 1e-6),
        (UPPER_HALF, 10, 0.0),
    ):
        with pytest.raises(ValueError):
            paths.steepest_descent(bent, images, count, tolerance=tolerance)
    with pytest.raises(ValueError):
        paths.steepest_descent(bent, UPPER_HALF, 10, dimension=3)
    with pytest.raises(paths.NoPath):
        paths.steepest_descent(bent, UPPER_HALF, 10, tolerance=1e-12, limit=1)
    wrong = UPPER_HALF + np.array([[2.0, 0.0], [0.0, 0.0], [0.0, 0.0]])
    with pytest.raises(paths.NoPath, match="no step divides"):
        paths.steepest_descent(bent, wrong, 10, limit=2000)


def test_first_link_turns_into_the_soft_eigenvector():
    """KRZ21-u3: Hessian [[8+4a^2 k, -2 a k], [-2 a k, k]] at (-1, 0)."""
    hessian = np.array([[8 + 4 * A**2 * K, -2 * A * K], [-2 * A * K, K]])
    soft = np.linalg.eigh(hessian)[1][:, 0]
    start = paths.straight(*ENDS, 15)
    start[1:-1, 1] += 0.3
    images, angles = start, []
    for count in (15, 40, 150):
        images = paths.relax(bent, paths.refined(images, count), tolerance=1e-7).images
        link = images[1] - images[0]
        angles.append(np.degrees(np.arccos(abs(link @ soft) / np.linalg.norm(link))))
    assert angles[0] > angles[1] > angles[2]
    assert angles[-1] < 0.5


def test_first_link_is_where_a_descent_comes_close():
    """Against steepest descent integrated in axes that are not those of the modes."""
    stiffness, place = np.array([2.3, 0.7, 1.1]), np.array([0.4, -0.5, 0.3])
    axes = np.linalg.qr(np.random.default_rng(2).normal(size=(3, 3)))[0]
    matrix = axes @ np.diag(stiffness) @ axes.T

    def close(_, x):
        return abs(axes[:, 1] @ x) - 1 / 40

    close.terminal = True
    run = solve_ivp(
        lambda _, x: -matrix @ x, (0, 50), axes @ place, events=close, rtol=1e-11, atol=1e-14
    )
    end = axes.T @ run.y[:, -1]
    assert paths.first_link(stiffness, place, 40) == pytest.approx(
        end / np.linalg.norm(end), rel=1e-7
    )
    # far down the softest mode alone is left, and the numbers stay finite
    assert paths.first_link(stiffness, place, 1e300) == pytest.approx([0, -1, 0])


def test_well_on_the_way_is_reported_for_splitting():
    start = paths.straight(*ENDS, 21)
    start[1:-1, 1] += 0.1
    found = paths.relax(three_wells, start, stop_at_wells=0.3)
    assert found.wells == [10]
    np.testing.assert_allclose(found.images[10], [0.0, 0.0], atol=0.12)


def test_curvature_and_turning_of_a_circle():
    angle = np.linspace(0.0, 1.2, 60)
    circle = 2.5 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    np.testing.assert_allclose(paths.curvature(circle), 1 / 2.5, rtol=1e-4)
    assert paths.turning(circle) == pytest.approx(1.2 * 58 / 59, rel=1e-6)
    assert paths.turning(circle[:, ::-1]) == pytest.approx(1.2 * 58 / 59, rel=1e-6)


def test_refined_images_stay_on_the_curve():
    angle = np.linspace(0.0, 2.0, 15) ** 1.3
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    finer = paths.refined(circle, 50)
    assert np.abs(np.linalg.norm(finer, axis=1) - 1.0).max() < 1e-3
    links = np.diff(paths.arc_length(finer))
    assert links.std() / links.mean() < 1e-2
    np.testing.assert_array_equal(finer[[0, -1]], circle[[0, -1]])


def test_band_that_does_not_converge_is_an_error():
    start = paths.straight(*ENDS, 21)
    with pytest.raises(paths.NoPath):
        paths.relax(bent, start, tolerance=1e-12, limit=5)


@pytest.mark.parametrize(
    "call",
    [
        lambda: paths.straight([0.0, 0.0], [0.0, 0.0], 5),
        lambda: paths.straight([0.0, 0.0], [1.0, np.nan], 5),
        lambda: paths.straight([0.0], [1.0, 0.0], 5),
        lambda: paths.straight([0.0], [1.0], 2),
        lambda: paths.refined(np.eye(3), 2),
        lambda: paths.first_link([1.0, 0.0], [1.0, 1.0], 10),
        lambda: paths.first_link([1.0, 2.0], [0.0, 1.0], 10),
        lambda: paths.first_link([1.0, 2.0], [1.0, 1.0], 0.5),
        lambda: paths.first_link([1.0, 2.0], [1.0], 10),
        lambda: paths.relax(bent, ENDS),
        lambda: paths.relax(bent, np.full((5, 2), np.nan)),
        lambda: paths.relax(bent, np.zeros((5, 2))),
        lambda: paths.relax(bent, paths.straight(*ENDS, 5), spring=-1.0),
        lambda: paths.relax(bent, paths.straight(*ENDS, 5), tolerance=0.0),
    ],
)
def test_bad_input_is_refused(call):
    with pytest.raises(ValueError):
        call()
