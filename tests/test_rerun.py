"""Cells that run in the page: what is offered, the session, and a browser that does it offline."""

from __future__ import annotations

import atexit
import functools
import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest
from book_site import HEADER, ROOT, build
from test_book_browser import AXE, NARROW, WIDE, Visit, browser  # noqa: F401

from relics.book import page_arrays, page_cells, page_session, rerun
from relics.book.closure import code_cells
from relics.book.execute import notebooks

CHAPTER = (
    HEADER
    + """# A chapter to run

```{code-cell} ipython3
import numpy as np
import sympy as sp
from relics import rfot
from relics.proof import certify, package, premise
```

```{code-cell} ipython3
F = premise("LW07-6")
gamma, N, s_c, T = F.symbols("gamma N s_c T")
N_b = sp.solve(sp.diff(F.rhs, N), N)[0]
N_b
```

```{code-cell} ipython3
certify(
    "LW07-7",
    {"F_b": F.rhs.subs(N, N_b)},
    premises=["LW07-6"],
    number={"F_b": package(rfot.barrier, gamma="gamma", s_c="s_c", T="T")},
    routes=["stationary value of the profile", "closed form in NumPy"],
)
```

```{code-cell} ipython3
print(rfot.barrier(1e-20, 1e-23, 300.0), np.sqrt(2))
```

```{code-cell} ipython3
for k in range(3):
    print(k, N_b.free_symbols == {gamma, s_c, T})
```

```{code-cell} ipython3
while True:
    pass
```
"""
)


# Arrays without NumPy.


def test_random_numbers_are_those_of_numpy():
    choose = random.Random(5)
    for seed in [0, 1, 2**32 - 1, 2**64 - 1, 2**200, *(choose.getrandbits(64) for _ in range(300))]:
        theirs, ours = np.random.default_rng(seed), page_arrays.default_rng(seed)
        for _ in range(8):
            if choose.random() < 0.5:
                low, high = choose.uniform(-3, 1), choose.uniform(1, 1e3)
                assert ours.uniform(low, high) == theirs.uniform(low, high)
            else:
                low = choose.randrange(-9, 9)
                high = low + choose.choice([1, 2, 3, 10, 12345, 3 << 30])
                assert ours.integers(low, high) == theirs.integers(low, high)


@pytest.mark.parametrize("bounds", [(1, 1), (2, 1), (0, 1 << 33)])
def test_impossible_integers_are_refused(bounds):
    with pytest.raises(ValueError, match=f"integers from {bounds[0]} to {bounds[1]}"):
        page_arrays.default_rng(1).integers(*bounds)


def test_a_negative_seed_is_refused():
    with pytest.raises(ValueError, match="-1"):
        page_arrays.default_rng(-1)


# What a cell needs.


def test_names_that_a_cell_uses_and_gives():
    cell = page_cells.read(
        "a = b + sum(c for c in d)\n"
        "def f(x, y=z):\n    w = x + v\n    return [u for u in w if u in t]\n"
        "e[0] = (lambda s: s + a)(1)\n"
        "h.append(2)\n"
    )
    assert cell.uses == {"b", "d", "sum", "z", "e", "h"}
    assert cell.gives == {"a", "f", "e", "h"}
    assert cell.functions == {"f": {"v", "t"}}


def test_functions_that_are_only_named_do_not_count_as_used():
    cell = page_cells.read(
        "from relics import rfot\n"
        "x = certify(one, number={'F': package(rfot.barrier, using=lambda f, v: np.sum(v))})\n"
    )
    assert cell.uses == {"certify", "one"} and {"rfot", "np", "package"} <= cell.mentions
    assert cell.lacks == {"rfot"}


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        ("numpy", True), ("scipy.special", True), ("matplotlib.pyplot", True), ("relics.rfot", True),
        ("relics.proofs", True), ("sympy.physics.quantum", False), ("mpmath", False),
        ("functools", False), ("relics.proof.evaluate", False), ("relics.constants", False),
    ],
)  # fmt: skip
def test_modules_of_a_page(module, absent):
    assert page_cells.is_absent(module) is absent


def test_what_rests_on_numpy_is_not_offered():
    sources = [
        "import numpy as np\nimport sympy as sp\nfrom relics import rfot",
        "x = sp.Symbol('x')",
        "data = np.linspace(0, 1)",
        "print(data)",
        "def curve(t):\n    return np.exp(t)\ny = x**2",
        "sp.diff(y, x)",
        "curve(2)",
        "data = [1, 2]",
        "sum(data)",
        "certify('LW07-49', {})",
        "this is no Python",
    ]
    assert page_cells.offered(sources) == [1, 4, 5, 7, 8, 9]
    assert page_cells.offered(sources, {"LW07-49"}) == [1, 4, 5, 7, 8]
    assert page_cells.suppliers(sources, 5) == {"sp": 0, "x": 1, "y": 4}
    assert page_cells.suppliers(sources, 8) == {"data": 7}


# The session.


def session() -> tuple[page_session.Session, list[tuple[str, str]]]:
    shown: list[tuple[str, str]] = []
    return page_session.Session(lambda kind, text: shown.append((kind, text))), shown


def results(shown: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(kind, text) for kind, text in shown if kind != "status"]


def test_a_cell_sees_the_names_as_they_were_before_it():
    sources = ["a = 1", "a + 1", "a = 10", "a + 1"]
    run, shown = session()
    for place, value in ((3, "11\n"), (1, "2\n"), (3, "11\n")):
        shown.clear()
        assert run.run(sources, place)
        assert results(shown) == [("text", value)]


def test_earlier_cells_run_once_and_again_when_they_change():
    sources = ["calls = []", "calls.append(1)\nb = len(calls)", "b * 2", "unrelated = 1 / 0"]
    run, shown = session()
    assert run.run(sources, 2) and results(shown) == [("text", "2\n")]
    shown.clear()
    assert run.run(sources, 2) and results(shown) == [("text", "2\n")]
    assert not any("earlier" in text for _, text in shown)
    changed = ["calls = [0, 0]", *sources[1:]]
    shown.clear()
    assert run.run(changed, 2) and results(shown) == [("text", "6\n")]


def test_an_error_is_shown_as_a_traceback_of_the_reader_s_code():
    run, shown = session()
    assert not run.run(["def f(x):\n    return 1 / x", "print('before')\nf(0)"], 1)
    (_, printed), (kind, text) = results(shown)
    assert printed == "before\n" and kind == "error"
    assert text.startswith('Traceback (most recent call last):\n  File "<cell 2>", line 2')
    assert "return 1 / x" in text and text.endswith("ZeroDivisionError: division by zero\n")
    assert "page_session" not in text


def test_a_failure_of_an_earlier_cell_and_a_slip_of_the_pen_are_told():
    run, shown = session()
    assert not run.run(["a = 1 / 0", "a"], 1)
    assert "earlier cell" in results(shown)[0][1] and "ZeroDivisionError" in results(shown)[0][1]
    shown.clear()
    assert not run.run(["a = = 1"], 0)
    assert "SyntaxError" in results(shown)[0][1]


def test_what_a_page_lacks_can_be_named_but_not_called():
    run, shown = session()
    assert run.run(["import numpy as np\nnp.linalg.eigh"], 0)
    assert results(shown) == [("text", "numpy.linalg.eigh\n")]
    shown.clear()
    assert not run.run(["from relics import rfot\nrfot.barrier(1, 2, 3)"], 0)
    assert "relics.rfot.barrier needs NumPy" in results(shown)[0][1]


def test_expressions_are_shown_as_formulas():
    run, shown = session()
    source = "import sympy as sp\nx = sp.Symbol('x')\ndisplay(x**2)\n[x / 2, sp.Eq(x, 1)]"
    assert run.run([source], 0)
    assert results(shown) == [("latex", "x^{2}"), ("latex", r"\left[ \frac{x}{2}, \  x = 1\right]")]


# Chapters, run as a page runs them: in a process that has no NumPy.

AS_IN_A_PAGE = """
import json, sys
constants, cells = json.load(sys.stdin)
from relics.book import page_session
page_session.open_proof(constants)
sys.modules["numpy"] = sys.modules["scipy"] = None
import relics.proof
made, shown = [], []
certify = relics.proof.certify
def kept(*arguments, **named):
    made.append(certify(*arguments, **named))
    return made[-1]
relics.proof.certify = kept
for sources, places in cells:
    session = page_session.Session(lambda kind, text: shown.append((kind, text)))
    for place in places:
        session.run(sources, place)
assert not {m for m in sys.modules if m.startswith(("numpy.", "scipy."))}
print(json.dumps([[c.data for c in made], [t for k, t in shown if k == "error"]]))
"""


def as_in_a_page(chapters: list[Path]) -> tuple[list[dict], list[str]]:
    """Certificates and errors of all offered cells of some chapters."""
    constants = json.loads(dict(rerun.members())["constants.json"])
    cells = []
    for chapter in chapters:
        sources = code_cells(chapter)
        cells.append((sources, page_cells.offered(sources, rerun.by_matrices())))
    done = subprocess.run(
        [sys.executable, "-c", AS_IN_A_PAGE],
        input=json.dumps([constants, cells]),
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert not done.returncode, done.stderr[-2000:]
    certificates, errors = json.loads(done.stdout)
    return certificates, errors


def test_certificates_made_in_a_page_are_those_of_the_chapter():
    """Made again here with NumPy: the same relation, at the same points, with the same values."""
    chapter = ROOT / "notebooks" / "centres" / "barriers.md"
    in_page, errors = as_in_a_page([chapter])
    assert not errors
    names: dict = {}
    sources = code_cells(chapter)
    for place in [0, *page_cells.offered(sources)]:
        exec(sources[place].replace("certify(", "made = certify("), names)
        if "certify(" in sources[place]:
            here = names["made"].data
            there = next(c for c in in_page if c["id"] == here["id"])
            for key in ("statement", "relation", "printed", "outcome", "premises", "derived"):
                assert there[key] == here[key], key
            for e, f in zip(there["evidence"], here["evidence"], strict=True):
                assert e["places"] == f["places"]
                assert e["routes"]["derivation"] == f["routes"]["derivation"]
    assert len(in_page) == 3


PARTS = sorted({chapter.parent for chapter in notebooks()})


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_every_offered_cell_runs(part):
    _, errors = as_in_a_page([c for c in notebooks() if c.parent == part])
    assert not errors, "\n".join(errors)


# The built page.


@functools.cache
def book() -> Path:
    """A book of one chapter that was not executed; the folder of its HTML."""
    root = Path(tempfile.mkdtemp(prefix="relics-rerun-"))
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    shutil.copytree(ROOT / "book" / "_static", root / "book" / "_static")
    config = (ROOT / "_config.yml").read_text(encoding="utf-8")
    config = config.replace("relics_pages: true", "relics_pages: false")
    config = config.replace("execute_notebooks: cache", 'execute_notebooks: "off"')
    (root / "_config.yml").write_text(config, encoding="utf-8")
    (root / "_toc.yml").write_text(
        "format: jb-book\nroot: book/intro\nchapters:\n- file: notebooks/run\n"
    )
    (root / "book" / "references.bib").write_text("")
    (root / "book" / "intro.md").write_text("# A small book\n\nOne chapter.\n")
    (root / "notebooks").mkdir()
    (root / "notebooks" / "run.md").write_text(CHAPTER, encoding="utf-8")
    build(root, "html")
    return root / "_build" / "html"


def test_a_page_says_which_cells_run_and_loads_nothing_before():
    html = (book() / "notebooks" / "run.html").read_text(encoding="utf-8")
    assert '{"cells": 6, "offered": [1, 2, 4, 5]}' in html
    assert "rerun.js" in html and "rerun.css" in html and ".b64.js" not in html
    assert "rerun.js" not in (book() / "book" / "intro.html").read_text(encoding="utf-8")
    names = {p.name for p in (book() / "_static").rglob("*.b64.js")}
    script = (ROOT / "book" / "_static" / "rerun.js").read_text(encoding="utf-8")
    assert len(names) == 8 and all(f'"{n.removesuffix(".b64.js")}"' in script for n in names)


def opened(visit: Visit, place: int):
    """The panel of a cell whose button was pressed."""
    visit.page.get_by_role("button", name=f"Run here: cell {place + 1}", exact=True).click()
    return visit.page.locator(f"#relics-rerun-{place}")


def finished(panel) -> str:
    """What a panel says at the end of a run."""
    status = panel.get_by_role("status")
    status.filter(has_text=re.compile("Done in|An error|stopped")).wait_for(timeout=180_000)
    return status.inner_text()


@pytest.mark.browser
def test_a_derivation_runs_in_the_page(browser):  # noqa: F811
    with Visit(browser, book() / "notebooks" / "run.html", size=WIDE) as visit:
        before = visit.page.evaluate("performance.getEntriesByType('resource').map(r => r.name)")
        assert not [name for name in before if "b64" in name]

        card = opened(visit, 2)
        assert finished(card).startswith("Done in"), card.inner_text()
        assert card.locator(".relics-card.relics-established mjx-container svg").first.is_visible()
        assert "no NumPy: relics.rfot.barrier." in card.inner_text()
        assert visit.page.locator("#LW07-7").count() == 0

        formula = opened(visit, 1)
        assert finished(formula).startswith("Done in")
        assert formula.locator(".formula mjx-container svg").count() == 1

        printed = opened(visit, 4)
        assert finished(printed).startswith("Done in")
        assert printed.locator("pre.text").inner_text().split() == "0 True 1 True 2 True".split()

        # A wrong coefficient in an earlier cell: the certificate is refused.
        code = formula.get_by_role("textbox")
        code.fill(code.input_value().replace("= sp.solve", "= 2 * sp.solve"))
        code.press("Control+Enter")
        assert finished(formula).startswith("Done in")
        card.get_by_role("textbox").press("Shift+Enter")
        assert finished(card) == "An error."
        wrong = card.locator("pre.error").inner_text()
        assert "does not establish the statement" in wrong and "Traceback" in wrong

        # Back to the original.
        formula.get_by_role("button", name="Original code").click()
        card.get_by_role("button", name="Run", exact=True).click()
        assert finished(card).startswith("Done in")
        assert not visit.problems


@pytest.mark.browser
def test_an_endless_cell_can_be_stopped_while_the_page_answers(browser):  # noqa: F811
    with Visit(browser, book() / "notebooks" / "run.html", dark=True, size=NARROW) as visit:
        endless = opened(visit, 5)
        status = endless.get_by_role("status")
        status.filter(has_text="Running").wait_for(timeout=180_000)
        endless.get_by_role("button", name="Stop").click()
        assert status.inner_text().startswith("Stopped.")
        code = endless.get_by_role("textbox")
        code.fill("1 / 0")
        code.press("Control+Enter")
        assert finished(endless) == "An error."
        assert "ZeroDivisionError" in endless.locator("pre.error").inner_text()
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
        assert not visit.problems


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_panel_is_accessible(browser, scheme):  # noqa: F811
    axe = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
    with Visit(browser, book() / "notebooks" / "run.html", dark=scheme == "dark") as visit:
        panel = opened(visit, 1)
        assert finished(panel).startswith("Done in")
        visit.page.evaluate(axe)
        visit.page.add_style_tag(content="* { transition: none !important; }")
        assert visit.page.evaluate(AXE) == []
