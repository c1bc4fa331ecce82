"""`data`, `runs`, `evaluate`, `classify`: everything that looks and answers, without TensorFlow."""

from __future__ import annotations

import contextlib
import csv
import sys
import time
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from .. import files
from ..classes import CLASSES
from ..classifier import Classifier, default_run
from ..data import data_status, fetch_dataset, open_dataset
from ..errors import FittingRoomError
from ..evaluation import Report, report
from ..runs import Run, list_runs, open_run
from .output import put, table

PICTURES = {
    *(".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff"),
    *(".heic", ".heif", ".avif"),
}


def data(given: Namespace) -> int:
    if not data_status().ready:
        fetch_dataset(_show_progress if sys.stderr.isatty() else None)
    dataset, status = open_dataset(), data_status()
    answer = {
        "ready": status.ready,
        "folder": str(status.folder),
        "train": len(dataset.train.labels) + len(dataset.validation.labels),
        "validation": len(dataset.validation.labels),  # held out of the training pictures
        "test": len(dataset.test.labels),
    }
    words = (
        f"{status.sentence} {answer['train']:,} training pictures, of which "
        f"{answer['validation']:,} are held out for validation, and {answer['test']:,} to test."
    )
    put(answer, words, given.json)
    return 0


def _show_progress(progress) -> None:
    share = progress.bytes_done / max(progress.bytes_total, 1)
    print(f"\r\x1b[K{progress.file}: {share:.0%}", end="", file=sys.stderr, flush=True)


def runs(given: Namespace) -> int:
    answer = []
    for run in list_runs():
        result = run.result or {}
        answer.append(
            {
                "name": run.name,
                "state": run.state,
                "recipe": run.recipe_name,
                "test_accuracy": result.get("test_accuracy"),
                "parameters": result.get("parameters"),
                "bytes": run.bytes,
            }
        )
    rows = [
        (
            row["name"],
            row["state"],
            row["recipe"],
            "" if row["test_accuracy"] is None else f"{row['test_accuracy']:.2%}",
            "" if row["parameters"] is None else f"{row['parameters']:,}",
            f"{row['bytes'] / 1e6:.1f} MB",
        )
        for row in answer
    ]
    heads = ("name", "state", "recipe", "test accuracy", "parameters", "size")
    words = table(rows, heads) if rows else "No runs yet: `python -m fashion_model train cnn`."
    put(answer, words, given.json)
    return 0


def evaluate(given: Namespace) -> int:
    run = open_run(given.run)
    classifier = Classifier.open(run)
    if given.folder:
        from .own_pictures import evaluate_folder

        return evaluate_folder(classifier, given.folder, given.json)
    test = open_dataset().test
    begun = time.perf_counter()
    said = classifier.raw(test.images)["log_probabilities"]
    if given.mirrored:  # the mean of both, as logarithms
        mirrored = classifier.raw(test.images[:, :, ::-1])["log_probabilities"]
        said = np.logaddexp(said, mirrored) - np.log(2)
    speed = len(test.labels) / (time.perf_counter() - begun)
    seen = report(said, test.labels, classifier.temperature)
    answer = seen.to_dict() | {"images_per_second": round(speed, 1)}
    put(answer, report_words(seen, run.title), given.json)
    return 0


def report_words(seen: Report, title: str) -> str:
    low, high = seen.interval
    rows = [
        (name, *(f"{row[key]:.3f}" for key in ("precision", "recall", "f1")), row["support"])
        for name, row in seen.per_class.items()
        if row["support"]
    ]
    return (
        f"{title}: {seen.accuracy:.2%} right ({low:.2%} to {high:.2%}), macro F1 "
        f"{seen.macro['f1']:.3f}, expected calibration error {seen.calibration.ece:.3f}\n\n"
        + table(rows, ("class", "precision", "recall", "F1", "pictures"))
    )


def chosen_model(name: str | None) -> Run:
    """The run of this name, or the one that answers where nobody chose."""
    run = open_run(name) if name else default_run()
    if run is None:
        raise FittingRoomError(
            "No model is there yet: train one with `python -m fashion_model train cnn`."
        )
    return run


def classify(given: Namespace) -> int:
    classifier = Classifier.open(chosen_model(given.model))
    answered = 0
    with _csv_rows(given.csv) as rows:
        for path in pictures_in(given.paths):
            answer = _answer(classifier, path)
            answered += answer["error"] is None
            put(answer, _answer_words(answer), given.json)
            if rows:
                rows.writerow({**answer, **(answer["probabilities"] or {})})
    return 0 if answered else 1


def _answer(classifier: Classifier, path: Path | str) -> dict[str, Any]:
    from ..pictures import answer_picture, open_picture, prepare

    keys = ("label", "confidence", "probabilities", "is_garment", "garment_score", "error")
    line = {"file": str(path), **dict.fromkeys(keys)}
    try:
        found = answer_picture(classifier, prepare(open_picture(path)))
    except FittingRoomError as error:
        return line | {"error": str(error)}
    return line | {
        "label": found.label,
        "confidence": round(float(found.confidence), 6),
        "probabilities": {
            name: round(float(p), 6) for name, p in zip(CLASSES, found.probabilities, strict=True)
        },
        "is_garment": bool(found.is_garment),
        "garment_score": round(float(found.garment_score), 6),
    }


def _answer_words(answer: dict[str, Any]) -> str:
    if answer["error"]:
        return f"{answer['file']}: {answer['error']}"
    words = f"{answer['label']} ({answer['confidence']:.0%})"
    if not answer["is_garment"]:
        words = f"this does not look like one of the ten; the nearest is {words}"
    return f"{answer['file']}: {words}"


def pictures_in(paths: list[Path]) -> Iterator[Path]:
    """The files in the order given; of a folder, the pictures in it, by name."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        for inside in sorted(path.rglob("*")):
            if inside.suffix.lower() in PICTURES and inside.is_file():
                yield inside


@contextlib.contextmanager
def _csv_rows(path: Path | None) -> Iterator[csv.DictWriter | None]:
    """A CSV table that appears whole at its path; nothing where no path was given."""
    if path is None:
        yield None
        return
    heads = ("file", "label", "confidence", "is_garment", "garment_score", "error", *CLASSES)
    try:
        with (
            files.appearing(path) as beside,
            open(beside, "w", newline="", encoding="utf-8") as file,
        ):
            rows = csv.DictWriter(file, heads, extrasaction="ignore")
            rows.writeheader()
            yield rows
    except OSError as error:
        raise FittingRoomError(f"{path} cannot be written: {error.strerror}.") from None
