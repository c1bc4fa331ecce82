"""Short jobs that several visitors wait for."""

import threading

import pytest

from fashion_model import jobs
from fashion_model.recipes import load_recipe
from ui import short_jobs, start_panel
from ui.short_jobs import join, leave


class Job:
    """One that ends when it is told to, and does something else meanwhile."""

    def __init__(self, meanwhile=lambda: None):
        self.process, self.done, self.meanwhile = self, False, meanwhile

    def terminate(self):
        self.meanwhile()
        self.done = True


@pytest.fixture(autouse=True)
def _nothing_under_way(monkeypatch):
    monkeypatch.setattr(short_jobs, "_under_way", {})


def test_who_asks_the_same_waits_for_the_same_job_until_the_last_has_left():
    mine, theirs = join("it", Job), join("it", Job)
    assert mine is theirs
    leave(mine)
    assert not mine.done
    leave(theirs)
    assert mine.done


def test_who_comes_while_a_job_is_being_ended_begins_another():
    came = []
    late = threading.Thread(target=lambda: came.append(join("it", Job)))

    def meanwhile():
        late.start()
        late.join(0.05)

    first = join("it", lambda: Job(meanwhile))
    leave(first)
    late.join()
    assert came[0] is not first
    assert not came[0].done


def test_the_answer_that_a_closed_tab_asked_for_is_there_for_the_next():
    left_open = join("it", Job)
    assert join("it", Job) is left_open
    left_open.job.done = True
    assert join("it", Job) is not left_open  # which finds the answer on the disk


def test_two_visitors_measure_a_recipe_once(monkeypatch):
    begun = []
    monkeypatch.setattr(jobs, "describe", lambda recipe: begun.append(recipe) or Job())
    monkeypatch.setattr(start_panel, "SETTLED", 0)
    recipe = load_recipe("mlp")
    sessions = ({}, {})
    for session in sessions:
        monkeypatch.setattr(start_panel.st, "session_state", session)
        start_panel._measured(recipe)
    assert len(begun) == 1
    start_panel._measured(recipe.replaced(dropout=0.5))
    assert not sessions[0]["_measuring"][2].done  # the other still waits for it
