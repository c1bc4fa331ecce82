"""A worker killed at twenty moments loses nothing; a disk that takes nothing is one sentence."""

import json
import random
import shutil
import subprocess
import sys

import numpy as np
import pytest

from fashion_model.creating import create_run
from fashion_model.errors import FittingRoomError
from fashion_model.recipes import Recipe
from fashion_model.runs import Run, list_runs
from fashion_model.working import work
from tests.making_runs import finished_run

RECIPE = Recipe(kind="mlp", dense=(16,), dropout=0.2, shift=1, epochs=64, batch_size=64)
CURVE = ("epoch", "loss", "accuracy", "val_loss", "val_accuracy", "best")
LEFT = {"recipe.toml", "about.json", "history.jsonl", "lock", "README.md", "result.json"}
LEFT |= {"model.keras", "model.tflite", "validation.npz", "test.npz"}


@pytest.fixture(autouse=True)
def _here(small_data_on_disk, models_folder, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("TF_NUM_INTRAOP_THREADS", "1")


def crashed(run: Run, points: list[str]) -> list[dict]:
    """What the folder said after each worker."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.crashing", run.name, *points],
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def _contents(folder) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def _answers(run: Run) -> np.ndarray:
    with np.load(run.folder / "test.npz") as arrays:
        return arrays["log_probabilities"]


def test_killed_at_twenty_moments_it_ends_where_an_unbroken_run_ends(small_dataset):
    earlier = finished_run(small_dataset, "earlier")
    before = _contents(earlier.folder)
    chance = random.Random(6)
    points = [f"event:{chance.randint(1, 5)}" for _ in range(4)]
    points += [f"{when}:{chance.randint(1, 4)}" for when in ("before", "after") * 3]
    points += [f"moment:{chance.uniform(0.2, 2.5):.2f}" for _ in range(4)]
    chance.shuffle(points)
    points += [
        f"ends-{when}:{n}" for when, n in zip(("before", "after") * 3, range(1, 7), strict=True)
    ]
    assert len(points) == 20
    run, unbroken = create_run(RECIPE, "broken"), create_run(RECIPE, "unbroken")
    told = crashed(run, [*points, "never:0"])

    for moment in told[:-1]:
        assert moment["killed"], moment
        assert moment["state"] in ("stopped", "failed"), moment
        assert not moment["complete"], moment
        assert moment["message"], moment
    trained = [moment["trained"] for moment in told]
    assert trained == sorted(trained)  # no epoch that was written down is lost again
    assert (told[-1]["state"], told[-1]["usable"]) == ("finished", True)

    assert crashed(unbroken, ["never:0"])[0]["state"] == "finished"
    curves = [[[e[key] for key in CURVE] for e in r.history.epochs] for r in (run, unbroken)]
    assert curves[0] == curves[1]
    np.testing.assert_array_equal(_answers(run), _answers(unbroken))
    assert {path.name for path in run.folder.iterdir()} == LEFT  # no half-written file stays
    assert _contents(earlier.folder) == before


def test_a_disk_that_fills_while_it_trains_is_one_sentence():
    run = create_run(RECIPE)
    [told] = crashed(run, ["full:20000"])
    assert (told["killed"], told["state"]) == (False, "failed")
    assert told["message"].startswith("The disk refused")
    assert run.resumable
    assert not list(run.folder.glob(".*"))  # what was half-written is gone


def test_a_history_that_nobody_can_write_is_one_sentence():
    run = create_run(Recipe(kind="knn"))
    (run.folder / "history.jsonl").symlink_to("/dev/full")
    with pytest.raises(FittingRoomError, match="The disk refused: No space left on device"):
        work(run)
    assert not run.working


def test_a_run_whose_folder_vanishes_under_its_worker_is_one_sentence(monkeypatch):
    run = create_run(Recipe(kind="knn"))

    def vanish(*_):
        shutil.rmtree(run.folder)
        run.record("start")

    monkeypatch.setattr("fashion_model.working.fit_estimator", vanish)
    with pytest.raises(FittingRoomError, match="The disk refused"):
        work(run)
    assert run not in list_runs()
