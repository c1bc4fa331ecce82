"""What is made once training is over: the files that serve, the answers, the result, the card.

A step of its own, which can be repeated and taken up again, here or on another machine: it needs
only the recipe and the best weights.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import platform
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from . import evaluation, files
from .cards import card
from .classes import CLASSES
from .classifier import Classifier
from .data import Dataset, Part
from .errors import FittingRoomError
from .photo_settings import CALIBRATION
from .runs import PHOTOS, Run, open_run

CONFORMAL_LEVEL = 0.9  # how often a set of labels holds the right one
GARMENTS_KEPT = 0.95  # share of real garments that must be taken for garments
SAME_ANSWERS = 0.995  # share of the answers that smaller weights must leave as they were


def finish_run(run: Run, dataset: Dataset, say: Callable[[str], None] = lambda step: None) -> dict:
    """Make everything a run is served and judged by; the answer is its result.

    Which weights are kept, the temperature and the thresholds are chosen on the validation part.
    The test set is answered once, last, and chooses nothing.
    """

    def step(sentence: str) -> None:
        run.record("finishing", step=sentence)
        say(sentence)

    stored = {}
    if run.recipe.is_network:
        step("Saving the network")
        stored = save_network(run, dataset.validation.images)
    elif run.network_file is None:
        raise FittingRoomError(f"The run {run.name} has no estimator yet: train it first.")
    classifier = Classifier.open(run)
    step("Answering the validation part")
    validation, _ = answer_part(run, classifier, dataset.validation)
    if getattr(run.recipe, "everyday", False):
        step("Choosing thresholds on photos it has not seen")
        trust_on_photos(run)
    step("Answering the test set")
    test, speed = answer_part(run, classifier, dataset.test)
    step("Writing the card")
    result = _result(run, classifier, validation, test, speed, dataset) | stored
    files.write_json(run.folder / "result.json", result)
    report = evaluation.report(
        test["log_probabilities"], dataset.test.labels, result["temperature"]
    )
    files.write_text(run.folder / "README.md", card(run, result, report))
    run.record("finish", test_accuracy=result["test_accuracy"])
    # Only now: whoever is killed before is finished from these, not trained anew.
    reason = (run.history.end or {}).get("reason", "done")
    for leftover in ("best.weights.h5", *(() if reason == "asked" else ("checkpoint.npz", PHOTOS))):
        (run.folder / leftover).unlink(missing_ok=True)
    return result


def save_network(run: Run, pictures: np.ndarray) -> dict:
    """Write `model.keras` and `model.tflite` from the run's best weights, in plain float32.

    Where its recipe wants a smaller `model.tflite`, it must name the same class as before for
    nearly all of these pictures; else it is not made smaller. The answer is what became of it.
    """
    from .backend import half_the_room, keras
    from .batches import outputs_of
    from .networks import build_network, load_weights, serving_network, without_fetching

    if keras.backend.backend() != "tensorflow":
        raise FittingRoomError(
            f"A network is exported under TensorFlow, and this is {keras.backend.backend()}: run "
            f"`python -m fashion_model finish {run.name}` where TensorFlow is installed."
        )
    # Weights trained in bfloat16 would export with operations that LiteRT does not have.
    keras.config.set_dtype_policy("float32")
    network = build_network(without_fetching(run.recipe))
    load_weights(network, run)
    serving = serving_network(network)
    with files.appearing(run.folder / "model.keras") as beside:
        serving.save(beside)
    if run.recipe.stored_as == "float32":
        _export(run, serving)
        return {"stored_as": "float32"}
    _export(run, serving, **half_the_room())
    said = Classifier.open(run).raw(pictures)["log_probabilities"].argmax(axis=1)
    before = outputs_of(network, pictures)[:, : len(CLASSES)].argmax(axis=1)
    same = float((said == before).mean())
    if same < SAME_ANSWERS:
        _export(run, serving)
        return {"stored_as": "float32", "same_answers": same}
    return {"stored_as": run.recipe.stored_as, "same_answers": same}


def _export(run: Run, serving, **how) -> None:
    with tempfile.TemporaryDirectory() as folder:
        exported = Path(folder) / "model.tflite"
        with contextlib.redirect_stdout(None):
            serving.export(exported, format="litert", verbose=False, **how)
        with files.appearing(run.folder / "model.tflite") as beside:
            shutil.copyfile(exported, beside)


def trust_on_photos(run: Run) -> None:
    """Thresholds for people's own pictures, from photos that training left out.

    With no photos, or too few (a handful of corrections), its own of before hold, or those of the
    run it started from.
    """
    from .everyday.calibrating import TooFewPhotosError, calibrate

    with contextlib.suppress(TooFewPhotosError):
        if run.photos:
            calibrate(run, run.photos)
            return
    if run.recipe.start_from and not (run.folder / CALIBRATION).exists():
        with contextlib.suppress(FittingRoomError):
            kept = open_run(run.recipe.start_from).folder / CALIBRATION
            if kept.exists():
                shutil.copyfile(kept, run.folder / CALIBRATION)


def answer_part(
    run: Run, classifier: Classifier, part: Part
) -> tuple[dict[str, np.ndarray], float]:
    """Answer a part of the data and keep what was said; also how many pictures a second."""
    begun = time.perf_counter()
    raw = classifier.raw(part.images)
    speed = len(part.labels) / (time.perf_counter() - begun)
    kept = {"log_probabilities": raw["log_probabilities"], "labels": np.asarray(part.labels)}
    if "garment" in raw:
        kept["garment"] = raw["garment"]
    files.write_arrays(run.folder / f"{part.name}.npz", **kept)
    return kept, speed


def _result(run, classifier, validation, test, speed, dataset: Dataset) -> dict:
    """The figures of a run, for pages, tables and the card."""
    labels = dataset.validation.labels
    temperature = evaluation.fit_temperature(validation["log_probabilities"], labels)
    sure = evaluation.apply_temperature(validation["log_probabilities"], temperature)
    on_validation = evaluation.report(validation["log_probabilities"], labels, temperature)
    on_test = evaluation.report(test["log_probabilities"], dataset.test.labels, temperature)
    worst = min(CLASSES, key=lambda name: on_test.per_class[name]["f1"])
    history = run.history
    return {
        "validation_accuracy": on_validation.accuracy,
        "test_accuracy": on_test.accuracy,
        "test_interval": list(on_test.interval),
        "macro_f1": on_test.macro["f1"],
        "worst_class": worst,
        "worst_f1": on_test.per_class[worst]["f1"],
        "ece": on_test.calibration.ece,
        "ece_before": on_test.calibration_before.ece,
        "temperature": temperature,
        "conformal_level": CONFORMAL_LEVEL,
        "conformal_threshold": evaluation.conformal_threshold(sure, labels, CONFORMAL_LEVEL),
        "garment_threshold": float(
            np.quantile(validation.get("garment", sure.max(axis=1)), 1 - GARMENTS_KEPT)
        ),
        **_size_of(run),
        "epochs_trained": history.trained,
        "best_epoch": history.best["epoch"] if history.best else None,
        "train_seconds": round(history.seconds, 1),
        "hardware": (history.start or {}).get("hardware", "unknown"),
        "precision": (history.start or {}).get("precision", "float32"),
        "test_images_per_second": round(speed, 1),
        "answer_ms": round(_milliseconds_an_answer(classifier, dataset.validation), 3),
        "weights_hash": hashlib.sha256(run.network_file.read_bytes()).hexdigest(),
        "versions": _versions(),
    }


def _size_of(run: Run) -> dict[str, int]:
    if run.recipe.is_network:
        from .networks import build_network, layer_table, without_fetching

        rows = layer_table(build_network(without_fetching(run.recipe)))
        return {
            "parameters": sum(row["parameters"] for row in rows),
            "multiply_adds": sum(row["multiply_adds"] for row in rows),
        }
    from .estimators import Estimator

    return {"parameters": Estimator.load(run.network_file).parameters, "multiply_adds": 0}


def _milliseconds_an_answer(classifier: Classifier, part: Part) -> float:
    """The median time of a single answer."""
    times = []
    for picture in part.images[:30]:
        begun = time.perf_counter()
        classifier.answer(picture)
        times.append(time.perf_counter() - begun)
    return statistics.median(times) * 1000


def _versions() -> dict[str, str]:
    known = {"python": platform.python_version()}
    for package in ("keras", "tensorflow", "tensorflow-cpu", "scikit-learn", "ai-edge-litert"):
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            known[package.removesuffix("-cpu")] = importlib.metadata.version(package)
    return known
