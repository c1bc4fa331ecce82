"""Arrays in, `Report` out: how good a classifier's answers are, from answers and labels alone.

The pages make reports, so the arithmetic is numpy's: importing `sklearn.metrics` costs two
seconds and 156 MB, more than a page has. The tests hold every figure against scikit-learn's.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from fashion_model.classes import CLASSES
from fashion_model.errors import FittingRoomError

BINS = 15  # of confidence, equally wide: what the literature reports the calibration error with
RESAMPLES = 10_000
SEED = 20170831  # the day the corrected data set was released; any fixed number would do
LEAST_LOG = math.log(1e-7)  # what stands for log 0: a vote of "never" out of a handful of votes


class Confusion(NamedTuple):
    """One kind of mistake: `count` pictures of `true` were taken for `predicted`."""

    true: str
    predicted: str
    count: int
    share: float  # of the pictures that are truly `true`


class Bin(NamedTuple):
    """The answers whose confidence lies in (low, high]."""

    low: float
    high: float
    count: int
    confidence: float  # their mean
    accuracy: float


class Calibration(NamedTuple):
    """Whether an answer given with 80 % confidence is right eight times in ten."""

    ece: float  # expected calibration error: mean of |accuracy - confidence|, weighted by count
    bins: list[Bin]  # without the empty ones, from low confidence to high


class Coverage(NamedTuple):
    """What leaving out the unsure buys, from the surest answers alone to all of them."""

    share: np.ndarray  # of the pictures that keep their answer
    accuracy: np.ndarray  # among those
    confidence: np.ndarray  # the lowest that is kept


@dataclass(frozen=True, eq=False)
class Report:
    """What the answers are worth. Made by `report`; each figure is worked out when first asked."""

    log_probabilities: np.ndarray  # (n, classes), as the model gave them
    labels: np.ndarray  # (n,)
    temperature: float = 1.0
    classes: tuple[str, ...] = CLASSES

    @cached_property
    def probabilities(self) -> np.ndarray:
        """(n, classes), calibrated by the temperature."""
        return apply_temperature(self.log_probabilities, self.temperature)

    @cached_property
    def predicted(self) -> np.ndarray:
        """(n,) the best class of each picture."""
        return self.log_probabilities.argmax(axis=1)

    @cached_property
    def confidence(self) -> np.ndarray:
        """(n,) the calibrated probability of the best class."""
        return self.probabilities.max(axis=1)

    @cached_property
    def likely(self) -> np.ndarray:
        """(n,) the calibrated probability of the true class."""
        return self.probabilities[np.arange(len(self.labels)), self.labels]

    @cached_property
    def right(self) -> np.ndarray:
        """(n,) whether the best class is the true one."""
        return self.predicted == self.labels

    @cached_property
    def accuracy(self) -> float:
        return float(self.right.mean())

    @cached_property
    def interval(self) -> tuple[float, float]:
        """The accuracy's 95 % interval by bootstrap.

        Drawing n pictures anew and counting the right ones is one draw of a binomial.
        """
        n = len(self.labels)
        drawn = np.random.default_rng(SEED).binomial(n, self.accuracy, RESAMPLES) / n
        return _middle_95(drawn)

    def top(self, k: int) -> float:
        """The share of pictures whose true class is among the best `k`."""
        best = np.argpartition(self.log_probabilities, -k, axis=1)[:, -k:]
        return float((best == self.labels[:, None]).any(axis=1).mean())

    @cached_property
    def confusion(self) -> np.ndarray:
        """(classes, classes) counts: rows are true classes, columns predicted ones."""
        k = len(self.classes)
        return np.bincount(self.labels * k + self.predicted, minlength=k * k).reshape(k, k)

    @cached_property
    def per_class(self) -> dict[str, dict[str, float]]:
        """Precision, recall, F1 and support by class name; 0 where there is nothing to divide."""
        right = self.confusion.diagonal()
        support, answered = self.confusion.sum(axis=1), self.confusion.sum(axis=0)
        columns = {
            "precision": _share(right, answered),
            "recall": _share(right, support),
            "f1": _share(2 * right, support + answered),
        }
        return {
            name: {key: float(values[i]) for key, values in columns.items()}
            | {"support": int(support[i])}
            for i, name in enumerate(self.classes)
        }

    @cached_property
    def macro(self) -> dict[str, float]:
        """Precision, recall and F1, every class that occurs among the labels counting alike."""
        return self._mean_of_classes([float(c["support"] > 0) for c in self.per_class.values()])

    @cached_property
    def weighted(self) -> dict[str, float]:
        """Precision, recall and F1, every class counting by its support."""
        return self._mean_of_classes([c["support"] for c in self.per_class.values()])

    def _mean_of_classes(self, weights: list[float]) -> dict[str, float]:
        return {
            key: float(np.average([c[key] for c in self.per_class.values()], weights=weights))
            for key in ("precision", "recall", "f1")
        }

    @cached_property
    def most_confused(self) -> list[Confusion]:
        """All kinds of mistake that occur, the most frequent first."""
        support = self.confusion.sum(axis=1)
        mistakes = [
            Confusion(self.classes[t], self.classes[p], int(n), float(n / support[t]))
            for (t, p), n in np.ndenumerate(self.confusion)
            if t != p and n
        ]
        return sorted(mistakes, key=lambda mistake: -mistake.count)

    @cached_property
    def calibration(self) -> Calibration:
        return _calibration(self.confidence, self.right)

    @cached_property
    def calibration_before(self) -> Calibration:
        """The calibration of the model's own confidence, without the temperature."""
        return _calibration(apply_temperature(self.log_probabilities, 1.0).max(axis=1), self.right)

    @cached_property
    def coverage(self) -> Coverage:
        """In steps of one per cent, or of one picture where there are fewer than a hundred."""
        n = len(self.labels)
        order = np.argsort(-self.confidence, kind="stable")
        kept = np.unique(np.ceil(np.linspace(0.01, 1, 100) * n).astype(int))
        right_so_far = self.right[order].cumsum()
        return Coverage(kept / n, right_so_far[kept - 1] / kept, self.confidence[order][kept - 1])

    def to_dict(self) -> dict:
        """What `evaluate` prints: plain numbers that JSON can hold."""
        return {
            "accuracy": self.accuracy,
            "macro_f1": self.macro["f1"],
            "ece": self.calibration.ece,
            "per_class": self.per_class,
            "confusion": self.confusion.tolist(),
        }


def report(
    answers: np.ndarray,
    labels: np.ndarray,
    temperature: float = 1.0,
    classes: Sequence[str] = CLASSES,
) -> Report:
    """Measure answers against labels.

    `answers` are probabilities or their logarithms, (n, classes); `labels` are class numbers,
    some classes of which may be missing. `temperature` (1: none) is what `fit_temperature` gave.
    """
    answers, labels = np.asarray(answers, np.float64), np.asarray(labels, np.int64)
    if len(labels) == 0:
        raise FittingRoomError(
            "There is nothing to measure: no picture has a label, so add some that have one."
        )
    if answers.shape != (len(labels), len(classes)):
        raise ValueError(f"{len(labels)} labels, but answers of shape {answers.shape}")
    # Of several logarithms of probabilities one is at most log(1/2); no probability is below 0.
    if answers.min() > -0.5:
        with np.errstate(divide="ignore"):
            answers = np.log(np.maximum(answers, 0))
    return Report(answers, labels, temperature, tuple(classes))


class Comparison(NamedTuple):
    """Two models on the same pictures."""

    difference: float  # accuracy of the first less that of the second
    interval: tuple[float, float]  # its 95 % interval by paired bootstrap
    p: float  # McNemar's mid-p: how often chance alone would part equals so far
    both: int  # pictures that both get right
    only_a: int
    only_b: int
    neither: int


def compare(a: Report, b: Report) -> Comparison:
    """Compare two reports on the same pictures, picture by picture."""
    if not np.array_equal(a.labels, b.labels):
        raise ValueError("only reports on the same pictures can be compared")
    n = len(a.labels)
    counts = np.bincount(a.right * 2 + b.right, minlength=4)
    neither, only_b, only_a, both = (int(count) for count in counts)
    # Drawing n pairs of answers anew is one draw of a multinomial.
    shares = np.array([only_a, only_b, both + neither]) / n
    drawn = np.random.default_rng(SEED).multinomial(n, shares, RESAMPLES)
    interval = _middle_95((drawn[:, 0] - drawn[:, 1]) / n)
    p = _mcnemar(only_a, only_b)
    return Comparison((only_a - only_b) / n, interval, p, both, only_a, only_b, neither)


def apply_temperature(log_probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """Probabilities from logarithms (or scores), flattened where the temperature is above 1."""
    scaled = _finite(log_probabilities) / temperature
    scaled -= scaled.max(axis=-1, keepdims=True)
    powers = np.exp(scaled)
    return powers / powers.sum(axis=-1, keepdims=True)


def fit_temperature(log_probabilities: np.ndarray, labels: np.ndarray) -> float:
    """The temperature, from 0.05 to 20, under which these labels are the least surprising."""
    from scipy.optimize import minimize_scalar  # half a second that only the end of a run pays

    logs = _finite(log_probabilities)
    labels = np.asarray(labels, np.int64)[:, None]

    def surprise(log_temperature: float) -> float:
        scaled = logs / math.exp(log_temperature)
        scaled -= scaled.max(axis=1, keepdims=True)
        true = np.take_along_axis(scaled, labels, axis=1)[:, 0]
        return float((np.log(np.exp(scaled).sum(axis=1)) - true).mean())

    bounds = (math.log(0.05), math.log(20))
    return float(math.exp(minimize_scalar(surprise, bounds=bounds, method="bounded").x))


def conformal_threshold(probabilities: np.ndarray, labels: np.ndarray, level: float) -> float:
    """The probability from which a class belongs to the set (split conformal, LAC).

    Sets made with it hold the true class at least as often as `level` says, on average over
    pictures drawn like these, which must be none that the model was trained on. 0, so every
    class, where there are too few pictures to promise `level`.
    """
    of_the_true = np.sort(np.asarray(probabilities)[np.arange(len(labels)), labels])
    n = len(of_the_true)
    # ceil((n + 1) level) of the n must clear the threshold; + 1 because the new picture counts.
    # The rounding keeps 0.9 × 10 from becoming 9.000000000000002 and then 10.
    needed = math.ceil(round((n + 1) * level, 9))
    return float(of_the_true[n - needed]) if needed <= n else 0.0


def prediction_sets(probabilities: np.ndarray, threshold: float) -> np.ndarray:
    """(n, classes) bool: the classes that may be the true one, the best of them always."""
    probabilities = np.asarray(probabilities)
    best = probabilities >= probabilities.max(axis=-1, keepdims=True)
    return (probabilities >= threshold) | best


def _finite(log_probabilities: np.ndarray) -> np.ndarray:
    """A new array in which log 0 is a number below all others, so that it can be scaled."""
    logs = np.array(log_probabilities, np.float64)
    never = np.isneginf(logs)
    if never.any():
        logs[never] = min(LEAST_LOG, logs[~never].min())
    return logs


def _calibration(confidence: np.ndarray, right: np.ndarray) -> Calibration:
    place = np.clip(np.ceil(confidence * BINS).astype(int) - 1, 0, BINS - 1)
    count = np.bincount(place, minlength=BINS)
    mean_confidence = _share(np.bincount(place, confidence, BINS), count)
    accuracy = _share(np.bincount(place, right, BINS), count)
    bins = [
        Bin(i / BINS, (i + 1) / BINS, int(count[i]), float(mean_confidence[i]), float(accuracy[i]))
        for i in np.flatnonzero(count)
    ]
    ece = float((count * abs(accuracy - mean_confidence)).sum() / len(right))
    return Calibration(ece, bins)


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """part / whole, and 0 where the whole is 0."""
    return np.divide(part, whole, out=np.zeros(len(whole)), where=whole > 0)


def _middle_95(drawn: np.ndarray) -> tuple[float, float]:
    low, high = np.quantile(drawn, (0.025, 0.975))
    return float(low), float(high)


def _mcnemar(only_a: int, only_b: int) -> float:
    """Exact binomial test that both are equally often the only one right, as mid-p."""
    n, fewer = only_a + only_b, min(only_a, only_b)
    if only_a == only_b:
        return 1.0
    logs = [
        math.lgamma(n + 1) - math.lgamma(i + 1) - math.lgamma(n - i + 1) - n * math.log(2)
        for i in range(fewer + 1)
    ]
    tail = [math.exp(log) for log in logs]
    return min(1.0, 2 * sum(tail) - tail[-1])
