"""Signing in through a real exchange with a provider: who comes in, as whom, and who does not."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ROOT, App, keyed, settled, visit
from tests.identity_provider import identity_provider


@pytest.fixture
def provider():
    with identity_provider() as provider:
        yield provider


@pytest.fixture
def closed(own_app, provider, tmp_path: Path) -> App:
    """An app that lets nobody in who has not signed in."""
    secrets = tmp_path / "home" / ".streamlit" / "secrets.toml"
    secrets.parent.mkdir(parents=True)
    app = own_app(FITTING_ROOM_SIGN_IN="1", FITTING_ROOM_PUBLIC="1", HOME=str(tmp_path / "home"))
    secrets.write_text(
        f"""
        [auth]
        redirect_uri = "{app.url}/oauth2callback"
        cookie_secret = "a secret of this test"
        client_id = "fitting-room"
        client_secret = "another one"
        server_metadata_url = "{provider.address}/.well-known/openid-configuration"
        """
    )
    return app


def sign_in(page: Page, app: App, name: str) -> None:
    visit(page, app, "/")
    keyed(page, "sign_in").get_by_role("button").click()
    page.get_by_role("link", name=f"I am {name}").click()
    expect(keyed(page, "sign_out")).to_be_visible()
    settled(page)


def test_who_signs_in_comes_in_on_every_page_and_goes_out_again(closed: App, page: Page):
    for path in ("/", "/train", "/classify"):
        visit(page, closed, path)
        expect(keyed(page, "sign_in")).to_be_visible()
        expect(page.get_by_role("heading", level=1)).to_have_text("Fitting Room")
    sign_in(page, closed, "Ada")
    visit(page, closed, "/train")
    expect(keyed(page, "start_training")).to_be_visible()
    keyed(page, "sign_out").get_by_role("button").click()
    expect(keyed(page, "sign_in")).to_be_visible()
    visit(page, closed, "/train")
    expect(keyed(page, "sign_in")).to_be_visible()
    expect(keyed(page, "start_training")).to_have_count(0)


def test_an_account_is_the_same_visitor_in_every_browser_and_no_other(closed: App, visitor):
    shutil.copytree(ROOT / "models" / "everyday", closed.models / "everyday")

    def bring_a_photo(page: Page) -> None:
        visit(page, closed, "/classify")
        chosen = keyed(page, "upload").locator("input[type=file]")
        chosen.set_input_files(ROOT / "docs" / "classify.png")
        expect(page.get_by_text("classify.png")).to_be_visible()

    ada, ada_elsewhere, ben = visitor(), visitor(), visitor()
    sign_in(ada, closed, "Ada")
    bring_a_photo(ada)
    for page, name, there in ((ada_elsewhere, "Ada", 1), (ben, "Ben", 0)):
        sign_in(page, closed, name)
        visit(page, closed, "/classify")
        expect(page.get_by_text("classify.png")).to_have_count(there)


def test_a_provider_that_cannot_be_used_lets_nobody_in_and_tells_nothing(
    closed: App, provider, browser
):
    page = browser.new_page()  # its console tells of the refusal
    visit(page, closed, "/")
    provider.configuration = dict  # it answers, with nothing in it
    keyed(page, "sign_in").get_by_role("button").click()
    expect(page.locator("body")).to_have_text("Authentication error")
    visit(page, closed, "/")
    expect(keyed(page, "sign_in")).to_be_visible()
    page.close()
