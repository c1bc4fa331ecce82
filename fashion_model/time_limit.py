"""The time a run may train where the server sets one (FITTING_ROOM_MOST_MINUTES)."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from . import files
from .rules import rules
from .runs import OUT_OF_TIME, Run


def stop_asked(run: Run) -> str:
    """What somebody who wants the run to stop wrote down; empty while nobody does."""
    try:
        return (run.folder / "stop").read_text(encoding="utf-8") or "stop"
    except OSError:
        return ""


@contextmanager
def limited(run: Run, over: Callable[[Run], None]) -> Iterator[None]:
    """Call `over` when the run has trained as long as it may, what it did before counted."""
    minutes = rules().most_minutes
    if minutes is None:
        yield
        return
    timer = threading.Timer(max(60 * minutes - run.history.seconds, 0), over, [run])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def stop_with_the_best(run: Run) -> None:
    """For what trains step by step: it ends after this batch, with its best weights so far."""
    if not stop_asked(run):
        files.write_text(run.folder / "stop", OUT_OF_TIME)


def break_off(run: Run) -> None:
    """For what is trained in one go, and hears nobody meanwhile: its process ends here."""
    run.record(
        "fail",
        message="Its time on this server was over: try a smaller share of the training set.",
    )
    os._exit(1)
