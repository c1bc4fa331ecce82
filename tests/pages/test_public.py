"""A server for a class, as its visitors see it."""

import pytest

from fashion_model import jobs
from fashion_model.creating import create_run
from fashion_model.recipes import Recipe
from fashion_model.runs import open_run
from tests.making_runs import finished_run, stopped_run, training_run
from tests.pages.reading import words_of

pytestmark = pytest.mark.usefixtures("small_data_on_disk")


def _keys(page) -> set[str]:
    return {button.key for button in page.button}


def test_without_training_the_page_says_so_and_offers_none(visit, monkeypatch, small_dataset):
    finished_run(small_dataset, "there")
    monkeypatch.setenv("FITTING_ROOM_TRAINING", "0")
    page = visit("train")
    assert "On this server nothing is trained" in words_of(page)
    assert "start_training" not in _keys(page)
    assert not {"train_longer", "resume_run"} & _keys(visit("train", run="there"))
    assert not visit("compare").get("file_uploader")


def test_a_run_of_somebody_else_is_watched_and_not_stopped(visit, monkeypatch, small_dataset):
    monkeypatch.setenv("FITTING_ROOM_PUBLIC", "1")
    run, lock = training_run(small_dataset)
    with lock:
        page = visit("train", run=run.name)
        assert "only they can stop it" in words_of(page)
        assert not {"stop_training", "discard_run"} & _keys(page)
    stopped_run(small_dataset, "theirs")
    assert "resume_run" not in _keys(visit("train", run="theirs"))
    page = visit("compare")
    assert page.button(key="delete_run").disabled


def test_a_visitor_starts_and_deletes_what_is_their_own(visit, monkeypatch):
    monkeypatch.setenv("FITTING_ROOM_PUBLIC", "1")
    monkeypatch.setattr(jobs, "describe", lambda recipe: None)
    monkeypatch.setattr("ui.start_panel.SETTLED", 1e9)
    monkeypatch.setattr(
        jobs, "start_training", lambda recipe, **told: create_run(Recipe(kind="knn"), "mine")
    )
    page = visit("train")
    page.button(key="start_training").click().run()
    assert open_run("mine").about["owner"]
    page.switch_page("../pages/compare.py").run()
    page.button(key="delete_run").click().run()
    assert "is deleted" in words_of(page)
    page.button(key="undo_delete").click().run()
    assert open_run("mine").about["owner"]


def test_nobody_comes_in_without_signing_in(visit, monkeypatch, small_dataset):
    finished_run(small_dataset, "secret", "A secret")
    monkeypatch.setenv("FITTING_ROOM_SIGN_IN", "1")
    page = visit("overview")
    assert _keys(page) == {"sign_in"}
    assert "secret" not in words_of(page)
    page.user = {"is_logged_in": True, "iss": "https://school.test", "sub": "7", "name": "Ada"}
    page.run()
    assert "sign_out" in _keys(page)
    me = page.session_state["_visitor"]
    other = visit("overview")
    other.user = dict(page.user)
    other.run()
    assert other.session_state["_visitor"] == me  # the account, on every device
    other.user = other.user | {"sub": "8"}
    other.run()
    assert other.session_state["_visitor"] != me


def test_a_server_that_cannot_sign_anybody_in_says_so(visit, monkeypatch):
    monkeypatch.setenv("FITTING_ROOM_SIGN_IN", "1")
    page = visit("overview")
    page.button(key="sign_in").click().run()
    assert page.toast[0].value.startswith("Nobody can sign in yet")
    assert _keys(page) == {"sign_in"}


def test_a_rule_that_cannot_be_read_lets_nobody_in(visit, monkeypatch, small_dataset):
    finished_run(small_dataset, "secret", "A secret")
    monkeypatch.setenv("FITTING_ROOM_SIGN_IN", "perhaps")
    page = visit("overview")
    assert "FITTING_ROOM_SIGN_IN is 'perhaps'" in words_of(page).replace("\\", "")
    assert _keys(page) == set()
