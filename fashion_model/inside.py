"""Inside a network: what its first layer looks for, and what each layer makes of a picture.

Needs Keras, so the app asks for it as a short job. Everything is given as small pictures.
"""

from __future__ import annotations

import base64
import hashlib
import io
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from . import files
from .cache import cache_folder, keep_newest
from .classes import CLASSES
from .errors import FittingRoomError
from .fingerprint import fingerprint
from .runs import Run

PICTURE = "picture.png"
KEPT = 200  # answers, some tenths of a megabyte each
CHANNELS = 32  # pictures of a layer at most; of more, the strongest
UNITS = 32  # units in a row of a layer that has no places
SHOWN = ("ReLU", "MaxPooling2D", "GlobalAveragePooling2D", "Functional")


def look_inside(run: Run, picture: np.ndarray) -> dict[str, Any]:
    """Filters, activations and an activation map of a network for one picture (28, 28).

    `map` is 28 × 28 between 0 and 1, or None where no layer keeps places. `filters` and each of
    `layers` hold `pictures`: a grey PNG with `count` pictures one below the other. Of filters, the
    middle grey is zero.
    """
    if not run.recipe.is_network:
        raise FittingRoomError(f"{run.title} is no network: there are no layers to look into.")
    from .networks import build_network, load_weights, without_fetching

    network = build_network(without_fetching(run.recipe))
    load_weights(network, run)
    label = int(_asked(network, picture[None].astype("float32"))[0, : len(CLASSES)].argmax())
    heat = activation_map(network, picture, label)
    return {
        "label": CLASSES[label],
        "map": None if heat is None else heat.round(4).tolist(),
        "filters": _filters(network),
        "layers": _activations(network, picture),
    }


def answer_folder(run: Run, picture: np.ndarray) -> Path:
    """Where a short job keeps what it says of this picture, which lies in there as `PICTURE`."""
    key = hashlib.sha256(fingerprint(run).encode() + picture.tobytes()).hexdigest()[:24]
    folder = cache_folder() / "inside" / key
    if not (folder / PICTURE).exists():
        folder.mkdir(parents=True, exist_ok=True)
        with files.appearing(folder / PICTURE) as beside:
            Image.fromarray(picture).save(beside)
        keep_newest(folder, KEPT)
    return folder


def activation_map(network, picture: np.ndarray, label: int) -> np.ndarray | None:
    """Where the last layer that keeps places saw what the answer hangs on (Ablation-CAM).

    Each channel of that layer is switched off in turn; how far the label's logit falls is the
    channel's weight in the sum of all. Only asks forwards, so it works under every backend.
    """
    from .backend import keras

    placed = [layer for layer in network.layers if len(layer.output.shape) == 4]
    placed = [layer for layer in placed if layer.output.shape[1] > 1]
    if not placed or type(placed[-1]).__name__ == "Reshape":
        return None
    last = placed[-1].output
    seen = _asked(keras.Model(network.input, last), picture[None].astype("float32"))
    rest = keras.Model(last, network.output)
    channels = seen.shape[-1]
    switched_off = seen * (1 - np.eye(channels, dtype="float32"))[:, None, None, :]
    logits = _asked(rest, np.concatenate([seen, switched_off]))
    weights = logits[0, label] - logits[1:, label]
    heat = np.maximum((seen[0] * weights).sum(axis=-1), 0.0)
    heat = heat / max(float(heat.max()), 1e-9)
    return np.asarray(
        Image.fromarray(heat.astype("float32")).resize((28, 28), Image.Resampling.BILINEAR)
    )


def _asked(network, values: np.ndarray) -> np.ndarray:
    """What it answers; a plain call, because building a graph for it would take far longer."""
    from .backend import keras

    return keras.ops.convert_to_numpy(network(values, training=False))


def _filters(network) -> dict[str, Any] | None:
    """The weights of the first layer that has any, as pictures around the middle grey."""
    kernel = next((kernel for kernel in map(_kernel, network.layers) if kernel is not None), None)
    if kernel is None:
        return None
    if kernel.ndim == 2:  # a dense layer on the pixels: a weight for each
        pictures = kernel.T.reshape(-1, 28, 28)
    else:
        pictures = np.moveaxis(kernel.mean(axis=2), -1, 0)
    strongest = np.argsort(-np.abs(pictures).max(axis=(1, 2)), kind="stable")[:CHANNELS]
    shown = pictures[np.sort(strongest)]
    scale = np.abs(shown).max(axis=(1, 2), keepdims=True).clip(1e-9)
    return _pictures((127.5 + 127.5 * shown / scale).round(), len(pictures))


def _kernel(layer) -> np.ndarray | None:
    if type(layer).__name__ == "Functional":
        return next((k for k in map(_kernel, layer.layers) if k is not None), None)
    kernel = getattr(layer, "kernel", None)
    return None if kernel is None else np.asarray(kernel)


def _activations(network, picture: np.ndarray) -> list[dict[str, Any]]:
    from .backend import keras

    shown = [layer for layer in network.layers if type(layer).__name__ in SHOWN]
    all_of_them = keras.Model(network.input, {layer.name: layer.output for layer in shown})
    outputs = all_of_them(picture[None].astype("float32"), training=False)
    found = []
    for layer in shown:
        values = keras.ops.convert_to_numpy(outputs[layer.name])[0]
        about = {"name": layer.name, "type": type(layer).__name__, "shape": list(values.shape)}
        if values.ndim == 1:
            rows = -(-len(values) // UNITS)
            units = np.zeros(rows * UNITS, "float32")
            units[: len(values)] = values
            pictures, channels = units.reshape(1, rows, UNITS), 1
        else:
            channels = values.shape[-1]
            strongest = np.argsort(-values.mean(axis=(0, 1)), kind="stable")[:CHANNELS]
            pictures = np.moveaxis(values[..., np.sort(strongest)], -1, 0)
        scale = max(float(pictures.max()), 1e-9)
        found.append(about | _pictures((255 * pictures / scale).clip(0).round(), channels))
    return found


def _pictures(values: np.ndarray, of: int) -> dict[str, Any]:
    """Small pictures (n, h, w) from 0 to 255 as one PNG, one below the other."""
    count, height, width = values.shape
    file = io.BytesIO()
    Image.fromarray(values.astype(np.uint8).reshape(count * height, width)).save(file, "PNG")
    data = base64.b64encode(file.getvalue()).decode()
    return {"count": count, "of": of, "pictures": f"data:image/png;base64,{data}"}
