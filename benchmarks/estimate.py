"""How well `describe` foretells an epoch: its estimate against epochs that were really trained.

python -m benchmarks.estimate [PRESET …]

Each preset at its own batch size and at a quarter of it, on a fifth of the pictures. Estimate and
training take turns, so that a machine that changes its pace changes it for both; medians are
compared. The first epoch of a training is left out: it also builds the graph.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile

from fashion_model.creating import create_run
from fashion_model.data import open_dataset
from fashion_model.describing import seconds_per_epoch
from fashion_model.memory import start_anew_keeping_memory
from fashion_model.recipes import Recipe, load_recipe
from fashion_model.training import train_network

SHARE = 0.2
EPOCHS = 3
ROUNDS = 3


def real_seconds(recipe: Recipe) -> list[float]:
    """The times of the epochs, without the first."""
    run = create_run(recipe)
    train_network(run, open_dataset())
    return [epoch["seconds"] for epoch in run.history.epochs[1:]]


def main(presets: list[str]) -> None:
    print("| preset | batch | estimate | real | ratio |")
    print("|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["FITTING_ROOM_MODELS"] = folder
        for name in presets:
            whole = load_recipe(name).replaced(train_share=SHARE, epochs=EPOCHS)
            for recipe in (whole, whole.replaced(batch_size=whole.batch_size // 4)):
                estimates, real = [], []
                for _ in range(ROUNDS):
                    estimates.append(seconds_per_epoch(recipe))
                    real += real_seconds(recipe)
                estimate, took = statistics.median(estimates), statistics.median(real)
                print(
                    f"| {name} | {recipe.batch_size} | {estimate:.2f} s | {took:.2f} s | "
                    f"{estimate / took:.2f} |",
                    flush=True,
                )


if __name__ == "__main__":
    start_anew_keeping_memory()  # as every training does
    main(sys.argv[1:] or ["mlp", "cnn", "cnn-augmented"])
