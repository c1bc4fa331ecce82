"""The download, against mirrors played by a real HTTP server."""

import os
import random
import threading
import time
from pathlib import Path

import pytest

from fashion_model import fetching, verifying
from fashion_model.errors import FittingRoomError
from fashion_model.fetching import MIRRORS, Progress, fetch_files
from fashion_model.verifying import DataMissing, OfficialFile, md5_of
from tests.serving import serving

FILES = {
    "one.gz": random.Random(1).randbytes(300_000),
    "two.gz": random.Random(2).randbytes(500),
}


@pytest.fixture(autouse=True)
def small_official_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = tuple(OfficialFile(name, len(data), md5_of(data)) for name, data in FILES.items())
    monkeypatch.setattr(verifying, "OFFICIAL_FILES", table)
    monkeypatch.setattr(fetching, "PAUSE", 0.01)
    monkeypatch.setenv("FITTING_ROOM_CACHE", str(tmp_path))
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "files"


def assert_complete(folder: Path) -> None:
    assert {path.name for path in folder.iterdir()} == {*FILES, "lock"}
    assert all((folder / name).read_bytes() == data for name, data in FILES.items())


def assert_nothing_under_the_right_name(folder: Path) -> None:
    assert not any((folder / name).exists() for name in FILES)


def test_the_mirrors_are_zalandos_kerass_and_githubs_in_this_order():
    assert [mirror.split("/")[2] for mirror in MIRRORS] == [
        "fashion-mnist.s3-website.eu-central-1.amazonaws.com",
        "storage.googleapis.com",
        "github.com",
    ]


def test_all_files_arrive_and_nothing_else_is_left(folder):
    with serving(FILES) as mirror:
        fetch_files(folder, None, [mirror.address])
    assert_complete(folder)
    assert mirror.requests == [("one.gz", None), ("two.gz", None)]


def test_what_is_there_and_right_is_not_fetched_again(folder):
    folder.mkdir()
    (folder / "one.gz").write_bytes(FILES["one.gz"])
    with serving(FILES) as mirror:
        fetch_files(folder, None, [mirror.address])
    assert mirror.requests == [("two.gz", None)]


def test_an_altered_file_that_is_there_is_replaced(folder):
    folder.mkdir()
    (folder / "one.gz").write_bytes(b"x" + FILES["one.gz"][1:])
    with serving(FILES) as mirror:
        fetch_files(folder, None, [mirror.address])
    assert_complete(folder)


def test_progress_counts_all_files_and_comes_a_few_times_a_second(folder):
    def slowly(answer, name, count):
        if name == "one.gz":
            answer.send(FILES[name], stop_after=0)
            for start in range(0, 300_000, 20_000):  # 15 pieces in 0.6 s
                answer.wfile.write(FILES[name][start : start + 20_000])
                time.sleep(0.04)
            return True
        return False

    seen: list[Progress] = []
    start = time.monotonic()
    with serving(FILES, slowly) as mirror:
        fetch_files(folder, seen.append, [mirror.address])
    seconds = time.monotonic() - start
    assert_complete(folder)
    done = [progress.bytes_done for progress in seen]
    assert done == sorted(done)
    assert done[0] == 0
    assert done[-1] == 300_500
    assert {progress.bytes_total for progress in seen} == {300_500}
    assert any(0 < progress.bytes_done < 300_000 for progress in seen)
    assert 5 <= len(seen) <= 5 + seconds / fetching.REPORT_EVERY  # both ends of each file, and ours
    assert (seen[0].file, seen[0].file_number, seen[0].files) == ("one.gz", 1, 2)
    assert seen[-1].file_number == 2
    assert f"http://{seen[0].mirror}/" == mirror.address


def test_a_broken_connection_is_taken_up_where_it_stopped(folder):
    def break_twice(answer, name, count):
        if name == "one.gz" and count <= 2:
            answer.send(FILES[name], stop_after=100_000)
            return True
        return False

    with serving(FILES, break_twice) as mirror:
        fetch_files(folder, None, [mirror.address])
    assert_complete(folder)
    assert [asked for name, asked in mirror.requests if name == "one.gz"] == [
        None,
        "bytes=100000-",
        "bytes=200000-",
    ]


def test_a_server_that_ignores_the_range_sends_the_whole_file_again(folder):
    def ignore_ranges(answer, name, count):
        answer.send(FILES[name], ranges=False, stop_after=100_000 if count == 1 else None)
        return True

    with serving(FILES, ignore_ranges) as mirror:
        fetch_files(folder, None, [mirror.address])
    assert_complete(folder)
    assert ("one.gz", "bytes=100000-") in mirror.requests


def test_a_mirror_without_the_file_gives_way_to_the_next_which_is_then_asked_first(folder):
    with serving({}) as empty, serving(FILES) as full:
        fetch_files(folder, None, [empty.address, full.address])
    assert_complete(folder)
    assert len(empty.requests) == 1
    assert len(full.requests) == 2


def test_an_error_page_sent_as_the_file_is_refused_and_spares_what_had_arrived(folder):
    def page(answer, name, count):
        answer.send(b"<html>Please log in</html>", ranges=False, kind="text/html; charset=utf-8")
        return True

    folder.mkdir()
    (folder / "one.gz.part").write_bytes(FILES["one.gz"][:200_000])
    with serving({}, page) as portal, pytest.raises(DataMissing, match="sent a web page instead"):
        fetch_files(folder, None, [portal.address])
    assert_nothing_under_the_right_name(folder)
    with serving(FILES) as mirror:
        fetch_files(folder, None, [mirror.address])
    assert mirror.requests[0] == ("one.gz", "bytes=200000-")
    assert_complete(folder)


def test_a_file_of_another_length_is_refused_before_it_is_fetched(folder):
    with (
        serving({"one.gz": b"short"}) as mirror,
        pytest.raises(DataMissing, match="offered 5 bytes where 300,000 were expected"),
    ):
        fetch_files(folder, None, [mirror.address])
    assert not (folder / "one.gz.part").exists()


def test_altered_bytes_are_never_kept_and_the_next_mirror_is_asked(folder):
    altered = {name: data[:-1] + b"!" for name, data in FILES.items()}
    with serving(altered) as bad, serving(FILES) as good:
        with pytest.raises(DataMissing, match="sent other bytes than the official ones"):
            fetch_files(folder, None, [bad.address])
        assert {path.name for path in folder.iterdir()} == {"lock"}
        fetch_files(folder, None, [bad.address, good.address])
    assert_complete(folder)
    assert len(bad.requests) == 2


def test_altered_bytes_of_a_broken_connection_do_not_spoil_the_next_mirror(folder):
    def altered_then_gone(answer, name, count):
        if count == 1:
            answer.send(b"!" * 300_000, stop_after=100_000)
        else:
            answer.send_error(503)
        return True

    with serving({}, altered_then_gone) as bad, serving(FILES) as good:
        fetch_files(folder, None, [bad.address, good.address])
    assert_complete(folder)
    assert [asked for _, asked in good.requests[:2]] == ["bytes=100000-", None]


def test_more_bytes_than_the_file_has_are_not_waited_for(folder):
    def endless(answer, name, count):
        answer.send_response(200)
        answer.end_headers()
        try:
            while True:
                answer.wfile.write(b"x" * 65536)
        except OSError:
            return True

    with serving({}, endless) as mirror, pytest.raises(DataMissing, match="other bytes"):
        fetch_files(folder, None, [mirror.address])
    assert not (folder / "one.gz.part").exists()


def test_a_mirror_that_does_not_answer_is_left_after_the_timeout(folder, monkeypatch):
    monkeypatch.setattr(fetching, "TIMEOUT", 0.3)

    def silent(answer, name, count):
        time.sleep(5)
        return True

    with serving({}, silent) as mute, serving(FILES) as good:
        start = time.monotonic()
        fetch_files(folder, None, [mute.address, good.address])
        assert time.monotonic() - start < 4
    assert_complete(folder)


def test_a_mirror_that_trickles_is_left_and_the_next_goes_on_from_there(folder, monkeypatch):
    monkeypatch.setattr(fetching, "TIMEOUT", 0.3)

    def trickle(answer, name, count):
        answer.send(FILES[name], stop_after=10)
        try:
            for start in range(10, 100):
                answer.wfile.write(FILES[name][start : start + 1])
                time.sleep(0.05)
        except OSError:
            pass
        return True

    with serving({}, trickle) as slow, serving(FILES) as good:
        fetch_files(folder, None, [slow.address, good.address])
    assert_complete(folder)
    assert len(slow.requests) == 1
    assert good.requests[0][1].startswith("bytes=1")


def test_a_mirror_that_never_gets_further_is_given_up(folder):
    def always_breaks(answer, name, count):
        answer.send(FILES[name], ranges=False, stop_after=1000)
        return True

    with serving({}, always_breaks) as mirror, pytest.raises(DataMissing, match="too few bytes"):
        fetch_files(folder, None, [mirror.address])
    assert len(mirror.requests) == 2


def test_the_error_names_the_file_what_was_expected_every_reason_and_what_to_do(folder):
    with serving({}) as empty:
        dead = "http://127.0.0.1:9/"
        with pytest.raises(DataMissing) as caught:
            fetch_files(folder, None, [empty.address, dead])
    sentence = str(caught.value)
    expected = verifying.OFFICIAL_FILES[0]
    assert sentence.startswith(f"one.gz (300,000 bytes, MD5 {expected.md5}) could not be fetched")
    assert "answered 404 Not Found" in sentence
    assert "127.0.0.1:9 broke off (Connection refused)" in sentence
    assert "try again" in sentence
    assert "FASHION_MNIST_DIR" in sentence


def test_stopping_from_the_progress_keeps_what_has_arrived(folder, monkeypatch):
    monkeypatch.setattr(fetching, "REPORT_EVERY", 0)

    def stop(progress):
        if progress.bytes_done > 100_000:
            raise KeyboardInterrupt

    with serving(FILES) as mirror:
        with pytest.raises(KeyboardInterrupt):
            fetch_files(folder, stop, [mirror.address])
        assert_nothing_under_the_right_name(folder)
        fetch_files(folder, None, [mirror.address])
    assert mirror.requests[1][1].startswith("bytes=1")
    assert_complete(folder)


def test_two_who_fetch_at_once_fetch_every_file_once(folder):
    def slow(answer, name, count):
        time.sleep(0.3)
        return False

    seen = [[], []]
    with serving(FILES, slow) as mirror:
        threads = [
            threading.Thread(target=fetch_files, args=(folder, reports.append, [mirror.address]))
            for reports in seen
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert_complete(folder)
    assert len(mirror.requests) == 2
    assert any(progress.mirror == "" for reports in seen for progress in reports)


def test_a_folder_that_cannot_be_written_is_said_so(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(FittingRoomError, match="set FITTING_ROOM_CACHE to a folder that can"):
        fetch_files(tmp_path / "file" / "files", None, [])


def test_a_full_disk_is_said_so_and_leaves_nothing_under_the_right_name(folder, monkeypatch):
    def full(source, target):
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(fetching.os, "replace", full)
    with (
        serving(FILES) as mirror,
        pytest.raises(FittingRoomError, match=r"No space left on device.*make room"),
    ):
        fetch_files(folder, None, [mirror.address])
    assert_nothing_under_the_right_name(folder)
