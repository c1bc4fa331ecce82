"""Recipe → Keras network. Only the worker imports this: Keras takes seconds to load.

A network takes raw pictures (28×28, 0–255) and gives logits; what scales and reshapes them is
inside it, so that nothing outside has to know. For serving, the same layers end in named
outputs: `probabilities` over the ten classes, `features` (what the last layer saw), and
`garment`, how likely it is one of the ten at all, where the network learned to tell.
"""

from __future__ import annotations

from typing import Any

from .backend import keras
from .classes import CLASSES
from .errors import FittingRoomError
from .recipes import Recipe
from .runs import Run

layers = keras.layers

FEATURES = "features"  # the layer whose output says what a picture is like


def build_network(recipe: Recipe) -> keras.Model:
    """A fresh network of this recipe, from pictures to logits; its weights follow the seed."""
    policy = keras.config.dtype_policy()
    keras.backend.clear_session()  # layers are named the same in every process; weights go by name
    keras.config.set_dtype_policy(policy)  # which was cleared as well
    keras.utils.set_random_seed(recipe.seed)
    inputs = keras.Input((28, 28), name="picture")
    x = BUILDERS[recipe.kind](inputs, recipe)
    # Softmax and loss want float32, also where the layers below compute in bfloat16.
    outputs = layers.Dense(classes_of(recipe), dtype="float32", name="logits")(x)
    return keras.Model(inputs, outputs, name=recipe.kind)


def classes_of(recipe: Recipe) -> int:
    """How many answers the network chooses from: an eleventh is "none of the ten"."""
    return len(CLASSES) + recipe.everyday


def serving_network(network: keras.Model) -> keras.Model:
    """The same layers with the outputs that answers are made of."""
    logits = network.output
    probabilities = layers.Softmax(dtype="float32", name="all")(logits)
    outputs = {
        "probabilities": layers.Softmax(dtype="float32", name="probabilities")(
            logits[:, : len(CLASSES)]
        ),
        "features": network.get_layer(FEATURES).output,
    }
    if logits.shape[-1] > len(CLASSES):
        outputs["garment"] = 1.0 - probabilities[:, len(CLASSES)]
    return keras.Model(network.input, outputs, name=network.name)


def load_weights(network: keras.Model, run: Run) -> None:
    """Put the run's best weights into a network of its recipe.

    Only numbers are read: neither file is asked what network it was, so nothing in it can run.
    """
    best = run.folder / "best.weights.h5"
    try:
        if best.exists():
            network.load_weights(best)
        elif (run.folder / "model.keras").exists():
            serving_network(network).load_weights(run.folder / "model.keras")
        else:
            raise FittingRoomError(f"The run {run.name} has no weights yet: train it first.")
    except FittingRoomError:
        raise
    except ValueError as error:
        raise FittingRoomError(
            f"The weights of the run {run.name} do not fit its recipe: they belong to another."
        ) from error
    except Exception as error:  # whatever zipfile and HDF5 stumble over in a torn file
        raise FittingRoomError(
            f"The weights of the run {run.name} cannot be read: bring it in or train it again."
        ) from error


def _mlp(inputs, recipe: Recipe):
    x = layers.Flatten()(layers.Rescaling(1 / 255)(inputs))
    return _dense(x, recipe)


def _cnn(inputs, recipe: Recipe):
    x = layers.Reshape((28, 28, 1))(layers.Rescaling(1 / 255)(inputs))
    for filters in recipe.filters:
        x = layers.Conv2D(filters, 3, padding="same", use_bias=not recipe.batch_norm)(x)
        if recipe.batch_norm:
            x = layers.BatchNormalization(momentum=0.9)(x)
        x = layers.MaxPooling2D()(layers.ReLU()(x))
        if recipe.dropout:
            x = layers.Dropout(recipe.dropout)(x)
    return _dense(layers.Flatten()(x), recipe)


def _dense(x, recipe: Recipe, batch_norm: bool | None = None):
    """Dense layers; the last one is what the picture is like."""
    batch_norm = recipe.batch_norm if batch_norm is None else batch_norm
    if not recipe.dense:
        return layers.Identity(name=FEATURES)(x)
    for number, units in enumerate(recipe.dense, 1):
        x = layers.Dense(units, use_bias=not batch_norm)(x)
        if batch_norm:
            x = layers.BatchNormalization(momentum=0.9)(x)
        x = layers.ReLU(name=FEATURES if number == len(recipe.dense) else None)(x)
        if recipe.dropout:
            x = layers.Dropout(recipe.dropout)(x)
    return x


def _residual(inputs, recipe: Recipe):
    """Pre-activation residual blocks: a stem, then one block for each further width.

    The first block that follows the stem keeps the size, each later one halves it; the last
    features are the mean over the picture.
    """
    x = layers.Reshape((28, 28, 1))(layers.Rescaling(1 / 64, offset=-286 / 4 / 64)(inputs))
    stride = 2 if recipe.coarse else 1
    x = layers.Conv2D(recipe.filters[0], 3, strides=stride, padding="same", use_bias=False)(x)
    for number, filters in enumerate(recipe.filters[1:]):
        stride = 1 if number == 0 else 2
        x = _residual_block(x, filters, stride)
    x = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
    x = layers.GlobalAveragePooling2D(name=FEATURES)(x)
    return layers.Dropout(recipe.dropout)(x) if recipe.dropout else x


def _residual_block(x, filters: int, stride: int):
    def convolved(y, stride=1):
        y = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(y))
        return layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False)(y)

    shortcut = x
    if stride > 1:
        shortcut = layers.AveragePooling2D(stride, padding="same")(shortcut)
    if x.shape[-1] != filters:
        shortcut = layers.Conv2D(filters, 1, use_bias=False)(shortcut)
    return layers.Add()([shortcut, convolved(convolved(x, stride))])


def _strided(inputs, recipe: Recipe):
    """Small pictures soon, for a training that somebody waits for.

    Every width halves the picture: the first looks at patches of it, each later one adds a
    convolution at its own size. What is left is seen place by place, by dense layers.
    """
    x = layers.Reshape((28, 28, 1))(layers.Rescaling(1 / 90, offset=-73 / 90)(inputs))
    x = layers.Conv2D(recipe.filters[0], 4, strides=2, padding="same", use_bias=False)(x)
    x = layers.ReLU()(x)
    for filters in recipe.filters[1:]:
        x = _normalised(x, filters, stride=2)
        x = layers.Add()([x, _normalised(x, filters)])
    return _dense(layers.Flatten()(x), recipe, batch_norm=True)


def _staged(inputs, recipe: Recipe):
    """Several convolutions at every size, for accuracy that need not be there soon.

    Each width is a stage: a convolution to it, and others whose outcome is added. Between two
    stages the picture is halved; the last features are the largest of each over the picture.
    """
    x = layers.Reshape((28, 28, 1))(layers.Rescaling(1 / 90, offset=-73 / 90)(inputs))
    for number, filters in enumerate(recipe.filters):
        if number > 0:
            x = layers.MaxPooling2D()(x)
        x = _normalised(x, filters)
        for _ in range(recipe.added):
            x = layers.Add()([x, _normalised(x, filters)])
    x = layers.GlobalMaxPooling2D(name=FEATURES)(x)
    return layers.Dropout(recipe.dropout)(x) if recipe.dropout else x


def _normalised(x, filters: int, stride: int = 1):
    x = layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False)(x)
    return layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))


def _transfer(inputs, recipe: Recipe):
    """A network that has seen ImageNet, under a small head of our own."""
    size = recipe.picture_size
    x = layers.Reshape((28, 28, 1))(inputs)
    x = layers.Resizing(size, size, interpolation="bilinear")(x)
    x = layers.Concatenate()([x, x, x])  # colour is what it knows
    scale, offset = BACKBONE_SCALES[recipe.backbone]
    x = layers.Rescaling(scale, offset)(x)
    x = layers.GlobalAveragePooling2D()(backbone(recipe)(x, training=False))
    return _dense(x, recipe)


# What each backbone was trained on: pictures from -1 to 1, or 0 to 255 less the mean colour.
BACKBONE_SCALES = {
    "MobileNetV2": (1 / 127.5, -1.0),
    "ResNet50": (1.0, -114.8),
    "VGG16": (1.0, -114.8),
}
BACKBONE = "backbone"


def backbone(recipe: Recipe) -> keras.Model:
    """The network that is built on, frozen; its weights are fetched where they are asked for."""
    make = getattr(keras.applications, recipe.backbone)
    size = recipe.picture_size
    try:
        base = make(
            include_top=False,
            weights="imagenet" if recipe.weights == "imagenet" else None,
            input_shape=(size, size, 3),
            name=BACKBONE,
        )
    except Exception as error:
        if recipe.weights != "imagenet":
            raise
        raise FittingRoomError(
            f"The ImageNet weights of {recipe.backbone} could not be fetched "
            f'({type(error).__name__}): connect to the internet once, or set `weights = "none"` '
            "to begin from scratch."
        ) from error
    base.trainable = False
    return base


def without_fetching(recipe: Recipe) -> Recipe:
    """The same layers; the run's own weights replace those a backbone would begin with."""
    return recipe.replaced(weights="none") if recipe.kind == "transfer" else recipe


BUILDERS = {
    "mlp": _mlp,
    "cnn": _cnn,
    "residual": _residual,
    "strided": _strided,
    "staged": _staged,
    "transfer": _transfer,
}


def layer_table(network: keras.Model) -> list[dict[str, Any]]:
    """The network's layers as data: name, type, output shape, parameters, multiply-adds."""
    rows = []
    for layer in network.layers:
        inside = layer_table(layer) if isinstance(layer, keras.Model) else []
        shape = list(layer.output.shape[1:])
        rows.append(
            {
                "name": layer.name,
                "type": type(layer).__name__,
                "output": shape,
                "parameters": layer.count_params(),
                "multiply_adds": sum(row["multiply_adds"] for row in inside)
                or _multiply_adds(layer, shape),
            }
        )
    return rows


def _multiply_adds(layer: keras.Layer, shape: list[int]) -> int:
    """Products summed for one picture; only layers that multiply by a kernel count."""
    kernel = getattr(layer, "kernel", None)
    if kernel is None:
        return 0
    if isinstance(layer, layers.DepthwiseConv2D):
        return int(shape[0] * shape[1] * kernel.shape[0] * kernel.shape[1] * shape[2])
    positions = shape[0] * shape[1] if len(shape) == 3 else 1
    products = 1
    for side in kernel.shape:
        products *= side
    return int(positions * products)
