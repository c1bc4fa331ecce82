"""The command line, as a person and as a program would use it."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fashion_model.__main__ import main
from fashion_model.classes import CLASSES
from fashion_model.classifier import Classifier
from fashion_model.data import open_dataset
from fashion_model.evaluation import report
from fashion_model.runs import open_run
from tests.waiting import until


@pytest.fixture
def models(small_data_on_disk, tmp_path, monkeypatch) -> Path:
    """An empty folder of runs, beside small data."""
    folder = tmp_path / "models"
    monkeypatch.setenv("FITTING_ROOM_MODELS", str(folder))
    return folder


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> Path:
    """A folder with one finished run called `small`, trained by the command itself."""
    from fashion_model.data import store_decoded
    from tests.making import small_arrays

    folder = tmp_path_factory.mktemp("trained")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FITTING_ROOM_CACHE", str(folder / "cache"))
        patch.setenv("FITTING_ROOM_MODELS", str(folder / "models"))
        patch.delenv("FASHION_MNIST_DIR", raising=False)
        store_decoded(small_arrays())
        assert main(["train", "mlp", "--name", "small", "--epochs", "6", *FAST, "--json"]) == 0
    return folder


FAST = ["--batch-size", "20", "--set", "dense=[16]", "--set", "learning_rate=0.01"]


@pytest.fixture
def at_trained(trained, monkeypatch) -> Path:
    monkeypatch.setenv("FITTING_ROOM_CACHE", str(trained / "cache"))
    monkeypatch.setenv("FITTING_ROOM_MODELS", str(trained / "models"))
    monkeypatch.delenv("FASHION_MNIST_DIR", raising=False)
    return trained


def answer(capsys) -> dict | list:
    """What a command printed, which has to be JSON and nothing else."""
    return json.loads(capsys.readouterr().out)


def a_photo(path: Path) -> Path:
    picture = np.full((120, 100, 3), 240, np.uint8)
    picture[20:110, 30:70] = (40, 60, 120)
    Image.fromarray(picture).save(path)
    return path


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


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["train", "cnn-dropuot"], "did you mean cnn-dropout?"),
        (["train", "cnn", "--epochs", "0"], "`epochs` is 0, but must be between 1 and 1000."),
        (["train", "cnn", "--set", "trees=4"], "`trees` means nothing to cnn"),
        (["train", "cnn", "--photos", "."], "recipes with `everyday = true` only"),
        (["train", "cnn", "--name", "../out"], "cannot be the name of a run"),
        (["evaluate", "nobody"], "There is no run called nobody"),
        (["classify", "x.jpg"], "No model is there yet"),
        (["classify", "x.jpg", "--model", "nobody"], "There is no run called nobody"),
        (["describe", "nothing"], "There is no preset `nothing`"),
        (["stop", "nobody"], "There is no run called nobody"),
    ],
)
def test_a_mistake_is_one_sentence_on_standard_error(models, capsys, arguments, sentence):
    assert main(arguments) == 1
    told = capsys.readouterr()
    assert sentence in told.err
    assert len(told.err.splitlines()) == 1
    assert told.out == ""


def test_evaluate_answers_the_test_set_anew(at_trained, capsys):
    assert main(["evaluate", "small", "--json"]) == 0
    found = answer(capsys)
    result = open_run("small").result
    assert found["accuracy"] == pytest.approx(result["test_accuracy"])
    assert found["macro_f1"] == pytest.approx(result["macro_f1"])
    assert set(found["per_class"]) == set(CLASSES)
    assert np.array(found["confusion"]).sum() == 100
    assert found["images_per_second"] > 0
    assert main(["evaluate", "small"]) == 0
    assert "Ankle boot" in capsys.readouterr().out


def test_evaluate_each_picture_together_with_its_mirror_image(at_trained, capsys, monkeypatch):
    judged = []
    monkeypatch.setattr(
        "fashion_model.commands.asking.report",
        lambda said, *rest: judged.append(np.exp(said)) or report(said, *rest),
    )
    assert main(["evaluate", "small", "--mirrored", "--json"]) == 0
    assert answer(capsys)["accuracy"] > 0.9
    test, classifier = open_dataset().test, Classifier.open(open_run("small"))
    plain, mirrored = (
        np.exp(classifier.raw(pictures)["log_probabilities"])
        for pictures in (test.images, test.images[:, :, ::-1])
    )
    np.testing.assert_allclose(judged[0], (plain + mirrored) / 2, atol=1e-6)
    assert np.abs(np.log(judged[0] / plain)).max() > 0.05
    with pytest.raises(SystemExit):
        main(["evaluate", "small", "--mirrored", "--folder", "."])


def test_evaluate_one_s_own_folders(at_trained, tmp_path, capsys):
    for folder in ("trousers", "hat", "something"):
        (tmp_path / folder).mkdir()
        a_photo(tmp_path / folder / "one.png")
    (tmp_path / "trousers" / "broken.jpg").write_bytes(b"no picture")
    assert main(["evaluate", "small", "--folder", str(tmp_path), "--json"]) == 0
    found = answer(capsys)
    assert found["pictures"] == 1
    assert found["per_class"]["Trouser"]["support"] == 1
    assert found["not_garments"]["pictures"] == 1
    assert found["unlabelled"] == 1
    assert [Path(e["file"]).name for e in found["errors"]] == ["broken.jpg"]
    assert len(found["mistakes"]) == round(1 - found["accuracy"])
    (tmp_path / "empty").mkdir()
    assert main(["evaluate", "small", "--folder", str(tmp_path / "empty")]) == 1
    assert "sort them into folders named by class" in capsys.readouterr().err


def test_classify_answers_each_file_in_order_and_goes_on_after_a_bad_one(
    at_trained, tmp_path, capsys
):
    good, bad, gone = a_photo(tmp_path / "a.png"), tmp_path / "b.jpg", tmp_path / "none.png"
    bad.write_bytes(b"\xff\xd8\xff broken")
    blank = tmp_path / "blank.png"
    Image.new("RGB", (50, 50), "white").save(blank)
    table = tmp_path / "out.csv"
    paths = [str(path) for path in (good, bad, blank, gone)]
    assert main(["classify", *paths, "--csv", str(table), "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["file"] for line in lines] == paths
    assert lines[0]["label"] in CLASSES
    assert lines[0]["error"] is None
    assert sum(lines[0]["probabilities"].values()) == pytest.approx(1, abs=1e-4)
    assert lines[0]["confidence"] == max(lines[0]["probabilities"].values())
    for line in (lines[1], lines[3]):
        assert line["error"]
        assert line["label"] is line["is_garment"] is line["probabilities"] is None
    assert lines[2]["error"] is None
    assert lines[2]["is_garment"] is False
    assert lines[2]["label"] in CLASSES
    rows = list(csv.DictReader(io.StringIO(table.read_text())))
    assert [row["file"] for row in rows] == paths
    assert rows[0]["label"] == lines[0]["label"]
    assert float(rows[0][lines[0]["label"]]) == lines[0]["confidence"]


def test_classify_a_folder_takes_the_pictures_in_it(at_trained, tmp_path, capsys):
    (tmp_path / "inner").mkdir()
    a_photo(tmp_path / "b.png")
    a_photo(tmp_path / "inner" / "a.JPG")
    (tmp_path / "notes.txt").write_text("no picture")
    assert main(["classify", str(tmp_path), "--model", "small"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines] == [
        str(tmp_path / "b.png"),
        str(tmp_path / "inner" / "a.JPG"),
    ]


def test_classify_says_so_where_nothing_could_be_read(at_trained, tmp_path, capsys):
    assert main(["classify", str(tmp_path / "none.png"), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["error"]
    unwritable = str(tmp_path / "no" / "table.csv")
    assert main(["classify", str(a_photo(tmp_path / "a.png")), "--csv", unwritable]) == 1
    assert "cannot be written" in capsys.readouterr().err


def test_describe_a_network_and_an_estimator(models, capsys):
    assert main(["describe", "mlp", "--json"]) == 0
    found = answer(capsys)
    assert found["parameters"] == 109_386
    assert found["multiply_adds"] == 784 * 128 + 128 * 64 + 64 * 10
    assert {"name", "type", "output", "parameters"} <= set(found["layers"][0])
    assert found["seconds_per_epoch"] > 0
    assert main(["describe", "knn"]) == 0
    assert "no layers" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("format", "name"),
    [
        ("keras", "m.keras"),
        ("litert", "m.tflite"),
        ("saved_model", "m"),
        pytest.param("onnx", "m.onnx", marks=pytest.mark.onnx),
    ],
)
def test_export_writes_a_network_and_a_program_that_answers_with_it(
    at_trained, tmp_path, capsys, format, name
):
    out = tmp_path / "out" / name
    assert main(["export", "small", "--format", format, "--out", str(out), "--json"]) == 0
    assert answer(capsys) == {"run": "small", "path": str(out)}
    photo = a_photo(tmp_path / "photo.png")
    ended = subprocess.run(
        [sys.executable, str(out.parent / "answer_with_m.py"), str(photo)],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent)},
    )
    said = ended.stdout.rpartition(": ")[2].partition(" (")[0]
    assert said in CLASSES
    assert main(["classify", str(photo), "--json"]) == 0
    assert answer(capsys)["label"] == said


def test_export_refuses_what_it_cannot_do(at_trained, models, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("FITTING_ROOM_MODELS", str(at_trained / "models"))
    out = str(tmp_path / "m.onnx")
    monkeypatch.setattr("fashion_model.exporting.importlib.util.find_spec", lambda name: None)
    assert main(["export", "small", "--format", "onnx", "--out", out]) == 1
    assert "pip install tf2onnx" in capsys.readouterr().err
    assert main(["export", "small", "--format", "keras", "--out", out]) == 1
    assert "ends in .keras" in capsys.readouterr().err
    monkeypatch.setenv("FITTING_ROOM_MODELS", str(models))
    assert main(["train", "logistic-regression", "--name", "lines", "--json"]) == 0
    capsys.readouterr()
    assert main(["export", "lines", "--format", "keras", "--out", str(tmp_path / "m.keras")]) == 1
    assert "has no network to export" in capsys.readouterr().err


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


def test_help_names_every_command(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    told = capsys.readouterr().out
    for command in (
        *("data", "train", "runs", "evaluate", "classify", "describe"),
        *("stop", "resume", "finish", "export"),
    ):
        assert f"\n    {command} " in told


def test_classify_starts_within_two_seconds_of_processor_time_and_without_tensorflow(
    at_trained, tmp_path
):
    photo = a_photo(tmp_path / "a.png")
    program = (
        "import sys, time; from fashion_model.__main__ import main; "
        f"main(['classify', {str(photo)!r}]); "
        "print(time.process_time(), {'tensorflow', 'keras', 'sklearn'} & set(sys.modules))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    seconds, modules = ended.stdout.splitlines()[-1].split(" ", 1)
    assert modules == "set()"
    assert float(seconds) < 2


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
