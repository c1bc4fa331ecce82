"""What batch normalisation in one go saves: a training step with it, and with Keras's own.

python -m benchmarks.normalising [PRESET …]

The same network twice, on the same pictures, in turns; medians, in the precision that trainings
have on this machine. `tiny` has widths that stay with Keras in bfloat16.
"""

from __future__ import annotations

import statistics
import sys
import time

import numpy as np

from fashion_model import training
from fashion_model.backend import keras, precision
from fashion_model.data import open_dataset
from fashion_model.fusing import fuse_normalisation
from fashion_model.memory import start_anew_keeping_memory
from fashion_model.networks import build_network, classes_of
from fashion_model.recipes import load_recipe

TURNS = 15


def measure(preset: str) -> dict[str, float]:
    """The median seconds of a step, for both."""
    recipe = load_recipe(preset)
    train = open_dataset().train
    pictures = train.images[: recipe.batch_size].astype("float32")
    targets = np.eye(classes_of(recipe), dtype="float32")[train.labels[: recipe.batch_size]]
    keras.config.set_dtype_policy(precision())
    networks = {}
    for way, fuse in (("one operation", fuse_normalisation), ("Keras's own", lambda network: None)):
        training.fuse_normalisation = fuse  # which compiling calls; it stays so until the next
        networks[way] = build_network(recipe)
        training.compile_network(networks[way], recipe, TURNS)
    taken = {way: [] for way in networks}
    for turn in range(TURNS + 3):
        for way, network in networks.items():
            begun = time.perf_counter()
            network.train_on_batch(pictures, targets)
            if turn >= 3:  # the first ones also build the graph
                taken[way].append(time.perf_counter() - begun)
    return {way: statistics.median(times) for way, times in taken.items()}


def main(presets: list[str]) -> None:
    print(f"In {precision()}.\n")
    print("| preset | one operation | Keras's own | ratio |\n|---|---|---|---|")
    for preset in presets:
        fused, separate = measure(preset).values()
        print(
            f"| `{preset}` | {fused * 1e3:.0f} ms | {separate * 1e3:.0f} ms "
            f"| {separate / fused:.2f} |",
            flush=True,
        )


if __name__ == "__main__":
    start_anew_keeping_memory()  # as every training does
    main(sys.argv[1:] or ["quick", "cnn-augmented", "tiny", "champion"])
