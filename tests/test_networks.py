"""Networks: their shapes, their size reckoned by hand, and transfer without the internet."""

import numpy as np
import pytest

from fashion_model.creating import create_run
from fashion_model.errors import FittingRoomError
from fashion_model.networks import (
    build_network,
    layer_table,
    load_weights,
    serving_network,
    without_fetching,
)
from fashion_model.recipes import Recipe, load_recipe

TRANSFER = Recipe(kind="transfer", weights="none", picture_size=32, dense=(8,))


def _total(recipe, what):
    return sum(row[what] for row in layer_table(build_network(recipe)))


@pytest.mark.parametrize(
    "recipe",
    [
        Recipe(kind="mlp", dense=(16, 8), dropout=0.1, batch_norm=True),
        Recipe(kind="mlp", dense=()),
        Recipe(kind="cnn", filters=(4, 8), dense=(8,), batch_norm=True),
        Recipe(kind="cnn", filters=(2, 2, 2, 2), dense=()),
        Recipe(kind="residual", filters=(4, 4, 8), dropout=0.1),
        Recipe(kind="residual", filters=(4,), coarse=True),
        Recipe(kind="residual", filters=(4,) * 8),
        Recipe(kind="strided", filters=(4, 8), dense=(), dropout=0.1),
        Recipe(kind="strided", filters=(2, 2, 2, 2), dense=(8, 4), everyday=True),
        Recipe(kind="staged", filters=(4, 4, 4, 4), dropout=0.1),
        Recipe(kind="staged", filters=(4,), everyday=True),
        Recipe(kind="staged", filters=(4, 4), added=3),
        Recipe(kind="cnn", filters=(2,), dense=(4,), everyday=True),
        TRANSFER.replaced(backbone="VGG16"),
        TRANSFER.replaced(backbone="MobileNetV2"),
    ],
    ids=lambda recipe: f"{recipe.kind}-{recipe.filters}-{recipe.backbone}",
)
def test_every_kind_answers_pictures_with_logits_and_serves_by_name(recipe):
    network = build_network(recipe)
    pictures = np.zeros((2, 28, 28), "uint8")
    answers = 11 if recipe.everyday else 10
    assert network(pictures).shape == (2, answers)
    served = serving_network(network)(pictures)
    np.testing.assert_allclose(np.sum(served["probabilities"], axis=1), 1, rtol=1e-5)
    assert served["probabilities"].shape == (2, 10)
    assert served["features"].ndim == 2
    assert ("garment" in served) == recipe.everyday


def test_garment_is_what_is_left_beside_none_of_the_ten():
    network = build_network(Recipe(kind="mlp", dense=(4,), everyday=True))
    pictures = np.random.default_rng(0).integers(0, 256, (5, 28, 28), np.uint8)
    logits = np.asarray(network(pictures), "float64")
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    served = serving_network(network)(pictures)
    np.testing.assert_allclose(served["garment"], 1 - shares[:, 10], atol=1e-5)
    ten = shares[:, :10] / shares[:, :10].sum(axis=1, keepdims=True)
    np.testing.assert_allclose(served["probabilities"], ten, atol=1e-5)


def test_the_mlp_preset_has_the_size_of_the_network_it_reproduces():
    mlp = load_recipe("mlp")
    assert _total(mlp, "parameters") == 784 * 128 + 128 + 128 * 64 + 64 + 64 * 10 + 10
    assert _total(mlp, "multiply_adds") == 784 * 128 + 128 * 64 + 64 * 10


def test_multiply_adds_of_convolutions_by_hand():
    first, second = 28 * 28 * 9 * 1 * 4, 14 * 14 * 9 * 4 * 8
    dense = 7 * 7 * 8 * 16 + 16 * 10
    recipe = Recipe(kind="cnn", filters=(4, 8), dense=(16,))
    assert _total(recipe, "multiply_adds") == first + second + dense
    stem, block = 28 * 28 * 9 * 4, 2 * 28 * 28 * 9 * 4 * 4
    residual = Recipe(kind="residual", filters=(4, 4))
    assert _total(residual, "multiply_adds") == stem + block + 4 * 10
    coarse = residual.replaced(coarse=True)
    assert _total(coarse, "multiply_adds") == (stem + block) // 4 + 4 * 10
    patches, second = 14 * 14 * 16 * 4, 7 * 7 * 9 * (4 * 8 + 8 * 8)
    strided = Recipe(kind="strided", filters=(4, 8), dense=(16,))
    assert _total(strided, "multiply_adds") == patches + second + 7 * 7 * 8 * 16 + 16 * 10
    large, small = 28 * 28 * 9 * (4 + 4 * 4), 14 * 14 * 9 * (4 * 8 + 8 * 8)
    staged = Recipe(kind="staged", filters=(4, 8))
    assert _total(staged, "multiply_adds") == large + small + 8 * 10
    more = 2 * (28 * 28 * 9 * 4 * 4 + 14 * 14 * 9 * 8 * 8)
    assert _total(staged.replaced(added=3), "multiply_adds") == large + small + more + 8 * 10


def test_multiply_adds_of_a_backbone_are_those_of_the_layers_in_it():
    vgg = [(32, 3, 64), (32, 64, 64), (16, 64, 128), (16, 128, 128), (8, 128, 256)]
    vgg += [(8, 256, 256)] * 2 + [(4, 256, 512)] + [(4, 512, 512)] * 2 + [(2, 512, 512)] * 3
    by_hand = sum(side * side * 9 * before * after for side, before, after in vgg)
    rows = layer_table(build_network(TRANSFER.replaced(backbone="VGG16")))
    (backbone,) = [row for row in rows if row["name"] == "backbone"]
    assert backbone["multiply_adds"] == by_hand
    assert backbone["parameters"] == 14_714_688


def test_the_layers_as_data():
    rows = layer_table(build_network(Recipe(kind="mlp", dense=(16,))))
    assert [row["type"] for row in rows] == [
        *("InputLayer", "Rescaling", "Flatten", "Dense", "ReLU", "Dense")
    ]
    assert rows[3]["output"] == [16]
    assert rows[3]["parameters"] == 784 * 16 + 16


def test_weights_follow_the_seed():
    recipe = Recipe(kind="mlp", dense=(4,))
    one, same, other = (build_network(recipe.replaced(seed=seed)) for seed in (1, 1, 2))
    for a, b in zip(one.weights, same.weights, strict=True):
        np.testing.assert_array_equal(a, b)
    assert (np.asarray(one.weights[0]) != np.asarray(other.weights[0])).any()


def test_imagenet_weights_that_cannot_be_fetched_are_a_sentence(monkeypatch, tmp_path):
    def no_internet(*_, **__):
        raise OSError("Name or service not known")

    monkeypatch.setattr("keras.src.utils.file_utils.urlretrieve", no_internet)
    monkeypatch.setattr("keras.src.backend.config._KERAS_DIR", str(tmp_path))
    with pytest.raises(FittingRoomError) as failed:
        build_network(TRANSFER.replaced(weights="imagenet", backbone="VGG16"))
    assert "ImageNet weights of VGG16 could not be fetched" in str(failed.value)
    assert 'set `weights = "none"`' in str(failed.value)


def test_what_is_only_looked_at_or_loaded_into_is_built_without_fetching():
    assert without_fetching(load_recipe("transfer")).weights == "none"
    assert without_fetching(load_recipe("cnn")) == load_recipe("cnn")


def test_weights_of_a_finished_run_come_from_what_is_served(trained_run, finished_run):
    served, trained = (build_network(run.recipe) for run in (finished_run, trained_run))
    load_weights(served, finished_run)
    load_weights(trained, trained_run)
    for a, b in zip(served.weights, trained.weights, strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_run_without_weights_says_so(models_folder):
    run = create_run(Recipe(kind="mlp"), "new")
    with pytest.raises(FittingRoomError, match="has no weights yet: train it first"):
        load_weights(build_network(run.recipe), run)
