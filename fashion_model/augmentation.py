"""Which pictures are learned from, and how they are varied: functions on arrays of pictures.

All work on uint8 arrays (n, 28, 28) at once; one batch takes a fraction of a training step.
The random state is made from the seed, the epoch and the batch, so a resumed training draws
what an unbroken one would have drawn.
"""

from __future__ import annotations

import numpy as np

from .data import Part
from .recipes import Recipe


def share_of(part: Part, recipe: Recipe) -> tuple[np.ndarray, np.ndarray]:
    """The pictures and labels a recipe learns from: all of a part, or a share by its seed."""
    if recipe.train_share == 1:
        return part.images, part.labels
    count = max(1, round(recipe.train_share * len(part.labels)))
    order = np.random.default_rng(recipe.seed).permutation(len(part.labels))
    chosen = np.sort(order[:count])
    return part.images[chosen], part.labels[chosen]


def augmented(
    pictures: np.ndarray, places: np.ndarray, recipe: Recipe, epoch: int, batch: int
) -> np.ndarray:
    """A batch as this recipe wants it in this epoch; the pictures given stay as they are.

    `places` are theirs among all that are learned from.
    """
    if not (recipe.flip or recipe.shift or recipe.erase):
        return pictures
    random = np.random.default_rng((recipe.seed, epoch, batch))
    if recipe.flip:
        half = (
            (places + epoch) % 2 == 1 if recipe.flip_in_turns else random.random(len(places)) < 0.5
        )
        pictures = flipped(pictures, half)
    if recipe.shift:
        pictures = shifted(pictures, recipe.shift, random)
    if recipe.erase:
        pictures = erased(pictures, recipe.erase, random)
    return pictures


def flipped(pictures: np.ndarray, mirrored: np.ndarray) -> np.ndarray:
    """The pictures, those that are said mirrored left to right."""
    return np.where(mirrored[:, None, None], pictures[:, :, ::-1], pictures)


def shifted(pictures: np.ndarray, most: int, random: np.random.Generator) -> np.ndarray:
    """Each picture moved by up to `most` pixels each way; black comes in at the edges."""
    n, height, width = pictures.shape
    padded = np.pad(pictures, ((0, 0), (most, most), (most, most)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (height, width), axis=(1, 2))
    down, right = random.integers(0, 2 * most + 1, (2, n))
    return windows[np.arange(n), down, right]


def erased(pictures: np.ndarray, share: float, random: np.random.Generator) -> np.ndarray:
    """A share of the pictures, with a random rectangle filled with noise."""
    n, height, width = pictures.shape
    chosen = np.flatnonzero(random.random(n) < share)
    tall, wide = random.integers(4, 15, (2, len(chosen)))
    top = (random.random(len(chosen)) * (height - tall + 1)).astype(int)
    left = (random.random(len(chosen)) * (width - wide + 1)).astype(int)
    rows, columns = np.arange(height), np.arange(width)
    inside = ((rows >= top[:, None]) & (rows < (top + tall)[:, None]))[:, :, None] & (
        (columns >= left[:, None]) & (columns < (left + wide)[:, None])
    )[:, None, :]
    noise = random.integers(0, 256, (len(chosen), height, width), dtype=np.uint8)
    result = pictures.copy()
    result[chosen] = np.where(inside, noise, pictures[chosen])
    return result
