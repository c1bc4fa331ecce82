"""Pictures a visitor has in work, on the server's disk: they outlive a reload and a page change.

A basket belongs to one visitor, whose random id is its folder's name, and is removed a day after
it was last used. Each picture is a small JSON file, so that two tabs can work side by side, and
beside it the file as it came (until it is opened) or a small copy (from then on).
"""

from __future__ import annotations

import contextlib
import re
import secrets
import shutil
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from PIL import Image

from . import files
from .cache import cache_folder
from .errors import FittingRoomError

VISITOR = re.compile(r"[0-9a-f]{32}")
NUMBER = re.compile(r"[0-9a-f]{20}")
LONGEST_SIDE = 640  # preparing looks at 160 pixels or less; this is for eyes and for cropping
DAY = 24 * 60 * 60
MOST_PICTURES = 500


@dataclass(frozen=True)
class Item:
    """One picture of a basket, and all that is known of it."""

    number: str  # its identity, later pictures have larger ones
    name: str  # the file's name as the visitor gave it, with folders
    choices: dict[str, Any] = field(default_factory=dict)  # crop, turns, … for `prepare`
    answer: dict[str, Any] | None = None  # what a model said, and which one
    label: str = ""  # what the visitor says it is
    error: str = ""  # one sentence, when it is no picture
    file: str = ""  # the small copy; empty while it waits to be opened


class Basket:
    """The pictures of one visitor."""

    def __init__(self, folder: Path):
        self.folder = folder

    @classmethod
    def of(cls, visitor: str) -> Basket:
        """The basket of a visitor; nothing is written before something is added."""
        return cls(cache_folder() / "baskets" / check_visitor(visitor))

    @property
    def visitor(self) -> str:
        """Whose basket it is."""
        return self.folder.name

    def add(self, name: str, content: bytes) -> Item:
        """Put a file into the basket as it came, to be opened later."""
        if len(self.items()) >= MOST_PICTURES:
            raise FittingRoomError(
                f"A basket holds {MOST_PICTURES} pictures: remove some before you add {name}."
            )
        self.folder.mkdir(parents=True, exist_ok=True)
        item = Item(new_number(), name[-300:])
        with files.appearing(self.folder / f"{item.number}.raw") as beside:
            beside.write_bytes(content)
        return self.save(item)

    def save(self, item: Item) -> Item:
        """Write down what is known of a picture, unless it was removed meanwhile."""
        facts = {key: value for key, value in vars(item).items() if key != "number"}
        with contextlib.suppress(FileNotFoundError):  # the whole basket was cleared
            files.write_json(self.folder / f"{item.number}.json", facts)
        return item

    def change(self, item: Item, **changes: Any) -> Item:
        """The same picture with other facts, written down."""
        return self.save(replace(item, **changes))

    def items(self) -> list[Item]:
        """Every picture, in the order they were added."""
        try:
            numbers = [path.stem for path in self.folder.glob("*.json")]
        except OSError:
            return []
        return [item for number in sorted(numbers) if (item := self.item(number))]

    def item(self, number: str) -> Item | None:
        """One picture; None when there is none of this number."""
        if not NUMBER.fullmatch(number):
            return None
        facts = files.read_json(self.folder / f"{number}.json")
        try:
            return Item(number, **facts) if facts else None
        except TypeError:  # written by another version
            return None

    def unopened(self, item: Item) -> bytes:
        """The file as it came."""
        try:
            return (self.folder / f"{item.number}.raw").read_bytes()
        except OSError:
            return b""

    def opened(self, item: Item, picture: Image.Image) -> Item:
        """Keep a small copy of the picture in the place of the file as it came."""
        picture = picture.copy()
        picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.HAMMING)
        name = f"{item.number}.png" if picture.mode == "RGBA" else f"{item.number}.jpg"
        with files.appearing(self.folder / name) as beside:
            picture.save(beside, quality=92)
        item = self.change(item, file=name)
        self._drop_raw(item)
        return item

    def refused(self, item: Item, sentence: str) -> Item:
        """Note that the file is no picture; the file itself is not kept."""
        item = self.change(item, error=sentence)
        self._drop_raw(item)
        return item

    def picture(self, item: Item) -> Image.Image:
        """The small copy."""
        try:
            with Image.open(self.folder / item.file) as picture:
                picture.load()
                return picture
        except OSError:
            raise FittingRoomError(
                f"{item.name} is no longer in the basket: add it again."
            ) from None

    def remove(self, item: Item) -> None:
        """Take one picture out."""
        for path in self.folder.glob(f"{item.number}.*"):
            path.unlink(missing_ok=True)

    def clear(self) -> None:
        """Take everything out and leave nothing on the disk."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _drop_raw(self, item: Item) -> None:
        (self.folder / f"{item.number}.raw").unlink(missing_ok=True)


def remove_old_baskets(older_than: float = DAY) -> None:
    """Remove every basket that nobody has touched for a day."""
    before = time.time() - older_than
    with contextlib.suppress(OSError):
        for folder in (cache_folder() / "baskets").iterdir():
            if folder.stat().st_mtime < before:
                shutil.rmtree(folder, ignore_errors=True)


def new_number() -> str:
    """A number for a picture, larger than those before it."""
    return f"{time.time_ns():016x}{secrets.token_hex(2)}"


def new_visitor() -> str:
    """An id nobody can guess."""
    return secrets.token_hex(16)


def check_visitor(visitor: str) -> str:
    """The id, if it is one; it cannot lead to another folder."""
    if not VISITOR.fullmatch(visitor):
        raise FittingRoomError("This is not the id of a visitor: open the page anew.")
    return visitor
