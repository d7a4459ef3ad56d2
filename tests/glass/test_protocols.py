"""Shipped stores: they regenerate, and a store from another potential is told apart."""

import weakref
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from relics.glass import ensembles, models, protocols, swap, well_protocols, wells
from relics.glass.configuration import random_configuration
from relics.glass.tunnelling import ARGON, NIP, profile, profile_levels

STORES = protocols.stores()
COOLED = ("cooled-binary-r10-2d-400", "cooled-binary-r10-3d-500")
SAME_START = 5e-3
GOLDEN_FIRST_STEPS = [
    6.20002530250715,
    6.2117887365635625,
    6.224768035991958,
    6.238417954505904,
    6.254073244091336,
]


@pytest.mark.parametrize("name", COOLED)
def test_random_samples_of_a_shipped_store_are_made_again(name):
    """The same key starts the same run; what a chaotic trajectory ends in fits the ensemble.

    Even the start is a relaxation that magnifies rounding, up to 0.1 percent of the energy when
    sums run in another order; starts from different seeds lie several percent apart.
    """
    store = ensembles.read(STORES / name)
    protocol = protocols.protocol(name)
    chosen = np.random.default_rng(2026).choice(len(store.samples), 3, replace=False)
    energies = store.stack("energy")
    for sample in (store.samples[k] for k in chosen):
        again = ensembles.make(name, sample.seed)
        assert again.key == sample.key
        np.testing.assert_allclose(
            again.arrays["first_steps"], sample.arrays["first_steps"], rtol=SAME_START
        )
        for key, value in sample.arrays.items():
            assert again.arrays[key].shape == value.shape
        score = (again.arrays["energy"] - energies.mean()) / energies.std()
        assert abs(score) < 5.0
        assert set(protocol.observables(again.arrays)) == set(protocol.observables(sample.arrays))


@pytest.mark.parametrize("name", COOLED)
def test_starts_of_different_seeds_are_told_apart(name):
    """The tolerance of the comparison above would rarely take one seed for another."""
    first = ensembles.read(STORES / name).stack("first_steps")
    gaps = np.abs(first[:, None] / first[None] - 1.0).max(axis=2)
    others = gaps[~np.eye(len(first), dtype=bool)]
    assert (others < SAME_START).mean() < 0.15


def test_shipped_stores_are_whole_and_name_their_commands():
    found = sorted(p for p in STORES.iterdir() if p.is_dir())
    assert {p.name for p in found} >= {*COOLED, "equilibrated-0.092"}
    for path in found:
        status = ensembles.status(path)
        protocol = protocols.protocol(path.name)
        assert (status["model"], status["size"], status["protocol"]) == (
            protocol.model,
            protocol.size,
            protocol.number,
        )
        assert status["damaged"] == status["foreign"] == status["repeated"] == 0
        assert all(c.startswith(f"relics ensemble run {path.name} ") for c in status["commands"])


@pytest.mark.parametrize("name", COOLED)
def test_stored_modes_obey_their_bounds(name):
    store = ensembles.read(STORES / name)
    size = protocols.protocol(name).size
    frequency = store.stack("frequency")
    participation = store.stack("participation")
    assert (np.diff(frequency, axis=1) >= 0).all() and (frequency > 0).all()
    assert (participation >= 1 / size).all() and (participation <= 1).all()
    b2, b3, b4, _ = np.moveaxis(store.stack("nonlinear"), 2, 0)
    found = np.isfinite(b2)
    assert found.mean() > 0.9
    lowest = np.broadcast_to(frequency[:, :1] ** 2, b2.shape)
    assert (b2[found] >= lowest[found] * (1 - 1e-9)).all()
    assert (b3[found] < 0).all() and np.isfinite(b4[found]).all()


def test_shipped_states_are_in_equilibrium():
    """No drift between the halves, many correlation times, and the start forgotten."""
    judged = 0
    for path in sorted(STORES.glob("equilibrated-*")):
        for sample in ensembles.read(path).samples:
            energy = sample.arrays["energy"].astype(float)
            overlap = sample.arrays["overlap"].astype(float)
            found = swap.equilibration(swap.Trace(energy, overlap, 0.0, 0.0, 500))
            assert found.reached, (path.name, sample.seed, found)
            judged += 1
    assert judged >= 5


def test_states_of_one_temperature_have_one_energy():
    """Five independent runs, two sizes: they agree within their own errors."""
    means, errors = [], []
    for name in ("equilibrated-0.092", "equilibrated-0.092-500"):
        for sample in ensembles.read(STORES / name).samples:
            energy = sample.arrays["energy"].astype(float)
            means.append(energy.mean())
            errors.append(energy.std() * np.sqrt(swap.integrated_time(energy) / energy.size))
    means, errors = np.array(means), np.array(errors)
    centre = np.average(means, weights=errors**-2)
    assert (((means - centre) / errors) ** 2).sum() < 3.0 * len(means) + 10.0
    assert errors.max() < 2e-3


def test_the_modes_of_one_minimum_are_held_at_a_time(monkeypatch):
    """All modes of 1500 particles fill a third of a gigabyte, and one trajectory meets thirty minima.

    Every double well still gets the modes of its own lower minimum and its own copy by chance.
    """
    places = [random_configuration("binary-r10-2d", 16, seed) for seed in range(3)]
    order = [0, 1, 0, 2, 1]
    found = [
        SimpleNamespace(minimum=SimpleNamespace(configuration=places[k], energy=-float(k)), ab=i)
        for i, k in enumerate(order)
    ]
    alive: weakref.WeakSet = weakref.WeakSet()
    most, used = [], []

    class Modes:
        def __init__(self, conf):
            self.conf = conf
            alive.add(self)
            most.append(len(alive))

    monkeypatch.setattr(wells, "vibrations", Modes)
    monkeypatch.setattr(wells, "chance_copy", lambda ab, rng: (ab, rng.random()))
    monkeypatch.setattr(wells, "first_links", lambda *_: iter(()))
    monkeypatch.setattr(well_protocols, "_profile_values", lambda well: {"barrier": well.ab})

    def overlaps(well, modes, copy):
        used.append((well.ab, modes.conf, copy))
        return {"resolved_argon": 1.0, "resolved_nip": 1.0}

    monkeypatch.setattr(well_protocols, "_overlap_values", overlaps)
    monkeypatch.setattr(wells.paths, "NoPath", StopIteration)
    rows, unresolved = well_protocols._well_rows(found, found, found, np.random.default_rng(5))
    assert max(most) == 1 and len(most) == 3 and not unresolved
    assert rows[:, well_protocols.WELL_COLUMNS.index("barrier")].tolist() == [0, 1, 2, 3, 4]
    expected = np.random.default_rng(5).random(5)
    assert sorted(i for i, _, _ in used) == [0, 1, 2, 3, 4]
    for i, conf, copy in used:
        assert conf is places[order[i]] and copy == (i, expected[i])


def test_stored_double_wells_are_double_wells():
    column = {name: k for k, name in enumerate(well_protocols.WELL_COLUMNS)}
    for path in sorted(STORES.glob("wells-*")):
        store = ensembles.read(path)
        rows = np.concatenate([s.arrays["wells"] for s in store.samples])
        outcomes = store.stack("outcomes").sum(axis=0)
        assert outcomes[well_protocols.OUTCOMES.index("direct")] == len(rows)
        assert (rows[:, column["barrier"]] > rows[:, column["asymmetry"]]).all()
        assert (rows[:, column["length"]] >= rows[:, column["distance"]]).all()
        stiff = rows[:, [column["stiffness_first"], column["stiffness_second"]]].max(axis=1)
        for name, substance in (("argon", ARGON), ("nip", NIP)):
            splitting = rows[:, column[f"splitting_{name}"]]
            known = np.isfinite(splitting)
            assert (splitting[known] > 0).all()
            limit = 2.0 * substance.planck_reduced * np.sqrt(stiff)
            assert (splitting[known] < limit[known]).all()
            assert (~known).sum() <= outcomes[well_protocols.OUTCOMES.index("unresolved levels")]
        for field in ("first_link", "saddle", "minimum", "nonlinear"):
            c, a = rows[:, column[f"c_{field}"]], rows[:, column[f"a_{field}"]]
            known = np.isfinite(c)
            assert (c[known] <= a[known] + 1e-9).all() and (a[known] <= 1 + 1e-9).all()


def test_stored_profiles_give_the_stored_splittings_again():
    column = {name: k for k, name in enumerate(well_protocols.WELL_COLUMNS)}
    for path in sorted(STORES.glob("wells-*")):
        sample = ensembles.read(path).samples[0]
        for row, (s, v, slope) in zip(
            sample.arrays["wells"][:3], sample.arrays["profiles"], strict=False
        ):
            ends = row[column["stiffness_first"]], row[column["stiffness_second"]]
            found = profile_levels(profile(s, v, slope, ends), ARGON.planck_reduced)
            assert found.splitting == pytest.approx(row[column["splitting_argon"]], rel=1e-6)


def test_stored_examples_lead_back_to_their_double_well():
    """Minimised again from single precision: energies differ by the stored asymmetry."""
    column = {name: k for k, name in enumerate(well_protocols.WELL_COLUMNS)}
    sample = ensembles.read(STORES / "wells-0.092-500").samples[0]
    rows = sample.arrays["wells"]
    row = rows[np.nanargmin(rows[:, column["splitting_argon"]])]
    first, second = well_protocols.example_minima(0.092, 500, sample.seed)
    assert second.energy - first.energy == pytest.approx(row[column["asymmetry"]], abs=1e-7)
    with pytest.raises(ValueError):
        well_protocols.example_minima(0.092, 500, 999_999)


def test_stored_first_links_obey_parseval():
    for path in sorted(STORES.glob("links-*")):
        for sample in ensembles.read(path).samples:
            overlap = sample.arrays["overlap"]
            known = np.isfinite(overlap).all(axis=1)
            assert known[0]
            np.testing.assert_allclose((overlap[known] ** 2).sum(axis=1), 1.0, atol=1e-8)
            assert (np.diff(sample.arrays["frequency"]) >= 0).all()


def test_repeated_double_wells_are_counted_once():
    rows = np.random.default_rng(0).normal(size=(6, len(well_protocols.WELL_COLUMNS)))
    rows[4] = rows[1]
    rows[4, 0] += 3e-6
    rows[5, 1:] = rows[2, 1:]
    np.testing.assert_array_equal(well_protocols.distinct_wells(rows), rows[[0, 1, 2, 3, 5]])
    with pytest.raises(ValueError):
        well_protocols.distinct_wells(rows[:, :4])


SMALL = protocols._cooled_glass("binary-r10-2d", 64)


def made(seeds):
    return [
        ensembles.Sample(SMALL.model, 64, 1, seed, SMALL.make(seed, Path("nowhere/x.npz")))
        for seed in seeds
    ]


def test_store_from_a_wrong_potential_is_rejected(monkeypatch):
    """Same density and sizes, r^-10 cut at 1.4 in place of 1.48: only live samples can tell."""

    def observables(sample):
        return SMALL.observables(sample.arrays)

    right = ensembles.Contents(tuple(made(range(20))), (), (), (), 0)
    live = made(range(100, 106))
    assert ensembles.compare(live, right, observables).compatible()
    other = models.model("polydisperse-r10")
    wrong_law = replace(
        models.model("binary-r10-2d"),
        potential=other.potential,
        coefficients=other.coefficients,
        cutoff=other.cutoff,
    )
    monkeypatch.setitem(models.MODELS, "binary-r10-2d", wrong_law)
    wrong = ensembles.Contents(tuple(made(range(20))), (), (), (), 0)
    monkeypatch.undo()
    comparison = ensembles.compare(live, wrong, observables)
    assert not comparison.compatible(0.001)


def test_procedures_have_not_changed_under_their_number():
    """Golden numbers of protocol number 1: change the number when the procedure changes."""
    swap = well_protocols._equilibrate("polydisperse-r12", 110, 0.2, 2000)(5, Path("nowhere/x.npz"))
    assert swap["energy"].shape == (4,) and swap["overlap"].shape == (2,)
    assert well_protocols._stages(0.092, 200_000) == [
        (0.25, 2),
        (0.15, 4),
        (0.12, 8),
        (0.1, 8),
        (0.092, 200),
        (0.092, 200),
    ]
    first = SMALL.make(0, Path("nowhere/x.npz"))["first_steps"]
    np.testing.assert_allclose(first, GOLDEN_FIRST_STEPS, rtol=SAME_START)


def test_interrupted_equilibration_goes_on_to_the_same_state(tmp_path, monkeypatch):
    make = well_protocols._equilibrate("polydisperse-r12", 110, 0.2, 3000)
    whole = make(7, tmp_path / "whole.npz")
    keep, kept = well_protocols._keep, []

    def interrupt(path, **arrays):
        keep(path, **arrays)
        kept.append(path)
        if len(kept) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(well_protocols, "_keep", interrupt)
    with pytest.raises(KeyboardInterrupt):
        make(7, tmp_path / "broken.npz")
    monkeypatch.setattr(well_protocols, "_keep", keep)
    resumed = make(7, tmp_path / "broken.npz")
    for name, value in whole.items():
        np.testing.assert_array_equal(value, resumed[name])


def test_unknown_protocols_and_states_are_refused():
    with pytest.raises(ValueError, match="unknown ensemble"):
        protocols.protocol("cooled-nothing-3")
    with pytest.raises(ValueError, match="not a protocol"):
        protocols.protocol("math:pi")
    with pytest.raises(ValueError, match="no state"):
        well_protocols.equilibrated_state(0.092, 1500, 10**6)
