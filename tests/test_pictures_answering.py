"""All views of a picture are answered together, calibrated for where it came from."""

import json
import os

import numpy as np
import pytest
from PIL import Image

from fashion_model.classes import CLASSES
from fashion_model.pictures import answer_picture, prepare
from fashion_model.pictures.answering import joined

READY = np.zeros((28, 28), np.uint8)
READY[5:23, 8:20] = 180


class Answering:
    """Stands in for a classifier that thinks bright views are coats, dark ones bags."""

    temperature, garment_threshold, conformal_threshold = 1.0, 0.5, 0.2

    def __init__(self, folder, garment=0.8):
        self.run = type("Run", (), {"folder": folder})()
        self.garment = garment
        self.seen = 0

    def raw(self, views):
        self.seen += len(views)
        shares = np.full((len(views), 10), 0.02)
        bright = views.reshape(len(views), -1).mean(axis=1) > 100
        shares[bright, 4], shares[~bright, 8] = 0.82, 0.82
        answer = {"log_probabilities": np.log(shares)}
        if self.garment is not None:
            answer["garment"] = np.full(len(views), self.garment)
        return answer


def photo() -> Image.Image:
    random = np.random.default_rng(0)
    pixels = random.integers(180, 220, (90, 70, 3), dtype=np.uint8)
    pixels[15:75, 15:55] = (30, 60, 120)
    return Image.fromarray(pixels)


def test_views_and_their_mirror_images_are_joined(tmp_path):
    classifier = Answering(tmp_path)
    prepared = prepare(photo())
    answer = answer_picture(classifier, prepared)
    assert classifier.seen == 2 * len(prepared.views)
    assert answer.probabilities.sum() == pytest.approx(1)
    assert answer.label == CLASSES[answer.probabilities.argmax()]
    assert answer.confidence == pytest.approx(answer.probabilities.max())
    assert answer.one_of[0] == answer.label


def test_two_views_that_disagree_leave_it_open(tmp_path):
    views = np.stack([np.zeros((28, 28), np.uint8), np.full((28, 28), 255, np.uint8)])
    log_probabilities, _ = joined(Answering(tmp_path), views)
    assert log_probabilities[4] == pytest.approx(log_probabilities[8])
    assert np.exp(log_probabilities).sum() == pytest.approx(1)


def test_a_score_below_the_threshold_is_no_garment(tmp_path):
    prepared = prepare(photo())
    assert answer_picture(Answering(tmp_path, 0.51), prepared).is_garment
    assert not answer_picture(Answering(tmp_path, 0.49), prepared).is_garment


def test_a_model_that_never_learned_to_say_no_goes_by_its_confidence(tmp_path):
    answer = answer_picture(Answering(tmp_path, None), prepare(photo()))
    assert answer.garment_score == pytest.approx(0.82)


def test_nothing_on_it_is_no_garment(tmp_path):
    answer = answer_picture(Answering(tmp_path, 0.99), prepare(Image.new("RGB", (50, 50))))
    assert not answer.is_garment
    assert answer.garment_score == 0


def test_photos_are_judged_by_photos(tmp_path):
    """The calibration beside the run counts for photos, not for the data set's own pictures."""
    path = tmp_path / "pictures.json"
    path.write_text(json.dumps({"temperature": 3.0, "garment_threshold": 0.9}))
    answer = answer_picture(Answering(tmp_path), prepare(photo()))
    ready = answer_picture(Answering(tmp_path), prepare(Image.fromarray(READY)))
    assert not answer.is_garment
    assert ready.is_garment
    assert answer.confidence < ready.confidence
    path.write_text(json.dumps({"garment_threshold": 0.1}))
    os.utime(path, (1, 1))
    assert answer_picture(Answering(tmp_path), prepare(photo())).is_garment


def test_a_calibration_that_cannot_be_meant_counts_for_nothing(tmp_path):
    before = answer_picture(Answering(tmp_path), prepare(photo()))
    (tmp_path / "pictures.json").write_text('{"temperature": 0, "garment_threshold": "high"}')
    answer = answer_picture(Answering(tmp_path), prepare(photo()))
    assert (answer.confidence, answer.is_garment) == (before.confidence, before.is_garment)
