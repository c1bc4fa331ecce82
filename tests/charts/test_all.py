"""What holds for every chart, and those too short for a file of their own."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from fashion_model import charts
from fashion_model.charts import EARLIER, MODEL, RIGHT, WRONG, percent
from fashion_model.charts.look import RUNS
from fashion_model.charts.matrix import MOST_OPAQUE
from tests.charts.making import batches, epochs, made_up_report, rgb, trace

PAGES = {"light": (253, 252, 250), "dark": (22, 20, 25)}


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
