"""Muon: even steps for kernels, Adam's for the rest, learning that goes on where it stopped."""

import numpy as np
import pytest

from fashion_model.backend import keras
from fashion_model.creating import create_run
from fashion_model.muon import ADAMS_SHARE, Muon
from fashion_model.recipes import Recipe
from fashion_model.recording import Recorder
from fashion_model.training import train_network

RATE = 0.01


def _stepped(shape, name="kernel", gradient=None):
    """How far a variable goes in one step."""
    variable = keras.Variable(np.zeros(shape, "float32"), name=name)
    optimizer = Muon(RATE)
    optimizer.build([variable])
    optimizer.apply([keras.ops.convert_to_tensor(gradient)], [variable])
    return -keras.ops.convert_to_numpy(variable)


@pytest.mark.parametrize("shape", [(40, 10), (10, 40), (3, 3, 4, 12)])
def test_all_directions_of_a_kernel_are_about_equally_strong(shape):
    random = np.random.default_rng(0)
    gradient = random.normal(size=shape).astype("float32").reshape(-1, shape[-1])
    gradient[:, 0] *= 30  # one direction rules
    before = np.linalg.svd(gradient, compute_uv=False)
    step = _stepped(shape, gradient=gradient.reshape(shape)).reshape(gradient.shape)
    after = np.linalg.svd(step, compute_uv=False)
    assert before.max() / before.min() > 15
    assert after.max() / after.min() < 3
    assert (step * gradient).sum() > 0  # downhill
    assert 0.1 * RATE < step.std() < 0.4 * RATE  # about a step of Adam's in size


@pytest.mark.parametrize(("shape", "name"), [((5,), "bias"), ((6, 10), "logits/kernel")])
def test_the_rest_goes_as_adam_does(shape, name):
    gradient = np.random.default_rng(0).normal(size=shape).astype("float32")
    with keras.name_scope(name.rpartition("/")[0] or "x"):
        step = _stepped(shape, name.rpartition("/")[2], gradient)
    np.testing.assert_allclose(step, ADAMS_SHARE * RATE * np.sign(gradient), rtol=1e-3)


def test_a_stopped_training_ends_where_an_unbroken_one_does(
    small_dataset, models_folder, monkeypatch
):
    recipe = Recipe(
        kind="strided", filters=(4, 8), optimizer="muon", learning_rate=0.02, epochs=3,
        batch_size=64, weight_decay=0.01, schedule="one-cycle",
    )  # fmt: skip
    unbroken, run = create_run(recipe, "unbroken"), create_run(recipe, "broken")
    train_network(unbroken, small_dataset)
    after_batch = Recorder.on_train_batch_end

    def stop_in_the_second(self, batch, logs=None):
        if (self.epoch, batch) == (2, 3):
            (run.folder / "stop").touch()
        after_batch(self, batch, logs)

    with monkeypatch.context() as patched:
        patched.setattr(Recorder, "on_train_batch_end", stop_in_the_second)
        assert train_network(run, small_dataset) == "asked"
    (run.folder / "stop").unlink()
    train_network(run, small_dataset)
    assert run.history.start["resumed_from"] == 1
    last = [one.history.epochs[-1] for one in (unbroken, run)]
    assert [epoch["epoch"] for epoch in last] == [3, 3]
    for key in ("loss", "val_loss", "val_accuracy"):
        assert last[0][key] == last[1][key]
    assert last[0]["val_accuracy"] > 0.5
