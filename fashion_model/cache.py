"""The folder for what can be fetched or computed again."""

import os
import shutil
import sys
from pathlib import Path


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


def keep_newest(made: Path, count: int) -> None:
    """Leave `count` folders where one was just made: that one, and the newest of the others.

    Several processes may make room at once, so what is gone already is no surprise.
    """
    os.utime(made)
    others = [path for path in made.parent.iterdir() if path != made]
    for old in sorted(others, key=_changed, reverse=True)[count - 1 :]:
        shutil.rmtree(old, ignore_errors=True)


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
