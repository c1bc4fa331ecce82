"""A drawing is answered as it is drawn, and outlives a change of page."""

import base64
import io

from PIL import Image, ImageDraw

from tests.pages.classify.making import heading
from tests.pages.reading import words_of


def drawn(*strokes: tuple[int, int, int, int]) -> dict:
    """The canvas as it reports a drawing of rectangles."""
    picture = Image.new("RGBA", (300, 300), "white")
    for stroke in strokes:
        ImageDraw.Draw(picture).rectangle(stroke, outline="black", width=8)
    file = io.BytesIO()
    picture.save(file, "PNG")
    data = "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()
    objects = [{"type": "Path", "path": []} for _ in strokes]
    return {"drawing": {"raw": {"objects": objects}, "data": data}}


def test_a_drawing_is_answered_as_it_is_drawn(visit, model):
    page = visit("classify")
    assert "Draw a garment" in words_of(page)
    page.session_state["canvas"] = drawn((60, 60, 240, 260))
    page.run()
    assert not page.exception
    assert heading(page) == "Dress"


def test_a_drawing_is_still_there_after_another_page(visit, model):
    page = visit("classify")
    page.session_state["canvas"] = drawn((60, 60, 240, 260), (80, 80, 100, 100))
    page.run()
    page.switch_page("../pages/overview.py").run()
    page.switch_page("../pages/classify.py").run()
    assert heading(page) == "Dress"


def test_an_undo_after_an_undo_is_another_sheet(visit, model):
    page = visit("classify")
    page.session_state["canvas"] = drawn((60, 60, 240, 260), (80, 80, 100, 100))
    page.run()
    page.button(key="undo_stroke").click().run()
    first = page.session_state["_sheet_begins_with"]
    page.button(key="undo_stroke").click().run()
    second = page.session_state["_sheet_begins_with"]
    assert len(first["objects"]) == len(second["objects"]) == 1
    assert first != second
    page.button(key="clear_canvas").click().run()
    assert page.session_state["_sheet_begins_with"]["objects"] == []


def test_an_example_puts_strokes_on_the_sheet(visit, model):
    page = visit("classify")
    page.button(key="example_Sneaker").click().run()
    assert len(page.session_state["_sheet_begins_with"]["objects"]) == 4
