"""The collector is spared what never goes, and no more than that."""

import gc
import sys
from types import ModuleType

import pytest

from ui import sparing


@pytest.fixture(autouse=True)
def _as_before(monkeypatch):
    monkeypatch.setattr(sparing, "_spared", 0)
    monkeypatch.setattr(sparing, "how_many", lambda: 1)
    gc.unfreeze()
    yield
    gc.unfreeze()


def test_what_is_loaded_is_passed_over_and_what_comes_later_is_not():
    sparing.spare_what_stays()
    spared = gc.get_freeze_count()
    assert spared > 100_000  # what Streamlit and NumPy alone bring
    later = [[] for _ in range(1000)]
    sparing.spare_what_stays()
    assert gc.get_freeze_count() <= spared
    assert any(one is later for one in gc.get_objects())


def test_it_looks_again_when_more_was_loaded(monkeypatch):
    sparing.spare_what_stays()
    module = ModuleType("late")
    module.things = [[] for _ in range(1000)]
    monkeypatch.setitem(sys.modules, "late", module)
    sparing.spare_what_stays()
    assert not any(one is module.things for one in gc.get_objects())


@pytest.mark.parametrize("visitors", [2, None])
def test_nothing_is_passed_over_unless_one_visitor_is_known_to_be_there(monkeypatch, visitors):
    monkeypatch.setattr(sparing, "how_many", lambda: visitors)
    sparing.spare_what_stays()
    assert gc.get_freeze_count() == 0
