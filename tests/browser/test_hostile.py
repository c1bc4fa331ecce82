"""What strangers type and bring, met in a real browser under the server's own headers."""

import shutil
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from fashion_model.changing import rename_run
from fashion_model.runs import open_run
from tests.browser.conftest import ROOT, App, keyed, settled, visit
from tests.making_runs import failed_run, finished_run

NASTY = "<img src=x onerror=hit()> **bold** [x](javascript:0) :red[r] $y$ www.e.org :cat:"
INSIDE = "img[src='x'], a[href^='javascript'], a[href*='e.org'], a[href*='ev.il'], .katex"
INSIDE += ", strong:text-is('bold'), strong:text-is('none'), b:text-is('nobody')"
PAGES = {  # and what is read there as it was typed
    **dict.fromkeys(("/", "/browse", "/confusions", "/compare", "/train?run=typed"), NASTY),
    "/train": "Train a model",
    "/classify": "What is it?",
    "/train?run=<b>nobody</b>": "<b>nobody</b>",
    "/?model=**none**": "**none**",
    "/browse?picture=[Log in](https://ev.il)": "[Log in](https://ev.il)",
}


@pytest.fixture
def typed(own_app, shown_data, monkeypatch) -> Iterator[App]:
    """An app whose runs have such a title."""
    app = own_app()
    monkeypatch.setenv("FITTING_ROOM_MODELS", str(app.models))
    finished_run(shown_data[0], "typed", "T", seed=1)
    finished_run(shown_data[0], "other", "T", 0.8, seed=2, kind="mlp")
    failed_run("failed", "T")
    for name in ("typed", "other", "failed"):
        rename_run(open_run(name), NASTY)
    return app


def test_what_was_typed_is_read_as_it_was_typed_on_every_page(typed: App, page: Page):
    for path, shown in PAGES.items():
        visit(page, typed, path)
        page.wait_for_function(
            """shown => document.querySelector("[data-testid=stMain]").innerText
              .replaceAll("\u2060", "").includes(shown)""",
            arg=shown,
        )
        assert page.locator(INSIDE).count() == 0, path
        assert page.locator("[style*='color']:text-is('x')").count() == 0, path
    visit(page, typed, "/train?run=typed")
    heading = page.get_by_role("heading", level=1).inner_text()
    assert heading.replace("\u2060", "") == NASTY


@pytest.fixture
def real(own_app) -> App:
    """An app with one of the models that are shipped, which answers."""
    app = own_app()
    shutil.copytree(ROOT / "models" / "mlp", app.models / "mlp")
    return app


def test_the_whole_app_works_under_its_policy(real: App, page: Page, tmp_path):
    """A violation is an error in the console, which fails any test with a browser."""
    for path in ("/", "/train", "/browse", "/confusions", "/compare"):
        visit(page, real, path)
    expect(page.locator(".js-plotly-plot").first).to_be_visible()

    visit(page, real, "/classify")
    name = tmp_path / "<b>dress<b> & $1$ **.png"
    shirt = np.full((90, 60, 3), 255, np.uint8)
    shirt[10:80, 15:45] = 40
    Image.fromarray(shirt).save(name)
    page.locator("input[type=file]").first.set_input_files(name)
    expect(page.get_by_alt_text("Your picture")).to_be_visible()
    assert page.get_by_test_id("stImageCaption").locator("b, strong, .katex").count() == 0
    expect(page.get_by_text("What the model sees").first).to_be_visible()
    keyed(page, "example_Trouser").get_by_role("button").click()
    expect(keyed(page, "drawing_chart")).to_be_visible()
    box = keyed(page, "canvas").locator("canvas").last.bounding_box()
    page.mouse.move(box["x"] + 60, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 200, steps=4)
    page.mouse.up()
    settled(page)
    expect(keyed(page, "drawing_chart")).to_be_visible()


def test_a_script_that_comes_into_the_page_does_not_run(real: App, browser: Browser):
    page = browser.new_page()
    visit(page, real)
    page.evaluate(
        """() => {
          window.refused = []
          document.addEventListener("securitypolicyviolation", event =>
            window.refused.push(event.effectiveDirective))
          const script = document.createElement("script")
          script.textContent = "window.ran = true"
          document.body.append(script)
          const image = document.createElement("img")
          image.src = "https://elsewhere.test/pixel.png"
          document.body.append(image)
        }"""
    )
    page.wait_for_function("window.refused.length === 2")
    assert page.evaluate("window.ran") is None
    assert sorted(page.evaluate("window.refused")) == ["img-src", "script-src-elem"]
    page.close()
