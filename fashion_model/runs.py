"""A run is a folder, and the folder is the truth: read it, list, name, delete it.

`models/<name>/` holds the recipe, the history as it happens, the network, and what it answered.
Whether it is training, stopped, finished or failed is read from there each time; there is no
second copy of any state. Files appear whole, and a reader meets a half-made folder unharmed.
"""

from __future__ import annotations

import os
import re
import shutil
import time
import uuid
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np

from . import files
from .errors import FittingRoomError
from .footprint import check_memory, kills_for_memory
from .history import History, append_event, read_history
from .locks import is_held
from .recipes import Recipe
from .reviewing import REVIEWED, decisions_to_learn

State = Literal["queued", "training", "stopped", "finished", "failed"]
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
PHOTOS = "photos.txt"  # in a run's folder, until it is finished: where its photos are
OUT_OF_TIME = "time"  # the reason of an end that a limit of the server brought about
TRASH_KEEPS = 20  # deleted runs that can still be brought back


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
        return float(created) if isinstance(created, int | float) else 0.0

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
        total = 0
        for path in self.folder.glob("**/*"):
            try:
                total += path.stat().st_size if path.is_file() else 0
            except OSError:
                continue  # a file that was being renamed
        return total

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
    runs = [Run(folder) for folder in folders if _readable(Run(folder))]
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


def name_from(title: str) -> str:
    """A name for a folder, made from what a person typed."""
    slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:48].strip("-")
    return slug or "run"


def create_run(
    recipe: Recipe,
    name: str | None = None,
    title: str | None = None,
    made_from: str | None = None,
    photos: Path | None = None,
    reviewed: str | None = None,
) -> Run:
    """A new run that has not begun.

    A name that is taken is refused. Without one, a free name is made from the title, or from
    what the recipe was made from: the name of a preset or of a file. `photos` is a folder of
    photos to learn from too, in folders named by class. `reviewed` are decisions about labels as
    CSV, where the recipe learns from them (default: those of this computer).
    """
    if photos and not getattr(recipe, "everyday", False):
        raise FittingRoomError("Photos are learned from by recipes with `everyday = true` only.")
    if photos and not photos.is_dir():
        raise FittingRoomError(f"There is no folder of photos at {photos}.")
    check_memory(recipe)
    wanted = check_name(name) if name else name_from(title or made_from or recipe.kind)
    folder = runs_folder()
    half_made = folder / f".new-{uuid.uuid4().hex[:12]}"
    try:
        half_made.mkdir(parents=True)
        files.write_text(half_made / "recipe.toml", recipe.to_toml())
        files.write_json(
            half_made / "about.json",
            {
                "title": title or recipe.title or wanted,
                "recipe": made_from or recipe.kind,
                "created": round(time.time(), 3),
            },
        )
        if photos:
            files.write_text(half_made / PHOTOS, str(photos.resolve()))
        if recipe.labels == "reviewed":
            decisions = decisions_to_learn() if reviewed is None else reviewed
            files.write_text(half_made / REVIEWED, decisions)
        for number in range(1, 10_000):
            home = folder / (wanted if number == 1 else f"{wanted}-{number}")
            try:
                os.rename(half_made, home)  # atomic, and refused where a run stands already
                return Run(home)
            except OSError:
                if not home.exists():
                    raise
                if name:
                    raise FittingRoomError(
                        f"There is a run called {name} already: choose another name."
                    ) from None
    except OSError as error:
        raise FittingRoomError(
            f"A run cannot be written to {folder}: {error.strerror}; make room, or set "
            "FITTING_ROOM_MODELS to a folder that can be written."
        ) from None
    finally:
        shutil.rmtree(half_made, ignore_errors=True)
    raise FittingRoomError(f"Too many runs are called {wanted}: choose another name.")


def rename_run(run: Run, title: str) -> None:
    """Give a run another title; its name stays."""
    _refuse_shipped(run, "renamed")
    title = " ".join(title.split())
    if not title or len(title) > 80:
        raise FittingRoomError("A title has between 1 and 80 characters.")
    files.write_json(run.folder / "about.json", run.about | {"title": title})


def delete_run(run: Run, *, even_working: bool = False) -> str:
    """Put a run in the trash; the answer is what `undo_delete` needs to bring it back.

    `even_working` is for the worker itself, when it was asked to throw its run away.
    """
    _refuse_shipped(run, "deleted")
    if run.working and not even_working:
        raise FittingRoomError(f"The run {run.name} is at work: stop it first.")
    trash = runs_folder() / ".trash"
    trash.mkdir(exist_ok=True)
    token = f"{time.time_ns()}-{run.name}"
    try:
        os.rename(run.folder, trash / token)
    except FileNotFoundError:
        raise FittingRoomError(f"The run {run.name} is gone already.") from None
    for old in sorted(trash.iterdir())[:-TRASH_KEEPS]:
        shutil.rmtree(old, ignore_errors=True)
    return token


def undo_delete(token: str) -> Run:
    """Bring a deleted run back."""
    stamp, _, name = token.partition("-")
    if not stamp.isdigit():
        raise FittingRoomError("That names nothing in the trash.")
    home = runs_folder() / check_name(name)
    if home.exists():
        raise FittingRoomError(f"There is a new run called {name}: rename or delete that first.")
    try:
        os.rename(runs_folder() / ".trash" / token, home)
    except OSError:
        raise FittingRoomError(f"The run {name} is no longer in the trash.") from None
    return Run(home)


def _refuse_shipped(run: Run, what: str) -> None:
    if run.shipped:
        raise FittingRoomError(f"{run.title} came with Fitting Room and cannot be {what}.")
