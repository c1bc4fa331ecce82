"""Augmentation: what it does to pictures, and that it draws the same again."""

import numpy as np
import pytest

from fashion_model.augmentation import augmented, erased, share_of, shifted
from fashion_model.recipes import Recipe

PLAIN = Recipe(kind="mlp")
PLACES = np.arange(200)
ALL = PLAIN.replaced(flip=True, shift=2, erase=0.5)


@pytest.fixture
def pictures():
    return np.random.default_rng(3).integers(1, 256, (200, 28, 28), np.uint8)


@pytest.fixture
def random():
    return np.random.default_rng(0)


def _mirrored(pictures, recipe, epoch):
    """Which pictures come out mirrored; the others stay as they are."""
    result = augmented(pictures, PLACES, recipe, epoch, 0)
    mirrored = (result == pictures[:, :, ::-1]).all(axis=(1, 2))
    kept = (result == pictures).all(axis=(1, 2))
    assert (mirrored ^ kept).all()
    return mirrored


def test_half_are_mirrored(pictures):
    assert 70 < _mirrored(pictures, PLAIN.replaced(flip=True), 0).sum() < 130


def test_in_turns_the_other_half_is_mirrored_in_every_other_epoch(pictures):
    recipe = PLAIN.replaced(flip=True, flip_in_turns=True)
    first, second, third = (_mirrored(pictures, recipe, epoch) for epoch in range(3))
    assert first.sum() == 100
    assert (first ^ second).all()
    assert (first == third).all()


def test_shifts_go_every_way_and_bring_in_black(pictures, random):
    result = shifted(pictures, 1, random)
    seen = set()
    for before, after in zip(pictures, result, strict=True):
        for down, right in np.ndindex(3, 3):
            moved = np.pad(before, 1)[down : down + 28, right : right + 28]
            if (moved == after).all():
                seen.add((down, right))
                break
        else:
            raise AssertionError("a picture that is no shift of what it was")
    assert len(seen) == 9


def test_a_share_has_one_rectangle_erased(pictures, random):
    result = erased(pictures, 0.5, random)
    changed = result != pictures
    touched = changed.any(axis=(1, 2))
    assert 70 < touched.sum() < 130
    for place in np.flatnonzero(touched):
        rows, columns = np.flatnonzero(changed[place].any(1)), np.flatnonzero(changed[place].any(0))
        assert np.ptp(rows) < 14
        assert np.ptp(columns) < 14


def test_nothing_asked_for_changes_nothing(pictures):
    assert augmented(pictures, PLACES, PLAIN, 0, 0) is pictures


def test_the_pictures_given_stay_as_they_are(pictures):
    pictures.flags.writeable = False
    before = pictures.copy()
    result = augmented(pictures, PLACES, ALL, 0, 0)
    assert (result.dtype, result.shape) == (np.uint8, pictures.shape)
    np.testing.assert_array_equal(pictures, before)


def test_the_same_place_in_a_training_draws_the_same(pictures):
    once = augmented(pictures, PLACES, ALL, 3, 5)
    np.testing.assert_array_equal(once, augmented(pictures, PLACES, ALL, 3, 5))
    for other in ((3, 6), (4, 5)):
        assert (once != augmented(pictures, PLACES, ALL, *other)).any()
    assert (once != augmented(pictures, PLACES, ALL.replaced(seed=1), 3, 5)).any()


def test_a_share_of_the_pictures_follows_the_seed(small_dataset):
    images, labels = share_of(small_dataset.train, PLAIN.replaced(train_share=0.25))
    assert len(images) == len(labels) == 100
    again, _ = share_of(small_dataset.train, PLAIN.replaced(train_share=0.25))
    np.testing.assert_array_equal(images, again)
    other, _ = share_of(small_dataset.train, PLAIN.replaced(train_share=0.25, seed=1))
    assert (images != other).any()
    assert share_of(small_dataset.train, PLAIN)[0] is small_dataset.train.images
