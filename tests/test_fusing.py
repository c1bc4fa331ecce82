"""Batch normalisation in one go: the same numbers as Keras's own, wherever it pays."""

import numpy as np
import pytest

from fashion_model import fusing
from fashion_model.backend import keras
from fashion_model.fusing import fuse_normalisation
from fashion_model.networks import build_network
from fashion_model.recipes import Recipe
from fashion_model.training import compile_network

RECIPE = Recipe(kind="staged", filters=(16, 20), optimizer="sgd", learning_rate=0.01, batch_size=50)
STEPS = 4


@pytest.fixture
def batch(small_dataset):
    train = small_dataset.train
    return train.images[:50].astype("float32"), np.eye(10, dtype="float32")[train.labels[:50]]


@pytest.fixture
def calls(monkeypatch):
    """The widths that are normalised by the one operation."""
    widths, one_operation = [], fusing.fused_normalisation

    def watched(inputs, *how):
        widths.append(inputs.shape[-1])
        return one_operation(inputs, *how)

    monkeypatch.setattr(fusing, "fused_normalisation", watched)
    return widths


def _trained(recipe, batch):
    """Losses of a few steps, and all the network's numbers after them."""
    network = build_network(recipe)
    compile_network(network, recipe, 100)
    losses = [float(network.train_on_batch(*batch)[0]) for _ in range(STEPS)]
    return losses, [keras.ops.convert_to_numpy(variable) for variable in network.variables]


def test_it_trains_as_keras_does(batch, calls, monkeypatch):
    losses, numbers = _trained(RECIPE, batch)
    assert set(calls) == {16, 20}
    calls.clear()
    monkeypatch.setattr("fashion_model.training.fuse_normalisation", lambda network: None)
    separate_losses, separate = _trained(RECIPE, batch)
    assert not calls
    np.testing.assert_allclose(losses, separate_losses, rtol=1e-4)
    for one, other in zip(numbers, separate, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-2, atol=1e-4)


def test_what_it_measures_is_what_keras_measures(batch):
    measured = []
    for fuse in (fuse_normalisation, lambda network: None):
        network = build_network(RECIPE)
        fuse(network)
        network(batch[0][:3], training=True)  # few, where a variance depends on how it is counted
        first = next(x for x in network.layers if isinstance(x, keras.layers.BatchNormalization))
        measured.append([np.array(first.moving_mean), np.array(first.moving_variance)])
    np.testing.assert_allclose(measured[0], measured[1], rtol=1e-5)


def test_answers_are_given_by_keras_itself(batch, calls):
    network = build_network(RECIPE)
    before = np.array(network(batch[0]))
    fuse_normalisation(network)
    np.testing.assert_array_equal(network(batch[0], training=False), before)
    network.trainable = False  # frozen, it answers as it would
    np.testing.assert_array_equal(network(batch[0], training=True), before)
    assert not calls


def test_asked_twice_it_is_done_once(batch, calls):
    network = build_network(RECIPE)
    for _ in range(2):
        fuse_normalisation(network)
    network(batch[0], training=True)
    assert len(calls) == 4


def test_in_bfloat16_only_widths_that_a_processor_takes_whole(batch, calls):
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        network = build_network(RECIPE)
        fuse_normalisation(network)
        network(batch[0], training=True)
    finally:
        keras.config.set_dtype_policy("float32")
    assert calls == [16, 16]


def test_vectors_and_other_backends_are_left_to_keras(monkeypatch, batch, calls):
    network = build_network(Recipe(kind="mlp", dense=(16,), batch_norm=True))
    fuse_normalisation(network)
    network(batch[0], training=True)
    network = build_network(RECIPE)
    with monkeypatch.context() as patch:
        patch.setattr(keras.backend, "backend", lambda: "jax")
        fuse_normalisation(network)
    network(batch[0], training=True)
    assert not calls
