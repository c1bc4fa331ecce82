"""The data set on disk: verified, split, decoded once and mapped."""

import gzip
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
    DataDamaged,
    DataMissing,
    Dataset,
    data_status,
    fetch_dataset,
    open_dataset,
    store_decoded,
)
from fashion_model.verifying import OfficialFile, md5_of
from tests.making import small_arrays, small_pictures
from tests.serving import serving

NAMES = [file.name for file in verifying.OFFICIAL_FILES]


def idx(array: np.ndarray) -> bytes:
    """An array as the official files hold it."""
    header = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">i4").tobytes()
    return gzip.compress(header + array.tobytes(), mtime=0)


@pytest.fixture(scope="module")
def pictures() -> dict[str, np.ndarray]:
    """240 pictures to train on and 30 to test, under the names of the official files."""
    return dict(zip(NAMES, [*small_pictures(240, 1), *small_pictures(30, 2)], strict=True))


@pytest.fixture
def official(pictures, tmp_path, monkeypatch) -> Path:
    """A folder of official files, small but in all else like the real ones; the cache is empty."""
    folder = tmp_path / "own"
    folder.mkdir()
    table = []
    for name, array in pictures.items():
        packed = idx(array)
        (folder / name).write_bytes(packed)
        table.append(OfficialFile(name, len(packed), md5_of(packed)))
    monkeypatch.setattr(verifying, "OFFICIAL_FILES", tuple(table))
    monkeypatch.setenv("FITTING_ROOM_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("FASHION_MNIST_DIR", str(folder))
    monkeypatch.setenv("no_proxy", "*")
    return folder


@pytest.fixture
def fetched(official, tmp_path, monkeypatch) -> Path:
    """The same files where a download leaves them, FASHION_MNIST_DIR not set."""
    monkeypatch.delenv("FASHION_MNIST_DIR")
    folder = tmp_path / "cache" / "files"
    shutil.copytree(official, folder)
    return folder


def same(one: Dataset, other: Dataset) -> bool:
    return all(
        np.array_equal(getattr(a, kind), getattr(b, kind))
        for a, b in zip(one.parts, other.parts, strict=True)
        for kind in ("images", "labels", "numbers")
    )


def is_mapped(array: np.ndarray) -> bool:
    return isinstance(array.base, np.memmap)


# Opening


def test_pictures_labels_and_numbers_are_those_of_the_official_files(official, pictures):
    dataset = open_dataset()
    for part, kind in zip(dataset.parts, ("train", "train", "t10k"), strict=True):
        assert np.array_equal(part.images, pictures[f"{kind}-images-idx3-ubyte.gz"][part.numbers])
        assert np.array_equal(part.labels, pictures[f"{kind}-labels-idx1-ubyte.gz"][part.numbers])
    together = np.concatenate([dataset.train.numbers, dataset.validation.numbers])
    assert sorted(together) == list(range(240))
    assert list(dataset.test.numbers) == list(range(30))
    assert [part.name for part in dataset.parts] == ["train", "validation", "test"]


def test_validation_takes_the_same_share_of_every_class(official):
    dataset = open_dataset()
    assert np.bincount(dataset.validation.labels).tolist() == [2] * 10
    assert np.bincount(dataset.train.labels).tolist() == [22] * 10


def test_arrays_are_small_mapped_from_disk_and_read_only(official):
    for part in open_dataset().parts:
        assert (part.images.dtype, part.labels.dtype) == (np.uint8, np.uint8)
        for array in (part.images, part.labels, part.numbers):
            assert is_mapped(array)
            assert type(array) is np.ndarray
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 0


def test_the_second_opening_neither_decodes_nor_reads_the_files_again(official, monkeypatch):
    first = open_dataset()
    time.sleep(0.15)  # what changed this very instant is not remembered yet
    open_dataset()
    monkeypatch.setattr(data, "_decode", None)
    monkeypatch.setattr(verifying, "md5_of_file", None)
    assert same(open_dataset(), first)


def test_the_users_own_folder_may_be_read_only(official, tmp_path):
    for path in official.iterdir():
        path.chmod(0o444)
    official.chmod(0o555)
    try:
        before = sorted(os.listdir(official))
        assert is_mapped(open_dataset().train.images)
        assert sorted(os.listdir(official)) == before
    finally:
        official.chmod(0o755)


def test_a_cache_that_cannot_be_written_is_done_without(official, tmp_path, monkeypatch):
    mapped = open_dataset()
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("FITTING_ROOM_CACHE", str(tmp_path / "file"))
    in_memory = open_dataset()
    assert same(in_memory, mapped)
    with pytest.raises(ValueError, match="read-only"):
        in_memory.train.images[0] = 0


def test_two_processes_decode_at_once_without_harm(official, tmp_path, pictures):
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


def test_made_up_data_in_the_cache_never_stands_in_for_the_users_own(official, pictures):
    store_decoded(small_arrays())
    assert len(open_dataset().test.images) == 30


# Where it is looked for


def test_the_users_own_folder_comes_before_the_cache(official, fetched, monkeypatch):
    monkeypatch.setenv("FASHION_MNIST_DIR", str(official))
    alter(fetched / NAMES[0])
    assert len(open_dataset().test.images) == 30
    assert data_status().folder == official


def test_the_cache_is_used_where_no_folder_is_set(fetched):
    assert len(open_dataset().test.images) == 30


def test_decoded_arrays_are_enough_to_open(fetched):
    first = open_dataset()
    shutil.rmtree(fetched)
    assert same(open_dataset(), first)


def test_opening_never_fetches(official, tmp_path, monkeypatch):
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


# Damaged and missing files


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-10])


def alter(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def swap(path: Path) -> None:
    other = path.with_name(path.name.replace("train", "t10k"))
    content, others = path.read_bytes(), other.read_bytes()
    path.write_bytes(others)
    other.write_bytes(content)


@pytest.mark.parametrize("damage", [truncate, alter, swap])
@pytest.mark.parametrize("decoded_before", [False, True])
@pytest.mark.parametrize("name", ["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"])
def test_a_damaged_file_is_refused_and_nothing_of_it_cached(
    official, tmp_path, damage, decoded_before, name
):
    if decoded_before:
        before = open_dataset()
        time.sleep(0.15)
        open_dataset()
    good = {path.name: path.read_bytes() for path in official.iterdir()}
    damage(official / name)
    expected = next(file for file in verifying.OFFICIAL_FILES if file.name == name)
    for opening in (open_dataset, open_dataset, fetch_dataset):
        with pytest.raises(DataDamaged) as caught:
            opening()
        sentence = str(caught.value)
        assert str(official / name) in sentence
        assert f"expected {expected.bytes:,} bytes with MD5 {expected.md5}" in sentence
        assert "put the official files there, or unset FASHION_MNIST_DIR" in sentence
        assert ("which is t10k" in sentence) == (damage is swap)
    assert data_status() == data.DataStatus(False, None, sentence)
    for other, content in good.items():
        (official / other).write_bytes(content)
    mended = open_dataset()
    assert len(mended.test.images) == 30
    assert not decoded_before or same(mended, before)


def test_an_alteration_that_hides_its_time_is_noticed(official):
    open_dataset()
    time.sleep(0.15)
    open_dataset()
    path = official / NAMES[1]
    times = path.stat()
    alter(path)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    with pytest.raises(DataDamaged):
        open_dataset()


def test_a_file_that_changes_between_the_check_and_the_decoding_is_refused(official, monkeypatch):
    alter(official / NAMES[0])
    monkeypatch.setattr(verifying, "check_official", lambda *_: None)
    with pytest.raises(DataDamaged, match="is not the official file"):
        open_dataset()


@pytest.mark.parametrize("damage", [truncate, alter, Path.unlink])
def test_damaged_decoded_arrays_are_made_anew(fetched, tmp_path, damage):
    first = open_dataset()
    expected = first.train.images.copy()
    del first
    array = next((tmp_path / "cache").rglob("train-images.npy"))
    # A copy is damaged, because a mapping of the very file that is cut short cannot be read.
    shutil.copy(array, tmp_path / "copy.npy")
    damage(tmp_path / "copy.npy")
    array.unlink()
    if (tmp_path / "copy.npy").exists():
        shutil.move(tmp_path / "copy.npy", array)
    assert np.array_equal(open_dataset().train.images, expected)


def test_the_error_says_which_files_are_missing_and_what_to_do(official):
    (official / NAMES[2]).unlink()
    with pytest.raises(DataMissing) as caught:
        open_dataset()
    assert str(caught.value).startswith(f"{official} lacks {NAMES[2]} of Fashion-MNIST: put")
    assert "unset FASHION_MNIST_DIR" in data_status().sentence


def test_a_file_that_cannot_be_read_is_said_so(official, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(verifying, "md5_of_file", refuse)
    with pytest.raises(DataMissing, match=r"train-images.*cannot be read \(Permission denied\)"):
        open_dataset()


def test_status_says_what_to_do_where_there_is_nothing(official, monkeypatch, tmp_path):
    monkeypatch.delenv("FASHION_MNIST_DIR")
    status = data_status()
    assert (status.ready, status.folder) == (False, None)
    assert "Fashion-MNIST is not in" in status.sentence
    assert "`python -m fashion_model data`" in status.sentence
    assert "set FASHION_MNIST_DIR" in status.sentence


def test_status_says_when_all_is_ready(official):
    status = data_status()
    assert (status.ready, status.folder) == (True, official)
    assert "ready" in status.sentence


# Fetching


def test_fetching_brings_verifies_and_decodes_and_asks_no_one_twice(official, monkeypatch):
    monkeypatch.delenv("FASHION_MNIST_DIR")
    seen = []
    with serving({path.name: path.read_bytes() for path in official.iterdir()}) as mirror:
        fetch_dataset(seen.append, mirrors=[mirror.address])
        fetch_dataset(seen.append, mirrors=[mirror.address])
    assert len(mirror.requests) == 4
    assert seen[-1].bytes_done == seen[-1].bytes_total
    monkeypatch.setattr(data, "_decode", None)
    assert len(open_dataset().train.images) == 220


def test_a_damaged_file_in_the_cache_is_named_and_fetched_again(fetched, official):
    good = {path.name: path.read_bytes() for path in official.iterdir()}
    alter(fetched / NAMES[0])
    with pytest.raises(DataDamaged, match=r"fetch the data .* with `python -m fashion_model data`"):
        open_dataset()
    with serving(good) as mirror:
        fetch_dataset(mirrors=[mirror.address])
    assert [name for name, _ in mirror.requests] == [NAMES[0]]
    assert len(open_dataset().test.images) == 30


def test_altered_bytes_of_a_mirror_are_never_cached(official, tmp_path, monkeypatch):
    monkeypatch.delenv("FASHION_MNIST_DIR")
    alter(official / NAMES[0])
    bad = {path.name: path.read_bytes() for path in official.iterdir()}
    with serving(bad) as mirror, pytest.raises(DataMissing, match="other bytes"):
        fetch_dataset(mirrors=[mirror.address])
    assert [path.name for path in (tmp_path / "cache").rglob("*") if path.is_file()] == ["lock"]


def test_nothing_is_fetched_where_the_users_own_folder_is_set(official):
    with serving({}) as mirror:
        fetch_dataset(mirrors=[mirror.address])
        (official / NAMES[0]).unlink()
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
