import io
import zipfile

import numpy as np
import pytest

from fashion_model import jobs
from fashion_model.evaluation import compare, report
from fashion_model.runs import list_runs, open_run
from fashion_model.sharing import export_run
from tests.making_runs import failed_run, finished_run, queued_run, training_run
from tests.pages.reading import links, numbers, words_of

pytestmark = pytest.mark.usefixtures("small_data_on_disk")


@pytest.fixture
def two(models, small_dataset):
    """Two finished runs that differ in kind, length and answers."""
    return (
        finished_run(small_dataset, "better", "Better", accuracy=0.9, seed=1),
        finished_run(small_dataset, "plain", "Plain", accuracy=0.6, epochs=3, seed=2, kind="mlp"),
    )


@pytest.fixture
def reports(two):
    stored = [run.answers("test") for run in two]
    return [report(answers.log_probabilities, answers.labels, 1.15) for answers in stored]


def test_without_a_run_it_leads_to_training_and_takes_one_in(visit):
    page = visit("compare")
    assert "There is no model yet" in words_of(page)
    assert "Train a model" in links(page)
    assert page.file_uploader


def test_all_runs_are_in_the_table_in_every_state(visit, two, small_dataset):
    failed_run()
    locks = [training_run(small_dataset)[1], queued_run()[1]]
    table = visit("compare").dataframe[0].value.set_index("Model")
    assert dict(table["State"]) == {
        "Better": "finished",
        "Plain": "finished",
        "Failed CNN": "failed",
        "Training CNN": "training",
        "Queued CNN": "queued",
    }
    result = two[0].result
    assert table.loc["Better", "Test accuracy"] == pytest.approx(100 * result["test_accuracy"])
    assert table.loc["Better", "Macro F1"] == pytest.approx(result["macro_f1"])
    assert np.isnan(table.loc["Failed CNN", "Test accuracy"])
    for lock in locks:
        lock.release()


def test_it_says_which_is_best(visit, two):
    accuracy = 100 * two[0].result["test_accuracy"]
    said = words_of(visit("compare"))
    assert f"**Better** gets the most test pictures right: {accuracy:.1f} %" in said


def test_two_side_by_side_say_the_difference_and_whether_it_is_chance(visit, two, reports):
    comparison = compare(*reports)
    said = words_of(visit("compare"))
    assert f"**Better** gets {100 * comparison.difference:.1f} points more" in said
    assert "hardly chance" in said
    backwards = words_of(visit("compare", a="plain", b="better"))
    assert f"**Better** gets {100 * comparison.difference:.1f} points more" in backwards


@pytest.mark.parametrize("which", ["only_a", "only_b", "neither", "both"])
def test_the_pictures_that_one_neither_or_both_get_right(visit, two, reports, which):
    a, b = (each.right for each in reports)
    wanted = {"only_a": a & ~b, "only_b": b & ~a, "neither": ~a & ~b, "both": a & b}[which]
    shown = numbers(visit("compare", which=which), "compared_wall")
    assert set(shown) <= set(np.flatnonzero(wanted))
    assert len(shown) == min(60, wanted.sum())


def test_what_differs_in_the_recipes(visit, two):
    rows = visit("compare").dataframe[1].value.set_index("key")
    assert rows.loc["kind", "a"] == "cnn"
    assert rows.loc["kind", "b"] == "mlp"
    assert rows.loc["filters", "b"] == "–"
    assert "seed" not in rows.index


def test_the_two_are_in_the_address(visit, two, small_dataset):
    finished_run(small_dataset, "third", "Third", accuracy=0.7, seed=3)
    page = visit("compare")
    page.selectbox(key="b").select("third").run()
    assert page.query_params["b"] == "third"
    assert "Third" in words_of(page)


def test_a_model_is_not_compared_with_itself(visit, two):
    assert "the same model" in words_of(visit("compare", a="plain", b="plain"))


def test_an_opened_picture_is_asked_of_both(visit, two):
    page = visit("compare", picture="test-3")
    said = words_of(page)
    assert " Better: **" in said
    assert " Plain: **" in said


def test_the_curves_of_all_that_were_trained(visit, two):
    page = visit("compare")
    assert page.multiselect(key="curves_of").value == ["plain", "better"]
    assert page.get("plotly_chart")


def test_rename(visit, two):
    page = visit("compare")
    page.selectbox(key="kept_run").select("plain").run()
    page.text_input(key="title-plain").set_value("Two layers").run()
    page.button(key="rename").click().run()
    assert open_run("plain").title == "Two layers"
    assert "It is called Two layers now." in words_of(page)


def test_a_title_that_cannot_be_is_said(visit, two):
    page = visit("compare")
    page.selectbox(key="kept_run").select("plain").run()
    page.text_input(key="title-plain").set_value("  ").run()
    page.button(key="rename").click().run()
    assert [error.value for error in page.error] == ["A title has between 1 and 80 characters."]


def test_delete_and_undo(visit, two):
    page = visit("compare", model="plain")
    page.selectbox(key="kept_run").select("plain").run()
    page.button(key="delete_run").click().run()
    assert [run.name for run in list_runs()] == ["better"]
    assert "**Plain** is deleted." in words_of(page)
    assert "model" not in page.query_params
    assert page.selectbox(key="model").value == "better"
    page.button(key="undo_delete").click().run()
    assert {run.name for run in list_runs()} == {"better", "plain"}
    assert "Plain is back." in words_of(page)


def test_what_came_with_the_project_and_what_is_at_work_cannot_be_deleted(visit, small_dataset):
    finished_run(small_dataset, "everyday", "Everyday", shipped=True)
    _, lock = training_run(small_dataset)
    page = visit("compare")
    for name in ("everyday", "training-cnn"):
        page.selectbox(key="kept_run").select(name).run()
        assert page.button(key="delete_run").disabled
    lock.release()


def test_a_zip_of_a_run_is_taken_in_and_measured(visit, two, monkeypatch):
    finished = []
    monkeypatch.setattr(jobs, "finish", finished.append)
    page = visit("compare")
    page.file_uploader[0].upload("plain.zip", export_run(two[1])).run()
    assert [run.name for run in finished] == ["plain-2"]
    assert "Plain is here as plain-2." in words_of(page)
    page.run()
    assert len(list_runs()) == 3


def test_a_zip_of_something_else_is_refused_in_one_sentence(visit, two):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("holiday.txt", "sun")
    page = visit("compare")
    page.file_uploader[0].upload("holiday.zip", file.getvalue()).run()
    assert [error.value for error in page.error] == [
        "There is no recipe.toml in this zip file: it holds no run."
    ]
    assert len(list_runs()) == 2


def test_runs_measured_on_different_pictures_are_not_compared(visit, two):
    stored = two[1].answers("test")
    np.savez(
        two[1].folder / "test.npz",
        log_probabilities=stored.log_probabilities[:90],
        labels=stored.labels[:90],
    )
    assert "measured on different pictures" in words_of(visit("compare"))
