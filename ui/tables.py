"""A report as rows: which pictures stand behind a number, and what is downloaded."""

from __future__ import annotations

import csv
import io

import numpy as np

from fashion_model.evaluation import Report


def worst_first(
    report: Report, true: int | None = None, predicted: int | None = None
) -> np.ndarray:
    """The pictures of a cell, those whose true class was thought least likely first.

    Without a true or a predicted class: the mistakes among all of them.
    """
    wanted = np.ones(len(report.labels), bool)
    if true is not None:
        wanted &= report.labels == true
    if predicted is not None:
        wanted &= report.predicted == predicted
    if true is None or predicted is None:
        wanted &= ~report.right
    places = np.flatnonzero(wanted)
    return places[np.argsort(report.likely[places], kind="stable")]


def class_rows(report: Report) -> list[dict[str, str | float | int]]:
    """Precision, recall, F1 and number of pictures of each class, the hardest class first."""
    rows = sorted(report.per_class.items(), key=lambda item: item[1]["f1"])
    return [
        {
            "Class": name,
            "Precision": figures["precision"],
            "Recall": figures["recall"],
            "F1": figures["f1"],
            "Pictures": int(figures["support"]),
        }
        for name, figures in rows
    ]


def class_csv(report: Report) -> str:
    """The same rows as CSV."""
    rows = class_rows(report)
    return _csv([list(rows[0]), *(list(row.values()) for row in rows)])


def matrix_csv(report: Report) -> str:
    """The counts: a row for each true class, a column for each predicted one."""
    header = ["true \\ predicted", *report.classes]
    rows = zip(report.classes, report.confusion.tolist(), strict=True)
    return _csv([header, *([name, *counts] for name, counts in rows)])


def _csv(rows: list[list]) -> str:
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows(rows)
    return file.getvalue()
