"""Waiting for a short job where its answer is wanted, with a word on what it does."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from fashion_model import jobs
from fashion_model.errors import FittingRoomError

LOOK_EVERY = 0.15  # seconds


@st.cache_resource(max_entries=32, show_spinner=False)
def _job(arguments: tuple[str, ...], folder: str) -> jobs.ShortJob:
    """One job for all visitors who ask the same, also for who reloads meanwhile."""
    return jobs.short_job(list(arguments), Path(folder))


def answer_of(
    arguments: list[str], folder: Path, doing: str, share: Callable[[], float] | None = None
) -> dict[str, Any]:
    """The job's answer, waited for; what goes wrong is raised as its own sentence.

    A click of the visitor ends the waiting, not the job: its answer is there the next time.
    """
    asked = tuple(arguments), str(folder)
    job = _job(*asked)
    if not job.done:
        told = st.empty()
        while not job.done:
            if share:
                told.progress(min(share(), 1.0), doing)
            else:
                told.caption(f":material/hourglass_top: {doing}")
            time.sleep(LOOK_EVERY)
        told.empty()
    _job.clear(*asked)  # what it said is on the disk
    if job.result is None:
        raise FittingRoomError(job.error)
    return job.result
