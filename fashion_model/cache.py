"""The folder for what can be fetched or computed again."""

import os
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
