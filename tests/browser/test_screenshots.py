"""The pictures of the app in the README, written to the folder that SCREENSHOTS names.

SCREENSHOTS_OF is a folder of runs to show; without it they are made up.
"""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import App, keyed, settled, visit

FOLDER = os.environ["SCREENSHOTS"]  # conftest.py collects this file only where it is set
VIEWS = {
    "overview": ("/", "light", 1280, 1000),
    "train": ("/train", "light", 1280, 900),
    "browse": ("/browse?answer=wrong&sort=worst", "light", 1280, 900),
    "classify": ("/classify", "light", 1280, 900),
    "confusions": ("/confusions?true=Shirt&predicted=T-shirt%2Ftop", "light", 1280, 1000),
    "compare": ("/compare", "light", 1280, 1200),
    "picture-dark": ("/browse?picture=test-40", "dark", 1280, 900),
    "confusions-dark": ("/confusions?true=Coat&predicted=Pullover", "dark", 1280, 1000),
    "overview-phone": ("/", "light", 390, 844),
    "browse-phone-dark": ("/browse", "dark", 390, 844),
}


@pytest.fixture
def shown_app(app: App, own_app) -> App:
    """The app with the runs that the README speaks of, else with made-up ones."""
    runs = os.environ.get("SCREENSHOTS_OF")
    return own_app(FITTING_ROOM_MODELS=runs) if runs else app


def drawn(page: Page) -> None:
    """Wait until the charts of the page are drawn."""
    settled(page)
    page.wait_for_function(
        """() => [...document.querySelectorAll('[data-testid="stPlotlyChart"]')]
            .filter(chart => chart.offsetParent)
            .every(chart => chart.querySelector(".main-svg"))"""
    )
    page.wait_for_function("() => !document.querySelector('[data-testid=\"stSkeleton\"]')")
    page.get_by_text("Measuring how long").wait_for(state="hidden", timeout=120_000)
    page.wait_for_timeout(500)


@pytest.mark.parametrize("name", VIEWS)
def test_screenshot(shown_app: App, visitor, name: str):
    path, color_scheme, width, height = VIEWS[name]
    page = visitor(width=width, height=height, color_scheme=color_scheme)
    visit(page, shown_app, path)
    drawn(page)
    assert keyed(page, "model").count()
    Path(FOLDER).mkdir(parents=True, exist_ok=True)
    page.screenshot(path=Path(FOLDER) / f"{name}.png")
