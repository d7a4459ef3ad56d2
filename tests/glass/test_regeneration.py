"""Stored samples made again from their keys."""

import numpy as np
import pytest
import toy_protocol

from relics.cli import main
from relics.glass import ensembles, procedures
from relics.glass.regeneration import regenerate

TOY = "toy_protocol:TOY"


@pytest.fixture
def store(tmp_path):
    ensembles.run(TOY, 10, tmp_path / "store", quiet=True)
    return tmp_path / "store"


def altered(store, change):
    """The same store with every sample's arrays changed, as if another procedure had made it."""
    samples = ensembles.read(store).samples
    with open(store / ensembles.SAMPLES, "wb") as handle:
        for s in samples:
            arrays = change({k: v.copy() for k, v in s.arrays.items()})
            handle.write(
                ensembles.encode(ensembles.Sample(s.model, s.size, s.protocol, s.seed, arrays))
            )


def test_keys_lead_to_the_same_samples(store, capsys):
    before = (store / ensembles.SAMPLES).read_bytes()
    found = list(regenerate(store, 4, seed=1))
    assert len({r.seed for r in found}) == 4
    assert all(r.largest == ("energy", 0.0) for r in found)
    assert [r.seed for r in regenerate(store, 4, seed=1)] == [r.seed for r in found]
    assert main(["ensemble", "verify", str(store)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3 and all(line.endswith("identical") for line in lines)
    assert (store / ensembles.SAMPLES).read_bytes() == before


def test_more_samples_than_there_are_means_all(store):
    assert sorted(r.seed for r in regenerate(store, 99)) == list(range(10))


def test_what_another_procedure_made_is_noticed(store, capsys):
    altered(store, lambda arrays: {"energy": 1.5 * arrays["energy"]})
    assert main(["ensemble", "verify", str(store), "--samples", "2"]) == 1
    line = capsys.readouterr().out.splitlines()[0]
    assert "differs by 3.3e-01 in energy" in line
    assert "standard deviations from the mean: energy -" in line
    (one,) = regenerate(store, 1)
    assert one.deviations["energy"] < -3


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        (lambda a: {"energy": a["energy"] * (1 + 1e-9)}, 1e-9),
        (lambda a: {"energy": a["energy"][:2]}, np.inf),
        (lambda a: {**a, "pressure": a["energy"]}, np.inf),
        (lambda a: {"energy": np.where(np.arange(3) == 1, np.nan, a["energy"])}, np.inf),
    ],
)
def test_differences_are_measured(store, change, difference):
    altered(store, change)
    for found in regenerate(store, 2):
        assert found.largest[1] == pytest.approx(difference, rel=1e-5)


def test_rounding_passes_within_the_tolerance_only(store, capsys):
    altered(store, lambda arrays: {"energy": arrays["energy"] * (1 + 1e-9)})
    assert main(["ensemble", "verify", str(store)]) == 0
    assert "the same to 1.0e-09 (energy)" in capsys.readouterr().out
    assert main(["ensemble", "verify", str(store), "--tolerance", "1e-12"]) == 1


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--samples", "0"), "at least one, got 0"),
        (("--tolerance", "nan"), "between 0 and 1, got nan"),
    ],
)
def test_bad_options_are_refused(store, capsys, options, says):
    assert main(["ensemble", "verify", str(store), *options]) == 2
    assert says in capsys.readouterr().err


def test_stores_that_cannot_be_made_again_are_refused(store, tmp_path, monkeypatch):
    with pytest.raises(ValueError, match="no store of samples"):
        list(regenerate(tmp_path / "nothing"))
    newer = procedures.Protocol("toy", "toy", 3, 2, lambda *_: {}, lambda _: {}, "newer")
    monkeypatch.setattr(toy_protocol, "TOY", newer)
    with pytest.raises(ValueError, match="'protocol': 1.*known here.*'protocol': 2"):
        list(regenerate(store))


def test_shipped_samples_come_out_again():
    """Packings go downhill from random points: nothing chaotic, the same on every machine."""
    (found,) = regenerate(procedures.stores() / "packing-0.85-500", 1)
    assert found.differences["pressure"] < 1e-6
