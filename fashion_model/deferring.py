"""When to ask a person: answers below a confidence are handed over, and what that buys.

A threshold is a whole per cent, as on the slider. It is chosen on the validation part; what it
does is told of the test set. Arithmetic on reports alone: nothing here touches a disk.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from .evaluation import Report, conformal_threshold, prediction_sets


@dataclass(frozen=True)
class Kept:
    """What is left to the model at a threshold, of all pictures or of those called one class."""

    of: int  # answers in all
    kept: int  # answers that are sure enough
    right: int  # right ones among the kept
    right_in_all: int

    @property
    def share(self) -> float:
        return self.kept / self.of if self.of else math.nan

    @property
    def accuracy(self) -> float:
        """Among the kept; not a number where nothing is kept."""
        return self.right / self.kept if self.kept else math.nan


def kept_at(report: Report, percent: int) -> Kept:
    """What the model keeps when everything below this confidence goes to a person."""
    return _kept(report, percent, np.ones(len(report.labels), bool))


def kept_by_class(report: Report, percent: int) -> dict[str, Kept]:
    """The same for the pictures it calls each class: what it says is known, what is true is not."""
    return {
        name: _kept(report, percent, report.predicted == number)
        for number, name in enumerate(report.classes)
    }


def _kept(report: Report, percent: int, among: np.ndarray) -> Kept:
    kept = among & (report.confidence >= percent / 100)
    right = report.right
    return Kept(*(int(mask.sum()) for mask in (among, kept, kept & right, among & right)))


def percent_for(validation: Report, goal: float) -> int | None:
    """The lowest threshold at which this share of the kept validation answers is right.

    None where no threshold reaches it.
    """
    return next((p for p in range(100) if kept_at(validation, p).accuracy >= goal), None)


@dataclass(frozen=True, eq=False)
class Sets:
    """Sets of labels that hold the true one as often as was asked for."""

    threshold: float
    members: np.ndarray  # (n, classes) whether the class is in the set of each picture
    labels: np.ndarray

    @property
    def sizes(self) -> np.ndarray:
        """(n,) how many labels are in each set."""
        return self.members.sum(axis=1)

    @property
    def holds(self) -> np.ndarray:
        """(n,) whether the true label is in each set."""
        return self.members[np.arange(len(self.labels)), self.labels]


def sets_at(validation: Report, measured: Report, level: float) -> Sets:
    """Sets for the measured pictures, with the threshold that the validation part gives."""
    threshold = conformal_threshold(validation.probabilities, validation.labels, level)
    members = prediction_sets(measured.probabilities, threshold)
    return Sets(threshold, members, measured.labels)
