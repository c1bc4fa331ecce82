"""Evaluating by command: the test set, mirror images, one's own folders."""

from pathlib import Path

import numpy as np
import pytest

from fashion_model.__main__ import main
from fashion_model.classes import CLASSES
from fashion_model.classifier import Classifier
from fashion_model.data import open_dataset
from fashion_model.evaluation import report
from fashion_model.runs import open_run
from tests.commands.asking import a_photo, answer


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
