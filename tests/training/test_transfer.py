"""Transfer learning: a backbone that is frozen at first, and then moves slowly."""

import numpy as np
import pytest

from fashion_model import networks
from fashion_model.backend import keras
from fashion_model.creating import create_run
from fashion_model.recipes import Recipe
from fashion_model.recording import Recorder
from fashion_model.training import phases
from tests.making import TINY
from tests.training.interrupting import Killed, assert_same, at, kill

TRANSFER = Recipe(
    kind="transfer",
    weights="none",
    picture_size=32,
    dense=(8,),
    dropout=0.2,
    epochs=4,
    fine_tune_epochs=2,
    batch_size=64,
    schedule="cosine",
    learning_rate=0.01,
)


@pytest.fixture
def small_backbone(monkeypatch):
    """A backbone that trains in an instant, in place of those with millions of weights."""

    def backbone(recipe):
        base = keras.Sequential(
            [
                keras.Input((32, 32, 3)),
                keras.layers.Conv2D(4, 3, strides=4),
                keras.layers.BatchNormalization(),
                keras.layers.ReLU(),
            ],
            name=networks.BACKBONE,
        )
        base.trainable = False
        return base

    monkeypatch.setattr(networks, "backbone", backbone)


def test_phases():
    assert phases(TINY) == [(0, 4, False)]
    assert phases(TRANSFER) == [(0, 2, False), (2, 4, True)]
    assert phases(TRANSFER.replaced(fine_tune_epochs=0)) == [(0, 4, False)]
    assert phases(TRANSFER.replaced(fine_tune_epochs=4)) == [(0, 4, True)]


def test_a_backbone_is_frozen_then_moves_slowly(train, small_backbone, monkeypatch):
    kernels, end = [], Recorder.on_epoch_end

    def kept(self, epoch, logs=None):
        kernels.append(np.array(self.model.get_layer(networks.BACKBONE).layers[0].kernel))
        end(self, epoch, logs)

    monkeypatch.setattr(Recorder, "on_epoch_end", kept)
    run = train(TRANSFER)
    np.testing.assert_array_equal(kernels[0], kernels[1])
    assert (kernels[1] != kernels[2]).any()
    assert (kernels[2] != kernels[3]).any()
    rates = [epoch["learning_rate"] for epoch in run.history.epochs]
    # Each phase goes down its own cosine: half way after one of its two epochs.
    assert rates == pytest.approx([0.005, 0.0, 0.0005, 0.0], abs=1e-6)


def test_resuming_at_and_after_the_thaw(train, small_backbone):
    unbroken, run = train(TRANSFER), create_run(TRANSFER)
    for epoch in (3, 4):
        with at(epoch, 1, kill), pytest.raises(Killed):
            train(run)
        assert run.history.trained == epoch - 1
    assert_same(train(run), unbroken)


def test_a_real_backbone_trains(train):
    small = TRANSFER.replaced(train_share=0.02, epochs=1, fine_tune_epochs=0)
    run = train(small.replaced(backbone="VGG16"))
    assert run.history.trained == 1
    assert run.history.start["parameters"] > 14_000_000
