"""A run → answers, fast, without TensorFlow: LiteRT for networks, scikit-learn for the rest."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .classes import CLASSES
from .errors import FittingRoomError
from .estimators import Estimator
from .evaluation import apply_temperature
from .runs import Run, list_runs

DEFAULT = "everyday"  # the run that was made for people's own pictures
CHUNK = 256  # pictures a call; larger ones gain nothing and cost memory
LEAST = 1e-12  # the smallest probability; smaller ones have no logarithm worth keeping


@dataclass(frozen=True)
class Answered:
    """What a model says of some pictures."""

    probabilities: np.ndarray  # (n, 10) float32, calibrated on the validation part
    features: np.ndarray  # (n, d) float32, what the last layer saw
    garment: np.ndarray  # (n,) float32, 0 to 1: how much each looks like one of the ten


class Classifier:
    """Answers of one run. Safe to call from several threads.

    >>> classifier = Classifier.open(open_run("everyday"))   # doctest: +SKIP
    >>> classifier.answer(pictures).probabilities            # doctest: +SKIP
    """

    classes = CLASSES

    def __init__(self, run: Run, model: _Network | Estimator):
        self.run = run
        self._model = model
        result = run.result or {}
        self.temperature = float(result.get("temperature", 1.0))
        self.garment_threshold = float(result.get("garment_threshold", 0.0))
        self.conformal_threshold = float(result.get("conformal_threshold", 0.0))

    @classmethod
    def open(cls, run: Run) -> Classifier:
        """Make a run ready to answer."""
        path = run.network_file
        if path is None:
            raise FittingRoomError(
                f"{run.title} cannot answer yet: it is {run.state}; finish its training first."
            )
        return cls(run, _Network(path) if path.suffix == ".tflite" else Estimator.load(path))

    def answer(self, pictures: np.ndarray) -> Answered:
        """What it says of pictures (n, 28, 28) or of one (28, 28), light garments on black."""
        raw = self.raw(pictures)
        probabilities = apply_temperature(raw["log_probabilities"], self.temperature)
        probabilities = probabilities.astype("float32")
        garment = raw.get("garment")
        if garment is None:  # it never learned what is no garment: how sure it is stands in
            garment = probabilities.max(axis=1)
        return Answered(probabilities, raw["features"], garment)

    @property
    def coefficients(self) -> np.ndarray | None:
        """A weight for each class and pixel (10, 28, 28), where it is made of those alone."""
        return self._model.coefficients if isinstance(self._model, Estimator) else None

    def raw(self, pictures: np.ndarray) -> dict[str, np.ndarray]:
        """The same before calibration: `log_probabilities`, `features`, maybe `garment`."""
        pictures = np.asarray(pictures)
        if pictures.ndim == 2:
            pictures = pictures[None]
        if pictures.ndim != 3 or pictures.shape[1:] != (28, 28):
            given = " × ".join(map(str, pictures.shape))
            raise FittingRoomError(f"A model takes pictures of 28 × 28, but was given {given}.")
        return self._model.raw(pictures)


class _Network:
    """A network in LiteRT. Its interpreter is not made for two threads, so they take turns."""

    def __init__(self, path: Path):
        from ai_edge_litert.interpreter import Interpreter

        try:
            interpreter = Interpreter(model_path=str(path), num_threads=2)
            self._run = interpreter.get_signature_runner()
        except (ValueError, RuntimeError) as error:
            raise FittingRoomError(
                f"{path.name} cannot be read: make it anew with `finish {path.parent.name}`."
            ) from error
        self._input = next(iter(self._run.get_input_details()))
        self._turn = threading.Lock()

    def raw(self, pictures: np.ndarray) -> dict[str, np.ndarray]:
        parts: list[dict[str, np.ndarray]] = []
        for begin in range(0, max(len(pictures), 1), CHUNK):
            chunk = pictures[begin : begin + CHUNK].astype("float32")
            if len(chunk) == 0:  # the shapes of nothing are those of one, without it
                found = self._answer(np.zeros((1, 28, 28), "float32"))
                parts.append({name: array[:0] for name, array in found.items()})
            else:
                parts.append(self._answer(chunk))
        joined = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        joined["log_probabilities"] = np.log(joined.pop("probabilities").clip(LEAST))
        return joined

    def _answer(self, chunk: np.ndarray) -> dict[str, np.ndarray]:
        with self._turn:
            found = self._run(**{self._input: chunk})
            return {name: np.array(array) for name, array in found.items()}


def default_run() -> Run | None:
    """The run that answers where nobody chose one: `everyday`, else the best that is finished."""
    usable = [run for run in list_runs() if run.usable and not run.working]
    chosen = [run for run in usable if run.name == DEFAULT]
    best = sorted(usable, key=lambda run: run.result.get("validation_accuracy", 0.0))
    return (chosen or best[-1:] or [None])[0]
