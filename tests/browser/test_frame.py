"""The frame, the menu and the address, in the real browser."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import App, keyed, menu, settled, visit

TITLES = {
    "/": "Train, use and question a fashion classifier",
    "/train": None,
    "/browse": "What do the pictures look like?",
    "/classify": None,
    "/confusions": "Where does it go wrong?",
    "/compare": "Which model is better?",
}
MENU = ["Overview", "Train", "Browse", "Classify", "Confusions", "Compare"]


def expect_frame(page: Page) -> None:
    expect(page.get_by_test_id("stSidebarNav").get_by_role("link")).to_have_count(len(MENU))
    for title in MENU:
        expect(page.get_by_test_id("stSidebarNav")).to_contain_text(title)
    expect(keyed(page, "model")).to_be_visible()
    expect(page.get_by_test_id("stException")).to_have_count(0)


def expect_model(page: Page, title: str) -> None:
    expect(keyed(page, "model").get_by_role("combobox")).to_have_value(title)


def choose_model(page: Page, title: str) -> None:
    keyed(page, "model").get_by_role("combobox").click()
    page.get_by_role("option", name=title).click()
    settled(page)


@pytest.mark.parametrize("path", TITLES)
def test_a_cold_deep_link_shows_the_page_in_its_frame(app: App, page: Page, path: str):
    visit(page, app, path)
    expect_frame(page)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    if TITLES[path]:
        expect(page.get_by_role("heading", level=1)).to_have_text(TITLES[path])


def test_the_chosen_model_goes_along_the_menu_and_survives_a_reload(app: App, page: Page):
    visit(page, app)
    choose_model(page, "Plain network")
    expect(page).to_have_url(re.compile(r"\?model=plain$"))
    menu(page, "Browse")
    expect(page).to_have_url(re.compile(r"/browse\?model=plain$"))
    page.reload()
    settled(page)
    expect_model(page, "Plain network")


def test_one_step_back_leads_to_the_page_before(app: App, page: Page):
    visit(page, app, "/?model=plain")
    menu(page, "Compare")
    expect(page).to_have_url(re.compile(r"/compare\?model=plain$"))
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLES["/"])
    expect(page).to_have_url(re.compile(r"/\?model=plain$"))


def test_two_visitors_choose_for_themselves(app: App, visitor):
    one, other = visitor(), visitor()
    visit(one, app)
    visit(other, app)
    choose_model(one, "Plain network")
    other.reload()
    settled(other)
    expect_model(one, "Plain network")
    expect_model(other, "Better CNN")


@pytest.mark.parametrize("path", ["/", "/browse", "/compare"])
@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_a_phone_shows_every_page_without_scrolling_sideways(
    app: App, visitor, path: str, color_scheme: str
):
    page = visitor(width=390, height=800, color_scheme=color_scheme)
    visit(page, app, path)
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLES[path])
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    ground = page.evaluate("getComputedStyle(document.querySelector('.stApp')).backgroundColor")
    dark = sum(int(part) for part in re.findall(r"\d+", ground)[:3]) < 200
    assert dark == (color_scheme == "dark")


def test_health_is_answered(app: App, page: Page):
    assert page.request.get(app.url + "/health").json()["status"] == "ok"


# What the page says to the server while `held` is a list waits in there.
SLOW_WIRE = """
    const send = WebSocket.prototype.send;
    window.held = null;
    WebSocket.prototype.send = function (said) {
        held ? held.push(() => send.call(this, said)) : send.call(this, said);
    };
"""


def test_what_the_page_before_still_asks_for_draws_nothing_into_this_one(
    own_app, page: Page, tmp_path: Path
):
    page.add_init_script(SLOW_WIRE)
    app = own_app(FASHION_MNIST_DIR="", FITTING_ROOM_CACHE=str(tmp_path / "cache"))
    visit(page, app, "/train")  # twice a second it asks whether somebody has fetched the data
    expect(keyed(page, "fetch_data")).to_be_visible()
    page.evaluate("held = []")
    page.wait_for_timeout(1500)
    assert page.evaluate("late = held; held = null; late.length")
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Confusions").click()
    expect(page.get_by_text("There is no trained model yet")).to_be_visible()
    settled(page)
    page.evaluate("late.forEach(say => say())")
    page.wait_for_timeout(1000)
    settled(page)
    expect(page.get_by_text("There is no trained model yet")).to_be_visible()
