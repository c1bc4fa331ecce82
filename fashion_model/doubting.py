"""Labels to doubt: pictures whose given label the model finds least likely; and pictures twice.

Of the test pictures the model's own answers say it. The training pictures it learned by heart,
so for these a simple classifier on its features is asked, fitted five times, each time without
the fifth it answers (out of fold). The features themselves were learned from all training
labels, so this is mild with a label that was learned by heart. What counts as an error of
labelling is confident learning's rule (Northcutt, Jiang and Chuang, 2021). None of this proves a
label wrong: it says where to look first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from . import evaluation
from .data import Dataset
from .derived import Arrays, Tell
from .errors import FittingRoomError
from .features import as_floats, compute_features
from .runs import Run

FOLDS = 5
SEED = 0
DIRECTIONS = 128  # features beyond so many are brought down to them first
ALIKE = 8.0  # greys of 255: pictures that differ by less, on average over all pixels, are twice
FILES = ("train", "test")  # the official files; validation pictures are in the first


@dataclass(frozen=True, eq=False)
class Doubts:
    """What is made of the labels of one official file, picture by picture."""

    labels: np.ndarray  # (n,) as given
    probabilities: np.ndarray  # (n, 10) by somebody who did not learn from the picture

    @cached_property
    def likely(self) -> np.ndarray:
        """(n,) how probable the given label is."""
        return self.probabilities[np.arange(len(self.labels)), self.labels]

    @cached_property
    def suggested(self) -> np.ndarray:
        """(n,) the label that confident learning counts each picture under.

        A class claims a picture to which it is at least as probable as it is, on average, to the
        pictures labelled so, and more than the given label is; of several that do, the most
        probable has it, and where none does, the given label stands.
        """
        mean = np.array([
            self.probabilities[self.labels == label, label].mean()
            if (self.labels == label).any()
            else np.inf
            for label in range(10)
        ])  # fmt: skip
        good = (self.probabilities >= mean) & (self.probabilities > self.likely[:, None])
        claims = np.where(good, self.probabilities, -1)
        return np.where(claims.max(axis=1) < 0, self.labels, claims.argmax(axis=1))

    @cached_property
    def order(self) -> np.ndarray:
        """The pictures that are counted as mislabelled, the least likely label first."""
        places = np.flatnonzero(self.suggested != self.labels)
        return places[np.argsort(self.likely[places], kind="stable")]

    @classmethod
    def from_arrays(cls, arrays: Arrays, file: str) -> Doubts:
        return cls(
            arrays[f"{file}_labels"].astype(int), arrays[f"{file}_probabilities"].astype("float32")
        )


def doubt(run: Run, dataset: Dataset, tell: Tell) -> Arrays:
    """Work out the doubts of both files, and which pictures are there twice."""
    answers = run.answers("test")
    if answers is None or len(answers.labels) != len(dataset.test.labels):
        raise FittingRoomError(
            f"{run.title} has no answers on this test set: make them with `finish {run.name}`."
        )
    folder = compute_features(
        run, dataset, lambda done, of: tell(0.4 * done / of, "Asking the model for its features")
    )
    features = as_floats(np.load(folder / "features.npy", mmap_mode="r"))
    labels = np.empty(len(features), int)
    for part in (dataset.train, dataset.validation):
        labels[part.numbers] = part.labels
    found = out_of_fold(
        features, labels, lambda share, words: tell(0.4 + 0.3 * share, words)
    )  # fmt: skip
    temperature = (run.result or {}).get("temperature", 1.0)
    said = evaluation.apply_temperature(answers.log_probabilities, temperature)
    pairs, differ = twice(dataset, lambda share, words: tell(0.7 + 0.3 * share, words))
    return {
        "train_labels": labels.astype("uint8"),
        "train_probabilities": found.astype("float16"),
        "test_labels": np.asarray(dataset.test.labels),
        "test_probabilities": said.astype("float16"),
        "pairs": pairs,
        "differ": differ,
    }


def out_of_fold(
    features: np.ndarray, labels: np.ndarray, tell: Callable[[float, str], None]
) -> np.ndarray:
    """(n, 10) probabilities for each picture by a classifier that did not see it."""
    from sklearn.decomposition import PCA
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
    from sklearn.model_selection import StratifiedKFold

    if features.shape[1] > DIRECTIONS:
        features = PCA(DIRECTIONS, random_state=SEED).fit_transform(features)
    scores = np.full((len(labels), 10), -50.0)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(features, labels)
    for number, (kept, held_out) in enumerate(folds):
        tell(number / FOLDS, f"Answering fold {number + 1} of {FOLDS} by the others")
        # Fitted in one step, and on a network's features as good as anything that takes longer.
        model = LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto")
        model.fit(features[kept], labels[kept])
        known = model.predict_log_proba(features[held_out])
        scores[np.ix_(held_out, model.classes_)] = np.maximum(known, -50)
    # It is far too sure of itself; no answer is changed by making it less so.
    temperature = evaluation.fit_temperature(scores, labels)
    return evaluation.apply_temperature(scores, temperature)


def twice(dataset: Dataset, tell: Callable[[float, str], None]) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of pictures that are the same or nearly so, and by how many greys they differ.

    A pair is (file, number, file, number), where file is a place in `FILES`.
    """
    images = np.concatenate([part.images for part in dataset.parts])
    names = np.concatenate([
        np.column_stack([np.full(len(part.numbers), part.name == "test"), part.numbers])
        for part in dataset.parts
    ]).astype("int32")  # fmt: skip
    pixels = images.reshape(len(images), -1).astype("float32")
    some = pixels[:: max(1, len(pixels) // 10_000)]
    mean = some.mean(axis=0)
    axes = np.linalg.eigh(np.cov(some, rowvar=False))[1][:, ::-1][:, :48].astype("float32")
    # Along a few directions no two lie further apart than they do, so none is missed.
    short = (pixels - mean) @ axes
    squares, limit = (short**2).sum(axis=1), (ALIKE * 28) ** 2
    pairs, step = [], 500
    for begin in range(0, len(short), step):
        tell(begin / len(short), "Looking for pictures that are there twice")
        block = short[begin : begin + step]
        apart = squares[begin : begin + step, None] + squares[begin:] - 2 * block @ short[begin:].T
        first, second = np.nonzero(apart < limit + 1)
        later = second > first
        pairs.append(np.column_stack([first[later], second[later]]) + begin)
    near = np.concatenate(pairs)
    differ = np.sqrt(((pixels[near[:, 0]] - pixels[near[:, 1]]) ** 2).mean(axis=1))
    order = np.argsort(differ, kind="stable")
    order = order[differ[order] < ALIKE]
    near = near[order]
    return np.hstack([names[near[:, 0]], names[near[:, 1]]]), differ[order]
