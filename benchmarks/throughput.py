"""What all but the network costs: a preset's training step against bare `fit` on ready arrays.

python -m benchmarks.throughput [PRESET …]

Both train the same network on the same number of pictures, in turns, so that a busy machine is
busy for both. Ours reads, augments and writes down how it goes. What comes after an epoch (the
validation part, the best weights, the checkpoint) is left out: a bare `fit` has nothing like it.
The ratio of the medians should be below 1.10.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time

import numpy as np

from fashion_model.backend import keras, precision
from fashion_model.batches import Batches
from fashion_model.creating import create_run
from fashion_model.data import Dataset, open_dataset
from fashion_model.memory import start_anew_keeping_memory
from fashion_model.networks import build_network, classes_of
from fashion_model.recipes import Recipe, load_recipe
from fashion_model.recording import Checkpoint, Recorder
from fashion_model.training import compile_network

PICTURES = 6400
TURNS = 9


class StepsOnly(Recorder):
    """Writes down how the steps go, and nothing after an epoch."""

    def on_epoch_end(self, epoch, logs=None):
        pass


def recorder_of(recipe: Recipe, dataset: Dataset, batches: Batches) -> Recorder:
    """What a training of this recipe would be recorded by, in a run of its own."""
    run = create_run(recipe)
    return StepsOnly(run, recipe, dataset.validation, Checkpoint(run), batches)


def measure(preset: str) -> dict[str, list[tuple[float, float]]]:
    """Wall and processor seconds of each turn, for both."""
    recipe = load_recipe(preset)
    dataset = open_dataset()
    pictures, labels = dataset.train.images[:PICTURES], dataset.train.labels[:PICTURES]
    targets = np.eye(classes_of(recipe), dtype="float32")[labels]
    ready = pictures.astype("float32")
    keras.config.set_dtype_policy(precision())
    network = build_network(recipe)
    batches = Batches(pictures, targets, recipe)
    compile_network(network, recipe, len(batches))
    recorder = recorder_of(recipe, dataset, batches)

    ways = {
        "ready arrays": lambda: network.fit(
            ready, targets, batch_size=recipe.batch_size, verbose=0
        ),
        "as a run": lambda: network.fit(
            batches.for_fit(), shuffle=False, verbose=0, callbacks=[recorder]
        ),
    }
    for fit in ways.values():
        fit()  # the first time builds the graph
    taken = {way: [] for way in ways}
    for _ in range(TURNS):
        for way, fit in ways.items():
            wall, processor = time.perf_counter(), time.process_time()
            fit()
            taken[way].append((time.perf_counter() - wall, time.process_time() - processor))
    return taken


def main(presets: list[str]) -> None:
    print("| preset | | seconds | processor seconds | pictures a second |")
    print("|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["FITTING_ROOM_MODELS"] = folder
        for preset in presets:
            medians = {
                way: [statistics.median(times) for times in zip(*turns, strict=True)]
                for way, turns in measure(preset).items()
            }
            for way, (wall, processor) in medians.items():
                speed = PICTURES / wall
                print(f"| `{preset}` | {way} | {wall:.2f} | {processor:.2f} | {speed:,.0f} |")
            pairs = zip(medians["as a run"], medians["ready arrays"], strict=True)
            wall, processor = (ours / bare for ours, bare in pairs)
            print(f"| `{preset}` | ratio | {wall:.3f} | {processor:.3f} | |", flush=True)


if __name__ == "__main__":
    start_anew_keeping_memory()  # as every training does
    main(sys.argv[1:] or ["quick", "cnn-augmented"])
