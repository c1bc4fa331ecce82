"""A recipe before it is trained: its layers, and how long an epoch will take on this machine."""

from __future__ import annotations

import math
import time
from typing import Any

import numpy as np

from .data import DataDamaged, DataMissing, Dataset, Part, open_dataset
from .footprint import check_memory
from .recipes import Recipe

MEASURED_SECONDS = 3.0  # long enough to be steady, short enough to wait for
TRAINING_PICTURES, VALIDATION_PICTURES = 55_000, 5_000


def describe(recipe: Recipe) -> dict[str, Any]:
    """Layers, parameters, multiply-adds, and the measured seconds an epoch takes here.

    An estimator has no layers and no epochs: the answer says so with an empty list and None.
    """
    if not recipe.is_network:
        return {"layers": [], "parameters": None, "multiply_adds": None, "seconds_per_epoch": None}
    check_memory(recipe)
    from .networks import build_network, layer_table, without_fetching

    recipe = without_fetching(recipe)  # other weights, the same layers and the same speed
    table = layer_table(build_network(recipe))
    return {
        "layers": table,
        "parameters": sum(row["parameters"] for row in table),
        "multiply_adds": sum(row["multiply_adds"] for row in table),
        "seconds_per_epoch": round(seconds_per_epoch(recipe), 3),
    }


def seconds_per_epoch(recipe: Recipe) -> float:
    """Train a little, as the worker would, and reckon up to a whole epoch."""
    from .backend import keras, precision
    from .batches import Batches, outputs_of
    from .networks import build_network, classes_of
    from .training import compile_network

    part, validation = _parts()
    steps = math.ceil(_pictures_an_epoch(recipe, len(part.labels)) / recipe.batch_size)
    keras.config.set_dtype_policy(precision())
    network = build_network(recipe)
    compile_network(network, recipe, steps)

    # A training hears of every batch, and TensorFlow waits for what it hears.
    hears = keras.callbacks.LambdaCallback(on_train_batch_end=lambda _, logs: logs["loss"] > 0)

    def train(batches: int) -> float:
        count = batches * recipe.batch_size
        pictures = np.resize(part.images, (count, 28, 28))
        targets = np.zeros((count, classes_of(recipe)), "float32")
        targets[np.arange(count), np.resize(part.labels, count)] = 1
        begun = time.perf_counter()
        network.fit(
            Batches(pictures, targets, recipe).for_fit(),
            shuffle=False,
            verbose=0,
            callbacks=[hears],
        )
        return time.perf_counter() - begun

    def judge(count: int) -> float:
        begun = time.perf_counter()
        outputs_of(network, validation.images[:count])
        return time.perf_counter() - begun

    train(2)  # the first steps also build the graph
    # From differences, because every beginning costs a while that no epoch has.
    short = train(4)
    roughly = max((train(12) - short) / 8, 1e-3)
    batches = max(12, min(steps, math.ceil(MEASURED_SECONDS / roughly)))
    taken = train(batches)
    a_step = (taken - short) / (batches - 4) if taken > short else taken / batches
    judge(500)
    some, all_of_it = judge(1000), len(validation.labels)
    quick = some < MEASURED_SECONDS / 6
    judging = judge(all_of_it) if quick else some * all_of_it / 1000
    return a_step * steps + judging


def _pictures_an_epoch(recipe: Recipe, all_of_them: int) -> int:
    own = round(recipe.train_share * all_of_them)
    if not recipe.everyday:
        return own
    from .everyday import Amounts

    extra = Amounts().scaled(recipe.train_share, photos=0).pictures()
    return own + extra // 2  # they take turns


def _parts() -> tuple[Part, Part]:
    """The parts to measure on; noise of the same size where the data is not there yet."""
    try:
        dataset: Dataset = open_dataset()
        return dataset.train, dataset.validation
    except (DataMissing, DataDamaged):
        random = np.random.default_rng(0)
        return tuple(
            Part(
                name,
                random.integers(0, 256, (count, 28, 28), np.uint8),
                random.integers(0, 10, count).astype(np.uint8),
                np.arange(count),
            )
            for name, count in (("train", TRAINING_PICTURES), ("validation", VALIDATION_PICTURES))
        )
