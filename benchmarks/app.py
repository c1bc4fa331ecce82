"""How fast the app answers a visitor, measured in Chromium with the shipped models.

python -m benchmarks.app [--interactions 200]

Needs the data (FASHION_MNIST_DIR) and Chromium. Times are what a visitor waits: from the click
until the thing is on the screen. Prints a table of targets and medians.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from fashion_model.creating import create_run
from fashion_model.recipes import load_recipe
from fashion_model.runs import Run, runs_folder
from tests.browser.conftest import CHROMIUM, CONNECTED, QUIET, App

PAGES = ("Train", "Browse", "Classify", "Confusions", "Compare", "Overview")
WALL = "button.tile"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--interactions", type=int, default=200)
    interactions = options.parse_args().interactions
    rows: list[tuple[str, str, str]] = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        app = App(Path(folder) / "models", Path(folder) / "cache")
        shutil.copytree(runs_folder(), app.models)
        starts = [_start(app, chromium.new_page()) for _ in range(4)][1:]  # the first decodes
        rows.append(("server start to a usable overview", "3 s", _seconds(starts)))
        app.start()
        try:
            page = chromium.new_page(viewport={"width": 1280, "height": 900})
            _visit(page, app, "/")
            _walk(page)  # once, so that what is loaded once is loaded
            rows.append(("a page change", "0.5 s", _seconds(_walk(page) + _walk(page))))
            rows.append(("the web process after that walk", "400 MB", f"{_megabytes(app):.0f} MB"))
            rows.append(("a stroke to its label", "0.5 s", _seconds(_strokes(page, app))))
            rows.append(("a cell to its pictures", "0.7 s", _seconds(_cells(page, app, 12))))
            first, later = _training(page, app)
            rows.append(("click on Train to the first point", "15 s", f"{first:.1f} s"))
            rows.append(("a point on the curve after it is written", "2 s", _seconds(later)))
            before = _megabytes(app)
            _cells(page, app, interactions // 2)
            for _ in range(interactions // 2 // len(PAGES) + 1):
                _walk(page)
            grown = _megabytes(app) - before
            rows.append((f"growth over {interactions} interactions", "0 MB", f"{grown:+.0f} MB"))
        finally:
            app.stop()
        chromium.close()
    print("| what | target | measured (median) |\n|---|---|---|")
    for row in rows:
        print(f"| {' | '.join(row)} |")


def _start(app: App, page: Page) -> float:
    """From starting the server until the overview can be used."""
    app.port = 0
    begun = time.perf_counter()
    app.start()
    _visit(page, app, "/")
    page.locator(WALL).first.wait_for()
    taken = time.perf_counter() - begun
    page.close()
    app.stop()
    return taken


def _visit(page: Page, app: App, path: str) -> None:
    page.goto(app.url + path)
    page.wait_for_selector(CONNECTED)
    page.wait_for_selector(QUIET)


def _walk(page: Page) -> list[float]:
    """Every page through the menu: from the click until its new title stands."""
    changed = "old => document.querySelector('h1')?.innerText !== old"
    times = []
    for title in PAGES:
        before = page.get_by_role("heading", level=1).first.inner_text()
        link = page.get_by_test_id("stSidebarNav").get_by_role("link", name=title)
        begun = time.perf_counter()
        link.click()
        page.wait_for_function(changed, arg=before)
        times.append(time.perf_counter() - begun)
        page.wait_for_selector(QUIET)
    return times


def _strokes(page: Page, app: App) -> list[float]:
    """Strokes on an empty sheet, each until the answer to it has been drawn."""
    _visit(page, app, "/classify")
    canvas = page.locator(".st-key-canvas canvas").last
    canvas.wait_for()
    box = canvas.bounding_box()
    times = []
    for turn in range(6):
        x, y = box["x"] + 60 + 25 * turn, box["y"] + 50
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 10, y + 180, steps=4)
        chart = page.locator(".st-key-drawing_chart .js-plotly-plot")
        before = chart.inner_html() if chart.count() else ""
        begun = time.perf_counter()
        page.mouse.up()
        page.wait_for_function(
            "old => { const plot = document.querySelector('.st-key-drawing_chart .js-plotly-plot');"
            " return plot && plot.innerHTML !== old }",
            arg=before,
        )
        times.append(time.perf_counter() - begun)
        page.wait_for_timeout(300)
    return times[1:]  # the first one opens the model


def _cells(page: Page, app: App, clicks: int) -> list[float]:
    """Cells of the matrix, each until the heading above its pictures has changed."""
    _visit(page, app, "/confusions")
    points = page.locator(".st-key-confusion_matrix .scatterlayer .point")
    points.nth(99).wait_for(state="attached")
    times = []
    for turn in range(clicks):
        true, predicted = turn % 10, (turn * 3 + 1) % 10
        box = points.nth(10 * true + predicted).bounding_box()
        old = page.url
        begun = time.perf_counter()
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.wait_for_function("old => location.href !== old", arg=old)
        page.wait_for_selector(QUIET)
        times.append(time.perf_counter() - begun)
    return times


def _training(page: Page, app: App) -> tuple[float, list[float]]:
    """A training started in the page: until its first point, and how late each later one is."""
    recipe = load_recipe("mlp").replaced(epochs=12, train_share=0.4, batch_size=128)
    os.environ["FITTING_ROOM_MODELS"] = str(app.models)
    create_run(recipe, "bench-recipe").record("fail", message="only a recipe to start from")
    _visit(page, app, "/train?start=bench-recipe")
    begun = time.perf_counter()
    page.locator(".st-key-start_training").get_by_role("button").click()
    page.wait_for_url("**/train?*run=*")
    run = Run(app.models / page.url.split("run=")[1].split("&")[0])
    drawn = (
        "() => Math.max(0, ...(document.querySelector('.st-key-accuracy_curve .js-plotly-plot')"
        "?.data ?? []).map(trace => (trace.x || []).length))"
    )
    while not page.evaluate(drawn):
        page.wait_for_timeout(50)
    first = time.perf_counter() - begun
    shown, late = len(run.history.epochs), []
    while run.working and shown < recipe.epochs:
        if (now := page.evaluate(drawn)) > shown:
            epochs = run.history.epochs
            late += [time.time() - epoch["time"] for epoch in epochs[shown:now]]
            shown = now
        page.wait_for_timeout(50)
    while run.working:
        time.sleep(0.2)
    return first, late or [float("nan")]


def _megabytes(app: App) -> float:
    """What the web process holds in memory."""
    status = Path(f"/proc/{app.process.pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def _seconds(times: list[float]) -> str:
    return f"{statistics.median(times):.2f} s (worst {max(times):.2f})"


if __name__ == "__main__":
    main()
