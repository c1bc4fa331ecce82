"""Start, watch, stop and resume what takes long: workers in processes of their own.

A worker is the command a person can type, `python -m fashion_model resume RUN`. It outlives the
server that started it, writes what happens into the run's folder, and is watched by reading that.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, BinaryIO

from . import files
from .cache import cache_folder, keep_newest
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
ANSWERS_KEPT = 500  # some kilobytes each


def start_training(
    recipe: Recipe,
    name: str | None = None,
    title: str | None = None,
    photos: Path | None = None,
) -> Run:
    """A new run, training in a process of its own as soon as it is its turn."""
    run = create_run(recipe, name, title, photos=photos)
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


def work_out(derived: Derived, owner: str = "") -> None:
    """Work out something about a run in a process of its own, unless that is done or begun.

    The owner is the mark of who asked for it first.
    """
    derived.folder.mkdir(parents=True, exist_ok=True)
    lock = Lock.take(derived.folder / "lock")
    if lock is None:
        return
    with lock:
        if derived.arrays is not None:
            return
        for old in ("stop", "error.txt", "progress.json"):
            (derived.folder / old).unlink(missing_ok=True)
        files.write_json(derived.folder / "about.json", {"owner": owner})
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

    def __init__(
        self,
        folder: Path,
        process: subprocess.Popen | None = None,
        printed: BinaryIO | None = None,
        complained: BinaryIO | None = None,
    ):
        self.folder, self.process = folder, process
        self.printed, self.complained = printed, complained

    @property
    def done(self) -> bool:
        """Whether it has ended, well or not."""
        if self.process is None:
            return True
        code = self.process.poll()
        if code is not None:
            with contextlib.suppress(OSError):  # a full disk keeps no answer: there is none
                if code == 0:
                    self._keep_answer()
            self.process = None
        return code is not None

    def _keep_answer(self) -> None:
        self.printed.seek(0)
        self.folder.mkdir(parents=True, exist_ok=True)
        with files.appearing(self.folder / "answer.json") as beside:
            beside.write_bytes(self.printed.read())

    @property
    def result(self) -> dict[str, Any] | None:
        """The answer; None before it is there, or where it failed."""
        return files.read_json(self.folder / "answer.json") if self.done else None

    @property
    def error(self) -> str | None:
        """One sentence about what went wrong; None while all is well."""
        if not self.done or self.result is not None:
            return None
        if self.complained is not None:
            self.complained.seek(0)
            if lines := self.complained.read().decode("utf-8", "replace").strip().splitlines():
                return lines[-1]
        return "It ended without an answer; try again."


def describe(recipe: Recipe) -> ShortJob:
    """The layers of a recipe's network, and how long an epoch takes on this machine."""
    folder = _answer_folder("describe", recipe.to_toml())
    files.write_text(folder / "recipe.toml", recipe.to_toml())
    return short_job(["describe", str(folder / "recipe.toml")], folder)


def short_job(arguments: list[str], folder: Path | None = None) -> ShortJob:
    """Start a command with `--json`, or find the answer it gave before."""
    folder = folder or _answer_folder(*arguments)
    if (folder / "answer.json").exists():
        return ShortJob(folder)
    folder.mkdir(parents=True, exist_ok=True)
    # Without a name, so that nothing is left where it is killed or nobody waits for its end.
    printed = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - read when it has ended
    complained = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - likewise
    process = subprocess.Popen(
        [sys.executable, "-m", "fashion_model", *arguments, "--json"],
        stdin=subprocess.DEVNULL,
        stdout=printed,
        stderr=complained,
        env=_environment(),
    )
    return ShortJob(folder, process, printed, complained)


def _answer_folder(*asked: str) -> Path:
    """Where the answer to this is kept, or will be; for a new one, old ones make room."""
    key = hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:24]
    folder = cache_folder() / "answers" / key
    if not folder.exists():
        folder.mkdir(parents=True, exist_ok=True)
        keep_newest(folder, ANSWERS_KEPT)
    return folder
