"""A folder of runs for the commands: an empty one, and one with a run that a command trained."""

from pathlib import Path

import pytest

from fashion_model.__main__ import main
from fashion_model.data import store_decoded
from tests.commands.asking import FAST
from tests.making import small_arrays


@pytest.fixture
def models(small_data_on_disk, tmp_path, monkeypatch) -> Path:
    """An empty folder of runs, beside small data."""
    folder = tmp_path / "models"
    monkeypatch.setenv("FITTING_ROOM_MODELS", str(folder))
    return folder


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> Path:
    """A folder with one finished run called `small`, trained by the command itself."""
    folder = tmp_path_factory.mktemp("trained")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FITTING_ROOM_CACHE", str(folder / "cache"))
        patch.setenv("FITTING_ROOM_MODELS", str(folder / "models"))
        patch.delenv("FASHION_MNIST_DIR", raising=False)
        store_decoded(small_arrays())
        assert main(["train", "mlp", "--name", "small", "--epochs", "6", *FAST, "--json"]) == 0
    return folder


@pytest.fixture
def at_trained(trained, monkeypatch) -> Path:
    monkeypatch.setenv("FITTING_ROOM_CACHE", str(trained / "cache"))
    monkeypatch.setenv("FITTING_ROOM_MODELS", str(trained / "models"))
    monkeypatch.delenv("FASHION_MNIST_DIR", raising=False)
    return trained
