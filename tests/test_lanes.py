"""The queue between real processes: in order, one at a time, and the dead leave it."""

import itertools
import subprocess
import sys

import pytest

from fashion_model.creating import create_run
from fashion_model.lanes import place_in_queue, short_lane, take_ticket, take_turn, waiting
from fashion_model.locks import Lock
from fashion_model.recipes import Recipe
from fashion_model.runs import Run, runs_folder
from tests.waiting import until

# What a worker does, less the training: hold the run, wait for the turn, tell when it has it.
WORKER = """
import sys, time
from fashion_model.lanes import take_turn
from fashion_model.locks import Lock
from fashion_model.runs import open_run
run = open_run(sys.argv[1])
lock = Lock.take(run.folder / "lock")
print("waiting", flush=True)
with take_turn(run, print) as turn:
    print("has it" if turn else "told to stop", flush=True)
    time.sleep(float(sys.argv[2]))
    run.record("over")
"""


@pytest.fixture
def workers(models_folder):
    started = []

    def start(name, seconds=60.0):
        process = subprocess.Popen(
            [sys.executable, "-u", "-c", WORKER, name, str(seconds)],
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def _run(name) -> Run:
    return create_run(Recipe(kind="mlp"), name)


def _hold(run: Run) -> Lock:
    lock = Lock.take(run.folder / "lock")
    assert lock
    return lock


def test_places_follow_the_order_of_asking(models_folder):
    runs = [_run(name) for name in ("b", "a", "c")]
    locks = [_hold(run) for run in runs]
    for run in runs:
        take_ticket(run)
    assert waiting() == runs
    assert [place_in_queue(run) for run in runs] == [0, 1, 2]
    take_ticket(runs[1])  # standing already: keeps its place
    assert place_in_queue(runs[1]) == 1
    locks[0].release()  # dies, and so leaves the queue
    assert [place_in_queue(run) for run in runs] == [None, 0, 1]


def test_looking_at_a_queue_that_never_was_makes_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("FITTING_ROOM_MODELS", str(tmp_path / "none"))
    assert waiting() == []
    assert not runs_folder().exists()


def test_two_at_the_same_moment_one_trains_and_the_other_says_its_place(workers):
    runs = [_run("one"), _run("two")]
    processes = [workers(run.name) for run in runs]
    until(lambda: sorted(place_in_queue(run) or 0 for run in runs) == [0, 1])
    first, second = sorted(range(2), key=lambda number: place_in_queue(runs[number]))
    assert processes[first].stdout.readline() == "waiting\n"
    assert processes[first].stdout.readline() == "has it\n"
    assert processes[second].stdout.readline() == "waiting\n"
    assert processes[second].stdout.readline() == "Waiting for 1 training to end\n"
    assert runs[second].state == "queued"
    processes[first].kill()  # whoever is dead is out of the way
    assert processes[second].stdout.readline() == "has it\n"
    assert place_in_queue(runs[second]) == 0
    assert place_in_queue(runs[first]) is None


def test_all_come_to_their_turn_and_never_two_at_once(workers):
    runs = [_run(name) for name in ("p", "q", "r")]
    processes = [workers(run.name, 0.2) for run in runs]
    for process in processes:
        assert process.wait(timeout=30) == 0
    times = sorted(run.history.last["time"] for run in runs)
    assert all(later - earlier >= 0.19 for earlier, later in itertools.pairwise(times))
    assert waiting() == []


def test_a_run_told_to_stop_leaves_the_queue(models_folder):
    first, second = _run("first"), _run("second")
    with _hold(first), _hold(second):
        take_ticket(first)
        (second.folder / "stop").write_text("stop")
        with take_turn(second, pytest.fail) as turn:
            assert turn is None
        assert place_in_queue(second) is None
        assert place_in_queue(first) == 0  # it did not wait for the one before


def test_one_kind_of_work_waits_for_its_like_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("FITTING_ROOM_CACHE", str(tmp_path / "cache"))

    class WaitsError(Exception):
        pass

    def waits():
        raise WaitsError

    with short_lane("derived", waits):
        with short_lane("describe", waits):
            pass
        with pytest.raises(WaitsError), short_lane("derived", waits):
            pass
    with short_lane("derived", waits):
        pass


def test_work_of_its_own_lane_writes_nothing_among_the_runs(models_folder, tmp_path, monkeypatch):
    monkeypatch.setenv("FITTING_ROOM_CACHE", str(tmp_path / "cache"))
    with short_lane("derived"):
        assert list(models_folder.iterdir()) == []
