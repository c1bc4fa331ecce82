"""Visitors who are gone leave nothing in memory, also where nobody comes after them."""

import gc
import threading
import tomllib
import weakref
from pathlib import Path

import pytest
from streamlit import runtime
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from streamlit.runtime.session_manager import SessionInfo

from ui import sessions


class Session:
    """As much of a visitor's session as the storage asks of one."""

    id = "one"


class Manager:
    """As much of Streamlit's own as is looked into; its storage is the real one."""

    def __init__(self, seconds: int):
        self._storage_lock = threading.Lock()
        self._session_storage = MemorySessionStorage(ttl_seconds=seconds)

    def leave(self) -> weakref.ref:
        """Somebody closes their tab."""
        session = Session()
        self._session_storage.save(SessionInfo(client=None, session=session))
        return weakref.ref(session)


class Server:
    """A server with such a manager."""

    def __init__(self, manager: object):
        self._session_mgr = manager


def test_who_has_been_gone_for_long_is_forgotten_and_who_may_come_back_is_not(monkeypatch):
    for seconds, remembered in ((0, False), (60, True)):
        manager = Manager(seconds)
        session = manager.leave()
        assert session() is not None
        monkeypatch.setattr(runtime, "get_instance", lambda manager=manager: Server(manager))
        sessions.forget_the_gone()
        gc.collect()
        assert (session() is not None) == remembered


def test_where_streamlit_has_changed_or_does_not_run_nothing_breaks(monkeypatch):
    sessions.forget_the_gone()
    assert sessions.how_many() is None
    monkeypatch.setattr(runtime, "get_instance", object)
    sessions.forget_the_gone()
    assert sessions.how_many() is None


@pytest.mark.parametrize(
    ("before", "now", "cleared"),
    [(0, 1, True), (2, 2, True), (1, 0, True), (0, None, True), (0, 0, False)],
)
def test_what_pages_leave_is_cleared_up_while_somebody_is_there(monkeypatch, before, now, cleared):
    class Left:
        pass

    monkeypatch.setattr(sessions, "how_many", lambda: now)
    left = Left()
    left.itself = left
    remembered = weakref.ref(left)
    gc.disable()
    try:
        del left
        assert sessions.clear_up(before) == (now or 0)
        assert (remembered() is None) == cleared
    finally:
        gc.enable()


def test_streamlit_leaves_the_clearing_up_to_us():
    config = Path(__file__).parents[2] / ".streamlit" / "config.toml"
    assert tomllib.loads(config.read_text())["runner"]["postScriptGC"] is False
