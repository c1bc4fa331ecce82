"""Bars by class: the probabilities of one picture, the scores of each class."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from fashion_model.charts.look import EARLIER, MODEL, RIGHT, WRONG, blank, faded, inked, percent
from fashion_model.classes import CLASSES
from fashion_model.evaluation import Report


def probabilities_bar(
    probabilities: np.ndarray,
    true: int | None = None,
    top: int | None = None,
    by_class: bool = False,
    classes: Sequence[str] = CLASSES,
) -> go.Figure:
    """The probabilities of one picture, the best first, or in the order of the classes.

    `top` shows only that many, and the `true` class (None: not known) in any case.
    """
    probabilities = np.asarray(probabilities, float)
    order = np.argsort(-probabilities, kind="stable")
    best = int(order[0])
    shown = [c for rank, c in enumerate(order) if top is None or rank < top or c == true]
    shown = sorted(shown) if by_class else shown
    hues = [faded(EARLIER, 0.6)] * len(shown)
    names = [classes[c] for c in shown]
    hues[shown.index(best)] = MODEL if true is None else RIGHT if best == true else WRONG
    if true is not None:
        hues[shown.index(true)] = RIGHT
        names[shown.index(true)] = f"<b>{classes[true]} ✓</b>"
    figure = blank(
        30 * len(shown) + 24,
        xaxis={"range": [0, 1.16], "visible": False},
        yaxis=_names_axis(names),
        hovermode="closest",
        bargap=0.3,
    )
    figure.add_bar(
        x=probabilities[shown],
        y=names,
        orientation="h",
        marker={"color": hues, "cornerradius": 4, "line": {"width": 0}},
        customdata=[int(c) for c in shown],
        text=[inked(percent(probabilities[c])) for c in shown],
        textposition="outside",
        cliponaxis=False,
        hovertext=[
            f"{classes[c]}: {percent(probabilities[c], 1)}"
            + (", the true label" if c == true else "")
            for c in shown
        ],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    return figure


def per_class_bars(report: Report) -> go.Figure:
    """F1 of each class as a bar, with its precision and recall on it, the worst class first.

    A click selects a point whose `customdata` is the class number.
    """
    rows = list(report.per_class.items())
    order = sorted(
        (i for i in range(len(rows)) if rows[i][1]["support"]), key=lambda i: rows[i][1]["f1"]
    )
    rows = [rows[i] for i in order]
    names = [f"{name} <b>{c['f1']:.2f}</b>" for name, c in rows]
    words = [
        f"<b>{name}</b>, {c['support']:,} pictures<br>F1 {c['f1']:.3f}"
        f"<br>{percent(c['precision'], 1)} of what is called so is it (precision)"
        f"<br>{percent(c['recall'], 1)} of them are found (recall)"
        for name, c in rows
    ]
    shared = {
        "y": names,
        "customdata": order,
        "hovertext": words,
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
    figure = blank(
        32 * len(rows) + 90,
        legend=True,
        xaxis={"range": [0, 1.03], "tickvals": [0, 0.25, 0.5, 0.75, 1]},
        yaxis=_names_axis(names),
        hovermode="closest",
        bargap=0.35,
    )
    figure.add_bar(
        x=[c["f1"] for _, c in rows],
        orientation="h",
        name="F1",
        marker={"color": faded(MODEL, 0.55), "cornerradius": 4, "line": {"width": 0}},
        **shared,
    )
    for key, symbol in (("precision", "diamond"), ("recall", "circle-open")):
        marker = {"symbol": symbol, "size": 9, "color": MODEL, "line": {"width": 2, "color": MODEL}}
        figure.add_scatter(
            x=[c[key] for _, c in rows],
            name=key.capitalize(),
            mode="markers",
            marker=marker,
            **shared,
        )
    return figure


def _names_axis(names: list[str]) -> dict:
    """The first name on top, all of them in the page's own text colour."""
    return {
        "autorange": "reversed",
        "tickvals": names,
        "ticktext": [inked(name) for name in names],
        "showgrid": False,
        "ticks": "",
    }
