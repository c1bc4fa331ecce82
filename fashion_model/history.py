"""What a run writes down while it trains: one event a line, appended and flushed.

A reader may come at any moment, also while a line is being written, and a killed worker may
leave half a line: a line that cannot be read is passed over.
"""

from __future__ import annotations

import errno
import json
import os
import time
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class History:
    """The story of a run so far."""

    start: dict[str, Any] | None = None  # the latest start; None before the first
    epochs: list[dict[str, Any]] = field(default_factory=list)
    batches: list[dict[str, Any]] = field(default_factory=list)  # of the epoch under way
    end: dict[str, Any] | None = None  # how the latest training ended, and why
    finished: bool = False  # whether result and files were made since the latest start
    last: dict[str, Any] | None = None  # the latest event of all

    @property
    def last_batch(self) -> dict[str, Any] | None:
        """The latest word from the epoch under way."""
        return self.batches[-1] if self.batches else None

    @property
    def trained(self) -> int:
        """Epochs that were trained to their end."""
        return sum(not epoch.get("partial") for epoch in self.epochs)

    @property
    def best(self) -> dict[str, Any] | None:
        """The epoch whose weights are kept."""
        return next((epoch for epoch in reversed(self.epochs) if epoch.get("best")), None)

    @property
    def seconds(self) -> float:
        """How long the training took, without the time it lay still."""
        if self.end and "seconds" in self.end:
            return self.end["seconds"]
        return sum(epoch.get("seconds", 0.0) for epoch in self.epochs)

    @property
    def last_event(self) -> str | None:
        """The name of the latest event."""
        return self.last["event"] if self.last else None


def append_event(path: Path, event: str, **facts: Any) -> None:
    """Add an event, whole, so that a reader sees it at once."""
    line = json.dumps({"event": event, "time": round(time.time(), 3), **facts}) + "\n"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
    try:
        size = os.fstat(descriptor).st_size
        if size and os.pread(descriptor, 1, size - 1) != b"\n":
            line = "\n" + line  # a killed worker left half a line: do not write into it
        if os.write(descriptor, line.encode()) < len(line.encode()):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
    finally:
        os.close(descriptor)


def read_history(path: Path) -> History:
    """The history in a file; an empty one where there is no file."""
    try:
        facts = path.stat()
    except OSError:
        return History()
    return _read(path, facts.st_size, facts.st_mtime_ns)


@lru_cache(maxsize=64)
def _read(path: Path, size: int, changed: int) -> History:
    """Read once for each state of the file; pages ask every second for what rarely changed."""
    start, end, last, finished = None, None, None, False
    epochs: dict[int, dict] = {}
    batches: list[dict] = []
    try:
        lines = path.read_bytes().split(b"\n")[:-1]  # what follows the last newline is half a line
    except OSError:
        return History()
    for line in lines:
        try:
            event = json.loads(line)
            kind = event["event"]
            number = int(event["epoch"]) if kind == "epoch" else None
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
            continue
        last = event
        if kind == "start":
            start, end, finished, batches = event, None, False, []
            kept = event.get("resumed_from") or 0
            epochs = {number: epoch for number, epoch in epochs.items() if number <= kept}
        elif kind == "batch":
            batches.append(event)
        elif kind == "epoch":
            epochs[number] = event
            batches = []
        elif kind == "end":
            end = event
        elif kind == "finish":
            finished = True
    in_order = [epochs[number] for number in sorted(epochs)]
    return History(start, in_order, batches, end, finished, last)
