"""Batches: every picture once an epoch, in an order of its own, and read without idling."""

import numpy as np

from fashion_model.batches import Batches, outputs_of
from fashion_model.creating import create_run
from fashion_model.networks import build_network
from fashion_model.recipes import Recipe
from fashion_model.recording import Recorder
from fashion_model.training import train_network

QUICK = Recipe(kind="mlp", dense=(16,), epochs=2, batch_size=64)


def test_every_epoch_gets_its_own_order_and_every_picture_once(
    models_folder, small_dataset, monkeypatch
):
    given, original = [], Batches.__getitem__

    def seen(self, batch):
        pictures, targets = original(self, batch)
        given.append((self.epoch, batch, pictures.sum(axis=(1, 2)).tolist()))
        return pictures, targets

    begun = []
    on_epoch_begin = Recorder.on_epoch_begin

    def begin(self, epoch, logs=None):
        begun.append(len(given))
        on_epoch_begin(self, epoch, logs)

    monkeypatch.setattr(Batches, "__getitem__", seen)
    monkeypatch.setattr(Recorder, "on_epoch_begin", begin)
    train_network(create_run(QUICK), small_dataset)
    epochs = given[begun[0] : begun[1]], given[begun[1] :]
    for number, batches in enumerate(epochs):
        assert [(epoch, batch) for epoch, batch, _ in batches] == [(number, b) for b in range(7)]
    first, second = ([total for *_, sums in batches for total in sums] for batches in epochs)
    assert first != second
    assert sorted(first) == sorted(second)
    assert len(first) == 400


def test_extra_pictures_take_turns_beside_the_others(small_dataset):
    pictures, targets = small_dataset.train.images, np.eye(10)[small_dataset.train.labels]
    batches = Batches(pictures, targets, QUICK, always=300)
    first = batches.order
    batches.begin(1)
    second = batches.order
    assert len(first) == len(second) == 350
    assert len(batches) == 6
    assert set(first) & set(second) == set(range(300))
    assert set(first) | set(second) == set(range(400))
    batches.begin(2)
    assert set(batches.order) == set(first)
    assert batches.order.tolist() != first.tolist()


def test_what_fit_reads_are_these_batches(small_dataset):
    targets = np.eye(10, dtype="float32")[small_dataset.train.labels]
    batches = Batches(small_dataset.train.images, targets, QUICK.replaced(shift=2, flip=True))
    read = batches.for_fit()
    assert len(read) == len(batches) == 7
    for epoch in range(2):
        batches.begin(epoch)
        for number, (pictures, answers) in enumerate(read):
            expected = batches[number]
            np.testing.assert_array_equal(pictures, expected[0])
            np.testing.assert_array_equal(answers, expected[1])
        assert number == 6


def test_reading_is_not_watched_because_the_watching_is_waited_for(small_dataset):
    targets = np.eye(10, dtype="float32")[small_dataset.train.labels]
    options = Batches(small_dataset.train.images, targets, QUICK).for_fit().options()
    assert options.autotune.enabled is False


def test_outputs_are_those_of_predict(small_dataset):
    network = build_network(QUICK)
    pictures = np.resize(small_dataset.test.images, (1100, 28, 28))
    expected = network.predict(pictures, batch_size=500, verbose=0)
    np.testing.assert_array_equal(outputs_of(network, pictures), expected)
