"""The pictures as a training reads them: by the batch, in an order that the epoch decides."""

from __future__ import annotations

import math

import numpy as np

from .augmentation import augmented
from .backend import keras, read_unwatched
from .recipes import Recipe

TOGETHER = 500  # pictures judged at once


class Batches(keras.utils.PyDataset):
    """The pictures in a new order every epoch, a batch at a time, augmented on the way.

    The first `always` (default all) are in every epoch. Those after them take turns, half of them
    in each: they are variations of each other, and twice the epochs teach more than twice the
    variations. Order and augmentation follow from seed, epoch and batch alone.
    """

    def __init__(self, pictures, targets, recipe: Recipe, always: int | None = None):
        super().__init__()
        self.pictures, self.targets, self.recipe = pictures, targets, recipe
        self.always = min(always or len(pictures), len(pictures))
        self.begin(0)  # Keras looks at a batch before the first epoch has begun

    def __len__(self) -> int:
        return math.ceil(len(self.order) / self.recipe.batch_size)

    def begin(self, epoch: int) -> None:
        """Give the batches of this epoch, counted from 0.

        Keras's own `on_epoch_begin` knows no number, and is also called where no epoch begins.
        """
        self.epoch = epoch
        turns = np.random.default_rng(self.recipe.seed).permutation(
            np.arange(self.always, len(self.pictures))
        )
        half = len(turns) // 2
        turn = turns[:half] if epoch % 2 == 0 else turns[len(turns) - half :]
        random = np.random.default_rng((self.recipe.seed, self.epoch))
        self.order = random.permutation(np.concatenate([np.arange(self.always), turn]))

    def __getitem__(self, batch: int):
        size = self.recipe.batch_size
        chosen = np.sort(self.order[batch * size : (batch + 1) * size])
        pictures = augmented(self.pictures[chosen], chosen, self.recipe, self.epoch, batch)
        return pictures.astype("float32"), self.targets[chosen]

    def for_fit(self):
        """The same batches as `fit` takes them without idling."""
        if keras.backend.backend() != "tensorflow":
            return self
        shapes = [array.shape[1:] for array in (self.pictures, self.targets)]
        return read_unwatched(self, len(self), shapes)


def outputs_of(network: keras.Model, pictures: np.ndarray) -> np.ndarray:
    """What a network says of pictures. Keras's `predict` would idle at its end, as `fit` does."""
    parts = range(0, len(pictures), TOGETHER)
    return np.concatenate(
        [network.predict_on_batch(pictures[first : first + TOGETHER]) for first in parts]
    )
