"""`similar`, `features`: what is behind the answer for one picture."""

from __future__ import annotations

import sys
import time
from argparse import Namespace
from pathlib import Path

import numpy as np

from ..classifier import Classifier
from ..data import open_dataset
from ..errors import FittingRoomError
from ..features import compute_features
from ..pictures import open_picture, prepare
from ..runs import open_run
from ..similar import SimilarPictures, features_of
from .asking import chosen_model
from .output import put, table


def similar(given: Namespace) -> int:
    if given.count < 1:
        raise FittingRoomError("--count is at least 1.")
    picture = seen(given.file, given.ready)
    run, dataset = chosen_model(given.model), open_dataset()
    classifier = Classifier.open(run)
    compute_features(run, dataset, _show_progress)
    pictures = SimilarPictures.open(run, dataset)
    nearest = pictures.nearest(features_of(classifier, picture), given.count)
    answer = {
        "file": str(given.file),
        "similar": [
            {"index": one.index, "label": one.label, "distance": round(one.distance, 4)}
            for one in nearest
        ],
    }
    rows = [(f"train-{one.index}", one.label, f"{one.distance:.2f}") for one in nearest]
    put(answer, table(rows, ("picture", "label", "distance")), given.json)
    return 0


def features(given: Namespace) -> int:
    run, dataset = open_run(given.run), open_dataset()
    begun = time.perf_counter()
    compute_features(run, dataset, _show_progress)
    seconds = time.perf_counter() - begun
    count = len(SimilarPictures.open(run, dataset))
    answer = {"run": run.name, "pictures": count, "seconds": round(seconds, 1)}
    put(answer, f"{run.title}: {count:,} pictures are ready to be compared with.", given.json)
    return 0


def seen(path: Path, ready: bool) -> np.ndarray:
    """The 28 × 28 pixels a model sees of a file; `ready` ones are taken as they are."""
    picture = open_picture(path)
    if not ready:
        prepared = prepare(picture)
        if prepared.blank:
            raise FittingRoomError(f"There is nothing to see on {path}: it is one even colour.")
        return prepared.image
    if picture.size != (28, 28):
        raise FittingRoomError(f"{path} is not 28 × 28 pixels: leave out --ready.")
    return np.asarray(picture.convert("L"))


def _show_progress(done: int, of: int) -> None:
    if sys.stderr.isatty():
        over = "\r\x1b[K" if done == of else ""
        print(f"\r\x1b[KLooking at {of:,} pictures: {done / of:.0%}{over}", end="", file=sys.stderr)
