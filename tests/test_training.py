"""Training: repeatable, stoppable, resumable, and clear when it cannot go on."""

from contextlib import contextmanager

import numpy as np
import pytest

from fashion_model import networks, training
from fashion_model.backend import keras
from fashion_model.creating import create_run
from fashion_model.errors import FittingRoomError
from fashion_model.networks import build_network
from fashion_model.recipes import Recipe
from fashion_model.recording import Checkpoint, Recorder, strip_of
from fashion_model.runs import Run
from fashion_model.training import Schedule, phases, start_weights, train_network
from tests.making import TINY

QUICK = Recipe(kind="mlp", dense=(16,), dropout=0.2, epochs=3, batch_size=64, learning_rate=0.01)
CURVE = ("epoch", "loss", "accuracy", "val_loss", "val_accuracy", "learning_rate", "best", "strip")


class Killed(BaseException):
    """Takes the place of SIGKILL: nothing handles it."""


@pytest.fixture
def train(models_folder, small_dataset):
    """Train a recipe, or a run further; the answer is the run, with its end written down."""

    def train(recipe_or_run) -> Run:
        run = recipe_or_run if isinstance(recipe_or_run, Run) else create_run(recipe_or_run)
        run.record("end", reason=train_network(run, small_dataset))
        return run

    return train


def _curve(run):
    return [{key: epoch[key] for key in CURVE} for epoch in run.history.epochs]


def _state(run):
    with np.load(run.folder / "checkpoint.npz") as arrays:
        return {name: arrays[name] for name in arrays.files if name != "line"}


def _assert_same(run, other):
    assert _curve(run) == _curve(other)
    one, two = _state(run), _state(other)
    assert one.keys() == two.keys()
    for name, array in one.items():
        np.testing.assert_array_equal(array, two[name], err_msg=name)
    best, other_best = (build_network(each.recipe) for each in (run, other))
    networks.load_weights(best, run)
    networks.load_weights(other_best, other)
    for a, b in zip(best.weights, other_best.weights, strict=True):
        np.testing.assert_array_equal(a, b)


@contextmanager
def _at(epoch, batch, do):
    """Let something happen after a batch (counted from 1) of an epoch."""
    after_batch = Recorder.on_train_batch_end

    def patched(self, number, logs=None):
        if (self.epoch, number + 1) == (epoch, batch):
            do(self.run)
        after_batch(self, number, logs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Recorder, "on_train_batch_end", patched)
        yield


@contextmanager
def _killed_instead(owner, name, when):
    """Whoever calls this, with arguments that `when` is true of, is killed there and then."""
    original = getattr(owner, name)

    def patched(self, *arguments, **facts):
        if when(*arguments, **facts):
            raise Killed
        return original(self, *arguments, **facts)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(owner, name, patched)
        with pytest.raises(Killed):
            yield


def _kill(run):
    raise Killed


def _stop(run):
    (run.folder / "stop").touch()


def test_it_learns_and_writes_down_how(trained_run, small_dataset):
    history = trained_run.history
    assert history.end["reason"] == "done"
    assert [epoch["epoch"] for epoch in history.epochs] == [1, 2, 3, 4]
    start = history.start
    assert (start["epochs"], start["batch_size"], start["resumed_from"]) == (4, 32, None)
    assert (start["train_pictures"], start["validation_pictures"]) == (400, 100)
    assert start["parameters"] == build_network(TINY).count_params()
    assert start["backend"] == "tensorflow"
    labels = small_dataset.validation.labels
    assert set(labels[start["strip"]].tolist()) == set(range(10))
    for epoch in history.epochs:
        confusion = np.array(epoch["confusion"])
        np.testing.assert_array_equal(confusion.sum(axis=1), np.bincount(labels, minlength=10))
        assert confusion.trace() / 100 == pytest.approx(epoch["val_accuracy"])
        np.testing.assert_allclose(np.sum(epoch["strip"], axis=1), 1, atol=1e-3)
        assert len(epoch["strip"]) == 12
        assert epoch["seconds"] > 0
        assert epoch["images_per_second"] > 0
    assert history.best["val_accuracy"] == max(e["val_accuracy"] for e in history.epochs) > 0.5


def test_the_same_recipe_gives_the_same_curve_to_the_bit(train, trained_run):
    _assert_same(train(TINY), trained_run)


def test_another_seed_gives_another_curve(train):
    assert _curve(train(QUICK)) != _curve(train(QUICK.replaced(seed=1)))


def test_killed_within_an_epoch_and_resumed_ends_where_an_unbroken_one_ends(train, trained_run):
    run = create_run(TINY)
    with _at(3, 5, _kill), pytest.raises(Killed):
        train(run)
    assert (run.state, run.resumable) == ("stopped", True)
    train(run)
    assert run.history.start["resumed_from"] == 2
    _assert_same(run, trained_run)


@pytest.mark.parametrize(
    "recipe",
    [
        QUICK,
        QUICK.replaced(average=0.6, batch_norm=True),
        Recipe(kind="staged", filters=(16,), average=0.5, batch_size=64, optimizer="muon"),
    ],
    ids=lambda recipe: f"{recipe.kind}-{recipe.average}",
)
def test_killed_at_every_other_moment_and_stopped_too_it_ends_the_same(train, recipe):
    recipe = recipe.replaced(epochs=5, shift=1)
    unbroken, run = train(recipe), create_run(recipe)

    with _killed_instead(Checkpoint, "save", lambda network, line, more: line["epoch"] == 2):
        train(run)
    assert (run.state, run.history.trained) == ("stopped", 1)

    line_of_3 = lambda event, **facts: event == "epoch" and facts["epoch"] == 3  # noqa: E731
    with _killed_instead(Run, "record", line_of_3):
        train(run)
    assert run.history.start["resumed_from"] == 1
    assert run.history.trained == 2  # the third is in the checkpoint only

    with _at(4, 2, _stop):
        train(run)
    assert run.history.start["resumed_from"] == 3
    assert run.history.end["reason"] == "asked"
    assert _curve(run) == _curve(unbroken)[:3]  # the best so far, and not a part of an epoch

    (run.folder / "stop").unlink()
    train(run)
    _assert_same(run, unbroken)


def test_stop_within_the_first_epoch_keeps_what_there_is(train):
    with _at(1, 3, _stop):
        run = train(QUICK)
    (epoch,) = run.history.epochs
    assert (epoch["partial"], epoch["best"], run.history.trained) == (True, True, 0)
    assert (run.folder / "best.weights.h5").exists()
    assert not (run.folder / "checkpoint.npz").exists()
    (run.folder / "stop").unlink()
    train(run)  # from the beginning: nothing whole was trained
    assert _curve(run) == _curve(train(QUICK))


def test_patience_ends_it_also_when_it_died_just_then(train, monkeypatch, small_dataset):
    judge = Recorder.judge
    accuracies = iter([0.5, 0.7, 0.6, 0.7, 0.6])
    monkeypatch.setattr(
        Recorder,
        "judge",
        lambda self: judge(self) | {"val_accuracy": next(accuracies), "val_loss": 1.0},
    )
    run = create_run(QUICK.replaced(epochs=10, patience=2))
    assert train_network(run, small_dataset) == "patience"
    assert run.history.trained == 4
    assert run.history.best["epoch"] == 2
    # No end was written down: to the next worker it looks like a death.
    assert train_network(run, small_dataset) == "patience"
    assert run.history.trained == 4


def test_a_loss_that_is_no_number_says_what_to_do(train):
    wild = QUICK.replaced(optimizer="sgd", learning_rate=10.0, dense=(64, 64, 64), dropout=0.0)
    with pytest.raises(FittingRoomError, match="try again with a smaller learning rate"):
        train(wild.replaced(epochs=20, weight_decay=0.5, batch_size=16))


def test_learning_rate_schedules():
    def rates(shape, *steps):
        return [float(Schedule(shape, 2.0, 100)(step)) for step in steps]

    assert rates("constant", 0, 50, 100) == [2.0, 2.0, 2.0]
    assert rates("cosine", 0, 50, 100, 120) == pytest.approx([2.0, 1.0, 0.0, 0.0], abs=1e-5)
    up_and_down = rates("one-cycle", 0, 25, 62.5, 100)
    assert up_and_down == pytest.approx([0.08, 2.0, 1.0, 0.002], abs=1e-5)


def test_the_learning_rate_of_each_epoch_is_written_down(trained_run):
    rates = [epoch["learning_rate"] for epoch in trained_run.history.epochs]
    assert rates == pytest.approx(
        [0.01 * (1 + np.cos(np.pi * e / 4)) / 2 for e in (1, 2, 3, 4)], abs=1e-5
    )


def test_start_from_takes_the_weights_of_an_earlier_run(train, trained_run):
    recipe = TINY.replaced(start_from="trained", seed=5)
    network, earlier = build_network(recipe), build_network(TINY)
    start_weights(network, recipe)
    networks.load_weights(earlier, trained_run)
    for a, b in zip(network.weights, earlier.weights, strict=True):
        np.testing.assert_array_equal(a, b)
    run = train(recipe.replaced(epochs=1, learning_rate=0.001))
    assert run.history.epochs[0]["loss"] < trained_run.history.epochs[0]["loss"] / 2


@pytest.mark.parametrize("change", [{"filters": (4, 4)}, {"dense": ()}, {"everyday": True}])
def test_start_from_a_run_with_other_layers_names_what_differs(trained_run, change):
    recipe = TINY.replaced(start_from="trained", **change)
    with pytest.raises(FittingRoomError, match=f"do not fit this recipe.*`{next(iter(change))}`"):
        start_weights(build_network(recipe), recipe)


def test_start_from_wants_as_many_convolutions(train):
    staged = Recipe(kind="staged", filters=(2,), epochs=1, batch_size=100)
    other = staged.replaced(start_from=train(staged).name, added=2)
    with pytest.raises(FittingRoomError, match=r"do not fit this recipe.*`added`"):
        start_weights(build_network(other), other)


def test_start_from_is_needed_only_once(train, trained_run):
    run = create_run(TINY.replaced(start_from="trained", epochs=2))
    with _at(2, 3, _kill), pytest.raises(Killed):
        train(run)
    trained_run.folder.rename(trained_run.folder.with_name("elsewhere"))
    assert train(run).history.trained == 2


TRANSFER = Recipe(
    kind="transfer",
    weights="none",
    picture_size=32,
    dense=(8,),
    dropout=0.2,
    epochs=4,
    fine_tune_epochs=2,
    batch_size=64,
    schedule="cosine",
    learning_rate=0.01,
)


@pytest.fixture
def small_backbone(monkeypatch):
    """A backbone that trains in an instant, in place of those with millions of weights."""

    def backbone(recipe):
        base = keras.Sequential(
            [
                keras.Input((32, 32, 3)),
                keras.layers.Conv2D(4, 3, strides=4),
                keras.layers.BatchNormalization(),
                keras.layers.ReLU(),
            ],
            name=networks.BACKBONE,
        )
        base.trainable = False
        return base

    monkeypatch.setattr(networks, "backbone", backbone)


def test_phases():
    assert phases(TINY) == [(0, 4, False)]
    assert phases(TRANSFER) == [(0, 2, False), (2, 4, True)]
    assert phases(TRANSFER.replaced(fine_tune_epochs=0)) == [(0, 4, False)]
    assert phases(TRANSFER.replaced(fine_tune_epochs=4)) == [(0, 4, True)]


def test_a_backbone_is_frozen_then_moves_slowly(train, small_backbone, monkeypatch):
    kernels, end = [], Recorder.on_epoch_end

    def kept(self, epoch, logs=None):
        kernels.append(np.array(self.model.get_layer(networks.BACKBONE).layers[0].kernel))
        end(self, epoch, logs)

    monkeypatch.setattr(Recorder, "on_epoch_end", kept)
    run = train(TRANSFER)
    np.testing.assert_array_equal(kernels[0], kernels[1])
    assert (kernels[1] != kernels[2]).any()
    assert (kernels[2] != kernels[3]).any()
    rates = [epoch["learning_rate"] for epoch in run.history.epochs]
    # Each phase goes down its own cosine: half way after one of its two epochs.
    assert rates == pytest.approx([0.005, 0.0, 0.0005, 0.0], abs=1e-6)


def test_resuming_at_and_after_the_thaw(train, small_backbone):
    unbroken, run = train(TRANSFER), create_run(TRANSFER)
    for epoch in (3, 4):
        with _at(epoch, 1, _kill), pytest.raises(Killed):
            train(run)
        assert run.history.trained == epoch - 1
    _assert_same(train(run), unbroken)


def test_a_real_backbone_trains(train):
    small = TRANSFER.replaced(train_share=0.02, epochs=1, fine_tune_epochs=0)
    run = train(small.replaced(backbone="VGG16"))
    assert run.history.trained == 1
    assert run.history.start["parameters"] > 14_000_000


def test_the_strip_shows_each_class_where_it_can(small_dataset):
    places = strip_of(small_dataset.validation)
    labels = small_dataset.validation.labels[places]
    assert labels[:10].tolist() == list(range(10))
    assert len(set(places)) == 12


def test_everyday_pictures_are_learned_from_too(small_dataset, monkeypatch):
    from fashion_model import everyday

    extra = everyday.ExtraPictures(
        np.zeros((3, 28, 28), "uint8"), np.eye(11, dtype="float32")[[10] * 3]
    )
    monkeypatch.setattr(everyday, "build", lambda recipe, dataset, photos: extra)
    pictures, targets, always = training.training_pictures(
        TINY.replaced(everyday=True), small_dataset
    )
    assert always == 400
    assert (pictures.shape, targets.shape) == ((403, 28, 28), (403, 11))
    np.testing.assert_array_equal(targets[:400].argmax(axis=1), small_dataset.train.labels)
    assert targets[400:, 10].all()
