"""scikit-learn runs: the same as networks to everybody outside, kept without pickle."""

import numpy as np
import pytest
import skops.io

from fashion_model.classifier import Classifier
from fashion_model.creating import create_run
from fashion_model.data import Part
from fashion_model.errors import FittingRoomError
from fashion_model.estimators import Estimator, fit_estimator
from fashion_model.recipes import CLASSIC, Recipe
from fashion_model.working import work

SMALL = {"random-forest": {"trees": 10}, "knn": {"neighbours": 3}}


def _recipe(kind):
    return Recipe(kind=kind, **SMALL.get(kind, {}))


@pytest.fixture(scope="module")
def fitted(small_dataset):
    train: Part = small_dataset.train
    return {kind: fit_estimator(_recipe(kind), train.images, train.labels) for kind in CLASSIC}


@pytest.mark.parametrize("kind", CLASSIC)
def test_every_kind_learns_and_answers_in_log_probabilities(fitted, small_dataset, kind):
    raw = fitted[kind].raw(small_dataset.test.images)
    logs = raw["log_probabilities"]
    assert (logs.shape, logs.dtype) == ((100, 10), np.float32)
    np.testing.assert_allclose(np.exp(logs).sum(axis=1), 1, rtol=1e-4)
    assert (logs.argmax(axis=1) == small_dataset.test.labels).mean() > 0.9
    assert raw["features"].shape == (100, 784)
    assert fitted[kind].parameters > 0


@pytest.mark.parametrize("kind", CLASSIC)
def test_saved_and_loaded_it_says_the_same(fitted, small_dataset, tmp_path, kind):
    fitted[kind].save(tmp_path)
    (path,) = tmp_path.iterdir()
    assert path.name == ("estimator.npz" if kind == "knn" else "estimator.skops")
    loaded = Estimator.load(path)
    np.testing.assert_allclose(
        loaded.raw(small_dataset.test.images)["log_probabilities"],
        fitted[kind].raw(small_dataset.test.images)["log_probabilities"],
        atol=1e-5,
    )
    assert loaded.parameters == fitted[kind].parameters


def test_how_many_numbers_were_learned(fitted):
    assert fitted["logistic-regression"].parameters == 784 * 10 + 10
    assert fitted["linear-svm"].parameters == 784 * 10 + 10
    assert fitted["knn"].parameters == 400 * 784


class Foreign:
    """Something no estimator is made of."""


def test_a_file_with_anything_foreign_in_it_is_not_opened(tmp_path):
    path = tmp_path / "estimator.skops"
    skops.io.dump(Foreign(), path)
    with pytest.raises(FittingRoomError, match=r"no estimator .*Foreign.* was not opened"):
        Estimator.load(path)


@pytest.mark.parametrize("name", ["estimator.skops", "estimator.npz"])
def test_a_file_that_cannot_be_read_is_a_sentence(tmp_path, name):
    (tmp_path / name).write_bytes(b"torn")
    with pytest.raises(FittingRoomError, match="cannot be read"):
        Estimator.load(tmp_path / name)


def test_a_share_without_one_of_the_classes_is_refused(small_dataset):
    with_none_of_trouser = np.flatnonzero(small_dataset.train.labels != 1)
    with pytest.raises(FittingRoomError, match="none of Trouser: raise `train_share`"):
        fit_estimator(
            _recipe("knn"),
            small_dataset.train.images[with_none_of_trouser],
            small_dataset.train.labels[with_none_of_trouser],
        )


@pytest.mark.parametrize("kind", ["linear-svm", "knn"])
def test_a_run_of_an_estimator_is_a_run_like_any_other(
    small_data_on_disk, models_folder, small_dataset, kind
):
    run = create_run(_recipe(kind))
    result = work(run)
    assert (run.state, run.usable, run.resumable) == ("finished", True, False)
    assert result["test_accuracy"] > 0.9
    assert result["train_seconds"] >= 0
    assert run.answers("validation").log_probabilities.shape == (100, 10)
    answered = Classifier.open(run).answer(small_dataset.test.images[0])
    assert answered.probabilities.shape == (1, 10)
    card = (run.folder / "README.md").read_text()
    assert f"| kind | {kind} |" in card
    assert "epochs" not in card


def test_a_killed_estimator_is_started_anew(small_data_on_disk, models_folder, monkeypatch):
    run = create_run(_recipe("knn"))

    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Estimator, "save", killed)
        with pytest.raises(KeyboardInterrupt):
            work(run)
    assert (run.state, run.resumable) == ("stopped", True)
    work(run)
    assert run.state == "finished"
