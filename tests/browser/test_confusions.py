"""A cell opens exactly its pictures, in the real browser, with the real mouse."""

import re
from urllib.parse import parse_qs, urlparse

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from fashion_model.classes import CLASSES
from fashion_model.runs import Run
from tests.browser.conftest import App, keyed, settled, visit
from tests.waiting import until

SHIRT, TOP, COAT = (CLASSES.index(name) for name in ("Shirt", "T-shirt/top", "Coat"))


@pytest.fixture
def stored(app: App):
    """What the best run answered on the test set."""
    return Run(app.models / "better").answers("test")


def click_cell(page: Page, true: int, predicted: int) -> None:
    """Click in the middle of a cell of the matrix."""
    points = keyed(page, "confusion_matrix").locator(".scatterlayer .point")
    expect(points).to_have_count(100)
    box = points.nth(10 * true + predicted).bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    settled(page)


def shown(page: Page) -> set[str]:
    tiles = keyed(page, "cell_wall").locator("button.tile")
    return set(tiles.evaluate_all("all => all.map(one => one.dataset.id)"))


def expect_cell(page: Page, stored, true: int, predicted: int) -> None:
    heading = f"{CLASSES[true]}, taken for {CLASSES[predicted]}"
    expect(page.get_by_role("heading", name=heading)).to_be_visible()
    settled(page)
    answered = stored.log_probabilities.argmax(axis=1)
    places = np.flatnonzero((stored.labels == true) & (answered == predicted))
    names = {f"test-{place}" for place in places}
    cell = {"true": [CLASSES[true]], "predicted": [CLASSES[predicted]]}
    until(lambda: len(shown(page)) == min(60, len(names)) and shown(page) <= names)
    until(lambda: cell.items() <= parse_qs(urlparse(page.url).query).items())


def test_a_click_on_a_cell_shows_its_pictures_and_another_click_those_of_another(
    app: App, page: Page, stored
):
    visit(page, app, "/confusions")
    click_cell(page, SHIRT, TOP)
    expect_cell(page, stored, SHIRT, TOP)
    click_cell(page, COAT, SHIRT)
    expect_cell(page, stored, COAT, SHIRT)
    page.go_back()
    expect_cell(page, stored, SHIRT, TOP)


def test_a_cell_can_be_opened_again_after_another_was_chosen_elsewhere(
    app: App, page: Page, stored
):
    visit(page, app, "/confusions")
    click_cell(page, SHIRT, TOP)
    expect_cell(page, stored, SHIRT, TOP)
    keyed(page, f"shortcut-{TOP}-{SHIRT}").get_by_role("button").click()
    expect_cell(page, stored, TOP, SHIRT)
    click_cell(page, SHIRT, TOP)
    expect_cell(page, stored, SHIRT, TOP)


def test_the_address_of_a_cell_opens_it_on_a_phone_in_the_dark(app: App, visitor, stored):
    page = visitor(width=390, color_scheme="dark")
    visit(page, app, "/confusions?true=Shirt&predicted=T-shirt%2Ftop")
    expect_cell(page, stored, SHIRT, TOP)
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390


def test_a_picture_opens_closes_and_comes_back(app: App, page: Page):
    visit(page, app, "/confusions?true=Shirt&predicted=T-shirt%2Ftop")
    tile = keyed(page, "cell_wall").locator("button.tile").first
    name = tile.get_attribute("data-id")
    tile.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(name)
    expect(dialog).to_contain_text("it is labelled Shirt")
    expect(page).to_have_url(re.compile(f"picture={name}"))
    page.reload()
    expect(dialog).to_contain_text(name)
    settled(page)
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    settled(page)
    expect(page).not_to_have_url(re.compile("picture="))
    page.go_back()
    expect(dialog).to_contain_text(name)
