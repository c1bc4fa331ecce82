"""Two lanes: trainings go one at a time, in the order they were asked for; short jobs likewise.

A place in the queue is a ticket, a file named by the time and the run. A ticket counts while its
run's lock is held, so whoever dies leaves the queue by dying.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from .locks import Lock
from .runs import Run, runs_folder

LOOK_EVERY = 0.3  # seconds between two looks at the queue


def lane_folder() -> Path:
    return runs_folder() / ".lanes"


def waiting() -> list[Run]:
    """The runs that train or wait to, the one whose turn it is first."""
    runs = []
    for ticket in sorted(lane_folder().glob("*.ticket")):
        run = Run(runs_folder() / ticket.stem.partition("-")[2])
        if run.working:
            runs.append(run)
        else:
            with contextlib.suppress(OSError):  # a folder that can only be read is only read
                ticket.unlink()
    return runs


def place_in_queue(run: Run) -> int | None:
    """How many are before this run: 0 is its turn, None is not in the queue."""
    queue = waiting()
    return queue.index(run) if run in queue else None


def take_ticket(run: Run) -> None:
    """Stand in the queue; whoever holds the run's lock may. Standing already is fine."""
    if place_in_queue(run) is None:
        lane_folder().mkdir(exist_ok=True)
        (lane_folder() / f"{time.time_ns():020d}-{run.name}.ticket").touch()
        run.record("queued")


@contextmanager
def take_turn(run: Run, say: Callable[[str], None]) -> Iterator[Lock | None]:
    """Wait in the queue and hold the lane; None where the run was told to stop meanwhile."""
    take_ticket(run)
    told = None
    try:
        while (before := place_in_queue(run)) or not (
            lane := Lock.take(lane_folder() / "training.lock", wait=0)
        ):
            if (run.folder / "stop").exists():
                yield None
                return
            if before and before != told:
                told = before
                say(f"Waiting for {before} training{'s' if before > 1 else ''} to end")
            time.sleep(LOOK_EVERY)
        with lane:
            yield lane
    finally:
        for ticket in lane_folder().glob(f"*-{run.name}.ticket"):
            if ticket.stem.partition("-")[2] == run.name:
                ticket.unlink(missing_ok=True)


@contextmanager
def short_lane(name: str = "short") -> Iterator[None]:
    """Wait for the lane of short jobs, so that they do not crowd the machine together.

    What takes seconds has a lane of its own, so as not to wait behind what takes minutes.
    """
    lane_folder().mkdir(parents=True, exist_ok=True)
    while not (lane := Lock.take(lane_folder() / f"{name}.lock", wait=60)):
        pass
    with lane:
        yield
