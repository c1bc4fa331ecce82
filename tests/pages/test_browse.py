import numpy as np
import pytest

from fashion_model.classes import CLASSES
from fashion_model.evaluation import report
from tests.making_runs import finished_run
from tests.pages.reading import numbers, wall, words_of

pytestmark = pytest.mark.usefixtures("small_data_on_disk")


@pytest.fixture
def answers(models, small_dataset):
    """The report behind the pages: a finished run's answers on the test set."""
    run = finished_run(small_dataset, accuracy=0.75)
    stored = run.answers("test")
    return report(stored.log_probabilities, stored.labels, run.result["temperature"])


def test_the_test_set_comes_as_stored_and_in_pages(visit, answers):
    page = visit("browse")
    assert "**100 pictures** of 100 in the test set." in words_of(page)
    assert numbers(page, "browse_wall") == list(range(60))
    assert numbers(visit("browse", page="2"), "browse_wall") == list(range(60, 100))


@pytest.mark.parametrize("asked", ["0", "99", "minus one", "9" * 30])
def test_a_page_that_is_not_there_gives_the_nearest(visit, answers, asked):
    assert numbers(visit("browse", page=asked), "browse_wall")


def test_turning_the_page_is_in_the_address(visit, answers):
    page = visit("browse")
    page.get("pagination")[0].set_value(2).run()
    assert page.query_params["page"] == "2"
    assert numbers(page, "browse_wall") == list(range(60, 100))


def test_each_filter_shows_exactly_the_pictures_it_names(visit, answers):
    shirt, top = CLASSES.index("Shirt"), CLASSES.index("T-shirt/top")
    wanted = {
        ("true", "Shirt"): answers.labels == shirt,
        ("predicted", "T-shirt/top"): answers.predicted == top,
        ("answer", "wrong"): ~answers.right,
    }
    for (key, value), expected in wanted.items():
        page = visit("browse", **{key: value})
        assert numbers(page, "browse_wall") == list(np.flatnonzero(expected)[:60])
    together = np.logical_and.reduce(list(wanted.values()))
    page = visit("browse", **dict(list(wanted)))
    assert numbers(page, "browse_wall") == list(np.flatnonzero(together))


def test_confidence_narrows_the_wall(visit, answers):
    page = visit("browse", confidence="0-60")
    expected = np.flatnonzero(answers.confidence <= 0.6)
    assert numbers(page, "browse_wall") == list(expected[:60])


def test_a_filter_can_be_chosen_while_the_slider_stands_in_the_address(visit, answers):
    page = visit("browse", confidence="0-60")
    page.selectbox(key="answer").select("wrong").run()
    unsure = (answers.confidence <= 0.6) & ~answers.right
    assert numbers(page, "browse_wall") == list(np.flatnonzero(unsure)[:60])


@pytest.mark.parametrize("asked", ["60", "a-b", "-", "60-", "--60", "9999-1"])
def test_a_range_that_is_none_is_passed_over(visit, answers, asked):
    assert len(numbers(visit("browse", confidence=asked), "browse_wall")) == 60


def test_filters_say_how_many_pictures_they_would_show(visit, answers):
    page = visit("browse", true="Shirt")
    labels = page.selectbox(key="answer").options
    shirts = answers.labels == CLASSES.index("Shirt")
    right = int((shirts & answers.right).sum())
    assert labels == [
        f"Any · {shirts.sum()}", f"Right · {right}", f"Wrong · {shirts.sum() - right}",
    ]  # fmt: skip
    assert f"Bag · {(answers.labels == 8).sum()}" in page.selectbox(key="true").options


def test_choosing_a_filter_writes_the_address_and_goes_to_the_first_page(visit, answers):
    page = visit("browse", page="2")
    page.selectbox(key="answer").select("right").run()
    assert page.query_params["answer"] == "right"
    assert "page" not in page.query_params
    page.selectbox(key="answer").select("any").run()
    assert "answer" not in page.query_params


def test_orders(visit, answers):
    likely = answers.probabilities[np.arange(100), answers.labels]
    for sort, value in {
        "unsure": answers.confidence,
        "sure": -answers.confidence,
        "worst": likely,
        "best": -likely,
    }.items():
        order = np.argsort(value, kind="stable")[:60]
        assert numbers(visit("browse", sort=sort), "browse_wall") == list(order)


def test_pictures_say_in_words_what_they_are(visit, answers):
    wrong = wall(visit("browse", answer="wrong"), "browse_wall")[0]
    place = int(np.flatnonzero(~answers.right)[0])
    true, said = CLASSES[answers.labels[place]], CLASSES[answers.predicted[place]]
    assert wrong["about"].startswith(f"Picture test-{place}: {true}, taken for {said}, ")
    assert wrong["right"] is False


def test_nothing_found_says_so_and_leads_back(visit, answers):
    page = visit("browse", true="Bag", predicted="Sandal")
    assert "No picture is like that" in words_of(page)
    page.button(key="show_all").click().run()
    assert len(numbers(page, "browse_wall")) == 60


def test_the_training_set_has_no_answers_to_filter_by(visit, answers, small_dataset):
    page = visit("browse", part="train", true="Bag", answer="wrong")
    bags = int((small_dataset.train.labels == 8).sum())
    assert f"**{bags} pictures** of 400 in the training set: Bag." in words_of(page)
    assert {tile["right"] for tile in wall(page, "browse_wall")} == {None}
    assert {box.key for box in page.selectbox} == {"model", "true"}


def test_the_validation_set_has_answers_of_its_own(visit, answers, small_dataset):
    page = visit("browse", part="validation", true="Bag")
    bags = small_dataset.validation.numbers[small_dataset.validation.labels == 8]
    assert numbers(page, "browse_wall") == list(bags)
    assert {tile["right"] for tile in wall(page, "browse_wall")} <= {True, False}


@pytest.mark.parametrize("part", ["validation", "train"])
def test_a_picture_has_one_address_in_all_parts(visit, answers, small_dataset, part):
    number = getattr(small_dataset, part).numbers[3]
    page = visit("browse", picture=f"train-{number}")
    said = words_of(page)
    assert ("learned from this picture" in said) == (part == "train")
    assert f"picture train-{number}" in page.get("dialog")[0].proto.dialog.title


def test_an_opened_picture_says_what_the_model_makes_of_it(visit, answers):
    place = int(np.flatnonzero(~answers.right)[0])
    page = visit("browse", picture=f"test-{place}")
    said = words_of(page)
    assert "Wrong" in said
    assert f"it is labelled **{CLASSES[answers.labels[place]]}**" in said
    assert page.get("plotly_chart")


def test_stepping_to_the_next_picture_on_the_wall(visit, answers):
    page = visit("browse", picture="test-0")
    assert page.button(key="opened_previous").disabled
    assert not page.button(key="opened_next").disabled
    assert "1 of 60 on this wall" in words_of(page)


@pytest.mark.parametrize("name", ["test-100000", "shirt", "train-", "test--1", "test-٣"])
def test_a_picture_that_is_not_there_is_said(visit, answers, name):
    assert "There is no picture called" in words_of(visit("browse", picture=name))


@pytest.mark.parametrize("key", ["part", "true", "predicted", "answer", "sort"])
def test_nonsense_in_the_address_is_passed_over(visit, answers, key):
    assert len(numbers(visit("browse", **{key: "nonsense"}), "browse_wall")) == 60


def test_without_a_model_the_pictures_are_there(visit):
    page = visit("browse", true="Bag")
    assert len(numbers(page, "browse_wall")) == 10


def test_without_data_it_offers_the_download(visit, tmp_path, monkeypatch):
    monkeypatch.setenv("FITTING_ROOM_CACHE", str(tmp_path / "empty"))
    page = visit("browse")
    assert page.button(key="fetch_data").label.startswith("Download")
