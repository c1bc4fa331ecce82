"""The data set on disk: fetch it, verify it, open it.

The official files are looked for in FASHION_MNIST_DIR, then in the user's cache; from there they
are decoded once into plain arrays, which every later start maps from disk.
"""

import gzip
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fashion_model import verifying
from fashion_model.cache import cache_folder
from fashion_model.fetching import MIRRORS, Progress, fetch_files
from fashion_model.files import appearing, read_json, write_json
from fashion_model.verifying import DataDamaged, DataMissing

__all__ = [
    "DataDamaged",
    "DataMissing",
    "DataStatus",
    "Dataset",
    "Part",
    "Progress",
    "cache_folder",
    "data_status",
    "fetch_dataset",
    "open_dataset",
    "store_decoded",
]

SPLIT_SEED = 2017  # the year of the data set; never to be changed, every result depends on it
VALIDATION_ONE_IN = 12  # of each class: 500 of 6,000, together 5,000 of the 60,000
DECODED = "decoded-1"  # a new number whenever what is stored, or the split, changes


@dataclass(frozen=True, eq=False)
class Part:
    """One part of the data: "train", "validation" or "test". Its arrays are read-only."""

    name: str
    images: np.ndarray  # (n, 28, 28) uint8, 0 is the black background
    labels: np.ndarray  # (n,) uint8, see classes.CLASSES
    numbers: np.ndarray  # (n,) int32, the picture's number in its official file


@dataclass(frozen=True, eq=False)
class Dataset:
    """Fashion-MNIST, split once and for all: the test set is for the last measure only."""

    train: Part
    validation: Part
    test: Part

    @property
    def parts(self) -> tuple[Part, Part, Part]:
        return self.train, self.validation, self.test


@dataclass(frozen=True)
class DataStatus:
    """Whether the data can be opened, where it is, and one sentence for the visitor."""

    ready: bool
    folder: Path | None
    sentence: str


def open_dataset() -> Dataset:
    """Open the data set: at once where it was decoded before, else after about a second.

    Never touches the network. Raises DataMissing or DataDamaged, which say what to do.
    """
    folder, decoded = _find()
    if decoded:
        return _map(folder)
    dataset = _decode(folder)
    try:
        return _map(store_decoded(dataset, made_from=_official_md5s()))
    except OSError:
        return dataset  # the cache cannot be written: works from memory, only not shared


def data_status() -> DataStatus:
    """What is there, what is missing and what to do, without touching the network."""
    try:
        _find()
    except (DataMissing, DataDamaged) as error:
        return DataStatus(False, None, str(error))
    folder = _own_folder() or cache_folder()
    return DataStatus(True, folder, f"Fashion-MNIST is ready, checked and complete, in {folder}.")


def fetch_dataset(
    progress: Callable[[Progress], None] | None = None, mirrors: Sequence[str] = MIRRORS
) -> None:
    """Fetch what is missing from the public mirrors into the user's cache, and decode it.

    `progress` is called a few times a second; an exception it raises stops the fetching, and
    what has arrived is kept for the next time. Where FASHION_MNIST_DIR is set nothing is
    fetched: its files are checked instead.
    """
    try:
        _find()
    except (DataMissing, DataDamaged):
        if _own_folder():
            raise
        fetch_files(cache_folder() / "files", progress, mirrors)
    open_dataset()


def store_decoded(dataset: Dataset, made_from: Sequence[str] = ()) -> Path:
    """Write the arrays into the cache folder, where `open_dataset` finds them, and return where.

    `made_from` are the MD5s of the official files they come from; arrays of any other origin
    (small ones, for tests) are opened only while FASHION_MNIST_DIR is not set.
    """
    folder = cache_folder() / DECODED
    folder.mkdir(parents=True, exist_ok=True)
    md5s = {}
    for part in dataset.parts:
        for kind in ("images", "labels", "numbers"):
            name = f"{part.name}-{kind}.npy"
            with appearing(folder / name) as beside:
                np.save(beside, getattr(part, kind))
                md5s[name] = verifying.md5_of_file(beside)
    # Last, because it vouches for the others.
    write_json(folder / "contents.json", {"made_from": list(made_from), "files": md5s})
    verifying.altered_files({folder / name: md5 for name, md5 in md5s.items()})
    return folder


def _find() -> tuple[Path, bool]:
    """The verified folder to open, and whether it holds decoded arrays or the official files."""
    own = _own_folder()
    if own:
        remedy = (
            "put the official files there, or unset FASHION_MNIST_DIR and fetch the data with "
            "`python -m fashion_model data`"
        )
        verifying.check_official(own, remedy)  # also when decoded before: nobody is misled
    decoded = cache_folder() / DECODED
    if _is_intact(decoded, made_from=_official_md5s() if own else None):
        return decoded, True
    if own:
        return own, False
    size = sum(file.bytes for file in verifying.OFFICIAL_FILES) / 1e6
    remedy = (
        f"fetch the data ({size:.0f} MB) with `python -m fashion_model data`, or set "
        "FASHION_MNIST_DIR to a folder that holds the four official files"
    )
    files = cache_folder() / "files"
    verifying.check_official(files, remedy)
    return files, False


def _own_folder() -> Path | None:
    chosen = os.environ.get("FASHION_MNIST_DIR")
    return Path(chosen).expanduser().absolute() if chosen else None


def _official_md5s() -> list[str]:
    return [file.md5 for file in verifying.OFFICIAL_FILES]


def _is_intact(folder: Path, made_from: list[str] | None) -> bool:
    """Whether the decoded arrays are all there and unaltered (and of that origin, if given)."""
    contents = read_json(folder / "contents.json")
    if not contents or (made_from is not None and contents.get("made_from") != made_from):
        return False
    try:
        return not verifying.altered_files({folder / n: m for n, m in contents["files"].items()})
    except OSError:
        return False


def _map(folder: Path) -> Dataset:
    def part(name: str) -> Part:
        # A plain view of the mapping: numpy's memmap class would slow every slice down.
        arrays = (
            np.asarray(np.load(folder / f"{name}-{kind}.npy", mmap_mode="r"))
            for kind in ("images", "labels", "numbers")
        )
        return Part(name, *arrays)

    return Dataset(part("train"), part("validation"), part("test"))


def _decode(folder: Path) -> Dataset:
    train_images, train_labels, test_images, test_labels = (
        _read_idx(folder / file.name, file) for file in verifying.OFFICIAL_FILES
    )
    in_validation = _validation_mask(train_labels)

    def part(name: str, images: np.ndarray, labels: np.ndarray, numbers: np.ndarray) -> Part:
        arrays = images[numbers], labels[numbers], numbers.astype(np.int32)
        for array in arrays:
            array.flags.writeable = False
        return Part(name, *arrays)

    return Dataset(
        part("train", train_images, train_labels, np.flatnonzero(~in_validation)),
        part("validation", train_images, train_labels, np.flatnonzero(in_validation)),
        part("test", test_images, test_labels, np.arange(len(test_labels))),
    )


def _read_idx(path: Path, official: verifying.OfficialFile) -> np.ndarray:
    """The array in a gzipped IDX file: the fourth byte counts the axes, then come their lengths."""
    packed = path.read_bytes()
    if verifying.md5_of(packed) != official.md5:  # it changed since it was checked
        raise verifying.damaged(path, official, "leave it alone and try again")
    raw = gzip.decompress(packed)
    axes = raw[3]
    shape = np.frombuffer(raw, ">i4", axes, offset=4)
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * axes).reshape(shape)


def _validation_mask(labels: np.ndarray) -> np.ndarray:
    """True for the pictures of the validation part: the same share of every class, by seed."""
    # RandomState, because numpy promises that its numbers never change between versions.
    random = np.random.RandomState(SPLIT_SEED)
    mask = np.zeros(len(labels), bool)
    for label in np.unique(labels):
        members = random.permutation(np.flatnonzero(labels == label))
        mask[members[: len(members) // VALIDATION_ONE_IN]] = True
    return mask
