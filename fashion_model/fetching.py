"""Fetch the official files from the public mirrors: with progress, resumed, verified."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

MIRRORS = (
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
    "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
)


@dataclass(frozen=True)
class Progress:
    """How far the fetching is; the bytes are of all files together."""

    file: str
    file_number: int
    files: int
    bytes_done: int
    bytes_total: int
    mirror: str


def fetch_files(
    folder: Path, progress: Callable[[Progress], None] | None, mirrors: Sequence[str]
) -> None:
    raise NotImplementedError
