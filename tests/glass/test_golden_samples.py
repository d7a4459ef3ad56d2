"""Shipped samples are made again; golden numbers of procedures; wrong potentials are noticed."""

from dataclasses import replace

import numpy as np
import pytest

from relics.glass import (
    ensembles,
    mode_protocols,
    models,
    procedures,
    protocols,
    swap,
    well_protocols,
    wells,
)
from relics.glass.configuration import Configuration, random_configuration
from relics.glass.energy import energy_and_forces
from relics.glass.hessian import hessian
from relics.glass.hybrids import compose
from relics.glass.minimise import minimise
from relics.glass.modes import lowest_modes, participation_ratio

STORES = protocols.stores()
SAME_START = 5e-3
COOLED = {
    "spectrum-one-component-r6-500": mode_protocols.COOLING_R6,
    "hybrids-binary-r10-2d-2500": mode_protocols.COOLING_PLANE,
    "structure-binary-r10-3d-1000": mode_protocols.LIQUID,
}
HYBRIDS = "hybrids-binary-r10-2d-2500"
MINIMA = {name: 3 for name in ("minimum-0.092-1500", "minimum-0.07-500")}
WELLS = sorted(p.name for p in STORES.glob("wells-*") if (p / ensembles.MANIFEST).is_file())


def some(name, count=3):
    """Up to ``count`` samples of a shipped store, chosen at random but always the same."""
    samples = ensembles.read(STORES / name).samples
    rng = np.random.default_rng(2026)
    return [samples[k] for k in rng.choice(len(samples), min(count, len(samples)), replace=False)]


@pytest.mark.parametrize("name", COOLED)
def test_melts_of_stored_samples_are_made_again(name):
    """The same key starts the same run."""
    for sample in some(name):
        _, _, first = procedures.melt(sample.model, sample.size, sample.seed, COOLED[name])
        np.testing.assert_allclose(first, sample.arrays["first_steps"], rtol=SAME_START)


@pytest.mark.parametrize("name", ["spectrum-one-component-r6-500", "structure-harmonic-3d-1000"])
def test_where_a_sample_ends_fits_the_ensemble(name):
    """A cooled melt is chaotic; a packing goes downhill all the way and repeats exactly."""
    store = ensembles.read(STORES / name)
    (sample,) = some(name, 1)
    again = ensembles.make(name, sample.seed)
    assert again.key == sample.key
    assert again.arrays.keys() == sample.arrays.keys()
    for key, value in again.arrays.items():
        assert value.shape == sample.arrays[key].shape
    everyone = store.stack("pressure")
    assert abs(again.arrays["pressure"] - everyone.mean()) < 5 * everyone.std()
    if "first_steps" not in again.arrays:
        np.testing.assert_allclose(again.arrays["pressure"], sample.arrays["pressure"], rtol=1e-6)


def test_stored_hybrids_are_minima_and_their_modes_are_found_again():
    held = [s for s in ensembles.read(STORES / HYBRIDS).samples if len(s.arrays["hybrid"])]
    assert held
    law = models.model("binary-r10-2d")
    for sample in held[:1]:
        species = sample.arrays["species"].astype(int)
        box = np.full(2, np.sqrt(len(species) / law.density))
        sizes = np.asarray(law.diameters.values)[species]
        conf = Configuration(sample.arrays["positions"], box, sizes, species, law.name)
        energy, forces = energy_and_forces(conf)[:2]
        assert energy / conf.N == pytest.approx(sample.arrays["energy"].item(), rel=1e-12)
        assert np.abs(forces).max() < 1e-9
        count = len(sample.arrays["frequency"])
        seen = compose(conf, count, 6, np.random.default_rng(sample.seed))
        np.testing.assert_allclose(seen.frequency, sample.arrays["frequency"], rtol=1e-9)
        np.testing.assert_allclose(seen.transverse, sample.arrays["transverse"], atol=1e-6)
        assert seen.hybrid() is not None


@pytest.mark.parametrize("name", ["bands-polydisperse-r10-4000"])
def test_annealed_samples_start_as_recorded(name):
    """Monte Carlo repeats exactly until sums round differently: the first blocks agree."""
    size = protocols.protocol(name).size
    for sample in some(name, 2):
        state = swap.start(random_configuration("polydisperse-r10", size, sample.seed), sample.seed)
        hot, sweeps = mode_protocols.BAND_COOLING[0]
        _, trace = swap.advance(swap.restart(state), hot, sweeps // 100, 100)
        recorded = sample.arrays["parent_energy"][: sweeps // 100]
        np.testing.assert_allclose(trace.energy / size, recorded, rtol=SAME_START)


def test_annealed_samples_have_nearly_come_to_rest():
    """Energies fall from stage to stage, by less than half a percent in the last 1000 sweeps."""
    store = ensembles.read(STORES / "bands-polydisperse-r10-4000")
    record = store.stack("parent_energy").astype(float)
    ends = np.cumsum([sweeps // 100 for _, sweeps in mode_protocols.BAND_COOLING])
    assert (np.diff(record[:, ends - 1], axis=1) < 0).all()
    last = record[:, ends[-1] :].reshape(len(record), 3, -1).mean(axis=2)
    assert (last[:, 2] < record[:, ends[-1] - 1]).all()
    assert np.abs(last[:, 2] / last[:, 1] - 1).max() < 5e-3


@pytest.mark.parametrize("name", sorted(MINIMA))
def test_minima_of_shipped_states_have_the_stored_modes(name):
    for sample in some(name):
        if sample.seed % well_protocols.RUNS_PER_STATE:
            continue
        temperature = float(sample.model.partition("@")[2])
        number = sample.seed // well_protocols.RUNS_PER_STATE
        found = minimise(well_protocols.equilibrated_state(temperature, sample.size, number))
        energy = found.energy / sample.size
        assert energy == pytest.approx(sample.arrays["energy"].item(), rel=1e-10)
        stiffness, fields = lowest_modes(hessian(found.configuration), 30)
        softest = slice(3, 33)
        np.testing.assert_allclose(
            np.sqrt(stiffness), sample.arrays["frequency"][softest], rtol=1e-5
        )
        np.testing.assert_allclose(
            participation_ratio(fields), sample.arrays["participation"][softest], rtol=1e-4
        )


@pytest.mark.parametrize("name", sorted(MINIMA))
def test_stored_spectra_are_complete(name):
    """As many modes as coordinates, three of them free; the waves are found among them."""
    for sample in some(name):
        a = sample.arrays
        assert len(a["frequency"]) == 3 * sample.size
        assert np.sum(np.abs(a["frequency"]) < 1e-4) == 3
        assert a["transverse"].sum() == pytest.approx(12, rel=1e-5)
        assert (a["participation"] >= 1 / sample.size).all()


# Energies per particle of the minima that the first three quenches from state 0 lead to.
GOLDEN_WELLS = {
    0.092: ((0, 1, 2), (0.21060635325245983, 0.21006837969795505, 0.21013143002441506)),
    0.07: ((0, 1, 1), (0.19385054494664494, 0.19374336851865825)),
}


def first_minima(temperature, size, seed, quenches=3):
    state = well_protocols.equilibrated_state(
        temperature, size, seed // well_protocols.RUNS_PER_STATE
    )
    rng = np.random.default_rng((size, seed))
    return wells.explore(state, well_protocols.EXPLORING_TEMPERATURE, quenches, rng)


@pytest.mark.parametrize("temperature", sorted(GOLDEN_WELLS))
def test_the_search_for_wells_has_not_changed_under_its_number(temperature):
    seen = first_minima(temperature, 500, 0)
    sequence, energies = GOLDEN_WELLS[temperature]
    assert seen.sequence == sequence
    np.testing.assert_allclose([m.energy / 500 for m in seen.minima], energies, rtol=1e-9)


def test_trajectories_of_stored_wells_meet_the_same_minima():
    for sample in (sample for name in WELLS for sample in some(name)):
        temperature = float(sample.model.partition("@")[2])
        seen = first_minima(temperature, sample.size, sample.seed)
        count = len(seen.minima)
        np.testing.assert_array_equal(seen.sequence, sample.arrays["sequence"][:3])
        np.testing.assert_allclose(
            [m.energy / sample.size for m in seen.minima],
            sample.arrays["minima"][:count],
            rtol=1e-9,
        )


def test_the_shipped_store_accepts_its_potential_and_rejects_another(monkeypatch):
    """Same density, sizes and range of energies; the cut-off of the r^-10 law is 1.4, not 1.48."""
    name = "cooled-binary-r10-2d-400"
    store = ensembles.read(STORES / name)
    measure = protocols.protocol(name).observables

    def observables(sample):
        return measure(sample.arrays)

    seeds = range(10**6, 10**6 + 4)
    right = ensembles.compare([ensembles.make(name, s) for s in seeds], store, observables)
    assert right.compatible()
    law, other = models.model("binary-r10-2d"), models.model("polydisperse-r10")
    wrong = replace(
        law, potential=other.potential, coefficients=other.coefficients, cutoff=other.cutoff
    )
    monkeypatch.setitem(models.MODELS, law.name, wrong)
    live = [ensembles.make(name, s) for s in seeds]
    assert not ensembles.compare(live, store, observables).compatible(1e-4)
