"""The average of the weights: what it is, that it is what answers, and that training goes on."""

import numpy as np
import pytest

from fashion_model.averaging import Average
from fashion_model.backend import keras
from fashion_model.batches import Batches
from fashion_model.creating import create_run
from fashion_model.networks import build_network, load_weights
from fashion_model.recipes import Recipe
from fashion_model.recording import Recorder
from fashion_model.training import compile_network, train_network

RECIPE = Recipe(kind="cnn", filters=(4,), dense=(), batch_norm=True, batch_size=50, epochs=4)


@pytest.fixture
def network():
    return build_network(RECIPE)


@pytest.fixture
def batches(small_dataset):
    train = small_dataset.train
    return Batches(train.images, np.eye(10, dtype="float32")[train.labels], RECIPE)


def _weights(network):
    return [keras.ops.convert_to_numpy(variable) for variable in network.variables]


def _set(network, value):
    for variable in network.trainable_variables:
        variable.assign(np.full(variable.shape, value, "float32"))


def test_recent_epochs_weigh_more_and_the_first_is_not_drawn_to_zero(network, batches):
    average = Average(0.5, {})
    for value in (1.0, 2.0, 4.0):
        _set(network, value)
        average.add(network)
        with average.in_place(network, batches):
            got = [float(np.mean(v)) for v in network.trainable_variables]
        np.testing.assert_allclose(got, {1.0: 1.0, 2.0: 5 / 3, 4.0: 3.0}[value], rtol=1e-6)


def test_the_network_goes_on_with_the_weights_it_had(network, batches):
    average = Average(0.5, {})
    _set(network, 1.0)
    average.add(network)
    _set(network, 3.0)
    average.add(network)
    before = _weights(network)
    with pytest.raises(ZeroDivisionError), average.in_place(network, batches):
        raise ZeroDivisionError  # also where judging them fails
    for a, b in zip(before, _weights(network), strict=True):
        np.testing.assert_array_equal(a, b)


def test_batch_normalisation_is_measured_on_the_average(network, batches):
    average = Average(0.9, {})
    average.add(network)
    (normalisation,) = [
        layer for layer in network.layers if isinstance(layer, keras.layers.BatchNormalization)
    ]
    with average.in_place(network, batches):
        measured = np.array(normalisation.moving_mean)
    pictures = np.concatenate([batches[number][0] for number in range(len(batches))])
    below = keras.Model(network.input, normalisation.input)(pictures)
    true = np.array(below).mean(axis=(0, 1, 2))
    # Eight batches at a momentum of 0.9 are not all the way there from zero.
    np.testing.assert_allclose(measured, true * (1 - 0.9**8), rtol=0.1, atol=1e-3)
    np.testing.assert_array_equal(normalisation.moving_mean, 0)


def test_a_checkpoint_takes_it_up_again(network, batches):
    one = Average(0.7, {})
    for value in (1.0, 2.0):
        _set(network, value)
        one.add(network)
    two = Average(0.7, one.arrays() | {"epoch": np.array(2), "network0": np.zeros(3)})
    for average in (one, two):
        _set(network, 5.0)
        average.add(network)
    assert two.weight == one.weight
    for a, b in zip(one.sums, two.sums, strict=True):
        np.testing.assert_array_equal(a, b)


def test_the_average_is_what_is_judged_and_kept(models_folder, small_dataset, monkeypatch):
    """Trained by hand beside it: the same steps, averaged after each epoch."""
    recipe = RECIPE.replaced(average=0.5, epochs=2, batch_norm=False)
    judged = []
    judge = Recorder.judge

    def watched(self):
        judged.append(_weights(self.model))
        return judge(self) | {"val_accuracy": self.epoch / 10}  # the last epoch is kept

    monkeypatch.setattr(Recorder, "judge", watched)
    run = create_run(recipe)
    train_network(run, small_dataset)

    network = build_network(recipe)
    train = small_dataset.train
    batches = Batches(train.images, np.eye(10, dtype="float32")[train.labels], recipe)
    compile_network(network, recipe, len(batches))
    after = []
    for epoch in range(2):
        batches.begin(epoch)
        network.fit(batches.for_fit(), shuffle=False, verbose=0)
        after.append([np.array(v) for v in network.trainable_variables])
    wanted = [(a + 2 * b) / 3 for a, b in zip(*after, strict=True)]
    kept = build_network(recipe)
    load_weights(kept, run)
    for a, b, c in zip(wanted, kept.trainable_variables, judged[1], strict=False):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)
        np.testing.assert_array_equal(b, c)
