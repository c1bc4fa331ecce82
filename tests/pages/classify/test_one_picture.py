"""One picture: its answer, every step to it, and what the visitor turns."""

import pytest

from tests.pages.classify.making import heading, my_basket, photo, table, upload
from tests.pages.reading import words_of


def test_one_photo_is_answered_with_every_step_to_it(visit, model):
    page = upload(visit("classify"), a_png=photo())
    assert heading(page) == "Dress"
    said = words_of(page)
    assert "90 % sure." in said
    for step in ("1. Upright", "Cut out", "Light on dark", "Fitted"):
        assert step in said
    assert page.file_uploader(key="upload").value == []  # it is in the basket, not in memory


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
    from ui.one_picture import last_box  # its canvas can be made only where an app has begun

    box = {"type": "Rect", "left": 100, "top": 50, "width": 100, "height": 100}
    centred = box | {"originX": "center", "originY": "center", "left": 150, "top": 100}
    assert last_box({"objects": [box]}, 200, 200) == [0.5, 0.25, 1.0, 0.75]
    assert last_box({"objects": [centred]}, 200, 200) == [0.5, 0.25, 1.0, 0.75]
    assert last_box({"objects": [box | {"width": 2}]}, 200, 200) is None
    assert last_box({}, 200, 200) is None
