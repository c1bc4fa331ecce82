"""Loss and accuracy: while they grow, beside an earlier run, laid over each other."""

import pytest

from fashion_model import charts
from fashion_model.charts import EARLIER, MODEL
from fashion_model.charts.look import DASHES, RUNS
from tests.charts.making import batches, epochs, trace


def test_curves_tell_training_validation_and_an_earlier_run_apart_without_colour():
    figure = charts.loss_curve(epochs(3), under=epochs(5))
    training, validation = trace(figure, "Training"), trace(figure, "Validation")
    assert training.line.dash != validation.line.dash
    assert training.line.color == validation.line.color == MODEL
    earlier = trace(figure, "Earlier run")
    assert earlier.line.color == EARLIER
    assert list(earlier.y) == [event["val_loss"] for event in epochs(5)]
    assert list(figure.data).index(earlier) < list(figure.data).index(validation)


def test_the_running_epochs_batches_lie_between_the_epochs_and_others_are_left_out():
    figure = charts.accuracy_curve(epochs(2), batches(2) + batches(3))
    fine = next(one for one in figure.data if one.name is None)
    assert list(fine.x) == [2.25, 2.5, 2.75, 3.0]
    assert list(fine.y) == [0.1, 0.2, 0.3, 0.4]


def test_the_best_epoch_is_marked():
    star = trace(charts.accuracy_curve(epochs(4, best=3)), "Best epoch")
    assert (list(star.x), list(star.y)) == ([3], [pytest.approx(1 - 0.35 / 3)])
    assert not trace(charts.accuracy_curve(epochs(4)), "Best epoch").showlegend


def test_the_axes_stand_still_while_it_trains():
    figures = [charts.accuracy_curve(epochs(n), batches(n + 1), total=20) for n in (2, 3, 8)]
    assert len({figure.layout.xaxis.range for figure in figures}) == 1
    assert len({figure.layout.yaxis.range for figure in figures}) == 1
    assert len({figure.layout.uirevision for figure in figures}) == 1
    losses = [charts.loss_curve(epochs(n), batches(n + 1)).layout.yaxis.range for n in (2, 8)]
    assert losses[0] == losses[1] == (0, 1.25)


def test_a_longer_run_than_planned_stays_in_sight():
    assert charts.loss_curve(epochs(12), total=10).layout.xaxis.range[1] >= 12


def test_overlaid_curves_differ_in_colour_and_in_dash():
    figure = charts.overlaid_curves({f"run {i}": epochs(3) for i in range(6)})
    assert {one.line.color for one in figure.data} == set(RUNS)
    assert {one.line.dash for one in figure.data} == set(DASHES)
    assert [one.name for one in figure.data] == [f"run {i}" for i in range(6)]
    loss = charts.overlaid_curves({"one": epochs(3)}, "loss")
    assert list(loss.data[0].y) == [event["loss"] for event in epochs(3)]
    assert loss.layout.yaxis.title.text == "Training loss"
