"""Files that appear whole: written beside, then renamed."""

from __future__ import annotations

import json
import os
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np


@contextmanager
def appearing(path: Path) -> Iterator[Path]:
    """A path to write to; what was written takes the place of `path` when the block ends well.

    The name keeps its ending, because some writers choose their format by it.
    """
    beside = path.with_name(f".{uuid.uuid4().hex[:8]}-{path.name}")
    try:
        yield beside
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """Remove what killed writers left beside; for who alone writes there, but for `about.json`."""
    for path in folder.glob(".????????-*"):
        if not path.name.endswith("-about.json"):
            path.unlink(missing_ok=True)


def check_room(folder: Path, size: int) -> None:
    """Raise OSError where so many bytes cannot be written.

    For writers in C that do not bear it: HDF5 brings the whole process down on a full disk.
    """
    with tempfile.TemporaryFile(dir=folder) as probe:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(probe.fileno(), 0, size)  # reserved, and nothing is written
        else:
            probe.write(bytes(size))


def bytes_below(folder: Path) -> int:
    """What the files of a folder take on the disk."""
    total = 0
    for path in folder.glob("**/*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except OSError:
            continue  # a file that was being renamed
    return total


def write_text(path: Path, text: str) -> None:
    """Write a text file that appears whole."""
    with appearing(path) as beside:
        beside.write_text(text, encoding="utf-8")


def write_json(path: Path, value: Any) -> None:
    """Write JSON that a person can read, appearing whole."""
    write_text(path, json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def write_arrays(path: Path, **arrays: np.ndarray) -> None:
    """Write named arrays, compressed, appearing whole."""
    with appearing(path) as beside:
        np.savez_compressed(beside, **arrays)


def read_json(path: Path) -> dict[str, Any] | None:
    """The object in a JSON file; None where there is none or it cannot be read."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def read_arrays(path: Path) -> dict[str, np.ndarray] | None:
    """The named arrays in a file; None where there are none or they cannot be read."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except (OSError, ValueError, EOFError, KeyError, ImportError) as _:
        return None
    except Exception as error:  # a torn zip raises BadZipFile, zlib.error or struct.error
        if type(error).__module__ in ("zipfile", "zlib", "struct"):
            return None
        raise
