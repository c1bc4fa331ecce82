"""A new run: a folder of its own, with its recipe, that appears whole under a free name."""

from __future__ import annotations

import os
import re
import shutil
import time
import uuid
from pathlib import Path

from . import files
from .errors import FittingRoomError
from .footprint import check_memory
from .recipes import Recipe
from .reviewing import REVIEWED, decisions_to_learn
from .runs import PHOTOS, Run, check_name, runs_folder


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


def name_from(title: str) -> str:
    """A name for a folder, made from what a person typed."""
    slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:48].strip("-")
    return slug or "run"
