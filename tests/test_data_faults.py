"""Damaged and missing data files: refused by one sentence, mended, and never cached."""

import os
import shutil
import time
from pathlib import Path

import numpy as np
import pytest

from fashion_model import data, verifying
from fashion_model.data import (
    DataDamaged,
    DataMissing,
    data_status,
    fetch_dataset,
    open_dataset,
)
from tests.making import same
from tests.serving import serving

NAMES = [file.name for file in verifying.OFFICIAL_FILES]


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
    official_files, tmp_path, damage, decoded_before, name
):
    if decoded_before:
        before = open_dataset()
        time.sleep(0.15)
        open_dataset()
    good = {path.name: path.read_bytes() for path in official_files.iterdir()}
    damage(official_files / name)
    expected = next(file for file in verifying.OFFICIAL_FILES if file.name == name)
    for opening in (open_dataset, open_dataset, fetch_dataset):
        with pytest.raises(DataDamaged) as caught:
            opening()
        sentence = str(caught.value)
        assert str(official_files / name) in sentence
        assert f"expected {expected.bytes:,} bytes with MD5 {expected.md5}" in sentence
        assert "put the official files there, or unset FASHION_MNIST_DIR" in sentence
        assert ("which is t10k" in sentence) == (damage is swap)
    assert data_status() == data.DataStatus(False, None, sentence)
    for other, content in good.items():
        (official_files / other).write_bytes(content)
    mended = open_dataset()
    assert len(mended.test.images) == 30
    assert not decoded_before or same(mended, before)


def test_an_alteration_that_hides_its_time_is_noticed(official_files):
    open_dataset()
    time.sleep(0.15)
    open_dataset()
    path = official_files / NAMES[1]
    times = path.stat()
    alter(path)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    with pytest.raises(DataDamaged):
        open_dataset()


def test_a_file_that_changes_between_the_check_and_the_decoding_is_refused(
    official_files, monkeypatch
):
    alter(official_files / NAMES[0])
    monkeypatch.setattr(verifying, "check_official", lambda *_: None)
    with pytest.raises(DataDamaged, match="is not the official file"):
        open_dataset()


@pytest.mark.parametrize("damage", [truncate, alter, Path.unlink])
def test_damaged_decoded_arrays_are_made_anew(fetched_files, tmp_path, damage):
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


def test_the_error_says_which_files_are_missing_and_what_to_do(official_files):
    (official_files / NAMES[2]).unlink()
    with pytest.raises(DataMissing) as caught:
        open_dataset()
    assert str(caught.value).startswith(f"{official_files} lacks {NAMES[2]} of Fashion-MNIST: put")
    assert "unset FASHION_MNIST_DIR" in data_status().sentence


def test_a_file_that_cannot_be_read_is_said_so(official_files, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(verifying, "md5_of_file", refuse)
    with pytest.raises(DataMissing, match=r"train-images.*cannot be read \(Permission denied\)"):
        open_dataset()


def test_status_says_what_to_do_where_there_is_nothing(official_files, monkeypatch, tmp_path):
    monkeypatch.delenv("FASHION_MNIST_DIR")
    status = data_status()
    assert (status.ready, status.folder) == (False, None)
    assert "Fashion-MNIST is not in" in status.sentence
    assert "`python -m fashion_model data`" in status.sentence
    assert "set FASHION_MNIST_DIR" in status.sentence


def test_status_says_when_all_is_ready(official_files):
    status = data_status()
    assert (status.ready, status.folder) == (True, official_files)
    assert "ready" in status.sentence


def test_a_damaged_file_in_the_cache_is_named_and_fetched_again(fetched_files, official_files):
    good = {path.name: path.read_bytes() for path in official_files.iterdir()}
    alter(fetched_files / NAMES[0])
    with pytest.raises(DataDamaged, match=r"fetch the data .* with `python -m fashion_model data`"):
        open_dataset()
    with serving(good) as mirror:
        fetch_dataset(mirrors=[mirror.address])
    assert [name for name, _ in mirror.requests] == [NAMES[0]]
    assert len(open_dataset().test.images) == 30


def test_altered_bytes_of_a_mirror_are_never_cached(official_files, tmp_path, monkeypatch):
    monkeypatch.delenv("FASHION_MNIST_DIR")
    alter(official_files / NAMES[0])
    bad = {path.name: path.read_bytes() for path in official_files.iterdir()}
    with serving(bad) as mirror, pytest.raises(DataMissing, match="other bytes"):
        fetch_dataset(mirrors=[mirror.address])
    assert [path.name for path in (tmp_path / "cache").rglob("*") if path.is_file()] == ["lock"]
