"""Batch normalisation in one go, where TensorFlow trains on a processor: the same numbers, sooner.

Keras puts it together from a dozen operations, each of which walks through all that a batch has
become; in a small network that takes as long as the convolutions. TensorFlow has one operation
for it (`python -m benchmarks.normalising`). The layers stay Keras's own, so that a saved network
needs nothing of ours.
"""

from __future__ import annotations

from .backend import fused_normalisation, gpus, keras

BLOCK = 16  # channels that a processor takes at once; other widths are slower fused in bfloat16


def fuse_normalisation(network: keras.Model) -> None:
    """Let the network's batch normalisations over pictures train by the one operation."""
    if keras.backend.backend() != "tensorflow" or gpus():  # of graphics cards nothing is measured
        return
    for layer in network.layers:
        if isinstance(layer, keras.layers.BatchNormalization) and _suits(layer):
            layer.call = _fused(layer)


def _suits(layer: keras.layers.BatchNormalization) -> bool:
    shape = layer.input.shape
    return len(shape) == 4 and (layer.compute_dtype == "float32" or shape[-1] % BLOCK == 0)


def _fused(layer: keras.layers.BatchNormalization):
    separate = layer.call

    def call(inputs, training=None, mask=None):
        if mask is not None or not (training and layer.trainable):
            return separate(inputs, training=training, mask=mask)
        outputs, mean, variance = fused_normalisation(
            inputs, layer.gamma, layer.beta, layer.epsilon
        )
        keep = layer.momentum
        layer.moving_mean.assign(keep * layer.moving_mean + (1 - keep) * mean)
        layer.moving_variance.assign(keep * layer.moving_variance + (1 - keep) * variance)
        return outputs

    return call
