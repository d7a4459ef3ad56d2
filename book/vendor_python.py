"""Make ``book/_static/vendor/python`` from the published packages; needs CPython 3.13, no network.

``python3.13 book/vendor_python.py FOLDER`` with, in FOLDER, ``pyodide-*.tgz`` (``npm pack``) and the
wheels of SymPy and mpmath (``pip download --no-deps``). Prints the entries for ``VENDORED.toml``.

A browser lets a page that was opened from disk load scripts and nothing else. So every file becomes
a script that holds its gzipped bytes in base64. Python modules are compiled, without tests and
docstrings: reading them from source would make the reader wait four times as long.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import importlib.util
import io
import json
import sys
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from importlib._bootstrap_external import _code_to_hash_pyc  # type: ignore[attr-defined]
from pathlib import Path

TARGET = Path(__file__).parent / "_static" / "vendor" / "python"
EPOCH = (1980, 1, 1, 0, 0, 0)
UNUSED = ("tests/", "benchmarks/", ".dist-info/", ".data/", "site-packages/", "autolev/")


def compiled(archive: bytes) -> bytes:
    """A zip archive with the modules of another one, compiled; `gzip` compresses it as a whole."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as given, zipfile.ZipFile(out, "w") as made:
        for name in sorted(given.namelist()):
            if name.endswith("/") or any(part in name for part in UNUSED):
                continue
            data = given.read(name)
            if name.endswith(".py"):
                code = compile(data, name, "exec", dont_inherit=True, optimize=2)
                data = bytes(_code_to_hash_pyc(code, importlib.util.source_hash(data), False))
                name += "c"
            made.writestr(zipfile.ZipInfo(name, EPOCH), data)
    return out.getvalue()


def without_packages(lock: bytes) -> bytes:
    """The head of Pyodide's list of packages: its version; the book brings its own packages."""
    return json.dumps({"info": json.loads(lock)["info"], "packages": {}}).encode()


def members(folder: Path) -> Iterator[tuple[str, bytes, str, str, str, str]]:
    """Name, content, package, version, member, licence of every file."""
    (package,) = folder.glob("pyodide-*.tgz")
    version = package.stem.removeprefix("pyodide-")
    same: Callable[[bytes], bytes] = bytes
    with tarfile.open(package) as tar:
        for name, change, licence in (
            ("pyodide.js", same, "MPL-2.0"),
            ("pyodide.asm.js", same, "MPL-2.0"),
            ("pyodide.asm.wasm", same, "MPL-2.0 AND PSF-2.0"),
            ("pyodide-lock.json", without_packages, "MPL-2.0"),
            ("python_stdlib.zip", compiled, "PSF-2.0"),
        ):
            member = tar.extractfile(f"package/{name}")
            assert member is not None
            yield name, change(member.read()), "pyodide", version, name, licence
    for name in ("sympy", "mpmath"):
        (wheel,) = folder.glob(f"{name}-*.whl")
        version = wheel.name.split("-")[1]
        yield f"{name}.zip", compiled(wheel.read_bytes()), name, version, wheel.name, "BSD-3-Clause"


def main() -> None:
    """Write the scripts and print their entries."""
    if sys.version_info[:2] != (3, 13):
        sys.exit(
            "the modules have to be compiled by CPython 3.13, the version of the page's Python"
        )
    TARGET.mkdir(parents=True, exist_ok=True)
    for name, content, package, version, member, licence in members(Path(sys.argv[1])):
        packed = base64.b64encode(gzip.compress(content, 9, mtime=0)).decode()
        script = f'(self.relicsPython ??= {{}})["{name}"] = "{packed}";\n'.encode()
        (TARGET / f"{name}.b64.js").write_bytes(script)
        text = "cpython" if licence == "PSF-2.0" else package
        print(
            f'[[file]]\npath = "python/{name}.b64.js"\npackage = "{package}"\nversion = "{version}"\n'
            f'member = "{member}"\ncontent_sha256 = "{hashlib.sha256(content).hexdigest()}"\n'
            f'sha256 = "{hashlib.sha256(script).hexdigest()}"\nlicence = "{licence}"\n'
            f'licence_text = "python/LICENSE-{text}.txt"\n'
        )


if __name__ == "__main__":
    main()
