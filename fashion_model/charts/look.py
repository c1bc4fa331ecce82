"""What all figures share: colours, which are meaning and only here, numbers and axes.

The colours are read on white and on near-black alike. Fonts and grids are left to the page's
theme, so a page shows a figure with
`st.plotly_chart(figure, theme="streamlit", config=PLOTLY_CONFIG)`.
"""

import html
import math
from collections.abc import Sequence

import plotly.graph_objects as go

RIGHT = "#12a594"
WRONG = "#e5603b"
MODEL = "#7a68e0"
EARLIER = "#8b919c"  # an earlier run, a comparison, what is no news
RUNS = (MODEL, "#c98a12", "#3d8fd9", "#d9628f", "#5c9e4a", EARLIER)
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")  # told apart uncoloured

PLOTLY_CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False}


def faded(colour: str, opacity: float) -> str:
    """A `#rrggbb` colour as rgba."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"


def percent(share: float, digits: int = 0) -> str:
    """0.934 -> "93 %"; what is not quite nothing, or not quite all, is never rounded to it."""
    words = f"{share * 100:.{digits}f}"
    least = 10.0**-digits
    if share > 0 and float(words) == 0:
        words = f"<{least:.{digits}f}"
    elif share < 1 and float(words) == 100:
        words = f">{100 - least:.{digits}f}"
    return f"{words}\u00a0%"


def typed(name: str) -> str:
    """A name that somebody typed: in a figure `<b>` and `%{x}` would else have a meaning."""
    return html.escape(name, quote=False).replace("%{", "%\u2060{")


def inked(text: str) -> str:
    """Text in the page's own text colour; Streamlit gives figures a grey too pale for numbers."""
    return f'<span style="color:currentColor">{text}</span>'


def blank(height: int, legend: bool = False, **layout) -> go.Figure:
    """An empty figure in the house style: no ground of its own, nothing that zooms or drags.

    With a `legend` its place is kept free, so that nothing moves when its first line appears. All
    is said at once: Plotly's `update_layout` takes ten times as long, and live curves are many.
    """
    house = {
        "height": height,
        "margin": {"l": 8, "r": 12, "t": 36 if legend else 8, "b": 8},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "dragmode": False,
        "legend": {
            "orientation": "h",
            "x": 0,
            "y": 1.02,
            "yanchor": "bottom",
            "title": {"text": ""},
        },
    }
    fixed = {"fixedrange": True, "automargin": True}
    axes = {
        "xaxis": fixed | layout.pop("xaxis", {}),
        "yaxis": fixed | {"ticklabelstandoff": 6} | layout.pop("yaxis", {}),
    }
    return go.Figure(layout=house | axes | layout)


def share_axis(low: float) -> dict:
    """An axis of shares from `low` to all, with room for the marks at its ends."""
    return {"range": [low - 0.02, 1.02], "tickformat": ".0%", "zeroline": False, "nticks": 6}


def value_axis(measure: str, shown: Sequence[float]) -> dict:
    """An axis for accuracies or losses; its ends move in steps, so that live curves stand still."""
    if measure.endswith("accuracy"):
        lowest = min(shown, default=0)
        return share_axis(min(0.9, math.floor(lowest * 10) / 10))
    highest = max(shown, default=1)
    return {"range": [0, math.ceil(highest * 4) / 4], "tickformat": ".2~f", "rangemode": "tozero"}
