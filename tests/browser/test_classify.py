"""Photos and drawings answered in the real app, by a small model trained for these tests."""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from fashion_model.creating import create_run
from fashion_model.recipes import Recipe
from fashion_model.working import work
from tests.browser.conftest import App, keyed, menu, settled, visit
from tests.waiting import until

pytestmark = pytest.mark.real_data  # made-up bands know no trousers

SHIRT = [(36, 16), (43, 21), (50, 22), (57, 21), (64, 16), (90, 30), (81, 47), (70, 42), (70, 86)]
SHIRT += [(30, 86), (30, 42), (19, 47), (10, 30), (36, 16)]
TROUSER = [(38, 4), (62, 4), (66, 30), (76, 96), (60, 96), (50, 26), (40, 96), (24, 96), (34, 30)]
TROUSER += [(38, 4)]


@pytest.fixture(scope="module")
def answering(shown_data, tmp_path_factory) -> App:
    """An app with a model that knows its classes well enough: logistic regression."""
    _, cache = shown_data
    app = App(tmp_path_factory.mktemp("models"), cache)
    recipe = Recipe.from_dict({"kind": "logistic-regression", "train_share": 0.1, "iterations": 30})
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FITTING_ROOM_MODELS", str(app.models))
        patch.setenv("FITTING_ROOM_CACHE", str(cache))
        work(create_run(recipe, "small", "Small"))
    app.start()
    yield app
    app.stop()


def trousers(name: str, folder: Path, size: int = 300, kind: str = "JPEG") -> Path:
    """A product shot of sorts: blue trousers on white."""
    picture = Image.new("RGB", (size, size), "white")
    outline = [(x * size / 100, y * size / 100) for x, y in TROUSER]
    ImageDraw.Draw(picture).polygon(outline, fill="navy")
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path, kind)
    return path


def upload(page: Page, *files: Path) -> None:
    keyed(page, "upload").locator("input[type=file]").set_input_files([str(f) for f in files])


def draw(page: Page, points: list[tuple[float, float]]) -> None:
    """Draw one stroke on the sheet, as a hand does."""
    sheet = keyed(page, "canvas").locator("canvas.upper-canvas")
    sheet.scroll_into_view_if_needed()
    box = sheet.bounding_box()
    at = [
        (box["x"] + x / 100 * box["width"], box["y"] + y / 100 * box["height"]) for x, y in points
    ]
    page.mouse.move(*at[0])
    page.mouse.down()
    for x, y in at[1:]:
        page.mouse.move(x, y, steps=3)
    page.mouse.up()


def verdict(page: Page):
    return page.get_by_role("heading", level=2)


def test_a_trouser_and_a_shirt_are_answered_as_they_are_drawn(answering, page):
    visit(page, answering, "/classify")
    draw(page, TROUSER)
    expect(verdict(page)).to_have_text("Trouser")
    keyed(page, "clear_canvas").get_by_role("button").click()
    expect(page.get_by_text("every stroke is answered")).to_be_visible()
    draw(page, SHIRT)
    expect(verdict(page)).to_have_text(re.compile("T-shirt/top|Shirt"))  # a weak model's doubt


def test_no_stroke_is_lost_however_fast_they_come(answering, page):
    visit(page, answering, "/classify")
    for place in range(8):
        draw(page, [(20, 10 + 10 * place), (80, 10 + 10 * place)])
    page.get_by_text("From your drawing to what the model sees").click()
    undo = keyed(page, "undo_stroke").get_by_role("button")
    for left in range(8, 0, -1):
        until(lambda left=left: lines_seen(page) == left)
        settled(page)
        undo.click()
    expect(undo).to_be_disabled()


def lines_seen(page: Page) -> int:
    """How many lines one above the other the model sees of a drawing."""
    shown = keyed(page, "drawing_stages").locator("img[alt^='Step ']").last
    source = shown.get_attribute("src") if shown.count() else ""
    if not source:
        return 0
    frame = base64.b64decode(source.partition(",")[2]).decode()
    inner = frame.partition("base64,")[2].partition('"')[0]
    with Image.open(io.BytesIO(base64.b64decode(inner))) as picture:
        bright = np.asarray(picture.convert("L"))[:, picture.width // 2] > 60
    return int(bright[0]) + int((~bright[:-1] & bright[1:]).sum())


def test_a_good_a_broken_and_a_huge_file_together(answering, page, tmp_path):
    good = trousers("good.jpg", tmp_path)
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(good.read_bytes()[:400])
    huge = tmp_path / "huge.png"  # 100 million pixels in a small file
    Image.new("1", (10_000, 10_000)).save(huge)
    visit(page, answering, "/classify")
    upload(page, good, broken, huge)
    pills = keyed(page, "show_only")
    expect(pills.get_by_text("Trouser · 1")).to_be_visible()
    expect(pills.get_by_text("Not readable · 2")).to_be_visible()


def test_many_photos_survive_a_reload_and_a_change_of_page(answering, page, tmp_path):
    files = [trousers(f"{number}.jpg", tmp_path, 200 + number) for number in range(30)]
    visit(page, answering, "/classify")
    upload(page, *files)
    expect(page.get_by_text(re.compile("pictures answered|Trouser · ")).first).to_be_visible()
    menu(page, "Overview")  # in the middle of it
    menu(page, "Classify")
    everything = keyed(page, "show_only").get_by_text("Trouser · 30")
    expect(everything).to_be_visible(timeout=60_000)
    page.reload()
    settled(page)
    expect(everything).to_be_visible()
    with page.expect_download() as download:
        keyed(page, "download_csv").get_by_role("button").click()
    lines = Path(download.value.path()).read_text().splitlines()
    assert len(lines) == 31
    keyed(page, "clear_basket").get_by_role("button").click()
    expect(everything).to_have_count(0)


def test_two_visitors_do_not_see_each_others_pictures(answering, visitor, tmp_path):
    photo = trousers("mine.jpg", tmp_path)
    mine, theirs = visitor(), visitor()
    visit(mine, answering, "/classify")
    visit(theirs, answering, "/classify")
    upload(mine, photo)
    expect(mine.get_by_text("What the model sees", exact=True)).to_be_visible()
    theirs.reload()
    settled(theirs)
    expect(theirs.get_by_text("What the model sees", exact=True)).to_have_count(0)
    mine.reload()
    settled(mine)
    expect(mine.get_by_text("What the model sees", exact=True)).to_be_visible()


def test_a_folder_named_by_class_is_checked_and_a_picture_opened_and_left(
    answering, page, tmp_path
):
    folder = tmp_path / "mine"
    for number in range(3):
        trousers(f"trouser/{number}.jpg", folder)
    trousers("bag/0.jpg", folder)
    visit(page, answering, "/classify")
    keyed(page, "way_in").get_by_role("radio", name="A folder").click()
    settled(page)
    keyed(page, "upload_folder").locator("input[type=file]").set_input_files(str(folder))
    expect(page.get_by_text("75.0 % right")).to_be_visible()
    expect(page.get_by_text("3 of 4 pictures whose names say what they are")).to_be_visible()


def test_a_box_chooses_one_of_two_garments(answering, page, tmp_path):
    left = np.asarray(Image.open(trousers("one.png", tmp_path, kind="PNG")))
    both = Image.fromarray(np.concatenate([left, np.full_like(left, 255)], axis=1))
    ImageDraw.Draw(both).rectangle((340, 120, 560, 280), fill="firebrick")
    both.save(tmp_path / "both.png")
    visit(page, answering, "/classify")
    upload(page, tmp_path / "both.png")
    page.get_by_text("Not prepared well?").click()
    canvas = page.locator("[class*=st-key-crop_] canvas.upper-canvas")
    canvas.wait_for()
    settled(page)
    page.wait_for_function(
        "() => document.getAnimations().every(one => one.playState !== 'running')"
    )
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    page.mouse.move(box["x"] + 4, box["y"] + 4)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.48, box["y"] + box["height"] - 4, steps=8)
    page.mouse.up()
    expect(verdict(page).first).to_have_text("Trouser")
    expect(page.locator("[class*=st-key-reset_]").get_by_role("button")).to_be_enabled()


def test_a_picture_is_pasted(answering, page, tmp_path):
    visit(page, answering, "/classify")
    keyed(page, "way_in").get_by_role("radio", name="Paste").click()
    settled(page)
    content = trousers("pasted.png", tmp_path, kind="PNG").read_bytes()
    page.evaluate(
        """bytes => {
          const file = new File([new Uint8Array(bytes)], "x.png", { type: "image/png" })
          const data = new DataTransfer()
          data.items.add(file)
          const find = root => root.querySelector("#field") ?? [...root.querySelectorAll("*")]
            .map(node => node.shadowRoot && find(node.shadowRoot)).find(Boolean)
          find(document).dispatchEvent(
            new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }))
        }""",
        list(content),
    )
    expect(verdict(page).first).to_have_text("Trouser")


def test_the_back_button_leaves_an_opened_picture(answering, page, tmp_path):
    visit(page, answering, "/classify")
    upload(page, trousers("a.jpg", tmp_path), trousers("b.jpg", tmp_path))
    expect(keyed(page, "show_only")).to_be_visible()
    number = page.evaluate("localStorage.getItem('fitting-room-visitor')")
    first = sorted((answering.cache / "baskets" / number).glob("*.json"))[0].stem
    page.goto(f"{answering.url}/classify?picture={first}")
    settled(page)
    expect(verdict(page).first).to_have_text("Trouser")
    keyed(page, "all_pictures").get_by_role("button").click()
    expect(keyed(page, "show_only")).to_be_visible()
    page.go_back()
    expect(verdict(page).first).to_have_text("Trouser")


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_the_screen(answering, visitor, tmp_path, width, scheme):
    page = visitor(width=width, color_scheme=scheme)
    visit(page, answering, "/classify")
    upload(page, trousers("a.jpg", tmp_path))
    expect(page.get_by_text("What the model sees", exact=True)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
