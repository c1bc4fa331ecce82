"""Bars: the probabilities of one answer, and class by class."""

import numpy as np

from fashion_model import charts
from fashion_model.charts import MODEL, RIGHT, WRONG
from fashion_model.classes import CLASSES
from fashion_model.evaluation import report
from tests.charts.making import made_up_report, plain, trace

PROBABILITIES = np.array([0.3, 0, 0.05, 0.02, 0.04, 0.01, 0.55, 0, 0.02, 0.01])


def bar(figure):
    (only,) = figure.data
    return only


def test_the_best_bar_is_wrong_and_the_true_one_is_marked():
    bars = bar(charts.probabilities_bar(PROBABILITIES, true=0))
    assert list(bars.y[:2]) == ["Shirt", "<b>T-shirt/top ✓</b>"]
    assert list(bars.marker.color[:2]) == [WRONG, RIGHT]
    assert len(bars.y) == 10
    assert bars.hovertext[1].replace("\u00a0", " ") == "T-shirt/top: 30.0 %, the true label"


def test_the_best_bar_is_right_or_the_models_where_the_truth_is_unknown():
    assert bar(charts.probabilities_bar(PROBABILITIES, true=6)).marker.color[0] == RIGHT
    unknown = bar(charts.probabilities_bar(PROBABILITIES))
    assert unknown.marker.color[0] == MODEL
    assert not {RIGHT, WRONG} & set(unknown.marker.color)


def test_the_top_few_always_include_the_true_one():
    bars = bar(charts.probabilities_bar(PROBABILITIES, true=1, top=3))
    assert list(bars.customdata) == [6, 0, 2, 1]
    assert list(bar(charts.probabilities_bar(PROBABILITIES, top=3)).customdata) == [6, 0, 2]


def bar_names(probabilities):
    return charts.probabilities_bar(probabilities, by_class=True).layout.yaxis.ticktext


def test_bars_in_the_order_of_the_classes():
    bars = bar(charts.probabilities_bar(PROBABILITIES, by_class=True))
    assert list(bars.y) == list(CLASSES)
    assert [plain(text) for text in bar_names(PROBABILITIES)] == list(CLASSES)
    assert bars.marker.color[6] == MODEL


def test_class_bars_start_with_the_worst_and_carry_their_class():
    made = made_up_report()
    figure = charts.per_class_bars(made)
    f1, precision, recall = (trace(figure, name) for name in ("F1", "Precision", "Recall"))
    assert list(f1.x) == sorted(c["f1"] for c in made.per_class.values())
    for position, number in enumerate(f1.customdata):
        scores = made.per_class[CLASSES[number]]
        assert f1.x[position] == scores["f1"]
        assert precision.x[position] == scores["precision"]
        assert recall.x[position] == scores["recall"]
        assert f1.y[position].startswith(CLASSES[number])
    assert precision.customdata == recall.customdata == f1.customdata


def test_classes_without_pictures_get_no_bar():
    made = report(np.eye(10)[[1, 1, 3]], [1, 1, 3])
    assert sorted(trace(charts.per_class_bars(made), "F1").customdata) == [1, 3]
