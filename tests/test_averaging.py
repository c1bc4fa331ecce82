"""The average of the weights: what it is, that it is what answers, and that training goes on."""

import numpy as np
import pytest

from fashion_model.averaging import Average
from fashion_model.backend import keras
from fashion_model.batches import Batches
from fashion_model.creating import create_run
from fashion_model.finishing import finish_run
from fashion_model.fusing import fuse_normalisation
from fashion_model.networks import build_network, load_weights
from fashion_model.recipes import Recipe
from fashion_model.recording import Recorder
from fashion_model.training import compile_network, train_network

RECIPE = Recipe(kind="cnn", filters=(4,), dense=(), batch_norm=True, batch_size=50, epochs=4)


@pytest.fixture
def network():
    network = build_network(RECIPE)
    fuse_normalisation(network)
    return network


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
    normalisation.moving_mean.assign(np.full(4, 100.0))
    normalisation.moving_variance.assign(np.full(4, 100.0))
    with average.in_place(network, batches):
        mean, variance = (
            np.array(normalisation.moving_mean),
            np.array(normalisation.moving_variance),
        )
    below = keras.Model(network.input, normalisation.input)
    each = [np.array(below(batches[number][0])) for number in range(len(batches))]
    np.testing.assert_allclose(mean, np.mean(each, axis=(0, 1, 2, 3)), rtol=1e-4, atol=1e-5)
    true = np.mean([one.var(axis=(0, 1, 2)) for one in each], axis=0)
    np.testing.assert_allclose(variance, true, rtol=1e-3)
    np.testing.assert_array_equal(normalisation.moving_mean, 100)  # the training's own again
    assert normalisation.momentum == 0.9


def test_no_more_pictures_are_looked_at_than_it_takes(network, monkeypatch):
    monkeypatch.setattr("fashion_model.averaging.SEEN_ANEW", 100)
    read = []

    class Counted(list):
        def __getitem__(self, number):
            read.append(number)
            return super().__getitem__(number)

    average = Average(0.9, {})
    average.add(network)
    with average.in_place(network, Counted([(np.zeros((50, 28, 28), "float32"), None)] * 8)):
        pass
    assert read == [0, 1]


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
    recipe = RECIPE.replaced(average=0.5, epochs=3, batch_norm=False)
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
    for epoch in range(3):
        batches.begin(epoch)
        network.fit(batches.for_fit(), shuffle=False, verbose=0)
        after.append([np.array(v) for v in network.trainable_variables])
    wanted = [(a + 2 * b + 4 * c) / 7 for a, b, c in zip(*after, strict=True)]
    kept = build_network(recipe)
    load_weights(kept, run)
    for a, b, c in zip(wanted, kept.trainable_variables, judged[2], strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)
        np.testing.assert_array_equal(b, c)


def test_the_card_says_what_it_is_that_answers(models_folder, small_dataset):
    for average in (0.0, 0.5):
        run = create_run(Recipe(kind="mlp", dense=(8,), epochs=1, average=average))
        run.record("end", reason=train_network(run, small_dataset))
        finish_run(run, small_dataset)
        card = (run.folder / "README.md").read_text()
        assert ("the best was 1 with the average of the weights so far;" in card) == (average > 0)
