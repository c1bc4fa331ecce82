"""Waiting for a short job where its answer is wanted, with a word on what it does."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from fashion_model import jobs
from fashion_model.errors import FittingRoomError

LOOK_EVERY = 0.15  # seconds
SETTLED = 0.6  # seconds without a change before anything is started: a drawing goes on


class _Shared:
    """One job for all visitors who ask the same, also for who reloads meanwhile."""

    def __init__(self, arguments: list[str], folder: Path):
        self.job = jobs.short_job(arguments, folder)
        self.waiting = 0
        self._turn = threading.Lock()  # a job is not made for two threads

    @property
    def done(self) -> bool:
        with self._turn:
            return self.job.done

    def end(self) -> None:
        with self._turn:
            if not self.job.done:
                self.job.process.terminate()


@st.cache_resource(max_entries=32, show_spinner=False)
def _shared(arguments: tuple[str, ...], folder: str) -> _Shared:
    return _Shared(list(arguments), Path(folder))


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
    asked = tuple(arguments), str(folder)
    shared = _shared(*asked)
    shared.waiting += 1
    try:
        while not shared.done:
            wait()
    finally:
        shared.waiting -= 1
        if not shared.waiting and not lasting:
            shared.end()
        if shared.done or not (shared.waiting or lasting):
            _shared.clear(*asked)  # what it said is on the disk
    told.empty()
    if shared.job.result is None:
        raise FittingRoomError(shared.job.error)
    return shared.job.result
