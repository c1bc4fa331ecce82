"""Training by command: its answer, its mistakes, stop and resume."""

import json
import os
import subprocess
import sys

import pytest

from fashion_model.__main__ import main
from fashion_model.runs import open_run
from tests.commands.asking import FAST, answer
from tests.waiting import until


def test_data_says_what_is_there(models, capsys):
    assert main(["data", "--json"]) == 0
    found = answer(capsys)
    assert found["ready"] is True
    assert (found["train"], found["validation"], found["test"]) == (500, 100, 100)
    assert main(["data"]) == 0
    assert "100 to test" in capsys.readouterr().out


def test_train_ends_with_its_result_and_a_run_on_disk(at_trained, capsys):
    assert main(["runs", "--json"]) == 0
    [run] = answer(capsys)
    assert run["name"] == "small"
    assert run["state"] == "finished"
    assert run["recipe"] == "mlp"
    assert run["test_accuracy"] > 0.9
    assert run["bytes"] > 10_000
    assert run["parameters"] == 784 * 16 + 16 + 16 * 10 + 10


def test_train_prints_json_alone_and_no_bar_when_piped(models):
    ended = subprocess.run(
        [sys.executable, "-m", "fashion_model", "train", "logistic-regression", "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    [line] = ended.stdout.splitlines()
    told = json.loads(line)
    assert told["run"] == "logistic-regression"
    assert told["test_accuracy"] > 0.9
    assert told["parameters"] == 7850
    assert {"validation_accuracy", "train_seconds"} <= set(told)
    assert "█" not in ended.stderr


def test_train_from_a_file_with_changed_keys(models, tmp_path, capsys):
    recipe = tmp_path / "mine.toml"
    recipe.write_text('kind = "knn"\nneighbours = 1\n')
    assert main(["train", str(recipe), "--set", "neighbours=3", "--json"]) == 0
    assert answer(capsys)["run"] == "mine"
    assert open_run("mine").recipe.neighbours == 3


def test_finish_makes_the_same_again(at_trained, capsys):
    before = open_run("small").result
    (open_run("small").folder / "model.tflite").unlink()
    assert main(["finish", "small", "--json"]) == 0
    assert answer(capsys) == {"run": "small", "state": "finished"}
    after = open_run("small").result
    assert after["test_accuracy"] == before["test_accuracy"]
    assert after["weights_hash"] == before["weights_hash"]


def has_trained(folder):
    return folder.exists() and open_run(folder.name).history.trained


def test_stop_and_resume_a_training_in_another_process(models, capsys):
    arguments = ["train", "mlp", "--name", "long", "--epochs", "400", *FAST]
    worker = subprocess.Popen([sys.executable, "-m", "fashion_model", *arguments])
    try:
        until(lambda: worker.poll() is not None or has_trained(models / "long"))
        assert worker.poll() is None
        assert main(["resume", "long"]) == 1
        assert "somebody works on it" in capsys.readouterr().err
        assert main(["stop", "long", "--json"]) == 0
        assert answer(capsys) == {"run": "long", "state": "stopped"}
        assert worker.wait(60) == 0
    finally:
        worker.kill()
    run = open_run("long")
    trained = run.history.trained
    assert run.usable
    assert 0 < trained < 400
    recipe = run.folder / "recipe.toml"
    recipe.write_text(recipe.read_text().replace("epochs = 400", f"epochs = {trained + 2}"))
    assert main(["resume", "long", "--json"]) == 0
    assert answer(capsys)["state"] == "finished"
    assert open_run("long").history.trained == trained + 2


def test_a_training_starts_itself_anew_keeping_memory_and_keeps_its_number(models, tmp_path):
    if sys.platform != "linux":
        pytest.skip("glibc is of Linux")
    program = (
        "import os; from fashion_model import memory; "
        "print(os.getpid(), os.environ.get('MALLOC_ARENA_MAX'), flush=True); "
        "memory.start_anew_keeping_memory(); print('goes on')"
    )
    plain = {key: value for key, value in os.environ.items() if "MALLOC" not in key}
    plain.pop("GLIBC_TUNABLES", None)
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=plain
    )
    first, second, third = ended.stdout.splitlines()
    number = first.removesuffix(" None")
    assert [second, third] == [f"{number} 1", "goes on"]  # once: then the settings stand already
