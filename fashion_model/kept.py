"""Pictures a visitor has named: "it is really a …". They stay on the computer that runs the app.

They lie in one folder a class, the layout that training on one's own photos reads, in a folder of
the visitor's own. On a server set to public (FITTING_ROOM_PUBLIC=1) nothing is kept at all.
"""

from __future__ import annotations

import io
import re
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from . import files
from .baskets import check_visitor, new_number
from .cache import cache_folder
from .classes import CLASSES
from .errors import FittingRoomError
from .rules import rules

NONE = "None of the ten"
LABELS = (*CLASSES, NONE)
LONGEST_SIDE = 400


def folder_name(label: str) -> str:
    """The folder a class is kept in: `T-shirt/top` is `t-shirt-top`."""
    return re.sub(r"[^a-z]+", "-", label.lower())


@dataclass(frozen=True)
class KeptPicture:
    """One picture and what the visitor says it is."""

    path: Path
    label: str

    @property
    def number(self) -> str:
        return self.path.stem


def keeping_allowed() -> bool:
    """False on a server set to public, where nothing is kept."""
    return not rules().public


class Kept:
    """The kept pictures of one visitor."""

    def __init__(self, folder: Path):
        self.folder = folder

    @classmethod
    def of(cls, visitor: str) -> Kept:
        """What this visitor has kept; nothing is written before something is."""
        return cls(cache_folder() / "kept" / check_visitor(visitor))

    def keep(self, picture: Image.Image, label: str, number: str | None = None) -> KeptPicture:
        """Keep a picture under a label; under the `number` of one kept before, in its place."""
        if not keeping_allowed():
            raise FittingRoomError("This server is public, so it keeps no pictures.")
        if label not in LABELS:
            raise FittingRoomError(f"{label!r} is not one of {', '.join(LABELS)}.")
        folder = self.folder / folder_name(label)
        folder.mkdir(parents=True, exist_ok=True)
        if number:
            self.undo(number)
        path = folder / f"{number or new_number()}.png"
        picture = picture.copy()
        picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
        with files.appearing(path) as beside:
            picture.save(beside)
        return KeptPicture(path, label)

    def pictures(self) -> list[KeptPicture]:
        """All of them, the newest first."""
        found = [
            KeptPicture(path, label)
            for label in LABELS
            for path in (self.folder / folder_name(label)).glob("[0-9a-f]*.png")
        ]
        return sorted(found, key=lambda picture: picture.number, reverse=True)

    def undo(self, number: str) -> None:
        """Remove one kept picture."""
        for picture in self.pictures():
            if picture.number == number:
                picture.path.unlink(missing_ok=True)

    def clear(self) -> None:
        """Remove everything that was kept."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def export(self) -> bytes:
        """A zip with one folder a class."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:  # PNGs are packed already
            for picture in self.pictures():
                archive.write(picture.path, f"{picture.path.parent.name}/{picture.path.name}")
        return buffer.getvalue()
