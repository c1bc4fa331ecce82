"""A run's network for use elsewhere, with a short program beside it that uses it."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

import numpy as np

from . import files
from .errors import FittingRoomError
from .photo_settings import CALIBRATION
from .runs import Run

FORMATS = ("keras", "litert", "onnx", "saved_model")
ENDINGS = {"keras": ".keras", "litert": ".tflite", "onnx": ".onnx", "saved_model": ""}


def export_network(run: Run, format: str, out: Path) -> Path:
    """Write the network to `out`, and beside it a program that answers a photo with it."""
    if not run.recipe.is_network:
        raise FittingRoomError(
            f"{run.title} is a scikit-learn estimator and has no network to export: copy "
            f"{run.folder / 'estimator.skops'} instead."
        )
    if not run.usable:
        raise FittingRoomError(f"The run {run.name} is {run.state}: finish it before exporting.")
    if format not in FORMATS:
        raise FittingRoomError(f"`{format}` is no format: use one of {', '.join(FORMATS)}.")
    if ENDINGS[format] and out.suffix != ENDINGS[format]:
        raise FittingRoomError(f"The path for {format} ends in {ENDINGS[format]}, {out} does not.")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        if format == "keras":
            _copied(run.folder / "model.keras", out)
        elif format == "litert":
            _copied(run.folder / "model.tflite", out)
        else:
            _converted(run, format, out)
        files.write_text(out.parent / f"answer_with_{out.stem}.py", program(run, format, out.name))
    except OSError as error:
        raise FittingRoomError(f"{out} cannot be written: {error.strerror}.") from None
    return out


def _copied(source: Path, out: Path) -> None:
    with files.appearing(out) as beside:
        shutil.copyfile(source, beside)


def _converted(run: Run, format: str, out: Path) -> None:
    """What only Keras itself can write."""
    if format == "onnx" and not importlib.util.find_spec("tf2onnx"):
        raise FittingRoomError(
            "ONNX export needs two packages that are not installed: `pip install tf2onnx onnx`."
        )
    from .networks import build_network, serving_network, without_fetching

    network = serving_network(build_network(without_fetching(run.recipe)))
    network.load_weights(run.folder / "model.keras")
    network(np.zeros((1, 28, 28), "float32"))  # Keras exports to ONNX only what was called once
    network.export(out, format="onnx" if format == "onnx" else "tf_saved_model", verbose=False)


def program(run: Run, format: str, name: str) -> str:
    """A short program that prepares a photo and answers it with the exported network."""
    on_photos = files.read_json(run.folder / CALIBRATION) or {}
    temperature = ((run.result or {}) | on_photos).get("temperature", 1.0)
    return PROGRAM.format(
        title=run.title,
        opening=OPENING[format].format(name=name),
        temperature=temperature,
    )


OPENING = {
    "keras": """import keras

network = keras.saving.load_model(HERE / "{name}", compile=False)


def answers(pictures):
    return np.array(network.predict(pictures, verbose=0)["probabilities"])""",
    "litert": """from ai_edge_litert.interpreter import Interpreter

run = Interpreter(model_path=str(HERE / "{name}")).get_signature_runner()


def answers(pictures):
    return run(picture=pictures)["probabilities"]""",
    "onnx": """import onnxruntime

session = onnxruntime.InferenceSession(HERE / "{name}")


def answers(pictures):
    return session.run(["probabilities"], {{"picture": pictures}})[0]""",
    "saved_model": """import tensorflow as tf

network = tf.saved_model.load(HERE / "{name}")


def answers(pictures):
    return np.array(network.serve(pictures)["probabilities"])""",
}

PROGRAM = '''"""Answers photos with "{title}":  python THIS_FILE photo.jpg …

Preparing a photo is Fitting Room's own work: have its folder `fashion_model` on PYTHONPATH.
"""

import sys
from pathlib import Path

import numpy as np

from fashion_model.classes import CLASSES
from fashion_model.pictures import open_picture, prepare

HERE = Path(__file__).parent
TEMPERATURE = {temperature}  # so that what is said to be 80 % sure is right 8 times in 10

{opening}


for path in sys.argv[1:]:
    views = prepare(open_picture(path)).views.astype("float32")
    found = answers(np.concatenate([views, views[:, :, ::-1]]))  # each view and its mirror image
    shares = np.exp(np.log(found.clip(1e-12)).mean(axis=0) / TEMPERATURE)
    shares /= shares.sum()
    print(f"{{path}}: {{CLASSES[shares.argmax()]}} ({{shares.max():.0%}})")
'''
