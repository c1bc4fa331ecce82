"""What can be worked out again from a run: done once, by a worker, and kept in the user's cache.

A shipped run's folder is in git and may not be writable, so nothing derived lies in it; it lies
under the hash of the network, so that a run that is trained on or finished anew begins afresh.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from . import files
from .cache import cache_folder, keep_newest
from .errors import FittingRoomError
from .fingerprint import fingerprint
from .lanes import short_lane
from .locks import PASSED_LOCK, Lock, is_held
from .runs import Run

KINDS = {"robustness": 1, "map": 1, "doubts": 1}  # a new number whenever what is stored changes
RUNS_KEPT = 100  # some megabytes each; the one worked at longest ago makes room
WRITE_EVERY = 0.3  # seconds between two words of progress

Arrays = dict[str, np.ndarray]
Tell = Callable[[float, str], None]  # how far it is, 0 to 1, and what it does


class StoppedError(FittingRoomError):
    """Somebody pressed stop."""


def derived_folder(run: Run) -> Path:
    """Where everything lies that is worked out from this run's network."""
    return cache_folder() / "derived" / fingerprint(run)


class Derived:
    """One thing worked out from a run: whether it is there, and how far it is where it is not."""

    def __init__(self, run: Run, kind: str):
        self.run, self.kind = run, kind
        self.folder = derived_folder(run) / f"{kind}-{KINDS[kind]}"
        self.path = self.folder / "arrays.npz"

    @property
    def arrays(self) -> Arrays | None:
        """What was worked out; None until it is, or where it cannot be read any more."""
        return files.read_arrays(self.path)

    @property
    def working(self) -> bool:
        """Whether a living process works on it or waits to."""
        return is_held(self.folder / "lock")

    @property
    def progress(self) -> tuple[float, str]:
        """How far the worker is, from 0 to 1, and what it does."""
        told = files.read_json(self.folder / "progress.json") or {}
        return float(told.get("share", 0.0)), str(told.get("sentence", "Starting"))

    @property
    def owner(self) -> str:
        """The mark of the visitor who asked for it; empty where nobody said."""
        return str((files.read_json(self.folder / "about.json") or {}).get("owner", ""))

    @property
    def error(self) -> str | None:
        """One sentence about what went wrong; None while all is well."""
        if self.working or self.arrays is not None:
            return None
        with contextlib.suppress(OSError):
            return (self.folder / "error.txt").read_text(encoding="utf-8")
        if (self.folder / "progress.json").exists():
            return "It ended without a word: try again."
        return None

    def stop(self) -> None:
        """Ask the worker to end, with nothing."""
        if self.working:
            files.write_text(self.folder / "stop", "stop")

    def make(self, compute: Callable[[Tell], Arrays], tell: Tell | None = None) -> Arrays:
        """What is there already, or else what `compute` gives, kept for the next time.

        `compute` is handed a function to call now and then with how far it is; the call ends
        the work where somebody has asked for that. `tell` hears the same. Somebody else who
        works on it is waited for.
        """
        if (known := self.arrays) is not None:
            return known
        with self._hold():
            if (known := self.arrays) is not None:
                return known
            (self.folder / "error.txt").unlink(missing_ok=True)
            keep_newest(self.folder.parent, RUNS_KEPT)
            speak = _Speaker(self.folder, tell)
            try:
                speak(0.0, "Starting")
                with short_lane("derived", lambda: speak(0.0, "Waiting for other work to end")):
                    found = compute(speak)
                files.write_arrays(self.path, **found)
            except StoppedError:
                raise
            except Exception as error:
                files.write_text(self.folder / "error.txt", _sentence(error))
                raise
            finally:
                for left in ("progress.json", "stop"):
                    (self.folder / left).unlink(missing_ok=True)
            return found

    def _hold(self) -> Lock:
        passed = os.environ.pop(PASSED_LOCK, None)
        if passed:
            return Lock(int(passed))
        self.folder.mkdir(parents=True, exist_ok=True)
        while not (lock := Lock.take(self.folder / "lock", wait=60)):
            pass
        (self.folder / "stop").unlink(missing_ok=True)  # asked of somebody who was gone already
        return lock


class _Speaker:
    """Writes down how far the work is, a few times a second, and hears who wants it to stop."""

    def __init__(self, folder: Path, tell: Tell | None):
        self.folder, self.tell, self.last = folder, tell, (0.0, "")

    def __call__(self, share: float, sentence: str) -> None:
        if (self.folder / "stop").exists():
            raise StoppedError("Stopped before it was done; nothing was kept.")
        when, before = self.last
        if sentence == before and time.monotonic() - when < WRITE_EVERY:
            return
        self.last = time.monotonic(), sentence
        told = {"share": round(share, 4), "sentence": sentence}
        files.write_json(self.folder / "progress.json", told)
        if self.tell:
            self.tell(share, sentence)


def _sentence(error: Exception) -> str:
    if isinstance(error, FittingRoomError):
        return str(error)
    if isinstance(error, MemoryError):
        return "It ran out of memory: end other programs and try again."
    return f"It broke off ({type(error).__name__}); the worker's log says where."
