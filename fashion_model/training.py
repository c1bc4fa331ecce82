"""Recipe + data → a trained run: Keras's own `fit`, with callbacks that write down what happens.

Only the worker imports this. Nothing here knows TensorFlow: under `KERAS_BACKEND=jax` or
`torch` the same recipe trains elsewhere. What a run needs to be served is made afterwards, by
`finishing.py`.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import NamedTuple

import numpy as np

from .augmentation import share_of
from .backend import hardware, keras, precision
from .batches import Batches
from .data import Dataset
from .errors import FittingRoomError
from .footprint import kills_for_memory
from .fusing import fuse_normalisation
from .muon import Muon
from .networks import BACKBONE, build_network, classes_of, load_weights
from .recipes import Recipe
from .recording import Checkpoint, Recorder, strip_of
from .runs import Run, open_run

# What shapes a network.
LAYERS = ("kind", "filters", "added", "coarse", "dense", "batch_norm", "everyday")
FINE_TUNE = 0.1  # share of the learning rate once the backbone moves


def train_network(run: Run, dataset: Dataset) -> str:
    """Train the run's network from where it stands; the answer is why it ended.

    "done", "patience" (no better for long enough) or "asked" (somebody pressed stop).
    """
    recipe = run.recipe
    checkpoint = Checkpoint(run)
    pictures, targets, always = training_pictures(recipe, dataset, run.photos)
    keras.config.set_dtype_policy(precision())
    network = build_network(recipe)
    trained = checkpoint.epochs
    if recipe.start_from and not trained:
        start_weights(network, recipe)
    run.record(
        "start",
        epochs=recipe.epochs,
        batch_size=recipe.batch_size,
        train_pictures=len(pictures),
        validation_pictures=len(dataset.validation.labels),
        parameters=network.count_params(),
        backend=keras.backend.backend(),
        precision=keras.config.dtype_policy().name,
        hardware=hardware(),
        resumed_from=trained or None,
        kills_for_memory=kills_for_memory(),
        strip=strip_of(dataset.validation),
    )
    batches = Batches(pictures, targets, recipe, always)
    recorder = Recorder(run, recipe, dataset.validation, checkpoint, batches)
    for phase in phases(recipe):
        if trained >= phase.last or recorder.ended:
            continue
        compile_network(network, recipe, len(batches), phase)
        begin = max(phase.first, trained)
        if trained and begin == trained:
            checkpoint.restore(network, same_phase=trained > phase.first)
        network.fit(
            batches.for_fit(),
            shuffle=False,  # they are, by the epoch; Keras's own shuffling knows no epochs
            initial_epoch=begin,
            epochs=phase.last,
            verbose=0,
            callbacks=[recorder],
        )
    return recorder.ended or "done"


def training_pictures(
    recipe: Recipe, dataset: Dataset, photos: Path | None = None
) -> tuple[np.ndarray, np.ndarray, int]:
    """What is trained on: pictures, how much of each answer is right for each, how many of them
    are Fashion-MNIST; those come first.
    """
    pictures, labels = share_of(dataset.train, recipe)
    targets = np.eye(classes_of(recipe), dtype="float32")[labels]
    if not recipe.everyday:
        return pictures, targets, len(pictures)
    from . import everyday

    extra = everyday.build(recipe, dataset, photos)
    together = np.concatenate([pictures, extra.images]), np.concatenate([targets, extra.targets])
    return *together, len(pictures)


def start_weights(network: keras.Model, recipe: Recipe) -> None:
    """Begin from the weights of an earlier run, which must have the same layers."""
    earlier = open_run(recipe.start_from)
    other = [key for key in LAYERS if getattr(earlier.recipe, key) != getattr(recipe, key)]
    if other:  # asked here, because Keras takes some weights that fit by chance alone
        raise FittingRoomError(
            f"The weights of {earlier.title} do not fit this recipe: give it the same "
            f"{' and '.join(f'`{key}`' for key in other)}."
        )
    load_weights(network, earlier)


class Phase(NamedTuple):
    """Epochs that are trained alike, counted from 0; `last` is the first that is not."""

    first: int
    last: int
    thawed: bool = False  # whether the backbone learns too


def phases(recipe: Recipe) -> list[Phase]:
    """One phase, or two where a backbone thaws; each has a learning rate schedule of its own."""
    if recipe.kind != "transfer":
        return [Phase(0, recipe.epochs)]
    thaw = recipe.epochs - recipe.fine_tune_epochs
    both = Phase(0, thaw), Phase(thaw, recipe.epochs, thawed=True)
    return [phase for phase in both if phase.first < phase.last]


def compile_network(
    network: keras.Model, recipe: Recipe, batches: int, phase: Phase | None = None
) -> None:
    """Make the network ready to train a phase (default the first), of so many batches an epoch."""
    fuse_normalisation(network)
    phase = phase or phases(recipe)[0]
    rate = recipe.learning_rate
    if phase.thawed:
        network.get_layer(BACKBONE).trainable = True
        rate *= FINE_TUNE
    schedule = Schedule(recipe.schedule, rate, batches * (phase.last - phase.first))
    decay = recipe.weight_decay or None
    if recipe.optimizer == "adam":
        optimizer = keras.optimizers.Adam(schedule, weight_decay=decay)
    elif recipe.optimizer == "muon":
        optimizer = Muon(schedule, weight_decay=decay)
    else:
        optimizer = keras.optimizers.SGD(schedule, momentum=0.9, nesterov=True, weight_decay=decay)
    network.compile(
        optimizer=optimizer,
        loss=keras.losses.CategoricalCrossentropy(
            from_logits=True, label_smoothing=recipe.label_smoothing
        ),
        metrics=["accuracy"],
        jit_compile=False if keras.backend.backend() == "tensorflow" else "auto",
    )
    optimizer.build(network.trainable_variables)


class Schedule(keras.optimizers.schedules.LearningRateSchedule):
    """The learning rate over the training: constant, a cosine down, or up and down again."""

    RISE = 0.25  # share of a one-cycle spent on the way up

    def __init__(self, shape: str, peak: float, steps: int):
        self.shape, self.peak, self.steps = shape, peak, steps

    def __call__(self, step):
        ops = keras.ops
        if self.shape == "constant":
            return ops.convert_to_tensor(self.peak, "float32")
        done = ops.minimum(ops.cast(step, "float32") / self.steps, 1.0)
        if self.shape == "cosine":
            return self.peak * 0.5 * (1.0 + ops.cos(math.pi * done))
        rising = 0.04 + 0.96 * done / self.RISE
        falling = ops.maximum((1.0 - done) / (1.0 - self.RISE), 0.001)
        return self.peak * ops.minimum(rising, falling)

    def get_config(self):
        return {"shape": self.shape, "peak": self.peak, "steps": self.steps}
