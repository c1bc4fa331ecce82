"""`similar`, `features`, `explain`, `inside`: what is behind the answer for one picture."""

from __future__ import annotations

import sys
import time
from argparse import Namespace
from pathlib import Path

import numpy as np

from ..classifier import Classifier
from ..data import open_dataset
from ..errors import FittingRoomError
from ..explaining import explain as explained
from ..explaining import smallest_flip
from ..features import compute_features
from ..inside import look_inside
from ..lanes import short_lane
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


def explain(given: Namespace) -> int:
    picture = seen(given.file, given.ready)
    classifier = Classifier.open(chosen_model(given.model))
    why, flip = explained(classifier, picture), smallest_flip(classifier, picture)
    answer = {
        "file": str(given.file),
        "label": why.label,
        "probability": round(why.probability, 6),
        "sentence": why.sentence,
        "covered": vars(why.patch)
        | {
            "place": why.patch.place,
            "label": why.covered_label,
            "probability": round(why.covered_probability, 6),
        },
        "map": why.map.round(4).tolist(),
        "flip": None,
    }
    words = f"{why.label} ({100 * why.probability:.0f} %)\n{why.sentence}\n"
    if flip:
        answer["flip"] = vars(flip.patch) | {
            "place": flip.patch.place,
            "label": flip.label,
            "probability": round(flip.probability, 6),
        }
        words += flip.sentence
    else:
        words += "No erased square, however large, changes its mind."
    put(answer, words, given.json)
    return 0


def inside(given: Namespace) -> int:
    run = chosen_model(given.model)
    picture = seen(given.file, given.ready)
    with short_lane("inside"):  # a whole class may ask at once, and each needs Keras
        found = look_inside(run, picture)
    rows = [
        (layer["name"], layer["type"], " × ".join(map(str, layer["shape"])))
        for layer in found["layers"]
    ]
    words = f"{found['label']}\n" + table(rows, ("layer", "type", "output"))
    put({"file": str(given.file)} | found, f"{words}\nThe pictures come with --json.", given.json)
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
