"""The same recipe under another backend: trained, stopped, resumed; finished under TensorFlow."""

import importlib.util
import json
import os
import subprocess
import sys

import numpy as np
import pytest

from fashion_model.finishing import finish_run
from fashion_model.recipes import Recipe
from fashion_model.runs import open_run

# Little to compile: the other backends take their time for that.
RECIPE = Recipe(
    kind="mlp",
    dense=(16,),
    batch_norm=True,
    average=0.5,
    dropout=0.2,
    shift=1,
    epochs=4,
    batch_size=32,
    learning_rate=0.01,
    schedule="cosine",
)
OTHERS = [name for name in ("jax", "torch") if importlib.util.find_spec(name)]

TRAIN = """
import json, sys
from fashion_model.backend import keras
from fashion_model.recipes import Recipe
from fashion_model.recording import Recorder
from fashion_model.creating import create_run
from fashion_model.training import train_network
from tests.making import small_arrays

recipe = Recipe.from_toml(sys.argv[1])
data = small_arrays()
unbroken, run = create_run(recipe, "unbroken"), create_run(recipe, "broken")
unbroken.record("end", reason=train_network(unbroken, data))

after_batch = Recorder.on_train_batch_end
def stop_in_the_third(self, batch, logs=None):
    if (self.epoch, batch) == (3, 4):
        (run.folder / "stop").touch()
    after_batch(self, batch, logs)
Recorder.on_train_batch_end = stop_in_the_third
reasons = [train_network(run, data)]
run.record("end", reason=reasons[0])
Recorder.on_train_batch_end = after_batch
(run.folder / "stop").unlink()
reasons.append(train_network(run, data))
run.record("end", reason=reasons[1])
print(json.dumps({"backend": keras.backend.backend(), "reasons": reasons}))
"""


def _curve(run):
    return [
        [epoch[key] for key in ("loss", "val_loss", "accuracy", "val_accuracy", "learning_rate")]
        for epoch in run.history.epochs
    ]


@pytest.mark.backend
@pytest.mark.parametrize("backend", OTHERS or ["none"])
def test_another_backend_trains_the_same_recipe(backend, models_folder, small_dataset):
    ran = subprocess.run(
        [sys.executable, "-c", TRAIN, RECIPE.to_toml()],
        env=os.environ | {"KERAS_BACKEND": backend},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout.splitlines()[-1]) == {
        "backend": backend,
        "reasons": ["asked", "done"],
    }
    unbroken, run = open_run("unbroken"), open_run("broken")
    assert run.history.start["backend"] == backend
    assert run.history.start["resumed_from"] == 2
    np.testing.assert_allclose(_curve(run), _curve(unbroken), atol=1e-5)
    assert len(_curve(run)) == RECIPE.epochs
    assert run.history.best["val_accuracy"] > 0.5

    result = finish_run(run, small_dataset)
    assert run.state == "finished"
    assert result["validation_accuracy"] == pytest.approx(
        run.history.best["val_accuracy"], abs=0.011
    )
