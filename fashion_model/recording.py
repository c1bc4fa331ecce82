"""What is written down while a network trains: the history, the best weights, a checkpoint."""

from __future__ import annotations

import json
import math
import time

import numpy as np

from . import files
from .averaging import Average
from .backend import keras, seed_epoch
from .batches import Batches, outputs_of
from .data import Part
from .errors import FittingRoomError
from .recipes import Recipe
from .runs import OUT_OF_TIME, Run
from .time_limit import stop_asked

STRIP = 12  # validation pictures whose answers are written down after each epoch
H5_OVERHEAD = 1_000_000  # bytes a file of weights has besides the weights, at most
BATCH_EVERY = 0.3  # seconds between two words about batches


def strip_of(validation: Part) -> list[int]:
    """The places of a few validation pictures to watch: each class once, then more."""
    firsts = [np.flatnonzero(validation.labels == label) for label in range(10)]
    places = [int(found[turn]) for turn in range(2) for found in firsts if len(found) > turn]
    return places[:STRIP]


class Recorder(keras.callbacks.Callback):
    """Writes the history, keeps the best weights, and hears when somebody asks to stop."""

    def __init__(
        self,
        run: Run,
        recipe: Recipe,
        validation: Part,
        checkpoint: Checkpoint,
        batches: Batches,
    ):
        super().__init__()
        self.run, self.recipe, self.validation = run, recipe, validation
        self.checkpoint, self.batches = checkpoint, batches
        self.average = Average(recipe.average, checkpoint.arrays) if recipe.average else None
        self.strip = strip_of(validation)
        self.ended: str | None = None
        known = run.history.epochs[: checkpoint.epochs]
        best = max(known, key=_goodness, default=None)
        self.best = _goodness(best) if best else (-1.0, 0.0)
        self.since_best = checkpoint.epochs - best["epoch"] if best else 0
        self._lose_patience()  # where a worker died between the last epoch and the end

    def on_epoch_begin(self, epoch, logs=None):
        self.batches.begin(epoch)
        seed_epoch(self.recipe.seed, epoch)
        self.epoch, self.begun, self.done = epoch + 1, time.perf_counter(), 0
        self.spoken = self.begun

    def on_train_batch_end(self, batch, logs=None):
        self.done = batch + 1
        now = time.perf_counter()
        if told := stop_asked(self.run):
            self.ended = OUT_OF_TIME if told == OUT_OF_TIME else "asked"
            self.model.stop_training = True
        if now - self.spoken < BATCH_EVERY:
            return
        self.spoken = now
        self._check(logs)
        batches = self.params["steps"]
        a_batch = (now - self.begun) / self.done
        left = batches - self.done + batches * (self.recipe.epochs - self.epoch)
        self.run.record(
            "batch",
            epoch=self.epoch,
            batch=self.done,
            batches=batches,
            loss=_number(logs["loss"]),
            accuracy=_number(logs["accuracy"]),
            images_per_second=round(self.recipe.batch_size / a_batch, 1),
            seconds_left=round(left * a_batch, 1),
        )

    def on_epoch_end(self, epoch, logs=None):
        whole = self.done == self.params["steps"]
        if not whole and self.best[0] >= 0:
            return  # stopped within an epoch: the best weights so far are on the disk already
        trained_for = time.perf_counter() - self.begun
        self._check(logs)
        if self.average:
            self.average.add(self.model)
            with self.average.in_place(self.model, self.batches):
                seen, better = self._kept_if_best()
        else:
            seen, better = self._kept_if_best()
        rate = self.model.optimizer.learning_rate
        line = dict(
            epoch=self.epoch,
            loss=_number(logs["loss"]),
            accuracy=_number(logs["accuracy"]),
            **seen,
            seconds=round(time.perf_counter() - self.begun, 2),
            images_per_second=round(self.done * self.recipe.batch_size / trained_for, 1),
            learning_rate=_number(keras.ops.convert_to_numpy(rate)),
            best=better,
            partial=not whole,
        )
        if whole:
            self.checkpoint.save(self.model, line, self.average.arrays() if self.average else {})
        self.run.record("epoch", **line)
        self._lose_patience()
        self.model.stop_training = self.ended is not None

    def _kept_if_best(self) -> tuple[dict, bool]:
        """What the validation part says of the weights; the best so far are put on the disk."""
        seen = self.judge()
        better = _goodness(seen) > self.best
        if better:
            self.best, self.since_best = _goodness(seen), 0
            files.check_room(self.run.folder, 4 * self.model.count_params() + H5_OVERHEAD)
            with files.appearing(self.run.folder / "best.weights.h5") as beside:
                self.model.save_weights(beside)
        else:
            self.since_best += 1
        return seen, better

    def _lose_patience(self) -> None:
        if self.recipe.patience and self.since_best >= self.recipe.patience and not self.ended:
            self.ended = "patience"

    def _check(self, logs: dict) -> None:
        if not math.isfinite(logs["loss"]):
            raise FittingRoomError(
                f"The training lost its way in epoch {self.epoch}: the loss is no longer a number; "
                "try again with a smaller learning rate."
            )

    def judge(self) -> dict:
        """What the network makes of the validation part now."""
        logits = outputs_of(self.model, self.validation.images)[:, :10]
        logits = logits.astype("float64") - logits.max(axis=1, keepdims=True)
        logs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        labels, guesses = self.validation.labels, logs.argmax(axis=1)
        confusion = np.zeros((10, 10), int)
        np.add.at(confusion, (labels, guesses), 1)
        return {
            "val_loss": _number(-logs[np.arange(len(labels)), labels].mean()),
            "val_accuracy": _number((guesses == labels).mean()),
            "confusion": confusion.tolist(),
            "strip": np.exp(logs[self.strip]).round(4).tolist(),
        }


def _goodness(seen: dict) -> tuple[float, float]:
    """What makes one epoch better than another: accuracy on the validation part, then loss."""
    return seen["val_accuracy"], -seen["val_loss"]


class Checkpoint:
    """Everything an unbroken training holds in memory after an epoch, in one file.

    Weights, the optimizer's own, the random state of dropout, and what is averaged so far; order
    and augmentation follow from the epoch. The epoch's line for the history is in it too: whoever
    is killed between writing the one and the other has lost neither.
    """

    def __init__(self, run: Run):
        self.path = run.folder / "checkpoint.npz"
        self.arrays = files.read_arrays(self.path) or {}
        self.epochs = int(self.arrays.get("epoch", 0))
        if self.epochs > run.history.trained:
            run.record("epoch", **json.loads(str(self.arrays["line"])))

    def save(self, network: keras.Model, line: dict, more: dict[str, np.ndarray]) -> None:
        """Keep the state after an epoch, and what else has to outlast it."""
        arrays = more | {
            f"{kind}{place}": keras.ops.convert_to_numpy(variable)
            for kind, variables in _state(network).items()
            for place, variable in enumerate(variables)
        }
        with files.appearing(self.path) as beside:
            np.savez(beside, epoch=line["epoch"], line=json.dumps(line), **arrays)

    def restore(self, network: keras.Model, same_phase: bool) -> None:
        """Put the state back; a new phase of the training begins with a fresh optimizer."""
        for kind, variables in _state(network).items():
            if kind == "network" or same_phase:
                for place, variable in enumerate(variables):
                    variable.assign(self.arrays[f"{kind}{place}"])


def _state(network: keras.Model) -> dict[str, list]:
    """The variables in an order that is the same in every process."""
    return {"network": network.variables, "optimizer": network.optimizer.variables}


def _number(value) -> float:
    return round(float(value), 6)
