"""`train`, `resume`, `finish`, `stop`, `describe`: everything that makes a run."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from argparse import Namespace
from pathlib import Path

from ..creating import create_run
from ..errors import FittingRoomError
from ..jobs import stop as ask_to_stop
from ..locks import PASSED_LOCK
from ..recipes import load_recipe, parse_setting
from ..runs import Run, open_run
from .output import Watcher, put, table

STOP_WAITS = 300  # seconds; a worker that answers the test set may need a while


def train(given: Namespace) -> int:
    settings = dict(parse_setting(setting) for setting in given.set)
    for key in ("epochs", "batch_size"):
        if getattr(given, key) is not None:
            settings[key] = getattr(given, key)
    recipe = load_recipe(given.recipe).replaced(**settings)
    run = create_run(recipe, given.name, made_from=Path(given.recipe).stem, photos=given.photos)
    return _work(run, given)


def resume(given: Namespace) -> int:
    run = open_run(given.run)
    if PASSED_LOCK not in os.environ and not run.resumable:
        why = "somebody works on it" if run.working else f"it is {run.state}"
        raise FittingRoomError(f"The run {run.name} cannot be resumed: {why}.")
    return _work(run, given)


def _work(run: Run, given: Namespace) -> int:
    from ..working import work

    in_worker = PASSED_LOCK in os.environ
    with Watcher(run, log=in_worker) as watcher, _stopping_gently(run):
        result = work(run, watcher.say)
    if result is None:
        state = run.state if run.folder.exists() else "discarded"
        put({"run": run.name, "state": state}, f"{run.name}: {run.message or state}", given.json)
        return 1
    answer = {
        "run": run.name,
        "state": run.state,
        "test_accuracy": result["test_accuracy"],
        "validation_accuracy": result["validation_accuracy"],
        "parameters": result["parameters"],
        "train_seconds": result["train_seconds"],
    }
    low, high = result["test_interval"]
    words = (
        f"{run.name}: {result['test_accuracy']:.2%} of the test set right "
        f"({low:.2%} to {high:.2%}), validation {result['validation_accuracy']:.2%}, "
        f"{result['parameters']:,} parameters, trained in {result['train_seconds']:.0f} s. "
        f"Its card: {run.folder / 'README.md'}"
    )
    put(answer, words, given.json)
    return 0


@contextlib.contextmanager
def _stopping_gently(run: Run):
    """Ctrl-C asks the run to stop and keeps its best weights; a second one breaks off."""

    def interrupted(*_):
        (run.folder / "stop").write_text("stop")
        signal.signal(signal.SIGINT, signal.default_int_handler)
        print(
            "\nStopping; the best weights so far are kept. Ctrl-C again breaks off.",
            file=sys.stderr,
        )

    before = signal.signal(signal.SIGINT, interrupted)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def finish(given: Namespace) -> int:
    from ..data import open_dataset
    from ..finishing import finish_run
    from ..working import at_work

    run = open_run(given.run)
    with Watcher(run, log=PASSED_LOCK in os.environ) as watcher, at_work(run):
        finish_run(run, open_dataset(), watcher.say)
    put({"run": run.name, "state": run.state}, f"{run.name} is {run.state}.", given.json)
    return 0


def stop(given: Namespace) -> int:
    run = open_run(given.run)
    ask_to_stop(run)
    deadline = time.monotonic() + STOP_WAITS
    while run.working and time.monotonic() < deadline:
        time.sleep(0.2)
    words = f"{run.name} is {run.state}. {run.message}".strip()
    put({"run": run.name, "state": run.state}, words, given.json)
    return 0


def describe(given: Namespace) -> int:
    from ..describing import describe as described
    from ..lanes import short_lane

    recipe = load_recipe(given.recipe)
    with short_lane("describe"):
        answer = described(recipe)
    rows = [
        (row["name"], row["type"], "×".join(map(str, row["output"])), f"{row['parameters']:,}")
        for row in answer["layers"]
    ]
    words = f"{recipe.kind} is a scikit-learn estimator: it has no layers and no epochs."
    if rows:
        words = (
            table(rows, ("layer", "type", "output", "parameters"))
            + f"\n\n{answer['parameters']:,} parameters, {answer['multiply_adds']:,} multiply-adds "
            f"a picture, about {answer['seconds_per_epoch']:.0f} s an epoch on this machine"
        )
    put(answer, words, given.json)
    return 0


def export(given: Namespace) -> int:
    from ..exporting import export_network

    path = export_network(open_run(given.run), given.format, Path(given.out))
    put({"run": given.run, "path": str(path)}, f"Written to {path}", given.json)
    return 0
