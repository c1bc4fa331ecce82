"""What is behind the answer for one picture: each view, on the pages where pictures are opened."""

import pytest

from fashion_model import files
from fashion_model.estimators import fit_estimator
from fashion_model.recipes import Recipe
from fashion_model.runs import Run
from tests.making_runs import finished_run
from tests.pages.reading import wall, words_of
from tests.pages.test_classify import photo, upload

pytestmark = pytest.mark.usefixtures("small_data_on_disk")


@pytest.fixture
def run(models, small_dataset) -> Run:
    """Logistic regression that answers in earnest."""
    folder = finished_run(small_dataset, "plain", "Plain").folder
    (folder / "model.tflite").unlink()
    recipe = Recipe(kind="logistic-regression")
    files.write_text(folder / "recipe.toml", recipe.to_toml())
    part = small_dataset.train
    fit_estimator(recipe, part.images, part.labels).save(folder)
    return Run(folder)


def similar(page, key: str) -> list[str]:
    return [tile["id"] for tile in wall(page, f"similar_pictures-{key}")]


def test_an_opened_picture_is_first_answered_and_nothing_else_is_computed(visit, run, tmp_path):
    page = visit("browse", picture="test-0")
    assert page.get("plotly_chart")
    assert page.segmented_control(key="view").value == "answer"
    assert not (tmp_path / "cache" / "features").exists()


def test_similar_pictures_are_shown_with_their_labels(visit, run, small_dataset):
    page = visit("browse", picture="test-0", view="similar")
    assert not page.error
    assert len(similar(page, "plain")) == 12
    assert "Of the 12 training pictures most alike to it" in words_of(page)
    assert "Of all 500 training pictures, compared by their pixels" in words_of(page)
    assert not page.get("plotly_chart")


def test_a_training_picture_is_not_its_own_neighbour(visit, run, small_dataset):
    name = f"train-{small_dataset.train.numbers[0]}"
    page = visit("browse", part="train", picture=name, view="similar")
    assert len(similar(page, "plain")) == 12
    assert name not in similar(page, "plain")


def test_the_view_is_in_the_address_and_goes_with_the_picture(visit, run):
    page = visit("browse", picture="test-0")
    page.segmented_control(key="view").set_value("similar").run()
    assert page.query_params["view"] == "similar"
    assert "&view=similar" in words_of(page)
    page.button(key="Next").click().run()
    assert (page.query_params["picture"], page.query_params["view"]) == ("test-1", "similar")


def test_a_view_that_is_none_shows_the_answer(visit, run):
    assert visit("browse", picture="test-0", view="nonsense").get("plotly_chart")


def test_confusions_has_the_views_too(visit, run):
    page = visit("confusions", picture="test-0", view="similar")
    assert len(similar(page, "plain")) == 12


def test_a_visitors_own_picture_has_similar_ones(visit, run):
    page = upload(visit("classify"), a_png=photo())
    page.segmented_control(key="view").set_value("similar").run()
    assert not page.error
    assert len(similar(page, "own")) == 12
    assert "From your picture" not in words_of(page)
