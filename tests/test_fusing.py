"""Batch normalisation in one go: the same numbers as Keras's own, wherever it pays."""

import numpy as np
import pytest

from fashion_model import fusing
from fashion_model.backend import keras, precision
from fashion_model.fusing import fuse_normalisation
from fashion_model.networks import build_network
from fashion_model.recipes import Recipe
from fashion_model.training import compile_network

RECIPE = Recipe(
    kind="staged", filters=(16, 20), optimizer="sgd", learning_rate=0.001, batch_size=50
)
STEPS = 4
# What trainings compute in on some machine: widths that are fused, and how close rounding allows.
POLICIES = {"float32": ({16, 20}, 1e-3), "mixed_bfloat16": ({16}, 0.05)}


@pytest.fixture(autouse=True)
def float32():
    """A training before this one may have set another."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("float32")
    yield
    keras.config.set_dtype_policy(before)


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


@pytest.mark.parametrize("policy", sorted({"float32", precision()}))
def test_it_trains_as_keras_does(batch, calls, monkeypatch, policy):
    keras.config.set_dtype_policy(policy)
    fused, close = POLICIES[policy]
    losses, numbers = _trained(RECIPE, batch)
    assert set(calls) == fused  # in bfloat16 only what a processor takes whole
    calls.clear()
    monkeypatch.setattr("fashion_model.training.fuse_normalisation", lambda network: None)
    separate_losses, separate = _trained(RECIPE, batch)
    assert not calls
    assert losses[-1] < losses[0]
    np.testing.assert_allclose(losses, separate_losses, rtol=close)
    for one, other in zip(numbers, separate, strict=True):
        assert np.abs(one - other).mean() < close * np.abs(other).max()


def test_what_it_measures_is_what_keras_measures(batch):
    measured = []
    for fuse in (fuse_normalisation, lambda network: None):
        network = build_network(RECIPE)
        fuse(network)
        first = next(x for x in network.layers if isinstance(x, keras.layers.BatchNormalization))
        first.momentum = 0.0  # asked for at every batch: averaging changes it
        network(batch[0][:3], training=True)  # few, where a variance depends on how it is counted
        measured.append([np.array(first.moving_mean), np.array(first.moving_variance)])
    np.testing.assert_allclose(measured[0], measured[1], rtol=2e-5, atol=1e-7)


def test_answers_are_given_by_keras_itself(batch, calls):
    network = build_network(RECIPE)
    before = np.array(network(batch[0]))
    fuse_normalisation(network)
    np.testing.assert_array_equal(network(batch[0], training=False), before)
    network.trainable = False  # frozen, it answers as it would
    np.testing.assert_array_equal(network(batch[0], training=True), before)
    assert not calls


def test_vectors_other_backends_and_graphics_cards_are_left_to_keras(monkeypatch, batch, calls):
    network = build_network(Recipe(kind="mlp", dense=(16,), batch_norm=True))
    fuse_normalisation(network)
    network(batch[0], training=True)
    for owner, name, other in ((keras.backend, "backend", "jax"), (fusing, "gpus", ["gpu:0"])):
        network = build_network(RECIPE)
        with monkeypatch.context() as patch:
            patch.setattr(owner, name, lambda other=other: other)
            fuse_normalisation(network)
        network(batch[0], training=True)
    assert not calls
