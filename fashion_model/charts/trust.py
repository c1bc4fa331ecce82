"""How far an answer can be trusted: its confidence against the truth."""

import numpy as np
import plotly.graph_objects as go

from fashion_model.charts.look import EARLIER, MODEL, blank, percent, share_axis, value_axis
from fashion_model.evaluation import Bin, Report


def reliability(report: Report) -> go.Figure:
    """Confidence against accuracy, as the model gave it and calibrated by the temperature."""
    figure = blank(
        360,
        legend=True,
        xaxis={"title": "Confidence"} | share_axis(0),
        yaxis={"title": "Really right"} | share_axis(0),
        hovermode="closest",
    )
    line = {"color": EARLIER, "width": 1, "dash": "dot"}
    figure.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", line=line, name="Perfect", hoverinfo="skip"
    )
    after = "Confidence"
    if report.temperature != 1:
        figure.add_scatter(**_bins(report.calibration_before.bins, "Before", EARLIER, "dash"))
        after = "Calibrated"
    figure.add_scatter(**_bins(report.calibration.bins, after, MODEL, "solid"))
    return figure


def coverage(report: Report, kept: float | None = None) -> go.Figure:
    """Accuracy among the answers that are kept when the unsure ones are left out.

    `kept` is a share of answers to point out, where a threshold leaves so many.
    """
    share, accuracy, confidence = report.coverage
    figure = blank(
        360,
        xaxis={"title": "Answers kept"} | share_axis(0),
        yaxis={"title": "Right among them"} | value_axis("accuracy", accuracy),
        hovermode="closest",
    )
    figure.add_scatter(
        x=share,
        y=accuracy,
        mode="lines",
        line={"color": MODEL, "width": 2.5},
        text=[
            f"<b>{percent(a, 1)} right</b><br>among the surest {percent(s)},"
            f"<br>with a confidence of {percent(c)} or more"
            for s, a, c in zip(share, accuracy, confidence, strict=True)
        ],
        hovertemplate="%{text}<extra></extra>",
        showlegend=False,
    )
    figure.add_scatter(
        x=share[-1:],
        y=accuracy[-1:],
        mode="markers+text",
        marker={"color": MODEL, "size": 9},
        text=[f"all: {percent(accuracy[-1], 1)}"],
        textposition="bottom left",
        hoverinfo="skip",
        showlegend=False,
    )
    if kept:
        figure.add_scatter(
            x=[kept],
            y=[float(np.interp(kept, share, accuracy))],
            mode="markers",
            marker={"color": MODEL, "size": 13, "symbol": "diamond"},
            hoverinfo="skip",
            showlegend=False,
        )
    return figure


def _bins(bins: list[Bin], name: str, colour: str, dash: str) -> dict:
    most = max(b.count for b in bins)
    return {
        "x": [b.confidence for b in bins],
        "y": [b.accuracy for b in bins],
        "name": name,
        "mode": "lines+markers",
        "line": {"color": colour, "dash": dash, "width": 2},
        # The area tells how many answers stand behind a point.
        "marker": {
            "color": colour,
            "size": [5 + 13 * (b.count / most) ** 0.5 for b in bins],
            "opacity": 1,
            "line": {"width": 0},
        },
        "text": [
            f"<b>{name}</b><br>{b.count:,} answers with {percent(b.confidence)} confidence"
            f"<br>{percent(b.accuracy)} of them right"
            for b in bins
        ],
        "hovertemplate": "%{text}<extra></extra>",
        "cliponaxis": False,
    }
