"""What is behind an answer, view by view, each with an address of its own."""

import re
import shutil
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import ROOT, App, keyed, settled, visit
from tests.waiting import until


@pytest.fixture
def shipped_app(own_app: Callable[..., App], tmp_path) -> App:
    """An app with the two smallest models of the project; they answer in earnest."""
    (tmp_path / "models").mkdir()
    for name in ("mlp", "logistic-regression"):
        shutil.copytree(ROOT / "models" / name, tmp_path / "models" / name)
    return own_app()


def choose(page: Page, view: str) -> Locator:
    keyed(page, "view").get_by_role("radio", name=view).click()
    settled(page)
    return page.get_by_role("dialog")


def test_why_is_drawn_over_the_picture_and_undone_by_going_back(shipped_app: App, page: Page):
    visit(page, shipped_app, "/browse?model=mlp&picture=test-0")
    dialog = choose(page, "Why")
    expect(dialog).to_contain_text(re.compile(r"covered|No single part|Whichever part"))
    expect(dialog).to_contain_text("What would change its mind")
    expect(page).to_have_url(re.compile("view=why"))
    pictures = dialog.get_by_role("img")
    expect(pictures).to_have_count(2)  # sixteen pixels for each
    until(lambda: set(pictures.evaluate_all("all => all.map(one => one.naturalWidth)")) == {448})
    page.reload()
    settled(page)
    expect(page.get_by_role("dialog")).to_contain_text("What would change its mind")
    page.go_back()
    enlarged = page.get_by_role("dialog").get_by_role("img", name=re.compile("enlarged"))
    expect(enlarged).to_be_visible()
    expect(page).not_to_have_url(re.compile("view="))


def test_a_similar_garment_opens_with_a_click(shipped_app: App, page: Page):
    visit(page, shipped_app, "/browse?model=mlp&picture=test-0&view=similar")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("training pictures most alike to it")
    tiles = keyed(page, "similar_pictures-mlp").locator("button.tile")
    expect(tiles).to_have_count(12)
    name = tiles.first.get_attribute("data-id")
    tiles.first.click()
    expect(page).to_have_url(re.compile(f"picture={name}"))
    expect(page).to_have_url(re.compile("view=similar"))
    expect(page.get_by_role("dialog")).to_contain_text(f"picture {name}")
    until(lambda: name not in tiles.evaluate_all("all => all.map(one => one.dataset.id)"))
    expect(tiles).to_have_count(12)


def test_inside_a_linear_model_its_weights_are_pictures(shipped_app: App, page: Page):
    visit(page, shipped_app, "/browse?model=logistic-regression&picture=test-0&view=inside")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("img", name=re.compile("The weights of"))).to_have_count(10)
    expect(dialog.get_by_role("img", name="The weights of Bag")).to_be_visible()
