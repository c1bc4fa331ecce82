"""The real app on a free port, and Chromium to drive it; any error in the browser fails a test."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect, sync_playwright

from fashion_model.data import Dataset, open_dataset, store_decoded
from tests.conftest import CHROMIUM
from tests.making import small_arrays
from tests.making_runs import finished_run, stopped_run

# They are made on demand (make screenshots): nothing is left out where nobody asked for them.
collect_ignore = [] if os.environ.get("SCREENSHOTS") else ["test_screenshots.py"]

ROOT = Path(__file__).parent.parent.parent
CONNECTED = '[data-testid="stApp"][data-test-connection-state="CONNECTED"]'
PATIENCE = 60_000  # milliseconds until an expectation has failed
QUIET = '[data-testid="stApp"][data-test-script-state="notRunning"]'
# Streamlit's own client asks for these below a deep link first, to find where the app begins.
ASKED_IN_VAIN = re.compile(r"/\w+/_stcore/(health|host-config)$")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(item.fspath).is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)


@dataclass
class App:
    """A running app. `models` is its folder of runs; the test may change what is in there."""

    models: Path
    cache: Path
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen | None = None
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def log(self) -> Path:
        return self.cache / "app.log"

    def start(self) -> float:
        """Start the server, and tell how many seconds it took until it answered."""
        self.cache.mkdir(parents=True, exist_ok=True)
        self.port = self.port or _free_port()
        began = time.perf_counter()
        command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py"]
        options = [f"--server.port={self.port}", "--server.headless=true"]
        options += ["--server.fileWatcherType=none"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command + options,
                cwd=ROOT,
                env=os.environ | self._folders() | self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        while time.perf_counter() - began < 60:
            try:
                urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=1).close()
                return time.perf_counter() - began
            except OSError:
                assert self.process.poll() is None, self.log.read_text()
                time.sleep(0.05)
        raise AssertionError("the app did not start in a minute")

    def stop(self) -> None:
        """Stop the server, and nothing but the server: a worker must outlive it."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(20)

    def _folders(self) -> dict[str, str]:
        return {"FITTING_ROOM_MODELS": str(self.models), "FITTING_ROOM_CACHE": str(self.cache)}


expect.set_options(timeout=PATIENCE)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def shown_data(tmp_path_factory: pytest.TempPathFactory) -> tuple[Dataset, Path]:
    """The real data where it is, else the small one; and the cache folder it was opened from."""
    cache = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FITTING_ROOM_CACHE", str(cache))
        if not os.environ.get("FASHION_MNIST_DIR"):
            store_decoded(small_arrays())
        return open_dataset(), cache


@pytest.fixture(scope="session")
def app(
    shown_data: tuple[Dataset, Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[App]:
    """The app with two finished runs and a stopped one, for all tests that only look."""
    dataset, cache = shown_data
    app = App(tmp_path_factory.mktemp("models"), cache)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FITTING_ROOM_MODELS", str(app.models))
        finished_run(dataset, "better", "Better CNN", 0.92, 6, seed=1)
        finished_run(dataset, "plain", "Plain network", 0.86, 4, seed=2, kind="mlp")
        stopped_run(dataset)
    app.start()
    yield app
    app.stop()


@pytest.fixture
def own_app(shown_data: tuple[Dataset, Path], tmp_path: Path) -> Iterator[Callable[..., App]]:
    """Start an app of the test's own, without runs: `own_app(FASHION_MNIST_DIR="…")`."""
    started = []

    def start(**environment: str) -> App:
        app = App(tmp_path / "models", shown_data[1], environment)
        app.models.mkdir(exist_ok=True)
        if "FITTING_ROOM_CACHE" in environment:
            app.cache = Path(environment["FITTING_ROOM_CACHE"])
        app.start()
        started.append(app)
        return app

    yield start
    for app in started:
        app.stop()


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open tabs: `visitor(width=390, color_scheme="dark")`. Their errors fail the test."""
    errors: list[str] = []
    contexts = []

    def arrive(width: int = 1280, height: int = 900, **more) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, **more)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(90_000)  # a machine that trains beside the tests is slow
        page.on("pageerror", lambda error: errors.append(f"page error: {error}"))
        page.on("console", lambda message: _note(message, errors))
        return page

    yield arrive
    for context in contexts:
        context.close()
    assert not errors


def _note(message: ConsoleMessage, errors: list[str]) -> None:
    if message.type == "error" and not ASKED_IN_VAIN.search(message.location.get("url", "")):
        errors.append(f"console: {message.text} ({message.location.get('url', '')})")


@pytest.fixture
def page(visitor: Callable[..., Page]) -> Page:
    """One tab at a laptop's size."""
    return visitor()


def settled(page: Page) -> Page:
    """Wait until the page is connected and its script has run to the end."""
    page.wait_for_selector(CONNECTED)
    page.wait_for_timeout(150)  # a click takes a moment to become a run
    page.wait_for_selector(QUIET)
    return page


def visit(page: Page, app: App, path: str = "/") -> Page:
    """Go to an address of the app and wait for it."""
    page.goto(app.url + path)
    return settled(page)


def menu(page: Page, title: str) -> Page:
    """Go to a page through the menu."""
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=title).click()
    page.get_by_role("heading", level=1).first.wait_for()
    return settled(page)


def keyed(page: Page, key: str) -> Locator:
    """The widget with this key."""
    return page.locator(f".st-key-{key}")
