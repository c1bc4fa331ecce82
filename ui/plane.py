"""The map as the browser draws it: ten thousand points on a canvas, to hover, click and circle.

A component of our own. Plotly's WebGL makes scripts out of text, which the server's headers
forbid, and Plotly without WebGL takes seconds for so many points.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st

from fashion_model.charts import MODEL
from fashion_model.evaluation import Report
from ui.own_component import own_component

HTML = """
<div class="map">
  <canvas></canvas>
  <div class="said" hidden><img alt=""><span></span></div>
</div>
"""
FINEST = 65_535  # the coordinates travel as whole numbers of two bytes


def plane(
    xy: np.ndarray,
    colours: np.ndarray,
    palette: Sequence[str],
    report: Report,
    key: str,
    label: str,
    on_open: Callable[[int], None],
    on_around: Callable[[list[list[float]]], None],
    outline: np.ndarray | None = None,
    placed: Sequence[tuple[str, float, float]] = (),
) -> None:
    """Draw points at `xy` (n, 2), from 0 to 100, the y axis upwards.

    The points are the pictures of the test set, in order. `colours` (n,) are places in `palette`,
    and points of later colours lie on top; where a point is hovered, its picture is seen with what
    `report` says of it. A click calls `on_open` with the point's
    number, drawing around some calls `on_around` with the corners. `outline` is drawn, and so are
    stars at `placed`.
    """

    def opened() -> None:
        if (number := st.session_state[key].get("opened")) is not None:
            on_open(int(number))

    def around() -> None:
        if corners := st.session_state[key].get("around"):
            on_around(corners)

    own_component("plane", HTML)(
        key=key,
        data={
            "xy": _packed((xy.clip(0, 100) / 100 * FINEST).round(), "<u2"),
            "colours": _packed(colours, "u1"),
            "palette": list(palette),
            "classes": list(report.classes),
            "labels": _packed(report.labels, "u1"),
            "answers": _packed(report.predicted, "u1"),
            "confidence": _packed(report.confidence, "<f4"),
            "label": label,
            "outline": [] if outline is None else outline.tolist(),
            "placed": [list(one) for one in placed],
            "star": MODEL,
        },
        on_opened_change=opened,
        on_around_change=around,
    )


def _packed(numbers: np.ndarray, kind: str) -> str:
    """Numbers as they lie in memory, which the browser takes without reading ten thousand words."""
    return base64.b64encode(np.asarray(numbers).astype(kind).tobytes()).decode()
