"""The average of a network's weights over its epochs, which often answers better than the last.

Late in a training the weights wander around a place that they never stand on; their average does
(Izmailov et al. 2018, "Averaging Weights Leads to Wider Optima and Better Generalization"). The
training itself goes on from where it was: the average is only what is judged and kept.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence

import numpy as np

from .backend import keras

SEEN_ANEW = 10_000  # pictures that an average's batch normalisation is measured on
WEIGHT, SUM = "average_weight", "average_sum"  # their names in a checkpoint


class Average:
    """Weights averaged over epochs: of what it was, each epoch keeps the share `keep`."""

    def __init__(self, keep: float, kept: dict[str, np.ndarray]):
        self.keep = keep
        self.weight = float(kept.get(WEIGHT, 0.0))
        places = sum(name.startswith(SUM) for name in kept)
        self.sums = [kept[f"{SUM}{place}"] for place in range(places)]

    def add(self, network: keras.Model) -> None:
        """Take in the weights as they are after an epoch."""
        values = _copied(network.trainable_variables)
        before = self.sums or [np.zeros_like(value) for value in values]
        self.weight = self.keep * self.weight + 1 - self.keep
        self.sums = [
            self.keep * a + (1 - self.keep) * b for a, b in zip(before, values, strict=True)
        ]

    @contextlib.contextmanager
    def in_place(self, network: keras.Model, batches: Sequence) -> Iterator[None]:
        """The network with the average for its weights, for as long as this lasts."""
        trained = _copied(network.variables)
        try:
            for variable, total in zip(network.trainable_variables, self.sums, strict=True):
                variable.assign(total / self.weight)
            _measure_anew(network, batches)
            yield
        finally:
            for variable, value in zip(network.variables, trained, strict=True):
                variable.assign(value)

    def arrays(self) -> dict[str, np.ndarray]:
        """What a checkpoint keeps of it."""
        sums = {f"{SUM}{place}": total for place, total in enumerate(self.sums)}
        return {WEIGHT: np.array(self.weight)} | sums


def _measure_anew(network: keras.Model, batches: Sequence) -> None:
    """Let batch normalisation see pictures: what it has measured is of other weights.

    Each batch counts by its pictures, so that what is kept is the mean over all of them.
    """
    normalisations = [
        layer for layer in network.layers if isinstance(layer, keras.layers.BatchNormalization)
    ]
    momentums = [layer.momentum for layer in normalisations]
    seen = 0
    try:
        for number in range(len(batches) if normalisations else 0):
            pictures, _ = batches[number]
            for layer in normalisations:
                layer.momentum = seen / (seen + len(pictures))
            network(pictures, training=True)
            seen += len(pictures)
            if seen >= SEEN_ANEW:
                break
    finally:
        for layer, momentum in zip(normalisations, momentums, strict=True):
            layer.momentum = momentum


def _copied(variables: list) -> list[np.ndarray]:
    """Their values now; a backend may show the memory that it goes on writing to."""
    return [np.array(keras.ops.convert_to_numpy(variable)) for variable in variables]
