"""How far a run's answers to people's own pictures can be trusted, measured on held-out ones."""

from collections import Counter
from itertools import accumulate
from pathlib import Path

import numpy as np

from fashion_model import evaluation, files
from fashion_model.classes import CLASSES
from fashion_model.classifier import Classifier
from fashion_model.errors import FittingRoomError
from fashion_model.everyday.pen import by_hand, drawn_picture
from fashion_model.everyday.photos import Photo, find_photos
from fashion_model.everyday.sketches import GARMENTS
from fashion_model.photo_settings import CALIBRATION
from fashion_model.pictures import PictureError, open_picture, prepare
from fashion_model.pictures.answering import joined
from fashion_model.runs import Run


class TooFewPhotosError(FittingRoomError):
    """Not enough held-out photos to choose anything by."""


LEVEL = 0.9
KEPT = 0.95  # share of garments on photos that the threshold keeps
KEPT_DRAWN = 0.99  # and of those drawn here, which are tamer than what people draw
SKETCHES = 200
FEWEST = 20


def calibrate(run: Run, photos_folder: Path) -> dict[str, float]:
    """Choose temperature and thresholds for photos and drawings, and keep them in the run.

    On the photos that training left out (one in eight), and for the threshold of saying no also
    on drawings made up anew: it keeps as many garments as is asked of both kinds.
    """
    classifier = Classifier.open(run)
    garments = [photo for photo in find_photos(photos_folder) if photo.held_out and photo.right]
    answers = [(photo, *found) for photo in garments if (found := _answer(classifier, photo))]
    if len(answers) < FEWEST:
        raise TooFewPhotosError(
            f"Only {len(answers)} of the photos in {photos_folder} are held out for choosing "
            f"thresholds, and {FEWEST} are needed: give about {8 * FEWEST} photos or more."
        )
    logs = np.array([log for _, log, _ in answers])
    # Where several classes are right (shoes), the likeliest of them is the one it should have said.
    labels = np.array(
        [max(map(CLASSES.index, photo.right), key=lambda i: log[i]) for photo, log, _ in answers]
    )
    temperature = evaluation.fit_temperature(logs, labels)
    sure = evaluation.apply_temperature(logs, temperature)
    drawn = _drawn_scores(classifier, run.recipe.seed)
    found = {
        "photos": len(labels),
        "accuracy": float((logs.argmax(axis=1) == labels).mean()),
        "temperature": float(temperature),
        "conformal_level": LEVEL,
        "conformal_threshold": evaluation.conformal_threshold(sure, labels, LEVEL),
        "garment_threshold": min(
            _keeping(KEPT, [(photo.right, score) for photo, _, score in answers]),
            float(np.quantile(drawn, 1 - KEPT_DRAWN)),
        ),
    }
    files.write_json(run.folder / CALIBRATION, found)
    return found


def _keeping(share: float, scored: list[tuple[tuple[str, ...], float]]) -> float:
    """The threshold that keeps this share where every class of garment counts the same.

    A folder of photos has as many of each as its owner took; visitors bring what they like.
    """
    number = Counter(right for right, _ in scored)
    ordered = sorted(scored, key=lambda one: one[1])
    lost = accumulate(1 / number[right] / len(number) for right, _ in ordered)
    scores = (score for _, score in ordered)
    return next(
        (at for at, so_far in zip(scores, lost, strict=True) if so_far > 1 - share), ordered[-1][1]
    )


def _answer(classifier: Classifier, photo: Photo) -> tuple[np.ndarray, float] | None:
    try:
        return joined(classifier, prepare(open_picture(photo.path)).views)
    except PictureError:
        return None


def _drawn_scores(classifier: Classifier, seed: int) -> list[float]:
    """Garment scores of drawings that no training has seen."""
    random = np.random.default_rng((seed, 7, 7))
    scores = []
    for i in range(SKETCHES):
        strokes = by_hand(GARMENTS[i % len(GARMENTS)](random), random)
        scores.append(joined(classifier, prepare(drawn_picture(strokes, random)).views)[1])
    return scores
