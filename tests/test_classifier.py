"""Answers: without TensorFlow, from several threads, for none, one or many pictures."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from fashion_model.changing import delete_run
from fashion_model.classifier import CHUNK, Classifier, default_run
from fashion_model.creating import create_run
from fashion_model.errors import FittingRoomError
from fashion_model.recipes import Recipe
from tests import making_runs


@pytest.fixture
def classifier(finished_run):
    return Classifier.open(finished_run)


def test_answers_are_calibrated_probabilities(classifier, small_dataset):
    answered = classifier.answer(small_dataset.test.images)
    assert answered.probabilities.shape == (100, 10)
    assert answered.probabilities.dtype == np.float32
    np.testing.assert_allclose(answered.probabilities.sum(axis=1), 1, rtol=1e-4)
    assert answered.features.shape == (100, 16)
    # It never learned what is no garment: how sure it is stands in.
    np.testing.assert_array_equal(answered.garment, answered.probabilities.max(axis=1))
    raw = classifier.raw(small_dataset.test.images)["log_probabilities"]
    scaled = np.exp(raw / classifier.temperature)
    scaled /= scaled.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(answered.probabilities, scaled, atol=1e-5)
    assert classifier.temperature == classifier.run.result["temperature"] != 1.0
    assert classifier.garment_threshold == classifier.run.result["garment_threshold"]


def test_one_picture_many_and_none(classifier, small_dataset):
    pictures = np.resize(small_dataset.test.images, (2 * CHUNK + 5, 28, 28))
    many = classifier.answer(pictures)
    one = classifier.answer(pictures[3])
    np.testing.assert_allclose(one.probabilities[0], many.probabilities[3], atol=1e-6)
    np.testing.assert_allclose(
        many.probabilities[: CHUNK + 1],
        classifier.answer(pictures[: CHUNK + 1]).probabilities,
        atol=1e-6,
    )
    none = classifier.answer(pictures[:0])
    assert none.probabilities.shape == (0, 10)
    assert none.features.shape == (0, 16)
    assert none.garment.shape == (0,)


@pytest.mark.parametrize("shape", [(28,), (2, 28, 27), (1, 28, 28, 1)])
def test_pictures_of_another_shape_are_refused(classifier, shape):
    with pytest.raises(FittingRoomError, match="takes pictures of 28 × 28"):
        classifier.answer(np.zeros(shape, "uint8"))


def test_threads_each_get_their_own_answer(classifier, small_dataset):
    pictures = small_dataset.test.images
    expected = classifier.answer(pictures).probabilities

    def ask(number):
        size = 1 + number % 7
        chosen = np.arange(number, number + size) % len(pictures)
        found = classifier.answer(pictures[chosen]).probabilities
        return np.abs(found - expected[chosen]).max()

    with ThreadPoolExecutor(8) as threads:
        assert max(threads.map(ask, range(200))) < 1e-5


def test_no_tensorflow_in_the_process_also_after_an_answer(finished_run, models_folder):
    code = """
import sys
import numpy as np
from fashion_model.classifier import Classifier, default_run
answered = Classifier.open(default_run()).answer(np.zeros((3, 28, 28), "uint8"))
assert answered.probabilities.shape == (3, 10)
print(sorted({name.partition(".")[0] for name in sys.modules} & {"tensorflow", "keras", "jax"}))
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


@pytest.mark.parametrize("damage", [lambda b: b"", lambda b: b[: len(b) // 2], lambda b: b"x" * 99])
def test_a_damaged_network_is_a_sentence(finished_run, damage):
    path = finished_run.folder / "model.tflite"
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(FittingRoomError, match=r"cannot be read.*`finish finished`"):
        Classifier.open(finished_run)


def test_a_run_that_is_not_trained_cannot_answer(models_folder):
    run = create_run(Recipe(kind="mlp", title="New"))
    with pytest.raises(FittingRoomError, match="New cannot answer yet"):
        Classifier.open(run)


def test_everyday_answers_by_default_then_the_best(models_folder, small_dataset):
    assert default_run() is None
    making_runs.finished_run(small_dataset, "worse", accuracy=0.7)
    making_runs.finished_run(small_dataset, "better", accuracy=0.9, seed=1)
    assert default_run().name == "better"
    everyday = making_runs.finished_run(small_dataset, "everyday", accuracy=0.6)
    assert default_run().name == "everyday"
    delete_run(everyday)
    assert default_run().name == "better"
