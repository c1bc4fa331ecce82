"""Small things for the tests to work on, made in an instant."""

import gzip

import numpy as np

from fashion_model.data import Dataset, Part
from fashion_model.recipes import Recipe

# Trains in seconds and has everything that draws random numbers.
TINY = Recipe(
    kind="cnn",
    title="Tiny",
    filters=(4, 8),
    dense=(16,),
    dropout=0.2,
    flip=True,
    shift=1,
    erase=0.3,
    epochs=4,
    batch_size=32,
    learning_rate=0.01,
    schedule="cosine",
)

# Trains in an instant.
DENSE = Recipe(kind="mlp", dense=(16,), dropout=0.2, epochs=3, batch_size=64, learning_rate=0.01)


def small_pictures(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """`count` pictures (n, 28, 28) and their labels: easy to tell apart, as many of each class.

    A class is a bright band at one of five heights, narrow or wide. Bands look the same mirrored
    and nearly the same shifted by a pixel, so augmentation leaves the classes apart.
    """
    random = np.random.default_rng(seed)
    labels = random.permutation(np.arange(count) % 10).astype(np.uint8)
    images = random.integers(0, 40, (count, 28, 28), np.uint8)
    for image, label in zip(images, labels, strict=True):
        top, half_width = 2 + 5 * (label // 2), (4, 12)[label % 2]
        band = image[top : top + 4, 14 - half_width : 14 + half_width]
        band[:] = random.integers(160, 256, band.shape)
    return images, labels


def small_arrays(
    train: int = 400, validation: int = 100, test: int = 100, seed: int = 0
) -> Dataset:
    """A whole made-up data set in memory, with the given numbers of pictures."""
    images, labels = small_pictures(train + validation, seed)
    test_images, test_labels = small_pictures(test, seed + 1)
    numbers = np.random.default_rng(seed).permutation(train + validation).astype(np.int32)
    kept, held_out = np.sort(numbers[:train]), np.sort(numbers[train:])
    return Dataset(
        Part("train", images[kept], labels[kept], kept),
        Part("validation", images[held_out], labels[held_out], held_out),
        Part("test", test_images, test_labels, np.arange(test, dtype=np.int32)),
    )


def idx(array: np.ndarray) -> bytes:
    """An array as the official files hold it."""
    header = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">i4").tobytes()
    return gzip.compress(header + array.tobytes(), mtime=0)


def same(one: Dataset, other: Dataset) -> bool:
    """Whether two data sets hold the same pictures, labels and numbers."""
    return all(
        np.array_equal(getattr(a, kind), getattr(b, kind))
        for a, b in zip(one.parts, other.parts, strict=True)
        for kind in ("images", "labels", "numbers")
    )
