import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from fashion_model import charts
from fashion_model.charts import EARLIER, MODEL, RIGHT, WRONG, percent
from fashion_model.charts.look import DASHES, RUNS
from fashion_model.charts.matrix import CELL_MARKER, MOST_OPAQUE
from fashion_model.classes import CLASSES
from fashion_model.evaluation import report

PAGES = {"light": (253, 252, 250), "dark": (22, 20, 25)}


def epochs(n, best=None):
    return [
        {
            "epoch": i,
            "loss": 1 / i,
            "val_loss": 1.1 / i,
            "accuracy": 1 - 0.3 / i,
            "val_accuracy": 1 - 0.35 / i,
            "best": i == best,
        }
        for i in range(1, n + 1)
    ]


def batches(epoch, n=4):
    return [
        {"epoch": epoch, "batch": i, "batches": n, "loss": 2.0 - i / 4, "accuracy": i / 10}
        for i in range(1, n + 1)
    ]


def made_up_report(temperature=1.0):
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 10, 1000)
    scores = rng.normal(size=(1000, 10))
    scores[np.arange(1000), labels] += 2.5
    logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    return report(logs, labels, temperature)


def trace(figure, name):
    return next(one for one in figure.data if one.name == name)


def markers(figure):
    return next(one for one in figure.data if one.type == "scatter")


@pytest.fixture(scope="module")
def every_figure():
    return list(make_every_figure())


def make_every_figure():
    made = made_up_report(1.5)
    yield charts.loss_curve(epochs(3), batches(4), epochs(5), total=8)
    yield charts.accuracy_curve([], batches(1), total=8)
    yield charts.accuracy_curve([])
    yield charts.overlaid_curves({"one": epochs(3), "two": epochs(6)})
    yield charts.overlaid_curves({})
    for mode in charts.MODES:
        yield charts.confusion_matrix(made.confusion, mode, marked=(6, 0))
    yield charts.confusion_matrix(np.zeros((10, 10), int), "share of predicted")
    yield charts.probabilities_bar(made.probabilities[0], true=3, top=3)
    yield charts.per_class_bars(made)
    yield charts.reliability(made)
    yield charts.coverage(made)


def test_every_figure_leaves_ground_and_font_to_the_page_and_does_not_zoom(every_figure):
    for figure in every_figure:
        layout = json.loads(figure.to_json())["layout"]
        assert layout["paper_bgcolor"] == layout["plot_bgcolor"] == "rgba(0,0,0,0)"
        assert "font" not in layout
        assert layout["height"]
        assert layout["xaxis"]["fixedrange"]
        assert layout["yaxis"]["fixedrange"]


def test_every_hover_is_words_and_shows_no_trace_box(every_figure):
    for figure in every_figure:
        for one in figure.data:
            assert one.hoverinfo == "skip" or "<extra></extra>" in one.hovertemplate


def luminance(rgb):
    parts = [v / 12.92 if v <= 0.03928 else ((v + 0.055) / 1.055) ** 2.4 for v in rgb]
    return sum(w * v for w, v in zip((0.2126, 0.7152, 0.0722), parts, strict=True))


def contrast(one, other):
    low, high = sorted((luminance(np.array(one) / 255), luminance(np.array(other) / 255)))
    return (high + 0.05) / (low + 0.05)


def rgb(colour):
    return tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))


@pytest.mark.parametrize("page", PAGES)
def test_colours_can_be_told_from_a_light_and_a_dark_page(page):
    for colour in {RIGHT, WRONG, MODEL, EARLIER, *RUNS}:
        assert contrast(rgb(colour), PAGES[page]) > 2.7, colour


@pytest.mark.parametrize(("page", "text"), [("light", (41, 36, 31)), ("dark", (236, 231, 223))])
@pytest.mark.parametrize("hue", [RIGHT, WRONG])
def test_the_pages_own_text_reads_on_the_fullest_cell(page, text, hue):
    cell = np.array(rgb(hue)) * MOST_OPAQUE + np.array(PAGES[page]) * (1 - MOST_OPAQUE)
    assert contrast(cell, text) > 4.5


@pytest.mark.parametrize(
    ("share", "digits", "words"),
    [
        (0, 0, "0 %"),
        (0.001, 0, "<1 %"),
        (0.005, 0, "<1 %"),
        (0.0051, 0, "1 %"),
        (0.934, 0, "93 %"),
        (0.93456, 1, "93.5 %"),
        (0.9999, 0, ">99 %"),
        (0.99999, 1, ">99.9 %"),
        (1, 0, "100 %"),
    ],
)
def test_a_share_in_per_cent_is_never_rounded_to_nothing_or_all(share, digits, words):
    assert percent(share, digits).replace("\u00a0", " ") == words


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


def small_confusion():
    confusion = np.diag([1000] * 10)
    confusion[6, 6], confusion[6, 0], confusion[6, 2] = 797, 200, 3
    return confusion


def test_the_matrix_has_one_clickable_marker_a_cell():
    figure = charts.confusion_matrix(small_confusion())
    cells = markers(figure)
    assert [list(data) for data in cells.customdata] == [
        [t, p] for t in range(10) for p in range(10)
    ]
    assert [[y, x] for x, y in zip(cells.x, cells.y, strict=True)] == [
        list(data) for data in cells.customdata
    ]
    assert cells.marker.symbol == "square"
    assert cells.marker.color == "rgba(0,0,0,0)"
    assert cells.marker.size == CELL_MARKER
    assert figure.layout.xaxis.range == (-0.5, 9.5)
    assert figure.layout.yaxis.range == (9.5, -0.5)
    assert all(one.hoverinfo == "skip" for one in figure.data if one.type == "heatmap")


def test_the_diagonal_is_right_and_the_rest_wrong():
    right, wrong = (
        one for one in charts.confusion_matrix(small_confusion()).data if one.type == "heatmap"
    )
    diagonal = np.eye(10, dtype=bool)
    assert np.array_equal(~np.isnan(np.array(right.z, float)), diagonal)
    assert np.array_equal(~np.isnan(np.array(wrong.z, float)), ~diagonal)
    assert np.array(wrong.z, float)[6, 0] == 1  # a fifth of a class lost to one other
    for one, hue in ((right, RIGHT), (wrong, WRONG)):
        assert one.colorscale[-1][1] == f"rgba({','.join(map(str, rgb(hue)))},{MOST_OPAQUE})"


def plain(text):
    """The text in the page's colour, without its dress."""
    return re.fullmatch('<span style="color:currentColor">(.*)</span>', text)[1]


def numbers(figure):
    return {(note.y, note.x): plain(note.text) for note in figure.layout.annotations}


def test_the_numbers_of_each_mode_and_none_where_there_is_no_picture():
    confusion = small_confusion()
    assert numbers(charts.confusion_matrix(confusion)) == {
        (t, p): str(confusion[t, p]) for t, p in zip(*confusion.nonzero(), strict=True)
    }
    of_true = numbers(charts.confusion_matrix(confusion, "share of true"))
    assert (of_true[6, 6], of_true[6, 0], of_true[6, 2]) == ("80", "20", "<1")
    of_predicted = numbers(charts.confusion_matrix(confusion, "share of predicted"))
    assert (of_predicted[0, 0], of_predicted[6, 0], of_predicted[6, 6]) == ("83", "17", "100")


def test_a_cell_says_in_words_what_it_holds():
    words = markers(charts.confusion_matrix(small_confusion())).text
    assert words[60].replace("\u00a0", " ") == (
        "<b>Shirt</b> taken for <b>T-shirt/top</b>: 200"
        "<br>20.0 % of the 1,000 that are Shirt<br>16.7 % of the 1,200 called T-shirt/top"
    )
    assert words[66].startswith("<b>Shirt</b> recognised: 797")
    assert words[1] == "No <b>T-shirt/top</b> was taken for Trouser"


def test_the_marked_cell_is_outlined():
    figure = charts.confusion_matrix(small_confusion(), marked=(6, 0))
    (shape,) = figure.layout.shapes
    assert shape.x0 < 0 < shape.x1
    assert shape.y0 < 6 < shape.y1
    assert not charts.confusion_matrix(small_confusion()).layout.shapes


def test_an_unknown_mode_is_refused():
    with pytest.raises(KeyError):
        charts.confusion_matrix(small_confusion(), "shares")


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


def test_reliability_shows_before_and_after_only_where_there_was_a_temperature():
    made = made_up_report(2.0)
    figure = charts.reliability(made)
    assert list(trace(figure, "Calibrated").y) == [b.accuracy for b in made.calibration.bins]
    assert list(trace(figure, "Before").x) == [b.confidence for b in made.calibration_before.bins]
    assert [one.name for one in charts.reliability(made_up_report()).data] == [
        "Perfect",
        "Confidence",
    ]


def test_coverage_ends_with_all_answers():
    made = made_up_report()
    line, end = charts.coverage(made).data
    assert list(line.y) == list(made.coverage.accuracy)
    assert (list(end.x), list(end.y)) == ([1], [pytest.approx(made.accuracy)])
    assert "right" in line.text[0]
    assert "surest" in line.text[0]


def test_a_typed_title_is_read_as_it_was_typed_where_robustness_is_hovered():
    (line,) = charts.robustness_curve({"A & B": [0.9, 0.5]}, ["as it is", "by 1 pixel"]).data
    assert line.name == "A &amp; B"
    assert line.text[1].startswith("<b>A &amp; B</b>, by 1 pixel")


def test_charts_touch_no_disk_and_no_streamlit():
    allowed = {"fashion_model.classes", "fashion_model.evaluation"}
    for file in Path(charts.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module.startswith("fashion_model"):
                assert node.module in allowed or node.module.startswith("fashion_model.charts.")
    code = (
        "import sys, fashion_model.charts;"
        "print(sorted({'sklearn', 'keras', 'tensorflow', 'streamlit'} & set(sys.modules)))"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert printed.stdout.strip() == "[]", printed.stderr
