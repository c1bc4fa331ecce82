"""What people decide about labels: keep, relabel or drop. Beside the data, never in it.

A decision is a line of a CSV file in the user's cache: the newest about a picture counts, and
undoing takes the last line away. One process or thread at a time changes it. A recipe with
`labels = "reviewed"` trains with them. Only training pictures are learned from otherwise: the
labels of the validation part and of the test set stay as they were given, so that all runs are
measured alike.
"""

from __future__ import annotations

import csv
import dataclasses
import io
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from . import files
from .cache import cache_folder
from .classes import CLASSES
from .data import Dataset
from .errors import FittingRoomError
from .locks import Lock
from .rules import rules

if TYPE_CHECKING:
    from .runs import Run

KEEP, RELABEL, DROP = DECISIONS = ("keep", "relabel", "drop")
HEADS = ("picture", "given", "decision", "label", "when")
REVIEWED = "labels.csv"  # in a run's folder: the decisions it trained with
PATIENCE = 10.0  # seconds to wait for somebody else who is just deciding


@dataclass(frozen=True)
class Decision:
    """What somebody decided about one picture."""

    picture: str  # `train-123` or `test-5`: the official file and the number in it
    given: str
    decision: str
    label: str  # the label from now on; the given one unless it was changed, empty when dropped
    when: str = ""


def decisions_file() -> Path:
    """Where the decisions of this computer lie."""
    return cache_folder() / "labels" / "decisions.csv"


def decided(path: Path | None = None) -> dict[str, Decision]:
    """The decision that counts for each picture, in the order they were first decided."""
    return {one.picture: one for one in _lines(path or decisions_file())}


def decide(picture: str, given: str, decision: str, label: str = "") -> Decision:
    """Write a decision down; `label` is needed to relabel."""
    if rules().public:
        raise FittingRoomError("This server is public, so nothing is decided about labels here.")
    if decision not in DECISIONS:
        raise FittingRoomError(f"{decision!r} is no decision: there are {', '.join(DECISIONS)}.")
    if decision == RELABEL and (label not in CLASSES or label == given):
        raise FittingRoomError("To relabel a picture, name another one of the ten classes.")
    label = {KEEP: given, DROP: ""}.get(decision, label)
    when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    made = Decision(picture, given, decision, label, when)
    with _alone():
        _write([*_lines(decisions_file()), made])
    return made


def undo() -> Decision | None:
    """Take the last decision back; what was decided about its picture before counts again."""
    with _alone():
        lines = _lines(decisions_file())
        if lines:
            _write(lines[:-1])
    return lines[-1] if lines else None


def as_csv(decisions: dict[str, Decision]) -> str:
    """What counts, as CSV."""
    return _csv(list(decisions.values()))


def decisions_to_learn() -> str:
    """The same for a run that is to learn from them, which keeps a copy: they may change."""
    decisions = decided()
    if not decisions:
        raise FittingRoomError(
            "No label has been decided about yet: look through the labels to doubt on the "
            'Confusions page, or train with `labels = "given"`.'
        )
    return as_csv(decisions)


def with_reviews(run: Run, dataset: Dataset) -> Dataset:
    """The data set as a run learns it: with the decisions it was given, if any."""
    if run.recipe.labels == "given":
        return dataset
    path = run.folder / REVIEWED
    if not path.exists():
        raise FittingRoomError(
            f"The decisions about labels that {run.title} learns from are missing: {path.name} "
            "belongs into its folder."
        )
    return apply(dataset, decided(path))


def apply(dataset: Dataset, decisions: dict[str, Decision]) -> Dataset:
    """The data set with the labels of its training part as decided, and without what was dropped.

    Validation part and test set stay as they are.
    """
    part = dataset.train
    places = {f"train-{number}": place for place, number in enumerate(part.numbers.tolist())}
    labels, kept = np.array(part.labels), np.ones(len(part.labels), bool)
    for name, one in decisions.items():
        if name in places and one.decision == RELABEL:
            labels[places[name]] = CLASSES.index(one.label)
        elif name in places and one.decision == DROP:
            kept[places[name]] = False
    train = dataclasses.replace(
        part, images=part.images[kept], labels=labels[kept], numbers=part.numbers[kept]
    )
    return dataclasses.replace(dataset, train=train)


def _lines(path: Path) -> list[Decision]:
    try:
        rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
    except OSError:
        return []
    except (UnicodeDecodeError, csv.Error):
        raise FittingRoomError(
            f"The decisions about labels in {path} cannot be read: mend the file or move it away."
        ) from None
    made = [Decision(*(row.get(head) or "" for head in HEADS)) for row in rows]
    return [
        one
        for one in made
        if one.decision in DECISIONS and (one.decision != RELABEL or one.label in CLASSES)
    ]


@contextmanager
def _alone() -> Iterator[None]:
    """Nobody else changes the decisions meanwhile."""
    folder = decisions_file().parent
    folder.mkdir(parents=True, exist_ok=True)
    lock = Lock.take(folder / "lock", wait=PATIENCE)
    if lock is None:
        raise FittingRoomError("Others are deciding about labels just now: try again.")
    with lock:
        yield


def _write(lines: list[Decision]) -> None:
    files.write_text(decisions_file(), _csv(lines))


def _csv(lines: list[Decision]) -> str:
    file = io.StringIO()
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow(HEADS)
    rows.writerows(dataclasses.astuple(one) for one in lines)
    return file.getvalue()
