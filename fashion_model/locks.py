"""Locks that the operating system lets go of when their holder dies, however it dies.

A process number proves nothing: a dead child still answers, and numbers are used again.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from pathlib import Path

from .errors import FittingRoomError

PASSED_LOCK = "FITTING_ROOM_LOCK"  # tells a child which descriptor is the lock it was handed


class Lock:
    """A lock on a file, held until `release`, or until every process that has it is gone.

    A child that is given the file descriptor (`pass_fds`) holds the lock too, so that it is
    handed from one process to the next without a moment in which nobody has it.
    """

    def __init__(self, descriptor: int):
        self.descriptor = descriptor

    @classmethod
    def take(cls, path: Path, wait: float = 1.0) -> Lock | None:
        """The lock, or None where somebody else has kept it for `wait` seconds.

        The default outwaits `is_held`, which has to take the lock for an instant to look.
        """
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise FittingRoomError(
                f"{path.parent} cannot be written: {error.strerror}; make it writable or choose "
                "another folder with FITTING_ROOM_MODELS or FITTING_ROOM_CACHE."
            ) from None
        deadline = time.monotonic() + wait
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return cls(descriptor)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    os.close(descriptor)
                    return None
                time.sleep(0.01)

    def release(self) -> None:
        """Let go of this process's hold on the lock."""
        with contextlib.suppress(OSError):
            os.close(self.descriptor)

    def __enter__(self) -> Lock:
        return self

    def __exit__(self, *_) -> None:
        self.release()


def is_held(path: Path) -> bool:
    """Whether a living process holds the lock on this file."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
