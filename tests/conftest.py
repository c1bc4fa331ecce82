"""Fixtures for all tests, and which tests are left out where something they need is missing."""

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from fashion_model import verifying
from fashion_model.data import Dataset, store_decoded
from fashion_model.runs import Run
from fashion_model.verifying import OfficialFile, md5_of
from tests.making import idx, small_arrays, small_pictures

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)

# marker -> (whether such tests can run here, what to do to have them)
NEEDS = {
    "browser": (bool(CHROMIUM), "install Debian's or Ubuntu's `chromium`, or Google Chrome"),
    "real_data": (
        bool(os.environ.get("FASHION_MNIST_DIR")),
        "set FASHION_MNIST_DIR to the folder of the four official Fashion-MNIST files",
    ),
    "backend": (any(map(find_spec, ("jax", "torch"))), "`pip install jax`"),
    "onnx": (
        all(find_spec(name) for name in ("tf2onnx", "onnx", "onnxruntime")),
        "`pip install tf2onnx onnx onnxruntime`",
    ),
}
left_out: dict[str, list[str]] = {marker: [] for marker in NEEDS}


@pytest.fixture(scope="session")
def small_dataset() -> Dataset:
    """400 / 100 / 100 made-up pictures that are easy to tell apart, in memory."""
    return small_arrays()


@pytest.fixture
def small_data_on_disk(
    small_dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """The small data set where `open_dataset` finds it, here and in a worker: the cache folder."""
    cache = tmp_path / "cache"
    monkeypatch.setenv("FITTING_ROOM_CACHE", str(cache))
    monkeypatch.delenv("FASHION_MNIST_DIR", raising=False)
    store_decoded(small_dataset)
    return cache


@pytest.fixture
def models_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of runs."""
    folder = tmp_path / "models"
    folder.mkdir()
    monkeypatch.setenv("FITTING_ROOM_MODELS", str(folder))
    return folder


@pytest.fixture(scope="session")
def trained_folders(small_dataset: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`trained` and `finished`: one tiny network, before and after its finish; not to be touched.

    Trained once for all tests, because TensorFlow takes seconds to come.
    """
    from fashion_model.creating import create_run
    from fashion_model.finishing import finish_run
    from fashion_model.training import train_network
    from tests.making import TINY

    folder = tmp_path_factory.mktemp("runs")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FITTING_ROOM_MODELS", str(folder))
        run = create_run(TINY, "finished")
        run.record("end", reason=train_network(run, small_dataset))
        shutil.copytree(run.folder, folder / "trained")
        finish_run(run, small_dataset)
    return folder


@pytest.fixture
def trained_run(trained_folders: Path, models_folder: Path) -> Run:
    """The tiny network as training leaves it: best weights and checkpoint, no result yet."""
    return Run(Path(shutil.copytree(trained_folders / "trained", models_folder / "trained")))


@pytest.fixture
def finished_run(trained_folders: Path, models_folder: Path) -> Run:
    """The tiny network, finished: it can answer."""
    return Run(Path(shutil.copytree(trained_folders / "finished", models_folder / "finished")))


@pytest.fixture(scope="session")
def quick_folder(small_dataset: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that answers and was made without TensorFlow, so in an instant; not to be touched."""
    from fashion_model.creating import create_run
    from fashion_model.estimators import fit_estimator
    from fashion_model.finishing import finish_run
    from fashion_model.recipes import Recipe

    folder = tmp_path_factory.mktemp("quick")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FITTING_ROOM_MODELS", str(folder))
        run = create_run(Recipe(kind="logistic-regression", iterations=50, title="Quick"), "quick")
        part = small_dataset.train
        fit_estimator(run.recipe, part.images, part.labels).save(run.folder)
        finish_run(run, small_dataset)
    return run.folder


@pytest.fixture
def quick_run(quick_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A logistic regression on the small data, finished: it can answer."""
    monkeypatch.setenv("FITTING_ROOM_MODELS", str(tmp_path / "models"))
    return Run(Path(shutil.copytree(quick_folder, tmp_path / "models" / "quick")))


@pytest.fixture(scope="session")
def official_pictures() -> dict[str, np.ndarray]:
    """240 pictures to train on and 30 to test, under the names of the official files."""
    names = [file.name for file in verifying.OFFICIAL_FILES]
    return dict(zip(names, [*small_pictures(240, 1), *small_pictures(30, 2)], strict=True))


@pytest.fixture
def official_files(official_pictures: dict[str, np.ndarray], tmp_path, monkeypatch) -> Path:
    """A folder of official files, small but in all else like the real ones; the cache is empty."""
    folder = tmp_path / "own"
    folder.mkdir()
    table = []
    for name, array in official_pictures.items():
        packed = idx(array)
        (folder / name).write_bytes(packed)
        table.append(OfficialFile(name, len(packed), md5_of(packed)))
    monkeypatch.setattr(verifying, "OFFICIAL_FILES", tuple(table))
    monkeypatch.setenv("FITTING_ROOM_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("FASHION_MNIST_DIR", str(folder))
    monkeypatch.setenv("no_proxy", "*")
    return folder


@pytest.fixture
def fetched_files(official_files, tmp_path, monkeypatch) -> Path:
    """The same files where a download leaves them, FASHION_MNIST_DIR not set."""
    monkeypatch.delenv("FASHION_MNIST_DIR")
    folder = tmp_path / "cache" / "files"
    shutil.copytree(official_files, folder)
    return folder


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for marker, (possible, remedy) in NEEDS.items():
            if item.get_closest_marker(marker) and not possible:
                item.add_marker(pytest.mark.skip(reason=remedy))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    # Counted by what happened, so that a test which skips itself is no way around.
    for marker, tests in left_out.items():
        if report.skipped and marker in report.keywords and not hasattr(report, "wasxfail"):
            tests.append(report.nodeid)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for marker, tests in left_out.items():
        if tests:
            # Whole files where many are left out: one line must stay readable.
            names = ", ".join(sorted({nodeid.split("::")[0] for nodeid in tests}))
            what = f"{marker.replace('_', '-')} test{'s' if len(tests) > 1 else ''}"
            terminalreporter.write_line(
                f"Left out {len(tests)} {what} ({names}); to have them, {NEEDS[marker][1]}."
            )


def pytest_sessionfinish(session: pytest.Session) -> None:
    if os.environ.get("FITTING_ROOM_TEST_EVERYTHING") == "1" and any(left_out.values()):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
