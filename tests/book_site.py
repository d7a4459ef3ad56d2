"""The built book that the tests of the pages look at, or a small one built for them."""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import bs4

from relics import papers
from relics.book import pages

ROOT = Path(__file__).resolve().parent.parent
BUILT = ROOT / "_build" / "html"

HEADER = """---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---

"""

FIRST = (
    HEADER
    + """# A first chapter

The barrier {eq}`LW07-7` follows from {eq}`LW07-6`; {eq}`LB21-15` is derived elsewhere.

```{printed} LW07-6
```

```{printed} LW07-7
```

```{math}
:label: own
:enumerator: A1
\\alpha = \\boldsymbol{\\beta}
```

See {eq}`own`.

```{code-cell} ipython3
import numpy as np
from IPython.display import HTML

from relics.book.explorer import explorer
```

```{code-cell} ipython3
HTML('<div class="relics-card mathjax_process relics-established" id="LW07-7">'
     '<header><strong>(LW07-7)</strong></header>'
     r'<p>\\(F = \\gamma^2\\)</p><dl class="relics-facts"><dt>From</dt><dd>'
     '<a href="#LW07-6">LW07-6</a> <a href="#LB21-15">LB21-15</a> '
     '<a href="#liquid/equal-bulk">liquid/equal-bulk</a></dd><dt>Number</dt><dd>'
     '<code>relics.rfot.barrier</code>, largest relative difference 2e-16</dd></dl></div>')
```

```{code-cell} ipython3
def droplet(s_c, log_time):
    N = np.linspace(0, 400, 60)
    return {"curves": {"F(N)": (N, log_time * np.sqrt(N) / 3 - s_c * N)},
            "marks": {"N_b": ((log_time / (6 * s_c)) ** 2, log_time**2 / (36 * s_c))}}

explorer(droplet, {"s_c": [0.6, 0.8, 1.0], "log_time": [30, 35, 40]}, x_label="N",
         y_label="F / k_B T", title="A droplet", alt="Free energy of a droplet.",
         labels={"s_c": "entropy s_c / k_B"})
```

```{code-cell} ipython3
for name in ("first", "second"):
    print(name, "line of many words" * 12)
```
"""
)

SECOND = (
    HEADER
    + """# A second chapter

It starts from {eq}`LW07-7` again:

```{printed} LW07-7
```

```{code-cell} ipython3
from IPython.display import HTML
HTML('<div class="relics-card mathjax_process" id="LW07-6"><dl class="relics-facts">'
     '<dt>Rival</dt><dd><a href="#LW07-7">LW07-7</a></dd></dl></div>')
```
"""
)

CONTENTS = """format: jb-book
root: book/intro
parts:
  - caption: Before
    chapters:
      - file: book/how-to-read
  - caption: Chapters
    numbered: true
    chapters:
      - glob: notebooks/foundation/*
  - caption: Nothing yet
    chapters:
      - glob: notebooks/liquid/*
  - caption: Ledger
    chapters:
      - file: book/generated/equations
      - file: book/generated/misprints
      - file: book/generated/derivations
      - file: book/generated/figures
      - file: book/generated/claims
      - file: book/generated/owed
"""


def ledger() -> dict[str, list[dict]]:
    """A ledger in which one equation of each outcome occurs and everything else is owed."""
    known = {
        "LW07-7": {
            "outcome": "established", "relation": "equal", "printed": "holds",
            "premises": ["LW07-6"], "function": "relics.rfot.barrier",
            "resolution": {"coefficient": 1e-12}, "numeric_max_rel_err": 2e-16,
        },
        "LW07-8": {
            "outcome": "established", "relation": "estimate", "printed": "fails",
            "premises": ["LW07-7"], "prefactor": 1.5, "note": "a <remark> & more",
        },
        "LW07-9": {
            "outcome": "refuted", "relation": "equal", "printed": "fails",
            "premises": ["LW07-8"], "refuted": "it does not follow",
            "counterexample": {
                "point": {"x": 2.0}, "relation": "Eq(x, 1)", "left": "2", "right": "1",
            },
        },
    }  # fmt: skip
    equations = [
        {"id": e.id, "numbered": e.numbered, "part": e.part, "kind": e.kind, "outcome": "owed"}
        | known.get(e.id, {})
        for e in papers.equations()
    ]
    figures = [
        {"id": f.id, "part": f.part, "kind": f.kind, "function": "", "data": [], "facts": []}
        for f in papers.figures()
    ]
    figures[0] |= {
        "function": "relics.figures.first",
        "facts": [
            {"id": f"{figures[0]['id']}.1", "fact": "a slope", "measured": "slope 1.9",
             "verdict": "fails", "why": "the ensemble is small"},
        ],
    }  # fmt: skip
    claims = [
        {"id": c.id, "quoted": c.quoted, "computed": "", "verdict": "", "function": ""}
        for c in papers.claims()
    ]
    claims[0] |= {"computed": "4 <5>", "verdict": "disagrees", "function": "relics.x"}
    return {"equations": equations, "figures": figures, "claims": claims}


@functools.cache
def small_book() -> Path:
    """Build a book of two chapters and the ledger pages; the folder of its HTML."""
    root = Path(tempfile.mkdtemp(prefix="relics-book-"))
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    (root / "book").mkdir()
    shutil.copytree(ROOT / "book" / "_static", root / "book" / "_static")
    config = (ROOT / "_config.yml").read_text(encoding="utf-8")
    config = config.replace("relics_pages: true", "relics_pages: false")
    (root / "_config.yml").write_text(config, encoding="utf-8")
    (root / "_toc.yml").write_text(CONTENTS, encoding="utf-8")
    (root / "book" / "references.bib").write_text("", encoding="utf-8")
    (root / "book" / "intro.md").write_text("# A small book\n\nTwo chapters.\n", encoding="utf-8")
    (root / "book" / "how-to-read.md").write_text("# How to read\n", encoding="utf-8")
    chapters = root / "notebooks" / "foundation"
    chapters.mkdir(parents=True)
    (chapters / "first.md").write_text(FIRST, encoding="utf-8")
    (chapters / "second.md").write_text(SECOND, encoding="utf-8")
    pages.write(root, ledger())
    build(root, "html")
    return root / "_build" / "html"


def build(root: Path, *builder: str) -> None:
    """Run Jupyter Book on `root` with warnings as errors."""
    command = [str(Path(sys.executable).with_name("jupyter-book")), "build", str(root)]
    command += ["-W", "-n", "--keep-going", "--builder", *builder]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
    )
    if done.returncode or "build succeeded" not in done.stdout:
        raise AssertionError(f"the book did not build:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")


@functools.cache
def site() -> Path:
    """The HTML of the book, or of a small one where the book has not been built."""
    return BUILT if (BUILT / "index.html").exists() else small_book()


def html_files(folder: Path) -> list[Path]:
    """All pages, without what Sphinx keeps for its own use."""
    own = ("_static", "_sources", "_images", "_sphinx_design_static", "jupyter_execute")
    return sorted(p for p in folder.rglob("*.html") if p.relative_to(folder).parts[0] not in own)


@functools.cache
def parsed(path: Path) -> bs4.BeautifulSoup:
    """A page as a tree."""
    return bs4.BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
