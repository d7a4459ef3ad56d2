"""Stores of samples: interruption, damage, foreign samples, merging and comparison."""

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import toy_protocol

from relics.glass import ensembles

TOY = "toy_protocol:TOY"
HERE = Path(__file__).parent


def values(contents):
    return {s.seed: s.arrays["energy"] for s in contents.samples}


def assert_complete(contents, seeds):
    assert contents.seeds.tolist() == list(seeds)
    assert contents.repeated == 0
    assert not contents.damaged and not contents.foreign
    for seed, energy in values(contents).items():
        np.testing.assert_array_equal(energy, np.random.default_rng(seed).normal(1.0, 0.1, 3))


def test_run_makes_each_seed_once_and_continues(tmp_path):
    assert_complete(ensembles.run(TOY, 4, tmp_path, quiet=True), range(4))
    before = (tmp_path / "samples.bin").read_bytes()
    ensembles.run(TOY, 4, tmp_path, quiet=True)
    assert (tmp_path / "samples.bin").read_bytes() == before
    assert_complete(ensembles.run(TOY, 9, tmp_path, workers=2, quiet=True), range(9))


def test_killed_run_neither_loses_nor_repeats_a_sample(tmp_path):
    program = (
        "from relics.glass import ensembles;"
        f"ensembles.run({TOY!r}, 60, {str(tmp_path)!r}, workers=WORKERS, quiet=True, first_seed=20)"
    )
    environment = {**os.environ, "PYTHONPATH": str(HERE)}
    held = 0
    for attempt, workers in enumerate((1, 2, 1)):
        command = [sys.executable, "-c", program.replace("WORKERS", str(workers))]
        process = subprocess.Popen(command, env=environment)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and process.poll() is None:
            size = (tmp_path / "samples.bin").stat().st_size if held or attempt else 0
            if not size and (tmp_path / "samples.bin").exists():
                size = (tmp_path / "samples.bin").stat().st_size
            if size > held + 1500:
                break
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
        process.wait()
        found = ensembles.read(tmp_path)
        assert 0 < len(found.samples) < 60
        assert found.repeated == 0
        held = (tmp_path / "samples.bin").stat().st_size
    assert_complete(ensembles.run(TOY, 60, tmp_path, quiet=True, first_seed=20), range(20, 80))


def test_record_torn_at_any_byte_is_set_aside_and_made_again(tmp_path):
    ensembles.run(TOY, 3, tmp_path, quiet=True)
    path = tmp_path / "samples.bin"
    whole = path.read_bytes()
    last = [start for start, _, _ in ensembles._records(whole)][-1]
    for cut in (last + 1, last + 30, last + 80, len(whole) - 1):
        path.write_bytes(whole[:cut])
        found = ensembles.read(tmp_path)
        assert found.seeds.tolist() == [0, 1]
        assert len(found.damaged) == 1
        assert_complete(ensembles.run(TOY, 3, tmp_path, quiet=True), range(3))
    assert ensembles.status(tmp_path)["quarantined"] == 4


@pytest.mark.parametrize("record", [0, 1, 2])
def test_flipped_byte_anywhere_is_noticed(tmp_path, record):
    ensembles.run(TOY, 3, tmp_path, quiet=True)
    path = tmp_path / "samples.bin"
    whole = path.read_bytes()
    start, end, _ = list(ensembles._records(whole))[record]
    for at in range(start, end, 7):
        spoilt = bytearray(whole)
        spoilt[at] ^= 0x10
        path.write_bytes(bytes(spoilt))
        left = ensembles.read(tmp_path).seeds.tolist()
        assert left == [s for s in range(3) if s != record]
    path.write_bytes(bytes(spoilt))
    assert_complete(ensembles.run(TOY, 3, tmp_path, quiet=True), range(3))


def test_foreign_samples_are_quarantined_and_never_used(tmp_path):
    ensembles.run(TOY, 2, tmp_path, quiet=True)
    stranger = ensembles.Sample("toy", 4, 1, 7, {"energy": np.zeros(3)})
    older = ensembles.Sample("toy", 3, 0, 8, {"energy": np.zeros(3)})
    with open(tmp_path / "samples.bin", "ab") as handle:
        handle.write(ensembles.encode(stranger) + ensembles.encode(older))
    found = ensembles.read(tmp_path)
    assert found.seeds.tolist() == [0, 1] and len(found.foreign) == 2
    assert_complete(ensembles.run(TOY, 3, tmp_path, quiet=True), range(3))
    assert ensembles.status(tmp_path)["quarantined"] == 2


def test_failed_samples_are_counted_and_not_used(tmp_path):
    found = ensembles.run(TOY, 3, tmp_path, first_seed=12, quiet=True)
    assert found.seeds.tolist() == [12, 14]
    assert [s.seed for s in found.failed] == [13]
    assert "unlucky" in found.failed[0].error
    again = ensembles.run(TOY, 3, tmp_path, first_seed=12, retry=True, quiet=True)
    assert ensembles.status(tmp_path)["failed"] == len(again.failed) == 1


def test_stores_merge_by_key(tmp_path):
    ensembles.run(TOY, 5, tmp_path / "a", quiet=True)
    ensembles.run(TOY, 5, tmp_path / "b", first_seed=3, quiet=True)
    merged = ensembles.merge([tmp_path / "a", tmp_path / "b"], tmp_path / "c")
    assert_complete(merged, range(8))
    assert ensembles.merge([tmp_path / "b", tmp_path / "a"], tmp_path / "d").seeds.size == 8
    ensembles.run("toy_protocol:OTHER", 2, tmp_path / "e", quiet=True)
    with pytest.raises(ValueError, match="size"):
        ensembles.merge([tmp_path / "a", tmp_path / "e"], tmp_path / "f")


def test_store_of_another_ensemble_is_refused(tmp_path):
    ensembles.run(TOY, 1, tmp_path, quiet=True)
    with pytest.raises(ValueError, match="holds"):
        ensembles.run("toy_protocol:OTHER", 1, tmp_path, quiet=True)


def test_two_writers_exclude_each_other(tmp_path):
    ensembles.run(TOY, 1, tmp_path, quiet=True)
    with ensembles._locked(tmp_path), pytest.raises(ValueError, match="another process"):
        ensembles.run(TOY, 2, tmp_path, quiet=True)


def test_dask_scheduler_computes_the_same_samples(tmp_path):
    import distributed

    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None
    ) as cluster:
        found = ensembles.run(TOY, 5, tmp_path, scheduler=cluster.scheduler_address, quiet=True)
    assert_complete(found, range(5))


def compared(name, store, live=range(1000, 1008)):
    samples = [ensembles.make(name, seed) for seed in live]
    return ensembles.compare(samples, store, lambda s: toy_protocol.TOY.observables(s.arrays))


def test_comparison_accepts_its_own_ensemble_and_rejects_another(tmp_path):
    right = ensembles.run(TOY, 12, tmp_path / "r", quiet=True, first_seed=100, workers=2)
    right = ensembles.run(TOY, 140, tmp_path / "r", quiet=True, first_seed=20, workers=2)
    assert compared(TOY, right).compatible()
    wrong = compared("toy_protocol:WRONG", right)
    assert wrong.p_value < 1e-4 and not wrong.compatible()
    with pytest.raises(ValueError, match="seeds of their own"):
        compared(TOY, right, range(100, 106))


def test_false_alarms_of_the_comparison_are_as_rare_as_stated():
    rng = np.random.default_rng(5)
    stored = ensembles.Contents(
        tuple(ensembles.Sample("m", 1, 1, k, {"energy": rng.normal(size=2)}) for k in range(200)),
        (),
        (),
        (),
        0,
    )

    def seen(sample):
        return {"a": sample.arrays["energy"][0], "b": sample.arrays["energy"][1]}

    alarms = 0
    for trial in range(300):
        live = [
            ensembles.Sample("m", 1, 1, 1000 * trial + 500 + k, {"energy": rng.normal(size=2)})
            for k in range(6)
        ]
        alarms += not ensembles.compare(live, stored, seen).compatible(0.05)
    assert alarms <= 30


def parse(*words):
    parser = argparse.ArgumentParser()
    ensembles.add_arguments(parser.add_subparsers(required=True))
    return parser.parse_args(["ensemble", *words])


def test_command_line_runs_reports_and_merges(tmp_path, capsys):
    store, other, joined = (str(tmp_path / n) for n in "abc")
    for words in (
        ("run", TOY, "--samples", "3", "--out", store),
        ("run", TOY, "--samples", "3", "--first-seed", "2", "--workers", "2", "--out", other),
        ("merge", store, other, "--out", joined),
        ("status", joined, "--format", "json"),
    ):
        arguments = parse(*words)
        assert arguments.handler(arguments) == 0
    captured = capsys.readouterr()
    found = json.loads(captured.out[captured.out.index("{") :])
    assert found["samples"] == 5 and found["model"] == "toy"
    assert "3/3" in captured.err and "left" in captured.err


@pytest.mark.parametrize(
    "words",
    [
        ("run", "no-such-ensemble", "--samples", "3", "--out", "STORE"),
        ("run", TOY, "--samples", "0", "--out", "STORE"),
        ("run", TOY, "--samples", "1", "--workers", "0", "--out", "STORE"),
        ("run", "toy_protocol:nothing", "--samples", "1", "--out", "STORE"),
        ("status", "STORE"),
        ("merge", "STORE", "--out", "STORE2"),
    ],
)
def test_bad_commands_give_one_line_and_status_two(tmp_path, capsys, words):
    arguments = parse(*(w.replace("STORE", str(tmp_path / "s")) for w in words))
    assert arguments.handler(arguments) == 2
    assert capsys.readouterr().err.strip().count("\n") == 0


def test_a_store_is_filled_once_it_holds_a_usable_sample(tmp_path):
    folder = tmp_path / "toy"
    assert not ensembles.filled(folder)
    ensembles.run(TOY, 1, folder, first_seed=13, quiet=True)
    assert not ensembles.filled(folder)
    ensembles.run(TOY, 1, folder, quiet=True)
    assert ensembles.filled(folder)
