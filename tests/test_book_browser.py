"""The book in a real browser, from disk, with the network off."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from book_site import ROOT, html_files, site, small_book
from playwright.sync_api import Browser, Page, sync_playwright

from relics.book import sources

pytestmark = pytest.mark.browser

NARROW = {"width": 390, "height": 844}
WIDE = {"width": 1280, "height": 900}
SHARES = 4

# Serious and critical findings for WCAG 2.1 A and AA. The rule left out is experimental and takes
# the tooltip of an icon for its text.
AXE = """async () => {
    const result = await axe.run({exclude: [['mjx-container']]}, {
        preload: false,
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'],
        rules: {'label-content-name-mismatch': {enabled: false}},
        resultTypes: ['violations'],
    });
    return result.violations.filter(({impact}) => ['serious', 'critical'].includes(impact))
        .map(({id, nodes}) => `${id}: ${nodes[0].html.slice(0, 200)}`);
}"""

UNRENDERED = """() => [
    ...[...document.querySelectorAll('mjx-merror, [data-mml-node=merror]')]
        .map((node) => `mathematics in error: ${node.textContent}`),
    ...[...document.querySelectorAll('mjx-container [fill=red]')]
        .map((node) => `unknown macro: ${node.closest('mjx-container').textContent.slice(0, 80)}`),
    ...[...document.querySelectorAll('.math, .mathjax_process, .relics-card, figcaption')]
        .filter((node) => /\\\\[[(]/.test(node.innerText))
        .map((node) => `mathematics not drawn: ${node.innerText.slice(0, 80)}`),
]"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next(filter(None, map(shutil.which, names)), None)
    assert path, "no chromium found; select the other tests with -m 'not browser'"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield started
        started.close()


class Visit:
    """A page opened from disk with the network off, and all that went wrong on it."""

    def __init__(self, browser: Browser, path: Path, dark: bool = False, size: dict = WIDE) -> None:
        scheme = "dark" if dark else "light"
        self.context = browser.new_context(offline=True, viewport=size, color_scheme=scheme)
        self.page: Page = self.context.new_page()
        self.problems: list[str] = []
        self.page.on("pageerror", lambda error: self.problems.append(f"script error: {error}"))
        self.page.on("requestfailed", lambda r: self.problems.append(f"failed: {r.url}"))
        self.page.on("request", self._request)
        self.page.on("console", self._console)
        self.page.goto(path.as_uri())
        self.page.wait_for_function("window.MathJax?.startup?.promise !== undefined")
        self.page.evaluate("MathJax.startup.promise.then(() => null)")
        self.page.wait_for_timeout(150)

    def _request(self, request) -> None:
        if not request.url.startswith(("file:", "data:", "blob:")):
            self.problems.append(f"outside request: {request.url}")

    def _console(self, message) -> None:
        if message.type == "error":
            self.problems.append(f"console: {message.text}")

    def __enter__(self) -> Visit:
        return self

    def __exit__(self, *exception: object) -> None:
        self.context.close()


def pages() -> list[Path]:
    names = ("index.html", "search.html", "genindex.html")
    return [path for path in html_files(site()) if path.name not in names]


def first_chapter() -> Path:
    return small_book() / "notebooks" / "foundation" / "first.html"


@pytest.mark.parametrize("share", range(SHARES))
def test_pages_are_in_order(browser, share):
    """From disk, offline: no error, all mathematics drawn, fits a phone, accessible twice over."""
    axe = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
    found = []
    for path in pages()[share::SHARES]:
        with Visit(browser, path) as visit:
            page = visit.page
            found += [f"{path.name}: {line}" for line in page.evaluate(UNRENDERED)]
            page.evaluate(axe)
            # A colour that is still on its way from light to dark has neither's contrast.
            page.add_style_tag(content="* { transition: none !important; }")
            for scheme in ("light", "dark"):
                page.evaluate(
                    "scheme => { document.documentElement.dataset.theme = scheme }", scheme
                )
                for line in page.evaluate(AXE):
                    found.append(f"{path.name} ({scheme}): {line}")
            page.set_viewport_size(NARROW)
            page.wait_for_timeout(100)
            width = page.evaluate("document.documentElement.scrollWidth")
            if width > NARROW["width"]:
                found.append(f"{path.name}: {width} pixels wide on a phone")
            found += [f"{path.name}: {problem}" for problem in visit.problems]
    assert not found, "\n".join(found)


def test_an_equation_of_a_card_is_drawn(browser):
    with Visit(browser, first_chapter()) as visit:
        assert visit.page.locator(".relics-card mjx-container svg").count() == 1
        assert visit.page.locator(".relics-printed mjx-container svg").count() == 2


def test_pages_look_right_in_light_dark_and_narrow(browser, tmp_path):
    sizes = []
    for name, dark, size in (
        ("light", False, WIDE),
        ("dark", True, WIDE),
        ("narrow", False, NARROW),
    ):
        with Visit(browser, first_chapter(), dark=dark, size=size) as visit:
            shot = tmp_path / f"{name}.png"
            visit.page.screenshot(path=shot, full_page=True)
            sizes.append(shot.stat().st_size)
            paper, ink = visit.page.evaluate(
                """() => {
                    const style = getComputedStyle(document.querySelector('.relics-explorer'));
                    const grey = (c) => c.match(/[\\d.]+/g).slice(0, 3).reduce((a, b) => a + Number(b), 0) / 3;
                    return [grey(style.backgroundColor), grey(style.color)];
                }"""
            )
            assert (paper < 60 and ink > 180) if dark else (paper > 200 and ink < 80), name
    assert min(sizes) > 10_000


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_what_a_cell_prints_is_broken_to_the_page_and_stays_whole(browser, size):
    with Visit(browser, first_chapter(), size=size) as visit:
        block = visit.page.locator("div.cell_output pre", has_text="line of many words")
        lines = [f"{name} {'line of many words' * 12}" for name in ("first", "second")]
        assert block.text_content().strip().split("\n") == lines
        assert block.locator(".relics-line").count() == 2
        wide, room, indent = block.evaluate(
            """(block) => [block.scrollWidth, block.clientWidth,
                getComputedStyle(block.querySelector('.relics-line')).textIndent]"""
        )
        assert wide <= room + 1 and indent.startswith("-")


def curve(visit: Visit) -> str:
    return visit.page.locator(".relics-explorer path.line").first.get_attribute("d")


def test_explorer_moves_with_its_slider(browser):
    with Visit(browser, first_chapter()) as visit:
        visit.page.wait_for_selector(".relics-explorer path.line")
        slider = visit.page.get_by_role("slider").first
        assert slider.get_attribute("aria-valuetext") == "entropy s_c / k_B 0.8"
        before = curve(visit)
        slider.fill("2")
        assert slider.get_attribute("aria-valuetext") == "entropy s_c / k_B 1"
        after = curve(visit)
        assert after != before
        slider.fill("1")
        assert curve(visit) == before
        assert not visit.problems


def test_explorer_obeys_the_keyboard(browser):
    with Visit(browser, first_chapter()) as visit:
        visit.page.wait_for_selector(".relics-explorer path.line")
        slider = visit.page.get_by_role("slider").nth(1)
        slider.focus()
        visit.page.keyboard.press("ArrowRight")
        assert slider.get_attribute("aria-valuetext").endswith(" 40")
        visit.page.keyboard.press("Home")
        assert slider.get_attribute("aria-valuetext").endswith(" 30")


def test_explorer_shows_and_gives_away_its_numbers(browser):
    with Visit(browser, first_chapter()) as visit:
        visit.page.wait_for_selector(".relics-explorer path.line")
        visit.page.get_by_text("Values", exact=True).click()
        rows = visit.page.locator(".relics-explorer-values tbody tr")
        rows.first.wait_for()
        assert rows.count() == 61
        link = visit.page.locator(".relics-explorer a[download]").get_attribute("href")
        assert link.startswith("data:text/csv") and link.count("%0A") == 61


def test_explorer_can_fit_its_axes(browser):
    with Visit(browser, first_chapter()) as visit:
        visit.page.wait_for_selector(".relics-explorer path.line")
        before = curve(visit)
        button = visit.page.get_by_role("button", name="Fit axes to these curves")
        button.click()
        assert button.get_attribute("aria-pressed") == "true"
        assert curve(visit) != before


@pytest.fixture(scope="module")
def module(browser) -> Iterator[Page]:
    """The explorer's functions, called one by one."""
    source = (ROOT / "src" / "relics" / "book" / "explorer.js").read_bytes()
    url = f"data:text/javascript;base64,{base64.b64encode(source).decode()}"
    page = browser.new_page()
    page.evaluate(
        "url => import(url).then(module => { window.explorer = module; return null })", url
    )
    yield page
    page.close()


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (1.23456, "1.235"), (-4e-21, "−4·10⁻²¹"), (1e17, "10¹⁷"), (99999.99e3, "10⁸")],
)
def test_numbers_are_written_as_a_reader_writes_them(module, value, text):
    assert module.evaluate("value => explorer.format(value)", value) == text


@pytest.mark.parametrize(
    ("low", "high"), [(0, 1), (-3.7, 12.2), (2e-21, 9e-21), (1e5, 8e5), (-0.2, 0.31)]
)
def test_linear_ticks_are_round_numbers_inside_the_range(module, low, high):
    ticks = module.evaluate("([a, b]) => explorer.linearTicks(a, b, 5)", [low, high])
    values = [tick["value"] for tick in ticks["major"]]
    assert 3 <= len(values) <= 11
    margin = 1e-8 * (high - low)
    assert all(low - margin <= value <= high + margin for value in values)
    step = values[1] - values[0]
    mantissa = float(f"{step:.6e}".split("e")[0])
    assert mantissa in (1, 2, 5)
    assert len({tick["text"] for tick in ticks["major"]}) == len(values)


@pytest.mark.parametrize(("low", "high"), [(1e-5, 1e2), (0.02, 0.9), (3, 8), (1e-30, 1e20)])
def test_logarithmic_ticks_lie_inside_the_range(module, low, high):
    ticks = module.evaluate("([a, b]) => explorer.logTicks(a, b, 6)", [low, high])
    values = [tick["value"] for tick in ticks["major"]]
    assert 1 <= len(values) <= 9
    assert all(low * (1 - 1e-9) <= value <= high * (1 + 1e-9) for value in values)


def test_ledger_table_is_filtered_and_found_by_its_anchor(browser):
    path = small_book() / "book" / "generated" / "equations.html"
    with Visit(browser, path) as visit:
        page = visit.page
        count = page.locator("form output")
        total = int(count.inner_text().split()[-1])
        page.get_by_role("searchbox").last.fill("barrier LW07")
        shown = int(count.inner_text().split()[0])
        assert 0 < shown < total
        assert page.locator("#equations tbody tr:visible").count() == shown
        page.get_by_role("searchbox").last.fill("")
        page.locator("select[name=outcome]").select_option("refuted")
        assert count.inner_text() == f"1 of {total}"
        assert page.locator("#ledger-LW07-9").is_visible()
        page.evaluate("location.hash = '#ledger-LW07-7'")
        page.wait_for_timeout(100)
        assert page.locator("#ledger-LW07-7").is_visible()
        assert not visit.problems


def test_links_between_cards_lead_to_the_card_or_the_ledger(browser):
    with Visit(browser, first_chapter()) as visit:
        card = visit.page.locator("#LW07-7")
        links = {a.inner_text(): a.get_attribute("href") for a in card.locator("a").all()}
        assert links["LW07-6"] == "second.html#LW07-6"
        assert links["LB21-15"] == "../../book/generated/equations.html#ledger-LB21-15"
        assert "liquid/equal-bulk" not in links
        card.get_by_text("LW07-6").click()
        visit.page.wait_for_url("**/second.html#LW07-6")


def lit(page: Page, kind: str) -> set[str]:
    return {node.get_attribute("data-entry") for node in page.locator(f"g.entry.{kind}").all()}


def test_graph_lights_up_what_is_below_and_what_falls(browser):
    path = small_book() / "book" / "generated" / "derivations.html"
    with Visit(browser, path) as visit:
        page = visit.page
        page.locator("#node-LW07-7").click()
        assert lit(page, "self") == {"LW07-7"}
        assert lit(page, "below") == {"LW07-6"}
        assert lit(page, "above") == {"LW07-8", "LW07-9"}
        panel = page.locator(".relics-derivations .panel")
        panel.locator("mjx-container svg").wait_for()
        assert "2 would fall with it" in panel.inner_text()
        panel.get_by_role("button", name="LW07-6").click()
        assert lit(page, "above") == {"LW07-7", "LW07-8", "LW07-9"}
        page.get_by_role("button", name="show all").click()
        assert not lit(page, "self") and panel.inner_text() == ""
        assert not visit.problems


def test_graph_obeys_the_keyboard_and_the_address(browser):
    path = small_book() / "book" / "generated" / "derivations.html"
    with Visit(browser, path) as visit:
        page = visit.page
        page.evaluate("location.hash = '#node-LW07-7'")
        page.wait_for_timeout(100)
        assert lit(page, "self") == {"LW07-7"}
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        assert lit(page, "self") == {"LW07-8"} and lit(page, "below") == {"LW07-6", "LW07-7"}
        page.keyboard.press("Escape")
        assert not lit(page, "self")
        page.get_by_role("combobox").fill("LW07-9")
        assert lit(page, "below") == {"LW07-6", "LW07-7", "LW07-8"}
        assert page.locator("g.entry[tabindex='0']").count() == 1
        assert not visit.problems


def pasted(page: Page) -> str:
    """What the clipboard holds, read as a reader would: by pasting it."""
    page.evaluate(
        "document.body.insertAdjacentHTML('afterbegin', '<textarea id=pasted></textarea>')"
    )
    page.locator("#pasted").focus()
    page.keyboard.press("ControlOrMeta+V")
    text = page.locator("#pasted").input_value()
    page.evaluate("document.getElementById('pasted').remove()")
    return text


WITHOUT_CLIPBOARD = "Object.defineProperty(navigator, 'clipboard', {value: undefined})"
REFUSED = "navigator.clipboard.writeText = () => Promise.reject(new Error('not allowed'))"


@pytest.mark.parametrize("way", ["null", WITHOUT_CLIPBOARD, REFUSED])
def test_a_source_is_copied_and_announced(browser, way):
    with Visit(browser, first_chapter()) as visit:
        page = visit.page
        page.evaluate(f"() => {{ {way} }}")
        card = page.locator("#LW07-7")
        for kind, source in (
            ("LaTeX", sources.latex("LW07-7")),
            ("SymPy", sources.sympy("LW07-7")),
            ("NumPy", sources.numpy("relics.rfot.barrier")),
        ):
            card.get_by_role("button", name=f"Copy {kind}").click()
            card.get_by_text(f"{kind} copied").wait_for()
            assert pasted(page) == source
        assert card.locator("output").get_attribute("aria-live") == "polite"
        assert not visit.problems


def test_sources_are_copied_by_keyboard_and_the_place_is_kept(browser):
    with Visit(browser, first_chapter(), dark=True, size=NARROW) as visit:
        page = visit.page
        page.evaluate(f"() => {{ {WITHOUT_CLIPBOARD} }}")
        page.get_by_role("button", name="Copy LaTeX").first.focus()
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.get_by_text("SymPy copied").wait_for()
        assert page.evaluate("document.activeElement.dataset.copies") == "SymPy"
        assert pasted(page) == sources.sympy("LW07-7")
        for button in page.locator("#LW07-7 .relics-copies button").all():
            box = button.bounding_box()
            assert box["x"] >= 0 and box["x"] + box["width"] <= NARROW["width"]


def test_what_cannot_be_copied_is_said(browser):
    with Visit(browser, first_chapter()) as visit:
        page = visit.page
        page.evaluate(f"() => {{ {WITHOUT_CLIPBOARD}; document.execCommand = () => false }}")
        page.locator("#LW07-7").get_by_role("button", name="Copy SymPy").click()
        page.get_by_text("Not copied: open the SymPy below").wait_for()


def test_sources_are_not_printed(browser):
    with Visit(browser, first_chapter()) as visit:
        visit.page.emulate_media(media="print")
        assert not visit.page.locator(".relics-copies, .relics-sources").first.is_visible()
