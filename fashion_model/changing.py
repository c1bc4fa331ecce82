"""What a person does to a run that is there: give it a title, delete it, bring it back."""

from __future__ import annotations

import os
import shutil
import time

from . import files
from .errors import FittingRoomError
from .runs import Run, check_name, runs_folder

TRASH_KEEPS = 20  # deleted runs that can still be brought back


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
