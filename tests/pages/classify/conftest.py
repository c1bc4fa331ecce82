"""What every test of the Classify page stands on."""

import pytest

from tests.making_runs import finished_run
from tests.pages.classify.making import Told
from ui import answering


@pytest.fixture(autouse=True)
def data(small_data_on_disk) -> None:
    """Pages ask for the data set first."""


@pytest.fixture
def model(models, small_dataset, monkeypatch) -> Told:
    """The model that is asked: it answers what the test tells it to."""
    told = Told(finished_run(small_dataset))
    monkeypatch.setattr(answering, "classifier_of", lambda run: told)
    return told
