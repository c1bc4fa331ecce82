"""The data set on disk: verified, split, decoded once and mapped."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from fashion_model import data, verifying
from fashion_model.data import (
    DataMissing,
    data_status,
    fetch_dataset,
    open_dataset,
    store_decoded,
)
from fashion_model.verifying import md5_of
from tests.making import same, small_arrays
from tests.serving import serving

NAMES = [file.name for file in verifying.OFFICIAL_FILES]


def is_mapped(array: np.ndarray) -> bool:
    return isinstance(array.base, np.memmap)


# Opening


def test_pictures_labels_and_numbers_are_those_of_the_official_files(
    official_files, official_pictures
):
    dataset = open_dataset()
    for part, kind in zip(dataset.parts, ("train", "train", "t10k"), strict=True):
        assert np.array_equal(
            part.images, official_pictures[f"{kind}-images-idx3-ubyte.gz"][part.numbers]
        )
        assert np.array_equal(
            part.labels, official_pictures[f"{kind}-labels-idx1-ubyte.gz"][part.numbers]
        )
    together = np.concatenate([dataset.train.numbers, dataset.validation.numbers])
    assert sorted(together) == list(range(240))
    assert list(dataset.test.numbers) == list(range(30))
    assert [part.name for part in dataset.parts] == ["train", "validation", "test"]


def test_validation_takes_the_same_share_of_every_class(official_files):
    dataset = open_dataset()
    assert np.bincount(dataset.validation.labels).tolist() == [2] * 10
    assert np.bincount(dataset.train.labels).tolist() == [22] * 10


def test_arrays_are_small_mapped_from_disk_and_read_only(official_files):
    for part in open_dataset().parts:
        assert (part.images.dtype, part.labels.dtype) == (np.uint8, np.uint8)
        for array in (part.images, part.labels, part.numbers):
            assert is_mapped(array)
            assert type(array) is np.ndarray
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 0


def test_the_second_opening_neither_decodes_nor_reads_the_files_again(official_files, monkeypatch):
    first = open_dataset()
    time.sleep(0.15)  # what changed this very instant is not remembered yet
    open_dataset()
    monkeypatch.setattr(data, "_decode", None)
    monkeypatch.setattr(verifying, "md5_of_file", None)
    assert same(open_dataset(), first)


def test_the_users_own_folder_may_be_read_only(official_files, tmp_path):
    for path in official_files.iterdir():
        path.chmod(0o444)
    official_files.chmod(0o555)
    try:
        before = sorted(os.listdir(official_files))
        assert is_mapped(open_dataset().train.images)
        assert sorted(os.listdir(official_files)) == before
    finally:
        official_files.chmod(0o755)


def test_a_cache_that_cannot_be_written_is_done_without(official_files, tmp_path, monkeypatch):
    mapped = open_dataset()
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("FITTING_ROOM_CACHE", str(tmp_path / "file"))
    in_memory = open_dataset()
    assert same(in_memory, mapped)
    with pytest.raises(ValueError, match="read-only"):
        in_memory.train.images[0] = 0


def test_two_processes_decode_at_once_without_harm(official_files, tmp_path):
    script = (
        "import sys; from fashion_model import verifying; "
        "from fashion_model.verifying import OfficialFile\n"
        f"verifying.OFFICIAL_FILES = ({', '.join(map(repr, verifying.OFFICIAL_FILES))},)\n"
        "from fashion_model.data import open_dataset; print('ready', flush=True); input()\n"
        "print(int(open_dataset().train.images.sum()))"
    )
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", script],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[1],
        )
        for _ in range(2)
    ]
    assert [worker.stdout.readline() for worker in workers] == ["ready\n"] * 2
    for worker in workers:
        worker.stdin.write("\n")
        worker.stdin.flush()
    answers = [worker.communicate(timeout=60)[0] for worker in workers]
    assert answers == [f"{open_dataset().train.images.sum()}\n"] * 2
    assert not list((tmp_path / "cache").rglob(".*"))  # nothing half-written is left


def test_small_data_on_disk_opens_as_it_was_stored(small_data_on_disk, small_dataset):
    assert same(open_dataset(), small_dataset)
    assert data_status().ready


def test_made_up_data_in_the_cache_never_stands_in_for_the_users_own(
    official_files, official_pictures
):
    store_decoded(small_arrays())
    assert len(open_dataset().test.images) == 30


# Where it is looked for


def test_the_users_own_folder_comes_before_the_cache(official_files, fetched_files, monkeypatch):
    monkeypatch.setenv("FASHION_MNIST_DIR", str(official_files))
    (fetched_files / NAMES[0]).write_bytes(b"never looked at")
    assert len(open_dataset().test.images) == 30
    assert data_status().folder == official_files


def test_the_cache_is_used_where_no_folder_is_set(fetched_files):
    assert len(open_dataset().test.images) == 30


def test_decoded_arrays_are_enough_to_open(fetched_files):
    first = open_dataset()
    shutil.rmtree(fetched_files)
    assert same(open_dataset(), first)


def test_opening_never_fetches(official_files, tmp_path, monkeypatch):
    monkeypatch.delenv("FASHION_MNIST_DIR")
    monkeypatch.setattr(data, "fetch_files", None)
    with pytest.raises(DataMissing):
        open_dataset()
    assert not data_status().ready


def test_the_cache_folder_can_be_chosen_and_is_else_the_users(monkeypatch, tmp_path):
    monkeypatch.setenv("FITTING_ROOM_CACHE", str(tmp_path))
    assert data.cache_folder() == tmp_path
    monkeypatch.delenv("FITTING_ROOM_CACHE")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "mine"))
    monkeypatch.setattr(sys, "platform", "linux")
    assert data.cache_folder() == tmp_path / "mine" / "fitting-room"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert data.cache_folder() == tmp_path / ".cache" / "fitting-room"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert data.cache_folder() == tmp_path / "Library" / "Caches" / "fitting-room"


# Fetching


def test_fetching_brings_verifies_and_decodes_and_asks_no_one_twice(official_files, monkeypatch):
    monkeypatch.delenv("FASHION_MNIST_DIR")
    seen = []
    with serving({path.name: path.read_bytes() for path in official_files.iterdir()}) as mirror:
        fetch_dataset(seen.append, mirrors=[mirror.address])
        fetch_dataset(seen.append, mirrors=[mirror.address])
    assert len(mirror.requests) == 4
    assert seen[-1].bytes_done == seen[-1].bytes_total
    monkeypatch.setattr(data, "_decode", None)
    assert len(open_dataset().train.images) == 220


def test_nothing_is_fetched_where_the_users_own_folder_is_set(official_files):
    with serving({}) as mirror:
        fetch_dataset(mirrors=[mirror.address])
        (official_files / NAMES[0]).unlink()
        with pytest.raises(DataMissing):
            fetch_dataset(mirrors=[mirror.address])
    assert mirror.requests == []


# The real thing


@pytest.mark.real_data
def test_the_real_data_is_split_55000_5000_10000_and_always_alike(tmp_path, monkeypatch):
    monkeypatch.setenv("FITTING_ROOM_CACHE", str(tmp_path))
    dataset = open_dataset()
    assert [part.images.shape for part in dataset.parts] == [
        (55_000, 28, 28),
        (5_000, 28, 28),
        (10_000, 28, 28),
    ]
    assert np.bincount(dataset.validation.labels).tolist() == [500] * 10
    assert np.bincount(dataset.test.labels).tolist() == [1000] * 10
    # The very pictures, for every result ever published with this project rests on them.
    assert md5_of(dataset.validation.numbers.tobytes()) == "11c27169f8013f389e4f7786939a1c0c"


@pytest.mark.real_data
def test_the_real_data_opens_a_second_time_in_under_300_ms(tmp_path, monkeypatch):
    monkeypatch.setenv("FITTING_ROOM_CACHE", str(tmp_path))
    open_dataset()
    start = time.perf_counter()
    open_dataset()
    assert time.perf_counter() - start < 0.3
