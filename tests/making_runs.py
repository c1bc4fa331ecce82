"""Run folders in every state, made in an instant: with made-up answers, and without training.

python -m tests.making_runs FOLDER      # a folder of runs to look at the app with
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import numpy as np
from sklearn.metrics import confusion_matrix, f1_score

from fashion_model import files
from fashion_model.classes import CLASSES
from fashion_model.creating import create_run
from fashion_model.data import Dataset, Part, open_dataset
from fashion_model.locks import Lock
from fashion_model.recipes import Recipe
from fashion_model.runs import Run

# What is taken for what, as in life: (true, predicted, share of the mistakes of that class).
MISTAKES = {
    0: ((6, 0.8), (3, 0.2)),
    1: ((3, 1.0),),
    2: ((4, 0.5), (6, 0.5)),
    3: ((4, 0.5), (6, 0.5)),
    4: ((2, 0.6), (6, 0.4)),
    5: ((7, 0.6), (9, 0.4)),
    6: ((0, 0.5), (2, 0.25), (4, 0.25)),
    7: ((9, 1.0),),
    8: ((6, 1.0),),
    9: ((7, 1.0),),
}
HARDNESS = np.array([1.6, 0.1, 1.4, 1.0, 1.4, 0.2, 3.2, 0.4, 0.1, 0.4])


def made_up_answers(labels: np.ndarray, accuracy: float, seed: int = 0) -> np.ndarray:
    """Log-probabilities (n, 10) that are right about as often as `accuracy` says."""
    random = np.random.default_rng(seed)
    labels = labels.astype(int)
    wrong = random.random(len(labels)) < (1 - accuracy) * HARDNESS[labels]
    second = np.array([random.choice(*_choices(label)) for label in labels])
    logits = random.normal(0, 1.0, (len(labels), 10)).astype(np.float32)
    rows = np.arange(len(labels))
    logits[rows, labels] += 5.0 + random.gamma(2.0, 2.0, len(labels))
    # The runner-up is close behind, and in front where the answer is wrong.
    lead = random.gamma(1.5, 1.2, len(labels)) + 0.05
    logits[rows, second] = logits[rows, labels] - 2 * lead
    logits[rows[wrong], second[wrong]] = logits[rows[wrong], labels[wrong]] + lead[wrong]
    logits -= logits.max(axis=1, keepdims=True)
    return logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))


def _choices(label: int) -> tuple[list[int], int | None, bool, list[float]]:
    classes, shares = zip(*MISTAKES[label], strict=True)
    return list(classes), None, True, list(shares)


def finished_run(
    dataset: Dataset,
    name: str = "small-cnn",
    title: str = "Small CNN",
    accuracy: float = 0.9,
    epochs: int = 4,
    seed: int = 0,
    created: float | None = None,
    shipped: bool = False,
    **recipe: object,
) -> Run:
    """A run that trained to its end; its network is a file of no use."""
    run = _begun(name, title, epochs, recipe)
    _train(run, dataset, epochs, accuracy, seed)
    run.record("end", reason="done", epochs=epochs)
    _finish(run, dataset, accuracy, seed)
    about = run.about | ({"created": created} if created else {})
    files.write_json(run.folder / "about.json", about | ({"shipped": True} if shipped else {}))
    return run


def stopped_run(
    dataset: Dataset, name: str = "stopped-cnn", title: str = "Stopped CNN", finished: bool = True
) -> Run:
    """A run that was stopped after two of its six epochs: with the best so far, or without."""
    run = _begun(name, title, 6, {})
    _train(run, dataset, 2, 0.84, seed=5)
    files.write_arrays(run.folder / "checkpoint.npz", weights=np.zeros(1))
    run.record("end", reason="asked", epochs=2)
    if finished:
        _finish(run, dataset, 0.84, seed=5, reason="asked")
    return run


def failed_run(name: str = "failed-cnn", title: str = "Failed CNN") -> Run:
    """A run whose training failed before its first epoch."""
    run = _begun(name, title, 6, {})
    run.record("fail", message="The memory was not enough: choose a smaller batch size.")
    (run.folder / "worker.log").write_text("Traceback: out of memory\n")
    return run


def training_run(
    dataset: Dataset, name: str = "training-cnn", title: str = "Training CNN", epochs_done: int = 2
) -> tuple[Run, Lock]:
    """A run in the middle of an epoch; it counts as training until the lock is released."""
    run = _begun(name, title, 6, {})
    _train(run, dataset, epochs_done, 0.86, seed=7)
    for batch in (20, 40):
        run.record("batch", **_batch(epochs_done + 1, batch, 0.45, 0.84, epochs_left=4))
    return run, _held(run)


def queued_run(name: str = "queued-cnn", title: str = "Queued CNN") -> tuple[Run, Lock]:
    """A run that waits for another to end; until the lock is released."""
    run = _begun(name, title, 6, {})
    run.record("queued")
    return run, _held(run)


def _begun(name: str, title: str, epochs: int, recipe: dict) -> Run:
    values = {"kind": "cnn", "epochs": epochs} | recipe
    return create_run(Recipe.from_dict(values), name=name, title=title)


def _held(run: Run) -> Lock:
    lock = Lock.take(run.folder / "lock")
    assert lock is not None
    return lock


def _train(run: Run, dataset: Dataset, epochs: int, accuracy: float, seed: int) -> None:
    """Write the history of `epochs` epochs that end near `accuracy`."""
    labels = dataset.validation.labels
    run.record(
        "start",
        epochs=run.recipe.epochs,
        batch_size=run.recipe.batch_size,
        train_pictures=len(dataset.train.labels),
        validation_pictures=len(labels),
        parameters=_parameters(run.recipe),
        backend="tensorflow",
        precision="float32",
        resumed_from=None,
        strip=list(range(12)),
    )
    best = 0.0
    for epoch in range(1, epochs + 1):
        reached = accuracy - 0.25 * np.exp(-1.2 * epoch)
        answers = made_up_answers(labels, reached, seed + epoch)
        predicted = answers.argmax(axis=1)
        validation_accuracy = float((predicted == labels).mean())
        for batch in (30, 60, 86):
            facts = _batch(epoch, batch, 1.3 - reached, reached, run.recipe.epochs - epoch)
            run.record("batch", **facts)
        run.record(
            "epoch",
            epoch=epoch,
            loss=round(1.25 - reached - 0.01 * epoch, 4),
            accuracy=round(float(reached) + 0.01, 4),
            val_loss=round(1.27 - validation_accuracy, 4),
            val_accuracy=round(validation_accuracy, 4),
            seconds=8.1,
            images_per_second=6790.0,
            learning_rate=run.recipe.learning_rate,
            confusion=confusion_matrix(labels, predicted, labels=range(10)).tolist(),
            strip=np.exp(answers[:12]).round(4).tolist(),
            best=validation_accuracy > best,
        )
        best = max(best, validation_accuracy)


def _batch(epoch: int, batch: int, loss: float, accuracy: float, epochs_left: int) -> dict:
    return {
        "epoch": epoch,
        "batch": batch,
        "batches": 86,
        "loss": round(float(loss), 4),
        "accuracy": round(float(accuracy), 4),
        "images_per_second": 6800.0,
        "seconds_left": 8.1 * (epochs_left + 1 - batch / 86),
    }


def _parameters(recipe: Recipe) -> int:
    return {"mlp": 118_282, "cnn": 421_642}.get(recipe.kind, 487_114)


def _finish(
    run: Run, dataset: Dataset, accuracy: float, seed: int, reason: str | None = None
) -> None:
    """The answers, the result and a network, as the end of a training writes them."""
    measured = {part: _answer(run, getattr(dataset, part), accuracy, seed) for part in PARTS}
    labels, predicted = dataset.test.labels, measured["test"]
    right = float((predicted == labels).mean())
    half_width = 1.96 * np.sqrt(right * (1 - right) / len(labels))
    f1 = f1_score(labels, predicted, average=None, labels=range(10), zero_division=0)
    files.write_json(
        run.folder / "result.json",
        {
            "temperature": 1.15,
            "validation_accuracy": float(
                (measured["validation"] == dataset.validation.labels).mean()
            ),
            "test_accuracy": right,
            "test_interval": [max(right - half_width, 0), min(right + half_width, 1)],
            "macro_f1": float(f1.mean()),
            "worst_class": CLASSES[int(f1.argmin())],
            "worst_f1": float(f1.min()),
            "ece": 0.012,
            "parameters": _parameters(run.recipe),
            "multiply_adds": 5_200_000,
            "train_seconds": 8.1 * len(run.history.epochs),
            "test_images_per_second": 8300.0,
            "answer_ms": 0.31,
            "weights_hash": f"{seed:016x}",
            "epochs_trained": len(run.history.epochs),
            "best_epoch": (run.history.best or {}).get("epoch", 0),
            "hardware": "2 cores, made up",
            "versions": {"keras": "3.15.0"},
            "garment_threshold": 0.5,
            "conformal_level": 0.9,
            "conformal_threshold": 0.72,
        },
    )
    (run.folder / "model.tflite").write_bytes(b"not a network" + bytes(1_700_000))
    (run.folder / "model.keras").write_bytes(b"not a network")
    (run.folder / "README.md").write_text(f"# {run.title}\n")
    run.record("finish", **({"reason": reason} if reason else {}))


PARTS = ("validation", "test")


def _answer(run: Run, part: Part, accuracy: float, seed: int) -> np.ndarray:
    answers = made_up_answers(part.labels, accuracy, seed + len(part.labels)).astype(np.float32)
    files.write_arrays(
        run.folder / f"{part.name}.npz", log_probabilities=answers, labels=part.labels
    )
    return answers.argmax(axis=1)


def make_them_all(folder: Path) -> list[Lock]:
    """One run of every kind, on the data set that is there."""
    os.environ["FITTING_ROOM_MODELS"] = str(folder)
    dataset, now = open_dataset(), time.time()
    finished_run(
        dataset, "everyday", "Everyday", 0.93, 20, 3, now - 86400 * 9, True,
        kind="residual", everyday=True,
    )  # fmt: skip
    finished_run(dataset, "cnn-dropout", "CNN with dropout", 0.915, 12, 1, now - 86400 * 3)
    finished_run(dataset, "mlp", "Two dense layers", 0.88, 20, 2, now - 7200, kind="mlp")
    stopped_run(dataset)
    failed_run()
    return [training_run(dataset)[1], queued_run()[1]]


if __name__ == "__main__":
    locks = make_them_all(Path(sys.argv[1]))
    if "--keep-training" in sys.argv:
        time.sleep(3600)
