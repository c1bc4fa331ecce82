"""Start, watch, stop and resume what takes long: workers in processes of their own.

A worker is the command a person can type, `python -m fashion_model resume RUN`. It outlives the
server that started it, writes what happens into the run's folder, and is watched by reading that.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from . import files
from .cache import cache_folder
from .changing import delete_run
from .creating import create_run
from .derived import Derived
from .errors import FittingRoomError
from .lanes import place_in_queue, take_ticket
from .locks import PASSED_LOCK, Lock
from .recipes import Recipe
from .runs import Run

__all__ = [
    "ShortJob",
    "describe",
    "discard",
    "finish",
    "place_in_queue",
    "resume",
    "short_job",
    "start_training",
    "stop",
    "work_out",
]

PROJECT = Path(__file__).parent.parent


def start_training(
    recipe: Recipe,
    name: str | None = None,
    title: str | None = None,
    made_from: str | None = None,
    photos: Path | None = None,
) -> Run:
    """A new run, training in a process of its own as soon as it is its turn."""
    run = create_run(recipe, name, title, made_from, photos)
    _start_worker(run, "resume", queue=True)
    return run


def resume(run: Run) -> Run:
    """Train on where the run ended."""
    if not run.resumable:
        raise FittingRoomError(f"The run {run.name} is {run.state}: there is nothing to resume.")
    _start_worker(run, "resume", queue=True)
    return run


def finish(run: Run) -> Run:
    """Make anew everything the run is served and judged by."""
    _start_worker(run, "finish")
    return run


def stop(run: Run) -> None:
    """Ask a run to stop; it keeps its best weights so far and ends as a usable run."""
    if not run.working:
        raise FittingRoomError(f"The run {run.name} is {run.state}: there is nothing to stop.")
    files.write_text(run.folder / "stop", "stop")


def discard(run: Run) -> None:
    """Stop a run, if it works, and throw it away."""
    if run.working:
        files.write_text(run.folder / "stop", "discard")
    else:
        delete_run(run)


def work_out(derived: Derived) -> None:
    """Work out something about a run in a process of its own, unless that is done or begun."""
    derived.folder.mkdir(parents=True, exist_ok=True)
    lock = Lock.take(derived.folder / "lock")
    if lock is None:
        return
    with lock:
        if derived.arrays is not None:
            return
        for old in ("stop", "error.txt", "progress.json"):
            (derived.folder / old).unlink(missing_ok=True)
        _spawn([derived.kind, derived.run.name, "--json"], derived.folder / "worker.log", lock)


def _start_worker(run: Run, command: str, queue: bool = False) -> None:
    lock = Lock.take(run.folder / "lock")
    if lock is None:
        raise FittingRoomError(f"Somebody works on the run {run.name} already.")
    with lock:
        (run.folder / "stop").unlink(missing_ok=True)
        if queue:
            take_ticket(run)
        _spawn([command, run.name], run.folder / "worker.log", lock)


def _spawn(arguments: list[str], log_file: Path, lock: Lock) -> None:
    """Start a worker, which holds the lock too from the moment it exists."""
    with open(log_file, "ab") as log:
        subprocess.Popen(
            [sys.executable, "-m", "fashion_model", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=_environment() | {PASSED_LOCK: str(lock.descriptor)},
            pass_fds=[lock.descriptor],
            start_new_session=True,  # so that it lives on when the server goes
        )


def _environment() -> dict[str, str]:
    """A worker finds the library wherever it starts: relative paths keep their meaning."""
    before = os.environ.get("PYTHONPATH")
    return os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, (str(PROJECT), before)))}


class ShortJob:
    """A command that answers in JSON within seconds, in a process of its own.

    Its answer is kept in the cache, so that asking again costs nothing.
    """

    def __init__(self, folder: Path, process: subprocess.Popen | None = None):
        self.folder = folder
        self.process = process

    @property
    def done(self) -> bool:
        """Whether it has ended, well or not."""
        if self.process is None:
            return True
        code = self.process.poll()
        if code is not None:
            printed = self.folder / f"printed-{self.process.pid}"
            if code == 0 and printed.exists():
                os.replace(printed, self.folder / "answer.json")
            self.process = None
        return code is not None

    @property
    def result(self) -> dict[str, Any] | None:
        """The answer; None before it is there, or where it failed."""
        return files.read_json(self.folder / "answer.json") if self.done else None

    @property
    def error(self) -> str | None:
        """One sentence about what went wrong; None while all is well."""
        if not self.done or self.result is not None:
            return None
        lines = (self.folder / "errors.txt").read_text(encoding="utf-8").strip().splitlines()
        return lines[-1] if lines else "It ended without an answer; try again."


def describe(recipe: Recipe) -> ShortJob:
    """The layers of a recipe's network, and how long an epoch takes on this machine."""
    folder = _answer_folder("describe", recipe.to_toml())
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "recipe.toml").write_text(recipe.to_toml(), encoding="utf-8")
    return short_job(["describe", str(folder / "recipe.toml")], folder)


def short_job(arguments: list[str], folder: Path | None = None) -> ShortJob:
    """Start a command with `--json`, or find the answer it gave before."""
    folder = folder or _answer_folder(*arguments)
    if (folder / "answer.json").exists():
        return ShortJob(folder)
    folder.mkdir(parents=True, exist_ok=True)
    half = folder / f"half-{time.time_ns()}"
    with open(half, "wb") as answer, open(folder / "errors.txt", "wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "fashion_model", *arguments, "--json"],
            stdin=subprocess.DEVNULL,
            stdout=answer,
            stderr=errors,
            env=_environment(),
        )
    half.rename(folder / f"printed-{process.pid}")
    return ShortJob(folder, process)


def _answer_folder(*asked: str) -> Path:
    key = hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:24]
    return cache_folder() / "answers" / key
