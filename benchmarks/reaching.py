"""Time to 91 % and to 93 %: `quick` beside the plain `cnn`, and beside the usual notebook.

python -m benchmarks.reaching [ROUNDS]

Each trains in a process of its own, in turns, and the clock runs from its start: imports and
graph building count. What is reached is the accuracy on the 5,000 validation pictures after an
epoch; medians. The notebook is what most people write: the layers of `cnn`, arrays and Keras's
`fit`. Where PyTorch is installed, `quick` written in bare PyTorch is trained too.
"""

from __future__ import annotations

import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

from fashion_model.recipes import load_recipe
from fashion_model.runs import open_run

GOALS = (0.91, 0.93)
ROUNDS = 3


def by_command(preset: str) -> list[tuple[float, float]]:
    """Seconds and accuracy after each epoch of the command that everybody uses."""
    name = f"{preset}-{time.time_ns()}"
    command = [sys.executable, "-m", "fashion_model", "train", preset, "--name", name]
    begun = time.time()
    subprocess.run(command, check=True, stdout=subprocess.PIPE)
    return [(e["time"] - begun, e["val_accuracy"]) for e in open_run(name).history.epochs]


def by_program(*words: str) -> list[tuple[float, float]]:
    """The same of a program that prints a line after each epoch."""
    begun = time.time()
    told = subprocess.run(
        [sys.executable, "-m", *words],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    lines = [json.loads(line) for line in told.stdout.splitlines() if line.startswith("[")]
    return [(when - begun, accuracy) for when, accuracy in lines]


def notebook() -> None:
    """The layers of the `cnn` preset as a notebook has them; a line after each epoch."""
    import keras

    from fashion_model.data import open_dataset

    data, recipe = open_dataset(), load_recipe("cnn")
    (x, y), (v, w) = (
        (part.images[..., None] / 255.0, part.labels) for part in (data.train, data.validation)
    )
    model = keras.Sequential([keras.Input((28, 28, 1))])
    for filters in recipe.filters:
        model.add(keras.layers.Conv2D(filters, 3, padding="same", activation="relu"))
        model.add(keras.layers.MaxPooling2D())
    model.add(keras.layers.Flatten())
    for units in recipe.dense:
        model.add(keras.layers.Dense(units, activation="relu"))
    model.add(keras.layers.Dense(10, activation="softmax"))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])

    def tell(epoch, logs):
        print(json.dumps([time.time(), logs["val_accuracy"]]), flush=True)

    model.fit(
        x,
        y,
        batch_size=recipe.batch_size,
        epochs=recipe.epochs,
        validation_data=(v, w),
        verbose=0,
        callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=tell)],
    )


def main(rounds: int) -> None:
    ways = {
        "`quick`": lambda: by_command("quick"),
        "`cnn`": lambda: by_command("cnn"),
        "`cnn` as a notebook": lambda: by_program("benchmarks.reaching", "notebook"),
    }
    if importlib.util.find_spec("torch"):
        ways["`quick` in bare PyTorch"] = lambda: by_program("benchmarks.in_pytorch")
    taken = {way: [] for way in ways}
    with tempfile.TemporaryDirectory() as folder:
        os.environ["FITTING_ROOM_MODELS"] = folder
        for _ in range(rounds):
            for way, train in ways.items():
                taken[way].append(train())
    print("| training | " + " | ".join(f"to {g:.0%} | against `quick`" for g in GOALS), end="")
    print(" | epochs | all of it | accuracy at its end |\n|" + "---|" * (4 + 2 * len(GOALS)))
    for way, curves in taken.items():
        cells = []
        for goal in GOALS:
            seconds, ours = reached(curves, goal), reached(taken["`quick`"], goal)
            cells.append(f"{seconds:.0f} s" if seconds else "not reached")
            cells.append(f"{seconds / ours:.2f}" if seconds and ours else "")
        end = statistics.median(curve[-1][0] for curve in curves)
        last = statistics.median(curve[-1][1] for curve in curves)
        print(f"| {way} | {' | '.join(cells)} | {len(curves[0])} | {end:.0f} s | {last:.2%} |")


def reached(curves: list[list[tuple[float, float]]], goal: float) -> float | None:
    """The median of the seconds to a goal; None where half of the trainings did not get there."""
    first = [next((s for s, accuracy in c if accuracy >= goal), float("inf")) for c in curves]
    median = statistics.median(first)
    return None if median == float("inf") else median


if __name__ == "__main__":
    if sys.argv[1:] == ["notebook"]:
        notebook()
    else:
        main(int(sys.argv[1]) if sys.argv[1:] else ROUNDS)
