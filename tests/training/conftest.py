"""What every test of training begins with."""

import pytest

from fashion_model.creating import create_run
from fashion_model.runs import Run
from fashion_model.training import train_network

pytest.register_assert_rewrite("tests.training.interrupting")  # so that it shows what differs


@pytest.fixture
def train(models_folder, small_dataset):
    """Train a recipe, or a run further; the answer is the run, with its end written down."""

    def train(recipe_or_run) -> Run:
        run = recipe_or_run if isinstance(recipe_or_run, Run) else create_run(recipe_or_run)
        run.record("end", reason=train_network(run, small_dataset))
        return run

    return train
