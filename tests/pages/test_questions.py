"""What is behind the answer for one picture: each view, on the pages where pictures are opened."""

import numpy as np
import pytest
from PIL import Image

from fashion_model import files
from fashion_model.classifier import Classifier
from fashion_model.errors import FittingRoomError
from fashion_model.estimators import fit_estimator
from fashion_model.explaining import explain, smallest_flip
from fashion_model.features import compute_features
from fashion_model.inside import look_inside
from fashion_model.recipes import Recipe
from fashion_model.runs import Run
from tests.making_runs import finished_run
from tests.pages.classify.making import photo, upload
from tests.pages.reading import wall, words_of
from ui import short_jobs

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


@pytest.fixture
def known(run, small_dataset) -> Run:
    """The same, with the features of all training pictures at hand."""
    compute_features(run, small_dataset)
    return run


def similar(page, key: str) -> list[str]:
    return [tile["id"] for tile in wall(page, f"similar_pictures-{key}")]


def test_an_opened_picture_is_first_answered_and_nothing_else_is_computed(visit, run, tmp_path):
    page = visit("browse", picture="test-0")
    assert page.get("plotly_chart")
    assert page.segmented_control(key="view").value == "answer"
    assert not (tmp_path / "cache" / "features").exists()


def test_similar_pictures_are_shown_once_a_worker_has_looked_at_all(visit, run):
    page = visit("browse", picture="test-0", view="similar")
    assert not page.error
    assert len(similar(page, "plain")) == 12
    assert "Of the 12 training pictures most alike to it" in words_of(page)
    assert "Of all 500 training pictures, compared by their pixels" in words_of(page)
    assert not page.get("plotly_chart")


def test_a_training_picture_is_not_its_own_neighbour(visit, known, small_dataset):
    name = f"train-{small_dataset.train.numbers[0]}"
    page = visit("browse", part="train", picture=name, view="similar")
    assert len(similar(page, "plain")) == 12
    assert name not in similar(page, "plain")


def test_the_view_is_in_the_address_and_goes_with_the_picture(visit, known):
    page = visit("browse", picture="test-0")
    page.segmented_control(key="view").set_value("similar").run()
    assert page.query_params["view"] == "similar"
    assert "&view=similar" in words_of(page)
    page.button(key="opened_next").click().run()
    assert (page.query_params["picture"], page.query_params["view"]) == ("test-1", "similar")


def test_a_view_that_is_none_shows_the_answer(visit, run):
    assert visit("browse", picture="test-0", view="nonsense").get("plotly_chart")


def test_confusions_has_the_views_too(visit, known):
    page = visit("confusions", picture="test-0", view="similar")
    assert len(similar(page, "plain")) == 12


def test_a_visitors_own_picture_has_similar_ones(visit, known):
    page = upload(visit("classify"), a_png=photo())
    page.segmented_control(key="view").set_value("similar").run()
    assert not page.error
    assert len(similar(page, "own")) == 12
    assert "From your picture" not in words_of(page)


def test_why_names_the_place_the_class_and_what_would_change_its_mind(visit, run, small_dataset):
    classifier, picture = Classifier.open(run), small_dataset.test.images[0]
    page = visit("browse", picture="test-0", view="why")
    assert not page.error
    said = words_of(page)
    assert explain(classifier, picture).sentence in said
    assert smallest_flip(classifier, picture).sentence in said
    assert "last layer" not in said  # it is no network


def test_inside_a_linear_model_are_its_weights(visit, run):
    page = visit("browse", picture="test-0", view="inside")
    assert not page.error
    assert "A weight for each pixel and class" in words_of(page)
    assert words_of(page).count(" here") == 10


@pytest.fixture
def network(finished_run, monkeypatch) -> Run:
    """The tiny network; what its short job would say is computed at once."""

    def at_once(arguments, folder, doing):
        assert arguments[0] == "inside"
        with Image.open(arguments[1]) as picture:
            return look_inside(finished_run, np.asarray(picture))

    monkeypatch.setattr(short_jobs, "answer_of", at_once)
    return finished_run


def test_inside_a_network_are_its_layers(visit, network):
    page = visit("browse", picture="test-0", view="inside")
    assert not page.error
    said = words_of(page)
    assert "What the first layer looks for" in said
    assert "**re_lu** · 28 × 28 × 4" in said
    assert "**features** · 16" in said


def test_a_network_has_a_map_of_its_last_layer(visit, network):
    page = visit("browse", picture="test-0", view="why")
    assert not page.error
    assert "What its last layer saw" in words_of(page)


def test_a_visitors_own_picture_is_asked_in_the_same_way(visit, run):
    page = upload(visit("classify"), a_png=photo())
    page.segmented_control(key="view").set_value("why").run()
    assert not page.error
    assert "What would change its mind" in words_of(page)
    assert page.query_params["view"] == "why"


def test_a_job_that_fails_is_one_sentence_and_can_be_asked_again(models, tmp_path):
    for _ in range(2):
        with pytest.raises(FittingRoomError, match="There is no run called nobody"):
            short_jobs.answer_of(["features", "nobody"], tmp_path / "answer", "Working")


def test_a_job_that_nobody_waits_for_is_ended(models, tmp_path, monkeypatch):
    started = []

    class Long:
        process, done = None, False

        def terminate(self):
            self.done = True

    def start(arguments, folder):
        started.append(Long())
        started[-1].process = started[-1]
        return started[-1]

    class Left(BaseException):
        """What Streamlit raises when the visitor does something else."""

    def leave(told):
        if started:
            raise Left

    monkeypatch.setattr(short_jobs.jobs, "short_job", start)
    monkeypatch.setattr(short_jobs.time, "sleep", leave)
    with pytest.raises(Left):
        short_jobs.answer_of(["inside", "picture"], tmp_path / "answer", "Working")
    assert started[0].done
    with pytest.raises(Left):
        short_jobs.answer_of(["features", "run"], tmp_path / "of use", "Working", lasting=True)
    assert not started[1].done
