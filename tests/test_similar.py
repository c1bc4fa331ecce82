"""The nearest training pictures: exact, for networks and estimators, computed once."""

import json

import numpy as np
import pytest
from PIL import Image

from fashion_model import features, files
from fashion_model.__main__ import main
from fashion_model.classes import CLASSES
from fashion_model.classifier import Classifier
from fashion_model.creating import create_run
from fashion_model.errors import FittingRoomError
from fashion_model.estimators import fit_estimator
from fashion_model.features import compute_features, features_folder, features_ready, progress_of
from fashion_model.recipes import Recipe
from fashion_model.runs import Run
from fashion_model.similar import SimilarPictures, features_of

pytestmark = pytest.mark.usefixtures("small_data_on_disk")


@pytest.fixture
def plain_run(models_folder, small_dataset) -> Run:
    """Logistic regression, finished as far as answering goes."""
    recipe = Recipe(kind="logistic-regression")
    run = create_run(recipe, "plain", title="Plain")
    fit_estimator(recipe, small_dataset.train.images, small_dataset.train.labels).save(run.folder)
    files.write_json(run.folder / "result.json", {"weights_hash": "abc", "temperature": 1.0})
    return run


def all_in_order(dataset) -> tuple[np.ndarray, np.ndarray]:
    """Pictures and labels of training and validation part, by their official numbers."""
    parts = dataset.train, dataset.validation
    order = np.argsort(np.concatenate([part.numbers for part in parts]))
    images = np.concatenate([part.images for part in parts])[order]
    return images, np.concatenate([part.labels for part in parts])[order]


@pytest.mark.parametrize("kind", ["finished_run", "plain_run"])
def test_the_nearest_are_those_of_a_full_comparison(request, small_dataset, kind):
    run = request.getfixturevalue(kind)
    classifier = Classifier.open(run)
    compute_features(run, small_dataset)
    pictures = SimilarPictures.open(run, small_dataset)
    images, labels = all_in_order(small_dataset)
    assert len(pictures) == 500
    rows = classifier.raw(images)["features"].astype("float64")
    for picture in small_dataset.test.images[:20]:
        asked = features_of(classifier, picture)
        apart = np.sqrt(((rows - asked) ** 2).sum(axis=1))
        found = pictures.nearest(asked, 7)
        assert [one.distance for one in found] == pytest.approx(np.sort(apart)[:7], abs=1e-4)
        for one in found:
            assert one.distance == pytest.approx(apart[one.index], abs=1e-4)
            assert one.label == CLASSES[labels[one.index]]


def test_many_directions_and_ties_are_exact_too():
    random = np.random.default_rng(0)
    rows = random.normal(size=(600, 200)).astype("float32")
    rows[100:140] = rows[0]  # forty at the same distance
    pictures = SimilarPictures(rows, sketch_of(rows), np.zeros(600, np.uint8))
    asked = rows[0] + 0.01
    apart = ((rows.astype("float64") - asked) ** 2).sum(axis=1)
    found = [one.index for one in pictures.nearest(asked, 60)]
    assert found == list(np.argsort(apart, kind="stable")[:60])
    assert len(pictures.nearest(asked, 10_000)) == 600


def sketch_of(rows) -> dict:
    """A sketch along arbitrary directions, which may be slow but never wrong."""
    axes, _ = np.linalg.qr(np.random.default_rng(1).normal(size=(rows.shape[1], 8)))
    mean = rows.mean(axis=0)
    places = (rows - mean) @ axes
    rest = np.sqrt((((rows - mean) ** 2).sum(axis=1) - (places**2).sum(axis=1)).clip(0))
    return {"mean": mean, "axes": axes, "places": places, "rest": rest}


def test_a_training_picture_finds_itself_unless_it_is_left_out(plain_run, small_dataset):
    compute_features(plain_run, small_dataset)
    pictures, classifier = (
        SimilarPictures.open(plain_run, small_dataset),
        Classifier.open(plain_run),
    )
    number = int(small_dataset.train.numbers[3])
    asked = features_of(classifier, small_dataset.train.images[3])
    [itself] = pictures.nearest(asked, 1)
    assert (itself.index, itself.distance) == (number, pytest.approx(0, abs=1e-5))
    assert number not in [one.index for one in pictures.nearest(asked, 20, without=number)]


def test_features_are_computed_once_and_progress_is_told(plain_run, small_dataset, monkeypatch):
    with pytest.raises(FittingRoomError, match="fashion_model features plain"):
        SimilarPictures.open(plain_run, small_dataset)
    monkeypatch.setattr(features, "CHUNK", 100)
    told = []
    compute_features(plain_run, small_dataset, lambda done, of: told.append((done, of)))
    assert told == [(done, 500) for done in range(100, 501, 100)]
    assert progress_of(plain_run, small_dataset) == 1.0
    compute_features(plain_run, small_dataset, lambda done, of: told.append("again"))
    assert "again" not in told


def test_other_weights_are_other_features(finished_run, small_dataset):
    compute_features(finished_run, small_dataset)
    result = finished_run.result | {"weights_hash": "another"}
    files.write_json(finished_run.folder / "result.json", result)
    assert not features_ready(finished_run, small_dataset)


def test_estimators_share_the_pixels_and_old_features_make_room(
    plain_run, small_dataset, monkeypatch
):
    assert features_folder(plain_run, small_dataset).name == "pixels-500"
    monkeypatch.setattr(features, "MODELS_KEPT", 2)
    folder = features_folder(plain_run, small_dataset).parent
    for name in ("old", "older", "oldest"):
        (folder / name).mkdir(parents=True)
    compute_features(plain_run, small_dataset)
    assert len(list(folder.iterdir())) == 2
    assert features_ready(plain_run, small_dataset)


def test_the_command_gives_the_same_as_json(plain_run, small_dataset, tmp_path, capsys):
    path = tmp_path / "picture.png"
    number = int(small_dataset.train.numbers[5])
    Image.fromarray(small_dataset.train.images[5]).save(path)
    asked = ["similar", str(path), "--model", "plain", "--ready"]
    assert main([*asked, "--count", "3", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["file"] == str(path)
    assert len(answer["similar"]) == 3
    label = CLASSES[small_dataset.train.labels[5]]
    assert answer["similar"][0] == {"index": number, "label": label, "distance": 0.0}
    assert main(asked) == 0
    assert f"train-{number}" in capsys.readouterr().out


def test_the_command_refuses_in_a_sentence(plain_run, tmp_path, capsys):
    path = tmp_path / "blank.png"
    Image.new("RGB", (60, 60), "white").save(path)
    assert main(["similar", str(path), "--model", "plain"]) == 1
    assert "one even colour" in capsys.readouterr().err
    assert main(["similar", str(path), "--model", "plain", "--ready"]) == 1
    assert "not 28 × 28" in capsys.readouterr().err


def test_features_can_be_made_beforehand(plain_run, small_dataset, capsys):
    assert main(["features", "plain", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["pictures"] == 500
    assert features_ready(plain_run, small_dataset)
