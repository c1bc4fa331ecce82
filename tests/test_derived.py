"""What is worked out from a run is worked out once, shows how far it is, and can be stopped."""

import threading
import time

import numpy as np
import pytest

from fashion_model import derived as derived_module
from fashion_model import jobs
from fashion_model.derived import Derived, StoppedError
from fashion_model.files import write_json
from fashion_model.lanes import short_lane
from fashion_model.locks import PASSED_LOCK, Lock
from tests.waiting import until

pytestmark = pytest.mark.usefixtures("small_data_on_disk")


@pytest.fixture
def derived(quick_run):
    return Derived(quick_run, "robustness")


def test_it_is_worked_out_once_and_kept_in_the_cache(derived, small_data_on_disk):
    asked = []

    def compute(tell):
        asked.append(derived.working)
        tell(0.5, "Halfway")
        assert derived.progress == (0.5, "Halfway")
        return {"numbers": np.arange(3)}

    for _ in range(2):
        assert list(derived.make(compute)["numbers"]) == [0, 1, 2]
    assert asked == [True]
    assert derived.path.is_relative_to(small_data_on_disk)
    assert not derived.working
    assert derived.error is None


def test_what_was_worked_out_long_ago_makes_room(derived, quick_run, monkeypatch):
    monkeypatch.setattr(derived_module, "RUNS_KEPT", 1)
    derived.make(lambda tell: {"numbers": np.arange(3)})
    write_json(quick_run.folder / "result.json", quick_run.result | {"weights_hash": "f00"})
    other = Derived(quick_run, "robustness")
    other.make(lambda tell: {"numbers": np.arange(3)})
    assert (derived.arrays, len(other.arrays)) == (None, 1)


def test_another_network_begins_afresh(derived, quick_run):
    derived.make(lambda tell: {"numbers": np.arange(3)})
    write_json(quick_run.folder / "result.json", quick_run.result | {"weights_hash": "f00"})
    assert Derived(quick_run, "robustness").arrays is None


def test_a_failure_is_one_sentence_and_the_next_time_may_go_well(derived):
    def broken(tell):
        raise ValueError("oh")

    with pytest.raises(ValueError, match="oh"):
        derived.make(broken)
    assert derived.error == "It broke off (ValueError); the worker's log says where."
    derived.make(lambda tell: {"numbers": np.arange(3)})
    assert derived.error is None


def test_stopped_it_keeps_nothing_and_is_no_failure(derived):
    def compute(tell):
        derived.stop()
        tell(0.2, "Going on")

    with pytest.raises(StoppedError):
        derived.make(compute)
    assert derived.arrays is None
    assert derived.error is None


def test_a_stop_pressed_while_the_worker_still_starts_is_heard(derived, monkeypatch):
    derived.folder.mkdir(parents=True)
    lock = Lock.take(derived.folder / "lock")
    derived.stop()
    monkeypatch.setenv(PASSED_LOCK, str(lock.descriptor))
    with pytest.raises(StoppedError):
        derived.make(lambda tell: pytest.fail("it went on"))
    derived.make(lambda tell: {"numbers": np.arange(3)})  # the next one begins afresh


def test_a_stop_meant_for_somebody_who_is_gone_stops_nobody(derived):
    derived.folder.mkdir(parents=True)
    (derived.folder / "stop").write_text("stop")
    derived.make(lambda tell: tell(0.5, "Halfway") or {"numbers": np.arange(3)})
    assert derived.arrays is not None


def test_it_hears_stop_while_it_waits_for_other_work(derived):
    heard = []

    def work():
        try:
            derived.make(lambda tell: pytest.fail("it did not wait"))
        except StoppedError:
            heard.append("stop")

    with short_lane("derived"):
        worker = threading.Thread(target=work)
        worker.start()
        until(lambda: derived.progress[1] == "Waiting for other work to end")
        derived.stop()
        worker.join(timeout=20)
        assert heard == ["stop"]


def test_who_comes_second_waits_and_gets_the_same(derived):
    begun, found = threading.Event(), []

    def slow(tell):
        begun.set()
        time.sleep(0.3)
        return {"numbers": np.arange(3)}

    first = threading.Thread(target=derived.make, args=(slow,))
    first.start()
    begun.wait()
    found = derived.make(lambda tell: pytest.fail("it was worked out twice"))
    first.join()
    assert list(found["numbers"]) == [0, 1, 2]


def test_what_cannot_be_read_is_worked_out_anew(derived, monkeypatch):
    derived.make(lambda tell: {"numbers": np.arange(3)})
    derived.path.write_bytes(derived.path.read_bytes()[:50])
    assert derived.arrays is None
    begun = []
    monkeypatch.setattr(jobs, "_spawn", lambda arguments, *_: begun.append(arguments[0]))
    jobs.work_out(derived)
    assert begun == ["robustness"]
    derived.make(lambda tell: {"numbers": np.arange(4)})
    assert len(derived.arrays["numbers"]) == 4


def test_a_worker_that_died_is_told_of(derived):
    derived.folder.mkdir(parents=True)
    write_json(derived.folder / "progress.json", {"share": 0.3, "sentence": "Going"})
    assert derived.error == "It ended without a word: try again."


def test_a_worker_of_its_own_works_it_out(derived, quick_run):
    jobs.work_out(derived)
    assert derived.working
    jobs.work_out(derived)  # has begun: nothing happens
    until(lambda: not derived.working)
    log = (derived.folder / "worker.log").read_text()
    assert derived.arrays is not None, log
    assert log.count('"run": "quick"') == 1


def test_a_lock_held_elsewhere_is_work(derived):
    derived.folder.mkdir(parents=True)
    with Lock.take(derived.folder / "lock"):
        assert derived.working
        assert derived.error is None
