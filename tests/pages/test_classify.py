"""Classify: pictures in, answers out, and all that can be wrong with a file."""

import io
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image, ImageDraw

from fashion_model import jobs
from fashion_model.baskets import Basket, new_visitor
from fashion_model.classes import CLASSES
from fashion_model.kept import Kept
from tests.making_runs import finished_run
from tests.pages.reading import words_of
from ui import adding, answering, batch

pytestmark = pytest.mark.usefixtures("small_data_on_disk")


class Told:
    """A classifier that says what the test tells it to."""

    classes = CLASSES
    temperature, garment_threshold, conformal_threshold = 1.0, 0.5, 0.3

    def __init__(self, run):
        self.run, self.label, self.share, self.garment = run, "Dress", 0.9, 1.0

    def raw(self, pictures):
        log = np.full((len(pictures), 10), np.log((1 - self.share) / 9), np.float32)
        log[:, CLASSES.index(self.label)] = np.log(self.share)
        return {
            "log_probabilities": log,
            "features": np.zeros((len(pictures), 4), np.float32),
            "garment": np.full(len(pictures), self.garment, np.float32),
        }


@pytest.fixture
def model(models, small_dataset, monkeypatch) -> Told:
    told = Told(finished_run(small_dataset))
    monkeypatch.setattr(answering, "classifier_of", lambda run: told)
    return told


def photo(kind: str = "PNG", colour: str = "navy", size: tuple[int, int] = (120, 160)) -> bytes:
    picture = Image.new("RGB", size, "white")
    box = (size[0] // 4, size[1] // 4, 3 * size[0] // 4, 3 * size[1] // 4)
    ImageDraw.Draw(picture).rectangle(box, fill=colour)
    file = io.BytesIO()
    picture.save(file, kind)
    return file.getvalue()


def upload(page, **files: bytes):
    for name, content in files.items():
        page.file_uploader(key="upload").upload(name.replace("__", "/").replace("_", "."), content)
    page.run()
    assert not page.exception
    return page


def table(page):
    return page.data_editor[0].value


def heading(page) -> str:
    return page.header[0].value


def my_basket(page) -> Basket:
    return Basket.of(page.session_state["_visitor"])


def test_without_a_model_it_leads_to_training(visit):
    assert "train one" in words_of(visit("classify"))


def test_one_photo_is_answered_with_every_step_to_it(visit, model):
    page = upload(visit("classify"), a_png=photo())
    assert heading(page) == "Dress"
    said = words_of(page)
    assert "90 % sure." in said
    for step in ("1. Upright", "Cut out", "Light on dark", "Fitted"):
        assert step in said
    assert page.file_uploader(key="upload").value == []  # it is in the basket, not in memory


def test_an_upload_that_a_click_broke_into_is_not_lost(visit, model, monkeypatch):
    monkeypatch.setattr(adding, "_uploaded", lambda *given: None)
    page = upload(visit("classify"), a_png=photo())
    assert heading(page) == "Dress"
    assert page.file_uploader(key="upload").value == []


def test_files_that_a_browser_tells_of_again_are_taken_once(models):
    basket, uploads = Basket.of(new_visitor()), adding.Uploads()
    told = [SimpleNamespace(file_id=number, name="a.png", getvalue=photo) for number in "12"]
    assert adding.take(basket, told[:1], uploads)
    assert not adding.take(basket, told[:1], uploads)
    assert adding.take(basket, told, uploads)  # two files of one name are two pictures
    assert len(basket.items()) == 2


def test_unsure_says_the_set_and_what_it_promises(visit, model):
    model.share, model.conformal_threshold = 0.5, 0.05
    page = upload(visit("classify"), a_png=photo())
    assert "it may be one of" in words_of(page)
    assert any("promises nothing" in (text.help or "") for text in page.markdown)


def test_what_is_no_garment_is_said_to_be_none(visit, model):
    model.garment = 0.2
    page = upload(visit("classify"), a_png=photo())
    assert heading(page) == "This does not look like one of the ten"
    assert "Dress is the nearest" in words_of(page)


def test_bad_files_are_one_sentence_each_and_the_others_are_answered(visit, model):
    page = upload(
        visit("classify"),
        good_png=photo(),
        text_txt=b"no picture",
        empty_jpg=b"",
        cut_jpg=photo("JPEG", size=(900, 900))[:900],
        good_jpg=photo("JPEG"),
    )
    rows = table(page).set_index("name")
    assert rows.loc["good.png", "label"] == rows.loc["good.jpg", "label"] == "Dress"
    for name in ("text.txt", "empty.jpg", "cut.jpg"):
        assert rows.loc[name, "note"].endswith(".")
        assert rows["label"].isna()[name]
    assert len(set(rows.loc[["text.txt", "empty.jpg", "cut.jpg"], "note"])) == 3


def test_the_only_file_being_broken_is_a_sentence_with_its_name(visit, model):
    page = upload(visit("classify"), text_txt=b"no picture")
    assert page.error[0].value.startswith("text.txt: This file is not a picture")
    page.button(key="remove_picture").click().run()
    assert not page.error


def test_pictures_outlive_a_page_change_and_are_answered_anew_by_another_model(
    visit, model, small_dataset
):
    page = upload(visit("classify"), a_png=photo(), b_png=photo())
    page.switch_page("../pages/overview.py").run()
    page.switch_page("../pages/classify.py").run()
    assert table(page)["label"].tolist() == ["Dress", "Dress"]
    finished_run(small_dataset, "other", "Other", seed=9)
    model.label = "Coat"
    page.query_params["model"] = "other"
    page.run()
    assert table(page)["label"].tolist() == ["Coat", "Coat"]


def test_another_visitor_sees_nothing_of_it(visit, model):
    upload(visit("classify"), a_png=photo(), b_png=photo())
    assert not visit("classify").data_editor


def test_a_basket_that_is_half_done_is_finished(visit, model):
    visitor = new_visitor()
    basket = Basket.of(visitor)
    basket.add("a.png", photo())
    basket.add("b.png", photo())
    page = visit("classify")
    page.session_state["_visitor"] = visitor
    page.run()
    assert table(page)["label"].tolist() == ["Dress", "Dress"]


def test_an_opened_picture_has_an_address_and_a_way_back(visit, model):
    page = upload(visit("classify"), a_png=photo(), b_png=photo())
    first = my_basket(page).items()[0]
    page.query_params["picture"] = first.number
    page.run()
    assert heading(page) == "Dress"
    page.button(key="all_pictures").click().run()
    assert len(table(page)) == 2


@pytest.mark.parametrize("number", ["nonsense", "0" * 20, "../../etc/passwd"])
def test_an_address_of_no_picture_shows_what_is_there(visit, model, number):
    page = visit("classify", picture=number)
    assert not page.error
    assert page.file_uploader


def test_what_the_visitor_turns_changes_what_the_model_sees(visit, model):
    page = upload(visit("classify"), a_png=photo(size=(120, 240)))
    before = my_basket(page).items()[0]
    turn_right = f"rotate_right_{before.number}"
    assert turn_right not in [button.key for button in page.button]  # folded away, not made
    page.session_state["turning"] = True
    page.run()
    page.button(key=turn_right).click().run()
    turned = my_basket(page).items()[0]
    assert turned.choices["quarter_turns"] == 1
    assert turned.answer["seen"] != before.answer["seen"]
    page.toggle(key=f"background_{before.number}").set_value(True).run()
    kept = my_basket(page).items()[0]
    assert kept.choices["background"] == "keep"
    assert kept.answer["seen"] != turned.answer["seen"]
    page.slider(key=f"across_{before.number}").set_value((0, 50)).run()
    cropped = my_basket(page).items()[0]
    assert cropped.choices["crop"] == [0.0, 0.0, 0.5, 1.0]
    assert cropped.answer["seen"] != kept.answer["seen"]
    page.button(key=f"reset_{before.number}").click().run()
    assert my_basket(page).items()[0].answer["seen"] == before.answer["seen"]


def test_a_box_drawn_on_the_photo_is_the_crop():
    from ui.one_picture import last_box

    box = {"type": "Rect", "left": 100, "top": 50, "width": 100, "height": 100}
    centred = box | {"originX": "center", "originY": "center", "left": 150, "top": 100}
    assert last_box({"objects": [box]}, 200, 200) == [0.5, 0.25, 1.0, 0.75]
    assert last_box({"objects": [centred]}, 200, 200) == [0.5, 0.25, 1.0, 0.75]
    assert last_box({"objects": [box | {"width": 2}]}, 200, 200) is None
    assert last_box({}, 200, 200) is None


def test_it_is_really_a_keeps_the_picture_and_can_be_undone(visit, model):
    page = upload(visit("classify"), a_png=photo())
    number = my_basket(page).items()[0].number
    page.selectbox(key=f"really_{number}").set_value("Bag").run()
    kept = Kept.of(page.session_state["_visitor"])
    assert [picture.label for picture in kept.pictures()] == ["Bag"]
    page.button(key=f"undo_kept_{number}").click().run()
    assert kept.pictures() == []


def test_kept_pictures_teach_a_copy_of_a_model_that_can_learn_from_them(
    visit, models, small_dataset, monkeypatch
):
    everyday = finished_run(
        small_dataset, "everyday", "Everyday", kind="residual", everyday=True, learning_rate=0.1
    )
    told, asked = Told(everyday), {}
    monkeypatch.setattr(answering, "classifier_of", lambda run: told)

    def start_training(recipe, **more):
        asked.update(recipe=recipe, **more)
        return everyday

    monkeypatch.setattr(jobs, "start_training", start_training)
    page = upload(visit("classify"), a_png=photo())
    number = my_basket(page).items()[0].number
    page.selectbox(key=f"really_{number}").set_value("Bag").run()
    page.button(key="tune_model").click().run()
    assert not page.exception
    assert asked["photos"] == Kept.of(page.session_state["_visitor"]).folder
    assert asked["recipe"].start_from == "everyday"
    assert asked["recipe"].learning_rate == pytest.approx(0.01)


def test_a_model_that_cannot_learn_from_pictures_offers_no_lesson(visit, model):
    page = upload(visit("classify"), a_png=photo())
    number = my_basket(page).items()[0].number
    page.selectbox(key=f"really_{number}").set_value("Bag").run()
    assert "tune_model" not in {button.key for button in page.button}


def test_a_public_server_keeps_nothing(visit, model, monkeypatch):
    monkeypatch.setenv("FITTING_ROOM_PUBLIC", "1")
    page = upload(visit("classify"), a_png=photo())
    number = my_basket(page).items()[0].number
    page.selectbox(key=f"really_{number}").set_value("Bag").run()
    assert Kept.of(page.session_state["_visitor"]).pictures() == []
    assert my_basket(page).items()[0].label == "Bag"


def test_names_that_carry_a_class_are_checked(visit, model):
    page = upload(visit("classify"), dress__1_png=photo(), coat__2_png=photo(), holiday_png=photo())
    said = words_of(page)
    assert "50.0 % right" in said
    assert "1 of 2 pictures" in said
    assert "1 mistake" in said


def test_the_table_can_be_filtered_and_corrected(visit, model):
    page = upload(visit("classify"), a_png=photo(), b_png=photo())
    first = my_basket(page).items()[0]
    batch.rename(my_basket(page), first, "Shirt")  # as an edit of the table does
    page.run()
    assert table(page)["label"].tolist() == ["Shirt", "Dress"]
    page.pills(key="show_only").set_value("Shirt").run()
    assert table(page)["name"].tolist() == ["a.png"]


def test_the_csv_has_a_line_for_each_and_no_formulas(visit, model):
    page = upload(visit("classify"), a_png=photo(), b_txt=b"no")
    basket = my_basket(page)
    basket.add("=HYPERLINK(1).png", photo())
    lines = batch.as_csv(basket.items()).splitlines()
    assert lines[0].startswith("file,label,confidence,one_of,is_garment")
    assert lines[1].startswith("a.png,Dress,0.9,Dress,True")
    assert "not a picture" in lines[2]
    assert lines[3].startswith("'=HYPERLINK")


def test_removing_all_leaves_nothing(visit, model):
    page = upload(visit("classify"), a_png=photo(), b_png=photo())
    folder = my_basket(page).folder
    page.button(key="clear_basket").click().run()
    assert not folder.exists()
    assert not page.data_editor


def drawn(*strokes: tuple[int, int, int, int]) -> dict:
    """The canvas as it reports a drawing of rectangles."""
    import base64

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
