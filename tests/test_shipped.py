"""The models in git: each answers as its card says, and all of them stay small."""

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest

from fashion_model.__main__ import main
from fashion_model.cards import command_of
from fashion_model.classifier import Classifier
from fashion_model.data import open_dataset
from fashion_model.runs import Run

PROJECT = Path(__file__).parent.parent
SHIPPED = [
    Run(path.parent)
    for path in sorted((PROJECT / "models").glob("*/about.json"))
    if json.loads(path.read_text()).get("shipped")
]


@pytest.mark.real_data
@pytest.mark.parametrize("run", SHIPPED, ids=lambda run: run.name)
def test_a_new_evaluation_gives_what_the_card_says(run, monkeypatch, capsys):
    monkeypatch.setenv("FITTING_ROOM_MODELS", str(run.folder.parent))
    assert main(["evaluate", run.name, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["accuracy"] == pytest.approx(run.result["test_accuracy"], abs=2e-4)
    card = (run.folder / "README.md").read_text(encoding="utf-8")
    assert f"**{run.result['test_accuracy']:.2%}** of the test set" in card
    assert f"`{command_of(run)}`" in card


def test_the_files_of_all_stay_under_40_megabytes():
    names = subprocess.run(
        ["git", "ls-files", "models"], cwd=PROJECT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert sum((PROJECT / name).stat().st_size for name in names) < 40e6


def test_the_champion_is_the_most_accurate_that_ships():
    """By the validation part, which may choose."""
    best = max(SHIPPED, key=lambda run: run.result["validation_accuracy"])
    assert best.name == "champion"
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    assert command_of(best) in readme
    assert f"train champion --name {best.recipe.start_from} " in readme
    assert best.result["parameters"] <= 3_000_000


@pytest.mark.real_data
def test_tiny_is_tiny_and_says_the_same_as_in_full():
    from fashion_model.batches import outputs_of
    from fashion_model.networks import build_network, load_weights

    tiny = next(run for run in SHIPPED if run.name == "tiny")
    assert command_of(tiny) == "python -m fashion_model train tiny"
    assert tiny.result["parameters"] <= 100_000
    assert (tiny.folder / "model.tflite").stat().st_size < 250_000
    network = build_network(tiny.recipe)
    load_weights(network, tiny)
    pictures = open_dataset().test.images
    said = Classifier.open(tiny).raw(pictures)["log_probabilities"].argmax(axis=1)
    assert np.mean(said == outputs_of(network, pictures).argmax(axis=1)) >= 0.995
