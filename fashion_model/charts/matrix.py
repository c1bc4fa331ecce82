"""The confusion matrix: rows are true classes, columns predicted ones, every cell opens."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from fashion_model.charts.look import EARLIER, MODEL, RIGHT, WRONG, blank, faded, inked, percent
from fashion_model.classes import CLASSES

MODES = ("counts", "share of true", "share of predicted")
SHORT_NAMES = {"T-shirt/top": "T-shirt", "Ankle boot": "Boot"}  # a phone has 360 pixels

# No cell is more opaque than this, so that the page's own text reads on it, dark or light.
MOST_OPAQUE = 0.65
# The share of a class lost to another that gets the full colour: fixed, so that a better network
# looks better and a replay of the epochs does not flicker.
WORST_SHARE = 0.2
FAINT_SHARE = 0.01  # numbers below stand back
# A phone's cell has 23 pixels. Markers must not overlap, or a click opens the wrong cell; what
# they leave free in larger cells belongs to the nearest one, thanks to the hover distance.
CELL_MARKER = 20


def confusion_matrix(
    confusion: np.ndarray,
    mode: str = "counts",
    marked: tuple[int, int] | None = None,
    classes: Sequence[str] = CLASSES,
) -> go.Figure:
    """The confusion matrix, true classes down and predicted across.

    `mode` is one of `MODES`. A click on a cell selects a point whose `customdata` is
    [true, predicted]; `marked` is the cell to outline.
    """
    confusion = np.asarray(confusion)
    k = len(classes)
    whole = {
        "counts": np.full((k, k), max(confusion.sum(axis=1).max(), 1)),
        "share of true": np.broadcast_to(confusion.sum(axis=1)[:, None], (k, k)),
        "share of predicted": np.broadcast_to(confusion.sum(axis=0), (k, k)),
    }[mode]
    share = np.divide(confusion, whole, out=np.zeros((k, k)), where=whole > 0)
    diagonal = np.eye(k, dtype=bool)
    names = [inked(SHORT_NAMES.get(name, name)) for name in classes]
    axis = {
        "tickvals": list(range(k)),
        "ticktext": names,
        "showgrid": False,
        "zeroline": False,
        "ticks": "",
        "tickfont": {"size": 11},
    }
    unit = "" if mode == "counts" else ", %"
    across = {"range": [-0.5, k - 0.5], "title": f"Taken for{unit}", "tickangle": -45}
    figure = blank(
        480,
        xaxis=axis | across,
        yaxis=axis | {"range": [k - 0.5, -0.5], "title": "Truly"},
        # Annotations rather than text of a trace, which would fade as soon as a cell is selected.
        annotations=[
            {
                "x": int(p),
                "y": int(t),
                "text": inked(
                    f"{confusion[t, p]}" if mode == "counts" else percent(share[t, p])[:-2]
                ),
                "showarrow": False,
                "font": {"size": 11 if confusion[t, p] < 1000 or mode != "counts" else 9},
                "opacity": 1 if t == p or share[t, p] >= FAINT_SHARE else 0.6,
            }
            for t, p in zip(*confusion.nonzero(), strict=True)
        ],
        hovermode="closest",
        hoverdistance=40,
        uirevision="matrix",
    )
    for here, hue, strength in (
        (diagonal, RIGHT, share),
        (~diagonal, WRONG, np.sqrt(np.clip(share / WORST_SHARE, 0, 1))),
    ):
        figure.add_heatmap(
            z=np.where(here, strength, np.nan),
            zmin=0,
            zmax=1,
            colorscale=[
                [0, faded(EARLIER, 0.1)],
                [0.15, faded(hue, 0.07)],
                [1, faded(hue, MOST_OPAQUE)],
            ],
            xgap=2,
            ygap=2,
            hoverinfo="skip",
            showscale=False,
        )
    rows, columns = (axis.ravel() for axis in np.indices((k, k)))
    figure.add_scatter(
        x=columns,
        y=rows,
        mode="markers",
        marker={"symbol": "square", "size": CELL_MARKER, "color": "rgba(0,0,0,0)"},
        customdata=np.column_stack([rows, columns]).tolist(),
        text=[_cell_words(confusion, t, p, classes) for t, p in zip(rows, columns, strict=True)],
        hovertemplate="%{text}<extra></extra>",
        showlegend=False,
    )
    if marked is not None:
        t, p = marked
        edges = {"x0": p - 0.47, "x1": p + 0.47, "y0": t - 0.47, "y1": t + 0.47}
        figure.add_shape(type="rect", **edges, line={"color": MODEL, "width": 3})
    return figure


def _cell_words(confusion: np.ndarray, t: int, p: int, classes: Sequence[str]) -> str:
    count, of_true, of_predicted = confusion[t, p], confusion[t].sum(), confusion[:, p].sum()
    if not count:
        return f"No <b>{classes[t]}</b> was taken for {classes[p]}"
    what = "recognised" if t == p else f"taken for <b>{classes[p]}</b>"
    return (
        f"<b>{classes[t]}</b> {what}: {count:,}"
        f"<br>{percent(count / of_true, 1)} of the {of_true:,} that are {classes[t]}"
        f"<br>{percent(count / of_predicted, 1)} of the {of_predicted:,} called {classes[p]}"
    )
