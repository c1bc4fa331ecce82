"""The wall of pictures: filtered, paged, opened, reached by keyboard."""

import re
from urllib.parse import parse_qs, urlparse

import numpy as np
from playwright.sync_api import Page, expect

from fashion_model.runs import Run
from tests.browser.conftest import App, keyed, settled, visit


def names(page: Page) -> list[str]:
    tiles = keyed(page, "browse_wall").locator("button.tile")
    expect(tiles.first).to_be_visible()
    return tiles.evaluate_all("all => all.map(one => one.dataset.id)")


def parameters(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlparse(page.url).query)


def test_filter_page_and_go_back(app: App, page: Page):
    visit(page, app, "/browse")
    assert names(page) == [f"test-{place}" for place in range(60)]
    keyed(page, "answer").get_by_role("combobox").click()
    page.get_by_role("option", name="Wrong").click()
    settled(page)
    stored = Run(app.models / "better").answers("test")
    wrong = np.flatnonzero(stored.log_probabilities.argmax(axis=1) != stored.labels)
    expect(keyed(page, "browse_wall").locator(f"[data-id=test-{wrong[0]}]")).to_be_visible()
    assert names(page) == [f"test-{place}" for place in wrong[:60]]
    assert parameters(page)["answer"] == ["wrong"]
    if len(wrong) > 60:
        page.get_by_role("button", name="Page 2", exact=True).click()
        expect(keyed(page, "browse_wall").locator(f"[data-id=test-{wrong[60]}]")).to_be_visible()
        assert parameters(page)["page"] == ["2"]
        page.go_back()
        expect(keyed(page, "browse_wall").locator(f"[data-id=test-{wrong[0]}]")).to_be_visible()
    page.go_back()
    expect(keyed(page, "browse_wall").locator("[data-id=test-0]")).to_be_visible()


def test_the_keyboard_walks_the_wall_and_opens_a_picture(app: App, page: Page):
    visit(page, app, "/browse")
    tiles = keyed(page, "browse_wall").locator("button.tile")
    tiles.first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("test-2")
    settled(page)
    dialog.get_by_role("button", name="Next").click()
    expect(dialog).to_contain_text("test-3")
    assert parameters(page)["picture"] == ["test-3"]


def test_pictures_are_crisp_and_named(app: App, page: Page):
    visit(page, app, "/browse?answer=wrong")
    tile = keyed(page, "browse_wall").locator("button.tile").first
    assert "taken for" in tile.get_attribute("aria-label")
    picture = tile.locator(".picture")
    assert picture.evaluate("one => getComputedStyle(one).imageRendering") == "pixelated"
    assert picture.bounding_box()["width"] % 28 == 0
    expect(tile.locator(".mark")).to_have_text("✕")


def test_the_slider_is_in_the_address_and_is_no_step_back(app: App, page: Page):
    visit(page, app, "/browse")
    steps = page.evaluate("history.length")
    keyed(page, "confidence").get_by_role("slider").last.press("ArrowLeft")
    expect(page).to_have_url(re.compile(r"confidence=0-99"))
    settled(page)
    assert page.evaluate("history.length") == steps
    page.reload()
    settled(page)
    expect(keyed(page, "confidence").get_by_role("slider").last).to_have_value("99")
