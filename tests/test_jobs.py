"""Jobs: real workers on the small data set. Each costs an import of TensorFlow, so they are few."""

import json
import os
import signal
import subprocess

import numpy as np
import pytest

from fashion_model import jobs
from fashion_model.creating import create_run
from fashion_model.errors import FittingRoomError
from fashion_model.lanes import waiting
from fashion_model.recipes import Recipe
from fashion_model.runs import open_run
from fashion_model.training import train_network
from tests.waiting import until

LONG = Recipe(kind="mlp", dense=(16,), epochs=1000, batch_size=16)
SHORT = Recipe(kind="mlp", dense=(32,), dropout=0.2, shift=1, epochs=30, batch_size=16)


@pytest.fixture(autouse=True)
def _here(small_data_on_disk, models_folder, monkeypatch):
    """Workers read the small data set and write into a folder of their own."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


@pytest.fixture
def workers(monkeypatch):
    """The processes of the workers that were started, in order."""
    started, popen = [], subprocess.Popen

    def start(*arguments, **options):
        started.append(popen(*arguments, **options))
        return started[-1]

    monkeypatch.setattr(subprocess, "Popen", start)
    return started


def _weights(run):
    with np.load(run.folder / "test.npz") as arrays:
        return arrays["log_probabilities"]


def test_a_training_is_queued_stopped_killed_resumed_and_finished_again(small_dataset, workers):
    first = jobs.start_training(LONG, title="First")
    second = jobs.start_training(SHORT, title="Second")
    assert (first.name, first.working, second.state) == ("first", True, "queued")
    assert [jobs.place_in_queue(run) for run in (first, second)] == [0, 1]

    until(lambda: first.history.trained >= 1)
    assert first.state == "training"
    assert not first.resumable
    with pytest.raises(FittingRoomError, match="first is training: there is nothing to resume"):
        jobs.resume(first)
    jobs.stop(first)
    until(lambda: not first.working)
    assert (first.state, first.usable, first.resumable) == ("stopped", True, True)
    with pytest.raises(FittingRoomError, match="first is stopped: there is nothing to stop"):
        jobs.stop(first)

    until(lambda: second.history.trained >= 2)
    assert jobs.place_in_queue(second) == 0
    workers[1].send_signal(signal.SIGKILL)
    until(lambda: not second.working)
    trained = second.history.trained
    assert 2 <= trained < SHORT.epochs
    assert (second.state, second.usable) == ("stopped", False)
    assert "ended without a word" in second.message
    assert waiting() == []

    jobs.resume(second)
    unbroken = create_run(SHORT, "unbroken")
    train_network(unbroken, small_dataset)
    until(lambda: not second.working)
    assert second.state == "finished", (second.folder / "worker.log").read_text()
    assert second.history.start["resumed_from"] in (trained, trained + 1)
    curves = [
        [(epoch["loss"], epoch["val_loss"]) for epoch in run.history.epochs]
        for run in (second, unbroken)
    ]
    assert curves[0] == curves[1]

    before = _weights(second)
    (second.folder / "result.json").unlink()
    jobs.finish(second)
    until(lambda: not second.working)
    assert second.state == "finished"
    np.testing.assert_array_equal(_weights(second), before)
    assert open_run("first").state == "stopped"  # untouched by all that


def test_a_queued_run_is_discarded_without_a_trace():
    from fashion_model.lanes import take_ticket
    from fashion_model.locks import Lock

    ahead = create_run(LONG, "ahead")
    with Lock.take(ahead.folder / "lock"):
        take_ticket(ahead)
        run = jobs.start_training(Recipe(kind="knn"), "unwanted")
        jobs.discard(run)
        until(lambda: not run.folder.exists())
        assert waiting() == [ahead]


def test_a_worker_that_fails_leaves_one_sentence(monkeypatch, tmp_path):
    monkeypatch.setenv("FITTING_ROOM_CACHE", str(tmp_path / "nothing"))
    run = jobs.start_training(Recipe(kind="knn"))
    until(lambda: not run.working)
    assert (run.state, run.usable, run.resumable) == ("failed", False, True)
    assert "python -m fashion_model data" in run.message


def test_workers_find_the_same_folders_where_paths_are_relative(monkeypatch, models_folder):
    monkeypatch.chdir(models_folder.parent)
    monkeypatch.setenv("FITTING_ROOM_MODELS", "models")
    run = jobs.start_training(Recipe(kind="knn"))
    until(lambda: not run.working)
    assert run.state == "finished", (run.folder / "worker.log").read_text()


def test_describe_answers_in_a_process_of_its_own_and_only_once(monkeypatch):
    recipe = Recipe(kind="mlp", dense=(16,))
    job = jobs.describe(recipe)
    until(lambda: job.done)
    assert job.error is None
    assert job.result["parameters"] == 784 * 16 + 16 + 16 * 10 + 10
    assert job.result["seconds_per_epoch"] > 0
    monkeypatch.setattr("subprocess.Popen", None)  # nothing may start
    again = jobs.describe(recipe)
    assert again.done
    assert again.result == job.result


def test_old_answers_make_room(monkeypatch):
    monkeypatch.setattr(jobs, "ANSWERS_KEPT", 2)
    folders = []
    for number in range(4):
        folders.append(jobs._answer_folder("describe", str(number)))
        os.utime(folders[-1], (number, number))
    assert [folder.exists() for folder in folders] == [False, False, True, True]


def test_a_killed_short_job_leaves_nothing():
    job = jobs.short_job(["runs"])
    job.process.kill()
    until(lambda: job.done)
    assert job.error == "It ended without an answer; try again."
    assert list(job.folder.iterdir()) == []


def test_a_short_job_that_fails_says_why_and_is_asked_again(tmp_path):
    path = tmp_path / "bad.toml"
    path.write_text('kind = "nothing"')
    job = jobs.short_job(["describe", str(path)])
    until(lambda: job.done)
    assert job.result is None
    assert job.error.startswith('`kind` is "nothing", but must be one of')
    assert list(job.folder.iterdir()) == []
    path.write_text('kind = "knn"')
    job = jobs.short_job(["describe", str(path)])
    until(lambda: job.done)
    assert job.result["layers"] == []
    assert json.dumps(job.result)
