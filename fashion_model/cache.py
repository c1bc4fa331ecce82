"""The folder for what can be fetched or computed again, and files that appear in it whole."""

import os
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


def cache_folder() -> Path:
    """$FITTING_ROOM_CACHE, or `fitting-room` in the user's own cache folder."""
    if chosen := os.environ.get("FITTING_ROOM_CACHE"):
        return Path(chosen).expanduser().absolute()
    if sys.platform == "win32":
        home = os.environ.get("LOCALAPPDATA") or "~/AppData/Local"
    elif sys.platform == "darwin":
        home = "~/Library/Caches"
    else:
        home = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(os.path.expanduser(home)) / "fitting-room"


@contextmanager
def written_whole(path: Path) -> Iterator[BinaryIO]:
    """A file to write that appears at `path` whole or not at all, whoever else writes it too."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{uuid.uuid4().hex}.tmp")
    try:
        with beside.open("xb") as file:
            yield file
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
