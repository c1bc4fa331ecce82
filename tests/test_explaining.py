"""Why an answer: maps that follow the model, the sentence, and the smallest change of mind."""

import json

import numpy as np
import pytest
from PIL import Image

from fashion_model.__main__ import main
from fashion_model.classes import CLASSES
from fashion_model.classifier import Classifier
from fashion_model.estimators import Estimator, fit_estimator
from fashion_model.explaining import Patch, explain, smallest_flip
from fashion_model.recipes import Recipe
from fashion_model.runs import Run

SHIRT, BAG = CLASSES.index("Shirt"), CLASSES.index("Bag")


class Looking:
    """A model that knows one thing: how light a square of the picture is says Shirt, else Bag."""

    def __init__(self, top: int, left: int, size: int = 6):
        self.at = np.s_[:, top : top + size, left : left + size]

    def raw(self, pictures):
        light = pictures[self.at].reshape(len(pictures), -1).mean(axis=1) / 255
        scores = np.full((len(pictures), 10), -4.0)
        scores[:, SHIRT], scores[:, BAG] = 8 * light - 4, 0.0
        logs = scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)
        return {"log_probabilities": logs, "features": pictures.reshape(len(pictures), -1)}


def asking(model, tmp_path) -> Classifier:
    return Classifier(Run(tmp_path), model)


WHITE = np.full((28, 28), 255, np.uint8)


@pytest.mark.parametrize(
    ("top", "left", "place"),
    [(0, 0, "upper left"), (2, 12, "top middle"), (12, 11, "centre"), (22, 22, "lower right")],
)
def test_the_map_and_the_sentence_name_what_the_model_looks_at(tmp_path, top, left, place):
    why = explain(asking(Looking(top, left), tmp_path), WHITE)
    assert why.label == "Shirt"
    assert why.patch.place == place
    strongest = np.unravel_index(why.map.argmax(), why.map.shape)
    assert top <= strongest[0] < top + 6
    assert left <= strongest[1] < left + 6
    assert why.covered_label == "Bag"
    assert why.sentence.startswith(f"With the {place} covered, Shirt falls from 9")
    assert why.sentence.endswith("and it says Bag.")


def test_where_the_model_does_not_look_the_map_is_empty(tmp_path):
    why = explain(asking(Looking(0, 0), tmp_path), WHITE)
    assert np.abs(why.map[14:, 14:]).max() == 0
    assert why.map.shape == (28, 28)


def test_what_speaks_against_an_answer_is_below_nought(tmp_path):
    model = Looking(0, 0)
    shirt = model.raw

    def bag(pictures):  # the same, but light there is taken for a bag
        found = shirt(pictures)
        found["log_probabilities"] = found["log_probabilities"][:, [*range(6), BAG, 7, SHIRT, 9]]
        return found

    model.raw = bag
    half = WHITE.copy()
    half[:4] = 0
    why = explain(asking(model, tmp_path), half)
    assert why.label == "Shirt"
    assert why.map[:6, :6].min() < 0
    assert why.sentence == "Whichever part is covered, Shirt stays as likely as it is: " + (
        f"{100 * why.probability:.2f} %."
    )


def test_a_fall_that_is_hardly_one_is_said_to_be(tmp_path):
    model = Looking(0, 0)
    sure = model.raw
    model.raw = lambda pictures: {
        "log_probabilities": np.log(
            np.exp(sure(pictures)["log_probabilities"]) * 0.002 + 0.998 * np.eye(10)[SHIRT]
        ),
        "features": np.zeros((len(pictures), 1)),
    }
    assert explain(asking(model, tmp_path), WHITE).sentence.startswith("No single part decides")


def test_the_smallest_square_that_changes_its_mind(tmp_path):
    classifier = asking(Looking(5, 15), tmp_path)
    flip = smallest_flip(classifier, WHITE)
    # Half of the 36 pixels have to go: 5 × 5 are enough, 4 × 4 are not.
    assert (flip.patch.size, flip.label) == (5, "Bag")
    assert 0.5 < flip.probability < 0.8
    assert "5 × 5 pixels at the top middle" in flip.sentence
    said = classifier.answer(flip.patch.cover(WHITE)).probabilities[0]
    assert said.argmax() == BAG
    smaller = [Patch(top, left, 4).cover(WHITE) for top in range(25) for left in range(25)]
    assert (classifier.answer(np.stack(smaller)).probabilities.argmax(axis=1) == SHIRT).all()


def test_an_answer_that_nothing_changes(tmp_path):
    assert smallest_flip(asking(Looking(0, 0), tmp_path), np.zeros((28, 28), np.uint8)) is None


@pytest.mark.parametrize("kind", ["logistic-regression", "random-forest"])
def test_a_map_of_randomised_weights_is_another(small_dataset, tmp_path, kind):
    """The sanity check: a map that ignores the model would stay the same."""
    part = small_dataset.train
    recipe = Recipe(kind=kind, trees=10) if kind == "random-forest" else Recipe(kind=kind)
    learned = fit_estimator(recipe, part.images, part.labels)
    random = np.random.default_rng(0)
    if kind == "random-forest":  # trees cannot be shuffled, but can be given random answers
        other = fit_estimator(recipe, part.images, random.permutation(part.labels))
    else:
        other = fit_estimator(recipe, part.images, part.labels)
        other.model.coef_ = random.permutation(other.model.coef_.ravel()).reshape(10, 784)
    alike = []
    for picture in small_dataset.test.images[:10]:
        maps = [explain(asking(model, tmp_path), picture).map for model in (learned, other)]
        assert np.array_equal(explain(asking(learned, tmp_path), picture).map, maps[0])
        alike.append(np.corrcoef(maps[0].ravel(), maps[1].ravel())[0, 1])
    assert np.mean(alike) < 0.5


def test_a_network_is_explained_without_tensorflow(finished_run, small_dataset):
    classifier = Classifier.open(finished_run)
    why = explain(classifier, small_dataset.test.images[0])
    answered = classifier.answer(small_dataset.test.images[0]).probabilities[0]
    assert why.label == CLASSES[answered.argmax()]
    assert why.probability == pytest.approx(answered.max(), abs=1e-4)


def test_coefficients_are_pictures_where_there_are_any(small_dataset, tmp_path):
    part = small_dataset.train
    for kind, there in (("logistic-regression", True), ("linear-svm", True), ("knn", False)):
        model = fit_estimator(Recipe(kind=kind), part.images, part.labels)
        weights = asking(model, tmp_path).coefficients
        assert (weights is not None) == there
        if there:
            picture = part.images[0] / 255
            scores = (weights * picture).sum(axis=(1, 2)) + model.model.intercept_
            assert np.allclose(scores, model.model.decision_function(picture.reshape(1, -1))[0])


def test_the_command_explains_as_json_and_in_words(finished_run, small_dataset, tmp_path, capsys):
    path = tmp_path / "picture.png"
    Image.fromarray(small_dataset.test.images[0]).save(path)
    asked = ["explain", str(path), "--ready", "--model", "finished"]
    assert main([*asked, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    why = explain(Classifier.open(finished_run), small_dataset.test.images[0])
    assert (answer["file"], answer["label"]) == (str(path), why.label)
    assert answer["sentence"] == why.sentence
    assert answer["covered"]["place"] == why.patch.place
    assert np.allclose(answer["map"], why.map, atol=1e-3)
    assert answer["flip"] is None or set(answer["flip"]) == {
        "top", "left", "size", "place", "label", "probability",
    }  # fmt: skip
    assert main(asked) == 0
    assert why.sentence in capsys.readouterr().out


def test_estimators_keep_their_coefficients_through_a_file(small_dataset, tmp_path):
    part = small_dataset.train
    model = fit_estimator(Recipe(kind="logistic-regression"), part.images, part.labels)
    model.save(tmp_path)
    again = Estimator.load(tmp_path / "estimator.skops")
    assert np.array_equal(again.coefficients, model.coefficients)
