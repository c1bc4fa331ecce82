"""A real training of a small recipe, driven in the real app."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from fashion_model import jobs
from fashion_model.classes import CLASSES
from fashion_model.creating import create_run
from fashion_model.recipes import Recipe
from fashion_model.runs import Run, list_runs
from tests.browser.conftest import App, keyed, settled, visit
from tests.waiting import until

# Long enough to be met in the middle, short enough to wait for.
SMALL = {"kind": "mlp", "epochs": 40, "batch_size": 64, "train_share": 0.05}


@pytest.fixture
def small(own_app, monkeypatch) -> Iterator[App]:
    """An app in which the form can start from a small recipe: that of an earlier, failed run."""
    app = own_app()
    monkeypatch.setenv("FITTING_ROOM_MODELS", str(app.models))
    for name, epochs in (("small", 40), ("endless", 1000)):
        recipe = Recipe.from_dict(SMALL | {"epochs": epochs})
        create_run(recipe, name, name.title()).record("fail", message="Made to fail.")
    yield app
    for run in list_runs():  # a test that failed leaves no worker behind
        if run.working:
            jobs.discard(run)


def start(*pages: Page, app: App, recipe: str = "small") -> None:
    """Press Train: on several pages in the same moment, before the server has answered any."""
    for page in pages:
        visit(page, app, f"/train?start={recipe}")
    for page in pages:
        keyed(page, "start_training").get_by_role("button").click(no_wait_after=True)
    for page in pages:
        page.wait_for_url("**/train?*run=*")
        settled(page)


def name_in(page: Page) -> str:
    return re.search(r"run=([a-z0-9-]+)", page.url).group(1)


def points(page: Page, curve: str = "accuracy_curve") -> int:
    """How many points the validation curve has, read from the drawn figure."""
    return page.evaluate(
        """key => {
          const plot = document.querySelector(`.st-key-${key} .js-plotly-plot`)
          const line = plot?.data.find(trace => trace.name === "Validation")
          return line?.x?.length ?? 0
        }""",
        curve,
    )


def wait_for_points(page: Page, more_than: int, seconds: float = 60) -> int:
    until(lambda: points(page) > more_than, seconds)
    return points(page)


def test_train_watch_reload_stop_and_use(small: App, page: Page):
    start(page, app=small)
    first = wait_for_points(page, 0)
    wait_for_points(page, first)  # they go on arriving without a click
    expect(page.get_by_text(re.compile(r"Epoch \d+ of 40"))).to_be_visible()
    expect(page.get_by_text("Best so far")).to_be_visible()
    expect(keyed(page, "strip")).to_be_visible()

    page.reload()
    settled(page)
    before = wait_for_points(page, 0)
    wait_for_points(page, before)

    run = Run(small.models / name_in(page))
    assert run.state == "training"
    keyed(page, "stop_training").get_by_role("button").click()
    expect(page.get_by_text("Stopped after")).to_be_visible(timeout=90_000)
    expect(page.get_by_text("Test accuracy")).to_be_visible()
    assert run.usable
    assert 0 < len(run.history.epochs) < 40

    page.get_by_role("link", name="Classify with it").click()
    page.wait_for_url("**/classify?*")
    settled(page)
    keyed(page, "example_Trouser").get_by_role("button").click()
    expect(page.get_by_role("heading", level=2)).to_have_text(re.compile("|".join(CLASSES)))


def test_of_two_at_the_same_moment_one_waits_and_both_survive_a_new_server(small: App, visitor):
    pages = [visitor(), visitor()]
    start(*pages, app=small, recipe="endless")
    wait = "1 training is before it"
    until(lambda: [page.get_by_text(wait).count() for page in pages] in ([0, 1], [1, 0]))
    first, second = sorted(pages, key=lambda page: page.get_by_text(wait).count())
    running, waiting = name_in(first), name_in(second)
    assert running != waiting
    assert sorted(run.name for run in list_runs() if run.working) == sorted([running, waiting])

    for page in (first, second):
        page.goto("about:blank")  # a tab that loses its server says so in the console
    small.process.kill()  # as a crash or a power cut would
    small.process.wait()
    small.start()
    visit(first, small, f"/train?run={running}")
    wait_for_points(first, wait_for_points(first, 0))

    visit(second, small, "/train")  # whoever lost the address finds both again
    expect(second.get_by_role("button", name="Watch it")).to_have_count(2)

    for page, name in ((second, waiting), (first, running)):
        visit(page, small, f"/train?run={name}")
        keyed(page, "discard_run").get_by_role("button").click()
        keyed(page, "confirm_discard").get_by_role("button").click()
        expect(keyed(page, "start_training")).to_be_visible()


def test_the_time_is_measured_and_holds_back_nothing(small: App, page: Page):
    visit(page, small, "/train?start=small")
    expect(page.get_by_text("Measuring how long this takes")).to_be_visible()
    expect(keyed(page, "start_training").get_by_role("button")).to_be_enabled()
    expect(page.get_by_text("on this computer,")).to_be_visible(timeout=60_000)
    expect(page.get_by_text(re.compile(r"101,770 parameters"))).to_be_visible()


def test_a_run_that_is_deleted_under_its_reader(small: App, page: Page):
    start(page, app=small)
    run = Run(small.models / name_in(page))
    wait_for_points(page, 0)
    (run.folder / "stop").write_text("discard")
    expect(page.get_by_text("any more: it was deleted or never there")).to_be_visible(
        timeout=30_000
    )


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_the_screen(app: App, visitor, width, scheme):
    page = visitor(width=width, color_scheme=scheme)
    for path in ("/train", "/train?run=better", "/train?run=stopped-cnn"):
        visit(page, app, path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{path} is {wide} pixels wide on a screen of {width}"
