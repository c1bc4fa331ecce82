import json

import numpy as np
import pytest

from fashion_model.__main__ import main
from fashion_model.classifier import Classifier
from fashion_model.data import Dataset, Part
from fashion_model.doubting import Doubts, doubt, out_of_fold, twice


def quiet(share, sentence):
    """Nobody listens."""


def blobs(count=600, seed=0):
    random = np.random.default_rng(seed)
    labels = np.arange(count) % 10
    features = 5 * np.eye(10)[labels] + random.normal(0, 1, (count, 10))
    return features.astype("float32"), labels


def test_wrong_labels_are_found_by_who_did_not_learn_from_them():
    features, labels = blobs()
    wrong = np.array([3, 77, 200, 421])
    given = labels.copy()
    given[wrong] = (labels[wrong] + 4) % 10
    found = Doubts(given, out_of_fold(features, given, quiet))
    assert set(wrong) <= set(found.order[:8])
    assert (found.suggested[wrong] == labels[wrong]).all()
    assert len(found.order) < 20


def test_folds_answer_each_picture_once_and_surely_enough_to_be_believed():
    features, labels = blobs()
    probabilities = out_of_fold(features, labels, quiet)
    assert probabilities.sum(axis=1) == pytest.approx(np.ones(600))
    right = probabilities.argmax(axis=1) == labels
    assert right.mean() > 0.95
    assert probabilities.max(axis=1).mean() == pytest.approx(right.mean(), abs=0.03)


def test_the_least_likely_label_comes_first():
    probabilities = np.full((3, 10), 0.01)
    probabilities[[0, 1, 2], [1, 1, 1]] = 0.9, 0.7, 0.91
    found = Doubts(np.array([1, 1, 0]), probabilities)
    assert found.likely.tolist() == [0.9, 0.7, 0.01]
    assert found.order.tolist() == [2]
    for name in ("likely", "suggested", "order"):  # tens of thousands: worked out once
        assert getattr(found, name) is getattr(found, name)


def test_pictures_that_are_there_twice_are_found_within_and_across_files(small_dataset):
    train, test = small_dataset.train, small_dataset.test
    images = train.images.copy()
    images[5], images[9] = images[3], test.images[7]
    images[9, 0, 0] ^= 3
    parts = (
        Part("train", images, train.labels, train.numbers),
        small_dataset.validation,
        test,
    )
    pairs, differ = twice(Dataset(*parts), quiet)
    same = (0, train.numbers[3], 0, train.numbers[5])
    near = (0, train.numbers[9], 1, 7)
    assert [tuple(pair) for pair in pairs] == [same, near]
    assert differ[0] == 0
    assert 0 < differ[1] < 0.2


def test_the_doubts_of_a_run_are_those_of_both_files(quick_run, small_dataset, small_data_on_disk):
    told = []
    arrays = doubt(quick_run, small_dataset, lambda *words: told.append(words))
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    train, test = (Doubts.from_arrays(arrays, file) for file in ("train", "test"))
    assert len(train.labels) == 500
    numbers = small_dataset.validation.numbers
    assert (train.labels[numbers] == small_dataset.validation.labels).all()
    said = quick_run.answers("test").log_probabilities.argmax(axis=1)
    assert (test.probabilities.argmax(axis=1) == said).all()


def test_the_command_names_the_doubted_pictures(quick_run, small_data_on_disk, capsys, monkeypatch):
    # What a model answered is stored, and an estimator's features are the pixels.
    monkeypatch.setattr(Classifier, "open", lambda run: pytest.fail("it was not needed"))
    assert main(["doubts", "quick", "--json", "--most", "5"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["files"]["train"]["pictures"] == 500
    assert len(printed["files"]["test"]["first"]) <= 5
    assert main(["doubts", "quick"]) == 0
    assert "of 500 train labels" in capsys.readouterr().out
