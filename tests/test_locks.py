"""Locks between real processes: handed over, and let go of by dying."""

import subprocess
import sys

import pytest

from fashion_model.errors import FittingRoomError
from fashion_model.locks import Lock, is_held

HOLDER = "import sys; print('here', flush=True); sys.stdin.read()"
TAKER = """
import sys
from pathlib import Path
from fashion_model.locks import Lock
assert Lock.take(Path(sys.argv[1]))
print("here", flush=True)
sys.stdin.read()
"""


def _start(code, *arguments, **options):
    process = subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        **options,
    )
    assert process.stdout.readline() == b"here\n"
    return process


def _end(process):
    process.kill()
    process.communicate()


def test_one_holder_at_a_time(tmp_path):
    path = tmp_path / "lock"
    assert not is_held(path)
    with Lock.take(path):
        assert is_held(path)
        assert Lock.take(path, wait=0) is None
    assert not is_held(path)
    with Lock.take(path, wait=0):
        pass


def test_a_dead_holder_holds_nothing(tmp_path):
    path = tmp_path / "lock"
    process = _start(TAKER, path)
    assert is_held(path)
    process.kill()
    process.wait()  # and not before: a pid answers until then, a lock does not
    assert not is_held(path)
    _end(process)


def test_a_lock_is_handed_over_without_a_gap(tmp_path):
    path = tmp_path / "lock"
    lock = Lock.take(path)
    child = _start(HOLDER, pass_fds=[lock.descriptor])
    lock.release()
    assert is_held(path)
    assert Lock.take(path, wait=0) is None
    _end(child)
    assert not is_held(path)


def test_a_child_that_is_not_given_the_lock_has_it_not(tmp_path):
    path = tmp_path / "lock"
    with Lock.take(path):
        child = _start(HOLDER)
    assert not is_held(path)
    _end(child)


def test_a_folder_that_cannot_be_written_says_so(tmp_path):
    with pytest.raises(FittingRoomError, match="cannot be written: No such file"):
        Lock.take(tmp_path / "gone" / "lock")


def test_those_who_only_look_do_not_stand_in_the_way(tmp_path):
    path = tmp_path / "lock"
    path.touch()
    for _ in range(50):
        assert not is_held(path)
        with Lock.take(path) as lock:
            assert lock
