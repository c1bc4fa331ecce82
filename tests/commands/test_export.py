"""Describing and exporting a run by command."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fashion_model.__main__ import main
from fashion_model.classes import CLASSES
from tests.commands.asking import a_photo, answer


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
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
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
