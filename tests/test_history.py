"""The history: written event by event, read at any moment, also after a kill."""

import json
import os

import pytest

from fashion_model.history import append_event, read_history


@pytest.fixture
def path(tmp_path):
    return tmp_path / "history.jsonl"


def _epoch(path, number, **facts):
    append_event(path, "epoch", epoch=number, seconds=2.0, **facts)


def test_no_history_is_an_empty_one(path):
    history = read_history(path)
    assert (history.start, history.epochs, history.last_event) == (None, [], None)
    assert history.trained == 0


def test_a_reader_sees_events_as_they_come(path):
    append_event(path, "start", epochs=3)
    append_event(path, "batch", epoch=1, batch=10)
    assert read_history(path).last_batch["batch"] == 10
    _epoch(path, 1, best=True)
    history = read_history(path)
    assert history.last_batch is None
    assert history.trained == 1
    assert history.best["epoch"] == 1
    assert history.seconds == 2.0


def test_half_a_line_is_passed_over_and_never_written_into(path):
    append_event(path, "start", epochs=3)
    with open(path, "ab") as file:
        file.write(b'{"event": "epoch", "epo')  # killed while writing
    assert read_history(path).last_event == "start"
    _epoch(path, 1)
    history = read_history(path)
    assert history.trained == 1
    assert history.last_event == "epoch"


@pytest.mark.parametrize("line", [b"[1]", b"3", b"{}", b"\xff\xfe", b'{"event": "epoch"}'])
def test_foreign_lines_are_passed_over(path, line):
    append_event(path, "start", epochs=3)
    with open(path, "ab") as file:
        file.write(line + b"\n")
    assert read_history(path).last_event == "start"


def test_a_resumed_training_forgets_what_it_trains_again(path):
    append_event(path, "start", epochs=4)
    for number in (1, 2, 3):
        _epoch(path, number, best=number == 3)
    append_event(path, "end", reason="asked")
    append_event(path, "finish")
    assert read_history(path).finished
    append_event(path, "start", epochs=4, resumed_from=2)
    history = read_history(path)
    assert [epoch["epoch"] for epoch in history.epochs] == [1, 2]
    assert history.end is None
    assert not history.finished
    _epoch(path, 3, loss=0.5)
    assert read_history(path).epochs[2]["loss"] == 0.5


def test_a_part_of_an_epoch_does_not_count_as_trained(path):
    _epoch(path, 1, partial=True, best=True)
    assert read_history(path).trained == 0
    assert read_history(path).best["epoch"] == 1


def test_a_disk_that_takes_half_an_event_is_full(path, monkeypatch):
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, data[:5]))
    with pytest.raises(OSError, match="No space left"):
        append_event(path, "start", epochs=3)
    monkeypatch.undo()
    append_event(path, "start", epochs=3)
    assert read_history(path).start["epochs"] == 3


def test_an_event_is_one_line_of_json(path):
    append_event(path, "fail", message="two\nlines")
    (line,) = path.read_text().splitlines()
    assert json.loads(line)["message"] == "two\nlines"
