"""What reading and augmenting cost: a training step of a preset against bare `fit` on ready arrays.

python -m benchmarks.throughput [PRESET …]

Both train the same network on the same number of pictures, in turns, so that a busy machine is
busy for both. The ratio of the medians should be below 1.10.
"""

from __future__ import annotations

import statistics
import sys
import time

import numpy as np

from fashion_model.backend import keras, precision
from fashion_model.batches import Batches
from fashion_model.data import open_dataset
from fashion_model.memory import start_anew_keeping_memory
from fashion_model.networks import build_network, classes_of
from fashion_model.recipes import load_recipe
from fashion_model.training import compile_network

PICTURES = 6400
TURNS = 9


def measure(preset: str) -> dict[str, list[tuple[float, float]]]:
    """Wall and processor seconds of each turn, for both."""
    recipe = load_recipe(preset)
    train = open_dataset().train
    pictures, labels = train.images[:PICTURES], train.labels[:PICTURES]
    targets = np.eye(classes_of(recipe), dtype="float32")[labels]
    ready = pictures.astype("float32")
    keras.config.set_dtype_policy(precision())
    network = build_network(recipe)
    batches = Batches(pictures, targets, recipe)
    compile_network(network, recipe, len(batches))

    ways = {
        "ready arrays": lambda: network.fit(
            ready, targets, batch_size=recipe.batch_size, verbose=0
        ),
        "augmented": lambda: network.fit(batches.for_fit(), shuffle=False, verbose=0),
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
    for preset in presets:
        medians = {
            way: [statistics.median(times) for times in zip(*turns, strict=True)]
            for way, turns in measure(preset).items()
        }
        for way, (wall, processor) in medians.items():
            speed = PICTURES / wall
            print(f"| `{preset}` | {way} | {wall:.2f} | {processor:.2f} | {speed:,.0f} |")
        pairs = zip(medians["augmented"], medians["ready arrays"], strict=True)
        wall, processor = (augmented / ready for augmented, ready in pairs)
        print(f"| `{preset}` | ratio | {wall:.3f} | {processor:.3f} | |", flush=True)


if __name__ == "__main__":
    start_anew_keeping_memory()  # as every training does
    main(sys.argv[1:] or ["quick", "cnn-augmented"])
