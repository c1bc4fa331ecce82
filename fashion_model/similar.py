"""The training pictures that are most alike to a model: exact, and found in milliseconds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import files
from .classes import CLASSES
from .classifier import Classifier
from .data import Dataset
from .errors import FittingRoomError
from .features import as_floats, features_folder, features_ready
from .runs import Run


@dataclass(frozen=True)
class Similar:
    """A training picture that is like the one asked for."""

    index: int  # its number in the official training file
    label: str
    distance: float  # Euclidean, between the features of the two


class SimilarPictures:
    """All training pictures as one model sees them, to be asked for the nearest.

    >>> pictures = SimilarPictures.open(run, dataset)               # doctest: +SKIP
    >>> pictures.nearest(features_of(classifier, picture), 5)       # doctest: +SKIP
    """

    def __init__(self, rows: np.ndarray, sketch: dict[str, np.ndarray], labels: np.ndarray):
        self._rows, self._labels = rows, labels
        self._mean, self._axes = sketch["mean"], sketch["axes"]
        self._places, self._rest = sketch["places"], sketch["rest"]
        self._squares = np.einsum("ij,ij->i", self._places, self._places)

    @classmethod
    def open(cls, run: Run, dataset: Dataset) -> SimilarPictures:
        """Open what `compute_features` left; an error says to compute it where it is missing."""
        folder = features_folder(run, dataset)
        sketch = files.read_arrays(folder / "sketch.npz") if features_ready(run, dataset) else None
        if sketch is None:
            raise FittingRoomError(
                f"The features of {run.title} are not there yet: make them with "
                f"`python -m fashion_model features {run.name}`."
            )
        labels = np.empty(len(sketch["places"]), np.uint8)
        for part in (dataset.train, dataset.validation):
            labels[part.numbers] = part.labels
        return cls(np.load(folder / "features.npy", mmap_mode="r"), sketch, labels)

    def __len__(self) -> int:
        return len(self._labels)

    def nearest(
        self, features: np.ndarray, count: int = 12, without: int | None = None
    ) -> list[Similar]:
        """The nearest training pictures, the nearest first; `without` leaves one out: itself.

        A picture is no nearer than its sketch says, so those that the sketch rules out need no
        second look; all others are compared in full.
        """
        centred = np.asarray(features, "float32") - self._mean
        along = np.einsum("i,ij->j", centred, self._axes)
        square = float(along @ along)
        rest = np.sqrt(max(float(centred @ centred) - square, 0.0))
        # Not `@`: its threads cost more than they save, above all on a machine at work.
        products = np.einsum("ij,j->i", self._places, along)
        least = self._squares - 2 * products + square + (self._rest - rest) ** 2
        if without is not None:
            least[without] = np.inf
        count = min(count, len(least) - (without is not None))
        first = np.argpartition(least, count - 1)[:count]
        reach = self._squared_distances(features, first).max()
        # Squares were rounded to seven digits; nothing may be ruled out by that.
        rounding = 1e-5 * (float(self._squares.max()) + square + reach)
        candidates = np.flatnonzero(least <= reach + rounding)
        apart = self._squared_distances(features, candidates)
        order = np.argsort(apart, kind="stable")[:count]
        return [
            Similar(int(place), CLASSES[self._labels[place]], float(np.sqrt(distance)))
            for place, distance in zip(candidates[order], apart[order], strict=True)
        ]

    def _squared_distances(self, features: np.ndarray, places: np.ndarray) -> np.ndarray:
        difference = as_floats(self._rows[places]).astype("float64") - features
        return np.einsum("ij,ij->i", difference, difference)


def features_of(classifier: Classifier, picture: np.ndarray) -> np.ndarray:
    """What the model makes of one picture (28, 28)."""
    return classifier.raw(picture)["features"][0]
