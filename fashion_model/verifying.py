"""Is a file what it should be? Told by its MD5, and remembered, so that a second look is cheap."""

import contextlib
import hashlib
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fashion_model.cache import cache_folder
from fashion_model.errors import FittingRoomError
from fashion_model.files import read_json, write_json


class DataMissing(FittingRoomError):  # noqa: N818 - a state, told to the visitor
    """The data set is not on this computer, or not all of it."""


class DataDamaged(FittingRoomError):  # noqa: N818
    """A file of the data set is not what it should be."""


@dataclass(frozen=True)
class OfficialFile:
    """One of the files Zalando publishes: its name, size and MD5."""

    name: str
    bytes: int
    md5: str


# The MD5s are those of the corrected release: before 31 August 2017 the training and the test
# pictures overlapped, and a mirror that still has the old files is refused.
OFFICIAL_FILES = (
    OfficialFile("train-images-idx3-ubyte.gz", 26_421_880, "8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
    OfficialFile("train-labels-idx1-ubyte.gz", 29_515, "25c81989df183df01b3e8a0aad5dffbe"),
    OfficialFile("t10k-images-idx3-ubyte.gz", 4_422_102, "bef4ecab320f06d8554ea6380940ec79"),
    OfficialFile("t10k-labels-idx1-ubyte.gz", 5_148, "bb300cfdad3c16e7a12a480ee83cd310"),
)


def md5_of(data: bytes) -> str:
    """The MD5 of some bytes, in hexadecimal."""
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


def md5_of_file(path: Path) -> str:
    """The MD5 of a file, in hexadecimal."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False))
    return digest.hexdigest()


def altered_files(expected: Mapping[Path, str]) -> list[Path]:
    """Those of the files whose MD5 is not the expected one.

    What was found right is remembered with the file's size and times, and looked at again only
    when one of these has changed. The change time is among them because, unlike the modification
    time, copying and unpacking tools cannot set it back.
    """
    memory = cache_folder() / "verified.json"
    remembered = read_json(memory) or {}
    before = dict(remembered)
    altered = []
    for path, md5 in expected.items():
        stat = path.stat()
        seal = [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, md5]
        if remembered.get(key := os.path.abspath(path)) == seal:
            continue
        settled = time.time() - stat.st_ctime > 0.1  # else it may change again in the same tick
        remembered.pop(key, None)
        if md5_of_file(path) != md5:
            altered.append(path)
        elif settled:
            remembered[key] = seal
    if remembered != before:
        with contextlib.suppress(OSError):  # costs the next look its time, nothing else
            memory.parent.mkdir(parents=True, exist_ok=True)
            write_json(memory, remembered)
    return altered


def check_official(folder: Path, remedy: str) -> None:
    """Raise unless all the official files are in `folder`, byte for byte.

    `remedy` ends the sentence: what the person is to do.
    """
    files = {folder / file.name: file for file in OFFICIAL_FILES}
    missing = [path.name for path in files if not path.is_file()]
    if len(missing) == len(files):
        raise DataMissing(f"Fashion-MNIST is not in {folder}: {remedy}.")
    if missing:
        raise DataMissing(f"{folder} lacks {', '.join(missing)} of Fashion-MNIST: {remedy}.")
    try:
        altered = altered_files({path: file.md5 for path, file in files.items()})
    except OSError as error:
        reason = error.strerror or error
        raise DataMissing(f"{error.filename} cannot be read ({reason}): {remedy}.") from error
    if altered:
        raise damaged(altered[0], files[altered[0]], remedy)


def damaged(path: Path, file: OfficialFile, remedy: str) -> DataDamaged:
    """The error that says what was expected of a file, what was found and what to do."""
    found = md5_of_file(path)
    names = {official.md5: official.name for official in OFFICIAL_FILES}
    also = f", which is {names[found]}" if found in names else ""
    return DataDamaged(
        f"{path} is not the official file: expected {file.bytes:,} bytes with MD5 {file.md5}, "
        f"found {path.stat().st_size:,} bytes with MD5 {found}{also}; {remedy}."
    )
