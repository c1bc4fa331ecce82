""" "It is really a …": a picture is kept with its label, and teaches a copy of the model."""

import pytest

from fashion_model import jobs
from fashion_model.kept import Kept
from tests.making_runs import finished_run
from tests.pages.classify.making import Told, my_basket, photo, upload
from ui import answering


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
