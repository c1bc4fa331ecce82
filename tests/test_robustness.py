import json

import numpy as np
import pytest

from fashion_model import robustness
from fashion_model.__main__ import main
from fashion_model.robustness import (
    STRENGTHS,
    Robustness,
    alter,
    measure,
    sample,
    strength_words,
)


class Brightest:
    """A model that looks at where a picture is brightest, which is enough for the small data."""

    def raw(self, pictures):
        rows = pictures.astype(float)
        height = np.array(
            [rows[:, 2 + 5 * h : 6 + 5 * h, 8:20].mean(axis=(1, 2)) for h in range(5)]
        )
        best = height.argmax(axis=0)
        outside = rows[np.arange(len(rows)), 3 + 5 * best, :8].mean(axis=1)
        answers = np.zeros((len(rows), 10))
        answers[np.arange(len(rows)), 2 * best + (outside > 80)] = 1
        return {"log_probabilities": np.log(answers.clip(1e-9))}


@pytest.fixture(scope="module")
def found(small_dataset):
    told = []
    arrays = measure(Brightest(), small_dataset.validation, lambda *words: told.append(words))
    assert len(told) == 35
    assert [share for share, _ in told] == sorted(share for share, _ in told)
    return Robustness.from_arrays(arrays)


def test_a_model_does_well_on_plain_pictures_and_worse_the_more_they_are_altered(found):
    plain = found.accuracy("shift")[0]
    assert plain > 0.95
    for kind in ("shift", "rotation", "occlusion"):
        assert found.accuracy(kind)[-1] < plain - 0.2
    assert found.accuracy("noise")[-1] < plain
    assert found.accuracy("inversion")[-1] < 0.2


def test_what_is_said_of_each_picture_stands_behind_the_curve(found):
    for step, share in enumerate(found.accuracy("noise")):
        assert (found.said("noise", step) == found.labels).mean() == share


def test_the_sample_holds_as_many_of_each_class(small_dataset, monkeypatch):
    part = small_dataset.validation
    assert len(sample(part)) == len(part.labels)  # all of what is small
    monkeypatch.setattr(robustness, "EACH_CLASS", 5)
    assert np.bincount(part.labels[sample(part)]).tolist() == [5] * 10


@pytest.mark.parametrize("kind", STRENGTHS)
def test_an_alteration_keeps_shape_and_range_and_is_the_same_each_time(kind, small_dataset):
    pictures = small_dataset.test.images[:8]
    for strength in STRENGTHS[kind][1]:
        altered = alter(pictures, kind, strength)
        assert altered.shape == pictures.shape
        assert altered.dtype == np.uint8
        assert not np.array_equal(altered, pictures)
        assert np.array_equal(altered, alter(pictures, kind, strength))
    assert "{" not in strength_words(kind, 1)


def test_a_shift_goes_each_way_and_black_comes_in():
    white = np.full((4, 28, 28), 255, np.uint8)
    right, down, left, up = alter(white, "shift", 3) == 255
    for moved, kept in ((right, np.s_[:, 3:]), (down, np.s_[3:]), (left, np.s_[:, :-3]),
                        (up, np.s_[:-3])):  # fmt: skip
        expected = np.zeros((28, 28), bool)
        expected[kept] = True
        assert np.array_equal(moved, expected)


def test_inverted_wholly_it_is_the_negative_and_a_cover_is_black(small_dataset):
    pictures = small_dataset.test.images[:8]
    assert np.array_equal(alter(pictures, "inversion", 100), 255 - pictures)
    covered = alter(np.full_like(pictures, 255), "occlusion", 12)
    assert ((covered == 0).sum(axis=(1, 2)) == 144).all()


def test_the_command_works_it_out_once_and_prints_json_alone(quick_run, small_data_on_disk, capsys):
    printed = []
    for _ in range(2):
        assert main(["robustness", "quick", "--json"]) == 0
        printed.append(json.loads(capsys.readouterr().out))
    assert printed[0] == printed[1]
    assert printed[0]["part"] == "validation"
    assert set(printed[0]["kinds"]) == set(STRENGTHS)
    assert printed[0]["kinds"]["blur"]["strengths"] == [0.5, 1, 1.5, 2, 3]
    assert main(["robustness", "quick"]) == 0
    assert "occlusion" in capsys.readouterr().out
