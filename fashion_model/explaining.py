"""Why this answer: what happens to it when a part of the picture is covered.

Works for every kind of run, because it only asks. What is covered becomes black, the ground of
every picture, as if that part were not there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .classes import CLASSES
from .classifier import Classifier

SIDE = 28
PATCH, STEP = 6, 2  # pixels: the square that is moved over the picture, and how far each time
PLACES = (
    ("upper left", "top middle", "upper right"),
    ("left side", "centre", "right side"),
    ("lower left", "bottom middle", "lower right"),
)
LITTLE = 0.005  # a fall of the probability that is hardly one


@dataclass(frozen=True)
class Patch:
    """A square of the picture."""

    top: int
    left: int
    size: int

    @property
    def place(self) -> str:
        """Where it is, in plain words."""
        row, column = ((edge + self.size / 2) * 3 / SIDE for edge in (self.top, self.left))
        return PLACES[min(int(row), 2)][min(int(column), 2)]

    def cover(self, picture: np.ndarray) -> np.ndarray:
        """A copy of the picture without this part."""
        covered = picture.copy()
        covered[self.top : self.top + self.size, self.left : self.left + self.size] = 0
        return covered


@dataclass(frozen=True)
class Explanation:
    """What an answer hangs on."""

    label: str
    probability: float
    map: np.ndarray
    """(28, 28) float: how far the evidence for the label, in log odds, falls when what lies here
    is covered; below zero where it rises."""
    patch: Patch
    """Covering this lowers the answer most."""
    covered_probability: float
    """What is left of the label's probability then."""
    covered_label: str
    """What it says then."""

    @property
    def sentence(self) -> str:
        fall = self.probability - self.covered_probability
        digits = 0 if fall >= 0.02 else 2
        before, after = (
            f"{100 * share:.{digits}f} %" for share in (self.probability, self.covered_probability)
        )
        if fall <= 0:
            return f"Whichever part is covered, {self.label} stays as likely as it is: {before}."
        if fall < LITTLE:
            return (
                f"No single part decides: covering the {self.patch.place}, which does most, "
                f"lowers {self.label} only from {before} to {after}."
            )
        then = "" if self.covered_label == self.label else f", and it says {self.covered_label}"
        falls = f"{self.label} falls from {before} to {after}{then}"
        return f"With the {self.patch.place} covered, {falls}."


@dataclass(frozen=True)
class Flip:
    """The smallest erased square that changes the answer."""

    patch: Patch
    label: str
    probability: float

    @property
    def sentence(self) -> str:
        size = self.patch.size
        pixels = "a single pixel" if size == 1 else f"{size} × {size} pixels"
        return (
            f"Erasing {pixels} at the {self.patch.place} changes its mind: then it says "
            f"{self.label}, {100 * self.probability:.0f} % sure."
        )


def explain(classifier: Classifier, picture: np.ndarray) -> Explanation:
    """Cover one part of a picture (28, 28) after the other and watch the answer."""
    patches = _squares(PATCH, STEP)
    pictures = np.stack([picture, *(patch.cover(picture) for patch in patches)])
    raw = classifier.raw(pictures)["log_probabilities"].astype("float64") / classifier.temperature
    logs = raw - np.logaddexp.reduce(raw, axis=1, keepdims=True)
    label = int(logs[0].argmax())
    # In log odds, because the probability of a sure answer hardly moves.
    odds = logs[:, label] - np.logaddexp.reduce(np.delete(logs, label, axis=1), axis=1)
    falls = odds[0] - odds[1:]
    total, times = np.zeros((SIDE, SIDE)), np.zeros((SIDE, SIDE))
    for patch, fall in zip(patches, falls, strict=True):
        part = np.s_[patch.top : patch.top + PATCH, patch.left : patch.left + PATCH]
        total[part] += fall
        times[part] += 1
    most = int(falls.argmax())
    return Explanation(
        label=CLASSES[label],
        probability=float(np.exp(logs[0, label])),
        map=total / times,
        patch=patches[most],
        covered_probability=float(np.exp(logs[most + 1, label])),
        covered_label=CLASSES[logs[most + 1].argmax()],
    )


def smallest_flip(classifier: Classifier, picture: np.ndarray) -> Flip | None:
    """The smallest black square that makes it say something else; None where none does.

    Squares of up to seven pixels are tried everywhere, larger ones at steps of a quarter of their
    size; of equals, the one that makes the other answer surest.
    """
    label = classifier.answer(picture).probabilities[0].argmax()
    for size in range(1, SIDE + 1):
        patches = [
            patch
            for patch in _squares(size, max(1, size // 4))
            if (patch.cover(picture) != picture).any()
        ]
        if not patches:
            continue
        covered = np.stack([patch.cover(picture) for patch in patches])
        said = classifier.answer(covered).probabilities
        sure = np.where(said.argmax(axis=1) == label, -1.0, said.max(axis=1))
        best = int(sure.argmax())
        if sure[best] >= 0:
            return Flip(patches[best], CLASSES[said[best].argmax()], float(sure[best]))
    return None


def _squares(size: int, step: int) -> list[Patch]:
    """Squares of this size all over the picture, also along its far edges."""
    edges = sorted({*range(0, SIDE - size + 1, step), SIDE - size})
    return [Patch(top, left, size) for top in edges for left in edges]
