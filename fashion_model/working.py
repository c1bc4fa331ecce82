"""What a worker does with a run: wait for its turn, train, finish. Also what `train` types do."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from . import files
from .augmentation import share_of
from .changing import delete_run
from .data import Dataset, open_dataset
from .errors import FittingRoomError
from .estimators import fit_estimator
from .finishing import finish_run
from .lanes import take_turn
from .locks import PASSED_LOCK, Lock
from .reviewing import with_reviews
from .runs import Run
from .time_limit import break_off, limited, stop_asked, stop_with_the_best


def work(run: Run, say: Callable[[str], None] = lambda sentence: None) -> dict | None:
    """Bring a run from where it stands to its end; None where it was stopped with nothing."""
    with at_work(run):
        return _work(run, say)


@contextmanager
def at_work(run: Run) -> Iterator[None]:
    """Hold the run's lock, so that everybody sees it is worked on; write down failures."""
    lock = hold(run)
    try:
        files.sweep(run.folder)
        yield
    except Exception as error:
        sentence = _sentence(error)
        with contextlib.suppress(OSError):  # a full disk or a lost folder takes no word either
            run.record("fail", message=sentence)
        if isinstance(error, MemoryError | OSError):
            raise FittingRoomError(sentence) from error
        raise
    finally:
        (run.folder / "stop").unlink(missing_ok=True)
        lock.release()


def _sentence(error: Exception) -> str:
    """What a person is told of a failure; the traceback is for the log."""
    if isinstance(error, FittingRoomError):
        return str(error)
    if isinstance(error, MemoryError) or "ResourceExhausted" in type(error).__name__:
        return "It ran out of memory: try a smaller batch or network."
    if isinstance(error, OSError):
        return f"The disk refused: {error.strerror or error}."
    return f"The training broke off ({type(error).__name__}); worker.log says where."


def hold(run: Run) -> Lock:
    """The lock of a run: the one a parent handed over, or a new one."""
    passed = os.environ.pop(PASSED_LOCK, None)
    if passed:
        return Lock(int(passed))
    lock = Lock.take(run.folder / "lock")
    if lock is None:
        raise FittingRoomError(f"Somebody works on the run {run.name} already.")
    (run.folder / "stop").unlink(missing_ok=True)  # asked of somebody who was gone already
    return lock


def _work(run: Run, say: Callable[[str], None]) -> dict | None:
    with take_turn(run, say) as turn:
        if turn is None:
            return _stopped(run)
        dataset = with_reviews(run, open_dataset())
        if not run.recipe.is_network:
            return _fit_estimator(run, dataset, say)
        if not trained_out(run):
            from .training import train_network

            with limited(run, stop_with_the_best):
                reason = train_network(run, dataset)
            run.record("end", reason=reason)
        if not run.history.epochs or _discarded(run):
            return _stopped(run)
        return finish_run(run, dataset, say)


def trained_out(run: Run) -> bool:
    """Whether training came to its own end, so that only the finish is left to do."""
    end = run.history.end
    weights = (run.folder / name for name in ("best.weights.h5", "model.keras"))
    return bool(end and end["reason"] != "asked" and any(path.exists() for path in weights))


def _discarded(run: Run) -> bool:
    return stop_asked(run) == "discard"


def _stopped(run: Run) -> None:
    """Ended with nothing that is to be kept."""
    run.record("end", reason="asked")
    if _discarded(run):
        delete_run(run, even_working=True)


def _fit_estimator(run: Run, dataset: Dataset, say: Callable[[str], None]) -> dict:
    pictures, labels = share_of(dataset.train, run.recipe)
    run.record(
        "start",
        epochs=1,
        train_pictures=len(labels),
        validation_pictures=len(dataset.validation.labels),
        backend="scikit-learn",
    )
    begun = time.perf_counter()
    say("Fitting the estimator")
    with limited(run, break_off):
        estimator = fit_estimator(run.recipe, pictures, labels)
    estimator.save(run.folder)
    run.record("end", reason="done", seconds=round(time.perf_counter() - begun, 2))
    return finish_run(run, dataset, say)
