"""The confusion matrix: its cells, its colours, its numbers."""

import numpy as np
import pytest

from fashion_model import charts
from fashion_model.charts import RIGHT, WRONG
from fashion_model.charts.matrix import CELL_MARKER, MOST_OPAQUE
from tests.charts.making import markers, plain, rgb


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
