"""What a model says of a prepared picture: its views answered together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from fashion_model import files
from fashion_model.classes import CLASSES
from fashion_model.evaluation import apply_temperature, prediction_sets
from fashion_model.photo_settings import CALIBRATION, sound_settings
from fashion_model.pictures.preparing import Prepared

if TYPE_CHECKING:
    from fashion_model.classifier import Classifier


@dataclass(frozen=True)
class PictureAnswer:
    """One picture's answer, calibrated."""

    probabilities: np.ndarray
    """(10,) float: how likely each class is, given that it is a garment."""
    garment_score: float
    """0..1: how much it looks like one of the ten."""
    is_garment: bool
    """Whether the score reaches what 95 % of real garments reach."""
    label: str
    confidence: float
    one_of: tuple[str, ...]
    """The smallest set of labels that holds the right one nine times in ten, likeliest first."""


def answer_picture(classifier: Classifier, prepared: Prepared) -> PictureAnswer:
    """Answer all views of a picture and join them; an empty picture is no garment."""
    log_probabilities, garment = joined(classifier, prepared.views)
    settings = _settings(classifier, prepared.kind)
    probabilities = apply_temperature(log_probabilities[None], settings["temperature"])[0]
    among = prediction_sets(probabilities[None], settings["conformal_threshold"])[0]
    order = np.argsort(-probabilities)
    garment = 0.0 if prepared.blank else garment
    return PictureAnswer(
        probabilities=probabilities,
        garment_score=garment,
        is_garment=bool(not prepared.blank and garment >= settings["garment_threshold"]),
        label=CLASSES[order[0]],
        confidence=float(probabilities[order[0]]),
        one_of=tuple(CLASSES[place] for place in order if among[place]),
    )


def joined(classifier: Classifier, views: np.ndarray) -> tuple[np.ndarray, float]:
    """Log probabilities (10,) and garment score of all views and their mirror images together.

    Logarithms are averaged, so that a view which rules a class out is heard.
    """
    both = np.concatenate([views, views[:, :, ::-1]])
    raw = classifier.raw(both)
    log_probabilities = raw["log_probabilities"].mean(axis=0)
    log_probabilities = log_probabilities - np.log(np.exp(log_probabilities).sum())
    garment = raw.get("garment")
    if garment is None:  # it never learned what is no garment: how sure it is stands in
        return log_probabilities, float(np.exp(raw["log_probabilities"]).max(axis=1).mean())
    return log_probabilities, float(garment.mean())


def _settings(classifier: Classifier, kind: str) -> dict[str, float]:
    """Photos and drawings are judged by photos, Fashion-MNIST's own pictures by its own."""
    own = {
        "temperature": classifier.temperature,
        "garment_threshold": classifier.garment_threshold,
        "conformal_threshold": classifier.conformal_threshold,
    }
    if kind == "ready":
        return own
    path = classifier.run.folder / CALIBRATION
    try:
        return own | _read(path, path.stat().st_mtime_ns)
    except OSError:
        return own


@lru_cache(maxsize=16)
def _read(path: Path, changed: int) -> dict[str, float]:
    return sound_settings(files.read_json(path) or {})
