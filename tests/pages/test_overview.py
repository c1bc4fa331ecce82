import gc

import pytest

from tests.making_runs import failed_run, finished_run, queued_run, stopped_run, training_run
from tests.pages.reading import links, wall, words_of
from ui import sparing


@pytest.mark.usefixtures("no_data")
def test_without_data_and_without_a_model_it_says_both_and_offers_both(visit):
    page = visit()
    said = words_of(page)
    assert "There is no trained model yet" in said
    assert "not here yet" in said
    assert page.button(key="fetch_data").label.startswith("Download")
    assert "Train one" in links(page)


@pytest.mark.usefixtures("small_data_on_disk")
def test_with_data_but_without_a_model_it_shows_what_the_pictures_look_like(visit):
    page = visit()
    assert len(wall(page, "examples")) == 10
    assert "What the pictures look like" in words_of(page)


@pytest.mark.usefixtures("small_data_on_disk")
def test_it_says_how_the_chosen_model_does(visit, small_dataset):
    run = finished_run(small_dataset)
    page = visit()
    accuracy = page.metric[0]
    assert accuracy.value == f"{100 * run.result['test_accuracy']:.1f} %"
    assert " – " in accuracy.delta  # the interval
    assert [metric.label for metric in page.metric[1:]] == [
        "Parameters",
        "One answer",
        "Trained for",
    ]
    tiles = wall(page, "examples")
    assert {tile["right"] for tile in tiles} == {True, False}


@pytest.mark.usefixtures("no_data")
def test_the_numbers_of_a_model_need_no_data(visit, small_dataset):
    finished_run(small_dataset)
    page = visit()
    assert page.metric[0].label == "Test pictures right"
    assert wall(page, "examples") == []


@pytest.mark.usefixtures("small_data_on_disk")
def test_it_leads_to_the_three_things_to_do_next(visit, small_dataset):
    finished_run(small_dataset)
    assert {"Try it on your own picture", "See where it goes wrong", "Train your own"} <= set(
        links(visit())
    )


@pytest.mark.usefixtures("small_data_on_disk")
def test_everyday_is_the_model_where_nobody_chose_one_and_the_address_is_left_alone(
    visit, small_dataset
):
    finished_run(small_dataset, "better", accuracy=0.95)
    finished_run(small_dataset, "everyday", "Everyday", accuracy=0.8)
    page = visit()
    assert page.selectbox(key="model").value == "everyday"
    assert "model" not in page.query_params


@pytest.mark.usefixtures("small_data_on_disk")
def test_a_chosen_model_is_in_the_address_on_every_page_and_in_every_link(visit, small_dataset):
    finished_run(small_dataset, "better", accuracy=0.95)
    finished_run(small_dataset, "plain", "Plain", accuracy=0.8)
    page = visit()
    page.selectbox(key="model").select("plain").run()
    assert page.query_params["model"] == "plain"
    assert links(page)["See where it goes wrong"] == "model=plain"
    page.switch_page("../pages/browse.py").run()
    assert page.selectbox(key="model").value == "plain"


@pytest.mark.usefixtures("small_data_on_disk")
def test_the_address_chooses_the_model(visit, small_dataset):
    finished_run(small_dataset, "better", accuracy=0.95)
    finished_run(small_dataset, "plain", "Plain", accuracy=0.8)
    assert visit(model="plain").selectbox(key="model").value == "plain"


@pytest.mark.usefixtures("small_data_on_disk")
def test_going_back_to_before_the_choice_undoes_it(visit, small_dataset):
    finished_run(small_dataset, "better", accuracy=0.95)
    finished_run(small_dataset, "plain", "Plain", accuracy=0.8)
    page = visit()
    page.selectbox(key="model").select("plain").run()
    page.query_params.clear()
    page.run()
    assert page.selectbox(key="model").value == "better"


@pytest.mark.usefixtures("small_data_on_disk")
def test_an_unknown_model_in_the_address_is_said_and_replaced(visit, small_dataset):
    finished_run(small_dataset)
    page = visit(model="gone")
    assert "There is no model called gone" in words_of(page)
    assert page.selectbox(key="model").value == "small-cnn"


@pytest.mark.usefixtures("small_data_on_disk")
def test_runs_that_cannot_answer_are_no_models_to_choose(visit, small_dataset):
    finished_run(small_dataset)
    stopped_run(small_dataset)
    stopped_run(small_dataset, "early", "Stopped early", finished=False)
    failed_run()
    training, queued = training_run(small_dataset), queued_run()
    page = visit()
    assert set(page.selectbox(key="model").options) == {"Small CNN", "Stopped CNN"}
    for _, lock in (training, queued):
        lock.release()


@pytest.mark.usefixtures("small_data_on_disk")
def test_a_page_that_fails_says_one_sentence_and_the_frame_lives(visit, small_dataset, monkeypatch):
    finished_run(small_dataset)

    def broken(*_):
        raise RuntimeError("secret of the machine")

    monkeypatch.setattr("ui.opened.tile", broken)
    page = visit()
    assert [error.value for error in page.error] == [
        "This page could not be shown; the log says why."
    ]
    assert "secret" not in words_of(page)
    assert page.selectbox(key="model").value == "small-cnn"


@pytest.mark.usefixtures("models", "small_data_on_disk")
def test_a_result_that_was_cut_short_is_no_traceback(visit, small_dataset):
    run = finished_run(small_dataset)
    (run.folder / "result.json").write_text('{"temp')
    assert "There is no trained model yet" in words_of(visit())


def test_what_a_page_loaded_is_passed_over_when_garbage_is_collected(visit, monkeypatch):
    monkeypatch.setattr(sparing, "_spared", 0)
    monkeypatch.setattr(sparing, "how_many", lambda: 1)
    visit()
    assert gc.get_freeze_count() > 100_000
    gc.unfreeze()
