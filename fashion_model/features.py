"""What a model makes of every training picture, computed once and kept in the cache.

The features of a network are what its last layer saw; those of an estimator are the pixels. Row
`n` belongs to picture `n` of the official training file, so training and validation part together.
They follow from the weights, so they are kept by the weights' hash and never in the run's folder.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np

from . import files
from .cache import cache_folder, keep_newest
from .classifier import Classifier
from .data import Dataset
from .errors import FittingRoomError
from .fingerprint import fingerprint
from .locks import Lock
from .runs import Run

CHUNK = 512  # pictures between two words of progress
AXES = 64  # directions of the sketch that `similar.py` looks through first
LEARNED_FROM = 10_000  # pictures that choose the directions; any choice is exact, a good one fast
MODELS_KEPT = 6  # tens of megabytes each; the one used longest ago makes room
PATIENCE = 600.0  # seconds to wait for another process that computes the same


def features_folder(run: Run, dataset: Dataset) -> Path:
    """Where they are kept, or will be. All estimators share the pixels."""
    made_by = fingerprint(run) if _is_network(run) else "pixels"
    return cache_folder() / "features" / f"{made_by}-{_count(dataset)}"


def features_ready(run: Run, dataset: Dataset) -> bool:
    """Whether they were computed before."""
    return (features_folder(run, dataset) / "sketch.npz").exists()


def compute_features(
    run: Run, dataset: Dataset, progress: Callable[[int, int], None] = lambda done, of: None
) -> Path:
    """Compute them, unless that was done before; the answer is their folder.

    `progress` is told how many pictures of how many are done. Who comes second waits for the first.
    """
    folder = features_folder(run, dataset)
    folder.mkdir(parents=True, exist_ok=True)
    lock = Lock.take(folder / "lock", wait=PATIENCE)
    if lock is None:
        raise FittingRoomError(
            f"Another process has been computing the features of {run.title} for "
            f"{PATIENCE / 60:.0f} minutes: end it, and try again."
        )
    with lock:
        if not features_ready(run, dataset):
            with files.appearing(folder / "features.npy") as beside:
                rows = _all_rows(run, dataset, beside, progress)
            _write_sketch(folder, rows)  # last, because it says that all is there
            keep_newest(folder, MODELS_KEPT)
    os.utime(folder)
    return folder


def progress_of(run: Run, dataset: Dataset) -> float:
    """The share that is done, as another process sees it."""
    return (files.read_json(features_folder(run, dataset) / "progress.json") or {}).get("done", 0.0)


def as_floats(rows: np.ndarray) -> np.ndarray:
    """Rows as the model has them: pixels are kept as bytes, which loses nothing."""
    return rows.astype("float32") / 255 if rows.dtype == np.uint8 else np.asarray(rows, "float32")


def _all_rows(
    run: Run, dataset: Dataset, path: Path, progress: Callable[[int, int], None]
) -> np.ndarray:
    network = Classifier.open(run) if _is_network(run) else None
    count, done, rows = _count(dataset), 0, None
    for part in (dataset.train, dataset.validation):
        for begin in range(0, len(part.labels), CHUNK):
            pictures = part.images[begin : begin + CHUNK]
            found = network.raw(pictures)["features"] if network else pictures.reshape(-1, 28 * 28)
            if rows is None:
                rows = np.lib.format.open_memmap(
                    path, "w+", dtype=found.dtype, shape=(count, found.shape[1])
                )
            rows[part.numbers[begin : begin + CHUNK]] = found
            done += len(found)
            files.write_json(path.with_name("progress.json"), {"done": done / count})
            progress(done, count)
    rows.flush()
    return rows


def _write_sketch(folder: Path, rows: np.ndarray) -> None:
    """The main directions, each picture's place along them, and its distance from all of them."""
    some = as_floats(rows[:: max(1, len(rows) // LEARNED_FROM)]).astype("float64")
    mean = some.mean(axis=0).astype("float32")
    _, vectors = np.linalg.eigh(np.cov(some, rowvar=False).reshape(rows.shape[1], -1))
    axes = vectors[:, ::-1][:, :AXES].astype("float32")
    places = np.empty((len(rows), axes.shape[1]), "float32")
    rest = np.empty(len(rows), "float32")
    for begin in range(0, len(rows), 4096):
        centred = as_floats(rows[begin : begin + 4096]) - mean
        places[begin : begin + 4096] = along = centred @ axes
        left = (centred**2).sum(axis=1) - (along**2).sum(axis=1)
        rest[begin : begin + 4096] = np.sqrt(left.clip(0))
    with files.appearing(folder / "sketch.npz") as beside:
        np.savez(beside, mean=mean, axes=axes, places=places, rest=rest)


def _is_network(run: Run) -> bool:
    return run.network_file is not None and run.network_file.suffix == ".tflite"


def _count(dataset: Dataset) -> int:
    return len(dataset.train.labels) + len(dataset.validation.labels)
