"""Training: repeatable, written down, and clear when it cannot go on."""

import numpy as np
import pytest

from fashion_model import training
from fashion_model.creating import create_run
from fashion_model.errors import FittingRoomError
from fashion_model.networks import build_network
from fashion_model.recording import Recorder, strip_of
from fashion_model.training import Schedule, train_network
from tests.making import DENSE, TINY
from tests.training.interrupting import assert_same, curve


def test_it_learns_and_writes_down_how(trained_run, small_dataset):
    history = trained_run.history
    assert history.end["reason"] == "done"
    assert [epoch["epoch"] for epoch in history.epochs] == [1, 2, 3, 4]
    start = history.start
    assert (start["epochs"], start["batch_size"], start["resumed_from"]) == (4, 32, None)
    assert (start["train_pictures"], start["validation_pictures"]) == (400, 100)
    assert start["parameters"] == build_network(TINY).count_params()
    assert start["backend"] == "tensorflow"
    labels = small_dataset.validation.labels
    assert set(labels[start["strip"]].tolist()) == set(range(10))
    for epoch in history.epochs:
        confusion = np.array(epoch["confusion"])
        np.testing.assert_array_equal(confusion.sum(axis=1), np.bincount(labels, minlength=10))
        assert confusion.trace() / 100 == pytest.approx(epoch["val_accuracy"])
        np.testing.assert_allclose(np.sum(epoch["strip"], axis=1), 1, atol=1e-3)
        assert len(epoch["strip"]) == 12
        assert epoch["seconds"] > 0
        assert epoch["images_per_second"] > 0
    assert history.best["val_accuracy"] == max(e["val_accuracy"] for e in history.epochs) > 0.5


def test_the_same_recipe_gives_the_same_curve_to_the_bit(train, trained_run):
    assert_same(train(TINY), trained_run)


def test_another_seed_gives_another_curve(train):
    assert curve(train(DENSE)) != curve(train(DENSE.replaced(seed=1)))


def test_patience_ends_it_also_when_it_died_just_then(train, monkeypatch, small_dataset):
    judge = Recorder.judge
    accuracies = iter([0.5, 0.7, 0.6, 0.7, 0.6])
    monkeypatch.setattr(
        Recorder,
        "judge",
        lambda self: judge(self) | {"val_accuracy": next(accuracies), "val_loss": 1.0},
    )
    run = create_run(DENSE.replaced(epochs=10, patience=2))
    assert train_network(run, small_dataset) == "patience"
    assert run.history.trained == 4
    assert run.history.best["epoch"] == 2
    # No end was written down: to the next worker it looks like a death.
    assert train_network(run, small_dataset) == "patience"
    assert run.history.trained == 4


def test_a_loss_that_is_no_number_says_what_to_do(train):
    wild = DENSE.replaced(optimizer="sgd", learning_rate=10.0, dense=(64, 64, 64), dropout=0.0)
    with pytest.raises(FittingRoomError, match="try again with a smaller learning rate"):
        train(wild.replaced(epochs=20, weight_decay=0.5, batch_size=16))


def test_learning_rate_schedules():
    def rates(shape, *steps):
        return [float(Schedule(shape, 2.0, 100)(step)) for step in steps]

    assert rates("constant", 0, 50, 100) == [2.0, 2.0, 2.0]
    assert rates("cosine", 0, 50, 100, 120) == pytest.approx([2.0, 1.0, 0.0, 0.0], abs=1e-5)
    up_and_down = rates("one-cycle", 0, 25, 62.5, 100)
    assert up_and_down == pytest.approx([0.08, 2.0, 1.0, 0.002], abs=1e-5)


def test_the_learning_rate_of_each_epoch_is_written_down(trained_run):
    rates = [epoch["learning_rate"] for epoch in trained_run.history.epochs]
    assert rates == pytest.approx(
        [0.01 * (1 + np.cos(np.pi * e / 4)) / 2 for e in (1, 2, 3, 4)], abs=1e-5
    )


def test_the_strip_shows_each_class_where_it_can(small_dataset):
    places = strip_of(small_dataset.validation)
    labels = small_dataset.validation.labels[places]
    assert labels[:10].tolist() == list(range(10))
    assert len(set(places)) == 12


def test_everyday_pictures_are_learned_from_too(small_dataset, monkeypatch):
    from fashion_model import everyday

    extra = everyday.ExtraPictures(
        np.zeros((3, 28, 28), "uint8"), np.eye(11, dtype="float32")[[10] * 3]
    )
    monkeypatch.setattr(everyday, "build", lambda recipe, dataset, photos: extra)
    pictures, targets, always = training.training_pictures(
        TINY.replaced(everyday=True), small_dataset
    )
    assert always == 400
    assert (pictures.shape, targets.shape) == ((403, 28, 28), (403, 11))
    np.testing.assert_array_equal(targets[:400].argmax(axis=1), small_dataset.train.labels)
    assert targets[400:, 10].all()
