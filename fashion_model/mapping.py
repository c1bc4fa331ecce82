"""All test pictures in two dimensions: what lies close together looks alike to the model.

The model's features are brought down to 50 numbers by PCA, then to two by t-SNE. Distances on a
t-SNE map mean something only between neighbours: how far two groups lie apart means nothing.
"""

from __future__ import annotations

import contextlib
import io
import re
from dataclasses import dataclass

import numpy as np

from .classifier import Classifier
from .data import Part
from .derived import Arrays, Tell

NUMBERS = 50  # what PCA leaves; t-SNE's own authors say 30 to 50
ROUNDS = 500
SEED = 0
VOTERS = 5  # neighbours that place a picture which is not on the map


@dataclass(frozen=True, eq=False)
class FeatureMap:
    """Where each test picture lies, and how a picture that is not on the map is placed."""

    xy: np.ndarray  # (n, 2) from 0 to 100
    reduced: np.ndarray  # (n, numbers) what the map was drawn from
    mean: np.ndarray  # (d,) of the features
    axes: np.ndarray  # (numbers, d)
    pixels: bool  # whether the pixels had to do, for want of features

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> FeatureMap:
        pixels = bool(arrays["pixels"])
        return cls(*(arrays[name] for name in ("xy", "reduced", "mean", "axes")), pixels)

    def nearest(self, features: np.ndarray, count: int = VOTERS) -> np.ndarray:
        """The test pictures most like one with these features (d,), the nearest first."""
        here = (features - self.mean) @ self.axes.T
        return np.argsort(((self.reduced - here) ** 2).sum(axis=1))[:count]

    def place(self, features: np.ndarray) -> np.ndarray:
        """Where a picture with these features belongs: amid its nearest.

        The median, because the mean of two islands lies in the sea.
        """
        return np.median(self.xy[self.nearest(features)], axis=0)

    def inside(self, outline: np.ndarray) -> np.ndarray:
        """(n,) whether each picture lies within an outline of corners (k, 2)."""
        x, y = self.xy.T
        found = np.zeros(len(x), bool)
        for (ax, ay), (bx, by) in zip(outline, np.roll(outline, -1, axis=0), strict=True):
            # A ray to the right crosses the edges of an outline oddly often from within.
            crosses = (ay > y) != (by > y)
            slope = (bx - ax) / (by - ay) if by != ay else 0.0
            found ^= crosses & (x < ax + (y - ay) * slope)
        return found


def draw(classifier: Classifier, part: Part, tell: Tell) -> Arrays:
    """Work out the map of a part."""
    from sklearn.decomposition import PCA
    from sklearn.manifold import TSNE

    features = []
    for begin in range(0, len(part.labels), 1000):
        tell(0.2 * begin / len(part.labels), "Asking the model for its features")
        features.append(classifier.raw(part.images[begin : begin + 1000])["features"])
    features = np.concatenate(features)
    pixels = features.shape[1] == 28 * 28
    tell(0.2, "Finding the main directions")
    count = min(NUMBERS, *features.shape)
    pca = PCA(count, random_state=SEED).fit(features)
    reduced = pca.transform(features).astype("float32")
    tell(0.22, "Finding the neighbours of each picture")
    plane = TSNE(
        init="pca",
        perplexity=min(30, (len(features) - 1) / 3),
        angle=0.7,
        max_iter=ROUNDS,
        random_state=SEED,
        n_jobs=2,
        verbose=2,
    )
    with contextlib.redirect_stdout(_Rounds(tell)):
        xy = plane.fit_transform(reduced)
    low, high = xy.min(axis=0), xy.max(axis=0)
    return {
        "xy": (100 * (xy - low) / (high - low)).astype("float32"),
        "reduced": reduced,
        "mean": pca.mean_.astype("float32"),
        "axes": pca.components_.astype("float32"),
        "pixels": np.array(pixels),
    }


class _Rounds(io.TextIOBase):
    """Hears what t-SNE prints, the only way it tells how far it is; no word of it is passed on."""

    def __init__(self, tell: Tell):
        self.tell = tell

    def write(self, text: str) -> int:
        if found := re.search(r"Iteration (\d+)", text):
            done = int(found[1])
            self.tell(0.25 + 0.75 * done / ROUNDS, f"Laying out, round {done} of {ROUNDS}")
        return len(text)
