"""The map: every test picture a point, coloured by what is asked of it."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from fashion_model.charts.look import EARLIER, MODEL, RIGHT, WRONG, blank, percent, typed
from fashion_model.classes import CLASSES
from fashion_model.evaluation import Report

COLOURS = ("true", "predicted", "right", "confidence")
# Ten that are told apart on white and on near-black; neighbours in the list never look alike.
HUES = (
    "#4e79a7", "#f28e2b", "#59a14f", "#b07aa1", "#edc948",
    "#76b7b2", "#e15759", "#9c755f", "#ff9da7", "#8b919c",
)  # fmt: skip


def feature_map(
    xy: np.ndarray,
    report: Report,
    colour: str = "true",
    outline: np.ndarray | None = None,
    placed: Sequence[tuple[str, float, float]] = (),
) -> go.Figure:
    """Points at `xy` (n, 2), from 0 to 100, coloured by one of `COLOURS`.

    A click selects a point whose `customdata` is the picture's number, a lasso an outline;
    `outline` (k, 2) is one to draw. `placed` are pictures beside the data: name, x, y.
    """
    figure = blank(620, legend=True, hovermode="closest", uirevision="map")
    # The legend is above, and as tall as ten names on a phone make it.
    figure.update_layout(dragmode="lasso", margin={"t": 64}, legend={"itemsizing": "constant"})
    if colour == "confidence":
        figure.add_trace(_points(xy, report, np.arange(len(xy)), "Confidence", report.confidence))
        figure.update_layout(showlegend=False)
    else:
        for name, mask, hue in _groups(report, colour):
            figure.add_trace(_points(xy, report, np.flatnonzero(mask), name, hue))
    if outline is not None:
        closed = np.vstack([outline, outline[:1]])
        figure.add_scatter(
            x=closed[:, 0], y=closed[:, 1], mode="lines", hoverinfo="skip", showlegend=False,
            line={"color": MODEL, "width": 2, "dash": "dot"},
        )  # fmt: skip
    for name, x, y in placed:
        figure.add_scatter(
            x=[x], y=[y], mode="markers", showlegend=False,
            marker={"symbol": "star", "size": 20, "color": MODEL, "line": {"width": 2}},
            hovertemplate=f"{typed(name)}<extra></extra>",
        )  # fmt: skip
    axis = {"visible": False, "range": [-3, 103]}
    figure.update_xaxes(**axis)
    figure.update_yaxes(**axis)
    return figure


def _groups(report: Report, colour: str) -> list[tuple[str, np.ndarray, str]]:
    if colour == "right":  # the wrong on top, being few
        return [("Right", report.right, RIGHT), ("Wrong", ~report.right, WRONG)]
    of = report.labels if colour == "true" else report.predicted
    return [(name, of == number, HUES[number]) for number, name in enumerate(CLASSES)]


def _points(
    xy: np.ndarray, report: Report, places: np.ndarray, name: str, hue: str | np.ndarray
) -> go.Scatter:
    marker = {"size": 4, "opacity": 0.75, "color": hue}
    if not isinstance(hue, str):
        marker |= {
            "cmin": 0.3,
            "cmax": 1,
            "colorscale": [[0, WRONG], [0.6, EARLIER], [1, RIGHT]],
            "colorbar": {"title": "", "tickformat": ".0%", "thickness": 10, "outlinewidth": 0},
        }
    # Not Scattergl: Plotly's WebGL makes scripts out of text, which our headers forbid browsers.
    return go.Scatter(
        x=xy[places, 0].astype("float32"),
        y=xy[places, 1].astype("float32"),
        mode="markers",
        name=name,
        marker=marker,
        selected={"marker": {"opacity": 0.9}},
        unselected={"marker": {"opacity": 0.75}},
        customdata=places.astype("int32"),
        text=[
            f"{CLASSES[report.labels[p]]}, called {CLASSES[report.predicted[p]]}, "
            f"{percent(report.confidence[p])} sure"
            for p in places
        ],
        hovertemplate="%{text}<extra>test-%{customdata}</extra>",
    )
