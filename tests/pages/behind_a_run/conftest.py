"""The run that is asked about."""

import numpy as np
import pytest

from fashion_model.evaluation import report
from tests.making_runs import finished_run
from tests.pages.behind_a_run.making import put


@pytest.fixture(autouse=True)
def data(small_data_on_disk) -> None:
    """Pages ask for the data set first."""


@pytest.fixture
def run(models, small_dataset):
    return finished_run(small_dataset, accuracy=0.7, title="Small *CNN*")


@pytest.fixture
def answers(run):
    def of(part):
        stored = run.answers(part)
        return report(stored.log_probabilities, stored.labels, run.result["temperature"])

    return of


@pytest.fixture
def mapped(run, small_dataset):
    xy = np.random.default_rng(0).uniform(0, 100, (100, 2)).astype("float32")
    arrays = {"xy": xy, "reduced": xy, "mean": np.zeros(2), "axes": np.eye(2), "pixels": True}
    put(run, "map", {name: np.array(value) for name, value in arrays.items()})
    return xy
