"""Who goes first: trainings stand in one queue; other work has a lane for each kind, one at a time.

What takes seconds does not wait behind what takes minutes. A lane is a lock in the user's cache,
because such work also asks of shipped runs, whose folder may not be writable.

A place in the queue is a ticket, a file named by the time and the run. A ticket counts while its
run's lock is held, so whoever dies leaves the queue by dying.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from .cache import cache_folder
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
def short_lane(kind: str, meanwhile: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Wait until no other work of this kind is done, so that they do not crowd the machine.

    `meanwhile` is called now and then while it waits; what it raises ends the waiting.
    """
    folder = cache_folder() / "lanes"
    folder.mkdir(parents=True, exist_ok=True)
    while not (lane := Lock.take(folder / f"{kind}.lock", wait=LOOK_EVERY)):
        meanwhile()
    with lane:
        yield
