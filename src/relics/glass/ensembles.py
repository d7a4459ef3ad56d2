"""Stores of computer-glass samples that survive interruption and merge.

A sample is identified by its key (model, size, protocol number, seed). A store is a folder with

- ``store.json``: what it holds (name, model, size, protocol number) and the commands that made it;
- ``samples.bin``: records, appended one by one and synced, each with its key and a SHA-256 digest;
- ``partial/``: states of unfinished samples, so that a long one continues where it was;
- ``quarantine/``: what was found damaged or foreign; never read again.

A record is written only when its sample is complete, and the digest tells a torn one, so that
killing the process at any moment neither loses a finished sample nor repeats one.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import json
import multiprocessing as mp
import os
import struct
import sys
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import metadata
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

MAGIC = b"RLSAMPLE"
FRAME = struct.Struct("<8sIQ32s")
MANIFEST = "store.json"
SAMPLES = "samples.bin"
IDENTITY = ("name", "model", "size", "protocol")


@dataclass(frozen=True)
class Sample:
    """One stored sample: its key, its arrays by name, and the error that it ended in, if any."""

    model: str
    size: int
    protocol: int
    seed: int
    arrays: dict[str, NDArray[Any]] = field(default_factory=dict)
    error: str = ""

    @property
    def key(self) -> tuple[str, int, int, int]:
        """Identity of the sample."""
        return (self.model, self.size, self.protocol, self.seed)


@dataclass(frozen=True)
class Contents:
    """What a scan of a store found.

    ``samples`` in the order of their seeds (failed ones apart in ``failed``), ``damaged`` and
    ``foreign`` byte ranges of the file, ``repeated`` the number of records with a known key.
    """

    samples: tuple[Sample, ...]
    failed: tuple[Sample, ...]
    damaged: tuple[tuple[int, int], ...]
    foreign: tuple[tuple[int, int], ...]
    repeated: int

    @property
    def seeds(self) -> NDArray[np.int64]:
        """Seeds of the usable samples, ascending."""
        return np.array([s.seed for s in self.samples], dtype=np.int64)

    def stack(self, name: str) -> NDArray[Any]:
        """One array of every usable sample, stacked along a new first axis.

        Arrays of one number give the shape (samples,).
        """
        if not self.samples:
            raise ValueError("the store holds no usable sample")
        missing = [s.seed for s in self.samples if name not in s.arrays]
        if missing:
            raise ValueError(
                f"no array {name!r} in {len(missing)} samples; there are "
                f"{sorted(self.samples[0].arrays)}"
            )
        stacked = np.stack([s.arrays[name] for s in self.samples])
        return stacked[:, 0] if stacked.shape[1:] == (1,) else stacked


def encode(sample: Sample) -> bytes:
    """Record of a sample: frame, header (JSON) and compressed arrays; numbers become (1,)."""
    arrays = {name: np.atleast_1d(a) for name, a in sorted(sample.arrays.items())}
    for name, a in arrays.items():
        if a.dtype.kind not in "fiub":
            raise ValueError(f"array {name!r} holds {a.dtype}, only numbers can be stored")
    header = json.dumps(
        {
            "model": sample.model,
            "size": sample.size,
            "protocol": sample.protocol,
            "seed": sample.seed,
            "error": sample.error,
            "arrays": [[n, a.dtype.str, list(a.shape)] for n, a in arrays.items()],
        },
        sort_keys=True,
    ).encode()
    payload = zlib.compress(b"".join(a.tobytes() for a in arrays.values()), 9)
    digest = hashlib.sha256(header + payload).digest()
    return FRAME.pack(MAGIC, len(header), len(payload), digest) + header + payload


def decode(header: bytes, payload: bytes) -> Sample:
    """Inverse of :func:`encode` once the digest has been checked."""
    head = json.loads(header)
    raw = zlib.decompress(payload)
    arrays, start = {}, 0
    for name, dtype, shape in head["arrays"]:
        count = int(np.prod(shape, dtype=np.int64))
        a = np.frombuffer(raw, dtype=np.dtype(dtype), count=count, offset=start)
        arrays[name] = a.reshape(shape)
        start += a.nbytes
    return Sample(
        head["model"], head["size"], head["protocol"], head["seed"], arrays, head["error"]
    )


def _records(data: bytes) -> Iterator[tuple[int, int, Sample | None]]:
    """Records of a file as (start, end, sample), with None for what cannot be trusted."""
    at = 0
    while at < len(data):
        sample, end = None, len(data)
        if len(data) - at >= FRAME.size:
            magic, header_length, payload_length, digest = FRAME.unpack_from(data, at)
            middle = at + FRAME.size + header_length
            stop = middle + payload_length
            if magic == MAGIC and stop <= len(data):
                header, payload = data[at + FRAME.size : middle], data[middle:stop]
                if hashlib.sha256(header + payload).digest() == digest:
                    sample, end = decode(header, payload), stop
        if sample is None:
            found = data.find(MAGIC, at + 1)
            end = len(data) if found < 0 else found
        yield at, end, sample
        at = end


def _manifest(store: Path) -> dict[str, Any]:
    path = store / MANIFEST
    if not path.is_file():
        raise ValueError(f"{store} is no store of samples: {MANIFEST} is missing")
    try:
        found = json.loads(path.read_text())
    except json.JSONDecodeError as error:
        raise ValueError(f"{path} cannot be read: {error}") from error
    missing = [name for name in (*IDENTITY, "commands") if name not in found]
    if missing:
        raise ValueError(f"{path} does not say {', '.join(missing)}")
    return found


def filled(store: str | Path) -> bool:
    """Whether a folder is a store with at least one usable sample."""
    store = Path(store)
    return (store / MANIFEST).is_file() and len(read(store).samples) > 0


def read(store: str | Path) -> Contents:
    """Samples of a store; damaged and foreign records are left out and reported.

    Raises ``ValueError`` if the folder is not a store.
    """
    store = Path(store)
    manifest = _manifest(store)
    path = store / SAMPLES
    data = path.read_bytes() if path.is_file() else b""
    return _contents(data, manifest)


def _contents(data: bytes, manifest: dict[str, Any]) -> Contents:
    expected = (manifest["model"], manifest["size"], manifest["protocol"])
    known: dict[int, Sample] = {}
    failed: dict[int, Sample] = {}
    damaged, foreign, repeated = [], [], 0
    for start, end, sample in _records(data):
        if sample is None:
            damaged.append((start, end))
        elif sample.key[:3] != expected:
            foreign.append((start, end))
        elif sample.error:
            failed[sample.seed] = sample
        elif sample.seed in known:
            repeated += 1
        else:
            known[sample.seed] = sample
    lost = [failed[seed] for seed in sorted(failed) if seed not in known]
    usable = [known[seed] for seed in sorted(known)]
    return Contents(tuple(usable), tuple(lost), tuple(damaged), tuple(foreign), repeated)


@contextmanager
def _locked(store: Path) -> Iterator[None]:
    """Sole right to write into a store; the system releases it when the process dies."""
    with open(store / "lock", "w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ValueError(f"{store} is being written by another process") from error
        yield


def _write_atomically(path: Path, data: bytes) -> None:
    draft = path.with_name(path.name + ".draft")
    with open(draft, "wb") as handle:
        handle.write(data)
        handle.flush()
        os.fsync(handle.fileno())
    os.replace(draft, path)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _open(store: Path, identity: dict[str, Any], commands: list[str]) -> Contents:
    """Create a store or check that it is the right one, and quarantine what is unusable in it."""
    store.mkdir(parents=True, exist_ok=True)
    if (store / MANIFEST).exists():
        manifest = _manifest(store)
        for name in IDENTITY:
            if manifest[name] != identity[name]:
                raise ValueError(
                    f"{store} holds {name} {manifest[name]!r}, not {identity[name]!r}; "
                    f"choose another folder"
                )
        earlier = manifest["commands"]
    else:
        manifest, earlier = dict(identity), []
    manifest["commands"] = list(dict.fromkeys([*earlier, *commands]))
    manifest["relics"] = metadata.version("relics")
    if manifest["commands"] != earlier:
        _write_atomically(store / MANIFEST, (json.dumps(manifest, indent=2) + "\n").encode())
    return _quarantine(store, manifest)


def _quarantine(store: Path, manifest: dict[str, Any]) -> Contents:
    path = store / SAMPLES
    if not path.exists():
        path.touch()
    data = path.read_bytes()
    contents = _contents(data, manifest)
    unusable = sorted([*contents.damaged, *contents.foreign])
    if unusable:
        folder = store / "quarantine"
        folder.mkdir(exist_ok=True)
        kept = data
        for start, end in unusable:
            piece = data[start:end]
            name = f"{hashlib.sha256(piece).hexdigest()[:16]}.bin"
            _write_atomically(folder / name, piece)
        for start, end in reversed(unusable):
            kept = kept[:start] + kept[end:]
        _write_atomically(path, kept)
        contents = _contents(kept, manifest)
    return contents


def _append(handle: Any, record: bytes) -> None:
    handle.write(record)
    handle.flush()
    os.fsync(handle.fileno())


def _compute(name: str, seed: int, partial: str) -> bytes:
    """Make one sample and encode it; a sample that fails is recorded with its error."""
    from relics.glass import protocols

    protocol = protocols.protocol(name)
    try:
        arrays = protocol.make(seed, Path(partial))
        error = ""
    except (ValueError, ArithmeticError, RuntimeError) as problem:
        arrays, error = {}, f"{type(problem).__name__}: {problem}"
    return encode(Sample(protocol.model, protocol.size, protocol.number, seed, arrays, error))


def _serve(connection: Connection) -> None:
    """Loop of a worker: compute the seeds that come in until the other end is gone."""
    try:
        while True:
            name, seed, partial = connection.recv()
            connection.send((seed, _compute(name, seed, partial)))
    except (EOFError, BrokenPipeError, ConnectionResetError, KeyboardInterrupt):
        return


def _in_processes(
    name: str, seeds: list[int], workers: int, partial: Callable[[int], str]
) -> Iterator[tuple[int, bytes]]:
    """Results as they come from local processes, which end when this process does."""
    context = mp.get_context("spawn")
    queue = iter(seeds)
    running: dict[Connection, Any] = {}
    try:
        for _ in range(min(workers, len(seeds))):
            here, there = context.Pipe()
            process = context.Process(target=_serve, args=(there,), daemon=True)
            process.start()
            there.close()
            running[here] = process
            seed = next(queue)
            here.send((name, seed, partial(seed)))
        while running:
            ready = set(wait(list(running)))
            for here in [c for c in running if c in ready]:
                try:
                    yield here.recv()
                except EOFError as error:
                    raise RuntimeError("a worker ended before its sample was complete") from error
                following = next(queue, None)
                if following is None:
                    here.close()
                    running.pop(here).join()
                else:
                    here.send((name, following, partial(following)))
    finally:
        for here, process in running.items():
            here.close()
            process.terminate()
            process.join()


def _in_this_process(
    name: str, seeds: list[int], partial: Callable[[int], str]
) -> Iterator[tuple[int, bytes]]:
    for seed in seeds:
        yield seed, _compute(name, seed, partial(seed))


def _on_cluster(
    name: str, seeds: list[int], scheduler: str, partial: Callable[[int], str]
) -> Iterator[tuple[int, bytes]]:
    """Results as they come from the workers of a Dask scheduler."""
    from distributed import Client, as_completed

    def submit(client: Any, seed: int) -> Any:
        return client.submit(_compute, name, seed, partial(seed), pure=False, key=f"{name}-{seed}")

    with Client(scheduler) as client:
        queue = iter(seeds)
        slots = max(1, sum(client.nthreads().values()))
        first = [submit(client, seed) for _, seed in zip(range(2 * slots), queue, strict=False)]
        pending = as_completed(first)
        for future in pending:
            record = future.result()
            yield int(str(future.key).rpartition("-")[2]), record
            following = next(queue, None)
            if following is not None:
                pending.add(submit(client, following))


def run(
    name: str,
    samples: int,
    out: str | Path,
    workers: int = 1,
    scheduler: str | None = None,
    first_seed: int = 0,
    retry: bool = False,
    quiet: bool = False,
) -> Contents:
    """Grow the store ``out`` of the ensemble ``name`` to the seeds first_seed ... + samples - 1.

    Seeds that the store holds already are not made again, so that the same call continues after
    an interruption, and stores with different seeds merge. ``workers`` local processes, or the
    workers of the Dask ``scheduler`` at that address. Samples that ended in an error stay so
    unless ``retry``. Progress goes to the standard error stream. Raises ``ValueError`` for an
    unknown name, numbers below one, or a folder that holds something else.
    """
    from relics.glass import protocols

    protocol = protocols.protocol(name)
    if samples < 1 or workers < 1 or first_seed < 0:
        raise ValueError(
            f"samples and workers must be at least one and the first seed not negative, "
            f"got {samples}, {workers}, {first_seed}"
        )
    store = Path(out)
    identity = {
        "name": name,
        "model": protocol.model,
        "size": protocol.size,
        "protocol": protocol.number,
    }
    command = f"relics ensemble run {name} --samples {samples}"
    command += f" --first-seed {first_seed}" if first_seed else ""
    store.mkdir(parents=True, exist_ok=True)
    with _locked(store):
        contents = _open(store, identity, [command])
        done = set(contents.seeds.tolist())
        if not retry:
            done |= {s.seed for s in contents.failed}
        wanted = range(first_seed, first_seed + samples)
        missing = [seed for seed in wanted if seed not in done]
        if missing:
            _grow(store, name, missing, workers, scheduler, len(wanted), quiet)
        return _contents((store / SAMPLES).read_bytes(), _manifest(store))


def _grow(
    store: Path,
    name: str,
    missing: list[int],
    workers: int,
    scheduler: str | None,
    total: int,
    quiet: bool,
) -> None:
    folder = (store / "partial").resolve()
    folder.mkdir(exist_ok=True)

    def partial(seed: int) -> str:
        return str(folder / f"{seed}.npz")

    if scheduler is not None:
        results = _on_cluster(name, missing, scheduler, partial)
    elif workers == 1:
        results = _in_this_process(name, missing, partial)
    else:
        results = _in_processes(name, missing, workers, partial)
    progress = Progress(name, total, total - len(missing), quiet)
    with open(store / SAMPLES, "ab") as handle:
        for seed, record in results:
            _append(handle, record)
            Path(partial(seed)).unlink(missing_ok=True)
            progress.advance()
    progress.close()


class Progress:
    """Line on the standard error stream with the count, the rate and the time left."""

    def __init__(self, name: str, total: int, done: int, quiet: bool) -> None:
        self.name, self.total, self.done, self.quiet = name, total, done, quiet
        self.begun, self.first, self.shown = time.monotonic(), done, 0.0
        self.live = sys.stderr.isatty()

    def advance(self) -> None:
        """Count one more sample and redraw now and then."""
        self.done += 1
        now = time.monotonic()
        if self.quiet or now - self.shown < (0.2 if self.live else 10.0):
            return
        self.shown = now
        end = "\r" if self.live else "\n"
        print(self.line(now), end=end, file=sys.stderr, flush=True)

    def line(self, now: float) -> str:
        """Text of the progress at the time ``now``."""
        rate = (self.done - self.first) / max(now - self.begun, 1e-9)
        left = (self.total - self.done) / max(rate, 1e-12)
        width = 24
        filled = width * self.done // max(self.total, 1)
        bar = "#" * filled + "." * (width - filled)
        unit = f"{rate:.2f}/s" if rate >= 1 else f"{60 * rate:.2f}/min"
        return f"{self.name} [{bar}] {self.done}/{self.total}  {unit}  {_span(left)} left  "

    def close(self) -> None:
        """Draw the last line."""
        if not self.quiet:
            print(self.line(time.monotonic()), file=sys.stderr, flush=True)


def _span(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def status(store: str | Path) -> dict[str, Any]:
    """Identity of a store and counts of what it holds; raises ``ValueError`` if it is none."""
    store = Path(store)
    manifest = _manifest(store)
    contents = read(store)
    seeds = contents.seeds
    gaps = int(seeds[-1] - seeds[0] + 1 - seeds.size) if seeds.size else 0
    partial = store / "partial"
    quarantine = store / "quarantine"
    return {
        **manifest,
        "samples": int(seeds.size),
        "seeds": [int(seeds[0]), int(seeds[-1])] if seeds.size else [],
        "gaps": gaps,
        "failed": len(contents.failed),
        "damaged": len(contents.damaged),
        "foreign": len(contents.foreign),
        "repeated": contents.repeated,
        "unfinished": len(list(partial.glob("*.npz"))) if partial.is_dir() else 0,
        "quarantined": len(list(quarantine.glob("*.bin"))) if quarantine.is_dir() else 0,
        "bytes": (store / SAMPLES).stat().st_size if (store / SAMPLES).exists() else 0,
    }


def merge(stores: Iterable[str | Path], out: str | Path) -> Contents:
    """Join stores of one ensemble into ``out``; of two samples with one key the first is kept.

    The order of the records is that of the seeds. Damaged and foreign records stay behind.
    Raises ``ValueError`` if there is nothing to merge or the stores differ in name, model, size
    or protocol number.
    """
    sources = [Path(s) for s in stores]
    if not sources:
        raise ValueError("no stores were given to merge")
    identity = {name: _manifest(sources[0])[name] for name in IDENTITY}
    for source in sources[1:]:
        found = {name: _manifest(source)[name] for name in IDENTITY}
        if found != identity:
            raise ValueError(f"{source} holds {found}, {sources[0]} holds {identity}")
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    commands = [command for s in sources for command in _manifest(s)["commands"]]
    with _locked(out):
        present = _open(out, identity, commands)
        samples = {s.seed: s for s in present.samples}
        failed = {s.seed: s for s in present.failed}
        for source in sources:
            contents = read(source)
            for sample in contents.samples:
                samples.setdefault(sample.seed, sample)
            for sample in contents.failed:
                failed.setdefault(sample.seed, sample)
        kept = samples | {k: v for k, v in failed.items() if k not in samples}
        _write_atomically(out / SAMPLES, b"".join(encode(kept[k]) for k in sorted(kept)))
        return read(out)


@dataclass(frozen=True)
class Comparison:
    """Live samples against a store.

    ``p_values`` by observable (two-sample Kolmogorov-Smirnov), ``p_value`` the smallest after
    Holm's correction, ``live`` and ``stored`` the counts.
    """

    p_values: dict[str, float]
    p_value: float
    live: int
    stored: int

    def compatible(self, level: float = 0.01) -> bool:
        """Whether the samples may come from one ensemble at this false-alarm rate."""
        return self.p_value >= level


def compare(
    live: Iterable[Sample], store: Contents, observables: Callable[[Sample], dict[str, float]]
) -> Comparison:
    """Test whether live samples and stored ones come from one ensemble.

    ``observables`` maps a sample to named numbers. The two-sample Kolmogorov-Smirnov test of
    each is corrected for their number. Raises ``ValueError`` for fewer than four live or twenty
    stored samples (no power) or live samples that are themselves in the store's list of seeds
    and equal to it (no independence).
    """
    fresh = [s for s in live if not s.error]
    if len(fresh) < 4 or len(store.samples) < 20:
        raise ValueError(
            f"a comparison needs at least 4 live and 20 stored samples, "
            f"got {len(fresh)} and {len(store.samples)}"
        )
    known = set(store.seeds.tolist())
    shared = sorted(s.seed for s in fresh if s.seed in known)
    if shared:
        raise ValueError(f"live samples must have seeds of their own, the store holds {shared}")
    a = [observables(s) for s in fresh]
    b = [observables(s) for s in store.samples]
    raw = {
        name: float(stats.ks_2samp([o[name] for o in a], [o[name] for o in b]).pvalue)
        for name in a[0]
    }
    smallest = min(1.0, len(raw) * min(raw.values()))
    return Comparison(raw, smallest, len(fresh), len(store.samples))


def make(name: str, seed: int) -> Sample:
    """Make one sample of an ensemble here and now, without a store."""
    import tempfile

    from relics.glass import protocols

    protocol = protocols.protocol(name)
    with tempfile.TemporaryDirectory() as folder:
        arrays = protocol.make(seed, Path(folder) / f"{seed}.npz")
    arrays = {key: np.atleast_1d(value) for key, value in arrays.items()}
    return Sample(protocol.model, protocol.size, protocol.number, seed, arrays)


def add_arguments(subparsers: Any) -> None:
    """Add ``ensemble run|status|merge|verify|list`` to the subcommands of a command line."""
    ensemble = subparsers.add_parser("ensemble", help="grow, inspect and merge stores of samples")
    actions = ensemble.add_subparsers(dest="action", required=True)
    grow = actions.add_parser("run", help="grow a store; the same command continues it")
    grow.add_argument("name", help="name of the ensemble ('list' prints them)")
    grow.add_argument("--samples", type=int, required=True, help="seeds to hold in the end")
    grow.add_argument("--out", type=Path, required=True, help="folder of the store")
    grow.add_argument("--first-seed", type=int, default=0, help="first seed (default 0)")
    grow.add_argument("--retry", action="store_true", help="make failed samples again")
    how = grow.add_mutually_exclusive_group()
    how.add_argument("--workers", type=int, default=1, help="local processes (default 1)")
    how.add_argument("--scheduler", help="address of a Dask scheduler")
    show = actions.add_parser("status", help="say what a store holds")
    show.add_argument("store", type=Path)
    show.add_argument("--format", choices=("text", "json"), default="text")
    join = actions.add_parser("merge", help="join stores of one ensemble")
    join.add_argument("stores", type=Path, nargs="+")
    join.add_argument("--out", type=Path, required=True, help="folder of the joined store")
    again = actions.add_parser("verify", help="make samples of a store again and compare")
    again.add_argument("store", type=Path)
    again.add_argument("--samples", type=int, default=3, help="how many (default 3)")
    again.add_argument("--seed", type=int, default=0, help="of the choice (default 0)")
    again.add_argument(
        "--tolerance", type=float, default=1e-6, help="relative difference allowed (default 1e-6)"
    )
    names = actions.add_parser("list", help="name the ensembles")
    for action in (grow, show, join, again, names):
        action.set_defaults(handler=handle)


def handle(arguments: argparse.Namespace) -> int:
    """Carry out an ``ensemble`` command; bad input gives one line and the status 2."""
    try:
        return _handle(arguments)
    except BrokenPipeError:
        raise
    except (ValueError, OSError) as error:
        print(f"relics ensemble: {error}", file=sys.stderr)
        return 2


def _handle(arguments: argparse.Namespace) -> int:
    if arguments.action == "list":
        from relics.glass import protocols

        for name, protocol in sorted(protocols.PROTOCOLS.items()):
            print(f"{name:32s} {protocol.says}")
        return 0
    if arguments.action == "run":
        contents = run(
            arguments.name,
            arguments.samples,
            arguments.out,
            arguments.workers,
            arguments.scheduler,
            arguments.first_seed,
            arguments.retry,
        )
        print(f"{len(contents.samples)} samples, {len(contents.failed)} failed in {arguments.out}")
        return 0
    if arguments.action == "merge":
        contents = merge(arguments.stores, arguments.out)
        print(f"{len(contents.samples)} samples in {arguments.out}")
        return 0
    if arguments.action == "verify":
        return _verify(arguments.store, arguments.samples, arguments.seed, arguments.tolerance)
    found = status(arguments.store)
    if arguments.format == "json":
        print(json.dumps(found, indent=2))
    else:
        for name, value in found.items():
            print(f"{name:12s} {value}")
    return 0


def _verify(store: Path, count: int, seed: int, tolerance: float) -> int:
    """Print a line for every sample made again; status 1 if one differs by more than allowed."""
    from relics.glass.regeneration import regenerate

    if not 0 <= tolerance < 1:
        raise ValueError(f"the tolerance must lie between 0 and 1, got {tolerance:g}")
    same = True
    for found in regenerate(store, count, seed):
        print(f"seed {found.seed:<8d} {found.says(tolerance)}", flush=True)
        same &= found.largest[1] <= tolerance
    return 0 if same else 1
