"""How accuracy falls as pictures are altered more and more: one small figure a kind."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from fashion_model.charts.look import DASHES, RUNS, blank, percent, typed


def robustness_curve(
    runs: Mapping[str, Sequence[float]],
    strengths: Sequence[str],
    marked: int | None = None,
) -> go.Figure:
    """Accuracy at each strength, one line a run: title -> shares, those of `strengths`.

    The first strength is the picture as it is. A click selects a point whose `customdata` is
    [run, step]; `marked` is the step to point out.
    """
    steps = list(range(len(strengths)))
    across = {
        "range": [-0.2, len(steps) - 0.8],
        "tickvals": steps,
        "ticktext": ["0", *(_number(words) for words in strengths[1:])],
        "showgrid": False,
        "zeroline": False,
        "tickangle": 0,
    }
    up = {"range": [0, 1.05], "tickformat": ".0%", "tickvals": [0, 0.5, 1], "zeroline": False}
    figure = blank(190, xaxis=across, yaxis=up, hovermode="closest", uirevision="robustness")
    for i, (title, shares) in enumerate(runs.items()):
        title = typed(title)
        colour = RUNS[i % len(RUNS)]
        figure.add_scatter(
            x=steps,
            y=shares,
            mode="lines+markers",
            name=title,
            line={"color": colour, "dash": DASHES[i % len(DASHES)], "width": 2},
            marker={"color": colour, "size": [11 if s == marked else 7 for s in steps]},
            customdata=[[i, step] for step in steps],
            text=[
                f"<b>{title}</b>, {words}<br>{percent(share, 1)} right"
                for words, share in zip(strengths, shares, strict=True)
            ],
            hovertemplate="%{text}<extra></extra>",
            showlegend=False,
            cliponaxis=False,
        )
    return figure


def _number(words: str) -> str:
    """The number in "30 % of the greys", for an axis with little room."""
    return next(word.rstrip("°") for word in words.split() if word[:1].isdigit())
