"""A training that was killed or stopped ends where an unbroken one ends."""

import pytest

from fashion_model.creating import create_run
from fashion_model.recipes import Recipe
from fashion_model.recording import Checkpoint
from fashion_model.runs import Run
from tests.making import DENSE, TINY
from tests.training.interrupting import Killed, assert_same, at, curve, kill, killed_instead, stop


def test_killed_within_an_epoch_and_resumed_ends_where_an_unbroken_one_ends(train, trained_run):
    run = create_run(TINY)
    with at(3, 5, kill), pytest.raises(Killed):
        train(run)
    assert (run.state, run.resumable) == ("stopped", True)
    train(run)
    assert run.history.start["resumed_from"] == 2
    assert_same(run, trained_run)


@pytest.mark.parametrize(
    "recipe",
    [
        DENSE,
        DENSE.replaced(average=0.6, batch_norm=True),
        Recipe(kind="staged", filters=(16,), average=0.5, batch_size=64, optimizer="muon"),
    ],
    ids=lambda recipe: f"{recipe.kind}-{recipe.average}",
)
def test_killed_at_every_other_moment_and_stopped_too_it_ends_the_same(train, recipe):
    recipe = recipe.replaced(epochs=5, shift=1)
    unbroken, run = train(recipe), create_run(recipe)

    with killed_instead(Checkpoint, "save", lambda network, line, more: line["epoch"] == 2):
        train(run)
    assert (run.state, run.history.trained) == ("stopped", 1)

    line_of_3 = lambda event, **facts: event == "epoch" and facts["epoch"] == 3  # noqa: E731
    with killed_instead(Run, "record", line_of_3):
        train(run)
    assert run.history.start["resumed_from"] == 1
    assert run.history.trained == 2  # the third is in the checkpoint only

    with at(4, 2, stop):
        train(run)
    assert run.history.start["resumed_from"] == 3
    assert run.history.end["reason"] == "asked"
    assert curve(run) == curve(unbroken)[:3]  # the best so far, and not a part of an epoch

    (run.folder / "stop").unlink()
    train(run)
    assert_same(run, unbroken)


def test_stop_within_the_first_epoch_keeps_what_there_is(train):
    with at(1, 3, stop):
        run = train(DENSE)
    (epoch,) = run.history.epochs
    assert (epoch["partial"], epoch["best"], run.history.trained) == (True, True, 0)
    assert (run.folder / "best.weights.h5").exists()
    assert not (run.folder / "checkpoint.npz").exists()
    (run.folder / "stop").unlink()
    train(run)  # from the beginning: nothing whole was trained
    assert curve(run) == curve(train(DENSE))
