"""Runs: folders that are the truth, whatever state they were left in."""

import json
import os
import threading

import numpy as np
import pytest

from fashion_model.changing import delete_run, rename_run, undo_delete
from fashion_model.creating import create_run
from fashion_model.errors import FittingRoomError
from fashion_model.locks import Lock
from fashion_model.recipes import Recipe
from fashion_model.runs import check_name, list_runs, open_run
from tests import making_runs

MLP = Recipe(kind="mlp", epochs=4)


@pytest.fixture(autouse=True)
def _here(models_folder):
    """All runs of these tests are in a folder of their own."""


def test_a_new_run_is_a_folder_with_a_recipe():
    run = create_run(MLP, "mine", "My first")
    assert open_run("mine") == run
    assert (run.title, run.recipe, run.state) == ("My first", MLP, "stopped")
    assert run.created > 0
    assert not run.usable
    assert run.resumable


def test_names_are_free_where_nobody_chose_and_refused_where_taken():
    assert create_run(MLP, title="My Net!").name == "my-net"
    assert create_run(MLP, title="my net").name == "my-net-2"
    create_run(MLP, "net")
    with pytest.raises(FittingRoomError, match="called net already"):
        create_run(MLP, "net")


@pytest.mark.parametrize("name", ["", "..", "../x", "a/b", ".hidden", "A", "x" * 65, "a\nb", "ä"])
def test_a_name_cannot_leave_the_folder_of_runs(name):
    with pytest.raises(FittingRoomError, match="cannot be the name"):
        check_name(name)
    if name:
        with pytest.raises(FittingRoomError):
            create_run(MLP, name)


def test_ten_at_once_get_ten_names():
    made = []
    threads = [
        threading.Thread(target=lambda: made.append(create_run(MLP, title="Same").name))
        for _ in range(10)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 10
    assert len(list_runs()) == 10


def test_a_folder_that_cannot_be_written_says_so(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("FITTING_ROOM_MODELS", str(tmp_path / "file" / "models"))
    with pytest.raises(FittingRoomError, match="set FITTING_ROOM_MODELS"):
        create_run(MLP)
    assert list_runs() == []


def test_a_full_disk_leaves_nothing_half_made(models_folder, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("fashion_model.files.write_text", full)
    with pytest.raises(FittingRoomError, match="No space left on device"):
        create_run(MLP, "mine")
    assert list(models_folder.iterdir()) == []


def test_foreign_and_half_made_folders_are_passed_over(models_folder):
    create_run(MLP, "mine")
    (models_folder / "empty").mkdir()
    (models_folder / "README.md").write_text("")
    huge = f'kind = "cnn"\nlearning_rate = {10**400}'.encode()
    for name, recipe in {"text": b"kind = ", "bytes": b"\xff\xfe", "huge": huge}.items():
        (models_folder / name).mkdir()
        (models_folder / name / "recipe.toml").write_bytes(recipe)
    for created in ('"yesterday"', 10**400):
        (models_folder / "mine" / "about.json").write_text(f'{{"created": {created}}}')
        assert [run.name for run in list_runs()] == ["mine"]
    for name in ("empty", "text", "bytes", "huge", "nowhere"):
        with pytest.raises(FittingRoomError):
            open_run(name)


def test_every_state_is_read_from_the_folder(small_dataset):
    training, training_lock = making_runs.training_run(small_dataset)
    queued, queued_lock = making_runs.queued_run()
    with training_lock, queued_lock:
        assert (training.state, queued.state) == ("training", "queued")
        assert not training.resumable
    # Whoever worked on them is dead now.
    assert (training.state, queued.state) == ("stopped", "stopped")
    assert "ended without a word after 2 of 6" in training.message
    assert training.resumable
    finished = making_runs.finished_run(small_dataset)
    assert (finished.state, finished.usable, finished.resumable) == ("finished", True, False)
    assert finished.message == ""
    failed = making_runs.failed_run()
    assert (failed.state, failed.usable, failed.resumable) == ("failed", False, True)
    assert failed.message.startswith("The memory")


def test_a_stopped_run_is_usable_and_says_what_was_kept(small_dataset):
    run = making_runs.stopped_run(small_dataset)
    assert (run.state, run.usable, run.resumable) == ("stopped", True, True)
    assert "after 2 of 6 epochs; its best weights so far are kept" in run.message


@pytest.mark.parametrize("killed_while", ["batch", "end", "finishing"])
def test_a_result_from_before_is_not_taken_for_that_of_a_resumed_training(
    small_dataset, killed_while
):
    run = making_runs.stopped_run(small_dataset)
    run.record("start", epochs=6, resumed_from=2)
    for event in ("batch", "end", "finishing"):
        run.record(event, epoch=3, reason="done", step="Saving")
        if event == killed_while:
            break
    assert run.state == "stopped"
    assert run.usable  # the files of before still answer
    assert run.resumable
    assert "ended without a word" in run.message


def test_a_failure_to_resume_does_not_end_a_run_for_good(small_dataset):
    run = making_runs.stopped_run(small_dataset)
    run.record("fail", message="The disk refused: No space left on device.")
    assert (run.state, run.usable, run.resumable) == ("failed", True, True)


def test_answers_are_read_back_and_torn_ones_are_none(small_dataset):
    run = making_runs.finished_run(small_dataset)
    answers = run.answers("test")
    assert answers.log_probabilities.shape == (100, 10)
    np.testing.assert_array_equal(answers.labels, small_dataset.test.labels)
    path = run.folder / "test.npz"
    path.write_bytes(path.read_bytes()[:500])
    assert run.answers("test") is None


def test_a_run_deleted_under_a_reader_is_a_sentence(small_dataset):
    run = making_runs.finished_run(small_dataset)
    seen = open_run(run.name)
    delete_run(run)
    assert (seen.result, seen.answers("test"), seen.usable) == (None, None, False)
    assert seen.history.epochs == []
    assert seen.bytes == 0
    with pytest.raises(FittingRoomError, match="There is no run"):
        open_run(run.name)


def test_deleting_can_be_undone(small_dataset):
    run = making_runs.finished_run(small_dataset)
    token = delete_run(run)
    assert list_runs() == []
    assert undo_delete(token) == run
    assert run.state == "finished"
    with pytest.raises(FittingRoomError, match="no longer in the trash"):
        undo_delete(token.replace(run.name, "other"))
    with pytest.raises(FittingRoomError, match="names nothing"):
        undo_delete("../x-small-cnn")


def test_the_trash_is_emptied_from_its_oldest(models_folder, monkeypatch):
    monkeypatch.setattr("fashion_model.changing.TRASH_KEEPS", 2)
    tokens = [delete_run(create_run(MLP, f"run-{number}")) for number in range(3)]
    assert sorted(os.listdir(models_folder / ".trash")) == sorted(tokens[1:])


def test_a_run_at_work_is_not_deleted(small_dataset):
    run, lock = making_runs.training_run(small_dataset)
    with lock, pytest.raises(FittingRoomError, match="stop it first"):
        delete_run(run)


def test_a_shipped_run_is_neither_renamed_nor_deleted(small_dataset):
    run = making_runs.finished_run(small_dataset, shipped=True)
    with pytest.raises(FittingRoomError, match="cannot be deleted"):
        delete_run(run)
    with pytest.raises(FittingRoomError, match="cannot be renamed"):
        rename_run(run, "Mine")


def test_a_title_changes_and_the_name_stays():
    run = create_run(MLP, "mine", "Before")
    rename_run(run, "  After\nall ")
    assert (open_run("mine").title, run.name) == ("After all", "mine")
    for title in ("", " ", "x" * 81):
        with pytest.raises(FittingRoomError, match="between 1 and 80"):
            rename_run(run, title)


def test_about_is_for_people_too():
    run = create_run(MLP, "mine", "Für alle")
    text = (run.folder / "about.json").read_text(encoding="utf-8")
    assert "Für alle" in text
    assert json.loads(text)["title"] == "Für alle"


def test_looking_at_a_run_does_not_take_its_lock():
    run = create_run(MLP, "mine")
    with Lock.take(run.folder / "lock"):
        assert run.working
        assert run.working
    assert not run.working
