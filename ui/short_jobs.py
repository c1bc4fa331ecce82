"""Waiting for a short job where its answer is wanted, with a word on what it does."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any

import streamlit as st

from fashion_model import jobs
from fashion_model.errors import FittingRoomError

LOOK_EVERY = 0.15  # seconds
SETTLED = 0.6  # seconds without a change before anything is started: a drawing goes on


class Waited:
    """A job that visitors wait for together: made by `join`, and given back to `leave`."""

    def __init__(self, asked: Hashable, job: jobs.ShortJob):
        self.asked = asked
        self.job = job
        self.waiting = 0

    @property
    def done(self) -> bool:
        """Whether it has ended, well or not."""
        with _TURN:
            return self.job.done


_TURN = threading.Lock()  # also because a job is not made for two threads
_under_way: dict[Hashable, Waited] = {}


def join(asked: Hashable, start: Callable[[], jobs.ShortJob]) -> Waited:
    """Wait for the one job of all who ask the same, also of who reloaded; `start` makes it."""
    with _TURN:
        for over in [one for one in _under_way.values() if one.job.done]:
            del _under_way[over.asked]  # what it said is on the disk
        if asked not in _under_way:
            _under_way[asked] = Waited(asked, start())
        waited = _under_way[asked]
        waited.waiting += 1
        return waited


def leave(waited: Waited, lasting: bool = False) -> None:
    """Wait no more. A job that nobody waits for is ended, unless it is `lasting`."""
    with _TURN:
        waited.waiting -= 1
        if not (waited.waiting or lasting or waited.job.done):
            waited.job.process.terminate()
            del _under_way[waited.asked]


def answer_of(
    arguments: list[str],
    folder: Path,
    doing: str,
    share: Callable[[], float] | None = None,
    lasting: bool = False,
) -> dict[str, Any]:
    """The job's answer, waited for; what goes wrong is raised as its own sentence.

    A job that nobody waits for any more is ended, unless it is `lasting`, of use to everybody.
    `share` tells how much is done.
    """
    told = st.empty()

    def wait() -> None:
        """A visitor who does something else meanwhile is heard here, and the waiting is over."""
        if share:
            told.progress(min(share(), 1.0), doing)
        else:
            told.caption(f":material/hourglass_top: {doing}")
        time.sleep(LOOK_EVERY)

    if not lasting and not (folder / "answer.json").exists():
        for _ in range(round(SETTLED / LOOK_EVERY)):
            wait()
    waited = join(folder, lambda: jobs.short_job(arguments, folder))
    try:
        while not waited.done:
            wait()
    finally:
        leave(waited, lasting)
    told.empty()
    if waited.job.result is None:
        raise FittingRoomError(waited.job.error)
    return waited.job.result
