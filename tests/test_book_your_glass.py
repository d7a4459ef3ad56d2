"""The form *Your glass*: what the browser computes is what the package computes."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Iterator
from dataclasses import asdict

import numpy as np
import pytest
from playwright.sync_api import Page, sync_playwright

from relics.book import scaling, your_glass
from relics.materials import Glass, glass, glasses
from relics.predictions import predict, quantities

OWN = Glass("own", 610.0, 190.0, 2750.0, 2400.0, uncertainties={"T_g": 5.0, "T_D": 12.0})
GIVEN_BEAD = Glass("bead", 700.0, 250.0, 2500.0, 3000.0, 4e-10, {"bead_size": 2e-11, "T_D": 5.0})


@pytest.fixture(scope="module")
def widget():
    return your_glass.your_glass("silica")


def test_start_is_a_glass_of_the_catalogue(widget):
    assert widget.glass["T_g"] == glass("silica").T_g
    assert [g["name"] for g in widget.tables["catalogue"]] == list(glasses())
    assert {q["key"] for q in widget.tables["quantities"]} == {q.key for q in quantities()}


def test_errors_of_the_tables_are_small(widget):
    errors = {q["key"]: end["error"] for q in widget.tables["quantities"] for end in q["ends"]}
    assert max(errors.values()) < 2 * scaling.TOLERANCE, errors


def test_a_kernel_answers_with_the_package(widget, monkeypatch):
    said = []
    monkeypatch.setattr(widget, "send", said.append)
    widget._answer(None, {"ask": "kernel"}, None)
    widget._answer(None, {"ask": "predict", "glass": {**asdict(OWN), "T_g": -1.0}}, None)
    assert said[0] == {"kernel": True}
    assert "T_g = -1.0 K: expected a finite positive number" in said[1]["refused"]


def test_a_page_without_widgets_gets_a_picture(widget):
    data, _ = widget._repr_mimebundle_()
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")


@pytest.fixture(scope="module")
def page(widget) -> Iterator[Page]:
    """The form as the book carries it, from disk and offline, on a page of its own."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next(filter(None, map(shutil.which, names)), None)
    assert path, "no chromium found; select the other tests with -m 'not browser'"
    url = f"data:text/javascript;base64,{base64.b64encode(widget._esm.encode()).decode()}"
    state = {"tables": widget.tables, "glass": widget.glass}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_context(offline=True).new_page()
        problems: list[str] = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.set_content(f"<style>{widget._css}</style><main id=el></main>")
        page.evaluate(
            """async ([url, state]) => {
                window.form = await import(url);
                const model = {get: (key) => state[key], on() {}, off() {}, send() {}};
                form.default.render({model, el: document.getElementById('el')});
            }""",
            [url, state],
        )
        yield page
        browser.close()
    assert not problems, problems


@pytest.mark.browser
@pytest.mark.parametrize("name", ["silica", "B2O3", "As2Se3", "own", "bead"])
def test_numbers_of_the_page_are_those_of_the_package(page, widget, name):
    g = {"own": OWN, "bead": GIVEN_BEAD}.get(name) or glass(name)
    constants = {key: getattr(g, key) for key, *_ in your_glass.INPUTS}
    shown = page.evaluate(
        """([tables, glass]) => Object.fromEntries(
            tables.quantities.map((q) => [q.key, form.predict(tables, q, glass)]))""",
        [widget.tables, {**constants, "uncertainties": g.uncertainties}],
    )
    ends = {q["key"]: q["ends"] for q in widget.tables["quantities"]}
    for p in predict(g):
        error = max(end["error"] for end in ends[p.key])
        np.testing.assert_allclose(shown[p.key]["value"], p.value, rtol=error, err_msg=p.key)
        scale = np.abs(np.mean(p.value)) if np.ndim(p.value) == 0 else np.abs(p.value).max()
        assert shown[p.key]["uncertainty"] == pytest.approx(
            p.uncertainty, rel=0.02, abs=1e-2 * error * scale + 1e-9 * scale
        ), p.key


@pytest.mark.browser
def test_form_moves_table_and_plot(page):
    value = page.locator("tr[data-key=ripplon_frequency] td.value")
    field = page.get_by_label("Debye temperature", exact=False).first
    page.locator("select[name=glass]").select_option("silica")
    before, drawn = value.inner_text(), page.locator("g.mine").inner_html()
    field.fill("250")
    softer = float(value.inner_text().split()[0]) / float(before.split()[0])
    assert softer == pytest.approx(250 / 342, rel=2e-3)
    assert page.locator("g.mine").inner_html() != drawn
    assert "--td 250" in page.locator("code").inner_text()
    assert page.locator("select[name=glass]").input_value() == ""


@pytest.mark.browser
def test_impossible_numbers_are_refused_in_words(page):
    page.locator("select[name=glass]").select_option("silica")
    row = page.locator("tr[data-key=xi] td.value")
    before = row.inner_text()
    page.locator("input[name=density]").fill("-3")
    assert "density" in page.locator(".relics-glass-message").inner_text()
    assert page.locator("input[name=density]").get_attribute("aria-invalid") == "true"
    assert row.inner_text() == before
    page.locator("input[name=density]").fill("2300")
    assert page.locator(".relics-glass-message").inner_text() == ""


@pytest.mark.browser
def test_a_glass_beyond_the_theory_is_told_so(page):
    page.locator("select[name=glass]").select_option("silica")
    page.locator("input[name=T_g]").fill("2900")
    page.locator("input[name=T_D]").fill("150")
    row = page.locator("tr[data-key=plateau_conductivity]")
    assert "no value here" in row.inner_text() and "no value: outside" in row.inner_text()
    assert (
        "your glass: no value on these axes" in page.locator(".relics-explorer-stage").inner_text()
    )
    assert "±" in page.locator("tr[data-key=xi] td.value").inner_text()


@pytest.mark.browser
@pytest.mark.parametrize(
    ("name", "text"),
    [("silica", "silica"), ("As2Se3", "As₂Se₃"), ("Na2O-2SiO2", "Na₂O·2SiO₂"), ("SRM 711", "SRM 711"),
     ("Ca(NO3)2", "Ca(NO₃)₂")],
)  # fmt: skip
def test_formulas_of_glasses_have_their_indices(page, name, text):
    assert page.evaluate("name => form.formula(name)", name) == text


@pytest.mark.browser
def test_lists_name_quantities_without_markup(page):
    texts = page.locator("option").all_inner_texts()
    assert {"As₂S₃", "speed of sound cₛ", "P̄ g²/(ρ cₛ²)"} <= set(texts)
    assert not [t for t in texts if "_" in t or "^" in t]


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1280])
def test_whatever_is_plotted_its_words_stay_inside_the_picture(page, width):
    page.set_viewport_size({"width": width, "height": 900})
    page.locator("select[name=glass]").select_option("silica")
    for y, x in (
        ("plateau_conductivity", "T_g"),
        ("c_TLS_1K_waiting", "c_TLS_1K_waiting"),
        ("expansivity_rr_printed", "sound_speed"),
    ):
        page.locator("select[name='plot axis']").select_option(y)
        page.locator("select[name='against axis']").select_option(x)
        outside = page.evaluate(
            """() => {
                const frame = document.querySelector('.relics-explorer-stage svg').getBoundingClientRect();
                return [...document.querySelectorAll('.relics-explorer-stage text')].filter((node) => {
                    const box = node.getBoundingClientRect();
                    return box.left < frame.left - 1 || box.right > frame.right + 1
                        || box.top < frame.top - 1 || box.bottom > frame.bottom + 1;
                }).map((node) => node.textContent);
            }"""
        )
        assert not outside, (y, x)
    assert "As₂S₃" in page.locator(".relics-explorer-stage").inner_text()
