"""How sure, how robust, the map and the labels to doubt, with the real mouse."""

import re
import shutil

import numpy as np
import pytest
from PIL import Image, ImageColor
from playwright.sync_api import Page, expect

from fashion_model.charts import MODEL, percent
from fashion_model.classes import CLASSES
from fashion_model.classifier import Classifier
from fashion_model.derived import Derived
from fashion_model.evaluation import report
from fashion_model.files import write_arrays
from fashion_model.robustness import STRENGTHS, sample
from fashion_model.runs import Run
from tests.browser.conftest import ROOT, App, keyed, menu, settled, visit
from tests.waiting import until

SPACING = 10  # test pictures in a row of the made-up map


@pytest.fixture
def derived(app: App, shown_data, monkeypatch):
    """Everything that a worker would work out of the better run, made up: in an instant."""
    dataset, cache = shown_data
    monkeypatch.setenv("FITTING_ROOM_CACHE", str(cache))
    run, random = Run(app.models / "better"), np.random.default_rng(0)
    places = sample(dataset.validation)
    plain = dataset.validation.labels[places]
    altered = random.integers(0, 10, (len(STRENGTHS), 5, len(places))).astype("uint8")
    count = len(dataset.test.labels)
    numbers = np.arange(count)
    # The first hundred stand apart in the lower left, the others in the far corner.
    xy = np.where(
        (numbers < 100)[:, None],
        np.column_stack([numbers % SPACING * 5, numbers // SPACING * 5]),
        100.0,
    ).astype("float32")
    labels = np.empty(len(dataset.train.labels) + len(dataset.validation.labels), "uint8")
    for part in (dataset.train, dataset.validation):
        labels[part.numbers] = part.labels
    sure = {}
    for file, given in (("train", labels), ("test", dataset.test.labels)):
        probabilities = np.eye(10, dtype="float16")[given]
        probabilities[4] = np.eye(10)[(given[4] + 1) % 10]
        sure |= {f"{file}_labels": given, f"{file}_probabilities": probabilities}
    for kind, arrays in {
        "robustness": {"places": places, "labels": plain, "plain": plain, "altered": altered},
        "map": {"xy": xy, "reduced": xy, "mean": xy[0], "axes": np.eye(2), "pixels": np.True_},
        "doubts": sure | {"pairs": np.zeros((0, 4), int), "differ": np.zeros(0)},
    }.items():
        made = Derived(run, kind)
        made.folder.mkdir(parents=True, exist_ok=True)
        write_arrays(made.path, **arrays)
    return run


def at(page: Page, x: float, y: float) -> tuple[float, float]:
    """Where a place of the map is on the screen."""
    box = page.locator(".map canvas").bounding_box()
    edge = 12
    across, down = box["width"] - 2 * edge, box["height"] - 2 * edge
    return box["x"] + edge + x / 100 * across, box["y"] + edge + (1 - y / 100) * down


def test_the_map_opens_a_picture_by_a_click_and_many_by_drawing_around_them(
    app: App, visitor, derived
):
    page = visitor(height=1900)
    visit(page, app, "/confusions?model=better&about=map")
    page.locator(".map canvas").wait_for()
    page.mouse.move(*at(page, 15, 20))
    stored = derived.answers("test")
    made = report(stored.log_probabilities, stored.labels, derived.result["temperature"])
    label, answer = (CLASSES[numbers[43]] for numbers in (made.labels, made.predicted))
    sure = percent(made.confidence[43])
    expect(page.locator(".map .said")).to_have_text(
        f"test-43: {label}, called {answer}, {sure} sure"
    )
    picture = page.locator(".map .said img")
    until(lambda: picture.evaluate("one => one.naturalWidth") == 28)
    assert picture.evaluate("one => one.src").endswith("/picture/test-43.png")
    page.mouse.move(*at(page, -1, -1))
    page.mouse.down()
    for corner in ((12, -1), (12, 7), (-1, 7), (-1, -1)):
        page.mouse.move(*at(page, *corner), steps=5)
    page.mouse.up()
    expect(page.get_by_role("heading", name="6 pictures within")).to_be_visible()
    tiles = keyed(page, "map_wall").locator("button.tile")
    expect(tiles).to_have_count(6)
    found = set(tiles.evaluate_all("all => all.map(one => one.dataset.id)"))
    assert found == {f"test-{number}" for number in (0, 1, 2, 10, 11, 12)}
    page.reload()
    expect(tiles).to_have_count(6)
    settled(page)
    page.mouse.click(*at(page, 15, 20))
    expect(page.get_by_role("dialog")).to_contain_text("test-43")


@pytest.fixture
def mapped(own_app, shown_data, monkeypatch) -> App:
    """An app with a shipped model that answers, and its map, made up."""
    dataset, cache = shown_data
    monkeypatch.setenv("FITTING_ROOM_CACHE", str(cache))
    app = own_app()
    run = Run(shutil.copytree(ROOT / "models" / "mlp", app.models / "mlp"))
    features = Classifier.open(run).raw(dataset.test.images[:1])["features"]
    xy = np.full((len(run.answers("test").labels), 2), 50, "float32")
    made = Derived(run, "map")
    made.folder.mkdir(parents=True, exist_ok=True)
    axes = np.eye(2, features.shape[1])
    write_arrays(made.path, xy=xy, reduced=xy, mean=features[0], axes=axes, pixels=np.False_)
    return app


def test_a_picture_of_ones_own_is_a_star_on_the_map_also_after_a_reload(mapped, page, tmp_path):
    shirt = np.full((90, 60, 3), 255, np.uint8)
    shirt[10:80, 15:45] = 40
    Image.fromarray(shirt).save(tmp_path / "shirt.png")
    visit(page, mapped, "/classify")
    keyed(page, "upload").locator("input[type=file]").set_input_files(tmp_path / "shirt.png")
    expect(page.get_by_text("What the model sees").first).to_be_visible()
    settled(page)
    menu(page, "Confusions")
    page.get_by_role("radio", name="The map").click()
    until(lambda: has_a_star(page))
    page.reload()
    until(lambda: has_a_star(page))


def has_a_star(page: Page) -> bool:
    """Whether there is anything of the stars' colour on the map."""
    return page.locator(".map canvas").evaluate(
        """(canvas, colour) => {
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height)
          const pixels = new Uint32Array(data.buffer) // in the order a, b, g, r
          return pixels.includes((255 << 24 | colour[2] << 16 | colour[1] << 8 | colour[0]) >>> 0)
        }""",
        ImageColor.getrgb(MODEL),
    )


def test_the_threshold_is_set_by_a_goal_and_stays_on_reload(app: App, page: Page, derived):
    visit(page, app, "/confusions?model=better&about=trust&ask=3")
    told = page.get_by_text(re.compile(r"Below \d+ % confidence"))
    expect(told).to_contain_text("Below 3 % confidence")
    page.locator("[class*=st-key-goal-] button:enabled").first.click()
    expect(told).not_to_contain_text("Below 3 % confidence")
    settled(page)
    said = told.inner_text()
    page.reload()
    expect(told).to_have_text(said)


def test_a_point_of_a_curve_opens_the_pictures_behind_it(app: App, visitor, derived):
    page = visitor(height=1900)
    visit(page, app, "/confusions?model=better&about=robustness")
    points = keyed(page, "robust_blur").locator(".scatterlayer .point")
    expect(points).to_have_count(6)
    box = points.nth(3).bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.get_by_role("heading", name="Blur, radius 1.5")).to_be_visible()
    expect(page).to_have_url(re.compile("altered=blur-3"))
    page.go_back()
    expect(page.get_by_role("heading", name="Blur, radius 1.5")).to_have_count(0)


def test_a_doubted_label_is_changed_and_changed_back(app: App, page: Page, derived):
    visit(page, app, "/confusions?model=better&about=labels")
    keyed(page, "doubt_relabel").get_by_role("button").click()
    expect(page.get_by_text("Decided about 1 label: 0 kept, 1 changed")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Decided about 1 label: 0 kept, 1 changed")).to_be_visible()
    settled(page)
    keyed(page, "doubt_undo").get_by_role("button").click()
    expect(page.get_by_text("Decided about 1 label")).to_have_count(0)
