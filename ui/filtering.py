"""Which pictures of a part are on the wall, in which order, and how many each filter would give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from fashion_model.classes import CLASSES
from fashion_model.evaluation import Report

RIGHT_OR_WRONG = ("right", "wrong")
SORTS = {
    "stored": "As stored",
    "unsure": "Unsure first",
    "sure": "Surest first",
    "worst": "Worst first",
    "best": "Best first",
}


@dataclass(frozen=True)
class Filters:
    """What the visitor wants to see; None lets everything through."""

    true: str | None = None
    predicted: str | None = None
    answer: str | None = None  # one of RIGHT_OR_WRONG
    confidence: tuple[float, float] = (0.0, 1.0)

    def __str__(self) -> str:
        words = [self.true or "", f"taken for {self.predicted}" if self.predicted else ""]
        words += [f"answered {self.answer}" if self.answer else ""]
        if self.confidence != (0.0, 1.0):
            low, high = (round(100 * end) for end in self.confidence)
            words += [f"between {low} and {high} % sure"]
        return ", ".join(filter(None, words))


def matching(labels: np.ndarray, report: Report | None, filters: Filters) -> np.ndarray:
    """(n,) whether each picture passes. Without a report only the true class can be asked for."""
    passes = np.ones(len(labels), bool)
    if filters.true:
        passes &= labels == CLASSES.index(filters.true)
    if report is None:
        return passes
    if filters.predicted:
        passes &= report.predicted == CLASSES.index(filters.predicted)
    if filters.answer:
        passes &= report.right == (filters.answer == "right")
    low, high = filters.confidence
    # A confidence of 0.9999 is shown as 100 %, and belongs to a range that ends there.
    return passes & (report.confidence >= low) & (report.confidence <= (high if high < 1 else 2))


def counts(
    labels: np.ndarray, report: Report | None, filters: Filters, name: str, options: Sequence[str]
) -> dict[str | None, int]:
    """How many pictures each choice of one filter would show, the other filters staying."""
    return {
        option: int(matching(labels, report, replace(filters, **{name: option})).sum())
        for option in (None, *options)
    }


def ordered(places: np.ndarray, report: Report | None, sort: str) -> np.ndarray:
    """These pictures in one of the orders of SORTS."""
    if report is None or sort == "stored":
        return places
    value = report.confidence if sort in ("unsure", "sure") else report.likely
    if sort in ("sure", "best"):
        value = -value
    return places[np.argsort(value[places], kind="stable")]
