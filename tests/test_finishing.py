"""The finish: what serves agrees with what was trained, and can be made again."""

import json
import zipfile

import numpy as np
import pytest

from fashion_model import training
from fashion_model.backend import keras
from fashion_model.cards import command_of
from fashion_model.classes import CLASSES
from fashion_model.classifier import Classifier
from fashion_model.creating import create_run
from fashion_model.errors import FittingRoomError
from fashion_model.finishing import finish_run, save_network
from fashion_model.networks import build_network, load_weights
from fashion_model.recipes import Recipe, load_recipe
from fashion_model.recording import Recorder
from fashion_model.runs import Run
from fashion_model.training import train_network
from fashion_model.working import trained_out

KEYS = {
    *("temperature", "validation_accuracy", "test_accuracy", "test_interval", "macro_f1"),
    *("worst_class", "worst_f1", "ece", "parameters", "multiply_adds", "train_seconds"),
    *("test_images_per_second", "answer_ms", "weights_hash", "epochs_trained", "best_epoch"),
    *("hardware", "versions", "garment_threshold", "conformal_level", "conformal_threshold"),
}
MEASURED = {"test_images_per_second", "answer_ms"}
MLP = Recipe(kind="mlp", dense=(16,), epochs=2, batch_size=64, learning_rate=0.01, seed=3)


def _keras_says(run, pictures):
    """Probabilities from the run's best weights, by Keras, in float32."""
    keras.config.set_dtype_policy("float32")
    network = build_network(run.recipe)
    load_weights(network, run)
    logits = np.asarray(network.predict(pictures, verbose=0), "float64")
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    return shares / shares.sum(axis=1, keepdims=True)


def _served(run, pictures):
    return np.exp(Classifier.open(run).raw(pictures)["log_probabilities"])


def test_what_serves_agrees_with_keras(trained_run, finished_run, small_dataset):
    expected = _keras_says(trained_run, small_dataset.test.images)
    served = _served(finished_run, small_dataset.test.images)
    np.testing.assert_allclose(served, expected, atol=1e-4)
    kept = finished_run.answers("test")
    np.testing.assert_allclose(np.exp(kept.log_probabilities), expected, atol=1e-4)
    np.testing.assert_array_equal(kept.labels, small_dataset.test.labels)


def test_the_network_kept_for_keras_opens_safely_and_answers_by_name(finished_run, small_dataset):
    network = keras.saving.load_model(finished_run.folder / "model.keras", compile=False)
    answers = network.predict(small_dataset.test.images[:20], verbose=0)
    assert set(answers) == {"probabilities", "features"}
    expected = _served(finished_run, small_dataset.test.images[:20])
    np.testing.assert_allclose(answers["probabilities"], expected, atol=1e-4)


def test_the_result_says_everything_pages_ask_for(finished_run, small_dataset):
    result = finished_run.result
    assert set(result) >= KEYS
    answers = finished_run.answers("test")
    right = (answers.log_probabilities.argmax(axis=1) == small_dataset.test.labels).mean()
    assert result["test_accuracy"] == pytest.approx(right)
    assert result["validation_accuracy"] == pytest.approx(
        finished_run.history.best["val_accuracy"], abs=0.011
    )
    low, high = result["test_interval"]
    assert low <= right <= high
    assert result["worst_class"] in CLASSES
    assert result["epochs_trained"] == 4
    assert result["conformal_level"] == 0.9
    assert result["parameters"] == finished_run.history.start["parameters"]
    assert result["multiply_adds"] == 28 * 28 * 9 * 4 + 14 * 14 * 9 * 4 * 8 + 392 * 16 + 160
    json.dumps(result, allow_nan=False)


def test_nothing_is_left_over_and_the_run_is_finished(finished_run):
    names = {path.name for path in finished_run.folder.iterdir()} - {"lock"}
    assert names == {
        *("recipe.toml", "about.json", "history.jsonl", "validation.npz", "test.npz"),
        *("result.json", "model.keras", "model.tflite", "README.md"),
    }
    assert (finished_run.state, finished_run.usable) == ("finished", True)


def test_the_card_is_for_people(finished_run):
    card = (finished_run.folder / "README.md").read_text()
    result = finished_run.result
    assert card.startswith("# Tiny\n")
    assert f"**{result['test_accuracy']:.2%}** of the test set" in card
    assert f"Its worst class is {result['worst_class']}" in card
    assert "4 epochs" in card
    assert result["hardware"] in card
    assert "the test set was answered once and chose nothing" in card
    for name in CLASSES:
        assert f"| {name} |" in card
    assert "{" not in card


def test_the_finish_can_be_repeated(finished_run, small_dataset):
    before, answers = finished_run.result, finished_run.answers("test")
    again = finish_run(finished_run, small_dataset)
    assert finished_run.state == "finished"
    assert {key: again[key] for key in KEYS - MEASURED} == {
        key: before[key] for key in KEYS - MEASURED
    }
    np.testing.assert_array_equal(
        finished_run.answers("test").log_probabilities, answers.log_probabilities
    )


@pytest.mark.parametrize("killed_at", ["Saving", "Answering the test", "Writing", "finish"])
def test_a_finish_that_was_killed_is_taken_up_again(
    trained_run, small_dataset, monkeypatch, killed_at
):
    if killed_at != "Saving":  # only the last steps differ: the network is there already
        saved = save_network(trained_run, small_dataset.validation.images)
        monkeypatch.setattr("fashion_model.finishing.save_network", lambda *_: saved)
    record = Run.record

    def killed(self, event, **facts):
        if facts.get("step", event).startswith(killed_at):
            raise KeyboardInterrupt
        record(self, event, **facts)

    with monkeypatch.context() as patch:
        patch.setattr(Run, "record", killed)
        with pytest.raises(KeyboardInterrupt):
            finish_run(trained_run, small_dataset)
    assert (trained_run.state, trained_run.resumable) == ("stopped", True)
    assert trained_out(trained_run)  # nothing is trained again
    finish_run(trained_run, small_dataset)
    assert (trained_run.state, trained_run.resumable) == ("finished", False)


def test_the_best_weights_are_kept_not_the_last(models_folder, small_dataset, monkeypatch):
    one = create_run(MLP.replaced(epochs=1))
    train_network(one, small_dataset)
    judge, accuracies = Recorder.judge, iter([0.9, 0.1])
    monkeypatch.setattr(
        Recorder, "judge", lambda self: judge(self) | {"val_accuracy": next(accuracies)}
    )
    two = create_run(MLP)
    train_network(two, small_dataset)
    assert two.history.best["epoch"] == 1
    pictures = small_dataset.test.images
    np.testing.assert_array_equal(_keras_says(two, pictures), _keras_says(one, pictures))


def test_weights_trained_in_bfloat16_are_served_in_plain_float32(
    models_folder, small_dataset, monkeypatch
):
    monkeypatch.setattr(training, "precision", lambda: "mixed_bfloat16")
    recipe = Recipe(kind="cnn", filters=(4,), dense=(8,), batch_norm=True, epochs=1)
    run = create_run(recipe)
    run.record("end", reason=train_network(run, small_dataset))
    assert run.history.start["precision"] == "mixed_bfloat16"
    expected = _keras_says(run, small_dataset.test.images)
    keras.config.set_dtype_policy("mixed_bfloat16")  # as the worker leaves it
    result = finish_run(run, small_dataset)
    np.testing.assert_allclose(_served(run, small_dataset.test.images), expected, atol=1e-4)
    with zipfile.ZipFile(run.folder / "model.keras") as packed:
        assert b"bfloat16" not in packed.read("config.json")
    assert result["precision"] == "mixed_bfloat16"


def test_smaller_weights_are_stored_where_that_leaves_the_answers_as_they_are(
    models_folder, small_dataset, monkeypatch
):
    run = create_run(MLP.replaced(dense=(64,), stored_as="float16"))
    run.record("end", reason=train_network(run, small_dataset))
    expected = _keras_says(run, small_dataset.validation.images).argmax(axis=1)
    result = finish_run(run, small_dataset)
    small = (run.folder / "model.tflite").stat().st_size
    said = _served(run, small_dataset.validation.images).argmax(axis=1)
    assert result["same_answers"] == (said == expected).mean() >= 0.995
    assert "kept as float16, with the same answer to" in (run.folder / "README.md").read_text()

    monkeypatch.setattr("fashion_model.finishing.SAME_ANSWERS", 1.1)
    result = finish_run(run, small_dataset)
    assert result["stored_as"] == "float32"
    assert (run.folder / "model.tflite").stat().st_size > 1.7 * small
    assert "its weights are float32" in (run.folder / "README.md").read_text()
    np.testing.assert_allclose(
        _served(run, small_dataset.test.images),
        _keras_says(run, small_dataset.test.images),
        atol=1e-4,
    )


@pytest.mark.parametrize(
    ("made_from", "changes", "command"),
    [
        ("mlp", {}, "train mlp`"),
        ("mlp", {"epochs": 3, "dense": (8, 4)}, "train mlp --set epochs=3 --set 'dense=[8, 4]'`"),
        ("mlp", {"title": "`typed`"}, "train mlp`"),
        ("cnn", {}, "train recipe.toml`"),
        ("mine", {}, "train recipe.toml`"),
    ],
)
def test_the_card_names_the_command_that_made_it(models_folder, made_from, changes, command):
    run = create_run(load_recipe("mlp").replaced(**changes), made_from=made_from)
    assert f"`{command_of(run)}`".endswith(command)


def test_what_was_not_trained_cannot_be_finished(models_folder, small_dataset):
    for recipe in (MLP, Recipe(kind="knn")):
        with pytest.raises(FittingRoomError, match="train it first"):
            finish_run(create_run(recipe), small_dataset)


def test_another_backend_says_where_to_finish(trained_run, small_dataset, monkeypatch):
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    with pytest.raises(
        FittingRoomError, match=r"under TensorFlow, and this is jax.*finish trained"
    ):
        finish_run(trained_run, small_dataset)


@pytest.mark.real_data
def test_ten_thousand_answers_agree_with_keras(tmp_path, monkeypatch):
    from fashion_model.data import open_dataset

    monkeypatch.setenv("FITTING_ROOM_MODELS", str(tmp_path))
    dataset = open_dataset()
    run = create_run(
        Recipe(kind="cnn", filters=(8, 16), dense=(32,), train_share=0.05, epochs=2, batch_size=64)
    )
    run.record("end", reason=train_network(run, dataset))
    expected = _keras_says(run, dataset.test.images)
    result = finish_run(run, dataset)
    np.testing.assert_allclose(_served(run, dataset.test.images), expected, atol=1e-4)
    assert 0.6 < result["test_accuracy"] < 0.9
