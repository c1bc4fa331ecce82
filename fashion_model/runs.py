"""A run is a folder, and the folder is the truth: read it, and list all of them.

`models/<name>/` holds the recipe, the history as it happens, the network, and what it answered.
Whether it is training, stopped, finished or failed is read from there each time; there is no
second copy of any state. Files appear whole, and a reader meets a half-made folder unharmed.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np

from . import files
from .errors import FittingRoomError
from .footprint import kills_for_memory
from .history import History, append_event, read_history
from .locks import is_held
from .recipes import Recipe

State = Literal["queued", "training", "stopped", "finished", "failed"]
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
PHOTOS = "photos.txt"  # in a run's folder, until it is finished: where its photos are
OUT_OF_TIME = "time"  # the reason of an end that a limit of the server brought about


def runs_folder() -> Path:
    """The folder of runs: FITTING_ROOM_MODELS, or `models` beside the library."""
    chosen = os.environ.get("FITTING_ROOM_MODELS")
    return Path(chosen) if chosen else Path(__file__).parent.parent / "models"


@dataclass(frozen=True)
class Answers:
    """What a run said of one part of the data, before calibration."""

    log_probabilities: np.ndarray  # (n, 10) float32
    labels: np.ndarray  # (n,) the labels as they were given
    garment: np.ndarray | None = None  # (n,) how much each looks like a garment, 0 to 1


class Run:
    """One run. Its name is its folder and its identity; its title can change."""

    def __init__(self, folder: Path):
        self.folder = folder

    def __repr__(self) -> str:
        return f"Run({self.name!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Run) and other.folder == self.folder

    def __hash__(self) -> int:
        return hash(self.folder)

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def about(self) -> dict[str, Any]:
        return files.read_json(self.folder / "about.json") or {}

    @property
    def title(self) -> str:
        return self.about.get("title") or self.name

    @property
    def created(self) -> float:
        """When it was made, in seconds since 1970."""
        created = self.about.get("created")
        try:
            return float(created) if isinstance(created, int | float) else 0.0
        except OverflowError:  # a folder from elsewhere may say anything
            return 0.0

    @property
    def recipe_name(self) -> str:
        """What its recipe was made from: a preset's name, a file's, or a kind."""
        return self.about.get("recipe") or self.recipe.kind

    @property
    def shipped(self) -> bool:
        """Whether it came with the project; such a run is neither renamed nor deleted."""
        return bool(self.about.get("shipped"))

    @cached_property
    def recipe(self) -> Recipe:
        try:
            return Recipe.from_toml((self.folder / "recipe.toml").read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError):
            raise FittingRoomError(
                f"The run {self.name} has no readable recipe.toml: it was deleted or is half-made."
            ) from None

    @property
    def photos(self) -> Path | None:
        """The folder of people's own photos it learns from too; known on this machine only."""
        try:
            return Path((self.folder / PHOTOS).read_text(encoding="utf-8"))
        except OSError:
            return None

    @property
    def history(self) -> History:
        return read_history(self.folder / "history.jsonl")

    @property
    def result(self) -> dict[str, Any] | None:
        """What its end was measured to be; None until it is finished."""
        return files.read_json(self.folder / "result.json")

    @property
    def working(self) -> bool:
        """Whether a living process works on it or waits to."""
        return is_held(self.folder / "lock")

    @property
    def state(self) -> State:
        working = self.working  # before the history, which a worker completes before it goes
        history = self.history
        if working:
            return "queued" if history.last_event in (None, "queued") else "training"
        if history.last_event == "fail":
            return "failed"
        if self.complete:
            cut_short = (history.end or {}).get("reason") in ("asked", OUT_OF_TIME)
            return "stopped" if cut_short else "finished"
        return "stopped"

    @property
    def complete(self) -> bool:
        """Whether its result belongs to what was trained last, not to something before."""
        history = self.history
        return self.result is not None and (history.finished or history.last is None)

    @property
    def usable(self) -> bool:
        """Whether pictures can be classified with it."""
        return self.result is not None and self.network_file is not None

    @property
    def resumable(self) -> bool:
        """Whether training can go on where it ended."""
        if self.working:
            return False
        if not self.complete:
            return True
        history = self.history
        asked = (history.end or {}).get("reason") == "asked"
        left = self.recipe.is_network and history.trained < self.recipe.epochs
        return asked and left and (self.folder / "checkpoint.npz").exists()

    @property
    def network_file(self) -> Path | None:
        """The file that answers come from."""
        for name in ("model.tflite", "estimator.skops", "estimator.npz"):
            if (self.folder / name).exists():
                return self.folder / name
        return None

    @property
    def message(self) -> str:
        """One sentence about a run that did not end by itself; empty for the others."""
        history, state = self.history, self.state
        if state == "failed":
            return (history.last or {}).get("message", "It failed; worker.log says why.")
        if state != "stopped":
            return ""
        asked = (history.end or {}).get("reason") == "asked"
        if not self.recipe.is_network:
            return "Stopped before it was done." if asked else "Its worker ended without a word."
        done = f"after {history.trained} of {self.recipe.epochs} epochs"
        if (history.end or {}).get("reason") == OUT_OF_TIME and self.complete:
            return f"Stopped {done}, when its time was over; its best weights so far are kept."
        if asked and self.complete:
            return f"Stopped {done}; its best weights so far are kept."
        if asked and not history.epochs:
            return "Stopped before there was anything to keep."
        if self._memory_ran_out:
            return (
                f"Its worker was ended {done}, and this computer ran out of memory meanwhile: "
                "resume it with less else at work, or try a smaller batch or network."
            )
        return f"Its worker ended without a word {done}; it can be resumed."

    @property
    def _memory_ran_out(self) -> bool:
        """Whether the system has ended processes for want of memory since the latest start."""
        before, now = (self.history.start or {}).get("kills_for_memory"), kills_for_memory()
        return before is not None and now is not None and now > before

    @property
    def bytes(self) -> int:
        """What it takes on the disk."""
        return files.bytes_below(self.folder)

    def answers(self, part: Literal["validation", "test"]) -> Answers | None:
        """What it answered on a part of the data; None until that is known."""
        arrays = files.read_arrays(self.folder / f"{part}.npz")
        if not arrays or not {"log_probabilities", "labels"} <= set(arrays):
            return None
        return Answers(arrays["log_probabilities"], arrays["labels"], arrays.get("garment"))

    def record(self, event: str, **facts: Any) -> None:
        """Append an event to the history."""
        append_event(self.folder / "history.jsonl", event, **facts)


def list_runs() -> list[Run]:
    """Every run, the newest first; folders that are no runs are passed over."""
    try:
        folders = [path for path in runs_folder().iterdir() if NAME.fullmatch(path.name)]
    except OSError:
        return []
    runs = [run for run in map(Run, folders) if _readable(run)]
    return sorted(runs, key=lambda run: (-run.created, run.name))


def _readable(run: Run) -> bool:
    try:
        return run.recipe is not None
    except FittingRoomError:
        return False


def open_run(name: str) -> Run:
    """The run of this name."""
    run = Run(runs_folder() / check_name(name))
    if not run.folder.is_dir():
        known = ", ".join(run.name for run in list_runs()[:8]) or "none yet"
        raise FittingRoomError(f"There is no run called {name}; there are: {known}.")
    run.recipe  # noqa: B018 - a folder without a good recipe is no run, and says so
    return run


def check_name(name: str) -> str:
    """The name, if a run may be called that; it cannot lead out of the folder of runs."""
    if not NAME.fullmatch(name):
        raise FittingRoomError(
            f"{name[:70]!r} cannot be the name of a run: use up to 64 small letters, digits, "
            "dots and dashes, beginning with a letter or a digit."
        )
    return name
