"""What is said of a download is true of it."""

from tests.making_runs import finished_run
from ui.downloads import _given


def test_the_size_told_is_of_what_is_given(small_dataset, models_folder):
    run = finished_run(small_dataset)
    before = _given(run)
    assert before > (run.folder / "recipe.toml").stat().st_size
    for name in ("checkpoint.npz", "worker.log"):
        (run.folder / name).write_bytes(bytes(1000))
    assert _given(run) == before
