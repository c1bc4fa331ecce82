"""A server for a class: who may change what, and how much there may be."""

import ast
from pathlib import Path

import pytest

from fashion_model import jobs
from fashion_model.baskets import new_visitor
from fashion_model.creating import create_run
from fashion_model.derived import Derived
from fashion_model.errors import FittingRoomError
from fashion_model.guests import Guest
from fashion_model.locks import Lock
from fashion_model.recipes import Recipe
from fashion_model.rules import Rules, rules
from fashion_model.runs import list_runs, open_run
from fashion_model.sharing import export_run
from tests.making import TINY
from tests.making_runs import finished_run, training_run

PROJECT = Path(__file__).parent.parent
KNN = Recipe(kind="knn")


@pytest.fixture(autouse=True)
def _here(models_folder, monkeypatch):
    """Nothing is really started."""
    monkeypatch.setattr(
        jobs, "start_training", lambda recipe, **told: create_run(recipe, title=told["title"])
    )
    monkeypatch.setattr(jobs, "finish", lambda run: run)


@pytest.fixture
def public(monkeypatch):
    monkeypatch.setenv("FITTING_ROOM_PUBLIC", "1")


@pytest.fixture
def two() -> tuple[Guest, Guest]:
    return Guest(new_visitor()), Guest(new_visitor())


def test_without_rules_everybody_may_do_everything(two):
    one, other = two
    run = one.start_training(KNN, "Mine")
    other.rename(run, "Yours")
    assert open_run("mine").title == "Yours"
    other.delete(run)
    assert rules() == Rules()


def test_on_a_public_server_everybody_changes_only_what_is_theirs(two, public, small_dataset):
    mine, theirs = two
    run = mine.start_training(KNN, "Mine")
    for act in (
        lambda: theirs.rename(run, "Yours"),
        lambda: theirs.delete(run),
        lambda: theirs.stop(run),
        lambda: theirs.discard(run),
        lambda: theirs.resume(run),
    ):
        with pytest.raises(FittingRoomError, match="belongs to somebody else"):
            act()
    assert open_run("mine").title == "Mine"
    mine.rename(run, "Still mine")
    token = mine.delete(run)
    with pytest.raises(FittingRoomError, match="belongs to somebody else"):
        theirs.undo_delete(token)
    assert mine.undo_delete(token).title == "Still mine"


def test_what_the_keeper_of_the_server_made_belongs_to_no_visitor(two, public, small_dataset):
    run, lock = training_run(small_dataset)
    with lock, pytest.raises(FittingRoomError, match="belongs to somebody else"):
        two[0].stop(run)


def test_what_others_wait_for_is_stopped_by_who_asked_for_it_first(
    two, public, small_dataset, monkeypatch
):
    mine, theirs = two
    derived = Derived(finished_run(small_dataset, "quick"), "map")
    monkeypatch.setattr(jobs, "_spawn", lambda *_: None)
    mine.work_out(derived)
    with Lock.take(derived.folder / "lock"):  # the worker's
        theirs.work_out(derived)
        with pytest.raises(FittingRoomError, match="Somebody else asked for this"):
            theirs.stop_working_out(derived)
        assert not (derived.folder / "stop").exists()
        mine.stop_working_out(derived)
        assert (derived.folder / "stop").exists()
    theirs.work_out(derived)  # that had ended: it is theirs now
    assert (theirs.may_stop(derived), mine.may_stop(derived)) == (True, False)
    assert mine.visitor not in (derived.folder / "about.json").read_text()
    monkeypatch.delenv("FITTING_ROOM_PUBLIC")
    assert mine.may_stop(derived)


def test_the_run_does_not_tell_whose_it_is(two, public, small_dataset):
    mine, theirs = two
    run = mine.start_training(KNN)
    told = "".join(path.read_text() for path in run.folder.iterdir())
    assert mine.visitor not in told
    given = finished_run(small_dataset, "given")
    mine._owned(given)
    taken = theirs.take_in(export_run(given))
    assert theirs.owns(taken)
    assert not mine.owns(taken)


def test_a_server_without_training_takes_nothing_in_either(two, monkeypatch, small_dataset):
    given = export_run(finished_run(small_dataset, "given"))
    monkeypatch.setenv("FITTING_ROOM_TRAINING", "0")
    for act in (
        lambda: two[0].start_training(KNN),
        lambda: two[0].take_in(given),
        lambda: two[0].resume(open_run("given")),
    ):
        with pytest.raises(FittingRoomError, match="on this server"):
            act()
    assert [run.name for run in list_runs()] == ["given"]


def test_a_visitor_has_so_many_runs_and_others_still_have_theirs(two, public, monkeypatch):
    monkeypatch.setenv("FITTING_ROOM_MOST_RUNS", "2")
    mine, theirs = two
    for _ in range(2):
        mine.start_training(KNN)
    with pytest.raises(FittingRoomError, match="keeps 2 for you: delete one first"):
        mine.start_training(KNN)
    theirs.start_training(KNN)


def test_what_was_deleted_comes_back_only_where_there_is_still_a_place(two, public, monkeypatch):
    monkeypatch.setenv("FITTING_ROOM_MOST_RUNS", "1")
    mine = two[0]
    token = mine.delete(mine.start_training(KNN, "First"))
    second = mine.start_training(KNN, "Second")
    with pytest.raises(FittingRoomError, match="keeps 1 for you: delete one first"):
        mine.undo_delete(token)
    mine.delete(second)
    assert mine.undo_delete(token).title == "First"


def test_runs_take_only_so_much_of_the_disk(two, monkeypatch, small_dataset):
    finished_run(small_dataset, "large")  # 1.7 MB and more
    monkeypatch.setenv("FITTING_ROOM_MOST_GB", "0.001")
    with pytest.raises(FittingRoomError, match=r"all of the 0\.001 GB"):
        two[0].start_training(KNN)
    open_run("large").folder.rename(open_run("large").folder.parent / ".elsewhere")
    with pytest.raises(FittingRoomError, match="has to make room"):  # the trash counts too
        two[0].start_training(KNN)


@pytest.mark.parametrize(
    ("variable", "value"),
    [("PUBLIC", "perhaps"), ("MOST_RUNS", "many"), ("MOST_MINUTES", "-1"), ("MOST_GB", "nan")],
)
def test_a_rule_that_cannot_be_read_is_no_rule_left_out(monkeypatch, variable, value):
    monkeypatch.setenv(f"FITTING_ROOM_{variable}", value)
    with pytest.raises(FittingRoomError, match=f"FITTING_ROOM_{variable} is '{value}'"):
        rules()


def test_a_training_ends_when_its_time_is_over_and_keeps_its_best(small_data_on_disk, monkeypatch):
    from fashion_model.working import work

    monkeypatch.setenv("FITTING_ROOM_MOST_MINUTES", "0.02")
    run = create_run(TINY.replaced(epochs=1000), "endless")
    work(run)
    assert (run.state, run.usable, run.resumable) == ("stopped", True, False)
    assert "when its time was over" in run.message
    assert run.history.trained < 1000


def test_pages_change_runs_through_guests_alone():
    changing = {"start_training", "resume", "stop", "discard", "finish"}
    names = {"delete_run", "rename_run", "undo_delete", "import_run", "create_run"}
    for path in [*(PROJECT / "ui").glob("*.py"), *(PROJECT / "pages").glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "jobs":
                assert node.attr not in changing, path.name
            if isinstance(node, ast.alias):
                assert node.name not in names, path.name
