"""Inside a network: what its layers make of a picture, small enough to be sent."""

import base64
import io
import json
import os

import numpy as np
import pytest
from PIL import Image

from fashion_model import inside
from fashion_model.__main__ import main
from fashion_model.classifier import Classifier
from fashion_model.creating import create_run
from fashion_model.errors import FittingRoomError
from fashion_model.inside import PICTURE, activation_map, answer_folder, look_inside
from fashion_model.networks import build_network, load_weights
from fashion_model.recipes import Recipe


def unpacked(pictures: dict) -> np.ndarray:
    data = base64.b64decode(pictures["pictures"].partition(",")[2])
    pixels = np.asarray(Image.open(io.BytesIO(data)))
    return pixels.reshape(pictures["count"], -1, pixels.shape[1])


def test_filters_and_layers_are_those_of_the_network(finished_run, small_dataset):
    picture = small_dataset.test.images[0]
    found = look_inside(finished_run, picture)
    network = build_network(finished_run.recipe)
    load_weights(network, finished_run)
    kernel = np.asarray(network.get_layer("conv2d").kernel)  # (3, 3, 1, 4)
    tiles = unpacked(found["filters"]).astype(float) - 127.5
    assert tiles.shape == (4, 3, 3)
    for number, tile in enumerate(tiles):
        weights = kernel[:, :, 0, number]
        assert np.allclose(tile / 127.5, weights / np.abs(weights).max(), atol=0.01)
    shapes = {layer["name"]: layer["shape"] for layer in found["layers"]}
    assert shapes["re_lu"] == [28, 28, 4]
    assert shapes["features"] == [16]
    features = Classifier.open(finished_run).raw(picture)["features"][0]
    [units] = unpacked(next(layer for layer in found["layers"] if layer["name"] == "features"))
    assert np.allclose(units[0, :16] / 255, features / features.max(), atol=0.01)


def test_a_map_of_randomised_weights_is_another(finished_run, small_dataset):
    """The sanity check: a map that ignores the model would stay the same."""
    pictures, labels = small_dataset.test.images[:6], small_dataset.test.labels[:6]

    def maps(network) -> np.ndarray:
        return np.stack(
            [
                activation_map(network, picture, int(label))
                for picture, label in zip(pictures, labels, strict=True)
            ]
        )

    learned = build_network(finished_run.recipe)
    load_weights(learned, finished_run)
    found = maps(learned)
    assert np.allclose(maps(learned), found, atol=1e-4)
    other = maps(build_network(finished_run.recipe.replaced(seed=99)))
    alike = [np.corrcoef(a.ravel(), b.ravel())[0, 1] for a, b in zip(found, other, strict=True)]
    assert np.nanmean(alike) < 0.9


def test_dense_networks_have_weights_for_each_pixel_and_no_map(models_folder, small_dataset):
    network = build_network(Recipe(kind="mlp", dense=(5,)))
    assert activation_map(network, small_dataset.test.images[0], 0) is None
    run = create_run(Recipe(kind="mlp", dense=(5,)), "dense")
    network.save_weights(run.folder / "best.weights.h5")
    found = look_inside(run, small_dataset.test.images[0])
    assert found["map"] is None
    assert unpacked(found["filters"]).shape == (5, 28, 28)


def test_residual_networks_have_a_map(small_dataset):
    network = build_network(Recipe(kind="residual", filters=(4, 6, 8), coarse=True))
    heat = activation_map(network, small_dataset.test.images[0], 0)
    assert heat.shape == (28, 28)
    assert 0 <= heat.min() <= heat.max() <= 1


def test_what_is_no_network_says_so(models_folder, small_dataset):
    run = create_run(Recipe(kind="knn"), "near", title="Near")
    with pytest.raises(FittingRoomError, match="Near is no network"):
        look_inside(run, small_dataset.test.images[0])


def test_the_command(finished_run, small_dataset, tmp_path, capsys):
    path = tmp_path / "picture.png"
    Image.fromarray(small_dataset.test.images[0]).save(path)
    asked = ["inside", str(path), "--ready", "--model", "finished"]
    assert main([*asked, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert np.array(answer["map"]).shape == (28, 28)
    assert [layer["name"] for layer in answer["layers"]][-1] == "features"


def test_old_answers_make_room(finished_run, small_dataset, tmp_path, monkeypatch):
    monkeypatch.setenv("FITTING_ROOM_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(inside, "KEPT", 3)
    folders = []
    for number, picture in enumerate(small_dataset.test.images[:5]):
        folders.append(answer_folder(finished_run, picture))
        os.utime(folders[-1], (number, number))
    assert [folder.exists() for folder in folders] == [False, False, True, True, True]
    kept = np.asarray(Image.open(folders[-1] / PICTURE))
    assert np.array_equal(kept, small_dataset.test.images[4])
