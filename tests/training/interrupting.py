"""Trainings that are broken off, and how two of them are compared."""

from contextlib import contextmanager

import numpy as np
import pytest

from fashion_model import networks
from fashion_model.networks import build_network
from fashion_model.recording import Recorder

CURVE = ("epoch", "loss", "accuracy", "val_loss", "val_accuracy", "learning_rate", "best", "strip")


class Killed(BaseException):
    """Takes the place of SIGKILL: nothing handles it."""


def curve(run):
    return [{key: epoch[key] for key in CURVE} for epoch in run.history.epochs]


def _state(run):
    with np.load(run.folder / "checkpoint.npz") as arrays:
        return {name: arrays[name] for name in arrays.files if name != "line"}


def assert_same(run, other):
    assert curve(run) == curve(other)
    one, two = _state(run), _state(other)
    assert one.keys() == two.keys()
    for name, array in one.items():
        np.testing.assert_array_equal(array, two[name], err_msg=name)
    best, other_best = (build_network(each.recipe) for each in (run, other))
    networks.load_weights(best, run)
    networks.load_weights(other_best, other)
    for a, b in zip(best.weights, other_best.weights, strict=True):
        np.testing.assert_array_equal(a, b)


@contextmanager
def at(epoch, batch, do):
    """Let something happen after a batch (counted from 1) of an epoch."""
    after_batch = Recorder.on_train_batch_end

    def patched(self, number, logs=None):
        if (self.epoch, number + 1) == (epoch, batch):
            do(self.run)
        after_batch(self, number, logs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Recorder, "on_train_batch_end", patched)
        yield


@contextmanager
def killed_instead(owner, name, when):
    """Whoever calls this, with arguments that `when` is true of, is killed there and then."""
    original = getattr(owner, name)

    def patched(self, *arguments, **facts):
        if when(*arguments, **facts):
            raise Killed
        return original(self, *arguments, **facts)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(owner, name, patched)
        with pytest.raises(Killed):
            yield


def kill(run):
    raise Killed


def stop(run):
    (run.folder / "stop").touch()
