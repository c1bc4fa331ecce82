"""The model for people's own pictures, trained small through the usual training."""

import shlex
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fashion_model import files, working
from fashion_model.__main__ import main
from fashion_model.classifier import Classifier
from fashion_model.creating import create_run
from fashion_model.data import open_dataset
from fashion_model.errors import FittingRoomError
from fashion_model.finishing import trust_on_photos
from fashion_model.photo_settings import CALIBRATION
from fashion_model.recipes import load_recipe
from fashion_model.runs import open_run

PROJECT = Path(__file__).parent.parent


@pytest.fixture
def models(small_data_on_disk, tmp_path, monkeypatch):
    monkeypatch.setenv("FITTING_ROOM_MODELS", str(tmp_path / "models"))
    return tmp_path / "models"


@pytest.fixture
def photos(tmp_path):
    """A folder with a few photos of trousers and of a hat."""
    for folder in ("trousers", "hat"):
        (tmp_path / "photos" / folder).mkdir(parents=True)
        for number in range(3):
            picture = np.full((90, 70, 3), 235, np.uint8)
            picture[10 + number : 80, 20:50] = (50, 60, 120)
            Image.fromarray(picture).save(tmp_path / "photos" / folder / f"{number}.png")
    return tmp_path / "photos"


TINY = {"filters": [4, 6], "epochs": 1, "train_share": 0.004, "batch_size": 32}


def test_it_learns_from_photos_says_no_and_can_be_tuned_further(models, photos):
    recipe = load_recipe("everyday").replaced(**TINY)
    run = create_run(recipe, "mine", photos=photos)
    assert run.photos == photos
    working.work(run)
    assert run.state == "finished"
    assert run.photos is None  # a finished run says nothing of this machine
    answered = Classifier.open(run).answer(open_dataset().test.images[:5])
    assert answered.probabilities.shape == (5, 10)
    np.testing.assert_allclose(answered.probabilities.sum(axis=1), 1, atol=1e-5)
    assert run.answers("validation").garment.shape == (100,)
    # Three photos are too few to choose thresholds by: none of its own, those it inherits hold.
    assert not (run.folder / CALIBRATION).exists()
    files.write_json(run.folder / CALIBRATION, {"temperature": 1.5})
    tuned = create_run(recipe.replaced(start_from="mine"), "tuned", photos=photos)
    working.work(tuned)
    assert tuned.state == "finished"
    assert "from the weights of the run `mine`" in (tuned.folder / "README.md").read_text()
    assert files.read_json(tuned.folder / CALIBRATION) == {"temperature": 1.5}
    files.write_json(tuned.folder / CALIBRATION, {"temperature": 2.0})
    trust_on_photos(tuned)  # as a repeated finish does: what it has of its own stays
    assert files.read_json(tuned.folder / CALIBRATION) == {"temperature": 2.0}


def test_photos_for_a_recipe_that_cannot_use_them_are_refused(models, photos, tmp_path):
    with pytest.raises(FittingRoomError, match="everyday = true"):
        create_run(load_recipe("cnn"), photos=photos)
    with pytest.raises(FittingRoomError, match="no folder of photos"):
        create_run(load_recipe("everyday"), photos=tmp_path / "nowhere")
    assert not models.exists() or not list(models.iterdir())


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_make_everyday_trains_and_then_goes_on_more_gently(models, photos):
    asked = ["make", "--dry-run", "--always-make", "everyday", f"PHOTOS={photos}", "NAME=ours"]
    told = subprocess.run(asked, cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    commands = [
        shlex.split(line)[3:]
        for line in told.replace("\\\n", "").splitlines()
        if " -m fashion_model train " in line
    ]
    small = [f"--set={key}={value}".replace(" ", "") for key, value in TINY.items()]
    for command in commands:
        assert main([*command, *small]) == 0
    assert open_run("ours-first").recipe.start_from == ""
    assert open_run("ours").recipe.start_from == "ours-first"
    assert open_run("ours").recipe.learning_rate < open_run("ours-first").recipe.learning_rate
    assert open_run("ours").usable
